//! `dutydesk doctor`: finds the usual mistakes, one line each: what, where, and what to do.
//!
//! `gather` looks everything up, and each check is a function of what it found. Nothing is changed,
//! started or written. What this account may not see is said, and is no fault.

mod daemon;
mod facts;
mod folder;
mod gather;
mod machine;
mod settings;
mod terminal;

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::text::catalogue::doctor as say;
use crate::text::{Align, Lang, Msg, Shown};
use clap::{Arg, ArgAction, ArgMatches, Command};
use facts::Facts;
use serde::Serialize;
use std::fmt::Display;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let deep = Arg::new("deep").long("deep").action(ArgAction::SetTrue);
    Command::new("doctor")
        .about(say::DOCTOR.raw(lang))
        .long_about(say::DOCTOR_LONG.raw(lang))
        .arg(deep.help(say::ARG_DEEP.raw(lang)))
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    /// This account cannot see it.
    Unseen,
    Warning,
    Fault,
}

impl Level {
    fn word(self) -> Msg {
        match self {
            Level::Ok => say::OK,
            Level::Unseen => say::UNSEEN,
            Level::Warning => say::WARNING,
            Level::Fault => say::FAULT,
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    /// The check's name, the same in every language.
    check: &'static str,
    level: Level,
    /// What was found, and where.
    what: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

/// Findings of one check, in one language.
struct Findings {
    check: &'static str,
    lang: Lang,
    found: Vec<Finding>,
}

/// Values for the places of a message.
type Values<'a> = &'a [(&'a str, &'a dyn Display)];

impl Findings {
    fn of(check: &'static str, lang: Lang) -> Findings {
        Findings { check, lang, found: Vec::new() }
    }

    fn add(&mut self, level: Level, what: Shown, mend: Option<Shown>) {
        let mend = mend.map(String::from);
        self.found.push(Finding { check: self.check, level, what: what.into(), mend });
    }

    fn ok(&mut self, what: Msg, values: Values<'_>) {
        self.add(Level::Ok, what.fill(self.lang, values), None);
    }

    fn unseen(&mut self, what: Msg, values: Values<'_>) {
        self.add(Level::Unseen, what.fill(self.lang, values), None);
    }

    fn warning(&mut self, what: Msg, mend: Msg, values: Values<'_>) {
        let mend = mend.fill(self.lang, values);
        self.add(Level::Warning, what.fill(self.lang, values), Some(mend));
    }

    fn fault(&mut self, what: Msg, mend: Msg, values: Values<'_>) {
        let mend = mend.fill(self.lang, values);
        self.add(Level::Fault, what.fill(self.lang, values), Some(mend));
    }

    /// Nothing was found that is not well.
    fn are_well(&self) -> bool {
        self.found.iter().all(|f| f.level <= Level::Unseen)
    }
}

/// A check.
type Check = fn(&Facts, Lang) -> Findings;

/// All of them, in the order in which one would look.
const CHECKS: &[Check] = &[
    folder::folder,
    folder::rights,
    folder::group,
    daemon::daemon,
    daemon::version,
    daemon::health,
    daemon::backup,
    daemon::channels,
    daemon::open_files,
    settings::files,
    settings::zone,
    machine::room,
    machine::file_system,
    machine::size,
    machine::clock,
    machine::service,
    terminal::terminal,
    terminal::tmux,
];

/// Looks everything up and says what it finds.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let facts = gather::all(context, args.get_flag("deep"))?;
    let found: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&facts, lang).found).collect();
    let mut printer = Printer::new(lang);
    for finding in &found {
        match context.json {
            true => printer.json(finding)?,
            false => printer.line(&line(finding, lang))?,
        }
    }
    printer.end()?;
    let count = |level| found.iter().filter(|f| f.level == level).count();
    match count(Level::Fault) {
        0 => Ok(()),
        n => {
            let values: [(&str, &dyn Display); 2] =
                [("n", &n), ("warnings", &count(Level::Warning))];
            Err(Failure::new(Exit::Refused, say::FAULTS.fill(lang, &values)))
        }
    }
}

/// `fault    group     amy is in ops, but not in this login -> log out and in again`
fn line(finding: &Finding, lang: Lang) -> Shown {
    let mut line = finding.level.word().say(lang).pad(8, Align::Left);
    line.push(&Shown::blank(1));
    line.push(&Shown::line(finding.check).pad(10, Align::Left));
    line.push(&Shown::blank(1));
    line.push(&Shown::line(&finding.what));
    if let Some(mend) = &finding.mend {
        line.push(&Shown::line(" -> "));
        line.push(&Shown::line(mend));
    }
    line
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 10 << 30 => format!("{} GiB", b >> 30),
        b if b >= 10 << 20 => format!("{} MiB", b >> 20),
        b => format!("{} KiB", b >> 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_healthy_desk_has_no_fault_and_everything_is_told_in_both_languages() {
        let facts = facts::Facts::default();
        for lang in Lang::ALL {
            for check in CHECKS {
                let found = check(&facts, lang);
                assert!(found.found.iter().all(|f| f.check == found.check));
            }
        }
    }

    #[test]
    fn each_check_has_its_own_name() {
        let facts = facts::Facts::default();
        let names: BTreeSet<&str> = CHECKS.iter().map(|c| c(&facts, Lang::En).check).collect();
        assert_eq!(names.len(), CHECKS.len());
    }

    #[test]
    fn a_line_says_how_bad_which_what_and_the_mend() {
        let mut found = Findings::of("group", Lang::En);
        found.fault(say::NO_GROUP, say::MEND_NO_GROUP, &[("group", &"ops")]);
        let said = line(&found.found[0], Lang::En);
        assert!(said.as_str().starts_with("fault    group      "), "{said}");
        assert!(said.as_str().contains(" -> groupadd ops"), "{said}");
        assert!(!found.are_well());
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(20 << 30), "20 GiB");
        assert_eq!(size(5 << 30), "5120 MiB");
        assert_eq!(size(2048), "2 KiB");
    }
}
