//! `suggest`: answers that might be given in a conversation. Sends nothing.

use super::print::Printer;
use super::{Context, Outcome};
use crate::domain::ConversationId;
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, Shown};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("suggest").about(say::SUGGEST.raw(lang)).arg(
        Arg::new("id")
            .value_name("ID")
            .required(true)
            .value_parser(value_parser!(ConversationId))
            .help(say::ARG_ID.raw(lang)),
    )
}

/// A suggestion as `suggest --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    text: &'a str,
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    // clap lets nothing through without it.
    let Some(id) = args.get_one::<ConversationId>("id").copied() else { return Ok(()) };
    let mut desk = context.connect()?;
    let Answer::Suggested(texts) = context.ask(&mut desk, Ask::Suggest(id))? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(context.lang);
    for (at, text) in texts.iter().enumerate() {
        if context.json {
            printer.json(&Line { text })?;
            continue;
        }
        for (line, shown) in Shown::lines(text).iter().enumerate() {
            let ahead = if line == 0 { format!("{}  ", at + 1) } else { "   ".to_owned() };
            let mut whole = Shown::line(&ahead);
            if whole.width() < 3 {
                whole = whole.pad(3, crate::text::Align::Left);
            }
            whole.push(shown);
            printer.line(&whole)?;
        }
    }
    if texts.is_empty() && !context.json {
        printer.line(&say::NO_SUGGESTIONS.say(context.lang))?;
    }
    printer.end()
}
