//! `views`: the saved views of the desk and of the operator.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::config::{self, ConfigError, Env};
use crate::domain::{SavedView, Sort};
use crate::text::catalogue::search as say;
use crate::text::{Align, Lang, Shown};
use crate::wire::message::{Answer, Ask};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::json;
use std::path::PathBuf;

pub(super) fn command(lang: Lang) -> Command {
    let name = || {
        Arg::new("name")
            .value_name("NAME")
            .required(true)
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_VIEW_NAME.raw(lang))
    };
    Command::new("views").about(say::VIEWS.raw(lang)).subcommands([
        Command::new("save").about(say::VIEWS_SAVE.raw(lang)).args([
            name(),
            Arg::new("filter")
                .value_name("FILTER")
                .allow_hyphen_values(true)
                .help(say::ARG_VIEW_FILTER.raw(lang)),
            Arg::new("sort")
                .long("sort")
                .value_name("ORDER")
                .value_parser(Sort::ALL.map(|(_, name)| name))
                .help(say::ARG_SORT.raw(lang)),
        ]),
        Command::new("remove").about(say::VIEWS_REMOVE.raw(lang)).arg(name()),
    ])
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("save", args)) => save(context, args),
        Some(("remove", args)) => remove(context, args),
        _ => list(context),
    }
}

fn list(context: &Context) -> Outcome {
    let own = match own_file() {
        Some(file) => config::own_views(&file).map_err(|e| mistake(&e, context.lang))?,
        None => Vec::new(),
    };
    let mut desk = context.connect()?;
    let Answer::Views(shared) = context.ask(&mut desk, Ask::Views)? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(context.lang);
    let all = shared.iter().map(|v| (v, false)).chain(own.iter().map(|v| (v, true)));
    if context.json {
        for (view, own) in all {
            let SavedView { name, filter, sort } = view;
            printer.json(&json!({ "name": name, "filter": filter, "sort": sort, "own": own }))?;
        }
    } else {
        let whose = |own| if own { say::OF_OWN } else { say::OF_DESK };
        let rows: Vec<Vec<Shown>> = all
            .map(|(view, own)| {
                vec![
                    Shown::line(&view.name),
                    whose(own).say(context.lang),
                    Shown::line(view.sort.name()),
                    Shown::line(&view.filter),
                ]
            })
            .collect();
        printer.table(&[Align::Left; 4], &rows)?;
    }
    printer.end()
}

fn save(context: &Context, args: &ArgMatches) -> Outcome {
    let text = |name: &str| args.get_one::<String>(name).map_or("", |t| t.trim()).to_owned();
    let sort = Sort::named(&text("sort")).unwrap_or_default();
    let view = SavedView { name: text("name"), filter: text("filter"), sort };
    config::keep_view(&home(context)?, &view).map_err(|e| mistake(&e, context.lang))
}

fn remove(context: &Context, args: &ArgMatches) -> Outcome {
    let name = args.get_one::<String>("name").map_or("", |t| t.trim());
    match config::drop_view(&home(context)?, name) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let text = say::NO_SUCH_VIEW.fill(context.lang, &[("name", &name)]);
            Err(Failure::new(Exit::Usage, text))
        }
        Err(e) => Err(mistake(&e, context.lang)),
    }
}

/// The operator's own file; `None` = there is no home to keep it in.
fn own_file() -> Option<PathBuf> {
    Env::from(|name| std::env::var_os(name)).views_file()
}

fn home(context: &Context) -> Result<PathBuf, Failure> {
    own_file().ok_or_else(|| Failure::new(Exit::File, say::NO_HOME.say(context.lang)))
}

fn mistake(e: &ConfigError, lang: Lang) -> Failure {
    Failure::new(Exit::Settings, e.say(lang))
}
