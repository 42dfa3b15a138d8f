//! Comparisons: two periods, two figures, and the way a figure goes apart from the week's rhythm.

use serde::{Deserialize, Serialize};

/// The least pairs before a correlation is spoken of.
const LEAST_PAIRS: usize = 8;
/// With fewer pairs than this it is said that they are few.
const FEW_PAIRS: usize = 30;
/// The normal distribution's value for 19 times out of 20.
const NINETEEN_OF_TWENTY: f64 = 1.96;

/// Whether two figures go together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Spearman's rank correlation, -1 to 1: outliers do not make one.
    pub rho: f64,
    /// Where it lies 19 times out of 20, lowest and highest (by Fisher's transformation, with
    /// Bonett and Wright's standard error for ranks).
    pub range: (f64, f64),
    /// On how many pairs it rests.
    pub pairs: usize,
}

impl Correlation {
    /// True when it rests on so few pairs that another month may say otherwise.
    pub fn is_on_little(&self) -> bool {
        self.pairs < FEW_PAIRS
    }

    /// True when chance alone does not explain it.
    pub fn is_clear(&self) -> bool {
        self.range.0 > 0.0 || self.range.1 < 0.0
    }
}

/// Whether two figures go together; pairs with a value that is no number are left out. `None` =
/// too few pairs, or one of them never changes.
pub fn correlation(a: &[f64], b: &[f64]) -> Option<Correlation> {
    let pairs: Vec<(f64, f64)> = a
        .iter()
        .zip(b)
        .map(|(a, b)| (*a, *b))
        .filter(|(a, b)| a.is_finite() && b.is_finite())
        .collect();
    let n = pairs.len();
    if n < LEAST_PAIRS {
        return None;
    }
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let rho = pearson(&ranks(&a), &ranks(&b))?;
    let z = rho.clamp(-0.999_999, 0.999_999).atanh();
    let off = NINETEEN_OF_TWENTY * ((1.0 + rho * rho / 2.0) / (n as f64 - 3.0)).sqrt();
    Some(Correlation { rho, range: ((z - off).tanh(), (z + off).tanh()), pairs: n })
}

/// The place of each value in their order; the same values share the mean of their places.
fn ranks(of: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..of.len()).collect();
    order.sort_by(|a, b| of[*a].total_cmp(&of[*b]));
    let mut ranks = vec![0.0; of.len()];
    let mut from = 0;
    while from < order.len() {
        let value = of[order[from]];
        let to = from + order[from..].iter().take_while(|i| of[**i] == value).count();
        let mean = (from + to - 1) as f64 / 2.0;
        order[from..to].iter().for_each(|i| ranks[*i] = mean);
        from = to;
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum()
    };
    let (xy, xx, yy) = (sum(&|x, y| x * y), sum(&|x, _| x * x), sum(&|_, y| y * y));
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// One period against another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The mean of the values now.
    pub now: f64,
    /// The mean of the values before.
    pub before: f64,
    /// How far apart they are, as a share of what was; `None` = it was nothing.
    pub share: Option<f64>,
    /// True when the values of both differ more than they do among themselves (Welch's test, 19
    /// times out of 20).
    pub is_clear: bool,
}

/// Holds the values of one period against those of another; `None` = one has none.
pub fn change(now: &[f64], before: &[f64]) -> Option<Change> {
    let now: Vec<f64> = now.iter().copied().filter(|v| v.is_finite()).collect();
    let before: Vec<f64> = before.iter().copied().filter(|v| v.is_finite()).collect();
    if now.is_empty() || before.is_empty() {
        return None;
    }
    let (a, b) = (moments(&now), moments(&before));
    let error = (a.1 / now.len() as f64 + b.1 / before.len() as f64).sqrt();
    let enough = now.len() > 2 && before.len() > 2;
    Some(Change {
        now: a.0,
        before: b.0,
        share: (b.0 != 0.0).then(|| a.0 / b.0 - 1.0),
        is_clear: enough && (a.0 - b.0).abs() > NINETEEN_OF_TWENTY * error,
    })
}

/// Mean and variance.
fn moments(of: &[f64]) -> (f64, f64) {
    let n = of.len() as f64;
    let mean = of.iter().sum::<f64>() / n;
    let variance = of.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean, variance)
}

/// The way a daily figure goes, apart from the rhythm of the week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// What it gains each week.
    pub a_week: f64,
    /// In what range that lies, lowest and highest, 19 times out of 20.
    pub range: (f64, f64),
    /// How each weekday differs from the mean, the first value's weekday first.
    pub weekdays: [f64; 7],
}

