//! A publishing slot: a planned time on a channel, and how far its post is.

mod derive;
mod findings;

pub use derive::{bounds, next_free, planned};
pub use findings::findings;

use super::post::{Form, Funnel, VariantRef};
use super::{ChannelId, Time};
use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How far a slot's post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotState {
    /// A planned time without a post.
    Empty,
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InReview,
    /// Ready to be scheduled.
    Approved,
    /// Has its time.
    Scheduled,
    /// In its hold window: can still be recalled.
    Holding,
    /// On its way.
    Publishing,
    /// Out, and the platform says so.
    Published,
    /// Sent, but the platform has not said so.
    Unconfirmed,
    /// The platform refused it.
    Failed,
    /// Taken back before it went out.
    Recalled,
    /// Its time passed without it.
    Missed,
}

/// One slot of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The channel.
    pub channel: ChannelId,
    /// The scheduler's id of the post; unique on the channel.
    pub id: String,
    /// When it is to go out.
    pub at: Time,
    /// What it is about, verbatim.
    pub title: String,
    /// How far it is.
    pub state: SlotState,
    /// What is known of it when it is a post of this desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Planned>,
}

impl SlotState {
    /// All of them, from nothing to the end.
    pub const ALL: [SlotState; 12] = [
        SlotState::Empty,
        SlotState::Draft,
        SlotState::InReview,
        SlotState::Approved,
        SlotState::Scheduled,
        SlotState::Holding,
        SlotState::Publishing,
        SlotState::Published,
        SlotState::Unconfirmed,
        SlotState::Failed,
        SlotState::Recalled,
        SlotState::Missed,
    ];

    /// Its name in files, on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            SlotState::Empty => "empty",
            SlotState::Draft => "draft",
            SlotState::InReview => "in-review",
            SlotState::Approved => "approved",
            SlotState::Scheduled => "scheduled",
            SlotState::Holding => "holding",
            SlotState::Publishing => "publishing",
            SlotState::Published => "published",
            SlotState::Unconfirmed => "unconfirmed",
            SlotState::Failed => "failed",
            SlotState::Recalled => "recalled",
            SlotState::Missed => "missed",
        }
    }

    /// True for a post that is out, as far as is known.
    pub fn is_out(self) -> bool {
        matches!(self, SlotState::Published | SlotState::Unconfirmed)
    }

    /// True for a post that is out or still goes out: neither a planned time without one, nor one
    /// that was taken back, refused or missed.
    pub fn counts(self) -> bool {
        !matches!(
            self,
            SlotState::Empty | SlotState::Failed | SlotState::Recalled | SlotState::Missed
        )
    }
}

impl Slot {
    /// When it goes out: its time, or later when its hold window lasts longer.
    pub fn goes(&self) -> Time {
        self.post.as_ref().and_then(|post| post.goes).unwrap_or(self.at)
    }
}

/// A post of this desk in its slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Which.
    pub at: VariantRef,
    /// What it is.
    pub form: Form,
    /// For whom it is.
    #[serde(default)]
    pub funnel: Option<Funnel>,
    /// When it goes out; later than its time while its hold window lasts longer.
    #[serde(default)]
    pub goes: Option<Time>,
    /// Steps of the review that are passed, of so many.
    #[serde(default)]
    pub review: (u8, u8),
    /// The page that shows it.
    #[serde(default)]
    pub url: Option<String>,
    /// The platform's reason, or what is not known; empty when all is well.
    #[serde(default)]
    pub why: String,
}

/// Something about a day of the calendar that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The channel.
    pub channel: ChannelId,
    /// The day it is about: when it begins in the desk's zone.
    pub day: Time,
    /// What.
    pub what: Wrong,
}

/// What is not as the cadence wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrong {
    /// Planned times without a post.
    Gaps(u32),
    /// Fewer posts than the least of a day.
    TooFew {
        /// So many.
        has: u32,
        /// At least these.
        least: u32,
    },
    /// More posts than the most of a day.
    TooMany {
        /// So many.
        has: u32,
        /// At most these.
        most: u32,
    },
    /// A post in the quiet hours.
    Quiet(Time),
    /// Two posts at nearly the same time.
    Clash(Time),
}

