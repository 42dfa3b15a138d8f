//! What one channel's runner does next with its outbox: one thing at a time, each step on disk before
//! it is made. No clock, no process: what happens is told, what to do is answered.

use crate::connect::protocol::{
    Ack, Act, Budget, Command, MediaRef, Nack, NackKind, Target, ToConnector,
};
use crate::daemon::desk::query::{About, Row};
use crate::daemon::desk::{JobResult, Step};
use crate::domain::erasure::ALIAS;
use crate::domain::outbox::Stage;
use crate::domain::outbox::{Next, Outcome};
use crate::domain::post::{Content, Variant};
use crate::domain::{
    Author, Conversation, Guard, Message, MessageKind, OutKind, OutPlace, Queue, Refusal, Span,
    Time,
};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Rows looked at in one go.
pub const ROWS: usize = 64;
/// How long the answer to a command may take: longer than any call a connector makes.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a platform may take to show what an interrupted attempt has done.
const SETTLES: Duration = Duration::from_secs(3);
/// Between two attempts at the same thing, or two looks, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// The longest that a platform's own "come again" is believed.
const LONGEST_HOLD: Duration = Duration::from_secs(3600);

/// What the runner is to do.
#[derive(Debug)]
pub enum Wants {
    /// Nothing, until something happens or [`Outbound::wake_at`] comes.
    Nothing,
    /// Let the writer write this; its answer goes to [`Outbound::written`].
    Write {
        /// About which row.
        place: OutPlace,
        /// What.
        step: Step,
        /// True when the platform did it, for the counts.
        done: bool,
        /// True when it will not.
        failed: bool,
    },
    /// Tell the connector this.
    Tell(Box<ToConnector>),
    /// Find out which platform ids are known to be something else, and tell [`Outbound::knows`].
    Known(OutPlace),
}

/// What is under way.
#[derive(Debug)]
enum Now {
    /// Nothing.
    Idle,
    /// The writer writes down that an attempt is made.
    Writing(Box<Row>),
    /// A look is prepared.
    Preparing(Box<Row>, Option<Vec<String>>),
    /// The connector has a command, or is asked to look.
    Asked { id: u64, place: OutPlace, until: Instant, look: bool, attempts: u32 },
    /// The answer is there and is to be written.
    Came { place: OutPlace, to: Outcome, hopeless: bool },
    /// The writer writes it.
    Settling,
}

/// A channel's outbox at work.
#[derive(Debug)]
pub struct Outbound {
    /// What the connector can do about a doubt; `None` = it never said.
    guard: Option<Guard>,
    /// The connector runs and has said what it can do.
    ready: bool,
    /// What an earlier run left in doubt is not looked for before this.
    settles: Option<Instant>,
    now: Now,
    /// The last number given to a command.
    id: u64,
    /// The number of the test that was asked for last.
    check: u64,
    /// Rows that were doubtful before, with how often and when they are looked at next.
    looks: HashMap<OutPlace, (u32, Instant)>,
    /// Nothing goes out before this: the platform said so.
    hold: Option<Instant>,
    /// When there may be something to do; `None` = not before something happens.
    due: Option<Instant>,
    /// Nothing new is begun any more.
    resting: bool,
}

impl Outbound {
    /// Of a channel whose connector has not said anything yet.
    pub fn new() -> Outbound {
        Outbound {
            guard: None,
            ready: false,
            settles: None,
            now: Now::Idle,
            id: 0,
            check: 0,
            looks: HashMap::new(),
            hold: None,
            due: None,
            resting: false,
        }
    }

    /// The connector has said what it can do about a doubt.
    pub fn met(&mut self, guard: Guard) {
        if !self.ready {
            // The platform may still be at work on what an earlier run has sent.
            self.settles = Some(Instant::now() + SETTLES);
        }
        (self.guard, self.ready) = (Some(guard), true);
        self.look_again();
    }

    /// The outbox may have changed.
    pub fn look_again(&mut self) {
        self.due = Some(Instant::now());
    }

    /// Nothing new is begun any more.
    pub fn rest(&mut self) {
        self.resting = true;
    }

    /// True when nothing is under way.
    pub fn is_idle(&self) -> bool {
        matches!(self.now, Now::Idle)
    }

    /// The connector is gone: what it had is in doubt.
    pub fn interrupted(&mut self) {
        if let Now::Asked { place, .. } = &self.now {
            self.looks.insert(place.clone(), (0, Instant::now() + SETTLES));
        }
        // An answer that came is written down by the next run, or at the end of this one.
        if !matches!(self.now, Now::Came { .. } | Now::Settling) {
            self.now = Now::Idle;
        }
        (self.ready, self.due, self.hold) = (false, None, None);
    }

