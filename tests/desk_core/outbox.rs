//! What is on its way out: nothing is lost, nothing is done twice, nothing unconfirmed looks done.

use crate::kit::*;
use dutydesk::daemon::desk::{Job, JobResult, Step, query};
use dutydesk::domain::outbox::{Outcome, Stage};
use dutydesk::domain::{
    Abilities, Command, ConversationId, Delivery, Guard, MessageRef, OutKind, OutPlace, Refusal,
    Span, State, Time,
};
use dutydesk::wire::message::Notice;
use rstest::rstest;

fn answered(kit: &mut Kit) -> (ConversationId, MessageRef) {
    let id = kit.comment("1", "where is it?");
    let reply =
        Command::Reply { ids: vec![id], text: "on its way".into(), seen: None, because: None };
    (id, kit.done("amy", reply).message.unwrap())
}

fn delivery(kit: &Kit, at: MessageRef) -> Delivery {
    kit.messages(at.conversation)[at.seq as usize].1.delivery.clone()
}

fn stage(kit: &Kit) -> Option<Stage> {
    let rows = query::outbox(&*kit.store, &weibo(), 10).unwrap();
    rows.into_iter().next().map(|row| row.row.stage)
}

fn unknown() -> Outcome {
    Outcome::Unknown { why: "cut off".into() }
}

fn able() -> Abilities {
    Abilities {
        reply: true,
        like: true,
        hide: true,
        delete: true,
        block: true,
        ..Abilities::default()
    }
}

#[test]
fn an_attempt_is_written_down_before_it_is_made() {
    let mut kit = Kit::new();
    let (_, reply) = answered(&mut kit);
    assert_eq!((delivery(&kit, reply), stage(&kit)), (Delivery::Waiting, Some(Stage::new())));
    assert_eq!(kit.step(reply, Step::Attempt), JobResult::Ok);
    assert_eq!(delivery(&kit, reply), Delivery::Sending);
    kit.restart();
    assert_eq!(stage(&kit), Some(Stage::Attempted { at: kit.now }));
    kit.check();
}

#[rstest]
#[case(Guard::Key)]
#[case(Guard::Lookup)]
fn a_doubt_that_the_desk_can_clear_up_by_itself_stays_on_its_way(#[case] guard: Guard) {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.came(reply, unknown(), guard);
    assert_eq!(delivery(&kit, reply), Delivery::Sending);
    assert!(matches!(stage(&kit), Some(Stage::Doubtful { .. })));
    assert_eq!(kit.conversation(id).state, State::Pending);
    assert!(kit.last.notices.is_empty());
    kit.check();
}

#[test]
fn what_only_a_person_can_tell_is_shown_and_the_customer_waits_again() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.later(Span::minutes(1));
    kit.came(reply, unknown(), Guard::None);
    assert_eq!(delivery(&kit, reply), Delivery::Unconfirmed(kit.now));
    let c = kit.conversation(id);
    assert_eq!(c.state, State::Open);
    assert!(c.head.is_some() && c.timer.is_some() && c.first_response.is_none());
    assert!(matches!(&kit.last.notices[..], [(to, Notice::Unsent { why, .. })]
        if *to == op("amy") && why == "cut off"));
    // It cannot be taken back, and is not attempted again by itself.
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::UnderWay(id)));
    kit.restart();
    assert!(matches!(stage(&kit), Some(Stage::Unconfirmed { .. })));
    kit.check();
}

#[test]
fn somebody_who_saw_it_on_the_platform_says_so() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.came(reply, unknown(), Guard::None);
    kit.later(Span::minutes(3));
    kit.done("bo", Command::MarkSent { ids: vec![id] });
    assert_eq!(delivery(&kit, reply), Delivery::Sent(kit.now));
    assert_eq!(stage(&kit), None);
    let c = kit.conversation(id);
    assert_eq!((c.state, c.first_response.is_some()), (State::Pending, true));
    assert_eq!(kit.act("bo", Command::MarkSent { ids: vec![id] }), Err(Refusal::NothingOpen(id)));
    kit.check();
}

