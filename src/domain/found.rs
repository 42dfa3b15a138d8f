//! Where a conversation stands among the finds of a search.

use super::{ConversationId, Time};
use serde::{Deserialize, Serialize};

/// By its newest message, then by number; the finds come the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FoundAt {
    /// When its newest message was written.
    pub at: Time,
    /// The conversation.
    pub id: ConversationId,
}
