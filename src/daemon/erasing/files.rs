//! The desk's files besides its database: what a connector keeps is cleansed, what people wrote is named.

use crate::domain::erasure::scrub;
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A larger file is read no further.
const MOST_BYTES: u64 = 64 << 20;
/// Folders and files of the desk that are not looked at here: the database and the index have their own
/// way, the archive has its own, secrets are no business of anybody's.
const NOT_HERE: [&str; 6] = ["db", "search", "run", "archive", "secrets.toml", "lost+found"];
/// The folder in which a connector keeps one message a file.
const SPOOL: &str = "spool";

/// Every file below a folder; links are not followed.
fn below(folder: &Path, skip: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(found),
        Err(e) => return Err(e),
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if entry.file_name().to_str().is_some_and(|name| skip.contains(&name)) {
            continue;
        }
        if kind.is_dir() {
            found.extend(below(&entry.path(), &[])?);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn text_of(file: &Path) -> io::Result<String> {
    if fs::metadata(file)?.len() > MOST_BYTES {
        return Ok(String::new());
    }
    Ok(String::from_utf8_lossy(&fs::read(file)?).into_owned())
}

/// Takes somebody out of what a connector keeps, while it rests: messages of theirs that wait, entries
/// under their id. Answers how many files were changed or removed.
///
/// # Errors
/// When a file cannot be read or written.
pub fn cleanse(folder: &Path, needles: &[String]) -> io::Result<u64> {
    let mut changed = 0;
    for file in below(folder, &[])? {
        let text = text_of(&file)?;
        if scrub(&text, needles).is_none() {
            continue;
        }
        let spooled = file.parent().and_then(Path::file_name).is_some_and(|name| name == SPOOL);
        if spooled {
            fs::remove_file(&file)?;
            changed += 1;
        } else if let Ok(mut value) = serde_json::from_str::<Value>(&text) {
            prune(&mut value, needles);
            replace(&file, &serde_json::to_vec(&value)?)?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// Takes out what is under somebody's id, or is it.
fn prune(value: &mut Value, needles: &[String]) {
    let names = |text: &str| scrub(text, needles).is_some();
    match value {
        Value::Object(fields) => {
            fields.retain(|key, value| !names(key) && !value.as_str().is_some_and(names));
            fields.values_mut().for_each(|value| prune(value, needles));
        }
        Value::Array(values) => {
            values.retain(|value| !value.as_str().is_some_and(names));
            values.iter_mut().for_each(|value| prune(value, needles));
        }
        _ => {}
    }
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    let mut out =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    // Its owner stays who it was: a connector may run under an account of its own.
    let (was, is) = (fs::metadata(file)?, fs::metadata(&new)?);
    use std::os::unix::fs::MetadataExt;
    if (was.uid(), was.gid()) != (is.uid(), is.gid()) {
        std::os::unix::fs::chown(&new, Some(was.uid()), Some(was.gid()))?;
    }
    fs::set_permissions(&new, was.permissions())?;
    fs::rename(&new, file)
}

/// The desk's files that name somebody: settings that people wrote, logs, what connectors keep.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn naming(desk: &Path, needles: &[String]) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for file in below(desk, &NOT_HERE)? {
        if scrub(&text_of(&file)?, needles).is_some() {
            let within = file.strip_prefix(desk).unwrap_or(&file);
            found.push(within.display().to_string());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_connector_keeps_is_cleansed_and_what_people_wrote_is_named() {
        let desk = tempfile::tempdir().unwrap();
        let channel = desk.path().join("channels/wechat");
        fs::create_dir_all(channel.join("spool")).unwrap();
        fs::create_dir_all(desk.path().join("db")).unwrap();
        let write = |name: &str, text: &str| fs::write(desk.path().join(name), text).unwrap();
        write("channels/wechat/spool/00000000000000000001.json", r#"{"FromUserName":"o-Amy77"}"#);
        write("channels/wechat/spool/00000000000000000002.json", r#"{"FromUserName":"o-Bo"}"#);
        write("channels/wechat/windows.json", r#"{"o-Amy77":{"left":5},"o-Bo":{"left":4}}"#);
        write("views.toml", "filter = \"author:o-Amy77\"\n");
        write("db/data", "o-Amy77");
        write("secrets.toml", "o-Amy77");
        let needles = ["o-Amy77".to_owned()];
        assert_eq!(cleanse(&channel, &needles).unwrap(), 2);
        let left = fs::read_to_string(channel.join("windows.json")).unwrap();
        assert_eq!(left, r#"{"o-Bo":{"left":4}}"#);
        assert!(!channel.join("spool/00000000000000000001.json").exists());
        assert!(channel.join("spool/00000000000000000002.json").exists());
        assert_eq!(naming(desk.path(), &needles).unwrap(), ["views.toml"]);
    }
}
