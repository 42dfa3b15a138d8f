//! The runner's way in: batches of events from the connector to the writer, one after the other.

use super::{Answers, Child, Reply, Runner, unheard};
use crate::connect::events;
use crate::connect::protocol::{self, ToConnector};
use crate::daemon::desk::{Job, JobResult};
use crate::daemon::writer::{latest, now};
use crate::domain::Event;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Batches of events that may wait for the writer.
pub(super) const BATCHES: usize = 4;
/// How long to wait before a batch is handed over again to a desk that cannot write.
const UNWRITABLE: Duration = Duration::from_secs(2);
/// The number under which the answer for the batch in hand comes back; those of the outbox count
/// from 1.
pub(super) const BATCH: u64 = 0;

/// Events with the writer, or waiting for it.
pub(super) struct Batch {
    number: u64,
    cursor: Option<String>,
    events: Vec<Event>,
    rejected: u64,
}

impl Runner {
    /// Reads the events of a batch; what is none is counted and told, and nothing else is lost.
    pub(super) fn take_batch(
        &mut self,
        number: u64,
        cursor: Option<String>,
        events: Vec<Value>,
    ) -> Result<(), String> {
        if events.len() > protocol::MOST_EVENTS {
            return Err(format!("a batch of more than {} events", protocol::MOST_EVENTS));
        }
        if cursor.as_ref().is_some_and(|c| c.len() > protocol::MOST_CURSOR) {
            return Err(format!("a cursor longer than {} bytes", protocol::MOST_CURSOR));
        }
        let mut batch = Batch { number, cursor, events: Vec::new(), rejected: 0 };
        for event in events {
            match events::of_connector(event, &self.link.channel, &self.platform, latest()) {
                Ok(event) => batch.events.push(event),
                Err(why) => {
                    batch.rejected += 1;
                    self.board.change(&self.link.channel, |s| s.log(now(), &why));
                }
            }
        }
        self.batches.push_back(batch);
        Ok(())
    }

    /// Hands the first batch over when it is time.
    pub(super) async fn hand_over_batch(&mut self, to: &Answers) {
        if self.hand_over.is_none_or(|at| at > Instant::now()) {
            return;
        }
        self.hand_over = None;
        let Some(batch) = self.batches.front() else { return };
        let cursor = batch.cursor.clone().map(|cursor| (self.link.channel.clone(), cursor));
        let job = Job::Ingest { cursor, events: batch.events.clone() };
        self.orders.job(job, Reply::To { number: BATCH, to: to.clone() }).await;
    }

    /// The writer has taken the first batch, or cannot now.
    pub(super) async fn batch_taken(
        &mut self,
        child: &mut Child,
        result: JobResult,
    ) -> Result<(), String> {
        let ingested = match result {
            JobResult::Ingested(ingested) => ingested,
            JobResult::Refused(why) => {
                tracing::warn!("{}: events have to wait: {why:?}", self.link.channel);
                self.hand_over = Some(Instant::now() + UNWRITABLE);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let Some(batch) = self.batches.pop_front() else { return Ok(()) };
        self.board.change(&self.link.channel, |s| {
            s.counts.messages += u64::from(ingested.added);
            s.counts.rejected += batch.rejected + ingested.rejected.len() as u64;
            for (_, why) in ingested.rejected.iter().take(3) {
                s.log(now(), &format!("rejected: {why}"));
            }
            if ingested.added + ingested.changed > 0 {
                s.brought = Some(now());
            }
        });
        self.tell_board();
        self.hand_over = (!self.batches.is_empty()).then(Instant::now);
        let taken = ToConnector::Taken { batch: batch.number };
        child.tell(&taken).await.map_err(|e| unheard(&e))
    }
}
