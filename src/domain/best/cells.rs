//! Hours of the week: how much each lifts a post, drawn to the channel's mean as its posts are few.
//!
//! What an hour lifts is taken to be normal around nothing. Which hours go together (its shape) is
//! what told posts best that were held back; how much hours differ at all is not chosen but
//! weighed: each of several shares counts as likely as it makes what was seen, nothing among them.
//! So an hour's estimate is drawn to the mean by what hours differ against what posts of one hour
//! differ, and its interval is wide as long as hours may not differ at all.

use super::{Grain, cells_of};

/// Hours of a week.
pub const HOURS: usize = 168;

/// Shares of the variance that hours may explain.
const SHARES: [f64; 6] = [0.0, 0.02, 0.05, 0.1, 0.2, 0.4];
/// The least variance: posts that are all alike.
const LEAST_VARIANCE: f64 = 1e-6;

/// Which hours go together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    kind: Kind,
    /// How far neighbouring hours are alike, in hours; 0 = each by itself.
    reach: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Every day alike.
    Day,
    /// The hour and the day each have a part.
    Both,
    /// Each day has its own hours, beside what they have in common.
    Each,
    /// Four hours of each day by themselves.
    Parts,
}

/// The coarsest first: of two that hold as well it is taken.
const SHAPES: [Shape; 8] = [
    Shape { kind: Kind::Day, reach: 3.0 },
    Shape { kind: Kind::Day, reach: 1.5 },
    Shape { kind: Kind::Both, reach: 3.0 },
    Shape { kind: Kind::Parts, reach: 0.0 },
    Shape { kind: Kind::Day, reach: 0.0 },
    Shape { kind: Kind::Both, reach: 1.5 },
    Shape { kind: Kind::Each, reach: 2.0 },
    Shape { kind: Kind::Each, reach: 0.0 },
];

impl Shape {
    /// How alike two hours of the week are, from 0 to 1.
    fn alike(self, a: usize, b: usize) -> f64 {
        let near = || match self.reach {
            0.0 => f64::from(u8::from(a % 24 == b % 24)),
            reach => {
                let turn = std::f64::consts::TAU / 24.0;
                let apart = (a % 24) as f64 - (b % 24) as f64;
                (((apart * turn).cos() - 1.0) / (reach * turn).powi(2)).exp()
            }
        };
        let same_day = f64::from(u8::from(a / 24 == b / 24));
        match self.kind {
            Kind::Day => near(),
            Kind::Both => 0.5 * near() + 0.5 * same_day,
            Kind::Each => near() * (0.5 + 0.5 * same_day),
            Kind::Parts => f64::from(u8::from(a / 4 == b / 4)),
        }
    }
}

/// Residuals by hour of the week.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    hours: Vec<usize>,
    count: Vec<f64>,
    mean: Vec<f64>,
    /// Squares around the means of the hours, together.
    within: f64,
    posts: f64,
    variance: f64,
}

impl Cells {
    pub(super) fn of(rows: impl Iterator<Item = (usize, f64)>) -> Cells {
        let mut sums = [(0.0, 0.0, 0.0); HOURS];
        for (hour, r) in rows {
            let (n, sum, squares) = &mut sums[hour % HOURS];
            (*n, *sum, *squares) = (*n + 1.0, *sum + r, *squares + r * r);
        }
        let mut cells = Cells::default();
        let mut squares = 0.0;
        for (hour, (n, sum, of)) in sums.into_iter().enumerate().filter(|(_, s)| s.0 > 0.0) {
            cells.hours.push(hour);
            cells.count.push(n);
            cells.mean.push(sum / n);
            cells.within += of - sum * sum / n;
            cells.posts += n;
            squares += of;
        }
        cells.variance = (squares / cells.posts.max(1.0)).max(LEAST_VARIANCE);
        cells
    }
}

/// What is known of an hour's lift: a mixture of normal ones.
#[derive(Clone, Debug)]
pub(super) struct Mixture(Vec<(f64, f64, f64)>);

impl Mixture {
    pub(super) fn mean(&self) -> f64 {
        self.0.iter().map(|(weight, mean, _)| weight * mean).sum()
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|(w, m, var)| w * (var + (m - mean).powi(2))).sum()
    }

    /// Below it lies this share.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let below = |x: f64| -> f64 {
            self.0
                .iter()
                .map(|(w, m, var)| match *var > 0.0 {
                    true => w * normal_below((x - m) / var.sqrt()),
                    false => w * f64::from(u8::from(x >= *m)),
                })
                .sum()
        };
        let reach = 12.0 * self.variance().sqrt() + 1e-9;
        let (mut low, mut high) = (self.mean() - reach, self.mean() + reach);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            match below(middle) < share {
                true => low = middle,
                false => high = middle,
            }
        }
        (low + high) / 2.0
    }
}

/// The share of a standard normal distribution below `z`; exact to seven places (Abramowitz and
/// Stegun 7.1.26).
pub(super) fn normal_below(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let beyond = poly * (-x * x).exp() / 2.0;
    if z < 0.0 { beyond } else { 1.0 - beyond }
}

