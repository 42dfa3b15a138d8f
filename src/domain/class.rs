//! What a customer's message is: what they want, how bad it is, what it is about - and why the
//! desk thinks so.

use super::Time;
use crate::text::catalogue::classes as say;
use crate::text::{Lang, Shown};
use serde::{Deserialize, Serialize};

/// What the writer wants.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// To know something.
    Question,
    /// To have something put right, or to say that it went wrong.
    Complaint,
    /// To buy, or to work with the brand.
    Purchase,
    /// To say that it is good.
    Praise,
    /// Nothing of the brand's: advertising, fraud, begging for follows.
    Spam,
    /// Anything else: chat, jokes, other people.
    #[default]
    Other,
}

/// How bad it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is wrong.
    #[default]
    None,
    /// Somebody is unhappy.
    Mild,
    /// Law, harm, deceit, authorities or the press: it must be seen at once.
    Severe,
}

/// Who decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A rule of the desk's word lists.
    Rule,
    /// The learned model.
    #[default]
    Model,
    /// An operator said so.
    Operator,
}

/// What kind of reason it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A word of a rule.
    Word,
    /// Something in the text that weighed much with the model.
    Weighed,
    /// A word that counts for nothing, or for its opposite, because it is denied.
    Denied,
    /// A sign or picture that shows how it is meant.
    Emoticon,
    /// Praise beside something that went wrong.
    Irony,
    /// An operator corrected it, or the same text before.
    Corrected,
}

/// One reason, as short as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What kind.
    pub why: Why,
    /// The word it is about, or who corrected it; verbatim from a customer, so unsafe to print.
    pub word: String,
}

/// What a message is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// What the writer wants.
    pub intent: Intent,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: names of the desk's keyword sets, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// How sure that is, in percent.
    pub sure: u8,
    /// Who decided.
    pub source: Source,
    /// Why, the weightiest first; at most [`Class::REASONS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// A later unanswered message that is worse than the oldest one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worse {
    /// Its place in the conversation.
    pub seq: u32,
    /// What it is.
    pub class: Class,
    /// When it was written: what is owed for it counts from then.
    #[serde(default)]
    pub at: Time,
}

impl Intent {
    /// All of them, in the order of menus and reports.
    pub const ALL: [Intent; 6] = [
        Intent::Question,
        Intent::Complaint,
        Intent::Purchase,
        Intent::Praise,
        Intent::Spam,
        Intent::Other,
    ];

    /// Its name in filters, files and `--json` output.
    pub fn name(self) -> &'static str {
        match self {
            Intent::Question => "question",
            Intent::Complaint => "complaint",
            Intent::Purchase => "purchase",
            Intent::Praise => "praise",
            Intent::Spam => "spam",
            Intent::Other => "other",
        }
    }

    /// By its name, in English or as the Chinese interface calls it.
    pub fn named(name: &str) -> Option<Intent> {
        Some(match name.to_ascii_lowercase().as_str() {
            "question" | "咨询" => Intent::Question,
            "complaint" | "投诉" => Intent::Complaint,
            "purchase" | "cooperation" | "购买" | "合作" => Intent::Purchase,
            "praise" | "好评" => Intent::Praise,
            "spam" | "垃圾" => Intent::Spam,
            "other" | "其他" => Intent::Other,
            _ => return None,
        })
    }
}

impl Severity {
    /// All of them, mildest first.
    pub const ALL: [Severity; 3] = [Severity::None, Severity::Mild, Severity::Severe];

    /// Its name in filters, files and `--json` output.
    pub fn name(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Mild => "mild",
            Severity::Severe => "severe",
        }
    }

    /// By its name, in English or as the Chinese interface calls it.
    pub fn named(name: &str) -> Option<Severity> {
        Some(match name.to_ascii_lowercase().as_str() {
            "none" | "无" => Severity::None,
            "mild" | "一般" => Severity::Mild,
            "severe" | "严重" => Severity::Severe,
            _ => return None,
        })
    }
}

impl Class {
    /// The most reasons kept.
    pub const REASONS: usize = 4;
    /// The most bytes of a reason's word.
    pub const WORD: usize = 32;
    /// Below this many percent a class is shown with "perhaps".
    pub const SURE: u8 = 60;

