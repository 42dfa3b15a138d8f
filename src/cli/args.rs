//! What stands on the command line: the tree of verbs and what all of them share.

use super::exit::Exit;
use super::{Context, verbs};
use crate::config::{Env, UserSettings};
use crate::domain::OperatorName;
use crate::text::catalogue::{plain, verbs as say};
use crate::text::{Lang, Shown};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::ffi::OsString;
use std::path::PathBuf;

/// The language of this run, needed before the arguments can be described: `--lang`, then
/// `DUTYDESK_LANG`, then the operator's settings, then the locale.
pub(super) fn lang(args: &[OsString]) -> Lang {
    let flag = args.iter().enumerate().find_map(|(i, arg)| {
        match arg.to_str()?.strip_prefix("--lang")? {
            "" => args.get(i + 1)?.to_str(),
            rest => rest.strip_prefix('='),
        }
    });
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    if let Some(named) = flag.map(str::to_owned).or_else(|| set("DUTYDESK_LANG")) {
        return Lang::from_locale(&named);
    }
    // A mistake in the settings is told by the cockpit, which needs all of them.
    Env::from(|name| std::env::var_os(name))
        .user_file()
        .and_then(|file| UserSettings::load(&file).ok()?.language)
        .or_else(|| {
            let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"))?;
            Some(Lang::from_locale(&locale))
        })
        .unwrap_or_default()
}

/// Whether everything is said in plain lines: `--plain`, else the operator's settings.
pub(super) fn plain(matches: &ArgMatches) -> bool {
    // A mistake in the settings is told by the cockpit, as above.
    let user = || {
        let file = Env::from(|name| std::env::var_os(name)).user_file()?;
        UserSettings::load(&file).ok()
    };
    matches.get_flag("plain") || user().is_some_and(|user| user.plain)
}

/// The whole command line.
pub(super) fn program(lang: Lang) -> Command {
    let exits = Exit::TABLE
        .iter()
        .map(|(exit, meaning)| format!("  {:>2}  {}", *exit as u8, meaning.say(lang)))
        .collect::<Vec<_>>()
        .join("\n");
    let about = say::ABOUT.raw(lang);
    Command::new("dutydesk")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .long_about(format!("{about}\n\n{}", say::ABOUT_COCKPIT.raw(lang)))
        .after_help(format!("{}\n{exits}", say::EXIT_CODES.raw(lang)))
        .disable_help_subcommand(true)
        .args([
            Arg::new("desk")
                .long("desk")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help(say::ARG_DESK.raw(lang)),
            Arg::new("as")
                .long("as")
                .value_name("NAME")
                .value_parser(NonEmptyStringValueParser::new())
                .global(true)
                .help(say::ARG_AS.raw(lang)),
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .global(true)
                .help(say::ARG_JSON.raw(lang)),
            Arg::new("plain")
                .long("plain")
                .action(ArgAction::SetTrue)
                .global(true)
                .help(plain::ARG_PLAIN.raw(lang)),
            Arg::new("lang")
                .long("lang")
                .value_name("LANG")
                .value_parser(["en", "zh"])
                .global(true)
                .help(say::ARG_LANG.raw(lang)),
        ])
        .args(verbs::cockpit_args(lang))
        .subcommands(verbs::commands(lang))
}

/// What every verb is told: by its options, else by the environment.
pub(super) fn context(matches: &ArgMatches, lang: Lang) -> Context {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    let desk = matches.get_one::<PathBuf>("desk").cloned();
    let declared = matches.get_one::<String>("as").cloned();
    Context {
        desk: desk
            .filter(|d| !d.as_os_str().is_empty())
            .or_else(|| set("DUTYDESK_DESK").map(PathBuf::from)),
        declared: declared
            .or_else(|| set("DUTYDESK_AS").and_then(|v| v.into_string().ok()))
            .map(OperatorName),
        json: matches.get_flag("json"),
        lang,
    }
}

/// Says what clap has to say: the help asked for, or what is wrong. The words of the command line
/// are made safe, as they may come from a script that got them from anywhere.
pub(super) fn complain(e: &clap::Error) -> Exit {
    let text = e.render();
    let exit = if e.use_stderr() { Exit::Usage } else { Exit::Done };
    if exit == Exit::Done {
        // Our own text: its colours may stay.
        let _ = e.print();
    } else {
        for line in Shown::lines(&text.to_string()) {
            eprintln!("{line}");
        }
    }
    exit
}
