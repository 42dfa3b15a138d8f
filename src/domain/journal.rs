//! The journal: who did what, when, and what it was before. Audit log, undo stack and handover.
//!
//! It refers to texts by id and never holds them, so that erasing a text erases it everywhere.

use super::alert::act::{AlertChange, AlertVerb};
use super::archive::Month;
use super::classify::learned::Said;
use super::library::{LibraryChange, LibraryVerb};
use super::post::{PostChange, PostVerb};
use super::slot::SlotState;
use super::{
    Claim, ConversationId, Escalation, GroupId, MessageRef, Name, OperatorName, OutKind, PostId,
    State, Time, VariantRef,
};
use serde::{Deserialize, Serialize};

/// One change of one field, with both sides, so that it can be taken back - or refused, when
/// somebody has changed the field since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Where it stands.
    State {
        /// Before.
        from: State,
        /// After.
        to: State,
    },
    /// Whose job it is.
    Assignee {
        /// Before.
        from: Option<OperatorName>,
        /// After.
        to: Option<OperatorName>,
    },
    /// Who works on it.
    Claim {
        /// Before.
        from: Option<Claim>,
        /// After.
        to: Option<Claim>,
    },
    /// A label came (`added`) or went.
    Label {
        /// The label.
        label: String,
        /// True = it came.
        added: bool,
    },
    /// A lead is to look at it, or need not any more.
    Escalated {
        /// Before.
        from: Option<Escalation>,
        /// After.
        to: Option<Escalation>,
    },
    /// A question came into the topic pool (`added`) or went out of it.
    Topic {
        /// The topic's number.
        topic: u64,
        /// The question.
        seq: u32,
        /// True = it came.
        added: bool,
    },
    /// A reply or note was written, or (`added` false) taken back.
    Message {
        /// Which.
        seq: u32,
        /// True = it came.
        added: bool,
    },
    /// The platform is asked for something about a message, or (`on` false) to take it back.
    Asked {
        /// Which message.
        seq: u32,
        /// What for.
        what: OutKind,
        /// False takes it back.
        on: bool,
    },
    /// Somebody said what a message is.
    Class {
        /// Which message.
        seq: u32,
        /// What was said before; `None` = the desk had judged itself.
        from: Option<Said>,
        /// What was said.
        to: Option<Said>,
    },
    /// Somebody told what became of a reply: it is on the platform (`sent`), or it is to be sent
    /// again.
    Settled {
        /// Which reply.
        seq: u32,
        /// True = it is on the platform.
        sent: bool,
    },
}

/// What one action did to one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationChange {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its changes, in order.
    pub changes: Vec<Change>,
}

/// One entry; written in the same batch as the change it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: What,
}

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A person; `declared` when the desk took their word for it.
    Operator {
        /// The name.
        name: OperatorName,
        /// True on a private desk with `identity = declared`.
        declared: bool,
    },
    /// A channel brought it.
    Channel(super::ChannelId),
    /// The desk's own clock (snoozes, idle claims).
    Clock,
}

/// What became of something on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Became {
    /// The platform did it.
    Done,
    /// The platform will not do it.
    Failed,
    /// Only a person can tell.
    Unconfirmed,
    /// It is held until an operator has looked at it again.
    Held,
}

/// Something about the desk itself; names no customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeskNews {
    /// The erasure of a person was asked for.
    ErasureAsked {
        /// Its number.
        number: u64,
    },
    /// An erasure is done.
    ErasureDone {
        /// Its number.
        number: u64,
    },
    /// Somebody came whom the desk had never seen.
    NewOperator {
        /// Who.
        operator: OperatorName,
        /// From where, as their client says; unverified.
        host: String,
    },
    /// Somebody came from a host that the desk had never seen them on.
    NewHost {
        /// Who.
        operator: OperatorName,
        /// From where, as their client says; unverified.
        host: String,
    },
}

/// What was done with the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveVerb {
    /// Conversations went into it.
    Archived,
    /// They came back.
    BroughtBack,
    /// Months of it were deleted, by what the desk keeps for how long.
    Deleted,
}

impl ArchiveVerb {
    /// As the journal tells it.
    pub fn name(self) -> &'static str {
        match self {
            ArchiveVerb::Archived => "archived",
            ArchiveVerb::BroughtBack => "brought-back",
            ArchiveVerb::Deleted => "deleted-from-archive",
        }
    }
}

/// What an entry tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// An operator's action.
    Action {
        /// The command.
        name: Name,
        /// Entries of one key press share it.
        group: GroupId,
        /// The group it takes back, for undo and redo.
        undoes: Option<GroupId>,
        /// What it did; bounded by the store's batch size, so a bulk action has several entries.
        on: Vec<ConversationChange>,
    },
    /// Events came in: how many messages, and the first and last of them.
    Received {
        /// New messages.
        messages: u32,
        /// The first one.
        first: Option<MessageRef>,
        /// The last one.
        last: Option<MessageRef>,
    },
    /// What became of something that was on its way out.
    Outgoing {
        /// The message it is about.
        message: MessageRef,
        /// What was asked for.
        what: OutKind,
        /// False for a request that takes something back.
        on: bool,
        /// What became of it.
        became: Became,
    },
    /// A reply went out although the lint stops it, for a reason.
    Overridden {
        /// The action's group.
        group: GroupId,
        /// Where.
        on: Vec<ConversationId>,
        /// The rules, e.g. `superlative:最佳`; words of the lists, never of the text.
        rules: Vec<String>,
        /// The reason the operator gave.
        because: String,
    },
    /// An operator's action on the asset library or the pool's own topics.
    Library {
        /// What was done.
        verb: LibraryVerb,
        /// Entries of one key press share it.
        group: GroupId,
        /// The group it takes back, for undo and redo.
        undoes: Option<GroupId>,
        /// What changed; `None` = nothing could be taken back.
        change: Option<LibraryChange>,
    },
    /// An operator's action on alerts.
    Alert {
        /// What was done.
        verb: AlertVerb,
        /// Entries of one key press share it.
        group: GroupId,
        /// The group it takes back, for undo and redo.
        undoes: Option<GroupId>,
        /// What changed; none = nothing could be taken back.
        on: Vec<AlertChange>,
    },
    /// An operator's action on a post.
    Post {
        /// What was done.
        verb: PostVerb,
        /// Entries of one key press share it.
        group: GroupId,
        /// The group it takes back, for undo and redo.
        undoes: Option<GroupId>,
        /// Which post.
        post: PostId,
        /// What changed of it.
        change: PostChange,
        /// The lint's rules that stop it, for one that was handed in all the same.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rules: Vec<String>,
        /// The reason that was given for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
    /// A post went on by itself: its hold window began, it went out, its platform answered.
    PostWent {
        /// Which.
        at: VariantRef,
        /// How far it was.
        from: SlotState,
        /// How far it is.
        to: SlotState,
        /// What there is to say; may be empty.
        why: String,
        /// True when the platform has deleted it.
        #[serde(default)]
        deleted: bool,
    },
    /// Something about the desk itself.
    Desk(DeskNews),
    /// Something was done with the archive.
    Archive {
        /// What.
        verb: ArchiveVerb,
        /// To how many conversations.
        conversations: u64,
        /// In which months.
        months: Vec<Month>,
    },
    /// The clock did something to conversations (a snooze ended, a claim fell idle).
    Elapsed {
        /// What it did.
        on: Vec<ConversationChange>,
    },
}
