//! The desk's word lists, and how their words are found: whole words where a script has spaces,
//! anywhere where it has none; what is denied is known to be. Words alone, no expressions, so that
//! no list can make a text slow to read.

use super::super::class::{Intent, Severity};
use super::super::words::{fold, is_cjk, joins};
use super::features::DENYING;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One list of words.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What its words speak for.
    pub intent: Intent,
    /// How bad it is; `None` = as bad as the intent is.
    pub severity: Option<Severity>,
    /// Whether a word makes the text that severe alone, or only beside another sign that
    /// something is wrong.
    pub alone: bool,
    /// How much a word counts.
    pub weight: f32,
    /// Its words; `refund*` also finds longer ones.
    pub words: Vec<String>,
}

/// What a message may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name in filters and policies.
    pub name: String,
    /// Its words, as in a rule.
    pub words: Vec<String>,
}

/// What a picture or sign says of how it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Not the smile it looks like.
    Cold,
    /// Kind.
    Warm,
    /// Angry.
    Angry,
}

/// All lists, ready to be looked for; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    lists: Arc<Lists>,
}

#[derive(Debug, Default)]
struct Lists {
    rules: Vec<Rule>,
    topics: Vec<Topic>,
    /// By its first character: every word that begins so.
    words: HashMap<char, Vec<Word>>,
    fingerprint: u64,
}

#[derive(Debug)]
struct Word {
    text: String,
    open_end: bool,
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Rule(usize),
    Topic(usize),
    Sign(Sign),
}

/// A word that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    rule: usize,
    /// Where it stands in the folded text.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// It is denied: `not bad`, `没有差评`.
    pub denied: bool,
    /// How much it counts here: what follows a "but" counts more than what stands before it.
    pub counts: f32,
}

/// What was found in a text.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Words of rules, in order.
    pub hits: Vec<Hit>,
    /// Signs, each kind once.
    pub signs: Vec<(Sign, Range<usize>)>,
    /// Topics, each once, by their place.
    pub topics: Vec<usize>,
    /// Praise that is not meant: it stands beside something that went wrong.
    pub irony: bool,
}

/// The most words found in one text.
const MOST: usize = 64;

/// What may stand between a word that denies and what it denies.
const FILLING: &[&str] = &[
    "太", "很", "那么", "这么", "什么", "啥", "有", "任何", "是", "再", "会", "怎么", "给", "算",
    "觉得", "够", "特别", "非常", "多", "一点", "一个", "过", "出现", "发现", "得",
];
const DENYING_ZH: &[&str] = &["不", "没", "無", "无", "未", "别", "毫无", "并非", "谈不上"];
/// These end like a word that denies and are none.
const NO_DENIAL: &[&str] = &[
    "是不",
    "好不",
    "能不",
    "会不",
    "要不",
    "对不",
    "差不",
    "可不",
    "巴不",
    "动不",
    "有没",
    "特别",
    "区别",
    "千万别",
    "告别",
    "分别",
    "个别",
    "性别",
    "级别",
    "不得不",
    "无不",
];
/// After these a `不` denies nothing: 不仅好吃.
const NO_DENIAL_AFTER: &[&str] = &["不仅", "不但", "不愧", "不止", "不光", "不管", "不论", "无论"];
/// What turns a text round; what follows counts more.
const TURNS: &[&str] =
    &["但是", "但", "可是", "不过", "然而", "就是", " but ", " however", " although ", " except "];
/// Praise that is cheap: beside something that went wrong it is not meant.
const CHEAP: &[&str] = &[
    "great",
    "thanks",
    "thank you",
    "thx",
    "nice",
    "awesome",
    "wonderful",
    "fantastic",
    "brilliant",
    "amazing",
    "good job",
    "nice job",
    "great job",
    "well done",
    "way to go",
    "lovely",
    "perfect",
    "太好了",
    "真棒",
    "太棒了",
    "好棒",
    "棒棒",
    "真好",
    "厉害",
    "牛",
    "感谢",
    "谢谢",
    "多谢",
    "真行",
    "可以的",
    "优秀",
    "牛逼",
    "给力",
    "真不错",
    "很好",
    "好极了",
    "佩服",
];

impl Rules {
    /// Makes lists ready.
    pub fn new(rules: Vec<Rule>, topics: Vec<Topic>, signs: Vec<(Sign, Vec<String>)>) -> Rules {
        let said = format!("{rules:?}{topics:?}{signs:?}");
        let fingerprint = said.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut words: HashMap<char, Vec<Word>> = HashMap::new();
        let mut add = |word: &str, of: Of| {
            let folded = fold(word.trim());
            let (text, open_end) = match folded.strip_suffix('*') {
                Some(stem) => (stem.to_owned(), true),
                None => (folded, false),
            };
            if let Some(first) = text.chars().next() {
                words.entry(first).or_default().push(Word { text, open_end, of });
            }
        };
        for (at, rule) in rules.iter().enumerate() {
            rule.words.iter().for_each(|w| add(w, Of::Rule(at)));
        }
        for (at, topic) in topics.iter().enumerate() {
            topic.words.iter().for_each(|w| add(w, Of::Topic(at)));
        }
        for (sign, list) in &signs {
            list.iter().for_each(|w| add(w, Of::Sign(*sign)));
        }
        // The longest first: "not bad at all" before "not bad".
        for of_one in words.values_mut() {
            of_one.sort_by(|a, b| b.text.len().cmp(&a.text.len()).then(a.text.cmp(&b.text)));
        }
        Rules { lists: Arc::new(Lists { rules, topics, words, fingerprint }) }
    }

