//! Posts, and what their variants say.

use super::{Read, failed};
use crate::domain::post::{Content, Post};
use crate::domain::slot::SlotState;
use crate::domain::{ChannelId, PostId};
use crate::store::{Direction, Store, keys, records};

/// Posts read at a time, and the most that are looked through for one answer.
const PAGE: usize = 200;
const MOST_READ: usize = 20_000;

/// A post, and what its variants say, in their order; `None` = there is no such.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn post(store: &dyn Store, id: PostId) -> Read<Option<(Post, Vec<Content>)>> {
    let post: Option<Post> = records::get(store, &keys::post(id)).map_err(failed)?;
    let Some(post) = post.filter(|post| !post.dropped) else { return Ok(None) };
    let mut contents = Vec::with_capacity(post.variants.len());
    for v in &post.variants {
        let key = keys::post_text(post.name_of(v), v.version);
        contents.push(records::get(store, &key).map_err(failed)?.unwrap_or_default());
    }
    Ok(Some((post, contents)))
}

/// Posts with a variant on this channel (`None` = any) in one of these states (none = any), the newest
/// first, at most `limit`, those before one; true = there are more.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn posts(
    store: &dyn Store,
    channel: Option<&ChannelId>,
    states: &[SlotState],
    before: Option<PostId>,
    limit: usize,
) -> Read<(Vec<Post>, bool)> {
    let mut range = keys::posts();
    if let Some(before) = before {
        range = range.after(&keys::post(before), Direction::Backward);
    }
    let is_wanted = |post: &Post| {
        let fits = |v: &crate::domain::post::Variant| {
            channel.is_none_or(|c| v.channel == *c)
                && (states.is_empty() || states.contains(&v.state))
        };
        let any = channel.is_none() && states.is_empty();
        !post.dropped && (any || post.variants.iter().any(fits))
    };
    let mut found = Vec::new();
    for _ in 0..MOST_READ / PAGE {
        let page = records::page::<Post>(store, &range, PAGE, Direction::Backward);
        let page = page.map_err(failed)?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        for (_, post) in page.rows {
            if !is_wanted(&post) {
                continue;
            }
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push(post);
        }
        match last {
            Some(last) if page.more => range = range.after(&last, Direction::Backward),
            _ => return Ok((found, false)),
        }
    }
    Ok((found, true))
}
