//! What figures came to in a time: by the hour, by a day of somebody's zone, in a whole period; and
//! what is usual for this hour of the week.

use super::{Kind, Sample};
use crate::domain::{Span, Time};
use chrono::{Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far back the usual value is looked for in the same hours of the week.
pub const WEEKS: i64 = 6;
/// The fewest values of the same hour of the week, of the same hour of the day, of any hour.
const LEAST: [usize; 3] = [3, 4, 6];
/// From a median deviation to a standard deviation, for values that lie normally.
const SPREAD: f64 = 1.4826;
/// A figure whose values lie at least so far apart is told by the day.
const DAILY: Span = Span::hours(12);

/// What a figure came to in each sample: a counter's gain, a flow's sum, a gauge's mean, in kept
/// units. A counter's gain over a gap is no number: nobody knows in which of the samples it came.
pub fn steps(kind: Kind, samples: &[(Time, Sample)], step: Span) -> Vec<(Time, f64)> {
    let mut before: Option<(Time, i64)> = None;
    let value = |(at, s): &(Time, Sample)| {
        let value = match (kind, before) {
            (Kind::Flow, _) => s.sum as f64,
            (Kind::Gauge, _) => s.mean(),
            (Kind::Counter, Some((then, was))) if *at - then == step => {
                s.last.saturating_sub(was) as f64
            }
            // What it gained within the sample is known all the same.
            (Kind::Counter, None) if s.count > 1 => s.last.saturating_sub(s.first.0) as f64,
            (Kind::Counter, _) => f64::NAN,
        };
        before = Some((*at, s.last));
        (*at, value)
    };
    samples.iter().map(value).collect()
}

/// What a figure came to from a moment up to (not including) another, in kept units; `None` = it is
/// not known. `samples` may reach further than that; a counter needs one from before.
pub fn total(kind: Kind, samples: &[(Time, Sample)], from: Time, to: Time) -> Option<f64> {
    let within = || samples.iter().filter(|(at, _)| *at >= from && *at < to).map(|(_, s)| s);
    match kind {
        Kind::Flow => {
            within().next()?;
            Some(within().map(|s| s.sum as f64).sum())
        }
        Kind::Gauge => {
            let count: f64 = within().map(|s| f64::from(s.count)).sum();
            (count > 0.0).then(|| within().map(|s| s.sum as f64).sum::<f64>() / count)
        }
        Kind::Counter => {
            let last = within().next_back()?;
            let before = samples.iter().rev().find(|(at, _)| *at < from).map(|(_, s)| s.last);
            let first = before.or_else(|| {
                let first = within().next()?;
                // Only a part of the period is known then.
                (first.first.1 < last.at).then_some(first.first.0)
            })?;
            Some(last.last.saturating_sub(first) as f64)
        }
    }
}

/// Whether a figure is told by the day rather than by the hour.
pub fn is_daily(samples: &[(Time, Sample)]) -> bool {
    let mut gaps: Vec<Span> = samples.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).is_some_and(|middle| *middle >= DAILY)
}

/// What a figure came to on each day of a zone, from its samples by the hour, and how many hours of
/// that day have a sample. In kept units.
pub fn days(
    kind: Kind,
    hours: &[(Time, Sample)],
    zone: Tz,
) -> BTreeMap<NaiveDate, (Option<f64>, u32)> {
    let mut by_day: BTreeMap<NaiveDate, Vec<(Time, Sample)>> = BTreeMap::new();
    for (at, sample) in hours {
        by_day.entry(at.in_zone(zone).date_naive()).or_default().push((*at, *sample));
    }
    let mut days = BTreeMap::new();
    let mut before: Option<(Time, Sample)> = None;
    for (day, mut samples) in by_day {
        let hours = u32::try_from(samples.len()).unwrap_or(u32::MAX);
        let (first, last) = (samples[0].0, *samples.last().unwrap_or(&samples[0]));
        // A gain over more than a day without a word is nobody's day.
        let known = before.filter(|(at, _)| first - *at <= Span::hours(36));
        samples.splice(0..0, known);
        days.insert(day, (total(kind, &samples, first, last.0 + Span::hours(1)), hours));
        before = Some(last);
    }
    days
}

/// What is usual.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The median of the values that are like this one.
    pub value: f64,
    /// How far they usually lie from it, as a standard deviation.
    pub spread: f64,
    /// How many there are.
    pub values: u32,
}

/// The hour of the week of a moment in a zone: 0 is Monday, the hour after midnight.
pub fn hour_of_week(at: Time, zone: Tz) -> u32 {
    let at = at.in_zone(zone);
    at.weekday().num_days_from_monday() * 24 + at.hour()
}

