//! Events on their way to the writer: long lists are cut, so that an operator's action never
//! waits behind a whole import.

use super::desk::{Job, JobResult};
use super::orders::Reply;
use crate::domain::{ChannelId, Event, Refusal};
use crate::wire::message::Ingested;
use std::time::{Duration, Instant};

/// The most events in one group while operators act: what an action waits behind at most.
const BETWEEN_ACTIONS: usize = 24;
/// The most events in one group with an action: what it is made durable with.
const WITH_ACTIONS: usize = 4;
/// The most events in any group.
const ALONE: usize = 512;
/// Events that have waited so long get as many places again, and so on.
const WAIT: Duration = Duration::from_millis(250);

/// What a group of jobs has besides events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Nothing: no operator is at work.
    Nobody,
    /// Nothing, but an operator may act any moment.
    Between,
    /// What operators do.
    Actions,
}

/// How many events a group may hold, when the first of them has waited so long. Who acts comes first; but a
/// stream of events that goes on all the time is not left further and further behind.
pub fn places(beside: Beside, waited: Duration) -> usize {
    let places = match beside {
        Beside::Nobody => return ALONE,
        Beside::Between => BETWEEN_ACTIONS,
        Beside::Actions => WITH_ACTIONS,
    };
    let times = 1 + waited.as_millis() / WAIT.as_millis();
    places.saturating_mul(usize::try_from(times).unwrap_or(usize::MAX)).min(ALONE)
}

/// The events of one question, and what became of those that are in.
pub struct Intake {
    rest: std::vec::IntoIter<Event>,
    since: Instant,
    cursor: Option<(ChannelId, String)>,
    reply: Reply,
    /// How many have been handed over.
    given: u32,
    sum: Ingested,
    refused: Option<Refusal>,
}

impl Intake {
    /// Events that wait.
    pub fn new(cursor: Option<(ChannelId, String)>, events: Vec<Event>, reply: Reply) -> Intake {
        Intake {
            rest: events.into_iter(),
            since: Instant::now(),
            cursor,
            reply,
            given: 0,
            sum: Ingested::default(),
            refused: None,
        }
    }

    /// Since when they wait.
    pub fn since(&self) -> Instant {
        self.since
    }

    /// The next part of at most `most` events, as a job, and where in the list it begins. The
    /// cursor goes with the last part: what it says is then all there.
    pub fn part(&mut self, most: usize) -> (Job, u32) {
        let events: Vec<Event> = self.rest.by_ref().take(most.max(1)).collect();
        let from = self.given;
        self.given = from.saturating_add(u32::try_from(events.len()).unwrap_or(u32::MAX));
        let cursor = if self.is_empty() { self.cursor.take() } else { None };
        (Job::Ingest { cursor, events }, from)
    }

    /// True when all of it has been handed over.
    pub fn is_empty(&self) -> bool {
        self.rest.as_slice().is_empty()
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.rest.as_slice().len()
    }

    /// Takes in what became of the part that began at `from`.
    pub fn absorb(&mut self, from: u32, result: JobResult) {
        match result {
            JobResult::Ingested(part) => {
                self.sum.added += part.added;
                self.sum.opened += part.opened;
                self.sum.changed += part.changed;
                self.sum.known += part.known;
                let rejected = part.rejected.into_iter().map(|(at, why)| (from + at, why));
                self.sum.rejected.extend(rejected);
            }
            JobResult::Refused(why) => self.refused = Some(why),
            // Only these two come of events.
            _ => {}
        }
    }

    /// True when there is nothing more to do for it.
    pub fn is_over(&self) -> bool {
        self.refused.is_some() || self.is_empty()
    }

    /// Answers.
    pub fn finish(self) {
        self.reply.send(match self.refused {
            Some(why) => JobResult::Refused(why),
            None => JobResult::Ingested(self.sum),
        });
    }

    /// Answers that it could not be done.
    pub fn refuse(self, why: Refusal) {
        self.reply.send(JobResult::Refused(why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tokio::sync::mpsc;

    #[rstest]
    #[case::nobody_acts(Beside::Nobody, 0, 512)]
    #[case::somebody_may_act(Beside::Between, 249, 24)]
    #[case::they_have_waited(Beside::Between, 250, 48)]
    #[case::they_have_waited_long(Beside::Between, 10_000, 512)]
    #[case::somebody_acts(Beside::Actions, 0, 4)]
    #[case::even_then_they_are_not_forgotten(Beside::Actions, 800, 16)]
    fn events_get_places(#[case] beside: Beside, #[case] waited: u64, #[case] expected: usize) {
        assert_eq!(places(beside, Duration::from_millis(waited)), expected);
    }

    fn likes(n: u32) -> Event {
        Event::Likes { channel: ChannelId("weibo".into()), id: n.to_string(), likes: n }
    }

    #[test]
    fn a_list_is_cut_and_its_answers_are_one() {
        let (to, mut answers) = mpsc::unbounded_channel();
        let cursor = Some((ChannelId("weibo".into()), "c".to_owned()));
        let mut intake =
            Intake::new(cursor.clone(), (0..5).map(likes).collect(), Reply::To { number: 4, to });
        let mut seen = Vec::new();
        while !intake.is_empty() {
            let (Job::Ingest { cursor: with, events }, from) = intake.part(2) else {
                panic!("a part is an ingest job");
            };
            assert_eq!(with.is_some(), intake.is_empty(), "the cursor goes with the last part");
            let part = Ingested {
                added: u32::try_from(events.len()).unwrap(),
                rejected: vec![(0, "bad".into())],
                ..Ingested::default()
            };
            intake.absorb(from, JobResult::Ingested(part));
            seen.extend(events);
        }
        assert_eq!(seen, (0..5).map(likes).collect::<Vec<_>>());
        assert!(intake.is_over());
        intake.finish();
        let (number, JobResult::Ingested(sum)) = answers.try_recv().unwrap() else {
            panic!("the sum of the parts");
        };
        assert_eq!((number, sum.added), (4, 5));
        let places: Vec<u32> = sum.rejected.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [0, 2, 4]);
    }

    #[test]
    fn a_refused_part_ends_it() {
        let (to, mut answers) = mpsc::unbounded_channel();
        let mut intake =
            Intake::new(None, (0..5).map(likes).collect(), Reply::To { number: 1, to });
        let (_, from) = intake.part(2);
        intake.absorb(from, JobResult::Refused(Refusal::OwnerOnly));
        assert!(intake.is_over() && !intake.is_empty());
        intake.finish();
        assert_eq!(answers.try_recv().unwrap(), (1, JobResult::Refused(Refusal::OwnerOnly)));
    }

    #[test]
    fn an_empty_list_with_a_cursor_is_one_part() {
        let cursor = Some((ChannelId("weibo".into()), "c".to_owned()));
        let mut intake = Intake::new(cursor, vec![], Reply::None);
        let (Job::Ingest { cursor, events }, 0) = intake.part(2) else { panic!("one part") };
        assert!(cursor.is_some() && events.is_empty() && intake.is_over());
    }
}
