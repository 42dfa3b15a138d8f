use super::*;
use crate::domain::testing::*;
use crate::domain::{Claim, Delivery, OperatorName, Queue, SessionId, Span};
use proptest::prelude::*;
use rstest::rstest;

/// A conversation with its messages, as the desk keeps them.
struct Thread {
    c: Conversation,
    messages: Vec<(u32, Message)>,
    channel: Channel,
    /// How often the record alone was not enough.
    loads: usize,
}

impl Thread {
    fn new() -> Thread {
        let c = conversation(Queue::Messages);
        let channel = Channel {
            id: c.channel.clone(),
            platform: c.platform.clone(),
            title: String::new(),
            reply_window: Some(Span(10_000)),
        };
        Thread { c, messages: Vec::new(), channel, loads: 0 }
    }

    fn of(messages: impl IntoIterator<Item = Message>) -> Thread {
        let mut t = Thread::new();
        for m in messages {
            t.take(m);
        }
        t
    }

    fn take(&mut self, m: Message) {
        let seq = self.messages.len() as u32;
        self.messages.push((seq, m.clone()));
        let before = self.c.clone();
        let (policies, channel) = (policies(), Some(&self.channel));
        if absorb(&mut self.c, seq, &m, &policies, channel) == Absorbed::Unsettled {
            assert_eq!(self.c, before, "an unsettled conversation was changed");
            self.loads += 1;
            settle(&mut self.c, seq, &self.messages, &policies, channel);
        }
    }

    /// Everything but the numbers of messages, which are the order of arrival.
    fn without_numbers(&self) -> Conversation {
        let mut c = self.c.clone();
        for head in c.head.iter_mut().chain(c.topic.iter_mut()) {
            head.seq = 0;
        }
        c
    }
}

fn head_at(t: &Thread) -> Option<i64> {
    t.c.head.as_ref().map(|h| h.at.0)
}

#[test]
fn a_first_inbound_message_opens_the_conversation_and_starts_the_clock() {
    let t = Thread::of([inbound(1_000, "where is my parcel")]);
    assert_eq!((t.loads, &t.c.state, head_at(&t)), (0, &State::Open, Some(1_000)));
    let timer = t.c.timer.as_ref().unwrap();
    assert_eq!((timer.target, timer.started), (TargetName::FirstResponse, Time(1_000)));
    assert_eq!((timer.due, timer.at_risk), (Time(1_800), Time(1_600)));
    assert_eq!((t.c.weight, t.c.tag.as_str()), (10, "plain"));
    assert_eq!(t.c.window_closes, Some(Time(11_000)));
    assert_eq!((t.c.messages, t.c.topic), (1, None));
}

#[test]
fn the_head_is_the_oldest_unanswered_message_and_decides_the_policy() {
    let t =
        Thread::of([inbound(1_000, "hello"), inbound(1_100, "is this a scam"), inbound(900, "hm")]);
    assert_eq!((t.loads, head_at(&t), t.c.tag.as_str()), (0, Some(900), "plain"));
    assert_eq!((t.c.first_inbound, t.c.last_inbound), (Some(Time(900)), Some(Time(1_100))));
}

#[test]
fn a_reply_that_is_seen_answers_and_stops_first_response() {
    let t = Thread::of([inbound(1_000, "hello"), seen_reply(1_700)]);
    assert_eq!((t.loads, &t.c.state, head_at(&t), &t.c.timer), (0, &State::Pending, None, &None));
    let met = FirstResponse { asked: Time(1_000), answered: Time(1_700), met: Some(true) };
    assert_eq!(t.c.first_response, Some(met));
    assert_eq!(t.c.speaks_of().map(|h| h.at), Some(Time(1_000)));
    let late = Thread::of([inbound(1_000, "scam"), seen_reply(1_101)]);
    assert_eq!(late.c.first_response.unwrap().met, Some(false));
    assert_eq!((late.c.weight, late.c.tag.as_str()), (200, "severe"));
}

#[test]
fn after_a_first_response_the_clock_is_next_response_from_the_head() {
    let t = Thread::of([inbound(1_000, "hello"), seen_reply(1_700), inbound(5_000, "and now?")]);
    assert_eq!((t.loads, &t.c.state, head_at(&t)), (0, &State::Open, Some(5_000)));
    let timer = t.c.timer.as_ref().unwrap();
    assert_eq!((timer.target, timer.due), (TargetName::NextResponse, Time(5_400)));
    assert_eq!(t.c.topic.as_ref().map(|h| h.at), Some(Time(1_000)));
}

