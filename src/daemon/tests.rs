//! Sessions and writer together, on a store in memory that can be made to fail.

use super::archive;
use super::channels::Channels;
use super::desk::query;
use super::hub::{Hub, tests::about};
use super::orders::Orders;
use super::session;
use super::space::Space;
use super::writer::{Writer, now};
use crate::domain::archive::Retention;
use crate::domain::event::MessageEvent;
use crate::domain::journal::{ArchiveVerb, What};
use crate::domain::{
    Author, ChannelId, Command, ConversationId, Event, OperatorName, Queue, Refusal, Span,
};
use crate::store::{
    Archive, Batch, Direction, Key, KeyRange, MemoryStore, Outcome, Page, Revision, Store,
    StoreError, Versioned,
};
use crate::text::Lang;
use crate::wire::VERSION;
use crate::wire::frame::{self, Frames};
use crate::wire::message::{
    Anchor, Answer, Ask, ClientKind, Notice, Push, ToClient, ToDaemon, Window, WindowSpec,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::UnixStream;

/// Fails as long as it is told to.
struct Failing {
    store: Arc<MemoryStore>,
    fails: Arc<AtomicBool>,
    archive: Archive,
}

impl Store for Failing {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.store.get_many(keys)
    }
    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        self.store.scan(range, limit, way)
    }
    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(full());
        }
        self.store.commit(group)
    }
    fn revision(&self) -> Revision {
        self.store.revision()
    }
    fn archive(&self) -> &Archive {
        &self.archive
    }
}

fn full() -> StoreError {
    StoreError { what: "no room".into(), disk_full: true, unknown: true }
}

/// A daemon without a process: the hub, the writer's thread, sessions over pairs of sockets.
struct Inside {
    hub: Arc<Hub>,
    orders: Orders,
    fails: Arc<AtomicBool>,
    db: tempfile::TempDir,
}

impl Inside {
    fn start(claim_idle: Span) -> Inside {
        let mut about = about();
        about.setup.claim_idle = claim_idle;
        let hub = Arc::new(Hub::new(about, vec![]));
        let db = tempfile::tempdir().unwrap();
        let (store, fails) = (Arc::new(MemoryStore::new()), Arc::new(AtomicBool::new(false)));
        let (kept, failing) = (store, fails.clone());
        let archive = Archive::at(db.path().join("archive"));
        let open = Box::new(move || {
            if failing.load(Ordering::Relaxed) {
                return Err(full());
            }
            let (store, fails, archive) = (kept.clone(), failing.clone(), archive.clone());
            let store = Failing { store, fails, archive };
            Ok(Arc::new(store) as Arc<dyn Store>)
        });
        let space = Space::new(db.path(), 0);
        let (writer, orders) = Writer::new(hub.clone(), open, space, Lang::En).unwrap();
        let runtime = tokio::runtime::Handle::current();
        std::thread::spawn(move || writer.run(&runtime));
        Inside { hub, orders, fails, db }
    }

    fn serve(&self, stream: UnixStream) -> impl Future<Output = ()> + use<> {
        let channels = Arc::new(Channels::new(self.hub.clone(), self.orders.clone()));
        session::serve(self.hub.clone(), self.orders.clone(), channels, stream)
    }

    async fn client(&self, name: &str, kind: ClientKind) -> Client {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        tokio::spawn(self.serve(theirs));
        let declared = Some(OperatorName(name.into()));
        let hello =
            ToDaemon::Hello { version: VERSION, kind, declared, resume: None, host: String::new() };
        frame::write_async(&mut ours, &hello).await.unwrap();
        let mut frames = Frames::new();
        let ToClient::Welcome(_) = frames.read_async(&mut ours).await.unwrap() else {
            panic!("a greeting")
        };
        Client { stream: ours, frames, number: 0 }
    }
}

struct Client {
    stream: UnixStream,
    frames: Frames,
    number: u64,
}

impl Client {
    async fn read(&mut self) -> ToClient {
        let read = self.frames.read_async(&mut self.stream);
        tokio::time::timeout(Duration::from_secs(60), read).await.expect("in time").unwrap()
    }

    async fn tell(&mut self, message: ToDaemon) {
        frame::write_async(&mut self.stream, &message).await.unwrap();
    }

    async fn ask(&mut self, ask: Ask) -> Answer {
        self.number += 1;
        self.tell(ToDaemon::Ask { number: self.number, ask }).await;
        loop {
            if let ToClient::Answer { number, answer } = self.read().await {
                assert_eq!(number, self.number);
                return *answer;
            }
        }
    }

    async fn act(&mut self, command: Command) -> Answer {
        self.ask(Ask::Do(command)).await
    }

    async fn push<T>(&mut self, mut wanted: impl FnMut(Push) -> Option<T>) -> T {
        loop {
            if let ToClient::Push(push) = self.read().await
                && let Some(found) = wanted(*push)
            {
                return found;
            }
        }
    }