/// What is usual for the step that begins at a moment: the median of the same hour of the week in the
/// weeks before, else of the same hour of the day, else of all. `None` = too little is known.
/// Only what came before is looked at.
pub fn usual(values: &[(Time, f64)], at: Time, zone: Tz) -> Option<Baseline> {
    let hour = hour_of_week(at, zone);
    let like = |days: i64, fits: &dyn Fn(u32) -> bool| -> Vec<f64> {
        let since = at - Span::hours(24 * days + 12);
        let past = values.iter().filter(|(t, v)| *t < at && *t >= since && v.is_finite());
        past.filter(|(t, _)| fits(hour_of_week(*t, zone))).map(|(_, v)| *v).collect()
    };
    let weeks = like(7 * WEEKS, &|h| h == hour);
    let found = (weeks.len() >= LEAST[0]).then_some(weeks);
    let found = found
        .or_else(|| Some(like(14, &|h| h % 24 == hour % 24)).filter(|days| days.len() >= LEAST[1]));
    let found = found.or_else(|| Some(like(14, &|_| true)).filter(|all| all.len() >= LEAST[2]));
    found.map(baseline)
}

/// The median of values and how far they lie from it.
fn baseline(mut of: Vec<f64>) -> Baseline {
    let value = median(&mut of);
    let mut off: Vec<f64> = of.iter().map(|v| (v - value).abs()).collect();
    let values = u32::try_from(of.len()).unwrap_or(u32::MAX);
    Baseline { value, spread: SPREAD * median(&mut off), values }
}

/// The middle of some values; of none it is no number.
pub(super) fn median(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    match of.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => of[n / 2],
        n => (of[n / 2 - 1] + of[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::{Grain, Page};
    use rstest::rstest;

    const HOUR: Span = Span::hours(1);

    fn hours(values: &[Option<i64>]) -> Vec<(Time, Sample)> {
        let known = values.iter().enumerate().filter_map(|(n, v)| Some((n as i64, (*v)?)));
        known
            .map(|(n, v)| {
                let (at, mut page) = (Time(n * HOUR.0), Page::default());
                page.note(Grain::Hour.place(at).1, at, v);
                (at, page.0[0])
            })
            .collect()
    }

    #[test]
    fn a_counter_gains_a_flow_adds_up_a_gauge_has_a_mean() {
        let told = hours(&[Some(10), Some(14), None, Some(30), Some(31)]);
        let gains: Vec<f64> = steps(Kind::Counter, &told, HOUR).iter().map(|s| s.1).collect();
        assert!(gains[0].is_nan() && gains[2].is_nan(), "over a gap nobody knows");
        assert_eq!((gains[1], gains[3]), (4.0, 1.0));
        let (from, to) = (Time(HOUR.0), Time(HOUR.0 * 5));
        assert_eq!(total(Kind::Counter, &told, from, to), Some(21.0));
        assert_eq!(total(Kind::Flow, &told, from, to), Some(75.0));
        assert_eq!(total(Kind::Gauge, &told, from, to), Some(25.0));
        for kind in [Kind::Counter, Kind::Flow, Kind::Gauge] {
            assert_eq!(total(kind, &told, Time(HOUR.0 * 9), Time(HOUR.0 * 12)), None);
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        // 16:00 UTC is midnight in Shanghai.
        let told = hours(&(0..40).map(Some).collect::<Vec<_>>());
        let days = days(Kind::Counter, &told, Tz::Asia__Shanghai);
        let got: Vec<(Option<f64>, u32)> = days.into_values().collect();
        assert_eq!(got, [(Some(15.0), 16), (Some(24.0), 24)]);
    }

    #[test]
    fn what_is_told_once_a_day_is_daily() {
        let daily: Vec<Option<i64>> = (0..200).map(|n| (n % 24 == 0).then_some(n)).collect();
        assert!(is_daily(&hours(&daily)));
        assert!(!is_daily(&hours(&[Some(1), Some(2), Some(3)])));
        assert!(!is_daily(&[]));
    }

    #[rstest]
    #[case::same_hour_of_the_week(5 * 168, Some((7.0, 5)))]
    #[case::same_hour_of_the_day(5 * 24, Some((7.0, 5)))]
    #[case::any_hour(8, Some((1.0, 8)))]
    #[case::too_little(3, None)]
    fn the_usual_value_is_of_the_same_hour(#[case] n: i64, #[case] usual_is: Option<(f64, u32)>) {
        // Each day at the hour of the moment that is asked for: 7; else 1.
        let value = |h: i64| if (n - h) % 24 == 0 { 7.0 } else { 1.0 };
        let values: Vec<(Time, f64)> = (0..n).map(|h| (Time(h * HOUR.0), value(h))).collect();
        let got = usual(&values, Time(n * HOUR.0), Tz::UTC);
        assert_eq!(got.map(|b| (b.value, b.values)), usual_is);
    }

    #[test]
    fn one_odd_value_does_not_move_it_and_nothing_later_is_seen() {
        let value = |h: i64| if h == 168 { 9_000.0 } else { 50.0 + (h % 3) as f64 };
        let values: Vec<(Time, f64)> = (0..6 * 168).map(|h| (Time(h * HOUR.0), value(h))).collect();
        let at = Time(5 * 168 * HOUR.0);
        let before = usual(&values, at, Tz::UTC).unwrap();
        assert!((49.0..=53.0).contains(&before.value) && before.spread < 3.0, "{before:?}");
        let known = values.iter().filter(|(t, _)| *t < at).copied().collect::<Vec<_>>();
        assert_eq!(usual(&known, at, Tz::UTC), Some(before));
    }
}
