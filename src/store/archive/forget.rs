//! A month of the archive is deleted: its conversations lose what made them found, a part at a time, then
//! the file goes, then what is known of it.

use super::{Archive, Archived, MOST_LINE, Stub, Volume, drop_index, found_by};
use crate::domain::archive::Month;
use crate::store::records::{self, get};
use crate::store::{Direction, Overlay, Read, StoreError, keys};

/// What a step of a deletion came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Conversations that went.
    pub conversations: u64,
    /// Messages of theirs that had come in, ours from the platform included.
    pub received: u64,
    /// The month is gone, and its file.
    pub done: bool,
}

/// Whether a month is being deleted.
///
/// # Errors
/// When the store cannot be read.
pub fn is_forgotten(from: &(impl Read + ?Sized), month: Month) -> Result<bool, StoreError> {
    let volume: Option<Volume> = get(from, &keys::volume(month))?;
    Ok(volume.is_some_and(|volume| volume.forgotten.is_some()))
}

/// Deletes the next conversations of a month, at most `limit` of them; when there are none left, the file,
/// and what is known of the month. Lines that cannot be read go with the file.
///
/// # Errors
/// When the store cannot be read, or the file not be removed.
pub fn forget(
    to: &mut Overlay<'_>,
    archive: &Archive,
    month: Month,
    limit: usize,
) -> Result<Forgotten, StoreError> {
    let key = keys::volume(month);
    let Some(mut volume) = get::<Volume>(&*to, &key)? else {
        return Ok(Forgotten { done: true, ..Forgotten::default() });
    };
    let mut step = Forgotten::default();
    let mut at = volume.forgotten.unwrap_or(0);
    let mut read = 0;
    while at < volume.bytes && read < limit {
        let most = (2 * MOST_LINE as u64).min(volume.bytes - at);
        // A file that is gone or cut short has no more lines; its stubs are looked for below.
        let Ok(bytes) = archive.bytes(month, at, most) else { break };
        let mut lines = bytes.split_inclusive(|b| *b == b'\n').peekable();
        let begun = at;
        while let Some(line) = lines.next() {
            let is_whole = line.ends_with(b"\n") || at + line.len() as u64 == volume.bytes;
            if read == limit || (!is_whole && at > begun) {
                break;
            }
            read += 1;
            forget_line(to, (month, at), line, &mut step)?;
            at += line.len() as u64;
        }
    }
    volume.conversations = volume.conversations.saturating_sub(step.conversations);
    if at < volume.bytes && read == limit {
        volume.forgotten = Some(at);
        records::put(to, key, &volume)?;
        return Ok(step);
    }
    if volume.forgotten != Some(volume.bytes) {
        // The file goes when it is on the disk that nothing points into it.
        volume.forgotten = Some(volume.bytes);
        records::put(to, key, &volume)?;
        return Ok(step);
    }
    archive.unlink(month)?;
    for (blank, _) in to.range(&keys::blanks_of(month), usize::MAX - 1, Direction::Forward)?.rows {
        to.delete(blank);
    }
    to.delete(key);
    step.done = true;
    Ok(step)
}

/// One line's conversation goes, if the line is still its own.
fn forget_line(
    to: &mut Overlay<'_>,
    (month, at): (Month, u64),
    line: &[u8],
    step: &mut Forgotten,
) -> Result<(), StoreError> {
    let text = std::str::from_utf8(line).unwrap_or_default().trim();
    let Ok(archived) = Archived::parse(text) else { return Ok(()) };
    let id = archived.conversation.id;
    let stub: Option<Stub> = get(&*to, &keys::stub(id))?;
    if stub.is_none_or(|stub| (stub.month, stub.at) != (month, at)) {
        return Ok(());
    }
    for key in found_by(&archived) {
        drop_index(to, &key, id)?;
    }
    to.delete(keys::stub(id));
    step.conversations += 1;
    step.received += archived.messages().filter(|(_, m)| m.operator.is_none()).count() as u64;
    Ok(())
}
