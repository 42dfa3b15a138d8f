//! What readers may ask of the archive.

use super::super::archive::candidates;
use super::{Read, failed};
use crate::domain::archive::{Month, MonthRow, Step};
use crate::domain::{Conversation, ConversationId, Message, Time};
use crate::store::archive::{self, Archived};
use crate::store::{Store, StoreError, keys, records};

/// An archived conversation, read where it lies; `None` = it is not archived.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store), also when its line is damaged.
pub fn archived(store: &dyn Store, id: ConversationId) -> Read<Option<Archived>> {
    archive::find(store, id).map_err(failed)
}

/// The months of the archive, the oldest first.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn archive_months(store: &dyn Store) -> Read<Vec<MonthRow>> {
    archive::months(store).map_err(failed)
}

/// How many of the next conversations could be archived, and why others could not.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn would_archive(store: &dyn Store, after: Option<ConversationId>, before: Time) -> Read<Step> {
    candidates(store, after, before, true).map(|(step, _)| step).map_err(failed)
}

/// The next archived conversations behind one, of a month or of all; and where to go on.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn archived_after(
    store: &dyn Store,
    month: Option<Month>,
    after: Option<ConversationId>,
    limit: usize,
) -> Read<(Vec<Archived>, Option<ConversationId>)> {
    /// Stubs looked at for one answer, where those of one month are wanted.
    const STUBS: usize = 5_000;
    let most = if month.is_some() { STUBS } else { limit };
    let stubs = archive::page(store, after, most).map_err(failed)?;
    let more = stubs.len() == most;
    let (mut found, mut last) = (Vec::new(), None);
    for (id, stub) in stubs {
        if found.len() == limit {
            return Ok((found, last));
        }
        last = Some(id);
        if month.is_none_or(|month| month == stub.month) {
            match store.archive().read(&stub) {
                Ok(archived) => found.push(archived),
                // One that was brought back a moment ago is on the desk.
                Err(_) => found.extend(archive::find(store, id).map_err(failed)?),
            }
        }
    }
    Ok((found, last.filter(|_| more)))
}

/// The conversations of these numbers, on the desk or archived, those that there are.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn wherever(
    store: &dyn Store,
    ids: &[ConversationId],
) -> Result<Vec<Conversation>, StoreError> {
    let places: Vec<_> = ids.iter().map(|id| keys::conversation(*id)).collect();
    let found = records::get_each::<Conversation>(store, &places)?;
    let wherever = ids.iter().zip(found).map(|(id, found)| match found {
        Some(c) => Ok(Some(c)),
        None => Ok(archive::find(store, *id)?.map(|archived| archived.conversation)),
    });
    wherever.filter_map(Result::transpose).collect()
}

/// The messages of a conversation, on the desk or archived, by their numbers.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn messages_wherever(
    store: &dyn Store,
    id: ConversationId,
) -> Result<Vec<(u32, Message)>, StoreError> {
    let here = super::super::group::read_messages(store, id)?;
    match here.is_empty() {
        true => Ok(archive::find(store, id)?.map(Archived::into_messages).unwrap_or_default()),
        false => Ok(here),
    }
}
