//! The desk against real servers that nobody here wrote: `tests/live/run`.

mod bluesky;
mod faults;
mod peer;
mod recorded;
mod round_trip;
#[path = "../shell/mod.rs"]
mod shell;
mod site;
mod snac;
mod wechat;
