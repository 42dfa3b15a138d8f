//! The signals a cockpit heeds.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// TERM or HUP: leave.
    Quit,
    /// INT: leave, unless the keyboard sent it to an editor that has the terminal.
    Interrupt,
    /// WINCH: the window has another size.
    Resize,
    /// CONT: the process was stopped and goes on.
    Continue,
    /// USR1: read the themes again.
    Themes,
}

/// Waits for signals.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    hangup: Signal,
    interrupt: Signal,
    window: Signal,
    go_on: Signal,
    user: Signal,
}

impl Signals {
    /// From now on these signals come here and do nothing else.
    pub fn new() -> io::Result<Signals> {
        Ok(Signals {
            term: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            window: signal(SignalKind::window_change())?,
            go_on: signal(SignalKind::from_raw(nix::libc::SIGCONT))?,
            user: signal(SignalKind::user_defined1())?,
        })
    }

    /// The next one. May be given up at any time without losing one.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.term.recv() => Asked::Quit,
            _ = self.hangup.recv() => Asked::Quit,
            _ = self.interrupt.recv() => Asked::Interrupt,
            _ = self.window.recv() => Asked::Resize,
            _ = self.go_on.recv() => Asked::Continue,
            _ = self.user.recv() => Asked::Themes,
        }
    }
}
