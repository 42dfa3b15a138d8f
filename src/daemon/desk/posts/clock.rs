//! What the clock does to posts: their hold window begins, they go out, or their time has passed.

use super::{is_by_hand, next_free, read, save, tell, went};
use crate::daemon::desk::group::Group;
use crate::daemon::desk::outbox;
use crate::domain::journal::Actor;
use crate::domain::post::course::{self, Acting, Due};
use crate::domain::post::{Late, Post, Rules, Variant};
use crate::domain::slot::SlotState;
use crate::domain::{OutKind, OutPlace, PostId, VariantRef};
use crate::store::{StoreError, keys};
use crate::wire::post::Told;

/// Carries out what has come due of a post, of each of its variants.
///
/// # Errors
/// When the store cannot be read.
pub fn elapse(group: &mut Group<'_>, id: PostId) -> Result<(), StoreError> {
    let Some(before) = read(group, id)? else { return Ok(()) };
    let mut now = before.clone();
    for v in &mut now.variants {
        let at = VariantRef { post: id, variant: v.number };
        let rules = group.setup.posting_of(&v.channel);
        // Its hold window may have begun and ended while the desk was down.
        loop {
            let from = v.state;
            match course::due(v, &rules, group.now) {
                Due::Nothing => break,
                Due::Holds => course::hold(v, group.now),
                Due::Goes => course::go(v, &rules, group.now),
                Due::Late(late) => be_late(group, &before, at, v, &rules, late)?,
            }
            went(group, Actor::Clock, at, from, v)?;
            if v.state == SlotState::Publishing && is_by_hand(group, &v.channel) {
                let to = [v.by.clone(), before.by.clone()];
                tell(group, to, at, v, Told::ByHand, None);
            }
        }
    }
    for v in &mut now.variants {
        let at = VariantRef { post: id, variant: v.number };
        if course::has_waited(v, group.now) {
            wait_no_longer(group, &before, at, v)?;
        }
    }
    if now == before { Ok(()) } else { save(group, Some(&before), now) }
}

/// One that waits for its channel longer than it may be late is late, as long as it certainly has not
/// left; where people publish by hand it waits for them.
fn wait_no_longer(
    group: &mut Group<'_>,
    post: &Post,
    at: VariantRef,
    v: &mut Variant,
) -> Result<(), StoreError> {
    let rules = group.setup.posting_of(&v.channel);
    let place = OutPlace::post(v.channel.clone(), OutKind::Publish, at);
    let waits = outbox::row(group, &place)?.filter(|row| row.stage.is_queued());
    let Some(row) = waits.filter(|_| rules.late != Late::Now) else { return Ok(()) };
    if is_by_hand(group, &v.channel) {
        return Ok(());
    }
    let from = v.state;
    be_late(group, post, at, v, &rules, rules.late)?;
    if v.state == SlotState::Missed {
        v.why = row.stage.why().unwrap_or_default().to_owned();
    }
    went(group, Actor::Clock, at, from, v)
}

/// What becomes of one whose time has passed longer ago than it may be late.
///
/// # Errors
/// When the store cannot be read.
pub fn be_late(
    group: &mut Group<'_>,
    post: &Post,
    at: VariantRef,
    v: &mut Variant,
    rules: &Rules,
    late: Late,
) -> Result<(), StoreError> {
    let to = [v.by.clone(), post.by.clone()];
    let told = match late {
        Late::Now => {
            course::go(v, rules, group.now);
            return Ok(());
        }
        Late::NextSlot => {
            let free = next_free(group, at, &v.channel, group.now + rules.hold)?;
            course::miss(v, group.now);
            let by = v.by.clone();
            let acting = Acting { at, by: &by, rules, now: group.now };
            let moved = free.map(|when| course::schedule(v, acting, when, false));
            if matches!(moved, Some(Ok(()))) { Told::Moved } else { Told::Missed }
        }
        Late::Ask => {
            course::miss(v, group.now);
            Told::Missed
        }
    };
    tell(group, to, at, v, told, None);
    Ok(())
}

/// After a restore: what was to go out since the export was made may have gone out from the desk it
/// was made of. A person has to say.
///
/// # Errors
/// When the store cannot be read.
pub fn restored(group: &mut Group<'_>) -> Result<(), StoreError> {
    let mut due = Vec::new();
    super::super::memory::each(&group.over, keys::timers(), |key, _| {
        if let Some((when, keys::TimerKind::PostHolds | keys::TimerKind::PostGoes, id)) =
            keys::timer_parts(key)
        {
            due.extend((when <= group.now).then_some(PostId(id.0)));
        }
        Ok(())
    })?;
    for id in due {
        let Some(before) = read(group, id)? else { continue };
        let mut now = before.clone();
        for v in &mut now.variants {
            let from = v.state;
            if v.goes.is_some_and(|goes| goes <= group.now) {
                course::miss(v, group.now);
                let at = VariantRef { post: id, variant: v.number };
                went(group, Actor::Clock, at, from, v)?;
            }
        }
        if now != before {
            save(group, Some(&before), now)?;
        }
    }
    Ok(())
}
