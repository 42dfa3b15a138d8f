//! Times, lengths of time and numbers as rows and headers show them, short and of known width.
//!
//! Lengths of time are whole milliseconds; moments come already in the zone they are shown in.

use super::catalogue::units as say;
use super::{Lang, Msg, Shown};
use chrono::{Datelike, Timelike};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The most columns of a [`countdown`].
pub const COUNTDOWN_COLUMNS: usize = 6;
/// The most columns of an [`age`].
pub const AGE_COLUMNS: usize = 8;
/// The most columns of a [`number`].
pub const NUMBER_COLUMNS: usize = 7;
/// The most columns of a [`percent`].
pub const PERCENT_COLUMNS: usize = 6;

/// The time left until a deadline, negative when it is over: `04:12` and `-00:12` in hours and
/// minutes, from 100 hours on `4d04h` in days and hours, from 10 days late and 100 days ahead
/// `123d` in days.
///
/// Rounds down, so that it changes at whole minutes only and is negative as soon as it is late.
/// The same in every language; at most [`COUNTDOWN_COLUMNS`] wide.
pub fn countdown(ms: i64) -> Shown {
    let minutes = ms.div_euclid(MINUTE);
    let (sign, ahead) =
        if minutes < 0 { ("-", minutes.unsigned_abs()) } else { ("", minutes.unsigned_abs()) };
    let (hours, days) = (ahead / 60, ahead / (24 * 60));
    let days_alone = if minutes < 0 { 10 } else { 100 };
    Shown::line(&if hours < 100 {
        format!("{sign}{hours:02}:{:02}", ahead % 60)
    } else if days < days_alone {
        format!("{sign}{days}d{:02}h", hours % 24)
    } else {
        format!("{sign}{}d", days.min(9_999))
    })
}

/// How long ago something was, in its largest unit: `now`, `5m`, `3h`, `2d`, `1y`. What lies ahead
/// is now. At most [`AGE_COLUMNS`] wide.
pub fn age(lang: Lang, ms: i64) -> Shown {
    let of = |msg: Msg, unit: i64| msg.fill(lang, &[("n", &(ms / unit))]);
    match ms {
        ..MINUTE => say::NOW.say(lang),
        MINUTE..HOUR => of(say::MINUTES, MINUTE),
        HOUR..DAY => of(say::HOURS, HOUR),
        _ if ms < 1_000 * DAY => of(say::DAYS, DAY),
        _ => say::YEARS.fill(lang, &[("n", &(ms / (365 * DAY)).min(9_999))]),
    }
}

/// A length of time in its two largest units: `45s`, `11m`, `2h05`, `3d4h`; negative ones with a
/// minus.
pub fn duration(lang: Lang, ms: i64) -> Shown {
    let length = ms.saturating_abs();
    let text = match length {
        ..MINUTE => say::SECONDS.fill(lang, &[("n", &(length / SECOND))]),
        MINUTE..HOUR => say::MINUTES.fill(lang, &[("n", &(length / MINUTE))]),
        HOUR..DAY => {
            let minutes = format!("{:02}", length % HOUR / MINUTE);
            say::HOURS_MINUTES.fill(lang, &[("h", &(length / HOUR)), ("m", &minutes)])
        }
        _ => {
            let hours = length % DAY / HOUR;
            say::DAYS_HOURS.fill(lang, &[("d", &(length / DAY)), ("h", &hours)])
        }
    };
    if ms <= -SECOND { Shown::join([&Shown::line("-"), &text], &Shown::default()) } else { text }
}

