//! Goals: a target by a date, what that is a week and a day, whether the pace holds, and where it
//! leads.

use crate::domain::{Span, Time};
use serde::{Deserialize, Serialize};

const DAY: Span = Span::hours(24);
/// The least days of a history before anything is foretold.
const LEAST_DAYS: usize = 7;
/// How far the past is looked at, in days.
const PAST: usize = 56;
/// The normal distribution's value for four times out of five.
const FOUR_OF_FIVE: f64 = 1.2816;

/// A goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// When it was set.
    pub from: Time,
    /// How it stood then.
    pub start: f64,
    /// By when.
    pub by: Time,
    /// What is to be reached.
    pub target: f64,
}

/// How a goal stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// How the figure stands now.
    pub now: f64,
    /// How it would stand on an even way from start to target.
    pub planned: f64,
    /// What is still to be gained each day from now on; 0 when it is reached.
    pub a_day: f64,
    /// The same a week.
    pub a_week: f64,
    /// Where it leads at the end, expected, lowest and highest four times out of five; `None` =
    /// too little is known.
    pub leads_to: Option<Range>,
    /// How likely it is reached, from 0 to 1; `None` = too little is known.
    pub chance: Option<f64>,
}

/// An expected value and its 80 % range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Expected.
    pub expected: f64,
    /// Lowest.
    pub low: f64,
    /// Highest.
    pub high: f64,
}

impl Goal {
    /// What was to be gained by a moment on an even way.
    pub fn planned(&self, at: Time) -> f64 {
        let all = (self.by - self.from).0.max(1) as f64;
        let share = ((at - self.from).0 as f64 / all).clamp(0.0, 1.0);
        self.start + (self.target - self.start) * share
    }

    /// How it stands, by what was gained on each of the last days (oldest first, whole days alone).
    ///
    /// The days to come are taken for as the last weeks were, with the rhythm of the week; how far
    /// whole weeks differed from each other says how far the end may be off.
    pub fn standing(&self, at: Time, now: f64, gains: &[f64]) -> Standing {
        let left = (self.by - at).0.max(0) as f64 / DAY.0 as f64;
        let missing = self.target - now;
        // A target below the start is a figure that is to fall.
        let is_reached = (self.target >= self.start) == (now >= self.target) && self.target != now
            || missing == 0.0;
        let a_day = match is_reached || left <= 0.0 {
            true => 0.0,
            false => missing / left.max(1.0 / 24.0),
        };
        let leads_to = foretold(gains, left).map(|(gain, spread)| Range {
            expected: now + gain,
            low: now + gain - FOUR_OF_FIVE * spread,
            high: now + gain + FOUR_OF_FIVE * spread,
        });
        let chance = foretold(gains, left).map(|(gain, spread)| {
            let short = if self.target >= self.start { missing - gain } else { gain - missing };
            match spread > 0.0 {
                true => 1.0 - normal(short / spread),
                false => f64::from(u8::from(short <= 0.0)),
            }
        });
        Standing { now, planned: self.planned(at), a_day, a_week: a_day * 7.0, leads_to, chance }
    }
}

/// What so many days bring, and how far that may be off.
fn foretold(gains: &[f64], days: f64) -> Option<(f64, f64)> {
    let gains = &gains[gains.len().saturating_sub(PAST)..];
    if gains.len() < LEAST_DAYS || gains.iter().any(|g| !g.is_finite()) {
        return None;
    }
    let n = gains.len() as f64;
    let mean = gains.iter().sum::<f64>() / n;
    // Days of a week hang together less than they differ by weekday: whole weeks say how sure the
    // mean is, where there are enough of them.
    let weeks: Vec<f64> = gains.rchunks_exact(7).map(|w| w.iter().sum::<f64>() / 7.0).collect();
    let variance = |of: &[f64]| {
        let mean = of.iter().sum::<f64>() / of.len() as f64;
        of.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (of.len() as f64 - 1.0).max(1.0)
    };
    let a_day = match weeks.len() {
        4.. => variance(&weeks) * 7.0,
        _ => variance(gains),
    };
    // The days to come vary, and the mean itself is known only so well.
    let spread = (a_day * days + a_day / n * days * days).sqrt();
    Some((mean * days, spread))
}

/// The normal distribution function, right to within 2e-7 (Abramowitz and Stegun 7.1.26).
fn normal(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let erf = 1.0 - poly * (-x * x).exp();
    if z >= 0.0 { 0.5 * (1.0 + erf) } else { 0.5 * (1.0 - erf) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rng::Rng;

    fn day(n: i64) -> Time {
        Time(n * DAY.0)
    }

    fn goal() -> Goal {
        Goal { from: day(0), start: 1_000.0, by: day(90), target: 51_000.0 }
    }

    #[test]
    fn a_goal_is_broken_down_by_day_and_week() {
        let standing = goal().standing(day(45), 11_000.0, &[]);
        assert_eq!(standing.planned, 26_000.0);
        assert!((standing.a_day - 40_000.0 / 45.0).abs() < 1e-9);
        assert!((standing.a_week - 7.0 * standing.a_day).abs() < 1e-9);
        assert_eq!((standing.leads_to, standing.chance), (None, None));
    }

    #[test]
    fn what_is_reached_asks_for_nothing_and_what_may_fall_is_a_goal_too() {
        assert_eq!(goal().standing(day(45), 60_000.0, &[]).a_day, 0.0);
        let fall = Goal { start: 90.0, target: 30.0, ..goal() };
        assert!(fall.standing(day(45), 60.0, &[]).a_day < 0.0);
        assert_eq!(fall.standing(day(45), 20.0, &[]).a_day, 0.0);
        let lasting = fall.standing(day(60), 60.0, &[-2.0; 14]);
        assert!(lasting.chance.unwrap() > 0.99, "{lasting:?}");
    }

    #[test]
    fn an_even_pace_leads_where_it_leads() {
        let standing = goal().standing(day(45), 26_000.0, &[600.0; 28]);
        let range = standing.leads_to.unwrap();
        assert_eq!((range.expected, range.low, range.high), (53_000.0, 53_000.0, 53_000.0));
        assert_eq!(standing.chance, Some(1.0));
        assert_eq!(goal().standing(day(45), 26_000.0, &[500.0; 28]).chance, Some(0.0));
    }

    #[test]
    fn four_times_out_of_five_the_end_lies_in_the_range() {
        let mut rng = Rng::new(7);
        let mut gain = |weekday: i64| {
            let mean = if weekday >= 5 { 40 } else { 100 };
            (0..12).map(|_| rng.between(0, 2 * mean) as f64 / 12.0).sum::<f64>()
        };
        let mut inside = 0;
        for _ in 0..400 {
            let past: Vec<f64> = (0..56).map(|n| gain(n % 7)).collect();
            let standing = goal().standing(day(62), 0.0, &past);
            let end: f64 = (0..28).map(|n| gain(n % 7)).sum();
            let range = standing.leads_to.unwrap();
            inside += u32::from((range.low..=range.high).contains(&end));
        }
        assert!((280..=370).contains(&inside), "{inside} of 400");
    }
}
