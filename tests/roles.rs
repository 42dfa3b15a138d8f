//! Who may do what, held by the daemon: a client that is refused cannot talk its way round.

mod shell;

use serde_json::Value;
use shell::pty::Tty;
use shell::{Desk, ago, comment};

/// kai is an admin (nobody names her, and the account is the owner's), the others are named.
fn desk() -> Desk {
    let desk = Desk::new();
    let roles = "lead = [\"amy\"]\nagent = [\"bo\"]\nviewer = [\"eve\"]\n";
    std::fs::write(desk.folder().join("roles.toml"), roles).unwrap();
    let text = "我是小鹿，电话 13812345678，a.deer@example.com";
    desk.ingest(vec![
        comment("1", "小鹿", text, 0, ago(60)),
        comment("2", "cat", "hello", 0, ago(50)),
    ]);
    desk
}

fn refused(desk: &Desk, args: &[&str], needs: &str) {
    let ran = desk.run(args);
    assert!(ran.code != 0 && ran.err.contains(needs), "{args:?}: {ran:?}");
}

#[test]
fn a_viewer_looks_and_sees_nobodys_data() {
    let desk = desk();
    for args in [["list"].as_slice(), &["show", "1"], &["status"], &["topics"]] {
        let args = [&["--as", "eve"], args].concat();
        let ran = desk.run(&args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        for secret in ["小鹿", "13812345678", "a.deer@example.com"] {
            assert!(!ran.out.contains(secret), "{args:?} tells {secret}: {}", ran.out);
        }
    }
    let eve = Tty::cockpit(&desk, "eve", 120, 40);
    let shown = eve.see("hello");
    assert!(!shown.contains("小鹿") && !shown.contains("13812345678"), "{shown}");
    for args in [
        ["resolve", "1"].as_slice(),
        &["reply", "1", "--text", "hi"],
        &["search", "鹿"],
        &["journal"],
    ] {
        refused(
            &desk,
            &[&["--as", "eve"], args].concat(),
            "needs the role agent, and yours is viewer",
        );
    }
    // An agent sees who it is.
    let bo = desk.run(&["--as", "bo", "show", "1"]);
    assert!(bo.out.contains("小鹿") && bo.out.contains("13812345678"), "{bo:?}");
}

#[test]
fn each_role_has_its_bounds() {
    let desk = desk();
    desk.done(&["--as", "bo", "resolve", "2"]);
    refused(&desk, &["--as", "bo", "export", "-"], "needs the role lead, and yours is agent");
    assert_eq!(desk.run(&["--as", "amy", "export", "-"]).code, 0);
    refused(&desk, &["--as", "amy", "stop"], "needs the role admin, and yours is lead");
    refused(
        &desk,
        &["--as", "amy", "operator", "add", "amy", "--role", "admin"],
        "needs the role admin",
    );
    let listed = desk.json(&["--as", "amy", "operator", "list"]);
    let role =
        |of: &str| listed.iter().find(|row| row["operator"] == of).map(|row| row["role"].clone());
    assert_eq!(role("bo"), Some(Value::from("agent")), "{listed:?}");
}

#[test]
fn who_is_removed_is_out_at_once_and_stays_out() {
    let desk = desk();
    let mut bo = Tty::cockpit(&desk, "bo", 120, 40);
    bo.see("hello");
    bo.keys("c");
    let amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see("bo");
    desk.done(&["--as", "kai", "operator", "remove", "bo"]);
    bo.see("bo may not use this desk");
    refused(&desk, &["--as", "bo", "list"], "bo may not use this desk");
    // What they held is free for others, and the file says what happened.
    desk.done(&["--as", "amy", "resolve", "2"]);
    let file = std::fs::read_to_string(desk.folder().join("roles.toml")).unwrap();
    assert!(file.contains("removed = [\"bo\"]") && file.contains("agent = []"), "{file}");
    desk.done(&["--as", "kai", "operator", "add", "bo"]);
    assert_eq!(desk.run(&["--as", "bo", "list"]).code, 0);
}

#[test]
fn who_leaves_holds_accounts_until_somebody_else_is_named() {
    let desk = desk();
    let file = desk.folder().join("channels.toml");
    let channel =
        "[[channel]]\nid = \"weibo\"\nplatform = \"weibo\"\nheld_by = [\"bo\", \"mia\"]\n";
    std::fs::write(&file, channel).unwrap();
    desk.done(&["--as", "kai", "stop"]);
    assert!(desk.done(&["--as", "kai", "channel", "list"]).contains("bo, mia"));
    let said = desk.done(&["--as", "kai", "operator", "remove", "bo"]);
    assert!(said.contains("bo holds the accounts of weibo"), "{said}");
    let said = desk.done(&["--as", "kai", "operator", "remove", "amy"]);
    assert!(!said.contains("holds"), "{said}");
    // An admin who goes by their own hand is told the same, and it counts as done.
    std::fs::write(&file, channel.replace("mia", "pat")).unwrap();
    desk.done(&["--as", "kai", "operator", "add", "pat", "--role", "admin"]);
    desk.done(&["--as", "kai", "stop"]);
    let said = desk.done(&["--as", "pat", "operator", "remove", "pat"]);
    assert!(said.contains("pat holds the accounts of weibo"), "{said}");
    let listed = desk.json(&["--as", "kai", "channel", "list"]);
    assert_eq!(listed[0]["held_by"], serde_json::json!(["bo", "pat"]));
    assert_eq!(listed[0]["held_by_removed"], serde_json::json!(["bo", "pat"]));
    let doctor = desk.run(&["--as", "kai", "doctor"]).out;
    assert!(doctor.contains("bo holds the account of weibo"), "{doctor}");
}

#[test]
fn a_mistake_in_the_file_is_shown_and_keeps_its_owner_at_work() {
    let desk = Desk::new();
    std::fs::write(desk.folder().join("roles.toml"), "agent = [\"bo\"\nlead = []\n").unwrap();
    refused(&desk, &["--as", "kai", "resolve", "1"], "no conversation");
    let status = desk.json(&["--as", "kai", "status"]);
    let said = status[0]["settings_trouble"].as_str().unwrap_or_default().to_owned();
    assert!(said.contains("roles.toml:"), "{status:?}");
}

/// A verb of bo's, from a host as the client tells it.
fn bo_from(desk: &Desk, host: Option<&str>) {
    let mut command = desk.command(&["--as", "bo", "status"]);
    if let Some(host) = host {
        command.env("SSH_CONNECTION", format!("{host} 50022 10.0.0.1 22"));
    }
    assert_eq!(shell::ran(command.output().unwrap()).code, 0);
}

#[test]
fn who_is_new_and_who_comes_from_elsewhere_is_announced() {
    let desk = desk();
    let kai = Tty::cockpit(&desk, "kai", 120, 40);
    kai.see("hello");
    let eve = Tty::cockpit(&desk, "eve", 120, 40);
    kai.see("eve is new here");
    bo_from(&desk, None);
    kai.see("bo is new here");
    bo_from(&desk, Some("203.0.113.7"));
    kai.see("bo comes from a new host, 203.0.113.7");
    let shown = eve.see("hello");
    assert!(!shown.contains("203.0.113.7"), "a viewer is not told: {shown}");
    let hostile = "\u{1b}[2J\u{202e}evil";
    bo_from(&desk, Some(hostile));
    for _ in 0..3 {
        bo_from(&desk, Some("203.0.113.7"));
    }
    let journal = desk.json(&["journal"]);
    let of = |what: &str| journal.iter().filter(|e| e["what"] == what).count();
    // The very first operator of the desk is not news; amy was never here.
    assert_eq!((of("new-operator"), of("new-host")), (3, 2), "{journal:?}");
    let listed = desk.done(&["operator", "list"]);
    assert!(listed.contains("203.0.113.7") && listed.contains("unverified"), "{listed}");
    assert!(!listed.contains('\u{1b}') && !listed.contains('\u{202e}'), "{listed:?}");
    let rows = desk.json(&["operator", "list"]);
    let bo = rows.iter().find(|row| row["operator"] == "bo").unwrap();
    assert_eq!(bo["hosts_unverified"].as_array().map(Vec::len), Some(3), "{bo}");
}
