//! Times of rows that have no date: only a month, a day of the week and an hour.

use super::profile::Names;
use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};
use serde::Deserialize;

/// The columns that say when, and what is not in them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The year of all rows.
    pub year: i32,
    /// The month: 1 to 12, or its English name.
    pub month: Names,
    /// The day of the week: 1 to 7 (or 0 to 6), or its English name.
    pub weekday: Names,
    /// The hour of the day: 0 to 24.
    pub hour: Names,
    /// Which day the least number means.
    #[serde(default)]
    pub first: First,
    /// The number of that day.
    #[serde(default = "one")]
    pub first_number: u32,
}

/// With which day a week begins in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum First {
    /// As ISO counts.
    #[default]
    Monday,
    /// As spreadsheets count.
    Sunday,
}

fn one() -> u32 {
    1
}

impl Calendar {
    /// A moment that has what the cells say, by the clocks of the row's zone. In which week of the
    /// month it lies nobody knows: the row itself (`salt`) picks one of those there are, so that the
    /// same row always has the same time. `None` = the cells say nothing that can be.
    pub fn moment(
        &self,
        month: &str,
        weekday: &str,
        hour: &str,
        salt: u64,
    ) -> Option<NaiveDateTime> {
        let month = number(month).or_else(|| {
            let name: chrono::Month = month.trim().parse().ok()?;
            Some(name.number_from_month())
        })?;
        let weekday = match number(weekday) {
            Some(n) => self.day(n)?,
            None => weekday.trim().parse::<Weekday>().ok()?,
        };
        let hour = number(hour)?;
        let days: Vec<NaiveDate> = NaiveDate::from_ymd_opt(self.year, month, 1)?
            .iter_days()
            .take_while(|day| day.month() == month)
            .filter(|day| day.weekday() == weekday)
            .collect();
        let day = days[(salt % days.len().max(1) as u64) as usize];
        match hour {
            // Midnight of the same day, as some clocks count.
            24 => day.and_hms_opt(0, 0, 0),
            _ => day.and_hms_opt(hour, 0, 0),
        }
    }

    fn day(&self, number: u32) -> Option<Weekday> {
        let after = number.checked_sub(self.first_number).filter(|n| *n < 7)?;
        let first = match self.first {
            First::Monday => Weekday::Mon,
            First::Sunday => Weekday::Sun,
        };
        Some((0..after).fold(first, |day, _| day.succ()))
    }
}

/// A whole number, also as `12.0`.
fn number(cell: &str) -> Option<u32> {
    let cell = cell.trim();
    cell.strip_suffix(".0").unwrap_or(cell).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn calendar(first: First) -> Calendar {
        let name = |n: &str| Names::One(n.to_owned());
        let (month, weekday, hour) = (name("m"), name("d"), name("h"));
        Calendar { year: 2026, month, weekday, hour, first, first_number: 1 }
    }

    #[rstest]
    #[case(First::Monday, "8", "1", "10", 0, Some("2026-08-03T10:00:00"))]
    #[case(First::Sunday, "8", "1", "10", 0, Some("2026-08-02T10:00:00"))]
    #[case(First::Monday, "8.0", "7", "0", 1, Some("2026-08-09T00:00:00"))]
    #[case(First::Monday, "August", "Tuesday", "24", 9, Some("2026-08-11T00:00:00"))]
    #[case(First::Monday, "13", "1", "10", 0, None)]
    #[case(First::Monday, "8", "8", "10", 0, None)]
    #[case(First::Monday, "8", "0", "10", 0, None)]
    #[case(First::Monday, "8", "1", "25", 0, None)]
    #[case(First::Monday, "", "1", "10", 0, None)]
    fn a_time_has_what_the_cells_say(
        #[case] first: First,
        #[case] month: &str,
        #[case] weekday: &str,
        #[case] hour: &str,
        #[case] salt: u64,
        #[case] moment: Option<&str>,
    ) {
        let found = calendar(first).moment(month, weekday, hour, salt);
        assert_eq!(found, moment.map(|m| m.parse().unwrap()));
    }

    #[test]
    fn rows_are_spread_over_the_weeks_of_their_month() {
        let of = |salt| calendar(First::Monday).moment("8", "1", "10", salt).unwrap().day();
        assert_eq!((0..6).map(of).collect::<Vec<_>>(), [3, 10, 17, 24, 31, 3]);
    }
}
