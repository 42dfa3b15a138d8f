//! The figures that channels tell.

use super::{Read, failed};
use crate::daemon::desk::memory::each;
use crate::domain::figure::board::{self, At, Stand, Told};
use crate::domain::figure::line::{self, Line};
use crate::domain::figure::{Book, Grain, Page, Sample};
use crate::domain::{ChannelId, PastPost, Span, Time};
use crate::store::{Direction, KeyRange, Read as _, Store, keys, records};
use crate::wire::figure::{Figure, LineOf, MOST_FIGURES, MOST_SAMPLES, TopPosts};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// How far back goals are followed.
const GOALS_BACK: Span = Span::hours(24 * 400);
/// The most posts of a channel that are looked at for the best.
const MOST_POSTS: usize = 5_000;

/// The samples of a figure from a moment up to (not including) another, oldest first, each with the
/// moment it begins at; the newest ones when there are more than fit.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn series(
    store: &dyn Store,
    figure: &Figure,
    grain: Grain,
    (from, to): (Time, Time),
) -> Read<Vec<(Time, Sample)>> {
    let Figure { channel, name } = figure;
    // A page that begins before may reach into the time that is asked for.
    let (first, _) = grain.place(from);
    let range = KeyRange {
        from: keys::page(channel, name, grain, first),
        to: Some(keys::page(channel, name, grain, to)),
    };
    let mut samples = Vec::new();
    each(store, range, |key, value| {
        let Some((.., start)) = keys::page_parts(key) else { return Ok(()) };
        let page: Page = records::decode(key, value)?;
        let step = grain.step().0;
        let timed = page.0.into_iter().map(|s| (Time(start.0 + i64::from(s.place) * step), s));
        samples.extend(timed.filter(|(at, _)| *at >= grain.sample(from) && *at < to));
        Ok(())
    })
    .map_err(failed)?;
    let too_many = samples.len().saturating_sub(MOST_SAMPLES);
    samples.drain(..too_many);
    Ok(samples)
}

/// Every figure of every channel, at most [`MOST_FIGURES`].
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn figures(store: &dyn Store) -> Read<Vec<Figure>> {
    figures_in(store, keys::all_pages())
}

/// Every figure of a channel.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn figures_of(store: &dyn Store, channel: &ChannelId) -> Read<Vec<Figure>> {
    figures_in(store, keys::pages_of(channel))
}

/// Every channel that has told a figure, by name.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn channels_told(store: &dyn Store) -> Read<Vec<ChannelId>> {
    let mut found = Vec::new();
    let mut range = keys::all_pages();
    loop {
        // From one channel straight to the next, however many figures it has.
        let first = store.range(&range, 1, Direction::Forward).map_err(failed)?;
        let parts = first.rows.first().and_then(|(key, _)| keys::page_parts(key));
        let Some((channel, ..)) = parts else { return Ok(found) };
        let end = keys::pages_of(&channel).to;
        found.push(channel);
        match end {
            Some(end) => range.from = end,
            None => return Ok(found),
        }
    }
}

fn figures_in(store: &dyn Store, mut range: KeyRange) -> Read<Vec<Figure>> {
    let mut found = Vec::new();
    while found.len() < MOST_FIGURES {
        // From one figure straight to the next, however many pages it has.
        let first = store.range(&range, 1, Direction::Forward).map_err(failed)?;
        let Some((key, _)) = first.rows.first() else { break };
        let Some((channel, name, ..)) = keys::page_parts(key) else { break };
        let end = keys::page(&channel, &name, Grain::Day, Time(i64::MAX));
        range = range.after(&end, Direction::Forward);
        found.push(Figure { channel, name });
    }
    Ok(found)
}

/// How the figures and rates of a channel (its id and its platform) stand.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn board(
    store: &dyn Store,
    book: &Book,
    (channel, platform): (&ChannelId, &str),
    zone: Tz,
    now: Time,
) -> Read<Vec<Stand>> {
    let mut told = BTreeMap::new();
    for figure in figures_of(store, channel)? {
        let has_goal = book.goals.iter().any(|g| g.channel == *channel && g.figure == figure.name);
        let hours = series(store, &figure, Grain::Hour, (now - board::BACK, now + Span::hours(1)))?;
        let days = match has_goal {
            true => series(store, &figure, Grain::Day, (now - GOALS_BACK, now + Span::hours(24)))?,
            false => Vec::new(),
        };
        told.insert(figure.name, Told { hours, days });
    }
    let at = board::At { book, channel: &channel.0, platform, now, zone };
    Ok(board::board(&at, &told))
}

/// A figure or rate over a time, made of the samples by the hour.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn line(store: &dyn Store, at: &At<'_>, of: &LineOf) -> Read<Line> {
    let (from, to) = of.over.bounds(at.now);
    let hours = |name: &str| {
        let figure = Figure { channel: of.figure.channel.clone(), name: name.to_owned() };
        series(store, &figure, Grain::Hour, (from - line::BEFORE, to))
    };
    let mut told = line::Told::new();
    let own = hours(&of.figure.name)?;
    let is_told = !own.is_empty();
    if is_told {
        told.insert(of.figure.name.clone(), own);
    }
    for name in line::needs(at, &of.figure.name, is_told).into_iter().filter(|_| !is_told) {
        told.insert(name.to_owned(), hours(name)?);
    }
    Ok(line::line(at, &of.figure.name, &told, of.over))
}

/// The posts that did best by a figure, the best first.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn top_posts(store: &dyn Store, asked: &TopPosts) -> Read<Vec<PastPost>> {
    let channels = match &asked.channel {
        Some(channel) => vec![channel.clone()],
        None => super::histories(store)?.into_iter().map(|h| h.channel).collect(),
    };
    let mut best: Vec<(u64, PastPost)> = Vec::new();
    for channel in channels {
        let posts = super::past_posts(store, &channel, MOST_POSTS)?;
        let within = posts.into_iter().filter(|p| p.at >= asked.from && p.at < asked.to);
        best.extend(within.filter_map(|p| Some((p.figure(&asked.by)?, p))));
    }
    best.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| b.1.at.cmp(&a.1.at)));
    best.truncate(usize::from(asked.most));
    Ok(best.into_iter().map(|(_, post)| post).collect())
}
