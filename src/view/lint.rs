//! Findings in the composer: underlined where they are, and told below the text.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::layout::Area;
use crate::domain::lint::{Finding, Level};
use crate::text::Shown;
use ratatui::style::{Modifier, Style};
use std::ops::Range;

/// How a level is drawn.
pub fn role(level: Level) -> Role {
    match level {
        Level::Block => Role::Late,
        Level::Warn => Role::Risk,
        Level::Note => Role::Accent,
    }
}

/// A line of the text in pieces, those that were found fault with underlined.
pub fn pieces(
    c: &Canvas<'_>,
    (whole, found): (&str, &[Finding]),
    range: Range<usize>,
    text: Role,
) -> Vec<(Shown, Style)> {
    let plain = c.style(text);
    let from = found.partition_point(|f| f.at.end <= range.start);
    let here = found[from..].iter().take_while(|f| f.at.start < range.end);
    let mut pieces = Vec::new();
    let mut done = range.start;
    let mut put = |from: usize, to: usize, style: Style| {
        // Findings are of the text as it was read; what lies otherwise now is drawn plainly.
        if let Some(part) = whole.get(from..to).filter(|part| !part.is_empty()) {
            pieces.push((Shown::line(part), style));
        }
    };
    for finding in here {
        let (start, end) = (finding.at.start.max(done), finding.at.end.min(range.end));
        if start >= end || !whole.is_char_boundary(start) || !whole.is_char_boundary(end) {
            continue;
        }
        put(done, start, plain);
        put(start, end, c.style(role(finding.level)).add_modifier(Modifier::UNDERLINED));
        done = end;
    }
    put(done, range.end, plain);
    pieces
}

/// How many rows of the composer tell of what was found; the text keeps one at least.
pub fn rows(s: &Scene<'_>) -> usize {
    let area = s.m.screen().composer;
    let said = s.m.lint_rows(s.m.screen().composer_columns()).len();
    said.min(usize::from(area.h).saturating_sub(2))
}

/// Writes them at the lower end of the composer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let rows = rows(s);
    let mark = if s.m.ascii() { "!" } else { "▲" };
    let said = s.m.lint_rows(s.m.screen().composer_columns());
    for (at, said) in said.into_iter().take(rows).enumerate() {
        let mut row = c.row(area, usize::from(area.h) - rows + at);
        let role = said.level.map_or(Role::Hint, role);
        let mark = if at == 0 { Shown::line(mark) } else { Shown::blank(1) };
        row.skip(1).put(&mark, role).skip(1).put(&said.text, role);
    }
}
