//! Reads the terminal without blocking the loop.

use super::input::{Answer, Input, Parser};
use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, timeout_at};

/// The terminal's input. Dropping it stops reading, so that another program (`$EDITOR`) gets the
/// keys; what was typed until then is in it.
#[derive(Debug)]
pub struct Reader {
    tty: AsyncFd<OwnedFd>,
    parser: Parser,
    ready: Vec<Input>,
    /// When the last bytes came.
    since: Instant,
}

impl Reader {
    /// The most bytes taken at once, so that a flood of input cannot keep the loop from drawing.
    const AT_ONCE: usize = 16 << 10;

    /// Opens the terminal of stdin once more, so that being non-blocking stays our own affair:
    /// stdin's open file is shared with the shell.
    ///
    /// # Errors
    /// When stdin is no terminal, or it cannot be opened or waited for. Needs a tokio runtime.
    pub fn open() -> io::Result<Reader> {
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let named = nix::unistd::ttyname(io::stdin())
            .and_then(|path| open(&path, flags, Mode::empty()))
            // In a container the name may not be there; the controlling terminal always is.
            .or_else(|_| open(Path::new("/dev/tty"), flags, Mode::empty()))?;
        // Deprecated for types that may close their descriptor early, which `OwnedFd` cannot; the
        // successor needs `unsafe`, which this program does without.
        #[allow(deprecated)]
        let tty = AsyncFd::with_interest(named, Interest::READABLE)?;
        Ok(Reader { tty, parser: Parser::default(), ready: Vec::new(), since: Instant::now() })
    }

    /// Waits until something came from the terminal and gives everything that is there.
    /// May be given up at any time without losing anything.
    ///
    /// # Errors
    /// When the terminal is gone; nothing comes any more then.
    pub async fn next(&mut self) -> io::Result<Vec<Input>> {
        while self.ready.is_empty() {
            match self.parser.patience() {
                None => self.fill().await?,
                // Counted from the last byte, so that a call given up half-way does not prolong it.
                Some(patience) => match timeout_at(self.since + patience, self.fill()).await {
                    Ok(read) => read?,
                    Err(_) => self.parser.give_up(&mut self.ready),
                },
            }
        }
        Ok(std::mem::take(&mut self.ready))
    }

    /// Waits, without the loop, until `waits` says that no answer is missing any more, but not
    /// longer than `limit`: an answer that comes later would be typed into the shell. Whatever
    /// else comes is kept for [`Reader::next`].
    pub fn settle(&mut self, limit: Duration, mut waits: impl FnMut(Answer) -> bool) {
        let until = std::time::Instant::now() + limit;
        let mut buffer = [0; 4096];
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            let wait = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
            match poll(&mut [PollFd::new(self.tty.get_ref().as_fd(), PollFlags::POLLIN)], wait) {
                Err(nix::Error::EINTR) => continue,
                Ok(n) if n > 0 => {}
                _ => return,
            }
            let Ok(n @ 1..) = nix::unistd::read(self.tty.get_ref(), &mut buffer) else { return };
            let mut came = Vec::new();
            self.parser.feed(&buffer[..n], &mut came);
            let mut more = true;
            for input in came {
                match input {
                    Input::Answer(answer) => more = waits(answer),
                    other => self.ready.push(other),
                }
            }
            if !more {
                return;
            }
        }
    }

    /// Waits for bytes and takes those that are there.
    async fn fill(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        let mut taken = 0;
        let mut guard = self.tty.readable().await?;
        while taken < Self::AT_ONCE {
            let read = guard.try_io(|tty| Ok(nix::unistd::read(tty.get_ref(), &mut buffer)?));
            match read {
                // The other end is closed. (A hung-up terminal gives EIO, or nothing for ever.)
                Ok(Ok(0)) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(Ok(n)) => {
                    self.parser.feed(&buffer[..n], &mut self.ready);
                    self.since = Instant::now();
                    taken += n;
                }
                Ok(Err(e)) if e.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(e)) => return Err(e),
                // Nothing more for now.
                Err(_would_block) => break,
            }
        }
        Ok(())
    }
}
