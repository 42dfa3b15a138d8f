//! A person is erased: from everything, and from nobody else.

use crate::kit::*;
use dutydesk::daemon::desk::erase::{Asked, all};
use dutydesk::daemon::desk::{Job, JobResult};
use dutydesk::domain::erasure::{Going, Gone};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::journal::{DeskNews, What};
use dutydesk::domain::{
    Author, Command, ConversationId, Event, Intent, Message, MessageKind, MessageRef, Queue,
    Refusal, Span,
};
use dutydesk::store::{Direction, keys, records};
use proptest::prelude::*;
use std::collections::BTreeMap;

const PEOPLE: [(&str, &str); 3] =
    [("u-ann-7", "Ann Quark7"), ("u-ben-8", "Ben Quill8"), ("u-cat-9", "Cat Quartz9")];

fn by_person(who: usize, id: &str, minutes: i64, parent: Option<String>, dm: bool) -> Event {
    let (author, name) = PEOPLE[who];
    Event::Message(MessageEvent {
        author: Author { id: author.into(), name: name.into() },
        queue: if dm { Queue::Messages } else { Queue::Comments },
        in_reply_to: parent,
        ..message(id, NOON + Span::minutes(minutes), &format!("words of {author} number {id}"))
    })
}

fn begin(kit: &mut Kit, who: usize) -> u64 {
    let mut going = Going::of(PEOPLE[who].0.into());
    going.note(&Author { id: PEOPLE[who].0.into(), name: PEOPLE[who].1.into() });
    let asked = Asked { channel: weibo(), going, reference: "r".into(), salt: "salt".into() };
    match kit.one(Job::Erase { by: by("amy"), asked: Box::new(asked) }) {
        JobResult::Erasing(number) => number,
        other => panic!("{other:?}"),
    }
}

fn erase(kit: &mut Kit, who: usize) -> u64 {
    let number = begin(kit, who);
    for _ in 0..500 {
        kit.elapse();
        if kit.last.erased {
            kit.one(Job::ErasedFiles { number, removed: 0, files: vec![] });
            return number;
        }
    }
    panic!("it does not come to an end");
}

type All = BTreeMap<MessageRef, Message>;

fn messages(kit: &Kit) -> All {
    let page =
        records::page::<Message>(&*kit.store, &keys::all_messages(), 10_000, Direction::Forward);
    let rows = page.unwrap().rows.into_iter();
    rows.filter_map(|(key, m)| match keys::parse(&key) {
        Some(keys::Parsed::Message(at)) => Some((at, m)),
        _ => None,
    })
    .collect()
}

fn stands_anywhere(kit: &Kit, words: &[&str]) -> Vec<String> {
    use dutydesk::store::{KeyRange, Store};
    let rows = kit.store.scan(&KeyRange::all(), 100_000, Direction::Forward).unwrap().rows;
    let mut found = Vec::new();
    for (key, value) in rows {
        for bytes in [&key, &value.value] {
            let text = String::from_utf8_lossy(bytes);
            found.extend(
                words
                    .iter()
                    .filter(|w| text.contains(**w))
                    .map(|w| format!("{w} in {}", String::from_utf8_lossy(&key))),
            );
        }
    }
    found
}

#[test]
fn what_follows_is_refused_or_new() {
    let mut kit = Kit::new();
    kit.ingest(vec![by_person(0, "m1", 0, None, true), by_person(1, "m2", 1, None, false)]);
    let id = ConversationId(1);
    let _ = kit
        .act("amy", Command::Reply { ids: vec![id], text: "hi".into(), seen: None, because: None });
    let intent = Some(Intent::Complaint);
    let _ = kit.act("amy", Command::Classify { ids: vec![id], intent, severity: None });
    let number = erase(&mut kit, 0);
    let told = all(&*kit.store).unwrap().remove(0);
    assert_eq!((told.number, told.going, told.done.is_some()), (number, None, true));
    assert_eq!(told.removed.get(&Gone::Outgoing), Some(&1));
    assert_eq!(told.removed.get(&Gone::Corrections), Some(&1));
    for _ in 0..2 {
        let undone = kit.act("amy", Command::Undo);
        assert_eq!(undone.unwrap_err(), Refusal::Erased(id));
    }
    let draft = Job::Draft { by: by("amy"), id, text: Some("dear".into()), seen: None };
    assert_eq!(kit.one(draft), JobResult::Refused(Refusal::Erased(id)));
    // The same message again is known; a change of it, too; a new one is new.
    assert_eq!(kit.ingest(vec![by_person(0, "m1", 0, None, true)]).known, 1);
    let gone = Event::Deleted { channel: weibo(), id: "m1".into(), at: NOON };
    assert_eq!(kit.ingest(vec![gone]).known, 1);
    let new = kit.ingest(vec![by_person(0, "m3", 5, None, true)]);
    assert_eq!((new.added, new.opened), (1, 1));
    let entries = dutydesk::daemon::desk::query::journal(&*kit.store, 0, 100).unwrap();
    let asked = What::Desk(DeskNews::ErasureAsked { number });
    assert!(entries.iter().any(|(_, e)| e.what == asked), "{entries:?}");
    kit.check();
    // The desk that is opened again knows what was erased.
    kit.restart();
    assert_eq!(kit.ingest(vec![by_person(0, "m1", 0, None, true)]).known, 1);
    // And they may be erased once more.
    erase(&mut kit, 0);
    assert_eq!(stands_anywhere(&kit, &["u-ann-7", "Ann Quark7"]), Vec::<String>::new());
    kit.check();
}

