//! `config.toml`: what one operator likes.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::text::Lang;
use chrono_tz::Tz;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

/// The words for `colours`.
const COLOURS: [&str; 5] = ["auto", "none", "16", "256", "true"];
/// The words for `keymap`.
const KEYMAPS: [&str; 2] = ["vi", "arrows"];

/// The words for `notices`.
const NOTICES: [&str; 3] = ["off", "osc9", "osc777"];

/// The words for `links`.
const LINKS: [&str; 3] = ["auto", "on", "off"];

/// What an operator's `config.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSettings {
    /// Name of the theme.
    pub theme: String,
    /// Language of the interface; `None` = by the locale.
    pub language: Option<Lang>,
    /// `auto`, `none`, `16`, `256` or `true`.
    pub colours: String,
    /// Draw with ASCII alone.
    pub ascii: bool,
    /// Speak in plain lines, for screen readers.
    pub plain: bool,
    /// Whether addresses are links that the terminal opens: `auto` (where it is known to), `on` or
    /// `off`.
    pub links: String,
    /// Ring when a deadline passes.
    pub bell: bool,
    /// How the terminal is told of what concerns the operator: `off`, `osc9` or `osc777`.
    pub notices: String,
    /// Their own zone, for desks that name none; `None` = by the system.
    pub zone: Option<Tz>,
    /// The set of default keys: `vi` or `arrows`.
    pub keymap: String,
    /// Keys that replace the default ones of an action, in order of the action's name.
    pub keys: Vec<KeySetting>,
}

/// The keys of one action, as written; the cockpit knows which actions and keys there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetting {
    /// The action.
    pub action: String,
    /// Each way to press it: `d`, `ctrl-d`, `g g`.
    pub keys: Vec<String>,
    /// The line of the file, for mistakes that the cockpit finds.
    pub line: usize,
}

impl Default for UserSettings {
    fn default() -> UserSettings {
        UserSettings {
            theme: "dark".into(),
            language: None,
            colours: "auto".into(),
            ascii: false,
            plain: false,
            links: "auto".into(),
            bell: false,
            notices: "off".into(),
            zone: None,
            keymap: "vi".into(),
            keys: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    theme: Option<Spanned<String>>,
    language: Option<Spanned<String>>,
    colours: Option<Spanned<String>>,
    ascii: Option<bool>,
    plain: Option<bool>,
    links: Option<Spanned<String>>,
    bell: Option<bool>,
    notices: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    keymap: Option<Spanned<String>>,
    #[serde(default)]
    keys: BTreeMap<String, Spanned<OneOrMore>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a key such as \"d\" or a list of keys")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl UserSettings {
    /// Reads the text of a `config.toml`; `file` is for the mistakes.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(file: &Path, text: &str) -> Result<UserSettings, ConfigError> {
        let source = Source { file, text };
        let raw: Raw = source.raw()?;
        let mut user = UserSettings::default();
        if let Some(theme) = &raw.theme {
            user.theme = source.filled("theme", theme)?;
        }
        if let Some(language) = &raw.language {
            let known = [("auto", None), ("en", Some(Lang::En)), ("zh", Some(Lang::Zh))];
            user.language = source.one_of("language", language, &known)?;
        }
        if let Some(colours) = &raw.colours {
            let known = COLOURS.map(|word| (word, word));
            user.colours = source.one_of("colours", colours, &known)?.to_owned();
        }
        if let Some(notices) = &raw.notices {
            let known = NOTICES.map(|word| (word, word));
            user.notices = source.one_of("notices", notices, &known)?.to_owned();
        }
        if let Some(links) = &raw.links {
            let known = LINKS.map(|word| (word, word));
            user.links = source.one_of("links", links, &known)?.to_owned();
        }
        if let Some(zone) = &raw.zone {
            user.zone = Some(source.zone("zone", zone)?);
        }
        if let Some(keymap) = &raw.keymap {
            let known = KEYMAPS.map(|word| (word, word));
            user.keymap = source.one_of("keymap", keymap, &known)?.to_owned();
        }
        user.ascii = raw.ascii.unwrap_or(user.ascii);
        user.plain = raw.plain.unwrap_or(user.plain);
        user.bell = raw.bell.unwrap_or(user.bell);
        for (action, keys) in &raw.keys {
            let written = match keys.get_ref() {
                OneOrMore::One(key) => vec![key.clone()],
                OneOrMore::More(keys) => keys.clone(),
            };
            if let Some(blank) = written.iter().find(|key| key.trim().is_empty()) {
                let field = format!("keys.{action}");
                return Err(source.wrong(&field, keys, Problem::NotAKey(blank.clone())));
            }
            let line = source.line(&keys.span());
            user.keys.push(KeySetting { action: action.clone(), keys: written, line });
        }
        Ok(user)
    }
}
