//! What a search finds.

use crate::domain::{Conversation, FoundAt, MessageKind, Time};
use serde::{Deserialize, Serialize};

/// A part of what a search finds, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finds {
    /// The finds; may be fewer than were asked for, even none, and still go on.
    pub hits: Vec<Hit>,
    /// Where to go on; `None` = that was all.
    pub next: Option<FoundAt>,
    /// How many conversations have the words.
    pub total: u64,
    /// How many of them were looked at for this part; those that fail another term are no finds.
    pub looked: u64,
    /// How much of the desk is in the index, in per cent; `None` = all of it.
    pub built: Option<u8>,
}

/// One conversation that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The conversation.
    pub conversation: Conversation,
    /// Where it stands.
    pub place: FoundAt,
    /// The newest message with one of the words; else the newest one.
    pub seq: u32,
    /// What kind of message that is.
    pub kind: MessageKind,
    /// Who wrote it, as the platform or the desk names them.
    pub author: String,
    /// When.
    pub at: Time,
    /// A part of its text round the first of the words, verbatim, at most [`Hit::EXCERPT`] bytes.
    pub excerpt: String,
    /// True when text was left out before the excerpt.
    pub cut: bool,
}

impl Hit {
    /// Bound of an excerpt in bytes.
    pub const EXCERPT: usize = 480;
}
