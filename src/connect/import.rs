//! Reads a source row by row and hands the events to a sink; counts what became of every row.
//!
//! One thread reads and parses while the sink is still busy with the chunks before: up to
//! [`UNDER_WAY`] of them may be unanswered. What counts as taken was answered.

use super::check;
use super::events;
use super::mapped::{Cells, HeaderError, Mapper};
use super::profile::{Format, Profile};
use super::quoted::Fields;
use super::reason::{Mend, Reason, Reject};
use super::rejects::Rejects;
use super::replay::{self, Due};
use super::rows::{self, Fitness, Row, Rows, Shape};
use super::sink::{self, Sink, SinkError, Taken};
use super::source::Source;
use crate::domain::{Event, Time};
use crate::text::catalogue::import as say;
use crate::text::{Lang, Shown};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How many chunks may be with the sink at once.
pub const UNDER_WAY: usize = 3;
/// How long a chunk waits to be filled before it is handed over as it is.
const FILL: Duration = Duration::from_millis(50);
/// How long the reader may be stuck in a read after a stop before it is left behind.
const STUCK: Duration = Duration::from_millis(500);
/// The most names of unknown columns that are kept.
const MOST_NAMES: usize = 100;
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

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read, rejected ones included, the header not.
    pub rows: u64,
    /// New messages.
    pub added: u64,
    /// New conversations among them.
    pub opened: u64,
    /// Known messages that changed.
    pub changed: u64,
    /// Rows that brought nothing new.
    pub known: u64,
    /// Rows that were not taken, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// Rows that were taken with something mended or left out.
    pub mended: BTreeMap<Mend, u64>,
    /// Columns or fields that the profile does not know.
    pub unknown_columns: BTreeSet<String>,
    /// Columns that the profile names and the file has not.
    pub absent_columns: BTreeSet<String>,
    /// Where the source could not be read on, and why: its line, and the system's words.
    pub broken: Option<(u64, String)>,
    /// It was ended early.
    pub stopped: bool,
    /// From the start to the last answer.
    pub elapsed: Duration,
}

impl Report {
    /// Rows that were not taken.
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Rows a second.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    fn took(&mut self, taken: &Taken) {
        self.added += u64::from(taken.added);
        self.opened += u64::from(taken.opened);
        self.changed += u64::from(taken.changed);
        self.known += u64::from(taken.known);
    }
}

/// Why an import did not come to its end. What its report counts is durable all the same.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub why: Why,
    /// What was done before.
    pub report: Report,
}

/// Why an import did not come to its end.
#[derive(Debug)]
pub enum Why {
    /// The header does not fit the profile.
    Header(HeaderError),
    /// The first row is no header that can be read.
    NoHeader,
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
            Why::Sink(e) => say::NOT_TAKEN.fill(lang, &[("why", &e.0)]),
            Why::Rejects(e) => say::NO_REJECTS.fill(lang, &[("why", e)]),
            Why::TooMany => say::TOO_MANY.fill(lang, &[("most", &replay::MOST)]),
            Why::Thread(e) => say::NO_THREAD.fill(lang, &[("why", e)]),
        }
    }
}

