//! The demo's simulated world: an invented brand, its customers, its channels. Nothing else is simulated.
//!
//! For: a living desk to try and to measure on; the same seed and start bring the same events.
//! May come in: domain. The start is passed in; the live feed is told of replies.
//! Never: reads a clock, opens a file, uses a real brand's or person's name or a real address.

pub mod backlog;
pub mod brand;
pub mod bulk;
pub mod feed;
pub mod phrases;
pub mod rng;
pub mod slots;

pub use bulk::Bulk;
pub use feed::Feed;
