//! Sparklines, slots, counters.

use super::super::memory::each;
use super::{Read, failed};
use crate::domain::kpi::{Bucket, Metric, Resolution};
use crate::domain::order::StateKind;
use crate::domain::slot::{Cadence, Finding, Slot, SlotState, bounds, findings, planned};
use crate::domain::{Queue, Span, Time};
use crate::store::{KeyRange, Store, StoreError, keys, records};
use crate::wire::message::Kpis;
use crate::wire::post::{Calendar, Days};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Points of a sparkline, and how long one is.
const POINTS: usize = 30;
const STEP: Span = Span::minutes(2);
/// Days whose findings every calendar tells: today and the week ahead.
const AHEAD: u16 = 8;

/// The sparklines of the last hour; `open_now` is the present number of open conversations, from
/// which the backlog is reckoned backwards.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn kpis(store: &dyn Store, now: Time, open_now: u64) -> Read<Kpis> {
    let points = |metric| figure(store, metric, now).map_err(failed);
    let sums = |buckets: Vec<Bucket>| buckets.iter().map(|b| b.sum as f64).collect::<Vec<_>>();
    let mut backlog = vec![0.0; POINTS];
    let mut open = open_now as f64;
    for (place, change) in sums(points(Metric::Backlog)?).into_iter().enumerate().rev() {
        backlog[place] = open;
        open = (open - change).max(0.0);
    }
    let first_response = points(Metric::FirstResponse)?;
    let hits = points(Metric::HitRate)?;
    Ok(Kpis {
        step: STEP.0,
        arrivals: sums(points(Metric::Arrivals)?),
        replies: sums(points(Metric::Replies)?),
        backlog,
        first_response: first_response.iter().map(|b| b.median().unwrap_or(f64::NAN)).collect(),
        hit_rate: hits.iter().map(|b| b.mean().unwrap_or(f64::NAN)).collect(),
    })
}

/// The buckets of a figure, merged into the points of a sparkline; the last point holds `now`.
fn figure(store: &dyn Store, metric: Metric, now: Time) -> Result<Vec<Bucket>, StoreError> {
    let last = now.0.div_euclid(STEP.0) * STEP.0;
    let first = last - (POINTS as i64 - 1) * STEP.0;
    let bucket = |at| keys::bucket(None, metric, Resolution::Minute, Time(at));
    let range = KeyRange { from: bucket(first), to: Some(bucket(last + STEP.0)) };
    let mut points = vec![Bucket::default(); POINTS];
    each(store, range, |key, value| {
        let Some((_, _, _, start)) = keys::bucket_parts(key) else { return Ok(()) };
        let place = usize::try_from((start.0 - first).div_euclid(STEP.0));
        if let Some(point) = place.ok().and_then(|place| points.get_mut(place)) {
            point.merge(&records::decode(key, value)?);
        }
        Ok(())
    })?;
    Ok(points)
}

/// Slots that go out from `from` on and before `to`, in order of time.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn slots(store: &dyn Store, from: Time, to: Time) -> Read<Vec<Slot>> {
    let mut slots = Vec::new();
    each(store, keys::slots(from, to), |key, value| {
        slots.push(records::decode(key, value)?);
        Ok(())
    })
    .map_err(failed)?;
    Ok(slots)
}

/// Today's slots in the desk's zone: those the store knows, and the planned times of the cadences
/// that have no post yet.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn today(
    store: &dyn Store,
    cadences: &[Cadence],
    zone: Option<&str>,
    now: Time,
) -> Read<Vec<Slot>> {
    let zone = zone.and_then(|name| name.parse().ok()).unwrap_or(chrono_tz::Tz::UTC);
    Run { first: now.in_zone(zone).date_naive(), days: 1 }.slots(store, cadences, zone, now)
}

