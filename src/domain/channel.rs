//! A channel: one account on one platform.

use super::Span;
use crate::text::catalogue::channels as say;
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A channel's short name on this desk, e.g. `weibo` or `douyin-shop`. Lower case, no spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub String);

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the desk knows of a channel. Channels come from `channels.toml`, and one that is unknown
/// there appears with its first event, named by that event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Short name, the key everywhere.
    pub id: ChannelId,
    /// Platform it is on, e.g. `douyin`; filters say `platform:douyin`.
    pub platform: String,
    /// Name on screen, e.g. `抖音`; the platform's name when empty.
    #[serde(default)]
    pub title: String,
    /// How long after a customer's last message the platform still lets us answer
    /// (e.g. 48 h on WeChat); `None` = no limit.
    #[serde(default)]
    pub reply_window: Option<Span>,
}

/// Somebody who holds a channel's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// As `channels.toml` names them.
    pub name: String,
    /// They may not use the desk any more, but can still sign in on the platform.
    pub removed: bool,
}

impl Holder {
    /// How they are named on screen.
    pub fn say(&self, lang: Lang) -> Shown {
        match self.removed {
            true => say::HOLDER_REMOVED.fill(lang, &[("name", &self.name)]),
            false => Shown::line(&self.name),
        }
    }
}

/// What a channel can do, as its connector says; what it cannot do is greyed out in the cockpit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Abilities {
    /// Comments and mentions come in.
    pub comments: bool,
    /// Direct messages come in.
    pub dm: bool,
    /// Answers go out.
    pub reply: bool,
    /// Posts go out.
    pub post: bool,
    /// Posts can be handed over before their time.
    pub schedule: bool,
    /// A customer's message can be liked.
    pub like: bool,
    /// A customer's message can be hidden from others.
    pub hide: bool,
    /// Our own messages can be deleted.
    pub delete: bool,
    /// Customers' messages can be deleted too.
    pub delete_theirs: bool,
    /// A person can be blocked.
    pub block: bool,
    /// Counts of the account and its posts come in.
    pub metrics: bool,
    /// What keeps an answer from going out twice.
    pub guard: Guard,
    /// How long a text may be.
    pub limit: TextLimit,
    /// How long after a customer's last message an answer is let through, in seconds.
    pub window_seconds: Option<u64>,
    /// How many answers are let through in that time.
    pub window_replies: Option<u32>,
}

impl Abilities {
    /// Each of them in words, and whether the channel has it.
    pub fn each(&self) -> [(Msg, bool); 11] {
        [
            (say::CAN_COMMENTS, self.comments),
            (say::CAN_DM, self.dm),
            (say::CAN_REPLY, self.reply),
            (say::CAN_POST, self.post),
            (say::CAN_SCHEDULE, self.schedule),
            (say::CAN_LIKE, self.like),
            (say::CAN_HIDE, self.hide),
            (say::CAN_DELETE, self.delete),
            (say::CAN_DELETE_THEIRS, self.delete_theirs),
            (say::CAN_BLOCK, self.block),
            (say::CAN_METRICS, self.metrics),
        ]
    }
}

/// What can be done when it is not known whether an attempt got through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Send again with the same key: the platform does it once.
    Key,
    /// Look whether it is there, then send again if it is not.
    Lookup,
    /// Nothing: a person has to decide.
    #[default]
    None,
}

/// The most a text may have; each bound holds by itself, `None` = no such bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextLimit {
    /// Grapheme clusters.
    pub graphemes: Option<u32>,
    /// Unicode characters.
    pub chars: Option<u32>,
    /// Bytes of UTF-8.
    pub bytes: Option<u32>,
    /// Full-width characters; two half-width ones count as one.
    pub wide: Option<u32>,
    /// How many characters a link counts as, however long it is; of a person's address only the
    /// name counts then.
    pub link: Option<u32>,
}
