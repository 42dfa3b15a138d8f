//! Keys of what posts are planned by: the history of those that are out, the asset library.

use super::codec::{Builder, Reader};
use crate::domain::{ChannelId, Time};
use crate::store::{Key, KeyRange};

/// The place of a post that is out, by its time.
pub fn past_post(channel: &ChannelId, at: Time, id: &str) -> Key {
    Builder::new("H/").name(&channel.0).time(at).rest(id).done()
}

/// The posts of a channel that are out, oldest first.
pub fn past_posts_of(channel: &ChannelId) -> KeyRange {
    KeyRange::prefix(Builder::new("H/").name(&channel.0).done())
}

/// All posts that are out, channel by channel.
pub fn past_posts() -> KeyRange {
    KeyRange::prefix("H/")
}

/// Takes a key made by [`past_post`] apart.
pub fn past_post_parts(key: &[u8]) -> Option<(ChannelId, Time, String)> {
    let mut r = Reader::new(key, "H/")?;
    let parts = (ChannelId(r.name()?), r.time()?, r.rest()?);
    r.end(parts)
}

/// Where it is told when a post that is out went out.
pub fn past_post_time(channel: &ChannelId, id: &str) -> Key {
    Builder::new("I/").name(&channel.0).rest(id).done()
}

/// The place of an asset.
pub fn asset(number: u64) -> Key {
    Builder::new("A/").u64(number).done()
}

/// All assets, by number.
pub fn assets() -> KeyRange {
    KeyRange::prefix("A/")
}
