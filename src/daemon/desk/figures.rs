//! The figures' buckets on their way to the store: what a group adds is gathered in memory and
//! written once.

use super::records::place;
use crate::domain::kpi::{Bucket, Metric, Point, Resolution};
use crate::domain::order::StateKind;
use crate::domain::{ChannelId, Conversation, ConversationId, OrderKey, Queue, Span, Time};
use crate::store::{Direction, Key, Overlay, Read, StoreError, keys, records};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How young a value must be to be counted by the minute, too.
const MINUTES_FOR: Span = Span::hours(48);
/// Buckets kept in memory between groups.
const KEPT: usize = 4096;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    channel: Option<ChannelId>,
    metric: Metric,
    resolution: Resolution,
    start: Time,
}

impl Place {
    fn key(&self) -> Key {
        keys::bucket(self.channel.as_ref(), self.metric, self.resolution, self.start)
    }
}

/// Buckets in memory, a copy of those in the store once a group is committed.
#[derive(Debug, Default)]
pub struct Figures {
    buckets: HashMap<Place, Bucket>,
    changed: HashSet<Place>,
}

impl Figures {
    /// Counts a point for its channel and for the desk, by the hour, and by the minute if it is
    /// young.
    ///
    /// # Errors
    /// When a bucket cannot be read.
    pub fn count(
        &mut self,
        from: &impl Read,
        channel: &ChannelId,
        point: &Point,
        now: Time,
    ) -> Result<(), StoreError> {
        for channel in [None, Some(channel)] {
            self.count_in(from, channel, point, Resolution::Hour)?;
            if point.at >= now - MINUTES_FOR {
                self.count_in(from, channel, point, Resolution::Minute)?;
            }
        }
        Ok(())
    }

    fn count_in(
        &mut self,
        from: &impl Read,
        channel: Option<&ChannelId>,
        point: &Point,
        resolution: Resolution,
    ) -> Result<(), StoreError> {
        let start = match resolution {
            Resolution::Minute => point.at.floor_minute(),
            Resolution::Hour => point.at.floor_hour(),
        };
        let place = Place { channel: channel.cloned(), metric: point.metric, resolution, start };
        if let Some(bucket) = self.buckets.get_mut(&place) {
            bucket.apply(point);
            settle(bucket, point.metric);
        } else {
            let mut bucket: Bucket = records::get(from, &place.key())?.unwrap_or_default();
            bucket.apply(point);
            settle(&mut bucket, point.metric);
            self.buckets.insert(place.clone(), bucket);
        }
        self.changed.insert(place);
        Ok(())
    }

    /// True when something was counted since the last [`Figures::write`].
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Stages the buckets that changed.
    ///
    /// # Errors
    /// When one cannot be written as a record.
    pub fn write(&mut self, to: &mut Overlay<'_>) -> Result<(), StoreError> {
        for place in self.changed.drain() {
            let key = place.key();
            match self.buckets.get(&place) {
                Some(bucket) if bucket.count != 0 => records::put(to, key, bucket)?,
                _ => to.delete(key),
            }
        }
        if self.buckets.len() > KEPT {
            self.buckets.clear();
        }
        Ok(())
    }
}

/// A complaint of before they were counted cannot be taken back.
fn settle(bucket: &mut Bucket, metric: Metric) {
    if metric == Metric::Complaints && bucket.count < 0 {
        *bucket = Bucket::default();
    }
}

/// How many open conversations are due in each of the coming minutes, so that the header needs no
/// scan. Covers the minutes from `from` up to (not including) `to`.
#[derive(Debug)]
pub struct Near {
    minutes: BTreeMap<Time, [i64; 2]>,
    from: Time,
    /// By queue, because each is read to its own bound.
    to: [Time; 2],
}

impl Near {
    /// The most rows one [`Near::reach`] reads of a queue.
    const ROWS: usize = 10_000;

    /// Covers nothing yet.
    pub fn new(now: Time) -> Near {
        let from = now.floor_minute();
        Near { minutes: BTreeMap::new(), from, to: [from; 2] }
    }

    /// Counts an open conversation that is not late and comes to this place (`by` 1) or leaves it
    /// (-1).
    pub fn count(&mut self, key: Option<OrderKey>, by: i64) {
        let Some(key) = key else { return };
        let queue = place(key.queue);
        if self.from <= key.due_minute && key.due_minute < self.to[queue] {
            self.minutes.entry(key.due_minute).or_default()[queue] += by;
        }
    }

    /// Covers the next hour and a little more, reading a bounded part of the order if need be:
    /// where more is due than that, it covers less and goes on with the next call. `clock` is up
    /// to when late ones are known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reach(
        &mut self,
        store: &(impl Read + ?Sized),
        clock: Time,
        now: Time,
    ) -> Result<(), StoreError> {
        let minute = now.floor_minute();
        if minute > self.from {
            self.from = minute;
            self.minutes = self.minutes.split_off(&minute);
        }
        for queue in Queue::ALL {
            let q = place(queue);
            self.to[q] = self.to[q].max(self.from);
            if self.to[q] < minute + Span::minutes(61) {
                self.read(store, queue, clock, minute + Span::minutes(90))?;
            }
        }
        Ok(())
    }

    fn read(
        &mut self,
        store: &(impl Read + ?Sized),
        queue: Queue,
        clock: Time,
        until: Time,
    ) -> Result<(), StoreError> {
        let q = place(queue);
        let at = |due_minute| OrderKey {
            queue,
            state: StateKind::Open,
            due_minute,
            lightness: 0,
            received: Time(i64::MIN),
            id: ConversationId(0),
        };
        let mut range = keys::order_of(queue, StateKind::Open)
            .starting_at(keys::order(&at(self.to[q])))
            .ending_at(keys::order(&at(until)));
        let mut reached = until;
        loop {
            let page = store.range(&range, Self::ROWS, Direction::Forward)?;
            let last = page.rows.last().map(|(key, _)| key.clone());
            for order in page.rows.iter().filter_map(|(key, _)| keys::order_key(key)) {
                let late = order.due_minute <= clock && is_late(store, order.id, clock)?;
                self.minutes.entry(order.due_minute).or_default()[q] += i64::from(!late);
            }
            let Some(last) = last.filter(|_| page.more) else { break };
            // A minute is covered as a whole or not at all.
            let Some(cut) = keys::order_key(&last).map(|o| o.due_minute) else { break };
            if cut > self.to[q] {
                if let Some(partial) = self.minutes.get_mut(&cut) {
                    partial[q] = 0;
                }
                reached = cut;
                break;
            }
            range = range.after(&last, Direction::Forward);
        }
        self.to[q] = reached;
        Ok(())
    }

    /// How many of a queue are due from this minute on and within the hour.
    pub fn within_hour(&self, queue: Queue, now: Time) -> u64 {
        let minutes = self.minutes.range(now.floor_minute()..now + Span::hours(1));
        let sum: i64 = minutes.map(|(_, n)| n[place(queue)]).sum();
        sum.max(0).cast_unsigned()
    }
}

fn is_late(
    store: &(impl Read + ?Sized),
    id: ConversationId,
    clock: Time,
) -> Result<bool, StoreError> {
    let c: Option<Conversation> = records::get(store, &keys::conversation(id))?;
    Ok(c.is_some_and(|c| c.is_late(clock)))
}
