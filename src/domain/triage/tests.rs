use super::*;
use crate::domain::testing::*;
use crate::domain::{ConversationId, Delivery, Queue};
use proptest::prelude::*;
use rstest::rstest;

const NOW: Time = Time(1_000_000);
const MINE: Option<SessionId> = Some(SessionId(1));

fn open() -> Conversation {
    let mut c = conversation(Queue::Comments);
    c.state = State::Open;
    c.messages = 3;
    c
}

fn held_by(name: &str, session: u64) -> Conversation {
    let mut c = open();
    c.claim = Some(Claim { operator: operator(name), session: SessionId(session), since: Time(5) });
    c
}

fn ids() -> Vec<ConversationId> {
    vec![ConversationId(7)]
}

fn run(c: &mut Conversation, command: &Command) -> Result<Vec<Change>, Refusal> {
    apply(c, command, &operator("amy"), MINE, NOW)
}

fn claim(over: bool) -> Command {
    Command::Claim { ids: ids(), over }
}

fn label(label: &str) -> Command {
    Command::Label { ids: ids(), label: label.into() }
}

fn every_state_command() -> Vec<(Command, State)> {
    let until = Time(2_000_000);
    vec![
        (Command::Snooze { ids: ids(), until }, State::Snoozed { until }),
        (Command::Pending { ids: ids() }, State::Pending),
        (Command::Hold { ids: ids() }, State::OnHold),
        (Command::Resolve { ids: ids() }, State::Resolved),
    ]
}

#[test]
fn leaving_the_open_queue_ends_the_claim_and_is_journaled() {
    for (command, state) in every_state_command() {
        let mut c = held_by("amy", 1);
        let claim = c.claim.clone();
        let changes = run(&mut c, &command).unwrap();
        let expected = vec![
            Change::State { from: State::Open, to: state.clone() },
            Change::Claim { from: claim, to: None },
        ];
        assert_eq!(changes, expected);
        assert_eq!((&c.state, &c.claim, c.set_aside), (&state, &None, Some(NOW)));
        assert_eq!(c.resolved_at, (state == State::Resolved).then_some(NOW));
        assert_eq!(run(&mut c, &command), Err(Refusal::Unchanged(c.id)));
        run(&mut c, &Command::Reopen { ids: ids() }).unwrap();
        assert_eq!((&c.state, c.set_aside, c.resolved_at), (&State::Open, None, None));
    }
}

#[test]
fn what_somebody_else_works_on_is_left_to_them() {
    let refused = Refusal::Claimed { id: ConversationId(7), by: operator("bo"), since: Time(5) };
    let mut commands: Vec<Command> = every_state_command().into_iter().map(|(c, _)| c).collect();
    commands.push(Command::Release { ids: ids() });
    commands.push(Command::Reopen { ids: ids() });
    commands.push(claim(false));
    for command in commands {
        let mut c = held_by("bo", 2);
        assert_eq!(run(&mut c, &command), Err(refused.clone()), "{command:?}");
        assert_eq!(c, held_by("bo", 2));
    }
    let mut c = held_by("bo", 2);
    assert_eq!(reply(&mut c, "hello", None, &operator("amy"), NOW), Err(refused));
}

#[test]
fn assigning_labelling_and_notes_disturb_nobody() {
    let mut c = held_by("bo", 2);
    assert!(run(&mut c, &Command::Assign { ids: ids(), to: Some(operator("amy")) }).is_ok());
    assert!(run(&mut c, &label("vip")).is_ok());
    assert!(run(&mut c, &Command::Unlabel { ids: ids(), label: "vip".into() }).is_ok());
    assert_eq!(note(&c, "call them"), Ok(vec![Change::Message { seq: 3, added: true }]));
    assert_eq!(c.claim, held_by("bo", 2).claim);
}

#[test]
fn a_claim_is_the_live_sessions() {
    let mut c = open();
    let verb = apply(&mut c, &claim(false), &operator("amy"), None, NOW);
    assert_eq!(verb, Err(Refusal::NoLiveCockpit(operator("amy"))));
    run(&mut c, &claim(false)).unwrap();
    assert_eq!(c.claim.as_ref().map(|c| (c.session, c.since)), Some((SessionId(1), NOW)));
    assert_eq!(run(&mut c, &claim(false)), Err(Refusal::Unchanged(c.id)));
    // The same person at another cockpit takes it there; somebody else has to say so.
    apply(&mut c, &claim(false), &operator("amy"), Some(SessionId(9)), NOW).unwrap();
    assert!(apply(&mut c, &claim(false), &operator("bo"), Some(SessionId(2)), NOW).is_err());
    apply(&mut c, &claim(true), &operator("bo"), Some(SessionId(2)), NOW).unwrap();
    assert_eq!(c.claim.as_ref().map(|c| c.operator.0.as_str()), Some("bo"));
    assert_eq!(drop_claim(&mut c, SessionId(1)), []);
    assert_eq!(drop_claim(&mut c, SessionId(2)).len(), 1);
    assert_eq!(c.claim, None);
}

