//! What a day, a week or a month came to.

use super::super::memory::each;
use super::super::pool;
use super::service::{name, waiting};
use super::{Read, alerts, calendar, failed, feedback, figures_of, series};
use crate::domain::alert::{About, Alert};
use crate::domain::figure::board::{self, Told};
use crate::domain::figure::book::GoalSet;
use crate::domain::figure::goal::Standing;
use crate::domain::figure::{Book, Grain, Sample};
use crate::domain::kpi::{Bucket, Metric, Resolution};
use crate::domain::past_post::INTERACTIONS;
use crate::domain::policy::Policies;
use crate::domain::report::{
    Arrivals, At, BACK, MOST_POSTS, MOST_TOPICS, Missing, Of, Part, Period, Report, Service, Slots,
    Topic, lines, missing,
};
use crate::domain::service::{By, Row, Served};
use crate::domain::slot::{Cadence, Slot};
use crate::domain::{Channel, ChannelId, Head, Message, PastPost, Span, Time, words};
use crate::store::{KeyRange, Store, StoreError, keys, records};
use crate::wire::figure::{Figure, ReportOf};
use crate::wire::post::Days;
use chrono::{Datelike, Timelike};
use std::collections::BTreeMap;

/// An hour in milliseconds.
const HOUR: u64 = 3_600_000;
/// How far back goals are followed.
const GOALS_BACK: Span = Span::hours(24 * 400);
/// The most figures of a desk that are read.
const MOST_FIGURES: usize = 2_000;
/// The most posts of a channel in the period that are looked at.
const MOST_READ: usize = 5_000;
/// The most waiting conversations that are looked at for the oldest.
const MOST_WAITING: usize = 5_000;
/// The most feedback tags.
const MOST_TAGS: usize = 20;

/// What the desk knows beside its store.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// What it says of figures.
    pub book: &'a Book,
    /// Its policies.
    pub policies: &'a Policies,
    /// Its channels.
    pub channels: &'a [Channel],
    /// When posts are planned.
    pub cadences: &'a [Cadence],
    /// How many conversations wait now.
    pub open: u64,
}

/// What the period that a day lies in came to. Past figures of service, of arrivals and of channels
/// are those that are kept, so its cost grows with the period and the figures, not with the
/// conversations.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn report(store: &dyn Store, desk: &Desk<'_>, of: &ReportOf, now: Time) -> Read<Report> {
    let zone = of.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let period = Period::new(of.of, of.day, zone, now);
    let is_asked = |id: &ChannelId| of.channel.as_ref().is_none_or(|only| only == id);
    let channels: Vec<&Channel> = desk.channels.iter().filter(|c| is_asked(&c.id)).collect();
    let slots = slots(store, desk, &period, now)?;
    let (mut parts, mut posts, mut more) = (Vec::new(), Vec::new(), Vec::new());
    let mut left = MOST_FIGURES;
    for channel in &channels {
        let figures = figures_of(store, &channel.id)?;
        let read = figures.len().min(left);
        left -= read;
        if read < figures.len() {
            more.push(Missing::TooMany(MOST_FIGURES as u64));
        }
        let mut part = part(store, desk.book, channel, &figures[..read], &period)?;
        part.slots = slots.get(&channel.id).copied().unwrap_or_default();
        let found = posts_of(store, &channel.id, &period).map_err(failed)?;
        part.posts = found.len() as u64;
        if found.len() == MOST_READ {
            more.push(Missing::Posts(channel.id.clone(), MOST_READ as u64));
        }
        posts.extend(found.into_iter().filter_map(|p| Some((p.figure(INTERACTIONS)?, p))));
        posts.sort_by(|a: &(u64, PastPost), b| b.0.cmp(&a.0).then_with(|| b.1.at.cmp(&a.1.at)));
        posts.truncate(MOST_POSTS);
        parts.push(part);
    }
    more.dedup();
    let mut report = Report {
        made: now,
        only: of.channel.clone(),
        book: desk.book.clone(),
        channels: parts,
        arrivals: arrivals(store, &channels, of.channel.as_ref(), &period).map_err(failed)?,
        service: service(store, desk, of.channel.as_ref(), &period, now).map_err(failed)?,
        posts: posts.into_iter().map(|(_, post)| post).collect(),
        alerts: raised(store, of.channel.as_ref(), &period)?,
        topics: topics(store, of.channel.as_ref(), &period).map_err(failed)?,
        // A tag is of a conversation; which channel's it was is not kept with it.
        feedback: if of.channel.is_none() { tags(store, &period)? } else { Vec::new() },
        missing: Vec::new(),
        period,
    };
    report.missing = missing(&report);
    report.missing.extend(more);
    Ok(report)
}

