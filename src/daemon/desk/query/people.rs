//! What operators and channels ask for: the journal, "since I left", cursors.

use super::super::erase;
use super::super::memory::each;
use super::super::records::{Facts, Kind, OperatorRecord, OwnAction};
use super::{Read, failed};
use crate::domain::journal::{Change, Entry, What};
use crate::domain::{Channel, ChannelId, Conversation, ConversationId, Name, OperatorName, Time};
use crate::store::{Direction, Key, Read as _, Store, StoreError, keys, records};
use crate::wire::message::SinceLeft;
use crate::wire::people::Host;
use std::collections::{BTreeMap, BTreeSet};

/// The most actions of others that "since I left" looks at, and the most assignments it names.
const MOST_ACTIONS: usize = 2_000;
const MOST_ASSIGNED: usize = 100;
/// The most operators that are named.
const MOST_OPERATORS: usize = 500;

/// Journal entries from a number on, oldest first.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn journal(store: &dyn Store, from: u64, limit: usize) -> Read<Vec<(u64, Entry)>> {
    let range = keys::journals().starting_at(keys::journal(from));
    let page = records::page::<Entry>(store, &range, limit, Direction::Forward);
    let rows = page.map_err(failed)?.rows.into_iter();
    Ok(rows.filter_map(|(key, entry)| Some((keys::journal_seq(&key)?, entry))).collect())
}

/// How often texts changed on the desk; the search index compares it with what it has taken in.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn text_changes(store: &dyn Store) -> Read<u64> {
    let facts: Option<Facts> = records::get(store, &Facts::key()).map_err(failed)?;
    Ok(facts.unwrap_or_default().texts)
}

/// Whose texts changed since they had changed so often; `None` = that is too long ago to be known.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn texts_changed_since(
    store: &dyn Store,
    known: u64,
) -> Read<Option<BTreeSet<ConversationId>>> {
    let facts: Option<Facts> = records::get(store, &Facts::key()).map_err(failed)?;
    let facts = facts.unwrap_or_default();
    Ok(facts.recent.behind(known, facts.texts))
}

/// The number of the last erasure that is done; 0 = there is none.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn last_erased(store: &dyn Store) -> Read<u64> {
    let all = erase::all(store).map_err(failed)?;
    Ok(all.iter().filter(|e| e.done.is_some()).map(|e| e.number).max().unwrap_or(0))
}

/// Somebody the desk knows: when their last session ended, and where they came from.
pub type Known = (OperatorName, Option<Time>, Vec<Host>);

/// Everybody the desk knows, by name, at most 500, with when their last session ended and where they
/// came from.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn operators_with_last(store: &dyn Store) -> Read<Vec<Known>> {
    let named = operators(store)?;
    let with = |name: OperatorName| {
        let record =
            records::get::<OperatorRecord>(store, &keys::operator(&name)).map_err(failed)?;
        let record = record.unwrap_or_default();
        Ok((name, record.left, record.hosts))
    };
    named.into_iter().map(with).collect()
}

/// Everybody the desk knows, by name, at most 500.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn operators(store: &dyn Store) -> Read<Vec<OperatorName>> {
    let page = store.range(&keys::operators(), MOST_OPERATORS, Direction::Forward);
    let rows = page.map_err(failed)?.rows.into_iter();
    Ok(rows
        .filter_map(|(key, _)| match keys::parse(&key) {
            Some(keys::Parsed::Operator(name)) => Some(name),
            _ => None,
        })
        .collect())
}

/// What happened since this operator's last session ended; `None` for one who was never here.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn since_left(store: &dyn Store, me: &OperatorName) -> Read<Option<SinceLeft>> {
    let record = records::get(store, &keys::operator(me)).map_err(failed)?;
    let record: OperatorRecord = record.unwrap_or_default();
    let Some(left) = record.left else { return Ok(None) };
    let facts: Facts = records::get(store, &Facts::key()).map_err(failed)?.unwrap_or_default();
    let mut since = SinceLeft {
        left,
        arrived: facts.received.saturating_sub(record.received),
        ..SinceLeft::default()
    };
    gather(store, me, &record, &mut since).map_err(failed)?;
    Ok(Some(since))
}

