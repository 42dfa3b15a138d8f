//! What clients and the daemon say to each other about posts.

use crate::domain::lint;
use crate::domain::post::{Content, Post, Rules};
use crate::domain::slot::{Finding, Slot};
use crate::domain::{ChannelId, Time};
use serde::{Deserialize, Serialize};

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

/// Something in a variant that is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Check {
    /// What the lint says of its text.
    Lint(lint::Finding),
    /// The platform allows less.
    Limit {
        /// What of it is too much, e.g. the text.
        what: LimitOf,
        /// So much.
        has: u64,
        /// The most.
        most: u64,
    },
    /// The platform has no posts of this form.
    NoSuchForm,
    /// The platform wants this with it, and it is missing.
    Lacks(LimitOf),
    /// A picture or video without a licence.
    NoLicence(String),
    /// The channel's connector cannot post.
    CannotPost(ChannelId),
}

/// What of a post has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitOf {
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// Its tags.
    Tags,
    /// Pictures.
    Images,
    /// Videos.
    Videos,
    /// Bytes of a file.
    FileSize,
}
