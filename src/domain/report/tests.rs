use super::*;
use crate::domain::figure::book::{Kind, Known, Label, Layer, Rate};
use crate::domain::figure::{Formula, Grain, Page, Sample, Unit};
use crate::domain::slot::bounds;
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use proptest::prelude::*;
use rstest::rstest;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);

fn date(written: &str) -> NaiveDate {
    written.parse().unwrap()
}

fn end(zone: Tz, day: &str) -> Time {
    bounds(date(day), zone).1
}

fn period(of: Of, day: &str, zone: Tz) -> Period {
    Period::new(of, date(day), zone, Time(i64::MAX / 2))
}

#[rstest]
#[case(Of::Day, "2026-11-21", "2026-11-21", "2026-11-21", "2026-11-20")]
#[case(Of::Week, "2026-11-16", "2026-11-16", "2026-11-22", "2026-11-09")]
#[case(Of::Week, "2026-11-22", "2026-11-16", "2026-11-22", "2026-11-09")]
#[case::over_the_year(Of::Week, "2027-01-01", "2026-12-28", "2027-01-03", "2026-12-21")]
#[case(Of::Month, "2026-11-30", "2026-11-01", "2026-11-30", "2026-10-01")]
#[case::long(Of::Month, "2026-12-31", "2026-12-01", "2026-12-31", "2026-11-01")]
#[case::leap(Of::Month, "2028-02-03", "2028-02-01", "2028-02-29", "2028-01-01")]
#[case::after_a_short_one(Of::Month, "2027-03-31", "2027-03-01", "2027-03-31", "2027-02-01")]
fn a_period_holds_the_days_of_its_kind(
    #[case] of: Of,
    #[case] day: &str,
    #[case] first: &str,
    #[case] last: &str,
    #[case] before: &str,
) {
    let found = period(of, day, Tz::Asia__Shanghai);
    assert_eq!((found.first, found.last), (date(first), date(last)));
    let was = found.before();
    assert_eq!((was.first, was.to), (date(before), found.from));
    assert!(found.is_over() && was.is_over());
}

#[rstest]
#[case::forward(Tz::Europe__Berlin, "2026-03-29", 23)]
#[case::back(Tz::Europe__Berlin, "2026-10-25", 25)]
#[case::plain(Tz::Asia__Shanghai, "2026-10-25", 24)]
#[case::half_an_hour(Tz::Australia__Lord_Howe, "2026-04-05", 24)]
#[case::midnight_left_out(Tz::America__Santiago, "2026-09-06", 23)]
fn a_day_is_as_long_as_the_clocks_make_it(#[case] zone: Tz, #[case] day: &str, #[case] hours: i64) {
    let found = period(Of::Day, day, zone);
    assert_eq!((found.to - found.from).0 / HOUR.0, hours);
    assert_eq!(found.from, found.before().to);
}

#[rstest]
#[case(Of::Day, "today", Some("2026-11-18"))]
#[case(Of::Day, "yesterday", Some("2026-11-17"))]
#[case(Of::Day, "last", Some("2026-11-17"))]
#[case(Of::Week, "last", Some("2026-11-15"))]
#[case(Of::Week, "this", Some("2026-11-18"))]
#[case(Of::Month, "last", Some("2026-10-31"))]
#[case(Of::Month, "2026-02", Some("2026-02-01"))]
#[case(Of::Month, "2026-02-11", Some("2026-02-11"))]
#[case(Of::Week, "2026-W47", Some("2026-11-16"))]
#[case(Of::Week, "2026-W54", None)]
#[case(Of::Day, "2026-02", None)]
#[case(Of::Month, "2026-13", None)]
#[case(Of::Day, "2026-02-30", None)]
#[case(Of::Day, "", None)]
fn a_day_is_read_as_it_is_written(
    #[case] of: Of,
    #[case] written: &str,
    #[case] day: Option<&str>,
) {
    // A Wednesday.
    assert_eq!(of.day(written, date("2026-11-18")), day.map(date));
}

