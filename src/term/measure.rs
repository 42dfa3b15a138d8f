//! How wide the terminal draws a character of ambiguous width, by asking it once.

use super::guard::Unbuffered;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

/// How long the terminal may take, in milliseconds; one that does not know the question says nothing.
const PATIENCE: u16 = 400;

/// Columns of `─`; `None` where the terminal does not say. Writes a character to the beginning of the
/// line and takes it away.
pub fn ambiguous_width() -> Option<u16> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return None;
    }
    let _unbuffered = Unbuffered::enter().ok()?;
    let asked = write!(io::stdout(), "\r\u{2500}\x1b[6n").and_then(|()| io::stdout().flush());
    let mut said = Vec::new();
    while asked.is_ok() && said.len() < 64 && column(&said).is_none() {
        let stdin = io::stdin();
        let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::from(PATIENCE)) {
            Ok(n) if n > 0 => {}
            _ => break,
        }
        let mut bytes = [0; 64];
        match nix::unistd::read(stdin.as_fd(), &mut bytes) {
            Ok(n) if n > 0 => said.extend_from_slice(&bytes[..n]),
            _ => break,
        }
    }
    let _ = write!(io::stdout(), "\r\x1b[K").and_then(|()| io::stdout().flush());
    column(&said)?.checked_sub(1)
}

/// The column of a cursor position report, `ESC [ row ; column R`.
fn column(said: &[u8]) -> Option<u16> {
    let said = std::str::from_utf8(said).ok()?;
    let report = said.rsplit("\x1b[").find_map(|rest| rest.split_once('R'))?.0;
    report.split_once(';')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"\x1b[12;2R", Some(2))]
    #[case(b"abc\x1b[1;3R", Some(3))]
    #[case(b"\x1b[12;2", None)]
    #[case(b"\x1b[A", None)]
    #[case(b"\xff\x1b[1;2R", None)]
    fn a_report_tells_the_column(#[case] said: &[u8], #[case] at: Option<u16>) {
        assert_eq!(column(said), at);
    }
}
