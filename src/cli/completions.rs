//! `dutydesk completions SHELL`: what a shell needs to complete verbs, options and their words.

use super::{Context, Failure, Outcome, args};
use crate::text::Lang;
use crate::text::catalogue::manual as say;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use std::io::{self, Write};

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("completions")
        .about(say::COMPLETIONS.raw(lang))
        .long_about(say::COMPLETIONS_LONG.raw(lang))
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(Shell))
                .help(say::ARG_SHELL.raw(lang)),
        )
}

/// Prints them.
pub(super) fn run(context: &Context, given: &ArgMatches) -> Outcome {
    let Some(shell) = given.get_one::<Shell>("shell").copied() else { return Ok(()) };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::program(context.lang), "dutydesk", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script)
        .and_then(|()| out.flush())
        .map_err(|e| Failure::unwritten(&e, context.lang))
}
