//! The store on disk: one sled tree, one durable step for each group.
//!
//! What sled promises and what we add (checked against its source, and by
//! `tests/power_loss`):
//!
//! * `flush()` writes and calls `sync_file_range`, which leaves the file's length and the disk's own
//!   cache out: after it we call `sync_data()` on a handle of our own, and only then answer.
//! * sled's background thread is switched off. It moves pages and hands their old places out again
//!   before anything was truly synced, so that a disk that reorders writes could lose what was
//!   acknowledged long ago. (So its source says; the test has not caught it.) Without it every
//!   write belongs to a commit and the cleaning goes on there: measured, the files grow no more.
//! * The first opening writes a settings file without a sync: we make a new database under another
//!   name, sync all of it, and only then give the folder its name.
//! * What an interrupted opening leaves behind is dealt with in `open_files`.
//! * A failed write sticks in sled. The store then answers nothing until it is opened anew
//!   ([`SledStore::reopen`]). So that a full disk does not come to that, it stops writing while
//!   there is some room left ([`SledStore::check_room`]) and goes on by itself when there is more.
//! * Some failed writes sled tells nobody of who already waits for them: see `lookout`.

use super::group::judge;
use super::lookout::Lookout;
use super::open_files::{self, OpenError};
use super::{
    Archive, Batch, Direction, Key, KeyRange, Outcome, Page, Revision, Store, StoreError, Versioned,
};
use nix::fcntl::Flock;
use std::fs::File;
use std::io::ErrorKind;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Where the revision of the last group is kept; no key of the desk begins with a zero byte.
const REVISION: &[u8] = &[0];
/// The first key that is the desk's.
const FIRST: &[u8] = &[1];
const PREFIX: usize = size_of::<Revision>();

/// A store in a folder of its own, which one process at a time may have open.
///
/// What is read is always durable: readers wait while a group is made so.
pub struct SledStore {
    folder: PathBuf,
    cache_bytes: u64,
    keep_free: Option<u64>,
    archive: Archive,
    state: RwLock<State>,
    revision: AtomicU64,
    /// Held as long as the store lives.
    _lock: Flock<File>,
}

/// An open database.
pub(super) struct Engine {
    pub(super) tree: sled::Db,
    /// Our own handle to sled's file, for the sync that sled leaves out.
    pub(super) file: File,
    pub(super) lookout: Lookout,
}

impl Engine {
    /// Writes a batch and waits until sled has handed it over; what the disk itself still keeps to
    /// itself is left to `file`.
    pub(super) fn write(&self, batch: sled::Batch) -> sled::Result<()> {
        self.lookout.during(|| {
            self.tree.apply_batch(batch)?;
            self.tree.flush().map(|_| ())
        })
    }
}

enum State {
    Open(Engine),
    /// A write failed: what sled holds in memory may not be what is on disk, so nobody reads it.
    Failed(StoreError),
}

impl SledStore {
    /// A cache that a desk of any size does well with. With a million conversations sled holds
    /// 200 MiB beside it, and twice the cache reads no faster.
    pub const CACHE: u64 = 64 << 20;

    /// Opens the store in a folder, and makes both if they are not there yet (the folder with
    /// rights for its owner alone). `cache_bytes` bounds sled's page cache.
    ///
    /// # Errors
    /// Each tells what is wrong with which path, and what to do.
    pub fn open(folder: &Path, cache_bytes: u64) -> Result<SledStore, OpenError> {
        let lock = open_files::lock(folder)?;
        let (engine, revision) = start(folder, cache_bytes)?;
        Ok(SledStore {
            folder: folder.to_owned(),
            cache_bytes,
            keep_free: None,
            archive: Archive::NONE,
            state: RwLock::new(State::Open(engine)),
            revision: AtomicU64::new(revision),
            _lock: lock,
        })
    }

    /// The same, refusing to write when fewer bytes than these are free on the disk.
    pub fn keeping_free(mut self, bytes: u64) -> SledStore {
        self.keep_free = Some(bytes);
        self
    }

    /// The same, with an archive beside it.
    pub fn with_archive(mut self, archive: Archive) -> SledStore {
        self.archive = archive;
        self
    }

    /// Opens it anew after a failed write. What was acknowledged is there; the group that failed
    /// is there or not.
    ///
    /// # Errors
    /// As [`SledStore::open`]; the store stays failed then, and this can be tried again.
    pub fn reopen(&self) -> Result<(), OpenError> {
        let mut state = self.write();
        // The old one has to let go of its file first.
        *state = State::Failed(StoreError::new("the store is being opened anew"));
        match start(&self.folder, self.cache_bytes) {
            Ok((engine, revision)) => {
                self.revision.store(revision, Ordering::Release);
                *state = State::Open(engine);
                Ok(())
            }
            Err(error) => {
                *state = State::Failed(StoreError::new(error.to_string()));
                Err(error)
            }
        }
    }

