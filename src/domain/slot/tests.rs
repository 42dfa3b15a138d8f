use super::*;
use proptest::prelude::*;
use rstest::rstest;

const SHANGHAI: Tz = Tz::Asia__Shanghai;
const BERLIN: Tz = Tz::Europe__Berlin;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn at(zone: Tz, date: NaiveDate, hour: u32, minute: u32) -> Time {
    Time::from_local(date.and_hms_opt(hour, minute, 0).unwrap(), zone)
}

fn cadence(channel: &str, times: &[&str]) -> Cadence {
    Cadence::new(ChannelId(channel.into()), times.iter().map(|t| t.parse().unwrap()).collect())
}

fn post(channel: &str, at: Time, state: SlotState) -> Slot {
    let id = format!("p{}", at.0);
    Slot { channel: ChannelId(channel.into()), id, at, title: "新品".into(), state, post: None }
}

#[rstest]
#[case("tue,thu,sat 20:00", [false, true, false, true, false, true, false], (20, 0), (20, 0))]
#[case("mon-fri 07:00-09:00", [true, true, true, true, true, false, false], (7, 0), (9, 0))]
#[case("Weekend 10:30", [false, false, false, false, false, true, true], (10, 30), (10, 30))]
#[case("weekdays 08:00", [true, true, true, true, true, false, false], (8, 0), (8, 0))]
#[case("daily  22:00 - 02:00", [true; 7], (22, 0), (2, 0))]
#[case("fri-mon 09:00", [true, false, false, false, true, true, true], (9, 0), (9, 0))]
#[case("sunday 09:00", [false, false, false, false, false, false, true], (9, 0), (9, 0))]
fn weekly_times_are_read(
    #[case] written: &str,
    #[case] days: [bool; 7],
    #[case] from: (u32, u32),
    #[case] to: (u32, u32),
) {
    let time = |(h, m)| NaiveTime::from_hms_opt(h, m, 0).unwrap();
    assert_eq!(written.parse(), Ok(Weekly { days, from: time(from), to: time(to) }));
}

#[rstest]
#[case("20:00", "20:00")]
#[case("tue", "tue")]
#[case("tue,x 20:00", "x")]
#[case("tue 25:00", "25:00")]
#[case("tue 20:00-", "")]
#[case("", "")]
fn what_is_wrong_with_a_weekly_time_is_named(#[case] written: &str, #[case] part: &str) {
    assert_eq!(written.parse::<Weekly>(), Err(part.to_owned()));
}

#[test]
fn a_planned_time_without_a_post_is_empty_and_then_missed() {
    // 2026-11-21 is a Saturday.
    let cadences = [cadence("wechat", &["tue,thu,sat 20:00"])];
    let before = planned(&cadences, &[], day(11, 21), SHANGHAI, at(SHANGHAI, day(11, 21), 20, 0));
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].at.rfc3339(), "2026-11-21T12:00:00Z");
    assert_eq!(before[0].state, SlotState::Empty);
    let after = planned(&cadences, &[], day(11, 21), SHANGHAI, at(SHANGHAI, day(11, 21), 20, 1));
    assert_eq!(after[0].state, SlotState::Missed);
    assert_eq!(after[0].id, before[0].id);
    assert_eq!(planned(&cadences, &[], day(11, 22), SHANGHAI, Time(0)), []);
}

#[rstest]
#[case(19, 30, SlotState::Draft, 1)]
#[case(20, 30, SlotState::Published, 1)]
#[case(19, 29, SlotState::Draft, 2)]
#[case(20, 31, SlotState::Draft, 2)]
#[case(20, 0, SlotState::Failed, 1)]
#[case(20, 0, SlotState::Recalled, 2)]
fn a_post_near_a_planned_moment_fills_it(
    #[case] hour: u32,
    #[case] minute: u32,
    #[case] state: SlotState,
    #[case] slots: usize,
) {
    let cadences = [cadence("wechat", &["sat 20:00"])];
    let known = [post("wechat", at(SHANGHAI, day(11, 21), hour, minute), state)];
    assert_eq!(planned(&cadences, &known, day(11, 21), SHANGHAI, Time(0)).len(), slots);
}

