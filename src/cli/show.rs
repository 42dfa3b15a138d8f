//! `show`: one conversation, whole.

use super::list::Line;
use super::plain::sentence::Saying;
use super::print::{self, Printer};
use super::{Context, Outcome};
use crate::client::zone;
use crate::domain::archive::Month;
use crate::domain::{ConversationId, Delivery, Message, MessageKind, OutKind, State, Time};
use crate::text::catalogue::{archive, privacy, verbs as say};
use crate::text::{Lang, Msg, Shown, format, link_safe};
use crate::wire::message::{Answer, Ask, Detail};
use chrono_tz::Tz;
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

pub(super) fn command(lang: Lang) -> Command {
    Command::new("show").about(say::SHOW.raw(lang)).arg(
        Arg::new("id")
            .value_name("ID")
            .required(true)
            .value_parser(value_parser!(ConversationId))
            .help(say::ARG_ID.raw(lang)),
    )
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let id = args.get_one::<ConversationId>("id").copied().unwrap_or_default();
    let mut desk = context.connect()?;
    let Answer::Shown(detail) = context.ask(&mut desk, Ask::Show(id))? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&Whole::new(&detail))?;
    } else if print::plainly() {
        let saying = Saying::of(desk.welcome(), context.lang);
        for line in saying.thread(&detail, Time::from(chrono::Utc::now())) {
            printer.line(&line)?;
        }
    } else {
        let zone = zone::of_desk(desk.welcome());
        for line in page(&detail, zone, Time::from(chrono::Utc::now()), context.lang) {
            printer.line(&line)?;
        }
    }
    printer.end()
}

/// A conversation as `show --json` prints it: the fields of `list --json`, then its messages.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    line: Line<'a>,
    /// The rule that set the deadline.
    policy: Option<&'a str>,
    /// The text of the post of ours that it comments on.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    /// What this operator has written so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<&'a str>,
    /// The month it is archived in.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived: Option<Month>,
    /// Messages that are older than those here.
    older: u32,
    messages: Vec<MessageLine<'a>>,
}

#[derive(Serialize)]
struct MessageLine<'a> {
    seq: u32,
    kind: &'static str,
    id: &'a str,
    author: &'a str,
    operator: Option<&'a str>,
    text: &'a str,
    at: String,
    likes: u32,
    permalink: Option<&'a str>,
    attachments: &'a [crate::domain::Attachment],
    /// Only on our replies: `waiting` for a channel, `held`, `sending`, `sent`, `unconfirmed`, `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'static str>,
    /// Only on what is on its way out: what last stood in its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// The brand's account likes it.
    #[serde(skip_serializing_if = "is_false")]
    liked: bool,
    /// The brand hid it from others.
    #[serde(skip_serializing_if = "is_false")]
    hidden: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
}

