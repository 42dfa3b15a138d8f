//! The calendar: a week as columns or as a list of days, a month, the content matrix, and what is
//! known of the slot with the cursor.

use super::frame::Scene;
use super::pen::{Canvas, Row};
use super::slots::role;
use super::theme::Role;
use crate::app::action::{Action, Context};
use crate::app::layout::Area;
use crate::app::posts::calendar::{self, COLUMNS};
use crate::app::posts::days::{self, Counts, Entry, Stages};
use crate::app::posts::{fields, state_name};
use crate::app::service;
use crate::domain::post::Funnel;
use crate::domain::slot::SlotState;
use crate::text::catalogue::{calendar as say, cockpit};
use crate::text::{Align, Shown, format};
use chrono::{Datelike, NaiveDate};

/// Draws the screen, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = service::area(s.m);
    c.clear(area, c.style(Role::Text));
    let plan = &s.m.posts().plan;
    title(s, c, area);
    let mut rest = Area { y: area.y + 1, h: area.h.saturating_sub(1), ..area };
    if plan.matrix {
        return matrix(s, c, rest);
    }
    let band = band_height(s, rest.h);
    rest.h -= band;
    let below = Area { y: rest.y + rest.h, h: band, ..rest };
    if plan.month {
        month(s, c, rest);
    } else if rest.w >= COLUMNS {
        week(s, c, rest);
    } else {
        list(s, c, rest);
    }
    if plan.undated { undated(s, c, below) } else { details(s, c, below) }
}

/// Rows for what is known of the slot with the cursor, or for those without a time.
fn band_height(s: &Scene<'_>, room: u16) -> u16 {
    let plan = &s.m.posts().plan;
    let wanted = match plan.undated {
        true => s.m.posts().undated.len() + 1,
        false if room < 14 || (plan.month && room < 20) => 3,
        false => 5,
    };
    u16::try_from(wanted).unwrap_or(u16::MAX).min(room / 2)
}

fn title(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let plan = &s.m.posts().plan;
    let shown = days::shown(s.m, s.now);
    let what = if plan.matrix { say::TITLE_MATRIX } else { say::TITLE };
    let span = match (plan.month, plan.day, shown.first(), shown.last()) {
        (true, Some(day), ..) => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("month", &format::month_name(s.lang, &day)), ("year", &day.year())];
            say::MONTH_TITLE.fill(s.lang, &values)
        }
        (_, _, Some(first), Some(last)) => {
            let day = |d: &NaiveDate| format::day(s.lang, d);
            say::WEEK_SPAN.fill(s.lang, &[("from", &day(first)), ("to", &day(last))])
        }
        _ => Shown::default(),
    };
    let mut row = s.title(c, area, &what.say(s.lang), !plan.undated);
    row.skip(2).put(&span, Role::Text);
    let mut right = Vec::new();
    if calendar::is_loading(s.m) {
        right.push((cockpit::LOADING.say(s.lang), Role::Waiting));
    } else if let Some(channel) = &plan.channel {
        right.push((s.m.channel_title(channel), Role::Channel));
    } else {
        right.push((say::ALL_CHANNELS.say(s.lang), Role::Muted));
    }
    right.push((Shown::blank(1), Role::Muted));
    s.rule(&mut row, !plan.undated, &right);
}

/// A day's name, with marks for the cursor, today, and what is found of it.
fn day_name(s: &Scene<'_>, day: NaiveDate, number_only: bool) -> (Shown, Role) {
    let plan = &s.m.posts().plan;
    let is_today = day == days::today(s.m, s.now);
    let on = plan.day == Some(day);
    let mark = if on { s.glyphs.focus() } else { Shown::blank(1) };
    let number = Shown::number(day.day());
    let name = match number_only {
        true => number,
        false => Shown::join([&format::weekday(&day).say(s.lang), &number], &Shown::blank(1)),
    };
    let today = Shown::line(if is_today { "*" } else { "" });
    let found = Shown::line(if days::findings(s.m, day).is_empty() { "" } else { "!" });
    let role = match (on, is_today) {
        (true, _) => Role::Focus,
        (false, true) => Role::Accent,
        _ => Role::Title,
    };
    (Shown::join([&mark, &name, &today, &found], &Shown::default()), role)
}

/// Text cut to so many columns without a mark, where there is no room for one.
fn cut(text: &Shown, columns: usize) -> Shown {
    let mut cut = Shown::default();
    for (cluster, width) in text.graphemes() {
        if cut.width() + width > columns {
            break;
        }
        cut.push(&Shown::line(cluster));
    }
    cut
}

