//! A desk to try things on.

use dutydesk::daemon::desk::{
    Caller, Desk, Job, JobResult, Known, Published, Setup, Step, query, verify,
};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::outbox::Outcome as Came;
use dutydesk::domain::policy::{Match, Policies, Policy, Target, TargetName};
use dutydesk::domain::{
    Author, Channel, ChannelId, Command, Conversation, ConversationId, Event, Guard, Message,
    MessageRef, OperatorName, OutKind, OutPlace, Queue, Refusal, SessionId, Span, Time,
};
use dutydesk::store::{
    Archive, Batch, Direction, Key, KeyRange, MemoryStore, Outcome, Page, Revision, Store,
    StoreError, Versioned,
};
use dutydesk::wire::message::{Done, Ingested};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// 2025-03-01 12:00 UTC.
pub const NOON: Time = Time(1_740_830_400_000);

/// A store in memory whose disk can be full.
#[derive(Default)]
pub struct Shelf {
    pub rows: MemoryStore,
    pub full: AtomicBool,
    pub archive: Archive,
}

impl Store for Shelf {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.rows.get_many(keys)
    }
    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        self.rows.scan(range, limit, way)
    }
    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(StoreError { disk_full: true, ..StoreError::new("the disk is full") });
        }
        self.rows.commit(group)
    }
    fn revision(&self) -> Revision {
        self.rows.revision()
    }
    fn archive(&self) -> &Archive {
        &self.archive
    }
}

pub struct Kit {
    pub store: Arc<Shelf>,
    pub desk: Desk,
    pub setup: Setup,
    pub now: Time,
    /// What the last group changed.
    pub last: Published,
}

/// Severe words: 1 h; much liked: 1 h; messages 24 h; everything else 2 h; next response 4 h.
pub fn policies() -> Policies {
    let rule = |name: &str, matches: Match, hours: i64, weight: u8| Policy {
        name: name.into(),
        tag: name.into(),
        matches,
        targets: vec![
            Target::new(TargetName::FirstResponse, Span::hours(hours)),
            Target::new(TargetName::NextResponse, Span::hours(4)),
        ],
        weight,
        lead: name == "severe",
    };
    let words = Match { words: vec!["refund".into(), "投诉".into()], ..Match::default() };
    let liked = Match { likes_min: Some(100), ..Match::default() };
    let messages = Match { queue: Some(Queue::Messages), ..Match::default() };
    Policies {
        rules: vec![
            rule("severe", words, 1, 200),
            rule("liked", liked, 1, 100),
            rule("messages", messages, 24, 50),
            rule("mild", Match::default(), 2, 10),
        ],
        at_risk_percent: 25,
    }
}

pub fn setup() -> Setup {
    let wechat = Channel {
        id: ChannelId("wechat".into()),
        platform: "wechat".into(),
        title: "微信".into(),
        reply_window: Some(Span::hours(48)),
    };
    Setup {
        lint: Default::default(),
        classifier: Default::default(),
        figures: Default::default(),
        name: "desk".into(),
        policies: policies(),
        channels: vec![wechat],
        posting: Default::default(),
        cadences: Vec::new(),
        zone: Some("Asia/Shanghai".into()),
        claim_idle: Span::minutes(10),
        sending: Default::default(),
        demo: false,
        can: Known::default(),
        leads: Vec::new(),
    }
}

impl Kit {
    pub fn new() -> Kit {
        Kit::with(setup())
    }

    pub fn with(setup: Setup) -> Kit {
        Kit::archiving(setup, Archive::NONE)
    }

    /// A desk with an archive beside it.
    pub fn archiving(setup: Setup, archive: Archive) -> Kit {
        let store = Arc::new(Shelf { archive, ..Shelf::default() });
        let desk = Desk::open(store.clone(), setup.clone(), NOON).unwrap();
        Kit { store, desk, setup, now: NOON, last: Published::default() }
    }

    /// As after a kill and a restart: nothing is left but what is in the store.
    pub fn restart(&mut self) {
        self.desk = Desk::open(self.store.clone(), self.setup.clone(), self.now).unwrap();
    }

    pub fn run(&mut self, jobs: Vec<Job>) -> Vec<JobResult> {
        let (results, published) = self.desk.run_group(self.now, jobs).unwrap();
        self.last = published;
        results
    }

    /// What the channel's runner tells of an answer.
    pub fn step(&mut self, reply: MessageRef, step: Step) -> JobResult {
        let channel = self.conversation(reply.conversation).channel;
        let place = OutPlace::message(channel, OutKind::Reply, reply);
        self.one(Job::Outgoing { place, step })
    }

