//! A desk with connectors whose other side is a file: what is written there comes in, what an
//! operator replies goes out once, whatever is killed meanwhile.

mod daemon_support;

use daemon_support::{PATIENCE, TestDesk, list};
use dutydesk::domain::{Command, ConversationId};
use dutydesk::wire::message::{Answer, Ask};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

/// A desk with the built-in connector for files and, where there is a Python, the example.
fn desk() -> (TestDesk, bool) {
    let desk = TestDesk::new();
    let mut python = std::process::Command::new("python3");
    python.arg("-c").arg("").stdout(Stdio::null()).stderr(Stdio::null());
    let has_python = python.status().is_ok_and(|status| status.success());
    let mut channels =
        "[[channel]]\nid = \"files\"\nplatform = \"files\"\nconnector = \"file\"\n".to_owned();
    if has_python {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/connector-example.py");
        channels.push_str(&format!(
            "[[channel]]\nid = \"lines\"\nplatform = \"lines\"\ncommand = [\"python3\", {example:?}]\n"
        ));
    } else {
        eprintln!("python3 is not there: the example is not tried");
    }
    fs::write(desk.folder().join("channels.toml"), channels).unwrap();
    (desk, has_python)
}

fn file(desk: &TestDesk, channel: &str, name: &str) -> PathBuf {
    let folder = desk.folder().join("channels").join(channel);
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < patience, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// The one conversation of a channel.
fn conversation(desk: &TestDesk, channel: &str) -> ConversationId {
    let mut client = desk.verb("amy");
    wait("it comes in", || list(&mut client, &format!("channel:{channel}")).first().copied())
}

fn reply(desk: &TestDesk, id: ConversationId) {
    let command =
        Command::Reply { ids: vec![id], text: "今天发货".into(), seen: None, because: None };
    let answer = desk.verb("amy").ask(Ask::Do(command)).unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
}

fn delivery(desk: &TestDesk, id: ConversationId) -> String {
    let shown = desk.program(&["show", &id.to_string(), "--json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let last = shown["messages"].as_array().and_then(|all| all.last().cloned()).unwrap_or_default();
    last["delivery"].as_str().unwrap_or_default().to_owned()
}

fn replies(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn a_comment_in_a_file_is_answered_in_the_other_and_once_after_every_kill() {
    let (mut desk, has_python) = desk();
    let event = r#"{"event":"message","id":"1","text":"where is it?","at":1767319872}"#;
    fs::write(file(&desk, "files", "in.ndjson"), format!("{event}\nnonsense\n")).unwrap();
    fs::write(file(&desk, "lines", "in.txt"), "where is it?\n").unwrap();
    let channels: &[&str] = if has_python { &["files", "lines"] } else { &["files"] };
    desk.start();
    for channel in channels {
        let id = conversation(&desk, channel);
        reply(&desk, id);
        // Before, while, or after the connector writes it.
        std::thread::sleep(std::time::Duration::from_millis(3));
        desk.kill();
        desk.start();
        let out = file(&desk, channel, "out.ndjson");
        wait("it is sent", || (delivery(&desk, id) == "sent").then_some(()));
        let written = replies(&out);
        assert_eq!(written.len(), 1, "{written:?}");
        assert_eq!(written[0]["text"], "今天发货");
        assert_eq!(
            written[0]["to"].to_string().trim_matches('"'),
            if *channel == "files" { "1" } else { "0" }
        );
    }
    // Nothing came in a second time.
    let mut client = desk.verb("amy");
    let all = ["", "state:pending"].map(|filter| list(&mut client, filter).len());
    assert_eq!(all, [0, channels.len()]);
}
