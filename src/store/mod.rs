//! What the desk remembers: an ordered key-value store, and the records and indexes kept in it.
//!
//! For: reading and writing the desk's records in one durable step, the keyspace, migrations, export.
//! May come in: `domain`, serde, the storage engine, the desk's own `db` folder.
//! Never: decides anything about a conversation, reads a clock, changes a text, knows a client.

pub mod archive;
mod compact;
pub mod export;
mod group;
pub mod keys;
mod lookout;
mod memory;
pub mod migrate;
mod open_files;
mod overlay;
mod range;
mod read;
pub mod records;
mod sled_store;
mod snapshot;

pub use archive::Archive;
pub use compact::{Compacted, compact};
pub use memory::MemoryStore;
pub use open_files::OpenError;
pub use overlay::{Mark, Overlay};
pub use range::KeyRange;
pub use read::{Read, Rows};
pub use sled_store::SledStore;
pub use snapshot::{Snapshot, Snapshots};

use std::fmt;

/// A revision of the whole store: grows by one with each committed group; 0 = nothing was ever
/// written.
pub type Revision = u64;
/// A key; keys sort the way they are read. Built and taken apart in [`keys`].
pub type Key = Vec<u8>;

/// A value and the revision that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The revision that wrote it.
    pub revision: Revision,
    /// The bytes, at most [`MAX_VALUE`].
    pub value: Vec<u8>,
}

/// The largest key, in bytes. A key is never empty and never begins with a zero byte: those are
/// the store's own.
pub const MAX_KEY: usize = 1024;
/// The largest value (longer records go in chunks, see [`records`]).
pub const MAX_VALUE: usize = 4096;
/// The most operations in a batch, and the most preconditions.
pub const MAX_OPS: usize = 100;
/// The most bytes (keys and values) in a batch.
pub const MAX_BATCH: usize = 1 << 20;

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From `from` up.
    Forward,
    /// From `to` down.
    Backward,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Rows in scan direction.
    pub rows: Vec<(Key, Versioned)>,
    /// The revision at which all of them were read.
    pub revision: Revision,
    /// True when the limit cut it; go on with [`KeyRange::after`] the last key.
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
    /// Removes the key; a key that is not there is no error.
    Delete(Key),
}

impl Op {
    /// The key it writes or removes.
    pub fn key(&self) -> &Key {
        match self {
            Op::Put(key, _) | Op::Delete(key) => key,
        }
    }
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// What failed, where, and what to do. Safe to print.
    pub what: String,
    /// True when no room is left on the disk.
    pub disk_full: bool,
    /// True when it is unknown whether the last commit is durable.
    pub unknown: bool,
}

impl StoreError {
    /// A failure with this sentence.
    pub fn new(what: impl Into<String>) -> StoreError {
        StoreError { what: what.into(), disk_full: false, unknown: false }
    }

    /// The record under a key cannot be read or written as what it should be.
    pub fn record(key: &[u8], why: impl fmt::Display) -> StoreError {
        StoreError::new(format!("the record {}: {why}", keys::show(key)))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for StoreError {}

/// An ordered key-value store. All of the desk's logic is written above it, once.
///
/// There is no `watch`: one process has the store open and one writer commits, so the writer
/// itself tells who wants to know, from the batch it has just made durable. A store that several
/// machines share would bring a `watch` with it.
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
    /// ones of the group. What is left of the group is one step for everybody who reads, and for a
    /// crash: all of it is there, or nothing. A group of which nothing is left moves no revision.
    ///
    /// # Errors
    /// When the group could not be made durable; `unknown` tells whether it may be there.
    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError>;

    /// The revision of the last committed group.
    fn revision(&self) -> Revision;

    /// Where conversations lie that are out of the store: none, unless it has one.
    fn archive(&self) -> &Archive {
        &Archive::NONE
    }
}
