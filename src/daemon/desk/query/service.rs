//! Service figures and the breach forecast, from the hours' records and what waits now.

use super::super::memory::each;
use super::{Read, day, failed};
use crate::domain::flow::Flow;
use crate::domain::forecast::{self, Outlook, STEP, STEPS, Standing};
use crate::domain::order::StateKind;
use crate::domain::policy::Policies;
use crate::domain::service::{By, Cell, Period, Report, Row, Served, rule_of};
use crate::domain::{Conversation, OrderKey, Queue, Span, Time};
use crate::store::{Direction, KeyRange, Store, StoreError, keys, records};
use chrono::Timelike;
use std::collections::BTreeMap;

/// The most waiting conversations that are looked at one by one.
const MOST_WAITING: usize = 20_000;
/// The most places in a queue that a forecast reads. Where more is due within hours, what is past
/// them changes nothing that anybody could do.
const MOST_DUE: usize = 200_000;

/// The full hours of the desk's clock ahead, at most so many; the first at least 20 minutes away.
fn marks(now: Time, zone: chrono_tz::Tz, hours: usize) -> Vec<Time> {
    let minutes = 60 - i64::from(now.in_zone(zone).minute());
    let first = if minutes < 20 { minutes + 60 } else { minutes };
    let first = now.floor_minute() + Span::minutes(first);
    let last = now + Span::hours(forecast::MOST_HOURS as i64);
    (0..hours as i64).map(|n| first + Span::hours(n)).take_while(|at| *at <= last).collect()
}

/// The breach forecast for the coming hours with so many operators; `late` are late already.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn outlook(
    store: &dyn Store,
    now: Time,
    zone: chrono_tz::Tz,
    late: u64,
    operators: u32,
    hours: usize,
) -> Read<Outlook> {
    let mut past = Vec::new();
    let range = keys::served(now - forecast::BACK, now + Span::hours(1));
    each(store, range, |key, value| {
        if let Some(Err(hour)) = keys::served_parts(key) {
            past.push((hour, records::decode::<Flow>(key, value)?));
        }
        Ok(())
    })
    .map_err(failed)?;
    let rates = match forecast::measure(now, &past) {
        Ok(rates) => rates,
        Err(too_little) => return Ok(Err(too_little)),
    };
    let due = due(store, now).map_err(failed)?;
    let standing = Standing { late, due, operators };
    Ok(Ok(forecast::forecast(now, &standing, &rates, &marks(now, zone, hours))))
}

/// How many open ones are due in each step from now on.
fn due(store: &dyn Store, now: Time) -> Result<Vec<u64>, StoreError> {
    const PAGE: usize = 5_000;
    let mut due = vec![0; STEPS];
    let from = now.floor_minute() + Span::minutes(1);
    for queue in Queue::ALL {
        let at = |due_minute| OrderKey {
            queue,
            state: StateKind::Open,
            due_minute,
            lightness: 0,
            received: Time(i64::MIN),
            id: crate::domain::ConversationId(0),
        };
        let until = from + Span(STEP.0 * STEPS as i64);
        let mut range =
            KeyRange { from: keys::order(&at(from)), to: Some(keys::order(&at(until))) };
        let mut read = 0;
        loop {
            let page = store.scan(&range, PAGE, Direction::Forward)?;
            read += page.rows.len();
            for row in &page.rows {
                let Some(key) = keys::order_key(&row.0) else { continue };
                let step = usize::try_from((key.due_minute - now).0 / STEP.0).unwrap_or(0);
                if let Some(n) = due.get_mut(step) {
                    *n += 1;
                }
            }
            match page.rows.last() {
                Some(row) if page.more && read < MOST_DUE => {
                    range = range.after(&row.0, Direction::Forward);
                }
                _ => break,
            }
        }
    }
    Ok(due)
}

/// What service figures are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the rows are about.
    pub by: By,
    /// For which period.
    pub period: Period,
    /// Whether answers given outside of the desk count, too.
    pub outside: bool,
}

