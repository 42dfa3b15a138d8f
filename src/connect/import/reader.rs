//! The reading thread of an import: rows of a source become events, or are rejected.

use super::Why;
use crate::connect::check;
use crate::connect::events;
use crate::connect::mapped::{Cells, HeaderError, Mapper};
use crate::connect::profile::{Format, Profile, Sheets};
use crate::connect::quoted::Fields;
use crate::connect::reason::{Mend, Reason, Reject};
use crate::connect::rows::{self, Fitness, Row, Rows, Shape};
use crate::connect::source::Source;
use crate::domain::{Event, Time};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

/// Among how many rows the header is looked for.
pub const MOST_ABOVE: usize = 30;

/// The most names of unknown columns that are kept.
const MOST_NAMES: usize = 100;

/// What the reading thread tells.
pub(super) enum Item {
    Event { line: u64, event: Box<Event>, row: String },
    Rejected { line: u64, reject: Reject, row: String },
    Unknown(String),
    Absent(String),
    Ignored(String),
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

/// A header that was found.
#[derive(Clone)]
struct Bound {
    mapper: Mapper,
    /// How many fields a record has.
    width: usize,
    /// The header itself, to know it when it comes again.
    header: Vec<u8>,
}

/// How one file or sheet ended.
enum Part {
    /// It was read with these columns.
    Read(Option<Box<Bound>>),
    /// No row of it is a header that fits.
    Unfit(Why),
}

impl Reader {
    /// Reads a source to its end, or until a stop is asked for or nobody listens any more.
    pub fn read(&mut self, source: Source) {
        let shape = if source.is_book() { Shape::Sheet } else { self.profile.shape() };
        let mut rows = Rows::new(source, shape);
        // The error only says that nobody listens any more.
        let _: Result<(), Gone> = self.parts(&mut rows, shape);
    }

    fn parts(&mut self, rows: &mut Rows<Source>, shape: Shape) -> Result<(), Gone> {
        let is_book = rows.input().is_book();
        let mut bound = match self.profile.format {
            Format::Csv => None,
            Format::Ndjson | Format::Events if is_book => {
                return self.tell(Item::NoUse(Why::NoTable));
            }
            Format::Ndjson | Format::Events => {
                let mapper = Mapper::for_objects(&self.profile);
                Some(Box::new(Bound { mapper, width: 0, header: vec![] }))
            }
        };
        if !rows.input().keep_sheets(&self.profile.sheets) {
            return self.tell(Item::NoUse(Why::NoSheet));
        }
        let (mut unfit, mut fitted) = (None, false);
        loop {
            // Each sheet has a header of its own; a file that took another one's place may not.
            match self.part(rows, shape, bound.take().filter(|_| !is_book))? {
                Part::Read(read) => {
                    fitted |= read.is_some();
                    bound = read;
                }
                Part::Unfit(why) if is_book => unfit = Some(closer(unfit, why)),
                Part::Unfit(why) => return self.tell(Item::NoUse(why)),
            }
            if let Some(e) = rows.broken() {
                let why = e.to_string();
                return self.tell(Item::Broken(rows.line(), why));
            }
            let enough = is_book && fitted && self.profile.sheets == Sheets::First;
            if self.stop.load(Ordering::Relaxed) || enough || !rows.input().next_part() {
                break;
            }
            rows.restart();
        }
        match unfit {
            Some(why) if !fitted => self.tell(Item::NoUse(why)),
            _ => Ok(()),
        }
    }

