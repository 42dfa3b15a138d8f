//! The header: which desk, when, who is here, which channels are blind, what is late.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::help::Sign;
use crate::app::layout::Shape;
use crate::app::model::Link;
use crate::app::views::by;
use crate::domain::{Queue, Sort};
use crate::text::catalogue::alerts as words;
use crate::text::catalogue::cockpit as say;
use crate::text::catalogue::service as say_service;
use crate::text::{Shown, format};

/// Draws the header, or the one line of a screen that is too small for more.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().header;
    c.clear(area, c.style(Role::Header));
    if s.m.screen().shape == Shape::Line {
        return line(s, c);
    }
    let wide = area.w >= 80;
    // Without a link the header tells of the past.
    let strong =
        if matches!(s.m.link(), Link::Lost { .. }) { Role::HeaderMuted } else { Role::Header };
    let mut late = late(s);
    let channels = channels(s);
    let mut row = c.row(area, 0);
    row.skip(1);
    let Some(welcome) = s.m.welcome() else {
        row.put(&say::CONNECTING.say(s.lang), Role::Header);
        return;
    };
    if welcome.demo {
        row.put(&s.padded(&say::DEMO.say(s.lang)), Role::Demo).skip(1);
    }
    if s.m.playing() {
        row.put(&s.padded(&say::PLAYING.say(s.lang)), Role::Demo).skip(1);
    }
    let width = |pieces: &[(Shown, Role)]| pieces.iter().map(|(t, _)| t.width()).sum::<usize>();
    let clock = format::clock(&s.local(s.now));
    let (dot, gap) = if wide { (s.glyphs.dot(), 3) } else { (Shown::blank(1), 2) };
    // What somebody has to do something about takes room from all but the clock and what is late:
    // from the day, the people, the desk's name, and at last from the next deadline.
    let urgent = channels.last().filter(|p| p.urgent).map_or(0, |p| p.text.width() + gap);
    let left = row.left();
    // Beside these, two blanks stand before what is right, and one behind it.
    let room = |when: &Shown, right: usize| left.saturating_sub(when.width() + right + 3);
    let fits = |late: &[(Shown, Role)]| clock.width() + urgent + width(late) + 3 <= left;
    if !fits(&late) && fits(&late[..1]) {
        late.truncate(1);
    }
    let mut right_width = width(&late) + if fits(&late) { urgent } else { 0 };
    // Alerts are counted wherever there is room for the number.
    let mark = alerts(s).filter(|(text, _)| clock.width() + right_width + text.width() + 3 <= left);
    right_width += mark.as_ref().map_or(0, |(text, _)| text.width());
    let dated = Shown::join([&format::day(s.lang, &s.local(s.now)), &clock], &Shown::blank(1));
    let name = Shown::line(&welcome.desk);
    let roomy = room(&dated, right_width) >= name.width().min(20) + dot.width();
    let when = if wide && roomy { dated } else { clock };
    // The clock and what is late must fit; the desk's name gives way.
    let room = room(&when, right_width).saturating_sub(dot.width());
    // Less than a few letters of a name tell nothing.
    if room >= 4 {
        row.put(&name.truncate_with(room, s.ellipsis()), strong);
        row.put(&dot, Role::HeaderMuted);
    }
    row.put(&when, strong);
    let people = people(s);
    if wide && row.left() >= right_width + people.width() + 8 {
        row.skip(3).put(&s.glyphs.people(), Role::HeaderMuted).skip(1);
        row.put(&people, strong);
    }
    let mut right = Vec::new();
    // The most urgent stands last, and stays longest where room is short.
    let last = channels.len().saturating_sub(1);
    for (at, piece) in channels.into_iter().enumerate() {
        let mut text = piece.text;
        text.push(&if at == last { Shown::blank(gap) } else { s.glyphs.dot() });
        if wide || (at == last && piece.urgent) {
            right.push((text, piece.role));
        }
    }
    right.extend(mark);
    right.extend(late);
    right.push((Shown::blank(1), Role::Header));
    row.right(&right, 2);
}

/// Something the header says of channels.
struct Piece {
    text: Shown,
    role: Role,
    /// True when somebody has to do something about it.
    urgent: bool,
}

/// A screen under the smallest size: what is late, what is next, how much there is.
fn line(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().header;
    let totals: Vec<Shown> = Queue::ALL.map(|q| s.count(q)).to_vec();
    let totals = Shown::join(&totals, &Shown::line("/"));
    let mut row = c.row(area, 0);
    if matches!(s.m.link(), Link::Lost { .. }) {
        row.put(&s.padded(&say::NO_LINK.say(s.lang)), Role::Banner).skip(1);
    }
    for (text, role) in alerts(s).into_iter().chain(late(s)) {
        row.put(&text, role);
    }
    row.skip(2).put(&totals, Role::Header);
}

