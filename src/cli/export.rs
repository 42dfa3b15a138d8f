//! `dutydesk export`: everything in the desk as NDJSON; and such a file back into an empty desk,
//! which `import` does when it is given one.

use super::print::Printer;
use super::progress::{Bar, Step};
use super::{Context, Exit, Failure, Outcome, erase};
use crate::connect::source::Source;
use crate::domain::Time;
use crate::domain::erasure::CopyKind;
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, json_safe};
use crate::wire::frame::MAX_BODY;
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

/// How the first line of every export begins; no profile has rows that do.
pub const HEADER: &[u8] = b"{\"type\":\"dutydesk-export\"";
/// How many bytes of lines are handed over at a time: each such part is one durable step.
const PART: usize = 512 << 10;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("export").about(say::EXPORT.raw(lang)).arg(
        Arg::new("file")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .default_value("-")
            .help(say::ARG_EXPORT.raw(lang)),
    )
}

/// Writes the desk as it is at this moment, however long it takes.
///
/// # Errors
/// When the desk cannot be asked, or the file cannot be written; no part of it is left then.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let at = Time::from(chrono::Utc::now());
    let path = args.get_one::<PathBuf>("file").filter(|f| f.as_os_str() != "-");
    let Some(path) = path else {
        let mut out = BufWriter::new(io::stdout().lock());
        write(context, &mut out, &|e| Failure::unwritten(&e, lang))?;
        erase::copied(context, CopyKind::Export, at, Path::new("-"));
        return Ok(());
    };
    let failed = |e: io::Error| {
        let said = say::NO_EXPORT_FILE.fill(lang, &[("file", &path.display()), ("why", &e)]);
        Failure::new(Exit::File, said)
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut out = BufWriter::new(file.map_err(&failed)?);
    let written = write(context, &mut out, &failed).and_then(|lines| {
        // It may be a backup: it is there when it is on the disk.
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(&failed)?;
        Ok(lines)
    });
    match written {
        Ok(lines) => {
            erase::copied(context, CopyKind::Export, at, path);
            done(context, lines, path)
        }
        Err(failure) => {
            // Half an export helps nobody, and the reason for it is said.
            let _ = std::fs::remove_file(path);
            Err(failure)
        }
    }
}

/// Asks for page after page and writes them; how many lines there were.
pub(super) fn write(
    context: &Context,
    out: &mut impl Write,
    failed: &dyn Fn(io::Error) -> Failure,
) -> Result<u64, Failure> {
    let mut desk = context.connect()?;
    let mut after = None;
    let mut count = 0;
    loop {
        let Answer::Exported(lines, next) = context.ask(&mut desk, Ask::Export { after })? else {
            return Err(context.strange());
        };
        for line in &lines {
            // The same JSON, without a byte that could steer a terminal it is shown on.
            writeln!(out, "{}", json_safe(line)).map_err(failed)?;
        }
        count += lines.len() as u64;
        match next {
            Some(_) => after = next,
            None => break,
        }
    }
    out.flush().map_err(failed)?;
    Ok(count)
}

/// Says what was written.
fn done(context: &Context, lines: u64, path: &Path) -> Outcome {
    let mut printer = Printer::new(context.lang);
    let file = path.display().to_string();
    if context.json {
        printer.json(&json!({ "lines": lines, "file": file }))?;
    } else {
        printer.line(&say::EXPORTED.fill(context.lang, &[("n", &lines), ("file", &file)]))?;
    }
    printer.end()
}

/// Puts an export back into an empty desk. A restore that was broken off is begun anew.
///
/// # Errors
/// When the source cannot be read; when the desk is not empty, or a line is not what it should
/// be: what is there then is not a whole desk, and it takes nothing but the export again.
pub fn restore(context: &Context, source: Source) -> Outcome {
    let (read, size) = (source.read_so_far(), source.size());
    let mut lines = BufReader::new(source);
    let mut desk = context.connect()?;
    let mut bar = Bar::new(context.lang);
    let (started, mut count) = (Instant::now(), 0);
    loop {
        let part = part(&mut lines, count, context.lang);
        let (part, last) = part.inspect_err(|_| bar.clear())?;
        count += part.len() as u64;
        let asked = context.ask(&mut desk, Ask::Restore { lines: part, last });
        asked.inspect_err(|_| bar.clear())?;
        let parts = size.map(|size| (read.load(Ordering::Relaxed), size));
        bar.draw(Step { rows: count, parts, elapsed: started.elapsed() });
        if last {
            break;
        }
    }
    bar.clear();
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&json!({ "restored": count }))?;
    } else {
        printer.line(&say::RESTORED.fill(context.lang, &[("n", &count)]))?;
    }
    printer.end()
}

/// The next lines, and whether they are the last ones. `before` lines came before them.
fn part(from: &mut impl BufRead, before: u64, lang: Lang) -> Result<(Vec<String>, bool), Failure> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while bytes < PART {
        let failed = |e: io::Error| {
            let line = before + lines.len() as u64 + 1;
            let said = say::NO_RESTORE_FILE.fill(lang, &[("line", &line), ("why", &e)]);
            Failure::new(Exit::File, said)
        };
        let mut line = String::new();
        // A longer line is no line of an export, and would fit in no frame.
        let most = (MAX_BODY - 2 * PART) as u64;
        let n = from.by_ref().take(most).read_line(&mut line).map_err(&failed)?;
        if n as u64 == most {
            return Err(failed(io::Error::from(io::ErrorKind::FileTooLarge)));
        }
        if n == 0 {
            return Ok((lines, true));
        }
        bytes += n;
        lines.push(line.trim_end_matches(['\n', '\r']).to_owned());
    }
    let last = from.fill_buf().is_ok_and(<[u8]>::is_empty);
    Ok((lines, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_handed_over_in_parts() {
        let text: String =
            (0..40_000).map(|n| format!("{{\"n\":{n},\"t\":\"{n:040}\"}}\n")).collect();
        let mut from = text.as_bytes();
        let (mut all, mut parts) = (Vec::new(), 0);
        loop {
            let (lines, last) = part(&mut from, all.len() as u64, Lang::En).unwrap();
            all.extend(lines);
            parts += 1;
            if last {
                break;
            }
        }
        assert!(parts > 3);
        assert_eq!(all.join("\n") + "\n", text);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let mut long = io::repeat(b'x').take(5 << 20);
        let failure = part(&mut BufReader::new(&mut long), 7, Lang::En).unwrap_err();
        assert_eq!(failure.exit, Exit::File);
        assert!(failure.sentence.as_str().contains("line 8"), "{}", failure.sentence);
        let mut broken = &b"{}\n\xff\xfe\n"[..];
        let failure = part(&mut broken, 0, Lang::En).unwrap_err();
        assert!(failure.sentence.as_str().contains("line 2"), "{}", failure.sentence);
    }
}
