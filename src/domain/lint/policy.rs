//! What a desk's `lint.toml` says, as values; it also travels to the cockpits, which lint as one types.

use super::{Kind, Level};
use crate::domain::{ChannelId, Queue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings of the lint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// How each kind is taken; `None` = not looked for, a kind that is not here as usual.
    pub levels: BTreeMap<Kind, Option<Level>>,
    /// Whether what is blocked may go out for a reason.
    pub overridable: bool,
    /// Phrases that are always right, e.g. the name of a product.
    pub pass: Vec<String>,
    /// Words of the desk's own.
    pub words: Vec<Word>,
    /// How the brand writes its names.
    pub spellings: Vec<Spelling>,
    /// What holds in some places only; the later one counts.
    pub places: Vec<Local>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            levels: BTreeMap::new(),
            overridable: true,
            pass: Vec::new(),
            words: Vec::new(),
            spellings: Vec::new(),
            places: Vec::new(),
        }
    }
}

/// Where something holds; what is empty holds everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Platforms.
    pub platforms: Vec<String>,
    /// Channels.
    pub channels: Vec<ChannelId>,
    /// Comments (which everybody reads) or messages.
    pub queue: Option<Queue>,
}

/// A word of the desk's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word or phrase.
    pub text: String,
    /// [`Kind::Forbidden`], [`Kind::Competitor`], or whatever else it is to be counted as.
    pub kind: Kind,
    /// How it is taken; `None` = as its kind.
    pub level: Option<Level>,
    /// Why; empty = what the kind says.
    pub reason: String,
    /// What to write instead.
    pub instead: Option<String>,
    /// Where.
    pub scope: Scope,
}

/// A name, and how it is mistaken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spelling {
    /// As the brand writes it.
    pub right: String,
    /// As it does not; another case of `right` is wrong without being here.
    pub wrong: Vec<String>,
}

/// Levels of some places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// Where.
    pub scope: Scope,
    /// How these kinds are taken there.
    pub levels: BTreeMap<Kind, Option<Level>>,
}

/// Where a text is to appear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// The platform; empty = not known.
    pub platform: &'a str,
    /// The channel; empty = not known.
    pub channel: &'a str,
    /// Comment or message; `None` = not known.
    pub queue: Option<Queue>,
    /// A proof of its claims goes with it.
    pub proven: bool,
}

impl Scope {
    /// Whether it holds in a place.
    pub fn holds(&self, place: &Place<'_>) -> bool {
        let platform = |p: &String| p.eq_ignore_ascii_case(place.platform);
        (self.platforms.is_empty() || self.platforms.iter().any(platform))
            && (self.channels.is_empty() || self.channels.iter().any(|c| c.0 == place.channel))
            && self.queue.is_none_or(|queue| Some(queue) == place.queue)
    }
}

impl Policy {
    /// How a kind is taken in a place.
    pub fn level(&self, kind: Kind, place: &Place<'_>) -> Option<Level> {
        let local = self.places.iter().rev().filter(|local| local.scope.holds(place));
        let mut said = local.filter_map(|local| local.levels.get(&kind));
        let level = said.next().or_else(|| self.levels.get(&kind)).copied();
        level.unwrap_or_else(|| kind.usual()).filter(|_| !(place.proven && kind.wants_proof()))
    }
}
