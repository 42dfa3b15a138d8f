//! What was asked of the desk and is not answered yet.

use super::posts::AskedPost;
use super::service;
use crate::domain::{ChannelId, ConversationId, Name, Queue};
use crate::wire::figure::{LineOf, TopPosts};

/// A question that was not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A command on these.
    Do { name: Name, ids: Vec<ConversationId> },
    /// What nobody pressed a key for (drafts, claims given back): only a refusal is said.
    Quietly,
    /// A conversation named by its number.
    Go,
    /// Candidates of play mode.
    PlayList,
    /// Play mode claims this one.
    PlayClaim(ConversationId),
    /// All that match, to be marked.
    MarkAll,
    /// The desk's views, for the menu.
    Views,
    /// A search; `more` = where one that is open goes on.
    Search { query: String, more: bool },
    /// Answers that might be given here.
    Suggest(ConversationId),
    /// How its deadlines came about.
    Explain(ConversationId),
    /// The thread whose waiting answer is to be copied.
    CopyReply,
    /// A draft of this conversation, to be kept or forgotten.
    Draft(ConversationId),
    /// The canned responses.
    Responses,
    /// What was pasted, on its way in; where the first of it will be.
    Paste { queue: Queue, channel: ChannelId, root: String },
    /// The macros and tags.
    Macros,
    /// A list that opens when it comes.
    List,
    /// The thread whose page is to be copied, or opened.
    Links { open: bool },
    /// Service figures for the service screen.
    Figures(service::Wanted),
    /// A forecast for it.
    Forecast,
    /// Alerts, all of them or those that stand.
    Alerts { all: bool },
    /// What the desk says of figures, for the alerts.
    AlertBook,
    /// A line of a figure.
    Line(LineOf),
    /// The posts that did best.
    TopPosts(TopPosts),
    /// The rows among which what was pasted is.
    Pasted { root: String },
    /// Something about posts.
    Post(AskedPost),
}
