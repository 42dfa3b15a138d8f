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

fn hour(at: i64, came: i64, handled: i64, parts: &[(&str, u8)]) -> Hour {
    let active = parts.iter().map(|(who, bits)| ((*who).to_owned(), *bits)).collect();
    (Time(at * HOUR), Flow { came, handled, active, ..Flow::default() })
}

#[test]
fn an_operators_pace_is_that_of_hours_that_began_and_ended_with_work_left() {
    let whole: &[(&str, u8)] = &[("amy", 0b1111)];
    // A slow hour after which much is left, hours at full pace, and one that ran out of work.
    let round = [(14, 4), (10, 10), (10, 10), (10, 10), (0, 10)];
    let hours: Vec<Hour> = (0..20)
        .map(|n| (n, round[n as usize % 5]))
        .map(|(n, (c, h))| hour(n, c, h, whole))
        .collect();
    let rates = measure(Time(20 * HOUR), &hours).unwrap();
    assert_eq!(rates.handled, 10.0);
}

#[rstest]
#[case::all_of_it(&[0b1111], 4)]
#[case::something_long_within_an_hour(&[0b1001], 2)]
#[case::one_quarter_between_two(&[0b0101], 3)]
#[case::over_the_end_of_an_hour(&[0b0100, 0b0001], 3)]
#[case::over_the_start_of_an_hour(&[0b1000, 0b0010], 3)]
#[case::a_break_is_a_break(&[0b0001, 0b1000], 2)]
fn a_quarter_between_two_at_work_is_at_work(#[case] bits: &[u8], #[case] quarters: i64) {
    // Work is left all the time, so that every hour counts.
    let mut hours = vec![hour(0, 1_000, 0, &[])];
    hours.extend((1..).zip(bits).map(|(n, bits)| hour(n, 0, 20, &[("amy", *bits), ("bo", *bits)])));
    let handled = 20.0 * bits.len() as f64;
    let rates = measure(Time(3 * HOUR), &hours).unwrap();
    let at_work = 2.0 * quarters as f64 / 4.0;
    assert!((rates.handled - handled / at_work).abs() < 1e-9, "{}", rates.handled);
}

/// Ten days; in each hour so many come.
fn days(came: impl Fn(i64) -> i64) -> (Time, Vec<Hour>) {
    let hours = (0..240).map(|n| hour(n, came(n), 10, &[("amy", 0b1111)]));
    (Time(240 * HOUR), hours.collect())
}

#[test]
fn a_level_is_believed_as_far_as_levels_were_apart_before() {
    // Only chance: a busy last hour says little of the next one.
    let (now, hours) = days(|n| if n == 239 { 20 } else { 9 + (n * 7) % 3 });
    let steady = measure(now, &hours).unwrap();
    assert!(steady.come[0] < 12.0 && steady.waves < 0.02, "{:?}", steady.come[0]);
    // Long high and low stretches, not by the hour of the day: the last ones tell of the next.
    let (now, hours) = days(|n| if (239 - n) / 7 % 2 == 0 { 16 } else { 4 });
    let wavy = measure(now, &hours).unwrap();
    assert!(wavy.come[0] > 13.0 && wavy.waves > 0.1, "{:?} {}", wavy.come[0], wavy.waves);
    assert!(wavy.come[STEPS - 1] < wavy.come[0], "it wears off");
    assert!(wavy.come_unsure > steady.come_unsure);
}

#[test]
fn a_nearly_full_desk_is_not_made_out_worse_than_it_is() {
    // Nine come in each hour, ten can be handled, with three hours to answer: none breaches.
    let mut hours = hours(240, 9, 9);
    for (at, (_, flow)) in hours.iter_mut().enumerate() {
        // Some of the past had work left over, and so showed the pace.
        (flow.came, flow.handled) = match at % 12 {
            0 => (29, 10),
            1..=5 => (10, 10),
            6..=9 => (6, 10),
            _ => (4, 7),
        };
    }
    let rates = measure(Time(240 * HOUR), &hours).unwrap();
    let steady = Rates { come: vec![9.0; STEPS], waves: 0.001, spread: 1.0, ..rates };
    let f = forecast(
        Time(240 * HOUR),
        &Standing { operators: 1, ..Standing::default() },
        &steady,
        &marks(Time(240 * HOUR)),
    );
    assert!(f.lines[7].breach.expected < 1.5, "{:?}", f.lines[7]);
}
