//! A report: what a day, a week or a month came to on the whole desk, ready to be written down.
//!
//! Everything in it is of one period and of one moment. What could not be told is in it as well:
//! a report that leaves something out without a word is wrong.

mod figures;
mod missing;
mod period;
#[cfg(test)]
mod tests;

pub use figures::{At, BACK, Unmade, lines};
pub use missing::{ENOUGH, Missing, missing};
pub use period::{Of, Period};

use super::alert::Alert;
use super::figure::Book;
use super::figure::book::GoalSet;
use super::figure::goal::Standing;
use super::service::{Row, Served};
use super::slot::SlotState;
use super::{Channel, ChannelId, PastPost, Span, Time};
use serde::{Deserialize, Serialize};

/// The most posts that a report lists.
pub const MOST_POSTS: usize = 10;
/// The most topics.
pub const MOST_TOPICS: usize = 10;
/// The most figures that are named as having moved.
pub const MOST_MOVES: usize = 6;
/// A change of less than this share is not spoken of, however clear it is.
const LEAST_MOVE: f64 = 0.05;

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Of which time.
    pub period: Period,
    /// When it was made.
    pub made: Time,
    /// The one channel that it is about; `None` = the whole desk.
    pub only: Option<ChannelId>,
    /// What the desk says of figures.
    pub book: Book,
    /// The channels, as the desk lists them.
    pub channels: Vec<Part>,
    /// What came in and went out.
    pub arrivals: Arrivals,
    /// Service figures.
    pub service: Service,
    /// The posts of the period that did best, the best first.
    pub posts: Vec<PastPost>,
    /// The alerts that were raised in it, the oldest first.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    /// What was asked most in it.
    pub topics: Vec<Topic>,
    /// How often each feedback tag was put on, in it and in the one before.
    pub feedback: Vec<(String, u64, u64)>,
    /// What could not be told.
    pub missing: Vec<Missing>,
}

/// A channel in a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub channel: Channel,
    /// Its figures and rates, by layer.
    pub lines: Vec<Line>,
    /// Rates that could not be made.
    pub unmade: Vec<Unmade>,
    /// Its goals, as they stood at the end.
    pub goals: Vec<(GoalSet, Standing)>,
    /// What became of its planned posts.
    pub slots: Slots,
    /// How many posts went out.
    pub posts: u64,
}

impl Part {
    /// How much of its figures is known, from 0 to 1; `None` = it tells none.
    pub fn coverage(&self) -> Option<f64> {
        let told: Vec<f64> =
            self.lines.iter().filter(|line| !line.is_rate).map(|line| line.coverage).collect();
        (!told.is_empty()).then(|| told.iter().sum::<f64>() / told.len() as f64)
    }
}

/// What a figure or a rate came to, in whole units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// True of a rate.
    pub is_rate: bool,
    /// A counter's gain, what a flow added up to, a gauge's mean, a rate over the whole period.
    pub total: Option<f64>,
    /// Of a counter: how it stood at the end.
    pub stands: Option<f64>,
    /// What it came to in the period before.
    pub before: Option<f64>,
    /// The change of a day's mean against the period before, as a share of it.
    pub change: Option<f64>,
    /// True when the days of both periods differ more than they do among themselves.
    pub is_clear: bool,
    /// What is usual for such a period, by the same weekdays of the six weeks before it, and how
    /// far it usually lies from that, as a standard deviation.
    pub usual: Option<(f64, f64)>,
    /// The share of the values that is known, from 0 to 1.
    pub coverage: f64,
    /// True of a rate that divides by little.
    pub is_thin: bool,
    /// When the first of the points begins.
    pub start: Time,
    /// How long each of them is: an hour or a day.
    pub step: Span,
    /// What it came to in each step, oldest first; no number where nothing is known.
    pub points: Vec<f64>,
    /// The same of the period before, where it has such steps.
    pub points_before: Vec<f64>,
}

impl Line {
    /// The change against the usual value, as a share of it.
    pub fn against_usual(&self) -> Option<f64> {
        let (usual, _) = self.usual?;
        (usual != 0.0).then_some((self.total? - usual) / usual.abs())
    }

