//! The operator's own settings: read before the first frame, kept when changed in the cockpit.

use super::cockpit::Options;
use super::zone;
use crate::app;
use crate::app::keymap::Preset;
use crate::config::{Env, UserSettings, drop_view, keep_view, own_views};
use crate::domain::SavedView;
use crate::term::Notices;
use crate::text::Shown;
use crate::text::catalogue::{search, verbs as say};
use std::io;
use std::path::{Path, PathBuf};

/// What one operator chose, and where it is kept.
#[derive(Clone, Debug)]
pub(super) struct Own {
    /// What the cockpit heeds.
    pub(super) settings: app::Settings,
    /// The word for the number of colours.
    pub(super) colours: Option<String>,
    /// The word for whether addresses are links.
    pub(super) links: String,
    /// How the terminal's own notices are asked for.
    pub(super) notices: Option<Notices>,
    /// `config.toml`; `None` = there is no home to keep it in.
    file: Option<PathBuf>,
}

impl Own {
    /// Where the operator's own profiles for imports are.
    pub(super) fn profiles(&self) -> Option<PathBuf> {
        self.file.as_ref().and_then(|file| Some(file.parent()?.join("profiles")))
    }

    /// Reads `config.toml`; what the command line says overrules it.
    ///
    /// # Errors
    /// The sentence about the first mistake, with file and line.
    pub(super) fn read(options: &Options) -> Result<Own, Shown> {
        let file = Env::from(|name| std::env::var_os(name)).user_file();
        let user = match &file {
            Some(file) => UserSettings::load(file).map_err(|e| e.say(options.lang))?,
            None => UserSettings::default(),
        };
        let notices = match user.notices.as_str() {
            "osc9" => Some(Notices::Osc9),
            "osc777" => Some(Notices::Osc777),
            _ => None,
        };
        Ok(Own {
            settings: app::Settings {
                lang: options.lang,
                zone: user.zone.unwrap_or_else(zone::own),
                theme: options.theme.clone().unwrap_or(user.theme),
                ascii: options.ascii || user.ascii || is_console(),
                bell: user.bell,
                tell: notices.is_some(),
                preset: preset(&user.keymap),
                keys: user.keys.into_iter().map(|k| (k.action, k.keys)).collect(),
            },
            colours: Some(user.colours),
            links: user.links,
            notices,
            file,
        })
    }

    /// The operator's own views, as their file says now.
    ///
    /// # Errors
    /// The sentence about the first mistake, with file and line.
    pub(super) fn views(&self) -> Result<Vec<SavedView>, Shown> {
        match Env::from(|name| std::env::var_os(name)).views_file() {
            Some(file) => own_views(&file).map_err(|e| e.say(self.settings.lang)),
            None => Ok(Vec::new()),
        }
    }

    /// Keeps a view in the operator's file, or (`to` none) takes it out, as the verb `views` does.
    /// Answers with what was there before, and with all of them as they are now.
    ///
    /// # Errors
    /// The sentence about what is wrong with the file, or that there is no place for one.
    pub(super) fn change_view(
        &self,
        name: &str,
        to: Option<&SavedView>,
    ) -> Result<(Option<SavedView>, Vec<SavedView>), Shown> {
        let lang = self.settings.lang;
        let Some(file) = Env::from(|name| std::env::var_os(name)).views_file() else {
            return Err(search::NO_HOME.say(lang));
        };
        let read = || own_views(&file).map_err(|e| e.say(lang));
        let before = read()?.into_iter().find(|view| view.name == name);
        let written = match to {
            Some(view) => keep_view(&file, view),
            None => drop_view(&file, name).map(drop),
        };
        written.map_err(|e| e.say(lang))?;
        Ok((before, read()?))
    }

    /// Keeps one setting in the file; the rest of it, comments and all, stays as it is.
    ///
    /// # Errors
    /// The sentence for the operator.
    pub(super) fn keep(&self, name: &str, value: &str) -> Result<(), Shown> {
        let Some(file) = &self.file else { return Ok(()) };
        keep(file, name, value).map_err(|e| {
            let file = file.display();
            say::NOT_KEPT.fill(self.settings.lang, &[("file", &file), ("why", &e)])
        })
    }
}

/// Whether this is the Linux console, whose font has a few hundred signs and not ours among them.
fn is_console() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "linux")
}

/// The set of default keys with this name; the settings were read, so there is one.
pub fn preset(name: &str) -> Preset {
    Preset::ALL.iter().find(|(known, _)| *known == name).map(|(_, p)| *p).unwrap_or_default()
}

fn keep(file: &Path, name: &str, value: &str) -> io::Result<()> {
    let before = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e),
    };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Written beside and moved over, so that a full disk leaves the old one. A link stays a link.
    let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let new = target.with_extension("toml.new");
    std::fs::write(&new, with_setting(&before, name, value))?;
    std::fs::rename(&new, &target)
}

/// The text of a TOML file with one setting of its top changed or added.
fn with_setting(text: &str, name: &str, value: &str) -> String {
    let line = format!("{name} = {}", toml_string(value));
    let is_it = |l: &str| {
        l.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let top = text.lines().take_while(|l| !l.trim_start().starts_with('[')).count();
    let mut lines: Vec<&str> = text.lines().collect();
    match lines[..top].iter().position(|l| is_it(l)) {
        Some(at) => lines[at] = &line,
        None => lines.insert(0, &line),
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// A text as TOML writes it.
fn toml_string(value: &str) -> String {
    let mut quoted = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::new("", "theme = \"light\"\n")]
    #[case::changed("# mine\ntheme = 'dark' # old\n", "# mine\ntheme = \"light\"\n")]
    #[case::added_on_top("bell = true\n", "theme = \"light\"\nbell = true\n")]
    #[case::not_within_a_table(
        "[keys]\ntheme = \"t\"\n",
        "theme = \"light\"\n[keys]\ntheme = \"t\"\n"
    )]
    #[case::not_another_name("themes = 1\n", "theme = \"light\"\nthemes = 1\n")]
    fn a_setting_is_kept_and_nothing_else_changes(#[case] before: &str, #[case] after: &str) {
        assert_eq!(with_setting(before, "theme", "light"), after);
    }

    #[test]
    fn any_name_can_be_kept() {
        let value = "a\"b\\c\nd主题";
        let text = with_setting("", "theme", value);
        let table: std::collections::BTreeMap<String, String> =
            toml::from_str(&text).expect("TOML");
        assert_eq!(table["theme"], value);
    }

    #[test]
    fn the_file_is_replaced_whole() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("dutydesk/config.toml");
        keep(&file, "theme", "light").unwrap();
        keep(&file, "language", "zh").unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, "language = \"zh\"\ntheme = \"light\"\n");
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }
}
