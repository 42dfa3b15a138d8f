//! The figures of a channel in the band and in the pane: newest value, sparkline, change against the
//! usual value for this hour of the week, goal or what of it is known.

use super::chart;
use super::charts::change;
use super::figures::spark;
use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::action::{Action, Context};
use crate::app::charts::words::Taken;
use crate::app::layout::Area;
use crate::domain::figure::board::Stand;
use crate::text::catalogue::charts as say;
use crate::text::{Align, Shown};

/// From these columns on the band has sparklines.
const LINES: u16 = 110;
/// Columns of a sparkline in the band.
const LINE: usize = 8;
/// Columns of a value, of a change, and of what is said last.
const CELLS: (usize, usize, usize) = (8, 7, 9);

/// How the points of a figure lie.
fn scale(stand: &Stand) -> (f64, f64) {
    chart::scale(stand.points.iter().copied()).unwrap_or((0.0, 1.0))
}

/// One row: as many figures as fit.
pub fn row(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let Some(channel) = &charts.board.channel else { return };
    let mut row = c.row(area, 0);
    row.skip(1).put(&s.m.channel_title(channel), Role::Channel).skip(2);
    for stand in &charts.board.stands {
        let label = charts.label(&stand.name, s.lang);
        let value = charts.newest(stand, s.lang);
        let (moved, taken) = change(s, stand);
        let line = if area.w >= LINES { LINE + 1 } else { 0 };
        let width = label.width() + 1 + value.width() + line + 1 + moved.width();
        if width + 1 > row.left() {
            continue;
        }
        row.put(&label, Role::Muted).skip(1).put(&value, Role::Text);
        if line > 0 {
            row.skip(1).put(&spark(s, &stand.points, scale(stand), LINE, 1, 0), Role::Spark);
        }
        row.skip(1).put(&moved, taken).skip(2);
    }
}

/// The channel's part of the pane.
pub fn pane(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let Some(channel) = &charts.board.channel else { return };
    let mut row = c.row(area, 0);
    row.skip(1).put(&s.m.channel_title(channel), Role::Channel);
    let mut right = Vec::new();
    if charts.board.channels.len() > 1 {
        let key = |action| s.m.keymap().keys(action, Context::Figures).next();
        let keys: Vec<Shown> =
            [Action::PreviousChannel, Action::NextChannel].into_iter().filter_map(key).collect();
        let keys = Shown::join(&keys, &Shown::line("/"));
        right.push((say::OTHER_CHANNELS.fill(s.lang, &[("keys", &keys)]), Role::Muted));
        right.push((Shown::blank(1), Role::Muted));
    }
    s.rule(&mut row, false, &right);
    let stands = &charts.board.stands;
    let room = usize::from(area.h).saturating_sub(1);
    let shown = if stands.len() > room { room.saturating_sub(1) } else { stands.len() };
    let names = stands.iter().map(|stand| charts.label(&stand.name, s.lang).width());
    let (value, moved, note) = CELLS;
    let wide = area.w >= 50;
    let label = names.max().unwrap_or(0).min(if wide { 22 } else { 12 });
    for (at, stand) in stands.iter().take(shown).enumerate() {
        let (text, taken) = change(s, stand);
        let mut row = c.row(area, at + 1);
        row.put(&Shown::line(if stand.is_beyond_noise() { "!" } else { " " }), taken);
        row.cell(&charts.label(&stand.name, s.lang), label, Align::Left, Role::Muted).skip(1);
        row.cell(&charts.newest(stand, s.lang), value, Align::Right, Role::Text).skip(1);
        row.cell(&text, moved, Align::Right, taken).skip(1);
        let last = charts.note(stand, s.lang);
        if !wide {
            if let Some((text, taken)) = last {
                row.put(&text, role(taken));
            }
            continue;
        }
        let columns = row.left().saturating_sub(note + 2);
        row.put(&spark(s, &stand.points, scale(stand), columns, 1, 0), Role::Spark).skip(1);
        if let Some((text, taken)) = last {
            row.cell(&text, note, Align::Right, role(taken));
        }
    }
    let more = stands.len() - shown;
    if let Some(key) = s.m.keymap().key(Action::Charts).filter(|_| more > 0) {
        let text = say::MORE.fill(s.lang, &[("n", &more), ("key", &key)]);
        c.row(area, shown + 1).skip(1).put(&text, Role::Muted);
    }
}

fn role(taken: Taken) -> Role {
    match taken {
        Taken::Noise => Role::Muted,
        Taken::Good => Role::Ok,
        Taken::Bad => Role::Late,
    }
}
