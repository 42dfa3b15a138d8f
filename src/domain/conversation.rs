//! A conversation: the thread an inbound comment or DM belongs to, and where it stands.

use super::order::StateKind;
use super::policy::Timer;
use super::{Author, ChannelId, ConversationId, OperatorName, OrderKey, Queue, SessionId, Time};
use serde::{Deserialize, Serialize};

/// Where a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Waits for us.
    Open,
    /// We answered; waits for the customer.
    Pending,
    /// Set aside by an operator until somebody else has done their part.
    OnHold,
    /// Out of sight until then; new inbound brings it back at once.
    Snoozed {
        /// When it reopens.
        until: Time,
    },
    /// Done; new inbound that is not mere thanks reopens it.
    Resolved,
}

/// Who works on it now: bound to a live session, so that it ends when the session does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The operator.
    pub operator: OperatorName,
    /// The session that holds it.
    pub session: SessionId,
    /// Since when.
    pub since: Time,
}

/// The oldest unanswered inbound message: what a row in a queue speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its place in the conversation.
    pub seq: u32,
    /// Who wrote it.
    pub author: Author,
    /// The beginning of its text, verbatim, at most [`Head::EXCERPT`] bytes.
    pub excerpt: String,
    /// When it was written.
    pub at: Time,
    /// Its likes.
    pub likes: u32,
}

impl Head {
    /// Bound of the excerpt in bytes; a row never shows more.
    pub const EXCERPT: usize = 480;
}

/// When the first customer message came and when the first visible reply of ours followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstResponse {
    /// The first inbound message's time.
    pub asked: Time,
    /// The first visible reply's time.
    pub answered: Time,
    /// Whether it was within the target that applied; `None` without a target.
    pub met: Option<bool>,
}

/// A conversation's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its number.
    pub id: ConversationId,
    /// The queue it belongs to.
    pub queue: Queue,
    /// The channel it is on.
    pub channel: ChannelId,
    /// The channel's platform, kept here so that filters need no second look.
    pub platform: String,
    /// The platform's id of the root comment, or of the peer.
    pub root: String,
    /// Where it stands.
    pub state: State,
    /// Whose job it is, lasting; `None` = anybody's.
    #[serde(default)]
    pub assignee: Option<OperatorName>,
    /// Who works on it at this moment.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// Labels, sorted, no doubles.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The oldest unanswered inbound message; `None` when all are answered.
    #[serde(default)]
    pub head: Option<Head>,
    /// How many messages it holds, notes and withdrawn ones included; the next `seq`.
    pub messages: u32,
    /// When the first inbound message was written.
    #[serde(default)]
    pub first_inbound: Option<Time>,
    /// When the last inbound message was written.
    #[serde(default)]
    pub last_inbound: Option<Time>,
    /// When our last standing reply was written.
    #[serde(default)]
    pub last_reply: Option<Time>,
    /// The clock that runs, if one does.
    #[serde(default)]
    pub timer: Option<Timer>,
    /// The first response, once given.
    #[serde(default)]
    pub first_response: Option<FirstResponse>,
    /// Weight of the policy that applies, 0-255; heavier goes first among equals.
    #[serde(default)]
    pub weight: u8,
    /// What the policy calls it, e.g. `severe`, `purchase`; empty when it says nothing.
    #[serde(default)]
    pub tag: String,
    /// When the platform's reply window closes.
    #[serde(default)]
    pub window_closes: Option<Time>,
    /// Set when it was resolved.
    #[serde(default)]
    pub resolved_at: Option<Time>,
}

impl Conversation {
    /// Where it stands in its queue; `None` when resolved.
    pub fn order_key(&self) -> Option<OrderKey> {
        let state = StateKind::from(&self.state);
        if state == StateKind::Resolved {
            return None;
        }
        Some(OrderKey {
            queue: self.queue,
            state,
            due_minute: self.urgent_by().map_or(Time(i64::MAX), Time::floor_minute),
            lightness: 255 - self.weight,
            received: self.received(),
            id: self.id,
        })
    }

    /// The earlier of the running deadline and the closing of the platform's window, while a
    /// customer waits.
    pub fn urgent_by(&self) -> Option<Time> {
        self.head.as_ref()?;
        let due = self.timer.as_ref().map(|t| t.due);
        match (due, self.window_closes) {
            (Some(d), Some(w)) => Some(d.min(w)),
            (d, w) => d.or(w),
        }
    }

    /// When the oldest unanswered message was written; else the last sign of life.
    pub fn received(&self) -> Time {
        match &self.head {
            Some(h) => h.at,
            None => self.last_inbound.max(self.last_reply).unwrap_or_default(),
        }
    }
}