/// `2 alerts`, on a narrow screen `!2`, with blanks behind; nothing when there are none to be seen.
fn alerts(s: &Scene<'_>) -> Option<(Shown, Role)> {
    let n = s.m.desk().alerts;
    let (msg, gap) = match (n, s.m.screen().header.w) {
        (0, _) => return None,
        (_, ..80) => (words::HEADER_SHORT, 1),
        (1, _) => (words::HEADER_ONE, 3),
        _ => (words::HEADER, 3),
    };
    let mut text = msg.fill(s.lang, &[("n", &format::number(s.lang, n.into()))]);
    text.push(&Shown::blank(gap));
    Some((text, Role::HeaderLate))
}

/// `3 late · next 04:12`.
fn late(s: &Scene<'_>) -> Vec<(Shown, Role)> {
    let desk = s.m.desk();
    let late: u64 = desk.late.iter().map(|(_, n)| n).sum();
    let mut pieces = vec![match late {
        0 => (say::NOTHING_LATE.say(s.lang), Role::HeaderMuted),
        n => (say::LATE.fill(s.lang, &[("n", &format::number(s.lang, n))]), Role::HeaderLate),
    }];
    if let Some(piece) = breaches(s) {
        pieces.extend([(s.glyphs.dot(), Role::HeaderMuted), (piece, Role::Header)]);
    }
    if let Some(due) = desk.next_due {
        pieces.push((s.glyphs.dot(), Role::HeaderMuted));
        let left = say::NEXT_DUE.fill(s.lang, &[("in", &s.countdown(due))]);
        pieces.push((left, Role::Header));
    }
    pieces
}

/// `≈5 will breach by 18:00 (+1 operator: 1)`; nothing when none is to be expected.
fn breaches(s: &Scene<'_>) -> Option<Shown> {
    let f = s.m.forecast()?;
    // Four hours are what a shift can do something about; else the first hour with any.
    let soon = f.lines.iter().take(4).next_back();
    let is_any = |line: &&crate::domain::forecast::Until| line.breach.expected >= 0.5;
    let line = soon.filter(is_any).or_else(|| f.lines.iter().find(is_any))?;
    let round = |n: f64| format::number(s.lang, n.round().max(0.0) as u64);
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("n", &round(line.breach.expected)),
        ("time", &format::clock(&s.local(line.at))),
        ("more", &round(line.more)),
    ];
    Some(match s.m.screen().header.w {
        ..60 => say_service::WILL_BREACH_LEAST.fill(s.lang, &values[..1]),
        60..120 => say_service::WILL_BREACH_SHORT.fill(s.lang, &values[..2]),
        _ => say_service::WILL_BREACH.fill(s.lang, &values),
    })
}

/// `amy bo +1`: this operator first.
fn people(s: &Scene<'_>) -> Shown {
    let me = s.m.me();
    let mut names: Vec<_> = s.m.desk().people.iter().map(|p| &p.operator).collect();
    names.sort_by_key(|n| (Some(*n) != me, *n));
    names.dedup();
    let shown: Vec<Shown> = names.iter().take(3).map(|n| Shown::line(&n.0)).collect();
    let mut people = Shown::join(&shown, &Shown::blank(1));
    if names.len() > 3 {
        people.push(&Shown::line(&format!(" +{}", names.len() - 3)));
    }
    if names.is_empty() {
        people = me.map(|n| Shown::line(&n.0)).unwrap_or_default();
    }
    people
}

