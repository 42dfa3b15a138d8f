//! Bluesky, and every other server of the AT Protocol with Bluesky's records: comes in through
//! notifications, goes out as records under keys that the desk chose.
//!
//! Thin over [`crate::connect::http`]: the calls are plain, and their types are taken as they come.

mod book;
pub mod facets;
mod failed;
mod flights;
mod inbound;
mod moderate;
mod news;
mod outbound;
pub mod records;
mod session;
mod walk;
mod watch;

use super::built_in::{BuiltIn, Setting};
use super::protocol::{Act, Command, Start};
use super::sdk::{self, Answer, Desk, Trouble};
use crate::domain::{Abilities, Guard, Queue, Span, TextLimit};
use crate::text::catalogue::bluesky as say;
use flights::Flights;
use news::{Eyes, Look};
use outbound::never;
use serde_json::{Map, Value};
use session::Session;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Its row among the connectors.
pub const BUILT_IN: BuiltIn = BuiltIn {
    name: "bluesky",
    about: say::ABOUT,
    settings: SETTINGS,
    allows: &[
        say::ALLOWS_IN,
        say::ALLOWS_OUT,
        say::ALLOWS_LENGTH,
        say::ALLOWS_HIDE,
        say::ALLOWS_NO_DM,
        say::ALLOWS_NO_SCHEDULE,
        say::ALLOWS_ACCESS,
        say::ALLOWS_LIMITS,
    ],
    can: abilities,
    run,
};

const SETTINGS: &[Setting] = &[
    setting("server", Some("https://bsky.social"), say::ASK_SERVER),
    setting("handle", None, say::ASK_HANDLE),
    Setting { secret: true, ..setting("password", None, say::ASK_PASSWORD) },
    setting("languages", Some(""), say::ASK_LANGUAGES),
    setting("history_days", Some("7"), say::ASK_HISTORY_DAYS),
    setting("poll_seconds", Some("1"), say::ASK_POLL_SECONDS),
    setting("web", Some("https://bsky.app"), say::ASK_WEB),
];

const fn setting(
    name: &'static str,
    default: Option<&'static str>,
    ask: crate::text::Msg,
) -> Setting {
    Setting { name, secret: false, default, ask }
}

/// How soon a look goes on that was not finished.
const ON: Duration = Duration::from_millis(200);
/// The share of the server's patience from which on looks are made less often, and how often then.
const SCARCE: u64 = 10;
const SELDOM: Duration = Duration::from_secs(10);

fn abilities() -> Abilities {
    let most = |n: usize| u32::try_from(n).ok();
    Abilities {
        comments: true,
        reply: true,
        post: true,
        like: true,
        hide: true,
        delete: true,
        block: true,
        metrics: true,
        guard: Guard::Key,
        limit: TextLimit {
            graphemes: most(outbound::GRAPHEMES),
            bytes: most(outbound::BYTES),
            ..TextLimit::default()
        },
        ..Abilities::default()
    }
}

fn run() -> Result<(), String> {
    sdk::run("bluesky", abilities(), Bluesky::new)
}

/// The connector.
struct Bluesky {
    session: Session,
    flights: Flights,
    look: Mutex<Look>,
    /// Likes and blocks made by commands, by collection and subject.
    made: Mutex<HashMap<(&'static str, String), String>>,
    web: String,
    languages: Vec<String>,
    history: Span,
    every: Duration,
}

impl Bluesky {
    fn new(start: Start) -> Result<Bluesky, String> {
        let text = |name: &str| value(&start.settings, name);
        let number = |name: &str, least: f64, most: f64| {
            let written = text(name)?;
            let number = written.parse::<f64>().ok().filter(|n| (least..=most).contains(n));
            number.ok_or_else(|| {
                format!("{name} = {written:?}: write a number from {least} to {most}")
            })
        };
        let handle = text("handle")?;
        if handle.is_empty() {
            return Err(
                "handle is missing: write the account's handle, e.g. brand.bsky.social".into()
            );
        }
        let web = text("web")?.trim_end_matches('/').to_owned();
        let languages = text("languages")?;
        let languages = languages.split([',', ' ']).filter(|l| !l.is_empty()).map(str::to_owned);
        let history = Duration::from_secs_f64(number("history_days", 0.0, 90.0)? * 86_400.0);
        Ok(Bluesky {
            session: Session::new(&text("server")?, &handle, start.secrets.clone(), abilities())?,
            flights: Flights::default(),
            look: Mutex::new(Look::new(start.cursor.as_deref(), start.folder.as_deref())),
            made: Mutex::default(),
            web,
            // The lexicon's bound.
            languages: languages.take(3).collect(),
            history: Span::seconds(i64::try_from(history.as_secs()).unwrap_or(0)),
            every: Duration::from_secs_f64(number("poll_seconds", 0.2, 3600.0)?),
        })
    }

    fn made(&self) -> MutexGuard<'_, HashMap<(&'static str, String), String>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is set, else what is meant without it.
fn value(settings: &Map<String, Value>, name: &str) -> Result<String, String> {
    let written = match settings.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(format!("{name} = {other}: write a text or a number")),
    };
    let default = SETTINGS.iter().find(|s| s.name == name).and_then(|s| s.default);
    Ok(if written.is_empty() { default.unwrap_or_default().to_owned() } else { written })
}

impl sdk::Connector for Bluesky {
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble> {
        // Only this thread looks.
        let mut look = self.look.lock().unwrap_or_else(PoisonError::into_inner);
        let eyes = Eyes {
            session: &self.session,
            flights: &self.flights,
            web: &self.web,
            history: self.history,
            desk,
        };
        eyes.news(&mut look)?;
        eyes.changes(&mut look)?;
        let is_scarce = self.session.budget().is_some_and(|b| b.left * SCARCE < b.of);
        Ok(match look.is_under_way() {
            true => ON,
            false if is_scarce => self.every.max(SELDOM),
            false => self.every,
        })
    }

    fn command(&self, desk: &Desk, command: &Command) -> Answer {
        match &command.act {
            Act::Reply { queue: Queue::Messages, .. } | Act::Reply { to: None, .. } => {
                Err(never("Bluesky's direct messages are not part of this connector"))
            }
            Act::Reply { to: Some(to), text, .. } => self.reply(desk, command, to, text),
            Act::Post { media, .. } if !media.is_empty() => Err(never(
                "this connector posts text alone: take the pictures out, or post by hand",
            )),
            Act::Post { text, tags, at, .. } => {
                self.publish(desk, command, &sdk::with_tags(text, tags), *at)
            }
            Act::Like { target, on: true } => self.like(desk, command, target),
            Act::Like { target, on: false } => self.unlike(desk, command, target),
            Act::Hide { target, on } => self.hide(desk, command, target, *on),
            Act::Delete { target, .. } => self.delete(desk, command, target),
            Act::Block { target, on: true } => self.block(desk, command, target),
            Act::Block { target, on: false } => self.unblock(desk, command, target),
            Act::Check => self.check(desk),
            Act::Unknown => Err(never("this version cannot do that")),
        }
    }
}

#[cfg(test)]
mod tests;
