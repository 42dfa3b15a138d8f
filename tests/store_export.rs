//! A desk goes out as lines and comes back from them: the same desk, and the same lines again.

use dutydesk::domain::conversation::{FirstResponse, Head};
use dutydesk::domain::journal::{Actor, Change, ConversationChange, Entry, What};
use dutydesk::domain::kpi::{Bucket, Metric, Resolution};
use dutydesk::domain::library::{About, Asset};
use dutydesk::domain::order::StateKind;
use dutydesk::domain::outbox::Stage;
use dutydesk::domain::policy::{TargetName, Timer};
use dutydesk::domain::post::Form;
use dutydesk::domain::slot::{Slot, SlotState};
use dutydesk::domain::{
    Attachment, Author, Channel, ChannelId, Claim, Conversation, ConversationId, Delivery, Draft,
    GroupId, Message, MessageKind, MessageRef, Name, OperatorName, OutKind, OutPlace, Outgoing,
    PastPost, Queue, SendKey, SessionId, Span, State, Time,
};
use dutydesk::store::export::{Exports, Why, export_page, is_restoring, restore_lines};
use dutydesk::store::keys::{Tally, TimerKind};
use dutydesk::store::migrate::migrate;
use dutydesk::store::{
    Direction, Key, KeyRange, MemoryStore, Overlay, Read, SledStore, Snapshots, Store, keys,
    records,
};
use rstest::rstest;
use serde_json::json;
use std::sync::Arc;

/// Text as it comes from outside: kept as it is, whatever it is.
const NASTY: &str = "发货慢 \u{1b}[2J\u{7}\r\n\u{0}\u{9b}31m\u{202e}abc\u{200d}👩‍👩‍👧 \"\\ {}";

