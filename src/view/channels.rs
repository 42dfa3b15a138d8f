//! The channels screen: a line or two for every channel, and all that is known of one below.

use super::frame::Scene;
use super::pen::{Canvas, Row};
use super::theme::Role;
use crate::app::channels::{self, Health, ONE_ROW, Told};
use crate::app::facts::{CLOCK, LABEL, Line};
use crate::app::help::Sign;
use crate::app::layer::Cursor;
use crate::app::layout::Area;
use crate::text::catalogue::cockpit as say;
use crate::text::{Align, Msg, Shown, format};

/// A column of the list.
struct Column {
    /// What it is called.
    title: Msg,
    /// How wide it is; 0 = what the others leave.
    width: usize,
    /// On which side of it the text stands.
    align: Align,
    /// From how many columns of the screen on it is there.
    from: u16,
    /// What it shows.
    cell: fn(&Scene<'_>, &Told) -> (Shown, Role),
}

/// Draws the screen, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>, cursor: &Cursor) {
    let places = channels::places(s.m);
    let (list, details) = (places.list, places.details);
    c.clear(Area { h: list.h + details.h, ..list }, c.style(Role::Text));
    let all = channels::list(s.m, s.now);
    let heading = Shown::join(
        [&say::CHANNELS_TITLE.say(s.lang), &format::number(s.lang, all.len() as u64)],
        &Shown::blank(1),
    );
    let heading = if all.is_empty() { say::CHANNELS_TITLE.say(s.lang) } else { heading };
    let mut row = s.title(c, list, &heading, true);
    s.rule(&mut row, true, &sum(s, &all));
    if all.is_empty() {
        let msg = if channels::none(s.m) { say::NO_CHANNELS } else { say::LOADING };
        c.row(list, 1).skip(3).put(&msg.say(s.lang), Role::Muted);
        return;
    }
    let on = channels::on(s.m, cursor);
    if list.w >= ONE_ROW {
        wide(s, c, list, &all, on)
    } else {
        narrow(s, c, list, &all, on)
    }
    facts(s, c, details, cursor);
}

/// What the title says at its right end: how many are not well.
fn sum(s: &Scene<'_>, all: &[Told]) -> Vec<(Shown, Role)> {
    let blind = all.iter().filter(|t| t.health == Health::Blind).count() as u64;
    let unconfirmed: u64 = all.iter().map(|t| t.unconfirmed).sum();
    let mut pieces = Vec::new();
    for (n, msg) in [(blind, say::N_BLIND), (unconfirmed, say::UNCONFIRMED)] {
        if n > 0 {
            if !pieces.is_empty() {
                pieces.push((s.glyphs.dot(), Role::Muted));
            }
            pieces.push((msg.fill(s.lang, &[("n", &format::number(s.lang, n))]), Role::Late));
        }
    }
    pieces
}

fn role(health: Health) -> Role {
    match health {
        Health::Live => Role::Ok,
        Health::Blind => Role::Late,
        Health::Paused => Role::Risk,
        Health::Starting | Health::ByHand => Role::Muted,
    }
}

/// A number; none is a dash, so that what there is stands out.
fn count(s: &Scene<'_>, n: u64, some: Role) -> (Shown, Role) {
    match n {
        0 => (Shown::line("-"), Role::Muted),
        n => (format::number(s.lang, n), some),
    }
}

const COLUMNS: &[Column] = &[
    Column {
        title: say::COL_CHANNEL,
        width: 14,
        align: Align::Left,
        from: 0,
        cell: |_, t| (t.title.clone(), Role::Channel),
    },
    Column {
        title: say::COL_STATE,
        width: 0,
        align: Align::Left,
        from: 0,
        cell: |s, t| {
            let sign = s.glyphs.health(t.health);
            (Shown::join([&sign, &t.phase], &Shown::blank(1)), role(t.health))
        },
    },
    Column {
        title: say::COL_CONNECTOR,
        width: 10,
        align: Align::Left,
        from: 110,
        cell: |_, t| (t.connector.clone(), Role::Muted),
    },
    Column {
        title: say::COL_SEEN,
        width: 6,
        align: Align::Right,
        from: 0,
        cell: |_, t| (t.seen.clone(), Role::Text),
    },
    Column {
        title: say::COL_BROUGHT,
        width: 7,
        align: Align::Right,
        from: 0,
        cell: |_, t| (t.brought.clone(), Role::Text),
    },
    Column {
        title: say::COL_BUDGET,
        width: 10,
        align: Align::Right,
        from: 100,
        cell: |_, t| (t.budget.clone(), if t.budget_low { Role::Risk } else { Role::Text }),
    },
    Column {
        title: say::COL_WAITING,
        width: 7,
        align: Align::Right,
        from: 0,
        cell: |s, t| count(s, t.waiting, Role::Text),
    },
    Column {
        title: say::COL_UNCONFIRMED,
        width: 11,
        align: Align::Right,
        from: 0,
        cell: |s, t| count(s, t.unconfirmed, Role::Late),
    },
    Column {
        title: say::COL_IN,
        width: 6,
        align: Align::Right,
        from: 110,
        cell: |s, t| count(s, t.came, Role::Text),
    },
    Column {
        title: say::COL_OUT,
        width: 5,
        align: Align::Right,
        from: 110,
        cell: |s, t| count(s, t.done, Role::Text),
    },
    Column {
        title: say::COL_FAILED,
        width: 6,
        align: Align::Right,
        from: 80,
        cell: |s, t| count(s, t.failed, Role::Risk),
    },
];

