//! Lines of an export into an empty desk, through the one writer.

use crate::domain::Refusal;
use crate::store::export::{Why, is_restoring, restore_lines};
use crate::store::{Store, StoreError};

/// What taking lines came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// There is more to come.
    Part,
    /// The last line of the export is in: the desk is whole.
    Whole,
}

/// Takes lines, in the order of the export. `last` = the client has no more.
///
/// # Errors
/// [`Refusal::NotEmpty`]; [`Refusal::Store`] with the line and what is wrong with it. Nothing of
/// these lines was written then.
pub fn take(store: &dyn Store, lines: &[String], last: bool) -> Result<Taken, Refusal> {
    let restored = restore_lines(store, lines).map_err(|e| match e.why {
        Why::NotEmpty => Refusal::NotEmpty,
        _ => Refusal::Store(e.to_string()),
    })?;
    match (restored.complete, last) {
        (true, _) => Ok(Taken::Whole),
        (false, false) => Ok(Taken::Part),
        (false, true) => Err(Refusal::Store(format!(
            "the export is cut off after line {}: its last line is missing",
            restored.lines
        ))),
    }
}

/// Whether a restore was begun and never came to its end; it can only be begun again then.
///
/// # Errors
/// When the store cannot be read.
pub fn is_unfinished(store: &dyn Store) -> Result<bool, StoreError> {
    is_restoring(store)
}
