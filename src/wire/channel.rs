//! How a channel is, as the daemon tells it: for the header, and for the channels screen.

use crate::domain::{Abilities, Channel, ChannelId, Holder, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What every cockpit knows of a channel that has a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Which.
    pub id: ChannelId,
    /// Since when nothing is seen of it; `None` = it is seen, or paused.
    pub blind: Option<Time>,
    /// What it can do; `None` = not known yet.
    pub can: Option<Abilities>,
    /// True when its connector leaves everything to people.
    #[serde(default)]
    pub by_hand: bool,
    /// When its credentials end, once that is near.
    pub expires: Option<Time>,
    /// Answers and requests of which only a person can tell whether they got through.
    pub unconfirmed: u64,
}

/// How far a channel's connector is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// It has none: files bring its events in, and answers go out by hand.
    #[default]
    ByHand,
    /// It was started and has not seen the platform yet.
    Starting,
    /// It sees the platform.
    Live,
    /// It does not see the platform, since then, for that reason.
    Blind {
        /// Since when.
        since: Time,
        /// Why.
        why: String,
    },
    /// Somebody paused it.
    Paused,
}

/// Everything that is known of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its name, platform and title.
    pub channel: Channel,
    /// What connects it: a built-in's name, `command`, `manual`; empty when nothing does.
    pub connector: String,
    /// How far that is.
    pub phase: Phase,
    /// The account it is signed in to.
    pub account: Option<String>,
    /// Who holds that account: has its password or its phone.
    #[serde(default)]
    pub held_by: Vec<Holder>,
    /// What it can do.
    pub can: Option<Abilities>,
    /// When the platform was last seen.
    pub polled: Option<Time>,
    /// When it last brought something in.
    pub brought: Option<Time>,
    /// Calls that the platform still allows, of how many, and when all are there again.
    pub budget: Option<(u64, u64, Option<Time>)>,
    /// When its credentials end unless they are renewed.
    pub expires: Option<Time>,
    /// Counts since the daemon started.
    pub counts: Counts,
    /// Rows in its outbox.
    pub waiting: u64,
    /// Those among them that wait for a person.
    pub unconfirmed: u64,
    /// The newest figures the platform gave of the account, by name.
    pub figures: BTreeMap<String, i64>,
    /// What it said last: times and lines, oldest first.
    pub log: Vec<(Time, String)>,
}

/// What happened since the daemon started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Messages that came in.
    pub messages: u64,
    /// Events that could not be taken.
    pub rejected: u64,
    /// Lines that were no message of the protocol.
    pub bad_lines: u64,
    /// Answers and requests that the platform took.
    pub done: u64,
    /// Those it did not take.
    pub failed: u64,
    /// How often the connector was started again after it ended by itself.
    pub restarts: u64,
}

/// Something to do with channels; for the account that owns the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelAsk {
    /// Add one, or change the one of that name.
    Add(Box<NewChannel>),
    /// Sign in and look around; answered with what was found.
    Test(ChannelId),
    /// Stop its connector until it is resumed.
    Pause(ChannelId),
    /// Start it again.
    Resume(ChannelId),
    /// Take it out of the desk's file, with its secrets. Its conversations stay.
    Remove(ChannelId),
}

/// A channel to be added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewChannel {
    /// Its short name.
    pub id: String,
    /// Its platform.
    pub platform: String,
    /// Its name on screen; may be empty.
    pub title: String,
    /// The connector.
    pub connector: String,
    /// The connector's command line, for `command`.
    pub command: Vec<String>,
    /// The connector's settings, as JSON.
    pub settings: String,
    /// The connector's secrets.
    pub secrets: BTreeMap<String, String>,
}

impl NewChannel {
    /// The settings as an object; empty when they are none.
    pub fn settings(&self) -> Map<String, Value> {
        serde_json::from_str(&self.settings).unwrap_or_default()
    }
}

// Secrets are never printed, not even by accident.
impl std::fmt::Debug for NewChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewChannel").field("id", &self.id).finish_non_exhaustive()
    }
}
