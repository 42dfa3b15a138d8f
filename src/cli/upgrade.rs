//! `dutydesk upgrade`: the daemon of an older release is ended, the desk's database is brought up to
//! date with a copy kept of it, and the daemon of this release takes over.

use super::print::Printer;
use super::progress::{Bar, Step};
use super::release::{self, Program};
use super::{Context, Exit, Failure, Outcome, stop};
use crate::client::ask::DeskClient;
use crate::client::attach::AttachError;
use crate::client::other_release::{OtherDaemon, OtherError};
use crate::config::DeskPaths;
use crate::daemon::BootError;
use crate::daemon::upgrade::{self, UpgradeError, Upgraded};
use crate::store::migrate::SCHEMA;
use crate::text::catalogue::upgrade as say;
use crate::text::{Lang, Shown};
use crate::wire::VERSION;
use crate::wire::message::{Answer, Ask, ClientKind};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;
use std::fmt::Display;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

/// The release of this program.
const OURS: &str = env!("CARGO_PKG_VERSION");

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let no_copy = Arg::new("no-copy").long("no-copy").action(ArgAction::SetTrue);
    Command::new("upgrade")
        .about(say::UPGRADE.raw(lang))
        .long_about(say::UPGRADE_LONG.raw(lang))
        .arg(no_copy.help(say::ARG_NO_COPY.raw(lang)))
}

/// What served the desk before.
enum Before {
    /// Nothing.
    Nobody,
    /// This release, from the same file.
    Ours,
    /// A daemon of this release, and its version of the wire; it has ended.
    Ended(String, u32),
}

/// How often it is begun again when a cockpit of the older release was faster and has started its own
/// daemon in between.
const TRIES: u32 = 5;

/// Does it.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let desk = context.folder()?;
    owned(&desk, lang)?;
    let (mut ended, mut done) = (None, None);
    for left in (0..TRIES).rev() {
        match end(context, &desk)? {
            // A client of this release may have started it meanwhile.
            Before::Ours => break,
            Before::Ended(release, wire) => ended = ended.or(Some((release, wire))),
            Before::Nobody => {}
        }
        let now = bring(context, &desk, !args.get_flag("no-copy"));
        let now = match now {
            Ok(now) => now,
            Err(UpgradeError::Boot(BootError::Served { .. })) if left > 0 => continue,
            Err(e) => return Err(failed(&e, lang)),
        };
        let is_shared = now.is_shared;
        // Of several rounds the first one changed the database.
        done = done.or(Some(now));
        if is_shared {
            break;
        }
        // Greeted, not only started: a cockpit of the older release may have been faster.
        match DeskClient::connect(&desk, context.declared.clone(), ClientKind::Verb) {
            Ok(_) => break,
            Err(AttachError::OtherVersion { .. } | AttachError::NotRunning(_)) if left > 0 => {}
            Err(e) => return Err(Failure::unattached(&e, lang)),
        }
    }
    told(context, ended, done.as_ref())
}

/// Brings the database up to date, with a bar.
fn bring(context: &Context, desk: &Path, keep: bool) -> Result<Upgraded, UpgradeError> {
    let (begun, mut bar) = (Instant::now(), Bar::new(context.lang));
    let done = upgrade::upgrade(desk, keep, |progress| {
        bar.draw(Step { rows: progress.done, parts: None, elapsed: begun.elapsed() });
    });
    bar.clear();
    done
}

/// Only who owns the desk's files can change them; asked before anything is ended.
fn owned(desk: &Path, lang: Lang) -> Outcome {
    let path = DeskPaths::new(desk);
    let values: [(&str, &dyn Display); 1] = [("desk", &desk.display())];
    let Ok(meta) = std::fs::metadata(path.folder()) else {
        return Err(Failure::new(Exit::NoDesk, say::NO_DESK.fill(lang, &values)));
    };
    match meta.uid() == nix::unistd::geteuid().as_raw() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Refused, say::NOT_OWNER.fill(lang, &values))),
    }
}

