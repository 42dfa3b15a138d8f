//! Events in: dedupe, threads, changes, rejections.

use crate::kit::*;
use dutydesk::daemon::desk::{Job, JobResult, Step, query};
use dutydesk::domain::event::{MessageEvent, SlotEvent};
use dutydesk::domain::order::StateKind;
use dutydesk::domain::outbox::Outcome;
use dutydesk::domain::slot::SlotState;
use dutydesk::domain::{
    Author, ChannelId, Command, Delivery, Event, Guard, MessageKind, Queue, Span, State, Time,
};
use dutydesk::wire::message::Ingested;
use rstest::rstest;

#[test]
fn a_comment_opens_a_conversation_with_a_deadline() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "where is my parcel");
    let c = kit.conversation(id);
    assert_eq!(c.state, State::Open);
    assert_eq!(c.timer.as_ref().unwrap().due, NOON + Span::hours(2));
    assert_eq!(c.head.as_ref().unwrap().excerpt, "where is my parcel");
    assert_eq!(kit.last.moves.len(), 1);
    assert_eq!(kit.last.moves[0].after, c.order_key());
    assert_eq!(kit.last.new_inbound, [id]);
    assert_eq!(query::channels(&*kit.store).unwrap()[0].platform, "weibo");
    kit.check();
}

#[test]
fn the_same_events_twice_add_nothing() {
    let mut kit = Kit::new();
    let events = vec![
        comment("1", NOON, "a"),
        answer_to("1", "2", NOON + Span::minutes(1), true),
        answer_to("2", "3", NOON + Span::minutes(2), false),
        Event::Edited {
            channel: weibo(),
            id: "3".into(),
            text: "new".into(),
            at: NOON + Span::minutes(3),
        },
        Event::Likes { channel: weibo(), id: "1".into(), likes: 7 },
        Event::Deleted { channel: weibo(), id: "2".into(), at: NOON + Span::minutes(4) },
    ];
    let first = kit.ingest(events.clone());
    assert_eq!((first.added, first.opened, first.changed), (3, 1, 3));
    let before = kit.everything();
    let second = kit.ingest(events);
    assert_eq!((second.added, second.opened), (0, 0));
    assert_eq!(kit.everything(), before);
    kit.check();
}

#[rstest]
#[case::in_order(&["root", "a", "b"])]
#[case::reversed(&["b", "a", "root"])]
#[case::leaf_last(&["a", "root", "b"])]
#[case::middle_last(&["root", "b", "a"])]
fn answers_gather_whatever_the_order_of_arrival(#[case] order: &[&str]) {
    let mut kit = Kit::new();
    let event = |id: &str| match id {
        "root" => comment("root", NOON, "first"),
        "a" => answer_to("root", "a", NOON + Span::minutes(1), false),
        _ => answer_to("a", "b", NOON + Span::minutes(2), false),
    };
    for id in order {
        assert_eq!(kit.ingest(vec![event(id)]).added, 1);
    }
    // A leaf whose parent is unknown stands alone until then; when both ends are there first,
    // their threads cannot be one any more.
    let together = order != ["root", "b", "a"];
    assert_eq!(kit.holder("root") == kit.holder("a"), together);
    assert_eq!(kit.holder("a"), kit.holder("b"));
    kit.check();
}

#[test]
fn direct_messages_gather_by_peer() {
    let mut kit = Kit::new();
    let dm = |id: &str, peer: &str, thread: Option<&str>| {
        Event::Message(MessageEvent {
            queue: Queue::Messages,
            thread: thread.map(str::to_owned),
            author: Author { id: peer.into(), name: peer.into() },
            ..message(id, NOON, "hi")
        })
    };
    let done = kit.ingest(vec![
        dm("1", "lin", None),
        dm("2", "lin", None),
        dm("3", "kai", None),
        dm("4", "lin", Some("lin")),
    ]);
    assert_eq!((done.added, done.opened), (4, 2));
    assert_eq!(kit.holder("1"), kit.holder("4"));
    assert_ne!(kit.holder("1"), kit.holder("3"));
    kit.check();
}

