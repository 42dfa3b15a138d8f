//! How the lists of words are kept: in groups that are judged alike.

use super::Kind;
use super::around::Around;

/// Judges a word by what stands around it: what it is, or `None` when it is none.
pub(super) type Test = fn(&Around<'_>) -> Option<Kind>;

/// Terms that are judged alike.
pub(super) struct Group {
    /// How they are judged.
    pub test: Test,
    /// The terms in folded form, parted by `|`; behind a `=` what may stand in its place.
    pub terms: &'static str,
}

impl Group {
    /// Each term, and what may stand in its place; empty = nothing can.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let terms = self.terms.split(['|', '\n']).map(str::trim).filter(|term| !term.is_empty());
        terms.map(|term| term.split_once('=').unwrap_or((term, "")))
    }
}
