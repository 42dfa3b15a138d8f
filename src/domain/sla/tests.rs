//! Whole conversations: what starts, pauses and stops each clock.

use super::StoppedBy;
use super::clock::refresh;
use super::explain::{Stands, explain};
use super::preview::Preview;
use crate::domain::policy::{Match, Policies, Policy, Target, TargetName};
use crate::domain::testing::{conversation, inbound, operator, reply_from_here, seen_reply};
use crate::domain::thread::{Absorbed, absorb, absorb_change, recompute, settle};
use crate::domain::{Command, Conversation, Message, Queue, SessionId, Span, State, Time, triage};
use proptest::prelude::*;
use rstest::rstest;

/// `severe` on "scam": every target; else `plain`: first and next response.
fn policies() -> Policies {
    let rule = |name: &str, word: &[&str], targets: &[(TargetName, i64)]| Policy {
        name: name.into(),
        tag: name.into(),
        matches: Match {
            words: word.iter().map(|w| (*w).to_owned()).collect(),
            ..Match::default()
        },
        targets: targets.iter().map(|(name, ms)| Target::new(*name, Span(*ms))).collect(),
        weight: 10,
        lead: false,
    };
    let all = [
        (TargetName::FirstResponse, 1_000),
        (TargetName::NextResponse, 500),
        (TargetName::Acknowledge, 100),
        (TargetName::HandOver, 2_000),
        (TargetName::Statement, 5_000),
        (TargetName::Resolution, 10_000),
    ];
    let plain = [(TargetName::FirstResponse, 8_000), (TargetName::NextResponse, 8_000)];
    let rules = vec![rule("severe", &["scam"], &all), rule("plain", &[], &plain)];
    Policies { rules, at_risk_percent: 25 }
}

struct Desk {
    c: Conversation,
    messages: Vec<(u32, Message)>,
}

impl Desk {
    fn new(queue: Queue) -> Desk {
        Desk { c: conversation(queue), messages: Vec::new() }
    }

    fn take(&mut self, m: Message) -> &mut Desk {
        let seq = u32::try_from(self.messages.len()).unwrap();
        self.messages.push((seq, m.clone()));
        if absorb(&mut self.c, seq, &m, &policies(), None) == Absorbed::Unsettled {
            settle(&mut self.c, seq, &self.messages, &policies(), None);
        }
        self.is_whole();
        self
    }

    fn act(&mut self, at: i64, command: &Command) -> Vec<crate::domain::journal::Change> {
        let session = Some(SessionId(1));
        let done =
            triage::apply(&mut self.c, command, &operator("amy"), session, Time(at)).unwrap();
        refresh(&mut self.c, &policies());
        self.is_whole();
        done
    }

    fn undo(&mut self, at: i64, done: &[crate::domain::journal::Change]) {
        triage::invert(&mut self.c, done, Some(SessionId(1)), Time(at)).unwrap();
        refresh(&mut self.c, &policies());
        self.is_whole();
    }

    /// Reckoned anew from its messages it is the same.
    fn is_whole(&self) {
        let mut anew = self.c.clone();
        recompute(&mut anew, &self.messages, &policies(), None);
        assert_eq!(anew, self.c);
    }

    fn due(&self, target: TargetName) -> Option<i64> {
        self.c.clock(target).filter(|t| t.is_running()).map(|t| t.due.0)
    }

    fn stopped(&self, target: TargetName) -> Option<(i64, StoppedBy, bool)> {
        self.c.clock(target)?.stopped.map(|s| (s.at.0, s.by, s.met))
    }
}

fn ids() -> Vec<crate::domain::ConversationId> {
    vec![crate::domain::ConversationId(7)]
}

fn snooze(until: i64) -> Command {
    Command::Snooze { ids: ids(), until: Time(until) }
}