#[test]
fn one_at_a_time_and_each_once() {
    let mut kit = Kit::new();
    kit.ingest(vec![by_person(0, "m1", 0, None, true)]);
    begin(&mut kit, 0);
    let asked = Asked {
        channel: weibo(),
        going: Going::of(PEOPLE[0].0.into()),
        reference: "r".into(),
        salt: "other".into(),
    };
    let again = kit.one(Job::Erase { by: by("amy"), asked: Box::new(asked) });
    assert!(matches!(again, JobResult::Refused(Refusal::Erasure(_))), "{again:?}");
}

type Seed = (u8, usize, Option<u8>, bool, i64);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_of_one_is_left_and_everything_of_the_others(
        seeds in proptest::collection::vec(
            (0u8..30, 0usize..3, proptest::option::of(0u8..30), any::<bool>(), -90i64..60), 1..40),
        acts in proptest::collection::vec((0u8..7, any::<u64>()), 0..30),
        restarts in proptest::collection::vec(any::<bool>(), 0..6),
    ) {
        let mut kit = Kit::new();
        let event = |(id, who, parent, dm, minutes): &Seed| {
            let parent = parent.map(|p| format!("m{p}-of-{}", PEOPLE[usize::from(p) % 3].0)).filter(|_| !dm);
            let who = if *dm { *who } else { usize::from(*id) % 3 };
            by_person(who, &format!("m{id}-of-{}", PEOPLE[who].0), *minutes, parent, *dm)
        };
        let events: Vec<Event> = seeds.iter().map(event).collect();
        kit.ingest(events.clone());
        let conversations = messages(&kit).keys().map(|at| at.conversation.0).max().unwrap_or(1);
        for (act, n) in acts {
            let ids = vec![ConversationId(n % conversations + 1)];
            let text = |s: &str| format!("{s} {}", PEOPLE[0].1);
            let _ = kit.act("amy", match act {
                0 => Command::Reply { ids, text: text("dear"), seen: None, because: None },
                1 => Command::Note { ids, text: text("ask") },
                2 => Command::Label { ids, label: "vip".into() },
                3 => Command::Topic { ids, note: text("as said") },
                4 => Command::Classify { ids, intent: Some(Intent::Praise), severity: None },
                5 => Command::Resolve { ids },
                _ => Command::Undo,
            });
        }
        let before = messages(&kit);
        begin(&mut kit, 0);
        let mut restarts = restarts.into_iter();
        for _ in 0..500 {
            kit.elapse();
            if kit.last.erased {
                break;
            }
            if restarts.next() == Some(true) {
                kit.restart();
            }
        }
        kit.one(Job::ErasedFiles { number: 1, removed: 0, files: vec![] });
        prop_assert_eq!(stands_anywhere(&kit, &["u-ann-7", "Ann Quark7"]), Vec::<String>::new());
        let after = messages(&kit);
        prop_assert_eq!(before.len(), after.len());
        for (at, m) in &before {
            let now = &after[at];
            let others = m.kind == MessageKind::Inbound && m.author.id != PEOPLE[0].0;
            if others {
                let changed = Message { in_reply_to: m.in_reply_to.clone(), ..now.clone() };
                prop_assert_eq!(m, &changed);
            }
        }
        kit.check();
        // Brought once more, whole: only what is another's is known, nothing of hers comes back.
        kit.ingest(events);
        prop_assert_eq!(stands_anywhere(&kit, &["Ann Quark7"]), Vec::<String>::new());
        kit.check();
    }
}
