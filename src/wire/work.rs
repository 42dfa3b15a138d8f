//! What clients are told of macros, the topic pool and feedback.

use crate::domain::classify::learned::Said;
use crate::domain::macros::Macro;
use crate::domain::pool::{Score, Topic};
use crate::domain::{ConversationId, Intent, MessageRef, PostId, Severity, Time};
use serde::{Deserialize, Serialize};

/// The desk's macros and feedback tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Macros {
    /// In the order of the file.
    pub macros: Vec<Macro>,
    /// What is wrong with the file; the macros are then those it had before.
    pub wrong: Option<String>,
    /// Feedback tags, in the order to offer them.
    pub tags: Vec<String>,
}

/// A topic of the pool with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicRow {
    /// The topic; its marks are left out.
    pub topic: Topic,
    /// The beginning of the first question's text; empty when that is gone.
    pub text: String,
    /// When that was written.
    pub written: Option<Time>,
    /// How much speaks for it.
    #[serde(default)]
    pub score: Score,
    /// The posts that came from it.
    #[serde(default)]
    pub posts: Vec<PostId>,
}

/// What an operator said a message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionRow {
    /// Which message.
    pub message: MessageRef,
    /// When.
    pub at: Time,
    /// What, and who.
    pub said: Said,
    /// What the desk itself took it for; `None` = that was not kept.
    pub was: Option<(Intent, Severity)>,
    /// Its text, as far as it is read; `None` = it is gone.
    pub text: Option<String>,
}

/// How often a feedback tag was put on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackRow {
    /// The tag.
    pub tag: String,
    /// In the time asked for.
    pub count: u64,
    /// In the same length of time before it.
    pub before: u64,
    /// The newest of them.
    pub examples: Vec<ConversationId>,
}
