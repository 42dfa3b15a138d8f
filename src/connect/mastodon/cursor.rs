//! Where the looks got to. A notification's id is opaque: servers count them, take them from
//! clocks or from nowhere, and some show one with a smaller id after one with a larger.
//!
//! So the cursor knows a *floor*, below which everything was handed over, and the ids *above* it
//! that were. What comes late, with an id below the newest, is still above the floor, which rises
//! behind by a minute.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long an id stays above the floor.
const LATE: Duration = Duration::from_secs(60);
/// The most bytes of all ids above the floor together.
const ABOVE: usize = 900;
/// The most bytes of our own newest statuses' ids.
const OWN: usize = 500;
/// The most of either.
const MOST: usize = 40;
/// Ids longer than this are no ids.
const LONGEST: usize = 128;

/// Where the looks got to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// False until a first look was handed over whole.
    pub started: bool,
    floor: Option<String>,
    /// Oldest first, and when each came.
    above: VecDeque<(String, Instant)>,
    /// The newest of our own statuses that were handed over, oldest first.
    own: VecDeque<String>,
}

/// As it is kept.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    started: bool,
    floor: Option<String>,
    above: Vec<String>,
    own: Vec<String>,
}

impl Cursor {
    /// What [`Cursor::written`] wrote; one that cannot be read is as good as none, for the desk
    /// knows what it has.
    pub fn read(kept: Option<&str>) -> Cursor {
        let kept: Kept = kept.and_then(|k| serde_json::from_str(k).ok()).unwrap_or_default();
        let now = Instant::now();
        Cursor {
            started: kept.started,
            floor: kept.floor,
            above: kept.above.into_iter().map(|id| (id, now)).collect(),
            own: kept.own.into(),
        }
    }

    /// As text of at most [`crate::connect::protocol::MOST_CURSOR`] bytes.
    pub fn written(&self) -> String {
        let kept = Kept {
            started: self.started,
            floor: self.floor.clone(),
            above: self.above.iter().map(|(id, _)| id.clone()).collect(),
            own: self.own.iter().cloned().collect(),
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// The id to ask for what is newer than.
    pub fn floor(&self) -> Option<&str> {
        self.floor.as_deref()
    }

    /// True when this one was handed over and everything below it too.
    pub fn is_below(&self, id: &str) -> bool {
        match &self.floor {
            None => false,
            Some(floor) if floor == id => true,
            Some(floor) => numeric(id, floor).is_some_and(Ordering::is_le),
        }
    }

    /// True when this one was handed over.
    pub fn has(&self, id: &str) -> bool {
        self.is_below(id) || self.above.iter().any(|(known, _)| known == id)
    }

    /// This one is handed over now.
    pub fn take(&mut self, id: &str) {
        if id.len() > LONGEST || self.has(id) {
            return;
        }
        self.above.push_back((id.to_owned(), Instant::now()));
        let bytes = |above: &VecDeque<(String, Instant)>| -> usize {
            above.iter().map(|(id, _)| id.len() + 3).sum()
        };
        while self.above.len() > MOST || bytes(&self.above) > ABOVE {
            self.raise();
        }
    }

    /// Nothing at or below this one is wanted.
    pub fn start_above(&mut self, id: &str) {
        if id.len() <= LONGEST {
            self.floor = Some(id.to_owned());
        }
    }

    /// Lets the floor rise over what came long enough ago. One stays above it: should the floor
    /// itself be deleted, the place is still known.
    pub fn settle(&mut self, now: Instant) {
        while self.above.len() > 1
            && self.above.front().is_some_and(|(_, at)| now.duration_since(*at) >= LATE)
        {
            self.raise();
        }
    }

    fn raise(&mut self) {
        let Some((id, _)) = self.above.pop_front() else { return };
        // One that came late does not lower it.
        if !self.is_below(&id) {
            self.floor = Some(id);
        }
    }

    /// True when this status of ours was handed over, or is older than one that was.
    pub fn has_own(&self, id: &str) -> bool {
        self.own.iter().any(|known| known == id)
            || self
                .own
                .front()
                .is_some_and(|oldest| numeric(id, oldest).is_some_and(Ordering::is_lt))
    }

    /// True when some of our own statuses were.
    pub fn knows_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// This status of ours is handed over now.
    pub fn take_own(&mut self, id: &str) {
        if id.len() > LONGEST || self.has_own(id) {
            return;
        }
        self.own.push_back(id.to_owned());
        let bytes = |own: &VecDeque<String>| own.iter().map(|id| id.len() + 3).sum::<usize>();
        while self.own.len() > MOST || bytes(&self.own) > OWN {
            self.own.pop_front();
        }
    }
}

/// How two ids compare when both are numbers, however long.
fn numeric(a: &str, b: &str) -> Option<Ordering> {
    let digits = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    (digits(a) && digits(b)).then(|| {
        let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
        (a.len(), a).cmp(&(b.len(), b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::protocol::MOST_CURSOR;
    use rstest::rstest;

    #[rstest]
    #[case("9", "10", Some(Ordering::Less))]
    #[case("10", "10", Some(Ordering::Equal))]
    #[case("007", "7", Some(Ordering::Equal))]
    #[case("99999999999999999999999", "100000000000000000000000", Some(Ordering::Less))]
    #[case("01H", "10", None)]
    #[case("", "1", None)]
    fn ids_that_are_numbers_compare(
        #[case] a: &str,
        #[case] b: &str,
        #[case] order: Option<Ordering>,
    ) {
        assert_eq!(numeric(a, b), order);
    }

    #[test]
    fn one_that_comes_late_is_new() {
        let mut cursor = Cursor::default();
        cursor.start_above("5");
        cursor.take("10");
        assert!(cursor.has("10") && !cursor.has("9") && cursor.has("5") && cursor.has("3"));
        cursor.take("9");
        assert!(cursor.has("9"));
        // A minute later everything up to the newest but one is settled.
        cursor.settle(Instant::now() + LATE);
        assert_eq!(cursor.floor(), Some("10"));
        assert!(cursor.has("8"));
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let mut cursor = Cursor { started: true, ..Cursor::default() };
        cursor.start_above("a");
        cursor.take("b");
        cursor.take_own("c");
        let again = Cursor::read(Some(&cursor.written()));
        assert!(again.started && again.has("a") && again.has("b") && again.has_own("c"));
        assert_eq!(Cursor::read(Some("rubbish")), Cursor::default());
        assert_eq!(Cursor::read(None), Cursor::default());
    }

    #[test]
    fn it_never_grows_too_long() {
        let mut cursor = Cursor::default();
        for n in 0..500 {
            cursor.take(&format!("{}\"{n}", "x".repeat(n % LONGEST)));
            cursor.take_own(&format!("{}\u{1}{n}", "y".repeat(n % LONGEST)));
            let written = cursor.written();
            assert!(written.len() <= MOST_CURSOR, "{}", written.len());
        }
    }
}
