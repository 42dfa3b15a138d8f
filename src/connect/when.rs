//! Reading times the way exports write them.

use crate::domain::{Span, Time};
use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use std::str::FromStr;

/// The zone of times that name none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// An IANA zone, e.g. `Asia/Shanghai`.
    Named(Tz),
    /// A fixed offset, e.g. `+08:00`.
    Fixed(FixedOffset),
}

impl FromStr for Zone {
    type Err = ();
    /// `Asia/Shanghai`, `UTC` or `+08:00`.
    fn from_str(s: &str) -> Result<Zone, ()> {
        if let Ok(tz) = s.parse::<Tz>() {
            return Ok(Zone::Named(tz));
        }
        offset(s).map(Zone::Fixed).ok_or(())
    }
}

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone::Named(Tz::UTC);

    /// The moment of a wall clock reading. Of two (clock set back) it is the first; one that does
    /// not exist (clock set forward) is read as if the clock had not been set.
    pub(super) fn moment(self, wall: NaiveDateTime) -> Option<Time> {
        fn pick<Z: TimeZone>(zone: &Z, wall: NaiveDateTime) -> Option<Time> {
            match zone.from_local_datetime(&wall) {
                LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => Some(t.into()),
                LocalResult::None => {
                    let hour = chrono::TimeDelta::hours(1);
                    let before = zone.from_local_datetime(&(wall.checked_sub_signed(hour)?));
                    before.earliest().map(|t| Time::from(t) + Span::hours(1))
                }
            }
        }
        match self {
            Zone::Named(tz) => pick(&tz, wall),
            Zone::Fixed(offset) => pick(&offset, wall),
        }
    }
}

/// `+08:00`, `+0800`, `-08`, `Z`.
fn offset(s: &str) -> Option<FixedOffset> {
    if s.eq_ignore_ascii_case("z") {
        return FixedOffset::east_opt(0);
    }
    let sign = match s.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = s[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    if minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

/// How a source writes its times.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// Told by its look: RFC 3339, `2026-01-02 10:11:12`, `2026/1/2 10:11`, `2026年01月02日10时11分12秒`,
    /// `Tue Oct 31 22:10:47 +0000 2017`, seconds or milliseconds since 1970.
    #[default]
    Auto,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
    /// A chrono pattern; a time without an offset is in the profile's zone.
    Pattern(String),
}

impl TimeFormat {
    /// Reads a time; `None` when it cannot be read. Whether it is a likely one is not asked here.
    pub fn read(&self, s: &str, zone: Zone) -> Option<Time> {
        let s = s.trim();
        match self {
            TimeFormat::Auto => auto(s, zone),
            TimeFormat::EpochSeconds => seconds(s),
            TimeFormat::EpochMillis => s.parse().ok().map(Time),
            TimeFormat::Pattern(p) => DateTime::parse_from_str(s, p)
                .map(Time::from)
                .ok()
                .or_else(|| zone.moment(NaiveDateTime::parse_from_str(s, p).ok()?))
                .or_else(|| {
                    zone.moment(NaiveDate::parse_from_str(s, p).ok()?.and_hms_opt(0, 0, 0)?)
                }),
        }
    }
}

impl TimeFormat {
    /// As [`TimeFormat::read`], but a day without a time is its noon, and lies in the same day by
    /// universal time whatever the zone.
    pub fn read_noon(&self, s: &str, zone: Zone) -> Option<Time> {
        let Some(day) = self.day(s.trim()) else { return self.read(s, zone) };
        let noon = day.and_hms_opt(12, 0, 0)?;
        // Beyond +12:00 noon is the day before.
        let there = zone.moment(noon)?;
        let same = DateTime::from_timestamp_millis(there.0).is_some_and(|t| t.date_naive() == day);
        if same { Some(there) } else { Zone::UTC.moment(noon) }
    }

    /// The day that is written when no time of it is.
    fn day(&self, s: &str) -> Option<NaiveDate> {
        match self {
            TimeFormat::EpochSeconds | TimeFormat::EpochMillis => None,
            TimeFormat::Pattern(p) => match NaiveDateTime::parse_from_str(s, p) {
                Ok(_) => None,
                Err(_) => NaiveDate::parse_from_str(s, p).ok(),
            },
            TimeFormat::Auto => {
                if s.bytes().all(|b| b.is_ascii_digit()) {
                    return packed(s).or_else(|| sheet_day(s).filter(|_| !s.contains('.')));
                }
                let numbers = s.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
                if numbers.count() != 3 {
                    return None;
                }
                let wall = written(s, Zone::UTC)?;
                DateTime::from_timestamp_millis(wall.0).map(|t| t.date_naive())
            }
        }
    }
}

impl Zone {
    /// The day of a moment there.
    pub fn day(self, at: Time) -> Option<NaiveDate> {
        let at = DateTime::from_timestamp_millis(at.0)?;
        Some(match self {
            Zone::Named(tz) => at.with_timezone(&tz).date_naive(),
            Zone::Fixed(offset) => at.with_timezone(&offset).date_naive(),
        })
    }
}

/// `20260102`.
fn packed(s: &str) -> Option<NaiveDate> {
    // As seconds since 1970 all of these are of 1970.
    let years = 2000..2100;
    let day = NaiveDate::parse_from_str(s, "%Y%m%d").ok().filter(|_| s.len() == 8)?;
    years.contains(&chrono::Datelike::year(&day)).then_some(day)
}

/// The number of a day as sheets count them, from 2004 to 2099; as seconds since 1970 it would be
/// the first day of that year.
fn sheet_day(s: &str) -> Option<NaiveDate> {
    let whole: u64 = s.split('.').next()?.parse().ok()?;
    let days = (37_987..73_051).contains(&whole).then_some(whole)?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(days))
}

