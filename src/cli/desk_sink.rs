//! The desk as a place for events: what import, replay and the demo feed hand theirs to.

use super::{Context, Exit, Failure};
use crate::client::ask::{AskError, DeskClient};
use crate::client::attach::AttachError;
use crate::connect::{Sink, SinkError, Taken};
use crate::domain::{ChannelId, Event, OperatorName};
use crate::text::Lang;
use crate::wire::message::{Answer, Ask, ClientKind};
use std::path::Path;

/// A connection that events are handed over on.
pub struct DeskSink {
    desk: DeskClient,
    lang: Lang,
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

    /// Connects to a desk whose daemon runs.
    ///
    /// # Errors
    /// [`Exit::NoDesk`] with the reason.
    pub fn connect_running(context: &Context) -> Result<DeskSink, Failure> {
        DeskSink::connect_with(context, DeskClient::connect_running)
    }

    fn connect_with(
        context: &Context,
        how: fn(&Path, Option<OperatorName>, ClientKind) -> Result<DeskClient, AttachError>,
    ) -> Result<DeskSink, Failure> {
        let folder = context.folder()?;
        let desk = how(&folder, context.declared.clone(), ClientKind::Connector)
            .map_err(|e| Failure::unattached(&e, context.lang))?;
        Ok(DeskSink { desk, lang: context.lang, exit: Exit::NoDesk })
    }

    /// How the verb ends after an error of this sink.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    fn failed(&mut self, e: &AskError) -> SinkError {
        let failure = Failure::unanswered(e, self.lang);
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
        match self.desk.send(Ask::Ingest { cursor, events }) {
            Ok(_) => Ok(()),
            Err(e) => Err(self.failed(&e)),
        }
    }

    fn receive(&mut self) -> Result<Taken, SinkError> {
        let error = match self.desk.receive() {
            Ok(Some((_, Answer::Ingested(i)))) => {
                return Ok(Taken {
                    added: i.added,
                    opened: i.opened,
                    changed: i.changed,
                    known: i.known,
                    rejected: i.rejected,
                });
            }
            Ok(Some((_, Answer::Refused(refusal)))) => AskError::Refused(refusal),
            Ok(_) => AskError::Strange,
            Err(e) => e,
        };
        Err(self.failed(&error))
    }
}
