//! Bytes from the terminal become keys, pastes, focus changes and answers.
//!
//! The parser is incremental: however the bytes are split over reads, the same things come out.
//! Where only time can tell (is ESC the key, or the start of something?) [`Parser::patience`] says
//! how long to wait for more and [`Parser::give_up`] decides.

use super::sequence;
use crate::app::{Key, KeyCode};
use std::time::Duration;

/// Something that came from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A bracketed paste: verbatim, but with LF for CR and CRLF, and at most
    /// [`Parser::MOST_PASTE`] bytes.
    Paste(String),
    /// The terminal got (true) or lost the focus.
    Focus(bool),
    /// The terminal answered a question of ours.
    Answer(Answer),
}

/// An answer of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To `CSI 5 n`: everything written before was taken in.
    Ready,
    /// To `CSI 6 n`: where the cursor stands, from 1.
    Cursor {
        /// Its row.
        row: u16,
        /// Its column.
        column: u16,
    },
}

/// What is under way.
#[derive(Debug)]
enum State {
    /// Between two things.
    Ground,
    /// After ESC.
    Escape,
    /// After ESC `[`; the bytes since.
    Csi(Vec<u8>),
    /// After ESC `O`.
    Ss3,
    /// In an answer that is a string (OSC, DCS, APC, PM, SOS); true after an ESC within it.
    String(bool),
    /// In the first bytes of a character.
    Utf8(Vec<u8>, bool),
    /// In a mouse report of the oldest kind: that many bytes are still to come.
    Mouse(u8),
    /// In a paste.
    Paste(Paste),
}

/// A paste under way.
#[derive(Debug, Default)]
struct Paste {
    /// What was pasted; only the first part of it is kept.
    text: Vec<u8>,
    /// What came after an end mark. A text that itself holds end marks would turn its rest into
    /// keys; so a second end mark, close behind, makes all of it one paste.
    after: Option<Vec<u8>>,
}

const PASTE_END: &[u8] = b"\x1b[201~";
const PASTE_BEGIN: &[u8] = b"\x1b[200~";

/// Turns bytes into [`Input`].
#[derive(Debug)]
pub struct Parser {
    state: State,
}

impl Default for Parser {
    fn default() -> Parser {
        Parser { state: State::Ground }
    }
}

impl Parser {
    /// The most bytes of one paste that are kept; the rest is dropped.
    pub const MOST_PASTE: usize = 1 << 20;
    /// The longest control sequence that is understood; a longer one is dropped to its end.
    const MOST_SEQUENCE: usize = 64;
    /// How long an ESC may stand alone. Over SSH the bytes of one key may come in two reads.
    const ESCAPE: Duration = Duration::from_millis(50);
    /// How long the rest of something longer may take, after which it is dropped.
    const SEQUENCE: Duration = Duration::from_millis(500);

    /// How long to wait for more bytes before [`Parser::give_up`]; `None` = nothing is under way.
    pub fn patience(&self) -> Option<Duration> {
        match &self.state {
            State::Ground => None,
            State::Escape | State::Ss3 => Some(Self::ESCAPE),
            State::Csi(bytes) if bytes.is_empty() => Some(Self::ESCAPE),
            State::Paste(Paste { after: Some(_), .. }) => Some(Self::ESCAPE),
            // A slow link may take long over a paste, but a lost end must not swallow keys for ever.
            State::Paste(_) => Some(Self::SEQUENCE * 10),
            _ => Some(Self::SEQUENCE),
        }
    }

    /// No more bytes came in time: what is under way is what it is, or is dropped.
    pub fn give_up(&mut self, out: &mut Vec<Input>) {
        match std::mem::replace(&mut self.state, State::Ground) {
            State::Escape => out.push(Input::Key(Key::plain(KeyCode::Esc))),
            State::Ss3 => out.push(alt(Key::char('O'))),
            State::Csi(bytes) if bytes.is_empty() => out.push(alt(Key::char('['))),
            State::Paste(paste) => {
                out.push(pasted(paste.text));
                if let Some(after) = paste.after {
                    self.feed(&after, out);
                    // Those bytes have waited their time.
                    self.give_up(out);
                }
            }
            _ => {}
        }
    }

    /// Takes in the next bytes.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for &byte in bytes {
            self.step(byte, out);
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<Input>) {
        self.state = match std::mem::replace(&mut self.state, State::Ground) {
            State::Ground => ground(byte, false, out),
            State::Escape => escape(byte, out),
            State::Csi(bytes) => csi(bytes, byte, out),
            State::Ss3 => ss3(byte, out),
            State::String(escaped) => string(escaped, byte, out),
            State::Utf8(bytes, with_alt) => utf8(bytes, with_alt, byte, out),
            State::Mouse(left) if left > 1 => State::Mouse(left - 1),
            State::Mouse(_) => State::Ground,
            State::Paste(paste) => paste.step(byte, out),
        };
    }
}

