//! Stores of older versions are brought up to date; those of newer ones are refused.

use dutydesk::domain::{
    ChannelId, Claim, Conversation, ConversationId, OperatorName, Queue, SessionId, Time,
};
use dutydesk::store::migrate::{MigrateError, Progress, SCHEMA, migrate, open_desk};
use dutydesk::store::{
    Batch, Direction, Key, KeyRange, MemoryStore, OpenError, Outcome, Overlay, Page, Read,
    SledStore, Store, StoreError, Versioned, keys, records,
};
use std::sync::atomic::{AtomicI64, Ordering};

fn commit(store: &dyn Store, write: impl FnOnce(&mut Overlay<'_>)) {
    let mut staged = Overlay::new(store);
    write(&mut staged);
    staged.keep();
    store.commit(staged.into_group()).unwrap();
}

fn conversation(n: u64, claim: Option<u64>) -> Conversation {
    let mut record = Conversation::new(
        ConversationId(n),
        Queue::Comments,
        ChannelId("weibo".into()),
        "weibo".into(),
        format!("root-{n}"),
    );
    record.claim = claim.map(|session| Claim {
        operator: OperatorName("bo".into()),
        session: SessionId(session),
        since: Time(5),
    });
    record
}

const CONVERSATIONS: u64 = 1_700;

/// A store as schema 1 left it: claims stand in the conversations alone.
fn fill_v1(store: &dyn Store) {
    commit(store, |to| records::put(to, keys::meta("schema"), &1u32).unwrap());
    for n in 0..CONVERSATIONS {
        let claim = n.is_multiple_of(7).then_some(n % 3);
        let record = conversation(n, claim);
        commit(store, |to| records::put(to, keys::conversation(record.id), &record).unwrap());
    }
}

fn claims(store: &dyn Store) -> Vec<(u64, u64)> {
    let rows = store.range(&keys::claims(), 9_999, Direction::Forward).unwrap().rows;
    rows.iter().map(|(key, _)| keys::claim_parts(key).map(|(s, id)| (s.0, id.0)).unwrap()).collect()
}

fn claims_of_v1() -> Vec<(u64, u64)> {
    let mut wanted: Vec<_> =
        (0..CONVERSATIONS).filter(|n| n.is_multiple_of(7)).map(|n| (n % 3, n)).collect();
    wanted.sort_unstable();
    wanted
}

fn schema(store: &dyn Store) -> Option<u32> {
    records::get(store, &keys::meta("schema")).unwrap()
}

#[test]
fn an_empty_store_is_given_the_newest_schema() {
    let store = MemoryStore::new();
    migrate(&store, |p| panic!("nothing to do: {p:?}")).unwrap();
    assert_eq!(schema(&store), Some(SCHEMA));
    let revision = store.revision();
    migrate(&store, |p| panic!("nothing to do: {p:?}")).unwrap();
    assert_eq!(store.revision(), revision);
}

#[test]
fn a_store_of_schema_1_is_brought_up_to_date_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    fill_v1(&SledStore::open(&db, 8 << 20).unwrap().keeping_free(0));
    let mut seen: Vec<Progress> = Vec::new();
    let store = open_desk(&db, 8 << 20, |p| seen.push(p)).unwrap();
    assert_eq!(schema(&store), Some(SCHEMA));
    assert_eq!(claims(&store), claims_of_v1());
    assert!(
        seen.len() > 2 && seen.windows(2).all(|w| (w[0].to, w[0].done) < (w[1].to, w[1].done)),
        "{seen:?}"
    );
    assert_eq!(
        store.range(&KeyRange::prefix("meta/"), 9, Direction::Forward).unwrap().rows.len(),
        1
    );
    drop(store);
    let store = open_desk(&db, 8 << 20, |p| panic!("nothing to do: {p:?}")).unwrap();
    assert_eq!(claims(&store), claims_of_v1());
}

/// Fails every commit once `left` have succeeded.
struct Failing<'a> {
    store: &'a dyn Store,
    left: AtomicI64,
}

