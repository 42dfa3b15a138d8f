//! What follows from a conversation: its place in the order, timers, the count of late ones, live
//! claims, counters, figures - each derived from the difference between how a group found it and
//! how it leaves it.

use super::group::{Group, Held};
use super::job::Move;
use super::records::place;
use super::watch;
use crate::domain::flow;
use crate::domain::kpi::{self, Metric, Point};
use crate::domain::order::StateKind;
use crate::domain::{
    Conversation, ConversationId, Intent, Message, MessageKind, MessageRef, Name, OperatorName,
    OrderKey, SessionId, State, Time, feedback,
};
use crate::store::keys::{self, TimerKind};
use crate::store::{Key, StoreError, records};

impl Group<'_> {
    /// Stages a conversation, its messages that changed, and all that follows from them.
    ///
    /// # Errors
    /// When the store cannot be read, or a record is over its bound.
    pub(super) fn write_conversation(
        &mut self,
        id: ConversationId,
        held: Held,
    ) -> Result<(), StoreError> {
        let (before, now) = (held.before.as_ref(), &held.now);
        let changed = held.is_changed();
        self.write_late(before, now);
        self.tell_passed(before, now, held.by.is_some());
        let (clock_before, clock) = (self.clock_before, self.memory.facts.clock);
        let was_near = before.and_then(|c| not_late(c, clock_before));
        self.memory.near.count(was_near, -1);
        self.memory.near.count(not_late(now, clock), 1);
        self.write_timers(before, now);
        if !changed {
            return Ok(());
        }
        for seq in &held.written {
            if let Ok(place) = held.place_of(*seq) {
                let key = keys::message(MessageRef { conversation: id, seq: *seq });
                let is_new = before.is_none_or(|c| *seq >= c.messages);
                let put = if is_new { records::put_new } else { records::put };
                put(&mut self.over, key, &held.messages[place].1)?;
            }
        }
        if before != Some(now) {
            let put = if before.is_none() { records::put_new } else { records::put };
            put(&mut self.over, keys::conversation(id), now)?;
        }
        let (was, is) = (before.and_then(Conversation::order_key), now.order_key());
        if was != is {
            for (key, by) in [(was, -1), (is, 1)] {
                let Some(key) = key else { continue };
                match by {
                    1 => self.over.put(keys::order(&key), Vec::new())?,
                    _ => self.over.delete(keys::order(&key)),
                }
            }
        }
        self.write_claim(before, now)?;
        self.write_feedback(before, now)?;
        self.memory.tally(before, now);
        self.published.state |= was != is || before.is_none();
        for point in held.points.iter().chain(&kpi::points(before, Some(now))) {
            self.memory.figures.count(&self.over, &now.channel, point, self.now)?;
            watch::counted(self, point)?;
        }
        let labels = |c: &Conversation| c.labels.clone();
        if !held.written.is_empty() || before.map(labels) != Some(labels(now)) {
            self.published.texts.push(id);
        }
        for (point, sign) in &held.served {
            self.memory.flows.serve(&self.over, point, *sign, self.now)?;
        }
        self.flow(before, now, held.by.as_ref())?;
        self.published.moves.push(Move { id, before: was, after: is, by: held.by });
        Ok(())
    }

    /// Counts that it came to wait for us, or waits no longer.
    fn flow(
        &mut self,
        before: Option<&Conversation>,
        now: &Conversation,
        by: Option<&(OperatorName, Name)>,
    ) -> Result<(), StoreError> {
        let undone = by.is_some_and(|(_, name)| *name == Name::Undo);
        let steps = flow::steps(before, now, by.is_some(), undone, self.now);
        for (at, step) in steps.into_iter().flatten() {
            self.memory.flows.step(&self.over, at, step, self.now)?;
        }
        if let Some((operator, _)) = by {
            self.memory.flows.active(&self.over, operator, self.now)?;
        }
        Ok(())
    }

    /// Counts what comes to be late or stops being so.
    fn write_late(&mut self, before: Option<&Conversation>, now: &Conversation) {
        let was = before.is_some_and(|c| c.is_late(self.clock_before));
        let is = now.is_late(self.memory.facts.clock);
        if was == is {
            return;
        }
        let late = &mut self.memory.facts.late[place(now.queue)];
        *late = if is { *late + 1 } else { late.saturating_sub(1) };
        self.published.state = true;
    }

    /// Tells of each target whose time has passed, once. What came in late, or what an operator did to
    /// it, is nothing new to anybody.
    fn tell_passed(&mut self, before: Option<&Conversation>, now: &Conversation, acted: bool) {
        let Some(before) = before.filter(|_| !acted) else { return };
        let told: Vec<_> = before.passed(self.clock_before).collect();
        let new = now.passed(self.memory.facts.clock).filter(|passed| !told.contains(passed));
        self.published.breached.extend(new.map(|(target, _)| (now.id, target)));
    }

    fn write_timers(&mut self, before: Option<&Conversation>, now: &Conversation) {
        let was = before.map(|c| timers(c, self.clock_before)).unwrap_or_default();
        let is = timers(now, self.memory.facts.clock);
        for key in was.iter().flatten().filter(|key| !is.iter().flatten().any(|k| k == *key)) {
            self.over.delete(key.clone());
        }
        // Desks of before that kind lack it, and a sweep puts it there.
        let passes = is[2].clone();
        for key in is.into_iter().flatten() {
            if passes.as_ref() == Some(&key) || !was.iter().flatten().any(|k| *k == key) {
                // The key is far below its bound and the value empty: nothing to refuse.
                let _ = self.over.put(key, Vec::new());
            }
        }
    }

    fn write_claim(
        &mut self,
        before: Option<&Conversation>,
        now: &Conversation,
    ) -> Result<(), StoreError> {
        let session = |c: &Conversation| c.claim.as_ref().map(|claim| claim.session);
        let (was, is) = (before.and_then(session), session(now));
        if was == is {
            return Ok(());
        }
        if let Some(session) = was {
            self.over.delete(keys::claim(session, now.id));
            self.forget_claim(session, now.id);
        }
        if let Some(session) = is {
            self.over.put(keys::claim(session, now.id), Vec::new())?;
            self.memory.claims.entry(session).or_default().insert(now.id);
        }
        Ok(())
    }

    /// Since when it has which feedback tags.
    fn write_feedback(
        &mut self,
        before: Option<&Conversation>,
        now: &Conversation,
    ) -> Result<(), StoreError> {
        let was = before.map(|c| c.labels.as_slice()).unwrap_or_default();
        if was == now.labels {
            return Ok(());
        }
        for tag in was.iter().filter(|l| !now.labels.contains(l)).filter_map(|l| feedback::tag(l)) {
            self.over.delete(keys::feedback(tag, now.id));
        }
        for tag in now.labels.iter().filter(|l| !was.contains(l)).filter_map(|l| feedback::tag(l)) {
            records::put(&mut self.over, keys::feedback(tag, now.id), &self.now)?;
        }
        Ok(())
    }

    fn forget_claim(&mut self, session: SessionId, id: ConversationId) {
        if let Some(ids) = self.memory.claims.get_mut(&session) {
            ids.remove(&id);
            if ids.is_empty() {
                self.memory.claims.remove(&session);
            }
        }
    }
}

