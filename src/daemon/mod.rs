//! The desk's one process: it owns the database, the clock and the order of the queues.
//!
//! For: boot, lock, socket, who a client is, sessions and their windows, the one writer.
//! May come in: text, domain, config, wire, store, connect; clients by the desk's socket alone.
//! Never: opens a path that a client names; knows a key, a screen or a terminal.

mod answers;
mod archive;
mod boot;
mod came;
mod channels;
pub mod desk;
mod drafting;
mod erasing;
mod hub;
mod identity;
mod intake;
mod log;
mod masked;
mod notify;
mod operators;
mod orders;
mod pace;
mod policies;
mod pushes;
mod reads;
mod restore;
mod rights;
mod search;
mod serve;
mod session;
mod sorted;
mod space;
#[cfg(test)]
mod tests;
pub mod upgrade;
pub mod upkeep;
mod window;
mod writer;

pub use boot::BootError;
pub use serve::{Options, serve};
pub use space::{free as free_space, size as folder_size};
