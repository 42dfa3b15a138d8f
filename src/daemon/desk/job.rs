//! What the writer is asked to do, what it answers, and what it tells the sessions.

use super::archive::{ArchiveDone, ArchiveJob};
use super::outbox::Step;
use crate::config::Rules;
use crate::domain::classify::Classifier;
use crate::domain::figure::Book;
use crate::domain::lint::Linter;
use crate::domain::policy::{Policies, TargetName};
use crate::domain::sla::preview::Preview;
use crate::domain::slot::Cadence;
use crate::domain::{
    Abilities, Channel, ChannelId, Command, ConversationId, Event, Name, OperatorName, OrderKey,
    OutPlace, Refusal, SessionId, Span, post,
};
use crate::wire::archive::ArchiveAnswer;
use crate::wire::figure::Raised;
use crate::wire::message::{Done, Ingested, Notice};
use crate::wire::people::Came;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the desk's files say that the writer needs.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The desk's name on screen.
    pub name: String,
    /// The SLA rules.
    pub policies: Policies,
    /// What texts may not say.
    pub lint: Arc<Linter>,
    /// How it is told what a message is.
    pub classifier: Classifier,
    /// What the figures of channels are.
    pub figures: Arc<Book>,
    /// Configured channels; others appear with their first event.
    pub channels: Vec<Channel>,
    /// How the channels review and send posts; others do as [`post::Rules`] do by themselves.
    pub posting: BTreeMap<ChannelId, post::Rules>,
    /// When the channels publish.
    pub cadences: Vec<Cadence>,
    /// The desk's time zone, an IANA name.
    pub zone: Option<String>,
    /// How long a claim holds without a key (the sessions measure it and send [`Job::Idle`]).
    pub claim_idle: Span,
    /// How answers go out.
    pub sending: Sending,
    /// True on a demo desk.
    pub demo: bool,
    /// What the channels can do, as far as their connectors have said.
    pub can: Known,
    /// Who is told of what is escalated; empty = everybody.
    pub leads: Vec<OperatorName>,
}

/// A desk without channels and rules.
impl Default for Setup {
    fn default() -> Setup {
        Setup {
            name: "desk".into(),
            policies: Policies::default(),
            lint: Arc::default(),
            classifier: Classifier::default(),
            figures: Arc::default(),
            channels: Vec::new(),
            posting: BTreeMap::new(),
            cadences: Vec::new(),
            zone: None,
            claim_idle: Span::minutes(10),
            sending: Sending::default(),
            demo: false,
            can: Known::default(),
            leads: Vec::new(),
        }
    }
}

impl Setup {
    /// How a channel reviews and sends posts.
    pub fn posting_of(&self, channel: &ChannelId) -> post::Rules {
        self.posting.get(channel).cloned().unwrap_or_default()
    }

    /// Takes the rules in that the desk's files say now.
    pub fn set_rules(&mut self, rules: &Rules) {
        self.policies = rules.policies.clone();
        if *self.lint.policy() != rules.lint {
            self.lint = Arc::new(Linter::new(rules.lint.clone()));
        }
        self.classifier = rules.classifier.clone();
        if *self.figures != rules.figures {
            self.figures = Arc::new(rules.figures.clone());
        }
    }
}

/// How answers go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// How long one stays on the desk first.
    pub undo: Span,
    /// One that has waited longer than this asks first.
    pub ask_after: Span,
}

/// They go out at once, and ask after a quarter of an hour.
impl Default for Sending {
    fn default() -> Sending {
        Sending { undo: Span(0), ask_after: Span::minutes(15) }
    }
}

/// What the channels can do; shared with those who run their connectors.
#[derive(Clone, Debug, Default)]
pub struct Known(Arc<Mutex<Said>>);

/// What connectors have said.
#[derive(Debug, Default)]
struct Said {
    can: BTreeMap<ChannelId, Abilities>,
    /// Channels whose connector is kept running, whether it has said something or not.
    run: BTreeSet<ChannelId>,
}

impl Known {
    /// What a channel can do; `None` = its connector has not said, or it has none.
    pub fn of(&self, channel: &ChannelId) -> Option<Abilities> {
        self.lock().can.get(channel).cloned()
    }

    /// A connector has said what it can do, or (`None`) serves the channel no longer.
    pub fn set(&self, channel: &ChannelId, can: Option<Abilities>) {
        match can {
            Some(can) => self.lock().can.insert(channel.clone(), can),
            None => self.lock().can.remove(channel),
        };
    }

    /// True when a connector is kept running for a channel: it will say what it can do.
    pub fn expects(&self, channel: &ChannelId) -> bool {
        self.lock().run.contains(channel)
    }

    /// A connector is kept running for a channel from now on, or no longer.
    pub fn expect(&self, channel: &ChannelId, runs: bool) {
        match runs {
            true => self.lock().run.insert(channel.clone()),
            false => self.lock().run.remove(channel),
        };
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        // Both are whole after each of their operations.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who asks for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The operator.
    pub operator: OperatorName,
    /// True when that is only what the client said.
    pub declared: bool,
    /// The caller's live cockpit session; for a verb, a live cockpit of the same operator, if
    /// there is one.
    pub session: Option<SessionId>,
}

/// Who came from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Who.
    pub operator: OperatorName,
    /// True when that is only what the client said.
    pub declared: bool,
    /// From where, as the client said; clean text.
    pub host: String,
    /// The session.
    pub session: SessionId,
}

