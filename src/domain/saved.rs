//! Saved views: a filter and an order under a name.

use super::sort::Sort;
use serde::{Deserialize, Serialize};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// What it is called.
    pub name: String,
    /// The filter as typed; empty = everything that is open.
    pub filter: String,
    /// The order.
    #[serde(default)]
    pub sort: Sort,
}

impl SavedView {
    /// The most bytes of a name.
    pub const NAME: usize = 64;
    /// The most views of a file.
    pub const MOST: usize = 100;
}
