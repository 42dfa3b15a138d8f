//! The erasure of a person on request: what is asked, how far it is, and the certificate that is left.
//!
//! The record holds the person's names only while it is under way. What is left of it names nobody:
//! the digest is keyed, so only who has the id already can ask whether it was erased here.

use super::{Author, ChannelId, Conversation, Message, MessageKind, OperatorName};
use super::{State, Time, history};
use crate::text::catalogue::privacy as say;
use crate::text::{Lang, Shown};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes of a request's reference.
pub const MOST_REFERENCE: usize = 200;
/// The most names of one person that are looked for.
const MOST_NAMES: usize = 16;
/// The most copies that are remembered, and the most files that are named.
pub const MOST_COPIES: usize = 1_000;
/// See [`MOST_COPIES`].
pub const MOST_FILES: usize = 40;
/// What stands in the place of a person's name in words that stay.
pub const MARK: &str = "[erased]";
/// How the stand-in of a platform id that was erased begins; its digest follows.
pub const ALIAS: &str = "erased:";

/// An erasure: asked for, under way, or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its number on this desk.
    pub number: u64,
    /// When it was asked for.
    pub asked: Time,
    /// Who asked.
    pub by: OperatorName,
    /// True when the desk took their word for who they are.
    pub declared: bool,
    /// The request's own reference, as the admin gave it; names nobody.
    pub reference: String,
    /// The channel.
    pub channel: ChannelId,
    /// A keyed digest of the person's id on that channel.
    pub person: String,
    /// What it is working on; `None` = it is done, and nothing of the person is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub going: Option<Going>,
    /// When the last record was gone.
    #[serde(default)]
    pub done: Option<Time>,
    /// When the database had been written anew after that: nothing is in its files any more.
    #[serde(default)]
    pub compacted: Option<Time>,
    /// What was removed, by kind.
    #[serde(default)]
    pub removed: BTreeMap<Gone, u64>,
    /// What stays, by kind.
    #[serde(default)]
    pub stays: BTreeMap<Stays, u64>,
    /// Files of the desk's folder, written by people or connectors, that still name the person.
    #[serde(default)]
    pub files: Vec<String>,
}

/// The personal part of an erasure, while it is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Going {
    /// By what the person is known.
    pub known_as: String,
    /// The names they were seen under.
    pub names: BTreeSet<String>,
    /// How far it is.
    #[serde(default)]
    pub stage: Stage,
    /// The first key that has not been looked at.
    #[serde(default)]
    pub from: Vec<u8>,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Their conversations are emptied.
    #[default]
    Conversations,
    /// Everything else in the database is looked through.
    Records,
    /// The desk's files are looked through.
    Files,
}

/// What was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gone {
    /// Conversations that were theirs alone: emptied as a whole.
    Conversations,
    /// Messages of theirs.
    Messages,
    /// Answers to them.
    Replies,
    /// Notes in conversations that were theirs alone.
    Notes,
    /// Places in operators' words that named them.
    Mentions,
    /// Drafts of answers to them.
    Drafts,
    /// What was on its way out to or about them.
    Outgoing,
    /// Labels.
    Labels,
    /// Corrections of what their messages are, and what was learned from them.
    Corrections,
    /// Questions of theirs in the topic pool.
    Questions,
    /// Words in the journal.
    Journal,
    /// Entries of indexes: platform ids, roots, who wrote where.
    Pointers,
    /// Files of connectors.
    Files,
}

/// What stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stays {
    /// Emptied conversations: a number, a channel, times.
    Shells,
    /// Placeholders in threads of several people.
    Placeholders,
    /// Digests of platform ids, by which what was erased is known when it is brought again.
    Digests,
    /// Messages of other people that name them.
    OtherPeople,
    /// Posts, slots and assets of ours that name them.
    Posts,
    /// Cursors of channels that hold their id.
    Cursors,
}

