//! What every store must do, run against each implementation. A new one joins by a line at the
//! end of this file.

use dutydesk::store::{
    Batch, Direction, Key, KeyRange, MAX_BATCH, MAX_KEY, MAX_OPS, MAX_VALUE, MemoryStore, Op,
    Outcome, Page, Precondition, SledStore, Store, Versioned,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A place where a store can be opened, and for durable ones opened again.
trait Home {
    fn new() -> Self;
    fn open(&self) -> Arc<dyn Store>;
    const DURABLE: bool;
}

struct Memory;

impl Home for Memory {
    fn new() -> Memory {
        Memory
    }
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }
    const DURABLE: bool = false;
}

struct Sled(tempfile::TempDir);

impl Home for Sled {
    fn new() -> Sled {
        Sled(tempfile::tempdir().unwrap())
    }
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SledStore::open(&self.0.path().join("db"), 8 << 20).unwrap().keeping_free(0))
    }
    const DURABLE: bool = true;
}

fn key(name: &str) -> Key {
    name.as_bytes().to_vec()
}

fn put(name: &str, value: &str) -> Op {
    Op::Put(key(name), value.as_bytes().to_vec())
}

fn delete(name: &str) -> Op {
    Op::Delete(key(name))
}

fn batch(ops: impl Into<Vec<Op>>) -> Batch {
    Batch { preconditions: vec![], ops: ops.into() }
}

fn given(preconditions: impl Into<Vec<Precondition>>, ops: impl Into<Vec<Op>>) -> Batch {
    Batch { preconditions: preconditions.into(), ops: ops.into() }
}

fn commit(store: &dyn Store, ops: impl Into<Vec<Op>>) -> u64 {
    match store.commit(vec![batch(ops)]).unwrap()[..] {
        [Outcome::Committed(revision)] => revision,
        ref other => panic!("{other:?}"),
    }
}

fn get(store: &dyn Store, name: &str) -> Option<(u64, String)> {
    let mut found = store.get_many(&[key(name)]).unwrap();
    assert_eq!(found.len(), 1);
    found.pop().unwrap().map(|v| (v.revision, String::from_utf8(v.value).unwrap()))
}

fn names(page: &Page) -> Vec<String> {
    page.rows.iter().map(|(k, _)| String::from_utf8(k.clone()).unwrap()).collect()
}

fn what_is_written_is_read_with_its_revision<H: Home>() {
    let home = H::new();
    let store = home.open();
    assert_eq!(store.revision(), 0);
    assert_eq!(get(&*store, "a"), None);
    assert_eq!(commit(&*store, [put("a", "1"), put("b", "1"), put("empty", "")]), 1);
    assert_eq!(commit(&*store, [put("a", "2"), delete("b"), delete("never there")]), 2);
    assert_eq!(store.revision(), 2);
    assert_eq!(get(&*store, "a"), Some((2, "2".into())));
    assert_eq!(get(&*store, "b"), None);
    assert_eq!(get(&*store, "empty"), Some((1, String::new())));
    let keys = [key("b"), key("a"), key("a"), key(""), vec![0]];
    let found: Vec<bool> = store.get_many(&keys).unwrap().iter().map(Option::is_some).collect();
    assert_eq!(found, [false, true, true, false, false]);
}

