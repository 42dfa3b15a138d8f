//! The days of the calendar: what lies on each, what is found of them, and the content matrix.

use super::calendar::Plan;
use super::state_name;
use crate::app::model::Model;
use crate::domain::post::Funnel;
use crate::domain::slot::{self, Finding, Slot, SlotState, Wrong};
use crate::domain::{ChannelId, Time};
use crate::text::catalogue::calendar as words;
use crate::text::{Shown, format};
use crate::wire::post::Days;
use chrono::{Datelike, Days as Add, NaiveDate};
use std::collections::BTreeMap;

/// Something on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its slot; `None` = where the post that is being moved would go.
    pub slot: Option<&'a Slot>,
    /// When.
    pub at: Time,
    /// True when the cursor is on it.
    pub on: bool,
}

/// A row of the narrow calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// A day begins.
    Day(NaiveDate),
    /// Something on it.
    Entry(Entry<'a>),
    /// Now.
    Now,
}

/// How many posts a channel has for each stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stages {
    /// The channel.
    pub channel: ChannelId,
    /// As in [`Funnel::ALL`].
    pub counts: [u32; 4],
    /// Those of no stage.
    pub none: u32,
}

/// What a month shows of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Failed, missed, unconfirmed.
    pub trouble: u32,
    /// Planned times without a post.
    pub free: u32,
    /// On their way: from drafts to those that are going out.
    pub coming: u32,
    /// Out.
    pub out: u32,
}

/// The day it is.
pub fn today(model: &Model, now: Time) -> NaiveDate {
    now.in_zone(model.zone()).date_naive()
}

/// The first day that is shown, and how many are.
pub fn range(plan: &Plan, now_day: NaiveDate) -> (NaiveDate, u16) {
    let day = plan.day.unwrap_or(now_day);
    if !plan.month {
        return (monday(day), 7);
    }
    let first = monday(day.with_day(1).unwrap_or(day));
    let next = day.with_day(1).and_then(|d| d.checked_add_months(chrono::Months::new(1)));
    let days = next.map_or(35, |next| (next - first).num_days());
    // Whole weeks.
    (first, u16::try_from((days + 6) / 7 * 7).unwrap_or(35).min(Days::MOST))
}

fn monday(day: NaiveDate) -> NaiveDate {
    let back = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Add::new(back)).unwrap_or(day)
}

/// The days that are shown, in order.
pub fn shown(model: &Model, now: Time) -> Vec<NaiveDate> {
    let (first, days) = range(&model.posts().plan, today(model, now));
    (0..u64::from(days)).filter_map(|n| first.checked_add_days(Add::new(n))).collect()
}

/// The slots of a day on the channels that are shown, by time.
pub fn slots(model: &Model, day: NaiveDate) -> Vec<&Slot> {
    let (from, to) = slot::bounds(day, model.zone());
    let all = model.calendar.iter().flat_map(|c| &c.slots);
    all.filter(|s| from <= s.at && s.at < to && model.posts().plan.shows(&s.channel)).collect()
}

/// What lies on a day, with the place of what is being moved.
pub fn entries(model: &Model, day: NaiveDate, now: Time) -> Vec<Entry<'_>> {
    let plan = &model.posts().plan;
    let is_day = plan.day.unwrap_or_else(|| today(model, now)) == day;
    let slots = slots(model, day);
    let on = plan.on(&slots, now).filter(|_| is_day && !plan.undated && plan.moving.is_none());
    let entry = |(i, slot): (usize, &'_ Slot)| (slot.at, on == Some(i));
    let marks: Vec<(Time, bool)> = slots.iter().copied().enumerate().map(entry).collect();
    let mut all: Vec<Entry<'_>> = slots
        .into_iter()
        .zip(marks)
        .map(|(slot, (at, on))| Entry { slot: Some(slot), at, on })
        .collect();
    if let Some(moving) = plan.moving.as_ref().filter(|_| is_day) {
        let place = all.partition_point(|e| e.at < moving.to);
        all.insert(place, Entry { slot: None, at: moving.to, on: true });
    }
    all
}

