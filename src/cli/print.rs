//! Printing: text as `Shown` in aligned columns, JSON one object a line.

use super::{Failure, Outcome};
use crate::text::{Align, Lang, Shown, is_plain_line, json_safe};
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether this process prints for a screen reader: sentences instead of columns, nothing drawn,
/// nothing cut. Set once, before anything is printed.
static PLAINLY: AtomicBool = AtomicBool::new(false);

/// From now on everything is printed for a screen reader.
pub fn print_plainly() {
    PLAINLY.store(true, Ordering::Relaxed);
}

/// Whether it is printed for a screen reader.
pub fn plainly() -> bool {
    PLAINLY.load(Ordering::Relaxed)
}

/// Whether something that draws over itself may be shown on stderr.
pub fn may_draw() -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    io::stderr().is_terminal() && !plainly() && !dumb
}

/// stdout, for one verb.
#[derive(Debug)]
pub struct Printer {
    out: BufWriter<StdoutLock<'static>>,
    lang: Lang,
}

impl Printer {
    /// On stdout.
    pub fn new(lang: Lang) -> Printer {
        Printer { out: BufWriter::new(io::stdout().lock()), lang }
    }

    /// One line of text.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn line(&mut self, line: &Shown) -> Outcome {
        writeln!(self.out, "{line}").map_err(|e| Failure::unwritten(&e, self.lang))
    }

    /// A file, line by line as it is, but for lines with something in them that could steer a
    /// terminal: those as they are shown.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn file(&mut self, text: &str) -> Outcome {
        for line in text.split_terminator('\n') {
            let written = match is_plain_line(line) {
                true => writeln!(self.out, "{line}"),
                false => writeln!(self.out, "{}", Shown::line(line)),
            };
            written.map_err(|e| Failure::unwritten(&e, self.lang))?;
        }
        Ok(())
    }

    /// One JSON object on a line of its own; nothing in it can steer a terminal.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn json(&mut self, value: &impl Serialize) -> Outcome {
        serde_json::to_string(value)
            .map_err(io::Error::from)
            .and_then(|json| writeln!(self.out, "{}", json_safe(&json)))
            .map_err(|e| Failure::unwritten(&e, self.lang))
    }

    /// Rows in columns: each as wide as its widest cell, the last as wide as the terminal leaves
    /// room for. Where stdout is no terminal nothing is cut.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn table(&mut self, aligns: &[Align], rows: &[Vec<Shown>]) -> Outcome {
        if plainly() {
            let comma = Shown::line(", ");
            let lines =
                rows.iter().map(|r| Shown::join(r.iter().filter(|c| !c.is_empty()), &comma));
            return lines.into_iter().try_for_each(|line| self.line(&line));
        }
        let last = aligns.len().saturating_sub(1);
        let widths: Vec<usize> = (0..last)
            .map(|i| rows.iter().map(|r| r[i].width()).max().unwrap_or(0).min(Self::WIDEST))
            .collect();
        let used: usize = widths.iter().map(|w| w + 2).sum();
        let room = columns().map(|columns| columns.saturating_sub(used).max(Self::NARROWEST));
        for row in rows {
            let mut line = Shown::default();
            for (i, width) in widths.iter().enumerate() {
                line.push(&row[i].pad(*width, aligns[i]));
                line.push(&Shown::blank(2));
            }
            line.push(&match room {
                Some(room) => row[last].truncate(room),
                None => row[last].clone(),
            });
            self.line(&line)?;
        }
        Ok(())
    }

    /// The widest cell of a column that is not the last.
    const WIDEST: usize = 24;
    /// The least room of the last column, however narrow the terminal.
    const NARROWEST: usize = 20;

    /// Everything is printed. Dropping the printer without it may lose the end without a word.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn end(mut self) -> Outcome {
        self.out.flush().map_err(|e| Failure::unwritten(&e, self.lang))
    }
}

/// Columns of the terminal on stdout; `None` when it is none, or nothing is to be cut.
pub fn columns() -> Option<usize> {
    (io::stdout().is_terminal() && !plainly()).then(|| usize::from(crate::term::size().0))
}
