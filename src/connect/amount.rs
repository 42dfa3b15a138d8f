//! Reading figures the way back offices write them: `2.2万`, `1,234`, `32.5%`, `00:01:23`, `¥1,234.50`.
//!
//! A figure is read as what its unit says it is and comes out as it is kept (`figure::Unit`). What
//! could mean two things is not guessed at: it is unreadable, and told as such.

use super::names;
use crate::domain::figure::Unit;
use serde::Deserialize;

/// What a figure's cells are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    /// Pieces.
    #[default]
    Count,
    /// A share: `32.5%`, or a number from 0 to 1.
    Share,
    /// A share whose bare numbers are percent: `32.5` is `32.5%`.
    Percent,
    /// A length of time; bare numbers are seconds.
    Seconds,
    /// A length of time; bare numbers are minutes.
    Minutes,
    /// Money; bare numbers are whole units of it.
    Money,
}

impl Written {
    /// As a unit is written when nobody says otherwise.
    pub fn of(unit: Unit) -> Written {
        match unit {
            Unit::Count => Written::Count,
            Unit::Share => Written::Share,
            Unit::Seconds => Written::Seconds,
            Unit::Money => Written::Money,
        }
    }

    /// The unit it is kept in.
    pub fn unit(self) -> Unit {
        match self {
            Written::Count => Unit::Count,
            Written::Share | Written::Percent => Unit::Share,
            Written::Seconds | Written::Minutes => Unit::Seconds,
            Written::Money => Unit::Money,
        }
    }

    /// With what a column's name says in brackets: `完播率(%)`, `时长（分钟）`.
    #[must_use]
    pub fn hinted(self, note: &str) -> Written {
        match (self, note) {
            (Written::Share, "%" | "percent") => Written::Percent,
            (Written::Seconds, "分钟" | "分" | "min" | "minutes") => Written::Minutes,
            _ => self,
        }
    }
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Nothing: it is empty, or a dash.
    Nothing,
    /// This much, as it is kept.
    Exactly(i64),
    /// About this much: it was written in round numbers, as `2.2万` is.
    About(i64),
    /// It cannot be read as what it should be.
    Unreadable,
}

/// Cells that say that there is nothing to say.
const NOTHING: [&str; 14] =
    ["", "-", "--", "---", "—", "——", "–", "/", "\\", "n/a", "null", "none", "无", "暂无"];

/// Reads a cell.
pub fn read(cell: &str, written: Written) -> Amount {
    let cell = names::half_width(cell);
    let cell = cell.trim().to_lowercase();
    if NOTHING.contains(&cell.as_str()) {
        return Amount::Nothing;
    }
    let value = match written {
        Written::Count => count(&cell),
        Written::Share => share(&cell, false),
        Written::Percent => share(&cell, true),
        Written::Seconds => seconds(&cell, 1.0),
        Written::Minutes => seconds(&cell, 60.0),
        Written::Money => money(&cell),
    };
    match value {
        Some((value, false)) => Amount::Exactly(written.unit().kept(value)),
        Some((value, true)) => Amount::About(written.unit().kept(value)),
        None => Amount::Unreadable,
    }
}

/// A number of things, and whether it is a round one. May be below nothing: followers lost.
fn count(s: &str) -> Option<(f64, bool)> {
    let s = s.trim_end_matches(['次', '人', '个', '条', '篇', '回']).trim_end();
    let (s, more) = match s.strip_suffix('+') {
        Some(rest) => (rest.trim_end(), true),
        None => (s, false),
    };
    let (sign, digits) = match s.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest.trim_start()),
        None => (1.0, s.strip_prefix('+').unwrap_or(s)),
    };
    let (digits, times) = match digits.char_indices().next_back()? {
        (i, '万' | 'w') => (&digits[..i], 1e4),
        (i, '亿') => (&digits[..i], 1e8),
        (i, '千' | 'k') => (&digits[..i], 1e3),
        (i, 'm') => (&digits[..i], 1e6),
        (i, 'b') => (&digits[..i], 1e9),
        _ => (digits, 1.0),
    };
    // 2.2千万
    let (digits, times) = match digits.strip_suffix('千').filter(|_| times == 1e4) {
        Some(rest) => (rest, 1e7),
        None => (digits, times),
    };
    Some((sign * number(digits.trim_end())? * times, more || times > 1.0))
}

