//! `dutydesk serve`: runs the desk's daemon in the foreground.

use super::{Context, Exit, Failure, Outcome};
use crate::config::LogFilter;
use crate::daemon::{self, Options};
use crate::text::Lang;
use crate::text::catalogue::{manual, verbs as say};
use clap::{Arg, ArgAction, ArgMatches, Command};

/// How it is described.
pub fn command(lang: Lang) -> Command {
    Command::new("serve").about(say::SERVE.raw(lang)).arg(log_arg(lang)).arg(
        // How a client starts it; nobody types it.
        Arg::new("detached").long("detached").action(ArgAction::SetTrue).hide(true),
    )
}

fn log_arg(lang: Lang) -> Arg {
    Arg::new("log").long("log").value_name("FILTER").help(manual::ARG_LOG.raw(lang))
}

/// What goes into the log, by `--log`, else by `DUTYDESK_LOG`; `None` = neither says.
fn log(args: &ArgMatches, lang: Lang) -> Result<Option<LogFilter>, Failure> {
    let set = || std::env::var("DUTYDESK_LOG").ok();
    let Some(written) = args.get_one::<String>("log").cloned().or_else(set) else {
        return Ok(None);
    };
    if written.trim().is_empty() {
        return Ok(None);
    }
    let bad = |part: String| manual::BAD_LOG.fill(lang, &[("value", &part)]);
    written.parse().map(Some).map_err(|part| Failure::new(Exit::Usage, bad(part)))
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
        log: log(args, context.lang)?,
    };
    daemon::serve(&options).map_err(|e| Failure::new(Exit::from_boot(&e), e.say(context.lang)))
}
