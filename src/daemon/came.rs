//! Who came from where lately, so that not every verb is a job of the writer's.

use crate::domain::{OperatorName, Time};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The writer is told again after so long, in milliseconds.
const HOUR: i64 = 3_600_000;
/// The most that is remembered; beyond it all is told again.
const MOST: usize = 4_096;

/// What the writer was told of within the last hour.
#[derive(Default)]
pub struct Lately(Mutex<BTreeMap<(OperatorName, String), Time>>);

impl Lately {
    /// Whether the writer is to be told that somebody came from there.
    pub fn is_news(&self, who: &OperatorName, host: &str, now: Time) -> bool {
        let mut came = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if came.len() >= MOST {
            came.clear();
        }
        let key = (who.clone(), host.to_owned());
        let is_news = came.get(&key).is_none_or(|at| now.0 < at.0 || now.0 - at.0 >= HOUR);
        if is_news {
            came.insert(key, now);
        }
        is_news
    }
}
