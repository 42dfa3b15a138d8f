//! The store as it was at one moment, while the writer goes on: for an export of a living desk.

use super::overlay::range_over;
use super::{
    Archive, Batch, Direction, Key, KeyRange, Op, Outcome, Page, Read, Revision, Rows, Store,
    StoreError, Versioned,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, Weak};

/// A store of which snapshots can be taken. While there are any, each commit first keeps for them
/// what it is about to change; without any it costs nothing. All commits must come through here.
pub struct Snapshots {
    store: Arc<dyn Store>,
    /// Written to while a commit runs, so that no snapshot is read then.
    open: RwLock<Vec<Weak<Mutex<Kept>>>>,
}

/// What a snapshot has that the store has no longer.
#[derive(Default)]
struct Kept {
    before: BTreeMap<Key, Option<Vec<u8>>>,
    bytes: usize,
    /// More was changed than may be kept: the snapshot cannot be read any more.
    lost: bool,
}

/// As long as this is held, no commit runs.
type Still<'a> = RwLockReadGuard<'a, Vec<Weak<Mutex<Kept>>>>;

/// The store as it was when this was taken.
pub struct Snapshot {
    of: Arc<Snapshots>,
    kept: Arc<Mutex<Kept>>,
}

impl Snapshots {
    /// The most bytes that are kept for one snapshot.
    pub const MOST_KEPT: usize = 64 << 20;

    /// Makes snapshots of a store possible.
    pub fn new(store: Arc<dyn Store>) -> Arc<Snapshots> {
        Arc::new(Snapshots { store, open: RwLock::default() })
    }

    /// The store as it is now, for as long as the answer lives.
    pub fn take(self: &Arc<Self>) -> Snapshot {
        let kept = Arc::default();
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.push(Arc::downgrade(&kept));
        Snapshot { of: Arc::clone(self), kept }
    }

    fn keep(&self, open: &[Arc<Mutex<Kept>>], group: &[Batch]) -> Result<(), StoreError> {
        let mut keys: Vec<Key> =
            group.iter().flat_map(|batch| &batch.ops).map(Op::key).cloned().collect();
        keys.sort_unstable();
        keys.dedup();
        let values = self.store.get_each(&keys)?;
        for kept in open {
            let mut kept = lock(kept);
            if kept.lost {
                continue;
            }
            for (key, value) in keys.iter().zip(&values) {
                if !kept.before.contains_key(key) {
                    kept.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
                    kept.before.insert(key.clone(), value.clone());
                }
            }
            if kept.bytes > Self::MOST_KEPT {
                *kept = Kept { lost: true, ..Kept::default() };
            }
        }
        Ok(())
    }
}

impl Store for Snapshots {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.store.get_many(keys)
    }

    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        self.store.scan(range, limit, way)
    }

    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.retain(|kept| kept.strong_count() > 0);
        let kept: Vec<Arc<Mutex<Kept>>> = open.iter().filter_map(Weak::upgrade).collect();
        if !kept.is_empty() {
            self.keep(&kept, &group)?;
        }
        self.store.commit(group)
    }

    fn revision(&self) -> Revision {
        self.store.revision()
    }

    fn archive(&self) -> &Archive {
        self.store.archive()
    }
}

impl Snapshot {
    /// The archive of the store it is of.
    pub fn archive(&self) -> &Archive {
        self.of.store.archive()
    }

    /// Keeps commits away while it is read: between a look at the store and one at what was kept
    /// nothing may change.
    fn read(&self) -> Result<(Still<'_>, MutexGuard<'_, Kept>), StoreError> {
        let open = self.of.open.read().unwrap_or_else(PoisonError::into_inner);
        let kept = lock(&self.kept);
        if kept.lost {
            return Err(StoreError::new(
                "too much has changed since this began; begin again when the desk is quieter",
            ));
        }
        Ok((open, kept))
    }
}

impl Read for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let (_open, kept) = self.read()?;
        match kept.before.get(key) {
            Some(before) => Ok(before.clone()),
            None => self.of.store.get(key),
        }
    }

    fn get_each(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    fn range(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Rows, StoreError> {
        let (_open, kept) = self.read()?;
        range_over(&*self.of.store, &kept.before, range, limit, way)
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    // What is kept is changed in steps that are each whole, so a panic leaves nothing half done.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::MemoryStore;
    use super::*;
    use proptest::prelude::*;

    fn all(from: &impl Read, way: Direction) -> Rows {
        // Small pages, so that changes come between them.
        let mut range = KeyRange::all();
        let mut rows = Vec::new();
        loop {
            let page = from.range(&range, 3, way).unwrap();
            rows.extend(page.rows);
            match rows.last() {
                Some((last, _)) if page.more => range = range.after(last, way),
                _ => return Rows { rows, more: false },
            }
        }
    }

    fn put(n: u8, value: usize) -> Vec<Batch> {
        let op = Op::Put(vec![b'k', n], vec![7; value]);
        vec![Batch { preconditions: vec![], ops: vec![op] }]
    }

    #[test]
    fn a_snapshot_for_which_too_much_would_be_kept_says_so_and_frees_it() {
        let store = Snapshots::new(Arc::new(MemoryStore::new()));
        let snapshot = store.take();
        for n in 0..200 {
            store.commit(put(n, 4096)).unwrap();
        }
        assert!(snapshot.get(b"k").is_ok(), "what was not there before costs its key only");
        let later = store.take();
        lock(&later.kept).bytes = Snapshots::MOST_KEPT - 1;
        store.commit(put(1, 1)).unwrap();
        assert!(later.range(&KeyRange::all(), 1, Direction::Forward).is_err());
        assert!(lock(&later.kept).before.is_empty());
        assert!(snapshot.get(b"k").is_ok(), "each stands for itself");
    }

    #[test]
    fn nothing_is_kept_for_a_snapshot_that_is_gone() {
        let store = Snapshots::new(Arc::new(MemoryStore::new()));
        drop(store.take());
        store.commit(put(1, 1)).unwrap();
        assert!(store.open.read().unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn a_snapshot_stays_as_it_was(
            before in proptest::collection::vec((0u8..20, proptest::option::of(0u8..9)), 0..20),
            after in proptest::collection::vec((0u8..20, proptest::option::of(0u8..9)), 0..20),
            back: bool,
        ) {
            let way = if back { Direction::Backward } else { Direction::Forward };
            let store = Snapshots::new(Arc::new(MemoryStore::new()));
            let commit = |(n, value): (u8, Option<u8>)| {
                let op = match value {
                    Some(value) => Op::Put(vec![b'k', n], vec![value]),
                    None => Op::Delete(vec![b'k', n]),
                };
                store.commit(vec![Batch { preconditions: vec![], ops: vec![op] }]).unwrap();
            };
            before.into_iter().for_each(commit);
            let as_it_was = all(&*store, way);
            let snapshot = store.take();
            for step in after {
                commit(step);
                prop_assert_eq!(&all(&snapshot, way), &as_it_was);
            }
            for (key, value) in as_it_was.rows {
                prop_assert_eq!(snapshot.get(&key).unwrap(), Some(value));
            }
        }
    }
}
