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

/// Whether a folded text has the word. `word*` also finds longer words that begin with it.
pub fn has(folded: &str, word: &str) -> bool {
    let word = folded_word(word);
    let (word, open_end) = match word.strip_suffix('*') {
        Some(stem) => (stem, true),
        None => (&*word, false),
    };
    let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else {
        return false;
    };
    folded.match_indices(word).any(|(at, _)| {
        let before = folded[..at].chars().next_back();
        let after = folded[at + word.len()..].chars().next();
        !(joins(first) && before.is_some_and(joins))
            && (open_end || !(joins(last) && after.is_some_and(joins)))
    })
}

fn folded_word(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(fold(word))
    }
}

/// Whether two such characters side by side belong to one word.
fn joins(c: char) -> bool {
    c.is_alphanumeric() && !is_cjk(c)
}

/// Scripts that are written without spaces between words.
fn is_cjk(c: char) -> bool {
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
        assert_eq!(has(&fold(text), word), found, "{word} in {text}");
    }
}
