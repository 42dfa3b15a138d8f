//! What lies over the panes: palette, menus, the theme picker, and texts to read.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use super::{alerts, calendar, canned, channels, charts, import, lists, post, service};
use crate::app::complete::Guess;
use crate::app::explain;
use crate::app::help::{self, Cell};
use crate::app::layer::{Layer, Menu, Palette};
use crate::app::layout::{Area, Shape};
use crate::text::catalogue::{cockpit as say, sla};
use crate::text::{Align, Shown};

/// Entries of the palette that are shown at once.
const ENTRIES: usize = 12;

/// Draws the layer on top, unless it has a place of its own.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    if s.m.screen().shape == Shape::Line {
        return;
    }
    // What lies over a page leaves the page in sight.
    let pages = s.m.layers().iter().rev().skip(1);
    match pages.into_iter().find(|l| l.is_page()) {
        Some(Layer::Charts) => charts::draw(s, c),
        Some(Layer::Calendar) => calendar::draw(s, c),
        Some(Layer::Post(at)) => post::draw(s, c, at),
        Some(Layer::Alerts) => alerts::draw(s, c),
        Some(Layer::Import(wizard)) => import::draw(s, c, wizard),
        _ => {}
    }
    match s.m.layers().last() {
        Some(Layer::Palette(p)) => palette(s, c, p),
        Some(Layer::Menu(m)) => menu(s, c, m),
        Some(Layer::Canned(p)) => canned::picker(s, c, p),
        Some(Layer::Confirm(asked)) => canned::confirm(s, c, asked),
        Some(Layer::Themes { cursor, .. }) => {
            let lines: Vec<Shown> = s.m.themes().iter().map(|t| Shown::line(t)).collect();
            choices(s, c, &say::THEMES_TITLE.say(s.lang), &lines, *cursor, false);
        }
        Some(Layer::Help { top }) => {
            read(s, c, &say::HELP_TITLE.say(s.lang), &help::help(s.m), *top);
        }
        Some(Layer::Since { top }) => {
            read(s, c, &say::SINCE_PANE.say(s.lang), &help::since(s.m), *top);
        }
        Some(Layer::Explain { id, top, .. }) => {
            let title = sla::TITLE.fill(s.lang, &[("id", id)]);
            read(s, c, &title, &explain::page(s.m), *top);
        }
        Some(Layer::Filter { guess, .. } | Layer::Search { guess, .. }) => guesses(s, c, guess),
        Some(Layer::Macros { macros, cursor }) => lists::macros(s, c, macros, *cursor),
        Some(Layer::Pick(p)) => lists::list(s, c, p),
        Some(Layer::Sure(q)) => lists::confirm(s, c, q),
        Some(Layer::Channels(cursor)) => channels::draw(s, c, cursor),
        Some(Layer::Service { .. }) => service::draw(s, c),
        Some(Layer::Charts) => charts::draw(s, c),
        Some(Layer::Alerts) => alerts::draw(s, c),
        Some(Layer::Calendar) => calendar::draw(s, c),
        Some(Layer::Post(at)) => post::draw(s, c, at),
        Some(Layer::Import(wizard)) => import::draw(s, c, wizard),
        Some(Layer::Text(text)) => post::writing(s, c, text),
        Some(Layer::PickChannels(channels)) => post::channels(s, c, channels),
        Some(
            Layer::Composer(_)
            | Layer::ViewName { .. }
            | Layer::Because { .. }
            | Layer::Line(_)
            | Layer::ImportLine(_),
        )
        | None => {}
    }
}

/// A box over the panes; answers with its inside.
pub(super) fn frame(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    area: Area,
    title: &Shown,
    right: &Shown,
) -> Area {
    c.clear(area, c.style(Role::Popup));
    let [top_left, line, top_right, side, bottom_left, bottom_right] = s.glyphs.frame();
    let mut row = c.row(area, 0);
    row.put(&top_left, Role::PopupMuted).put(&line, Role::PopupMuted).skip(1);
    row.put(title, Role::Popup).skip(1);
    let after = if right.is_empty() { 1 } else { right.width() + 4 };
    row.fill(&line, after, Role::PopupMuted);
    if !right.is_empty() {
        row.skip(1).put(right, Role::PopupMuted).skip(1).put(&line, Role::PopupMuted);
    }
    row.put(&top_right, Role::PopupMuted);
    for at in 1..usize::from(area.h).saturating_sub(1) {
        let mut row = c.row(area, at);
        row.put(&side, Role::PopupMuted);
        row.go(area.x + area.w - 1).put(&side, Role::PopupMuted);
    }
    let mut row = c.row(area, usize::from(area.h) - 1);
    row.put(&bottom_left, Role::PopupMuted).fill(&line, 1, Role::PopupMuted);
    row.put(&bottom_right, Role::PopupMuted);
    Area { x: area.x + 2, y: area.y + 1, w: area.w.saturating_sub(4), h: area.h.saturating_sub(2) }
}

