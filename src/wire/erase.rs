//! What clients and the daemon say to each other about erasing a person, and about the copies of the
//! desk that may still hold them.

use crate::domain::erasure::{Copy, CopyKind, Erasure, Found};
use crate::domain::{ChannelId, Time};
use serde::{Deserialize, Serialize};

/// A question about erasures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EraseAsk {
    /// Who is meant: by id or name on a channel.
    Find {
        /// The channel.
        channel: ChannelId,
        /// As typed.
        person: String,
    },
    /// Erase somebody who was found.
    Begin {
        /// The channel.
        channel: ChannelId,
        /// Who.
        person: Box<Found>,
        /// The request's own reference.
        reference: String,
    },
    /// Every erasure, and the copies that are known.
    Certificates,
    /// A copy of the desk was made.
    Copied {
        /// What it is.
        kind: CopyKind,
        /// Of when.
        at: Time,
        /// Where it was written.
        path: String,
    },
}

/// An answer to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EraseAnswer {
    /// Who may be meant.
    Found(Vec<Found>),
    /// It is under way, under that number.
    Begun(u64),
    /// Every erasure, without anything of the person.
    Certificates(Box<Certificates>),
}

/// Every erasure of a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    /// By number.
    pub all: Vec<Erasure>,
    /// Copies of the desk that its daemon knows of, oldest first.
    pub copies: Vec<Copy>,
    /// Nothing of erasures up to this number is left in the search index's files.
    pub indexed: u64,
}
