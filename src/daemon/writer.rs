//! The one writer: takes what all sessions want done, does it in groups, and answers when a group
//! is durable. It is also the desk's clock: it sleeps until the next timer.

use super::desk::{ArchiveJob, Desk, Job, JobResult, Setup};
use super::hub::{Hub, News};
use super::intake::{self, Beside, Intake};
use super::orders::{self, Order, Orders, Queues, Reply};
use super::restore::{self, Taken};
use super::space::{Low, Space};
use crate::config::{Channels, Rules};
use crate::domain::{Refusal, Time};
use crate::store::{Snapshots, Store, StoreError};
use crate::text::Lang;
use crate::text::catalogue::desk as say;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// The most jobs in one group.
const GROUP: usize = 256;
/// How long after an action operators count as acting.
const ACTING: Duration = Duration::from_secs(10);
/// The longest sleep towards a timer, so that a clock that was set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// How long to wait before a timer that did not go away is tried again.
const STUCK_TIMER: Duration = Duration::from_secs(1);
/// How long to wait before a database that failed is opened again, at first and at most.
const REOPEN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
/// How long lines of the archive that were left wait to be blanked, at first and at most.
const SETTLE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(60));
/// How often room on the disk is looked for while there is too little.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(5);
/// Opens the desk's store: at the start, and again after it failed.
pub type Opener = Box<dyn Fn() -> Result<Arc<dyn Store>, StoreError> + Send>;

/// Why the desk cannot write, and when to try again.
struct Trouble {
    why: String,
    disk_full: bool,
    again: Instant,
    wait: Duration,
}

/// The writer's thread.
pub struct Writer {
    hub: Arc<Hub>,
    open: Opener,
    lang: Lang,
    /// The store; `None` while it could not be opened.
    store: Option<Arc<Snapshots>>,
    /// The desk on it; `None` without a store, and while a restore is under way.
    desk: Option<Desk>,
    trouble: Option<Trouble>,
    space: Space,
    /// Too little room: when to look again, and the sentence.
    low: Option<(Instant, String)>,
    urgent: mpsc::Receiver<Order>,
    bulk: mpsc::Receiver<Intake>,
    /// Lists that are partly in.
    intakes: Vec<Intake>,
    last_action: Option<Instant>,
    /// The timer that was tried last and when, so that one that stays cannot make us spin.
    tried: Option<(Time, Instant)>,
    minute: Time,
    /// When lines of the archive that were left are blanked, and how long to wait if that fails.
    settle: Option<(Instant, Duration)>,
    ending: bool,
}

/// What woke the writer.
enum Woken {
    Order(Order),
    Events(Intake),
    Time,
}

/// What a job of a group was for.
enum Then {
    Reply(Reply),
    /// Which of the intakes, and where in it the part began.
    Part(usize, u32),
}