#[test]
fn a_week_that_goes_on_is_held_against_as_much_of_the_one_before() {
    let zone = Tz::Europe__Berlin;
    let noon = end(zone, "2026-03-31") + Span::hours(12);
    let week = Period::new(Of::Week, date("2026-04-01"), zone, noon);
    assert!(!week.is_over());
    assert_eq!(week.told().len(), 3);
    assert_eq!(week.until, noon);
    // The clocks went forward on the Sunday between them.
    assert_eq!(week.before().until, end(zone, "2026-03-24") + Span::hours(12));
    // A month whose day the one before does not have ends where that one ends.
    let late = end(zone, "2027-03-29") + Span::hours(12);
    let month = Period::new(Of::Month, date("2027-03-30"), zone, late);
    assert_eq!(month.before().until, month.from);
}

proptest! {
    #[test]
    fn periods_follow_each_other_without_a_gap(days in 0..40_000_i64, zone in 0..4_usize, of in 0..3_usize) {
        let zones = [Tz::UTC, Tz::Asia__Shanghai, Tz::America__Sao_Paulo, Tz::Europe__London];
        let day = date("1990-01-01") + chrono::TimeDelta::days(days);
        let found = Period::new(Of::ALL[of], day, zones[zone], Time(i64::MAX / 2));
        prop_assert!(found.first <= day && day <= found.last);
        prop_assert_eq!(found.before().to, found.from);
        prop_assert_eq!(found.before().last.succ_opt(), Some(found.first));
        prop_assert_eq!(Of::ALL[of].around(found.last), (found.first, found.last));
        let told = found.told();
        prop_assert_eq!(told.first().unwrap().1.0, found.from);
        prop_assert_eq!(told.last().unwrap().1.1, found.to);
        prop_assert!(told.windows(2).all(|pair| pair[0].1.1 == pair[1].1.0));
        if Of::ALL[of] == Of::Week {
            prop_assert_eq!(found.first.weekday(), chrono::Weekday::Mon);
        }
    }
}

fn book() -> Book {
    let known = |name: &str, kind, less| Known {
        name: name.into(),
        label: Label::default(),
        kind,
        layer: if name == "fans" { Layer::Conversion } else { Layer::Exposure },
        unit: Unit::Count,
        less_is_better: less,
    };
    let rate = |name: &str, formula: &str, platforms: &[&str]| Rate {
        name: name.into(),
        label: Label::default(),
        layer: Layer::Interaction,
        unit: Unit::Share,
        formula: Formula::parse(formula).unwrap(),
        least: 100.0,
        less_is_better: false,
        platforms: platforms.iter().map(|p| (*p).to_owned()).collect(),
    };
    Book {
        figures: vec![
            known("reads", Kind::Flow, false),
            known("likes", Kind::Flow, false),
            known("fans", Kind::Counter, false),
            known("viewers", Kind::Gauge, false),
        ],
        rates: vec![
            rate("like_rate", "likes / reads", &[]),
            rate("save_rate", "saves / reads", &[]),
            rate("lead_rate", "leads / visits", &[]),
            rate("elsewhere", "likes / reads", &["douyin"]),
        ],
        ..Book::default()
    }
}

/// Samples at these hours.
fn told(values: impl IntoIterator<Item = (Time, i64)>) -> Vec<(Time, Sample)> {
    let sample = |(at, value)| {
        let mut page = Page::default();
        page.note(Grain::Hour.place(at).1, at, value);
        (Grain::Hour.sample(at), page.0[0])
    };
    values.into_iter().map(sample).collect()
}

/// A value each hour for so many days before a moment.
fn hourly(until: Time, days: i64, value: impl Fn(Time) -> i64) -> Vec<(Time, Sample)> {
    let hours = (0..24 * days).map(|n| until - Span(HOUR.0 * (24 * days - n)));
    told(hours.map(|at| (at, value(at))))
}

fn of(period: &Period, told: Vec<(&str, Vec<(Time, Sample)>)>) -> (Vec<Line>, Vec<Unmade>) {
    let book = book();
    let at = At { book: &book, platform: "weibo", period };
    lines(&at, &told.into_iter().map(|(name, hours)| (name.to_owned(), hours)).collect())
}

