//! What clients and the daemon say to each other about the figures that channels tell.

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
