//! Commands on one conversation and on many.

use crate::kit::*;
use dutydesk::daemon::desk::{Caller, Job, JobResult, query};
use dutydesk::domain::journal::{Actor, What};
use dutydesk::domain::order::StateKind;
use dutydesk::domain::{
    Command, ConversationId, Delivery, MessageKind, Name, Queue, Refusal, Span, State,
};
use dutydesk::wire::message::Notice;
use rstest::rstest;

fn one(make: impl Fn(Vec<ConversationId>) -> Command) -> impl Fn(ConversationId) -> Command {
    move |id| make(vec![id])
}

#[rstest]
#[case::pending(one(|ids| Command::Pending { ids }), StateKind::Pending)]
#[case::hold(one(|ids| Command::Hold { ids }), StateKind::OnHold)]
#[case::snooze(one(|ids| Command::Snooze { ids, until: NOON + Span::hours(1) }), StateKind::Snoozed)]
#[case::resolve(one(|ids| Command::Resolve { ids }), StateKind::Resolved)]
fn states_move_a_conversation_in_the_order(
    #[case] command: impl Fn(ConversationId) -> Command,
    #[case] state: StateKind,
) {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let before = kit.conversation(id).order_key();
    let done = kit.done("amy", command(id));
    assert_eq!(done.ids, [id]);
    let c = kit.conversation(id);
    assert_eq!(StateKind::from(&c.state), state);
    let moved = &kit.last.moves[0];
    assert_eq!((moved.before, moved.after), (before, c.order_key()));
    assert_eq!(moved.by, Some((op("amy"), command(id).name())));
    assert!(kit.last.state && kit.last.kpis);
    assert!(kit.desk.state(kit.now).counts.contains(&(Queue::Comments, state, 1)));
    kit.check();
    assert_eq!(kit.act("amy", command(id)), Err(Refusal::Unchanged(id)));
    kit.done("amy", Command::Reopen { ids: vec![id] });
    assert_eq!(kit.conversation(id).state, State::Open);
    kit.check();
}

#[test]
fn a_refused_command_changes_nothing() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Claim { ids: vec![id], over: false });
    let before = kit.everything();
    let revision = kit.last.revision;
    let claimed = Refusal::Claimed { id, by: op("amy"), since: NOON };
    for (command, why) in [
        (Command::Resolve { ids: vec![id] }, claimed.clone()),
        (
            Command::Reply { ids: vec![id], text: "x".into(), seen: None, because: None },
            claimed.clone(),
        ),
        (Command::Claim { ids: vec![id], over: false }, claimed),
        (Command::Note { ids: vec![id], text: " ".into() }, Refusal::EmptyText),
        (Command::Undo, Refusal::NothingToUndo),
        (Command::Redo, Refusal::NothingToRedo),
        (
            Command::Resolve { ids: vec![ConversationId(77)] },
            Refusal::NoSuchConversation(ConversationId(77)),
        ),
        (Command::Snooze { ids: vec![id], until: NOON }, Refusal::NotInFuture(NOON)),
        (
            Command::Resolve { ids: vec![id; Command::MOST + 1] },
            Refusal::TooMany { asked: Command::MOST + 1, limit: Command::MOST },
        ),
    ] {
        assert_eq!(kit.act("bo", command), Err(why));
        assert!(kit.last.moves.is_empty());
    }
    // Nothing but that there is an operator of that name.
    let after = kit.everything();
    assert_eq!(after.len(), before.len() + 1);
    assert!(kit.last.revision <= revision + 1);
    kit.check();
}

#[test]
fn bulk_does_what_it_can_and_names_the_rest() {
    let mut kit = Kit::new();
    let ids: Vec<ConversationId> = (0..100).map(|n| kit.comment(&format!("c{n}"), "a")).collect();
    kit.done("amy", Command::Claim { ids: vec![ids[3]], over: false });
    let mut asked = ids.clone();
    asked.push(ids[0]);
    asked.push(ConversationId(4242));
    let done = kit.done("bo", Command::Resolve { ids: asked });
    assert_eq!(done.ids.len(), 99);
    assert_eq!(done.refused.len(), 2);
    // One group of few entries, each small enough for one value.
    let entries = query::journal(&*kit.store, 0, 500).unwrap();
    let groups: Vec<_> = entries
        .iter()
        .filter_map(|(_, e)| match &e.what {
            What::Action { name: Name::Resolve, group, on, .. } => Some((*group, on.len())),
            _ => None,
        })
        .collect();
    assert_eq!(groups.iter().map(|(_, n)| n).sum::<usize>(), 99);
    assert!(groups.len() == 3 && groups.iter().all(|(g, _)| *g == groups[0].0));
    kit.check();
    let undone = kit.done("bo", Command::Undo);
    assert_eq!((undone.name, undone.taken_back, undone.ids.len()), (Name::Resolve, true, 99));
    assert!(ids.iter().all(|id| kit.conversation(*id).state == State::Open));
    kit.check();
}

#[test]
fn a_claim_needs_a_live_cockpit() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let by = Caller { operator: op("amy"), declared: false, session: None };
    let command = Command::Claim { ids: vec![id], over: false };
    let result = kit.one(Job::Do { by, command });
    assert_eq!(result, JobResult::Refused(Refusal::NoLiveCockpit(op("amy"))));
}

#[test]
fn a_claim_taken_over_is_told() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Claim { ids: vec![id], over: false });
    kit.done("bo", Command::Claim { ids: vec![id], over: true });
    assert_eq!(kit.conversation(id).claim.unwrap().operator, op("bo"));
    let lost = Notice::ClaimLost { id, by: Some(op("bo")) };
    assert_eq!(kit.last.notices, [(op("amy"), lost)]);
    kit.check();
}

