//! The service screen: the forecast as a table with bars, the service figures below.

use super::frame::Scene;
use super::pen::{Canvas, Row};
use super::theme::Role;
use crate::app::layout::Area;
use crate::app::service::{self, FIRST_TIMES, Figures, Hour, Line, ONE_ROW};
use crate::text::catalogue::service as say;
use crate::text::{Align, Msg, Shown};

/// A column: its title, how wide it is, from how many columns of the screen on it is there, what it
/// shows. One with no width takes what is left.
struct Column<T> {
    title: Msg,
    width: usize,
    screens: std::ops::Range<u16>,
    cell: fn(&T) -> (Shown, Role),
}

const fn column<T>(
    title: Msg,
    width: usize,
    screens: std::ops::Range<u16>,
    cell: fn(&T) -> (Shown, Role),
) -> Column<T> {
    Column { title, width, screens, cell }
}

/// Screens that are narrow, from there on, and wide.
const NARROW: std::ops::Range<u16> = 0..80;
const FULL: std::ops::Range<u16> = 80..u16::MAX;
const WIDE: std::ops::Range<u16> = ONE_ROW..u16::MAX;
const MIDDLE: std::ops::Range<u16> = FIRST_TIMES..ONE_ROW;
const ANY: std::ops::Range<u16> = 0..u16::MAX;

const HOURS: &[Column<Hour>] = &[
    column(say::COL_UNTIL, 5, ANY, |h| (h.at.clone(), Role::Text)),
    column(say::COL_COME, 9, FULL, |h| (h.come.clone(), Role::Muted)),
    column(say::COL_BREACH, 11, FULL, breach),
    column(say::COL_BREACH_SHORT, 6, NARROW, breach),
    column(say::COL_RANGE, 12, FULL, |h| (Shown::join(&h.range, &Shown::line(" - ")), Role::Muted)),
    column(say::COL_RANGE_SHORT, 7, NARROW, |h| {
        (Shown::join(&h.range, &Shown::line("-")), Role::Muted)
    }),
    column(say::COL_FEWER, 11, WIDE, |h| (h.fewer.clone(), Role::Text)),
    column(say::COL_MORE, 12, FULL, |h| (h.more.clone(), Role::Text)),
    column(say::COL_MORE_SHORT, 9, NARROW, |h| (h.more.clone(), Role::Text)),
];

fn breach(h: &Hour) -> (Shown, Role) {
    (h.breach.clone(), if h.any { Role::Risk } else { Role::Muted })
}

const ROWS: &[Column<Figures>] = &[
    column(say::COL_REPLIES, 7, ANY, |f| (f.replies.clone(), role(f))),
    column(say::COL_FIRST, 22, WIDE, |f| (both(&f.first), role(f))),
    column(say::COL_FIRST, 22, MIDDLE, |f| (both(&f.first), role(f))),
    column(say::COL_NEXT, 22, WIDE, |f| (both(&f.next), role(f))),
    column(say::COL_HIT, 8, ANY, |f| (f.hit.clone(), if f.fell { Role::Risk } else { role(f) })),
    column(say::COL_BEFORE, 6, WIDE, |f| (f.before.clone(), Role::Muted)),
    column(say::COL_BACKLOG, 7, ANY, |f| (f.backlog.clone(), role(f))),
    column(say::COL_OLDEST, 6, WIDE, |f| (f.oldest.clone(), role(f))),
];

fn role(f: &Figures) -> Role {
    if f.total { Role::Title } else { Role::Text }
}

fn both(times: &[Shown; 2]) -> Shown {
    if times[0].as_str() == "-" {
        times[0].clone()
    } else {
        Shown::join(times, &Shown::line(" / "))
    }
}

/// Draws the screen, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = service::area(s.m);
    c.clear(area, c.style(Role::Text));
    let page = service::page(s.m, s.now);
    let shown = page.lines.iter().skip(page.top).take(page.rows);
    let more = [(page.top > 0, s.glyphs.up()), (page.top < page.most, s.glyphs.down())];
    let signs: Vec<(Shown, Role)> = more
        .into_iter()
        .filter(|(is_more, _)| *is_more)
        .map(|(_, sign)| (sign, Role::Muted))
        .collect();
    // What scrolls says so in its title, without one in the first line.
    let title = page.fixed.iter().position(|line| matches!(line, Line::FiguresTitle(_)));
    let scrolls = title.unwrap_or(page.fixed.len());
    let all: Vec<&Line> = page.fixed.iter().chain(shown).collect();
    for (at, line) in all.iter().enumerate() {
        draw_line(s, c, area, at, line, if at == scrolls { &signs } else { &[] });
    }
}