    /// What an operator says it is, about the topics it had.
    pub fn by_operator(intent: Intent, severity: Severity, by: &str, topics: Vec<String>) -> Class {
        Class {
            intent,
            severity,
            topics,
            sure: 100,
            source: Source::Operator,
            reasons: vec![Reason::new(Why::Corrected, by)],
        }
    }

    /// Whether it may well be something else.
    pub fn is_unsure(&self) -> bool {
        self.sure < Class::SURE
    }
}

impl Intent {
    /// What the interface calls it.
    pub fn say(self, lang: Lang) -> Shown {
        match self {
            Intent::Question => say::QUESTION,
            Intent::Complaint => say::COMPLAINT,
            Intent::Purchase => say::PURCHASE,
            Intent::Praise => say::PRAISE,
            Intent::Spam => say::SPAM,
            Intent::Other => say::OTHER,
        }
        .say(lang)
    }
}

impl Severity {
    /// What the interface calls it.
    pub fn say(self, lang: Lang) -> Shown {
        match self {
            Severity::None => say::NONE,
            Severity::Mild => say::MILD,
            Severity::Severe => say::SEVERE,
        }
        .say(lang)
    }
}

impl Class {
    /// What it is, how sure that is, and who says so: `complaint, severe (90%)`.
    pub fn say(&self, lang: Lang) -> Shown {
        let intent = self.intent.say(lang);
        let class = match self.severity {
            Severity::None => intent,
            severity => say::CLASS_SEVERE
                .fill(lang, &[("intent", &intent), ("severity", &severity.say(lang))]),
        };
        let by = self.reasons.iter().find(|r| r.why == Why::Corrected);
        match (self.source, by) {
            (Source::Operator, Some(by)) => {
                let by = Shown::line(&by.word);
                say::BY_OPERATOR.fill(lang, &[("class", &class), ("by", &by)])
            }
            _ => {
                let class = say::SURE.fill(lang, &[("class", &class), ("sure", &self.sure)]);
                if self.is_unsure() { say::PERHAPS.fill(lang, &[("class", &class)]) } else { class }
            }
        }
    }

    /// Why, and what it is about; empty when there is nothing to say.
    pub fn say_why(&self, lang: Lang) -> Shown {
        let comma = Shown::line(", ");
        let mut pieces = Vec::new();
        if !self.topics.is_empty() {
            let topics = Shown::line(&self.topics.join(", "));
            pieces.push(say::ABOUT.fill(lang, &[("topics", &topics)]));
        }
        let reasons: Vec<Shown> = match self.source {
            Source::Operator => Vec::new(),
            Source::Rule | Source::Model => self.reasons.iter().map(|r| r.say(lang)).collect(),
        };
        if !reasons.is_empty() {
            let reasons = Shown::join(reasons.iter(), &comma);
            pieces.push(say::BECAUSE.fill(lang, &[("reasons", &reasons)]));
        }
        Shown::join(pieces.iter(), &comma)
    }
}

impl Reason {
    /// One reason.
    pub fn say(&self, lang: Lang) -> Shown {
        let word = Shown::line(&self.word);
        match self.why {
            Why::Word => say::WHY_WORD,
            Why::Weighed => say::WHY_WEIGHED,
            Why::Denied => say::WHY_DENIED,
            Why::Emoticon => say::WHY_EMOTICON,
            Why::Irony => say::WHY_IRONY,
            Why::Corrected => say::WHY_CORRECTED,
        }
        .fill(lang, &[("word", &word)])
    }
}

impl Reason {
    /// A reason; the word is cut to its bound.
    pub fn new(why: Why, word: &str) -> Reason {
        Reason { why, word: super::words::beginning(word.trim(), Class::WORD).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for intent in Intent::ALL {
            assert_eq!(Intent::named(intent.name()), Some(intent));
        }
        for severity in Severity::ALL {
            assert_eq!(Severity::named(&severity.name().to_uppercase()), Some(severity));
        }
        assert_eq!(Intent::named("投诉"), Some(Intent::Complaint));
        assert_eq!((Intent::named("rant"), Severity::named("")), (None, None));
    }

    #[test]
    fn what_is_worse_compares_as_greater() {
        assert!(Severity::Severe > Severity::Mild && Severity::Mild > Severity::None);
    }
}