#[test]
fn somebody_who_did_not_see_it_sends_it_again_as_something_new() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    let key = |kit: &Kit| query::outbox(&*kit.store, &weibo(), 1).unwrap()[0].row.key;
    let first = key(&kit);
    kit.came(reply, unknown(), Guard::None);
    kit.done("bo", Command::SendAgain { ids: vec![id] });
    assert_eq!((delivery(&kit, reply), stage(&kit)), (Delivery::Waiting, Some(Stage::new())));
    assert!(key(&kit) > first, "the platform must not take it for the same");
    assert_eq!(kit.conversation(id).state, State::Pending);
    kit.sent(reply, "r1");
    kit.check();
}

#[test]
fn what_was_overtaken_meanwhile_is_not_sent_again() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.came(reply, Outcome::Failed { why: "gone".into() }, Guard::Key);
    kit.ingest(vec![answer_to("1", "2", NOON + Span::minutes(1), false)]);
    assert_eq!(
        kit.act("amy", Command::SendAgain { ids: vec![id] }),
        Err(Refusal::Overtaken { id, new: 1 })
    );
    kit.check();
}

#[test]
fn what_the_platform_will_not_take_fails_with_its_reason_and_reopens() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.done("amy", Command::Resolve { ids: vec![id] });
    kit.came(reply, Outcome::Failed { why: "312 of 300 characters".into() }, Guard::Key);
    let failed = Delivery::Failed { at: kit.now, why: "312 of 300 characters".into() };
    assert_eq!((delivery(&kit, reply), stage(&kit)), (failed, None));
    assert_eq!(kit.conversation(id).state, State::Open);
    assert_eq!(kit.last.notices.len(), 1);
    kit.check();
}

#[test]
fn what_was_certainly_not_done_waits_and_can_be_taken_back() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    let not_before = kit.now + Span::minutes(5);
    kit.came(reply, Outcome::NotYet { not_before, why: "429".into() }, Guard::None);
    assert_eq!(stage(&kit), Some(Stage::Queued { not_before, why: Some("429".into()) }));
    assert_eq!(delivery(&kit, reply), Delivery::Waiting);
    kit.done("amy", Command::Undo);
    assert_eq!((stage(&kit), kit.conversation(id).state), (None, State::Open));
    // The runner comes too late with what it was about to do.
    assert_eq!(kit.step(reply, Step::Attempt), JobResult::Refused(Refusal::NothingOpen(id)));
    kit.check();
}

#[test]
fn undo_of_what_is_out_asks_the_platform_to_delete_it() {
    let mut kit = Kit::new();
    kit.setup.can.set(&weibo(), Some(able()));
    let (id, reply) = answered(&mut kit);
    kit.sent(reply, "r1");
    kit.done("amy", Command::Undo);
    let rows = query::outbox(&*kit.store, &weibo(), 10).unwrap();
    assert_eq!((rows.len(), rows[0].place.kind), (1, OutKind::Delete));
    let query::About::Message { message, .. } = &rows[0].about else { panic!("{rows:?}") };
    assert_eq!(message.platform_id, "r1");
    assert!(kit.messages(id)[1].1.withdrawn.is_none(), "it stands until the platform has done it");
    let place = rows[0].place.clone();
    kit.one(Job::Outgoing { place: place.clone(), step: Step::Attempt });
    let to = Outcome::Done { platform_id: None, url: None, at: None };
    kit.one(Job::Outgoing { place, step: Step::Came { to, guard: Guard::Key } });
    assert!(kit.messages(id)[1].1.withdrawn.is_some());
    kit.check();
}

