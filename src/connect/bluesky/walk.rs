//! Reading a list that grows at its top, so that nothing is missed however fast it grows.
//!
//! The lists are sorted by a time that the author of an entry can set back, never forward. So an
//! entry usually appears at the top, and now and then further down; a look that goes further back
//! than need be finds those.

use crate::domain::{Span, Time};
use serde::{Deserialize, Serialize};

/// The most bytes of a server's cursor that is remembered; two of them fit into ours.
const MOST_CURSOR: usize = 700;

/// How far a list has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walk {
    /// Every entry from before this moment has been seen, and every one that was there when the
    /// last walk began. `None` = the list was never read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Time>,
    /// A walk that was not finished for its length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under_way: Option<UnderWay>,
}

/// Where an unfinished walk goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// The server's cursor of the next page.
    pub next: String,
    /// The newest entry when it began.
    pub top: Time,
    /// It ends at the first entry from before this.
    pub stop: Time,
}

/// A page of a list, newest first.
#[derive(Clone, Debug, Default)]
pub struct Page<T> {
    /// The time that the list is sorted by, and the entry; `None` for one that is of no interest.
    pub entries: Vec<(Time, Option<T>)>,
    /// The server's cursor of the next page.
    pub next: Option<String>,
}

/// What one look brought.
#[derive(Debug)]
pub struct Found<T> {
    /// The entries of all pages, newest first.
    pub entries: Vec<(Time, T)>,
    /// How far the list has been read with them.
    pub walk: Walk,
    /// The oldest time down to which the list is whole in `entries`, when it was read from its top
    /// by this look alone.
    pub whole_from: Option<Time>,
}

impl Walk {
    /// Reads on: from the top down to what has been read (and `further` than that), or from where
    /// the last look stopped. At most `most` pages; when that is not enough, `under_way` says so.
    /// The first time, everything `since` a moment, but one page at most.
    ///
    /// # Errors
    /// Those of `fetch`; nothing has been read then.
    pub fn look<T, E>(
        &self,
        since: Time,
        further: Span,
        most: usize,
        mut fetch: impl FnMut(Option<&str>) -> Result<Page<T>, E>,
    ) -> Result<Found<T>, E> {
        let stop = match (&self.under_way, self.done) {
            (Some(walk), _) => walk.stop,
            (None, Some(done)) => Time(done.0.saturating_sub(further.0)),
            (None, None) => since,
        };
        let mut top = self.under_way.as_ref().map(|walk| walk.top);
        let mut next = self.under_way.as_ref().map(|walk| walk.next.clone());
        let from_top = next.is_none();
        let mut entries = Vec::new();
        let mut oldest = None;
        let most = if self.done.is_none() && from_top { 1 } else { most.max(1) };
        for _ in 0..most {
            let page = fetch(next.as_deref())?;
            let newest = page.entries.iter().map(|(time, _)| *time).max();
            let last = page.entries.iter().map(|(time, _)| *time).min();
            top = top.or(newest);
            oldest = last.or(oldest);
            let is_new = |time: Time| self.done.is_some() || time >= since;
            let of_interest = page.entries.into_iter().filter(|(time, _)| is_new(*time));
            entries.extend(of_interest.filter_map(|(time, entry)| Some((time, entry?))));
            // The same cursor again would go round for ever.
            let following =
                page.next.filter(|n| next.as_ref() != Some(n) && n.len() <= MOST_CURSOR);
            next = following.filter(|_| last.is_none_or(|last| last >= stop));
            if next.is_none() {
                break;
            }
        }
        let done = |top: Option<Time>| Some(top.max(self.done).unwrap_or(since));
        let walk = match next {
            Some(next) if self.done.is_some() => {
                let top = top.or(self.done).unwrap_or(since);
                Walk { done: self.done, under_way: Some(UnderWay { next, top, stop }) }
            }
            _ => Walk { done: done(top), under_way: None },
        };
        Ok(Found { entries, walk, whole_from: oldest.filter(|_| from_top) })
    }

    /// True when there is more to read at once.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, HashSet};
    use std::convert::Infallible;

    /// A list as the server keeps it: newest first, and its cursor is the time of a page's last
    /// entry together with its place among those of the same time.
    #[derive(Default)]
    struct List(Vec<(Time, u32)>);

    impl List {
        fn add(&mut self, time: i64, id: u32) {
            self.0.push((Time(time), id));
            self.0.sort_by(|a, b| b.cmp(a));
        }

