//! The file of events, read on from where the desk has got to.

use crate::connect::{check, events, protocol};
use crate::domain::{ChannelId, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;

/// The most bytes of a line; as everywhere that rows come from.
const MOST_LINE: usize = 256 * 1024;
/// The most bytes looked at for one batch: with the events' own bound, a batch fits in a line of
/// the protocol.
const MOST_BYTES: usize = 512 * 1024;
/// The most lines of a batch that are told of in the log.
pub const MOST_NOTES: usize = 5;
/// So many bytes at the beginning, and before the place, tell a file from another.
const MARK: u64 = 1024;

/// Where in the file the desk has got to; the channel's cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Bytes that were read.
    at: u64,
    /// Lines that were read.
    lines: u64,
    /// What was read last is the beginning of a line that is too long; its rest is passed over.
    #[serde(default)]
    within: bool,
    /// Tells the file from another that takes its place: a hash of its beginning, and of what
    /// stands before the place.
    mark: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Numbers and hexadecimal digits can always be written.
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// What one look has found.
#[derive(Debug)]
pub struct Part {
    /// Events, each as it stands in the file.
    pub events: Vec<Value>,
    /// What is to be said of lines that are none.
    pub notes: Vec<String>,
    /// Where the file is read on after them.
    pub place: Place,
}

/// The file of events.
pub struct Inbox {
    path: PathBuf,
    channel: ChannelId,
    /// The file that is read: kept open, so that its rest is read when another takes its place.
    open: Option<File>,
    place: Place,
    /// The place has been compared with the file.
    is_known: bool,
}

impl Inbox {
    /// A file that is read on from a cursor; from its beginning when there is none, or one that
    /// nobody can read.
    pub fn new(path: PathBuf, channel: ChannelId, cursor: Option<&str>) -> Inbox {
        let place = cursor.and_then(|cursor| serde_json::from_str(cursor).ok()).unwrap_or_default();
        Inbox { path, channel, open: None, place, is_known: false }
    }

    /// The desk has taken what a look has found.
    pub fn taken(&mut self, place: Place) {
        self.place = place;
    }

    /// Reads on; `None` = there is nothing more for now.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub fn look(&mut self, now: Time) -> Result<Option<Part>, String> {
        self.part(now).map_err(|e| format!("{}: {e}", self.path.display()))
    }

    fn part(&mut self, now: Time) -> io::Result<Option<Part>> {
        loop {
            let file = match self.open.take() {
                Some(file) => file,
                None => {
                    self.is_known = false;
                    File::open(&self.path)?
                }
            };
            let meta = file.metadata()?;
            // Asked before reading: what the old file got until then is still read.
            let is_replaced = match std::fs::metadata(&self.path) {
                Ok(named) => (named.dev(), named.ino()) != (meta.dev(), meta.ino()),
                // Between two files there is none for a moment.
                Err(_) => false,
            };
            if !self.is_known || meta.len() != self.place.at {
                self.is_known = true;
                let is_same =
                    meta.len() >= self.place.at && mark(&file, self.place.at)? == self.place.mark;
                if !is_same {
                    // Another file, or written anew: from its beginning. Messages that the desk
                    // has are known to it by their ids.
                    self.place = Place { mark: mark(&file, 0)?, ..Place::default() };
                }
            }
            let mut part = self.read(&file, now, false)?;
            if part.is_none() && is_replaced {
                // Nobody will write the end of its last line any more.
                part = self.read(&file, now, true)?;
            }
            if part.is_some() || !is_replaced {
                self.open = Some(file);
                return Ok(part);
            }
        }
    }

    /// The lines that stand behind the place, as many as go into a batch. A last one without its end
    /// is waited for, unless the file `is_over`.
    fn read(&self, file: &File, now: Time, is_over: bool) -> io::Result<Option<Part>> {
        let mut bytes = vec![0; MOST_BYTES];
        let count = fill(file, &mut bytes, self.place.at)?;
        let mut rest = &bytes[..count];
        let (mut place, mut events, mut notes) = (self.place.clone(), Vec::new(), Vec::new());
        while !rest.is_empty() && events.len() < protocol::MOST_EVENTS {
            let end = rest.iter().position(|b| *b == b'\n');
            let line = &rest[..end.unwrap_or(rest.len())];
            let number = place.lines + 1;
            match self.line(line, end.is_some() || is_over, place.within, now) {
                Line::Nothing => {}
                Line::Event(event) => events.push(event),
                Line::Bad(event, why) => {
                    notes.push(format!("line {number} of {}: {why}", self.path.display()));
                    // It goes to the desk all the same, which counts what it rejects.
                    let stands_for = || json!({ "event": "no event", "id": number });
                    events.push(event.unwrap_or_else(stands_for));
                }
                // The rest of it is yet to be written, or lies in the next part.
                Line::NotYet => break,
            }
            place.within = end.is_none() && (place.within || line.len() > MOST_LINE);
            place.lines += u64::from(end.is_some());
            let taken = end.map_or(line.len(), |end| end + 1);
            place.at += taken as u64;
            rest = &rest[taken..];
        }
        if place.at == self.place.at {
            return Ok(None);
        }
        place.mark = mark(file, place.at)?;
        Ok(Some(Part { events, notes, place }))
    }

    fn line(&self, line: &[u8], is_whole: bool, within: bool, now: Time) -> Line {
        if within {
            return Line::Nothing;
        }
        if line.len() > MOST_LINE {
            return Line::Bad(None, format!("it is longer than {MOST_LINE} bytes"));
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return if is_whole { Line::Nothing } else { Line::NotYet };
        }
        let map = match serde_json::from_slice::<Map<String, Value>>(line) {
            Ok(map) => map,
            // No beginning of a JSON object is one itself: a last line that is one is whole, with
            // or without its end.
            Err(_) if !is_whole => return Line::NotYet,
            Err(e) => return Line::Bad(None, format!("it is no JSON object: {e}")),
        };
        let mut named = map.clone();
        named.entry("channel").or_insert_with(|| self.channel.0.as_str().into());
        let read = events::read_object(named, &mut Vec::new());
        match read.and_then(|mut event| check::event(&mut event, now, &mut Vec::new())) {
            Ok(()) => Line::Event(Value::Object(map)),
            Err(reject) => Line::Bad(Some(Value::Object(map)), reject.to_string()),
        }
    }
}

/// Tells a file, as far as it was read, from another.
fn mark(file: &File, at: u64) -> io::Result<String> {
    let size = at.min(MARK);
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    // FNV-1a with 64 bits: nobody gains anything by a file that looks like another.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for from in [0, at - size] {
        let count = fill(file, &mut bytes, from)?;
        for byte in &bytes[..count] {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}"))
}

/// What a line is.
enum Line {
    /// Empty, or the rest of one that is too long.
    Nothing,
    /// An event.
    Event(Value),
    /// None, and why; what of it can be handed over.
    Bad(Option<Value>, String),
    /// It is not written to its end yet.
    NotYet,
}

/// Reads from a place on, as much as there is and fits.
fn fill(file: &File, bytes: &mut [u8], from: u64) -> io::Result<usize> {
    let mut count = 0;
    while count < bytes.len() {
        match file.read_at(&mut bytes[count..], from + count as u64) {
            Ok(0) => break,
            Ok(n) => count += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(count)
}
