//! What a text may not say, or not without a proof: found while it is typed, and once more before it
//! leaves the desk.
//!
//! Words are found in a folded form of the text ([`fold`]) by one automaton; each is then judged by
//! what stands around it, for most superlatives are none: 最近, 第一次, "our best regards". Time is linear
//! in the text: the windows looked at are bounded, and so are the findings.

mod around;
mod chinese;
mod claims;
mod english;
mod fold;
mod kind;
mod offers;
mod personal;
mod policy;
mod terms;

pub use kind::{Kind, Level};
pub use policy::{Local, Place, Policy, Scope, Spelling, Word};

use super::ConversationId;
use crate::text::catalogue::lint as say;
use crate::text::{Lang, Shown, next_boundary, previous_boundary};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use around::Around;
use fold::Folded;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::LazyLock;
use terms::{Group, Test};

/// The most findings in one text; who has so many reads the first ones.
pub const MOST_FINDINGS: usize = 200;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where, in bytes of the text, between grapheme clusters.
    pub at: Range<usize>,
    /// Which rule: the kind, and for a word of a list the word (`superlative:最佳`).
    pub rule: String,
    /// What it is.
    pub kind: Kind,
    /// How strictly it is taken.
    pub level: Level,
    /// Why, in the desk's own words; empty = what the kind says.
    #[serde(default)]
    pub own_reason: String,
    /// What may stand in its place; `None` = nothing of its length can.
    pub instead: Option<String>,
}

impl Finding {
    /// Why it is found fault with.
    pub fn reason(&self, lang: Lang) -> Shown {
        if self.own_reason.is_empty() {
            self.kind.reason().say(lang)
        } else {
            Shown::line(&self.own_reason)
        }
    }

    /// What to do about it.
    pub fn advice(&self, lang: Lang) -> Shown {
        match &self.instead {
            Some(text) => say::INSTEAD.fill(lang, &[("text", &Shown::line(text))]),
            None => self.kind.advice().say(lang),
        }
    }
}

/// A reply that a finding keeps on the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// The conversation.
    pub id: ConversationId,
    /// What it says there, or the beginning of it.
    pub said: String,
    /// The first of what stops it.
    pub finding: Finding,
    /// How many more stop it.
    pub more: usize,
    /// Whether it may go out for a reason.
    pub overridable: bool,
    /// Whether a macro wrote it, which cannot give a reason.
    #[serde(default)]
    pub by_macro: bool,
}

impl Stopped {
    /// The sentence: what, why, and what to do.
    pub fn say(&self, lang: Lang) -> Shown {
        let more = match self.more {
            0 => Shown::default(),
            n => say::AND_MORE.fill(lang, &[("n", &n)]),
        };
        let way = match (self.overridable, self.by_macro) {
            (true, _) => say::OR_BECAUSE,
            (false, true) => say::MEND_MACRO,
            (false, false) => say::NO_OVERRIDE,
        };
        let values: [(&str, &dyn std::fmt::Display); 6] = [
            ("id", &self.id),
            ("said", &Shown::line(&self.said)),
            ("more", &more),
            ("reason", &self.finding.reason(lang)),
            ("advice", &self.finding.advice(lang)),
            ("way", &way.say(lang)),
        ];
        say::STOPPED.fill(lang, &values)
    }
}

/// The worst of some findings.
pub fn worst(findings: &[Finding]) -> Option<Level> {
    findings.iter().map(|finding| finding.level).max()
}