fn commit(store: &dyn Store, write: impl FnOnce(&mut Overlay<'_>)) {
    let mut staged = Overlay::new(store);
    write(&mut staged);
    staged.keep();
    store.commit(staged.into_group()).unwrap();
}

fn put<T: serde::Serialize>(to: &mut Overlay<'_>, key: Key, record: T) {
    records::put(to, key, &record).unwrap();
}

fn channel() -> ChannelId {
    ChannelId("douyin-shop".into())
}

fn bo() -> OperatorName {
    OperatorName("bo \u{0} 波".into())
}

fn conversation(n: u64) -> Conversation {
    let states = [
        State::Open,
        State::Pending,
        State::OnHold,
        State::Snoozed { until: Time(77_000) },
        State::Resolved,
    ];
    let author = Author { id: "u1".into(), name: NASTY.into() };
    let claim = Claim { operator: bo(), session: SessionId(u64::MAX - n), since: Time(3) };
    Conversation {
        id: ConversationId(n),
        queue: Queue::ALL[n as usize % 2],
        channel: channel(),
        platform: "douyin".into(),
        root: format!("root {n}"),
        state: states[n as usize % 5].clone(),
        assignee: n.is_multiple_of(3).then(bo),
        claim: n.is_multiple_of(4).then_some(claim),
        labels: vec!["vip".into(), NASTY.into()],
        head: n.is_multiple_of(2).then(|| Head {
            seq: 1,
            author,
            excerpt: NASTY.into(),
            at: Time(-9_000),
            likes: u32::MAX,
            class: None,
        }),
        messages: 2,
        first_inbound: Some(Time(i64::MIN)),
        last_inbound: None,
        last_reply: Some(Time(i64::MAX)),
        timer: n.is_multiple_of(2).then(|| Timer {
            policy: "default".into(),
            target: TargetName::FirstResponse,
            started: Time(1),
            due: Time(120_000),
            at_risk: Time(90_000),
            paused: None,
            stopped: None,
        }),
        first_response: Some(FirstResponse { asked: Time(1), answered: Time(2), met: Some(false) }),
        weight: 200,
        tag: "severe".into(),
        window_closes: None,
        resolved_at: None,
        set_aside: Some(Time(4)),
        clocks: Vec::new(),
        trail: Default::default(),
        settled: 0,
        thanks: vec![3],
        escalated: None,
        topic: None,
        about: None,
        worse: None,
        erased: None,
    }
}

fn message(n: u64, seq: u32) -> Message {
    Message {
        kind: [MessageKind::Inbound, MessageKind::Reply, MessageKind::Note][seq as usize % 3],
        platform_id: if seq == 2 { String::new() } else { format!("p{n}/{seq}") },
        in_reply_to: Some("p".into()),
        author: Author { id: String::new(), name: NASTY.into() },
        operator: Some(bo()),
        // Long ones go in chunks.
        text: NASTY.repeat(if seq == 1 { 400 } else { 1 }),
        at: Time(1_700_000_000_123),
        arrived: Time(5),
        likes: 7,
        permalink: Some("https://example.com/a".into()),
        attachments: vec![Attachment {
            kind: "image".into(),
            size: Some(u64::MAX),
            link: "https://example.com/b".into(),
        }],
        delivery: [Delivery::None, Delivery::Waiting, Delivery::Sent(Time(9))][seq as usize % 3]
            .clone(),
        withdrawn: None,
        edited: Some(Time(8)),
        liked: true,
        hidden: false,
        erased: None,
        answered: None,
        class: None,
    }
}

/// A store with records of every kind, and what follows from them.
fn full(conversations: u64) -> MemoryStore {
    let store = MemoryStore::new();
    migrate(&store, |_| {}).unwrap();
    for n in 1..=conversations {
        commit(&store, |to| {
            let c = conversation(n);
            if let Some(order) = c.order_key() {
                to.put(keys::order(&order), vec![]).unwrap();
            }
            if let Some(claim) = &c.claim {
                to.put(keys::claim(claim.session, c.id), vec![]).unwrap();
            }
            put(to, keys::conversation(c.id), &c);
            for seq in 0..3 {
                let at = MessageRef { conversation: c.id, seq };
                let m = message(n, seq);
                if !m.platform_id.is_empty() {
                    put(to, keys::known(&channel(), &m.platform_id), at);
                }
                let who = [&m.author.id, &m.author.name].into_iter().find(|name| !name.is_empty());
                if let Some(who) = who.filter(|_| m.kind == MessageKind::Inbound) {
                    to.put(keys::person(&channel(), who, c.id), vec![]).unwrap();
                }
                put(to, keys::message(at), m);
            }
            let first = MessageRef { conversation: c.id, seq: 0 };
            put(to, keys::correction(first), json!({ "by": "bo", "at": 5 }));
            put(to, keys::feedback("price", c.id), Time(7));
            put(to, keys::root(c.queue, &c.channel, &c.root), c.id);
            let reply = MessageRef { conversation: c.id, seq: 1 };
            let place = OutPlace::message(channel(), OutKind::Reply, reply);
            let row = Outgoing {
                key: SendKey(n),
                made: Time(5),
                by: bo(),
                on: true,
                attempts: 1,
                seen: None,
                asked: None,
                stage: Stage::Unconfirmed { since: Time(6), why: NASTY.into() },
            };
            put(to, keys::outgoing(&place), row);
            put(to, keys::account_figures(&channel()), json!({ "at": 5, "values": { "x": 1 } }));
            let draft = Draft { text: NASTY.repeat(300), seen: Some(2) };
            put(to, keys::draft(c.id, &bo()), draft);
            to.put(keys::timer(Time(-5), TimerKind::Due, c.id), vec![]).unwrap();
            to.put(keys::timer(Time(5), TimerKind::SnoozeEnds, c.id), vec![]).unwrap();
            let changes = vec![
                Change::State { from: State::Open, to: State::Snoozed { until: Time(4) } },
                Change::Assignee { from: None, to: Some(bo()) },
                Change::Claim { from: c.claim.clone(), to: None },
                Change::Label { label: NASTY.into(), added: true },
                Change::Message { seq: 1, added: true },
            ];
            let on = vec![ConversationChange { conversation: c.id, changes }; 20];
            let what = match n % 3 {
                0 => What::Elapsed { on },
                1 => What::Received { messages: 3, first: Some(reply), last: None },
                _ => What::Action { name: Name::Reply, group: GroupId(n), undoes: None, on },
            };
            let by = match n % 3 {
                0 => Actor::Clock,
                1 => Actor::Channel(channel()),
                _ => Actor::Operator { name: bo(), declared: true },
            };
            put(to, keys::journal(n), Entry { at: Time(6), by, what });
            put(to, keys::own_action(&bo(), n), json!({"group": n, "redo": null, "of": [1, -2]}));
        });
    }
    commit(&store, |to| {
        let slot = Slot {
            channel: channel(),
            id: "s1".into(),
            at: Time(50),
            title: NASTY.into(),
            state: SlotState::InReview,
            post: None,
        };
        put(to, keys::slot_time(&slot.channel, &slot.id), slot.at);
        put(to, keys::slot(slot.at, &slot.channel, &slot.id), &slot);
        let post = PastPost {
            channel: channel(),
            platform: "douyin".into(),
            id: "v1".into(),
            at: Time(40),
            form: Form::ShortVideo,
            title: NASTY.into(),
            text: NASTY.into(),
            length: 80,
            media: Some(1),
            promoted: true,
            permalink: None,
            values: [("likes".to_owned(), 7)].into(),
            read: Some(Time(60)),
        };
        let about = About { link: "/srv/a.png".into(), alt: NASTY.into(), ..About::default() };
        put(to, keys::asset(3), Asset { id: 3, about, by: bo(), at: Time(4) });
        put(to, keys::past_post_time(&post.channel, &post.id), post.at);
        put(to, keys::past_post(&post.channel, post.at, &post.id), &post);
        let known = Channel {
            id: channel(),
            platform: "douyin".into(),
            title: "抖音".into(),
            reply_window: Some(Span::hours(48)),
        };
        put(to, keys::channel(&known.id), &known);
        put(to, keys::cursor(&channel()), "page=7");
        put(to, keys::operator(&bo()), json!({"left": 5, "seen": u64::MAX}));
        put(to, keys::meta("desk"), json!({"journal": 7, "late": [1, 2], "sweep": null}));
        for (assignee, state) in [(None, StateKind::Open), (Some(bo()), StateKind::Resolved)] {
            let platform = "douyin".into();
            put(
                to,
                keys::tally(&Tally { queue: Queue::Messages, state, platform, assignee }),
                3u64,
            );
        }
        for channel in [None, Some(&channel())] {
            let key =
                keys::bucket(channel, Metric::FirstResponse, Resolution::Hour, Time(-3_600_000));
            let histogram = vec![(3, 1), (40, -2)];
            put(to, key, Bucket { count: -1, sum: i64::MIN, min: 0, max: i64::MAX, histogram });
        }
    });
    store
}

fn lines_of(store: &impl Read, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let (page, next) = export_page(store, after.as_deref(), limit).unwrap();
        assert!(page.len() <= limit + 1, "a page may have the last line more");
        lines.extend(page);
        match next {
            Some(next) => after = Some(next),
            None => return lines,
        }
    }
}

