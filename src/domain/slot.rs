//! A publishing slot: a planned time on a channel, and how far its post is.

use super::{ChannelId, Time};
use serde::{Deserialize, Serialize};

/// How far a slot's post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotState {
    /// A planned time without a post.
    Empty,
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InReview,
    /// Ready to be scheduled.
    Approved,
    /// Has its time.
    Scheduled,
    /// In its hold window: can still be recalled.
    Holding,
    /// On its way.
    Publishing,
    /// Out, and the platform says so.
    Published,
    /// Sent, but the platform has not said so.
    Unconfirmed,
    /// The platform refused it.
    Failed,
    /// Taken back before it went out.
    Recalled,
    /// Its time passed without it.
    Missed,
}

/// One slot of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The channel.
    pub channel: ChannelId,
    /// The scheduler's id of the post; unique on the channel.
    pub id: String,
    /// When it is to go out.
    pub at: Time,
    /// What it is about, verbatim.
    pub title: String,
    /// How far it is.
    pub state: SlotState,
}
