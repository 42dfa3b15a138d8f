//! A figure or rate over a range of time, step by step: what a chart draws.

use super::board::At;
use super::period;
use super::{Kind, Sample};
use crate::domain::{Span, Time};
use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);
/// Up to so many days a line has a point each hour.
const BY_HOUR: u16 = 7;
/// The most days of a line, by the day and by the hour.
pub const MOST_DAYS: (u16, u16) = (400, 42);
/// How far before a line its figures have to be known: what a counter gained begins there.
pub const BEFORE: Span = Span::hours(48);
/// A day of which fewer hours are known is not known, where a figure is told by the hour.
const LEAST_HOURS: u32 = 12;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Over {
    /// How many days, at most [`MOST_DAYS`].
    pub days: u16,
    /// Those before the last ones.
    pub before: bool,
    /// By the hour, however many they are.
    pub by_hour: bool,
}

impl Over {
    /// From when to when.
    pub fn bounds(self, now: Time) -> (Time, Time) {
        let most = if self.by_hour { MOST_DAYS.1 } else { MOST_DAYS.0 };
        let length = Span(DAY.0 * i64::from(self.days.clamp(1, most)));
        let to = if self.before { now - length } else { now };
        (to - length, to)
    }

    fn is_by_hour(self) -> bool {
        self.by_hour || self.days <= BY_HOUR
    }
}

/// A line: a point for each whole step. The step that is going on is left out: it would look like a
/// drop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// An hour, or a day of the desk's zone.
    pub step: Span,
    /// Oldest first, without holes.
    pub points: Vec<Point>,
}

/// A point of a line, in whole units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When its step begins.
    pub start: Time,
    /// What the figure came to: a counter's gain, a flow's sum, a gauge's mean, a rate. No number
    /// where it is not known.
    pub value: f64,
    /// A counter's total at the end of the step; no number for all else.
    pub level: f64,
    /// What a rate divided by, where that is little.
    pub over: Option<f64>,
}

impl Line {
    /// The values.
    pub fn values(&self) -> Vec<f64> {
        self.points.iter().map(|p| p.value).collect()
    }

    /// The share of its points that is known, from the first known one on.
    pub fn coverage(&self) -> f64 {
        let known = self.points.iter().skip_while(|p| !p.value.is_finite());
        let (mut all, mut there) = (0_u32, 0_u32);
        for point in known {
            all += 1;
            there += u32::from(point.value.is_finite());
        }
        if all == 0 { 0.0 } else { f64::from(there) / f64::from(all) }
    }
}

/// The samples of figures by the hour, by name.
pub type Told = BTreeMap<String, Vec<(Time, Sample)>>;

/// The figures that a line is made of.
pub fn needs<'a>(at: &At<'a>, name: &'a str, is_told: bool) -> Vec<&'a str> {
    match at.book.rate(name) {
        Some(rate) if !is_told => rate.formula.names().into_iter().collect(),
        _ => vec![name],
    }
}

/// The line of a figure, or of a rate when no figure is called so. `told` has the figures that it
/// is made of, from [`BEFORE`] its beginning on.
pub fn line(at: &At<'_>, name: &str, told: &Told, over: Over) -> Line {
    let (from, to) = over.bounds(at.now);
    let is_told = told.contains_key(name);
    let parts: Vec<(&str, &[(Time, Sample)])> = needs(at, name, is_told)
        .into_iter()
        .map(|name| (name, told.get(name).map_or(&[][..], Vec::as_slice)))
        .collect();
    let is_daily = parts.iter().any(|(_, samples)| period::is_daily(samples));
    let by_hour = over.is_by_hour() && !is_daily;
    let step = if by_hour { HOUR } else { DAY };
    let starts = if by_hour { hours(from, to) } else { days(from, to, at.zone) };
    let known: BTreeMap<&str, Steps> = parts
        .iter()
        .map(|(name, samples)| (*name, Steps::of(at, name, samples, by_hour)))
        .collect();
    let rate = at.book.rate(name).filter(|_| !is_told);
    let point = |start: Time| {
        let none = Point { start, value: f64::NAN, level: f64::NAN, over: None };
        let Some(rate) = rate else {
            let steps = known.get(name);
            let (value, level) = steps.and_then(|s| s.0.get(&start)).copied().unwrap_or_default();
            return Point {
                value: value.unwrap_or(f64::NAN),
                level: level.unwrap_or(f64::NAN),
                ..none
            };
        };
        let of = |name: &str, _: bool| known.get(name)?.0.get(&start)?.0;
        match rate.formula.value(&of) {
            Some(v) => {
                let over = v.over.filter(|_| v.is_thin(rate.least));
                Point { value: v.value, over, ..none }
            }
            None => none,
        }
    };
    Line { step, points: starts.into_iter().map(point).collect() }
}

