//! Everything the program shows passes through here: it alone makes [`Shown`], the only text that
//! a view or a verb can print, and it alone measures, wraps and cuts by grapheme cluster.
//! In comes text from anywhere, hostile or broken; out comes text that a terminal prints as it is.
//! The message catalogue lives here too: every sentence of ours, in English and 简体中文.
//! It never does I/O, reads no clock, knows nothing of desks, and never changes what is stored.

pub mod catalogue;
mod clean;
mod cluster;
pub mod count;
mod escape;
pub mod format;
mod lang;
pub mod pieces;
mod safe;
mod script;
mod shown;
mod wrap;

pub use cluster::{clusters, next_boundary, previous_boundary};
pub use lang::{Lang, Msg};
pub use safe::{html_safe, is_plain_line, json_safe, link_safe, tmux_safe, toml_string};
pub use shown::{Align, Ellipsis, Shown};
