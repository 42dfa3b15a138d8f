//! [`Shown`]: text that may be printed.

use super::{clean, cluster, wrap};
use std::fmt;

/// One line of text that is safe to print on any terminal, and its width in columns.
///
/// Every way to make one cleans: no escape sequence, control character, bidirectional override or
/// invisible character is left, and each grapheme cluster takes one or two columns. What it was
/// made from stays as it is wherever it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shown {
    text: String,
    width: usize,
}

/// Where padded text stands in its cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Text first, then blanks.
    #[default]
    Left,
    /// Blanks on both sides; an odd one goes to the right.
    Center,
    /// Blanks first, then text.
    Right,
}

/// The mark for text that was cut; one column either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ellipsis {
    /// `…`
    #[default]
    Unicode,
    /// `~`, for terminals that show ASCII alone.
    Ascii,
}

impl Ellipsis {
    fn mark(self) -> char {
        match self {
            Ellipsis::Unicode => '…',
            Ellipsis::Ascii => '~',
        }
    }
}

impl Shown {
    /// One line: each run of line ends and tabs becomes a space.
    pub fn line(raw: &str) -> Shown {
        let (text, width) = clean::line(raw);
        Shown { text, width }
    }

    /// The lines of a text, cut at LF, CR LF, CR, VT, FF, NEL, LS and PS. One line at least; a line
    /// end at the end of the text opens no further line.
    pub fn lines(raw: &str) -> Vec<Shown> {
        let mut lines: Vec<Shown> = clean::split_lines(raw).map(Shown::line).collect();
        if lines.len() > 1 && lines.last().is_some_and(Shown::is_empty) {
            lines.pop();
        }
        lines
    }

    /// One line of at most `max_bytes` bytes, cut between grapheme clusters and then marked with
    /// `…` if that fits. Reads no more of a huge text than it needs.
    pub fn bounded(raw: &str, max_bytes: usize) -> Shown {
        // Cleaning takes more away than it adds, rarely by this much.
        let enough = max_bytes.saturating_mul(4).saturating_add(8192);
        let head = match raw.char_indices().map(|(i, _)| i).take_while(|&i| i <= enough).last() {
            Some(last) if raw.len() > enough => &raw[..last],
            _ => raw,
        };
        let all = Shown::line(head);
        if all.text.len() <= max_bytes && head.len() == raw.len() {
            return all;
        }
        let mark = Ellipsis::Unicode.mark();
        let room = max_bytes.checked_sub(mark.len_utf8());
        let mut cut = Shown::default();
        for (text, columns) in all.graphemes() {
            if cut.text.len() + text.len() > room.unwrap_or(max_bytes) {
                break;
            }
            cut.push_cluster(text, columns);
        }
        if room.is_some() {
            cut.push_mark(mark);
        }
        cut
    }

    /// A whole number, in digits.
    pub fn number(n: impl Into<i128>) -> Shown {
        Shown::line(&n.into().to_string())
    }

    /// `columns` blanks.
    pub fn blank(columns: usize) -> Shown {
        Shown { text: " ".repeat(columns), width: columns }
    }

    /// For the rest of this room: clusters that come from clean text.
    pub(super) fn push_cluster(&mut self, cluster: &str, columns: usize) {
        self.text.push_str(cluster);
        self.width += columns;
    }

    fn push_mark(&mut self, mark: char) {
        self.text.push(mark);
        self.width += 1;
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The width in columns of a terminal.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The grapheme clusters, each with its columns (1 or 2).
    pub fn graphemes(&self) -> impl Iterator<Item = (&str, usize)> {
        cluster::split(&self.text)
    }

    /// The text cut to at most `columns`, with `…` as its last column if something was cut.
    pub fn truncate(&self, columns: usize) -> Shown {
        self.truncate_with(columns, Ellipsis::Unicode)
    }

    /// [`Shown::truncate`] with a mark of choice.
    pub fn truncate_with(&self, columns: usize, ellipsis: Ellipsis) -> Shown {
        if self.width <= columns {
            return self.clone();
        }
        let Some(room) = columns.checked_sub(1) else { return Shown::default() };
        let mut cut = self.head(room);
        cut.push_mark(ellipsis.mark());
        cut
    }

    /// As many whole clusters from the start as fit in `columns`.
    fn head(&self, columns: usize) -> Shown {
        if self.text.len() == self.width {
            // ASCII: a byte is a column.
            let end = columns.min(self.width);
            return Shown { text: self.text[..end].to_owned(), width: end };
        }
        let mut head = Shown::default();
        for (text, width) in self.graphemes() {
            if head.width + width > columns {
                break;
            }
            head.push_cluster(text, width);
        }
        head
    }

    /// Exactly `columns` wide: cut with `…` if it is longer, filled with blanks if it is shorter.
    pub fn pad(&self, columns: usize, align: Align) -> Shown {
        self.pad_with(columns, align, Ellipsis::Unicode)
    }

    /// [`Shown::pad`] with a mark of choice.
    pub fn pad_with(&self, columns: usize, align: Align, ellipsis: Ellipsis) -> Shown {
        let cut = self.truncate_with(columns, ellipsis);
        let blanks = columns - cut.width;
        let before = match align {
            Align::Left => 0,
            Align::Center => blanks / 2,
            Align::Right => blanks,
        };
        let mut padded = Shown::blank(before);
        padded.text.push_str(&cut.text);
        padded.text.extend(std::iter::repeat_n(' ', blanks - before));
        padded.width = columns;
        padded
    }

    /// Exactly `columns` wide, text first: `pad(columns, Align::Left)`.
    pub fn fit(&self, columns: usize) -> Shown {
        self.pad(columns, Align::Left)
    }

    /// The text broken into lines of at most `columns`; one line at least, none for no columns.
    ///
    /// Breaks at spaces (which go), and between CJK characters unless punctuation forbids it; a
    /// longer word is broken between clusters. Where a cluster is wider than the line, `…` stands.
    pub fn wrap(&self, columns: usize) -> Vec<Shown> {
        wrap::wrap(self, columns)
    }

    /// Appends; the widths add up.
    pub fn push(&mut self, other: &Shown) {
        if cluster::would_merge(&self.text, &other.text) {
            *self = Shown::line(&[self.as_str(), other.as_str()].concat());
        } else {
            self.push_cluster(&other.text, other.width);
        }
    }

    /// The pieces with `separator` between them.
    pub fn join<'a>(pieces: impl IntoIterator<Item = &'a Shown>, separator: &Shown) -> Shown {
        let mut joined = Shown::default();
        for (i, piece) in pieces.into_iter().enumerate() {
            if i > 0 {
                joined.push(separator);
            }
            joined.push(piece);
        }
        joined
    }

