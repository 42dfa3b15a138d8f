//! `line`: the desk in one line, for a tmux status bar or a shell prompt.

use super::print::Printer;
use super::{Context, Failure, Outcome};
use crate::domain::order::StateKind;
use crate::domain::{Queue, Span, Time};
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, Shown, format, tmux_safe};
use crate::wire::message::{Answer, Ask, DeskState};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

pub(super) fn command(lang: Lang) -> Command {
    let tmux = Arg::new("tmux").long("tmux").action(ArgAction::SetTrue);
    Command::new("line")
        .about(say::LINE.raw(lang))
        .long_about(say::LINE_LONG.raw(lang))
        .arg(tmux.help(say::ARG_TMUX.raw(lang)))
}

/// Never starts a daemon: a status bar asks every few seconds.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let is_tmux = args.get_flag("tmux");
    let mut desk = match context.connect_running() {
        Ok(desk) => desk,
        Err(failure) if is_tmux && !context.json => {
            // A status bar shows what is printed, and nobody reads its stderr.
            let mut printer = Printer::new(context.lang);
            printer.line(&styled(&say::LINE_OFF.say(context.lang), DIM))?;
            printer.end()?;
            return Err(Failure { sentence: Shown::default(), ..failure });
        }
        Err(failure) => return Err(failure),
    };
    let Answer::Status(status) = context.ask(&mut desk, Ask::Status)? else {
        return Err(context.strange());
    };
    let figures = Figures::new(&status.desk);
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&figures)?;
    } else {
        let name = Shown::line(&desk.welcome().desk);
        printer.line(&say_line(&name, &figures, context.lang, is_tmux))?;
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

/// How tmux draws what is late, what is soon, and what is off.
const ALARM: &str = "fg=red,bold";
const SOON: &str = "fg=yellow";
const DIM: &str = "dim";
/// A deadline is soon from here on.
const NEAR: Span = Span::minutes(15);

/// A text in a style of tmux; nothing in it opens one.
fn styled(text: &Shown, style: &str) -> Shown {
    Shown::line(&format!("#[{style}]{}#[default]", tmux_safe(text)))
}

/// The line, safe for tmux; `colours`: with its styles.
fn say_line(name: &Shown, figures: &Figures, lang: Lang, colours: bool) -> Shown {
    let now = Time::from(chrono::Utc::now());
    let part = |text: Shown, style: Option<&str>| match style.filter(|_| colours) {
        Some(style) => styled(&text, style),
        None => tmux_safe(&text),
    };
    let queues = say::LINE_QUEUES.fill(
        lang,
        &[
            ("comments", &format::number(lang, figures.comments)),
            ("messages", &format::number(lang, figures.messages)),
        ],
    );
    let mut parts = vec![part(name.clone(), None), part(queues, None)];
    if figures.late > 0 {
        let late = say::LINE_LATE.fill(lang, &[("n", &format::number(lang, figures.late))]);
        parts.push(part(late, Some(ALARM)));
    }
    if let Some(next) = figures.next {
        let left = next - now;
        let next = say::LINE_NEXT.fill(lang, &[("left", &format::countdown(left.0))]);
        parts.push(part(next, (left < NEAR).then_some(SOON)));
    }
    if figures.read_only {
        parts.push(part(say::LINE_READ_ONLY.say(lang), Some(ALARM)));
    }
    Shown::join(&parts, &Shown::line(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(late: u64, next: Option<Span>, read_only: bool) -> Figures {
        let now = Time::from(chrono::Utc::now());
        let next = next.map(|left| now + left);
        Figures { comments: 3, messages: 1, late, within_hour: 0, next_due: None, read_only, next }
    }

    #[test]
    fn styles_are_there_when_asked_for_and_a_name_opens_none() {
        let name = Shown::line("#[fg=green]desk");
        let figures = figures(2, Some(Span::minutes(5)), true);
        let plain = say_line(&name, &figures, Lang::En, false);
        assert!(
            plain
                .as_str()
                .starts_with("##[fg=green]desk · 3 comments 1 messages · 2 late · next 0")
        );
        assert!(!plain.as_str().replace("##[", "").contains("#["), "{plain}");
        let drawn = say_line(&name, &figures, Lang::En, true);
        for part in
            ["#[fg=red,bold]2 late#[default]", "#[fg=yellow]next ", "#[fg=red,bold]READ-ONLY"]
        {
            assert!(drawn.as_str().contains(part), "{drawn}");
        }
    }

    #[test]
    fn what_is_well_is_not_coloured() {
        let drawn =
            say_line(&Shown::line("d"), &figures(0, Some(Span::hours(2)), false), Lang::En, true);
        assert!(!drawn.as_str().contains("#["), "{drawn}");
    }
}
