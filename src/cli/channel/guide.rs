//! Asks for everything that the command line did not say.

use super::given::{Given, NO_PLATFORM, OTHERS, known};
use super::prompt;
use crate::cli::{Exit, Failure};
use crate::connect::built_in::{self, Setting};
use crate::connect::check;
use crate::text::catalogue::channels as say;
use crate::text::{Lang, Msg, Shown};
use crate::wire::channel::View;
use std::collections::BTreeMap;

/// Asks what is missing, in the order in which one thinks of it. Answers secrets, which are kept
/// nowhere else.
pub(super) fn ask(
    given: &mut Given,
    views: &[View],
    lang: Lang,
) -> Result<BTreeMap<String, String>, Failure> {
    if given.connector.is_none() {
        given.connector = Some(connector(lang)?);
    }
    let connector = given.connector.clone().unwrap_or_default();
    if let Some(ours) = built_in::named(&connector).filter(|ours| !ours.allows.is_empty()) {
        tell(&say::ALLOWS_HEAD.say(lang));
        for allows in ours.allows {
            tell(&Shown::line(&format!("  - {}", allows.raw(lang))));
        }
        eprintln!();
    }
    if given.platform.is_none() {
        given.platform = Some(match NO_PLATFORM.contains(&connector.as_str()) {
            true => checked(lang, say::ASK_PLATFORM, "--platform", None)?,
            false => connector.clone(),
        });
    }
    if given.name.is_none() {
        let free = |name: &&String| views.iter().all(|view| view.channel.id.0 != **name);
        let usual = given.platform.as_ref().filter(free).cloned();
        given.name = Some(checked(lang, say::ASK_NAME, "NAME", usual.as_deref())?);
    }
    if given.title.is_none() {
        let title = answer(lang, say::ASK_TITLE, "--title", Some(""))?;
        given.title = Some(title).filter(|title| !title.is_empty());
    }
    if connector == "command" && given.command.is_empty() {
        let line = answer(lang, say::ASK_COMMAND, "--command", None)?;
        given.command = line.split_whitespace().map(str::to_owned).collect();
    }
    let mut secrets = BTreeMap::new();
    for setting in built_in::named(&connector).map(|ours| ours.settings).unwrap_or_default() {
        if given.has(setting.name) {
            continue;
        }
        if setting.secret {
            if let Some(value) = secret(lang, setting)? {
                secrets.insert(setting.name.to_owned(), value);
            }
        } else {
            let value = answer(lang, setting.ask, setting.name, setting.default)?;
            // What is meant anyway need not be written down.
            if setting.default != Some(value.as_str()) {
                given.settings.push((setting.name.to_owned(), value));
            }
        }
    }
    Ok(secrets)
}

fn tell(line: &Shown) {
    eprintln!("{line}");
}

fn ended(lang: Lang) -> Failure {
    Failure::new(Exit::Usage, say::INPUT_ENDED.say(lang))
}

/// Asks until there is an answer; an empty one is the default.
fn answer(lang: Lang, ask: Msg, name: &str, default: Option<&str>) -> Result<String, Failure> {
    tell(&ask.say(lang));
    let shown = match default {
        None | Some("") => say::PROMPT.fill(lang, &[("name", &name)]),
        Some(default) => say::PROMPT_DEFAULT.fill(lang, &[("name", &name), ("default", &default)]),
    };
    loop {
        let typed = prompt::line(lang, &format!("{} ", shown.as_str().trim_end()))?;
        let typed = typed.ok_or_else(|| ended(lang))?.trim().to_owned();
        match (typed.is_empty(), default) {
            (false, _) => return Ok(typed),
            (true, Some(default)) => return Ok(default.to_owned()),
            (true, None) => tell(&say::IS_NEEDED.say(lang)),
        }
    }
}

/// As [`answer`], for a short name.
fn checked(lang: Lang, ask: Msg, name: &str, default: Option<&str>) -> Result<String, Failure> {
    loop {
        let typed = answer(lang, ask, name, default)?;
        match check::channel(&typed) {
            Ok(id) => return Ok(id.0),
            Err(why) => tell(&Shown::line(&why.to_string())),
        }
    }
}

fn secret(lang: Lang, setting: &Setting) -> Result<Option<String>, Failure> {
    tell(&setting.ask.say(lang));
    let shown = say::PROMPT_SECRET.fill(lang, &[("name", &setting.name)]);
    loop {
        let typed = prompt::secret(lang, &format!("{} ", shown.as_str().trim_end()))?;
        let typed = typed.ok_or_else(|| ended(lang))?.trim().to_owned();
        match (typed.is_empty(), setting.default) {
            (false, _) => return Ok(Some(typed)),
            (true, Some(_)) => return Ok(None),
            (true, None) => tell(&say::IS_NEEDED.say(lang)),
        }
    }
}

fn connector(lang: Lang) -> Result<String, Failure> {
    tell(&say::ASK_CONNECTOR_HEAD.say(lang));
    let ours = built_in::ALL.iter().map(|b| (b.name, b.about));
    let others = OTHERS.into_iter().zip([say::WHAT_COMMAND, say::WHAT_MANUAL]);
    for (name, about) in ours.chain(others) {
        tell(&Shown::line(&format!("  {name:<10} {}", about.raw(lang))));
    }
    loop {
        let typed = answer(lang, say::ASK_CONNECTOR, "--connector", None)?;
        match known(&typed, lang) {
            Ok(name) => return Ok(name.to_owned()),
            Err(why) => tell(&why),
        }
    }
}
