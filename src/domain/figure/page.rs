//! How figures of channels are kept: pages of samples, each rolled up into the next coarser one.
//!
//! A page holds what fell into one stretch of time at one resolution: an hour of minutes, a day of
//! hours, a month of days. A year of many figures so takes few records, and any screen few reads.

use crate::domain::{Span, Time};
use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// The most bytes of a figure's name.
pub const MOST_NAME: usize = 64;

/// How fine the samples of a page are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grain {
    /// By the minute; a page is a UTC hour.
    Minute,
    /// By the UTC hour; a page is a UTC day.
    Hour,
    /// By the UTC day; a page is a UTC month.
    Day,
}

impl Grain {
    /// All of them, the finest first.
    pub const ALL: [Grain; 3] = [Grain::Minute, Grain::Hour, Grain::Day];

    /// How long a sample is.
    pub fn step(self) -> Span {
        match self {
            Grain::Minute => Span::minutes(1),
            Grain::Hour => Span::hours(1),
            Grain::Day => Span::hours(24),
        }
    }

    /// How long samples are kept; `None` = for ever.
    pub fn kept(self) -> Option<Span> {
        match self {
            Grain::Minute => Some(Span::hours(14 * 24)),
            Grain::Hour => Some(Span::hours(400 * 24)),
            Grain::Day => None,
        }
    }

    /// Where the page of a moment begins, and the place of its sample there.
    pub fn place(self, at: Time) -> (Time, u8) {
        let step = self.step().0;
        let start = match self {
            Grain::Minute => Grain::Hour.sample(at),
            Grain::Hour => Grain::Day.sample(at),
            Grain::Day => month(at),
        };
        // At most 59 minutes, 23 hours, 30 days.
        (start, u8::try_from((at - start).0.div_euclid(step)).unwrap_or(0))
    }

    /// Where the page after the one that begins here begins.
    pub fn next(self, start: Time) -> Time {
        match self {
            Grain::Minute => start + Span::hours(1),
            Grain::Hour => start + Span::hours(24),
            Grain::Day => {
                let date = start.to_utc().date_naive();
                let next = date.checked_add_months(Months::new(1)).unwrap_or(date);
                midnight(next).max(start + Span::hours(24))
            }
        }
    }

    /// When the sample of a moment begins.
    pub fn sample(self, at: Time) -> Time {
        Time(at.0.div_euclid(self.step().0) * self.step().0)
    }
}

fn month(at: Time) -> Time {
    let date = at.to_utc().date_naive();
    midnight(date.with_day(1).unwrap_or(date))
}

fn midnight(date: NaiveDate) -> Time {
    Time::from(date.and_time(NaiveTime::MIN).and_utc())
}

/// What fell into one sample. Written as a list of numbers, three of them when it was made of one
/// value: a page has to fit into one value of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<i64>", try_from = "Vec<i64>")]
pub struct Sample {
    /// Its place on the page.
    pub place: u8,
    /// The newest value.
    pub last: i64,
    /// When that was read.
    pub at: Time,
    /// The first value, and when it was read: what a running total gained within the sample.
    pub first: (i64, Time),
    /// The smallest value.
    pub low: i64,
    /// The largest one.
    pub high: i64,
    /// How many values it was made of.
    pub count: u32,
    /// Their sum: what their mean is made of.
    pub sum: i64,
}

impl From<Sample> for Vec<i64> {
    fn from(s: Sample) -> Vec<i64> {
        let mut list = vec![i64::from(s.place), s.last, s.at.0];
        if s != Sample::one(s.place, s.at, s.last) {
            list.extend([s.first.0, s.first.1.0, s.low, s.high, i64::from(s.count), s.sum]);
        }
        list
    }
}

impl TryFrom<Vec<i64>> for Sample {
    type Error = &'static str;

    fn try_from(list: Vec<i64>) -> Result<Sample, &'static str> {
        const ODD: &str = "a sample is a list of 3 or 9 numbers";
        let place = |n: i64| u8::try_from(n).map_err(|_| ODD);
        match list[..] {
            [p, last, at] => Ok(Sample::one(place(p)?, Time(at), last)),
            [p, last, at, first, first_at, low, high, count, sum] => Ok(Sample {
                place: place(p)?,
                last,
                at: Time(at),
                first: (first, Time(first_at)),
                low,
                high,
                count: u32::try_from(count).map_err(|_| ODD)?,
                sum,
            }),
            _ => Err(ODD),
        }
    }
}

impl Sample {
    /// Of one value.
    fn one(place: u8, at: Time, value: i64) -> Sample {
        Sample {
            place,
            last: value,
            at,
            first: (value, at),
            low: value,
            high: value,
            count: 1,
            sum: value,
        }
    }

    /// The mean of the values.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / f64::from(self.count.max(1))
    }
}

/// Samples of one stretch of time, in order of their places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Page(pub Vec<Sample>);

