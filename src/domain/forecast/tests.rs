use super::*;
use crate::domain::flow::{Flow, Step};
use crate::domain::testing::operator;
use rstest::rstest;

const HOUR: i64 = 3_600_000;

/// So many hours in which so many came and were handled by one operator; 2 h to answer.
fn hours(n: i64, came: i64, handled: i64) -> Vec<Hour> {
    let hour = |at: i64| {
        let mut flow = Flow { handled, ..Flow::default() };
        for _ in 0..came {
            flow.count(Step::Came(Some(Span::hours(2))));
        }
        for part in 0..4 {
            flow.was_active(&operator("amy"), Time(at * HOUR + part * HOUR / 4));
        }
        (Time(at * HOUR), flow)
    };
    (0..n).map(hour).collect()
}

fn marks(now: Time) -> Vec<Time> {
    (1..=12).map(|h| now + Span::hours(h)).collect()
}

fn run(rates: &Rates, standing: &Standing) -> Forecast {
    let now = Time(20 * HOUR);
    forecast(now, standing, rates, &marks(now))
}

#[test]
fn with_too_little_seen_it_says_so() {
    let now = Time(20 * HOUR);
    assert_eq!(measure(now, &[]), Err(TooLittle::Came));
    assert_eq!(measure(now, &hours(1, 5, 5)), Err(TooLittle::Came));
    assert_eq!(measure(now, &hours(20, 10, 0)), Err(TooLittle::Handled));
}

#[test]
fn rates_are_what_was_seen() {
    let rates = measure(Time(20 * HOUR), &hours(20, 10, 12)).unwrap();
    assert_eq!(rates.handled, 12.0);
    assert!((rates.come[0] - 10.0).abs() < 0.01 && rates.spread < 1.01, "{rates:?}");
    let [(within, share)] = rates.kinds[..] else { panic!("{:?}", rates.kinds) };
    assert!((share - 1.0).abs() < 1e-9 && (within.0 - 2 * HOUR).abs() < HOUR / 5);
}

#[rstest]
#[case::roomy(20, 0.0, 1.0)]
#[case::half_of_what_comes(5, 40.0, 100.0)]
fn breaches_follow_from_the_rates(#[case] handled: i64, #[case] least: f64, #[case] most: f64) {
    let rates = measure(Time(20 * HOUR), &hours(20, 10, handled)).unwrap();
    let f = run(&rates, &Standing { operators: 1, ..Standing::default() });
    let last = f.lines[11];
    assert!((least..=most).contains(&last.breach.expected), "{last:?}");
    assert!(last.breach.low <= last.breach.expected && last.breach.expected <= last.breach.high);
    assert!(last.more <= last.breach.expected && last.breach.expected <= last.fewer.unwrap());
    let grows = f.lines.windows(2).all(|w| w[0].breach.expected <= w[1].breach.expected);
    assert!(grows && f.lines.len() == 12);
}

#[test]
fn without_anybody_all_that_is_due_breaches() {
    let mut rates = measure(Time(20 * HOUR), &hours(20, 10, 12)).unwrap();
    rates.come = vec![0.0; STEPS];
    let mut due = vec![0; STEPS];
    (due[3], due[40]) = (7, 2);
    let f = run(&rates, &Standing { late: 3, due, operators: 0 });
    assert_eq!(f.lines[0].breach, Range { expected: 7.0, low: 7.0, high: 7.0 });
    assert_eq!(f.lines[11].breach.expected, 9.0);
    assert_eq!(f.lines[11].fewer, None);
    assert_eq!(f.late, 3);
}

#[test]
fn the_same_facts_give_the_same_forecast() {
    let rates = measure(Time(20 * HOUR), &hours(20, 10, 8)).unwrap();
    let standing = Standing { late: 1, due: vec![1; 30], operators: 2 };
    assert_eq!(run(&rates, &standing), run(&rates, &standing));
}