/// The whole hours of a time.
fn hours(from: Time, to: Time) -> Vec<Time> {
    let (first, last) = ((from + Span(HOUR.0 - 1)).floor_hour(), to.floor_hour());
    let count = ((last - first).0 / HOUR.0).max(0);
    (0..count).map(|n| first + Span(HOUR.0 * n)).collect()
}

/// When the whole days of a time begin in a zone.
fn days(from: Time, to: Time, zone: Tz) -> Vec<Time> {
    let (first, end) = (from.in_zone(zone).date_naive(), to.in_zone(zone).date_naive());
    let all = (0..).map_while(|n| first.checked_add_days(Days::new(n)));
    all.take_while(|day| *day < end).map(|day| midnight(day, zone)).collect()
}

fn midnight(day: NaiveDate, zone: Tz) -> Time {
    Time::from_local(day.and_time(NaiveTime::MIN), zone)
}

/// What a figure came to in each step, and its total then; in whole units.
struct Steps(BTreeMap<Time, (Option<f64>, Option<f64>)>);

impl Steps {
    fn of(at: &At<'_>, name: &str, samples: &[(Time, Sample)], by_hour: bool) -> Steps {
        let known = at.book.known(name);
        let (kind, scale) = (known.kind, known.unit.scale());
        let level = |s: &Sample| (kind == Kind::Counter).then_some(s.last as f64 * scale);
        if by_hour {
            let steps = period::steps(kind, samples, HOUR);
            let of = |((start, value), (_, sample)): ((Time, f64), &(Time, Sample))| {
                let value = Some(value * scale).filter(|v| v.is_finite());
                (start, (value, level(sample)))
            };
            return Steps(steps.into_iter().zip(samples).map(of).collect());
        }
        let is_daily = period::is_daily(samples);
        let mut last: BTreeMap<NaiveDate, &Sample> = BTreeMap::new();
        for (start, sample) in samples {
            last.insert(start.in_zone(at.zone).date_naive(), sample);
        }
        let of = |(day, (value, hours)): (NaiveDate, (Option<f64>, u32))| {
            let is_known = is_daily || hours >= LEAST_HOURS;
            let value = value.filter(|_| is_known).map(|v| v * scale);
            (midnight(day, at.zone), (value, last.get(&day).and_then(|s| level(s))))
        };
        Steps(period::days(kind, samples, at.zone).into_iter().map(of).collect())
    }
}

