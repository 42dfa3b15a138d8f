//! `alerts`: figures that are not as they usually are, and what is done about it.

use super::print::Printer;
use super::{Context, Outcome, action};
use crate::app::alerts::said::Say;
use crate::client::ask::DeskClient;
use crate::client::zone;
use crate::domain::alert::act::AlertAct;
use crate::domain::alert::{About, Alert, AlertId, Stage};
use crate::domain::figure::Book;
use crate::domain::{ChannelId, Command as Do, Time};
use crate::text::catalogue::alerts as say;
use crate::text::{Lang, Msg, Shown};
use crate::wire::message::{Answer, Ask, Done};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

/// Describes the verb.
pub(super) fn command(lang: Lang) -> Command {
    let numbers = || {
        Arg::new("alert")
            .value_name("N")
            .required(true)
            .num_args(1..)
            .value_parser(value_parser!(u64))
            .help(say::ARG_N.raw(lang))
    };
    let word = |name: &'static str, value: &'static str, help: Msg| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .required(true)
            .value_parser(NonEmptyStringValueParser::new())
            .help(help.raw(lang))
    };
    let verb =
        |name: &'static str, about: Msg| Command::new(name).about(about.raw(lang)).arg(numbers());
    Command::new("alerts")
        .about(say::VERB.raw(lang))
        .long_about(say::VERB_LONG.raw(lang))
        .disable_help_subcommand(true)
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help(say::ARG_ALL.raw(lang)))
        .subcommands([
            verb("ack", say::ACK),
            verb("snooze", say::SNOOZE).arg(word("until", "WHEN", say::ARG_UNTIL)),
            verb("reopen", say::REOPEN),
            verb("task", say::TASK)
                .arg(word("text", "TEXT", say::ARG_TASK).allow_hyphen_values(true)),
            verb("untask", say::UNTASK),
        ])
}

/// Does what is asked.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let mut desk = context.connect()?;
    let ids = |args: &ArgMatches| -> Vec<AlertId> {
        args.get_many::<u64>("alert").into_iter().flatten().map(|n| AlertId(*n)).collect()
    };
    let word = |args: &ArgMatches, name| args.get_one::<String>(name).cloned().unwrap_or_default();
    let act = match args.subcommand() {
        None => return list(context, &mut desk, args.get_flag("all")),
        Some(("ack", args)) => AlertAct::Acknowledge { ids: ids(args) },
        Some(("snooze", args)) => {
            let zone = zone::of_desk(desk.welcome());
            let until = action::moment(context, &word(args, "until"), zone)?;
            AlertAct::Snooze { ids: ids(args), until }
        }
        Some(("reopen", args)) => AlertAct::Reopen { ids: ids(args) },
        Some(("task", args)) => AlertAct::Task { ids: ids(args), task: Some(word(args, "text")) },
        // clap has let no other name through.
        Some((_, args)) => AlertAct::Task { ids: ids(args), task: None },
    };
    let (verb, n) = (act.verb(), act.ids().len());
    let Answer::Done(Done { made, .. }) = context.ask(&mut desk, Ask::Do(Do::Alert(act)))? else {
        return Err(context.strange());
    };
    let (lang, id) = (context.lang, made.unwrap_or(0));
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "done": verb, "number": id }))?;
        return printer.end();
    }
    let msg = if n > 1 { say::DONE_MANY } else { say::DONE };
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("id", &id), ("n", &n), ("what", &verb.done().say(lang))];
    printer.line(&msg.fill(lang, &values))?;
    printer.end()
}

fn list(context: &Context, desk: &mut DeskClient, all: bool) -> Outcome {
    let lang = context.lang;
    let Answer::Alerts(alerts) = context.ask(desk, Ask::Alerts { all })? else {
        return Err(context.strange());
    };
    let Answer::Book(book) = context.ask(desk, Ask::Book)? else {
        return Err(context.strange());
    };
    let channels = desk.welcome().channels.clone();
    let title = |id: &ChannelId| {
        let known = channels.iter().find(|c| c.id == *id).map(|c| c.title.as_str());
        Shown::line(known.filter(|title| !title.is_empty()).unwrap_or(&id.0))
    };
    let mut printer = Printer::new(lang);
    if context.json {
        alerts.iter().try_for_each(|alert| printer.json(&as_json(alert, &book, lang)))?;
        return printer.end();
    }
    if alerts.is_empty() {
        let none = if all { say::NONE_AT_ALL } else { say::NONE };
        printer.line(&none.say(lang))?;
    }
    let now = Time::from(chrono::Utc::now());
    let say = Say { book: &book, channel: &title, now, zone: zone::of_desk(desk.welcome()), lang };
    for alert in &alerts {
        let line = Shown::join([&say.line(alert), &say.stands(alert)], &say::PART.say(lang));
        printer.line(&Shown::join([&Shown::number(alert.id.0), &line], &Shown::blank(2)))?;
        for line in say.more(alert) {
            printer.line(&Shown::join([&Shown::blank(4), &line], &Shown::default()))?;
        }
    }
    printer.end()
}

fn as_json(alert: &Alert, book: &Book, lang: Lang) -> serde_json::Value {
    let (about, channel, figure) = match &alert.about {
        About::Figure(channel, name) => ("figure", Some(&channel.0), Some(name)),
        About::Arrivals => ("arrivals", None, None),
        About::Complaints => ("complaints", None, None),
    };
    let (stage, by, until) = match &alert.stage {
        Stage::Raised => ("raised", None, None),
        Stage::Acknowledged { by, .. } => ("acknowledged", Some(&by.0), None),
        Stage::Snoozed { by, until } => ("snoozed", Some(&by.0), Some(until.rfc3339())),
    };
    let carriers = alert.carriers.iter().map(|carrier| {
        json!({
            "channel": carrier.channel,
            "post": carrier.post.as_ref().map(|(id, _)| id),
            "text": carrier.post.as_ref().map(|(_, text)| text),
            "share": carrier.share,
        })
    });
    let causes = alert.causes.iter().map(|name| {
        let rule = book.diagnoses.iter().find(|rule| rule.name == *name);
        json!({ "name": name, "says": rule.map(|rule| rule.says.of(lang)) })
    });
    json!({
        "alert": alert.id,
        "about": about,
        "channel": channel,
        "figure": figure,
        "way": alert.way,
        "at": alert.at.rfc3339(),
        "began": alert.began.rfc3339(),
        "over": alert.over.map(Time::rfc3339),
        "value": alert.value,
        "usual": alert.usual,
        "change": alert.change(),
        "carriers": carriers.collect::<Vec<_>>(),
        "causes": causes.collect::<Vec<_>>(),
        "stage": stage,
        "by": by,
        "until": until,
        "task": alert.task,
    })
}
