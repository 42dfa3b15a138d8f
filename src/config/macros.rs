//! `macros.toml`: several steps under one key.

use super::error::{ConfigError, Problem};
use super::paths::DeskPaths;
use super::read::{self, Source};
use crate::domain::canned::{self, Variable};
use crate::domain::macros::{MOST_MACROS, MOST_STEPS, Macro, Step, Words};
use crate::domain::{ChannelId, OperatorName, Queue, Time, feedback, triage, when};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The file a new desk gets.
pub(super) const DEFAULT: &str = include_str!("defaults/macros.toml");

/// Keys that mean something in every menu.
const TAKEN: [char; 6] = ['j', 'k', 'g', 'q', 'y', 'n'];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, rename = "macro")]
    macros: Vec<RawMacro>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMacro {
    name: Spanned<String>,
    key: Option<Spanned<String>>,
    title: Option<Spanned<RawWords>>,
    queue: Option<Spanned<String>>,
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    steps: Spanned<Vec<Spanned<RawStep>>>,
}

/// A text, or one for each language.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum RawWords {
    One(String),
    Both { en: Option<String>, zh: Option<String> },
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    claim: Option<Spanned<bool>>,
    reply: Option<Spanned<RawWords>>,
    note: Option<Spanned<RawWords>>,
    label: Option<Spanned<String>>,
    unlabel: Option<Spanned<String>>,
    feedback: Option<Spanned<String>>,
    assign: Option<Spanned<String>>,
    escalate: Option<Spanned<String>>,
    topic: Option<Spanned<bool>>,
    state: Option<Spanned<String>>,
    snooze: Option<Spanned<String>>,
    like: Option<Spanned<bool>>,
    hide: Option<Spanned<bool>>,
}

/// Reads a desk's macros; none when the file is not there.
///
/// # Errors
/// The first mistake.
pub fn load(folder: &Path) -> Result<Vec<Macro>, ConfigError> {
    let file = DeskPaths::new(folder).macros_file();
    Ok(read::file(&file, parse)?.unwrap_or_default())
}

/// Reads the text of a `macros.toml`; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(file: &Path, text: &str) -> Result<Vec<Macro>, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let mut macros: Vec<Macro> = Vec::new();
    for one in &raw.macros {
        let made = read_one(&source, one)?;
        if macros.iter().any(|m| m.name == made.name) {
            return Err(source.wrong("name", &one.name, Problem::Twice(made.name)));
        }
        if let (Some(key), Some(raw)) = (made.key, &one.key)
            && macros.iter().any(|m| m.key == Some(key))
        {
            return Err(source.wrong("key", raw, Problem::Twice(key.to_string())));
        }
        if macros.len() == MOST_MACROS {
            let problem = Problem::OutOfRange(raw.macros.len().to_string(), 0, MOST_MACROS as i64);
            return Err(source.wrong("macro", &one.name, problem));
        }
        macros.push(made);
    }
    Ok(macros)
}

fn read_one(source: &Source<'_>, raw: &RawMacro) -> Result<Macro, ConfigError> {
    let name = source.id("name", &raw.name)?;
    let key = raw.key.as_ref().map(|key| menu_key(source, key)).transpose()?;
    let known = [("comments", Queue::Comments), ("messages", Queue::Messages)];
    let queue = raw.queue.as_ref().map(|q| source.one_of("queue", q, &known)).transpose()?;
    let title = raw.title.as_ref().map(|t| words(source, "title", t)).transpose()?;
    let channels: Result<Vec<ChannelId>, ConfigError> =
        raw.channels.iter().map(|id| source.id("channels", id).map(ChannelId)).collect();
    let list = raw.steps.get_ref();
    if list.is_empty() {
        return Err(source.wrong("steps", &raw.steps, Problem::Empty));
    }
    if list.len() > MOST_STEPS {
        let problem = Problem::OutOfRange(list.len().to_string(), 1, MOST_STEPS as i64);
        return Err(source.wrong("steps", &raw.steps, problem));
    }
    let mut steps = Vec::new();
    for raw in list {
        let step = step(source, raw)?;
        let replies = |s: &Step| matches!(s, Step::Reply(_));
        if replies(&step) && steps.iter().any(replies) {
            return Err(source.wrong("reply", raw, Problem::Twice("reply".into())));
        }
        steps.push(step);
    }
    let title = title.unwrap_or_else(|| Words { en: name.clone(), zh: String::new() });
    Ok(Macro { name, key, title, queue, channels: channels?, steps })
}

