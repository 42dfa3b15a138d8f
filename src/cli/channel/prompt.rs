//! Asking somebody at a terminal. Questions go to standard error: what is printed is for the answer.

use crate::cli::{Exit, Failure};
use crate::text::Lang;
use crate::text::catalogue::channels as say;
use nix::sys::signal::{Signal, raise};
use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};
use std::io::{self, Read, Write};

/// The most bytes of an answer.
const MOST: usize = 64 << 10;

/// Asks for a line; `None` at the end of the input.
pub(super) fn line(lang: Lang, prompt: &str) -> Result<Option<String>, Failure> {
    show(prompt);
    read(Echo::Terminal).map_err(|e| failed(lang, &e))
}

/// Asks for a line without showing what is typed. Ctrl-C ends the program, as everywhere, but not
/// before the terminal shows again what is typed.
pub(super) fn secret(lang: Lang, prompt: &str) -> Result<Option<String>, Failure> {
    let quiet = Quiet::begin().map_err(|e| failed(lang, &e))?;
    // Only now: who answers at once must not be seen either.
    show(prompt);
    let answer = read(Echo::Nothing);
    drop(quiet);
    eprintln!();
    match answer {
        Err(e) if e.kind() == io::ErrorKind::Interrupted => {
            // Comes back only where the signal is ignored.
            let _ = raise(Signal::SIGINT);
            Err(failed(lang, &e))
        }
        other => other.map_err(|e| failed(lang, &e)),
    }
}

/// A line of standard input that is no terminal.
pub(super) fn next_line() -> io::Result<Option<String>> {
    read(Echo::Terminal)
}

fn failed(lang: Lang, why: &io::Error) -> Failure {
    Failure::new(Exit::File, say::TERMINAL.fill(lang, &[("why", why)]))
}

fn show(prompt: &str) {
    let mut out = io::stderr();
    // Nobody is there to be told when it cannot be written.
    let _ = out.write_all(prompt.as_bytes()).and_then(|()| out.flush());
}

/// Who takes care of the keys that change a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    /// The terminal; whole lines come.
    Terminal,
    /// We do; every key comes.
    Nothing,
}

/// Reads a line, without its end.
fn read(echo: Echo) -> io::Result<Option<String>> {
    let mut typed = Vec::new();
    let mut input = io::stdin().lock();
    loop {
        let mut byte = [0];
        let key = match input.read(&mut byte)? {
            0 => None,
            _ => Some(byte[0]),
        };
        match key {
            None if typed.is_empty() => return Ok(None),
            None | Some(b'\n') => break,
            Some(b'\r') if echo == Echo::Nothing => break,
            Some(3) if echo == Echo::Nothing => {
                return Err(io::Error::new(io::ErrorKind::Interrupted, "Ctrl-C"));
            }
            Some(4) if echo == Echo::Nothing && typed.is_empty() => return Ok(None),
            Some(8 | 127) if echo == Echo::Nothing => rub_out(&mut typed),
            Some(21) if echo == Echo::Nothing => typed.clear(),
            Some(_) if typed.len() == MOST => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long"));
            }
            Some(key) => typed.push(key),
        }
    }
    if typed.last() == Some(&b'\r') {
        typed.pop();
    }
    let text = String::from_utf8(typed)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok(Some(text))
}

/// Takes the last character away.
fn rub_out(typed: &mut Vec<u8>) {
    while typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
}

/// As long as it lives, the terminal does not show what is typed.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> io::Result<Quiet> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        let shows = LocalFlags::ECHO | LocalFlags::ECHONL;
        // Ctrl-C comes as a key, so that the terminal is as it was when we end by it.
        quiet.local_flags.remove(shows | LocalFlags::ICANON | LocalFlags::ISIG);
        quiet.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        quiet.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        tcsetattr(io::stdin(), SetArg::TCSADRAIN, &quiet)?;
        Ok(Quiet { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // Nothing more can be done about a terminal that is gone.
        let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_character_goes_whole() {
        let mut typed = "a小".as_bytes().to_vec();
        for left in ["a", "", ""] {
            rub_out(&mut typed);
            assert_eq!(typed, left.as_bytes());
        }
    }
}
