//! Grapheme clusters: how wide they are, and which of their parts may stay.
//!
//! A clean cluster is one or two columns wide, opens with a character that attaches to nothing,
//! ends with one that nothing attaches to by accident, and is short. So clean text can be cut and
//! joined between clusters without surprises.

use super::script::{
    has_joining_letters, is_contextual, is_indic, is_leading_jamo, is_prefix, lone_jamo,
};
use unicode_segmentation::GraphemeCursor;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most marks on one base; real writing needs fewer.
const MOST_MARKS: usize = 8;
/// The most joiners in one emoji: two people, a heart and a kiss need three.
const MOST_JOINERS: usize = 3;
/// The most bytes of one cluster; a kiss between two skin tones takes 35.
const MOST_BYTES: usize = 64;

const ZWJ: char = '\u{200d}';
const ZWNJ: char = '\u{200c}';
const EMOJI_PRESENTATION: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';
const BLACK_FLAG: char = '\u{1f3f4}';
const TAG_END: char = '\u{e007f}';
const DOTTED_CIRCLE: char = '\u{25cc}';
/// Stands for what cannot be shown.
pub(super) const REPLACEMENT: char = '\u{fffd}';

/// The columns one clean cluster takes, by the measure that the screen buffer uses.
pub(super) fn columns(cluster: &str) -> usize {
    if cluster.len() == 1 { 1 } else { cluster.width() }
}

/// Whether a character is one cluster of known width wherever it stands between others like it.
/// Most text is made of these alone and needs no segmentation.
pub(super) fn plain_columns(c: char) -> Option<usize> {
    match c {
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' => Some(1),
        // Cyrillic; dashes, quotes and dots that Chinese text shares with Latin.
        '\u{400}'..='\u{482}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203a}' => Some(1),
        '\u{2500}'..='\u{25c0}' | REPLACEMENT => Some(1),
        // CJK punctuation, kana, ideographs, Hangul syllables, full-width forms.
        '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{309b}'..='\u{30ff}' => Some(2),
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => Some(2),
        '\u{f900}'..='\u{fa6d}' | '\u{ff01}'..='\u{ff60}' => Some(2),
        _ => None,
    }
}

/// The grapheme clusters of a text, each with its columns. Text that is mostly plain, as most is,
/// is segmented only where it is not.
pub(super) fn split(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.chars();
        let plain = plain_columns(chars.next()?);
        let after_first = rest.len() - chars.as_str().len();
        let next_is_plain = chars.next().is_none_or(|next| plain_columns(next).is_some());
        let plain = plain.filter(|_| next_is_plain);
        let end = if plain.is_some() { after_first } else { next_boundary(rest, 0) };
        let (cluster, behind) = rest.split_at(end);
        rest = behind;
        Some((cluster, plain.unwrap_or_else(|| columns(cluster))))
    })
}

/// The grapheme clusters of a text as it stands, each with the columns it takes once it is made
/// safe. Plain text, as most is, costs next to nothing.
pub fn clusters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    split(text).map(|(cluster, columns)| {
        let mut chars = cluster.chars();
        let plain = chars.next().is_some_and(|c| plain_columns(c).is_some());
        match plain && chars.as_str().is_empty() {
            true => (cluster, columns),
            false => (cluster, super::Shown::line(cluster).width()),
        }
    })
}

/// Cleans one cluster onto `out`. `opens` says that nothing stands before it.
pub(super) fn clean(cluster: &str, opens: bool, out: &mut String) {
    let mut chars = cluster.chars();
    match (chars.next(), chars.as_str()) {
        (Some(c), "") if plain_columns(c).is_some() => out.push(c),
        (Some(c), rest) => {
            let mut builder = Builder::new(out);
            builder.take(c, rest, opens && extends(c));
            while let Some(c) = chars.next() {
                builder.take(c, chars.as_str(), extends(c));
            }
            builder.finish();
        }
        (None, _) => {}
    }
}

/// Builds clean clusters from the characters of one that may not be.
struct Builder<'a> {
    out: &'a mut String,
    /// Where the cluster being built begins in `out`.
    start: usize,
    /// A character that goes in front of the next base (Arabic number sign and the like).
    prefix: Option<char>,
    marks: usize,
    joiners: usize,
    /// Where the last letter stands that a virama joined to the one before.
    joined_at: Option<usize>,
    /// How many of the coming characters are tags that were looked at already.
    skip: usize,
}

impl<'a> Builder<'a> {
    fn new(out: &'a mut String) -> Self {
        let start = out.len();
        Builder { out, start, prefix: None, marks: 0, joiners: 0, joined_at: None, skip: 0 }
    }

    fn built(&self) -> &str {
        &self.out[self.start..]
    }

    fn last(&self) -> Option<char> {
        self.built().chars().next_back()
    }

