//! What clients and the daemon say to each other about posts that are out.

use crate::domain::best::{Best, Eval, Expected, TooFew};
use crate::domain::library::Asset;
use crate::domain::post::Form;
use crate::domain::{ChannelId, Time};
use serde::{Deserialize, Serialize};

/// An asset, and the posts that are made from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRow {
    /// The asset.
    pub asset: Asset,
    /// In how many posts it is.
    pub posts: u32,
    /// When the newest of them was begun, or went out.
    pub last: Option<Time>,
}

/// A channel with posts that are out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The channel.
    pub channel: ChannelId,
    /// How many are known.
    pub posts: u64,
    /// When the oldest and the newest of them went out.
    pub between: (Time, Time),
    /// The figures that the newest ones tell.
    pub metrics: Vec<String>,
}

/// When posts do best on a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestOf {
    /// The channel.
    pub channel: ChannelId,
    /// The figure compared.
    pub metric: String,
    /// When, or why that is not known.
    pub best: Result<Best, TooFew>,
    /// How it holds on the later months, when that was asked for.
    pub eval: Option<Result<Eval, TooFew>>,
}

/// A draft whose range is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedOf {
    /// On which channel it is to go out.
    pub channel: ChannelId,
    /// The figure.
    pub metric: String,
    /// When it is to go out; `None` = that is not known.
    pub at: Option<Time>,
    /// What it is.
    pub form: Form,
    /// Characters of title and text together.
    pub length: u32,
    /// How many pictures and videos; `None` = that is not known.
    pub media: Option<u32>,
    /// True when its reach is paid for.
    pub promoted: bool,
}

/// What a draft may bring, or why that is not known.
pub type Range = Result<Expected, TooFew>;