#[test]
fn a_week_adds_up_and_is_held_against_the_week_before_and_the_usual_one() {
    let week = period(Of::Week, "2026-11-18", Tz::Asia__Shanghai);
    let doubled = |at: Time| if at >= week.from { 20 } else { 10 };
    let fans = |at: Time| (at.0 / HOUR.0) - 450_000;
    let told = vec![
        ("reads", hourly(week.to, 50, doubled)),
        ("likes", hourly(week.to, 50, |_| 1)),
        ("fans", hourly(week.to, 50, fans)),
        ("viewers", hourly(week.to, 50, |_| 30)),
    ];
    let (lines, unmade) = of(&week, told);
    let line = |name: &str| lines.iter().find(|l| l.name == name).unwrap();
    let reads = line("reads");
    assert_eq!((reads.total, reads.before), (Some(20.0 * 168.0), Some(10.0 * 168.0)));
    assert_eq!((reads.change, reads.is_clear), (Some(1.0), true));
    assert_eq!(reads.usual, Some((10.0 * 168.0, 0.0)));
    assert_eq!((reads.points.len(), reads.points_before.len(), reads.coverage), (7, 7, 1.0));
    assert_eq!(reads.moved(), Some((1.0, true)));
    let fans = line("fans");
    assert_eq!((fans.total, fans.change), (Some(168.0), Some(0.0)));
    assert_eq!(fans.stands, Some((week.to.0 / HOUR.0 - 1 - 450_000) as f64));
    assert_eq!((line("viewers").total, line("viewers").usual), (Some(30.0), Some((30.0, 0.0))));
    let rate = line("like_rate");
    assert_eq!((rate.total, rate.before, rate.is_thin), (Some(0.05), Some(0.1), false));
    assert!((rate.against_usual().unwrap() + 0.5).abs() < 1e-9);
    let names: Vec<&str> = lines.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["reads", "likes", "viewers", "like_rate", "fans"], "by layer");
    let lacks = vec!["saves".to_owned()];
    assert_eq!(
        unmade,
        [Unmade { name: "save_rate".into(), lacks }],
        "no word of what nobody tells"
    );
}

#[test]
fn a_day_is_told_by_the_hour_and_what_is_told_once_a_day_by_the_days_before() {
    let day = period(Of::Day, "2026-11-18", Tz::Asia__Shanghai);
    let daily = (0..50).map(|n| (day.to - Span(DAY.0 * n) - Span::hours(3), 100 + n)).rev();
    let (lines, _) = of(
        &day,
        vec![("reads", hourly(day.to, 50, |_| 2)), ("likes", told(daily.collect::<Vec<_>>()))],
    );
    let (reads, likes) = (&lines[0], &lines[1]);
    assert_eq!((reads.total, reads.step, reads.points.len()), (Some(48.0), HOUR, 24));
    assert_eq!((likes.total, likes.before, likes.step), (Some(100.0), Some(101.0), DAY));
    assert_eq!((likes.points.len(), likes.coverage), (14, 1.0));
    assert_eq!(likes.usual.unwrap().0, 124.5, "the median of the same weekday of six weeks");
    assert_eq!(lines[2].total, Some(100.0 / 48.0));
    assert!(lines[2].is_thin, "48 reads are little");
}

#[test]
fn a_day_that_goes_on_is_held_against_as_much_of_yesterday() {
    let zone = Tz::Asia__Shanghai;
    let now = end(zone, "2026-11-17") + Span::hours(6);
    let day = Period::new(Of::Day, date("2026-11-18"), zone, now);
    let daily = (1..50).map(|n| (day.to - Span(DAY.0 * n) - Span::hours(3), 100)).rev();
    let told = vec![("reads", hourly(now, 50, |_| 2)), ("likes", told(daily.collect::<Vec<_>>()))];
    let (lines, _) = of(&day, told);
    let (reads, likes) = (&lines[0], &lines[1]);
    assert_eq!((reads.total, reads.before, reads.change), (Some(12.0), Some(12.0), Some(0.0)));
    assert_eq!((reads.points.len(), reads.points_before.len()), (6, 6));
    assert_eq!(reads.usual, Some((12.0, 0.0)));
    assert_eq!((likes.total, likes.before, likes.change), (None, None, None), "not told yet");
}

