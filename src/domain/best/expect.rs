//! What a draft may bring: the range in which comparable posts of the channel came out.

use super::{Base, Model, Outing, TooFew, median};
use crate::domain::post::Form;
use serde::{Deserialize, Serialize};

/// At least so many comparable posts; with fewer an 80 % range has no ends.
pub const LEAST_ALIKE: usize = 12;
/// The most posts a draft is compared with: the nearest.
const MOST_ALIKE: usize = 60;
/// With so many of its own form a draft is compared with those alone.
const OF_ITS_FORM: usize = 20;
/// How far a tail moves with each post that came out in it, or did not (adaptive conformal
/// inference; Gibbs and Candès 2021): when a channel grows wilder or calmer its ranges follow.
const PACE: f64 = 0.02;
/// The tails are followed over so many newest posts.
const FOLLOWED: usize = 300;
/// How many posts before one may make its level: what tells the next one best is taken.
const REACHES: [usize; 5] = [5, 10, 20, 40, 80];

/// A draft, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The hour of the week, Monday 00:00 first; `None` = it has no time yet.
    pub hour: Option<u8>,
    /// What it is.
    pub form: Form,
    /// Characters of title and text.
    pub length: u32,
    /// How many pictures and videos; `None` = that is not known.
    pub media: Option<u32>,
    /// True when its reach is paid for.
    pub promoted: bool,
}

/// What a draft may bring.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// As many come out above as below.
    pub middle: f64,
    /// Half of them come out in here.
    pub half: (f64, f64),
    /// Eight out of ten come out in here.
    pub most: (f64, f64),
    /// The comparable posts it rests on.
    pub posts: u32,
    /// True when all of them are of its form.
    pub same_form: bool,
    /// How many times the usual its hour brings; 1 without one, or when no hour is known to differ.
    pub hour: f64,
}

/// Reckons what a draft may bring.
///
/// # Errors
/// When there are too few posts of the channel.
pub fn expected(outings: &[Outing], draft: &Draft) -> Result<Expected, TooFew> {
    let model = match Model::fit(outings) {
        Ok(model) => Some(model),
        // Too few for hours, but perhaps not for a range.
        Err(_) if outings.len() >= LEAST_ALIKE => None,
        Err(too_few) => return Err(TooFew { least: LEAST_ALIKE as u32, ..too_few }),
    };
    let levels = Levels::of(outings, model.as_ref());
    levels.range(outings, model.as_ref(), draft)
}

/// Each post against the level of those before it: what a forecast made then would have missed by.
pub(super) struct Levels {
    reach: usize,
    base: Base,
    /// Logarithms without form, paid reach and hour.
    plain: Vec<f64>,
    /// Against the level before it; `None` for the first ones.
    missed: Vec<Option<f64>>,
    /// How much is to lie below and above the 80 % and the 50 % range so that they hold as often
    /// as they say.
    most: Tails,
    half: Tails,
}

/// Shares below and above a range.
#[derive(Clone, Copy)]
struct Tails {
    wanted: f64,
    below: f64,
    above: f64,
}

impl Tails {
    fn new(range: f64) -> Tails {
        let wanted = (1.0 - range) / 2.0;
        Tails { wanted, below: wanted, above: wanted }
    }

    /// A post missed by this much; those before it by these.
    fn follow(&mut self, sorted: &[f64], missed: f64) {
        let (low, high) = ends(sorted, self);
        let moved = |tail: f64, is_out: bool| {
            let step = self.wanted - f64::from(u8::from(is_out));
            (tail + PACE * step).clamp(0.0, self.wanted * 2.0)
        };
        (self.below, self.above) =
            (moved(self.below, missed < low), moved(self.above, missed > high));
    }
}

impl Levels {
    pub(super) fn of(outings: &[Outing], model: Option<&Model>) -> Levels {
        let base = match model {
            Some(model) => model.base.clone(),
            None => super::settle(outings).0,
        };
        let lift = |o: &Outing| model.map_or(0.0, |m| m.lift(o.hour));
        let plain: Vec<f64> = outings.iter().map(|o| o.y - base.offset(o) - lift(o)).collect();
        let missed_by = |reach: usize| -> f64 {
            let from = LEAST_ALIKE.min(plain.len());
            let each = (from..plain.len()).map(|i| (plain[i] - level(&plain[..i], reach)).abs());
            each.sum()
        };
        let reach = REACHES.into_iter().min_by(|a, b| missed_by(*a).total_cmp(&missed_by(*b)));
        let reach = reach.unwrap_or(REACHES[2]);
        let missed = (0..plain.len())
            .map(|i| (i >= REACHES[0]).then(|| plain[i] - level(&plain[..i], reach)))
            .collect();
        let (most, half) = (Tails::new(0.8), Tails::new(0.5));
        let mut levels = Levels { reach, base, plain, missed, most, half };
        for i in outings.len().saturating_sub(FOLLOWED)..outings.len() {
            levels.follow(outings, i);
        }
        levels
    }

    /// Lets the tails follow one post, from those before it.
    fn follow(&mut self, outings: &[Outing], i: usize) {
        let Some(missed) = self.missed[i] else { return };
        let (near, _) = self.near(&outings[..i], &outings[i].as_draft());
        if near.len() >= LEAST_ALIKE {
            self.most.follow(&near, missed);
            self.half.follow(&near, missed);
        }
    }

