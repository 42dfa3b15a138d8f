//! The topic pool: what operators send to it, and what they take out again.

use super::group::Group;
use super::job::Caller;
use crate::domain::journal::Change;
use crate::domain::pool::{self, Asked, MOST_ASKED, MOST_NOTE, MOST_TOPICS, Origin, Topic};
use crate::domain::{ConversationId, MessageRef, OperatorName, Refusal};
use crate::store::{Direction, Read, StoreError, keys, records};

type Made = Result<Result<Vec<Change>, Refusal>, StoreError>;

/// Every topic, by number.
///
/// # Errors
/// When the store cannot be read.
pub fn all(from: &(impl Read + ?Sized)) -> Result<Vec<Topic>, StoreError> {
    let page = records::page::<Topic>(from, &keys::topics(), MOST_TOPICS, Direction::Forward)?;
    Ok(page.rows.into_iter().map(|(_, topic)| topic).collect())
}

/// Sends the question that a conversation's row speaks of to the pool.
///
/// # Errors
/// When the store cannot be read.
pub fn add(group: &mut Group<'_>, by: &Caller, id: ConversationId, note: &str) -> Made {
    if note.len() > MOST_NOTE {
        return Ok(Err(Refusal::TooLong { bytes: note.len(), limit: MOST_NOTE }));
    }
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let Some(seq) = held.now.speaks_of().map(|head| head.seq) else {
        return Ok(Err(Refusal::NoQuestion(id)));
    };
    let at = MessageRef { conversation: id, seq };
    let Some(m) = group.message(at)? else { return Ok(Err(Refusal::NoQuestion(id))) };
    let marks = pool::marks(&m.text);
    if marks.is_empty() {
        return Ok(Err(Refusal::NoQuestion(id)));
    }
    let topics = all(&group.over)?;
    if topics.iter().any(|t| t.has(at)) {
        return Ok(Err(Refusal::InPool(id)));
    }
    let same = topics.iter().filter(|t| pool::is_same(&t.marks, &marks));
    let topic = match same.max_by_key(|t| pool::likeness(&t.marks, &marks)) {
        Some(topic) => topic.id,
        None if topics.len() >= MOST_TOPICS => return Ok(Err(Refusal::PoolFull(MOST_TOPICS))),
        None => {
            group.memory.facts.topics += 1;
            group.memory.facts.topics
        }
    };
    put(group, &by.operator, topic, at, note)?;
    Ok(Ok(vec![Change::Topic { topic, seq, added: true }]))
}

/// Takes a conversation's questions out of the pool.
///
/// # Errors
/// When the store cannot be read.
pub fn remove(group: &mut Group<'_>, id: ConversationId) -> Made {
    let mut changes = Vec::new();
    for topic in all(&group.over)? {
        for asked in topic.asked.iter().filter(|a| a.message.conversation == id) {
            changes.push(Change::Topic { topic: topic.id, seq: asked.message.seq, added: false });
        }
    }
    for change in &changes {
        if let Change::Topic { topic, seq, .. } = change {
            take(group, *topic, MessageRef { conversation: id, seq: *seq })?;
        }
    }
    Ok(if changes.is_empty() { Err(Refusal::NotInPool(id)) } else { Ok(changes) })
}

/// Puts a question to a topic, which is made anew when it is gone.
///
/// # Errors
/// When the store cannot be read.
pub fn put(
    group: &mut Group<'_>,
    by: &OperatorName,
    topic: u64,
    message: MessageRef,
    note: &str,
) -> Result<(), StoreError> {
    let Some(m) = group.message(message)? else { return Ok(()) };
    let Some(channel) = group.hold(message.conversation)?.map(|held| held.now.channel.clone())
    else {
        return Ok(());
    };
    let key = keys::topic(topic);
    let known: Option<Topic> = records::get(&group.over, &key)?;
    let mut record = known.unwrap_or_else(|| Topic {
        id: topic,
        asked: Vec::new(),
        more: 0,
        note: String::new(),
        marks: pool::marks(&m.text),
        origin: Origin::AudienceQuestion,
        title: String::new(),
        link: None,
        added: None,
    });
    if record.has(message) {
        return Ok(());
    }
    if !note.is_empty() {
        note.clone_into(&mut record.note);
    }
    if record.asked.len() == MOST_ASKED {
        // The first one is the topic's text; the one after it is counted alone from now on.
        record.asked.remove(1);
        record.more += 1;
    }
    record.asked.push(Asked { message, channel, by: by.clone(), at: group.now });
    records::put(&mut group.over, key, &record)
}

/// Takes a question out of a topic, and the topic with its last one.
///
/// # Errors
/// When the store cannot be read.
pub fn take(group: &mut Group<'_>, topic: u64, message: MessageRef) -> Result<(), StoreError> {
    let key = keys::topic(topic);
    let Some(mut record) = records::get::<Topic>(&group.over, &key)? else { return Ok(()) };
    record.asked.retain(|a| a.message != message);
    // One that an operator added stays without questions.
    match record.asked.is_empty() && record.added.is_none() {
        true => records::remove(&mut group.over, key),
        false => records::put(&mut group.over, key, &record),
    }
}
