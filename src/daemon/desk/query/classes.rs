//! What operators have corrected.

use super::super::records::Correction;
use super::{Read, failed};
use crate::domain::{Message, MessageRef, classify, words};
use crate::store::{Direction, Store, StoreError, keys, records};
use crate::wire::work::CorrectionRow;

/// A page of the corrections that the desk learns from, by message, with their texts as far as they
/// are read; at most `limit`.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn corrections(
    store: &dyn Store,
    after: Option<MessageRef>,
    limit: usize,
) -> Read<Vec<CorrectionRow>> {
    page(store, after, limit).map_err(failed)
}

fn page(
    store: &dyn Store,
    after: Option<MessageRef>,
    limit: usize,
) -> Result<Vec<CorrectionRow>, StoreError> {
    let mut range = keys::corrections();
    if let Some(after) = after {
        range = range.after(&keys::correction(after), Direction::Forward);
    }
    let page = records::page::<Correction>(store, &range, limit, Direction::Forward)?;
    let mut rows = Vec::new();
    for (key, correction) in page.rows {
        let Some(keys::Parsed::Correction(message)) = keys::parse(&key) else { continue };
        let text: Option<Message> = records::get(store, &keys::message(message))?;
        let Correction { at, said, was } = correction;
        let text = text.map(|m| words::beginning(&m.text, classify::READ).to_owned());
        rows.push(CorrectionRow { message, at, said, was, text });
    }
    Ok(rows)
}
