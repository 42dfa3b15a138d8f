//! Names of columns, as people and back offices write them: what counts as the same.

/// Full-width letters, digits and signs as their usual ones; blanks of any kind as blanks; marks
/// that show nothing (byte order mark, zero width) as nothing.
pub fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '￥' => Some('¥'),
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    };
    text.chars().filter_map(narrow).collect()
}

/// A name for comparing: half-width, lower-case, without blanks.
pub fn plain(name: &str) -> String {
    half_width(name).chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).collect()
}

/// What stands in brackets at the end of a [`plain`] name, and the name before it:
/// `完播率(%)` is `完播率` and `%`.
pub fn noted(plain: &str) -> Option<(&str, &str)> {
    let inner = plain.strip_suffix(')')?;
    let (name, note) = inner.rsplit_once('(')?;
    (!name.is_empty()).then_some((name, note))
}

/// Units that may stand in brackets behind a name without making it another one.
const UNITS: [&str; 18] = [
    "%", "s", "秒", "分钟", "分", "min", "minutes", "次", "人", "个", "条", "篇", "元", "¥",
    "percent", "sec", "seconds", "cny",
];

/// The columns of a header.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// Trimmed, as they stand there.
    names: Vec<String>,
    plain: Vec<String>,
}

impl Header {
    /// Of these columns.
    pub fn of(names: &[String]) -> Header {
        let names: Vec<String> = names.iter().map(|n| half_edges(n).to_owned()).collect();
        let plain = names.iter().map(|n| plain(n)).collect();
        Header { names, plain }
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column stands: by its very name, else by one that is the same but for case, width
    /// and blanks, else by one that has its unit behind it in brackets.
    pub fn place(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        if wanted.is_empty() {
            return None;
        }
        let exact = self.names.iter().position(|n| n == name.trim());
        exact.or_else(|| self.plain.iter().position(|n| *n == wanted)).or_else(|| {
            let without = |n: &String| {
                noted(n).is_some_and(|(name, note)| name == wanted && UNITS.contains(&note))
            };
            self.plain.iter().position(without)
        })
    }

    /// How many columns are called as the one at this place is.
    pub fn alike(&self, place: usize) -> usize {
        self.plain.iter().filter(|n| **n == self.plain[place]).count()
    }

    /// What stands in brackets behind the name at this place; empty when nothing does.
    pub fn note(&self, place: usize) -> &str {
        self.plain.get(place).and_then(|n| noted(n)).map_or("", |(_, note)| note)
    }
}

/// Without blanks and invisible marks at its ends.
fn half_edges(name: &str) -> &str {
    let nothing = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}');
    name.trim_matches(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("点赞", Some(0))]
    #[case("\u{feff}点赞", Some(0))]
    #[case("5s完播率", Some(1))]
    #[case("５Ｓ完播率", Some(1))]
    #[case("封面点击率", Some(2))]
    #[case("封面点击率(%)", Some(2))]
    #[case("Likes", Some(3))]
    #[case("like s", Some(3))]
    #[case("点", None)]
    #[case("备注", None)]
    #[case("", None)]
    fn a_column_is_found_however_it_is_written(#[case] name: &str, #[case] place: Option<usize>) {
        let names = ["点赞", "5s 完播率", "封面点击率（%）", "LIKES", "备注(内部)", ""];
        let header = Header::of(&names.map(str::to_owned));
        assert_eq!(header.place(name), place);
    }

    #[test]
    fn what_stands_in_brackets_is_told() {
        let header = Header::of(&["时长（分钟）".to_owned(), "时长".to_owned()]);
        assert_eq!((header.note(0), header.note(1)), ("分钟", ""));
        assert_eq!(header.place("时长"), Some(1));
    }
}
