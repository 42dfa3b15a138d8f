//! The screen of channels' figures: the list by layers, and one figure large: its line, the hours of
//! its week, its trend, posts, a table.

mod lists;

use super::chart::{self, Dots};
use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::charts::words::{self, Taken};
use crate::app::charts::{self, Row, View};
use crate::app::help::Sign;
use crate::app::layout::Area;
use crate::domain::Span;
use crate::domain::figure::board::Stand;
use crate::domain::figure::line::{self, Line};
use crate::domain::figure::{Unit, compare};
use crate::text::catalogue::{charts as say, cockpit, units};
use crate::text::{Align, Msg, Shown, format};

/// Columns of the list, where the screen is wide and where it is not.
const LIST: (u16, u16) = (46, 31);
/// From these columns on the screen is wide.
const WIDE: u16 = 110;
/// Columns of values and changes in the list, and of what it has to say last.
const CELLS: (usize, usize, usize) = (7, 6, 9);

/// Draws the screen, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = charts::area(s.m);
    c.clear(area, c.style(Role::Text));
    if area.h < 4 {
        return;
    }
    title(s, c, area);
    let body = Area { y: area.y + 1, h: area.h - 1, ..area };
    let charts = s.m.charts();
    if charts.board.stands.is_empty() {
        let text = match s.m.welcome().is_some() && !charts.is_loading() {
            true => [say::NO_FIGURES, say::NO_FIGURES_HOW].map(|m| m.say(s.lang)).to_vec(),
            false => vec![cockpit::LOADING.say(s.lang)],
        };
        let columns = usize::from(area.w.saturating_sub(4)).max(10);
        for (at, line) in text.iter().flat_map(|text| text.wrap(columns)).enumerate() {
            c.row(body, at + 1).skip(2).put(&line, Role::Muted);
        }
        return;
    }
    let beside = charts::is_beside(s.m);
    match (charts.large, beside) {
        (true, _) => figure(s, c, body),
        (false, false) => list(s, c, body),
        (false, true) => {
            let w = if area.w >= WIDE { LIST.0 } else { LIST.1 };
            list(s, c, Area { w, ..body });
            figure(s, c, Area { x: body.x + w + 1, w: body.w - w - 1, ..body });
        }
    }
}

fn view_title(view: View) -> Msg {
    match view {
        View::Chart => say::VIEW_CHART,
        View::Week => say::VIEW_WEEK,
        View::Trend => say::VIEW_TREND,
        View::Posts => say::VIEW_POSTS,
        View::Table => say::VIEW_TABLE,
    }
}

/// `▸Figures  微博 · 7 days ━━ Line Hours Trend Posts Table`.
fn title(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let title = match &charts.picking {
        Some(figure) => {
            let name = charts.label(&figure.name, s.lang);
            say::PICK_TITLE.fill(s.lang, &[("figure", &name)])
        }
        None => say::TITLE.say(s.lang),
    };
    let mut row = s.title(c, area, &title, true);
    row.skip(2);
    if let Some(channel) = &charts.board.channel {
        row.put(&s.m.channel_title(channel), Role::Channel);
    }
    if charts.is_loading() {
        row.skip(1).put(&cockpit::LOADING.say(s.lang), Role::Waiting);
    }
    row.put(&s.glyphs.dot(), Role::Muted);
    row.put(&words::range(s.lang, charts.span()), Role::Text);
    let tab = |view: &View| {
        let role = if *view == charts.view { Role::Focus } else { Role::Muted };
        [(Shown::blank(1), Role::Muted), (view_title(*view).say(s.lang), role)]
    };
    let all: Vec<(Shown, Role)> = View::ALL.iter().flat_map(tab).collect();
    let width: usize = all.iter().map(|(text, _)| text.width()).sum();
    let mut right = if width + 6 <= row.left() { all } else { tab(&charts.view).to_vec() };
    right.push((Shown::blank(1), Role::Muted));
    s.rule(&mut row, true, &right);
}

fn role(taken: Taken) -> Role {
    match taken {
        Taken::Noise => Role::Muted,
        Taken::Good => Role::Ok,
        Taken::Bad => Role::Late,
    }
}

