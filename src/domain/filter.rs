//! Filters of a queue: `platform:douyin state:snoozed -label:spam mine late 发货`.

use super::order::StateKind;
use super::tokens::Wording;
use super::{Conversation, Intent, OperatorName, Refusal, Severity, Span, Time, words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A parsed filter; every term must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// The terms.
    pub terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// True for `-term`.
    pub not: bool,
    /// The condition.
    pub test: Test,
}

/// What a term asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// `platform:NAME`
    Platform(String),
    /// `channel:NAME`
    Channel(String),
    /// `state:NAME`
    State(StateKind),
    /// `assignee:NAME`, `assignee:none`, `mine`
    Assignee(Option<OperatorName>),
    /// `label:NAME`
    Label(String),
    /// `tag:NAME` - what the policy calls it
    Tag(String),
    /// `author:NAME` - part of the author's name
    Author(String),
    /// `likes:N` - at least that many
    Likes(u32),
    /// `intent:NAME` - what the writer wants
    Intent(Intent),
    /// `severity:NAME` - how bad it is
    Severity(Severity),
    /// `topic:NAME` - what it is about
    Topic(String),
    /// `late` - its deadline has passed
    Late,
    /// `claimed` - somebody works on it
    Claimed,
    /// `escalated` - a lead is to look at it
    Escalated,
    /// `window` - the platform's reply window closes before the deadline, or without one
    Window,
    /// `older:LENGTH` - its message has waited at least so long
    Older(Span),
    /// `due:LENGTH` - its deadline or window passes within so long, or has passed
    Due(Span),
    /// `has:WHAT`
    Has(Has),
    /// Anything else: in the text or the author's name, as the search finds it ([`super::tokens`]).
    Text(Wording),
}

/// What a conversation can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Has {
    /// A reply of ours that stands.
    Reply,
    /// A label.
    Label,
    /// A deadline that runs.
    Deadline,
}

impl Has {
    /// All of them, with their words.
    pub const ALL: [(&'static str, Has); 3] =
        [("reply", Has::Reply), ("label", Has::Label), ("deadline", Has::Deadline)];
}

/// Why a term could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BadTerm {
    /// `key:` is none of [`KEYS`]. (In quotes it would be text.)
    UnknownKey(String),
    /// `state:` with none of the five.
    UnknownState(String),
    /// `intent:` with none of the six.
    UnknownIntent(String),
    /// `severity:` with none of the three.
    UnknownSeverity(String),
    /// `likes:` without a whole number.
    NotANumber(String),
    /// `older:` or `due:` without a length of time: the key, and what stands there.
    NotALength(String, String),
    /// `has:` with none of [`Has::ALL`].
    UnknownHas(String),
    /// `key:` with nothing behind it.
    NoValue(String),
    /// A quotation mark that is never closed.
    OpenQuote(String),
}

/// The keys that take a value.
pub const KEYS: &[&str] = &[
    "platform", "channel", "state", "assignee", "label", "tag", "author", "likes", "intent",
    "severity", "topic", "older", "due", "has", "text",
];

/// The words that are terms by themselves.
pub const WORDS: &[&str] =
    &["mine", "unassigned", "late", "claimed", "escalated", "升级", "window"];

impl Filter {
    /// Reads a filter as typed. `me` is who `mine` stands for. Full-width `：` and `－` and curly
    /// quotation marks work like their plain forms; `"two words"` is one term.
    ///
    /// # Errors
    /// [`Refusal::BadFilter`] with the term that was not understood.
    pub fn parse(typed: &str, me: &OperatorName) -> Result<Filter, Refusal> {
        let mut terms = Vec::new();
        for piece in pieces(typed).map_err(Refusal::BadFilter)? {
            let test = test(&piece, me).map_err(Refusal::BadFilter)?;
            terms.push(Term { not: piece.not, test });
        }
        Ok(Filter { terms })
    }

    /// Whether a conversation passes.
    pub fn passes(&self, c: &Conversation, now: Time) -> bool {
        self.terms.iter().all(|term| term.test.holds(c, now) != term.not)
    }

    /// The state it asks for, the first one if it names several; open when it names none.
    pub fn state(&self) -> StateKind {
        let named = self.terms.iter().find_map(|term| match term {
            Term { not: false, test: Test::State(state) } => Some(*state),
            _ => None,
        });
        named.unwrap_or(StateKind::Open)
    }

