//! A day, a week or a month of a zone.

use crate::domain::Time;
use crate::domain::slot::bounds;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// From midnight to midnight.
    #[default]
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Of {
    /// All of them, the shortest first.
    pub const ALL: [Of; 3] = [Of::Day, Of::Week, Of::Month];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Of::Day => "day",
            Of::Week => "week",
            Of::Month => "month",
        }
    }

    /// The first and the last day of the one that a day lies in.
    pub fn around(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        match self {
            Of::Day => (day, day),
            Of::Week => {
                let first = back(day, u64::from(day.weekday().num_days_from_monday()));
                (first, on(first, 6))
            }
            Of::Month => {
                let first = back(day, u64::from(day.day0()));
                // The month after begins within 31 days, and no two of them.
                let next = on(first, 31);
                (first, back(next, u64::from(next.day0()) + 1))
            }
        }
    }

    /// The last day of the one before the one that a day lies in.
    pub fn before(self, day: NaiveDate) -> NaiveDate {
        back(self.around(day).0, 1)
    }

    /// A day of the period that is meant: `today`, `yesterday`, `this` (the one that goes on),
    /// `last` (the one before it), `2026-11-21`, of a month also `2026-11`, of a week also
    /// `2026-W47`. `None` = it is none of these.
    pub fn day(self, written: &str, today: NaiveDate) -> Option<NaiveDate> {
        match written {
            "today" | "this" => return Some(today),
            "yesterday" => return today.pred_opt(),
            "last" => return Some(self.before(today)),
            _ => {}
        }
        if let Ok(day) = written.parse() {
            return Some(day);
        }
        match self {
            Of::Day => None,
            Of::Month => format!("{written}-01").parse().ok(),
            Of::Week => {
                let (year, week) = written.split_once("-W")?;
                NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)
            }
        }
    }
}

/// Days that end at the edge of the calendar stay there.
fn on(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn back(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// The period of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How long it is.
    pub of: Of,
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// The zone whose days these are, an IANA name.
    pub zone: String,
    /// When it begins.
    pub from: Time,
    /// When it ends (not included).
    pub to: Time,
    /// Up to when it is told of: its end, or the present when that comes before it.
    pub until: Time,
}

impl Period {
    /// The period that a day lies in, as far as it is over.
    pub fn new(of: Of, day: NaiveDate, zone: Tz, now: Time) -> Period {
        let (first, last) = of.around(day);
        let (from, to) = (bounds(first, zone).0, bounds(last, zone).1);
        let zone = zone.name().to_owned();
        Period { of, first, last, zone, from, to, until: now.max(from).min(to) }
    }

    /// The zone.
    pub fn zone(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// True when it is over.
    pub fn is_over(&self) -> bool {
        self.until == self.to
    }

    /// The one before it, as far as this one is over: of a week that is told on Wednesday at noon,
    /// the week before up to Wednesday noon.
    pub fn before(&self) -> Period {
        let mut before = Period::new(self.of, self.of.before(self.first), self.zone(), self.to);
        if !self.is_over() {
            let whole = self.days().filter(|day| bounds(*day, self.zone()).1 <= self.until).count();
            let day = on(before.first, whole as u64);
            let (begins, ends) = bounds(day, self.zone());
            let gone = self.until - bounds(on(self.first, whole as u64), self.zone()).0;
            before.until = (begins + gone).min(ends).min(before.to);
        }
        before
    }

    /// Its days, those that have not begun among them.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let last = self.last;
        self.first.iter_days().take_while(move |day| *day <= last)
    }

    /// Its days that have begun, each with the time of it that is told of.
    pub fn told(&self) -> Vec<(NaiveDate, (Time, Time))> {
        let (zone, until) = (self.zone(), self.until);
        let day = |day| (day, bounds(day, zone));
        let begun = self.days().map(day).take_while(|(_, (from, _))| *from < until);
        begun.map(|(day, (from, to))| (day, (from, to.min(until)))).collect()
    }
}
