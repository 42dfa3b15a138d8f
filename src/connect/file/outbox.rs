//! The file of what operators asked for: a line for each, on disk before it is acknowledged.

use crate::connect::protocol::{Command, NackKind};
use crate::connect::sdk::{Answer, Done, Not};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The most bytes of a line that can be one of ours.
const MOST_LINE: u64 = 1 << 20;

/// The file of requests.
pub struct Outbox {
    path: PathBuf,
    /// The keys of the lines that stand there, or stood there while this program ran.
    keys: HashSet<String>,
    /// Which file was looked through, and how far.
    seen: (u64, u64),
}

/// Of a line, what tells it from others.
#[derive(Deserialize)]
struct Keyed {
    key: String,
}

impl Outbox {
    /// A file that is made with its first line.
    pub fn new(path: PathBuf) -> Outbox {
        Outbox { path, keys: HashSet::new(), seen: (0, 0) }
    }

    /// Whether it can be written.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), String> {
        self.open().map(drop).map_err(|e| self.why(&e))
    }

    /// Writes a command down, unless it is there; or, for a look, looks whether it is.
    ///
    /// # Errors
    /// What stands in the way, and whether the line may be there all the same.
    pub fn carry_out(&mut self, command: &Command) -> Answer {
        let key = &command.key;
        let not =
            |kind, e: io::Error, path: &Path| Not::new(kind, format!("{}: {e}", path.display()));
        // Nothing is written yet: what fails here has certainly not been done.
        let mut file = self.open().map_err(|e| not(NackKind::Retry, e, &self.path))?;
        let is_there = self.look(&mut file, key).map_err(|e| {
            not(if command.look { NackKind::Unknown } else { NackKind::Retry }, e, &self.path)
        })?;
        let line = match (is_there, command.look) {
            (false, true) => return Err(Not::new(NackKind::Absent, "it is not in the file")),
            (false, false) => {
                line(command).map_err(|e| Not::new(NackKind::Permanent, e.to_string()))?
            }
            // The attempt that wrote it may have been cut off before it was on disk.
            (true, _) => Vec::new(),
        };
        append(&mut file, &line).map_err(|e| not(NackKind::Unknown, e, &self.path))?;
        self.keys.insert(key.clone());
        Ok(Done { platform_id: Some(key.clone()), duplicate: is_there, ..Done::default() })
    }

    fn why(&self, e: &io::Error) -> String {
        format!("{}: {e}", self.path.display())
    }

    fn open(&self) -> io::Result<File> {
        let is_new = !self.path.exists();
        let file =
            OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        if let (true, Some(folder)) = (is_new, self.path.parent()) {
            // Its name has to be on disk too, before anything in it counts.
            File::open(folder)?.sync_all()?;
        }
        Ok(file)
    }

    /// Whether a line with this key stands there. Reads what came since the last time.
    fn look(&mut self, file: &mut File, key: &str) -> io::Result<bool> {
        let meta = file.metadata()?;
        let (inode, upto) = self.seen;
        // Another file, or one that was cut: what was seen before stays known, since it was written.
        let upto = if meta.ino() == inode && upto <= meta.len() { upto } else { 0 };
        file.seek(SeekFrom::Start(upto))?;
        let mut reader = BufReader::new(file);
        let (mut line, mut at) = (Vec::new(), upto);
        loop {
            line.clear();
            let count = reader.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)?;
            // A line that was cut off is no JSON, and so not there.
            if let Ok(keyed) = serde_json::from_slice::<Keyed>(&line) {
                self.keys.insert(keyed.key);
            }
            if line.last() != Some(&b'\n') && (count as u64) < MOST_LINE {
                break;
            }
            at += count as u64;
        }
        self.seen = (meta.ino(), at);
        Ok(self.keys.contains(key))
    }
}

/// Appends a line, if there is one, and waits until the file is on disk.
fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    // What was cut off gets a line of its own, so that it spoils no other.
    let mut bytes = if last == [b'\n'] { Vec::new() } else { vec![b'\n'] };
    bytes.extend_from_slice(line);
    if !line.is_empty() {
        bytes.push(b'\n');
    }
    file.write_all(&bytes)?;
    file.sync_all()
}

/// A command as it stands in the file: as the protocol has it, without what only a look needs.
fn line(command: &Command) -> serde_json::Result<Vec<u8>> {
    let mut value = serde_json::to_value(command)?;
    if let Value::Object(map) = &mut value {
        map.remove("look");
        map.remove("known");
    }
    serde_json::to_vec(&value)
}
