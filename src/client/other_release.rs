//! A daemon of another release: who it is, and how it is told to end. It is spoken to in the few words
//! that every version of the wire has in common, see [`crate::wire::lasting`].

use super::attach::{self, AttachError};
use crate::domain::OperatorName;
use crate::wire::frame::{self, FrameError, Frames};
use crate::wire::lasting::{Heard, Release, Reply};
use crate::wire::message::{Ask, ClientKind, ToDaemon};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long it may take for an answer.
const ANSWER: Duration = Duration::from_secs(10);
/// How long it may take to end: as long as a service manager would wait.
const ENDING: Duration = Duration::from_secs(60);

/// A connection to a daemon of another release.
#[derive(Debug)]
pub struct OtherDaemon {
    stream: UnixStream,
    frames: Frames,
    next: u64,
    /// Its version of the wire.
    pub version: u32,
}

/// Why it was not done.
#[derive(Debug)]
pub enum OtherError {
    /// There is no connection.
    Attach(AttachError),
    /// It does not let this account do that.
    Refused,
    /// It did not understand, or the connection failed.
    Link(FrameError),
    /// It was told to end and has not.
    Stays,
}

impl From<FrameError> for OtherError {
    fn from(e: FrameError) -> OtherError {
        OtherError::Link(e)
    }
}

impl OtherDaemon {
    /// Connects to the daemon of another version that serves a desk; `None` = there is none.
    ///
    /// # Errors
    /// When one is there, but does not let us in.
    pub fn find(
        desk: &Path,
        declared: Option<&OperatorName>,
    ) -> Result<Option<OtherDaemon>, OtherError> {
        let Some(version) = attach::foreign(desk) else { return Ok(None) };
        let stream = attach::knock_at(desk, version).map_err(OtherError::Attach)?;
        let failed = |e: io::Error| OtherError::Link(e.into());
        stream.set_read_timeout(Some(ANSWER)).map_err(failed)?;
        let mut other = OtherDaemon { stream, frames: Frames::new(), next: 1, version };
        let declared = declared.cloned();
        let (kind, host) = (ClientKind::Verb, String::new());
        let hello = ToDaemon::Hello { version, kind, declared, resume: None, host };
        frame::write(&mut other.stream, &hello)?;
        match other.frames.read(&mut other.stream)? {
            Heard::Welcome(_) => Ok(Some(other)),
            _ => Err(OtherError::Refused),
        }
    }

    fn ask(&mut self, ask: Ask) -> Result<Reply, OtherError> {
        let mine = self.next;
        self.next += 1;
        frame::write(&mut self.stream, &ToDaemon::Ask { number: mine, ask })?;
        loop {
            match self.frames.read(&mut self.stream)? {
                Heard::Answer { number, answer } if number == mine => return Ok(answer),
                Heard::Refused(_) => return Err(OtherError::Refused),
                _ => {}
            }
        }
    }

    /// Who it is.
    ///
    /// # Errors
    /// When it does not say.
    pub fn release(&mut self) -> Result<Release, OtherError> {
        match self.ask(Ask::Status)? {
            Reply::Status(release) => Ok(release),
            Reply::Ok | Reply::Refused(_) => Err(OtherError::Refused),
        }
    }

    /// Ends it, and waits until its process has let go of the desk.
    ///
    /// # Errors
    /// When it may not be ended by this account, or stays.
    pub fn stop(mut self) -> Result<(), OtherError> {
        match self.ask(Ask::Stop)? {
            Reply::Ok => {}
            Reply::Status(_) | Reply::Refused(_) => return Err(OtherError::Refused),
        }
        // It keeps this connection open until its process is gone.
        let patience = Instant::now() + ENDING;
        while Instant::now() < patience {
            match self.frames.read::<Heard>(&mut self.stream) {
                Ok(_) => {}
                Err(FrameError::Io(e))
                    if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                Err(_) => return Ok(()),
            }
        }
        Err(OtherError::Stays)
    }
}
