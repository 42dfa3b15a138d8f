//! What a text is: the desk's word lists first, then a small learned model, then what operators
//! have corrected. Pure and bounded: it runs in the writer for each message that comes in.

pub mod eval;
pub mod features;
pub mod learned;
pub mod model;
pub mod phrases;
pub mod rules;
pub mod train;

use super::class::{Class, Intent, Reason, Severity, Source, Why};
use super::words;
use features::Features;
use learned::Learned;
use model::{Model, Scores};
use rules::{Found, Hit, Rules, Sign};

/// How much of a text is read, in bytes.
pub const READ: usize = 2048;

/// Below this share the model alone says nothing clear.
const CLEAR: f32 = 0.45;
/// How much of what the model thinks counts beside the rules.
const MODEL_COUNTS: f32 = 1.0;
/// What a word counts for that says the opposite because it is denied.
const DENIED: f32 = 1.2;
/// What an angry, a cold, a warm sign counts for.
const SIGNS: [(Sign, Intent, f32); 3] = [
    (Sign::Angry, Intent::Complaint, 1.5),
    (Sign::Cold, Intent::Complaint, 0.6),
    (Sign::Warm, Intent::Praise, 0.8),
];

/// The desk's classifier: its word lists and its model.
#[derive(Clone, Debug, Default)]
pub struct Classifier {
    rules: Rules,
    model: Model,
}

/// Two that say the same judge alike.
impl PartialEq for Classifier {
    fn eq(&self, other: &Classifier) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl Eq for Classifier {}

/// A text as the judge reads it; what operators correct is learned from this.
pub(super) struct Read {
    folded: String,
    features: Features,
    found: Found,
    scores: Scores,
}

impl Classifier {
    /// Its lists and its model.
    pub fn parts(&self) -> (&Rules, &Model) {
        (&self.rules, &self.model)
    }

    /// One of these lists and this model.
    pub fn new(rules: Rules, model: Model) -> Classifier {
        Classifier { rules, model }
    }

    /// A number that changes when lists or model do.
    pub fn fingerprint(&self) -> u64 {
        self.rules.fingerprint() ^ self.model.recipe().rotate_left(17)
    }

    /// What a text is; `learned` is what the desk's operators have corrected.
    pub fn judge(&self, text: &str, learned: Option<&Learned>) -> Class {
        let read = self.read(text);
        if let Some(said) = learned.and_then(|l| l.said_of(&read.folded)) {
            return Class::by_correction(said, read.found.topics(&self.rules));
        }
        let mut scores = read.scores;
        if let Some(learned) = learned {
            learned.add_to(&mut scores, &read.features);
        }
        self.decide(&read, scores)
    }

    /// Reads a text and scores it, without what was corrected.
    pub(super) fn read(&self, text: &str) -> Read {
        let folded = words::fold(words::beginning(text, READ));
        let features = Features::of(&folded);
        let found = self.rules.find(&folded);
        let mut scores = self.model.scores(&features);
        scores.each_mut(|s| *s *= MODEL_COUNTS);
        self.add_rules(&found, &mut scores);
        Read { folded, features, found, scores }
    }

    fn add_rules(&self, found: &Found, scores: &mut Scores) {
        let mut sums = Scores::default();
        let mut counts = [0.0_f32; Intent::ALL.len()];
        for hit in &found.hits {
            let rule = self.rules.rule(hit);
            if found.irony && rule.intent == Intent::Praise {
                continue;
            }
            let (intent, weight) = match (hit.denied, rule.intent) {
                (false, intent) => (intent, rule.weight),
                (true, Intent::Praise) => (Intent::Complaint, DENIED),
                (true, Intent::Complaint) => (Intent::Praise, DENIED / 2.0),
                (true, _) => continue,
            };
            // The fifth word of a kind says little that the first four did not.
            let place = intent as usize;
            counts[place] += 1.0;
            sums.add(intent, weight * hit.counts / counts[place].sqrt());
        }
        for intent in Intent::ALL {
            scores.add(intent, sums.of(intent).min(MOST_OF_RULES));
        }
        for (sign, intent, weight) in SIGNS {
            if found.signs.iter().any(|(s, _)| *s == sign) {
                scores.add(intent, weight);
            }
        }
        if found.irony {
            scores.add(Intent::Complaint, 1.0);
        }
    }

