//! Reads a source row by row and hands the events to a sink; counts what became of every row.
//!
//! One thread reads and parses while the sink is still busy with the chunks before: up to
//! [`UNDER_WAY`] of them may be unanswered. What counts as taken was answered.

mod reader;
mod report;
#[cfg(test)]
mod tests;

pub use reader::{MOST_ABOVE, cells};
pub use report::{Coverage, Report};

use super::mapped::HeaderError;
use super::profile::Profile;
use super::reason::{Reason, Reject};
use super::rejects::Rejects;
use super::replay::{self, Due};
use super::sink::{self, Sink, SinkError};
use super::source::Source;
use crate::domain::{Event, Time};
use crate::text::catalogue::import as say;
use crate::text::{Lang, Shown};
use reader::{Item, Reader};
use report::Seen;
use std::collections::{BTreeSet, VecDeque};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How many chunks may be with the sink at once.
pub const UNDER_WAY: usize = 3;
/// How long a chunk waits to be filled before it is handed over as it is.
const FILL: Duration = Duration::from_millis(50);
/// How long the reader may be stuck in a read after a stop before it is left behind.
const STUCK: Duration = Duration::from_millis(500);
/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// An import, ready to run.
pub struct Import {
    /// What the rows mean.
    pub profile: Profile,
    /// What time it is.
    pub clock: fn() -> Time,
    /// Set to end early; what was read by then is still handed over.
    pub stop: Arc<AtomicBool>,
    /// Feed old rows as if they happened now, this many times as fast.
    pub replay: Option<f64>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read; in a replay, once all are read, rows fed.
    pub rows: u64,
    /// How much of how much: bytes of the file, or rows of a replay. `None` = not known.
    pub parts: Option<(u64, u64)>,
    /// Since the start.
    pub elapsed: Duration,
}

/// Why an import did not come to its end. What its report counts is durable all the same.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub why: Why,
    /// What was done before.
    pub report: Box<Report>,
}

/// Why an import did not come to its end.
#[derive(Debug)]
pub enum Why {
    /// The header does not fit the profile.
    Header(HeaderError),
    /// The first row is no header that can be read.
    NoHeader,
    /// A workbook, and a profile that reads something else.
    NoTable,
    /// No sheet of the name that the profile has.
    NoSheet,
    /// The sink did not take it.
    Sink(SinkError),
    /// The file of rejected rows cannot be written.
    Rejects(std::io::Error),
    /// Too many rows for a replay.
    TooMany,
    /// The system gave no thread.
    Thread(std::io::Error),
}

impl Why {
    /// One sentence for people; `source` is what was read.
    pub fn say(&self, source: &str, profile: &Profile, lang: Lang) -> Shown {
        let name = &profile.name;
        match self {
            Why::Header(HeaderError::Missing { missing, found }) => {
                let shown = found.iter().take(40).map(String::as_str).collect::<Vec<_>>();
                say::HEADER_MISSING.fill(
                    lang,
                    &[
                        ("source", &source),
                        ("profile", name),
                        ("missing", &missing.join(", ")),
                        ("found", &shown.join(", ")),
                    ],
                )
            }
            Why::Header(HeaderError::Twice(column)) => {
                say::HEADER_TWICE.fill(lang, &[("source", &source), ("column", column)])
            }
            Why::NoHeader => say::NO_HEADER.fill(lang, &[("source", &source)]),
            Why::NoTable => say::NO_TABLE.fill(lang, &[("source", &source), ("profile", name)]),
            Why::NoSheet => say::NO_SHEET.fill(lang, &[("source", &source), ("profile", name)]),
            Why::Sink(e) => say::NOT_TAKEN.fill(lang, &[("why", &e.0)]),
            Why::Rejects(e) => say::NO_REJECTS.fill(lang, &[("why", e)]),
            Why::TooMany => say::TOO_MANY.fill(lang, &[("most", &replay::MOST)]),
            Why::Thread(e) => say::NO_THREAD.fill(lang, &[("why", e)]),
        }
    }
}

