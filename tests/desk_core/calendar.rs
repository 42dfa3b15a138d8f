//! Nights on which clocks are set, days that a zone left out, leap days and leap seconds, the ends of years,
//! and a desk that moves to another zone.

use crate::kit::*;
use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use dutydesk::connect::when::{TimeFormat, Zone};
use dutydesk::daemon::desk::query;
use dutydesk::domain::figure::book::Kind;
use dutydesk::domain::figure::{Grain, period};
use dutydesk::domain::report::Of;
use dutydesk::domain::sla::calendar::{Calendar, Hours};
use dutydesk::domain::slot::{Cadence, bounds, planned};
use dutydesk::domain::{Event, Span, Time, when};
use dutydesk::wire::figure::Figure;
use rstest::rstest;
use std::collections::BTreeMap;

fn day(written: &str) -> NaiveDate {
    written.parse().unwrap()
}

fn at(zone: Tz, written: &str) -> Time {
    Time::from_local(NaiveDateTime::parse_from_str(written, "%Y-%m-%d %H:%M").unwrap(), zone)
}

/// What is planned for a day, as moments of universal time.
#[rstest]
// Half an hour is left out: 02:00 to 02:30.
#[case(Tz::Australia__Lord_Howe, "2026-10-04", "daily 02:10", &["2026-10-03T15:30:00Z"])]
#[case(Tz::Australia__Lord_Howe, "2026-10-04", "daily 02:45", &["2026-10-03T15:45:00Z"])]
// Half an hour comes twice: 01:30 to 02:00. It goes out at the first of them, once.
#[case(Tz::Australia__Lord_Howe, "2026-04-05", "daily 01:45", &["2026-04-04T14:45:00Z"])]
#[case(Tz::Australia__Lord_Howe, "2026-04-05", "daily 02:00", &["2026-04-04T15:30:00Z"])]
#[case(Tz::America__New_York, "2026-03-08", "daily 02:30", &["2026-03-08T07:00:00Z"])]
#[case(Tz::America__New_York, "2026-11-01", "daily 01:30", &["2026-11-01T05:30:00Z"])]
// Midnight itself is left out.
#[case(Tz::America__Santiago, "2026-09-06", "daily 00:30", &["2026-09-06T04:00:00Z"])]
// Samoa had no 30 December 2011, Kwajalein no 21 August 1993.
#[case(Tz::Pacific__Apia, "2011-12-30", "daily 12:00", &[])]
#[case(Tz::Pacific__Apia, "2011-12-31", "daily 12:00", &["2011-12-30T22:00:00Z"])]
#[case(Tz::Pacific__Kwajalein, "1993-08-21", "daily 12:00", &[])]
#[case(Tz::UTC, "2028-02-29", "tue 20:00", &["2028-02-29T20:00:00Z"])]
#[case(Tz::UTC, "2028-02-29", "wed 20:00", &[])]
#[case(Tz::UTC, "2027-01-01", "fri 00:00", &["2027-01-01T00:00:00Z"])]
fn what_is_planned_on_days_that_are_not_like_others(
    #[case] zone: Tz,
    #[case] on: &str,
    #[case] times: &str,
    #[case] wanted: &[&str],
) {
    let cadence = Cadence::new(weibo(), vec![times.parse().unwrap()]);
    let slots = planned(&[cadence], &[], day(on), zone, Time(i64::MIN));
    let moments: Vec<String> = slots.iter().map(|slot| slot.at.rfc3339()).collect();
    assert_eq!(moments, wanted);
}

#[rstest]
#[case(Tz::Australia__Lord_Howe, "2026-10-04", 23 * 60 + 30)]
#[case(Tz::Australia__Lord_Howe, "2026-04-05", 24 * 60 + 30)]
#[case(Tz::Europe__Berlin, "2026-03-29", 23 * 60)]
#[case(Tz::America__Santiago, "2026-09-06", 23 * 60)]
#[case(Tz::Pacific__Apia, "2011-12-30", 0)]
#[case(Tz::UTC, "2028-02-29", 24 * 60)]
fn a_day_is_as_long_as_its_clocks_say(#[case] zone: Tz, #[case] on: &str, #[case] minutes: i64) {
    let (from, to) = bounds(day(on), zone);
    assert_eq!(to - from, Span::minutes(minutes));
    let (next, _) = bounds(day(on).succ_opt().unwrap(), zone);
    assert_eq!(to, next, "no moment lies between two days");
}

/// Open from one in the night until three, and by day.
fn open(zone: Tz, from: u32, to: u32) -> Calendar {
    Calendar {
        name: "test".into(),
        zone,
        week: std::array::from_fn(|_| vec![Hours { from: from * 60, to: to * 60 }]),
        holidays: Default::default(),
        days: BTreeMap::new(),
    }
}

#[rstest]
#[case(Tz::Australia__Lord_Howe, (1, 3), "2026-10-04 00:00", "2026-10-04 12:00", 90)]
#[case(Tz::Australia__Lord_Howe, (1, 3), "2026-04-05 00:00", "2026-04-05 12:00", 150)]
#[case(Tz::Australia__Lord_Howe, (1, 3), "2026-04-06 00:00", "2026-04-06 12:00", 120)]
#[case(Tz::America__New_York, (1, 3), "2026-03-08 00:00", "2026-03-08 12:00", 60)]
#[case(Tz::America__New_York, (1, 3), "2026-11-01 00:00", "2026-11-01 12:00", 180)]
#[case(Tz::UTC, (9, 18), "2028-02-28 09:00", "2028-03-01 09:00", 2 * 9 * 60)]
#[case(Tz::UTC, (9, 18), "2027-02-28 09:00", "2027-03-01 09:00", 9 * 60)]
#[case(Tz::UTC, (9, 18), "2026-12-31 17:00", "2027-01-01 10:00", 120)]
#[case(Tz::Pacific__Apia, (9, 18), "2011-12-29 09:00", "2011-12-31 18:00", 2 * 9 * 60)]
fn business_hours_are_as_long_as_the_clocks_make_them(
    #[case] zone: Tz,
    #[case] (from, to): (u32, u32),
    #[case] begin: &str,
    #[case] end: &str,
    #[case] minutes: i64,
) {
    let calendar = open(zone, from, to);
    let (begin, end) = (at(zone, begin), at(zone, end));
    let span = calendar.between(begin, end);
    assert_eq!(span, Span::minutes(minutes));
    // So much open time from there on is over within it.
    assert!(calendar.add(begin, span) <= end);
}

