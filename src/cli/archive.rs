//! `dutydesk archive`: old conversations out of the database, and back.

use super::interrupt;
use super::list::Line;
use super::print::Printer;
use super::progress::{self, Bar};
use super::{Context, Exit, Failure, Outcome, search, show};
use crate::domain::archive::{Month, Stays, Step, length};
use crate::domain::{ConversationId, Time};
use crate::text::catalogue::archive as say;
use crate::text::{Align, Lang, Msg, Shown, format};
use crate::wire::archive::{ArchiveAnswer, ArchiveAsk, ArchivedRow};
use crate::wire::message::{Answer, Ask};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Rows asked for at once.
const PAGE: u32 = 200;
/// Conversations brought back with one question.
const BACK: usize = 100;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let ids = || {
        Arg::new("ids")
            .value_name("ID")
            .required(true)
            .num_args(1..)
            .value_parser(value_parser!(ConversationId))
            .help(crate::text::catalogue::verbs::ARG_IDS.raw(lang))
    };
    let limit = Arg::new("limit")
        .long("limit")
        .value_name("N")
        .value_parser(value_parser!(u64))
        .default_value("50")
        .help(crate::text::catalogue::search::ARG_LIMIT.raw(lang));
    Command::new("archive")
        .about(say::VERB.raw(lang))
        .long_about(say::LONG.raw(lang))
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .args([
            Arg::new("older-than")
                .long("older-than")
                .value_name("TIME")
                .help(say::ARG_OLDER.raw(lang)),
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .requires("older-than")
                .help(say::ARG_DRY.raw(lang)),
        ])
        .subcommands([
            Command::new("list")
                .about(say::LIST_VERB.raw(lang))
                .arg(Arg::new("month").value_name("MONTH").help(say::ARG_MONTH.raw(lang))),
            show::command(lang).about(say::SHOW_VERB.raw(lang)),
            Command::new("bring-back").about(say::BACK_VERB.raw(lang)).arg(ids()),
            Command::new("search").about(say::SEARCH_VERB.raw(lang)).args([
                Arg::new("query")
                    .value_name("WORDS")
                    .required(true)
                    .action(ArgAction::Append)
                    .value_parser(NonEmptyStringValueParser::new())
                    .help(say::ARG_WORDS.raw(lang)),
                limit,
            ]),
        ])
}

/// Runs it.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("list", args)) => list(context, args),
        Some(("show", args)) => show::run(context, args),
        Some(("bring-back", args)) => bring_back(context, args),
        Some(("search", args)) => look(context, args),
        _ => put(context, args),
    }
}

fn ask(
    context: &Context,
    desk: &mut crate::client::ask::DeskClient,
    ask: ArchiveAsk,
) -> Result<ArchiveAnswer, Failure> {
    match context.ask(desk, Ask::Archive(ask))? {
        Answer::Archive(told) => Ok(*told),
        _ => Err(context.strange()),
    }
}

/// Archives, part by part, with a bar.
fn put(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let Some(written) = args.get_one::<String>("older-than") else {
        return Err(Failure::new(Exit::Usage, say::OLDER_FIRST.say(lang)));
    };
    let Some(older) = length(written) else {
        let said = say::BAD_LENGTH.fill(lang, &[("written", &Shown::line(written))]);
        return Err(Failure::new(Exit::Usage, said));
    };
    let dry = args.get_flag("dry-run");
    let before = Time::from(chrono::Utc::now()) - older;
    let stop = Arc::new(AtomicBool::new(false));
    // Without it Ctrl-C ends the verb between two parts, too; only the last sentence is missing.
    let _watch = interrupt::watch(&stop);
    let mut desk = context.connect()?;
    let (begun, mut bar) = (Instant::now(), Bar::new(lang));
    let mut all = Step::default();
    let interrupted = loop {
        let run = ArchiveAsk::Run { before, after: all.next, dry };
        let told = ask(context, &mut desk, run).inspect_err(|_| bar.clear())?;
        let ArchiveAnswer::Ran(step) = told else {
            bar.clear();
            return Err(context.strange());
        };
        all.add(&step);
        let parts = all.next.map(|next| (next.0, all.last.0));
        bar.draw(progress::Step { rows: all.looked, parts, elapsed: begun.elapsed() });
        match (all.next, stop.load(Ordering::Relaxed)) {
            (None, _) => break false,
            (Some(_), true) => break true,
            _ => {}
        }
    };
    bar.clear();
    let mut printer = Printer::new(lang);
    if context.json {
        let stays: Vec<_> = all.stays.iter().map(|(why, n)| (json!(why), *n)).collect();
        let stays: serde_json::Map<String, serde_json::Value> = stays
            .into_iter()
            .map(|(why, n)| (why.as_str().unwrap_or_default().to_owned(), json!(n)))
            .collect();
        printer.json(&json!({
            "archived": all.archived, "looked": all.looked, "stays": stays, "dry_run": dry,
            "complete": !interrupted,
        }))?;
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] = [
            ("n", &format::number(lang, all.archived)),
            ("looked", &format::number(lang, all.looked)),
        ];
        let msg = if dry { say::WOULD } else { say::DONE };
        printer.line(&msg.fill(lang, &values))?;
        for why in Stays::ALL {
            let Some((_, n)) = all.stays.iter().find(|(known, _)| *known == why) else { continue };
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("n", &format::number(lang, *n)), ("why", &reason(why).say(lang))];
            printer.line(&say::STAY.fill(lang, &values))?;
        }
        if interrupted {
            printer.line(&say::INTERRUPTED.say(lang))?;
        }
    }
    printer.end()
}

