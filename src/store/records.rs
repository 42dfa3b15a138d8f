//! Records as bytes: named MessagePack, so that a field can be added without a rewrite. A record
//! over the store's value bound is cut in chunks: the first under its own key, the further ones
//! under that key and a number, so that they follow it in every scan.

use super::keys::{chunk, record_len};
use super::{Direction, Key, KeyRange, MAX_VALUE, Overlay, Read, StoreError};
use crate::domain::quiet::unquoted;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most bytes of one text (a message, a note, a draft) that the desk keeps.
pub const MAX_TEXT: usize = 64 << 10;
/// The most bytes of a whole record that may be cut in chunks: a text and what stands around it.
pub const MAX_RECORD: usize = 128 << 10;

/// What a page of records found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// Key and record, in scan direction.
    pub rows: Vec<(Key, T)>,
    /// True when the limit cut it; go on with [`KeyRange::after`] the last key.
    pub more: bool,
}

/// A record as bytes.
///
/// # Errors
/// When it cannot be written as MessagePack (no record of the desk is such).
pub fn encode<T: Serialize>(key: &[u8], record: &T) -> Result<Vec<u8>, StoreError> {
    rmp_serde::to_vec_named(record).map_err(|e| StoreError::record(key, e))
}

/// The record these bytes are. Fields that are not known are passed over.
///
/// # Errors
/// When they are not one; the error names the key.
pub fn decode<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
    rmp_serde::from_slice(bytes).map_err(|e| {
        StoreError::record(key, format!("cannot be read: {}", unquoted(&e.to_string())))
    })
}

/// The record under a key.
///
/// # Errors
/// When the store cannot be read, or what is there is no such record.
pub fn get<T: DeserializeOwned>(
    from: &(impl Read + ?Sized),
    key: &[u8],
) -> Result<Option<T>, StoreError> {
    match from.get(key)? {
        Some(head) => decode(key, &whole(from, key, head)?).map(Some),
        None => Ok(None),
    }
}

/// The records under several keys, one answer for each, in order.
///
/// # Errors
/// When the store cannot be read, or what is there is no such record.
pub fn get_each<T: DeserializeOwned>(
    from: &(impl Read + ?Sized),
    keys: &[Key],
) -> Result<Vec<Option<T>>, StoreError> {
    let heads = from.get_each(keys)?;
    keys.iter()
        .zip(heads)
        .map(|(key, head)| match head {
            Some(head) => decode(key, &whole(from, key, head)?).map(Some),
            None => Ok(None),
        })
        .collect()
}

/// At most `limit` records of a range. Chunks whose record is not in the range are passed over.
///
/// # Errors
/// When the store cannot be read, or what is there is no such record.
pub fn page<T: DeserializeOwned>(
    from: &(impl Read + ?Sized),
    range: &KeyRange,
    limit: usize,
    way: Direction,
) -> Result<Found<T>, StoreError> {
    let raw = raw_page(from, range, limit, way)?;
    let rows = raw
        .rows
        .into_iter()
        .map(|(key, bytes)| decode(&key, &bytes).map(|record| (key, record)))
        .collect::<Result<_, _>>()?;
    Ok(Found { rows, more: raw.more })
}

/// As [`page`], not yet decoded.
///
/// # Errors
/// When the store cannot be read.
pub fn raw_page(
    from: &(impl Read + ?Sized),
    range: &KeyRange,
    limit: usize,
    way: Direction,
) -> Result<Found<Vec<u8>>, StoreError> {
    let mut rows: Vec<(Key, Vec<u8>)> = Vec::new();
    // Backward, the chunks of a record come before it, the last one first.
    let mut ahead: Vec<(Key, Vec<u8>)> = Vec::new();
    let mut rest = range.clone();
    loop {
        let part = from.range(&rest, limit.saturating_add(1), way)?;
        let last = part.rows.last().map(|(key, _)| key.clone());
        for (key, value) in part.rows {
            if record_len(&key).is_some_and(|len| key.len() > len) {
                match (way, rows.last_mut()) {
                    (Direction::Backward, _) => ahead.push((key, value)),
                    (Direction::Forward, Some((record, bytes))) if key.starts_with(record) => {
                        bytes.extend_from_slice(&value);
                    }
                    (Direction::Forward, _) => {}
                }
                continue;
            }
            if rows.len() == limit {
                return Ok(Found { rows, more: true });
            }
            let mut bytes = value;
            while let Some((further, value)) = ahead.pop() {
                if further.starts_with(&key) {
                    bytes.extend_from_slice(&value);
                }
            }
            rows.push((key, bytes));
        }
        match last {
            Some(last) if part.more => rest = rest.after(&last, way),
            _ => return Ok(Found { rows, more: false }),
        }
    }
}

