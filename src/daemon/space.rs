//! Room on the desk's disk: below a limit no new messages are taken, so that operators can still
//! finish what is there.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a look at the disk stands for.
const FRESH: Duration = Duration::from_secs(1);
/// A limit from here on grows with the database; who sets a smaller one has a small disk.
const GROWS: u64 = 1 << 30;

/// The store writes nothing when there is less, so that it can be opened again.
const RESERVE: u64 = 64 << 20;

/// Too little room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Low {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that have to be.
    pub need: u64,
}

/// The disk a database lies on.
#[derive(Debug)]
pub struct Space {
    db: PathBuf,
    limit: u64,
    last: Option<(Instant, Option<Low>)>,
}

impl Space {
    /// The disk of this folder. `limit` = bytes to keep free. From 1 GiB on as much is kept free as
    /// the database has, if that is more (its files are rewritten as a whole at times).
    pub fn new(db: &Path, limit: u64) -> Space {
        Space { db: db.to_owned(), limit, last: None }
    }

    /// Too little room to write anything at all: the store's own reserve.
    pub fn full(&self) -> bool {
        let need = self.reserve().unwrap_or_else(|| RESERVE.max(size(&self.db) / 8));
        free(&self.db).is_some_and(|free| free < need)
    }

    /// The store's reserve in bytes, where the limit is less than that; `None` = as the store
    /// thinks fit.
    pub fn reserve(&self) -> Option<u64> {
        Some(self.limit).filter(|limit| *limit < RESERVE)
    }

    /// Too little room now, or at the last look a moment ago.
    pub fn low(&mut self) -> Option<Low> {
        if let Some((at, low)) = self.last
            && at.elapsed() < FRESH
        {
            return low;
        }
        let need = if self.limit < GROWS { self.limit } else { self.limit.max(size(&self.db)) };
        // A disk that cannot be asked is told by the write that fails on it.
        let low = free(&self.db).filter(|f| *f < need).map(|free| Low { free, need });
        self.last = Some((Instant::now(), low));
        low
    }
}

/// Bytes that this account may still write on the disk of a folder.
pub fn free(folder: &Path) -> Option<u64> {
    let disk = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(disk.blocks_available().saturating_mul(disk.fragment_size()))
}

/// Bytes of all files in a folder.
pub fn size(folder: &Path) -> u64 {
    let Ok(files) = std::fs::read_dir(folder) else { return 0 };
    files
        .flatten()
        .map(|file| match file.metadata() {
            Ok(meta) if meta.is_dir() => size(&file.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_decides() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Space::new(dir.path(), 0).low(), None);
        let low = Space::new(dir.path(), u64::MAX).low().unwrap();
        assert_eq!(low.need, u64::MAX);
        assert!(!Space::new(dir.path(), 0).full());
        assert_eq!(Space::new(&dir.path().join("gone"), u64::MAX).low(), None);
    }

    #[test]
    fn a_folders_size_is_that_of_its_files() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("blobs")).unwrap();
        std::fs::write(dir.path().join("db"), [0; 100]).unwrap();
        std::fs::write(dir.path().join("blobs").join("b"), [0; 23]).unwrap();
        assert_eq!(size(dir.path()), 123);
        assert_eq!(size(&dir.path().join("gone")), 0);
    }
}
