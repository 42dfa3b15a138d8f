//! What carries an alert, and what may be behind it.

use super::group::Group;
use super::query;
use super::watch::{hours_of, steps, unread, zone};
use crate::domain::alert::{About, Carrier};
use crate::domain::anomaly::Way;
use crate::domain::figure::board::{self, Told};
use crate::domain::figure::{Grain, period};
use crate::domain::kpi::Metric;
use crate::domain::{
    ChannelId, Conversation, Intent, Message, MessageRef, PastPost, Span, Time, words,
};
use crate::store::{Direction, StoreError, keys, records};
use crate::wire::figure::Figure;
use std::collections::{BTreeMap, BTreeSet};

/// The most channels, and the most posts, that are told.
const MOST: (usize, usize) = (5, 3);
/// A smaller share of a change than this carries nothing.
const LEAST: f64 = 0.1;
/// Posts that went out so long before the end of a step may still carry it, by the hour and by the day.
const POSTS: (Span, Span) = (Span::hours(72), Span::hours(24 * 7));
/// The newest posts of a channel, and the newest conversations, that are looked at.
const LOOKED_AT: (usize, usize) = (200, 2_000);
/// How far back what comes in is looked at for what is usual on a channel.
const BACK: Span = Span::hours(24 * 15);
/// The most bytes of the beginning of a post.
const TEXT: usize = 120;

/// How far channels are from what is usual.
type Changes = Vec<(ChannelId, f64)>;

/// What was found out last: alerts that are raised at the same time mostly ask for the same.
#[derive(Debug, Default)]
pub struct Found {
    causes: Option<((ChannelId, Time), Vec<String>)>,
    changes: Option<((String, Time), Changes)>,
}

/// What carries a change that was found in the step that begins then, the largest share first.
///
/// # Errors
/// When the store cannot be read.
pub fn carriers(
    group: &mut Group<'_>,
    about: &About,
    (way, at): (Way, Time),
    step: Span,
) -> Result<Vec<Carrier>, StoreError> {
    let (changes, posts) = match about {
        About::Figure(channel, name) => {
            let changes = changes_of(group, name, at)?;
            (changes, posts_of(group, channel, name, at, step)?)
        }
        About::Arrivals => came_in(group, Metric::Arrivals, at)?,
        About::Complaints => came_in(group, Metric::Complaints, at)?,
    };
    let mut carriers = by_channel(changes, way);
    carriers.extend(posts);
    Ok(carriers)
}

/// The channels whose change goes this way, by their share of all that goes this way; none where only
/// one tells of it.
fn by_channel(changes: Changes, way: Way) -> Vec<Carrier> {
    if changes.len() < 2 {
        return Vec::new();
    }
    let sign = if way == Way::Burst { 1.0 } else { -1.0 };
    let part = |(_, change): &(ChannelId, f64)| (change * sign).max(0.0);
    let all: f64 = changes.iter().map(part).sum();
    let mut shares: Vec<Carrier> = Vec::new();
    for change in changes {
        let share = part(&change) / all;
        if share >= LEAST {
            shares.push(Carrier { channel: change.0, post: None, share });
        }
    }
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    shares.truncate(MOST.0);
    shares
}

/// How far the figure of this name is from what is usual, on each channel that tells it.
fn changes_of(group: &mut Group<'_>, name: &str, at: Time) -> Result<Changes, StoreError> {
    let of = (name.to_owned(), at);
    if let Some((known, changes)) = &group.memory.watching.found.changes
        && *known == of
    {
        return Ok(changes.clone());
    }
    let configured = group.setup.channels.iter().map(|c| &c.id);
    let channels: BTreeSet<ChannelId> =
        configured.chain(group.memory.channels.keys()).cloned().collect();
    let mut changes = Vec::new();
    for channel in channels {
        let Some(told) = steps(group, &channel, name)? else { continue };
        let value = told.steps.iter().find(|(t, _)| *t == at).map(|(_, v)| *v);
        let usual = period::usual(&told.steps, at, zone(group));
        if let (Some(value), Some(usual)) = (value.filter(|v| v.is_finite()), usual) {
            changes.push((channel, value - usual.value));
        }
    }
    group.memory.watching.found.changes = Some((of, changes.clone()));
    Ok(changes)
}

/// The posts of a channel that were out for a short time when it was found: by their share of the
/// figure if they tell it, else the newest.
fn posts_of(
    group: &Group<'_>,
    channel: &ChannelId,
    name: &str,
    at: Time,
    step: Span,
) -> Result<Vec<Carrier>, StoreError> {
    let end = at + step;
    let back = if step < Span::hours(24) { POSTS.0 } else { POSTS.1 };
    let posts = query::past_posts(group.store, channel, LOOKED_AT.0).map_err(unread)?;
    let mut near: Vec<&PastPost> =
        posts.iter().filter(|p| p.at < end && p.at >= end - back).collect();
    let figure = |post: &PastPost| post.figure(name).unwrap_or(0) as f64;
    let all: f64 = near.iter().map(|post| figure(post)).sum();
    if all > 0.0 {
        near.sort_by(|a, b| figure(b).total_cmp(&figure(a)));
        near.retain(|post| figure(post) / all >= LEAST);
    }
    let carrier = |post: &PastPost| Carrier {
        channel: channel.clone(),
        post: Some((post.id.clone(), head(&post.title, &post.text))),
        share: if all > 0.0 { figure(post) / all } else { 0.0 },
    };
    Ok(near.into_iter().take(MOST.1).map(carrier).collect())
}

