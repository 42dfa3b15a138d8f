use super::*;
use crate::domain::Queue;
use crate::domain::conversation::FirstResponse;
use crate::domain::testing::*;
use crate::domain::thread::{Absorbed, absorb};
use proptest::prelude::*;
use rstest::rstest;

fn bucket(values: &[i64]) -> Bucket {
    let mut b = Bucket::default();
    for v in values {
        b.add(Metric::FirstResponse, *v);
    }
    b
}

#[rstest]
#[case(i64::MIN, 0)]
#[case(0, 0)]
#[case(1, 1)]
#[case(2, 5)]
#[case(3, 7)]
#[case(4, 9)]
#[case(1 << 62, 1 + 4 * 62)]
#[case(i64::MAX, 1 + 4 * 62 + 3)]
fn bins_are_quarters_of_a_doubling(#[case] value: i64, #[case] bin: u16) {
    assert_eq!(bin_of(value), bin);
}

#[test]
fn figures_of_a_bucket() {
    let b = bucket(&[1_000, 60_000, 60_000, 120_000, 600_000]);
    assert_eq!((b.count, b.sum, b.min, b.max), (5, 841_000, 1_000, 600_000));
    assert_eq!(b.mean(), Some(168_200.0));
    let median = b.median().unwrap();
    assert!((median / 60_000.0 - 1.0).abs() < 0.09, "{median}");
    assert_eq!(b.quantile(0.0), Some(1_000.0_f64.max(middle_of(bin_of(1_000)))));
    assert_eq!((Bucket::default().median(), Bucket::default().mean()), (None, None));
}

#[test]
fn only_times_have_a_histogram() {
    let mut b = Bucket::default();
    b.add(Metric::HitRate, 100);
    b.add(Metric::HitRate, 0);
    assert_eq!((b.mean(), b.histogram.len(), b.median()), (Some(50.0), 0, None));
}

/// Not deletable values: of those ever added.
fn without_bounds(mut b: Bucket) -> Bucket {
    (b.min, b.max) = (0, 0);
    b
}

proptest! {
    #[test]
    fn a_bin_stands_for_its_values_to_within_nine_percent(value in 1..i64::MAX) {
        let stands_for = middle_of(bin_of(value));
        prop_assert!((stands_for / value as f64 - 1.0).abs() < 0.09);
    }

    #[test]
    fn bins_grow_with_the_value(a in 0..i64::MAX, b in 0..i64::MAX) {
        prop_assert!(a > b || bin_of(a) <= bin_of(b));
    }

    #[test]
    fn what_is_taken_back_was_never_there(
        values in prop::collection::vec(-10..10_000_000_i64, 0..20),
        gone in prop::collection::vec(-10..10_000_000_i64, 0..20),
    ) {
        let mut b = bucket(&values);
        for v in &gone {
            b.add(Metric::FirstResponse, *v);
        }
        for v in &gone {
            b.remove(Metric::FirstResponse, *v);
        }
        prop_assert_eq!(without_bounds(b), without_bounds(bucket(&values)));
    }

    #[test]
    fn merged_buckets_are_one_of_all_values(
        a in prop::collection::vec(0..10_000_000_i64, 0..20),
        b in prop::collection::vec(0..10_000_000_i64, 0..20),
    ) {
        let mut merged = bucket(&a);
        merged.merge(&bucket(&b));
        prop_assert_eq!(merged, bucket(&[a, b].concat()));
    }

    #[test]
    fn the_median_is_right_to_within_nine_percent(
        mut values in prop::collection::vec(1..1_000_000_000_i64, 1..60)
    ) {
        let found = bucket(&values).median().unwrap();
        values.sort_unstable();
        let exact = values[values.len().div_ceil(2) - 1] as f64;
        prop_assert!((found / exact - 1.0).abs() < 0.09, "{} for {}", found, exact);
    }
}

fn backlog(c: &Conversation) -> Vec<(i64, i64)> {
    let mut out: Vec<_> = points(None, Some(c))
        .into_iter()
        .filter(|p| p.metric == Metric::Backlog)
        .map(|p| (p.at.0, p.value * p.sign))
        .collect();
    out.sort_unstable();
    out
}

fn after(messages: &[crate::domain::Message]) -> Conversation {
    let mut c = conversation(Queue::Comments);
    for (seq, m) in messages.iter().enumerate() {
        assert_eq!(absorb(&mut c, seq as u32, m, &policies(), None), Absorbed::Done);
    }
    c
}

#[test]
fn the_backlog_counts_from_the_question_to_the_answer() {
    assert_eq!(backlog(&conversation(Queue::Comments)), []);
    assert_eq!(backlog(&after(&[inbound(100, "a")])), [(100, 1)]);
    assert_eq!(backlog(&after(&[inbound(100, "a"), seen_reply(300)])), [(100, 1), (300, -1)]);
    let again = after(&[inbound(100, "a"), seen_reply(300), inbound(500, "b")]);
    assert_eq!(backlog(&again), [(100, 1), (300, -1), (500, 1)]);
    assert_eq!(backlog(&after(&[seen_reply(100)])), []);
}

#[test]
fn what_an_operator_set_aside_leaves_the_backlog_then() {
    let mut c = after(&[inbound(100, "a")]);
    c.put_state(State::OnHold, Time(400));
    assert_eq!(backlog(&c), [(100, 1), (400, -1)]);
    c.put_state(State::Resolved, Time(900));
    assert_eq!(backlog(&c), [(100, 1), (400, -1)]);
    c.put_state(State::Open, Time(950));
    assert_eq!(backlog(&c), [(100, 1)]);
}

#[test]
fn a_change_gives_the_difference_of_the_figures() {
    let before = after(&[inbound(100, "a")]);
    let answered = after(&[inbound(100, "a"), seen_reply(300)]);
    let point = |metric, value, sign| Point { metric, at: Time(300), value, sign };
    let mut came = points(Some(&before), Some(&answered));
    came.sort_by_key(|p| p.metric);
    assert_eq!(
        came,
        [
            point(Metric::Backlog, -1, 1),
            point(Metric::FirstResponse, 200, 1),
            point(Metric::HitRate, 100, 1)
        ]
    );
    let went = points(Some(&answered), Some(&before));
    assert_eq!(went.len(), 3);
    assert!(went.iter().all(|p| p.sign == -1));
    assert_eq!(points(Some(&answered), Some(&answered)), []);
    assert_eq!(points(Some(&answered), None).len(), 4);
}

#[test]
fn a_first_response_without_a_target_is_neither_hit_nor_late() {
    let mut c = after(&[inbound(100, "a"), seen_reply(300)]);
    c.first_response = Some(FirstResponse { asked: Time(100), answered: Time(300), met: None });
    assert!(points(None, Some(&c)).iter().all(|p| p.metric != Metric::HitRate));
    c.first_response =
        Some(FirstResponse { asked: Time(100), answered: Time(300), met: Some(false) });
    assert!(points(None, Some(&c)).iter().any(|p| p.metric == Metric::HitRate && p.value == 0));
}
