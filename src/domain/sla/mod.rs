//! The SLA engine: when a target's clock starts, pauses and stops, and when it runs out.
//!
//! [`calendar`] counts open hours, [`trail`] keeps when a conversation was set aside and when it
//! went on, [`clock`] makes deadlines of both, [`explain`] tells how one came about, and [`preview`]
//! what other rules would change.
//!
//! | target | starts with | stops with |
//! |---|---|---|
//! | first response | the first message | a reply that the customer can see |
//! | next response | the oldest unanswered message, once there was a first response | a reply |
//! | acknowledge | the message that the rule was chosen for | a claim, a visible reply, resolve |
//! | hand-over | the same | an assignment, the label `hand-over`, resolve |
//! | statement | the same | a visible reply to a comment, the label `statement`, resolve |
//! | resolution | the same | resolve |

pub mod calendar;
pub mod clock;
pub mod explain;
pub mod preview;
pub mod trail;

pub use calendar::Calendar;
pub use clock::{Stopped, StoppedBy};
pub use trail::{Pause, Phase, Trail};

/// The label that says a conversation was handed over.
pub const HAND_OVER_LABEL: &str = "hand-over";
/// The label that says a statement was made.
pub const STATEMENT_LABEL: &str = "statement";

#[cfg(test)]
mod tests;
