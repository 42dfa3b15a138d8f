//! What the desk knows: conversations, timers, commands, figures - and the rules between them.
//!
//! For: every decision that can be made from values alone.
//! May come in: `text`, serde, chrono arithmetic. Time is always passed in.
//! Never: reads a clock, a file, a socket, the environment; knows keys, bytes on disk or a screen.

pub mod alert;
pub mod anomaly;
pub mod archive;
pub mod best;
pub mod canned;
pub mod channel;
pub mod class;
pub mod classify;
pub mod command;
pub mod conversation;
pub mod draft;
pub mod erasure;
pub mod event;
pub mod feedback;
pub mod figure;
pub mod filter;
pub mod flow;
pub mod forecast;
pub mod found;
pub mod history;
pub mod id;
pub mod journal;
pub mod kpi;
pub mod library;
pub mod limit;
pub mod lint;
pub mod macros;
pub mod mask;
pub mod message;
pub mod order;
pub mod outbox;
pub mod past_post;
pub mod policy;
pub mod pool;
pub mod post;
pub mod quiet;
pub mod refusal;
pub mod report;
pub mod rng;
pub mod role;
pub mod saved;
pub mod service;
pub mod sla;
pub mod slot;
pub mod sort;
#[cfg(test)]
pub(crate) mod testing;
pub mod thanks;
pub mod thread;
pub mod time;
pub mod tokens;
pub mod triage;
pub mod when;
pub mod words;

pub use channel::{Abilities, Channel, ChannelId, Guard, Holder, TextLimit};
pub use class::{Class, Intent, Severity};
pub use command::{Command, Name};
pub use conversation::{Claim, Conversation, Escalation, Head, State};
pub use draft::Draft;
pub use event::Event;
pub use found::FoundAt;
pub use id::{ConversationId, GroupId, MessageRef, OperatorName, SessionId};
pub use message::{Attachment, Author, Delivery, Message, MessageKind};
pub use order::{OrderKey, Queue};
pub use outbox::{OutKind, OutPlace, Outgoing, SendKey, Subject};
pub use past_post::PastPost;
pub use post::{PostId, VariantRef};
pub use refusal::{Refusal, Unhelped};
pub use saved::SavedView;
pub use sort::Sort;
pub use time::{Span, Time};
