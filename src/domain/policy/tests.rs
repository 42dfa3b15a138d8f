use super::*;
use crate::domain::testing::{conversation, inbound, policies};
use crate::domain::{ChannelId, Head};
use rstest::rstest;

fn waiting(queue: Queue, text: &str, likes: u32) -> Conversation {
    let mut c = conversation(queue);
    let mut m = inbound(1_000, text);
    m.likes = likes;
    c.head = Some(Head::of(0, &m));
    c.first_inbound = Some(Time(400));
    c
}

fn only(matches: Match) -> Policies {
    let mut p = policies();
    p.rules.truncate(1);
    p.rules[0].matches = matches;
    p
}

fn words(words: &[&str]) -> Match {
    Match { words: words.iter().map(|w| (*w).to_owned()).collect(), ..Match::default() }
}

#[rstest]
#[case(Match::default(), true)]
#[case(Match { queue: Some(Queue::Comments), ..Match::default() }, true)]
#[case(Match { queue: Some(Queue::Messages), ..Match::default() }, false)]
#[case(Match { platforms: vec!["douyin".into(), "Weibo".into()], ..Match::default() }, true)]
#[case(Match { platforms: vec!["douyin".into()], ..Match::default() }, false)]
#[case(Match { channels: vec![ChannelId("weibo-shop".into())], ..Match::default() }, true)]
#[case(Match { channels: vec![ChannelId("weibo".into())], ..Match::default() }, false)]
#[case(Match { likes_min: Some(100), ..Match::default() }, true)]
#[case(Match { likes_min: Some(101), ..Match::default() }, false)]
#[case(words(&["REFUND", "退款"]), true)]
#[case(words(&["物流"]), true)]
#[case(words(&["fund"]), false)]
#[case(Match { likes_min: Some(100), ..words(&["fund"]) }, false)]
fn every_given_condition_must_hold(#[case] matches: Match, #[case] holds: bool) {
    let (text, likes) = ("物流太慢了, I want a refund", 100);
    let c = waiting(Queue::Comments, text, likes);
    assert_eq!(only(matches).rule_for(&c, text, likes).is_some(), holds);
}

#[test]
fn the_first_rule_that_matches_applies() {
    let c = waiting(Queue::Comments, "", 0);
    let name = |text| policies().rule_for(&c, text, 0).map(|r| r.name.clone());
    assert_eq!(name("what a scam"), Some("severe".into()));
    assert_eq!(name("what a day"), Some("plain".into()));
}

#[test]
fn first_response_counts_from_the_first_message_and_next_response_from_the_head() {
    let c = waiting(Queue::Comments, "hello", 0);
    let timer = |target| policies().judge(&c, "hello", 0, target).timer.unwrap();
    let first = timer(TargetName::FirstResponse);
    assert_eq!((first.started, first.due, first.at_risk), (Time(400), Time(1_200), Time(1_000)));
    let next = timer(TargetName::NextResponse);
    assert_eq!((next.started, next.due, next.at_risk), (Time(1_000), Time(1_400), Time(1_300)));
    assert_eq!((next.policy.as_str(), next.target), ("plain", TargetName::NextResponse));
}

#[test]
fn a_rule_without_the_target_gives_weight_and_tag_alone() {
    let mut p = policies();
    p.rules[1].targets.pop();
    let c = waiting(Queue::Comments, "hello", 0);
    let verdict = p.judge(&c, "hello", 0, TargetName::NextResponse);
    assert_eq!(verdict, Verdict { timer: None, weight: 10, tag: "plain".into() });
}

#[test]
fn no_rule_no_clock() {
    let c = waiting(Queue::Comments, "hello", 0);
    let none = only(Match { queue: Some(Queue::Messages), ..Match::default() });
    let verdict = none.judge(&c, "hello", 0, TargetName::FirstResponse);
    assert_eq!(verdict, Verdict { timer: None, weight: 0, tag: String::new() });
}

#[test]
fn a_long_text_is_read_to_a_bound_without_cutting_a_character() {
    let c = waiting(Queue::Comments, "", 0);
    let long = |before: usize| format!("{} scam", "慢".repeat(before));
    assert_eq!(policies().rule_for(&c, &long(100), 0).unwrap().name, "severe");
    assert_eq!(policies().rule_for(&c, &long(READ), 0).unwrap().name, "plain");
}

#[test]
fn at_risk_is_the_share_that_is_set() {
    let mut p = policies();
    let c = waiting(Queue::Comments, "hello", 0);
    for (percent, at_risk) in [(0, 1_200), (50, 800), (100, 400), (255, 400)] {
        p.at_risk_percent = percent;
        let timer = p.judge(&c, "hello", 0, TargetName::FirstResponse).timer.unwrap();
        assert_eq!(timer.at_risk, Time(at_risk));
    }
}
