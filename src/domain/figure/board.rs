//! How the figures and rates of a channel stand: now, against what is usual, against their goals.

use super::book::{Book, GoalSet, Kind, Rate};
use super::goal::{Goal, Standing};
use super::period::{self, Baseline};
use super::{Sample, Unit};
use crate::domain::{Span, Time};
use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);
/// Points of a sparkline told by the hour, and by the day.
const POINTS: (i64, i64) = (48, 30);
/// Days that are held against each other.
const DAYS: i64 = 7 * period::WEEKS + 1;
/// How far back a board has to know the hours of a figure.
pub const BACK: Span = Span::hours(24 * (DAYS + 1));
/// Beyond so many standard deviations a change is more than noise.
const NOISE: f64 = 2.0;

/// How a figure or a rate stands. Values are in whole units (a share of 1, seconds, money).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stand {
    /// Its name.
    pub name: String,
    /// True of a rate, false of a figure that the channel tells.
    pub is_rate: bool,
    /// When its newest value was read; of a rate, up to when it is reckoned.
    pub read: Option<Time>,
    /// A counter's total, a gauge's newest value; what a flow or a rate came to on the last day.
    pub now: Option<f64>,
    /// How long a step is: an hour, or a day for what is told by the day and for rates.
    pub step: Span,
    /// The last whole step, when it began and what it came to.
    pub last: Option<(Time, f64)>,
    /// What is usual for that step.
    pub usual: Option<Baseline>,
    /// What the last 24 hours came to, or the last day of what is told by the day.
    pub day: Option<f64>,
    /// What is usual for such a day.
    pub day_usual: Option<Baseline>,
    /// The last steps, oldest first; no number where nothing is known.
    pub points: Vec<f64>,
    /// The share of them that is known, from 0 to 1.
    pub coverage: f64,
    /// True of a rate that divides by little.
    pub is_thin: bool,
    /// By how little, where it does.
    #[serde(default)]
    pub over: Option<f64>,
    /// Its goal, and how that stands.
    pub goal: Option<(GoalSet, Standing)>,
}

impl Stand {
    /// The change of the last step against the usual value, as a share of it.
    pub fn change(&self) -> Option<f64> {
        change(self.last.map(|(_, value)| value), self.usual)
    }

    /// The same of the last day.
    pub fn day_change(&self) -> Option<f64> {
        change(self.day, self.day_usual)
    }

    /// True when the last step lies further from the usual value than it usually does.
    pub fn is_beyond_noise(&self) -> bool {
        let (Some((_, value)), Some(usual)) = (self.last, self.usual) else { return false };
        (value - usual.value).abs() > NOISE * usual.spread
    }
}

fn change(value: Option<f64>, usual: Option<Baseline>) -> Option<f64> {
    let usual = usual?.value;
    (usual != 0.0).then_some((value? - usual) / usual.abs())
}

/// What is known of a figure.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its samples by the hour, for [`BACK`].
    pub hours: Vec<(Time, Sample)>,
    /// Its samples by the UTC day, as far back as its goal goes; only where it has one.
    pub days: Vec<(Time, Sample)>,
}

/// What is to be known beside the samples.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// What the desk says of figures.
    pub book: &'a Book,
    /// The channel.
    pub channel: &'a str,
    /// Its platform.
    pub platform: &'a str,
    /// The present.
    pub now: Time,
    /// The desk's zone.
    pub zone: Tz,
}

/// How every figure of a channel stands, and every rate that can be made of them.
pub fn board(at: &At<'_>, told: &BTreeMap<String, Told>) -> Vec<Stand> {
    let mut stands: Vec<Stand> = Vec::new();
    let mut days: BTreeMap<&str, Days> = BTreeMap::new();
    for (name, told) in told {
        let known = at.book.known(name);
        let of = Days::of(at, known.kind, known.unit, &told.hours);
        if let Some(mut stand) = figure(at, name, told, &of) {
            stand.goal = goal(at, name, told, &of);
            stands.push(stand);
        }
        days.insert(name, of);
    }
    let fits =
        |rate: &&Rate| rate.platforms.is_empty() || rate.platforms.iter().any(|p| p == at.platform);
    let made = at.book.rates.iter().filter(fits).filter_map(|made| rate(at, made, &days));
    stands.extend(made);
    stands.sort_by_cached_key(|stand| (at.book.place(&stand.name), stand.name.clone()));
    stands
}

