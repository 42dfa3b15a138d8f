//! What the writer keeps in memory: a copy of small parts of the store, read when the desk opens
//! and after a commit that failed, kept up by each group.

use super::erase;
use super::figures::{Figures, Near};
use super::flows::Flows;
use super::records::{Correction, Facts, place};
use super::watch::Watching;
use crate::domain::classify::learned::Learned;
use crate::domain::order::StateKind;
use crate::domain::{
    Channel, ChannelId, Conversation, ConversationId, MessageRef, OperatorName, Queue, SessionId,
    Time,
};
use crate::store::archive;
use crate::store::keys::{self, Tally};
use crate::store::{Direction, KeyRange, Overlay, Read, Rows, Store, StoreError, records};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Rows read at a time where a whole family is read.
const PAGE: usize = 1000;

/// The writer's memory. Within a group it runs ahead of the store; a group that fails leaves it
/// wrong, so it is then read anew.
#[derive(Debug)]
pub struct Memory {
    /// Sequences and other facts.
    pub facts: Facts,
    /// The facts as they are in the store.
    stored: Facts,
    /// How many conversations stand how.
    tallies: HashMap<Tally, i64>,
    changed: HashSet<Tally>,
    /// Claims by session.
    pub claims: BTreeMap<SessionId, BTreeSet<ConversationId>>,
    /// Channels that came with their first event.
    pub channels: BTreeMap<ChannelId, Channel>,
    /// Who has a record.
    pub operators: BTreeSet<OperatorName>,
    /// The figures' buckets.
    pub figures: Figures,
    /// Service figures, and what came and was handled.
    pub flows: Flows,
    /// What is due soon.
    pub near: Near,
    /// What operators have corrected, by message.
    pub corrections: BTreeMap<MessageRef, Correction>,
    /// What was learned from it.
    pub learned: Learned,
    /// What is watched.
    pub watching: Watching,
    /// The key of the digests of what was erased; `None` = nothing ever was.
    pub salt: Option<String>,
    /// Erasures that the writer works on, by number.
    pub erasing: BTreeSet<u64>,
    /// Lines of the archive wait to be blanked.
    pub unsettled: bool,
}

impl Memory {
    /// Reads it. Costs what the counters, the live claims and the next hour cost, whatever the
    /// number of conversations.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read(store: &dyn Store, now: Time) -> Result<Memory, StoreError> {
        let facts: Facts = records::get(store, &Facts::key())?.unwrap_or_default();
        let mut memory = Memory {
            stored: facts.clone(),
            near: Near::new(now),
            facts,
            tallies: HashMap::new(),
            changed: HashSet::new(),
            claims: BTreeMap::new(),
            channels: BTreeMap::new(),
            operators: BTreeSet::new(),
            figures: Figures::default(),
            corrections: BTreeMap::new(),
            learned: Learned::default(),
            watching: Watching::read(store, now)?,
            flows: Flows::default(),
            salt: None,
            erasing: BTreeSet::new(),
            unsettled: archive::is_unsettled(store)?,
        };
        erase::read(&mut memory, store)?;
        each(store, keys::tallies(), |key, value| {
            if let Some(tally) = keys::tally_parts(key) {
                memory.tallies.insert(tally, records::decode(key, value)?);
            }
            Ok(())
        })?;
        each(store, keys::claims(), |key, _| {
            if let Some((session, id)) = keys::claim_parts(key) {
                memory.claims.entry(session).or_default().insert(id);
            }
            Ok(())
        })?;
        each(store, keys::channels(), |key, value| {
            let channel: Channel = records::decode(key, value)?;
            memory.channels.insert(channel.id.clone(), channel);
            Ok(())
        })?;
        each(store, keys::operators(), |key, _| {
            if let Some(keys::Parsed::Operator(name)) = keys::parse(key) {
                memory.operators.insert(name);
            }
            Ok(())
        })?;
        memory.near.reach(store, memory.facts.clock, now)?;
        Ok(memory)
    }

    /// Counts a conversation in its new place instead of its old one.
    pub fn tally(&mut self, before: Option<&Conversation>, after: &Conversation) {
        let now = tally_of(after);
        let was = before.map(tally_of);
        if was.as_ref() == Some(&now) {
            return;
        }
        for (tally, by) in [(was, -1), (Some(now), 1)] {
            if let Some(tally) = tally {
                *self.tallies.entry(tally.clone()).or_default() += by;
                self.changed.insert(tally);
            }
        }
    }

    /// Counts a conversation no longer.
    pub fn untally(&mut self, c: &Conversation) {
        let tally = tally_of(c);
        *self.tallies.entry(tally.clone()).or_default() -= 1;
        self.changed.insert(tally);
    }

    /// Conversations by queue and state, every combination, in the order of the screen.
    pub fn counts(&self) -> Vec<(Queue, StateKind, u64)> {
        let mut sums = [[0i64; StateKind::ALL.len()]; 2];
        for (tally, n) in &self.tallies {
            let state = StateKind::ALL.iter().position(|s| *s == tally.state).unwrap_or(0);
            sums[place(tally.queue)][state] += n;
        }
        let each = |queue: Queue| {
            StateKind::ALL.iter().enumerate().map(move |(i, state)| {
                (queue, *state, sums[place(queue)][i].max(0).cast_unsigned())
            })
        };
        Queue::ALL.into_iter().flat_map(each).collect()
    }

    /// Stages what changed of counters, figures and facts.
    ///
    /// # Errors
    /// When one cannot be written as a record.
    pub fn write(&mut self, to: &mut Overlay<'_>) -> Result<(), StoreError> {
        for tally in self.changed.drain() {
            let key = keys::tally(&tally);
            match self.tallies.get(&tally) {
                Some(n) if *n != 0 => records::put(to, key, n)?,
                _ => {
                    self.tallies.remove(&tally);
                    to.delete(key);
                }
            }
        }
        self.figures.write(to)?;
        self.flows.write(to, self.facts.clock, self.facts.leapt.is_none())?;
        // That the clock went on without anything to do is no news worth a commit of its own.
        let alone = Facts { clock: self.stored.clock, ..self.facts.clone() } == self.stored;
        if to.job_len() > 0 || !alone {
            records::put(to, Facts::key(), &self.facts)?;
            self.stored = self.facts.clone();
        }
        Ok(())
    }
}

/// The counter a conversation counts in.
pub fn tally_of(c: &Conversation) -> Tally {
    Tally {
        queue: c.queue,
        state: StateKind::from(&c.state),
        platform: c.platform.clone(),
        assignee: c.assignee.clone(),
    }
}

/// Reads a whole family.
///
/// # Errors
/// When the store cannot be read, and those of `row`.
pub fn each(
    store: &(impl Read + ?Sized),
    family: KeyRange,
    mut row: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut rest = family;
    loop {
        let Rows { rows, more } = store.range(&rest, PAGE, Direction::Forward)?;
        for (key, value) in &rows {
            row(key, value)?;
        }
        match rows.last() {
            Some((last, _)) if more => rest = rest.after(last, Direction::Forward),
            _ => return Ok(()),
        }
    }
}
