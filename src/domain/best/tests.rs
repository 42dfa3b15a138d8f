//! Channels made up, with and without hours that are better.

use super::*;
use crate::domain::rng::Rng;
use crate::domain::{Span, Time};
use rstest::rstest;

/// 2026-01-05, a Monday, 00:00 UTC.
const MONDAY: Time = Time(1_767_571_200_000);

struct Dice(Rng);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(Rng::new(seed))
    }

    /// Normal, around 0 with a variance of 1.
    fn normal(&mut self) -> f64 {
        let mut share = || (self.0.draw() >> 11) as f64 / (1u64 << 53) as f64;
        let radius = (-2.0 * (1.0 - share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * share()).cos()
    }
}

/// How a channel is made up.
struct Made {
    posts: usize,
    /// The hours of the day it posts at.
    hours: &'static [usize],
    /// What the hour of the week lifts, as a logarithm.
    lift: fn(usize) -> f64,
    /// How much posts differ, as a logarithm.
    noise: f64,
    /// How much the level rises over all posts.
    trend: f64,
}

const PLAIN: Made =
    Made { posts: 180, hours: &[8, 10, 12, 15, 18, 20, 22], lift: |_| 0.0, noise: 0.8, trend: 0.0 };

fn made(made: &Made, seed: u64) -> Vec<Outing> {
    let mut dice = Dice::new(seed);
    let mut out: Vec<Outing> = (0..made.posts)
        .map(|i| {
            let day = i as i64 * 2 / 3;
            let hour = made.hours[dice.0.below(made.hours.len() as u64) as usize];
            let at = MONDAY + Span::hours(day * 24 + hour as i64);
            let hour = hour_of_week(at, Tz::UTC);
            let y = 5.0
                + made.trend * i as f64 / made.posts as f64
                + (made.lift)(hour)
                + made.noise * dice.normal();
            Outing {
                at,
                hour,
                // As whole figures are.
                y: y.exp().round().max(0.0).ln_1p(),
                form: Form::ImageText,
                length: 40,
                media: None,
                promoted: false,
            }
        })
        .collect();
    out.sort_by_key(|o| o.at);
    out
}

fn found(outings: &[Outing]) -> Vec<(Option<u8>, u8)> {
    best(outings).unwrap().better().iter().map(|c| (c.day, c.from)).collect()
}

#[test]
fn an_hour_that_is_better_is_found_with_enough_posts() {
    let lift = |hour: usize| if hour % 24 == 20 { 1.0 } else { 0.0 };
    let mut right = 0;
    for seed in 0..4 {
        let outings = made(&Made { lift, posts: 200, ..PLAIN }, seed);
        let first = best(&outings).unwrap().better();
        right += u32::from(first.first().is_some_and(|c| c.from <= 20 && c.to > 20));
        let at_20 = |c: &&Cell| c.from <= 20 && 20 < c.to;
        let cell = *best(&outings).unwrap().cells.iter().find(at_20).unwrap();
        assert!(cell.low < cell.times && cell.times < cell.high);
    }
    assert!(right >= 3, "{right} of 4");
}

#[test]
fn a_day_that_is_better_is_found_though_the_hours_are_not() {
    let lift = |hour: usize| if hour / 24 == 5 { 1.2 } else { 0.0 };
    let outings = made(&Made { lift, posts: 360, noise: 0.6, ..PLAIN }, 3);
    let better = found(&outings);
    assert!(!better.is_empty() && better.iter().all(|(day, _)| *day == Some(5)), "{better:?}");
}

#[test]
fn hours_that_do_not_differ_bring_no_better_hour() {
    let runs = 24;
    let wrong = (0..runs)
        .filter(|seed| {
            let posts = [60, 120, 180][*seed as usize % 3];
            !found(&made(&Made { posts, trend: 1.5, ..PLAIN }, *seed)).is_empty()
        })
        .count();
    assert!(wrong <= 3, "{wrong} of {runs}");
}

#[test]
fn a_level_that_rises_is_no_better_hour() {
    // The channel moved from mornings to evenings while it grew fourfold.
    let mut dice = Dice::new(5);
    let outings: Vec<Outing> = (0..160)
        .map(|i| {
            let hour = if i < 80 { 9 } else { 19 } + dice.0.below(3) as i64;
            let at = MONDAY + Span::hours(i * 24 + hour);
            let y = 4.0 + 1.4 * i as f64 / 160.0 + 0.5 * dice.normal();
            let (form, media) = (Form::ImageText, None);
            Outing {
                at,
                hour: hour_of_week(at, Tz::UTC),
                y,
                form,
                length: 9,
                media,
                promoted: false,
            }
        })
        .collect();
    assert_eq!(found(&outings), []);
}