/// Stages a record, in chunks if it is long and of a family that may be.
///
/// # Errors
/// When it is over a bound, or what was there before cannot be read.
pub fn put<T: Serialize>(to: &mut Overlay<'_>, key: Key, record: &T) -> Result<(), StoreError> {
    let bytes = encode(&key, record)?;
    put_bytes(to, key, bytes)
}

/// As [`put`], where nothing is under the key yet: there is nothing to look for and to clear away.
///
/// # Errors
/// When it is over a bound.
pub fn put_new<T: Serialize>(to: &mut Overlay<'_>, key: Key, record: &T) -> Result<(), StoreError> {
    let bytes = encode(&key, record)?;
    put_parts(to, key, bytes)
}

/// As [`put`], for a record that is bytes already.
///
/// # Errors
/// When it is over a bound, or what was there before cannot be read.
pub(super) fn put_bytes(to: &mut Overlay<'_>, key: Key, bytes: Vec<u8>) -> Result<(), StoreError> {
    // Only a record that fills its first chunk can have further ones: all others cost no scan.
    if record_len(&key) == Some(key.len())
        && to.get(&key)?.is_some_and(|before| before.len() == MAX_VALUE)
    {
        delete_chunks(to, &key)?;
    }
    put_parts(to, key, bytes)
}

fn put_parts(to: &mut Overlay<'_>, key: Key, bytes: Vec<u8>) -> Result<(), StoreError> {
    if bytes.len() < MAX_VALUE || record_len(&key) != Some(key.len()) {
        return to.put(key, bytes);
    }
    if bytes.len() > MAX_RECORD {
        return Err(StoreError::record(
            &key,
            format!("has {} bytes, over the bound of {MAX_RECORD}", bytes.len()),
        ));
    }
    for (number, part) in bytes.chunks(MAX_VALUE).enumerate() {
        let place = match u8::try_from(number) {
            Ok(0) => key.clone(),
            Ok(n) => chunk(&key, n),
            Err(_) => return Err(StoreError::record(&key, "has too many chunks")),
        };
        to.put(place, part.to_vec())?;
    }
    Ok(())
}

/// Stages the removal of a record with all its chunks.
///
/// # Errors
/// When what was there before cannot be read.
pub fn remove(to: &mut Overlay<'_>, key: Key) -> Result<(), StoreError> {
    if record_len(&key) == Some(key.len())
        && to.get(&key)?.is_some_and(|before| before.len() == MAX_VALUE)
    {
        delete_chunks(to, &key)?;
    }
    to.delete(key);
    Ok(())
}

fn delete_chunks(to: &mut Overlay<'_>, key: &[u8]) -> Result<(), StoreError> {
    for (further, _) in chunks(to, key)? {
        to.delete(further);
    }
    Ok(())
}

/// The whole record, given what is under its key.
fn whole(from: &(impl Read + ?Sized), key: &[u8], head: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let mut bytes = head;
    if bytes.len() == MAX_VALUE && record_len(key) == Some(key.len()) {
        for (_, part) in chunks(from, key)? {
            bytes.extend_from_slice(&part);
        }
    }
    Ok(bytes)
}

fn chunks(from: &(impl Read + ?Sized), key: &[u8]) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
    let range = KeyRange::prefix(key).after(key, Direction::Forward);
    // A chunk number is one byte, so this is all of them.
    Ok(from.range(&range, usize::from(u8::MAX), Direction::Forward)?.rows)
}

#[cfg(test)]
mod tests {
    use super::super::{MemoryStore, Store, keys};
    use super::*;
    use crate::domain::{ConversationId, MessageRef, OperatorName};
    use proptest::prelude::*;

