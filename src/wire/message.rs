//! Everything a client and the daemon say to each other.
//!
//! A client asks with [`ToDaemon::Ask`] and gets exactly one [`ToClient::Answer`] with the same
//! number. Besides that the daemon pushes the newest state of what the client watches; a push that
//! was not yet written is replaced by a newer one of its kind, so a slow client holds no memory.

pub use super::answer::{Answer, Done, Ingested, Status};
use super::archive::ArchiveAsk;
use super::channel::{self, ChannelAsk};
use super::erase::EraseAsk;
pub use super::figure::Kpis;
use super::figure::{ChannelBoard, Figure, LineOf, ReportOf, TopPosts};
pub use super::notice::Notice;
use super::people::OperatorAsk;
pub use super::people::Presence;
use super::{planning, post};
use crate::domain::archive::Month;
use crate::domain::figure::{Book, Grain};
use crate::domain::forecast::Outlook;
use crate::domain::history::{self, Whom};
use crate::domain::order::StateKind;
use crate::domain::service::{By, Period};
use crate::domain::slot::{Slot, SlotState};
use crate::domain::{
    ChannelId, Command, Conversation, ConversationId, Event, FoundAt, Message, MessageRef, Name,
    OperatorName, OrderKey, OutKind, Outgoing, PostId, Queue, SessionId, Sort, Time,
};
use serde::{Deserialize, Serialize};

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientKind {
    /// A live screen: can hold claims, is shown as present.
    Cockpit,
    /// A verb: asks and leaves.
    Verb,
    /// Brings events in (import, replay).
    Connector,
}