#[test]
fn the_same_id_on_two_channels_is_two_messages() {
    let mut kit = Kit::new();
    let elsewhere = MessageEvent { channel: ChannelId("douyin".into()), ..message("1", NOON, "b") };
    let done = kit.ingest(vec![comment("1", NOON, "a"), Event::Message(elsewhere)]);
    assert_eq!((done.added, done.opened), (2, 2));
    kit.check();
}

#[test]
fn our_reply_seen_on_the_platform_answers() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.ingest(vec![answer_to("1", "2", NOON + Span::minutes(5), true)]);
    let c = kit.conversation(id);
    assert_eq!(c.state, State::Pending);
    assert!(c.head.is_none() && c.timer.is_none());
    assert_eq!(c.first_response.unwrap().met, Some(true));
    let (_, reply) = &kit.messages(id)[1];
    assert_eq!((reply.kind, &reply.delivery), (MessageKind::Reply, &Delivery::None));
    kit.check();
}

#[rstest]
#[case::pending(Command::Pending { ids: vec![] })]
#[case::hold(Command::Hold { ids: vec![] })]
#[case::snoozed(Command::Snooze { ids: vec![], until: Time(NOON.0 + 7_200_000) })]
#[case::resolved(Command::Resolve { ids: vec![] })]
fn new_inbound_reopens(#[case] command: Command) {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let command = match command {
        Command::Pending { .. } => Command::Pending { ids: vec![id] },
        Command::Hold { .. } => Command::Hold { ids: vec![id] },
        Command::Snooze { until, .. } => Command::Snooze { ids: vec![id], until },
        _ => Command::Resolve { ids: vec![id] },
    };
    kit.done("amy", command);
    assert_ne!(kit.conversation(id).state, State::Open);
    kit.check();
    kit.later(Span::minutes(1)).ingest(vec![answer_to("1", "2", NOON + Span::minutes(1), false)]);
    assert_eq!(kit.conversation(id).state, State::Open);
    assert_eq!(kit.last.new_inbound, [id]);
    kit.check();
}

#[rstest]
#[case::text(MessageEvent { text: "edited".into(), ..message("1", NOON, "") }, true)]
#[case::more_likes(MessageEvent { likes: 120, ..message("1", NOON, "a") }, true)]
#[case::fewer_likes(MessageEvent { likes: 3, ..message("1", NOON, "a") }, false)]
#[case::same(MessageEvent { likes: 5, ..message("1", NOON, "a") }, false)]
fn a_known_message_may_bring_something_new(#[case] again: MessageEvent, #[case] changed: bool) {
    let mut kit = Kit::new();
    kit.ingest(vec![Event::Message(MessageEvent { likes: 5, ..message("1", NOON, "a") })]);
    let done = kit.ingest(vec![Event::Message(again.clone())]);
    let wanted = match changed {
        true => Ingested { changed: 1, ..Ingested::default() },
        false => Ingested { known: 1, ..Ingested::default() },
    };
    assert_eq!(done, wanted);
    let head = kit.conversation(kit.holder("1")).head.unwrap();
    assert_eq!(head.excerpt, again.text);
    assert_eq!(head.likes, again.likes.max(5));
    kit.check();
}

#[test]
fn likes_move_a_deadline() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.ingest(vec![Event::Likes { channel: weibo(), id: "1".into(), likes: 100 }]);
    let c = kit.conversation(id);
    assert_eq!(c.timer.unwrap().due, NOON + Span::hours(1));
    assert_eq!(c.weight, 100);
    assert_ne!(kit.last.moves[0].before, kit.last.moves[0].after);
    kit.check();
}

#[test]
fn likes_of_an_answered_question_leave_the_running_clock_alone() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.ingest(vec![answer_to("1", "2", NOON + Span::minutes(1), true)]);
    kit.ingest(vec![answer_to("1", "3", NOON + Span::minutes(2), false)]);
    let clock = kit.conversation(id).timer;
    assert!(clock.is_some());
    kit.ingest(vec![Event::Likes { channel: weibo(), id: "1".into(), likes: 500 }]);
    assert_eq!(kit.conversation(id).timer, clock);
    kit.check();
}

