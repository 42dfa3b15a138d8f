//! The contract between a client and the daemon: messages, frames, the version.
//!
//! For: what both sides must agree on, and the one codec that carries it.
//! May come in: `domain`; serde and MessagePack; byte streams to read from and write to.
//! Never: opens a socket, knows a desk's folder, decides anything about a message.

pub mod frame;
pub mod message;

/// The version of the wire contract; part of the socket's file name, and checked in `Hello`.
pub const VERSION: u32 = 1;
