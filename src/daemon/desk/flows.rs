//! Service figures, and what came and was handled by the hour, on their way to the store: what a
//! group adds is gathered in memory and written once. Few keys: one for the hour, and one for each
//! mix of channel, policy and operator that answered in it.

use crate::domain::flow::{Flow, Step};
use crate::domain::service::{Cell, KEPT, Point, Served};
use crate::domain::{OperatorName, Time};
use crate::store::{Direction, Overlay, Read, StoreError, keys, records};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Records kept in memory between groups.
const MOST: usize = 2048;
/// The most records past their time that one group removes.
const SWEEP: usize = 256;

/// Flows and cells in memory, a copy of those in the store once a group is committed.
#[derive(Debug, Default)]
pub struct Flows {
    hours: HashMap<Time, Flow>,
    cells: HashMap<Cell, Served>,
    changed_hours: HashSet<Time>,
    changed_cells: HashSet<Cell>,
    /// The hour in which old ones were last looked for.
    swept: Option<Time>,
}

impl Flows {
    /// Counts a reply (`sign` 1), or takes it back (-1). What lies too far back is not kept.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn serve(
        &mut self,
        from: &impl Read,
        point: &Point,
        sign: i64,
        now: Time,
    ) -> Result<(), StoreError> {
        if point.cell.hour < now - KEPT {
            return Ok(());
        }
        let cell = &point.cell;
        if !self.cells.contains_key(cell) {
            let known = records::get(from, &keys::cell(cell))?.unwrap_or_default();
            self.cells.insert(cell.clone(), known);
        }
        if let Some(served) = self.cells.get_mut(cell) {
            served.count(point, sign);
        }
        self.changed_cells.insert(cell.clone());
        Ok(())
    }

    /// Counts that something came or was handled.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn step(
        &mut self,
        from: &impl Read,
        at: Time,
        step: Step,
        now: Time,
    ) -> Result<(), StoreError> {
        // A platform's clock may be ahead: its future is not a later hour of ours.
        let hour = at.min(now).floor_hour();
        if hour >= now - KEPT {
            self.hour(from, hour)?.count(step);
        }
        Ok(())
    }

    /// Notes that an operator worked at this moment.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn active(
        &mut self,
        from: &impl Read,
        operator: &OperatorName,
        now: Time,
    ) -> Result<(), StoreError> {
        let hour = now.floor_hour();
        self.hour(from, hour)?.was_active(operator, now);
        Ok(())
    }

    fn hour(&mut self, from: &impl Read, hour: Time) -> Result<&mut Flow, StoreError> {
        self.changed_hours.insert(hour);
        match self.hours.entry(hour) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let known = records::get(from, &keys::flow(hour))?;
                Ok(place.insert(known.unwrap_or_default()))
            }
        }
    }

    /// Stages what changed; once an hour, what is past its time goes, if the clock is believed that far.
    ///
    /// # Errors
    /// When one cannot be written as a record.
    pub fn write(
        &mut self,
        to: &mut Overlay<'_>,
        now: Time,
        lets_go: bool,
    ) -> Result<(), StoreError> {
        let any = !self.changed_hours.is_empty() || !self.changed_cells.is_empty();
        for hour in self.changed_hours.drain() {
            if let Some(flow) = self.hours.get(&hour) {
                records::put(to, keys::flow(hour), flow)?;
            }
        }
        for cell in self.changed_cells.drain() {
            let key = keys::cell(&cell);
            match self.cells.get(&cell) {
                Some(served) if !served.is_empty() => records::put(to, key, served)?,
                _ => to.delete(key),
            }
        }
        if self.hours.len() + self.cells.len() > MOST {
            self.hours.clear();
            self.cells.clear();
        }
        if any && lets_go && self.swept != Some(now.floor_hour()) {
            let old = keys::served(Time(i64::MIN), now - KEPT);
            let rows = to.range(&old, SWEEP, Direction::Forward)?.rows;
            // With more to remove than fits, the next group goes on.
            self.swept = (rows.len() < SWEEP).then(|| now.floor_hour());
            for (key, _) in rows {
                to.delete(key);
            }
        }
        Ok(())
    }
}
