//! The verbs' way to the desk: ask, wait, get the answer; several questions may be under way.

use super::attach::{self, AttachError, Attached, Caller, Launch};
use crate::domain::{OperatorName, Refusal};
use crate::text::catalogue::desk as say;
use crate::text::{Lang, Shown};
use crate::wire::frame::{self, FrameError, Frames};
use crate::wire::message::{Answer, Ask, ClientKind, Push, ToClient, ToDaemon, Welcome};
use std::collections::VecDeque;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Why a question has no answer.
#[derive(Debug)]
pub enum AskError {
    /// The daemon did not do it, and says why.
    Refused(Refusal),
    /// The daemon went away before it answered: it is not known whether it was done.
    WentAway,
    /// The connection failed.
    Link(FrameError),
    /// The answer does not belong to the question.
    Strange,
}

impl AskError {
    /// The sentence for the operator; `None` for a refusal, which the refusals' own room says.
    pub fn say(&self, lang: Lang) -> Option<Shown> {
        match self {
            AskError::Refused(_) => None,
            AskError::WentAway => Some(say::WENT_AWAY.say(lang)),
            AskError::Link(e) => Some(say::LINK.fill(lang, &[("why", e)])),
            AskError::Strange => Some(say::STRANGE_ANSWER.say(lang)),
        }
    }
}

impl From<FrameError> for AskError {
    fn from(e: FrameError) -> AskError {
        if e.is_gone() { AskError::WentAway } else { AskError::Link(e) }
    }
}

/// A blocking connection to a desk.
#[derive(Debug)]
pub struct DeskClient {
    stream: UnixStream,
    frames: Frames,
    welcome: Welcome,
    /// The number of the next question.
    next: u64,
    /// Questions that are not answered yet.
    open: usize,
    /// Answers that came while something else was waited for, in order of arrival.
    early: VecDeque<(u64, Answer)>,
}

impl DeskClient {
    /// The most questions under way at once; [`DeskClient::send`] waits for an answer beyond it,
    /// so that the two sides can never wait for each other to read.
    pub const MOST_OPEN: usize = 16;

    /// Connects to a desk; a private one's daemon is started when none runs.
    ///
    /// # Errors
    /// See [`AttachError`].
    pub fn connect(
        desk: &Path,
        declared: Option<OperatorName>,
        kind: ClientKind,
    ) -> Result<DeskClient, AttachError> {
        DeskClient::connect_with(desk, &Caller { kind, declared, resume: None }, &Launch::own())
    }

    /// Connects to a desk whose daemon runs already.
    ///
    /// # Errors
    /// [`AttachError::NotRunning`] when it does not; else see [`AttachError`].
    pub fn connect_running(
        desk: &Path,
        declared: Option<OperatorName>,
        kind: ClientKind,
    ) -> Result<DeskClient, AttachError> {
        DeskClient::connect_with(desk, &Caller { kind, declared, resume: None }, &Launch::Never)
    }

    /// Connects, with everything said.
    ///
    /// # Errors
    /// See [`AttachError`].
    pub fn connect_with(
        desk: &Path,
        caller: &Caller,
        launch: &Launch,
    ) -> Result<DeskClient, AttachError> {
        let Attached { stream, frames, welcome } = attach::attach(desk, caller, launch)?;
        Ok(DeskClient { stream, frames, welcome, next: 1, open: 0, early: VecDeque::new() })
    }

    /// The daemon's greeting: who we are to it, the desk's name, its channels.
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// [`AskError::Refused`] when the desk did not do it; else see [`AskError`].
    pub fn ask(&mut self, ask: Ask) -> Result<Answer, AskError> {
        let number = self.send(ask)?;
        let at = loop {
            match self.early.iter().position(|(n, _)| *n == number) {
                Some(at) => break at,
                None => self.hear()?,
            }
        };
        match self.early.remove(at) {
            Some((_, Answer::Refused(refusal))) => Err(AskError::Refused(refusal)),
            Some((_, answer)) => Ok(answer),
            None => Err(AskError::Strange),
        }
    }

    /// Asks without waiting, and returns the question's number; its answer comes from
    /// [`DeskClient::receive`]. Waits while [`DeskClient::MOST_OPEN`] are under way.
    ///
    /// # Errors
    /// See [`AskError`].
    pub fn send(&mut self, ask: Ask) -> Result<u64, AskError> {
        while self.open >= Self::MOST_OPEN {
            self.hear()?;
        }
        let number = self.next;
        self.next += 1;
        frame::write(&mut self.stream, &ToDaemon::Ask { number, ask })?;
        self.open += 1;
        Ok(number)
    }

    /// The next answer, with its question's number ([`Answer::Refused`] among them); `None` when
    /// nothing is under way.
    ///
    /// # Errors
    /// See [`AskError`].
    pub fn receive(&mut self) -> Result<Option<(u64, Answer)>, AskError> {
        while self.early.is_empty() {
            if self.open == 0 {
                return Ok(None);
            }
            self.hear()?;
        }
        Ok(self.early.pop_front())
    }

    /// How many questions have been sent whose answers were not received.
    pub fn under_way(&self) -> usize {
        self.open + self.early.len()
    }

    /// Sends a message that has no answer: what to show, what is looked at, that somebody is here.
    ///
    /// # Errors
    /// See [`AskError`].
    pub fn tell(&mut self, message: &ToDaemon) -> Result<(), AskError> {
        Ok(frame::write(&mut self.stream, message)?)
    }

    /// Waits for the next push; answers that come first are kept for [`DeskClient::receive`].
    /// Made for tests and scripts: a cockpit uses the asynchronous link.
    ///
    /// # Errors
    /// See [`AskError`].
    pub fn next_push(&mut self) -> Result<Push, AskError> {
        loop {
            match self.frames.read(&mut self.stream)? {
                ToClient::Push(push) => return Ok(*push),
                other => self.keep(other)?,
            }
        }
    }

    /// How long to wait for the daemon at most from now on (`None` = for ever).
    ///
    /// # Errors
    /// When the socket refuses it.
    pub fn patience(&mut self, most: Option<std::time::Duration>) -> Result<(), AskError> {
        self.stream.set_read_timeout(most).map_err(|e| AskError::Link(e.into()))
    }

    /// Waits for one more answer and keeps it.
    fn hear(&mut self) -> Result<(), AskError> {
        loop {
            match self.frames.read(&mut self.stream)? {
                ToClient::Push(_) => {}
                other => return self.keep(other),
            }
        }
    }

    fn keep(&mut self, message: ToClient) -> Result<(), AskError> {
        match message {
            ToClient::Answer { number, answer } if self.open > 0 => {
                self.open -= 1;
                self.early.push_back((number, *answer));
                Ok(())
            }
            _ => Err(AskError::Strange),
        }
    }
}
