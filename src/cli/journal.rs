//! `journal`: who did what, when: the audit log and the handover.

use super::print::Printer;
use super::{Context, Outcome};
use crate::client::zone;
use crate::domain::journal::{Actor, Became, DeskNews, Entry, What};
use crate::domain::post::PostChange;
use crate::domain::{ConversationId, Name, OperatorName, OutKind, Time};
use crate::text::catalogue::{archive, lint, privacy, publishing, verbs as say};
use crate::text::{Align, Lang, Msg, Shown, format};
use crate::wire::message::{Answer, Ask};
use chrono_tz::Tz;
use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

pub(super) fn command(lang: Lang) -> Command {
    Command::new("journal").about(say::JOURNAL.raw(lang)).args([
        Arg::new("from")
            .long("from")
            .value_name("N")
            .value_parser(value_parser!(u64))
            .help(say::ARG_FROM.raw(lang)),
        Arg::new("limit")
            .long("limit")
            .value_name("N")
            .value_parser(value_parser!(u64))
            .help(say::ARG_ENTRIES.raw(lang)),
    ])
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let mut from = args.get_one::<u64>("from").copied().unwrap_or(0);
    let mut left = args.get_one::<u64>("limit").copied().unwrap_or(u64::MAX);
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let now = Time::from(chrono::Utc::now());
    let mut printer = Printer::new(context.lang);
    while left > 0 {
        let Answer::Journal(mut entries) = context.ask(&mut desk, Ask::Journal { from })? else {
            return Err(context.strange());
        };
        let Some((last, _)) = entries.last() else { break };
        from = last + 1;
        entries.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        left -= entries.len() as u64;
        if context.json {
            for (number, entry) in &entries {
                printer.json(&Line::new(*number, entry))?;
            }
        } else {
            let rows: Vec<_> = entries
                .iter()
                .map(|(number, entry)| cells(*number, entry, zone, now, context.lang))
                .collect();
            printer.table(&[Align::Right, Align::Left, Align::Left, Align::Left], &rows)?;
        }
    }
    printer.end()
}

/// An entry as `journal --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    number: u64,
    at: String,
    /// The operator, the channel's name, or `clock`.
    by: &'a str,
    /// `operator`, `declared`, `channel` or `clock`.
    kind: &'static str,
    /// The command, `received`, `overridden` or `elapsed`.
    what: &'static str,
    /// The group of one key press.
    group: Option<u64>,
    /// The group an undo or redo took back.
    undoes: Option<u64>,
    ids: Vec<ConversationId>,
    /// Posts (`12`) and their variants (`12.1`), for what is about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    posts: Vec<String>,
    /// What a platform said of a post, or what is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// New messages, for `received`.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<u32>,
    /// What the lint had found, for `overridden`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    rules: &'a [String],
    /// Why it went out all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    /// The number of the asset or topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<u64>,
    /// How many conversations went into the archive, came back, or were deleted from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversations: Option<u64>,
    /// The months of the archive that is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    months: Vec<String>,
}

impl<'a> Line<'a> {
    fn new(number: u64, entry: &'a Entry) -> Line<'a> {
        let (by, kind) = match &entry.by {
            Actor::Operator { name, declared: false } => (name.0.as_str(), "operator"),
            Actor::Operator { name, declared: true } => (name.0.as_str(), "declared"),
            Actor::Channel(channel) => (channel.0.as_str(), "channel"),
            Actor::Clock => ("clock", "clock"),
        };
        let mut line = Line {
            number,
            at: entry.at.rfc3339(),
            by,
            kind,
            what: "received",
            group: None,
            undoes: None,
            ids: Vec::new(),
            posts: Vec::new(),
            why: None,
            messages: None,
            rules: &[],
            because: None,
            about: None,
            conversations: None,
            months: Vec::new(),
        };
        match &entry.what {
            What::Action { name, group, undoes, on } => {
                line.what = name.spec().verb;
                line.group = Some(group.0);
                line.undoes = undoes.map(|g| g.0);
                line.ids = on.iter().map(|change| change.conversation).collect();
            }
            What::Received { messages, first, last } => {
                line.messages = Some(*messages);
                line.ids = [first, last].into_iter().flatten().map(|m| m.conversation).collect();
                line.ids.dedup();
            }
            What::Outgoing { message, what, on, became } => {
                line.what = outgoing_word(*what, *on, *became);
                line.ids = vec![message.conversation];
            }
            What::Overridden { group, on, rules, because } => {
                line.what = "overridden";
                line.group = Some(group.0);
                line.ids = on.clone();
                (line.rules, line.because) = (rules, Some(because.as_str()));
            }
            What::Post { verb, group, undoes, post, change, rules, because } => {
                line.what = Name::Post(*verb).spec().verb;
                line.group = Some(group.0);
                line.undoes = undoes.map(|g| g.0);
                line.posts = vec![match change {
                    PostChange::Variant { number, .. } => format!("{post}.{number}"),
                    PostChange::Begun { .. } | PostChange::Idea { .. } => post.to_string(),
                }];
                (line.rules, line.because) = (rules, because.as_deref());
            }
            What::PostWent { at, to, why, deleted, .. } => {
                line.what = if *deleted { "deleted" } else { to.name() };
                line.posts = vec![at.to_string()];
                line.why = Some(why.as_str()).filter(|why| !why.is_empty());
            }
            What::Library { verb, group, undoes, change } => {
                line.what = Name::Library(*verb).spec().verb;
                line.group = Some(group.0);
                line.undoes = undoes.map(|g| g.0);
                line.about = change.as_ref().map(|change| change.number());
            }
            What::Alert { verb, group, undoes, on } => {
                line.what = Name::Alert(*verb).spec().verb;
                line.group = Some(group.0);
                line.undoes = undoes.map(|g| g.0);
                line.about = on.first().map(|change| change.id.0);
            }
            What::Desk(news) => line.what = desk_word(news),
            What::Archive { verb, conversations, months } => {
                line.what = verb.name();
                line.conversations = Some(*conversations);
                line.months = months.iter().map(ToString::to_string).collect();
            }
            What::Elapsed { on } => {
                line.what = "elapsed";
                line.ids = on.iter().map(|change| change.conversation).collect();
            }
        }
        line
    }
}

/// What is new of the desk itself, as one word.
fn desk_word(news: &DeskNews) -> &'static str {
    match news {
        DeskNews::ErasureAsked { .. } => "erasure-asked",
        DeskNews::ErasureDone { .. } => "erasure-done",
        DeskNews::NewOperator { .. } => "new-operator",
        DeskNews::NewHost { .. } => "new-host",
    }
}

