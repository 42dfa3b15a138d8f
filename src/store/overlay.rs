//! Writes staged over a store: the writer carries out many jobs, each seeing what the earlier
//! ones did, and commits them as one group.

use super::group::{check_key, check_value};
use super::{
    Batch, Direction, Key, KeyRange, MAX_BATCH, MAX_OPS, Op, Read, Rows, Store, StoreError,
};
use std::collections::BTreeMap;
use std::ops::Bound;

/// Writes over a store, not yet committed. Reads see them.
///
/// A job is what one command or one event does. [`keep`](Overlay::keep) ends a job and makes it a
/// batch of the group; [`discard`](Overlay::discard) ends it as if it had never been. Within a job
/// [`mark`](Overlay::mark) and [`roll_back`](Overlay::roll_back) take back a part.
pub struct Overlay<'a> {
    base: &'a dyn Store,
    /// The last word on each key written (`None` = removed).
    staged: BTreeMap<Key, Option<Vec<u8>>>,
    /// What each write of the running job found in `staged`, oldest first.
    undo: Vec<(Key, Option<Option<Vec<u8>>>)>,
    group: Vec<Batch>,
}

/// A moment within a job; see [`Overlay::mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(usize);

impl<'a> Overlay<'a> {
    /// Nothing staged yet. As long as it lives, nobody else may commit to the store.
    pub fn new(base: &'a dyn Store) -> Overlay<'a> {
        Overlay { base, staged: BTreeMap::new(), undo: Vec::new(), group: Vec::new() }
    }

    /// Stages a value.
    ///
    /// # Errors
    /// When key or value is over the store's bound; nothing is staged then.
    pub fn put(&mut self, key: Key, value: Vec<u8>) -> Result<(), StoreError> {
        check_key(&key).and_then(|()| check_value(&key, &value)).map_err(StoreError::new)?;
        self.stage(key, Some(value));
        Ok(())
    }

    /// Stages a removal; a key that is not there is no error.
    pub fn delete(&mut self, key: Key) {
        self.stage(key, None);
    }

    fn stage(&mut self, key: Key, value: Option<Vec<u8>>) {
        let before = self.staged.insert(key.clone(), value);
        self.undo.push((key, before));
    }

    /// This moment of the running job.
    pub fn mark(&self) -> Mark {
        Mark(self.undo.len())
    }

    /// Takes back what the running job wrote since then.
    pub fn roll_back(&mut self, to: Mark) {
        while self.undo.len() > to.0 {
            let Some((key, before)) = self.undo.pop() else { return };
            match before {
                Some(staged) => self.staged.insert(key, staged),
                None => self.staged.remove(&key),
            };
        }
    }

    /// Ends the running job: its writes stay and go into the group. One batch, unless it is over
    /// the bounds of a batch: then several in a row (the group as a whole is one step anyway).
    pub fn keep(&mut self) {
        let mut touched: Vec<Key> = self.undo.drain(..).map(|(key, _)| key).collect();
        touched.sort_unstable();
        touched.dedup();
        let mut batch = Batch::default();
        let mut bytes = 0;
        for key in touched {
            let op = match self.staged.get(&key) {
                Some(Some(value)) => Op::Put(key, value.clone()),
                _ => Op::Delete(key),
            };
            let size = match &op {
                Op::Put(key, value) => key.len() + value.len(),
                Op::Delete(key) => key.len(),
            };
            if batch.ops.len() == MAX_OPS || bytes + size > MAX_BATCH {
                self.group.push(std::mem::take(&mut batch));
                bytes = 0;
            }
            bytes += size;
            batch.ops.push(op);
        }
        if !batch.ops.is_empty() {
            self.group.push(batch);
        }
    }

    /// Ends the running job as if it had never been.
    pub fn discard(&mut self) {
        self.roll_back(Mark(0));
    }

    /// How many writes the running job has staged so far (a key written twice counts twice).
    pub fn job_len(&self) -> usize {
        self.undo.len()
    }

    /// The batches of all jobs that were kept, for [`Store::commit`]; a running job is discarded.
    pub fn into_group(mut self) -> Vec<Batch> {
        self.discard();
        self.group
    }
}

impl Read for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.staged.get(key) {
            Some(staged) => Ok(staged.clone()),
            None => self.base.get(key),
        }
    }

    fn get_each(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let not_staged: Vec<Key> =
            keys.iter().filter(|key| !self.staged.contains_key(*key)).cloned().collect();
        let mut from_base = self.base.get_each(&not_staged)?.into_iter();
        Ok(keys
            .iter()
            .map(|key| match self.staged.get(key) {
                Some(staged) => staged.clone(),
                None => from_base.next().flatten(),
            })
            .collect())
    }

    fn range(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Rows, StoreError> {
        range_over(self.base, &self.staged, range, limit, way)
    }
}

