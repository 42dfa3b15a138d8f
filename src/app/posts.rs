//! Posts: what was done to them is said here.

use crate::domain::post::PostVerb;
use crate::text::Msg;
use crate::text::catalogue::posts as say;

/// What something done to a post is called once it is done.
pub(super) fn done(verb: PostVerb) -> Msg {
    match verb {
        PostVerb::New => say::DID_NEW,
        PostVerb::Idea => say::DID_IDEA,
        PostVerb::Edit => say::DID_EDIT,
        PostVerb::Add => say::DID_ADD,
        PostVerb::Drop => say::DID_DROP,
        PostVerb::Submit => say::DID_SUBMIT,
        PostVerb::Approve => say::DID_APPROVE,
        PostVerb::Reject => say::DID_REJECT,
        PostVerb::Schedule => say::DID_SCHEDULE,
        PostVerb::Unschedule => say::DID_UNSCHEDULE,
        PostVerb::Recall => say::DID_RECALL,
        PostVerb::Published => say::DID_PUBLISHED,
        PostVerb::Again => say::DID_AGAIN,
    }
}