/// What the word under way could become, in a line above the footer; the one that Tab takes is in
/// view.
fn guesses(s: &Scene<'_>, c: &mut Canvas<'_>, guess: &Guess) {
    let footer = s.m.screen().footer;
    if guess.found.is_empty() || footer.y < 2 {
        return;
    }
    let area = Area { y: footer.y - 1, h: 1, ..footer };
    c.clear(area, c.style(Role::Popup));
    let words: Vec<Shown> = guess.found.iter().map(|word| Shown::line(word)).collect();
    let room = usize::from(area.w).saturating_sub(4);
    let width = |from: usize, to: usize| -> usize {
        words[from..=to].iter().map(|w| w.width() + 2).sum::<usize>().saturating_sub(2)
    };
    let cursor = guess.cursor.min(words.len() - 1);
    let first = (0..=cursor).find(|from| width(*from, cursor) <= room).unwrap_or(cursor);
    let mut row = c.row(area, 0);
    row.put(&if first > 0 { Shown::line("<") } else { Shown::blank(1) }, Role::PopupMuted);
    for (at, word) in words.iter().enumerate().skip(first) {
        if at > cursor && word.width() + 1 > row.left() {
            row.put(&Shown::line(">"), Role::PopupMuted);
            break;
        }
        let role = if at == cursor { Role::PopupPick } else { Role::Popup };
        row.put(&word.truncate_with(row.left().saturating_sub(1), s.ellipsis()), role).skip(2);
    }
}

/// An area of this size at the lower left, above the footer.
pub(super) fn above_footer(s: &Scene<'_>, w: usize, h: usize) -> Area {
    let footer = s.m.screen().footer;
    let w = u16::try_from(w).unwrap_or(u16::MAX).min(footer.w);
    // The header stays in view.
    let h = u16::try_from(h).unwrap_or(u16::MAX).min(footer.y.saturating_sub(1));
    Area { x: 0, y: footer.y - h, w, h }
}

fn palette(s: &Scene<'_>, c: &mut Canvas<'_>, p: &Palette) {
    let shown = p.entries.len().clamp(1, ENTRIES);
    let narrow = s.m.size().0 < 80;
    // Where a row has no room for what an entry does, that stands below for the one picked.
    let below = if narrow { 2 } else { 0 };
    let area = above_footer(s, 90, shown + 2 + below);
    let rows = usize::from(area.h.saturating_sub(2)).saturating_sub(below);
    let place = if p.entries.is_empty() { 0 } else { p.cursor + 1 };
    let place = say::ENTRIES.fill(s.lang, &[("n", &place), ("all", &p.entries.len())]);
    let inside = frame(s, c, area, &say::PALETTE_TITLE.say(s.lang), &place);
    if p.entries.is_empty() {
        c.row(inside, 0).put(&say::NO_SUCH_COMMAND.say(s.lang), Role::PopupMuted);
        return;
    }
    let top = (p.cursor + 1).saturating_sub(rows);
    let name_columns = if narrow { 20 } else { 15 };
    if let Some(entry) = p.entries.get(p.cursor).filter(|_| narrow) {
        for (at, line) in entry.says.wrap(usize::from(inside.w)).iter().take(below).enumerate() {
            c.row(inside, rows + at).put(line, Role::PopupMuted);
        }
    }
    for (at, entry) in p.entries.iter().skip(top).take(rows).enumerate() {
        let picked = top + at == p.cursor;
        let (role, muted) = pick(c, inside, at, picked);
        let mut row = c.row(inside, at);
        let mark = if picked { s.glyphs.focus() } else { Shown::blank(1) };
        let named = if entry.able { role } else { muted };
        row.put(&mark, role).skip(1).cell(&entry.name, name_columns, Align::Left, named).skip(1);
        let key = entry.key.clone().unwrap_or_default();
        if !narrow {
            let room = row.left().saturating_sub(key.width() + 2);
            row.cell(&entry.says, room, Align::Left, muted);
        }
        row.right(&[(key, role)], 1);
    }
}

