//! Whether the archive's files and the stubs agree, in both directions.

use super::{Archive, Archived, MOST_LINE, Stub, Volume, volumes};
use crate::domain::ConversationId;
use crate::domain::archive::Month;
use crate::store::records::get;
use crate::store::{Direction, KeyRange, Read, StoreError, keys, records};
use std::collections::BTreeSet;

/// What a look at the archive finds.
pub enum Found {
    /// A line that a stub points at.
    Line(Box<Archived>),
    /// Something that is wrong.
    Wrong(String),
}

/// What there is beside the lines that are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Conversations.
    pub conversations: u64,
    /// Bytes of lines that were left and wait to be blanked.
    pub left: u64,
    /// Bytes behind what counts, of an interruption.
    pub behind: u64,
}

/// Looks at every line and every stub. `take` hears of each line that counts, and of all that is wrong.
///
/// # Errors
/// When the store cannot be read, and those of `take`.
pub fn look(
    from: &(impl Read + ?Sized),
    archive: &Archive,
    take: &mut dyn FnMut(Found) -> Result<(), StoreError>,
) -> Result<Look, StoreError> {
    let mut look = Look::default();
    let mut seen = 0;
    let known: BTreeSet<Month> = volumes(from)?.iter().map(|(month, _)| *month).collect();
    for (month, volume) in volumes(from)? {
        let found = look_at(from, archive, (month, &volume), &mut look, take)?;
        seen += found;
        if found != volume.conversations {
            let said = volume.conversations;
            take(Found::Wrong(format!(
                "the archive of {month} has {found} conversations instead of {said}"
            )))?;
        }
    }
    // Every line has its stub; so with as many stubs as lines, every stub has its line.
    let mut stubs = 0u64;
    let mut range: KeyRange = keys::stubs();
    loop {
        let page = records::page::<Stub>(from, &range, 1_000, Direction::Forward)?;
        for (key, stub) in &page.rows {
            stubs += 1;
            let id = keys::stub_of(key).unwrap_or_default();
            if !known.contains(&stub.month) {
                take(Found::Wrong(format!(
                    "conversation {id} is archived in {}, which there is not",
                    stub.month
                )))?;
            }
            if from.get(&keys::conversation(id))?.is_some() {
                take(Found::Wrong(format!("conversation {id} is on the desk and archived")))?;
            }
        }
        match page.rows.last() {
            Some((last, _)) if page.more => range = range.after(last, Direction::Forward),
            _ => break,
        }
    }
    look.conversations = stubs;
    if stubs != seen {
        take(Found::Wrong(format!(
            "{stubs} conversations are archived, and {seen} lines of them are found"
        )))?;
    }
    Ok(look)
}

/// One month; how many lines that count.
fn look_at(
    from: &(impl Read + ?Sized),
    archive: &Archive,
    (month, volume): (Month, &Volume),
    look: &mut Look,
    take: &mut dyn FnMut(Found) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let len = archive.path(month)?.metadata().map_or(0, |meta| meta.len());
    look.behind += len.saturating_sub(volume.bytes);
    if len < volume.bytes {
        let missing = volume.bytes - len;
        take(Found::Wrong(format!("the archive of {month} lacks its last {missing} bytes")))?;
    }
    let (mut at, mut found) = (0, 0);
    let end = volume.bytes.min(len);
    while at < end {
        let most = (2 * MOST_LINE as u64).min(end - at);
        let bytes = match archive.bytes(month, at, most) {
            Ok(bytes) => bytes,
            Err(why) => {
                take(Found::Wrong(why.what))?;
                break;
            }
        };
        let begun = at;
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            let is_whole = line.ends_with(b"\n") || at + line.len() as u64 == end;
            if !is_whole && at > begun {
                break;
            }
            found += u64::from(look_at_line(from, (month, volume, at), line, look, take)?);
            at += line.len() as u64;
        }
    }
    Ok(found)
}

fn look_at_line(
    from: &(impl Read + ?Sized),
    (month, volume, at): (Month, &Volume, u64),
    line: &[u8],
    look: &mut Look,
    take: &mut dyn FnMut(Found) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let is_blank = line.iter().all(|b| *b == b' ');
    if is_blank || volume.forgotten.is_some_and(|forgotten| at < forgotten) {
        return Ok(false);
    }
    let text = std::str::from_utf8(line).map_err(|e| e.to_string());
    let archived = text.and_then(Archived::parse);
    let id = archived.as_ref().map_or(ConversationId(0), |a| a.conversation.id);
    let stub: Option<Stub> = get(from, &keys::stub(id))?;
    let is_its = stub.is_some_and(|s| (s.month, s.at, s.len) == (month, at, line.len() as u64));
    if is_its && let Ok(archived) = archived {
        take(Found::Line(Box::new(archived)))?;
        return Ok(true);
    }
    if from.get(&keys::blank(month, at))?.is_some() {
        look.left += line.len() as u64;
        return Ok(false);
    }
    let what = match archived {
        Ok(_) => format!("no archived conversation has the line at byte {at} of {month}"),
        Err(why) => format!("the line at byte {at} of the archive of {month} is damaged: {why}"),
    };
    take(Found::Wrong(what))?;
    Ok(false)
}
