//! Kills the daemon at random moments while events come in and people work, again and again:
//! what was acknowledged is there afterwards, everything agrees with itself, nothing is doubled.

mod daemon_support;

use daemon_support::*;
use dutydesk::client::ask::DeskClient;
use dutydesk::config;
use dutydesk::daemon::desk::{Setup, verify};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::order::StateKind;
use dutydesk::domain::{
    Author, ChannelId, Command, Conversation, ConversationId, Event, Message, MessageRef, Queue,
    Span, Time,
};
use dutydesk::store::{SledStore, Store, keys, records};
use dutydesk::wire::message::{Anchor, Answer, Ask, ClientKind, Ingested};
use std::collections::BTreeMap;
use std::time::Duration;

/// A desk is killed so many times, then a new one takes its place, so that it stays small.
const KILLS: u64 = 13;
const DESKS: u64 = 4;
/// Events in one question of a feed.
const BATCH: u64 = 24;
/// Conversations that the people work on; no events come in on them.
const SEEDS: u64 = 16;

/// Numbers that are as good as random, and the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// A channel that brings its events in, in numbered batches; it goes on behind the last one that
/// was acknowledged, and so repeats what may have been lost.
struct Feed {
    channel: ChannelId,
    begun: Time,
    acknowledged: u64,
}

impl Feed {
    fn new(name: &str) -> Feed {
        Feed { channel: ChannelId(name.into()), begun: now(), acknowledged: 0 }
    }

    fn event(&self, batch: u64, n: u64) -> Event {
        let id = format!("{batch}-{n}");
        // Every third one answers the one before it.
        let root = (n % 3 == 2).then(|| format!("{batch}-{}", n - 1));
        Event::Message(MessageEvent {
            channel: self.channel.clone(),
            platform: "weibo".into(),
            queue: Queue::Comments,
            text: format!("text of {id}"),
            thread: root.clone(),
            in_reply_to: root,
            author: Author { id: format!("u{n}"), name: format!("customer {n}") },
            ours: false,
            at: self.begun - Span::minutes(i64::try_from(n).unwrap()),
            likes: 0,
            permalink: None,
            attachments: vec![],
            id,
        })
    }

    fn ask(&self, batch: u64) -> Ask {
        let events = (0..BATCH).map(|n| self.event(batch, n)).collect();
        Ask::Ingest { cursor: Some((self.channel.clone(), batch.to_string())), events }
    }

    /// Brings batches in until the daemon is gone.
    fn run(&mut self, mut client: DeskClient) {
        let mut next = self.acknowledged + 1;
        loop {
            while client.under_way() < 3 {
                if client.send(self.ask(next)).is_err() {
                    return;
                }
                next += 1;
            }
            let Ok(Some((_, answer))) = client.receive() else { return };
            let Answer::Ingested(Ingested { added, known, rejected, .. }) = answer else {
                panic!("{answer:?}")
            };
            assert!(rejected.is_empty(), "{rejected:?}");
            assert_eq!(u64::from(added + known), BATCH);
            self.acknowledged += 1;
        }
    }

    /// How many events are in the store: all that were acknowledged, whole batches up to the
    /// cursor, and behind it perhaps the beginning of some that were on their way.
    fn check(&self, store: &dyn Store) -> u64 {
        let cursor: Option<String> =
            records::get(store, &keys::cursor(&self.channel)).expect("the cursor reads");
        let cursor: u64 = cursor.map_or(0, |c| c.parse().expect("a batch's number"));
        assert!(cursor >= self.acknowledged, "{}: {cursor} < {}", self.channel, self.acknowledged);
        for batch in 1..=cursor {
            for n in 0..BATCH {
                let id = format!("{batch}-{n}");
                let at: MessageRef =
                    records::get(store, &keys::known(&self.channel, &id)).unwrap().unwrap_or_else(
                        || panic!("{} {id} was acknowledged and is gone", self.channel),
                    );
                let message: Message =
                    records::get(store, &keys::message(at)).unwrap().expect("its message");
                assert_eq!(message.text, format!("text of {id}"));
            }
        }
        let is_known = |batch: u64, n: u64| {
            let key = keys::known(&self.channel, &format!("{batch}-{n}"));
            store.get_many(&[key]).unwrap()[0].is_some()
        };
        let on_their_way = (cursor + 1..cursor + 8).flat_map(|b| (0..BATCH).map(move |n| (b, n)));
        let begun = on_their_way.filter(|(batch, n)| is_known(*batch, *n)).count();
        cursor * BATCH + u64::try_from(begun).unwrap()
    }
}