impl Writer {
    /// Opens the desk.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub fn new(
        hub: Arc<Hub>,
        open: Opener,
        space: Space,
        lang: Lang,
    ) -> Result<(Writer, Orders), StoreError> {
        let (orders, Queues { urgent, bulk }) = orders::queues();
        let mut writer = Writer {
            hub,
            open,
            lang,
            store: None,
            desk: None,
            trouble: None,
            space,
            low: None,
            urgent,
            bulk,
            intakes: Vec::new(),
            last_action: None,
            tried: None,
            minute: now().floor_minute(),
            settle: None,
            ending: false,
        };
        writer.open_desk()?;
        Ok((writer, orders))
    }

    /// Opens the store and the desk, and lets readers in.
    fn open_desk(&mut self) -> Result<(), StoreError> {
        let store = Snapshots::new((self.open)()?);
        self.store = Some(store.clone());
        self.hub.reads.put(store);
        self.read_desk()
    }

    /// Reads what the writer keeps in memory, unless the store holds only a part of a desk.
    fn read_desk(&mut self) -> Result<(), StoreError> {
        let Some(store) = self.store.clone() else { return Ok(()) };
        if restore::is_unfinished(&*store)? {
            tracing::warn!("a restore was begun and is not finished");
            self.desk = None;
        } else {
            let (channels, cadences) = self.hub.configured();
            let posting = self.hub.posting();
            let mut setup = Setup { channels, cadences, posting, ..self.hub.about.setup.clone() };
            setup.set_rules(&self.hub.rules());
            let desk = Desk::open(store, setup, now())?;
            self.hub.set_figures(desk.state(now()));
            self.desk = Some(desk);
        }
        self.show_health();
        Ok(())
    }

    /// Closes the desk and its store.
    fn close_desk(&mut self) {
        self.hub.reads.take();
        self.desk = None;
        self.store = None;
    }

    /// Works until it is told to end. Blocks its thread.
    pub fn run(mut self, runtime: &Handle) {
        while !self.ending {
            let until = self.wake_at();
            let woken = runtime.block_on(self.next(until));
            self.mend();
            match woken {
                Some(Woken::Order(order)) => self.group(Some(order)),
                Some(Woken::Events(intake)) => {
                    self.intakes.push(intake);
                    self.group(None);
                }
                Some(Woken::Time) => self.group(None),
                None => break,
            }
            self.turn_minute();
        }
        for intake in self.intakes.drain(..) {
            intake.refuse(orders::ended());
        }
        self.close_desk();
    }

    /// When to wake without being asked; `None` = not at all.
    fn wake_at(&mut self) -> Option<Instant> {
        let here = Instant::now();
        if !self.intakes.is_empty() {
            return Some(here);
        }
        let due = if self.trouble.is_none() { self.due() } else { None };
        let mut at = self.low.as_ref().map(|(at, _)| *at);
        let mut sooner = |t: Instant| at = Some(at.map_or(t, |a| a.min(t)));
        if let Some(trouble) = &self.trouble {
            sooner(trouble.again);
        } else if let Some(due) = due {
            let sleep = Duration::from_millis(u64::try_from((due - now()).0).unwrap_or(0));
            let stuck = self.tried.filter(|(t, _)| *t == due).map(|(_, at)| at + STUCK_TIMER);
            let wake = here + sleep.min(LONGEST_SLEEP);
            sooner(stuck.map_or(wake, |s| s.max(wake)));
        }
        if let (None, Some((settle, _))) = (&self.trouble, self.settle) {
            sooner(settle);
        }
        // Somebody looks at figures that change with the minute.
        if !self.hub.cockpits().is_empty() {
            let left = 60_000 - now().0.rem_euclid(60_000);
            sooner(here + Duration::from_millis(u64::try_from(left).unwrap_or(0)));
        }
        at
    }

    /// The next timer.
    fn due(&mut self) -> Option<Time> {
        match self.desk.as_ref().map(Desk::next_timer)? {
            Ok(due) => due,
            Err(e) => {
                self.fail(&e);
                None
            }
        }
    }

    /// Waits for work, or until then. `None` = nobody can send any more.
    async fn next(&mut self, until: Option<Instant>) -> Option<Woken> {
        let timer = async {
            match until {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            order = self.urgent.recv() => order.map(Woken::Order),
            Some(intake) = self.bulk.recv(), if self.intakes.is_empty() => Some(Woken::Events(intake)),
            () = timer => Some(Woken::Time),
        }
    }

    /// Does one group: what waits, what is due, and a part of the events that wait.
    fn group(&mut self, first: Option<Order>) {
        let mut jobs = Vec::new();
        let mut then = Vec::new();
        let mut restores = Vec::new();
        let mut next = first;
        while let Some(order) = next {
            match order {
                Order::Job(job, reply) => {
                    if matches!(job, Job::Do { .. } | Job::Draft { .. }) {
                        self.last_action = Some(Instant::now());
                    }
                    jobs.push(job);
                    then.push(Then::Reply(reply));
                }
                Order::Restore { lines, last, reply } => restores.push((lines, last, reply)),
                Order::Channels(channels) => self.set_channels(*channels),
                Order::Rules(rules) => self.set_rules(&rules),
                Order::End => self.ending = true,
            }
            // What comes after a restore or the end belongs to the next group.
            let go_on = jobs.len() < GROUP && restores.is_empty() && !self.ending;
            next = if go_on { self.urgent.try_recv().ok() } else { None };
        }
        if let Some(why) = self.refusal() {
            for then in then {
                if let Then::Reply(reply) = then {
                    reply.send(JobResult::Refused(why.clone()));
                }
            }
            for intake in self.intakes.drain(..) {
                intake.refuse(why.clone());
            }
        } else {
            self.take_due(&mut jobs, &mut then);
            self.take_settling(&mut jobs, &mut then);
            self.take_events(&mut jobs, &mut then);
            if !jobs.is_empty() {
                self.carry_out(jobs, then);
            }
        }
        for (lines, last, reply) in restores {
            let result = self.restore_lines(&lines, last);
            reply.send(result.map_or_else(JobResult::Refused, |()| JobResult::Ok));
        }
    }

    /// The desk's file of channels was read again.
    fn set_channels(&mut self, channels: Channels) {
        if let Some(desk) = &mut self.desk {
            desk.set_channels(channels);
        }
    }

    /// The desk's rules were read again: every conversation is judged anew from the next tick on.
    fn set_rules(&mut self, rules: &Rules) {
        let set = self.desk.as_mut().map(|desk| desk.set_rules(rules));
        if let Some(Err(e)) = set {
            self.fail(&e);
        }
    }

    /// Why nothing can be written now.
    fn refusal(&self) -> Option<Refusal> {
        if let Some(trouble) = &self.trouble {
            return Some(Refusal::ReadOnly(trouble.why.clone()));
        }
        self.is_restoring().then(|| Refusal::ReadOnly(say::RESTORING.say(self.lang).into()))
    }

    /// True while the store holds only a part of a desk.
    fn is_restoring(&self) -> bool {
        self.store.is_some() && self.desk.is_none()
    }

    /// Takes lines of an export into an empty desk; when the last one is in, the desk is read.
    fn restore_lines(&mut self, lines: &[String], last: bool) -> Result<(), Refusal> {
        if let Some(trouble) = &self.trouble {
            return Err(Refusal::ReadOnly(trouble.why.clone()));
        }
        let Some(store) = self.store.clone() else { return Ok(()) };
        let taken = restore::take(&*store, lines, last);
        // What the desk had in memory may be of an empty one, or of one that is not whole.
        let read = match &taken {
            Ok(Taken::Part) if self.desk.is_none() => Ok(()),
            Err(Refusal::NotEmpty) => Ok(()),
            _ => self.read_desk(),
        };
        if let Err(e) = read {
            self.fail(&e);
        }
        if taken == Ok(Taken::Whole) {
            tracing::info!("an export was restored");
            self.carry_out(vec![Job::Restored], vec![Then::Reply(Reply::None)]);
            self.hub.tell(News::All);
        }
        taken.map(|_| ())
    }

    /// Adds the clock's work, when its time has come.
    fn take_due(&mut self, jobs: &mut Vec<Job>, then: &mut Vec<Then>) {
        let moment = now();
        let is_ahead = self.desk.as_ref().is_some_and(|desk| desk.is_ahead(moment));
        let due = self.due().filter(|due| *due <= moment);
        let Some(due) = due.or(is_ahead.then_some(moment)) else { return };
        let here = Instant::now();
        if self.tried.is_some_and(|(t, at)| t == due && here < at + STUCK_TIMER) {
            return;
        }
        self.tried = Some((due, here));
        jobs.push(Job::Elapse);
        then.push(Then::Reply(Reply::None));
    }

    /// Adds the blanking of lines of the archive, when no export reads them any more.
    fn take_settling(&mut self, jobs: &mut Vec<Job>, then: &mut Vec<Then>) {
        let here = Instant::now();
        if !self.desk.as_ref().is_some_and(Desk::is_unsettled) {
            self.settle = None;
            return;
        }
        let (at, wait) = *self.settle.get_or_insert((here + SETTLE.0, SETTLE.0));
        if at > here {
            return;
        }
        let wait = (wait * 2).min(SETTLE.1);
        self.settle = Some((here + wait, wait));
        if !self.hub.reads.exporting() {
            jobs.push(Job::Archive(ArchiveJob::Settle));
            then.push(Then::Reply(Reply::None));
        }
    }

    /// Adds events, as many as may be in one group.
    fn take_events(&mut self, jobs: &mut Vec<Job>, then: &mut Vec<Then>) {
        let beside = match self.last_action {
            Some(at) if at.elapsed() < ACTING && jobs.is_empty() => Beside::Between,
            Some(at) if at.elapsed() < ACTING => Beside::Actions,
            _ => Beside::Nobody,
        };
        let waited = self.intakes.iter().map(|intake| intake.since().elapsed()).max();
        let mut room = intake::places(beside, waited.unwrap_or_default());
        let mut at = 0;
        while room > 0 && jobs.len() < GROUP {
            if at == self.intakes.len() {
                match self.bulk.try_recv() {
                    Ok(intake) => self.intakes.push(intake),
                    Err(_) => break,
                }
            }
            if at == 0 && !self.has_room() {
                return;
            }
            let intake = &mut self.intakes[at];
            let waiting = intake.len();
            let (job, from) = intake.part(room);
            room = room.saturating_sub(waiting.max(1));
            jobs.push(job);
            then.push(Then::Part(at, from));
            at += 1;
        }
    }

    /// Looks at the disk; refuses the events that wait when there is too little room.
    fn has_room(&mut self) -> bool {
        let Some(Low { free, need }) = self.space.low() else {
            self.low = None;
            self.show_health();
            return true;
        };
        let (free, need) = (free >> 20, need >> 20);
        let why = String::from(say::LOW_SPACE.fill(self.lang, &[("free", &free), ("need", &need)]));
        if self.low.is_none() {
            tracing::warn!("{why}");
        }
        for intake in self.intakes.drain(..) {
            intake.refuse(Refusal::ReadOnly(why.clone()));
        }
        self.low = Some((Instant::now() + LOOK_FOR_ROOM, why));
        self.show_health();
        false
    }

    /// Tells everybody why the desk cannot write, or that it can.
    fn show_health(&self) {
        let low = self.low.as_ref().map(|(_, why)| why.clone());
        let restoring = || self.is_restoring().then(|| say::RESTORING.say(self.lang).into());
        let trouble = self.trouble.as_ref().map(|t| t.why.clone());
        self.hub.set_read_only(trouble.or_else(restoring).or(low));
    }

    /// Commits a group, tells the sessions, answers.
    fn carry_out(&mut self, jobs: Vec<Job>, then: Vec<Then>) {
        let Some(desk) = self.desk.as_mut() else { return };
        let (moment, begun, count) = (now(), Instant::now(), jobs.len());
        latest();
        match desk.run_group(moment, jobs) {
            Ok((results, published)) => {
                tracing::debug!(jobs = count, us = begun.elapsed().as_micros(), "committed");
                self.hub.set_figures(desk.state(moment));
                for (then, result) in then.into_iter().zip(results) {
                    match then {
                        Then::Reply(reply) => reply.send(result),
                        Then::Part(at, from) => self.intakes[at].absorb(from, result),
                    }
                }
                let (over, rest) = self.intakes.drain(..).partition(Intake::is_over);
                self.intakes = rest;
                let over: Vec<Intake> = over;
                over.into_iter().for_each(Intake::finish);
                // Answers come first: whoever acted is not shown what follows from it before they know.
                self.hub.tell(News::Committed(Arc::new(published)));
            }
            Err(e) => {
                self.fail(&e);
                let why = Refusal::Store(e.what);
                for then in then {
                    if let Then::Reply(reply) = then {
                        reply.send(JobResult::Refused(why.clone()));
                    }
                }
                for intake in self.intakes.drain(..) {
                    intake.refuse(why.clone());
                }
            }
        }
    }

    /// The store failed: nothing is written until it has been opened again.
    fn fail(&mut self, e: &StoreError) {
        tracing::error!("the store failed: {e}");
        let msg = if e.disk_full { say::DISK_FULL } else { say::STORE_STOPPED };
        let why = String::from(msg.fill(self.lang, &[("why", &e.what)]));
        let wait = self.trouble.as_ref().map_or(REOPEN.0, |t| (t.wait * 2).min(REOPEN.1));
        let again = Instant::now() + wait;
        self.trouble = Some(Trouble { why, disk_full: e.disk_full, again, wait });
        self.show_health();
    }

    /// Opens a store that failed again, when it is time and there is room.
    fn mend(&mut self) {
        let here = Instant::now();
        if let Some(trouble) = self.trouble.as_mut().filter(|t| t.again <= here) {
            if trouble.disk_full && self.space.full() {
                trouble.again = here + LOOK_FOR_ROOM;
                return;
            }
            self.close_desk();
            match self.open_desk() {
                Ok(()) => {
                    tracing::info!("the store is open again");
                    self.trouble = None;
                    self.show_health();
                    self.hub.tell(News::All);
                }
                Err(e) => self.fail(&e),
            }
        } else if let Some((at, _)) = self.low.as_mut().filter(|(at, _)| *at <= here) {
            *at = here + LOOK_FOR_ROOM;
            if self.space.low().is_none() {
                self.low = None;
                self.show_health();
            }
        }
    }

    /// Figures that depend on the time are told anew with each minute.
    fn turn_minute(&mut self) {
        let moment = now();
        if moment.floor_minute() == self.minute {
            return;
        }
        self.minute = moment.floor_minute();
        if let Some(desk) = &self.desk {
            self.hub.set_figures(desk.state(moment));
            self.hub.tell(News::Minute);
        }
    }
}

/// The latest that the clock has said since the daemon started: what comes from a platform is no thing of
/// the future because this machine's clock was set back.
pub fn latest() -> Time {
    static LATEST: AtomicI64 = AtomicI64::new(i64::MIN);
    let moment = now();
    Time(LATEST.fetch_max(moment.0, Ordering::Relaxed)).max(moment)
}

/// The time by the system's clock.
pub fn now() -> Time {
    Time::from(chrono::Utc::now())
}