    /// True when it lies further from the usual value than it usually does.
    pub fn is_unusual(&self) -> bool {
        let (Some(total), Some((usual, spread))) = (self.total, self.usual) else { return false };
        (total - usual).abs() > 2.0 * spread
    }

    /// The change that is spoken of: against the usual value when it is beyond the noise, else
    /// against the period before when that is clear. True = against the usual value.
    pub fn moved(&self) -> Option<(f64, bool)> {
        let unusual = self.against_usual().filter(|_| self.is_unusual()).map(|by| (by, true));
        let moved = unusual.or_else(|| Some((self.change.filter(|_| self.is_clear)?, false)));
        moved.filter(|(by, _)| by.abs() >= LEAST_MOVE && !self.is_thin)
    }
}

/// What became of planned posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// Planned times and posts with a time, those that were taken back left out.
    pub planned: u64,
    /// Out.
    pub published: u64,
    /// The time passed without a post.
    pub missed: u64,
    /// The platform refused it.
    pub failed: u64,
    /// Sent, but the platform has not said so.
    pub unconfirmed: u64,
}

impl Slots {
    /// Counts one.
    pub fn count(&mut self, state: SlotState) {
        self.planned += u64::from(state != SlotState::Recalled);
        match state {
            SlotState::Published => self.published += 1,
            SlotState::Missed => self.missed += 1,
            SlotState::Failed => self.failed += 1,
            SlotState::Unconfirmed => self.unconfirmed += 1,
            _ => {}
        }
    }

    /// Adds those of another channel.
    pub fn add(&mut self, other: &Slots) {
        self.planned += other.planned;
        self.published += other.published;
        self.missed += other.missed;
        self.failed += other.failed;
        self.unconfirmed += other.unconfirmed;
    }
}

/// What came in and went out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// Messages that came in, in the period and in the one before.
    pub came: (u64, u64),
    /// Replies, likewise.
    pub replies: (u64, u64),
    /// What came in by channel, in the period and in the one before; the most first.
    pub by_channel: Vec<(ChannelId, u64, u64)>,
    /// What came in in each step: an hour of a day, else a day.
    pub points: Vec<u64>,
    /// The replies, likewise.
    pub reply_points: Vec<u64>,
    /// What came in by weekday (Monday first) and hour of the desk's clock.
    pub hours: Vec<[u64; 24]>,
}

/// Service figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// All together.
    pub total: Row,
    /// By who answered, the most responses first.
    pub operators: Vec<Row>,
    /// By channel, likewise.
    pub channels: Vec<Row>,
    /// By hour of the desk's clock, in order.
    pub hours: Vec<Row>,
    /// What was answered outside of the desk; it is in none of the above.
    pub outside: Served,
    /// How many waited at the beginning and at the end.
    pub backlog: (u64, u64),
    /// Since when the oldest waits that waits now; `None` = none does.
    pub oldest: Option<Time>,
    /// False when so many wait that the oldest may be another.
    pub is_whole: bool,
}

/// A topic that was asked in the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// What it is.
    pub text: String,
    /// How often it was asked in the period.
    pub times: u64,
    /// How often in all.
    pub all: u64,
}

impl Report {
    /// The figures that moved most, the largest change first.
    pub fn moves(&self) -> Vec<(&Part, &Line)> {
        let lines = self.channels.iter().flat_map(|p| p.lines.iter().map(move |l| (p, l)));
        let mut moved: Vec<(f64, (&Part, &Line))> =
            lines.filter_map(|(p, l)| Some((l.moved()?.0.abs(), (p, l)))).collect();
        moved.sort_by(|a, b| b.0.total_cmp(&a.0));
        moved.truncate(MOST_MOVES);
        moved.into_iter().map(|(_, line)| line).collect()
    }

    /// What became of the planned posts of all channels.
    pub fn slots(&self) -> Slots {
        let mut all = Slots::default();
        self.channels.iter().for_each(|part| all.add(&part.slots));
        all
    }
}
