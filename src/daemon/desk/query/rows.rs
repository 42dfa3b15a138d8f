//! Rows of a queue: a window on it, or page by page.

use super::Order;
use super::{Read, failed};
use crate::domain::filter::{Filter, Test};
use crate::domain::order::StateKind;
use crate::domain::{
    Conversation, ConversationId, OperatorName, OrderKey, Queue, Sort, State, Time,
};
use crate::store::keys::{self, Tally};
use crate::store::{Direction, Key, KeyRange, Read as _, Store, records};
use crate::wire::message::{Anchor, Row, Window, WindowSpec};

/// The most rows on either side of a window's anchor.
const MOST_ROWS: usize = 500;
/// The most conversations looked at for the rows of one answer.
const MOST_LOOKED_AT: usize = 8_000;
/// The most conversations looked at for a total that no counter knows.
const MOST_COUNTED: usize = 2_000;
/// The most conversations read in one step.
const STEP: usize = 256;

/// The rows of a window as they are now. `more_urgent` is left 0: only the session knows since
/// when. `total` is exact when a counter knows it, else "at least".
///
/// # Errors
/// [`BadFilter`](crate::domain::Refusal::BadFilter), [`Store`](crate::domain::Refusal::Store).
pub fn window(
    store: &dyn Store,
    spec: &WindowSpec,
    queue: Queue,
    me: &OperatorName,
    now: Time,
) -> Read<Window> {
    window_by(store, spec, queue, me, now, &By::Store)
}

/// As [`window`], with what helps to find the rows.
///
/// # Errors
/// As [`window`].
pub fn window_by(
    store: &dyn Store,
    spec: &WindowSpec,
    queue: Queue,
    me: &OperatorName,
    now: Time,
    by: &By<'_>,
) -> Read<Window> {
    let filter = Filter::parse(&spec.filter, me)?;
    let mut ask = Ask::new(store, queue, &filter, now);
    ask.fold = spec.fold && ask.state == StateKind::Open;
    match by {
        By::Store => {}
        By::Order(order) => (ask.sort, ask.order) = (spec.sort, Some(*order)),
        By::Candidates(ids) => {
            ask.sort = spec.sort;
            ask.listed = Some(ask.rows_of(ids)?);
        }
    }
    let before = usize::from(spec.before).min(MOST_ROWS);
    let after = usize::from(spec.after).min(MOST_ROWS);
    let (up, down) = match spec.anchor {
        Anchor::Top => (Part::nothing(), ask.down(None, after)?),
        Anchor::Bottom => (ask.up(None, (before + after).min(MOST_ROWS))?, Part::nothing()),
        Anchor::At(key) => (ask.up(Some(key), before)?, ask.down(Some(Begin::At(key)), after)?),
    };
    let mut rows = up.rows;
    rows.reverse();
    rows.extend(down.rows);
    Ok(Window {
        queue,
        spec: spec.clone(),
        rows,
        at_top: up.is_end,
        at_bottom: down.is_end,
        more_urgent: 0,
        total: ask.total()?,
    })
}

/// A page of a queue (`None` = both, comments first) in queue order, and where to go on. The page
/// may hold fewer rows than the limit, even none, and still go on: each call reads a bounded part.
/// Open ones only, unless the filter names another state; resolved ones newest first.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn list(
    store: &dyn Store,
    queue: Option<Queue>,
    filter: &Filter,
    after: Option<OrderKey>,
    limit: usize,
    now: Time,
) -> Read<(Vec<Row>, Option<OrderKey>)> {
    let limit = limit.clamp(1, MOST_ROWS);
    let wanted =
        |q: &Queue| queue.is_none_or(|only| only == *q) && after.is_none_or(|key| key.queue <= *q);
    let mut rows = Vec::new();
    let mut last = after;
    for queue in Queue::ALL.into_iter().filter(wanted) {
        let ask = Ask::new(store, queue, filter, now);
        let from = after.filter(|key| key.queue == queue).map(Begin::After);
        let part = ask.down(from, limit - rows.len())?;
        rows.extend(part.rows);
        last = part.last.or(last);
        if !part.is_end {
            return Ok((rows, last));
        }
    }
    Ok((rows, None))
}

