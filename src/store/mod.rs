//! (header to come)

use std::fmt;

/// A revision of the whole store: grows by one with each committed group.
pub type Revision = u64;
/// A key; keys sort the way they are read.
pub type Key = Vec<u8>;

/// A value and the revision that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The revision that wrote it.
    pub revision: Revision,
    /// The bytes, at most [`MAX_VALUE`].
    pub value: Vec<u8>,
}

/// The largest value (longer texts go in chunks).
pub const MAX_VALUE: usize = 4096;
/// The most operations in a batch.
pub const MAX_OPS: usize = 100;
/// The most bytes (keys and values) in a batch.
pub const MAX_BATCH: usize = 1 << 20;

/// A half-open range of keys, `from` included, `to` not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// First key that may be in it.
    pub from: Key,
    /// First key that is past it; `None` = to the end.
    pub to: Option<Key>,
}

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From `from` up.
    Forward,
    /// From `to` down.
    Backward,
}

/// What a scan found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Rows in scan direction.
    pub rows: Vec<(Key, Versioned)>,
    /// The revision at which all of them were read.
    pub revision: Revision,
    /// True when the limit cut it; go on from the last key.
    pub more: bool,
}

/// What must hold for a batch to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// The key is not there.
    Absent(Key),
    /// The key was last written by this revision.
    At(Key, Revision),
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Writes the value.
    Put(Key, Vec<u8>),
    /// Removes the key.
    Delete(Key),
}

/// Writes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// All must hold.
    pub preconditions: Vec<Precondition>,
    /// No key twice, at most [`MAX_OPS`].
    pub ops: Vec<Op>,
}

/// What became of one batch of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Durable, at this revision.
    Committed(Revision),
    /// A precondition did not hold; nothing of it was written.
    Conflict,
    /// Over a bound, or a key twice; nothing of it was written. The text names the bound.
    Invalid(String),
}

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub struct StoreError {
    /// What failed, where, and what to do.
    pub what: String,
    /// True when no room is left on the disk.
    pub disk_full: bool,
    /// True when it is unknown whether the last commit is durable.
    pub unknown: bool,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for StoreError {}

/// An ordered key-value store. All of the desk's logic is written above it, once.
pub trait Store: Send + Sync {
    /// Reads keys; one answer for each, in order, all at one revision.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError>;

    /// Reads at most `limit` rows of a range, all at one revision.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError>;

    /// Carries out a group of batches in one durable step: returns when it is on disk. Each batch
    /// stands for itself (a failed precondition skips that batch alone); later batches see earlier
    /// ones of the group.
    ///
    /// # Errors
    /// When the group could not be made durable; `unknown` tells whether it may be there.
    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError>;

    /// The revision of the last committed group.
    fn revision(&self) -> Revision;
}
