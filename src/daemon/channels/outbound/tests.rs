use super::*;
use crate::domain::{
    ConversationId, Delivery, MessageRef, OperatorName, Outgoing, Queue, SendKey, testing,
};
use rstest::rstest;

const NOW: Time = Time(1_795_240_800_000);

fn row(stage: Stage, attempts: u32) -> Row {
    let conversation: Conversation = testing::conversation(Queue::Comments);
    let mut message: Message = testing::reply_from_here(5);
    message.delivery = Delivery::Waiting;
    message.in_reply_to = Some("42".into());
    Row {
        place: OutPlace::message(
            conversation.channel.clone(),
            OutKind::Reply,
            MessageRef { conversation: ConversationId(7), seq: 1 },
        ),
        row: Outgoing {
            key: SendKey(9),
            made: Time(5),
            by: OperatorName("amy".into()),
            on: true,
            attempts,
            seen: None,
            asked: None,
            stage,
        },
        about: About::Message { message: message.into(), conversation: conversation.into() },
    }
}

/// The command that the connector was told.
fn told(wants: Option<ToConnector>) -> Command {
    match wants {
        Some(ToConnector::Command(command)) => *command,
        other => panic!("a command, not {other:?}"),
    }
}

fn later(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

/// One that has attempted a new row, with the number of the command.
fn attempted(guard: Guard) -> (Outbound, u64) {
    let mut out = Outbound::new();
    out.met(guard);
    let wants = out.next(NOW, later(0), vec![row(Stage::new(), 0)]);
    assert!(matches!(wants, Wants::Write { step: Step::Attempt, .. }), "{wants:?}");
    // Nothing is told before it is on disk.
    assert!(matches!(out.next(NOW, later(0), vec![]), Wants::Nothing));
    let command = told(out.written(&JobResult::Ok));
    assert_eq!((command.attempt, command.look), (1, false));
    assert!(matches!(&command.act, Act::Reply { to: Some(to), .. } if to == "42"));
    (out, command.id)
}

/// What is written down next.
fn came(out: &mut Outbound) -> (Outcome, Guard) {
    match out.next(NOW, later(0), vec![]) {
        Wants::Write { step: Step::Came { to, guard }, .. } => (to, guard),
        other => panic!("an outcome, not {other:?}"),
    }
}

fn nack(id: u64, kind: NackKind, after: Option<u64>) -> Nack {
    Nack { id, kind, after_seconds: after, why: "why".into() }
}

#[test]
fn nothing_goes_out_before_the_connector_says_what_it_can() {
    let mut out = Outbound::new();
    out.look_again();
    assert!(!out.wants_rows());
    assert!(matches!(out.next(NOW, later(0), vec![row(Stage::new(), 0)]), Wants::Nothing));
}

#[test]
fn an_answer_of_another_command_changes_nothing() {
    let (mut out, id) = attempted(Guard::None);
    out.acked(Ack { id: id + 1, ..Ack::default() });
    assert!(!out.is_idle() && matches!(out.next(NOW, later(0), vec![]), Wants::Nothing));
    out.acked(Ack { id, platform_id: Some("p".into()), ..Ack::default() });
    assert!(matches!(came(&mut out).0, Outcome::Done { .. }));
}

#[test]
fn an_answer_that_came_outlives_the_connector() {
    let (mut out, id) = attempted(Guard::None);
    out.acked(Ack { id, ..Ack::default() });
    out.interrupted();
    assert!(matches!(came(&mut out), (Outcome::Done { .. }, Guard::None)));
}

#[test]
fn what_was_taken_back_is_not_told() {
    let mut out = Outbound::new();
    out.met(Guard::Key);
    out.next(NOW, later(0), vec![row(Stage::new(), 0)]);
    let gone = JobResult::Refused(Refusal::NothingOpen(ConversationId(7)));
    assert!(out.written(&gone).is_none() && out.is_idle());
}

#[rstest]
#[case(NackKind::Permanent, None)]
#[case(NackKind::Retry, Some(NOW + Span::seconds(7)))]
#[case(NackKind::Auth, Some(NOW))]
#[case(NackKind::Unknown, None)]
fn a_nack_is_taken_at_its_word(#[case] kind: NackKind, #[case] again: Option<Time>) {
    let (mut out, id) = attempted(Guard::Lookup);
    out.nacked(nack(id, kind, Some(7)), NOW);
    match (came(&mut out).0, kind) {
        (Outcome::Failed { .. }, NackKind::Permanent) => {}
        (Outcome::NotYet { not_before, .. }, NackKind::Retry | NackKind::Auth) => {
            assert_eq!(Some(not_before), again);
        }
        (Outcome::Unknown { .. }, NackKind::Unknown) => {}
        (other, _) => panic!("{other:?}"),
    }
    // Whoever says when to come again is left alone until then.
    assert!(out.written(&JobResult::Ok).is_none());
    let held = matches!(kind, NackKind::Retry | NackKind::Unknown);
    assert_eq!(out.wake_at().is_some_and(|at| at > later(5)), held, "{kind:?}");
}

#[test]
fn a_token_turned_down_is_tried_again_at_our_own_pace() {
    let (mut out, id) = attempted(Guard::Lookup);
    out.nacked(nack(id, NackKind::Auth, Some(600)), NOW);
    assert!(matches!(came(&mut out).0, Outcome::NotYet { not_before: NOW, .. }));
    assert!(out.written(&JobResult::Ok).is_none());
    assert!(out.wake_at().is_some_and(|at| at > later(2) && at < later(10)));
}

#[test]
fn a_doubt_is_looked_into_after_a_while_and_settled_by_what_is_found() {
    let (mut out, id) = attempted(Guard::Lookup);
    out.nacked(nack(id, NackKind::Unknown, None), NOW);
    assert!(matches!(came(&mut out), (Outcome::Unknown { .. }, Guard::Lookup)));
    out.written(&JobResult::Ok);
    let doubtful = || row(Stage::Doubtful { since: NOW, why: "cut".into() }, 1);
    assert!(matches!(out.next(NOW, later(0), vec![doubtful()]), Wants::Nothing), "too early");
    assert!(matches!(out.next(NOW, later(4), vec![doubtful()]), Wants::Known(_)));
    out.knows(vec!["other".into()]);
    let Wants::Tell(command) = out.next(NOW, later(4), vec![]) else { panic!("a look") };
    let command = told(Some(*command));
    assert!(command.look && command.known == ["other"]);
    out.nacked(nack(command.id, NackKind::Absent, None), NOW);
    assert!(matches!(came(&mut out).0, Outcome::NotYet { not_before: NOW, .. }));
}

#[test]
fn a_look_that_can_never_be_made_leaves_it_to_a_person() {
    let mut out = Outbound::new();
    out.met(Guard::Lookup);
    let doubtful = row(Stage::Doubtful { since: NOW, why: "cut".into() }, 1);
    assert!(matches!(out.next(NOW, later(4), vec![doubtful]), Wants::Known(_)));
    out.knows(vec![]);
    let Wants::Tell(command) = out.next(NOW, later(4), vec![]) else { panic!("a look") };
    out.nacked(nack(told(Some(*command)).id, NackKind::Permanent, None), NOW);
    assert!(matches!(came(&mut out), (Outcome::Unknown { .. }, Guard::None)));
}

#[rstest]
#[case(Guard::Key)]
#[case(Guard::Lookup)]
fn what_an_earlier_run_left_in_doubt_has_time_to_settle(#[case] guard: Guard) {
    let mut out = Outbound::new();
    out.met(guard);
    let interrupted = || row(Stage::Attempted { at: NOW }, 1);
    assert!(matches!(out.next(NOW, later(0), vec![interrupted()]), Wants::Nothing));
    out.look_again();
    assert!(!matches!(out.next(NOW, later(4), vec![interrupted()]), Wants::Nothing));
}

#[test]
fn an_interrupted_attempt_without_a_guard_is_left_to_a_person() {
    let mut out = Outbound::new();
    out.met(Guard::None);
    let interrupted = row(Stage::Attempted { at: NOW }, 1);
    let wants = out.next(NOW, later(0), vec![interrupted]);
    let Wants::Write { step: Step::Came { to, guard }, .. } = wants else { panic!("{wants:?}") };
    assert!(matches!((to, guard), (Outcome::Unknown { .. }, Guard::None)));
}

#[test]
fn a_connector_that_never_answers_is_not_waited_for_for_ever() {
    let (mut out, _) = attempted(Guard::Key);
    let late = later(PATIENCE.as_secs() + 1);
    let wants = out.next(NOW, late, vec![]);
    let Wants::Write { step: Step::Came { to, .. }, .. } = wants else { panic!("{wants:?}") };
    assert!(matches!(to, Outcome::Unknown { .. }));
}

#[test]
fn an_empty_budget_holds_what_waits() {
    let mut out = Outbound::new();
    out.met(Guard::Key);
    let resets = Some(NOW + Span::seconds(60));
    out.budget(Some(Budget { left: 0, of: 300, resets }), NOW);
    assert!(!out.wants_rows());
    assert!(out.wake_at().is_some_and(|at| at > later(50)));
}

#[test]
fn at_the_end_nothing_new_begins_and_what_came_is_still_written() {
    let (mut out, id) = attempted(Guard::None);
    out.rest();
    assert!(!out.is_idle());
    out.acked(Ack { id, ..Ack::default() });
    assert!(matches!(came(&mut out).0, Outcome::Done { .. }));
    assert!(out.written(&JobResult::Ok).is_none() && out.is_idle());
    assert!(matches!(out.next(NOW, later(0), vec![row(Stage::new(), 0)]), Wants::Nothing));
}

#[test]
fn a_post_goes_out_with_all_it_has_and_is_deleted_under_its_platforms_id() {
    use crate::domain::post::{Content, Media, Out, PostId, Stand, VariantRef};
    use crate::domain::slot::SlotState;
    let content = Content {
        title: "tea".into(),
        text: "new tea".into(),
        tags: vec!["tea".into()],
        media: vec![Media { link: "/a.jpg".into(), licence: "ours".into(), ..Media::default() }],
        ..Content::default()
    };
    let stand = Stand {
        channel: crate::domain::ChannelId("weibo".into()),
        version: 1,
        by: OperatorName("amy".into()),
        state: SlotState::Publishing,
        since: NOW,
        at: Some(NOW),
        goes: None,
        holds: None,
        pinned: true,
        verdicts: Vec::new(),
        why: String::new(),
        out: Some(Out { platform_id: "w1".into(), ..Out::default() }),
        deleting: false,
    };
    let of = |kind| Row {
        place: OutPlace::post(
            crate::domain::ChannelId("weibo".into()),
            kind,
            VariantRef { post: PostId(1), variant: 1 },
        ),
        about: About::Post {
            variant: Box::new(stand.clone().variant(1, &content)),
            content: Box::new(content.clone()),
        },
        ..row(Stage::new(), 0)
    };
    let Act::Post { title, text, tags, media, at, .. } = act(&of(OutKind::Publish)) else {
        panic!("a post")
    };
    assert_eq!((title.as_str(), text.as_str(), tags.len(), at), ("tea", "new tea", 1, None));
    assert_eq!(media[0].link, "/a.jpg");
    let Act::Delete { target, ours: true } = act(&of(OutKind::Unpublish)) else {
        panic!("a deletion")
    };
    assert_eq!(target.message, "w1");
}
