//! A desk on a disk that is full: it says so on every screen, keeps what it acknowledged, and goes on
//! by itself.
//!
//! The disk is a small one in memory, which takes root to mount; without that these tests say so
//! and pass.

mod daemon_support;

use daemon_support::*;
use dutydesk::client::ask::{AskError, DeskClient};
use dutydesk::domain::{Command as Act, ConversationId, Refusal};
use dutydesk::wire::message::{Answer, Ask, Push};
use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A disk of its own for a desk; gone when it is dropped.
struct SmallDisk(PathBuf);

fn mount(args: &[&str], at: &Path) -> bool {
    let done = Command::new("mount").args(args).arg(at).output();
    done.is_ok_and(|done| done.status.success())
}

impl SmallDisk {
    /// Over the folder of a desk that nobody serves yet; `None` = that is not possible here.
    fn under(desk: &TestDesk, settings: &str) -> Option<SmallDisk> {
        let folder = desk.folder();
        if !mount(&["-t", "tmpfs", "-o", "size=200m,mode=700", "desk"], &folder) {
            println!("skipped: no disk can be mounted here (it takes root)");
            return None;
        }
        fs::write(folder.join("desk.toml"), settings).unwrap();
        Some(SmallDisk(folder))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Takes the last page.
    fn fill(&self) {
        let mut filler = fs::File::create(self.filler()).unwrap();
        let page = [1; 4096];
        while std::io::Write::write_all(&mut filler, &page).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Resolves until one is refused; gives those that were acknowledged.
fn resolve_until_refused(client: &mut DeskClient, ids: &[ConversationId]) -> Vec<ConversationId> {
    let mut done = Vec::new();
    for id in ids {
        match client.ask(Ask::Do(Act::Resolve { ids: vec![*id] })) {
            Ok(Answer::Done(_)) => done.push(*id),
            Ok(other) => panic!("{other:?}"),
            Err(AskError::Refused(Refusal::ReadOnly(why))) => {
                assert!(!why.is_empty());
                return done;
            }
            // The one that found it out: nobody knows whether it was done.
            Err(AskError::Refused(Refusal::Store(_))) => return done,
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("nothing was refused");
}

#[rstest]
#[case::until_a_write_fails("low_space = \"0MiB\"\n")]
#[case::with_a_reserve("low_space = \"1MiB\"\n")]
fn it_turns_read_only_and_recovers_by_itself(#[case] settings: &str) {
    let mut desk = TestDesk::new();
    let settings = format!("identity = \"declared\"\n{settings}");
    let Some(disk) = SmallDisk::under(&desk, &settings) else { return };
    desk.start();
    let mut amy = desk.cockpit("amy");
    let events = (0..400).map(comment).collect();
    assert_eq!(ingest(&mut amy, events).added, 400);
    let ids = open_ids(&mut amy);
    assert!(matches!(resolve(&mut amy, ids[0]), Answer::Done(_)));

    disk.fill();
    let mut done = vec![ids[0]];
    done.extend(resolve_until_refused(&mut amy, &ids[1..]));
    let why = push(&mut amy, |push| match push {
        Push::Desk(state) => state.read_only,
        _ => None,
    });
    assert!(!why.is_empty());

    fs::remove_file(disk.filler()).unwrap();
    let next = ids[done.len() + 1];
    let patience = Instant::now() + PATIENCE;
    loop {
        match amy.ask(Ask::Do(Act::Resolve { ids: vec![next] })) {
            Ok(Answer::Done(_)) => break,
            Err(AskError::Refused(Refusal::ReadOnly(_) | Refusal::Store(_))) => {}
            other => panic!("{other:?}"),
        }
        assert!(Instant::now() < patience, "it does not recover");
        std::thread::sleep(Duration::from_millis(100));
    }
    done.push(next);
    let open = open_ids(&mut amy);
    assert!(done.iter().all(|id| !open.contains(id)), "what was acknowledged is undone");
    // At most the one that nobody knew of was done besides.
    assert!((open.len() + done.len()).abs_diff(400) <= 1, "{} + {}", open.len(), done.len());
    drop(amy);
    assert!(desk.terminate().success());
    let verified = desk.program(&["verify"]);
    assert!(verified.status.success(), "{verified:?}");
}
