//! Rows of a mapped source (CSV, or NDJSON of any shape) become messages, as a profile says.

mod posts;

use super::check;
use super::profile::{Kind, Names, Profile};
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
    posts: posts::Keys,
}

impl Mapper {
    /// For JSON objects: fields are looked up in each.
    pub fn for_objects(p: &Profile) -> Mapper {
        // An infallible finder cannot fail the building.
        let find = |n: &Names| Some(Key::Paths(n.all().to_vec()));
        Mapper::build(p, find)
    }

    /// For CSV: finds the profile's columns in the header, by name.
    ///
    /// # Errors
    /// When a column that is needed is missing, or there twice.
    pub fn for_header(
        p: &Profile,
        header: &[String],
    ) -> Result<(Mapper, HeaderNotes), HeaderError> {
        let trimmed: Vec<&str> = header.iter().map(|h| h.trim()).collect();
        let place = |name: &str| {
            let exact = trimmed.iter().position(|h| *h == name);
            exact.or_else(|| trimmed.iter().position(|h| h.eq_ignore_ascii_case(name)))
        };
        let find = |n: &Names| n.all().iter().find_map(|n| place(n));
        let c = &p.columns;
        let ids: Vec<Names> = p.id_from.iter().cloned().map(Names::One).collect();
        let rules = [&p.ours, &p.messages, &p.promoted].map(|r| r.as_ref().map(|r| &r.column));
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
        if ids.is_empty() {
            needed.push(c.id.as_ref());
        }
        needed.extend(ids.iter().map(Some));
        let mut missing = Vec::new();
        for names in needed.iter().flatten() {
            match find(names) {
                None => missing.push(names.all().join("|")),
                Some(i) if trimmed.iter().filter(|h| **h == trimmed[i]).count() > 1 => {
                    return Err(HeaderError::Twice(trimmed[i].to_owned()));
                }
                Some(_) => {}
            }
        }
        if !missing.is_empty() {
            let found = trimmed.iter().map(|h| (*h).to_owned()).collect();
            return Err(HeaderError::Missing { missing, found });
        }
        let mut notes = HeaderNotes::default();
        let wished = [&c.id, &c.thread, &c.in_reply_to, &c.author_id, &c.author_name, &c.likes];
        let of_posts = [&c.text, &c.title, &c.form, &c.permalink, &p.channel_from];
        let wished = wished.into_iter().chain(of_posts).flatten().chain(p.figures.values());
        let mut used = vec![false; header.len()];
        let mut told = BTreeSet::new();
        for names in wished.chain(needed.into_iter().flatten()) {
            match find(names) {
                Some(i) => used[i] = true,
                None if told.insert(names.all()) => notes.absent.push(names.all().join("|")),
                None => {}
            }
        }
        for i in p.ignore.iter().filter_map(|n| place(n)) {
            used[i] = true;
        }
        // A comma at the end of each line makes a column without a name.
        let unknown = trimmed.iter().zip(&used).filter(|(name, used)| !**used && !name.is_empty());
        notes.unknown = unknown.map(|(h, _)| (*h).to_owned()).collect();
        Ok((Mapper::build(p, |n| find(n).map(Key::Field)), notes))
    }

