//! The files of a store's folder: who may open them, how they come to be, and what an interrupted
//! opening left behind.
//!
//! `lock` is held by the process that has the store open. `data` is the database; while it is
//! being made it is called `data.new`, so that one that is called `data` is whole.

use super::lookout::Lookout;
use super::sled_store::{Engine, is_full};
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The size of sled's log segments, which is its default. (Of 4 MiB the store takes twice the disk
/// under steady overwriting, and is no faster.)
const SEGMENT: usize = 512 << 10;

/// How long sled may take to let go of a file that was closed.
const LET_GO: Duration = Duration::from_secs(10);

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the store in {} is open in another process", folder.display())]
    InUse {
        /// Its folder.
        folder: PathBuf,
    },
    /// A right is missing, or the disk is mounted read-only.
    #[error("no right to write {}: {why}", path.display())]
    Denied {
        /// What could not be opened or made.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// No room is left.
    #[error("the disk of {} is full", path.display())]
    DiskFull {
        /// What could not be written.
        path: PathBuf,
    },
    /// Its files do not make a store.
    #[error("the store in {} is damaged: {why}", folder.display())]
    Damaged {
        /// Its folder.
        folder: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// It was written by a newer version of the program.
    #[error(
        "the store has schema {found}, and this version knows schemas up to {known}: \
         use a newer version"
    )]
    Newer {
        /// The schema it has.
        found: u32,
        /// The newest one that is known.
        known: u32,
    },
    /// Anything else the system says.
    #[error("cannot open {}: {why}", path.display())]
    Io {
        /// What could not be opened.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

impl OpenError {
    pub(super) fn engine(data: &Path, error: &sled::Error) -> OpenError {
        match error {
            sled::Error::Io(e) => OpenError::io(data, e),
            other => OpenError::Damaged { folder: data.to_owned(), why: other.to_string() },
        }
    }

    pub(super) fn io(path: &Path, error: &io::Error) -> OpenError {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                OpenError::Denied { path, why: error.to_string() }
            }
            kind if is_full(kind) => OpenError::DiskFull { path },
            _ => OpenError::Io { path, why: error.to_string() },
        }
    }
}

/// Makes the folder if need be and takes its lock, which ends with the value.
pub(super) fn lock(folder: &Path) -> Result<Flock<File>, OpenError> {
    if !folder.is_dir() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|e| OpenError::io(folder, &e))?;
        if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
    }
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|e| OpenError::io(&path, &e))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| match errno {
        nix::errno::Errno::EWOULDBLOCK => OpenError::InUse { folder: folder.to_owned() },
        other => OpenError::io(&path, &io::Error::from(other)),
    })
}

/// Whether the log is so short, if there is one, that it may hold no commit yet.
pub(super) fn is_young(folder: &Path) -> Result<bool, OpenError> {
    let log = folder.join("data").join("db");
    match fs::metadata(&log) {
        Ok(data) => Ok(data.len() <= SEGMENT as u64),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(true),
        Err(e) => Err(OpenError::io(&log, &e)),
    }
}

/// A copy of the database on its way to take its place, see [`super::compact`].
pub(super) const COPY: &str = "data.compact";
/// The database that such a copy takes the place of.
pub(super) const OLD: &str = "data.old";

/// Deals with what an interrupted compaction left behind; the lock must be held.
pub(super) fn recover(folder: &Path) -> Result<(), OpenError> {
    let (data, old) = (folder.join("data"), folder.join(OLD));
    if old.is_dir() && !data.is_dir() {
        fs::rename(&old, &data).map_err(|e| OpenError::io(&old, &e))?;
        sync_folder(folder)?;
    }
    for left in [old, folder.join(COPY)] {
        match fs::remove_dir_all(&left) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(OpenError::io(&left, &e)),
            _ => {}
        }
    }
    Ok(())
}

/// Makes a folder for its owner alone.
pub(super) fn make_folder(folder: &Path) -> Result<(), OpenError> {
    DirBuilder::new().mode(0o700).create(folder).map_err(|e| OpenError::io(folder, &e))
}

