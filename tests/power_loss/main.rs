//! What is left of a desk when the power fails.
//!
//! A child process works under `strace`; we get every write and every sync it makes, and the moment
//! at which each commit was acknowledged. Then the power fails, at many moments: of what was not
//! yet synced anything may be on the disk or not, in pieces of 512 or 4096 bytes, in any order, new
//! names of files included ([`disk`]). Each such disk is opened and must hold exactly the groups up
//! to one that is not older than the last one acknowledged: nothing acknowledged is missing, and no
//! group is there by half. [`rows`] works on a store alone, [`desk`] with a desk above it.
//!
//! `sync_file_range`, which sled's own `flush` ends with, counts for nothing here: it neither
//! empties the disk's cache nor keeps the file's length.
//!
//! `DUTYDESK_POWER_LOSS_CUTS=2000` tries more moments than the default,
//! `DUTYDESK_POWER_LOSS_STEPS=3000` works longer.

#[path = "../daemon_support/mod.rs"]
mod daemon_support;
mod desk;
mod disk;
mod record;
mod rows;
mod trace;

use daemon_support::TestDesk;
use disk::{Disk, Fate, Tree};
use dutydesk::domain::rng::Rng;
use record::{FIRST, FOLDER, FULL, FULL_LATE, NOTES, child, record};
use std::path::{Path, PathBuf};
use trace::Event;

const CUTS: &str = "DUTYDESK_POWER_LOSS_CUTS";

/// The folder of a child; `None` where this program is no child.
fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

#[test]
#[ignore = "a child of the tests below: writes rows"]
fn writer() {
    let Some(folder) = folder() else { return };
    let first = std::env::var(FIRST).unwrap().parse().unwrap();
    rows::write(&folder, first, false);
}

#[test]
#[ignore = "a child of the tests below: writes rows, and the database anew"]
fn compactor() {
    let Some(folder) = folder() else { return };
    rows::write(&folder, 1, true);
}

