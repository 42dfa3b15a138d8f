//! Another order of a queue than the store's, in memory: 16 bytes for each of its conversations.
//!
//! A further index in the store would cost two keys with every change, on every desk, for an order
//! that few look at; this one is there only as long as a cockpit shows it. It is read from the keys
//! of the store's order alone, so no record is touched.

use super::Read;
use super::failed;
use crate::daemon::desk::Move;
use crate::domain::order::StateKind;
use crate::domain::{ConversationId, OrderKey, Queue, Sort};
use crate::store::{Direction, Read as _, Store, keys};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys read in one go.
const STEP: usize = 4_000;

/// A conversation's place: what it is sorted by, then its number.
type Place = (u64, u64);

/// An order of the conversations of a queue that are in a state.
#[derive(Debug)]
pub struct Order {
    queue: Queue,
    state: StateKind,
    sort: Sort,
    standing: Mutex<Standing>,
}

#[derive(Debug, Default)]
struct Standing {
    places: BTreeSet<Place>,
    /// What changed while it was being read; `None` = it is whole.
    meanwhile: Option<Vec<Move>>,
    /// It could not be read.
    failed: bool,
}

/// Where a conversation stands, by the key of any order.
fn place(sort: Sort, key: &OrderKey) -> Place {
    // 56 bits of milliseconds, signed, are a million years.
    let bias = 1 << 55;
    let received = key.received.0.clamp(-bias, bias - 1).wrapping_add(bias).cast_unsigned();
    let by = match sort {
        Sort::Weight => u64::from(key.lightness) << 56 | received,
        Sort::Newest => u64::MAX - received,
        Sort::Due | Sort::Oldest => received,
    };
    (by, key.id.0)
}

impl Order {
    /// One that is still to be read; changes are remembered from now on.
    pub fn new(queue: Queue, state: StateKind, sort: Sort) -> Order {
        let standing = Standing { meanwhile: Some(Vec::new()), ..Standing::default() };
        Order { queue, state, sort, standing: Mutex::new(standing) }
    }

    /// Whether it is this one.
    pub fn is(&self, queue: Queue, state: StateKind, sort: Sort) -> bool {
        (self.queue, self.state, self.sort) == (queue, state, sort)
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True once it can be read.
    pub fn is_whole(&self) -> bool {
        self.lock().meanwhile.is_none()
    }

    /// True when it could not be read from the store.
    pub fn has_failed(&self) -> bool {
        self.lock().failed
    }

    /// Reads it from the store.
    ///
    /// # Errors
    /// [`Store`](crate::domain::Refusal::Store); it is of no use then.
    pub fn fill(&self, store: &dyn Store) -> Read<()> {
        let places = self.read(store);
        let mut standing = self.lock();
        match places {
            Ok(places) => standing.places = places,
            Err(e) => {
                standing.failed = true;
                return Err(e);
            }
        }
        for m in standing.meanwhile.take().unwrap_or_default() {
            self.apply(&mut standing.places, &m);
        }
        Ok(())
    }

    fn read(&self, store: &dyn Store) -> Read<BTreeSet<Place>> {
        let mut range = keys::order_of(self.queue, self.state);
        let mut places = Vec::new();
        loop {
            let page = store.range(&range, STEP, Direction::Forward).map_err(failed)?;
            let found = page.rows.iter().filter_map(|(key, _)| keys::order_key(key));
            places.extend(found.map(|key| place(self.sort, &key)));
            match page.rows.last() {
                Some((last, _)) if page.more => range = range.after(last, Direction::Forward),
                // Sorted first, the set is made with full nodes.
                _ => return Ok(places.into_iter().collect()),
            }
        }
    }

    /// Takes changes in.
    pub fn change(&self, moves: &[Move]) {
        let mut standing = self.lock();
        match &mut standing.meanwhile {
            Some(meanwhile) => meanwhile.extend_from_slice(moves),
            None => moves.iter().for_each(|m| self.apply(&mut standing.places, m)),
        }
    }

    fn apply(&self, places: &mut BTreeSet<Place>, m: &Move) {
        let here = |key: &Option<OrderKey>| {
            key.filter(|k| (k.queue, k.state) == (self.queue, self.state))
                .map(|k| place(self.sort, &k))
        };
        if let Some(old) = here(&m.before) {
            places.remove(&old);
        }
        if let Some(new) = here(&m.after) {
            places.insert(new);
        }
    }

    /// Some conversations in this order, from a key on (`with` it, or behind it).
    pub fn some(
        &self,
        from: Option<(OrderKey, bool)>,
        way: Direction,
        most: usize,
    ) -> Vec<ConversationId> {
        let begin = match from.map(|(key, with)| (place(self.sort, &key), with)) {
            None => Bound::Unbounded,
            Some((at, true)) => Bound::Included(at),
            Some((at, false)) => Bound::Excluded(at),
        };
        let standing = self.lock();
        let id = |(_, id): &Place| ConversationId(*id);
        match way {
            Direction::Forward => {
                standing.places.range((begin, Bound::Unbounded)).take(most).map(id).collect()
            }
            Direction::Backward => {
                standing.places.range((Bound::Unbounded, begin)).rev().take(most).map(id).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Time;
    use proptest::prelude::*;

    fn any_key() -> impl Strategy<Value = OrderKey> {
        (any::<i64>(), 0u8..4, -5i64..5, 0u64..9).prop_map(|(due, lightness, received, id)| {
            OrderKey {
                queue: Queue::Comments,
                state: StateKind::Open,
                due_minute: Time(due),
                lightness,
                received: Time(received),
                id: ConversationId(id),
            }
        })
    }

    proptest! {
        #[test]
        fn places_compare_as_the_keys_of_their_order(a in any_key(), b in any_key()) {
            for sort in [Sort::Weight, Sort::Oldest, Sort::Newest] {
                let keys = sort.key(a).cmp(&sort.key(b));
                prop_assert_eq!(place(sort, &a).cmp(&place(sort, &b)), keys);
                // The key of the order says as much as the whole one.
                prop_assert_eq!(place(sort, &sort.key(a)), place(sort, &a));
            }
        }

        #[test]
        fn what_changed_while_it_was_read_is_in(keys in prop::collection::vec(any_key(), 1..20)) {
            let order = Order::new(Queue::Comments, StateKind::Open, Sort::Oldest);
            let store = crate::store::MemoryStore::default();
            let mut now: std::collections::BTreeMap<ConversationId, OrderKey> = Default::default();
            let mut moves = Vec::new();
            for key in keys {
                let before = now.insert(key.id, key);
                moves.push(Move { id: key.id, before, after: Some(key), by: None });
            }
            order.change(&moves);
            prop_assert!(!order.is_whole());
            order.fill(&store).unwrap();
            let mut want: Vec<OrderKey> = now.into_values().collect();
            want.sort_by_key(|k| Sort::Oldest.key(*k));
            let want: Vec<ConversationId> = want.into_iter().map(|k| k.id).collect();
            prop_assert_eq!(order.some(None, Direction::Forward, 99), want);
        }
    }
}