#[test]
fn a_day_that_is_not_told_yet_is_no_drop() {
    let zone = Tz::Asia__Shanghai;
    let now = end(zone, "2026-11-18") + Span::hours(6);
    let week = Period::new(Of::Week, date("2026-11-18"), zone, now);
    let evening = end(zone, "2026-11-18") - Span::hours(3);
    let daily = (0..50).map(|n| (evening - Span(DAY.0 * n), 100)).rev();
    let (lines, _) = of(&week, vec![("reads", told(daily.collect::<Vec<_>>()))]);
    assert_eq!((lines[0].total, lines[0].before), (Some(300.0), Some(300.0)));
    assert_eq!(lines[0].usual, Some((300.0, 0.0)));
    assert_eq!((lines[0].coverage, lines[0].moved()), (1.0, None));
}

#[test]
fn months_of_different_length_are_held_against_each_other_by_the_day() {
    let month = period(Of::Month, "2027-03-10", Tz::UTC);
    let (lines, _) = of(&month, vec![("reads", hourly(month.to, 75, |_| 1))]);
    assert_eq!((lines[0].total, lines[0].before), (Some(31.0 * 24.0), Some(28.0 * 24.0)));
    assert_eq!(lines[0].change, Some(0.0));
}

fn part(id: &str, lines: Vec<Line>, unmade: Vec<Unmade>) -> Part {
    let channel = Channel {
        id: ChannelId(id.into()),
        platform: "weibo".into(),
        title: String::new(),
        reply_window: None,
    };
    Part { channel, lines, unmade, goals: Vec::new(), slots: Slots::default(), posts: 0 }
}

fn report(period: Period, channels: Vec<Part>) -> Report {
    Report {
        made: period.to,
        period,
        only: None,
        book: book(),
        channels,
        arrivals: Arrivals::default(),
        service: Service::default(),
        posts: Vec::new(),
        alerts: Vec::new(),
        topics: Vec::new(),
        feedback: Vec::new(),
        missing: Vec::new(),
    }
}

#[test]
fn what_is_missing_is_named() {
    let week = period(Of::Week, "2026-11-18", Tz::UTC);
    let tuesday = week.from + DAY;
    let gone = |at: Time| at >= tuesday && at < tuesday + DAY;
    let holes: Vec<_> =
        hourly(week.to, 50, |_| 1).into_iter().filter(|(at, _)| !gone(*at)).collect();
    let (lines, unmade) = of(&week, vec![("reads", holes)]);
    assert!(lines[0].points[1].is_nan());
    let parts = vec![part("weibo", lines, unmade), part("quiet", Vec::new(), Vec::new())];
    let mut report = report(week, parts);
    let id = |id: &str| ChannelId(id.into());
    let lacks = |name: &str| vec![name.to_owned()];
    assert_eq!(
        missing(&report),
        [
            Missing::Coverage(id("weibo"), 144.0 / 168.0),
            Missing::Days(id("weibo"), vec![date("2026-11-17")]),
            Missing::Rate(id("weibo"), "like_rate".into(), lacks("likes")),
            Missing::Rate(id("weibo"), "save_rate".into(), lacks("saves")),
            Missing::NoFigures(id("quiet")),
            Missing::Oldest,
        ]
    );
    report.service.is_whole = true;
    report.period.until = tuesday;
    assert_eq!(missing(&report)[0], Missing::NotOver(tuesday));
}

#[test]
fn the_largest_clear_changes_come_first() {
    let week = period(Of::Week, "2026-11-18", Tz::UTC);
    let times = |n: i64| {
        let from = week.from;
        hourly(week.to, 50, move |at| if at >= from { 10 * n } else { 10 })
    };
    let lines = of(&week, vec![("reads", times(3)), ("likes", times(5)), ("viewers", times(1))]).0;
    let report = report(week.clone(), vec![part("weibo", lines, Vec::new())]);
    let names: Vec<&str> = report.moves().iter().map(|(_, line)| line.name.as_str()).collect();
    assert_eq!(names, ["likes", "reads", "like_rate"]);
}