fn reason(why: Stays) -> Msg {
    match why {
        Stays::Open => say::STAYS_OPEN,
        Stays::Recent => say::STAYS_RECENT,
        Stays::InHand => say::STAYS_IN_HAND,
        Stays::Owed => say::STAYS_OWED,
        Stays::Used => say::STAYS_USED,
        Stays::Post => say::STAYS_POST,
        Stays::Long => say::STAYS_LONG,
    }
}

/// An archived conversation as `archive list --json` prints it: the fields of `list --json`, and where
/// it is filed.
#[derive(Serialize)]
struct Archived<'a> {
    #[serde(flatten)]
    line: Line<'a>,
    archived: Month,
    last_at: String,
}

fn list(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let mut printer = Printer::new(lang);
    let Some(written) = args.get_one::<String>("month") else {
        let ArchiveAnswer::Months(months) = ask(context, &mut desk, ArchiveAsk::Months)? else {
            return Err(context.strange());
        };
        if context.json {
            for row in &months {
                printer.json(row)?;
            }
        } else if months.is_empty() {
            printer.line(&say::EMPTY.say(lang))?;
        } else {
            let rows: Vec<Vec<Shown>> = months
                .iter()
                .map(|row| {
                    let n = format::number(lang, row.conversations);
                    vec![
                        Shown::line(&row.month.to_string()),
                        say::ROW.fill(lang, &[("n", &n)]),
                        Shown::line(&format!("{:.1} MB", row.bytes as f64 / 1e6)),
                    ]
                })
                .collect();
            printer.table(&[Align::Left, Align::Right, Align::Right], &rows)?;
        }
        return printer.end();
    };
    let month: Month = written.parse().map_err(|_| {
        let said = say::BAD_MONTH.fill(lang, &[("written", &Shown::line(written))]);
        Failure::new(Exit::Usage, said)
    })?;
    let mut after = None;
    loop {
        let asked = ArchiveAsk::List { month: Some(month), after, limit: PAGE };
        let ArchiveAnswer::Listed(rows, next) = ask(context, &mut desk, asked)? else {
            return Err(context.strange());
        };
        if context.json {
            for row in &rows {
                let c = &row.conversation;
                let text = c.speaks_of().map_or("", |h| h.excerpt.as_str());
                let line = Line::new(c, text);
                let archived = Archived { line, archived: row.month, last_at: row.last.rfc3339() };
                printer.json(&archived)?;
            }
        } else {
            let rows: Vec<_> = rows.iter().map(cells).collect();
            printer.table(
                &[Align::Right, Align::Left, Align::Left, Align::Left, Align::Left],
                &rows,
            )?;
        }
        match next {
            Some(_) => after = next,
            None => return printer.end(),
        }
    }
}

/// Number, when something happened last, channel, author, text.
fn cells(row: &ArchivedRow) -> Vec<Shown> {
    let c = &row.conversation;
    let head = c.speaks_of();
    vec![
        Shown::line(&c.id.to_string()),
        Shown::line(&search::local(row.last)),
        Shown::line(&c.channel.0),
        Shown::line(head.map_or("", |h| h.author.name.as_str())),
        Shown::line(head.map_or("", |h| h.excerpt.as_str())),
    ]
}

fn bring_back(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let ids: Vec<ConversationId> =
        args.get_many("ids").map(|ids| ids.copied().collect()).unwrap_or_default();
    let mut desk = context.connect()?;
    let mut back = 0;
    for part in ids.chunks(BACK) {
        let asked = ArchiveAsk::BringBack(part.to_vec());
        let ArchiveAnswer::BroughtBack(n) = ask(context, &mut desk, asked)? else {
            return Err(context.strange());
        };
        back += n;
    }
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "brought_back": back }))?;
    } else {
        let said = match back {
            0 => say::NONE_ARCHIVED.say(lang),
            n => say::BROUGHT.fill(lang, &[("n", &n)]),
        };
        printer.line(&said)?;
    }
    printer.end()
}

fn look(context: &Context, args: &ArgMatches) -> Outcome {
    let words: Vec<&str> =
        args.get_many::<String>("query").into_iter().flatten().map(String::as_str).collect();
    let query = words.join(" ");
    let mut left = args.get_one::<u64>("limit").copied().unwrap_or(u64::MAX);
    let mut desk = context.connect()?;
    let mut printer = Printer::new(context.lang);
    let mut after = None;
    while left > 0 {
        let asked = ArchiveAsk::Search { query: query.clone(), after };
        let ArchiveAnswer::Found(mut finds, next) = ask(context, &mut desk, asked)? else {
            return Err(context.strange());
        };
        finds.hits.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        left -= (finds.hits.len() as u64).min(left);
        search::print(context, &mut printer, &finds.hits)?;
        match next {
            Some(_) => after = next,
            None => break,
        }
    }
    printer.end()
}