/// A count: in full below 10,000, then in thousands, millions and billions (`12.3k`, `4.5M`), in
/// Chinese in 万 and 亿 (`1.2万`); a `+` marks what is beyond them. Rounds down. At most [`NUMBER_COLUMNS`] wide.
pub fn number(lang: Lang, n: u64) -> Shown {
    const EN: &[(u64, &str)] = &[(1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")];
    const ZH: &[(u64, &str)] = &[(100_000_000, "亿"), (10_000, "万")];
    let units = match lang {
        Lang::En => EN,
        Lang::Zh => ZH,
    };
    match units.iter().find(|(size, _)| n >= 10_000 && n >= *size) {
        None => Shown::number(n),
        Some((size, unit)) => {
            let (whole, tenth) = (n / size, n % size / (size / 10));
            Shown::line(&match (whole, tenth) {
                (..100, 1..) => format!("{whole}.{tenth}{unit}"),
                (..10_000, _) => format!("{whole}{unit}"),
                _ => format!("9999{unit}+"),
            })
        }
    }
}

/// A share as a percentage: `3.1%` below ten, `94%` from ten on, `-` where there is none.
///
/// Short of the whole is never shown as 100%. At most [`PERCENT_COLUMNS`] wide.
pub fn percent(share: f64) -> Shown {
    let percent = share * 100.0;
    if !percent.is_finite() {
        return Shown::line("-");
    }
    Shown::line(&if percent.abs() < 9.95 {
        // Adding zero turns the negative zero into the usual one.
        format!("{:.1}%", (percent * 10.0).round() / 10.0 + 0.0)
    } else if percent < 100.0 && percent > 99.0 {
        "99%".to_owned()
    } else {
        format!("{:.0}%", percent.clamp(-9_999.0, 99_999.0))
    })
}

/// The time of day: `14:05`.
pub fn clock(at: &impl Timelike) -> Shown {
    Shown::line(&format!("{:02}:{:02}", at.hour(), at.minute()))
}

/// The time of day with seconds: `14:05:09`.
pub fn clock_seconds(at: &impl Timelike) -> Shown {
    Shown::line(&format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()))
}

/// The day as a header shows it: `Sat 21 Nov`, `11月21日 周六`.
pub fn day(lang: Lang, at: &impl Datelike) -> Shown {
    let values: &[(&str, &dyn std::fmt::Display)] =
        &[("weekday", &weekday(at).say(lang)), ("day", &at.day()), ("month", &month(at).say(lang))];
    say::DAY_OF_YEAR.fill(lang, values)
}

/// A moment as seen from `now`: the time alone on the same day, else with the date, with the year
/// where it is another.
pub fn moment<T: Datelike + Timelike>(lang: Lang, at: &T, now: &T) -> Shown {
    if at.num_days_from_ce() == now.num_days_from_ce() {
        return clock(at);
    }
    let msg = if at.year() == now.year() { say::DATE_NO_YEAR } else { say::DATE };
    let values: &[(&str, &dyn std::fmt::Display)] =
        &[("day", &at.day()), ("month", &month(at).say(lang)), ("year", &at.year())];
    Shown::join([&msg.fill(lang, values), &clock(at)], &Shown::blank(1))
}

/// A month: `Nov`, `11月`.
pub fn month_name(lang: Lang, at: &impl Datelike) -> Shown {
    month(at).say(lang)
}

/// The name of a day of the week: `Sat`, `周六`.
pub fn weekday(at: &impl Datelike) -> Msg {
    use chrono::Weekday as W;
    match at.weekday() {
        W::Mon => say::MONDAY,
        W::Tue => say::TUESDAY,
        W::Wed => say::WEDNESDAY,
        W::Thu => say::THURSDAY,
        W::Fri => say::FRIDAY,
        W::Sat => say::SATURDAY,
        W::Sun => say::SUNDAY,
    }
}

fn month(at: &impl Datelike) -> Msg {
    match at.month() {
        1 => say::JANUARY,
        2 => say::FEBRUARY,
        3 => say::MARCH,
        4 => say::APRIL,
        5 => say::MAY,
        6 => say::JUNE,
        7 => say::JULY,
        8 => say::AUGUST,
        9 => say::SEPTEMBER,
        10 => say::OCTOBER,
        11 => say::NOVEMBER,
        _ => say::DECEMBER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, NaiveDateTime};
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "00:00")]
    #[case(59_999, "00:00")]
    #[case(MINUTE, "00:01")]
    #[case(4 * HOUR + 12 * MINUTE + 30 * SECOND, "04:12")]
    #[case(47 * HOUR + 10 * MINUTE, "47:10")]
    #[case(99 * HOUR + 59 * MINUTE, "99:59")]
    #[case(100 * HOUR, "4d04h")]
    #[case(99 * DAY + 23 * HOUR, "99d23h")]
    #[case(100 * DAY, "100d")]
    #[case(i64::MAX, "9999d")]
    #[case(-1, "-00:01")]
    #[case(-12 * MINUTE, "-00:12")]
    #[case(-100 * HOUR, "-4d04h")]
    #[case(-10 * DAY, "-10d")]
    #[case(i64::MIN, "-9999d")]
    fn countdowns(#[case] ms: i64, #[case] text: &str) {
        assert_eq!(countdown(ms), text);
    }

    #[rstest]
    #[case(-5, "now", "刚刚")]
    #[case(59 * SECOND, "now", "刚刚")]
    #[case(5 * MINUTE, "5m", "5分钟")]
    #[case(23 * HOUR + 59 * MINUTE, "23h", "23小时")]
    #[case(2 * DAY, "2d", "2天")]
    #[case(1_100 * DAY, "3y", "3年")]
    #[case(i64::MAX, "9999y", "9999年")]
    fn ages(#[case] ms: i64, #[case] en: &str, #[case] zh: &str) {
        assert_eq!((age(Lang::En, ms).as_str(), age(Lang::Zh, ms).as_str()), (en, zh));
    }

    #[rstest]
    #[case(45 * SECOND, "45s", "45秒")]
    #[case(11 * MINUTE + 30 * SECOND, "11m", "11分钟")]
    #[case(2 * HOUR + 5 * MINUTE, "2h05", "2小时05分")]
    #[case(3 * DAY + 4 * HOUR, "3d4h", "3天4小时")]
    #[case(-90 * SECOND, "-1m", "-1分钟")]
    #[case(-1, "0s", "0秒")]
    fn durations(#[case] ms: i64, #[case] en: &str, #[case] zh: &str) {
        assert_eq!((duration(Lang::En, ms).as_str(), duration(Lang::Zh, ms).as_str()), (en, zh));
    }

    #[rstest]
    #[case(0, "0", "0")]
    #[case(9_999, "9999", "9999")]
    #[case(12_345, "12.3k", "1.2万")]
    #[case(20_000, "20k", "2万")]
    #[case(999_999, "999k", "99.9万")]
    #[case(1_250_000, "1.2M", "125万")]
    #[case(123_456_789, "123M", "1.2亿")]
    #[case(u64::MAX, "9999B+", "9999亿+")]
    fn numbers(#[case] n: u64, #[case] en: &str, #[case] zh: &str) {
        assert_eq!((number(Lang::En, n).as_str(), number(Lang::Zh, n).as_str()), (en, zh));
    }

    #[rstest]
    #[case(0.0, "0.0%")]
    #[case(-0.0001, "0.0%")]
    #[case(0.031, "3.1%")]
    #[case(0.0994, "9.9%")]
    #[case(0.0996, "10%")]
    #[case(0.94, "94%")]
    #[case(0.9999, "99%")]
    #[case(1.0, "100%")]
    #[case(-0.24, "-24%")]
    #[case(f64::NAN, "-")]
    #[case(f64::INFINITY, "-")]
    #[case(1e12, "99999%")]
    fn percents(#[case] share: f64, #[case] text: &str) {
        assert_eq!(percent(share), text);
    }

    fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        date.and_hms_opt(hour, minute, 9).unwrap()
    }

    #[test]
    fn clocks_and_days() {
        let now = at(2026, 11, 21, 14, 5);
        assert_eq!(clock(&now), "14:05");
        assert_eq!(clock_seconds(&now), "14:05:09");
        assert_eq!(day(Lang::En, &now), "Sat 21 Nov");
        assert_eq!(day(Lang::Zh, &now), "11月21日 周六");
    }

    #[rstest]
    #[case(at(2026, 11, 21, 7, 30), "07:30", "07:30")]
    #[case(at(2026, 11, 20, 23, 59), "20 Nov 23:59", "11月20日 23:59")]
    #[case(at(2025, 11, 21, 14, 5), "21 Nov 2025 14:05", "2025年11月21日 14:05")]
    fn moments(#[case] then: NaiveDateTime, #[case] en: &str, #[case] zh: &str) {
        let now = at(2026, 11, 21, 14, 5);
        assert_eq!(moment(Lang::En, &then, &now), en);
        assert_eq!(moment(Lang::Zh, &then, &now), zh);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_promised(ms: i64, n: u64, share: f64) {
            prop_assert!(countdown(ms).width() <= COUNTDOWN_COLUMNS);
            prop_assert!(percent(share).width() <= PERCENT_COLUMNS);
            for lang in Lang::ALL {
                prop_assert!(age(lang, ms).width() <= AGE_COLUMNS);
                prop_assert!(number(lang, n).width() <= NUMBER_COLUMNS);
            }
        }

        #[test]
        fn a_countdown_changes_with_the_minute_alone(minute in -20_000_i64..20_000, ms in 0..MINUTE) {
            prop_assert_eq!(countdown(minute * MINUTE), countdown(minute * MINUTE + ms));
        }
    }
}
