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

mod pauses {
    //! Deadlines as the desk holds them, and as they are found again from the messages alone.

    use super::*;
    use crate::domain::policy::{Match, Policy, Target};
    use crate::domain::sla::Calendar;
    use crate::domain::sla::calendar::Hours;
    use crate::domain::sla::clock::refresh;
    use crate::domain::thread::{Absorbed, absorb, settle as settle_thread};
    use crate::domain::{Command, ConversationId, SessionId, triage};
    use rstest::rstest;
    use std::sync::Arc;

    const MINUTE: i64 = 60_000;
    /// Monday 5 January 1970, 00:00 UTC.
    const MONDAY: i64 = 4 * 24 * 60;

    /// First response in 60 minutes, next response in 60 minutes of 09:00 to 17:00.
    fn rules() -> Policies {
        let office = Calendar {
            name: "office".into(),
            zone: chrono_tz::Tz::UTC,
            week: std::array::from_fn(|_| vec![Hours { from: 9 * 60, to: 17 * 60 }]),
            holidays: Default::default(),
            days: Default::default(),
        };
        let targets = vec![
            Target::new(TargetName::FirstResponse, Span::minutes(60)),
            Target {
                name: TargetName::NextResponse,
                within: Span::minutes(60),
                calendar: Some(Arc::new(office)),
            },
        ];
        let rule = |name: &str, words: &[&str], targets: Vec<Target>| Policy {
            name: name.into(),
            tag: String::new(),
            matches: Match {
                words: words.iter().map(|w| (*w).to_owned()).collect(),
                ..Match::default()
            },
            targets,
            weight: 0,
            lead: false,
        };
        let all = vec![rule("no target", &["praise"], Vec::new()), rule("stated", &[], targets)];
        Policies { rules: all, at_risk_percent: 25 }
    }

    struct Played {
        c: Conversation,
        messages: Vec<(u32, Message)>,
    }

    impl Played {
        fn take(&mut self, mut m: Message) -> Option<Option<Answered>> {
            let policies = rules();
            let known = match m.kind {
                MessageKind::Reply => of_newest(&self.c, &m, &policies),
                _ => None,
            };
            m.answered = known.clone().flatten();
            let seq = self.c.messages;
            let absorbed = absorb(&mut self.c, seq, &m, &policies, None);
            self.messages.push((seq, m));
            if absorbed == Absorbed::Unsettled {
                settle_thread(&mut self.c, seq, &self.messages, &policies, None);
            }
            known
        }

        fn act(&mut self, at: i64, command: &Command) {
            let session = Some(SessionId(1));
            triage::apply(&mut self.c, command, &operator("amy"), session, Time(at)).unwrap();
            refresh(&mut self.c, &rules());
        }

        /// What each reply answered, by all that is known now and nothing that was noted before.
        fn anew(&self) -> Vec<(u32, Option<Answered>)> {
            let mut messages = self.messages.clone();
            messages.iter_mut().for_each(|(_, m)| m.answered = None);
            settle(&self.c, &messages, &rules())
        }
    }

