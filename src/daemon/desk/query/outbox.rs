//! What is on its way out on a channel.

use super::super::memory::each;
use super::super::records::AccountFigures;
use super::{Read, failed};
use crate::domain::outbox::Stage;
use crate::domain::{
    ChannelId, Conversation, Message, MessageKind, MessageRef, OutPlace, Outgoing,
};
use crate::store::{Direction, Key, Store, keys, records};
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
    /// Our answer, or the message that is asked about.
    pub message: Message,
    /// Its conversation.
    pub conversation: Conversation,
}

/// Rows of a channel's outbox, answers first, at most `limit`.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn outbox(store: &dyn Store, channel: &ChannelId, limit: usize) -> Read<Vec<Row>> {
    let range = keys::outbox_of(channel);
    let page = records::page::<Outgoing>(store, &range, limit, Direction::Forward);
    let rows: Vec<(OutPlace, Outgoing)> = page
        .map_err(failed)?
        .rows
        .into_iter()
        .filter_map(|(key, row)| Some((keys::outgoing_parts(&key)?, row)))
        .collect();
    let places: Vec<Key> = rows.iter().map(|(at, _)| keys::message(at.message)).collect();
    let messages = records::get_each::<Message>(store, &places).map_err(failed)?;
    let places: Vec<Key> =
        rows.iter().map(|(at, _)| keys::conversation(at.message.conversation)).collect();
    let conversations = records::get_each::<Conversation>(store, &places).map_err(failed)?;
    let mut bytes = 0;
    Ok(rows
        .into_iter()
        .zip(messages)
        .zip(conversations)
        .filter_map(|(((place, row), message), conversation)| {
            Some(Row { place, row, message: message?, conversation: conversation? })
        })
        .take_while(|row| {
            bytes += row.message.text.len();
            bytes <= MOST_BYTES
        })
        .collect())
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
