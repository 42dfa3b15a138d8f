//! A client of the daemon: the verbs' question and answer, and the cockpit's select loop.
//!
//! For: connecting, keeping the link, turning keys and pushes into messages for `app`, and
//! carrying out the effects it answers with.
//! May come in: `app`, `view`, `term`, `wire`, `config`.
//! Never: decides what a key does or how a row looks; touches the store.

pub mod ask;
pub mod attach;
mod browser;
pub mod cockpit;
pub mod colours;
pub mod editor;
mod importing;
pub mod link;
pub mod other_release;
pub mod settings;
pub mod signals;
mod themes;
pub mod zone;