/// A word with all ways it is judged: 100% is one in two languages.
struct Known {
    word: &'static str,
    tests: Vec<(Test, &'static str)>,
}

/// The lists of the program and their automaton.
struct BuiltIn {
    words: AhoCorasick,
    known: Vec<Known>,
}

static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| {
    let mut known: Vec<Known> = Vec::new();
    let groups: [&[Group]; 4] = [chinese::GROUPS, claims::GROUPS, offers::GROUPS, english::GROUPS];
    for group in groups.into_iter().flatten() {
        for (word, instead) in group.each() {
            match known.iter_mut().find(|k| k.word == word) {
                Some(k) => k.tests.push((group.test, instead)),
                None => known.push(Known { word, tests: vec![(group.test, instead)] }),
            }
        }
    }
    for k in known.iter_mut().filter(|k| k.word.starts_with('最') && k.word != "最") {
        k.tests.push((offers::offered, ""));
    }
    let words = automaton(known.iter().map(|k| k.word)).expect("the lists are small");
    BuiltIn { words, known }
});

/// The longest word counts where several begin.
fn automaton<'a>(words: impl Iterator<Item = &'a str>) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(words)
        .ok()
}

/// What a word of the desk's own means.
#[derive(Clone, Copy, Debug)]
enum Own {
    /// Always right.
    Pass,
    /// [`Policy::words`] at this place.
    Word(usize),
    /// [`Policy::spellings`] at this place; `wrong` is in its list.
    Spelling { at: usize, wrong: bool },
}

/// The lint of a desk, ready to read texts.
#[derive(Clone, Debug, Default)]
pub struct Linter {
    policy: Policy,
    own: Option<AhoCorasick>,
    means: Vec<Own>,
}

impl Linter {
    /// A lint with these settings.
    pub fn new(policy: Policy) -> Linter {
        let mut words: Vec<(String, Own)> = Vec::new();
        let mut add = |text: &str, own| {
            let word = Folded::of(text.trim()).text;
            if !word.is_empty() {
                words.push((word, own));
            }
        };
        policy.pass.iter().for_each(|text| add(text, Own::Pass));
        for (at, word) in policy.words.iter().enumerate() {
            add(&word.text, Own::Word(at));
        }
        for (at, spelling) in policy.spellings.iter().enumerate() {
            add(&spelling.right, Own::Spelling { at, wrong: false });
            spelling.wrong.iter().for_each(|w| add(w, Own::Spelling { at, wrong: true }));
        }
        let own = (!words.is_empty())
            .then(|| automaton(words.iter().map(|(word, _)| word.as_str())))
            .flatten();
        Linter { policy, own, means: words.into_iter().map(|(_, own)| own).collect() }
    }

