//! `channels.toml`: the accounts the brand answers for, and when they publish.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::slot::{Cadence, Weekly};
use crate::domain::{Channel, ChannelId, Span};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The file a new desk gets.
pub(super) const DEFAULT: &str = include_str!("defaults/channels.toml");

/// What `channels.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// The channels, in the order of the file.
    pub channels: Vec<Channel>,
    /// When they publish; those without planned times are left out.
    pub cadences: Vec<Cadence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    channel: Vec<RawChannel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChannel {
    id: Spanned<String>,
    platform: Spanned<String>,
    title: Option<String>,
    reply_window: Option<Spanned<String>>,
    #[serde(default)]
    slots: Vec<Spanned<String>>,
}

impl Channels {
    /// Reads the text of a `channels.toml`; `file` is for the mistakes.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(file: &Path, text: &str) -> Result<Channels, ConfigError> {
        let source = Source { file, text };
        let raw: Raw = source.raw()?;
        let mut out = Channels::default();
        for channel in &raw.channel {
            let id = ChannelId(source.id("id", &channel.id)?);
            if out.channels.iter().any(|known| known.id == id) {
                return Err(source.wrong("id", &channel.id, Problem::Twice(id.0)));
            }
            let window = channel.reply_window.as_ref();
            let window = window.map(|w| source.length("reply_window", w, Span::minutes(1)));
            let mut times = Vec::new();
            for slot in &channel.slots {
                let weekly: Weekly = slot.get_ref().parse().map_err(|part: String| {
                    let part = if part.is_empty() { slot.get_ref().clone() } else { part };
                    source.wrong("slots", slot, Problem::NotASlot(part))
                })?;
                times.push(weekly);
            }
            if !times.is_empty() {
                out.cadences.push(Cadence { channel: id.clone(), times });
            }
            out.channels.push(Channel {
                id,
                platform: source.id("platform", &channel.platform)?,
                title: channel.title.clone().unwrap_or_default(),
                reply_window: window.transpose()?,
            });
        }
        Ok(out)
    }
}
