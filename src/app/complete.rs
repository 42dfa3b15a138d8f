//! Completing the words of a filter, and their values, while it is typed.

use super::layer::Layer;
use super::model::Model;
use crate::domain::filter::{self, Has};
use crate::domain::macros::Step;
use crate::domain::order::StateKind;
use crate::domain::{Conversation, Intent, Queue, Severity, feedback, words};
use crate::text::catalogue::{cockpit, work};
use crate::text::{Lang, Shown};

/// The most that is offered.
const MOST: usize = 60;

/// The words of a filter, those that are used most first; the ones with a colon take a value.
const WORDS: &[&str] = &[
    "mine",
    "unassigned",
    "late",
    "state:",
    "platform:",
    "channel:",
    "label:",
    "assignee:",
    "severity:",
    "intent:",
    "topic:",
    "tag:",
    "author:",
    "likes:",
    "older:",
    "due:",
    "has:",
    "claimed",
    "escalated",
    "window",
    "text:",
];

/// What the word before the caret could become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// Where what would be replaced begins, in bytes of the text.
    pub from: usize,
    /// What fits, as it would be put in, best first.
    pub found: Vec<String>,
    /// The one that Tab takes.
    pub cursor: usize,
}

/// One value that is known.
struct Value {
    /// As it would be put in.
    put: String,
    /// What it is also found by: as it is called on screen, or in the other language.
    also: String,
}

impl Value {
    fn plain(put: &str) -> Value {
        Value { put: put.to_owned(), also: String::new() }
    }

    fn called(put: &str, also: &Shown) -> Value {
        Value { put: put.to_owned(), also: also.as_str().to_owned() }
    }

    fn quoted(name: &str) -> Value {
        Value { put: filter::quoted(name), also: name.to_owned() }
    }
}

/// The word under way at the end of a text: where what can be completed begins, its key, and what is
/// typed of it.
#[derive(Debug, PartialEq, Eq)]
struct Under<'a> {
    from: usize,
    key: Option<String>,
    typed: &'a str,
}

fn under(before: &str) -> Under<'_> {
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in before.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' | '\u{201c}' | '\u{201d}' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => start = at + c.len_utf8(),
            _ => {}
        }
    }
    let word = &before[start..];
    let rest = word.strip_prefix(['-', '\u{ff0d}']).unwrap_or(word);
    let from = start + word.len() - rest.len();
    let split = rest.char_indices().find(|(_, c)| matches!(c, ':' | '\u{ff1a}'));
    match split {
        Some((at, colon)) if at > 0 && rest[..at].chars().all(|c| c.is_ascii_alphabetic()) => {
            let value = at + colon.len_utf8();
            let key = Some(rest[..at].to_ascii_lowercase());
            let typed = rest[value..].trim_start_matches(['"', '\u{201c}', '\u{201d}']);
            Under { from: from + value, key, typed }
        }
        _ => Under { from, key: None, typed: rest },
    }
}

/// What could be meant at the end of this text.
pub(super) fn guess(model: &Model, before: &str) -> Guess {
    let Under { from, key, typed } = under(before);
    let known = match &key {
        Some(key) => values(model, key),
        None => WORDS.iter().map(|word| Value::plain(word)).collect(),
    };
    let begins = |text: &str| words::fold(text).starts_with(&words::fold(typed));
    let within = |text: &str| words::fold(text).contains(&words::fold(typed));
    let mut found: Vec<String> = Vec::new();
    let mut add = |value: &Value| {
        if found.len() < MOST && value.put != typed && !found.contains(&value.put) {
            found.push(value.put.clone());
        }
    };
    known.iter().filter(|v| begins(&v.put) || begins(&v.also)).for_each(&mut add);
    if key.is_some() {
        known.iter().filter(|v| within(&v.put) || within(&v.also)).for_each(&mut add);
    }
    // What is typed in full needs no help.
    if known.iter().any(|v| v.put == typed) {
        found.clear();
    }
    Guess { from, found, cursor: 0 }
}