fn menu_key(source: &Source<'_>, key: &Spanned<String>) -> Result<char, ConfigError> {
    let mut chars = key.get_ref().chars();
    match (chars.next(), chars.next()) {
        (Some(c), None)
            if !c.is_whitespace() && !c.is_control() && !c.is_numeric() && !TAKEN.contains(&c) =>
        {
            Ok(c)
        }
        _ => Err(source.wrong("key", key, Problem::NotAMenuKey(key.get_ref().clone()))),
    }
}

fn words(source: &Source<'_>, field: &str, raw: &Spanned<RawWords>) -> Result<Words, ConfigError> {
    let words = match raw.get_ref().clone() {
        RawWords::One(en) => Words { en, zh: String::new() },
        RawWords::Both { en, zh } => {
            Words { en: en.unwrap_or_default(), zh: zh.unwrap_or_default() }
        }
    };
    match words.en.trim().is_empty() && words.zh.trim().is_empty() {
        true => Err(source.wrong(field, raw, Problem::Empty)),
        false => Ok(words),
    }
}

/// A text whose places the desk fills in; nobody is there to fill in one that is left open.
fn text(source: &Source<'_>, field: &str, raw: &Spanned<RawWords>) -> Result<Words, ConfigError> {
    let words = words(source, field, raw)?;
    for text in [&words.en, &words.zh] {
        let bad = |p: &canned::Place<'_>| Variable::of(p.name).is_none();
        if let Some(place) = canned::places(text).find(bad) {
            let written = text[place.start..place.end].to_owned();
            let known = Variable::ALL.map(|v| format!("{{{{{}}}}}", v.name())).join(", ");
            return Err(source.wrong(field, raw, Problem::NotAPlace(written, known)));
        }
    }
    Ok(words)
}

fn label(source: &Source<'_>, field: &str, raw: &Spanned<String>) -> Result<String, ConfigError> {
    let label = raw.get_ref();
    // A feedback tag has a beginning besides.
    match !label.is_empty() && triage::is_label(&feedback::label(label)) {
        true => Ok(label.clone()),
        false => Err(source.wrong(field, raw, Problem::NotALabel(label.clone()))),
    }
}

