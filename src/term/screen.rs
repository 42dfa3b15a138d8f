//! The screen: one frame, one write, and no write for a frame that changes nothing.

use super::input::Answer;
use super::pace::{Pace, QUESTION};
use super::painter::{Link, Painter};
use super::surface::Surface;
use super::traits::Traits;
use crate::text::Shown;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};
use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

/// The terminal as the cockpit draws on it. The modes are [`super::Guard`]'s.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Surface>,
    painter: Painter,
    pace: Pace,
    /// The questions of [`PROBE`] that are not answered yet.
    probes: u8,
    /// Reused for the sequences that are no frame (bell, clipboard).
    extra: Vec<u8>,
}

/// The two ways in which terminals take a notice for the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notices {
    /// iTerm2, kitty, WezTerm, Ghostty, Windows Terminal.
    Osc9,
    /// rxvt-unicode, foot, GNOME's terminals.
    Osc777,
}

/// Asks what no name tells: how wide an ambiguous character is drawn, and whether REP is known. The
/// cursor's place answers both. The first frame follows in the same write, so it is never seen.
const PROBE: &str = "\x1b[H\u{2500}\x1b[6n\rx\x1b[2b\x1b[6n\r\x1b[K";

impl Screen {
    /// For the terminal on stdout, as large as it is now.
    pub fn new(traits: Traits) -> Screen {
        let terminal = match Terminal::new(Surface::new(size())) {
            Ok(terminal) => terminal,
            Err(impossible) => match impossible {},
        };
        let asks = traits.answers;
        Screen {
            terminal,
            painter: Painter::new(traits),
            pace: Pace::new(asks),
            probes: if asks { 2 } else { 0 },
            extra: if asks { PROBE.into() } else { Vec::new() },
        }
    }

    /// Draws a frame and writes what differs from the one before, with what was [`Self::say`]d.
    /// What draws gives the links of the frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>) -> Vec<Link>) -> io::Result<()> {
        let mut links = Vec::new();
        match self.terminal.draw(|frame| links = draw(frame)) {
            Ok(done) => self.painter.look(done.buffer, &links),
            Err(impossible) => match impossible {},
        }
        let mut bytes = std::mem::take(&mut self.extra);
        bytes.append(&mut self.painter.paint(self.terminal.backend().caret()));
        if bytes.is_empty() {
            return Ok(());
        }
        if self.pace.wrote(bytes.len(), Instant::now()) {
            bytes.extend_from_slice(QUESTION);
        }
        write_whole(&bytes)
    }

    /// When the next frame may be drawn if no answer comes before; `None` = now. Over a slow link
    /// frames would only queue.
    pub fn ready_at(&mut self) -> Option<Instant> {
        self.pace.ready_at(Instant::now())
    }

    /// The terminal answered a question. True when it draws ambiguous characters wide: what is
    /// ruled and marked with them falls apart there.
    pub fn answered(&mut self, answer: Answer) -> bool {
        let Answer::Cursor { column, .. } = answer else {
            self.pace.answered();
            return false;
        };
        if self.probes == 0 {
            return false;
        }
        self.probes -= 1;
        let mut traits = self.painter.traits();
        if self.probes == 1 {
            traits.wide_ambiguous = column > 2;
        } else {
            traits.repeats = column == 4;
        }
        self.painter.set_traits(traits);
        self.probes == 1 && traits.wide_ambiguous
    }

    /// Whether an answer is on its way. Who gets the terminal next should not get it, too.
    pub fn is_waiting(&self) -> bool {
        self.probes > 0 || self.pace.is_waiting()
    }

    /// Sends a sequence that changes no cell along with the next frame.
    fn say(&mut self, sequence: &[u8]) {
        self.extra.extend_from_slice(sequence);
    }

    /// Rings the terminal's bell with the next frame.
    pub fn bell(&mut self) {
        self.say(b"\x07");
    }

    /// Shows a notice on the operator's own desktop with the next frame, where the terminal can.
    pub fn tell(&mut self, how: Notices, text: &Shown) {
        // A semicolon would end the text in one of the forms.
        let text = text.to_string().replace(';', ",");
        let sequence = match how {
            Notices::Osc9 => format!("\x1b]9;{text}\x07"),
            Notices::Osc777 => format!("\x1b]777;notify;dutydesk;{text}\x07"),
        };
        self.say(sequence.as_bytes());
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
        self.resized();
        self.painter.forget();
        self.pace.forget();
        self.probes = 0;
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
