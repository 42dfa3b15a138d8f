//! Posts: their records, and what follows from them - the slot in which a variant stands, the timer
//! that wakes it, its row of the outbox. All of that is derived from the difference between how a post
//! was and how it is; how it comes to be so is [`course`](crate::domain::post::course)'s to say.

mod acts;
mod back;
mod clock;
mod way_out;

pub use acts::carry_out;
pub use back::turn_round;
pub use clock::{elapse, restored};
pub use way_out::{gone, seen, step};

use super::group::Group;
use super::outbox;
use crate::domain::journal::{Actor, What};
use crate::domain::outbox::Stage;
use crate::domain::post::{Content, Post, Rules, Variant, review};
use crate::domain::slot::{Planned, Slot, SlotState};
use crate::domain::{
    ChannelId, ConversationId, OperatorName, OutKind, OutPlace, PostId, Refusal, Time, VariantRef,
};
use crate::store::keys::{self, TimerKind};
use crate::store::{Direction, Key, StoreError, records};
use crate::wire::message::Notice;
use crate::wire::post::{PostNotice, Told};
use std::collections::BTreeSet;

/// The most bytes of a post's record that an action may leave: what comes by itself has room behind.
const MOST_RECORD: usize = records::MAX_RECORD - (32 << 10);
/// The most bytes of what one version says, all of it.
const MOST_CONTENT: usize = records::MAX_RECORD - (4 << 10);

/// A post that is there; `None` = there is none, or its beginning was taken back.
///
/// # Errors
/// When the store cannot be read.
pub fn read(group: &Group<'_>, id: PostId) -> Result<Option<Post>, StoreError> {
    let post: Option<Post> = records::get(&group.over, &keys::post(id))?;
    Ok(post.filter(|post| !post.dropped))
}

/// What a version of a variant says.
///
/// # Errors
/// When the store cannot be read.
pub fn text(group: &Group<'_>, at: VariantRef, version: u32) -> Result<Content, StoreError> {
    Ok(records::get(&group.over, &keys::post_text(at, version))?.unwrap_or_default())
}

/// The number of the newest version of a variant; 0 = it has none.
fn last_version(group: &Group<'_>, at: VariantRef) -> Result<u32, StoreError> {
    let range = keys::post_texts(at);
    let last = records::page::<Content>(&group.over, &range, 1, Direction::Backward)?;
    Ok(last.rows.first().map_or(0, |(key, _)| match keys::parse(key) {
        Some(keys::Parsed::PostText(_, version)) => version,
        _ => 0,
    }))
}

/// Whether what a version says is within the bounds of a record.
fn fits(content: &Content) -> Result<Result<(), Refusal>, StoreError> {
    if content.text.len() > records::MAX_TEXT {
        let (bytes, limit) = (content.text.len(), records::MAX_TEXT);
        return Ok(Err(Refusal::TooLong { bytes, limit }));
    }
    let bytes = records::encode(b"V/", content)?.len();
    Ok(match bytes > MOST_CONTENT {
        true => Err(Refusal::TooLong { bytes, limit: MOST_CONTENT }),
        false => Ok(()),
    })
}

/// Whether a post is small enough to be kept.
fn is_within(post: &Post) -> Result<bool, StoreError> {
    Ok(records::encode(b"P/", post)?.len() <= MOST_RECORD)
}

/// Keeps a post, and what follows from it; `before` is how it is in the store.
///
/// # Errors
/// When the store cannot be read, or a record is over its bound.
fn save(group: &mut Group<'_>, before: Option<&Post>, mut now: Post) -> Result<(), StoreError> {
    now.revision = before.map_or(0, |post| post.revision).saturating_add(1);
    let numbers: BTreeSet<u32> = before
        .into_iter()
        .chain([&now])
        .flat_map(|post| post.variants.iter().map(|v| v.number))
        .collect();
    for number in numbers {
        let was = before.filter(|post| !post.dropped).and_then(|post| post.variant(number));
        let is = Some(&now).filter(|post| !post.dropped).and_then(|post| post.variant(number));
        let at = VariantRef { post: now.id, variant: number };
        write_slot(group, at, was, is)?;
        write_rows(group, at, was, is)?;
        write_out(group, at, was, is)?;
    }
    let (was, is) = (before.map(timers).unwrap_or_default(), timers(&now));
    for key in was.difference(&is) {
        group.over.delete(key.clone());
    }
    for key in is {
        group.over.put(key, Vec::new())?;
    }
    group.published.slots = true;
    records::put(&mut group.over, keys::post(now.id), &now)
}

