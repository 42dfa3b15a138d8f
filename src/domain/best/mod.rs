//! When a channel's posts do best, and what a draft may bring, from the channel's own history.
//!
//! Figures are compared as logarithms, so that a post counts by how many times the usual it brought
//! and not by how much. A channel's level moves; every post is held against the level around it (for
//! hours) or before it (for drafts). How it is reckoned and how well it holds is in
//! docs/history.md.

mod cells;
mod eval;
mod expect;
#[cfg(test)]
mod tests;

pub use cells::HOURS;
pub use eval::{Eval, Lift, evaluate};
pub use expect::{Draft, Expected, expected};

use super::post::Form;
use super::{PastPost, Time};
use cells::{Cells, Fit};
use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Fewer posts than this tell nothing of hours.
pub const LEAST: usize = 30;
/// An hour is called better only on so many posts in it and in the hours it is pooled with.
const LEAST_THERE: f64 = 8.0;
/// What is no better than this many times the usual is not better.
const BETTER: f64 = 1.000_1;
/// An hour has to be better without its so many best posts, too: they may have been lucky.
const LUCKY: usize = 3;
/// The usual hours are those of so many newest posts.
const USUAL: usize = 100;
/// How many posts on each side make the level around one.
const AROUND: usize = 15;
/// Residuals are taken for no more than so many standard deviations.
const WILD: f64 = 2.5;

/// A post, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outing {
    /// When it went out.
    pub at: Time,
    /// The hour of the week, Monday 00:00 first, by the desk's clocks: below [`HOURS`].
    pub hour: usize,
    /// ln(1 + figure).
    pub y: f64,
    /// What it is.
    pub form: Form,
    /// Characters of title and text.
    pub length: u32,
    /// How many pictures and videos.
    pub media: Option<u32>,
    /// True when its reach was paid for.
    pub promoted: bool,
}

impl Outing {
    /// It, as a draft would have been.
    fn as_draft(&self) -> Draft {
        let Outing { form, length, media, promoted, .. } = *self;
        Draft { hour: u8::try_from(self.hour).ok(), form, length, media, promoted }
    }
}

/// The hour of the week of a moment, Monday 00:00 first.
pub fn hour_of_week(at: Time, zone: Tz) -> usize {
    let local = at.in_zone(zone);
    local.weekday().num_days_from_monday() as usize * 24 + local.hour() as usize
}

/// The posts that tell this figure and have been out long enough, oldest first.
pub fn outings(posts: &[PastPost], metric: &str, zone: Tz) -> Vec<Outing> {
    let mut all: Vec<Outing> = posts
        .iter()
        .filter(|p| p.is_ripe())
        .filter_map(|p| {
            Some(Outing {
                at: p.at,
                hour: hour_of_week(p.at, zone),
                y: (p.figure(metric)? as f64).ln_1p(),
                form: p.form,
                length: p.length,
                media: p.media,
                promoted: p.promoted,
            })
        })
        .collect();
    all.sort_by_key(|o| o.at);
    all
}

/// There are too few posts to say anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooFew {
    /// So many that tell the figure.
    pub has: u32,
    /// At least so many are needed.
    pub least: u32,
}

/// How finely hours are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grain {
    /// Hours of the day, every day alike.
    HourOfDay,
    /// Each hour of the week.
    HourOfWeek,
    /// Four hours of each day of the week together.
    PartOfDay,
}

/// Hours of the week that are told of together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The day of the week, Monday = 0; `None` = every day.
    pub day: Option<u8>,
    /// From this hour of the day.
    pub from: u8,
    /// Up to this one, which is not in it.
    pub to: u8,
    /// Posts in it.
    pub posts: u32,
    /// How many times the figure of the usual hours a post brings in it.
    pub times: f64,
    /// One time in ten it is less than this.
    pub low: f64,
    /// One time in ten it is more.
    pub high: f64,
    /// True when it is better than the usual hours, by its lower bound, on enough posts.
    pub better: bool,
}

