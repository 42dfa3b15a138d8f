//! What an operator can do to posts: the part of the command table that is about them.

use super::{Content, PostId, Step, VariantRef};
use crate::domain::command::{Name, Spec};
use crate::domain::{ChannelId, Time};
use crate::text::Msg;
use crate::text::catalogue::posts as say;
use serde::{Deserialize, Serialize};

/// What is done to a post, without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostVerb {
    /// Begin one.
    New,
    /// Change the idea.
    Idea,
    /// Change what a variant says.
    Edit,
    /// One more variant, for a channel.
    Add,
    /// Take a variant away that has not gone out.
    Drop,
    /// Hand it in for review.
    Submit,
    /// Pass a step of its review.
    Approve,
    /// Say what is to be mended.
    Reject,
    /// Give it its time, or another one.
    Schedule,
    /// Take its time from it.
    Unschedule,
    /// Take it back: it does not go out; when it is out, the platform is asked to delete it.
    Recall,
    /// A person has seen it on the platform, or put it there.
    Published,
    /// It is not on the platform: send it again.
    Again,
}

/// What is done to a post, as it travels to the writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostAct {
    /// See [`PostVerb::New`].
    New {
        /// The idea, in a line.
        idea: String,
        /// The topic it comes from.
        topic: Option<u64>,
        /// Its variants.
        variants: Vec<(ChannelId, Content)>,
        /// When the first of them is to go out; `None` = that is not known.
        #[serde(default)]
        when: Option<Time>,
    },
    /// See [`PostVerb::Idea`].
    Idea {
        /// Which.
        post: PostId,
        /// The new one.
        idea: String,
    },
    /// See [`PostVerb::Edit`].
    Edit {
        /// Which.
        at: VariantRef,
        /// The version that was changed: a newer one refuses.
        version: u32,
        /// What it says now.
        content: Box<Content>,
    },
    /// See [`PostVerb::Add`].
    Add {
        /// To which post.
        post: PostId,
        /// For which channel.
        channel: ChannelId,
        /// What it says there.
        content: Box<Content>,
    },
    /// See [`PostVerb::Drop`].
    Drop {
        /// Which.
        at: VariantRef,
    },
    /// See [`PostVerb::Submit`].
    Submit {
        /// Which.
        at: Vec<VariantRef>,
        /// Why it is handed in in spite of what the lint stops; kept in the journal.
        because: Option<String>,
    },
    /// See [`PostVerb::Approve`].
    Approve {
        /// Which.
        at: Vec<VariantRef>,
        /// Which step; `None` = each one that is open.
        step: Option<Step>,
        /// What there is to say; may be empty.
        why: String,
    },
    /// See [`PostVerb::Reject`].
    Reject {
        /// Which.
        at: VariantRef,
        /// Which step.
        step: Step,
        /// What is to be mended.
        why: String,
        /// The words it is about; may be empty.
        place: String,
    },
    /// See [`PostVerb::Schedule`].
    Schedule {
        /// Which.
        at: VariantRef,
        /// When; `None` = in the next free slot of its channel.
        when: Option<Time>,
    },
    /// See [`PostVerb::Unschedule`].
    Unschedule {
        /// Which.
        at: Vec<VariantRef>,
    },
    /// See [`PostVerb::Recall`].
    Recall {
        /// Which.
        at: Vec<VariantRef>,
    },
    /// See [`PostVerb::Published`].
    Published {
        /// Which.
        at: VariantRef,
        /// The page that shows it.
        url: Option<String>,
    },
    /// See [`PostVerb::Again`].
    Again {
        /// Which.
        at: Vec<VariantRef>,
    },
}

/// Every row, in the order of the help.
pub const TABLE: &[Spec] = &[
    spec(PostVerb::New, "post new", say::NEW),
    spec(PostVerb::Idea, "post idea", say::IDEA),
    spec(PostVerb::Edit, "post edit", say::EDIT),
    spec(PostVerb::Add, "post add", say::ADD),
    spec(PostVerb::Drop, "post drop", say::DROP),
    spec(PostVerb::Submit, "post submit", say::SUBMIT),
    spec(PostVerb::Approve, "post approve", say::APPROVE),
    spec(PostVerb::Reject, "post reject", say::REJECT),
    spec(PostVerb::Schedule, "post schedule", say::SCHEDULE),
    spec(PostVerb::Unschedule, "post unschedule", say::UNSCHEDULE),
    spec(PostVerb::Recall, "post recall", say::RECALL),
    spec(PostVerb::Published, "post published", say::PUBLISHED),
    spec(PostVerb::Again, "post again", say::AGAIN),
];

const fn spec(name: PostVerb, verb: &'static str, summary: Msg) -> Spec {
    Spec { name: Name::Post(name), verb, arg: None, takes_ids: false, summary }
}

impl PostAct {
    /// Its name.
    pub fn verb(&self) -> PostVerb {
        match self {
            PostAct::New { .. } => PostVerb::New,
            PostAct::Idea { .. } => PostVerb::Idea,
            PostAct::Edit { .. } => PostVerb::Edit,
            PostAct::Add { .. } => PostVerb::Add,
            PostAct::Drop { .. } => PostVerb::Drop,
            PostAct::Submit { .. } => PostVerb::Submit,
            PostAct::Approve { .. } => PostVerb::Approve,
            PostAct::Reject { .. } => PostVerb::Reject,
            PostAct::Schedule { .. } => PostVerb::Schedule,
            PostAct::Unschedule { .. } => PostVerb::Unschedule,
            PostAct::Recall { .. } => PostVerb::Recall,
            PostAct::Published { .. } => PostVerb::Published,
            PostAct::Again { .. } => PostVerb::Again,
        }
    }
}
