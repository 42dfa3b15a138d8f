use super::*;
use crate::domain::Span;
use chrono::{Datelike, NaiveDate, TimeDelta};
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

fn quiet(mut cadence: Cadence, from: &str, to: &str) -> Cadence {
    cadence.quiet.push((from.parse().unwrap(), to.parse().unwrap()));
    cadence
}

fn clocks(slots: &[Slot], zone: Tz) -> Vec<String> {
    slots.iter().map(|s| s.at.in_zone(zone).format("%d %H:%M").to_string()).collect()
}

#[test]
fn planned_times_in_the_quiet_hours_are_none() {
    let night = quiet(
        cadence("weibo", &["daily 22:59", "daily 23:00", "daily 03:00", "daily 07:00"]),
        "23:00:00",
        "07:00:00",
    );
    let slots = planned(&[night], &[], day(11, 21), SHANGHAI, Time(0));
    assert_eq!(clocks(&slots, SHANGHAI), ["21 07:00", "21 22:59"]);
    // On the night in which 02:30 becomes 03:00, it falls into hours that are quiet.
    let early = quiet(cadence("blog", &["daily 02:30"]), "03:00:00", "06:00:00");
    let early = [early];
    assert_eq!(planned(&early, &[], day(3, 29), BERLIN, Time(0)), []);
    assert_eq!(planned(&early, &[], day(3, 28), BERLIN, Time(0)).len(), 1);
}

#[test]
fn times_that_a_change_of_the_clocks_makes_one_are_one_slot() {
    let cadences = [cadence("blog", &["daily 02:10", "daily 02:40", "daily 03:00"])];
    assert_eq!(clocks(&planned(&cadences, &[], day(3, 29), BERLIN, Time(0)), BERLIN), ["29 03:00"]);
    // Samoa had no 30 December 2011.
    let skipped = NaiveDate::from_ymd_opt(2011, 12, 30).unwrap();
    assert_eq!(planned(&cadences, &[], skipped, Tz::Pacific__Apia, Time(0)), []);
}

#[test]
fn a_post_fills_one_planned_time_whichever_days_it_lies_between() {
    // Ten past midnight of the 22nd is near 23:50 of the 21st, and near 00:20 of its own day.
    let cadences = [cadence("weibo", &["sat 23:50", "sun 00:20"])];
    let empty = |known: &[Slot]| {
        let on = |date| planned(&cadences, known, date, SHANGHAI, Time(0));
        let slots = [on(day(11, 21)), on(day(11, 22))].concat();
        slots.iter().filter(|s| s.state == SlotState::Empty).count()
    };
    let one = post("weibo", at(SHANGHAI, day(11, 22), 0, 10), SlotState::Scheduled);
    let other = post("weibo", at(SHANGHAI, day(11, 22), 0, 11), SlotState::Scheduled);
    assert_eq!(empty(&[]), 2);
    assert_eq!(empty(std::slice::from_ref(&one)), 1);
    assert_eq!(empty(&[one, other]), 0);
}

#[test]
fn posts_fill_as_many_planned_times_as_they_can() {
    // The post at eight fits both; the one at nine only the stretch.
    let cadences = [cadence("douyin", &["daily 07:00-22:00", "daily 08:00"])];
    let known =
        [8, 9].map(|hour| post("douyin", at(SHANGHAI, day(11, 21), hour, 0), SlotState::Scheduled));
    assert_eq!(planned(&cadences, &known, day(11, 21), SHANGHAI, Time(0)).len(), 2);
}

