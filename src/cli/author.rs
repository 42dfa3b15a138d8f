//! `author`: a person's past on a channel.

use super::list::Line;
use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::zone;
use crate::domain::history::{Past, Whom};
use crate::domain::{ChannelId, Conversation, ConversationId, Time};
use crate::text::catalogue::work as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("author").about(say::AUTHOR_VERB.raw(lang)).args([
        Arg::new("channel")
            .value_name("CHANNEL")
            .required_unless_present("of")
            .requires("author")
            .help(say::ARG_AUTHOR_CHANNEL.raw(lang)),
        Arg::new("author").value_name("AUTHOR").help(say::ARG_AUTHOR_ID.raw(lang)),
        Arg::new("of")
            .long("of")
            .value_name("ID")
            .conflicts_with("channel")
            .value_parser(value_parser!(ConversationId))
            .help(say::ARG_AUTHOR_OF.raw(lang)),
    ])
}

/// What is known of a person, as the first line of `author --json`.
#[derive(Serialize)]
struct Person<'a> {
    channel: &'a str,
    id: &'a str,
    name: &'a str,
    conversations: usize,
    more: bool,
    complete: bool,
    messages: u32,
    complaints: u32,
    likes: u64,
    first_seen: Option<String>,
    last_seen: Option<String>,
    median_gap_ms: Option<i64>,
    answered_by: Option<&'a str>,
    answered_at: Option<String>,
    labels: &'a [(String, u32)],
}

impl<'a> Person<'a> {
    fn of(past: &'a Past) -> Person<'a> {
        let answered = past.answered.as_ref();
        Person {
            channel: &past.channel.0,
            id: &past.known_as,
            name: &past.name,
            conversations: past.conversations.len(),
            more: past.more,
            complete: past.complete,
            messages: past.messages,
            complaints: past.complaints,
            likes: past.likes,
            first_seen: past.first_seen.map(Time::rfc3339),
            last_seen: past.last_seen.map(Time::rfc3339),
            median_gap_ms: past.median_gap.map(|gap| gap.0),
            answered_by: answered.and_then(|(by, _)| by.as_ref()).map(|by| by.0.as_str()),
            answered_at: answered.map(|(_, at)| at.rfc3339()),
            labels: &past.labels,
        }
    }
}

/// Asks and prints: what is known, then the conversations, newest first.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let word = |name: &str| args.get_one::<String>(name).cloned().unwrap_or_default();
    let whom = match args.get_one::<ConversationId>("of") {
        Some(id) => Whom::Of(*id),
        None => Whom::Named(ChannelId(word("channel")), word("author")),
    };
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let Answer::Past(past) = context.ask(&mut desk, Ask::Past(whom))? else {
        return Err(context.strange());
    };
    let lang = context.lang;
    if past.conversations.is_empty() {
        let text = say::AUTHOR_UNKNOWN.fill(lang, &[("channel", &past.channel.0)]);
        return Err(Failure::new(Exit::Refused, text));
    }
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&Person::of(&past))?;
        for c in &past.conversations {
            let text = c.speaks_of().map_or("", |h| h.excerpt.as_str());
            printer.json(&Line::new(c, text))?;
        }
        return printer.end();
    }
    let local = |t: Time| t.to_utc().with_timezone(&zone);
    let name = [past.name.as_str(), past.known_as.as_str()].map(Shown::line);
    printer.line(&Shown::join(&name, &Shown::line(" · ")))?;
    let number = |n: u64| format::number(lang, n);
    let msg = if past.more { say::PAST_COUNTS_MORE } else { say::PAST_COUNTS };
    printer.line(&msg.fill(
        lang,
        &[
            ("n", &number(past.conversations.len() as u64)),
            ("messages", &number(past.messages.into())),
            ("complaints", &number(past.complaints.into())),
            ("likes", &number(past.likes)),
        ],
    ))?;
    if let Some(first) = past.first_seen {
        let day = format::day(lang, &local(first));
        printer.line(&say::PAST_SINCE.fill(lang, &[("day", &day)]))?;
    }
    if let Some(gap) = past.median_gap {
        let span = format::duration(lang, gap.0.max(60_000));
        printer.line(&say::PAST_GAP.fill(lang, &[("span", &span)]))?;
    }
    if !past.complete {
        printer.line(&say::PAST_INCOMPLETE.say(lang))?;
    }
    let now = Time::from(chrono::Utc::now());
    let row = |c: &Conversation| {
        let head = c.speaks_of();
        vec![
            Shown::line(&c.id.to_string()),
            format::moment(lang, &local(c.received()), &local(now)),
            Shown::line(crate::domain::order::StateKind::from(&c.state).name()),
            Shown::line(&c.tag),
            head.map(|h| Shown::line(&h.excerpt)).unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = past.conversations.iter().map(row).collect();
    let aligns = [Align::Right, Align::Left, Align::Left, Align::Left, Align::Left];
    printer.table(&aligns, &rows)?;
    printer.end()
}
