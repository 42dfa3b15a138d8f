//! Judging a figure step by step: each step by what came before it alone.

use crate::domain::anomaly::{Alarm, Detector, Settings, Way};
use crate::domain::figure::{Unit, period};
use crate::domain::{Span, Time};
use chrono_tz::Tz;

/// So many steps of an hour together tell whether a figure is as usual again: one alone may be chance.
const BACK_STEPS: usize = 3;

const DAY: Span = Span::hours(24);
const WEEK: Span = Span::hours(7 * 24);
/// What is usual is learned from so much of what is known before anything is judged: of what is told by
/// the hour, and by the day; and from so many weeks at most. In whole weeks, so that what was judged
/// is judged the same an hour later.
const LEARNED: (i64, i64) = (2, 4);
const MOST_LEARNED: i64 = 4;

/// What is thought of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// When it begins.
    pub at: Time,
    /// What it came to.
    pub value: f64,
    /// What is usual; `None` = nothing is known yet.
    pub usual: Option<f64>,
    /// What is to be told.
    pub alarm: Option<Alarm>,
}

/// The settings for a figure of this unit: how few of them are as good as none.
pub fn settings(watched: Settings, unit: Unit) -> Settings {
    let floor = match unit {
        Unit::Count | Unit::Money => watched.floor,
        Unit::Share => 0.002,
        Unit::Seconds => 0.5,
    };
    Settings { floor, ..watched }
}

/// Judges the steps of a figure, oldest first: each with its beginning and what it came to, in whole
/// units. Those of which nothing is known are left out.
pub fn judge(settings: Settings, step: Span, zone: Tz, steps: &[(Time, f64)]) -> Vec<Seen> {
    let mut detector = Detector::new(settings, step);
    let known: Vec<(Time, f64)> = steps.iter().filter(|(_, v)| v.is_finite()).copied().collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return Vec::new() };
    let part = if step < DAY { LEARNED.0 } else { LEARNED.1 };
    let weeks = ((last.0 - first.0).0 / WEEK.0 / part).min(MOST_LEARNED);
    let judged_from = first.0 + Span(WEEK.0 * weeks);
    let mut seen = Vec::new();
    for (at, value) in known {
        let hour = u8::try_from(period::hour_of_week(at, zone)).unwrap_or(0);
        // One that lost more than it gained came to nothing: ratios know nothing less than that.
        let gained = value.max(0.0);
        if at < judged_from {
            detector.learn(hour, gained);
            continue;
        }
        let judged = detector.step(at, hour, gained);
        let alarm = judged.alarm.map(|alarm| Alarm { value, ..alarm });
        seen.push(Seen { at, value, usual: judged.usual, alarm });
    }
    seen
}

/// When a figure that was found to go this way in the step that ended then was as usual again; `None` =
/// it is not yet.
pub fn back(
    seen: &[Seen],
    settings: Settings,
    step: Span,
    (way, found): (Way, Time),
) -> Option<Time> {
    let after = &seen[seen.partition_point(|s| s.at < found)..];
    let together = if step < DAY { BACK_STEPS } else { 1 };
    let is_usual = |values: &[Seen]| {
        let value: f64 = values.iter().map(|s| s.value).sum();
        let usual: f64 = values.iter().filter_map(|s| s.usual).sum();
        let off = settings.least * usual + settings.floor * values.len() as f64;
        match way {
            Way::Drop => value >= usual - off,
            Way::Burst => value <= usual + off,
        }
    };
    let ends = after.windows(together).find(|part| {
        let last = &part[part.len() - 1..];
        is_usual(part) && is_usual(last)
    })?;
    ends.last().map(|s| s.at + step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const HOUR: Span = Span::hours(1);

    fn made(hours: i64, value: impl Fn(i64) -> f64) -> Vec<(Time, f64)> {
        (0..hours).map(|h| (Time(h * HOUR.0), value(h))).collect()
    }

    /// Noise of a few in a hundred, never twice the same.
    fn noisy(h: i64) -> f64 {
        1_000.0 + ((h * 37) % 61) as f64
    }

    fn alarms(seen: &[Seen]) -> Vec<Alarm> {
        seen.iter().filter_map(|s| s.alarm).collect()
    }

    #[rstest]
    #[case::drop(0.6, Some(Way::Drop))]
    #[case::burst(1.8, Some(Way::Burst))]
    #[case::noise(1.0, None)]
    #[case::too_small(0.9, None)]
    fn a_change_is_found_once(#[case] times: f64, #[case] way: Option<Way>) {
        let from = 30 * 24;
        let values = made(from + 12, |h| if h >= from { noisy(h) * times } else { noisy(h) });
        let seen = judge(Settings::default(), HOUR, Tz::UTC, &values);
        let found: Vec<(Way, Time)> = alarms(&seen).iter().map(|a| (a.way, a.at)).collect();
        assert_eq!(
            found,
            way.map(|way| (way, Time(from * HOUR.0))).into_iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn it_is_over_when_three_hours_are_as_usual() {
        let (from, to) = (30 * 24, 30 * 24 + 6);
        let value = |h| if (from..to).contains(&h) { noisy(h) * 0.5 } else { noisy(h) };
        let judged = |hours| {
            let seen = judge(Settings::default(), HOUR, Tz::UTC, &made(hours, value));
            let found = alarms(&seen)[0];
            back(&seen, Settings::default(), HOUR, (found.way, found.at + HOUR))
        };
        assert_eq!(judged(to), None);
        assert_eq!(judged(to + 1), None);
        let over = judged(to + 24).unwrap();
        assert!(over > Time(to * HOUR.0) && over <= Time((to + 3) * HOUR.0), "{over:?}");
        // What follows does not move it.
        assert_eq!(judged(to + 5), Some(over));
    }

    #[test]
    fn what_is_told_by_the_day_is_judged_after_four_weeks() {
        let day = Span::hours(24);
        let daily = |n: i64| (Time(n * day.0), if n == 60 { 400.0 } else { noisy(n) });
        let values: Vec<(Time, f64)> = (0..62).map(daily).collect();
        let seen = judge(Settings::default(), day, Tz::UTC, &values);
        let found = alarms(&seen);
        assert_eq!(found.iter().map(|a| a.at).collect::<Vec<_>>(), [values[60].0]);
        let over = back(&seen, Settings::default(), day, (found[0].way, found[0].at + day));
        assert_eq!(over, Some(values[61].0 + day));
    }

    #[test]
    fn gaps_and_losses_do_not_break_it() {
        let from = 30 * 24;
        let value = |h: i64| match h {
            _ if h % 50 == 7 => f64::NAN,
            _ if h >= from => -400.0,
            _ => noisy(h),
        };
        let seen = judge(Settings::default(), HOUR, Tz::UTC, &made(from + 3, value));
        let found = alarms(&seen);
        assert_eq!(
            found.iter().map(|a| (a.way, a.value)).collect::<Vec<_>>(),
            [(Way::Drop, -400.0)]
        );
    }
}
