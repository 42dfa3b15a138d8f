//! Policies while the desk runs, as a person edits them: checked, tried out, read again; and how a
//! deadline came about.

mod shell;

use serde_json::Value;
use shell::{Desk, ago, comment};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn policies(desk: &Desk) -> PathBuf {
    desk.folder().join("policies.toml")
}

fn write(desk: &Desk, text: &str) {
    std::fs::write(policies(desk), text).unwrap();
}

const EIGHT_HOURS: &str =
    "[[policy]]\nname = \"all\"\ntag = \"slow\"\ntargets = { first-response = \"8h\" }\n";
const HALF_AN_HOUR: &str =
    "[[policy]]\nname = \"all\"\ntag = \"fast\"\ntargets = { first-response = \"30m\" }\n";
const WRONG: &str = "[[policy]]\nname = \"all\"\ntargets = { first-response = \"soon\" }\n";

fn first(lines: Vec<Value>) -> Value {
    lines.into_iter().next().unwrap()
}

/// The tag of the only conversation, once it is this one.
fn wait_for_tag(desk: &Desk, tag: &str) {
    let give_up = Instant::now() + Duration::from_secs(30);
    loop {
        let found = desk.json(&["list"])[0]["tag"].clone();
        if found == tag {
            return;
        }
        assert!(Instant::now() < give_up, "the tag is {found}, not {tag}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_file_is_checked_without_a_daemon() {
    let desk = Desk::new();
    write(&desk, EIGHT_HOURS);
    let checked = first(desk.json(&["policy", "check"]));
    assert_eq!((&checked["policies"], &checked["calendars"]), (&1.into(), &0.into()));
    write(&desk, WRONG);
    let ran = desk.run(&["policy", "check"]);
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains("policies.toml:3: targets.first-response"), "{}", ran.err);
    let file = desk.home().join("nowhere.toml");
    let ran = desk.run(&["policy", "check", file.to_str().unwrap()]);
    assert!(ran.code != 0 && ran.err.contains("nowhere.toml"), "{ran:?}");
    assert!(!desk.folder().join("db").exists());
}

#[test]
fn a_change_is_tried_out_then_read_and_a_mistake_keeps_the_last_good_one() {
    let desk = Desk::new();
    write(&desk, EIGHT_HOURS);
    desk.ingest(vec![comment("1", "cat", "hello", 0, ago(60))]);
    wait_for_tag(&desk, "slow");
    let other = desk.home().join("other.toml");
    std::fs::write(&other, HALF_AN_HOUR).unwrap();
    let would = first(desk.json(&["policy", "test", other.to_str().unwrap()]));
    for (field, n) in [("conversations", 1), ("other_deadline", 1), ("come_late", 1)] {
        assert_eq!(would[field], n, "{would}");
    }
    assert_eq!(would["examples"][0]["id"], 1);
    // Nothing changed by that.
    wait_for_tag(&desk, "slow");
    let said = desk.done(&["policy", "test", other.to_str().unwrap()]);
    assert!(said.contains("1 would come to be late"), "{said}");

    // The daemon sees that the file was written.
    write(&desk, HALF_AN_HOUR);
    wait_for_tag(&desk, "fast");
    let again = first(desk.json(&["policy", "reload"]));
    assert_eq!((&again["policies"], &again["changed"]), (&1.into(), &false.into()));

    write(&desk, WRONG);
    let ran = desk.run(&["policy", "reload"]);
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains("policies.toml:3: targets.first-response"), "{}", ran.err);
    wait_for_tag(&desk, "fast");
    let log = std::fs::read_to_string(desk.folder().join("daemon.log")).unwrap();
    assert!(log.contains("policies.toml:3: targets.first-response"), "{log}");
    write(&desk, EIGHT_HOURS);
    wait_for_tag(&desk, "slow");
}

#[test]
fn a_deadline_is_explained() {
    let desk = Desk::new();
    write(&desk, EIGHT_HOURS);
    desk.ingest(vec![comment("1", "cat", "hello", 0, ago(60))]);
    let told = first(desk.json(&["explain", "1"]));
    assert_eq!(told["policy"], "all");
    let target = &told["targets"][0];
    assert_eq!(
        (&target["target"], &target["state"]),
        (&"first-response".into(), &"running".into())
    );
    assert_eq!(target["within_seconds"], 8 * 3_600);
    assert!(target["counted_seconds"].as_i64().unwrap() >= 3_600, "{target}");
    desk.done(&["snooze", "1", "--until", "3h"]);
    let told = first(desk.json(&["explain", "1"]));
    assert_eq!(told["targets"][0]["state"], "paused");
    assert_eq!(told["targets"][0]["pauses"][0]["why"], "snoozed");
    let page = desk.done(&["explain", "1", "--lang", "zh"]);
    assert!(page.contains("首次响应") && page.contains("稍后处理"), "{page}");
    let ran = desk.run(&["explain", "99"]);
    assert!(ran.code != 0 && ran.err.contains("99"), "{ran:?}");
}