fn of_desk(news: &DeskNews, lang: Lang) -> Shown {
    match news {
        DeskNews::ErasureAsked { number } => {
            privacy::JOURNAL_ERASURE_ASKED.fill(lang, &[("n", number)])
        }
        DeskNews::ErasureDone { number } => {
            privacy::JOURNAL_ERASURE_DONE.fill(lang, &[("n", number)])
        }
        DeskNews::NewOperator { operator, host } => {
            came(privacy::NEW_OPERATOR, operator, host, lang)
        }
        DeskNews::NewHost { operator, host } => came(privacy::NEW_HOST, operator, host, lang),
    }
}

fn came(said: Msg, who: &OperatorName, host: &str, lang: Lang) -> Shown {
    let host = match host {
        "" => privacy::NO_HOST.say(lang),
        host => Shown::line(host),
    };
    said.fill(lang, &[("who", &Shown::line(&who.0)), ("host", &host)])
}

/// What became of something on its way out, as one word.
fn outgoing_word(what: OutKind, on: bool, became: Became) -> &'static str {
    match (became, what, on) {
        (Became::Done, OutKind::Reply, _) => "sent",
        (Became::Done, OutKind::Like, true) => "liked",
        (Became::Done, OutKind::Like, false) => "unliked",
        (Became::Done, OutKind::Hide, true) => "hidden",
        (Became::Done, OutKind::Hide, false) => "shown",
        (Became::Done, OutKind::Delete, _) => "deleted",
        (Became::Done, OutKind::Block, true) => "blocked",
        (Became::Done, OutKind::Block, false) => "unblocked",
        (Became::Done, OutKind::Publish, _) => "published",
        (Became::Done, OutKind::Unpublish, _) => "deleted",
        (Became::Failed, OutKind::Reply, _) => "not-sent",
        (Became::Failed, _, _) => "not-done",
        (Became::Unconfirmed, _, _) => "unconfirmed",
        (Became::Held, _, _) => "held",
    }
}

fn of_post(line: &Line<'_>, why: Option<&str>, lang: Lang) -> Shown {
    let posts = Shown::line(&line.posts.join(" "));
    match why {
        Some(why) => {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("verb", &line.what), ("what", &posts), ("why", &Shown::line(why))];
            publishing::JOURNAL_WHY.fill(lang, &values)
        }
        None => publishing::JOURNAL.fill(lang, &[("verb", &line.what), ("what", &posts)]),
    }
}

fn cells(number: u64, entry: &Entry, zone: Tz, now: Time, lang: Lang) -> Vec<Shown> {
    let line = Line::new(number, entry);
    let local = |t: Time| t.to_utc().with_timezone(&zone);
    let what = match &entry.what {
        What::Received { messages, .. } => say::JOURNAL_RECEIVED.fill(lang, &[("n", messages)]),
        What::Desk(news) => of_desk(news, lang),
        What::Elapsed { .. } => {
            say::JOURNAL_ELAPSED.fill(lang, &[("ids", &super::action::some(&line.ids, lang))])
        }
        What::Archive { conversations, .. } => {
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("verb", &line.what),
                ("n", conversations),
                ("months", &Shown::line(&line.months.join(" "))),
            ];
            archive::JOURNAL.fill(lang, &values)
        }
        What::Overridden { rules, because, .. } => {
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("ids", &super::action::some(&line.ids, lang)),
                ("rules", &Shown::line(&rules.join(", "))),
                ("because", &Shown::line(because)),
            ];
            lint::OVERRIDDEN.fill(lang, &values)
        }
        What::Post { because, .. } => {
            let why = because.as_deref();
            of_post(&line, why, lang)
        }
        What::PostWent { .. } => of_post(&line, line.why, lang),
        What::Library { .. } | What::Alert { .. } => {
            let number = line.about.map(|n| n.to_string()).unwrap_or_default();
            say::JOURNAL_DID.fill(lang, &[("verb", &line.what), ("ids", &number)])
        }
        What::Action { .. } | What::Outgoing { .. } => say::JOURNAL_DID
            .fill(lang, &[("verb", &line.what), ("ids", &super::action::some(&line.ids, lang))]),
    };
    vec![
        Shown::number(number),
        format::moment(lang, &local(entry.at), &local(now)),
        Shown::line(line.by),
        what,
    ]
}
