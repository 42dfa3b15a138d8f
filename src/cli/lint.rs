//! `lint`: what a text may not say, like a compiler: file, line, column, and why.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::config::{self, Desk};
use crate::domain::Queue;
use crate::domain::lint::{Finding, Level, Linter, Place};
use crate::text::catalogue::lint as say;
use crate::text::{Lang, Shown, count};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;
use std::io::Read;
use std::path::Path;

/// The most bytes that are read.
const MOST: u64 = 64 << 20;
/// The most bytes of what was found that a line repeats.
const QUOTED: usize = 60;

pub(super) fn command(lang: Lang) -> Command {
    let word = |name: &'static str, value: &'static str| {
        let parser = NonEmptyStringValueParser::new();
        Arg::new(name).long(name).value_name(value).value_parser(parser)
    };
    Command::new("lint").about(say::VERB.raw(lang)).long_about(say::VERB_LONG.raw(lang)).args([
        Arg::new("file").value_name("FILE").default_value("-").help(say::ARG_FILE.raw(lang)),
        word("platform", "NAME").help(say::ARG_PLATFORM.raw(lang)),
        word("channel", "NAME").help(say::ARG_CHANNEL.raw(lang)),
        Arg::new("queue")
            .long("queue")
            .value_name("QUEUE")
            .value_parser(["comments", "messages"])
            .help(say::ARG_QUEUE.raw(lang)),
        Arg::new("proven")
            .long("proven")
            .action(ArgAction::SetTrue)
            .help(say::ARG_PROVEN.raw(lang)),
    ])
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let folder = context.folder()?;
    let desk = Desk::load(&folder).map_err(|e| Failure::new(Exit::Settings, e.say(lang)))?;
    let word = |name: &str| args.get_one::<String>(name).map(String::as_str);
    let channel = word("channel").unwrap_or_default();
    let known = desk.channels.channels.iter().find(|c| c.id.0 == channel);
    let place = Place {
        platform: word("platform").or(known.map(|c| c.platform.as_str())).unwrap_or_default(),
        channel,
        queue: match word("queue") {
            Some("comments") => Some(Queue::Comments),
            Some(_) => Some(Queue::Messages),
            None => None,
        },
        proven: args.get_flag("proven"),
    };
    let file = word("file").unwrap_or("-");
    let text = read(context, file)?;
    let rules = config::lint(&folder).map_err(|e| Failure::new(Exit::Settings, e.say(lang)))?;
    let found = Linter::new(rules).lint(&text, &place);
    let mut printer = Printer::new(lang);
    let mut places = Places::new(&text);
    for finding in &found {
        let (line, column) = places.of(finding.at.start);
        let quoted = &text[finding.at.clone()];
        if context.json {
            printer.json(&Line::new(file, line, column, quoted, finding, lang))?;
        } else {
            let values: [(&str, &dyn std::fmt::Display); 8] = [
                ("file", &Shown::line(file)),
                ("line", &line),
                ("column", &column),
                ("level", &finding.level.title().say(lang)),
                ("text", &Shown::bounded(quoted, QUOTED)),
                ("reason", &finding.reason(lang)),
                ("advice", &finding.advice(lang)),
                ("rule", &Shown::line(&finding.rule)),
            ];
            printer.line(&say::FOUND.fill(lang, &values))?;
        }
    }
    printer.end()?;
    match found.iter().filter(|f| f.level == Level::Block).count() {
        0 => Ok(()),
        n => Err(Failure::new(Exit::Refused, say::WOULD_STAY.fill(lang, &[("n", &n)]))),
    }
}

fn read(context: &Context, file: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = match file {
        "-" => std::io::stdin().lock().take(MOST).read_to_end(&mut bytes),
        file => {
            std::fs::File::open(Path::new(file)).and_then(|f| f.take(MOST).read_to_end(&mut bytes))
        }
    };
    let unread = |why: &dyn std::fmt::Display| {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("file", &file), ("why", why)];
        Failure::new(Exit::File, say::NO_TEXT.fill(context.lang, &values))
    };
    read.map_err(|e| unread(&e))?;
    String::from_utf8(bytes).map_err(|e| unread(&e.utf8_error()))
}

/// Lines and columns of places that come in order.
struct Places<'a> {
    text: &'a str,
    /// Line and start of the line of the last place.
    line: usize,
    start: usize,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Places<'a> {
        Places { text, line: 1, start: 0 }
    }

    /// Line and column of a byte, both from 1; columns are what a reader takes for characters.
    fn of(&mut self, at: usize) -> (usize, usize) {
        while let Some(end) = self.text[self.start..at].find('\n') {
            (self.line, self.start) = (self.line + 1, self.start + end + 1);
        }
        (self.line, count::graphemes(&self.text[self.start..at]) + 1)
    }
}

/// A finding as `lint --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    /// In bytes of the file.
    start: usize,
    end: usize,
    level: &'static str,
    kind: &'static str,
    rule: &'a str,
    text: &'a str,
    reason: String,
    /// What may stand in its place.
    instead: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn new(
        file: &'a str,
        line: usize,
        column: usize,
        text: &'a str,
        finding: &'a Finding,
        lang: Lang,
    ) -> Line<'a> {
        Line {
            file,
            line,
            column,
            start: finding.at.start,
            end: finding.at.end,
            level: finding.level.name(),
            kind: finding.kind.name(),
            rule: &finding.rule,
            text,
            reason: finding.reason(lang).into(),
            instead: finding.instead.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_columns() {
        let text = "最佳\ne\u{301}最佳\n\n  最佳";
        let mut places = Places::new(text);
        let at: Vec<_> = text.match_indices("最佳").map(|(at, _)| places.of(at)).collect();
        assert_eq!(at, [(1, 1), (2, 2), (4, 3)]);
    }
}