    /// When to come again without being asked.
    pub fn wake_at(&self) -> Option<Instant> {
        match &self.now {
            Now::Asked { until, .. } => Some(*until),
            Now::Idle if self.ready && !self.resting => match (self.due, self.hold) {
                (Some(due), Some(hold)) => Some(due.max(hold)),
                (due, _) => due,
            },
            Now::Came { .. } => Some(Instant::now()),
            _ => None,
        }
    }

    /// A command that tests the connection.
    pub fn check(&mut self, now: Time) -> ToConnector {
        self.id += 1;
        self.check = self.id;
        ToConnector::Command(Box::new(Command {
            id: self.id,
            key: String::new(),
            attempt: 1,
            made: Some(now),
            look: false,
            known: Vec::new(),
            act: Act::Check,
        }))
    }

    /// Whether an answer is the one to the last test.
    pub fn is_check(&self, id: u64) -> bool {
        id != 0 && self.check == id
    }

    /// What the platform still lets us do.
    pub fn budget(&mut self, budget: Option<Budget>, now: Time) {
        let Some(Budget { left: 0, resets: Some(resets), .. }) = budget else { return };
        let wait = u64::try_from((resets - now).0).unwrap_or(0);
        self.hold_for(Duration::from_millis(wait));
    }

    fn hold_for(&mut self, time: Duration) {
        let until = Instant::now() + time.min(LONGEST_HOLD);
        self.hold = Some(self.hold.map_or(until, |h| h.max(until)));
    }

    /// True when [`Outbound::next`] would look at the outbox.
    pub fn wants_rows(&self) -> bool {
        let here = Instant::now();
        self.is_idle()
            && self.ready
            && !self.resting
            && self.due.is_some_and(|due| due <= here)
            && self.hold.is_none_or(|hold| hold <= here)
    }

    /// What to do now; `rows` are the first [`ROWS`] of the outbox, when they are wanted.
    pub fn next(&mut self, now: Time, here: Instant, rows: Vec<Row>) -> Wants {
        match std::mem::replace(&mut self.now, Now::Idle) {
            Now::Idle => self.begin(now, here, rows),
            Now::Asked { until, place, look, attempts, .. } if until <= here => {
                // Whatever it does later: this attempt is in doubt.
                self.now = self.came(
                    place,
                    look,
                    attempts,
                    Outcome::Unknown { why: "the connector did not answer".to_owned() },
                );
                self.next(now, here, rows)
            }
            Now::Came { place, to, hopeless } => {
                // Nothing can have come from one that never said what it can do.
                let guard = self.guard.filter(|_| !hopeless).unwrap_or_default();
                self.now = Now::Settling;
                let done = matches!(to, Outcome::Done { .. });
                let failed = matches!(to, Outcome::Failed { .. });
                Wants::Write { place, step: Step::Came { to, guard }, done, failed }
            }
            Now::Preparing(row, None) => {
                let place = row.place.clone();
                self.now = Now::Preparing(row, None);
                Wants::Known(place)
            }
            Now::Preparing(row, Some(known)) => self.ask(*row, true, known, here),
            other => {
                self.now = other;
                Wants::Nothing
            }
        }
    }

    /// Which ids are known to be something else.
    pub fn knows(&mut self, ids: Vec<String>) {
        if let Now::Preparing(_, known) = &mut self.now {
            *known = Some(ids);
        }
    }