#[test]
fn a_snooze_ends_in_the_future_and_wakes_then() {
    let mut c = open();
    let snooze = |until| Command::Snooze { ids: ids(), until };
    assert_eq!(run(&mut c, &snooze(NOW)), Err(Refusal::NotInFuture(NOW)));
    run(&mut c, &snooze(Time(2_000_000))).unwrap();
    assert_eq!(wake(&mut c, Time(1_999_999)), []);
    assert_eq!(wake(&mut c, Time(2_000_000)).len(), 1);
    assert_eq!((&c.state, c.set_aside), (&State::Open, None));
    assert_eq!(wake(&mut c, Time(2_000_000)), []);
}

#[test]
fn labels_are_sorted_single_and_one_word() {
    let mut c = open();
    for name in ["vip", "angry", "退款"] {
        run(&mut c, &label(name)).unwrap();
    }
    assert_eq!(c.labels, ["angry", "vip", "退款"]);
    assert_eq!(run(&mut c, &label("vip")), Err(Refusal::Unchanged(c.id)));
    let long = "x".repeat(65);
    for bad in ["", "two words", "a\u{3000}b", &long] {
        assert_eq!(run(&mut c, &label(bad)), Err(Refusal::BadLabel(bad.into())));
    }
    for i in 3..MOST_LABELS {
        run(&mut c, &label(&format!("l{i}"))).unwrap();
    }
    let limit = MOST_LABELS;
    assert_eq!(run(&mut c, &label("more")), Err(Refusal::TooManyLabels { id: c.id, limit }));
    assert_eq!(run(&mut c, &label("vip")), Err(Refusal::Unchanged(c.id)));
}

#[rstest]
#[case(None, Ok(()))]
#[case(Some(3), Ok(()))]
#[case(Some(4), Ok(()))]
#[case(Some(1), Err(Refusal::Overtaken { id: ConversationId(7), new: 2 }))]
fn a_reply_is_stopped_by_what_came_since_its_draft(
    #[case] seen: Option<u32>,
    #[case] expected: Result<(), Refusal>,
) {
    let mut c = held_by("amy", 1);
    let result = reply(&mut c, "hello", seen, &operator("amy"), NOW);
    assert_eq!(result.as_ref().map(|_| ()).map_err(Clone::clone), expected);
    if let Ok(changes) = result {
        assert_eq!(changes[0], Change::Message { seq: 3, added: true });
        assert_eq!((&c.state, &c.claim), (&State::Pending, &None));
    } else {
        assert_eq!(c, held_by("amy", 1));
    }
}

#[rstest]
#[case("", Err(Refusal::EmptyText))]
#[case(" \n\u{3000}", Err(Refusal::EmptyText))]
#[case("ok", Ok(()))]
fn texts_are_checked(#[case] text: &str, #[case] expected: Result<(), Refusal>) {
    assert_eq!(check_text(text), expected);
}

#[test]
fn a_text_has_a_bound() {
    let long = "x".repeat(Message::MOST_TEXT + 1);
    let (bytes, limit) = (long.len(), Message::MOST_TEXT);
    assert_eq!(check_text(&long), Err(Refusal::TooLong { bytes, limit }));
    assert_eq!(check_text(&long[1..]), Ok(()));
}

#[test]
fn what_was_changed_since_is_not_taken_back() {
    let mut c = open();
    let changes = run(&mut c, &Command::Resolve { ids: ids() }).unwrap();
    c.put_state(State::OnHold, NOW);
    let before = c.clone();
    assert_eq!(invert(&mut c, &changes, MINE, NOW), Err(Refusal::ChangedSince(c.id)));
    assert_eq!(c, before);
    // Somebody reopened it: nothing is left to take back.
    c.put_state(State::Open, NOW);
    assert_eq!(invert(&mut c, &changes, MINE, NOW), Err(Refusal::ChangedSince(c.id)));

    let mut c = open();
    let changes = run(&mut c, &Command::Assign { ids: ids(), to: Some(operator("bo")) }).unwrap();
    c.assignee = Some(operator("cy"));
    assert_eq!(invert(&mut c, &changes, MINE, NOW), Err(Refusal::ChangedSince(c.id)));

    // Somebody works on it now.
    let mut c = held_by("amy", 1);
    let changes = run(&mut c, &Command::Resolve { ids: ids() }).unwrap();
    c.claim = held_by("bo", 2).claim;
    assert_eq!(invert(&mut c, &changes, MINE, NOW), Err(Refusal::ChangedSince(c.id)));
}

#[test]
fn a_reply_can_be_taken_back_after_the_customer_wrote_again() {
    let mut c = open();
    let changes = reply(&mut c, "hello", None, &operator("amy"), NOW).unwrap();
    c.put_state(State::Open, NOW);
    let back = invert(&mut c, &changes, MINE, NOW).unwrap();
    assert_eq!(back, [Change::Message { seq: 3, added: false }]);
    assert_eq!(c.state, State::Open);
}