/// The timers that a post wants.
pub fn timers(post: &Post) -> BTreeSet<Key> {
    let id = ConversationId(post.id.0);
    let one = |v: &Variant| match v.state {
        SlotState::Scheduled => v.holds.map(|at| keys::timer(at, TimerKind::PostHolds, id)),
        // By then it should be out.
        SlotState::Publishing => v.holds.map(|at| keys::timer(at, TimerKind::PostGoes, id)),
        SlotState::Holding => v.goes.map(|at| keys::timer(at, TimerKind::PostGoes, id)),
        _ => None,
    };
    match post.dropped {
        true => BTreeSet::new(),
        false => post.variants.iter().filter_map(one).collect(),
    }
}

/// True when a slot's id is that of a post of this desk: what a channel says of it is no news.
pub fn is_slot_of_ours(id: &str) -> bool {
    id.strip_prefix("post ").is_some_and(|at| at.parse::<VariantRef>().is_ok())
}

/// The slot in which a variant stands; `None` = it has no time.
pub fn slot(at: VariantRef, v: &Variant, rules: &Rules) -> Option<Slot> {
    Some(Slot {
        channel: v.channel.clone(),
        id: format!("post {at}"),
        at: v.at?,
        title: v.title.clone(),
        state: v.state,
        post: Some(Planned {
            at,
            form: v.form,
            funnel: v.funnel,
            goes: v.goes,
            review: review::progress(v, rules),
            url: v.out.as_ref().and_then(|out| out.url.clone()),
            why: v.why.clone(),
        }),
    })
}

fn write_slot(
    group: &mut Group<'_>,
    at: VariantRef,
    was: Option<&Variant>,
    is: Option<&Variant>,
) -> Result<(), StoreError> {
    let of = |v: Option<&Variant>| v.and_then(|v| slot(at, v, &group.setup.posting_of(&v.channel)));
    let (was, is) = (of(was), of(is));
    if let Some(old) = was.filter(|old| is.as_ref().is_none_or(|new| new.at != old.at)) {
        group.over.delete(keys::slot(old.at, &old.channel, &old.id));
        group.over.delete(keys::slot_time(&old.channel, &old.id));
    }
    if let Some(new) = is {
        records::put(&mut group.over, keys::slot_time(&new.channel, &new.id), &new.at)?;
        records::put(&mut group.over, keys::slot(new.at, &new.channel, &new.id), &new)?;
    }
    Ok(())
}

/// A post that is on its way, or may be out, has a row of the outbox; so has one that is to be deleted.
fn write_rows(
    group: &mut Group<'_>,
    at: VariantRef,
    was: Option<&Variant>,
    is: Option<&Variant>,
) -> Result<(), StoreError> {
    let Some(any) = is.or(was) else { return Ok(()) };
    let by = any.by.clone();
    let place = |kind| OutPlace::post(any.channel.clone(), kind, at);
    let (was_state, is_state) = (was.map(|v| v.state), is.map(|v| v.state));
    let publish = place(OutKind::Publish);
    match is_state {
        Some(SlotState::Publishing) if was_state != is_state => {
            // A key of its own: whatever was sent before is another matter.
            outbox::take(group, &publish)?;
            outbox::put(group, &publish, &by, true)?;
        }
        Some(SlotState::Unconfirmed) if was_state != is_state => {
            if outbox::row(group, &publish)?.is_none() {
                outbox::put(group, &publish, &by, true)?;
            }
            let row = outbox::row(group, &publish)?;
            if let Some(mut row) = row.filter(|r| !matches!(r.stage, Stage::Unconfirmed { .. })) {
                let why = is.map(|v| v.why.clone()).unwrap_or_default();
                row.stage = Stage::Unconfirmed { since: group.now, why };
                outbox::write(group, &publish, &row)?;
            }
        }
        Some(SlotState::Publishing | SlotState::Unconfirmed) => {}
        _ => drop(outbox::take(group, &publish)?),
    }
    let unpublish = place(OutKind::Unpublish);
    match (was.is_some_and(|v| v.deleting), is.is_some_and(|v| v.deleting)) {
        (false, true) => outbox::put(group, &unpublish, &by, true),
        (true, false) => outbox::take(group, &unpublish).map(drop),
        _ => Ok(()),
    }
}

