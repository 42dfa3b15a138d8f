//! The system's clock was set: back, and the desk's mark of what the clock has done follows it; or far
//! forward, and nothing old is let go for a while, lest a clock that was wrong takes records with it.
//!
//! What was done is never undone: what went out is out, what woke is awake, what is written keeps its order
//! (numbers, not times, say what came first). What a desk believes of now comes right again: what is not
//! late yet is not, and its deadline is told when it comes.

use super::derived::timers;
use super::group::Group;
use super::memory::each;
use super::outbox;
use super::records::Facts;
use crate::domain::outbox::Stage;
use crate::domain::{Conversation, ConversationId, OutPlace, Outgoing, Span, Time};
use crate::store::{Direction, Read, StoreError, keys, records};

/// A clock that is corrected by less than this is corrected as all clocks are, all the time.
const LEAST: Span = Span::minutes(1);
/// A desk that saw nothing for so long was down, or its clock leapt.
const LEAP: Span = Span::hours(24);
/// Conversations read at a time.
const PAGE: usize = 500;

/// Whether the clock was set back since the last group.
pub fn is_back(facts: &Facts, now: Time) -> bool {
    facts.clock > now + LEAST
}

/// Notes whether the clock leapt forward. It may be right: what is overdue then is overdue. But records
/// that are past their time are let go only once it has stood for a day.
pub fn note(facts: &mut Facts, now: Time) {
    let is_new = facts.clock == Time::default();
    if !is_new && now > facts.clock + LEAP {
        facts.leapt = Some(now);
    } else if facts.leapt.is_some_and(|at| now > at + LEAP || now + LEAP < at) {
        facts.leapt = None;
    }
}

/// Makes the desk believe the clock again: every conversation that was late, or had its time pass, by the
/// clock before and has not by this one gets its timers back. Waits of the outbox keep their length.
///
/// # Errors
/// When the store cannot be read.
pub fn follow(group: &mut Group<'_>) -> Result<(), StoreError> {
    let before = group.clock_before;
    let first = group.over.range(&keys::timers(), 1, Direction::Forward)?.rows;
    let first = first.first().and_then(|(key, _)| keys::timer_parts(key));
    // What is due and not carried out stays so.
    let clock = first.map_or(group.now, |(when, ..)| group.now.min(Time(when.0.saturating_sub(1))));
    for id in changed(group, before, clock)? {
        group.hold(id)?;
    }
    let back = Span((before - group.now).0);
    for (place, mut row) in waiting(group)? {
        if let Stage::Queued { not_before, .. } = &mut row.stage {
            *not_before = *not_before - back;
            outbox::write(group, &place, &row)?;
        }
    }
    group.memory.facts.clock = clock;
    group.memory.facts.latest = group.memory.facts.latest.max(before);
    group.memory.watching.forget();
    group.published.state = true;
    Ok(())
}

/// Conversations about which the two clocks do not agree.
fn changed(
    group: &Group<'_>,
    before: Time,
    clock: Time,
) -> Result<Vec<ConversationId>, StoreError> {
    let mut found = Vec::new();
    let mut range = keys::conversations();
    loop {
        let page = records::page::<Conversation>(&group.over, &range, PAGE, Direction::Forward)?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        let differs = |c: &Conversation| {
            c.is_late(before) != c.is_late(clock) || timers(c, before) != timers(c, clock)
        };
        found.extend(page.rows.iter().filter(|(_, c)| differs(c)).map(|(_, c)| c.id));
        match last {
            Some(last) if page.more => range = range.after(&last, Direction::Forward),
            _ => return Ok(found),
        }
    }
}

/// What waits in the outbox for a moment that is still to come.
fn waiting(group: &Group<'_>) -> Result<Vec<(OutPlace, Outgoing)>, StoreError> {
    let mut found = Vec::new();
    each(&group.over, keys::outbox(), |key, value| {
        let row: Outgoing = records::decode(key, value)?;
        let waits = matches!(row.stage, Stage::Queued { not_before, .. } if not_before > group.now);
        if let Some(place) = keys::outgoing_parts(key).filter(|_| waits) {
            found.push((place, row));
        }
        Ok(())
    })?;
    Ok(found)
}
