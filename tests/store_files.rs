//! What a store makes of its folder: who may open it, what earlier openings left there, what
//! happens when it cannot be written.

use dutydesk::store::Direction;
use dutydesk::store::{
    Batch, KeyRange, Op, OpenError, Outcome, Read, SledStore, Store, StoreError,
};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const FOLDER: &str = "DUTYDESK_FILES_FOLDER";

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("desk").join("db");
    (folder, db)
}

fn open(db: &Path) -> Result<SledStore, OpenError> {
    SledStore::open(db, 8 << 20).map(|store| store.keeping_free(0))
}

fn put(store: &dyn Store, n: u32, len: usize) -> Result<u64, StoreError> {
    let op = Op::Put(format!("k{n:08}").into_bytes(), vec![b'v'; len]);
    match store.commit(vec![Batch { preconditions: vec![], ops: vec![op] }])?[..] {
        [Outcome::Committed(revision)] => Ok(revision),
        ref other => panic!("{other:?}"),
    }
}

fn count(store: &dyn Store) -> usize {
    store.range(&KeyRange::all(), usize::MAX, Direction::Forward).unwrap().rows.len()
}

/// A store with this many rows, closed.
fn filled(db: &Path, rows: u32) {
    let store = open(db).unwrap();
    for n in 0..rows {
        put(&store, n, 100).unwrap();
    }
}

fn named(data: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(data).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with(start)).collect()
}

#[test]
fn the_folder_is_made_for_its_owner_alone() {
    let (_folder, db) = place();
    open(&db).unwrap();
    for (path, mode) in [(db.clone(), 0o700), (db.join("data"), 0o700), (db.join("lock"), 0o600)] {
        let rights = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(rights, mode, "{}", path.display());
    }
}

#[test]
fn one_process_at_a_time_has_it_open() {
    let (_folder, db) = place();
    let store = open(&db).unwrap();
    let error = open(&db).err().unwrap();
    assert!(matches!(&error, OpenError::InUse { folder } if *folder == db), "{error:?}");
    assert!(error.to_string().ends_with("is open in another process"));
    drop(store);
    open(&db).unwrap();
}

#[test]
fn a_path_that_cannot_be_a_folder_is_named() {
    let (folder, _) = place();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = open(&file.join("db")).err().unwrap();
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
}

#[test]
fn a_missing_right_is_named() {
    let (folder, db) = place();
    let desk = folder.path().join("desk");
    fs::create_dir(&desk).unwrap();
    fs::set_permissions(&desk, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(desk.join("probe"), "").is_ok() {
        println!("skipped: this account may write everywhere");
        return;
    }
    let error = open(&db).err().unwrap();
    assert!(matches!(&error, OpenError::Denied { .. }), "{error:?}");
    fs::set_permissions(&desk, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_snapshot_cut_off_while_it_was_written_is_no_hindrance() {
    let (_folder, db) = place();
    filled(&db, 50);
    let left = db.join("data").join("snap.00000000FFFFFFFF.generating");
    fs::write(&left, "half of a snapsh").unwrap();
    assert_eq!(count(&open(&db).unwrap()), 50);
    assert!(!left.exists());
}

#[test]
fn a_snapshot_that_cannot_be_read_is_done_without() {
    let (_folder, db) = place();
    filled(&db, 50);
    filled(&db, 60);
    let data = db.join("data");
    let snapshots = named(&data, "snap.");
    assert!(!snapshots.is_empty(), "opening writes one");
    for snapshot in &snapshots {
        fs::write(snapshot, [7; 40]).unwrap();
    }
    assert_eq!(count(&open(&db).unwrap()), 60);
    assert_eq!(named(&data, "unread."), [] as [PathBuf; 0]);
    assert_eq!(count(&open(&db).unwrap()), 60);
}

#[test]
fn a_store_that_was_never_finished_is_begun_again() {
    let (_folder, db) = place();
    let new = db.join("data.new");
    fs::create_dir_all(&new).unwrap();
    fs::write(new.join("conf"), "segment_size: 5").unwrap();
    fs::write(new.join("db"), "rubbish").unwrap();
    assert_eq!(count(&open(&db).unwrap()), 0);
    assert!(!new.exists());
}

#[test]
fn files_that_are_no_store_are_refused() {
    let (_folder, db) = place();
    filled(&db, 3_000);
    let data = db.join("data");
    let log = data.join("db");
    let rubbish = vec![0xa5; fs::metadata(&log).unwrap().len() as usize];
    fs::write(&log, &rubbish).unwrap();
    for snapshot in named(&data, "snap.") {
        fs::remove_file(snapshot).unwrap();
    }
    let error = open(&db).err().unwrap();
    assert!(matches!(&error, OpenError::Damaged { .. }), "{error:?}");
    fs::write(data.join("conf"), "no settings").unwrap();
    let error = open(&db).err().unwrap();
    assert!(matches!(&error, OpenError::Damaged { .. }), "{error:?}");
}

#[test]
fn with_too_little_room_it_reads_on_and_writes_nothing() {
    let (_folder, db) = place();
    filled(&db, 5);
    let store = open(&db).unwrap().keeping_free(u64::MAX);
    let error = put(&store, 9, 1).unwrap_err();
    assert!(error.disk_full && !error.unknown, "{error:?}");
    assert!(error.what.contains("almost full"), "{error}");
    assert_eq!(store.check_room(), Err(error));
    assert_eq!((count(&store), store.revision()), (5, 5));
    // Room again: nothing has to be opened anew.
    let store = store.keeping_free(0);
    assert_eq!(put(&store, 9, 1), Ok(6));
}

#[test]
fn it_can_be_opened_anew_in_place() {
    let (_folder, db) = place();
    filled(&db, 20);
    let store = open(&db).unwrap();
    for n in 20..40 {
        put(&store, n, 10).unwrap();
        store.reopen().unwrap();
        assert_eq!((store.revision(), count(&store)), (u64::from(n) + 1, n as usize + 1));
    }
    assert!(store.size_on_disk().unwrap() > 0);
}

/// The child: writes until it cannot, then tells how it went.
#[test]
#[ignore = "started by the next test"]
fn writes_until_the_disk_says_no() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = open(Path::new(&folder)).unwrap();
    for n in 0.. {
        match put(&store, n, 4_000) {
            Ok(revision) => {
                fs::write(Path::new(&folder).join("told"), revision.to_string()).unwrap()
            }
            Err(error) => {
                assert!(error.unknown && !error.disk_full, "{error:?}");
                break;
            }
        }
    }
    // From now on it says so at once, for reading too, and nothing more is in doubt.
    let error = put(&store, 0, 1).unwrap_err();
    assert!(!error.unknown, "{error:?}");
    assert!(store.get(b"k00000000").is_err());
}

#[test]
fn a_write_that_fails_is_told_and_loses_nothing_that_was_acknowledged() {
    for blocks in [1_500, 2_100, 4_000, 5_300] {
        let (_folder, db) = place();
        fs::create_dir_all(&db).unwrap();
        // A bound on the length of files is a disk that says no, without a disk of its own.
        let script = format!("ulimit -f {blocks} && trap '' XFSZ && exec \"$0\" \"$@\"");
        let status = Command::new("sh")
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_the_disk_says_no", "--ignored"])
            .env(FOLDER, &db)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "with {blocks} blocks");
        let told: u64 = fs::read_to_string(db.join("told")).unwrap().parse().unwrap();
        let store = open(&db).unwrap();
        assert!((told..=told + 1).contains(&store.revision()), "{told}, {}", store.revision());
        assert_eq!(count(&store) as u64, store.revision());
    }
}
