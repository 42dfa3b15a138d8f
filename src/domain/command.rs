//! The one table of what an operator can do. Keys, verbs, help, palette, bulk and undo all come
//! from here; the daemon's writer carries it out.

use super::alert::act::{self as alert, AlertAct, AlertVerb};
use super::library::{self, LibraryAct, LibraryVerb};
use super::macros::Macro;
use super::post::{PostAct, PostVerb, act};
use super::{ConversationId, Intent, OperatorName, OutKind, Severity, Time};
use crate::text::catalogue::{classes, commands as say};
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};

/// A command's name without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Name {
    /// Work on it, as long as the session lives.
    Claim,
    /// Stop working on it.
    Release,
    /// Make it somebody's job, lasting.
    Assign,
    /// Out of sight until a time.
    Snooze,
    /// Wait for the customer.
    Pending,
    /// Wait for somebody else.
    Hold,
    /// Done.
    Resolve,
    /// Back to open.
    Reopen,
    /// Put a label on.
    Label,
    /// Take a label off.
    Unlabel,
    /// A private note.
    Note,
    /// Answer the customer.
    Reply,
    /// Say what it is: the desk learns from it.
    Classify,
    /// Tell the lead, with a reason.
    Escalate,
    /// The lead need not look at it any more.
    #[serde(rename = "de-escalate")]
    Deescalate,
    /// Several steps at once.
    Macro,
    /// Send the question to the topic pool.
    Topic,
    /// Take the question out of the topic pool.
    Untopic,
    /// Like the customer's message on its platform.
    Like,
    /// Take the like back.
    Unlike,
    /// Hide the customer's message from others.
    Hide,
    /// Show it again.
    Unhide,
    /// Delete a message on its platform.
    Delete,
    /// Block the person who wrote it.
    Block,
    /// Let them in again.
    Unblock,
    /// The reply is on the platform: a person has seen it there, or put it there.
    MarkSent,
    /// The reply is not on the platform: send it again.
    SendAgain,
    /// Take a reply that has not left the desk back into a draft.
    TakeBack,
    /// Something about a post.
    Post(PostVerb),
    /// Something about the asset library or the pool's own topics.
    Library(LibraryVerb),
    /// Something about an alert.
    Alert(AlertVerb),
    /// Take back this operator's last action.
    Undo,
    /// Do again what was taken back.
    Redo,
}

