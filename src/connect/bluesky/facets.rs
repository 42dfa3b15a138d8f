//! Links, mentions and tags within a text: the AT Protocol marks them by their bytes in UTF-8, and
//! whoever writes a post has to find them.
//!
//! Finding is the same each time, so that a second attempt writes the same record.

use serde_json::{Value, json};
use std::ops::Range;

/// The longest tag, in grapheme clusters (the lexicon's bound).
const LONGEST_TAG: usize = 64;
/// The longest handle (the bound of domain names).
const LONGEST_HANDLE: usize = 253;

/// Something within a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A web address.
    Link,
    /// A handle, without its `@`.
    Mention(String),
    /// A tag, without its `#`.
    Tag(String),
}

/// The facets of a text. `resolve` answers the id of the account with a handle; a handle that is
/// nobody's stays plain text.
///
/// # Errors
/// Those of `resolve`.
pub fn facets<E>(
    text: &str,
    mut resolve: impl FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Vec<Value>, E> {
    let mut all = Vec::new();
    for (range, kind) in find(text) {
        let feature = match kind {
            Kind::Link => {
                json!({"$type": "app.bsky.richtext.facet#link", "uri": &text[range.clone()]})
            }
            Kind::Tag(tag) => json!({"$type": "app.bsky.richtext.facet#tag", "tag": tag}),
            Kind::Mention(handle) => match resolve(&handle)? {
                Some(did) => json!({"$type": "app.bsky.richtext.facet#mention", "did": did}),
                None => continue,
            },
        };
        all.push(json!({
            "index": {"byteStart": range.start, "byteEnd": range.end},
            "features": [feature],
        }));
    }
    Ok(all)
}

/// What is within a text, in its order, without overlaps.
pub fn find(text: &str) -> Vec<(Range<usize>, Kind)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let hit = if begins_a_word(before) { here(c, rest) } else { None };
        let length = match hit {
            Some((length, kind)) => {
                found.push((at..at + length, kind));
                length
            }
            None => c.len_utf8(),
        };
        before = text[at..at + length].chars().next_back();
        at += length;
    }
    found
}

/// What stands at the beginning of `rest`, and how many bytes of it.
fn here(first: char, rest: &str) -> Option<(usize, Kind)> {
    match first {
        'h' | 'H' => link(rest).map(|length| (length, Kind::Link)),
        '@' => handle(&rest[1..]).map(|h| (1 + h.len(), Kind::Mention(h.to_ascii_lowercase()))),
        '#' | '＃' => {
            let sign = first.len_utf8();
            tag(&rest[sign..]).map(|t| (sign + t.len(), Kind::Tag(t.to_owned())))
        }
        _ => None,
    }
}

/// True when something may begin after this character. Chinese and Japanese put no spaces between
/// words, so only what could be part of an address or of a word in Latin script holds it back.
fn begins_a_word(before: Option<char>) -> bool {
    let holds = |c: char| c.is_ascii_alphanumeric() || "_-.%+/&@#＃".contains(c);
    !before.is_some_and(holds)
}

fn link(rest: &str) -> Option<usize> {
    let after = |scheme: &str| {
        rest.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)).map(|s| s.len())
    };
    let scheme = after("https://").or_else(|| after("http://"))?;
    // Written addresses are ASCII (others are percent-encoded when copied), while Chinese text
    // follows an address without a space: the first that is not ASCII ends it.
    let ends = |c: char| !c.is_ascii_graphic() || "<>\"`{}|\\^".contains(c);
    let end = rest.find(ends).unwrap_or(rest.len());
    let mut url = &rest[..end];
    while let Some(last) = url.chars().next_back() {
        let is_open = |a, b| url.matches(a).count() >= url.matches(b).count();
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' => {}
            ')' if !is_open('(', ')') => {}
            ']' if !is_open('[', ']') => {}
            _ => break,
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    let is_host =
        url.as_bytes().get(scheme).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'[');
    is_host.then_some(url.len())
}

/// The handle that `rest` begins with: a domain name of at least two labels.
fn handle(rest: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches(['.', '-']);
    let label = |l: &str| (1..=63).contains(&l.len()) && !l.starts_with('-') && !l.ends_with('-');
    let top = name.rsplit('.').next()?;
    let is_one = name.len() <= LONGEST_HANDLE
        && name.contains('.')
        && name.split('.').all(label)
        && top.starts_with(|c: char| c.is_ascii_alphabetic());
    is_one.then_some(name)
}

