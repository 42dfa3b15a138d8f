//! Macros, escalation, persons' pasts, the topic pool and feedback tags.

use crate::kit::*;
use dutydesk::daemon::desk::{Setup, query};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::history::Whom;
use dutydesk::domain::macros::{Macro, Step, Words};
use dutydesk::domain::{
    Author, ChannelId, Command, ConversationId, Event, MessageKind, Name, Queue, Refusal, Span,
    State, feedback,
};
use dutydesk::store::export::{export_page, restore_lines};
use dutydesk::store::{Direction, Read, Store, keys};
use dutydesk::wire::message::Notice;
use rstest::rstest;

fn led() -> Kit {
    Kit::with(Setup { leads: vec![op("lee"), op("mo")], ..setup() })
}

fn escalate(id: ConversationId) -> Command {
    Command::Escalate { ids: vec![id], reason: "a journalist asks".into() }
}

fn topic(id: ConversationId) -> Command {
    Command::Topic { ids: vec![id], note: String::new() }
}

fn a_macro(steps: Vec<Step>) -> Macro {
    let title = Words { en: "m".into(), zh: String::new() };
    Macro { name: "m".into(), key: None, title, queue: None, channels: Vec::new(), steps }
}

fn words(text: &str) -> Words {
    Words { en: text.into(), zh: String::new() }
}

fn run(ids: &[ConversationId], steps: Vec<Step>, seen: &[(ConversationId, u32)]) -> Command {
    let run = Box::new(a_macro(steps));
    Command::Macro { ids: ids.to_vec(), run, seen: seen.to_vec() }
}

fn answer_and_close() -> Vec<Step> {
    vec![
        Step::Note(words("called them")),
        Step::Reply(words("it ships today")),
        Step::Label("shipping".into()),
        Step::Assign(None),
        Step::Resolve,
    ]
}

#[test]
fn what_is_escalated_is_the_leads_job_weighs_most_and_says_why() {
    let mut kit = led();
    let id = kit.comment("1", "hello");
    kit.done("amy", Command::Resolve { ids: vec![id] });
    kit.done("amy", escalate(id));
    let c = kit.conversation(id);
    let escalation = c.escalated.clone().unwrap();
    assert_eq!((escalation.by, c.assignee.clone()), (op("amy"), Some(op("lee"))));
    assert_eq!((c.state.clone(), c.order_key().unwrap().lightness), (State::Open, 0));
    let messages = kit.messages(id);
    let note = &messages[escalation.note as usize].1;
    assert_eq!((note.kind, note.text.as_str()), (MessageKind::Note, "a journalist asks"));
    let told: Vec<_> = kit.last.notices.iter().map(|(to, _)| to.0.as_str()).collect();
    assert_eq!(told, ["lee", "mo"]);
    assert_eq!(kit.last.notices[0].1, Notice::Escalated { id, by: op("amy") });
    assert_eq!(kit.act("bo", escalate(id)), Err(Refusal::Unchanged(id)));
    kit.check();
    kit.done("lee", Command::Resolve { ids: vec![id] });
    assert_eq!(kit.conversation(id).escalated, None);
    kit.done("lee", Command::Undo);
    assert!(kit.conversation(id).escalated.is_some());
    kit.done("lee", Command::Deescalate { ids: vec![id] });
    assert_eq!(kit.conversation(id).escalated, None);
    kit.check();
}

#[test]
fn a_lead_who_escalates_hands_it_to_the_other_one_and_without_leads_all_are_told() {
    let mut kit = led();
    let id = kit.comment("1", "hello");
    kit.done("lee", escalate(id));
    assert_eq!(kit.conversation(id).assignee, Some(op("mo")));
    let mut kit = Kit::new();
    let id = kit.comment("1", "hello");
    kit.done("bo", Command::Note { ids: vec![id], text: "hm".into() });
    kit.done("amy", escalate(id));
    assert_eq!(kit.conversation(id).assignee, None);
    let told: Vec<_> = kit.last.notices.iter().map(|(to, _)| to.0.as_str()).collect();
    assert_eq!(told, ["bo"]);
}

#[test]
fn leads_are_told_once_of_what_a_rule_says_is_theirs() {
    let mut kit = led();
    let id = kit.comment("1", "I want a refund");
    let told = |kit: &Kit| -> Vec<(String, u32)> {
        let notices = kit.last.notices.iter().filter_map(|(to, notice)| match notice {
            Notice::ForLead { count, .. } => Some((to.0.clone(), *count)),
            _ => None,
        });
        notices.collect()
    };
    assert_eq!(told(&kit), [("lee".to_owned(), 1), ("mo".to_owned(), 1)]);
    kit.ingest(vec![answer_to("1", "2", NOON + Span::minutes(1), false)]);
    assert_eq!(told(&kit), []);
    kit.comment("3", "nothing special");
    assert_eq!(told(&kit), []);
    let many = (10..20).map(|n| comment(&n.to_string(), NOON, "refund")).collect();
    kit.ingest(many);
    assert_eq!(told(&kit)[0].1, 10);
    kit.done("amy", Command::Resolve { ids: vec![id] });
    kit.check();
}

