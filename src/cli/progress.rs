//! The progress bar of long verbs: on a terminal's stderr, nowhere else.

use super::print;
use crate::text::catalogue::import as say;
use crate::text::{Lang, Shown, format};
use std::io::{self, Write};
use std::time::Duration;

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Rows so far.
    pub rows: u64,
    /// Parts done of all parts (bytes, rows), when it is known how many there are.
    pub parts: Option<(u64, u64)>,
    /// Since the start.
    pub elapsed: Duration,
}

/// A bar on stderr; nothing when that is no terminal.
pub struct Bar {
    lang: Lang,
    shown: bool,
}

impl Bar {
    /// Columns of the bar itself.
    const COLUMNS: usize = 20;

    /// On stderr, when it is a terminal.
    pub fn new(lang: Lang) -> Bar {
        Bar { lang, shown: print::may_draw() }
    }

    /// Draws it anew. A bar that cannot be drawn is no reason to stop.
    pub fn draw(&mut self, step: Step) {
        if self.shown {
            let columns = usize::from(crate::term::size().0).saturating_sub(1);
            let _ = write!(io::stderr(), "\r{}\x1b[K", line(step, self.lang).truncate(columns));
        }
    }

    /// Takes it away.
    pub fn clear(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// One line: share, bar, rows, rate, what is left.
fn line(step: Step, lang: Lang) -> Shown {
    let seconds = step.elapsed.as_secs_f64().max(0.001);
    let rate = (step.rows as f64 / seconds) as u64;
    let Some((done, all)) = step.parts.filter(|(_, all)| *all > 0) else {
        return say::PROGRESS_OPEN.fill(lang, &[("rows", &step.rows), ("rate", &rate)]);
    };
    let share = (done as f64 / all as f64).min(1.0);
    let full = (share * Bar::COLUMNS as f64) as usize;
    let bar = format!("{}{}", "=".repeat(full), "-".repeat(Bar::COLUMNS - full));
    // A first guess of the time left jumps about: none before there is something to go by.
    let left = if share > 0.0 && seconds > 1.0 {
        format::duration(lang, (seconds / share * (1.0 - share) * 1000.0) as i64)
    } else {
        Shown::line("-")
    };
    say::PROGRESS.fill(
        lang,
        &[
            ("percent", &format!("{:3}", (share * 100.0) as u64)),
            ("bar", &bar),
            ("rows", &step.rows),
            ("rate", &rate),
            ("left", &left),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Some((25, 100)), 5, " 25% [=====---------------] 10000 rows, 2000/s, 15s left")]
    #[case(Some((100, 100)), 10, "100% [====================] 10000 rows, 1000/s, 0s left")]
    #[case(Some((0, 100)), 1, "  0% [--------------------] 10000 rows, 10000/s, - left")]
    #[case(None, 10, "10000 rows, 1000/s")]
    fn a_bar_says_share_rate_and_time_left(
        #[case] parts: Option<(u64, u64)>,
        #[case] seconds: u64,
        #[case] shown: &str,
    ) {
        let step = Step { rows: 10_000, parts, elapsed: Duration::from_secs(seconds) };
        assert_eq!(line(step, Lang::En).as_str(), shown);
    }
}
