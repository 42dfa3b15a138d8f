//! The documented event format, line by line.

use super::NOW;
use dutydesk::connect::{check, events};
use dutydesk::domain::Event;
use serde_json::Value;

pub fn run(bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        let Ok(mut event) = events::read(line, &mut Vec::new()) else { continue };
        if check::event(&mut event, NOW, &mut Vec::new()).is_err() {
            continue;
        }
        assert_bounded(&event);
        // What is read can be written, and is the same when it is read again.
        let mut written = events::written(&event);
        written["channel"] = Value::from(channel(&event).to_owned());
        if let Event::Message(m) = &event {
            written["platform"] = Value::from(m.platform.clone());
        }
        let again = events::read(&written.to_string(), &mut Vec::new());
        assert_eq!(again.expect("our own writing"), event, "{written}");
    }
}

/// Whatever came, a desk never keeps more than this of one event.
pub fn assert_bounded(event: &Event) {
    assert!(channel(event).len() <= check::CHANNEL);
    if let Event::Message(m) = event {
        assert!(m.id.len() <= check::ID && !m.id.is_empty());
        assert!(m.text.len() <= check::TEXT && m.author.name.len() <= check::NAME);
        assert!(m.at <= NOW + check::AHEAD);
        assert!(m.permalink.as_ref().is_none_or(|link| link.len() <= check::LINK));
    }
}

fn channel(event: &Event) -> &str {
    match event {
        Event::Message(m) => &m.channel.0,
        Event::Slot(s) => &s.channel.0,
        Event::Published(p) => &p.channel.0,
        Event::Edited { channel, .. }
        | Event::Deleted { channel, .. }
        | Event::Likes { channel, .. }
        | Event::Metrics { channel, .. } => &channel.0,
    }
}