fn week(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let shown = days::shown(s.m, s.now);
    let all: Vec<Vec<Entry<'_>>> = shown.iter().map(|d| days::entries(s.m, *d, s.now)).collect();
    let rows = usize::from(area.h.saturating_sub(1));
    let most = all.iter().map(Vec::len).max().unwrap_or(0);
    // With room for it each has two rows: what it is about stands in the second.
    let height = if (most + 1) * 2 <= rows { 2 } else { 1 };
    let width = area.w / 7;
    for ((i, day), entries) in (0u16..).zip(&shown).zip(&all) {
        let column = Area { x: area.x + i * width, w: width - 1, ..area };
        let (name, role) = day_name(s, *day, false);
        c.row(column, 0).put(&name, role);
        let is_today = *day == days::today(s.m, s.now);
        let room = rows / height;
        let on = entries.iter().position(|e| e.on).unwrap_or(0);
        // The line for now takes a row of its own.
        let now =
            is_today.then(|| entries.iter().position(|e| e.at > s.now).unwrap_or(entries.len()));
        let fits = room.saturating_sub(usize::from(now.is_some()));
        let more = entries.len() > fits;
        let fits = if more { fits.saturating_sub(1) } else { fits }.max(1);
        let top = (on + 1).saturating_sub(fits);
        let mut y = 1;
        for (at, entry) in entries.iter().enumerate().skip(top).take(fits) {
            if now == Some(at) {
                now_line(s, c, column, y);
                y += 1;
            }
            slot(s, c, column, y, entry, height);
            y += height;
        }
        if now == Some(entries.len()) && top + fits >= entries.len() {
            now_line(s, c, column, y);
            y += 1;
        }
        if more {
            let n = entries.len() - fits.min(entries.len());
            c.row(column, y).skip(1).put(&say::MORE_HERE.fill(s.lang, &[("n", &n)]), Role::Muted);
        }
    }
}

fn now_line(s: &Scene<'_>, c: &mut Canvas<'_>, column: Area, y: usize) {
    let mut row = c.row(column, y);
    row.put(&s.glyphs.focus(), Role::Now).put(&say::NOW_LINE.say(s.lang), Role::Now).skip(1);
    row.fill(&s.glyphs.rule(false), 0, Role::Now);
}

/// A slot in a column: its time and state, in a second row what it is about.
fn slot(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    column: Area,
    y: usize,
    entry: &Entry<'_>,
    height: usize,
) {
    let mut row = c.row(column, y);
    mark(s, &mut row, entry.on);
    let clock = format::clock(&s.local(entry.at));
    let Some(slot) = entry.slot else {
        let moving = s.m.posts().plan.moving.as_ref();
        row.put(&clock, Role::Focus).put(&s.glyphs.arrow(), Role::Focus);
        let title = moving.map(|m| Shown::line(&m.title)).unwrap_or_default();
        let channel = moving.map(|m| s.m.channel_title(&m.channel)).unwrap_or_default();
        let name = if title.is_empty() { channel } else { title };
        if height > 1 {
            c.row(column, y + 1).skip(1).put(&name, Role::Focus);
        } else {
            row.skip(1);
            let room = row.left();
            row.put(&cut(&name, room), Role::Focus);
        }
        return;
    };
    let text = match (entry.on, is_carried(s, entry), slot.at <= s.now) {
        (true, ..) => Role::Focus,
        (_, true, _) => Role::Ghost,
        (_, _, true) => Role::Muted,
        _ => Role::Text,
    };
    row.put(&clock, text).put(&s.glyphs.slot(slot.state), role(slot.state));
    let channel = s.m.channel_title(&slot.channel);
    let extra = days::extra(s.m, slot, s.now);
    if height == 1 {
        if row.left() >= 8 {
            row.skip(1);
        }
        let room = row.left();
        row.put(&if room < 8 { cut(&channel, room) } else { channel }, Role::Channel);
        return;
    }
    if let Some(extra) = extra.filter(|e| e.width() < row.left()) {
        row.skip(1).put(&extra, role(slot.state));
    }
    let mut row = c.row(column, y + 1);
    row.skip(1);
    if slot.title.is_empty() {
        let room = row.left();
        row.put(&cut(&channel, room), Role::Channel);
        return;
    }
    // Who reads a title wants some of it.
    let room = if row.left() < 14 { 4 } else { row.left() / 2 };
    row.put(&cut(&channel, room), Role::Channel).skip(1);
    row.put(&Shown::line(&slot.title), text);
}

