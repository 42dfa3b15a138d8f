//! The operator's own theme files.

use crate::config::Env;
use crate::text::Lang;
use crate::view::{Depth, ThemeSet};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Tells when a theme file of the operator changes.
#[derive(Debug)]
pub(super) struct Watch {
    folder: PathBuf,
    watched: Option<Watched>,
}

/// A folder whose changes the kernel tells.
#[derive(Debug)]
struct Watched {
    changes: AsyncFd<Changes>,
    /// False while the folder of themes is not there, and one above it is watched instead.
    is_whole: bool,
}

/// What the kernel tells of a folder.
#[derive(Debug)]
struct Changes(Inotify);

impl AsRawFd for Changes {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

impl Watch {
    /// On the operator's folder of themes, also when it is made later. Needs a tokio runtime.
    pub(super) fn new() -> Watch {
        let folder = Env::from(|name| std::env::var_os(name)).themes_folder();
        Watch::on(folder.unwrap_or_default())
    }

    fn on(folder: PathBuf) -> Watch {
        let mut watch = Watch { folder, watched: None };
        watch.arm();
        watch
    }

    /// Watches the folder, or the nearest one above it that is there. Without either the themes can
    /// still be read again by a signal.
    fn arm(&mut self) {
        // A folder that is made between two looks is found by the second one.
        for _ in 0..8 {
            let there = self.folder.ancestors().find(|f| !f.as_os_str().is_empty() && f.is_dir());
            let Some(there) = there else { return self.watched = None };
            let is_whole = there == self.folder;
            self.watched = watch(there, is_whole).ok().map(|changes| Watched { changes, is_whole });
            if is_whole || !self.folder.is_dir() {
                return;
            }
        }
    }

    /// Waits for the next change of a `.toml` file; for ever where nothing is watched. May be
    /// given up at any time without losing one.
    pub(super) async fn next(&mut self) {
        loop {
            let Some(watched) = &self.watched else { return std::future::pending().await };
            let Ok(mut ready) = watched.changes.readable().await else {
                return std::future::pending().await;
            };
            let events = ready.try_io(|changes| Ok(changes.get_ref().0.read_events()?));
            let is_theme = |name: &OsString| Path::new(name).extension() == Some("toml".as_ref());
            match events {
                Ok(Ok(_)) if !watched.is_whole => {
                    self.arm();
                    if self.watched.as_ref().is_some_and(|w| w.is_whole) {
                        // What was put into it before it was watched counts as new.
                        return;
                    }
                }
                Ok(Ok(events)) => {
                    if events.iter().filter_map(|e| e.name.as_ref()).any(is_theme) {
                        return;
                    }
                }
                // The folder is gone.
                Ok(Err(_)) => return std::future::pending().await,
                Err(_would_block) => {}
            }
        }
    }
}

/// Has the kernel tell of changes of files in a folder, or (`files` false) of folders made in it.
fn watch(folder: &Path, files: bool) -> io::Result<AsyncFd<Changes>> {
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
    // Editors write a file in place, or another one that they move over it.
    let changed = match files {
        true => {
            AddWatchFlags::IN_CLOSE_WRITE
                | AddWatchFlags::IN_MOVED_TO
                | AddWatchFlags::IN_MOVED_FROM
                | AddWatchFlags::IN_DELETE
        }
        false => AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO,
    };
    inotify.add_watch(folder, changed)?;
    // Deprecated for types that may close their descriptor early, which this one cannot; the
    // successor needs `unsafe`, which this program does without.
    #[allow(deprecated)]
    AsyncFd::with_interest(Changes(inotify), Interest::READABLE)
}

/// The built-in themes and the operator's as their files say now; one with a mistake stays as it
/// was in `last`.
pub(super) fn reload(last: &ThemeSet, depth: Depth, lang: Lang) -> (ThemeSet, Vec<String>) {
    let folder = Env::from(|name| std::env::var_os(name)).themes_folder();
    let (own, mut warnings) = folder.as_deref().map(read).unwrap_or_default();
    let (themes, wrong) = last.reload(&own, depth, lang);
    warnings.extend(wrong);
    (themes, warnings)
}

/// The most bytes of a theme file; they have a few hundred.
const MOST: u64 = 64 << 10;

/// The built-in themes and those in the operator's folder, with sentences about what was wrong.
pub(super) fn load(depth: Depth, lang: Lang) -> (ThemeSet, Vec<String>) {
    let folder = Env::from(|name| std::env::var_os(name)).themes_folder();
    let (own, mut warnings) = folder.as_deref().map(read).unwrap_or_default();
    let (themes, wrong) = ThemeSet::load(&own, depth, lang);
    warnings.extend(wrong);
    (themes, warnings)
}

/// Name and text of each `.toml` file in a folder, by name. A folder that is not there is empty.
fn read(folder: &Path) -> (Vec<(String, String)>, Vec<String>) {
    let mut own = Vec::new();
    let mut warnings = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return (own, warnings) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let Some(name) = path.file_stem().and_then(|n| n.to_str()) else { continue };
        let mut text = String::new();
        match File::open(&path).and_then(|f| f.take(MOST).read_to_string(&mut text)) {
            Ok(_) => own.push((name.to_owned(), text)),
            Err(e) => warnings.push(format!("{}: {e}", path.display())),
        }
    }
    own.sort();
    (own, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theme_files_are_read_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.toml", "b"), ("a.toml", "a"), ("notes.txt", "n")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("c.toml"), b"\xff").unwrap();
        let (own, warnings) = read(folder.path());
        assert_eq!(own, [("a".into(), "a".into()), ("b".into(), "b".into())]);
        assert!(warnings.len() == 1 && warnings[0].contains("c.toml"), "{warnings:?}");
        assert_eq!(read(&folder.path().join("none")).0, []);
    }

    #[tokio::test]
    async fn a_folder_that_is_made_later_is_watched_too() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("dutydesk").join("themes");
        let mut watch = Watch::on(folder.clone());
        std::fs::create_dir_all(&folder).unwrap();
        let patience = std::time::Duration::from_secs(60);
        tokio::time::timeout(patience, watch.next()).await.unwrap();
        std::fs::write(folder.join("own.toml"), "x").unwrap();
        tokio::time::timeout(patience, watch.next()).await.unwrap();
        assert!(watch.watched.unwrap().is_whole);
    }
}