/// A time of the week at which a channel publishes: a moment (`tue,thu,sat 20:00`) or a stretch
/// (`mon-fri 07:00-09:00`) in which one post is to go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weekly {
    /// On which days, Monday first.
    pub days: [bool; 7],
    /// From when, by the desk's clocks.
    pub from: NaiveTime,
    /// Until when; the same as `from` for a moment, earlier when it ends on the next day.
    pub to: NaiveTime,
}

/// When a channel publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// The channel.
    pub channel: ChannelId,
    /// Its times, in the order of the file.
    pub times: Vec<Weekly>,
    /// The least posts a day.
    pub least: Option<u32>,
    /// The most posts a day.
    pub most: Option<u32>,
    /// Hours of the day in which nothing is to go out: from and until, by the desk's clocks; earlier
    /// until than from goes over midnight.
    pub quiet: Vec<(NaiveTime, NaiveTime)>,
}

impl Cadence {
    /// Times alone, without bounds and quiet hours.
    pub fn new(channel: ChannelId, times: Vec<Weekly>) -> Cadence {
        Cadence { channel, times, least: None, most: None, quiet: Vec::new() }
    }

    /// True when a reading of the clock lies in the quiet hours; their end is outside.
    pub fn is_quiet(&self, time: NaiveTime) -> bool {
        self.quiet.iter().any(|&(from, to)| {
            if from <= to { from <= time && time < to } else { from <= time || time < to }
        })
    }

    /// True when a moment lies in the quiet hours, by the clocks of the zone.
    pub fn is_quiet_at(&self, at: Time, zone: Tz) -> bool {
        self.is_quiet(at.in_zone(zone).time())
    }
}

impl FromStr for Weekly {
    /// The part that was not understood.
    type Err = String;

    /// Reads days (`mon`, `tue,thu`, `mon-fri`, `weekdays`, `weekend`, `daily`), a space, and a
    /// time (`20:00`) or a stretch (`07:00-09:00`).
    fn from_str(written: &str) -> Result<Weekly, String> {
        let written = written.trim().to_ascii_lowercase();
        let (days, times) =
            written.split_once(char::is_whitespace).ok_or_else(|| written.clone())?;
        let (from, to) = times.trim().split_once('-').unwrap_or((times.trim(), times.trim()));
        Ok(Weekly { days: read_days(days)?, from: read_time(from)?, to: read_time(to)? })
    }
}

/// As [`Weekly::from_str`] reads it.
impl fmt::Display for Weekly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let days: Vec<&str> =
            NAMES.into_iter().zip(self.days).filter(|(_, on)| *on).map(|(name, _)| name).collect();
        let days = match days[..] {
            [_, _, _, _, _, _, _] => "daily".to_owned(),
            ["mon", "tue", "wed", "thu", "fri"] => "weekdays".to_owned(),
            ["sat", "sun"] => "weekend".to_owned(),
            _ => days.join(","),
        };
        write!(f, "{days} {}", self.from.format("%H:%M"))?;
        match self.from == self.to {
            true => Ok(()),
            false => write!(f, "-{}", self.to.format("%H:%M")),
        }
    }
}

fn read_days(written: &str) -> Result<[bool; 7], String> {
    let mut days = [false; 7];
    for part in written.split(',') {
        let (first, last) = match part {
            "daily" => (0, 6),
            "weekdays" => (0, 4),
            "weekend" => (5, 6),
            _ => {
                let (first, last) = part.split_once('-').unwrap_or((part, part));
                (read_day(first)?, read_day(last)?)
            }
        };
        // `fri-mon` goes over the end of the week.
        let mut day = first;
        loop {
            days[day] = true;
            if day == last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Ok(days)
}

fn read_day(written: &str) -> Result<usize, String> {
    let day: Weekday = written.parse().map_err(|_| written.to_owned())?;
    Ok(day.num_days_from_monday() as usize)
}

fn read_time(written: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(written.trim(), "%H:%M").map_err(|_| written.trim().to_owned())
}

#[cfg(test)]
mod tests;
