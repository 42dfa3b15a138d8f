//! How well it holds: reckoned from the earlier months, looked at on the later ones, post after post
//! with nothing of what came after it.

use super::expect::Levels;
use super::{Cell, Model, Outing, TooFew, span_of};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The share of posts that is held back, at least, in whole months.
const HELD_BACK: f64 = 0.25;

/// What became of posts that were held back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eval {
    /// Posts that were learned from at first.
    pub learned: u32,
    /// Posts that were held back.
    pub held_back: u32,
    /// Of those, posts for which there was no range.
    pub refused: u32,
    /// The share that came out in their 80 % range.
    pub most: f64,
    /// Between which shares that would lie 19 times out of 20, with as many posts again.
    pub most_between: (f64, f64),
    /// The share that came out in their 50 % range.
    pub half: f64,
    /// How far the 80 % range reaches, in the middle: its upper end as so many times its lower one.
    pub wide: f64,
    /// The hours that were found better, from what was learned alone.
    pub better: Vec<Cell>,
    /// What the held back posts in these hours brought against the others; `None` = no better hour
    /// was found, or there is nothing to compare.
    pub lift: Option<Lift>,
    /// The same for the third of the held back posts whose hours looked best, found better or not.
    pub looked_best: Option<Lift>,
}

/// How many times what the others brought, by the middle, with the range that holds it 19 times out
/// of 20.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// Posts in these hours.
    pub posts: u32,
    /// All others.
    pub others: u32,
    /// How many times as much.
    pub times: f64,
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

/// Learns from the earlier months and looks at the later ones.
///
/// # Errors
/// When there are too few posts to learn from.
pub fn evaluate(outings: &[Outing], zone: Tz) -> Result<Eval, TooFew> {
    let month = |o: &Outing| {
        let day = o.at.in_zone(zone).date_naive();
        NaiveDate::from_ymd_opt(day.year(), day.month(), 1)
    };
    let first = split(outings, month);
    let start = Model::fit(&outings[..first])?;
    let better = start.best(&outings[..first]).better();
    let grain = start.fit.grain();
    let is_better = |o: &Outing| {
        let span = span_of(grain, o.hour);
        better.iter().any(|c| (c.day, c.from, c.to) == span)
    };
    let (mut refused, mut in_most, mut in_half) = (0, 0, 0);
    let mut widths = Vec::new();
    // What was learned at the split says what hours lift; here posts are held against a level alone.
    let mut plain = Levels::of(&outings[..first], None);
    let mut rows: Vec<(bool, f64, f64)> = Vec::new();
    let mut learned: Option<(Option<NaiveDate>, Model, Levels)> = None;
    for (i, o) in outings.iter().enumerate().skip(first) {
        if learned.as_ref().is_none_or(|(of, ..)| *of != month(o)) {
            let model = Model::fit(&outings[..i])?;
            let levels = Levels::of(&outings[..i], Some(&model));
            learned = Some((month(o), model, levels));
        }
        let Some((_, model, levels)) = &mut learned else { continue };
        match levels.range(&outings[..i], Some(model), &o.as_draft()) {
            Ok(range) => {
                let came = o.y.exp_m1();
                // Whole figures: what lies on an end is in the range.
                let holds = |(low, high): (f64, f64)| low - 0.5 <= came && came <= high + 0.5;
                in_most += u32::from(holds(range.most));
                in_half += u32::from(holds(range.half));
                widths.push(((1.0 + range.most.1) / (1.0 + range.most.0)).ln());
            }
            Err(_) => refused += 1,
        }
        levels.push(&outings[..=i], Some(model));
        plain.push(&outings[..=i], None);
        if let Some(missed) = plain.last() {
            rows.push((is_better(o), start.lift(o.hour), missed));
        }
    }
    let told = f64::from(u32::try_from(widths.len()).unwrap_or(u32::MAX)).max(1.0);
    let mut order: Vec<f64> = rows.iter().map(|(_, lift, _)| *lift).collect();
    order.sort_unstable_by(f64::total_cmp);
    let third = order.get(order.len() * 2 / 3).copied().unwrap_or(f64::INFINITY);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Eval {
        learned: count(first),
        held_back: count(outings.len() - first),
        refused,
        most: f64::from(in_most) / told,
        most_between: wilson(f64::from(in_most) / told, told),
        half: f64::from(in_half) / told,
        wide: super::median(&mut widths).exp(),
        lift: (!better.is_empty()).then(|| lift(&rows, |row| row.0)).flatten(),
        looked_best: lift(&rows, |row| row.1 >= third && row.1 > order[0]),
        better,
    })
}