/// One share that hours may explain, worked out.
#[derive(Clone, Debug)]
struct Part {
    weight: f64,
    share: f64,
    /// How much hours differ, and posts of one hour: variances.
    between: f64,
    noise: f64,
    /// The lower triangle of what the hours seen have in common, row by row.
    lower: Vec<Vec<f64>>,
    /// Solved for the means of the hours seen.
    solved: Vec<f64>,
}

/// What was learned of the hours.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    shape: Shape,
    cells: Cells,
    parts: Vec<Part>,
    /// Later posts were told better with their hours than without.
    holds: bool,
}

impl Fit {
    /// Takes the shape that tells later posts best from earlier ones.
    pub(super) fn choose(hours: &[usize], left: &[f64]) -> Fit {
        let n = hours.len();
        // The last three fifths, a fifth at a time, each from what comes before it.
        let edges: Vec<usize> = (2..=5).map(|k| n * k / 5).collect();
        let score = |shape: Shape| -> f64 {
            edges
                .windows(2)
                .map(|edge| {
                    let fit = Fit::of(shape, cells_of(&hours[..edge[0]], &left[..edge[0]]));
                    // What is known of an hour is the same for all its posts.
                    let mut known: Vec<Option<Mixture>> = vec![None; HOURS];
                    let ahead = edge[0]..edge[1];
                    ahead
                        .map(|i| {
                            let known = &mut known[hours[i] % HOURS];
                            let lifts = known.get_or_insert_with(|| fit.lifts(hours[i]));
                            fit.log_density(lifts, left[i])
                        })
                        .sum::<f64>()
                })
                .sum()
        };
        let mut chosen = (SHAPES[0], f64::NEG_INFINITY);
        for shape in SHAPES {
            let score = score(shape);
            if score > chosen.1 + 1e-9 {
                chosen = (shape, score);
            }
        }
        let flat: f64 = edges
            .windows(2)
            .map(|edge| {
                let variance = cells_of(&hours[..edge[0]], &left[..edge[0]]).variance;
                let ahead = &left[edge[0]..edge[1]];
                ahead.iter().map(|r| -r * r / (2.0 * variance) - variance.ln() / 2.0).sum::<f64>()
            })
            .sum();
        Fit { holds: chosen.1 > flat, ..Fit::of(chosen.0, cells_of(hours, left)) }
    }

    fn of(shape: Shape, cells: Cells) -> Fit {
        let alike: Vec<Vec<f64>> = cells
            .hours
            .iter()
            .map(|a| cells.hours.iter().map(|b| shape.alike(*a, *b)).collect())
            .collect();
        let mut likely = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        for share in SHARES {
            let (between, noise) = (share * cells.variance, (1.0 - share) * cells.variance);
            let Some(lower) = triangle(&alike, between, &cells.count, noise) else { continue };
            let half = forward(&lower, &cells.mean);
            let spread: f64 = lower.iter().enumerate().map(|(i, row)| row[i].ln()).sum();
            let fits = half.iter().map(|x| x * x).sum::<f64>() / 2.0;
            let loose = cells.posts - cells.hours.len() as f64;
            likely.push(-spread - fits - loose / 2.0 * noise.ln() - cells.within / (2.0 * noise));
            let solved = backward(&lower, half);
            parts.push(Part { weight: 0.0, share, between, noise, lower, solved });
        }
        let most = likely.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let all: f64 = likely.iter().map(|l| (l - most).exp()).sum();
        for (part, likely) in parts.iter_mut().zip(likely) {
            part.weight = (likely - most).exp() / all;
        }
        Fit { shape, cells, parts, holds: false }
    }

    /// The same shape, learned from other posts.
    pub(super) fn again(&self, rows: impl Iterator<Item = (usize, f64)>) -> Fit {
        Fit::of(self.shape, Cells::of(rows))
    }

    /// Whether two hours have much in common.
    pub(super) fn is_like(&self, a: usize, b: usize) -> bool {
        self.shape.alike(a, b) > 0.25
    }

    /// How finely it tells hours apart.
    pub(super) fn grain(&self) -> Grain {
        match self.shape.kind {
            Kind::Day => Grain::HourOfDay,
            Kind::Both | Kind::Each => Grain::HourOfWeek,
            Kind::Parts => Grain::PartOfDay,
        }
    }

    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    pub(super) fn reach(&self) -> f64 {
        self.shape.reach
    }

    /// The share of the variance that hours explain, as far as is known.
    pub(super) fn share(&self) -> f64 {
        self.parts.iter().map(|p| p.weight * p.share).sum()
    }

    /// How many posts say something of an hour, those of hours that are less alike counted in part.
    pub(super) fn support(&self, hour: usize) -> f64 {
        self.cells
            .hours
            .iter()
            .zip(&self.cells.count)
            .map(|(h, n)| self.shape.alike(hour, *h) * n)
            .sum()
    }

