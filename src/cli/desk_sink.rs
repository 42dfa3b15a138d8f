//! The desk as a place for events: what import, replay and the demo feed hand theirs to.
//!
//! A daemon that goes away does not end it: what was not answered is handed over again to the one
//! that comes after, which is safe, since what is known is not added twice.

use super::{Context, Exit, Failure};
use crate::client::ask::{AskError, DeskClient};
use crate::client::attach::AttachError;
use crate::connect::{Sink, SinkError, Taken};
use crate::domain::{ChannelId, Event, OperatorName};
use crate::wire::message::{Answer, Ask, ClientKind};
use std::collections::VecDeque;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a desk may be away.
const AWAY: Duration = Duration::from_secs(30);
/// How long to wait before knocking again.
const AGAIN: Duration = Duration::from_millis(200);

type Connect = fn(&Path, Option<OperatorName>, ClientKind) -> Result<DeskClient, AttachError>;
type Chunk = (Option<(ChannelId, String)>, Vec<Event>);

/// A connection that events are handed over on.
pub struct DeskSink {
    context: Context,
    how: Connect,
    desk: DeskClient,
    /// Chunks that are not answered yet, oldest first.
    unanswered: VecDeque<Chunk>,
    /// How the verb ends when the desk takes no more.
    exit: Exit,
}

impl DeskSink {
    /// Connects to the desk; starts its daemon when it is private and none runs.
    ///
    /// # Errors
    /// [`Exit::NoDesk`] with the reason.
    pub fn connect(context: &Context) -> Result<DeskSink, Failure> {
        DeskSink::connect_with(context, DeskClient::connect)
    }

    /// Connects to a daemon that runs; none is started, then and later.
    ///
    /// # Errors
    /// [`Exit::NoDesk`] with the reason.
    pub fn connect_running(context: &Context) -> Result<DeskSink, Failure> {
        DeskSink::connect_with(context, DeskClient::connect_running)
    }

    fn connect_with(context: &Context, how: Connect) -> Result<DeskSink, Failure> {
        let desk = link(context, how)?;
        let unanswered = VecDeque::new();
        Ok(DeskSink { context: context.clone(), how, desk, unanswered, exit: Exit::NoDesk })
    }

    /// How the verb ends after an error of this sink.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The link was lost: waits for the desk and hands over again what was not answered.
    fn again(&mut self) -> Result<(), SinkError> {
        let patience = Instant::now() + AWAY;
        loop {
            let failure = match link(&self.context, self.how) {
                Ok(desk) => {
                    self.desk = desk;
                    match self.unanswered.iter().try_for_each(|c| hand_over(&mut self.desk, c)) {
                        Ok(()) => return Ok(()),
                        Err(e) => Failure::unanswered(&e, self.context.lang),
                    }
                }
                Err(failure) => failure,
            };
            if Instant::now() >= patience {
                return Err(self.failed(failure));
            }
            thread::sleep(AGAIN);
        }
    }

    fn failed(&mut self, failure: Failure) -> SinkError {
        self.exit = failure.exit;
        SinkError(failure.sentence)
    }
}

impl Sink for DeskSink {
    fn send(
        &mut self,
        cursor: Option<(ChannelId, String)>,
        events: Vec<Event>,
    ) -> Result<(), SinkError> {
        let chunk = (cursor, events);
        let sent = hand_over(&mut self.desk, &chunk);
        self.unanswered.push_back(chunk);
        match sent {
            Ok(()) => Ok(()),
            Err(AskError::WentAway | AskError::Link(_)) => self.again(),
            Err(e) => {
                let failure = Failure::unanswered(&e, self.context.lang);
                Err(self.failed(failure))
            }
        }
    }

    fn receive(&mut self) -> Result<Taken, SinkError> {
        loop {
            let error = match self.desk.receive() {
                Ok(Some((_, Answer::Ingested(i)))) => {
                    self.unanswered.pop_front();
                    return Ok(Taken {
                        added: i.added,
                        opened: i.opened,
                        changed: i.changed,
                        known: i.known,
                        rejected: i.rejected,
                    });
                }
                Ok(Some((_, Answer::Refused(refusal)))) => {
                    self.unanswered.pop_front();
                    AskError::Refused(refusal)
                }
                Err(AskError::WentAway | AskError::Link(_)) => {
                    self.again()?;
                    continue;
                }
                Ok(_) => AskError::Strange,
                Err(e) => e,
            };
            let failure = Failure::unanswered(&error, self.context.lang);
            return Err(self.failed(failure));
        }
    }
}

fn link(context: &Context, how: Connect) -> Result<DeskClient, Failure> {
    how(&context.folder()?, context.declared.clone(), ClientKind::Connector)
        .map_err(|e| Failure::unattached(&e, context.lang))
}

fn hand_over(desk: &mut DeskClient, (cursor, events): &Chunk) -> Result<(), AskError> {
    desk.send(Ask::Ingest { cursor: cursor.clone(), events: events.clone() }).map(|_| ())
}
