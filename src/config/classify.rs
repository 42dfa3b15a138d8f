//! `classify.toml`: the word lists by which the desk tells what a message is. The format is
//! explained in the default file.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::classify::Classifier;
use crate::domain::classify::model::Model;
use crate::domain::classify::rules::{Rule, Rules, Sign, Topic};
use crate::domain::{Intent, Severity};
use serde::Deserialize;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::LazyLock;
use toml::Spanned;

/// The file a new desk gets, and the lists of a desk without one.
pub(super) const DEFAULT: &str = include_str!("defaults/classify.toml");

/// The most words of a file; a text is looked through for all of them.
const MOST_WORDS: usize = 20_000;
/// The most topics.
const MOST_TOPICS: usize = 64;
/// The longest word in bytes.
const LONGEST: usize = 120;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    rule: Vec<RawRule>,
    #[serde(default)]
    topic: Vec<RawTopic>,
    #[serde(default)]
    emoticons: RawEmoticons,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    intent: Spanned<String>,
    severity: Option<Spanned<String>>,
    alone: Option<bool>,
    weight: Option<Spanned<f64>>,
    words: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTopic {
    name: Spanned<String>,
    words: Spanned<Vec<Spanned<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEmoticons {
    #[serde(default)]
    cold: Vec<Spanned<String>>,
    #[serde(default)]
    warm: Vec<Spanned<String>>,
    #[serde(default)]
    angry: Vec<Spanned<String>>,
}

/// The lists of the default file.
pub(super) fn defaults() -> Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        // The file is part of the program; a test reads it.
        parse(Path::new("classify.toml"), DEFAULT).expect("the default lists are right")
    });
    RULES.clone()
}

/// Reads the text of a `classify.toml`; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(file: &Path, text: &str) -> Result<Rules, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let mut words = 0;
    let mut rules = Vec::new();
    for rule in &raw.rule {
        let intents = Intent::ALL.map(|i| (i.name(), i));
        let severities = Severity::ALL.map(|s| (s.name(), s));
        let severity = rule.severity.as_ref();
        rules.push(Rule {
            intent: source.one_of("intent", &rule.intent, &intents)?,
            severity: severity.map(|s| source.one_of("severity", s, &severities)).transpose()?,
            alone: rule.alone.unwrap_or(true),
            weight: weight(&source, rule.weight.as_ref())?,
            words: list(&source, &rule.words, &mut words)?,
        });
    }
    let mut topics: Vec<Topic> = Vec::new();
    for topic in &raw.topic {
        let name = source.filled("name", &topic.name)?;
        if topics.iter().any(|t| t.name == name) {
            return Err(source.wrong("name", &topic.name, Problem::Twice(name)));
        }
        if name.len() > LONGEST || topics.len() == MOST_TOPICS {
            let (n, most) = if name.len() > LONGEST {
                (name.len(), LONGEST)
            } else {
                (topics.len() + 1, MOST_TOPICS)
            };
            // Both are small.
            let problem = Problem::OutOfRange(n.to_string(), 1, most as i64);
            return Err(source.wrong("name", &topic.name, problem));
        }
        topics.push(Topic { name, words: list(&source, &topic.words, &mut words)? });
    }
    let e = &raw.emoticons;
    let mut signs = Vec::new();
    for (sign, of) in [(Sign::Cold, &e.cold), (Sign::Warm, &e.warm), (Sign::Angry, &e.angry)] {
        let of = of.iter().map(|w| word(&source, "emoticons", w)).collect::<Result<_, _>>()?;
        signs.push((sign, of));
    }
    Ok(Rules::new(rules, topics, signs))
}

fn weight(source: &Source<'_>, raw: Option<&Spanned<f64>>) -> Result<f32, ConfigError> {
    let Some(raw) = raw else { return Ok(2.0) };
    let n = *raw.get_ref();
    if !(1.0..=10.0).contains(&n) {
        return Err(source.wrong("weight", raw, Problem::OutOfRange(n.to_string(), 1, 10)));
    }
    // Between 1 and 10.
    Ok(n as f32)
}

fn list(
    source: &Source<'_>,
    raw: &Spanned<Vec<Spanned<String>>>,
    words: &mut usize,
) -> Result<Vec<String>, ConfigError> {
    *words += raw.get_ref().len();
    if *words > MOST_WORDS {
        // Both are small.
        let problem = Problem::OutOfRange(words.to_string(), 1, MOST_WORDS as i64);
        return Err(source.wrong("words", raw, problem));
    }
    if raw.get_ref().is_empty() {
        return Err(source.wrong("words", raw, Problem::Empty));
    }
    raw.get_ref().iter().map(|w| word(source, "words", w)).collect()
}

fn word(source: &Source<'_>, field: &str, raw: &Spanned<String>) -> Result<String, ConfigError> {
    let word = source.filled(field, raw)?;
    if word == "*" {
        return Err(source.wrong(field, raw, Problem::Empty));
    }
    if word.len() > LONGEST {
        // Both are small.
        let problem = Problem::OutOfRange(word.len().to_string(), 1, LONGEST as i64);
        return Err(source.wrong(field, raw, problem));
    }
    Ok(word)
}

/// Reads a desk's own model, if it has one: `classify --train` writes it.
///
/// # Errors
/// When the file cannot be read, or is no model.
pub(super) fn model(file: &Path) -> Result<Model, ConfigError> {
    match std::fs::read(file) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Model::default()),
        Err(e) => Err(ConfigError::at(file, None, "", Problem::Unreadable(e.to_string()))),
        Ok(bytes) => parse_model(file, &bytes),
    }
}

/// Reads the bytes of a model; `file` is for the mistake.
///
/// # Errors
/// When they are none.
pub(super) fn parse_model(file: &Path, bytes: &[u8]) -> Result<Model, ConfigError> {
    Model::read(bytes)
        .map_err(|e| ConfigError::at(file, None, "", Problem::Unreadable(e.to_string())))
}

/// The default lists with the model that comes with the program.
pub fn default_classifier() -> Classifier {
    Classifier::new(defaults(), Model::default())
}

#[cfg(test)]
mod tests;
