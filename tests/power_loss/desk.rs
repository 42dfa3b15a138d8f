//! A whole desk: events, people, answers and posts on their way out, drafts, the archive and the clock,
//! in one mixed load. The child notes down, where no power fails, what the desk's rows add up to after
//! each group, so that what is left of a disk can be compared with it to the last byte.

use super::trace::{self, Event};
use dutydesk::daemon::desk::{
    ArchiveJob, Caller, Desk, Job, JobResult, Setup, Step, candidates, query, verify,
};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::outbox::{Outcome, Stage};
use dutydesk::domain::policy::{Match, Policies, Policy, Target, TargetName};
use dutydesk::domain::post::{Content, PostAct};
use dutydesk::domain::rng::Rng;
use dutydesk::domain::{
    Abilities, Author, Channel, ChannelId, Command, ConversationId, Event as Inbound, Guard,
    OperatorName, OutKind, Outgoing, PostId, Queue, SessionId, Span, Time, VariantRef,
};
use dutydesk::store::archive::Archive;
use dutydesk::store::{Direction, KeyRange, OpenError, SledStore, Store, keys, records};
use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// The file of what the platform has: which row of the outbox, and under which key.
const PLATFORM: &str = "platform";
/// 2025-03-01 12:00 UTC.
const NOON: Time = Time(1_740_830_400_000);
const CACHE: u64 = 4 << 20;
/// The store is closed and opened again after so many steps.
const REOPEN: u64 = 70;

