//! The channels screen: how every channel is, and everything that is known of the one with the
//! cursor. The daemon is asked for it while the screen is open, and no longer.

use super::action::Action;
use super::layer::{Cursor, Layer};
use super::layout::Area;
use super::model::{Link, Model};
use super::{Effect, facts};
use crate::domain::Time;
use crate::text::catalogue::cockpit as say;
use crate::text::{Lang, Shown, format};
use crate::wire::channel::{Phase, View};
use crate::wire::message::ToDaemon;

/// How a channel is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It sees its platform.
    Live,
    /// It begins.
    Starting,
    /// It sees nothing.
    Blind,
    /// Somebody paused it.
    Paused,
    /// People do what a connector would.
    ByHand,
}

/// A channel's line in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its name on screen.
    pub title: Shown,
    /// What connects it.
    pub connector: Shown,
    /// How it is doing.
    pub health: Health,
    /// The same in words.
    pub phase: Shown,
    /// How long ago the platform was seen.
    pub seen: Shown,
    /// How long ago something came in.
    pub brought: Shown,
    /// Calls left, of how many.
    pub budget: Shown,
    /// True when few are.
    pub budget_low: bool,
    /// Rows in its outbox.
    pub waiting: u64,
    /// Those that wait for a person.
    pub unconfirmed: u64,
    /// Messages in.
    pub came: u64,
    /// Answers and requests out.
    pub done: u64,
    /// Those that failed.
    pub failed: u64,
    /// When its credentials end.
    pub expires: Option<Time>,
}

/// Where the list and the details lie; both with their title line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The list of channels.
    pub list: Area,
    /// What is known of one.
    pub details: Area,
    /// Screen rows of a channel in the list.
    pub row_height: u16,
}

/// From these columns on a channel has one line, with columns and their titles.
pub const ONE_ROW: u16 = 80;

/// What is known of a channel, as far as it is scrolled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Lines that stay.
    pub fixed: Vec<facts::Line>,
    /// Lines that scroll.
    pub lines: Vec<facts::Line>,
    /// The first of them that is shown.
    pub top: usize,
    /// The last that may be the first.
    pub most: usize,
    /// How many are shown at once.
    pub rows: usize,
}

/// Opens the screen.
pub(super) fn open(model: &mut Model) {
    model.layers.push(Layer::Channels(Cursor::default()));
}

/// Tells the daemon whether the screen is open, when that is news to it.
pub(super) fn watch(model: &mut Model, effects: &mut Vec<Effect>) {
    let open = model.layers.iter().any(|l| matches!(l, Layer::Channels(_)));
    if open != model.watching && model.link == Link::Up {
        model.watching = open;
        effects.push(Effect::Send(ToDaemon::WatchChannels(open)));
    }
    if !open {
        // What was true then is not shown as true later.
        model.channels.clear();
    }
}

/// The keys of the screen.
pub(super) fn run(model: &mut Model, action: Action, now: Time) {
    let Some(Layer::Channels(cursor)) = model.layers.last() else { return };
    let (at, len) = (on(model, cursor), model.channels.len());
    let page = page(model, cursor, now);
    let to = match action {
        Action::Down => (at + 1).min(len.saturating_sub(1)),
        Action::Up => at.saturating_sub(1),
        Action::Top => 0,
        Action::Bottom => len.saturating_sub(1),
        _ => at,
    };
    let whole = page.rows.saturating_sub(1).max(1);
    let half = (page.rows / 2).max(1);
    let top = match action {
        Action::PageDown => page.top + whole,
        Action::PageUp => page.top.saturating_sub(whole),
        Action::HalfDown => page.top + half,
        Action::HalfUp => page.top.saturating_sub(half),
        _ => page.top,
    };
    let id = model.channels.get(to).map(|v| v.channel.id.clone());
    let Some(Layer::Channels(cursor)) = model.layers.last_mut() else { return };
    if to != at {
        *cursor = Cursor { on: id, top: None };
    } else if top != page.top {
        // At the end of what scrolls it follows what comes.
        let follows = !page.fixed.is_empty() && top >= page.most;
        cursor.top = (!follows).then_some(top.min(page.most));
    }
}

/// The place of the channel with the cursor.
pub fn on(model: &Model, cursor: &Cursor) -> usize {
    let found = model.channels.iter().position(|v| Some(&v.channel.id) == cursor.on.as_ref());
    found.unwrap_or(0)
}

