//! `macro`: the desk's macros - listed, run, their file checked.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome, action, targets};
use crate::app::bulk;
use crate::config::{self, DeskPaths};
use crate::domain::Command as Action;
use crate::domain::macros::{Macro, Step};
use crate::text::catalogue::work as say;
use crate::text::{Align, Lang, Shown};
use crate::wire::message::{Answer, Ask};
use crate::wire::work::Macros;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let run = Command::new("run").about(say::MACRO_RUN.raw(lang)).arg(
        Arg::new("name")
            .value_name("NAME")
            .required(true)
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_MACRO.raw(lang)),
    );
    Command::new("macro")
        .about(say::MACRO_VERB.raw(lang))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about(say::MACRO_LIST.raw(lang)))
        .subcommand(targets::args(run, lang))
        .subcommand(Command::new("check").about(say::MACRO_CHECK.raw(lang)))
}

/// Lists, runs or checks.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("run", args)) => run_one(context, args),
        Some(("check", _)) => check(context),
        _ => list(context),
    }
}

fn run_one(context: &Context, args: &ArgMatches) -> Outcome {
    let name = args.get_one::<String>("name").cloned().unwrap_or_default();
    let mut desk = context.connect()?;
    let Answer::Macros(known) = context.ask(&mut desk, Ask::Macros)? else {
        return Err(context.strange());
    };
    tell_wrong(&known);
    let Some(run) = known.macros.into_iter().find(|m| m.name == name) else {
        let text = say::NO_SUCH_MACRO.fill(context.lang, &[("name", &name)]);
        return Err(Failure::new(Exit::Usage, text));
    };
    let what = bulk::title(&run, context.lang);
    action::on_each(context, &mut desk, args, &what, |ids| {
        Ok(Action::Macro { ids, run: Box::new(run.clone()), seen: Vec::new() })
    })
}

/// A mistake in the file is no reason not to run what it said before.
fn tell_wrong(known: &Macros) {
    if let Some(wrong) = &known.wrong {
        eprintln!("dutydesk: {}", Shown::line(wrong));
    }
}

fn check(context: &Context) -> Outcome {
    let folder = context.folder()?;
    let file = DeskPaths::new(&folder).macros_file();
    let macros =
        config::load_macros(&folder).map_err(|e| Failure::new(Exit::Usage, e.say(context.lang)))?;
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&serde_json::json!({ "file": file, "macros": macros.len() }))?;
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("file", &file.display()), ("n", &macros.len())];
        printer.line(&say::MACRO_GOOD.fill(context.lang, &values))?;
    }
    printer.end()
}

/// A macro as `macro list --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    key: Option<char>,
    title: &'a str,
    queue: Option<crate::domain::Queue>,
    channels: &'a [crate::domain::ChannelId],
    steps: &'a [Step],
}

fn list(context: &Context) -> Outcome {
    let mut desk = context.connect()?;
    let Answer::Macros(known) = context.ask(&mut desk, Ask::Macros)? else {
        return Err(context.strange());
    };
    tell_wrong(&known);
    let mut printer = Printer::new(context.lang);
    if known.macros.is_empty() && !context.json {
        printer.line(&say::MACRO_NONE.say(context.lang))?;
    }
    let mut rows = Vec::new();
    for m in &known.macros {
        let title = bulk::title(m, context.lang);
        if context.json {
            printer.json(&Line {
                name: &m.name,
                key: m.key,
                title: title.as_str(),
                queue: m.queue,
                channels: &m.channels,
                steps: &m.steps,
            })?;
        } else {
            rows.push(cells(m, title));
        }
    }
    printer.table(&[Align::Left, Align::Left, Align::Left], &rows)?;
    printer.end()
}

fn cells(m: &Macro, title: Shown) -> Vec<Shown> {
    let key = m.key.map(|k| k.to_string()).unwrap_or_default();
    vec![Shown::line(&key), Shown::line(&m.name), title]
}