/// A share from 0 on.
fn share(s: &str, percent: bool) -> Option<(f64, bool)> {
    if let Some(s) = s.strip_suffix('%') {
        return Some((signed(s.trim_end())? / 100.0, false));
    }
    if let Some(s) = s.strip_suffix('‰') {
        return Some((signed(s.trim_end())? / 1000.0, false));
    }
    let value = signed(s)?;
    match percent {
        true => Some((value / 100.0, false)),
        // 32.5 without a sign may be percent, or times: nobody knows.
        false => (-1.0..=1.0).contains(&value).then_some((value, false)),
    }
}

/// A length of time: `1:02:03`, `02:03`, `1小时2分3秒`, `1m20s`, `15.2s`, `350ms`, or a number of
/// seconds (or what a bare number means, in seconds).
fn seconds(s: &str, bare: f64) -> Option<(f64, bool)> {
    if let Some(value) = number(s) {
        return Some((value * bare, false));
    }
    if s.contains(':') {
        let mut value = 0.0;
        let parts: Vec<&str> = s.split(':').collect();
        if parts.len() > 3 {
            return None;
        }
        for (i, part) in parts.iter().enumerate() {
            let part = number(part.trim())?;
            // 12:99 is no time.
            if i > 0 && part >= 60.0 {
                return None;
            }
            value = value * 60.0 + part;
        }
        return Some((value, false));
    }
    const PARTS: [(&[&str], f64); 5] = [
        (&["毫秒", "ms"], 0.001),
        (&["天", "days", "day", "d"], 86_400.0),
        (&["小时", "时", "hours", "hour", "hr", "h"], 3600.0),
        (&["分钟", "分", "minutes", "minute", "min", "m"], 60.0),
        (&["秒钟", "秒", "seconds", "second", "secs", "sec", "s"], 1.0),
    ];
    let (mut value, mut rest, mut before) = (0.0, s, f64::INFINITY);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let amount = number(&rest[..digits])?;
        let after = rest[digits..].trim_start();
        let found = PARTS.iter().find_map(|(names, worth)| {
            names.iter().find_map(|n| after.strip_prefix(n)).map(|left| (left, *worth))
        });
        let (left, worth) = found?;
        // From large to small, each once.
        if worth >= before {
            return None;
        }
        (value, rest, before) = (value + amount * worth, left.trim_start(), worth);
    }
    Some((value, false))
}

/// Money of whatever currency: the desk reckons in one.
fn money(s: &str) -> Option<(f64, bool)> {
    let (sign, s) = match s.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest.trim_start()),
        None => (1.0, s),
    };
    let marks = ["us$", "rmb", "cny", "usd", "eur", "¥", "$", "€", "£"];
    let s = marks.iter().find_map(|mark| s.strip_prefix(mark)).unwrap_or(s).trim_start();
    let ends = ["rmb", "cny", "usd", "eur", "元", "€"];
    let s = ends.iter().find_map(|mark| s.strip_suffix(mark)).unwrap_or(s).trim_end();
    let (value, about) = count(s)?;
    Some((sign * value, about))
}

fn signed(s: &str) -> Option<f64> {
    match s.strip_prefix(['-', '−']) {
        Some(rest) => number(rest.trim_start()).map(|n| -n),
        None => number(s.strip_prefix('+').unwrap_or(s)),
    }
}