impl Gone {
    /// All of them, in the order of the certificate.
    pub const ALL: [Gone; 13] = [
        Gone::Conversations,
        Gone::Messages,
        Gone::Replies,
        Gone::Notes,
        Gone::Mentions,
        Gone::Drafts,
        Gone::Outgoing,
        Gone::Labels,
        Gone::Corrections,
        Gone::Questions,
        Gone::Journal,
        Gone::Pointers,
        Gone::Files,
    ];
}

impl Stays {
    /// All of them, in the order of the certificate.
    pub const ALL: [Stays; 6] = [
        Stays::Shells,
        Stays::Placeholders,
        Stays::Digests,
        Stays::OtherPeople,
        Stays::Posts,
        Stays::Cursors,
    ];
}

impl Erasure {
    /// Counts something that was removed.
    pub fn gone(&mut self, what: Gone, n: u64) {
        if n > 0 {
            *self.removed.entry(what).or_default() += n;
        }
    }

    /// Counts something that stays.
    pub fn stays(&mut self, what: Stays, n: u64) {
        if n > 0 {
            *self.stays.entry(what).or_default() += n;
        }
    }

    /// What a client is told of it: nothing of the person, whether it is done or not.
    #[must_use]
    pub fn told(mut self) -> Erasure {
        self.going = None;
        self
    }
}

/// Why nobody was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// Nobody of that id or name wrote on the channel.
    NoSuchPerson(ChannelId),
    /// They are being erased already.
    UnderWay,
    /// The reference is longer than this many bytes.
    LongReference(usize),
    /// The reference names them, and would stay.
    NamesThem,
}

impl Refused {
    /// The sentence.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Refused::NoSuchPerson(channel) => say::NO_PERSON.fill(lang, &[("channel", channel)]),
            Refused::UnderWay => say::UNDER_WAY.say(lang),
            Refused::LongReference(most) => say::LONG_REFERENCE.fill(lang, &[("most", most)]),
            Refused::NamesThem => say::NAMES_THEM.say(lang),
        }
    }
}

/// A copy of the desk that its daemon knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// What it is.
    pub kind: CopyKind,
    /// Of when: what was erased before that is not in it.
    pub at: Time,
    /// Where it was written, as the client said; `-` = to somebody's standard output.
    pub path: String,
    /// Who made it.
    pub by: OperatorName,
}

/// What a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyKind {
    /// Made by `dutydesk backup`.
    Backup,
    /// Made by `dutydesk export`.
    Export,
    /// What this desk was made of.
    Source,
}

/// Whether this author is the person.
pub fn is_by(author: &Author, known_as: &str) -> bool {
    history::known_as(author) == Some(known_as)
}

/// Whether what was typed names this author: their id, their name, or a handle in it (`@amy`).
pub fn is_named(author: &Author, typed: &str) -> bool {
    let bare = |s: &str| s.trim().trim_start_matches('@').to_lowercase();
    let wanted = bare(typed);
    let ends = |c: char| matches!(c, '(' | ')' | '@' | ',' | '<' | '>');
    !wanted.is_empty()
        && (author.id == typed.trim()
            || bare(&author.name) == wanted
            || author.name.split_whitespace().any(|word| {
                word.trim_start_matches('(').starts_with('@')
                    && word.trim_matches(ends).to_lowercase() == wanted
            }))
}

impl Going {
    /// The beginning.
    pub fn of(known_as: String) -> Going {
        Going { known_as, ..Going::default() }
    }

    /// Keeps a name they are seen under, and the same without the handle in it: `Amy (@amy_42)` is Amy
    /// as well.
    pub fn note(&mut self, author: &Author) {
        let is_handle = |word: &&str| word.trim_start_matches('(').starts_with('@');
        let words = author.name.split_whitespace().filter(|word| !is_handle(word));
        let bare = words.collect::<Vec<_>>().join(" ");
        for name in [author.name.trim().to_owned(), bare] {
            if !name.is_empty() && self.names.len() < MOST_NAMES {
                self.names.insert(name);
            }
        }
    }

