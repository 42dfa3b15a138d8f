//! An alert: a figure is not as it usually is, told once, with what may be behind it.

pub mod act;
pub mod judge;

use super::anomaly::Way;
use super::{ChannelId, OperatorName, Span, Time};
use serde::{Deserialize, Serialize};

/// The most alerts in one answer.
pub const MOST_TOLD: usize = 500;
/// One that nobody has looked at is still told of for so long when it is over.
const LASTS: Span = Span::hours(72);

/// An alert's number on this desk; never reused.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct AlertId(pub u64);

impl std::fmt::Display for AlertId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What an alert is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A figure or a rate of a channel.
    Figure(ChannelId, String),
    /// What comes in, on all channels together.
    Arrivals,
    /// The complaints among it.
    Complaints,
}

/// What carries a change: a channel, or a post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carrier {
    /// The channel.
    pub channel: ChannelId,
    /// The post's id on its platform and the beginning of its text; `None` = the channel as a whole.
    pub post: Option<(String, String)>,
    /// How much of the change is its own, as a share of it.
    pub share: f64,
}

/// What has become of an alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody has looked at it.
    #[default]
    Raised,
    /// Somebody has.
    Acknowledged {
        /// Who.
        by: OperatorName,
        /// When.
        at: Time,
    },
    /// It is not to be seen until then.
    Snoozed {
        /// Who said so.
        by: OperatorName,
        /// Until when.
        until: Time,
    },
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Its number.
    pub id: AlertId,
    /// What it is about.
    pub about: About,
    /// In which direction it went.
    pub way: Way,
    /// When it was found.
    pub at: Time,
    /// Since when it was on its way there.
    pub began: Time,
    /// When it was as usual again; `None` = it is not yet.
    #[serde(default)]
    pub over: Option<Time>,
    /// How it was, in whole units of the figure, by the step it is told in.
    pub value: f64,
    /// How it usually is.
    pub usual: f64,
    /// What carries it, the largest share first.
    #[serde(default)]
    pub carriers: Vec<Carrier>,
    /// The names of the rules for causes that hold.
    #[serde(default)]
    pub causes: Vec<String>,
    /// What has become of it.
    #[serde(default)]
    pub stage: Stage,
    /// What is done about it elsewhere: a task's name or address.
    #[serde(default)]
    pub task: Option<String>,
}

impl Alert {
    /// True when it is told without being asked for all: it is not over, or not for long, and it is
    /// acknowledged at most while it stands.
    pub fn is_current(&self, now: Time) -> bool {
        self.over.is_none_or(|over| self.is_open(now) && now - over <= LASTS)
    }

    /// True when the header counts it: it is to be seen now, and has not been over for long.
    pub fn is_to_be_seen(&self, now: Time) -> bool {
        self.is_open(now) && self.is_current(now)
    }

    /// The change as a share of the usual value; `None` when that is nothing.
    pub fn change(&self) -> Option<f64> {
        (self.usual > 0.0).then(|| self.value / self.usual - 1.0)
    }

    /// True when it is to be seen now: nobody has looked at it, and it is not put off.
    pub fn is_open(&self, now: Time) -> bool {
        match &self.stage {
            Stage::Raised => true,
            Stage::Acknowledged { .. } => false,
            Stage::Snoozed { until, .. } => *until <= now,
        }
    }
}
