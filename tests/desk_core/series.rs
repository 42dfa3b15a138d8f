//! Figures that channels tell: kept by the minute, the hour and the day, as they come, late or
//! corrected.

use crate::kit::*;
use dutydesk::daemon::desk::query;
use dutydesk::domain::figure::{Grain, Sample};
use dutydesk::domain::{ChannelId, Event, Span, Time};
use dutydesk::wire::figure::Figure;

fn told(at: Time, name: &str, value: i64) -> Event {
    let values = [(name.to_owned(), value)].into();
    Event::Metrics { channel: ChannelId("weibo".into()), at, values }
}

fn followers() -> Figure {
    Figure { channel: ChannelId("weibo".into()), name: "followers".into() }
}

fn samples(kit: &Kit, grain: Grain, back: Span) -> Vec<Sample> {
    let time = (kit.now - back, kit.now + Span::hours(48));
    let found = query::series(&*kit.store, &followers(), grain, time).unwrap();
    found.into_iter().map(|(_, sample)| sample).collect()
}

#[test]
fn values_are_rolled_up_as_they_come() {
    let mut kit = Kit::new();
    let start = Grain::Hour.sample(NOON) - Span::hours(2);
    for minute in 0..120 {
        let at = start + Span::minutes(minute);
        assert_eq!(kit.ingest(vec![told(at, "followers", 1_000 + minute)]).changed, 1);
    }
    assert_eq!(samples(&kit, Grain::Minute, Span::hours(3)).len(), 120);
    let hours = samples(&kit, Grain::Hour, Span::hours(3));
    assert_eq!(
        hours.iter().map(|h| (h.count, h.last)).collect::<Vec<_>>(),
        [(60, 1_059), (60, 1_119)]
    );
    let days = samples(&kit, Grain::Day, Span::hours(48));
    assert_eq!((days[0].count, days[0].low, days[0].high), (120, 1_000, 1_119));
    // Told again nothing changes; a correction and a late value do.
    assert_eq!(kit.ingest(vec![told(start, "followers", 1_000)]).known, 1);
    kit.ingest(vec![told(start, "followers", 900)]);
    assert_eq!(samples(&kit, Grain::Day, Span::hours(48))[0].low, 900);
    kit.check();
}

#[test]
fn what_is_too_old_for_minutes_is_kept_by_the_hour_and_by_the_day() {
    let mut kit = Kit::new();
    let old = NOON - Span::hours(24 * 30);
    kit.ingest(vec![told(old, "followers", 500), told(old, "followers", 500)]);
    assert_eq!(samples(&kit, Grain::Minute, Span::hours(24 * 60)), []);
    assert_eq!(samples(&kit, Grain::Hour, Span::hours(24 * 60))[0].last, 500);
    let very_old = NOON - Span::hours(24 * 500);
    kit.ingest(vec![told(very_old, "followers", 100)]);
    assert_eq!(samples(&kit, Grain::Hour, Span::hours(24 * 600)).len(), 1);
    let days = samples(&kit, Grain::Day, Span::hours(24 * 600));
    assert_eq!(days.iter().map(|d| d.last).collect::<Vec<_>>(), [100, 500]);
}

#[test]
fn minutes_are_let_go_when_they_have_been_kept_long_enough() {
    let mut kit = Kit::new();
    for day in 0..20 {
        let at = kit.now;
        kit.ingest(vec![told(at, "followers", day)]);
        kit.later(Span::hours(24));
    }
    let minutes = samples(&kit, Grain::Minute, Span::hours(24 * 60));
    assert!((14..=16).contains(&minutes.len()), "{}", minutes.len());
    assert_eq!(samples(&kit, Grain::Day, Span::hours(24 * 60)).len(), 20);
}

#[test]
fn every_figure_is_found_without_reading_its_pages() {
    let mut kit = Kit::new();
    for name in ["plays", "followers", "likes"] {
        for day in 0..3 {
            kit.ingest(vec![told(NOON - Span::hours(24 * day), name, day)]);
        }
    }
    let found = query::figures(&*kit.store).unwrap();
    let names: Vec<&str> = found.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["followers", "likes", "plays"]);
}

#[test]
fn the_channels_that_have_told_something_are_known() {
    let mut kit = Kit::new();
    assert_eq!(query::channels_told(&*kit.store).unwrap(), []);
    for (channel, name) in [("weibo", "a"), ("douyin", "b"), ("weibo", "c"), ("weibo-2", "a")] {
        let (channel, values) = (ChannelId(channel.into()), [(name.to_owned(), 1)].into());
        kit.ingest(vec![Event::Metrics { channel, at: NOON, values }]);
    }
    let told: Vec<String> =
        query::channels_told(&*kit.store).unwrap().into_iter().map(|c| c.0).collect();
    assert_eq!(told, ["douyin", "weibo", "weibo-2"]);
}
