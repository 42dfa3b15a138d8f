//! A channel: one account on one platform.

use super::Span;
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
