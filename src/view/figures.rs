//! The figures: a band of numbers with sparklines, and the same larger as a pane.

use super::board;
use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::layout::{Area, Shape};
use crate::app::model::Focus;
use crate::text::catalogue::cockpit as say;
use crate::text::{Align, Msg, Shown, format};

/// A figure with its points.
struct Figure<'a> {
    label: Msg,
    value: Shown,
    points: &'a [f64],
    /// The scale: lowest and highest value; from the points where none is natural.
    scale: (f64, f64),
}

/// Points that a rate is taken over: so that one quiet minute does not make it zero.
const RATE_POINTS: usize = 5;

/// Draws the band, or the pane when the cursor is in it.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().figures;
    if area.is_empty() {
        return;
    }
    let figures = figures(s);
    if s.m.focus() == Focus::Figures {
        return pane(s, c, area, &figures);
    }
    // The last row is the channel's, where there is room for one.
    let own = if s.m.screen().has_board { area.h - 1 } else { area.h };
    match own {
        1 => one_row(s, c, area, &figures),
        _ => two_rows(s, c, area, &figures),
    }
    if own < area.h {
        board::row(s, c, Area { y: area.y + own, h: 1, ..area });
    }
}

fn figures<'a>(s: &Scene<'a>) -> [Figure<'a>; 5] {
    let k = s.m.kpis();
    let minutes = k.step as f64 / 60_000.0;
    let last = |points: &[f64]| points.iter().rev().copied().find(|v| v.is_finite());
    let rate = |points: &[f64]| {
        // The last point is not over yet.
        let over = &points[..points.len().saturating_sub(1)];
        let recent = &over[over.len().saturating_sub(RATE_POINTS)..];
        if recent.is_empty() || minutes <= 0.0 {
            return say::FIG_NONE.say(s.lang);
        }
        let per_minute = recent.iter().sum::<f64>() / recent.len() as f64 / minutes;
        let n = if per_minute < 100.0 {
            format!("{per_minute:.1}")
        } else {
            format!("{per_minute:.0}")
        };
        say::FIG_PER_MINUTE.fill(s.lang, &[("n", &n)])
    };
    let none = || say::FIG_NONE.say(s.lang);
    let natural = |points: &[f64]| {
        let top = points.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
        (0.0, top)
    };
    let backlog = last(&k.backlog).map_or_else(none, |n| format::number(s.lang, n.max(0.0) as u64));
    let first = last(&k.first_response).map_or_else(none, |ms| format::duration(s.lang, ms as i64));
    let hit = last(&k.hit_rate).map_or_else(none, |share| format::percent(share / 100.0));
    [
        Figure {
            label: say::FIG_ARRIVALS,
            value: rate(&k.arrivals),
            points: &k.arrivals,
            scale: natural(&k.arrivals),
        },
        Figure {
            label: say::FIG_REPLIES,
            value: rate(&k.replies),
            points: &k.replies,
            scale: natural(&k.replies),
        },
        Figure {
            label: say::FIG_BACKLOG,
            value: backlog,
            points: &k.backlog,
            scale: natural(&k.backlog),
        },
        Figure {
            label: say::FIG_FIRST,
            value: first,
            points: &k.first_response,
            scale: natural(&k.first_response),
        },
        Figure { label: say::FIG_HIT, value: hit, points: &k.hit_rate, scale: (0.0, 100.0) },
    ]
}

/// A row of a sparkline: the last `columns` points, of `rows` rows the one `row` from the bottom.
pub(super) fn spark(
    s: &Scene<'_>,
    points: &[f64],
    (low, high): (f64, f64),
    columns: usize,
    rows: usize,
    row: usize,
) -> Shown {
    let points = &points[points.len().saturating_sub(columns)..];
    let span = if high > low { high - low } else { 1.0 };
    let bars = points.iter().map(|v| {
        if !v.is_finite() {
            return Shown::blank(1);
        }
        let share = ((v - low) / span).clamp(0.0, 1.0);
        // In eighths of a row; the lowest row always shows something.
        let eighths = (share * (rows * 8) as f64).round() as usize;
        match eighths.saturating_sub(row * 8) {
            0 if row > 0 => Shown::blank(1),
            n => s.glyphs.spark(n.max(1) - 1),
        }
    });
    let bars: Vec<Shown> = bars.collect();
    let mut line = Shown::blank(columns - bars.len());
    line.push(&Shown::join(&bars, &Shown::default()));
    line
}

