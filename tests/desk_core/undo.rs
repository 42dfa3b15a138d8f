//! Undo and redo.

use crate::kit::*;
use dutydesk::daemon::desk::query;
use dutydesk::domain::{Command, ConversationId, Intent, Name, OperatorName, Refusal, Span, State};
use rstest::rstest;

type Make = fn(ConversationId) -> Command;

#[rstest]
#[case::claim(|id| Command::Claim { ids: vec![id], over: false })]
#[case::assign(|id| Command::Assign { ids: vec![id], to: Some(OperatorName("bo".into())) })]
#[case::snooze(|id| Command::Snooze { ids: vec![id], until: NOON + Span::hours(9) })]
#[case::pending(|id| Command::Pending { ids: vec![id] })]
#[case::hold(|id| Command::Hold { ids: vec![id] })]
#[case::resolve(|id| Command::Resolve { ids: vec![id] })]
#[case::label(|id| Command::Label { ids: vec![id], label: "vip".into() })]
#[case::classify(|id| Command::Classify { ids: vec![id], intent: Some(Intent::Spam), severity: None })]
#[case::note(|id| Command::Note { ids: vec![id], text: "n".into() })]
#[case::reply(|id| Command::Reply { ids: vec![id], text: "r".into(), seen: None, because: None })]
fn each_command_is_taken_back_and_done_again_also_after_a_restart(#[case] make: Make) {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let before = kit.conversation(id);
    kit.done("amy", make(id));
    let after = kit.conversation(id);
    kit.restart();
    kit.check();
    let undone = kit.done("amy", Command::Undo);
    assert_eq!((undone.name, undone.taken_back), (make(id).name(), true));
    assert_eq!(undone.ids, [id]);
    let mut restored = kit.conversation(id);
    // A note or reply is withdrawn, not erased.
    restored.messages = before.messages;
    assert_eq!(restored, before);
    assert_eq!(kit.desk.state(kit.now).waiting, 0);
    kit.check();
    kit.restart();
    let redone = kit.done("amy", Command::Redo);
    assert_eq!((redone.name, redone.taken_back), (make(id).name(), true));
    assert_eq!(kit.conversation(id), after);
    kit.check();
    assert_eq!(kit.act("amy", Command::Redo), Err(Refusal::NothingToRedo));
    kit.done("amy", Command::Undo);
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::NothingToUndo));
    kit.check();
}

#[test]
fn undo_goes_down_the_stack_and_redo_up_again() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    for label in ["a", "b", "c"] {
        kit.done("amy", Command::Label { ids: vec![id], label: label.into() });
    }
    let labels = |kit: &Kit| kit.conversation(id).labels.concat();
    let mut seen = Vec::new();
    for command in [
        Command::Undo,
        Command::Undo,
        Command::Redo,
        Command::Undo,
        Command::Undo,
        Command::Redo,
        Command::Redo,
        Command::Redo,
    ] {
        kit.done("amy", command);
        seen.push(labels(&kit));
    }
    assert_eq!(seen, ["ab", "a", "ab", "a", "", "a", "ab", "abc"]);
    kit.done("amy", Command::Undo);
    kit.done("amy", Command::Label { ids: vec![id], label: "d".into() });
    assert_eq!(kit.act("amy", Command::Redo), Err(Refusal::NothingToRedo));
    kit.done("amy", Command::Undo);
    kit.done("amy", Command::Undo);
    assert_eq!(labels(&kit), "a");
    kit.check();
}

#[test]
fn each_operator_takes_back_their_own() {
    let mut kit = Kit::new();
    let (first, second) = (kit.comment("1", "a"), kit.comment("2", "b"));
    kit.done("amy", Command::Resolve { ids: vec![first] });
    kit.done("bo", Command::Resolve { ids: vec![second] });
    kit.done("amy", Command::Undo);
    assert_eq!(kit.conversation(first).state, State::Open);
    assert_eq!(kit.conversation(second).state, State::Resolved);
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::NothingToUndo));
}

#[test]
fn what_somebody_changed_since_is_not_taken_back_and_does_not_block_what_is_below() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Label { ids: vec![id], label: "vip".into() });
    kit.done("amy", Command::Resolve { ids: vec![id] });
    kit.done("bo", Command::Reopen { ids: vec![id] });
    kit.done("bo", Command::Hold { ids: vec![id] });
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::ChangedSince(id)));
    assert_eq!(kit.conversation(id).state, State::OnHold);
    let next = kit.done("amy", Command::Undo);
    assert_eq!(next.name, Name::Label);
    assert!(kit.conversation(id).labels.is_empty());
    kit.check();
}

#[test]
fn a_bulk_action_is_taken_back_where_it_still_can_be() {
    let mut kit = Kit::new();
    let ids: Vec<ConversationId> = (0..5).map(|n| kit.comment(&format!("{n}"), "a")).collect();
    kit.done("amy", Command::Pending { ids: ids.clone() });
    kit.done("bo", Command::Resolve { ids: vec![ids[1], ids[2]] });
    let undone = kit.done("amy", Command::Undo);
    assert_eq!(undone.ids.len(), 3);
    assert_eq!(undone.refused, [Refusal::ChangedSince(ids[1]), Refusal::ChangedSince(ids[2])]);
    // Redo does again what was taken back, no more.
    let redone = kit.done("amy", Command::Redo);
    assert_eq!(redone.ids, undone.ids);
    assert_eq!(kit.conversation(ids[1]).state, State::Resolved);
    kit.check();
}

#[test]
fn a_reply_that_left_the_desk_stays() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let reply = kit
        .done("amy", Command::Reply { ids: vec![id], text: "r".into(), seen: None, because: None })
        .message
        .unwrap();
    kit.sent(reply, "r1");
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::AlreadySent(id)));
    assert_eq!(kit.conversation(id).state, State::Pending);
    kit.check();
}

#[test]
fn a_reply_taken_back_leaves_the_outbox_and_the_figures() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Reply { ids: vec![id], text: "r".into(), seen: None, because: None });
    let replies =
        |kit: &Kit| query::kpis(&*kit.store, NOON, 0).unwrap().replies.iter().sum::<f64>();
    assert_eq!(replies(&kit), 1.0);
    kit.done("amy", Command::Undo);
    assert_eq!(replies(&kit), 0.0);
    assert!(query::outbox(&*kit.store, &weibo(), 10).unwrap().is_empty());
    let c = kit.conversation(id);
    assert_eq!(c.state, State::Open);
    assert_eq!(c.timer.unwrap().due, NOON + Span::hours(2));
    assert!(kit.messages(id)[1].1.withdrawn.is_some());
    kit.check();
}

#[test]
fn a_reply_is_not_done_again_over_what_came_meanwhile() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Reply { ids: vec![id], text: "r".into(), seen: None, because: None });
    kit.done("amy", Command::Undo);
    kit.ingest(vec![answer_to("1", "2", NOON + Span::minutes(1), false)]);
    assert_eq!(kit.act("amy", Command::Redo), Err(Refusal::Overtaken { id, new: 1 }));
    assert_eq!(kit.conversation(id).state, State::Open);
    kit.check();
}