/// `DUTYDESK_POWER_LOSS_STEPS=3000` makes a long load of it.
fn steps() -> u64 {
    std::env::var("DUTYDESK_POWER_LOSS_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(220)
}

fn channel() -> ChannelId {
    ChannelId("weibo".into())
}

pub fn setup() -> Setup {
    let rule = Policy {
        name: "all".into(),
        tag: "all".into(),
        matches: Match::default(),
        targets: vec![Target::new(TargetName::FirstResponse, Span::hours(1))],
        weight: 10,
        lead: false,
    };
    let weibo = Channel {
        id: channel(),
        platform: "weibo".into(),
        title: String::new(),
        reply_window: None,
    };
    let setup = Setup {
        policies: Policies { rules: vec![rule], at_risk_percent: 25 },
        channels: vec![weibo],
        zone: Some("Asia/Shanghai".into()),
        ..Setup::default()
    };
    let can =
        Abilities { reply: true, like: true, post: true, delete: true, ..Abilities::default() };
    setup.can.set(&channel(), Some(can));
    setup
}

/// The desk's store, its archive beside it.
fn open(folder: &Path, cache: u64) -> Result<SledStore, OpenError> {
    let store = SledStore::open(&folder.join("db"), cache)?.keeping_free(0);
    Ok(store.with_archive(Archive::at(folder.join("archive"))))
}

/// The child's desk.
struct Load {
    dice: Rng,
    now: Time,
    store: Arc<SledStore>,
    desk: Desk,
    told: File,
    platform: File,
    notes: File,
    events: u64,
    posts: u64,
}

/// Works for some steps. A full disk is what the daemon makes of it: the store is opened anew until
/// that goes, and the work goes on.
pub fn work(folder: &Path, notes: &Path) {
    let file = |name| File::create(folder.join(name)).unwrap();
    let store = Arc::new(open(folder, CACHE).unwrap());
    let mut load = Load {
        dice: Rng::new(7),
        now: NOON,
        desk: Desk::open(store.clone(), setup(), NOON).unwrap(),
        store,
        told: file(trace::ACKNOWLEDGED),
        platform: file(PLATFORM),
        notes: File::create(notes).unwrap(),
        events: 0,
        posts: 0,
    };
    load.note();
    for step in 1..=steps() {
        load.now = load.now + Span::seconds(1 + load.dice.between(0, 40));
        load.step();
        if step % REOPEN == 0 {
            load.open();
        }
    }
}

impl Load {
    /// Everything from the disk again.
    fn open(&mut self) {
        while self.store.reopen().is_err() {}
        self.note();
        let opened = Desk::open(self.store.clone(), setup(), self.now);
        match opened {
            Ok(desk) => self.desk = desk,
            // The disk is full again.
            Err(_) => self.open(),
        }
        self.note();
    }

    /// Notes down what the rows add up to now.
    fn note(&mut self) {
        if let Ok(sum) = sum(&*self.store) {
            writeln!(self.notes, "{} {sum}", self.store.revision()).unwrap();
        }
    }

    /// One group; `None` = the disk was full, and nothing of it was acknowledged.
    fn run(&mut self, jobs: Vec<Job>) -> Option<Vec<JobResult>> {
        match self.desk.run_group(self.now, jobs) {
            Ok((results, _)) => {
                self.told.write_all(self.store.revision().to_string().as_bytes()).unwrap();
                self.note();
                Some(results)
            }
            Err(_) => {
                // It may be there all the same.
                writeln!(self.notes, "{} ?", self.store.revision() + 1).unwrap();
                self.open();
                None
            }
        }
    }

    fn step(&mut self) {
        match self.dice.below(20) {
            0..8 => self.ingest(),
            8..13 => self.act(),
            13..17 => self.send(),
            17 => self.post(),
            18 => self.archive(),
            _ => {
                let draft = Job::Draft {
                    by: by("amy"),
                    id: self.some(),
                    text: self.dice.percent(70).then(|| "half a sentence".into()),
                    seen: None,
                };
                self.run(vec![draft]);
            }
        }
    }

    fn ingest(&mut self) {
        let events: Vec<Inbound> = (0..1 + self.dice.below(24)).map(|_| self.event()).collect();
        let cursor = Some((channel(), self.events.to_string()));
        self.run(vec![Job::Ingest { cursor, events }]);
    }

    fn event(&mut self) -> Inbound {
        self.events += 1;
        let (n, at) = (self.events, self.now);
        let earlier = |dice: &mut Rng| (1 + dice.below(n)).to_string();
        match self.dice.below(12) {
            0 => Inbound::Edited {
                channel: channel(),
                id: earlier(&mut self.dice),
                text: format!("edited {n}"),
                at,
            },
            1 => Inbound::Deleted { channel: channel(), id: earlier(&mut self.dice), at },
            2 => Inbound::Metrics {
                channel: channel(),
                at,
                values: [("followers".to_owned(), n as i64)].into(),
            },
            kind => Inbound::Message(MessageEvent {
                channel: channel(),
                platform: "weibo".into(),
                queue: if kind == 3 { Queue::Messages } else { Queue::Comments },
                id: n.to_string(),
                thread: None,
                in_reply_to: (kind > 8).then(|| earlier(&mut self.dice)),
                author: Author { id: format!("u{}", n % 50), name: format!("customer {n}") },
                ours: false,
                text: "where is it? ".repeat(1 + self.dice.below(12) as usize),
                at,
                likes: 0,
                permalink: None,
                attachments: Vec::new(),
            }),
        }
    }

    /// Any conversation.
    fn some(&mut self) -> ConversationId {
        let all: u64 = query::counts(&*self.store).unwrap().iter().map(|(_, _, n)| n).sum();
        ConversationId(1 + self.dice.below(all.max(1)))
    }

    fn act(&mut self) {
        let ids: Vec<ConversationId> = (0..1 + self.dice.below(4)).map(|_| self.some()).collect();
        let command = match self.dice.below(13) {
            0..4 => Command::Reply { ids, text: "on its way".into(), seen: None, because: None },
            4 => Command::Claim { ids, over: true },
            5 | 11 | 12 => Command::Resolve { ids },
            6 => Command::Snooze { ids, until: self.now + Span::minutes(9) },
            7 => Command::Note { ids, text: "look @bo".into() },
            8 => Command::Moderate { ids, message: None, what: OutKind::Like, on: true },
            9 => Command::Redo,
            _ => Command::Undo,
        };
        let who = *self.dice.pick(&["amy", "bo"]);
        // Some are refused; that is no matter here.
        self.run(vec![Job::Do { by: by(who), command }]);
    }

    /// What is resolved goes into the archive, and lines that came back from it are blanked.
    fn archive(&mut self) {
        self.run(vec![Job::Archive(ArchiveJob::Settle)]);
        let before = self.now;
        // A month that is new is written down first.
        for _ in 0..2 {
            let Ok((_, ids)) = candidates(&*self.store, None, before, false) else { return };
            self.run(vec![Job::Archive(ArchiveJob::Put { ids, before })]);
        }
    }

    /// A post of two people, which goes out in some minutes.
    fn post(&mut self) {
        let when = Some(self.now + Span::minutes(2 + self.dice.between(0, 10)));
        let content = Content { text: "new tea".into(), ..Content::default() };
        let variants = vec![(channel(), content)];
        let new = PostAct::New { idea: "tea".into(), topic: None, variants, when };
        let deed = |who, act| Job::Do { by: by(who), command: Command::Post(act) };
        if self.run(vec![deed("amy", new)]).is_none() {
            return;
        }
        self.posts += 1;
        let at = VariantRef { post: PostId(self.posts), variant: 1 };
        let submit = PostAct::Submit { at: vec![at], because: None };
        let approve = PostAct::Approve { at: vec![at], step: None, why: String::new() };
        let schedule = PostAct::Schedule { at, when };
        self.run(vec![deed("amy", submit), deed("bo", approve), deed("amy", schedule)]);
    }

    /// What a channel's runner does with something that waits.
    fn send(&mut self) {
        self.run(vec![Job::Elapse]);
        let Ok(waiting) = query::outbox(&*self.store, &channel(), 100) else { return };
        let waiting: Vec<_> =
            waiting.into_iter().filter(|w| matches!(w.row.stage, Stage::Queued { .. })).collect();
        if waiting.is_empty() {
            return;
        }
        let row = self.dice.pick(&waiting).clone();
        let step = |step| Job::Outgoing { place: row.place.clone(), step };
        if self.run(vec![step(Step::Attempt)]) != Some(vec![JobResult::Ok]) {
            return;
        }
        let why = || "why".to_owned();
        let (reaches, to) = match self.dice.below(6) {
            0 => (false, Outcome::NotYet { not_before: self.now, why: why() }),
            1 => (false, Outcome::Failed { why: why() }),
            2 => (true, Outcome::Unknown { why: why() }),
            _ => {
                let platform_id = Some(format!("s{}", row.row.key.0));
                (true, Outcome::Done { platform_id, url: None, at: None })
            }
        };
        if reaches {
            let line = format!("{} {}\n", hex(&keys::outgoing(&row.place)), row.row.key.0);
            self.platform.write_all(line.as_bytes()).unwrap();
        }
        self.run(vec![step(Step::Came { to, guard: Guard::None })]);
    }
}

fn by(name: &str) -> Caller {
    let session = SessionId(name.bytes().map(u64::from).sum());
    Caller { operator: OperatorName(name.into()), declared: false, session: Some(session) }
}

/// What all rows add up to.
fn sum(store: &dyn Store) -> Result<u64, String> {
    let mut sum = DefaultHasher::new();
    let page = store.scan(&KeyRange::all(), usize::MAX, Direction::Forward);
    for (key, row) in page.map_err(|e| e.to_string())?.rows {
        (key, row.revision, row.value).hash(&mut sum);
    }
    Ok(sum.finish())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |i: usize| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

/// What the child noted: the sums that may stand after a group; none = the disk was full then.
pub struct Noted(HashMap<u64, Vec<u64>>);

impl Noted {
    pub fn read(notes: &Path) -> Noted {
        let mut sums: HashMap<u64, Vec<u64>> = HashMap::new();
        let mut doubtful = Vec::new();
        for line in std::fs::read_to_string(notes).unwrap().lines() {
            let (revision, sum) = line.split_once(' ').unwrap();
            let revision = revision.parse().unwrap();
            match sum.parse() {
                Ok(sum) => sums.entry(revision).or_default().push(sum),
                Err(_) => doubtful.push(revision),
            }
        }
        doubtful.iter().for_each(|revision| drop(sums.insert(*revision, Vec::new())));
        Noted(sums)
    }

    /// Groups that found the disk full.
    pub fn refused(&self) -> usize {
        self.0.values().filter(|sums| sums.is_empty()).count()
    }
}

/// Opens what is left as a desk and says what is wrong with it, if anything; else which group it
/// holds.
pub fn examine(
    folder: &Path,
    events: &[Event],
    moment: usize,
    noted: &Noted,
) -> Result<u64, String> {
    let acknowledged = trace::acknowledged(events, moment);
    let store = open(folder, 16 << 20).map_err(|e| format!("does not open: {e}"))?;
    let revision = store.revision();
    if revision < acknowledged {
        return Err(format!("group {acknowledged} was acknowledged, only {revision} are there"));
    }
    let sums = noted.0.get(&revision);
    if sums.is_some_and(|sums| !sums.is_empty() && !sums.contains(&sum(&store).unwrap_or(0))) {
        return Err(format!("after group {revision} the rows are not those of that group"));
    }
    let report = verify(&store, &setup()).map_err(|e| format!("cannot be read: {e}"))?;
    if !report.is_clean() {
        return Err(report.problems.join("; "));
    }
    for line in trace::told(events, PLATFORM, moment) {
        let (place, key) = line.trim_end().split_once(' ').unwrap();
        let row: Option<Outgoing> =
            records::get(&store, &unhex(place)).map_err(|e| e.to_string())?;
        // A row of another key is another sending of the same.
        let row = row.filter(|row| row.key.0.to_string() == key);
        if row.is_some_and(|row| matches!(row.stage, Stage::Queued { .. })) {
            return Err(format!("what the platform has (key {key}) would be sent again"));
        }
    }
    Ok(revision)
}