    /// The last of these has come out; what was learned of hours and forms stays as it was.
    pub(super) fn push(&mut self, outings: &[Outing], model: Option<&Model>) {
        let Some(o) = outings.last() else { return };
        let lift = model.map_or(0.0, |m| m.lift(o.hour));
        let plain = o.y - self.base.offset(o) - lift;
        let before = level(&self.plain, self.reach);
        self.missed.push((self.plain.len() >= REACHES[0]).then_some(plain - before));
        self.plain.push(plain);
        self.follow(outings, outings.len() - 1);
    }

    /// The last one's miss.
    pub(super) fn last(&self) -> Option<f64> {
        self.missed.last().copied().flatten()
    }

    /// By how much the nearest of these posts missed, sorted; and whether all are of the draft's
    /// form.
    fn near(&self, outings: &[Outing], draft: &Draft) -> (Vec<f64>, bool) {
        let told: Vec<(usize, f64)> = self.missed[..outings.len()]
            .iter()
            .enumerate()
            .filter_map(|(i, missed)| Some((i, (*missed)?)))
            .collect();
        let its_form = told.iter().filter(|(i, _)| outings[*i].form == draft.form).count();
        let same_form = its_form >= OF_ITS_FORM || its_form == told.len();
        let mut near: Vec<(f64, f64)> = told
            .iter()
            .filter(|(i, _)| !same_form || outings[*i].form == draft.form)
            .map(|(i, missed)| (apart(&outings[*i], draft, outings.len() - i), *missed))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        near.truncate(MOST_ALIKE);
        let mut missed: Vec<f64> = near.into_iter().map(|(_, missed)| missed).collect();
        missed.sort_unstable_by(f64::total_cmp);
        (missed, same_form)
    }

    /// The range of a draft that goes out after the last of these.
    pub(super) fn range(
        &self,
        outings: &[Outing],
        model: Option<&Model>,
        draft: &Draft,
    ) -> Result<Expected, TooFew> {
        let (missed, same_form) = self.near(outings, draft);
        if missed.len() < LEAST_ALIKE {
            let has = u32::try_from(missed.len()).unwrap_or(u32::MAX);
            return Err(TooFew { has, least: LEAST_ALIKE as u32 });
        }
        let lift = match (model, draft.hour) {
            (Some(model), Some(hour)) => model.lift(usize::from(hour)),
            _ => 0.0,
        };
        let centre =
            level(&self.plain, self.reach) + self.base.offset_of(draft.form, draft.promoted) + lift;
        let back = |missed: f64| (centre + missed).exp_m1().max(0.0);
        let range = |tails: &Tails| {
            let (low, high) = ends(&missed, tails);
            (back(low), back(high))
        };
        Ok(Expected {
            middle: back(median(&mut missed.clone())),
            half: range(&self.half),
            most: range(&self.most),
            posts: u32::try_from(missed.len()).unwrap_or(u32::MAX),
            same_form,
            hour: lift.exp(),
        })
    }
}

/// The level after these posts: the middle of the last so many.
fn level(before: &[f64], reach: usize) -> f64 {
    median(&mut before[before.len().saturating_sub(reach)..].to_vec())
}

/// How little a post is comparable with a draft; `age` is how many posts came after it.
fn apart(o: &Outing, draft: &Draft, age: usize) -> f64 {
    let longer = (f64::from(o.length) + 10.0).ln() - (f64::from(draft.length) + 10.0).ln();
    let form = if o.form == draft.form { 0.0 } else { 1.5 };
    let paid = if o.promoted == draft.promoted { 0.0 } else { 1.0 };
    let media = match (o.media, draft.media) {
        (Some(a), Some(b)) if (a == 0) != (b == 0) => 1.0,
        _ => 0.0,
    };
    longer.abs() + form + paid + media + age as f64 / 100.0
}

/// The ends of what one more would be, given these (sorted): with few of them they lie further out
/// than their own quantiles, so that they hold as often as they say (conformal prediction; Vovk,
/// Gammerman, Shafer 2005).
fn ends(sorted: &[f64], tails: &Tails) -> (f64, f64) {
    let n = sorted.len();
    // Between two of them, by how far the rank lies between theirs.
    let at = |rank: f64| {
        let rank = rank.clamp(1.0, n as f64) - 1.0;
        let (below, part) = (rank.floor() as usize, rank.fract());
        sorted[below] + part * (sorted[(below + 1).min(n - 1)] - sorted[below])
    };
    let all = (n + 1) as f64;
    (at(tails.below * all), at(all - tails.above * all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_lie_further_out_the_fewer_there_are() {
        let of = |n: usize| {
            let all: Vec<f64> = (0..n).map(|i| i as f64 / (n - 1) as f64).collect();
            ends(&all, &Tails::new(0.8))
        };
        assert!((of(12).0 - 0.3 / 11.0).abs() < 1e-9, "rank 1.3 of 12");
        assert!(of(12).0 < of(1_000).0 && of(12).1 > of(1_000).1);
        assert!((of(1_000).0 - 0.1).abs() < 1e-3);
    }

    #[test]
    fn tails_follow_a_channel_that_grows_wilder() {
        let before: Vec<f64> = (0..100).map(|i| f64::from(i) / 99.0).collect();
        let mut tails = Tails::new(0.8);
        for i in 0..40 {
            tails.follow(&before, if i % 2 == 0 { 5.0 } else { 0.5 });
        }
        assert!(tails.above < 0.01 && tails.below > 0.1);
        assert!(ends(&before, &tails).1 > 0.99);
    }
}