/// What a figure came to in each of the last days, in whole units.
struct Days {
    /// When the newest of them ends.
    end: Time,
    /// The samples, and how they are read.
    kind: Kind,
    scale: f64,
    hours: Vec<(Time, Sample)>,
    is_daily: bool,
}

impl Days {
    fn of(at: &At<'_>, kind: Kind, unit: Unit, hours: &[(Time, Sample)]) -> Days {
        let is_daily = period::is_daily(hours);
        let newest = hours.last().map(|(start, _)| *start);
        let end = match newest {
            // A day that is told is over, whatever the hour it is told for.
            Some(newest) if is_daily => midnight_after(newest, at.zone),
            _ => at.now.floor_hour(),
        };
        Days { end, kind, scale: unit.scale(), hours: hours.to_vec(), is_daily }
    }

    /// What a day came to that ends then.
    fn value(&self, end: Time) -> Option<f64> {
        // Only what is near is looked at; the search is by halves.
        let from = end - DAY;
        let first = self.hours.partition_point(|(start, _)| *start < from - DAY);
        let last = self.hours.partition_point(|(start, _)| *start < end);
        let near = self.hours.get(first..last)?;
        period::total(self.kind, near, from, end).map(|v| v * self.scale)
    }

    /// The values of the days that end at `end` and before, oldest first, each with its beginning.
    fn values(&self, end: Time) -> Vec<(Time, f64)> {
        let day = |n: i64| {
            let end = end - Span(DAY.0 * n);
            (end - DAY, self.value(end).unwrap_or(f64::NAN))
        };
        (0..DAYS).rev().map(day).collect()
    }
}

/// The first midnight of a zone after a moment.
fn midnight_after(at: Time, zone: Tz) -> Time {
    let next = at.in_zone(zone).date_naive().succ_opt();
    let midnight = next.map(|day| day.and_time(NaiveTime::MIN));
    let begins = midnight.and_then(|midnight| zone.from_local_datetime(&midnight).earliest());
    begins.map_or(at + DAY, Time::from)
}

/// The value of the newest day, what is usual for it, and all of them.
type OfDays = (Option<f64>, Option<Baseline>, Vec<(Time, f64)>);

fn of_days(values: Vec<(Time, f64)>, zone: Tz) -> OfDays {
    let newest = values.last().copied();
    let usual = newest.and_then(|(start, _)| period::usual(&values, start, zone));
    (newest.map(|(_, v)| v).filter(|v| v.is_finite()), usual, values)
}

fn figure(at: &At<'_>, name: &str, told: &Told, of: &Days) -> Option<Stand> {
    let (_, newest) = told.hours.last()?;
    let (day, day_usual, days) = of_days(of.values(of.end), at.zone);
    let mut stand = Stand {
        name: name.to_owned(),
        is_rate: false,
        read: Some(newest.at),
        now: match of.kind {
            Kind::Flow => day,
            Kind::Counter | Kind::Gauge => Some(newest.last as f64 * of.scale),
        },
        step: DAY,
        last: None,
        usual: day_usual,
        day,
        day_usual,
        points: last_of(&days, POINTS.1),
        coverage: 0.0,
        is_thin: false,
        over: None,
        goal: None,
    };
    if of.is_daily {
        stand.last = day.map(|day| (of.end - DAY, day));
    } else {
        // An hour that is not over yet would look like a drop.
        let over = at.now.floor_hour();
        let steps = period::steps(of.kind, &told.hours, HOUR);
        let steps: Vec<(Time, f64)> =
            steps.into_iter().filter(|(t, _)| *t < over).map(|(t, v)| (t, v * of.scale)).collect();
        stand.step = HOUR;
        stand.last = steps.last().copied().filter(|(_, v)| v.is_finite());
        stand.usual = stand.last.and_then(|(t, _)| period::usual(&steps, t, at.zone));
        let known: BTreeMap<Time, f64> = steps.into_iter().collect();
        let hour = |n: i64| known.get(&(over - Span(HOUR.0 * n))).copied().unwrap_or(f64::NAN);
        stand.points = (1..=POINTS.0).rev().map(hour).collect();
    }
    stand.coverage = coverage(&stand.points);
    Some(stand)
}