/// The trend of a figure with a value each day (no number = it is not known); `None` = fewer than
/// three weeks. The slope is the median of all slopes between values a whole number of weeks apart
/// (Hirsch and Slack's seasonal version of Theil and Sen's), so neither outliers nor the rhythm of
/// the week make one.
pub fn trend(days: &[f64]) -> Option<Trend> {
    if days.len() < 21 {
        return None;
    }
    let mut slopes = Vec::new();
    for (i, a) in days.iter().enumerate() {
        for (weeks, b) in days[i..].iter().step_by(7).enumerate().skip(1) {
            let slope = (b - a) / weeks as f64;
            if slope.is_finite() {
                slopes.push(slope);
            }
        }
    }
    if slopes.len() < 14 {
        return None;
    }
    slopes.sort_by(f64::total_cmp);
    let n = days.iter().filter(|d| d.is_finite()).count() as f64;
    // How many of the sorted slopes the range leaves out at each end: by the variance of Kendall's
    // statistic, one week's rhythm in seven.
    let per_day = n / 7.0;
    let variance = 7.0 * per_day * (per_day - 1.0) * (2.0 * per_day + 5.0) / 18.0;
    let left_out = (slopes.len() as f64 - NINETEEN_OF_TWENTY * variance.max(0.0).sqrt()) / 2.0;
    let low = (left_out.max(0.0) as usize).min(slopes.len() - 1);
    let median = slopes[slopes.len() / 2];
    let mut weekdays = [0.0; 7];
    let level: Vec<f64> =
        days.iter().enumerate().map(|(i, v)| v - median * i as f64 / 7.0).collect();
    let known = |of: &mut dyn Iterator<Item = &f64>| {
        let known: Vec<f64> = of.copied().filter(|v| v.is_finite()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    let mean = known(&mut level.iter())?;
    for (weekday, off) in weekdays.iter_mut().enumerate() {
        *off = known(&mut level.iter().skip(weekday).step_by(7)).map_or(0.0, |v| v - mean);
    }
    Some(Trend { a_week: median, range: (slopes[low], slopes[slopes.len() - 1 - low]), weekdays })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rng::Rng;

    #[test]
    fn what_goes_together_is_found_and_what_does_not_is_not() {
        let a: Vec<f64> = (0..40).map(f64::from).collect();
        let squares: Vec<f64> = a.iter().map(|v| v * v).collect();
        let found = correlation(&a, &squares).unwrap();
        assert!((found.rho - 1.0).abs() < 1e-9 && found.is_clear() && !found.is_on_little());
        let fell: Vec<f64> = a.iter().map(|v| -v).collect();
        assert!((correlation(&a, &fell).unwrap().rho + 1.0).abs() < 1e-9);
        assert_eq!(correlation(&a, &[3.0; 40]), None);
        assert_eq!(correlation(&a[..7], &a[..7]), None);
        assert!(correlation(&a[..10], &a[..10]).unwrap().is_on_little());
    }

    #[test]
    fn by_chance_one_in_twenty_is_clear() {
        let mut rng = Rng::new(5);
        let mut series = || (0..30).map(|_| rng.below(1_000) as f64).collect::<Vec<_>>();
        let clear = (0..400).filter(|_| {
            let (a, b) = (series(), series());
            correlation(&a, &b).unwrap().is_clear()
        });
        let clear = clear.count();
        assert!((4..=40).contains(&clear), "{clear} of 400");
    }

    #[test]
    fn the_same_values_share_their_rank() {
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 9.0]), [1.5, 0.0, 1.5, 3.0]);
    }

    #[test]
    fn a_change_is_clear_when_it_is_more_than_noise() {
        let noisy = change(&[90.0, 110.0, 100.0, 95.0], &[60.0, 140.0, 100.0, 85.0]).unwrap();
        assert!(!noisy.is_clear);
        let clear = change(&[200.0, 210.0, 205.0], &[100.0, 104.0, 99.0]).unwrap();
        assert!(clear.is_clear && (clear.share.unwrap() - 1.0297).abs() < 1e-3);
        assert_eq!(change(&[1.0], &[0.0, 0.0, 0.0]).unwrap().share, None);
        assert_eq!(change(&[f64::NAN], &[1.0]), None);
    }

    #[test]
    fn a_trend_is_found_under_the_rhythm_of_the_week() {
        let day = |n: usize| 100.0 + n as f64 + if n % 7 >= 5 { -60.0 } else { 24.0 };
        let mut days: Vec<f64> = (0..56).map(day).collect();
        days[20] = 9_000.0;
        days[33] = f64::NAN;
        let trend = trend(&days).unwrap();
        assert!((trend.a_week - 7.0).abs() < 0.5, "{trend:?}");
        assert!(trend.range.0 > 0.0 && trend.range.0 <= trend.a_week);
        assert!(trend.weekdays[5] < trend.weekdays[0]);
        assert_eq!(super::trend(&days[..20]), None);
    }
}
