//! How long a text is as a Mastodon server counts: a link has a fixed length, of a person's
//! address only the name counts.

use crate::text::count::{chars, graphemes};
pub use crate::text::pieces::{Part, parts};

/// How a server counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The most that a text may have.
    pub most: usize,
    /// What a link counts as.
    pub link: usize,
    /// Grapheme clusters (Mastodon) or Unicode characters (others).
    pub graphemes: bool,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule { most: 500, link: 23, graphemes: true }
    }
}

impl Rule {
    /// The length of a text. A server that takes an ending for none of the known ones counts that
    /// link in full; it then says so itself.
    pub fn length(&self, text: &str) -> usize {
        let count = if self.graphemes { graphemes } else { chars };
        let mut total = 0;
        let mut plain = String::new();
        for part in parts(text) {
            match part {
                Part::Plain(text) => plain.push_str(text),
                // Taken together with its neighbours: a cluster may go over the seam.
                Part::Mention { user, .. } => {
                    plain.push('@');
                    plain.push_str(user);
                }
                Part::Link(_) => total += self.link,
            }
        }
        total + count(&plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("", 0)]
    #[case("abc", 3)]
    #[case("三天没发货", 5)]
    #[case("👨‍👩‍👧", 1)]
    #[case("https://a.example", 23)]
    #[case("see https://example.com/a/very/long/way/that/goes/on/and/on?x=1&y=2.", 4 + 23 + 1)]
    #[case("(https://example.com/a)", 25)]
    #[case("HTTPS://EXAMPLE.COM", 23)]
    #[case("https://a.example，好", 23 + 2)]
    #[case("https://a.example?x=好", 23 + 1)]
    #[case("http://localhost/x", 18)]
    #[case("http://127.0.0.1:80", 19)]
    #[case("xhttps://a.example", 18)]
    #[case("https://", 8)]
    #[case("@lu hi", 6)]
    #[case("@lu@far.example hi", 6)]
    #[case("@lu@far.example, hi", 7)]
    #[case("mail me at lu@far.example", 25)]
    #[case("@ @@ @.", 7)]
    #[case("@lu_2.x@a.b-c.example.", 8)]
    fn counts(#[case] text: &str, #[case] length: usize) {
        assert_eq!(Rule::default().length(text), length);
    }

    #[test]
    fn others_count_characters() {
        let rule = Rule { graphemes: false, ..Rule::default() };
        assert_eq!(rule.length("👨‍👩‍👧"), 5);
    }

    proptest! {
        #[test]
        fn without_links_and_people_it_is_the_number_of_clusters(text in "[^@hH]{0,40}") {
            prop_assert_eq!(Rule::default().length(&text), graphemes(&text));
        }
    }
}