/// `▼ 23%`, right-aligned; nothing where nothing is known.
pub fn change(s: &Scene<'_>, stand: &Stand) -> (Shown, Role) {
    let Some((change, taken)) = s.m.charts().change(stand) else {
        return (Shown::default(), Role::Muted);
    };
    let arrow = match change {
        c if c.abs() < 0.005 => Shown::blank(1),
        c if c > 0.0 => s.glyphs.up(),
        _ => s.glyphs.down(),
    };
    let percent = format::percent(change.abs().min(9.99));
    (Shown::join([&arrow, &percent], &Shown::default()), role(taken))
}

fn list(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let rows = charts.rows();
    let on = rows.iter().position(|row| matches!(row, Row::Stand(_, true))).unwrap_or(0);
    let room = usize::from(area.h);
    // The cursor stays away from the edges where it can.
    let top = (on + 3).min(rows.len()).saturating_sub(room).min(on.saturating_sub(1));
    for (at, row) in rows.iter().skip(top).take(room).enumerate() {
        match row {
            Row::Rung(layer) => {
                let text = words::layer(*layer).say(s.lang);
                c.row(area, at).skip(1).put(&text, Role::Title);
            }
            Row::Stand(stand, on) => listed(s, c, area, at, stand, *on),
        }
    }
}

fn listed(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, at: usize, stand: &Stand, on: bool) {
    let charts = s.m.charts();
    let (value, moved, note) = CELLS;
    let with_note = area.w >= 40;
    let rest = value + moved + 4 + if with_note { note + 1 } else { 0 };
    let mut row = c.row(area, at);
    row.put(&if on { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) }, Role::Gutter);
    let (text, taken) = change(s, stand);
    // What is beyond noise is to be seen without colour, too.
    let mark = if stand.is_beyond_noise() { "!" } else { " " };
    row.put(&Shown::line(mark), taken);
    let name = charts.label(&stand.name, s.lang);
    let width = usize::from(area.w).saturating_sub(rest);
    row.cell(&name, width, Align::Left, if on { Role::Focus } else { Role::Text });
    row.cell(&charts.newest(stand, s.lang), value, Align::Right, Role::Text).skip(1);
    row.cell(&text, moved, Align::Right, taken);
    if let Some((text, taken)) = charts.note(stand, s.lang).filter(|_| with_note) {
        row.skip(1).cell(&text, note, Align::Right, role(taken));
    }
}

/// One figure, as it is looked at.
fn figure(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let Some(shown) = charts.shown() else { return };
    let mut row = c.row(area, 0);
    row.skip(1).put(&charts.label(&shown.name, s.lang), Role::Title).skip(2);
    if let Some(stand) = charts.stand() {
        row.put(&charts.newest(stand, s.lang), Role::Accent).skip(1);
        let (text, taken) = change(s, stand);
        row.put(&text, taken);
    }
    let body = Area { y: area.y + 1, h: area.h - 1, ..area };
    match charts.view {
        View::Chart => line_view(s, c, body),
        View::Week => week(s, c, body),
        View::Trend => trend(s, c, body),
        View::Posts => lists::posts(s, c, body),
        View::Table => lists::table(s, c, body),
    }
}

/// Writes sentences, the last one at the bottom; answers with the room above them.
fn sentences(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    area: Area,
    said: &[(Shown, Taken)],
    keep: u16,
) -> Area {
    let columns = usize::from(area.w.saturating_sub(2)).max(8);
    let mut lines: Vec<(Shown, Role)> = Vec::new();
    let most = usize::from(area.h.saturating_sub(keep));
    for (text, taken) in said {
        let wrapped = text.wrap(columns);
        if lines.len() + wrapped.len() > most {
            break;
        }
        lines.extend(wrapped.into_iter().map(|line| (line, role(*taken))));
    }
    let h = u16::try_from(lines.len()).unwrap_or(0);
    let below = Area { y: area.y + area.h - h, h, ..area };
    for (at, (text, role)) in lines.iter().enumerate() {
        c.row(below, at).skip(1).put(text, *role);
    }
    let _ = s;
    Area { h: area.h - h, ..area }
}

/// What is said instead of a line that is not here.
fn missing(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, line: Option<&Result<Line, Shown>>) {
    let (text, role) = match line {
        None => (cockpit::LOADING.say(s.lang), Role::Waiting),
        Some(Err(why)) => (why.clone(), Role::Late),
        Some(Ok(_)) => (say::NO_DATA.say(s.lang), Role::Muted),
    };
    c.row(area, 1).skip(2).put(&text, role);
}

