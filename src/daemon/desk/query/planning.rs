//! Posts that are out, and what is reckoned from them.

use super::super::library;
use super::{Read, failed};
use crate::domain::best::{self, Draft, hour_of_week, outings};
use crate::domain::library::Asset;
use crate::domain::{ChannelId, PastPost, past_post};
use crate::store::{Direction, KeyRange, Read as _, Store, StoreError, keys, records};
use crate::wire::planning::{AssetRow, BestOf, ExpectedOf, History, Range};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// The most channels told of.
const MOST_CHANNELS: usize = 200;
/// How many of the newest posts say which figures there are.
const LOOKED_AT: usize = 20;

/// The asset library, by number.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn assets(store: &dyn Store) -> Read<Vec<AssetRow>> {
    let uses = library::uses(store).map_err(failed)?;
    let row = |asset: Asset| {
        let of = uses.get(&asset.id).copied().unwrap_or_default();
        AssetRow { asset, posts: of.posts, last: of.last }
    };
    Ok(library::assets(store).map_err(failed)?.into_iter().map(row).collect())
}

/// A channel's newest posts that are out, the newest first.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn past_posts(store: &dyn Store, channel: &ChannelId, most: usize) -> Read<Vec<PastPost>> {
    let range = keys::past_posts_of(channel);
    let page = records::page(store, &range, most, Direction::Backward).map_err(failed)?;
    Ok(page.rows.into_iter().map(|(_, post)| post).collect())
}

/// The channels that have posts that are out.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn histories(store: &dyn Store) -> Read<Vec<History>> {
    let mut all = Vec::new();
    let mut range = keys::past_posts();
    while let Some((channel, first)) = first_of(store, &range).map_err(failed)? {
        let of = keys::past_posts_of(&channel);
        let mut posts = 0;
        super::super::memory::each(store, of.clone(), |_, _| {
            posts += 1;
            Ok(())
        })
        .map_err(failed)?;
        let newest = past_posts(store, &channel, LOOKED_AT)?;
        let last = newest.first().map_or(first, |post| post.at);
        let metrics: BTreeSet<&String> = newest.iter().flat_map(|p| p.values.keys()).collect();
        let metrics = metrics.into_iter().cloned().collect();
        all.push(History { channel, posts, between: (first, last), metrics });
        match of.to {
            Some(end) if all.len() < MOST_CHANNELS => range.from = end,
            _ => break,
        }
    }
    Ok(all)
}

fn first_of(
    store: &dyn Store,
    range: &KeyRange,
) -> Result<Option<(ChannelId, crate::domain::Time)>, StoreError> {
    let first = store.range(range, 1, Direction::Forward)?;
    let parts = first.rows.first().and_then(|(key, _)| keys::past_post_parts(key));
    Ok(parts.map(|(channel, at, _)| (channel, at)))
}

/// When posts do best on a channel; with `eval` how that holds on its later months.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn best(
    store: &dyn Store,
    zone: Tz,
    channel: ChannelId,
    metric: String,
    eval: bool,
) -> Read<BestOf> {
    let posts = past_posts(store, &channel, past_post::MOST_READ)?;
    let outings = outings(&posts, &metric, zone);
    let best = best::best(&outings);
    let eval = eval.then(|| best::evaluate(&outings, zone));
    Ok(BestOf { channel, metric, best, eval })
}

/// What a draft may bring.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn expected(store: &dyn Store, zone: Tz, of: &ExpectedOf) -> Read<Range> {
    let posts = past_posts(store, &of.channel, past_post::MOST_READ)?;
    let draft = Draft {
        hour: of.at.and_then(|at| u8::try_from(hour_of_week(at, zone)).ok()),
        form: of.form,
        length: of.length,
        media: of.media,
        promoted: of.promoted,
    };
    Ok(best::expected(&outings(&posts, &of.metric, zone), &draft))
}
