//! What comes in from a channel. Platform, file, demo feed and replay all speak these.

use super::slot::SlotState;
use super::{Attachment, Author, ChannelId, PastPost, Queue, Time};
use serde::{Deserialize, Serialize};

/// One thing that happened on a channel. Idempotent on (channel, platform id).
///
/// As NDJSON each is one object with an `event` field, e.g.
/// `{"event":"message","channel":"weibo","kind":"comments","id":"42","at":"...","text":"..."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A comment, mention or DM appeared; or a reply of ours was seen there.
    Message(MessageEvent),
    /// Its author changed the text.
    Edited {
        /// Where.
        channel: ChannelId,
        /// Which message.
        id: String,
        /// The new text.
        text: String,
        /// When.
        at: Time,
    },
    /// It was deleted or hidden on the platform.
    Deleted {
        /// Where.
        channel: ChannelId,
        /// Which message.
        id: String,
        /// When.
        at: Time,
    },
    /// Its likes changed.
    Likes {
        /// Where.
        channel: ChannelId,
        /// Which message.
        id: String,
        /// The new count.
        likes: u32,
    },
    /// Figures of the account, as the platform counts them now.
    Metrics {
        /// Where.
        channel: ChannelId,
        /// When they were read.
        at: Time,
        /// By name, e.g. `followers`.
        values: std::collections::BTreeMap<String, i64>,
    },
    /// A publishing slot was planned, or changed its state.
    Slot(SlotEvent),
    /// A post that is out, with its figures as they are now; seen again, they are taken anew.
    Published(Box<PastPost>),
}

impl Event {
    /// The channel it happened on.
    pub fn channel(&self) -> &ChannelId {
        match self {
            Event::Message(m) => &m.channel,
            Event::Slot(s) => &s.channel,
            Event::Published(p) => &p.channel,
            Event::Edited { channel, .. }
            | Event::Deleted { channel, .. }
            | Event::Likes { channel, .. }
            | Event::Metrics { channel, .. } => channel,
        }
    }
}

/// A message as a channel reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEvent {
    /// The channel.
    pub channel: ChannelId,
    /// Its platform, e.g. `douyin`.
    pub platform: String,
    /// Public comment or direct message.
    pub queue: Queue,
    /// The platform's id of this message; unique on the channel.
    pub id: String,
    /// The root comment or the peer, when the channel knows it; else found by `in_reply_to`,
    /// else the message is a root itself.
    pub thread: Option<String>,
    /// The message it answers.
    pub in_reply_to: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// True when the brand's own account wrote it.
    pub ours: bool,
    /// Verbatim text.
    pub text: String,
    /// When it was written.
    pub at: Time,
    /// Likes.
    pub likes: u32,
    /// The page that shows it.
    pub permalink: Option<String>,
    /// Pictures, voice, files.
    pub attachments: Vec<Attachment>,
}

/// A slot as a channel or scheduler reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotEvent {
    /// The channel.
    pub channel: ChannelId,
    /// The scheduler's id of the post; unique on the channel.
    pub id: String,
    /// When it is to go out.
    pub at: Time,
    /// What it is about.
    pub title: String,
    /// How far it is.
    pub state: SlotState,
}
