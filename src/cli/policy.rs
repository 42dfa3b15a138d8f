//! `policy`: the SLA rules: whether a file is right, what it would change, and reading it again.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::zone;
use crate::config::{self, DeskPaths};
use crate::domain::sla::calendar::NEVER;
use crate::domain::sla::preview::{Example, Preview};
use crate::domain::{ConversationId, Time};
use crate::text::catalogue::sla as say;
use crate::text::{Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use chrono_tz::Tz;
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let file = || {
        Arg::new("file")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help(say::ARG_FILE.raw(lang))
    };
    Command::new("policy")
        .about(say::VERB_POLICY.raw(lang))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("check").about(say::VERB_CHECK.raw(lang)).arg(file()),
            Command::new("test").about(say::VERB_TEST.raw(lang)).arg(file()),
            Command::new("reload").about(say::VERB_RELOAD.raw(lang)),
        ])
}

/// Does what is asked.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("check", args)) => check(context, &file(context, args)?),
        Some(("test", args)) => test(context, &file(context, args)?),
        Some(("reload", _)) => reload(context),
        // clap has let no other name through.
        _ => Ok(()),
    }
}

/// The file that is meant.
fn file(context: &Context, args: &ArgMatches) -> Result<PathBuf, Failure> {
    match args.get_one::<PathBuf>("file") {
        Some(file) => Ok(file.clone()),
        None => Ok(DeskPaths::new(context.folder()?).policies_file()),
    }
}

fn missing(context: &Context, file: &Path) -> Failure {
    let what = say::NO_FILE.fill(context.lang, &[("file", &file.display())]);
    Failure::new(Exit::File, format!("{what}; {}", say::MEND_NO_FILE.say(context.lang)))
}

/// What `policy check --json` prints.
#[derive(Serialize)]
struct Checked<'a> {
    file: &'a str,
    policies: usize,
    calendars: usize,
}

fn check(context: &Context, file: &Path) -> Outcome {
    let lang = context.lang;
    let policies = config::read_policies(file)
        .map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?
        .ok_or_else(|| missing(context, file))?;
    let targets = policies.rules.iter().flat_map(|rule| &rule.targets);
    let calendars: BTreeSet<&str> =
        targets.filter_map(|t| t.calendar.as_ref().map(|c| c.name.as_str())).collect();
    let shown = file.display().to_string();
    let (n, calendars) = (policies.rules.len(), calendars.len());
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&Checked { file: &shown, policies: n, calendars })?;
    } else {
        let values: [(&str, &dyn Display); 3] =
            [("file", &shown), ("n", &n), ("calendars", &calendars)];
        printer.line(&say::CHECKED.fill(lang, &values))?;
    }
    printer.end()
}

fn test(context: &Context, file: &Path) -> Outcome {
    let lang = context.lang;
    let policies =
        config::read_policies(file).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?;
    if policies.is_none() {
        return Err(missing(context, file));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::new(Exit::File, format!("{}: {e}", file.display())))?;
    if text.len() > Ask::MOST_POLICIES {
        let values: [(&str, &dyn Display); 2] = [("file", &file.display()), ("n", &text.len())];
        return Err(Failure::new(Exit::File, say::TOO_LONG.fill(lang, &values)));
    }
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let mut desk = context.connect()?;
    let ask = Ask::PreviewPolicies { name: file.display().to_string(), text };
    let Answer::Previewed(preview) = context.ask(&mut desk, ask)? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&Report::new(&preview))?;
    } else {
        let zone = zone::of_desk(desk.welcome());
        for line in page(&preview, zone, Time::from(chrono::Utc::now()), lang) {
            printer.line(&line)?;
        }
    }
    printer.end()
}

fn page(p: &Preview, zone: Tz, now: Time, lang: Lang) -> Vec<Shown> {
    let number = |n: u64| format::number(lang, n);
    if p.policy == 0 && p.deadline == 0 {
        return vec![say::PREVIEW_NONE.fill(lang, &[("n", &number(p.conversations))])];
    }
    let mut lines = vec![say::PREVIEW_OF.fill(lang, &[("n", &number(p.conversations))])];
    for (msg, n) in [
        (say::PREVIEW_POLICY, p.policy),
        (say::PREVIEW_DEADLINE, p.deadline),
        (say::PREVIEW_COME_LATE, p.come_late),
        (say::PREVIEW_STOP_LATE, p.stop_late),
    ] {
        let mut line = Shown::blank(2);
        line.push(&msg.fill(lang, &[("n", &number(n))]));
        lines.push(line);
    }
    lines.push(Shown::default());
    let moment = |due: Option<Time>| match due {
        None => Shown::line("-"),
        Some(due) if due >= NEVER => say::NEVER.say(lang),
        Some(due) => format::moment(lang, &due.in_zone(zone), &now.in_zone(zone)),
    };
    let named = |name: &str| Shown::line(if name.is_empty() { "-" } else { name });
    lines.extend(p.examples.iter().map(|e| {
        let values: [(&str, &dyn Display); 5] = [
            ("id", &e.id),
            ("before", &named(&e.policy.0)),
            ("after", &named(&e.policy.1)),
            ("was", &moment(e.due.0)),
            ("is", &moment(e.due.1)),
        ];
        say::EXAMPLE.fill(lang, &values)
    }));
    lines
}

/// What `policy test --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    conversations: u64,
    other_policy: u64,
    other_deadline: u64,
    come_late: u64,
    stop_late: u64,
    examples: Vec<ExampleLine<'a>>,
}

#[derive(Serialize)]
struct ExampleLine<'a> {
    id: ConversationId,
    policy_before: &'a str,
    policy_after: &'a str,
    due_before: Option<String>,
    due_after: Option<String>,
    late_before: bool,
    late_after: bool,
}

impl<'a> Report<'a> {
    fn new(p: &'a Preview) -> Report<'a> {
        Report {
            conversations: p.conversations,
            other_policy: p.policy,
            other_deadline: p.deadline,
            come_late: p.come_late,
            stop_late: p.stop_late,
            examples: p.examples.iter().map(ExampleLine::new).collect(),
        }
    }
}

impl<'a> ExampleLine<'a> {
    fn new(e: &'a Example) -> ExampleLine<'a> {
        ExampleLine {
            id: e.id,
            policy_before: &e.policy.0,
            policy_after: &e.policy.1,
            due_before: e.due.0.map(Time::rfc3339),
            due_after: e.due.1.map(Time::rfc3339),
            late_before: e.late.0,
            late_after: e.late.1,
        }
    }
}

/// What `policy reload --json` prints.
#[derive(Serialize)]
struct Reloaded {
    policies: u32,
    changed: bool,
    files: Vec<String>,
}

fn reload(context: &Context) -> Outcome {
    let mut desk = context.connect()?;
    let Answer::Reloaded(policies, files) = context.ask(&mut desk, Ask::ReloadPolicies)? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&Reloaded { policies, changed: !files.is_empty(), files })?;
    } else {
        let msg = if files.is_empty() { say::UNCHANGED } else { say::RELOADED };
        let files = files.join(", ");
        printer.line(&msg.fill(context.lang, &[("n", &policies), ("files", &files)]))?;
    }
    printer.end()
}
