//! Printing: text as `Shown` in aligned columns, JSON one object a line.

use super::{Failure, Outcome};
use crate::text::{Align, Lang, Shown, json_safe};
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

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

/// Columns of the terminal on stdout; `None` when it is none.
pub fn columns() -> Option<usize> {
    io::stdout().is_terminal().then(|| usize::from(crate::term::size().0))
}