/// Days of the calendar in the desk's zone: what the store knows of them, and the planned times of
/// the cadences that have no post. Findings are those of the days asked for, of today and of the week
/// ahead; days that are over have none.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn calendar(
    store: &dyn Store,
    cadences: &[Cadence],
    zone: Tz,
    days: Days,
    now: Time,
) -> Read<Calendar> {
    let days = Days { days: days.days.clamp(1, Days::MOST), ..days };
    let asked = Run { first: days.from.in_zone(zone).date_naive(), days: days.days };
    let ahead = Run { first: now.in_zone(zone).date_naive(), days: AHEAD };
    let slots = asked.slots(store, cadences, zone, now)?;
    let near = ahead.slots(store, cadences, zone, now)?;
    let of = |slots, day| findings(cadences, slots, day, zone, now);
    let mut found: Vec<Finding> = ahead.days().flat_map(|day| of(&near, day)).collect();
    let others = asked.days().filter(|day| ahead.days().all(|near| near != *day));
    found.extend(others.flat_map(|day| of(&slots, day)));
    found.sort_by_key(|finding| finding.day);
    Ok(Calendar { days, slots, findings: found })
}

/// Days that follow each other.
struct Run {
    first: NaiveDate,
    days: u16,
}

impl Run {
    fn days(&self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take(usize::from(self.days))
    }

    /// Their slots, in order of time.
    fn slots(
        &self,
        store: &dyn Store,
        cadences: &[Cadence],
        zone: Tz,
        now: Time,
    ) -> Read<Vec<Slot>> {
        let known = around(store, self, zone)?;
        let began = began(store)?.unwrap_or(now);
        let slots = self.days().flat_map(|day| planned(cadences, &known, day, zone, now));
        // What was planned before there was a desk was nobody's to miss.
        let was_missed = |s: &Slot| s.state == SlotState::Missed && s.post.is_none();
        Ok(slots.filter(|s| s.at >= began || !was_missed(s) || known.contains(s)).collect())
    }
}

/// When the desk began: the time of its first journal entry.
fn began(store: &dyn Store) -> Read<Option<Time>> {
    Ok(super::journal(store, 0, 1)?.first().map(|(_, entry)| entry.at))
}

/// The slots that the store knows of some days, of the day before them and of the day after: a post
/// near midnight may fill the planned time of another day.
fn around(store: &dyn Store, run: &Run, zone: Tz) -> Read<Vec<Slot>> {
    let last = run.days().last().unwrap_or(run.first);
    let from = bounds(run.first.pred_opt().unwrap_or(run.first), zone).0;
    slots(store, from, bounds(last.succ_opt().unwrap_or(last), zone).1)
}

/// Start and end of the day `now` lies in, in an IANA zone; `None` or an unknown one = UTC.
pub fn day(zone: Option<&str>, now: Time) -> (Time, Time) {
    match zone.and_then(|name| name.parse::<chrono_tz::Tz>().ok()) {
        Some(zone) => day_in(&zone, now.to_utc()),
        None => day_in(&Utc, now.to_utc()),
    }
}

fn day_in<Z: TimeZone>(zone: &Z, now: DateTime<Utc>) -> (Time, Time) {
    let date = now.with_timezone(zone).date_naive();
    let start = |date: chrono::NaiveDate| {
        let midnight = date.and_time(NaiveTime::MIN);
        // A day whose midnight is skipped begins when the clocks have gone forward.
        (0..4)
            .find_map(|hour| {
                let at = midnight + chrono::TimeDelta::hours(hour);
                zone.from_local_datetime(&at).earliest()
            })
            .map_or_else(|| Time::from(midnight.and_utc()), Time::from)
    };
    (start(date), start(date.succ_opt().unwrap_or(date)))
}