fn is_carried(s: &Scene<'_>, entry: &Entry<'_>) -> bool {
    let moving = s.m.posts().plan.moving.as_ref().map(|m| m.at);
    moving.is_some() && entry.slot.and_then(|s| s.post.as_ref()).map(|p| p.at) == moving
}

fn mark(s: &Scene<'_>, row: &mut Row<'_, '_>, on: bool) {
    let sign = if on { s.glyphs.sign(crate::app::help::Sign::Selected) } else { Shown::blank(1) };
    row.put(&sign, Role::Gutter);
}

/// The days one below the other, for screens too narrow for columns.
fn list(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let rows = days::rows(s.m, s.now);
    let plan = &s.m.posts().plan;
    let room = usize::from(area.h);
    let cursor = rows.iter().position(|row| match row {
        days::Row::Entry(entry) => entry.on,
        _ => false,
    });
    let day = rows.iter().position(|row| matches!(row, days::Row::Day(d) if Some(*d) == plan.day));
    let cursor = cursor.or(day).unwrap_or(0);
    // The name of its day stays in sight with it, where there is room.
    let last = (cursor + 2).min(rows.len());
    let top =
        last.saturating_sub(room).max(day.unwrap_or(0).min((cursor + 1).saturating_sub(room)));
    for (at, row) in rows.iter().skip(top).take(room).enumerate() {
        match row {
            days::Row::Day(day) => {
                let (name, role) = day_name(s, *day, false);
                let mut row = c.row(area, at);
                row.put(&name, role).skip(1);
                let found = days::findings(s.m, *day);
                if let Some(first) = found.first() {
                    row.put(&days::finding_text(s.m, first), Role::Risk);
                } else if days::slots(s.m, *day).is_empty() {
                    row.put(&say::NOTHING_PLANNED.say(s.lang), Role::Muted);
                }
            }
            days::Row::Now => now_line(s, c, area, at),
            days::Row::Entry(entry) => listed(s, c, area, at, entry),
        }
    }
}

fn listed(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, y: usize, entry: &Entry<'_>) {
    let mut row = c.row(area, y);
    mark(s, &mut row, entry.on);
    row.skip(1);
    let clock = format::clock(&s.local(entry.at));
    let Some(slot) = entry.slot else {
        row.put(&clock, Role::Focus).skip(1).put(&s.glyphs.arrow(), Role::Focus).skip(1);
        if let Some(moving) = &s.m.posts().plan.moving {
            row.cell(&s.m.channel_title(&moving.channel), 8, Align::Left, Role::Channel).skip(1);
            row.put(&Shown::line(&moving.title), Role::Focus);
        }
        return;
    };
    let text = match (is_carried(s, entry), slot.at <= s.now) {
        (true, _) => Role::Ghost,
        (_, true) => Role::Muted,
        _ => Role::Text,
    };
    row.put(&clock, text).skip(1).put(&s.glyphs.slot(slot.state), role(slot.state)).skip(1);
    row.cell(&s.m.channel_title(&slot.channel), 8, Align::Left, Role::Channel).skip(1);
    if let Some(extra) = days::extra(s.m, slot, s.now) {
        row.put(&extra, role(slot.state)).skip(1);
    }
    match slot.title.is_empty() {
        true => row.put(&state_name(slot.state).say(s.lang), role(slot.state)),
        false => row.put(&Shown::line(&slot.title), text),
    };
}

fn month(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let shown = days::shown(s.m, s.now);
    let weeks = shown.len() / 7;
    let width = area.w / 7;
    let height = usize::from(area.h.saturating_sub(1)) / weeks.max(1);
    let Some(this) = s.m.posts().plan.day.map(|day| day.month()) else { return };
    for (i, day) in (0u16..7).zip(&shown) {
        let column = Area { x: area.x + i * width, w: width - 1, ..area };
        c.row(column, 0).skip(1).put(&format::weekday(day).say(s.lang), Role::Muted);
    }
    for (at, day) in shown.iter().enumerate() {
        let x = area.x + width * u16::try_from(at % 7).unwrap_or(0);
        let cell = Area { x, w: width, ..area };
        let y = 1 + at / 7 * height;
        let (name, role) = day_name(s, *day, true);
        let role = if day.month() == this { role } else { Role::Muted };
        let mut row = c.row(cell, y);
        row.put(&name, role);
        let slots = days::slots(s.m, *day);
        let counts = days::counts(&slots);
        let moving = s.m.posts().plan.moving.is_some() && s.m.posts().plan.day == Some(*day);
        if moving && row.left() > 1 {
            row.put(&s.glyphs.arrow(), Role::Focus);
        }
        if height < 2 {
            row.skip(1);
            tally(s, &mut row, counts);
            continue;
        }
        let mut row = c.row(cell, y + 1);
        row.skip(1);
        tally(s, &mut row, counts);
    }
}

