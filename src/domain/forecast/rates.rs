//! The rates that a forecast stands on, measured from what came and was handled by the hour.

use super::{STEPS, Span, Time};
use crate::domain::flow::Flow;
use serde::{Deserialize, Serialize};

/// The least that must have been seen before anything is said: hours, conversations that came,
/// conversations that were handled, hours of operators at work.
const LEAST_HOURS: f64 = 2.0;
const LEAST_CAME: i64 = 10;
const LEAST_HANDLED: i64 = 10;
const LEAST_AT_WORK: f64 = 1.0;
/// How far back the pattern of the week, and the measure of an operator, look.
pub const BACK: Span = Span::hours(28 * 24);
/// After so long an hour weighs half.
const HALF_LIFE: f64 = 3.0;
/// The most kinds of deadlines told apart.
const KINDS: usize = 12;

/// One hour of the past.
pub type Hour = (Time, Flow);

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TooLittle {
    /// The desk has not seen enough come.
    Came,
    /// Operators have not handled enough.
    Handled,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    /// What comes in an hour, by step from now on.
    pub come: Vec<f64>,
    /// For how many events that stands: the fewer, the less certain.
    pub come_known: f64,
    /// How much more hours vary than chance alone would have it; 1 = not more.
    pub spread: f64,
    /// What an operator handles in an hour.
    pub handled: f64,
    /// For how many events that stands.
    pub handled_known: f64,
    /// What is answered outside of the desk in an hour.
    pub outside: f64,
    /// How long there is to answer, and the share of what comes that has so long; the rest has no
    /// deadline.
    pub kinds: Vec<(Span, f64)>,
}

/// Measures the rates. `hours` in order of time, none later than `now`; hours in which nothing
/// happened may be missing.
///
/// # Errors
/// When too little was seen to say anything.
pub fn measure(now: Time, hours: &[Hour]) -> Result<Rates, TooLittle> {
    let came: i64 = hours.iter().map(|(_, f)| f.came).sum();
    let Some(first) = hours.iter().find(|(_, f)| f.came > 0).map(|(t, _)| *t) else {
        return Err(TooLittle::Came);
    };
    let seen = in_hours(now - first);
    if came < LEAST_CAME || seen < LEAST_HOURS {
        return Err(TooLittle::Came);
    }
    let (handled, handled_known) = pace(hours).ok_or(TooLittle::Handled)?;
    let series = series(now, first, hours);
    let recent = weighted(&series, |f| f.came.max(0) as f64);
    let outside = weighted(&series, |f| f.outside.max(0) as f64).0;
    let pattern = Pattern::of(&series);
    let (come, come_known) = match &pattern {
        None => (vec![recent.0; STEPS], recent.1),
        Some(pattern) => pattern.ahead(now, &series),
    };
    let spread = spread(&series, pattern.as_ref(), recent.0);
    Ok(Rates { come, come_known, spread, handled, handled_known, outside, kinds: kinds(hours) })
}

fn in_hours(span: Span) -> f64 {
    span.0 as f64 / 3_600_000.0
}

/// What an operator handles in an hour at work, and how many that was measured by. Hours in which
/// enough was left over are asked first: in the others nobody could have handled more than came.
fn pace(hours: &[Hour]) -> Option<(f64, f64)> {
    let mut backlog = 0;
    let (mut busy, mut all) = ((0, 0.0), (0, 0.0));
    for (_, flow) in hours {
        backlog = (backlog + flow.came - flow.handled - flow.outside).max(0);
        let at_work = flow.operator_hours();
        if at_work == 0.0 {
            continue;
        }
        all = (all.0 + flow.handled, all.1 + at_work);
        if backlog as f64 >= 2.0 * flow.active.len() as f64 {
            busy = (busy.0 + flow.handled, busy.1 + at_work);
        }
    }
    let enough = |(n, at_work): &(i64, f64)| *n >= LEAST_HANDLED && *at_work >= LEAST_AT_WORK;
    let (n, at_work) = [busy, all].into_iter().find(enough)?;
    Some((n as f64 / at_work, n as f64))
}

/// One entry for each hour, oldest first, with the share of it that is over.
fn series(now: Time, first: Time, hours: &[Hour]) -> Vec<(Time, Flow, f64)> {
    let from = first.max(now - BACK).floor_hour();
    let mut known = hours.iter().filter(|(t, _)| *t >= from).peekable();
    let mut out = Vec::new();
    let mut at = from;
    while at < now {
        let flow = known.next_if(|(t, _)| *t == at).map(|(_, f)| f.clone()).unwrap_or_default();
        out.push((at, flow, in_hours(now - at).min(1.0)));
        at = at + Span::hours(1);
    }
    out
}

