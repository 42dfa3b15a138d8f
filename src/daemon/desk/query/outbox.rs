//! What is on its way out on a channel.

use super::super::memory::each;
use super::super::records::AccountFigures;
use super::{Read, failed};
use crate::domain::outbox::Stage;
use crate::domain::post::{Content, Post, Variant};
use crate::domain::{
    ChannelId, Conversation, Message, MessageKind, MessageRef, OutKind, OutPlace, Outgoing, Subject,
};
use crate::store::{Direction, KeyRange, Read as _, Store, StoreError, keys, records};
use std::collections::BTreeMap;

/// The most bytes of text in one answer.
const MOST_BYTES: usize = 2 << 20;

/// A row with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: OutPlace,
    /// The row.
    pub row: Outgoing,
    /// What it is about.
    pub about: About,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A message.
    Message {
        /// Our answer, or the message that is asked about.
        message: Box<Message>,
        /// Its conversation.
        conversation: Box<Conversation>,
    },
    /// A post.
    Post {
        /// The variant.
        variant: Box<Variant>,
        /// What it says.
        content: Box<Content>,
    },
}

/// The most posts looked at beside the other rows: they have a time to keep.
const MOST_POSTS: usize = 16;

/// Rows of a channel's outbox: posts, whose time has come, then answers and what else is asked for, of
/// these at most `limit`.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn outbox(store: &dyn Store, channel: &ChannelId, limit: usize) -> Read<Vec<Row>> {
    let mut rows = Vec::new();
    for kind in [OutKind::Publish, OutKind::Unpublish] {
        let range = keys::outbox_of_kind(channel, kind);
        rows.extend(page(store, &range, MOST_POSTS)?);
    }
    let others = page(store, &keys::outbox_of(channel), limit)?;
    rows.extend(others.into_iter().filter(|(place, _)| !place.kind.is_of_posts()));
    let mut bytes = 0;
    let mut found = Vec::new();
    for (place, row) in rows {
        let Some(about) = about(store, &place).map_err(failed)? else { continue };
        bytes += match &about {
            About::Message { message, .. } => message.text.len(),
            About::Post { content, .. } => content.text.len(),
        };
        if bytes > MOST_BYTES {
            break;
        }
        found.push(Row { place, row, about });
    }
    Ok(found)
}

fn page(store: &dyn Store, range: &KeyRange, limit: usize) -> Read<Vec<(OutPlace, Outgoing)>> {
    let page = records::page::<Outgoing>(store, range, limit, Direction::Forward);
    let rows = page.map_err(failed)?.rows.into_iter();
    Ok(rows.filter_map(|(key, row)| Some((keys::outgoing_parts(&key)?, row))).collect())
}

fn about(store: &dyn Store, place: &OutPlace) -> Result<Option<About>, StoreError> {
    match place.subject {
        Subject::Message(at) => {
            let message = records::get(store, &keys::message(at))?;
            let conversation = records::get(store, &keys::conversation(at.conversation))?;
            Ok(message.zip(conversation).map(|(message, conversation)| About::Message {
                message: Box::new(message),
                conversation: Box::new(conversation),
            }))
        }
        Subject::Post(at) => {
            let post: Option<Post> = records::get(store, &keys::post(at.post))?;
            let variant = post.as_ref().and_then(|post| post.variant(at.variant)).cloned();
            let Some(variant) = variant else { return Ok(None) };
            let content = records::get(store, &keys::post_text(at, variant.version))?;
            Ok(content.map(|content| About::Post {
                variant: Box::new(variant),
                content: Box::new(content),
            }))
        }
    }
}

/// The platform ids of what is out on a channel already: none of them is a post that a look looks for.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn known_posts(store: &dyn Store, channel: &ChannelId, most: usize) -> Read<Vec<String>> {
    let page = store.range(&keys::posts_out(channel), most, Direction::Backward);
    let rows = page.map_err(failed)?.rows.into_iter();
    let ids = rows.filter_map(|(key, _)| match keys::parse(&key) {
        Some(keys::Parsed::PostOut(_, id)) => Some(id),
        _ => None,
    });
    Ok(ids.collect())
}

/// How many rows a channel has on its way out, and how many of them wait for a person.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn waiting(store: &dyn Store, channel: &ChannelId) -> Read<(u64, u64)> {
    let (mut all, mut unconfirmed) = (0, 0);
    each(store, keys::outbox_of(channel), |key, value| {
        let row: Outgoing = records::decode(key, value)?;
        all += 1;
        unconfirmed += u64::from(matches!(row.stage, Stage::Unconfirmed { .. }));
        Ok(())
    })
    .map_err(failed)?;
    Ok((all, unconfirmed))
}

/// The platform ids of our own messages in a conversation that are certainly not the answer which
/// a look looks for: those the desk sent itself, and those that were there before it was written.
/// What was seen on the platform since may be that very answer.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn known_ids(store: &dyn Store, answer: MessageRef, most: usize) -> Read<Vec<String>> {
    let range = keys::messages(answer.conversation);
    let page = records::page::<Message>(store, &range, 200, Direction::Backward);
    let is_other = |(seq, m): &(u32, Message)| {
        m.kind != MessageKind::Inbound && (m.is_ours_from_here() || *seq < answer.seq)
    };
    let rows = page.map_err(failed)?.rows.into_iter();
    let messages = rows.filter_map(|(key, m)| match keys::parse(&key) {
        Some(keys::Parsed::Message(at)) => Some((at.seq, m)),
        _ => None,
    });
    let ids = messages.filter(is_other).map(|(_, m)| m.platform_id);
    Ok(ids.filter(|id| !id.is_empty()).take(most).collect())
}

/// The newest figures of a channel's account, by name.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn account_figures(store: &dyn Store, channel: &ChannelId) -> Read<BTreeMap<String, i64>> {
    let found = records::get::<AccountFigures>(store, &keys::account_figures(channel));
    Ok(found.map_err(failed)?.unwrap_or_default().values)
}
