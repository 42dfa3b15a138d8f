//! The languages of the interface, and how a message of the catalogue becomes text.

use super::Shown;
use std::fmt::Display;

/// The languages of the interface.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 简体中文.
    Zh,
}

impl Lang {
    /// Every language of the interface.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The language for a locale name such as `zh_CN.UTF-8` or `en-GB`; English where it is not
    /// Chinese.
    pub fn from_locale(locale: &str) -> Lang {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if ["zh", "cmn", "yue", "wuu"].iter().any(|l| language.eq_ignore_ascii_case(l)) {
            Lang::Zh
        } else {
            Lang::En
        }
    }
}

/// One message of the catalogue, in every language. `{name}` marks a place to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Msg {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}

impl Msg {
    /// The message as written, places unfilled, for what is generated rather than shown.
    pub fn raw(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// The message as it is; for messages without a place to fill.
    pub fn say(&self, lang: Lang) -> Shown {
        Shown::line(self.raw(lang))
    }

    /// The message with its `{name}` places filled.
    ///
    /// A value may come from anywhere: each is made safe by itself, so that it cannot take a part
    /// of the sentence with it, and a `{…}` inside a value is text. A place without a value stays
    /// as it is written, so that a mistake is seen instead of hidden.
    pub fn fill(&self, lang: Lang, values: &[(&str, &dyn Display)]) -> Shown {
        let mut text = String::new();
        for piece in pieces(self.raw(lang)) {
            match piece {
                Piece::Text(t) => text.push_str(t),
                Piece::Place(name) => match values.iter().find(|(n, _)| *n == name) {
                    Some((_, value)) => text.push_str(Shown::line(&value.to_string()).as_str()),
                    None => {
                        text.push('{');
                        text.push_str(name);
                        text.push('}');
                    }
                },
            }
        }
        Shown::line(&text)
    }

    /// The names of the places to fill, in order of appearance in `lang`.
    pub fn places(&self, lang: Lang) -> Vec<&'static str> {
        pieces(self.raw(lang))
            .filter_map(|p| if let Piece::Place(name) = p { Some(name) } else { None })
            .collect()
    }
}

enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

/// Splits a template into text and `{name}` places; a name is made of `a-z`, `0-9` and `_`.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = place(rest) {
            rest = after;
            return Some(Piece::Place(name));
        }
        // The first byte belongs to the text even if it is a brace that opens no place.
        let end = rest
            .char_indices()
            .skip(1)
            .find(|&(i, c)| c == '{' && place(&rest[i..]).is_some())
            .map_or(rest.len(), |(i, _)| i);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(text))
    })
}

fn place(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (!name.is_empty() && name.bytes().all(fits)).then_some((name, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const LATE: Msg = Msg { en: "{n} late in {queue}", zh: "{queue}有{n}条超时" };

    #[rstest]
    #[case("zh_CN.UTF-8", Lang::Zh)]
    #[case("zh", Lang::Zh)]
    #[case("zh-Hans-CN", Lang::Zh)]
    #[case("ZH_TW", Lang::Zh)]
    #[case("en_GB.UTF-8", Lang::En)]
    #[case("zhuang", Lang::En)]
    #[case("C", Lang::En)]
    #[case("", Lang::En)]
    fn locales(#[case] locale: &str, #[case] lang: Lang) {
        assert_eq!(Lang::from_locale(locale), lang);
    }

    #[test]
    fn fills_in_both_languages() {
        let values: &[(&str, &dyn Display)] = &[("n", &3), ("queue", &"Comments")];
        assert_eq!(LATE.fill(Lang::En, values).as_str(), "3 late in Comments");
        assert_eq!(LATE.fill(Lang::Zh, values).as_str(), "Comments有3条超时");
    }

    #[test]
    fn a_value_cannot_reach_outside_its_place() {
        let values: &[(&str, &dyn Display)] = &[("n", &"\x1b]0;x"), ("queue", &"{n}\u{202e}\n!")];
        assert_eq!(LATE.fill(Lang::En, values).as_str(), " late in {n} !");
    }

    #[test]
    fn a_place_without_a_value_is_seen() {
        assert_eq!(LATE.fill(Lang::En, &[("n", &1)]).as_str(), "1 late in {queue}");
    }

    #[rstest]
    #[case("a {b} {c_1}", &["b", "c_1"])]
    #[case("{} { x } {A} {", &[])]
    #[case("{{a}}", &["a"])]
    fn finds_places(#[case] template: &'static str, #[case] names: &[&str]) {
        assert_eq!(Msg { en: template, zh: "" }.places(Lang::En), names);
    }
}
