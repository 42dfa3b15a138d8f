//! Names of things: conversations, messages, operators, sessions, undo groups.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A conversation's number on this desk. Given out in order of first arrival, never reused;
/// operators type it (`dutydesk claim 1042`).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ConversationId(pub u64);

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for ConversationId {
    type Err = std::num::ParseIntError;
    /// Reads the number, with or without a leading `#`.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.trim_start_matches('#').parse().map(ConversationId)
    }
}

/// One message: its conversation and its place in arrival order there (0 = first to arrive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The conversation that holds it.
    pub conversation: ConversationId,
    /// Arrival order within the conversation.
    pub seq: u32,
}

/// Who acts: an account name the kernel vouches for, or a declared one on a private desk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperatorName(pub String);

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A cockpit's session with the daemon; survives a dropped link for a short grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub u64);

/// Journal entries that one key press made; one undo takes the whole group back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub u64);
