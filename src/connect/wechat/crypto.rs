//! Signatures and encryption of callbacks, as the platform's message encryption guide describes
//! them: SHA-1 over sorted parts, AES-256-CBC around `random, length, text, app id`.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use sha1::{Digest, Sha1};
use std::fmt;

/// PKCS#7 is counted in blocks of 32 bytes here, twice the cipher's own.
const BLOCK: usize = 32;
/// Random bytes before the length.
const SALT: usize = 16;
/// Characters of an EncodingAESKey.
const KEY_CHARS: usize = 43;

/// 43 characters carry 258 bits, two more than a key has: what the last one says in them is nothing,
/// and the platform's console does not always make them zero.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// What the platform and we know of each other.
pub struct Keys {
    token: String,
    app_id: String,
    aes: Option<[u8; 32]>,
}

/// Why a callback is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// It is encrypted, and there is no EncodingAESKey.
    NoKey,
    /// The text is not what encryption yields: base64, whole blocks, padding, length, UTF-8.
    Broken,
    /// It was meant for another account.
    OtherApp,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::NoKey => "it is encrypted and no encoding_aes_key is set",
            Refused::Broken => "it cannot be decrypted",
            Refused::OtherApp => "it was meant for another app_id",
        })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("app_id", &self.app_id).finish_non_exhaustive()
    }
}

impl Keys {
    /// From the console's three values; without an EncodingAESKey nothing encrypted is read.
    ///
    /// # Errors
    /// When the EncodingAESKey is none.
    pub fn new(token: &str, app_id: &str, encoding_aes_key: Option<&str>) -> Result<Keys, String> {
        let aes = match encoding_aes_key {
            None => None,
            Some(key) => Some(
                (key.len() == KEY_CHARS)
                    .then(|| KEY_BASE64.decode(key).ok()?.try_into().ok())
                    .flatten()
                    .ok_or("the EncodingAESKey is 43 letters and digits; copy it once more")?,
            ),
        };
        Ok(Keys { token: token.to_owned(), app_id: app_id.to_owned(), aes })
    }

    /// True when encrypted messages can be read.
    pub fn has_key(&self) -> bool {
        self.aes.is_some()
    }