/// The rows of a range as they are with `staged` over `base` (`None` = not there).
pub(super) fn range_over(
    base: &dyn Store,
    staged: &BTreeMap<Key, Option<Vec<u8>>>,
    range: &KeyRange,
    limit: usize,
    way: Direction,
) -> Result<Rows, StoreError> {
    let mut found = Merge { rows: Vec::new(), limit };
    if range.is_empty() {
        return Ok(found.into_rows());
    }
    let to = range.to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
    let staged = staged.range::<Key, _>((Bound::Included(&range.from), to));
    let mut staged: Box<dyn Iterator<Item = _>> = match way {
        Direction::Forward => Box::new(staged),
        Direction::Backward => Box::new(staged.rev()),
    };
    let mut next_staged = staged.next();
    let mut rest = range.clone();
    'pages: loop {
        // Staged removals may eat rows of the base, hence the loop; one row more than asked
        // for tells whether there are more.
        let page = base.range(&rest, limit.saturating_add(1), way)?;
        for (key, value) in page.rows.iter() {
            let mut overlaid = false;
            while let Some((staged_key, staged_value)) = next_staged {
                let before_row = match way {
                    Direction::Forward => staged_key <= key,
                    Direction::Backward => staged_key >= key,
                };
                if !before_row {
                    break;
                }
                overlaid |= staged_key == key;
                found.push(staged_key, staged_value.as_ref());
                next_staged = staged.next();
            }
            if !overlaid {
                found.push(key, Some(value));
            }
            if found.is_full() {
                break 'pages;
            }
        }
        match page.rows.last() {
            Some((last, _)) if page.more => rest = rest.after(last, way),
            _ => break,
        }
    }
    while let Some((key, value)) = next_staged {
        if found.is_full() {
            break;
        }
        found.push(key, value.as_ref());
        next_staged = staged.next();
    }
    Ok(found.into_rows())
}

/// Collects one row more than the limit, to know whether there are more.
struct Merge {
    rows: Vec<(Key, Vec<u8>)>,
    limit: usize,
}

impl Merge {
    fn push(&mut self, key: &Key, value: Option<&Vec<u8>>) {
        if let Some(value) = value {
            self.rows.push((key.clone(), value.clone()));
        }
    }

    fn is_full(&self) -> bool {
        self.rows.len() > self.limit
    }

    fn into_rows(mut self) -> Rows {
        let more = self.is_full();
        self.rows.truncate(self.limit);
        Rows { rows: self.rows, more }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MemoryStore, Outcome};
    use super::*;
    use proptest::prelude::*;

    fn key(n: u8) -> Key {
        vec![b'k', n]
    }

    #[test]
    fn a_discarded_job_was_never_there_and_a_kept_one_is_a_batch() {
        let store = MemoryStore::new();
        let mut over = Overlay::new(&store);
        over.put(key(1), b"first".to_vec()).unwrap();
        over.keep();
        over.put(key(1), b"second".to_vec()).unwrap();
        over.put(key(2), b"new".to_vec()).unwrap();
        over.discard();
        assert_eq!(over.get(&key(1)).unwrap(), Some(b"first".to_vec()));
        assert_eq!(over.get(&key(2)).unwrap(), None);
        over.delete(key(1));
        over.keep();
        over.keep();
        over.put(key(3), b"never ended".to_vec()).unwrap();
        let group = over.into_group();
        assert_eq!(
            group.iter().map(|b| b.ops.clone()).collect::<Vec<_>>(),
            [vec![Op::Put(key(1), b"first".to_vec())], vec![Op::Delete(key(1))]]
        );
    }

