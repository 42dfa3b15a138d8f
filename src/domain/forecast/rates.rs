//! The rates that a forecast stands on, measured from what came and was handled by the hour.

use super::{STEPS, Span, Time};
use crate::domain::flow::{Flow, PARTS};
use serde::{Deserialize, Serialize};

/// The least that must have been seen before anything is said: hours, conversations that came,
/// conversations that were handled, hours of operators at work.
const LEAST_HOURS: f64 = 2.0;
const LEAST_CAME: i64 = 10;
const LEAST_HANDLED: i64 = 10;
const LEAST_AT_WORK: f64 = 1.0;
/// How far back the pattern of the week, and the measure of an operator, look.
pub const BACK: Span = Span::hours(28 * 24);
/// What is left in the next hour of what sets the level of an hour apart: half of it after three.
const LASTS: f64 = 0.793_700_526;
/// So many for each operator are enough for nobody to be without work.
const ENOUGH_LEFT: i64 = 2;
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
    /// How far the level of now may be off: the variance of its share.
    pub come_unsure: f64,
    /// How far the level goes up and down over some hours: the same of any other hour.
    pub waves: f64,
    /// The share of what sets the level of one hour apart that is left in the next.
    pub lasts: f64,
    /// How much more hours vary, each by itself, than chance alone would have it; 1 = not more.
    pub spread: f64,
    /// What an operator handles in an hour.
    pub handled: f64,
    /// How far that may be off: the variance of its share.
    pub handled_unsure: f64,
    /// How much what is handled in an hour varies; 1 = as by chance alone, less = more evenly.
    pub uneven: f64,
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
    let pace = pace(hours).ok_or(TooLittle::Handled)?;
    let series = series(now, first, hours);
    let recent = weighted(&series, |f| f.came.max(0) as f64);
    let outside = weighted(&series, |f| f.outside.max(0) as f64).0;
    let pattern = Pattern::of(&series);
    let varies = Varies::of(&series, pattern.as_ref(), recent.0);
    let (come, come_unsure) = match &pattern {
        None => (vec![recent.0; STEPS], recent.1 * varies.spread),
        Some(pattern) => pattern.ahead(now, &series, &varies),
    };
    Ok(Rates {
        come,
        come_unsure,
        waves: varies.waves,
        lasts: if pattern.is_some() { LASTS } else { 1.0 },
        spread: varies.spread,
        handled: pace.handled,
        handled_unsure: pace.unsure,
        uneven: pace.uneven,
        outside,
        kinds: kinds(hours),
    })
}

fn in_hours(span: Span) -> f64 {
    span.0 as f64 / 3_600_000.0
}

/// What an operator handles in an hour at work.
struct Pace {
    handled: f64,
    unsure: f64,
    uneven: f64,
}

/// Measures the pace. Hours that began and ended with enough left over are asked first: in the
/// others nobody could have handled more than came. To ask only that they ended so would be to ask
/// the slow ones.
fn pace(hours: &[Hour]) -> Option<Pace> {
    let mut backlog = 0;
    let (mut busy, mut all) = (Vec::new(), Vec::new());
    for (place, (_, flow)) in hours.iter().enumerate() {
        let before = backlog;
        backlog = (backlog + flow.came - flow.handled - flow.outside).max(0);
        let at_work = at_work(hours, place);
        if at_work == 0.0 {
            continue;
        }
        all.push((flow.handled as f64, at_work));
        let enough = ENOUGH_LEFT * flow.active.len() as i64;
        if before >= enough && backlog >= enough {
            busy.push((flow.handled as f64, at_work));
        }
    }
    let sum = |of: &[(f64, f64)]| of.iter().fold((0.0, 0.0), |s, h| (s.0 + h.0, s.1 + h.1));
    let enough = |of: &&Vec<(f64, f64)>| {
        let (n, at_work) = sum(of);
        n >= LEAST_HANDLED as f64 && at_work >= LEAST_AT_WORK
    };
    let of = [&busy, &all].into_iter().find(enough)?;
    let (n, at_work) = sum(of);
    let handled = n / at_work;
    // Over a handful of hours chance is all that can be told.
    let squares: f64 = of.iter().map(|(h, w)| (h - handled * w).powi(2)).sum();
    let uneven = if of.len() >= 12 { (squares / n).clamp(0.3, 5.0) } else { 1.0 };
    Some(Pace { handled, unsure: uneven / n, uneven })
}

