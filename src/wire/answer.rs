//! What the daemon answers to a question.

use super::archive::ArchiveAnswer;
use super::erase::EraseAnswer;
use super::figure::Figure;
use super::message::{DeskState, Detail, Row};
use super::people::People;
use super::search::Finds;
use super::{channel, planning, post, work};
use crate::domain::alert::Alert;
use crate::domain::canned::Canned;
use crate::domain::figure::board::Stand;
use crate::domain::figure::line::Line;
use crate::domain::figure::{Book, Sample};
use crate::domain::forecast::Outlook;
use crate::domain::history::Past;
use crate::domain::journal::Entry;
use crate::domain::lint::Finding;
use crate::domain::post::Post;
use crate::domain::report;
use crate::domain::service::Report;
use crate::domain::sla::explain::Explanation;
use crate::domain::sla::preview::Preview;
use crate::domain::{
    ConversationId, MessageRef, Name, OrderKey, PastPost, Refusal, SavedView, Time, VariantRef,
};
use serde::{Deserialize, Serialize};

/// What was done, so that it can be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The command (for undo and redo: the one taken back or done again).
    pub name: Name,
    /// True for an undo or redo.
    pub taken_back: bool,
    /// The conversations it changed.
    pub ids: Vec<ConversationId>,
    /// Those it left alone, each with the reason.
    pub refused: Vec<Refusal>,
    /// The message it made, for one reply or note.
    pub message: Option<MessageRef>,
    /// Until when the answers it made stay on the desk and can be taken back.
    #[serde(default)]
    pub goes_at: Option<Time>,
    /// What is to be looked at in the answers it made; they go out all the same.
    #[serde(default)]
    pub warned: Vec<Warned>,
    /// The variants of posts that it changed.
    #[serde(default)]
    pub posts: Vec<VariantRef>,
    /// The number of the asset or topic that it is about.
    #[serde(default)]
    pub made: Option<u64>,
}

/// Something in an answer that is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    /// In which conversations.
    pub ids: Vec<ConversationId>,
    /// What it says there, or the beginning of it.
    pub said: String,
    /// Why, and what to write instead.
    pub finding: Finding,
}

/// What became of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingested {
    /// New messages.
    pub added: u32,
    /// New conversations among them.
    pub opened: u32,
    /// Known ones that changed (edited, deleted, likes, sent, slot).
    pub changed: u32,
    /// Known ones that brought nothing new.
    pub known: u32,
    /// Events that could not be placed: their place in the list, and why.
    pub rejected: Vec<(u32, String)>,
}

/// How the daemon is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub program: String,
    /// Its process.
    pub pid: u32,
    /// Since when.
    pub started: Time,
    /// The desk's folder.
    pub folder: String,
    /// Cockpits attached.
    pub cockpits: u32,
    /// Last committed revision.
    pub revision: u64,
    /// Bytes on disk.
    pub disk: u64,
    /// Of when the last backup is that the desk was told of.
    #[serde(default)]
    pub backup: Option<Time>,
    /// Conversations by queue and state.
    pub desk: DeskState,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To `Ask::Do`.
    Done(Done),
    /// To `Ask::Show`.
    Shown(Box<Detail>),
    /// To `Ask::List`; `Some` key = there is more after it.
    Listed(Vec<Row>, Option<OrderKey>),
    /// To `Ask::Ingest`: durable.
    Ingested(Ingested),
    /// To `Ask::Cursor`.
    Cursor(Option<String>),
    /// To `Ask::Channels`.
    Channels(Vec<channel::View>),
    /// To `Ask::Channel`, with what there is to say.
    Channel(String),
    /// To `Ask::Macros`.
    Macros(work::Macros),
    /// To `Ask::Past`.
    Past(Box<Past>),
    /// To `Ask::Topics`.
    Topics(Vec<work::TopicRow>),
    /// To `Ask::Corrections`.
    Corrections(Vec<work::CorrectionRow>),
    /// To `Ask::Feedback`, the most frequent first.
    Feedback(Vec<work::FeedbackRow>),
    /// To `Ask::Suggest`.
    Suggested(Vec<String>),
    /// To `Ask::Explain`.
    Explained(Box<Explanation>),
    /// To `Ask::PreviewPolicies`.
    Previewed(Box<Preview>),
    /// To `Ask::ReloadPolicies`: how many policies there are, and which files of rules changed.
    Reloaded(u32, Vec<String>),
    /// To `Ask::Search`.
    Found(Box<Finds>),
    /// To `Ask::Views`.
    Views(Vec<SavedView>),
    /// To `Ask::Service`.
    Service(Box<Report>),
    /// To `Ask::Forecast`.
    Forecast(Outlook),
    /// To `Ask::Alerts`, the newest first.
    Alerts(Vec<Alert>),
    /// To `Ask::Book`.
    Book(Box<Book>),
    /// To `Ask::Board`.
    Board(Vec<Stand>),
    /// To `Ask::TopPosts`, the best first.
    TopPosts(Vec<PastPost>),
    /// To `Ask::Report`.
    Report(Box<report::Report>),
    /// To `Ask::Responses`: the responses, and what is wrong with their files.
    Responses(Vec<Canned>, Vec<String>),
    /// To `Ask::Figures`.
    Figures(Vec<Figure>),
    /// To `Ask::Series`: the samples, each with the moment it begins at.
    Series(Vec<(Time, Sample)>),
    /// To `Ask::Line`.
    Line(Line),
    /// To `Ask::Calendar`.
    Calendar(Box<post::Calendar>),
    /// To `Ask::Post`; `None` = there is no such.
    Post(Option<Box<post::PostView>>),
    /// To `Ask::Posts`; true = there are more.
    Posts(Vec<Post>, bool),
    /// To `Ask::Assets`.
    Assets(Vec<planning::AssetRow>),
    /// To `Ask::Histories`.
    Histories(Vec<planning::History>),
    /// To `Ask::Best`.
    Best(Box<planning::BestOf>),
    /// To `Ask::Expected`.
    Expected(planning::Range),
    /// To `Ask::Archive`.
    Archive(Box<ArchiveAnswer>),
    /// To `Ask::Operators`.
    Operators(Box<People>),
    /// To `Ask::Erase`.
    Erase(EraseAnswer),
    /// To `Ask::Status`.
    Status(Box<Status>),
    /// To `Ask::Stop`, `Ask::Draft` and `Ask::Restore`.
    Ok,
    /// To `Ask::Journal`.
    Journal(Vec<(u64, Entry)>),
    /// To `Ask::Export`: NDJSON lines, and where to go on.
    Exported(Vec<String>, Option<Vec<u8>>),
    /// It was not done.
    Refused(Refusal),
}
