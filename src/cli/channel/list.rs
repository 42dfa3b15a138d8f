//! `channel list`: every channel and how it is.

use super::{name_arg, views};
use crate::cli::print::Printer;
use crate::cli::{Context, Failure, Outcome};
use crate::client::zone;
use crate::domain::{Abilities, ChannelId, Refusal, Span, Time};
use crate::text::catalogue::channels as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::channel::{Counts, Phase, View};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;
use std::collections::BTreeMap;

/// How long before their end credentials are spoken of.
const EXPIRES_SOON: Span = Span::hours(7 * 24);

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("list").about(say::ABOUT_LIST.raw(lang)).args([
        name_arg(lang),
        Arg::new("log").long("log").action(ArgAction::SetTrue).help(say::ARG_LOG.raw(lang)),
    ])
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let only = args.get_one::<String>("name");
    let log = args.get_flag("log");
    let mut desk = context.connect()?;
    let mut views = views(context, &mut desk)?;
    if let Some(name) = only {
        views.retain(|view| view.channel.id.0 == *name);
        if views.is_empty() {
            let refusal = Refusal::NoSuchChannel(ChannelId(name.clone()));
            return Err(Failure::refused(&refusal, lang));
        }
    }
    let mut printer = Printer::new(lang);
    let now = Time::from(chrono::Utc::now());
    if context.json {
        for view in &views {
            printer.json(&Line::new(view, log))?;
        }
        return printer.end();
    }
    if views.is_empty() {
        printer.line(&say::NO_CHANNELS.say(lang))?;
        return printer.end();
    }
    let mut rows = vec![HEAD.map(|msg| msg.say(lang)).to_vec()];
    rows.extend(views.iter().map(|view| cells(view, now, lang)));
    printer.table(&ALIGNS, &rows)?;
    if log {
        let zone = zone::of_desk(desk.welcome());
        let here = now.to_utc().with_timezone(&zone);
        let mut rows = Vec::new();
        for view in &views {
            for (at, line) in &view.log {
                rows.push(vec![
                    format::moment(lang, &at.to_utc().with_timezone(&zone), &here),
                    Shown::line(&view.channel.id.0),
                    Shown::line(line),
                ]);
            }
        }
        printer.table(&[Align::Left; 3], &rows)?;
    }
    printer.end()
}

/// Who holds its account, those who left among them.
fn holders(view: &View, lang: Lang) -> Shown {
    let all: Vec<Shown> = view.held_by.iter().map(|holder| holder.say(lang)).collect();
    match all.is_empty() {
        true => say::NOTHING.say(lang),
        false => Shown::join(&all, &Shown::line(", ")),
    }
}

const HEAD: [crate::text::Msg; 9] = [
    say::COL_NAME,
    say::COL_CONNECTOR,
    say::COL_PHASE,
    say::COL_ACCOUNT,
    say::COL_HELD_BY,
    say::COL_WAITING,
    say::COL_UNCONFIRMED,
    say::COL_POLLED,
    say::COL_TROUBLE,
];

const ALIGNS: [Align; 9] = [
    Align::Left,
    Align::Left,
    Align::Left,
    Align::Left,
    Align::Left,
    Align::Right,
    Align::Right,
    Align::Right,
    Align::Left,
];

fn cells(view: &View, now: Time, lang: Lang) -> Vec<Shown> {
    let nothing = || say::NOTHING.say(lang);
    let text = |text: &str| if text.is_empty() { nothing() } else { Shown::line(text) };
    let age = |at: Time| format::age(lang, (now - at).0);
    vec![
        Shown::line(&view.channel.id.0),
        text(&view.connector),
        match &view.phase {
            Phase::ByHand => say::PHASE_BY_HAND.say(lang),
            Phase::Starting => say::PHASE_STARTING.say(lang),
            Phase::Live => say::PHASE_LIVE.say(lang),
            Phase::Blind { since, .. } => say::PHASE_BLIND.fill(lang, &[("age", &age(*since))]),
            Phase::Paused => say::PHASE_PAUSED.say(lang),
        },
        text(view.account.as_deref().unwrap_or_default()),
        holders(view, lang),
        Shown::number(view.waiting),
        Shown::number(view.unconfirmed),
        view.polled.map_or_else(nothing, age),
        match (&view.phase, view.expires.map(|at| at - now)) {
            (Phase::Blind { why, .. }, _) if why.is_empty() => say::SILENT.say(lang),
            (Phase::Blind { why, .. }, _) => Shown::line(why),
            (_, Some(left)) if left < EXPIRES_SOON => {
                say::EXPIRES.fill(lang, &[("left", &format::duration(lang, left.0))])
            }
            _ => Shown::default(),
        },
    ]
}

/// A channel as `channel list --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    channel: &'a str,
    platform: &'a str,
    title: &'a str,
    reply_window_seconds: Option<i64>,
    connector: Option<&'a str>,
    phase: &'static str,
    blind_since: Option<String>,
    trouble: Option<&'a str>,
    account: Option<&'a str>,
    held_by: Vec<&'a str>,
    /// Those among them who may not use the desk any more.
    held_by_removed: Vec<&'a str>,
    waiting: u64,
    unconfirmed: u64,
    polled_at: Option<String>,
    brought_at: Option<String>,
    expires_at: Option<String>,
    budget: Option<Budget>,
    counts: Counts,
    can: Option<&'a Abilities>,
    figures: &'a BTreeMap<String, i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Vec<LogLine<'a>>>,
}

#[derive(Serialize)]
struct Budget {
    left: u64,
    of: u64,
    resets_at: Option<String>,
}

#[derive(Serialize)]
struct LogLine<'a> {
    at: String,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn new(view: &'a View, log: bool) -> Line<'a> {
        let (phase, blind_since, trouble) = match &view.phase {
            Phase::ByHand => ("by-hand", None, None),
            Phase::Starting => ("starting", None, None),
            Phase::Live => ("live", None, None),
            Phase::Blind { since, why } => ("blind", Some(since.rfc3339()), Some(why.as_str())),
            Phase::Paused => ("paused", None, None),
        };
        let lines = view.log.iter().map(|(at, text)| LogLine { at: at.rfc3339(), text });
        let gone = view.held_by.iter().filter(|h| h.removed).map(|h| h.name.as_str());
        Line {
            channel: &view.channel.id.0,
            platform: &view.channel.platform,
            title: &view.channel.title,
            reply_window_seconds: view.channel.reply_window.map(|window| window.0 / 1000),
            connector: Some(view.connector.as_str()).filter(|name| !name.is_empty()),
            phase,
            blind_since,
            trouble: trouble.filter(|why| !why.is_empty()),
            account: view.account.as_deref(),
            held_by: view.held_by.iter().map(|h| h.name.as_str()).collect(),
            held_by_removed: gone.collect(),
            waiting: view.waiting,
            unconfirmed: view.unconfirmed,
            polled_at: view.polled.map(Time::rfc3339),
            brought_at: view.brought.map(Time::rfc3339),
            expires_at: view.expires.map(Time::rfc3339),
            budget: view.budget.map(|(left, of, resets)| Budget {
                left,
                of,
                resets_at: resets.map(Time::rfc3339),
            }),
            counts: view.counts,
            can: view.can.as_ref(),
            figures: &view.figures,
            log: log.then(|| lines.collect()),
        }
    }
}
