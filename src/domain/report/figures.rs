//! What the figures and rates of a channel came to in a period.

use super::{Line, Period};
use crate::domain::figure::book::{Book, Kind, Rate};
use crate::domain::figure::{Sample, compare, period};
use crate::domain::slot::bounds;
use crate::domain::{Span, Time};
use chrono::{Days as Count, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);
/// A figure whose values lie at least so far apart is told by the day.
const DAILY: Span = Span::hours(12);
/// How far before a time the value may lie that a counter's gain is reckoned from.
const NEAR: Span = Span::hours(36);
/// A figure that was told so long before the period is still spoken of.
const SILENT: Span = Span::hours(24 * 14);
/// Days before the period that say what is usual.
const PAST: u64 = 7 * period::WEEKS as u64;
/// The fewest of the same weekday that do.
const LEAST: usize = 3;
/// Points of a single day's figure that is told by the day: that day and those before it.
const FORTNIGHT: usize = 14;
/// From a median deviation to a standard deviation, for values that lie normally.
const SPREAD: f64 = 1.4826;
/// How far back from a period's beginning samples by the hour are needed.
pub const BACK: Span = Span::hours(24 * 44);

/// What is to be known beside the samples.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// What the desk says of figures.
    pub book: &'a Book,
    /// The channel's platform.
    pub platform: &'a str,
    /// The period.
    pub period: &'a Period,
}

/// A rate that could not be made of what a channel tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmade {
    /// Which.
    pub name: String,
    /// The figures that are not told; none = it would have divided by nothing.
    pub lacks: Vec<String>,
}

/// What every figure of a channel came to, and every rate that can be made of them; `told` are its
/// samples by the hour from [`BACK`] before the period on. Rates of which no part is told are not
/// spoken of.
pub fn lines(
    at: &At<'_>,
    told: &BTreeMap<String, Vec<(Time, Sample)>>,
) -> (Vec<Line>, Vec<Unmade>) {
    let frame = Frame::new(at.period);
    let within = |hours: &[(Time, Sample)]| {
        hours.iter().any(|(t, _)| *t >= at.period.from - SILENT && *t < at.period.until)
    };
    let known: BTreeMap<&str, Figure<'_>> = told
        .iter()
        .filter(|(_, hours)| within(hours))
        .map(|(name, hours)| (name.as_str(), Figure::new(at, &frame, name, hours)))
        .collect();
    let mut lines: Vec<Line> = known.values().map(|figure| figure.line(&frame)).collect();
    let mut unmade = Vec::new();
    let fits = |r: &&Rate| r.platforms.is_empty() || r.platforms.iter().any(|p| p == at.platform);
    for made in at.book.rates.iter().filter(fits) {
        match rate(made, &known, &frame) {
            Some(Ok(line)) => lines.push(line),
            Some(Err(why)) => unmade.push(why),
            None => {}
        }
    }
    lines.sort_by_cached_key(|line| {
        let (_, layer, place) = at.book.place(&line.name);
        (layer, line.is_rate, place, line.name.clone())
    });
    (lines, unmade)
}

/// A stretch of a day.
type Stretch = (Time, Time);

/// The period's days and those that they are held against.
struct Frame {
    period: Period,
    before: Period,
    now: Vec<(NaiveDate, Stretch)>,
    was: Vec<(NaiveDate, Stretch)>,
    /// The days before the period that say what is usual, oldest first.
    past: Vec<(NaiveDate, Stretch)>,
}

impl Frame {
    fn new(period: &Period) -> Frame {
        let before = period.before();
        let first = period.first.checked_sub_days(Count::new(PAST)).unwrap_or(period.first);
        let past = first.iter_days().take_while(|day| *day < period.first);
        let past = past.map(|day| (day, bounds(day, period.zone()))).collect();
        Frame { now: period.told(), was: before.told(), past, period: period.clone(), before }
    }

    /// The same weekdays before the period as the day of that place, cut as that day is.
    fn like(&self, place: usize) -> impl Iterator<Item = (NaiveDate, Stretch)> + '_ {
        let (day, (from, to)) = self.now[place];
        let is_cut = bounds(day, self.period.zone()).1 != to;
        let same = move |past: &&(NaiveDate, Stretch)| (day - past.0).num_days() % 7 == 0;
        self.past.iter().filter(same).map(move |(day, (begins, ends))| {
            let ends = if is_cut { (*begins + (to - from)).min(*ends) } else { *ends };
            (*day, (*begins, ends))
        })
    }
}