/// What the reading thread tells.
enum Item {
    Event { line: u64, event: Event, row: String },
    Rejected { line: u64, reject: Reject, row: String },
    Unknown(String),
    Absent(String),
    Mended(Mend),
    Broken(u64, String),
    NoUse(Why),
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
            report: Report::default(),
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
            Err(why) => Err(Failed { why, report: run.report }),
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
            let item = match from.recv_timeout(FILL) {
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
                    run.event(line, event, row)?;
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

/// The reading thread.
struct Reader {
    profile: Profile,
    clock: fn() -> Time,
    stop: Arc<AtomicBool>,
    keep_rows: bool,
    to: SyncSender<Item>,
    /// Unknown names that were told already.
    named: BTreeSet<String>,
}

/// The other side has gone: nothing is left to do.
struct Gone;

impl Reader {
    fn read(&mut self, source: Source) {
        let mut rows = Rows::new(source, self.profile.shape());
        // The error only says that nobody listens any more.
        let _: Result<(), Gone> = self.parts(&mut rows);
    }

    fn parts(&mut self, rows: &mut Rows<Source>) -> Result<(), Gone> {
        let mut bound = match self.profile.format {
            Format::Csv => None,
            Format::Ndjson | Format::Events => Some((Mapper::for_objects(&self.profile), 0)),
        };
        loop {
            bound = self.part(rows, bound)?;
            if let Some(e) = rows.broken() {
                let why = e.to_string();
                return self.tell(Item::Broken(rows.line(), why));
            }
            if self.stop.load(Ordering::Relaxed) || !rows.input().next_part() {
                return Ok(());
            }
            rows.restart();
        }
    }

    /// Reads one file to its end. `bound` (a mapper and how many fields a record has) comes from
    /// the file before, or needs no header; a CSV file that took another one's place may begin
    /// with the header again or not.
    fn part(
        &mut self,
        rows: &mut Rows<Source>,
        mut bound: Option<(Mapper, usize)>,
    ) -> Result<Option<(Mapper, usize)>, Gone> {
        let mut first = self.profile.format == Format::Csv;
        let mut fields = Fields::default();
        while !self.stop.load(Ordering::Relaxed) {
            let Some(row) = rows.next_row() else { break };
            if std::mem::take(&mut first) {
                match self.header(row)? {
                    Ok((mapper, width)) => {
                        bound = Some((mapper, width));
                        rows.expect_fields(width);
                        continue;
                    }
                    Err(why) if bound.is_none() => {
                        self.tell(Item::NoUse(why))?;
                        return Err(Gone);
                    }
                    // A row under the header of the file before.
                    Err(_) => {}
                }
            }
            let Some((mapper, width)) = &bound else { break };
            let result = self.event(row, mapper, &mut fields, *width)?;
            let line = row.line;
            let row = if self.keep_rows { shown_row(row.bytes) } else { String::new() };
            self.tell(match result {
                Ok(event) => Item::Event { line, event, row },
                Err(reject) => Item::Rejected { line, reject, row },
            })?;
        }
        Ok(bound)
    }

    /// The columns of a header row, and how many there are.
    fn header(&mut self, row: Row) -> Result<Result<(Mapper, usize), Why>, Gone> {
        let Shape::Quoted(delimiter) = self.profile.shape() else {
            return Ok(Err(Why::NoHeader));
        };
        if row.fitness != Fitness::Whole || std::str::from_utf8(row.bytes).is_err() {
            return Ok(Err(Why::NoHeader));
        }
        let fields = Fields::of(row.bytes, delimiter);
        let names: Vec<String> = (0..fields.len())
            .map(|i| String::from_utf8_lossy(fields.get(i)).into_owned())
            .collect();
        match Mapper::for_header(&self.profile, &names) {
            Ok((mapper, notes)) => {
                for name in notes.unknown {
                    self.unknown(name)?;
                }
                for name in notes.absent {
                    self.tell(Item::Absent(name))?;
                }
                Ok(Ok((mapper, names.len())))
            }
            Err(e) => Ok(Err(Why::Header(e))),
        }
    }

    /// Makes an event of a row, within the bounds.
    fn event(
        &mut self,
        row: Row,
        mapper: &Mapper,
        fields: &mut Fields,
        width: usize,
    ) -> Result<Result<Event, Reject>, Gone> {
        let (mut mends, mut unknown) = (Vec::new(), Vec::new());
        let now = (self.clock)();
        let result = text_of(row)
            .and_then(|text| match self.profile.shape() {
                Shape::Quoted(delimiter) => {
                    fields.read(row.bytes, delimiter);
                    if fields.len() != width {
                        let detail = format!("{} instead of {width}", fields.len());
                        return Err(Reject::with(Reason::FieldCount, detail));
                    }
                    mapper.map(&self.profile, Cells::Fields(fields), &mut mends)
                }
                Shape::Lines if self.profile.format == Format::Events => {
                    events::read(text, &mut unknown)
                }
                Shape::Lines => {
                    let object = events::object(text)?;
                    mapper.map(&self.profile, Cells::Object(&object), &mut mends)
                }
            })
            .and_then(|mut event| {
                check::event(&mut event, now, &mut mends)?;
                Ok(event)
            });
        for name in unknown {
            self.unknown(name)?;
        }
        if result.is_ok() {
            for mend in mends {
                self.tell(Item::Mended(mend))?;
            }
        }
        Ok(result)
    }

    /// Tells an unknown name once.
    fn unknown(&mut self, name: String) -> Result<(), Gone> {
        let short: String = name.chars().take(64).collect();
        if self.named.len() == MOST_NAMES || !self.named.insert(short.clone()) {
            return Ok(());
        }
        self.tell(Item::Unknown(short))
    }

    fn tell(&self, item: Item) -> Result<(), Gone> {
        self.to.send(item).map_err(|_| Gone)
    }
}

/// The text of a row that is fit to be read.
fn text_of(row: Row<'_>) -> Result<&str, Reject> {
    match row.fitness {
        Fitness::Whole => {}
        Fitness::TooLong => return Err(Reason::RowTooLong.into()),
        Fitness::BadQuotes => return Err(Reason::BadQuotes.into()),
        Fitness::CutOff => return Err(Reason::CutOff.into()),
    }
    if row.bytes.contains(&0) {
        return Err(Reason::Nul.into());
    }
    std::str::from_utf8(row.bytes)
        .map_err(|e| Reject::with(Reason::InvalidUtf8, format!("byte {}", e.valid_up_to() + 1)))
}

/// The first bytes of a row, for the file of rejected rows.
fn shown_row(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(rows::HEAD)]).into_owned()
}

#[cfg(test)]
mod tests;