    fn decide(&self, read: &Read, scores: Scores) -> Class {
        let shares = scores.shares();
        let (mut intent, mut sure) = shares.best();
        let found = &read.found;
        let by_words = found.hits.iter().any(|h| self.rules.rule(h).intent == intent);
        if !by_words && sure < CLEAR {
            (intent, sure) = (Intent::Other, shares.of(Intent::Other));
        }
        let severe = self.severe(read, shares.of(Intent::Complaint));
        let mut severity = match intent {
            Intent::Complaint => Severity::Mild,
            _ => Severity::None,
        };
        if let Some(hit) = severe {
            let rule = self.rules.rule(hit);
            severity = Severity::Severe;
            sure = sure.max(if rule.alone { 0.9 } else { 0.7 });
            intent = Intent::Complaint;
        }
        let by_rule = found.hits.iter().any(|hit| {
            let rule = self.rules.rule(hit);
            !hit.denied && rule.intent == intent
        });
        let mut reasons = Vec::new();
        reasons.extend(severe.map(|hit| Reason::new(Why::Word, hit.word(&read.folded))));
        if found.irony && intent == Intent::Complaint {
            let praise = found.hits.iter().find(|h| self.rules.rule(h).intent == Intent::Praise);
            let word = praise.map_or("", |h| h.word(&read.folded));
            reasons.push(Reason::new(Why::Irony, word));
        }
        let supports = |hit: &&Hit| match (hit.denied, intent) {
            (false, _) => self.rules.rule(hit).intent == intent,
            (true, Intent::Complaint) => self.rules.rule(hit).intent == Intent::Praise,
            (true, Intent::Praise) => self.rules.rule(hit).intent == Intent::Complaint,
            _ => false,
        };
        for hit in found.hits.iter().filter(supports) {
            let why = if hit.denied { Why::Denied } else { Why::Word };
            reasons.push(Reason::new(why, hit.word(&read.folded)));
        }
        for (sign, word) in &found.signs {
            if SIGNS.iter().any(|(s, of, _)| s == sign && *of == intent) {
                reasons.push(Reason::new(Why::Emoticon, &read.folded[word.clone()]));
            }
        }
        for word in self.model.weighed(&read.features, &read.folded, intent) {
            reasons.push(Reason::new(Why::Weighed, word));
        }
        keep_distinct(&mut reasons);
        Class {
            intent,
            severity,
            topics: found.topics(&self.rules),
            // A share is between 0 and 1.
            sure: (sure * 100.0).round().clamp(1.0, 99.0) as u8,
            source: if by_rule { Source::Rule } else { Source::Model },
            reasons,
        }
    }

    /// The word that makes it severe: one that does so alone, or one beside another sign that
    /// something is wrong.
    fn severe<'a>(&self, read: &'a Read, complaint: f32) -> Option<&'a Hit> {
        let hits = &read.found.hits;
        let is_severe =
            |hit: &&Hit| self.rules.rule(hit).severity == Some(Severity::Severe) && !hit.denied;
        let alone = hits.iter().filter(is_severe).find(|hit| self.rules.rule(hit).alone);
        alone.or_else(|| {
            let first = hits.iter().find(is_severe)?;
            let other = hits.iter().any(|hit| {
                let rule = self.rules.rule(hit);
                !hit.denied && rule.intent == Intent::Complaint && hit.start != first.start
            });
            let angry = read.found.signs.iter().any(|(sign, _)| *sign == Sign::Angry);
            let about_us = !read.found.topics.is_empty();
            // "骗子！" needs no more words.
            let alone = (first.end - first.start) * 2 >= read.folded.len();
            let complains = complaint > 0.6 || alone;
            (other || angry || about_us || complains).then_some(first)
        })
    }
}

/// The most that words of rules count for one intent.
const MOST_OF_RULES: f32 = 6.0;

/// Keeps the first reasons that are not part of one before them.
fn keep_distinct(reasons: &mut Vec<Reason>) {
    let mut kept: Vec<Reason> = Vec::new();
    for reason in reasons.drain(..) {
        let known = |k: &Reason| k.word.contains(&reason.word) || reason.word.contains(&k.word);
        if !reason.word.is_empty() && !kept.iter().any(known) {
            kept.push(reason);
        }
    }
    kept.truncate(Class::REASONS);
    *reasons = kept;
}

#[cfg(test)]
mod tests;