    fn begin(&mut self, now: Time, here: Instant, rows: Vec<Row>) -> Wants {
        let Some(guard) = self.guard else { return Wants::Nothing };
        if !self.ready || self.resting || self.due.is_none_or(|due| due > here) {
            return Wants::Nothing;
        }
        if let Some(hold) = self.hold.filter(|hold| *hold > here) {
            self.due = Some(hold);
            return Wants::Nothing;
        }
        (self.due, self.hold) = (None, None);
        let is_all = rows.len() < ROWS;
        let mut sooner = |at: Instant| self.due = Some(self.due.map_or(at, |due| due.min(at)));
        for row in rows {
            let next = row.row.next(guard, now);
            let settles = self.settles.filter(|_| row.row.attempts > 0);
            let look_at = self.looks.get(&row.place).map(|(_, at)| *at).or(settles);
            match next {
                Next::Wait(until) => {
                    let wait = u64::try_from((until - now).0).unwrap_or(0);
                    sooner(here + Duration::from_millis(wait));
                }
                Next::Attempt | Next::Look if look_at.is_some_and(|at| at > here) => {
                    look_at.into_iter().for_each(&mut sooner);
                }
                Next::Attempt => {
                    self.due = Some(here);
                    let place = row.place.clone();
                    self.now = Now::Writing(Box::new(row));
                    return Wants::Write { place, step: Step::Attempt, done: false, failed: false };
                }
                Next::Look => {
                    self.due = Some(here);
                    let place = row.place.clone();
                    self.now = Now::Preparing(Box::new(row), None);
                    return Wants::Known(place);
                }
                Next::Rest if is_interrupted(&row) => {
                    // Nothing of this run is under way for it, and nobody can look.
                    self.due = Some(here);
                    self.now = Now::Settling;
                    let why = "interrupted while it was being sent".to_owned();
                    let step = Step::Came { to: Outcome::Unknown { why }, guard };
                    return Wants::Write { place: row.place, step, done: false, failed: false };
                }
                Next::Rest => {}
            }
        }
        if is_all {
            // What is gone from the outbox needs no look any more.
            self.looks.retain(|_, (_, at)| *at + BACK_OFF.1 * 2 > here);
        }
        Wants::Nothing
    }

    /// The writer has answered; what is to be told to the connector.
    pub fn written(&mut self, result: &JobResult) -> Option<ToConnector> {
        match std::mem::replace(&mut self.now, Now::Idle) {
            Now::Writing(mut row) => match result {
                JobResult::Ok => {
                    row.row.attempts += 1;
                    match self.ask(*row, false, Vec::new(), Instant::now()) {
                        Wants::Tell(command) => Some(*command),
                        _ => None,
                    }
                }
                // Taken back meanwhile, or the desk cannot write now.
                JobResult::Refused(why) => {
                    self.due = Some(Instant::now() + delay_after(why));
                    None
                }
                _ => None,
            },
            Now::Settling => {
                if let JobResult::Refused(why) = result {
                    self.due = Some(Instant::now() + delay_after(why));
                } else {
                    self.due = Some(Instant::now());
                }
                None
            }
            other => {
                self.now = other;
                None
            }
        }
    }

    /// The command for a row.
    fn ask(&mut self, row: Row, look: bool, known: Vec<String>, here: Instant) -> Wants {
        self.id += 1;
        let attempts = row.row.attempts;
        let command = Command {
            id: self.id,
            key: row.row.key.to_string(),
            attempt: attempts.max(1),
            made: Some(row.row.made),
            look,
            known,
            act: act(&row),
        };
        let until = here + PATIENCE;
        self.now = Now::Asked { id: self.id, place: row.place, until, look, attempts };
        Wants::Tell(Box::new(ToConnector::Command(Box::new(command))))
    }

    /// The connector says that a command was carried out.
    pub fn acked(&mut self, ack: Ack) {
        let to = Outcome::Done { platform_id: ack.platform_id, url: ack.url, at: ack.at };
        self.answered(ack.id, |_, _| Some(to));
    }

