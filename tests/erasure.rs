//! A person is erased on request: from every file of the desk, for good, and from nobody else.

mod shell;

use dutydesk::domain::Event;
use dutydesk::domain::{Attachment, Queue};
use serde_json::Value;
use shell::{Desk, ago, comment};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Everything of the person that stands nowhere else.
const THEIRS: [&str; 7] = [
    "did:plc:zx81amy",
    "Amelia Quux77",
    "@quux77",
    "quokkaparcel",
    "zebrasecret",
    "page-of-quux77",
    "picture-of-quux77",
];

fn by_amy(id: &str, text: &str, minutes: i64) -> Event {
    let Event::Message(mut m) = comment(id, "x", text, 0, ago(minutes)) else { unreachable!() };
    m.author.id = "did:plc:zx81amy".into();
    m.author.name = "Amelia Quux77 (@quux77)".into();
    m.permalink = Some(format!("https://example.com/page-of-quux77/{id}"));
    m.attachments = vec![Attachment {
        kind: "image".into(),
        size: None,
        link: "https://example.com/picture-of-quux77".into(),
    }];
    Event::Message(m)
}

fn below(root: &str, event: Event) -> Event {
    let Event::Message(mut m) = event else { unreachable!() };
    m.thread = Some(root.to_owned());
    m.in_reply_to = Some(root.to_owned());
    Event::Message(m)
}

fn direct(event: Event) -> Event {
    let Event::Message(mut m) = event else { unreachable!() };
    m.queue = Queue::Messages;
    Event::Message(m)
}

/// Conversation 1 is amy's alone, in 2 others speak, too, 3 is somebody else's, 4 her direct messages.
fn desk() -> Desk {
    let desk = Desk::new();
    let root = "at://did:plc:zx81amy/2";
    desk.ingest(vec![
        by_amy("at://did:plc:zx81amy/1", "where is my quokkaparcel", 90),
        by_amy(root, "the zebrasecret is mine", 80),
        below(root, comment("b-1", "Bo Other", "I wait, too", 0, ago(70))),
        comment("c-1", "Cleo", "hello there", 3, ago(60)),
        direct(by_amy("at://did:plc:zx81amy/dm", "my zebrasecret in private", 50)),
    ]);
    desk.done(&["reply", "1", "--text", "dear Amelia Quux77, on its way"]);
    desk.done(&["reply", "2", "--text", "@quux77 we look into it"]);
    desk.done(&["note", "2", "--text", "Amelia Quux77 was angry, Bo was not"]);
    desk.done(&["note", "3", "--text", "same as did:plc:zx81amy"]);
    desk.done(&["label", "1", "--label", "quux77-family"]);
    desk.done(&["topic", "4", "--note", "asked by @quux77"]);
    desk.done(&["classify", "1", "praise"]);
    desk
}

fn erase(desk: &Desk) -> Value {
    let args = ["erase", "weibo", "did:plc:zx81amy", "--yes", "--reference", "req-7"];
    desk.json(&args).remove(0)
}