/// Times as exports write them, on days that are not like others.
#[rstest]
#[case("UTC", "2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00Z"))]
#[case("UTC", "2016-12-31 23:59:60", Some("2017-01-01T00:00:00Z"))]
#[case("Asia/Shanghai", "2024-02-29 23:59:60", Some("2024-02-29T16:00:00Z"))]
#[case("Asia/Shanghai", "2024年02月29日23时59分60秒", Some("2024-02-29T16:00:00Z"))]
#[case("UTC", "2026-01-02 10:11:61", None)]
#[case("UTC", "2024-02-29", Some("2024-02-29T00:00:00Z"))]
#[case("UTC", "2026-02-29", None)]
#[case("UTC", "2100-02-29", None)]
#[case("UTC", "2000-02-29", Some("2000-02-29T00:00:00Z"))]
#[case("Australia/Lord_Howe", "2026-10-04 02:10:00", Some("2026-10-03T15:40:00Z"))]
#[case("Australia/Lord_Howe", "2026-04-05 01:45:00", Some("2026-04-04T14:45:00Z"))]
#[case("Pacific/Apia", "2011-12-30 12:00:00", None)]
#[case("Pacific/Apia", "2011-12-31 00:00:00", Some("2011-12-30T10:00:00Z"))]
fn times_of_imports(#[case] zone: &str, #[case] written: &str, #[case] meant: Option<&str>) {
    let zone: Zone = zone.parse().unwrap();
    let read = TimeFormat::Auto.read(written, zone).map(Time::rfc3339);
    assert_eq!(read.as_deref(), meant);
}

#[rstest]
#[case(Tz::Pacific__Apia, "2011-12-29 12:00", "tomorrow 9:00")]
#[case(Tz::Australia__Lord_Howe, "2026-10-03 12:00", "tomorrow 2:10")]
#[case(Tz::Australia__Lord_Howe, "2026-04-05 00:10", "01:45")]
#[case(Tz::UTC, "2028-02-28 12:00", "tomorrow 9:00")]
#[case(Tz::UTC, "2026-12-31 12:00", "tomorrow 9:00")]
fn what_people_type_means_the_next_such_time(
    #[case] zone: Tz,
    #[case] now: &str,
    #[case] typed: &str,
) {
    let now = at(zone, now);
    let meant = when::parse(typed, now, zone).unwrap();
    assert!(meant > now && meant <= now + Span::hours(48), "{}", meant.rfc3339());
}

#[rstest]
#[case(Of::Week, "2020-W53", Some(("2020-12-28", "2021-01-03")))]
#[case(Of::Week, "2021-W53", None)]
#[case(Of::Week, "2026-W53", Some(("2026-12-28", "2027-01-03")))]
#[case(Of::Week, "2027-W01", Some(("2027-01-04", "2027-01-10")))]
#[case(Of::Month, "2028-02", Some(("2028-02-01", "2028-02-29")))]
#[case(Of::Month, "2100-02", Some(("2100-02-01", "2100-02-28")))]
#[case(Of::Day, "2028-02-29", Some(("2028-02-29", "2028-02-29")))]
#[case(Of::Day, "2027-02-29", None)]
fn periods_of_reports(#[case] of: Of, #[case] written: &str, #[case] wanted: Option<(&str, &str)>) {
    let around = of.day(written, day("2026-11-21")).map(|on| of.around(on));
    assert_eq!(around, wanted.map(|(from, to)| (day(from), day(to))));
}

/// Figures are kept by the hours of universal time, so that a desk may move: its days are cut anew, and
/// each hour lies in one of them.
#[test]
fn days_of_figures_are_cut_by_the_zone_of_now_and_nothing_is_lost() {
    let mut kit = Kit::new();
    for hour in 0..96 {
        kit.now = NOON + Span::hours(hour);
        let values = [("reads".to_owned(), 10)].into();
        kit.ingest(vec![Event::Metrics { channel: weibo(), at: kit.now, values }]);
    }
    let reads = Figure { channel: weibo(), name: "reads".into() };
    let time = (NOON, NOON + Span::hours(96));
    let samples = query::series(&*kit.store, &reads, Grain::Hour, time).unwrap();
    assert_eq!(samples.len(), 96);
    for zone in [
        Tz::UTC,
        Tz::Asia__Shanghai,
        Tz::America__New_York,
        // Half an hour, and three quarters, beside the hours of universal time.
        Tz::Asia__Kolkata,
        Tz::Asia__Kathmandu,
        Tz::Australia__Lord_Howe,
    ] {
        let days = period::days(Kind::Flow, &samples, zone);
        assert_eq!(days.values().map(|(_, hours)| hours).sum::<u32>(), 96, "{zone}");
        let whole = days.values().filter(|(_, hours)| *hours == 24).count();
        assert!(whole >= 3, "{zone}: {days:?}");
    }
}
