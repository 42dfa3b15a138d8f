//! `dutydesk man`: the manual as pages for `man`, made from the same table as `--help`.

use super::exit::Exit;
use super::{Context, Failure, Outcome, args};
use crate::text::Lang;
use crate::text::catalogue::manual as say;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_mangen::Man;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("man").about(say::MAN.raw(lang)).long_about(say::MAN_LONG.raw(lang)).arg(
        Arg::new("dir")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help(say::ARG_MAN_DIR.raw(lang)),
    )
}

/// Prints the page of the program, or writes one for each verb.
pub(super) fn run(context: &Context, given: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let mut program = args::program(lang);
    program.build();
    match given.get_one::<PathBuf>("dir") {
        Some(dir) => {
            fs::create_dir_all(dir).map_err(|e| on(dir, &e, lang))?;
            pages(&program, dir, lang)
        }
        None => {
            let page = page(&program, lang).map_err(|e| Failure::unwritten(&e, lang))?;
            let mut out = io::stdout().lock();
            out.write_all(&page)
                .and_then(|()| out.flush())
                .map_err(|e| Failure::unwritten(&e, lang))
        }
    }
}

fn on(path: &Path, why: &io::Error, lang: Lang) -> Failure {
    let values: [(&str, &dyn std::fmt::Display); 2] = [("path", &path.display()), ("why", why)];
    Failure::new(Exit::File, crate::text::catalogue::upkeep::NO_FILE.fill(lang, &values))
}

/// The page of a command, and those of its own commands.
fn pages(command: &Command, dir: &Path, lang: Lang) -> Outcome {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let file = dir.join(format!("{name}.1"));
    let page = page(command, lang).map_err(|e| on(&file, &e, lang))?;
    fs::write(&file, page).map_err(|e| on(&file, &e, lang))?;
    command
        .get_subcommands()
        .filter(|verb| !verb.is_hide_set())
        .try_for_each(|verb| pages(verb, dir, lang))
}

fn page(command: &Command, lang: Lang) -> io::Result<Vec<u8>> {
    let is_whole = command.get_name() == "dutydesk";
    // The exit codes that stand below the help get a section of their own.
    let command = command.clone().after_help("");
    let man = Man::new(command.clone()).manual("dutydesk");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if is_whole {
        man.render_subcommands_section(&mut page)?;
        section(
            &mut page,
            "EXIT STATUS",
            Exit::TABLE
                .iter()
                .map(|(exit, meaning)| ((*exit as u8).to_string(), meaning.raw(lang))),
        )?;
        section(
            &mut page,
            "ENVIRONMENT",
            ENVIRONMENT.iter().map(|(name, meaning)| ((*name).to_owned(), meaning.raw(lang))),
        )?;
        section(
            &mut page,
            "FILES",
            FILES.iter().map(|(name, meaning)| ((*name).to_owned(), meaning.raw(lang))),
        )?;
    } else if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    Ok(page)
}

/// What of the environment is heard.
const ENVIRONMENT: [(&str, crate::text::Msg); 6] = [
    ("DUTYDESK_DESK", say::ENV_DESK),
    ("DUTYDESK_AS", say::ENV_AS),
    ("DUTYDESK_LANG", say::ENV_LANG),
    ("DUTYDESK_LOG", say::ENV_LOG),
    ("NO_COLOR", say::ENV_NO_COLOR),
    ("EDITOR", say::ENV_EDITOR),
];

/// Where things lie.
const FILES: [(&str, crate::text::Msg); 3] = [
    ("~/.config/dutydesk/config.toml", say::FILE_USER),
    ("~/.local/state/dutydesk/desk", say::FILE_DESK),
    ("DIR/desk.toml, DIR/channels.toml, ...", say::FILE_SETTINGS),
];

/// A section of terms and what they mean.
fn section(
    page: &mut Vec<u8>,
    title: &str,
    rows: impl Iterator<Item = (String, &'static str)>,
) -> io::Result<()> {
    writeln!(page, ".SH \"{title}\"")?;
    for (term, meaning) in rows {
        writeln!(page, ".TP\n\\fB{}\\fR\n{}", escaped(&term), escaped(meaning))?;
    }
    Ok(())
}

/// A text as roff takes it: nothing in it is a request or an escape.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_request() {
        assert_eq!(escaped(".TH x"), "\\&.TH x");
        assert_eq!(escaped("a\\b --c"), "a\\eb \\-\\-c");
    }

    #[test]
    fn every_verb_has_its_page_in_both_languages() {
        for lang in Lang::ALL {
            let dir = tempfile::tempdir().unwrap();
            let mut program = args::program(lang);
            program.build();
            pages(&program, dir.path(), lang).unwrap();
            let names: Vec<String> = fs::read_dir(dir.path())
                .unwrap()
                .map(|f| f.unwrap().file_name().into_string().unwrap())
                .collect();
            for verb in program.get_subcommands().filter(|verb| !verb.is_hide_set()) {
                let name = format!("dutydesk-{}.1", verb.get_name());
                assert!(names.contains(&name), "{name}");
            }
            assert!(names.contains(&"dutydesk-channel-list.1".to_owned()), "{names:?}");
            let whole = fs::read_to_string(dir.path().join("dutydesk.1")).unwrap();
            for part in [".SH \"EXIT STATUS\"", "DUTYDESK_DESK", ".SH \"FILES\""] {
                assert!(whole.contains(part), "{part}");
            }
        }
    }
}
