//! What is left of a store when the power fails.
//!
//! A child process writes groups into a store under `strace`; we get every write and every sync it
//! makes, and the moment at which each commit was acknowledged. Then the power fails, at many
//! moments: of what was not yet synced anything may be on the disk or not, in pieces of 512 or
//! 4096 bytes, in any order, new names of files included ([`disk`]). Each such disk is opened with
//! [`SledStore`], and must hold exactly the groups up to one that is not older than the last one
//! acknowledged: nothing acknowledged is missing, and no group is there by half.
//!
//! `sync_file_range`, which sled's own `flush` ends with, counts for nothing here: it neither
//! empties the disk's cache nor keeps the file's length.
//!
//! `DUTYDESK_POWER_LOSS_CUTS=2000` tries more moments than the default.

mod disk;
mod trace;
mod work;

use disk::{Disk, Fate};
use dutydesk::domain::rng::Rng;
use dutydesk::store::{Direction, Key, KeyRange, SledStore, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use trace::Event;

const FOLDER: &str = "DUTYDESK_POWER_LOSS_FOLDER";
const FIRST: &str = "DUTYDESK_POWER_LOSS_FIRST";
const CUTS: &str = "DUTYDESK_POWER_LOSS_CUTS";

/// The child: does nothing unless the tests below start it.
#[test]
#[ignore = "started by the other tests of this file"]
fn writer() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let first = std::env::var(FIRST).unwrap().parse().unwrap();
    work::write(Path::new(&folder), first);
}

/// Runs the child under strace; `None` when that is not possible here.
fn record(folder: &Path, first: u64) -> Option<Vec<Event>> {
    let probe = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    if !probe.is_ok_and(|status| status.success()) {
        println!("skipped: strace is missing or may not trace here (apt-get install strace)");
        return None;
    }
    let log = folder.join("trace");
    let calls = "trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,\
                 rmdir,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,\
                 fdatasync,sync_file_range,sync,syncfs,msync,copy_file_range,sendfile";
    let status = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "33554432", "-e", calls, "-e", "signal=none", "-o"])
        .arg(&log)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--ignored", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "the writer failed");
    let events = trace::read(&log, folder);
    std::fs::remove_file(log).unwrap();
    Some(events)
}

/// A place for many disks; memory if there is such a place, because they are thrown away.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(dir) = tempfile::tempdir_in(memory)
    {
        return dir;
    }
    tempfile::tempdir().unwrap()
}

fn cuts() -> usize {
    std::env::var(CUTS).ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

/// What a store holds after each number of groups, made as far as asked for, forwards only.
struct Expected {
    groups: u64,
    rows: BTreeMap<Key, Vec<u8>>,
}

impl Expected {
    fn new() -> Expected {
        Expected { groups: 0, rows: BTreeMap::new() }
    }

    fn after(&mut self, groups: u64) -> &BTreeMap<Key, Vec<u8>> {
        assert!(self.groups <= groups);
        while self.groups < groups {
            self.groups += 1;
            work::apply(&mut self.rows, self.groups);
        }
        &self.rows
    }
}

/// Opens what is left and says what is wrong with it, if anything.
fn examine(folder: &Path, acknowledged: u64, expected: &mut Expected) -> Result<u64, String> {
    let store = SledStore::open(&folder.join("db"), 16 << 20)
        .map_err(|e| format!("does not open: {e}"))?
        .keeping_free(0);
    let revision = store.revision();
    if revision < acknowledged {
        return Err(format!("group {acknowledged} was acknowledged, only {revision} are there"));
    }
    if revision > acknowledged + 1 {
        return Err(format!("group {revision} is there, after {acknowledged}"));
    }
    let all = store
        .scan(&KeyRange::all(), usize::MAX, Direction::Forward)
        .map_err(|e| format!("cannot be read: {e}"))?;
    expected.after(acknowledged);
    let mut ahead = Expected { groups: expected.groups, rows: expected.rows.clone() };
    let wanted = ahead.after(revision);
    let got = all.rows.iter().map(|(key, v)| (key, &v.value));
    if got.eq(wanted.iter()) {
        return Ok(revision);
    }
    Err(format!("after group {revision} the rows are not those of that group"))
}

/// Cuts the power at moments spread over the events, several fates each.
fn cut_and_examine(events: &[Event], cuts: usize, before: &Disk, groups_before: u64, seed: u64) {
    let work = scratch();
    let mut dice = Rng::new(seed);
    let mut expected = Expected::new();
    let mut failures = Vec::new();
    let mut disks = 0;
    let mut ahead = 0;
    for moment in trace::moments(events, cuts, &mut dice) {
        let acknowledged = trace::acknowledged(events, moment).max(groups_before);
        for fate in Fate::ALL {
            let folder = work.path().join("disk");
            disk::write(&before.after(events, moment, fate, &mut dice), &folder);
            disks += 1;
            match examine(&folder, acknowledged, &mut expected) {
                Ok(revision) => ahead += u64::from(revision > acknowledged),
                Err(wrong) => {
                    if let Ok(keep) = std::env::var("DUTYDESK_POWER_LOSS_KEEP") {
                        let to = PathBuf::from(keep).join(format!("{}", failures.len()));
                        disk::copy(&folder, &to);
                    }
                    failures.push(format!("event {moment}, {fate:?}: {wrong}"));
                }
            }
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
    println!(
        "{} events, {disks} disks examined, {} wrong; {ahead} held a group not yet acknowledged",
        events.len(),
        failures.len(),
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn whatever_was_acknowledged_survives_the_loss_of_power() {
    let folder = tempfile::tempdir().unwrap();
    let Some(events) = record(folder.path(), 1) else { return };
    cut_and_examine(&events, cuts(), &Disk::empty(), 0, 1);
}

/// The power fails a second time, while what the first loss left is being put in order, or later.
#[test]
fn the_power_may_fail_again_while_the_store_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let Some(events) = record(folder.path(), 1) else { return };
    let mut dice = Rng::new(9);
    for round in 0..3 {
        let moment = trace::moments(&events, 1, &mut dice)[0];
        let left = Disk::empty().after(&events, moment, Fate::Sectors, &mut dice);
        let folder = tempfile::tempdir().unwrap();
        disk::write(&left, folder.path());
        let groups =
            examine(folder.path(), trace::acknowledged(&events, moment), &mut Expected::new())
                .unwrap();
        // Looking at it has put it in order; the child shall find it as it was.
        std::fs::remove_dir_all(folder.path().join("db")).unwrap();
        disk::write(&left, folder.path());
        let Some(again) = record(folder.path(), groups + 1) else { return };
        cut_and_examine(&again, cuts() / 4, &Disk::holding(left), groups, 10 + round);
    }
}
