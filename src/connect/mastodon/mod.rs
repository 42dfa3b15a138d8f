//! Mastodon, and other servers with its interface (snac, Pleroma, GoToSocial and so on).
//!
//! Looks (`inbound`, `walk`, `watch`) and commands (`outbound`, `lookup`) run in threads of their
//! own and share the server's address, its budget, and who we are there.

mod api;
pub mod count;
mod cursor;
pub mod entities;
pub mod html;
mod inbound;
mod lookup;
mod me;
mod mention;
mod outbound;
mod pace;
mod recent;
pub mod stream;
mod tell;
mod thread;
mod walk;
mod watch;

use super::built_in::{BuiltIn, Setting};
use super::protocol::{Command, Start};
use super::sdk::{self, Answer, Connector, Desk, Trouble};
use crate::domain::Abilities;
use crate::text::catalogue::mastodon as say;
use api::Api;
use inbound::Looker;
use me::{Me, Software};
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Its row among the connectors.
pub const BUILT_IN: BuiltIn = BuiltIn {
    name: "mastodon",
    about: say::ABOUT,
    settings: &[
        Setting { name: "server", secret: false, default: None, ask: say::ASK_SERVER },
        Setting { name: "token", secret: true, default: None, ask: say::ASK_TOKEN },
        Setting { name: "visibility", secret: false, default: Some(""), ask: say::ASK_VISIBILITY },
        Setting {
            name: "mention_all",
            secret: false,
            default: Some("no"),
            ask: say::ASK_MENTION_ALL,
        },
        Setting {
            name: "poll_seconds",
            secret: false,
            default: Some("1.5"),
            ask: say::ASK_POLL_SECONDS,
        },
    ],
    allows: &[
        say::ALLOWS_COMMENTS,
        say::ALLOWS_DIRECT,
        say::ALLOWS_REPLY,
        say::ALLOWS_POST,
        say::ALLOWS_MODERATION,
        say::ALLOWS_BUDGET,
    ],
    can: abilities,
    run,
};

/// How often is asked beside a stream that tells of what is new.
const BESIDE_STREAM: Duration = Duration::from_secs(30);
/// The bounds of `poll_seconds`.
const POLL: (f64, f64) = (0.5, 3600.0);
/// How long after an answer of ours the looks leave it to its acknowledgement.
const QUIET: Duration = Duration::from_secs(3);
/// The most statuses that are remembered to look at, because a stream spoke of them.
const HINTS: usize = 100;

fn abilities() -> Abilities {
    me::abilities(count::Rule::default(), Software::Mastodon)
}

fn run() -> Result<(), String> {
    sdk::run("mastodon", abilities(), Mastodon::new)
}

/// What `[channel.settings]` says.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    /// Who sees our posts; `None` = as the account is set up.
    visibility: Option<String>,
    /// Whether answers name everybody who was named.
    mention_all: bool,
    /// How often to ask without a stream.
    poll: Duration,
}

/// The connector.
struct Mastodon {
    shared: Arc<Shared>,
    looker: Mutex<Looker>,
}

/// What both threads and the stream use.
struct Shared {
    api: Api,
    settings: Settings,
    me: Mutex<Option<Arc<Me>>>,
    hints: Mutex<Hints>,
    /// Whether a stream is open and speaks.
    streaming: AtomicBool,
    /// Whether something came of which the stream did not speak.
    is_distrusted: AtomicBool,
    /// Whether one was started.
    stream_started: AtomicBool,
    writing: Mutex<Writing>,
}

/// What a stream spoke of.
#[derive(Debug, Default)]
struct Hints {
    /// Something happened to us.
    new: bool,
    /// We wrote something.
    own: bool,
    /// Statuses that were changed or deleted.
    changed: Vec<String>,
}

impl Hints {
    fn change(&mut self, id: String) {
        if self.changed.len() < HINTS && !self.changed.contains(&id) {
            self.changed.push(id);
        }
    }
}

/// Whether something of ours is on its way.
#[derive(Debug, Default)]
struct Writing {
    under_way: usize,
    last: Option<Instant>,
}

