//! `dutydesk report`: what a day, a week or a month came to, as Markdown, HTML or JSON.

mod body;
mod doc;
mod html;
mod json;
mod markdown;
mod number;
mod svg;
#[cfg(test)]
mod tests;

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::zone;
use crate::domain::report::{Of, Period};
use crate::domain::{ChannelId, Time};
use crate::text::catalogue::reports as say;
use crate::text::{Lang, Shown};
use crate::wire::figure::ReportOf;
use crate::wire::message::{Answer, Ask};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Markdown,
    Html,
}

impl Format {
    const ALL: [(&str, Format); 2] = [("md", Format::Markdown), ("html", Format::Html)];

    /// By the end of a file's name.
    fn of(file: &Path) -> Option<Format> {
        let end = file.extension()?.to_str()?.to_ascii_lowercase();
        match end.as_str() {
            "html" | "htm" | "xhtml" => Some(Format::Html),
            "md" | "markdown" | "txt" => Some(Format::Markdown),
            _ => None,
        }
    }
}

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let word = |name: &'static str, value: &'static str| {
        Arg::new(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let about = Command::new("report").about(say::REPORT.raw(lang));
    about.long_about(say::REPORT_LONG.raw(lang)).args([
        Arg::new("of")
            .value_name("PERIOD")
            .value_parser(Of::ALL.map(Of::name))
            .required(true)
            .help(say::ARG_OF.raw(lang)),
        word("date", "DATE").help(say::ARG_DATE.raw(lang)),
        word("channel", "CHANNEL").long("channel").help(say::ARG_CHANNEL.raw(lang)),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(Format::ALL.map(|(name, _)| name))
            .help(say::ARG_FORMAT.raw(lang)),
        Arg::new("out")
            .long("out")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help(say::ARG_OUT.raw(lang)),
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .requires("out")
            .help(say::ARG_FORCE.raw(lang)),
    ])
}

/// Asks and writes.
///
/// # Errors
/// When the day cannot be read or has not come, there is no such channel, the desk cannot be asked,
/// or the file cannot be written.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let word = |name: &str| args.get_one::<String>(name).map(String::as_str);
    let out = args.get_one::<PathBuf>("out").filter(|file| file.as_os_str() != "-");
    let forced = args.get_flag("force");
    if let Some(file) = out.filter(|file| !forced && file.symlink_metadata().is_ok()) {
        let said = say::IS_THERE.fill(lang, &[("file", &file.display())]);
        return Err(Failure::new(Exit::File, said));
    }
    let of = Of::ALL.into_iter().find(|of| Some(of.name()) == word("of")).unwrap_or_default();
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let now = Time::from(chrono::Utc::now());
    let today = now.in_zone(zone).date_naive();
    let written = word("date").unwrap_or("last");
    let day = of.day(written, today).ok_or_else(|| {
        let text = Shown::line(written);
        Failure::new(Exit::Usage, say::BAD_DATE.fill(lang, &[("text", &text)]))
    })?;
    if Period::new(of, day, zone, now).from > now {
        let said = say::NOT_BEGUN.fill(lang, &[("text", &Shown::line(written))]);
        return Err(Failure::new(Exit::Usage, said));
    }
    let channel = word("channel").map(|name| ChannelId(name.to_owned()));
    let title = desk.welcome().desk.clone();
    let asked = ReportOf { of, day, zone: zone.name().to_owned(), channel: channel.clone() };
    let Answer::Report(report) = context.ask(&mut desk, Ask::Report(asked))? else {
        return Err(context.strange());
    };
    if let Some(channel) = channel.filter(|_| report.channels.is_empty()) {
        let said = say::NO_CHANNEL.fill(lang, &[("name", &channel)]);
        return Err(Failure::new(Exit::Usage, said));
    }
    let mut printer = Printer::new(lang);
    let format = word("format").and_then(|f| Format::ALL.into_iter().find(|(name, _)| *name == f));
    let format = format.map(|(_, format)| format).or_else(|| Format::of(out?));
    if context.json && out.is_none() {
        printer.json(&json::report(&report))?;
        return printer.end();
    }
    let doc = body::body(&report, &title, lang);
    let text = match format.unwrap_or(Format::Markdown) {
        Format::Markdown => markdown::markdown(&doc),
        Format::Html => html::html(&doc),
    };
    let Some(file) = out else {
        printer.file(&text)?;
        return printer.end();
    };
    write(file, &text, forced).map_err(|e| {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("file", &file.display()), ("why", &e)];
        Failure::new(Exit::File, say::UNWRITTEN.fill(lang, &values))
    })?;
    match context.json {
        true => {
            printer.json(&json!({ "file": file.display().to_string(), "bytes": text.len() }))?
        }
        false => printer.line(&say::WRITTEN.fill(lang, &[("file", &file.display())]))?,
    }
    printer.end()
}

/// Writes a file whole or not at all; one that is there only if it may be written over.
fn write(file: &Path, text: &str, forced: bool) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = file.with_file_name(name);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&part)
        .and_then(|mut out| out.write_all(text.as_bytes()))
        .and_then(|()| match forced {
            true => fs::rename(&part, file),
            // A link is made only where nothing is.
            false => fs::hard_link(&part, file).and_then(|()| fs::remove_file(&part)),
        });
    // The reason is said; what is left of the attempt helps nobody.
    written.inspect_err(|_| drop(fs::remove_file(&part)))
}
