//! The calendar: where one is in it, and its keys. The daemon is told which days it shows, and
//! sends them anew as long as it does.

use super::days;
use super::{Chosen, PostChoice, send};
use crate::app::action::Action;
use crate::app::layer::{Choice, Layer, Menu};
use crate::app::model::{Link, Model};
use crate::app::notices::Tone;
use crate::app::{Effect, act};
use crate::domain::post::PostAct;
use crate::domain::slot::{self, Slot, SlotState};
use crate::domain::{ChannelId, Span, Time, VariantRef};
use crate::text::Shown;
use crate::text::catalogue::calendar as words;
use crate::wire::message::ToDaemon;
use crate::wire::post::Days;
use chrono::{Days as Add, NaiveDate};

/// From these columns on a week stands as seven columns.
pub const COLUMNS: u16 = 80;
/// How far a post is moved where its channel has no planned time.
const STEP: Span = Span::minutes(30);

/// Where one is in the calendar.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The day with the cursor; `None` = today.
    pub day: Option<NaiveDate>,
    /// The slot with the cursor on it, and its place among the day's.
    on: Option<(ChannelId, String, usize)>,
    /// A month, instead of a week.
    pub month: bool,
    /// The content matrix.
    pub matrix: bool,
    /// This channel alone.
    pub channel: Option<ChannelId>,
    /// The post that is being moved.
    pub moving: Option<Moving>,
    /// The cursor is in the list of those without a time.
    pub undated: bool,
    /// Its line there.
    pub undated_at: usize,
    /// The days that the daemon was told of.
    watched: Option<Days>,
}

/// A post that is being moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// Which.
    pub at: VariantRef,
    /// On which channel.
    pub channel: ChannelId,
    /// What it is about.
    pub title: String,
    /// Where it would go.
    pub to: Time,
}

impl Plan {
    /// Whether a channel is shown.
    pub fn shows(&self, channel: &ChannelId) -> bool {
        self.channel.as_ref().is_none_or(|only| only == channel)
    }

    /// The place of the slot with the cursor among a day's: where it was put, else the next one to
    /// come, else the last.
    pub fn on(&self, slots: &[&Slot], now: Time) -> Option<usize> {
        let last = slots.len().checked_sub(1)?;
        let Some((channel, id, place)) = &self.on else {
            return Some(slots.iter().position(|s| s.at > now).unwrap_or(last));
        };
        let found = slots.iter().position(|s| s.channel == *channel && s.id == *id);
        Some(found.unwrap_or((*place).min(last)))
    }

    /// The session that was told is gone.
    pub(in crate::app) fn forget_asked(&mut self) {
        self.watched = None;
    }
}

/// Opens the calendar at today.
pub(in crate::app) fn open(model: &mut Model, now: Time) {
    let plan = &mut model.posts.plan;
    (plan.on, plan.moving, plan.undated) = (None, None, false);
    plan.day = Some(now.in_zone(model.zone).date_naive());
    model.layers.push(Layer::Calendar);
}

/// Tells the daemon which days are shown, when that is news to it.
pub(super) fn watch(model: &mut Model, effects: &mut Vec<Effect>) {
    let open = model.layers.iter().any(|l| matches!(l, Layer::Calendar));
    let wanted = model.posts.plan.day.filter(|_| open).map(|day| {
        let (first, days) = days::range(&model.posts.plan, day);
        Days { from: slot::bounds(first, model.zone).0, days }
    });
    if wanted != model.posts.plan.watched && model.link == Link::Up {
        model.posts.plan.watched = wanted;
        effects.push(Effect::Send(ToDaemon::WatchCalendar(wanted)));
    }
    if !open {
        // What was true then is not shown as true later.
        model.calendar = None;
    }
}

/// True until the days that are shown have come.
pub fn is_loading(model: &Model) -> bool {
    let watched = model.posts().plan.watched;
    watched.is_none() || model.calendar.as_ref().map(|c| c.days) != watched
}

/// What the keys of the calendar act on.
pub(super) fn chosen(model: &Model, now: Time) -> Option<Chosen> {
    let plan = &model.posts.plan;
    if plan.undated {
        let (post, number) = model.posts.undated.get(plan.undated_at)?;
        let v = post.variant(*number)?;
        return Some(Chosen {
            at: Some(post.name_of(v)),
            channel: v.channel.clone(),
            state: v.state,
            when: None,
            url: None,
            title: v.title.clone(),
        });
    }
    if plan.month || plan.matrix {
        return None;
    }
    selected(model, now).map(Chosen::of)
}

/// The slot with the cursor.
pub fn selected(model: &Model, now: Time) -> Option<&Slot> {
    let plan = &model.posts().plan;
    let slots = days::slots(model, plan.day?);
    let at = plan.on(&slots, now)?;
    slots.get(at).copied()
}

