//! Exports of a living desk: each is of the moment at which it began.

use super::super::{Snapshot, Snapshots, StoreError};
use super::export_part;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many exports may run at once; with one more the oldest is given up.
const MOST: usize = 4;

/// The exports that are under way. A client asks for one page after the other; where it is stands
/// in what it sends along.
pub struct Exports {
    store: Arc<Snapshots>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    last: u64,
    exports: VecDeque<(u64, Arc<Snapshot>)>,
}

impl Exports {
    /// None under way yet.
    pub fn new(store: Arc<Snapshots>) -> Exports {
        Exports { store, running: Mutex::default() }
    }

    /// Whether one is under way.
    pub fn is_running(&self) -> bool {
        !self.running.lock().unwrap_or_else(PoisonError::into_inner).exports.is_empty()
    }

    /// A page of at most `limit` lines, and where to go on (`None` = that was all). `after` is
    /// `None` at first, which begins an export of the desk as it is now.
    ///
    /// # Errors
    /// When the store cannot be read, or the export that `after` belongs to is no longer under
    /// way.
    pub fn page(
        &self,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<(Vec<String>, Option<Vec<u8>>), StoreError> {
        let (number, snapshot, place) = match after {
            None => {
                let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
                let snapshot = Arc::new(self.store.take());
                running.last += 1;
                let number = running.last;
                running.exports.push_back((number, Arc::clone(&snapshot)));
                if running.exports.len() > MOST {
                    running.exports.pop_front();
                }
                (number, snapshot, None)
            }
            Some(after) => {
                let found = after.split_first_chunk::<8>().and_then(|(number, place)| {
                    let number = u64::from_be_bytes(*number);
                    let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
                    let (_, snapshot) = running.exports.iter().find(|(n, _)| *n == number)?;
                    Some((number, Arc::clone(snapshot), Some(place)))
                });
                found.ok_or_else(|| {
                    StoreError::new("this export is no longer under way; begin it again")
                })?
            }
        };
        let page = export_part(&*snapshot, snapshot.archive(), place, limit);
        match page {
            Ok((lines, Some(place))) => {
                let mut after = number.to_be_bytes().to_vec();
                after.extend_from_slice(&place);
                Ok((lines, Some(after)))
            }
            // At its end, and when it failed, what was kept for it is let go.
            ended => {
                let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
                running.exports.retain(|(n, _)| *n != number);
                ended
            }
        }
    }
}
