//! Keys of what is kept of erasures: their records, the digests of what was erased, the copies of the
//! desk that may still hold it.

use super::codec::{Builder, Reader};
use crate::domain::Time;
use crate::store::{Key, KeyRange};

/// How many bytes a digest has.
pub const DIGEST: usize = 20;

/// The place of an erasure.
pub fn erasure(number: u64) -> Key {
    Builder::new("E/").u64(number).done()
}

/// All erasures, by number.
pub fn erasures() -> KeyRange {
    KeyRange::prefix("E/")
}

/// Where it is told that what has this digest was erased, and where its placeholder stands.
pub fn erased(digest: &[u8; DIGEST]) -> Key {
    digest.iter().fold(Builder::new("i/"), |key, byte| key.u8(*byte)).done()
}

/// Takes a key made by [`erased`] apart.
pub fn erased_digest(key: &[u8]) -> Option<[u8; DIGEST]> {
    let mut r = Reader::new(key, "i/")?;
    let mut digest = [0; DIGEST];
    for byte in &mut digest {
        *byte = r.u8()?;
    }
    r.end(digest)
}

/// The place of a copy of the desk.
pub fn copy(at: Time, path: &str) -> Key {
    Builder::new("G/").time(at).rest(path).done()
}

/// Takes a key made by [`copy`] apart.
pub fn copy_parts(key: &[u8]) -> Option<(Time, String)> {
    let mut r = Reader::new(key, "G/")?;
    let parts = (r.time()?, r.rest()?);
    r.end(parts)
}

/// All copies, oldest first.
pub fn copies() -> KeyRange {
    KeyRange::prefix("G/")
}