#[test]
fn a_claim_comes_back_only_to_its_session() {
    let mut c = held_by("amy", 1);
    let changes = run(&mut c, &Command::Resolve { ids: ids() }).unwrap();
    let mut elsewhere = c.clone();
    invert(&mut c, &changes, MINE, NOW).unwrap();
    assert_eq!(c.claim, held_by("amy", 1).claim);
    invert(&mut elsewhere, &changes, Some(SessionId(4)), NOW).unwrap();
    assert_eq!((&elsewhere.state, &elsewhere.claim), (&State::Open, &None));

    let mut c = open();
    let changes = run(&mut c, &claim(false)).unwrap();
    c.claim = None;
    assert_eq!(invert(&mut c, &changes, MINE, NOW), Ok(Vec::new()));
}

#[test]
fn only_what_has_not_left_can_be_taken_back() {
    let id = ConversationId(7);
    let mut m = reply_from_here(5);
    let can = Abilities { delete: true, ..Abilities::default() };
    assert_eq!(can_take_back(id, &m, None), Ok(TakeBack::Here));
    for delivery in [Delivery::Sending, Delivery::Unconfirmed(Time(6))] {
        m.delivery = delivery;
        assert_eq!(can_take_back(id, &m, Some(&can)), Err(Refusal::UnderWay(id)));
    }
    m.delivery = Delivery::Sent(Time(6));
    assert_eq!(can_take_back(id, &m, None), Err(Refusal::AlreadySent(id)));
    assert_eq!(can_take_back(id, &m, Some(&can)), Ok(TakeBack::ByDeleting));
    m.platform_id.clear();
    assert_eq!(can_take_back(id, &m, Some(&can)), Err(Refusal::AlreadySent(id)));
}

#[test]
fn a_channel_is_asked_only_for_what_it_can() {
    let c = open();
    let cannot = Err(Refusal::CannotThere { id: c.id, channel: c.channel.clone() });
    let (theirs, ours) = (inbound(1, "x"), seen_reply(2));
    let none = Abilities::default();
    for what in OutKind::OF_MESSAGES {
        assert_eq!(can_ask(&c, &theirs, what, true, &none), cannot);
    }
    let all =
        Abilities { like: true, hide: true, delete: true, block: true, ..Abilities::default() };
    for (what, theirs_too, ours_too) in [
        (OutKind::Like, true, false),
        (OutKind::Hide, true, false),
        (OutKind::Block, true, false),
        (OutKind::Delete, false, true),
    ] {
        assert_eq!(can_ask(&c, &theirs, what, true, &all).is_ok(), theirs_too, "{what:?}");
        assert_eq!(can_ask(&c, &ours, what, true, &all).is_ok(), ours_too, "{what:?}");
    }
    let theirs_too = Abilities { delete_theirs: true, ..none };
    assert_eq!(can_ask(&c, &theirs, OutKind::Delete, true, &theirs_too), Ok(()));
    let liked = Message { liked: true, ..theirs.clone() };
    assert_eq!(can_ask(&c, &liked, OutKind::Like, true, &all), Err(Refusal::Unchanged(c.id)));
    assert_eq!(can_ask(&c, &liked, OutKind::Like, false, &all), Ok(()));
    let unknown = Message { platform_id: String::new(), ..theirs };
    assert_eq!(can_ask(&c, &unknown, OutKind::Like, true, &all), Err(Refusal::NoMessage(c.id)));
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<bool>().prop_map(claim),
        Just(Command::Release { ids: ids() }),
        prop::option::of("amy|bo")
            .prop_map(|to| Command::Assign { ids: ids(), to: to.map(OperatorName) }),
        (1_000_001..3_000_000_i64).prop_map(|t| Command::Snooze { ids: ids(), until: Time(t) }),
        Just(Command::Pending { ids: ids() }),
        Just(Command::Hold { ids: ids() }),
        Just(Command::Resolve { ids: ids() }),
        Just(Command::Reopen { ids: ids() }),
        "vip|angry|退款".prop_map(|l| label(&l)),
        "vip|angry|退款".prop_map(|label| Command::Unlabel { ids: ids(), label }),
    ]
}

/// What operators own; when it was set aside or resolved follows from the last change of state.
fn owned(c: &Conversation) -> impl PartialEq + std::fmt::Debug + use<> {
    let since = (c.resolved_at.is_some(), c.set_aside.is_some() || c.state != State::Open);
    (c.state.clone(), c.assignee.clone(), c.claim.clone(), c.labels.clone(), since)
}

proptest! {
    #[test]
    fn taking_back_gives_what_was_and_doing_again_what_became(
        before in prop::collection::vec(any_command(), 0..8),
        command in any_command(),
    ) {
        let mut c = open();
        for earlier in before {
            // Refused ones leave it as it is.
            let _ = run(&mut c, &earlier);
        }
        let was = owned(&c);
        if let Ok(changes) = run(&mut c, &command) {
            let became = owned(&c);
            let back = invert(&mut c, &changes, MINE, NOW).unwrap();
            prop_assert_eq!(owned(&c), was);
            let again = invert(&mut c, &back, MINE, NOW).unwrap();
            prop_assert_eq!(owned(&c), became);
            prop_assert_eq!(again, changes);
        } else {
            prop_assert_eq!(owned(&c), was);
        }
    }
}
