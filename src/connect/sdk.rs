//! What every built-in connector stands on: the child's side of the protocol.
//!
//! A connector is a type with two functions: `poll` looks for what is new and hands it over,
//! `command` does what an operator asked for. They run in threads of their own, so that an answer
//! never waits behind a slow look. Everything else - greeting, batches, back-off, the end - is here.

use super::protocol::{
    self, Ack, Command, FromConnector, Hello, Nack, NackKind, Secrets, Start, Status, ToConnector,
};
use crate::domain::post::platform;
use crate::domain::{Abilities, Span, Time};
use serde_json::Value;
use std::io::{self, BufRead, Read, Write};
use std::iter::Peekable;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Back-off after a failed look: the first wait and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(120));
/// How often the desk is told that the looks go on.
const TELL_LOOKS: Span = Span::seconds(10);
/// How long the last command may take after the desk has closed its side.
const LAST: Duration = Duration::from_secs(20);
/// The most bytes of a batch's events, so that its line keeps well within the protocol's bound.
const MOST_BYTES: usize = protocol::MOST_LINE / 2;

/// What a connector does on its platform. Both functions are called from threads of their own, each
/// one call at a time.
pub trait Connector: Send + Sync {
    /// Looks for what is new since the last time, hands it over with [`Desk::events`], and answers
    /// how long to wait until the next look. The first call signs in.
    ///
    /// # Errors
    /// Why nothing can be seen now; the SDK tells the desk and tries again later.
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble>;

    /// Carries a command out, or looks (`command.look`) whether an earlier attempt got through.
    fn command(&self, desk: &Desk, command: &Command) -> Answer;
}

/// What became of a command.
pub type Answer = Result<Done, Not>;

/// It was done (or, for a look, had been).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The platform's id of what was made.
    pub platform_id: Option<String>,
    /// The page that shows it.
    pub url: Option<String>,
    /// When the platform took it.
    pub at: Option<Time>,
    /// True when an earlier attempt had done it.
    pub duplicate: bool,
    /// Something to tell the operator.
    pub note: Option<String>,
}

/// It was not done, or nobody knows: see [`NackKind`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Not {
    /// What that means for the next attempt.
    pub kind: NackKind,
    /// Not before so long from now.
    pub after: Option<Duration>,
    /// Why, as a sentence for people.
    pub why: String,
}

impl Not {
    /// Of a kind, with the reason.
    pub fn new(kind: NackKind, why: impl Into<String>) -> Not {
        Not { kind, after: None, why: why.into() }
    }
}

/// Why a look failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// As a sentence for people.
    pub why: String,
    /// True when the credentials do not work.
    pub auth: bool,
    /// When to look again, if the platform says so; else the SDK backs off.
    pub after: Option<Duration>,
    /// The desk closed its side: not a trouble, the end.
    pub ended: bool,
}

impl Trouble {
    /// The platform is away or answers nonsense.
    pub fn away(why: impl Into<String>) -> Trouble {
        Trouble { why: why.into(), auth: false, after: None, ended: false }
    }

    /// The credentials do not work.
    pub fn auth(why: impl Into<String>) -> Trouble {
        Trouble { auth: true, ..Trouble::away(why) }
    }

    fn end() -> Trouble {
        Trouble { ended: true, ..Trouble::away("") }
    }
}

/// The desk, as a connector sees it.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    out: Mutex<Box<dyn Write + Send>>,
    /// Held while a batch is under way: one at a time, in the order of their numbers.
    batches: Mutex<()>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    batch: u64,
    taken: u64,
    secrets_sent: u64,
    secrets_kept: u64,
    /// The desk closed its side.
    ended: bool,
    /// A look is wanted before its time.
    look: bool,
    status: Status,
    hello: Hello,
}

impl Desk {
    /// Hands events over (docs/events.md, without channel and platform) together with the cursor
    /// to go on from, and waits until they are on disk.
    ///
    /// # Errors
    /// When the desk has closed its side.
    pub fn events(&self, events: Vec<Value>, cursor: Option<String>) -> Result<(), Trouble> {
        let _one = self.shared.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = events.into_iter().peekable();
        if rest.peek().is_none() && cursor.is_none() {
            return Ok(());
        }
        loop {
            let part = self.part(&mut rest);
            // The cursor says that everything before it is there: it goes with the last part.
            let cursor = if rest.peek().is_none() { cursor.clone() } else { None };
            let last = rest.peek().is_none();
            let batch = {
                let mut state = self.state();
                state.batch += 1;
                state.batch
            };
            self.say(&FromConnector::Events { batch, cursor, events: part });
            self.wait_for(|state| state.taken >= batch)?;
            if last {
                return Ok(());
            }
        }
    }

