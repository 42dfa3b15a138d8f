//! Business hours: which moments count. Hours by weekday, several stretches a day, over midnight,
//! holidays, make-up workdays, in one time zone with its changes of the clocks.
//!
//! A stretch belongs to the day it begins on: a night shift that began before a holiday goes on to
//! its end, and one that would begin on a holiday does not take place. Where the clocks change, what
//! counts is the time that really passes between the two readings of the clock.

use super::super::{Span, Time};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// Minutes of a day.
pub const DAY: u32 = 24 * 60;
/// How far ahead an open hour is looked for, in days, and how far a deadline may lie: far more
/// than the longest target (ten years) of a calendar that is open at all.
const FAR: u64 = 366 * 60;
/// A deadline that is never reached: the year 9999.
pub const NEVER: Time = Time(253_370_764_800_000);

/// A stretch of open time, in minutes since midnight of the day it begins on. The end may lie after
/// midnight, up to a day after the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// When it begins, 0 to 1439.
    pub from: u32,
    /// When it ends: after `from`, by a day at most.
    pub to: u32,
}

/// Business hours with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// What the policies call it.
    pub name: String,
    /// Where its clocks hang.
    pub zone: Tz,
    /// The stretches of each weekday, Monday first.
    pub week: [Vec<Hours>; 7],
    /// Days without any, whatever the weekday.
    pub holidays: BTreeSet<NaiveDate>,
    /// Days with stretches of their own: make-up workdays, shortened days. They win over holidays.
    pub days: BTreeMap<NaiveDate, Vec<Hours>>,
}

impl Calendar {
    /// The stretches that begin on a day.
    pub fn hours_on(&self, day: NaiveDate) -> &[Hours] {
        match self.days.get(&day) {
            Some(own) => own,
            None if self.holidays.contains(&day) => &[],
            None => self.weekday(day.weekday()),
        }
    }

    /// The stretches of a weekday.
    pub fn weekday(&self, day: Weekday) -> &[Hours] {
        &self.week[day.num_days_from_monday() as usize]
    }

    /// The moment at which this much open time has passed since `start`. For no time at all it is
    /// `start` itself; [`NEVER`] when the calendar does not have so much.
    pub fn add(&self, start: Time, span: Span) -> Time {
        let mut left = span.0;
        if left <= 0 {
            return start;
        }
        for (from, to) in self.open_from(start) {
            let here = (to - from).0;
            if here >= left {
                return from + Span(left);
            }
            left -= here;
        }
        NEVER
    }

    /// The open time between two moments; zero when `to` is not after `from`.
    pub fn between(&self, from: Time, to: Time) -> Span {
        let open = self.open_from(from).take_while(|(begin, _)| *begin < to);
        Span(open.map(|(begin, end)| (end.min(to) - begin).0).sum())
    }

    /// The first open moment from `at` on; `None` when there is none in sixty years.
    pub fn next_open(&self, at: Time) -> Option<Time> {
        self.open_from(at).next().map(|(from, _)| from)
    }

    /// Whether there is an open hour in the year from `now` on.
    pub fn opens_within_a_year(&self, now: Time) -> bool {
        let year = Span::hours(24 * 365);
        self.next_open(now).is_some_and(|open| open < now + year)
    }

    /// The open stretches from a moment on, in order, not touching each other, the first one cut at
    /// that moment.
    pub fn open_from(&self, at: Time) -> impl Iterator<Item = (Time, Time)> + '_ {
        let today = at.in_zone(self.zone).date_naive();
        // What began yesterday may go on today, and began a day later where a zone left one out.
        let first = today.checked_sub_days(Days::new(2)).unwrap_or(today);
        Stretches::new(self, first, last_day(today))
            .map(move |(from, to)| (from.max(at), to))
            .filter(|(from, to)| to > from)
    }

    /// A day's stretches as moments, in order.
    fn moments(&self, day: NaiveDate, into: &mut Vec<(Time, Time)>) {
        for hours in self.hours_on(day) {
            let (from, to) = (self.moment(day, hours.from), self.moment(day, hours.to));
            if from < to {
                into.push((from, to));
            }
        }
    }

    fn moment(&self, day: NaiveDate, minutes: u32) -> Time {
        let local = day
            .checked_add_days(Days::new(u64::from(minutes / DAY)))
            .zip(NaiveTime::from_num_seconds_from_midnight_opt(minutes % DAY * 60, 0))
            .map_or(NaiveDateTime::MAX, |(day, time)| day.and_time(time));
        Time::from_local(local, self.zone)
    }
}

fn last_day(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(FAR)).unwrap_or(NaiveDate::MAX)
}

/// Open stretches, joined where they touch.
struct Stretches<'a> {
    calendar: &'a Calendar,
    /// The next day whose stretches are not in `ahead` yet, and when it begins.
    next: Option<(NaiveDate, Time)>,
    last: NaiveDate,
    /// Stretches to come, last one first.
    ahead: Vec<(Time, Time)>,
    /// What lies before is told.
    told: Time,
}

impl<'a> Stretches<'a> {
    fn new(calendar: &'a Calendar, from: NaiveDate, last: NaiveDate) -> Stretches<'a> {
        let next = Some((from, calendar.moment(from, 0)));
        Stretches { calendar, next, last, ahead: Vec::new(), told: Time(i64::MIN) }
    }

    /// Takes the stretches of the next day in. False after the last day.
    fn fill(&mut self) -> bool {
        let Some((day, _)) = self.next.filter(|(day, _)| *day <= self.last) else { return false };
        self.next = day.succ_opt().map(|next| (next, self.calendar.moment(next, 0)));
        self.calendar.moments(day, &mut self.ahead);
        self.ahead.sort_unstable_by(|a, b| b.cmp(a));
        true
    }

    /// Takes all days in that could begin before this moment is over.
    fn fill_to(&mut self, moment: Time) {
        while self.next.is_some_and(|(_, begins)| begins <= moment) && self.fill() {}
    }
}

impl Iterator for Stretches<'_> {
    type Item = (Time, Time);

    fn next(&mut self) -> Option<(Time, Time)> {
        while self.ahead.is_empty() {
            if !self.fill() {
                return None;
            }
        }
        let (from, mut to) = self.ahead.pop()?;
        // A night shift reaches into the next day, whose first stretch may begin before it ends.
        self.fill_to(to);
        while let Some((next_from, next_to)) = self.ahead.last().copied() {
            // A calendar that never closes is told in parts.
            if next_from > to || (to - from).0 > Span::hours(24 * 7).0 {
                break;
            }
            to = to.max(next_to);
            self.ahead.pop();
            self.fill_to(to);
        }
        let from = from.max(self.told);
        self.told = self.told.max(to);
        Some((from, to.max(from)))
    }
}

#[cfg(test)]
mod tests;
