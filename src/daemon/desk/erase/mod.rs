//! The erasure of a person on request: their conversations first, then everything else in the
//! database, a bounded part with each tick of the clock. The request is a record, so a daemon that was
//! killed goes on with it.

mod conversation;
pub mod digest;
mod records;
pub mod table;

use super::group::Group;
use super::job::{Caller, JobResult};
use super::memory::Memory;
use crate::domain::erasure::{
    Copy, CopyKind, Erasure, Going, Gone, MOST_COPIES, MOST_FILES, MOST_REFERENCE,
};
use crate::domain::erasure::{Refused, Stage, scrub};
use crate::domain::journal::{Actor, DeskNews, What};
use crate::domain::{ChannelId, Refusal, Time};
use crate::store::{Direction, Read, Store, StoreError, keys, records as store};

/// Messages emptied with one tick.
const STEP: usize = 200;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// On which channel.
    pub channel: ChannelId,
    /// By what the person is known there, and under which names.
    pub going: Going,
    /// The request's reference.
    pub reference: String,
    /// Random text, for the desk's first erasure.
    pub salt: String,
}

/// Every erasure, by number.
///
/// # Errors
/// When the store cannot be read.
pub fn all(from: &(impl Read + ?Sized)) -> Result<Vec<Erasure>, StoreError> {
    const PAGE: usize = 100;
    let mut range = keys::erasures();
    let mut all = Vec::new();
    loop {
        let page = store::page::<Erasure>(from, &range, PAGE, Direction::Forward)?;
        let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        all.extend(page.rows.into_iter().map(|(_, erasure)| erasure));
        match last {
            Some(last) => range = range.after(&last, Direction::Forward),
            None => return Ok(all),
        }
    }
}

/// Reads what the writer keeps in memory of erasures.
///
/// # Errors
/// When the store cannot be read.
pub fn read(memory: &mut Memory, from: &dyn Store) -> Result<(), StoreError> {
    memory.salt = store::get(from, &digest::salt_key())?;
    // Without one there was no erasure.
    let erasures = if memory.salt.is_some() { all(from)? } else { Vec::new() };
    let works = |e: &&Erasure| e.going.as_ref().is_some_and(|g| g.stage != Stage::Files);
    memory.erasing = erasures.iter().filter(works).map(|e| e.number).collect();
    Ok(())
}

/// Takes a request.
///
/// # Errors
/// When the store cannot be read.
pub fn begin(group: &mut Group<'_>, by: &Caller, asked: Asked) -> Result<JobResult, StoreError> {
    let refuse = |why| Ok(JobResult::Refused(Refusal::Erasure(why)));
    let Asked { channel, going, reference, salt } = asked;
    if reference.len() > MOST_REFERENCE {
        return refuse(Refused::LongReference(MOST_REFERENCE));
    }
    if scrub(&reference, &going.here()).is_some() {
        return refuse(Refused::NamesThem);
    }
    if going.known_as.is_empty() || going.known_as.len() > keys::MAX_NAME {
        return refuse(Refused::NoSuchPerson(channel));
    }
    if group.memory.salt.is_none() {
        store::put(&mut group.over, digest::salt_key(), &salt)?;
        group.memory.salt = Some(salt);
    }
    let person = group.digest(&channel, &going.known_as).unwrap_or_default();
    let person = digest::hex(&person);
    let before = all(&group.over)?;
    if before.iter().any(|e| e.going.is_some() && e.person == person) {
        return refuse(Refused::UnderWay);
    }
    let number = before.last().map_or(0, |e| e.number) + 1;
    let erasure = Erasure {
        number,
        asked: group.now,
        by: by.operator.clone(),
        declared: by.declared,
        reference,
        channel,
        person,
        going: Some(going),
        done: None,
        compacted: None,
        removed: Default::default(),
        stays: Default::default(),
        files: Vec::new(),
    };
    store::put(&mut group.over, keys::erasure(number), &erasure)?;
    group.memory.erasing.insert(number);
    let actor = Actor::Operator { name: by.operator.clone(), declared: by.declared };
    group.write_entry(actor, What::Desk(DeskNews::ErasureAsked { number }))?;
    Ok(JobResult::Erasing(number))
}

