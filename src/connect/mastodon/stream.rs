//! The server's stream of events. It only says *that* there is something: what it is, the looks
//! find out, so that nothing depends on a stream that breaks.

use super::Shared;
use super::me::Me;
use crate::connect::http::Http;
use crate::connect::sdk::Desk;
use serde::Deserialize;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// How long a stream may be silent: servers send a sign of life several times a minute.
const PATIENCE: Duration = Duration::from_secs(50);
/// The first wait before a broken stream is opened again, and the longest.
const AGAIN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(600));
/// A stream that lasted so long was a good one.
const GOOD: Duration = Duration::from_secs(60);
/// The most bytes of a line.
const LONGEST: u64 = 1 << 20;

/// What an event of the stream is about.
#[derive(Debug, PartialEq, Eq)]
pub enum Sign {
    /// The first that is heard: it is no stream that something on the way holds back.
    Open,
    /// Something happened to us.
    New,
    /// A status appeared in the timeline: by whom.
    Wrote(String),
    /// A status was changed.
    Changed(String),
    /// A status was deleted, or left the timeline.
    Gone(String),
}

/// Listens until the desk closes its side. A thread of its own.
///
/// # Errors
/// When there can be no thread.
pub(super) fn start(shared: &Arc<Shared>, me: &Arc<Me>, desk: &Desk) -> Result<(), String> {
    let (shared, me, desk) = (Arc::clone(shared), Arc::clone(me), desk.clone());
    let listen = move || {
        let mut wait = AGAIN.0;
        let mut said = false;
        loop {
            let began = Instant::now();
            let why = listen_once(&shared, &me, &desk);
            if shared.streaming.swap(false, Ordering::SeqCst) {
                // Nothing was seen since it broke.
                desk.look_now();
            }
            if began.elapsed() >= GOOD {
                wait = AGAIN.0;
            } else if !said {
                desk.log(format!("no stream of events, asking more often instead: {why}"));
                said = true;
            }
            if desk.sleep(wait) {
                return;
            }
            wait = (wait * 2).min(AGAIN.1);
        }
    };
    thread::Builder::new().name("stream".into()).spawn(listen).map(drop).map_err(|e| e.to_string())
}

/// Opens the stream and hears it to its end; why it ended.
fn listen_once(shared: &Shared, me: &Me, desk: &Desk) -> String {
    let headers = [("authorization", shared.api.bearer()), ("accept", "text/event-stream")];
    let mut why = String::new();
    for base in &me.streams {
        let opened = Http::new(base).and_then(|http| {
            let path = "/api/v1/streaming/user";
            http.stream(path, &headers, PATIENCE).map_err(|fault| fault.why().to_owned())
        });
        match opened {
            Ok(stream) => {
                return hear(stream, |sign| react(shared, me, desk, sign));
            }
            Err(e) => why = e,
        }
    }
    why
}

fn react(shared: &Shared, me: &Me, desk: &Desk, sign: Sign) -> bool {
    if desk.has_ended() {
        return false;
    }
    match sign {
        Sign::Open => {
            shared.streaming.store(true, Ordering::SeqCst);
            shared.is_distrusted.store(false, Ordering::SeqCst);
            // What came while it was opened, it does not speak of.
            shared.hint(|hints| hints.new = true);
        }
        Sign::New => shared.hint(|hints| hints.new = true),
        Sign::Wrote(id) if id == me.id => shared.hint(|hints| hints.own = true),
        // What those wrote whom the brand follows.
        Sign::Wrote(_) => return true,
        Sign::Changed(id) | Sign::Gone(id) => shared.hint(|hints| hints.change(id)),
    }
    desk.look_now();
    true
}

/// Hears a stream of server-sent events; `react` says whether to go on.
pub fn hear(stream: impl Read, mut react: impl FnMut(Sign) -> bool) -> String {
    let mut stream = BufReader::new(stream);
    let (mut event, mut data) = (String::new(), String::new());
    let mut is_open = false;
    loop {
        let mut line = Vec::new();
        match stream.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => return "the stream ended".into(),
            Ok(_) => {}
            Err(e) => return format!("the stream broke: {e}"),
        }
        if !std::mem::replace(&mut is_open, true) && !react(Sign::Open) {
            return "no longer wanted".into();
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\n', '\r']);
        if line.is_empty() {
            // An empty line ends an event.
            let sign = sign(&event, &data);
            event.clear();
            data.clear();
            if sign.is_some_and(|sign| !react(sign)) {
                return "no longer wanted".into();
            }
        } else if let Some(name) = line.strip_prefix("event:") {
            event = name.trim().to_owned();
        } else if let Some(more) = line.strip_prefix("data:")
            && data.len() < usize::try_from(LONGEST).unwrap_or(usize::MAX)
        {
            data.push_str(more.strip_prefix(' ').unwrap_or(more));
        }
    }
}

/// What an event is about.
fn sign(event: &str, data: &str) -> Option<Sign> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Seen {
        id: super::entities::Id,
        account: super::entities::Account,
    }
    let seen = || serde_json::from_str::<Seen>(data).unwrap_or_default();
    match event {
        "notification" | "conversation" | "notifications_merged" => Some(Sign::New),
        "update" => Some(Sign::Wrote(seen().account.id.0)),
        "status.update" => Some(Sign::Changed(seen().id.0)),
        "delete" => Some(Sign::Gone(data.trim().trim_matches('"').to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn events_are_told_apart() {
        let said = ":)\n\nevent: notification\ndata: {\"id\":\"1\"}\n\n:thump\n\
            event: update\ndata: {\"id\":\"2\",\"account\":{\"id\":7}}\n\n\
            event: status.update\r\ndata: {\"id\":\"3\"}\r\n\r\nevent: delete\ndata: 4\n\n\
            event: filters_changed\n\nevent: update\ndata: rubbish\n\nevent: notification\n";
        let mut signs = vec![];
        let why = hear(said.as_bytes(), |sign| {
            signs.push(sign);
            true
        });
        let expected = [
            Sign::Open,
            Sign::New,
            Sign::Wrote("7".into()),
            Sign::Changed("3".into()),
            Sign::Gone("4".into()),
            Sign::Wrote(String::new()),
        ];
        assert_eq!(signs, expected);
        assert_eq!(why, "the stream ended");
    }

    proptest! {
        #[test]
        fn no_stream_makes_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            hear(bytes.as_slice(), |_| true);
        }
    }
}