fn over_a_bound_nothing_is_written_and_the_bound_is_named<H: Home>() {
    let home = H::new();
    let store = home.open();
    let many = |n: usize| (0..n).map(|i| put(&format!("k{i:04}"), "")).collect::<Vec<_>>();
    let big = |n: usize| {
        (0..n).map(|i| Op::Put(key(&format!("k{i:04}")), vec![7; MAX_VALUE])).collect::<Vec<_>>()
    };
    let long_key = |n: usize| Op::Put(vec![b'k'; n], vec![]);
    let absent = |n: usize| (0..n).map(|_| Precondition::Absent(key("x"))).collect::<Vec<_>>();
    let cases: Vec<(Batch, &str)> = vec![
        (batch(many(MAX_OPS + 1)), "101 operations, over the bound of 100"),
        (given(absent(MAX_OPS + 1), []), "101 preconditions, over the bound of 100"),
        (batch([Op::Put(key("k"), vec![0; MAX_VALUE + 1])]), "4097 bytes, over the bound of 4096"),
        (batch([long_key(MAX_KEY + 1)]), "1025 bytes, over the bound of 1024"),
        (batch([Op::Put(vec![], vec![])]), "empty"),
        (batch([Op::Delete(vec![0, 1])]), "zero byte"),
        (batch([put("k", "1"), delete("k")]), "twice"),
    ];
    for (batch, wanted) in cases {
        match &store.commit(vec![batch]).unwrap()[..] {
            [Outcome::Invalid(why)] => assert!(why.contains(wanted), "{why}"),
            other => panic!("{wanted}: {other:?}"),
        }
    }
    assert_eq!(store.revision(), 0);
    assert_eq!(store.scan(&KeyRange::all(), 9, Direction::Forward).unwrap().rows, []);
    // At the bounds all is well. (100 values of 4 KiB are under the bound of a batch's bytes.)
    const { assert!(MAX_OPS * (MAX_VALUE + MAX_KEY) < MAX_BATCH) };
    commit(&*store, many(MAX_OPS));
    commit(&*store, big(MAX_OPS));
    commit(&*store, [long_key(MAX_KEY)]);
}

fn a_batch_is_carried_out_when_all_its_preconditions_hold<H: Home>() {
    let home = H::new();
    let store = home.open();
    let first = commit(&*store, [put("a", "1")]);
    let absent = |name| Precondition::Absent(key(name));
    let at = |name, revision| Precondition::At(key(name), revision);
    let cases = [
        (vec![absent("a")], false),
        (vec![at("a", first + 1)], false),
        (vec![at("b", first)], false),
        (vec![absent("b"), at("a", first), absent("a")], false),
        (vec![absent("b"), at("a", first)], true),
        (vec![at("a", first)], true),
    ];
    for (conditions, holds) in cases {
        let before = store.revision();
        let outcome = store.commit(vec![given(conditions.clone(), [put("c", "x")])]).unwrap();
        let wanted = if holds { Outcome::Committed(before + 1) } else { Outcome::Conflict };
        assert_eq!(outcome, [wanted], "{conditions:?}");
        assert_eq!(store.revision(), before + u64::from(holds));
        assert_eq!(get(&*store, "c").is_some(), holds);
        commit(&*store, [delete("c")]);
    }
}

fn the_batches_of_a_group_stand_for_themselves<H: Home>() {
    let home = H::new();
    let store = home.open();
    commit(&*store, [put("old", "1")]);
    let outcomes = store
        .commit(vec![
            batch([put("a", "1"), delete("old")]),
            given([Precondition::Absent(key("a"))], [put("skipped", "1")]),
            batch([put("a", "x"), put("a", "y")]),
            given(
                [Precondition::At(key("a"), 2), Precondition::Absent(key("old"))],
                [put("a", "2"), put("b", "1")],
            ),
            batch([]),
            batch([delete("b")]),
        ])
        .unwrap();
    assert_eq!(outcomes[0], Outcome::Committed(2));
    assert_eq!(outcomes[1], Outcome::Conflict);
    assert!(matches!(outcomes[2], Outcome::Invalid(_)));
    assert_eq!(
        outcomes[3..],
        [Outcome::Committed(2), Outcome::Committed(2), Outcome::Committed(2)]
    );
    assert_eq!(store.revision(), 2);
    assert_eq!(get(&*store, "a"), Some((2, "2".into())));
    let all = store.scan(&KeyRange::all(), 9, Direction::Forward).unwrap();
    assert_eq!(names(&all), ["a"]);
    // A group of which nothing is left moves no revision.
    let nothing = store.commit(vec![given([Precondition::Absent(key("a"))], [])]).unwrap();
    assert_eq!(nothing, [Outcome::Conflict]);
    assert_eq!(store.commit(vec![]).unwrap(), []);
    assert_eq!(store.revision(), 2);
}