/// Ends the daemon that serves the desk, unless it is of this release already or of a newer one.
fn end(context: &Context, desk: &Path) -> Result<Before, Failure> {
    let lang = context.lang;
    match DeskClient::connect_running(desk, context.declared.clone(), ClientKind::Verb) {
        Ok(mut client) => {
            let Answer::Status(status) = context.ask(&mut client, Ask::Status)? else {
                return Err(context.strange());
            };
            drop(client);
            if release::numbers(&status.program) > release::numbers(OURS) {
                return Err(newer(&status.program, VERSION, lang));
            }
            let pid = i32::try_from(status.pid).unwrap_or(-1);
            if status.program == OURS && release::program(pid) == Program::Same {
                return Ok(Before::Ours);
            }
            stop::daemon(context)?;
            Ok(Before::Ended(status.program, VERSION))
        }
        Err(AttachError::NotRunning(_)) => Ok(Before::Nobody),
        Err(AttachError::OtherVersion { theirs, .. }) => {
            let other = OtherDaemon::find(desk, context.declared.as_ref());
            let other = other.map_err(|e| unended(&e, lang))?;
            let Some(mut other) = other else { return Ok(Before::Nobody) };
            let program = other.release().map_err(|e| unended(&e, lang))?.program;
            if theirs > VERSION {
                return Err(newer(&program, theirs, lang));
            }
            other.stop().map_err(|e| unended(&e, lang))?;
            Ok(Before::Ended(program, theirs))
        }
        Err(other) => Err(Failure::unattached(&other, lang)),
    }
}

fn newer(release: &str, wire: u32, lang: Lang) -> Failure {
    let values: [(&str, &dyn Display); 3] =
        [("release", &release), ("wire", &wire), ("ours", &OURS)];
    Failure::new(Exit::Refused, say::NEWER_SERVES.fill(lang, &values))
}

fn unended(why: &OtherError, lang: Lang) -> Failure {
    match why {
        OtherError::Attach(e) => Failure::unattached(e, lang),
        OtherError::Refused => Failure::new(Exit::Refused, say::MAY_NOT_END.say(lang)),
        OtherError::Link(e) => {
            Failure::new(Exit::NoDesk, say::NOT_SPOKEN.fill(lang, &[("why", e)]))
        }
        OtherError::Stays => Failure::new(Exit::NoDesk, say::STAYS.say(lang)),
    }
}

fn failed(why: &UpgradeError, lang: Lang) -> Failure {
    match why {
        UpgradeError::Boot(e) => Failure::new(Exit::from_boot(e), e.say(lang)),
        UpgradeError::Newer { found } => {
            let values: [(&str, &dyn Display); 3] =
                [("found", found), ("known", &SCHEMA), ("ours", &OURS)];
            Failure::new(Exit::Database, say::NEWER_DESK.fill(lang, &values))
        }
    }
}

/// Says what was done: the daemon that was ended and its wire; `None` done = it served already.
fn told(context: &Context, ended: Option<(String, u32)>, done: Option<&Upgraded>) -> Outcome {
    let lang = context.lang;
    let mut printer = Printer::new(lang);
    let serves = done.is_none_or(|done| !done.is_shared);
    if context.json {
        printer.json(&json!({
            "ended": ended.map(|(release, wire)| json!({ "release": release, "wire": wire })),
            "release": OURS, "wire": VERSION,
            "schema_before": done.map_or(SCHEMA, |d| d.from), "schema": SCHEMA,
            "copy": done.and_then(|d| d.copy.as_ref()), "serves": serves,
        }))?;
        return printer.end();
    }
    let mut lines: Vec<Shown> = Vec::new();
    if let Some((release, wire)) = &ended {
        lines.push(say::ENDED.fill(lang, &[("release", release), ("wire", wire)]));
    }
    if let Some(done) = done {
        let values: [(&str, &dyn Display); 2] = [("from", &done.from), ("to", &done.to)];
        lines.push(match done.from == done.to {
            true => say::SCHEMA_SAME.fill(lang, &values),
            false => say::SCHEMA_CHANGED.fill(lang, &values),
        });
        if let Some(copy) = &done.copy {
            lines.push(say::COPY.fill(lang, &[("path", &copy.display())]));
        }
    }
    lines.push(match (serves, done) {
        (true, None) => say::ALREADY.fill(lang, &[("ours", &OURS)]),
        (true, Some(_)) => say::SERVES.fill(lang, &[("ours", &OURS)]),
        (false, _) => say::START_SERVICE.fill(lang, &[("ours", &OURS)]),
    });
    lines.iter().try_for_each(|line| printer.line(line))?;
    printer.end()
}