/// The values that are known for a word, in the order to offer them.
fn values(model: &Model, key: &str) -> Vec<Value> {
    let channels = || model.welcome.iter().flat_map(|w| &w.channels);
    let rows = || {
        let lists = Queue::ALL.into_iter().flat_map(|q| model.list(q).known());
        let open = model.in_view.detail.iter().map(|d| &d.conversation);
        lists.map(|line| &line.conversation).chain(open)
    };
    match key {
        "state" => [
            (StateKind::Open, cockpit::STATE_OPEN),
            (StateKind::Pending, cockpit::STATE_PENDING),
            (StateKind::OnHold, cockpit::STATE_ON_HOLD),
            (StateKind::Snoozed, work::STATE_SNOOZED),
            (StateKind::Resolved, cockpit::STATE_RESOLVED),
        ]
        .map(|(state, zh)| Value::called(state.name(), &zh.say(Lang::Zh)))
        .into(),
        "severity" => {
            Severity::ALL.iter().map(|s| Value::called(s.name(), &s.say(Lang::Zh))).collect()
        }
        "intent" => Intent::ALL.iter().map(|i| Value::called(i.name(), &i.say(Lang::Zh))).collect(),
        "has" => Has::ALL.iter().map(|(name, _)| Value::plain(name)).collect(),
        "likes" => ["10", "100", "1000"].map(Value::plain).into(),
        "older" | "due" => ["15m", "1h", "4h", "1d"].map(Value::plain).into(),
        "channel" => {
            let configured = channels().map(|c| (c.id.0.as_str(), c.title.as_str()));
            let connected = model.desk.channels.iter().map(|b| (b.id.0.as_str(), ""));
            let seen = rows().map(|c| (c.channel.0.as_str(), ""));
            let all = configured.chain(connected).chain(seen);
            let value = |(id, title): (&str, &str)| Value {
                also: if title.is_empty() { id.to_owned() } else { title.to_owned() },
                put: filter::quoted(id),
            };
            all.map(value).collect()
        }
        "platform" => {
            let configured = channels().map(|c| (c.platform.as_str(), c.title.as_str()));
            let seen = rows().map(|c| (c.platform.as_str(), ""));
            let value = |(name, title): (&str, &str)| Value {
                also: if title.is_empty() { name.to_owned() } else { title.to_owned() },
                put: filter::quoted(name),
            };
            configured.chain(seen).map(value).collect()
        }
        "assignee" => {
            let here = model.desk.people.iter().map(|p| &p.operator);
            let known = model.welcome.iter().flat_map(|w| &w.operators);
            let names = here.chain(known).map(|name| Value::quoted(&name.0));
            ["me", "none"].map(Value::plain).into_iter().chain(names).collect()
        }
        "label" => {
            let steps = model.macros.macros.iter().flat_map(|m| &m.steps);
            let of_macros = steps.filter_map(|step| match step {
                Step::Label(label) => Some(label.clone()),
                _ => None,
            });
            let tags = model.macros.tags.iter().map(|tag| feedback::label(tag));
            let on = often(rows(), |c| &c.labels);
            on.into_iter().chain(of_macros).chain(tags).map(|label| Value::quoted(&label)).collect()
        }
        "tag" => {
            let tags = often(rows(), |c| std::slice::from_ref(&c.tag));
            tags.iter().map(|tag| Value::quoted(tag)).collect()
        }
        "topic" => {
            let topics = often(rows(), |c| c.class().map_or(&[][..], |class| &class.topics));
            topics.iter().map(|topic| Value::quoted(topic)).collect()
        }
        "author" => rows()
            .filter_map(|c| c.speaks_of())
            .filter(|head| !head.author.name.is_empty())
            .map(|head| Value::quoted(&head.author.name))
            .collect(),
        _ => Vec::new(),
    }
}