/// A command with its arguments, as it travels to the writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// See [`Name::Claim`].
    Claim {
        /// Which.
        ids: Vec<ConversationId>,
        /// Take it over from somebody else who holds it.
        over: bool,
    },
    /// See [`Name::Release`].
    Release {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Assign`].
    Assign {
        /// Which.
        ids: Vec<ConversationId>,
        /// To whom; `None` = nobody.
        to: Option<OperatorName>,
    },
    /// See [`Name::Snooze`].
    Snooze {
        /// Which.
        ids: Vec<ConversationId>,
        /// Until when.
        until: Time,
    },
    /// See [`Name::Pending`].
    Pending {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Hold`].
    Hold {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Resolve`].
    Resolve {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Reopen`].
    Reopen {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Label`].
    Label {
        /// Which.
        ids: Vec<ConversationId>,
        /// The label: one word.
        label: String,
    },
    /// See [`Name::Unlabel`].
    Unlabel {
        /// Which.
        ids: Vec<ConversationId>,
        /// The label.
        label: String,
    },
    /// See [`Name::Note`].
    Note {
        /// Which.
        ids: Vec<ConversationId>,
        /// The text.
        text: String,
    },
    /// See [`Name::Reply`].
    Reply {
        /// Which.
        ids: Vec<ConversationId>,
        /// The text.
        text: String,
        /// How many messages the conversation had when the draft began; the desk refuses a
        /// reply that has been overtaken. `None` = send anyway.
        seen: Option<u32>,
        /// Why it goes out in spite of what the lint stops; kept in the journal.
        #[serde(default)]
        because: Option<String>,
    },
    /// See [`Name::Classify`].
    Classify {
        /// Which.
        ids: Vec<ConversationId>,
        /// What the customer wants; `None` = as it is.
        intent: Option<Intent>,
        /// How bad it is; `None` = as it is, or as the intent is.
        severity: Option<Severity>,
    },
    /// See [`Name::Escalate`].
    Escalate {
        /// Which.
        ids: Vec<ConversationId>,
        /// Why; becomes a private note.
        reason: String,
    },
    /// See [`Name::Deescalate`].
    Deescalate {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Macro`].
    Macro {
        /// Which.
        ids: Vec<ConversationId>,
        /// The steps, as they were shown to whoever runs it.
        run: Box<Macro>,
        /// How many messages were seen of each; one that is not named is answered as it is.
        seen: Vec<(ConversationId, u32)>,
    },
    /// See [`Name::Topic`].
    Topic {
        /// Which.
        ids: Vec<ConversationId>,
        /// What there is to say about the question; may be empty.
        note: String,
    },
    /// See [`Name::Untopic`].
    Untopic {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// Asks the platform to like, hide, delete or block; see [`Name::Like`] and those after it.
    Moderate {
        /// Which.
        ids: Vec<ConversationId>,
        /// Which message of it; `None` = the one its row speaks of.
        message: Option<u32>,
        /// What for; never [`OutKind::Reply`].
        what: OutKind,
        /// False takes it back.
        on: bool,
    },
    /// See [`Name::MarkSent`].
    MarkSent {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::SendAgain`].
    SendAgain {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::TakeBack`].
    TakeBack {
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// See [`Name::Post`].
    Post(PostAct),
    /// See [`Name::Library`].
    Library(LibraryAct),
    /// See [`Name::Alert`].
    Alert(AlertAct),
    /// See [`Name::Undo`].
    Undo,
    /// See [`Name::Redo`].
    Redo,
}

/// An argument a command takes besides its conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// An operator's name, or nothing for nobody.
    Operator,
    /// A moment, as [`super::when`] reads it: `1h`, `tonight`, `tomorrow`, `18:30`.
    When,
    /// One word.
    Label,
    /// Free text.
    Text,
    /// An intent, a severity or both.
    Class,
    /// Why; free text.
    Reason,
    /// Free text that may be left out.
    Remark,
    /// A macro's name.
    Macro,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Which command.
    pub name: Name,
    /// What it is called on the command line and in the palette.
    pub verb: &'static str,
    /// What it takes besides its conversations.
    pub arg: Option<Arg>,
    /// False for undo and redo, which act on the operator's last action, and for posts.
    pub takes_ids: bool,
    /// One line for help, palette and documentation.
    pub summary: Msg,
}