/// When a channel's posts do best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Posts it rests on.
    pub posts: u32,
    /// The oldest and the newest of them.
    pub between: (Time, Time),
    /// How finely hours are told apart: what held best on posts that were held back.
    pub grain: Grain,
    /// How far neighbouring hours are pooled, in hours; 0 = not at all.
    pub pooled: f64,
    /// How much of what posts differ by the hour explains, from 0 to 1.
    pub explains: f64,
    /// Whether posts that were held back were told better with their hours than without; when they
    /// were not, no hour is called better.
    pub holds: bool,
    /// What a post brings at present in the usual hours.
    pub typical: f64,
    /// Those in which there are posts, by day and hour.
    pub cells: Vec<Cell>,
}

impl Best {
    /// The better ones, the best first; none = no better hour was found.
    pub fn better(&self) -> Vec<Cell> {
        let mut better: Vec<Cell> = self.cells.iter().copied().filter(|c| c.better).collect();
        better.sort_by(|a, b| b.low.total_cmp(&a.low));
        better
    }
}

/// Reckons when posts do best.
///
/// # Errors
/// When there are fewer than [`LEAST`] posts.
pub fn best(outings: &[Outing]) -> Result<Best, TooFew> {
    let model = Model::fit(outings)?;
    Ok(model.best(outings))
}

/// What was learned of a channel.
struct Model {
    base: Base,
    /// What is left of each post without its form and the level around it.
    left: Vec<f64>,
    fit: Fit,
    /// The usual hours and how much of the posts is in each.
    usual: Vec<(usize, f64)>,
}

impl Model {
    fn fit(outings: &[Outing]) -> Result<Model, TooFew> {
        if outings.len() < LEAST {
            let has = u32::try_from(outings.len()).unwrap_or(u32::MAX);
            return Err(TooFew { has, least: LEAST as u32 });
        }
        let (base, left) = settle(outings);
        let hours: Vec<usize> = outings.iter().map(|o| o.hour).collect();
        let newest = &hours[hours.len().saturating_sub(USUAL)..];
        let mut usual: Vec<(usize, f64)> = Vec::new();
        for hour in newest {
            match usual.iter_mut().find(|(h, _)| h == hour) {
                Some((_, share)) => *share += 1.0 / newest.len() as f64,
                None => usual.push((*hour, 1.0 / newest.len() as f64)),
            }
        }
        let fit = Fit::choose(&hours, &left);
        Ok(Model { base, left, fit, usual })
    }

    fn best(&self, outings: &[Outing]) -> Best {
        let grain = self.fit.grain();
        let mut told: Vec<(Option<u8>, u8, u8)> =
            outings.iter().map(|o| span_of(grain, o.hour)).collect();
        told.sort_unstable();
        told.dedup();
        let cells = told.into_iter().map(|(day, from, to)| {
            let is_in = |o: &&Outing| span_of(grain, o.hour) == (day, from, to);
            let posts = outings.iter().filter(is_in).count();
            // Where every day is alike, any day stands for all of them.
            let hour = usize::from(day.unwrap_or(0)) * 24 + usize::from(from);
            let versus = self.fit.versus(hour, &self.usual);
            let [low, high] = [0.1, 0.9].map(|q| versus.quantile(q).exp());
            let better = self.fit.holds()
                && low > BETTER
                && self.fit.support(hour) >= LEAST_THERE
                && self.low_without_luck(outings, hour) > BETTER;
            let posts = u32::try_from(posts).unwrap_or(u32::MAX);
            Cell { day, from, to, posts, times: versus.mean().exp(), low, high, better }
        });
        let adjusted: Vec<f64> = outings.iter().map(|o| o.y - self.base.offset(o)).collect();
        let level = median(&mut adjusted[adjusted.len().saturating_sub(2 * AROUND)..].to_vec());
        Best {
            posts: u32::try_from(outings.len()).unwrap_or(u32::MAX),
            between: (outings[0].at, outings[outings.len() - 1].at),
            grain,
            pooled: self.fit.reach(),
            explains: self.fit.share(),
            holds: self.fit.holds(),
            typical: level.exp_m1().max(0.0),
            cells: cells.collect(),
        }
    }

