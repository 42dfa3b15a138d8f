//! The demo's simulated world: an invented brand, its customers, its channels. Nothing else is simulated.
//!
//! For: a living desk to try and to measure on; the same seed and start bring the same events.
//! May come in: domain; the start is passed in. Only its connector reads a clock.
//! Never: opens a file, uses a real brand's or person's name or a real address.

pub mod accounts;
pub mod backlog;
pub mod brand;
pub mod bulk;
pub mod connector;
pub mod feed;
pub mod phrases;
pub mod slots;

pub use accounts::Accounts;
pub use bulk::Bulk;
pub use feed::Feed;
