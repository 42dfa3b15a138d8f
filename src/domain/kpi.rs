//! The figures of the desk: metrics, buckets, a histogram that merges.

use super::Time;
use serde::{Deserialize, Serialize};

/// What is counted. Kept by channel and over all channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Inbound messages.
    Arrivals,
    /// Replies written, sent or waiting.
    Replies,
    /// Conversations that came to be open or came back (+1), or stopped being so (-1); the
    /// backlog is its running sum.
    Backlog,
    /// First response time in milliseconds, of replies the customer can see.
    FirstResponse,
    /// 100 for a first response within its target, 0 for a late one; the mean is the hit rate.
    HitRate,
}

impl Metric {
    /// All of them.
    pub const ALL: [Metric; 5] = [
        Metric::Arrivals,
        Metric::Replies,
        Metric::Backlog,
        Metric::FirstResponse,
        Metric::HitRate,
    ];
}

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Resolution {
    /// One minute; kept for what is younger than two days when it arrives.
    Minute,
    /// One UTC hour; kept for everything.
    Hour,
}

/// What fell into one bucket of one metric.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// How many values.
    pub count: i64,
    /// Their sum.
    pub sum: i64,
    /// The smallest (of those ever added; a value taken back does not raise it).
    pub min: i64,
    /// The largest (likewise).
    pub max: i64,
    /// How many values fell in each power-of-two-and-quarters bin; only for times.
    pub histogram: Vec<(u16, i64)>,
}

/// One point of a figure: a value that came or (`sign` -1) is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The metric.
    pub metric: Metric,
    /// When.
    pub at: Time,
    /// The value.
    pub value: i64,
    /// +1 or -1.
    pub sign: i64,
}