    /// As many events as go into one batch. One that no line could hold is left out and told of: the
    /// desk would pass over its line, and the batch would be waited for without end.
    fn part(&self, rest: &mut Peekable<impl Iterator<Item = Value>>) -> Vec<Value> {
        let (mut part, mut bytes) = (Vec::new(), 0);
        while let Some(event) = rest.peek() {
            // A value of JSON can always be written.
            let size = serde_json::to_vec(event).map_or(0, |line| line.len() + 1);
            let is_full = part.len() == protocol::MOST_EVENTS || bytes + size > MOST_BYTES;
            if is_full && !part.is_empty() {
                break;
            }
            let Some(event) = rest.next() else { break };
            if size > MOST_BYTES {
                let id = event.get("id").map(Value::to_string).unwrap_or_default();
                self.log(format!("an event was left out, since it has {size} bytes: {id}"));
                continue;
            }
            bytes += size;
            part.push(event);
        }
        part
    }

    /// Lets the desk keep credentials that were given anew, and waits until they are on disk:
    /// some platforms' refresh tokens work once.
    ///
    /// # Errors
    /// When the desk has closed its side.
    pub fn keep(&self, secrets: &Secrets) -> Result<(), Trouble> {
        let number = {
            let mut state = self.state();
            state.secrets_sent += 1;
            state.secrets_sent
        };
        self.say(&FromConnector::Secrets { secrets: secrets.clone() });
        self.wait_for(|state| state.secrets_kept >= number)
    }

    /// Tells who has been signed in, and what can be done.
    pub fn hello(&self, account: Option<String>, can: Abilities) {
        let hello = {
            let mut state = self.state();
            if state.hello.account == account && state.hello.can == can {
                return;
            }
            state.hello.account = account;
            state.hello.can = can;
            state.hello.clone()
        };
        self.say(&FromConnector::Hello(hello));
    }

    /// Changes what the desk knows of how this connector is (budget, end of the credentials);
    /// whether it sees is told by the SDK.
    pub fn status(&self, change: impl FnOnce(&mut Status)) {
        let status = {
            let mut state = self.state();
            let before = state.status.clone();
            change(&mut state.status);
            if before == state.status {
                return;
            }
            state.status.clone()
        };
        self.say(&FromConnector::Status(status));
    }

    /// A line for the channel's log.
    pub fn log(&self, text: impl Into<String>) {
        self.say(&FromConnector::Log { text: text.into() });
    }

    /// Asks for a look as soon as possible, e.g. because a stream said that there is something.
    pub fn look_now(&self) {
        self.state().look = true;
        self.shared.changed.notify_all();
    }

    /// True when the desk has closed its side.
    pub fn has_ended(&self) -> bool {
        self.state().ended
    }

    /// Sleeps for a time; returns early, with true, when the desk has closed its side.
    pub fn sleep(&self, time: Duration) -> bool {
        self.pause(time, |state| state.ended)
    }

    /// The time by the system's clock.
    pub fn now(&self) -> Time {
        Time::from(chrono::Utc::now())
    }