/// How many hours operators were at work in an hour, together: a quarter in which they did nothing
/// between two in which they did something went into something long.
fn at_work(hours: &[Hour], place: usize) -> f64 {
    let (at, flow) = &hours[place];
    let bits = |place: Option<usize>, next_to: Time, who: &str| {
        let near = place.and_then(|place| hours.get(place)).filter(|(t, _)| *t == next_to);
        let known = near.and_then(|(_, f)| f.active.iter().find(|(name, _)| name == who));
        known.map_or(0, |(_, bits)| u32::from(*bits))
    };
    let parts = flow.active.iter().map(|(who, now)| {
        let before = bits(place.checked_sub(1), *at - Span::hours(1), who);
        let after = bits(Some(place + 1), *at + Span::hours(1), who);
        let line = before >> (PARTS - 1) & 1 | u32::from(*now) << 1 | (after & 1) << (PARTS + 1);
        let filled = line | (line << 1 & line >> 1);
        (filled >> 1 & ((1 << PARTS) - 1)).count_ones()
    });
    f64::from(parts.sum::<u32>()) / PARTS as f64
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

/// The mean of the last hours, the newest weighing most, and the variance of its share by chance.
/// Some weight goes to all hours alike, so that one quiet hour does not make it nothing.
fn weighted(series: &[(Time, Flow, f64)], of: impl Fn(&Flow) -> f64) -> (f64, f64) {
    let (mut sum, mut squares, mut time) = (0.0, 0.0, 0.0);
    let day = series.len().saturating_sub(24);
    for (age, (_, flow, over)) in series[day..].iter().rev().enumerate() {
        let weight = LASTS.powf(age as f64) + 0.02;
        sum += weight * of(flow);
        squares += weight * weight * of(flow);
        time += weight * over;
    }
    let rate = if time > 0.0 { sum / time } else { 0.0 };
    (rate, squares.max(1.0) / (sum * sum).max(1.0))
}

/// How much comes at which hour of the day and week.
struct Pattern {
    /// By hour of the week, counted from the epoch.
    by_hour: Vec<f64>,
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
        Some(Pattern { by_hour: by_hour.collect() })
    }

    fn at(&self, t: Time) -> f64 {
        self.by_hour[hour_of(t)]
    }

    /// What is to come: the pattern, raised or lowered as the last hours were, which wears off; and
    /// how far the level of now may be off. How much the last hours are believed hangs on how far
    /// levels were apart on this desk before.
    fn ahead(&self, now: Time, series: &[(Time, Flow, f64)], varies: &Varies) -> (Vec<f64>, f64) {
        // How far the level is from the usual, and how sure that is: both are carried from hour to
        // hour, and mended by what came (Kalman's filter of one number).
        let (mut level, mut unsure) = (0.0, varies.waves);
        for (at, flow, over) in &series[series.len().saturating_sub(24)..] {
            level *= LASTS;
            unsure = unsure * LASTS * LASTS + varies.waves * (1.0 - LASTS * LASTS);
            let expected = (over * self.at(*at)).max(0.01);
            let trust = unsure / (unsure + varies.spread / expected);
            level += trust * (flow.came.max(0) as f64 / expected - 1.0 - level);
            unsure *= 1.0 - trust;
        }
        let level = level.max(-0.95);
        let step = |n: usize| {
            let kept = LASTS.powf(n as f64 / 12.0);
            self.at(now + Span::minutes(n as i64 * 5)) * (1.0 + level * kept)
        };
        ((0..STEPS).map(step).collect(), unsure)
    }
}

fn hour_of(t: Time) -> usize {
    usize::try_from(t.0.div_euclid(3_600_000).rem_euclid(168)).unwrap_or(0)
}

fn total<'a>(of: impl Iterator<Item = &'a (Time, Flow, f64)>) -> (f64, f64) {
    of.fold((0.0, 0.0), |(n, time), (_, flow, over)| (n + flow.came.max(0) as f64, time + over))
}

/// How hours differ from what is expected of them.
struct Varies {
    /// See [`Rates::waves`].
    waves: f64,
    /// See [`Rates::spread`].
    spread: f64,
}

/// Before anything is known levels are held to differ so (a standard deviation of a fifth), and
/// that counts as much as so many hours.
const WAVES: f64 = 0.04;
const WAVES_HOURS: f64 = 24.0;

impl Varies {
    /// What one hour has in common with the next is a wave; what is left beyond chance is each
    /// hour's own.
    fn of(series: &[(Time, Flow, f64)], pattern: Option<&Pattern>, mean: f64) -> Varies {
        let whole = series.iter().filter(|(.., over)| *over >= 1.0);
        let hours = whole.map(|(at, flow, _)| {
            let expected = pattern.map_or(mean, |p| p.at(*at));
            (flow.came as f64 - expected, expected)
        });
        let hours: Vec<(f64, f64)> = hours.collect();
        let n = hours.len() as f64;
        let expected: f64 = hours.iter().map(|(_, e)| e).sum();
        if n < 6.0 || expected <= 0.0 {
            return Varies { waves: WAVES, spread: 1.5 };
        }
        let squares: f64 = hours.iter().map(|(off, _)| off * off).sum();
        let pairs = || hours.windows(2).map(|w| (w[0].0 * w[1].0, w[0].1 * w[1].1));
        let (common, of) = pairs().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        let seen = (common / of.max(1e-9) / LASTS).clamp(0.0, 1.0);
        let waves = (seen * n + WAVES * WAVES_HOURS) / (n + WAVES_HOURS);
        let spread = (squares / expected - seen * expected / n).clamp(1.0, 50.0);
        Varies { waves, spread }
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