/// A series of a chart: its values, on which scale, how it is drawn.
struct Series {
    values: Vec<f64>,
    scale: (f64, f64),
    sign: &'static str,
    role: Role,
}

fn line_view(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let Some(shown) = charts.shown() else { return };
    let mut said = charts.comparisons(s.m);
    said.extend(charts.facts(s.m));
    let area = sentences(s, c, area, &said, (area.h / 2).max(8));
    let [own, before, other] = charts.lines();
    let Some(Ok(own)) = own else { return missing(s, c, area, own) };
    let level = charts.is_level(&shown.name);
    let values = |line: &Line, level: bool| -> Vec<f64> {
        words::drawn(line, level).into_iter().map(|(_, v)| v).collect()
    };
    let known = |line: Option<&Result<Line, Shown>>, level: bool| -> Option<Vec<f64>> {
        line.and_then(|line| line.as_ref().ok()).map(|line| values(line, level))
    };
    let own_values = values(own, level);
    let before = known(before, level);
    let all = own_values.iter().chain(before.iter().flatten()).copied();
    let Some(scale) = chart::scale(all) else { return missing(s, c, area, Some(&Ok(own.clone()))) };
    let mut series = vec![Series { values: own_values, scale, sign: "*", role: Role::Accent }];
    let mut legend = Vec::new();
    if let Some(values) = before {
        // Both begin at the left edge, whatever a change of clocks makes of their lengths.
        series.push(Series { values, scale, sign: ".", role: Role::Muted });
        legend.push((say::BEFORE_LINE.say(s.lang), Role::Muted, "."));
    }
    if let Some((figure, values)) = charts.against.as_ref().zip(known(other, false))
        && let Some(scale) = chart::scale(values.iter().copied())
    {
        series.push(Series { values, scale, sign: "o", role: Role::Channel });
        legend.push((charts.name_of(s.m, figure), Role::Channel, "o"));
    }
    let unit = charts.unit(&shown.name);
    plot(s, c, area, own, &series, unit);
    let mut row = c.row(area, 0);
    // Over the line, where it rarely goes.
    row.skip(9);
    if !legend.is_empty() {
        legend.insert(0, (charts.label(&shown.name, s.lang), Role::Accent, "*"));
    }
    for (text, role, sign) in legend {
        let sign = if s.m.ascii() { Shown::line(sign) } else { s.glyphs.rule(true) };
        row.put(&sign, role).skip(1).put(&text, role).skip(2);
    }
}

/// Draws lines over axes: values at the left, times below.
fn plot(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, own: &Line, series: &[Series], unit: Unit) {
    let Some(first) = series.first() else { return };
    let (head, rows) = (1, usize::from(area.h.saturating_sub(3)));
    let ticks = chart::ticks(first.scale, (rows / 3).clamp(2, 8));
    let labels = words::axis(s.lang, unit, &ticks);
    let left = labels.iter().map(Shown::width).max().unwrap_or(0).max(4) + 2;
    let columns = usize::from(area.w).saturating_sub(left + 1);
    if rows < 2 || columns < 8 {
        return;
    }
    let is_braille = !s.m.ascii();
    let drawn: Vec<(Dots, &Series)> = series
        .iter()
        .map(|series| {
            let mut dots = Dots::new(columns, rows, is_braille);
            dots.line(&series.values, series.scale);
            (dots, series)
        })
        .collect();
    let [corner, side, tick, line] = s.glyphs.axes();
    let at_row = |y: usize| {
        let here = |t: &f64| chart::row_of(*t, first.scale, rows) == y;
        ticks.iter().position(here)
    };
    for y in 0..rows {
        let mut row = c.row(area, head + y);
        match at_row(y) {
            Some(at) => {
                row.cell(&labels[at], left - 1, Align::Right, Role::Muted).put(&tick, Role::Rule);
            }
            None => {
                row.skip(left - 1).put(&side, Role::Rule);
            }
        }
        for x in 0..columns {
            let over = drawn.iter().find(|(dots, _)| dots.bits(x, y) != 0);
            let Some((_, top)) = over else {
                row.skip(1);
                continue;
            };
            let bits = drawn.iter().fold(0, |bits, (dots, _)| bits | dots.bits(x, y));
            let sign = if is_braille { chart::braille(bits) } else { Shown::line(top.sign) };
            row.put(&sign, top.role);
        }
    }
    let starts: Vec<_> = own.points.iter().map(|p| p.start).collect();
    let marks = chart::marks(s.lang, &starts, own.step, columns, s.m.zone());
    let mut row = c.row(area, head + rows);
    row.skip(left - 1).put(&corner, Role::Rule).put(&line.repeat(columns), Role::Rule);
    let last = starts.len().saturating_sub(1).max(1);
    let mut row = c.row(area, head + rows + 1);
    let begins = area.x + u16::try_from(left).unwrap_or(0);
    for mark in marks {
        let x = mark.at * (columns - 1) / last;
        // A mark at the edge does not go beyond it.
        let x = x.min(columns.saturating_sub(mark.text.width()));
        let x = begins + u16::try_from(x).unwrap_or(0);
        if x > row.x || row.x <= begins {
            row.go(x).put(&mark.text, Role::Muted).skip(1);
        }
    }
}