/// Every command on conversations, in the order of the help; those on posts are in [`act::TABLE`].
pub const TABLE: &[Spec] = &[
    spec(Name::Claim, "claim", None, say::CLAIM),
    spec(Name::Release, "release", None, say::RELEASE),
    spec(Name::Reply, "reply", Some(Arg::Text), say::REPLY),
    spec(Name::Note, "note", Some(Arg::Text), say::NOTE),
    spec(Name::Macro, "macro", Some(Arg::Macro), say::MACRO),
    spec(Name::Escalate, "escalate", Some(Arg::Reason), say::ESCALATE),
    spec(Name::Deescalate, "de-escalate", None, say::DEESCALATE),
    spec(Name::Assign, "assign", Some(Arg::Operator), say::ASSIGN),
    spec(Name::Snooze, "snooze", Some(Arg::When), say::SNOOZE),
    spec(Name::Pending, "pending", None, say::PENDING),
    spec(Name::Hold, "hold", None, say::HOLD),
    spec(Name::Resolve, "resolve", None, say::RESOLVE),
    spec(Name::Reopen, "reopen", None, say::REOPEN),
    spec(Name::Label, "label", Some(Arg::Label), say::LABEL),
    spec(Name::Unlabel, "unlabel", Some(Arg::Label), say::UNLABEL),
    spec(Name::Classify, "classify", Some(Arg::Class), say::CLASSIFY),
    spec(Name::Topic, "topic", Some(Arg::Remark), say::TOPIC),
    spec(Name::Untopic, "untopic", None, say::UNTOPIC),
    spec(Name::Like, "like", None, say::LIKE),
    spec(Name::Unlike, "unlike", None, say::UNLIKE),
    spec(Name::Hide, "hide", None, say::HIDE),
    spec(Name::Unhide, "unhide", None, say::UNHIDE),
    spec(Name::Delete, "delete", None, say::DELETE),
    spec(Name::Block, "block", None, say::BLOCK),
    spec(Name::Unblock, "unblock", None, say::UNBLOCK),
    spec(Name::MarkSent, "mark-sent", None, say::MARK_SENT),
    spec(Name::SendAgain, "send-again", None, say::SEND_AGAIN),
    spec(Name::TakeBack, "take-back", None, say::TAKE_BACK),
    Spec { name: Name::Undo, verb: "undo", arg: None, takes_ids: false, summary: say::UNDO },
    Spec { name: Name::Redo, verb: "redo", arg: None, takes_ids: false, summary: say::REDO },
];

const fn spec(name: Name, verb: &'static str, arg: Option<Arg>, summary: Msg) -> Spec {
    Spec { name, verb, arg, takes_ids: true, summary }
}

impl Name {
    /// Its row of the table.
    pub fn spec(self) -> &'static Spec {
        // Every name has a row: a test walks the table.
        TABLE
            .iter()
            .chain(act::TABLE)
            .chain(library::TABLE)
            .chain(alert::TABLE)
            .find(|s| s.name == self)
            .unwrap_or(&TABLE[0])
    }
}

/// Reads an intent, a severity or both, in any order: `complaint severe`. `None` = one of the words
/// is neither, or one is said twice.
pub fn class_of(words: &str) -> Option<(Option<Intent>, Option<Severity>)> {
    let (mut intent, mut severity) = (None, None);
    for word in words.split_whitespace() {
        match (Intent::named(word), Severity::named(word)) {
            (Some(i), _) if intent.is_none() => intent = Some(i),
            (None, Some(s)) if severity.is_none() => severity = Some(s),
            _ => return None,
        }
    }
    (intent.is_some() || severity.is_some()).then_some((intent, severity))
}

/// Says that words are no class, and what would be one.
pub fn not_a_class(words: &str, lang: Lang) -> Shown {
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("words", &Shown::line(words)),
        ("intents", &Intent::ALL.map(Intent::name).join(", ")),
        ("severities", &Severity::ALL.map(Severity::name).join(", ")),
    ];
    classes::BAD_WORDS.fill(lang, &values)
}

impl Command {
    /// The most conversations one action may touch.
    pub const MOST: usize = 10_000;

    /// The command of a name that takes nothing besides its conversations; `None` = it takes more.
    pub fn plain(name: Name, ids: Vec<ConversationId>) -> Option<Command> {
        let ask = |ids, what, on| Command::Moderate { ids, message: None, what, on };
        Some(match name {
            Name::Claim => Command::Claim { ids, over: false },
            Name::Release => Command::Release { ids },
            Name::Pending => Command::Pending { ids },
            Name::Hold => Command::Hold { ids },
            Name::Resolve => Command::Resolve { ids },
            Name::Reopen => Command::Reopen { ids },
            Name::Like => ask(ids, OutKind::Like, true),
            Name::Unlike => ask(ids, OutKind::Like, false),
            Name::Hide => ask(ids, OutKind::Hide, true),
            Name::Unhide => ask(ids, OutKind::Hide, false),
            Name::Delete => ask(ids, OutKind::Delete, true),
            Name::Block => ask(ids, OutKind::Block, true),
            Name::Unblock => ask(ids, OutKind::Block, false),
            Name::MarkSent => Command::MarkSent { ids },
            Name::SendAgain => Command::SendAgain { ids },
            Name::TakeBack => Command::TakeBack { ids },
            Name::Undo => Command::Undo,
            Name::Redo => Command::Redo,
            Name::Deescalate => Command::Deescalate { ids },
            Name::Untopic => Command::Untopic { ids },
            Name::Escalate
            | Name::Macro
            | Name::Topic
            | Name::Assign
            | Name::Snooze
            | Name::Label
            | Name::Unlabel
            | Name::Note
            | Name::Classify
            | Name::Post(_)
            | Name::Library(_)
            | Name::Alert(_)
            | Name::Reply => return None,
        })
    }

