//! Today's slots: a timeline across the screen with a mark for now, and the same as a pane.

use super::frame::Scene;
use super::pen::{Canvas, Row};
use super::theme::Role;
use crate::app::action::{Action, Context};
use crate::app::help::Sign;
use crate::app::layout::{Area, Shape};
use crate::app::model::Focus;
use crate::app::posts::{self, days, state_name};
use crate::domain::slot::{Slot, SlotState};
use crate::text::catalogue::{calendar, cockpit as say};
use crate::text::{Align, Shown, format};

/// Draws the timeline, or the pane when the cursor is in it.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().slots;
    if area.is_empty() {
        return;
    }
    if s.m.focus() == Focus::Slots { pane(s, c, area) } else { line(s, c, area) }
}

/// How a state is drawn.
pub fn role(state: SlotState) -> Role {
    match state {
        SlotState::Empty | SlotState::Unconfirmed => Role::Risk,
        SlotState::Draft | SlotState::InReview | SlotState::Approved | SlotState::Recalled => {
            Role::Muted
        }
        SlotState::Scheduled => Role::Text,
        SlotState::Holding | SlotState::Publishing => Role::Accent,
        SlotState::Published => Role::Ok,
        SlotState::Failed | SlotState::Missed => Role::Late,
    }
}

/// A slot on the timeline: time, sign, channel, and its state unless the sign says enough.
fn piece(s: &Scene<'_>, slot: &Slot) -> Vec<(Shown, Role)> {
    let role = role(slot.state);
    let past = slot.at <= s.now;
    let usual = matches!(slot.state, SlotState::Published | SlotState::Scheduled);
    let text = if past && usual { Role::Muted } else { Role::Text };
    let mut piece = vec![
        (format::clock(&s.local(slot.at)), text),
        (Shown::blank(1), text),
        (s.glyphs.slot(slot.state), role),
        (s.m.channel_title(&slot.channel), text),
    ];
    if !usual {
        piece.push((Shown::blank(1), role));
        piece.push((days::state_text(s.m, slot, s.now), role));
    }
    piece
}

fn line(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let slots = s.m.today();
    let mut row = c.row(area, 0);
    row.skip(1).put(&say::TODAY.say(s.lang), Role::Muted).skip(2);
    if slots.is_empty() {
        row.put(&say::NO_SLOTS.say(s.lang), Role::Muted);
        return;
    }
    let gap = 3;
    let pieces: Vec<Vec<(Shown, Role)>> = slots.iter().map(|slot| piece(s, slot)).collect();
    let width = |p: &[(Shown, Role)]| p.iter().map(|(t, _)| t.width()).sum::<usize>() + gap;
    let next = slots.iter().position(|slot| slot.at > s.now).unwrap_or(slots.len());
    // The mark for now with the time to the next, and a number at either end for those that do not
    // fit.
    let left = slots.get(next).map(|slot| s.countdown(slot.at)).unwrap_or_default();
    let room = row.left().saturating_sub(gap + 8 + left.width() + 2);
    let (mut from, mut to, mut used) = (next, next, 0);
    // What comes goes before what was, but the last one that was is kept if it can be.
    let order = (next > 0).then(|| next - 1).into_iter().chain(next..slots.len());
    for i in order.chain((0..next.saturating_sub(1)).rev()) {
        let w = width(&pieces[i]);
        let adjoins = i + 1 == from || i == to;
        if !adjoins || used + w > room {
            continue;
        }
        used += w;
        (from, to) = (from.min(i), to.max(i + 1));
    }
    let others = |n: usize| say::SLOTS_BEFORE.fill(s.lang, &[("n", &n)]);
    if from > 0 {
        row.put(&others(from), Role::Muted).skip(2);
    }
    for (i, piece) in pieces.iter().enumerate().take(to).skip(from) {
        if i == next {
            row.put(&s.glyphs.now(), Role::Now).skip(1).put(&left, Role::Now).skip(2);
        }
        for (text, role) in piece {
            row.put(text, *role);
        }
        row.skip(gap);
    }
    if next == to {
        row.put(&s.glyphs.now(), Role::Now).skip(2);
    }
    if to < slots.len() {
        row.put(&others(slots.len() - to), Role::Muted);
    }
}

