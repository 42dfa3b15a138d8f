//! Connectors: what brings events in from files, replays and the demo feed, on the one inbound path.
//!
//! For: turning what others wrote (files, exports, streams) into `domain::Event`s, row by row.
//! May come in: domain, text, config; the files a user names. A clock is passed in as a function.
//! Never: talks to a daemon itself (a [`sink::Sink`] is handed in), holds a row beyond its bound,
//! prints a byte of what it read, drops a row without counting it under a named reason.

pub mod amount;
pub mod bluesky;
pub mod book;
pub mod built_in;
pub mod calendar;
pub mod check;
pub mod demo;
pub mod events;
pub mod file;
pub mod follow;
pub mod guess;
pub mod http;
pub mod import;
pub mod mapped;
pub mod mastodon;
pub mod names;
pub mod profile;
pub mod protocol;
pub mod quoted;
pub mod reason;
pub mod rejects;
pub mod replay;
pub mod rows;
pub mod sdk;
pub mod sink;
pub mod source;
pub mod wechat;
pub mod when;

pub use import::{Import, Report};
pub use profile::Profile;
pub use sink::{Sink, SinkError, Taken};
