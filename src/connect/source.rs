//! Opens what a user names: a file, standard input, plain or gzip or a workbook, read once or followed.

use super::book::{self, BookError, Sheet};
use super::follow::Follow;
use super::profile::Sheets;
use crate::text::catalogue::import as say;
use crate::text::{Lang, Msg, Shown};
use flate2::read::MultiGzDecoder;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Origin {
    /// `-` is standard input, anything else a file.
    pub fn named(name: &Path) -> Origin {
        if name.as_os_str() == "-" { Origin::Stdin } else { Origin::File(name.to_owned()) }
    }

    /// What to call it in a message.
    pub fn name(&self) -> String {
        match self {
            Origin::Stdin => "-".to_owned(),
            Origin::File(path) => path.display().to_string(),
        }
    }
}

/// An open source.
pub struct Source {
    bytes: Bytes,
    read: Arc<AtomicU64>,
    size: Option<u64>,
}

enum Bytes {
    Once(Box<dyn Read + Send>),
    Followed(Follow),
    Sheets(Book),
}

/// The sheets of a workbook, one after the other.
struct Book {
    now: Cursor<Vec<u8>>,
    name: String,
    left: VecDeque<Sheet>,
}

impl Book {
    fn of(sheets: Vec<Sheet>) -> Book {
        let mut book = Book { now: Cursor::default(), name: String::new(), left: sheets.into() };
        book.next();
        book
    }

    fn next(&mut self) -> bool {
        let next = self.left.pop_front();
        let found = next.is_some();
        if let Some(sheet) = next {
            (self.name, self.now) = (sheet.name, Cursor::new(sheet.rows));
        }
        found
    }
}

/// The first rows of a source, or of one sheet of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The sheet's name; `None` = it is no workbook.
    pub sheet: Option<String>,
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// Whether these are all there are.
    pub whole: bool,
}

/// Counts what passes.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl Source {
    /// Opens it. When followed, it is read on as it grows until `stop` is set.
    ///
    /// # Errors
    /// When it cannot be opened, or is of a kind that cannot be read as rows.
    pub fn open(
        origin: &Origin,
        follow: bool,
        stop: &Arc<AtomicBool>,
    ) -> Result<Source, SourceError> {
        let wrong = |kind| SourceError { name: origin.name(), kind };
        let read = Arc::new(AtomicU64::new(0));
        let (inner, size): (Box<dyn Read + Send>, _) = match origin {
            Origin::Stdin => (Box::new(io::stdin()), None),
            Origin::File(path) => {
                let file = File::open(path).map_err(|e| wrong(Kind::Unreadable(e.to_string())))?;
                let meta = file.metadata().map_err(|e| wrong(Kind::Unreadable(e.to_string())))?;
                if meta.is_dir() {
                    return Err(wrong(Kind::Folder));
                }
                (Box::new(file), meta.is_file().then_some(meta.len()))
            }
        };
        let mut counted = Counted { inner, read: Arc::clone(&read) };
        let magic =
            first_bytes(&mut counted).map_err(|e| wrong(Kind::Unreadable(e.to_string())))?;
        let bytes = match (Look::of(&magic), origin) {
            (Look::Utf16, _) => return Err(wrong(Kind::Utf16)),
            (Look::Zip, _) if follow => return Err(wrong(Kind::FollowedBook)),
            (Look::Zip, _) => {
                let sheets = book::sheets(Cursor::new(magic).chain(counted)).map_err(|e| {
                    wrong(match e {
                        BookError::TooLarge => Kind::LargeBook,
                        BookError::Unreadable(e) => Kind::Unreadable(e.to_string()),
                        BookError::NoBook(why) => Kind::NoBook(why),
                    })
                })?;
                read.store(0, Ordering::Relaxed);
                let size = sheets.iter().map(|s| s.rows.len() as u64).sum();
                return Ok(Source {
                    bytes: Bytes::Sheets(Book::of(sheets)),
                    read,
                    size: Some(size),
                });
            }
            (Look::Ole, _) => return Err(wrong(Kind::OldBook)),
            (Look::Gzip, Origin::File(_)) if follow => return Err(wrong(Kind::FollowedGzip)),
            (Look::Plain, Origin::File(path)) if follow && size.is_some() => {
                let follow = Follow::open(path, Arc::clone(stop));
                Bytes::Followed(follow.map_err(|e| wrong(Kind::Unreadable(e.to_string())))?)
            }
            (Look::Gzip, _) => {
                Bytes::Once(Box::new(MultiGzDecoder::new(Cursor::new(magic).chain(counted))))
            }
            (Look::Plain, _) => Bytes::Once(Box::new(Cursor::new(magic).chain(counted))),
        };
        let size = size.filter(|_| matches!(bytes, Bytes::Once(_)));
        Ok(Source { bytes, read, size })
    }

    /// A source made of bytes in memory.
    pub fn of(bytes: impl Read + Send + 'static) -> Source {
        Source { bytes: Bytes::Once(Box::new(bytes)), read: Arc::default(), size: None }
    }

    /// Whether it begins with these bytes; they are still there to be read afterwards. Never true
    /// of a source that is followed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn begins_with(&mut self, beginning: &[u8]) -> io::Result<bool> {
        let Bytes::Once(bytes) = &mut self.bytes else { return Ok(false) };
        let mut seen = Vec::new();
        let read = bytes.by_ref().take(beginning.len() as u64).read_to_end(&mut seen);
        let same = seen == beginning;
        let rest = std::mem::replace(bytes, Box::new(io::empty()));
        *bytes = Box::new(Cursor::new(seen).chain(rest));
        read.map(|_| same)
    }

    /// A source of sheets, as a workbook has.
    pub fn of_sheets(sheets: Vec<Sheet>) -> Source {
        Source { bytes: Bytes::Sheets(Book::of(sheets)), read: Arc::default(), size: None }
    }

    /// Its first bytes, of each sheet where there are several; they are still there to be read
    /// afterwards. Nothing of a source that is followed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn heads(&mut self, most: usize) -> io::Result<Vec<Head>> {
        match &mut self.bytes {
            Bytes::Followed(_) => Ok(vec![]),
            Bytes::Sheets(book) => {
                let first = (&book.name, book.now.get_ref());
                let all =
                    std::iter::once(first).chain(book.left.iter().map(|s| (&s.name, &s.rows)));
                let head = |(name, rows): (&String, &Vec<u8>)| Head {
                    sheet: Some(name.clone()),
                    bytes: rows[..rows.len().min(most)].to_vec(),
                    whole: rows.len() <= most,
                };
                Ok(all.map(head).collect())
            }
            Bytes::Once(bytes) => {
                let mut seen = Vec::new();
                let read = bytes.by_ref().take(most as u64).read_to_end(&mut seen);
                let rest = std::mem::replace(bytes, Box::new(io::empty()));
                *bytes = Box::new(Cursor::new(seen.clone()).chain(rest));
                read.map(|n| vec![Head { sheet: None, bytes: seen, whole: n < most }])
            }
        }
    }

    /// Whether it is a workbook.
    pub fn is_book(&self) -> bool {
        matches!(self.bytes, Bytes::Sheets(_))
    }

    /// Whether it is read on as it grows.
    pub fn is_followed(&self) -> bool {
        matches!(self.bytes, Bytes::Followed(_))
    }

    /// The name of the sheet that is read.
    pub fn sheet(&self) -> Option<&str> {
        match &self.bytes {
            Bytes::Sheets(book) => Some(&book.name),
            _ => None,
        }
    }

    /// Leaves out the sheets that are not meant; answers whether one is left.
    pub fn keep_sheets(&mut self, sheets: &Sheets) -> bool {
        let Bytes::Sheets(book) = &mut self.bytes else { return true };
        book.left.retain(|s| sheets.has(&s.name));
        sheets.has(&book.name) || book.next()
    }

    /// How many bytes of the file were read (of a gzip: packed ones); counts on while it is read.
    pub fn read_so_far(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }

    /// How many there are; `None` when that is not known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// After the end: true when another file has taken the place of the one that was followed, or
    /// another sheet comes, and reading goes on at its beginning.
    pub fn next_part(&mut self) -> bool {
        match &mut self.bytes {
            Bytes::Once(_) => false,
            Bytes::Followed(follow) => follow.next_part(),
            Bytes::Sheets(book) => book.next(),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Once(bytes) => bytes.read(buf),
            Bytes::Followed(follow) => follow.read(buf),
            Bytes::Sheets(book) => {
                let n = book.now.read(buf)?;
                self.read.fetch_add(n as u64, Ordering::Relaxed);
                Ok(n)
            }
        }
    }
}

