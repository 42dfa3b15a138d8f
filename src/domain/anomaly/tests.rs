use super::*;
use crate::domain::rng::Rng;

const STEP: Span = Span::minutes(5);

/// A figure that goes up and down with the day, with the noise of counts.
fn day(rng: &mut Rng, n: i64) -> f64 {
    let hour = (n / 12).rem_euclid(24);
    let mean = if (8..22).contains(&hour) { 60 } else { 20 };
    // The sum of many coin throws: as noisy as counts are.
    (0..2 * mean).filter(|_| rng.below(2) == 1).count() as f64
}

/// The alarms of so many days, with what `change` makes of each value.
fn run(seed: u64, days: i64, change: impl Fn(i64, f64) -> f64) -> Vec<Alarm> {
    let mut rng = Rng::new(seed);
    let mut detector = Detector::new(Settings::default(), STEP);
    let step = |n: i64| {
        let at = Time(n * STEP.0);
        let hour = u8::try_from((n / 12).rem_euclid(168)).unwrap();
        let value = change(n, day(&mut rng, n));
        detector.step(at, hour, value).alarm
    };
    (0..days * 288).filter_map(step).collect()
}

#[test]
fn a_burst_and_a_drop_are_told_once_with_their_beginning() {
    let from = 20 * 288 + 120;
    let burst = run(1, 21, |n, v| if n >= from { v * 4.0 } else { v });
    let burst: Vec<&Alarm> = burst.iter().filter(|a| a.at >= Time(from * STEP.0)).collect();
    let [alarm] = burst[..] else { panic!("{burst:?}") };
    assert_eq!(alarm.way, Way::Burst);
    assert!(alarm.at - Time(from * STEP.0) <= Span::minutes(30), "{alarm:?}");
    assert!(alarm.began >= Time((from - 12) * STEP.0) && alarm.began <= alarm.at);
    let drop = run(2, 21, |n, v| if n >= from { v * 0.05 } else { v });
    let drop: Vec<&Alarm> = drop.iter().filter(|a| a.at >= Time(from * STEP.0)).collect();
    let [alarm] = drop[..] else { panic!("{drop:?}") };
    assert_eq!(alarm.way, Way::Drop);
    assert!(alarm.change().unwrap() < -0.2);
}

#[test]
fn the_rhythm_of_the_day_and_of_the_week_are_no_alarm() {
    let quiet_sundays = |n: i64, v: f64| if (n / 288) % 7 == 6 { v * 0.3 } else { v };
    let late =
        |alarms: Vec<Alarm>| alarms.iter().filter(|a| a.at > Time(28 * 288 * STEP.0)).count();
    let all: usize = (0..6).map(|seed| late(run(seed, 56, quiet_sundays))).sum();
    // 6 seeds, 4 weeks each, half an alarm a week for each way allowed: 24 by the settings.
    assert!(all <= 24, "{all}");
}

#[test]
fn a_value_is_judged_by_what_came_before_alone() {
    let from = 20 * 288;
    let until = |alarms: Vec<Alarm>| -> Vec<Alarm> {
        alarms.into_iter().filter(|a| a.at < Time(from * STEP.0)).collect()
    };
    let one = run(3, 25, |n, v| if n >= from { v * 9.0 } else { v });
    let other = run(3, 25, |n, v| if n >= from { 0.0 } else { v });
    assert_eq!(until(one), until(other));
}

#[test]
fn little_is_no_drop_and_what_is_no_number_is_passed_over() {
    let mut detector = Detector::new(Settings::default(), STEP);
    for n in 0..3_000 {
        let value = if n % 7 == 0 { f64::NAN } else { f64::from(n % 2) };
        let judged = detector.step(Time(i64::from(n) * STEP.0), 0, value);
        assert_eq!(judged.alarm, None);
    }
}

#[test]
fn a_figure_told_by_the_hour_has_a_night_and_a_day() {
    // Eight weeks of nights of 2,000 and days of 30,000, with a tenth of noise; then a day of six tenths.
    let mut detector = Detector::new(Settings::default(), Span::hours(1));
    let mut rng = Rng::new(5);
    let mut alarms = Vec::new();
    for h in 0..24 * 57 {
        let base = if h % 24 < 8 { 2_000 } else { 30_000 };
        let noisy = base + rng.between(0, base / 5) - base / 10;
        let value = if h >= 24 * 56 { noisy * 6 / 10 } else { noisy };
        let at = Time(h * Span::hours(1).0);
        let hour = u8::try_from(h % 168).unwrap();
        // What is usual has to be known before anything is judged by it.
        match h < 24 * 28 {
            true => detector.learn(hour, value as f64),
            false => alarms.extend(detector.step(at, hour, value as f64).alarm),
        }
    }
    let (last, before) = alarms.split_last().unwrap();
    assert!(last.way == Way::Drop && last.at >= Time(Span::hours(24 * 56).0), "{alarms:?}");
    assert!((-0.5..-0.3).contains(&last.change().unwrap()), "{last:?}");
    assert!(before.len() <= 8, "half a week by chance, for each way: {before:?}");
}

#[test]
fn one_more_than_none_is_no_burst_however_still_the_nights_are() {
    let mut detector = Detector::new(Settings::default(), Span::hours(1));
    for h in 0..24 * 60 {
        let value = match (h, h % 24) {
            (1_395, _) => 1.0,
            (_, 0..8) => 0.0,
            _ => 40.0 + (h % 3) as f64,
        };
        let hour = u8::try_from(h % 168).unwrap();
        let at = Time(h * Span::hours(1).0);
        assert_eq!(detector.step(at, hour, value).alarm, None, "{h}");
    }
}
