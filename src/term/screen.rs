//! The screen: one frame, one write, and no write for a frame that changes nothing.

use super::backend::Bytes;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};
use std::io;
use std::os::fd::AsFd;

/// The terminal as the cockpit draws on it. The modes are [`super::Guard`]'s.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Bytes>,
    /// Reused for the sequences that are no frame (bell, clipboard).
    extra: Vec<u8>,
}

impl Default for Screen {
    fn default() -> Screen {
        Screen::new()
    }
}

impl Screen {
    /// For the terminal on stdout, as large as it is now.
    pub fn new() -> Screen {
        let terminal = match Terminal::new(Bytes::new(size())) {
            Ok(terminal) => terminal,
            Err(impossible) => match impossible {},
        };
        Screen { terminal, extra: Vec::new() }
    }

    /// Draws a frame and writes what differs from the one before, with what was [`Self::say`]d.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        match self.terminal.draw(draw) {
            Ok(_) => {}
            Err(impossible) => match impossible {},
        }
        let mut bytes = self.terminal.backend_mut().take();
        bytes.append(&mut self.extra);
        if bytes.is_empty() { Ok(()) } else { write_whole(&bytes) }
    }

    /// Sends a sequence that changes no cell along with the next frame.
    fn say(&mut self, sequence: &[u8]) {
        self.extra.extend_from_slice(sequence);
    }

    /// Rings the terminal's bell with the next frame.
    pub fn bell(&mut self) {
        self.say(b"\x07");
    }

    /// Puts a text on the clipboard of the operator's own machine (OSC 52) with the next frame.
    /// Works through SSH, and through tmux with `set-clipboard on`.
    pub fn copy(&mut self, text: &str) {
        let sequence = format!("\x1b]52;c;{}\x07", base64(text.as_bytes()));
        self.say(sequence.as_bytes());
    }

    /// The size may have changed: the next frame has the new one. When it did not change, nothing
    /// happens.
    pub fn resized(&mut self) {
        self.terminal.backend_mut().set_size(size());
    }

    /// The terminal shows something unknown: the next frame is written whole.
    pub fn repaint(&mut self) {
        self.terminal.backend_mut().set_size(size());
        self.terminal.backend_mut().forget();
        match self.terminal.clear() {
            Ok(()) => {}
            Err(impossible) => match impossible {},
        }
    }

    /// Columns and rows of the next frame.
    pub fn size(&self) -> (u16, u16) {
        match self.terminal.size() {
            Ok(size) => (size.width, size.height),
            Err(impossible) => match impossible {},
        }
    }
}

/// The terminal's columns and rows; 80x24 where it does not say.
pub(super) fn size() -> Size {
    match crossterm::terminal::size() {
        Ok((width, height)) if width > 0 && height > 0 => Size { width, height },
        _ => Size { width: 80, height: 24 },
    }
}

/// Writes everything to stdout, past the standard library's buffer, as one write wherever the
/// kernel takes it as one. Waits when stdout was made non-blocking by whoever shares it.
pub(super) fn write_whole(mut bytes: &[u8]) -> io::Result<()> {
    let out = io::stdout();
    let out = out.as_fd();
    while !bytes.is_empty() {
        match nix::unistd::write(out, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(nix::Error::EINTR) => {}
            Err(nix::Error::EAGAIN) => {
                poll(&mut [PollFd::new(out, PollFlags::POLLOUT)], PollTimeout::NONE)?;
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

/// Base64 with padding, for OSC 52.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            if i <= group.len() {
                let six = (bits >> (18 - 6 * i)) & 63;
                out.push(char::from(LETTERS[six as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", "")]
    #[case("f", "Zg==")]
    #[case("fo", "Zm8=")]
    #[case("foo", "Zm9v")]
    #[case("foobar", "Zm9vYmFy")]
    #[case("你好", "5L2g5aW9")]
    fn base64_as_the_standard_has_it(#[case] text: &str, #[case] encoded: &str) {
        assert_eq!(base64(text.as_bytes()), encoded);
    }
}