/// What the first bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Gzip,
    Zip,
    Ole,
    Utf16,
}

impl Look {
    fn of(magic: &[u8]) -> Look {
        match magic {
            [0x1f, 0x8b, ..] => Look::Gzip,
            [b'P', b'K', 3, 4, ..] => Look::Zip,
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Look::Ole,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Look::Utf16,
            _ => Look::Plain,
        }
    }
}

fn first_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut magic = Vec::new();
    from.take(4).read_to_end(&mut magic)?;
    Ok(magic)
}

/// Why a source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// What it is called.
    pub name: String,
    /// Why.
    pub kind: Kind,
}

/// What is the matter with a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The system says so.
    Unreadable(String),
    /// It is a folder.
    Folder,
    /// Text in UTF-16.
    Utf16,
    /// A zip archive that is no workbook, or a workbook that cannot be read.
    NoBook(String),
    /// A workbook that is larger than one may be.
    LargeBook,
    /// A workbook as they were before 2007, or one that is locked with a password.
    OldBook,
    /// A workbook cannot be followed.
    FollowedBook,
    /// A gzip file cannot be followed.
    FollowedGzip,
}

impl SourceError {
    /// One sentence for people.
    pub fn say(&self, lang: Lang) -> Shown {
        let plain = |m: Msg| m.fill(lang, &[("name", &self.name)]);
        match &self.kind {
            Kind::Unreadable(why) => {
                say::UNREADABLE.fill(lang, &[("name", &self.name), ("why", why)])
            }
            Kind::Folder => plain(say::IS_FOLDER),
            Kind::Utf16 => plain(say::IS_UTF16),
            Kind::NoBook(why) => say::NO_BOOK.fill(lang, &[("name", &self.name), ("why", why)]),
            Kind::LargeBook => {
                let values: [(&str, &dyn std::fmt::Display); 4] = [
                    ("name", &self.name),
                    ("packed", &(book::PACKED >> 20)),
                    ("unpacked", &(book::UNPACKED >> 20)),
                    ("text", &(book::TEXT >> 20)),
                ];
                say::LARGE_BOOK.fill(lang, &values)
            }
            Kind::OldBook => plain(say::OLD_BOOK),
            Kind::FollowedBook => plain(say::FOLLOWED_BOOK),
            Kind::FollowedGzip => plain(say::FOLLOWED_GZIP),
        }
    }
}
