//! A post's page, the text of a variant while it is written, and the list of channels to tick.

use super::frame::Scene;
use super::lint;
use super::pen::Canvas;
use super::popup::{above_footer, frame, pick};
use super::slots::role;
use super::theme::Role;
use crate::app::layer::Layer;
use crate::app::layout::Area;
use crate::app::posts::begin::Channels;
use crate::app::posts::page::{self, At, Look};
use crate::app::posts::writing::{self, Text};
use crate::app::{help::Sign, service};
use crate::text::catalogue::calendar as say;
use crate::text::{Align, Shown, format};
use ratatui::layout::Position;

/// Draws a post, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>, at: &At) {
    let area = service::area(s.m);
    c.clear(area, c.style(Role::Text));
    let title = say::POST_TITLE.fill(s.lang, &[("id", &at.id)]);
    let view = s.m.posts().view.as_ref().filter(|v| v.post.id == at.id);
    let mut row = s.title(c, area, &title, true);
    if let Some(view) = view {
        let room = row.left().saturating_sub(4);
        let idea = Shown::line(&view.post.idea).truncate_with(room, s.ellipsis());
        row.skip(2).put(&idea, Role::Text);
    }
    let page = page::page(s.m, s.now);
    let more = [(page.top > 0, s.glyphs.up()), (page.top < page.most, s.glyphs.down())];
    let signs: Vec<(Shown, Role)> = more
        .into_iter()
        .filter(|(is_more, _)| *is_more)
        .map(|(_, sign)| (sign, Role::Muted))
        .collect();
    let end = (!signs.is_empty()).then(|| (Shown::blank(1), Role::Muted));
    let signs: Vec<(Shown, Role)> = signs.into_iter().chain(end).collect();
    s.rule(&mut row, true, &signs);
    if let Some(text) = page::loading(s.m) {
        c.row(area, 2).skip(2).put(&text, Role::Muted);
        return;
    }
    tabs(s, c, area, at);
    let marked = page.lines.iter().position(|l| l.field == Some(at.field));
    for (y, line) in page.lines.iter().skip(page.top).take(page.rows).enumerate() {
        let mut row = c.row(area, y + 2);
        let on = line.field == Some(at.field);
        let sign = if on { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) };
        row.put(&sign, Role::Gutter).skip(1);
        let first = on && marked == Some(page.top + y);
        let label = if first { Role::Focus } else { Role::Muted };
        row.cell(&line.label, page.label, Align::Left, label).skip(1);
        if let Some(state) = line.state {
            row.put(&s.glyphs.slot(state), role(state)).skip(1);
        }
        let look = match line.look {
            Look::Plain => Role::Text,
            Look::Muted => Role::Muted,
            Look::Good => Role::Ok,
            Look::Warn => Role::Risk,
            Look::Bad => Role::Late,
        };
        row.put(&line.text, look);
    }
}

/// The variants; the one in view stands in brackets, and is always among those that fit.
fn tabs(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, at: &At) {
    let Some(view) = s.m.posts().view.as_ref() else { return };
    let on = view.post.variants.iter().position(|v| v.number == at.variant).unwrap_or(0);
    let all: Vec<[(Shown, Role); 2]> = view
        .post
        .variants
        .iter()
        .map(|v| {
            let is = v.number == at.variant;
            let name = s.m.channel_title(&v.channel);
            let (open, close) = if is { ("[", "]") } else { (" ", " ") };
            let name =
                Shown::join([&Shown::line(open), &name, &Shown::line(close)], &Shown::default());
            let look = if is { Role::Focus } else { Role::Muted };
            [(s.glyphs.slot(v.state), role(v.state)), (name, look)]
        })
        .collect();
    let width = |of: &[(Shown, Role); 2]| of.iter().map(|(t, _)| t.width()).sum::<usize>() + 1;
    let room = usize::from(area.w).saturating_sub(2);
    let first = (0..=on)
        .find(|from| all[*from..=on].iter().map(width).sum::<usize>() <= room)
        .unwrap_or(on);
    let mut row = c.row(area, 1);
    row.skip(1);
    for tab in all.iter().skip(first) {
        if width(tab) > row.left() {
            break;
        }
        for (text, role) in tab {
            row.put(text, *role);
        }
        row.skip(1);
    }
}

