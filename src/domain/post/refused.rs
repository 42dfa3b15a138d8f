//! Why something was not done to a post.

use super::{PostId, PostVerb, Step, VariantRef};
use crate::domain::lint::Finding;
use crate::domain::slot::SlotState;
use crate::domain::{ChannelId, OperatorName, Time};
use crate::text::catalogue::publishing as say;
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// One reason, with what is needed to say what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// No post has this number.
    NoPost(PostId),
    /// The post has no such variant (any more).
    NoVariant(VariantRef),
    /// A newer version of it is there than the one that was changed.
    Newer {
        /// Which.
        at: VariantRef,
        /// Who wrote it.
        by: OperatorName,
    },
    /// It was changed by somebody since, so it cannot be taken back.
    ChangedSince(VariantRef),
    /// The act does not fit how far it is.
    State {
        /// Which.
        at: VariantRef,
        /// How far it is.
        state: SlotState,
        /// What was asked for.
        verb: PostVerb,
    },
    /// Only some may review on its channel.
    NotApprover {
        /// Which.
        at: VariantRef,
        /// Who may.
        who: Vec<OperatorName>,
    },
    /// A text of high risk is approved by somebody else than who wrote it.
    OwnText(VariantRef),
    /// Its review has no such step, or none that is open to the reviewer.
    NoStep {
        /// Which.
        at: VariantRef,
        /// The step; `None` = none is open.
        step: Option<Step>,
    },
    /// It has not passed its review.
    NotReviewed(VariantRef),
    /// The time has passed.
    Past(Time),
    /// Its channel has no free planned time.
    NoFreeSlot {
        /// Which.
        at: VariantRef,
        /// Its channel.
        channel: ChannelId,
    },
    /// It is on its way to the platform.
    UnderWay(VariantRef),
    /// It has left the desk, so it cannot be taken back; it can be recalled.
    Left(VariantRef),
    /// Its channel cannot delete what is out.
    CannotDelete {
        /// Which.
        at: VariantRef,
        /// Its channel.
        channel: ChannelId,
    },
    /// It is deleted there already, or is being deleted.
    Deleted(VariantRef),
    /// It says nothing.
    Empty(VariantRef),
    /// A rejection without a word of what is to be mended.
    NothingSaid(VariantRef),
    /// It is like that already.
    Unchanged(VariantRef),
    /// A post has as many variants as it may.
    TooManyVariants {
        /// How many it would have.
        has: usize,
        /// The most.
        most: usize,
    },
    /// More than one action may touch.
    TooMany {
        /// Asked for.
        asked: usize,
        /// The most.
        most: usize,
    },
    /// All that is kept of the post is more than the desk keeps in one.
    Full(PostId),
    /// The text says what it may not say.
    Lint {
        /// Which.
        at: VariantRef,
        /// What it says there, or the beginning of it.
        said: String,
        /// The first of what stops it.
        finding: Box<Finding>,
        /// How many more stop it.
        more: usize,
        /// Whether it may go on for a reason.
        overridable: bool,
    },
}

impl Refused {
    /// The sentence: what was not done and what to do next.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Refused::NoPost(post) => say::NO_POST.fill(lang, &[("post", post)]),
            Refused::NoVariant(at) => say::NO_VARIANT.fill(lang, &[("at", at)]),
            Refused::Newer { at, by } => {
                say::NEWER.fill(lang, &[("at", at), ("by", &Shown::line(&by.0))])
            }
            Refused::ChangedSince(at) => say::CHANGED_SINCE.fill(lang, &[("at", at)]),
            Refused::State { at, state, verb } => {
                let values: [(&str, &dyn Display); 3] = [
                    ("at", at),
                    ("state", &state_name(*state).say(lang)),
                    ("what", &what_fits(*verb).say(lang)),
                ];
                say::WRONG_STATE.fill(lang, &values)
            }
            Refused::NotApprover { at, who } => {
                let names: Vec<Shown> = who.iter().take(10).map(|n| Shown::line(&n.0)).collect();
                let who = Shown::join(&names, &Shown::line(", "));
                say::NOT_APPROVER.fill(lang, &[("at", at), ("who", &who)])
            }
            Refused::OwnText(at) => say::OWN_TEXT.fill(lang, &[("at", at)]),
            Refused::NoStep { at, step: Some(step) } => {
                say::NO_STEP.fill(lang, &[("at", at), ("step", &step_name(*step).say(lang))])
            }
            Refused::NoStep { at, step: None } => say::NO_STEP_OPEN.fill(lang, &[("at", at)]),
            Refused::NotReviewed(at) => say::NOT_REVIEWED.fill(lang, &[("at", at)]),
            Refused::Past(_) => crate::text::catalogue::refusals::WHEN_PAST.say(lang),
            Refused::NoFreeSlot { at, channel } => {
                let channel = Shown::line(&channel.0);
                say::NO_FREE_SLOT.fill(lang, &[("at", at), ("channel", &channel)])
            }
            Refused::UnderWay(at) => say::UNDER_WAY.fill(lang, &[("at", at)]),
            Refused::Left(at) => say::LEFT.fill(lang, &[("at", at)]),
            Refused::CannotDelete { at, channel } => {
                let channel = Shown::line(&channel.0);
                say::CANNOT_DELETE.fill(lang, &[("at", at), ("channel", &channel)])
            }
            Refused::Deleted(at) => say::DELETED.fill(lang, &[("at", at)]),
            Refused::Empty(at) => say::EMPTY.fill(lang, &[("at", at)]),
            Refused::NothingSaid(at) => say::NOTHING_SAID.fill(lang, &[("at", at)]),
            Refused::Unchanged(at) => say::UNCHANGED.fill(lang, &[("at", at)]),
            Refused::TooManyVariants { has, most } => {
                say::TOO_MANY_VARIANTS.fill(lang, &[("has", has), ("most", most)])
            }
            Refused::TooMany { asked, most } => {
                say::TOO_MANY.fill(lang, &[("asked", asked), ("most", most)])
            }
            Refused::Full(post) => say::FULL.fill(lang, &[("post", post)]),
            Refused::Lint { at, said, finding, more, overridable } => {
                let more = match more {
                    0 => Shown::default(),
                    n => crate::text::catalogue::lint::AND_MORE.fill(lang, &[("n", n)]),
                };
                let way = if *overridable { say::OR_BECAUSE } else { say::NO_OVERRIDE };
                let values: [(&str, &dyn Display); 6] = [
                    ("at", at),
                    ("said", &Shown::line(said)),
                    ("more", &more),
                    ("reason", &finding.reason(lang)),
                    ("advice", &finding.advice(lang)),
                    ("way", &way.say(lang)),
                ];
                say::STOPPED.fill(lang, &values)
            }
        }
    }
}