#[test]
fn a_waiting_reply_answers_but_does_not_stop_first_response() {
    let mut t = Thread::of([inbound(1_000, "hello"), reply_from_here(1_200)]);
    assert_eq!((t.loads, &t.c.state, head_at(&t)), (0, &State::Pending, None));
    assert_eq!((t.c.timer.clone(), t.c.first_response), (None, None));
    t.take(inbound(3_000, "hello?"));
    let timer = t.c.timer.clone().unwrap();
    assert_eq!((timer.target, timer.started), (TargetName::FirstResponse, Time(1_000)));
    // The channel takes it.
    t.messages[1].1.delivery = Delivery::Sent(Time(3_500));
    let sent = t.messages[1].1.clone();
    assert_eq!(absorb_change(&mut t.c, 1, &sent, &policies()), Absorbed::Unsettled);
    recompute(&mut t.c, &t.messages, &policies(), Some(&t.channel));
    let response = FirstResponse { asked: Time(1_000), answered: Time(3_500), met: Some(false) };
    assert_eq!(t.c.first_response, Some(response));
    assert_eq!((head_at(&t), &t.c.state), (Some(3_000), &State::Open));
    assert_eq!(t.c.timer.unwrap().target, TargetName::NextResponse);
}

#[test]
fn a_reply_that_comes_before_its_question_answers_it() {
    let t = Thread::of([seen_reply(2_000), inbound(1_000, "hello")]);
    assert_eq!((&t.c.state, head_at(&t)), (&State::Pending, None));
    assert_eq!(t.c.first_response.unwrap().answered, Time(2_000));
    assert_eq!(t.c.first_response.unwrap().met, Some(false));
}

#[test]
fn what_was_on_its_way_while_we_answered_still_waits() {
    // Written before our answer, but nobody here had read it.
    let t =
        Thread::of([inbound(1_000, "hello"), reply_from_here(2_000), inbound(1_900, "cancel it!")]);
    assert_eq!((&t.c.state, head_at(&t)), (&State::Open, Some(1_900)));
}

#[test]
fn a_reply_from_here_answers_what_had_arrived_whatever_the_platforms_clock_says() {
    let t = Thread::of([inbound(9_000, "from a fast clock"), reply_from_here(2_000)]);
    assert_eq!((&t.c.state, head_at(&t), t.loads), (&State::Pending, None, 0));
}

#[test]
fn our_own_post_before_the_first_question_is_no_response() {
    let t = Thread::of([seen_reply(500), inbound(1_000, "hello")]);
    assert_eq!((&t.c.state, t.c.first_response), (&State::Open, None));
    assert_eq!(t.c.timer.unwrap().target, TargetName::FirstResponse);
}

#[rstest]
#[case(State::Pending)]
#[case(State::OnHold)]
#[case(State::Snoozed { until: Time(99_000) })]
#[case(State::Resolved)]
fn new_inbound_opens_and_old_inbound_does_not(#[case] state: State) {
    let mut t = Thread::of([inbound(1_000, "hello"), seen_reply(2_000)]);
    t.c.put_state(state.clone(), Time(2_500));
    t.take(inbound(1_500, "this was answered, too"));
    assert_eq!(t.c.state, state);
    t.take(inbound(3_000, "one more thing"));
    assert_eq!((&t.c.state, t.c.resolved_at, t.c.set_aside), (&State::Open, None, None));
}

#[test]
fn a_late_message_older_than_a_settled_beginning_is_what_the_thread_begins_with() {
    let mut t = Thread::of([inbound(2_000, "hello")]);
    t.c.put_state(State::Resolved, Time(2_500));
    t.take(inbound(3_000, "again"));
    assert_eq!(t.c.topic.as_ref().map(|h| h.at), Some(Time(2_000)));
    t.take(inbound(1_000, "what came first"));
    assert_eq!((head_at(&t), t.c.topic.clone()), (Some(1_000), None));
    let mut anew = t.c.clone();
    recompute(&mut anew, &t.messages, &policies(), Some(&t.channel));
    assert_eq!(anew, t.c);
}

