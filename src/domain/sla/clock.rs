//! From when a clock started, what paused it and which hours count, to when it runs out.

use super::super::policy::{Policies, Policy, Target, TargetName, Timer};
use super::super::{Conversation, Message, Queue, Span, State, Time};
use super::{Calendar, HAND_OVER_LABEL, Pause, STATEMENT_LABEL, Trail};
use serde::{Deserialize, Serialize};

/// What stopped a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoppedBy {
    /// A reply that the customer, or for a statement everybody, can see.
    Reply,
    /// Somebody claimed it.
    Claim,
    /// It was assigned, or labelled as handed over.
    HandOver,
    /// It was labelled as stated.
    Statement,
    /// It was resolved.
    Resolve,
}

/// When and how a clock stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// When.
    pub at: Time,
    /// By what.
    pub by: StoppedBy,
    /// Whether that was in time.
    pub met: bool,
}

/// The targets that start with the message a rule was chosen for, and run until they are met or
/// the conversation is resolved, whatever the next message says.
pub const OWED: [TargetName; 4] =
    [TargetName::Acknowledge, TargetName::HandOver, TargetName::Statement, TargetName::Resolution];

/// When a clock runs out, and since when it stands still, if it does: then the first is when it
/// would run out if it went on at once.
pub fn due(
    started: Time,
    within: Span,
    calendar: Option<&Calendar>,
    pauses: &[Pause],
) -> (Time, Option<Time>) {
    let add = |from, span| calendar.map_or_else(|| from + span, |c| c.add(from, span));
    let (mut from, mut left) = (started, within);
    for pause in pauses.iter().filter(|p| p.to.is_none_or(|to| to > started)) {
        let begins = pause.from.max(from);
        let before = between(calendar, from, begins);
        if before >= left {
            break;
        }
        left = Span(left.0 - before.0);
        match pause.to {
            Some(to) => from = to.max(begins),
            None => return (add(begins, left), Some(begins)),
        }
    }
    (add(from, left), None)
}

/// The time counted until a moment.
pub fn counted(started: Time, at: Time, calendar: Option<&Calendar>, pauses: &[Pause]) -> Span {
    let runs = running(started, at, pauses);
    Span(runs.iter().map(|(from, to)| between(calendar, *from, *to).0).sum())
}

/// When a clock was not paused until a moment, whether the hours counted or not.
pub(super) fn running(started: Time, at: Time, pauses: &[Pause]) -> Vec<(Time, Time)> {
    let mut runs = Vec::new();
    let mut from = started;
    for pause in pauses.iter().filter(|p| p.to.is_none_or(|to| to > started)) {
        let begins = pause.from.clamp(from, at.max(from));
        if begins > from {
            runs.push((from, begins));
        }
        from = pause.to.map_or(at, |to| to.max(begins));
    }
    if from < at {
        runs.push((from, at));
    }
    runs
}

fn between(calendar: Option<&Calendar>, from: Time, to: Time) -> Span {
    match calendar {
        Some(calendar) => calendar.between(from, to),
        None => Span((to - from).0.max(0)),
    }
}

impl Timer {
    /// The clock of a rule's target.
    pub(crate) fn new(
        rule: &Policy,
        target: &Target,
        at_risk_percent: u8,
        started: Time,
        trail: &Trail,
    ) -> Timer {
        let mut timer = Timer {
            policy: rule.name.clone(),
            target: target.name,
            started,
            due: started,
            at_risk: started,
            paused: None,
            stopped: None,
        };
        timer.reckon(target, at_risk_percent, trail);
        timer
    }

    /// Works out anew when it runs out.
    fn reckon(&mut self, target: &Target, at_risk_percent: u8, trail: &Trail) {
        let pauses = trail.pauses(self.target);
        let calendar = target.calendar.as_deref();
        let share = i64::from(at_risk_percent.min(100));
        let spared = target.within.0.saturating_mul(share) / 100;
        let until_risk = Span(target.within.0 - spared);
        (self.due, self.paused) = due(self.started, target.within, calendar, &pauses);
        (self.at_risk, _) = due(self.started, until_risk, calendar, &pauses);
    }

    /// Whether something at this moment was in time.
    pub fn is_met_at(&self, at: Time) -> bool {
        self.paused.map_or(at, |since| at.min(since)) <= self.due
    }

    /// Whether its time had passed by a moment; a clock that stands still passes nothing.
    pub fn has_passed(&self, at: Time) -> bool {
        self.is_running() && self.due <= self.paused.map_or(at, |since| at.min(since))
    }

