//! Keys of the archive: where an archived conversation lies, what its files hold, what is to be blanked.

use super::codec::{Builder, Reader};
use crate::domain::ConversationId;
use crate::domain::archive::Month;
use crate::store::{Key, KeyRange};

/// Where it is told where an archived conversation lies.
pub fn stub(id: ConversationId) -> Key {
    Builder::new("z/").u64(id.0).done()
}

/// All archived conversations, by number.
pub fn stubs() -> KeyRange {
    KeyRange::prefix("z/")
}

/// Takes a key made by [`stub`] apart.
pub fn stub_of(key: &[u8]) -> Option<ConversationId> {
    let mut r = Reader::new(key, "z/")?;
    let id = ConversationId(r.u64()?);
    r.end(id)
}

/// Where it is told what a month's file holds.
pub fn volume(month: Month) -> Key {
    Builder::new("Z/").u32(month.number()).done()
}

/// All months, the oldest first.
pub fn volumes() -> KeyRange {
    KeyRange::prefix("Z/")
}

/// Takes a key made by [`volume`] apart.
pub fn volume_of(key: &[u8]) -> Option<Month> {
    let mut r = Reader::new(key, "Z/")?;
    let month = Month::numbered(r.u32()?)?;
    r.end(month)
}

/// Where it is told that a line of a month's file is to be blanked.
pub fn blank(month: Month, at: u64) -> Key {
    Builder::new("B/").u32(month.number()).u64(at).done()
}

/// Everything that is to be blanked.
pub fn blanks() -> KeyRange {
    KeyRange::prefix("B/")
}

/// What is to be blanked of a month.
pub fn blanks_of(month: Month) -> KeyRange {
    KeyRange::prefix(Builder::new("B/").u32(month.number()).done())
}

/// Takes a key made by [`blank`] apart.
pub fn blank_parts(key: &[u8]) -> Option<(Month, u64)> {
    let mut r = Reader::new(key, "B/")?;
    let parts = (Month::numbered(r.u32()?)?, r.u64()?);
    r.end(parts)
}
