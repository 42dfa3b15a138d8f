//! The schema version, and the ordered migrations that bring an older store up to date.
//!
//! A migration goes through the store in steps. Each step is one durable group, which also keeps
//! how far it got, so that an interrupted one goes on where it was. To add one: raise [`SCHEMA`],
//! add a row to [`MIGRATIONS`], and a test that makes a store of the version before.

use super::keys::{self, Parsed};
use super::{
    Direction, Key, KeyRange, OpenError, Overlay, Read, SledStore, Store, StoreError, records,
};
use crate::domain::outbox::Stage;
use crate::domain::{Conversation, Message, OperatorName, OutKind, OutPlace, Outgoing, SendKey};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The schema this version writes.
pub const SCHEMA: u32 = 3;

/// How far a migration is, to be shown while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The schema it leads to.
    pub to: u32,
    /// The newest schema; the last migration leads there.
    pub newest: u32,
    /// Records it has been through.
    pub done: u64,
}

/// One step: stages its writes, and answers with where to go on (`None` = done) and how many
/// records it went through.
type Step = fn(&mut Overlay<'_>, from: Option<Key>) -> Result<(Option<Key>, u64), StoreError>;

struct Migration {
    to: u32,
    step: Step,
}

/// In order; each leads from the schema before it.
const MIGRATIONS: &[Migration] =
    &[Migration { to: 2, step: index_claims }, Migration { to: 3, step: fill_outbox }];

/// Records that one step goes through.
const STEP: usize = 500;

/// Where a migration that is under way is.
#[derive(Debug, Serialize, Deserialize)]
struct UnderWay {
    to: u32,
    next: Option<Vec<u8>>,
    done: u64,
}

/// Opens the store in a folder and brings it up to date; `progress` hears of each step.
///
/// # Errors
/// As [`SledStore::open`] and [`migrate`].
pub fn open_desk(
    folder: &Path,
    cache_bytes: u64,
    progress: impl FnMut(Progress),
) -> Result<SledStore, OpenError> {
    let store = SledStore::open(folder, cache_bytes)?;
    migrate(&store, progress).map_err(|error| match error {
        MigrateError::Newer { found } => OpenError::Newer { found, known: SCHEMA },
        MigrateError::Store(e) if e.disk_full => OpenError::DiskFull { path: folder.to_owned() },
        MigrateError::Store(e) => OpenError::Io { path: folder.to_owned(), why: e.what },
    })?;
    Ok(store)
}

/// Why a store could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer version of the program wrote it.
    #[error("the store has schema {found}, which is newer than {SCHEMA}")]
    Newer {
        /// The schema it has.
        found: u32,
    },
    /// It could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The schema of a store; an empty one is as new as can be.
///
/// # Errors
/// When it cannot be read.
pub fn schema_of(store: &dyn Store) -> Result<u32, StoreError> {
    if let Some(found) = records::get::<u32>(store, &schema_key())? {
        return Ok(found);
    }
    let any = store.range(&KeyRange::all(), 1, Direction::Forward)?;
    // A store that has records but tells no schema is of the first one.
    Ok(if any.rows.is_empty() { SCHEMA } else { 1 })
}

/// Brings a store up to date: an empty one is given the newest schema, an older one is migrated.
///
/// # Errors
/// When the schema is newer than this version knows, or the store fails; what was done until
/// then is kept, and the next call goes on there.
pub fn migrate(store: &dyn Store, mut progress: impl FnMut(Progress)) -> Result<(), MigrateError> {
    let schema = schema_of(store)?;
    if schema > SCHEMA {
        return Err(MigrateError::Newer { found: schema });
    }
    if store.get(&schema_key())?.is_none() {
        step(store, |to| records::put(to, schema_key(), &schema))?;
    }
    for migration in MIGRATIONS.iter().filter(|m| m.to > schema) {
        run(store, migration, &mut progress)?;
    }
    Ok(())
}

fn run(
    store: &dyn Store,
    migration: &Migration,
    progress: &mut impl FnMut(Progress),
) -> Result<(), StoreError> {
    let begun = records::get::<UnderWay>(store, &under_way_key())?.filter(|u| u.to == migration.to);
    let (mut next, mut done) = begun.map_or((None, 0), |u| (u.next, u.done));
    loop {
        progress(Progress { to: migration.to, newest: SCHEMA, done });
        step(store, |to| {
            let (after, went_through) = (migration.step)(to, next.take())?;
            next = after;
            done += went_through;
            match &next {
                None => {
                    to.delete(under_way_key());
                    records::put(to, schema_key(), &migration.to)
                }
                Some(_) => {
                    let under_way = UnderWay { to: migration.to, next: next.clone(), done };
                    records::put(to, under_way_key(), &under_way)
                }
            }
        })?;
        if next.is_none() {
            return Ok(());
        }
    }
}

/// Commits what `write` stages.
fn step(
    store: &dyn Store,
    write: impl FnOnce(&mut Overlay<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut staged = Overlay::new(store);
    write(&mut staged)?;
    staged.keep();
    store.commit(staged.into_group())?;
    Ok(())
}

/// Where the schema version is kept.
pub(super) fn schema_key() -> Key {
    keys::meta("schema")
}

fn under_way_key() -> Key {
    keys::meta("migrating")
}

/// Schema 1 had no `l/` keys: the claims of a session that ended were looked for in every
/// conversation. Each claim gets its key.
fn index_claims(to: &mut Overlay<'_>, from: Option<Key>) -> Result<(Option<Key>, u64), StoreError> {
    let mut range = keys::conversations();
    if let Some(last) = from {
        range = range.after(&last, Direction::Forward);
    }
    let page = records::page::<Conversation>(&*to, &range, STEP, Direction::Forward)?;
    let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
    let done = page.rows.len() as u64;
    for (key, conversation) in page.rows {
        if let (Some(claim), Some(Parsed::Conversation(id))) =
            (conversation.claim, keys::parse(&key))
        {
            to.put(keys::claim(claim.session, id), Vec::new())?;
        }
    }
    Ok((last, done))
}

/// Schema 2 knew only that an answer waits for its channel; each becomes a row that has not been
/// attempted.
fn fill_outbox(to: &mut Overlay<'_>, from: Option<Key>) -> Result<(Option<Key>, u64), StoreError> {
    let mut range = keys::outbox();
    if let Some(last) = from {
        range = range.after(&last, Direction::Forward);
    }
    let page = to.range(&range, STEP, Direction::Forward)?;
    let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
    let done = page.rows.len() as u64;
    for (key, _) in page.rows {
        let Some((channel, at)) = keys::waiting_parts_v2(&key) else { continue };
        to.delete(key);
        let Some(message) = records::get::<Message>(&*to, &keys::message(at))? else { continue };
        // Told apart by their place, for many may have been written in the same moment.
        let apart = (at.conversation.0 << 4 | u64::from(at.seq) & 0xf) % 1024;
        let row = Outgoing {
            seen: None,
            asked: None,
            key: SendKey::next(SendKey(0), message.at, u16::try_from(apart).unwrap_or(0)),
            made: message.at,
            by: message.operator.unwrap_or(OperatorName(String::new())),
            on: true,
            attempts: 0,
            stage: Stage::new(),
        };
        let place = OutPlace::message(channel, OutKind::Reply, at);
        records::put(to, keys::outgoing(&place), &row)?;
    }
    Ok((last, done))
}