/// Service figures; `open` is how many wait in all.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn service(
    store: &dyn Store,
    now: Time,
    zone: chrono_tz::Tz,
    asked: Asked,
    open: u64,
    policies: &Policies,
) -> Read<Report> {
    let (from, before) = match asked.period {
        Period::Today => {
            let from = day(Some(zone.name()), now).0;
            (from, day(Some(zone.name()), from - Span(1)).0)
        }
        Period::Last(span) => ((now - span).floor_hour(), (now - span - span).floor_hour()),
    };
    let until_before = before + (now - from);
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let (mut total, mut outside) = (Row::default(), Served::default());
    each(store, keys::served(before, now + Span::hours(1)), |key, value| {
        let Some(Ok(cell)) = keys::served_parts(key) else { return Ok(()) };
        let is_now = cell.hour >= from;
        if !is_now && cell.hour >= until_before {
            return Ok(());
        }
        let served: Served = records::decode(key, value)?;
        if cell.operator.is_none() && is_now {
            outside.merge(&served);
        }
        if cell.operator.is_none() && !asked.outside {
            return Ok(());
        }
        let row = rows.entry(name(asked.by, &cell, zone)).or_default();
        for row in [row, &mut total] {
            if is_now { &mut row.now } else { &mut row.before }.merge(&served);
        }
        Ok(())
    })
    .map_err(failed)?;
    let (waiting, whole) = waiting(store, asked.by, policies, MOST_WAITING).map_err(failed)?;
    total.backlog = Some(open);
    total.oldest = waiting.values().filter_map(|(_, oldest)| *oldest).min();
    if asked.by != By::Hour {
        for (name, (n, oldest)) in waiting {
            let row = rows.entry(name).or_default();
            (row.backlog, row.oldest) = (Some(n), oldest);
        }
    }
    let mut rows: Vec<Row> = rows.into_iter().map(|(name, row)| Row { name, ..row }).collect();
    if asked.by != By::Hour {
        rows.sort_by_key(|row| std::cmp::Reverse((row.now.responses(), row.backlog)));
    }
    Ok(Report {
        by: asked.by,
        from,
        to: now,
        before,
        outside_counted: asked.outside,
        rows,
        total,
        outside,
        whole,
    })
}

pub(super) fn name(by: By, cell: &Cell, zone: chrono_tz::Tz) -> String {
    match by {
        By::Policy => cell.policy.clone(),
        By::Operator => cell.operator.as_ref().map(|o| o.0.clone()).unwrap_or_default(),
        By::Channel => cell.channel.0.clone(),
        By::Hour => format!("{:02}", cell.hour.in_zone(zone).hour()),
    }
}

/// How many of the most urgent open ones wait by row, and since when; whether those are all.
#[allow(clippy::type_complexity, reason = "used in one place")]
pub(super) fn waiting(
    store: &dyn Store,
    by: By,
    policies: &Policies,
    most: usize,
) -> Result<(BTreeMap<String, (u64, Option<Time>)>, bool), StoreError> {
    const PAGE: usize = 1_000;
    let mut found: BTreeMap<String, (u64, Option<Time>)> = BTreeMap::new();
    let (mut left, mut whole) = (most, true);
    for queue in Queue::ALL {
        let mut range = keys::order_of(queue, StateKind::Open);
        loop {
            let page = store.scan(&range, PAGE.min(left), Direction::Forward)?;
            left -= page.rows.len();
            let ids = page.rows.iter().filter_map(|row| keys::order_key(&row.0)).map(|key| key.id);
            for id in ids {
                let c: Option<Conversation> = records::get(store, &keys::conversation(id))?;
                let Some(c) = c else { continue };
                let name = match by {
                    By::Policy => Some(rule_of(&c, policies)),
                    By::Operator => c.assignee.as_ref().map(|o| o.0.clone()),
                    By::Channel => Some(c.channel.0.clone()),
                    By::Hour => None,
                };
                let row = found.entry(name.unwrap_or_default()).or_default();
                row.0 += 1;
                let received = c.received();
                row.1 = Some(row.1.map_or(received, |oldest| oldest.min(received)));
            }
            match page.rows.last() {
                Some(row) if page.more && left > 0 => {
                    range = range.after(&row.0, Direction::Forward);
                }
                Some(_) if page.more => {
                    whole = false;
                    break;
                }
                _ => break,
            }
        }
        if left == 0 {
            whole = false;
            break;
        }
    }
    Ok((found, whole))
}