#[rstest]
#[case(&["sat 20:00"], (21, 19, 0), Some("21 20:00"))]
#[case(&["sat 20:00"], (21, 20, 0), Some("21 20:00"))]
#[case(&["sat 20:00"], (21, 20, 1), Some("28 20:00"))]
#[case(&["sat 20:00", "fri 09:00"], (21, 20, 1), Some("27 09:00"))]
// Within a stretch it is at once, also in the one of yesterday.
#[case(&["sat 18:00-22:00"], (21, 19, 30), Some("21 19:30"))]
#[case(&["sat 22:00-02:00"], (22, 1, 0), Some("22 01:00"))]
#[case(&["sat 22:00-02:00"], (22, 2, 1), Some("28 22:00"))]
// The quiet hours end what is left of it.
#[case(&["sat 18:00-23:59"], (21, 23, 30), Some("28 18:00"))]
#[case(&["sat 23:30"], (21, 19, 0), None)]
#[case(&[], (21, 19, 0), None)]
fn the_next_free_slot_is_found(
    #[case] times: &[&str],
    #[case] (on, hour, minute): (u32, u32, u32),
    #[case] want: Option<&str>,
) {
    let cadence = quiet(cadence("weibo", times), "23:00:00", "00:30:00");
    let after = at(SHANGHAI, day(11, on), hour, minute);
    let found = next_free(&cadence, &[], SHANGHAI, after);
    let said = found.map(|t| t.in_zone(SHANGHAI).format("%d %H:%M").to_string());
    assert_eq!(said.as_deref(), want);
}

#[test]
fn what_is_taken_is_not_free() {
    let mut cadence = cadence("weibo", &["daily 09:00", "daily 20:00"]);
    let evening = |on, state| post("weibo", at(SHANGHAI, day(11, on), 20, 0), state);
    let after = at(SHANGHAI, day(11, 21), 10, 0);
    let next = |cadence: &Cadence, known: &[Slot]| {
        let found = next_free(cadence, known, SHANGHAI, after);
        found.map(|t| t.in_zone(SHANGHAI).format("%d %H:%M").to_string()).unwrap()
    };
    let taken = [evening(21, SlotState::Draft)];
    assert_eq!(next(&cadence, &taken), "22 09:00");
    assert_eq!(next(&cadence, &[evening(21, SlotState::Recalled)]), "21 20:00");
    assert_eq!(next(&cadence, &[evening(21, SlotState::Empty)]), "21 20:00");
    cadence.most = Some(1);
    assert_eq!(next(&cadence, &[evening(22, SlotState::Scheduled)]), "21 20:00");
    assert_eq!(
        next(&cadence, &[evening(21, SlotState::Draft), evening(22, SlotState::Draft)]),
        "23 09:00"
    );
    // A moment within a minute is rounded up to the next one, which may be past the last.
    let late = at(SHANGHAI, day(11, 21), 20, 0) + Span(1);
    let found = next_free(&cadence, &[], SHANGHAI, late).unwrap();
    assert_eq!(found, at(SHANGHAI, day(11, 22), 9, 0));
}

/// What is wrong on 2026-11-21, a Saturday, with posts at these hours in these states.
fn wrong(cadence: Cadence, now: Time, posts: &[(u32, u32, SlotState)]) -> Vec<Wrong> {
    let known: Vec<Slot> = posts
        .iter()
        .map(|(hour, minute, state)| {
            post("weibo", at(SHANGHAI, day(11, 21), *hour, *minute), *state)
        })
        .collect();
    let cadences = [cadence];
    let slots = planned(&cadences, &known, day(11, 21), SHANGHAI, now);
    let found = findings(&cadences, &slots, day(11, 21), SHANGHAI, now);
    let start = bounds(day(11, 21), SHANGHAI).0;
    assert!(found.iter().all(|f| f.day == start && f.channel.0 == "weibo"));
    found.into_iter().map(|f| f.what).collect()
}

#[test]
fn planned_times_to_come_are_gaps_and_those_that_passed_are_not() {
    use SlotState::{Draft, Failed, Missed, Published, Recalled};
    let twice = || cadence("weibo", &["daily 09:00", "daily 20:00"]);
    let now = |hour, minute| at(SHANGHAI, day(11, 21), hour, minute);
    assert_eq!(wrong(twice(), now(8, 0), &[]), [Wrong::Gaps(2)]);
    assert_eq!(wrong(twice(), now(12, 0), &[]), [Wrong::Gaps(1)]);
    assert_eq!(wrong(twice(), now(21, 0), &[]), []);
    assert_eq!(wrong(twice(), now(12, 0), &[(20, 0, Draft)]), []);
    assert_eq!(wrong(twice(), now(12, 0), &[(20, 0, Recalled)]), [Wrong::Gaps(1)]);
    assert_eq!(wrong(twice(), now(23, 0) + Span::hours(1), &[]), []);
    let mut bounded = twice();
    (bounded.least, bounded.most) = (Some(2), Some(3));
    let few = wrong(bounded.clone(), now(22, 0), &[(9, 0, Published), (20, 0, Failed)]);
    assert_eq!(few, [Wrong::TooFew { has: 1, least: 2 }]);
    let hours = [9, 12, 15, 20].map(|hour| (hour, 0, Draft));
    assert_eq!(wrong(bounded.clone(), now(8, 0), &hours), [Wrong::TooMany { has: 4, most: 3 }]);
    let three = [(9, 0, Published), (12, 0, Missed), (15, 0, Draft), (20, 0, Draft)];
    assert_eq!(wrong(bounded, now(13, 0), &three), []);
}