/// A day and a time as sheets count them: `46024.4244`, to the second.
fn sheet_time(s: &str) -> Option<NaiveDateTime> {
    let day = sheet_day(s)?;
    let part: f64 = s.split_once('.').map_or(Some(0.0), |(_, p)| format!("0.{p}").parse().ok())?;
    let seconds = (part * 86_400.0).round() as i64;
    day.and_hms_opt(0, 0, 0)?.checked_add_signed(chrono::TimeDelta::seconds(seconds))
}

/// Whole or broken seconds since 1970.
fn seconds(s: &str) -> Option<Time> {
    let (whole, part) = s.split_once('.').unwrap_or((s, ""));
    let whole: i64 = whole.parse().ok()?;
    if !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let millis: i64 = format!("{part:0<3}")[..3].parse().ok()?;
    whole.checked_mul(1000)?.checked_add(millis).map(Time)
}

/// An instant as a JSON number: seconds, or milliseconds from 100,000,000,000 on (as seconds that
/// would be the year 5138).
pub fn epoch(n: i64) -> Time {
    if n.unsigned_abs() >= 100_000_000_000 { Time(n) } else { Time(n.saturating_mul(1000)) }
}

fn auto(s: &str, zone: Zone) -> Option<Time> {
    let first = *s.as_bytes().first()?;
    if s.bytes().all(|b| b.is_ascii_digit() || b == b'.') && s.matches('.').count() <= 1 {
        let wall = packed(s).and_then(|day| day.and_hms_opt(0, 0, 0)).or_else(|| sheet_time(s));
        if let Some(wall) = wall {
            return zone.moment(wall);
        }
        return match s.split_once('.') {
            None => s.parse().ok().map(epoch),
            Some(_) => seconds(s),
        };
    }
    if !first.is_ascii_digit() {
        return DateTime::parse_from_str(s, "%a %b %d %H:%M:%S %z %Y")
            .or_else(|_| DateTime::parse_from_rfc2822(s))
            .map(Time::from)
            .ok();
    }
    if let Ok(t) = DateTime::parse_from_rfc3339(s) {
        return Some(t.into());
    }
    written(s, zone)
}

