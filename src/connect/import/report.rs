//! What became of the rows of an import.

use crate::connect::reason::{Mend, Reason};
use crate::connect::sink::Taken;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read, rejected ones included, the header not.
    pub rows: u64,
    /// New messages.
    pub added: u64,
    /// New conversations among them.
    pub opened: u64,
    /// Known messages that changed.
    pub changed: u64,
    /// Rows that brought nothing new.
    pub known: u64,
    /// Rows that were not taken, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// Rows that were taken with something mended or left out.
    pub mended: BTreeMap<Mend, u64>,
    /// Columns or fields that the profile does not know.
    pub unknown_columns: BTreeSet<String>,
    /// Columns that the profile names and the file has not.
    pub absent_columns: BTreeSet<String>,
    /// Where the source could not be read on, and why: its line, and the system's words.
    pub broken: Option<(u64, String)>,
    /// It was ended early.
    pub stopped: bool,
    /// From the start to the last answer.
    pub elapsed: Duration,
}

impl Report {
    /// Rows that were not taken.
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Rows a second.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    pub(super) fn took(&mut self, taken: &Taken) {
        self.added += u64::from(taken.added);
        self.opened += u64::from(taken.opened);
        self.changed += u64::from(taken.changed);
        self.known += u64::from(taken.known);
    }
}