#[test]
fn a_deleted_question_waits_for_nobody() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.ingest(vec![Event::Deleted { channel: weibo(), id: "1".into(), at: NOON }]);
    let c = kit.conversation(id);
    assert!(c.head.is_none());
    assert_eq!(c.state, State::Pending);
    assert!(kit.messages(id)[0].1.withdrawn.is_some());
    kit.check();
}

#[rstest]
#[case::edited(Event::Edited { channel: weibo(), id: "x".into(), text: "t".into(), at: NOON })]
#[case::deleted(Event::Deleted { channel: weibo(), id: "x".into(), at: NOON })]
#[case::likes(Event::Likes { channel: weibo(), id: "x".into(), likes: 1 })]
#[case::no_id(comment("", NOON, "t"))]
#[case::long_id(comment(&"x".repeat(301), NOON, "t"))]
#[case::long_text(comment("x", NOON, &"x".repeat(65 << 10)))]
#[case::old(comment("x", Time(-2_208_988_800_000), "t"))]
#[case::far_ahead(comment("x", Time(NOON.0 + 200_000_000), "t"))]
fn what_cannot_be_placed_is_rejected_alone(#[case] event: Event) {
    let mut kit = Kit::new();
    kit.comment("1", "a");
    let done = kit.ingest(vec![event, comment("2", NOON, "b")]);
    assert_eq!(done.added, 1);
    assert_eq!(done.rejected.len(), 1);
    assert_eq!(done.rejected[0].0, 0);
    assert!(!done.rejected[0].1.is_empty());
    kit.check();
}

#[test]
fn whatever_a_text_holds_is_kept_verbatim_and_found_whole() {
    let mut kit = Kit::new();
    let text = format!("\u{1b}[31m\0\u{202e}{}", "漢".repeat(20_000));
    let id = kit.comment("1", &text);
    assert_eq!(kit.messages(id)[0].1.text, text);
    let excerpt = kit.conversation(id).head.unwrap().excerpt;
    assert!(excerpt.len() <= 480 && text.starts_with(&excerpt));
    kit.check();
}

#[test]
fn a_cursor_is_kept_with_its_events() {
    let mut kit = Kit::new();
    let cursor = Some((weibo(), "page 7".to_owned()));
    kit.one(Job::Ingest { cursor, events: vec![comment("1", NOON, "a")] });
    assert_eq!(query::cursor(&*kit.store, &weibo()).unwrap().as_deref(), Some("page 7"));
    assert_eq!(query::cursor(&*kit.store, &ChannelId("x".into())).unwrap(), None);
    let cursor = Some((weibo(), "x".repeat(5000)));
    let result = kit.one(Job::Ingest { cursor, events: vec![] });
    assert!(matches!(result, JobResult::Refused(_)));
}

#[test]
fn a_reply_taken_by_the_platform_meets_the_deadline() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.later(Span::minutes(10));
    let reply = kit
        .done(
            "amy",
            Command::Reply { ids: vec![id], text: "sorry".into(), seen: Some(1), because: None },
        )
        .message
        .unwrap();
    let c = kit.conversation(id);
    assert_eq!((c.state, c.first_response), (State::Pending, None));
    assert_eq!(kit.desk.state(kit.now).waiting, 1);
    assert!(kit.last.outbox);
    kit.sent(reply, "r1");
    assert!(kit.last.outbox);
    let met = kit.conversation(id).first_response.unwrap();
    assert_eq!((met.answered, met.met), (kit.now, Some(true)));
    assert_eq!(kit.desk.state(kit.now).waiting, 0);
    // Seen on the platform: nothing new.
    assert_eq!(kit.ingest(vec![answer_to("1", "r1", kit.now, true)]).known, 1);
    kit.check();
}