/// The hours of the week as a field of shades.
fn week(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let Some(shown) = charts.shown() else { return };
    let [own, ..] = charts.lines();
    let Some(Ok(own)) = own else { return missing(s, c, area, own) };
    let title = say::WEEK_TITLE.say(s.lang);
    for (at, text) in title.wrap(usize::from(area.w.saturating_sub(2))).iter().take(2).enumerate() {
        c.row(area, at).skip(1).put(text, Role::Muted);
    }
    let top = title.wrap(usize::from(area.w.saturating_sub(2))).len().min(2) + 1;
    if own.step != Span::hours(1) {
        let text = say::WEEK_DAILY.say(s.lang);
        for (at, text) in text.wrap(usize::from(area.w.saturating_sub(2))).iter().enumerate() {
            c.row(area, top + at).skip(1).put(text, Role::Muted);
        }
        return;
    }
    let hours = line::hours_of_week(own, s.m.zone());
    let all = || hours.iter().flatten().copied();
    let known = all().filter(|v| v.is_finite());
    let (low, high) =
        known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        c.row(area, top).skip(1).put(&say::NO_DATA.say(s.lang), Role::Muted);
        return;
    }
    let width = (usize::from(area.w).saturating_sub(8) / 24).clamp(1, 4);
    let shades = s.glyphs.shades();
    // With room for it each day has two rows, so that the field is no stripe.
    let tall = if usize::from(area.h) >= top + 14 + 5 { 2 } else { 1 };
    for (day, hours) in hours.iter().enumerate() {
        for part in 0..tall {
            let mut row = c.row(area, top + day * tall + part);
            let name = weekday(day).say(s.lang);
            row.skip(1);
            let name = if part == 0 { name } else { Shown::default() };
            row.cell(&name, 5, Align::Left, Role::Muted);
            for value in hours {
                if !value.is_finite() {
                    row.skip(width);
                    continue;
                }
                let level = chart::level(*value, (low, high), shades.len());
                let role = if level + 1 == shades.len() { Role::Accent } else { Role::Spark };
                row.put(&shades[level].repeat(width), role);
            }
        }
    }
    let mut row = c.row(area, top + 7 * tall);
    let begins = area.x + 6;
    for hour in (0..24).step_by(6) {
        let x = begins + u16::try_from(hour * width).unwrap_or(0);
        row.go(x).put(&Shown::line(&format!("{hour:02}")), Role::Muted);
    }
    let unit = charts.unit(&shown.name);
    let place = |at: usize, value: f64, msg: Msg| {
        let hour = Shown::line(&format!("{:02}:00", at % 24));
        let values: [(&str, &dyn std::fmt::Display); 3] = [
            ("day", &weekday(at / 24).say(s.lang)),
            ("hour", &hour),
            ("n", &words::amount(s.lang, unit, value)),
        ];
        msg.fill(s.lang, &values)
    };
    let most = all().position(|v| v == high).map(|at| place(at, high, say::WEEK_BEST));
    let least = all().position(|v| v == low).map(|at| place(at, low, say::WEEK_LEAST));
    for (at, text) in [most, least].into_iter().flatten().enumerate() {
        c.row(area, top + 7 * tall + 2 + at).skip(1).put(&text, Role::Text);
    }
    let mut row = c.row(area, top + 7 * tall + 4);
    row.skip(1);
    for shade in &shades {
        row.put(&shade.repeat(2), Role::Spark);
    }
    let [low, high] = [low, high].map(|v| words::amount(s.lang, unit, v));
    row.skip(1).put(&say::WEEK_SCALE.fill(s.lang, &[("low", &low), ("high", &high)]), Role::Muted);
}

