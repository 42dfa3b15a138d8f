//! What clients and the daemon say to each other about posts.

use crate::domain::post::{Content, Post, Rules};
use crate::domain::slot::{Finding, Slot};
use crate::domain::{ChannelId, OperatorName, Time, VariantRef};
use serde::{Deserialize, Serialize};

pub use crate::domain::post::{Check, LimitOf};

/// Days of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// A moment of the first of them, in the desk's zone.
    pub from: Time,
    /// How many (the daemon caps them at [`Days::MOST`]).
    pub days: u16,
}

impl Days {
    /// The most days in one answer: a month with the weeks it lies in.
    pub const MOST: u16 = 42;
}

/// Days of the calendar as they are now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// What was asked for.
    pub days: Days,
    /// Posts and planned times, in order of time.
    pub slots: Vec<Slot>,
    /// What is not as the cadence wants it, today and on the days to come.
    pub findings: Vec<Finding>,
}

/// A post with what its variants say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostView {
    /// The record.
    pub post: Post,
    /// What its variants say, in their order.
    pub contents: Vec<Content>,
    /// What is to be looked at in each, in the same order.
    pub checks: Vec<Vec<Check>>,
    /// How the channel of each reviews and sends, in the same order.
    pub rules: Vec<Rules>,
}

/// Something about a post that an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostNotice {
    /// Which.
    pub at: VariantRef,
    /// Its channel.
    pub channel: ChannelId,
    /// What it is about, verbatim.
    pub title: String,
    /// What.
    pub told: Told,
    /// Who did it; `None` = nobody of the desk.
    pub by: Option<OperatorName>,
    /// What there is to say of it; may be empty.
    pub why: String,
}

/// What an operator is told of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// It waits for their review.
    InReview,
    /// It was sent back.
    Rejected,
    /// It passed its review.
    Approved,
    /// It was recalled.
    Recalled,
    /// It is due, and people put it on the platform.
    ByHand,
    /// The platform refused it.
    Failed,
    /// It may be out.
    Unconfirmed,
    /// Its time passed without it.
    Missed,
    /// Its time passed without it, and it was moved to the next free one.
    Moved,
    /// The platform deleted it.
    Deleted,
    /// The platform did not delete it, or nobody knows.
    NotDeleted,
}
