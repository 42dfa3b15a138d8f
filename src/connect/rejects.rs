//! The file of rejected rows: one JSON object a line, safe to look at in a terminal.

use super::reason::Reject;
use crate::text::json_safe;
use std::io::{self, Write};

/// Writes rejected rows.
pub struct Rejects<W> {
    to: W,
}

impl<W: Write> Rejects<W> {
    /// To this place.
    pub fn new(to: W) -> Rejects<W> {
        Rejects { to }
    }

    /// Writes one; `row` is at most the first bytes of a long one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, line: u64, reject: &Reject, row: &str) -> io::Result<()> {
        let object = serde_json::json!({
            "line": line,
            "reason": reject.reason.code(),
            "detail": reject.detail,
            "row": row,
        });
        writeln!(self.to, "{}", json_safe(&object.to_string()))
    }

    /// Makes sure that all of it is written.
    ///
    /// # Errors
    /// When it is not.
    pub fn finish(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::reason::Reason;

    #[test]
    fn a_rejected_row_is_written_so_that_no_byte_of_it_acts_on_a_terminal() {
        let mut out = Vec::new();
        let mut rejects = Rejects::new(&mut out);
        let reject = Reject::with(Reason::Nul, "text");
        rejects.write(7, &reject, "a\0\x1b[2J\u{9b}\u{202e}b\n").unwrap();
        rejects.finish().unwrap();
        let written = String::from_utf8(out).unwrap();
        let line = written.strip_suffix('\n').unwrap();
        assert!(line.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{line:?}");
        let read: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(read["line"], 7);
        assert_eq!(read["reason"], "nul");
        assert_eq!(read["row"], "a\0\x1b[2J\u{9b}\u{202e}b\n");
    }
}