/// What an operator did last without hearing whether it was done.
#[derive(Clone, Debug)]
enum Doubt {
    Note(ConversationId, String),
    State(ConversationId, StateKind),
    Labels(bool),
}

/// An operator, and what they know of their conversations. Nobody else works on these.
struct Operator {
    name: &'static str,
    kind: ClientKind,
    mine: Vec<ConversationId>,
    notes: Vec<(ConversationId, String)>,
    states: BTreeMap<ConversationId, StateKind>,
    labelled: bool,
    written: u64,
    acknowledged: u64,
    doubt: Option<Doubt>,
}

impl Operator {
    fn new(name: &'static str, kind: ClientKind, mine: Vec<ConversationId>) -> Operator {
        Operator {
            name,
            kind,
            states: mine.iter().map(|id| (*id, StateKind::Open)).collect(),
            mine,
            notes: vec![],
            labelled: false,
            written: 0,
            acknowledged: 0,
            doubt: None,
        }
    }

    /// Works until the daemon is gone.
    fn run(&mut self, mut client: DeskClient, mut random: Random) {
        if self.kind == ClientKind::Cockpit {
            open_window(&mut client, Anchor::Top, "");
        }
        loop {
            let id = self.mine[usize::try_from(random.below(self.mine.len() as u64)).unwrap()];
            let (command, doubt) = match random.below(5) {
                0 | 1 => {
                    self.written += 1;
                    let text = format!("{} {}", self.name, self.written);
                    (Command::Note { ids: vec![id], text: text.clone() }, Doubt::Note(id, text))
                }
                2 => {
                    let (ids, label) = (self.mine.clone(), self.name.to_owned());
                    let command = match self.labelled {
                        true => Command::Unlabel { ids, label },
                        false => Command::Label { ids, label },
                    };
                    (command, Doubt::Labels(!self.labelled))
                }
                _ => match self.states[&id] {
                    StateKind::Open => {
                        (Command::Resolve { ids: vec![id] }, Doubt::State(id, StateKind::Resolved))
                    }
                    _ => (Command::Reopen { ids: vec![id] }, Doubt::State(id, StateKind::Open)),
                },
            };
            self.doubt = Some(doubt.clone());
            match client.ask(Ask::Do(command)) {
                Ok(Answer::Done(done)) => {
                    assert!(done.refused.is_empty(), "{done:?}");
                    self.doubt = None;
                    self.acknowledged += 1;
                    self.did(doubt);
                }
                Ok(other) => panic!("{other:?}"),
                Err(_) => return,
            }
        }
    }

    fn did(&mut self, what: Doubt) {
        match what {
            Doubt::Note(id, text) => self.notes.push((id, text)),
            Doubt::State(id, state) => {
                self.states.insert(id, state);
            }
            Doubt::Labels(on) => self.labelled = on,
        }
    }

