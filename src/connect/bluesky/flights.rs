//! What commands are making right now: their answers tell the desk of it, and must be first. What
//! the network shows of it before is passed over; it shows it again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long after a command what it made is left to the command's own answer.
const ANSWERED: Duration = Duration::from_secs(2);
/// The same when its outcome is not known: the next attempt settles it.
const UNSETTLED: Duration = Duration::from_secs(600);

/// Records that are being made, by address, with the moment until which they are passed over;
/// `None` = a command is at it.
#[derive(Default)]
pub struct Flights(Mutex<HashMap<String, Option<Instant>>>);

impl Flights {
    /// A command makes this.
    pub fn begin(&self, uri: &str) {
        self.flights().insert(uri.to_owned(), None);
    }

    /// The command is being answered; `known` tells whether the answer settles it.
    pub fn end(&self, uri: &str, known: bool) {
        let wait = if known { ANSWERED } else { UNSETTLED };
        self.flights().insert(uri.to_owned(), Some(Instant::now() + wait));
    }

    /// True when the desk may not know of it yet.
    pub fn has(&self, uri: &str) -> bool {
        let mut flights = self.flights();
        flights.retain(|_, until| until.is_none_or(|until| Instant::now() < until));
        flights.contains_key(uri)
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<String, Option<Instant>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_made_is_passed_over() {
        let flights = Flights::default();
        assert!(!flights.has("at://a"));
        flights.begin("at://a");
        assert!(flights.has("at://a") && !flights.has("at://b"));
        flights.end("at://a", true);
        assert!(flights.has("at://a"));
        flights.flights().insert("at://a".to_owned(), Some(Instant::now()));
        assert!(!flights.has("at://a"));
    }
}