#[test]
fn an_echo_that_is_quicker_than_its_confirmation_is_not_doubled() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let reply = kit
        .done("amy", Command::Reply { ids: vec![id], text: "re".into(), seen: None, because: None })
        .message
        .unwrap();
    assert_eq!(kit.step(reply, Step::Attempt), JobResult::Ok);
    kit.ingest(vec![answer_to("1", "r1", NOON, true)]);
    let to = Outcome::Done { platform_id: Some("r1".into()), url: None, at: Some(kit.now) };
    assert_eq!(kit.step(reply, Step::Came { to, guard: Guard::None }), JobResult::Ok);
    let messages = kit.messages(id);
    let standing: Vec<_> = messages.iter().filter(|(_, m)| m.is_standing_reply()).collect();
    assert_eq!(standing.len(), 1);
    assert_eq!(standing[0].0, reply.seq);
    kit.check();
}

#[test]
fn slots_are_planned_moved_and_published() {
    let mut kit = Kit::new();
    let slot = |at, state| {
        Event::Slot(SlotEvent {
            channel: weibo(),
            id: "p1".into(),
            at,
            title: "spring".into(),
            state,
        })
    };
    let later = NOON + Span::hours(3);
    assert_eq!(kit.ingest(vec![slot(NOON, SlotState::Scheduled)]).changed, 1);
    assert!(kit.last.slots);
    assert_eq!(kit.ingest(vec![slot(NOON, SlotState::Scheduled)]).known, 1);
    assert_eq!(kit.ingest(vec![slot(later, SlotState::Published)]).changed, 1);
    let (from, to) = query::day(Some("Asia/Shanghai"), NOON);
    let slots = query::slots(&*kit.store, from, to).unwrap();
    assert_eq!(slots.len(), 1);
    assert_eq!((slots[0].at, slots[0].state), (later, SlotState::Published));
    kit.check();
}

#[test]
fn old_ones_come_in_late_at_once() {
    let mut kit = Kit::new();
    let long_ago = NOON - Span::hours(24 * 400);
    kit.ingest(vec![comment("1", long_ago, "a")]);
    kit.later(Span::hours(9)).ingest(vec![comment("2", NOON + Span::hours(6), "b")]);
    let state = kit.desk.state(kit.now);
    assert_eq!(state.late, [(Queue::Comments, 2), (Queue::Messages, 0)]);
    assert!(kit.last.breached.is_empty());
    assert!(state.counts.contains(&(Queue::Comments, StateKind::Open, 2)));
    // Whether more comes in than usual is all that is left to look at.
    assert_eq!(state.next_due, None);
    kit.later(Span::minutes(2)).elapse();
    assert_eq!(kit.desk.next_timer().unwrap(), None);
    kit.check();
}

#[test]
fn comments_under_one_post_of_ours_are_conversations_of_their_own() {
    let mut kit = Kit::new();
    let under = |id: &str, parent: &str, ours: bool| {
        let Event::Message(m) = answer_to(parent, id, NOON, ours) else { unreachable!() };
        // As platforms tell it that call everything under a post one thread.
        Event::Message(MessageEvent { thread: Some("post".into()), ..m })
    };
    let Event::Message(post) = comment("post", NOON, "Autumn roast") else { unreachable!() };
    let post = Event::Message(MessageEvent { ours: true, ..post });
    kit.ingest(vec![post, under("1", "post", false), under("2", "post", false)]);
    let (one, two) = (kit.holder("1"), kit.holder("2"));
    assert_ne!(one, two);
    // Written in the same second as the post, they are not answered by it.
    for id in [one, two] {
        let c = kit.conversation(id);
        assert_eq!((c.state, c.head.is_some(), c.messages), (State::Open, true, 1));
        let detail = query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap();
        assert_eq!(detail.about.unwrap().text, "Autumn roast");
    }
    let c = kit.conversation(kit.holder("post"));
    assert_eq!((c.state, c.messages), (State::Resolved, 1));
    // What is said below a comment stays with it, whoever says it.
    kit.ingest(vec![under("3", "1", false), under("4", "2", true), under("5", "4", false)]);
    assert_eq!((kit.holder("3"), kit.holder("4"), kit.holder("5")), (one, two, two));
    // An answer that is quicker than what it answers waits for it.
    kit.ingest(vec![under("7", "6", false), under("6", "post", false)]);
    assert_eq!(kit.holder("6"), kit.holder("7"));
    assert_ne!(kit.holder("6"), one);
    kit.check();
}