/// The words of these conversations, the most frequent first.
fn often<'a>(
    rows: impl Iterator<Item = &'a Conversation>,
    of: impl Fn(&'a Conversation) -> &'a [String],
) -> Vec<String> {
    let mut counted: Vec<(usize, &str)> = Vec::new();
    for word in rows.flat_map(of).filter(|word| !word.is_empty()) {
        match counted.iter_mut().find(|(_, known)| known == word) {
            Some((n, _)) => *n += 1,
            None => counted.push((1, word)),
        }
    }
    counted.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    counted.into_iter().map(|(_, word)| word.to_owned()).collect()
}

/// The line of a filter or a search changed, or the caret in it: looks again for what fits.
pub(super) fn look(model: &mut Model) {
    let found = match model.layers.last() {
        Some(Layer::Filter { editor, .. } | Layer::Search { editor, .. }) => {
            guess(model, editor.before())
        }
        _ => return,
    };
    if let Some(Layer::Filter { guess, .. } | Layer::Search { guess, .. }) = model.layers.last_mut()
    {
        *guess = found;
    }
}

/// Another one is to be taken.
pub(super) fn step(model: &mut Model, by: isize) {
    if let Some(Layer::Filter { guess, .. } | Layer::Search { guess, .. }) = model.layers.last_mut()
    {
        let len = isize::try_from(guess.found.len().max(1)).unwrap_or(1);
        let at = isize::try_from(guess.cursor).unwrap_or(0) + by;
        guess.cursor = at.rem_euclid(len).unsigned_abs();
    }
}

/// Puts the one with the cursor in.
pub(super) fn take(model: &mut Model) {
    if let Some(Layer::Filter { editor, guess, .. } | Layer::Search { editor, guess, .. }) =
        model.layers.last_mut()
        && let Some(word) = guess.found.get(guess.cursor)
    {
        // After a value the next word may be typed at once.
        let goes_on =
            word.ends_with(':') || editor.text()[editor.before().len()..].starts_with(' ');
        let text = if goes_on { word.clone() } else { format!("{word} ") };
        editor.replace(guess.from..editor.before().len(), &text);
    }
    look(model);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Settings;
    use rstest::rstest;

    #[test]
    fn every_word_of_a_filter_is_offered() {
        let keys = filter::KEYS.iter().map(|key| format!("{key}:"));
        let words = filter::WORDS.iter().filter(|w| w.is_ascii()).map(|w| (*w).to_owned());
        for word in keys.chain(words) {
            assert!(WORDS.contains(&word.as_str()), "{word}");
        }
    }

    #[rstest]
    #[case("", 0, None, "")]
    #[case("sta", 0, None, "sta")]
    #[case("late -sta", 6, None, "sta")]
    #[case("late ", 5, None, "")]
    #[case("State:o", 6, Some("state"), "o")]
    #[case("state：o", 8, Some("state"), "o")]
    #[case("label:\"two w", 6, Some("label"), "two w")]
    #[case("\"a b\" x", 6, None, "x")]
    #[case("http://x", 5, Some("http"), "//x")]
    #[case("退款:x", 0, None, "退款:x")]
    fn the_word_under_way(
        #[case] before: &str,
        #[case] from: usize,
        #[case] key: Option<&str>,
        #[case] typed: &str,
    ) {
        assert_eq!(under(before), Under { from, key: key.map(str::to_owned), typed });
    }

    #[rstest]
    #[case("s", &["state:", "severity:"])]
    #[case("-s", &["state:", "severity:"])]
    #[case("state:o", &["open", "on-hold", "snoozed", "resolved"][..2])]
    #[case("state:已", &["resolved"])]
    #[case("severity:", &["none", "mild", "severe"])]
    #[case("assignee:m", &["me"])]
    #[case("state:open", &[])]
    #[case("late", &[])]
    #[case("http:", &[])]
    #[case("退款", &[])]
    fn what_fits(#[case] before: &str, #[case] first: &[&str]) {
        let found = guess(&Model::new(Settings::default()), before).found;
        assert_eq!(&found[..first.len().min(found.len())], first, "{found:?}");
        assert_eq!(first.is_empty(), found.is_empty(), "{found:?}");
    }
}