#[test]
fn assigning_tells_the_assignee_and_counts_for_them() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Assign { ids: vec![id], to: Some(op("bo")) });
    let told = Notice::Assigned { id, by: op("amy") };
    assert_eq!(kit.last.notices, [(op("bo"), told)]);
    kit.done("bo", Command::Assign { ids: vec![id], to: None });
    kit.done("bo", Command::Assign { ids: vec![id], to: Some(op("bo")) });
    assert!(kit.last.notices.is_empty());
    kit.check();
    let long = Command::Assign { ids: vec![id], to: Some(op(&"x".repeat(400))) };
    assert!(matches!(kit.act("amy", long), Err(Refusal::TooLong { .. })));
}

#[test]
fn a_note_is_private_and_mentions() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let text = "@bo, ask ＠张三 or mail me@example.com; @amy @bo";
    let done = kit.done("amy", Command::Note { ids: vec![id], text: text.into() });
    assert_eq!(done.message.unwrap().seq, 1);
    let told: Vec<_> = kit.last.notices.iter().map(|(who, _)| who.0.as_str()).collect();
    assert_eq!(told, ["bo", "张三"]);
    let (_, note) = &kit.messages(id)[1];
    assert_eq!((note.kind, &note.delivery), (MessageKind::Note, &Delivery::None));
    assert_eq!(kit.conversation(id).state, State::Open);
    assert_eq!(kit.desk.state(kit.now).waiting, 0);
    kit.check();
}

#[test]
fn a_reply_waits_in_the_outbox_and_ends_the_draft() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let draft = |text: &str| Job::Draft { by: by("amy"), id, text: Some(text.into()), seen: None };
    kit.one(draft("sor"));
    kit.one(draft("sorry"));
    let shown = query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap();
    assert_eq!(shown.draft.as_deref(), Some("sorry"));
    assert_eq!(query::detail(&*kit.store, id, &op("bo")).unwrap().unwrap().draft, None);
    let reply =
        Command::Reply { ids: vec![id], text: "sorry".into(), seen: Some(1), because: None };
    let done = kit.done("amy", reply);
    let waiting = query::outbox(&*kit.store, &weibo(), 10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].place.of_message(), done.message);
    let query::About::Message { message, .. } = &waiting[0].about else { panic!("{waiting:?}") };
    assert_eq!(message.in_reply_to.as_deref(), Some("1"));
    assert_eq!(message.text, "sorry");
    assert_eq!(query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap().draft, None);
    assert_eq!(kit.conversation(id).state, State::Pending);
    kit.check();
}

#[test]
fn a_reply_that_was_overtaken_is_not_sent() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.ingest(vec![answer_to("1", "2", NOON + Span::minutes(1), false)]);
    let reply = |seen| Command::Reply { ids: vec![id], text: "re".into(), seen, because: None };
    assert_eq!(kit.act("amy", reply(Some(1))), Err(Refusal::Overtaken { id, new: 1 }));
    assert!(query::outbox(&*kit.store, &weibo(), 10).unwrap().is_empty());
    kit.done("amy", reply(None));
    kit.check();
}

#[test]
fn jobs_of_one_group_see_each_other_and_are_one_step() {
    let mut kit = Kit::new();
    let act = |who: &str, command| Job::Do { by: by(who), command };
    let id = ConversationId(1);
    let results = kit.run(vec![
        Job::Ingest { cursor: None, events: vec![comment("1", NOON, "a")] },
        act("amy", Command::Claim { ids: vec![id], over: false }),
        act("bo", Command::Resolve { ids: vec![id] }),
        act("amy", Command::Resolve { ids: vec![id] }),
        Job::Ingest { cursor: None, events: vec![answer_to("1", "2", NOON, false)] },
    ]);
    assert!(matches!(results[2], JobResult::Refused(Refusal::Claimed { .. })));
    assert!(matches!(results[3], JobResult::Done(_)));
    assert_eq!(kit.conversation(id).state, State::Open);
    assert_eq!(kit.last.moves.len(), 1);
    assert_eq!(kit.last.revision, 1);
    kit.check();
}

#[test]
fn a_declared_name_is_journaled_as_such() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let by = Caller { declared: true, ..by("amy") };
    kit.one(Job::Do { by, command: Command::Resolve { ids: vec![id] } });
    let (_, entry) = query::journal(&*kit.store, 0, 10).unwrap().pop().unwrap();
    assert_eq!(entry.by, Actor::Operator { name: op("amy"), declared: true });
}

#[test]
fn a_full_disk_leaves_the_desk_as_it_was() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.comment("2", "b");
    let before = kit.everything();
    let state = kit.desk.state(kit.now);
    kit.store.full.store(true, std::sync::atomic::Ordering::Relaxed);
    let jobs = || {
        vec![
            Job::Do { by: by("amy"), command: Command::Claim { ids: vec![id], over: false } },
            Job::Do { by: by("amy"), command: Command::Resolve { ids: vec![id] } },
            Job::Ingest { cursor: None, events: vec![comment("3", NOON, "c")] },
        ]
    };
    for _ in 0..3 {
        assert!(kit.desk.run_group(kit.now, jobs()).unwrap_err().disk_full);
    }
    assert_eq!(kit.everything(), before);
    kit.store.full.store(false, std::sync::atomic::Ordering::Relaxed);
    kit.run(vec![]);
    assert_eq!(kit.desk.state(kit.now), state);
    kit.run(jobs());
    assert_eq!(kit.holder("3"), ConversationId(3));
    kit.check();
}
