//! Through the pages of what is new, whatever a server makes of `since_id`: down from the newest
//! to what is known, then up again, handing over the oldest first.
//!
//! On the way down only the pages nearest to the end are kept; of the others their place is, and
//! they are read again on the way up. So a backlog of any size takes little memory.

use super::cursor::Cursor;
use crate::connect::sdk::Trouble;
use crate::domain::Time;
use std::collections::HashSet;

/// How many pages are kept on the way down.
const KEPT: usize = 8;

/// One of a page.
#[derive(Clone, Debug, Default)]
pub struct Item<T> {
    /// Its id.
    pub id: String,
    /// When it was made, if that is known.
    pub at: Option<Time>,
    /// What it is; `None` when it is nothing that is wanted, but its place counts.
    pub what: Option<T>,
}

/// A page, newest first.
#[derive(Clone, Debug, Default)]
pub struct Page<T> {
    /// What stands on it.
    pub items: Vec<Item<T>>,
    /// The server names the pages around this one, and none that is older.
    pub is_last: bool,
    /// Where it says that the next one begins.
    pub next: Option<String>,
    /// How many it may hold.
    pub size: usize,
}

/// Where pages come from.
pub trait Pages<T> {
    /// What is newer than `since` and older than `max`. Either may be overlooked, and what is
    /// `since` or `max` may be among it.
    ///
    /// # Errors
    /// Why there is none.
    fn page(&mut self, since: Option<&str>, max: Option<&str>) -> Result<Page<T>, Trouble>;
}

/// How far back a first look goes.
#[derive(Clone, Copy, Debug)]
pub struct First {
    /// The most of all.
    pub most: usize,
    /// The oldest.
    pub oldest: Option<Time>,
}

/// A page on the way.
struct Stop<T> {
    /// Where it began.
    max: Option<String>,
    /// What is new on it; `None` = to be read again.
    items: Option<Vec<Item<T>>>,
}

/// Hands over everything that is new, oldest first, page by page. `take` is given what is new of
/// a page, and the cursor that holds then; it must be kept before it returns.
///
/// # Errors
/// Why it could not be gone on; what was handed over is in the cursor.
pub fn walk<T>(
    pages: &mut impl Pages<T>,
    cursor: &mut Cursor,
    first: First,
    mut take: impl FnMut(Vec<Item<T>>, &Cursor) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let is_first = !cursor.started;
    let since = cursor.floor().map(str::to_owned);
    let mut stops: Vec<Stop<T>> = vec![];
    let mut max: Option<String> = None;
    let mut before: HashSet<String> = HashSet::new();
    let mut total = 0;
    // The newest of what a first look leaves out.
    let mut left_out: Option<String> = None;
    loop {
        let page = pages.page(since.as_deref(), max.as_deref())?;
        let ids: HashSet<String> = page.items.iter().map(|i| i.id.clone()).collect();
        let count = page.items.len();
        let last = page.items.last().map(|i| i.id.clone());
        // A server that overlooks `max` shows the same again.
        let is_same = ids.iter().all(|id| before.contains(id));
        let (mut new, reached) = fresh(page.items, cursor, &before);
        if is_first {
            let fits = |(at, item): (usize, &Item<T>)| {
                let is_old = first.oldest.is_some_and(|o| item.at.is_some_and(|at| at < o));
                total + at < first.most && !is_old
            };
            if let Some(end) = new.iter().enumerate().position(|x| !fits(x)) {
                left_out = new.get(end).map(|i| i.id.clone());
                new.truncate(end);
            }
        }
        total += new.len();
        let found = !new.is_empty();
        if found {
            stops.push(Stop { max: max.take(), items: Some(new) });
            // The first stays: it has no place of its own, for what is newest moves.
            if stops.len() > KEPT + 1 {
                let place = stops.len() - 1 - KEPT;
                stops[place].items = None;
            }
        }
        let is_full = count >= page.size;
        let is_end = reached || is_same || page.is_last || left_out.is_some();
        if is_end || !(found || is_full) {
            break;
        }
        max = page.next.or(last);
        before = ids;
    }
    if let Some(id) = left_out {
        cursor.start_above(&id);
    }
    while let Some(stop) = stops.pop() {
        let mut items = match stop.items {
            Some(items) => items,
            None => {
                let page = pages.page(since.as_deref(), stop.max.as_deref())?;
                fresh(page.items, cursor, &HashSet::new()).0
            }
        };
        items.retain(|i| !cursor.has(&i.id));
        if items.is_empty() {
            continue;
        }
        items.reverse();
        // Should something go wrong, the cursor is as it was before this page.
        let mut then = cursor.clone();
        items.iter().for_each(|i| then.take(&i.id));
        then.started = cursor.started || stops.is_empty();
        take(items, &then)?;
        *cursor = then;
    }
    if !cursor.started {
        cursor.started = true;
        take(vec![], cursor)?;
    }
    Ok(())
}

/// What is new of a page, and whether it goes down to what is known.
fn fresh<T>(
    items: Vec<Item<T>>,
    cursor: &Cursor,
    before: &HashSet<String>,
) -> (Vec<Item<T>>, bool) {
    let mut reached = false;
    let mut new = vec![];
    let mut met = HashSet::new();
    for item in items {
        if item.id.is_empty() || before.contains(&item.id) || !met.insert(item.id.clone()) {
            continue;
        }
        if cursor.is_below(&item.id) {
            reached = true;
            // The floor itself: what stands below it is older, whatever it is called.
            if cursor.floor() == Some(item.id.as_str()) {
                break;
            }
        } else if !cursor.has(&item.id) {
            new.push(item);
        }
    }
    (new, reached)
}

#[cfg(test)]
mod tests;
