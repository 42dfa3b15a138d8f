//! What the clock does: deadlines that pass, snoozes that end, posts that go out - from the timer index alone.

use super::claims::journal_clock;
use super::group::Group;
use super::posts;
use crate::domain::{ConversationId, PostId, Time, triage};
use crate::store::keys::{self, TimerKind};
use crate::store::{Direction, Read, StoreError};

/// Timers carried out in one go; what is left follows with the next one.
const MOST: usize = 1000;

/// Carries out what is due. A clock that jumped back finds nothing to do, and undoes nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn elapse(group: &mut Group<'_>) -> Result<(), StoreError> {
    let (due, done_until) = due(group)?;
    group.memory.facts.clock = group.memory.facts.clock.max(done_until);
    let mut woken = Vec::new();
    for (when, kind, id) in due {
        // Whatever this timer was for, it is over: what is still to come has a timer of its own.
        group.over.delete(keys::timer(when, kind, id));
        if let TimerKind::PostHolds | TimerKind::PostGoes = kind {
            posts::elapse(group, PostId(id.0))?;
            continue;
        }
        let now = group.now;
        let Some(held) = group.hold(id)? else { continue };
        if kind == TimerKind::SnoozeEnds {
            let changes = triage::wake(&mut held.now, now);
            if !changes.is_empty() {
                held.by = None;
                woken.push((id, changes));
            }
        }
    }
    journal_clock(group, woken)
}

/// One entry of the timer index.
type Timer = (Time, TimerKind, ConversationId);

/// The timers that are due, and up to when that is all of them.
fn due(group: &Group<'_>) -> Result<(Vec<Timer>, Time), StoreError> {
    let now = group.now;
    let mut range = keys::timers().ending_at(keys::timer(
        Time(now.0.saturating_add(1)),
        TimerKind::AtRisk,
        ConversationId(0),
    ));
    let mut found = Vec::new();
    loop {
        let page = group.over.range(&range, MOST, Direction::Forward)?;
        found.extend(page.rows.iter().filter_map(|(key, _)| keys::timer_parts(key)));
        let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        let Some(last) = last else { return Ok((found, now)) };
        // A moment is carried out as a whole or not at all: the clock's mark is a moment.
        let (first, cut) = match (found.first(), found.last()) {
            (Some((first, ..)), Some((cut, ..))) => (*first, *cut),
            _ => return Ok((found, now)),
        };
        if first < cut {
            found.retain(|(when, ..)| *when < cut);
            return Ok((found, Time(cut.0 - 1)));
        }
        range = range.after(&last, Direction::Forward);
    }
}