/// The text of a variant while it is written.
pub fn writing(s: &Scene<'_>, c: &mut Canvas<'_>, text: &Text) {
    let area = writing::area(s.m);
    c.clear(area, c.style(Role::Text));
    let view = s.m.posts().view.as_ref().filter(|v| v.post.id == text.at.post);
    let channel = view.and_then(|v| v.post.variant(text.at.variant));
    let channel = channel.map(|v| s.m.channel_title(&v.channel)).unwrap_or_default();
    let title = say::TEXT_TITLE.fill(s.lang, &[("channel", &channel)]);
    let mut row = s.title(c, area, &title, true);
    let n = format::number(s.lang, text.editor.graphemes() as u64);
    let count = say::CHARACTERS.fill(s.lang, &[("n", &n)]);
    s.rule(&mut row, true, &[(count, Role::Muted), (Shown::blank(1), Role::Muted)]);
    let columns = writing::columns(s.m);
    let said = writing::findings(s.m);
    let (rows, top) = place(s, text);
    let lines = text.editor.lines(columns);
    for y in 0..rows {
        let Some((start, end)) = lines.get(top + y) else { break };
        let pieces = lint::pieces(c, (text.editor.text(), &text.found), *start..*end, Role::Text);
        let mut row = c.row(area, y + 1);
        row.skip(1).put(&s.glyphs.bar(), Role::Accent).skip(1);
        for (piece, style) in &pieces {
            row.put_in(piece, *style);
        }
    }
    let mark = if s.m.ascii() { "!" } else { "▲" };
    for (y, said) in said.into_iter().enumerate() {
        let mut row = c.row(area, rows + 1 + y);
        let look = said.level.map_or(Role::Hint, lint::role);
        let mark = if y == 0 { Shown::line(mark) } else { Shown::blank(1) };
        row.skip(1).put(&mark, look).skip(1).put(&said.text, look);
    }
}

/// Rows of the text, and the first line that is shown of it.
fn place(s: &Scene<'_>, text: &Text) -> (usize, usize) {
    let area = writing::area(s.m);
    let rows = usize::from(area.h.saturating_sub(1)).saturating_sub(writing::findings(s.m).len());
    let rows = rows.max(1);
    let (_, y) = text.editor.caret(writing::columns(s.m));
    (rows, (y + 1).saturating_sub(rows))
}

/// Where the caret is in the text of a variant, while one is written.
pub fn caret(s: &Scene<'_>) -> Option<Position> {
    let Some(Layer::Text(text)) = s.m.layers().last() else { return None };
    let area = writing::area(s.m);
    if area.is_empty() {
        return None;
    }
    let (_, top) = place(s, text);
    let (x, y) = text.editor.caret(writing::columns(s.m));
    let x = u16::try_from(x + 3).ok()?.min(area.w.saturating_sub(1));
    let y = u16::try_from(y - top + 1).ok()?.min(area.h.saturating_sub(1));
    Some(Position::new(area.x + x, area.y + y))
}

/// Channels to tick.
pub fn channels(s: &Scene<'_>, c: &mut Canvas<'_>, channels: &Channels) {
    let names: Vec<Shown> = channels.all.iter().map(|(id, _)| s.m.channel_title(id)).collect();
    let how = say::TICK_HOW.say(s.lang);
    let widest = names.iter().map(Shown::width).max().unwrap_or(0);
    let area = above_footer(s, (widest + 16).max(how.width() + 6), names.len() + 3);
    let inside = frame(s, c, area, &say::PICK_CHANNELS.say(s.lang), &Shown::default());
    let rows = usize::from(inside.h).saturating_sub(1);
    let top = (channels.cursor + 1).saturating_sub(rows);
    for (at, name) in names.iter().enumerate().skip(top).take(rows) {
        let (role, muted) = pick(c, inside, at - top, at == channels.cursor);
        let on = channels.all[at].1;
        let mut row = c.row(inside, at - top);
        let mark = if at == channels.cursor { s.glyphs.focus() } else { Shown::blank(1) };
        row.put(&mark, role)
            .skip(1)
            .put(&Shown::line(if on { "[x]" } else { "[ ]" }), role)
            .skip(1);
        row.put(&Shown::number(i128::try_from(at + 1).unwrap_or(0)), muted).skip(2);
        row.put(name, role);
    }
    c.row(inside, rows).put(&how, Role::PopupMuted);
}
