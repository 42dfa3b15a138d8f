//! What is said of posts: what was done to one, what somebody is told, how far it is, when it goes.

use crate::app::notices::Tone;
use crate::domain::Time;
use crate::domain::post::PostVerb;
use crate::domain::slot::SlotState;
use crate::text::catalogue::{cockpit, posts as say, publishing};
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::post::{PostNotice, Told};

/// What something done to a post is called once it is done.
pub(in crate::app) fn done(verb: PostVerb) -> Msg {
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

/// What an operator is told of a post.
pub(in crate::app) fn told(notice: &PostNotice, lang: Lang) -> (Tone, Shown) {
    let (tone, msg) = match notice.told {
        Told::InReview => (Tone::Warn, publishing::TOLD_IN_REVIEW),
        Told::Rejected => (Tone::Warn, publishing::TOLD_REJECTED),
        Told::Approved => (Tone::Done, publishing::TOLD_APPROVED),
        Told::Recalled => (Tone::Warn, publishing::TOLD_RECALLED),
        Told::ByHand => (Tone::Warn, publishing::TOLD_BY_HAND),
        Told::Failed => (Tone::Bad, publishing::TOLD_FAILED),
        Told::Unconfirmed => (Tone::Bad, publishing::TOLD_UNCONFIRMED),
        Told::Missed => (Tone::Bad, publishing::TOLD_MISSED),
        Told::Moved => (Tone::Warn, publishing::TOLD_MOVED),
        Told::Deleted => (Tone::Done, publishing::TOLD_DELETED),
        Told::NotDeleted => (Tone::Bad, publishing::TOLD_NOT_DELETED),
    };
    let by = notice.by.as_ref().map(|by| Shown::line(&by.0)).unwrap_or_default();
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("at", &notice.at),
        ("title", &Shown::line(&notice.title)),
        ("channel", &Shown::line(&notice.channel.0)),
        ("by", &by),
        ("why", &Shown::line(&notice.why)),
    ];
    (tone, msg.fill(lang, &values))
}

/// What a state is called.
pub fn state_name(state: SlotState) -> Msg {
    match state {
        SlotState::Empty => cockpit::SLOT_EMPTY,
        SlotState::Draft => cockpit::SLOT_DRAFT,
        SlotState::InReview => cockpit::SLOT_IN_REVIEW,
        SlotState::Approved => cockpit::SLOT_APPROVED,
        SlotState::Scheduled => cockpit::SLOT_SCHEDULED,
        SlotState::Holding => cockpit::SLOT_HOLDING,
        SlotState::Publishing => cockpit::SLOT_PUBLISHING,
        SlotState::Published => cockpit::SLOT_PUBLISHED,
        SlotState::Unconfirmed => cockpit::SLOT_UNCONFIRMED,
        SlotState::Failed => cockpit::SLOT_FAILED,
        SlotState::Recalled => cockpit::SLOT_RECALLED,
        SlotState::Missed => cockpit::SLOT_MISSED,
    }
}

/// The time until something goes out: it turns with the clock's minutes, in the last one with its
/// seconds.
pub fn goes_in(lang: Lang, goes: Time, now: Time) -> Shown {
    let left = (goes - now).0;
    if (1..=60_000).contains(&left) {
        return format::duration(lang, (left + 999) / 1_000 * 1_000);
    }
    format::countdown((goes.floor_minute() - now.floor_minute()).0.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelId, OperatorName, PostId, VariantRef};

    #[test]
    fn what_is_told_of_a_post_is_a_sentence_in_both_languages() {
        let mut out = String::new();
        for told_of in [
            Told::InReview,
            Told::Rejected,
            Told::Approved,
            Told::Recalled,
            Told::ByHand,
            Told::Failed,
            Told::Unconfirmed,
            Told::Missed,
            Told::Moved,
            Told::Deleted,
            Told::NotDeleted,
        ] {
            let notice = PostNotice {
                at: VariantRef { post: PostId(12), variant: 1 },
                channel: ChannelId("weibo".into()),
                title: "new \u{1b}[31mtea".into(),
                told: told_of,
                by: Some(OperatorName("bo".into())),
                why: "too loud".into(),
            };
            for lang in Lang::ALL {
                let (_, said) = told(&notice, lang);
                assert!(!said.as_str().contains(['{', '\u{1b}']), "{said:?}");
                out.push_str(said.as_str());
                out.push('\n');
            }
        }
        insta::assert_snapshot!(out);
    }
}
