//! The alerts: a list, and below it what is said of the one with the cursor.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::alerts::{self, NARROW, Row};
use crate::app::layout::Area;
use crate::text::{Align, Shown};

/// Columns of the number.
const NUMBER: usize = 4;

/// Draws the layer, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = alerts::area(s.m);
    c.clear(area, c.style(Role::Text));
    let page = alerts::page(s.m, s.now);
    let mut row = s.title(c, area, &page.title.0, true);
    let mut right = vec![(page.title.1.clone(), Role::Accent)];
    right.retain(|(text, _)| !text.is_empty());
    right.extend(signs(s, page.more));
    s.rule(&mut row, true, &right);
    let mut at = 1;
    for text in &page.says {
        c.row(area, at).skip(2).put(text, Role::Muted);
        at += 1;
    }
    let ages = page.rows.iter().map(|row| row.since.width()).max().unwrap_or(0);
    for row in &page.rows {
        line(s, c, area, at, row, ages);
        at += 1;
    }
    if page.lines.is_empty() {
        return;
    }
    let down = u16::try_from(at).unwrap_or(u16::MAX).min(area.h);
    let below = Area { y: area.y + down, h: area.h - down, ..area };
    let mut row = s.title(c, below, &Shown::default(), false);
    s.rule(&mut row, false, &signs(s, page.more_lines));
    for (n, text) in page.lines.iter().enumerate() {
        let role = if n == 0 && !page.more_lines.0 { Role::Title } else { Role::Text };
        c.row(below, n + 1).skip(2).put(text, role);
    }
}

/// Whether there is more above and below, with a blank behind.
fn signs(s: &Scene<'_>, (above, below): (bool, bool)) -> Vec<(Shown, Role)> {
    let signs = [(above, s.glyphs.up()), (below, s.glyphs.down())];
    let there = signs.into_iter().filter(|(is_more, _)| *is_more);
    let mut signs: Vec<(Shown, Role)> = there.map(|(_, sign)| (sign, Role::Muted)).collect();
    if !signs.is_empty() {
        signs.push((Shown::blank(1), Role::Muted));
    }
    signs
}

fn line(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, at: usize, row: &Row, ages: usize) {
    let role = match (row.picked, row.is_open) {
        (true, _) => Role::Focus,
        (false, true) => Role::Text,
        (false, false) => Role::Muted,
    };
    let mark = if row.picked { s.glyphs.focus() } else { Shown::blank(1) };
    let mut put = c.row(area, at);
    put.put(&mark, role).cell(&row.id, NUMBER, Align::Right, role).skip(1);
    if area.w < NARROW {
        let room = put.left().saturating_sub(ages + 2);
        put.cell(&row.line.truncate_with(room, s.ellipsis()), room, Align::Left, role);
        put.skip(1).cell(&row.since, ages, Align::Right, Role::Muted);
        return;
    }
    let right = [
        (row.since.clone(), Role::Muted),
        (Shown::blank(2), Role::Muted),
        (row.stage.clone(), role),
    ];
    let width: usize = right.iter().map(|(text, _)| text.width()).sum();
    let room = put.left().saturating_sub(width + 3);
    put.put(&row.line.truncate_with(room, s.ellipsis()), role);
    put.right(&right, 2);
}
