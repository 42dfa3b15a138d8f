//! `post`: what is published: begun, edited, reviewed, scheduled, recalled, shown.

mod act;
mod edit;
mod given;
mod show;
mod target;

use super::{Context, Outcome};
use crate::domain::post::Step;
use crate::domain::slot::SlotState;
use crate::text::catalogue::{post_verbs as say, posts, verbs};
use crate::text::{Lang, Msg};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
pub(super) use show::{funnel as funnel_word, step as step_word};
use std::path::PathBuf;
use target::Target;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("post")
        .about(say::VERB.raw(lang))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([
            given::args(Command::new("new").about(posts::NEW.raw(lang)), lang).args([
                option("idea", "TEXT", say::ARG_IDEA, lang)
                    .required_unless_present("file")
                    .conflicts_with("file"),
                file(lang).conflicts_with_all(given::NAMES),
                Arg::new("topic")
                    .long("topic")
                    .value_name("N")
                    .value_parser(value_parser!(u64))
                    .help(say::ARG_TOPIC.raw(lang)),
                flag("submit", say::ARG_SUBMIT, lang),
            ]),
            Command::new("idea").about(posts::IDEA.raw(lang)).args([
                one_post(lang),
                Arg::new("idea")
                    .value_name("TEXT")
                    .required(true)
                    .value_parser(NonEmptyStringValueParser::new())
                    .help(say::ARG_IDEA.raw(lang)),
            ]),
            Command::new("edit").about(posts::EDIT.raw(lang)).args([one_post(lang), file(lang)]),
            Command::new("list").about(say::LIST.raw(lang)).args([
                option("channel", "NAME", say::ARG_ONLY_CHANNEL, lang),
                option("state", "STATE", say::ARG_STATE, lang)
                    .action(ArgAction::Append)
                    .value_parser(SlotState::ALL[1..].iter().map(|s| s.name()).collect::<Vec<_>>()),
                Arg::new("limit")
                    .long("limit")
                    .value_name("N")
                    .value_parser(value_parser!(usize))
                    .help(say::ARG_LIMIT.raw(lang)),
            ]),
            Command::new("show")
                .about(say::SHOW.raw(lang))
                .args([one_post(lang), flag("markdown", say::ARG_MARKDOWN, lang)]),
            given::args(Command::new("add").about(posts::ADD.raw(lang)).arg(one_post(lang)), lang),
            Command::new("drop").about(posts::DROP.raw(lang)).arg(one_variant(lang)),
            Command::new("submit")
                .about(posts::SUBMIT.raw(lang))
                .args([some_posts(lang), option("because", "REASON", say::ARG_BECAUSE, lang)]),
            Command::new("approve").about(posts::APPROVE.raw(lang)).args([
                some_posts(lang),
                step(say::ARG_STEP, lang),
                option("why", "TEXT", say::ARG_WHY, lang),
            ]),
            Command::new("reject").about(posts::REJECT.raw(lang)).args([
                one_variant(lang),
                step(say::ARG_REJECT_STEP, lang).required(true),
                option("why", "TEXT", say::ARG_MEND, lang).required(true),
                option("place", "TEXT", say::ARG_PLACE, lang),
            ]),
            Command::new("schedule").about(posts::SCHEDULE.raw(lang)).args([
                one_variant(lang),
                Arg::new("when")
                    .value_name("WHEN")
                    .required_unless_present("next")
                    .value_parser(NonEmptyStringValueParser::new())
                    .help(say::ARG_WHEN.raw(lang)),
                flag("next", say::ARG_NEXT, lang).conflicts_with("when"),
            ]),
            Command::new("unschedule").about(posts::UNSCHEDULE.raw(lang)).arg(some_posts(lang)),
            Command::new("recall").about(posts::RECALL.raw(lang)).arg(some_posts(lang)),
            Command::new("published")
                .about(posts::PUBLISHED.raw(lang))
                .args([one_variant(lang), option("url", "URL", say::ARG_URL, lang)]),
            Command::new("again").about(posts::AGAIN.raw(lang)).arg(some_posts(lang)),
        ])
}

fn option(name: &'static str, value: &'static str, help: Msg, lang: Lang) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .value_parser(NonEmptyStringValueParser::new())
        .help(help.raw(lang))
}

fn flag(name: &'static str, help: Msg, lang: Lang) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help.raw(lang))
}

fn file(lang: Lang) -> Arg {
    Arg::new("file")
        .long("file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help(say::ARG_FILE.raw(lang))
}

fn step(help: Msg, lang: Lang) -> Arg {
    option("step", "STEP", help, lang).value_parser(Step::ALL.map(Step::name))
}

fn target(lang: Lang, help: Msg) -> Arg {
    Arg::new("post")
        .value_name("ID")
        .required(true)
        .value_parser(move |typed: &str| {
            typed
                .parse::<Target>()
                .map_err(|()| say::NOT_A_POST.fill(lang, &[("value", &typed)]).to_string())
        })
        .help(help.raw(lang))
}

fn one_post(lang: Lang) -> Arg {
    target(lang, say::ARG_POST)
}

fn one_variant(lang: Lang) -> Arg {
    target(lang, say::ARG_ONE)
}

fn some_posts(lang: Lang) -> Arg {
    target(lang, say::ARG_POSTS).num_args(1..).action(ArgAction::Append)
}

/// Does what is asked.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    match args.subcommand() {
        Some(("new", args)) => given::new(context, args),
        Some(("add", args)) => given::add(context, args),
        Some(("edit", args)) => edit::run(context, args),
        Some(("list", args)) => show::list(context, args),
        Some(("show", args)) => show::one(context, args),
        Some((verb, args)) => act::run(context, verb, args),
        // clap has let no other name through.
        None => Ok(()),
    }
}

/// Why an input could not be read.
fn no_input(context: &Context, why: &std::io::Error) -> super::Failure {
    let text = verbs::NO_INPUT.fill(context.lang, &[("why", why)]);
    super::Failure::new(super::Exit::File, text)
}

#[cfg(test)]
mod tests;
