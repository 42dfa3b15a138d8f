//! A desk in a temporary folder, its daemon as a process of its own, and clients of it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use dutydesk::client::ask::DeskClient;
use dutydesk::client::attach::{Caller, Launch};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::{
    Author, ChannelId, Command, ConversationId, Event, OperatorName, Queue, SessionId, Time,
};
use dutydesk::wire::message::{
    Anchor, Answer, Ask, ClientKind, Ingested, Push, ToDaemon, Window, WindowSpec,
};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Long enough for a busy machine; a test that waits so long fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A private desk of declared identity, on however small a disk.
pub const SETTINGS: &str = "identity = \"declared\"\nlow_space = \"0MiB\"\n";

pub struct TestDesk {
    top: tempfile::TempDir,
    pub daemon: Option<Child>,
}

impl TestDesk {
    /// A desk with the usual settings, nobody serves it yet.
    pub fn new() -> TestDesk {
        TestDesk::with(SETTINGS)
    }

    pub fn with(settings: &str) -> TestDesk {
        let top = tempfile::tempdir().unwrap();
        let desk = TestDesk { top, daemon: None };
        std::fs::create_dir(desk.folder()).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(desk.folder(), PermissionsExt::from_mode(0o700)).unwrap();
        std::fs::write(desk.folder().join("desk.toml"), settings).unwrap();
        desk
    }

    /// The same with its daemon running.
    pub fn running() -> TestDesk {
        let mut desk = TestDesk::new();
        desk.start();
        desk
    }

    pub fn folder(&self) -> PathBuf {
        self.top.path().join("desk")
    }

