//! `channel`: what connects the desk with platforms.

mod add;
mod given;
mod guide;
mod list;
mod prompt;

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::domain::{Abilities, ChannelId, Guard, Refusal};
use crate::text::catalogue::channels as say;
use crate::text::{Align, Lang, Msg, Shown, format};
use crate::wire::channel::{ChannelAsk, View};
use crate::wire::message::{Answer, Ask};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use nix::unistd::geteuid;
use serde::Serialize;
use std::io::{IsTerminal, stdin};
use std::os::unix::fs::MetadataExt;

/// Lines of a channel's log that are shown with a test that failed.
const LOG_LINES: usize = 5;

/// Describes the verb.
pub(super) fn command(lang: Lang) -> Command {
    let named = |name: &'static str, about: Msg| {
        Command::new(name).about(about.raw(lang)).arg(name_arg(lang).required(true))
    };
    let yes = Arg::new("yes").long("yes").action(ArgAction::SetTrue).help(say::ARG_YES.raw(lang));
    Command::new("channel")
        .about(say::ABOUT_CHANNEL.raw(lang))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands([
            list::command(lang),
            add::command(lang),
            named("test", say::ABOUT_TEST),
            named("pause", say::ABOUT_PAUSE),
            named("resume", say::ABOUT_RESUME),
            named("remove", say::ABOUT_REMOVE).arg(yes),
        ])
}

fn name_arg(lang: Lang) -> Arg {
    Arg::new("name")
        .value_name("NAME")
        .value_parser(NonEmptyStringValueParser::new())
        .help(say::ARG_NAME.raw(lang))
}

/// Does what is asked.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("list", args)) => list::run(context, args),
        Some(("add", args)) => add::run(context, args),
        Some(("test", args)) => test(context, &named(args)),
        Some(("pause", args)) => pause(context, &named(args), true),
        Some(("resume", args)) => pause(context, &named(args), false),
        Some(("remove", args)) => remove(context, &named(args), args.get_flag("yes")),
        // clap has let no other name through.
        _ => Ok(()),
    }
}

fn named(args: &ArgMatches) -> ChannelId {
    ChannelId(args.get_one::<String>("name").cloned().unwrap_or_default())
}

/// What a verb about one channel prints with `--json`.
#[derive(Serialize)]
struct Report<'a> {
    done: &'a str,
    channel: &'a str,
    /// What a test found.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    can: Option<&'a Abilities>,
}

impl<'a> Report<'a> {
    fn new(done: &'a str, channel: &'a ChannelId) -> Report<'a> {
        Report { done, channel: &channel.0, found: None, account: None, can: None }
    }
}

/// Every channel.
fn views(context: &Context, desk: &mut DeskClient) -> Result<Vec<View>, Failure> {
    match context.ask(desk, Ask::Channels)? {
        Answer::Channels(views) => Ok(views),
        _ => Err(context.strange()),
    }
}

/// The channel of that name, or the sentence that there is none.
fn view_of(context: &Context, desk: &mut DeskClient, id: &ChannelId) -> Result<View, Failure> {
    let found = views(context, desk)?.into_iter().find(|view| view.channel.id == *id);
    found.ok_or_else(|| Failure::refused(&Refusal::NoSuchChannel(id.clone()), context.lang))
}

fn tell(context: &Context, desk: &mut DeskClient, ask: ChannelAsk) -> Result<String, Failure> {
    match context.ask(desk, Ask::Channel(ask))? {
        Answer::Channel(said) => Ok(said),
        _ => Err(context.strange()),
    }
}

fn test(context: &Context, id: &ChannelId) -> Outcome {
    let mut desk = context.connect()?;
    look(context, &mut desk, id)
}

/// Tests a channel, and prints what was found and what it can do, or what its connector said.
fn look(context: &Context, desk: &mut DeskClient, id: &ChannelId) -> Outcome {
    if std::io::stderr().is_terminal() {
        eprintln!("{}", say::TESTING.say(context.lang));
    }
    let tested = tell(context, desk, ChannelAsk::Test(id.clone()));
    let mut printer = Printer::new(context.lang);
    match tested {
        Ok(found) => {
            let view = view_of(context, desk, id)?;
            if context.json {
                printer.json(&Report {
                    found: Some(&found),
                    account: view.account.as_deref(),
                    can: view.can.as_ref(),
                    ..Report::new("test", id)
                })?;
            } else {
                printer.line(&match found.as_str() {
                    "" => say::TESTED.fill(context.lang, &[("channel", id)]),
                    note => {
                        say::TESTED_NOTE.fill(context.lang, &[("channel", id), ("note", &note)])
                    }
                })?;
                printer.table(&[Align::Left, Align::Left], &abilities(&view, context.lang))?;
            }
            printer.end()
        }
        Err(failure) => {
            let log = view_of(context, desk, id).map(|view| view.log).unwrap_or_default();
            if !log.is_empty() && !context.json {
                printer.line(&say::LOG_SAID.say(context.lang))?;
                for (_, line) in &log[log.len().saturating_sub(LOG_LINES)..] {
                    printer.line(&Shown::line(&format!("  {line}")))?;
                }
            }
            printer.end()?;
            Err(failure)
        }
    }
}

