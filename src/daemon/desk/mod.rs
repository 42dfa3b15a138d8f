//! The desk's heart: what the one writer does to the records, and what readers may ask of them.
//!
//! For: inbound events, commands, undo, timers, figures - each turned into one durable commit.
//! May come in: domain, store (the trait, never an engine). The time of each group is passed in.
//! Never: reads a clock, opens a file or socket, knows a session's windows or a screen.

mod alerts;
mod archive;
mod came;
mod carriers;
mod claims;
mod classes;
mod commands;
mod derived;
mod elapse;
pub mod erase;
mod escalate;
mod figures;
mod flows;
mod group;
mod held;
mod inbound;
mod job;
mod library;
mod lint;
mod macros;
mod memory;
mod outbox;
mod people;
mod pool;
mod posts;
pub mod query;
mod records;
mod rules;
mod series;
mod set_back;
mod threading;
mod undo;
mod verify;
mod watch;

pub use archive::{ArchiveDone, ArchiveJob, candidates};
pub use came::MOST_HOST;
pub use job::{Arrival, Caller, Job, JobResult, Known, Move, Published, Sending, Setup};
pub use outbox::Step;
pub use verify::{Report, Report as VerifyReport, verify, verify_telling};

use crate::domain::{Queue, Refusal, Time};
use crate::store::keys::{self, TimerKind};
use crate::store::{Direction, Outcome, Read, Store, StoreError};
use crate::wire::message::DeskState;
use group::Group;
use memory::Memory;
use std::sync::Arc;

/// The most bytes of a channel's cursor.
const MOST_CURSOR: usize = 2048;

/// The desk as its one writer holds it: the store, and in memory what would otherwise be read
/// again for each event (counters, figures of now, sequences).
pub struct Desk {
    store: Arc<dyn Store>,
    setup: Setup,
    memory: Memory,
    /// A group failed: the memory ran ahead of the store and is read anew before the next one.
    stale: bool,
}

impl Desk {
    /// Reads what the writer keeps in memory. Takes the same time on a desk of any size.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(store: Arc<dyn Store>, setup: Setup, now: Time) -> Result<Desk, StoreError> {
        let mut memory = Memory::read(&*store, now)?;
        let cut = crate::store::archive::trim(&*store, store.archive())?;
        if cut > 0 {
            tracing::info!("{cut} bytes that an interruption left in the archive are cut off");
        }
        classes::learn_all(&mut memory, &*store, &setup)?;
        rules::check(&mut memory.facts, &setup);
        people::check(&mut memory.facts);
        Ok(Desk { store, setup, memory, stale: false })
    }

    /// Carries out jobs in order and commits all of them in one durable step. An answer for each
    /// job, in order; what was refused changed nothing.
    ///
    /// # Errors
    /// When the group could not be made durable. Nothing of it counts as done then, and the desk
    /// reads its memory anew from the store before the next group.
    pub fn run_group(
        &mut self,
        now: Time,
        jobs: Vec<Job>,
    ) -> Result<(Vec<JobResult>, Published), StoreError> {
        if self.stale {
            self.memory = Memory::read(&*self.store, now)?;
            classes::learn_all(&mut self.memory, &*self.store, &self.setup)?;
            rules::check(&mut self.memory.facts, &self.setup);
            people::check(&mut self.memory.facts);
        }
        self.stale = true;
        let done = self.run(now, jobs)?;
        self.stale = false;
        Ok(done)
    }

    fn run(
        &mut self,
        now: Time,
        jobs: Vec<Job>,
    ) -> Result<(Vec<JobResult>, Published), StoreError> {
        let store = Arc::clone(&self.store);
        let is_back = set_back::is_back(&self.memory.facts, now);
        if is_back {
            self.memory.near = figures::Near::new(now);
        }
        set_back::note(&mut self.memory.facts, now);
        self.memory.facts.clock = self.clock_done(now)?;
        self.memory.near.reach(&*store, self.memory.facts.clock, now)?;
        let mut group = Group::new(&*store, &self.setup, &mut self.memory, now);
        if is_back {
            set_back::follow(&mut group)?;
        }
        let results = jobs
            .into_iter()
            .map(|job| carry_out(&mut group, job))
            .collect::<Result<Vec<_>, _>>()?;
        let (batches, mut published) = group.finish()?;
        if !batches.is_empty() {
            for outcome in store.commit(batches)? {
                if let Outcome::Invalid(why) = outcome {
                    return Err(StoreError::new(why));
                }
            }
        }
        published.revision = store.revision();
        Ok((results, published))
    }

    /// Up to when the clock has nothing left to do. What comes in with a deadline before that is
    /// late at once and needs no timer.
    fn clock_done(&self, now: Time) -> Result<Time, StoreError> {
        let done = match self.first_timer()? {
            Some(first) => now.min(Time(first.0.saturating_sub(1))),
            None => now,
        };
        Ok(self.memory.facts.clock.max(done))
    }

    fn first_timer(&self) -> Result<Option<Time>, StoreError> {
        let first = self.store.range(&keys::timers(), 1, Direction::Forward)?;
        Ok(first.rows.first().and_then(|(key, _)| keys::timer_parts(key)).map(|(when, ..)| when))
    }

    /// When the next timer is due; the clock sleeps until then and sends [`Job::Elapse`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_timer(&self) -> Result<Option<Time>, StoreError> {
        let erases = !self.memory.erasing.is_empty();
        if self.memory.facts.sweep.is_some() || !self.memory.facts.people_known || erases {
            return Ok(Some(self.memory.facts.clock));
        }
        let watched = self.memory.watching.next(self.memory.facts.clock);
        Ok(self.first_timer()?.into_iter().chain(watched).min())
    }

    /// Whether the clock was set back since the last group: the next one, whatever it is, takes that in.
    pub fn is_ahead(&self, now: Time) -> bool {
        set_back::is_back(&self.memory.facts, now)
    }

    /// Header figures from memory. People, channels and `read_only` are left empty: the sessions
    /// know them.
    pub fn state(&self, now: Time) -> DeskState {
        let facts = &self.memory.facts;
        let near = &self.memory.near;
        DeskState {
            counts: self.memory.counts(),
            late: Queue::ALL.map(|q| (q, facts.late[records::place(q)])).to_vec(),
            within_hour: Queue::ALL.map(|q| (q, near.within_hour(q, now))).to_vec(),
            // A header without its next deadline is better than none: the next read fails loudly.
            next_due: self.next_due().unwrap_or_default(),
            waiting: facts.waiting,
            alerts: self.memory.watching.to_be_seen(now),
            ..DeskState::default()
        }
    }

    /// The desk's file of channels was read again.
    pub fn set_channels(&mut self, file: crate::config::Channels) {
        self.setup.channels = file.channels;
        self.setup.posting = file.posting;
        self.setup.cadences = file.cadences;
    }

    /// The desk's rules were read again: every conversation is judged and reckoned anew, a part with
    /// each tick.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn set_rules(&mut self, rules: &crate::config::Rules) -> Result<(), StoreError> {
        let judges_as_before = self.setup.classifier == rules.classifier;
        let figures_before = Arc::clone(&self.setup.figures);
        self.setup.set_rules(rules);
        if self.setup.figures != figures_before {
            self.memory.watching.forget();
        }
        if !judges_as_before {
            // What was learned is told apart by the lists it was learned with.
            classes::learn_all(&mut self.memory, &*self.store, &self.setup)?;
        }
        rules::check(&mut self.memory.facts, &self.setup);
        Ok(())
    }

    /// Every channel the desk knows: the configured ones, then those that came with an event.
    pub fn channels(&self) -> Vec<crate::domain::Channel> {
        let configured = &self.setup.channels;
        let came = self.memory.channels.values();
        let came = came.filter(|c| configured.iter().all(|known| known.id != c.id));
        configured.iter().chain(came).cloned().collect()
    }

    fn next_due(&self) -> Result<Option<Time>, StoreError> {
        const PAGE: usize = 32;
        let mut range = keys::timers();
        loop {
            let page = self.store.range(&range, PAGE, Direction::Forward)?;
            let timers = page.rows.iter().filter_map(|(key, _)| keys::timer_parts(key));
            let due = timers.filter(|(_, kind, _)| *kind == TimerKind::Due).map(|(when, ..)| when);
            if let Some(due) = due.min() {
                return Ok(Some(due));
            }
            match page.rows.last() {
                Some((last, _)) if page.more => range = range.after(last, Direction::Forward),
                _ => return Ok(None),
            }
        }
    }
}

