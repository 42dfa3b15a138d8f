//! Today's slots: a timeline across the screen with a mark for now, and the same as a pane.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::layout::{Area, Shape};
use crate::app::model::Focus;
use crate::domain::slot::{Slot, SlotState};
use crate::text::catalogue::cockpit as say;
use crate::text::{Align, Msg, Shown, format};

/// Draws the timeline, or the pane when the cursor is in it.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().slots;
    if area.is_empty() {
        return;
    }
    if s.m.focus() == Focus::Slots { pane(s, c, area) } else { line(s, c, area) }
}

/// What a state is called, and how it is drawn.
fn state(slot: SlotState) -> (Msg, Role) {
    match slot {
        SlotState::Empty => (say::SLOT_EMPTY, Role::Risk),
        SlotState::Draft => (say::SLOT_DRAFT, Role::Muted),
        SlotState::InReview => (say::SLOT_IN_REVIEW, Role::Muted),
        SlotState::Approved => (say::SLOT_APPROVED, Role::Muted),
        SlotState::Scheduled => (say::SLOT_SCHEDULED, Role::Text),
        SlotState::Holding => (say::SLOT_HOLDING, Role::Accent),
        SlotState::Publishing => (say::SLOT_PUBLISHING, Role::Accent),
        SlotState::Published => (say::SLOT_PUBLISHED, Role::Ok),
        SlotState::Unconfirmed => (say::SLOT_UNCONFIRMED, Role::Risk),
        SlotState::Failed => (say::SLOT_FAILED, Role::Late),
        SlotState::Recalled => (say::SLOT_RECALLED, Role::Muted),
        SlotState::Missed => (say::SLOT_MISSED, Role::Late),
    }
}

/// A slot on the timeline: time, sign, channel, and its state unless the sign says enough.
fn piece(s: &Scene<'_>, slot: &Slot) -> Vec<(Shown, Role)> {
    let (name, role) = state(slot.state);
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
        piece.push((name.say(s.lang), role));
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
    // The mark for now, and a number at either end for those that do not fit.
    let room = row.left().saturating_sub(gap + 8);
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
            row.put(&s.glyphs.now(), Role::Now).skip(2);
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
    let mut body = area;
    if s.m.screen().shape != Shape::Tabs {
        let heading = Shown::join(
            [&say::SLOTS.say(s.lang), &format::number(s.lang, slots.len() as u64)],
            &Shown::blank(1),
        );
        let mut row = s.title(c, area, &heading, true);
        s.rule(&mut row, true, &[]);
        (body.y, body.h) = (area.y + 1, area.h - 1);
    }
    if slots.is_empty() {
        c.row(body, usize::from(body.h > 2)).skip(3).put(&say::NO_SLOTS.say(s.lang), Role::Muted);
        return;
    }
    let narrow = body.w < 60;
    for (at, slot) in slots.iter().skip(s.m.panel_top()).take(usize::from(body.h)).enumerate() {
        let (name, role) = state(slot.state);
        let index = at + s.m.panel_top();
        let first_to_come = slots.iter().position(|slot| slot.at > s.now) == Some(index);
        let mut row = c.row(body, at);
        let mark = if first_to_come { s.glyphs.focus() } else { Shown::blank(1) };
        let text = if slot.at <= s.now { Role::Muted } else { Role::Text };
        row.skip(1).put(&mark, Role::Now).skip(1);
        row.put(&format::clock(&s.local(slot.at)), text).skip(1);
        row.put(&s.glyphs.slot(slot.state), role).skip(1);
        row.cell(&name.say(s.lang), if narrow { 9 } else { 12 }, Align::Left, role).skip(1);
        row.cell(&s.m.channel_title(&slot.channel), 8, Align::Left, Role::Channel).skip(1);
        row.put(&Shown::line(&slot.title), text);
    }
}
