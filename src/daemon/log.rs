//! The daemon's log: `daemon.log` in the desk's folder, one line an event, without texts of
//! customers and without secrets. What comes from outside goes through [`Shown`].

use crate::text::Shown;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// A log longer than this is put aside when the daemon starts.
const LONG: u64 = 8 << 20;

/// Writes the log of this process to the desk's `daemon.log`.
///
/// # Errors
/// When the file cannot be opened.
pub fn start(desk: &Path) -> io::Result<()> {
    let path = desk.join("daemon.log");
    if std::fs::metadata(&path).is_ok_and(|m| m.len() > LONG) {
        std::fs::rename(&path, desk.join("daemon.log.1"))?;
    }
    let file: File = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits())
        .open(&path)?;
    let subscriber = tracing_subscriber::fmt()
        .event_format(Line)
        .with_max_level(Level::INFO)
        .with_writer(Mutex::new(file))
        .finish();
    // A second desk in the same process (a test) keeps the first one's log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| tracing::error!("panic: {panic}")));
    Ok(())
}

/// One line: time, level, what happened, its fields.
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
        write!(writer, "{time} {:5} ", event.metadata().level())?;
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
        assert!(line.contains(" WARN  a") && line.trim_end().ends_with("left uid=7"), "{line:?}");
    }
}
