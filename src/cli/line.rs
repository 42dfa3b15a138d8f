//! `line`: the desk in one line, for a tmux status bar or a shell prompt.

use super::print::Printer;
use super::{Context, Outcome};
use crate::domain::order::StateKind;
use crate::domain::{Queue, Time};
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, Shown, format, tmux_safe};
use crate::wire::message::{Answer, Ask, DeskState};
use clap::{ArgMatches, Command};
use serde::Serialize;

pub(super) fn command(lang: Lang) -> Command {
    Command::new("line").about(say::LINE.raw(lang)).long_about(say::LINE_LONG.raw(lang))
}

/// Never starts a daemon: a status bar asks every few seconds.
pub(super) fn run(context: &Context, _: &ArgMatches) -> Outcome {
    let mut desk = context.connect_running()?;
    let Answer::Status(status) = context.ask(&mut desk, Ask::Status)? else {
        return Err(context.strange());
    };
    let figures = Figures::new(&status.desk);
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&figures)?;
    } else {
        let name = Shown::line(&desk.welcome().desk);
        printer.line(&tmux_safe(&say_line(&name, &figures, context.lang)))?;
    }
    printer.end()
}

/// What a status bar needs.
#[derive(Debug, Serialize)]
struct Figures {
    comments: u64,
    messages: u64,
    late: u64,
    within_hour: u64,
    next_due: Option<String>,
    read_only: bool,
    #[serde(skip)]
    next: Option<Time>,
}

impl Figures {
    fn new(desk: &DeskState) -> Figures {
        let open = |queue: Queue| {
            let of_queue =
                desk.counts.iter().filter(|(q, s, _)| *q == queue && *s == StateKind::Open);
            of_queue.map(|(_, _, n)| n).sum()
        };
        Figures {
            comments: open(Queue::Comments),
            messages: open(Queue::Messages),
            late: desk.late.iter().map(|(_, n)| n).sum(),
            within_hour: desk.within_hour.iter().map(|(_, n)| n).sum(),
            next_due: desk.next_due.map(Time::rfc3339),
            read_only: desk.read_only.is_some(),
            next: desk.next_due,
        }
    }
}

fn say_line(name: &Shown, figures: &Figures, lang: Lang) -> Shown {
    let now = Time::from(chrono::Utc::now());
    let mut parts = vec![
        name.clone(),
        say::LINE_QUEUES.fill(
            lang,
            &[
                ("comments", &format::number(lang, figures.comments)),
                ("messages", &format::number(lang, figures.messages)),
            ],
        ),
    ];
    if figures.late > 0 {
        parts.push(say::LINE_LATE.fill(lang, &[("n", &format::number(lang, figures.late))]));
    }
    if let Some(next) = figures.next {
        parts.push(say::LINE_NEXT.fill(lang, &[("left", &format::countdown((next - now).0))]));
    }
    if figures.read_only {
        parts.push(say::LINE_READ_ONLY.say(lang));
    }
    Shown::join(&parts, &Shown::line(" · "))
}