/// A day of the week, Monday 0.
fn weekday(day: usize) -> Msg {
    [
        units::MONDAY,
        units::TUESDAY,
        units::WEDNESDAY,
        units::THURSDAY,
        units::FRIDAY,
        units::SATURDAY,
        units::SUNDAY,
    ][day % 7]
}

/// The days of three months with the way they go, and how each weekday differs.
fn trend(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    use chrono::Datelike;
    let charts = s.m.charts();
    let Some(shown) = charts.shown() else { return };
    let [own, ..] = charts.lines();
    let Some(Ok(own)) = own else { return missing(s, c, area, own) };
    // What was before the first value is nobody's.
    let known = own.points.iter().position(|p| p.value.is_finite()).unwrap_or(own.points.len());
    let own = Line { step: own.step, points: own.points[known..].to_vec() };
    let values = own.values();
    let unit = charts.unit(&shown.name);
    let Some(scale) = chart::scale(values.iter().copied()) else {
        return missing(s, c, area, Some(&Ok(own)));
    };
    let mut series = vec![Series { values: values.clone(), scale, sign: ".", role: Role::Spark }];
    let Some(trend) = compare::trend(&values) else {
        let area = sentences(s, c, area, &[(say::TREND_LITTLE.say(s.lang), Taken::Noise)], 8);
        return plot(s, c, area, &own, &series, unit);
    };
    let way = |at: usize| trend.a_week * at as f64 / 7.0;
    let level: Vec<f64> =
        values.iter().enumerate().map(|(at, v)| v - way(at)).filter(|v| v.is_finite()).collect();
    let mean = level.iter().sum::<f64>() / level.len().max(1) as f64;
    let along = (0..values.len()).map(|at| mean + way(at)).collect();
    series.insert(0, Series { values: along, scale, sign: "*", role: Role::Accent });
    let is_clear = trend.range.0 > 0.0 || trend.range.1 < 0.0;
    let [n, low, high] =
        [trend.a_week, trend.range.0, trend.range.1].map(|v| words::difference(s.lang, unit, v));
    let fill: [(&str, &dyn std::fmt::Display); 3] = [("n", &n), ("low", &low), ("high", &high)];
    let msg = if is_clear { say::TREND_A_WEEK } else { say::TREND_FLAT };
    let good = (trend.a_week > 0.0) != charts.book.less_is_better(&shown.name);
    let taken = match (is_clear, good) {
        (false, _) => Taken::Noise,
        (true, true) => Taken::Good,
        (true, false) => Taken::Bad,
    };
    let mut said = vec![(msg.fill(s.lang, &fill), taken)];
    // The first value's weekday comes first.
    let begins = own
        .points
        .first()
        .map_or(0, |p| p.start.in_zone(s.m.zone()).weekday().num_days_from_monday() as usize);
    let days = (0..7).map(|day| {
        let off = trend.weekdays[(day + 7 - begins) % 7];
        let name = weekday(day).say(s.lang);
        Shown::join([&name, &words::difference(s.lang, unit, off)], &Shown::blank(1))
    });
    said.push((say::TREND_WEEKDAYS.say(s.lang), Taken::Noise));
    // A day and its number stay together.
    let mut lines: Vec<Shown> = Vec::new();
    for day in days {
        match lines.last_mut() {
            Some(line) if line.width() + 2 + day.width() + 2 <= usize::from(area.w) => {
                line.push(&Shown::blank(2));
                line.push(&day);
            }
            _ => lines.push(day),
        }
    }
    said.extend(lines.into_iter().map(|line| (line, Taken::Noise)));
    let area = sentences(s, c, area, &said, 8);
    plot(s, c, area, &own, &series, unit);
}
