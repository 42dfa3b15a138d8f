//! How texts are cut for search, and what a typed word finds.
//!
//! A word of letters and digits finds every word that begins with it. Scripts that are written
//! without spaces, and emoji, are found anywhere: they are cut into pairs of neighbours, so that a
//! phrase is a row of pairs. Case, full-width letters and what stands between words make no
//! difference.

use super::words::{fold, fold_char, is_cjk};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::OnceLock;

/// The most characters of a token; a longer word is several tokens in a row.
const LONGEST: usize = 32;

/// One piece of a text, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The folded characters.
    pub text: String,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where its last character ends.
    pub end: usize,
}

/// What a typed text asks for: these tokens, one right behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// The tokens, each as a whole.
    pub whole: Vec<String>,
    /// The last token, of which the beginning will do; `None` = the last of `whole` is the end.
    pub beginning: Option<String>,
}

/// How a character counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Belongs to a word with its neighbours.
    Word,
    /// Stands for itself; found anywhere.
    Dense,
    /// Stands between words.
    Between,
}

fn class(c: char) -> Class {
    match c {
        // Thai, Lao, Burmese and Khmer have no spaces either; their marks belong to them.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Class::Dense,
        // Arrows, signs, shapes; stars; what old telephones had for emoji; flags and emoji.
        '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' => Class::Dense,
        '\u{2100}'..='\u{214f}' if !c.is_alphanumeric() => Class::Dense,
        '\u{2b00}'..='\u{2bff}' | '\u{e000}'..='\u{f8ff}' => Class::Dense,
        '\u{1f000}'..='\u{1faff}' => Class::Dense,
        c if !c.is_alphanumeric() => Class::Between,
        c if is_cjk(c) => Class::Dense,
        _ => Class::Word,
    }
}

/// Characters, folded, each with where it begins and ends in the text.
type Run = Vec<(char, usize, usize)>;

/// Runs of characters of one class, folded, with their places in the text.
fn runs(text: &str) -> Vec<(Class, Run)> {
    let mut runs: Vec<(Class, Run)> = Vec::new();
    for (at, c) in text.char_indices() {
        for folded in fold_char(c) {
            let class = class(folded);
            let one = (folded, at, at + c.len_utf8());
            match runs.last_mut() {
                Some((last, run)) if *last == class => run.push(one),
                _ => runs.push((class, vec![one])),
            }
        }
    }
    runs.retain(|(class, _)| *class != Class::Between);
    runs
}

fn token(chars: &[(char, usize, usize)]) -> Token {
    Token {
        text: chars.iter().map(|(c, ..)| c).collect(),
        start: chars.first().map_or(0, |(_, start, _)| *start),
        end: chars.last().map_or(0, |(.., end)| *end),
    }
}

/// The tokens of a run. A dense one ends in its last character alone, so that each character
/// begins one token.
fn cut(class: Class, run: &[(char, usize, usize)]) -> impl Iterator<Item = Token> + '_ {
    let step = if class == Class::Dense { 1 } else { LONGEST };
    let width = if class == Class::Dense { 2 } else { LONGEST };
    (0..run.len()).step_by(step).map(move |at| token(&run[at..(at + width).min(run.len())]))
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    runs(text).iter().flat_map(|(class, run)| cut(*class, run)).collect()
}

impl Needle {
    /// What a typed text asks for; `None` when it has neither letters nor digits nor signs.
    pub fn of(typed: &str) -> Option<Needle> {
        let runs = runs(typed);
        let (class, run) = runs.last()?;
        let mut whole: Vec<String> = tokens(typed).into_iter().map(|t| t.text).collect();
        let last = whole.pop();
        // Of a dense run the last pair says all that the last character would.
        let ends_whole = *class == Class::Dense && run.len() > 1;
        Some(Needle { whole, beginning: last.filter(|_| !ends_whole) })
    }

    /// Where it is found first among these tokens: the bytes of the text.
    pub fn find(&self, tokens: &[Token]) -> Option<Range<usize>> {
        let len = self.whole.len() + usize::from(self.beginning.is_some());
        (0..(tokens.len() + 1).saturating_sub(len)).find_map(|at| {
            let here = &tokens[at..at + len];
            let (whole, rest) = here.split_at(self.whole.len());
            let fits = whole.iter().zip(&self.whole).all(|(t, w)| t.text == *w)
                && rest.iter().zip(&self.beginning).all(|(t, b)| t.text.starts_with(b.as_str()));
            fits.then(|| here[0].start..self.end(here))
        })
    }

    /// Where the match ends: of a dense beginning only the first character was asked for.
    fn end(&self, here: &[Token]) -> usize {
        let last = &here[here.len() - 1];
        match &self.beginning {
            Some(b) if b.chars().count() == 1 && b.chars().all(|c| class(c) == Class::Dense) => {
                // Its first character is followed by the last one of the pair.
                let second = last.text.chars().nth(1).map_or(0, char::len_utf8);
                last.end.saturating_sub(second).max(last.start)
            }
            _ => last.end,
        }
    }
}

