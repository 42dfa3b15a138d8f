//! The whole desk as lines, a page at a time, and such lines into an empty desk.

use crate::domain::Refusal;
use crate::store::Store;
use crate::wire::message::Answer;

/// A restore under way.
pub struct Restore;

/// A page of the export.
///
/// # Errors
/// When the store cannot be read.
pub fn page(_store: &dyn Store, _after: Option<Vec<u8>>) -> Result<Answer, Refusal> {
    Ok(Answer::Exported(vec![], None))
}
