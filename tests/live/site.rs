//! A desk whose channel is connected to a real server, and what can be asked of both.

use crate::shell::Desk;
use dutydesk::client::ask::DeskClient;
use dutydesk::client::attach::{Caller, Launch};
use dutydesk::wire::channel::Phase;
use dutydesk::wire::message::{Answer, Ask, ClientKind};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a platform must let the tests do, as a stranger and as a witness.
pub trait Platform {
    /// The channel's part of `channels.toml` and `secrets.toml`.
    fn files(&self, server: &str) -> (String, String);
    /// The brand publishes something; gives its id.
    fn publish(&self, text: &str) -> String;
    /// A stranger answers a post; gives the comment's id.
    fn comment(&self, post: &str, text: &str) -> String;
    /// A stranger answers a post, again until the platform shows it; gives the comment's id.
    fn shown_comment(&self, post: &str, text: &str) -> String {
        self.shown_comments(post, &[text.to_owned()]).remove(0)
    }
    /// A stranger answers a post with all of these at once. A platform takes its time, and may
    /// lose one on its own way: that is said again. What it shows, the desk must have.
    fn shown_comments(&self, post: &str, texts: &[String]) -> Vec<String> {
        let mut comments: Vec<String> = texts.iter().map(|t| self.comment(post, t)).collect();
        for (comment, text) in comments.iter_mut().zip(texts) {
            let mut times = 0;
            let mut until = Instant::now() + PATIENCE / 10;
            while !self.shows(comment) {
                if Instant::now() > until {
                    times += 1;
                    assert!(times < 20, "the platform never shows what is said on {post}");
                    eprintln!("the platform does not show {comment}; it is said again");
                    *comment = self.comment(post, text);
                    until = Instant::now() + PATIENCE / 10;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        comments
    }
    /// Whether the platform shows the brand that comment by now.
    fn shows(&self, comment: &str) -> bool;
    /// What the desk signs in with does not work any more: the secret's name, the old one and a
    /// new one.
    fn revoke(&mut self) -> (&'static str, String, String);
    /// The texts of the brand's answers to a comment.
    fn answers(&self, comment: &str) -> Vec<String>;
}

pub struct Site {
    pub desk: Desk,
}

impl Site {
    /// A desk with one channel, `live`.
    pub fn new(platform: &impl Platform, server: &str) -> Site {
        let desk = Desk::new();
        let site = Site { desk };
        site.connect(platform, server);
        site
    }

    fn connect(&self, platform: &impl Platform, server: &str) {
        let (channels, secrets) = platform.files(server);
        let folder = self.desk.folder();
        std::fs::write(folder.join("channels.toml"), channels).unwrap();
        let file = folder.join("secrets.toml");
        std::fs::write(&file, secrets).unwrap();
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Starts the daemon where none runs.
    pub fn start(&self) {
        self.desk.done(&["list"]);
    }

    /// Starts a daemon whose clock is off by so much, as `faketime` writes it: `-25h`.
    pub fn start_off(&self, by: &str) {
        let library = std::fs::read_dir("/usr/lib")
            .unwrap()
            .map(|folder| folder.unwrap().path().join("faketime/libfaketime.so.1"))
            .find(|path| path.exists())
            .expect("faketime; run tests/live/counterparts/install first");
        let mut serve = self.desk.command(&["serve"]);
        serve.env("LD_PRELOAD", library).env("FAKETIME", by).env("DONT_FAKE_MONOTONIC", "1");
        serve.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut serve = serve.spawn().unwrap();
        // Collected when it has been stopped.
        std::thread::spawn(move || serve.wait());
        self.wait_for_socket();
    }

    fn wait_for_socket(&self) {
        let until = Instant::now() + PATIENCE;
        while self.desk.run(&["status"]).code != 0 {
            assert!(Instant::now() < until, "the daemon serves");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The open and pending conversations.
    fn conversations(&self) -> Vec<Value> {
        let list = |state: &str| self.desk.json(&["list", "--filter", state, "--limit", "5000"]);
        [list("state:open"), list("state:pending"), list("state:resolved")].concat()
    }

    /// A conversation with its messages.
    pub fn show(&self, id: u64) -> Value {
        self.desk.json(&["show", &id.to_string()])[0].clone()
    }

    /// Every message of the desk, with its conversation's number.
    pub fn messages(&self) -> Vec<(u64, Value)> {
        let mut all = Vec::new();
        for c in self.conversations() {
            let id = c["id"].as_u64().unwrap();
            let shown = self.show(id);
            let messages = shown["messages"].as_array().unwrap().clone();
            all.extend(messages.into_iter().map(|m| (id, m)));
        }
        all
    }

    /// Waits until a comment is in the queue; gives its conversation.
    pub fn see(&self, comment: &str) -> u64 {
        self.wait(&format!("comment {comment} in the queue"), || {
            let all = self.messages();
            all.into_iter().find(|(_, m)| m["id"] == *comment).map(|(id, _)| id)
        })
    }

    /// What is known of the answer with this text: `waiting`, `sending`, `sent`, ...
    pub fn delivery(&self, conversation: u64, text: &str) -> Option<String> {
        let shown = self.show(conversation);
        let messages = shown["messages"].as_array().unwrap();
        let ours = messages.iter().find(|m| m["operator"].is_string() && m["text"] == text)?;
        ours["delivery"].as_str().map(str::to_owned)
    }

    /// Waits until an answer is out, or nobody knows.
    pub fn settled(&self, conversation: u64, text: &str) -> String {
        self.wait(&format!("end of {text:?}"), || {
            let delivery = self.delivery(conversation, text)?;
            matches!(delivery.as_str(), "sent" | "unconfirmed" | "failed").then_some(delivery)
        })
    }

    pub fn reply(&self, conversation: u64, text: &str) {
        self.desk.done(&["reply", &conversation.to_string(), "--text", text]);
    }

    /// The connector's process.
    pub fn connector(&self) -> Option<Pid> {
        let daemon = self.desk.daemon();
        let children = format!("/proc/{daemon}/task");
        for task in std::fs::read_dir(children).ok()? {
            let path = task.ok()?.path().join("children");
            let children = std::fs::read_to_string(path).unwrap_or_default();
            if let Some(pid) = children.split_whitespace().next() {
                return Some(Pid::from_raw(pid.parse().ok()?));
            }
        }
        None
    }

    pub fn kill_connector(&self) {
        if let Some(pid) = self.connector() {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }

    /// Kills the daemon; the next verb starts it again.
    pub fn kill_daemon(&self) {
        let pid = Pid::from_raw(self.desk.daemon());
        let _ = kill(pid, Signal::SIGKILL);
        self.wait("end of the daemon", || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            (stat.is_empty() || stat.contains(") Z ")).then_some(())
        });
    }

    /// Waits until the channel sees its platform.
    pub fn live(&self) {
        self.wait("channel that lives", || {
            let status = self.channel();
            (status["blind"].is_null() && status["live"] == true).then_some(())
        });
    }

    /// How the channel is.
    pub fn channel(&self) -> Value {
        let Answer::Channels(views) = self.ask(Ask::Channels) else { panic!("views") };
        let view = views.into_iter().find(|v| v.channel.id.0 == "live").unwrap();
        let blind = match &view.phase {
            Phase::Blind { why, .. } => Some(why.clone()),
            _ => None,
        };
        json!({
            "live": view.phase == Phase::Live && view.polled.is_some(),
            "blind": blind,
            "account": view.account,
            "rejected": view.counts.rejected,
            "log": view.log.iter().map(|(_, line)| line).collect::<Vec<_>>(),
        })
    }

    /// Asks the daemon.
    pub fn ask(&self, ask: Ask) -> Answer {
        let caller = Caller { kind: ClientKind::Verb, declared: None, resume: None };
        let launch = Launch::With(crate::shell::PROGRAM.into());
        let mut client = DeskClient::connect_with(&self.desk.folder(), &caller, &launch).unwrap();
        client.ask(ask).unwrap()
    }

    pub fn wait<T>(&self, what: &str, found: impl Fn() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = found() {
                return found;
            }
            if Instant::now() > until {
                let log = std::fs::read_to_string(self.desk.folder().join("daemon.log"));
                panic!("no {what}\n{}\n{}", self.channel(), log.unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
