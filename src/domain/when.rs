//! Moments as people type them: `1h`, `tonight`, `tomorrow`, `fri 14:00`, `18:30`, `明天`.

use super::{Span, Time, words};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Weekday};
use chrono_tz::Tz;

/// Why a moment could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenError {
    /// Not a moment.
    Unknown(String),
    /// A moment, but it has passed.
    Past(Time),
    /// More than [`FURTHEST`] from now.
    TooFar(Time),
}

/// The furthest moment that is taken: two years.
pub const FURTHEST: Span = Span::hours(2 * 366 * 24);

/// Reads a moment that lies after `now`, by the clocks of `zone`.
///
/// - `1h`, `90m`, `2d`, `1h30m`, `1小时`, `30分钟`, `两天`: so long from now.
/// - `tonight`, `今晚`: 20:00, or in two hours when that has passed.
/// - `tomorrow`, `明天`, `后天`, `mon` to `sun`, `周一`, `2026-11-22`: at 09:00. A weekday is the next
///   such day, not today.
/// - `18:30`, `3pm`, `下午3点`: today, or tomorrow when that has passed.
/// - A day and a time: `tomorrow 18:30`, `周五14:00`, `2026-11-22 09:00`; a weekday may then be today.
/// - RFC 3339, e.g. `2026-11-22T09:00:00+08:00`.
///
/// # Errors
/// When it is not a moment, not in the future, or further than [`FURTHEST`].
pub fn parse(typed: &str, now: Time, zone: Tz) -> Result<Time, WhenError> {
    let text = words::fold(typed.trim());
    let moment = read(&text, now, zone).ok_or_else(|| WhenError::Unknown(typed.to_owned()))?;
    if moment <= now {
        return Err(WhenError::Past(moment));
    }
    if moment > now + FURTHEST {
        return Err(WhenError::TooFar(moment));
    }
    Ok(moment)
}

/// When a day begins for those who work on it.
const MORNING: (u32, u32) = (9, 0);
/// When `tonight` is.
const EVENING: (u32, u32) = (20, 0);
/// How long from now `tonight` is in the evening itself.
const LATER_TONIGHT: Span = Span::hours(2);

fn read(text: &str, now: Time, zone: Tz) -> Option<Time> {
    if let Ok(t) = DateTime::parse_from_rfc3339(&text.to_ascii_uppercase()) {
        return Some(t.into());
    }
    if let Some(span) = span(text) {
        return (span.0 > 0).then(|| now + span);
    }
    let today = now.in_zone(zone).date_naive();
    let local = |day: NaiveDate, time: NaiveTime| Time::from_local(day.and_time(time), zone);
    if let Some(time) = clock(text) {
        let moment = local(today, time);
        return Some(if moment > now { moment } else { local(today.succ_opt()?, time) });
    }
    let (day, rest) = day(text, today)?;
    if rest.is_empty() {
        return match day {
            Day::Tonight => Some(local(today, time(EVENING)?))
                .filter(|t| *t > now)
                .or(Some(now + LATER_TONIGHT)),
            Day::Today => None,
            Day::Weekday(weekday) => Some(local(after(today, weekday)?, time(MORNING)?)),
            Day::Date(date) => Some(local(date, time(MORNING)?)),
        };
    }
    let time = clock(rest)?;
    match day {
        // "tonight at 9" is 21:00, "tonight at 1" is after midnight.
        Day::Tonight if time.hour() < 5 => Some(local(today.succ_opt()?, time)),
        Day::Tonight if time.hour() < 12 => {
            Some(local(today, time.overflowing_add_signed(TimeDelta::hours(12)).0))
        }
        Day::Tonight | Day::Today => Some(local(today, time)),
        Day::Date(date) => Some(local(date, time)),
        Day::Weekday(weekday) => {
            let moment = local(today, time);
            let is_today = weekday == today.weekday() && moment > now;
            Some(if is_today { moment } else { local(after(today, weekday)?, time) })
        }
    }
}

