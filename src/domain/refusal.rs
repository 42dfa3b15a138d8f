//! Why the desk did not do what it was asked, as values, so that each client says it in its
//! operator's language.

use super::{ConversationId, OperatorName, Time};
use serde::{Deserialize, Serialize};

/// One reason, with what is needed to say what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// No conversation has this number.
    NoSuchConversation(ConversationId),
    /// Somebody else works on it (and since when).
    Claimed {
        /// The conversation.
        id: ConversationId,
        /// By whom.
        by: OperatorName,
        /// Since when.
        since: Time,
    },
    /// `claim` needs a live cockpit of the caller; use `assign`.
    NoLiveCockpit(OperatorName),
    /// Something arrived since the draft began: read it, then send again.
    Overtaken {
        /// The conversation.
        id: ConversationId,
        /// How many messages are new.
        new: u32,
    },
    /// It is already in that state.
    Unchanged(ConversationId),
    /// A reply or note without text.
    EmptyText,
    /// Longer than the desk keeps in one message.
    TooLong {
        /// Bytes it has.
        bytes: usize,
        /// Bytes it may have.
        limit: usize,
    },
    /// A label that is empty, longer than 64 bytes, or has a space in it.
    BadLabel(String),
    /// The conversation has as many labels as it may have.
    TooManyLabels {
        /// The conversation.
        id: ConversationId,
        /// How many it may have.
        limit: usize,
    },
    /// A snooze that ends in the past.
    NotInFuture(Time),
    /// Nothing of this operator's is left to undo.
    NothingToUndo,
    /// Nothing of this operator's is left to redo.
    NothingToRedo,
    /// It was changed by somebody since, so it cannot be taken back.
    ChangedSince(ConversationId),
    /// The reply has left the desk; taking it back is a request to the platform.
    AlreadySent(ConversationId),
    /// More conversations than one action may touch.
    TooMany {
        /// Asked for.
        asked: usize,
        /// Allowed.
        limit: usize,
    },
    /// The filter could not be read.
    BadFilter(super::filter::BadTerm),
    /// Only the account that owns the desk may do it (stop, restore).
    OwnerOnly,
    /// A restore needs an empty desk, and this one is not.
    NotEmpty,
    /// The desk cannot write now (disk full, folder read-only); the sentence says why.
    ReadOnly(String),
    /// The store failed; the sentence says where.
    Store(String),
}
