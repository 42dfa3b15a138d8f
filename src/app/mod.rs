//! The cockpit without a terminal: what is on screen, what a key means, what it asks of the daemon.
//!
//! For: [`Model`], [`update`], the one table of actions, keymap, queue lists, composer.
//! May come in: `domain`, `text`, the messages of `wire`. Time is always passed in.
//! Never: reads a clock or a file, knows tokio, crossterm or ratatui, draws, waits.

mod able;
mod act;
pub mod action;
pub mod alerts;
mod asked;
pub mod best;
pub mod bulk;
mod by_hand;
pub mod canned;
pub mod channels;
pub mod charts;
mod classify;
pub mod complete;
pub mod composer;
pub mod editor;
pub mod explain;
pub mod facts;
mod finds;
mod fuzzy;
pub mod going;
pub mod help;
pub mod import;
mod in_view;
pub mod key;
pub mod keymap;
pub mod layer;
mod layers;
pub mod layout;
pub mod link;
mod links;
pub mod lint;
pub mod mention;
pub mod model;
pub mod msg;
pub mod notices;
mod outgoing;
pub mod paste;
mod pick;
mod play;
pub mod posts;
pub mod queue;
pub mod service;
pub mod settings;
mod suggest;
pub mod thread;
mod typed;
mod update;
pub mod views;
mod write;

pub use key::{Key, KeyCode};
pub use model::Model;
pub use msg::{Effect, Msg};
pub use settings::Settings;
pub use update::update;