    /// Starts the daemon in the foreground and waits until it serves.
    pub fn start(&mut self) {
        self.daemon = Some(serve(&self.folder()).spawn().unwrap());
        let patience = Instant::now() + PATIENCE;
        while self.try_client("start", ClientKind::Verb, None).is_none() {
            let ended = self.daemon.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the daemon ended: {ended:?}: {}", self.complaint());
            assert!(Instant::now() < patience, "the daemon does not serve");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What the daemon said on stderr.
    pub fn complaint(&mut self) -> String {
        let mut said = String::new();
        if let Some(mut err) = self.daemon.as_mut().and_then(|d| d.stderr.take()) {
            err.read_to_string(&mut said).unwrap();
        }
        said
    }

    /// kill -9.
    pub fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    }

    /// Asks the daemon to end by a signal, and waits.
    pub fn terminate(&mut self) -> ExitStatus {
        let mut daemon = self.daemon.take().unwrap();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(daemon.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        daemon.wait().unwrap()
    }

    /// The same, and keeps what it said on stderr for [`TestDesk::complaint`].
    pub fn terminate_keeping(&mut self) {
        let daemon = self.daemon.as_mut().unwrap();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(daemon.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        daemon.wait().unwrap();
    }

    pub fn try_client(
        &self,
        name: &str,
        kind: ClientKind,
        resume: Option<SessionId>,
    ) -> Option<DeskClient> {
        let caller = Caller { kind, declared: Some(OperatorName(name.into())), resume };
        let mut client = DeskClient::connect_with(&self.folder(), &caller, &Launch::Never).ok()?;
        client.patience(Some(PATIENCE)).unwrap();
        Some(client)
    }

    pub fn client(&self, name: &str, kind: ClientKind) -> DeskClient {
        self.try_client(name, kind, None).expect("the daemon serves")
    }

    pub fn verb(&self, name: &str) -> DeskClient {
        self.client(name, ClientKind::Verb)
    }

    pub fn cockpit(&self, name: &str) -> DeskClient {
        self.client(name, ClientKind::Cockpit)
    }

    /// Runs the program with this desk.
    pub fn program(&self, args: &[&str]) -> std::process::Output {
        program(&self.folder(), args).output().unwrap()
    }
}

impl Drop for TestDesk {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        // One that a client started.
        let _ = program(&self.folder(), &["stop"]).output();
    }
}

pub fn program(desk: &Path, args: &[&str]) -> Process {
    let mut program = Process::new(env!("CARGO_BIN_EXE_dutydesk"));
    program.arg("--desk").arg(desk).args(args).stdin(Stdio::null());
    program.env_remove("DUTYDESK_DESK").env_remove("DUTYDESK_AS").env("DUTYDESK_LANG", "en");
    program.env_remove("NOTIFY_SOCKET");
    program
}

pub fn serve(desk: &Path) -> Process {
    let mut serve = program(desk, &["serve"]);
    serve.stdout(Stdio::null()).stderr(Stdio::piped());
    serve
}

/// A comment that starts a conversation of its own.
pub fn comment(id: impl ToString) -> Event {
    let id = id.to_string();
    Event::Message(MessageEvent {
        channel: ChannelId("weibo".into()),
        platform: "weibo".into(),
        queue: Queue::Comments,
        text: format!("where is my parcel? ({id})"),
        thread: None,
        in_reply_to: None,
        author: Author { id: format!("u-{id}"), name: format!("customer {id}") },
        ours: false,
        at: now(),
        likes: 0,
        permalink: None,
        attachments: vec![],
        id,
    })
}

/// A further comment in the conversation of another.
pub fn answer_to(root: &str, id: &str) -> Event {
    let Event::Message(mut event) = comment(id) else { unreachable!() };
    event.thread = Some(root.to_owned());
    event.in_reply_to = Some(root.to_owned());
    Event::Message(event)
}

pub fn now() -> Time {
    Time::from(chrono::Utc::now())
}

pub fn ingest(client: &mut DeskClient, events: Vec<Event>) -> Ingested {
    match client.ask(Ask::Ingest { cursor: None, events }).unwrap() {
        Answer::Ingested(ingested) => ingested,
        other => panic!("{other:?}"),
    }
}

/// The open conversations, in the order of the queues, all pages of them.
pub fn open_ids(client: &mut DeskClient) -> Vec<ConversationId> {
    list(client, "")
}

pub fn list(client: &mut DeskClient, filter: &str) -> Vec<ConversationId> {
    let mut after = None;
    let mut ids = Vec::new();
    loop {
        let ask = Ask::List { queue: None, filter: filter.into(), after, limit: 500 };
        let Answer::Listed(rows, next) = client.ask(ask).unwrap() else { panic!("rows") };
        ids.extend(rows.iter().map(|r| r.conversation.id));
        match next {
            Some(_) => after = next,
            None => return ids,
        }
    }
}

pub fn resolve(client: &mut DeskClient, id: ConversationId) -> Answer {
    client.ask(Ask::Do(Command::Resolve { ids: vec![id] })).unwrap()
}

pub fn claim(client: &mut DeskClient, id: ConversationId) -> Answer {
    client.ask(Ask::Do(Command::Claim { ids: vec![id], over: false })).unwrap()
}

pub fn open_window(client: &mut DeskClient, anchor: Anchor, filter: &str) {
    let window = WindowSpec {
        filter: filter.into(),
        anchor,
        before: 0,
        after: 40,
        sort: Default::default(),
        fold: false,
    };
    client.tell(&ToDaemon::Window { queue: Queue::Comments, window: Some(window) }).unwrap();
}

/// Waits for a push that a test wants to see; others pass by.
pub fn push<T>(client: &mut DeskClient, mut wanted: impl FnMut(Push) -> Option<T>) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < patience, "the push did not come");
        if let Some(found) = wanted(client.next_push().expect("a push in time")) {
            return found;
        }
    }
}

/// Waits for a window in which something holds.
pub fn window(client: &mut DeskClient, mut holds: impl FnMut(&Window) -> bool) -> Window {
    push(client, |p| match p {
        Push::Window(w) if holds(&w) => Some(w),
        _ => None,
    })
}
