//! The picker of canned responses with its preview, and the question before one answer goes to many.

use super::frame::Scene;
use super::pen::Canvas;
use super::popup::{above_footer, frame, pick};
use super::theme::Role;
use crate::app::action::{Action, Context};
use crate::app::canned::{Confirm, Picker, nothing};
use crate::text::catalogue::{cockpit, responses as say};
use crate::text::{Align, Shown};

/// Entries that are shown at once, and lines of the preview.
const ENTRIES: usize = 7;
const PREVIEW: usize = 6;
/// Columns of the boxes, where there is room.
const WIDTH: usize = 84;

/// Draws the picker.
pub fn picker(s: &Scene<'_>, c: &mut Canvas<'_>, p: &Picker) {
    let columns = usize::from(s.m.screen().footer.w).min(WIDTH).saturating_sub(4);
    let preview = broken(&p.preview, columns);
    let lines = preview.len().min(PREVIEW);
    let entries = p.found.len().clamp(1, ENTRIES);
    let area = above_footer(s, WIDTH, entries + lines + 3);
    let place = if p.found.is_empty() { 0 } else { p.cursor + 1 };
    let place = cockpit::ENTRIES.fill(s.lang, &[("n", &place), ("all", &p.found.len())]);
    let title = if p.everything { say::TITLE_ALL } else { say::TITLE };
    let room = usize::from(area.w).saturating_sub(place.width() + 9);
    let title = title.say(s.lang).truncate_with(room, s.ellipsis());
    let inside = frame(s, c, area, &title, &place);
    // On a small screen the entries go before the preview.
    let rows = usize::from(inside.h).min(entries);
    if p.found.is_empty() {
        c.row(inside, 0).put(&nothing(s.m, p), Role::PopupMuted);
        return;
    }
    let top = (p.cursor + 1).saturating_sub(rows);
    for (at, found) in p.found.iter().skip(top).take(rows).enumerate() {
        let Some(response) = s.m.response(*found) else { continue };
        let picked = top + at == p.cursor;
        let (role, muted) = pick(c, inside, at, picked);
        let mut row = c.row(inside, at);
        let mark = if picked { s.glyphs.focus() } else { Shown::blank(1) };
        let name = Shown::line(&response.name);
        let columns = if inside.w >= 60 { 26 } else { 20 };
        row.put(&mark, role).skip(1).cell(&name, columns, Align::Left, role).skip(1);
        let text = Shown::bounded(&response.text, 200);
        let left = row.left();
        row.cell(&text, left, Align::Left, muted);
    }
    let rest = usize::from(inside.h).saturating_sub(rows + 1);
    for (at, line) in preview.iter().take(rest).enumerate() {
        c.row(inside, rows + 1 + at).put(line, Role::Popup);
    }
}

/// Draws the question.
pub fn confirm(s: &Scene<'_>, c: &mut Canvas<'_>, asked: &Confirm) {
    let columns = usize::from(s.m.screen().footer.w).min(WIDTH).saturating_sub(4);
    let example = broken(&asked.example, columns.saturating_sub(2));
    let more = example.len().saturating_sub(PREVIEW);
    let lines = example.len().min(PREVIEW) + usize::from(more > 0);
    let area = above_footer(s, WIDTH, lines + 4 + usize::from(asked.but.is_some()));
    let inside = frame(s, c, area, &asked.title, &Shown::default());
    let mut at = 0;
    let mut line = |c: &mut Canvas<'_>, indent, text: &Shown, role| {
        c.row(inside, at).skip(indent).put(text, role);
        at += 1;
    };
    line(c, 0, &asked.to, Role::PopupMuted);
    for text in example.iter().take(PREVIEW) {
        line(c, 2, text, Role::Popup);
    }
    if more > 0 {
        line(c, 2, &cockpit::CONFIRM_MORE.fill(s.lang, &[("n", &more)]), Role::PopupMuted);
    }
    if let Some(but) = &asked.but {
        line(c, 0, but, Role::Popup);
    }
    let key = |action| s.m.keymap().keys(action, Context::Menu).next().unwrap_or_default();
    let keys: [(&str, &dyn std::fmt::Display); 2] =
        [("yes", &key(Action::Accept)), ("no", &key(Action::Close))];
    line(c, 0, &cockpit::CONFIRM_KEYS.fill(s.lang, &keys), Role::PopupMuted);
}

fn broken(lines: &[Shown], columns: usize) -> Vec<Shown> {
    lines.iter().flat_map(|line| line.wrap(columns.max(2))).collect()
}
