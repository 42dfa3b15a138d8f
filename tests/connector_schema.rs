//! docs/connector.schema.json says what the types of the protocol say, and docs/connectors.md shows
//! nothing that either would not read.

mod connector_support;

use connector_support::{docs, mistakes, schema, validator};
use dutydesk::connect::events;
use dutydesk::connect::protocol::{
    Ack, Act, Budget, Command, FromConnector, Hello, MOST_CURSOR, MOST_EVENTS, MediaRef, Nack,
    NackKind, Secrets, Start, Status, Target, ToConnector, VERSION,
};
use dutydesk::domain::event::{MessageEvent, SlotEvent};
use dutydesk::domain::post::{Form, MediaKind};
use dutydesk::domain::slot::SlotState;
use dutydesk::domain::{
    Abilities, Attachment, Author, ChannelId, Event, Guard, PastPost, Queue, TextLimit, Time,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::fs;

const NOW: Time = Time(1_795_240_800_123);

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn author() -> Author {
    Author { id: "u17".into(), name: "小鹿_".into() }
}

fn secrets() -> Secrets {
    Secrets([("token".to_owned(), "t".to_owned())].into())
}

/// Every act, with everything that can be said.
fn acts() -> Vec<Act> {
    let target = || Target {
        message: "42".into(),
        thread: "40".into(),
        queue: Queue::Comments,
        person: author(),
    };
    let reply = |to: Option<String>, queue| Act::Reply {
        to,
        thread: "40".into(),
        queue,
        person: author(),
        text: "今天发货".into(),
    };
    vec![
        reply(some("42"), Queue::Comments),
        reply(None, Queue::Messages),
        Act::Post {
            title: "手冲入门".into(),
            text: "水温 92 度".into(),
            form: Form::ShortVideo,
            tags: vec!["咖啡".into()],
            media: vec![MediaRef {
                link: "/srv/brand/pour.mp4".into(),
                kind: MediaKind::Video,
                alt: "热水浇在咖啡粉上".into(),
            }],
            at: Some(NOW),
        },
        Act::Post {
            title: String::new(),
            text: "now".into(),
            form: Form::default(),
            tags: vec![],
            media: vec![],
            at: None,
        },
        Act::Like { target: target(), on: true },
        Act::Hide { target: target(), on: false },
        Act::Delete { target: target(), ours: true },
        Act::Block { target: target(), on: true },
        Act::Check,
    ]
}

fn to_connector() -> Vec<ToConnector> {
    let start = Start {
        protocol: VERSION,
        channel: "bsky".into(),
        platform: "bluesky".into(),
        settings: json!({"server": "https://pds.example"}).as_object().cloned().unwrap(),
        secrets: secrets(),
        cursor: some("c"),
        folder: some("/desk/channels/bsky"),
        now: Some(NOW),
    };
    let command = |act: Act, look| {
        ToConnector::Command(Box::new(Command {
            id: 7,
            key: "3jzfcijpj2z2a".into(),
            attempt: 2,
            made: Some(NOW),
            look,
            known: if look { vec!["41".into()] } else { vec![] },
            act,
        }))
    };
    let mut all = vec![
        ToConnector::Start(start),
        ToConnector::Start(Start::default()),
        ToConnector::Taken { batch: u64::MAX },
        ToConnector::Kept,
    ];
    all.extend(
        acts().into_iter().flat_map(|act| [command(act.clone(), false), command(act, true)]),
    );
    all
}

fn events() -> Vec<Event> {
    let channel = || ChannelId("bsky".into());
    let link = "https://img.example/1".to_owned();
    vec![
        Event::Message(MessageEvent {
            channel: channel(),
            platform: "bluesky".into(),
            queue: Queue::Messages,
            id: "42".into(),
            thread: some("40"),
            in_reply_to: some("41"),
            author: author(),
            ours: true,
            text: "在吗".into(),
            at: NOW,
            likes: 3,
            permalink: some("https://bsky.example/42"),
            attachments: vec![Attachment { kind: "image".into(), size: Some(9), link }],
        }),
        Event::Edited { channel: channel(), id: "42".into(), text: "还在吗".into(), at: NOW },
        Event::Deleted { channel: channel(), id: "42".into(), at: NOW },
        Event::Likes { channel: channel(), id: "42".into(), likes: 4 },
        Event::Metrics { channel: channel(), at: NOW, values: [("fans".to_owned(), -1)].into() },
        Event::Slot(SlotEvent {
            channel: channel(),
            id: "p".into(),
            at: NOW,
            title: "手冲入门".into(),
            state: SlotState::InReview,
        }),
        Event::Published(Box::new(PastPost {
            channel: channel(),
            platform: "bluesky".into(),
            id: "p".into(),
            at: NOW,
            form: Form::ShortVideo,
            title: "手冲入门".into(),
            text: "三步".into(),
            length: 6,
            media: Some(1),
            promoted: true,
            permalink: some("https://bsky.example/p"),
            values: [("likes".to_owned(), 7)].into(),
            read: Some(NOW),
        })),
    ]
}

fn from_connector() -> Vec<FromConnector> {
    let can = Abilities {
        comments: true,
        dm: true,
        reply: true,
        post: true,
        schedule: true,
        like: true,
        hide: true,
        delete: true,
        delete_theirs: true,
        block: true,
        metrics: true,
        guard: Guard::Lookup,
        limit: TextLimit {
            graphemes: Some(300),
            chars: Some(500),
            bytes: Some(3000),
            wide: Some(140),
            link: Some(23),
        },
        window_seconds: Some(172_800),
        window_replies: Some(5),
    };
    let hello = Hello {
        protocol: VERSION,
        name: "bluesky".into(),
        version: "0.1.0".into(),
        account: some("@brand.example"),
        can,
    };
    let ack = Ack {
        id: 7,
        platform_id: some("43"),
        url: some("https://bsky.example/43"),
        at: Some(NOW),
        duplicate: true,
        note: some("fine"),
    };
    let status = Status {
        polled: Some(NOW),
        trouble: some("the token has ended"),
        auth: true,
        budget: Some(Budget { left: 4, of: 300, resets: Some(NOW) }),
        expires: Some(NOW),
    };
    let nack = |kind| Nack { id: 7, kind, after_seconds: Some(60), why: "not now".into() };
    use NackKind::{Absent, Auth, Permanent, Retry, Unknown};
    let mut all = vec![
        FromConnector::Hello(hello),
        FromConnector::Hello(Hello::default()),
        FromConnector::Events {
            batch: 1,
            cursor: some("c"),
            events: events().iter().map(events::written).collect(),
        },
        FromConnector::Events { batch: 2, cursor: None, events: vec![] },
        FromConnector::Ack(ack),
        FromConnector::Ack(Ack::default()),
        FromConnector::Secrets { secrets: secrets() },
        FromConnector::Status(status),
        FromConnector::Status(Status::default()),
        FromConnector::Log { text: "x".into() },
    ];
    all.extend([Retry, Permanent, Auth, Unknown, Absent].map(|k| FromConnector::Nack(nack(k))));
    all
}

fn json_of(message: impl Serialize) -> Value {
    serde_json::to_value(message).unwrap()
}

/// Whether the type reads it as one of the kinds it knows.
fn is_to_connector(value: &Value) -> bool {
    match serde_json::from_value(value.clone()) {
        Ok(ToConnector::Unknown) | Err(_) => false,
        Ok(ToConnector::Command(command)) => command.act != Act::Unknown,
        Ok(_) => true,
    }
}

fn is_from_connector(value: &Value) -> bool {
    serde_json::from_value(value.clone()).is_ok_and(|said| !matches!(said, FromConnector::Unknown))
}

/// Whether the desk reads it as an event of its channel.
fn is_event(value: &Value) -> bool {
    let Value::Object(mut map) = value.clone() else { return false };
    map.entry("channel").or_insert("c".into());
    let read = events::read_object(map, &mut vec![]);
    read.is_ok_and(|mut e| dutydesk::connect::check::event(&mut e, NOW, &mut vec![]).is_ok())
}

/// The pointers of everything within a value.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, v)| (name.clone(), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => return,
    };
    for (name, value) in inner {
        let at = format!("{at}/{name}");
        found.push(at.clone());
        places(value, &at, found);
    }
}

