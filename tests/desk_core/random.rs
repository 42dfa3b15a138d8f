//! Whatever is done, in whatever order: everything derived agrees, and undo gives back what
//! operators own.

use crate::kit::*;
use dutydesk::daemon::desk::{Job, Step as OutStep, query};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::outbox::Outcome;
use dutydesk::domain::{
    Abilities, Claim, Command, Conversation, ConversationId, Event, Guard, OperatorName, OutKind,
    Queue, Span, State, Time,
};
use dutydesk::store::{Direction, Read, keys};
use proptest::prelude::*;
use proptest::sample::select;

/// One random step. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
pub enum Step {
    Events(Vec<Seed>),
    Act(&'static str, Deed, u64, u64),
    Send(u64),
    Elapse,
    End(&'static str),
    Idle(&'static str),
    Restart,
    /// A group that the disk has no room for.
    Fail(&'static str, Deed, u64),
    Wait(i64),
}

#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Claim,
    Take,
    Release,
    Assign,
    Unassign,
    Snooze,
    Pending,
    Hold,
    Resolve,
    Reopen,
    Label,
    Unlabel,
    MarkSent,
    SendAgain,
    TakeBack,
    Like,
    Delete,
    Note,
    Reply,
    Undo,
    Redo,
}

/// An event about one of few platform ids.
#[derive(Clone, Debug)]
pub struct Seed {
    id: u8,
    parent: Option<u8>,
    kind: u8,
    minutes: i64,
    likes: u32,
    ours: bool,
    severe: bool,
}

impl Seed {
    fn event(&self) -> Event {
        let id = self.id.to_string();
        let at = NOON + Span::minutes(self.minutes);
        match self.kind {
            0 => Event::Edited { channel: weibo(), id, text: format!("edit {}", self.likes), at },
            1 => Event::Deleted { channel: weibo(), id, at },
            2 => Event::Likes { channel: weibo(), id, likes: self.likes },
            kind => Event::Message(MessageEvent {
                queue: if kind == 3 { Queue::Messages } else { Queue::Comments },
                in_reply_to: self.parent.map(|p| p.to_string()),
                thread: if kind == 4 { self.parent.map(|p| p.to_string()) } else { None },
                ours: self.ours,
                likes: self.likes,
                ..message(&id, at, if self.severe { "refund" } else { "hello" })
            }),
        }
    }
}

fn seeds() -> impl Strategy<Value = Seed> {
    (0u8..24, proptest::option::of(0u8..24), 0u8..12, -200i64..60, 0u32..150, any::<u8>()).prop_map(
        |(id, parent, kind, minutes, likes, bits)| Seed {
            id,
            parent,
            kind,
            minutes,
            likes,
            ours: bits % 4 == 0,
            severe: bits % 7 == 0,
        },
    )
}

fn deeds() -> impl Strategy<Value = Deed> {
    use Deed::*;
    select(vec![
        Claim, Take, Release, Assign, Unassign, Snooze, Pending, Hold, Resolve, Reopen, Label,
        Unlabel, Note, Reply, Reply, Undo, Undo, Undo, Redo, Redo,
    ])
}

/// With those that nothing takes back: what somebody saw on the platform, what it was asked for.
fn all_deeds() -> impl Strategy<Value = Deed> {
    use Deed::*;
    prop_oneof![5 => deeds(), 1 => select(vec![MarkSent, SendAgain, TakeBack, Like, Delete])]
}

pub fn steps() -> impl Strategy<Value = Step> {
    let who = || select(vec!["amy", "bo"]);
    prop_oneof![
        6 => proptest::collection::vec(seeds(), 1..6).prop_map(Step::Events),
        12 => (who(), all_deeds(), any::<u64>(), 1u64..4).prop_map(|(w, d, n, m)| Step::Act(w, d, n, m)),
        2 => any::<u64>().prop_map(Step::Send),
        2 => Just(Step::Elapse),
        1 => who().prop_map(Step::End),
        1 => who().prop_map(Step::Idle),
        1 => Just(Step::Restart),
        1 => (who(), deeds(), any::<u64>()).prop_map(|(w, d, n)| Step::Fail(w, d, n)),
        3 => (-30i64..90).prop_map(Step::Wait),
    ]
}

fn command(deed: Deed, ids: Vec<ConversationId>, now: Time) -> Command {
    let bo = || Some(OperatorName("bo".into()));
    match deed {
        Deed::Claim => Command::Claim { ids, over: false },
        Deed::Take => Command::Claim { ids, over: true },
        Deed::Release => Command::Release { ids },
        Deed::Assign => Command::Assign { ids, to: bo() },
        Deed::Unassign => Command::Assign { ids, to: None },
        Deed::Snooze => Command::Snooze { ids, until: now + Span::minutes(40) },
        Deed::Pending => Command::Pending { ids },
        Deed::Hold => Command::Hold { ids },
        Deed::Resolve => Command::Resolve { ids },
        Deed::Reopen => Command::Reopen { ids },
        Deed::Label => Command::Label { ids, label: "vip".into() },
        Deed::Unlabel => Command::Unlabel { ids, label: "vip".into() },
        Deed::Note => Command::Note { ids, text: "look @bo".into() },
        Deed::Reply => Command::Reply { ids, text: "sorry".into(), seen: None, because: None },
        Deed::MarkSent => Command::MarkSent { ids },
        Deed::SendAgain => Command::SendAgain { ids },
        Deed::TakeBack => Command::TakeBack { ids },
        Deed::Like => Command::Moderate { ids, message: None, what: OutKind::Like, on: true },
        Deed::Delete => Command::Moderate { ids, message: None, what: OutKind::Delete, on: true },
        Deed::Undo => Command::Undo,
        Deed::Redo => Command::Redo,
    }
}

fn some_ids(kit: &Kit, n: u64, how_many: u64) -> Vec<ConversationId> {
    // Those that are archived are still there.
    let last = |range| {
        let page = kit.store.range(&range, 1, Direction::Backward).unwrap();
        page.rows.first().map_or(0, |(key, _)| u64::from_be_bytes(key[2..10].try_into().unwrap()))
    };
    let all = last(keys::conversations()).max(last(keys::stubs()));
    (0..how_many).map(|i| ConversationId(n.wrapping_add(i * 7) % all.max(1) + 1)).collect()
}

pub fn take(kit: &mut Kit, step: Step) {
    match step {
        Step::Events(seeds) => {
            let events: Vec<Event> = seeds.iter().map(Seed::event).collect();
            kit.ingest(events.clone());
            assert_eq!(kit.ingest(events).added, 0);
        }
        Step::Act(who, deed, n, how_many) => {
            let ids = some_ids(kit, n, how_many);
            let command = command(deed, ids, kit.now);
            let _ = kit.act(who, command);
        }
        Step::Send(n) => {
            let waiting = query::outbox(&*kit.store, &weibo(), 100).unwrap();
            let Some(row) = waiting.get(n as usize % waiting.len().max(1)) else { return };
            let (why, now) = (|| "why".to_owned(), kit.now);
            let to = match n % 5 {
                0 | 1 => {
                    let platform_id = Some(format!("s{}", n % 30));
                    Outcome::Done { platform_id, url: None, at: None }
                }
                2 => Outcome::NotYet { not_before: now, why: why() },
                3 => Outcome::Failed { why: why() },
                _ => Outcome::Unknown { why: why() },
            };
            let guard = [Guard::Key, Guard::Lookup, Guard::None][n as usize / 5 % 3];
            let place = row.place.clone();
            kit.one(Job::Outgoing { place: place.clone(), step: OutStep::Attempt });
            if n % 7 > 0 {
                kit.one(Job::Outgoing { place, step: OutStep::Came { to, guard } });
            }
        }
        Step::Elapse => kit.elapse(),
        Step::End(who) => {
            kit.one(Job::SessionEnded { session: session(who), operator: op(who) });
        }
        Step::Idle(who) => {
            kit.one(Job::Idle { session: session(who) });
        }
        Step::Restart => kit.restart(),
        Step::Fail(who, deed, n) => {
            let command = command(deed, some_ids(kit, n, 3), kit.now);
            let full = &kit.store.full;
            full.store(true, std::sync::atomic::Ordering::Relaxed);
            let jobs = vec![Job::Do { by: by(who), command }, Job::Elapse];
            let _ = kit.desk.run_group(kit.now, jobs);
            full.store(false, std::sync::atomic::Ordering::Relaxed);
        }
        Step::Wait(minutes) => {
            kit.later(Span::minutes(minutes));
        }
    }
}

/// What the channel can do.
pub fn can(kit: &Kit) {
    let can = Abilities { like: true, delete: true, ..Abilities::default() };
    kit.setup.can.set(&weibo(), Some(can));
}

/// What operators own of a conversation.
type Owned = (State, Option<OperatorName>, Option<Claim>, Vec<String>);

fn owned(c: Conversation) -> Owned {
    (c.state, c.assignee, c.claim, c.labels)
}

/// A quarter of the usual cases, because each is many steps; PROPTEST_CASES asks for more.
pub fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn everything_derived_agrees_whatever_is_done(
        steps in proptest::collection::vec(steps(), 1..40),
    ) {
        let mut kit = Kit::new();
        can(&kit);
        for step in steps {
            take(&mut kit, step);
            kit.check();
        }
        kit.elapse();
        kit.restart();
        kit.check();
    }

    #[test]
    fn undoing_everything_gives_back_what_operators_own(
        seeds in proptest::collection::vec(seeds(), 5..20),
        acts in proptest::collection::vec((deeds(), any::<u64>(), 1u64..4), 1..25),
    ) {
        let mut kit = Kit::new();
        kit.ingest(seeds.iter().map(Seed::event).collect());
        let all: u64 = query::counts(&*kit.store).unwrap().iter().map(|(_, _, n)| n).sum();
        let now_owned = |kit: &Kit| -> Vec<Owned> {
            (1..=all).map(|n| owned(kit.conversation(ConversationId(n)))).collect()
        };
        let before = now_owned(&kit);
        let mut done = Vec::new();
        for (deed, n, how_many) in acts {
            let command = command(deed, some_ids(&kit, n, how_many), kit.now);
            let _ = kit.act("amy", command);
            kit.later(Span::minutes(1));
            done.push(now_owned(&kit));
        }
        while kit.act("amy", Command::Undo).is_ok() {
            kit.check();
        }
        prop_assert_eq!(now_owned(&kit), before);
        let waiting = query::outbox(&*kit.store, &weibo(), 100).unwrap();
        prop_assert!(waiting.is_empty());
        kit.restart();
        kit.check();
    }
}
