//! Answers that wait on the desk for a moment: taken back, overtaken, held, sent in spite of it.

use crate::kit::*;
use dutydesk::daemon::desk::{Job, JobResult, Sending, Step, query};
use dutydesk::domain::limit::Unit;
use dutydesk::domain::outbox::{Hold, Outcome, Stage};
use dutydesk::domain::{
    Abilities, Command, ConversationId, Delivery, Guard, MessageRef, Refusal, Span, State,
};
use dutydesk::wire::message::{Done, Notice};
use rstest::rstest;

const UNDO: Span = Span(10_000);

/// A desk on which an answer waits ten seconds, on a channel that sends.
fn kit() -> Kit {
    let sending = Sending { undo: UNDO, ask_after: Span::minutes(15) };
    let kit = Kit::with(dutydesk::daemon::desk::Setup { sending, ..setup() });
    kit.setup.can.set(&weibo(), Some(Abilities { reply: true, ..Abilities::default() }));
    kit
}

fn reply(id: ConversationId, text: &str) -> Command {
    Command::Reply { ids: vec![id], text: text.into(), seen: None, because: None }
}

fn note(id: ConversationId) -> Command {
    Command::Note { ids: vec![id], text: "he called".into() }
}

fn answered(kit: &mut Kit) -> (ConversationId, MessageRef, Done) {
    let id = kit.comment("1", "where is it?");
    let done = kit.done("amy", reply(id, "on its way"));
    (id, done.message.unwrap(), done)
}

fn delivery(kit: &Kit, at: MessageRef) -> Delivery {
    kit.messages(at.conversation)[at.seq as usize].1.delivery.clone()
}

fn stage(kit: &Kit) -> Option<Stage> {
    let rows = query::outbox(&*kit.store, &weibo(), 10).unwrap();
    rows.into_iter().next().map(|row| row.row.stage)
}

fn draft(kit: &Kit, id: ConversationId, of: &str) -> Option<(String, Option<u32>)> {
    let detail = query::detail(&*kit.store, id, &op(of)).unwrap().unwrap();
    detail.draft.map(|text| (text, detail.draft_seen))
}

#[test]
fn an_answer_stays_for_a_moment_and_undo_makes_it_a_draft_again() {
    let mut kit = kit();
    let (id, at, done) = answered(&mut kit);
    assert_eq!(done.goes_at, Some(kit.now + UNDO));
    assert_eq!(stage(&kit), Some(Stage::Queued { not_before: kit.now + UNDO, why: None }));
    kit.restart();
    let back = kit.done("amy", Command::Undo);
    assert!(back.taken_back && back.ids == [id]);
    assert_eq!((stage(&kit), kit.conversation(id).state), (None, State::Open));
    assert_eq!(draft(&kit, id, "amy"), Some(("on its way".into(), Some(2))));
    assert_eq!(draft(&kit, id, "bo"), None);
    kit.check();
    // Doing it again opens the window again, and the draft is done with.
    kit.later(Span(1_000));
    let again = kit.done("amy", Command::Redo);
    assert_eq!(again.goes_at, Some(kit.now + UNDO));
    assert_eq!((delivery(&kit, at), draft(&kit, id, "amy")), (Delivery::Waiting, None));
    kit.check();
}

#[test]
fn without_a_window_or_without_a_sender_nothing_counts_down() {
    let mut kit = Kit::new();
    kit.setup.can.set(&weibo(), Some(Abilities { reply: true, ..Abilities::default() }));
    assert_eq!(answered(&mut kit).2.goes_at, None);
    let mut kit = self::kit();
    kit.setup.can.set(&weibo(), None);
    assert_eq!(answered(&mut kit).2.goes_at, None);
}

#[derive(Clone, Copy, Debug)]
enum Comes {
    Message,
    NoteOfAColleague,
    ReplyOfAColleague,
    SeenOnThePlatform,
    NoteOfOurOwn,
    LikesAlone,
    Nothing,
}

