//! `lint.toml`: what texts may not say. The format is explained in the default file.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::lint::{Kind, Level, Local, Policy, Scope, Spelling, Word};
use crate::domain::{ChannelId, Queue};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

/// The file a new desk gets, and the rules of a desk without one.
pub(super) const DEFAULT: &str = include_str!("defaults/lint.toml");

/// The most words, spellings and phrases of one desk: every cockpit holds them.
const MOST_WORDS: usize = 5_000;
/// The most bytes of one of them.
const MOST_BYTES: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "override")]
    overridable: Option<bool>,
    #[serde(default)]
    pass: Vec<Spanned<String>>,
    #[serde(default)]
    levels: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default, rename = "where")]
    places: Vec<RawLocal>,
    #[serde(default)]
    word: Vec<RawWord>,
    #[serde(default)]
    spelling: Vec<RawSpelling>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLocal {
    #[serde(default)]
    platforms: Vec<Spanned<String>>,
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    queue: Option<Spanned<String>>,
    levels: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWord {
    text: Spanned<Vec<Spanned<String>>>,
    kind: Option<Spanned<String>>,
    level: Option<Spanned<String>>,
    reason: Option<String>,
    instead: Option<String>,
    #[serde(default)]
    platforms: Vec<Spanned<String>>,
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    queue: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpelling {
    right: Spanned<String>,
    #[serde(default)]
    wrong: Vec<Spanned<String>>,
}

/// The rules of the default file.
pub(super) fn defaults() -> Policy {
    // The file is part of the program; a test reads it.
    parse(Path::new("lint.toml"), DEFAULT).expect("the default file is right")
}

/// Reads the text of a `lint.toml`; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(file: &Path, text: &str) -> Result<Policy, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let pass = raw.pass.iter().map(|p| phrase(&source, "pass", p)).collect::<Result<_, _>>()?;
    let mut policy = Policy {
        levels: levels(&source, "levels", &raw.levels)?,
        overridable: raw.overridable.unwrap_or(true),
        pass,
        ..Policy::default()
    };
    for local in &raw.places {
        policy.places.push(Local {
            scope: scope(&source, &local.platforms, &local.channels, local.queue.as_ref())?,
            levels: levels(&source, "where.levels", &local.levels)?,
        });
    }
    for raw in &raw.word {
        let texts = raw.text.get_ref();
        if texts.is_empty() {
            return Err(source.wrong("word.text", &raw.text, Problem::Empty));
        }
        let kind = raw.kind.as_ref().map(|k| kind(&source, "word.kind", k)).transpose()?;
        let level =
            raw.level.as_ref().map(|l| source.one_of("word.level", l, &LEVELS)).transpose()?;
        let scope = scope(&source, &raw.platforms, &raw.channels, raw.queue.as_ref())?;
        for text in texts {
            policy.words.push(Word {
                text: phrase(&source, "word.text", text)?,
                kind: kind.unwrap_or(Kind::Forbidden),
                level,
                reason: raw.reason.clone().unwrap_or_default(),
                instead: raw.instead.clone(),
                scope: scope.clone(),
            });
            bounded(&source, "word.text", text, &policy)?;
        }
    }
    for raw in &raw.spelling {
        let wrong = raw.wrong.iter().map(|w| phrase(&source, "spelling.wrong", w));
        policy.spellings.push(Spelling {
            right: phrase(&source, "spelling.right", &raw.right)?,
            wrong: wrong.collect::<Result<_, _>>()?,
        });
        bounded(&source, "spelling.right", &raw.right, &policy)?;
    }
    Ok(policy)
}

const LEVELS: [(&str, Level); 3] =
    [("block", Level::Block), ("warn", Level::Warn), ("note", Level::Note)];

fn levels(
    source: &Source<'_>,
    field: &str,
    raw: &BTreeMap<Spanned<String>, Spanned<String>>,
) -> Result<BTreeMap<Kind, Option<Level>>, ConfigError> {
    let known = [
        ("block", Some(Level::Block)),
        ("warn", Some(Level::Warn)),
        ("note", Some(Level::Note)),
        ("off", None),
    ];
    raw.iter()
        .map(|(name, level)| {
            let kind = kind(source, field, name)?;
            let field = format!("{field}.{}", kind.name());
            Ok((kind, source.one_of(&field, level, &known)?))
        })
        .collect()
}

fn kind(source: &Source<'_>, field: &str, name: &Spanned<String>) -> Result<Kind, ConfigError> {
    let known: Vec<(&str, Kind)> = Kind::ALL.iter().map(|k| (k.name(), *k)).collect();
    source.one_of(field, name, &known)
}

fn scope(
    source: &Source<'_>,
    platforms: &[Spanned<String>],
    channels: &[Spanned<String>],
    queue: Option<&Spanned<String>>,
) -> Result<Scope, ConfigError> {
    let ids = |field: &str, list: &[Spanned<String>]| -> Result<Vec<String>, ConfigError> {
        list.iter().map(|id| source.id(field, id)).collect()
    };
    let known = [("comments", Queue::Comments), ("messages", Queue::Messages)];
    Ok(Scope {
        platforms: ids("platforms", platforms)?,
        channels: ids("channels", channels)?.into_iter().map(ChannelId).collect(),
        queue: queue.map(|q| source.one_of("queue", q, &known)).transpose()?,
    })
}

/// A word or phrase that says something and is not endless.
fn phrase(source: &Source<'_>, field: &str, text: &Spanned<String>) -> Result<String, ConfigError> {
    let phrase = source.filled(field, text)?;
    if phrase.len() > MOST_BYTES {
        let problem = Problem::OutOfRange(phrase.len().to_string(), 1, MOST_BYTES as i64);
        return Err(source.wrong(field, text, problem));
    }
    Ok(phrase)
}

fn bounded(
    source: &Source<'_>,
    field: &str,
    at: &Spanned<String>,
    policy: &Policy,
) -> Result<(), ConfigError> {
    let spellings: usize = policy.spellings.iter().map(|s| 1 + s.wrong.len()).sum();
    let all = policy.pass.len() + policy.words.len() + spellings;
    if all > MOST_WORDS {
        let problem = Problem::OutOfRange(all.to_string(), 0, MOST_WORDS as i64);
        return Err(source.wrong(field, at, problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lint::Place;
    use crate::text::Lang;
    use rstest::rstest;

    fn read(text: &str) -> Result<Policy, ConfigError> {
        parse(Path::new("lint.toml"), text)
    }

    #[test]
    fn the_default_file_says_what_the_program_does_without_one() {
        let policy = read(DEFAULT).expect("it is right");
        for kind in Kind::ALL {
            let level = policy.level(*kind, &Place::default());
            assert_eq!(level, kind.usual(), "{}", kind.name());
            assert!(policy.levels.contains_key(kind), "{} is not explained", kind.name());
        }
        let xhs = Place { platform: "xiaohongshu", ..Place::default() };
        assert_eq!(policy.level(Kind::OffPlatform, &xhs), Some(Level::Block));
        let comment = Place { queue: Some(Queue::Comments), ..Place::default() };
        assert_eq!(policy.level(Kind::Phone, &comment), Some(Level::Block));
    }

    #[test]
    fn a_file_says_what_is_the_brands_own() {
        let policy = read(
            r#"
            override = false
            pass = ["最美咖啡"]
            [levels]
            first = "off"
            [[where]]
            channels = ["shop"]
            levels = { first = "note" }
            [[word]]
            text = ["亲亲", "么么哒"]
            level = "note"
            instead = "您好"
            [[word]]
            text = ["Rival"]
            kind = "competitor"
            platforms = ["weibo"]
            [[spelling]]
            right = "YunLing"
            wrong = ["Yun Ling"]
            "#,
        )
        .expect("it is right");
        assert!(!policy.overridable);
        assert_eq!((policy.words.len(), policy.spellings.len()), (3, 1));
        assert_eq!(policy.level(Kind::First, &Place::default()), None);
        let shop = Place { channel: "shop", ..Place::default() };
        assert_eq!(policy.level(Kind::First, &shop), Some(Level::Note));
        assert_eq!(policy.words[2].scope.platforms, ["weibo"]);
    }

    #[rstest]
    #[case("[levels]\nsuperlativ = \"block\"", "lint.toml:2: levels: \"superlativ\"")]
    #[case("[levels]\n\nrank = \"red\"", "lint.toml:3: levels.rank: \"red\"")]
    #[case("[[word]]\ntext = [\"\"]", "lint.toml:2: word.text: ")]
    #[case("[[word]]\ntext = []", "lint.toml:2: word.text: ")]
    #[case("[[word]]\ntext = [\"x\"]\nkind = \"y\"", "lint.toml:3: word.kind: \"y\"")]
    #[case("[[word]]\ntext = [\"x\"]\nlevel = \"off\"", "lint.toml:3: word.level: \"off\"")]
    #[case("[[where]]\nplatforms = [\"A B\"]\nlevels = {}", "lint.toml:2: platforms: ")]
    #[case("[[where]]\nqueue = \"mail\"\nlevels = {}", "lint.toml:2: queue: \"mail\"")]
    #[case("[[spelling]]\nright = \" \"", "lint.toml:2: spelling.right: ")]
    #[case("colour = 1", "lint.toml:1: ")]
    fn each_mistake_names_its_place(#[case] text: &str, #[case] begins: &str) {
        let said = read(text).expect_err("a mistake").say(Lang::En);
        assert!(said.as_str().starts_with(begins), "{said}");
    }

    #[test]
    fn a_list_that_no_cockpit_could_hold_is_refused() {
        let many: Vec<String> = (0..=MOST_WORDS).map(|n| format!("\"w{n}\"")).collect();
        assert!(read(&format!("[[word]]\ntext = [{}]", many.join(","))).is_err());
        assert!(read(&format!("pass = [\"{}\"]", "x".repeat(MOST_BYTES + 1))).is_err());
    }
}
