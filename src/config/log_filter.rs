//! What goes into the daemon's log: a level, and other levels for some of its rooms.

use std::fmt;
use std::str::FromStr;

/// How much is told; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// What is not as it should be.
    Warn,
    /// What happened: starts, ends, who came and went.
    Info,
    /// What is done: questions by name, commits, connectors' messages by kind.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    const WORDS: [(&str, LogLevel); 6] = [
        ("off", LogLevel::Off),
        ("error", LogLevel::Error),
        ("warn", LogLevel::Warn),
        ("info", LogLevel::Info),
        ("debug", LogLevel::Debug),
        ("trace", LogLevel::Trace),
    ];

    fn named(word: &str) -> Option<LogLevel> {
        LogLevel::WORDS.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
    }

    fn word(self) -> &'static str {
        LogLevel::WORDS.iter().find(|(_, level)| *level == self).map_or("info", |(word, _)| word)
    }
}

/// `info`, or `info,channels=debug,search=off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// For every room that is not named.
    pub level: LogLevel,
    /// For these rooms.
    pub rooms: Vec<(String, LogLevel)>,
}

impl Default for LogFilter {
    fn default() -> LogFilter {
        LogFilter { level: LogLevel::Info, rooms: Vec::new() }
    }
}

impl LogFilter {
    /// The rooms of the daemon that write into its log: what may stand before a `=`.
    pub const ROOMS: [&str; 19] = [
        "answers",
        "archive",
        "boot",
        "channels",
        "desk",
        "drafting",
        "log",
        "notify",
        "operators",
        "policies",
        "pushes",
        "search",
        "serve",
        "session",
        "sorted",
        "store",
        "upgrade",
        "upkeep",
        "writer",
    ];

    /// The level of a place, e.g. `channels::runner`: that of the room it lies in.
    pub fn level_of(&self, place: &str) -> LogLevel {
        let room = place.split("::").next().unwrap_or_default();
        let named = self.rooms.iter().rev().find(|(name, _)| name == room);
        named.map_or(self.level, |(_, level)| *level)
    }

    /// The most that any room tells.
    pub fn most(&self) -> LogLevel {
        self.rooms.iter().map(|(_, level)| *level).fold(self.level, LogLevel::max)
    }
}

impl FromStr for LogFilter {
    /// The part that was not understood.
    type Err = String;

    fn from_str(written: &str) -> Result<LogFilter, String> {
        let mut filter = LogFilter::default();
        for part in written.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let bad = || part.to_owned();
            match part.split_once('=') {
                None => filter.level = LogLevel::named(part).ok_or_else(bad)?,
                Some((room, level)) => {
                    let (room, level) = (room.trim(), level.trim());
                    let level = LogLevel::named(level).ok_or_else(bad)?;
                    if !LogFilter::ROOMS.contains(&room) {
                        return Err(bad());
                    }
                    filter.rooms.push((room.to_owned(), level));
                }
            }
        }
        Ok(filter)
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.level.word())?;
        self.rooms.iter().try_for_each(|(room, level)| write!(f, ",{room}={}", level.word()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", "info")]
    #[case("debug", "debug")]
    #[case(" warn , channels = trace ", "warn,channels=trace")]
    #[case("search=off", "info,search=off")]
    fn a_filter_is_written_as_it_is_meant(#[case] written: &str, #[case] meant: &str) {
        assert_eq!(written.parse::<LogFilter>().unwrap().to_string(), meant);
    }

    #[rstest]
    #[case("loud", "loud")]
    #[case("info,chanels=debug", "chanels=debug")]
    #[case("info,channels=loud", "channels=loud")]
    fn a_mistake_is_told(#[case] written: &str, #[case] part: &str) {
        assert_eq!(written.parse::<LogFilter>(), Err(part.to_owned()));
    }

    #[test]
    fn a_room_has_the_level_that_was_said_last() {
        let filter: LogFilter = "warn,channels=debug,channels=trace,search=off".parse().unwrap();
        assert_eq!(filter.level_of("channels::runner"), LogLevel::Trace);
        assert_eq!(filter.level_of("search"), LogLevel::Off);
        assert_eq!(filter.level_of("session"), LogLevel::Warn);
        assert_eq!(filter.level_of("channelsx"), LogLevel::Warn);
        assert_eq!(filter.most(), LogLevel::Trace);
    }

    #[test]
    fn each_room_that_may_be_named_is_one() {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for room in LogFilter::ROOMS.iter().filter(|room| **room != "store") {
            let daemon = src.join("daemon");
            let is_there = daemon.join(format!("{room}.rs")).exists() || daemon.join(room).is_dir();
            assert!(is_there, "src/daemon/{room}");
        }
    }
}
