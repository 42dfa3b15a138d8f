//! The terminal's modes, switched on together and certain to be switched off again.

use crossterm::terminal;
use nix::sys::termios::{self, InputFlags, LocalFlags, SetArg, Termios};
use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Alternate screen, bracketed paste, focus events, no wrapping at the edge, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?7l\x1b[?25l\x1b[2J";

/// The way back, from whatever state; ends an unfinished synchronized update, a scroll region and
/// a colour, too. The alternate screen is cleared while it is still there: a terminal without one
/// shows the shell an empty screen then.
const LEAVE: &[u8] =
    b"\x1b[?2026l\x1b[r\x1b[m\x1b[2J\x1b[?25h\x1b[?7h\x1b[?1004l\x1b[?2004l\x1b[?1049l";

/// Whether the modes are on: the panic hook has no other way to know.
static ON: AtomicBool = AtomicBool::new(false);

/// While it lives the terminal is in the cockpit's modes; dropping it restores everything.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Switches the modes on. A panic anywhere restores the terminal before it is reported.
    ///
    /// # Errors
    /// When the terminal does not take the modes; none is left on then.
    pub fn enter() -> io::Result<Guard> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                leave();
                report(panic);
            }));
        });
        enter()?;
        Ok(Guard(()))
    }

    /// Switches the modes off: somebody else (`$EDITOR`, the shell) has the terminal until
    /// [`Guard::again`].
    pub fn leave(&mut self) {
        leave();
    }

    /// Switches the modes on again, also after the process was stopped and continued from outside.
    ///
    /// # Errors
    /// When the terminal does not take them.
    pub fn again(&mut self) -> io::Result<()> {
        // Whoever had the terminal may have changed its line discipline behind our back; raw mode
        // must be left to be entered anew.
        let _ = terminal::disable_raw_mode();
        enter()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

fn enter() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    ON.store(true, Ordering::SeqCst);
    let written = super::screen::write_whole(ENTER);
    if written.is_err() {
        leave();
    }
    written
}

/// Restores the terminal if its modes are on. A terminal that is gone cannot be restored, so
/// failures have no receiver.
fn leave() {
    if ON.swap(false, Ordering::SeqCst) {
        let _ = super::screen::write_whole(LEAVE);
        let _ = terminal::disable_raw_mode();
        let _ = io::stdout().flush();
    }
}

/// While it lives keys come one by one and unseen; nothing else of the terminal is changed, so
/// what is written stays lines.
#[derive(Debug)]
pub struct Unbuffered {
    before: Termios,
}

impl Unbuffered {
    /// From now on.
    ///
    /// # Errors
    /// When stdin is no terminal.
    pub fn enter() -> io::Result<Unbuffered> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut unbuffered = before.clone();
        unbuffered.local_flags -=
            LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG | LocalFlags::IEXTEN;
        unbuffered.input_flags -= InputFlags::ICRNL | InputFlags::INLCR | InputFlags::IXON;
        termios::tcsetattr(io::stdin(), SetArg::TCSADRAIN, &unbuffered)?;
        Ok(Unbuffered { before })
    }

    /// False where whoever types sees it already, as in an editor's shell window.
    pub fn echoed(&self) -> bool {
        self.before.local_flags.contains(LocalFlags::ECHO)
    }
}

impl Drop for Unbuffered {
    fn drop(&mut self) {
        // A terminal that is gone has no modes.
        let _ = termios::tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.before);
    }
}