    /// The bytes it takes on the disk.
    ///
    /// # Errors
    /// When its files cannot be looked at.
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        open_files::size(&self.folder)
            .map_err(|e| StoreError::new(format!("{}: {e}", self.folder.display())))
    }

    /// Whether there is room for more. Below a reserve (64 MiB, or an eighth of the store if that
    /// is more: what opening it again needs) nothing is written, so that reading goes on.
    ///
    /// # Errors
    /// `disk_full`, with a sentence that says how much is missing.
    pub fn check_room(&self) -> Result<(), StoreError> {
        let failed = |e: &dyn std::fmt::Display| {
            StoreError::new(format!("cannot see how full the disk of {} is: {e}", self.show()))
        };
        let disk = nix::sys::statvfs::statvfs(&self.folder).map_err(|e| failed(&e))?;
        // The width of these numbers differs by platform.
        #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
        let free = u64::from(disk.blocks_available()).saturating_mul(disk.fragment_size() as u64);
        let needed = match self.keep_free {
            Some(bytes) => bytes,
            None => {
                let size = open_files::size(&self.folder).map_err(|e| failed(&e))?;
                (64 << 20).max(size / 8)
            }
        };
        if free >= needed {
            return Ok(());
        }
        Err(StoreError {
            what: format!(
                "the disk of {} is almost full: {} MiB are free, {} MiB are kept; \
                 make room, then go on",
                self.show(),
                free >> 20,
                needed >> 20
            ),
            disk_full: true,
            unknown: false,
        })
    }

    fn show(&self) -> std::path::Display<'_> {
        self.folder.display()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        // A panic within a commit leaves a state that `Failed` would describe; sled itself then
        // reports its own broken threads.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn cannot_read(&self, error: &sled::Error) -> StoreError {
        StoreError::new(format!("cannot read the store in {}: {error}", self.show()))
    }

    fn cannot_write(&self, disk_full: bool, error: &dyn std::fmt::Display) -> StoreError {
        let why = if disk_full { "the disk is full".to_owned() } else { error.to_string() };
        StoreError {
            what: format!("cannot write the store in {}: {why}", self.show()),
            disk_full,
            unknown: true,
        }
    }
}

impl State {
    fn engine(&self) -> Result<&Engine, StoreError> {
        match self {
            State::Open(engine) => Ok(engine),
            // Nobody's commit is in doubt but the one that failed, and that was told so.
            State::Failed(why) => Err(StoreError { unknown: false, ..why.clone() }),
        }
    }
}

impl Store for SledStore {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        let state = self.read();
        let tree = &state.engine()?.tree;
        keys.iter()
            .map(|key| match tree.get(key).map_err(|e| self.cannot_read(&e))? {
                Some(bytes) if key.as_slice() >= FIRST => split(key, &bytes).map(Some),
                _ => Ok(None),
            })
            .collect()
    }

    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        let state = self.read();
        let tree = &state.engine()?.tree;
        let mut page = Page { revision: self.revision.load(Ordering::Acquire), ..Page::default() };
        let from = range.from.as_slice().max(FIRST);
        if range.to.as_ref().is_some_and(|to| to.as_slice() <= from) {
            return Ok(page);
        }
        let to = range.to.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut rows = tree.range::<&[u8], _>((Bound::Included(from), to));
        loop {
            let next = match way {
                Direction::Forward => rows.next(),
                Direction::Backward => rows.next_back(),
            };
            let Some(row) = next else { break };
            let (key, bytes) = row.map_err(|e| self.cannot_read(&e))?;
            if page.rows.len() == limit {
                page.more = true;
                break;
            }
            let versioned = split(&key, &bytes)?;
            page.rows.push((key.to_vec(), versioned));
        }
        Ok(page)
    }

    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        let mut state = self.write();
        let engine = state.engine()?;
        self.check_room()?;
        let revision = self.revision.load(Ordering::Acquire) + 1;
        let (outcomes, writes) = judge(group, revision, |key| {
            let found = engine.tree.get(key).map_err(|e| self.cannot_read(&e))?;
            found.map(|bytes| split(key, &bytes).map(|v| v.revision)).transpose()
        })?;
        if !outcomes.iter().any(|o| matches!(o, Outcome::Committed(_))) {
            return Ok(outcomes);
        }
        let mut batch = sled::Batch::default();
        batch.insert(REVISION, &revision.to_be_bytes());
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(key, join(revision, &value)),
                None => batch.remove(key),
            }
        }
        let written =
            engine.write(batch).and_then(|()| engine.file.sync_data().map_err(sled::Error::Io));
        if let Err(error) = written {
            let full = matches!(&error, sled::Error::Io(e) if is_full(e.kind()));
            let failure = self.cannot_write(full, &error);
            *state = State::Failed(failure.clone());
            return Err(failure);
        }
        self.revision.store(revision, Ordering::Release);
        Ok(outcomes)
    }

    fn revision(&self) -> Revision {
        self.revision.load(Ordering::Acquire)
    }

    fn archive(&self) -> &Archive {
        &self.archive
    }
}

/// Whether an I/O error says that there is no room left.
pub(super) fn is_full(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Opens the database and reads which revision it holds.
fn start(folder: &Path, cache_bytes: u64) -> Result<(Engine, Revision), OpenError> {
    open_files::recover(folder)?;
    // Looked at first: what sled cannot read it begins to clear away.
    let young = open_files::is_young(folder)?;
    let engine = open_files::engine(folder, cache_bytes)?;
    let damaged = |why: String| OpenError::Damaged { folder: folder.to_owned(), why };
    let found = engine.tree.get(REVISION).map_err(|e| damaged(e.to_string()))?;
    let revision = match found.as_deref().map(<[u8; PREFIX]>::try_from) {
        // sled takes a log that it cannot read for an empty one.
        None if !young => {
            return Err(damaged("nothing of its log can be read".to_owned()));
        }
        None => 0,
        Some(Ok(bytes)) => Revision::from_be_bytes(bytes),
        Some(Err(_)) => return Err(damaged("its revision cannot be read".to_owned())),
    };
    Ok((engine, revision))
}

fn join(revision: Revision, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PREFIX + value.len());
    bytes.extend_from_slice(&revision.to_be_bytes());
    bytes.extend_from_slice(value);
    bytes
}

fn split(key: &[u8], bytes: &[u8]) -> Result<Versioned, StoreError> {
    match bytes.split_first_chunk::<PREFIX>() {
        Some((revision, value)) => {
            Ok(Versioned { revision: Revision::from_be_bytes(*revision), value: value.to_vec() })
        }
        None => Err(StoreError::record(key, "is cut short")),
    }
}
