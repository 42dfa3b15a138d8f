//! The parts of the documentation that are made from the program's own tables, so that they cannot
//! tell of a verb, an option or a key that is not there.
//!
//! A page in `docs/` marks the place of a part with `<!-- begin NAME -->` and `<!-- end NAME -->`;
//! `tests/cli_docs.rs` compares, and writes them anew when asked to.

use super::args;
use super::exit::Exit;
use crate::app::action::{Context, TABLE};
use crate::text::Lang;
use clap::{Arg, Command};
use std::fmt::Write as _;

/// A part's name and the function that writes it.
type Part = (&'static str, fn(Lang) -> String);

/// The parts there are.
const PARTS: [Part; 4] =
    [("exit codes", exits), ("options", options), ("verbs", verbs), ("keys", keys)];

/// The page with each of its marked parts written anew.
///
/// # Errors
/// The name of a part that is opened but not closed.
pub fn filled(page: &str, lang: Lang) -> Result<String, &'static str> {
    let mut page = page.to_owned();
    for (name, write) in PARTS {
        let begin = format!("<!-- begin {name} -->\n");
        let Some(start) = page.find(&begin).map(|at| at + begin.len()) else { continue };
        let end = page[start..].find(&format!("<!-- end {name} -->")).ok_or(name)?;
        page.replace_range(start..start + end, &write(lang));
    }
    Ok(page)
}

/// A row of a Markdown table.
fn row(cells: &[&str]) -> String {
    let cells: Vec<String> =
        cells.iter().map(|c| c.replace('|', "\\|").replace('\n', " ")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn exits(lang: Lang) -> String {
    let mut out = String::from("| code | meaning |\n|---|---|\n");
    for (exit, meaning) in Exit::TABLE {
        out.push_str(&row(&[&(exit as u8).to_string(), meaning.raw(lang)]));
    }
    out
}

/// What every verb takes, and what the cockpit takes.
fn options(lang: Lang) -> String {
    let mut out = String::from("| option | meaning |\n|---|---|\n");
    for arg in args::program(lang).get_arguments() {
        out.push_str(&argument(arg));
    }
    out
}

fn verbs(lang: Lang) -> String {
    let mut out = String::new();
    for verb in args::program(lang).get_subcommands().filter(|v| !v.is_hide_set()) {
        describe(verb, "dutydesk", &mut out);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A verb, or each of its own verbs.
fn describe(verb: &Command, of: &str, out: &mut String) {
    let name = format!("{of} {}", verb.get_name());
    if verb.has_subcommands() {
        verb.get_subcommands().for_each(|own| describe(own, &name, out));
        return;
    }
    // Writing to a String cannot fail.
    let _ = write!(out, "### `{}`\n\n{}\n\n", usage(verb, &name), about(verb));
    let own: Vec<&Arg> = verb.get_arguments().filter(|a| !a.is_hide_set()).collect();
    if !own.is_empty() {
        out.push_str("| argument | meaning |\n|---|---|\n");
        for arg in own {
            out.push_str(&argument(arg));
        }
        out.push('\n');
    }
}

fn usage(verb: &Command, name: &str) -> String {
    let usage = verb.clone().bin_name(name.to_owned()).render_usage();
    usage.to_string().trim_start_matches("Usage:").trim().to_owned()
}

fn about(verb: &Command) -> String {
    let about = verb.get_long_about().or(verb.get_about()).map(ToString::to_string);
    about.unwrap_or_default()
}

fn argument(arg: &Arg) -> String {
    let value = arg
        .get_value_names()
        .filter(|_| arg.get_action().takes_values())
        .and_then(|names| names.first())
        .map(ToString::to_string);
    let name = match (arg.get_long(), value) {
        (Some(long), Some(value)) => format!("`--{long} {value}`"),
        (Some(long), None) => format!("`--{long}`"),
        (None, Some(value)) => format!("`{value}`"),
        (None, None) => return String::new(),
    };
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let words: Vec<String> =
        arg.get_possible_values().iter().map(|v| format!("`{}`", v.get_name())).collect();
    if !words.is_empty() && arg.get_action().takes_values() {
        let _ = write!(help, ": {}", words.join(", "));
    }
    row(&[&name, &help])
}

/// Every key of every place, with the name that settings call its action.
fn keys(lang: Lang) -> String {
    let mut out = String::new();
    for context in Context::ALL {
        let here = TABLE.iter().filter(|spec| spec.contexts.contains(&context));
        let _ = write!(
            out,
            "### {}\n\n| keys | action | meaning |\n|---|---|---|\n",
            context.title().raw(lang)
        );
        for spec in here {
            let keys: Vec<String> = spec.keys.iter().map(|k| format!("`{k}`")).collect();
            out.push_str(&row(&[
                &keys.join(" "),
                &format!("`{}`", spec.name),
                spec.long.raw(lang),
            ]));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