    /// Steps of a line: `ask`, `praise`, `snooze`, `hold`, `open`, `resolve`, each `@` a minute of
    /// Monday; the last is a reply from `here` or one `seen` on the platform. Then what it was due
    /// by, and whether it was in time.
    #[rstest]
    #[case::nothing_paused("ask@600 here@650", Some(660), Some(true))]
    #[case::late("ask@600 here@661", Some(660), Some(false))]
    #[case::on_hold_is_our_own_matter("ask@600 hold@610 here@670", Some(660), Some(false))]
    #[case::snoozed_and_back("ask@600 snooze@610 open@640 here@680", Some(690), Some(true))]
    #[case::snoozed_and_late("ask@600 snooze@610 open@640 here@691", Some(690), Some(false))]
    #[case::snoozed_twice(
        "ask@600 snooze@610 open@640 snooze@650 open@655 seen@695",
        Some(695),
        Some(true)
    )]
    #[case::while_snoozed("ask@600 snooze@610 here@900", Some(950), Some(true))]
    #[case::seen_while_snoozed("ask@600 snooze@610 seen@900", Some(950), Some(true))]
    #[case::late_before_it_was_snoozed("ask@600 snooze@670 here@680", Some(660), Some(false))]
    #[case::next_in_office_hours("ask@600 here@610 ask@1010 here@1030", Some(1_440 + 590), Some(true))]
    #[case::next_over_night("ask@600 here@610 ask@1010 seen@2031", Some(1_440 + 590), Some(false))]
    #[case::next_over_night_snoozed(
        "ask@600 here@610 ask@1010 snooze@1015 open@2000 here@2050",
        Some(1_440 + 615),
        Some(true)
    )]
    #[case::resolved_before_it_was_asked(
        "ask@600 here@610 resolve@620 ask@700 here@755",
        Some(760),
        Some(true)
    )]
    #[case::no_target("praise@600 here@9000", None, None)]
    fn a_reply_is_judged_by_the_deadline_the_desk_held(
        #[case] line: &str,
        #[case] due: Option<i64>,
        #[case] met: Option<bool>,
    ) {
        let mut played = Played { c: conversation(Queue::Comments), messages: Vec::new() };
        let at = |minute: i64| (MONDAY + minute) * MINUTE;
        let ids = vec![ConversationId(7)];
        let mut known = None;
        for step in line.split(' ') {
            let (what, minute) = step.split_once('@').unwrap();
            let at = at(minute.parse().unwrap());
            let sent = Delivery::Sent(Time(at));
            match what {
                "ask" => drop(played.take(inbound(at, "how?"))),
                "praise" => drop(played.take(inbound(at, "praise"))),
                "seen" => known = played.take(seen_reply(at)),
                "here" => known = played.take(Message { delivery: sent, ..reply_from_here(at) }),
                "hold" => played.act(at, &Command::Hold { ids: ids.clone() }),
                "open" => played.act(at, &Command::Reopen { ids: ids.clone() }),
                "resolve" => played.act(at, &Command::Resolve { ids: ids.clone() }),
                _ => {
                    let until = Time(at + 24 * 60 * MINUTE);
                    played.act(at, &Command::Snooze { ids: ids.clone(), until });
                }
            }
        }
        let known = known.expect("it was news").expect("it answered");
        assert_eq!(known.due, due.map(|minute| Time(at(minute))), "{line}");
        let channel = ChannelId("c".into());
        let reply = &played.messages.last().unwrap().1;
        assert_eq!(point(&channel, reply).unwrap().met, met, "{line}");
        let anew = |played: &Played| played.anew().pop().unwrap().1;
        assert_eq!(anew(&played).as_ref(), Some(&known), "{line}, found again");
        // What was set aside later says nothing about it.
        let later = reply.at.0 + MINUTE;
        played.take(inbound(later, "and now?"));
        let until = Time(later + 600 * MINUTE);
        played.act(later + MINUTE, &Command::Snooze { ids, until });
        assert_eq!(anew(&played), Some(known), "{line}, found again later");
    }

    #[test]
    fn a_second_answer_before_the_first_has_left_is_judged_by_its_own_question() {
        let mut played = Played { c: conversation(Queue::Comments), messages: Vec::new() };
        let at = |minute: i64| (MONDAY + minute) * MINUTE;
        played.take(inbound(at(600), "how?"));
        played.take(reply_from_here(at(610)));
        played.take(inbound(at(620), "hello?"));
        assert_eq!(played.take(reply_from_here(at(630))), None, "its record does not tell");
        let second = played.anew().pop().unwrap().1.unwrap();
        assert_eq!((second.asked, second.first), (Time(at(620)), false));
        assert_eq!((second.policy.as_str(), second.due), ("stated", Some(Time(at(680)))));
    }

    #[test]
    fn what_waits_counts_under_the_rule_that_its_answer_will() {
        let policies = rules();
        let after = |text: &str| {
            let mut c = conversation(Queue::Comments);
            let _ = absorb(&mut c, 0, &inbound(0, text), &policies, None);
            c
        };
        assert_eq!(rule_of(&after("how?"), &policies), "stated");
        let none = after("praise");
        assert_eq!((none.timer.is_none(), rule_of(&none, &policies).as_str()), (true, "no target"));
        let reply = of_newest(&none, &reply_from_here(1), &policies).unwrap().unwrap();
        assert_eq!((reply.policy.as_str(), reply.due), ("no target", None));
        assert_eq!(rule_of(&conversation(Queue::Comments), &policies), "");
    }
}