impl Page {
    /// Notes a value that was read; the newest one of a sample counts, and the same moment told
    /// again is a correction. Where the sample was made of finer ones, which are not kept any more,
    /// it is one more of them. Answers whether anything changed.
    pub fn note(&mut self, place: u8, at: Time, value: i64) -> bool {
        let i = match self.0.binary_search_by_key(&place, |s| s.place) {
            Ok(i) => i,
            Err(i) => {
                self.0.insert(i, Sample::one(place, at, value));
                return true;
            }
        };
        let s = &mut self.0[i];
        if s.at > at || (s.at, s.last) == (at, value) {
            return false;
        }
        if s.count == 1 {
            *s = Sample::one(place, at, value);
            return true;
        }
        let more = at > s.at;
        s.sum = s.sum.saturating_add(value).saturating_sub(if more { 0 } else { s.last });
        s.count = s.count.saturating_add(u32::from(more));
        (s.low, s.high) = (s.low.min(value), s.high.max(value));
        (s.last, s.at) = (value, at);
        true
    }

    /// Puts the whole of a finer page in as one sample; an empty one takes it away.
    pub fn roll_up(&mut self, place: u8, finer: &Page) {
        let sum = finer.sum_up(place);
        match (self.0.binary_search_by_key(&place, |s| s.place), sum) {
            (Ok(i), Some(sum)) => self.0[i] = sum,
            (Err(i), Some(sum)) => self.0.insert(i, sum),
            (Ok(i), None) => drop(self.0.remove(i)),
            (Err(_), None) => {}
        }
    }

    fn sum_up(&self, place: u8) -> Option<Sample> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        let all = || self.0.iter();
        Some(Sample {
            place,
            last: last.last,
            at: last.at,
            first: first.first,
            low: all().map(|s| s.low).min()?,
            high: all().map(|s| s.high).max()?,
            count: all().fold(0, |n, s| n.saturating_add(s.count)),
            sum: all().fold(0, |sum, s| sum.saturating_add(s.sum)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Time {
        Time::from(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
    }

    #[test]
    fn moments_have_their_page_and_place() {
        let moment = at("2024-02-29T13:07:30Z");
        assert_eq!(Grain::Minute.place(moment), (at("2024-02-29T13:00:00Z"), 7));
        assert_eq!(Grain::Hour.place(moment), (at("2024-02-29T00:00:00Z"), 13));
        assert_eq!(Grain::Day.place(moment), (at("2024-02-01T00:00:00Z"), 28));
        assert_eq!(Grain::Day.next(at("2024-12-01T00:00:00Z")), at("2025-01-01T00:00:00Z"));
    }

    #[test]
    fn a_minute_has_its_newest_value_and_corrections_count() {
        let mut page = Page::default();
        assert!(page.note(7, Time(5), 10));
        assert!(page.note(7, Time(9), 12));
        assert!(!page.note(7, Time(6), 11), "an older one");
        assert!(!page.note(7, Time(9), 12), "the same again");
        assert!(page.note(7, Time(9), 13), "a correction");
        assert_eq!((page.0.len(), page.0[0].last, page.0[0].sum), (1, 13, 13));
    }

    #[test]
    fn a_full_page_fits_into_a_value_of_the_store() {
        let mut page = Page::default();
        for n in 0..60 {
            let at = Time(1_795_240_800_123 + i64::from(n) * 60_000);
            page.note(n, at, i64::from(u32::MAX) + i64::from(n));
        }
        assert!(rmp_serde::to_vec_named(&page).unwrap().len() < 4_096);
        let mut hours = Page::default();
        (0..24).for_each(|n| hours.roll_up(n, &page));
        let bytes = rmp_serde::to_vec_named(&hours).unwrap();
        assert!(bytes.len() < 4_096);
        assert_eq!(rmp_serde::from_slice::<Page>(&bytes).unwrap(), hours);
    }

    #[test]
    fn what_comes_when_the_minutes_are_gone_is_one_value_more() {
        let (mut minutes, mut hours) = (Page::default(), Page::default());
        minutes.note(0, Time(1), 4);
        minutes.note(1, Time(60_001), 6);
        hours.roll_up(0, &minutes);
        assert!(hours.note(0, Time(120_000), 20));
        assert_eq!((hours.0[0].sum, hours.0[0].count, hours.0[0].last), (30, 3, 20));
        assert!(hours.note(0, Time(120_000), 10), "a correction");
        assert!(!hours.note(0, Time(120_000), 10), "told again");
        assert_eq!((hours.0[0].sum, hours.0[0].count), (20, 3));
    }

    proptest! {
        /// However values come, late or corrected, an hour is what its minutes are.
        #[test]
        fn an_hour_is_what_its_minutes_are(
            values in proptest::collection::vec((0i64..3_600_000, -50i64..1_000), 1..60),
        ) {
            let (mut minutes, mut hours) = (Page::default(), Page::default());
            let mut newest = std::collections::BTreeMap::new();
            for (ms, value) in values {
                let place = Grain::Minute.place(Time(ms)).1;
                minutes.note(place, Time(ms), value);
                hours.roll_up(0, &minutes);
                let known = newest.entry(place).or_insert((ms, value));
                if ms >= known.0 {
                    *known = (ms, value);
                }
            }
            let hour = hours.0[0];
            prop_assert_eq!(hour.sum, newest.values().map(|(_, v)| v).sum::<i64>());
            prop_assert_eq!(hour.count as usize, newest.len());
            prop_assert_eq!(hour.low, newest.values().map(|(_, v)| *v).min().unwrap());
            prop_assert_eq!(hour.last, newest.values().max_by_key(|(ms, _)| ms).unwrap().1);
            prop_assert_eq!(hour.first.0, newest.values().min_by_key(|(ms, _)| ms).unwrap().1);
        }
    }
}