fn carry_out(group: &mut Group<'_>, job: Job) -> Result<JobResult, StoreError> {
    Ok(match job {
        Job::Do { by, command } => commands::carry_out(group, &by, &command)?,
        Job::Ingest { cursor: Some((_, cursor)), .. } if cursor.len() > MOST_CURSOR => {
            let bytes = cursor.len();
            JobResult::Refused(Refusal::TooLong { bytes, limit: MOST_CURSOR })
        }
        Job::Ingest { cursor, events } => {
            JobResult::Ingested(inbound::ingest(group, cursor, events)?)
        }
        Job::Draft { by, id, text, seen } => match claims::draft(group, &by, id, text, seen)? {
            Some(why) => JobResult::Refused(why),
            None => JobResult::Ok,
        },
        Job::SessionEnded { session, operator } => {
            claims::session_ended(group, session, &operator)?;
            JobResult::Ok
        }
        Job::ReleaseClaims { sessions_alive } => {
            claims::release_dead(group, &sessions_alive)?;
            JobResult::Ok
        }
        Job::Idle { session } => {
            claims::idle(group, session)?;
            JobResult::Ok
        }
        Job::Outgoing { place, step } => outbox::step(group, &place, step)?,
        Job::Erase { by, asked } => erase::begin(group, &by, *asked)?,
        Job::ErasedFiles { number, removed, files } => {
            erase::finish(group, number, removed, files)?
        }
        Job::Came(arrival) => {
            came::came(group, *arrival)?;
            JobResult::Ok
        }
        Job::Copied(copy) => erase::copied(group, &copy)?,
        Job::Archive(job) => archive::carry_out(group, job)?,
        Job::Restored => {
            outbox::doubt_all(group)?;
            posts::restored(group)?;
            JobResult::Ok
        }
        Job::Elapse => {
            elapse::elapse(group)?;
            watch::elapse(group)?;
            rules::sweep(group)?;
            people::gather(group)?;
            erase::go_on(group)?;
            JobResult::Ok
        }
    })
}