/// How far a post is, in a word or two.
pub fn state_name(state: SlotState) -> Msg {
    use crate::text::catalogue::cockpit as say;
    match state {
        SlotState::Empty => say::SLOT_EMPTY,
        SlotState::Draft => say::SLOT_DRAFT,
        SlotState::InReview => say::SLOT_IN_REVIEW,
        SlotState::Approved => say::SLOT_APPROVED,
        SlotState::Scheduled => say::SLOT_SCHEDULED,
        SlotState::Holding => say::SLOT_HOLDING,
        SlotState::Publishing => say::SLOT_PUBLISHING,
        SlotState::Published => say::SLOT_PUBLISHED,
        SlotState::Unconfirmed => say::SLOT_UNCONFIRMED,
        SlotState::Failed => say::SLOT_FAILED,
        SlotState::Recalled => say::SLOT_RECALLED,
        SlotState::Missed => say::SLOT_MISSED,
    }
}

/// What an act can be done to.
fn what_fits(verb: PostVerb) -> Msg {
    match verb {
        PostVerb::Submit => say::FITS_SUBMIT,
        PostVerb::Approve | PostVerb::Reject => say::FITS_REVIEW,
        PostVerb::Schedule => say::FITS_SCHEDULE,
        PostVerb::Unschedule => say::FITS_UNSCHEDULE,
        PostVerb::Recall => say::FITS_RECALL,
        PostVerb::Published | PostVerb::Again => say::FITS_SETTLE,
        PostVerb::New | PostVerb::Idea | PostVerb::Edit | PostVerb::Add | PostVerb::Drop => {
            say::FITS_EDIT
        }
    }
}

fn step_name(step: Step) -> Msg {
    use crate::text::catalogue::posts as say;
    match step {
        Step::Compliance => say::STEP_COMPLIANCE,
        Step::Tone => say::STEP_TONE,
        Step::Logic => say::STEP_LOGIC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lint::{Linter, Place};

    #[test]
    fn every_reason_is_a_sentence_in_both_languages() {
        let at = VariantRef { post: PostId(12), variant: 1 };
        let by = OperatorName("bo\u{1b}[31m".into());
        let channel = ChannelId("weibo".into());
        let finding = Linter::default().lint("最佳面霜", &Place::default()).remove(0);
        let lint = |overridable, more| Refused::Lint {
            at,
            said: "最佳".into(),
            finding: Box::new(finding.clone()),
            more,
            overridable,
        };
        let mut all = vec![
            Refused::NoPost(at.post),
            Refused::NoVariant(at),
            Refused::Newer { at, by: by.clone() },
            Refused::ChangedSince(at),
            Refused::NotApprover { at, who: vec![by.clone(), OperatorName("cy".into())] },
            Refused::OwnText(at),
            Refused::NoStep { at, step: Some(Step::Tone) },
            Refused::NoStep { at, step: None },
            Refused::NotReviewed(at),
            Refused::Past(Time(0)),
            Refused::NoFreeSlot { at, channel: channel.clone() },
            Refused::UnderWay(at),
            Refused::Left(at),
            Refused::CannotDelete { at, channel },
            Refused::Deleted(at),
            Refused::Empty(at),
            Refused::NothingSaid(at),
            Refused::Unchanged(at),
            Refused::TooManyVariants { has: 17, most: 16 },
            Refused::TooMany { asked: 600, most: 500 },
            Refused::Full(at.post),
            lint(true, 0),
            lint(false, 2),
        ];
        let verbs = [
            PostVerb::Edit,
            PostVerb::Submit,
            PostVerb::Approve,
            PostVerb::Schedule,
            PostVerb::Unschedule,
            PostVerb::Recall,
            PostVerb::Again,
        ];
        let state = SlotState::Publishing;
        all.extend(verbs.map(|verb| Refused::State { at, state, verb }));
        let mut out = String::new();
        for refused in all {
            for lang in Lang::ALL {
                let said = refused.say(lang);
                assert!(!said.as_str().contains(['{', '\u{1b}']), "{said:?}");
                out.push_str(said.as_str());
                out.push('\n');
            }
        }
        insta::assert_snapshot!(out);
    }
}