fn rows(store: &dyn Store) -> Vec<(Key, Vec<u8>)> {
    store.range(&KeyRange::all(), usize::MAX, Direction::Forward).unwrap().rows
}

#[rstest]
#[case(1)]
#[case(7)]
#[case(1_000)]
fn what_comes_back_is_the_same_desk_and_the_same_lines(#[case] page: usize) {
    let store = full(15);
    let lines = lines_of(&store, page);
    let folder = tempfile::tempdir().unwrap();
    let restored = SledStore::open(&folder.path().join("db"), 8 << 20).unwrap().keeping_free(0);
    migrate(&restored, |_| {}).unwrap();
    for part in lines.chunks(page.max(10)) {
        let complete = part.last() == lines.last();
        assert_eq!(restore_lines(&restored, part).unwrap().complete, complete);
        assert_eq!(is_restoring(&restored).unwrap(), !complete);
    }
    assert_eq!(lines_of(&restored, 99), lines);
    // Every key and every byte, what was made again included.
    let (there, here) = (rows(&restored), rows(&store));
    let keys = |rows: &[(Key, Vec<u8>)]| -> Vec<String> {
        rows.iter().map(|(key, _)| keys::show(key)).collect()
    };
    assert_eq!(keys(&there), keys(&here));
    for (there, here) in there.iter().zip(&here) {
        assert_eq!(there, here, "{}", keys::show(&here.0));
    }
}

