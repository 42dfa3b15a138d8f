//! Text being typed: a caret that moves by grapheme cluster, one line or many.

use crate::text::{Shown, clusters, count, next_boundary, previous_boundary};
use std::borrow::Cow;
use std::ops::Range;

/// A text and a caret in it.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    text: String,
    /// Byte offset of the caret; always between two clusters.
    caret: usize,
    /// The column that going up and down aims at.
    aim: Option<usize>,
    /// Grows with each change of the text.
    changes: u64,
    /// How the text was broken last, so that a key in a long one costs one walk over it.
    broken: Option<Broken>,
}

/// A text broken into screen lines: where each begins and ends.
#[derive(Clone, Debug)]
struct Broken {
    changes: u64,
    columns: usize,
    lines: Vec<(usize, usize)>,
}

// How often it was changed and how it was broken last tell nothing about what it is.
impl PartialEq for Editor {
    fn eq(&self, other: &Editor) -> bool {
        (&self.text, self.caret, self.aim) == (&other.text, other.caret, other.aim)
    }
}

impl Eq for Editor {}

impl Editor {
    /// An editor with this text, the caret at its end.
    pub fn new(text: &str) -> Editor {
        let text = normal(text);
        Editor { caret: text.len(), text, ..Editor::default() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A number that grows with each change of the text.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Puts the caret where a part of the text was, without that part; offsets in bytes, between
    /// characters.
    pub fn take_out(&mut self, from: usize, to: usize) {
        self.cut(from, to);
    }

    /// The text before the caret.
    pub fn before(&self) -> &str {
        &self.text[..self.caret]
    }

    /// True when there is nothing but blanks.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// What a reader takes for one character, counted.
    pub fn graphemes(&self) -> usize {
        count::graphemes(&self.text)
    }

    /// Puts text in at the caret; CR and CRLF become LF.
    pub fn insert(&mut self, text: &str) {
        let text = normal(text);
        self.text.insert_str(self.caret, &text);
        self.caret += text.len();
        self.changes += 1;
        // What was typed may have joined a cluster that goes on behind it (a ZWJ, a mark).
        self.settle();
    }

    /// Puts text in at the caret as one line: line ends become blanks.
    pub fn insert_line(&mut self, text: &str) {
        self.insert(&normal(text).replace('\n', " "));
    }

    /// Another text, the caret at its end.
    pub fn set(&mut self, text: &str) {
        *self = Editor { changes: self.changes + 1, ..Editor::new(text) };
    }

    /// Puts the caret at a byte of the text, or at the cluster that it lies in.
    pub fn put_caret(&mut self, at: usize) {
        let at = at.min(self.text.len());
        let whole = (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        self.go(whole);
        self.settle();
    }

    /// Puts other text in the place of a part; what is no part of the text is left alone.
    pub fn replace(&mut self, at: Range<usize>, text: &str) {
        if self.text.get(at.clone()).is_some() {
            self.text.replace_range(at.clone(), "");
            self.go(at.start);
            self.insert(text);
        }
    }

    /// One cluster to the left.
    pub fn left(&mut self) {
        self.go(previous_boundary(&self.text, self.caret));
    }

    /// One cluster to the right.
    pub fn right(&mut self) {
        self.go(next_boundary(&self.text, self.caret));
    }

    /// To the start of the word before the caret.
    pub fn word_left(&mut self) {
        self.go(self.word_start());
    }

    /// To the end of the word after the caret.
    pub fn word_right(&mut self) {
        let mut at = self.caret;
        while at < self.text.len() && self.text[at..].starts_with(char::is_whitespace) {
            at = next_boundary(&self.text, at);
        }
        while at < self.text.len() && !self.text[at..].starts_with(char::is_whitespace) {
            at = next_boundary(&self.text, at);
        }
        self.go(at);
    }

    /// To the start of the line.
    pub fn line_start(&mut self) {
        self.go(self.line_start_at());
    }

    /// To the end of the line.
    pub fn line_end(&mut self) {
        self.go(self.line_end_at());
    }

    /// Takes the cluster before the caret away.
    pub fn erase(&mut self) {
        let from = previous_boundary(&self.text, self.caret);
        self.cut(from, self.caret);
    }

    /// Takes the cluster after the caret away.
    pub fn erase_next(&mut self) {
        let to = next_boundary(&self.text, self.caret);
        self.cut(self.caret, to);
    }

    /// Takes the word before the caret away.
    pub fn erase_word(&mut self) {
        self.cut(self.word_start(), self.caret);
    }

    /// Takes the line before the caret away; at its start, the line end before it.
    pub fn erase_to_start(&mut self) {
        match self.line_start_at() {
            at if at == self.caret => self.erase(),
            at => self.cut(at, self.caret),
        }
    }

    /// Takes the line after the caret away; at its end, the line end.
    pub fn erase_to_end(&mut self) {
        match self.line_end_at() {
            at if at == self.caret => self.erase_next(),
            at => self.cut(self.caret, at),
        }
    }

    /// One screen line up or down at this width; false when there is none.
    pub fn line(&mut self, down: bool, columns: usize) -> bool {
        let lines = self.lines(columns);
        let (x, y) = self.caret_in(&lines);
        let to = if down { y + 1 } else { y.wrapping_sub(1) };
        let Some((start, end)) = lines.get(to).copied() else { return false };
        let follows = lines.get(to + 1).map(|(start, _)| *start);
        drop(lines);
        let aim = *self.aim.get_or_insert(x);
        let (mut at, mut column) = (start, 0);
        for (cluster, wide) in clusters(&self.text[start..end]) {
            let next = at + cluster.len();
            // The end of a wrapped line is the start of the next one.
            let wrapped = next == end && follows == Some(next);
            if column + wide > aim || wrapped {
                break;
            }
            (at, column) = (next, column + wide);
        }
        self.caret = at;
        true
    }

    /// Breaks the text for this width now, so that what is asked of it next costs nothing.
    pub fn lay(&mut self, columns: usize) {
        let columns = columns.max(2);
        let is_so = |b: &Broken| (b.changes, b.columns) == (self.changes, columns);
        if !self.broken.as_ref().is_some_and(is_so) {
            let lines = broken(&self.text, columns);
            self.broken = Some(Broken { changes: self.changes, columns, lines });
        }
    }

    /// How many lines of at most `columns` the text has, broken between clusters; one at least.
    pub fn height(&self, columns: usize) -> usize {
        self.lines(columns).len()
    }

    /// Some of those lines, from one on.
    pub fn shown(&self, columns: usize, from: usize, most: usize) -> Vec<Shown> {
        let lines = self.lines(columns);
        let some = lines.iter().skip(from).take(most);
        some.map(|(start, end)| Shown::line(&self.text[*start..*end])).collect()
    }

    /// Where the caret is in them: column, line.
    pub fn caret(&self, columns: usize) -> (usize, usize) {
        self.caret_in(&self.lines(columns))
    }

    /// Where each line begins and ends in the text, in bytes, its line end left out.
    pub fn lines(&self, columns: usize) -> Cow<'_, [(usize, usize)]> {
        let columns = columns.max(2);
        match &self.broken {
            Some(b) if (b.changes, b.columns) == (self.changes, columns) => Cow::Borrowed(&b.lines),
            _ => Cow::Owned(broken(&self.text, columns)),
        }
    }

    fn caret_in(&self, lines: &[(usize, usize)]) -> (usize, usize) {
        let y = lines.partition_point(|(start, _)| *start <= self.caret).saturating_sub(1);
        let start = lines.get(y).map_or(0, |(start, _)| *start);
        (Shown::line(&self.text[start..self.caret]).width(), y)
    }

    fn go(&mut self, at: usize) {
        (self.caret, self.aim) = (at, None);
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.changes += 1;
        self.go(from);
        self.settle();
    }

    fn settle(&mut self) {
        self.aim = None;
        if self.caret > 0 {
            // The boundary at or after the caret.
            let before = previous_boundary(&self.text, self.caret);
            self.caret = next_boundary(&self.text, before).max(self.caret);
        }
    }

    fn word_start(&self) -> usize {
        let blank = |at: usize| self.text[at..].starts_with(char::is_whitespace);
        let mut at = self.caret;
        while at > 0 && blank(previous_boundary(&self.text, at)) {
            at = previous_boundary(&self.text, at);
        }
        while at > 0 && !blank(previous_boundary(&self.text, at)) {
            at = previous_boundary(&self.text, at);
        }
        at
    }

    fn line_start_at(&self) -> usize {
        self.text[..self.caret].rfind('\n').map_or(0, |i| i + 1)
    }

    fn line_end_at(&self) -> usize {
        self.text[self.caret..].find('\n').map_or(self.text.len(), |i| self.caret + i)
    }
}

/// The lines of a text at most so wide: where each begins and ends.
fn broken(text: &str, columns: usize) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let (mut from, mut at, mut wide) = (start, start, 0);
        for (cluster, width) in clusters(line) {
            if wide + width > columns {
                lines.push((from, at));
                (from, wide) = (at, 0);
            }
            (at, wide) = (at + cluster.len(), wide + width);
        }
        lines.push((from, end));
        start = end + 1;
    }
    lines
}

