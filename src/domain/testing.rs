//! Conversations and messages for the tests of this room.

use super::policy::{Match, Policies, Policy, Target, TargetName};
use super::*;

pub fn conversation(queue: Queue) -> Conversation {
    Conversation::new(
        ConversationId(7),
        queue,
        ChannelId("weibo-shop".into()),
        "weibo".into(),
        "root".into(),
    )
}

pub fn inbound(at: i64, text: &str) -> Message {
    message(MessageKind::Inbound, at, text)
}

/// A reply of ours as it is seen on the platform.
pub fn seen_reply(at: i64) -> Message {
    message(MessageKind::Reply, at, "we are on it")
}

/// A reply written here that waits for its channel.
pub fn reply_from_here(at: i64) -> Message {
    let mut m = message(MessageKind::Reply, at, "we are on it");
    m.operator = Some(operator("amy"));
    m.delivery = Delivery::Waiting;
    m
}

pub fn operator(name: &str) -> OperatorName {
    OperatorName(name.into())
}

fn message(kind: MessageKind, at: i64, text: &str) -> Message {
    Message {
        kind,
        platform_id: format!("{kind:?}{at}{text}"),
        in_reply_to: None,
        author: Author { id: "u1".into(), name: "小鹿_".into() },
        operator: None,
        text: text.into(),
        at: Time(at),
        arrived: Time(at),
        likes: 0,
        permalink: None,
        attachments: Vec::new(),
        delivery: Delivery::None,
        withdrawn: None,
        edited: None,
        liked: false,
        hidden: false,
        erased: None,
        answered: None,
        class: None,
    }
}

fn rule(name: &str, words: &[&str], first: i64, next: i64, weight: u8) -> Policy {
    Policy {
        name: name.into(),
        tag: name.into(),
        matches: Match {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ..Match::default()
        },
        targets: vec![
            Target::new(TargetName::FirstResponse, Span(first)),
            Target::new(TargetName::NextResponse, Span(next)),
        ],
        weight,
        lead: false,
    }
}

/// `severe` on the word "scam": 100 and 50 ms, weight 200; else `plain`: 800 and 400 ms, weight 10.
pub fn policies() -> Policies {
    Policies {
        rules: vec![rule("severe", &["scam"], 100, 50, 200), rule("plain", &[], 800, 400, 10)],
        at_risk_percent: 25,
    }
}
