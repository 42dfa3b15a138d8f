//! What clients and the daemon say to each other about posts.

use crate::domain::Time;
use crate::domain::post::{Content, Post, Rules};
use crate::domain::slot::{Finding, Slot};
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
