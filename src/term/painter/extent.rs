//! How many columns a cell's text may take on one terminal or another.

use ratatui::buffer::CellWidth;
use unicode_width::UnicodeWidthChar;

/// The fewest and the most columns any terminal may draw a cluster over. Both are our own width
/// where terminals agree.
pub(super) fn extent(symbol: &str, wide_ambiguous: bool) -> (u16, u16) {
    let width = symbol.cell_width().max(1);
    let mut chars = symbol.chars();
    let (Some(first), rest) = (chars.next(), chars) else { return (1, 1) };
    if first.is_ascii() && rest.as_str().is_empty() {
        return (1, 1);
    }
    let of = |c: char| {
        let narrow = c.width().unwrap_or(0);
        let wide = if wide_ambiguous { c.width_cjk().unwrap_or(0) } else { narrow };
        // Pictographs became wide over the years; not every table is of the same year. Signs that
        // stayed narrow (a heart, a snowflake) are agreed on.
        if narrow == 2 && is_pictograph(c) { (1, 2) } else { (narrow, narrow.max(wide)) }
    };
    let (least, most) = of(first);
    let most = most + rest.map(|c| of(c).1).sum::<usize>();
    (width.min(least.max(1) as u16), width.max(u16::try_from(most).unwrap_or(u16::MAX)))
}

fn is_pictograph(c: char) -> bool {
    matches!(
        c,
        '\u{231a}'..='\u{23ff}'
            | '\u{2600}'..='\u{27bf}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{1f000}'..='\u{1ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::ascii("a", (1, 1))]
    #[case::chinese("你", (2, 2))]
    #[case::ruled("─", (1, 1))]
    #[case::accented("e\u{301}", (1, 1))]
    #[case::face("😀", (1, 2))]
    #[case::heart("♥", (1, 1))]
    #[case::sign_as_a_picture("⚠\u{fe0f}", (1, 2))]
    #[case::family("👩\u{200d}👩\u{200d}👧", (1, 6))]
    fn on_one_terminal_or_another(#[case] symbol: &str, #[case] extent_of: (u16, u16)) {
        assert_eq!(extent(symbol, false), extent_of);
    }

    #[test]
    fn where_ambiguous_is_wide() {
        assert_eq!(extent("─", true), (1, 2));
        assert_eq!(extent("你", true), (2, 2));
    }
}
