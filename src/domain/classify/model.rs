//! The learned model: for each feature it knows, what that says for and against each intent, as
//! small whole numbers. What it does not know says nothing.

use super::super::class::Intent;
use super::features::Features;
use std::sync::{Arc, LazyLock};

/// How many intents there are.
pub const INTENTS: usize = Intent::ALL.len();
/// The most features of a model.
pub const MOST: usize = 60_000;

const MAGIC: &[u8; 4] = b"DDCM";
const VERSION: u8 = 1;
const HEAD: usize = 4 + 1 + 8 + 4 + 4 + 4 * INTENTS;
const ROW: usize = 4 + INTENTS;

/// A number for each intent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores(pub [f32; INTENTS]);

/// A model; cheap to clone.
#[derive(Clone, Debug)]
pub struct Model {
    table: Arc<Table>,
}

#[derive(Debug)]
struct Table {
    recipe: u64,
    scale: f32,
    bias: [f32; INTENTS],
    hashes: Vec<u32>,
    weights: Vec<[i8; INTENTS]>,
    /// Where a feature stands, by its lower bits; 0 = nowhere, else one more than its place.
    slots: Vec<u32>,
}

/// Why bytes are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadModel {
    /// They begin otherwise.
    #[error("it is no model of this program")]
    Strange,
    /// Another version of the program made it.
    #[error("it was made by another version; train it again")]
    Version,
    /// They end too early, or go on.
    #[error("it is not whole; train it again")]
    Length,
}

/// The model that comes with the program.
impl Default for Model {
    fn default() -> Model {
        static SHIPPED: LazyLock<Model> =
            // The file is part of the program; a test reads it.
            LazyLock::new(|| Model::read(Model::SHIPPED).expect("the model is whole"));
        SHIPPED.clone()
    }
}

impl Model {
    /// The bytes of the model that comes with the program.
    pub const SHIPPED: &[u8] = include_bytes!("model.bin");