#[test]
fn three_lucky_posts_make_no_best_hour() {
    for seed in 0..6 {
        let mut outings = made(&Made { posts: 90, ..PLAIN }, seed);
        for (n, week) in [2, 5, 7].into_iter().enumerate() {
            // Sundays at three in the morning, each twenty times the usual.
            let at = MONDAY + Span::hours(week * 168 + 6 * 24 + 3);
            let lucky = Outing { at, hour: 6 * 24 + 3, y: 8.0 + n as f64 / 10.0, ..outings[0] };
            outings.push(lucky);
        }
        outings.sort_by_key(|o| o.at);
        let better = found(&outings);
        assert!(better.iter().all(|(_, from)| !(0..5).contains(from)), "{seed}: {better:?}");
    }
}

#[test]
fn too_few_posts_are_refused() {
    let outings = made(&Made { posts: LEAST - 1, ..PLAIN }, 1);
    assert_eq!(best(&outings), Err(TooFew { has: 29, least: 30 }));
    let draft =
        Draft { hour: None, form: Form::ImageText, length: 40, media: None, promoted: false };
    assert_eq!(expected(&outings[..8], &draft), Err(TooFew { has: 8, least: 12 }));
    assert!(expected(&outings, &draft).is_ok());
    assert!(best(&[]).is_err() && expected(&[], &draft).is_err());
}

#[test]
fn posts_that_are_all_alike_are_no_trouble() {
    let flat = |_| 0.0;
    let outings = made(&Made { noise: 0.0, lift: flat, ..PLAIN }, 1);
    assert_eq!(found(&outings), []);
    let draft =
        Draft { hour: Some(3), form: Form::Live, length: 0, media: Some(1), promoted: true };
    let range = expected(&outings, &draft).unwrap();
    assert!((range.most.1 - range.most.0) < 1.0 && (range.middle - 148.0).abs() < 1.0, "{range:?}");
}

#[rstest]
#[case::plain(PLAIN)]
#[case::rising(Made { trend: 2.0, ..PLAIN })]
#[case::hours(Made { lift: |h| if h % 24 >= 18 { 0.8 } else { 0.0 }, ..PLAIN })]
#[case::few(Made { posts: 80, ..PLAIN })]
fn ranges_hold_as_often_as_they_say(#[case] channel: Made) {
    let (mut most, mut half, mut all) = (0.0, 0.0, 0.0);
    for seed in 10..14 {
        let eval = evaluate(&made(&channel, seed), Tz::UTC).unwrap();
        let n = f64::from(eval.held_back - eval.refused);
        (most, half, all) = (most + eval.most * n, half + eval.half * n, all + n);
    }
    let (most, half) = (most / all, half / all);
    assert!((0.74..=0.88).contains(&most), "80 %: {most}");
    assert!((0.43..=0.60).contains(&half), "50 %: {half}");
}

#[test]
fn what_is_held_back_changes_nothing_of_what_was_told_before() {
    let outings = made(&PLAIN, 4);
    let whole = evaluate(&outings, Tz::UTC).unwrap();
    let mut other = outings.clone();
    let held = whole.held_back as usize;
    let first = outings.len() - held;
    other[first..].iter_mut().for_each(|o| o.y += 3.0);
    let other = evaluate(&other, Tz::UTC).unwrap();
    assert_eq!((whole.learned, &whole.better), (other.learned, &other.better));
    assert_ne!((whole.most, whole.wide), (other.most, other.wide));
}

#[test]
fn a_lift_that_is_there_is_seen_on_what_was_held_back() {
    let lift = |hour: usize| if hour % 24 == 20 { 1.0 } else { 0.0 };
    let eval = evaluate(&made(&Made { lift, posts: 400, ..PLAIN }, 2), Tz::UTC).unwrap();
    let seen = eval.lift.unwrap();
    assert!(seen.low > 1.0 && seen.times > 1.7 && seen.times < 4.5, "{seen:?}");
}

#[test]
fn figures_times_and_ripeness_are_those_of_the_posts() {
    let post = |id: &str, at: Time, likes: i64, read: Option<Time>| PastPost {
        channel: crate::domain::ChannelId("weibo".into()),
        platform: "weibo".into(),
        id: id.into(),
        at,
        form: Form::ShortVideo,
        title: String::new(),
        text: String::new(),
        length: 7,
        media: None,
        promoted: false,
        permalink: None,
        values: [("likes".to_owned(), likes)].into(),
        read,
    };
    let posts = [
        post("b", MONDAY + Span::hours(30), 0, None),
        post("a", MONDAY, 99, Some(MONDAY + Span::hours(24))),
        post("young", MONDAY, 5, Some(MONDAY + Span::hours(2))),
    ];
    let out = outings(&posts, "interactions", Tz::Asia__Shanghai);
    let hours: Vec<_> = out.iter().map(|o| (o.hour, o.y)).collect();
    assert_eq!(hours, [(8, 100.0_f64.ln()), (24 + 14, 0.0)]);
    assert_eq!(outings(&posts, "reads", Tz::UTC), []);
}
