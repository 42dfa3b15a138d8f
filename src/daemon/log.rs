//! The daemon's log: `daemon.log` in the desk's folder, one line an event: time, level, place, what
//! happened. Without texts of customers and without secrets, at every level. What comes from outside
//! goes through [`Shown`].
//!
//! How much is told is a [`LogFilter`]: `--log`, else `DUTYDESK_LOG`, else `log` in `desk.toml`, which
//! is followed while the daemon runs. The file is put aside as `daemon.log.1` when it is long, so both
//! together are bounded.

use crate::config::{self, LogFilter, LogLevel};
use crate::text::{Lang, Shown};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// A log longer than this is put aside.
const LONG: u64 = 8 << 20;

/// What is told now.
static FILTER: RwLock<Option<LogFilter>> = RwLock::new(None);

/// Sets what is told.
fn set(filter: &LogFilter) {
    *FILTER.write().unwrap_or_else(PoisonError::into_inner) = Some(filter.clone());
}

/// Writes the log of this process to the desk's `daemon.log`.
///
/// # Errors
/// When the file cannot be opened.
pub fn start(desk: &Path, filter: &LogFilter) -> io::Result<()> {
    let file = Rotating::open(desk.join("daemon.log"), LONG)?;
    set(filter);
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Line)
        .with_writer(Mutex::new(file))
        .with_filter(dynamic_filter_fn(|meta, _| is_told(meta)));
    // A second desk in the same process (a test) keeps the first one's log.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines));
    std::panic::set_hook(Box::new(|panic| {
        // Of its words only those that stand in the program: the others may quote a text.
        let words =
            panic.payload().downcast_ref::<&str>().copied().unwrap_or("its words are left out");
        match panic.location() {
            Some(at) => tracing::error!("panic at {}:{}: {words}", at.file(), at.line()),
            None => tracing::error!("panic: {words}"),
        }
    }));
    Ok(())
}

/// Reads `log` in the desk's `desk.toml` again, and tells what is told from now on. The rest of that
/// file holds from the next start on.
pub fn follow(desk: &Path) {
    let filter = match config::Desk::load(desk) {
        Ok(desk) => desk.settings.log,
        Err(e) => {
            tracing::warn!("the level of the log stays as it is: {}", e.say(Lang::En));
            return;
        }
    };
    let known = FILTER.read().unwrap_or_else(PoisonError::into_inner).clone();
    if known.as_ref() != Some(&filter) {
        tracing::info!("from now on the log tells {filter}");
        set(&filter);
    }
}

/// The place of an event in the daemon: its module without the program's name and the daemon's.
fn place<'a>(meta: &'a Metadata<'_>) -> &'a str {
    let target = meta.target();
    let target = target.strip_prefix("dutydesk::").unwrap_or(target);
    target.strip_prefix("daemon::").unwrap_or(target)
}

fn is_told(meta: &Metadata<'_>) -> bool {
    let filter = FILTER.read().unwrap_or_else(PoisonError::into_inner);
    let told = filter.as_ref().map_or(LogLevel::Info, |filter| filter.level_of(place(meta)));
    let level = match *meta.level() {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    };
    level <= told
}

/// What something is, by the names of its variants alone: `Do(Reply`. What is in it stays out of the
/// log.
pub fn variant(value: &impl fmt::Debug) -> String {
    struct Names(String);
    impl fmt::Write for Names {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '(';
            let names = text.find(|c| !is_name(c)).unwrap_or(text.len());
            self.0.push_str(&text[..names]);
            // Nothing more is formatted, however much there is.
            if names < text.len() { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut names = Names(String::new());
    let _ = fmt::Write::write_fmt(&mut names, format_args!("{value:?}"));
    // Behind a bracket may stand a value that is written as a name is.
    let known = |word: &&str| word.starts_with(|c: char| c.is_ascii_uppercase());
    names.0.split('(').take_while(known).take(2).collect::<Vec<_>>().join(" ")
}

/// A file that is put aside when it is long.
struct Rotating {
    path: PathBuf,
    file: File,
    bytes: u64,
    long: u64,
}

impl Rotating {
    fn open(path: PathBuf, long: u64) -> io::Result<Rotating> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits())
            .open(&path)?;
        let bytes = file.metadata()?.len();
        let mut rotating = Rotating { path, file, bytes, long };
        rotating.put_aside()?;
        Ok(rotating)
    }

    /// When it is long: the one before is forgotten, this one becomes the one before.
    fn put_aside(&mut self) -> io::Result<()> {
        if self.bytes <= self.long {
            return Ok(());
        }
        let mut aside = self.path.clone().into_os_string();
        aside.push(".1");
        std::fs::rename(&self.path, aside)?;
        *self = Rotating::open(std::mem::take(&mut self.path), self.long)?;
        Ok(())
    }
}

impl Write for Rotating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.bytes += n as u64;
        // Only between lines; a file that cannot be put aside grows on, and is tried again.
        if bytes.ends_with(b"\n") && n == bytes.len() {
            let path = self.path.clone();
            if self.put_aside().is_err() {
                self.path = path;
            }
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// One line: time, level, place, what happened, its fields.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let time = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let meta = event.metadata();
        write!(writer, "{time} {:5} {}: ", meta.level(), place(meta))?;
        let mut fields = Fields::default();
        event.record(&mut fields);
        // One event is one line, whatever is in it.
        writeln!(writer, "{}{}", Shown::line(&fields.message), Shown::line(&fields.others))
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        use fmt::Write;
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_one_line_and_safe() {
        let kept = Kept::default();
        let to = kept.clone();
        let subscriber =
            tracing_subscriber::fmt().event_format(Line).with_writer(move || to.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(uid = 7, "{} left", "a\u{1b}[2J\nb");
        });
        let line = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(line.lines().count(), 1, "{line:?}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
        assert!(line.contains(" WARN  log::tests: a"), "{line:?}");
        assert!(line.trim_end().ends_with("left uid=7"), "{line:?}");
    }

    #[test]
    fn a_variant_is_named_without_what_is_in_it() {
        #[derive(Debug)]
        #[allow(dead_code, reason = "only printed")]
        enum Ask {
            Do(Command),
            Named(Option<String>),
            Stop,
            Text(String),
        }
        #[derive(Debug)]
        #[allow(dead_code, reason = "only printed")]
        enum Command {
            Reply { text: String },
        }
        assert_eq!(variant(&Ask::Do(Command::Reply { text: "x".into() })), "Do Reply");
        assert_eq!(variant(&Ask::Stop), "Stop");
        assert_eq!(variant(&Ask::Text("Secret".into())), "Text");
        assert_eq!(variant(&Ask::Named(Some("Secret".into()))), "Named Some");
    }

    #[test]
    fn a_long_file_is_put_aside_and_both_stay_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("daemon.log");
        let mut log = Rotating::open(path.clone(), 1000).unwrap();
        for i in 0..500 {
            writeln!(log, "line {i:03}").unwrap();
        }
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        let aside = dir.path().join("daemon.log.1");
        assert!(size(&path) <= 1009 && size(&aside) <= 1009);
        let text =
            std::fs::read_to_string(&aside).unwrap() + &std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("line 499\n"));
        // Nothing in between is missing.
        let first: usize = text[5..8].parse().unwrap();
        assert_eq!(text.lines().count(), 500 - first);
        // One that is long already is put aside at once.
        drop(log);
        std::fs::write(&path, vec![b'x'; 2000]).unwrap();
        drop(Rotating::open(path.clone(), 1000).unwrap());
        assert_eq!((size(&path), size(&aside)), (0, 2000));
    }
}
