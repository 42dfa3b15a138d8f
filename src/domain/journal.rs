//! The journal: who did what, when, and what it was before. Audit log, undo stack and handover.
//!
//! It refers to texts by id and never holds them, so that erasing a text erases it everywhere.

use super::{Claim, ConversationId, GroupId, MessageRef, Name, OperatorName, State, Time};
use serde::{Deserialize, Serialize};

/// One change of one field, with both sides, so that it can be taken back - or refused, when
/// somebody has changed the field since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Where it stands.
    State {
        /// Before.
        from: State,
        /// After.
        to: State,
    },
    /// Whose job it is.
    Assignee {
        /// Before.
        from: Option<OperatorName>,
        /// After.
        to: Option<OperatorName>,
    },
    /// Who works on it.
    Claim {
        /// Before.
        from: Option<Claim>,
        /// After.
        to: Option<Claim>,
    },
    /// A label came (`added`) or went.
    Label {
        /// The label.
        label: String,
        /// True = it came.
        added: bool,
    },
    /// A reply or note was written, or (`added` false) taken back.
    Message {
        /// Which.
        seq: u32,
        /// True = it came.
        added: bool,
    },
}

/// What one action did to one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationChange {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its changes, in order.
    pub changes: Vec<Change>,
}

/// One entry; written in the same batch as the change it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: What,
}

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A person; `declared` when the desk took their word for it.
    Operator {
        /// The name.
        name: OperatorName,
        /// True on a private desk with `identity = declared`.
        declared: bool,
    },
    /// A channel brought it.
    Channel(super::ChannelId),
    /// The desk's own clock (snoozes, idle claims).
    Clock,
}

/// What an entry tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// An operator's action.
    Action {
        /// The command.
        name: Name,
        /// Entries of one key press share it.
        group: GroupId,
        /// The group it takes back, for undo and redo.
        undoes: Option<GroupId>,
        /// What it did; bounded by the store's batch size, so a bulk action has several entries.
        on: Vec<ConversationChange>,
    },
    /// Events came in: how many messages, and the first and last of them.
    Received {
        /// New messages.
        messages: u32,
        /// The first one.
        first: Option<MessageRef>,
        /// The last one.
        last: Option<MessageRef>,
    },
    /// The clock did something to conversations (a snooze ended, a claim fell idle).
    Elapsed {
        /// What it did.
        on: Vec<ConversationChange>,
    },
}
