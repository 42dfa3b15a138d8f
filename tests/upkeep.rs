//! A desk is backed up while it runs, made anew of the backup, looked over, and written anew.

mod shell;

use dutydesk::domain::Event;
use shell::{Desk, ago, comment};
use std::os::unix::fs::PermissionsExt;

fn filled() -> Desk {
    let desk = Desk::new();
    let text = |n: u32| format!("question {n}");
    let events: Vec<Event> = (0..40)
        .map(|n| comment(&n.to_string(), "cat", &text(n), 0, ago(90 - i64::from(n))))
        .collect();
    desk.ingest(events);
    desk.done(&["resolve", "3"]);
    desk.done(&["note", "4", "--text", "call back"]);
    desk
}

/// An export without the moment up to which the desk's clock has done its work: that goes on with
/// whatever the desk does.
fn timeless(export: &str) -> String {
    let lines = export.lines().map(|line| match line.split_once("\"clock\":") {
        Some((before, after)) if line.starts_with("{\"type\":\"fact\"") => {
            format!("{before}{}\n", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn a_backup_of_a_running_desk_makes_the_same_desk_again() {
    let desk = filled();
    std::fs::write(desk.folder().join("secrets.toml"), "").unwrap();
    let folder = desk.home().join("backup");
    let path = folder.to_str().unwrap();
    assert!(desk.done(&["status"]).contains("none is known"));
    desk.done(&["backup", path]);
    assert!(desk.json(&["status"])[0]["backup_at"].is_string());
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("records.ndjson.gz"))), (0o700, 0o600));
    assert!(!folder.join("files/secrets.toml").exists(), "only when they are asked for");
    let again = desk.run(&["backup", path]);
    assert!(again.code != 0 && again.err.contains("is there already"), "{again:?}");
    let kept = timeless(&desk.run(&["export", "-"]).out);
    // What comes later is not in it.
    desk.ingest(vec![comment("later", "cat", "one more", 0, ago(1))]);

    let other = desk.home().join("other");
    let on_other = |args: &[&str]| {
        let mut command = desk.command(args);
        command.env("DUTYDESK_DESK", &other);
        shell::ran(command.output().unwrap())
    };
    let restored = on_other(&["restore", path]);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert!(restored.out.contains("no secrets"), "{restored:?}");
    assert_eq!(timeless(&on_other(&["export", "-"]).out), kept);
    let policies =
        |of: &std::path::Path| std::fs::read_to_string(of.join("policies.toml")).unwrap();
    assert_eq!(policies(&other), policies(&desk.folder()));
    let twice = on_other(&["restore", path]);
    assert!(twice.code != 0 && twice.err.contains("there is a desk"), "{twice:?}");
    assert_eq!(on_other(&["stop"]).code, 0);
}

#[test]
fn a_desk_is_looked_over_and_written_anew_when_nobody_serves_it() {
    let desk = filled();
    let kept = timeless(&desk.run(&["export", "-"]).out);
    for verb in ["verify", "compact"] {
        let served = desk.run(&[verb]);
        assert!(served.code != 0 && served.err.contains("dutydesk stop"), "{served:?}");
    }
    desk.done(&["stop"]);
    let looked = desk.json(&["verify"]);
    assert_eq!(
        (&looked[0]["conversations"], &looked[0]["problems"]),
        (&40.into(), &Vec::<u8>::new().into())
    );
    let compacted = desk.json(&["compact"]);
    let bytes = |name: &str| compacted[0][name].as_u64().unwrap();
    assert!(bytes("after") <= bytes("before") && bytes("keys") > 100, "{compacted:?}");
    assert_eq!(desk.json(&["verify"]).len(), 1);
    assert_eq!(timeless(&desk.run(&["export", "-"]).out), kept);
}