impl Mastodon {
    fn new(start: Start) -> Result<Mastodon, String> {
        let server = text(&start.settings, "server").ok_or("the setting \"server\" is missing")?;
        let token = start.secrets.get("token").ok_or("the secret \"token\" is missing")?;
        if !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("the secret \"token\" has characters that no token has".into());
        }
        let server = match server.contains("://") {
            true => server,
            false => format!("https://{server}"),
        };
        let shared = Shared {
            api: Api::new(&server, token)?,
            settings: Settings::read(&start.settings)?,
            me: Mutex::default(),
            hints: Mutex::default(),
            streaming: AtomicBool::new(false),
            is_distrusted: AtomicBool::new(false),
            stream_started: AtomicBool::new(false),
            writing: Mutex::default(),
        };
        let looker = Mutex::new(Looker::new(start.cursor.as_deref()));
        Ok(Mastodon { shared: Arc::new(shared), looker })
    }
}

impl Connector for Mastodon {
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble> {
        let shared = &self.shared;
        let me = shared.me(desk)?;
        if !shared.stream_started.swap(true, Ordering::SeqCst) {
            stream::start(shared, &me, desk).map_err(Trouble::away)?;
        }
        let hints = shared.take_hints();
        let looked = locked(&self.looker).look(shared, &me, desk, &hints);
        let budget = shared.api.pace().budget();
        desk.status(|status| status.budget = budget);
        let found = looked?;
        if found && !hints.new {
            shared.is_distrusted.store(true, Ordering::SeqCst);
        }
        // What a stream speaks of may show a moment later.
        let is_expected = hints.new && !found;
        let is_told = shared.streaming.load(Ordering::SeqCst)
            && !shared.is_distrusted.load(Ordering::SeqCst)
            && !is_expected;
        let poll = shared.settings.poll;
        Ok(shared.api.pace().wait(if is_told { BESIDE_STREAM.max(poll) } else { poll }))
    }

    fn command(&self, desk: &Desk, command: &Command) -> Answer {
        outbound::carry_out(&self.shared, desk, command)
    }
}

impl Shared {
    /// Who we are; signs in when that is not known yet.
    fn me(&self, desk: &Desk) -> Result<Arc<Me>, Trouble> {
        let mut known = locked(&self.me);
        if let Some(me) = &*known {
            return Ok(Arc::clone(me));
        }
        let me = Arc::new(Me::find(&self.api)?);
        desk.hello(Some(me.name()), me.abilities());
        *known = Some(Arc::clone(&me));
        Ok(me)
    }

    /// Signs in again and looks around again.
    fn me_again(&self, desk: &Desk) -> Result<Arc<Me>, Trouble> {
        *locked(&self.me) = None;
        self.me(desk)
    }

    fn hint(&self, change: impl FnOnce(&mut Hints)) {
        change(&mut locked(&self.hints));
    }

    fn take_hints(&self) -> Hints {
        std::mem::take(&mut *locked(&self.hints))
    }

    /// True when nothing of ours is on its way: what the platform shows of ours is not waited for
    /// by anybody.
    fn is_quiet(&self) -> bool {
        let writing = locked(&self.writing);
        writing.under_way == 0 && writing.last.is_none_or(|at| at.elapsed() >= QUIET)
    }

    /// Does something while the looks leave our own statuses alone.
    fn while_writing<T>(&self, work: impl FnOnce() -> T) -> T {
        locked(&self.writing).under_way += 1;
        let done = work();
        let mut writing = locked(&self.writing);
        writing.under_way -= 1;
        writing.last = Some(Instant::now());
        done
    }
}

impl Settings {
    fn read(map: &Map<String, Value>) -> Result<Settings, String> {
        let visibility = text(map, "visibility");
        if let Some(v) = &visibility
            && !matches!(v.as_str(), "public" | "unlisted" | "private" | "direct")
        {
            return Err(format!("visibility = {v:?}: it is public, unlisted, private or direct"));
        }
        let mention_all = match text(map, "mention_all").as_deref() {
            None | Some("no" | "false") => false,
            Some("yes" | "true") => true,
            Some(other) => return Err(format!("mention_all = {other:?}: it is yes or no")),
        };
        let poll = match text(map, "poll_seconds") {
            None => 1.5,
            Some(said) => said
                .parse::<f64>()
                .ok()
                .filter(|n| (POLL.0..=POLL.1).contains(n))
                .ok_or_else(|| format!("poll_seconds = {said:?}: it is from 0.5 to 3600"))?,
        };
        Ok(Settings { visibility, mention_all, poll: Duration::from_secs_f64(poll) })
    }
}

/// A setting as text, however it was written; `None` when it says nothing.
fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    let said = match map.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => return None,
        other => other.to_string(),
    };
    Some(said).filter(|said| !said.is_empty())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in there is whole after every step, whoever panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
