//! One session's window on a queue: which changes show in it, what comes in above it, what left it.

use super::desk::query::{By, Order};
use super::desk::{Move, query};
use super::search::Searching;
use super::sorted::SortedQueues;
use crate::domain::filter::Filter;
use crate::domain::order::StateKind;
use crate::domain::{
    Conversation, ConversationId, OperatorName, OrderKey, Queue, Refusal, Sort, Time,
};
use crate::store::{Store, keys, records};
use crate::wire::message::{Anchor, Window, WindowSpec};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most rows on each side of the anchor.
const MOST_ROWS: u16 = 500;
/// The most newcomers that are remembered; beyond them the number says "at least".
const MOST_ABOVE: usize = 1000;
/// How many newcomers are looked up at a time.
const LOOK_UP: usize = 64;

/// What a change means for a window, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// Nothing.
    None,
    /// A number beside the rows.
    Numbers,
    /// It may be in the rows: only reading them tells.
    Perhaps,
    /// The rows.
    Rows,
}

/// A window, as it was sent last.
#[derive(Debug)]
pub struct View {
    queue: Queue,
    spec: WindowSpec,
    shown: Option<Shown>,
    /// The order it is sorted by, when that is not the store's.
    order: Option<Arc<Order>>,
    /// Those that came in above the first row since the window was opened, and whether it is
    /// certain that they pass the filter.
    above: BTreeMap<ConversationId, (OrderKey, bool)>,
}

#[derive(Debug)]
struct Shown {
    rows: Vec<(ConversationId, OrderKey)>,
    at_top: bool,
    at_bottom: bool,
}

impl View {
    /// A window that nothing was read for yet.
    pub fn new(queue: Queue, mut spec: WindowSpec) -> View {
        spec.before = spec.before.min(MOST_ROWS);
        spec.after = spec.after.min(MOST_ROWS);
        View { queue, spec, shown: None, order: None, above: BTreeMap::new() }
    }

    /// The same window elsewhere: who came in above it is remembered, unless it shows something
    /// else or goes to the top, where nothing is above.
    pub fn replaces(mut self, old: View) -> View {
        let what = |spec: &WindowSpec| (spec.filter.clone(), spec.sort, spec.fold);
        if what(&old.spec) == what(&self.spec) && self.spec.anchor != Anchor::Top {
            self.above = old.above;
        }
        if old.spec.sort == self.spec.sort {
            self.order = old.order;
        }
        self
    }

    /// The queue it is on.
    pub fn queue(&self) -> Queue {
        self.queue
    }

    /// True when it is in another order than the store's.
    pub fn is_sorted(&self) -> bool {
        self.spec.sort != Sort::Due
    }

    /// True when nothing is left out.
    fn is_plain(&self) -> bool {
        self.spec.filter.trim().is_empty() && !self.spec.fold
    }

    /// True for a place that can be in this window at all.
    fn holds(&self, key: &OrderKey) -> bool {
        key.queue == self.queue && (!self.is_plain() || key.state == StateKind::Open)
    }

    /// Takes a change in, and says what it means.
    pub fn see(&mut self, m: &Move) -> Touch {
        let place =
            |key: Option<OrderKey>| key.filter(|k| self.holds(k)).map(|k| self.spec.sort.key(k));
        let (before, after) = (place(m.before), place(m.after));
        let Some(shown) = &self.shown else {
            return if before.is_some() || after.is_some() { Touch::Rows } else { Touch::None };
        };
        let listed = shown.rows.iter().any(|(id, _)| *id == m.id);
        let within = |k: &OrderKey| {
            let below_top = shown.at_top || shown.rows.first().is_none_or(|(_, first)| k >= first);
            let above_end = shown.at_bottom || shown.rows.last().is_none_or(|(_, last)| k <= last);
            below_top && above_end
        };
        let above =
            |k: &OrderKey| !shown.at_top && shown.rows.first().is_some_and(|(_, first)| k < first);
        let mut touch = Touch::None;
        if listed {
            touch = Touch::Rows;
        } else if before.is_some_and(|k| within(&k)) || after.is_some_and(|k| within(&k)) {
            touch = if self.is_plain() { Touch::Rows } else { Touch::Perhaps };
        } else if before.is_some() != after.is_some() {
            touch = Touch::Numbers;
        }
        let plain = self.is_plain();
        match after.filter(above) {
            Some(key) => {
                let came = !before.is_some_and(|k| above(&k));
                if let Some(known) = self.above.get_mut(&m.id) {
                    *known = (key, plain);
                } else if came && self.above.len() < MOST_ABOVE {
                    self.above.insert(m.id, (key, plain));
                    touch = touch.max(Touch::Numbers);
                }
            }
            None => {
                if self.above.remove(&m.id).is_some() {
                    touch = touch.max(Touch::Numbers);
                }
            }
        }
        touch
    }

