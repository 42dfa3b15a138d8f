//! Undo and redo of what was done to posts: each change is put back as it was, unless somebody has
//! changed it since or it has left the desk.

use super::acts::{Made, finish};
use super::{is_within, may_have_left, save, text};
use crate::daemon::desk::group::Group;
use crate::daemon::desk::job::{Caller, JobResult};
use crate::daemon::desk::records::{Kind, OwnAction};
use crate::domain::journal::{Entry, What};
use crate::domain::post::{Post, PostChange, PostVerb, Refused, Stand, course};
use crate::domain::slot::SlotState;
use crate::domain::{OutKind, PostId, Refusal, VariantRef};
use crate::store::{StoreError, keys, records};

/// Takes back what the journal says an action on posts did.
///
/// # Errors
/// When the store cannot be read.
pub fn turn_round(
    group: &mut Group<'_>,
    by: &Caller,
    first: u64,
    action: &OwnAction,
    verb: PostVerb,
    kind: Kind,
) -> Result<JobResult, StoreError> {
    let mut made = Made::default();
    for seq in first..first + u64::from(action.entries) {
        let entry: Option<Entry> = records::get(&group.over, &keys::journal(seq))?;
        let Some(Entry { what: What::Post { post, change, .. }, .. }) = entry else { continue };
        match turn_one(group, post, change.turned())? {
            Ok((posts, change)) => {
                made.posts.extend(posts);
                made.changes.push((post, change));
            }
            Err(why) => made.refused.push(why),
        }
    }
    let nothing = made.changes.is_empty() && !made.refused.is_empty();
    let kind = if nothing && kind == Kind::Undid { Kind::Passed } else { kind };
    if nothing && kind != Kind::Passed {
        return Ok(JobResult::Refused(made.refused.swap_remove(0)));
    }
    finish(group, by, kind, verb, Some(action), made)
}

type Turned = (Vec<VariantRef>, PostChange);

/// Puts one thing back; the change says what it is and what it is to become.
fn turn_one(
    group: &mut Group<'_>,
    id: PostId,
    change: PostChange,
) -> Result<Result<Turned, Refusal>, StoreError> {
    let stored: Option<Post> = records::get(&group.over, &keys::post(id))?;
    let Some(before) = stored else { return Ok(Err(Refused::NoPost(id).into())) };
    let mut post = before.clone();
    let name = |number| VariantRef { post: id, variant: number };
    let turned = match change {
        PostChange::Begun { added } => {
            let is_as_begun = |v: &crate::domain::post::Variant| {
                let is_theirs = v.by == post.by && v.version == 1;
                is_theirs && v.state == SlotState::Draft && v.verdicts.is_empty()
            };
            if added != post.dropped || !post.variants.iter().all(is_as_begun) {
                let first = post.variants.first().map_or(0, |v| v.number);
                return Ok(Err(Refused::ChangedSince(name(first)).into()));
            }
            post.dropped = !added;
            let posts = post.variants.iter().map(|v| name(v.number)).collect();
            (posts, PostChange::Begun { added })
        }
        _ if post.dropped => return Ok(Err(Refused::NoPost(id).into())),
        PostChange::Idea { from, to } => {
            let idea = |version| text(group, name(0), version).map(|content| content.title);
            if idea(from)? != post.idea {
                return Ok(Err(Refused::ChangedSince(name(0)).into()));
            }
            post.idea = idea(to)?;
            (Vec::new(), PostChange::Idea { from, to })
        }
        PostChange::Variant { number, from, to } => {
            let at = name(number);
            let now = post.variant(number).map(|v| Box::new(Stand::of(v)));
            if let Some(why) = not_as_left(group, at, &post, from.as_deref())? {
                return Ok(Err(why.into()));
            }
            post.variants.retain(|v| v.number != number);
            let mut is = None;
            if let Some(to) = to {
                let content = text(group, at, to.version)?;
                let mut v = to.variant(number, &content);
                let rules = group.setup.posting_of(&v.channel);
                course::put_back_in_time(&mut v, &rules, group.now);
                is = Some(Box::new(Stand::of(&v)));
                post.variants.push(v);
                post.variants.sort_by_key(|v| v.number);
            }
            (vec![at], PostChange::Variant { number, from: now, to: is })
        }
    };
    if !is_within(&post)? {
        return Ok(Err(Refused::Full(id).into()));
    }
    save(group, Some(&before), post)?;
    Ok(Ok(turned))
}

/// Why a variant is not any more as an action left it.
fn not_as_left(
    group: &Group<'_>,
    at: VariantRef,
    post: &Post,
    left: Option<&Stand>,
) -> Result<Option<Refused>, StoreError> {
    let now = post.variant(at.variant);
    let (left, v) = match (left, now) {
        (None, None) => return Ok(None),
        (Some(left), Some(v)) => (left, v),
        _ => return Ok(Some(Refused::ChangedSince(at))),
    };
    let kind = if v.deleting { OutKind::Unpublish } else { OutKind::Publish };
    if (v.state == SlotState::Publishing || v.deleting) && may_have_left(group, at, v, kind)? {
        return Ok(Some(Refused::UnderWay(at)));
    }
    if left.is_still(&Stand::of(v)) {
        return Ok(None);
    }
    let went_out = course::has_left(v.state) && !course::has_left(left.state);
    Ok(Some(if went_out { Refused::Left(at) } else { Refused::ChangedSince(at) }))
}