/// The rows of the narrow calendar.
pub fn rows(model: &Model, now: Time) -> Vec<Row<'_>> {
    let now_day = today(model, now);
    let mut rows = Vec::new();
    for day in shown(model, now) {
        rows.push(Row::Day(day));
        let entries = entries(model, day, now);
        let next = entries.iter().position(|e| e.at > now).unwrap_or(entries.len());
        let any = !entries.is_empty();
        for (i, entry) in entries.into_iter().enumerate() {
            if day == now_day && i == next {
                rows.push(Row::Now);
            }
            rows.push(Row::Entry(entry));
        }
        if day == now_day && any && matches!(rows.last(), Some(Row::Entry(e)) if e.at <= now) {
            rows.push(Row::Now);
        }
    }
    rows
}

/// What a month shows of a day.
pub fn counts(slots: &[&Slot]) -> Counts {
    let mut counts = Counts::default();
    for slot in slots {
        let n = match slot.state {
            SlotState::Failed | SlotState::Missed | SlotState::Unconfirmed => &mut counts.trouble,
            SlotState::Empty => &mut counts.free,
            SlotState::Published => &mut counts.out,
            SlotState::Recalled => continue,
            _ => &mut counts.coming,
        };
        *n += 1;
    }
    counts
}

/// What is found of a day, on the channels that are shown.
pub fn findings(model: &Model, day: NaiveDate) -> Vec<&Finding> {
    let (from, to) = slot::bounds(day, model.zone());
    let all = model.calendar.iter().flat_map(|c| &c.findings);
    all.filter(|f| from <= f.day && f.day < to && model.posts().plan.shows(&f.channel)).collect()
}

/// What a finding says.
pub fn finding_text(model: &Model, finding: &Finding) -> Shown {
    let lang = model.lang();
    let channel = model.channel_title(&finding.channel);
    let clock = |t: Time| format::clock(&t.in_zone(model.zone()));
    let fill = |msg: crate::text::Msg, n: u32, of: u32, at: Shown| {
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("channel", &channel), ("n", &n), ("of", &of), ("at", &at)];
        msg.fill(lang, &values)
    };
    let none = Shown::default;
    match finding.what {
        Wrong::Gaps(1) => fill(words::FOUND_GAP, 1, 0, none()),
        Wrong::Gaps(n) => fill(words::FOUND_GAPS, n, 0, none()),
        Wrong::TooFew { has, least } => fill(words::FOUND_FEW, has, least, none()),
        Wrong::TooMany { has, most } => fill(words::FOUND_MANY, has, most, none()),
        Wrong::Quiet(at) => fill(words::FOUND_QUIET, 0, 0, clock(at)),
        Wrong::Clash(at) => fill(words::FOUND_CLASH, 0, 0, clock(at)),
    }
}

/// Posts by channel and stage on the days that are shown, the channels in their order by name.
pub fn stages(model: &Model, now: Time) -> Vec<Stages> {
    let mut all: BTreeMap<ChannelId, Stages> = BTreeMap::new();
    for day in shown(model, now) {
        for slot in slots(model, day) {
            let channel = slot.channel.clone();
            let row = all.entry(channel.clone());
            let row = row.or_insert(Stages { channel, counts: [0; 4], none: 0 });
            let counts = !matches!(slot.state, SlotState::Recalled | SlotState::Missed);
            let Some(post) = slot.post.as_ref().filter(|_| counts) else { continue };
            match post.funnel {
                Some(funnel) => row.counts[place(funnel)] += 1,
                None => row.none += 1,
            }
        }
    }
    all.into_values().collect()
}

fn place(funnel: Funnel) -> usize {
    Funnel::ALL.iter().position(|f| *f == funnel).unwrap_or(0)
}

/// A state, how far the review of a post is and when it goes, in words.
pub fn state_text(model: &Model, slot: &Slot, now: Time) -> Shown {
    let lang = model.lang();
    let mut parts = vec![state_name(slot.state).say(lang)];
    parts.extend(extra(model, slot, now));
    Shown::join(&parts, &Shown::blank(1))
}

/// How far the review of a post is, or how long it is held.
pub fn extra(model: &Model, slot: &Slot, now: Time) -> Option<Shown> {
    let post = slot.post.as_ref()?;
    match (slot.state, post.goes, post.review) {
        (SlotState::Holding, Some(goes), _) => Some(super::goes_in(model.lang(), goes, now)),
        (SlotState::InReview, _, (done, of)) if of > 0 => {
            Some(Shown::line(&format!("{done}/{of}")))
        }
        _ => None,
    }
}