/// `6 channels · Bluesky signs out in 3d · 微博 blind since 14:02 · 2 unconfirmed`: the most urgent
/// last.
fn channels(s: &Scene<'_>) -> Vec<Piece> {
    let desk = s.m.desk();
    let w = s.m.screen().header.w;
    // On a narrow screen a long title would push out everything else.
    let title = |id| match w {
        ..80 => s.m.channel_title(id).truncate_with(10, s.ellipsis()),
        _ => s.m.channel_title(id),
    };
    let blind: Vec<_> = desk.channels.iter().filter_map(|c| c.blind.map(|t| (&c.id, t))).collect();
    let known = s.m.welcome().map_or(0, |w| w.channels.len()).max(desk.channels.len());
    let mut pieces = Vec::new();
    let mut add = |text, role, urgent| pieces.push(Piece { text, role, urgent });
    if desk.waiting > 0 {
        let n = format::number(s.lang, desk.waiting);
        add(say::UNSENT.fill(s.lang, &[("n", &n)]), Role::HeaderMuted, false);
    }
    if known > 0 && blind.is_empty() {
        add(say::CHANNELS.fill(s.lang, &[("n", &known)]), Role::HeaderMuted, false);
    }
    let expires = desk.channels.iter().filter_map(|c| Some((c.expires?, &c.id))).min();
    if let Some((at, id)) = expires {
        let left = (at - s.now).0;
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("channel", &title(id)), ("in", &format::age(s.lang, left))];
        let (msg, role) = match (left > 0, w) {
            (true, ..80) => (say::SIGNS_OUT_SHORT, Role::Header),
            (true, _) => (say::SIGNS_OUT, Role::Header),
            (false, ..80) => (say::SIGNED_OUT_SHORT, Role::HeaderLate),
            (false, _) => (say::SIGNED_OUT, Role::HeaderLate),
        };
        add(msg.fill(s.lang, &values), role, true);
    }
    match blind[..] {
        [] => {}
        [(id, since)] => {
            let clock = format::clock(&s.local(since));
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("channel", &title(id)), ("time", &clock)];
            let msg = match w {
                ..60 => say::BLIND_NAME,
                60..110 => say::BLIND_SHORT,
                _ => say::BLIND,
            };
            add(msg.fill(s.lang, &values), Role::HeaderLate, true);
        }
        [(id, _), ..] => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("channel", &title(id)), ("n", &(blind.len() - 1))];
            add(say::BLIND_MORE.fill(s.lang, &values), Role::HeaderLate, true);
        }
    }
    let unconfirmed: u64 = desk.channels.iter().map(|c| c.unconfirmed).sum();
    if unconfirmed > 0 {
        let n = format::number(s.lang, unconfirmed);
        add(say::UNCONFIRMED.fill(s.lang, &[("n", &n)]), Role::HeaderLate, true);
    }
    pieces
}

/// Draws the banner: link lost, or read-only.
pub fn banner(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().banner;
    if area.is_empty() {
        return;
    }
    c.clear(area, c.style(Role::Banner));
    let text = match s.m.link() {
        Link::Lost { why, retry_at, since } => {
            let since = format::clock(&s.local(*since));
            match retry_at {
                Some(t) => {
                    let time = format::clock_seconds(&s.local(*t));
                    let values: [(&str, &dyn std::fmt::Display); 3] =
                        [("why", why), ("time", &time), ("since", &since)];
                    say::BANNER_NO_LINK.fill(s.lang, &values)
                }
                None => say::BANNER_NO_RETRY.fill(s.lang, &[("why", why), ("since", &since)]),
            }
        }
        _ => {
            let desk = s.m.desk();
            match (&desk.read_only, &desk.settings_trouble) {
                (None, Some(trouble)) => Shown::line(trouble),
                (why, _) => {
                    let why = why.as_deref().unwrap_or_default();
                    say::BANNER_READ_ONLY.fill(s.lang, &[("why", &Shown::line(why))])
                }
            }
        }
    };
    c.row(area, 0).skip(1).put(&text, Role::Banner);
}

/// Draws the tabs of a narrow screen.
pub fn tabs(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().tabs;
    if area.is_empty() {
        return;
    }
    // What the title of a queue says elsewhere: filter, order, what is folded, marks, what is more
    // urgent.
    let list = s.m.list(s.m.home());
    let mut right = Vec::new();
    if !list.filter().is_empty() {
        let filter =
            Shown::join([&Shown::line("/"), &Shown::line(list.filter())], &Shown::default());
        right.push((filter.truncate_with(usize::from(area.w / 4), s.ellipsis()), Role::Accent));
    }
    if list.sort() != Sort::Due {
        let order = by(list.sort()).say(s.lang);
        right.push((order.truncate_with(usize::from(area.w / 4), s.ellipsis()), Role::Accent));
    }
    let late = s.m.desk().late.iter().find(|(q, _)| *q == list.queue).map_or(0, |(_, n)| *n);
    let late = format::number(s.lang, late);
    let marks = format::number(s.lang, list.marks().len() as u64);
    let urgent = format::number(s.lang, list.more_urgent().into());
    for (n, some, sign, role) in [
        (late, list.folded() && list.filter().is_empty(), s.glyphs.focus(), Role::Late),
        (marks, !list.marks().is_empty(), s.glyphs.sign(Sign::Marked), Role::Mark),
        (urgent, list.more_urgent() > 0, s.glyphs.up(), Role::Risk),
    ] {
        if some {
            right.push((Shown::join([&sign, &n], &Shown::default()), role));
        }
    }
    let reserved: usize = right.iter().map(|(t, _)| t.width() + 1).sum();
    let mut row = c.row(area, 0);
    for tab in s.tabs() {
        // The tab with the cursor is always there.
        if tab.title.width() + 2 + reserved > row.left() && !tab.focused {
            continue;
        }
        let role = if tab.focused { Role::Focus } else { Role::Muted };
        let mark = if tab.focused { s.glyphs.focus() } else { Shown::blank(1) };
        row.put(&mark, role).put(&tab.title, role).skip(1);
    }
    let room = row.left().saturating_sub(reserved);
    row.skip(room);
    for (text, role) in right {
        row.put(&text, role).skip(1);
    }
}
