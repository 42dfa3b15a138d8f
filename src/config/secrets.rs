//! `secrets.toml`: the channels' passwords and tokens. One file, the daemon's account alone may read
//! it, and the daemon alone writes it.

use super::edit::{CHANGING, write_whole};
use super::error::{ConfigError, Problem};
use super::paths::DeskPaths;
use super::read;
use crate::domain::ChannelId;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::PoisonError;

/// Secrets by name.
pub type Secrets = BTreeMap<String, String>;

/// The secrets of a channel; empty when there are none.
///
/// # Errors
/// When the file cannot be read.
pub fn secrets_of(folder: &Path, channel: &ChannelId) -> Result<Secrets, ConfigError> {
    Ok(all(folder)?.remove(&channel.0).unwrap_or_default())
}

/// Keeps a channel's secrets, in the place of those that were there; none = forgets them. They are
/// on disk when this returns.
///
/// # Errors
/// When the file cannot be read or written.
pub fn keep_secrets(
    folder: &Path,
    channel: &ChannelId,
    secrets: &Secrets,
) -> Result<(), ConfigError> {
    // Several connectors may be given new tokens in the same moment.
    let _one = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
    let file = DeskPaths::new(folder).secrets_file();
    let mut all = all(folder)?;
    match secrets.is_empty() {
        true => all.remove(&channel.0),
        false => all.insert(channel.0.clone(), secrets.clone()),
    };
    let wrong = |why: String| ConfigError::at(&file, None, "", Problem::Unwritable(why));
    let text = toml::to_string(&all).map_err(|e| wrong(e.to_string()))?;
    write_whole(&file, text.as_bytes(), 0o600).map_err(|e| wrong(e.to_string()))
}

pub(super) fn all(folder: &Path) -> Result<BTreeMap<String, Secrets>, ConfigError> {
    let file = DeskPaths::new(folder).secrets_file();
    let parse = |file: &Path, text: &str| {
        // The parser's own words would show the line, and with it a secret.
        toml::from_str(text).map_err(|_| {
            ConfigError::at(file, None, "", Problem::Toml("it is no file of secrets".into()))
        })
    };
    Ok(read::file(&file, parse)?.unwrap_or_default())
}