/// Opens the database; the lock must be held.
pub(super) fn engine(folder: &Path, cache_bytes: u64) -> Result<Engine, OpenError> {
    let data = folder.join("data");
    if !data.is_dir() {
        return create(folder, &data, cache_bytes);
    }
    // An opening that was cut off while it wrote a snapshot leaves this file, which sled would
    // take for a whole one. The log has all that it would have had.
    for path in snapshots(&data)? {
        if path.extension().is_some_and(|end| end == "generating") {
            fs::remove_file(&path).map_err(|e| OpenError::io(&path, &e))?;
        }
    }
    match open_sled(&data, cache_bytes) {
        Err(OpenError::Damaged { folder: at, why }) => {
            // A snapshot only spares sled from reading the whole log: try without.
            let snapshots = snapshots(&data)?;
            if snapshots.is_empty() {
                return Err(OpenError::Damaged { folder: at, why });
            }
            let mut aside = Vec::new();
            for path in snapshots {
                let mut name = std::ffi::OsString::from("unread.");
                name.push(path.file_name().unwrap_or_default());
                let to = data.join(name);
                fs::rename(&path, &to).map_err(|e| OpenError::io(&path, &e))?;
                aside.push(to);
            }
            let engine = open_sled(&data, cache_bytes)?;
            for path in aside {
                fs::remove_file(&path).map_err(|e| OpenError::io(&path, &e))?;
            }
            Ok(engine)
        }
        other => other,
    }
}

/// Makes a database under another name, syncs all of it, then gives it its name. sled goes on with
/// the files it has open; it looks at the folder's name only when it opens.
fn create(folder: &Path, data: &Path, cache_bytes: u64) -> Result<Engine, OpenError> {
    let new = folder.join("data.new");
    match fs::remove_dir_all(&new) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(OpenError::io(&new, &e)),
        _ => {}
    }
    make_folder(&new)?;
    let engine = open_sled(&new, cache_bytes)?;
    engine.write(sled::Batch::default()).map_err(|e| OpenError::engine(&new, &e))?;
    sync_files(&new)?;
    fs::rename(&new, data).map_err(|e| OpenError::io(data, &e))?;
    sync_folder(folder)?;
    Ok(engine)
}

pub(super) fn open_sled(data: &Path, cache_bytes: u64) -> Result<Engine, OpenError> {
    let config = sled::Config::default()
        .path(data)
        .cache_capacity(cache_bytes)
        .segment_size(SEGMENT)
        .flush_every_ms(None);
    let begun = Instant::now();
    let tree = loop {
        // On files it cannot make sense of sled panics as often as it returns an error.
        match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(Ok(tree)) => break tree,
            // We hold the folder's lock, so this is our own store of a moment ago: sled lets go
            // of a file some time after it was closed.
            Ok(Err(sled::Error::Io(e)))
                if e.to_string().contains("could not acquire lock") && begun.elapsed() < LET_GO =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            Ok(Err(error)) => return Err(OpenError::engine(data, &error)),
            Err(_) => {
                let why = "its log cannot be read".to_owned();
                return Err(OpenError::Damaged { folder: data.to_owned(), why });
            }
        }
    };
    let path = data.join("db");
    let file = OpenOptions::new().write(true).open(&path).map_err(|e| OpenError::io(&path, &e))?;
    // What the opening itself wrote, and the names of the files it made.
    file.sync_all().map_err(|e| OpenError::io(&path, &e))?;
    sync_folder(data)?;
    Ok(Engine { lookout: Lookout::over(&tree), tree, file })
}

fn snapshots(data: &Path) -> Result<Vec<PathBuf>, OpenError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(data).map_err(|e| OpenError::io(data, &e))? {
        let entry = entry.map_err(|e| OpenError::io(data, &e))?;
        if entry.file_name().as_encoded_bytes().starts_with(b"snap.") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Makes a database's files, and their names, safe from a loss of power. sled does not: its settings
/// (`conf`), for one, it never syncs.
pub(super) fn sync_files(data: &Path) -> Result<(), OpenError> {
    for entry in fs::read_dir(data).map_err(|e| OpenError::io(data, &e))? {
        let path = entry.map_err(|e| OpenError::io(data, &e))?.path();
        // A folder is opened and synced like a file.
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|e| OpenError::io(&path, &e))?;
        if path.is_dir() {
            sync_files(&path)?;
        }
    }
    sync_folder(data)
}

pub(super) fn sync_folder(folder: &Path) -> Result<(), OpenError> {
    let synced = File::open(folder).and_then(|f| f.sync_all());
    synced.map_err(|e| OpenError::io(folder, &e))
}

/// The bytes the files of the folder take on the disk.
pub(super) fn size(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder.join("data"))? {
        match entry?.metadata() {
            // `blocks` counts 512 bytes each, whatever the file system's own unit is.
            Ok(data) => bytes += data.blocks() * 512,
            // sled may remove a file at any time.
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok(bytes)
}