/// What a channel can do, in rows of two columns.
fn abilities(view: &View, lang: Lang) -> Vec<Vec<Shown>> {
    let mut rows = Vec::new();
    let mut row = |label: Msg, text: Shown| rows.push(vec![label.say(lang), text]);
    if let Some(account) = &view.account {
        row(say::LABEL_ACCOUNT, Shown::line(account));
    }
    let Some(can) = &view.can else { return rows };
    for (label, wanted) in [(say::LABEL_CAN, true), (say::LABEL_CANNOT, false)] {
        let these: Vec<Shown> = can
            .each()
            .iter()
            .filter(|(_, on)| *on == wanted)
            .map(|(msg, _)| msg.say(lang))
            .collect();
        if !these.is_empty() {
            // Its space at the end is a part of it, which a line of its own would lose.
            row(label, Shown::line(&join(&these, say::COMMA.raw(lang))));
        }
    }
    let limits: Vec<Shown> = [
        (can.limit.graphemes.or(can.limit.chars), say::MOST_GRAPHEMES),
        (can.limit.bytes, say::MOST_BYTES),
    ]
    .into_iter()
    .filter_map(|(most, msg)| Some(msg.fill(lang, &[("n", &most?)])))
    .collect();
    if !limits.is_empty() {
        row(say::LABEL_TEXT, Shown::line(&join(&limits, say::COMMA.raw(lang))));
    }
    if let Some(seconds) = can.window_seconds {
        let ms = i64::try_from(seconds).unwrap_or(i64::MAX / 1000).saturating_mul(1000);
        let time = format::duration(lang, ms);
        row(
            say::LABEL_WINDOW,
            match can.window_replies {
                Some(n) => say::ANSWER_TIMES.fill(lang, &[("time", &time), ("n", &n)]),
                None => say::ANSWER_WITHIN.fill(lang, &[("time", &time)]),
            },
        );
    }
    if can.reply {
        row(
            say::LABEL_DOUBT,
            match can.guard {
                Guard::Key => say::GUARD_KEY,
                Guard::Lookup => say::GUARD_LOOKUP,
                Guard::None => say::GUARD_NONE,
            }
            .say(lang),
        );
    }
    rows
}

fn join(pieces: &[Shown], separator: &str) -> String {
    pieces.iter().map(Shown::as_str).collect::<Vec<_>>().join(separator)
}

fn pause(context: &Context, id: &ChannelId, paused: bool) -> Outcome {
    let mut desk = context.connect()?;
    let (ask, done, said) = match paused {
        true => (ChannelAsk::Pause(id.clone()), "pause", say::PAUSED),
        false => (ChannelAsk::Resume(id.clone()), "resume", say::RESUMED),
    };
    tell(context, &mut desk, ask)?;
    report(context, &Report::new(done, id), &[said.fill(context.lang, &[("channel", id)])])
}

fn remove(context: &Context, id: &ChannelId, yes: bool) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    owner(context)?;
    // Before anybody is asked whether to remove what is not there.
    let view = view_of(context, &mut desk, id)?;
    if !yes {
        if !stdin().is_terminal() {
            let why = say::REMOVE_NEEDS_YES.fill(lang, &[("channel", id)]);
            return Err(Failure::new(Exit::Usage, why));
        }
        let shown = say::REMOVE_ASK.fill(lang, &[("channel", id)]);
        let said = prompt::line(lang, shown.as_str())?.unwrap_or_default().trim().to_lowercase();
        if !matches!(said.as_str(), "y" | "yes" | "是") {
            let why = say::NOT_REMOVED.fill(lang, &[("channel", id)]);
            return Err(Failure::new(Exit::Refused, why));
        }
    }
    tell(context, &mut desk, ChannelAsk::Remove(id.clone()))?;
    let mut lines = vec![say::REMOVED.fill(lang, &[("channel", id)])];
    if view.waiting > 0 {
        lines.push(say::REMOVED_WAITING.fill(lang, &[("n", &view.waiting)]));
    }
    report(context, &Report::new("remove", id), &lines)
}

fn report(context: &Context, json: &Report<'_>, text: &[Shown]) -> Outcome {
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(json)?;
    } else {
        for line in text {
            printer.line(line)?;
        }
    }
    printer.end()
}

/// Whether this account may change channels; the daemon decides it anew.
fn owner(context: &Context) -> Outcome {
    let me = geteuid();
    let owner = std::fs::metadata(context.folder()?).map(|folder| folder.uid());
    match owner {
        Ok(owner) if owner != me.as_raw() && !me.is_root() => {
            Err(Failure::refused(&Refusal::OwnerOnly, context.lang))
        }
        _ => Ok(()),
    }
}