/// The place of an open conversation that is not late, for the count of what is due soon.
fn not_late(c: &Conversation, clock: Time) -> Option<OrderKey> {
    c.order_key().filter(|key| key.state == StateKind::Open && !c.is_late(clock))
}

/// The timers a conversation has, when the clock's work is done up to `clock`: its deadline while
/// it is open and not late, the end of its snooze, and when the next of its other targets passes.
pub fn timers(c: &Conversation, clock: Time) -> [Option<Key>; 3] {
    let due = c.timer.as_ref().filter(|t| c.state == State::Open && t.due > clock);
    let wakes = match c.state {
        State::Snoozed { until } => Some(until),
        _ => None,
    };
    // The deadline's own timer does for all that pass with it.
    let passes = c.next_to_pass(clock).filter(|at| due.is_none_or(|t| t.due != *at));
    [
        due.map(|t| keys::timer(t.due, TimerKind::Due, c.id)),
        wakes.map(|until| keys::timer(until, TimerKind::SnoozeEnds, c.id)),
        passes.map(|at| keys::timer(at, TimerKind::Passes, c.id)),
    ]
}

/// What a message adds to the figures: every inbound message arrived, whatever became of it
/// later; a reply counts as long as it stands.
pub fn points(m: &Message, sign: i64) -> impl Iterator<Item = Point> {
    let metric = match m.kind {
        MessageKind::Inbound => Some(Metric::Arrivals),
        MessageKind::Reply if m.is_standing_reply() => Some(Metric::Replies),
        MessageKind::Reply | MessageKind::Post | MessageKind::Note => None,
    };
    let complains = m.kind == MessageKind::Inbound
        && m.class.as_ref().is_some_and(|class| class.intent == Intent::Complaint);
    let at = m.at;
    let metrics = metric.into_iter().chain(complains.then_some(Metric::Complaints));
    metrics.map(move |metric| Point { metric, at, value: 1, sign })
}
