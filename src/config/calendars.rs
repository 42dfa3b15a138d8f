//! `[calendar.NAME]` in `policies.toml`: business hours.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::Time;
use crate::domain::sla::Calendar;
use crate::domain::sla::calendar::{DAY, Hours};
use chrono::{NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::Spanned;

/// The name that stands for every hour; no calendar can have it.
pub(super) const ALWAYS: &str = "always";
/// The most days between the first and the last one of a holiday.
const LONGEST_HOLIDAY: usize = 366;

/// A calendar as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCalendar {
    zone: Spanned<String>,
    #[serde(default)]
    hours: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    holidays: Vec<Spanned<String>>,
    #[serde(default)]
    workdays: BTreeMap<String, Spanned<String>>,
}

/// The calendars of a file, by name.
pub(super) type Calendars = BTreeMap<String, Arc<Calendar>>;

/// Reads the calendars; `now` is for whether one is ever open, and `None` does not ask.
///
/// # Errors
/// The first mistake.
pub(super) fn read(
    source: &Source<'_>,
    raw: &BTreeMap<String, Spanned<RawCalendar>>,
    now: Option<Time>,
) -> Result<Calendars, ConfigError> {
    let mut calendars = Calendars::new();
    for (name, written) in raw {
        let field = format!("calendar.{name}");
        if name == ALWAYS || name.is_empty() || name.contains(char::is_whitespace) {
            return Err(source.wrong(&field, written, Problem::NotAName(name.clone())));
        }
        let calendar = calendar(source, &field, name, written.get_ref())?;
        if now.is_some_and(|now| !calendar.opens_within_a_year(now)) {
            return Err(source.wrong(&field, written, Problem::NeverOpen(name.clone())));
        }
        calendars.insert(name.clone(), Arc::new(calendar));
    }
    Ok(calendars)
}

fn calendar(
    source: &Source<'_>,
    field: &str,
    name: &str,
    raw: &RawCalendar,
) -> Result<Calendar, ConfigError> {
    let zone = source.zone(&format!("{field}.zone"), &raw.zone)?;
    let mut week: [Vec<Hours>; 7] = Default::default();
    let mut given = [false; 7];
    for (days, written) in &raw.hours {
        let at = format!("{field}.hours.{days}");
        let days = weekdays(days)
            .ok_or_else(|| source.wrong(&at, written, Problem::NotADay(days.clone())))?;
        let hours = hours(source, &at, written)?;
        for day in days {
            if std::mem::replace(&mut given[day], true) {
                let problem = Problem::Twice(WEEKDAYS[day].to_owned());
                return Err(source.wrong(&at, written, problem));
            }
            week[day].clone_from(&hours);
        }
    }
    let mut calendar = Calendar {
        name: name.to_owned(),
        zone,
        week,
        holidays: Default::default(),
        days: Default::default(),
    };
    let at = format!("{field}.holidays");
    for written in &raw.holidays {
        let days = dates(written.get_ref()).ok_or_else(|| {
            source.wrong(&at, written, Problem::NotADate(written.get_ref().clone()))
        })?;
        calendar.holidays.extend(days);
    }
    for (day, written) in &raw.workdays {
        let at = format!("{field}.workdays.{day}");
        let date = day
            .trim()
            .parse()
            .map_err(|_| source.wrong(&at, written, Problem::NotADate(day.clone())))?;
        // As a weekday, or with hours of its own.
        let of_day = match weekday(written.get_ref().trim()) {
            Some(day) => calendar.week[day].clone(),
            None => hours(source, &at, written)?,
        };
        calendar.days.insert(date, of_day);
    }
    Ok(calendar)
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A weekday's place, Monday first.
fn weekday(name: &str) -> Option<usize> {
    let day: Weekday = name.parse().ok()?;
    Some(day.num_days_from_monday() as usize)
}

/// `mon`, `mon-fri`, `sat,sun`, `daily`.
fn weekdays(written: &str) -> Option<Vec<usize>> {
    let mut days = Vec::new();
    for part in written.split(',').map(str::trim) {
        match part.split_once('-') {
            _ if part == "daily" => days.extend(0..7),
            Some((from, to)) => {
                let (from, to) = (weekday(from.trim())?, weekday(to.trim())?);
                // Over the weekend, too: fri-mon.
                let last = if to < from { to + 7 } else { to };
                days.extend((from..=last).map(|day| day % 7));
            }
            None => days.push(weekday(part)?),
        }
    }
    Some(days)
}

/// `09:00-12:00, 13:30-18:00`; an end that is not after its beginning is of the next day;
/// `closed` is none.
fn hours(
    source: &Source<'_>,
    field: &str,
    written: &Spanned<String>,
) -> Result<Vec<Hours>, ConfigError> {
    let text = written.get_ref().trim();
    if text == "closed" {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for part in text.split(',').map(str::trim) {
        let read = part.split_once(['-', '–']).and_then(|(from, to)| {
            let (from, to) = (minutes(from)?, minutes(to)?);
            let to = if to <= from { to + DAY } else { to };
            (from < DAY && to - from <= DAY).then_some(Hours { from, to })
        });
        match read {
            Some(hours) => all.push(hours),
            None => return Err(source.wrong(field, written, Problem::NotHours(part.to_owned()))),
        }
    }
    all.sort_unstable();
    Ok(all)
}

/// `09:30` as minutes since midnight; `24:00` is the end of the day.
fn minutes(written: &str) -> Option<u32> {
    let (hour, minute) = written.trim().split_once(':')?;
    let number = |text: &str| -> Option<u32> {
        (text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (minute < 60 && (hour < 24 || (hour, minute) == (24, 0))).then_some(hour * 60 + minute)
}

/// `2026-10-01` or `2026-10-01..2026-10-07`.
fn dates(written: &str) -> Option<Vec<NaiveDate>> {
    let (from, to) = written.split_once("..").unwrap_or((written, written));
    let (from, to): (NaiveDate, NaiveDate) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    let days: Vec<NaiveDate> =
        from.iter_days().take_while(|day| *day <= to).take(LONGEST_HOLIDAY + 1).collect();
    (!days.is_empty() && days.len() <= LONGEST_HOLIDAY).then_some(days)
}
