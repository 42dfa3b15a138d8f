//! dutydesk: a terminal operations cockpit for the people who answer for a brand on social media.
//!
//! The folders are the architecture; `docs/architecture.md` walks through them, and
//! `tests/layering.rs` holds them apart.
#![forbid(unsafe_code)]

pub mod app;
pub mod cli;
pub mod client;
pub mod config;
pub mod connect;
pub mod daemon;
pub mod domain;
pub mod search;
pub mod store;
pub mod term;
pub mod text;
pub mod view;
pub mod wire;
