//! `topics`: the topic pool.

use super::print::Printer;
use super::{Context, Outcome};
use crate::domain::Time;
use crate::text::catalogue::work as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use crate::wire::work::TopicRow;
use clap::{ArgMatches, Command};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("topics").about(say::TOPICS_VERB.raw(lang))
}

/// A topic as `topics --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    topic: u64,
    times: u32,
    text: &'a str,
    note: &'a str,
    origin: &'static str,
    written_at: Option<String>,
    asked: Vec<Asked<'a>>,
}

#[derive(Serialize)]
struct Asked<'a> {
    conversation: u64,
    message: u32,
    channel: &'a str,
    by: &'a str,
    at: String,
}

impl<'a> Line<'a> {
    fn of(row: &'a TopicRow) -> Line<'a> {
        let topic = &row.topic;
        let asked = topic.asked.iter().map(|a| Asked {
            conversation: a.message.conversation.0,
            message: a.message.seq,
            channel: &a.channel.0,
            by: &a.by.0,
            at: a.at.rfc3339(),
        });
        Line {
            topic: topic.id,
            times: topic.times(),
            text: &row.text,
            note: &topic.note,
            origin: "audience-question",
            written_at: row.written.map(Time::rfc3339),
            asked: asked.collect(),
        }
    }
}

/// Asks and prints.
pub(super) fn run(context: &Context, _args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let Answer::Topics(rows) = context.ask(&mut desk, Ask::Topics)? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(lang);
    if context.json {
        for row in &rows {
            printer.json(&Line::of(row))?;
        }
        return printer.end();
    }
    if rows.is_empty() {
        printer.line(&say::NO_TOPICS.say(lang))?;
    }
    let cells = |row: &TopicRow| {
        let n = format::number(lang, row.topic.times().into());
        let last = row.topic.asked.last().map(|a| a.message.conversation.to_string());
        let text = Shown::line(&row.text);
        vec![
            say::TIMES.fill(lang, &[("n", &n)]),
            Shown::line(&last.unwrap_or_default()),
            Shown::line(&row.topic.note),
            if text.is_empty() { say::TOPIC_GONE.say(lang) } else { text },
        ]
    };
    let rows: Vec<_> = rows.iter().map(cells).collect();
    printer.table(&[Align::Right, Align::Right, Align::Left, Align::Left], &rows)?;
    printer.end()
}