    /// Its name.
    pub fn name(&self) -> Name {
        match self {
            Command::Claim { .. } => Name::Claim,
            Command::Release { .. } => Name::Release,
            Command::Assign { .. } => Name::Assign,
            Command::Snooze { .. } => Name::Snooze,
            Command::Pending { .. } => Name::Pending,
            Command::Hold { .. } => Name::Hold,
            Command::Resolve { .. } => Name::Resolve,
            Command::Reopen { .. } => Name::Reopen,
            Command::Label { .. } => Name::Label,
            Command::Unlabel { .. } => Name::Unlabel,
            Command::Note { .. } => Name::Note,
            Command::Reply { .. } => Name::Reply,
            Command::Escalate { .. } => Name::Escalate,
            Command::Deescalate { .. } => Name::Deescalate,
            Command::Macro { .. } => Name::Macro,
            Command::Topic { .. } => Name::Topic,
            Command::Untopic { .. } => Name::Untopic,
            Command::Moderate { what, on, .. } => match (what, on) {
                (OutKind::Reply, _) => Name::Reply,
                (OutKind::Like, true) => Name::Like,
                (OutKind::Like, false) => Name::Unlike,
                (OutKind::Hide, true) => Name::Hide,
                (OutKind::Hide, false) => Name::Unhide,
                (OutKind::Delete, _) => Name::Delete,
                (OutKind::Block, true) => Name::Block,
                (OutKind::Block, false) => Name::Unblock,
                // No channel is asked for these about a message.
                (OutKind::Publish | OutKind::Unpublish, _) => Name::Delete,
            },
            Command::Classify { .. } => Name::Classify,
            Command::MarkSent { .. } => Name::MarkSent,
            Command::SendAgain { .. } => Name::SendAgain,
            Command::TakeBack { .. } => Name::TakeBack,
            Command::Post(act) => Name::Post(act.verb()),
            Command::Library(act) => Name::Library(act.verb()),
            Command::Alert(act) => Name::Alert(act.verb()),
            Command::Undo => Name::Undo,
            Command::Redo => Name::Redo,
        }
    }

    /// The conversations it acts on; empty for posts, undo and redo.
    pub fn ids(&self) -> &[ConversationId] {
        match self {
            Command::Claim { ids, .. }
            | Command::Release { ids }
            | Command::Assign { ids, .. }
            | Command::Snooze { ids, .. }
            | Command::Pending { ids }
            | Command::Hold { ids }
            | Command::Resolve { ids }
            | Command::Reopen { ids }
            | Command::Label { ids, .. }
            | Command::Unlabel { ids, .. }
            | Command::Note { ids, .. }
            | Command::Reply { ids, .. }
            | Command::Escalate { ids, .. }
            | Command::Deescalate { ids }
            | Command::Macro { ids, .. }
            | Command::Topic { ids, .. }
            | Command::Untopic { ids }
            | Command::Moderate { ids, .. }
            | Command::Classify { ids, .. }
            | Command::MarkSent { ids }
            | Command::SendAgain { ids }
            | Command::TakeBack { ids } => ids,
            Command::Post(_)
            | Command::Library(_)
            | Command::Alert(_)
            | Command::Undo
            | Command::Redo => &[],
        }
    }
}
