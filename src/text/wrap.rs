//! Breaking text into lines.

use super::Shown;

/// A cluster with its columns.
type Cluster<'a> = (&'a str, usize);

/// See [`Shown::wrap`].
pub(super) fn wrap(text: &Shown, columns: usize) -> Vec<Shown> {
    if columns == 0 {
        return Vec::new();
    }
    if text.width() <= columns {
        return vec![text.clone()];
    }
    let fitting = |c: Cluster<'_>| c.1 <= columns || is_space(c.0);
    let clusters: Vec<Cluster> =
        text.graphemes().map(|c| if fitting(c) { c } else { ("…", 1) }).collect();
    let mut lines = Lines { columns, done: Vec::new(), line: Shown::default(), spaces: 0..0 };
    let mut start = 0;
    while start < clusters.len() {
        let end = unit_end(&clusters, start);
        lines.place(&clusters, start..end);
        start = end;
    }
    lines.finish()
}

/// The end of the unit that begins at `start`: a run of spaces, or clusters that must stay
/// together.
fn unit_end(clusters: &[Cluster], start: usize) -> usize {
    (start + 1..clusters.len())
        .find(|&i| may_break(clusters[i - 1].0, clusters[i].0))
        .unwrap_or(clusters.len())
}

struct Lines {
    columns: usize,
    done: Vec<Shown>,
    line: Shown,
    /// The clusters of the spaces that go in front of the next unit if it fits.
    spaces: std::ops::Range<usize>,
}

impl Lines {
    fn place(&mut self, clusters: &[Cluster], unit: std::ops::Range<usize>) {
        if is_space(clusters[unit.start].0) {
            self.spaces = unit;
            return;
        }
        let wide = |range: &std::ops::Range<usize>| -> usize {
            clusters[range.clone()].iter().map(|c| c.1).sum()
        };
        let spaces = std::mem::take(&mut self.spaces);
        if self.line.width() + wide(&spaces) + wide(&unit) <= self.columns {
            self.append(&clusters[spaces]);
            self.append(&clusters[unit]);
            return;
        }
        if !self.line.is_empty() {
            self.done.push(std::mem::take(&mut self.line));
        }
        for &cluster in &clusters[unit] {
            if self.line.width() + cluster.1 > self.columns {
                self.done.push(std::mem::take(&mut self.line));
            }
            self.append(&[cluster]);
        }
    }

    fn append(&mut self, clusters: &[Cluster]) {
        for (text, columns) in clusters {
            self.line.push_cluster(text, *columns);
        }
    }

    fn finish(mut self) -> Vec<Shown> {
        if !self.line.is_empty() || self.done.is_empty() {
            self.done.push(self.line);
        }
        self.done
    }
}

fn may_break(before: &str, after: &str) -> bool {
    match (is_space(before), is_space(after)) {
        (true, true) => false,
        (false, false) => {
            (is_breakable(before) || is_breakable(after))
                && !never_ends_line(before)
                && !never_starts_line(after)
        }
        _ => true,
    }
}

fn is_space(cluster: &str) -> bool {
    matches!(cluster, " " | "\u{3000}")
}

/// Scripts that are written without spaces, and emoji.
fn is_breakable(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|c| {
        matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2600}'..='\u{27bf}' | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ffef}' | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
    })
}

fn never_starts_line(cluster: &str) -> bool {
    const CLOSING: &str = "，。、．：；！？…—～·‥％‰℃”’》〉」』】〕〗〙）］｝｠〞々〻ー゛゜ゝゞヽヾ\
        ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]}%";
    cluster.chars().next().is_some_and(|c| CLOSING.contains(c))
}

fn never_ends_line(cluster: &str) -> bool {
    const OPENING: &str = "“‘《〈「『【〔〖〘（［｛｟〝￥＄([{";
    cluster.chars().next().is_some_and(|c| OPENING.contains(c))
}

#[cfg(test)]
mod tests {
    use crate::text::Shown;
    use rstest::rstest;

    #[rstest]
    #[case::fits("one two", 7, &["one two"])]
    #[case::at_spaces("one two three", 8, &["one two", "three"])]
    #[case::spaces_between_lines_go("one   two", 4, &["one", "two"])]
    #[case::spaces_inside_stay("a  b ccc", 5, &["a  b", "ccc"])]
    #[case::indent_stays("  a bbbb", 5, &["  a", "bbbb"])]
    #[case::long_word("abcdefgh ij", 3, &["abc", "def", "gh", "ij"])]
    #[case::word_before_long_word("a bcdefgh", 4, &["a", "bcde", "fgh"])]
    #[case::ideographs("物流太慢了", 4, &["物流", "太慢", "了"])]
    #[case::odd_columns("物流太慢了", 5, &["物流", "太慢", "了"])]
    #[case::no_comma_at_start("物流，太慢", 4, &["物", "流，", "太慢"])]
    #[case::no_bracket_at_end("物（流）慢", 6, &["物", "（流）", "慢"])]
    #[case::no_quote_at_end("他说“好”了", 5, &["他说", "“好”", "了"])]
    #[case::punctuation_alone("！！！！", 4, &["！！", "！！"])]
    #[case::latin_in_chinese("用hello吧", 5, &["用", "hello", "吧"])]
    #[case::link_in_chinese("看https://a.example/b", 12, &["看", "https://a.ex", "ample/b"])]
    #[case::emoji("😀😀😀", 4, &["😀😀", "😀"])]
    #[case::wide_in_one_column("a漢b", 1, &["a", "…", "b"])]
    #[case::mixed_in_two_columns("a漢b", 2, &["a", "漢", "b"])]
    #[case::ideographic_space("物流\u{3000}太慢", 5, &["物流", "太慢"])]
    #[case::spaces_alone("      ", 3, &[""])]
    #[case::empty("", 3, &[""])]
    #[case::no_columns("a", 0, &[])]
    #[case::marks("e\u{301}e\u{301}e\u{301}", 2, &["e\u{301}e\u{301}", "e\u{301}"])]
    fn wraps(#[case] raw: &str, #[case] columns: usize, #[case] lines: &[&str]) {
        assert_eq!(Shown::line(raw).wrap(columns), lines);
    }
}
