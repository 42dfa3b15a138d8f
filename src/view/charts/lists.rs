//! What a figure is seen by in rows: the posts that did best by it, and its values.

use super::missing;
use crate::app::charts::{Charts, words};
use crate::app::help::Sign;
use crate::app::layout::Area;
use crate::domain::figure::Unit;
use crate::domain::figure::line::Line;
use crate::domain::past_post::INTERACTIONS;
use crate::domain::{PastPost, Span};
use crate::text::catalogue::{charts as say, cockpit};
use crate::text::{Align, Shown, format};
use crate::view::frame::Scene;
use crate::view::pen::Canvas;
use crate::view::theme::Role;

/// The posts that did best.
pub(super) fn posts(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts = s.m.charts();
    let Some((days, by)) = charts.posts_of() else { return };
    let label = match by.as_str() {
        INTERACTIONS => say::INTERACTIONS.say(s.lang),
        name => charts.label(name, s.lang),
    };
    let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &days), ("figure", &label)];
    c.row(area, 0).skip(1).put(&say::POSTS_TITLE.fill(s.lang, &values), Role::Muted);
    let posts = match charts.posts() {
        Some(Ok([])) => return missing_posts(s, c, area, &say::POSTS_NONE.say(s.lang)),
        Some(Ok(posts)) => posts,
        Some(Err(why)) => return missing_posts(s, c, area, why),
        None => return missing_posts(s, c, area, &cockpit::LOADING.say(s.lang)),
    };
    let room = usize::from(area.h.saturating_sub(1));
    let on = charts.row.min(posts.len() - 1);
    let top = (on + 1).saturating_sub(room);
    for (at, post) in posts.iter().enumerate().skip(top).take(room) {
        let line = at - top + 1;
        post_row(s, c, area, line, post, &by, charts.large && at == on);
    }
}

fn missing_posts(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, text: &Shown) {
    let _ = s;
    c.row(area, 2).skip(1).put(text, Role::Muted);
}

fn post_row(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    area: Area,
    line: usize,
    post: &PastPost,
    by: &str,
    on: bool,
) {
    let unit = s.m.charts().unit(by);
    let value = post.figure(by).map_or(f64::NAN, |v| v as f64 * unit.scale());
    let at = s.local(post.at);
    let title = if post.title.is_empty() { &post.text } else { &post.title };
    let text = if on { Role::Focus } else { Role::Text };
    let mut row = c.row(area, line);
    row.put(&if on { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) }, Role::Gutter);
    row.cell(&words::amount(s.lang, unit, value), 7, Align::Right, text).skip(2);
    let day = format::moment(s.lang, &at, &s.local(s.now));
    if area.w >= 60 {
        row.cell(&day, 15, Align::Left, Role::Muted).skip(1);
    } else {
        let day = Shown::line(&at.format("%m-%d").to_string());
        row.put(&day, Role::Muted).skip(1);
    }
    let link = post.permalink.as_deref().and_then(crate::text::link_safe);
    row.put_link(&Shown::line(title), link.as_ref(), text);
}

/// The values, the newest first.
pub(super) fn table(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let charts: &Charts = s.m.charts();
    let Some(shown) = charts.shown() else { return };
    let [own, before, other] = charts.lines();
    let Some(Ok(own)) = own else { return missing(s, c, area, own) };
    let unit = charts.unit(&shown.name);
    let is_level = charts.is_level(&shown.name);
    let known = |line: Option<&Result<Line, Shown>>| line.and_then(|l| l.as_ref().ok().cloned());
    let (before, other) = (known(before), known(other));
    let other_unit = charts.against.as_ref().map_or(Unit::Count, |f| charts.unit(&f.name));
    let when = if own.step == Span::hours(1) { 11 } else { 10 };
    let mut row = c.row(area, 0);
    row.skip(1).cell(&say::COL_WHEN.say(s.lang), when, Align::Left, Role::Muted);
    let mut heads = vec![if is_level { say::GAINED } else { say::COL_VALUE }];
    heads.extend(is_level.then_some(say::COL_TOTAL));
    if before.is_some() {
        heads.extend([say::COL_BEFORE, say::COL_CHANGE]);
    }
    heads.extend(other.is_some().then_some(say::COL_OTHER));
    // What fits, the first ones first.
    heads.truncate((usize::from(area.w).saturating_sub(when + 1) / 9).max(1));
    for head in &heads {
        row.skip(1).cell(&head.say(s.lang), 8, Align::Right, Role::Muted);
    }
    let room = usize::from(area.h.saturating_sub(1));
    let count = own.points.len();
    let top = charts.row.min(count.saturating_sub(room));
    for (line, at) in (0..count).rev().skip(top).take(room).enumerate() {
        let point = &own.points[at];
        let local = s.local(point.start);
        let time = if own.step == Span::hours(1) { "%m-%d %H:%M" } else { "%Y-%m-%d" };
        let mut row = c.row(area, line + 1);
        let time = Shown::line(&local.format(time).to_string());
        row.skip(1).cell(&time, when, Align::Left, Role::Muted);
        let amount = |unit: Unit, v: f64| words::amount(s.lang, unit, v);
        let text = if point.value.is_finite() { Role::Text } else { Role::Muted };
        let mut cells = vec![(amount(unit, point.value), text)];
        if is_level {
            cells.push((amount(unit, point.level), Role::Text));
        }
        if let Some(before) = &before {
            let was = before.points.get(at).map_or(f64::NAN, |p| p.value);
            let by = (point.value - was) / was.abs();
            let by = if by.is_finite() { words::share(by) } else { Shown::line("-") };
            cells.extend([(amount(unit, was), Role::Muted), (by, Role::Text)]);
        }
        if let Some(other) = &other {
            let same = other.points.iter().find(|p| p.start == point.start);
            let value = same.map_or(f64::NAN, |p| p.value);
            cells.push((amount(other_unit, value), Role::Channel));
        }
        for (text, role) in cells.iter().take(heads.len()) {
            row.skip(1).cell(text, 8, Align::Right, *role);
        }
        if let Some(over) = point.over {
            let over = words::amount(s.lang, Unit::Count, over);
            row.skip(1).put(&Shown::line(&format!("/{over}")), Role::Risk);
        }
    }
}