fn pane(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let slots = s.m.today();
    let next = slots.iter().position(|slot| slot.at > s.now);
    let mut body = area;
    if s.m.screen().shape != Shape::Tabs {
        let heading = Shown::join(
            [&say::SLOTS.say(s.lang), &format::number(s.lang, slots.len() as u64)],
            &Shown::blank(1),
        );
        let mut row = s.title(c, area, &heading, true);
        let mut right = Vec::new();
        if let Some(next) = next {
            let left = s.countdown(slots[next].at);
            right.push((calendar::NEXT_IN.fill(s.lang, &[("left", &left)]), Role::Now));
            right.push((Shown::blank(1), Role::Now));
        }
        s.rule(&mut row, true, &right);
        (body.y, body.h) = (area.y + 1, area.h - 1);
    }
    if slots.is_empty() {
        c.row(body, usize::from(body.h > 2)).skip(3).put(&say::NO_SLOTS.say(s.lang), Role::Muted);
        return;
    }
    let (on, top) = (posts::today_on(s.m, s.now), posts::today_top(s.m, s.now));
    for (at, slot) in slots.iter().skip(top).take(usize::from(body.h)).enumerate() {
        let index = top + at;
        let mut row = c.row(body, at);
        let mark = if index == on { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) };
        row.put(&mark, Role::Gutter);
        let now = if next == Some(index) { s.glyphs.focus() } else { Shown::blank(1) };
        row.put(&now, Role::Now).skip(1);
        slot_row(s, &mut row, slot, body.w < 60);
    }
}

/// A slot of the pane: time, state, channel, what it is about, and what is to know of it.
fn slot_row(s: &Scene<'_>, row: &mut Row<'_, '_>, slot: &Slot, narrow: bool) {
    let role = role(slot.state);
    let text = if slot.at <= s.now { Role::Muted } else { Role::Text };
    row.put(&format::clock(&s.local(slot.at)), text).skip(1);
    row.put(&s.glyphs.slot(slot.state), role).skip(1);
    let name = state_name(slot.state).say(s.lang);
    row.cell(&name, if narrow { 9 } else { 12 }, Align::Left, role).skip(1);
    row.cell(&s.m.channel_title(&slot.channel), 8, Align::Left, Role::Channel).skip(1);
    let extra = days::extra(s.m, slot, s.now);
    let post = slot.post.as_ref();
    let why = post.map(|p| Shown::line(&p.why)).filter(|why| !why.is_empty());
    let link = post.and_then(|p| p.url.as_deref()).map(Shown::line);
    let title = Shown::line(&slot.title);
    if narrow {
        // What one acts on goes before what it is about.
        if let Some(extra) = extra {
            row.put(&extra, role).skip(1);
        }
        match why {
            Some(why) => row.put(&why, Role::Late),
            None => row.put(&title, text),
        };
        return;
    }
    let free = calendar::FREE_HOW;
    let (right, look) = match (why, extra, link) {
        (Some(why), ..) => (why, Role::Late),
        (_, Some(extra), _) => (extra, role),
        (_, _, Some(link)) => (link, Role::Muted),
        _ if slot.state == SlotState::Empty && slot.at > s.now => {
            let key = s.m.keymap().keys(Action::OpenPost, Context::Slots).next();
            (free.fill(s.lang, &[("key", &key.unwrap_or_default())]), Role::Hint)
        }
        _ => (Shown::default(), Role::Muted),
    };
    let room = row.left().saturating_sub(1);
    let right = right.truncate_with(room * 2 / 3, s.ellipsis());
    let title = title.truncate_with(room.saturating_sub(right.width() + 2), s.ellipsis());
    row.put(&title, text);
    row.right(&[(right, look), (Shown::blank(1), Role::Muted)], 1);
}
