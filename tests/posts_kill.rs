//! Posts on a channel of the kind `file`, the daemon killed at each step on their way: each is found
//! exactly once in the channel's file, and none is lost.

mod daemon_support;

use daemon_support::{PATIENCE, TestDesk, now};
use dutydesk::domain::post::{Content, Post, PostAct};
use dutydesk::domain::slot::SlotState;
use dutydesk::domain::{ChannelId, Command, PostId, Span, VariantRef};
use dutydesk::wire::message::{Answer, Ask, Done};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A second's hold, one step of review.
const CHANNELS: &str = r#"
[[channel]]
id = "files"
platform = "files"
connector = "file"

[channel.posting]
hold = "1s"
review = ["compliance"]
grace = "10m"
"#;

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    std::fs::write(desk.folder().join("channels.toml"), CHANNELS).unwrap();
    desk
}

fn out(desk: &TestDesk) -> PathBuf {
    desk.folder().join("channels/files/out.ndjson")
}

/// How often each text stands in the file.
fn written(desk: &TestDesk) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    for line in std::fs::read_to_string(out(desk)).unwrap_or_default().lines() {
        if let Ok(line) = serde_json::from_str::<Value>(line)
            && line["do"] == "post"
        {
            *found.entry(line["text"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    found
}

fn act(desk: &TestDesk, who: &str, act: PostAct) -> Done {
    match desk.verb(who).ask(Ask::Do(Command::Post(act))).unwrap() {
        Answer::Done(done) => done,
        other => panic!("{other:?}"),
    }
}

fn post(desk: &TestDesk, id: PostId) -> Post {
    match desk.verb("amy").ask(Ask::Post(id)).unwrap() {
        Answer::Post(Some(view)) => view.post,
        other => panic!("{other:?}"),
    }
}

fn state(desk: &TestDesk, at: VariantRef) -> SlotState {
    post(desk, at.post).variants[0].state
}

/// Waits until a post is as far as this, or further.
fn wait(desk: &TestDesk, at: VariantRef, states: &[SlotState]) {
    let patience = Instant::now() + PATIENCE;
    loop {
        let is = state(desk, at);
        if states.contains(&is) {
            return;
        }
        assert!(Instant::now() < patience, "post {at} is {is:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn begin(desk: &TestDesk, text: &str) -> VariantRef {
    let content = Content { text: text.into(), ..Content::default() };
    let variants = vec![(ChannelId("files".into()), content)];
    let new = PostAct::New { idea: text.into(), topic: None, variants, when: None };
    act(desk, "amy", new).posts[0]
}

fn submit(desk: &TestDesk, at: VariantRef) {
    act(desk, "amy", PostAct::Submit { at: vec![at], because: None });
}

fn approve(desk: &TestDesk, at: VariantRef) {
    act(desk, "bo", PostAct::Approve { at: vec![at], step: None, why: String::new() });
}

/// In so many milliseconds.
fn schedule(desk: &TestDesk, at: VariantRef, wait: i64) {
    act(desk, "amy", PostAct::Schedule { at, when: Some(now() + Span(wait)) });
}

/// Where on its way a post is when the daemon is killed.
#[derive(Clone, Copy, Debug)]
enum Killed {
    New,
    Submitted,
    Approved,
    Scheduled,
    Holding,
    /// So many milliseconds after its time has come: while it is put on its way, handed over, written,
    /// confirmed.
    Going(u64),
    /// Its line is in the file, the daemon may not know yet.
    Written,
    Published,
}

#[test]
fn each_post_is_in_the_file_once_whenever_the_daemon_is_killed() {
    use SlotState::*;
    let mut desk = desk();
    desk.start();
    let mut kills = vec![
        Killed::New,
        Killed::Submitted,
        Killed::Approved,
        Killed::Scheduled,
        Killed::Holding,
        Killed::Written,
        Killed::Published,
    ];
    kills.extend([0, 2, 5, 10, 20, 40].map(Killed::Going));
    let mut all = BTreeMap::new();
    for kill in kills {
        let text = format!("{kill:?}");
        all.insert(text.clone(), 1);
        let at = begin(&desk, &text);
        let again = |desk: &mut TestDesk| {
            desk.kill();
            desk.start();
        };
        if let Killed::New = kill {
            again(&mut desk);
        }
        submit(&desk, at);
        if let Killed::Submitted = kill {
            again(&mut desk);
        }
        assert_eq!(state(&desk, at), InReview);
        approve(&desk, at);
        if let Killed::Approved = kill {
            again(&mut desk);
        }
        assert_eq!(state(&desk, at), Approved);
        schedule(&desk, at, 1_500);
        if let Killed::Scheduled = kill {
            again(&mut desk);
        }
        match kill {
            Killed::Holding => {
                wait(&desk, at, &[Holding, Publishing, Published]);
                again(&mut desk);
            }
            Killed::Going(after) => {
                let goes = post(&desk, at.post).variants[0].goes.unwrap_or(now());
                let left = u64::try_from((goes - now()).0).unwrap_or(0);
                std::thread::sleep(Duration::from_millis(left + after));
                again(&mut desk);
            }
            Killed::Written => {
                let patience = Instant::now() + PATIENCE;
                while !written(&desk).contains_key(&text) {
                    assert!(Instant::now() < patience, "it is written");
                    std::thread::sleep(Duration::from_millis(1));
                }
                again(&mut desk);
            }
            Killed::Published => {
                wait(&desk, at, &[Published]);
                again(&mut desk);
            }
            _ => {}
        }
        wait(&desk, at, &[Published]);
        assert_eq!(written(&desk), all, "after {kill:?}");
        let v = post(&desk, at.post).variants[0].clone();
        assert!(!v.out.unwrap_or_default().platform_id.is_empty(), "{kill:?}");
    }
    // A day later nothing more comes of any of them.
    desk.kill();
    desk.start();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(written(&desk), all);
}

#[test]
fn what_is_recalled_in_its_hold_window_never_comes_out() {
    let mut desk = desk();
    desk.start();
    let (recalled, other) = (begin(&desk, "recalled"), begin(&desk, "other"));
    for at in [recalled, other] {
        submit(&desk, at);
        approve(&desk, at);
        schedule(&desk, at, 5_000);
    }
    act(&desk, "bo", PostAct::Recall { at: vec![recalled] });
    desk.kill();
    desk.start();
    wait(&desk, other, &[SlotState::Published]);
    assert_eq!(state(&desk, recalled), SlotState::Recalled);
    assert_eq!(written(&desk), BTreeMap::from([("other".to_owned(), 1)]));
    // What is out is asked to be deleted, once.
    act(&desk, "bo", PostAct::Recall { at: vec![other] });
    let patience = Instant::now() + PATIENCE;
    while post(&desk, other.post).variants[0].deleting {
        assert!(Instant::now() < patience, "it is deleted");
        std::thread::sleep(Duration::from_millis(10));
    }
    let lines = std::fs::read_to_string(out(&desk)).unwrap();
    let deletes = lines.lines().filter(|l| l.contains(r#""do":"delete""#)).count();
    assert_eq!(deletes, 1, "{lines}");
}