#[test]
fn all_targets_of_a_rule_run_at_once_and_the_first_to_run_out_is_the_conversations() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    let due: Vec<_> = d.c.all_clocks().map(|t| (t.target, t.due.0 - 10_000)).collect();
    let want = [
        (TargetName::Acknowledge, 100),
        (TargetName::FirstResponse, 1_000),
        (TargetName::HandOver, 2_000),
        (TargetName::Statement, 5_000),
        (TargetName::Resolution, 10_000),
    ];
    assert_eq!(due, want);
    assert_eq!(d.c.timer.as_ref().unwrap().target, TargetName::Acknowledge);
    assert_eq!(d.c.urgent_by(), Some(Time(10_100)));
}

#[test]
fn a_claim_acknowledges_and_its_undo_does_not() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    let done = d.act(10_050, &Command::Claim { ids: ids(), over: false });
    assert_eq!(d.stopped(TargetName::Acknowledge), Some((10_050, StoppedBy::Claim, true)));
    assert_eq!(d.c.timer.as_ref().unwrap().target, TargetName::FirstResponse);
    d.undo(10_060, &done);
    assert_eq!(d.due(TargetName::Acknowledge), Some(10_100));
    d.act(10_200, &Command::Claim { ids: ids(), over: false });
    assert_eq!(d.stopped(TargetName::Acknowledge), Some((10_200, StoppedBy::Claim, false)));
    // Let go again: it was in somebody's hands.
    d.act(10_300, &Command::Release { ids: ids() });
    assert_eq!(d.stopped(TargetName::Acknowledge), Some((10_200, StoppedBy::Claim, false)));
}

#[rstest]
#[case(Command::Assign { ids: ids(), to: Some(operator("bo")) })]
#[case(Command::Label { ids: ids(), label: "hand-over".into() })]
fn an_assignment_or_the_label_hands_over(#[case] how: Command) {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "scam"));
    let done = d.act(10_500, &how);
    assert_eq!(d.stopped(TargetName::HandOver), Some((10_500, StoppedBy::HandOver, true)));
    d.undo(10_600, &done);
    assert_eq!(d.due(TargetName::HandOver), Some(12_000));
}

#[test]
fn a_statement_is_a_public_reply_or_the_label() {
    let mut public = Desk::new(Queue::Comments);
    public.take(inbound(10_000, "scam")).take(seen_reply(10_700));
    assert_eq!(public.stopped(TargetName::Statement), Some((10_700, StoppedBy::Reply, true)));
    let mut direct = Desk::new(Queue::Messages);
    direct.take(inbound(10_000, "scam")).take(seen_reply(10_700));
    assert_eq!(direct.stopped(TargetName::Statement), None);
    assert!(direct.due(TargetName::Statement).is_some());
    direct.act(10_900, &Command::Label { ids: ids(), label: "statement".into() });
    assert_eq!(direct.stopped(TargetName::Statement), Some((10_900, StoppedBy::Statement, true)));
}

#[test]
fn a_reply_that_waits_stops_nothing_until_it_is_seen() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam")).take(reply_from_here(10_050));
    assert_eq!(d.stopped(TargetName::Acknowledge), None);
    assert_eq!((d.c.first_response, &d.c.state), (None, &State::Pending));
    d.messages[1].1.delivery = crate::domain::Delivery::Sent(Time(10_090));
    let sent = d.messages[1].1.clone();
    assert_eq!(absorb_change(&mut d.c, 1, &sent, &policies()), Absorbed::Unsettled);
    recompute(&mut d.c, &d.messages, &policies(), None);
    assert_eq!(d.stopped(TargetName::Acknowledge), Some((10_090, StoppedBy::Reply, true)));
    assert_eq!(d.c.first_response.unwrap().met, Some(true));
}