/// Waits until the index is whole and finds so many.
fn found(desk: &Desk, n: usize) {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let ran = desk.run(&["search", "quokkaparcel", "--json"]);
        if ran.err.is_empty() && ran.out.lines().count() == n {
            return;
        }
        assert!(Instant::now() < patience, "{ran:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn files(of: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(of).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// Which of the person's words stand in which file.
fn remains(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    files(folder, &mut all);
    let mut found = Vec::new();
    for file in all {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        for word in THEIRS {
            let lower = word.to_lowercase();
            for needle in [word.as_bytes(), lower.as_bytes()] {
                if bytes.windows(needle.len()).any(|window| window == needle) {
                    found.push(format!("{word} in {}", file.display()));
                }
            }
        }
    }
    found
}

#[test]
fn nothing_of_them_is_left_in_any_file() {
    let desk = desk();
    found(&desk, 1);
    assert!(!remains(&desk.folder()).is_empty());
    let export = desk.home().join("before.ndjson");
    desk.done(&["export", export.to_str().unwrap()]);
    let told = erase(&desk);
    assert_eq!((&told["reference"], &told["by"]), (&"req-7".into(), &told["by"]));
    assert!(told["done"].is_string() && told["search_index_rewritten"] == true, "{told}");
    let removed = |kind: &str| told["removed"][kind].as_u64().unwrap_or(0);
    assert_eq!((removed("conversations"), removed("messages"), removed("replies")), (2, 3, 2));
    assert!(removed("mentions") >= 2 && removed("questions") == 1, "{told}");
    assert!(removed("corrections") == 1 && removed("labels") >= 1, "{told}");
    assert_eq!(told["copies"][0]["path"], export.to_str().unwrap());
    // What can be asked tells nothing of them.
    for args in [
        ["export", "-"].as_slice(),
        &["journal", "--json"],
        &["show", "1", "--json"],
        &["show", "2", "--json"],
        &["topics", "--json"],
        &["erase", "--certificates"],
        &["erase", "--certificates", "--json"],
        &["list", "state:any", "--json"],
    ] {
        let said = desk.run(args).out;
        for word in THEIRS {
            assert!(!said.contains(word), "{args:?} tells {word}: {said}");
        }
    }
    found(&desk, 0);
    // The index's files at once, the database's when it has been written anew.
    let search = remains(&desk.folder().join("search"));
    assert!(search.is_empty(), "{search:?}");
    desk.done(&["stop"]);
    assert_eq!(desk.json(&["verify"])[0]["problems"], Value::Array(vec![]));
    desk.done(&["compact"]);
    assert_eq!(remains(&desk.folder()), Vec::<String>::new());
    assert_eq!(desk.json(&["verify"])[0]["problems"], Value::Array(vec![]));
    let told = desk.json(&["erase", "--certificates"]).remove(0);
    assert!(told["complete_since"].is_string(), "{told}");
    let said = desk.done(&["erase", "--certificates"]);
    assert!(said.contains("complete since") && said.contains("before.ndjson"), "{said}");
    let zh = desk.done(&["erase", "--certificates", "--lang", "zh"]);
    assert!(zh.contains("彻底完成"), "{zh}");
}

#[test]
fn others_keep_their_thread_and_nothing_brings_it_back() {
    let desk = desk();
    let before = desk.json(&["show", "3"]);
    erase(&desk);
    let shown = desk.done(&["show", "2"]);
    assert!(shown.contains("I wait, too") && shown.contains("erased on request"), "{shown}");
    assert!(shown.contains("[erased] was angry, Bo was not"), "{shown}");
    assert_eq!(desk.json(&["show", "3"])[0]["text"], before[0]["text"]);
    // Each of these would bring something back, or speak to nobody.
    for args in [
        ["undo"].as_slice(),
        &["reply", "1", "--text", "hello?"],
        &["note", "1", "--text", "who was it"],
        &["label", "1", "--label", "vip"],
    ] {
        let ran = desk.run(args);
        assert!(ran.code != 0 && ran.err.contains("erased on request"), "{args:?}: {ran:?}");
    }
    // Below her comment somebody answers: it belongs to the same thread as before.
    let root = "at://did:plc:zx81amy/2";
    desk.ingest(vec![below(root, comment("d-1", "Dee", "me as well", 0, ago(5)))]);
    assert!(desk.done(&["show", "2"]).contains("me as well"));
    // What was erased comes again, and stays away; what is new is new.
    desk.ingest(vec![by_amy("at://did:plc:zx81amy/1", "where is my quokkaparcel", 90)]);
    desk.ingest(vec![direct(by_amy("at://did:plc:zx81amy/new", "I am back", 1))]);
    let all = desk.done(&["export", "-"]);
    assert!(!all.contains("quokkaparcel") && all.contains("I am back"), "{all}");
    desk.done(&["reply", "5", "--text", "welcome"]);
    desk.done(&["stop"]);
    assert_eq!(desk.json(&["verify"])[0]["problems"], Value::Array(vec![]));
}

#[test]
fn who_is_meant_is_made_sure_of() {
    let desk = desk();
    desk.ingest(vec![comment("t-1", "Cleo", "another Cleo", 0, ago(4))]);
    let ran = desk.run(&["erase", "weibo", "nobody-here", "--yes"]);
    assert!(ran.code != 0 && ran.err.contains("nobody of that id"), "{ran:?}");
    let ran = desk.run(&["erase", "weibo", "@quux77", "--dry-run"]);
    assert!(ran.out.contains("3 messages in 3 conversations"), "{ran:?}");
    assert!(desk.done(&["export", "-"]).contains("quokkaparcel"), "a dry run changes nothing");
    let ran = desk.run(&["erase", "weibo", "@quux77"]);
    assert!(ran.code != 0 && ran.err.contains("nothing was erased"), "{ran:?}");
    let named = ["erase", "weibo", "@quux77", "--yes", "--reference", "letter of Amelia Quux77"];
    let ran = desk.run(&named);
    assert!(ran.code != 0 && ran.err.contains("the reference names the person"), "{ran:?}");
    std::fs::write(desk.folder().join("roles.toml"), "lead = [\"amy\"]\n").unwrap();
    let ran = desk.run(&["--as", "amy", "erase", "weibo", "@quux77", "--yes"]);
    assert!(ran.code != 0 && ran.err.contains("needs the role admin"), "{ran:?}");
}

#[test]
fn a_daemon_that_is_killed_goes_on_with_it() {
    let desk = Desk::new();
    let many: Vec<Event> = (0..4_000)
        .map(|n| match n % 4 {
            0 => by_amy(&format!("at://did:plc:zx81amy/{n}"), "where is my quokkaparcel", 90),
            _ => comment(&format!("o-{n}"), &format!("other {n}"), "hello", 0, ago(80)),
        })
        .collect();
    for part in many.chunks(400) {
        desk.ingest(part.to_vec());
    }
    let mut asking = desk
        .command(&["erase", "weibo", "did:plc:zx81amy", "--yes"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    let mut kills = 0;
    loop {
        let told = desk.json(&["erase", "--certificates"]);
        if told.first().is_some_and(|e| e["done"].is_string()) {
            break;
        }
        assert!(Instant::now() < patience, "{told:?}");
        if !told.is_empty() && kills < 3 {
            let daemon = nix::unistd::Pid::from_raw(desk.daemon());
            nix::sys::signal::kill(daemon, nix::sys::signal::Signal::SIGKILL).unwrap();
            kills += 1;
        }
    }
    let _ = asking.wait();
    assert!(kills > 0, "it was done before anything could be killed");
    let all = desk.done(&["export", "-"]);
    assert!(!all.contains("quokkaparcel") && !all.contains("zx81amy"));
    assert_eq!(all.matches("\"text\":\"hello\"").count(), 3_000);
    desk.done(&["stop"]);
    assert_eq!(desk.json(&["verify"])[0]["problems"], Value::Array(vec![]));
}

#[test]
fn what_is_archived_is_erased_as_well() {
    let desk = Desk::new();
    let root = "at://did:plc:zx81amy/2";
    desk.ingest(vec![
        by_amy("at://did:plc:zx81amy/1", "where is my quokkaparcel", 90),
        by_amy(root, "the zebrasecret is mine", 80),
        below(root, comment("b-1", "Bo Other", "I wait, too", 0, ago(70))),
        comment("old-1", "Fay", "an old question", 0, ago(99)),
        comment("old-2", "Gil", "nothing of hers", 0, ago(98)),
    ]);
    desk.done(&["note", "3", "--text", "she knows Amelia Quux77"]);
    desk.done(&["resolve", "1", "2", "3", "4"]);
    std::thread::sleep(Duration::from_millis(1_100));
    let told = desk.json(&["archive", "--older-than", "0d"]);
    assert_eq!(told[0]["archived"], 4, "{told:?}");
    assert!(!remains(&desk.folder().join("archive")).is_empty());
    let ran = desk.run(&["erase", "weibo", "Amelia Quux77 (@quux77)", "--dry-run"]);
    assert!(ran.out.contains("2 messages in 2 conversations"), "{ran:?}");
    let told = erase(&desk);
    assert!(told["done"].is_string(), "{told}");
    let archive = remains(&desk.folder().join("archive"));
    assert!(archive.is_empty(), "{archive:?}");
    assert!(desk.done(&["show", "3"]).contains("she knows [erased]"));
    assert!(desk.done(&["show", "2"]).contains("I wait, too"));
    let still = desk.json(&["archive", "list"]);
    assert_eq!(still.iter().filter(|row| row["month"].is_string()).count(), 1, "{still:?}");
    desk.done(&["stop"]);
    assert_eq!(desk.json(&["verify"])[0]["problems"], Value::Array(vec![]));
    desk.done(&["compact"]);
    assert_eq!(remains(&desk.folder()), Vec::<String>::new());
}
