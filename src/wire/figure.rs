//! What clients and the daemon say to each other about the figures that channels tell.

use crate::domain::alert::{About, AlertId};
use crate::domain::anomaly::Way;
use crate::domain::figure::board::Stand;
use crate::domain::figure::book::Label;
use crate::domain::figure::line::Over;
use crate::domain::report::Of;
use crate::domain::{ChannelId, Time};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The most samples in one answer.
pub const MOST_SAMPLES: usize = 10_000;
/// The most figures in one answer.
pub const MOST_FIGURES: usize = 2_000;

/// A figure of a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Figure {
    /// The channel.
    pub channel: ChannelId,
    /// The figure's name, as the channel calls it.
    pub name: String,
}

/// A line that is asked for: a figure's, or a rate's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineOf {
    /// Of which figure or rate.
    pub figure: Figure,
    /// Over which time.
    pub over: Over,
}

/// How the figures of a channel stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelBoard {
    /// The channel; `None` = none has told a figure yet.
    pub channel: Option<ChannelId>,
    /// Every channel that has told one, in the desk's order.
    pub channels: Vec<ChannelId>,
    /// How its figures and rates stand.
    pub stands: Vec<Stand>,
}

/// Alerts that were raised: how many, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// How many.
    pub count: u32,
    /// The first one's number.
    pub id: AlertId,
    /// What it is about.
    pub about: About,
    /// What that is called.
    pub label: Label,
    /// In which direction it went.
    pub way: Way,
    /// By how many percent of the usual value; `None` when that is nothing.
    pub percent: Option<i64>,
}

/// Which posts are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopPosts {
    /// On which channel; `None` = on any.
    pub channel: Option<ChannelId>,
    /// By which figure of theirs, e.g. `interactions`.
    pub by: String,
    /// That went out from then on.
    pub from: Time,
    /// And before then.
    pub to: Time,
    /// At most so many.
    pub most: u16,
}

/// Points of the sparklines, oldest first, equally far apart; the last one is not over yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kpis {
    /// Length of a point in milliseconds.
    pub step: i64,
    /// Inbound messages.
    pub arrivals: Vec<f64>,
    /// Replies written.
    pub replies: Vec<f64>,
    /// Open conversations at the end of each point.
    pub backlog: Vec<f64>,
    /// Median first response in milliseconds; NaN where there was none.
    pub first_response: Vec<f64>,
    /// Share of first responses within their target, 0 to 100; NaN where there was none.
    pub hit_rate: Vec<f64>,
}

/// Which report is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportOf {
    /// Of a day, a week or a month.
    pub of: Of,
    /// A day that lies in it.
    pub day: NaiveDate,
    /// The zone whose days are meant, an IANA name; an unknown one is UTC.
    pub zone: String,
    /// Of one channel alone; `None` = of the whole desk.
    #[serde(default)]
    pub channel: Option<ChannelId>,
}