fn last_of(days: &[(Time, f64)], n: i64) -> Vec<f64> {
    let n = usize::try_from(n).unwrap_or(0);
    days[days.len().saturating_sub(n)..].iter().map(|(_, v)| *v).collect()
}

/// The share of the points that is known, from the first known one on: before it there was nothing
/// to tell.
fn coverage(points: &[f64]) -> f64 {
    let since = points.iter().position(|v| v.is_finite());
    let Some(points) = since.map(|since| &points[since..]) else { return 0.0 };
    points.iter().filter(|v| v.is_finite()).count() as f64 / points.len() as f64
}

/// A rate over the figures' days; `None` = one of them is not told by this channel.
fn rate(at: &At<'_>, rate: &Rate, days: &BTreeMap<&str, Days>) -> Option<Stand> {
    let names = rate.formula.names();
    let parts: Option<Vec<&Days>> = names.iter().map(|name| days.get(name)).collect();
    let parts = parts.filter(|parts| !parts.is_empty())?;
    // Up to where all of them are known.
    let end = parts.iter().map(|of| of.end).min()?;
    let value = |end: Time| {
        let of = |name: &str, _: bool| days.get(name)?.value(end);
        rate.formula.value(&of)
    };
    let start = |n: i64| end - Span(DAY.0 * n);
    let values = (0..DAYS).rev().map(|n| {
        let value = value(start(n)).map_or(f64::NAN, |v| v.value);
        (start(n) - DAY, value)
    });
    let (day, day_usual, days) = of_days(values.collect(), at.zone);
    let points = last_of(&days, POINTS.1);
    let thin = value(end).filter(|v| v.is_thin(rate.least));
    Some(Stand {
        name: rate.name.clone(),
        is_rate: true,
        read: Some(end),
        now: day,
        step: DAY,
        last: day.map(|day| (end - DAY, day)),
        usual: day_usual,
        day,
        day_usual,
        coverage: coverage(&points),
        points,
        is_thin: thin.is_some(),
        over: thin.and_then(|v| v.over),
        goal: None,
    })
}

/// How the goal of a figure stands, if it has one.
fn goal(at: &At<'_>, name: &str, told: &Told, of: &Days) -> Option<(GoalSet, Standing)> {
    let set = at.book.goals.iter().find(|g| g.channel.0 == at.channel && g.figure == name)?;
    let begins = |day: NaiveDate| {
        let midnight = at.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
        midnight.map_or_else(|| Time::from(day.and_time(NaiveTime::MIN).and_utc()), Time::from)
    };
    let known = || told.days.iter().chain(&told.hours);
    let first = known().map(|(start, _)| *start).min()?;
    let from = set.from.map_or(first, begins);
    let newest = told.hours.last().or(told.days.last())?.1;
    let (start, now) = match of.kind {
        Kind::Flow => {
            let days = told.days.iter().filter(|(day, _)| *day + DAY > from);
            (0.0, days.map(|(_, s)| s.sum as f64).sum::<f64>() * of.scale)
        }
        Kind::Counter | Kind::Gauge => {
            let at_start =
                known().filter(|(start, _)| *start <= from).max_by_key(|(start, _)| *start);
            let earliest = known().min_by_key(|(start, _)| *start);
            let start = at_start.map(|(_, s)| s.last).or(earliest.map(|(_, s)| s.first.0))?;
            (start as f64 * of.scale, newest.last as f64 * of.scale)
        }
    };
    let goal = Goal {
        from,
        start: set.start.unwrap_or(start),
        by: begins(set.by.succ_opt().unwrap_or(set.by)),
        target: set.target,
    };
    let gains: Vec<f64> = match of.kind {
        // A gauge does not gain from day to day; nothing is foretold of it.
        Kind::Gauge => Vec::new(),
        Kind::Flow | Kind::Counter => {
            of.values(of.end).into_iter().map(|(_, v)| v).skip_while(|v| !v.is_finite()).collect()
        }
    };
    Some((set.clone(), goal.standing(at.now, now, &gains)))
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