    /// Its settings.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is found in a text that is to appear in a place, in order; they do not overlap.
    pub fn lint(&self, text: &str, place: &Place<'_>) -> Vec<Finding> {
        let folded = Folded::of(text);
        let mut found = Vec::new();
        let mut passed: Vec<Range<usize>> = Vec::new();
        self.own_words(text, &folded, place, &mut found, &mut passed);
        for personal in personal::find(text) {
            let Personal { at, kind, instead } = personal;
            self.add(&mut found, text, at, kind, "", instead, place);
        }
        for at in personal::addresses(&folded.text) {
            let at = back(text, &folded, at);
            self.add(&mut found, text, at, Kind::Address, "", None, place);
        }
        for m in BUILT_IN.words.find_iter(&folded.text) {
            if found.len() >= MOST_FINDINGS {
                break;
            }
            let a = Around { text: &folded.text, start: m.start(), end: m.end() };
            let known = &BUILT_IN.known[m.pattern().as_usize()];
            let judged = known.tests.iter().find_map(|(test, instead)| {
                let kind = test(&a)?;
                Some((kind, *instead))
            });
            let Some((kind, instead)) = judged else { continue };
            let at = back(text, &folded, m.range());
            if passed.iter().any(|p| p.start < at.end && at.start < p.end) {
                continue;
            }
            let instead = (!instead.is_empty()).then(|| instead.to_owned());
            self.add(&mut found, text, at, kind, known.word, instead, place);
        }
        apart(found)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of a finding, put together in one place"
    )]
    fn add(
        &self,
        found: &mut Vec<Finding>,
        text: &str,
        at: Range<usize>,
        kind: Kind,
        word: &str,
        instead: Option<String>,
        place: &Place<'_>,
    ) {
        if let Some(level) = self.policy.level(kind, place) {
            let rule = rule(kind, word);
            let at = snap(text, at);
            found.push(Finding { at, rule, kind, level, own_reason: String::new(), instead });
        }
    }

    /// Words of the desk's own lists; those that always pass go to `passed`.
    fn own_words(
        &self,
        text: &str,
        folded: &Folded,
        place: &Place<'_>,
        found: &mut Vec<Finding>,
        passed: &mut Vec<Range<usize>>,
    ) {
        let Some(words) = &self.own else { return };
        for m in words.find_iter(&folded.text) {
            if found.len() + passed.len() >= MOST_FINDINGS {
                break;
            }
            let a = Around { text: &folded.text, start: m.start(), end: m.end() };
            if !stands(&a) {
                continue;
            }
            let at = back(text, folded, m.range());
            let (kind, level, word, own_reason, instead) = match self.means[m.pattern().as_usize()]
            {
                Own::Pass => {
                    passed.push(at);
                    continue;
                }
                Own::Word(n) => {
                    let word = &self.policy.words[n];
                    if !word.scope.holds(place) {
                        continue;
                    }
                    let reason = word.reason.clone();
                    (word.kind, word.level, word.text.as_str(), reason, word.instead.clone())
                }
                Own::Spelling { at: n, wrong } => {
                    let right = &self.policy.spellings[n].right;
                    if !wrong && text[at.clone()] == **right {
                        continue;
                    }
                    (Kind::Spelling, None, right.as_str(), String::new(), Some(right.clone()))
                }
            };
            // A kind that is off stays off; a level of the word's own stands above the kind's.
            let Some(usual) = self.policy.level(kind, place) else { continue };
            let (level, at) = (level.unwrap_or(usual), snap(text, at));
            found.push(Finding { at, rule: rule(kind, word), kind, level, own_reason, instead });
        }
    }
}

use personal::Personal;

fn rule(kind: Kind, word: &str) -> String {
    match word {
        "" => kind.name().to_owned(),
        word => format!("{}:{word}", kind.name()),
    }
}

/// A word of letters stands alone; Chinese ones are found anywhere.
fn stands(a: &Around<'_>) -> bool {
    let letter = |c: char| c.is_alphanumeric() && !fold::is_han(c);
    let first = a.word().chars().next().is_some_and(letter);
    let last = a.word().chars().next_back().is_some_and(letter);
    let joined = first && a.previous().is_some_and(letter);
    !(joined || last && a.next().is_some_and(letter))
}

/// A range of the folded text in the original one.
fn back(text: &str, folded: &Folded, at: Range<usize>) -> Range<usize> {
    let start = folded.original(at.start);
    let last = folded.text[at.start..at.end].char_indices().next_back().map_or(0, |(i, _)| i);
    let last = folded.original(at.start + last);
    let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
    start..end
}

/// The same, widened to the grapheme clusters it lies in.
fn snap(text: &str, at: Range<usize>) -> Range<usize> {
    let inside = |at: usize| {
        let before = previous_boundary(text, at);
        let next = next_boundary(text, before);
        (before, next)
    };
    let start = match at.start {
        0 => 0,
        start => match inside(start) {
            (before, next) if next > start => before,
            _ => start,
        },
    };
    let end = match inside(at.end) {
        (_, next) if next > at.end => next,
        _ => at.end,
    };
    start..end
}

/// In order, and without those that lie over a worse or a longer one.
fn apart(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|f| (f.at.start, std::cmp::Reverse(f.at.end)));
    let mut kept: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        match kept.last_mut() {
            Some(last) if finding.at.start < last.at.end => {
                if finding.level > last.level {
                    *last = finding;
                }
            }
            _ => kept.push(finding),
        }
    }
    kept
}

#[cfg(test)]
mod tests;
