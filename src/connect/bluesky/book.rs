//! The posts that the desk has from us: what tells news from what is known, and what is watched for
//! likes, changes and deletions.
//!
//! Kept in a file of the connector's own folder. It holds no secret, and nothing is lost with it:
//! without it some events are handed over again, and the desk knows them by their ids.

use super::records::Post;
use crate::domain::Time;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The most posts it holds; beyond that the oldest go.
pub const MOST: usize = 3000;
/// The file's version. Another one is not read.
const VERSION: u32 = 1;

/// A post that the desk has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Where the server puts it in its lists.
    pub time: Time,
    /// The version the desk has.
    pub cid: String,
    /// A digest of the text the desk has.
    pub text: u64,
    /// The likes the desk has.
    pub likes: u32,
    /// We wrote it.
    pub ours: bool,
    /// It came in a notification, so it is missed there when it goes.
    pub listed: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Book {
    posts: HashMap<String, Known>,
    /// Everything older has been forgotten.
    since: Option<Time>,
    file: Option<PathBuf>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    #[serde(default)]
    since: Option<Time>,
    posts: HashMap<String, Known>,
}

impl Known {
    /// What is known of a post that is handed over now.
    pub fn of(post: &Post, ours: bool, listed: bool) -> Known {
        Known {
            time: post.indexed,
            cid: post.at.cid.clone(),
            text: digest(&post.text),
            likes: post.counts.map_or(0, |c| c.likes),
            ours,
            listed,
        }
    }

    /// What is known when the desk has heard what changed.
    pub fn now(&self, post: &Post) -> Known {
        Known {
            cid: post.at.cid.clone(),
            text: digest(&post.text),
            likes: post.counts.map_or(self.likes, |counts| counts.likes),
            ..self.clone()
        }
    }
}

impl Book {
    /// Reads the book of a folder; an empty one when there is none that can be read.
    pub fn open(folder: Option<&str>) -> Book {
        let file = folder.map(|folder| Path::new(folder).join("posts.json"));
        let read = file.as_ref().and_then(|file| fs::read(file).ok());
        let written = read
            .and_then(|bytes| serde_json::from_slice::<Written>(&bytes).ok())
            .filter(|written| written.version == VERSION);
        let (since, posts) = written.map(|w| (w.since, w.posts)).unwrap_or_default();
        Book { posts, since, file, changed: false }
    }

    /// What is known of a post.
    pub fn get(&self, uri: &str) -> Option<&Known> {
        self.posts.get(uri)
    }

    /// True when the desk has it.
    pub fn has(&self, uri: &str) -> bool {
        self.posts.contains_key(uri)
    }

    /// Every post, in no order.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Known)> {
        self.posts.iter()
    }

    /// The desk has it now.
    pub fn put(&mut self, uri: &str, known: Known) {
        self.changed = true;
        self.posts.insert(uri.to_owned(), known);
        // A tenth at once, so that this is not done for every post.
        if self.posts.len() > MOST + MOST / 10 {
            let mut times: Vec<Time> = self.posts.values().map(|k| k.time).collect();
            times.sort_unstable();
            let from = times[times.len() - MOST];
            self.posts.retain(|_, k| k.time >= from);
            self.since = self.since.max(Some(from));
        }
    }

    /// It is gone.
    pub fn remove(&mut self, uri: &str) {
        self.changed |= self.posts.remove(uri).is_some();
    }

    /// The time from which on every post that was handed over is in here; `None` = all of them.
    pub fn since(&self) -> Option<Time> {
        self.since
    }

    /// Writes it, if anything changed.
    ///
    /// # Errors
    /// Those of the disk; it is tried again with the next change.
    pub fn save(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_ref().filter(|_| self.changed) else { return Ok(()) };
        let written =
            Written { version: VERSION, since: self.since, posts: std::mem::take(&mut self.posts) };
        let bytes = serde_json::to_vec(&written);
        self.posts = written.posts;
        let new = file.with_extension("json.new");
        // Whole or not at all; a power cut may cost it, which costs nothing else.
        fs::write(&new, bytes?)?;
        fs::rename(&new, file)?;
        self.changed = false;
        Ok(())
    }
}

/// A digest that is the same in every version of the program (FNV-1a).
pub fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(time: i64) -> Known {
        let cid = "c".to_owned();
        Known { time: Time(time), cid, text: digest("x"), likes: 1, ours: false, listed: true }
    }

    #[test]
    fn it_is_there_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = Book::open(folder.path().to_str());
        book.put("at://a", known(1));
        book.save().unwrap();
        let again = Book::open(folder.path().to_str());
        assert_eq!(again.get("at://a"), Some(&known(1)));
        fs::write(folder.path().join("posts.json"), "{broken").unwrap();
        assert!(!Book::open(folder.path().to_str()).has("at://a"));
    }

    #[test]
    fn the_oldest_go_first() {
        let mut book = Book::default();
        let many = i64::try_from(MOST * 2).unwrap();
        for n in 0..many {
            book.put(&n.to_string(), known(n));
        }
        assert!(book.posts.len() <= MOST + MOST / 10);
        assert!(book.has(&(many - 1).to_string()) && !book.has("0"));
        assert!(book.since().is_some_and(|since| since > Time(0)));
    }
}
