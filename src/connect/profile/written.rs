//! A profile's file as it is written, and what has to be right in it.

use super::{Columns, Figure, Format, Kind, Long, Names, Profile, Rule, SHEET, Sheets};
use crate::config::default_figures;
use crate::connect::calendar::Calendar;
use crate::connect::when::{TimeFormat, Zone};
use crate::connect::{amount, check};
use crate::domain::figure::book::Book;
use crate::domain::figure::page::MOST_NAME;
use crate::domain::post::Form;
use crate::domain::{Queue, past_post};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What the program itself says of figures, for their units.
static KNOWN: LazyLock<Book> = LazyLock::new(default_figures);

/// The most figures of an account in one row: what the desk keeps of one event.
const MOST_FIGURES: usize = 40;

/// A figure as written: its column alone, or with what its cells are written in.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum WrittenFigure {
    Names(Names),
    Full(FullFigure),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FullFigure {
    column: Names,
    unit: Option<amount::Written>,
}

impl WrittenFigure {
    /// The figure of that name. What nobody says of its unit the program's own list does.
    fn figure(self, name: &str) -> Figure {
        let (columns, unit) = match self {
            WrittenFigure::Names(columns) => (columns, None),
            WrittenFigure::Full(full) => (full.column, full.unit),
        };
        let known = || amount::Written::of(KNOWN.known(name).unit);
        Figure { columns, written: unit.unwrap_or_else(known) }
    }
}

/// The file as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(default)]
    about: String,
    #[serde(default)]
    rows: Kind,
    format: Format,
    delimiter: Option<String>,
    channel: Option<String>,
    channel_from: Option<Names>,
    platform: Option<String>,
    queue: Option<Queue>,
    zone: Option<String>,
    time: Option<String>,
    #[serde(default)]
    columns: Columns,
    #[serde(default)]
    id_from: Vec<Names>,
    ours: Option<Rule>,
    messages: Option<Rule>,
    calendar: Option<Calendar>,
    #[serde(default)]
    figures: BTreeMap<String, WrittenFigure>,
    long: Option<Long>,
    only: Option<Rule>,
    sheet: Option<Names>,
    #[serde(default)]
    forms: BTreeMap<String, Form>,
    form: Option<Form>,
    promoted: Option<Rule>,
    #[serde(default)]
    ignore: Vec<String>,
}

impl Written {
    pub(super) fn checked(self, name: &str) -> Result<Profile, String> {
        if self.format != Format::Events {
            self.check_rows()?;
        }
        let delimiter = match self.delimiter.as_deref() {
            None => b',',
            Some(d) => match d.as_bytes() {
                [b] if b.is_ascii() && !matches!(b, b'"' | b'\n' | b'\r') => *b,
                _ => return Err(format!("delimiter = {d:?}: one ASCII character")),
            },
        };
        let channel = match self.channel {
            Some(c) => Some(check::channel(&c).map_err(|_| {
                format!("channel = {c:?}: lower-case letters, digits, `-`, `_`, `.`")
            })?),
            None => None,
        };
        let zone = match self.zone.as_deref() {
            None => Zone::UTC,
            Some(z) => z
                .parse()
                .map_err(|()| format!("zone = {z:?}: like Asia/Shanghai, UTC or +08:00"))?,
        };
        let time = match self.time.as_deref() {
            None | Some("auto") => TimeFormat::Auto,
            Some("epoch-s") => TimeFormat::EpochSeconds,
            Some("epoch-ms") => TimeFormat::EpochMillis,
            Some(p) if is_pattern(p) => TimeFormat::Pattern(p.to_owned()),
            Some(p) => {
                return Err(format!(
                    "time = {p:?}: auto, epoch-s, epoch-ms or like %Y-%m-%d %H:%M"
                ));
            }
        };
        if self.format != Format::Events {
            if channel.is_none() && self.channel_from.is_none() {
                return Err("channel, or channel_from with a column, is missing".into());
            }
            let has_id = self.columns.id.is_some() || !self.id_from.is_empty();
            if self.rows != Kind::Figures && !has_id {
                return Err("[columns] needs id, or id_from the columns that make one".into());
            }
        }
        Ok(Profile {
            name: name.to_owned(),
            about: self.about,
            format: self.format,
            delimiter,
            channel,
            channel_from: self.channel_from,
            platform: self.platform,
            queue: self.queue.unwrap_or(Queue::Comments),
            zone,
            time,
            columns: self.columns,
            id_from: self.id_from,
            ours: self.ours,
            messages: self.messages,
            rows: self.rows,
            calendar: self.calendar,
            figures: self.figures.into_iter().map(|(n, f)| (n.clone(), f.figure(&n))).collect(),
            long: self.long,
            only: self.only,
            sheets: match self.sheet {
                None => Sheets::First,
                Some(names) if names.all().iter().any(|n| n == "*") => Sheets::All,
                Some(names) => Sheets::Named(names),
            },
            forms: self.forms.into_iter().map(|(word, form)| (word.to_lowercase(), form)).collect(),
            form: self.form.unwrap_or_default(),
            promoted: self.promoted,
            ignore: self.ignore,
        })
    }

    /// Whether what its kind of rows needs is named.
    fn check_rows(&self) -> Result<(), String> {
        let of_posts = self.calendar.is_some() || !self.forms.is_empty() || self.promoted.is_some();
        match self.rows {
            Kind::Messages => {
                if self.columns.text.is_none() || self.columns.at.is_none() {
                    return Err("[columns] needs text and at".into());
                }
                if of_posts || !self.figures.is_empty() || self.long.is_some() {
                    return Err("figures, long, forms, calendar and promoted are for rows = \
                                \"posts\" or \"figures\""
                        .into());
                }
                return Ok(());
            }
            Kind::Posts if self.long.is_some() => {
                return Err("[long] is for rows = \"figures\"".into());
            }
            Kind::Posts if self.columns.at.is_none() && self.calendar.is_none() => {
                return Err("[columns] needs at, or [calendar] the columns that say when".into());
            }
            Kind::Figures if of_posts || self.ours.is_some() || self.messages.is_some() => {
                return Err("forms, calendar, promoted, ours and messages say nothing of rows = \
                            \"figures\""
                    .into());
            }
            Kind::Figures if self.columns.at.is_none() => {
                return Err("[columns] needs at: the day or the moment".into());
            }
            Kind::Posts | Kind::Figures => {}
        }
        if self.long.as_ref().is_some_and(|long| long.value.all().iter().any(|n| n == SHEET)) {
            return Err("[long] value: a column of the sheet".into());
        }
        let (most, most_name) = match self.rows {
            Kind::Figures => (MOST_FIGURES, MOST_NAME),
            _ => (past_post::MOST_FIGURES, past_post::MOST_FIGURE_NAME),
        };
        if self.figures.is_empty() || self.figures.len() > most {
            return Err(format!("[figures] needs one to {most} figures with their columns"));
        }
        match self.figures.keys().find(|n| n.is_empty() || n.len() > most_name) {
            Some(name) => Err(format!("[figures] {name:?}: at most {most_name} bytes")),
            None => Ok(()),
        }
    }
}

/// True for a chrono pattern that has a date and no mistake.
fn is_pattern(p: &str) -> bool {
    use chrono::format::{Item, StrftimeItems};
    p.contains('%') && !StrftimeItems::new(p).any(|i| matches!(i, Item::Error))
}