    /// An attempt came to this, on a channel with that guard.
    pub fn came(&mut self, reply: MessageRef, to: Came, guard: Guard) -> JobResult {
        assert_eq!(self.step(reply, Step::Attempt), JobResult::Ok);
        self.step(reply, Step::Came { to, guard })
    }

    /// The platform took an answer and gave it this id.
    pub fn sent(&mut self, reply: MessageRef, id: &str) {
        let to = Came::Done { platform_id: Some(id.into()), url: None, at: Some(self.now) };
        assert_eq!(self.came(reply, to, Guard::None), JobResult::Ok);
    }

    pub fn one(&mut self, job: Job) -> JobResult {
        self.run(vec![job]).remove(0)
    }

    pub fn ingest(&mut self, events: Vec<Event>) -> Ingested {
        match self.one(Job::Ingest { cursor: None, events }) {
            JobResult::Ingested(done) => done,
            other => panic!("not ingested: {other:?}"),
        }
    }

    pub fn act(&mut self, who: &str, command: Command) -> Result<Done, Refusal> {
        match self.one(Job::Do { by: by(who), command }) {
            JobResult::Done(done) => Ok(done),
            JobResult::Refused(why) => Err(why),
            other => panic!("neither done nor refused: {other:?}"),
        }
    }

    pub fn done(&mut self, who: &str, command: Command) -> Done {
        self.act(who, command).unwrap()
    }

    pub fn later(&mut self, span: Span) -> &mut Kit {
        self.now = self.now + span;
        self
    }

    /// Lets the clock do its work at this time.
    pub fn elapse(&mut self) {
        self.one(Job::Elapse);
    }

    /// One open comment, and its number.
    pub fn comment(&mut self, platform_id: &str, text: &str) -> ConversationId {
        let event = comment(platform_id, self.now, text);
        assert_eq!(self.ingest(vec![event]).added, 1);
        self.holder(platform_id)
    }

    /// The conversation that holds a message of the channel `weibo`.
    pub fn holder(&self, platform_id: &str) -> ConversationId {
        let channel = ChannelId("weibo".into());
        let key = dutydesk::store::keys::known(&channel, platform_id);
        let at: Option<MessageRef> = dutydesk::store::records::get(&*self.store, &key).unwrap();
        at.unwrap().conversation
    }

    pub fn conversation(&self, id: ConversationId) -> Conversation {
        let key = dutydesk::store::keys::conversation(id);
        dutydesk::store::records::get(&*self.store, &key).unwrap().unwrap()
    }

    pub fn messages(&self, id: ConversationId) -> Vec<(u32, Message)> {
        let detail = query::detail(&*self.store, id, &op("amy")).unwrap().unwrap();
        let mut messages = detail.messages;
        messages.sort_by_key(|(seq, _)| *seq);
        messages
    }

    /// Everything agrees.
    pub fn check(&self) {
        let report = verify(&*self.store, &self.setup).unwrap();
        assert!(report.is_clean(), "{:#?}", report.problems);
    }

    /// Every key and value.
    pub fn everything(&self) -> Vec<(Key, Vec<u8>)> {
        let page = self.store.scan(&KeyRange::all(), usize::MAX, Direction::Forward).unwrap();
        page.rows.into_iter().map(|(key, v)| (key, v.value)).collect()
    }
}

pub fn op(name: &str) -> OperatorName {
    OperatorName(name.into())
}

/// The session of an operator's cockpit in these tests.
pub fn session(name: &str) -> SessionId {
    SessionId(name.bytes().map(u64::from).sum())
}

pub fn by(name: &str) -> Caller {
    Caller { operator: op(name), declared: false, session: Some(session(name)) }
}

pub fn message(platform_id: &str, at: Time, text: &str) -> MessageEvent {
    MessageEvent {
        channel: ChannelId("weibo".into()),
        platform: "weibo".into(),
        queue: Queue::Comments,
        id: platform_id.into(),
        thread: None,
        in_reply_to: None,
        author: Author { id: "u1".into(), name: "小鹿".into() },
        ours: false,
        text: text.into(),
        at,
        likes: 0,
        permalink: None,
        attachments: Vec::new(),
    }
}

pub fn comment(platform_id: &str, at: Time, text: &str) -> Event {
    Event::Message(message(platform_id, at, text))
}

pub fn answer_to(parent: &str, platform_id: &str, at: Time, ours: bool) -> Event {
    Event::Message(MessageEvent {
        in_reply_to: Some(parent.into()),
        ours,
        ..message(platform_id, at, "re")
    })
}

pub fn weibo() -> ChannelId {
    ChannelId("weibo".into())
}