#[rstest]
#[case(Comes::Message, true)]
#[case(Comes::NoteOfAColleague, true)]
#[case(Comes::ReplyOfAColleague, true)]
#[case(Comes::SeenOnThePlatform, true)]
#[case(Comes::NoteOfOurOwn, false)]
#[case(Comes::LikesAlone, false)]
#[case(Comes::Nothing, false)]
fn what_came_in_meanwhile_holds_it(#[case] comes: Comes, #[case] holds: bool) {
    let mut kit = kit();
    let (id, at, _) = answered(&mut kit);
    kit.later(Span(3_000));
    match comes {
        Comes::Message => drop(kit.ingest(vec![answer_to("1", "2", kit.now, false)])),
        Comes::NoteOfAColleague => drop(kit.done("bo", note(id))),
        Comes::ReplyOfAColleague => drop(kit.done("bo", reply(id, "it is lost"))),
        Comes::SeenOnThePlatform => drop(kit.ingest(vec![answer_to("1", "2", kit.now, true)])),
        Comes::NoteOfOurOwn => drop(kit.done("amy", note(id))),
        Comes::LikesAlone => drop(kit.ingest(vec![comment("1", kit.now, "where is it??")])),
        Comes::Nothing => {}
    }
    kit.later(UNDO);
    let went = kit.step(at, Step::Attempt);
    if !holds {
        assert_eq!((went, delivery(&kit, at)), (JobResult::Ok, Delivery::Sending));
        return kit.check();
    }
    assert_eq!(went, JobResult::Refused(Refusal::NothingOpen(id)));
    let why = Hold::Overtaken { new: 1 };
    assert_eq!(delivery(&kit, at), Delivery::Held(kit.now));
    let rows = query::outbox(&*kit.store, &weibo(), 10).unwrap();
    let held = rows.iter().find(|row| row.place.of_message() == Some(at)).unwrap();
    assert_eq!(held.row.stage, Stage::Held { since: kit.now, why });
    assert!(kit.last.notices.contains(&(op("amy"), Notice::Held { id, why })));
    kit.check();
    // It is never tried again by itself.
    assert_eq!(held.row.next(Guard::Key, kit.now), dutydesk::domain::outbox::Next::Rest);
    kit.restart();
    kit.check();
}

#[test]
fn one_that_is_held_is_sent_anyway_or_taken_back() {
    let mut kit = kit();
    let (id, at, _) = answered(&mut kit);
    kit.ingest(vec![answer_to("1", "2", kit.now, false)]);
    kit.later(UNDO);
    kit.step(at, Step::Attempt);
    // Held, it answers nobody: the conversation waits for us.
    let c = kit.conversation(id);
    assert!(c.state == State::Open && c.head.is_some());
    kit.done("amy", Command::SendAgain { ids: vec![id] });
    assert_eq!((delivery(&kit, at), stage(&kit)), (Delivery::Waiting, Some(Stage::new())));
    kit.check();
    // Yet what comes after that word holds it once more.
    kit.done("bo", note(id));
    kit.step(at, Step::Attempt);
    assert!(matches!(delivery(&kit, at), Delivery::Held(_)));
    let back = kit.done("amy", Command::TakeBack { ids: vec![id] });
    assert_eq!(back.ids, [id]);
    assert_eq!(stage(&kit), None);
    assert_eq!(draft(&kit, id, "amy").map(|(text, _)| text).as_deref(), Some("on its way"));
    assert!(kit.messages(id)[at.seq as usize].1.withdrawn.is_some());
    kit.check();
    assert_eq!(kit.act("amy", Command::TakeBack { ids: vec![id] }), Err(Refusal::NothingOpen(id)));
}

#[test]
fn taking_back_can_be_undone_and_never_reaches_what_has_left() {
    let mut kit = kit();
    let (id, at, _) = answered(&mut kit);
    kit.done("bo", Command::TakeBack { ids: vec![id] });
    assert_eq!(kit.conversation(id).state, State::Open);
    assert!(draft(&kit, id, "bo").is_some());
    kit.check();
    kit.done("bo", Command::Undo);
    assert_eq!((delivery(&kit, at), draft(&kit, id, "bo")), (Delivery::Waiting, None));
    assert_eq!(kit.conversation(id).state, State::Pending);
    kit.check();
    kit.later(UNDO);
    assert_eq!(kit.step(at, Step::Attempt), JobResult::Ok);
    let under_way = kit.act("amy", Command::TakeBack { ids: vec![id] });
    assert_eq!(under_way, Err(Refusal::UnderWay(id)));
    kit.check();
}

#[test]
fn a_draft_that_is_there_is_not_written_over() {
    let mut kit = kit();
    let (id, ..) = answered(&mut kit);
    let text = Some("something else".to_owned());
    kit.one(Job::Draft { by: by("amy"), id, text, seen: Some(2) });
    kit.done("amy", Command::Undo);
    assert_eq!(draft(&kit, id, "amy"), Some(("something else".into(), Some(2))));
}

