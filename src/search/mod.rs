//! Full-text search: an index beside the store, made from it and made again when it is lost.
//!
//! For: keeping the words of conversations on disk, finding the conversations that have them.
//! May come in: `domain`, tantivy, the index's own folder. Documents come as values.
//! Never: reads the store, decides when something is indexed, knows an operator or a client.

mod cut;
mod find;
mod index;
#[cfg(test)]
mod tests;

pub use find::{Finder, Found, Wanted};
pub use index::{Document, Index, Kept};

use std::fmt;

/// Why the index could not do what it was asked. The text names what failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchError(pub String);

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SearchError {}

impl From<tantivy::TantivyError> for SearchError {
    fn from(e: tantivy::TantivyError) -> SearchError {
        SearchError(e.to_string())
    }
}