/// A day as typed.
enum Day {
    Tonight,
    Today,
    Weekday(Weekday),
    Date(NaiveDate),
}

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "mon", "周一", "星期一", "礼拜一"], Weekday::Mon),
    (&["tuesday", "tues", "tue", "周二", "星期二", "礼拜二"], Weekday::Tue),
    (&["wednesday", "wed", "周三", "星期三", "礼拜三"], Weekday::Wed),
    (&["thursday", "thurs", "thu", "周四", "星期四", "礼拜四"], Weekday::Thu),
    (&["friday", "fri", "周五", "星期五", "礼拜五"], Weekday::Fri),
    (&["saturday", "sat", "周六", "星期六", "礼拜六"], Weekday::Sat),
    (&["sunday", "sun", "周日", "周天", "星期日", "星期天", "礼拜天", "礼拜日"], Weekday::Sun),
];

/// The day a text begins with, and the rest of the text.
fn day(text: &str, today: NaiveDate) -> Option<(Day, &str)> {
    let after_name = |names: &[&str]| {
        names.iter().find_map(|name| {
            let rest = text.strip_prefix(name)?;
            // `sat` does not begin `satx`; Chinese needs no space.
            let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.is_ascii();
            ends.then(|| rest.trim_start())
        })
    };
    if let Some(rest) = after_name(&["tonight", "今晚", "今天晚上"]) {
        return Some((Day::Tonight, rest));
    }
    if let Some(rest) = after_name(&["today", "今天", "今日"]) {
        return Some((Day::Today, rest));
    }
    if let Some(rest) = after_name(&["tomorrow", "tmr", "明天", "明日", "明早"]) {
        return Some((Day::Date(today.succ_opt()?), rest));
    }
    if let Some(rest) = after_name(&["后天"]) {
        return Some((Day::Date(today.checked_add_days(Days::new(2))?), rest));
    }
    for (names, weekday) in WEEKDAYS {
        if let Some(rest) = after_name(names) {
            return Some((Day::Weekday(weekday), rest));
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == 't').unwrap_or(text.len());
    let date = NaiveDate::parse_from_str(&text[..end].replace('/', "-"), "%Y-%m-%d").ok()?;
    Some((Day::Date(date), text[end..].trim_start_matches('t').trim_start()))
}

/// The next such day after today.
fn after(today: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let ahead = (7 + weekday.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    today.checked_add_days(Days::new(u64::from(if ahead == 0 { 7 } else { ahead })))
}

fn time((hour, minute): (u32, u32)) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(hour, minute, 0)
}

/// `18:30`, `9:05`, `3pm`, `3:30 pm`, `9点`, `下午3点半`, `晚上8点15分`.
fn clock(text: &str) -> Option<NaiveTime> {
    let strip = |words: &[&str], text: &str| {
        words.iter().find_map(|w| text.strip_prefix(w).map(|rest| rest.trim().to_owned()))
    };
    let (mut half, mut text) = (None, text.trim().to_owned());
    if let Some(rest) = strip(&["上午", "早上"], &text) {
        (half, text) = (Some(0), rest);
    } else if let Some(rest) = strip(&["下午", "晚上", "傍晚"], &text) {
        (half, text) = (Some(12), rest);
    } else if let Some(rest) = text.strip_suffix("am").map(|r| r.trim_end().to_owned()) {
        (half, text) = (Some(0), rest);
    } else if let Some(rest) = text.strip_suffix("pm").map(|r| r.trim_end().to_owned()) {
        (half, text) = (Some(12), rest);
    }
    let (hour, minute) = if let Some((hour, minute)) = text.split_once(':') {
        (hour.parse().ok()?, two_digits(minute)?)
    } else if let Some((hour, minute)) = text.split_once('点') {
        let minute = match minute.strip_suffix('分').unwrap_or(minute) {
            "" | "整" => 0,
            "半" => 30,
            other => other.parse().ok()?,
        };
        (chinese_number(hour)? as u32, minute)
    } else if half.is_some() {
        (text.parse().ok()?, 0)
    } else {
        return None;
    };
    let hour = match half {
        None => hour,
        Some(_) if hour > 12 => hour,
        Some(half) => hour % 12 + half,
    };
    time((hour, minute))
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2).then(|| text.parse().ok())?
}

