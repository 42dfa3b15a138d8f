//! The search index of a desk: what waits to be indexed, and who reads it.
//!
//! The writer only notes which conversations changed; a thread of its own reads them again from
//! the store, so that a commit never waits for the index.

mod answer;
mod archive;
mod indexer;

pub use answer::search;
pub use archive::search as search_archive;
pub use indexer::run;

use super::desk::Published;
use crate::domain::ConversationId;
use crate::domain::filter::{Filter, Test};
use crate::search::{Finder, Wanted};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most changed conversations that are remembered; beyond them the store is looked through.
const MOST_WAITING: usize = 100_000;
/// The most conversations that are looked up one by one for a filter's text.
const MOST_CANDIDATES: usize = 8_000;

/// How long a search waits for an index that is being opened.
const OPENING: Duration = Duration::from_secs(3);

/// Shared by the writer, the indexer's thread and the sessions.
#[derive(Default)]
pub struct Searching {
    backlog: Mutex<Backlog>,
    woken: Condvar,
    reading: Mutex<Reading>,
    opened: Condvar,
    purged: AtomicU64,
}

/// What is to be indexed.
#[derive(Debug, Default)]
pub struct Backlog {
    /// Conversations that changed.
    pub ids: BTreeSet<ConversationId>,
    /// Every change up to this revision is among them.
    pub through: u64,
    /// How often texts had changed by then.
    pub texts: u64,
    /// How often they had changed before the first one that was told of; `None` = none was.
    pub before: Option<u64>,
    /// More changed than is remembered, or nobody knows what: look through the store.
    pub lost: bool,
    /// Nothing of erasures up to this number may stay in the index's files.
    pub purge: u64,
    /// The daemon ends.
    pub ending: bool,
}

/// How the index can be read.
#[derive(Default)]
struct Reading {
    finder: Option<Finder>,
    /// How much of the desk is in it, of how much, while it is being built.
    built: Option<(u64, u64)>,
    /// Why there is none.
    why: String,
}

