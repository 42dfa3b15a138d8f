//! Keys of what operators make of conversations: who wrote in which, the topic pool, feedback tags.

use super::codec::{Builder, Reader};
use crate::domain::{ChannelId, ConversationId};
use crate::store::{Key, KeyRange};

/// Where it is told that a person wrote in a conversation.
pub fn person(channel: &ChannelId, known_as: &str, id: ConversationId) -> Key {
    person_prefix(channel, known_as).u64(id.0).done()
}

/// The conversations that a person wrote in, by number.
pub fn persons_of(channel: &ChannelId, known_as: &str) -> KeyRange {
    KeyRange::prefix(person_prefix(channel, known_as).done())
}

fn person_prefix(channel: &ChannelId, known_as: &str) -> Builder {
    Builder::new("b/").name(&channel.0).name(known_as)
}

/// Takes a key made by [`person`] apart.
pub fn person_parts(key: &[u8]) -> Option<(ChannelId, String, ConversationId)> {
    let mut r = Reader::new(key, "b/")?;
    let parts = (ChannelId(r.name()?), r.name()?, ConversationId(r.u64()?));
    r.end(parts)
}

/// The place of a topic of the pool.
pub fn topic(number: u64) -> Key {
    Builder::new("q/").u64(number).done()
}

/// All topics of the pool, by number.
pub fn topics() -> KeyRange {
    KeyRange::prefix("q/")
}

/// Where it is told when a conversation got a feedback tag.
pub fn feedback(tag: &str, id: ConversationId) -> Key {
    Builder::new("f/").name(tag).u64(id.0).done()
}

/// The conversations that have a feedback tag.
pub fn feedback_of(tag: &str) -> KeyRange {
    KeyRange::prefix(Builder::new("f/").name(tag).done())
}

/// Everything that has a feedback tag, tag by tag.
pub fn feedbacks() -> KeyRange {
    KeyRange::prefix("f/")
}

/// Takes a key made by [`feedback`] apart.
pub fn feedback_parts(key: &[u8]) -> Option<(String, ConversationId)> {
    let mut r = Reader::new(key, "f/")?;
    let parts = (r.name()?, ConversationId(r.u64()?));
    r.end(parts)
}
