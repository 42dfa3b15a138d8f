//! Text being typed: a caret that moves by grapheme cluster, one line or many.

use crate::text::{Shown, count, next_boundary, previous_boundary};
use std::ops::Range;

/// A text and a caret in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Editor {
    text: String,
    /// Byte offset of the caret; always between two clusters.
    caret: usize,
    /// The column that going up and down aims at.
    aim: Option<usize>,
}

/// A screen line of an editor: the part of the text it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenLine {
    /// What is shown.
    pub shown: Shown,
    /// Byte offset of its start in the text.
    start: usize,
    /// Byte offset of its end, without the line end.
    end: usize,
}

impl ScreenLine {
    /// The part of the text it shows, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl Editor {
    /// An editor with this text, the caret at its end.
    pub fn new(text: &str) -> Editor {
        let text = normal(text);
        Editor { caret: text.len(), text, aim: None }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
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
        // What was typed may have joined a cluster that goes on behind it (a ZWJ, a mark).
        self.settle();
    }

    /// Puts text in at the caret as one line: line ends become blanks.
    pub fn insert_line(&mut self, text: &str) {
        self.insert(&normal(text).replace('\n', " "));
    }

    /// Another text, the caret at its end.
    pub fn set(&mut self, text: &str) {
        *self = Editor::new(text);
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
        let lines = self.screen(columns);
        let (x, y) = self.caret_in(&lines);
        let to = if down { y + 1 } else { y.wrapping_sub(1) };
        let Some(line) = lines.get(to) else { return false };
        let aim = *self.aim.get_or_insert(x);
        let mut at = line.start;
        let mut column = 0;
        while at < line.end {
            let next = next_boundary(&self.text, at);
            let wide = Shown::line(&self.text[at..next]).width();
            // The end of a wrapped line is the start of the next one.
            let wrapped = next == line.end && lines.get(to + 1).is_some_and(|l| l.start == next);
            if column + wide > aim || wrapped {
                break;
            }
            (at, column) = (next, column + wide);
        }
        self.caret = at;
        true
    }

    /// The text as lines of at most `columns`, broken between clusters; one line at least.
    pub fn screen(&self, columns: usize) -> Vec<ScreenLine> {
        let columns = columns.max(2);
        let mut lines = Vec::new();
        let mut start = 0;
        for line in self.text.split('\n') {
            let end = start + line.len();
            let (mut from, mut at, mut wide) = (start, start, 0);
            while at < end {
                let next = next_boundary(&self.text, at);
                let width = Shown::line(&self.text[at..next]).width();
                if wide + width > columns {
                    lines.push(self.screen_line(from, at));
                    (from, wide) = (at, 0);
                }
                (at, wide) = (next, wide + width);
            }
            lines.push(self.screen_line(from, end));
            start = end + 1;
        }
        lines
    }

    /// Where the caret is in [`Editor::screen`] of the same width: column, line.
    pub fn caret(&self, columns: usize) -> (usize, usize) {
        self.caret_in(&self.screen(columns))
    }

    fn caret_in(&self, lines: &[ScreenLine]) -> (usize, usize) {
        let y = lines.iter().rposition(|l| l.start <= self.caret).unwrap_or(0);
        let start = lines.get(y).map_or(0, |l| l.start);
        (Shown::line(&self.text[start..self.caret]).width(), y)
    }

    fn screen_line(&self, start: usize, end: usize) -> ScreenLine {
        ScreenLine { shown: Shown::line(&self.text[start..end]), start, end }
    }

    fn go(&mut self, at: usize) {
        (self.caret, self.aim) = (at, None);
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
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
        let lines: Vec<String> = e.screen(5).iter().map(|l| l.shown.to_string()).collect();
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
                let lines = e.screen(7);
                let (x, y) = e.caret(7);
                prop_assert!(y < lines.len() && x <= 7);
                prop_assert!(lines.iter().all(|l| l.shown.width() <= 7));
            }
        }
    }
}