/// Which variant is out under a platform id.
fn write_out(
    group: &mut Group<'_>,
    at: VariantRef,
    was: Option<&Variant>,
    is: Option<&Variant>,
) -> Result<(), StoreError> {
    let (was, is) = (was.and_then(out_key), is.and_then(out_key));
    if was == is {
        return Ok(());
    }
    if let Some(key) = was {
        group.over.delete(key);
    }
    match is {
        Some(key) => records::put(&mut group.over, key, &at),
        None => Ok(()),
    }
}

/// Where it is told that a variant is out under its platform id.
pub fn out_key(v: &Variant) -> Option<Key> {
    let out = v.out.as_ref().filter(|out| !out.platform_id.is_empty())?;
    Some(keys::post_out(&v.channel, &out.platform_id))
}

/// True when people publish by hand on a channel: nothing connects it, or what does cannot.
fn is_by_hand(group: &Group<'_>, channel: &ChannelId) -> bool {
    match group.setup.can.of(channel) {
        Some(can) => !can.post,
        None => !group.setup.can.expects(channel),
    }
}

/// True when a variant's post, or the request to delete it, may have reached the platform.
fn may_have_left(
    group: &Group<'_>,
    at: VariantRef,
    v: &Variant,
    kind: OutKind,
) -> Result<bool, StoreError> {
    let row = outbox::row(group, &OutPlace::post(v.channel.clone(), kind, at))?;
    let is_out = row.is_some_and(|row| !row.stage.is_here());
    Ok(is_out && !is_by_hand(group, &v.channel))
}

/// Tells operators of a post.
fn tell(
    group: &mut Group<'_>,
    to: impl IntoIterator<Item = OperatorName>,
    at: VariantRef,
    v: &Variant,
    told: Told,
    by: Option<&OperatorName>,
) {
    let notice = PostNotice {
        at,
        channel: v.channel.clone(),
        title: v.title.clone(),
        told,
        by: by.cloned(),
        why: match told {
            Told::Rejected => v.verdicts.last().map(|x| x.why.clone()).unwrap_or_default(),
            _ => v.why.clone(),
        },
    };
    let to: BTreeSet<OperatorName> = to.into_iter().filter(|name| Some(name) != by).collect();
    let notices = &mut group.published.notices;
    notices.extend(to.into_iter().map(|name| (name, Notice::Post(Box::new(notice.clone())))));
}

/// Journals that a variant went on by itself.
fn went(
    group: &mut Group<'_>,
    by: Actor,
    at: VariantRef,
    from: SlotState,
    v: &Variant,
) -> Result<(), StoreError> {
    let deleted = v.out.as_ref().is_some_and(|out| out.deleted.is_some());
    let what = What::PostWent { at, from, to: v.state, why: v.why.clone(), deleted };
    group.write_entry(by, what).map(drop)
}

/// The next planned time of a variant's channel in which no other post stands; `None` = there is none in
/// the next weeks.
fn next_free(
    group: &Group<'_>,
    at: VariantRef,
    channel: &ChannelId,
    after: Time,
) -> Result<Option<Time>, StoreError> {
    let Some(cadence) = group.setup.cadences.iter().find(|c| c.channel == *channel) else {
        return Ok(None);
    };
    // A day before it: a planned time may have begun on the day before.
    let day = crate::domain::Span::hours(24);
    let range = keys::slots(after - day, after + crate::domain::Span(day.0 * 60));
    let mut known: Vec<Slot> = Vec::new();
    super::memory::each(&group.over, range, |key, value| {
        known.push(records::decode(key, value)?);
        Ok(())
    })?;
    let own = format!("post {at}");
    known.retain(|s| s.channel == *channel && s.id != own);
    let zone = group.setup.zone.as_deref().and_then(|name| name.parse().ok());
    Ok(crate::domain::slot::next_free(cadence, &known, zone.unwrap_or(chrono_tz::Tz::UTC), after))
}