    /// Takes the next character; `rest` is what follows it in the cluster.
    fn take(&mut self, c: char, rest: &str, extends: bool) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match self.last() {
            None if extends => self.orphan(c),
            None if is_prefix(c) => self.prefix = Some(c),
            None => self.base(c),
            Some(last) => match c {
                ZWJ => self.joiner(last, rest),
                ZWNJ => {
                    if has_joining_letters(last) {
                        self.push_if_fits(c);
                    }
                }
                EMOJI_PRESENTATION => {
                    let keycap = matches!(last, '0'..='9' | '#' | '*') && rest.starts_with(KEYCAP);
                    if keycap || is_pictographic(last) {
                        self.push_if_fits(c);
                    }
                }
                '\u{e0020}'..='\u{e007f}' => self.flag_tags(c, rest),
                _ if extends => self.mark(c),
                _ => self.joined_base(c, last),
            },
        }
    }

    /// A character that attaches to what stands before it, where nothing does.
    fn orphan(&mut self, c: char) {
        if let Some(letter) = lone_jamo(c) {
            self.out.push(letter);
            self.end();
        } else if !is_contextual(c) {
            self.out.push(DOTTED_CIRCLE);
            self.marks = 1;
            if !self.push_if_fits(c) {
                self.out.truncate(self.start);
            }
        }
    }

    fn base(&mut self, c: char) {
        if let Some(prefix) = self.prefix.take() {
            self.out.push(prefix);
            self.out.push(c);
            if matches!(columns(self.built()), 1 | 2) {
                return;
            }
            self.out.truncate(self.start);
        }
        match c.width() {
            Some(0) | None => self.out.extend(lone_jamo(c)),
            Some(1 | 2) => self.out.push(c),
            Some(_) => self.out.push(REPLACEMENT),
        }
    }

    /// ZWJ stays where it makes one emoji of two (within a cluster, a base can follow it for no
    /// other reason) or shapes an Indic letter.
    fn joiner(&mut self, last: char, rest: &str) {
        let joins_emoji = rest.chars().next().is_some_and(|next| !extends(next));
        if last == ZWJ || !(is_indic(last) || joins_emoji && self.joiners < MOST_JOINERS) {
            return;
        }
        self.joiners += 1;
        // Many senders leave out the selector that makes a symbol an emoji (❤ in ❤️‍🔥).
        if is_pictographic(last) && columns(self.built()) == 1 {
            self.push_if_fits(EMOJI_PRESENTATION);
        }
        self.push_if_fits(ZWJ);
    }

    /// The tags of a subdivision flag (🏴󠁧󠁢󠁳󠁣󠁴󠁿) stay if they are whole.
    fn flag_tags(&mut self, c: char, rest: &str) {
        let is_code =
            |c: &char| matches!(*c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
        let is_tag = |c: &char| matches!(*c, '\u{e0020}'..='\u{e007f}');
        let tags: Vec<char> = std::iter::once(c).chain(rest.chars()).take_while(is_tag).collect();
        let code = tags.iter().take_while(|t| is_code(t)).count();
        self.skip = tags.len() - 1;
        if self.built().chars().eq([BLACK_FLAG])
            && (3..=6).contains(&code)
            && tags.get(code) == Some(&TAG_END)
        {
            self.out.extend(&tags[..=code]);
        }
    }

    fn mark(&mut self, c: char) {
        if self.marks == MOST_MARKS {
            return;
        }
        self.marks += 1;
        if self.push_if_fits(c) {
            return;
        }
        match c {
            // A skin tone on what has no skin.
            '\u{1f3fb}'..='\u{1f3ff}' => {}
            // A vowel sign that needs a third column: the letters part, else it stands alone.
            _ => match self.joined_at.take() {
                Some(at) => {
                    self.out.insert(at, ZWNJ);
                    self.start = at + ZWNJ.len_utf8();
                    self.mark(c);
                }
                None => {
                    self.end();
                    self.orphan(c);
                }
            },
        }
    }

    /// A base that joins the cluster: an emoji after ZWJ, a consonant after a virama, a Hangul
    /// letter, the second half of a flag. Where the two together would be too wide, they part.
    fn joined_base(&mut self, c: char, last: char) {
        let at = self.out.len();
        if self.push_if_fits(c) {
            self.joined_at = has_joining_letters(c).then_some(at);
            return;
        }
        if self.built().starts_with(is_prefix) {
            self.out.remove(self.start);
            return self.joined_base(c, last);
        }
        if last == ZWJ && !is_indic_cluster(self.built()) {
            if self.push_emoji_if_fits(c) {
                return;
            }
            self.out.pop();
        } else if let Some(letter) = lone_jamo(last) {
            self.out.pop();
            self.out.push(letter);
        } else {
            self.out.push(ZWNJ);
        }
        self.end();
        self.base(c);
    }

    /// Pushes unless the cluster would be too wide or too long.
    fn push_if_fits(&mut self, c: char) -> bool {
        let before = self.out.len();
        self.out.push(c);
        let fits = self.fits();
        if !fits {
            self.out.truncate(before);
        }
        fits
    }

    /// [`Builder::push_if_fits`] for a symbol that is an emoji only with the selector behind it.
    fn push_emoji_if_fits(&mut self, c: char) -> bool {
        let before = self.out.len();
        self.out.extend([c, EMOJI_PRESENTATION]);
        let fits = self.fits();
        if !fits {
            self.out.truncate(before);
        }
        fits
    }

    fn fits(&self) -> bool {
        self.built().len() <= MOST_BYTES && matches!(columns(self.built()), 1 | 2)
    }

    /// Ends this cluster and begins another.
    fn end(&mut self) {
        self.finish();
        self.start = self.out.len();
        self.marks = 0;
        self.joiners = 0;
        self.joined_at = None;
    }

    fn finish(&mut self) {
        // A bare leading Hangul letter would join whatever Hangul comes next.
        if let Some(last) = self.last().filter(|&c| is_leading_jamo(c)) {
            self.out.pop();
            self.out.extend(lone_jamo(last));
        }
    }
}

