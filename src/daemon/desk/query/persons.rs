//! A person's past: their conversations on a channel.

use super::super::records::Facts;
use super::archive::{messages_wherever, wherever};
use super::{Read, failed};
use crate::domain::history::{self, Brief, Past, Whom};
use crate::domain::{ChannelId, Conversation, ConversationId, Refusal};
use crate::store::{Direction, Read as Reads, Store, StoreError, keys, records};

/// Conversations looked at for [`brief`], which is asked for with each conversation in view.
const FEW: usize = 24;

/// A person's past.
///
/// # Errors
/// [`Refusal::NoSuchConversation`], [`Refusal::NoQuestion`] for one that nobody wrote in, and
/// [`Refusal::Store`].
pub fn past(store: &dyn Store, whom: &Whom) -> Read<Past> {
    let (channel, who) = match whom {
        Whom::Named(channel, who) => (channel.clone(), who.clone()),
        Whom::Of(id) => {
            let found = wherever(store, &[*id]).map_err(failed)?;
            let c = found.into_iter().next().ok_or(Refusal::NoSuchConversation(*id))?;
            let who = speaks(&c).ok_or(Refusal::NoQuestion(*id))?.to_owned();
            (c.channel, who)
        }
    };
    gather(store, channel, who).map_err(failed)
}

fn gather(store: &dyn Store, channel: ChannelId, who: String) -> Result<Past, StoreError> {
    let (conversations, more) = newest(store, &channel, &who, history::MOST)?;
    let mut left = history::MOST_MESSAGES;
    let mut all = Vec::new();
    for c in conversations {
        let messages = if left == 0 { Vec::new() } else { messages_wherever(store, c.id)? };
        let messages: Vec<_> = messages.into_iter().map(|(_, m)| m).take(left).collect();
        left -= messages.len();
        all.push((c, messages));
    }
    let facts: Facts = records::get(store, &Facts::key())?.unwrap_or_default();
    Ok(Past::of(channel, who, all, more, facts.people_known))
}

/// A few facts of whoever a conversation speaks of; `None` when nobody can say who it is.
///
/// # Errors
/// When the store cannot be read.
pub fn brief(store: &dyn Store, c: &Conversation) -> Result<Option<Brief>, StoreError> {
    let Some(who) = speaks(c) else { return Ok(None) };
    let (all, more) = newest(store, &c.channel, who, FEW)?;
    // As of their last message: what was told of an old conversation then is told of it now.
    Ok(Some(Brief::of(all.iter(), more, c.last_inbound.unwrap_or_default())))
}

fn speaks(c: &Conversation) -> Option<&str> {
    c.speaks_of().and_then(|head| history::known_as(&head.author))
}

/// A person's newest conversations, and whether there are more.
fn newest(
    store: &dyn Store,
    channel: &ChannelId,
    who: &str,
    most: usize,
) -> Result<(Vec<Conversation>, bool), StoreError> {
    let page = store.range(&keys::persons_of(channel, who), most, Direction::Backward)?;
    let ids = page.rows.iter().filter_map(|(key, _)| keys::person_parts(key)).map(|(.., id)| id);
    let ids: Vec<ConversationId> = ids.collect();
    Ok((wherever(store, &ids)?, page.more))
}