/// Signs and numbers, the most urgent first, as many as fit.
fn tally(s: &Scene<'_>, row: &mut Row<'_, '_>, counts: Counts) {
    let all = [
        (counts.trouble, SlotState::Failed),
        (counts.free, SlotState::Empty),
        (counts.coming, SlotState::Scheduled),
        (counts.out, SlotState::Published),
    ];
    for (n, state) in all.into_iter().filter(|(n, _)| *n > 0) {
        let text = Shown::join([&s.glyphs.slot(state), &Shown::number(n)], &Shown::default());
        if text.width() > row.left() {
            break;
        }
        row.put(&text, role(state));
        if row.left() > text.width() {
            row.skip(usize::from(row.left() > 3));
        }
    }
}

/// What is known of the slot with the cursor, and of its day.
fn details(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let plan = &s.m.posts().plan;
    let Some(day) = plan.day else { return };
    let mut row = s.title(c, area, &format::day(s.lang, &day), false);
    let mut right = Vec::new();
    let waiting = s.m.posts().undated.len();
    if waiting > 0 {
        let key = s.m.keymap().keys(Action::Undated, Context::Calendar).next().unwrap_or_default();
        right.push((say::WITHOUT_TIME.fill(s.lang, &[("n", &waiting)]), Role::Accent));
        right.extend([
            (Shown::blank(1), Role::Muted),
            (key, Role::Key),
            (Shown::blank(1), Role::Muted),
        ]);
    }
    s.rule(&mut row, false, &right);
    let columns = usize::from(area.w.saturating_sub(3)).max(8);
    let mut lines: Vec<(Shown, Role)> = Vec::new();
    if let Some(moving) = &plan.moving {
        let local = s.local(moving.to);
        let at =
            Shown::join([&format::day(s.lang, &local), &format::clock(&local)], &Shown::blank(1));
        let text = say::MOVING.fill(s.lang, &[("at", &at)]);
        lines.extend(text.wrap(columns).into_iter().map(|line| (line, Role::Focus)));
        lines.push((Shown::line(&moving.title), Role::Text));
    } else if plan.month {
        let slots = days::slots(s.m, day);
        let n = days::counts(&slots);
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("out", &n.out), ("coming", &n.coming), ("free", &n.free), ("trouble", &n.trouble)];
        let text = say::DAY_COUNTS.fill(s.lang, &values);
        lines.extend(text.wrap(columns).into_iter().map(|line| (line, Role::Text)));
    } else if let Some(slot) = calendar::selected(s.m, s.now) {
        lines.extend(of_slot(s, slot, columns));
    } else {
        lines.push((say::NOTHING_PLANNED.say(s.lang), Role::Muted));
    }
    for finding in days::findings(s.m, day) {
        let text =
            Shown::join([&Shown::line("!"), &days::finding_text(s.m, finding)], &Shown::blank(1));
        lines.extend(text.wrap(columns).into_iter().map(|line| (line, Role::Risk)));
    }
    for (at, (line, role)) in lines.iter().take(usize::from(area.h.saturating_sub(1))).enumerate() {
        c.row(area, at + 1).skip(2).put(line, *role);
    }
}

/// A slot in words: time, channel, state, when it goes, what it is about, why not.
fn of_slot(s: &Scene<'_>, slot: &crate::domain::slot::Slot, columns: usize) -> Vec<(Shown, Role)> {
    let mut parts = vec![
        format::clock(&s.local(slot.at)),
        s.m.channel_title(&slot.channel),
        match slot.state {
            SlotState::Holding => state_name(slot.state).say(s.lang),
            _ => days::state_text(s.m, slot, s.now),
        },
    ];
    let post = slot.post.as_ref();
    let holds = slot.state == SlotState::Holding;
    if let Some(goes) = post.and_then(|p| p.goes).filter(|goes| holds || *goes > slot.at) {
        let left = crate::app::posts::goes_in(s.lang, goes, s.now);
        let at = format::clock(&s.local(goes));
        parts.push(say::GOES_AT.fill(s.lang, &[("at", &at), ("left", &left)]));
    }
    if let Some(post) = post {
        parts.push(Shown::line(&post.at.to_string()));
        parts.push(fields::form_name(post.form).say(s.lang));
        if let Some(funnel) = post.funnel {
            parts.push(fields::funnel_name(funnel).say(s.lang));
        }
    } else if slot.state == SlotState::Empty {
        let key = s.m.keymap().keys(Action::OpenPost, Context::Calendar).next().unwrap_or_default();
        parts.push(say::FREE_HOW.fill(s.lang, &[("key", &key)]));
    }
    let text = Shown::join(&parts, &s.glyphs.dot());
    let mut lines: Vec<(Shown, Role)> =
        text.wrap(columns).into_iter().map(|line| (line, Role::Text)).collect();
    if !slot.title.is_empty() {
        lines.push((Shown::line(&slot.title), Role::Title));
    }
    if let Some(why) = post.map(|p| Shown::line(&p.why)).filter(|why| !why.is_empty()) {
        lines.extend(why.wrap(columns).into_iter().map(|line| (line, Role::Late)));
    }
    if let Some(url) = post.and_then(|p| p.url.as_deref()) {
        lines.push((Shown::line(url), Role::Muted));
    }
    lines
}