/// Digits with an optional fraction; thousands may be parted by commas, blanks or `_`, but only
/// as thousands: `1,2` is no number.
fn number(s: &str) -> Option<f64> {
    let (whole, part) = match s.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (s, None),
    };
    if part.is_some_and(|p| !p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let groups: Vec<&str> = whole.split([',', ' ', '_', '\'']).collect();
    let fits = |(i, group): (usize, &&str)| {
        let right = if i == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        group.bytes().all(|b| b.is_ascii_digit()) && (groups.len() == 1 || right)
    };
    if !groups.iter().enumerate().all(fits) {
        return None;
    }
    let digits = groups.concat();
    // `.5` is a number, `.` is none.
    if digits.is_empty() && part.is_none_or(str::is_empty) {
        return None;
    }
    format!("{digits}.{}", part.unwrap_or("0")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Amount::{About, Exactly, Nothing, Unreadable};
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("1234", Exactly(1234))]
    #[case(" 1,234 ", Exactly(1234))]
    #[case("1，234，567", Exactly(1_234_567))]
    #[case("12 345", Exactly(12_345))]
    #[case("1\u{a0}234", Exactly(1234))]
    #[case("１２３", Exactly(123))]
    #[case("12.0", Exactly(12))]
    #[case("-35", Exactly(-35))]
    #[case("+35", Exactly(35))]
    #[case("300次", Exactly(300))]
    #[case("2.2万", About(22_000))]
    #[case("-1.5万", About(-15_000))]
    #[case("1.3亿", About(130_000_000))]
    #[case("2千万", About(20_000_000))]
    #[case("1.2万次", About(12_000))]
    #[case("12k", About(12_000))]
    #[case("3.4W", About(34_000))]
    #[case("1.5M", About(1_500_000))]
    #[case("10w+", About(100_000))]
    #[case("10万＋", About(100_000))]
    #[case("100+", About(100))]
    #[case("—", Nothing)]
    #[case("--", Nothing)]
    #[case("", Nothing)]
    #[case("N/A", Nothing)]
    #[case("暂无", Nothing)]
    #[case("1,2", Unreadable)]
    #[case("1,2345", Unreadable)]
    #[case("nan", Unreadable)]
    #[case("inf", Unreadable)]
    #[case("1e5", Unreadable)]
    #[case("万", Unreadable)]
    #[case("12a", Unreadable)]
    #[case("1.2.3", Unreadable)]
    #[case("--5", Unreadable)]
    fn counts(#[case] cell: &str, #[case] amount: Amount) {
        assert_eq!(read(cell, Written::Count), amount);
    }

    #[rstest]
    #[case("32.5%", Written::Share, Exactly(3250))]
    #[case("32.5％", Written::Share, Exactly(3250))]
    #[case("0.325", Written::Share, Exactly(3250))]
    #[case("1", Written::Share, Exactly(10_000))]
    #[case("-3%", Written::Share, Exactly(-300))]
    #[case("120%", Written::Share, Exactly(12_000))]
    #[case("5‰", Written::Share, Exactly(50))]
    #[case("32.5", Written::Share, Unreadable)]
    #[case("32.5", Written::Percent, Exactly(3250))]
    #[case("0.5", Written::Percent, Exactly(50))]
    #[case("0.5%", Written::Percent, Exactly(50))]
    #[case("-", Written::Share, Nothing)]
    fn shares(#[case] cell: &str, #[case] written: Written, #[case] amount: Amount) {
        assert_eq!(read(cell, written), amount);
    }

    #[rstest]
    #[case("00:01:23", Written::Seconds, Exactly(83_000))]
    #[case("1:02", Written::Seconds, Exactly(62_000))]
    #[case("15.2s", Written::Seconds, Exactly(15_200))]
    #[case("10秒", Written::Seconds, Exactly(10_000))]
    #[case("1分20秒", Written::Seconds, Exactly(80_000))]
    #[case("1小时2分3秒", Written::Seconds, Exactly(3_723_000))]
    #[case("1h 2m", Written::Seconds, Exactly(3_720_000))]
    #[case("350ms", Written::Seconds, Exactly(350))]
    #[case("83.5", Written::Seconds, Exactly(83_500))]
    #[case("1.5", Written::Minutes, Exactly(90_000))]
    #[case("1,234", Written::Seconds, Exactly(1_234_000))]
    #[case("12:99", Written::Seconds, Unreadable)]
    #[case("20秒1分", Written::Seconds, Unreadable)]
    #[case("1:2:3:4", Written::Seconds, Unreadable)]
    #[case("soon", Written::Seconds, Unreadable)]
    fn lengths_of_time(#[case] cell: &str, #[case] written: Written, #[case] amount: Amount) {
        assert_eq!(read(cell, written), amount);
    }

    #[rstest]
    #[case("¥1,234.50", Exactly(123_450))]
    #[case("￥1,234.50", Exactly(123_450))]
    #[case("-¥12", Exactly(-1200))]
    #[case("¥-12", Exactly(-1200))]
    #[case("12.5元", Exactly(1250))]
    #[case("1.2万元", About(1_200_000))]
    #[case("US$ 3", Exactly(300))]
    #[case("99", Exactly(9900))]
    #[case("¥", Unreadable)]
    fn money_is_kept_in_hundredths(#[case] cell: &str, #[case] amount: Amount) {
        assert_eq!(read(cell, Written::Money), amount);
    }

    #[test]
    fn a_columns_name_may_say_what_its_numbers_are() {
        assert_eq!(Written::Share.hinted("%"), Written::Percent);
        assert_eq!(Written::Seconds.hinted("分钟"), Written::Minutes);
        assert_eq!(Written::Count.hinted("%"), Written::Count);
    }

    proptest! {
        #[test]
        fn every_whole_number_is_read_as_itself(n in -9_007_199_254_740_991_i64..9_007_199_254_740_991) {
            prop_assert_eq!(read(&n.to_string(), Written::Count), Exactly(n));
        }

        #[test]
        fn no_cell_makes_it_fall(cell in any::<String>()) {
            for written in [Written::Count, Written::Share, Written::Seconds, Written::Money] {
                let _ = read(&cell, written);
            }
        }
    }
}