/// A byte that begins something, after ESC when `with_alt`.
fn ground(byte: u8, with_alt: bool, out: &mut Vec<Input>) -> State {
    let plain = Key::plain;
    let key = match byte {
        0x1b => return State::Escape,
        0x00 => Key::ctrl(' '),
        b'\r' => plain(KeyCode::Enter),
        b'\t' => plain(KeyCode::Tab),
        // What Backspace sends differs; nothing is lost by taking Ctrl-h for it, too.
        0x08 | 0x7f => plain(KeyCode::Backspace),
        0x01..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
        0x1c..=0x1f => Key::ctrl(char::from(byte - 0x1c + b'\\')),
        0x20..=0x7e => Key::char(char::from(byte)),
        0xc2..=0xf4 => return State::Utf8(vec![byte], with_alt),
        // Not the beginning of a character.
        _ => return State::Ground,
    };
    out.push(Input::Key(Key { alt: with_alt, ..key }));
    State::Ground
}

fn alt(key: Key) -> Input {
    Input::Key(Key { alt: true, ..key })
}

fn escape(byte: u8, out: &mut Vec<Input>) -> State {
    match byte {
        b'[' => State::Csi(Vec::new()),
        b'O' => State::Ss3,
        b']' | b'P' | b'X' | b'^' | b'_' => State::String(false),
        0x1b => {
            out.push(Input::Key(Key::plain(KeyCode::Esc)));
            State::Escape
        }
        _ => ground(byte, true, out),
    }
}

fn csi(mut bytes: Vec<u8>, byte: u8, out: &mut Vec<Input>) -> State {
    match byte {
        // `ESC [ [ A`: the function keys of the Linux console.
        b'[' if bytes.is_empty() => {
            bytes.push(byte);
            State::Csi(bytes)
        }
        b'M' if bytes.is_empty() => State::Mouse(3),
        0x20..=0x3f => {
            if bytes.len() <= Parser::MOST_SEQUENCE {
                bytes.push(byte);
            }
            State::Csi(bytes)
        }
        0x40..=0x7e => {
            if bytes.len() > Parser::MOST_SEQUENCE {
                return State::Ground;
            }
            match sequence::csi(&bytes, byte) {
                Some(sequence::Meaning::Input(input)) => out.push(input),
                Some(sequence::Meaning::PasteBegins) => return State::Paste(Paste::default()),
                None => {}
            }
            State::Ground
        }
        // Broken off: whatever this is, it is no part of the sequence.
        _ => ground(byte, false, out),
    }
}

fn ss3(byte: u8, out: &mut Vec<Input>) -> State {
    match sequence::ss3(byte) {
        Some(key) => {
            out.push(Input::Key(key));
            State::Ground
        }
        None => {
            out.push(alt(Key::char('O')));
            ground(byte, false, out)
        }
    }
}

fn string(escaped: bool, byte: u8, out: &mut Vec<Input>) -> State {
    match (escaped, byte) {
        (true, b'\\') | (false, 0x07 | 0x18 | 0x1a) => State::Ground,
        (false, 0x1b) => State::String(true),
        // Not its end but the start of something else.
        (true, _) => escape(byte, out),
        (false, _) => State::String(false),
    }
}

fn utf8(mut bytes: Vec<u8>, with_alt: bool, byte: u8, out: &mut Vec<Input>) -> State {
    if !(0x80..=0xbf).contains(&byte) {
        // The character was cut; the new byte stands for itself.
        return ground(byte, false, out);
    }
    bytes.push(byte);
    match std::str::from_utf8(&bytes) {
        Ok(s) => {
            // The C1 controls are no keys.
            if let Some(c) = s.chars().next().filter(|c| !c.is_control()) {
                out.push(Input::Key(Key { alt: with_alt, ..Key::char(c) }));
            }
            State::Ground
        }
        Err(e) if e.error_len().is_none() => State::Utf8(bytes, with_alt),
        Err(_) => State::Ground,
    }
}

impl Paste {
    fn step(mut self, byte: u8, out: &mut Vec<Input>) -> State {
        let Some(mut after) = self.after.take() else {
            self.keep(byte);
            if self.text.ends_with(PASTE_END) {
                self.text.truncate(self.text.len() - PASTE_END.len());
                self.after = Some(Vec::new());
            }
            return State::Paste(self);
        };
        after.push(byte);
        if after.ends_with(PASTE_END) && !contains(&after, PASTE_BEGIN) {
            // The end before was part of the text: all up to here is.
            after.truncate(after.len() - PASTE_END.len());
            for byte in after {
                self.keep(byte);
            }
            self.after = Some(Vec::new());
            return State::Paste(self);
        }
        if after.len() > Parser::MOST_PASTE || after.ends_with(PASTE_BEGIN) {
            // Nobody types that fast: these bytes are no part of the paste.
            out.push(pasted(self.text));
            let mut rest = Parser::default();
            rest.feed(&after, out);
            return rest.state;
        }
        self.after = Some(after);
        State::Paste(self)
    }

    /// Keeps a byte; over the bound only the last few, in which the end mark must be seen.
    fn keep(&mut self, byte: u8) {
        self.text.push(byte);
        if self.text.len() > Parser::MOST_PASTE + 2 * PASTE_END.len() {
            self.text.remove(Parser::MOST_PASTE);
        }
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

fn pasted(mut bytes: Vec<u8>) -> Input {
    bytes.truncate(Parser::MOST_PASTE);
    // A character cut by the bound is dropped, not replaced.
    if let Err(e) = std::str::from_utf8(&bytes)
        && e.error_len().is_none()
    {
        bytes.truncate(e.valid_up_to());
    }
    let text = String::from_utf8_lossy(&bytes);
    Input::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests;