fn scans_go_both_ways_and_go_on<H: Home>() {
    let home = H::new();
    let store = home.open();
    let all: Vec<String> = (0..50).map(|i| format!("s/{i:02}")).collect();
    commit(&*store, all.iter().map(|n| put(n, n)).collect::<Vec<_>>());
    commit(&*store, [put("a", ""), put("z", ""), Op::Put(vec![0xff; 9], vec![])]);
    for way in [Direction::Forward, Direction::Backward] {
        let mut wanted = all.clone();
        if way == Direction::Backward {
            wanted.reverse();
        }
        for limit in [1, 7, 49, 50, 51] {
            let mut range = KeyRange::prefix("s/");
            let mut got = Vec::new();
            loop {
                let page = store.scan(&range, limit, way).unwrap();
                assert!(page.rows.len() <= limit);
                assert_eq!(page.revision, 2);
                got.extend(names(&page));
                assert_eq!(page.more, got.len() < 50, "{way:?} by {limit}");
                match page.rows.last() {
                    Some((last, _)) if page.more => range = range.after(last, way),
                    _ => break,
                }
            }
            assert_eq!(got, wanted, "{way:?} by {limit}");
        }
        let ends = store.scan(&KeyRange::all(), 99, way).unwrap();
        assert_eq!(ends.rows.len(), 53);
        let none = store.scan(&KeyRange::prefix("s/"), 0, way).unwrap();
        assert_eq!((none.rows.len(), none.more), (0, true));
        for empty in [
            KeyRange { from: key("s/30"), to: Some(key("s/20")) },
            KeyRange { from: key("s/30"), to: Some(key("s/30")) },
            KeyRange::prefix("t/"),
            KeyRange { from: vec![], to: Some(vec![]) },
            KeyRange { from: vec![], to: Some(vec![0, 5]) },
        ] {
            let page = store.scan(&empty, 9, way).unwrap();
            assert_eq!((page.rows.len(), page.more), (0, false), "{empty:?}");
        }
    }
}

/// Two keys are always written together; whoever sees them apart has seen half a group.
fn reads_are_of_one_revision<H: Home>() {
    let home = H::new();
    let store = home.open();
    let names: Vec<String> = (0..40).map(|i| format!("{i:02}")).collect();
    let write = |value: &str| {
        let group = names.iter().map(|n| batch([put(n, value)])).collect();
        store.commit(group).unwrap();
    };
    write("start");
    let ended = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let reader = threads.spawn(|| {
            let keys: Vec<Key> = names.iter().map(|n| key(n)).collect();
            while !ended.load(Ordering::Relaxed) {
                let many = store.get_many(&keys).unwrap();
                assert!(many.windows(2).all(|w| w[0] == w[1]), "get_many saw half a group");
                for way in [Direction::Forward, Direction::Backward] {
                    let page = store.scan(&KeyRange::all(), 99, way).unwrap();
                    assert_eq!(page.rows.len(), names.len());
                    for (_, versioned) in &page.rows {
                        assert_eq!(versioned.revision, page.revision, "a scan saw half a group");
                    }
                }
            }
        });
        for n in 0..100 {
            write(&format!("{n}"));
        }
        ended.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
}

/// What a random history does to a store.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Batch>),
    Scan(KeyRange, usize, Direction),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Keys of few kinds, so that they meet; some share long beginnings and some hold the bytes at
    // both ends of the alphabet, where an ordered store is easily wrong.
    let keys = || {
        prop_oneof![
            (0u8..20).prop_map(|n| vec![b'k', n]),
            (0u8..6).prop_map(|n| [vec![b'k'; 60], vec![n]].concat()),
            proptest::collection::vec(prop_oneof![Just(1u8), Just(255u8)], 1..4),
        ]
    };
    let value = || {
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..20),
            (0usize..=MAX_VALUE).prop_map(|n| vec![b'v'; n]),
        ]
    };
    let op = prop_oneof![
        3 => (keys(), value()).prop_map(|(k, v)| Op::Put(k, v)),
        2 => keys().prop_map(Op::Delete),
    ];
    let condition = prop_oneof![
        keys().prop_map(Precondition::Absent),
        (keys(), 0u64..6).prop_map(|(k, r)| Precondition::At(k, r)),
    ];
    let batches =
        (proptest::collection::vec(condition, 0..2), proptest::collection::vec(op, 0..12))
            .prop_map(|(preconditions, ops)| Batch { preconditions, ops });
    let ranges =
        (keys(), proptest::option::of(keys())).prop_map(|(from, to)| KeyRange { from, to });
    let way = prop_oneof![Just(Direction::Forward), Just(Direction::Backward)];
    let step = prop_oneof![
        4 => proptest::collection::vec(batches, 1..5).prop_map(Step::Commit),
        4 => (ranges, 0usize..12, way).prop_map(|(r, l, w)| Step::Scan(r, l, w)),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..25)
}

