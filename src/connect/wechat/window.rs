//! How long and how often each follower may still be answered.
//!
//! The platform lets us answer somebody who wrote for 48 hours with 5 messages, and somebody who
//! followed, scanned or pressed a menu button for one minute with 3 (its documentation of
//! `message/custom/send`). What it says itself is decisive; this record only saves a call that is
//! sure to fail, and so lets through whoever is not known.

use crate::domain::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long and how often somebody who wrote may be answered.
pub const MESSAGE: Right = Right { replies: 5, span: Span::hours(48) };
/// The same for somebody who followed, scanned or pressed a menu button.
pub const TOUCH: Right = Right { replies: 3, span: Span::minutes(1) };
/// The most followers that are remembered.
const MOST: usize = 20_000;

/// A right to answer, which something a follower did gives us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    replies: u32,
    span: Span,
}

/// Why an answer would be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Its time is over.
    Late,
    /// There were so many already.
    Spent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Follower {
    /// What gave the right: the same thing brought again gives no other.
    key: String,
    /// When it came, by our own clock: the platform's may be another.
    at: Time,
    until: Time,
    left: u32,
}

/// The record of them all.
pub struct Windows {
    file: PathBuf,
    followers: Mutex<BTreeMap<String, Follower>>,
}

impl Windows {
    /// The record kept in this file; a new one when there is none that can be read.
    pub fn open(file: &Path) -> Windows {
        let read = fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Windows { file: file.to_owned(), followers: Mutex::new(read.unwrap_or_default()) }
    }

    /// A follower did something at this time that lets us answer. The better of two rights counts,
    /// they do not add up.
    pub fn opened(&self, follower: &str, key: &str, at: Time, right: Right) {
        let mut followers = self.followers();
        let until = at + right.span;
        let entry = followers.entry(follower.to_owned()).or_insert_with(|| Follower {
            key: String::new(),
            at,
            until,
            left: 0,
        });
        if entry.key == key || at < entry.at {
            return;
        }
        let left = if at < entry.until { entry.left } else { 0 };
        *entry = Follower {
            key: key.to_owned(),
            at,
            until: if entry.until > until { entry.until } else { until },
            left: left.max(right.replies),
        };
    }

    /// Whether the follower may be answered at this time.
    ///
    /// # Errors
    /// Why not.
    pub fn may(&self, follower: &str, now: Time) -> Result<(), Closed> {
        // Who is not known wrote before this record began: the platform knows.
        let followers = self.followers();
        let Some(entry) = followers.get(follower) else { return Ok(()) };
        if now > entry.until + EDGE {
            return Err(Closed::Late);
        }
        if entry.left == 0 { Err(Closed::Spent) } else { Ok(()) }
    }

    /// An answer to the follower was taken by the platform.
    pub fn replied(&self, follower: &str) {
        if let Some(entry) = self.followers().get_mut(follower) {
            entry.left = entry.left.saturating_sub(1);
        }
    }

    /// The platform says that it is over, or the follower has left.
    pub fn closed(&self, follower: &str, why: Closed, now: Time) {
        if let Some(entry) = self.followers().get_mut(follower) {
            match why {
                Closed::Late => entry.until = now - EDGE - Span(1),
                Closed::Spent => entry.left = 0,
            }
        }
    }