/// Where to begin.
#[derive(Clone, Copy)]
enum Begin {
    /// With this row.
    At(OrderKey),
    /// With the one behind it.
    After(OrderKey),
}

/// What was found in one direction.
struct Part {
    rows: Vec<Row>,
    /// True when there is nothing further that way.
    is_end: bool,
    /// The last one looked at that counts as done: where to go on.
    last: Option<OrderKey>,
}

impl Part {
    fn nothing() -> Part {
        Part { rows: Vec::new(), is_end: true, last: None }
    }
}

/// What helps to find the rows of a window.
pub enum By<'a> {
    /// The store's own order, looked through row by row.
    Store,
    /// Another order of the queue, which is whole.
    Order(&'a Order),
    /// Nothing but these can pass the filter.
    Candidates(Vec<ConversationId>),
}

/// What is asked for.
struct Ask<'a> {
    store: &'a dyn Store,
    queue: Queue,
    state: StateKind,
    filter: &'a Filter,
    now: Time,
    sort: Sort,
    /// Leave out those whose time has passed.
    fold: bool,
    order: Option<&'a Order>,
    /// All rows, when few can pass.
    listed: Option<Vec<Row>>,
}

impl<'a> Ask<'a> {
    fn new(store: &'a dyn Store, queue: Queue, filter: &'a Filter, now: Time) -> Ask<'a> {
        let (state, sort) = (filter.state(), Sort::Due);
        Ask { store, queue, state, filter, now, sort, fold: false, order: None, listed: None }
    }

    /// The rows among these, in order.
    fn rows_of(&self, ids: &[ConversationId]) -> Read<Vec<Row>> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut rows = Vec::new();
        for some in ids.chunks(STEP) {
            let places: Vec<Key> = some.iter().map(|id| keys::conversation(*id)).collect();
            let found = records::get_each::<Conversation>(self.store, &places).map_err(failed)?;
            for c in found.into_iter().flatten().filter(|c| self.passes(c)) {
                let key = c.order_key().unwrap_or_else(|| resolved_key(self.queue, &c));
                rows.push(Row { key: self.sort.key(key), conversation: c });
            }
        }
        rows.sort_unstable_by_key(|row| row.key);
        Ok(rows)
    }

    /// A part of the listed rows.
    fn part_of(rows: &[Row], from: usize, to: usize, is_end: bool) -> Part {
        let rows = rows.get(from..to).unwrap_or_default().to_vec();
        Part { is_end, last: rows.last().map(|row| row.key), rows }
    }

    /// Looks along another order until there are enough rows and one more.
    fn look_along(
        &self,
        order: &Order,
        mut from: Option<(OrderKey, bool)>,
        way: Direction,
        limit: usize,
    ) -> Read<Part> {
        let mut part = Part::nothing();
        let mut looked_at = 0;
        loop {
            let ids = order.some(from, way, STEP);
            looked_at += ids.len();
            let places: Vec<Key> = ids.iter().map(|id| keys::conversation(*id)).collect();
            let found = records::get_each::<Conversation>(self.store, &places).map_err(failed)?;
            let mut last = None;
            for c in found.into_iter().flatten() {
                let Some(key) = c.order_key().map(|key| self.sort.key(key)) else { continue };
                last = Some(key);
                if self.passes(&c) {
                    if part.rows.len() == limit {
                        return Ok(Part { is_end: false, ..part });
                    }
                    part.rows.push(Row { conversation: c, key });
                }
                part.last = last;
            }
            match last {
                Some(last) if ids.len() == STEP && looked_at < MOST_LOOKED_AT => {
                    from = Some((last, false));
                }
                _ => return Ok(Part { is_end: ids.len() < STEP, ..part }),
            }
        }
    }

    /// Rows from there on, towards the less urgent.
    fn down(&self, from: Option<Begin>, limit: usize) -> Read<Part> {
        if let Some(rows) = &self.listed {
            let at = from.map_or(0, |from| match from {
                Begin::At(key) => rows.partition_point(|row| row.key < key),
                Begin::After(key) => rows.partition_point(|row| row.key <= key),
            });
            let to = (at + limit).min(rows.len());
            return Ok(Ask::part_of(rows, at, to, to == rows.len()));
        }
        if let Some(order) = self.order {
            let from = from.map(|from| match from {
                Begin::At(key) => (key, true),
                Begin::After(key) => (key, false),
            });
            return self.look_along(order, from, Direction::Forward, limit);
        }
        let range = self.range();
        let range = match from.map(|f| (f, self.key_of(f))) {
            None => range,
            Some((Begin::At(_), key)) if self.is_by_number() => range.ending_at(after(key)),
            Some((Begin::After(_), key)) if self.is_by_number() => range.ending_at(key),
            Some((Begin::At(_), key)) => range.starting_at(key),
            Some((Begin::After(_), key)) => range.after(&key, Direction::Forward),
        };
        self.look(range, self.downwards(), limit)
    }

    /// Rows before that one, towards the more urgent, nearest first.
    fn up(&self, before: Option<OrderKey>, limit: usize) -> Read<Part> {
        if let Some(rows) = &self.listed {
            let to = before.map_or(rows.len(), |key| rows.partition_point(|row| row.key < key));
            let from = to.saturating_sub(limit);
            let mut part = Ask::part_of(rows, from, to, from == 0);
            part.rows.reverse();
            return Ok(part);
        }
        if let Some(order) = self.order {
            let from = before.map(|key| (key, false));
            return self.look_along(order, from, Direction::Backward, limit);
        }
        let range = self.range();
        let range = match before.map(|key| self.key_of(Begin::At(key))) {
            None => range,
            Some(key) if self.is_by_number() => range.after(&key, Direction::Forward),
            Some(key) => range.ending_at(key),
        };
        let way = match self.downwards() {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        };
        self.look(range, way, limit)
    }

    /// Resolved ones are in no order index: they are read by number, the newest first.
    fn is_by_number(&self) -> bool {
        self.state == StateKind::Resolved
    }

    fn downwards(&self) -> Direction {
        if self.is_by_number() { Direction::Backward } else { Direction::Forward }
    }

    fn range(&self) -> KeyRange {
        match self.is_by_number() {
            true => keys::conversations(),
            false if self.fold => {
                // What stands before this minute is late: nothing of it need be looked at.
                let first = OrderKey {
                    queue: self.queue,
                    state: self.state,
                    due_minute: self.now.floor_minute(),
                    lightness: 0,
                    received: Time(i64::MIN),
                    id: ConversationId(0),
                };
                keys::order_of(self.queue, self.state).starting_at(keys::order(&first))
            }
            false => keys::order_of(self.queue, self.state),
        }
    }

    fn key_of(&self, from: Begin) -> Key {
        let (Begin::At(key) | Begin::After(key)) = from;
        match self.is_by_number() {
            true => keys::conversation(key.id),
            false => keys::order(&OrderKey { queue: self.queue, state: self.state, ..key }),
        }
    }

    /// Looks at conversations one after the other until there are enough rows and one more, which
    /// tells that this is not the end.
    fn look(&self, mut range: KeyRange, way: Direction, limit: usize) -> Read<Part> {
        let mut part = Part::nothing();
        let mut looked_at = 0;
        loop {
            let wanted = limit + 1 - part.rows.len();
            let step =
                if self.filter.is_state_alone() && !self.fold { wanted.min(STEP) } else { STEP };
            let (found, next) = self.step(&range, step, way)?;
            looked_at += found.len();
            for (key, c) in found {
                let Some(c) = c else { continue };
                if self.passes(&c) {
                    if part.rows.len() == limit {
                        return Ok(Part { is_end: false, ..part });
                    }
                    part.rows.push(Row { conversation: c, key });
                }
                part.last = Some(key);
            }
            match next {
                None => return Ok(part),
                Some(_) if looked_at >= MOST_LOOKED_AT => {
                    return Ok(Part { is_end: false, ..part });
                }
                Some(last) => range = range.after(&last, way),
            }
        }
    }

    fn passes(&self, c: &Conversation) -> bool {
        c.queue == self.queue
            && StateKind::from(&c.state) == self.state
            && !(self.fold && c.urgent_by().is_some_and(|due| due <= self.now))
            && (self.filter.is_state_alone() || self.filter.passes(c, self.now))
    }

    /// Some conversations in order, and the store's key to go on behind; a place whose
    /// conversation has moved meanwhile is empty.
    #[expect(clippy::type_complexity, reason = "used here alone, and it says what it is")]
    fn step(
        &self,
        range: &KeyRange,
        step: usize,
        way: Direction,
    ) -> Read<(Vec<(OrderKey, Option<Conversation>)>, Option<Key>)> {
        if self.is_by_number() {
            let page = records::page::<Conversation>(self.store, range, step, way);
            let page = page.map_err(failed)?;
            let next = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
            let found = page.rows.into_iter().map(|(_, c)| (resolved_key(self.queue, &c), Some(c)));
            return Ok((found.collect(), next));
        }
        let page = self.store.range(range, step, way).map_err(failed)?;
        let next = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        let keys: Vec<OrderKey> =
            page.rows.iter().filter_map(|(key, _)| keys::order_key(key)).collect();
        let places: Vec<Key> = keys.iter().map(|key| keys::conversation(key.id)).collect();
        let found = records::get_each::<Conversation>(self.store, &places).map_err(failed)?;
        let still_there = |(key, c): (OrderKey, Option<Conversation>)| {
            (key, c.filter(|c| c.order_key() == Some(key)))
        };
        Ok((keys.into_iter().zip(found).map(still_there).collect(), next))
    }

    /// How many pass, and whether that is exact.
    fn total(&self) -> Read<(u64, bool)> {
        let counted =
            |test: &Test| matches!(test, Test::State(_) | Test::Platform(_) | Test::Assignee(_));
        if let Some(rows) = &self.listed {
            return Ok((rows.len() as u64, true));
        }
        if self.filter.terms.iter().all(|term| counted(&term.test)) {
            return Ok((self.total_by_counters()?, true));
        }
        let mut total = 0;
        let mut looked_at = 0;
        let mut range = self.range();
        while looked_at < MOST_COUNTED {
            let (found, next) = self.step(&range, STEP, self.downwards())?;
            looked_at += found.len();
            total += found.iter().flat_map(|(_, c)| c).filter(|c| self.passes(c)).count() as u64;
            let Some(last) = next else { return Ok((total, true)) };
            range = range.after(&last, self.downwards());
        }
        Ok((total, false))
    }

    fn total_by_counters(&self) -> Read<u64> {
        let nobody =
            Tally { queue: self.queue, state: self.state, platform: String::new(), assignee: None };
        let mut prefix = keys::tally(&nobody);
        // What is left without the end of the (empty) platform's name is queue and state.
        prefix.pop();
        let mut sum = 0i64;
        super::super::memory::each(self.store, KeyRange::prefix(prefix), |key, value| {
            if let Some(tally) = keys::tally_parts(key)
                && self.filter.passes(&stand_in(tally), self.now)
            {
                sum += records::decode::<i64>(key, value)?;
            }
            Ok(())
        })
        .map_err(failed)?;
        Ok(sum.max(0).cast_unsigned())
    }
}

