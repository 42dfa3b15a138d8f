//! Settings: the desk's files, the operator's own file, and where all of them lie.
//!
//! For: reading TOML into checked values, the defaults, one sentence for each mistake.
//! May come in: `domain`, `text`, the files themselves; the environment only as values.
//! Never: guesses at what was meant, starts anything, or writes over what a user wrote.

mod cadence;
mod calendars;
mod channels;
mod check;
mod classify;
mod desk;
mod edit;
mod error;
mod figures;
mod lint;
mod log_filter;
mod macros;
pub mod paths;
mod policies;
pub mod post_file;
mod read;
mod responses;
mod roles;
mod rules;
mod secrets;
mod user;
mod views;

pub use cadence::{Origin, Origins};
pub use channels::{Channels, Link};
pub use check::{Checked, check_desk, check_own};
pub use classify::default_classifier;
pub use desk::{DeskSettings, Drafting, Identity};
pub use edit::{ChannelEdit, pause_channel, put_channel, remove_channel};
pub use error::{ConfigError, Problem};
pub use figures::defaults as default_figures;
pub use log_filter::{LogFilter, LogLevel};
pub use macros::load as load_macros;
pub use paths::{DeskPaths, Env};
pub use responses::Responses;
pub use roles::put_role;
pub use rules::{Broken, Instead, Read as RulesRead, RuleFile, Rules};
pub use secrets::{Secrets, keep_secrets, secrets_of};
pub use user::{KeySetting, UserSettings};
pub use views::{desk_views, drop_view, keep_view, own_views};

use crate::domain::classify::Classifier;
use crate::domain::lint::Policy as LintPolicy;
use crate::domain::policy::Policies;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// What a desk was set up with; the rules it works by are [`Rules`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// `desk.toml`.
    pub settings: DeskSettings,
    /// `channels.toml`.
    pub channels: Channels,
}

impl Desk {
    /// The classifier of a desk's folder: its word lists and its model, the defaults where a file
    /// is not there.
    ///
    /// # Errors
    /// The first mistake, with file and line.
    pub fn load_classifier(folder: &Path) -> Result<Classifier, ConfigError> {
        let at = DeskPaths::new(folder);
        let rules = read::file(&at.classify_file(), classify::parse)?;
        let rules = rules.unwrap_or_else(classify::defaults);
        Ok(Classifier::new(rules, classify::model(&at.classify_model())?))
    }

    /// Reads the files of a desk's folder. One that is not there gives its defaults.
    ///
    /// # Errors
    /// The first mistake, with file and line.
    pub fn load(folder: &Path) -> Result<Desk, ConfigError> {
        let at = DeskPaths::new(folder);
        Ok(Desk {
            settings: read::file(&at.desk_file(), DeskSettings::parse)?.unwrap_or_default(),
            channels: read::file(&at.channels_file(), Channels::parse)?.unwrap_or_default(),
        })
    }
}

/// Reads the `lint.toml` of a desk's folder; without one the default file holds.
///
/// # Errors
/// The first mistake, with file and line.
pub fn lint(folder: &Path) -> Result<LintPolicy, ConfigError> {
    let file = DeskPaths::new(folder).lint_file();
    Ok(read::file(&file, lint::parse)?.unwrap_or_else(lint::defaults))
}

/// Reads a policy file wherever it lies; `None` when it is not there.
///
/// # Errors
/// The first mistake, with file, line and field.
pub fn read_policies(file: &Path) -> Result<Option<Policies>, ConfigError> {
    read::file(file, policies::parse)
}

/// Reads the text of a policy file; `file` is what mistakes call it.
///
/// # Errors
/// The first mistake, with file, line and field.
pub fn parse_policies(file: &Path, text: &str) -> Result<Policies, ConfigError> {
    policies::parse(file, text)
}

impl UserSettings {
    /// Reads the operator's own file. When it is not there, the defaults hold.
    ///
    /// # Errors
    /// The first mistake, with file and line.
    pub fn load(file: &Path) -> Result<UserSettings, ConfigError> {
        Ok(read::file(file, UserSettings::parse)?.unwrap_or_default())
    }
}

/// The `figures.toml` of a new desk, to be written with goals after it.
pub fn figures_text() -> &'static str {
    figures::DEFAULT
}

/// Puts the default files, with all that can be set explained, into a new desk's folder. Files
/// that are there already are left as they are.
///
/// # Errors
/// When a file cannot be written.
pub fn write_defaults(folder: &Path) -> Result<(), ConfigError> {
    responses::write_defaults(folder)?;
    let at = DeskPaths::new(folder);
    for (file, text) in [
        (at.desk_file(), desk::DEFAULT),
        (at.channels_file(), channels::DEFAULT),
        (at.policies_file(), policies::DEFAULT),
        (at.macros_file(), macros::DEFAULT),
        (at.views_file(), views::DEFAULT),
        (at.lint_file(), lint::DEFAULT),
        (at.classify_file(), classify::DEFAULT),
        (at.figures_file(), figures::DEFAULT),
        (at.roles_file(), roles::DEFAULT),
    ] {
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&file)
            .and_then(|mut f| f.write_all(text.as_bytes()));
        match written {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                return Err(ConfigError::at(&file, None, "", Problem::Unwritable(e.to_string())));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