    /// Writes the record down, without those whose time is over for long.
    ///
    /// # Errors
    /// When it cannot be written; the one before is kept then.
    pub fn save(&self, now: Time) -> io::Result<()> {
        let bytes = {
            let mut followers = self.followers();
            followers.retain(|_, entry| now < entry.until + MESSAGE.span);
            if let Some(more) = followers.len().checked_sub(MOST).filter(|&more| more > 0) {
                let mut ends: Vec<Time> = followers.values().map(|entry| entry.until).collect();
                ends.sort_unstable();
                if let Some(&last) = ends.get(more - 1) {
                    followers.retain(|_, entry| entry.until > last);
                }
            }
            serde_json::to_vec(&*followers)?
        };
        let unfinished = self.file.with_extension("new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.file)
    }

    fn followers(&self) -> MutexGuard<'_, BTreeMap<String, Follower>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// At the very end the platform's clock is right, not ours.
const EDGE: Span = Span::minutes(1);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Time = Time(1_795_240_800_000);

    fn windows() -> (tempfile::TempDir, Windows) {
        let folder = tempfile::tempdir().unwrap();
        let windows = Windows::open(&folder.path().join("windows.json"));
        (folder, windows)
    }

    #[test]
    fn five_answers_in_two_days() {
        let (_folder, windows) = windows();
        assert_eq!(windows.may("o", START), Ok(()), "nobody is known yet");
        windows.opened("o", "1", START, MESSAGE);
        for _ in 0..5 {
            assert_eq!(windows.may("o", START + Span::hours(47)), Ok(()));
            windows.replied("o");
        }
        assert_eq!(windows.may("o", START + Span::hours(47)), Err(Closed::Spent));
        windows.opened("o", "1", START + Span::seconds(5), MESSAGE);
        assert_eq!(windows.may("o", START), Err(Closed::Spent), "a retry gives nothing");
        windows.opened("o", "2", START + Span::hours(1), MESSAGE);
        assert_eq!(windows.may("o", START + Span::hours(49)), Ok(()));
        assert_eq!(windows.may("o", START + Span::hours(50)), Err(Closed::Late));
    }

    #[test]
    fn a_touch_gives_a_minute_and_takes_nothing_away() {
        let (_folder, windows) = windows();
        windows.opened("o", "e1", START, TOUCH);
        for _ in 0..3 {
            assert_eq!(windows.may("o", START), Ok(()));
            windows.replied("o");
        }
        assert_eq!(windows.may("o", START), Err(Closed::Spent));
        windows.opened("o", "1", START + Span::seconds(1), MESSAGE);
        windows.opened("o", "e2", START + Span::seconds(2), TOUCH);
        assert_eq!(windows.may("o", START + Span::hours(48)), Ok(()));
        for _ in 0..5 {
            windows.replied("o");
        }
        assert_eq!(windows.may("o", START + Span::hours(1)), Err(Closed::Spent));
    }

    #[test]
    fn what_the_platform_says_counts() {
        let (_folder, windows) = windows();
        windows.opened("o", "1", START, MESSAGE);
        windows.closed("o", Closed::Spent, START);
        assert_eq!(windows.may("o", START), Err(Closed::Spent));
        windows.closed("o", Closed::Late, START);
        assert_eq!(windows.may("o", START), Err(Closed::Late));
        windows.opened("o", "2", START + Span::seconds(1), MESSAGE);
        assert_eq!(windows.may("o", START + Span::seconds(1)), Ok(()));
    }

    #[test]
    fn it_survives_a_restart_and_a_broken_file() {
        let (folder, windows) = windows();
        let file = folder.path().join("windows.json");
        windows.opened("o", "1", START, MESSAGE);
        windows.opened("gone", "1", START - Span::hours(97), MESSAGE);
        (0..4).for_each(|_| windows.replied("o"));
        windows.save(START).unwrap();
        let windows = Windows::open(&file);
        assert_eq!(windows.followers().len(), 1);
        windows.replied("o");
        assert_eq!(windows.may("o", START), Err(Closed::Spent));
        fs::write(&file, "{\"o\":").unwrap();
        assert_eq!(Windows::open(&file).may("o", START), Ok(()));
    }

    #[test]
    fn it_is_bounded() {
        let (_folder, windows) = windows();
        for n in 0..MOST + 10 {
            let at = START + Span::seconds(i64::try_from(n).unwrap());
            windows.opened(&n.to_string(), "1", at, MESSAGE);
        }
        windows.save(START).unwrap();
        assert_eq!(windows.followers().len(), MOST);
        assert!(windows.followers().contains_key(&(MOST + 9).to_string()));
    }

    proptest! {
        #[test]
        fn never_more_than_five_without_a_word(times in prop::collection::vec(0..400i64, 1..60)) {
            // Every third thing is a message or a touch, the others are tries to answer.
            let (_folder, windows) = windows();
            windows.opened("o", "0", START, MESSAGE);
            let (mut now, mut since) = (START, 0);
            for (n, minutes) in times.into_iter().enumerate() {
                now = now + Span::minutes(minutes);
                match n % 7 {
                    3 => {
                        windows.opened("o", &n.to_string(), now, MESSAGE);
                        since = 0;
                    }
                    5 => {
                        windows.opened("o", &n.to_string(), now, TOUCH);
                        since = 0;
                    }
                    _ if windows.may("o", now).is_ok() => {
                        windows.replied("o");
                        since += 1;
                    }
                    _ => {}
                }
                prop_assert!(since <= 5);
            }
        }
    }
}