#[test]
fn a_macro_is_one_action_and_one_undo_takes_all_of_it_back() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "where is it");
    let before = kit.conversation(id);
    let done = kit.done("amy", run(&[id], answer_and_close(), &[(id, 1)]));
    assert_eq!((done.name, done.ids), (Name::Macro, vec![id]));
    let after = kit.conversation(id);
    assert_eq!((after.state.clone(), after.labels.concat()), (State::Resolved, "shipping".into()));
    assert_eq!(after.assignee, Some(op("amy")));
    assert_eq!(kit.desk.state(kit.now).waiting, 1);
    kit.check();
    kit.restart();
    kit.done("amy", Command::Undo);
    let mut restored = kit.conversation(id);
    restored.messages = before.messages;
    assert_eq!(restored, before);
    assert_eq!(kit.desk.state(kit.now).waiting, 0);
    kit.check();
    kit.done("amy", Command::Redo);
    assert_eq!(kit.conversation(id), after);
    kit.check();
    kit.done("amy", Command::Undo);
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::NothingToUndo));
}

#[test]
fn a_macro_that_is_overtaken_or_in_somebody_elses_hands_does_nothing_at_all() {
    let mut kit = Kit::new();
    let (one, two, three) = (kit.comment("1", "a"), kit.comment("2", "b"), kit.comment("3", "c"));
    kit.ingest(vec![answer_to("1", "9", NOON + Span::minutes(1), false)]);
    kit.done("bo", Command::Claim { ids: vec![two], over: false });
    let before = [one, two].map(|id| kit.conversation(id));
    let seen = [(one, 1), (two, 1), (three, 1)];
    let done = kit.done("amy", run(&[one, two, three], answer_and_close(), &seen));
    assert_eq!(done.ids, [three]);
    assert!(matches!(
        done.refused[..],
        [Refusal::Overtaken { id, new: 1 }, Refusal::Claimed { .. }] if id == one
    ));
    assert_eq!([one, two].map(|id| kit.conversation(id)), before);
    kit.check();
    // Whoever has read the new one sends it.
    kit.done("amy", run(&[one], answer_and_close(), &[(one, 2)]));
    assert_eq!(kit.conversation(one).state, State::Resolved);
}

#[test]
fn a_macro_of_another_queue_and_a_step_that_cannot_be_are_refused_as_a_whole() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let before = kit.conversation(id);
    let mut elsewhere = a_macro(vec![Step::Resolve]);
    elsewhere.queue = Some(Queue::Messages);
    let command = Command::Macro { ids: vec![id], run: Box::new(elsewhere), seen: Vec::new() };
    let refused = Refusal::MacroElsewhere { id, name: "m".into() };
    assert_eq!(kit.act("amy", command), Err(refused));
    let steps = vec![Step::Reply(words("hi")), Step::Label("two words".into())];
    let refused = kit.act("amy", run(&[id], steps, &[]));
    assert_eq!(refused, Err(Refusal::BadLabel("two words".into())));
    assert_eq!(kit.conversation(id), before);
    // One that fails only when it is tried: what came before it is taken back.
    let post = MessageEvent { ours: true, ..message("post", NOON, "new today") };
    kit.ingest(vec![Event::Message(post)]);
    let post = kit.holder("post");
    let before = kit.conversation(post);
    let steps = vec![Step::Label("x".into()), Step::Topic];
    assert_eq!(kit.act("amy", run(&[post], steps, &[])), Err(Refusal::NoQuestion(post)));
    assert_eq!(kit.conversation(post), before);
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::NothingToUndo));
    kit.check();
}

#[test]
fn undo_of_a_macro_whose_reply_is_out_takes_back_what_stood_beside_it() {
    let mut kit = Kit::new();
    let can = dutydesk::domain::Abilities { delete: true, ..Default::default() };
    kit.setup.can.set(&weibo(), Some(can));
    kit.restart();
    let id = kit.comment("1", "a");
    let steps = vec![Step::Reply(words("hi")), Step::Label("x".into())];
    kit.done("amy", run(&[id], steps, &[]));
    let reply = dutydesk::domain::MessageRef { conversation: id, seq: 1 };
    kit.sent(reply, "p1");
    kit.done("amy", Command::Undo);
    let c = kit.conversation(id);
    assert_eq!((c.labels, c.state), (Vec::<String>::new(), State::Pending));
    let outgoing = query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap().outgoing;
    assert_eq!(outgoing.len(), 1);
    kit.check();
}