#[test]
fn one_that_waited_out_an_outage_asks_first() {
    let mut kit = kit();
    let (id, at, done) = answered(&mut kit);
    let since = done.goes_at.unwrap() - UNDO;
    kit.later(Span::minutes(20));
    kit.step(at, Step::Attempt);
    let why = Hold::Waited { since };
    assert_eq!(stage(&kit), Some(Stage::Held { since: kit.now, why }));
    assert_eq!(kit.conversation(id).state, State::Open);
    kit.check();
    // After a word it goes, and waits as long again before it asks again.
    kit.done("amy", Command::SendAgain { ids: vec![id] });
    kit.later(Span::minutes(10));
    let not_before = kit.now + Span::minutes(10);
    let to = Outcome::NotYet { not_before, why: "down".into() };
    assert_eq!(kit.came(at, to, Guard::None), JobResult::Ok);
    kit.later(Span::minutes(10));
    kit.step(at, Step::Attempt);
    assert!(matches!(stage(&kit), Some(Stage::Held { why: Hold::Waited { .. }, .. })));
    kit.check();
}

#[test]
fn of_two_who_send_in_the_same_instant_one_is_told() {
    let mut kit = kit();
    let id = kit.comment("1", "where is it?");
    let send = |text: &str| Command::Reply {
        ids: vec![id],
        text: text.into(),
        seen: Some(1),
        because: None,
    };
    let jobs = vec![
        Job::Do { by: by("amy"), command: send("from amy") },
        Job::Do { by: by("bo"), command: send("from bo") },
    ];
    let results = kit.run(jobs);
    assert!(matches!(results[0], JobResult::Done(_)));
    assert_eq!(results[1], JobResult::Refused(Refusal::Overtaken { id, new: 1 }));
    assert_eq!(kit.messages(id).len(), 2);
    kit.check();
}

#[rstest]
#[case::note(true)]
#[case::message(false)]
fn a_draft_that_was_overtaken_is_refused_until_it_is_sent_anyway(#[case] by_note: bool) {
    let mut kit = kit();
    let id = kit.comment("1", "where is it?");
    match by_note {
        true => drop(kit.done("bo", note(id))),
        false => drop(kit.ingest(vec![answer_to("1", "2", kit.now, false)])),
    }
    let send = |seen| Command::Reply { ids: vec![id], text: "re".into(), seen, because: None };
    assert_eq!(kit.act("amy", send(Some(1))), Err(Refusal::Overtaken { id, new: 1 }));
    kit.done("amy", send(Some(2)));
    kit.check();
}

#[test]
fn too_long_for_the_platform_is_refused_with_its_own_count() {
    let mut kit = kit();
    let id = kit.comment("1", "where is it?");
    kit.done("amy", reply(id, &"好".repeat(140)));
    let refused = kit.act("amy", reply(id, &"好".repeat(141))).unwrap_err();
    let Refusal::OverLimit { measure, .. } = refused else { panic!("{refused:?}") };
    assert_eq!((measure.used, measure.most, measure.unit), (141, 140, Unit::Wide));
    // A note is the desk's own.
    let long = Command::Note { ids: vec![id], text: "好".repeat(1_000) };
    kit.done("amy", long);
}

#[test]
fn places_are_filled_in_for_each_and_an_open_one_is_refused() {
    let mut kit = kit();
    let (one, two) = (kit.comment("1", "where is it?"), kit.comment("2", "and mine?"));
    let text = "Hi {{author}}, about #{{number}}: sorry. {{operator}}";
    let many = Command::Reply { ids: vec![one, two], text: text.into(), seen: None, because: None };
    assert_eq!(kit.done("amy", many).ids, [one, two]);
    for id in [one, two] {
        let want = format!("Hi 小鹿, about #{id}: sorry. amy");
        assert_eq!(kit.messages(id)[1].1.text, want);
    }
    let open = kit.act("amy", reply(one, "by {{?day}}"));
    assert_eq!(open, Err(Refusal::Unfilled { id: one, place: "day".into() }));
    let unknown = kit.act("amy", reply(one, "see {{link}}"));
    assert_eq!(unknown, Err(Refusal::Unfilled { id: one, place: "link".into() }));
    kit.check();
}