    async fn window(&mut self, mut holds: impl FnMut(&Window) -> bool) -> Window {
        self.push(|p| match p {
            Push::Window(w) if holds(&w) => Some(w),
            _ => None,
        })
        .await
    }

    async fn watch(&mut self) {
        let spec = WindowSpec {
            filter: String::new(),
            anchor: Anchor::Top,
            before: 0,
            after: 40,
            sort: Default::default(),
            fold: false,
        };
        self.tell(ToDaemon::Window { queue: Queue::Comments, window: Some(spec) }).await;
    }
}

fn comment(id: &str) -> Ask {
    Ask::Ingest { cursor: None, events: vec![event(id)] }
}

fn event(id: &str) -> Event {
    Event::Message(MessageEvent {
        channel: ChannelId("weibo".into()),
        platform: "weibo".into(),
        queue: Queue::Comments,
        id: id.into(),
        thread: None,
        in_reply_to: None,
        author: Author { id: "u".into(), name: "customer".into() },
        ours: false,
        text: "where is my parcel?".into(),
        at: now(),
        likes: 0,
        permalink: None,
        attachments: vec![],
    })
}

const FIRST: ConversationId = ConversationId(1);

#[tokio::test(flavor = "multi_thread")]
async fn at_night_what_is_old_is_archived_and_what_is_older_is_deleted() {
    let desk = Inside::start(Span::minutes(10));
    let mut amy = desk.client("amy", ClientKind::Cockpit).await;
    for id in ["a", "b", "c"] {
        amy.ask(comment(id)).await;
    }
    amy.act(Command::Resolve { ids: vec![FIRST, ConversationId(2)] }).await;
    let days = |n: i64| Some(Span::hours(24 * n));
    let retention = Retention { archive_after: days(30), delete_after: days(365) };
    let night = |later: Span| archive::night(&desk.hub, &desk.orders, retention, now() + later);
    let months = || desk.hub.reads.with(query::archive_months).unwrap();
    night(Span::hours(24)).await.unwrap();
    assert_eq!(months(), []);
    night(Span::hours(24 * 40)).await.unwrap();
    let there = months();
    assert_eq!(there.iter().map(|m| m.conversations).collect::<Vec<_>>(), [2]);
    let file = desk.db.path().join(format!("archive/{}.ndjson", there[0].month));
    assert_eq!(std::fs::read_to_string(&file).unwrap().matches("parcel").count(), 4);
    // One comes back, and its line goes from the file by itself.
    amy.act(Command::Reopen { ids: vec![FIRST] }).await;
    let blanked = async {
        while std::fs::read_to_string(&file).unwrap().matches("parcel").count() > 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), blanked).await.unwrap();
    // While somebody exports the desk as it was, lines stay.
    let Answer::Exported(..) = amy.ask(Ask::Export { after: None }).await else { panic!() };
    night(Span::hours(24 * 500)).await.unwrap();
    assert_eq!(months(), []);
    assert!(!file.exists());
    let journal = desk.hub.reads.with(|store| query::journal(store, 0, 100)).unwrap();
    let told: Vec<_> = journal
        .into_iter()
        .filter_map(|(_, entry)| match entry.what {
            What::Archive { verb, conversations, months } => Some((verb, conversations, months)),
            _ => None,
        })
        .collect();
    let month = vec![there[0].month];
    let wanted = [(ArchiveVerb::Archived, 2, month.clone()), (ArchiveVerb::Deleted, 1, month)];
    assert_eq!(told, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_falls_idle_without_a_key() {
    let desk = Inside::start(Span(600));
    let (mut amy, mut bo) = (
        desk.client("amy", ClientKind::Cockpit).await,
        desk.client("bo", ClientKind::Cockpit).await,
    );
    amy.ask(comment("a")).await;
    bo.watch().await;
    amy.act(Command::Claim { ids: vec![FIRST], over: false }).await;
    bo.window(|w| w.rows.iter().any(|r| r.conversation.claim.is_some())).await;
    bo.window(|w| w.rows.iter().all(|r| r.conversation.claim.is_none())).await;
    let lost = amy
        .push(|p| match p {
            Push::Notices(all) => all.into_iter().find(|n| matches!(n, Notice::ClaimLost { .. })),
            _ => None,
        })
        .await;
    assert_eq!(lost, Notice::ClaimLost { id: FIRST, by: None });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_brings_a_snoozed_one_back() {
    let desk = Inside::start(Span::minutes(10));
    let mut amy = desk.client("amy", ClientKind::Cockpit).await;
    amy.ask(comment("a")).await;
    amy.watch().await;
    amy.window(|w| w.rows.len() == 1).await;
    let until = now() + Span(1_500);
    amy.act(Command::Snooze { ids: vec![FIRST], until }).await;
    amy.window(|w| w.rows.is_empty()).await;
    // Nobody does anything from here on.
    amy.window(|w| w.rows.len() == 1).await;
    assert!(now() >= until);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_told_and_comes_back() {
    let desk = Inside::start(Span::minutes(10));
    let mut amy = desk.client("amy", ClientKind::Cockpit).await;
    amy.ask(comment("a")).await;
    desk.fails.store(true, Ordering::Relaxed);
    let failed = amy.act(Command::Resolve { ids: vec![FIRST] }).await;
    assert!(matches!(failed, Answer::Refused(Refusal::Store(_))), "{failed:?}");
    let banner = |p| if let Push::Desk(d) = p { Some(d.read_only) } else { None };
    while amy.push(banner).await.is_none() {}
    let refused = amy.act(Command::Resolve { ids: vec![FIRST] }).await;
    assert!(matches!(refused, Answer::Refused(Refusal::ReadOnly(_))), "{refused:?}");
    let refused = amy.ask(comment("b")).await;
    assert!(matches!(refused, Answer::Refused(Refusal::ReadOnly(_))), "{refused:?}");
    desk.fails.store(false, Ordering::Relaxed);
    while amy.push(banner).await.is_some() {}
    // What failed was not done; what is done now is.
    let Answer::Shown(detail) = amy.ask(Ask::Show(FIRST)).await else { panic!("a detail") };
    assert_eq!(detail.conversation.state, crate::domain::State::Open);
    let done = amy.act(Command::Resolve { ids: vec![FIRST] }).await;
    assert!(matches!(done, Answer::Done(_)), "{done:?}");
    assert!(matches!(amy.ask(comment("b")).await, Answer::Ingested(i) if i.added == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_answers_what_is_under_way() {
    let desk = Inside::start(Span::minutes(10));
    let mut feed = desk.client("feed", ClientKind::Connector).await;
    let ask = comment("a");
    feed.tell(ToDaemon::Ask { number: 7, ask }).await;
    // Heard by the writer before the end is.
    while desk.hub.desk_state().counts.iter().all(|(_, _, n)| *n == 0) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    desk.hub.end();
    let ToClient::Answer { number: 7, answer } = feed.read().await else { panic!("an answer") };
    assert!(matches!(*answer, Answer::Ingested(i) if i.added == 1));
    assert!(feed.frames.read_async::<ToClient>(&mut feed.stream).await.unwrap_err().is_gone());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_window_shows_is_pushed_once() {
    let desk = Inside::start(Span::minutes(10));
    let mut amy = desk.client("amy", ClientKind::Cockpit).await;
    amy.ask(comment("a")).await;
    amy.watch().await;
    amy.window(|w| w.rows.len() == 1).await;
    // Nothing that shows has changed: a private draft of bo's, and a question that reads.
    let mut bo = desk.client("bo", ClientKind::Verb).await;
    bo.ask(Ask::Draft { id: FIRST, text: Some("x".into()), seen: None }).await;
    bo.ask(Ask::Show(FIRST)).await;
    bo.act(Command::Resolve { ids: vec![FIRST] }).await;
    let next = amy.window(|_| true).await;
    assert!(next.rows.is_empty(), "the next window is the next change");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_nothing_is_dropped_and_loses_its_claims() {
    let desk = Inside::start(Span::minutes(10));
    let mut bo = desk.client("bo", ClientKind::Cockpit).await;
    let events = (0..400).map(|n| event(&format!("{n}-{}", "x".repeat(200)))).collect();
    bo.ask(Ask::Ingest { cursor: None, events }).await;
    let mut stopped = desk.client("amy", ClientKind::Cockpit).await;
    stopped.act(Command::Claim { ids: vec![FIRST], over: false }).await;
    bo.watch().await;
    bo.window(|w| w.rows.iter().any(|r| r.conversation.claim.is_some())).await;
    let spec = WindowSpec {
        filter: String::new(),
        anchor: Anchor::Top,
        before: 0,
        after: 400,
        sort: Default::default(),
        fold: false,
    };
    for queue in [Queue::Comments, Queue::Messages, Queue::Comments, Queue::Comments] {
        stopped.tell(ToDaemon::Window { queue, window: Some(spec.clone()) }).await;
    }
    for _ in 0..3 {
        // Each asks for the whole list once more.
        let list = Ask::List { queue: None, filter: String::new(), after: None, limit: 500 };
        stopped.tell(ToDaemon::Ask { number: 9, ask: list }).await;
    }
    // It reads nothing from here on; its end is seen by what it held.
    bo.window(|w| w.rows.iter().all(|r| r.conversation.claim.is_none())).await;
    assert_eq!(desk.hub.cockpits().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_says_nothing_is_not_waited_for() {
    let desk = Inside::start(Span::minutes(10));
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let session = tokio::spawn(desk.serve(theirs));
    session.await.unwrap();
    let end = Frames::new().read_async::<ToClient>(&mut ours).await.unwrap_err();
    assert!(end.is_gone(), "{end}");
}