#[test]
fn posts_in_the_quiet_hours_and_close_to_each_other_are_told_until_they_are_out() {
    use SlotState::{Published, Scheduled, Unconfirmed};
    let night = || quiet(cadence("weibo", &[]), "23:00:00", "07:00:00");
    let time = |hour, minute| at(SHANGHAI, day(11, 21), hour, minute);
    let now = time(6, 0);
    assert_eq!(wrong(night(), now, &[(23, 0, Scheduled)]), [Wrong::Quiet(time(23, 0))]);
    assert_eq!(wrong(night(), now, &[(5, 0, Published), (7, 0, Scheduled)]), []);
    let close = [(9, 0, Unconfirmed), (9, 14, Scheduled), (9, 29, Scheduled)];
    assert_eq!(wrong(night(), now, &close), [Wrong::Clash(time(9, 14))]);
    assert_eq!(wrong(night(), now, &[(9, 0, Published), (9, 5, Published)]), []);
    // The hold window may push a post into them.
    let mut held = post("weibo", time(22, 50), Scheduled);
    held.post = Some(Planned {
        at: VariantRef::default(),
        form: Form::default(),
        funnel: None,
        goes: Some(time(23, 20)),
        review: (0, 0),
        url: None,
        why: String::new(),
    });
    let found = findings(&[night()], &[held], day(11, 21), SHANGHAI, now);
    assert_eq!(found[0].what, Wrong::Quiet(time(23, 20)));
    // A channel without a cadence can have two posts at once, too.
    let pair = [post("x", time(9, 0), Scheduled), post("x", time(9, 1), Scheduled)];
    let found = findings(&[], &pair, day(11, 21), SHANGHAI, now);
    assert_eq!(found.len(), 1);
}

/// Zones with every kind of change: an hour, half an hour, at midnight, a whole day left out.
const ZONES: [Tz; 8] = [
    BERLIN,
    SHANGHAI,
    Tz::America__Sao_Paulo,
    Tz::Africa__Cairo,
    Tz::Asia__Gaza,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Apia,
    Tz::Asia__Dhaka,
];

prop_compose! {
    fn a_time()(minute in 0_u32..1440) -> NaiveTime {
        NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap()
    }
}

prop_compose! {
    fn a_weekly()(
        days in any::<[bool; 7]>(),
        from in a_time(),
        to in a_time(),
        moment in any::<bool>(),
    ) -> Weekly {
        Weekly { days, from, to: if moment { from } else { to } }
    }
}

prop_compose! {
    fn a_cadence(channel: &'static str)(
        times in prop::collection::vec(a_weekly(), 0..6),
        quiet in prop::collection::vec((a_time(), a_time()), 0..3),
        most in prop::option::of(0_u32..5),
    ) -> Cadence {
        Cadence { quiet, most, ..Cadence::new(ChannelId(channel.into()), times) }
    }
}

prop_compose! {
    /// A day in or next to which the clocks change in one of the zones, or any other one.
    fn a_day()(offset in 0_i64..9000, change in prop::option::of((0_usize..5, -1_i64..=1))) -> NaiveDate {
        const CHANGES: [(i32, u32, u32); 5] =
            [(2026, 3, 29), (2026, 10, 25), (2011, 12, 30), (2009, 6, 19), (2018, 11, 4)];
        match change {
            Some((which, beside)) => {
                let (year, month, day) = CHANGES[which];
                NaiveDate::from_ymd_opt(year, month, day).unwrap() + TimeDelta::days(beside)
            }
            None => NaiveDate::from_ymd_opt(2009, 1, 1).unwrap() + TimeDelta::days(offset),
        }
    }
}

