//! Old conversations out of the database: one file for each month beside it, one line for each
//! conversation with all its messages.
//!
//! What stays in the database of an archived one is small and makes it found again: a stub that says
//! where its line lies, its platform ids, its root, who wrote in it, its feedback tags. So whatever comes
//! for it later is known, and brings it back.
//!
//! A file never holds more than the database knows, and nothing is at any moment in neither:
//!
//! * lines are appended and synced first; then one commit removes the records, puts the stubs and moves
//!   the length that counts ([`Volume::bytes`]). What lies past that length was never committed: it is
//!   cut off when the desk is opened, and before anything is appended.
//! * a line that is left (brought back, changed, removed) is noted in the commit that leaves it, and
//!   blanked in place by [`settle`] afterwards: spaces over it, synced. The note goes when that is on the
//!   disk, so an interruption blanks it again. No other line ever moves.
//! * a month that is deleted loses its stubs in steps, then its file, then what is known of it.

mod forget;
mod line;
mod look;

pub use forget::{Forgotten, forget, is_forgotten};
pub use line::Archived;
pub use look::{Found, Look, look};

use super::records::{self, get};
use super::{Direction, Key, Overlay, Read, Store, StoreError, keys};
use crate::domain::archive::{Month, MonthRow};
use crate::domain::{Conversation, ConversationId, MessageKind, Time, feedback, history};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The most bytes of a line: what an export hands over at once.
pub const MOST_LINE: usize = 1 << 20;
/// Spaces written at a time.
const SPACES: [u8; 4096] = [b' '; 4096];

/// Where the archive's files lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    folder: Option<PathBuf>,
}

/// Where an archived conversation lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stub {
    /// In which month's file.
    pub month: Month,
    /// At which byte its line begins.
    pub at: u64,
    /// How many bytes that has, without its end.
    pub len: u64,
    /// When something happened in it last.
    pub last: Time,
}

/// What a month's file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its length, as far as it counts.
    pub bytes: u64,
    /// How many stubs point into it.
    pub conversations: u64,
    /// It is being deleted: lines up to here have lost their stubs.
    #[serde(default)]
    pub forgotten: Option<u64>,
}

/// What is to become of an archived conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It stays as it is.
    Keep,
    /// It is this from now on: of the same number.
    Change(Box<Archived>),
    /// It goes, with everything that made it found.
    Remove,
}

impl Archive {
    /// None: nothing can be archived.
    pub const NONE: Archive = Archive { folder: None };

    /// The archive in a folder, which is made with the first line.
    pub fn at(folder: PathBuf) -> Archive {
        Archive { folder: Some(folder) }
    }

    /// Its folder.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The file of a month.
    fn path(&self, month: Month) -> Result<PathBuf, StoreError> {
        let none = || StoreError::new("this desk has no folder for an archive");
        self.folder.as_ref().ok_or_else(none).map(|f| f.join(format!("{month}.ndjson")))
    }