    #[test]
    fn a_part_of_a_job_can_be_taken_back() {
        let store = MemoryStore::new();
        let mut over = Overlay::new(&store);
        over.put(key(1), b"stays".to_vec()).unwrap();
        let mark = over.mark();
        over.put(key(1), b"goes".to_vec()).unwrap();
        over.delete(key(2));
        over.roll_back(mark);
        over.keep();
        assert_eq!(over.into_group()[0].ops, [Op::Put(key(1), b"stays".to_vec())]);
    }

    #[test]
    fn a_job_over_the_bounds_becomes_several_batches_that_commit() {
        let store = MemoryStore::new();
        let mut over = Overlay::new(&store);
        for n in 0..=250u8 {
            over.put(key(n), vec![n; 4_096]).unwrap();
        }
        over.keep();
        let group = over.into_group();
        assert!(group.len() >= 3);
        let outcomes = store.commit(group).unwrap();
        assert!(outcomes.iter().all(|o| *o == Outcome::Committed(1)), "{outcomes:?}");
        assert_eq!(store.range(&KeyRange::all(), 999, Direction::Forward).unwrap().rows.len(), 251);
    }

    #[test]
    fn over_a_bound_is_refused_at_once_and_stages_nothing() {
        let store = MemoryStore::new();
        let mut over = Overlay::new(&store);
        assert!(over.put(key(1), vec![0; 4_097]).is_err());
        assert!(over.put(Vec::new(), Vec::new()).is_err());
        assert!(over.put(vec![0], Vec::new()).is_err());
        assert_eq!(over.job_len(), 0);
    }

    /// A step: which key, and what becomes of it (`None` = removed).
    fn steps() -> impl Strategy<Value = Vec<(u8, Option<u8>)>> {
        proptest::collection::vec((0u8..12, proptest::option::of(any::<u8>())), 0..30)
    }

    proptest! {
        #[test]
        fn reads_are_those_of_a_store_that_has_it_all(
            base in steps(), kept in steps(), running in steps(),
            from in 0u8..13, to in 0u8..13, limit in 0usize..14, back: bool,
        ) {
            let store = MemoryStore::new();
            let model = MemoryStore::new();
            let apply = |store: &MemoryStore, steps: &[(u8, Option<u8>)]| {
                for (n, value) in steps {
                    let op = match value {
                        Some(v) => Op::Put(key(*n), vec![*v]),
                        None => Op::Delete(key(*n)),
                    };
                    store.commit(vec![Batch { preconditions: vec![], ops: vec![op] }]).unwrap();
                }
            };
            apply(&store, &base);
            for part in [&base, &kept, &running] {
                apply(&model, part);
            }
            let mut over = Overlay::new(&store);
            for part in [&kept, &running] {
                for (n, value) in part {
                    match value {
                        Some(v) => over.put(key(*n), vec![*v]).unwrap(),
                        None => over.delete(key(*n)),
                    }
                }
                if std::ptr::eq(part, &kept) {
                    over.keep();
                }
            }
            let way = if back { Direction::Backward } else { Direction::Forward };
            let range = KeyRange { from: key(from), to: Some(key(to)) };
            prop_assert_eq!(
                over.range(&range, limit, way).unwrap(),
                model.range(&range, limit, way).unwrap()
            );
            let keys: Vec<Key> = (0..13).map(key).collect();
            prop_assert_eq!(over.get_each(&keys).unwrap(), model.get_each(&keys).unwrap());
            over.keep();
            let group = over.into_group();
            store.commit(group).unwrap();
            let all = KeyRange::all();
            prop_assert_eq!(
                store.range(&all, 99, Direction::Forward).unwrap(),
                model.range(&all, 99, Direction::Forward).unwrap()
            );
        }
    }
}