    /// Reads a model.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Model, BadModel> {
        let head = bytes.get(..HEAD).ok_or(BadModel::Strange)?;
        if &head[..4] != MAGIC {
            return Err(BadModel::Strange);
        }
        if head[4] != VERSION {
            return Err(BadModel::Version);
        }
        let four = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let recipe =
            u64::from(u32::from_le_bytes(four(5))) | u64::from(u32::from_le_bytes(four(9))) << 32;
        let rows = u32::from_le_bytes(four(13)) as usize;
        let scale = f32::from_le_bytes(four(17));
        let mut bias = [0.0; INTENTS];
        for (i, b) in bias.iter_mut().enumerate() {
            *b = f32::from_le_bytes(four(21 + 4 * i));
        }
        let finite = scale.is_finite() && bias.iter().all(|b| b.is_finite());
        if rows > MOST || !finite || bytes.len() != HEAD + rows * ROW {
            return Err(BadModel::Length);
        }
        let mut hashes = Vec::with_capacity(rows);
        let mut weights = Vec::with_capacity(rows);
        for row in bytes[HEAD..].chunks_exact(ROW) {
            hashes.push(u32::from_le_bytes([row[0], row[1], row[2], row[3]]));
            let mut of = [0; INTENTS];
            for (to, from) in of.iter_mut().zip(&row[4..]) {
                *to = from.cast_signed();
            }
            weights.push(of);
        }
        Ok(Model::build(recipe, scale, bias, hashes, weights))
    }

    pub(super) fn build(
        recipe: u64,
        scale: f32,
        bias: [f32; INTENTS],
        hashes: Vec<u32>,
        weights: Vec<[i8; INTENTS]>,
    ) -> Model {
        let size = (hashes.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![0_u32; size];
        for (place, hash) in hashes.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            // There are at most MOST.
            slots[at] = place as u32 + 1;
        }
        Model { table: Arc::new(Table { recipe, scale, bias, hashes, weights, slots }) }
    }

    /// The model as bytes.
    pub fn write(&self) -> Vec<u8> {
        let t = &*self.table;
        let mut out = Vec::with_capacity(HEAD + t.hashes.len() * ROW);
        out.extend_from_slice(MAGIC);
        out.push(VERSION);
        out.extend_from_slice(&t.recipe.to_le_bytes());
        out.extend_from_slice(&(t.hashes.len() as u32).to_le_bytes());
        out.extend_from_slice(&t.scale.to_le_bytes());
        for b in t.bias {
            out.extend_from_slice(&b.to_le_bytes());
        }
        for (hash, weights) in t.hashes.iter().zip(&t.weights) {
            out.extend_from_slice(&hash.to_le_bytes());
            out.extend(weights.iter().map(|w| w.cast_unsigned()));
        }
        out
    }

    /// What it was made of, as a number.
    pub fn recipe(&self) -> u64 {
        self.table.recipe
    }

    /// How many features it knows.
    pub fn len(&self) -> usize {
        self.table.hashes.len()
    }

    /// True when it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.table.hashes.is_empty()
    }

    fn weights(&self, hash: u32) -> Option<&[i8; INTENTS]> {
        let t = &*self.table;
        let mut at = hash as usize & (t.slots.len() - 1);
        while t.slots[at] != 0 {
            let place = t.slots[at] as usize - 1;
            if t.hashes[place] == hash {
                return t.weights.get(place);
            }
            at = (at + 1) & (t.slots.len() - 1);
        }
        None
    }

    /// What the features say.
    pub fn scores(&self, features: &Features) -> Scores {
        let t = &*self.table;
        let mut sums = [0_i32; INTENTS];
        let mut known = 0;
        for weights in features.all.iter().filter_map(|f| self.weights(f.hash)) {
            known += 1;
            for (sum, w) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*w);
            }
        }
        let by = t.scale / Features::norm(known);
        let mut scores = t.bias;
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += sum as f32 * by;
        }
        Scores(scores)
    }

    /// The pieces of the text that spoke most for an intent, weightiest first.
    pub fn weighed<'t>(&self, features: &Features, folded: &'t str, of: Intent) -> Vec<&'t str> {
        let lead = |w: &[i8; INTENTS]| {
            let own = i32::from(w[of as usize]);
            let others = w.iter().enumerate().filter(|(i, _)| *i != of as usize);
            own - others.map(|(_, w)| i32::from(*w)).max().unwrap_or(0)
        };
        let mut spoke: Vec<(i32, &str)> = features
            .all
            .iter()
            .filter_map(|f| {
                let by = lead(self.weights(f.hash)?);
                let word = folded.get(f.start as usize..f.end as usize)?;
                (by > 0).then_some((by, word))
            })
            .collect();
        spoke.sort_unstable_by(|a, b| b.cmp(a));
        spoke.truncate(3);
        spoke.into_iter().map(|(_, word)| word).collect()
    }
}

impl Scores {
    /// Of an intent.
    pub fn of(&self, intent: Intent) -> f32 {
        self.0[intent as usize]
    }

    /// Adds to an intent.
    pub fn add(&mut self, intent: Intent, by: f32) {
        self.0[intent as usize] += by;
    }

    /// Changes each.
    pub fn each_mut(&mut self, how: impl FnMut(&mut f32)) {
        self.0.iter_mut().for_each(how);
    }

    /// The shares of one whole that these scores stand for.
    pub fn shares(&self) -> Scores {
        let most = self.0.iter().copied().fold(f32::MIN, f32::max);
        let powers = self.0.map(|s| exp(s - most));
        let sum: f32 = powers.iter().sum();
        Scores(powers.map(|p| p / sum))
    }

    /// The intent with the greatest number; of equal ones the first.
    pub fn best(&self) -> (Intent, f32) {
        Intent::ALL
            .into_iter()
            .map(|i| (i, self.of(i)))
            .fold((Intent::Other, f32::MIN), |best, this| if this.1 > best.1 { this } else { best })
    }
}

/// e to the power of a number that is not positive: sums and products alone, so that a model is
/// the same wherever it is trained.
fn exp(x: f32) -> f32 {
    let x = x.max(-30.0) / 256.0;
    let mut y = 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0)));
    for _ in 0..8 {
        y *= y;
    }
    y
}