/// The styles of an entry; the one with the cursor has a ground of its own.
pub fn pick(c: &mut Canvas<'_>, inside: Area, at: usize, picked: bool) -> (Role, Role) {
    if !picked {
        return (Role::Popup, Role::PopupMuted);
    }
    let y = inside.y + u16::try_from(at).unwrap_or(0);
    c.clear(Area { y, h: 1, ..inside }, c.style(Role::PopupPick));
    (Role::PopupPick, Role::PopupPick)
}

fn menu(s: &Scene<'_>, c: &mut Canvas<'_>, menu: &Menu) {
    let lines: Vec<Shown> = menu.choices.iter().map(|(text, _)| text.clone()).collect();
    choices(s, c, &menu.title, &lines, menu.cursor, true);
}

fn choices(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    title: &Shown,
    lines: &[Shown],
    cursor: usize,
    numbered: bool,
) {
    let widest = lines.iter().map(Shown::width).max().unwrap_or(0);
    let area = above_footer(s, (widest + 12).max(title.width() + 10).max(26), lines.len() + 2);
    let inside = frame(s, c, area, title, &Shown::default());
    let rows = usize::from(inside.h);
    let top = (cursor + 1).saturating_sub(rows);
    for (at, line) in lines.iter().skip(top).take(rows).enumerate() {
        let picked = top + at == cursor;
        let (role, muted) = pick(c, inside, at, picked);
        let mut row = c.row(inside, at);
        let mark = if picked { s.glyphs.focus() } else { Shown::blank(1) };
        row.put(&mark, role).skip(1);
        if numbered {
            row.put(&Shown::number(i128::try_from(top + at + 1).unwrap_or(0)), muted).skip(2);
        }
        row.put(line, role);
    }
}

fn read(s: &Scene<'_>, c: &mut Canvas<'_>, title: &Shown, lines: &[Vec<Cell>], top: usize) {
    let area = help::area(s.m, lines.len());
    let rows = help::rows(s.m);
    let most = lines.len().saturating_sub(rows);
    let top = top.min(most);
    let place = match (top > 0, top < most) {
        (false, false) => Shown::default(),
        (false, true) => s.glyphs.down(),
        (true, false) => s.glyphs.up(),
        (true, true) => Shown::join([&s.glyphs.up(), &s.glyphs.down()], &Shown::default()),
    };
    let inside = frame(s, c, area, title, &place);
    let columns = lines.first().map_or(1, Vec::len);
    let width = inside.w / u16::try_from(columns).unwrap_or(1).max(1);
    for (at, line) in lines.iter().skip(top).take(rows).enumerate() {
        for (i, cell) in line.iter().enumerate() {
            let keys = key_columns(lines, top + at, i).min(usize::from(width) / 2);
            let x = inside.x + width * u16::try_from(i).unwrap_or(0);
            let column = Area { x, w: width.saturating_sub(1), ..inside };
            let mut row = c.row(column, at);
            match cell {
                Cell::Title(text) => drop(row.put(text, Role::PopupPick)),
                Cell::Text(text) => drop(row.skip(1).put(text, Role::Popup)),
                Cell::Keys(key, says) => {
                    row.skip(1).cell(key, keys, Align::Left, Role::Popup).skip(2);
                    row.put(says, Role::PopupMuted);
                }
                Cell::NotHere(key, says) => {
                    row.skip(1).cell(key, keys, Align::Left, Role::PopupMuted).skip(2);
                    let not = say::NOT_HERE.say(s.lang);
                    let room = row.left().saturating_sub(not.width() + 1);
                    row.put(&says.truncate_with(room, s.ellipsis()), Role::PopupMuted).skip(1);
                    row.put(&not, Role::PopupMuted);
                }
                Cell::Sign(sign, says) => {
                    let sign = s.glyphs.sign(*sign);
                    row.skip(1).cell(&sign, keys, Align::Left, Role::Popup).skip(2);
                    row.put(says, Role::PopupMuted);
                }
                Cell::Empty => {}
            }
        }
    }
}

/// How wide the keys of a line's section are, so that they align within it.
fn key_columns(lines: &[Vec<Cell>], line: usize, column: usize) -> usize {
    let section = |cells: &mut dyn Iterator<Item = &Vec<Cell>>| {
        let cells = cells.map_while(|l| l.get(column).filter(|c| **c != Cell::Empty));
        let keys = cells.map(|c| match c {
            Cell::Keys(keys, _) | Cell::NotHere(keys, _) => keys.width(),
            Cell::Sign(..) => 2,
            _ => 0,
        });
        keys.max().unwrap_or(0)
    };
    section(&mut lines[..=line].iter().rev()).max(section(&mut lines[line..].iter()))
}
