//! Changes that the daemon itself makes in `channels.toml`: everything else in the file, comments
//! and order included, stays as somebody wrote it.

use super::channels::Channels;
use super::error::{ConfigError, Problem};
use super::paths::DeskPaths;
use super::read;
use serde_json::{Map, Value};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
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

/// Adds a channel to a desk's `channels.toml`, or changes the one of that name: settings that are not
/// named stay as they are, unless it gets another connector. A paused one goes on.
///
/// # Errors
/// When the file cannot be read or written, or would have a mistake then.
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
        let before = table.get("connector").and_then(Item::as_str).unwrap_or_default();
        if !edit.connector.is_empty() && before != edit.connector {
            // They were another connector's.
            table.remove("settings");
            table.remove("command");
        }
        for (name, text) in
            [("platform", &edit.platform), ("title", &edit.title), ("connector", &edit.connector)]
        {
            if !text.is_empty() {
                put(table, name, value(text.as_str()));
            }
        }
        if !edit.command.is_empty() {
            put(table, "command", value(edit.command.iter().collect::<Array>()));
        }
        table.remove("paused");
        if !edit.settings.is_empty() {
            let settings = table.entry("settings").or_insert(Item::Table(Table::new()));
            let Some(settings) = settings.as_table_like_mut() else { return };
            for (name, setting) in &edit.settings {
                match written(setting) {
                    Some(setting) => match settings.get_mut(name) {
                        Some(there) => replace(there, setting),
                        None => drop(settings.insert(name, setting)),
                    },
                    None => drop(settings.remove(name)),
                }
            }
        }
    })
}

/// Sets a value of a table; what stands around the one that was there stays.
fn put(table: &mut Table, name: &str, new: Item) {
    match table.get_mut(name) {
        Some(there) => replace(there, new),
        None => drop(table.insert(name, new)),
    }
}

/// Sets a value in the place of another; a comment behind it stays.
fn replace(there: &mut Item, new: Item) {
    let around = there.as_value().map(|v| v.decor().clone());
    *there = new;
    if let (Some(around), Some(value)) = (around, there.as_value_mut()) {
        *value.decor_mut() = around;
    }
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

/// Held from reading a file until it is written: two changes at once would lose one of them.
pub(super) static CHANGING: Mutex<()> = Mutex::new(());

fn change(folder: &Path, how: impl FnOnce(&mut ArrayOfTables)) -> Result<(), ConfigError> {
    let _one = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
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
    // A desk must not be left with a file it cannot start with.
    Channels::parse(&file, &text)?;
    let mode = fs::metadata(&file).map_or(0o600, |old| old.permissions().mode());
    write_whole(&file, text.as_bytes(), mode)
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

/// Writes a file so that it is there whole or as it was, whatever happens meanwhile. Nobody whom `mode`
/// leaves out can read it at any moment.
///
/// # Errors
/// What the system says.
pub(super) fn write_whole(file: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    // One that an interrupted write left behind has a mode of its own.
    match fs::remove_file(&new) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    out.set_permissions(Permissions::from_mode(mode))?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&new, file)?;
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