/// Shows one channel, or all.
pub(super) fn show_channel(model: &mut Model, channel: Option<ChannelId>) {
    let plan = &mut model.posts.plan;
    (plan.channel, plan.on, plan.undated_at) = (channel, None, 0);
}

/// Puts the cursor on another day.
fn go(model: &mut Model, by: i64) {
    let plan = &mut model.posts.plan;
    if let Some(day) = plan.day.and_then(|day| moved(day, by)) {
        (plan.day, plan.on) = (Some(day), None);
    }
}

fn moved(day: NaiveDate, by: i64) -> Option<NaiveDate> {
    let days = Add::new(by.unsigned_abs());
    if by < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
}

/// The keys of the calendar; true when the key was its own.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) -> bool {
    if model.posts.plan.moving.is_some() {
        return carry(model, action, now, effects);
    }
    let Some(day) = model.posts.plan.day else { return false };
    let plan = &mut model.posts.plan;
    match action {
        Action::DayLeft => go(model, -1),
        Action::DayRight => go(model, 1),
        Action::PageDown | Action::HalfDown => turn(model, 1),
        Action::PageUp | Action::HalfUp => turn(model, -1),
        Action::Today => {
            let today = now.in_zone(model.zone).date_naive();
            (plan.day, plan.on, plan.undated) = (Some(today), None, false);
        }
        Action::Months => {
            (plan.month, plan.undated) = (!plan.month, false);
        }
        Action::Matrix => {
            (plan.matrix, plan.undated) = (!plan.matrix, false);
        }
        Action::Undated if plan.undated => plan.undated = false,
        Action::Undated if model.posts.undated.is_empty() => {
            act::tell(model, Tone::Warn, words::NO_UNDATED, now);
        }
        Action::Undated => {
            (plan.undated, plan.matrix) = (true, false);
            plan.undated_at = plan.undated_at.min(model.posts.undated.len() - 1);
        }
        Action::OnlyChannel => channel_menu(model),
        Action::Down | Action::Up | Action::Top | Action::Bottom if plan.undated => {
            let last = model.posts.undated.len().saturating_sub(1);
            plan.undated_at = match action {
                Action::Down => (plan.undated_at + 1).min(last),
                Action::Up => plan.undated_at.saturating_sub(1),
                Action::Top => 0,
                _ => last,
            };
        }
        Action::Down if plan.month => go(model, 7),
        Action::Up if plan.month => go(model, -7),
        Action::Down | Action::Up | Action::Top | Action::Bottom => step(model, action, now),
        Action::OpenPost if (plan.month || plan.matrix) && !plan.undated => {
            (plan.month, plan.matrix) = (false, false);
        }
        Action::MovePost => pick_up(model, day, now),
        Action::OpenPost
        | Action::NewPost
        | Action::RecallPost
        | Action::TimePost
        | Action::NextFree
        | Action::Unplan
        | Action::CopyPost
        | Action::OpenOut => super::verb(model, action, now, effects),
        Action::Close if plan.undated => plan.undated = false,
        Action::Close if plan.matrix => plan.matrix = false,
        _ => return false,
    }
    true
}

/// The next week or month, or the one before.
fn turn(model: &mut Model, by: i32) {
    let plan = &mut model.posts.plan;
    if !plan.month {
        return go(model, i64::from(by) * 7);
    }
    let month = chrono::Months::new(1);
    let to = plan.day.and_then(|day| match by {
        1 => day.checked_add_months(month),
        _ => day.checked_sub_months(month),
    });
    if let Some(day) = to {
        (plan.day, plan.on) = (Some(day), None);
    }
}

/// The next slot of the day, or the one before; in a list of days, over its ends.
fn step(model: &mut Model, action: Action, now: Time) {
    let plan = &model.posts.plan;
    let Some(day) = plan.day else { return };
    let slots = days::slots(model, day);
    let (at, len) = (plan.on(&slots, now), slots.len());
    let listed = model.size.0 < COLUMNS;
    let to = match (action, at) {
        (Action::Top, _) => Some(0),
        (Action::Bottom, _) => len.checked_sub(1),
        (Action::Down, Some(at)) if at + 1 < len => Some(at + 1),
        (Action::Up, Some(at)) if at > 0 => Some(at - 1),
        _ => None,
    };
    if let Some(to) = to {
        let on = slots.get(to).map(|s| (s.channel.clone(), s.id.clone(), to));
        model.posts.plan.on = on;
        return;
    }
    if !listed || !matches!(action, Action::Down | Action::Up) {
        return;
    }
    let by = if action == Action::Down { 1 } else { -1 };
    let Some(next) = moved(day, by) else { return };
    let slots = days::slots(model, next);
    let place = if by > 0 { 0 } else { slots.len().saturating_sub(1) };
    let on = slots.get(place).map(|s| (s.channel.clone(), s.id.clone(), place));
    let plan = &mut model.posts.plan;
    (plan.day, plan.on) = (Some(next), on);
}

