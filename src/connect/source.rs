//! Opens what a user names: a file, standard input, plain or gzip, read once or followed.

use super::follow::Follow;
use crate::text::catalogue::import as say;
use crate::text::{Lang, Msg, Shown};
use flate2::read::MultiGzDecoder;
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
            (Look::Zip, _) => return Err(wrong(Kind::Zip)),
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

    /// How many bytes of the file were read (of a gzip: packed ones); counts on while it is read.
    pub fn read_so_far(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }

    /// How many there are; `None` when that is not known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// After the end: true when another file has taken the place of the one that was followed,
    /// and reading goes on at its beginning.
    pub fn next_part(&mut self) -> bool {
        match &mut self.bytes {
            Bytes::Once(_) => false,
            Bytes::Followed(follow) => follow.next_part(),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Once(bytes) => bytes.read(buf),
            Bytes::Followed(follow) => follow.read(buf),
        }
    }
}

/// What the first bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Gzip,
    Zip,
    Utf16,
}

impl Look {
    fn of(magic: &[u8]) -> Look {
        match magic {
            [0x1f, 0x8b, ..] => Look::Gzip,
            [b'P', b'K', 3, 4, ..] => Look::Zip,
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
    /// A zip archive, which XLSX files are too.
    Zip,
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
            Kind::Zip => plain(say::IS_ZIP),
            Kind::FollowedGzip => plain(say::FOLLOWED_GZIP),
        }
    }
}