    /// True when it has not stopped.
    pub fn is_running(&self) -> bool {
        self.stopped.is_none()
    }
}

impl Conversation {
    /// Every clock it has, the most urgent one first, then the others by target.
    pub fn all_clocks(&self) -> impl Iterator<Item = &Timer> {
        self.timer.iter().chain(&self.clocks)
    }

    /// The clocks whose time had passed by a moment: of which target, and since when each runs.
    pub fn passed(&self, at: Time) -> impl Iterator<Item = (TargetName, Time)> + '_ {
        self.all_clocks().filter(move |t| t.has_passed(at)).map(|t| (t.target, t.started))
    }

    /// When the next of its clocks that go on runs out, after a moment.
    pub fn next_to_pass(&self, after: Time) -> Option<Time> {
        let goes_on = |t: &&Timer| t.is_running() && t.paused.is_none();
        self.all_clocks().filter(goes_on).map(|t| t.due).filter(|due| *due > after).min()
    }

    /// The clock of a target.
    pub fn clock(&self, target: TargetName) -> Option<&Timer> {
        self.all_clocks().find(|t| t.target == target)
    }

    /// Whether a clock runs that began with a message of its own.
    pub(in super::super) fn owes(&self) -> bool {
        self.all_clocks().any(|t| t.is_running() && OWED.contains(&t.target))
    }

    /// Every clock, taken out to be worked on.
    fn take_clocks(&mut self) -> Vec<Timer> {
        let mut all: Vec<Timer> = self.timer.take().into_iter().collect();
        all.append(&mut self.clocks);
        all
    }

    /// Puts clocks back: the one that runs out first is the conversation's.
    fn put_clocks(&mut self, mut all: Vec<Timer>) {
        all.sort_unstable_by_key(|t| t.target);
        let running = all.iter().enumerate().filter(|(_, t)| t.is_running());
        let first = running.min_by_key(|(_, t)| (t.due, t.target)).map(|(at, _)| at);
        self.timer = first.map(|at| all.remove(at));
        self.clocks = all;
    }

    fn each_clock(&mut self, mut change: impl FnMut(&mut Timer)) {
        let mut all = self.take_clocks();
        all.iter_mut().for_each(&mut change);
        self.put_clocks(all);
    }

    /// A target was met, or is not wanted any more.
    pub(in super::super) fn stop(&mut self, target: TargetName, at: Time, by: StoppedBy) {
        if self.clock(target).is_some_and(Timer::is_running) {
            self.each_clock(|t| {
                if t.target == target {
                    stop(t, at, by);
                }
            });
        }
    }

    /// It was resolved: nothing is owed any more.
    pub(in super::super) fn stop_owed(&mut self, at: Time) {
        if self.owes() {
            self.each_clock(|t| {
                if t.is_running() && OWED.contains(&t.target) {
                    stop(t, at, StoppedBy::Resolve);
                }
            });
        }
    }

    /// What stopped clocks so did not happen: they go on, as if they had not stopped.
    pub(in super::super) fn unstop(&mut self, wrong: impl Fn(&Timer, &Stopped) -> bool) {
        let is_wrong = |t: &Timer| t.stopped.as_ref().is_some_and(|s| wrong(t, s));
        if self.all_clocks().any(&is_wrong) {
            self.each_clock(|t| {
                if is_wrong(t) {
                    t.stopped = None;
                }
            });
        }
    }

    /// A reply was seen by the customer at this moment.
    pub(in super::super) fn seen_reply(&mut self, visible: Time) {
        let public = self.queue == Queue::Comments;
        let stops = |t: &Timer| {
            t.started <= visible
                && (t.target == TargetName::Acknowledge
                    || (public && t.target == TargetName::Statement))
        };
        let earlier =
            |t: &Timer| t.stopped.is_none_or(|s| s.by == StoppedBy::Reply && visible < s.at);
        if self.all_clocks().any(|t| stops(t) && earlier(t)) {
            self.each_clock(|t| {
                if stops(t) && earlier(t) {
                    t.stopped = None;
                    stop(t, visible, StoppedBy::Reply);
                }
            });
        }
    }
}

fn stop(t: &mut Timer, at: Time, by: StoppedBy) {
    if t.is_running() {
        t.stopped = Some(Stopped { at, by, met: t.is_met_at(at) });
    }
}

