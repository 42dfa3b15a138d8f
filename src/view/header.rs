//! The header: which desk, when, who is here, which channels are blind, what is late.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::help::Sign;
use crate::app::layout::Shape;
use crate::app::model::Link;
use crate::domain::Queue;
use crate::text::catalogue::cockpit as say;
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
    // What somebody has to do something about takes room from all but the clock and what is late:
    // from the day, the people, the desk's name, and at last from the next deadline.
    let urgent = channels.last().filter(|piece| piece.urgent).map(|piece| {
        let most = if wide { usize::MAX } else { usize::from(area.w / 3) };
        piece.text.truncate_with(most, s.ellipsis()).width() + 3
    });
    let urgent = urgent.unwrap_or(0);
    let fits = |late: &[(Shown, Role)], when: &Shown, name: usize| {
        row.left() >= when.width() + name + urgent + width(late) + 4
    };
    if urgent > 0 && !fits(&late, &clock, 0) {
        late.truncate(1);
    }
    let dated = Shown::join([&format::day(s.lang, &s.local(s.now)), &clock], &Shown::blank(1));
    let name_width = Shown::line(&welcome.desk).width().min(20);
    let when = if wide && fits(&late, &dated, name_width) { dated } else { clock };
    let right_width = width(&late) + if fits(&late, &when, 0) { urgent } else { 0 };
    // The clock and what is late must fit; the desk's name gives way.
    let room = row.left().saturating_sub(when.width() + right_width + 4);
    // Less than a few letters of a name tell nothing.
    if room >= 4 {
        let name = Shown::line(&welcome.desk).truncate_with(room, s.ellipsis());
        row.put(&name, strong);
        row.put(&if wide { s.glyphs.dot() } else { Shown::blank(1) }, Role::HeaderMuted);
    }
    row.put(&when, strong);
    if wide {
        let people = people(s);
        if row.left() > right_width + people.width() + 6 {
            row.skip(3).put(&s.glyphs.people(), Role::HeaderMuted).skip(1);
            row.put(&people, strong);
        }
    }
    let mut right = Vec::new();
    // The most urgent stands last, and stays longest where room is short.
    let last = channels.len().saturating_sub(1);
    for (at, piece) in channels.into_iter().enumerate() {
        let most = if wide { usize::MAX } else { usize::from(area.w / 3) };
        let mut text = piece.text.truncate_with(most, s.ellipsis());
        let after = match (at == last, wide) {
            (true, true) => Shown::blank(3),
            (true, false) => Shown::blank(2),
            (false, _) => s.glyphs.dot(),
        };
        text.push(&after);
        if wide || (at == last && piece.urgent) {
            right.push((text, piece.role));
        }
    }
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
    for (text, role) in late(s) {
        row.put(&text, role);
    }
    row.skip(2).put(&totals, Role::Header);
}

/// `3 late · next 04:12`.
fn late(s: &Scene<'_>) -> Vec<(Shown, Role)> {
    let desk = s.m.desk();
    let late: u64 = desk.late.iter().map(|(_, n)| n).sum();
    let mut pieces = vec![match late {
        0 => (say::NOTHING_LATE.say(s.lang), Role::HeaderMuted),
        n => (say::LATE.fill(s.lang, &[("n", &format::number(s.lang, n))]), Role::HeaderLate),
    }];
    if let Some(due) = desk.next_due {
        pieces.push((s.glyphs.dot(), Role::HeaderMuted));
        let left = say::NEXT_DUE.fill(s.lang, &[("in", &s.countdown(due))]);
        pieces.push((left, Role::Header));
    }
    pieces
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
    let wide = s.m.screen().header.w >= 110;
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
            [("channel", &s.m.channel_title(id)), ("in", &format::age(s.lang, left))];
        let (msg, role) = if left > 0 {
            (say::SIGNS_OUT, Role::Header)
        } else {
            (say::SIGNED_OUT, Role::HeaderLate)
        };
        add(msg.fill(s.lang, &values), role, true);
    }
    match blind[..] {
        [] => {}
        [(id, since)] => {
            let clock = format::clock(&s.local(since));
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("channel", &s.m.channel_title(id)), ("time", &clock)];
            let msg = if wide { say::BLIND } else { say::BLIND_SHORT };
            add(msg.fill(s.lang, &values), Role::HeaderLate, true);
        }
        [(id, _), ..] => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("channel", &s.m.channel_title(id)), ("n", &(blind.len() - 1))];
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
            let why = s.m.desk().read_only.as_deref().map(Shown::line).unwrap_or_default();
            say::BANNER_READ_ONLY.fill(s.lang, &[("why", &why)])
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
    // What the title of a queue says elsewhere: filter, marks, what is more urgent.
    let list = s.m.list(s.m.home());
    let mut right = Vec::new();
    if !list.filter().is_empty() {
        let filter =
            Shown::join([&Shown::line("/"), &Shown::line(list.filter())], &Shown::default());
        right.push((filter.truncate_with(usize::from(area.w / 4), s.ellipsis()), Role::Accent));
    }
    let marks = format::number(s.lang, list.marks().len() as u64);
    let urgent = format::number(s.lang, list.more_urgent().into());
    for (n, some, sign, role) in [
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
