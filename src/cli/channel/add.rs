//! `channel add`: from what is given, and what somebody at the terminal answers, a channel.

use super::given::{Given, NO_PLATFORM};
use super::{Report, guide, look, name_arg, owner, report, tell, views};
use crate::cli::{Context, Exit, Failure, Outcome};
use crate::domain::ChannelId;
use crate::text::catalogue::channels as say;
use crate::text::{Lang, Msg};
use crate::wire::channel::{ChannelAsk, NewChannel, View};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value;
use std::io::{IsTerminal, stdin};

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let word = |name: &'static str, value: &'static str, help: Msg| {
        Arg::new(name).long(name).value_name(value).help(help.raw(lang))
    };
    let filled = NonEmptyStringValueParser::new;
    Command::new("add").about(say::ABOUT_ADD.raw(lang)).args([
        name_arg(lang),
        word("platform", "PLATFORM", say::ARG_PLATFORM).value_parser(filled()),
        word("title", "TITLE", say::ARG_TITLE),
        word("connector", "CONNECTOR", say::ARG_CONNECTOR).value_parser(filled()),
        word("set", "KEY=VALUE", say::ARG_SET).action(ArgAction::Append),
        word("secret", "KEY=FROM", say::ARG_SECRET).action(ArgAction::Append),
        word("command", "WORD", say::ARG_COMMAND).num_args(1..).allow_hyphen_values(true),
    ])
}

/// Adds it.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let mut given = Given::read(args, lang)?;
    // Nobody types a password to hear afterwards that they may not.
    owner(context)?;
    let mut desk = context.connect()?;
    let views = views(context, &mut desk)?;
    let before =
        given.name.as_ref().and_then(|name| views.iter().find(|view| view.channel.id.0 == *name));
    if let Some(view) = before {
        fill_in(&mut given, view);
    }
    let changes = before.is_some_and(|view| !view.connector.is_empty());
    let mut secrets = Default::default();
    let lacks = lacks(&given, before);
    if !lacks.is_empty() {
        if !stdin().is_terminal() {
            let what = lacks.join(", ");
            return Err(Failure::new(Exit::Usage, say::MISSING.fill(lang, &[("what", &what)])));
        }
        given.check(lang)?;
        secrets = guide::ask(&mut given, &views, lang)?;
    }
    for odd in given.check(lang)? {
        eprintln!("dutydesk: {odd}");
    }
    secrets.extend(given.secrets(lang)?);
    let id = ChannelId(given.name.clone().unwrap_or_default());
    let connector = given.connector.clone().unwrap_or_default();
    let platform = given.platform.clone().unwrap_or_else(|| connector.clone());
    let settings = Value::Object(given.settings()).to_string();
    let new = NewChannel {
        id: id.0.clone(),
        platform,
        title: given.title.clone().unwrap_or_default(),
        connector: connector.clone(),
        command: given.command.clone(),
        settings,
        secrets,
    };
    tell(context, &mut desk, ChannelAsk::Add(Box::new(new)))?;
    let (done, said) = if changes { ("change", say::CHANGED) } else { ("add", say::ADDED) };
    report(context, &Report::new(done, &id), &[said.fill(lang, &[("channel", &id)])])?;
    if connector == "manual" {
        return Ok(());
    }
    look(context, &mut desk, &id).map_err(|failure| match failure.exit {
        Exit::Refused => {
            let why = failure.sentence.as_str();
            // The sentence begins with the channel already.
            let why = why.strip_prefix(&format!("{id}: ")).unwrap_or(why);
            let why = why.strip_prefix(&format!("{id}：")).unwrap_or(why);
            let values: [(&str, &dyn std::fmt::Display); 2] = [("channel", &id), ("why", &why)];
            Failure::new(Exit::Refused, say::TEST_FAILED.fill(lang, &values))
        }
        _ => failure,
    })
}

/// What is not named stays as it is.
fn fill_in(given: &mut Given, view: &View) {
    given.platform.get_or_insert_with(|| view.channel.platform.clone());
    if !view.connector.is_empty() {
        given.connector.get_or_insert_with(|| view.connector.clone());
    }
}

/// What is missing, as the command line names it.
fn lacks(given: &Given, before: Option<&View>) -> Vec<String> {
    let mut lacks = Vec::new();
    if given.name.is_none() {
        lacks.push("NAME".to_owned());
    }
    let Some(connector) = given.connector.as_deref() else {
        lacks.push("--connector".to_owned());
        return lacks;
    };
    if given.platform.is_none() && NO_PLATFORM.contains(&connector) {
        lacks.push("--platform".to_owned());
    }
    if before.is_some_and(|view| view.connector == connector) {
        // It has what it needs.
        return lacks;
    }
    if connector == "command" && given.command.is_empty() {
        lacks.push("--command".to_owned());
    }
    for setting in given.built_in().map(|ours| ours.settings).unwrap_or_default() {
        if setting.default.is_none() && !given.has(setting.name) {
            let option = if setting.secret { "--secret" } else { "--set" };
            lacks.push(format!("{option} {}=...", setting.name));
        }
    }
    lacks
}