#[test]
fn each_post_fills_one_planned_time_of_its_own_channel() {
    let cadences = [cadence("douyin", &["daily 07:00-09:00", "daily 07:30-10:00"])];
    let morning = |h, m| post("douyin", at(SHANGHAI, day(11, 21), h, m), SlotState::Scheduled);
    let slots = |known: &[Slot]| planned(&cadences, known, day(11, 21), SHANGHAI, Time(0)).len();
    assert_eq!(slots(&[]), 2);
    assert_eq!(slots(&[morning(8, 0)]), 2);
    assert_eq!(slots(&[morning(8, 0), morning(8, 30)]), 2);
    let other = post("weibo", at(SHANGHAI, day(11, 21), 8, 0), SlotState::Scheduled);
    assert_eq!(slots(&[other]), 3);
}

#[test]
fn a_stretch_is_missed_when_its_end_has_passed_even_on_the_next_day() {
    let cadences = [cadence("douyin", &["sat 22:00-02:00"])];
    let state = |now| planned(&cadences, &[], day(11, 21), SHANGHAI, now)[0].state;
    assert_eq!(state(at(SHANGHAI, day(11, 22), 1, 0)), SlotState::Empty);
    assert_eq!(state(at(SHANGHAI, day(11, 22), 2, 1)), SlotState::Missed);
    let late = [post("douyin", at(SHANGHAI, day(11, 22), 1, 0), SlotState::Draft)];
    assert_eq!(planned(&cadences, &late, day(11, 21), SHANGHAI, Time(0)), []);
}

#[test]
fn the_slots_of_a_day_are_in_order_of_time() {
    let cadences =
        [cadence("weibo", &["daily 18:00", "daily 09:00"]), cadence("x", &["sat 09:00"])];
    let known = [
        post("weibo", at(SHANGHAI, day(11, 21), 12, 0), SlotState::Published),
        post("weibo", at(SHANGHAI, day(11, 20), 23, 59), SlotState::Published),
        post("weibo", at(SHANGHAI, day(11, 22), 0, 0), SlotState::Scheduled),
    ];
    let slots = planned(&cadences, &known, day(11, 21), SHANGHAI, Time(0));
    let seen: Vec<_> = slots.iter().map(|s| (s.channel.0.as_str(), s.at.rfc3339())).collect();
    assert_eq!(
        seen,
        [
            ("weibo", "2026-11-21T01:00:00Z".to_owned()),
            ("x", "2026-11-21T01:00:00Z".to_owned()),
            ("weibo", "2026-11-21T04:00:00Z".to_owned()),
            ("weibo", "2026-11-21T10:00:00Z".to_owned()),
        ]
    );
}

#[test]
fn a_planned_time_keeps_its_hour_when_the_clocks_change() {
    let cadences = [cadence("blog", &["daily 20:00", "daily 02:30"])];
    let hours = |date| -> Vec<String> {
        planned(&cadences, &[], date, BERLIN, Time(0))
            .iter()
            .map(|s| s.at.in_zone(BERLIN).format("%d %H:%M").to_string())
            .collect()
    };
    assert_eq!(hours(day(3, 28)), ["28 02:30", "28 20:00"]);
    assert_eq!(hours(day(3, 29)), ["29 03:00", "29 20:00"]);
    assert_eq!(hours(day(10, 25)), ["25 02:30", "25 20:00"]);
    let (start, end) = bounds(day(3, 29), BERLIN);
    assert_eq!(end - start, Span::hours(23));
    let (start, end) = bounds(day(10, 25), BERLIN);
    assert_eq!(end - start, Span::hours(25));
}

proptest! {
    #[test]
    fn every_planned_time_of_a_day_lies_in_it(offset in 0_i64..3000, hour in 0_u32..24) {
        let date = day(1, 1) + TimeDelta::days(offset);
        let cadences = [cadence("blog", &[&format!("daily {hour:02}:15")])];
        for zone in [BERLIN, SHANGHAI, Tz::America__Sao_Paulo, Tz::Africa__Cairo, Tz::Asia__Gaza] {
            let (start, end) = bounds(date, zone);
            let slots = planned(&cadences, &[], date, zone, Time(0));
            prop_assert_eq!(slots.len(), 1);
            prop_assert!(start <= slots[0].at && slots[0].at < end);
        }
    }
}
