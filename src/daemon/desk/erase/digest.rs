//! By what the desk knows again what was erased: a keyed digest of its platform id, which says
//! nothing to anybody who has not the id already.

use super::super::group::Group;
use crate::domain::erasure::ALIAS;
use crate::domain::{ChannelId, MessageRef};
use crate::store::{Key, Read, StoreError, keys, records};
use sha1::{Digest as _, Sha1};

/// Where the digests' key is kept.
pub fn salt_key() -> Key {
    keys::meta("erasure-salt")
}

/// A digest.
pub type Digest = [u8; keys::DIGEST];

/// The digest of an id on a channel. The key stands on both sides, so that nothing can be added to
/// what was digested; that collisions can be made of SHA-1 on purpose gains nobody anything here.
pub fn digest(salt: &str, channel: &ChannelId, id: &str) -> Digest {
    let mut hash = Sha1::new();
    for part in [salt, &channel.0, id, salt] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// A digest as text.
pub fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What stands in the place of an id that was erased.
pub fn alias(digest: &Digest) -> String {
    format!("{ALIAS}{}", hex(digest))
}

/// The digest that such a stand-in is of; `None` = it is an id.
fn of_alias(id: &str) -> Option<Digest> {
    let text = id.strip_prefix(ALIAS)?;
    let mut digest = Digest::default();
    if text.len() != 2 * digest.len() || !text.is_ascii() {
        return None;
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(digest)
}

/// The message of a platform id, or the placeholder of the stand-in of one.
///
/// # Errors
/// When the store cannot be read.
pub fn known(
    from: &(impl Read + ?Sized),
    channel: &ChannelId,
    id: &str,
) -> Result<Option<MessageRef>, StoreError> {
    match of_alias(id) {
        Some(digest) => {
            let found: Option<Option<MessageRef>> = records::get(from, &keys::erased(&digest))?;
            Ok(found.flatten())
        }
        None => records::get(from, &keys::known(channel, id)),
    }
}

impl Group<'_> {
    /// The digest of an id; `None` = nothing was ever erased here.
    pub(in crate::daemon::desk) fn digest(&self, channel: &ChannelId, id: &str) -> Option<Digest> {
        self.memory.salt.as_deref().map(|salt| digest(salt, channel, id))
    }

    /// Whether what has this id on its platform was erased.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(in crate::daemon::desk) fn was_erased(
        &self,
        channel: &ChannelId,
        id: &str,
    ) -> Result<bool, StoreError> {
        match self.digest(channel, id) {
            Some(digest) => Ok(self.over.get(&keys::erased(&digest))?.is_some()),
            None => Ok(false),
        }
    }

    /// Puts the stand-in in the place of an id that was erased.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(in crate::daemon::desk) fn stand_in(
        &self,
        channel: &ChannelId,
        id: &mut Option<String>,
    ) -> Result<(), StoreError> {
        if let Some(is) = id.as_ref()
            && self.was_erased(channel, is)?
            && let Some(digest) = self.digest(channel, is)
        {
            *id = Some(alias(&digest));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_of_its_key_its_channel_and_its_id() {
        let weibo = ChannelId("weibo".into());
        let one = digest("salt", &weibo, "u1");
        assert_eq!(of_alias(&alias(&one)), Some(one));
        assert_eq!(of_alias("erased:zz"), None);
        for other in [
            digest("other", &weibo, "u1"),
            digest("salt", &ChannelId("x".into()), "u1"),
            digest("salt", &weibo, "u2"),
        ] {
            assert_ne!(one, other);
        }
    }
}