    /// True when every conversation of [`Filter::state`] passes, so that the desk's counters
    /// answer for it.
    pub fn is_state_alone(&self) -> bool {
        let state = self.state();
        self.terms.iter().all(|term| !term.not && term.test == Test::State(state))
    }
}

impl Test {
    fn holds(&self, c: &Conversation, now: Time) -> bool {
        let same = |a: &str, b: &str| words::fold(a) == words::fold(b);
        let author = || c.speaks_of().map(|h| words::fold(&h.author.name)).unwrap_or_default();
        match self {
            Test::Platform(name) => same(&c.platform, name),
            Test::Channel(name) => same(&c.channel.0, name),
            Test::State(state) => StateKind::from(&c.state) == *state,
            Test::Assignee(who) => c.assignee == *who,
            Test::Label(name) => c.labels.iter().any(|label| same(label, name)),
            Test::Tag(name) => same(&c.tag, name),
            Test::Author(part) => author().contains(&words::fold(part)),
            Test::Likes(least) => c.speaks_of().is_some_and(|h| h.likes >= *least),
            Test::Intent(intent) => c.class().is_some_and(|c| c.intent == *intent),
            Test::Severity(severity) => c.severity() == *severity,
            Test::Topic(name) => c.class().is_some_and(|c| c.topics.iter().any(|t| same(t, name))),
            Test::Late => c.is_late(now),
            Test::Claimed => c.claim.is_some(),
            Test::Escalated => c.escalated.is_some(),
            Test::Window => c.window_closes.is_some_and(|w| c.urgent_by() == Some(w)),
            Test::Older(least) => c.head.as_ref().is_some_and(|h| now - h.at >= *least),
            Test::Due(within) => c.urgent_by().is_some_and(|due| due <= now + *within),
            Test::Has(Has::Reply) => c.last_reply.is_some(),
            Test::Has(Has::Label) => !c.labels.is_empty(),
            Test::Has(Has::Deadline) => c.timer.is_some(),
            Test::Text(part) => {
                c.speaks_of().is_some_and(|h| part.is_in(&h.excerpt) || part.is_in(&h.author.name))
            }
        }
    }
}

/// One term as typed, its quotation marks resolved.
struct Piece {
    not: bool,
    /// What stands before the first unquoted colon, when that is letters alone.
    key: Option<String>,
    value: String,
    /// True when any part of the value stood in quotation marks: it is then never a keyword.
    quoted: bool,
}

fn pieces(typed: &str) -> Result<Vec<Piece>, BadTerm> {
    let mut out = Vec::new();
    let mut chars = typed.chars().peekable();
    while let Some(first) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut piece = Piece { not: false, key: None, value: String::new(), quoted: false };
        let mut next = Some(first);
        if matches!(first, '-' | '\u{ff0d}') && chars.peek().is_some_and(|c| !c.is_whitespace()) {
            piece.not = true;
            next = chars.next();
        }
        while let Some(c) = next {
            match c {
                _ if c.is_whitespace() => break,
                '"' | '\u{201c}' | '\u{201d}' => {
                    piece.quoted = true;
                    if !read_quoted(&mut chars, &mut piece.value) {
                        return Err(BadTerm::OpenQuote(piece.value));
                    }
                }
                ':' | '\u{ff1a}' if piece.key.is_none() && !piece.quoted => {
                    let is_key = !piece.value.is_empty()
                        && piece.value.chars().all(|c| c.is_ascii_alphabetic());
                    if is_key {
                        piece.key = Some(std::mem::take(&mut piece.value).to_ascii_lowercase());
                    } else {
                        piece.value.push(c);
                    }
                }
                _ => piece.value.push(c),
            }
            next = chars.next();
        }
        out.push(piece);
    }
    Ok(out)
}

/// Reads up to the closing mark; `\"` and `\\` stand for themselves. False when there is none.
fn read_quoted(chars: &mut impl Iterator<Item = char>, into: &mut String) -> bool {
    while let Some(c) = chars.next() {
        match c {
            '"' | '\u{201c}' | '\u{201d}' => return true,
            '\\' => into.extend(chars.next()),
            _ => into.push(c),
        }
    }
    false
}

