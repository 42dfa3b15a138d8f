//! A series as a file has it: times and values.

use crate::cli::{Context, Exit, Failure};
use crate::connect::quoted::Fields;
use crate::connect::rows::{Fitness, Rows, Shape};
use crate::connect::source::{Origin, Source};
use crate::connect::when::{TimeFormat, Zone};
use crate::domain::{Span, Time};
use crate::text::Shown;
use crate::text::catalogue::figures as say;
use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use std::path::Path;
use std::sync::Arc;

/// The most bytes of a row that a message repeats.
const REPEATED: usize = 60;

/// A series of values in order of time.
pub(super) struct Series {
    /// The file's name without its folder.
    pub name: String,
    /// When each value was, and the value.
    pub values: Vec<(Time, f64)>,
    /// The zone its times are told in.
    pub zone: Tz,
}

impl Series {
    /// Reads a file: the first column that is a time, and the first number behind it. A first row
    /// without them is a header.
    ///
    /// # Errors
    /// When it cannot be read, or has a row without a time and a value.
    pub(super) fn read(context: &Context, file: &Path) -> Result<Series, Failure> {
        let lang = context.lang;
        let zone = crate::client::zone::own();
        let origin = Origin::named(file);
        let source = Source::open(&origin, false, &Arc::default())
            .map_err(|e| Failure::new(Exit::File, e.say(lang)))?;
        let shown = Shown::line(&origin.name());
        let mut rows = Rows::new(source, Shape::Quoted(b','));
        let mut values = Vec::new();
        while let Some(row) = rows.next_row() {
            let read = (row.fitness == Fitness::Whole).then(|| value(row.bytes, zone)).flatten();
            match read {
                Some(read) => values.push(read),
                None if values.is_empty() && row.line == 1 => {}
                None if row.bytes.iter().all(u8::is_ascii_whitespace) => {}
                None => {
                    let text = String::from_utf8_lossy(row.bytes);
                    let text = Shown::bounded(&text, REPEATED);
                    let values: [(&str, &dyn std::fmt::Display); 3] =
                        [("file", &shown), ("line", &row.line), ("text", &text)];
                    return Err(Failure::new(Exit::File, say::ODD_ROW.fill(lang, &values)));
                }
            }
        }
        if values.is_empty() {
            return Err(Failure::new(Exit::File, say::NO_ROWS.fill(lang, &[("file", &shown)])));
        }
        values.sort_by_key(|(at, _)| *at);
        let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let name = name.strip_suffix(".gz").map_or(name.clone(), str::to_owned);
        Ok(Series { name, values, zone })
    }

    /// How far apart its values are: the most usual distance.
    pub(super) fn step(&self) -> Span {
        let mut apart: Vec<i64> = self.values.windows(2).map(|w| (w[1].0 - w[0].0).0).collect();
        apart.sort_unstable();
        Span(apart.get(apart.len() / 2).copied().unwrap_or(1).max(1))
    }

    /// The hour of the week of a moment, 0 = Monday, the hour after midnight.
    pub(super) fn hour(&self, at: Time) -> u8 {
        let local = at.in_zone(self.zone);
        // At most 6 * 24 + 23.
        (local.weekday().num_days_from_monday() * 24 + local.hour()) as u8
    }
}

fn value(row: &[u8], zone: Tz) -> Option<(Time, f64)> {
    let fields = Fields::of(row, b',');
    let text = |at: usize| std::str::from_utf8(fields.get(at)).unwrap_or_default().trim();
    let mut times = (0..fields.len())
        .filter_map(|at| TimeFormat::Auto.read(text(at), Zone::Named(zone)).map(|time| (at, time)));
    let (place, time) = times.next()?;
    let value = (place + 1..fields.len()).find_map(|at| text(at).parse::<f64>().ok())?;
    value.is_finite().then_some((time, value))
}
