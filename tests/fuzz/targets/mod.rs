//! What must hold for any bytes from outside: no panic, no hang, no memory without bound, and what each
//! target asserts besides. `tests/fuzz.rs` runs them over kept inputs and a bounded number of mutations;
//! `fuzz/` runs the same functions under libFuzzer. See docs/fuzzing.md.

mod books;
mod cockpit;
mod config;
mod connector;
mod desk;
mod events;
mod given;
mod platforms;
mod queries;
mod restore;
pub mod stand;
mod tables;
mod terminal;
mod wechat;
mod wire;

/// A target: its name, which is also the name of its folder of kept inputs, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[
    ("books", books::run),
    ("cockpit", cockpit::run),
    ("config", config::run),
    ("connector", connector::run),
    ("desk", desk::run),
    ("events", events::run),
    ("platforms", platforms::run),
    ("queries", queries::run),
    ("restore", restore::run),
    ("tables", tables::run),
    ("terminal", terminal::run),
    ("wechat", wechat::run),
    ("wire", wire::run),
];

/// Runs one target.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, run) = ALL.iter().find(|(known, _)| *known == name).expect("a target of that name");
    run(bytes);
}

/// 2026-03-01T00:00:00Z, the moment at which all of them run.
pub const NOW: dutydesk::domain::Time = dutydesk::domain::Time(1_772_323_200_000);

/// Whatever a text is made of, a terminal prints it as it is.
pub fn assert_shown(text: &dutydesk::text::Shown) {
    assert!(!text.as_str().chars().any(char::is_control), "{:?}", text.as_str());
}
