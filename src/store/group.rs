//! What a group of batches comes to: bounds, preconditions, and the writes that are left. Shared
//! by every implementation, so that all of them judge alike.

use super::{
    Batch, Key, MAX_BATCH, MAX_KEY, MAX_OPS, MAX_VALUE, Op, Outcome, Precondition, Revision,
    StoreError, keys,
};
use std::collections::{BTreeMap, HashSet};

/// What is left to write of a group: the last word on each key (`None` = remove).
pub(super) type Writes = BTreeMap<Key, Option<Vec<u8>>>;

/// Judges a group that would be written as `revision`. `now_at` says which revision wrote a key.
///
/// # Errors
/// Those of `now_at`.
pub(super) fn judge(
    group: Vec<Batch>,
    revision: Revision,
    mut now_at: impl FnMut(&Key) -> Result<Option<Revision>, StoreError>,
) -> Result<(Vec<Outcome>, Writes), StoreError> {
    let mut outcomes = Vec::with_capacity(group.len());
    let mut writes = Writes::new();
    for batch in group {
        if let Err(bound) = check(&batch) {
            outcomes.push(Outcome::Invalid(bound));
            continue;
        }
        let mut holds = true;
        for condition in &batch.preconditions {
            let (key, wanted) = match condition {
                Precondition::Absent(key) => (key, None),
                Precondition::At(key, at) => (key, Some(*at)),
            };
            let found = match writes.get(key) {
                Some(staged) => staged.as_ref().map(|_| revision),
                None => now_at(key)?,
            };
            if found != wanted {
                holds = false;
                break;
            }
        }
        if !holds {
            outcomes.push(Outcome::Conflict);
            continue;
        }
        outcomes.push(Outcome::Committed(revision));
        for op in batch.ops {
            match op {
                Op::Put(key, value) => writes.insert(key, Some(value)),
                Op::Delete(key) => writes.insert(key, None),
            };
        }
    }
    Ok((outcomes, writes))
}

/// Whether a key may be used; the error names the bound.
pub(super) fn check_key(key: &[u8]) -> Result<(), String> {
    match key.first() {
        None => Err("a key is empty".to_owned()),
        Some(0) => Err("a key begins with a zero byte, which is the store's own".to_owned()),
        Some(_) if key.len() > MAX_KEY => Err(format!(
            "the key {} has {} bytes, over the bound of {MAX_KEY}",
            keys::show(key),
            key.len()
        )),
        Some(_) => Ok(()),
    }
}

/// Whether a value may be written; the error names the bound.
pub(super) fn check_value(key: &[u8], value: &[u8]) -> Result<(), String> {
    if value.len() <= MAX_VALUE {
        return Ok(());
    }
    Err(format!(
        "the value of {} has {} bytes, over the bound of {MAX_VALUE}",
        keys::show(key),
        value.len()
    ))
}

fn check(batch: &Batch) -> Result<(), String> {
    if batch.ops.len() > MAX_OPS {
        return Err(format!(
            "a batch has {} operations, over the bound of {MAX_OPS}",
            batch.ops.len()
        ));
    }
    if batch.preconditions.len() > MAX_OPS {
        return Err(format!(
            "a batch has {} preconditions, over the bound of {MAX_OPS}",
            batch.preconditions.len()
        ));
    }
    let mut seen = HashSet::with_capacity(batch.ops.len());
    let mut bytes = 0;
    for op in &batch.ops {
        check_key(op.key())?;
        bytes += op.key().len();
        if let Op::Put(key, value) = op {
            check_value(key, value)?;
            bytes += value.len();
        }
        if !seen.insert(op.key()) {
            return Err(format!("a batch writes the key {} twice", keys::show(op.key())));
        }
    }
    if bytes > MAX_BATCH {
        return Err(format!("a batch has {bytes} bytes, over the bound of {MAX_BATCH}"));
    }
    Ok(())
}
