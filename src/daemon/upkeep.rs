//! What is done to a desk that nobody serves: looking whether everything in it agrees, and writing its
//! database anew. The desk's lock is held meanwhile, so no daemon can start.

use super::boot::{self, BootError, Held};
use super::desk::{VerifyReport, erase, verify_telling};
use super::serve::{about, opened};
use super::writer::now;
use crate::config;
use crate::search::Index;
use crate::store::{self, Compacted, OpenError, SledStore, Store, StoreError, keys};
use crate::text::Lang;
use std::path::Path;

/// Takes the desk's lock.
fn hold(desk: &Path) -> Result<(Held, config::Desk), BootError> {
    let desk = boot::find(desk)?;
    let settings = config::Desk::load(&desk).map_err(BootError::Settings)?;
    let held = boot::hold(&desk, settings.settings.group.as_deref())?;
    Ok((held, settings))
}

/// Whether all that was derived agrees with what it was derived from; `done` hears how many
/// conversations of how many were looked at.
///
/// # Errors
/// When a daemon serves the desk, or it cannot be read.
pub fn verify(
    desk: &Path,
    lang: Lang,
    mut done: impl FnMut(u64, u64),
) -> Result<VerifyReport, BootError> {
    let (held, settings) = hold(desk)?;
    let rules = config::Rules::read(&held.desk, None).rules;
    let store = opened(&held.desk.join("db")).map_err(BootError::Store)?;
    let setup = about(&held, settings, rules, lang).setup;
    let report = verify_telling(&store, &setup, &mut done).map_err(BootError::Store);
    drop(store);
    held.let_go();
    report
}

/// Writes the database anew; `done` hears how many keys were copied.
///
/// # Errors
/// When a daemon serves the desk, or the copy cannot be written: the desk is as it was then.
pub fn compact(desk: &Path, done: impl FnMut(u64)) -> Result<Compacted, BootError> {
    let (held, _) = hold(desk)?;
    let compacted = store::compact(&held.desk.join("db"), SledStore::CACHE, done)
        .map_err(|e| BootError::Store(failed(&e)));
    let told = compacted.and_then(|compacted| {
        complete_erasures(&held.desk).map_err(BootError::Store)?;
        Ok(compacted)
    });
    held.let_go();
    told
}

/// Nothing of what was erased before is in the files any more: each certificate says so from now on.
fn complete_erasures(desk: &Path) -> Result<(), StoreError> {
    let db = opened(&desk.join("db"))?;
    let all = erase::all(&db)?.into_iter();
    let all: Vec<_> = all.filter(|e| e.done.is_some() && e.compacted.is_none()).collect();
    let Some(last) = all.last().map(|e| e.number) else { return Ok(()) };
    let search = desk.join("search");
    if Index::purged_in(&search).is_some_and(|purged| purged < last) {
        // It is made anew when the desk is served again.
        std::fs::remove_dir_all(&search)
            .map_err(|e| StoreError::new(format!("{}: {e}", search.display())))?;
    }
    let mut to = store::Overlay::new(&db);
    for mut erasure in all {
        erasure.compacted = Some(now());
        store::records::put(&mut to, keys::erasure(erasure.number), &erasure)?;
    }
    to.keep();
    db.commit(to.into_group()).map(drop)
}

/// Why a store cannot be opened, as the desk tells it.
pub fn failed(e: &OpenError) -> StoreError {
    StoreError {
        disk_full: matches!(e, OpenError::DiskFull { .. }),
        what: e.to_string(),
        unknown: false,
    }
}
