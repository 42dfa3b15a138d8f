use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn clock(written: &str) -> u32 {
    let (h, m) = written.split_once(':').unwrap();
    h.parse::<u32>().unwrap() * 60 + m.parse::<u32>().unwrap()
}

/// Hours written `09:00-12:00 13:30-18:00`; an end that is not after its beginning is of the next
/// day.
fn read(written: &str) -> Vec<Hours> {
    let each = written.split_whitespace().map(|part| {
        let (from, to) = part.split_once('-').unwrap();
        let (from, to) = (clock(from), clock(to));
        Hours { from, to: if to <= from { to + DAY } else { to } }
    });
    each.collect()
}

/// Monday to Friday, Saturday, Sunday.
fn calendar(zone: Tz, weekdays: &str, saturday: &str, sunday: &str) -> Calendar {
    let mut week: [Vec<Hours>; 7] = std::array::from_fn(|_| read(weekdays));
    week[5] = read(saturday);
    week[6] = read(sunday);
    Calendar { name: "test".into(), zone, week, holidays: BTreeSet::new(), days: BTreeMap::new() }
}

fn day(written: &str) -> NaiveDate {
    written.parse().unwrap()
}

fn at(zone: Tz, written: &str) -> Time {
    Time::from_local(NaiveDateTime::parse_from_str(written, "%Y-%m-%d %H:%M").unwrap(), zone)
}

/// Worked by hand: from when, how much open time, when that is over.
#[rstest]
// Split shifts, 8 h 30 a day. 2026-11-27 is a Friday.
#[case("split", "2026-11-27 09:00", "1h", "2026-11-27 10:00")]
#[case("split", "2026-11-27 11:00", "2h", "2026-11-27 14:30")]
#[case("split", "2026-11-27 12:30", "1h", "2026-11-27 14:30")]
#[case("split", "2026-11-27 18:00", "1h", "2026-11-27 19:00")]
#[case("split", "2026-11-27 18:30", "8h30m", "2026-11-30 18:30")]
#[case("split", "2026-11-28 10:00", "9h30m", "2026-12-01 10:00")]
#[case("split", "2026-11-27 11:59", "1m", "2026-11-27 12:00")]
#[case("split", "2026-11-27 12:00", "1m", "2026-11-27 13:31")]
// Night shifts, 22:00 to 06:00, Monday to Friday: the one of Friday ends on Saturday.
#[case("night", "2026-11-27 23:00", "3h", "2026-11-28 02:00")]
#[case("night", "2026-11-28 05:00", "2h", "2026-11-30 23:00")]
#[case("night", "2026-11-30 05:00", "1h", "2026-11-30 23:00")]
#[case("night", "2026-12-01 05:00", "2h", "2026-12-01 23:00")]
// China's National Day week of 2026 with a make-up Saturday on the 10th that works as a Monday.
#[case("china", "2026-09-30 17:00", "2h", "2026-10-08 10:00")]
#[case("china", "2026-10-03 12:00", "1h", "2026-10-08 10:00")]
#[case("china", "2026-10-09 17:00", "2h", "2026-10-10 10:00")]
#[case("china", "2026-10-10 17:00", "2h", "2026-10-12 10:00")]
// Nothing needs no time, at any hour.
#[case("split", "2026-11-28 10:00", "0m", "2026-11-28 10:00")]
fn deadlines_worked_by_hand(
    #[case] which: &str,
    #[case] from: &str,
    #[case] span: &str,
    #[case] due: &str,
) {
    let shanghai = Tz::Asia__Shanghai;
    let mut c = match which {
        "night" => calendar(shanghai, "22:00-06:00", "", ""),
        "china" => calendar(shanghai, "09:00-18:00", "", ""),
        _ => calendar(shanghai, "09:00-12:00 13:30-19:00", "", ""),
    };
    if which == "china" {
        c.holidays = (1..=7).map(|d| NaiveDate::from_ymd_opt(2026, 10, d).unwrap()).collect();
        c.days.insert(day("2026-10-10"), c.weekday(Weekday::Mon).to_vec());
    }
    let span = Span::parse(span).unwrap();
    let (from, due) = (at(shanghai, from), at(shanghai, due));
    assert_eq!(c.add(from, span).rfc3339(), due.rfc3339());
    assert_eq!(c.between(from, due), span);
}

