//! What comes to wait for us and what is handled, by the hour: what a forecast is reckoned from.

use super::kpi::bin_of;
use super::{Conversation, OperatorName, Span, State, Time};
use serde::{Deserialize, Serialize};

/// The parts of an hour in which an operator counts as at work when they did something in it.
pub const PARTS: i64 = 4;
/// The most operators noted in an hour.
const MOST_PEOPLE: usize = 64;
/// The most bytes of an operator's name there.
const NAME: usize = 40;
/// The most bins kept of how long there is to answer.
const MOST_BINS: usize = 120;

/// What happened in one UTC hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flow {
    /// Conversations that came to wait for us.
    pub came: i64,
    /// Those that operators handled: answered, resolved or set aside. What they took back is off.
    pub handled: i64,
    /// Those that were answered outside of the desk, or stopped waiting by themselves.
    pub outside: i64,
    /// How long there was from the question to the deadline, for those that came, by bin of
    /// milliseconds (see [`bin_of`]); those without a deadline are not here.
    pub due: Vec<(u16, i64)>,
    /// In which parts of the hour each operator did something, as bits.
    pub active: Vec<(String, u8)>,
}

/// One thing that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It came to wait for us, and has so long until its deadline.
    Came(Option<Span>),
    /// An operator handled it.
    Handled,
    /// What an operator had handled waits again by their undo.
    TakenBack,
    /// It stopped waiting without an operator.
    Outside,
}

impl Flow {
    /// Counts a step.
    pub fn count(&mut self, step: Step) {
        match step {
            Step::Came(due) => {
                self.came += 1;
                let Some(due) = due else { return };
                let bin = bin_of(due.0);
                match self.due.binary_search_by_key(&bin, |(b, _)| *b) {
                    Ok(at) => self.due[at].1 += 1,
                    Err(at) if self.due.len() < MOST_BINS => self.due.insert(at, (bin, 1)),
                    // Never seen: so many different deadlines. The nearest one stands for it.
                    Err(at) => self.due[at.min(MOST_BINS - 1)].1 += 1,
                }
            }
            Step::Handled => self.handled += 1,
            Step::TakenBack => self.handled -= 1,
            Step::Outside => self.outside += 1,
        }
    }

    /// An operator did something at this moment of the hour.
    pub fn was_active(&mut self, operator: &OperatorName, now: Time) {
        let part = now.0.rem_euclid(3_600_000) / (3_600_000 / PARTS);
        let name = super::words::beginning(&operator.0, NAME);
        let known = self.active.iter().position(|(known, _)| known == name);
        match known {
            Some(at) => self.active[at].1 |= 1 << part,
            None if self.active.len() < MOST_PEOPLE => {
                self.active.push((name.to_owned(), 1 << part));
            }
            None => {}
        }
    }

    /// How many hours operators were at work in it, together.
    pub fn operator_hours(&self) -> f64 {
        let parts: u32 = self.active.iter().map(|(_, parts)| parts.count_ones()).sum();
        f64::from(parts) / PARTS as f64
    }
}

fn waits(c: &Conversation) -> bool {
    c.state == State::Open && c.head.is_some()
}

/// What a change of a conversation counts, and when it happened: that it came to wait, that it
/// waits no longer. `acted` = an operator did it, `undone` = by an undo.
pub fn steps(
    before: Option<&Conversation>,
    now: &Conversation,
    acted: bool,
    undone: bool,
    at: Time,
) -> [Option<(Time, Step)>; 2] {
    let due = || {
        let head = now.head.as_ref()?;
        now.urgent_by().map(|due| due - head.at)
    };
    match (before.is_some_and(waits), waits(now)) {
        (false, true) if undone => [Some((at, Step::TakenBack)), None],
        (false, true) => {
            // Woken or reopened, it comes now; a new question came when it was written.
            let head = now.head.as_ref().map_or(at, |h| h.at);
            let is_new = before.is_none_or(|b| b.head.is_none());
            [Some((if is_new && !acted { head } else { at }, Step::Came(due()))), None]
        }
        (true, false) if acted => [Some((at, Step::Handled)), None],
        (true, false) => [Some((now.last_reply.unwrap_or(at), Step::Outside)), None],
        // It came with its answer, as from a file of the past.
        (false, false) if before.is_none() && now.head.is_none() => match now.first_inbound {
            Some(first) => [
                Some((first, Step::Came(None))),
                Some((now.last_reply.unwrap_or(first), Step::Outside)),
            ],
            None => [None, None],
        },
        _ => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Queue;
    use crate::domain::testing::*;
    use crate::domain::thread::absorb;

    fn after(messages: &[crate::domain::Message]) -> Conversation {
        let mut c = conversation(Queue::Comments);
        for (seq, m) in messages.iter().enumerate() {
            let _ = absorb(&mut c, seq as u32, m, &policies(), None);
        }
        c
    }

    #[test]
    fn what_comes_and_goes_is_counted_when_it_happened() {
        let asked = after(&[inbound(100, "a")]);
        let answered = after(&[inbound(100, "a"), seen_reply(300)]);
        let now = Time(5_000);
        let first = |s: [Option<(Time, Step)>; 2]| s[0];
        let came = Some((Time(100), Step::Came(Some(Span(800)))));
        assert_eq!(first(steps(None, &asked, false, false, now)), came);
        let seen = steps(Some(&asked), &answered, false, false, now);
        assert_eq!(first(seen), Some((Time(300), Step::Outside)));
        let handled = steps(Some(&asked), &answered, true, false, now);
        assert_eq!(first(handled), Some((now, Step::Handled)));
        let undone = steps(Some(&answered), &asked, true, true, now);
        assert_eq!(first(undone), Some((now, Step::TakenBack)));
        assert_eq!(steps(Some(&asked), &asked, false, false, now), [None, None]);
        let past = steps(None, &answered, false, false, now);
        assert_eq!(past[1], Some((Time(300), Step::Outside)));
    }

    #[test]
    fn time_at_work_is_counted_in_parts_of_an_hour() {
        let mut flow = Flow::default();
        for minute in [1, 2, 16, 59] {
            flow.was_active(&operator("amy"), Time(minute * 60_000));
        }
        flow.was_active(&operator("bo"), Time(0));
        assert_eq!(flow.operator_hours(), 1.0);
    }
}