impl Import {
    /// Runs it. Rejected rows go to `rejects`, progress to `seen`.
    ///
    /// # Errors
    /// When it did not come to its end, with what was done. A source that broke off is no error
    /// here: see [`Report::broken`].
    pub fn run<W: Write>(
        &self,
        source: Source,
        sink: &mut dyn Sink,
        rejects: Option<Rejects<W>>,
        seen: &mut dyn FnMut(Progress),
    ) -> Result<Report, Failed> {
        let mut run = Run {
            began: Instant::now(),
            told: None,
            read: source.read_so_far(),
            size: source.size(),
            report: Report {
                profile: self.profile.name.clone(),
                kind: self.profile.rows,
                coverage: Coverage::of(&self.profile),
                ..Report::default()
            },
            known: Seen::default(),
            held: self.replay.map(|_| Vec::new()),
            fed: None,
            lines: Vec::new(),
            events: Vec::new(),
            weight: 0,
            under_way: VecDeque::new(),
            sink,
            keep_rows: rejects.is_some(),
            rejects,
            seen,
        };
        let result = self.pump(source, &mut run);
        run.report.elapsed = run.began.elapsed();
        run.tell(true);
        match result {
            Ok(()) => Ok(run.report),
            Err(why) => Err(Failed { why, report: Box::new(run.report) }),
        }
    }

    fn pump<W: Write>(&self, source: Source, run: &mut Run<W>) -> Result<(), Why> {
        let (to, from) = sync_channel(2 * sink::MOST);
        let mut reader = Reader {
            profile: self.profile.clone(),
            clock: self.clock,
            stop: Arc::clone(&self.stop),
            keep_rows: run.keep_rows,
            to,
            named: BTreeSet::new(),
        };
        thread::Builder::new()
            .name("import-reader".into())
            .spawn(move || reader.read(source))
            .map_err(Why::Thread)?;
        self.feed(&from, run)?;
        if let (Some(speed), Some(held)) = (self.replay, run.held.take()) {
            self.pace(replay::plan(held, (self.clock)(), speed), run)?;
        }
        run.flush()?;
        run.answers(0)?;
        if let Some(rejects) = &mut run.rejects {
            rejects.finish().map_err(Why::Rejects)?;
        }
        Ok(())
    }

    /// Takes what the reading thread tells until it ends or a stop is asked for.
    fn feed<W: Write>(&self, from: &Receiver<Item>, run: &mut Run<W>) -> Result<(), Why> {
        let mut last = Instant::now();
        loop {
            // With nothing gathered there is nothing to hand over but a stop to notice.
            let wait = if run.is_idle() { STUCK } else { FILL };
            let item = match from.recv_timeout(wait) {
                Ok(item) => item,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    run.flush()?;
                    run.answers(0)?;
                    run.tell(false);
                    if self.stop.load(Ordering::Relaxed) && last.elapsed() > STUCK {
                        break;
                    }
                    continue;
                }
            };
            last = Instant::now();
            match item {
                Item::Event { line, event, row } => {
                    run.report.rows += 1;
                    run.report.coverage.count(&event, self.profile.zone);
                    run.report.repeated += u64::from(run.known.again(&event));
                    run.event(line, *event, row)?;
                }
                Item::Rejected { line, reject, row } => {
                    run.report.rows += 1;
                    run.reject(line, &reject, &row)?;
                }
                Item::Unknown(name) => {
                    run.report.unknown_columns.insert(name);
                }
                Item::Absent(name) => {
                    run.report.absent_columns.insert(name);
                }
                Item::Ignored(name) => {
                    run.report.ignored_columns.insert(name);
                }
                Item::Mended(mend) => *run.report.mended.entry(mend).or_default() += 1,
                Item::Broken(line, why) => run.report.broken = Some((line, why)),
                Item::NoUse(why) => return Err(why),
            }
            run.tell(false);
        }
        run.report.stopped = self.stop.load(Ordering::Relaxed);
        Ok(())
    }

    /// Hands events over when they are due.
    fn pace<W: Write>(&self, due: Vec<Due>, run: &mut Run<W>) -> Result<(), Why> {
        let all = due.len() as u64;
        for (fed, Due { at, line, event }) in (0..).zip(due) {
            run.fed = Some((fed, all));
            while at > (self.clock)() {
                run.flush()?;
                run.answers(0)?;
                run.tell(false);
                if self.stop.load(Ordering::Relaxed) {
                    run.report.stopped = true;
                    return Ok(());
                }
                let wait = u64::try_from((at - (self.clock)()).0).unwrap_or(0);
                thread::sleep(Duration::from_millis(wait).min(TELL));
            }
            run.hand_over(line, event, String::new())?;
        }
        run.fed = Some((all, all));
        Ok(())
    }
}

