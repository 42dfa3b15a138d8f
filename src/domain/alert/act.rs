//! What operators do with alerts.

use super::{AlertId, Stage};
use crate::domain::Time;
use crate::domain::command::{Arg, Name, Spec};
use crate::text::catalogue::alerts as say;
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};

/// The most bytes of what is said of a task.
pub const MOST_TASK: usize = 500;

/// What is done with alerts, without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertVerb {
    /// Somebody has looked at it.
    Acknowledge,
    /// Not to be seen until a time.
    Snooze,
    /// To be seen again.
    Reopen,
    /// Something is done about it elsewhere.
    Task,
    /// Nothing is, any more.
    Untask,
}

/// What is done with alerts, as it travels to the writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlertAct {
    /// See [`AlertVerb::Acknowledge`].
    Acknowledge {
        /// Which.
        ids: Vec<AlertId>,
    },
    /// See [`AlertVerb::Snooze`].
    Snooze {
        /// Which.
        ids: Vec<AlertId>,
        /// Until when.
        until: Time,
    },
    /// See [`AlertVerb::Reopen`].
    Reopen {
        /// Which.
        ids: Vec<AlertId>,
    },
    /// See [`AlertVerb::Task`] and, without one, [`AlertVerb::Untask`].
    Task {
        /// Which.
        ids: Vec<AlertId>,
        /// A task's name or address; `None` = none any more.
        task: Option<String>,
    },
}

/// What operators have said of an alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What has become of it.
    pub stage: Stage,
    /// What is done about it elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
}

/// What an action changed of one alert, with both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertChange {
    /// Which.
    pub id: AlertId,
    /// Before.
    pub from: Said,
    /// After.
    pub to: Said,
}

impl AlertChange {
    /// The other way round.
    #[must_use]
    pub fn turned(self) -> AlertChange {
        AlertChange { id: self.id, from: self.to, to: self.from }
    }
}

/// Every row, in the order of the help.
pub const TABLE: &[Spec] = &[
    spec(AlertVerb::Acknowledge, "alerts ack", None, say::ACK),
    spec(AlertVerb::Snooze, "alerts snooze", Some(Arg::When), say::SNOOZE),
    spec(AlertVerb::Reopen, "alerts reopen", None, say::REOPEN),
    spec(AlertVerb::Task, "alerts task", Some(Arg::Text), say::TASK),
    spec(AlertVerb::Untask, "alerts untask", None, say::UNTASK),
];

const fn spec(name: AlertVerb, verb: &'static str, arg: Option<Arg>, summary: Msg) -> Spec {
    Spec { name: Name::Alert(name), verb, arg, takes_ids: false, summary }
}

impl AlertAct {
    /// Its name.
    pub fn verb(&self) -> AlertVerb {
        match self {
            AlertAct::Acknowledge { .. } => AlertVerb::Acknowledge,
            AlertAct::Snooze { .. } => AlertVerb::Snooze,
            AlertAct::Reopen { .. } => AlertVerb::Reopen,
            AlertAct::Task { task: Some(_), .. } => AlertVerb::Task,
            AlertAct::Task { task: None, .. } => AlertVerb::Untask,
        }
    }

    /// The alerts it is done with.
    pub fn ids(&self) -> &[AlertId] {
        match self {
            AlertAct::Acknowledge { ids }
            | AlertAct::Snooze { ids, .. }
            | AlertAct::Reopen { ids }
            | AlertAct::Task { ids, .. } => ids,
        }
    }
}

impl AlertVerb {
    /// What it is called once it is done.
    pub fn done(self) -> Msg {
        match self {
            AlertVerb::Acknowledge => say::DID_ACK,
            AlertVerb::Snooze => say::DID_SNOOZE,
            AlertVerb::Reopen => say::DID_REOPEN,
            AlertVerb::Task => say::DID_TASK,
            AlertVerb::Untask => say::DID_UNTASK,
        }
    }
}

/// Why something was not done with an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// No alert has this number.
    NoSuchAlert(AlertId),
    /// It is so already.
    Unchanged(AlertId),
    /// A task without a word.
    NoTask,
    /// A task of more bytes than are kept.
    LongTask(usize),
    /// Somebody has changed it since.
    ChangedSince(AlertId),
}

impl Refused {
    /// The sentence.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Refused::NoSuchAlert(id) => say::NO_SUCH_ALERT.fill(lang, &[("id", id)]),
            Refused::Unchanged(id) => say::UNCHANGED.fill(lang, &[("id", id)]),
            Refused::NoTask => say::NO_TASK.say(lang),
            Refused::LongTask(most) => say::LONG_TASK.fill(lang, &[("most", most)]),
            Refused::ChangedSince(id) => say::CHANGED_SINCE.fill(lang, &[("id", id)]),
        }
    }
}
