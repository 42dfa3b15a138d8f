//! Files: events come from one that another program writes, what operators ask for goes into one
//! that it reads. For platforms that some script of the house already talks to.
//!
//! For: both files, in the documented formats (docs/events.md, docs/connectors.md).
//! May come in: what a connector may use; the two files its settings name.
//! Never: changes the file of events, writes a thing twice, says that it is written before it is on
//! disk.

mod inbox;
mod outbox;

use super::built_in::{BuiltIn, Setting};
use super::protocol::{Act, Command, NackKind, Start};
use super::sdk::{self, Answer, Connector, Desk, Done, Not, Trouble};
use crate::domain::{Abilities, ChannelId, Guard};
use crate::text::catalogue::file_connector as say;
use inbox::{Inbox, MOST_NOTES};
use outbox::Outbox;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Its row among the connectors.
pub const BUILT_IN: BuiltIn = BuiltIn {
    name: "file",
    about: say::ABOUT,
    settings: &[
        Setting { name: "in", secret: false, default: Some(IN), ask: say::ASK_IN },
        Setting { name: "out", secret: false, default: Some(OUT), ask: say::ASK_OUT },
    ],
    allows: &[say::ALLOWS_IN, say::ALLOWS_OUT, say::ALLOWS_DOUBT, say::ALLOWS_WHO],
    can: abilities,
    run,
};

/// The files, in the channel's folder, when the settings name none.
const IN: &str = "in.ndjson";
const OUT: &str = "out.ndjson";

/// How often the file of events is looked at. A file has no way to wake its reader.
const LOOK: Duration = Duration::from_secs(1);

/// Whatever is asked for is written down; what of it can be done, the program that reads it knows.
fn abilities() -> Abilities {
    Abilities {
        comments: true,
        dm: true,
        reply: true,
        post: true,
        schedule: true,
        like: true,
        hide: true,
        delete: true,
        delete_theirs: true,
        block: true,
        metrics: true,
        guard: Guard::Lookup,
        ..Abilities::default()
    }
}

fn run() -> Result<(), String> {
    sdk::run("file", abilities(), Files::new)
}

struct Files {
    inbox: Mutex<Inbox>,
    outbox: Mutex<Outbox>,
    /// Both, as a check names them.
    about: String,
}

impl Files {
    fn new(start: Start) -> Result<Files, String> {
        let (from, to) = (path(&start, "in", IN)?, path(&start, "out", OUT)?);
        if from == to {
            return Err(format!("\"in\" and \"out\" are the same file: {}", from.display()));
        }
        let about = format!("reads {}, writes {}", from.display(), to.display());
        let channel = ChannelId(start.channel);
        let inbox = Inbox::new(from, channel, start.cursor.as_deref());
        Ok(Files { inbox: Mutex::new(inbox), outbox: Mutex::new(Outbox::new(to)), about })
    }
}

/// The file that a setting names: absolute, or in the channel's folder.
fn path(start: &Start, name: &str, default: &str) -> Result<PathBuf, String> {
    let named = match start.settings.get(name) {
        None => default,
        Some(Value::String(path)) if path.trim().is_empty() => default,
        Some(Value::String(path)) => path,
        Some(_) => return Err(format!("the setting \"{name}\" is no path")),
    };
    match (Path::new(named), &start.folder) {
        (path, _) if path.is_absolute() => Ok(path.to_owned()),
        (path, Some(folder)) => Ok(Path::new(folder).join(path)),
        (_, None) => Err(format!("the setting \"{name}\" is no absolute path")),
    }
}

impl Connector for Files {
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble> {
        // Only this thread looks.
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let look = inbox.look(desk.now()).map_err(|why| {
                // It may be there with the next line that somebody writes.
                Trouble { after: Some(LOOK), ..Trouble::away(why) }
            })?;
            let Some(part) = look else { return Ok(LOOK) };
            for note in part.notes.iter().take(MOST_NOTES) {
                desk.log(note);
            }
            if part.notes.len() > MOST_NOTES {
                desk.log(format!("and {} lines more", part.notes.len() - MOST_NOTES));
            }
            // What is not taken is read again, by the next run, from the last cursor.
            desk.events(part.events, Some(part.place.to_string()))?;
            inbox.taken(part.place);
        }
    }

    fn command(&self, _: &Desk, command: &Command) -> Answer {
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        match command.act {
            Act::Check => match outbox.check() {
                Ok(()) => Ok(Done { note: Some(self.about.clone()), ..Done::default() }),
                Err(why) => Err(Not::new(NackKind::Retry, why)),
            },
            Act::Unknown => Err(Not::new(NackKind::Permanent, "this version cannot do that")),
            _ if command.key.is_empty() => {
                Err(Not::new(NackKind::Permanent, "a command without a key"))
            }
            _ => outbox.carry_out(command),
        }
    }
}

#[cfg(test)]
mod tests;