fn draw_line(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    area: Area,
    at: usize,
    line: &Line,
    signs: &[(Shown, Role)],
) {
    match line {
        Line::ForecastTitle => {
            let mut row = s.title(c, area_from(area, at), &say::FORECAST_TITLE.say(s.lang), true);
            let mut right = signs.to_vec();
            if !right.is_empty() {
                right.push((Shown::blank(1), Role::Muted));
            }
            s.rule(&mut row, true, &right);
        }
        Line::FiguresTitle(what) => {
            let title = say::FIGURES_TITLE.say(s.lang);
            // Where there is no room for both, what they are of says more.
            let fits = title.width() + what.width() + 10 <= usize::from(area.w);
            let title = if fits { &title } else { what };
            let mut row = s.title(c, area_from(area, at), title, false);
            let mut right = Vec::new();
            if fits {
                right.push((what.clone(), Role::Accent));
            }
            if !signs.is_empty() && fits {
                right.push((Shown::blank(1), Role::Muted));
            }
            right.extend_from_slice(signs);
            if !right.is_empty() {
                right.push((Shown::blank(1), Role::Muted));
            }
            s.rule(&mut row, false, &right);
        }
        line => {
            let mut row = c.row(area, at);
            row.skip(2);
            one(s, &mut row, area.w, line);
            row.right(signs, 1);
        }
    }
}

fn area_from(area: Area, at: usize) -> Area {
    let down = u16::try_from(at).unwrap_or(u16::MAX).min(area.h);
    Area { y: area.y + down, h: area.h - down, ..area }
}

fn one(s: &Scene<'_>, row: &mut Row<'_, '_>, w: u16, line: &Line) {
    match line {
        Line::Says(text, loud) => {
            row.put(text, if *loud { Role::Late } else { Role::Muted });
        }
        Line::HourHead => {
            for col in HOURS.iter().filter(|col| col.screens.contains(&w)) {
                row.cell(&col.title.say(s.lang), col.width, Align::Right, Role::Muted).skip(1);
            }
        }
        Line::Hour(hour) => {
            for col in HOURS.iter().filter(|col| col.screens.contains(&w)) {
                let (text, role) = (col.cell)(hour);
                row.cell(&text, col.width, Align::Right, role).skip(1);
            }
            bar(s, row, hour);
        }
        Line::RowHead(name) => {
            row.cell(name, rest(w), Align::Left, Role::Muted).skip(1);
            for col in ROWS.iter().filter(|col| col.screens.contains(&w)) {
                row.cell(&col.title.say(s.lang), col.width, Align::Right, Role::Muted).skip(1);
            }
        }
        Line::Row(figures) => {
            row.cell(&figures.name, rest(w), Align::Left, role(figures)).skip(1);
            for col in ROWS.iter().filter(|col| col.screens.contains(&w)) {
                let (text, role) = (col.cell)(figures);
                row.cell(&text, col.width, Align::Right, role).skip(1);
            }
        }
        Line::More(text) => {
            row.skip(2).put(text, Role::Muted);
        }
        Line::ForecastTitle | Line::FiguresTitle(_) | Line::Blank => {}
    }
}

/// What the other columns leave for the name; long lines pull apart what belongs together.
fn rest(w: u16) -> usize {
    let used = ROWS.iter().filter(|col| col.screens.contains(&w)).map(|col| col.width + 1);
    usize::from(w).saturating_sub(used.sum::<usize>() + 4).min(40)
}

/// Full up to what is expected, faint up to where the range ends.
fn bar(s: &Scene<'_>, row: &mut Row<'_, '_>, hour: &Hour) {
    let columns = row.left().saturating_sub(2).min(24);
    let cells = |share: f64| ((share * columns as f64).round() as usize).min(columns);
    let [expected, high] = hour.bar.map(cells);
    row.put(&s.glyphs.full().repeat(expected), Role::Risk);
    row.put(&s.glyphs.faint().repeat(high.saturating_sub(expected)), Role::Spark);
}
