//! The reading thread of an import: rows of a source become events, or are rejected.

use super::Why;
use crate::connect::check;
use crate::connect::events;
use crate::connect::mapped::{Cells, Mapper};
use crate::connect::profile::{Format, Profile};
use crate::connect::quoted::Fields;
use crate::connect::reason::{Mend, Reason, Reject};
use crate::connect::rows::{self, Fitness, Row, Rows, Shape};
use crate::connect::source::Source;
use crate::domain::{Event, Time};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

/// The most names of unknown columns that are kept.
const MOST_NAMES: usize = 100;

/// What the reading thread tells.
pub(super) enum Item {
    Event { line: u64, event: Box<Event>, row: String },
    Rejected { line: u64, reject: Reject, row: String },
    Unknown(String),
    Absent(String),
    Mended(Mend),
    Broken(u64, String),
    NoUse(Why),
}

/// The reading thread.
pub(super) struct Reader {
    pub profile: Profile,
    pub clock: fn() -> Time,
    pub stop: Arc<AtomicBool>,
    pub keep_rows: bool,
    pub to: SyncSender<Item>,
    /// Unknown names that were told already.
    pub named: BTreeSet<String>,
}

/// The other side has gone: nothing is left to do.
struct Gone;

impl Reader {
    /// Reads a source to its end, or until a stop is asked for or nobody listens any more.
    pub fn read(&mut self, source: Source) {
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
                Ok(event) => Item::Event { line, event: Box::new(event), row },
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
