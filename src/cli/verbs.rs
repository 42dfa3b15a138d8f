//! The table of verbs, and which function runs each.

use super::{
    Context, Exit, Failure, Outcome, action, alerts, anomalies, archive, asset, author, backup,
    best, calendar, channel, completions, connector, demo, doctor, erase, explain, export,
    feedback, figures, forecast, import, journal, keys, line, lint, list, macros, man, operator,
    paste, plain, policy, post, print, report, responses, search, serve, service, show, status,
    stop, suggest, topics, upgrade, upkeep, views,
};
use crate::client::cockpit::{self, CockpitError};
use crate::client::colours;
use crate::domain::Name;
use crate::domain::command::TABLE;
use crate::text::Lang;
use crate::text::catalogue::verbs as say;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// A verb with a file of its own: how it is described and how it is run.
struct Verb {
    command: fn(Lang) -> Command,
    run: fn(&Context, &ArgMatches) -> Outcome,
}

/// The verbs that are no action on conversations, in the order of the help.
const VERBS: &[Verb] = &[
    Verb { command: list::command, run: list::run },
    Verb { command: search::command, run: search::run },
    Verb { command: views::command, run: views::run },
    Verb { command: show::command, run: show::run },
    Verb { command: explain::command, run: explain::run },
    Verb { command: suggest::command, run: suggest::run },
    Verb { command: macros::command, run: macros::run },
    Verb { command: author::command, run: author::run },
    Verb { command: topics::command, run: topics::run },
    Verb { command: feedback::command, run: feedback::run },
    Verb { command: post::command, run: post::run },
    Verb { command: calendar::command, run: calendar::run },
    Verb { command: journal::command, run: journal::run },
    Verb { command: line::command, run: line::run },
    Verb { command: lint::command, run: lint::run },
    Verb { command: import::command, run: import::run },
    Verb { command: paste::command, run: paste::run },
    Verb { command: responses::command, run: responses::run },
    Verb { command: channel::command, run: channel::run },
    Verb { command: operator::command, run: operator::run },
    Verb { command: erase::command, run: erase::run },
    Verb { command: policy::command, run: policy::run },
    Verb { command: demo::command, run: demo::run },
    Verb { command: connector::command, run: connector::run },
    Verb { command: export::command, run: export::run },
    Verb { command: forecast::command, run: forecast::run },
    Verb { command: service::command, run: service::run },
    Verb { command: report::command, run: report::run },
    Verb { command: asset::command, run: asset::run },
    Verb { command: best::command, run: best::run },
    Verb { command: best::expected_command, run: best::run_expected },
    Verb { command: figures::command, run: figures::run },
    Verb { command: alerts::command, run: alerts::run },
    Verb { command: anomalies::command, run: anomalies::run },
    Verb { command: archive::command, run: archive::run },
    Verb { command: backup::command, run: backup::run },
    Verb { command: backup::restore_command, run: backup::restore },
    Verb { command: upkeep::verify_command, run: upkeep::verify },
    Verb { command: upkeep::compact_command, run: upkeep::compact },
    Verb { command: upgrade::command, run: upgrade::run },
    Verb { command: keys::command, run: keys::run },
    Verb { command: status::command, run: status::run },
    Verb { command: doctor::command, run: doctor::run },
    Verb { command: completions::command, run: completions::run },
    Verb { command: man::command, run: man::run },
    Verb { command: serve::command, run: serve::run },
    Verb { command: stop::command, run: stop::run },
];

/// Every verb: the actions first.
pub(super) fn commands(lang: Lang) -> Vec<Command> {
    let actions = TABLE
        .iter()
        .filter(|spec| spec.name != Name::Macro)
        .map(|spec| action::command(spec, lang));
    actions.chain(VERBS.iter().map(|verb| (verb.command)(lang))).collect()
}

/// Runs the verb of that name.
pub(super) fn run(name: &str, context: &Context, args: &ArgMatches) -> Outcome {
    if let Some(spec) = TABLE.iter().find(|spec| spec.verb == name && spec.name != Name::Macro) {
        return action::run(spec, context, args);
    }
    for verb in VERBS {
        if (verb.command)(context.lang).get_name() == name {
            return (verb.run)(context, args);
        }
    }
    // clap has let no other name through.
    Ok(())
}

/// The options of the cockpit, which opens when no verb is given.
pub(super) fn cockpit_args(lang: Lang) -> [Arg; 3] {
    [
        Arg::new("theme")
            .long("theme")
            .value_name("NAME")
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_THEME.raw(lang)),
        Arg::new("colours")
            .long("colours")
            .value_name("WORD")
            .value_parser(colours::WORDS.map(|(word, _)| word))
            .help(say::ARG_COLOURS.raw(lang)),
        Arg::new("ascii").long("ascii").action(ArgAction::SetTrue).help(say::ARG_ASCII.raw(lang)),
    ]
}

/// Opens the cockpit.
pub(super) fn cockpit(context: &Context, args: &ArgMatches) -> Outcome {
    if print::plainly() {
        return plain::run(context);
    }
    let options = cockpit::Options {
        desk: context.folder()?,
        declared: context.declared.clone(),
        lang: context.lang,
        theme: args.get_one("theme").cloned(),
        colours: args.get_one("colours").cloned(),
        ascii: args.get_flag("ascii"),
    };
    cockpit::run(options).map_err(|e| {
        let exit = match e {
            CockpitError::NoDesk(_) => Exit::NoDesk,
            CockpitError::Settings(_) => Exit::Usage,
            CockpitError::NoTerminal | CockpitError::Dumb(_) | CockpitError::Terminal(_) => {
                Exit::File
            }
        };
        Failure::new(exit, e.say(context.lang))
    })
}
