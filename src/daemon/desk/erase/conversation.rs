//! What becomes of the conversations that somebody who is erased wrote in.

use super::super::group::Group;
use super::super::{classes, outbox};
use super::{STEP, digest};
use crate::domain::erasure::{Erasure, Going, Gone, Stays, is_alone, is_by, scrub, scrub_in};
use crate::domain::{
    ChannelId, ConversationId, Draft, Message, MessageKind, MessageRef, OutKind, OutPlace,
};
use crate::store::{Direction, Read, StoreError, keys, records};

/// Goes on; true when all of their conversations are done.
///
/// # Errors
/// When the store cannot be read.
pub fn next(group: &mut Group<'_>, e: &mut Erasure, going: &mut Going) -> Result<bool, StoreError> {
    let theirs = keys::persons_of(&e.channel, &going.known_as);
    let mut left = STEP;
    while left > 0 {
        let rows = group.over.range(&theirs, 1, Direction::Forward)?.rows;
        let Some((key, _)) = rows.into_iter().next() else { return Ok(true) };
        if let Some((_, _, id)) = keys::person_parts(&key)
            && !empty(group, e, going, id, &mut left)?
        {
            return Ok(false);
        }
        group.over.delete(key);
        e.gone(Gone::Pointers, 1);
        // A conversation costs something, however little there is in it.
        left = left.saturating_sub(1);
    }
    Ok(false)
}

/// Empties what is theirs in a conversation, at most `left` messages of it; false when there is more.
///
/// # Errors
/// When the store cannot be read.
pub fn empty(
    group: &mut Group<'_>,
    e: &mut Erasure,
    going: &mut Going,
    id: ConversationId,
    left: &mut usize,
) -> Result<bool, StoreError> {
    group.load_all(id)?;
    let Some(held) = group.hold(id)? else { return Ok(true) };
    if held.now.channel != e.channel || held.now.erased.is_some() {
        return Ok(true);
    }
    let (c, messages) = (held.now.clone(), held.messages.clone());
    let is_theirs = |m: &Message| {
        m.kind == MessageKind::Inbound && m.erased.is_none() && is_by(&m.author, &going.known_as)
    };
    let alone = is_alone(&c, messages.iter().map(|(_, m)| m), &going.known_as);
    let head_is_theirs = c.head.as_ref().is_some_and(|h| is_by(&h.author, &going.known_as));
    let ids: Vec<String> = messages
        .iter()
        .filter(|(_, m)| is_theirs(m) && !m.platform_id.is_empty())
        .map(|(_, m)| m.platform_id.clone())
        .collect();
    let answers = |m: &Message| {
        m.kind == MessageKind::Reply
            && m.erased.is_none()
            && m.in_reply_to.as_ref().is_some_and(|id| ids.contains(id))
    };
    // What answers them is told by their ids, so it goes before these do.
    let mut go: Vec<u32> = Vec::new();
    match alone {
        true => {
            let all = messages.iter().filter(|(_, m)| m.erased.is_none());
            go.extend(all.filter(|(_, m)| m.kind != MessageKind::Post).map(|(seq, _)| *seq));
        }
        false => {
            go.extend(messages.iter().filter(|(_, m)| answers(m)).map(|(seq, _)| *seq));
            go.extend(messages.iter().filter(|(_, m)| is_theirs(m)).map(|(seq, _)| *seq));
        }
    }
    let theirs: Vec<&Message> = messages.iter().map(|(_, m)| m).filter(|m| is_theirs(m)).collect();
    theirs.iter().for_each(|m| going.note(&m.author));
    drafts(group, e, going, id, alone || head_is_theirs)?;
    if !alone {
        point_elsewhere(group, e, id, &ids, &go)?;
    }
    let whole = go.len() <= *left;
    go.truncate(*left);
    *left -= go.len();
    for seq in go {
        message(group, e, &c.channel, MessageRef { conversation: id, seq }, alone)?;
    }
    if whole && alone {
        group.over.delete(keys::root(c.queue, &c.channel, &c.root));
        let now = group.now;
        if let Some(held) = group.hold(id)? {
            e.gone(Gone::Labels, held.now.labels.len() as u64);
            held.now.empty(now);
        }
        e.gone(Gone::Conversations, 1);
        e.stays(Stays::Shells, 1);
    } else if whole {
        words(group, e, &going.here(), id)?;
    }
    match alone {
        true => group.recompute(id)?,
        false => group.settle_withdrawn(id)?,
    }
    Ok(whole)
}

