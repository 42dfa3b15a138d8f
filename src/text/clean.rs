//! The sanitiser: text from anywhere becomes one line that a terminal prints as it is.
//!
//! 1. Escape sequences go, whole ([`super::escape`]).
//! 2. Characters that steer or hide go; those that nobody can see the meaning of are replaced.
//! 3. Grapheme clusters are brought into shape ([`super::cluster`]).
//!
//! Cleaning clean text changes nothing.

use super::{cluster, escape};

/// How often the clusters are gone through before whatever still changes is replaced: a part that
/// goes can bring its neighbours together.
const MOST_ROUNDS: usize = 4;

/// The clean line and its width in columns.
pub(super) fn line(raw: &str) -> (String, usize) {
    if let Some(width) = plain_width(raw) {
        return (raw.to_owned(), width);
    }
    let stripped = escape::strip(raw);
    let kept: String = stripped.chars().filter_map(keep).collect();
    if let Some(width) = plain_width(&kept) {
        return (kept, width);
    }
    settle(kept)
}

/// The width of text that is clean and of which each character is a cluster; None for other text.
fn plain_width(text: &str) -> Option<usize> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Some(text.len());
    }
    text.chars().map(cluster::plain_columns).sum()
}

/// Cleans clusters until nothing changes; the text and its width.
fn settle(mut text: String) -> (String, usize) {
    for _ in 0..MOST_ROUNDS {
        let mut next = String::with_capacity(text.len());
        let mut width = 0;
        for (piece, columns) in cluster::split(&text) {
            let opens = next.is_empty();
            cluster::clean(piece, opens, &mut next);
            width += columns;
        }
        if next == text {
            return (text, width);
        }
        text = next;
    }
    let plain = |c| cluster::plain_columns(c).map_or(cluster::REPLACEMENT, |_| c);
    let text: String = text.chars().map(plain).collect();
    let width = text.chars().filter_map(cluster::plain_columns).sum();
    (text, width)
}

/// What a character becomes before its cluster is looked at.
fn keep(c: char) -> Option<char> {
    match c {
        ' '..='~' => Some(c),
        // Spaces of every width are one space; the ideographic one stays.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => Some(' '),
        // Half-width sound marks take a column of their own but count as part of the letter before
        // them, and measures of the two disagree; their full-width forms are the same everywhere.
        '\u{ff9e}' => Some('\u{309b}'),
        '\u{ff9f}' => Some('\u{309c}'),
        // Bidirectional marks, embeddings, overrides and isolates.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            None
        }
        // Zero-width space, word joiner, invisible operators, deprecated format characters,
        // byte order mark, soft hyphen, Mongolian vowel separator, grapheme joiner.
        '\u{200b}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{180e}'
        | '\u{34f}' => None,
        // Letters that are blank by design: Hangul fillers, Khmer inherent vowels.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}' => None,
        // Annotations, shorthand, musical and hieroglyphic formatting.
        '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{13430}'..='\u{1345f}' => None,
        // Variation selectors but the one that asks for an emoji: fonts disagree on the rest, and
        // so do terminals about their width.
        '\u{fe00}'..='\u{fe0e}' | '\u{180b}'..='\u{180d}' | '\u{180f}' => None,
        '\u{e0080}'..='\u{e0fff}' | '\u{e0000}'..='\u{e001f}' => None,
        // Private use, planes without characters, object replacement, and what is no character.
        '\u{e000}'..='\u{f8ff}' | '\u{40000}'..='\u{dffff}' | '\u{e1000}'.. => {
            Some(cluster::REPLACEMENT)
        }
        '\u{fffc}' | '\u{fdd0}'..='\u{fdef}' => Some(cluster::REPLACEMENT),
        _ if u32::from(c) & 0xfffe == 0xfffe => Some(cluster::REPLACEMENT),
        _ => Some(c),
    }
}

/// The text cut into its lines: at LF, CR LF, CR, VT, FF, NEL, LS and PS.
pub(super) fn split_lines(raw: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(raw);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some((at, end)) = text.char_indices().find(|&(_, c)| escape::is_line_end(c)) else {
            rest = None;
            return Some(text);
        };
        let behind = &text[at..];
        let length = if behind.starts_with("\r\n") { 2 } else { end.len_utf8() };
        rest = Some(&behind[length..]);
        Some(&text[..at])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::bidi("a\u{202e}gnp.exe\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}", "agnp.exe")]
    #[case::zero_width("\u{200b}a\u{2060}\u{feff}b\u{ad}\u{180e}\u{34f}", "ab")]
    #[case::fillers("a\u{115f}\u{1160}\u{3164}\u{ffa0}b", "ab")]
    #[case::annotation("\u{fff9}a\u{fffa}b\u{fffb}", "ab")]
    #[case::deprecated("a\u{206a}\u{206f}b", "ab")]
    #[case::invisible_operators("a\u{2061}\u{2064}b", "ab")]
    #[case::tags("a\u{e0001}\u{e0061}b", "ab")]
    #[case::private_use("\u{e000}\u{f8ff}\u{f0000}\u{10fffd}", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}")]
    #[case::no_character("\u{fdd0}\u{fffe}\u{1ffff}\u{10ffff}", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}")]
    #[case::spaces("a\u{a0}b\u{2003}c\u{202f}d\u{3000}", "a b c d\u{3000}")]
    #[case::separators("a\u{2028}b\u{2029}c\u{85}d", "a b c d")]
    #[case::hidden_in_a_cluster("e\u{200b}\u{301}", "e\u{301}")]
    fn cleans(#[case] raw: &str, #[case] text: &str) {
        let width = cluster::split(text).map(|(_, columns)| columns).sum();
        assert_eq!(line(raw), (text.to_owned(), width));
    }

    #[rstest]
    #[case("", &[""])]
    #[case("a", &["a"])]
    #[case("a\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g", &["a", "b", "c", "d", "e", "f", "g"])]
    #[case("\n\na\n", &["", "", "a", ""])]
    fn splits(#[case] raw: &str, #[case] lines: &[&str]) {
        assert_eq!(split_lines(raw).collect::<Vec<_>>(), lines);
    }
}