    /// Bytes of a month's file.
    ///
    /// # Errors
    /// When it is shorter than that, or cannot be read.
    pub(super) fn bytes(&self, month: Month, at: u64, len: u64) -> Result<Vec<u8>, StoreError> {
        let path = self.path(month)?;
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(0).min(2 * MOST_LINE)];
        File::open(&path)
            .and_then(|file| file.read_exact_at(&mut bytes, at))
            .map_err(|e| on(&path, &e))?;
        Ok(bytes)
    }

    /// The line that a stub points at, as it stands in the file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&self, stub: &Stub) -> Result<String, StoreError> {
        String::from_utf8(self.bytes(stub.month, stub.at, stub.len)?).map_err(|_| {
            StoreError::new(format!("the archive of {} at byte {} is no text", stub.month, stub.at))
        })
    }

    /// What a stub points at.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, stub: &Stub) -> Result<Archived, StoreError> {
        Archived::parse(&self.text(stub)?).map_err(|why| {
            StoreError::new(format!("the archive of {} at byte {}: {why}", stub.month, stub.at))
        })
    }

    /// Appends to a month's file of which `known` bytes count, and syncs it.
    fn append(&self, month: Month, known: u64, text: &[u8]) -> Result<(), StoreError> {
        let path = self.path(month)?;
        let write = || {
            self.make_folder()?;
            let is_new = !path.exists();
            let file = options().create(true).open(&path)?;
            match file.metadata()?.len() {
                len if len < known => return Err(ErrorKind::UnexpectedEof.into()),
                // What an interruption left was never committed.
                len if len > known => file.set_len(known)?,
                _ => {}
            }
            file.write_all_at(text, known)?;
            file.sync_data()?;
            match (is_new, path.parent()) {
                (true, Some(folder)) => File::open(folder)?.sync_all(),
                _ => Ok(()),
            }
        };
        write().map_err(|e| on(&path, &e))
    }

    fn make_folder(&self) -> std::io::Result<()> {
        let Some(folder) = self.folder.as_ref().filter(|folder| !folder.exists()) else {
            return Ok(());
        };
        DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
        match folder.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }

    /// Writes spaces over parts of a month's file, and syncs it. A file that is gone holds nothing.
    fn blank(&self, month: Month, parts: &[(u64, u64)]) -> Result<(), StoreError> {
        let path = self.path(month)?;
        let write = || {
            let file = match options().open(&path) {
                Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
                opened => opened?,
            };
            for (at, len) in parts {
                let (mut at, mut left) = (*at, *len);
                while left > 0 {
                    let n = left.min(SPACES.len() as u64);
                    file.write_all_at(&SPACES[..usize::try_from(n).unwrap_or(0)], at)?;
                    (at, left) = (at + n, left - n);
                }
            }
            file.sync_data()
        };
        write().map_err(|e| on(&path, &e))
    }

    /// Removes a month's file.
    fn unlink(&self, month: Month) -> Result<(), StoreError> {
        let path = self.path(month)?;
        let removed = match fs::remove_file(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            removed => removed,
        };
        let synced = removed.and_then(|()| match path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        });
        synced.map_err(|e| on(&path, &e))
    }

    /// A file of this month that the database knows nothing of is somebody's: it is set aside.
    fn set_aside(&self, month: Month) -> Result<(), StoreError> {
        let path = self.path(month)?;
        if !path.metadata().is_ok_and(|meta| meta.len() > 0) {
            return Ok(());
        }
        let free = (1..1_000).map(|n| path.with_extension(format!("ndjson.found-{n}")));
        match free.into_iter().find(|path| !path.exists()) {
            Some(to) => fs::rename(&path, to).map_err(|e| on(&path, &e)),
            None => Err(on(&path, &ErrorKind::AlreadyExists.into())),
        }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

fn on(path: &Path, why: &std::io::Error) -> StoreError {
    let disk_full = super::sled_store::is_full(why.kind());
    StoreError { what: format!("{}: {why}", path.display()), disk_full, unknown: false }
}

/// Where an archived conversation lies; `None` = it is not archived.
///
/// # Errors
/// When the store cannot be read.
pub fn stub(from: &(impl Read + ?Sized), id: ConversationId) -> Result<Option<Stub>, StoreError> {
    get(from, &keys::stub(id))
}

/// An archived conversation; `None` = it is not archived.
///
/// # Errors
/// When the store or its line cannot be read.
pub fn find<S: Store + ?Sized>(
    store: &S,
    id: ConversationId,
) -> Result<Option<Archived>, StoreError> {
    let read = |stub: Option<Stub>| stub.map(|stub| store.archive().read(&stub)).transpose();
    let found = stub(store, id)?;
    match read(found) {
        // It was brought back, or written anew, between the two looks.
        Err(_) if stub(store, id)? != found => read(stub(store, id)?),
        read => read,
    }
}

/// Archived conversations in order of their numbers, at most `limit` of them, behind `after`; each with
/// where it lies. Whether there are more is told by as many coming.
///
/// # Errors
/// When the store cannot be read.
pub fn page(
    from: &(impl Read + ?Sized),
    after: Option<ConversationId>,
    limit: usize,
) -> Result<Vec<(ConversationId, Stub)>, StoreError> {
    let mut range = keys::stubs();
    if let Some(after) = after {
        range = range.after(&keys::stub(after), Direction::Forward);
    }
    let page = records::page::<Stub>(from, &range, limit, Direction::Forward)?;
    let rows = page.rows.into_iter();
    Ok(rows.filter_map(|(key, stub)| Some((keys::stub_of(&key)?, stub))).collect())
}

/// The months, the oldest first.
///
/// # Errors
/// When the store cannot be read.
pub fn volumes(from: &(impl Read + ?Sized)) -> Result<Vec<(Month, Volume)>, StoreError> {
    let page = records::page::<Volume>(from, &keys::volumes(), usize::MAX - 1, Direction::Forward)?;
    let rows = page.rows.into_iter();
    Ok(rows.filter_map(|(key, volume)| Some((keys::volume_of(&key)?, volume))).collect())
}

/// The months as they are told.
///
/// # Errors
/// When the store cannot be read.
pub fn months(from: &(impl Read + ?Sized)) -> Result<Vec<MonthRow>, StoreError> {
    let row = |(month, v): (Month, Volume)| MonthRow {
        month,
        conversations: v.conversations,
        bytes: v.bytes,
    };
    Ok(volumes(from)?.into_iter().filter(|(_, v)| v.conversations > 0).map(row).collect())
}

/// Sees to it that a month is known before its file is written: true when it was. Otherwise that is
/// staged, and nothing may be put there before it is committed.
///
/// # Errors
/// When the store cannot be read, or a stranger's file is in the way and cannot be set aside.
pub fn prepare(to: &mut Overlay<'_>, archive: &Archive, month: Month) -> Result<bool, StoreError> {
    let key = keys::volume(month);
    if let Some(volume) = get::<Volume>(&*to, &key)? {
        // One that is being deleted is not written again before it is gone.
        return Ok(volume.forgotten.is_none());
    }
    archive.set_aside(month)?;
    records::put(to, key, &Volume::default())?;
    Ok(false)
}

/// Puts conversations into the archive: their lines are on the disk when this returns, and their
/// records go with the commit of what is staged. Each comes with its [line](Archived::line); its month was
/// [prepared](prepare).
///
/// # Errors
/// When a file cannot be written, or the store not be read: nothing is staged then.
pub fn put(
    to: &mut Overlay<'_>,
    archive: &Archive,
    all: &[(Archived, String)],
) -> Result<(), StoreError> {
    let mark = to.mark();
    let put = put_lines(to, archive, all).and_then(|()| {
        for (archived, _) in all {
            let id = archived.conversation.id;
            records::remove(to, keys::conversation(id))?;
            for (seq, _) in archived.messages() {
                let at = crate::domain::MessageRef { conversation: id, seq };
                records::remove(to, keys::message(at))?;
            }
        }
        Ok(())
    });
    put.inspect_err(|_| to.roll_back(mark))
}

/// Appends lines, and stages where they lie.
pub(super) fn put_lines(
    to: &mut Overlay<'_>,
    archive: &Archive,
    all: &[(Archived, String)],
) -> Result<(), StoreError> {
    let mut months: Vec<Month> = all.iter().map(|(archived, _)| archived.month).collect();
    months.sort_unstable();
    months.dedup();
    for month in months {
        let key = keys::volume(month);
        let mut volume: Volume = get(&*to, &key)?.unwrap_or_default();
        let (mut text, mut stubs) = (String::new(), Vec::new());
        for (archived, line) in all.iter().filter(|(a, _)| a.month == month) {
            let at = volume.bytes + text.len() as u64;
            let stub = Stub { month, at, len: line.len() as u64, last: archived.last };
            stubs.push((archived.conversation.id, stub));
            text.push_str(line);
            text.push('\n');
        }
        archive.append(month, volume.bytes, text.as_bytes())?;
        volume.bytes += text.len() as u64;
        volume.conversations += stubs.len() as u64;
        for (id, stub) in stubs {
            records::put(to, keys::stub(id), &stub)?;
        }
        records::put(to, key, &volume)?;
    }
    Ok(())
}

/// Takes a conversation out of the archive and stages its records as they were; `None` = it is not
/// archived. Its place in a counter or an index is the caller's to stage.
///
/// # Errors
/// When the store or its line cannot be read: nothing is staged then.
pub fn take(
    to: &mut Overlay<'_>,
    archive: &Archive,
    id: ConversationId,
) -> Result<Option<Archived>, StoreError> {
    let Some(stub) = stub(&*to, id)? else { return Ok(None) };
    let archived = archive.read(&stub)?;
    leave(to, &stub, true)?;
    to.delete(keys::stub(id));
    records::put_new(to, keys::conversation(id), &archived.conversation)?;
    for (seq, message) in archived.messages() {
        let at = crate::domain::MessageRef { conversation: id, seq };
        records::put_new(to, keys::message(at), message)?;
    }
    Ok(Some(archived))
}

/// A line is left: it is to be blanked, and (`gone`) counts no longer.
fn leave(to: &mut Overlay<'_>, stub: &Stub, gone: bool) -> Result<(), StoreError> {
    records::put(to, keys::blank(stub.month, stub.at), &stub.len)?;
    let key = keys::volume(stub.month);
    if let Some(mut volume) = get::<Volume>(&*to, &key)?.filter(|_| gone) {
        volume.conversations = volume.conversations.saturating_sub(1);
        records::put(to, key, &volume)?;
    }
    Ok(())
}

/// Goes over one archived conversation and stages what `fate` makes of it, its platform ids and who wrote
/// in it included; true = it changed or went. The old line is on the disk until [`settle`] has blanked it.
///
/// # Errors
/// When the store or the archive cannot be read or written: nothing is staged then.
pub fn rewrite(
    to: &mut Overlay<'_>,
    archive: &Archive,
    id: ConversationId,
    fate: impl FnOnce(&Archived) -> Fate,
) -> Result<bool, StoreError> {
    let Some(stub) = stub(&*to, id)? else { return Ok(false) };
    let before = archive.read(&stub)?;
    let now = match fate(&before) {
        Fate::Keep => return Ok(false),
        Fate::Change(now) if *now == before => return Ok(false),
        Fate::Change(now) => Some(*now),
        Fate::Remove => None,
    };
    let mark = to.mark();
    let staged = stage(to, archive, (&stub, &before), now);
    staged.inspect_err(|_| to.roll_back(mark)).map(|()| true)
}

fn stage(
    to: &mut Overlay<'_>,
    archive: &Archive,
    (stub, before): (&Stub, &Archived),
    now: Option<Archived>,
) -> Result<(), StoreError> {
    let id = before.conversation.id;
    leave(to, stub, true)?;
    let mut gone = found_by(before);
    match now {
        None => to.delete(keys::stub(id)),
        Some(mut now) => {
            (now.month, now.conversation.id) = (stub.month, id);
            let kept = found_by(&now);
            gone.retain(|key| !kept.contains(key));
            for (key, value) in index(&now)? {
                to.put(key, value)?;
            }
            let line = now.line()?;
            put_lines(to, archive, &[(now, line)])?;
        }
    }
    for key in gone {
        drop_index(to, &key, id)?;
    }
    Ok(())
}

/// What of the database makes an archived conversation found: its platform ids, who wrote in it.
fn index(archived: &Archived) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
    let c = &archived.conversation;
    let mut found = Vec::new();
    for (seq, m) in archived.messages() {
        if !m.platform_id.is_empty() {
            let key = keys::known(&c.channel, &m.platform_id);
            let at = crate::domain::MessageRef { conversation: c.id, seq };
            let value = records::encode(&key, &at)?;
            found.push((key, value));
        }
        if m.kind == MessageKind::Inbound
            && let Some(who) = history::known_as(&m.author)
        {
            found.push((keys::person(&c.channel, who, c.id), Vec::new()));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Stages what makes an archived conversation found, for one that comes from an export.
pub(super) fn put_index(to: &mut Overlay<'_>, archived: &Archived) -> Result<(), StoreError> {
    for (key, value) in index(archived)? {
        to.put(key, value)?;
    }
    Ok(())
}

/// Every key that leads to a conversation alone.
fn found_by(archived: &Archived) -> Vec<Key> {
    let c: &Conversation = &archived.conversation;
    let mut found: Vec<Key> =
        index(archived).unwrap_or_default().into_iter().map(|i| i.0).collect();
    found.push(keys::root(c.queue, &c.channel, &c.root));
    let tags = c.labels.iter().filter_map(|label| feedback::tag(label));
    found.extend(tags.map(|tag| keys::feedback(tag, c.id)));
    found
}

/// Drops a key that leads to a conversation, unless it leads to another one by now.
fn drop_index(to: &mut Overlay<'_>, key: &Key, id: ConversationId) -> Result<(), StoreError> {
    let leads = match keys::parse(key) {
        Some(keys::Parsed::Known(..)) => {
            get::<crate::domain::MessageRef>(&*to, key)?.is_some_and(|at| at.conversation == id)
        }
        Some(keys::Parsed::Root(..)) => get::<ConversationId>(&*to, key)? == Some(id),
        _ => true,
    };
    if leads {
        to.delete(key.clone());
    }
    Ok(())
}

/// Removes the file of every month that the store knows: for a store that is cleared.
///
/// # Errors
/// When the store cannot be read, or a file not be removed.
pub(super) fn unlink_all(from: &(impl Read + ?Sized), archive: &Archive) -> Result<(), StoreError> {
    volumes(from)?.into_iter().try_for_each(|(month, _)| archive.unlink(month))
}

/// Whether lines wait to be blanked.
///
/// # Errors
/// When the store cannot be read.
pub fn is_unsettled(from: &(impl Read + ?Sized)) -> Result<bool, StoreError> {
    Ok(!from.range(&keys::blanks(), 1, Direction::Forward)?.rows.is_empty())
}

/// Blanks at most `limit` lines that were left, on the disk when this returns, and stages that it was done;
/// how many there were. No reader of the store as it was before may go on meanwhile.
///
/// # Errors
/// When a file cannot be written, or the store not be read.
pub fn settle(to: &mut Overlay<'_>, archive: &Archive, limit: usize) -> Result<usize, StoreError> {
    let page = records::page::<u64>(&*to, &keys::blanks(), limit, Direction::Forward)?;
    let mut parts: Vec<(Month, Vec<(u64, u64)>)> = Vec::new();
    for (key, len) in &page.rows {
        let Some((month, at)) = keys::blank_parts(key) else { continue };
        match parts.last_mut() {
            Some((last, all)) if *last == month => all.push((at, *len)),
            _ => parts.push((month, vec![(at, *len)])),
        }
    }
    for (month, parts) in parts {
        archive.blank(month, &parts)?;
    }
    let settled = page.rows.len();
    for (key, _) in page.rows {
        to.delete(key);
    }
    Ok(settled)
}

/// Cuts off what interruptions left behind the part of each file that counts; how many bytes.
///
/// # Errors
/// When the store cannot be read. A file that cannot be cut is left: the next line goes over it.
pub fn trim(from: &(impl Read + ?Sized), archive: &Archive) -> Result<u64, StoreError> {
    let mut cut = 0;
    for (month, volume) in volumes(from)? {
        let Ok(path) = archive.path(month) else { continue };
        let Ok(file) = options().open(&path) else { continue };
        let len = file.metadata().map_or(0, |meta| meta.len());
        let trim = |file: &File| file.set_len(volume.bytes).and_then(|()| file.sync_all());
        if len > volume.bytes && trim(&file).is_ok() {
            cut += len - volume.bytes;
        }
    }
    Ok(cut)
}