fn step(source: &Source<'_>, raw: &Spanned<RawStep>) -> Result<Step, ConfigError> {
    let step = raw.get_ref();
    let mut made = Vec::new();
    if step.claim.as_ref().is_some_and(|on| *on.get_ref()) {
        made.push(Step::Claim);
    }
    if let Some(text) = &step.reply {
        made.push(Step::Reply(self::text(source, "reply", text)?));
    }
    if let Some(text) = &step.note {
        made.push(Step::Note(self::text(source, "note", text)?));
    }
    if let Some(name) = &step.label {
        made.push(Step::Label(label(source, "label", name)?));
    }
    if let Some(name) = &step.unlabel {
        made.push(Step::Unlabel(label(source, "unlabel", name)?));
    }
    if let Some(name) = &step.feedback {
        made.push(Step::Feedback(label(source, "feedback", name)?));
    }
    if let Some(to) = &step.assign {
        made.push(match source.filled("assign", to)?.trim_start_matches('@') {
            "me" => Step::Assign(None),
            "nobody" => Step::Unassign,
            name => Step::Assign(Some(OperatorName(name.to_owned()))),
        });
    }
    if let Some(reason) = &step.escalate {
        made.push(Step::Escalate(source.filled("escalate", reason)?));
    }
    if step.topic.as_ref().is_some_and(|on| *on.get_ref()) {
        made.push(Step::Topic);
    }
    for (asked, step) in [(&step.like, Step::Like), (&step.hide, Step::Hide)] {
        if asked.as_ref().is_some_and(|on| *on.get_ref()) {
            made.push(step);
        }
    }
    if let Some(state) = &step.state {
        let known = [
            ("open", Step::Reopen),
            ("pending", Step::Pending),
            ("on-hold", Step::Hold),
            ("resolved", Step::Resolve),
        ];
        made.push(source.one_of("state", state, &known)?);
    }
    if let Some(until) = &step.snooze {
        let typed = until.get_ref();
        // What counts from now can be read at any time; a date is none of a macro's.
        let reads = |now: i64| when::parse(typed, Time(now), chrono_tz::Tz::UTC).is_ok();
        if !reads(0) || !reads(4_000_000_000_000) {
            return Err(source.wrong("snooze", until, Problem::NotAMoment(typed.clone())));
        }
        made.push(Step::Snooze(typed.clone()));
    }
    match (made.pop(), made.is_empty()) {
        (Some(step), true) => Ok(step),
        _ => Err(source.wrong("steps", raw, Problem::NotOneStep)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn read(text: &str) -> Result<Vec<Macro>, ConfigError> {
        parse(Path::new("macros.toml"), text)
    }

    #[test]
    fn the_default_file_is_right_and_its_texts_are_in_both_languages() {
        let macros = read(DEFAULT).unwrap();
        assert!(macros.len() >= 5);
        for m in &macros {
            assert!(m.key.is_some(), "{}", m.name);
            let texts = m.steps.iter().filter_map(|s| match s {
                Step::Reply(words) => Some(words),
                _ => None,
            });
            for words in texts.chain([&m.title]) {
                assert!(!words.en.is_empty() && !words.zh.is_empty(), "{}", m.name);
            }
        }
    }

    #[test]
    fn every_step_can_be_written() {
        let text = r#"
[[macro]]
name = "all"
key = "a"
queue = "messages"
channels = ["weibo"]
steps = [
    { claim = true }, { note = "n" }, { label = "l" }, { unlabel = "u" }, { feedback = "idea" },
    { assign = "me" }, { assign = "@bo" }, { assign = "nobody" }, { topic = true },
    { reply = { en = "e {{operator}}", zh = "z" } }, { snooze = "tomorrow 9:00" },
    { like = true }, { state = "resolved" },
]
"#;
        let made = read(text).unwrap().remove(0);
        let words = |en: &str, zh: &str| Words { en: en.into(), zh: zh.into() };
        assert_eq!(
            made.steps,
            [
                Step::Claim,
                Step::Note(words("n", "")),
                Step::Label("l".into()),
                Step::Unlabel("u".into()),
                Step::Feedback("idea".into()),
                Step::Assign(None),
                Step::Assign(Some(OperatorName("bo".into()))),
                Step::Unassign,
                Step::Topic,
                Step::Reply(words("e {{operator}}", "z")),
                Step::Snooze("tomorrow 9:00".into()),
                Step::Like,
                Step::Resolve,
            ]
        );
        assert_eq!((made.key, made.queue), (Some('a'), Some(Queue::Messages)));
    }

    const GOOD: &str = "[[macro]]\nname = \"a\"\nkey = \"x\"\nsteps = [{ topic = true }]\n";

    #[rstest]
    #[case("name = \"a b\"\nsteps = [{ topic = true }]", 6, "name")]
    #[case("name = \"a\"\nsteps = [{ topic = true }]", 6, "name")]
    #[case("name = \"b\"\nkey = \"x\"\nsteps = [{ topic = true }]", 7, "key")]
    #[case("name = \"b\"\nkey = \"j\"\nsteps = [{ topic = true }]", 7, "key")]
    #[case("name = \"b\"\nkey = \"ab\"\nsteps = [{ topic = true }]", 7, "key")]
    #[case("name = \"b\"\nqueue = \"mail\"\nsteps = [{ topic = true }]", 7, "queue")]
    #[case("name = \"b\"\nsteps = []", 7, "steps")]
    #[case("name = \"b\"\nsteps = [\n{ label = \"a b\" }]", 8, "label")]
    #[case("name = \"b\"\nsteps = [\n{ state = \"gone\" }]", 8, "state")]
    #[case("name = \"b\"\nsteps = [\n{ snooze = \"soon\" }]", 8, "snooze")]
    #[case("name = \"b\"\nsteps = [\n{ reply = \" \" }]", 8, "reply")]
    #[case("name = \"b\"\nsteps = [\n{ reply = \"a {{?order}}\" }]", 8, "reply")]
    #[case("name = \"b\"\nsteps = [\n{ note = \"a {{nobody}}\" }]", 8, "note")]
    #[case("name = \"b\"\nsteps = [\n{ hide = false }]", 8, "steps")]
    #[case("name = \"b\"\nsteps = [\n{ }]", 8, "steps")]
    #[case("name = \"b\"\nsteps = [\n{ label = \"a\", topic = true }]", 8, "steps")]
    #[case("name = \"b\"\nsteps = [\n{ reply = \"a\" },\n{ reply = \"b\" }]", 9, "reply")]
    #[case("name = \"b\"\nsteps = [\n{ burn = true }]", 8, "")]
    fn each_mistake_names_its_line_and_field(
        #[case] second: &str,
        #[case] line: usize,
        #[case] field: &str,
    ) {
        let e = read(&format!("{GOOD}[[macro]]\n{second}\n")).unwrap_err();
        assert_eq!((e.line, e.field.as_str()), (Some(line), field), "{e}");
    }
}
