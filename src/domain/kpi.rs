//! The figures of the desk: metrics, buckets, a histogram that merges.

use super::{Conversation, State, Time};
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
    /// Inbound messages that are complaints.
    Complaints,
}

impl Metric {
    /// All of them.
    pub const ALL: [Metric; 6] = [
        Metric::Arrivals,
        Metric::Replies,
        Metric::Backlog,
        Metric::FirstResponse,
        Metric::HitRate,
        Metric::Complaints,
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
    /// How many values fell in each bin (see [`bin_of`]), by bin; only for times.
    pub histogram: Vec<(u16, i64)>,
}

impl Bucket {
    /// Adds a value. Only first response times keep a histogram.
    pub fn add(&mut self, metric: Metric, value: i64) {
        (self.min, self.max) = match self.count {
            0 => (value, value),
            _ => (self.min.min(value), self.max.max(value)),
        };
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
        if metric == Metric::FirstResponse {
            self.count_bin(bin_of(value), 1);
        }
    }

    /// Takes a value back that was added. A bucket without values is as new.
    pub fn remove(&mut self, metric: Metric, value: i64) {
        self.count -= 1;
        self.sum = self.sum.saturating_sub(value);
        if metric == Metric::FirstResponse {
            self.count_bin(bin_of(value), -1);
        }
        if self.count == 0 {
            *self = Bucket::default();
        }
    }

    /// Adds or takes back, as the point says.
    pub fn apply(&mut self, point: &Point) {
        match point.sign {
            1.. => self.add(point.metric, point.value),
            _ => self.remove(point.metric, point.value),
        }
    }

    /// Adds all of another bucket: minutes to hours, channels to the desk.
    pub fn merge(&mut self, other: &Bucket) {
        if other.count == 0 && other.sum == 0 && other.histogram.is_empty() {
            return;
        }
        (self.min, self.max) = match self.count {
            0 => (other.min, other.max),
            _ => (self.min.min(other.min), self.max.max(other.max)),
        };
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        for (bin, n) in &other.histogram {
            self.count_bin(*bin, *n);
        }
    }

    /// The mean; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The median by the histogram; `None` without one. Right to within 9 %.
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// The value below which this share (0 to 1) of the values lies, by the histogram; `None`
    /// without one. Right to within 9 %.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let total: i64 = self.histogram.iter().map(|(_, n)| n.max(&0)).sum();
        if total == 0 {
            return None;
        }
        let rank = ((share.clamp(0.0, 1.0) * total as f64).ceil() as i64).max(1);
        let mut seen = 0;
        let (bin, _) = self.histogram.iter().find(|(_, n)| {
            seen += n.max(&0);
            seen >= rank
        })?;
        Some(middle_of(*bin).clamp(self.min as f64, self.max as f64))
    }

    fn count_bin(&mut self, bin: u16, n: i64) {
        match self.histogram.binary_search_by_key(&bin, |(b, _)| *b) {
            Ok(at) => {
                self.histogram[at].1 += n;
                if self.histogram[at].1 == 0 {
                    self.histogram.remove(at);
                }
            }
            Err(at) => self.histogram.insert(at, (bin, n)),
        }
    }
}

/// The histogram's bin of a value: 0 for anything below 1, else four bins for each doubling, each
/// 2^(1/4) = 1.19 times as wide as the one before. What a bin stands for is at most 8.7 % off.
/// Whole-number arithmetic, so that every build agrees.
pub fn bin_of(value: i64) -> u16 {
    /// 2^63 times 2^(1/4), 2^(2/4), 2^(3/4).
    const QUARTERS: [u64; 3] =
        [10_968_499_650_544_839_023, 13_043_817_825_332_782_212, 15_511_800_964_685_064_948];
    let Ok(value) = u64::try_from(value) else { return 0 };
    if value == 0 {
        return 0;
    }
    let doubling = 63 - value.leading_zeros();
    let scaled = value << (63 - doubling);
    let quarter = QUARTERS.iter().filter(|edge| scaled >= **edge).count();
    1 + 4 * doubling as u16 + quarter as u16
}

/// The value a bin stands for: as far, in proportion, from its lower edge as from its upper one.
pub(super) fn middle_of(bin: u16) -> f64 {
    let Some(quarters) = bin.checked_sub(1) else { return 0.0 };
    let low = (f64::from(quarters) / 4.0).exp2();
    let high = (f64::from(quarters + 1) / 4.0).exp2();
    2.0 * low * high / (low + high)
}

/// What a change of a conversation changes in the figures: the points of what it was, taken back,
/// and the points of what it is. Points that stay the same are left out.
pub fn points(before: Option<&Conversation>, after: Option<&Conversation>) -> Vec<Point> {
    let mut gone = before.map(facts).unwrap_or_default();
    let mut come = after.map(facts).unwrap_or_default();
    gone.retain(|old| match come.iter().position(|new| new == old) {
        Some(same) => {
            come.swap_remove(same);
            false
        }
        None => true,
    });
    gone.into_iter().map(|p| Point { sign: -p.sign, ..p }).chain(come).collect()
}

/// All points of one conversation, from its record alone.
///
/// It counts in the backlog from its first inbound message until it was set aside or answered;
/// when it is open again after an answer, the time between that answer and its head is left out.
fn facts(c: &Conversation) -> Vec<Point> {
    let point = |metric, at, value| Point { metric, at, value, sign: 1 };
    let mut out = Vec::with_capacity(5);
    if let Some(first) = c.first_inbound {
        out.push(point(Metric::Backlog, first, 1));
        let answer = c.last_reply.filter(|reply| *reply >= first);
        match (&c.state, &c.head, answer) {
            (State::Open, Some(head), Some(reply)) if reply < head.at => {
                out.push(point(Metric::Backlog, reply, -1));
                out.push(point(Metric::Backlog, head.at, 1));
            }
            (State::Open, _, _) => {}
            _ => {
                let left = c.set_aside.or(answer).or(c.resolved_at).unwrap_or(first);
                out.push(point(Metric::Backlog, left.max(first), -1));
            }
        }
    }
    if let Some(response) = c.first_response {
        let took = (response.answered - response.asked).0.max(0);
        out.push(point(Metric::FirstResponse, response.answered, took));
        if let Some(met) = response.met {
            out.push(point(Metric::HitRate, response.answered, if met { 100 } else { 0 }));
        }
    }
    out
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

#[cfg(test)]
mod tests;