fn wide(s: &Scene<'_>, c: &mut Canvas<'_>, list: Area, all: &[Told], on: usize) {
    let columns: Vec<&Column> = COLUMNS.iter().filter(|col| list.w >= col.from).collect();
    let used: usize = columns.iter().map(|col| col.width + 1).sum();
    // Long lines pull apart what belongs together.
    let rest = usize::from(list.w).saturating_sub(used + 3).min(44);
    let width = |col: &Column| if col.width == 0 { rest } else { col.width };
    let mut row = c.row(list, 1);
    row.skip(2);
    for col in &columns {
        row.cell(&col.title.say(s.lang), width(col), col.align, Role::Muted).skip(1);
    }
    let rows = usize::from(list.h.saturating_sub(2));
    let top = (on + 1).saturating_sub(rows);
    for (at, told) in all.iter().enumerate().skip(top).take(rows) {
        let mut row = c.row(list, at - top + 2);
        mark(s, &mut row, at == on);
        for col in &columns {
            let (text, role) = (col.cell)(s, told);
            row.cell(&text, width(col), col.align, role).skip(1);
        }
    }
}

fn mark(s: &Scene<'_>, row: &mut Row<'_, '_>, on: bool) {
    let sign = if on { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) };
    row.put(&sign, Role::Gutter).skip(1);
}

fn narrow(s: &Scene<'_>, c: &mut Canvas<'_>, list: Area, all: &[Told], on: usize) {
    let rows = usize::from(list.h.saturating_sub(1) / 2);
    let top = (on + 1).saturating_sub(rows);
    for (at, told) in all.iter().enumerate().skip(top).take(rows) {
        let line = (at - top) * 2 + 1;
        let mut row = c.row(list, line);
        mark(s, &mut row, at == on);
        let title = usize::from(list.w / 3);
        row.cell(&told.title, title, Align::Left, Role::Channel).skip(1);
        row.put(&s.glyphs.health(told.health), role(told.health)).skip(1);
        row.put(&told.phase, role(told.health));
        let mut row = c.row(list, line + 1);
        row.skip(4);
        let mut first = true;
        for (text, role) in second(s, told) {
            let gap = if std::mem::take(&mut first) { Shown::default() } else { s.glyphs.dot() };
            if gap.width() + text.width() > row.left() {
                break;
            }
            row.put(&gap, Role::Muted).put(&text, role);
        }
    }
}

/// The second line of a channel, the most urgent first.
fn second(s: &Scene<'_>, t: &Told) -> Vec<(Shown, Role)> {
    let mut pieces = Vec::new();
    for (n, msg, role) in [
        (t.unconfirmed, say::UNCONFIRMED, Role::Late),
        (t.failed, say::COUNT_FAILED, Role::Risk),
        (t.waiting, say::OUTBOX_WAITS, Role::Text),
    ] {
        if n > 0 {
            pieces.push((msg.fill(s.lang, &[("n", &format::number(s.lang, n))]), role));
        }
    }
    if t.brought.as_str() != "-" {
        pieces.push((say::BROUGHT_AGO.fill(s.lang, &[("age", &t.brought)]), Role::Muted));
    }
    pieces
        .push((say::COUNT_IN.fill(s.lang, &[("n", &format::number(s.lang, t.came))]), Role::Muted));
    if t.connector.as_str() != "-" {
        pieces.push((t.connector.clone(), Role::Muted));
    }
    pieces
}

/// The details, and what the channel said.
fn facts(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, cursor: &Cursor) {
    if area.is_empty() {
        return;
    }
    let page = channels::page(s.m, cursor, s.now);
    let title = channels::selected(s.m, cursor).unwrap_or_default();
    let title = title.truncate_with(usize::from(area.w / 2), s.ellipsis());
    let mut row = s.title(c, area, &title, false);
    let mut right = Vec::new();
    if page.fixed.is_empty() {
        right = scrolls(s, page.top, page.most);
    }
    s.rule(&mut row, false, &right);
    let scrolled = page.lines.iter().skip(page.top).take(page.rows);
    for (at, line) in page.fixed.iter().chain(scrolled).enumerate() {
        let mut row = c.row(area, at + 1);
        row.skip(2);
        match line {
            Line::Fact { label, text, loud } => {
                row.cell(label, LABEL, Align::Left, Role::Muted);
                row.put(text, if *loud { Role::Risk } else { Role::Text });
            }
            Line::Log => {
                row.put(&say::LOG_TITLE.say(s.lang), Role::Muted);
                let right = if page.fixed.is_empty() {
                    Vec::new()
                } else {
                    scrolls(s, page.top, page.most)
                };
                s.rule(&mut row, false, &right);
            }
            Line::Said { at, text } => {
                row.cell(at, (at.width() + 2).max(CLOCK), Align::Left, Role::Muted);
                row.put(text, Role::Text);
            }
        }
    }
}

/// Signs that more is above or below.
fn scrolls(s: &Scene<'_>, top: usize, most: usize) -> Vec<(Shown, Role)> {
    let mut signs = Vec::new();
    for (more, sign) in [(top > 0, s.glyphs.up()), (top < most, s.glyphs.down())] {
        if more {
            signs.push((sign, Role::Muted));
        }
    }
    signs
}
