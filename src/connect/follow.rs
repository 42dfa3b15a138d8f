//! A file that is read on as it grows, also when another one takes its place (rotation) or it is
//! cut to nothing (truncation).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often a file that does not grow is looked at. A file has no way to wake its reader.
const LOOK: Duration = Duration::from_millis(200);

/// A followed file. A read of nothing is the end: either `stop` was set, or the file was replaced
/// and [`Follow::next_part`] goes on with the new one.
pub struct Follow {
    path: PathBuf,
    file: File,
    inode: u64,
    at: u64,
    replaced: bool,
    stop: Arc<AtomicBool>,
}

impl Follow {
    /// Opens the file at its beginning.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, stop: Arc<AtomicBool>) -> io::Result<Follow> {
        let file = File::open(path)?;
        let inode = file.metadata()?.ino();
        Ok(Follow { path: path.to_owned(), file, inode, at: 0, replaced: false, stop })
    }

    /// Goes on with the file that took the place of the one read so far; false when none did.
    pub fn next_part(&mut self) -> bool {
        if !self.replaced {
            return false;
        }
        self.replaced = false;
        loop {
            if let Ok(file) = File::open(&self.path)
                && let Ok(meta) = file.metadata()
            {
                (self.file, self.inode, self.at) = (file, meta.ino(), 0);
                return true;
            }
            // Gone again already: the next one is on its way.
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            thread::sleep(LOOK);
        }
    }

    /// True when the path names another file now, or the file is shorter than what was read.
    fn is_replaced(&self) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(meta) => meta.ino() != self.inode || meta.len() < self.at,
            // Between two rotations there is none for a moment.
            Err(_) => false,
        }
    }
}

impl Read for Follow {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            // Asked before reading: what the old file got until then is still read.
            let replaced = self.is_replaced();
            let n = self.file.read(buf)?;
            self.at += n as u64;
            if n > 0 {
                return Ok(n);
            }
            if replaced {
                self.replaced = true;
                return Ok(0);
            }
            if self.stop.load(Ordering::Relaxed) {
                return Ok(0);
            }
            thread::sleep(LOOK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    fn read_some(follow: &mut Follow) -> String {
        let mut buf = [0; 64];
        let n = follow.read(&mut buf).unwrap();
        String::from_utf8_lossy(&buf[..n]).into_owned()
    }

    #[test]
    fn growth_rotation_and_truncation_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "one\n").unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let mut follow = Follow::open(&path, Arc::clone(&stop)).unwrap();
        assert_eq!(read_some(&mut follow), "one\n");

        let mut old = fs::OpenOptions::new().append(true).open(&path).unwrap();
        old.write_all(b"two\n").unwrap();
        assert_eq!(read_some(&mut follow), "two\n");

        fs::rename(&path, folder.path().join("log.1")).unwrap();
        old.write_all(b"late\n").unwrap();
        fs::write(&path, "three\n").unwrap();
        assert_eq!(read_some(&mut follow), "late\n");
        assert_eq!(read_some(&mut follow), "");
        assert!(follow.next_part());
        assert_eq!(read_some(&mut follow), "three\n");

        fs::write(&path, "4\n").unwrap();
        assert_eq!(read_some(&mut follow), "");
        assert!(follow.next_part());
        assert_eq!(read_some(&mut follow), "4\n");

        stop.store(true, Ordering::Relaxed);
        assert_eq!(read_some(&mut follow), "");
        assert!(!follow.next_part());
    }

    #[test]
    fn it_waits_for_what_is_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "").unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let mut follow = Follow::open(&path, stop).unwrap();
        let writer = thread::spawn(move || {
            thread::sleep(LOOK / 2);
            fs::write(&path, "later\n").unwrap();
        });
        assert_eq!(read_some(&mut follow), "later\n");
        writer.join().unwrap();
    }
}
