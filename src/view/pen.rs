//! Writing on cells: one row at a time, never beyond its end, never half of a wide character.

use super::theme::{Role, Theme};
use crate::app::layout::Area;
use crate::text::{Align, Ellipsis, Shown};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;

/// The cells of a frame and what they are drawn with.
pub struct Canvas<'a> {
    /// The cells.
    pub cells: &'a mut Buffer,
    /// The theme.
    pub theme: &'a Theme,
    /// The mark of text that was cut.
    pub ellipsis: Ellipsis,
    /// What leads somewhere.
    pub links: Vec<Link>,
}

/// A stretch of a row that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its row.
    pub y: u16,
    /// Its columns.
    pub columns: Range<u16>,
    /// Where: http or https, and safe to print.
    pub target: Shown,
}

/// One row (or a part of it) being written from left to right.
pub struct Row<'c, 'a> {
    canvas: &'c mut Canvas<'a>,
    /// The next column.
    pub x: u16,
    y: u16,
    end: u16,
}

impl<'a> Canvas<'a> {
    /// Row `line` of an area, its first column next. A row outside of the area takes no text.
    pub fn row(&mut self, area: Area, line: usize) -> Row<'_, 'a> {
        let inside = line < usize::from(area.h);
        let y = area.y.saturating_add(u16::try_from(line).unwrap_or(u16::MAX));
        let end = if inside { area.x + area.w } else { area.x };
        Row { x: area.x, y, end, canvas: self }
    }

    /// Blanks an area in a style - and the other half of a wide character that reaches into it.
    pub fn clear(&mut self, area: Area, style: Style) {
        let all = self.cells.area;
        let rect = Rect::new(area.x, area.y, area.w, area.h).intersection(all);
        // What lies below is not seen, and leads nowhere.
        self.links.retain(|l| {
            let apart = l.columns.end <= rect.left() || l.columns.start >= rect.right();
            apart || l.y < rect.top() || l.y >= rect.bottom()
        });
        for y in rect.top()..rect.bottom() {
            if rect.left() > all.left() {
                let before = &mut self.cells[(rect.left() - 1, y)];
                // Half of it would be left standing (ratatui#2526).
                if Shown::line(before.symbol()).width() == 2 {
                    before.set_symbol(" ");
                }
            }
            for x in rect.left()..rect.right() {
                let cell = &mut self.cells[(x, y)];
                cell.reset();
                cell.set_style(style);
            }
        }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }
}

