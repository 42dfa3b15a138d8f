//! Moments and lengths of time, in whole milliseconds, UTC.

use chrono::{DateTime, LocalResult, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;
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

impl Time {
    /// This moment as the zone's clocks show it.
    pub fn in_zone(self, zone: Tz) -> DateTime<Tz> {
        self.to_utc().with_timezone(&zone)
    }

    /// When the zone's clocks show this. A time that a change of the clocks leaves out becomes the
    /// first moment after the gap; of a time that comes twice, the first is meant.
    pub fn from_local(local: NaiveDateTime, zone: Tz) -> Time {
        // No zone ever left out more than a day.
        const LONGEST_GAP_MINUTES: i64 = 24 * 60;
        for minutes in 0..=LONGEST_GAP_MINUTES {
            let Some(later) = local.checked_add_signed(TimeDelta::minutes(minutes)) else { break };
            match zone.from_local_datetime(&later) {
                LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => return t.into(),
                LocalResult::None => {}
            }
        }
        Utc.from_utc_datetime(&local).into()
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

    /// Reads `90m`, `2h`, `1d`, `1h30m`, `45s`, `1w`: whole numbers, each with its unit, largest
    /// unit first. `None` for anything else, and for more than ten years.
    pub fn parse(written: &str) -> Option<Span> {
        let mut total = 0_i64;
        let mut smaller_than = i64::MAX;
        let mut rest = written.trim();
        while !rest.is_empty() || smaller_than == i64::MAX {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: i64 = rest[..digits].parse().ok()?;
            let unit = rest[digits..].chars().next()?;
            let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
            if *length >= smaller_than {
                return None;
            }
            smaller_than = *length;
            total = total.checked_add(number.checked_mul(*length)?)?;
            rest = &rest[digits + unit.len_utf8()..];
        }
        (total <= Span::LONGEST).then_some(Span(total))
    }

    const LONGEST: i64 = 3_653 * 86_400_000;
}

/// The units a length of time is written in, largest first, with their milliseconds.
const UNITS: [(char, i64); 5] =
    [('w', 604_800_000), ('d', 86_400_000), ('h', 3_600_000), ('m', 60_000), ('s', 1_000)];

/// As [`Span::parse`] reads it, in days and smaller units; parts of a second are left out.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut left = self.0.unsigned_abs();
        let mut nothing = true;
        for (name, length) in &UNITS[1..] {
            let n = left / length.unsigned_abs();
            left %= length.unsigned_abs();
            if n > 0 || (nothing && *name == 's') {
                write!(f, "{n}{name}")?;
                nothing = false;
            }
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("90m", Some(Span::minutes(90)))]
    #[case("2h", Some(Span::hours(2)))]
    #[case("1d", Some(Span::hours(24)))]
    #[case("1w", Some(Span::hours(168)))]
    #[case("1h30m", Some(Span::minutes(90)))]
    #[case(" 45s ", Some(Span::seconds(45)))]
    #[case("0m", Some(Span(0)))]
    #[case("", None)]
    #[case("h", None)]
    #[case("5", None)]
    #[case("-5m", None)]
    #[case("5m5m", None)]
    #[case("5m1h", None)]
    #[case("1.5h", None)]
    #[case("1h 30m", None)]
    #[case("99999999999999999999h", None)]
    #[case("9999999999w", None)]
    #[case("1小", None)]
    fn lengths_are_read(#[case] written: &str, #[case] span: Option<Span>) {
        assert_eq!(Span::parse(written), span);
    }

    #[rstest]
    #[case(Span(0), "0s")]
    #[case(Span::minutes(90), "1h30m")]
    #[case(Span::hours(48), "2d")]
    #[case(Span::minutes(-5), "-5m")]
    #[case(Span(1_500), "1s")]
    fn lengths_are_written(#[case] span: Span, #[case] written: &str) {
        assert_eq!(span.to_string(), written);
    }

    fn berlin(month: u32, day: u32, hour: u32, minute: u32) -> String {
        let day = NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let local = day.and_hms_opt(hour, minute, 0).unwrap();
        Time::from_local(local, Tz::Europe__Berlin).rfc3339()
    }

    #[test]
    fn a_local_time_that_is_left_out_becomes_the_end_of_the_gap() {
        assert_eq!(berlin(3, 29, 1, 59), "2026-03-29T00:59:00Z");
        assert_eq!(berlin(3, 29, 2, 0), "2026-03-29T01:00:00Z");
        assert_eq!(berlin(3, 29, 2, 30), "2026-03-29T01:00:00Z");
        assert_eq!(berlin(3, 29, 3, 0), "2026-03-29T01:00:00Z");
    }

    #[test]
    fn of_a_local_time_that_comes_twice_the_first_is_meant() {
        assert_eq!(berlin(10, 25, 2, 30), "2026-10-25T00:30:00Z");
        assert_eq!(berlin(10, 25, 3, 0), "2026-10-25T02:00:00Z");
    }

    #[test]
    fn a_day_that_a_zone_left_out_is_passed_over() {
        let day = NaiveDate::from_ymd_opt(2011, 12, 30).unwrap();
        let t = Time::from_local(day.and_hms_opt(12, 0, 0).unwrap(), Tz::Pacific__Apia);
        assert_eq!(t.rfc3339(), "2011-12-30T10:00:00Z");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in 0..300_000_000_i64) {
            let span = Span::seconds(seconds);
            prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
        }
    }
}