/// The usual value of each hour of the week, Monday first: the median of the values that are known.
pub fn hours_of_week(line: &Line, zone: Tz) -> [[f64; 24]; 7] {
    let mut of: [[Vec<f64>; 24]; 7] = Default::default();
    for point in line.points.iter().filter(|p| p.value.is_finite()) {
        let hour = period::hour_of_week(point.start, zone) as usize;
        of[hour / 24 % 7][hour % 24].push(point.value);
    }
    of.map(|day| day.map(|mut values| period::median(&mut values)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::book::{Known, Label, Layer, Rate};
    use crate::domain::figure::{Book, Formula, Grain, Page, Unit};

    /// 12:20 on some day, UTC.
    const NOW: Time = Time(20_000 * DAY.0 + 12 * HOUR.0 + 20 * 60_000);

    fn book() -> Book {
        let known = |name: &str, kind| Known {
            name: name.into(),
            label: Label::default(),
            kind,
            layer: Layer::Exposure,
            unit: Unit::Count,
            less_is_better: false,
        };
        let rate = Rate {
            name: "rate".into(),
            label: Label::default(),
            layer: Layer::Interaction,
            unit: Unit::Share,
            formula: Formula::parse("likes / reads").unwrap(),
            least: 100.0,
            less_is_better: false,
            platforms: Vec::new(),
        };
        Book {
            figures: vec![
                known("likes", Kind::Flow),
                known("reads", Kind::Flow),
                known("fans", Kind::Counter),
            ],
            rates: vec![rate],
            ..Book::default()
        }
    }

    /// A value for each of the hours before now, by how many hours ago it is; the present one too.
    fn hourly(n: i64, value: impl Fn(i64) -> Option<i64>) -> Vec<(Time, Sample)> {
        let told = (0..n).rev().filter_map(|ago| Some((ago, value(ago)?)));
        told.map(|(ago, value)| {
            let (at, mut page) = (NOW.floor_hour() - Span(HOUR.0 * ago), Page::default());
            page.note(Grain::Hour.place(at).1, at, value);
            (at, page.0[0])
        })
        .collect()
    }

    fn made(told: &[(&str, Vec<(Time, Sample)>)], name: &str, days: u16, by_hour: bool) -> Line {
        let book = book();
        let at = At { book: &book, channel: "x", platform: "x", now: NOW, zone: Tz::UTC };
        let told = told.iter().map(|(name, told)| ((*name).to_owned(), told.clone())).collect();
        line(&at, name, &told, Over { days, before: false, by_hour })
    }

    #[test]
    fn the_hours_of_a_flow_are_whole_and_a_gap_is_no_zero() {
        let reads = hourly(60, |ago| (ago != 5).then_some(10 + ago));
        let line = made(&[("reads", reads)], "reads", 1, false);
        assert_eq!((line.step, line.points.len()), (HOUR, 23));
        let last = line.points.last().unwrap();
        assert_eq!((last.start, last.value), (NOW.floor_hour() - HOUR, 11.0));
        let unknown: Vec<usize> = (0..23).filter(|n| line.points[*n].value.is_nan()).collect();
        assert_eq!(unknown, [18]);
        assert!((line.coverage() - 22.0 / 23.0).abs() < 1e-9);
    }

    #[test]
    fn days_are_whole_and_a_day_of_few_hours_is_not_known() {
        // The day before yesterday has eight hours.
        let reads = hourly(24 * 5, |ago| (!(45..61).contains(&ago)).then_some(2));
        let line = made(&[("reads", reads)], "reads", 30, false);
        assert_eq!((line.step, line.points.len()), (DAY, 30));
        let values: Vec<f64> = line.values().into_iter().rev().take(3).collect();
        assert_eq!((values[0], values[2]), (48.0, 48.0));
        assert!(values[1].is_nan(), "{values:?}");
    }

    #[test]
    fn a_counter_has_gains_and_totals() {
        let fans = hourly(80, |ago| Some(1_000 - 3 * ago));
        let line = made(&[("fans", fans)], "fans", 1, false);
        let last = line.points.last().unwrap();
        assert_eq!((last.value, last.level), (3.0, 997.0));
    }

    #[test]
    fn a_rate_says_where_it_divides_by_little() {
        let reads = hourly(60, |ago| Some(if ago == 1 { 50 } else { 500 }));
        let likes = hourly(60, |_| Some(5));
        let line = made(&[("reads", reads), ("likes", likes)], "rate", 1, false);
        let (last, before) = (line.points[22], line.points[21]);
        assert_eq!((last.value, last.over), (0.1, Some(50.0)));
        assert_eq!((before.value, before.over), (0.01, None));
        assert!(made(&[], "rate", 1, false).points.iter().all(|p| p.value.is_nan()));
    }

    #[test]
    fn the_period_before_ends_where_the_last_one_begins() {
        let over = |before| Over { days: 7, before, by_hour: false }.bounds(NOW);
        assert_eq!(over(true).1, over(false).0);
        assert_eq!(over(false), (NOW - Span::hours(7 * 24), NOW));
        let long = Over { days: 400, before: false, by_hour: true }.bounds(NOW);
        assert_eq!(long.0, NOW - Span::hours(42 * 24));
    }

    #[test]
    fn each_hour_of_the_week_has_its_usual_value() {
        let hour = |ago: i64| period::hour_of_week(NOW.floor_hour() - Span(HOUR.0 * ago), Tz::UTC);
        let reads =
            hourly(24 * 42, |ago| Some(i64::from(hour(ago)) + if ago < 168 { 500 } else { 0 }));
        let week = hours_of_week(&made(&[("reads", reads)], "reads", 42, true), Tz::UTC);
        assert_eq!((week[0][0], week[6][23]), (0.0, 167.0), "one odd week changes nothing");
        let none = hours_of_week(&Line::default(), Tz::UTC);
        assert!(none[0][0].is_nan());
    }
}
