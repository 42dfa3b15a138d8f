//! What a macro does to a conversation: all of its steps, or none.

use crate::kit::*;
use dutydesk::daemon::desk::{Sending, Setup, query};
use dutydesk::domain::macros::{Macro, Step, Words};
use dutydesk::domain::{
    Abilities, Command, Conversation, ConversationId, Message, MessageKind, OutKind, Refusal, Span,
    State,
};
use rstest::rstest;

fn words(text: &str) -> Words {
    Words { en: text.into(), zh: String::new() }
}

fn run(id: ConversationId, steps: Vec<Step>) -> Command {
    let (name, title) = ("m".into(), words("m"));
    let run = Macro { name, key: None, title, queue: None, channels: Vec::new(), steps };
    Command::Macro { ids: vec![id], run: Box::new(run), seen: vec![(id, 1)] }
}

/// On a channel that can do this; what is sent waits for ten seconds.
fn desk(can: Abilities) -> (Kit, ConversationId) {
    let sending = Sending { undo: Span::seconds(10), ask_after: Span::minutes(15) };
    let mut kit = Kit::with(Setup { sending, ..setup() });
    kit.setup.can.set(&weibo(), Some(can));
    kit.restart();
    let id = kit.comment("1", "where is it");
    (kit, id)
}

fn able() -> Abilities {
    Abilities { reply: true, like: true, hide: true, delete: true, ..Abilities::default() }
}

fn everything() -> Vec<Step> {
    vec![
        Step::Note(words("told {{author}} of {{channel}}")),
        Step::Like,
        Step::Label("shipping".into()),
        Step::Reply(words("Hello {name}, {{operator}} of {{desk}} looks into #{{number}}.")),
        Step::Assign(None),
        Step::Resolve,
    ]
}

fn texts(kit: &Kit, id: ConversationId, kind: MessageKind) -> Vec<String> {
    let standing = |m: &Message| m.kind == kind && m.withdrawn.is_none();
    kit.messages(id).into_iter().filter(|(_, m)| standing(m)).map(|(_, m)| m.text).collect()
}

/// What a conversation is, but for how many messages it ever had.
fn but_messages(kit: &Kit, id: ConversationId, like: &Conversation) -> Conversation {
    Conversation { messages: like.messages, ..kit.conversation(id) }
}

#[test]
fn its_texts_have_the_places_of_canned_responses() {
    let (mut kit, id) = desk(able());
    kit.done("amy", run(id, everything()));
    let name = kit.conversation(id).speaks_of().unwrap().author.name.clone();
    let reply = format!("Hello {name}, amy of desk looks into #{id}.");
    assert_eq!(texts(&kit, id, MessageKind::Reply), [reply]);
    assert_eq!(texts(&kit, id, MessageKind::Note), [format!("told {name} of weibo")]);
    // What nothing is known of is said, and nothing is done.
    let (mut kit, id) = desk(able());
    let before = kit.conversation(id);
    let steps = vec![Step::Label("x".into()), Step::Reply(words("see {{link}}"))];
    let refused = kit.act("amy", run(id, steps));
    assert_eq!(refused, Err(Refusal::Unfilled { id, place: "link".into() }));
    assert_eq!(kit.conversation(id), before);
    kit.check();
}

#[rstest]
#[case::lint(able(), Step::Reply(words("这是最佳面霜")))]
#[case::too_long(
    Abilities { limit: dutydesk::domain::TextLimit { chars: Some(3), ..Default::default() }, ..able() },
    Step::Reply(words("hello"))
)]
#[case::like(Abilities { like: false, ..able() }, Step::Like)]
#[case::hide(Abilities { hide: false, ..able() }, Step::Hide)]
fn a_step_that_is_refused_leaves_everything_as_it_was(#[case] can: Abilities, #[case] step: Step) {
    let (mut kit, id) = desk(can);
    let before = (kit.conversation(id), kit.messages(id));
    let steps = vec![
        Step::Note(words("n")),
        Step::Label("x".into()),
        Step::Topic,
        step.clone(),
        Step::Resolve,
    ];
    let why = kit.act("amy", run(id, steps)).expect_err("a step is refused");
    let fits = match step {
        Step::Reply(_) => matches!(why, Refusal::Lint(_) | Refusal::OverLimit { .. }),
        _ => why == Refusal::CannotThere { id, channel: weibo() },
    };
    assert!(fits, "{why:?}");
    // Not even a message that was taken back at once.
    assert_eq!((kit.conversation(id), kit.messages(id)), before);
    assert!(query::topics(&*kit.store, kit.now).unwrap().is_empty());
    assert_eq!(kit.desk.state(kit.now).waiting, 0);
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::NothingToUndo));
    kit.check();
}

#[test]
fn while_its_answer_can_be_taken_back_one_undo_takes_all_of_it_back() {
    let (mut kit, id) = desk(able());
    let before = kit.conversation(id);
    let done = kit.done("amy", run(id, everything()));
    assert_eq!(done.goes_at, Some(kit.now + Span::seconds(10)));
    assert_eq!(kit.desk.state(kit.now).waiting, 2);
    let after = kit.conversation(id);
    kit.done("amy", Command::Undo);
    assert_eq!(but_messages(&kit, id, &before), before);
    assert_eq!(kit.desk.state(kit.now).waiting, 0);
    for kind in [MessageKind::Reply, MessageKind::Note] {
        assert_eq!(texts(&kit, id, kind), Vec::<String>::new());
    }
    // Nobody typed it, so nobody is asked to go on with it.
    let detail = query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap();
    assert_eq!((detail.draft, detail.outgoing), (None, vec![]));
    kit.check();
    let again = kit.done("amy", Command::Redo);
    assert_eq!((kit.conversation(id), again.goes_at.is_some()), (after, true));
    kit.check();
}

#[test]
fn a_like_that_was_never_done_does_not_keep_the_rest_from_being_taken_back() {
    use dutydesk::daemon::desk::{Job, JobResult, Step as Out};
    use dutydesk::domain::outbox::Outcome;
    use dutydesk::domain::{Guard, MessageRef, OutPlace};
    let (mut kit, id) = desk(able());
    let before = kit.conversation(id);
    kit.done("amy", run(id, vec![Step::Like, Step::Label("x".into()), Step::Pending]));
    let message = MessageRef { conversation: id, seq: 0 };
    let place = OutPlace::message(weibo(), OutKind::Like, message);
    let failed = Out::Came { to: Outcome::Failed { why: "no".into() }, guard: Guard::None };
    for step in [Out::Attempt, failed] {
        let job = Job::Outgoing { place: place.clone(), step };
        assert_eq!(kit.one(job), JobResult::Ok);
    }
    kit.done("amy", Command::Undo);
    assert_eq!(kit.conversation(id), before);
    assert_eq!(kit.conversation(id).state, State::Open);
    kit.check();
}
