//! Many open conversations at once, for desks of any size.

use super::brand;
use super::phrases::{OPENING, compose};
use crate::domain::event::MessageEvent;
use crate::domain::rng::Rng;
use crate::domain::{Event, Queue, Span, Time};

/// How far back the oldest one lies.
const OLDEST: Span = Span::hours(48);

/// Opens conversations, one message each, written within the 48 hours before `now`, the young
/// ones more often; the oldest first, as they would have come (which also is what a desk takes in
/// fastest: neighbours in time share their figures).
pub struct Bulk {
    rng: Rng,
    now: Time,
    count: u64,
    left: u64,
    number: u64,
    mark: String,
}

impl Bulk {
    /// So many of a seed.
    pub fn new(seed: u64, now: Time, count: u64) -> Bulk {
        // Another stream of numbers than the feed of the same seed.
        let rng = Rng::new(seed ^ 0x62_75_6c_6b);
        Bulk { rng, now, count, left: count, number: 0, mark: format!("{:x}", now.0 / 1000) }
    }
}

impl Iterator for Bulk {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.left = self.left.checked_sub(1)?;
        self.number += 1;
        let rng = &mut self.rng;
        let outlet = brand::any_outlet(rng);
        let tongue = outlet.tongue(rng);
        let queue = outlet.queue(rng);
        let topic = *rng.weighted(&OPENING);
        let author = brand::person(rng, tongue);
        // A cube: half of them are younger than an eighth of the span.
        let share = u128::from(self.left) * 1_000_000 / u128::from(self.count);
        let cube = (share * share * share / 1_000_000_000_000) as i64;
        let age = OLDEST.0 / 1_000_000 * cube + rng.between(0, 999);
        let id = format!("{}-bulk-{}", self.mark, self.number);
        let likes = if queue == Queue::Comments && rng.percent(20) { rng.below(300) } else { 0 };
        Some(Event::Message(MessageEvent {
            channel: outlet.channel(),
            platform: outlet.platform.to_owned(),
            queue,
            thread: None,
            in_reply_to: None,
            text: compose(rng, topic, tongue),
            author,
            ours: false,
            at: self.now - Span(age.min(OLDEST.0)),
            likes: likes as u32,
            permalink: None,
            attachments: vec![],
            id,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn so_many_conversations_as_asked_for_within_two_days() {
        let now = Time(1_790_000_000_000);
        let events: Vec<Event> = Bulk::new(1, now, 2_000).collect();
        assert_eq!(events.len(), 2_000);
        assert_eq!(events, Bulk::new(1, now, 2_000).collect::<Vec<_>>());
        let mut ids = BTreeSet::new();
        let (mut young, mut last) = (0, now - OLDEST - Span(1));
        for event in events {
            let Event::Message(m) = event else { panic!() };
            assert!(m.at <= now && m.at >= now - OLDEST);
            assert!(m.at >= last - Span::seconds(1));
            last = m.at;
            young += usize::from(m.at > now - Span::hours(6));
            assert!(ids.insert(m.id));
        }
        assert!((700..1_500).contains(&young), "{young}");
    }
}
