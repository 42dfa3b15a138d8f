use super::*;
use crate::domain::ChannelId;
use crate::domain::figure::book::{Known, Label, Layer};
use crate::domain::figure::{Formula, Grain, Page};
use crate::domain::rng::Rng;

const NOW: Time = Time(20_000 * DAY.0 + 9 * HOUR.0 + 60_000 * 20);

fn told(values: impl Iterator<Item = (Time, i64)>) -> Told {
    let hours = values.map(|(at, value)| {
        let mut page = Page::default();
        page.note(Grain::Hour.place(at).1, at, value);
        (Grain::Hour.sample(at), page.0[0])
    });
    Told { hours: hours.collect(), days: Vec::new() }
}

/// The last hours before now, oldest first; the newest is the present one, which is not over.
fn hours(n: i64) -> impl Iterator<Item = (i64, Time)> {
    (0..n).rev().map(|ago| (ago, NOW.floor_hour() - Span(HOUR.0 * ago)))
}

fn known(name: &str, kind: Kind) -> Known {
    let (label, layer, unit) = (Label::default(), Layer::Exposure, Unit::Count);
    Known { name: name.into(), label, kind, layer, unit, less_is_better: false }
}

fn book() -> Book {
    Book {
        figures: vec![
            known("likes", Kind::Flow),
            known("reads", Kind::Flow),
            known("fans", Kind::Counter),
        ],
        rates: vec![Rate {
            name: "rate".into(),
            label: Label::default(),
            layer: Layer::Interaction,
            unit: Unit::Share,
            formula: Formula::parse("likes / reads").unwrap(),
            least: 100.0,
            less_is_better: false,
            platforms: vec!["weibo".into()],
        }],
        ..Book::default()
    }
}

fn stands(book: &Book, told: &[(&str, Told)]) -> Vec<Stand> {
    let at = At { book, channel: "weibo-1", platform: "weibo", now: NOW, zone: Tz::UTC };
    let told = told.iter().map(|(name, told)| ((*name).to_owned(), told.clone()));
    board(&at, &told.collect())
}

fn noisy(rng: &mut Rng, mean: i64) -> i64 {
    mean + rng.between(0, 20) - 10
}

#[test]
fn the_last_whole_hour_is_held_against_the_same_hours_of_the_week() {
    let mut rng = Rng::new(3);
    let values =
        hours(24 * 40).map(|(ago, at)| (at, if ago == 1 { 50 } else { noisy(&mut rng, 100) }));
    let stand = &stands(&book(), &[("reads", told(values))])[0];
    assert_eq!(stand.last, Some((NOW.floor_hour() - HOUR, 50.0)), "not the hour that is going on");
    assert!((-0.6..-0.4).contains(&stand.change().unwrap()), "{stand:?}");
    assert!(stand.is_beyond_noise());
    assert_eq!((stand.points.len(), stand.coverage), (48, 1.0));
    assert!(stand.day_change().unwrap().abs() < 0.1, "one hour is little of a day");
}

#[test]
fn a_rate_is_made_of_what_its_figures_came_to_and_says_when_that_is_little() {
    let likes = told(hours(24 * 20).map(|(_, at)| (at, 2)));
    let reads = told(hours(24 * 20).map(|(ago, at)| (at, if ago <= 24 { 4 } else { 40 })));
    let all = stands(&book(), &[("likes", likes.clone()), ("reads", reads)]);
    let rate = all.iter().find(|s| s.name == "rate").unwrap();
    assert_eq!((rate.now, rate.is_thin), (Some(0.5), true));
    assert!((rate.usual.unwrap().value - 0.05).abs() < 1e-9);
    let alone = stands(&book(), &[("likes", likes)]);
    assert!(alone.iter().all(|s| s.name != "rate"), "a figure that is not told is not zero");
}

#[test]
fn what_is_told_by_the_day_is_held_against_its_days() {
    let noon = |ago: i64| NOW.floor_hour() - Span(DAY.0 * ago) + Span::hours(3);
    let values = (1..40).rev().map(|ago| (noon(ago), if ago == 1 { 900 } else { 500 }));
    let stand = &stands(&book(), &[("reads", told(values))])[0];
    assert_eq!((stand.step, stand.now), (DAY, Some(900.0)));
    assert_eq!(stand.change(), Some(0.8));
    assert_eq!(stand.points.len(), 30);
}

#[test]
fn gaps_are_counted_and_what_was_before_the_first_value_is_none() {
    let values = hours(10).filter(|(ago, _)| ago % 2 == 1).map(|(_, at)| (at, 5));
    let stand = &stands(&book(), &[("reads", told(values))])[0];
    assert!((stand.coverage - 5.0 / 9.0).abs() < 1e-9, "{}", stand.coverage);
    assert_eq!(stand.usual, None, "too little is known");
}

#[test]
fn a_goal_stands_where_the_figure_does() {
    let mut book = book();
    let today = NOW.in_zone(Tz::UTC).date_naive();
    book.goals.push(GoalSet {
        channel: ChannelId("weibo-1".into()),
        figure: "fans".into(),
        target: 10_000.0,
        from: Some(today - chrono::Days::new(10)),
        start: None,
        by: today + chrono::Days::new(9),
    });
    let values = hours(24 * 30).map(|(ago, at)| (at, 5_000 - ago));
    let stand = &stands(&book, &[("fans", told(values))])[0];
    let (_, standing) = stand.goal.as_ref().unwrap();
    assert_eq!(standing.now, 5_000.0);
    assert!(standing.a_day > 450.0 && standing.planned > 7_000.0, "{standing:?}");
    assert!(standing.chance.unwrap() < 0.01);
}