    /// True when a row that is shown has left the window's queue or state by this change.
    pub fn loses(&self, m: &Move) -> bool {
        let place = |k: &Option<OrderKey>| k.map(|k| (k.queue, k.state));
        let listed = self.shown.as_ref().is_some_and(|s| s.rows.iter().any(|(id, _)| *id == m.id));
        listed && place(&m.before) != place(&m.after)
    }

    /// True when the rows can change by time alone.
    pub fn follows_time(&self) -> bool {
        !self.is_plain()
    }

    /// Reads the rows as they are now; `None` = the order it is sorted by is still being read.
    ///
    /// # Errors
    /// What the query refuses.
    pub fn read(
        &mut self,
        store: &dyn Store,
        (search, orders): (&Searching, &SortedQueues),
        me: &OperatorName,
        now: Time,
    ) -> Result<Option<Window>, Refusal> {
        let filter = Filter::parse(&self.spec.filter, me)?;
        let by = match search.candidates(&filter) {
            Some(ids) => By::Candidates(ids),
            None if self.spec.sort == Sort::Due || filter.state() == StateKind::Resolved => {
                By::Store
            }
            None => {
                let order =
                    orders.get(self.order.take(), self.queue, filter.state(), self.spec.sort);
                let order = self.order.insert(order);
                if !order.is_whole() {
                    return Ok(None);
                }
                By::Order(order)
            }
        };
        let mut window = query::window_by(store, &self.spec, self.queue, me, now, &by)?;
        self.take(&window);
        self.look_up(store, me, now)?;
        window.more_urgent = u32::try_from(self.above.len()).unwrap_or(u32::MAX);
        Ok(Some(window))
    }

    /// Remembers what is shown.
    fn take(&mut self, window: &Window) {
        let rows: Vec<_> = window.rows.iter().map(|r| (r.conversation.id, r.key)).collect();
        match rows.first() {
            Some((_, first)) if !window.at_top => self.above.retain(|_, (key, _)| *key < *first),
            _ => self.above.clear(),
        }
        self.shown = Some(Shown { rows, at_top: window.at_top, at_bottom: window.at_bottom });
    }