    fn build(p: &Profile, find: impl Fn(&Names) -> Option<Key>) -> Mapper {
        let one = |n: &Option<Names>| n.as_ref().and_then(&find);
        let c = &p.columns;
        Mapper {
            id: one(&c.id),
            id_from: p.id_from.iter().filter_map(|n| find(&Names::One(n.clone()))).collect(),
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
            posts: posts::Keys::find(p, &find),
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
        if p.rows == Kind::Posts {
            return self.post(p, row, mends);
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
        let is = |rule: &Option<super::profile::Rule>, key| {
            rule.as_ref().is_some_and(|r| r.holds(&cell(key)))
        };
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
        p.time.read(&at, p.zone).ok_or_else(|| Reject::with(Reason::BadTime, at))
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

/// See [`count`]; at most what the field holds.
fn likes(s: &str) -> Option<u32> {
    count(s).map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// A count as exports write it: `1234`, `1,234`, `1.2万`, `3k`, `12.0`; `None` when it is none.
fn count(s: &str) -> Option<u64> {
    let s = s.trim().trim_end_matches('+').replace([',', '，', '_', ' '], "").to_lowercase();
    let (digits, unit) = match s.char_indices().next_back()? {
        (i, '万' | 'w') => (&s[..i], 10_000.0),
        (i, '亿') => (&s[..i], 100_000_000.0),
        (i, '千' | 'k') => (&s[..i], 1_000.0),
        (i, 'm') => (&s[..i], 1_000_000.0),
        _ => (&s[..], 1.0),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let n: f64 = digits.parse().ok()?;
    // A cast from float stops at the type's bounds.
    Some((n * unit).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Queue;
    use rstest::rstest;

    const PROFILE: &str = r#"
        format = "csv"
        channel = "shop"
        channel_from = "store"
        zone = "+08:00"
        ignore = ["batch"]
        [columns]
        id = ["comment id", "cid"]
        text = ["内容", "text"]
        at = "time"
        author_name = "who"
        likes = "likes"
        [ours]
        column = "side"
        values = ["brand", "0"]
        [messages]
        column = "kind"
        values = ["dm"]
    "#;

    fn profile(text: &str) -> Profile {
        Profile::parse("p", "p.toml", text).unwrap()
    }

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    fn map_csv(p: &Profile, head: &str, row: &str) -> (Result<MessageEvent, Reject>, Vec<Mend>) {
        let (mapper, _) = Mapper::for_header(p, &header(head)).unwrap();
        let (fields, mut mends) = (Fields::of(row.as_bytes(), b','), vec![]);
        let event = mapper.map(p, Cells::Fields(&fields), &mut mends);
        let message = event.map(|e| match e {
            Event::Message(m) => m,
            other => panic!("{other:?}"),
        });
        (message, mends)
    }

    const HEAD: &str = "kind,side,likes,who,time,text,cid,store";

    #[test]
    fn columns_are_found_by_name_wherever_they_stand() {
        let p = profile(PROFILE);
        let row = "dm,BRAND,1.2万,May,2026-01-02 10:11:12,\" hi, there \",7,";
        let (m, mends) = map_csv(&p, HEAD, row);
        let m = m.unwrap();
        assert_eq!((m.id.as_str(), m.text.as_str(), m.likes), ("7", " hi, there ", 12_000));
        assert_eq!((m.queue, m.ours, m.channel.0.as_str()), (Queue::Messages, true, "shop"));
        assert_eq!(m.at, Time(1_767_319_872_000));
        assert_eq!((m.author.name.as_str(), mends), ("May", vec![]));
        let other = "text,store, TIME ,cid,side,kind,likes,who";
        let (m, _) = map_csv(&p, other, "hi,Flag Ship,2026-01-02 10:11:12,7,1,c,,");
        let m = m.unwrap();
        assert_eq!((m.channel.0.as_str(), m.ours, m.likes), ("flag-ship", false, 0));
    }

    #[test]
    fn a_header_that_lacks_what_is_needed_is_told_with_what_was_found() {
        let p = profile(PROFILE);
        let e = Mapper::for_header(&p, &header("cid,body,side,kind")).unwrap_err();
        let missing = vec!["内容|text".to_owned(), "time".to_owned()];
        assert_eq!(e, HeaderError::Missing { missing, found: header("cid,body,side,kind") });
        let e = Mapper::for_header(&p, &header("cid,text,text,time,side,kind")).unwrap_err();
        assert_eq!(e, HeaderError::Twice("text".into()));
    }

    #[test]
    fn columns_too_much_or_too_little_are_noted() {
        let p = profile(PROFILE);
        let head = header("cid,text,time,side,kind,batch,mood,");
        let (_, notes) = Mapper::for_header(&p, &head).unwrap();
        assert_eq!(notes.unknown, ["mood"]);
        assert_eq!(notes.absent, ["who", "likes", "store"]);
    }

    #[rstest]
    #[case("c,1,,x,2026-01-02 10:11:12,,7,", Reason::NoText)]
    #[case("c,1,,x,,hi,7,", Reason::NoTime)]
    #[case("c,1,,x,soon,hi,7,", Reason::BadTime)]
    #[case("c,1,,x,2026-01-02 10:11:12,hi,,", Reason::NoId)]
    fn a_row_without_what_it_needs_is_rejected(#[case] row: &str, #[case] reason: Reason) {
        assert_eq!(map_csv(&profile(PROFILE), HEAD, row).0.unwrap_err().reason, reason);
    }

    #[test]
    fn likes_that_are_no_number_count_as_none_and_are_told() {
        let (m, mends) = map_csv(&profile(PROFILE), HEAD, "c,1,many,x,2026-01-02 10:11:12,hi,7,");
        assert_eq!((m.unwrap().likes, mends), (0, vec![Mend::Likes]));
    }

    #[rstest]
    #[case("1234", Some(1234))]
    #[case("1,234", Some(1234))]
    #[case("2.2万", Some(22_000))]
    #[case("10w+", Some(100_000))]
    #[case("3K", Some(3000))]
    #[case("12.0", Some(12))]
    #[case("99999999999", Some(u32::MAX))]
    #[case("-1", None)]
    #[case("nan", None)]
    #[case("inf", None)]
    #[case("万", None)]
    fn likes_are_read_as_exports_write_them(#[case] s: &str, #[case] n: Option<u32>) {
        assert_eq!(likes(s), n);
    }

    const NO_ID: &str = r#"
        format = "csv"
        channel = "c"
        id_from = ["who", "time", "text"]
        [columns]
        text = "text"
        at = "time"
    "#;

    #[test]
    fn an_id_made_of_columns_is_the_same_for_the_same_row_only() {
        let p = profile(NO_ID);
        let id = |row| map_csv(&p, "who,time,text", row).0.unwrap().id;
        assert_eq!(id("a,2026-01-02,hi"), "h-f25e4fe4d7caf74c0db65c0291af4229");
        assert_eq!(id("a,2026-01-02,hi"), id(" a ,2026-01-02,hi"));
        assert_ne!(id("a,2026-01-02,hi"), id("a,2026-01-02,ho"));
        assert_ne!(id("a,2026-01-02,hi"), id("a2026-01-02,2026-01-02,hi"));
    }

    #[test]
    fn json_of_any_shape_is_mapped_by_path() {
        let p = profile(
            r#"
            format = "ndjson"
            channel = "c"
            [columns]
            id = "id"
            text = "body.text"
            at = "ts"
            author_name = ["user.nick", "user.name"]
            likes = "stats.likes"
            "#,
        );
        let line = r#"{"id":7,"body":{"text":"hi"},"ts":1767319872,"user":{"name":"May"},"stats":{"likes":3}}"#;
        let map = super::super::events::object(line).unwrap();
        let mapper = Mapper::for_objects(&p);
        let Ok(Event::Message(m)) = mapper.map(&p, Cells::Object(&map), &mut vec![]) else {
            panic!()
        };
        assert_eq!((m.id.as_str(), m.text.as_str(), m.likes), ("7", "hi", 3));
        assert_eq!((m.author.name.as_str(), m.at), ("May", Time(1_767_319_872_000)));
    }
}
