//! Keys of what operators make: who wrote in which conversation, the topic pool, feedback tags, posts.

use super::codec::{Builder, Reader};
use crate::domain::alert::AlertId;
use crate::domain::figure::Grain;
use crate::domain::{ChannelId, ConversationId, PostId, Time, VariantRef};
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

/// The place of a post.
pub fn post(id: PostId) -> Key {
    Builder::new("P/").u64(id.0).done()
}

/// All posts, by number.
pub fn posts() -> KeyRange {
    KeyRange::prefix("P/")
}

/// The place of what a version of a variant says; of the idea when the variant is 0.
pub fn post_text(at: VariantRef, version: u32) -> Key {
    Builder::new("V/").u64(at.post.0).u32(at.variant).u32(version).done()
}

/// What the versions of a variant say, the first one first.
pub fn post_texts(at: VariantRef) -> KeyRange {
    KeyRange::prefix(Builder::new("V/").u64(at.post.0).u32(at.variant).done())
}

/// What the versions of a post's variants say.
pub fn post_texts_of(post: PostId) -> KeyRange {
    KeyRange::prefix(Builder::new("V/").u64(post.0).done())
}

/// Where it is told which variant is out under a platform id.
pub fn post_out(channel: &ChannelId, platform_id: &str) -> Key {
    Builder::new("v/").name(&channel.0).rest(platform_id).done()
}

/// What is out on a channel, by platform id.
pub fn posts_out(channel: &ChannelId) -> KeyRange {
    KeyRange::prefix(Builder::new("v/").name(&channel.0).done())
}

/// The place of an alert.
pub fn alert(id: AlertId) -> Key {
    Builder::new("N/").u64(id.0).done()
}

/// All alerts, the oldest first.
pub fn alerts() -> KeyRange {
    KeyRange::prefix("N/")
}

/// The place of a page of a channel's figure.
pub fn page(channel: &ChannelId, name: &str, grain: Grain, start: Time) -> Key {
    page_prefix(channel, name, grain).time(start).done()
}

/// The pages of a channel's figure at one grain, oldest first.
pub fn pages(channel: &ChannelId, name: &str, grain: Grain) -> KeyRange {
    KeyRange::prefix(page_prefix(channel, name, grain).done())
}

/// All pages of all figures.
pub fn all_pages() -> KeyRange {
    KeyRange::prefix("K/")
}

/// All pages of a channel's figures.
pub fn pages_of(channel: &ChannelId) -> KeyRange {
    KeyRange::prefix(Builder::new("K/").name(&channel.0).done())
}

fn page_prefix(channel: &ChannelId, name: &str, grain: Grain) -> Builder {
    Builder::new("K/").name(&channel.0).name(name).grain(grain)
}

/// Takes a key made by [`page`] apart.
pub fn page_parts(key: &[u8]) -> Option<(ChannelId, String, Grain, Time)> {
    let mut r = Reader::new(key, "K/")?;
    let parts = (ChannelId(r.name()?), r.name()?, r.grain()?, r.time()?);
    r.end(parts)
}