#[test]
fn a_request_is_queued_once_and_cancelled_by_its_opposite() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "lovely");
    let like = |on| Command::Moderate { ids: vec![id], message: None, what: OutKind::Like, on };
    assert!(matches!(kit.act("amy", like(true)), Err(Refusal::NotConnected { .. })));
    kit.setup.can.set(&weibo(), Some(Abilities::default()));
    assert!(matches!(kit.act("amy", like(true)), Err(Refusal::CannotThere { .. })));
    kit.setup.can.set(&weibo(), Some(able()));
    kit.done("amy", like(true));
    assert_eq!(kit.act("bo", like(true)), Err(Refusal::Unchanged(id)));
    kit.done("amy", Command::Undo);
    assert_eq!(stage(&kit), None, "it had not left the desk");
    kit.done("amy", Command::Redo);
    let message = MessageRef { conversation: id, seq: 0 };
    let place = OutPlace::message(weibo(), OutKind::Like, message);
    kit.one(Job::Outgoing { place: place.clone(), step: Step::Attempt });
    assert_eq!(kit.act("bo", like(false)), Err(Refusal::UnderWay(id)));
    let to = Outcome::Done { platform_id: None, url: None, at: None };
    kit.one(Job::Outgoing { place, step: Step::Came { to, guard: Guard::Key } });
    assert!(kit.messages(id)[0].1.liked);
    kit.done("amy", Command::Undo);
    let rows = query::outbox(&*kit.store, &weibo(), 10).unwrap();
    assert!(!rows[0].row.on, "what is done is taken back by asking again");
    kit.check();
}

#[test]
fn where_no_connector_sends_people_do() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.later(Span::minutes(2));
    kit.done("amy", Command::MarkSent { ids: vec![id] });
    assert_eq!(delivery(&kit, reply), Delivery::Sent(kit.now));
    assert_eq!(kit.conversation(id).first_response.unwrap().answered, kit.now);
    // With a connector that sends, nobody else says that something is sent.
    kit.setup.can.set(&weibo(), Some(able()));
    let id = kit.comment("2", "and mine?");
    kit.done(
        "amy",
        Command::Reply { ids: vec![id], text: "too".into(), seen: None, because: None },
    );
    assert_eq!(kit.act("amy", Command::MarkSent { ids: vec![id] }), Err(Refusal::NothingOpen(id)));
    kit.check();
}

#[test]
fn what_waited_when_an_export_was_made_is_in_doubt_after_the_restore() {
    let mut kit = Kit::new();
    let (_, reply) = answered(&mut kit);
    kit.one(Job::Restored);
    assert!(matches!(stage(&kit), Some(Stage::Attempted { .. })));
    assert_eq!(delivery(&kit, reply), Delivery::Sending);
    kit.check();
}

#[test]
fn what_the_platform_calls_the_future_is_now() {
    let mut kit = Kit::new();
    let (id, reply) = answered(&mut kit);
    kit.later(Span::minutes(1));
    let at = Some(Time(kit.now.0 + 86_400_000));
    let to = Outcome::Done { platform_id: Some("r1".into()), url: None, at };
    kit.came(reply, to, Guard::None);
    assert_eq!(kit.conversation(id).first_response.unwrap().answered, kit.now);
    kit.check();
}

#[test]
fn what_was_seen_since_may_be_the_very_answer_that_is_looked_for() {
    let mut kit = Kit::new();
    kit.comment("1", "where is it?");
    kit.ingest(vec![answer_to("1", "by-phone", NOON, true)]);
    kit.ingest(vec![answer_to("1", "2", NOON + Span(1), false)]);
    let id = kit.conversation(ConversationId(1)).id;
    let first = Command::Reply { ids: vec![id], text: "one".into(), seen: None, because: None };
    let first = kit.done("amy", first).message.unwrap();
    kit.sent(first, "sent-from-here");
    let second = Command::Reply { ids: vec![id], text: "two".into(), seen: None, because: None };
    let second = kit.done("amy", second).message.unwrap();
    kit.came(second, unknown(), Guard::Lookup);
    // Nobody knows whether it got through; then the platform shows one of ours.
    kit.ingest(vec![answer_to("1", "perhaps", NOON + Span(5), true)]);
    let mut known = query::known_ids(&*kit.store, second, 100).unwrap();
    known.sort();
    assert_eq!(known, ["by-phone", "sent-from-here"]);
    // It was: the echo goes, the answer stands.
    let to = Outcome::Done { platform_id: Some("perhaps".into()), url: None, at: None };
    kit.step(second, Step::Came { to, guard: Guard::Lookup });
    let standing = kit.messages(id).into_iter().filter(|(_, m)| m.is_standing_reply());
    let ids: Vec<String> = standing.map(|(_, m)| m.platform_id).collect();
    assert_eq!(ids, ["by-phone", "sent-from-here", "perhaps"]);
    kit.check();
}
