//! The files of rules, as a person edits them: read while the desk runs, and a mistake in one, while it
//! runs or before it starts, leaves what was last right.

mod shell;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;
use serde_json::Value;
use shell::pty::Tty;
use shell::{Desk, ago, comment};
use std::time::{Duration, Instant};

const SLOW: &str =
    "[[policy]]\nname = \"all\"\ntag = \"slow\"\ntargets = { first-response = \"8h\" }\n";
/// Every hour counts in it, and yet it is never open.
const NEVER_OPEN: &str = "default_calendar = \"office\"\n[[policy]]\nname = \"all\"\n\
    targets = { first-response = \"8h\" }\n[calendar.office]\nzone = \"UTC\"\nhours = { mon-fri = \"closed\" }\n";
const NOT_SOON: &str = "[[policy]]\nname = \"all\"\ntargets = { first-response = \"soon\" }\n";

fn write(desk: &Desk, name: &str, text: &str) {
    std::fs::write(desk.folder().join(name), text).unwrap();
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < give_up, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn first(desk: &Desk) -> Value {
    desk.json(&["list"])[0].clone()
}

fn trouble(desk: &Desk) -> Value {
    desk.json(&["status"])[0]["settings_trouble"].clone()
}

fn log(desk: &Desk) -> String {
    std::fs::read_to_string(desk.folder().join("daemon.log")).unwrap()
}

/// Kills the daemon and waits until it is gone.
fn kill_daemon(desk: &Desk) {
    let pid = Pid::from_raw(desk.daemon());
    kill(pid, Signal::SIGKILL).unwrap();
    until("the daemon is gone", || kill(pid, None).is_err() || desk.run(&["status"]).code != 0);
}

#[rstest]
#[case::wrong(NOT_SOON, "policies.toml:3: targets.first-response")]
#[case::never_open(NEVER_OPEN, "policies.toml:5: calendar.office")]
fn a_desk_that_was_killed_starts_on_the_policies_that_were_last_right(
    #[case] broken: &str,
    #[case] mistake: &str,
) {
    let desk = Desk::new();
    write(&desk, "policies.toml", SLOW);
    desk.ingest(vec![comment("1", "cat", "hello", 0, ago(60))]);
    let before = first(&desk);
    assert_eq!(before["tag"], "slow");
    assert_eq!(trouble(&desk), Value::Null);
    kill_daemon(&desk);
    write(&desk, "policies.toml", broken);

    let amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see(mistake);
    amy.see("as before");
    amy.see("hello");
    let after = first(&desk);
    assert_eq!((&after["tag"], &after["due_at"]), (&before["tag"], &before["due_at"]));
    assert!(trouble(&desk).as_str().unwrap().contains(mistake));
    assert!(log(&desk).contains(mistake), "{}", log(&desk));

    // Mended, it is read, and the banner goes.
    write(&desk, "policies.toml", &SLOW.replace("slow", "mended"));
    until("mended", || first(&desk)["tag"] == "mended");
    amy.wait("no banner", |screen| !screen.contents().contains("as before"));
}

#[test]
fn a_desk_whose_policies_were_never_right_starts_on_the_shipped_ones() {
    let desk = Desk::new();
    write(&desk, "policies.toml", NOT_SOON);
    desk.ingest(vec![comment("1", "cat", "我要投诉你们，还要找律师", 0, ago(60))]);
    assert_eq!(first(&desk)["tag"], "severe");
    let said = trouble(&desk);
    let said = said.as_str().unwrap();
    assert!(said.contains("shipped") && said.contains("policies.toml:3"), "{said}");
    let amy = Tty::cockpit(&desk, "amy", 80, 24);
    amy.see("shipped defaults hold: policies.toml:3");
}

#[test]
fn a_desk_that_was_killed_starts_on_the_lint_and_the_lists_that_were_last_right() {
    let desk = Desk::new();
    write(&desk, "lint.toml", "override = false\n[[word]]\ntext = [\"unicorn\"]\n");
    let lists = "[[topic]]\nname = \"horses\"\nwords = [\"unicorn\"]\n";
    write(&desk, "classify.toml", lists);
    desk.ingest(vec![comment("1", "cat", "a unicorn?", 0, ago(60))]);
    kill_daemon(&desk);
    write(&desk, "lint.toml", "override = 3\n");
    write(&desk, "classify.toml", "[[topic]]\nname = \"horses\"\nwords = []\n");
    let ran = desk.run(&["reply", "1", "--text", "our unicorn", "--because", "why not"]);
    assert!(ran.code != 0 && ran.err.contains("unicorn"), "{ran:?}");
    desk.ingest(vec![comment("2", "dog", "two unicorns, a unicorn", 0, ago(50))]);
    assert_eq!(desk.json(&["list", "--filter", "topic:horses"]).len(), 2);
    let said = trouble(&desk);
    let said = said.as_str().unwrap();
    assert!(said.contains("lint.toml:1") && said.contains("classify.toml:3: words"), "{said}");
}

#[test]
fn lint_is_read_again_while_somebody_writes() {
    let desk = Desk::new();
    desk.ingest(vec![comment("1", "cat", "hello", 0, ago(60))]);
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see("hello");
    amy.keys("r");
    amy.keys("a unicorn");
    amy.see("a unicorn");
    let own = "[[word]]\ntext = [\"unicorn\"]\nlevel = \"block\"\nreason = \"they do not exist\"\n";
    write(&desk, "lint.toml", own);
    amy.see("they do not exist");
    let refused = || desk.run(&["reply", "1", "--text", "a unicorn"]);
    until("the desk knows, too", || refused().err.contains("they do not exist"));

    // A mistake leaves the rules as they were, and says where it is.
    write(&desk, "lint.toml", "[[word]]\ntext = [\"unicorn\"]\nlevel = \"red\"\n");
    amy.see("lint.toml:3: word.level");
    assert!(refused().err.contains("they do not exist"));
    let reloaded = desk.run(&["policy", "reload"]);
    assert!(reloaded.code != 0 && reloaded.err.contains("lint.toml:3: word.level"), "{reloaded:?}");

    write(&desk, "lint.toml", "");
    amy.wait("the rules are gone", |screen| {
        let text = screen.contents();
        !text.contains("they do not exist") && !text.contains("lint.toml:3")
    });
    let reloaded = desk.json(&["policy", "reload"]);
    assert_eq!(reloaded[0]["changed"], false);
    desk.done(&["reply", "1", "--text", "a unicorn"]);
}

#[test]
fn lists_are_read_again_and_what_is_there_is_judged_anew() {
    let desk = Desk::new();
    desk.ingest(vec![comment("1", "cat", "where is my unicorn?", 0, ago(60))]);
    assert!(desk.json(&["list", "--filter", "topic:horses"]).is_empty());
    write(&desk, "classify.toml", "[[topic]]\nname = \"horses\"\nwords = [\"unicorn\"]\n");
    until("judged anew", || desk.json(&["list", "--filter", "topic:horses"]).len() == 1);
    assert!(log(&desk).contains("read again: classify.toml"), "{}", log(&desk));
}
