//! Moments and lengths of time, in whole milliseconds, UTC.

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Stored and sent as this number, shown in
/// the desk's zone.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A length of time in milliseconds; may be negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Time {
    /// Events before this moment (2004-01-01, older than every platform) are taken for mistakes.
    pub const EARLIEST: Time = Time(1_072_915_200_000);

    /// The calendar moment, for formatting. Moments outside chrono's range become the epoch.
    pub fn to_utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }

    /// RFC 3339 in UTC with whole seconds, as every `--json` output writes it.
    pub fn rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The start of the minute this moment lies in (rounds down, also before 1970).
    pub fn floor_minute(self) -> Time {
        Time(self.0.div_euclid(60_000) * 60_000)
    }

    /// The start of the UTC hour this moment lies in (rounds down, also before 1970).
    pub fn floor_hour(self) -> Time {
        Time(self.0.div_euclid(3_600_000) * 3_600_000)
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for Time {
    fn from(t: DateTime<Z>) -> Time {
        Time(t.timestamp_millis())
    }
}

impl Span {
    /// `n` seconds.
    pub const fn seconds(n: i64) -> Span {
        Span(n * 1_000)
    }
    /// `n` minutes.
    pub const fn minutes(n: i64) -> Span {
        Span(n * 60_000)
    }
    /// `n` hours.
    pub const fn hours(n: i64) -> Span {
        Span(n * 3_600_000)
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, s: Span) -> Time {
        Time(self.0.saturating_add(s.0))
    }
}

impl Sub<Span> for Time {
    type Output = Time;
    fn sub(self, s: Span) -> Time {
        Time(self.0.saturating_sub(s.0))
    }
}

impl Sub for Time {
    type Output = Span;
    fn sub(self, other: Time) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}
