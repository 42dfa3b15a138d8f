//! What docs/connectors.md asks of every connector, held against those that come with the program
//! and the example on that page, each as a process of its own.
//!
//! Those of real platforms run against a port that nobody listens on: what needs a platform is not
//! asked of them here.

mod connector_support;

use connector_support::docs;
use connector_support::run::{GRACE, PATIENCE, Run, is_answer, is_batch};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// What stands in its file for the n-th thing that happens.
type Written = fn(usize) -> String;

/// A connector to be tried, in its channel's folder.
struct Subject {
    folder: TempDir,
    command: Vec<String>,
    settings: Value,
    secrets: Value,
    /// The file that its events come from, and what is written there for the n-th.
    source: Option<(PathBuf, Written)>,
    /// The file that shows what it did.
    effects: Option<PathBuf>,
}

impl Subject {
    /// The one of that name; `None`, with a sentence, when this machine cannot run it.
    fn named(name: &str) -> Option<Subject> {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let built_in = || {
            let words = [env!("CARGO_BIN_EXE_dutydesk"), "connector", name];
            words.map(str::to_owned).to_vec()
        };
        let (source, effects) = match name {
            "file" => {
                let event: Written = |n| {
                    json!({"event": "message", "id": n.to_string(), "text": "hi", "at": 1_767_319_872})
                        .to_string()
                };
                (Some((path("in.ndjson"), event)), Some(path("out.ndjson")))
            }
            "example" => {
                let text: Written = |n| format!("comment number {n}");
                (Some((path("in.txt"), text)), Some(path("out.ndjson")))
            }
            _ => (None, None),
        };
        if let Some((path, _)) = &source {
            fs::write(path, "").unwrap();
        }
        let (settings, secrets) = match name {
            "bluesky" => (
                json!({"server": nobody(), "handle": "brand.example"}),
                json!({"password": "not-a-password"}),
            ),
            "mastodon" => (json!({"server": nobody()}), json!({"token": "not-a-token"})),
            "wechat" => (
                json!({"server": nobody(), "app_id": "wx0", "listen": "127.0.0.1:0"}),
                json!({"app_secret": "not-a-secret", "token": "notatoken"}),
            ),
            "demo" => (json!({"seed": 7}), json!({})),
            _ => (json!({}), json!({})),
        };
        let command = match name {
            "example" if !has_python() => {
                eprintln!("python3 is not there: the example on the page is not tried");
                return None;
            }
            "example" => {
                vec!["python3".to_owned(), docs("connector-example.py").display().to_string()]
            }
            _ => built_in(),
        };
        Some(Subject { command, settings, secrets, source, effects, folder })
    }

    fn start(&self, cursor: Option<&str>) -> Value {
        json!({
            "type": "start", "protocol": 1, "channel": "c", "platform": "p",
            "settings": self.settings, "secrets": self.secrets, "cursor": cursor,
            "folder": self.folder.path(), "now": "2026-11-21T06:00:00.123Z",
        })
    }

    /// Starts it, and tells it where to begin.
    fn run(&self, cursor: Option<&str>) -> Run {
        let mut run = Run::new(&self.command, self.folder.path());
        run.say(&self.start(cursor));
        run
    }

    fn run_and_hear_hello(&self) -> (Run, Value) {
        let run = self.run(None);
        let hello = run.hear_within(PATIENCE).expect("a hello");
        assert_eq!(hello["type"], "hello", "its first line: {hello}");
        (run, hello)
    }

    fn happen(&self, numbers: std::ops::Range<usize>) {
        let (path, event) = self.source.as_ref().unwrap();
        let lines: String = numbers.map(|n| format!("{}\n", event(n))).collect();
        OpenOptions::new().append(true).open(path).unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// How often something with this key was done.
    fn done(&self, key: &str) -> Option<usize> {
        let text = fs::read_to_string(self.effects.as_ref()?).unwrap_or_default();
        let has =
            |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|done| done["key"] == key);
        Some(text.lines().filter(has).count())
    }
}

/// The address of a server that is not there.
fn nobody() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}")
}

