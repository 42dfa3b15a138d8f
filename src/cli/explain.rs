//! `explain`: how a conversation's deadlines came about.

use super::print::{self, Printer};
use super::{Context, Outcome};
use crate::app::explain::{Line, lines};
use crate::client::zone;
use crate::domain::sla::Phase;
use crate::domain::sla::StoppedBy;
use crate::domain::sla::explain::{Began, Explained, Explanation, Stands};
use crate::domain::{ConversationId, Time};
use crate::text::catalogue::{sla as say, verbs};
use crate::text::{Lang, Shown};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("explain").about(say::VERB_EXPLAIN.raw(lang)).arg(
        Arg::new("id")
            .value_name("ID")
            .required(true)
            .value_parser(value_parser!(ConversationId))
            .help(verbs::ARG_ID.raw(lang)),
    )
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    // clap lets nothing through without it.
    let Some(id) = args.get_one::<ConversationId>("id").copied() else { return Ok(()) };
    let mut desk = context.connect()?;
    let Answer::Explained(told) = context.ask(&mut desk, Ask::Explain(id))? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&Page::new(&told))?;
        return printer.end();
    }
    printer.line(&say::TITLE.fill(context.lang, &[("id", &id)]))?;
    for line in lines(&told, zone::of_desk(desk.welcome()), context.lang) {
        match line {
            Line::Heading(text) => {
                printer.line(&Shown::default())?;
                wrapped(&mut printer, &text, 0)?;
            }
            Line::Says(text) => wrapped(&mut printer, &text, 2)?,
        }
    }
    printer.end()
}

/// A sentence, indented, wrapped where there is a terminal.
fn wrapped(printer: &mut Printer, text: &Shown, indent: usize) -> Outcome {
    let pieces = match print::columns() {
        Some(columns) => text.wrap(columns.saturating_sub(indent).max(20)),
        None => vec![text.clone()],
    };
    for piece in pieces {
        let mut line = Shown::blank(indent);
        line.push(&piece);
        printer.line(&line)?;
    }
    Ok(())
}

/// What `explain --json` prints. Lengths of time are in seconds.
#[derive(Serialize)]
struct Page<'a> {
    id: ConversationId,
    now: String,
    policy: Option<&'a str>,
    tag: Option<&'a str>,
    weight: Option<u8>,
    window_closes_at: Option<String>,
    window_first: bool,
    targets: Vec<TargetLine<'a>>,
}

#[derive(Serialize)]
struct TargetLine<'a> {
    target: &'static str,
    policy: &'a str,
    within_seconds: Option<i64>,
    calendar: Option<&'a str>,
    zone: Option<&'a str>,
    started_at: String,
    began_with: Began,
    state: Stands,
    counted_seconds: i64,
    due_at: String,
    stopped_at: Option<String>,
    stopped_by: Option<StoppedBy>,
    pauses: Vec<PauseLine>,
    counted: Vec<StretchLine>,
    counted_earlier: u32,
}

#[derive(Serialize)]
struct PauseLine {
    from: String,
    to: Option<String>,
    why: Phase,
}

#[derive(Serialize)]
struct StretchLine {
    from: String,
    to: String,
}

impl<'a> Page<'a> {
    fn new(told: &'a Explanation) -> Page<'a> {
        let rule = told.rule.as_ref();
        Page {
            id: told.id,
            now: told.now.rfc3339(),
            policy: rule.map(|r| r.policy.as_str()),
            tag: rule.map(|r| r.tag.as_str()),
            weight: rule.map(|r| r.weight),
            window_closes_at: told.window.map(Time::rfc3339),
            window_first: told.window_first,
            targets: told.clocks.iter().map(TargetLine::new).collect(),
        }
    }
}

impl<'a> TargetLine<'a> {
    fn new(c: &'a Explained) -> TargetLine<'a> {
        let calendar = c.calendar.as_ref();
        let stretch =
            |(from, to): &(Time, Time)| StretchLine { from: from.rfc3339(), to: to.rfc3339() };
        TargetLine {
            target: c.target.name(),
            policy: &c.policy,
            within_seconds: c.within.map(|w| w.0 / 1_000),
            calendar: calendar.map(|(name, _)| name.as_str()),
            zone: calendar.map(|(_, zone)| zone.as_str()),
            started_at: c.started.rfc3339(),
            began_with: c.began,
            state: c.stands,
            counted_seconds: c.counted.0 / 1_000,
            due_at: c.due.rfc3339(),
            stopped_at: c.stopped.map(Time::rfc3339),
            stopped_by: c.by,
            pauses: c
                .pauses
                .iter()
                .map(|p| PauseLine {
                    from: p.from.rfc3339(),
                    to: p.to.map(Time::rfc3339),
                    why: p.phase,
                })
                .collect(),
            counted: c.stretches.iter().map(stretch).collect(),
            counted_earlier: c.more,
        }
    }
}
