//! How words are found in what customers write: policies and filters read texts this way.
//!
//! Case, full-width letters and typographic apostrophes make no difference. A word of letters
//! stands alone (`refund` is not in `refunded`, `refund*` is); Chinese, Japanese and Korean words
//! are found anywhere, because those scripts have no spaces.

use std::borrow::Cow;

/// Makes a text comparable: lower case, full-width ASCII as ASCII, one kind of apostrophe.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match narrow(c) {
            n if n.is_ascii() => out.push(n.to_ascii_lowercase()),
            n => out.extend(n.to_lowercase()),
        }
    }
    out
}

fn narrow(c: char) -> char {
    match c {
        // U+FF01..=U+FF5E are the full-width forms of U+0021..=U+007E.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        other => other,
    }
}

/// The beginning of a text, at most so many bytes, cut between characters.
pub fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A text that is asked for many words.
pub struct Folded {
    text: String,
    /// Which three bytes in a row occur, by hash: most words are ruled out by a look at this.
    sieve: [u64; SIEVE_BITS / 64],
}

const SIEVE_BITS: usize = 4096;

impl Folded {
    /// Prepares a text.
    pub fn of(text: &str) -> Folded {
        let text = fold(text);
        let mut sieve = [0; SIEVE_BITS / 64];
        for three in text.as_bytes().windows(3) {
            let (word, bit) = place(three);
            sieve[word] |= bit;
        }
        Folded { text, sieve }
    }

    /// Whether it has the word. `word*` also finds longer words that begin with it.
    pub fn has(&self, word: &str) -> bool {
        let word = folded_word(word);
        let (word, open_end) = match word.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (&*word, false),
        };
        let ruled_out = word.as_bytes().first_chunk::<3>().is_some_and(|three| {
            let (word, bit) = place(three);
            self.sieve[word] & bit == 0
        });
        let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else {
            return false;
        };
        !ruled_out
            && self.text.match_indices(word).any(|(at, _)| {
                let before = self.text[..at].chars().next_back();
                let after = self.text[at + word.len()..].chars().next();
                !(joins(first) && before.is_some_and(joins))
                    && (open_end || !(joins(last) && after.is_some_and(joins)))
            })
    }
}

/// The place of three bytes in the sieve.
fn place(three: &[u8]) -> (usize, u64) {
    let number = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b));
    // Multiplying by an odd number near 2^32 / golden ratio spreads neighbours; the top bits count.
    let hash = (number.wrapping_mul(0x9e37_79b1) >> 20) as usize;
    (hash / 64, 1 << (hash % 64))
}

fn folded_word(word: &str) -> Cow<'_, str> {
    let is_folded = |c: char| narrow(c) == c && !c.is_uppercase();
    if word.chars().all(is_folded) { Cow::Borrowed(word) } else { Cow::Owned(fold(word)) }
}

/// Whether two such characters side by side belong to one word.
pub(super) fn joins(c: char) -> bool {
    c.is_alphanumeric() && !is_cjk(c)
}

/// Scripts that are written without spaces between words.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{30ff}'     // radicals, kana
        | '\u{3100}'..='\u{4dbf}'   // bopomofo, hangul jamo, extension A
        | '\u{4e00}'..='\u{9fff}'   // unified ideographs
        | '\u{ac00}'..='\u{d7af}'   // hangul
        | '\u{f900}'..='\u{faff}'   // compatibility ideographs
        | '\u{20000}'..='\u{3ffff}') // extensions B and later
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("abc", 5, "abc")]
    #[case("abc", 2, "ab")]
    #[case("慢慢", 5, "慢")]
    #[case("慢", 2, "")]
    #[case("", 0, "")]
    fn a_beginning_ends_between_characters(
        #[case] text: &str,
        #[case] most: usize,
        #[case] cut: &str,
    ) {
        assert_eq!(beginning(text, most), cut);
    }

    #[rstest]
    #[case("I want a REFUND now", "refund", true)]
    #[case("i was refunded", "refund", false)]
    #[case("i was refunded", "refund*", true)]
    #[case("prefund", "refund*", false)]
    #[case("refund", "Refund", true)]
    #[case("我要refund啊", "refund", true)]
    #[case("物流太慢了，我要投诉你们", "投诉", true)]
    #[case("ＲＥＦＵＮＤ please", "refund", true)]
    #[case("it doesn’t work", "doesn't work", true)]
    #[case("it doesn't working", "doesn't work", false)]
    #[case("never again!", "never again", true)]
    #[case("ÉTÉ perdu", "été", true)]
    #[case("answer me??", "??", true)]
    #[case("a?b", "?", true)]
    #[case("", "x", false)]
    #[case("anything", "", false)]
    #[case("anything", "*", false)]
    #[case("scam", "scam", true)]
    #[case("scampi and scam", "scam", true)]
    fn words_stand_alone_and_cjk_is_found_anywhere(
        #[case] text: &str,
        #[case] word: &str,
        #[case] found: bool,
    ) {
        assert_eq!(Folded::of(text).has(word), found, "{word} in {text}");
    }
}
