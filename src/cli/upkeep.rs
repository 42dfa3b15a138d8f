//! `dutydesk verify` and `dutydesk compact`: for a desk that no daemon serves at the moment.

use super::print::Printer;
use super::progress::{Bar, Step};
use super::{Context, Exit, Failure, Outcome};
use crate::daemon::{BootError, upkeep};
use crate::text::catalogue::{archive, upkeep as say};
use crate::text::{Lang, Shown, format};
use clap::{ArgMatches, Command};
use serde_json::json;
use std::time::Instant;

/// How `verify` is described.
pub(super) fn verify_command(lang: Lang) -> Command {
    Command::new("verify").about(say::VERIFY.raw(lang)).long_about(say::VERIFY_LONG.raw(lang))
}

/// How `compact` is described.
pub(super) fn compact_command(lang: Lang) -> Command {
    Command::new("compact").about(say::COMPACT.raw(lang)).long_about(say::COMPACT_LONG.raw(lang))
}

/// Looks whether indexes, counters, timers and figures agree with the records.
pub(super) fn verify(context: &Context, _args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let report = upkeep::verify(&context.folder()?, lang).map_err(|e| failed(&e, lang))?;
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({
            "conversations": report.conversations, "messages": report.messages,
            "archived": report.archived, "left_in_archive": report.left_in_archive,
            "problems": report.problems,
        }))?;
    } else {
        for problem in &report.problems {
            printer.line(&Shown::line(problem))?;
        }
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("conversations", &report.conversations), ("messages", &report.messages)];
        printer.line(&say::LOOKED_AT.fill(lang, &values))?;
        if report.archived > 0 {
            let n = format::number(lang, report.archived);
            printer.line(&archive::LOOKED.fill(lang, &[("n", &n)]))?;
        }
        if report.left_in_archive > 0 {
            let n = format::number(lang, report.left_in_archive);
            printer.line(&archive::LEFT.fill(lang, &[("n", &n)]))?;
        }
    }
    printer.end()?;
    match report.problems.len() {
        0 => Ok(()),
        n => Err(Failure::new(Exit::Refused, say::DISAGREES.fill(lang, &[("n", &n)]))),
    }
}

/// Writes the database anew.
pub(super) fn compact(context: &Context, _args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let (begun, mut bar) = (Instant::now(), Bar::new(lang));
    let compacted = upkeep::compact(&context.folder()?, |rows| {
        bar.draw(Step { rows, parts: None, elapsed: begun.elapsed() });
    });
    bar.clear();
    let done = compacted.map_err(|e| failed(&e, lang))?;
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "keys": done.keys, "before": done.before, "after": done.after }))?;
    } else {
        let values: [(&str, &dyn std::fmt::Display); 3] = [
            ("n", &format::number(lang, done.keys)),
            ("before", &megabytes(done.before)),
            ("after", &megabytes(done.after)),
        ];
        printer.line(&say::COMPACTED.fill(lang, &values))?;
    }
    printer.end()
}

fn megabytes(bytes: u64) -> Shown {
    Shown::line(&format!("{:.1} MB", bytes as f64 / 1e6))
}

fn failed(why: &BootError, lang: Lang) -> Failure {
    let said = match why {
        BootError::Served { .. } => say::STOP_FIRST.say(lang),
        other => other.say(lang),
    };
    Failure::new(Exit::from_boot(why), said)
}
