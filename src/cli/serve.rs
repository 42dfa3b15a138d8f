//! `dutydesk serve`: runs the desk's daemon in the foreground.

use super::{Context, Exit, Failure, Outcome};
use crate::daemon::{self, Options};
use crate::text::Lang;
use crate::text::catalogue::verbs as say;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// How it is described.
pub fn command(lang: Lang) -> Command {
    Command::new("serve").about(say::SERVE.raw(lang)).arg(
        // How a client starts it; nobody types it.
        Arg::new("detached").long("detached").action(ArgAction::SetTrue).hide(true),
    )
}

/// Serves until it is told to end.
///
/// # Errors
/// Why the daemon could not start, each reason with an exit code of its own.
pub fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let options = Options {
        desk: context.folder()?,
        detached: args.get_flag("detached"),
        lang: context.lang,
    };
    daemon::serve(&options).map_err(|e| Failure::new(Exit::from_boot(&e), e.say(context.lang)))
}
