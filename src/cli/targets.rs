//! Which conversations a verb is done to: numbers, or all that match a filter.

use super::{Context, Exit, Failure, print};
use crate::client::ask::DeskClient;
use crate::domain::{Command as Action, ConversationId};
use crate::text::catalogue::work as say;
use crate::text::{Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows asked for at once; the daemon's own bound.
const PAGE: u32 = 500;

/// Adds the arguments.
pub(super) fn args(verb: Command, lang: Lang) -> Command {
    use crate::text::catalogue::verbs;
    verb.arg(
        Arg::new("ids")
            .value_name("ID")
            .required_unless_present("where")
            .num_args(1..)
            .action(ArgAction::Append)
            .value_parser(value_parser!(ConversationId))
            .help(verbs::ARG_IDS.raw(lang)),
    )
    .arg(
        Arg::new("where")
            .long("where")
            .value_name("FILTER")
            .conflicts_with("ids")
            .allow_hyphen_values(true)
            .help(say::ARG_WHERE.raw(lang)),
    )
    .arg(
        Arg::new("yes")
            .long("yes")
            .short('y')
            .action(ArgAction::SetTrue)
            .requires("where")
            .help(say::ARG_YES.raw(lang)),
    )
}

/// The conversations that are meant, in parts of what one action may touch. With a filter they are
/// counted and asked about first, unless `--yes` was said.
///
/// # Errors
/// When the filter cannot be read, when nobody can be asked, and when they say no.
pub(super) fn find(
    context: &Context,
    desk: &mut DeskClient,
    args: &ArgMatches,
    what: &Shown,
    stop: &AtomicBool,
) -> Result<Vec<Vec<ConversationId>>, Failure> {
    let Some(filter) = args.get_one::<String>("where") else {
        let ids = args.get_many("ids").map(|ids| ids.copied().collect()).unwrap_or_default();
        return Ok(vec![ids]);
    };
    let lang = context.lang;
    let ids = matching(context, desk, filter, stop)?;
    if ids.is_empty() {
        return Err(Failure::new(Exit::Refused, say::NONE_MATCH.say(lang)));
    }
    if !args.get_flag("yes") {
        let n = format::number(lang, ids.len() as u64);
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::new(Exit::Usage, say::NEEDS_YES.fill(lang, &[("n", &n)])));
        }
        let values: [(&str, &dyn std::fmt::Display); 2] = [("what", what), ("n", &n)];
        if !agrees(&say::ASK_MANY.fill(lang, &values)) {
            return Err(Failure::new(Exit::Refused, say::NOT_DONE.say(lang)));
        }
    }
    Ok(ids.chunks(Action::MOST).map(<[ConversationId]>::to_vec).collect())
}

/// Everything that matches, in the order of the queues; what comes in meanwhile is left for later.
fn matching(
    context: &Context,
    desk: &mut DeskClient,
    filter: &str,
    stop: &AtomicBool,
) -> Result<Vec<ConversationId>, Failure> {
    let mut ids = Vec::new();
    let mut after = None;
    let says = Says::new(context);
    loop {
        let ask = Ask::List { queue: None, filter: filter.to_owned(), after, limit: PAGE };
        let Answer::Listed(rows, next) = context.ask(desk, ask)? else {
            return Err(context.strange());
        };
        ids.extend(rows.iter().map(|row| row.conversation.id));
        let n = format::number(context.lang, ids.len() as u64);
        says.say(&say::FINDING.fill(context.lang, &[("n", &n)]));
        after = next;
        if after.is_none() || stop.load(Ordering::Relaxed) {
            break;
        }
    }
    says.end();
    // A conversation that moved while it was listed comes twice.
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    match stop.load(Ordering::Relaxed) {
        true => Err(Failure::new(Exit::Refused, say::NOT_DONE.say(context.lang))),
        false => Ok(ids),
    }
}

fn agrees(question: &Shown) -> bool {
    let mut out = io::stderr();
    // Who cannot be asked has not agreed.
    let _ = write!(out, "{question}").and_then(|()| out.flush());
    let mut answer = String::new();
    let _ = io::stdin().read_line(&mut answer);
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是")
}

/// A line that says how far it is, on a terminal alone.
pub(super) struct Says(bool);

impl Says {
    pub(super) fn new(context: &Context) -> Says {
        Says(!context.json && print::may_draw())
    }

    pub(super) fn say(&self, text: &Shown) {
        if self.0 {
            eprint!("\r{text}\x1b[K");
        }
    }

    pub(super) fn end(&self) {
        if self.0 {
            eprint!("\r\x1b[K");
        }
    }
}