    /// The text `times` times.
    pub fn repeat(&self, times: usize) -> Shown {
        Shown::join(std::iter::repeat_n(self, times), &Shown::default())
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Shown {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> String {
        shown.text
    }
}

impl PartialEq<str> for Shown {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Shown {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("abcdef", 6, "abcdef")]
    #[case("abcdef", 5, "abcd…")]
    #[case("abcdef", 1, "…")]
    #[case("abcdef", 0, "")]
    #[case("物流太慢", 8, "物流太慢")]
    #[case("物流太慢", 7, "物流太…")]
    #[case("物流太慢", 6, "物流…")]
    #[case("a👨‍👩‍👧b", 3, "a…")]
    #[case("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…")]
    fn truncates(#[case] raw: &str, #[case] columns: usize, #[case] text: &str) {
        assert_eq!(Shown::line(raw).truncate(columns), text);
    }

    #[rstest]
    #[case("ab", 5, Align::Left, "ab   ")]
    #[case("ab", 5, Align::Center, " ab  ")]
    #[case("ab", 5, Align::Right, "   ab")]
    #[case("物流太慢", 6, Align::Right, " 物流…")]
    #[case("", 2, Align::Right, "  ")]
    fn pads(#[case] raw: &str, #[case] columns: usize, #[case] align: Align, #[case] text: &str) {
        let cell = Shown::line(raw).pad(columns, align);
        assert_eq!((cell.as_str(), cell.width()), (text, columns));
    }

    #[test]
    fn marks_cuts_in_ascii_where_asked() {
        assert_eq!(Shown::line("abcdef").truncate_with(4, Ellipsis::Ascii), "abc~");
        assert_eq!(Shown::line("物流太慢").pad_with(4, Align::Left, Ellipsis::Ascii), "物~ ");
    }

    #[rstest]
    #[case("abc", 3, "abc")]
    #[case("abcdef", 5, "ab…")]
    #[case("abcdef", 2, "ab")]
    #[case("物流太慢", 9, "物流…")]
    #[case("\x1b[31mabc", 3, "abc")]
    fn bounds(#[case] raw: &str, #[case] bytes: usize, #[case] text: &str) {
        assert_eq!(Shown::bounded(raw, bytes), text);
    }

    #[test]
    fn bounds_a_huge_text_and_says_so() {
        let cut = Shown::bounded(&"慢".repeat(1_000_000), 100);
        assert_eq!(cut, format!("{}…", "慢".repeat(32)).as_str());
        // What was not read counts as cut even if what was read comes to nothing.
        assert_eq!(Shown::bounded(&"\u{200b}".repeat(1_000_000), 100), "…");
    }

    #[test]
    fn lines_end_where_lines_end() {
        let lines = Shown::lines("a\tb\r\n\n\x1b[31mc\u{2029}");
        assert_eq!(lines, ["a b", "", "c"]);
        assert_eq!(Shown::lines(""), [""]);
    }

    #[test]
    fn pieces_that_meet_stay_clean() {
        let mut text = Shown::line("क\u{94d}");
        text.push(&Shown::line("षि"));
        assert_eq!((text.as_str(), text.width()), ("क\u{94d}\u{200c}षि", 3));
        let mut flag = Shown::line("🇨");
        flag.push(&Shown::line("🇳"));
        assert_eq!((flag.as_str(), flag.width()), ("🇨🇳", 2));
    }

    #[test]
    fn joins_repeats_and_counts() {
        let pieces = [Shown::line("a"), Shown::line("物"), Shown::number(-3)];
        let joined = Shown::join(&pieces, &Shown::line(" · "));
        assert_eq!((joined.as_str(), joined.width()), ("a · 物 · -3", 11));
        assert_eq!(Shown::line("─").repeat(3), "───");
        assert_eq!(Shown::number(u64::MAX), "18446744073709551615");
        assert_eq!(Shown::blank(2), "  ");
    }
}