/// Where everything lies: from below the header down to the footer.
pub fn places(model: &Model) -> Places {
    let (w, _) = model.size;
    let screen = model.screen;
    let y = screen.header.h + screen.banner.h;
    let h = screen.footer.y.saturating_sub(y);
    let (row_height, titles) = if w < ONE_ROW { (2, 1) } else { (1, 2) };
    let channels = u16::try_from(model.channels.len()).unwrap_or(u16::MAX).max(1);
    let wanted = channels.saturating_mul(row_height).saturating_add(titles);
    // The details always have a half.
    let list = wanted.min((h / 2).max(titles + row_height)).min(h);
    Places {
        list: Area { x: 0, y, w, h: list },
        details: Area { x: 0, y: y + list, w, h: h - list },
        row_height,
    }
}

/// The list.
pub fn list(model: &Model, now: Time) -> Vec<Told> {
    model.channels.iter().map(|v| told(model, v, now)).collect()
}

fn told(model: &Model, v: &View, now: Time) -> Told {
    let lang = model.settings.lang;
    let none = || Shown::line("-");
    let ago = |t: Option<Time>| t.map_or_else(none, |t| age(lang, t, now));
    let (health, phase) = phase(model, &v.phase, now);
    let budget = v.budget.map(|(left, of, _)| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("n", &format::number(lang, left)), ("all", &format::number(lang, of))];
        say::ENTRIES_SHORT.fill(lang, &values)
    });
    Told {
        title: title(v),
        connector: if v.connector.is_empty() { none() } else { Shown::line(&v.connector) },
        health,
        phase,
        seen: ago(v.polled),
        brought: ago(v.brought),
        budget: budget.unwrap_or_else(none),
        budget_low: v.budget.is_some_and(|(left, of, _)| left.saturating_mul(10) <= of),
        waiting: v.waiting,
        unconfirmed: v.unconfirmed,
        came: v.counts.messages,
        done: v.counts.done,
        failed: v.counts.failed,
        expires: v.expires,
    }
}

/// What a channel is called: as everywhere, but its view may know it before the welcome did.
fn title(v: &View) -> Shown {
    let names = [&v.channel.title, &v.channel.platform, &v.channel.id.0];
    names.into_iter().find(|n| !n.is_empty()).map(|n| Shown::line(n)).unwrap_or_default()
}

/// How a channel is doing, in words.
pub(super) fn phase(model: &Model, phase: &Phase, now: Time) -> (Health, Shown) {
    let lang = model.settings.lang;
    match phase {
        Phase::Live => (Health::Live, say::PHASE_LIVE.say(lang)),
        Phase::Starting => (Health::Starting, say::PHASE_STARTING.say(lang)),
        Phase::Paused => (Health::Paused, say::PHASE_PAUSED.say(lang)),
        Phase::ByHand => (Health::ByHand, say::PHASE_BY_HAND.say(lang)),
        Phase::Blind { since, .. } => {
            let since = moment(model, *since, now);
            (Health::Blind, say::PHASE_BLIND.fill(lang, &[("time", &since)]))
        }
    }
}

/// How long ago; it turns with the clock.
pub(super) fn age(lang: Lang, t: Time, now: Time) -> Shown {
    format::age(lang, (now.floor_minute() - t.floor_minute()).0)
}

/// A moment by the desk's clock.
pub(super) fn moment(model: &Model, t: Time, now: Time) -> Shown {
    let local = |t: Time| t.to_utc().with_timezone(&model.zone);
    format::moment(model.settings.lang, &local(t), &local(now))
}

/// What is known of the channel with the cursor, as far as it is scrolled.
pub fn page(model: &Model, cursor: &Cursor, now: Time) -> Page {
    let Some(view) = model.channels.get(on(model, cursor)) else { return Page::default() };
    let details = places(model).details;
    let room = usize::from(details.h.saturating_sub(1));
    let columns = usize::from(details.w.saturating_sub(4));
    let facts = facts::of(model, view, now, columns);
    let mut log = facts::log(model, view, now, columns);
    // With enough room the facts stay, and what was said last is in sight below them.
    let stays = facts.len() + 1 + log.len().min(5) <= room;
    let (fixed, lines) = if stays {
        let mut fixed = facts;
        fixed.push(facts::Line::Log);
        (fixed, log)
    } else {
        let mut lines = facts;
        lines.push(facts::Line::Log);
        lines.append(&mut log);
        (Vec::new(), lines)
    };
    let rows = room - fixed.len().min(room);
    let most = lines.len().saturating_sub(rows);
    let begins = if stays { most } else { 0 };
    let top = cursor.top.unwrap_or(begins).min(most);
    Page { fixed, lines, top, most, rows }
}

/// What the channel with the cursor is called.
pub fn selected(model: &Model, cursor: &Cursor) -> Option<Shown> {
    model.channels.get(on(model, cursor)).map(title)
}

/// True when the desk has no channel, as far as is known.
pub fn none(model: &Model) -> bool {
    model.welcome.as_ref().is_none_or(|w| w.channels.is_empty()) && model.desk.channels.is_empty()
}
