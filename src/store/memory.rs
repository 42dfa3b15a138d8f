//! A store in memory: for tests, and the yardstick for every other implementation.

use super::group::judge;
use super::{
    Batch, Direction, Key, KeyRange, Outcome, Page, Revision, Store, StoreError, Versioned,
};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// An ordered map under a lock. Nothing of it outlives the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    rows: BTreeMap<Key, Versioned>,
    revision: Revision,
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        // Nothing panics between two writes of a commit, so what a poisoned lock holds is whole.
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        let inner = self.read();
        Ok(keys.iter().map(|key| inner.rows.get(key).cloned()).collect())
    }

    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        let inner = self.read();
        let mut page = Page { revision: inner.revision, ..Page::default() };
        if range.is_empty() {
            return Ok(page);
        }
        let to = range.to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut up = inner.rows.range::<Key, _>((Bound::Included(&range.from), to));
        loop {
            let next = match way {
                Direction::Forward => up.next(),
                Direction::Backward => up.next_back(),
            };
            let Some((key, versioned)) = next else { break };
            if page.rows.len() == limit {
                page.more = true;
                break;
            }
            page.rows.push((key.clone(), versioned.clone()));
        }
        Ok(page)
    }

    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let revision = inner.revision + 1;
        let (outcomes, writes) =
            judge(group, revision, |key| Ok(inner.rows.get(key).map(|v| v.revision)))?;
        if outcomes.iter().any(|o| matches!(o, Outcome::Committed(_))) {
            inner.revision = revision;
        }
        for (key, value) in writes {
            match value {
                Some(value) => inner.rows.insert(key, Versioned { revision, value }),
                None => inner.rows.remove(&key),
            };
        }
        Ok(outcomes)
    }

    fn revision(&self) -> Revision {
        self.read().revision
    }
}
