//! Lists over the panes whose lines do something: macros, a person's past, topics, a question.

use super::frame::Scene;
use super::pen::Canvas;
use super::popup::{above_footer, frame, pick};
use super::theme::Role;
use crate::app::bulk;
use crate::app::layer::{Pick, Sure};
use crate::domain::macros::Macro;
use crate::text::catalogue::work as say;
use crate::text::{Align, Shown};

/// The widest of these boxes.
const WIDEST: usize = 110;

/// The menu of macros.
pub(super) fn macros(s: &Scene<'_>, c: &mut Canvas<'_>, macros: &[Macro], cursor: usize) {
    let titles: Vec<Shown> = macros.iter().map(|m| bulk::title(m, s.lang)).collect();
    let widest = titles.iter().map(Shown::width).max().unwrap_or(0);
    let names = macros.iter().map(|m| Shown::line(&m.name).width()).max().unwrap_or(0).min(20);
    let area = above_footer(s, (widest + names + 14).min(WIDEST), macros.len() + 2);
    let inside = frame(s, c, area, &say::MACROS_TITLE.say(s.lang), &Shown::default());
    let rows = usize::from(inside.h);
    let top = (cursor + 1).saturating_sub(rows);
    let wide = usize::from(inside.w) > widest + names + 6;
    for (at, (m, title)) in macros.iter().zip(&titles).skip(top).take(rows).enumerate() {
        let picked = top + at == cursor;
        let (role, muted) = pick(c, inside, at, picked);
        let mut row = c.row(inside, at);
        let mark = if picked { s.glyphs.focus() } else { Shown::blank(1) };
        let key = m.key.map(|k| Shown::line(&k.to_string())).unwrap_or_default();
        row.put(&mark, role).skip(1).cell(&key, 2, Align::Left, role).skip(1);
        if wide {
            row.cell(title, widest, Align::Left, role).skip(2).put(&Shown::line(&m.name), muted);
        } else {
            row.put(title, role);
        }
    }
}

/// A list whose lines open a conversation, with what is to know above it.
pub(super) fn list(s: &Scene<'_>, c: &mut Canvas<'_>, p: &Pick) {
    let columns = s.m.size().0.saturating_sub(4).min(WIDEST as u16);
    let about: Vec<Shown> =
        p.about.iter().flat_map(|line| line.wrap(usize::from(columns).max(10))).collect();
    let area = above_footer(s, WIDEST + 4, about.len() + p.lines.len() + 2);
    let inside = frame(s, c, area, &p.title, &p.place(s.lang));
    let rows = usize::from(inside.h);
    // The list always has a few lines, however much there is to know.
    let about = &about[..about.len().min(rows.saturating_sub(p.lines.len().min(3)))];
    for (at, line) in about.iter().enumerate() {
        c.row(inside, at).put(line, Role::PopupMuted);
    }
    let left = rows - about.len();
    let top = (p.cursor + 1).saturating_sub(left);
    for (at, (_, line)) in p.lines.iter().skip(top).take(left).enumerate() {
        let picked = top + at == p.cursor;
        let at = about.len() + at;
        let (role, _) = pick(c, inside, at, picked);
        let mut row = c.row(inside, at);
        let mark = if picked { s.glyphs.focus() } else { Shown::blank(1) };
        row.put(&mark, role).skip(1);
        let room = row.left();
        row.put(&line.truncate_with(room, s.ellipsis()), role);
    }
}

/// Something that is asked first.
pub(super) fn confirm(s: &Scene<'_>, c: &mut Canvas<'_>, q: &Sure) {
    let columns = usize::from(s.m.size().0.saturating_sub(4)).clamp(10, 76);
    let lines: Vec<Shown> = q.lines.iter().flat_map(|line| line.wrap(columns)).collect();
    let widest = lines.iter().map(Shown::width).max().unwrap_or(0);
    let area = above_footer(s, (widest + 4).max(q.title.width() + 8), lines.len() + 2);
    let inside = frame(s, c, area, &q.title, &Shown::default());
    let rows = usize::from(inside.h);
    let last = lines.len().saturating_sub(1);
    // How to answer is always there.
    let kept = lines.iter().take(rows.saturating_sub(1)).chain(lines.get(last));
    let kept: Vec<&Shown> =
        if lines.len() <= rows { lines.iter().collect() } else { kept.collect() };
    for (at, line) in kept.into_iter().enumerate() {
        let role = if at + 1 == rows.min(lines.len()) { Role::PopupMuted } else { Role::Popup };
        c.row(inside, at).put(line, role);
    }
}
