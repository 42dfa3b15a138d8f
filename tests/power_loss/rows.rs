//! A store and nothing above it: group after group, each a function of its number alone.

use dutydesk::domain::rng::Rng;
use dutydesk::store::{
    self, Batch, Direction, Key, KeyRange, MAX_OPS, Op, Outcome, SledStore, Store,
};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// Groups of one run.
const GROUPS: u64 = 90;
/// The store is closed and opened again after so many.
const REOPEN: u64 = 30;
const CACHE: u64 = 4 << 20;

/// Writes groups from `first` on, and tells of each in the file `acknowledged` once it is. With
/// `compacting`, the database is written anew each time it is closed.
pub fn write(folder: &Path, first: u64, compacting: bool) {
    let db = folder.join("db");
    let open = || SledStore::open(&db, CACHE).unwrap().keeping_free(0);
    let mut told = std::fs::File::create(folder.join(super::trace::ACKNOWLEDGED)).unwrap();
    let mut store = open();
    for number in first..first + GROUPS {
        if (number - first) % REOPEN == REOPEN - 1 {
            drop(store);
            if compacting {
                store::compact(&db, CACHE, |_| ()).unwrap();
            }
            store = open();
        }
        let outcomes = store.commit(group(number)).unwrap();
        assert!(outcomes.iter().all(|o| *o == Outcome::Committed(number)));
        told.write_all(number.to_string().as_bytes()).unwrap();
    }
}

/// What a store holds after each number of groups, made as far as asked for, forwards only.
pub struct Expected {
    groups: u64,
    rows: BTreeMap<Key, Vec<u8>>,
}

impl Expected {
    pub fn new() -> Expected {
        Expected { groups: 0, rows: BTreeMap::new() }
    }

    fn after(&mut self, groups: u64) -> &BTreeMap<Key, Vec<u8>> {
        assert!(self.groups <= groups);
        while self.groups < groups {
            self.groups += 1;
            apply(&mut self.rows, self.groups);
        }
        &self.rows
    }
}

/// Opens what is left and says what is wrong with it, if anything; else which group it holds.
pub fn examine(folder: &Path, acknowledged: u64, expected: &mut Expected) -> Result<u64, String> {
    let store = SledStore::open(&folder.join("db"), 16 << 20)
        .map_err(|e| format!("does not open: {e}"))?
        .keeping_free(0);
    let revision = store.revision();
    if revision < acknowledged {
        return Err(format!("group {acknowledged} was acknowledged, only {revision} are there"));
    }
    if revision > acknowledged + 1 {
        return Err(format!("group {revision} is there, after {acknowledged}"));
    }
    let all = store
        .scan(&KeyRange::all(), usize::MAX, Direction::Forward)
        .map_err(|e| format!("cannot be read: {e}"))?;
    expected.after(acknowledged);
    let mut ahead = Expected { groups: expected.groups, rows: expected.rows.clone() };
    let wanted = ahead.after(revision);
    let got = all.rows.iter().map(|(key, v)| (key, &v.value));
    if got.eq(wanted.iter()) {
        return Ok(revision);
    }
    Err(format!("after group {revision} the rows are not those of that group"))
}

/// What a group does to the rows.
fn apply(rows: &mut BTreeMap<Key, Vec<u8>>, number: u64) {
    for op in group(number).into_iter().flat_map(|batch| batch.ops) {
        match op {
            Op::Put(key, value) => rows.insert(key, value),
            Op::Delete(key) => rows.remove(&key),
        };
    }
}

fn group(number: u64) -> Vec<Batch> {
    let mut dice = Rng::new(number);
    let mut below = |n| dice.below(n);
    // Mostly small groups; now and then one that fills many segments of the log.
    let batches = if number.is_multiple_of(17) { 120 } else { 1 + below(20) };
    (0..batches)
        .map(|_| {
            let mut ops = BTreeMap::new();
            for _ in 0..1 + below(12) {
                // Overwritten often, so that the log's segments are used again.
                let key = format!("k/{:05}", below(3_000)).into_bytes();
                let op = match below(8) {
                    0 => Op::Delete(key.clone()),
                    _ => {
                        let len = if below(40) == 0 { 4_000 } else { below(260) };
                        Op::Put(key.clone(), vec![number as u8; len as usize])
                    }
                };
                ops.insert(key, op);
            }
            // A counter that every batch writes.
            let counter = b"n/total".to_vec();
            ops.insert(counter.clone(), Op::Put(counter, number.to_be_bytes().to_vec()));
            assert!(ops.len() <= MAX_OPS);
            Batch { preconditions: Vec::new(), ops: ops.into_values().collect() }
        })
        .collect()
}
