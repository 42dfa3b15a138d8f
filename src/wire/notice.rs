//! What an operator is told of besides what they watch.

use super::figure::Raised;
use super::people::Came;
use super::post;
use crate::domain::journal::Became;
use crate::domain::outbox::Hold;
use crate::domain::policy::TargetName;
use crate::domain::{ConversationId, Name, OperatorName, OutKind};
use serde::{Deserialize, Serialize};

/// Something an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// Somebody made it their job.
    Assigned {
        /// What.
        id: ConversationId,
        /// By whom.
        by: OperatorName,
    },
    /// Somebody named them in a note.
    Mentioned {
        /// Where.
        id: ConversationId,
        /// By whom.
        by: OperatorName,
    },
    /// Somebody escalated it.
    Escalated {
        /// What.
        id: ConversationId,
        /// By whom.
        by: OperatorName,
    },
    /// A rule says that a lead is to know of what came in: how many, and one of them.
    ForLead {
        /// How many.
        count: u32,
        /// One of them.
        id: ConversationId,
    },
    /// A new message came while their composer was open on it.
    Overtaken {
        /// Where.
        id: ConversationId,
    },
    /// A row of their window left it by somebody's action.
    Gone {
        /// Which.
        id: ConversationId,
        /// What was done.
        name: Name,
        /// By whom.
        by: OperatorName,
    },
    /// Their claim was taken over, or fell idle (`by` none).
    ClaimLost {
        /// Which.
        id: ConversationId,
        /// By whom.
        by: Option<OperatorName>,
    },
    /// Something they asked for did not get through, or nobody knows whether it did.
    Unsent {
        /// Where.
        id: ConversationId,
        /// What they asked for.
        what: OutKind,
        /// What is known.
        became: Became,
        /// Why, as the channel said it.
        why: String,
    },
    /// Something about a post.
    Post(Box<post::PostNotice>),
    /// An answer of theirs is held: somebody has to look at it again.
    Held {
        /// Where.
        id: ConversationId,
        /// Why.
        why: Hold,
    },
    /// Alerts were raised.
    Alert(Box<Raised>),
    /// Somebody came whom the desk had never seen, or from where it had never seen them.
    Came(Box<Came>),
    /// Targets passed: of how many conversations, and one of them.
    Breached {
        /// How many.
        count: u32,
        /// One of them.
        id: ConversationId,
        /// Which target it was there.
        #[serde(default)]
        target: Option<TargetName>,
    },
}
