//! How a variant stands, as the journal tells it: what undo compares and puts back.

use super::{Content, Out, Variant, Verdict};
use crate::domain::slot::SlotState;
use crate::domain::{ChannelId, OperatorName, Time};
use serde::{Deserialize, Serialize};

/// All of a variant but what its text says; that is told by its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// See [`Variant::channel`].
    pub channel: ChannelId,
    /// See [`Variant::version`].
    pub version: u32,
    /// See [`Variant::by`].
    pub by: OperatorName,
    /// See [`Variant::state`].
    pub state: SlotState,
    /// See [`Variant::since`].
    pub since: Time,
    /// See [`Variant::at`].
    pub at: Option<Time>,
    /// See [`Variant::goes`].
    pub goes: Option<Time>,
    /// See [`Variant::holds`].
    pub holds: Option<Time>,
    /// See [`Variant::pinned`].
    pub pinned: bool,
    /// See [`Variant::verdicts`].
    pub verdicts: Vec<Verdict>,
    /// See [`Variant::why`].
    pub why: String,
    /// See [`Variant::out`].
    pub out: Option<Out>,
    /// See [`Variant::deleting`].
    pub deleting: bool,
}

/// What one action changed of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostChange {
    /// It was begun, or (`added` false) its beginning was taken back.
    Begun {
        /// True = it came.
        added: bool,
    },
    /// Its idea: which version of it counted before and after.
    Idea {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// One of its variants; `None` = it was not there.
    Variant {
        /// Its number in the post.
        number: u32,
        /// Before.
        from: Option<Box<Stand>>,
        /// After.
        to: Option<Box<Stand>>,
    },
}

impl PostChange {
    /// The change that takes this one back.
    pub fn turned(self) -> PostChange {
        match self {
            PostChange::Begun { added } => PostChange::Begun { added: !added },
            PostChange::Idea { from, to } => PostChange::Idea { from: to, to: from },
            PostChange::Variant { number, from, to } => {
                PostChange::Variant { number, from: to, to: from }
            }
        }
    }
}

impl Stand {
    /// How a variant stands.
    pub fn of(v: &Variant) -> Stand {
        Stand {
            channel: v.channel.clone(),
            version: v.version,
            by: v.by.clone(),
            state: v.state,
            since: v.since,
            at: v.at,
            goes: v.goes,
            holds: v.holds,
            pinned: v.pinned,
            verdicts: v.verdicts.clone(),
            why: v.why.clone(),
            out: v.out.clone(),
            deleting: v.deleting,
        }
    }

    /// The variant that stands so, given what its version says.
    pub fn variant(self, number: u32, content: &Content) -> Variant {
        Variant {
            number,
            channel: self.channel,
            version: self.version,
            title: content.heading(),
            form: content.form,
            funnel: content.funnel,
            high_risk: content.high_risk,
            by: self.by,
            state: self.state,
            since: self.since,
            at: self.at,
            goes: self.goes,
            holds: self.holds,
            pinned: self.pinned,
            verdicts: self.verdicts,
            why: self.why,
            out: self.out,
            deleting: self.deleting,
        }
    }

    /// True when nobody has changed it since it stood like this; that its hold window began is the
    /// clock's doing.
    pub fn is_still(&self, now: &Stand) -> bool {
        let held = |s: &Stand| {
            let state = match s.state {
                SlotState::Holding => SlotState::Scheduled,
                state => state,
            };
            Stand { state, since: Time::default(), ..s.clone() }
        };
        held(self) == held(now)
    }
}