/// Posts without a time.
fn undated(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let posts = s.m.posts();
    let mut row = s.title(c, area, &say::UNDATED_TITLE.say(s.lang), true);
    s.rule(&mut row, true, &[]);
    let rows = usize::from(area.h.saturating_sub(1));
    let top = (posts.plan.undated_at + 1).saturating_sub(rows);
    for (y, (post, number)) in posts.undated.iter().skip(top).take(rows).enumerate() {
        let Some(v) = post.variant(*number) else { continue };
        let mut row = c.row(area, y + 1);
        mark(s, &mut row, top + y == posts.plan.undated_at);
        row.skip(1).put(&s.glyphs.slot(v.state), role(v.state)).skip(1);
        row.cell(&s.m.channel_title(&v.channel), 8, Align::Left, Role::Channel).skip(1);
        row.cell(&state_name(v.state).say(s.lang), 10, Align::Left, role(v.state)).skip(1);
        let title = if v.title.is_empty() { &post.idea } else { &v.title };
        row.put(&Shown::line(title), Role::Text);
    }
}

fn matrix(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let rows = days::stages(s.m, s.now);
    if rows.is_empty() {
        c.row(area, 1).skip(2).put(&say::NO_POSTS_SHOWN.say(s.lang), Role::Muted);
        return;
    }
    let wide = area.w >= 76;
    let width = if wide { 10 } else { 4 };
    let name = usize::from(area.w).saturating_sub(6 * (width + 1) + 2).clamp(6, 20);
    let shorts =
        [say::SHORT_AWARENESS, say::SHORT_INTEREST, say::SHORT_DECISION, say::SHORT_LOYALTY];
    let mut row = c.row(area, 0);
    row.skip(1).cell(&say::COL_CHANNEL.say(s.lang), name, Align::Left, Role::Muted);
    for (funnel, short) in Funnel::ALL.into_iter().zip(shorts) {
        let title = if wide { fields::funnel_name(funnel) } else { short };
        row.skip(1).cell(&title.say(s.lang), width, Align::Right, Role::Muted);
    }
    let none = if wide { say::COL_NONE } else { say::SHORT_NONE };
    row.skip(1).cell(&none.say(s.lang), width, Align::Right, Role::Muted);
    row.skip(1).cell(&say::COL_ALL.say(s.lang), width, Align::Right, Role::Muted);
    let hole = s.glyphs.hole();
    let mut holes = 0;
    for (y, stages) in rows.iter().enumerate() {
        let Stages { channel, counts, none } = stages;
        let mut row = c.row(area, y + 1);
        row.skip(1).cell(&s.m.channel_title(channel), name, Align::Left, Role::Channel);
        for n in counts {
            holes += usize::from(*n == 0);
            let (text, role) = match n {
                0 => (hole.clone(), Role::Risk),
                n => (Shown::number(*n), Role::Text),
            };
            row.skip(1).cell(&text, width, Align::Right, role);
        }
        let all: u32 = counts.iter().sum::<u32>() + none;
        for n in [*none, all] {
            let text = if n == 0 { Shown::line("-") } else { Shown::number(n) };
            row.skip(1).cell(&text, width, Align::Right, Role::Muted);
        }
    }
    let text = match holes {
        0 => say::NO_HOLES.say(s.lang),
        n => say::HOLES.fill(s.lang, &[("n", &n), ("sign", &hole)]),
    };
    let columns = usize::from(area.w.saturating_sub(3)).max(8);
    for (y, line) in text.wrap(columns).iter().enumerate() {
        c.row(area, rows.len() + 2 + y).skip(1).put(line, Role::Muted);
    }
}