impl Store for Failing<'_> {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.store.get_many(keys)
    }
    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        self.store.scan(range, limit, way)
    }
    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        if self.left.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return Err(StoreError::new("no more"));
        }
        self.store.commit(group)
    }
    fn revision(&self) -> u64 {
        self.store.revision()
    }
}

#[test]
fn an_interrupted_migration_goes_on_where_it_was() {
    for steps in 0..4 {
        let store = MemoryStore::new();
        fill_v1(&store);
        let failing = Failing { store: &store, left: AtomicI64::new(steps) };
        let error = migrate(&failing, |_| {}).unwrap_err();
        assert!(matches!(error, MigrateError::Store(_)), "{error:?}");
        assert_eq!(schema(&store), Some(1), "only a finished migration raises the schema");
        let mut seen = Vec::new();
        migrate(&store, |p| seen.push(p.done)).unwrap();
        assert_eq!(seen[0], 500 * u64::try_from(steps).unwrap(), "after {steps} steps");
        assert_eq!(schema(&store), Some(SCHEMA));
        assert_eq!(claims(&store), claims_of_v1());
    }
}

#[test]
fn records_without_a_schema_are_taken_for_the_first_one() {
    let store = MemoryStore::new();
    let record = conversation(1, Some(4));
    commit(&store, |to| records::put(to, keys::conversation(record.id), &record).unwrap());
    migrate(&store, |_| {}).unwrap();
    assert_eq!(claims(&store), [(4, 1)]);
}

#[test]
fn a_newer_schema_is_refused_with_one_sentence_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    let newer = SCHEMA + 1;
    let store = SledStore::open(&db, 8 << 20).unwrap().keeping_free(0);
    commit(&store, |to| records::put(to, keys::meta("schema"), &newer).unwrap());
    drop(store);
    let error = open_desk(&db, 8 << 20, |_| {}).err().unwrap();
    assert!(
        matches!(error, OpenError::Newer { found, known } if (found, known) == (newer, SCHEMA))
    );
    assert_eq!(
        error.to_string(),
        format!(
            "the store has schema {newer}, and this version knows schemas up to {SCHEMA}: \
             use a newer version"
        )
    );
    assert_eq!(SledStore::open(&db, 8 << 20).unwrap().revision(), 1);
}

#[test]
fn answers_that_waited_in_schema_2_become_rows_of_the_outbox() {
    use dutydesk::domain::outbox::Stage;
    use dutydesk::domain::{MessageRef, OutKind, OutPlace, Outgoing};
    let store = MemoryStore::new();
    commit(&store, |to| records::put(to, keys::meta("schema"), &2u32).unwrap());
    for n in 0..700_u64 {
        // As schema 2 wrote it: the channel's name, then the message, and no value.
        let mut key = b"x/weibo\0".to_vec();
        key.extend(n.to_be_bytes());
        key.extend(1_u32.to_be_bytes());
        let at = MessageRef { conversation: ConversationId(n), seq: 1 };
        let message = serde_json::json!({
            "kind": "Reply", "author": { "id": "", "name": "" }, "operator": "bo", "text": "r",
            "at": 5, "arrived": 5, "delivery": "Waiting",
        });
        commit(&store, |to| {
            to.put(key, vec![]).unwrap();
            records::put(to, keys::message(at), &message).unwrap();
        });
    }
    migrate(&store, |_| {}).unwrap();
    let rows = store.range(&keys::outbox(), 9_999, Direction::Forward).unwrap().rows;
    assert_eq!(rows.len(), 700);
    for n in 0..700 {
        let message = MessageRef { conversation: ConversationId(n), seq: 1 };
        let place = OutPlace::message(ChannelId("weibo".into()), OutKind::Reply, message);
        let row: Outgoing = records::get(&store, &keys::outgoing(&place)).unwrap().unwrap();
        assert_eq!((row.by.0.as_str(), row.made, row.stage), ("bo", Time(5), Stage::new()));
    }
}