    /// The words that stand for them wherever they are: ids, handles, and names that are hardly
    /// anything else.
    pub fn anywhere(&self) -> Vec<String> {
        let id = [self.known_as.clone()].into_iter();
        let names = self.names.iter().filter(|name| is_distinct(name)).cloned();
        needles(id.chain(names).chain(self.handles()))
    }

    /// The words that stand for them where they wrote: every name as well.
    pub fn here(&self) -> Vec<String> {
        let id = [self.known_as.clone()].into_iter();
        needles(id.chain(self.names.iter().cloned()).chain(self.handles()))
    }

    fn handles(&self) -> impl Iterator<Item = String> {
        let words = self.names.iter().flat_map(|name| name.split_whitespace());
        let ends = |c: char| matches!(c, '(' | ')' | ',' | '<' | '>');
        let handles = words.map(move |w| w.trim_matches(ends)).filter(|w| w.starts_with('@'));
        // Without its sign, too, where it is hardly anything else.
        handles.flat_map(|handle| {
            let bare = handle.trim_start_matches('@');
            let bare = is_distinct(bare).then(|| bare.to_owned());
            [Some(handle.to_owned()), bare].into_iter().flatten()
        })
    }
}

/// Whether a name is hardly anything else: of several words, with a digit or a sign, or of two
/// letters and more that are not of the Latin alphabet. `Will` is not.
fn is_distinct(name: &str) -> bool {
    let foreign = name.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    foreign >= 2 || name.chars().any(|c| !c.is_alphabetic())
}

/// Those that can be looked for, the longest first: one within another is found as the longer.
fn needles(all: impl Iterator<Item = String>) -> Vec<String> {
    let long_enough = |s: &String| match s.is_ascii() {
        true => s.len() >= 3,
        false => s.chars().count() >= 2,
    };
    let set: BTreeSet<String> = all.filter(long_enough).collect();
    let mut all: Vec<String> = set.into_iter().collect();
    all.sort_by_key(|s| std::cmp::Reverse(s.len()));
    all
}

/// Takes the words that stand for somebody out of a text; how often that was, `None` = never.
pub fn scrub(text: &str, needles: &[String]) -> Option<(String, u64)> {
    let mut out = String::new();
    let (mut rest, mut found, mut last) = (text, 0, None);
    while !rest.is_empty() {
        let here = needles.iter().find(|n| rest.starts_with(n.as_str()) && stands(rest, n, last));
        let (len, c) = match here {
            Some(needle) => (needle.len(), None),
            None => {
                let c = rest.chars().next();
                (c.map_or(rest.len(), char::len_utf8), c)
            }
        };
        match here {
            Some(_) => {
                out.push_str(MARK);
                found += 1;
            }
            None => out.push_str(&rest[..len]),
        }
        last = c.or_else(|| rest[..len].chars().last());
        rest = &rest[len..];
    }
    (found > 0).then_some((out, found))
}

/// Whether a needle at the beginning of `rest` stands for itself and is no part of a longer word.
fn stands(rest: &str, needle: &str, before: Option<char>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (first, last) = (needle.chars().next(), needle.chars().last());
    let after = rest[needle.len()..].chars().next();
    let is_part = is_word(first) && is_word(before) || is_word(last) && is_word(after);
    !is_part
}

/// Scrubs a text in place.
pub fn scrub_in(text: &mut String, needles: &[String]) -> u64 {
    match scrub(text, needles) {
        Some((clean, n)) => {
            *text = clean;
            n
        }
        None => 0,
    }
}

impl Message {
    /// Takes everything of its author out; what stays is that there was a message, and when.
    pub fn erase(&mut self, now: Time) {
        let is_theirs = self.kind == MessageKind::Inbound;
        self.erased = Some(now);
        self.platform_id.clear();
        self.in_reply_to = None;
        self.author = Author::default();
        self.text.clear();
        self.permalink = None;
        self.attachments.clear();
        if let super::Delivery::Failed { why, .. } = &mut self.delivery {
            why.clear();
        }
        if let Some(class) = &mut self.class {
            // A reason is a word of the text.
            class.reasons.clear();
        }
        if is_theirs {
            // As if its author had taken it back: it waits for nobody.
            self.withdrawn.get_or_insert(now);
        }
    }
}