impl<'a> Whole<'a> {
    fn new(detail: &'a Detail) -> Whole<'a> {
        let c = &detail.conversation;
        let head = c.speaks_of();
        let text = head.map_or("", |h| {
            let message = detail.messages.iter().find(|(seq, _)| *seq == h.seq);
            message.map_or(h.excerpt.as_str(), |(_, m)| m.text.as_str())
        });
        Whole {
            line: Line::new(c, text),
            policy: c.timer.as_ref().map(|t| t.policy.as_str()),
            about: detail.about.as_ref().map(|post| post.text.as_str()),
            draft: detail.draft.as_deref(),
            archived: detail.archived,
            older: detail.older,
            messages: detail.messages.iter().map(|m| MessageLine::new(m, detail)).collect(),
        }
    }
}

impl<'a> MessageLine<'a> {
    fn new((seq, m): &'a (u32, Message), detail: &'a Detail) -> MessageLine<'a> {
        let (seq, rows) = (*seq, &detail.outgoing);
        let row = rows.iter().find(|(of, kind, _)| *of == seq && *kind == OutKind::Reply);
        let failed = match &m.delivery {
            Delivery::Failed { why, .. } => Some(why.as_str()),
            _ => None,
        };
        MessageLine {
            why: row.and_then(|(_, _, row)| row.stage.why()).or(failed),
            liked: m.liked,
            hidden: m.hidden,
            seq,
            kind: match m.kind {
                MessageKind::Inbound => "inbound",
                MessageKind::Reply => "reply",
                MessageKind::Post => "post",
                MessageKind::Note => "note",
            },
            id: &m.platform_id,
            author: &m.author.name,
            operator: m.operator.as_ref().map(|o| o.0.as_str()),
            text: &m.text,
            at: m.at.rfc3339(),
            likes: m.likes,
            permalink: m.permalink.as_deref(),
            attachments: &m.attachments,
            delivery: match (m.kind, &m.delivery) {
                (MessageKind::Reply, Delivery::Waiting) => Some("waiting"),
                (MessageKind::Reply, Delivery::Held(_)) => Some("held"),
                (MessageKind::Reply, Delivery::Sending) => Some("sending"),
                (MessageKind::Reply, Delivery::Unconfirmed(_)) => Some("unconfirmed"),
                (MessageKind::Reply, Delivery::Failed { .. }) => Some("failed"),
                (MessageKind::Reply, Delivery::Sent(_) | Delivery::None) => Some("sent"),
                _ => None,
            },
            withdrawn_at: m.withdrawn.map(Time::rfc3339),
            erased_at: m.erased.map(Time::rfc3339),
            edited_at: m.edited.map(Time::rfc3339),
        }
    }
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// The page people read: what it is, then the thread, wrapped to the terminal.
fn page(detail: &Detail, zone: Tz, now: Time, lang: Lang) -> Vec<Shown> {
    let c = &detail.conversation;
    let local = |t: Time| t.to_utc().with_timezone(&zone);
    let moment = |t: Time| format::moment(lang, &local(t), &local(now));
    let mut lines = vec![Shown::line(&format!("#{} · {} · {}", c.id, c.channel, c.platform))];
    if let Some(month) = &detail.archived {
        lines.push(archive::MARK_LONG.fill(lang, &[("month", month)]));
    }
    let state = match c.state {
        State::Snoozed { until } => say::SNOOZED_UNTIL.fill(lang, &[("when", &moment(until))]),
        _ => Shown::line(crate::domain::order::StateKind::from(&c.state).name()),
    };
    lines.push(say::SHOW_STATE.fill(lang, &[("state", &state)]));
    if let Some(timer) = &c.timer {
        lines.push(say::SHOW_DUE.fill(
            lang,
            &[
                ("when", &moment(timer.due)),
                ("left", &format::countdown((timer.due - now).0)),
                ("policy", &timer.policy),
            ],
        ));
    }
    if let Some(closes) = c.window_closes {
        lines.push(say::SHOW_WINDOW.fill(lang, &[("when", &moment(closes))]));
    }
    if let Some(assignee) = &c.assignee {
        lines.push(say::SHOW_ASSIGNEE.fill(lang, &[("name", assignee)]));
    }
    if let Some(claim) = &c.claim {
        lines.push(
            say::SHOW_CLAIM
                .fill(lang, &[("name", &claim.operator), ("when", &moment(claim.since))]),
        );
    }
    if let Some(escalated) = &c.escalated {
        let when = moment(escalated.at);
        lines.push(say::SHOW_ESCALATED.fill(lang, &[("name", &escalated.by), ("when", &when)]));
    }
    if let Some(link) = detail.page().and_then(link_safe) {
        lines.push(say::SHOW_PAGE.fill(lang, &[("link", &link)]));
    }
    if !c.labels.is_empty() {
        lines.push(say::SHOW_LABELS.fill(lang, &[("labels", &c.labels.join(", "))]));
    }
    if let Some(post) = &detail.about {
        lines.push(Shown::default());
        lines.push(Shown::join(
            [moment(post.at), say::MARK_POST.say(lang)].iter(),
            &Shown::line(" · "),
        ));
        body(&post.text, &mut lines);
    }
    if detail.older > 0 {
        lines.push(Shown::default());
        lines.push(say::SHOW_OLDER.fill(lang, &[("n", &detail.older)]));
    }
    for (_, message) in &detail.messages {
        lines.push(Shown::default());
        let who = match &message.operator {
            Some(operator) => Shown::line(&operator.0),
            None => Shown::line(&message.author.name),
        };
        let mark = match (message.kind, &message.delivery) {
            (MessageKind::Inbound, _) => Shown::default(),
            (MessageKind::Note, _) => say::MARK_NOTE.say(lang),
            (MessageKind::Post, _) => say::MARK_POST.say(lang),
            (MessageKind::Reply, Delivery::Waiting) => say::MARK_WAITING.say(lang),
            (MessageKind::Reply, Delivery::Held(_)) => say::MARK_HELD.say(lang),
            (MessageKind::Reply, Delivery::Sending) => say::MARK_SENDING.say(lang),
            (MessageKind::Reply, Delivery::Unconfirmed(_)) => say::MARK_UNCONFIRMED.say(lang),
            (MessageKind::Reply, Delivery::Failed { why, .. }) => {
                say::MARK_FAILED.fill(lang, &[("why", why)])
            }
            (MessageKind::Reply, _) => say::MARK_REPLY.say(lang),
        };
        let only = |so: bool, msg: Msg| if so { msg.say(lang) } else { Shown::default() };
        let parts = [
            moment(message.at),
            who,
            mark,
            only(message.liked, say::MARK_LIKED),
            only(message.hidden, say::MARK_HIDDEN),
            only(message.withdrawn.is_some() && message.erased.is_none(), say::MARK_WITHDRAWN),
        ];
        let separator = Shown::line(" · ");
        lines.push(Shown::join(parts.iter().filter(|p| !p.is_empty()), &separator));
        match message.erased {
            Some(_) => body(privacy::ERASED.raw(lang), &mut lines),
            None => body(&message.text, &mut lines),
        }
        for attachment in &message.attachments {
            let link = link_safe(&attachment.link).unwrap_or_else(|| say::UNSAFE_LINK.say(lang));
            lines.push(Shown::line(&format!("  [{}] {link}", attachment.say(lang))));
        }
    }
    lines
}

/// A message's text, indented, wrapped where there is a terminal.
fn body(text: &str, lines: &mut Vec<Shown>) {
    let indent = Shown::blank(2);
    for line in Shown::lines(text) {
        let wrapped = match print::columns() {
            Some(columns) => line.wrap(columns.saturating_sub(2).max(20)),
            None => vec![line],
        };
        for piece in wrapped {
            let mut indented = indent.clone();
            indented.push(&piece);
            lines.push(indented);
        }
    }
}
