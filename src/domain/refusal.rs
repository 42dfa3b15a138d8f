//! Why the desk did not do what it was asked, as values, so that each client says it in its
//! operator's language.

use super::filter::BadTerm;
use super::{ConversationId, OperatorName, Time};
use crate::text::catalogue::refusals as say;
use crate::text::{Lang, Shown};
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
    BadFilter(BadTerm),
    /// Only the account that owns the desk may do it (stop, restore).
    OwnerOnly,
    /// A restore needs an empty desk, and this one is not.
    NotEmpty,
    /// The desk cannot write now (disk full, folder read-only); the sentence says why.
    ReadOnly(String),
    /// The store failed; the sentence says where.
    Store(String),
}

impl Refusal {
    /// The sentence for the operator: what was not done and what to do next.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Refusal::NoSuchConversation(id) => say::NO_SUCH_CONVERSATION.fill(lang, &[("id", id)]),
            Refusal::Claimed { id, by, .. } => say::CLAIMED.fill(lang, &[("id", id), ("by", by)]),
            Refusal::NoLiveCockpit(who) => say::NO_LIVE_COCKPIT.fill(lang, &[("who", who)]),
            Refusal::Overtaken { id, new } => {
                say::OVERTAKEN.fill(lang, &[("id", id), ("new", new)])
            }
            Refusal::Unchanged(id) => say::UNCHANGED.fill(lang, &[("id", id)]),
            Refusal::EmptyText => say::EMPTY_TEXT.say(lang),
            Refusal::TooLong { bytes, limit } => {
                say::TOO_LONG.fill(lang, &[("bytes", bytes), ("limit", limit)])
            }
            Refusal::NotInFuture(_) => say::NOT_IN_FUTURE.say(lang),
            Refusal::NothingToUndo => say::NOTHING_TO_UNDO.say(lang),
            Refusal::NothingToRedo => say::NOTHING_TO_REDO.say(lang),
            Refusal::ChangedSince(id) => say::CHANGED_SINCE.fill(lang, &[("id", id)]),
            Refusal::AlreadySent(id) => say::ALREADY_SENT.fill(lang, &[("id", id)]),
            Refusal::TooMany { asked, limit } => {
                say::TOO_MANY.fill(lang, &[("asked", asked), ("limit", limit)])
            }
            Refusal::BadFilter(bad) => {
                let (msg, term) = match bad {
                    BadTerm::UnknownKey(term) => (say::UNKNOWN_KEY, term),
                    BadTerm::UnknownState(term) => (say::UNKNOWN_STATE, term),
                    BadTerm::NotANumber(term) => (say::NOT_A_NUMBER, term),
                    BadTerm::NoValue(term) => (say::NO_VALUE, term),
                    BadTerm::OpenQuote(term) => (say::OPEN_QUOTE, term),
                };
                msg.fill(lang, &[("term", term)])
            }
            Refusal::OwnerOnly => say::OWNER_ONLY.say(lang),
            Refusal::NotEmpty => say::NOT_EMPTY.say(lang),
            Refusal::ReadOnly(why) => say::READ_ONLY.fill(lang, &[("why", why)]),
            Refusal::BadLabel(label) => say::BAD_LABEL.fill(lang, &[("label", label)]),
            Refusal::TooManyLabels { id, limit } => {
                say::TOO_MANY_LABELS.fill(lang, &[("id", id), ("limit", limit)])
            }
            Refusal::Store(why) => say::STORE.fill(lang, &[("why", why)]),
        }
    }
}