/// Asks which channel is to be shown.
fn channel_menu(model: &mut Model) {
    let lang = model.settings.lang;
    let known = model.welcome.as_ref().map(|w| w.channels.clone()).unwrap_or_default();
    let all = (words::ALL_CHANNELS.say(lang), Choice::Post(PostChoice::Show(None)));
    let each = known
        .into_iter()
        .map(|c| (model.channel_title(&c.id), Choice::Post(PostChoice::Show(Some(c.id)))));
    let choices: Vec<(Shown, Choice)> = [all].into_iter().chain(each).collect();
    let is_shown = |(_, choice): &(Shown, Choice)| {
        *choice == Choice::Post(PostChoice::Show(model.posts.plan.channel.clone()))
    };
    let cursor = choices.iter().position(is_shown).unwrap_or(0);
    let title = words::WHICH_CHANNEL.say(lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor }));
}

/// Picks up the post at hand, to be moved.
fn pick_up(model: &mut Model, day: NaiveDate, now: Time) {
    let Some(chosen) = chosen(model, now) else {
        return act::tell(model, Tone::Warn, words::NOTHING_HERE, now);
    };
    let Some(at) = chosen.at else {
        let text = if chosen.is_free() { words::NO_POST_HERE } else { words::NOT_OURS };
        return act::tell(model, Tone::Warn, text, now);
    };
    let free = free_times(model, &chosen.channel, now);
    let begins = slot::bounds(day, model.zone).0;
    let next = free.iter().find(|t| **t >= begins).or(free.first()).copied();
    let hour = Time(now.floor_hour().0 + Span::hours(1).0);
    let to = chosen.when.or(next).unwrap_or(hour);
    let Chosen { channel, title, .. } = chosen;
    let plan = &mut model.posts.plan;
    plan.moving = Some(Moving { at, channel, title, to });
    (plan.undated, plan.matrix) = (false, false);
    plan.day = Some(to.in_zone(model.zone).date_naive());
}

/// The planned times of a channel that have no post, of those that are known.
fn free_times(model: &Model, channel: &ChannelId, now: Time) -> Vec<Time> {
    let all = model.calendar.iter().flat_map(|c| &c.slots);
    let free = all.filter(|s| {
        s.channel == *channel && s.state == SlotState::Empty && s.post.is_none() && s.at > now
    });
    free.map(|s| s.at).collect()
}

/// The keys while a post is being moved.
fn carry(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) -> bool {
    let Some(moving) = model.posts.plan.moving.clone() else { return false };
    let month = model.posts.plan.month;
    let by_days = |by: i64| -> Option<Time> {
        let local = moving.to.in_zone(model.zone).naive_local();
        let day = moved(local.date(), by)?;
        Some(Time::from_local(day.and_time(local.time()), model.zone))
    };
    let to = match action {
        Action::DayLeft => by_days(-1),
        Action::DayRight => by_days(1),
        Action::PageDown | Action::HalfDown => by_days(7),
        Action::PageUp | Action::HalfUp => by_days(-7),
        Action::Down if month => by_days(7),
        Action::Up if month => by_days(-7),
        Action::Down | Action::Up => {
            let down = action == Action::Down;
            let free = free_times(model, &moving.channel, now);
            let next = if down {
                free.into_iter().filter(|t| *t > moving.to).min()
            } else {
                free.into_iter().filter(|t| *t < moving.to).max()
            };
            let by = if down { STEP } else { Span(-STEP.0) };
            Some(next.unwrap_or(moving.to + by))
        }
        Action::Months => {
            model.posts.plan.month = !month;
            return true;
        }
        Action::OpenPost => {
            model.posts.plan.moving = None;
            model.posts.plan.on = None;
            let act = PostAct::Schedule { at: moving.at, when: Some(moving.to) };
            send(model, act, now, effects);
            return true;
        }
        Action::Close => {
            model.posts.plan.moving = None;
            return true;
        }
        _ => {
            act::tell(model, Tone::Warn, words::MOVE_HOW, now);
            return true;
        }
    };
    if let Some(to) = to {
        let day = to.in_zone(model.zone).date_naive();
        let plan = &mut model.posts.plan;
        plan.moving = Some(Moving { to, ..moving });
        (plan.day, plan.on) = (Some(day), None);
    }
    true
}