fn has_python() -> bool {
    let mut python = Command::new("python3");
    python.arg("-c").arg("").stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

fn reply(id: u64, key: &str) -> Value {
    json!({
        "type": "command", "id": id, "key": key, "attempt": 1, "made": "2026-11-21T06:00:00.123Z",
        "look": false, "do": "reply", "to": "1", "thread": "1", "queue": "comments",
        "person": {"id": "u", "name": "小鹿"}, "text": "今天发货 \u{1f69a}\nsecond line",
    })
}

fn look(id: u64, key: &str) -> Value {
    let mut look = reply(id, key);
    (look["look"], look["attempt"], look["known"]) = (json!(true), json!(2), json!(["1"]));
    look
}

/// The desk has got these.
fn ids(batch: &Value) -> Vec<String> {
    let events = batch["events"].as_array().unwrap();
    events.iter().map(|event| event["id"].to_string()).collect()
}

#[rstest]
fn it_greets_first_and_passes_over_what_it_does_not_know(
    #[values("example", "file", "demo", "bluesky", "mastodon", "wechat")] name: &str,
) {
    let Some(subject) = Subject::named(name) else { return };
    let (mut run, hello) = subject.run_and_hear_hello();
    assert_eq!(hello["protocol"], 1);
    run.say(&json!({"type": "sings", "loud": true}));
    run.write(b"\n   \nnot JSON\n{\"type\":\n\xff\xfe\n[]\n7\n");
    run.say(&json!({"type": "kept", "colour": "red"}));
    run.say(&json!({"type": "command", "id": 5, "do": "dance", "key": "k", "how": [1]}));
    if matches!(name, "bluesky" | "mastodon" | "wechat") {
        // Whether they know it without their platform is theirs to say; they run on.
        std::thread::sleep(Duration::from_secs(1));
        assert!(run.is_running());
    } else {
        let answer = run.answer(5);
        assert_eq!((&answer["type"], &answer["kind"]), (&json!("nack"), &json!("permanent")));
    }
    let (status, ..) = run.end();
    assert!(status.success(), "{status}");
}

#[rstest]
fn it_ends_with_its_input(
    #[values("example", "file", "demo", "bluesky", "mastodon", "wechat")] name: &str,
    #[values(0, 2500)] after_ms: u64,
) {
    let Some(subject) = Subject::named(name) else { return };
    let (run, _) = subject.run_and_hear_hello();
    // Just begun, and after it has looked around.
    std::thread::sleep(Duration::from_millis(after_ms));
    let (status, _, took) = run.end();
    assert!(status.success(), "{status}");
    assert!(took < GRACE, "{took:?}");
}

#[rstest]
fn it_ends_although_a_batch_is_not_taken(#[values("example", "file")] name: &str) {
    let Some(subject) = Subject::named(name) else { return };
    subject.happen(0..3);
    let (run, _) = subject.run_and_hear_hello();
    run.hear("events");
    let (status, _, took) = run.end();
    assert!(status.success() && took < GRACE, "{status}, {took:?}");
}

#[rstest]
fn it_answers_what_is_under_way_before_it_ends(#[values("example", "file", "demo")] name: &str) {
    let Some(subject) = Subject::named(name) else { return };
    let (mut run, _) = subject.run_and_hear_hello();
    run.say(&reply(1, "3jzfcijpj2z2a"));
    std::thread::sleep(Duration::from_millis(300));
    let (status, rest, took) = run.end();
    assert!(status.success() && took < GRACE, "{status}, {took:?}");
    let answers: Vec<&Value> = rest.iter().filter(|said| is_answer(said)).collect();
    assert_eq!(answers.len(), 1, "{rest:?}");
    assert_eq!(answers[0]["type"], "ack");
}

#[rstest]
fn each_batch_waits_for_the_last_and_a_restart_misses_and_doubles_nothing(
    #[values("example", "file")] name: &str,
) {
    const ALL: usize = 1100;
    let Some(subject) = Subject::named(name) else { return };
    subject.happen(0..ALL);
    let (mut run, _) = subject.run_and_hear_hello();
    let first = run.hear("events");
    assert!(run.hear_all(is_batch, Duration::from_millis(1500)).is_empty(), "it did not wait");
    run.say(&json!({"type": "taken", "batch": first["batch"]}));
    let second = run.hear("events");
    assert!(second["batch"].as_u64() > first["batch"].as_u64());
    // The desk has the first one on disk; the second is lost with the connector.
    run.kill();

    let mut had = ids(&first);
    let mut run = subject.run(first["cursor"].as_str());
    let mut number = None;
    while had.len() < ALL {
        let batch = run.hear("events");
        if number.is_none() {
            assert_eq!(ids(&batch).first(), ids(&second).first());
        }
        assert!(batch["batch"].as_u64() > number);
        number = batch["batch"].as_u64();
        had.extend(ids(&batch));
        run.say(&json!({"type": "taken", "batch": batch["batch"]}));
    }
    let distinct: BTreeSet<&String> = had.iter().collect();
    assert_eq!((had.len(), distinct.len()), (ALL, ALL));
    assert!(run.hear_all(is_batch, Duration::from_millis(1500)).is_empty());
    // What happens later comes too.
    subject.happen(ALL..ALL + 1);
    assert_eq!(ids(&run.hear("events")).len(), 1);
}

#[rstest]
fn each_command_has_one_answer_and_a_key_one_effect(
    #[values("example", "file", "demo")] name: &str,
) {
    let Some(subject) = Subject::named(name) else { return };
    let (mut run, hello) = subject.run_and_hear_hello();
    let guard = hello["can"]["guard"].as_str().unwrap().to_owned();
    let key = "3jzfcijpj2z2a";
    let commands = [
        look(11, "3jzfcijpj2z2b"),
        reply(12, key),
        reply(13, key),
        look(14, key),
        json!({"type": "command", "id": 15, "do": "check"}),
        json!({"type": "command", "id": 16, "key": "3jzfcijpj2z2c", "do": "dance"}),
    ];
    commands.iter().for_each(|command| run.say(command));
    let mut answers: Vec<Value> =
        commands.iter().map(|_| run.hear_which("an answer", is_answer)).collect();
    assert!(run.hear_all(is_answer, Duration::from_millis(300)).is_empty());
    answers.sort_by_key(|answer| answer["id"].as_u64());
    let of = |id: u64| answers.iter().find(|a| a["id"] == id).unwrap_or_else(|| panic!("{id}"));
    let kind = |id: u64| of(id).get("kind").cloned().unwrap_or_default();

    assert!(matches!(guard.as_str(), "key" | "lookup"));
    assert_eq!(kind(11), "absent", "a look for something that was never sent");
    assert_eq!(of(12)["type"], "ack");
    assert_eq!(of(13)["type"], "ack");
    let (first, second) = (&of(12)["platform_id"], &of(13)["platform_id"]);
    assert!(of(13)["duplicate"] == true || (first.is_string() && first == second));
    assert_eq!(of(14)["type"], "ack", "a look for something that was sent");
    assert_eq!(of(15)["type"], "ack", "a check");
    assert_eq!(kind(16), "permanent");
    if let Some(count) = subject.done(key) {
        assert_eq!((count, subject.done("3jzfcijpj2z2b")), (1, Some(0)));
        // Also when another run is asked.
        run.kill();
        let mut run = subject.run(None);
        run.say(&look(21, key));
        assert_eq!(run.answer(21)["type"], "ack");
        run.say(&reply(22, key));
        assert_eq!(run.answer(22)["duplicate"], true);
        assert_eq!(subject.done(key), Some(1));
    }
}

#[rstest]
fn a_desk_that_reads_slowly_loses_nothing(#[values("example", "file")] name: &str) {
    // Each answer is longer than its command's share of a pipe, so that both ends fill up.
    const ALL: u64 = 3000;
    let Some(subject) = Subject::named(name) else { return };
    subject.happen(0..600);
    let mut run = Run::deaf(&subject.command, subject.folder.path());
    run.say(&subject.start(None));
    let commands = (1..=ALL).map(|id| json!({"type": "command", "id": id, "do": "dance"}));
    let lines: String = commands.map(|command| format!("{command}\n")).collect();
    let writer = run.write_meanwhile(lines.into_bytes());
    std::thread::sleep(Duration::from_secs(2));
    assert!(run.is_running());
    run.listen();
    let mut answered = BTreeSet::new();
    while answered.len() < usize::try_from(ALL).unwrap() {
        let answer = run.hear_which("an answer", is_answer);
        assert!(answered.insert(answer["id"].as_u64()), "answered twice: {answer}");
    }
    run.go_on_with(writer.join().unwrap());
    let (status, rest, _) = run.end();
    assert!(status.success() && !rest.iter().any(is_answer), "{status}, {rest:?}");
}

#[test]
fn batches_of_the_demo_grow_one_by_one() {
    let Some(subject) = Subject::named("demo") else { return };
    let (mut run, _) = subject.run_and_hear_hello();
    // What happens in the invented world is up to its seed; what an answer brings about is not.
    run.say(&reply(1, "3jzfcijpj2z2a"));
    run.answer(1);
    let mut number = None;
    for batch in run.hear_all(is_batch, Duration::from_secs(3)) {
        assert!(batch["batch"].as_u64() > number);
        number = batch["batch"].as_u64();
        run.say(&json!({"type": "taken", "batch": number}));
    }
    assert!(run.is_running());
}

#[rstest]
fn a_platform_that_is_not_there_is_a_trouble_and_no_end(
    #[values("bluesky", "mastodon", "wechat")] name: &str,
) {
    let Some(subject) = Subject::named(name) else { return };
    let (mut run, _) = subject.run_and_hear_hello();
    run.hear_which("a trouble", |said| said["type"] == "status" && said["trouble"].is_string());
    assert!(run.is_running());
    let (status, _, took) = run.end();
    assert!(status.success(), "{status}");
    assert!(took < GRACE, "{took:?}");
}

#[rstest]
fn settings_that_are_missing_are_told(#[values("wechat")] name: &str) {
    let Some(mut subject) = Subject::named(name) else { return };
    subject.settings = json!({});
    let run = subject.run(None);
    run.hear_which("a trouble", |said| said["type"] == "status" && said["trouble"].is_string());
    let (status, ..) = run.end();
    assert!(!status.success());
}