/// What a share of so many is known for, 19 times out of 20 (Wilson 1927).
fn wilson(share: f64, all: f64) -> (f64, f64) {
    let z2 = 1.959_964_f64.powi(2) / all;
    let middle = share + z2 / 2.0;
    let reach = (z2 * share * (1.0 - share) + z2 * z2 / 4.0).sqrt();
    ((middle - reach) / (1.0 + z2), (middle + reach) / (1.0 + z2))
}

/// The first post that is held back: the start of a month with at least a quarter of the posts in
/// it and after it. When all are of one month, a quarter of them.
fn split(outings: &[Outing], month: impl Fn(&Outing) -> Option<NaiveDate>) -> usize {
    let latest = (outings.len() as f64 * (1.0 - HELD_BACK)).floor() as usize;
    let starts = (1..=latest.min(outings.len().saturating_sub(1)))
        .rev()
        .find(|i| month(&outings[*i]) != month(&outings[i - 1]));
    match starts {
        Some(start) if start >= super::LEAST => start,
        _ => latest,
    }
}

/// How many times as much one part brought as the other (Welch's interval of the logarithms' means).
fn lift(rows: &[(bool, f64, f64)], is_in: impl Fn(&(bool, f64, f64)) -> bool) -> Option<Lift> {
    let of = |wanted: bool| -> Vec<f64> {
        rows.iter().filter(|row| is_in(row) == wanted).map(|row| row.2).collect()
    };
    let (ins, others) = (of(true), of(false));
    if ins.len() < 2 || others.len() < 2 {
        return None;
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let error = |all: &[f64]| {
        let m = mean(all);
        let squares: f64 = all.iter().map(|x| (x - m).powi(2)).sum();
        squares / (all.len() - 1) as f64 / all.len() as f64
    };
    let (a, b) = (error(&ins), error(&others));
    let apart = mean(&ins) - mean(&others);
    let free = (a + b).powi(2)
        / (a * a / (ins.len() - 1) as f64 + b * b / (others.len() - 1) as f64).max(1e-300);
    let reach = student(free) * (a + b).sqrt();
    Some(Lift {
        posts: u32::try_from(ins.len()).unwrap_or(u32::MAX),
        others: u32::try_from(others.len()).unwrap_or(u32::MAX),
        times: apart.exp(),
        low: (apart - reach).exp(),
        high: (apart + reach).exp(),
    })
}

/// The 97.5 % point of Student's distribution (Cornish-Fisher; within a hundredth from four degrees
/// of freedom on).
fn student(free: f64) -> f64 {
    let (z, v) = (1.959_964_f64, free.max(1.0));
    let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
    z + (z3 + z) / (4.0 * v)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v)
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v.powi(3))
}

#[cfg(test)]
mod tests {
    use super::{student, wilson};

    #[test]
    fn a_share_of_few_is_known_roughly() {
        let (low, high) = wilson(0.8, 10.0);
        assert!((low - 0.490).abs() < 0.001 && (high - 0.943).abs() < 0.001);
    }

    #[test]
    fn students_points_are_right() {
        for (free, point) in [(4.0, 2.776), (10.0, 2.228), (30.0, 2.042), (1e9, 1.960)] {
            assert!((student(free) - point).abs() < 0.01, "{free}: {}", student(free));
        }
    }
}
