//! `channels.toml`: the accounts the brand answers for, and when they publish.

use super::cadence::{self, Origins, RawCadence, RawPosting};
use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::post::Rules;
use crate::domain::slot::Cadence;
use crate::domain::{Channel, ChannelId, Span};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

/// The file a new desk gets.
pub(super) const DEFAULT: &str = include_str!("defaults/channels.toml");

/// What `channels.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// The channels, in the order of the file.
    pub channels: Vec<Channel>,
    /// When they publish; those of which nothing is said are left out.
    pub cadences: Vec<Cadence>,
    /// How they review and send posts; those that do as [`Rules`] do by themselves are left out.
    pub posting: BTreeMap<ChannelId, Rules>,
    /// Where the parts of both come from, for every channel.
    pub origins: BTreeMap<ChannelId, Origins>,
    /// What connects them; those that nothing does are left out.
    pub links: Vec<Link>,
    /// Who holds the account: has its password or its phone. Those of which nothing is said are left out.
    pub holders: BTreeMap<ChannelId, Vec<String>>,
}

/// What connects a channel with its platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The channel.
    pub channel: ChannelId,
    /// A built-in connector's name, `command`, or `manual` for one that people work by hand.
    pub connector: String,
    /// The command line of `command`.
    pub command: Vec<String>,
    /// The account it runs under; `None` = the daemon's.
    pub user: Option<String>,
    /// What the connector wants to know.
    pub settings: Map<String, Value>,
    /// Nothing runs until somebody resumes it.
    pub paused: bool,
}

impl Link {
    /// The connectors that a file may name; `demo` is for the demo's own file.
    pub const CONNECTORS: [&str; 7] =
        ["bluesky", "mastodon", "wechat", "file", "command", "manual", "demo"];
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
    held_by: Vec<Spanned<String>>,
    cadence: Option<Spanned<String>>,
    slots: Option<Vec<Spanned<String>>>,
    per_day: Option<Spanned<String>>,
    quiet: Option<Vec<Spanned<String>>>,
    posting: Option<RawPosting>,
    connector: Option<Spanned<String>>,
    command: Option<Spanned<Vec<String>>>,
    user: Option<String>,
    #[serde(default)]
    settings: toml::Table,
    #[serde(default)]
    paused: bool,
}

impl RawChannel {
    fn cadence(&self) -> RawCadence<'_> {
        RawCadence {
            cadence: self.cadence.as_ref(),
            slots: self.slots.as_deref(),
            per_day: self.per_day.as_ref(),
            quiet: self.quiet.as_deref(),
            posting: self.posting.as_ref(),
        }
    }
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
            let platform = source.id("platform", &channel.platform)?;
            let posting = cadence::read(&source, &id, &platform, &channel.cadence())?;
            out.cadences.extend(posting.cadence);
            out.posting.extend(posting.rules.map(|rules| (id.clone(), rules)));
            out.origins.insert(id.clone(), posting.origins);
            let holders: Result<Vec<_>, _> =
                channel.held_by.iter().map(|name| source.filled("held_by", name)).collect();
            let holders = holders?;
            if !holders.is_empty() {
                out.holders.insert(id.clone(), holders);
            }
            if let Some(link) = link(&source, channel, &id)? {
                out.links.push(link);
            }
            out.channels.push(Channel {
                id,
                platform,
                title: channel.title.clone().unwrap_or_default(),
                reply_window: window.transpose()?,
            });
        }
        Ok(out)
    }
}

/// What connects a channel, if anything does.
fn link(
    source: &Source<'_>,
    raw: &RawChannel,
    channel: &ChannelId,
) -> Result<Option<Link>, ConfigError> {
    let connector = match (&raw.connector, &raw.command) {
        (None, None) => return Ok(None),
        // A command line says it by itself.
        (None, Some(_)) => "command",
        (Some(name), _) => {
            source.one_of("connector", name, &Link::CONNECTORS.map(|name| (name, name)))?
        }
    };
    let command = raw.command.as_ref().map(|c| c.get_ref().clone()).unwrap_or_default();
    let lacks = connector == "command" && command.first().is_none_or(|c| c.trim().is_empty());
    if let (true, Some(at)) = (lacks, &raw.connector) {
        return Err(source.wrong("command", at, Problem::Empty));
    }
    if let (true, Some(at)) = (lacks, &raw.command) {
        return Err(source.wrong("command", at, Problem::Empty));
    }
    let settings = match serde_json::to_value(&raw.settings) {
        Ok(Value::Object(settings)) => settings,
        // A table of TOML is always an object.
        _ => Map::new(),
    };
    Ok(Some(Link {
        channel: channel.clone(),
        connector: connector.to_owned(),
        command,
        user: raw.user.clone(),
        settings,
        paused: raw.paused,
    }))
}