    /// A number that changes when the lists do.
    pub fn fingerprint(&self) -> u64 {
        self.lists.fingerprint
    }

    /// The rule of a hit.
    pub fn rule(&self, hit: &Hit) -> &Rule {
        &self.lists.rules[hit.rule]
    }

    /// The names of all topics, in order.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.lists.topics.iter().map(|t| t.name.as_str())
    }

    /// Looks for every word in a folded text.
    pub fn find(&self, folded: &str) -> Found {
        let mut found = Found::default();
        let turn = TURNS.iter().filter_map(|t| folded.rfind(t)).max();
        let mut before = None;
        // Up to where a rule's word was found: a shorter one within it is not another.
        let mut taken = 0;
        for (at, c) in folded.char_indices() {
            let starts = !(joins(c) && before.is_some_and(joins));
            before = Some(c);
            let Some(words) = self.lists.words.get(&c).filter(|_| starts) else { continue };
            for word in words {
                let end = at + word.text.len();
                if !folded[at..].starts_with(&word.text) || !ends(folded, word, end) {
                    continue;
                }
                match word.of {
                    Of::Rule(rule) if at >= taken && found.hits.len() < MOST => {
                        let counts = match turn {
                            Some(turn) if at > turn => 1.3,
                            Some(_) => 0.7,
                            None => 1.0,
                        };
                        let denied = is_denied(&folded[..at], &folded[at..end]);
                        found.hits.push(Hit { rule, start: at, end, denied, counts });
                        taken = end;
                    }
                    Of::Rule(_) => {}
                    Of::Topic(topic) if !found.topics.contains(&topic) => found.topics.push(topic),
                    Of::Topic(_) => {}
                    Of::Sign(sign) if found.signs.iter().all(|(s, _)| *s != sign) => {
                        found.signs.push((sign, at..end));
                    }
                    Of::Sign(_) => {}
                }
            }
        }
        found.topics.sort_unstable();
        found.irony = self.is_irony(folded, &found);
        found
    }

    /// Cheap praise beside something that went wrong, or beside a smile that is none.
    fn is_irony(&self, folded: &str, found: &Found) -> bool {
        let of = |hit: &&Hit, intent| !hit.denied && self.rule(hit).intent == intent;
        let mut praise = found.hits.iter().filter(|h| of(h, Intent::Praise)).peekable();
        let wrong = found.hits.iter().any(|h| of(&h, Intent::Complaint));
        let cold = found.signs.iter().any(|(sign, _)| *sign == Sign::Cold);
        (wrong || cold)
            && praise.peek().is_some()
            && praise.all(|h| CHEAP.contains(&h.word(folded)))
    }
}

impl Found {
    /// The names of the topics.
    pub fn topics(&self, rules: &Rules) -> Vec<String> {
        self.topics.iter().map(|at| rules.lists.topics[*at].name.clone()).collect()
    }
}

impl Hit {
    /// The word as it stands in the folded text.
    pub fn word<'t>(&self, folded: &'t str) -> &'t str {
        folded.get(self.start..self.end).unwrap_or_default()
    }
}

fn ends(folded: &str, word: &Word, end: usize) -> bool {
    let last = word.text.chars().next_back();
    let after = folded[end..].chars().next();
    word.open_end || !(last.is_some_and(joins) && after.is_some_and(joins))
}

/// Whether what stands before a word, within its clause, denies it.
fn is_denied(before: &str, word: &str) -> bool {
    let clause_start = before
        .rfind(|c: char| ",.!?;:~\n…。！？，、；：".contains(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let clause = &before[clause_start..];
    if word.chars().next().is_some_and(is_cjk) { denied_zh(clause) } else { denied_en(clause) }
}

fn denied_zh(clause: &str) -> bool {
    let mut rest = clause.trim_end();
    // Two fillings at most: 不是很.
    for _ in 0..3 {
        if NO_DENIAL.iter().chain(NO_DENIAL_AFTER).any(|n| rest.ends_with(n)) {
            return false;
        }
        if DENYING_ZH.iter().any(|n| rest.ends_with(n)) {
            return true;
        }
        match FILLING.iter().filter_map(|f| rest.strip_suffix(f)).min_by_key(|r| r.len()) {
            Some(shorter) => rest = shorter,
            None => return false,
        }
    }
    false
}

fn denied_en(clause: &str) -> bool {
    let mut words = clause.split_whitespace().rev().take(3);
    let mut after = "";
    words.any(|word| {
        let word = word.trim_matches(|c: char| !joins(c) && c != '\'');
        let denies = (DENYING.contains(&word)
            || matches!(word, "nobody" | "noone")
            || word.ends_with("n't"))
            && !matches!(after, "only" | "wonder" | "doubt" | "just" | "matter");
        after = word;
        denies
    })
}
