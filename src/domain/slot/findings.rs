//! What is not as the cadence wants it on a day.

use super::{Cadence, Finding, Slot, SlotState, Wrong, bounds};
use crate::domain::{Span, Time};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// Posts of a channel that are closer than this stand in each other's way.
const CLOSE: Span = Span::minutes(15);

/// What is not as the cadences want it on a day, by channel: planned times to come without a post,
/// fewer or more posts than wanted, posts in the quiet hours, posts close to each other. Posts that were
/// recalled, failed or missed do not count, and nothing is said of what has passed: neither of a day
/// that is over, nor of the hour of a post that is out.
///
/// `slots` are those of [`planned`](super::planned) for the day, with those of other days or without.
pub fn findings(
    cadences: &[Cadence],
    slots: &[Slot],
    day: NaiveDate,
    zone: Tz,
    now: Time,
) -> Vec<Finding> {
    let (start, end) = bounds(day, zone);
    if end <= now {
        return Vec::new();
    }
    let mut found = Vec::new();
    for cadence in cadences {
        let mut wrong = of_channel(cadence, slots, (start, end), zone);
        found.extend(wrong.drain(..).map(|what| (cadence.channel.clone(), what)));
    }
    // Two posts close to each other need no cadence to be wrong.
    let mut others: Vec<_> = slots.iter().map(|s| &s.channel).collect();
    others.sort();
    others.dedup();
    others.retain(|id| cadences.iter().all(|c| c.channel != **id));
    for id in others {
        let none = Cadence::new(id.clone(), Vec::new());
        let wrong = of_channel(&none, slots, (start, end), zone);
        found.extend(wrong.into_iter().map(|what| (id.clone(), what)));
    }
    found.into_iter().map(|(channel, what)| Finding { channel, day: start, what }).collect()
}

fn of_channel(
    cadence: &Cadence,
    slots: &[Slot],
    (start, end): (Time, Time),
    zone: Tz,
) -> Vec<Wrong> {
    let mine = || slots.iter().filter(|s| s.channel == cadence.channel);
    let on_day = |at: Time| start <= at && at < end;
    let count = |slots: usize| u32::try_from(slots).unwrap_or(u32::MAX);
    let mut wrong = Vec::new();
    let gaps = mine().filter(|s| on_day(s.at) && s.state == SlotState::Empty).count();
    if gaps > 0 {
        wrong.push(Wrong::Gaps(count(gaps)));
    }
    let has = count(mine().filter(|s| on_day(s.at) && s.state.counts()).count());
    if let Some(least) = cadence.least.filter(|least| has < *least) {
        wrong.push(Wrong::TooFew { has, least });
    }
    if let Some(most) = cadence.most.filter(|most| has > *most) {
        wrong.push(Wrong::TooMany { has, most });
    }
    let mut posts: Vec<&Slot> = mine().filter(|s| s.state.counts()).collect();
    posts.sort_by_key(|s| (s.goes(), s.id.clone()));
    for post in posts.iter().filter(|s| on_day(s.goes()) && !s.state.is_out()) {
        if cadence.is_quiet_at(post.goes(), zone) {
            wrong.push(Wrong::Quiet(post.goes()));
        }
    }
    for pair in posts.windows(2) {
        let both_out = pair.iter().all(|s| s.state.is_out());
        let at = pair[1].goes();
        if on_day(at) && !both_out && at - pair[0].goes() < CLOSE {
            wrong.push(Wrong::Clash(at));
        }
    }
    wrong
}