/// The clocks of Berlin: an hour is left out on 2026-03-29, one comes twice on 2026-10-25; both
/// are Sundays.
#[rstest]
// A night shift from Saturday 22:00 to 06:00 is an hour shorter, or longer.
#[case("2026-03-28 22:00", "7h", "2026-03-29 06:00")]
#[case("2026-10-24 22:00", "9h", "2026-10-25 06:00")]
#[case("2026-03-28 23:00", "4h", "2026-03-29 04:00")]
#[case("2026-10-24 23:00", "4h", "2026-10-25 02:00")]
// Across the shift's end into the next one.
#[case("2026-03-29 05:00", "2h", "2026-03-29 23:00")]
#[case("2026-10-25 05:00", "2h", "2026-10-25 23:00")]
fn the_clocks_change_both_ways(#[case] from: &str, #[case] span: &str, #[case] due: &str) {
    let berlin = Tz::Europe__Berlin;
    let c = calendar(berlin, "22:00-06:00", "22:00-06:00", "22:00-06:00");
    let (from, span) = (at(berlin, from), Span::parse(span).unwrap());
    let local = c.add(from, span).in_zone(berlin).format("%Y-%m-%d %H:%M").to_string();
    assert_eq!(local, due);
}

#[test]
fn a_shift_that_begins_in_the_hour_left_out_begins_after_it() {
    let berlin = Tz::Europe__Berlin;
    let c = calendar(berlin, "02:30-05:00", "02:30-05:00", "02:30-05:00");
    let (from, to) = c.open_from(at(berlin, "2026-03-28 12:00")).next().unwrap();
    assert_eq!(from, at(berlin, "2026-03-29 03:00"));
    assert_eq!(to - from, Span::hours(2));
}

#[test]
fn a_shift_that_began_before_a_holiday_goes_on_and_none_begins_on_it() {
    let zone = Tz::UTC;
    let mut c = calendar(zone, "22:00-06:00", "22:00-06:00", "22:00-06:00");
    c.holidays.insert(day("2026-12-25"));
    let eve = at(zone, "2026-12-24 22:00");
    assert_eq!(c.between(eve, at(zone, "2026-12-26 12:00")), Span::hours(8));
    assert_eq!(c.next_open(at(zone, "2026-12-25 07:00")), Some(at(zone, "2026-12-26 22:00")));
}

#[test]
fn a_day_of_its_own_wins_over_a_holiday() {
    let mut c = calendar(Tz::UTC, "09:00-18:00", "", "");
    c.holidays.insert(day("2026-12-24"));
    c.days.insert(day("2026-12-24"), read("09:00-12:00"));
    let morning = at(Tz::UTC, "2026-12-24 00:00");
    assert_eq!(c.between(morning, morning + Span::hours(24)), Span::hours(3));
}

#[test]
fn stretches_that_touch_or_overlap_count_once() {
    let c = calendar(Tz::UTC, "00:00-12:00 08:00-24:00", "00:00-24:00", "00:00-24:00");
    let from = at(Tz::UTC, "2026-11-27 03:00");
    for days in [1, 9, 40] {
        let span = Span::hours(24 * days);
        assert_eq!((c.between(from, from + span), c.add(from, span)), (span, from + span));
    }
}