fn head(title: &str, text: &str) -> String {
    let text = if title.trim().is_empty() { text } else { title };
    words::beginning(text.trim(), TEXT).to_owned()
}

/// How far what came in in an hour is from what is usual, on each channel; and the posts that it hangs
/// on.
fn came_in(
    group: &Group<'_>,
    metric: Metric,
    at: Time,
) -> Result<(Changes, Vec<Carrier>), StoreError> {
    let configured = group.setup.channels.iter().map(|c| &c.id);
    let channels: BTreeSet<ChannelId> =
        configured.chain(group.memory.channels.keys()).cloned().collect();
    let mut changes = Vec::new();
    for channel in channels {
        let hours = hours_of(group, Some(&channel), metric, BACK)?;
        let value = hours.iter().find(|(t, _)| *t == at).map_or(0.0, |(_, v)| *v);
        let usual = period::usual(&hours, at, zone(group)).map_or(0.0, |u| u.value);
        if value > 0.0 || usual > 0.0 {
            changes.push((channel, value - usual));
        }
    }
    Ok((changes, commented(group, metric, at)?))
}

/// The posts that what came in in an hour hangs on, by their share of it.
fn commented(group: &Group<'_>, metric: Metric, at: Time) -> Result<Vec<Carrier>, StoreError> {
    let until = at + Span::hours(1);
    let range = keys::conversations();
    let newest =
        records::page::<Conversation>(group.store, &range, LOOKED_AT.1, Direction::Backward)?;
    let mut all = 0.0;
    let mut hangs: BTreeMap<MessageRef, (ChannelId, f64)> = BTreeMap::new();
    for (_, c) in newest.rows {
        let began = c.first_inbound.is_some_and(|first| first >= at && first < until);
        let is_one = metric == Metric::Arrivals
            || c.class().is_some_and(|class| class.intent == Intent::Complaint);
        if began && is_one {
            all += 1.0;
            if let Some(about) = c.about {
                hangs.entry(about).or_insert_with(|| (c.channel, 0.0)).1 += 1.0;
            }
        }
    }
    let mut posts: Vec<_> = hangs.into_iter().filter(|(_, (_, n))| n / all >= LEAST).collect();
    posts.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
    let mut carriers = Vec::new();
    for (about, (channel, n)) in posts.into_iter().take(MOST.1) {
        let post: Option<Message> = records::get(group.store, &keys::message(about))?;
        if let Some(post) = post {
            let said = (post.platform_id, head("", &post.text));
            carriers.push(Carrier { channel, post: Some(said), share: n / all });
        }
    }
    Ok(carriers)
}

/// The rules for causes that hold on a channel now, by what the last day came to.
///
/// # Errors
/// When the store cannot be read.
pub fn causes(group: &mut Group<'_>, channel: &ChannelId) -> Result<Vec<String>, StoreError> {
    let (now, book) = (group.now, group.setup.figures.clone());
    let of = (channel.clone(), now.floor_hour());
    if let Some((known, causes)) = &group.memory.watching.found.causes
        && *known == of
    {
        return Ok(causes.clone());
    }
    let platform = group
        .configured(channel)
        .or_else(|| group.memory.channels.get(channel))
        .map(|c| c.platform.clone())
        .unwrap_or_default();
    let fits = |platforms: &[String]| platforms.is_empty() || platforms.contains(&platform);
    let rules: Vec<_> = book.diagnoses.iter().filter(|d| fits(&d.platforms)).collect();
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for name in rules.iter().flat_map(|rule| rule.when.names()) {
        let parts = match book.rate(name) {
            Some(rate) => rate.formula.names(),
            None => [name].into(),
        };
        for name in parts {
            if told.contains_key(name) {
                continue;
            }
            let figure = Figure { channel: channel.clone(), name: name.to_owned() };
            let time = (now - board::BACK, now + Span::hours(1));
            let hours = query::series(group.store, &figure, Grain::Hour, time).map_err(unread)?;
            told.insert(name.to_owned(), Told { hours, days: Vec::new() });
        }
    }
    told.retain(|_, told| !told.hours.is_empty());
    let at =
        board::At { book: &book, channel: &channel.0, platform: &platform, now, zone: zone(group) };
    let stands = board::board(&at, &told);
    let value = |name: &str, is_usual: bool| {
        let stand = stands.iter().find(|stand| stand.name == name)?;
        if is_usual { stand.day_usual.map(|usual| usual.value) } else { stand.day }
    };
    let holds = rules.into_iter().filter(|rule| rule.when.holds(&value));
    let causes: Vec<String> = holds.map(|rule| rule.name.clone()).collect();
    group.memory.watching.found.causes = Some((of, causes.clone()));
    Ok(causes)
}
