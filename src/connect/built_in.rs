//! The table of built-in connectors. Each is a subcommand, `dutydesk connector NAME`, that speaks the
//! same protocol as one that somebody else wrote.

use super::{bluesky, demo, file, mastodon, wechat};
use crate::domain::Abilities;
use crate::text::Msg;

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name, in `connector = "..."` of `channels.toml`.
    pub name: &'static str,
    /// What it connects to.
    pub about: Msg,
    /// What it needs to know, in the order it is asked for by `channel add`.
    pub settings: &'static [Setting],
    /// What the platform allows and what not, a sentence each.
    pub allows: &'static [Msg],
    /// What it can do before it has asked the platform.
    pub can: fn() -> Abilities,
    /// Runs it until its standard input ends.
    pub run: fn() -> Result<(), String>,
}

/// Something a connector needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in the file.
    pub name: &'static str,
    /// True when it belongs into the file of secrets.
    pub secret: bool,
    /// What is meant without it; `None` = it is needed. An empty one is simply left out.
    pub default: Option<&'static str>,
    /// What to ask for, and where it is found.
    pub ask: Msg,
}

/// All of them, by name.
pub const ALL: &[BuiltIn] =
    &[bluesky::BUILT_IN, mastodon::BUILT_IN, wechat::BUILT_IN, file::BUILT_IN];

/// The one of that name, the demo's among them.
pub fn named(name: &str) -> Option<&'static BuiltIn> {
    ALL.iter().chain([&demo::connector::BUILT_IN]).find(|b| b.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_named_once() {
        for connector in ALL {
            let mut names: Vec<&str> = connector.settings.iter().map(|s| s.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), connector.settings.len(), "{}", connector.name);
        }
    }
}
