//! Where everything lies. Pure: the environment comes in as values.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What of the environment decides where files lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env {
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_STATE_HOME`.
    pub state_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub config_home: Option<PathBuf>,
    /// `DUTYDESK_DESK`.
    pub desk: Option<PathBuf>,
}

impl Env {
    /// Takes what it needs from variables, e.g. `Env::from(std::env::var_os)`. Empty ones count as
    /// unset, and so do relative XDG folders, as their specification asks.
    pub fn from(variable: impl Fn(&str) -> Option<OsString>) -> Env {
        let path = |name| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let absolute = |name| path(name).filter(|p| p.is_absolute());
        Env {
            home: path("HOME"),
            state_home: absolute("XDG_STATE_HOME"),
            config_home: absolute("XDG_CONFIG_HOME"),
            desk: path("DUTYDESK_DESK"),
        }
    }

    /// The desk's folder: the one asked for, else `DUTYDESK_DESK`, else the private one. `None`
    /// when there is no home to put it in.
    pub fn desk_folder(&self, asked_for: Option<&Path>) -> Option<PathBuf> {
        asked_for.map(Path::to_owned).or_else(|| self.desk.clone()).or_else(|| self.private_desk())
    }

    /// `$XDG_STATE_HOME/dutydesk/desk`, by default `~/.local/state/dutydesk/desk`.
    pub fn private_desk(&self) -> Option<PathBuf> {
        let state =
            self.state_home.clone().or_else(|| Some(self.home.as_ref()?.join(".local/state")));
        Some(state?.join("dutydesk").join("desk"))
    }

    /// `$XDG_CONFIG_HOME/dutydesk`, by default `~/.config/dutydesk`.
    pub fn config_folder(&self) -> Option<PathBuf> {
        let config = self.config_home.clone().or_else(|| Some(self.home.as_ref()?.join(".config")));
        Some(config?.join("dutydesk"))
    }

    /// The operator's own settings.
    pub fn user_file(&self) -> Option<PathBuf> {
        Some(self.config_folder()?.join("config.toml"))
    }

    /// The operator's own views.
    pub fn views_file(&self) -> Option<PathBuf> {
        Some(self.config_folder()?.join("views.toml"))
    }

    /// The operator's own themes.
    pub fn themes_folder(&self) -> Option<PathBuf> {
        Some(self.config_folder()?.join("themes"))
    }

    /// The operator's own import profiles.
    pub fn profiles_folder(&self) -> Option<PathBuf> {
        Some(self.config_folder()?.join("profiles"))
    }
}

/// What lies where in a desk's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPaths {
    folder: PathBuf,
}

impl DeskPaths {
    /// Of the desk in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> DeskPaths {
        DeskPaths { folder: folder.into() }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The database; its owner's alone.
    pub fn database(&self) -> PathBuf {
        self.folder.join("db")
    }

    /// Socket and lock.
    pub fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// The socket; the protocol's version is part of its name.
    pub fn socket(&self) -> PathBuf {
        self.run().join("desk-v3.sock")
    }

    /// The daemon's lock, with its process number.
    pub fn lock(&self) -> PathBuf {
        self.run().join("desk.lock")
    }

    /// The desk's own settings.
    pub fn desk_file(&self) -> PathBuf {
        self.folder.join("desk.toml")
    }

    /// Its macros.
    pub fn macros_file(&self) -> PathBuf {
        self.folder.join("macros.toml")
    }

    /// Its channels.
    pub fn channels_file(&self) -> PathBuf {
        self.folder.join("channels.toml")
    }

    /// The views for everybody on it.
    pub fn views_file(&self) -> PathBuf {
        self.folder.join("views.toml")
    }

    /// Its search index; made anew when it is gone.
    pub fn search(&self) -> PathBuf {
        self.folder.join("search")
    }

    /// Its canned responses.
    pub fn responses_folder(&self) -> PathBuf {
        self.folder.join("responses")
    }

    /// Its channels' secrets; its owner's alone.
    pub fn secrets_file(&self) -> PathBuf {
        self.folder.join("secrets.toml")
    }

    /// Where a channel's connector may keep files of its own.
    pub fn channel_folder(&self, channel: &str) -> PathBuf {
        self.folder.join("channels").join(channel)
    }

    /// Its policies.
    pub fn policies_file(&self) -> PathBuf {
        self.folder.join("policies.toml")
    }

    /// What its rule files said when they were last right; its owner's alone.
    pub fn last_good(&self) -> PathBuf {
        self.folder.join("last-good")
    }

    /// Who may do what.
    pub fn roles_file(&self) -> PathBuf {
        self.folder.join("roles.toml")
    }

    /// What the figures of its channels are.
    pub fn figures_file(&self) -> PathBuf {
        self.folder.join("figures.toml")
    }

    /// What its texts may not say.
    pub fn lint_file(&self) -> PathBuf {
        self.folder.join("lint.toml")
    }

    /// Its word lists for classification.
    pub fn classify_file(&self) -> PathBuf {
        self.folder.join("classify.toml")
    }

    /// The model it trained for itself.
    pub fn classify_model(&self) -> PathBuf {
        self.folder.join("classify.model")
    }

    /// Its import profiles.
    pub fn profiles(&self) -> PathBuf {
        self.folder.join("profiles")
    }

    /// The daemon's log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("daemon.log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn env(set: &[(&str, &str)]) -> Env {
        Env::from(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v)))
    }

    #[rstest]
    #[case(&[("HOME", "/h")], None, Some("/h/.local/state/dutydesk/desk"))]
    #[case(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")], None, Some("/s/dutydesk/desk"))]
    #[case(&[("HOME", "/h"), ("XDG_STATE_HOME", "s")], None, Some("/h/.local/state/dutydesk/desk"))]
    #[case(&[("HOME", "/h"), ("XDG_STATE_HOME", "")], None, Some("/h/.local/state/dutydesk/desk"))]
    #[case(&[("HOME", "/h"), ("DUTYDESK_DESK", "/d")], None, Some("/d"))]
    #[case(&[("HOME", "/h"), ("DUTYDESK_DESK", "/d")], Some("rel"), Some("rel"))]
    #[case(&[("DUTYDESK_DESK", "")], None, None)]
    #[case(&[("HOME", "")], None, None)]
    fn the_desk_is_where_it_was_said_to_be(
        #[case] set: &[(&str, &str)],
        #[case] flag: Option<&str>,
        #[case] folder: Option<&str>,
    ) {
        let found = env(set).desk_folder(flag.map(Path::new));
        assert_eq!(found, folder.map(PathBuf::from));
    }

    #[test]
    fn the_operators_files_lie_together() {
        let home = env(&[("HOME", "/h")]);
        assert_eq!(home.user_file(), Some("/h/.config/dutydesk/config.toml".into()));
        let xdg = env(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/c")]);
        assert_eq!(xdg.themes_folder(), Some("/c/dutydesk/themes".into()));
        assert_eq!(xdg.profiles_folder(), Some("/c/dutydesk/profiles".into()));
        assert_eq!(env(&[]).user_file(), None);
    }

    #[test]
    fn a_desks_files_have_their_places() {
        let at = DeskPaths::new("/d");
        assert_eq!(at.socket(), Path::new("/d/run/desk-v3.sock"));
        assert_eq!(at.lock(), Path::new("/d/run/desk.lock"));
        assert_eq!(at.database(), Path::new("/d/db"));
        assert_eq!(at.log(), Path::new("/d/daemon.log"));
        assert_eq!((at.folder(), at.profiles()), (Path::new("/d"), "/d/profiles".into()));
    }
}
