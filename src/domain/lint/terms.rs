//! How the lists of words are kept: in groups that are judged alike.

use super::Kind;
use super::around::Around;

/// Judges a word by what stands around it: what it is, or `None` when it is none.
pub(super) type Test = fn(&Around<'_>) -> Option<Kind>;

/// Terms that are judged alike.
pub(super) struct Group {
    /// How they are judged.
    pub test: Test,
    /// Each term in folded form, and what may stand in its place; empty = nothing can.
    pub terms: &'static [(&'static str, &'static str)],
}
