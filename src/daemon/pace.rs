//! When a push is wanted and when it may go: the first at once, then at most one in each interval,
//! always with the newest state.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// The pace of one kind of push to one session.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    every: Duration,
    wanted: Option<Instant>,
    last: Option<Instant>,
    /// What was sent last, so that the same is not sent twice.
    sent: Option<u64>,
}

impl Pace {
    /// At most one push in this time.
    pub const fn every(every: Duration) -> Pace {
        Pace { every, wanted: None, last: None, sent: None }
    }

    /// It should be pushed, `late` from now at the latest.
    pub fn want(&mut self, now: Instant, late: Duration) {
        let earliest = self.last.map_or(now, |last| last + self.every);
        let at = (now + late).max(earliest);
        self.wanted = Some(self.wanted.map_or(at, |wanted| wanted.min(at)));
    }

    /// It should be pushed at once, however lately it was.
    pub fn hurry(&mut self, now: Instant) {
        self.wanted = Some(now);
    }

    /// It should be pushed at once, whatever was pushed before, even if it is the same.
    pub fn demand(&mut self, now: Instant) {
        self.wanted = Some(now);
        self.sent = None;
    }

    /// When it is to go next.
    pub fn at(&self) -> Option<Instant> {
        self.wanted
    }

    /// True when it is to go now; it then counts as gone.
    pub fn take(&mut self, now: Instant) -> bool {
        let due = self.wanted.is_some_and(|at| at <= now);
        if due {
            self.wanted = None;
            self.last = Some(now);
        }
        due
    }

    /// Whether these bytes are others than those that were sent last; they count as sent.
    pub fn is_new(&mut self, bytes: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let sum = Some(hasher.finish());
        std::mem::replace(&mut self.sent, sum) != sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Duration = Duration::from_millis(40);

    #[test]
    fn the_first_goes_at_once_and_many_become_one() {
        let mut pace = Pace::every(PACE);
        let start = Instant::now();
        pace.want(start, Duration::ZERO);
        assert!(pace.take(start));
        for ms in 1..10 {
            pace.want(start + Duration::from_millis(ms), Duration::ZERO);
        }
        assert!(!pace.take(start + Duration::from_millis(39)));
        assert!(pace.take(start + PACE));
        assert!(!pace.take(start + PACE * 5), "nothing was wanted since");
    }

    #[test]
    fn a_patient_wish_does_not_hold_up_an_urgent_one() {
        let mut pace = Pace::every(PACE);
        let start = Instant::now();
        pace.want(start, Duration::from_secs(1));
        pace.want(start, Duration::ZERO);
        pace.want(start, Duration::from_secs(1));
        assert_eq!(pace.at(), Some(start));
        assert!(pace.take(start));
        pace.want(start, Duration::ZERO);
        pace.demand(start);
        assert!(pace.take(start));
    }

    #[test]
    fn what_is_in_a_hurry_goes_before_its_time_and_is_still_not_sent_twice() {
        let mut pace = Pace::every(PACE);
        let start = Instant::now();
        pace.want(start, Duration::ZERO);
        assert!(pace.take(start) && pace.is_new(b"a"));
        pace.want(start, Duration::ZERO);
        pace.hurry(start);
        assert!(pace.take(start), "the interval is not over");
        assert!(!pace.is_new(b"a"));
    }

    #[test]
    fn the_same_is_not_sent_twice_unless_it_is_demanded() {
        let mut pace = Pace::every(PACE);
        assert!(pace.is_new(b"a"));
        assert!(!pace.is_new(b"a"));
        assert!(pace.is_new(b"b"));
        pace.demand(Instant::now());
        assert!(pace.is_new(b"b"));
    }
}
