//! What clients ask of the archive, and are told.

use super::search::Finds;
use crate::domain::archive::{Month, MonthRow, Step};
use crate::domain::{Conversation, ConversationId, Time};
use serde::{Deserialize, Serialize};

/// Something about the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArchiveAsk {
    /// Archive the next part of what nothing has happened in since a moment.
    Run {
        /// The moment.
        before: Time,
        /// Go on after this one; `None` = from the first.
        after: Option<ConversationId>,
        /// Only count.
        dry: bool,
    },
    /// Its months.
    Months,
    /// What is in it, by number; at most so many.
    List {
        /// Of this month alone.
        month: Option<Month>,
        /// Go on after this one.
        after: Option<ConversationId>,
        /// At most this many (the daemon caps it at 200).
        limit: u32,
    },
    /// Put these back on the desk.
    BringBack(Vec<ConversationId>),
    /// Look for words in a part of it.
    Search {
        /// A filter as typed, whose text terms are looked for in every message.
        query: String,
        /// Go on after this one; `None` = from the first.
        after: Option<ConversationId>,
    },
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ArchiveAnswer {
    /// To [`ArchiveAsk::Run`].
    Ran(Step),
    /// To [`ArchiveAsk::Months`], the oldest first.
    Months(Vec<MonthRow>),
    /// To [`ArchiveAsk::List`], and where to go on.
    Listed(Vec<ArchivedRow>, Option<ConversationId>),
    /// To [`ArchiveAsk::BringBack`]: how many were archived.
    BroughtBack(u64),
    /// To [`ArchiveAsk::Search`], and where to go on.
    Found(Box<Finds>, Option<ConversationId>),
}

/// An archived conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedRow {
    /// Where it is filed.
    pub month: Month,
    /// When something happened in it last.
    pub last: Time,
    /// The record.
    pub conversation: Conversation,
}
