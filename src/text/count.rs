//! How long a text is, by the rules that platforms count with. Counts the text as it is sent, not
//! as it is shown.

use super::cluster;

/// Grapheme clusters: what a reader takes for one character (Bluesky counts so).
pub fn graphemes(text: &str) -> usize {
    cluster::split(text).count()
}

/// Unicode characters (Mastodon counts so, links apart).
pub fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Full-width characters, two half-width ones being one (Weibo counts so): what is not Latin-1 is
/// full-width.
pub fn wide(text: &str) -> usize {
    let halves: usize = text.chars().map(|c| if c <= '\u{ff}' { 1 } else { 2 }).sum();
    halves.div_ceil(2)
}

/// Bytes of UTF-8.
pub fn bytes(text: &str) -> usize {
    text.len()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("", 0, 0, 0)]
    #[case("abc", 3, 3, 3)]
    #[case("物流", 2, 2, 6)]
    #[case("e\u{301}", 1, 2, 3)]
    #[case("👨‍👩‍👧", 1, 5, 18)]
    fn counts(#[case] text: &str, #[case] g: usize, #[case] c: usize, #[case] b: usize) {
        assert_eq!((super::graphemes(text), super::chars(text), super::bytes(text)), (g, c, b));
    }
}
