//! A desk of its own for a test: the real program in a folder that goes away, with input of the
//! test's making.

// Each test file is a program of its own and uses its part.
#![allow(dead_code)]

pub mod pty;

use dutydesk::client::ask::DeskClient;
use dutydesk::client::attach::{Caller, Launch};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::{Author, ChannelId, Event, Queue, Time};
use dutydesk::wire::message::{Answer, Ask, ClientKind};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_dutydesk");

/// A private desk in a temporary folder; its daemon is stopped when it goes.
pub struct Desk {
    home: tempfile::TempDir,
}

/// What a verb printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// Several operators may say who they are.
    pub fn new() -> Desk {
        let desk = Desk { home: tempfile::tempdir().unwrap() };
        std::fs::create_dir(desk.folder()).unwrap();
        // What is sent goes out at once, so that no test waits for nothing.
        let settings = "identity = \"declared\"\nundo_send = \"0s\"\n";
        std::fs::write(desk.folder().join("desk.toml"), settings).unwrap();
        std::fs::write(desk.folder().join("policies.toml"), POLICIES).unwrap();
        desk
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("desk")
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program on this desk, with nothing of the developer's own settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).env_clear().stdin(Stdio::null());
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command
    }

    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.home().to_owned()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default().into()),
            ("TZ", "UTC".into()),
            ("DUTYDESK_DESK", self.folder()),
        ]
    }

    /// Runs a verb.
    pub fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args).output().unwrap())
    }

    /// Runs a verb with this on its standard input.
    pub fn fed(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may refuse before it reads.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        ran(child.wait_with_output().unwrap())
    }

    /// Runs a verb that must be done, and gives what it printed.
    pub fn done(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        assert_eq!(ran.err, "", "{args:?}");
        ran.out
    }

    /// Runs a verb with `--json` and reads each line it printed.
    pub fn json(&self, args: &[&str]) -> Vec<Value> {
        let args = [args, &["--json"]].concat();
        let out = self.done(&args);
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Brings events in, as a channel does.
    pub fn ingest(&self, events: Vec<Event>) {
        let caller = Caller { kind: ClientKind::Connector, declared: None, resume: None };
        let launch = Launch::With(PROGRAM.into());
        let mut client = DeskClient::connect_with(&self.folder(), &caller, &launch).unwrap();
        let answer = client.ask(Ask::Ingest { cursor: None, events }).unwrap();
        assert!(matches!(answer, Answer::Ingested(_)), "{answer:?}");
    }

    /// The daemon's process.
    pub fn daemon(&self) -> i32 {
        let lock = std::fs::read_to_string(dutydesk::wire::place::lock(&self.folder())).unwrap();
        lock.trim().parse().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.command(&["stop"]).output();
    }
}

pub fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Likes make a comment urgent; a message has a day; everything else has no deadline.
const POLICIES: &str = r#"
[[policy]]
name = "much liked"
queue = "comments"
likes_min = 100
weight = 50
targets = { first-response = "1h" }

[[policy]]
name = "direct"
queue = "messages"
targets = { first-response = "24h" }
"#;

/// `minutes` ago.
pub fn ago(minutes: i64) -> Time {
    let now: Time = chrono::Utc::now().into();
    now - dutydesk::domain::Span::minutes(minutes)
}

/// A customer's comment.
pub fn comment(id: &str, author: &str, text: &str, likes: u32, at: Time) -> Event {
    message(Queue::Comments, id, author, text, likes, at)
}

/// A customer's direct message.
pub fn direct(id: &str, author: &str, text: &str, at: Time) -> Event {
    message(Queue::Messages, id, author, text, 0, at)
}

fn message(queue: Queue, id: &str, author: &str, text: &str, likes: u32, at: Time) -> Event {
    Event::Message(MessageEvent {
        channel: ChannelId("weibo".into()),
        platform: "weibo".into(),
        queue,
        id: id.into(),
        thread: (queue == Queue::Messages).then(|| author.into()),
        in_reply_to: None,
        author: Author { id: author.into(), name: author.into() },
        ours: false,
        text: text.into(),
        at,
        likes,
        permalink: None,
        attachments: vec![],
    })
}

/// A desk with three comments and a message; the second comment is the most urgent.
pub fn busy_desk() -> Desk {
    let desk = Desk::new();
    desk.ingest(vec![
        comment("a", "小鹿_", "物流太慢了，三天没发货", 3, ago(30)),
        comment("b", "阿May", "敏感肌能用这款吗？", 230, ago(20)),
        comment("c", "kai", "do you ship to Germany?", 0, ago(10)),
        direct("d", "林女士", "想谈一下合作", ago(5)),
    ]);
    desk
}

/// What somebody writes below a comment.
pub fn answer_to(root: &str, id: &str, author: &str, text: &str, at: Time) -> Event {
    let mut event = comment(id, author, text, 0, at);
    if let Event::Message(message) = &mut event {
        message.in_reply_to = Some(root.into());
    }
    event
}