#[test]
fn snoozing_pauses_every_clock_and_the_elapsed_part_is_kept() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    d.act(10_040, &snooze(20_000));
    let timer = d.c.timer.clone().unwrap();
    assert_eq!((timer.due, timer.paused), (Time(10_100), Some(Time(10_040))));
    assert!(!d.c.is_late(Time(15_000)));
    triage::wake(&mut d.c, Time(20_000));
    refresh(&mut d.c, &policies());
    assert_eq!(d.due(TargetName::Acknowledge), Some(20_060));
    assert_eq!(d.due(TargetName::Resolution), Some(20_000 + 10_000 - 40));
    assert_eq!(d.c.timer.as_ref().unwrap().paused, None);
}

#[test]
fn new_inbound_ends_a_pause_when_it_was_written() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    d.act(10_040, &Command::Pending { ids: ids() });
    d.take(inbound(12_000, "hello?"));
    assert_eq!((&d.c.state, d.due(TargetName::Acknowledge)), (&State::Open, Some(12_060)));
}

#[test]
fn on_hold_stops_only_our_own_work() {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "scam"));
    d.act(10_040, &Command::Hold { ids: ids() });
    d.act(10_540, &Command::Reopen { ids: ids() });
    assert_eq!(d.due(TargetName::FirstResponse), Some(11_000));
    assert_eq!(d.due(TargetName::HandOver), Some(12_500));
    assert_eq!(d.due(TargetName::Statement), Some(15_000));
}

#[test]
fn waiting_for_the_customer_does_not_count_towards_the_resolution() {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "scam"))
        .take(seen_reply(11_000))
        .take(inbound(50_000, "ok, it is here"));
    assert_eq!(d.due(TargetName::Resolution), Some(50_000 + 9_000));
    // The customer's own clock starts with what they wrote, by the rule for that.
    assert_eq!(d.due(TargetName::NextResponse), Some(58_000));
    d.act(51_000, &Command::Resolve { ids: ids() });
    assert_eq!(d.stopped(TargetName::Resolution), Some((51_000, StoppedBy::Resolve, true)));
}

#[test]
fn what_an_operator_reopens_goes_on_where_it_stopped() {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "scam"));
    d.act(12_000, &Command::Resolve { ids: ids() });
    assert!(d.stopped(TargetName::Resolution).is_some());
    d.act(40_000, &Command::Reopen { ids: ids() });
    assert_eq!(d.due(TargetName::Resolution), Some(40_000 + 8_000));
    assert_eq!(d.due(TargetName::Statement), Some(40_000 + 3_000));
}

#[test]
fn what_is_new_after_it_was_resolved_is_a_matter_of_its_own() {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "scam"));
    d.act(12_000, &Command::Resolve { ids: ids() });
    d.take(inbound(90_000, "another scam"));
    // What was not answered then is settled: it does not wait again.
    assert_eq!(d.c.head.as_ref().map(|h| h.at), Some(Time(90_000)));
    assert_eq!(d.due(TargetName::Resolution), Some(100_000));
    assert_eq!(d.due(TargetName::Acknowledge), Some(90_100));
}

#[rstest]
#[case("thanks!", State::Resolved)]
#[case("谢谢，辛苦了", State::Resolved)]
#[case("thanks, but it broke again", State::Open)]
fn thanks_after_it_was_resolved_restart_nothing(#[case] text: &str, #[case] state: State) {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "scam")).take(seen_reply(10_500));
    d.act(11_000, &Command::Resolve { ids: ids() });
    d.take(inbound(12_000, text));
    assert_eq!(d.c.state, state);
    assert_eq!(d.c.head.is_some(), state == State::Open);
    assert_eq!(d.c.timer.is_some(), state == State::Open);
}

#[test]
fn thanks_that_are_edited_into_a_question_wait() {
    let mut d = Desk::new(Queue::Messages);
    d.take(inbound(10_000, "hello")).take(seen_reply(10_500));
    d.act(11_000, &Command::Resolve { ids: ids() });
    d.take(inbound(12_000, "thanks"));
    d.messages[2].1.text = "thanks, and where is the rest?".into();
    let edited = d.messages[2].1.clone();
    assert_eq!(absorb_change(&mut d.c, 2, &edited, &policies()), Absorbed::Unsettled);
    recompute(&mut d.c, &d.messages, &policies(), None);
    assert_eq!((&d.c.state, d.c.head.as_ref().map(|h| h.seq)), (&State::Open, Some(2)));
}

