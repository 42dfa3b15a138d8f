//! The whole desk as lines of JSON, and back.
//!
//! The first line is a header, the last one tells how many came before it, so that a file that
//! was cut off is noticed. In between each line is one record: `type`, what its key says, and the
//! record's own fields. What follows from other records (the order of the queues, which message
//! has a platform id, which claims a session has, at which time a slot stands) is not written but
//! made again.

mod line;
mod restore;
mod running;

pub use restore::{RestoreError, Restored, Why, is_restoring, restore_lines};
pub use running::Exports;

use super::archive::{Archive, Archived};
use super::{Direction, KeyRange, Read, StoreError, keys, records};
use line::Line;

/// The version of the lines; raised when a reader of the old ones would misread the new.
pub const FORMAT: u32 = 1;

/// A page ends after the line with which it reaches so many bytes, whatever limit was asked for.
const PAGE_BYTES: usize = 1 << 20;

/// Families of keys that have lines, in the order of the file: what is read again first is what
/// later lines refer to.
const FAMILIES: [&str; 28] = [
    "meta/", "h/", "g/", "p/", "c/", "m/", "z/", "r/", "x/", "a/", "q/", "f/", "y/", "P/", "V/",
    "d/", "t/", "s/", "H/", "A/", "N/", "E/", "i/", "j/", "u/", "n/", "k/", "w/",
];

/// An archived conversation as its line, in the archive as in an export.
///
/// # Errors
/// Never for what came from records.
pub(super) fn archived_line(archived: &Archived) -> Result<String, StoreError> {
    Line::Archived(Box::new(archived.clone())).write()
}

/// The line of a record; `None` when it has none.
fn line_of(archive: &Archive, key: &[u8], value: &[u8]) -> Result<Option<String>, StoreError> {
    match keys::stub_of(key) {
        Some(_) => archive.text(&records::decode(key, value)?).map(Some),
        None => Line::of(key, value)?.map(|line| line.write()).transpose(),
    }
}

/// At most `limit` lines, and where to go on (`None` = that was all). `after` is `None` at first,
/// then what the page before answered. Give all pages the same unchanging reader, or what the
/// lines say will be of different moments; see [`Snapshot`](super::Snapshot).
///
/// # Errors
/// When the store cannot be read, or `after` is not what a page answered.
pub fn export_page(
    from: &(impl Read + ?Sized),
    after: Option<&[u8]>,
    limit: usize,
) -> Result<(Vec<String>, Option<Vec<u8>>), StoreError> {
    export_part(from, &Archive::NONE, after, limit)
}

/// As [`export_page`], of a store with an archive.
///
/// # Errors
/// Those of [`export_page`], and when the archive cannot be read.
pub fn export_part(
    from: &(impl Read + ?Sized),
    archive: &Archive,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<(Vec<String>, Option<Vec<u8>>), StoreError> {
    let mut page = Vec::new();
    let mut bytes = 0;
    let (mut lines, mut last) = match after {
        None => {
            page.push(Line::header().write()?);
            (1, Vec::new())
        }
        Some(place) => match place.split_first_chunk::<8>() {
            Some((lines, key)) => (u64::from_be_bytes(*lines), key.to_vec()),
            None => return Err(StoreError::new("an export cannot go on from there")),
        },
    };
    let begun = FAMILIES.iter().position(|f| last.starts_with(f.as_bytes())).unwrap_or(0);
    for family in &FAMILIES[begun..] {
        let mut range = KeyRange::prefix(*family);
        if last.starts_with(family.as_bytes()) {
            range = range.after(&last, Direction::Forward);
        }
        loop {
            // Records that are not exported (facts of the store itself) leave room for more.
            let found = records::raw_page(from, &range, 100, Direction::Forward)?;
            for (key, value) in found.rows {
                if page.len() >= limit.max(1) || bytes >= PAGE_BYTES {
                    return Ok((page, Some(place(lines, &last))));
                }
                if let Some(line) = line_of(archive, &key, &value)? {
                    bytes += line.len();
                    page.push(line);
                    lines += 1;
                }
                last = key;
            }
            if !found.more {
                break;
            }
            range = KeyRange::prefix(*family).after(&last, Direction::Forward);
        }
    }
    page.push(Line::End { lines }.write()?);
    Ok((page, None))
}

fn place(lines: u64, last: &[u8]) -> Vec<u8> {
    let mut place = lines.to_be_bytes().to_vec();
    place.extend_from_slice(last);
    place
}