    /// Finds out which newcomers pass the filter.
    fn look_up(&mut self, store: &dyn Store, me: &OperatorName, now: Time) -> Result<(), Refusal> {
        let unsure: Vec<ConversationId> = self
            .above
            .iter()
            .filter(|(_, (_, certain))| !certain)
            .map(|(id, _)| *id)
            .take(LOOK_UP)
            .collect();
        if unsure.is_empty() {
            return Ok(());
        }
        let filter = Filter::parse(&self.spec.filter, me)?;
        for id in unsure {
            let found = records::get::<Conversation>(store, &keys::conversation(id))
                .map_err(|e| Refusal::Store(e.what))?;
            match found {
                Some(c) if filter.passes(&c, now) => {
                    self.above.entry(id).and_modify(|(_, certain)| *certain = true);
                }
                _ => {
                    self.above.remove(&id);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Name;
    use rstest::rstest;

    fn key(id: u64, due: i64) -> OrderKey {
        OrderKey {
            queue: Queue::Comments,
            state: StateKind::Open,
            due_minute: Time(due * 60_000),
            lightness: 255,
            received: Time(0),
            id: ConversationId(id),
        }
    }

    fn pending(id: u64, due: i64) -> OrderKey {
        OrderKey { state: StateKind::Pending, ..key(id, due) }
    }

    fn moved(id: u64, before: Option<OrderKey>, after: Option<OrderKey>) -> Move {
        let by = Some((OperatorName("bo".into()), Name::Resolve));
        Move { id: ConversationId(id), before, after, by }
    }

    /// A window that shows 10 and 20, with more above and below.
    fn view() -> View {
        let spec = WindowSpec {
            filter: String::new(),
            anchor: Anchor::At(key(1, 10)),
            before: 0,
            after: 2,
            sort: Default::default(),
            fold: false,
        };
        let mut view = View::new(Queue::Comments, spec);
        view.shown = Some(Shown {
            rows: vec![(ConversationId(1), key(1, 10)), (ConversationId(2), key(2, 20))],
            at_top: false,
            at_bottom: false,
        });
        view
    }

    #[rstest]
    #[case::a_shown_row_changes(moved(1, Some(key(1, 10)), Some(key(1, 10))), Touch::Rows)]
    #[case::a_shown_row_leaves(moved(2, Some(key(2, 20)), None), Touch::Rows)]
    #[case::one_comes_between(moved(3, None, Some(key(3, 15))), Touch::Rows)]
    #[case::one_goes_below(moved(3, None, Some(key(3, 30))), Touch::Numbers)]
    #[case::one_moves_below(moved(3, Some(key(3, 30)), Some(key(3, 40))), Touch::None)]
    #[case::one_of_another_state(moved(3, None, Some(pending(3, 15))), Touch::None)]
    #[case::one_comes_above(moved(3, None, Some(key(3, 5))), Touch::Numbers)]
    fn changes_are_told_apart(#[case] m: Move, #[case] touch: Touch) {
        assert_eq!(view().see(&m), touch);
    }

    #[test]
    fn newcomers_above_are_counted_until_they_leave() {
        let mut view = view();
        view.see(&moved(3, None, Some(key(3, 5))));
        view.see(&moved(4, Some(key(4, 30)), Some(key(4, 6))));
        view.see(&moved(5, Some(key(5, 7)), Some(key(5, 8)))); // was above all the time
        assert_eq!(view.above.len(), 2);
        assert_eq!(view.see(&moved(3, Some(key(3, 5)), None)), Touch::Numbers);
        view.see(&moved(9, Some(key(9, 2)), None)); // was there before: counts for nothing
        assert_eq!(view.above.len(), 1);
        let spec = WindowSpec { anchor: Anchor::At(key(4, 6)), ..view.spec.clone() };
        let mut view = View::new(Queue::Comments, spec).replaces(view);
        view.take(&Window {
            queue: Queue::Comments,
            spec: view.spec.clone(),
            rows: vec![],
            at_top: true,
            at_bottom: false,
            more_urgent: 0,
            total: (0, true),
        });
        assert!(view.above.is_empty(), "at the top nothing is above");
    }

    #[test]
    fn a_row_that_left_is_told_from_one_that_moved() {
        let view = view();
        assert!(view.loses(&moved(1, Some(key(1, 10)), None)));
        assert!(view.loses(&moved(1, Some(key(1, 10)), Some(pending(1, 10)))));
        assert!(!view.loses(&moved(1, Some(key(1, 10)), Some(key(1, 12)))));
        assert!(!view.loses(&moved(3, Some(key(3, 10)), None)));
    }

    #[test]
    fn with_a_filter_only_reading_tells() {
        let mut view = view();
        view.spec.filter = "late".into();
        assert_eq!(view.see(&moved(3, None, Some(key(3, 15)))), Touch::Perhaps);
        assert_eq!(view.see(&moved(1, Some(key(1, 10)), Some(key(1, 10)))), Touch::Rows);
    }
}
