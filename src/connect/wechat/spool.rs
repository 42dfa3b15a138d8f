//! What the platform has brought and the desk has not taken yet, one file a message. The platform
//! forgets a message once it is answered, so it is on disk before.

use super::xml::Fields;
use serde::{Deserialize, Serialize};
use std::collections::{HashSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most messages that wait. A desk that is away for so long has been missed for hours.
const MOST_WAITING: usize = 20_000;
/// How many messages that are gone from here are still known, so that a late retry is noticed. A
/// retry comes within 15 seconds.
const MOST_KNOWN: usize = 8_192;

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The same for a message and each retry of it: see [`key`].
    pub key: String,
    /// When it came, by our clock, in milliseconds since 1970.
    pub received: i64,
    /// Its fields.
    pub fields: Fields,
}

/// What the platform's documentation tells retries by: the message's number, or for an event its
/// sender and second; there with its kind, since a scan that makes somebody follow is two at once.
pub fn key(fields: &Fields) -> String {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    match get("MsgId") {
        "" => ["FromUserName", "CreateTime", "Event", "EventKey", "MsgID"].map(get).join(":"),
        id => id.to_owned(),
    }
}

/// What became of a message that was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is on disk.
    New,
    /// It had been before: a retry.
    Again,
    /// There is no room.
    Full,
}

/// The folder, and what is known of it.
pub struct Spool {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    waiting: usize,
    known: HashSet<String>,
    order: VecDeque<String>,
}