/// One thing for the writer to do.
#[derive(Clone, Debug)]
pub enum Job {
    /// A command of an operator.
    Do {
        /// Who asks.
        by: Caller,
        /// For what.
        command: Command,
    },
    /// Events of one channel.
    Ingest {
        /// Where the channel got to, kept in the same commit.
        cursor: Option<(ChannelId, String)>,
        /// The events, in the channel's order.
        events: Vec<Event>,
    },
    /// Keeps an operator's draft, or forgets it.
    Draft {
        /// Whose.
        by: Caller,
        /// On which conversation.
        id: ConversationId,
        /// The text; `None` forgets it.
        text: Option<String>,
        /// What they had seen when it began; see [`crate::domain::Draft`].
        seen: Option<u32>,
    },
    /// A cockpit's session is over (the grace for a lost link has passed): its claims are
    /// released, and the operator's "since I left" begins here.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// Whose.
        operator: OperatorName,
    },
    /// After a restart's grace: claims of all sessions but these are released.
    ReleaseClaims {
        /// The sessions that came back.
        sessions_alive: Vec<SessionId>,
    },
    /// A session was idle for [`Setup::claim_idle`]: its claims are released, and it is told.
    Idle {
        /// The session.
        session: SessionId,
    },
    /// Carry out what is due.
    Elapse,
    /// A channel's runner tells of something on its way out.
    Outgoing {
        /// Of what.
        place: OutPlace,
        /// What.
        step: Step,
    },
    /// Somebody is to be erased.
    Erase {
        /// Who asks.
        by: Caller,
        /// For whom.
        asked: Box<super::erase::Asked>,
    },
    /// The desk's files were looked through for somebody who is erased.
    ErasedFiles {
        /// Which erasure.
        number: u64,
        /// Files that were removed.
        removed: u64,
        /// Files that still name them.
        files: Vec<String>,
    },
    /// A client came.
    Came(Box<Arrival>),
    /// A copy of the desk was made.
    Copied(Box<crate::domain::erasure::Copy>),
    /// Something is done with the archive.
    Archive(ArchiveJob),
    /// The desk was restored from an export: what was on its way out may have gone out since.
    Restored,
}

/// What became of one job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobResult {
    /// A command was carried out, at least on one conversation.
    Done(Done),
    /// Events were taken.
    Ingested(Ingested),
    /// Done, and nothing to say.
    Ok,
    /// Done, with what there is to say.
    Said(String),
    /// Answers that might be given.
    Suggested(Vec<String>),
    /// What other policies would change.
    Previewed(Box<Preview>),
    /// The rules were read again: how many policies there are, and which files changed.
    Reloaded(u32, Vec<String>),
    /// Who may be meant.
    People(Vec<crate::domain::erasure::Found>),
    /// Somebody is being erased: under that number.
    Erasing(u64),
    /// What was done with the archive.
    Archived(Box<ArchiveDone>),
    /// What there is to tell of the archive.
    Archive(Box<ArchiveAnswer>),
    /// It was not done.
    Refused(Refusal),
}

/// A conversation changed its place, or its row; `before` and `after` are equal when only the row
/// changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Which.
    pub id: ConversationId,
    /// Its place before; `None` = it was new or resolved.
    pub before: Option<OrderKey>,
    /// Its place now; `None` = resolved.
    pub after: Option<OrderKey>,
    /// The operator's action that did it; `None` = a channel or the clock.
    pub by: Option<(OperatorName, Name)>,
}

/// What one committed group changed, so that the sessions can decide what to push.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// The store's revision after it.
    pub revision: u64,
    /// Every conversation that changed, once.
    pub moves: Vec<Move>,
    /// Those of them whose texts, authors or labels may have changed: what the search index reads
    /// again.
    pub texts: Vec<ConversationId>,
    /// How often texts changed on this desk, this time counted.
    pub text_changes: u64,
    /// For single operators.
    pub notices: Vec<(OperatorName, Notice)>,
    /// Drafts that were kept or forgotten: whose, where, by which session.
    pub drafts: Vec<(OperatorName, ConversationId, Option<SessionId>)>,
    /// Targets whose time has passed: for everybody who is attached.
    pub breached: Vec<(ConversationId, TargetName)>,
    /// Alerts that were raised: for everybody who is attached.
    pub raised: Vec<Raised>,
    /// Conversations with a new inbound message: those who are replying there are told.
    pub new_inbound: Vec<ConversationId>,
    /// The sparklines' figures changed.
    pub kpis: bool,
    /// Figures that channels tell changed.
    pub figures: bool,
    /// A slot changed.
    pub slots: bool,
    /// A reply waits for a channel, or waits no longer.
    pub outbox: bool,
    /// Header figures changed.
    pub state: bool,
    /// Who came that is new, or from where that is new, and the session: for leads, and for their own
    /// other cockpits.
    pub came: Vec<(Came, SessionId)>,
    /// Nothing of somebody is left in the records; the desk's files come next.
    pub erased: bool,
    /// Somebody was erased, under that number: nothing of them may stay in the search index's files.
    pub purge: Option<u64>,
}
