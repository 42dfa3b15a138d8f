//! Which conversation a message belongs to.
//!
//! A conversation is found by its root: the root comment, or the peer of direct messages. A
//! message whose channel names no thread may also be found by what it answers; replies that arrive
//! before what they answer gather in one conversation, and what they answer joins them there.

use super::erase::digest;
use super::group::Group;
use crate::domain::event::MessageEvent;
use crate::domain::{ConversationId, MessageKind, MessageRef, Queue};
use crate::store::{StoreError, keys, records};

/// The conversation of a new message, made if there is none yet (then `true`).
///
/// # Errors
/// When the store cannot be read.
pub fn place(
    group: &mut Group<'_>,
    e: &MessageEvent,
) -> Result<(ConversationId, bool), StoreError> {
    let post = post_above(group, e)?;
    let above = above(group, e, post)?;
    if !matches!(above, Above::Thread(_))
        && let Some(id) = rooted_at(group, e, &e.id)?
        && group.hold(id)?.is_some()
    {
        root_moves_up(group, e, &above, id)?;
        return Ok((id, false));
    }
    // One whose line in the archive is damaged is none any more: what comes begins anew.
    if let Some(id) = conversation_of(group, e, &above)?
        && group.hold(id)?.is_some()
    {
        return Ok((id, false));
    }
    let root = above.root().unwrap_or(&e.id).to_owned();
    let platform = match group.configured(&e.channel) {
        Some(channel) => channel.platform.clone(),
        None => e.platform.clone(),
    };
    let id = group.create(e.queue, e.channel.clone(), platform, root.clone());
    if root != e.id {
        records::put(&mut group.over, keys::root(e.queue, &e.channel, &root), &id)?;
    }
    if let Some(held) = group.hold(id)? {
        held.now.about = post;
    }
    Ok((id, true))
}

/// What a message hangs below.
enum Above<'e> {
    /// The thread that the channel names.
    Thread(&'e str),
    /// The conversation of the message it answers.
    Known(ConversationId),
    /// For a direct message, whoever wrote it.
    Peer(&'e str),
    /// A message it answers that has not come yet.
    Unknown(&'e str),
    /// Nothing: it is a root itself.
    Nothing,
}

impl<'e> Above<'e> {
    /// The root of the conversation it would begin.
    fn root(&self) -> Option<&'e str> {
        match self {
            Above::Thread(id) | Above::Peer(id) | Above::Unknown(id) => Some(id),
            Above::Known(_) | Above::Nothing => None,
        }
    }
}

/// The post of ours that a comment is made under. A platform's thread may be everything under one
/// post; a conversation is what one customer began there.
fn post_above(group: &mut Group<'_>, e: &MessageEvent) -> Result<Option<MessageRef>, StoreError> {
    if e.queue != Queue::Comments {
        return Ok(None);
    }
    for id in [&e.thread, &e.in_reply_to].into_iter().flatten() {
        if id.is_empty() || *id == e.id {
            continue;
        }
        let known: Option<MessageRef> = digest::known(&group.over, &e.channel, id)?;
        let Some(at) = known else { continue };
        if group.message(at)?.is_some_and(|m| m.kind == MessageKind::Post) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn above<'e>(
    group: &mut Group<'_>,
    e: &'e MessageEvent,
    post: Option<MessageRef>,
) -> Result<Above<'e>, StoreError> {
    let other = |id: &'e Option<String>| id.as_deref().filter(|id| !id.is_empty() && *id != e.id);
    let post = match post {
        Some(at) => group.message(at)?.map(|m| m.platform_id),
        None => None,
    };
    let is_post = |id: &&str| post.as_deref() == Some(*id);
    if let Some(thread) = other(&e.thread).filter(|id| !is_post(id)) {
        return Ok(Above::Thread(thread));
    }
    let answers = other(&e.in_reply_to).filter(|id| !is_post(id));
    if let Some(answers) = answers
        && let Some(id) = holder_of(group, e, answers)?
    {
        return Ok(Above::Known(id));
    }
    let is_from_peer = e.queue == Queue::Messages && !e.ours && !e.author.id.is_empty();
    Ok(match answers {
        _ if is_from_peer => Above::Peer(&e.author.id),
        Some(answers) => Above::Unknown(answers),
        None => Above::Nothing,
    })
}

fn conversation_of(
    group: &mut Group<'_>,
    e: &MessageEvent,
    above: &Above<'_>,
) -> Result<Option<ConversationId>, StoreError> {
    if let Above::Known(id) = above {
        return Ok(Some(*id));
    }
    let Some(root) = above.root() else { return Ok(None) };
    if let Some(id) = rooted_at(group, e, root)? {
        return Ok(Some(id));
    }
    // A thread of comments is named by its root comment; one of direct messages by the peer,
    // whose id may by chance be some message's.
    match (above, e.queue) {
        (Above::Thread(root), Queue::Comments) => holder_of(group, e, root),
        _ => Ok(None),
    }
}

/// The conversation that holds the message of this id, in the same queue.
fn holder_of(
    group: &mut Group<'_>,
    e: &MessageEvent,
    id: &str,
) -> Result<Option<ConversationId>, StoreError> {
    let known: Option<MessageRef> = digest::known(&group.over, &e.channel, id)?;
    let Some(known) = known else { return Ok(None) };
    let held = group.hold(known.conversation)?;
    Ok(held.filter(|held| held.now.queue == e.queue).map(|_| known.conversation))
}

/// The conversation of this root, where no message has the root's id (yet, or ever: peers).
fn rooted_at(
    group: &Group<'_>,
    e: &MessageEvent,
    root: &str,
) -> Result<Option<ConversationId>, StoreError> {
    records::get(&group.over, &keys::root(e.queue, &e.channel, root))
}

/// The message a conversation was rooted at has come, and hangs below another one itself. Unless
/// that one has a conversation already, it is the root from now on.
fn root_moves_up(
    group: &mut Group<'_>,
    e: &MessageEvent,
    above: &Above<'_>,
    id: ConversationId,
) -> Result<(), StoreError> {
    let Some(root) = above.root() else { return Ok(()) };
    if conversation_of(group, e, above)?.is_some() {
        return Ok(());
    }
    let Some(held) = group.hold(id)? else { return Ok(()) };
    let old = std::mem::replace(&mut held.now.root, root.to_owned());
    group.over.delete(keys::root(e.queue, &e.channel, &old));
    records::put(&mut group.over, keys::root(e.queue, &e.channel, root), &id)
}
