//! `dutydesk keys`: the keys of the cockpit as you have them, and what is wrong with your own.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::app::action::Context as Place;
use crate::app::keymap::{Keymap, Wrong};
use crate::app::{Settings, action};
use crate::client::settings::preset;
use crate::config::{Env, UserSettings};
use crate::text::catalogue::verbs as say;
use crate::text::{Align, Lang, Shown};
use clap::{ArgMatches, Command};
use serde::Serialize;
use std::path::PathBuf;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("keys")
        .about(say::KEYS.raw(lang))
        .subcommand_required(true)
        .subcommand(Command::new("list").about(say::KEYS_LIST.raw(lang)))
        .subcommand(Command::new("check").about(say::KEYS_CHECK.raw(lang)))
}

/// Lists or checks; no desk is needed for it.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let own = Own::read(context.lang)?;
    match args.subcommand_name() {
        Some("check") => check(context, &own),
        _ => list(context, &own),
    }
}

/// The operator's keymap, and where their own keys are written.
struct Own {
    file: PathBuf,
    lines: Vec<usize>,
    keymap: Keymap,
    wrong: Vec<Wrong>,
}

impl Own {
    fn read(lang: Lang) -> Result<Own, Failure> {
        let file = Env::from(|name| std::env::var_os(name)).user_file().unwrap_or_default();
        let user = match file.as_os_str().is_empty() {
            true => UserSettings::default(),
            false => {
                UserSettings::load(&file).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?
            }
        };
        let lines = user.keys.iter().map(|k| k.line).collect();
        let keys = user.keys.into_iter().map(|k| (k.action, k.keys)).collect();
        let settings = Settings { lang, preset: preset(&user.keymap), keys, ..Settings::default() };
        let (keymap, wrong) = Keymap::new(&settings);
        Ok(Own { file, lines, keymap, wrong })
    }
}

#[derive(Serialize)]
struct Line<'a> {
    context: String,
    keys: Vec<String>,
    action: &'a str,
    meaning: String,
}

fn list(context: &Context, own: &Own) -> Outcome {
    let lang = context.lang;
    let mut printer = Printer::new(lang);
    let mut rows = Vec::new();
    for place in Place::ALL {
        for spec in action::TABLE.iter().filter(|s| s.contexts.contains(&place)) {
            let keys: Vec<Shown> = own.keymap.keys(spec.action, place).collect();
            if context.json {
                printer.json(&Line {
                    context: format!("{place:?}").to_lowercase(),
                    keys: keys.iter().map(Shown::to_string).collect(),
                    action: spec.name,
                    meaning: spec.long.say(lang).to_string(),
                })?;
            } else {
                let keys = Shown::join(&keys, &Shown::blank(1));
                let cells = [place.title().say(lang), keys, Shown::line(spec.name)];
                rows.push([cells.to_vec(), vec![spec.long.say(lang)]].concat());
            }
        }
    }
    printer.table(&[Align::Left; 4], &rows)?;
    printer.end()
}

#[derive(Serialize)]
struct Mistake<'a> {
    file: String,
    line: usize,
    mistake: &'a str,
}

fn check(context: &Context, own: &Own) -> Outcome {
    let lang = context.lang;
    let mut printer = Printer::new(lang);
    for wrong in &own.wrong {
        let line = own.lines.get(wrong.entry).copied().unwrap_or(0);
        let file = own.file.display().to_string();
        if context.json {
            printer.json(&Mistake { file, line, mistake: wrong.text.as_str() })?;
        } else {
            let place = Shown::line(&format!("{file}:{line}: "));
            printer.line(&Shown::join([&place, &wrong.text], &Shown::default()))?;
        }
    }
    if own.wrong.is_empty() && !context.json {
        printer.line(&say::KEYS_RIGHT.say(lang))?;
    }
    printer.end()?;
    match own.wrong.len() {
        0 => Ok(()),
        n => Err(Failure::new(Exit::Usage, say::KEYS_WRONG.fill(lang, &[("n", &n)]))),
    }
}
