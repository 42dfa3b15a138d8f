//! Trains a model from labelled texts. The same texts in the same order give the same bytes.

use super::super::class::Intent;
use super::super::rng::Rng;
use super::super::words;
use super::READ;
use super::features::Features;
use super::model::{INTENTS, Model, Scores};
use super::phrases;
use std::collections::HashMap;

/// How many sentences the shipped model is trained on.
pub const SENTENCES: usize = 24_000;
/// Features a model keeps.
const KEPT: usize = 26_000;
const EPOCHS: usize = 6;
const RATE: f32 = 0.5;
const DECAY: f32 = 2e-6;
/// One feature in so many is left out at each look, so that no single word decides.
const LEFT_OUT: u32 = 5;

/// A text and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The text.
    pub text: String,
    /// What its writer wants.
    pub intent: Intent,
}

/// The model that comes with the program.
pub fn shipped() -> Model {
    train(&phrases::sentences(SENTENCES))
}

/// A model of these texts.
pub fn train(texts: &[Labelled]) -> Model {
    let mut places: HashMap<u32, u32> = HashMap::new();
    let mut names: Vec<u32> = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    let mut recipe = 0xcbf2_9ce4_8422_2325_u64;
    let mut looks: Vec<(Vec<u32>, Intent)> = Vec::with_capacity(texts.len());
    for labelled in texts {
        let folded = words::fold(words::beginning(&labelled.text, READ));
        for byte in folded.bytes().chain([labelled.intent as u8]) {
            recipe = (recipe ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut of = Vec::new();
        for feature in Features::of(&folded).all {
            let place = *places.entry(feature.hash).or_insert_with(|| {
                names.push(feature.hash);
                seen.push(0);
                // Fewer than 2^32 features of texts that fit in memory.
                names.len() as u32 - 1
            });
            seen[place as usize] += 1;
            of.push(place);
        }
        looks.push((of, labelled.intent));
    }
    let mut learner = Learner::new(names.len());
    let mut order: Vec<usize> = (0..looks.len()).collect();
    for _ in 0..EPOCHS {
        learner.dice.shuffle(&mut order);
        for at in &order {
            let (features, intent) = &looks[*at];
            learner.look(features, *intent);
        }
    }
    learner.keep(recipe, &names, &seen)
}

struct Learner {
    weights: Vec<[f32; INTENTS]>,
    /// Sums of squares, for steps that grow smaller.
    squares: Vec<[f32; INTENTS]>,
    bias: [f32; INTENTS],
    dice: Dice,
}

impl Learner {
    fn new(features: usize) -> Learner {
        Learner {
            weights: vec![[0.0; INTENTS]; features],
            squares: vec![[1.0; INTENTS]; features],
            bias: [0.0; INTENTS],
            dice: Dice::new(7),
        }
    }

    fn look(&mut self, features: &[u32], intent: Intent) {
        let used: Vec<usize> = features
            .iter()
            .filter(|_| !self.dice.below(LEFT_OUT).eq(&0))
            .map(|f| *f as usize)
            .collect();
        let by = 1.0 / Features::norm(used.len());
        let mut scores = Scores(self.bias);
        for f in &used {
            for (score, w) in scores.0.iter_mut().zip(&self.weights[*f]) {
                *score += w * by;
            }
        }
        let shares = scores.shares();
        for i in 0..INTENTS {
            let wanted = if i == intent as usize { 1.0 } else { 0.0 };
            let slope = wanted - shares.0[i];
            self.bias[i] += 0.002 * slope;
            let step = slope * by;
            for f in &used {
                let (w, square) = (&mut self.weights[*f][i], &mut self.squares[*f][i]);
                *square += step * step;
                *w += RATE * (step - DECAY * *w) / square.sqrt();
            }
        }
    }

    fn keep(self, recipe: u64, names: &[u32], seen: &[u32]) -> Model {
        let weight =
            |place: usize| self.weights[place].iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        let mut kept: Vec<usize> = (0..names.len()).filter(|p| seen[*p] >= 2).collect();
        kept.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(names[*a].cmp(&names[*b])));
        kept.truncate(KEPT);
        kept.sort_by_key(|p| names[*p]);
        let most = kept.iter().map(|p| weight(*p)).fold(0.0_f32, f32::max).max(1e-6);
        let scale = most / 127.0;
        let rows = kept
            .iter()
            // At most 127 after the division.
            .map(|p| self.weights[*p].map(|w| (w / scale).round() as i8))
            .collect();
        let hashes = kept.iter().map(|p| names[*p]).collect();
        Model::build(recipe, scale, self.bias, hashes, rows)
    }
}

/// What a training draws by lot, the same each time.
pub(super) struct Dice(Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(Rng::new(seed))
    }

    /// A number below `n`, which is not 0.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        // The upper half times n, of which the upper half is below n.
        (((self.0.draw() >> 32) * u64::from(n)) >> 32) as u32
    }

    fn shuffle(&mut self, list: &mut [usize]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i as u32 + 1) as usize);
        }
    }
}