const UNITS: [(&[&str], Span); 4] = [
    (&["minutes", "minute", "mins", "min", "分钟", "分"], Span::minutes(1)),
    (&["hours", "hour", "hrs", "hr", "个小时", "小时", "个钟头"], Span::hours(1)),
    (&["days", "day", "天"], Span::hours(24)),
    (&["weeks", "week", "个星期", "星期", "周"], Span::hours(168)),
];

/// A length of time: as settings write it (`90m`, `7d`), or a number with a unit in words; `None` =
/// it is none.
pub fn span(text: &str) -> Option<Span> {
    if let Some(span) = Span::parse(text) {
        return Some(span);
    }
    if matches!(text, "半小时" | "半个小时" | "half an hour") {
        return Some(Span::minutes(30));
    }
    UNITS.iter().find_map(|(names, unit)| {
        let number = names.iter().find_map(|name| text.strip_suffix(name))?;
        let number = chinese_number(number.trim_end())?;
        unit.0.checked_mul(number).filter(|ms| *ms <= FURTHEST.0).map(Span)
    })
}

/// A number in digits, or up to twelve in Chinese characters.
fn chinese_number(text: &str) -> Option<i64> {
    const NUMBERS: [&str; 13] =
        ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
    if text == "两" {
        return Some(2);
    }
    let number = NUMBERS.iter().position(|n| *n == text).map(|n| n as i64);
    number.or_else(|| text.parse().ok()).filter(|n| *n >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const ZONE: Tz = Tz::Asia__Shanghai;

    fn local(written: &str, zone: Tz) -> Time {
        let t = chrono::NaiveDateTime::parse_from_str(written, "%Y-%m-%d %H:%M").unwrap();
        Time::from_local(t, zone)
    }

    fn shown(typed: &str, now: &str) -> String {
        match parse(typed, local(now, ZONE), ZONE) {
            Ok(t) => t.in_zone(ZONE).format("%Y-%m-%d %H:%M").to_string(),
            Err(e) => format!("{e:?}").split('(').next().unwrap_or_default().to_owned(),
        }
    }

    /// 2026-11-21 is a Saturday.
    #[rstest]
    #[case("1h", "2026-11-21 15:05")]
    #[case("90m", "2026-11-21 15:35")]
    #[case("2d", "2026-11-23 14:05")]
    #[case("1h30m", "2026-11-21 15:35")]
    #[case(" 1H ", "2026-11-21 15:05")]
    #[case("２ｈ", "2026-11-21 16:05")]
    #[case("2 hours", "2026-11-21 16:05")]
    #[case("30 min", "2026-11-21 14:35")]
    #[case("1 week", "2026-11-28 14:05")]
    #[case("1小时", "2026-11-21 15:05")]
    #[case("一小时", "2026-11-21 15:05")]
    #[case("两个小时", "2026-11-21 16:05")]
    #[case("30分钟", "2026-11-21 14:35")]
    #[case("半小时", "2026-11-21 14:35")]
    #[case("3天", "2026-11-24 14:05")]
    #[case("一周", "2026-11-28 14:05")]
    #[case("tonight", "2026-11-21 20:00")]
    #[case("今晚", "2026-11-21 20:00")]
    #[case("tonight 21:30", "2026-11-21 21:30")]
    #[case("今晚9点", "2026-11-21 21:00")]
    #[case("tonight 1:00", "2026-11-22 01:00")]
    #[case("今天晚上8点半", "2026-11-21 20:30")]
    #[case("今晚21点", "2026-11-21 21:00")]
    #[case("tomorrow", "2026-11-22 09:00")]
    #[case("Tomorrow 18:30", "2026-11-22 18:30")]
    #[case("明天", "2026-11-22 09:00")]
    #[case("明天下午3点", "2026-11-22 15:00")]
    #[case("明早8点半", "2026-11-22 08:30")]
    #[case("后天", "2026-11-23 09:00")]
    #[case("mon", "2026-11-23 09:00")]
    #[case("sat", "2026-11-28 09:00")]
    #[case("saturday 18:00", "2026-11-21 18:00")]
    #[case("saturday 12:00", "2026-11-28 12:00")]
    #[case("fri 14:00", "2026-11-27 14:00")]
    #[case("周一", "2026-11-23 09:00")]
    #[case("星期日10:00", "2026-11-22 10:00")]
    #[case("18:30", "2026-11-21 18:30")]
    #[case("18：30", "2026-11-21 18:30")]
    #[case("9:05", "2026-11-22 09:05")]
    #[case("14:05", "2026-11-22 14:05")]
    #[case("3pm", "2026-11-21 15:00")]
    #[case("3:30 pm", "2026-11-21 15:30")]
    #[case("12am", "2026-11-22 00:00")]
    #[case("12pm", "2026-11-22 12:00")]
    #[case("晚上8点15分", "2026-11-21 20:15")]
    #[case("today 18:00", "2026-11-21 18:00")]
    #[case("2026-11-22 09:00", "2026-11-22 09:00")]
    #[case("2026/11/22", "2026-11-22 09:00")]
    #[case("2026-11-22T10:15", "2026-11-22 10:15")]
    #[case("2026-11-22T10:15:00Z", "2026-11-22 18:15")]
    #[case("today 08:00", "Past")]
    #[case("2026-11-21", "Past")]
    #[case("2020-01-01 09:00", "Past")]
    #[case("2036-01-01", "TooFar")]
    #[case("9999w", "Unknown")]
    #[case("today", "Unknown")]
    #[case("", "Unknown")]
    #[case("soon", "Unknown")]
    #[case("25:00", "Unknown")]
    #[case("18:3", "Unknown")]
    #[case("satx", "Unknown")]
    #[case("-1h", "Unknown")]
    #[case("0m", "Unknown")]
    #[case("12", "Unknown")]
    #[case("2026-13-01", "Unknown")]
    #[case("tomorrow never", "Unknown")]
    fn moments_are_read(#[case] typed: &str, #[case] expected: &str) {
        assert_eq!(shown(typed, "2026-11-21 14:05"), expected, "{typed}");
    }

    #[rstest]
    #[case("2026-11-21 19:59", "2026-11-21 20:00")]
    #[case("2026-11-21 20:00", "2026-11-21 22:00")]
    #[case("2026-11-21 23:30", "2026-11-22 01:30")]
    #[case("2026-11-22 00:30", "2026-11-22 20:00")]
    fn tonight_is_eight_or_two_hours_later(#[case] now: &str, #[case] expected: &str) {
        assert_eq!(shown("tonight", now), expected);
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_is_the_next_one_there_is() {
        let zone = Tz::Europe__Berlin;
        let now = local("2026-03-29 01:00", zone);
        assert_eq!(parse("02:30", now, zone).unwrap().rfc3339(), "2026-03-29T01:00:00Z");
        let within = local("2026-03-29 01:59", zone);
        assert_eq!(parse("tomorrow", within, zone).unwrap().rfc3339(), "2026-03-30T07:00:00Z");
    }

    #[test]
    fn a_time_that_comes_twice_is_in_the_future_too() {
        let zone = Tz::Europe__Berlin;
        // 02:30 for the second time: "02:15" has passed both times.
        let now = Time(local("2026-10-25 02:30", zone).0 + 3_600_000);
        assert_eq!(parse("02:15", now, zone).unwrap().rfc3339(), "2026-10-26T01:15:00Z");
    }

    proptest! {
        #[test]
        fn what_is_read_lies_in_the_future(
            typed in prop_oneof![
                "[0-9]{1,2}:[0-9]{2}", "[0-9]{1,4}(m|h|d|w)", "(mon|sun|tomorrow|tonight|today)( [0-9]{1,2}:[0-9]{2})?",
                "(今晚|明天|周六|后天)([0-9]{1,2}点半?)?", "20[0-9]{2}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2})?", "\\PC{0,12}",
            ],
            now in 1_072_915_200_000_i64..4_100_000_000_000,
            zone in prop_oneof![
                Just(Tz::Asia__Shanghai), Just(Tz::Europe__Berlin), Just(Tz::America__New_York),
                Just(Tz::Australia__Lord_Howe), Just(Tz::UTC),
            ],
        ) {
            if let Ok(t) = parse(&typed, Time(now), zone) {
                prop_assert!(Time(now) < t && t <= Time(now) + FURTHEST);
            }
        }
    }
}
