//! Rows of a mapped source (CSV, or NDJSON of any shape) become messages, as a profile says.

mod figures;
mod posts;
#[cfg(test)]
mod tests;

use super::amount::{self, Amount, Written};
use super::check;
use super::names::Header;
use super::profile::{Kind, Names, Profile, Rule, SHEET};
use super::quoted::Fields;
use super::reason::{Mend, Reason, Reject};
use crate::domain::event::MessageEvent;
use crate::domain::{Author, ChannelId, Event, Time};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The cells of one row.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'r> {
    /// Of a CSV record.
    Fields(&'r Fields),
    /// Of a JSON object.
    Object(&'r Map<String, Value>),
}

/// Where a profile's column is in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    /// The field of that number.
    Field(usize),
    /// The same in every row.
    Fixed(String),
    /// The first of these that the object has.
    Paths(Vec<String>),
}

impl Key {
    fn cell<'r>(&self, row: Cells<'r>) -> Cow<'r, str> {
        match (self, row) {
            (Key::Field(i), Cells::Fields(fields)) => {
                // The record was found to be UTF-8 as a whole.
                Cow::Borrowed(std::str::from_utf8(fields.get(*i)).unwrap_or_default())
            }
            (Key::Fixed(text), _) => Cow::Owned(text.clone()),
            (Key::Paths(paths), Cells::Object(map)) => {
                paths.iter().find_map(|p| at_path(map, p)).unwrap_or_default()
            }
            _ => Cow::Borrowed(""),
        }
    }
}

/// The value at `a.b` as text; a name that itself holds dots counts first.
fn at_path<'r>(map: &'r Map<String, Value>, path: &str) -> Option<Cow<'r, str>> {
    if let Some(value) = map.get(path) {
        return match value {
            Value::String(s) => Some(Cow::Borrowed(s)),
            Value::Number(n) => Some(Cow::Owned(n.to_string())),
            Value::Bool(b) => Some(Cow::Borrowed(if *b { "true" } else { "false" })),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
    }
    let (first, rest) = path.split_once('.')?;
    at_path(map.get(first)?.as_object()?, rest)
}

/// Why a header does not fit a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// Columns that the profile needs are not there.
    Missing {
        /// Those.
        missing: Vec<String>,
        /// What was found instead.
        found: Vec<String>,
    },
    /// A column that the profile needs is there twice.
    Twice(String),
}

/// What a header has too much or too little, without harm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderNotes {
    /// Columns that the profile does not know.
    pub unknown: Vec<String>,
    /// Columns that the profile names and the file has not.
    pub absent: Vec<String>,
    /// Columns that the profile knows and needs not.
    pub ignored: Vec<String>,
    /// How many columns are read.
    pub used: usize,
}

/// A profile with its columns found.
#[derive(Clone, Debug)]
pub struct Mapper {
    id: Option<Key>,
    id_from: Vec<Key>,
    text: Option<Key>,
    at: Option<Key>,
    thread: Option<Key>,
    in_reply_to: Option<Key>,
    author_id: Option<Key>,
    author_name: Option<Key>,
    likes: Option<Key>,
    permalink: Option<Key>,
    channel_from: Option<Key>,
    ours: Option<Key>,
    messages: Option<Key>,
    only: Option<Key>,
    posts: posts::Keys,
    figures: figures::Keys,
}

impl Mapper {
    /// For JSON objects: fields are looked up in each.
    pub fn for_objects(p: &Profile) -> Mapper {
        // An infallible finder cannot fail the building.
        let find = |n: &Names| Some(Key::Paths(n.all().to_vec()));
        Mapper::build(p, find)
    }

    /// For a table: finds the profile's columns in the header, by name. `sheet` is the name of the
    /// workbook's sheet.
    ///
    /// # Errors
    /// When a column that is needed is missing, or there twice.
    pub fn for_header(
        p: &Profile,
        header: &[String],
        sheet: Option<&str>,
    ) -> Result<(Mapper, HeaderNotes), HeaderError> {
        let header = Header::of(header);
        let find = |n: &Names| n.all().iter().find_map(|n| header.place(n));
        let is_sheet = |n: &Names| sheet.is_some() && n.all().iter().any(|n| n == SHEET);
        let needed = needed(p);
        let one_of_them: Vec<usize> = match p.long {
            None => p.figures.values().filter_map(|f| find(&f.columns)).collect(),
            Some(_) => vec![],
        };
        let mut missing = Vec::new();
        for names in needed.iter().filter(|n| !is_sheet(n)) {
            match find(names) {
                None => {
                    let name = names.all().join("|");
                    if !missing.contains(&name) {
                        missing.push(name);
                    }
                }
                Some(i) if header.alike(i) > 1 => {
                    return Err(HeaderError::Twice(header.names()[i].clone()));
                }
                Some(_) => {}
            }
        }
        if one_of_them.is_empty() && p.long.is_none() && !p.figures.is_empty() {
            let first = p.figures.values().flat_map(|f| f.columns.all().first());
            missing.push(first.map(String::as_str).collect::<Vec<_>>().join("|"));
        }
        if !missing.is_empty() {
            return Err(HeaderError::Missing { missing, found: header.names().to_vec() });
        }
        if let Some(i) = one_of_them.iter().find(|i| header.alike(**i) > 1) {
            return Err(HeaderError::Twice(header.names()[*i].clone()));
        }
        let notes = notes(p, &header, &needed);
        let key = |n: &Names| match is_sheet(n) {
            true => sheet.map(|name| Key::Fixed(name.to_owned())),
            false => find(n).map(Key::Field),
        };
        let mut mapper = Mapper::build(p, key);
        let note = |key: &Key| match key {
            Key::Field(i) => header.note(*i).to_owned(),
            Key::Fixed(_) | Key::Paths(_) => String::new(),
        };
        mapper.posts.hint(note);
        mapper.figures.hint(note);
        Ok((mapper, notes))
    }