    /// What an hour lifts, at best knowledge.
    pub(super) fn mean(&self, hour: usize) -> f64 {
        let seen: Vec<f64> = self.cells.hours.iter().map(|h| self.shape.alike(hour, *h)).collect();
        self.parts.iter().map(|p| p.weight * p.between * dot(&seen, &p.solved)).sum()
    }

    /// What an hour lifts a post more than the usual hours do.
    pub(super) fn versus(&self, hour: usize, usual: &[(usize, f64)]) -> Mixture {
        let alike = |a: usize, b: usize| self.shape.alike(a, b);
        let against = |h: usize| -> f64 {
            alike(hour, h) - usual.iter().map(|(u, share)| share * alike(*u, h)).sum::<f64>()
        };
        let seen: Vec<f64> = self.cells.hours.iter().map(|h| against(*h)).collect();
        let own = against(hour) - usual.iter().map(|(u, share)| share * against(*u)).sum::<f64>();
        self.mixture(&seen, own)
    }

    fn mixture(&self, seen: &[f64], own: f64) -> Mixture {
        let of = |p: &Part| {
            let known = forward(&p.lower, seen);
            let known: f64 = known.iter().map(|x| x * x).sum();
            let variance = p.between * own - p.between * p.between * known;
            (p.weight, p.between * dot(seen, &p.solved), variance.max(0.0))
        };
        Mixture(self.parts.iter().map(of).collect())
    }

    /// What is known of what an hour lifts.
    fn lifts(&self, hour: usize) -> Mixture {
        let seen: Vec<f64> = self.cells.hours.iter().map(|h| self.shape.alike(hour, *h)).collect();
        self.mixture(&seen, self.shape.alike(hour, hour))
    }

    /// How likely it makes a post of an hour, as a logarithm.
    fn log_density(&self, lifts: &Mixture, r: f64) -> f64 {
        let density: f64 = lifts
            .0
            .iter()
            .zip(&self.parts)
            .map(|((weight, mean, variance), part)| {
                let variance = variance + part.noise;
                weight * (-(r - mean).powi(2) / (2.0 * variance)).exp() / variance.sqrt()
            })
            .sum();
        density.max(1e-300).ln()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The lower triangle (Cholesky) of what the means of the hours seen have in common; `None` = the
/// numbers give out.
fn triangle(alike: &[Vec<f64>], between: f64, count: &[f64], noise: f64) -> Option<Vec<Vec<f64>>> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(alike.len());
    for (i, row) in alike.iter().enumerate() {
        let mut new: Vec<f64> = Vec::with_capacity(i + 1);
        for j in 0..=i {
            let own = if i == j { noise / count[i] } else { 0.0 };
            let before = if j < i { dot(&new, &lower[j][..j]) } else { dot(&new, &new) };
            let value = between * row[j] + own - before;
            new.push(match j < i {
                true => value / lower[j][j],
                false if value > 0.0 => value.sqrt(),
                false => return None,
            });
        }
        lower.push(new);
    }
    Some(lower)
}

fn forward(lower: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut x: Vec<f64> = Vec::with_capacity(right.len());
    for (row, b) in lower.iter().zip(right) {
        let i = x.len();
        x.push((b - dot(&row[..i], &x)) / row[i]);
    }
    x
}

fn backward(lower: &[Vec<f64>], mut right: Vec<f64>) -> Vec<f64> {
    for i in (0..right.len()).rev() {
        right[i] /= lower[i][i];
        let x = right[i];
        for j in 0..i {
            right[j] -= lower[i][j] * x;
        }
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_is_right() {
        for (z, below) in [(0.0, 0.5), (1.281_552, 0.9), (-1.281_552, 0.1), (3.0, 0.998_650_1)] {
            assert!((normal_below(z) - below).abs() < 1e-6, "{z}");
        }
    }

    #[test]
    fn a_mixture_with_a_point_has_its_quantiles() {
        let half = Mixture(vec![(0.5, 0.0, 0.0), (0.5, 2.0, 0.25)]);
        assert!(half.quantile(0.1).abs() < 1e-6, "the point holds the lower half");
        assert!((half.quantile(0.75) - 2.0).abs() < 0.01);
    }

    #[test]
    fn one_hour_is_drawn_to_the_mean_as_a_normal_one_would_be() {
        // One hour against all others, each by itself: n posts of mean m are drawn to
        // m * n * between / (n * between + noise).
        let rows = (0..160).map(|i| (i, if i % 2 == 0 { 0.5 } else { -0.5 }));
        let rows = rows.chain([(165, 1.0), (165, 1.0)]);
        let fit = Fit::of(Shape { kind: Kind::Each, reach: 0.0 }, Cells::of(rows));
        let versus = fit.versus(165, &[(165, 1.0)]);
        assert!(versus.mean().abs() < 1e-12 && versus.variance() < 1e-9, "against itself: none");
        let mean = fit.mean(165);
        assert!(mean > 0.0 && mean < 0.5, "{mean}");
    }
}
