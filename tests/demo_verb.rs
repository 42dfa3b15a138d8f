//! `demo`: a desk that lives, and leaves nothing behind.

mod shell;

use serde_json::Value;
use shell::pty::Tty;
use shell::{Desk, ran};
use std::path::{Path, PathBuf};

/// The demos' folders among the temporary files of this test.
fn folders(desk: &Desk) -> Vec<PathBuf> {
    std::fs::read_dir(desk.home())
        .unwrap()
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.to_string_lossy().contains("dutydesk-demo-"))
        .collect()
}

#[test]
fn a_demo_is_a_living_cockpit_and_leaves_nothing() {
    let desk = Desk::new();
    let temporary = desk.home().display().to_string();
    let env = [("TMPDIR", temporary.as_str()), ("TERM", "xterm-256color")];
    let mut tty = Tty::start(&desk, &["demo", "--seed", "3"], &env, 120, 40);
    tty.see("DEMO");
    tty.see("云岭咖啡");
    let folder = folders(&desk).pop().unwrap();
    let pid = daemon_of(&desk, &folder);
    // Something new comes without a key being touched.
    let before = tty.screen();
    tty.wait("the screen lives", |screen| screen.contents() != before);
    tty.keys("q");
    assert_eq!(tty.end().0, 0);
    assert_eq!(folders(&desk), Vec::<PathBuf>::new());
    assert!(ends(pid), "the daemon has ended");
}

/// Waits for a process to end: it lets go of its lock, which the demo waits for, a moment before.
fn ends(pid: i32) -> bool {
    (0..100).any(|_| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // Nobody may have collected it yet.
        let ended = stat.is_empty() || stat.contains(") Z ");
        if !ended {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        ended
    })
}

fn daemon_of(desk: &Desk, folder: &Path) -> i32 {
    let out = desk.command(&["status", "--json", "--desk"]).arg(folder).output().unwrap();
    let status: Value = serde_json::from_str(&ran(out).out).unwrap();
    i32::try_from(status["pid"].as_i64().unwrap()).unwrap()
}

#[test]
fn a_large_desk_can_be_made_and_kept() {
    let desk = Desk::new();
    let folder = desk.home().join("large");
    let args = ["demo", "--keep", "--open", "1200", "--json", "--desk"];
    let made = ran(desk.command(&args).arg(&folder).output().unwrap());
    assert_eq!(made.code, 0, "{made:?}");
    let made: Value = serde_json::from_str(&made.out).unwrap();
    assert_eq!(made["desk"], folder.display().to_string());
    let out = desk.command(&["status", "--json", "--desk"]).arg(&folder).output().unwrap();
    assert_eq!(ran(out).code, 3, "no daemon is left");
    let out = desk.command(&["list", "--json", "--limit", "2000", "--desk"]).arg(&folder).output();
    let open = ran(out.unwrap()).out.lines().count();
    assert!((1_200..1_600).contains(&open), "{open}");
    desk.command(&["stop", "--desk"]).arg(&folder).output().unwrap();
}

#[test]
fn a_desk_that_is_no_demo_s_is_not_touched() {
    let desk = Desk::new();
    let out = desk.command(&["demo", "--keep", "--desk"]).arg(desk.folder()).output().unwrap();
    let ran = ran(out);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("no demo desk"), "{}", ran.err);
}
