//! The cockpit without a terminal: what is on screen, what a key means, what it asks of the daemon.
//!
//! For: [`Model`], [`update`], the one table of actions, keymap, queue lists, composer.
//! May come in: `domain`, `text`, the messages of `wire`. Time is always passed in.
//! Never: reads a clock or a file, knows tokio, crossterm or ratatui, draws, waits.

pub mod key;
pub mod model;
pub mod msg;
pub mod settings;

pub use key::{Key, KeyCode};
pub use model::{Model, update};
pub use msg::{Effect, Msg};
pub use settings::Settings;
