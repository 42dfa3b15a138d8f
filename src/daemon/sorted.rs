//! The orders of queues that cockpits look at besides the store's own. One is read when the first
//! cockpit wants it, follows every commit, and is let go with the last one.

use super::desk::Published;
use super::desk::query::Order;
use super::hub::{Hub, News};
use crate::domain::order::StateKind;
use crate::domain::{Queue, Sort};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The orders there are.
#[derive(Default)]
pub struct SortedQueues {
    orders: Mutex<Orders>,
}

#[derive(Default)]
struct Orders {
    known: Vec<Weak<Order>>,
    /// Those that nobody reads yet.
    new: Vec<Arc<Order>>,
}

impl SortedQueues {
    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The order asked for: the one at hand, one that another session has, or a new one, which
    /// [`fill`] has to read.
    pub fn get(
        &self,
        at_hand: Option<Arc<Order>>,
        queue: Queue,
        state: StateKind,
        sort: Sort,
    ) -> Arc<Order> {
        let fits = |order: &Arc<Order>| order.is(queue, state, sort) && !order.has_failed();
        let mut orders = self.lock();
        // One that is not known any more has missed something.
        let known = |orders: &Orders, order: &Arc<Order>| {
            orders.known.iter().any(|known| known.as_ptr() == Arc::as_ptr(order))
        };
        if let Some(order) = at_hand.filter(|o| fits(o) && known(&orders, o)) {
            return order;
        }
        if let Some(order) = orders.known.iter().filter_map(Weak::upgrade).find(fits) {
            return order;
        }
        let order = Arc::new(Order::new(queue, state, sort));
        orders.known.push(Arc::downgrade(&order));
        orders.new.push(order.clone());
        order
    }

    /// A group was committed.
    pub fn changed(&self, group: &Published) {
        let mut orders = self.lock();
        orders.known.retain(|order| order.strong_count() > 0);
        for order in orders.known.iter().filter_map(Weak::upgrade) {
            order.change(&group.moves);
        }
    }

    /// The store was changed past the writer: all of them are wrong.
    pub fn lose(&self) {
        *self.lock() = Orders::default();
    }

    fn take_new(&self) -> Vec<Arc<Order>> {
        std::mem::take(&mut self.lock().new)
    }
}

/// Reads the orders that are new, in a thread of its own: a large queue takes a second or two.
pub fn fill(hub: &Arc<Hub>) {
    let new = hub.sorted.take_new();
    if new.is_empty() {
        return;
    }
    let hub = hub.clone();
    tokio::task::spawn_blocking(move || {
        for order in new {
            if let Err(e) = hub.reads.with(|store| order.fill(store)) {
                tracing::warn!("an order of a queue could not be read: {e:?}");
            }
        }
        hub.tell(News::Sorted);
    });
}
