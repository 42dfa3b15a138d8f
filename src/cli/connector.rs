//! `connector`: runs a built-in connector. Nobody types it: the desk starts it.

use super::{Context, Exit, Failure, Outcome};
use crate::connect::built_in;
use crate::connect::demo::connector::BUILT_IN as DEMO;
use crate::text::catalogue::channels as say;
use crate::text::{Lang, Shown};
use clap::{ArgMatches, Command};

/// Describes the verb.
pub fn command(lang: Lang) -> Command {
    let all = built_in::ALL.iter().chain([&DEMO]);
    Command::new("connector")
        .about(say::ABOUT_CONNECTOR.raw(lang))
        .hide(true)
        .subcommand_required(true)
        .subcommands(all.map(|b| Command::new(b.name).about(b.about.raw(lang))))
}

/// Runs the connector until its standard input ends.
///
/// # Errors
/// What is wrong with its settings.
pub fn run(_: &Context, args: &ArgMatches) -> Outcome {
    let connector = args.subcommand().and_then(|(name, _)| built_in::named(name));
    let Some(connector) = connector else { return Ok(()) };
    // The desk drains standard error into what it shows of the channel.
    (connector.run)().map_err(|why| Failure::new(Exit::File, Shown::line(&why)))
}