/// A channel's figures and goals.
fn part(
    store: &dyn Store,
    book: &Book,
    channel: &Channel,
    figures: &[Figure],
    period: &Period,
) -> Read<Part> {
    let mut told: BTreeMap<String, Vec<(Time, Sample)>> = BTreeMap::new();
    for figure in figures {
        let reach = (period.from - BACK, period.until);
        told.insert(figure.name.clone(), series(store, figure, Grain::Hour, reach)?);
    }
    let at = At { book, platform: &channel.platform, period };
    let (lines, unmade) = lines(&at, &told);
    let goals = goals(store, book, channel, &told, period)?;
    let slots = Slots::default();
    Ok(Part { channel: channel.clone(), lines, unmade, goals, slots, posts: 0 })
}

/// How a channel's goals stood at the end of the period.
fn goals(
    store: &dyn Store,
    book: &Book,
    channel: &Channel,
    told: &BTreeMap<String, Vec<(Time, Sample)>>,
    period: &Period,
) -> Read<Vec<(GoalSet, Standing)>> {
    let mut found = Vec::new();
    let of_channel = book.goals.iter().filter(|goal| goal.channel == channel.id);
    for goal in of_channel {
        let Some(hours) = told.get(&goal.figure) else { continue };
        let figure = Figure { channel: channel.id.clone(), name: goal.figure.clone() };
        let reach = (period.until - GOALS_BACK, period.until);
        let days = series(store, &figure, Grain::Day, reach)?;
        let of = Told { hours: hours.clone(), days };
        let at = board::At {
            book,
            channel: &channel.id.0,
            platform: &channel.platform,
            now: period.until,
            zone: period.zone(),
        };
        let stands = board::board(&at, &BTreeMap::from([(goal.figure.clone(), of)]));
        found.extend(stands.into_iter().filter_map(|stand| stand.goal));
    }
    Ok(found)
}

/// What became of the period's planned posts, by channel.
fn slots(
    store: &dyn Store,
    desk: &Desk<'_>,
    period: &Period,
    now: Time,
) -> Read<BTreeMap<ChannelId, Slots>> {
    let days = u16::try_from(period.days().count()).unwrap_or(Days::MOST);
    let days = Days { from: period.from, days };
    let calendar = calendar(store, desk.cadences, period.zone(), days, now)?;
    let mut found: BTreeMap<ChannelId, Slots> = BTreeMap::new();
    let within = |slot: &&Slot| slot.at >= period.from && slot.at < period.until;
    for slot in calendar.slots.iter().filter(within) {
        found.entry(slot.channel.clone()).or_default().count(slot.state);
    }
    Ok(found)
}

/// A channel's posts that went out in the period, the oldest first.
fn posts_of(
    store: &dyn Store,
    channel: &ChannelId,
    period: &Period,
) -> Result<Vec<PastPost>, StoreError> {
    let range = KeyRange {
        from: keys::past_post(channel, period.from, ""),
        to: Some(keys::past_post(channel, period.until, "")),
    };
    let page = records::page(store, &range, MOST_READ, crate::store::Direction::Forward)?;
    Ok(page.rows.into_iter().map(|(_, post)| post).collect())
}