impl Spool {
    /// The spool in a folder, which is made; with what an earlier process left there.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(folder: &Path) -> io::Result<Spool> {
        fs::create_dir_all(folder)?;
        let spool = Spool { folder: folder.to_owned(), state: Mutex::default() };
        let mut names = Vec::new();
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|e| e == "new") {
                // Never answered, so the platform brings it once more.
                fs::remove_file(&path)?;
            } else if let Some(name) = number(&path) {
                names.push(name);
            }
        }
        {
            let mut state = spool.state();
            state.next = names.iter().max().map_or(0, |last| last + 1);
            state.waiting = names.len();
            names.sort_unstable();
            for name in names {
                if let Ok(entry) = spool.read(name) {
                    state.know(entry.key);
                }
            }
        }
        Ok(spool)
    }

    /// Puts a message in; it is on disk when this answers [`Put::New`] or [`Put::Again`].
    ///
    /// # Errors
    /// When it is not on disk.
    pub fn put(&self, entry: &Entry) -> io::Result<Put> {
        // Held while the disk works: a retry must not be answered before what it repeats is there.
        let mut state = self.state();
        if state.known.contains(&entry.key) {
            return Ok(Put::Again);
        }
        if state.waiting >= MOST_WAITING {
            return Ok(Put::Full);
        }
        let path = self.path(state.next);
        let unfinished = path.with_extension("new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        // The number is used up even if the next step fails: the file may be there.
        state.next += 1;
        state.waiting += 1;
        File::open(&self.folder)?.sync_all()?;
        state.know(entry.key.clone());
        Ok(Put::New)
    }

    /// The messages that came first, with their numbers. What cannot be read is set aside, and the
    /// second number tells how often that was.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn waiting(&self, most: usize) -> io::Result<(Vec<(u64, Entry)>, usize)> {
        let mut names = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            names.extend(number(&file?.path()));
        }
        names.sort_unstable();
        let mut set_aside = 0;
        let mut entries = Vec::new();
        for name in names.into_iter().take(most) {
            match self.read(name) {
                Ok(entry) => entries.push((name, entry)),
                Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                    let path = self.path(name);
                    fs::rename(&path, path.with_extension("unreadable"))?;
                    self.state().waiting -= 1;
                    set_aside += 1;
                }
                Err(e) => return Err(e),
            }
        }
        Ok((entries, set_aside))
    }

    /// Forgets messages that the desk has taken. One that a crash leaves behind is handed over
    /// again, and the desk knows it by its id.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn taken(&self, numbers: impl IntoIterator<Item = u64>) -> io::Result<()> {
        for number in numbers {
            match fs::remove_file(self.path(number)) {
                Ok(()) => {
                    let mut state = self.state();
                    state.waiting = state.waiting.saturating_sub(1);
                }
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn read(&self, name: u64) -> io::Result<Entry> {
        let bytes = fs::read(self.path(name))?;
        serde_json::from_slice(&bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
    }

    fn path(&self, name: u64) -> PathBuf {
        self.folder.join(format!("{name:020}.json"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn know(&mut self, key: String) {
        if self.known.insert(key.clone()) {
            self.order.push_back(key);
        }
        // What waits is known for as long as it waits.
        while self.order.len() > MOST_KNOWN.max(self.waiting) {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

/// The number of a message's file; `None` for other files.
fn number(path: &Path) -> Option<u64> {
    if path.extension()? != "json" {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(id: u32) -> Entry {
        let fields =
            Fields::from([("MsgId".into(), id.to_string()), ("Content".into(), "物".into())]);
        Entry { key: key(&fields), received: 1, fields }
    }

    fn ids(spool: &Spool) -> Vec<String> {
        spool.waiting(100).unwrap().0.into_iter().map(|(_, e)| e.key).collect()
    }

    #[test]
    fn a_retry_changes_nothing_before_and_after_the_hand_over() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&folder.path().join("spool")).unwrap();
        assert_eq!(spool.put(&entry(1)).unwrap(), Put::New);
        assert_eq!(spool.put(&entry(1)).unwrap(), Put::Again);
        assert_eq!(spool.put(&entry(2)).unwrap(), Put::New);
        assert_eq!(ids(&spool), ["1", "2"]);
        let (waiting, _) = spool.waiting(1).unwrap();
        spool.taken(waiting.iter().map(|w| w.0)).unwrap();
        assert_eq!(spool.put(&entry(1)).unwrap(), Put::Again);
        assert_eq!(ids(&spool), ["2"]);
    }

    #[test]
    fn what_cannot_be_read_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path()).unwrap();
        spool.put(&entry(1)).unwrap();
        spool.put(&entry(2)).unwrap();
        fs::write(folder.path().join("00000000000000000000.json"), "{\"key\":").unwrap();
        let (waiting, set_aside) = spool.waiting(100).unwrap();
        assert_eq!((waiting.len(), set_aside), (1, 1));
        assert_eq!(spool.waiting(100).unwrap().1, 0);
    }

    #[test]
    fn events_are_told_apart_by_sender_second_and_kind() {
        let event = |from: &str, at: &str, event: &str| {
            let fields = [("FromUserName", from), ("CreateTime", at), ("Event", event)];
            key(&fields.map(|(n, v)| (n.to_owned(), v.to_owned())).into())
        };
        assert_eq!(event("a", "1", "SCAN"), event("a", "1", "SCAN"));
        assert_ne!(event("a", "1", "SCAN"), event("a", "1", "subscribe"));
        assert_ne!(event("a", "1", "SCAN"), event("a", "2", "SCAN"));
        assert_ne!(event("a", "1", "SCAN"), event("b", "1", "SCAN"));
    }

    /// What may happen to a spool.
    #[derive(Clone, Debug)]
    enum Step {
        Put(u32),
        /// The desk takes so many, and they are removed.
        HandOver(usize),
        /// The desk takes so many, and the process dies before they are removed.
        CrashAfterHandOver(usize),
        /// The process dies, with a file half written.
        Crash,
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_lost_and_nothing_is_new_twice(steps in prop::collection::vec(prop_oneof![
            (0..12u32).prop_map(Step::Put),
            (0..4usize).prop_map(Step::HandOver),
            (0..4usize).prop_map(Step::CrashAfterHandOver),
            Just(Step::Crash),
        ], 0..24)) {
            let folder = tempfile::tempdir().unwrap();
            let mut spool = Spool::open(folder.path()).unwrap();
            // Answered with success, in this order; and what a desk knows, by id.
            let mut answered: Vec<String> = vec![];
            let mut desk: Vec<String> = vec![];
            let take = |spool: &Spool, desk: &mut Vec<String>, n| {
                let (waiting, _) = spool.waiting(n).unwrap();
                for (_, entry) in &waiting {
                    if !desk.contains(&entry.key) {
                        desk.push(entry.key.clone());
                    }
                }
                waiting.into_iter().map(|w| w.0).collect::<Vec<_>>()
            };
            for step in steps {
                match step {
                    Step::Put(id) => {
                        spool.put(&entry(id)).unwrap();
                        let key = entry(id).key;
                        if !answered.contains(&key) {
                            answered.push(key);
                        }
                    }
                    Step::HandOver(n) => {
                        let taken = take(&spool, &mut desk, n);
                        spool.taken(taken).unwrap();
                    }
                    Step::CrashAfterHandOver(n) => {
                        take(&spool, &mut desk, n);
                        spool = Spool::open(folder.path()).unwrap();
                    }
                    Step::Crash => {
                        fs::write(folder.path().join("00000000000000000099.new"), "{").unwrap();
                        spool = Spool::open(folder.path()).unwrap();
                    }
                }
            }
            let taken = take(&spool, &mut desk, 1_000);
            spool.taken(taken).unwrap();
            prop_assert_eq!(&desk, &answered);
            prop_assert!(ids(&spool).is_empty());
        }
    }
}