/// Line ends as LF, tabs as blanks, no other control characters: what a paste may bring.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("", "", 0)]
    #[case("a\r\nb\rc\nd", "a\nb\nc\nd", 7)]
    #[case("x\u{1b}[31my\u{7}", "x[31my", 6)]
    fn a_paste_becomes_plain_lines(#[case] raw: &str, #[case] text: &str, #[case] caret: usize) {
        let mut e = Editor::default();
        e.insert(raw);
        assert_eq!((e.text(), e.before().len()), (text, caret));
    }

    #[test]
    fn the_caret_moves_and_erases_by_cluster() {
        let mut e = Editor::new("咖👨‍👩‍👧e\u{301}");
        assert_eq!(e.graphemes(), 3);
        e.left();
        assert_eq!(e.before(), "咖👨‍👩‍👧");
        e.erase();
        assert_eq!(e.text(), "咖e\u{301}");
        e.erase_next();
        assert_eq!(e.text(), "咖");
        e.erase();
        e.erase();
        assert_eq!(e.text(), "");
    }

    #[rstest]
    #[case::flags("🇨🇳🇩🇪", 2)]
    #[case::skin_tone("👍🏽", 1)]
    #[case::keycap("3️⃣", 1)]
    #[case::couple("👩‍❤️‍💋‍👨", 1)]
    #[case::hangul("한국", 2)]
    #[case::decomposed_hangul("\u{1112}\u{1161}\u{11ab}", 1)]
    #[case::thai("กำ", 1)]
    #[case::devanagari("नि", 1)]
    #[case::ideographic_variant("葛\u{e0100}城", 2)]
    #[case::half_and_full("ａa，,", 4)]
    fn one_key_takes_what_a_reader_takes_for_one(#[case] text: &str, #[case] clusters: usize) {
        let mut e = Editor::new(text);
        assert_eq!(e.graphemes(), clusters);
        for _ in 0..clusters {
            e.left();
        }
        assert_eq!(e.before(), "");
        for left in (0..clusters).rev() {
            e.erase_next();
            assert_eq!(e.graphemes(), left);
        }
        assert_eq!(e.text(), "");
    }

    #[test]
    fn what_is_typed_in_the_middle_joins_its_neighbours() {
        // An IME may bring a base and its mark one after the other.
        let mut e = Editor::new("ab");
        e.left();
        e.insert("e");
        e.insert("\u{301}");
        assert_eq!((e.graphemes(), e.before()), (3, "ae\u{301}"));
        e.erase();
        assert_eq!(e.text(), "ab");
    }

    #[test]
    fn a_hundred_thousand_characters_are_one_paste() {
        let mut e = Editor::new("x");
        let paste = "物流太慢了，三天没发货👨‍👩‍👧\r\n".repeat(8_000);
        e.insert(&paste);
        assert!(e.graphemes() > 100_000);
        e.lay(80);
        let (_, y) = e.caret(80);
        assert_eq!(e.height(80), y + 1);
        assert_eq!(e.shown(80, y - 1, 5).len(), 2);
        assert!(e.line(false, 80));
        e.erase();
        e.lay(80);
        assert_eq!(e.height(80), y, "the line end went");
    }

    #[test]
    fn words_and_lines_go_at_once() {
        let mut e = Editor::new("one two\nthree four");
        e.erase_word();
        assert_eq!(e.text(), "one two\nthree ");
        e.erase_to_start();
        assert_eq!(e.text(), "one two\n");
        e.erase_to_start();
        assert_eq!(e.text(), "one two");
        e.line_start();
        e.erase_to_end();
        assert_eq!(e.text(), "");
    }

    #[test]
    fn the_screen_breaks_by_width_and_the_caret_follows() {
        let mut e = Editor::new("慢慢来abc\nx");
        let lines: Vec<String> = e.shown(5, 0, 9).iter().map(Shown::to_string).collect();
        assert_eq!(lines, ["慢慢", "来abc", "x"]);
        assert_eq!(e.caret(5), (1, 2));
        assert!(e.line(false, 5));
        assert_eq!(e.caret(5), (0, 1), "a column within a wide character is its start");
        assert!(e.line(false, 5));
        assert!(!e.line(false, 5));
        assert!(e.line(true, 5) && e.line(true, 5));
        assert_eq!(e.caret(5), (1, 2), "the column aimed at is remembered");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_the_caret_stays_between_clusters(
            start in ".{0,20}", ops in proptest::collection::vec(0u8..14, 0..40), text in ".{0,6}",
        ) {
            let mut e = Editor::new(&start);
            for op in ops {
                match op {
                    0 => e.left(), 1 => e.right(), 2 => e.word_left(), 3 => e.word_right(),
                    4 => e.line_start(), 5 => e.line_end(), 6 => e.erase(), 7 => e.erase_next(),
                    8 => e.erase_word(), 9 => e.erase_to_start(), 10 => e.erase_to_end(),
                    11 => { e.line(true, 7); } 12 => { e.line(false, 7); }
                    _ => e.insert(&text),
                }
                let at = e.before().len();
                prop_assert!(at == 0 || next_boundary(e.text(), previous_boundary(e.text(), at)) == at);
                // Broken once and broken anew are the same.
                let lines = e.shown(7, 0, usize::MAX);
                e.lay(7);
                prop_assert_eq!(&lines, &e.shown(7, 0, usize::MAX));
                let (x, y) = e.caret(7);
                prop_assert!(y < lines.len() && x <= 7);
                prop_assert!(lines.iter().all(|l| l.width() <= 7));
            }
        }
    }
}