impl Row<'_, '_> {
    /// Columns that are left.
    pub fn left(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    /// Writes text; cut with a mark when it does not fit.
    pub fn put(&mut self, text: &Shown, role: Role) -> &mut Self {
        let style = self.canvas.style(role);
        self.put_in(text, style)
    }

    /// Writes text in a style of its own.
    pub fn put_in(&mut self, text: &Shown, style: Style) -> &mut Self {
        let cut = text.truncate_with(self.left(), self.canvas.ellipsis);
        let all = self.canvas.cells.area;
        for (cluster, width) in cut.graphemes() {
            let wide = u16::try_from(width).unwrap_or(2);
            if self.y >= all.bottom() || self.x + wide > all.right() {
                break;
            }
            let cell = &mut self.canvas.cells[(self.x, self.y)];
            cell.reset();
            cell.set_symbol(cluster).set_style(style);
            for x in self.x + 1..self.x + wide {
                let rest = &mut self.canvas.cells[(x, self.y)];
                rest.reset();
                rest.set_style(style);
            }
            self.x += wide;
        }
        self
    }

    /// Writes text that leads somewhere.
    pub fn put_link(&mut self, text: &Shown, target: Option<&Shown>, role: Role) -> &mut Self {
        let from = self.x;
        self.put(text, role);
        if let Some(target) = target.filter(|_| self.x > from) {
            let link = Link { y: self.y, columns: from..self.x, target: target.clone() };
            self.canvas.links.push(link);
        }
        self
    }

    /// Writes text in a cell of exactly so many columns.
    pub fn cell(&mut self, text: &Shown, columns: usize, align: Align, role: Role) -> &mut Self {
        let style = self.canvas.style(role);
        self.cell_in(text, columns, align, style)
    }

    /// [`Row::cell`] in a style of its own.
    pub fn cell_in(
        &mut self,
        text: &Shown,
        columns: usize,
        align: Align,
        style: Style,
    ) -> &mut Self {
        let fitted = text.pad_with(columns, align, self.canvas.ellipsis);
        self.put_in(&fitted, style)
    }

    /// Leaves columns as they are.
    pub fn skip(&mut self, columns: usize) -> &mut Self {
        let columns = u16::try_from(columns.min(self.left())).unwrap_or(0);
        self.x += columns;
        self
    }

    /// Goes to a column of the row, counted from the left edge of the screen.
    pub fn go(&mut self, x: u16) -> &mut Self {
        self.x = x.min(self.end);
        self
    }

    /// Fills the rest, less so many columns, with a sign one column wide.
    pub fn fill(&mut self, sign: &Shown, less: usize, role: Role) -> &mut Self {
        let columns = self.left().saturating_sub(less);
        self.put(&sign.repeat(columns), role)
    }

    /// Writes pieces so that the last ends at the row's end; those that do not fit with `gap`
    /// columns before them are left out, the first ones first.
    pub fn right(&mut self, pieces: &[(Shown, Role)], gap: usize) -> &mut Self {
        let mut from = pieces.len();
        let mut width = 0;
        while from > 0 && width + pieces[from - 1].0.width() + gap <= self.left() {
            from -= 1;
            width += pieces[from].0.width();
        }
        let skip = self.left() - width;
        self.skip(skip);
        for (text, role) in &pieces[from..] {
            self.put(text, *role);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Depth, ThemeSet};
    use proptest::prelude::*;

    fn draw(w: u16, f: impl FnOnce(&mut Canvas<'_>)) -> Buffer {
        let (themes, _) = ThemeSet::load(&[], Depth::True, crate::text::Lang::En);
        let mut cells = Buffer::empty(Rect::new(0, 0, w, 1));
        let theme = themes.get("dark");
        f(&mut Canvas { cells: &mut cells, theme, ellipsis: Ellipsis::Unicode, links: Vec::new() });
        cells
    }

    fn line(cells: &Buffer) -> String {
        let mut skip = false;
        let symbols = cells.content.iter().filter_map(|c| {
            let shown = !std::mem::take(&mut skip);
            skip = shown && Shown::line(c.symbol()).width() == 2;
            shown.then(|| c.symbol())
        });
        symbols.collect()
    }

    #[test]
    fn a_popup_leaves_no_half_character_at_its_edge() {
        let area = Area { x: 0, y: 0, w: 8, h: 1 };
        let cells = draw(8, |c| {
            c.row(area, 0).put(&Shown::line("慢慢来吧"), Role::Text);
            c.clear(Area { x: 3, w: 3, ..area }, Style::default());
        });
        assert_eq!(line(&cells), "慢    吧");
    }

    #[test]
    fn pieces_at_the_right_give_way_from_the_left() {
        let area = Area { x: 0, y: 0, w: 12, h: 1 };
        let pieces = [(Shown::line("channels "), Role::Text), (Shown::line("3 late"), Role::Late)];
        let cells = draw(12, |c| {
            c.row(area, 0).put(&Shown::line("desk"), Role::Text).right(&pieces, 2);
        });
        assert_eq!(line(&cells), "desk  3 late");
    }

    proptest! {
        #[test]
        fn nothing_is_written_beyond_a_row(text in ".{0,30}", w in 0u16..12) {
            let area = Area { x: 2, y: 0, w, h: 1 };
            let cells = draw(20, |c| {
                c.row(area, 0).put(&Shown::line(&text), Role::Text).put(&Shown::line(&text), Role::Text);
                c.row(area, 1).put(&Shown::line("below"), Role::Text);
            });
            let outside = cells.content.iter().enumerate()
                .filter(|(x, _)| *x < 2 || *x >= usize::from(2 + w));
            for (_, cell) in outside {
                prop_assert_eq!(cell.symbol(), " ");
            }
        }
    }
}