/// Gives a conversation the clocks of the rule that applies to it: those of its head, and those
/// that were begun and still run. Reckons every one of them anew.
pub fn judge(c: &mut Conversation, rule: Option<&Policy>, policies: &Policies) {
    let mut all = c.take_clocks();
    all.retain(|t| OWED.contains(&t.target));
    if let Some(head) = c.head.as_ref().map(|head| head.at) {
        let (name, started) = match c.first_response {
            None => (TargetName::FirstResponse, c.first_inbound.unwrap_or(head)),
            Some(_) => (TargetName::NextResponse, head),
        };
        if let Some((rule, target)) = rule.and_then(|r| Some((r, r.target(name)?))) {
            all.push(Timer::new(rule, target, policies.at_risk_percent, started, &c.trail));
        }
        let judged = c.worse.as_ref().map_or(head, |worse| worse.at.max(head));
        for name in OWED {
            owe(c, name, judged, rule, policies, &mut all);
        }
    }
    settle(c, all, policies);
}

/// Reckons the clocks anew after an operator did something; which ones there are stays.
pub fn refresh(c: &mut Conversation, policies: &Policies) {
    let all = c.take_clocks();
    settle(c, all, policies);
}

/// Begins what the rule of a head asks for, unless it runs or is done already.
fn owe(
    c: &Conversation,
    name: TargetName,
    head: Time,
    rule: Option<&Policy>,
    policies: &Policies,
    all: &mut Vec<Timer>,
) {
    let place = all.iter().position(|t| t.target == name);
    let known = place.map(|at| &all[at]);
    let wanted = rule.and_then(|r| Some((r, r.target(name)?)));
    // It began with this very message, which another rule applies to by now.
    let outdated = known.is_some_and(|t| {
        t.is_running() && t.started == head && rule.is_none_or(|r| r.name != t.policy)
    });
    let Some((rule, target)) = wanted else {
        if let Some(at) = place.filter(|_| outdated) {
            all.remove(at);
        }
        return;
    };
    let begin = |from| Timer::new(rule, target, policies.at_risk_percent, from, &c.trail);
    let new = match known {
        None => (!is_done_already(c, name)).then(|| begin(head)),
        Some(_) if outdated => Some(begin(head)),
        Some(t) if t.is_running() && t.policy == rule.name => {
            (head < t.started).then(|| begin(head))
        }
        // Another rule asks for it sooner.
        Some(t) if t.is_running() => Some(begin(head)).filter(|new| new.due < t.due),
        Some(t) => {
            let over = t.stopped.is_some_and(|s| match s.by {
                StoppedBy::Resolve => c.state == State::Open,
                _ => s.at < head,
            });
            (over && !is_done_already(c, name)).then(|| begin(head))
        }
    };
    if let Some(new) = new {
        if let Some(at) = place {
            all.remove(at);
        }
        all.push(new);
    }
}

/// Whether what a target asks for holds before its clock begins.
fn is_done_already(c: &Conversation, name: TargetName) -> bool {
    match name {
        TargetName::Acknowledge => c.claim.is_some(),
        TargetName::HandOver => is_handed_over(c),
        TargetName::Statement => has_label(c, STATEMENT_LABEL),
        TargetName::FirstResponse | TargetName::NextResponse | TargetName::Resolution => false,
    }
}

/// Whether a conversation is somebody's job, or labelled as handed over.
pub(in super::super) fn is_handed_over(c: &Conversation) -> bool {
    c.assignee.is_some() || has_label(c, HAND_OVER_LABEL)
}

/// Whether a conversation has a label.
pub(in super::super) fn has_label(c: &Conversation, label: &str) -> bool {
    c.labels.iter().any(|l| l == label)
}

/// Reckons running clocks by the rules as they are now; what no rule asks for any more goes.
fn settle(c: &mut Conversation, mut all: Vec<Timer>, policies: &Policies) {
    all.retain_mut(|t| {
        if !t.is_running() {
            return true;
        }
        let rule = policies.rules.iter().find(|r| r.name == t.policy);
        match rule.and_then(|r| r.target(t.target)) {
            Some(target) => t.reckon(target, policies.at_risk_percent, &c.trail),
            None => return false,
        }
        true
    });
    c.put_clocks(all);
}

/// Applies what the replies among these messages stopped.
pub(in super::super) fn seen_replies<'a>(
    c: &mut Conversation,
    messages: impl Iterator<Item = &'a Message>,
) {
    let mut visible: Vec<Time> = messages.filter_map(Message::visible_at).collect();
    visible.sort_unstable();
    for at in visible {
        c.seen_reply(at);
    }
}

#[cfg(test)]
mod tests;