#[rstest]
#[case::deescalate(|id| Command::Deescalate { ids: vec![id] })]
#[case::topic(topic)]
#[case::untopic(|id| Command::Untopic { ids: vec![id] })]
#[case::feedback(|id| Command::Label { ids: vec![id], label: feedback::label("idea") })]
fn each_is_taken_back_and_done_again(#[case] make: fn(ConversationId) -> Command) {
    let mut kit = Kit::new();
    let id = kit.comment("1", "do you ship to Berlin");
    match make(id).name() {
        Name::Deescalate => drop(kit.done("bo", escalate(id))),
        Name::Untopic => drop(kit.done("bo", topic(id))),
        _ => {}
    }
    let all = |kit: &Kit| {
        let report = query::feedback(&*kit.store, NOON - Span::hours(1), NOON + Span::hours(1));
        (kit.conversation(id), query::topics(&*kit.store, kit.now).unwrap(), report.unwrap())
    };
    let before = all(&kit);
    kit.done("amy", make(id));
    let after = all(&kit);
    assert_ne!(before, after);
    kit.done("amy", Command::Undo);
    let mut undone = all(&kit);
    // Who sent it to the pool is whoever put it back.
    if let (Some(topic), Some(was)) = (undone.1.first_mut(), before.1.first()) {
        topic.topic.asked[0].by = was.topic.asked[0].by.clone();
    }
    assert_eq!(undone, before);
    kit.done("amy", Command::Redo);
    assert_eq!(all(&kit), after);
    kit.check();
}

#[test]
fn the_same_question_again_raises_the_count() {
    let mut kit = Kit::new();
    let ids = [
        kit.comment("1", "Do you ship to Germany?"),
        kit.comment("2", "do you also ship to germany"),
        kit.comment("3", "发票可以开公司抬头吗"),
    ];
    let note = "for the FAQ".to_owned();
    kit.done("amy", Command::Topic { ids: ids.to_vec(), note });
    let topics = query::topics(&*kit.store, kit.now).unwrap();
    let seen: Vec<_> = topics.iter().map(|t| (t.topic.times(), t.text.as_str())).collect();
    assert_eq!(seen, [(2, "Do you ship to Germany?"), (1, "发票可以开公司抬头吗")]);
    assert_eq!(topics[0].topic.note, "for the FAQ");
    assert_eq!(kit.act("bo", topic(ids[1])), Err(Refusal::InPool(ids[1])));
    kit.done("bo", Command::Untopic { ids: vec![ids[0]] });
    assert_eq!(query::topics(&*kit.store, kit.now).unwrap().len(), 2);
    kit.done("bo", Command::Untopic { ids: vec![ids[1]] });
    assert_eq!(query::topics(&*kit.store, kit.now).unwrap().len(), 1);
    assert!(kit.act("bo", topic(ConversationId(99))).is_err());
    assert_eq!(
        kit.act("bo", Command::Untopic { ids: vec![ids[0]] }),
        Err(Refusal::NotInPool(ids[0]))
    );
    kit.check();
}

#[test]
fn the_feedback_report_compares_with_the_time_before() {
    let mut kit = Kit::new();
    let tag = |id, tag: &str| Command::Label { ids: vec![id], label: feedback::label(tag) };
    let ids: Vec<_> = (0..8).map(|n| kit.comment(&n.to_string(), "so so")).collect();
    kit.done("amy", tag(ids[0], "price"));
    kit.done("amy", tag(ids[1], "idea"));
    kit.later(Span::hours(24));
    for id in &ids[2..8] {
        kit.done("amy", tag(*id, "price"));
    }
    kit.done("amy", Command::Unlabel { ids: vec![ids[7]], label: feedback::label("price") });
    let from = NOON + Span::hours(12);
    let rows = query::feedback(&*kit.store, from, from + Span::hours(24)).unwrap();
    let seen: Vec<_> = rows.iter().map(|r| (r.tag.as_str(), r.count, r.before)).collect();
    assert_eq!(seen, [("price", 5, 1), ("idea", 0, 1)]);
    assert_eq!(rows[0].examples.len(), 5);
    kit.check();
}

fn said(id: &str, who: &str, minute: i64, text: &str) -> Event {
    let author = Author { id: who.into(), name: format!("{who}'s name") };
    Event::Message(MessageEvent { author, ..message(id, NOON + Span::minutes(minute), text) })
}

