//! From a cadence to the slots of a day, and to the next one that is free.

use super::{Cadence, Slot, SlotState, Weekly};
use crate::domain::{Span, Time};
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;

/// A post this close to a planned moment is the one that was planned.
const NEAR: Span = Span::minutes(30);
/// How many days ahead a free slot is looked for.
const FAR: usize = 60;

/// A planned time of a day: from and until; the same for a moment.
type Stretch = (Time, Time);

/// The slots of one day in the desk's zone, by time: those that are known, and for each planned
/// time without a post an empty one, or a missed one once it has passed. A post that was recalled
/// does not fill its time. A planned time in the quiet hours is none, and neither is one that a
/// change of the clocks takes off the day.
///
/// `known` holds the day's slots and, for stretches over midnight, those of the days beside it.
pub fn planned(
    cadences: &[Cadence],
    known: &[Slot],
    day: NaiveDate,
    zone: Tz,
    now: Time,
) -> Vec<Slot> {
    let (start, end) = bounds(day, zone);
    let mut out: Vec<Slot> =
        known.iter().filter(|s| start <= s.at && s.at < end).cloned().collect();
    for cadence in cadences {
        for (from, to) in open(cadence, &known.iter().collect::<Vec<_>>(), day, zone) {
            let state = if to < now { SlotState::Missed } else { SlotState::Empty };
            let id = match from == to {
                true => format!("planned {}", from.rfc3339()),
                false => format!("planned {}/{}", from.rfc3339(), to.rfc3339()),
            };
            let channel = cadence.channel.clone();
            out.push(Slot { channel, id, at: from, title: String::new(), state, post: None });
        }
    }
    out.sort_by(|a, b| (a.at, &a.channel, &a.id).cmp(&(b.at, &b.channel, &b.id)));
    out
}

/// The next planned time of a channel without a post, `after` or later: the beginning of a stretch,
/// or the next full minute of one that has begun. Days that have as many posts as they may are passed
/// over. `None` when the channel has no planned times, or no free one in sixty days.
///
/// `known` holds the channel's slots from the day before `after` on, without the post that looks for
/// a slot.
pub fn next_free(cadence: &Cadence, known: &[Slot], zone: Tz, after: Time) -> Option<Time> {
    let today = after.in_zone(zone).date_naive();
    // A stretch that began yesterday may not be over.
    let first = today.pred_opt().unwrap_or(today);
    let posts: Vec<&Slot> = known.iter().filter(|s| s.state != SlotState::Empty).collect();
    first
        .iter_days()
        .take(FAR + 2)
        .flat_map(|day| open(cadence, &posts, day, zone))
        .filter_map(|(from, to)| {
            let at = if from >= after { from } else { full_minute(after) };
            // The quiet hours may have begun within the stretch.
            let fits = at <= to && !cadence.is_quiet_at(at, zone);
            (fits && !is_full(cadence, known, at, zone)).then_some(at)
        })
        .min()
}

/// A moment, or the next one at which a minute begins.
fn full_minute(at: Time) -> Time {
    (at + Span(Span::minutes(1).0 - 1)).floor_minute()
}

/// True when the day of a moment has as many posts as it may.
fn is_full(cadence: &Cadence, known: &[Slot], at: Time, zone: Tz) -> bool {
    let (start, end) = bounds(at.in_zone(zone).date_naive(), zone);
    let of_day = |s: &&Slot| s.channel == cadence.channel && start <= s.at && s.at < end;
    let has = known.iter().filter(of_day).filter(|s| s.state.counts()).count();
    cadence.most.is_some_and(|most| has >= most as usize)
}

/// The planned times of a channel's day that have no post, in order.
fn open(cadence: &Cadence, known: &[&Slot], day: NaiveDate, zone: Tz) -> Vec<Stretch> {
    // A post near midnight may be the one of the day before or of the day after.
    let beside = [day.pred_opt(), Some(day), day.succ_opt()];
    let mut times: Vec<(NaiveDate, Stretch)> = beside
        .into_iter()
        .flatten()
        .flat_map(|day| times(cadence, day, zone).into_iter().map(move |time| (day, time)))
        .collect();
    let mut posts: Vec<Time> = known
        .iter()
        .filter(|s| s.channel == cadence.channel && s.state != SlotState::Recalled)
        .map(|s| s.at)
        .collect();
    posts.sort();
    for post in posts {
        // Of the times it fits, the one that ends first: no other choice leaves fewer of them empty.
        let fits = times.iter().enumerate().filter(|(_, (_, time))| {
            let (earliest, latest) = reach(*time);
            earliest <= post && post <= latest
        });
        if let Some((place, _)) = fits.min_by_key(|(_, (_, time))| reach(*time).1) {
            times.remove(place);
        }
    }
    times.into_iter().filter(|(of, _)| *of == day).map(|(_, time)| time).collect()
}

/// From when until when a post fills a planned time.
fn reach((from, to): Stretch) -> Stretch {
    if from == to { (from - NEAR, to + NEAR) } else { (from, to) }
}

/// The planned times that begin on a day, in order.
fn times(cadence: &Cadence, day: NaiveDate, zone: Tz) -> Vec<Stretch> {
    let (start, end) = bounds(day, zone);
    let mut times: Vec<Stretch> = cadence
        .times
        .iter()
        .filter(|t| t.days[day.weekday().num_days_from_monday() as usize])
        .map(|t| t.on(day, zone))
        .filter(|(from, _)| start <= *from && *from < end && !cadence.is_quiet_at(*from, zone))
        .collect();
    times.sort();
    times.dedup();
    times
}

/// When a day begins in a zone, and when the next one does. A day that the zone left out begins and
/// ends at the same moment.
pub fn bounds(day: NaiveDate, zone: Tz) -> (Time, Time) {
    let midnight = |day: NaiveDate| Time::from_local(day.and_time(NaiveTime::MIN), zone);
    (midnight(day), midnight(day.succ_opt().unwrap_or(day)))
}

impl Weekly {
    /// When it is on this day.
    fn on(&self, day: NaiveDate, zone: Tz) -> Stretch {
        let last = if self.to < self.from { day + TimeDelta::days(1) } else { day };
        let from = Time::from_local(day.and_time(self.from), zone);
        // The clocks may go back between the two readings.
        (from, Time::from_local(last.and_time(self.to), zone).max(from))
    }
}