    /// The connector says that a command was not carried out, or that it does not know.
    pub fn nacked(&mut self, nack: Nack, now: Time) {
        let after = nack.after_seconds.map(Duration::from_secs);
        let (mut hold, mut hopeless) = (None, false);
        self.answered(nack.id, |look, attempts| {
            let wait = after.unwrap_or_else(|| back_off(attempts)).min(LONGEST_HOLD);
            let later = now + Span(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
            let why = nack.why.clone();
            match (nack.kind, look) {
                // A look that could not be made tells nothing; one that never can be, never will.
                (NackKind::Absent, true) => Some(Outcome::NotYet { not_before: now, why }),
                (NackKind::Permanent, true) => {
                    hopeless = true;
                    Some(Outcome::Unknown { why })
                }
                (_, true) | (NackKind::Unknown | NackKind::Absent, false) => {
                    hold = after;
                    Some(Outcome::Unknown { why })
                }
                (NackKind::Auth, false) => {
                    // The channel waits, not the row: with new credentials it goes out at once.
                    // Only the connector knows whether they work again, so it is asked, and at
                    // our own pace: it counts its attempts to sign in itself.
                    hold = Some(back_off(attempts));
                    Some(Outcome::NotYet { not_before: now, why })
                }
                (NackKind::Retry, false) => {
                    // What stands in the way of one stands in the way of all.
                    hold = after;
                    Some(Outcome::NotYet { not_before: later, why })
                }
                (NackKind::Permanent, false) => Some(Outcome::Failed { why }),
            }
        });
        if let (true, Now::Came { hopeless: given_up, .. }) = (hopeless, &mut self.now) {
            // Only a person can tell then.
            *given_up = true;
        }
        if let Some(hold) = hold {
            self.hold_for(hold);
        }
    }

    fn answered(&mut self, number: u64, to: impl FnOnce(bool, u32) -> Option<Outcome>) {
        match std::mem::replace(&mut self.now, Now::Idle) {
            Now::Asked { id, place, look, attempts, .. } if id == number => {
                if let Some(to) = to(look, attempts) {
                    self.now = self.came(place, look, attempts, to);
                }
            }
            // An answer to something that was given up: the doubt about it is settled otherwise.
            other => self.now = other,
        }
    }

    fn came(&mut self, place: OutPlace, look: bool, attempts: u32, to: Outcome) -> Now {
        let here = Instant::now();
        match &to {
            Outcome::Unknown { .. } => {
                let (before, wait) = match self.looks.get(&place) {
                    Some((n, _)) if look => (*n + 1, back_off(*n + 1)),
                    _ if self.guard == Some(Guard::Key) => (attempts, back_off(attempts)),
                    _ => (0, SETTLES),
                };
                self.looks.insert(place.clone(), (before, here + wait));
            }
            _ => {
                self.looks.remove(&place);
            }
        }
        Now::Came { place, to, hopeless: false }
    }
}

fn is_interrupted(row: &Row) -> bool {
    matches!(row.row.stage, Stage::Attempted { .. } | Stage::Doubtful { .. })
}

/// The wait after so many attempts.
fn back_off(attempts: u32) -> Duration {
    BACK_OFF.0.saturating_mul(1 << attempts.min(8)).min(BACK_OFF.1)
}

fn delay_after(why: &Refusal) -> Duration {
    match why {
        // It is not there any more: on to the next.
        Refusal::NothingOpen(_) | Refusal::Post(_) => Duration::ZERO,
        _ => BACK_OFF.0,
    }
}

/// What a row asks the platform for.
fn act(row: &Row) -> Act {
    match &row.about {
        About::Message { message, conversation } => act_on_message(row, message, conversation),
        About::Post { variant, content } => act_on_post(row.place.kind, variant, content),
    }
}

fn act_on_post(kind: OutKind, v: &Variant, content: &Content) -> Act {
    if kind == OutKind::Unpublish {
        let id = v.out.as_ref().map(|out| out.platform_id.clone()).unwrap_or_default();
        let target = Target {
            thread: id.clone(),
            message: id,
            queue: Queue::Comments,
            person: Author::default(),
        };
        return Act::Delete { target, ours: true };
    }
    let media = content.media.iter();
    let media = media.map(|m| MediaRef { link: m.link.clone(), kind: m.kind, alt: m.alt.clone() });
    Act::Post {
        title: content.title.clone(),
        text: content.text.clone(),
        form: content.form,
        tags: content.tags.clone(),
        media: media.collect(),
        at: None,
    }
}

fn act_on_message(row: &Row, m: &Message, c: &Conversation) -> Act {
    // A thread whose first message was erased is known by what is answered in it.
    let thread = match c.root.starts_with(ALIAS) {
        true => m.in_reply_to.clone().unwrap_or_else(|| m.platform_id.clone()),
        false => c.root.clone(),
    };
    let person = || c.speaks_of().map(|head| head.author.clone()).unwrap_or_default();
    let target = |person: Author| Target {
        message: m.platform_id.clone(),
        thread: thread.clone(),
        queue: c.queue,
        person,
    };
    let (theirs, on) = (m.author.clone(), row.row.on);
    match row.place.kind {
        OutKind::Reply => Act::Reply {
            to: m.in_reply_to.clone(),
            thread: thread.clone(),
            queue: c.queue,
            person: person(),
            text: m.text.clone(),
        },
        OutKind::Like => Act::Like { target: target(theirs), on },
        OutKind::Hide => Act::Hide { target: target(theirs), on },
        OutKind::Delete => {
            Act::Delete { ours: m.kind != MessageKind::Inbound, target: target(theirs) }
        }
        OutKind::Block => Act::Block { target: target(theirs), on },
        // A key of these never names a message.
        OutKind::Publish | OutKind::Unpublish => Act::Unknown,
    }
}

#[cfg(test)]
mod tests;