/// Conversations by queue and state, from the counters; every combination, in the order of the
/// screen.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn counts(store: &dyn Store) -> Read<Vec<(Queue, StateKind, u64)>> {
    let mut counts: Vec<(Queue, StateKind, i64)> = Queue::ALL
        .into_iter()
        .flat_map(|queue| StateKind::ALL.map(|state| (queue, state, 0)))
        .collect();
    each(store, keys::tallies(), |key, value| {
        let Some(tally) = keys::tally_parts(key) else { return Ok(()) };
        let of = |(queue, state, _): &&mut (Queue, StateKind, i64)| {
            *queue == tally.queue && *state == tally.state
        };
        if let Some((_, _, n)) = counts.iter_mut().find(of) {
            *n += records::decode::<i64>(key, value)?;
        }
        Ok(())
    })
    .map_err(failed)?;
    Ok(counts.into_iter().map(|(q, s, n)| (q, s, n.max(0).cast_unsigned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChannelId;
    use crate::domain::journal::{Actor, Entry, What};
    use crate::store::{Batch, MemoryStore, Op};

    /// A desk with its first journal entry at that moment.
    fn begun(at: Time) -> MemoryStore {
        let store = MemoryStore::default();
        let what = What::Received { messages: 0, first: None, last: None };
        let entry = Entry { at, by: Actor::Clock, what };
        let key = keys::journal(1);
        let op = Op::Put(key.clone(), records::encode(&key, &entry).unwrap());
        store.commit(vec![Batch { ops: vec![op], ..Batch::default() }]).unwrap();
        store
    }

    #[test]
    fn what_was_planned_before_the_desk_began_was_not_missed() {
        let times = vec!["daily 20:00".parse().unwrap()];
        let cadences = [Cadence::new(ChannelId("weibo".into()), times)];
        let now = Time::from("2026-11-21T15:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let missed = |began: Time| {
            let days = Days { from: now - Span::hours(24 * 9), days: 10 };
            let shown = calendar(&begun(began), &cadences, Tz::Asia__Shanghai, days, now).unwrap();
            shown.slots.iter().filter(|s| s.state == SlotState::Missed).count()
        };
        assert_eq!(missed(now - Span::hours(24 * 100)), 10);
        assert_eq!(missed(now - Span::hours(24 * 2)), 2);
        assert_eq!(missed(now - Span::minutes(5)), 0);
    }

    #[test]
    fn planned_times_without_a_post_are_today_empty_and_later_missed() {
        let store = begun(Time(0));
        let times = vec!["daily 20:00".parse().unwrap()];
        let cadences = [Cadence::new(ChannelId("weibo".into()), times)];
        let evening = "2026-11-21T12:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let states = |now: Time| -> Vec<(Time, SlotState)> {
            let slots = today(&store, &cadences, Some("Asia/Shanghai"), now).unwrap();
            slots.iter().map(|s| (s.at, s.state)).collect()
        };
        let at = Time::from(evening);
        assert_eq!(states(at - Span::hours(1)), [(at, SlotState::Empty)]);
        assert_eq!(states(at + Span::hours(1)), [(at, SlotState::Missed)]);
        assert_eq!(states(at + Span::hours(5)), [(at + Span::hours(24), SlotState::Empty)]);
    }

    #[test]
    fn a_calendar_tells_what_is_wrong_today_and_in_the_week_ahead_whatever_it_shows() {
        let store = begun(Time(0));
        let cadences =
            [Cadence::new(ChannelId("weibo".into()), vec!["daily 20:00".parse().unwrap()])];
        let now = Time::from("2026-11-21T01:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let shown = |from: Time, days: u16| {
            calendar(&store, &cadences, Tz::Asia__Shanghai, Days { from, days }, now).unwrap()
        };
        let today = shown(now, 1);
        assert_eq!((today.slots.len(), today.findings.len()), (1, 8));
        let last_year = shown(now - Span::hours(24 * 365), 3);
        assert_eq!((last_year.slots.len(), last_year.findings.len()), (3, 8));
        let later = shown(now + Span::hours(24 * 6), 7);
        assert_eq!((later.slots.len(), later.findings.len()), (7, 13));
        assert!(later.findings.is_sorted_by_key(|f| f.day));
    }
}