/// Gathers what others did, from their own actions; only assignments are looked up in the journal.
fn gather(
    store: &dyn Store,
    me: &OperatorName,
    record: &OperatorRecord,
    since: &mut SinceLeft,
) -> Result<(), StoreError> {
    let mut others = Vec::new();
    each(store, keys::operators(), |key, _| {
        if let Some(keys::Parsed::Operator(name)) = keys::parse(key) {
            others.push(name);
        }
        Ok(())
    })?;
    let mut sums: BTreeMap<(OperatorName, Name), i64> = BTreeMap::new();
    let mut assigned = BTreeSet::new();
    let mut left = MOST_ACTIONS;
    for other in others.into_iter().filter(|name| name != me) {
        let from = keys::own_action(&other, record.seen + 1);
        let range = keys::own_actions(&other).starting_at(from);
        let page = records::page::<OwnAction>(store, &range, left, Direction::Forward)?;
        since.more |= page.more;
        left -= page.rows.len();
        for (key, action) in page.rows {
            let n = i64::from(action.conversations);
            let sum = sums.entry((other.clone(), action.name)).or_default();
            *sum += match action.kind {
                Kind::Did | Kind::Redid => n,
                Kind::Undid => -n,
                Kind::Passed => 0,
            };
            if let (Name::Assign, Some((_, seq))) = (action.name, keys::own_action_parts(&key)) {
                assigned_by(store, seq, &action, me, &mut assigned)?;
            }
        }
    }
    since.actions = sums
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|((who, name), n)| (who, name, n.cast_unsigned()))
        .collect();
    since.assigned = still_assigned(store, me, assigned)?;
    Ok(())
}

fn assigned_by(
    store: &dyn Store,
    first: u64,
    action: &OwnAction,
    me: &OperatorName,
    assigned: &mut BTreeSet<ConversationId>,
) -> Result<(), StoreError> {
    for seq in first..first + u64::from(action.entries) {
        if assigned.len() >= MOST_ASSIGNED {
            return Ok(());
        }
        let entry: Option<Entry> = records::get(store, &keys::journal(seq))?;
        let Some(Entry { what: What::Action { on, .. }, .. }) = entry else { continue };
        let to_me =
            |change: &Change| matches!(change, Change::Assignee { to: Some(to), .. } if to == me);
        let mine = on.iter().filter(|c| c.changes.iter().any(to_me));
        assigned.extend(mine.map(|c| c.conversation));
    }
    Ok(())
}

fn still_assigned(
    store: &dyn Store,
    me: &OperatorName,
    assigned: BTreeSet<ConversationId>,
) -> Result<Vec<ConversationId>, StoreError> {
    let places: Vec<Key> = assigned.iter().map(|id| keys::conversation(*id)).collect();
    let found = records::get_each::<Conversation>(store, &places)?;
    Ok(found
        .into_iter()
        .flatten()
        .filter(|c| c.assignee.as_ref() == Some(me))
        .map(|c| c.id)
        .take(MOST_ASSIGNED)
        .collect())
}

/// The cursor kept for a channel.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn cursor(store: &dyn Store, channel: &ChannelId) -> Read<Option<String>> {
    records::get(store, &keys::cursor(channel)).map_err(failed)
}

/// Channels that came with their first event, in order of name; configured ones are not here.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn channels(store: &dyn Store) -> Read<Vec<Channel>> {
    let mut channels = Vec::new();
    each(store, keys::channels(), |key, value| {
        channels.push(records::decode(key, value)?);
        Ok(())
    })
    .map_err(failed)?;
    Ok(channels)
}
