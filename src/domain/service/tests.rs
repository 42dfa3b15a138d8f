use super::*;
use crate::domain::testing::*;
use crate::domain::{Delivery, Queue};
use proptest::prelude::*;

fn settled(mut messages: Vec<(u32, Message)>) -> Vec<(u32, Message)> {
    let c = conversation(Queue::Comments);
    for (seq, answered) in settle(&c, &messages, &policies()) {
        messages[seq as usize].1.answered = answered;
    }
    messages
}

fn numbered(messages: Vec<Message>) -> Vec<(u32, Message)> {
    (0..).zip(messages).collect()
}

fn told(messages: &[(u32, Message)]) -> Vec<Option<(i64, bool, Option<i64>)>> {
    let replies = messages.iter().filter(|(_, m)| m.kind == MessageKind::Reply);
    let told = |a: &Answered| (a.asked.0, a.first, a.due.map(|d| d.0));
    replies.map(|(_, m)| m.answered.as_ref().map(told)).collect()
}

#[test]
fn each_question_is_answered_once_by_the_first_reply_after_it() {
    let all = settled(numbered(vec![
        inbound(100, "a"),
        inbound(150, "b"),
        seen_reply(300),
        seen_reply(320),
        inbound(400, "c"),
        seen_reply(700),
    ]));
    assert_eq!(told(&all), [Some((100, true, Some(900))), None, Some((400, false, Some(800)))]);
}

#[test]
fn the_order_of_arrival_decides_nothing_for_what_was_seen_on_the_platform() {
    let all = settled(numbered(vec![seen_reply(300), inbound(400, "c"), inbound(100, "a")]));
    assert_eq!(told(&all), [Some((100, true, Some(900)))]);
}

#[test]
fn a_reply_from_here_answers_what_had_come_before_it_and_counts_once_it_is_seen() {
    let mut reply = reply_from_here(300);
    // Written by a clock that is behind: the question counts as answered at once.
    let all = settled(numbered(vec![inbound(400, "a"), reply.clone()]));
    assert_eq!(told(&all), [Some((400, true, Some(1_200)))]);
    let channel = ChannelId("weibo-shop".into());
    assert_eq!(point(&channel, &all[1].1), None, "nobody has seen it");
    reply.delivery = Delivery::Sent(Time(2_000));
    reply.answered = all[1].1.answered.clone();
    let p = point(&channel, &reply).unwrap();
    assert_eq!((p.took, p.met), (Some((true, 1_600)), Some(false)));
    assert_eq!(p.cell.policy, "plain");
    assert_eq!(p.cell.operator, Some(operator("amy")));
    reply.withdrawn = Some(Time(3_000));
    assert_eq!(point(&channel, &reply), None, "it was taken back");
}

#[test]
fn thanks_and_what_was_resolved_without_an_answer_are_no_questions() {
    let messages = numbered(vec![
        inbound(100, "a"),
        inbound(200, "thanks"),
        inbound(300, "b"),
        seen_reply(500),
    ]);
    let mut c = conversation(Queue::Comments);
    let asked = |c: &Conversation| {
        settle(c, &messages, &policies()).into_iter().map(|(_, a)| a.map(|a| a.asked.0)).next()
    };
    assert_eq!(asked(&c), Some(Some(100)));
    // Resolved without an answer, thanked for, and asked anew.
    (c.settled, c.thanks) = (2, vec![1]);
    assert_eq!(asked(&c), Some(Some(300)));
}

#[test]
fn a_note_and_a_reply_that_failed_count_nothing() {
    let channel = ChannelId("c".into());
    let mut failed = reply_from_here(300);
    failed.delivery = Delivery::Failed { at: Time(400), why: "no".into() };
    assert_eq!(point(&channel, &failed), None);
    assert_eq!(point(&channel, &inbound(1, "x")), None);
    let all = settled(numbered(vec![inbound(100, "a"), failed, seen_reply(600)]));
    assert_eq!(told(&all), [None, Some((100, true, Some(900)))]);
}

#[test]
fn what_is_taken_back_was_never_counted() {
    let channel = ChannelId("c".into());
    let all = settled(numbered(vec![inbound(100, "a"), seen_reply(300)]));
    let p = point(&channel, &all[1].1).unwrap();
    let mut served = Served::default();
    served.count(&p, 1);
    assert_eq!((served.replies, served.first.count, served.met), (1, 1, 1));
    served.count(&p, -1);
    assert!(served.is_empty());
}

/// The slow way: every question against every reply.
fn naive(messages: &[(u32, Message)]) -> Vec<Option<i64>> {
    let mut out = Vec::new();
    for (reply, r) in messages.iter().filter(|(_, m)| m.kind == MessageKind::Reply) {
        let mut oldest: Option<i64> = None;
        for (question, q) in messages.iter().filter(|(_, m)| m.kind == MessageKind::Inbound) {
            let fits = |seq: u32, m: &Message| {
                if m.is_ours_from_here() { seq > *question } else { m.at >= q.at }
            };
            // Of those written here the one that got through first, of those seen the earliest.
            let mut best: Option<(Time, u32)> = None;
            for here in [true, false] {
                let all = messages.iter().filter(|(seq, m)| {
                    m.kind == MessageKind::Reply && m.is_ours_from_here() == here && fits(*seq, m)
                });
                let first = all.map(|(seq, m)| (m.at, *seq)).min();
                let first = first.map(|(at, seq)| (at.max(q.at), seq));
                best = [best, first].into_iter().flatten().min();
            }
            let by_it = best.is_some_and(|(_, seq)| seq == *reply);
            if by_it && fits(*reply, r) {
                oldest = Some(oldest.map_or(q.at.0, |o| o.min(q.at.0)));
            }
        }
        out.push(oldest);
    }
    out
}

proptest! {
    #[test]
    fn the_fast_way_and_the_slow_way_agree(
        what in prop::collection::vec((0u8..3, 0i64..40), 0..14)
    ) {
        let messages = what.iter().map(|(kind, at)| match kind {
            0 => inbound(*at, "q"),
            1 => seen_reply(*at),
            _ => reply_from_here(*at),
        });
        let messages = settled(numbered(messages.collect()));
        let asked: Vec<Option<i64>> = told(&messages).iter().map(|a| a.map(|(at, ..)| at)).collect();
        prop_assert_eq!(asked, naive(&messages));
        // Settled once, nothing is left to settle.
        let c = conversation(Queue::Comments);
        prop_assert!(settle(&c, &messages, &policies()).is_empty());
    }
}