#[rstest]
#[case(State::Open, State::Pending, State::Pending)]
#[case(State::OnHold, State::OnHold, State::Pending)]
#[case(State::Snoozed { until: Time(9) }, State::Snoozed { until: Time(9) }, State::Pending)]
#[case(State::Resolved, State::Resolved, State::Pending)]
fn a_reply_seen_elsewhere_leaves_what_an_operator_decided(
    #[case] before: State,
    #[case] after_seen: State,
    #[case] after_ours: State,
) {
    for (reply, after) in [(seen_reply(2_000), after_seen), (reply_from_here(2_000), after_ours)] {
        let mut t = Thread::of([inbound(1_000, "hello")]);
        t.c.put_state(before.clone(), Time(1_500));
        t.take(reply);
        assert_eq!(t.c.state, after);
    }
}

#[test]
fn an_answer_to_the_older_question_leaves_the_newer_one_waiting() {
    let t = Thread::of([inbound(1_000, "one"), inbound(3_000, "two"), seen_reply(2_000)]);
    assert_eq!((&t.c.state, head_at(&t)), (&State::Open, Some(3_000)));
    assert_eq!(t.c.timer.unwrap().target, TargetName::NextResponse);
}

#[test]
fn withdrawn_messages_do_not_wait() {
    let mut t = Thread::of([inbound(1_000, "one"), inbound(3_000, "two")]);
    t.messages[0].1.withdrawn = Some(Time(4_000));
    let gone = t.messages[0].1.clone();
    assert_eq!(absorb_change(&mut t.c, 0, &gone, &policies()), Absorbed::Unsettled);
    settle_withdrawn(&mut t.c, &t.messages, &policies(), Some(&t.channel));
    assert_eq!(
        (&t.c.state, head_at(&t), t.c.first_inbound),
        (&State::Open, Some(3_000), Some(Time(3_000)))
    );
    t.messages[1].1.withdrawn = Some(Time(5_000));
    settle_withdrawn(&mut t.c, &t.messages, &policies(), Some(&t.channel));
    assert_eq!((&t.c.state, head_at(&t), t.c.first_inbound), (&State::Pending, None, None));
    assert_eq!((t.c.timer.as_ref(), t.c.weight, t.c.messages), (None, 0, 2));
}

#[test]
fn a_reply_taken_back_makes_the_question_wait_again() {
    let mut t = Thread::of([inbound(1_000, "hello"), reply_from_here(2_000)]);
    t.messages[1].1.withdrawn = Some(Time(2_100));
    recompute(&mut t.c, &t.messages, &policies(), Some(&t.channel));
    assert_eq!((head_at(&t), t.c.last_reply), (Some(1_000), None));
    assert_eq!(t.c.timer.unwrap().due, Time(1_800));
}

#[test]
fn likes_and_edits_of_the_head_are_judged_again() {
    let mut t = Thread::of([inbound(1_000, "hello"), inbound(1_001, "second")]);
    let mut head = t.messages[0].1.clone();
    head.text = "it is a scam".into();
    head.likes = 30;
    assert_eq!(absorb_change(&mut t.c, 0, &head, &policies()), Absorbed::Done);
    assert_eq!((t.c.tag.as_str(), t.c.head.as_ref().unwrap().likes), ("severe", 30));
    assert_eq!(t.c.timer.unwrap().due, Time(1_100));
}

#[test]
fn what_changes_after_the_answer_does_not_make_it_late() {
    let mut t = Thread::of([inbound(1_000, "hello"), seen_reply(1_700)]);
    t.messages[0].1.text = "scam".into();
    recompute(&mut t.c, &t.messages, &policies(), Some(&t.channel));
    assert_eq!((t.c.first_response.unwrap().met, t.c.tag.as_str()), (Some(true), "severe"));
}

#[test]
fn notes_change_nothing_but_the_count() {
    let mut t = Thread::of([inbound(1_000, "hello")]);
    let before = t.c.clone();
    let mut note = inbound(2_000, "call them");
    note.kind = MessageKind::Note;
    t.take(note);
    assert_eq!(t.c, Conversation { messages: 2, ..before });
}

#[test]
fn what_operators_own_is_left_alone() {
    let mut t = Thread::of([inbound(1_000, "hello")]);
    let claim =
        Claim { operator: OperatorName("amy".into()), session: SessionId(1), since: Time(0) };
    t.c.claim = Some(claim.clone());
    t.c.labels = vec!["vip".into()];
    t.take(seen_reply(900));
    t.take(inbound(2_000, "hello?"));
    assert_eq!((t.c.claim, t.c.labels), (Some(claim), vec!["vip".to_owned()]));
}