    fn message(seq: u32) -> Key {
        keys::message(MessageRef { conversation: ConversationId(7), seq })
    }

    fn commit(store: &MemoryStore, write: impl FnOnce(&mut Overlay<'_>)) {
        let mut staged = Overlay::new(store);
        write(&mut staged);
        staged.keep();
        store.commit(staged.into_group()).unwrap();
    }

    fn texts(found: Found<String>) -> Vec<usize> {
        found.rows.iter().map(|(_, text)| text.len()).collect()
    }

    #[test]
    fn a_record_of_another_kind_is_refused_and_named() {
        let store = MemoryStore::new();
        commit(&store, |to| put(to, message(1), &"text").unwrap());
        let error = get::<MessageRef>(&store, &message(1)).unwrap_err();
        assert!(error.what.starts_with("the record of message 7/1: cannot be read"), "{error}");
    }

    #[test]
    fn a_record_over_the_bound_is_refused_and_named() {
        let store = MemoryStore::new();
        let mut to = Overlay::new(&store);
        let error = put(&mut to, message(1), &"x".repeat(MAX_RECORD)).unwrap_err();
        assert!(error.what.contains("over the bound of 131072"), "{error}");
        let error = put(&mut to, keys::meta("big"), &"x".repeat(MAX_VALUE)).unwrap_err();
        assert!(error.what.contains("over the bound of 4096"), "{error}");
        assert_eq!(to.job_len(), 0);
    }

    #[test]
    fn pages_count_records_and_not_chunks() {
        let store = MemoryStore::new();
        let lens = [10, 9_000, 4_096, 3, 70_000, 5];
        commit(&store, |to| {
            for (seq, len) in (0..).zip(lens) {
                put(to, message(seq), &"x".repeat(len)).unwrap();
            }
        });
        for way in [Direction::Forward, Direction::Backward] {
            let mut wanted = lens.to_vec();
            if way == Direction::Backward {
                wanted.reverse();
            }
            for limit in 1..8 {
                let mut range = keys::messages(ConversationId(7));
                let mut got = Vec::new();
                loop {
                    let found = page::<String>(&store, &range, limit, way).unwrap();
                    assert!(found.rows.len() <= limit);
                    let more = found.more;
                    if let Some((last, _)) = found.rows.last() {
                        range = range.after(last, way);
                    }
                    got.extend(texts(found));
                    if !more {
                        break;
                    }
                }
                assert_eq!(got, wanted, "{way:?} by {limit}");
            }
        }
    }

    #[test]
    fn a_removed_record_leaves_no_chunk() {
        let store = MemoryStore::new();
        let place = keys::draft(ConversationId(1), &OperatorName("bo".into()));
        commit(&store, |to| put(to, place.clone(), &"x".repeat(20_000)).unwrap());
        assert_eq!(get::<String>(&store, &place).unwrap().unwrap().len(), 20_000);
        commit(&store, |to| remove(to, place).unwrap());
        assert_eq!(store.scan(&KeyRange::all(), 9, Direction::Forward).unwrap().rows, []);
    }

    proptest! {
        #[test]
        fn what_was_put_last_is_what_is_there(
            lens in proptest::collection::vec((0u32..3, 0usize..20_000), 1..8),
        ) {
            let store = MemoryStore::new();
            let mut last = std::collections::BTreeMap::new();
            for (seq, len) in lens {
                commit(&store, |to| put(to, message(seq), &"y".repeat(len)).unwrap());
                last.insert(seq, len);
                for (seq, len) in &last {
                    let text: String = get(&store, &message(*seq)).unwrap().unwrap();
                    prop_assert_eq!(text.len(), *len);
                }
            }
            let all = keys::messages(ConversationId(7));
            let found = page(&store, &all, 9, Direction::Forward).unwrap();
            prop_assert_eq!(texts(found), last.values().copied().collect::<Vec<_>>());
            let each = get_each::<String>(&store, &[message(0), message(1), message(2)]).unwrap();
            let each: Vec<Option<usize>> = each.into_iter().map(|t| t.map(|t| t.len())).collect();
            prop_assert_eq!(each, (0..3).map(|s| last.get(&s).copied()).collect::<Vec<_>>());
        }
    }
}