/// The mean of the last hours, the newest weighing most, and for how many events it stands. Some
/// weight goes to all hours alike, so that one quiet hour does not make it nothing.
fn weighted(series: &[(Time, Flow, f64)], of: impl Fn(&Flow) -> f64) -> (f64, f64) {
    let (mut sum, mut time) = (0.0, 0.0);
    let day = series.len().saturating_sub(24);
    for (age, (_, flow, over)) in series[day..].iter().rev().enumerate() {
        let weight = 0.5f64.powf(age as f64 / HALF_LIFE) + 0.02;
        sum += weight * of(flow);
        time += weight * over;
    }
    let rate = if time > 0.0 { sum / time } else { 0.0 };
    (rate, sum.max(1.0))
}

/// How much comes at which hour of the day and week.
struct Pattern {
    /// By hour of the week, counted from the epoch.
    by_hour: Vec<f64>,
    events: f64,
}

/// Days after which the hour of the day is told apart, and after which the day of the week is.
const DAYS: usize = 3;
const WEEKS: usize = 14;

impl Pattern {
    fn of(series: &[(Time, Flow, f64)]) -> Option<Pattern> {
        if series.len() < DAYS * 24 {
            return None;
        }
        // Each level is drawn towards the one above it, the less it has seen the more.
        let mean = total(series.iter());
        let mean = mean.0 / mean.1.max(0.1);
        let near = |base: f64, (n, time): (f64, f64)| (n + 2.0 * base) / (time + 2.0);
        let day: Vec<f64> = (0..24)
            .map(|h| near(mean, total(series.iter().filter(|(t, ..)| hour_of(*t) % 24 == h))))
            .collect();
        let weeks = series.len() >= WEEKS * 24;
        let by_hour = (0..168).map(|h| match weeks {
            false => day[h % 24],
            true => near(day[h % 24], total(series.iter().filter(|(t, ..)| hour_of(*t) == h))),
        });
        Some(Pattern { by_hour: by_hour.collect(), events: total(series.iter()).0 })
    }

    fn at(&self, t: Time) -> f64 {
        self.by_hour[hour_of(t)]
    }

    /// What is to come: the pattern, raised or lowered as the last hours were, which wears off.
    fn ahead(&self, now: Time, series: &[(Time, Flow, f64)]) -> (Vec<f64>, f64) {
        let (mut came, mut expected) = (0.0, 0.0);
        for (age, (at, flow, over)) in series.iter().rev().enumerate().take(12) {
            let weight = 0.5f64.powf(age as f64 / HALF_LIFE);
            came += weight * flow.came.max(0) as f64;
            expected += weight * over * self.at(*at);
        }
        let factor = (came + 5.0) / (expected + 5.0);
        let step = |n: usize| {
            let hours = n as f64 / 12.0;
            let kept = 0.5f64.powf(hours / HALF_LIFE);
            self.at(now + Span::minutes(n as i64 * 5)) * (1.0 + (factor - 1.0) * kept)
        };
        ((0..STEPS).map(step).collect(), (came + 5.0).min(self.events.max(1.0)))
    }
}

fn hour_of(t: Time) -> usize {
    usize::try_from(t.0.div_euclid(3_600_000).rem_euclid(168)).unwrap_or(0)
}

fn total<'a>(of: impl Iterator<Item = &'a (Time, Flow, f64)>) -> (f64, f64) {
    of.fold((0.0, 0.0), |(n, time), (_, flow, over)| (n + flow.came.max(0) as f64, time + over))
}

/// The variance of whole hours over what chance alone gives.
fn spread(series: &[(Time, Flow, f64)], pattern: Option<&Pattern>, mean: f64) -> f64 {
    let (mut squares, mut expected, mut n) = (0.0, 0.0, 0.0);
    for (at, flow, _) in series.iter().filter(|(.., over)| *over >= 1.0) {
        let e = pattern.map_or(mean, |p| p.at(*at));
        squares += (flow.came as f64 - e).powi(2);
        expected += e;
        n += 1.0;
    }
    match n >= 6.0 && expected > 0.0 {
        true => (squares / expected).clamp(1.0, 50.0),
        false => 1.5,
    }
}

/// The kinds of deadlines, the most frequent ones; what is left goes to the next one below.
fn kinds(hours: &[Hour]) -> Vec<(Span, f64)> {
    let mut bins: std::collections::BTreeMap<u16, i64> = Default::default();
    let mut came = 0;
    for (_, flow) in hours {
        came += flow.came;
        for (bin, n) in &flow.due {
            *bins.entry(*bin).or_default() += n;
        }
    }
    let known: i64 = bins.values().sum();
    let mut common: Vec<(u16, i64)> = bins.iter().map(|(b, n)| (*b, *n)).collect();
    common.sort_by_key(|(_, n)| -n);
    common.truncate(KINDS);
    common.sort_unstable();
    let mut shares = vec![0; common.len()];
    for (bin, n) in bins {
        let place = common.partition_point(|(b, _)| *b <= bin).saturating_sub(1);
        if let Some(share) = shares.get_mut(place) {
            *share += n;
        }
    }
    // Undo can make less come than there are deadlines.
    let all = came.max(known).max(1) as f64;
    let span = |bin: u16| Span(crate::domain::kpi::middle_of(bin) as i64);
    common.iter().zip(shares).map(|((bin, _), n)| (span(*bin), n as f64 / all)).collect()
}