#[test]
fn what_was_taken_back_never_paused() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    let done = d.act(10_020, &Command::Pending { ids: ids() });
    d.undo(10_080, &done);
    assert_eq!(d.due(TargetName::Acknowledge), Some(10_100));
    assert!(d.c.trail.is_empty());
}

#[test]
fn a_page_explains_each_clock() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    d.act(10_040, &snooze(20_000));
    triage::wake(&mut d.c, Time(20_000));
    refresh(&mut d.c, &policies());
    let told = explain(&d.c, &policies(), Time(20_500));
    assert_eq!(told.rule.as_ref().map(|r| r.policy.as_str()), Some("severe"));
    let first = &told.clocks[0];
    assert_eq!((first.target, first.stands), (TargetName::Acknowledge, Stands::Breached));
    assert_eq!((first.counted, first.pauses.len()), (Span(540), 1));
    assert_eq!(first.stretches, [(Time(10_000), Time(10_040)), (Time(20_000), Time(20_500))]);
    d.take(seen_reply(20_600));
    let told = explain(&d.c, &policies(), Time(30_000));
    let of = |target| told.clocks.iter().find(|c| c.target == target).unwrap();
    assert_eq!(of(TargetName::FirstResponse).stands, Stands::Met);
    assert_eq!(of(TargetName::FirstResponse).counted, Span(640));
    assert_eq!(of(TargetName::Acknowledge).stands, Stands::MetLate);
    assert_eq!(of(TargetName::Resolution).stands, Stands::Paused);
}

#[test]
fn a_preview_tells_what_would_change_and_changes_nothing() {
    let mut d = Desk::new(Queue::Comments);
    d.take(inbound(10_000, "scam"));
    let (are, mut would) = (policies(), policies());
    would.rules.remove(0);
    let mut preview = Preview::default();
    let before = d.c.clone();
    preview.look(&d.c, "scam", 0, (&are, &would), Time(12_000));
    preview.look(&d.c, "scam", 0, (&are, &are), Time(12_000));
    assert_eq!(d.c, before);
    assert_eq!((preview.conversations, preview.policy, preview.deadline), (2, 1, 1));
    assert_eq!((preview.come_late, preview.stop_late), (0, 1));
    let example = &preview.examples[0];
    assert_eq!(example.policy, ("severe".to_owned(), "plain".to_owned()));
    assert_eq!(example.due, (Some(Time(10_100)), Some(Time(18_000))));
}

proptest! {
    /// Setting aside and going on at any moments: the resolution's total never changes, and the
    /// record is the one that its messages and its trail make.
    #[test]
    fn pausing_at_any_moments_keeps_the_total(
        steps in prop::collection::vec((0..4_u8, 1..400_i64), 0..40)
    ) {
        let mut d = Desk::new(Queue::Messages);
        d.take(inbound(10_000, "scam"));
        let (mut at, mut paused, mut set_aside) = (10_000, 0, false);
        for (what, step) in steps {
            at += step;
            if set_aside {
                paused += step;
            }
            let command = match what {
                0 => snooze(at + 1_000_000),
                1 => Command::Pending { ids: ids() },
                2 => Command::Hold { ids: ids() },
                _ => Command::Reopen { ids: ids() },
            };
            let session = Some(SessionId(1));
            let amy = operator("amy");
            if triage::apply(&mut d.c, &command, &amy, session, Time(at)).is_ok() {
                refresh(&mut d.c, &policies());
                set_aside = what < 2;
            }
            let resolution = d.c.clock(TargetName::Resolution).unwrap();
            if resolution.due.0 > at && resolution.paused.is_none() {
                prop_assert_eq!(resolution.due.0, 20_000 + paused);
            }
        }
        d.is_whole();
    }
}
