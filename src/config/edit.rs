//! Changes that the daemon itself makes in `channels.toml`: everything else in the file, comments
//! and order included, stays as somebody wrote it.

use super::error::{ConfigError, Problem};
use super::paths::DeskPaths;
use super::read;
use serde_json::{Map, Value};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// A channel as it is to stand in the file. What is `None` or empty stays as it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelEdit {
    /// Its short name.
    pub id: String,
    /// Its platform.
    pub platform: String,
    /// Its name on screen.
    pub title: String,
    /// Its connector.
    pub connector: String,
    /// The command line of a connector of one's own.
    pub command: Vec<String>,
    /// The connector's settings.
    pub settings: Map<String, Value>,
}

/// Adds a channel to a desk's `channels.toml`, or changes the one of that name.
///
/// # Errors
/// When the file cannot be read or written.
pub fn put_channel(folder: &Path, edit: &ChannelEdit) -> Result<(), ConfigError> {
    change(folder, |channels| {
        let at = place_of(channels, &edit.id);
        if at.is_none() {
            let mut table = Table::new();
            table.insert("id", value(edit.id.as_str()));
            channels.push(table);
        }
        let at = at.unwrap_or(channels.len() - 1);
        let Some(table) = channels.get_mut(at) else { return };
        for (name, text) in
            [("platform", &edit.platform), ("title", &edit.title), ("connector", &edit.connector)]
        {
            if !text.is_empty() {
                table.insert(name, value(text.as_str()));
            }
        }
        if !edit.command.is_empty() {
            table.insert("command", value(edit.command.iter().collect::<Array>()));
        }
        table.remove("paused");
        if !edit.settings.is_empty() {
            let mut settings = Table::new();
            for (name, setting) in &edit.settings {
                if let Some(setting) = written(setting) {
                    settings.insert(name, setting);
                }
            }
            table.insert("settings", Item::Table(settings));
        }
    })
}

/// Takes a channel out; false when there is none of that name.
///
/// # Errors
/// When the file cannot be read or written.
pub fn remove_channel(folder: &Path, id: &str) -> Result<bool, ConfigError> {
    let mut found = false;
    change(folder, |channels| {
        if let Some(at) = place_of(channels, id) {
            channels.remove(at);
            found = true;
        }
    })?;
    Ok(found)
}

/// Pauses a channel, or lets it go on; false when there is none of that name.
///
/// # Errors
/// When the file cannot be read or written.
pub fn pause_channel(folder: &Path, id: &str, paused: bool) -> Result<bool, ConfigError> {
    let mut found = false;
    change(folder, |channels| {
        let Some(table) = place_of(channels, id).and_then(|at| channels.get_mut(at)) else {
            return;
        };
        found = true;
        match paused {
            true => table.insert("paused", value(true)),
            false => table.remove("paused"),
        };
    })?;
    Ok(found)
}

fn place_of(channels: &ArrayOfTables, id: &str) -> Option<usize> {
    channels.iter().position(|t| t.get("id").and_then(Item::as_str) == Some(id))
}

fn change(folder: &Path, how: impl FnOnce(&mut ArrayOfTables)) -> Result<(), ConfigError> {
    let file = DeskPaths::new(folder).channels_file();
    let parse = |file: &Path, text: &str| {
        text.parse::<DocumentMut>()
            .map_err(|e| ConfigError::at(file, None, "", Problem::Toml(e.message().to_owned())))
    };
    let mut document = read::file(&file, parse)?.unwrap_or_default();
    let channels = document
        .entry("channel")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| {
            let problem = Problem::Toml("channel is no list of tables".into());
            ConfigError::at(&file, None, "channel", problem)
        })?;
    how(channels);
    let text = document.to_string();
    write_whole(&file, text.as_bytes(), 0o600)
        .map_err(|e| ConfigError::at(&file, None, "", Problem::Unwritable(e.to_string())))
}

/// A JSON value as TOML has it; `None` for what TOML has no word for.
fn written(json: &Value) -> Option<Item> {
    Some(match json {
        Value::Bool(b) => value(*b),
        Value::Number(n) => match n.as_i64() {
            Some(n) => value(n),
            None => value(n.as_f64()?),
        },
        Value::String(s) => value(s.as_str()),
        Value::Array(items) => {
            let items = items.iter().map(|i| written(i)?.into_value().ok());
            value(items.collect::<Option<Array>>()?)
        }
        Value::Null | Value::Object(_) => return None,
    })
}

/// Writes a file so that it is there whole or as it was, whatever happens meanwhile. Its mode stays
/// as it is; a new one gets `mode`.
///
/// # Errors
/// What the system says.
pub(super) fn write_whole(file: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    let mut out =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&new)?;
    if let Ok(old) = fs::metadata(file) {
        out.set_permissions(old.permissions())?;
    }
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&new, file)?;
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