fn one_row(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, figures: &[Figure<'_>]) {
    let widths: usize =
        figures.iter().map(|f| f.label.say(s.lang).width() + f.value.width() + 4).sum();
    // What is left is shared among the sparklines; less than 4 columns tell nothing.
    let line = usize::from(area.w).saturating_sub(widths + 1) / figures.len();
    let line = if line >= 5 { (line - 1).min(12) } else { 0 };
    let mut row = c.row(area, 0);
    row.skip(1);
    for f in figures {
        let label = f.label.say(s.lang);
        if label.width() + f.value.width() + 1 > row.left() {
            break;
        }
        row.put(&label, Role::Muted).skip(1).put(&f.value, Role::Text).skip(1);
        if line > 0 {
            row.put(&spark(s, f.points, f.scale, line, 1, 0), Role::Spark).skip(1);
        }
        row.skip(1);
    }
}

fn two_rows(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, figures: &[Figure<'_>]) {
    let column = usize::from(area.w) / figures.len();
    for (i, f) in figures.iter().enumerate() {
        let x = area.x + u16::try_from(1 + i * column).unwrap_or(0);
        let width = column.saturating_sub(3);
        let cell = Area { x, w: u16::try_from(width).unwrap_or(0), ..area };
        let label = f.label.say(s.lang);
        c.row(cell, 0).put(&label, Role::Muted).right(&[(f.value.clone(), Role::Text)], 1);
        c.row(cell, 1).put(&spark(s, f.points, f.scale, width, 1, 0), Role::Spark);
    }
}

fn pane(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, figures: &[Figure<'_>]) {
    let mut body = area;
    if s.m.screen().shape != Shape::Tabs {
        let k = s.m.kpis();
        let span = k.step.saturating_mul(i64::try_from(k.arrivals.len()).unwrap_or(0));
        let mut row = s.title(c, area, &say::FIGURES.say(s.lang), true);
        let right = if span > 0 {
            let span = format::duration(s.lang, span);
            vec![(say::FIGURES_SPAN.fill(s.lang, &[("span", &span)]), Role::Muted)]
        } else {
            Vec::new()
        };
        s.rule(&mut row, true, &right);
        (body.y, body.h) = (area.y + 1, area.h - 1);
    }
    let mut channel = Area { h: 0, ..body };
    if !s.m.charts().board.stands.is_empty() {
        // A row for each of the desk's own, the rest for the channel's.
        let own = u16::try_from(figures.len()).unwrap_or(0).min(body.h);
        channel = Area { y: body.y + own, h: body.h - own, ..body };
        body.h = own;
    }
    // Each figure gets the same rows; one blank row between them when there is room.
    let each = (usize::from(body.h) / figures.len()).max(1);
    let rows = if each >= 3 { each - 1 } else { each };
    let label = figures.iter().map(|f| f.label.say(s.lang).width()).max().unwrap_or(0);
    for (i, f) in figures.iter().enumerate() {
        let middle = i * each + (rows - 1) / 2;
        for r in 0..rows {
            let at = i * each + r;
            let mut row = c.row(body, at);
            row.skip(1);
            if at == middle {
                row.cell(&f.label.say(s.lang), label, Align::Left, Role::Muted).skip(1);
                row.cell(&f.value, 9, Align::Right, Role::Text).skip(2);
            } else {
                row.skip(label + 12);
            }
            let columns = row.left().saturating_sub(1);
            row.put(&spark(s, f.points, f.scale, columns, rows, rows - 1 - r), Role::Spark);
        }
    }
    if channel.h > 1 {
        board::pane(s, c, channel);
    }
}