    /// The signature of a request, in hexadecimal; with what is encrypted, its `msg_signature`.
    pub fn signature(&self, timestamp: &str, nonce: &str, encrypted: Option<&str>) -> String {
        let mut parts = vec![self.token.as_str(), timestamp, nonce];
        parts.extend(encrypted);
        parts.sort_unstable();
        let mut digest = Sha1::new();
        parts.iter().for_each(|part| digest.update(part));
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// True when the signature that came is the one it should be. Takes the same time wherever the
    /// first difference is.
    pub fn is_signed(
        &self,
        came: &str,
        timestamp: &str,
        nonce: &str,
        encrypted: Option<&str>,
    ) -> bool {
        let wanted = self.signature(timestamp, nonce, encrypted);
        let differences = wanted.bytes().zip(came.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        // Else the optimiser could stop at the first one.
        came.len() == wanted.len() && std::hint::black_box(differences) == 0
    }

    /// What was encrypted for us. The signature is to be looked at first: this one only notices
    /// what does not fit together.
    ///
    /// # Errors
    /// Why it is not read.
    pub fn decrypt(&self, encrypted: &str) -> Result<String, Refused> {
        let key = self.aes.as_ref().ok_or(Refused::NoKey)?;
        let cipher =
            general_purpose::STANDARD.decode(encrypted.trim()).map_err(|_| Refused::Broken)?;
        let (salt, _) = key.split_first_chunk::<16>().ok_or(Refused::Broken)?;
        let plain = cbc::Decryptor::<Aes256>::new(key.into(), salt.into())
            .decrypt_padded_vec::<NoPadding>(&cipher)
            .map_err(|_| Refused::Broken)?;
        let padding = plain.last().map_or(0, |&last| usize::from(last));
        if !(1..=BLOCK).contains(&padding) || plain.len() < padding {
            return Err(Refused::Broken);
        }
        let (content, filling) = plain.split_at(plain.len() - padding);
        if filling.iter().any(|&byte| usize::from(byte) != padding) {
            return Err(Refused::Broken);
        }
        let content = content.get(SALT..).ok_or(Refused::Broken)?;
        let (length, content) = content.split_first_chunk::<4>().ok_or(Refused::Broken)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Refused::Broken)?;
        let (text, app_id) = content.split_at_checked(length).ok_or(Refused::Broken)?;
        if app_id != self.app_id.as_bytes() {
            return Err(Refused::OtherApp);
        }
        String::from_utf8(text.to_vec()).map_err(|_| Refused::Broken)
    }

    /// Encrypts as the platform does; `salt` should come from a source of randomness.
    ///
    /// # Errors
    /// Without an EncodingAESKey, or for more text than a length can tell.
    pub fn encrypt(&self, text: &str, salt: [u8; SALT]) -> Result<String, Refused> {
        let key = self.aes.as_ref().ok_or(Refused::NoKey)?;
        let length = u32::try_from(text.len()).map_err(|_| Refused::Broken)?;
        let mut plain = salt.to_vec();
        plain.extend(length.to_be_bytes());
        plain.extend(text.as_bytes());
        plain.extend(self.app_id.as_bytes());
        let padding = BLOCK - plain.len() % BLOCK;
        // 1..=32 by the line above.
        plain.resize(plain.len() + padding, u8::try_from(padding).map_err(|_| Refused::Broken)?);
        let (iv, _) = key.split_first_chunk::<16>().ok_or(Refused::Broken)?;
        let cipher = cbc::Encryptor::<Aes256>::new(key.into(), iv.into())
            .encrypt_padded_vec::<NoPadding>(&plain);
        Ok(general_purpose::STANDARD.encode(cipher))
    }

    /// An encrypted text with its signature, as it stands in the body of an encrypted answer.
    ///
    /// # Errors
    /// As [`Keys::encrypt`].
    pub fn envelope(
        &self,
        text: &str,
        timestamp: &str,
        nonce: &str,
        salt: [u8; SALT],
    ) -> Result<String, Refused> {
        let encrypted = self.encrypt(text, salt)?;
        let signature = self.signature(timestamp, nonce, Some(&encrypted));
        Ok(format!(
            "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>\
             <MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    fn keys() -> Keys {
        Keys::new("token", "wx1", Some(KEY)).unwrap()
    }

    #[rstest]
    #[case("", false)]
    #[case("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF", false)]
    #[case("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF=", false)]
    #[case("abcdefghijklmnopqrstuvwxyz0123456789ABCDE-_", false)]
    #[case(KEY, true)]
    // The last character's two lowest bits are not part of the key.
    #[case("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFH", true)]
    fn keys_are_43_characters(#[case] key: &str, #[case] fits: bool) {
        assert_eq!(Keys::new("t", "a", Some(key)).is_ok(), fits);
    }

    #[test]
    fn the_signature_is_over_sorted_parts() {
        // sha1("1" + "2" + "token"), with the order of the arguments turned round.
        let keys = keys();
        assert_eq!(keys.signature("2", "1", None), keys.signature("1", "2", None));
        assert_eq!(
            keys.signature("1", "2", None),
            Sha1::digest("12token").iter().map(|b| format!("{b:02x}")).collect::<String>()
        );
        assert!(keys.is_signed(&keys.signature("1", "2", Some("x")), "1", "2", Some("x")));
        assert!(!keys.is_signed(&keys.signature("1", "2", Some("x")), "1", "2", None));
        assert!(!keys.is_signed("", "1", "2", None));
    }

    /// Made by wechatpy 1.8.18, so that we do not only agree with ourselves.
    #[test]
    fn what_another_program_encrypted_is_read() {
        let encrypted = "BwbPR786WRCHgyMMYTpXUBBpXTGWlxfPOCPxiOUDAgk7fmDHlRlyG3CFjTmr70H+\
                         78TRqVlBwk7pr1qmxyunHA==";
        let signature = "d8495c842692a5086b14ce13129d8adb231f2a37";
        let keys = keys();
        assert!(keys.is_signed(signature, "1795240800", "n", Some(encrypted)));
        let text = "<xml><Content>在吗</Content></xml>";
        assert_eq!(keys.decrypt(encrypted).as_deref(), Ok(text));
    }

    #[test]
    fn nothing_is_read_without_a_key_or_for_another() {
        let keys = keys();
        let encrypted = keys.encrypt("<xml/>", [7; 16]).unwrap();
        assert_eq!(keys.decrypt(&encrypted).as_deref(), Ok("<xml/>"));
        let other = Keys::new("token", "wx2", Some(KEY)).unwrap();
        assert_eq!(other.decrypt(&encrypted), Err(Refused::OtherApp));
        let none = Keys::new("token", "wx1", None).unwrap();
        assert_eq!(none.decrypt(&encrypted), Err(Refused::NoKey));
    }

    #[test]
    fn keys_do_not_show() {
        let shown = format!("{:?}", keys());
        assert!(!shown.contains("token") && !shown.contains("abc"), "{shown}");
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_read_again(text in "\\PC{0,200}", salt: [u8; 16]) {
            let keys = keys();
            let encrypted = keys.encrypt(&text, salt).unwrap();
            prop_assert_eq!(keys.decrypt(&encrypted), Ok(text));
        }

        #[test]
        fn any_changed_byte_is_noticed(text in "\\PC{0,80}", at: prop::sample::Index, by in 1..=255u8) {
            let keys = keys();
            let encrypted = keys.encrypt(&text, [3; 16]).unwrap();
            let signature = keys.signature("1", "2", Some(&encrypted));
            let mut bytes = general_purpose::STANDARD.decode(&encrypted).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            let changed = general_purpose::STANDARD.encode(bytes);
            prop_assert!(!keys.is_signed(&signature, "1", "2", Some(&changed)));
            // Without the signature it is at least never read as something longer than it was.
            if let Ok(read) = keys.decrypt(&changed) {
                prop_assert!(read.len() <= encrypted.len());
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in "[A-Za-z0-9+/]{0,100}={0,2}", any in "\\PC{0,40}") {
            let _ = keys().decrypt(&text);
            let _ = keys().decrypt(&any);
            let _ = keys().is_signed(&any, &any, &text, Some(&any));
        }

        #[test]
        fn whole_blocks_of_anything_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..8)) {
            let blocks: Vec<u8> = bytes.iter().flat_map(|&b| [b; 16]).collect();
            let _ = keys().decrypt(&general_purpose::STANDARD.encode(blocks));
        }
    }
}
