//! The whole desk out as lines, and back into another one, through the program.

mod daemon_support;

use daemon_support::*;
use dutydesk::domain::{ChannelId, Command, OperatorName};
use dutydesk::wire::message::{Answer, Ask, ClientKind};
use std::path::Path;

/// A desk in which a bit of everything has happened.
fn lived_in() -> TestDesk {
    let desk = TestDesk::running();
    let mut feed = desk.client("feed", ClientKind::Connector);
    let events = (0..120).map(comment).collect();
    let cursor = Some((ChannelId("weibo".into()), "page \u{1b}[2J 7".to_owned()));
    feed.ask(Ask::Ingest { cursor, events }).unwrap();
    ingest(
        &mut feed,
        vec![answer_to("0", "further"), comment("evil \u{9b}31m \u{202e} \u{1b}]0;x")],
    );
    let mut amy = desk.cockpit("amy");
    let ids = open_ids(&mut amy);
    claim(&mut amy, ids[0]);
    resolve(&mut amy, ids[1]);
    for command in [
        Command::Reply {
            ids: vec![ids[2]], text: "在路上了".into(), seen: None, because: None
        },
        Command::Note { ids: vec![ids[2]], text: "x".repeat(20_000) },
        Command::Assign { ids: ids[3..50].to_vec(), to: Some(OperatorName("bo".into())) },
        Command::Snooze { ids: vec![ids[60]], until: now() + dutydesk::domain::Span::hours(3) },
        Command::Label { ids: vec![ids[61]], label: "vip".into() },
    ] {
        assert!(matches!(amy.ask(Ask::Do(command)).unwrap(), Answer::Done(_)));
    }
    amy.ask(Ask::Draft { id: ids[70], text: Some("half a".into()), seen: None }).unwrap();
    drop(amy);
    // Her claim is gone when the desk has noticed.
    let mut bo = desk.cockpit("bo");
    open_window(&mut bo, dutydesk::wire::message::Anchor::Top, "");
    window(&mut bo, |w| w.rows.iter().all(|r| r.conversation.claim.is_none()));
    drop(bo);
    desk
}

fn export(desk: &TestDesk, to: &Path) -> Vec<u8> {
    let output = desk.program(&["export", to.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    std::fs::read(to).unwrap()
}

/// The lines of an export, with everything that is on its way out in doubt.
fn in_doubt(export: &[u8]) -> Vec<serde_json::Value> {
    let line = |line: &str| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["type"] == "outgoing" {
            line["row"]["stage"] = "in doubt".into();
        }
        // The clock's mark goes on with every group, and putting something in doubt changes texts.
        if line["type"] == "fact" {
            line["value"]["clock"] = 0.into();
            line["value"]["texts"] = 0.into();
            line["value"]["recent"] = serde_json::Value::Null;
        }
        if line["delivery"] == "Waiting" {
            line["delivery"] = "Sending".into();
        }
        line
    };
    String::from_utf8_lossy(export).lines().map(line).collect()
}

#[test]
fn an_export_restored_gives_the_same_export() {
    let (mut old, new) = (lived_in(), TestDesk::new());
    let files = tempfile::tempdir().unwrap();
    let out = files.path().join("desk.ndjson");
    let first = export(&old, &out);
    assert!(!first.contains(&0x1b), "nothing in it steers a terminal");
    let lines = first.iter().filter(|b| **b == b'\n').count();
    assert!(lines > 240, "{lines} lines");

    let restored = new.program(&["import", out.to_str().unwrap(), "--json"]);
    assert!(restored.status.success(), "{restored:?}");
    assert_eq!(
        String::from_utf8_lossy(&restored.stdout).trim(),
        format!("{{\"restored\":{lines}}}")
    );
    let second = export(&new, &files.path().join("second.ndjson"));
    assert!(first != second, "what waited may have gone out since: it is in doubt there");
    assert!(in_doubt(&first) == in_doubt(&second), "everything else is the same, byte for byte");

    // It is a desk like any other: the queues are the same, work goes on, undo knows what was done.
    let queue = |desk: &TestDesk| desk.program(&["list", "--json"]).stdout;
    assert_eq!(queue(&old), queue(&new));
    assert!(new.program(&["status"]).status.success());
    let (mut amy, mut amy_there) = (old.verb("amy"), new.verb("amy"));
    let undone = |client: &mut dutydesk::client::ask::DeskClient| {
        format!("{:?}", client.ask(Ask::Do(Command::Undo)).unwrap())
    };
    assert_eq!(undone(&mut amy), undone(&mut amy_there));

    // A restart changes nothing of it.
    assert!(old.program(&["stop"]).status.success());
    old.daemon.take().unwrap().wait().unwrap();
    old.start();
    assert_eq!(queue(&old), queue(&new));
}

#[test]
fn a_desk_that_holds_something_takes_no_export() {
    let (old, new) = (lived_in(), TestDesk::running());
    let files = tempfile::tempdir().unwrap();
    let out = files.path().join("desk.ndjson");
    export(&old, &out);
    ingest(&mut new.client("feed", ClientKind::Connector), vec![comment(1)]);
    let refused = new.program(&["import", out.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("empty"), "{refused:?}");
    assert_eq!(open_ids(&mut new.verb("amy")).len(), 1, "what was there is still there");
}

#[test]
fn an_export_that_is_cut_off_is_noticed_and_can_be_restored_after_all() {
    let (old, mut new) = (lived_in(), TestDesk::new());
    let files = tempfile::tempdir().unwrap();
    let out = files.path().join("desk.ndjson");
    let whole = export(&old, &out);
    let cut = files.path().join("cut.ndjson");
    let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
    std::fs::write(&cut, lines[..lines.len() - 40].concat()).unwrap();
    new.start();
    let refused = new.program(&["import", cut.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cut off"), "{refused:?}");
    // What is there is a part of a desk: nobody works on it, not even after a restart.
    for _ in 0..2 {
        let mut feed = new.client("feed", ClientKind::Connector);
        let ask = Ask::Ingest { cursor: None, events: vec![comment(1)] };
        let refused = format!("{:?}", feed.ask(ask).unwrap_err());
        assert!(refused.contains("ReadOnly"), "{refused}");
        new.kill();
        new.start();
    }
    let restored = new.program(&["import", out.to_str().unwrap()]);
    assert!(restored.status.success(), "{restored:?}");
    let second = export(&new, &files.path().join("second.ndjson"));
    assert!(in_doubt(&whole) == in_doubt(&second));
    ingest(&mut new.client("feed", ClientKind::Connector), vec![comment("goes on")]);
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let desk = TestDesk::running();
    let files = tempfile::tempdir().unwrap();
    let out = files.path().join("precious");
    std::fs::write(&out, "precious").unwrap();
    let refused = desk.program(&["export", out.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert_eq!(std::fs::read(&out).unwrap(), b"precious");
    let printed = desk.program(&["export"]);
    assert!(printed.stdout.starts_with(dutydesk::cli::export::HEADER), "{printed:?}");
}