/// Whether a text has what was typed; see [`Wording::is_in`].
pub fn has(text: &str, typed: &str) -> bool {
    Wording::from(typed.to_owned()).is_in(text)
}

/// A text as typed, to be looked for in many: what it asks for is worked out once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wording {
    typed: String,
    #[serde(skip)]
    asks: OnceLock<Option<Needle>>,
}

impl From<String> for Wording {
    fn from(typed: String) -> Wording {
        Wording { typed, asks: OnceLock::new() }
    }
}

impl PartialEq for Wording {
    fn eq(&self, other: &Wording) -> bool {
        self.typed == other.typed
    }
}

impl Eq for Wording {}

impl Wording {
    /// As typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// What it asks for; `None` = it has nothing to search for.
    pub fn needle(&self) -> Option<&Needle> {
        self.asks.get_or_init(|| Needle::of(&self.typed)).as_ref()
    }

    /// Whether a text has it, as the search finds it. What has nothing to search for (`??`, `:-)`)
    /// is looked for as it stands.
    pub fn is_in(&self, text: &str) -> bool {
        match self.needle() {
            Some(needle) => needle.find(&tokens(text)).is_some(),
            None => fold(text).contains(&fold(&self.typed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("I want a REFUND now", "refund", true)]
    #[case("refunded", "refund", true)]
    #[case("prefund", "refund", false)]
    #[case("物流太慢了，我要投诉", "投诉", true)]
    #[case("物流太慢了，我要投诉", "流太慢", true)]
    #[case("物流太慢了，我要投诉", "流", true)]
    #[case("物流太慢了，我要投诉", "诉", true)]
    #[case("物流太慢了，我要投诉", "物慢", false)]
    #[case("物流太慢了，我要投诉", "慢了我", false)]
    #[case("慢了，我要", "慢了，我", true)]
    #[case("我要refund啊", "refund", true)]
    #[case("我要refund啊", "要refund啊", true)]
    #[case("ＲＥＦＵＮＤ", "refund", true)]
    #[case("hello, big world", "hello big wor", true)]
    #[case("hello, big world", "hell big", false)]
    #[case("thanks 🙏🙏", "🙏", true)]
    #[case("made in 🇨🇳!", "🇨🇳", true)]
    #[case("made in 🇨🇳!", "🇳🇨", false)]
    #[case("五星⭐⭐⭐", "⭐", true)]
    #[case("love it ❤️", "❤", true)]
    #[case("thumbs 👍🏽", "👍", true)]
    #[case("⏰ late", "⏰", true)]
    #[case("28℃", "℃", true)]
    #[case("what??", "??", true)]
    #[case("what", "??", false)]
    #[case("ขอบคุณมากครับ", "คุณมาก", true)]
    #[case("İstanbul", "i", true)]
    #[case("", "x", false)]
    fn a_word_finds_beginnings_and_dense_scripts_anywhere(
        #[case] text: &str,
        #[case] typed: &str,
        #[case] found: bool,
    ) {
        assert_eq!(has(text, typed), found, "{typed} in {text}");
    }

    #[rstest]
    #[case("say 物流太慢 now", "流太", "流太")]
    #[case("say 物流太慢 now", "太", "太")]
    #[case("say 物流太慢 now", "慢", "慢")]
    #[case("a Refunded order", "refund", "Refunded")]
    #[case("one, two three", "one two", "one, two")]
    fn the_place_of_a_match(#[case] text: &str, #[case] typed: &str, #[case] found: &str) {
        let place = Needle::of(typed).unwrap().find(&tokens(text)).unwrap();
        assert_eq!(&text[place], found);
    }

    #[test]
    fn what_is_typed_is_cut_once_however_many_texts_it_is_looked_for_in() {
        let typed = Wording::from("很长".repeat(3_000));
        let first: *const Needle = typed.needle().unwrap();
        assert!(!typed.is_in("很长很长") && typed.is_in(&"很长".repeat(3_001)));
        assert!(std::ptr::eq(first, typed.needle().unwrap()));
    }

    #[test]
    fn a_word_without_end_is_cut_and_still_found() {
        let endless = "x".repeat(1_000);
        assert!(tokens(&endless).iter().all(|t| t.text.len() <= LONGEST));
        assert!(has(&endless, &endless[..40]));
    }

    proptest! {
        #[test]
        fn a_dense_word_is_found_only_where_it_stands(text in "[一-七]{0,12}", word in "[一-七]{1,3}") {
            prop_assert_eq!(has(&text, &word), text.contains(&word));
        }

        #[test]
        fn places_are_within_the_text(text in "\\PC{0,40}", typed in "\\PC{1,4}") {
            if let Some(place) = Needle::of(&typed).and_then(|n| n.find(&tokens(&text))) {
                prop_assert!(text.get(place).is_some());
            }
        }
    }
}
