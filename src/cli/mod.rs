//! The command line: one verb for each command of the desk, and those that run the desk itself.
//!
//! For: reading arguments, asking the daemon, printing an answer as text or as JSON lines.
//! May come in: every other room; nothing may use this one.
//! Never: decides anything about a conversation, prints a text from outside that is not `Shown`,
//! ends with an exit code that is not in [`exit::Exit`].
//!
//! Each verb that is more than an action lives in a file of its own with two functions:
//! `command(lang) -> clap::Command` describes it, `run(&Context, &ArgMatches)` does it.

pub mod exit;

pub use exit::{Exit, Failure};

use crate::domain::OperatorName;
use crate::text::Lang;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// What every verb is told besides its own arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// `--desk DIR` or `DUTYDESK_DESK`; `None` = the private default desk.
    pub desk: Option<PathBuf>,
    /// `--as NAME` or `DUTYDESK_AS`; heard only by a private desk with declared identity.
    pub declared: Option<OperatorName>,
    /// `--json`: print JSON instead of text.
    pub json: bool,
    /// The language of everything that is printed.
    pub lang: Lang,
}

/// What every verb answers.
pub type Outcome = Result<(), Failure>;

/// Runs the program with its arguments (the first is its own name).
pub fn main(_args: Vec<OsString>) -> ExitCode {
    ExitCode::from(Exit::Usage as u8)
}
