//! The order of a queue: what is most urgent comes first.

use super::{ConversationId, State, Time};
use serde::{Deserialize, Serialize};

/// The two queues of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Queue {
    /// Public comments and mentions.
    Comments,
    /// Direct messages.
    Messages,
}

impl Queue {
    /// Both, in the order of the screen.
    pub const ALL: [Queue; 2] = [Queue::Comments, Queue::Messages];
}

/// Where a conversation stands: queue and state, then due minute (none last), heavier first,
/// older first, id. Comparing two keys compares urgency; the store keeps the same order in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderKey {
    /// The queue.
    pub queue: Queue,
    /// Open, pending, on hold or snoozed; resolved ones are in no order.
    pub state: StateKind,
    /// Start of the minute of the earliest deadline; `Time(i64::MAX)` when there is none.
    pub due_minute: Time,
    /// 255 - weight, so that heavier sorts first.
    pub lightness: u8,
    /// When the oldest unanswered message was received (else the last activity).
    pub received: Time,
    /// The conversation.
    pub id: ConversationId,
}

/// A state without its details, for keys, counters and filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateKind {
    /// Waits for us.
    Open,
    /// Waits for the customer.
    Pending,
    /// Waits for someone else; set aside by an operator.
    OnHold,
    /// Comes back by itself.
    Snoozed,
    /// Done.
    Resolved,
}

impl StateKind {
    /// All five, in the order of work.
    pub const ALL: [StateKind; 5] = [
        StateKind::Open,
        StateKind::Pending,
        StateKind::OnHold,
        StateKind::Snoozed,
        StateKind::Resolved,
    ];
}

impl From<&State> for StateKind {
    fn from(s: &State) -> StateKind {
        match s {
            State::Open => StateKind::Open,
            State::Pending => StateKind::Pending,
            State::OnHold => StateKind::OnHold,
            State::Snoozed { .. } => StateKind::Snoozed,
            State::Resolved => StateKind::Resolved,
        }
    }
}
