//! Alerts.

use super::{Read, failed};
use crate::domain::Time;
use crate::domain::alert::{Alert, MOST_TOLD};
use crate::store::{Direction, Store, keys, records};

/// Records read at a time.
const PAGE: usize = 200;

/// The alerts that were raised before `to` and were not over before `from`, the newest first; at most
/// [`MOST_TOLD`].
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn alerts(store: &dyn Store, from: Time, to: Time) -> Read<Vec<Alert>> {
    find(store, |alert| alert.at < to && alert.over.is_none_or(|over| over >= from))
}

/// The alerts that nobody has set aside, or all of them; the newest first, at most [`MOST_TOLD`].
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn alerts_now(store: &dyn Store, all: bool, now: Time) -> Read<Vec<Alert>> {
    find(store, |alert| all || alert.is_current(now))
}

fn find(store: &dyn Store, is_wanted: impl Fn(&Alert) -> bool) -> Read<Vec<Alert>> {
    let mut found = Vec::new();
    let mut range = keys::alerts();
    loop {
        let way = Direction::Backward;
        let page = records::page::<Alert>(store, &range, PAGE, way).map_err(failed)?;
        let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        found.extend(page.rows.into_iter().map(|(_, alert)| alert).filter(&is_wanted));
        match last {
            Some(last) if found.len() < MOST_TOLD => range = range.after(&last, way),
            _ => break,
        }
    }
    found.truncate(MOST_TOLD);
    Ok(found)
}
