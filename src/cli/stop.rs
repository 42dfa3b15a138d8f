//! `dutydesk stop`: ends the desk's daemon, and waits until it has ended.

use super::{Context, Outcome};
use crate::client::ask::AskError;
use crate::text::Lang;
use crate::text::catalogue::verbs as say;
use crate::wire::message::{Answer, Ask};
use clap::{ArgMatches, Command};

/// How it is described.
pub fn command(lang: Lang) -> Command {
    Command::new("stop").about(say::STOP.raw(lang))
}

/// Stops the daemon.
///
/// # Errors
/// When none runs, or this account may not stop it.
pub fn run(context: &Context, _args: &ArgMatches) -> Outcome {
    daemon(context)
}

/// The same for other verbs.
///
/// # Errors
/// When none runs, or this account may not stop it.
pub(super) fn daemon(context: &Context) -> Outcome {
    let mut desk = context.connect_running()?;
    match context.ask(&mut desk, Ask::Stop)? {
        Answer::Ok => {}
        _ => return Err(context.strange()),
    }
    // It keeps this connection open until its process is gone, and then the desk is free.
    while !matches!(desk.next_push(), Err(AskError::WentAway | AskError::Link(_))) {}
    Ok(())
}