        fn page(&self, next: Option<&str>, limit: usize) -> Result<Page<u32>, Infallible> {
            let below = next.map(|n| {
                let (time, id) = n.split_once(' ').unwrap();
                (Time(time.parse().unwrap()), id.parse::<u32>().unwrap())
            });
            let rest = self.0.iter().filter(|e| below.is_none_or(|b| **e < b));
            let entries: Vec<(Time, u32)> = rest.take(limit).copied().collect();
            let next = (entries.len() == limit).then(|| entries.last()).flatten();
            let next = next.map(|(time, id)| format!("{} {id}", time.0));
            Ok(Page { entries: entries.into_iter().map(|(t, id)| (t, Some(id))).collect(), next })
        }
    }

    proptest! {
        /// Whatever arrives between the looks, with whatever equal times, and however long the
        /// walks may be: each entry is handed over once. Entries that are set back are found by
        /// the look that goes further back.
        #[test]
        fn every_entry_is_handed_over_once(
            steps in prop::collection::vec((prop::collection::vec((0_i64..4, 0_i64..30), 0..12), 1_usize..4), 1..12),
            limit in 1_usize..5,
        ) {
            let mut list = List::default();
            list.add(1000, 0);
            let (mut walk, mut book) = (Walk::default(), HashSet::new());
            let mut times: BTreeMap<u32, u32> = BTreeMap::new();
            let (mut clock, mut id) = (1000_i64, 0_u32);
            let mut look = |walk: &mut Walk, list: &List, further, most| {
                let found = walk.look(Time(0), further, most, |n| list.page(n, limit)).unwrap();
                for (_, id) in found.entries {
                    if book.insert(id) {
                        *times.entry(id).or_default() += 1;
                    }
                }
                // The cursor goes through text, as at a restart.
                let text = serde_json::to_string(&found.walk).unwrap();
                *walk = serde_json::from_str(&text).unwrap();
            };
            look(&mut walk, &list, Span(0), 1);
            for (arrivals, most) in steps {
                for (later, back) in arrivals {
                    clock += later;
                    id += 1;
                    list.add(clock - back.saturating_sub(20), id);
                }
                look(&mut walk, &list, Span(0), most);
            }
            for _ in 0..400 {
                if !walk.is_under_way() { break }
                look(&mut walk, &list, Span(0), 3);
            }
            prop_assert!(!walk.is_under_way());
            // Those that were set back.
            look(&mut walk, &list, Span(2000), 500);
            prop_assert_eq!(times.len(), usize::try_from(id).unwrap() + 1);
        }

        /// Without entries that are set back no look needs to go further.
        #[test]
        fn the_short_look_is_enough_for_what_comes_at_the_top(
            arrivals in prop::collection::vec(prop::collection::vec(0_i64..3, 0..9), 1..12),
            limit in 1_usize..5,
        ) {
            let mut list = List::default();
            let (mut walk, mut book) = (Walk::default(), HashSet::new());
            let (mut clock, mut id) = (1000, 0);
            for batch in std::iter::once(vec![]).chain(arrivals) {
                for later in batch {
                    clock += later;
                    list.add(clock, id);
                    id += 1;
                }
                loop {
                    let found = walk.look(Time(0), Span(0), 2, |n| list.page(n, limit)).unwrap();
                    walk = found.walk;
                    book.extend(found.entries.iter().map(|(_, id)| *id));
                    if !walk.is_under_way() { break }
                }
                prop_assert_eq!(book.len(), list.0.len());
            }
        }
    }

    #[test]
    fn the_first_look_takes_one_page_of_what_is_recent() {
        let mut list = List::default();
        for n in 0..10 {
            list.add(i64::from(n) * 10, n);
        }
        let found = Walk::default().look(Time(65), Span(0), 9, |n| list.page(n, 5)).unwrap();
        let ids: Vec<u32> = found.entries.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids, [9, 8, 7]);
        assert_eq!(found.walk, Walk { done: Some(Time(90)), under_way: None });
    }

    #[test]
    fn an_empty_list_has_been_read() {
        let list = List::default();
        let found = Walk::default().look(Time(65), Span(0), 9, |n| list.page(n, 5)).unwrap();
        assert_eq!(found.walk, Walk { done: Some(Time(65)), under_way: None });
    }

    #[test]
    fn a_cursor_that_stands_still_ends_the_walk() {
        let walk = Walk { done: Some(Time(5)), under_way: None };
        let mut calls = 0;
        let found = walk.look(Time(0), Span(0), 50, |_| {
            calls += 1;
            let entries = vec![(Time(9), Some(1))];
            Ok::<_, Infallible>(Page { entries, next: Some("same".into()) })
        });
        assert!(calls <= 3 && !found.unwrap().walk.is_under_way());
    }
}
