//! The way to the writer: bounded, what people wait for apart from events.

use super::desk::{Job, JobResult};
use super::intake::Intake;
use crate::config::{Channels, Rules};
use crate::domain::Refusal;
use crate::text::Lang;
use crate::text::catalogue::desk as say;
use std::sync::Arc;
use tokio::sync::mpsc;

/// How many orders may wait; who brings more waits too.
const QUEUE: usize = 1024;
/// How many lists of events may wait.
const BULK: usize = 32;

/// Where an answer goes.
#[derive(Debug)]
pub enum Reply {
    /// Nobody waits for it.
    None,
    /// To a session, with the number of its question.
    To {
        /// The number.
        number: u64,
        /// The session.
        to: mpsc::UnboundedSender<(u64, JobResult)>,
    },
}

impl Reply {
    /// Answers.
    pub fn send(self, result: JobResult) {
        if let Reply::To { number, to } = self {
            // The session may be gone; what was done stays done.
            let _ = to.send((number, result));
        }
    }
}

/// Something for the writer to do.
pub(super) enum Order {
    /// A job of the desk.
    Job(Job, Reply),
    /// Lines of an export.
    Restore { lines: Vec<String>, last: bool, reply: Reply },
    /// The desk's file of channels was read again.
    Channels(Box<Channels>),
    /// The desk's rules were read again.
    Rules(Arc<Rules>),
    /// No more after this.
    End,
}

/// The way to the writer.
#[derive(Clone)]
pub struct Orders {
    urgent: mpsc::Sender<Order>,
    bulk: mpsc::Sender<Intake>,
}

/// The writer's side.
pub(super) struct Queues {
    /// What people wait for.
    pub urgent: mpsc::Receiver<Order>,
    /// Events.
    pub bulk: mpsc::Receiver<Intake>,
}

/// Both sides of a new way to the writer.
pub(super) fn queues() -> (Orders, Queues) {
    let (urgent_to, urgent) = mpsc::channel(QUEUE);
    let (bulk_to, bulk) = mpsc::channel(BULK);
    (Orders { urgent: urgent_to, bulk: bulk_to }, Queues { urgent, bulk })
}

impl Orders {
    /// Hands a job over; waits while too many wait already. The answer comes through `reply`, also
    /// when the writer has ended.
    pub async fn job(&self, job: Job, reply: Reply) {
        match job {
            Job::Ingest { cursor, events } => {
                if let Err(e) = self.bulk.send(Intake::new(cursor, events, reply)).await {
                    e.0.refuse(ended());
                }
            }
            job => self.order(Order::Job(job, reply)).await,
        }
    }

    /// Hands lines of an export over, for a desk that is empty.
    pub async fn restore(&self, lines: Vec<String>, last: bool, reply: Reply) {
        self.order(Order::Restore { lines, last, reply }).await;
    }

    /// The desk's file of channels was read again.
    pub async fn channels(&self, channels: Channels) {
        self.order(Order::Channels(Box::new(channels))).await;
    }

    /// The desk's rules were read again.
    pub async fn rules(&self, rules: Arc<Rules>) {
        self.order(Order::Rules(rules)).await;
    }

    /// Lets the writer end when it has done what waits now.
    pub async fn end(&self) {
        self.order(Order::End).await;
    }

    async fn order(&self, order: Order) {
        if let Err(e) = self.urgent.send(order).await {
            match e.0 {
                Order::Job(_, reply) | Order::Restore { reply, .. } => {
                    reply.send(JobResult::Refused(ended()));
                }
                Order::Channels(_) | Order::Rules(_) | Order::End => {}
            }
        }
    }
}

/// What is answered when the writer has ended.
pub(super) fn ended() -> Refusal {
    Refusal::ReadOnly(say::DESK_ENDING.say(Lang::En).into())
}
