//! Grapheme clusters: how wide they are, and which of their parts may stay.
//!
//! A clean cluster is one or two columns wide, opens with a character that attaches to nothing,
//! ends with one that nothing attaches to by accident, and is short. So clean text can be cut and
//! joined between clusters without surprises.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
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

/// The columns one cluster takes, by the measure that the screen buffer uses: half-width sound
/// marks take a column of their own although Unicode lets them extend the letter before.
pub(super) fn columns(cluster: &str) -> usize {
    if cluster.len() == 1 {
        return 1;
    }
    cluster.width() + cluster.chars().filter(|&c| is_halfwidth_sound_mark(c)).count()
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
    /// How many of the coming characters belong to a flag that was taken whole.
    skip: usize,
}

impl<'a> Builder<'a> {
    fn new(out: &'a mut String) -> Self {
        let start = out.len();
        Builder { out, start, prefix: None, marks: 0, joiners: 0, skip: 0 }
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
            Some(0) | None => {}
            Some(1 | 2) => self.out.push(c),
            Some(_) => self.out.push(REPLACEMENT),
        }
    }

    /// ZWJ stays where it makes one emoji of two (within a cluster, a base can follow it for no
    /// other reason) or shapes an Indic letter.
    fn joiner(&mut self, last: char, rest: &str) {
        let joins_emoji = rest.chars().next().is_some_and(|next| !self::extends(next));
        if last != ZWJ && (is_indic(last) || joins_emoji && self.joiners < MOST_JOINERS) {
            self.joiners += 1;
            self.push_if_fits(ZWJ);
        }
    }

    /// The tags of a subdivision flag (🏴󠁧󠁢󠁳󠁣󠁴󠁿) stay if they are whole.
    fn flag_tags(&mut self, c: char, rest: &str) {
        let is_code =
            |c: &char| matches!(*c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
        let tags: Vec<char> = std::iter::once(c).chain(rest.chars()).take(7).collect();
        let code = tags.iter().take_while(|t| is_code(t)).count();
        if self.built().chars().eq([BLACK_FLAG])
            && (3..=6).contains(&code)
            && tags.get(code) == Some(&TAG_END)
        {
            self.out.extend(&tags[..=code]);
            self.skip = code;
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
            // The combining forms of the half-width sound marks take no column.
            '\u{ff9e}' => self.push_if_fits('\u{3099}'),
            '\u{ff9f}' => self.push_if_fits('\u{309a}'),
            // A skin tone on what has no skin.
            '\u{1f3fb}'..='\u{1f3ff}' => true,
            // A vowel sign that needs a third column gets a cell of its own.
            _ => {
                self.end();
                self.orphan(c);
                true
            }
        };
    }

    /// A base that joins the cluster: an emoji after ZWJ, a consonant after a virama, a Hangul
    /// letter, the second half of a flag. Where the two together would be too wide, they part.
    fn joined_base(&mut self, c: char, last: char) {
        if self.push_if_fits(c) {
            return;
        }
        if last == ZWJ && !is_indic_cluster(self.built()) {
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
        let fits = self.built().len() <= MOST_BYTES && matches!(columns(self.built()), 1 | 2);
        if !fits {
            self.out.truncate(before);
        }
        fits
    }

    /// Ends this cluster and begins another.
    fn end(&mut self) {
        self.finish();
        self.start = self.out.len();
        self.marks = 0;
        self.joiners = 0;
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
    [last, first].concat().graphemes(true).count() < 2
}

/// Whether a character attaches to a letter before it.
fn extends(c: char) -> bool {
    plain_columns(c).is_none() && is_one_cluster(&['a', c])
        || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

fn is_pictographic(c: char) -> bool {
    is_one_cluster(&[c, ZWJ, '\u{1f600}'])
}

fn is_one_cluster(chars: &[char]) -> bool {
    chars.iter().collect::<String>().graphemes(true).count() == 1
}

fn is_halfwidth_sound_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Characters that mean something inside certain clusters only.
fn is_contextual(c: char) -> bool {
    matches!(c, ZWJ | ZWNJ | EMOJI_PRESENTATION | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e007f}')
}

/// Grapheme_Cluster_Break=Prepend: goes in front of what follows.
fn is_prefix(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
        | '\u{d4e}' | '\u{110bd}' | '\u{110cd}' | '\u{111c2}' | '\u{111c3}' | '\u{113d1}'
        | '\u{1193f}' | '\u{11941}' | '\u{11a84}'..='\u{11a89}' | '\u{11d46}' | '\u{11f02}')
}

/// Devanagari to Sinhala, where a joiner shapes the letter before it.
fn is_indic(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}')
}

fn is_indic_cluster(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(is_indic)
}

/// Scripts whose letters join, so that a non-joiner means something (Persian, Indic, Khmer, ...).
fn has_joining_letters(c: char) -> bool {
    is_indic(c)
        || matches!(c, '\u{620}'..='\u{8ff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
            | '\u{1b00}'..='\u{1b7f}' | '\u{a980}'..='\u{a9df}' | '\u{11000}'..='\u{11fff}')
}

fn is_leading_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}')
}

/// The stand-alone letter for a Hangul letter that has no syllable; None for anything else.
fn lone_jamo(c: char) -> Option<char> {
    const LEADING: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
    const VOWELS: &str = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
    const TRAILING: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
    let (letters, first) = match c {
        '\u{1100}'..='\u{115f}' => (LEADING, 0x1100),
        '\u{1160}'..='\u{11a7}' => (VOWELS, 0x1161),
        '\u{11a8}'..='\u{11ff}' => (TRAILING, 0x11a8),
        // Letters of old Hangul have no stand-alone form.
        '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7ff}' => ("", 0),
        _ => return None,
    };
    let nth = (u32::from(c)).checked_sub(first).and_then(|n| usize::try_from(n).ok());
    Some(nth.and_then(|n| letters.chars().nth(n)).unwrap_or(REPLACEMENT))
}