/// A conversation that stands for all those counted together.
fn stand_in(tally: Tally) -> Conversation {
    let channel = crate::domain::ChannelId(String::new());
    let mut c =
        Conversation::new(ConversationId(0), tally.queue, channel, tally.platform, String::new());
    c.assignee = tally.assignee;
    c.state = match tally.state {
        StateKind::Open => State::Open,
        StateKind::Pending => State::Pending,
        StateKind::OnHold => State::OnHold,
        StateKind::Snoozed => State::Snoozed { until: Time(0) },
        StateKind::Resolved => State::Resolved,
    };
    c
}

/// Where a resolved conversation stands: behind all others, the newest first. Only queue and number
/// are heard when a reader goes on from it; the queue is the one that is being read, not the
/// record's, because a reader of the second queue passes over the records of the first.
fn resolved_key(queue: Queue, c: &Conversation) -> OrderKey {
    OrderKey {
        queue,
        state: StateKind::Resolved,
        due_minute: Time(i64::MAX),
        lightness: u8::MAX,
        received: Time(i64::MAX.saturating_sub_unsigned(c.id.0)),
        id: c.id,
    }
}

/// The first key behind this one, so that it lies before the end of a range.
fn after(mut key: Key) -> Key {
    key.push(u8::MAX);
    key
}