impl Conversation {
    /// What is left of a conversation of somebody who was erased; its messages are emptied already,
    /// and what follows from them is derived after this.
    pub fn empty(&mut self, now: Time) {
        self.erased = Some(now);
        self.root.clear();
        self.labels.clear();
        (self.assignee, self.claim, self.escalated) = (None, None, None);
        if self.state != State::Resolved {
            self.put_state(State::Resolved, now);
        }
    }
}

/// A person as they are found before they are erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// By what they are known on the channel.
    pub known_as: String,
    /// The names they were seen under.
    pub names: BTreeSet<String>,
    /// Conversations they wrote in.
    pub conversations: u64,
    /// Of these, those that are theirs alone.
    pub alone: u64,
    /// Messages of theirs.
    pub messages: u64,
    /// What we wrote in the conversations that are theirs alone.
    pub ours: u64,
    /// When they wrote last.
    pub last: Option<Time>,
}

/// Whether a conversation is a person's alone: no other customer wrote in it, and it is no place of
/// a post of ours.
pub fn is_alone<'a>(
    of: &Conversation,
    messages: impl Iterator<Item = &'a Message>,
    known_as: &str,
) -> bool {
    let mut messages = messages.filter(|m| m.erased.is_none());
    let is_peer = of.queue == super::Queue::Messages && of.root == known_as;
    messages.all(|m| match m.kind {
        MessageKind::Inbound => is_peer || is_by(&m.author, known_as),
        MessageKind::Post => false,
        MessageKind::Reply | MessageKind::Note => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn author(id: &str, name: &str) -> Author {
        Author { id: id.into(), name: name.into() }
    }

    #[rstest]
    #[case("u-1", "u-1", "Amy", true)]
    #[case("amy", "u-1", "Amy", true)]
    #[case("@amy_42", "u-1", "Amy (@amy_42)", true)]
    #[case("amy_42", "u-1", "Amy @amy_42", true)]
    #[case("Am", "u-1", "Amy", false)]
    #[case("", "", "", false)]
    #[case("U-1", "u-1", "", false)]
    fn a_person_is_named(
        #[case] typed: &str,
        #[case] id: &str,
        #[case] name: &str,
        #[case] is: bool,
    ) {
        assert_eq!(is_named(&author(id, name), typed), is);
    }

    #[rstest]
    #[case("call Will back", &["Will"], "call [erased] back", 1)]
    #[case("Willing", &["Will"], "Willing", 0)]
    #[case("和小鹿说过小鹿的事", &["小鹿"], "和[erased]说过[erased]的事", 2)]
    #[case("@amy_42, amy_42x", &["@amy_42", "amy_42"], "[erased], amy_42x", 1)]
    #[case("https://x.test/u-77?a", &["u-77"], "https://x.test/[erased]?a", 1)]
    #[case("", &["x"], "", 0)]
    fn words_are_taken_out(
        #[case] text: &str,
        #[case] needles: &[&str],
        #[case] clean: &str,
        #[case] n: u64,
    ) {
        let needles: Vec<String> = needles.iter().map(|n| (*n).to_owned()).collect();
        let mut said = text.to_owned();
        assert_eq!((scrub_in(&mut said, &needles), said.as_str()), (n, clean));
    }

    #[test]
    fn a_plain_name_is_looked_for_only_where_they_wrote() {
        let mut going = Going::of("u-9".into());
        for name in ["Will", "Anna Smith (@anna)", "小鹿", "B"] {
            going.note(&author("u-9", name));
        }
        assert_eq!(going.anywhere(), ["Anna Smith (@anna)", "Anna Smith", "小鹿", "@anna", "u-9"]);
        assert!(
            going.here().contains(&"Will".to_owned()) && !going.here().contains(&"B".to_owned())
        );
    }
}
