//! What became of the rows of an import.

use crate::connect::profile::{Kind, Profile};
use crate::connect::reason::{Mend, Reason};
use crate::connect::sink::Taken;
use crate::connect::when::Zone;
use crate::domain::Event;
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By which profile.
    pub profile: String,
    /// What its rows are.
    pub kind: Kind,
    /// Rows read, rejected ones included, the header not.
    pub rows: u64,
    /// New messages.
    pub added: u64,
    /// New conversations among them.
    pub opened: u64,
    /// Known messages that changed.
    pub changed: u64,
    /// Rows that brought nothing new.
    pub known: u64,
    /// Rows that are of the same thing as one above them; the later one counts.
    pub repeated: u64,
    /// Which figures were there, and when.
    pub coverage: Coverage,
    /// Rows that were not taken, by reason; those that hold nothing to take among them.
    pub rejected: BTreeMap<Reason, u64>,
    /// Rows that were taken with something mended or left out.
    pub mended: BTreeMap<Mend, u64>,
    /// Columns or fields that the profile does not know.
    pub unknown_columns: BTreeSet<String>,
    /// Columns that the profile names and the file has not.
    pub absent_columns: BTreeSet<String>,
    /// Columns that the profile knows and needs not.
    pub ignored_columns: BTreeSet<String>,
    /// Where the source could not be read on, and why: its line, and the system's words.
    pub broken: Option<(u64, String)>,
    /// It was ended early.
    pub stopped: bool,
    /// From the start to the last answer.
    pub elapsed: Duration,
}

impl Report {
    /// Rows that were not taken because something is the matter with them.
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.iter().filter(|(why, _)| !why.is_beside()).map(|(_, n)| n).sum()
    }

    /// Rows that hold nothing to take.
    pub fn beside_rows(&self) -> u64 {
        self.rejected.iter().filter(|(why, _)| why.is_beside()).map(|(_, n)| n).sum()
    }

    /// Rows a second.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    pub(super) fn took(&mut self, taken: &Taken) {
        self.added += u64::from(taken.added);
        self.opened += u64::from(taken.opened);
        self.changed += u64::from(taken.changed);
        self.known += u64::from(taken.known);
    }
}

/// The most days that are held, over all figures.
const MOST_DAYS: usize = 100_000;
/// The most rows among which repeated ones are known.
const MOST_SEEN: usize = 1_000_000;

/// Which figures the rows have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Rows with figures.
    pub rows: u64,
    /// How many of them have each.
    pub figures: BTreeMap<String, u64>,
    /// Of figures of the account: the days that have each.
    pub days: BTreeMap<String, BTreeSet<NaiveDate>>,
}

impl Coverage {
    /// Of a profile's figures, before the first row.
    pub fn of(profile: &Profile) -> Coverage {
        let figures = profile.figures.keys().map(|name| (name.clone(), 0)).collect();
        Coverage { figures, ..Coverage::default() }
    }

    /// Counts what an event tells.
    pub(super) fn count(&mut self, event: &Event, zone: Zone) {
        let (names, day): (Vec<&String>, _) = match event {
            Event::Published(post) => (post.values.keys().collect(), None),
            Event::Metrics { at, values, .. } => (values.keys().collect(), zone.day(*at)),
            _ => return,
        };
        self.rows += 1;
        let held: usize = self.days.values().map(BTreeSet::len).sum();
        for name in names {
            *self.figures.entry(name.clone()).or_default() += 1;
            if let Some(day) = day.filter(|_| held < MOST_DAYS) {
                self.days.entry(name.clone()).or_default().insert(day);
            }
        }
    }

    /// The first and the last day that has a figure.
    pub fn range(&self) -> Option<(NaiveDate, NaiveDate)> {
        let first = self.days.values().filter_map(BTreeSet::first).min()?;
        let last = self.days.values().filter_map(BTreeSet::last).max()?;
        Some((*first, *last))
    }

    /// How many days the range has.
    pub fn span(&self) -> u64 {
        self.range().map_or(0, |(a, b)| u64::try_from((b - a).num_days() + 1).unwrap_or(0))
    }

    /// The days of the range without this figure; of `None`, without any. At most the first hundred.
    pub fn missing(&self, figure: Option<&str>) -> Vec<NaiveDate> {
        let Some((first, last)) = self.range() else { return vec![] };
        let has = |day: &NaiveDate| match figure {
            Some(name) => self.days.get(name).is_some_and(|days| days.contains(day)),
            None => self.days.values().any(|days| days.contains(day)),
        };
        let days = std::iter::successors(Some(first), |day| day.checked_add_days(Days::new(1)));
        days.take_while(|day| *day <= last).filter(|day| !has(day)).take(100).collect()
    }
}

/// What came before in the same source.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    /// Whether this is of the same thing as an event before it. Knows the first million.
    pub fn again(&mut self, event: &Event) -> bool {
        let keys = match event {
            Event::Message(m) => vec![key(&(&m.channel.0, &m.id))],
            Event::Published(p) => vec![key(&(&p.channel.0, &p.id))],
            Event::Metrics { channel, at, values } => {
                values.keys().map(|name| key(&(&channel.0, at.0, name))).collect()
            }
            _ => return false,
        };
        let full = self.0.len() >= MOST_SEEN;
        keys.iter().fold(false, |again, key| match full {
            true => again | self.0.contains(key),
            false => again | !self.0.insert(*key),
        })
    }
}

fn key(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