prop_compose! {
    fn some_posts()(
        posts in prop::collection::vec((-1600_i64..3100, any::<bool>(), 0_usize..4), 0..8),
    ) -> Vec<(i64, bool, SlotState)> {
        use SlotState::{Draft, Published, Recalled, Scheduled};
        let states = [Draft, Scheduled, Published, Recalled];
        posts.into_iter().map(|(minute, one, state)| (minute, one, states[state])).collect()
    }
}

proptest! {
    #[test]
    fn the_slots_of_any_day_are_in_order_on_it_outside_quiet_hours_and_the_same_on_each_run(
        one in a_cadence("one"),
        two in a_cadence("two"),
        date in a_day(),
        zone in prop::sample::select(ZONES.to_vec()),
        posts in some_posts(),
        now in -1600_i64..3100,
    ) {
        let (start, end) = bounds(date, zone);
        let mut known: Vec<Slot> = posts
            .iter()
            .map(|(minute, first, state)| {
                post(if *first { "one" } else { "two" }, start + Span::minutes(*minute), *state)
            })
            .collect();
        let cadences = [one, two];
        let now = start + Span::minutes(now);
        let slots = planned(&cadences, &known, date, zone, now);
        prop_assert!(slots.is_sorted_by_key(|s| s.at));
        let mut ids = std::collections::BTreeSet::new();
        for slot in slots.iter().filter(|s| s.title.is_empty()) {
            prop_assert!(start <= slot.at && slot.at < end, "{slot:?}");
            let cadence = cadences.iter().find(|c| c.channel == slot.channel).unwrap();
            prop_assert!(!cadence.is_quiet_at(slot.at, zone), "{slot:?}");
            prop_assert!(ids.insert((&slot.channel, &slot.id)), "{slot:?}");
            let weekday = date.weekday().num_days_from_monday() as usize;
            let local = slot.at.in_zone(zone).time();
            let plan = |t: &Weekly| t.days[weekday]
                && (t.from == local || Time::from_local(date.and_time(t.from), zone) == slot.at);
            prop_assert!(cadence.times.iter().any(plan), "{slot:?}");
        }
        prop_assert_eq!(&planned(&cadences, &known, date, zone, now), &slots);
        // In whichever order the posts were read.
        known.reverse();
        let again = planned(&cadences, &known, date, zone, now);
        let derived = |slots: &[Slot]| -> Vec<Slot> {
            slots.iter().filter(|s| s.title.is_empty()).cloned().collect()
        };
        prop_assert_eq!(derived(&again), derived(&slots));
        let found = findings(&cadences, &slots, date, zone, now);
        prop_assert_eq!(findings(&cadences, &slots, date, zone, now), found);
    }

    #[test]
    fn a_weekly_time_is_written_as_it_is_read(weekly in a_weekly()) {
        prop_assume!(weekly.days.contains(&true));
        prop_assert_eq!(weekly.to_string().parse(), Ok(weekly));
    }

    #[test]
    fn the_next_free_slot_is_planned_free_and_not_quiet(
        cadence in a_cadence("one"),
        date in a_day(),
        zone in prop::sample::select(ZONES.to_vec()),
        posts in some_posts(),
        minute in 0_i64..1440,
    ) {
        let after = bounds(date, zone).0 + Span::minutes(minute);
        let mut known: Vec<Slot> =
            posts.iter().map(|(m, _, state)| post("one", after + Span::minutes(*m), *state)).collect();
        // Taken one after the other, no two are the same, and each fills a planned time.
        for _ in 0..4 {
            let Some(next) = next_free(&cadence, &known, zone, after) else { break };
            prop_assert!(next >= after && next - after <= Span::hours(24 * 62));
            prop_assert!(!cadence.is_quiet_at(next, zone));
            let on = next.in_zone(zone).date_naive();
            let empty = |known: &[Slot]| -> usize {
                [on.pred_opt(), Some(on), on.succ_opt()]
                    .into_iter()
                    .flatten()
                    .flat_map(|day| planned(std::slice::from_ref(&cadence), known, day, zone, after))
                    .filter(|s| s.title.is_empty())
                    .count()
            };
            let before = empty(&known);
            known.push(post("one", next, SlotState::Scheduled));
            prop_assert!(empty(&known) < before, "{next:?}");
        }
    }
}
