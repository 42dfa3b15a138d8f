//! Writing a store anew, so that it takes no more room than it needs: sled keeps what was written over
//! until its segments are used again.
//!
//! The copy is made beside the database, read back and compared, and only then takes its place. What
//! an interruption leaves is dealt with by the next opening: the old database is there until the new
//! one has its name.

use super::open_files::{self, OpenError};
use super::sled_store::Engine;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Keys copied in one durable step.
const STEP: usize = 2_000;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// How many keys it has.
    pub keys: u64,
    /// The bytes it took on the disk before.
    pub before: u64,
    /// The bytes it takes now.
    pub after: u64,
}

/// Writes the store in a folder anew; `done` hears how many keys were copied.
///
/// # Errors
/// When it is open in another process, cannot be read, or the copy cannot be written. The store is as it
/// was then.
pub fn compact(
    folder: &Path,
    cache_bytes: u64,
    mut done: impl FnMut(u64),
) -> Result<Compacted, OpenError> {
    let _lock = open_files::lock(folder)?;
    open_files::recover(folder)?;
    let data = folder.join("data");
    let io = |e: &std::io::Error| OpenError::io(&data, e);
    let before = open_files::size(folder).map_err(|e| io(&e))?;
    let copy = folder.join(open_files::COPY);
    let (keys, sum) = {
        let from = open_files::engine(folder, cache_bytes)?;
        let made = write_copy(&from, &copy, cache_bytes, &mut done);
        if made.is_err() {
            remove(&copy)?;
        }
        made?
    };
    // Opened again: what is compared is what is on the disk.
    let again = {
        let copied = open_files::open_sled(&copy, cache_bytes)?;
        fingerprint(&copied, &copy)?
    };
    if again != (keys, sum) {
        remove(&copy)?;
        let why = "the copy does not say the same".to_owned();
        return Err(OpenError::Damaged { folder: copy, why });
    }
    // Everything of it has to be on the disk before its name says that it is the database.
    open_files::sync_files(&copy)?;
    let old = folder.join(open_files::OLD);
    fs::rename(&data, &old).map_err(|e| io(&e))?;
    fs::rename(&copy, &data).map_err(|e| io(&e))?;
    open_files::sync_folder(folder)?;
    remove(&old)?;
    let after = open_files::size(folder).map_err(|e| io(&e))?;
    Ok(Compacted { keys, before, after })
}

/// Copies everything; answers with how many keys there are and what they add up to.
fn write_copy(
    from: &Engine,
    copy: &Path,
    cache_bytes: u64,
    done: &mut impl FnMut(u64),
) -> Result<(u64, u64), OpenError> {
    remove(copy)?;
    open_files::make_folder(copy)?;
    let to = open_files::open_sled(copy, cache_bytes)?;
    let failed = |e: &sled::Error| OpenError::engine(copy, e);
    let (mut keys, mut sum) = (0, 0);
    let mut batch = sled::Batch::default();
    for pair in from.tree.iter() {
        let (key, value) = pair.map_err(|e| failed(&e))?;
        sum = add(sum, &key, &value);
        keys += 1;
        batch.insert(key, value);
        if keys % STEP as u64 == 0 {
            to.write(std::mem::take(&mut batch)).map_err(|e| failed(&e))?;
            done(keys);
        }
    }
    to.write(batch).map_err(|e| failed(&e))?;
    done(keys);
    Ok((keys, sum))
}

fn fingerprint(of: &Engine, folder: &Path) -> Result<(u64, u64), OpenError> {
    let (mut keys, mut sum) = (0, 0);
    for pair in of.tree.iter() {
        let (key, value) = pair.map_err(|e| OpenError::engine(folder, &e))?;
        sum = add(sum, &key, &value);
        keys += 1;
    }
    Ok((keys, sum))
}

/// Adds a pair to a sum over all of them, in their order (FNV-1a, with the lengths).
fn add(sum: u64, key: &[u8], value: &[u8]) -> u64 {
    let lengths = [key.len() as u64, value.len() as u64].map(u64::to_le_bytes).concat();
    let bytes = lengths.iter().chain(key).chain(value);
    bytes.fold(sum ^ 0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn remove(folder: &Path) -> Result<(), OpenError> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(OpenError::io(folder, &e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Batch, Direction, KeyRange, Op, SledStore, Store};
    use rstest::rstest;

    const CACHE: u64 = 8 << 20;

    /// Each key with its revision and its value.
    type All = Vec<(Vec<u8>, u64, Vec<u8>)>;

    /// A store in which most of what was written has been written over.
    fn filled(folder: &Path) -> (All, u64) {
        let store = SledStore::open(folder, CACHE).unwrap();
        for round in 0..40_u8 {
            let put = |n: u32| Op::Put(format!("k{n:04}").into_bytes(), vec![round; 1_500]);
            let group: Vec<Batch> = (0..10)
                .map(|part| Batch {
                    ops: (part * 50..part * 50 + 50).map(put).collect(),
                    ..Batch::default()
                })
                .collect();
            store.commit(group).unwrap();
        }
        (all(&store), store.revision())
    }

    fn all(store: &SledStore) -> All {
        let page = store.scan(&KeyRange::all(), 10_000, Direction::Forward).unwrap();
        page.rows.into_iter().map(|(key, v)| (key, v.revision, v.value)).collect()
    }

    #[test]
    fn it_says_the_same_in_less_room() {
        let folder = tempfile::tempdir().unwrap();
        let (said, revision) = filled(folder.path());
        let mut steps = Vec::new();
        let done = compact(folder.path(), CACHE, |n| steps.push(n)).unwrap();
        assert_eq!((done.keys, steps), (501, vec![501]), "the revision is kept as a key");
        assert!(done.after * 2 < done.before, "{done:?}");
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        assert_eq!((all(&store), store.revision()), (said, revision));
        assert!(!folder.path().join(open_files::OLD).exists());
    }

    #[rstest]
    #[case::while_it_copied(&[], false)]
    #[case::before_the_new_one_had_its_name(&[("data", "data.old")], false)]
    #[case::before_the_old_one_went(&[("data", "data.old"), ("data.compact", "data")], true)]
    fn an_interruption_leaves_a_whole_store(
        #[case] renames: &[(&str, &str)],
        #[case] is_new: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (said, revision) = filled(folder.path());
        {
            let from = open_files::engine(folder.path(), CACHE).unwrap();
            write_copy(&from, &folder.path().join(open_files::COPY), CACHE, &mut |_| ()).unwrap();
        }
        for (from, to) in renames {
            fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
        }
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        assert_eq!((all(&store), store.revision()), (said, revision));
        drop(store);
        let names: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("data"))
            .collect();
        assert_eq!(names, ["data"], "{is_new}");
    }

    #[test]
    fn one_that_is_open_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let _open = SledStore::open(folder.path(), CACHE).unwrap();
        assert!(matches!(compact(folder.path(), CACHE, |_| ()), Err(OpenError::InUse { .. })));
    }
}