/// Goes on with the erasure that was asked for first, if one is under way.
///
/// # Errors
/// When the store cannot be read.
pub fn go_on(group: &mut Group<'_>) -> Result<(), StoreError> {
    let Some(number) = group.memory.erasing.first().copied() else { return Ok(()) };
    let key = keys::erasure(number);
    let found: Option<Erasure> = store::get(&group.over, &key)?;
    let Some((mut erasure, mut going)) = found.and_then(|mut e| {
        let going = e.going.take()?;
        Some((e, going))
    }) else {
        group.memory.erasing.remove(&number);
        return Ok(());
    };
    going.stage = match going.stage {
        Stage::Conversations => match conversation::next(group, &mut erasure, &mut going)? {
            true => Stage::Records,
            false => Stage::Conversations,
        },
        Stage::Records => match records::next(group, &mut erasure, &mut going)? {
            true => Stage::Files,
            false => Stage::Records,
        },
        Stage::Files => Stage::Files,
    };
    if going.stage == Stage::Files {
        // The rest is not the writer's: it opens no file.
        group.memory.erasing.remove(&number);
        group.published.erased = true;
    }
    erasure.going = Some(going);
    store::put(&mut group.over, key, &erasure)
}

/// The desk's files have been looked through: the erasure is done, and its record names nobody any
/// more.
///
/// # Errors
/// When the store cannot be read.
pub fn finish(
    group: &mut Group<'_>,
    number: u64,
    removed: u64,
    files: Vec<String>,
) -> Result<JobResult, StoreError> {
    if group.memory.unsettled {
        // Lines of the archive that named them are not blanked yet; this is asked for again.
        return Ok(JobResult::Ok);
    }
    let key = keys::erasure(number);
    let Some(mut erasure) = store::get::<Erasure>(&group.over, &key)? else {
        return Ok(JobResult::Ok);
    };
    if erasure.going.take().is_none_or(|going| going.stage != Stage::Files) {
        return Ok(JobResult::Ok);
    }
    erasure.done = Some(group.now);
    erasure.files = files;
    erasure.files.truncate(MOST_FILES);
    erasure.gone(Gone::Files, removed);
    store::put(&mut group.over, key, &erasure)?;
    group.write_entry(Actor::Clock, What::Desk(DeskNews::ErasureDone { number }))?;
    group.published.purge = Some(number);
    Ok(JobResult::Ok)
}

/// Remembers that a copy of the desk was made; the oldest are forgotten when there are too many.
///
/// # Errors
/// When the store cannot be read.
pub fn copied(group: &mut Group<'_>, copy: &Copy) -> Result<JobResult, StoreError> {
    const PATH: usize = 600;
    let mut copy = copy.clone();
    copy.path.truncate(crate::domain::words::beginning(&copy.path, PATH).len());
    store::put(&mut group.over, keys::copy(copy.at, &copy.path), &copy)?;
    let rows = group.over.range(&keys::copies(), MOST_COPIES + 1, Direction::Forward)?.rows;
    if rows.len() > MOST_COPIES {
        group.over.delete(rows[0].0.clone());
    }
    Ok(JobResult::Ok)
}

/// Of when the last backup is that is remembered.
///
/// # Errors
/// When the store cannot be read.
pub fn last_backup(from: &(impl Read + ?Sized)) -> Result<Option<Time>, StoreError> {
    let copies = copies(from)?;
    let backups = copies.iter().filter(|copy| copy.kind == CopyKind::Backup);
    Ok(backups.map(|copy| copy.at).max())
}

/// Every copy that is remembered, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub fn copies(from: &(impl Read + ?Sized)) -> Result<Vec<Copy>, StoreError> {
    let page = store::page::<Copy>(from, &keys::copies(), MOST_COPIES, Direction::Forward)?;
    Ok(page.rows.into_iter().map(|(_, copy)| copy).collect())
}