/// The tag that `rest` begins with: up to a space or a sign, and more than a number.
fn tag(rest: &str) -> Option<&str> {
    let end = rest.find(ends_a_tag).unwrap_or(rest.len());
    let tag = rest[..end].trim_end_matches(['-', '_']);
    let says_something = tag.chars().any(|c| !c.is_ascii_digit() && !"-_".contains(c));
    let fits = crate::text::count::graphemes(tag) <= LONGEST_TAG;
    (says_something && fits).then_some(tag)
}

fn ends_a_tag(c: char) -> bool {
    match c {
        '-' | '_' | '＿' => false,
        // Zero-width joiners hold emoji together.
        '\u{200d}' => false,
        _ if c.is_whitespace() || c.is_control() || c.is_ascii_punctuation() => true,
        '\u{ad}' | '\u{2010}'..='\u{205e}' | '\u{2060}' | '\u{200b}' | '\u{200c}' => true,
        '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' => true,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => true,
        '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' => true,
        '·' | '¡' | '¿' | '«' | '»' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// What was found, each as `start-end what`.
    fn shown(text: &str) -> Vec<String> {
        find(text)
            .into_iter()
            .map(|(r, kind)| {
                let what = match kind {
                    Kind::Link => text[r.clone()].to_owned(),
                    Kind::Mention(handle) => format!("@{handle}"),
                    Kind::Tag(tag) => format!("#{tag}"),
                };
                format!("{}-{} {what}", r.start, r.end)
            })
            .collect()
    }

    #[rstest]
    #[case("", &[])]
    #[case("nothing here: a@b.com, C#, 1/2 #", &[])]
    #[case("see https://a.example/x?y=1#z.", &["4-29 https://a.example/x?y=1#z"])]
    #[case("(https://a.example/b_(c)) ok", &["1-24 https://a.example/b_(c)"])]
    #[case("https://a.example/b)", &["0-19 https://a.example/b"])]
    #[case("详见https://a.example/订单，谢谢", &["6-24 https://a.example/"])]
    #[case("HTTP://A.example", &["0-16 HTTP://A.example"])]
    #[case("xhttps://a.example", &[])]
    #[case("https:// and http://.", &[])]
    #[case("https://a.example/@bob.test #x", &["0-27 https://a.example/@bob.test", "28-30 #x"])]
    #[case("👋🏽 hi @Bob.Test!", &["12-21 @bob.test"])]
    #[case("你好@bob.test，在吗", &["6-15 @bob.test"])]
    #[case("@bob.test. @bob @bob..test @-a.test @a.1x", &["0-9 @bob.test"])]
    #[case("@a.b.c-d.example's", &["0-16 @a.b.c-d.example"])]
    #[case("#咖啡 好喝", &["0-7 #咖啡"])]
    #[case("新品＃手冲入门！#咖啡#", &["6-21 #手冲入门", "24-31 #咖啡"])]
    #[case("👨‍👩‍👧#家", &["18-22 #家"])]
    #[case("#1 #2026 #2026年 #a-b_ #c++", &["9-17 #2026年", "18-22 #a-b", "24-26 #c"])]
    #[case("#☕️time", &["0-11 #☕️time"])]
    #[case("e\u{301}#x", &["3-5 #x"])]
    #[case("##x", &[])]
    fn what_is_within_a_text(#[case] text: &str, #[case] found: &[&str]) {
        assert_eq!(shown(text), found);
    }

    #[test]
    fn a_tag_has_a_longest() {
        let fits = format!("#{}", "咖".repeat(LONGEST_TAG));
        assert_eq!(find(&fits).len(), 1);
        assert_eq!(find(&format!("{fits}啡")), []);
    }

    #[test]
    fn a_handle_of_nobody_is_plain_text() {
        let who = |h: &str| Ok::<_, ()>((h == "bob.test").then(|| "did:plc:bob".to_owned()));
        let all = facets("🎉 @bob.test @eve.test", who).unwrap();
        let bob = json!([{
            "index": {"byteStart": 5, "byteEnd": 14},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:bob"}],
        }]);
        assert_eq!(json!(all), bob);
    }

    proptest::proptest! {
        #[test]
        fn offsets_are_of_whole_characters_and_do_not_overlap(text in "[#＃@a-z.:/ 咖啡👋é1-]{0,40}") {
            let mut last = 0;
            for (range, _) in find(&text) {
                proptest::prop_assert!(range.start >= last && range.end > range.start);
                proptest::prop_assert!(text.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