#[test]
fn every_kind_of_record_has_its_line_and_people_can_read_it() {
    let lines = lines_of(&full(2), 100);
    let types: Vec<String> = lines
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["type"].as_str().unwrap().to_owned())
        .collect();
    let mut kinds = types.clone();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "dutydesk-export",
            "fact",
            "channel",
            "cursor",
            "operator",
            "conversation",
            "message",
            "root",
            "outgoing",
            "account",
            "feedback",
            "correction",
            "draft",
            "timer",
            "slot",
            "published",
            "asset",
            "journal",
            "own-action",
            "count",
            "figure",
            "end",
        ]
    );
    assert_eq!(lines[0], r#"{"type":"dutydesk-export","format":1,"schema":3}"#);
    assert_eq!(lines[lines.len() - 1], format!(r#"{{"type":"end","lines":{}}}"#, lines.len() - 1));
    let root = r#"{"type":"root","queue":"messages","channel":"douyin-shop","root":"root 1","conversation":1}"#;
    assert!(lines.iter().any(|line| line == root));
    let timer = r#"{"type":"timer","at":-5,"kind":"due","conversation":1}"#;
    assert!(lines.iter().any(|line| line == timer));
    assert!(lines.iter().all(|line| !line.contains('\n')));
}

#[test]
fn a_page_is_bounded_in_bytes_too() {
    let store = full(120);
    let (page, next) = export_page(&store, None, usize::MAX).unwrap();
    assert!(next.is_some());
    let bytes: usize = page.iter().map(String::len).sum();
    assert!((1 << 20..2 << 20).contains(&bytes), "{bytes}");
}

/// The lines of a small desk, with one of them changed by `change`.
fn broken(change: impl FnOnce(&mut Vec<String>)) -> (u64, Why) {
    let mut lines = lines_of(&full(1), 100);
    change(&mut lines);
    let store = MemoryStore::new();
    migrate(&store, |_| {}).unwrap();
    let before = rows(&store);
    let error = restore_lines(&store, &lines).unwrap_err();
    assert_eq!(rows(&store), before, "nothing of it is written");
    assert!(error.to_string().starts_with(&format!("line {}: ", error.line)), "{error}");
    (error.line, error.why)
}

fn place_of(lines: &[String], start: &str) -> usize {
    lines.iter().position(|line| line.starts_with(start)).unwrap()
}

#[test]
fn bad_lines_are_named_by_their_number() {
    let (line, why) = broken(|lines| lines[6] = "{\"type\":\"conversation\",\"id\":".into());
    assert!(matches!((line, &why), (7, Why::Unreadable(_))), "{line} {why:?}");
    let (line, why) = broken(|lines| lines[3] = r#"{"type":"holiday","at":5}"#.into());
    assert!(matches!((line, &why), (4, Why::Unreadable(_))), "{line} {why:?}");
    let (line, why) = broken(|lines| drop(lines.remove(0)));
    assert_eq!((line, why), (1, Why::NotAnExport));
    let (line, why) =
        broken(|lines| lines[0] = r#"{"type":"dutydesk-export","format":9,"schema":3}"#.into());
    assert_eq!((line, why), (1, Why::OtherVersion { format: 9, schema: 3 }));
    let (line, why) = broken(|lines| lines.insert(4, lines[0].clone()));
    assert!(matches!((line, &why), (5, Why::Unreadable(_))), "{line} {why:?}");
    // A line is missing in the middle: the last one knows.
    let (_, why) = broken(|lines| drop(lines.remove(place_of(lines, r#"{"type":"timer""#))));
    assert!(matches!(why, Why::Count { said, had } if said == had + 1), "{why:?}");
    let (_, why) = broken(|lines| lines.push(lines[1].clone()));
    assert!(matches!(why, Why::Unreadable(_)), "{why:?}");
    let (_, why) = broken(|lines| drop(lines.remove(place_of(lines, r#"{"type":"conversation""#))));
    assert_eq!(why, Why::NoConversation(ConversationId(1)));
    let (_, why) = broken(|lines| lines[1] = r#"{"type":"fact","name":"schema","value":1}"#.into());
    assert!(matches!(why, Why::Unreadable(_)), "{why:?}");
}

#[test]
fn a_desk_that_is_not_empty_is_refused() {
    let lines = lines_of(&full(1), 100);
    let store = full(1);
    let before = rows(&store);
    let error = restore_lines(&store, &lines).unwrap_err();
    assert_eq!((error.line, error.why), (1, Why::NotEmpty));
    assert_eq!(rows(&store), before);
    // What a desk notes of whoever looks at it does not count.
    let unused = MemoryStore::new();
    migrate(&unused, |_| {}).unwrap();
    commit(&unused, |to| {
        put(to, keys::operator(&OperatorName("amy".into())), json!({"seen": 0}));
        put(to, keys::meta("desk"), json!({"journal": 0}));
        put(to, keys::meta("zone"), json!("Asia/Shanghai"));
    });
    assert!(restore_lines(&unused, &lines).unwrap().complete);
    assert_eq!(lines_of(&unused, 9), lines);
}

#[test]
fn a_restore_that_was_cut_off_is_known_and_can_begin_again() {
    let lines = lines_of(&full(9), 100);
    let store = MemoryStore::new();
    migrate(&store, |_| {}).unwrap();
    restore_lines(&store, &lines[..lines.len() / 2]).unwrap();
    assert!(is_restoring(&store).unwrap());
    assert_eq!(restore_lines(&store, &[]).unwrap().lines, lines.len() as u64 / 2);
    assert!(restore_lines(&store, &lines).unwrap().complete);
    assert!(!is_restoring(&store).unwrap());
    assert_eq!(lines_of(&store, 9), lines);
    // Once it is complete, more lines are no part of anything.
    let error = restore_lines(&store, &lines[1..2]).unwrap_err();
    assert_eq!((error.line, error.why), (1, Why::NotAnExport));
}

#[test]
fn an_export_of_a_living_desk_is_of_one_moment() {
    let store = Snapshots::new(Arc::new(full(12)));
    let wanted = lines_of(&*store, 100);
    let exports = Exports::new(Arc::clone(&store));
    let mut lines = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    let mut n = 100;
    loop {
        let (page, next) = exports.page(after.as_deref(), 5).unwrap();
        lines.extend(page);
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
        // Meanwhile the desk lives: something comes, something changes, something goes.
        n += 1;
        commit(&*store, |to| {
            let new = conversation(n);
            put(to, keys::conversation(new.id), &new);
            let mut changed = conversation(n % 12 + 1);
            changed.labels.clear();
            put(to, keys::conversation(changed.id), &changed);
            to.delete(keys::timer(Time(5), TimerKind::SnoozeEnds, changed.id));
            records::remove(to, keys::draft(changed.id, &bo())).unwrap();
        });
    }
    assert_eq!(lines, wanted);
    assert_ne!(lines_of(&*store, 100), wanted);
}

#[test]
fn an_export_that_is_no_longer_under_way_says_so() {
    let exports = Exports::new(Snapshots::new(Arc::new(full(3))));
    let (_, first) = exports.page(None, 2).unwrap();
    for _ in 0..4 {
        exports.page(None, 2).unwrap();
    }
    let error = exports.page(first.as_deref(), 2).unwrap_err();
    assert!(error.what.contains("begin it again"), "{error}");
    assert!(exports.page(Some(b"rubbish"), 2).is_err());
}