/// From a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToDaemon {
    /// Always the first frame.
    Hello {
        /// [`super::VERSION`] of the client.
        version: u32,
        /// What it is.
        kind: ClientKind,
        /// Who the operator says they are; only heard on a private desk with declared identity.
        declared: Option<OperatorName>,
        /// The session to go on with after a dropped link.
        resume: Option<SessionId>,
        /// Where it is used from, as it says itself: nobody checks it. Older daemons know no such thing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        host: String,
    },
    /// A question; answered once, with its number.
    Ask {
        /// The client's number for it.
        number: u64,
        /// The question.
        ask: Ask,
    },
    /// Opens a window on a queue, or replaces the one of that queue; `None` closes it. The rows
    /// come as [`Push::Window`], at once and after each change that shows in it.
    Window {
        /// Which queue's window.
        queue: Queue,
        /// What to show; `None` = nothing any more.
        window: Option<WindowSpec>,
    },
    /// The conversation this cockpit's operator looks at; comes as [`Push::Detail`], and tells
    /// the others that they look at it.
    Viewing {
        /// Which; `None` = none.
        id: Option<ConversationId>,
        /// True while the composer is open on it.
        replying: bool,
    },
    /// Whether this cockpit shows the channels screen: while it does, [`Push::Channels`] comes.
    WatchChannels(bool),
    /// Which days of the calendar this cockpit shows: while it does, [`Push::Calendar`] comes.
    WatchCalendar(Option<post::Days>),
    /// Whose figures this cockpit shows, which come as [`Push::Board`]; `None` = those of the first
    /// channel that has some, as long as nothing else is said.
    WatchBoard(Option<ChannelId>),
    /// The operator pressed a key (sent at most each 30 s); keeps claims from falling idle.
    Active,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Carry out a command.
    Do(Command),
    /// A conversation with its messages.
    Show(ConversationId),
    /// A page of a queue, in queue order.
    List {
        /// The queue; `None` = both, comments first.
        queue: Option<Queue>,
        /// A filter as typed; open ones only unless it names a state.
        filter: String,
        /// Go on after this one.
        after: Option<OrderKey>,
        /// At most this many rows (the daemon caps it at 500).
        limit: u32,
    },
    /// Events of one channel, with the cursor to keep in the same commit.
    Ingest {
        /// Where the channel got to; opaque.
        cursor: Option<(ChannelId, String)>,
        /// At most [`Ask::MOST_EVENTS`].
        events: Vec<Event>,
    },
    /// The cursor kept for a channel.
    Cursor(ChannelId),
    /// How every channel is.
    Channels,
    /// Something to do with channels; owner only.
    Channel(ChannelAsk),
    /// The desk's macros and feedback tags, as its files say now.
    Macros,
    /// A person's past.
    Past(Whom),
    /// The topic pool, the most asked first.
    Topics,
    /// What operators have corrected, by message; nothing more when fewer come than [`Ask::CORRECTIONS`].
    Corrections {
        /// Go on after this one.
        after: Option<MessageRef>,
    },
    /// What feedback tags were put on in a time and in the same length of time before it.
    Feedback {
        /// From when.
        from: Time,
        /// Up to when.
        to: Time,
    },
    /// The desk's canned responses.
    Responses,
    /// Answers that might be given in a conversation; nothing of them is sent or kept.
    Suggest(ConversationId),
    /// How a conversation's deadlines came about.
    Explain(ConversationId),
    /// What other policies would change on the desk; changes nothing.
    PreviewPolicies {
        /// What mistakes in it are told of.
        name: String,
        /// The policy file.
        text: String,
    },
    /// Read the desk's rules again: policies, lint, classification.
    ReloadPolicies,
    /// Search all conversations, whatever their state.
    Search {
        /// As typed: a filter, whose text terms are looked for in every message.
        query: String,
        /// Go on after this one; `None` = from the newest.
        after: Option<FoundAt>,
        /// At most this many (the daemon caps it at 200).
        limit: u32,
    },
    /// The views that the desk's owner has saved for everybody.
    Views,
    /// Service figures.
    Service {
        /// What the rows are about.
        by: By,
        /// For which period.
        period: Period,
        /// Whether answers given outside of the desk count, too.
        outside: bool,
    },
    /// The breach forecast.
    Forecast {
        /// For how many hours.
        hours: u8,
        /// With so many operators; `None` = those who are on.
        operators: Option<u32>,
    },
    /// The figures that channels tell.
    Figures,
    /// The samples of a figure from a moment up to another.
    Series {
        /// Which.
        figure: Figure,
        /// How fine.
        grain: Grain,
        /// From when.
        from: Time,
        /// Up to when.
        to: Time,
    },
    /// A figure or rate over a time, step by step.
    Line(LineOf),
    /// Alerts.
    Alerts {
        /// All of them, not only those that stand or are to be seen.
        all: bool,
    },
    /// What the desk says of figures.
    Book,
    /// How a channel's figures and rates stand.
    Board(ChannelId),
    /// The posts that did best.
    TopPosts(TopPosts),
    /// What a day, a week or a month came to.
    Report(ReportOf),
    /// Days of the calendar.
    Calendar(post::Days),
    /// A post with what its variants say.
    Post(PostId),
    /// Posts, the newest first, at most [`Ask::POSTS`].
    Posts {
        /// On this channel; `None` = on any.
        channel: Option<ChannelId>,
        /// With a variant in one of these states; none = in any.
        states: Vec<SlotState>,
        /// Go on with those before this one.
        before: Option<PostId>,
    },
    /// The asset library, by number.
    Assets,
    /// The channels that have posts that are out.
    Histories,
    /// When posts do best on a channel.
    Best {
        /// The channel.
        channel: ChannelId,
        /// The figure to compare by, e.g. `interactions`.
        metric: String,
        /// Whether to look how it holds on the later months, too.
        eval: bool,
    },
    /// What a draft may bring.
    Expected(planning::ExpectedOf),
    /// Something about the archive.
    Archive(ArchiveAsk),
    /// Who may use the desk, and as what.
    Operators,
    /// Something to do with operators.
    Operator(OperatorAsk),
    /// Something about erasures and copies of the desk.
    Erase(EraseAsk),
    /// How the daemon is.
    Status,
    /// End the daemon cleanly.
    Stop,
    /// The draft of this operator on a conversation: keep this text (`Some`) or forget it.
    Draft {
        /// Where.
        id: ConversationId,
        /// The text so far; `None` forgets it.
        text: Option<String>,
        /// How many messages the conversation had when it was begun.
        #[serde(default)]
        seen: Option<u32>,
    },
    /// Journal entries from this number on, oldest first (the daemon caps them at 200).
    Journal {
        /// The first number wanted.
        from: u64,
    },
    /// A page of the whole desk, as export lines.
    Export {
        /// Go on from here; opaque. `None` = from the start.
        after: Option<Vec<u8>>,
    },
    /// Export lines for an empty desk.
    Restore {
        /// NDJSON lines in the order of the export.
        lines: Vec<String>,
        /// True with the last lines: the desk then checks itself.
        last: bool,
    },
}

