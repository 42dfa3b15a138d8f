//! One line of an export: a record with what its key says.

use super::super::archive::Archived;
use super::super::keys::{self, Parsed, Tally, TimerKind};
use super::super::migrate::SCHEMA;
use super::super::{StoreError, records};
use super::FORMAT;
use crate::domain::alert::Alert;
use crate::domain::erasure::Erasure;
use crate::domain::figure::{Grain, Page};
use crate::domain::flow::Flow;
use crate::domain::journal::Entry;
use crate::domain::kpi::{Bucket, Metric, Resolution};
use crate::domain::library::Asset;
use crate::domain::order::StateKind;
use crate::domain::pool::Topic;
use crate::domain::post::{Content, Post};
use crate::domain::service::{Cell, Served};
use crate::domain::slot::Slot;
use crate::domain::{
    Channel, ChannelId, Conversation, ConversationId, Draft, Message, MessageRef, OperatorName,
    OutPlace, Outgoing, PastPost, PostId, Queue, Time, VariantRef,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A line. Records that are not of `domain` are taken over as they are.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Line {
    /// The first one.
    DutydeskExport { format: u32, schema: u32 },
    /// One of the desk's own facts.
    Fact { name: String, value: Value },
    /// A channel that came with its first event.
    Channel(Channel),
    /// How far a channel got.
    Cursor { channel: ChannelId, cursor: String },
    /// What the desk keeps of an operator.
    Operator { operator: OperatorName, record: Value },
    /// A conversation that is archived, with its messages.
    Archived(Box<Archived>),
    /// A conversation.
    Conversation(Box<Conversation>),
    /// A message.
    Message {
        conversation: ConversationId,
        seq: u32,
        #[serde(flatten)]
        message: Box<Message>,
    },
    /// The conversation of a root that is no message of its own.
    Root { queue: Queue, channel: ChannelId, root: String, conversation: ConversationId },
    /// Something on its way out.
    Outgoing {
        #[serde(flatten)]
        place: OutPlace,
        row: Outgoing,
    },
    /// The newest figures of a channel's account.
    Account { channel: ChannelId, figures: Value },
    /// A page of a figure that a channel tells.
    Page { channel: ChannelId, name: String, grain: Grain, start: Time, samples: Page },
    /// What an operator said a message is.
    Correction { conversation: ConversationId, seq: u32, correction: Value },
    /// A topic of the pool.
    Topic(Topic),
    /// A post.
    Post(Box<Post>),
    /// What a version of a variant says; of the idea when the variant is 0.
    PostText {
        post: PostId,
        variant: u32,
        version: u32,
        #[serde(flatten)]
        content: Box<Content>,
    },
    /// A conversation got a feedback tag.
    Feedback { tag: String, conversation: ConversationId, at: Time },
    /// A draft.
    Draft {
        conversation: ConversationId,
        operator: OperatorName,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<u32>,
    },
    /// Something the clock has to do.
    Timer { at: Time, kind: TimerKind, conversation: ConversationId },
    /// A slot.
    Slot(Slot),
    /// An asset of the library.
    Asset(Asset),
    /// An alert.
    Alert(Box<Alert>),
    /// A post that is out.
    Published(PastPost),
    /// An erasure of a person.
    Erasure(Box<Erasure>),
    /// Something that was erased: its digest, and where its placeholder stands.
    Erased { digest: [u8; keys::DIGEST], placeholder: Option<MessageRef> },
    /// A journal entry.
    Journal {
        seq: u64,
        #[serde(flatten)]
        entry: Box<Entry>,
    },
    /// An operator's own action.
    OwnAction { operator: OperatorName, seq: u64, action: Value },
    /// A counter.
    Count {
        queue: Queue,
        state: StateKind,
        platform: String,
        assignee: Option<OperatorName>,
        count: u64,
    },
    /// A bucket of a figure; no channel = all of them.
    Figure {
        channel: Option<ChannelId>,
        metric: Metric,
        resolution: Resolution,
        start: Time,
        #[serde(flatten)]
        bucket: Bucket,
    },
    /// What came, and was handled, in an hour.
    Flow {
        hour: Time,
        #[serde(flatten)]
        flow: Flow,
    },
    /// An hour's service figures; no operator = outside of the desk.
    Service {
        hour: Time,
        channel: ChannelId,
        policy: String,
        operator: Option<OperatorName>,
        served: Served,
    },
    /// The last one: how many there are before it.
    End { lines: u64 },
}

/// Facts that are the store's own and not the desk's.
pub(super) const OWN_FACTS: [&str; 3] = ["schema", "migrating", "restoring"];

impl Line {
    /// The first line.
    pub(super) fn header() -> Line {
        Line::DutydeskExport { format: FORMAT, schema: SCHEMA }
    }

    /// The line of a record; `None` when it has none.
    ///
    /// # Errors
    /// When the record is not what its key says.
    pub(super) fn of(key: &[u8], value: &[u8]) -> Result<Option<Line>, StoreError> {
        let Some(parsed) = keys::parse(key) else {
            return Err(StoreError::record(key, "is of no kind that is known"));
        };
        Ok(Some(match parsed {
            Parsed::Meta(name) if OWN_FACTS.contains(&name.as_str()) => return Ok(None),
            Parsed::Meta(name) => Line::Fact { name, value: records::decode(key, value)? },
            Parsed::Channel(_) => Line::Channel(records::decode(key, value)?),
            Parsed::Cursor(channel) => {
                Line::Cursor { channel, cursor: records::decode(key, value)? }
            }
            Parsed::Operator(operator) => {
                Line::Operator { operator, record: records::decode(key, value)? }
            }
            Parsed::Conversation(_) => Line::Conversation(records::decode(key, value)?),
            Parsed::Message(MessageRef { conversation, seq }) => {
                Line::Message { conversation, seq, message: records::decode(key, value)? }
            }
            Parsed::Root(queue, channel, root) => {
                Line::Root { queue, channel, root, conversation: records::decode(key, value)? }
            }
            Parsed::Outgoing(place) => Line::Outgoing { place, row: records::decode(key, value)? },
            Parsed::AccountFigures(channel) => {
                Line::Account { channel, figures: records::decode(key, value)? }
            }
            Parsed::Post(_) => Line::Post(records::decode(key, value)?),
            Parsed::PostText(VariantRef { post, variant }, version) => {
                Line::PostText { post, variant, version, content: records::decode(key, value)? }
            }
            Parsed::Page(channel, name, grain, start) => {
                Line::Page { channel, name, grain, start, samples: records::decode(key, value)? }
            }
            Parsed::Topic(_) => Line::Topic(records::decode(key, value)?),
            Parsed::Feedback(tag, conversation) => {
                Line::Feedback { tag, conversation, at: records::decode(key, value)? }
            }
            Parsed::Draft(conversation, operator) => {
                let Draft { text, seen } = records::decode(key, value)?;
                Line::Draft { conversation, operator, text, seen }
            }
            Parsed::Correction(MessageRef { conversation, seq }) => {
                let correction = records::decode(key, value)?;
                Line::Correction { conversation, seq, correction }
            }
            Parsed::Timer(at, kind, conversation) => Line::Timer { at, kind, conversation },
            Parsed::Slot(..) => Line::Slot(records::decode(key, value)?),
            Parsed::Asset(_) => Line::Asset(records::decode(key, value)?),
            Parsed::Alert(_) => Line::Alert(records::decode(key, value)?),
            Parsed::PastPost(..) => Line::Published(records::decode(key, value)?),
            Parsed::Erasure(_) => Line::Erasure(records::decode(key, value)?),
            Parsed::Erased(digest) => {
                Line::Erased { digest, placeholder: records::decode(key, value)? }
            }
            Parsed::Journal(seq) => Line::Journal { seq, entry: records::decode(key, value)? },
            Parsed::OwnAction(operator, seq) => {
                Line::OwnAction { operator, seq, action: records::decode(key, value)? }
            }
            Parsed::Tally(Tally { queue, state, platform, assignee }) => {
                let count = records::decode(key, value)?;
                Line::Count { queue, state, platform, assignee, count }
            }
            Parsed::Bucket(channel, metric, resolution, start) => {
                let bucket = records::decode(key, value)?;
                Line::Figure { channel, metric, resolution, start, bucket }
            }
            Parsed::Flow(hour) => Line::Flow { hour, flow: records::decode(key, value)? },
            Parsed::Cell(Cell { hour, channel, policy, operator }) => {
                let served = records::decode(key, value)?;
                Line::Service { hour, channel, policy, operator, served }
            }
            // Copies are of this desk, not of one that is made from an export of it.
            Parsed::Copy(..) => return Ok(None),
            // Taken from the archive as it stands there, or made again from that.
            Parsed::Stub(_) | Parsed::Volume(_) | Parsed::Blank(..) => return Ok(None),
            // Made again from conversations, messages, slots and posts.
            Parsed::Order(_)
            | Parsed::Known(..)
            | Parsed::Claim(..)
            | Parsed::SlotTime(..)
            | Parsed::PostOut(..)
            | Parsed::PastPostTime(..)
            | Parsed::Person(..) => {
                return Ok(None);
            }
        }))
    }

    /// The line as text, without its end.
    ///
    /// # Errors
    /// Never for a line made by [`Line::of`].
    pub(super) fn write(&self) -> Result<String, StoreError> {
        serde_json::to_string(self)
            .map_err(|e| StoreError::new(format!("a line of the export cannot be written: {e}")))
    }
}