/// What came to a channel (`None` = to all) in each hour of a time.
fn buckets(
    store: &dyn Store,
    channel: Option<&ChannelId>,
    metric: Metric,
    (from, to): (Time, Time),
) -> Result<Vec<(Time, i64)>, StoreError> {
    let key = |at| keys::bucket(channel, metric, Resolution::Hour, at);
    let mut found = Vec::new();
    each(store, KeyRange { from: key(from), to: Some(key(to)) }, |key, value| {
        let Some((.., start)) = keys::bucket_parts(key) else { return Ok(()) };
        let bucket: Bucket = records::decode(key, value)?;
        found.push((start, bucket.sum));
        Ok(())
    })?;
    Ok(found)
}

fn count(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or(0)
}

/// What came in and went out.
fn arrivals(
    store: &dyn Store,
    channels: &[&Channel],
    only: Option<&ChannelId>,
    period: &Period,
) -> Result<Arrivals, StoreError> {
    let before = period.before();
    let (now, was) = ((period.from, period.until), (before.from, before.until));
    let sum = |channel, metric, time| -> Result<u64, StoreError> {
        let hours = buckets(store, channel, metric, time)?;
        Ok(count(hours.iter().map(|(_, n)| n).sum()))
    };
    let came = buckets(store, only, Metric::Arrivals, now)?;
    let replies = buckets(store, only, Metric::Replies, now)?;
    let (zone, all) = (period.zone(), |of: &[(Time, i64)]| count(of.iter().map(|(_, n)| n).sum()));
    let points = |of: &[(Time, i64)]| -> Vec<u64> {
        let stretches: Vec<(Time, Time)> = match period.of {
            Of::Day => {
                let hours = (period.until - period.from).0.unsigned_abs().div_ceil(HOUR);
                let hour = |n: u64| {
                    let from = period.from + Span::hours(n.cast_signed());
                    (from, from + Span::hours(1))
                };
                (0..hours).map(hour).collect()
            }
            Of::Week | Of::Month => period.told().into_iter().map(|(_, cut)| cut).collect(),
        };
        let within = |(from, to): &(Time, Time)| {
            let inside = of.iter().filter(|(at, _)| at >= from && at < to);
            count(inside.map(|(_, n)| n).sum())
        };
        stretches.iter().map(within).collect()
    };
    let mut hours = vec![[0; 24]; 7];
    for (at, n) in &came {
        let at = at.in_zone(zone);
        let day = at.weekday().num_days_from_monday() as usize;
        hours[day][at.hour() as usize] += count(*n);
    }
    let mut by_channel = Vec::new();
    for channel in channels {
        let id = Some(&channel.id);
        let (n, was) = (sum(id, Metric::Arrivals, now)?, sum(id, Metric::Arrivals, was)?);
        if n > 0 || was > 0 {
            by_channel.push((channel.id.clone(), n, was));
        }
    }
    by_channel.sort_by_key(|(_, n, was)| std::cmp::Reverse((*n, *was)));
    Ok(Arrivals {
        came: (all(&came), sum(only, Metric::Arrivals, was)?),
        replies: (all(&replies), sum(only, Metric::Replies, was)?),
        by_channel,
        points: points(&came),
        reply_points: points(&replies),
        hours,
    })
}

