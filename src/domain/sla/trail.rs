//! When a conversation was set aside and when it went on: what pauses its clocks.

use super::super::policy::TargetName;
use super::super::{State, Time};
use serde::{Deserialize, Serialize};

/// Where a conversation stands, as far as clocks are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It waits for us.
    Open,
    /// We answered, and wait for the customer.
    Answered,
    /// An operator set it aside to wait for the customer.
    Pending,
    /// An operator set it aside until somebody else has done their part.
    OnHold,
    /// Out of sight for a time.
    Snoozed,
    /// Done.
    Resolved,
}

impl From<&State> for Phase {
    fn from(state: &State) -> Phase {
        match state {
            State::Open => Phase::Open,
            State::Pending => Phase::Pending,
            State::OnHold => Phase::OnHold,
            State::Snoozed { .. } => Phase::Snoozed,
            State::Resolved => Phase::Resolved,
        }
    }
}

impl Phase {
    /// Whether a target's clock stands still in it.
    ///
    /// An answer of ours does not pause the response targets: they stop when the customer sees it,
    /// and until then the customer waits. On hold pauses only what is our own work among ourselves.
    pub fn pauses(self, target: TargetName) -> bool {
        use TargetName as T;
        match self {
            Phase::Open => false,
            Phase::Answered => !matches!(target, T::FirstResponse | T::NextResponse),
            Phase::Pending | Phase::Snoozed | Phase::Resolved => true,
            Phase::OnHold => matches!(target, T::Acknowledge | T::HandOver),
        }
    }
}

/// A time during which a clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when.
    pub from: Time,
    /// Until when; `None` = it lasts.
    pub to: Option<Time>,
    /// Why.
    pub phase: Phase,
}

/// The phases a conversation went through, oldest first; before the first of them it was open.
/// Bounded: of one that was set aside more often, the oldest pauses are put together, with the
/// same length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trail(Vec<(Time, Phase)>);

impl Trail {
    /// The most phases kept.
    pub const MOST: usize = 48;

    /// True for a conversation that was never set aside.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The phase it is in.
    pub fn phase(&self) -> Phase {
        self.0.last().map_or(Phase::Open, |(_, phase)| *phase)
    }

    /// The phases and since when, oldest first.
    pub fn marks(&self) -> &[(Time, Phase)] {
        &self.0
    }

    /// It enters a phase. A moment before the last one counts as that one: clocks differ.
    pub fn enter(&mut self, phase: Phase, at: Time) {
        if phase == self.phase() {
            return;
        }
        let at = self.0.last().map_or(at, |(last, _)| at.max(*last));
        self.0.push((at, phase));
        while self.0.len() > Trail::MOST {
            self.fold();
        }
    }

    /// The last phase was a mistake: it never was in it. False when that phase is not the last one,
    /// or came after another one than this.
    pub fn take_back(&mut self, last: Phase, before: Phase) -> bool {
        let known = self.0.iter().rev().nth(1).map_or(Phase::Open, |(_, phase)| *phase);
        // An answer is a way of waiting for the customer.
        let answered = last == Phase::Pending && self.phase() == Phase::Answered;
        let is_last = (self.phase() == last || answered) && last != before && !self.0.is_empty();
        // Without a mark, "answered" and "open" cannot be told apart, and need not.
        let same = known == before || (known == Phase::Open && before == Phase::Pending);
        if is_last && same {
            self.0.pop();
        }
        is_last && same
    }

    /// When a target's clock stood still, oldest first, not touching each other.
    pub fn pauses(&self, target: TargetName) -> Vec<Pause> {
        let mut pauses: Vec<Pause> = Vec::new();
        let mut standing = false;
        for (at, phase) in &self.0 {
            match (phase.pauses(target), standing) {
                (true, false) => pauses.push(Pause { from: *at, to: None, phase: *phase }),
                (false, true) => {
                    if let Some(pause) = pauses.last_mut() {
                        pause.to = Some(*at);
                    }
                }
                _ => {}
            }
            standing = phase.pauses(target);
        }
        pauses.retain(|p| p.to.is_none_or(|to| to > p.from));
        pauses
    }

    /// Makes it shorter: the first time open goes before the first pause, which keeps its length.
    fn fold(&mut self) {
        let [(first, _), (second, phase), (third, _), ..] = self.0[..] else { return };
        if phase == Phase::Open {
            let length = second - first;
            self.0[2].0 = third - length;
            self.0.drain(..2);
        } else {
            // From one pause into the next: one pause.
            self.0[1].0 = first;
            self.0.remove(0);
        }
    }
}