/// Year, month, day, then hour, minute and perhaps second, parted by whatever parts them:
/// `2026-01-02 10:11:12.5`, `2026/1/2 9:05`, `2026年1月2日 9时5分`, `2026.01.02`; an offset may follow.
fn written(s: &str, zone: Zone) -> Option<Time> {
    let mut numbers = [0u32; 6];
    let mut n = 0;
    let mut rest = s;
    while n < numbers.len() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 4 {
            return None;
        }
        numbers[n] = rest[..digits].parse().ok()?;
        n += 1;
        rest = &rest[digits..];
        let fits = |c: char| match n {
            1 => matches!(c, '-' | '/' | '.' | '年'),
            2 => matches!(c, '-' | '/' | '.' | '月'),
            3 => matches!(c, ' ' | 'T' | '日' | '\u{a0}'),
            4 => matches!(c, ':' | '时' | '點' | '点' | '：'),
            5 => matches!(c, ':' | '分' | '：'),
            _ => matches!(c, '秒'),
        };
        let parted = rest.trim_start_matches(fits);
        if parted.len() == rest.len() {
            break;
        }
        // Only the day may be followed by both 日 and a blank.
        rest = if n == 3 { parted.trim_start() } else { parted };
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
    }
    if n < 3 || n == 4 && !s.contains(['时', '点', '點']) {
        return None;
    }
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix('.').filter(|_| n == 6) {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        millis = format!("{:0<3}", &fraction[..digits])[..3].parse().ok()?;
        rest = &fraction[digits..];
    }
    let [year, month, day, hour, minute, second] = numbers;
    // A leap second is the first one of the minute after it, as clocks without leap seconds have it.
    let (second, leap) = if second == 60 { (59, Span::seconds(1)) } else { (second, Span(0)) };
    let wall = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_milli_opt(hour, minute, second, millis)?;
    let moment = match rest.trim() {
        "" => zone.moment(wall),
        tail => Zone::Fixed(offset(tail)?).moment(wall),
    };
    moment.map(|at| at + leap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn shanghai() -> Zone {
        "Asia/Shanghai".parse().unwrap()
    }

    #[rstest]
    #[case("2026-01-02T10:11:12+08:00", "2026-01-02T02:11:12Z")]
    #[case("2026-01-02T02:11:12Z", "2026-01-02T02:11:12Z")]
    #[case("2026-01-02 10:11:12", "2026-01-02T02:11:12Z")]
    #[case("2026-01-02T10:11:12", "2026-01-02T02:11:12Z")]
    #[case("2026-01-02 10:11:12 +0000", "2026-01-02T10:11:12Z")]
    #[case("2026-01-02 10:11:12.250", "2026-01-02T02:11:12Z")]
    #[case("2026/1/2 9:05", "2026-01-02T01:05:00Z")]
    #[case("2026年01月02日10时11分12秒", "2026-01-02T02:11:12Z")]
    #[case("2026年1月2日 9时5分", "2026-01-02T01:05:00Z")]
    #[case("2026-01-02", "2026-01-01T16:00:00Z")]
    #[case("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47Z")]
    #[case("1509487847", "2017-10-31T22:10:47Z")]
    #[case("1509487847000", "2017-10-31T22:10:47Z")]
    #[case("1509487847.25", "2017-10-31T22:10:47Z")]
    #[case("1900-01-01 00:00:00", "1899-12-31T15:54:17Z")]
    #[case("2300-01-01T00:00:00Z", "2300-01-01T00:00:00Z")]
    fn times_are_read_as_exports_write_them(#[case] written: &str, #[case] meant: &str) {
        let read = TimeFormat::Auto.read(written, shanghai()).map(Time::rfc3339);
        assert_eq!(read.as_deref(), Some(meant));
    }

    #[rstest]
    #[case("")]
    #[case("yesterday")]
    #[case("2026-13-02 10:11:12")]
    #[case("2026-02-30 10:11:12")]
    #[case("10:11:12")]
    #[case("2026-01-02 25:00:00")]
    #[case("2026-01-02 10:11:12 noon")]
    #[case("99999999999999999999999")]
    #[case("2026-01-02 10")]
    #[case("١٢")]
    fn what_is_no_time_is_not_read(#[case] written: &str) {
        assert_eq!(TimeFormat::Auto.read(written, shanghai()), None);
    }

    #[test]
    fn a_pattern_reads_with_and_without_offset() {
        let day_first = TimeFormat::Pattern("%d.%m.%Y %H:%M".into());
        let t = day_first.read("02.01.2026 10:11", "+08:00".parse().unwrap());
        assert_eq!(t.map(Time::rfc3339).as_deref(), Some("2026-01-02T02:11:00Z"));
        let own = TimeFormat::Pattern("%d.%m.%Y %H:%M %z".into());
        let t = own.read("02.01.2026 10:11 +0100", Zone::UTC);
        assert_eq!(t.map(Time::rfc3339).as_deref(), Some("2026-01-02T09:11:00Z"));
    }

    #[test]
    fn a_wall_time_that_a_clock_change_skipped_or_doubled_is_still_a_moment() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let skipped = TimeFormat::Auto.read("2026-03-29 02:30:00", berlin);
        assert_eq!(skipped.map(Time::rfc3339).as_deref(), Some("2026-03-29T01:30:00Z"));
        let doubled = TimeFormat::Auto.read("2026-10-25 02:30:00", berlin);
        assert_eq!(doubled.map(Time::rfc3339).as_deref(), Some("2026-10-25T00:30:00Z"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(s in "\\PC*") {
            let _ = TimeFormat::Auto.read(&s, Zone::UTC);
            let _ = TimeFormat::EpochSeconds.read(&s, Zone::UTC);
        }

        #[test]
        fn what_rfc3339_writes_is_read_back(ms in 0i64..4_102_444_800_000) {
            let t = Time(ms / 1000 * 1000);
            proptest::prop_assert_eq!(TimeFormat::Auto.read(&t.rfc3339(), shanghai()), Some(t));
        }
    }

    #[rstest]
    #[case("2026-01-02", "Asia/Shanghai", "2026-01-02T04:00:00Z")]
    #[case("2026年1月2日", "Asia/Shanghai", "2026-01-02T04:00:00Z")]
    #[case("20260102", "Asia/Shanghai", "2026-01-02T04:00:00Z")]
    #[case("46024", "Asia/Shanghai", "2026-01-02T04:00:00Z")]
    #[case("2026/1/2", "America/Los_Angeles", "2026-01-02T20:00:00Z")]
    #[case("2026/1/2", "Pacific/Kiritimati", "2026-01-02T12:00:00Z")]
    #[case("2026-01-02 00:30", "Asia/Shanghai", "2026-01-01T16:30:00Z")]
    #[case("2026年01月02日10时", "Asia/Shanghai", "2026-01-02T02:00:00Z")]
    #[case("46024.5", "Asia/Shanghai", "2026-01-02T04:00:00Z")]
    fn a_day_alone_is_its_noon(#[case] s: &str, #[case] zone: &str, #[case] at: &str) {
        let zone: Zone = zone.parse().unwrap();
        assert_eq!(TimeFormat::Auto.read_noon(s, zone).unwrap().rfc3339(), at);
    }

    #[test]
    fn days_as_sheets_count_them_are_no_seconds_of_1970() {
        let zone: Zone = "+08:00".parse().unwrap();
        let at = |s| TimeFormat::Auto.read(s, zone).map(|t| t.rfc3339());
        assert_eq!(at("46024.424444").unwrap(), "2026-01-02T02:11:12Z");
        assert_eq!(at("46024").unwrap(), "2026-01-01T16:00:00Z");
        assert_eq!(at("20260102").unwrap(), "2026-01-01T16:00:00Z");
        assert_eq!(at("1767319872").unwrap(), "2026-01-02T02:11:12Z");
    }
}
