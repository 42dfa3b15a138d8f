//! One conversation with its messages.

use super::archive::archived;
use super::{Read, failed, persons};
use crate::domain::{
    Conversation, ConversationId, Draft, Message, OperatorName, OutKind, Outgoing,
};
use crate::store::archive::Archived;
use crate::store::{Direction, Store, StoreError, keys, records};
use crate::wire::message::Detail;

/// The most messages of a detail.
const MOST: usize = 200;
/// The most bytes of text in a detail: well within a frame.
const MOST_BYTES: usize = 2 << 20;

/// A conversation with its newest messages and this operator's draft.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn detail(store: &dyn Store, id: ConversationId, me: &OperatorName) -> Read<Option<Detail>> {
    let found = records::get(store, &keys::conversation(id)).map_err(failed)?;
    let Some(conversation): Option<Conversation> = found else {
        return archived(store, id).and_then(|found| {
            found.map(|found| of_archived(store, found)).transpose().map_err(failed)
        });
    };
    let page = records::page::<Message>(store, &keys::messages(id), MOST, Direction::Backward);
    let mut bytes = 0;
    let mut messages: Vec<(u32, Message)> = Vec::new();
    for (key, message) in page.map_err(failed)?.rows {
        bytes += message.text.len();
        if bytes > MOST_BYTES {
            break;
        }
        if let Some(keys::Parsed::Message(at)) = keys::parse(&key) {
            messages.push((at.seq, message));
        }
    }
    messages.sort_by_key(|(seq, m)| (m.at, *seq));
    let shown = u32::try_from(messages.len()).unwrap_or(u32::MAX);
    let older = conversation.messages.saturating_sub(shown);
    let draft: Option<Draft> = records::get(store, &keys::draft(id, me)).map_err(failed)?;
    let draft_seen = draft.as_ref().and_then(|draft| draft.seen);
    let draft = draft.map(|draft| draft.text);
    let outgoing = outgoing(store, &conversation).map_err(failed)?;
    let about = match conversation.about {
        Some(post) => records::get(store, &keys::message(post)).map_err(failed)?,
        None => None,
    };
    let person = persons::brief(store, &conversation).map_err(failed)?;
    Ok(Some(Detail {
        conversation,
        messages,
        older,
        draft,
        draft_seen,
        about,
        outgoing,
        person,
        archived: None,
    }))
}

/// An archived conversation: nothing of it is drafted or on its way out.
fn of_archived(store: &dyn Store, found: Archived) -> Result<Detail, StoreError> {
    let month = found.month;
    let conversation = found.conversation.clone();
    let mut messages = found.into_messages();
    messages.reverse();
    let mut bytes = 0;
    let fits = |(_, m): &(u32, Message)| {
        bytes += m.text.len();
        bytes <= MOST_BYTES
    };
    let mut messages: Vec<_> = messages.into_iter().take(MOST).take_while(fits).collect();
    messages.sort_by_key(|(seq, m)| (m.at, *seq));
    let shown = u32::try_from(messages.len()).unwrap_or(u32::MAX);
    Ok(Detail {
        older: conversation.messages.saturating_sub(shown),
        about: match conversation.about {
            Some(post) => records::get(store, &keys::message(post))?,
            None => None,
        },
        person: persons::brief(store, &conversation)?,
        messages,
        draft: None,
        draft_seen: None,
        outgoing: Vec::new(),
        archived: Some(month),
        conversation,
    })
}

/// What is on its way out for a conversation's messages.
fn outgoing(
    store: &dyn Store,
    of: &Conversation,
) -> Result<Vec<(u32, OutKind, Outgoing)>, StoreError> {
    let mut found = Vec::new();
    for kind in OutKind::OF_MESSAGES {
        let range = keys::outbox_for(&of.channel, kind, of.id);
        let page = records::page::<Outgoing>(store, &range, MOST, Direction::Forward)?;
        for (key, row) in page.rows {
            if let Some(at) = keys::outgoing_parts(&key).and_then(|place| place.of_message()) {
                found.push((at.seq, kind, row));
            }
        }
    }
    Ok(found)
}
