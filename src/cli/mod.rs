//! The command line: one verb for each command of the desk, and those that run the desk itself.
//!
//! For: reading arguments, asking the daemon, printing an answer as text or as JSON lines.
//! May come in: every other room; nothing may use this one.
//! Never: decides anything about a conversation, prints a text from outside that is not `Shown`,
//! ends with an exit code that is not in [`exit::Exit`].
//!
//! Each verb that is more than an action lives in a file of its own with two functions:
//! `command(lang) -> clap::Command` describes it, `run(&Context, &ArgMatches)` does it.

mod action;
mod alerts;
mod anomalies;
mod archive;
mod args;
mod asset;
mod author;
mod backup;
mod best;
mod calendar;
mod channel;
mod classify;
mod completions;
mod connector;
mod demo;
mod desk_sink;
mod doctor;
pub mod erase;
pub mod exit;
mod explain;
pub mod export;
mod feedback;
mod figures;
mod forecast;
mod import;
mod interrupt;
mod journal;
mod keys;
mod line;
mod lint;
mod list;
mod macros;
mod man;
pub mod manual;
mod operator;
mod paste;
mod plain;
mod policy;
mod post;
pub mod print;
mod progress;
mod release;
mod report;
mod responses;
mod search;
mod serve;
mod service;
mod show;
mod status;
mod stop;
mod suggest;
mod targets;
mod topics;
mod upgrade;
mod upkeep;
mod verbs;
mod views;

pub use exit::{Exit, Failure};

use crate::client::ask::DeskClient;
use crate::config::Env;
use crate::domain::OperatorName;
use crate::text::Lang;
use crate::text::catalogue::verbs as say;
use crate::wire::message::{Answer, Ask, ClientKind};
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

impl Context {
    /// The desk's folder: what `--desk` says, else the operator's private desk.
    ///
    /// # Errors
    /// When neither a desk nor a home folder is named.
    pub fn folder(&self) -> Result<PathBuf, Failure> {
        Env::from(|name| std::env::var_os(name))
            .desk_folder(self.desk.as_deref())
            .ok_or_else(|| Failure::new(Exit::NoDesk, say::NO_HOME.say(self.lang)))
    }

    /// Connects to the desk; starts its daemon when it is private and none runs.
    ///
    /// # Errors
    /// [`Exit::NoDesk`] with the reason.
    pub fn connect(&self) -> Result<DeskClient, Failure> {
        DeskClient::connect(&self.folder()?, self.declared.clone(), ClientKind::Verb)
            .map_err(|e| Failure::unattached(&e, self.lang))
    }

    /// Connects to the desk only if its daemon runs already.
    ///
    /// # Errors
    /// [`Exit::NoDesk`] with the reason.
    pub fn connect_running(&self) -> Result<DeskClient, Failure> {
        DeskClient::connect_running(&self.folder()?, self.declared.clone(), ClientKind::Verb)
            .map_err(|e| Failure::unattached(&e, self.lang))
    }

    /// Asks the desk one question.
    ///
    /// # Errors
    /// The refusal, or why there is no answer.
    pub fn ask(&self, desk: &mut DeskClient, ask: Ask) -> Result<Answer, Failure> {
        desk.ask(ask).map_err(|e| Failure::unanswered(&e, self.lang))
    }

    /// The answer does not belong to the question.
    pub(crate) fn strange(&self) -> Failure {
        Failure::unanswered(&crate::client::ask::AskError::Strange, self.lang)
    }
}

/// Runs the program with its arguments (the first is its own name).
pub fn main(args: Vec<OsString>) -> ExitCode {
    let lang = args::lang(&args);
    let matches = match args::program(lang).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(e) => return ExitCode::from(args::complain(&e) as u8),
    };
    let context = args::context(&matches, lang);
    if args::plain(&matches) {
        print::print_plainly();
    }
    let outcome = match matches.subcommand() {
        Some((name, args)) => verbs::run(name, &context, args),
        None => verbs::cockpit(&context, &matches),
    };
    match outcome {
        Ok(()) => ExitCode::from(Exit::Done as u8),
        Err(failure) => {
            if !failure.sentence.is_empty() {
                eprintln!("dutydesk: {}", failure.sentence);
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}