/// Nothing is left half-changed under these locks, so one that a panic poisoned is still good.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Searching {
    /// A group was committed.
    pub fn changed(&self, group: &Published) {
        if group.texts.is_empty() {
            if let Some(number) = group.purge {
                let mut backlog = lock(&self.backlog);
                backlog.purge = backlog.purge.max(number);
                drop(backlog);
                self.woken.notify_one();
            }
            return;
        }
        let mut backlog = lock(&self.backlog);
        backlog.purge = backlog.purge.max(group.purge.unwrap_or_default());
        (backlog.through, backlog.texts) = (group.revision, group.text_changes);
        backlog.before.get_or_insert(group.text_changes - 1);
        if backlog.ids.len() + group.texts.len() > MOST_WAITING {
            backlog.ids.clear();
            backlog.lost = true;
        } else if !backlog.lost {
            backlog.ids.extend(&group.texts);
        }
        drop(backlog);
        self.woken.notify_one();
    }

    /// The store was changed past the writer: nobody knows what is new.
    pub fn lose(&self) {
        lock(&self.backlog).lost = true;
        self.woken.notify_one();
    }

    /// The daemon ends.
    pub fn end(&self) {
        lock(&self.backlog).ending = true;
        self.woken.notify_one();
    }

    /// Takes what waits; sleeps until something does, at most so long (`None` = as long as it
    /// takes).
    fn take(&self, at_most: Option<Duration>) -> Backlog {
        let idle = |b: &mut Backlog| b.ids.is_empty() && !b.lost && !b.ending && b.purge == 0;
        let backlog = lock(&self.backlog);
        let mut backlog = match at_most {
            Some(time) => {
                let woken = self.woken.wait_timeout_while(backlog, time, idle);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.woken.wait_while(backlog, idle).unwrap_or_else(PoisonError::into_inner),
        };
        let rest = Backlog { ids: BTreeSet::new(), lost: false, purge: 0, ..*backlog };
        std::mem::replace(&mut *backlog, rest)
    }

    /// How often texts had changed before the first time that was told of.
    fn before(&self) -> Option<u64> {
        lock(&self.backlog).before
    }

    /// Up to which erasure nothing is left in the index's files.
    pub fn purged(&self) -> u64 {
        self.purged.load(Ordering::Relaxed)
    }

    fn set_purged(&self, number: u64) {
        self.purged.store(number, Ordering::Relaxed);
    }

    /// Sleeps until the end, at most so long; true when it has come.
    fn ends_within(&self, time: Duration) -> bool {
        let backlog = lock(&self.backlog);
        let woken = self.woken.wait_timeout_while(backlog, time, |b| !b.ending);
        woken.unwrap_or_else(PoisonError::into_inner).0.ending
    }

    fn open(&self, finder: Finder) {
        *lock(&self.reading) = Reading { finder: Some(finder), ..Reading::default() };
        self.opened.notify_all();
    }

    fn close(&self, why: &str) {
        *lock(&self.reading) = Reading { why: why.to_owned(), ..Reading::default() };
        self.opened.notify_all();
    }

    fn set_built(&self, built: Option<(u64, u64)>) {
        lock(&self.reading).built = built;
    }

    /// The index, and how much of the desk is in it in per cent (`None` = all).
    ///
    /// # Errors
    /// Why there is none.
    fn finder(&self) -> Result<(Finder, Option<u8>), String> {
        self.finder_of(lock(&self.reading))
    }

    /// As [`Searching::finder`]; while the index is being opened, waits a little for it.
    ///
    /// # Errors
    /// Why there is none.
    fn finder_soon(&self) -> Result<(Finder, Option<u8>), String> {
        let opening = |r: &mut Reading| r.finder.is_none() && r.why.is_empty();
        let reading = lock(&self.reading);
        let waited = self.opened.wait_timeout_while(reading, OPENING, opening);
        self.finder_of(waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn finder_of(&self, reading: MutexGuard<'_, Reading>) -> Result<(Finder, Option<u8>), String> {
        let built = reading.built.map(|(done, of)| {
            u8::try_from(done.saturating_mul(100) / of.max(1)).unwrap_or(99).min(99)
        });
        match &reading.finder {
            Some(finder) => Ok((finder.clone(), built)),
            None if reading.why.is_empty() => Err("the index is being opened".to_owned()),
            None => Err(reading.why.clone()),
        }
    }

    /// The only conversations that can pass a filter with a text, when they are few enough to be
    /// looked at one by one. `None` = the filter has no text, or the index cannot say.
    pub fn candidates(&self, filter: &Filter) -> Option<Vec<ConversationId>> {
        let (wanted, _) = wanted(filter);
        let wanted: Vec<Wanted> = wanted.into_iter().filter(|w| !w.not).collect();
        let (finder, None) = self.finder().ok()? else { return None };
        if wanted.is_empty() {
            return None;
        }
        // Read before the index: what is taken from here meanwhile is in the index by then, or
        // shows with the next look.
        let waiting: Vec<ConversationId> = {
            let backlog = lock(&self.backlog);
            let few = !backlog.lost && backlog.ids.len() <= MOST_CANDIDATES;
            few.then(|| backlog.ids.iter().copied().collect())?
        };
        let found = finder.find(&wanted, None, MOST_CANDIDATES + 1).ok()?;
        let few = found.places.len() <= MOST_CANDIDATES;
        few.then(|| found.places.iter().map(|p| p.id).chain(waiting).collect())
    }
}

/// What a filter wants of the index, and the terms that the index cannot answer.
fn wanted(filter: &Filter) -> (Vec<Wanted>, Filter) {
    let (mut wanted, mut rest) = (Vec::new(), Filter::default());
    for term in &filter.terms {
        let needle = match &term.test {
            Test::Text(typed) => typed.needle(),
            _ => None,
        };
        match needle {
            Some(needle) => wanted.push(Wanted { needle: needle.clone(), not: term.not }),
            None => rest.terms.push(term.clone()),
        }
    }
    (wanted, rest)
}