    fn build(p: &Profile, find: impl Fn(&Names) -> Option<Key>) -> Mapper {
        let one = |n: &Option<Names>| n.as_ref().and_then(&find);
        let c = &p.columns;
        Mapper {
            id: one(&c.id),
            id_from: p.id_from.iter().filter_map(&find).collect(),
            text: one(&c.text),
            at: one(&c.at),
            thread: one(&c.thread),
            in_reply_to: one(&c.in_reply_to),
            author_id: one(&c.author_id),
            author_name: one(&c.author_name),
            likes: one(&c.likes),
            permalink: one(&c.permalink),
            channel_from: one(&p.channel_from),
            ours: p.ours.as_ref().and_then(|r| find(&r.column)),
            messages: p.messages.as_ref().and_then(|r| find(&r.column)),
            only: p.only.as_ref().and_then(|r| find(&r.column)),
            posts: posts::Keys::find(p, &find),
            figures: figures::Keys::find(p, &find),
        }
    }

    /// Makes a message or a post of a row; what was mended goes to `mends`. Bounds are looked at by
    /// [`check::event`].
    ///
    /// # Errors
    /// When something it needs is missing or cannot be read.
    pub fn map(&self, p: &Profile, row: Cells, mends: &mut Vec<Mend>) -> Result<Event, Reject> {
        let cell = |key: &Option<Key>| key.as_ref().map_or(Cow::Borrowed(""), |k| k.cell(row));
        let optional = |key: &Option<Key>| {
            let value = cell(key);
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        if p.only.as_ref().is_some_and(|rule| !rule.holds(&cell(&self.only))) {
            return Err(Reason::NotMeant.into());
        }
        match p.rows {
            Kind::Messages => {}
            Kind::Posts => return self.post(p, row, mends),
            Kind::Figures => return self.account(p, row, mends),
        }
        let text = cell(&self.text);
        if text.trim().is_empty() {
            return Err(Reason::NoText.into());
        }
        let at = self.at(p, row)?;
        let id = self.id(row)?;
        let channel = self.channel(p, row)?;
        let likes = match optional(&self.likes).map(|l| likes(&l)) {
            None => 0,
            Some(Some(n)) => n,
            Some(None) => {
                mends.push(Mend::Likes);
                0
            }
        };
        let author_id = optional(&self.author_id).unwrap_or_default();
        let name = cell(&self.author_name);
        let name = if name.is_empty() { author_id.clone() } else { name.into_owned() };
        let is = |rule: &Option<Rule>, key| rule.as_ref().is_some_and(|r| r.holds(&cell(key)));
        Ok(Event::Message(MessageEvent {
            platform: p.platform.clone().unwrap_or_else(|| channel.0.clone()),
            channel,
            queue: if is(&p.messages, &self.messages) {
                crate::domain::Queue::Messages
            } else {
                p.queue
            },
            id,
            thread: optional(&self.thread),
            in_reply_to: optional(&self.in_reply_to),
            author: Author { id: author_id, name },
            ours: is(&p.ours, &self.ours),
            text: text.into_owned(),
            at,
            likes,
            permalink: optional(&self.permalink),
            attachments: vec![],
        }))
    }

    fn at(&self, p: &Profile, row: Cells) -> Result<Time, Reject> {
        let at = self.at.as_ref().map_or(Cow::Borrowed(""), |k| k.cell(row));
        if at.trim().is_empty() {
            return Err(Reason::NoTime.into());
        }
        p.time.read(&at, p.zone).ok_or_else(|| no_time(&at))
    }

    fn id(&self, row: Cells) -> Result<String, Reject> {
        let id = self.id.as_ref().map_or(Cow::Borrowed(""), |k| k.cell(row));
        match id.trim() {
            "" if self.id_from.is_empty() => Err(Reason::NoId.into()),
            "" => Ok(composed(self.id_from.iter().map(|k| k.cell(row)))),
            id => Ok(id.to_owned()),
        }
    }

    fn channel(&self, p: &Profile, row: Cells) -> Result<ChannelId, Reject> {
        let named = self.channel_from.as_ref().map_or(Cow::Borrowed(""), |k| k.cell(row));
        match (&p.channel, check::slug(&named)) {
            (Some(channel), slug) if slug.is_empty() => Ok(channel.clone()),
            (_, slug) => check::channel(&slug),
        }
    }
}

/// The columns that a header cannot be without.
pub(super) fn needed(p: &Profile) -> Vec<&Names> {
    let c = &p.columns;
    let rules = [&p.ours, &p.messages, &p.promoted, &p.only].map(|r| r.as_ref().map(|r| &r.column));
    let mut needed = Vec::new();
    if p.rows == Kind::Messages {
        needed.push(c.text.as_ref());
    }
    match &p.calendar {
        Some(when) => needed.extend([&when.month, &when.weekday, &when.hour].map(Some)),
        None => needed.push(c.at.as_ref()),
    }
    needed.extend(rules);
    if p.channel.is_none() {
        needed.push(p.channel_from.as_ref());
    }
    if p.rows != Kind::Figures && p.id_from.is_empty() {
        needed.push(c.id.as_ref());
    }
    needed.extend(p.id_from.iter().map(Some));
    if let Some(long) = &p.long {
        needed.extend([Some(&long.name), Some(&long.value)]);
    }
    needed.into_iter().flatten().collect()
}

/// What a header has too much or too little.
fn notes(p: &Profile, header: &Header, needed: &[&Names]) -> HeaderNotes {
    let find = |n: &Names| n.all().iter().find_map(|n| header.place(n));
    let c = &p.columns;
    let mut notes = HeaderNotes::default();
    let wished = [&c.id, &c.thread, &c.in_reply_to, &c.author_id, &c.author_name, &c.likes];
    let of_posts = [&c.text, &c.title, &c.form, &c.permalink, &p.channel_from];
    let wished = wished.into_iter().chain(of_posts).flatten();
    // In rows that name their figure the figures' names are no columns.
    let figures = p.figures.values().map(|f| &f.columns).filter(|_| p.long.is_none());
    let mut used = vec![false; header.names().len()];
    let mut told = BTreeSet::new();
    for names in wished.chain(figures).chain(needed.iter().copied()) {
        match find(names) {
            Some(i) => used[i] = true,
            None if names.all().iter().any(|n| n == SHEET) => {}
            None if told.insert(names.all()) => notes.absent.push(names.all().join("|")),
            None => {}
        }
    }
    notes.used = used.iter().filter(|u| **u).count();
    for i in p
        .ignore
        .iter()
        .filter_map(|n| header.place(n))
        .filter(|i| !used[*i])
        .collect::<BTreeSet<_>>()
    {
        used[i] = true;
        notes.ignored.push(header.names()[i].clone());
    }
    // A comma at the end of each line makes a column without a name.
    let unknown =
        header.names().iter().zip(&used).filter(|(name, used)| !**used && !name.is_empty());
    notes.unknown = unknown.map(|(h, _)| h.clone()).collect();
    notes
}

/// What stands in a time's place in the rows that add up those above or below them.
const SUMS: [&str; 12] = [
    "合计", "总计", "累计", "汇总", "小计", "平均", "均值", "total", "sum", "average", "mean",
    "总和",
];

/// Why a cell is no time.
fn no_time(cell: &str) -> Reject {
    let plain = super::names::plain(cell);
    match SUMS.contains(&plain.as_str()) {
        true => Reject::with(Reason::Sum, cell),
        false => Reject::with(Reason::BadTime, cell),
    }
}

/// An id made of several cells: FNV-1a with 128 bits, each cell ended by a unit separator. The
/// same cells make the same id for ever, so that the same file twice adds nothing.
fn composed<'r>(cells: impl Iterator<Item = Cow<'r, str>>) -> String {
    format!("h-{:032x}", hash(cells))
}

fn hash<'r>(cells: impl Iterator<Item = Cow<'r, str>>) -> u128 {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for cell in cells {
        for b in cell.trim().bytes().chain([0x1f]) {
            hash = (hash ^ u128::from(b)).wrapping_mul(PRIME);
        }
    }
    hash
}

/// Likes as exports write them; at most what the field holds.
fn likes(cell: &str) -> Option<u32> {
    match amount::read(cell, Written::Count) {
        Amount::Exactly(n) | Amount::About(n) if n >= 0 => {
            Some(u32::try_from(n).unwrap_or(u32::MAX))
        }
        Amount::Nothing => Some(0),
        _ => None,
    }
}

/// Reads a figure's cell and notes what is the matter with it; `None` = there is none.
fn figure(cell: &str, written: Written, mends: &mut Vec<Mend>) -> Option<i64> {
    match amount::read(cell, written) {
        Amount::Exactly(n) => Some(n),
        Amount::About(n) => {
            mends.push(Mend::Rounded);
            Some(n)
        }
        Amount::Nothing => None,
        Amount::Unreadable => {
            mends.push(Mend::Figure);
            None
        }
    }
}
