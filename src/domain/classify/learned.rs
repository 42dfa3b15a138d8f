//! What operators have corrected: each correction pulls the scores of similar texts its own way.
//! They add up and do not depend on each other, so that one can be taken back at any time.

use super::super::class::{Class, Intent, Reason, Severity, Source, Why};
use super::features::Features;
use super::model::Scores;
use super::{Classifier, Read};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How far one correction pulls the scores of the same text.
const PULL: f32 = 9.0;
/// Features of one correction.
const MOST_FEATURES: usize = 128;

/// The most corrections a desk learns from; the oldest goes when one more comes.
pub const MOST: usize = 1_000;

/// What an operator said of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What its writer wants.
    pub intent: Intent,
    /// How bad it is.
    pub severity: Severity,
    /// Who said so.
    pub by: String,
}

/// What a desk has learned.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    pulls: HashMap<u32, Pull>,
    said: HashMap<u64, Vec<Said>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pull {
    by: Scores,
    /// How many corrections pull here; at 0 the entry goes.
    times: u32,
}

impl Learned {
    /// Takes a correction of this text in.
    pub fn learn(&mut self, classifier: &Classifier, text: &str, said: &Said) {
        let read = classifier.read(text);
        self.pull(&read, said.intent, 1.0);
        self.said.entry(whole(&read.folded)).or_default().push(said.clone());
    }

    /// Forgets what [`Learned::learn`] took in with the same arguments.
    pub fn unlearn(&mut self, classifier: &Classifier, text: &str, said: &Said) {
        let read = classifier.read(text);
        let key = whole(&read.folded);
        let Some(list) = self.said.get_mut(&key) else { return };
        let Some(place) = list.iter().rposition(|s| s == said) else { return };
        list.remove(place);
        if list.is_empty() {
            self.said.remove(&key);
        }
        self.pull(&read, said.intent, -1.0);
    }

    /// What was said last of this very text.
    pub(super) fn said_of(&self, folded: &str) -> Option<&Said> {
        self.said.get(&whole(folded))?.last()
    }

    /// Lets what was learned pull at scores.
    pub(super) fn add_to(&self, scores: &mut Scores, features: &Features) {
        if self.pulls.is_empty() {
            return;
        }
        let by = 1.0 / Features::norm(features.all.len().min(MOST_FEATURES));
        for pull in features.all.iter().filter_map(|f| self.pulls.get(&f.hash)) {
            for (score, p) in scores.0.iter_mut().zip(pull.by.0) {
                // However often it was said, no single word decides alone.
                *score += p.clamp(-6.0, 6.0) * by;
            }
        }
    }

    fn pull(&mut self, read: &Read, to: Intent, sign: f32) {
        let shares = read.scores.shares();
        let used = &read.features.all[..read.features.all.len().min(MOST_FEATURES)];
        let by = sign * PULL / Features::norm(used.len());
        for feature in used {
            let pull = self.pulls.entry(feature.hash).or_default();
            for intent in Intent::ALL {
                let wanted = if intent == to { 1.0 } else { 0.0 };
                // A little more than the gap, so that a text that is right by a hair moves, too.
                pull.by.add(intent, by * (wanted - 0.8 * shares.of(intent)));
            }
            pull.times = pull.times.saturating_add_signed(if sign > 0.0 { 1 } else { -1 });
            if pull.times == 0 {
                self.pulls.remove(&feature.hash);
            }
        }
    }

    /// How many features something was learned about; for tests and reports.
    pub fn len(&self) -> usize {
        self.pulls.len()
    }

    /// True when nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.pulls.is_empty() && self.said.is_empty()
    }
}

impl Class {
    /// As an operator said of the same text before.
    pub(super) fn by_correction(said: &Said, topics: Vec<String>) -> Class {
        Class {
            intent: said.intent,
            severity: said.severity,
            topics,
            sure: 95,
            source: Source::Rule,
            reasons: vec![Reason::new(Why::Corrected, &said.by)],
        }
    }
}

/// A whole text as a number; blanks at its ends make no difference.
fn whole(folded: &str) -> u64 {
    folded.trim().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