#[test]
fn a_persons_past_is_found_by_channel_and_person() {
    let mut kit = Kit::new();
    kit.ingest(vec![said("1", "u7", 0, "refund please"), said("2", "u8", 0, "hello")]);
    kit.ingest(vec![said("3", "u7", 60, "hello again")]);
    // Somebody else speaks below the first one's comment.
    let below = match said("4", "u8", 70, "me too") {
        Event::Message(m) => Event::Message(MessageEvent { in_reply_to: Some("1".into()), ..m }),
        other => other,
    };
    kit.ingest(vec![below]);
    kit.done("amy", Command::Label { ids: vec![kit.holder("3")], label: "vip".into() });
    let past = |who: &str| query::past(&*kit.store, &Whom::Named(weibo(), who.into())).unwrap();
    let u7 = past("u7");
    assert!(u7.complete && !u7.more);
    assert_eq!((u7.name.as_str(), u7.messages, u7.complaints), ("u7's name", 2, 1));
    let ids: Vec<_> = u7.conversations.iter().map(|c| c.id).collect();
    assert_eq!(ids, [kit.holder("3"), kit.holder("1")]);
    assert_eq!(u7.labels, [("vip".to_owned(), 1)]);
    assert_eq!(u7.median_gap, Some(Span::minutes(60)));
    assert_eq!(past("u8").messages, 2);
    assert_eq!(past("nobody").conversations, []);
    let of = query::past(&*kit.store, &Whom::Of(kit.holder("3"))).unwrap();
    assert_eq!(of, u7);
    let elsewhere = Whom::Named(ChannelId("douyin".into()), "u7".into());
    assert_eq!(query::past(&*kit.store, &elsewhere).unwrap().conversations, []);
    let brief = query::detail(&*kit.store, kit.holder("3"), &op("amy")).unwrap().unwrap().person;
    let brief = brief.unwrap();
    assert_eq!((brief.conversations, brief.complaints), (2, 1));
    kit.check();
}

#[test]
fn one_person_in_one_conversation_is_told_of_once() {
    let mut kit = Kit::new();
    kit.ingest(vec![said("1", "u7", 0, "a")]);
    for n in 2..6 {
        kit.ingest(vec![answer_to("1", &n.to_string(), NOON + Span::minutes(n), false)]);
    }
    let rows = |who: &str| {
        let range = keys::persons_of(&weibo(), who);
        kit.store.range(&range, 10, Direction::Forward).unwrap().rows.len()
    };
    assert_eq!((rows("u7"), rows("u1")), (1, 1));
}

#[test]
fn an_older_desk_gathers_who_wrote_what_with_the_clock() {
    let mut kit = Kit::new();
    let events = (0..450).map(|n| said(&n.to_string(), &format!("u{}", n % 3), n, "a")).collect();
    kit.ingest(events);
    // As an older version left it: no account of persons, and nothing that says so.
    let mut gone = dutydesk::store::Batch::default();
    let all = kit.everything();
    for (key, _) in all.into_iter().filter(|(key, _)| key.starts_with(b"b/")) {
        gone.ops.push(dutydesk::store::Op::Delete(key));
    }
    for part in gone.ops.chunks(80) {
        let batch = dutydesk::store::Batch { ops: part.to_vec(), ..Default::default() };
        kit.store.commit(vec![batch]).unwrap();
    }
    let key = keys::meta("desk");
    let mut facts: serde_json::Value =
        dutydesk::store::records::get(&*kit.store, &key).unwrap().unwrap();
    facts.as_object_mut().unwrap().remove("people_known");
    let mut to = dutydesk::store::Overlay::new(&*kit.store);
    dutydesk::store::records::put(&mut to, key, &facts).unwrap();
    to.keep();
    let group = to.into_group();
    kit.store.commit(group).unwrap();
    kit.restart();
    let past = |kit: &Kit| query::past(&*kit.store, &Whom::Named(weibo(), "u1".into())).unwrap();
    assert_eq!((past(&kit).complete, past(&kit).conversations.len()), (false, 0));
    let mut ticks = 0;
    while !past(&kit).complete {
        assert_eq!(kit.desk.next_timer().unwrap().map(|t| t <= kit.now), Some(true));
        kit.elapse();
        ticks += 1;
    }
    assert_eq!(ticks, 3);
    assert_eq!(past(&kit).conversations.len(), 100);
    assert!(past(&kit).more);
    kit.check();
}

#[test]
fn what_was_made_of_conversations_survives_export_and_restore() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "Do you ship to Germany?");
    kit.done("amy", topic(id));
    kit.done("amy", escalate(id));
    kit.done("amy", Command::Label { ids: vec![id], label: feedback::label("idea") });
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let (page, next) = export_page(&*kit.store, after.as_deref(), 100).unwrap();
        lines.extend(page);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let mut other = Kit::new();
    restore_lines(&*other.store, &lines).unwrap();
    other.restart();
    assert_eq!(
        query::topics(&*other.store, kit.now).unwrap(),
        query::topics(&*kit.store, kit.now).unwrap()
    );
    assert_eq!(other.conversation(id), kit.conversation(id));
    let past = query::past(&*other.store, &Whom::Of(id)).unwrap();
    assert_eq!(past.conversations.len(), 1);
    other.check();
}