/// Takes a message's content, and all that leads to it.
fn message(
    group: &mut Group<'_>,
    e: &mut Erasure,
    channel: &ChannelId,
    at: MessageRef,
    alone: bool,
) -> Result<(), StoreError> {
    let Some(mut m) = group.message(at)? else { return Ok(()) };
    for kind in OutKind::OF_MESSAGES {
        let place = OutPlace::message(channel.clone(), kind, at);
        e.gone(Gone::Outgoing, u64::from(outbox::take(group, &place)?));
    }
    if m.is_in_outbox() {
        // Nobody has seen it, as far as the desk knows, and nobody will.
        m.withdrawn = Some(group.now);
    }
    e.gone(Gone::Corrections, u64::from(classes::forget(group, at, &m.text)?));
    if !m.platform_id.is_empty() {
        group.over.delete(keys::known(channel, &m.platform_id));
        if let Some(digest) = group.digest(channel, &m.platform_id) {
            let placeholder = (!alone).then_some(at);
            records::put(&mut group.over, keys::erased(&digest), &placeholder)?;
            e.stays(Stays::Digests, 1);
        }
        e.gone(Gone::Pointers, 1);
    }
    let what = match m.kind {
        MessageKind::Inbound => Gone::Messages,
        MessageKind::Reply | MessageKind::Post => Gone::Replies,
        MessageKind::Note => Gone::Notes,
    };
    e.gone(what, 1);
    e.stays(Stays::Placeholders, u64::from(!alone));
    m.erase(group.now);
    group.put_message(at.conversation, at.seq, m)
}

/// Forgets drafts that answer them; in those that answer somebody else, what names them goes.
fn drafts(
    group: &mut Group<'_>,
    e: &mut Erasure,
    going: &Going,
    id: ConversationId,
    all: bool,
) -> Result<(), StoreError> {
    const MOST: usize = 500;
    let page = records::page::<Draft>(&group.over, &keys::drafts(id), MOST, Direction::Forward)?;
    for (key, mut draft) in page.rows {
        if let Some(keys::Parsed::Draft(_, operator)) = keys::parse(&key) {
            group.published.drafts.push((operator, id, None));
        }
        if all {
            records::remove(&mut group.over, key)?;
            e.gone(Gone::Drafts, 1);
        } else if scrub_in(&mut draft.text, &going.here()) > 0 {
            records::put(&mut group.over, key, &draft)?;
            e.gone(Gone::Mentions, 1);
        }
    }
    Ok(())
}

/// What hangs below their messages, and the conversation that is named by one of them, hang below
/// its digest from now on.
fn point_elsewhere(
    group: &mut Group<'_>,
    e: &Erasure,
    id: ConversationId,
    ids: &[String],
    go: &[u32],
) -> Result<(), StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(()) };
    let root = held.now.root.clone();
    let hangs = |m: &Message| m.in_reply_to.as_ref().is_some_and(|id| ids.contains(id));
    let below: Vec<(u32, Message)> =
        held.messages.iter().filter(|(seq, m)| !go.contains(seq) && hangs(m)).cloned().collect();
    for (seq, mut m) in below {
        let above = m.in_reply_to.as_deref().unwrap_or_default();
        m.in_reply_to = group.digest(&e.channel, above).map(|d| digest::alias(&d));
        group.put_message(id, seq, m)?;
    }
    if ids.contains(&root) {
        rename_root(group, id)?;
    }
    Ok(())
}

/// A conversation is named by its root's digest from now on.
///
/// # Errors
/// When the store cannot be read.
pub fn rename_root(group: &mut Group<'_>, id: ConversationId) -> Result<(), StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(()) };
    let (queue, channel, root) = (held.now.queue, held.now.channel.clone(), held.now.root.clone());
    let Some(digest) = group.digest(&channel, &root) else { return Ok(()) };
    let alias = digest::alias(&digest);
    group.over.delete(keys::root(queue, &channel, &root));
    records::put(&mut group.over, keys::root(queue, &channel, &alias), &id)?;
    if group.over.get(&keys::erased(&digest))?.is_none() {
        records::put(&mut group.over, keys::erased(&digest), &None::<MessageRef>)?;
    }
    if let Some(held) = group.hold(id)? {
        held.now.root = alias;
    }
    Ok(())
}

/// What operators wrote where others speak, too: what names them goes, labels that do as well.
fn words(
    group: &mut Group<'_>,
    e: &mut Erasure,
    needles: &[String],
    id: ConversationId,
) -> Result<(), StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(()) };
    let before = held.now.labels.len();
    held.now.labels.retain(|label| scrub(label, needles).is_none());
    let gone = before - held.now.labels.len();
    let ours: Vec<(u32, Message)> = held
        .messages
        .iter()
        .filter(|(_, m)| matches!(m.kind, MessageKind::Reply | MessageKind::Note))
        .cloned()
        .collect();
    e.gone(Gone::Labels, gone as u64);
    for (seq, mut m) in ours {
        let n = scrub_in(&mut m.text, needles);
        if n > 0 {
            e.gone(Gone::Mentions, n);
            group.put_message(id, seq, m)?;
        }
    }
    Ok(())
}
