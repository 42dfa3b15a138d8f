//! The demo's connector: one of the invented brand's channels, as if a platform were behind it.

use super::feed::Feed;
use crate::connect::built_in::BuiltIn;
use crate::connect::events;
use crate::connect::protocol::{Act, Command, NackKind, Start};
use crate::connect::sdk::{self, Answer, Connector, Desk, Done, Not, Trouble};
use crate::domain::{Abilities, ChannelId, Guard, Time};
use crate::text::catalogue::demo as say;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Its row among the connectors; it is in no list of them.
pub const BUILT_IN: BuiltIn =
    BuiltIn { name: "demo", about: say::ABOUT, settings: &[], allows: &[], can: abilities, run };

/// How long the invented platform takes.
const TAKES: Duration = Duration::from_secs(1);

fn abilities() -> Abilities {
    Abilities {
        comments: true,
        dm: true,
        reply: true,
        post: true,
        like: true,
        hide: true,
        delete: true,
        guard: Guard::Key,
        ..Abilities::default()
    }
}

fn run() -> Result<(), String> {
    sdk::run("demo", abilities(), make)
}

fn make(start: Start) -> Result<Outlet, String> {
    let number = |name: &str| start.settings.get(name).and_then(serde_json::Value::as_i64);
    let seed = number("seed").unwrap_or(1).unsigned_abs();
    let now = Time::from(chrono::Utc::now());
    let mut feed = Feed::new(seed, number("start").map_or(now, Time));
    // What was before is on the desk already; the feed remembers it.
    while feed.next_at() < now {
        feed.next();
    }
    let sent = BTreeMap::new();
    Ok(Outlet { channel: ChannelId(start.channel), feed: Mutex::new(feed), sent: Mutex::new(sent) })
}

struct Outlet {
    channel: ChannelId,
    /// What happens on all of the brand's channels; this one's part is told.
    feed: Mutex<Feed>,
    /// What was sent, by its key.
    sent: Mutex<BTreeMap<String, String>>,
}

impl Connector for Outlet {
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble> {
        let (mut events, now) = (Vec::new(), desk.now());
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        while feed.next_at() <= now {
            let event = feed.next().map(|(_, event)| event);
            events.extend(event.filter(|e| *e.channel() == self.channel));
        }
        let wait = u64::try_from((feed.next_at() - now).0).unwrap_or(0);
        drop(feed);
        desk.events(events.iter().map(events::written).collect(), None)?;
        Ok(Duration::from_millis(wait))
    }

    fn command(&self, desk: &Desk, command: &Command) -> Answer {
        desk.sleep(TAKES);
        let lock = || self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        match &command.act {
            Act::Unknown => Err(Not::new(NackKind::Permanent, "this version cannot do that")),
            // The desk of a channel with keys does not look; somebody else's may.
            _ if command.look => match lock().get(&command.key) {
                Some(id) => Ok(Done { platform_id: Some(id.clone()), ..Done::default() }),
                None => Err(Not::new(NackKind::Absent, "it was not sent")),
            },
            Act::Reply { to, .. } => {
                if let Some(id) = lock().get(&command.key) {
                    let platform_id = Some(id.clone());
                    return Ok(Done { platform_id, duplicate: true, ..Done::default() });
                }
                let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
                let id = feed.reply(desk.now(), &command.key, &self.channel, to.as_deref());
                drop(feed);
                // The customer may have something to say to it.
                desk.look_now();
                lock().insert(command.key.clone(), id.clone());
                Ok(Done { platform_id: Some(id), ..Done::default() })
            }
            Act::Like { .. } | Act::Hide { .. } | Act::Delete { .. } => Ok(Done::default()),
            Act::Check => Ok(Done { note: Some("a demo".to_owned()), ..Done::default() }),
            Act::Post { .. } => {
                let id = format!("post-{}", command.key);
                let duplicate = lock().insert(command.key.clone(), id.clone()).is_some();
                Ok(Done { platform_id: Some(id), duplicate, ..Done::default() })
            }
            Act::Block { .. } => {
                Err(Not::new(NackKind::Permanent, "the demo's platform cannot do that"))
            }
        }
    }
}