    /// The lower bound of an hour without the best posts of it and of those like it.
    fn low_without_luck(&self, outings: &[Outing], hour: usize) -> f64 {
        let mut there: Vec<usize> =
            (0..outings.len()).filter(|i| self.fit.is_like(hour, outings[*i].hour)).collect();
        there.sort_by(|a, b| self.left[*b].total_cmp(&self.left[*a]));
        there.truncate(LUCKY);
        let rest = (0..outings.len()).filter(|i| !there.contains(i));
        let fit = self.fit.again(rest.map(|i| (outings[i].hour, self.left[i])));
        fit.versus(hour, &self.usual).quantile(0.1).exp()
    }

    /// By how much the hour lifts a post, as a logarithm.
    fn lift(&self, hour: usize) -> f64 {
        self.fit.mean(hour)
    }
}

fn span_of(grain: Grain, hour: usize) -> (Option<u8>, u8, u8) {
    let (day, of_day) = ((hour / 24) as u8, (hour % 24) as u8);
    match grain {
        Grain::HourOfDay => (None, of_day, of_day + 1),
        Grain::HourOfWeek => (Some(day), of_day, of_day + 1),
        Grain::PartOfDay => (Some(day), of_day / 4 * 4, of_day / 4 * 4 + 4),
    }
}

/// By how much forms, and paid reach, differ from each other.
#[derive(Clone, Debug, Default, PartialEq)]
struct Base {
    offsets: Vec<((Form, bool), f64)>,
}

impl Base {
    fn offset(&self, o: &Outing) -> f64 {
        self.offset_of(o.form, o.promoted)
    }

    fn offset_of(&self, form: Form, promoted: bool) -> f64 {
        let found = self.offsets.iter().find(|(kind, _)| *kind == (form, promoted));
        found.map_or(0.0, |(_, offset)| *offset)
    }
}

/// What is left of each post when its form and the level around it are taken off; wild ones are
/// tamed.
fn settle(outings: &[Outing]) -> (Base, Vec<f64>) {
    let mut base = Base::default();
    let mut left = Vec::new();
    for _ in 0..3 {
        let adjusted: Vec<f64> = outings.iter().map(|o| o.y - base.offset(o)).collect();
        left = (0..adjusted.len())
            .map(|i| {
                let from = i.saturating_sub(AROUND);
                let to = (i + AROUND + 1).min(adjusted.len());
                adjusted[i] - median(&mut adjusted[from..to].to_vec())
            })
            .collect();
        tame(&mut left);
        base = offsets(outings, &left, &base);
    }
    let mean = left.iter().sum::<f64>() / left.len().max(1) as f64;
    left.iter_mut().for_each(|r| *r -= mean);
    (base, left)
}

/// Offsets by form and paid reach, each drawn to nothing the fewer posts it rests on.
fn offsets(outings: &[Outing], left: &[f64], before: &Base) -> Base {
    /// So many posts weigh as much as the belief that there is no difference.
    const BELIEF: f64 = 5.0;
    let mut sums: Vec<((Form, bool), f64, f64)> = Vec::new();
    for (o, r) in outings.iter().zip(left) {
        let kind = (o.form, o.promoted);
        let whole = r + before.offset(o);
        match sums.iter_mut().find(|(k, ..)| *k == kind) {
            Some((_, n, sum)) => (*n, *sum) = (*n + 1.0, *sum + whole),
            None => sums.push((kind, 1.0, whole)),
        }
    }
    Base { offsets: sums.into_iter().map(|(k, n, sum)| (k, sum / (n + BELIEF))).collect() }
}

/// Takes what is far off for less far off.
fn tame(left: &mut [f64]) {
    let mut sizes: Vec<f64> = left.iter().map(|r| r.abs()).collect();
    // The median size of a normal deviation is 0.6745 standard deviations.
    let most = WILD * median(&mut sizes) / 0.674_5;
    if most > 0.0 {
        left.iter_mut().for_each(|r| *r = r.clamp(-most, most));
    }
}

/// The middle one; 0 of none.
fn median(of: &mut [f64]) -> f64 {
    if of.is_empty() {
        return 0.0;
    }
    of.sort_unstable_by(f64::total_cmp);
    let n = of.len();
    (of[(n - 1) / 2] + of[n / 2]) / 2.0
}

/// The cells of a set of residuals.
fn cells_of(hours: &[usize], left: &[f64]) -> Cells {
    Cells::of(hours.iter().copied().zip(left.iter().copied()))
}
