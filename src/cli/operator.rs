//! `dutydesk operator`: who may use the desk, and as what.

use super::print::Printer;
use super::{Context, Failure, Outcome};
use crate::client::zone;
use crate::domain::Time;
use crate::domain::role::{Role, Whom};
use crate::text::catalogue::{operators as say, privacy};
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use crate::wire::people::{Host, OperatorAsk, OperatorRow, People};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::json;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let whom = || {
        Arg::new("name")
            .value_name("NAME")
            .required(true)
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_NAME.raw(lang))
    };
    let role = Arg::new("role")
        .long("role")
        .value_name("ROLE")
        .value_parser(Role::ALL.map(Role::word))
        .default_value("agent")
        .help(say::ARG_ROLE.raw(lang));
    Command::new("operator")
        .about(say::ABOUT.raw(lang))
        .long_about(say::LONG.raw(lang))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("list").about(say::ABOUT_LIST.raw(lang)),
            Command::new("add").about(say::ABOUT_ADD.raw(lang)).args([whom(), role]),
            Command::new("remove").about(say::ABOUT_REMOVE.raw(lang)).arg(whom()),
        ])
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let whom = |args: &ArgMatches| {
        Whom::parse(args.get_one::<String>("name").map(String::as_str).unwrap_or_default())
    };
    match args.subcommand() {
        Some(("add", args)) => {
            let word = args.get_one::<String>("role").map(String::as_str);
            let role = Role::ALL.into_iter().find(|role| Some(role.word()) == word);
            let (whom, role) = (whom(args), role.unwrap_or(Role::Agent));
            tell(context, OperatorAsk::Put(whom.clone(), role))?;
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("name", &whom), ("role", &role.label().say(context.lang))];
            said(context, &say::IS_NOW.fill(context.lang, &values))
        }
        Some(("remove", args)) => {
            let whom = whom(args);
            // Asked first: who removes themselves is not answered afterwards.
            let held = held(context, &whom)?;
            tell(context, OperatorAsk::Remove(whom.clone()))?;
            let msg = match whom {
                Whom::Operator(_) => say::IS_OUT,
                Whom::Group(_) => say::GROUP_IS_OUT,
            };
            said(context, &msg.fill(context.lang, &[("name", &whom)]))?;
            if held.is_empty() {
                return Ok(());
            }
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("name", &whom), ("channels", &held.join(", "))];
            said(context, &say::STILL_HOLDS.fill(context.lang, &values))
        }
        _ => list(context),
    }
}

fn tell(context: &Context, ask: OperatorAsk) -> Outcome {
    let mut desk = context.connect()?;
    match context.ask(&mut desk, Ask::Operator(ask))? {
        Answer::Ok => Ok(()),
        _ => Err(context.strange()),
    }
}

/// The channels whose account they hold.
fn held(context: &Context, whom: &Whom) -> Result<Vec<String>, Failure> {
    let Whom::Operator(name) = whom else { return Ok(Vec::new()) };
    let mut desk = context.connect()?;
    let Answer::Channels(views) = context.ask(&mut desk, Ask::Channels)? else {
        return Err(context.strange());
    };
    let held = views.into_iter().filter(|view| view.held_by.iter().any(|h| h.name == name.0));
    Ok(held.map(|view| view.channel.id.0).collect())
}

fn said(context: &Context, what: &Shown) -> Outcome {
    let mut printer = Printer::new(context.lang);
    match context.json {
        true => printer.json(&json!({ "said": what.as_str() }))?,
        false => printer.line(what)?,
    }
    printer.end()
}

/// The hosts they came from last.
fn hosts(of: &OperatorRow) -> Shown {
    const MOST: usize = 3;
    let all: Vec<Shown> = of
        .hosts
        .iter()
        .filter(|host| !host.host.is_empty())
        .take(MOST)
        .map(|host| Shown::line(&host.host))
        .collect();
    match all.is_empty() {
        true => Shown::line("-"),
        false => Shown::join(&all, &Shown::line(" ")),
    }
}

fn hosts_json(of: &OperatorRow) -> Vec<serde_json::Value> {
    let one =
        |h: &Host| json!({ "host": h.host, "first": h.first.rfc3339(), "last": h.last.rfc3339() });
    of.hosts.iter().map(one).collect()
}

fn list(context: &Context) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let Answer::Operators(people) = context.ask(&mut desk, Ask::Operators)? else {
        return Err(context.strange());
    };
    let People { roles, operators } = *people;
    let mut printer = Printer::new(lang);
    if context.json {
        for row in &operators {
            printer.json(&json!({
                "operator": row.operator, "role": row.role, "cockpits": row.cockpits,
                "last": row.last.map(Time::rfc3339), "hosts_unverified": hosts_json(row),
            }))?;
        }
        for (whom, role) in roles.given.iter().filter(|(whom, _)| matches!(whom, Whom::Group(_))) {
            printer.json(&json!({ "group": whom.to_string(), "role": role }))?;
        }
        return printer.end();
    }
    let zone = zone::of_desk(desk.welcome());
    let now = Time::from(chrono::Utc::now()).in_zone(zone);
    let role = |role: Option<Role>| role.map_or(say::NOBODY, Role::label).say(lang);
    let mut rows = vec![
        [say::COL_NAME, say::COL_ROLE, say::COL_ON, say::COL_LAST, privacy::COL_HOSTS]
            .map(|m| m.say(lang))
            .to_vec(),
    ];
    let never = |row: &OperatorRow| match row.last {
        Some(last) => format::moment(lang, &last.in_zone(zone), &now),
        None => Shown::line("-"),
    };
    for row in &operators {
        let on = format::number(lang, row.cockpits.into());
        rows.push(vec![Shown::line(&row.operator.0), role(row.role), on, never(row), hosts(row)]);
    }
    let known =
        |whom: &Whom| operators.iter().any(|row| Whom::Operator(row.operator.clone()) == *whom);
    for (whom, given) in roles.given.iter().filter(|(whom, _)| !known(whom)) {
        let none = || Shown::line("-");
        rows.push(vec![Shown::line(&whom.to_string()), role(Some(*given)), none(), none(), none()]);
    }
    let (l, r) = (Align::Left, Align::Right);
    printer.table(&[l, l, r, l, l], &rows)?;
    printer.line(&privacy::HOSTS_NOTE.say(lang))?;
    printer.line(&say::OTHERS.fill(lang, &[("role", &role(roles.default))]))?;
    printer.end()
}
