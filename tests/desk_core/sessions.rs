//! Claims and sessions, "since I left".

use crate::kit::*;
use dutydesk::daemon::desk::{Job, query};
use dutydesk::domain::journal::{Actor, What};
use dutydesk::domain::{Command, Name, Refusal, Span};
use dutydesk::wire::message::{Notice, SinceLeft};

fn ended(who: &str) -> Job {
    Job::SessionEnded { session: session(who), operator: op(who) }
}

#[test]
fn a_claim_ends_with_its_session_also_after_a_restart() {
    let mut kit = Kit::new();
    let (a, b) = (kit.comment("1", "a"), kit.comment("2", "b"));
    kit.done("amy", Command::Claim { ids: vec![a], over: false });
    kit.done("bo", Command::Claim { ids: vec![b], over: false });
    kit.restart();
    kit.one(ended("amy"));
    assert!(kit.conversation(a).claim.is_none());
    assert!(kit.conversation(b).claim.is_some());
    let (_, entry) = query::journal(&*kit.store, 0, 50).unwrap().pop().unwrap();
    assert_eq!(entry.by, Actor::Clock);
    assert!(matches!(entry.what, What::Elapsed { on } if on[0].conversation == a));
    kit.check();
}

#[test]
fn after_a_restart_those_who_came_back_keep_their_claims() {
    let mut kit = Kit::new();
    let (a, b) = (kit.comment("1", "a"), kit.comment("2", "b"));
    kit.done("amy", Command::Claim { ids: vec![a], over: false });
    kit.done("bo", Command::Claim { ids: vec![b], over: false });
    kit.restart();
    kit.one(Job::ReleaseClaims { sessions_alive: vec![session("bo")] });
    assert!(kit.conversation(a).claim.is_none());
    assert!(kit.conversation(b).claim.is_some());
    kit.check();
}

#[test]
fn an_idle_claim_is_released_and_its_holder_told() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Claim { ids: vec![id], over: false });
    kit.one(Job::Idle { session: session("amy") });
    assert!(kit.conversation(id).claim.is_none());
    assert_eq!(kit.last.notices, [(op("amy"), Notice::ClaimLost { id, by: None })]);
    kit.one(Job::Idle { session: session("amy") });
    assert!(kit.last.notices.is_empty() && kit.last.moves.is_empty());
    kit.check();
}

#[test]
fn since_i_left_tells_what_others_did() {
    let mut kit = Kit::new();
    let ids: Vec<_> = (0..6).map(|n| kit.comment(&format!("{n}"), "a")).collect();
    assert_eq!(query::since_left(&*kit.store, &op("amy")).unwrap(), None);
    kit.done("bo", Command::Resolve { ids: vec![ids[0]] });
    kit.later(Span::minutes(5)).one(ended("amy"));
    let left = kit.now;
    let since = |kit: &Kit| query::since_left(&*kit.store, &op("amy")).unwrap().unwrap();
    assert_eq!(since(&kit), SinceLeft { left, ..SinceLeft::default() });
    kit.later(Span::minutes(5));
    kit.comment("6", "a");
    kit.comment("7", "a");
    kit.done("bo", Command::Resolve { ids: vec![ids[1], ids[2]] });
    kit.done("bo", Command::Hold { ids: vec![ids[3]] });
    kit.done("bo", Command::Undo);
    kit.done("bo", Command::Assign { ids: vec![ids[4], ids[5]], to: Some(op("amy")) });
    kit.done("cy", Command::Assign { ids: vec![ids[5]], to: Some(op("cy")) });
    kit.done("amy", Command::Resolve { ids: vec![ids[3]] });
    let wanted = SinceLeft {
        left,
        arrived: 2,
        actions: vec![
            (op("bo"), Name::Assign, 2),
            (op("bo"), Name::Resolve, 2),
            (op("cy"), Name::Assign, 1),
        ],
        assigned: vec![ids[4]],
        more: false,
    };
    assert_eq!(since(&kit), wanted);
    kit.restart();
    assert_eq!(since(&kit), wanted);
}

#[test]
fn a_draft_is_kept_and_forgotten() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let shown = |kit: &Kit| query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap().draft;
    let long = "长".repeat(20_000);
    kit.one(Job::Draft { by: by("amy"), id, text: Some(long.clone()), seen: None });
    assert_eq!(shown(&kit), Some(long));
    kit.one(Job::Draft { by: by("amy"), id, text: Some("short".into()), seen: None });
    kit.restart();
    assert_eq!(shown(&kit).as_deref(), Some("short"));
    kit.one(Job::Draft { by: by("amy"), id, text: None, seen: None });
    assert_eq!(shown(&kit), None);
    assert!(!kit.everything().iter().any(|(key, _)| key.starts_with(b"d/")));
    let text = Some("x".repeat(65 << 10));
    let refused = kit.one(Job::Draft { by: by("amy"), id, text, seen: None });
    assert!(matches!(refused, dutydesk::daemon::desk::JobResult::Refused(Refusal::TooLong { .. })));
    kit.check();
}