impl Ask {
    /// The most events in one [`Ask::Ingest`].
    pub const MOST_EVENTS: usize = 512;
    /// The corrections in one answer.
    pub const CORRECTIONS: usize = 200;
    /// The most posts in one answer.
    pub const POSTS: usize = 200;
    /// The most bytes of a policy file in an [`Ask::PreviewPolicies`].
    pub const MOST_POLICIES: usize = 512 << 10;
}

/// From the daemon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToClient {
    /// The answer to `Hello`.
    Welcome(Welcome),
    /// The daemon does not serve this client; the connection ends.
    Refused(Turned),
    /// The answer to the question of that number.
    Answer {
        /// The client's number.
        number: u64,
        /// The answer.
        answer: Box<Answer>,
    },
    /// News.
    Push(Box<Push>),
}

/// Why a client was turned away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turned {
    /// The daemon speaks this other version.
    Version(u32),
    /// The account may not use this desk.
    NotAllowed(String),
    /// The desk gives this operator no role.
    NoRole(OperatorName),
    /// The daemon is ending.
    Ending,
    /// Too many clients.
    Full,
}

/// Who and where the client is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The session; present it again after a dropped link.
    pub session: SessionId,
    /// Who the daemon takes the client for.
    pub operator: OperatorName,
    /// True when that is only what the client said.
    pub declared: bool,
    /// The desk's name on screen.
    pub desk: String,
    /// True on a demo desk.
    pub demo: bool,
    /// The desk's time zone, an IANA name; `None` = the client's own.
    pub zone: Option<String>,
    /// Every channel the desk knows.
    pub channels: Vec<crate::domain::Channel>,
    /// What texts may not say; the cockpit reads them while one types.
    #[serde(default)]
    pub lint: Box<crate::domain::lint::Policy>,
    /// What happened since this operator's last session ended.
    pub since: Option<SinceLeft>,
    /// Everybody who has worked on this desk, at most 500.
    #[serde(default)]
    pub operators: Vec<OperatorName>,
}

/// "Since I left": what others did and what came in meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinceLeft {
    /// When the operator's last session ended.
    pub left: Time,
    /// Messages that came in.
    pub arrived: u64,
    /// What others did: how often, by whom.
    pub actions: Vec<(OperatorName, Name, u64)>,
    /// Conversations assigned to this operator.
    pub assigned: Vec<ConversationId>,
    /// True when more happened than was counted.
    pub more: bool,
}

/// Which rows a cockpit wants to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSpec {
    /// The filter as typed.
    pub filter: String,
    /// Where the window lies.
    pub anchor: Anchor,
    /// Rows before the anchor (at most 500).
    pub before: u16,
    /// Rows from the anchor on (at most 500).
    pub after: u16,
    /// What they are sorted by; the keys of the rows, and of the anchor, are those of this order.
    #[serde(default)]
    pub sort: Sort,
    /// Leaves out those whose time has passed.
    #[serde(default)]
    pub fold: bool,
}

/// Where a window lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// At the most urgent row; follows it.
    Top,
    /// At the least urgent row.
    Bottom,
    /// At this key, whether it is still there or not.
    At(OrderKey),
}