#[test]
fn the_common_case_needs_no_other_messages() {
    let newest_first = (0..50).rev().map(|i| inbound(i * 10, "x"));
    assert_eq!(Thread::of(newest_first).loads, 0);
    let in_order =
        (0..50).map(|i| if i % 3 == 2 { seen_reply(i * 10) } else { inbound(i * 10, "x") });
    assert_eq!(Thread::of(in_order).loads, 0);
}

/// Messages as a platform has them: small times, so that many are equal.
fn platform_message() -> impl Strategy<Value = Message> {
    (0..12_i64, prop_oneof!["hello", "scam", "thanks"], any::<bool>(), 0..3_u8).prop_map(
        |(at, text, ours, likes)| {
            let mut m = if ours { seen_reply(at * 60) } else { inbound(at * 60, &text) };
            m.likes = u32::from(likes);
            m
        },
    )
}

proptest! {
    #[test]
    fn any_order_of_arrival_gives_the_same_conversation(
        (sorted, shuffled) in prop::collection::vec(platform_message(), 1..12).prop_flat_map(|v| {
            let mut sorted = v.clone();
            // Of messages that say the same at the same moment it does not matter which is which.
            sorted.sort_by_key(|m| (m.at, m.kind == MessageKind::Reply, m.text.clone(), m.likes));
            sorted.dedup_by_key(|m| (m.at, m.text.clone()));
            (Just(sorted.clone()), Just(sorted).prop_shuffle())
        })
    ) {
        let one = Thread::of(sorted);
        let other = Thread::of(shuffled);
        prop_assert_eq!(one.without_numbers(), other.without_numbers());
    }

    #[test]
    fn the_record_alone_comes_to_what_all_messages_come_to(
        steps in prop::collection::vec((0..12_i64, 0..4_u8), 1..14)
    ) {
        let mut t = Thread::new();
        for (at, kind) in steps {
            t.take(match kind {
                0 => reply_from_here(at * 60),
                1 => seen_reply(at * 60),
                2 => inbound(at * 60, "scam"),
                _ => inbound(at * 60, "hello"),
            });
            let mut all = t.c.clone();
            recompute(&mut all, &t.messages, &policies(), Some(&t.channel));
            prop_assert_eq!(&t.c, &all);
            // Without an operator's doing it is open exactly when something waits.
            prop_assert_eq!(t.c.state == State::Open, t.c.head.is_some());
        }
    }
}

fn classed(at: i64, text: &str, severity: Severity) -> Message {
    let mut m = inbound(at, text);
    m.class = Some(Class { severity, ..Class::default() });
    m
}

#[test]
fn it_is_as_severe_as_the_worst_that_waits() {
    let mut t = Thread::new();
    t.take(classed(10, "hello", Severity::None));
    assert_eq!((t.c.severity(), t.c.class_seq()), (Severity::None, Some(0)));
    t.take(classed(20, "you will hear from us", Severity::Severe));
    t.take(classed(30, "slow", Severity::Mild));
    assert_eq!((t.c.severity(), t.c.class_seq()), (Severity::Severe, Some(1)));
    assert_eq!(t.c.head.as_ref().map(|h| h.seq), Some(0), "the row still speaks of the oldest");
    // One that is older and as bad takes its place; the order of arrival decides nothing.
    t.take(classed(15, "we will sue", Severity::Severe));
    assert_eq!(t.c.class_seq(), Some(3));
    t.take(seen_reply(25));
    assert_eq!((t.c.severity(), t.c.class_seq()), (Severity::Mild, Some(2)), "two are answered");
}

#[test]
fn what_a_message_is_called_later_changes_the_conversation() {
    let mut t = Thread::new();
    t.take(classed(10, "hello", Severity::None));
    t.take(classed(20, "slow", Severity::None));
    let worse = classed(20, "slow", Severity::Severe);
    assert_eq!(absorb_change(&mut t.c, 1, &worse, &policies()), Absorbed::Unsettled);
    assert_eq!(absorb_change(&mut t.c, 0, &worse, &policies()), Absorbed::Unsettled);
    let same = classed(20, "slow, edited", Severity::None);
    assert_eq!(absorb_change(&mut t.c, 1, &same, &policies()), Absorbed::Done);
}