/// The yardstick is a plain map, written here a second time in the simplest way.
fn a_random_history_is_that_of_a_plain_map<H: Home>(history: Vec<Step>) {
    let home = H::new();
    let mut store = home.open();
    let mut rows: BTreeMap<Key, Versioned> = BTreeMap::new();
    let mut revision = 0;
    for step in history {
        match step {
            Step::Commit(group) => {
                let next = revision + 1;
                let mut wanted = Vec::new();
                for batch in &group {
                    let mut keys: Vec<&Key> = batch.ops.iter().map(Op::key).collect();
                    keys.sort();
                    if keys.windows(2).any(|w| w[0] == w[1]) {
                        wanted.push(None);
                        continue;
                    }
                    let holds = batch.preconditions.iter().all(|p| match p {
                        Precondition::Absent(k) => !rows.contains_key(k),
                        Precondition::At(k, r) => rows.get(k).is_some_and(|v| v.revision == *r),
                    });
                    if !holds {
                        wanted.push(Some(Outcome::Conflict));
                        continue;
                    }
                    wanted.push(Some(Outcome::Committed(next)));
                    revision = next;
                    for op in batch.ops.clone() {
                        match op {
                            Op::Put(k, value) => {
                                rows.insert(k, Versioned { revision: next, value });
                            }
                            Op::Delete(k) => {
                                rows.remove(&k);
                            }
                        }
                    }
                }
                let got: Vec<Option<Outcome>> = store
                    .commit(group)
                    .unwrap()
                    .into_iter()
                    .map(|o| Some(o).filter(|o| !matches!(o, Outcome::Invalid(_))))
                    .collect();
                assert_eq!(got, wanted);
            }
            Step::Scan(range, limit, way) => {
                let page = store.scan(&range, limit, way).unwrap();
                let within =
                    |k: &Key| *k >= range.from && range.to.as_ref().is_none_or(|to| k < to);
                let mut wanted: Vec<(Key, Versioned)> = rows
                    .iter()
                    .filter(|(k, _)| within(k))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect();
                if way == Direction::Backward {
                    wanted.reverse();
                }
                assert_eq!(page.more, wanted.len() > limit);
                wanted.truncate(limit);
                assert_eq!(page.rows, wanted);
            }
            Step::Reopen if H::DURABLE => {
                drop(store);
                store = home.open();
            }
            Step::Reopen => {}
        }
        assert_eq!(store.revision(), revision);
    }
    let keys: Vec<Key> = rows.keys().cloned().collect();
    let found: Vec<Versioned> =
        store.get_many(&keys).unwrap().into_iter().map(Option::unwrap).collect();
    assert_eq!(found, rows.into_values().collect::<Vec<_>>());
}

macro_rules! conformance {
    ($name:ident, $home:ty, $cases:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn what_is_written_is_read_with_its_revision() {
                super::what_is_written_is_read_with_its_revision::<$home>();
            }

            #[test]
            fn over_a_bound_nothing_is_written_and_the_bound_is_named() {
                super::over_a_bound_nothing_is_written_and_the_bound_is_named::<$home>();
            }

            #[test]
            fn a_batch_is_carried_out_when_all_its_preconditions_hold() {
                super::a_batch_is_carried_out_when_all_its_preconditions_hold::<$home>();
            }

            #[test]
            fn the_batches_of_a_group_stand_for_themselves() {
                super::the_batches_of_a_group_stand_for_themselves::<$home>();
            }

            #[test]
            fn scans_go_both_ways_and_go_on() {
                super::scans_go_both_ways_and_go_on::<$home>();
            }

            #[test]
            fn reads_are_of_one_revision() {
                super::reads_are_of_one_revision::<$home>();
            }

            proptest! {
                #![proptest_config(ProptestConfig::with_cases($cases))]
                #[test]
                fn a_random_history_is_that_of_a_plain_map(history in steps()) {
                    super::a_random_history_is_that_of_a_plain_map::<$home>(history);
                }
            }
        }
    };
}

conformance!(memory, Memory, 200);
conformance!(sled, Sled, 40);