/// Which days.
#[derive(Clone, Copy)]
enum Which {
    Now,
    Was,
}

/// A figure with what it came to on each day.
struct Figure<'a> {
    name: &'a str,
    kind: Kind,
    scale: f64,
    hours: &'a [(Time, Sample)],
    /// How far apart its values lie.
    step: Span,
    now: Vec<f64>,
    was: Vec<f64>,
    /// By place of the day, the values of the same weekdays before, no number where none is known.
    like: Vec<Vec<f64>>,
}

impl<'a> Figure<'a> {
    fn new(at: &At<'_>, frame: &Frame, name: &'a str, hours: &'a [(Time, Sample)]) -> Figure<'a> {
        let known = at.book.known(name);
        let (kind, scale) = (known.kind, known.unit.scale());
        let step = step(hours);
        let mut figure = Figure {
            name,
            kind,
            scale,
            hours,
            step,
            now: Vec::new(),
            was: Vec::new(),
            like: Vec::new(),
        };
        let of = |days: &[(NaiveDate, Stretch)]| -> Vec<f64> {
            days.iter().map(|(day, cut)| figure.day(frame, *day, *cut)).collect()
        };
        let (now, mut was) = (of(&frame.now), of(&frame.was));
        let like =
            |place| frame.like(place).map(|(day, cut)| figure.day(frame, day, cut)).collect();
        let like = (0..now.len()).map(like).collect();
        if !frame.period.is_over() {
            // A day that is not told yet is not held against one that is.
            let pairs = was.iter_mut().zip(&now);
            pairs.filter(|(_, now)| !now.is_finite()).for_each(|(was, _)| *was = f64::NAN);
        }
        (figure.now, figure.was, figure.like) = (now, was, like);
        figure
    }

    /// What it came to on a day, in whole units. What is told by the day is told of the whole day.
    fn day(&self, frame: &Frame, day: NaiveDate, cut: Stretch) -> f64 {
        let stretch = if self.is_daily() { bounds(day, frame.period.zone()) } else { cut };
        self.value(stretch).unwrap_or(f64::NAN)
    }

    fn days(&self, which: Which) -> &[f64] {
        match which {
            Which::Now => &self.now,
            Which::Was => &self.was,
        }
    }

    fn is_daily(&self) -> bool {
        self.step >= DAILY
    }

    /// What it came to in a stretch, in whole units.
    fn value(&self, (from, to): Stretch) -> Option<f64> {
        let first = self.hours.partition_point(|(t, _)| *t < from - NEAR);
        let last = self.hours.partition_point(|(t, _)| *t < to);
        let near = self.hours.get(first..last)?;
        period::total(self.kind, near, from, to).map(|v| v * self.scale)
    }

    /// What it came to in a whole period.
    fn total(&self, of: &Period, days: &[f64], is_cut: bool) -> Option<f64> {
        match is_cut && self.is_daily() {
            true => sum(self.kind, days),
            false => self.value((of.from, of.until)),
        }
    }

    /// The values of the same weekdays before, of those days that are in its total: a day that is
    /// not told is not held against one that is. A counter's gain is known over a gap, too.
    fn like_told(&self, is_cut: bool) -> Vec<Vec<f64>> {
        match self.kind == Kind::Counter && !(is_cut && self.is_daily()) {
            true => self.like.clone(),
            false => of_told(&self.like, &self.now),
        }
    }

    /// The share of its values that is known; before the first one could be there, all of them.
    fn coverage(&self, frame: &Frame) -> f64 {
        let (from, until) = (frame.period.from, frame.period.until);
        let within = |(t, _): &&(Time, Sample)| *t >= from && *t < until;
        let expected = (until - from).0 / self.step.0;
        match expected < 1 {
            true => 1.0,
            false => (self.hours.iter().filter(within).count() as f64 / expected as f64).min(1.0),
        }
    }

    fn line(&self, frame: &Frame) -> Line {
        let is_cut = !frame.period.is_over();
        let change = compare::change(&self.now, &self.was);
        let until = frame.period.until;
        let stands = self.hours.iter().rev().find(|(t, _)| *t < until).map(|(_, s)| s.last);
        let total = self.total(&frame.period, &self.now, is_cut);
        let (start, step, points, points_before) = self.points(frame);
        Line {
            name: self.name.to_owned(),
            is_rate: false,
            total,
            stands: stands.filter(|_| self.kind == Kind::Counter).map(|v| v as f64 * self.scale),
            before: self.total(&frame.before, &self.was, is_cut),
            change: change.and_then(|c| c.share).filter(|_| total.is_some()),
            is_clear: change.is_some_and(|c| c.is_clear),
            usual: usual(self.kind, &self.like_told(is_cut)),
            coverage: self.coverage(frame),
            is_thin: false,
            start,
            step,
            points,
            points_before,
        }
    }

    /// The points of its chart: hours of a day, else days.
    fn points(&self, frame: &Frame) -> (Time, Span, Vec<f64>, Vec<f64>) {
        let from = frame.period.from;
        if frame.now.len() > 1 || frame.period.first != frame.period.last {
            return (from, DAY, self.now.clone(), self.was.clone());
        }
        if self.is_daily() {
            let days = &frame.past[frame.past.len().saturating_sub(FORTNIGHT - 1)..];
            let start = days.first().map_or(from, |(_, (start, _))| *start);
            let days = days.iter().map(|(day, cut)| self.day(frame, *day, *cut));
            return (start, DAY, days.chain(self.now.iter().copied()).collect(), Vec::new());
        }
        let hours = |period: &Period| self.by_hour((period.from, period.until));
        (from, HOUR, hours(&frame.period), hours(&frame.before))
    }

    fn by_hour(&self, (from, until): Stretch) -> Vec<f64> {
        let first = self.hours.partition_point(|(t, _)| *t < from - HOUR - HOUR);
        let last = self.hours.partition_point(|(t, _)| *t < until);
        let steps = period::steps(self.kind, &self.hours[first..last.max(first)], HOUR);
        // An hour that is not over yet would look like a drop.
        let places = (until - from).0 / HOUR.0;
        let mut points = vec![f64::NAN; usize::try_from(places).unwrap_or(0)];
        for (at, value) in steps {
            let place = usize::try_from((at - from).0.div_euclid(HOUR.0));
            if let Some(point) = place.ok().and_then(|place| points.get_mut(place)) {
                *point = value * self.scale;
            }
        }
        points
    }
}

/// Of what is by day, that of the days that are told.
fn of_told(like: &[Vec<f64>], days: &[f64]) -> Vec<Vec<f64>> {
    let told = like.iter().zip(days).filter(|(_, day)| day.is_finite());
    told.map(|(like, _)| like.clone()).collect()
}

/// How far apart values lie, by the middle of the gaps: an hour at least, a day at most.
fn step(hours: &[(Time, Sample)]) -> Span {
    let mut gaps: Vec<Span> = hours.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map_or(DAY, |gap| (*gap).clamp(HOUR, DAY))
}

/// What days come to together: the mean of a gauge, else the sum. `None` = none is known.
fn sum(kind: Kind, days: &[f64]) -> Option<f64> {
    let known: Vec<f64> = days.iter().copied().filter(|v| v.is_finite()).collect();
    let all = known.iter().sum::<f64>();
    (!known.is_empty()).then(|| match kind {
        Kind::Gauge => all / known.len() as f64,
        Kind::Counter | Kind::Flow => all,
    })
}

/// What is usual for days together, by the values of the same weekdays before; how far that may be
/// off, by how far those lie apart. `None` = too few are known of one of them.
fn usual(kind: Kind, like: &[Vec<f64>]) -> Option<(f64, f64)> {
    let (mut all, mut square) = (0.0, 0.0);
    for values in like {
        let values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        let middle = median(&values).filter(|_| values.len() >= LEAST)?;
        let off: Vec<f64> = values.iter().map(|v| (v - middle).abs()).collect();
        all += middle;
        square += (SPREAD * median(&off)?).powi(2);
    }
    let days = match kind {
        Kind::Gauge => like.len() as f64,
        Kind::Counter | Kind::Flow => 1.0,
    };
    (!like.is_empty()).then(|| (all / days, square.sqrt() / days))
}

/// The middle of some values.
fn median(of: &[f64]) -> Option<f64> {
    let mut of = of.to_vec();
    of.sort_by(f64::total_cmp);
    match of.len() {
        0 => None,
        n if n % 2 == 1 => Some(of[n / 2]),
        n => Some((of[n / 2 - 1] + of[n / 2]) / 2.0),
    }
}

/// A rate over the period; `None` = no part of it is told.
fn rate(
    rate: &Rate,
    known: &BTreeMap<&str, Figure<'_>>,
    frame: &Frame,
) -> Option<Result<Line, Unmade>> {
    let names = rate.formula.names();
    let (told, lacks): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| known.contains_key(name));
    let first = known.get(told.first()?)?;
    let unmade = |lacks: Vec<&str>| {
        let lacks = lacks.into_iter().map(str::to_owned).collect();
        Some(Err(Unmade { name: rate.name.clone(), lacks }))
    };
    if !lacks.is_empty() {
        return unmade(lacks);
    }
    let parts: Vec<&Figure<'_>> = told.iter().filter_map(|name| known.get(name)).collect();
    // Figures are set against each other by days on which all of them are known.
    let over = |which: Which| {
        let whole = |place: usize| {
            parts.iter().all(|p| p.days(which).get(place).is_some_and(|v| v.is_finite()))
        };
        let places: Vec<usize> =
            (0..first.days(which).len()).filter(|place| whole(*place)).collect();
        let of = |name: &str, is_usual: bool| {
            let figure = known.get(name)?;
            if is_usual {
                return usual(figure.kind, &figure.like).map(|(usual, _)| usual);
            }
            let values: Vec<f64> = places.iter().map(|place| figure.days(which)[*place]).collect();
            sum(figure.kind, &values)
        };
        rate.formula.value(&of)
    };
    let by_day = |which: Which| -> Vec<f64> {
        let value = |place: usize| {
            let of = |name: &str, is_usual: bool| {
                let figure = known.get(name)?;
                match is_usual {
                    true => usual(figure.kind, figure.like.get(place..=place)?).map(|u| u.0),
                    false => figure.days(which).get(place).copied().filter(|v| v.is_finite()),
                }
            };
            rate.formula.value(&of).map_or(f64::NAN, |v| v.value)
        };
        (0..first.days(which).len()).map(value).collect()
    };
    let Some(total) = over(Which::Now) else { return unmade(Vec::new()) };
    let before = over(Which::Was).map(|v| v.value);
    let (now, was) = (by_day(Which::Now), by_day(Which::Was));
    let like = |place: usize| -> Vec<f64> {
        let value = |week: usize| {
            let of = |name: &str, is_usual: bool| {
                let figure = known.get(name)?;
                match is_usual {
                    true => usual(figure.kind, figure.like.get(place..=place)?).map(|u| u.0),
                    false => figure.like[place].get(week).copied().filter(|v| v.is_finite()),
                }
            };
            rate.formula.value(&of).map_or(f64::NAN, |v| v.value)
        };
        (0..first.like[place].len()).map(value).collect()
    };
    let like: Vec<Vec<f64>> = (0..now.len()).map(like).collect();
    let (start, step, points, points_before) = match frame.period.first == frame.period.last {
        // One value is no line.
        true => (frame.period.from, DAY, Vec::new(), Vec::new()),
        false => (frame.period.from, DAY, now.clone(), was.clone()),
    };
    let share = before.filter(|b| *b != 0.0).map(|b| (total.value - b) / b.abs());
    Some(Ok(Line {
        name: rate.name.clone(),
        is_rate: true,
        total: Some(total.value),
        stands: None,
        before,
        change: share,
        is_clear: compare::change(&now, &was).is_some_and(|c| c.is_clear),
        usual: usual(Kind::Gauge, &of_told(&like, &now)),
        // No more is known of it than of the part that is known least.
        coverage: parts.iter().map(|part| part.coverage(frame)).fold(1.0, f64::min),
        is_thin: total.is_thin(rate.least),
        start,
        step,
        points,
        points_before,
    }))
}
