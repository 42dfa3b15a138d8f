//! Claims that end with their session, and what else the end of a session leaves behind.

use super::commands::know_operator;
use super::group::Group;
use super::job::Caller;
use super::records::OperatorRecord;
use crate::domain::journal::{Actor, Change, ConversationChange, What};
use crate::domain::{ConversationId, Draft, Message, OperatorName, Refusal, SessionId, triage};
use crate::store::{StoreError, keys, records};
use crate::wire::message::Notice;

/// Conversations told of in one journal entry.
const PER_ENTRY: usize = 40;

/// A session is over: its claims go, and "since I left" begins.
///
/// # Errors
/// When the store cannot be read.
pub fn session_ended(
    group: &mut Group<'_>,
    session: SessionId,
    operator: &OperatorName,
) -> Result<(), StoreError> {
    release(group, session)?;
    know_operator(group, operator)?;
    let key = keys::operator(operator);
    let before: OperatorRecord = records::get(&group.over, &key)?.unwrap_or_default();
    let record = OperatorRecord {
        left: Some(group.now),
        seen: group.memory.facts.journal,
        received: group.memory.facts.received,
        ..before
    };
    records::put(&mut group.over, key, &record)
}

/// A session fell idle: its claims go, and its operator is told.
///
/// # Errors
/// When the store cannot be read.
pub fn idle(group: &mut Group<'_>, session: SessionId) -> Result<(), StoreError> {
    for (id, owner) in release(group, session)? {
        group.published.notices.push((owner, Notice::ClaimLost { id, by: None }));
    }
    Ok(())
}

/// Releases the claims of every session that is not alive.
///
/// # Errors
/// When the store cannot be read.
pub fn release_dead(group: &mut Group<'_>, alive: &[SessionId]) -> Result<(), StoreError> {
    let dead: Vec<SessionId> =
        group.memory.claims.keys().copied().filter(|s| !alive.contains(s)).collect();
    for session in dead {
        release(group, session)?;
    }
    Ok(())
}

fn release(
    group: &mut Group<'_>,
    session: SessionId,
) -> Result<Vec<(ConversationId, OperatorName)>, StoreError> {
    let ids = group.claimed_by(session);
    let mut released = Vec::new();
    let mut on = Vec::new();
    for id in ids {
        let Some(held) = group.hold(id)? else { continue };
        let owner = held.now.claim.as_ref().map(|claim| claim.operator.clone());
        let changes = triage::drop_claim(&mut held.now, session);
        if let (false, Some(owner)) = (changes.is_empty(), owner) {
            held.by = None;
            released.push((id, owner));
            on.push((id, changes));
        }
    }
    journal_clock(group, on)?;
    Ok(released)
}

/// Journals what happened by itself.
///
/// # Errors
/// When an entry cannot be written.
pub fn journal_clock(
    group: &mut Group<'_>,
    on: Vec<(ConversationId, Vec<Change>)>,
) -> Result<(), StoreError> {
    let on: Vec<ConversationChange> = on
        .into_iter()
        .map(|(conversation, changes)| ConversationChange { conversation, changes })
        .collect();
    for part in on.chunks(PER_ENTRY) {
        group.write_entry(Actor::Clock, What::Elapsed { on: part.to_vec() })?;
    }
    Ok(())
}

/// Keeps an operator's draft, or forgets it.
///
/// # Errors
/// When the store cannot be read.
pub fn draft(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    text: Option<String>,
    seen: Option<u32>,
) -> Result<Option<Refusal>, StoreError> {
    let operator = &by.operator;
    match group.hold(id)? {
        None => return Ok(Some(Refusal::NoSuchConversation(id))),
        Some(held) if held.now.erased.is_some() => return Ok(Some(Refusal::Erased(id))),
        Some(_) => {}
    }
    let key = keys::draft(id, operator);
    match text {
        Some(text) if text.len() > Message::MOST_TEXT => {
            Ok(Some(Refusal::TooLong { bytes: text.len(), limit: Message::MOST_TEXT }))
        }
        Some(text) if !text.is_empty() => {
            records::put(&mut group.over, key, &Draft { text, seen })?;
            tell_draft(group, by, id);
            Ok(None)
        }
        _ => {
            records::remove(&mut group.over, key)?;
            tell_draft(group, by, id);
            Ok(None)
        }
    }
}

/// Their other cockpits show the newest text, too.
fn tell_draft(group: &mut Group<'_>, by: &Caller, id: ConversationId) {
    group.published.drafts.push((by.operator.clone(), id, by.session));
}