/// The start of the cluster after the one at byte `at` (which is brought into the text first).
pub fn next_boundary(text: &str, at: usize) -> usize {
    let at = boundary_before(text, at);
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
}

/// The start of the cluster before byte `at` (which is brought into the text first).
pub fn previous_boundary(text: &str, at: usize) -> usize {
    let at = boundary_before(text, at);
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0)
}

fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// Whether two pieces of text would share a cluster where they meet.
pub(super) fn would_merge(before: &str, after: &str) -> bool {
    let (Some(a), Some(b)) = (before.chars().next_back(), after.chars().next()) else {
        return false;
    };
    if plain_columns(a).is_some() && plain_columns(b).is_some() {
        return false;
    }
    let last = &before[previous_boundary(before, before.len())..];
    let first = &after[..next_boundary(after, 0)];
    let met = [last, first].concat();
    next_boundary(&met, 0) == met.len()
}

/// Whether a character attaches to a letter before it.
fn extends(c: char) -> bool {
    match c {
        ZWJ | EMOJI_PRESENTATION | '\u{300}'..='\u{36f}' => true,
        '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}' => true,
        _ => plain_columns(c).is_none() && is_one_cluster(&['a', c]),
    }
}

fn is_pictographic(c: char) -> bool {
    is_one_cluster(&[c, ZWJ, '\u{1f600}'])
}

/// Whether up to three characters share a cluster.
fn is_one_cluster(chars: &[char]) -> bool {
    let mut buffer = [0; 12];
    let mut end = 0;
    for c in chars {
        end += c.encode_utf8(&mut buffer[end..]).len();
    }
    // Characters encode to UTF-8.
    let text = std::str::from_utf8(&buffer[..end]).unwrap_or_default();
    next_boundary(text, 0) == end
}