    /// Reads one file or sheet to its end. `bound` comes from the file before, or needs no header; a
    /// CSV file that took another one's place may begin with the header again or not.
    fn part(
        &mut self,
        rows: &mut Rows<Source>,
        shape: Shape,
        mut bound: Option<Box<Bound>>,
    ) -> Result<Part, Gone> {
        let mut seeking = self.profile.format == Format::Csv;
        let most = if rows.input().is_followed() { 1 } else { MOST_ABOVE };
        let sheet = rows.input().sheet().map(str::to_owned);
        let (mut above, mut unfit) = (Vec::new(), None);
        let mut fields = Fields::default();
        while !self.stop.load(Ordering::Relaxed) {
            let Some(row) = rows.next_row() else { break };
            if seeking {
                match self.header(row, shape, sheet.as_deref())? {
                    Ok(found) => {
                        for (line, row) in above.drain(..) {
                            self.tell(Item::Rejected {
                                line,
                                reject: Reason::NotData.into(),
                                row,
                            })?;
                        }
                        seeking = false;
                        rows.expect_fields(found.width);
                        bound = Some(Box::new(found));
                        continue;
                    }
                    // A row under the header of the file before.
                    Err(_) if bound.is_some() => seeking = false,
                    Err(why) => {
                        above.push((row.line, self.kept(row)));
                        unfit = Some(closer(unfit, why));
                        if above.len() == most {
                            break;
                        }
                        continue;
                    }
                }
            }
            let Some(bound) = &bound else { break };
            let line = row.line;
            let result = match row.bytes == bound.header.as_slice() {
                true => Err(Reason::NotData.into()),
                false => self.event(row, shape, bound, &mut fields)?,
            };
            let row = self.kept(row);
            self.tell(match result {
                Ok(event) => Item::Event { line, event: Box::new(event), row },
                Err(reject) => Item::Rejected { line, reject, row },
            })?;
        }
        Ok(match unfit.filter(|_| seeking && bound.is_none()) {
            Some(why) => Part::Unfit(why),
            None => Part::Read(bound),
        })
    }

    /// The first bytes of a row, where somebody wants to see those that are rejected.
    fn kept(&self, row: Row) -> String {
        if self.keep_rows { shown_row(row.bytes) } else { String::new() }
    }

    /// The columns of a header row, and how many there are.
    fn header(
        &mut self,
        row: Row,
        shape: Shape,
        sheet: Option<&str>,
    ) -> Result<Result<Bound, Why>, Gone> {
        let Some(delimiter) = shape.delimiter() else {
            return Ok(Err(Why::NoHeader));
        };
        if row.fitness != Fitness::Whole || std::str::from_utf8(row.bytes).is_err() {
            return Ok(Err(Why::NoHeader));
        }
        let names = cells(row.bytes, delimiter);
        match Mapper::for_header(&self.profile, &names, sheet) {
            Ok((mapper, notes)) => {
                for name in notes.unknown {
                    self.unknown(name)?;
                }
                for name in notes.absent {
                    self.tell(Item::Absent(name))?;
                }
                for name in notes.ignored {
                    self.tell(Item::Ignored(name))?;
                }
                Ok(Ok(Bound { mapper, width: names.len(), header: row.bytes.to_vec() }))
            }
            Err(e) => Ok(Err(Why::Header(e))),
        }
    }

    /// Makes an event of a row, within the bounds.
    fn event(
        &mut self,
        row: Row,
        shape: Shape,
        bound: &Bound,
        fields: &mut Fields,
    ) -> Result<Result<Event, Reject>, Gone> {
        let (mut mends, mut unknown) = (Vec::new(), Vec::new());
        let now = (self.clock)();
        let result = text_of(row)
            .and_then(|text| match shape.delimiter() {
                Some(delimiter) => {
                    fields.read(row.bytes, delimiter);
                    // A sheet's row ends with its last cell that holds something.
                    if fields.len() != bound.width && shape != Shape::Sheet {
                        let detail = format!("{} instead of {}", fields.len(), bound.width);
                        return Err(Reject::with(Reason::FieldCount, detail));
                    }
                    bound.mapper.map(&self.profile, Cells::Fields(fields), &mut mends)
                }
                None if self.profile.format == Format::Events => events::read(text, &mut unknown),
                None => {
                    let object = events::object(text)?;
                    bound.mapper.map(&self.profile, Cells::Object(&object), &mut mends)
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

/// The cells of a row as texts.
pub fn cells(row: &[u8], delimiter: u8) -> Vec<String> {
    let fields = Fields::of(row, delimiter);
    (0..fields.len()).map(|i| String::from_utf8_lossy(fields.get(i)).into_owned()).collect()
}

/// Of two rows that are no header that fits, what is said of the one that lacks less.
fn closer(before: Option<Why>, now: Why) -> Why {
    let lacks = |why: &Why| match why {
        Why::Header(HeaderError::Twice(_)) => 0,
        Why::Header(HeaderError::Missing { missing, .. }) => missing.len(),
        _ => usize::MAX,
    };
    match before {
        Some(before) if lacks(&before) <= lacks(&now) => before,
        _ => now,
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