/// Service figures of the period, of one channel or of all.
fn service(
    store: &dyn Store,
    desk: &Desk<'_>,
    only: Option<&ChannelId>,
    period: &Period,
    now: Time,
) -> Result<Service, StoreError> {
    let (before, zone) = (period.before(), period.zone());
    let mut rows: [BTreeMap<String, Row>; 3] = Default::default();
    let of = [By::Operator, By::Channel, By::Hour];
    let (mut total, mut outside) = (Row::default(), Served::default());
    each(store, keys::served(before.from, period.until), |key, value| {
        let Some(Ok(cell)) = keys::served_parts(key) else { return Ok(()) };
        let is_now = cell.hour >= period.from;
        let is_other = only.is_some_and(|only| *only != cell.channel);
        if is_other || !is_now && cell.hour >= before.until {
            return Ok(());
        }
        let served: Served = records::decode(key, value)?;
        if cell.operator.is_none() {
            if is_now {
                outside.merge(&served);
            }
            return Ok(());
        }
        let places = rows.iter_mut().zip(of);
        let places = places.map(|(rows, by)| rows.entry(name(by, &cell, zone)).or_default());
        for row in places.chain([&mut total]) {
            if is_now { &mut row.now } else { &mut row.before }.merge(&served);
        }
        Ok(())
    })?;
    let (waiting, is_whole) = waiting(store, By::Channel, desk.policies, MOST_WAITING)?;
    let waits = || waiting.iter().filter(|(id, _)| only.is_none_or(|only| only.0 == **id));
    let open = match only {
        None => desk.open,
        Some(_) => waits().map(|(_, (n, _))| n).sum(),
    };
    // Reckoned back from now, by what has changed since.
    let since = |at: Time| -> Result<i64, StoreError> {
        let hours = buckets(store, only, Metric::Backlog, (at, now + Span::hours(1)))?;
        Ok(hours.iter().map(|(_, n)| n).sum())
    };
    let at = |since: i64| count(i64::try_from(open).unwrap_or(i64::MAX).saturating_sub(since));
    let end = if period.is_over() { since(period.to)? } else { 0 };
    let [operators, channels, hours] = rows.map(|rows| {
        let rows = rows.into_iter().map(|(name, row)| Row { name, ..row });
        rows.collect::<Vec<Row>>()
    });
    let most = |mut rows: Vec<Row>| {
        rows.sort_by_key(|row| std::cmp::Reverse(row.now.responses()));
        rows
    };
    Ok(Service {
        total,
        operators: most(operators),
        channels: most(channels),
        hours,
        outside,
        backlog: (at(since(period.from)?), at(end)),
        oldest: waits().filter_map(|(_, (_, oldest))| *oldest).min(),
        is_whole,
    })
}

/// The alerts that were raised in the period, the oldest first.
fn raised(store: &dyn Store, only: Option<&ChannelId>, period: &Period) -> Read<Vec<Alert>> {
    let mut found = alerts(store, period.from, period.until)?;
    found.retain(|alert| {
        let is_asked = match (&alert.about, only) {
            (_, None) => true,
            (About::Figure(channel, _), Some(only)) => channel == only,
            (About::Arrivals | About::Complaints, Some(_)) => false,
        };
        is_asked && alert.at >= period.from
    });
    found.sort_by_key(|alert| (alert.at, alert.id));
    Ok(found)
}

/// What was asked most in the period.
fn topics(
    store: &dyn Store,
    only: Option<&ChannelId>,
    period: &Period,
) -> Result<Vec<Topic>, StoreError> {
    let within = |asked: &&crate::domain::pool::Asked| {
        let is_asked = only.is_none_or(|only| *only == asked.channel);
        is_asked && asked.at >= period.from && asked.at < period.until
    };
    let counted = pool::all(store)?.into_iter().filter_map(|topic| {
        let times = topic.asked.iter().filter(within).count() as u64;
        (times > 0).then_some((times, topic))
    });
    let mut counted: Vec<_> = counted.collect();
    counted.sort_by_key(|(times, topic)| std::cmp::Reverse((*times, topic.times(), topic.id)));
    counted.truncate(MOST_TOPICS);
    let text = |(times, topic): (u64, crate::domain::pool::Topic)| {
        let all = u64::from(topic.times());
        let first = topic.asked.first().map(|asked| keys::message(asked.message));
        let text = match (topic.title.is_empty(), first) {
            (true, Some(first)) => {
                let message: Option<Message> = records::get(store, &first)?;
                let text = message.map(|m| m.text).unwrap_or_default();
                words::beginning(&text, Head::EXCERPT).to_owned()
            }
            _ => topic.title,
        };
        Ok(Topic { text, times, all })
    };
    counted.into_iter().map(text).collect()
}

/// How often each feedback tag was put on, the most frequent first.
fn tags(store: &dyn Store, period: &Period) -> Read<Vec<(String, u64, u64)>> {
    let rows = feedback(store, period.from, period.until)?;
    let row = rows.into_iter().map(|row| (row.tag, row.count, row.before));
    Ok(row.take(MOST_TAGS).collect())
}