fn is_indic_cluster(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(is_indic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Shown;
    use rstest::rstest;

    #[rstest]
    #[case::ascii("a", 1)]
    #[case::accent("e\u{301}", 1)]
    #[case::ideograph("漢", 2)]
    #[case::full_width("Ａ", 2)]
    #[case::kana_with_mark("カ\u{3099}", 2)]
    #[case::hangul("한", 2)]
    #[case::hangul_letters("\u{1112}\u{1161}\u{11ab}", 2)]
    #[case::emoji("😀", 2)]
    #[case::symbol("⚠", 1)]
    #[case::symbol_as_emoji("⚠\u{fe0f}", 2)]
    #[case::heart("❤\u{fe0f}", 2)]
    #[case::keycap("1\u{fe0f}\u{20e3}", 2)]
    #[case::flag("🇨🇳", 2)]
    #[case::half_flag("🇨", 1)]
    #[case::scotland("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", 2)]
    #[case::skin("👍🏽", 2)]
    #[case::family("👨\u{200d}👩\u{200d}👧\u{200d}👦", 2)]
    #[case::kiss("👩🏿\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿", 2)]
    #[case::job("🧔\u{200d}♂\u{fe0f}", 2)]
    #[case::conjunct("क\u{94d}ष", 2)]
    #[case::thai("ก\u{e49}ำ", 2)]
    #[case::sinhala("ක\u{dca}\u{200d}", 1)]
    #[case::persian("می\u{200c}خ", 3)]
    #[case::dotted_circle("◌\u{301}", 1)]
    fn genuine_clusters_stay(#[case] text: &str, #[case] columns: usize) {
        let shown = Shown::line(text);
        assert_eq!((shown.as_str(), shown.width()), (text, columns));
    }

    #[rstest]
    #[case::mark_alone("\u{301}", "◌\u{301}")]
    #[case::marks_alone("\u{301}\u{302}a", "◌\u{301}\u{302}a")]
    #[case::vowel_sign_alone("\u{93e}", "◌\u{93e}")]
    #[case::too_many_marks(
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}"
    )]
    #[case::joiner_between_letters("pay\u{200d}pal\u{200c}!", "paypal!")]
    #[case::joiner_at_end("😀\u{200d}", "😀")]
    #[case::joiner_alone("\u{200d}\u{200c}", "")]
    #[case::joiner_before_letter("😀\u{200d}a", "😀a")]
    #[case::endless_chain(
        "😀\u{200d}😀\u{200d}😀\u{200d}😀\u{200d}😀",
        "😀\u{200d}😀\u{200d}😀\u{200d}😀😀"
    )]
    #[case::selector_on_letter("a\u{fe0f}漢\u{fe0e}1\u{fe0f}", "a漢1")]
    #[case::text_selector("⌚\u{fe0e}", "⌚")]
    #[case::ideographic_selector("葛\u{e0100}", "葛")]
    #[case::unqualified_heart("❤\u{200d}🔥", "❤\u{fe0f}\u{200d}🔥")]
    #[case::unqualified_job("🧔\u{200d}♂", "🧔\u{200d}♂\u{fe0f}")]
    #[case::skin_on_letter("a🏽", "a")]
    #[case::skin_alone("🏽", "")]
    #[case::tags_on_letter("a\u{e0041}\u{e007f}", "a")]
    #[case::tags_without_end("🏴\u{e0067}\u{e0062}\u{e0073}", "🏴")]
    #[case::too_many_tags(
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0067}\u{e0062}\u{e0073}\u{e0073}\u{e007f}",
        "🏴"
    )]
    #[case::long_conjunct("स\u{94d}त\u{94d}र", "स\u{94d}त\u{94d}\u{200c}र")]
    #[case::conjunct_and_vowel("क\u{94d}या", "क\u{94d}\u{200c}या")]
    #[case::two_vowel_signs("က\u{103c}\u{1031}", "က\u{103c}◌\u{1031}")]
    #[case::lone_leading("\u{1112}", "ㅎ")]
    #[case::lone_vowel("\u{1161}a\u{1161}", "ㅏaㅏ")]
    #[case::lone_trailing("\u{11ab}", "ㄴ")]
    #[case::two_leading("\u{1112}\u{1112}\u{1161}", "ㅎ\u{1112}\u{1161}")]
    #[case::old_hangul("\u{a960}", "\u{fffd}")]
    #[case::prefix_alone("a\u{600}", "a")]
    #[case::prefix_before_wide("\u{600}漢", "漢")]
    #[case::prefix_before_flag("\u{600}🇨🇳", "🇨🇳")]
    #[case::half_width_marks("ｶﾞ(ﾟ)", "ｶ゛(゜)")]
    #[case::three_columns("\u{17d8}", "\u{fffd}")]
    fn doubtful_clusters_are_brought_into_shape(#[case] raw: &str, #[case] text: &str) {
        assert_eq!(Shown::line(raw), text);
    }

    #[test]
    fn plain_characters_are_clusters_of_their_own() {
        for c in '\0'..=char::MAX {
            let Some(width) = plain_columns(c) else { continue };
            assert_eq!(columns(&c.to_string()), width, "{c:?}");
            for neighbour in ['a', 'é', '漢', '한', 'カ', '©', '\u{94d}'] {
                let joined = is_one_cluster(&[c, neighbour]);
                assert_eq!(joined, neighbour == '\u{94d}', "{c:?} before {neighbour:?}");
                assert!(!is_one_cluster(&[neighbour, c]), "{c:?} behind {neighbour:?}");
            }
            assert!(!is_prefix(c) && lone_jamo(c).is_none() && !is_contextual(c), "{c:?}");
        }
    }

    #[test]
    fn prefixes_are_all_that_join_a_letter_behind_them() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_one_cluster(&[c, 'a']), is_prefix(c), "{c:?}");
        }
    }

    #[test]
    fn boundaries_step_by_cluster_and_stay_inside() {
        let text = "a👨‍👩‍👧e\u{301}";
        assert_eq!(next_boundary(text, 0), 1);
        assert_eq!(next_boundary(text, 1), 19);
        assert_eq!(next_boundary(text, 19), text.len());
        assert_eq!(next_boundary(text, 999), text.len());
        assert_eq!(next_boundary("漢字", 1), 3);
        assert_eq!(previous_boundary(text, text.len()), 19);
        assert_eq!(previous_boundary(text, 19), 1);
        assert_eq!(previous_boundary(text, 1), 0);
        assert_eq!(previous_boundary(text, 0), 0);
        assert_eq!(previous_boundary("", 5), 0);
    }
}
