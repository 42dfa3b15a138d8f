//! `list`: a queue in its order, as JSON lines for scripts or as columns for people.

use super::plain::sentence::Saying;
use super::print::{self, Printer};
use super::{Context, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::domain::order::StateKind;
use crate::domain::{Conversation, Head, Queue, State, Time};
use crate::text::catalogue::{privacy, verbs as say};
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

/// Rows asked for at once; the daemon's own bound.
const PAGE: u32 = 500;

pub(super) fn command(lang: Lang) -> Command {
    let states = StateKind::ALL.map(StateKind::name);
    Command::new("list").about(say::LIST.raw(lang)).args([
        Arg::new("queue")
            .long("queue")
            .value_name("QUEUE")
            .value_parser(["comments", "messages"])
            .help(say::ARG_QUEUE.raw(lang)),
        Arg::new("filter")
            .long("filter")
            .value_name("FILTER")
            .allow_hyphen_values(true)
            .help(say::ARG_FILTER.raw(lang)),
        Arg::new("state")
            .long("state")
            .value_name("STATE")
            .value_parser(states)
            .help(say::ARG_STATE.raw(lang)),
        Arg::new("limit")
            .long("limit")
            .value_name("N")
            .value_parser(value_parser!(u64))
            .help(say::ARG_LIMIT.raw(lang)),
    ])
}

/// The queue and the filter that were asked for.
pub(super) fn wanted(args: &ArgMatches) -> (Option<Queue>, String) {
    let queue = args.get_one::<String>("queue").map(|name| match name.as_str() {
        "messages" => Queue::Messages,
        _ => Queue::Comments,
    });
    let mut filter = args.get_one::<String>("filter").cloned().unwrap_or_default();
    if let Some(state) = args.get_one::<String>("state") {
        filter = format!("state:{state} {filter}");
    }
    (queue, filter)
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let (queue, filter) = wanted(args);
    let mut left = args.get_one::<u64>("limit").copied().unwrap_or(u64::MAX);
    let mut desk = context.connect()?;
    let mut printer = Printer::new(context.lang);
    let now = Time::from(chrono::Utc::now());
    let mut after = None;
    while left > 0 {
        let limit = u32::try_from(left).unwrap_or(PAGE).min(PAGE);
        let ask = Ask::List { queue, filter: filter.clone(), after, limit };
        let Answer::Listed(rows, next) = context.ask(&mut desk, ask)? else {
            return Err(context.strange());
        };
        left -= (rows.len() as u64).min(left);
        if context.json {
            for row in &rows {
                let text = whole_text(context, &mut desk, &row.conversation)?;
                printer.json(&Line::new(&row.conversation, &text))?;
            }
        } else if print::plainly() {
            let saying = Saying::of(desk.welcome(), context.lang);
            for row in &rows {
                printer.line(&saying.row(&row.conversation, now))?;
            }
        } else {
            let rows: Vec<_> =
                rows.iter().map(|row| cells(&row.conversation, now, context.lang)).collect();
            printer.table(&ALIGNS, &rows)?;
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    printer.end()
}

/// A conversation as `list --json` and `show --json` print it. Scripts rely on the first ten; more
/// may follow behind them.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    id: u64,
    queue: Queue,
    channel: &'a str,
    author: Option<&'a str>,
    text: Option<&'a str>,
    received_at: Option<String>,
    due_at: Option<String>,
    state: StateKind,
    assignee: Option<&'a str>,
    likes: Option<u32>,
    platform: &'a str,
    labels: &'a [String],
    tag: &'a str,
    window_until: Option<String>,
    snoozed_until: Option<String>,
    claimed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalated_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalated_at: Option<String>,
}

impl<'a> Line<'a> {
    /// Of the oldest unanswered inbound message; when all are answered, of the message the row
    /// speaks of.
    pub(super) fn new(c: &'a Conversation, text: &'a str) -> Line<'a> {
        let head = c.speaks_of();
        Line {
            id: c.id.0,
            queue: c.queue,
            channel: &c.channel.0,
            author: head.map(|h| h.author.name.as_str()),
            text: head.map(|_| text),
            received_at: head.map(|h| h.at.rfc3339()),
            due_at: c.timer.as_ref().map(|t| t.due.rfc3339()),
            state: StateKind::from(&c.state),
            assignee: c.assignee.as_ref().map(|a| a.0.as_str()),
            likes: head.map(|h| h.likes),
            platform: &c.platform,
            labels: &c.labels,
            tag: &c.tag,
            window_until: c.window_closes.map(Time::rfc3339),
            snoozed_until: match c.state {
                State::Snoozed { until } => Some(until.rfc3339()),
                _ => None,
            },
            claimed_by: c.claim.as_ref().map(|claim| claim.operator.0.as_str()),
            escalated_by: c.escalated.as_ref().map(|e| e.by.0.as_str()),
            escalated_at: c.escalated.as_ref().map(|e| e.at.rfc3339()),
        }
    }
}

/// The text a row speaks of. A row carries only the beginning of a long one; the desk is asked for
/// the rest then, and only then.
fn whole_text(
    context: &Context,
    desk: &mut DeskClient,
    c: &Conversation,
) -> Result<String, Failure> {
    let Some(head) = c.speaks_of() else { return Ok(String::new()) };
    // The cut falls between characters, up to three bytes before the bound.
    if head.excerpt.len() + 4 <= Head::EXCERPT {
        return Ok(head.excerpt.clone());
    }
    match context.ask(desk, Ask::Show(c.id))? {
        Answer::Shown(detail) => Ok(detail
            .messages
            .into_iter()
            .find(|(seq, _)| *seq == head.seq)
            .map_or_else(|| head.excerpt.clone(), |(_, message)| message.text)),
        _ => Err(context.strange()),
    }
}

/// How the columns of a row stand: number, time left, channel, tag, likes, author, text.
const ALIGNS: [Align; 7] =
    [Align::Right, Align::Right, Align::Left, Align::Left, Align::Right, Align::Left, Align::Left];

fn cells(c: &Conversation, now: Time, lang: Lang) -> Vec<Shown> {
    let head = c.speaks_of();
    let name = if c.tag.is_empty() { say::UNTAGGED.say(lang) } else { Shown::line(&c.tag) };
    vec![
        Shown::line(&c.id.to_string()),
        match &c.timer {
            Some(timer) => format::countdown((timer.due - now).0),
            None => say::NO_DEADLINE.say(lang),
        },
        Shown::line(&c.channel.0),
        name,
        head.filter(|h| h.likes > 0)
            .map(|h| say::LIKES.fill(lang, &[("n", &format::number(lang, u64::from(h.likes)))]))
            .unwrap_or_default(),
        head.map(|h| Shown::line(&h.author.name)).unwrap_or_default(),
        match head {
            Some(head) => Shown::line(&head.excerpt),
            None if c.erased.is_some() => privacy::ERASED.say(lang),
            None => Shown::default(),
        },
    ]
}
