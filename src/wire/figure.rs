//! What clients and the daemon say to each other about the figures that channels tell.

use crate::domain::ChannelId;
use serde::{Deserialize, Serialize};

/// The most samples in one answer.
pub const MOST_SAMPLES: usize = 10_000;
/// The most figures in one answer.
pub const MOST_FIGURES: usize = 2_000;

/// A figure of a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Figure {
    /// The channel.
    pub channel: ChannelId,
    /// The figure's name, as the channel calls it.
    pub name: String,
}