/// An import under way.
struct Run<'a, W> {
    began: Instant,
    told: Option<Instant>,
    read: Arc<AtomicU64>,
    size: Option<u64>,
    report: Report,
    /// What came before.
    known: Seen,
    /// The events of a replay, until all of them are read.
    held: Option<Vec<(u64, Event)>>,
    /// Of a replay: rows fed, of how many.
    fed: Option<(u64, u64)>,
    /// Lines and rows of `events`.
    lines: Vec<(u64, String)>,
    events: Vec<Event>,
    /// See [`sink::weight`].
    weight: usize,
    /// Lines and rows of the chunks that are not answered yet, oldest first.
    under_way: VecDeque<Vec<(u64, String)>>,
    sink: &'a mut dyn Sink,
    keep_rows: bool,
    rejects: Option<Rejects<W>>,
    seen: &'a mut dyn FnMut(Progress),
}

impl<W: Write> Run<'_, W> {
    /// Holds an event back for a replay, or hands it over.
    fn event(&mut self, line: u64, event: Event, row: String) -> Result<(), Why> {
        match &mut self.held {
            None => self.hand_over(line, event, row),
            Some(held) if held.len() == replay::MOST => Err(Why::TooMany),
            Some(held) => {
                held.push((line, event));
                Ok(())
            }
        }
    }

    fn hand_over(&mut self, line: u64, event: Event, row: String) -> Result<(), Why> {
        let weight = sink::weight(&event);
        if self.weight + weight > sink::MOST_BYTES {
            self.flush()?;
        }
        self.weight += weight;
        self.lines.push((line, row));
        self.events.push(event);
        if self.events.len() == sink::MOST { self.flush() } else { Ok(()) }
    }

    /// True when nothing is gathered and nothing unanswered.
    fn is_idle(&self) -> bool {
        self.events.is_empty() && self.under_way.is_empty()
    }

    /// Hands over what is gathered.
    fn flush(&mut self) -> Result<(), Why> {
        if self.events.is_empty() {
            return Ok(());
        }
        self.answers(UNDER_WAY - 1)?;
        let events = std::mem::replace(&mut self.events, Vec::with_capacity(sink::MOST));
        self.sink.send(None, events).map_err(Why::Sink)?;
        self.under_way.push_back(std::mem::take(&mut self.lines));
        self.weight = 0;
        Ok(())
    }

    /// Waits until no more than `most` chunks are unanswered.
    fn answers(&mut self, most: usize) -> Result<(), Why> {
        while self.under_way.len() > most {
            let taken = self.sink.receive().map_err(Why::Sink)?;
            let lines = self.under_way.pop_front().unwrap_or_default();
            self.report.took(&taken);
            for (place, why) in taken.rejected {
                let (line, row) = lines.get(place as usize).cloned().unwrap_or_default();
                self.reject(line, &Reject::with(Reason::Desk, why), &row)?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, line: u64, reject: &Reject, row: &str) -> Result<(), Why> {
        *self.report.rejected.entry(reject.reason).or_default() += 1;
        match &mut self.rejects {
            Some(rejects) => rejects.write(line, reject, row).map_err(Why::Rejects),
            None => Ok(()),
        }
    }

    fn tell(&mut self, always: bool) {
        if always || self.told.is_none_or(|t| t.elapsed() >= TELL) {
            self.told = Some(Instant::now());
            let bytes = self.read.load(Ordering::Relaxed);
            let (rows, parts) = match self.fed {
                Some((fed, all)) => (fed, Some((fed, all))),
                None => (self.report.rows, self.size.map(|size| (bytes, size))),
            };
            (self.seen)(Progress { rows, parts, elapsed: self.began.elapsed() });
        }
    }
}
