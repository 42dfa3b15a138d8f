//! (header to come)

pub mod message;

/// The version of the wire contract; part of the socket's file name, and checked in `Hello`.
pub const VERSION: u32 = 1;