#[test]
fn a_calendar_that_never_opens_is_known() {
    let mut c = calendar(Tz::UTC, "", "", "");
    let now = at(Tz::UTC, "2026-11-27 12:00");
    assert!(!c.opens_within_a_year(now));
    assert_eq!((c.add(now, Span::hours(1)), c.next_open(now)), (NEVER, None));
    assert_eq!(c.between(now, NEVER), Span(0));
    c.days.insert(day("2027-11-20"), read("09:00-10:00"));
    assert!(c.opens_within_a_year(now));
    assert!(!c.opens_within_a_year(at(Tz::UTC, "2027-11-21 00:00")));
}

/// Whether a moment is open, by looking at the clock on the wall: slow and obvious.
fn is_open(c: &Calendar, minute: Time) -> bool {
    let local = minute.in_zone(c.zone).naive_local();
    let of = |day: NaiveDate, ahead: u32| {
        let now = local.time().signed_duration_since(NaiveTime::MIN).num_minutes();
        let now = u32::try_from(now).unwrap() + ahead;
        c.hours_on(day).iter().any(|h| h.from <= now && now < h.to)
    };
    of(local.date(), 0) || of(local.date().pred_opt().unwrap(), DAY)
}

/// Hours that no change of the clocks falls on the edge of: those are at night.
fn edge() -> impl Strategy<Value = u32> {
    (10..48_u32).prop_map(|half_hours| half_hours * 30)
}

fn any_hours() -> impl Strategy<Value = Vec<Hours>> {
    let one = (edge(), edge()).prop_map(|(from, to)| {
        let from = from % DAY;
        Hours { from, to: if to <= from { to + DAY } else { to } }
    });
    let sane = |list: Vec<Hours>| list.into_iter().filter(|h| h.to - h.from <= DAY).collect();
    prop::collection::vec(one, 0..3).prop_map(sane)
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let zones = prop::sample::select(vec![
        Tz::UTC,
        Tz::Asia__Shanghai,
        Tz::Europe__Berlin,
        Tz::America__New_York,
        Tz::Australia__Lord_Howe,
    ]);
    let week = prop::array::uniform7(any_hours());
    let holidays = prop::collection::btree_set(0..30_u64, 0..5);
    let days = prop::collection::btree_map(0..30_u64, any_hours(), 0..3);
    (zones, week, holidays, days, begin()).prop_map(|(zone, week, holidays, days, begin)| {
        let first = begin.in_zone(zone).date_naive();
        let on = |n: u64| first.checked_add_days(Days::new(n)).unwrap();
        Calendar {
            name: "any".into(),
            zone,
            week,
            holidays: holidays.into_iter().map(on).collect(),
            days: days.into_iter().map(|(n, hours)| (on(n), hours)).collect(),
        }
    })
}

/// Shortly before the clocks change somewhere, or any time of 2026.
fn begin() -> impl Strategy<Value = Time> {
    let minute = |t: Time| t.floor_minute();
    prop_oneof![
        (0..4_i64 * 24 * 60).prop_map(|m| Time(1_774_569_600_000 + m * 60_000)),
        (0..12_i64 * 24 * 60).prop_map(|m| Time(1_792_713_600_000 + m * 60_000)),
        (1_767_225_600_000..1_798_761_600_000_i64).prop_map(Time),
    ]
    .prop_map(minute)
}

proptest! {
    #[test]
    fn open_time_is_what_a_minute_by_minute_count_finds(
        c in any_calendar(),
        from in begin(),
        minutes in 0..8_i64 * 24 * 60,
    ) {
        let to = from + Span::minutes(minutes);
        let slow = (0..minutes).filter(|m| is_open(&c, from + Span::minutes(*m))).count();
        prop_assert_eq!(c.between(from, to), Span::minutes(slow as i64));
    }

    #[test]
    fn what_is_added_lies_between(c in any_calendar(), from in begin(), minutes in 1..6_000_i64) {
        let span = Span::minutes(minutes);
        let due = c.add(from, span);
        if due != NEVER {
            prop_assert_eq!(c.between(from, due), span);
            // The last moment counted: a deadline never lies in closed time.
            prop_assert!(is_open(&c, due - Span::minutes(1)));
        }
    }
}
