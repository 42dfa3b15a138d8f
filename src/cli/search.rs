//! `search`: finds conversations by their words, and prints them as they are found.

use super::list::Line;
use super::print::Printer;
use super::{Context, Outcome};
use crate::domain::Time;
use crate::domain::order::StateKind;
use crate::text::catalogue::search as say;
use crate::text::{Align, Lang, Shown};
use crate::wire::message::{Answer, Ask};
use crate::wire::search::Hit;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;

/// Finds asked for at once: few, so that the first ones are there soon.
const PAGE: u32 = 50;

pub(super) fn command(lang: Lang) -> Command {
    Command::new("search").about(say::SEARCH.raw(lang)).args([
        Arg::new("query")
            .value_name("QUERY")
            .required(true)
            .action(ArgAction::Append)
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_QUERY.raw(lang)),
        Arg::new("limit")
            .long("limit")
            .value_name("N")
            .value_parser(value_parser!(u64))
            .default_value("50")
            .help(say::ARG_LIMIT.raw(lang)),
    ])
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let words: Vec<&str> =
        args.get_many::<String>("query").into_iter().flatten().map(String::as_str).collect();
    let query = words.join(" ");
    let mut left = args.get_one::<u64>("limit").copied().unwrap_or(u64::MAX);
    let mut desk = context.connect()?;
    let mut printer = Printer::new(context.lang);
    let mut after = None;
    let mut built = None;
    while left > 0 {
        let limit = u32::try_from(left).unwrap_or(PAGE).min(PAGE);
        let ask = Ask::Search { query: query.clone(), after, limit };
        let Answer::Found(finds) = context.ask(&mut desk, ask)? else {
            return Err(context.strange());
        };
        left -= (finds.hits.len() as u64).min(left);
        print(context, &mut printer, &finds.hits)?;
        (after, built) = (finds.next, finds.built);
        if after.is_none() {
            break;
        }
    }
    printer.end()?;
    // Beside the finds, so that a script that reads them is not disturbed.
    if let Some(n) = built {
        eprintln!("{}", say::NOT_BUILT.fill(context.lang, &[("n", &n)]));
    }
    if after.is_some() && !context.json {
        eprintln!("{}", say::MORE.say(context.lang));
    }
    Ok(())
}

/// Prints finds.
pub(super) fn print(context: &Context, printer: &mut Printer, hits: &[Hit]) -> Outcome {
    if context.json {
        return hits.iter().try_for_each(|hit| printer.json(&Find::new(hit)));
    }
    let rows: Vec<_> = hits.iter().map(cells).collect();
    printer.table(&ALIGNS, &rows)
}

/// A find as `search --json` prints it: the conversation as `list` prints it, and what was found.
#[derive(Serialize)]
struct Find<'a> {
    #[serde(flatten)]
    line: Line<'a>,
    message: u32,
    written_by: &'a str,
    written_at: String,
    excerpt: &'a str,
}

impl<'a> Find<'a> {
    fn new(hit: &'a Hit) -> Find<'a> {
        let text = hit.conversation.speaks_of().map_or("", |h| h.excerpt.as_str());
        Find {
            line: Line::new(&hit.conversation, text),
            message: hit.seq,
            written_by: &hit.author,
            written_at: hit.at.rfc3339(),
            excerpt: &hit.excerpt,
        }
    }
}

/// Number, when, channel, state, author, text.
const ALIGNS: [Align; 6] =
    [Align::Right, Align::Left, Align::Left, Align::Left, Align::Left, Align::Left];

fn cells(hit: &Hit) -> Vec<Shown> {
    let c = &hit.conversation;
    vec![
        Shown::line(&c.id.to_string()),
        Shown::line(&local(hit.at)),
        Shown::line(&c.channel.0),
        Shown::line(StateKind::from(&c.state).name()),
        Shown::line(&hit.author),
        Shown::line(&hit.excerpt),
    ]
}

/// A moment by this machine's clock, to the minute.
pub(super) fn local(at: Time) -> String {
    at.to_utc().with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string()
}