    fn say(&self, message: &FromConnector) {
        let line = protocol::line(message);
        let mut out = self.shared.out.lock().unwrap_or_else(PoisonError::into_inner);
        // A desk that is gone closes our input too; that is where it is noticed.
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; and if it did, numbers are still numbers.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, done: impl Fn(&State) -> bool) -> Result<(), Trouble> {
        let mut state = self.state();
        loop {
            if done(&state) {
                return Ok(());
            }
            if state.ended {
                return Err(Trouble::end());
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits at most for a time, until something holds; answers whether it does.
    fn pause(&self, time: Duration, wanted: impl Fn(&State) -> bool) -> bool {
        let until = Instant::now() + time;
        let mut state = self.state();
        loop {
            if wanted(&state) {
                return true;
            }
            let Some(left) = until.checked_duration_since(Instant::now()) else { return false };
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Runs a connector on standard input and output until the input ends.
///
/// `make` builds it from what the desk says at the start; it must not use the network.
///
/// # Errors
/// What `make` says is wrong with the settings, or that the desk said nothing fitting.
pub fn run<C: Connector + 'static>(
    name: &str,
    can: Abilities,
    make: impl FnOnce(Start) -> Result<C, String>,
) -> Result<(), String> {
    run_on(io::BufReader::new(io::stdin()), Box::new(io::stdout()), name, can, make)
}

/// As [`run`], on other ends.
///
/// # Errors
/// As [`run`].
pub fn run_on<C: Connector + 'static>(
    mut input: impl BufRead + Send + 'static,
    output: Box<dyn Write + Send>,
    name: &str,
    can: Abilities,
    make: impl FnOnce(Start) -> Result<C, String>,
) -> Result<(), String> {
    let desk = Desk {
        shared: Arc::new(Shared {
            out: Mutex::new(output),
            batches: Mutex::default(),
            state: Mutex::default(),
            changed: Condvar::new(),
        }),
    };
    let hello = Hello {
        protocol: protocol::VERSION,
        name: name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        account: None,
        can,
    };
    desk.state().hello = hello.clone();
    desk.say(&FromConnector::Hello(hello));
    let first = loop {
        match read(&mut input) {
            Some(ToConnector::Unknown) => {}
            first => break first,
        }
    };
    let start = match first {
        Some(ToConnector::Start(start)) => start,
        None => return Ok(()),
        Some(_) => return Err("the desk's first line was no start".to_owned()),
    };
    let connector = match make(start) {
        Ok(connector) => Arc::new(connector),
        Err(why) => {
            // Shown on the channel's page until somebody mends the settings.
            desk.status(|s| s.trouble = Some(why.clone()));
            return Err(why);
        }
    };
    let (to, commands) = mpsc::channel();
    let (over, ended) = mpsc::channel::<()>();
    let worker = (desk.clone(), Arc::clone(&connector));
    let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
        thread::Builder::new().name(name.into()).spawn(work).map(drop).map_err(|e| e.to_string())
    };
    spawn("commands", Box::new(move || carry_out(&worker.0, &*worker.1, commands, over)))?;
    let looker = desk.clone();
    spawn("poll", Box::new(move || look(&looker, &*connector)))?;
    while let Some(said) = read(&mut input) {
        match said {
            ToConnector::Command(command) => {
                // The thread lives as long as this end of its channel.
                let _ = to.send(*command);
            }
            ToConnector::Taken { batch } => desk.state().taken = batch,
            ToConnector::Kept => desk.state().secrets_kept += 1,
            ToConnector::Start(_) | ToConnector::Unknown => continue,
        }
        desk.shared.changed.notify_all();
    }
    desk.state().ended = true;
    desk.shared.changed.notify_all();
    // What is under way on the platform is brought to its end, so that nothing is left in doubt.
    drop(to);
    let _ = ended.recv_timeout(LAST);
    Ok(())
}

/// The next line that can be read; `None` at the end of the input.
fn read(input: &mut impl BufRead) -> Option<ToConnector> {
    loop {
        let mut line = Vec::new();
        let most = protocol::MOST_LINE as u64 + 1;
        match input.by_ref().take(most).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
        match serde_json::from_slice(&line) {
            Ok(said) => return Some(said),
            Err(e) => eprintln!("a line of the desk was not understood: {e}"),
        }
    }
}

fn carry_out(
    desk: &Desk,
    connector: &dyn Connector,
    commands: mpsc::Receiver<Command>,
    over: mpsc::Sender<()>,
) {
    for command in commands {
        if desk.has_ended() {
            break;
        }
        let id = command.id;
        desk.say(&match connector.command(desk, &command) {
            Ok(done) => FromConnector::Ack(Ack {
                id,
                platform_id: done.platform_id,
                url: done.url,
                at: done.at,
                duplicate: done.duplicate,
                note: done.note,
            }),
            Err(not) => FromConnector::Nack(Nack {
                id,
                kind: not.kind,
                after_seconds: not.after.map(|after| after.as_secs().max(1)),
                why: not.why,
            }),
        });
    }
    drop(over);
}

fn look(desk: &Desk, connector: &dyn Connector) {
    let mut back_off = BACK_OFF.0;
    loop {
        let wait = match connector.poll(desk) {
            Ok(wait) => {
                back_off = BACK_OFF.0;
                let now = desk.now();
                desk.status(|s| {
                    // A look a second is no news; that it sees again is.
                    let is_news = s.trouble.is_some()
                        || s.polled.is_none_or(|at| now < at || now - at >= TELL_LOOKS);
                    if is_news {
                        (s.polled, s.trouble, s.auth) = (Some(now), None, false);
                    }
                });
                wait
            }
            Err(trouble) if trouble.ended => return,
            Err(trouble) => {
                let wait = trouble.after.unwrap_or(back_off);
                back_off = (back_off * 2).min(BACK_OFF.1);
                desk.status(|s| (s.trouble, s.auth) = (Some(trouble.why), trouble.auth));
                wait
            }
        };
        desk.pause(wait, |state| state.ended || state.look);
        let mut state = desk.state();
        if state.ended {
            return;
        }
        state.look = false;
    }
}

/// A post's text with its tags, for platforms whose tags stand in the text: those that are not in it
/// already come behind it.
pub fn with_tags(text: &str, tags: &[String]) -> String {
    platform::with_tags(text, tags, platform::Tag::Open)
}

#[cfg(test)]
mod tests;
