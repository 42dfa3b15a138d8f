//! The figures that channels tell, as they come: the finest page takes a value, the coarser ones are
//! rolled up from it in the same commit. What is older than a page is kept goes into the next
//! coarser one at once.

use super::group::Group;
use crate::domain::figure::page::MOST_NAME;
use crate::domain::figure::{Grain, Page};
use crate::domain::{ChannelId, Time};
use crate::store::{Direction, Read, StoreError, keys, records};

/// Pages that are let go with each new one: more than come, so that none stay behind.
const LET_GO: usize = 4;

/// Whether a figure may be called so.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MOST_NAME
}

/// Notes a value; answers whether it was new.
///
/// # Errors
/// When the store cannot be read.
pub fn note(
    group: &mut Group<'_>,
    channel: &ChannelId,
    name: &str,
    at: Time,
    value: i64,
) -> Result<bool, StoreError> {
    let is_kept = |grain: &Grain| grain.kept().is_none_or(|kept| at >= group.now - kept);
    let grains: Vec<Grain> = Grain::ALL.into_iter().filter(is_kept).collect();
    let mut finer: Option<Page> = None;
    for grain in grains {
        let (start, place) = grain.place(at);
        let key = keys::page(channel, name, grain, start);
        let known: Option<Page> = records::get(&group.over, &key)?;
        if known.is_none() {
            let_go(group, channel, name, grain)?;
        }
        let mut page = known.unwrap_or_default();
        match &finer {
            None if !page.note(place, at, value) => return Ok(false),
            None => {}
            Some(finer) => page.roll_up(place, finer),
        }
        records::put(&mut group.over, key, &page)?;
        finer = Some(page);
    }
    let (book, now) = (&group.setup.figures, group.now);
    group.memory.watching.told(book, channel, name, at, now);
    Ok(true)
}

/// Lets pages go that are older than they are kept.
fn let_go(
    group: &mut Group<'_>,
    channel: &ChannelId,
    name: &str,
    grain: Grain,
) -> Result<(), StoreError> {
    let believed = group.memory.facts.leapt.is_none();
    let Some(kept) = grain.kept().filter(|_| believed) else { return Ok(()) };
    let (oldest, _) = grain.place(group.now - kept);
    let range =
        keys::pages(channel, name, grain).ending_at(keys::page(channel, name, grain, oldest));
    let old = group.over.range(&range, LET_GO, Direction::Forward)?;
    for (key, _) in old.rows {
        group.over.delete(key);
    }
    Ok(())
}
