//! `responses`: the desk's canned responses. `check` reads the files itself and needs no daemon.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::config::Responses;
use crate::domain::canned::Canned;
use crate::text::catalogue::responses as say;
use crate::text::{Align, Lang, Shown};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command};
use serde_json::json;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let name = Arg::new("name").value_name("NAME").required(true).help(say::ARG_NAME.raw(lang));
    Command::new("responses")
        .about(say::ABOUT.raw(lang))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about(say::ABOUT_LIST.raw(lang)))
        .subcommand(Command::new("show").about(say::ABOUT_SHOW.raw(lang)).arg(name))
        .subcommand(Command::new("check").about(say::ABOUT_CHECK.raw(lang)))
}

/// Runs the verb.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("list", _)) => list(context),
        Some(("show", args)) => {
            show(context, args.get_one::<String>("name").map(String::as_str).unwrap_or_default())
        }
        Some(("check", _)) => check(context),
        // clap has let no other name through.
        _ => Ok(()),
    }
}

/// The responses of the desk. What is wrong with its files is told beside them.
fn ask(context: &Context) -> Result<Vec<Canned>, Failure> {
    let mut desk = context.connect()?;
    let Answer::Responses(all, wrong) = context.ask(&mut desk, Ask::Responses)? else {
        return Err(context.strange());
    };
    for what in wrong {
        eprintln!("dutydesk: {}", Shown::line(&what));
    }
    Ok(all)
}

fn list(context: &Context) -> Outcome {
    let lang = context.lang;
    let all = ask(context)?;
    let mut printer = Printer::new(lang);
    if context.json {
        for response in &all {
            printer.json(response)?;
        }
        return printer.end();
    }
    let head = [say::COL_NAME, say::COL_LANGUAGE, say::COL_CHANNELS, say::COL_TEXT];
    let mut rows = vec![head.map(|msg| msg.say(lang)).to_vec()];
    for response in &all {
        let language = match response.language {
            Some(Lang::En) => Shown::line("en"),
            Some(Lang::Zh) => Shown::line("zh"),
            None => say::ANY.say(lang),
        };
        let channels = match response.channels.is_empty() {
            true => say::ANY.say(lang),
            false => Shown::line(&response.channels.join(" ")),
        };
        let text = Shown::bounded(&response.text, 400).truncate(60);
        rows.push(vec![Shown::line(&response.name), language, channels, text]);
    }
    printer.table(&[Align::Left; 4], &rows)?;
    printer.end()
}

fn show(context: &Context, name: &str) -> Outcome {
    let all = ask(context)?;
    let Some(found) = all.iter().find(|response| response.name == name) else {
        let text = say::NO_SUCH.fill(context.lang, &[("name", &name)]);
        return Err(Failure::new(Exit::Refused, text));
    };
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(found)?;
        return printer.end();
    }
    for line in Shown::lines(&found.text) {
        printer.line(&line)?;
    }
    printer.end()
}

fn check(context: &Context) -> Outcome {
    let responses = Responses::load(&context.folder()?);
    let (n, wrong) = (responses.all().len(), responses.wrong());
    let mut printer = Printer::new(context.lang);
    if context.json {
        for e in &wrong {
            let what = e.say(context.lang).to_string();
            printer.json(&json!({ "file": e.file, "line": e.line, "what": what }))?;
        }
    } else {
        for e in wrong.iter().skip(1) {
            printer.line(&e.say(context.lang))?;
        }
    }
    if wrong.is_empty() && !context.json {
        printer.line(&say::CHECKED.fill(context.lang, &[("n", &n)]))?;
    }
    printer.end()?;
    // The first mistake is the sentence that the verb ends with.
    match wrong.first() {
        Some(first) => Err(Failure::new(Exit::Refused, first.say(context.lang))),
        None => Ok(()),
    }
}