    /// Compares what is in the store with what was heard; what was in doubt is settled by it.
    fn check(&mut self, store: &dyn Store) {
        let conversation = |id: &ConversationId| -> Conversation {
            records::get(store, &keys::conversation(*id)).unwrap().expect("a conversation")
        };
        let mut found: BTreeMap<(ConversationId, String), u32> = BTreeMap::new();
        for id in &self.mine {
            for seq in 1..conversation(id).messages {
                let at = MessageRef { conversation: *id, seq };
                let note: Message =
                    records::get(store, &keys::message(at)).unwrap().expect("a note");
                *found.entry((*id, note.text)).or_default() += 1;
            }
        }
        let labelled = |id: &ConversationId| conversation(id).labels.iter().any(|l| l == self.name);
        let on = self.mine.iter().filter(|id| labelled(id)).count();
        assert!(on == 0 || on == self.mine.len(), "a bulk action is done whole or not at all");
        if let Some(doubt) = self.doubt.take() {
            let done = match &doubt {
                Doubt::Note(id, text) => found.contains_key(&(*id, text.clone())),
                Doubt::State(id, state) => StateKind::from(&conversation(id).state) == *state,
                Doubt::Labels(wanted) => (on > 0) == *wanted,
            };
            if done {
                self.did(doubt);
            }
        }
        let notes: BTreeMap<_, _> = self.notes.iter().map(|note| (note.clone(), 1)).collect();
        assert_eq!(found, notes, "each note of {} once", self.name);
        assert_eq!(on > 0, self.labelled);
        for (id, state) in &self.states {
            assert_eq!(StateKind::from(&conversation(id).state), *state, "{} {id}", self.name);
        }
    }
}

#[test]
fn what_was_acknowledged_survives_any_kill() {
    let seed = now().0.unsigned_abs();
    println!("seed {seed}");
    let mut random = Random(seed | 1);
    let mut done = (0, 0);
    for _ in 0..DESKS {
        let (batches, actions) = one_desk(&mut random);
        done = (done.0 + batches, done.1 + actions);
    }
    println!("{} kills, {} batches and {} actions acknowledged", KILLS * DESKS, done.0, done.1);
    assert!(done.0 > KILLS * DESKS && done.1 > KILLS * DESKS, "{done:?}: hardly any load");
}

/// Kills a desk's daemon again and again; how much was acknowledged meanwhile.
fn one_desk(random: &mut Random) -> (u64, u64) {
    let mut desk = TestDesk::new();
    desk.start();
    let mut first = desk.client("feed", ClientKind::Connector);
    ingest(&mut first, (0..SEEDS).map(|n| comment(format!("seed-{n}"))).collect());
    let seeds = open_ids(&mut first);
    drop(first);
    let (some, others) = seeds.split_at(seeds.len() / 2);
    let mut feeds = [Feed::new("weibo-1"), Feed::new("weibo-2")];
    let mut people = [
        Operator::new("amy", ClientKind::Cockpit, some.to_vec()),
        Operator::new("bo", ClientKind::Verb, others.to_vec()),
    ];
    for _ in 0..KILLS {
        std::thread::scope(|scope| {
            for feed in &mut feeds {
                let client = desk.client(&feed.channel.0, ClientKind::Connector);
                scope.spawn(|| feed.run(client));
            }
            for operator in &mut people {
                let client = desk.client(operator.name, operator.kind);
                let seed = Random(random.below(u64::MAX - 1) | 1);
                scope.spawn(|| operator.run(client, seed));
            }
            std::thread::sleep(Duration::from_millis(20 + random.below(280)));
            desk.kill();
        });
        check(&desk, &feeds, &mut people);
        desk.start();
    }
    let batches = feeds.iter().map(|f| f.acknowledged).sum();
    (batches, people.iter().map(|p| p.acknowledged).sum())
}

/// Looks at what the killed daemon left.
fn check(desk: &TestDesk, feeds: &[Feed], people: &mut [Operator]) {
    let store = SledStore::open(&desk.folder().join("db"), SledStore::CACHE).unwrap();
    let events: u64 = feeds.iter().map(|feed| feed.check(&store)).sum();
    for operator in people.iter_mut() {
        operator.check(&store);
    }
    let config::Desk { settings, channels } = config::Desk::load(&desk.folder()).unwrap();
    let config::Rules { policies, classifier, .. } = config::Rules::load(&desk.folder()).unwrap();
    let setup = Setup {
        classifier,
        policies,
        channels: channels.channels,
        claim_idle: settings.claim_idle,
        ..Setup::default()
    };
    let report = verify(&store, &setup).unwrap();
    assert!(report.is_clean(), "{:#?}", report.problems);
    let notes: u64 = people.iter().map(|p| p.notes.len() as u64).sum();
    assert_eq!(report.messages, SEEDS + events + notes, "nothing is doubled");
}
