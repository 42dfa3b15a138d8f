//! `topics`: the topic pool.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome, asset};
use crate::app::best::{origin, score};
use crate::client::ask::DeskClient;
use crate::domain::library::{LibraryAct, Refused};
use crate::domain::pool::{Origin, Score};
use crate::domain::post::PostAct;
use crate::domain::{ChannelId, Command as Do, Refusal, Time};
use crate::text::catalogue::{planning, work as say};
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask, Done};
use crate::wire::work::TopicRow;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;
use serde_json::json;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let number = || {
        Arg::new("topic")
            .value_name("N")
            .required(true)
            .value_parser(value_parser!(u64))
            .help(planning::ARG_TOPIC.raw(lang))
    };
    let text = |name: &'static str, value: &'static str, about: crate::text::Msg| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(NonEmptyStringValueParser::new())
            .help(about.raw(lang))
    };
    Command::new("topics")
        .about(say::TOPICS_VERB.raw(lang))
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("add").about(planning::TOPICS_ADD_VERB.raw(lang)).args([
                Arg::new("origin")
                    .long("origin")
                    .value_name("ORIGIN")
                    .value_parser([Origin::Trend.name(), Origin::Competitor.name()])
                    .default_value(Origin::Trend.name())
                    .help(planning::ARG_ORIGIN.raw(lang)),
                text("title", "TEXT", planning::ARG_TITLE).required(true),
                text("link", "URL", planning::ARG_LINK),
                text("note", "TEXT", planning::ARG_NOTE),
            ]),
            Command::new("drop").about(planning::TOPICS_DROP_VERB.raw(lang)).arg(number()),
            Command::new("post").about(planning::TOPICS_POST_VERB.raw(lang)).args([
                number(),
                text("channel", "CHANNEL", planning::ARG_CHANNELS).action(ArgAction::Append),
            ]),
        ])
}

/// A topic as `topics --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    topic: u64,
    times: u32,
    text: &'a str,
    note: &'a str,
    origin: &'static str,
    link: Option<&'a str>,
    score: u32,
    score_parts: Score,
    posts: Vec<u64>,
    added_by: Option<&'a str>,
    added_at: Option<String>,
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
            origin: topic.origin.name(),
            link: topic.link.as_deref(),
            score: row.score.total(),
            score_parts: row.score,
            posts: row.posts.iter().map(|post| post.0).collect(),
            added_by: topic.added.as_ref().map(|(by, _)| by.0.as_str()),
            added_at: topic.added.as_ref().map(|(_, at)| at.rfc3339()),
            written_at: row.written.map(Time::rfc3339),
            asked: asked.collect(),
        }
    }
}

/// Asks and prints, or does what is asked.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let mut desk = context.connect()?;
    let topic = |args: &ArgMatches| args.get_one::<u64>("topic").copied().unwrap_or(0);
    let said = |args: &ArgMatches, name: &str| args.get_one::<String>(name).cloned();
    match args.subcommand() {
        Some(("add", args)) => {
            let named = said(args, "origin").unwrap_or_default();
            let origin = Origin::ALL.into_iter().find(|o| o.name() == named);
            let act = LibraryAct::TopicAdd {
                origin: origin.unwrap_or(Origin::Trend),
                title: said(args, "title").unwrap_or_default(),
                link: said(args, "link"),
                note: said(args, "note").unwrap_or_default(),
            };
            asset::act(context, &mut desk, act)
        }
        Some(("drop", args)) => {
            asset::act(context, &mut desk, LibraryAct::TopicDrop { topic: topic(args) })
        }
        Some(("post", args)) => {
            let channels = args.get_many::<String>("channel").into_iter().flatten();
            let channels = channels.map(|name| ChannelId(name.clone())).collect();
            post(context, &mut desk, topic(args), channels)
        }
        _ => list(context, &mut desk),
    }
}

fn rows(context: &Context, desk: &mut DeskClient) -> Result<Vec<TopicRow>, Failure> {
    match context.ask(desk, Ask::Topics)? {
        Answer::Topics(rows) => Ok(rows),
        _ => Err(context.strange()),
    }
}

fn list(context: &Context, desk: &mut DeskClient) -> Outcome {
    let lang = context.lang;
    let rows = rows(context, desk)?;
    let mut printer = Printer::new(lang);
    if context.json {
        for row in &rows {
            printer.json(&Line::of(row))?;
        }
        return printer.end();
    }
    if rows.is_empty() {
        printer.line(&say::NO_TOPICS.say(lang))?;
        return printer.end();
    }
    printer.line(&planning::SCORE_MEANS.say(lang))?;
    let cells = |row: &TopicRow| {
        let n = format::number(lang, row.topic.times().into());
        let last = row.topic.asked.last().map(|a| a.message.conversation.to_string());
        let text = Shown::line(&row.text);
        vec![
            Shown::number(row.topic.id),
            score(row.score, lang),
            origin(row.topic.origin, lang),
            say::TIMES.fill(lang, &[("n", &n)]),
            Shown::line(&last.unwrap_or_default()),
            Shown::line(&row.topic.note),
            posts(row, lang),
            if text.is_empty() { say::TOPIC_GONE.say(lang) } else { text },
        ]
    };
    let rows: Vec<_> = rows.iter().map(cells).collect();
    let mut aligns = [Align::Left; 8];
    (aligns[0], aligns[3], aligns[4]) = (Align::Right, Align::Right, Align::Right);
    printer.table(&aligns, &rows)?;
    printer.end()
}

/// The posts that came from a topic.
fn posts(row: &TopicRow, lang: Lang) -> Shown {
    if row.posts.is_empty() {
        return Shown::default();
    }
    let numbers: Vec<String> = row.posts.iter().take(3).map(ToString::to_string).collect();
    planning::TOPIC_POSTS.fill(lang, &[("posts", &numbers.join(", "))])
}

/// Begins a post from a topic.
fn post(
    context: &Context,
    desk: &mut DeskClient,
    topic: u64,
    mut channels: Vec<ChannelId>,
) -> Outcome {
    let lang = context.lang;
    let found = rows(context, desk)?.into_iter().find(|row| row.topic.id == topic);
    let Some(row) = found else {
        let why = Refusal::Library(Refused::NoSuchTopic(topic));
        return Err(Failure::refused(&why, lang));
    };
    if channels.is_empty() {
        let asked = row.topic.asked.first().map(|asked| asked.channel.clone());
        let first = || desk.welcome().channels.first().map(|channel| channel.id.clone());
        channels.extend(asked.or_else(first));
    }
    if channels.is_empty() {
        return Err(Failure::new(Exit::Refused, planning::NO_CHANNEL_FOR.say(lang)));
    }
    let act = PostAct::New {
        idea: row.text,
        topic: Some(topic),
        variants: channels.into_iter().map(|channel| (channel, Default::default())).collect(),
        when: None,
    };
    let Answer::Done(Done { posts, .. }) = context.ask(desk, Ask::Do(Do::Post(act)))? else {
        return Err(context.strange());
    };
    let post = posts.first().map(|at| at.post.0).unwrap_or_default();
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "done": "post new", "post": post, "topic": topic }))?;
    } else {
        printer.line(&planning::POST_BEGUN.fill(lang, &[("post", &post), ("id", &topic)]))?;
    }
    printer.end()
}