fn test(piece: &Piece, me: &OperatorName) -> Result<Test, BadTerm> {
    let value = piece.value.clone();
    let Some(key) = piece.key.as_deref() else {
        return Ok(match value.to_ascii_lowercase().as_str() {
            _ if piece.quoted => Test::Text(value.into()),
            "mine" => Test::Assignee(Some(me.clone())),
            "late" => Test::Late,
            "claimed" => Test::Claimed,
            "escalated" | "升级" => Test::Escalated,
            "unassigned" => Test::Assignee(None),
            "window" => Test::Window,
            _ => Test::Text(value.into()),
        });
    };
    if !KEYS.contains(&key) {
        return Err(BadTerm::UnknownKey(key.to_owned()));
    }
    if value.is_empty() && !piece.quoted {
        return Err(BadTerm::NoValue(key.to_owned()));
    }
    Ok(match key {
        "platform" => Test::Platform(value),
        "channel" => Test::Channel(value),
        "state" => Test::State(state_named(&value).ok_or(BadTerm::UnknownState(value))?),
        "assignee" => match value.as_str() {
            "none" if !piece.quoted => Test::Assignee(None),
            "me" if !piece.quoted => Test::Assignee(Some(me.clone())),
            _ => Test::Assignee(Some(OperatorName(value))),
        },
        "label" => Test::Label(value),
        "tag" => Test::Tag(value),
        "author" => Test::Author(value),
        "intent" => Test::Intent(Intent::named(&value).ok_or(BadTerm::UnknownIntent(value))?),
        "severity" => {
            Test::Severity(Severity::named(&value).ok_or(BadTerm::UnknownSeverity(value))?)
        }
        "topic" => Test::Topic(value),
        "likes" => {
            let number = words::fold(&value).parse();
            Test::Likes(number.map_err(|_| BadTerm::NotANumber(value))?)
        }
        "older" => Test::Older(length(key, value)?),
        "due" => Test::Due(length(key, value)?),
        "has" => {
            let word = words::fold(&value);
            let found = Has::ALL.into_iter().find(|(name, _)| *name == word);
            Test::Has(found.map(|(_, has)| has).ok_or(BadTerm::UnknownHas(value))?)
        }
        _ => Test::Text(value.into()),
    })
}

/// `2h`, `30m`, `1d`: nothing shorter than a second.
fn length(key: &str, value: String) -> Result<Span, BadTerm> {
    let span = Span::parse(&words::fold(&value)).filter(|span| span.0 >= 0);
    span.ok_or_else(|| BadTerm::NotALength(key.to_owned(), value))
}

/// A state by its name, in English or as the Chinese interface calls it.
pub fn state_named(name: &str) -> Option<StateKind> {
    Some(match name.to_ascii_lowercase().as_str() {
        "open" | "待处理" => StateKind::Open,
        "pending" | "等待" => StateKind::Pending,
        "on-hold" | "onhold" | "hold" | "挂起" => StateKind::OnHold,
        "snoozed" | "稍后" => StateKind::Snoozed,
        "resolved" | "已解决" => StateKind::Resolved,
        _ => return None,
    })
}

impl StateKind {
    /// Its name in filters and in `--json` output.
    pub fn name(self) -> &'static str {
        match self {
            StateKind::Open => "open",
            StateKind::Pending => "pending",
            StateKind::OnHold => "on-hold",
            StateKind::Snoozed => "snoozed",
            StateKind::Resolved => "resolved",
        }
    }
}

/// As one could type it: reading it again gives the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, term) in self.terms.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            let not = if term.not { "-" } else { "" };
            write!(f, "{space}{not}{}", term.test)?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::Platform(v) => write!(f, "platform:{}", quoted(v)),
            Test::Channel(v) => write!(f, "channel:{}", quoted(v)),
            Test::State(state) => write!(f, "state:{}", state.name()),
            Test::Assignee(None) => f.write_str("assignee:none"),
            Test::Assignee(Some(who)) => write!(f, "assignee:{}", quoted(&who.0)),
            Test::Label(v) => write!(f, "label:{}", quoted(v)),
            Test::Tag(v) => write!(f, "tag:{}", quoted(v)),
            Test::Author(v) => write!(f, "author:{}", quoted(v)),
            Test::Intent(intent) => write!(f, "intent:{}", intent.name()),
            Test::Severity(severity) => write!(f, "severity:{}", severity.name()),
            Test::Topic(v) => write!(f, "topic:{}", quoted(v)),
            Test::Likes(n) => write!(f, "likes:{n}"),
            Test::Late => f.write_str("late"),
            Test::Claimed => f.write_str("claimed"),
            Test::Escalated => f.write_str("escalated"),
            Test::Window => f.write_str("window"),
            Test::Older(span) => write!(f, "older:{}", span),
            Test::Due(span) => write!(f, "due:{}", span),
            Test::Has(what) => {
                let name = Has::ALL.iter().find(|(_, has)| has == what).map_or("", |(n, _)| n);
                write!(f, "has:{name}")
            }
            Test::Text(v) => f.write_str(&quoted(v.typed())),
        }
    }
}

/// A value as it is typed: in quotation marks when it could be read as something else without them.
pub fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && value
            .chars()
            .all(|c| !c.is_whitespace() && !"-\":\u{201c}\u{201d}\u{ff1a}\u{ff0d}\\".contains(c))
        && !WORDS.iter().chain(&["none", "me"]).any(|w| value.eq_ignore_ascii_case(w));
    if plain {
        return value.to_owned();
    }
    let mut out = String::from('"');
    for c in value.chars() {
        if matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
