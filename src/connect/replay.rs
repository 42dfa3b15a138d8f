//! Replay: old events come again as if they happened now, faster or slower.

use crate::domain::{Event, Span, Time};

/// The most rows a replay holds: they have to be sorted by time before the first one goes out.
pub const MOST: usize = 1_000_000;

/// One event of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it goes out.
    pub at: Time,
    /// The line it came from.
    pub line: u64,
    /// The event, its time shifted to `at`.
    pub event: Event,
}

/// Puts events in order of time and shifts them: the first to `start`, the others after it, the
/// time between them divided by `speed` (more than 0). Ids stay, so that a replay adds nothing to
/// a desk that knows the messages already. Likes have no time: they come right after the event
/// before them.
pub fn plan(events: Vec<(u64, Event)>, start: Time, speed: f64) -> Vec<Due> {
    let mut last = events.iter().find_map(|(_, e)| time_of(e)).unwrap_or(start);
    let mut timed: Vec<(Time, u64, Event)> = Vec::with_capacity(events.len());
    for (line, event) in events {
        last = time_of(&event).unwrap_or(last);
        timed.push((last, line, event));
    }
    // Stable: what happened in the same moment stays in the order of the file.
    timed.sort_by_key(|(at, ..)| *at);
    let first = timed.first().map_or(start, |(at, ..)| *at);
    let shifted = |at: Time| start + Span(((at - first).0 as f64 / speed) as i64);
    timed
        .into_iter()
        .map(|(at, line, mut event)| {
            let at = shifted(at);
            set_time(&mut event, at);
            Due { at, line, event }
        })
        .collect()
}

fn time_of(event: &Event) -> Option<Time> {
    match event {
        Event::Message(m) => Some(m.at),
        Event::Edited { at, .. } | Event::Deleted { at, .. } | Event::Metrics { at, .. } => {
            Some(*at)
        }
        Event::Slot(s) => Some(s.at),
        Event::Published(p) => Some(p.at),
        Event::Likes { .. } => None,
    }
}

fn set_time(event: &mut Event, to: Time) {
    match event {
        Event::Message(m) => m.at = to,
        Event::Edited { at, .. } | Event::Deleted { at, .. } | Event::Metrics { at, .. } => {
            *at = to
        }
        Event::Slot(s) => s.at = to,
        // The figures move along: they were read as long after it.
        Event::Published(p) => {
            p.read = p.read.map(|read| to + (read - p.at));
            p.at = to;
        }
        Event::Likes { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChannelId;

    fn deleted(id: &str, at: i64) -> Event {
        Event::Deleted { channel: ChannelId("c".into()), id: id.into(), at: Time(at) }
    }

    fn likes(id: &str) -> Event {
        Event::Likes { channel: ChannelId("c".into()), id: id.into(), likes: 1 }
    }

    #[test]
    fn events_are_sorted_shifted_and_sped_up() {
        let events = vec![
            (1, deleted("b", 61_000)),
            (2, likes("b")),
            (3, deleted("a", 1_000)),
            (4, deleted("c", 121_000)),
        ];
        let due = plan(events, Time(1_000_000), 10.0);
        let got: Vec<_> = due.iter().map(|d| (d.at.0, d.line)).collect();
        assert_eq!(got, [(1_000_000, 3), (1_006_000, 1), (1_006_000, 2), (1_012_000, 4)]);
        assert_eq!(due[1].event, deleted("b", 1_006_000));
    }

    #[test]
    fn nothing_is_replayed_as_nothing() {
        assert_eq!(plan(vec![], Time(5), 1.0), []);
    }
}
