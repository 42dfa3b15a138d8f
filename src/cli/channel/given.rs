//! What the command line says of a channel that is to be added.

use super::prompt;
use crate::cli::{Exit, Failure};
use crate::connect::built_in::{self, BuiltIn};
use crate::text::catalogue::channels as say;
use crate::text::{Lang, Msg, Shown};
use clap::ArgMatches;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{IsTerminal, Read, stdin};
use std::path::{Path, PathBuf};

/// The most bytes of a file that holds a secret.
const MOST_SECRET: u64 = 64 << 10;

/// The connectors that are no program of ours.
pub(super) const OTHERS: [&str; 2] = ["command", "manual"];

/// The connectors that are named after no platform.
pub(super) const NO_PLATFORM: [&str; 3] = ["command", "manual", "file"];

/// Platforms that people ask for and that cannot be connected, by the names they are known by; true
/// when approved companies can.
const CLOSED: [(&str, &[&str], bool); 7] = [
    ("xiaohongshu", &["小红书", "rednote", "xhs"], false),
    ("zhihu", &["知乎"], false),
    ("bilibili", &["哔哩哔哩", "b站"], false),
    ("kuaishou", &["快手", "kwai"], false),
    ("douyin", &["抖音"], true),
    ("weibo", &["微博"], true),
    ("linkedin", &["领英"], true),
];

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A line of standard input.
    Line,
    /// A file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

/// What was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub name: Option<String>,
    pub platform: Option<String>,
    pub title: Option<String>,
    pub connector: Option<String>,
    pub command: Vec<String>,
    pub settings: Vec<(String, String)>,
    pub secrets: Vec<(String, Source)>,
}

impl Given {
    /// Reads the arguments.
    pub fn read(args: &ArgMatches, lang: Lang) -> Result<Given, Failure> {
        let usage = |why: Shown| Failure::new(Exit::Usage, why);
        let one = |name: &str| args.get_one::<String>(name).cloned();
        let many = |name: &str| -> Vec<String> {
            args.get_many(name).map(|all| all.cloned().collect()).unwrap_or_default()
        };
        let mut settings = Vec::new();
        for set in many("set") {
            let (name, value) = set
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| usage(say::BAD_SET.say(lang)))?;
            settings.push((name.to_owned(), value.to_owned()));
        }
        let mut secrets = Vec::new();
        for secret in many("secret") {
            // What stands there may be the secret itself: it is not repeated.
            let (name, from) = secret
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| usage(say::BAD_SECRET_ARG.say(lang)))?;
            let source = if from == "-" {
                Source::Line
            } else if let Some(file) = from.strip_prefix('@').filter(|file| !file.is_empty()) {
                Source::File(file.into())
            } else if let Some(name) = from.strip_prefix("env:").filter(|name| !name.is_empty()) {
                Source::Variable(name.to_owned())
            } else {
                return Err(usage(say::PLAIN_SECRET.fill(lang, &[("name", &name)])));
            };
            secrets.push((name.to_owned(), source));
        }
        let command: Vec<String> =
            many("command").into_iter().enumerate().map(|(at, word)| whole(at, word)).collect();
        let connector = match (one("connector"), command.is_empty()) {
            // A command line says it by itself.
            (None, false) => Some("command".to_owned()),
            (Some(named), _) => Some(known(&named, lang).map_err(usage)?.to_owned()),
            (None, true) => None,
        };
        if let Some(connector) =
            connector.as_ref().filter(|c| *c != "command" && !command.is_empty())
        {
            return Err(usage(say::COMMAND_ELSEWHERE.fill(lang, &[("connector", connector)])));
        }
        Ok(Given {
            name: one("name"),
            platform: one("platform"),
            title: one("title"),
            connector,
            command,
            settings,
            secrets,
        })
    }

    /// The connector when it is one of ours.
    pub fn built_in(&self) -> Option<&'static BuiltIn> {
        built_in::named(self.connector.as_deref()?)
    }

    /// Whether a setting or secret of that name was given.
    pub fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|(n, _)| n == name) || self.secrets.iter().any(|(n, _)| n == name)
    }

    /// Says what stands in the wrong place; tells of settings that nobody asks for.
    pub fn check(&self, lang: Lang) -> Result<Vec<Shown>, Failure> {
        let Some(connector) = self.built_in() else { return Ok(Vec::new()) };
        let of = |name: &str| connector.settings.iter().find(|s| s.name == name);
        let usage = |why: Shown| Err(Failure::new(Exit::Usage, why));
        let mut odd = Vec::new();
        for (name, _) in &self.settings {
            match of(name) {
                Some(setting) if setting.secret => {
                    return usage(say::SET_IS_SECRET.fill(lang, &[("name", name)]));
                }
                Some(_) => {}
                None => odd.push(name),
            }
        }
        for (name, _) in &self.secrets {
            match of(name) {
                Some(setting) if !setting.secret => {
                    let values: [(&str, &dyn std::fmt::Display); 2] =
                        [("name", name), ("connector", &connector.name)];
                    return usage(say::SECRET_IS_SET.fill(lang, &values));
                }
                Some(_) => {}
                None => odd.push(name),
            }
        }
        let known: Vec<&str> = connector.settings.iter().map(|s| s.name).collect();
        let known = known.join(", ");
        let tell = |name: &&String| {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("connector", &connector.name), ("name", name), ("known", &known)];
            say::UNKNOWN_SET.fill(lang, &values)
        };
        // One without settings takes what its documentation says.
        let odd = if connector.settings.is_empty() { Vec::new() } else { odd };
        Ok(odd.iter().map(tell).collect())
    }

    /// The settings as the file has them.
    pub fn settings(&self) -> Map<String, Value> {
        let listed = self.built_in().map(|b| b.settings).unwrap_or_default();
        let value = |(name, value): &(String, String)| {
            // A built-in reads its settings as text; one of somebody else's may want a number.
            let text = listed.iter().any(|s| s.name == name);
            (name.clone(), if text { value.as_str().into() } else { typed(value) })
        };
        self.settings.iter().map(value).collect()
    }

    /// Reads the secrets from where they are.
    pub fn secrets(&self, lang: Lang) -> Result<BTreeMap<String, String>, Failure> {
        let mut read = BTreeMap::new();
        for (name, source) in &self.secrets {
            let (from, value) = match source {
                Source::Line if stdin().is_terminal() => {
                    let shown = say::PROMPT_SECRET.fill(lang, &[("name", name)]);
                    (say::STDIN.say(lang), Ok(prompt::secret(lang, &format!("{shown} "))?))
                }
                Source::Line => {
                    (say::STDIN.say(lang), prompt::next_line().map_err(|e| e.to_string()))
                }
                Source::File(file) => {
                    let from = Shown::line(&file.display().to_string());
                    (from, of_file(file).map(Some).map_err(|e| e.to_string()))
                }
                Source::Variable(variable) => (
                    Shown::line(variable),
                    std::env::var(variable)
                        .map(Some)
                        .map_err(|_| say::SECRET_UNSET.say(lang).to_string()),
                ),
            };
            let value = value.and_then(|value| {
                let value = value.map(|v| v.trim_end_matches(['\n', '\r']).to_owned());
                let empty = || say::SECRET_EMPTY.say(lang).to_string();
                value.filter(|v| !v.is_empty()).ok_or_else(empty)
            });
            let value = value.map_err(|why| {
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("name", name), ("from", &from), ("why", &why)];
                Failure::new(Exit::File, say::NO_SECRET.fill(lang, &values))
            })?;
            read.insert(name.clone(), value);
        }
        Ok(read)
    }
}