/// One row of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The conversation.
    pub conversation: Conversation,
    /// Where it stands.
    pub key: OrderKey,
}

/// The newest state of something a client watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "it travels in a box, one at a time")]
pub enum Push {
    /// Rows of a window.
    Window(Window),
    /// Header figures, people, channels.
    Desk(DeskState),
    /// The conversation in view.
    Detail(Detail),
    /// Figures for the sparklines.
    Kpis(Kpis),
    /// Today's slots.
    Slots(Vec<Slot>),
    /// Something for this operator; at most 50 wait, older ones are dropped.
    Notices(Vec<Notice>),
    /// How every channel is, while the channels screen is open.
    Channels(Vec<channel::View>),
    /// The days of the calendar that this cockpit shows.
    Calendar(post::Calendar),
    /// How the figures of a channel stand.
    Board(ChannelBoard),
    /// What the desk says of figures: at first, and when that changed.
    Book(Box<Book>),
    /// The breach forecast.
    Forecast(Outlook),
    /// What texts may not say, when that changed since the welcome.
    Lint(Box<crate::domain::lint::Policy>),
}

/// Rows of a window, in queue order, as they are now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Which queue's window.
    pub queue: Queue,
    /// What was asked for, so that a client can tell an answer to an older question.
    pub spec: WindowSpec,
    /// The rows.
    pub rows: Vec<Row>,
    /// True when the first row is the queue's first.
    pub at_top: bool,
    /// True when the last row is the queue's last.
    pub at_bottom: bool,
    /// Rows that came in before the first row since this window was opened.
    pub more_urgent: u32,
    /// How many rows pass the filter, and whether that is exact (`false` = at least).
    pub total: (u64, bool),
}

/// Header figures, people, channels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskState {
    /// How many conversations of each queue are in each state.
    pub counts: Vec<(Queue, StateKind, u64)>,
    /// How many open ones of each queue are past their deadline.
    pub late: Vec<(Queue, u64)>,
    /// How many open ones of each queue are due within the hour (late ones not counted).
    pub within_hour: Vec<(Queue, u64)>,
    /// The next deadline of an open one that is not late yet.
    pub next_due: Option<Time>,
    /// Who is here.
    pub people: Vec<Presence>,
    /// The channels that have a connector.
    pub channels: Vec<channel::Brief>,
    /// What is on its way out.
    pub waiting: u64,
    /// Alerts that are to be seen.
    #[serde(default)]
    pub alerts: u32,
    /// Why the desk cannot write now.
    pub read_only: Option<String>,
    /// Which file of the desk has a mistake, and what holds instead: a sentence.
    #[serde(default)]
    pub settings_trouble: Option<String>,
}

/// A conversation with its messages, oldest first by the time they were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The record.
    pub conversation: Conversation,
    /// Its newest messages (at most 200), in order of time, each with its number.
    pub messages: Vec<(u32, Message)>,
    /// How many older ones are not here.
    pub older: u32,
    /// This operator's draft on it.
    pub draft: Option<String>,
    /// How many messages the conversation had when the draft was begun.
    #[serde(default)]
    pub draft_seen: Option<u32>,
    /// The post of ours that it comments on.
    pub about: Option<Message>,
    /// What is on its way out for its messages, by their numbers.
    pub outgoing: Vec<(u32, OutKind, Outgoing)>,
    /// What is known of the person it speaks of.
    #[serde(default)]
    pub person: Option<history::Brief>,
    /// The month it is archived in: what is done to it brings it back.
    #[serde(default)]
    pub archived: Option<Month>,
}

impl Detail {
    /// The platform's page of the conversation: of the message it speaks of, else of the newest that
    /// has one.
    pub fn page(&self) -> Option<&str> {
        let head = self.conversation.speaks_of().map(|h| h.seq);
        let spoken = self.messages.iter().filter(|(seq, _)| Some(*seq) == head);
        let all = spoken.chain(self.messages.iter().rev());
        all.map(|(_, m)| m).find_map(|m| m.permalink.as_deref())
    }
}
