//! Old conversations are archived, found, brought back, exported and restored through the program.

mod shell;

use dutydesk::client::ask::DeskClient;
use dutydesk::client::attach::{Caller, Launch};
use dutydesk::domain::Event;
use dutydesk::wire::message::ClientKind;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use shell::{Desk, PROGRAM, ago, answer_to, comment};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

/// So many resolved comments, and one that is open.
fn filled(comments: u32) -> Desk {
    let desk = Desk::new();
    let all: Vec<u32> = (0..comments).collect();
    for part in all.chunks(400) {
        let event = |n: &u32| {
            let text = format!("question {n} 物流");
            comment(&format!("c{n}"), &format!("u{}", n % 7), &text, 0, ago(600))
        };
        desk.ingest(part.iter().map(event).collect());
    }
    desk.done(&["resolve", "--where", "state:open", "--yes"]);
    desk.ingest(vec![comment("open", "cat", "still open", 0, ago(5))]);
    desk
}

/// The lines of an export, without what changes with the time alone: up to when the desk's clock is done.
fn records(export: &str) -> Vec<Value> {
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if line["type"] == "fact" && line["name"] == "desk" {
            line["value"]["clock"] = Value::Null;
        }
        line
    };
    export.lines().map(line).collect()
}

/// What an export says of each conversation, wherever it lies, by its number; each must come once.
fn conversations(export: &str) -> BTreeMap<u64, (Value, usize)> {
    let mut found: BTreeMap<u64, (Value, usize)> = BTreeMap::new();
    for line in export.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (mut conversation, messages) = match line["type"].as_str().unwrap() {
            "conversation" => (line.clone(), 0),
            "archived" => {
                (line["conversation"].clone(), line["messages"].as_array().unwrap().len())
            }
            "message" => {
                found.get_mut(&line["conversation"].as_u64().unwrap()).unwrap().1 += 1;
                continue;
            }
            _ => continue,
        };
        conversation.as_object_mut().unwrap().remove("type");
        let id = conversation["id"].as_u64().unwrap();
        assert!(found.insert(id, (conversation, messages)).is_none(), "{id} is there twice");
    }
    found
}