fn of_file(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(MOST_SECRET).read_to_string(&mut text)?;
    Ok(text)
}

/// A connector by its name, or the sentence that says what to do instead.
pub(super) fn known(name: &str, lang: Lang) -> Result<&'static str, Shown> {
    if let Some(ours) = built_in::named(name) {
        return Ok(ours.name);
    }
    if let Some(other) = OTHERS.into_iter().find(|other| *other == name) {
        return Ok(other);
    }
    let lower = name.to_lowercase();
    let closed = CLOSED
        .into_iter()
        .find(|(platform, names, _)| *platform == lower || names.contains(&lower.as_str()));
    Err(match closed {
        Some((platform, _, approval)) => {
            let say: Msg = if approval { say::NEEDS_APPROVAL } else { say::NO_INTERFACE };
            say.fill(lang, &[("name", &name), ("platform", &platform)])
        }
        None => {
            let known: Vec<&str> = built_in::ALL.iter().map(|b| b.name).chain(OTHERS).collect();
            say::NO_CONNECTOR.fill(lang, &[("name", &name), ("known", &known.join(", "))])
        }
    })
}

/// A word of the command line; the connector runs in a folder of its own, so one that names a file
/// here becomes a whole path. The program itself is looked for in PATH unless it has a slash.
fn whole(at: usize, word: String) -> String {
    let path = Path::new(&word);
    let ours = !word.starts_with('-') && path.is_relative() && path.is_file();
    let whole = ours && (at > 0 || word.contains('/'));
    let absolute = if whole { std::path::absolute(path).ok() } else { None };
    absolute.and_then(|path| path.into_os_string().into_string().ok()).unwrap_or(word)
}

/// A value for a connector that we know nothing of.
fn typed(value: &str) -> Value {
    match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        // One that would be written otherwise, 007 or +1, is a text.
        other => match other.parse::<i64>() {
            Ok(n) if n.to_string() == other => n.into(),
            _ => other.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("true", Value::Bool(true))]
    #[case("12", Value::from(12))]
    #[case("-3", Value::from(-3))]
    #[case("007", Value::from("007"))]
    #[case("1.5", Value::from("1.5"))]
    #[case("", Value::from(""))]
    fn a_value_is_what_it_looks_like(#[case] written: &str, #[case] value: Value) {
        assert_eq!(typed(written), value);
    }

    #[rstest]
    #[case("xiaohongshu", "no open interface")]
    #[case("小红书", "--platform xiaohongshu")]
    #[case("Douyin", "approved companies")]
    #[case("friendster", "bluesky, mastodon, wechat, file, command, manual")]
    fn what_cannot_be_connected_says_what_to_do(#[case] name: &str, #[case] said: &str) {
        let why = known(name, Lang::En).unwrap_err();
        assert!(why.as_str().contains(said), "{why}");
    }
}
