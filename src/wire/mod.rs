//! The contract between a client and the daemon: messages, frames, the version.
//!
//! For: what both sides must agree on (messages, file names), and the one codec.
//! May come in: `domain`; serde and MessagePack; byte streams to read from and write to.
//! Never: opens a socket, decides anything about a message or who may send it.

pub mod answer;
pub mod archive;
pub mod channel;
pub mod erase;
pub mod figure;
pub mod frame;
pub mod lasting;
pub mod message;
mod notice;
pub mod people;
pub mod place;
pub mod planning;
pub mod post;
pub mod search;
pub mod work;

/// The version of the wire contract; part of the socket's file name, and checked in `Hello`.
pub const VERSION: u32 = 3;
