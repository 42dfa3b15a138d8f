//! Which posts and variants are meant.

use crate::cli::{Context, Exit, Failure};
use crate::client::ask::DeskClient;
use crate::domain::post::{PostVerb, Variant};
use crate::domain::slot::SlotState;
use crate::domain::{PostId, VariantRef};
use crate::text::catalogue::post_verbs as say;
use crate::wire::message::{Answer, Ask};
use crate::wire::post::PostView;
use std::str::FromStr;

/// A post, or one of its variants, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The post.
    pub post: PostId,
    /// The variant; `None` = the post as a whole.
    pub variant: Option<u32>,
}

impl FromStr for Target {
    /// Nothing more to say than that it is none.
    type Err = ();

    fn from_str(typed: &str) -> Result<Target, ()> {
        let typed = typed.strip_prefix('#').unwrap_or(typed);
        if let Ok(at) = typed.parse::<VariantRef>() {
            return Ok(Target { post: at.post, variant: Some(at.variant) });
        }
        Ok(Target { post: PostId(typed.parse().map_err(drop)?), variant: None })
    }
}

impl Target {
    /// The post, with what it says.
    pub(super) fn view(
        self,
        context: &Context,
        desk: &mut DeskClient,
    ) -> Result<Box<PostView>, Failure> {
        match context.ask(desk, Ask::Post(self.post))? {
            Answer::Post(Some(view)) => Ok(view),
            Answer::Post(None) => {
                let text = say::NO_POST.fill(context.lang, &[("post", &self.post)]);
                Err(Failure::new(Exit::Refused, text))
            }
            _ => Err(context.strange()),
        }
    }

    /// The variant that is meant: the one that is named, or the only one.
    pub(super) fn one(
        self,
        context: &Context,
        desk: &mut DeskClient,
    ) -> Result<VariantRef, Failure> {
        let lang = context.lang;
        if let Some(variant) = self.variant {
            return Ok(VariantRef { post: self.post, variant });
        }
        let view = self.view(context, desk)?;
        match &view.post.variants[..] {
            [only] => Ok(view.post.name_of(only)),
            [] => Err(Failure::new(
                Exit::Refused,
                say::NO_VARIANTS.fill(lang, &[("post", &self.post)]),
            )),
            several => {
                let names: Vec<String> = several
                    .iter()
                    .map(|v| format!("{} ({})", view.post.name_of(v), v.channel))
                    .collect();
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("post", &self.post), ("variants", &names.join(", "))];
                Err(Failure::new(Exit::Usage, say::WHICH_VARIANT.fill(lang, &values)))
            }
        }
    }

    /// The variants that are meant: the one that is named, or those of the post to which it can be
    /// done. When it can be done to none, all of them, so that the desk says why.
    pub(super) fn several(
        self,
        context: &Context,
        desk: &mut DeskClient,
        verb: PostVerb,
    ) -> Result<Vec<VariantRef>, Failure> {
        if let Some(variant) = self.variant {
            return Ok(vec![VariantRef { post: self.post, variant }]);
        }
        let view = self.view(context, desk)?;
        let name = |v: &Variant| view.post.name_of(v);
        let fit: Vec<VariantRef> =
            view.post.variants.iter().filter(|v| fits(verb, v)).map(name).collect();
        let all = || view.post.variants.iter().map(name).collect::<Vec<_>>();
        let meant = if fit.is_empty() { all() } else { fit };
        match meant.is_empty() {
            true => {
                let text = say::NO_VARIANTS.fill(context.lang, &[("post", &self.post)]);
                Err(Failure::new(Exit::Refused, text))
            }
            false => Ok(meant),
        }
    }
}

/// Whether somebody who names the post as a whole means this variant, too.
fn fits(verb: PostVerb, v: &Variant) -> bool {
    use SlotState::{
        Approved, Draft, Failed, Holding, InReview, Missed, Published, Publishing, Recalled,
        Scheduled, Unconfirmed,
    };
    match verb {
        PostVerb::Submit => matches!(v.state, Draft | Recalled),
        PostVerb::Approve => v.state == InReview,
        PostVerb::Unschedule => matches!(v.state, Scheduled | Holding | Missed),
        PostVerb::Recall => {
            let deleted = v.deleting || v.out.as_ref().is_some_and(|out| out.deleted.is_some());
            match v.state {
                InReview | Approved | Scheduled | Holding | Missed | Failed | Publishing => true,
                Published => !deleted,
                _ => false,
            }
        }
        PostVerb::Again => matches!(v.state, Unconfirmed | Failed | Missed),
        _ => true,
    }
}