/// The value with each of its parts in turn left out, or something else in its place.
fn spoilt(whole: &Value) -> Vec<(String, Value)> {
    let mut at = Vec::new();
    places(whole, "", &mut at);
    let mut all = Vec::new();
    for pointer in at {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut without = whole.clone();
        if let Some(Value::Object(map)) = without.pointer_mut(parent) {
            map.remove(name);
            all.push((format!("without {pointer}"), without));
        }
        let is_object = whole.pointer(&pointer).unwrap().is_object();
        for other in [
            json!(null),
            json!(17),
            json!(-1),
            json!(""),
            json!("x"),
            json!(true),
            json!({}),
            json!([]),
        ] {
            // serde also reads a struct from a list of its fields; the protocol does not say so.
            if (is_object || name == "budget") && other.is_array() {
                continue;
            }
            let mut with = whole.clone();
            let name = format!("{pointer} = {other}");
            *with.pointer_mut(&pointer).unwrap() = other;
            all.push((name, with));
        }
    }
    all
}

/// The schema takes every one of these, and of what is made of them what the type takes too.
fn agree(definition: &str, all: Vec<Value>, reads: impl Fn(&Value) -> bool) {
    let schema = validator(definition);
    let mut wrong = Vec::new();
    for whole in all {
        assert!(reads(&whole), "{whole}");
        assert_eq!(mistakes(&schema, &whole), "", "{whole}");
        for (how, value) in spoilt(&whole) {
            if schema.is_valid(&value) != reads(&value) {
                wrong.push(format!("{how}: the type says {}: {value}", reads(&value)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn it_takes_what_the_desk_says_and_nothing_that_no_connector_would_read() {
    agree("toConnector", to_connector().into_iter().map(json_of).collect(), is_to_connector);
}

#[test]
fn it_takes_what_a_connector_says_and_nothing_that_the_desk_would_not_read() {
    let all = from_connector().into_iter().map(json_of);
    // The type leaves events as they are; they have a test of their own.
    let without_events = all.map(|mut message| {
        if message.get("events").is_some() {
            message["events"] = json!([]);
        }
        message
    });
    agree("fromConnector", without_events.collect(), is_from_connector);
    let schema = validator("fromConnector");
    for message in from_connector() {
        assert_eq!(mistakes(&schema, &json_of(message)), "");
    }
}

#[test]
fn it_takes_every_event_and_nothing_that_the_desk_would_reject() {
    let mut all: Vec<Value> = events().iter().map(events::written).collect();
    all.push(
        json!({"event": "message", "id": 7, "at": 1_795_240_800, "text": "as little as can be"}),
    );
    agree("event", all, is_event);
}

#[test]
fn every_kind_and_field_of_the_types_is_named_in_it() {
    let defs = schema()["$defs"].clone();
    let named = |definition: &str, value: &Value| {
        for name in value.as_object().unwrap().keys() {
            assert!(!defs[definition]["properties"][name].is_null(), "{definition}: {name}");
        }
    };
    for message in
        to_connector().into_iter().map(json_of).chain(from_connector().into_iter().map(json_of))
    {
        let kind = message["type"].as_str().unwrap();
        match message.get("do").and_then(Value::as_str) {
            None if kind == "secrets" => named("secretsAnew", &message),
            None => named(kind, &message),
            Some(act) => {
                let act = format!("do{}{}", act[..1].to_uppercase(), &act[1..]);
                let common = &defs["command"]["properties"];
                let mut own = message.clone();
                own.as_object_mut().unwrap().retain(|name, _| common[name].is_null());
                named(&act, &own);
            }
        }
    }
    let hello = from_connector().into_iter().map(json_of).next().unwrap();
    named("abilities", &hello["can"]);
    assert_eq!(defs["events"]["properties"]["events"]["maxItems"], MOST_EVENTS);
    assert_eq!(defs["events"]["properties"]["cursor"]["maxLength"], MOST_CURSOR);
}

#[test]
fn lines_that_are_none_do_not_validate() {
    let (to, from) = (validator("toConnector"), validator("fromConnector"));
    for line in [
        r#"{}"#,
        r#"[]"#,
        r#"{"type":"sings"}"#,
        r#"{"type":"command","id":1}"#,
        r#"{"type":"command","id":1,"do":"dance"}"#,
        r#"{"type":"command","do":"check"}"#,
        r#"{"type":"command","id":1,"do":"reply","thread":"4","queue":"dms","text":"x"}"#,
        r#"{"type":"taken"}"#,
        r#"{"type":"events","events":[]}"#,
        r#"{"type":"events","batch":1,"events":[{"event":"message","id":"1","at":1}]}"#,
        r#"{"type":"events","batch":1,"events":[7]}"#,
        r#"{"type":"nack","id":1}"#,
        r#"{"type":"nack","id":1,"kind":"maybe"}"#,
        r#"{"type":"ack","id":-1}"#,
        r#"{"type":"ack","id":1,"at":"2026-01-02 10:11:12"}"#,
        r#"{"type":"hello","can":{"guard":"prayer"}}"#,
    ] {
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(!to.is_valid(&value) && !from.is_valid(&value), "{line}");
    }
    let batch = |events: usize, cursor: usize| {
        let event = events::written(&self::events()[3]);
        json!({"type": "events", "batch": 1, "cursor": "c".repeat(cursor),
            "events": vec![event; events]})
    };
    assert!(from.is_valid(&batch(MOST_EVENTS, MOST_CURSOR)));
    assert!(!from.is_valid(&batch(MOST_EVENTS + 1, 0)));
    assert!(!from.is_valid(&batch(0, MOST_CURSOR + 1)));
}

/// The lines of a page's blocks of one language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let parts = page.split("\n```").collect::<Vec<_>>();
    let begin = format!("{language}\n");
    parts.iter().filter_map(|p| p.strip_prefix(&begin)).map(|p| format!("{p}\n")).collect()
}

#[test]
fn every_line_shown_is_one_of_the_protocol() {
    let page = fs::read_to_string(docs("connectors.md")).unwrap();
    let checks = ["toConnector", "fromConnector", "event"].map(validator);
    let mut kinds = Vec::new();
    for line in blocks(&page, "json").iter().flat_map(|block| block.lines()) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let fits = checks.iter().filter(|check| check.is_valid(&value)).count();
        let why: String = checks.iter().map(|check| mistakes(check, &value)).collect();
        assert_eq!(fits, 1, "{line}: {why}");
        kinds.push((value["type"].to_string(), value["do"].to_string()));
    }
    for message in
        to_connector().into_iter().map(json_of).chain(from_connector().into_iter().map(json_of))
    {
        let kind = (message["type"].to_string(), message["do"].to_string());
        assert!(kinds.contains(&kind), "docs/connectors.md shows no {kind:?}");
    }
}

#[test]
fn every_field_has_its_place_on_the_page() {
    let page = fs::read_to_string(docs("connectors.md")).unwrap();
    for (definition, schema) in schema()["$defs"].as_object().unwrap() {
        if definition.starts_with("event") && definition != "events" {
            // docs/events.md tells of these.
            continue;
        }
        let names = schema["properties"].as_object().into_iter().flat_map(|p| p.keys());
        for name in names {
            assert!(page.contains(&format!("`{name}`")), "docs/connectors.md: {definition}.{name}");
        }
    }
}

#[test]
fn the_example_on_the_page_is_the_one_that_is_tested() {
    let page = fs::read_to_string(docs("connectors.md")).unwrap();
    let example = fs::read_to_string(docs("connector-example.py")).unwrap();
    assert_eq!(blocks(&page, "python"), [example]);
}