#[test]
fn a_desk_archives_what_is_old_and_loses_nothing() {
    let desk = filled(150);
    let before = conversations(&desk.run(&["export", "-"]).out);
    let report = desk.json(&["report", "day"]);
    let wrong = desk.run(&["archive"]);
    assert!(wrong.code == 2 && wrong.err.contains("--older-than 180d"), "{wrong:?}");
    assert_eq!(desk.run(&["archive", "--older-than", "soon"]).code, 2);
    let none = desk.json(&["archive", "--older-than", "1d"]);
    assert_eq!((&none[0]["archived"], &none[0]["stays"]["recent"]), (&0.into(), &150.into()));
    let counted = desk.json(&["archive", "--older-than", "0d", "--dry-run"]);
    assert_eq!((&counted[0]["archived"], &counted[0]["stays"]["open"]), (&150.into(), &1.into()));
    assert!(desk.done(&["archive", "list"]).contains("empty"));
    let said = desk.done(&["archive", "--older-than", "0d"]);
    assert!(said.contains("150 conversations archived") && said.contains("1 stay"), "{said}");

    // It is found where it is looked for.
    let months = desk.json(&["archive", "list"]);
    assert_eq!((months.len(), &months[0]["conversations"]), (1, &150.into()));
    let month = months[0]["month"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["archive", "list", &month]).len(), 150);
    assert_eq!(desk.run(&["archive", "list", "March"]).code, 2);
    let folder = desk.folder().join("archive");
    let file = folder.join(format!("{month}.ndjson"));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    let shown = desk.json(&["show", "7"]);
    assert_eq!(shown[0]["archived"].as_str(), Some(month.as_str()));
    assert!(desk.done(&["archive", "show", "7"]).contains(&format!("archived in {month}")));
    let found = desk.json(&["archive", "search", "question", "77"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(desk.json(&["archive", "search", "nothing-has-this"]).len(), 0);
    assert_eq!(desk.json(&["list"]).len(), 1);
    assert_eq!(desk.json(&["report", "day"])[0]["arrivals"], report[0]["arrivals"]);
    let journal = desk.json(&["journal"]);
    let entry = journal.iter().find(|e| e["what"] == "archived").unwrap();
    assert_eq!(
        (&entry["conversations"], &entry["months"][0]),
        (&150.into(), &month.clone().into())
    );
    assert!(desk.done(&["journal"]).contains("archived: 150 conversations"));

    // Nothing is lost, and a backup of it makes the same desk.
    let kept = desk.run(&["export", "-"]).out;
    assert_eq!(conversations(&kept), before);
    let backup = desk.home().join("backup");
    desk.done(&["backup", backup.to_str().unwrap()]);
    let other = desk.home().join("other");
    let on_other = |args: &[&str]| {
        let mut command = desk.command(args);
        command.env("DUTYDESK_DESK", &other);
        shell::ran(command.output().unwrap())
    };
    assert_eq!(on_other(&["restore", backup.to_str().unwrap()]).code, 0);
    assert_eq!(records(&on_other(&["export", "-"]).out), records(&kept));
    assert!(on_other(&["show", "7"]).out.contains("archived in"));
    assert_eq!(on_other(&["stop"]).code, 0);
    let verified = on_other(&["verify", "--json"]);
    assert_eq!(verified.code, 0, "{verified:?}");

    // Whatever comes for one brings it back.
    desk.ingest(vec![answer_to("c7", "c7-more", "u0", "any news?", ago(1))]);
    let found = desk.json(&["list"]);
    assert_eq!(found.len(), 2, "{found:?}");
    desk.done(&["note", "20", "--text", "look"]);
    let back = desk.json(&["archive", "bring-back", "30", "31", "20"]);
    assert_eq!(back[0]["brought_back"], 2);
    assert!(desk.done(&["archive", "bring-back", "30"]).contains("on the desk"));
    assert_eq!(desk.run(&["archive", "bring-back", "9999"]).code, 1);
    assert!(desk.json(&["show", "30"])[0].get("archived").is_none());

    // An undo of what was archived since brings it back, too.
    desk.done(&["reopen", "40"]);
    desk.done(&["resolve", "40"]);
    desk.done(&["archive", "--older-than", "0d"]);
    desk.done(&["undo"]);
    assert_eq!(desk.json(&["show", "40"])[0]["state"], "open");

    desk.done(&["stop"]);
    let looked = desk.json(&["verify"]);
    assert_eq!(looked[0]["problems"], Value::Array(vec![]), "{looked:?}");
    let compacted = desk.json(&["compact"]);
    assert!(compacted[0]["after"].as_u64() < compacted[0]["before"].as_u64(), "{compacted:?}");
    assert_eq!(desk.json(&["verify"])[0]["problems"], Value::Array(vec![]));
    // A file that is damaged is found.
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"messages\"", "\"massages\"", 1)).unwrap();
    let damaged = desk.run(&["verify"]);
    assert!(damaged.code == 1 && damaged.out.contains("is damaged"), "{damaged:?}");
}

#[test]
fn a_kill_at_any_moment_loses_and_doubles_nothing() {
    let desk = filled(600);
    let before = conversations(&desk.run(&["export", "-"]).out);
    let (mut archived, mut kills) = (0, 0);
    for round in 0..6u64 {
        let mut verb = desk
            .command(&["archive", "--older-than", "0d"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Somebody's messages bring some of it back meanwhile.
        let launch = Launch::With(PROGRAM.into());
        let caller = Caller { kind: ClientKind::Connector, declared: None, resume: None };
        if let Ok(mut client) = DeskClient::connect_with(&desk.folder(), &caller, &launch) {
            let likes = |n: u64| Event::Likes {
                channel: dutydesk::domain::ChannelId("weibo".into()),
                id: format!("c{}", n * 37 + round),
                likes: u32::try_from(round).unwrap() + 1,
            };
            let events = (0..10).map(likes).collect();
            let _ = client.ask(dutydesk::wire::message::Ask::Ingest { cursor: None, events });
        }
        std::thread::sleep(Duration::from_millis(20 + round * 60));
        if kill(Pid::from_raw(desk.daemon()), Signal::SIGKILL).is_ok() {
            kills += 1;
        }
        let _ = verb.wait();
        let export = desk.run(&["export", "-"]).out;
        archived = export.lines().filter(|l| l.starts_with("{\"type\":\"archived\"")).count();
        let found = conversations(&export);
        assert_eq!(found.len(), before.len());
        for (id, (_, messages)) in &found {
            assert_eq!(*messages, before[id].1, "conversation {id}");
        }
        desk.done(&["stop"]);
        let looked = desk.json(&["verify"]);
        assert_eq!(looked[0]["problems"], Value::Array(vec![]), "{looked:?}");
    }
    assert!(kills > 0);
    desk.done(&["archive", "--older-than", "0d"]);
    let export = desk.run(&["export", "-"]).out;
    assert_eq!(export.lines().filter(|l| l.starts_with("{\"type\":\"archived\"")).count(), 600);
    assert_eq!(conversations(&export).len(), before.len());
    assert!(archived <= 600);
}