#[test]
#[ignore = "a child of the tests below: works as a desk"]
fn desk_at_work() {
    let Some(folder) = folder() else { return };
    desk::work(&folder, Path::new(&std::env::var_os(NOTES).unwrap()));
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

/// Cuts the power at moments spread over the events, several fates each, and has what is left
/// examined, which says the group it holds or what is wrong.
fn cut(
    events: &[Event],
    cuts: usize,
    before: &Disk,
    seed: u64,
    mut examine: impl FnMut(&Path, usize) -> Result<u64, String>,
) {
    let work = scratch();
    let mut dice = Rng::new(seed);
    let mut failures = Vec::new();
    let (mut disks, mut ahead) = (0, 0);
    for moment in trace::moments(events, cuts, &mut dice) {
        let acknowledged = trace::acknowledged(events, moment);
        for fate in Fate::ALL {
            // Each in a place of its own: sled lets go of a folder some time after it was closed.
            let folder = work.path().join(disks.to_string());
            disk::write(&before.after(events, moment, fate, &mut dice), &folder);
            disks += 1;
            match examine(&folder, moment) {
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

/// The same for rows alone; `groups` were there before.
fn cut_rows(events: &[Event], cuts: usize, before: &Disk, groups: u64, seed: u64) {
    let mut expected = rows::Expected::new();
    cut(events, cuts, before, seed, |folder, moment| {
        let acknowledged = trace::acknowledged(events, moment).max(groups);
        rows::examine(folder, acknowledged, &mut expected)
    });
}

fn written_from(first: u64, folder: &Path) -> Vec<Event> {
    record(child("writer", folder).env(FIRST, first.to_string()), folder, None)
}

#[test]
fn whatever_was_acknowledged_survives_the_loss_of_power() {
    if !record::is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let events = written_from(1, folder.path());
    cut_rows(&events, cuts(), &Disk::empty(), 0, 1);
}

/// The power fails a second time, while what the first loss left is being put in order, or later.
#[test]
fn the_power_may_fail_again_while_the_store_recovers() {
    if !record::is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let events = written_from(1, folder.path());
    let mut dice = Rng::new(9);
    for round in 0..3 {
        let moment = trace::moments(&events, 1, &mut dice)[0];
        let left = Disk::empty().after(&events, moment, Fate::Sectors, &mut dice);
        let folder = tempfile::tempdir().unwrap();
        disk::write(&left, folder.path());
        let acknowledged = trace::acknowledged(&events, moment);
        let groups =
            rows::examine(folder.path(), acknowledged, &mut rows::Expected::new()).unwrap();
        // Looking at it has put it in order; the child shall find it as it was.
        std::fs::remove_dir_all(folder.path().join("db")).unwrap();
        disk::write(&left, folder.path());
        let again = written_from(groups + 1, folder.path());
        cut_rows(&again, cuts() / 4, &Disk::holding(left), groups, 10 + round);
    }
}

#[test]
fn the_database_may_be_being_written_anew() {
    if !record::is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let events = record(&child("compactor", folder.path()), folder.path(), None);
    cut_rows(&events, cuts(), &Disk::empty(), 0, 3);
}

/// A desk at work on such a disk: what it did, and what it noted down.
fn at_work(fault: Option<&str>, folder: &Path) -> (Vec<Event>, desk::Noted) {
    let notes = tempfile::NamedTempFile::new().unwrap();
    let mut at_work = child("desk_at_work", folder);
    let events = record(at_work.env(NOTES, notes.path()), folder, fault);
    (events, desk::Noted::read(notes.path()))
}

/// Cuts the power while a desk works; gives back how many groups found the disk full.
fn cut_desk(fault: Option<&str>, seed: u64) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (events, noted) = at_work(fault, folder.path());
    let archived = |e: &&Event| matches!(&e.call, trace::Call::Write { path, .. } if path.starts_with("archive"));
    assert!(events.iter().filter(archived).count() > 5, "hardly anything was archived");
    cut(&events, cuts() / 3, &Disk::empty(), seed, |folder, moment| {
        desk::examine(folder, &events, moment, &noted)
    });
    noted.refused()
}

#[test]
fn a_desk_at_work_loses_nothing_and_sends_nothing_twice() {
    if record::is_possible() {
        assert_eq!(cut_desk(None, 4), 0);
    }
}

#[test]
fn nor_does_one_whose_disk_was_full_meanwhile() {
    if record::is_possible() {
        let refused = cut_desk(Some(FULL), 5);
        assert!(refused > 0, "no write found the disk full");
    }
}

/// sled tells nobody of some failed writes who already waits for them.
#[test]
fn a_disk_that_takes_its_time_to_be_full_keeps_nobody_waiting() {
    if record::is_possible() {
        let folder = tempfile::tempdir().unwrap();
        let (_, noted) = at_work(Some(FULL_LATE), folder.path());
        assert!(noted.refused() > 0, "no write found the disk full");
    }
}

/// The files of a folder.
fn files(folder: &Path) -> Tree {
    let mut found = Tree::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&inside)).unwrap() {
            let name = inside.join(entry.unwrap().file_name());
            let path = folder.join(&name);
            match path.is_dir() {
                true => {
                    folders.push(name.clone());
                    found.insert(name, None);
                }
                false => drop(found.insert(name, Some(std::fs::read(path).unwrap()))),
            }
        }
    }
    found
}

#[test]
fn a_backup_is_whole_or_not_there() {
    if !record::is_possible() {
        return;
    }
    let desk = TestDesk::running();
    let events = (0..300).map(daemon_support::comment).collect();
    daemon_support::ingest(&mut desk.verb("amy"), events);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    let program = daemon_support::program(&desk.folder(), &["backup", backup.to_str().unwrap()]);
    let events = record(&program, folder.path(), None);
    let whole = files(&backup);
    assert!(whole.len() > 3, "{:?}", whole.keys());
    let last = events.iter().map(|e| e.ended).max().unwrap();
    cut(&events, cuts() / 3, &Disk::empty(), 6, |disk, moment| {
        let left = disk.join("backup");
        match (left.exists(), moment == last) {
            (false, true) => Err("it was made, and is gone".into()),
            (true, _) if files(&left) != whole => Err("it is there by half".into()),
            _ => Ok(0),
        }
    });
}
