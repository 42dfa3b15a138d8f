//! Posts on their way out: what an attempt came to, and what the platform shows of them.

use super::{clock, read, save, tell, text, went};
use crate::daemon::desk::JobResult;
use crate::daemon::desk::group::Group;
use crate::daemon::desk::inbound::fits_link;
use crate::daemon::desk::outbox::{self, Step, not_ahead, short};
use crate::domain::event::MessageEvent;
use crate::domain::journal::Actor;
use crate::domain::outbox::{Outcome, Stage};
use crate::domain::post::{Late, Out, Refused, course};
use crate::domain::slot::SlotState;
use crate::domain::{ChannelId, OutKind, OutPlace, Outgoing, Refusal, Span, Time, VariantRef};
use crate::store::{Direction, StoreError, keys, records};
use crate::wire::post::Told;

/// A platform's clock may be so far behind ours.
const BEHIND: Span = Span::minutes(5);

/// Takes in what a channel's runner tells of a post.
///
/// # Errors
/// When the store cannot be read.
pub fn step(
    group: &mut Group<'_>,
    place: &OutPlace,
    at: VariantRef,
    step: Step,
) -> Result<JobResult, StoreError> {
    // It was taken back, or a person has settled it meanwhile.
    let gone = || Ok(JobResult::Refused(Refusal::from(Refused::NoVariant(at))));
    let Some(mut row) = outbox::row(group, place)? else { return gone() };
    let Some(before) = read(group, at.post)? else { return gone() };
    let mut post = before.clone();
    let v = post.variant_mut(at.variant).filter(|v| v.channel == place.channel);
    let Some(v) = v else { return gone() };
    let (from, deletes) = (v.state, place.kind == OutKind::Unpublish);
    let people = [v.by.clone(), before.by.clone()];
    let told = match step {
        Step::Attempt => {
            let rules = group.setup.posting_of(&v.channel);
            let is_late = row.stage.is_queued() && group.now - row.made > rules.grace;
            if is_late && !deletes && rules.late != Late::Now {
                // It waited for its channel longer than it may be late.
                clock::be_late(group, &before, at, v, &rules, rules.late)?;
                if v.state == SlotState::Missed {
                    v.why = row.stage.why().unwrap_or_default().to_owned();
                }
                went(group, Actor::Channel(place.channel.clone()), at, from, v)?;
                save(group, Some(&before), post)?;
                return gone();
            }
            row.attempts += 1;
            row.stage = Stage::Attempted { at: group.now };
            outbox::write(group, place, &row)?;
            return Ok(JobResult::Ok);
        }
        Step::Came { to: Outcome::NotYet { not_before, why }, .. } => {
            row.stage = Stage::Queued { not_before, why: Some(short(why)) };
            outbox::write(group, place, &row)?;
            return Ok(JobResult::Ok);
        }
        Step::Came { to: Outcome::Done { at: when, .. }, .. } if deletes => {
            course::deleted(v, not_ahead(when, group.now));
            Some(Told::Deleted)
        }
        Step::Came { to: Outcome::Failed { why }, .. } if deletes => {
            course::not_deleted(v, short(why));
            Some(Told::NotDeleted)
        }
        Step::Came { to: Outcome::Done { platform_id, url, at: when }, .. } => {
            let platform_id = platform_id.filter(|id| id.len() <= keys::MAX_NAME);
            let out = Out {
                at: not_ahead(when, group.now),
                platform_id: platform_id.unwrap_or_default(),
                url: url.filter(|url| fits_link(url)),
                deleted: None,
            };
            course::landed(v, out, group.now);
            None
        }
        Step::Came { to: Outcome::Failed { why }, .. } => {
            course::failed(v, short(why), group.now);
            Some(Told::Failed)
        }
        Step::Came { to: Outcome::Unknown { why }, guard } => {
            row.stage = row.in_doubt(guard, short(why), group.now);
            outbox::write(group, place, &row)?;
            let Stage::Unconfirmed { why, .. } = &row.stage else { return Ok(JobResult::Ok) };
            if deletes {
                course::not_deleted(v, why.clone());
                Some(Told::NotDeleted)
            } else {
                course::doubtful(v, why.clone(), group.now);
                Some(Told::Unconfirmed)
            }
        }
    };
    went(group, Actor::Channel(place.channel.clone()), at, from, v)?;
    if let Some(told) = told {
        let v = v.clone();
        tell(group, people, at, &v, told, None);
    }
    save(group, Some(&before), post)?;
    Ok(JobResult::Ok)
}

/// The platform shows a post of ours: one that the desk sent is linked with it, and one that nobody
/// could confirm is confirmed by it.
///
/// # Errors
/// When the store cannot be read.
pub fn seen(group: &mut Group<'_>, e: &MessageEvent) -> Result<(), StoreError> {
    let known: Option<VariantRef> = records::get(&group.over, &keys::post_out(&e.channel, &e.id))?;
    let at = match known {
        Some(at) => Some(at),
        None => unconfirmed(group, e)?,
    };
    let Some(at) = at else { return Ok(()) };
    let Some(before) = read(group, at.post)? else { return Ok(()) };
    let mut post = before.clone();
    let Some(v) = post.variant_mut(at.variant) else { return Ok(()) };
    let (from, url) = (v.state, e.permalink.clone().filter(|url| fits_link(url)));
    if known.is_none() {
        let out = Out { at: e.at, platform_id: e.id.clone(), url, deleted: None };
        course::landed(v, out, group.now);
        went(group, Actor::Channel(e.channel.clone()), at, from, v)?;
    } else if let Some(out) = v.out.as_mut().filter(|out| out.url.is_none()) {
        out.url = url;
    }
    if post == before { Ok(()) } else { save(group, Some(&before), post) }
}

/// The variant that may be out, and says what this post says.
fn unconfirmed(group: &Group<'_>, e: &MessageEvent) -> Result<Option<VariantRef>, StoreError> {
    const MOST: usize = 50;
    let range = keys::outbox_of_kind(&e.channel, OutKind::Publish);
    let page = records::page::<Outgoing>(&group.over, &range, MOST, Direction::Forward)?;
    for (key, row) in page.rows {
        let place = keys::outgoing_parts(&key).map(|place| place.subject);
        let Some(crate::domain::Subject::Post(at)) = place else { continue };
        if !matches!(row.stage, Stage::Unconfirmed { .. }) || e.at < row.made - BEHIND {
            continue;
        }
        let Some(post) = read(group, at.post)? else { continue };
        let Some(v) = post.variant(at.variant) else { continue };
        let said = text(group, at, v.version)?.text;
        if !said.trim().is_empty() && e.text.trim().starts_with(said.trim()) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// The platform tells that a post of ours is gone; false when it is none that the desk sent.
///
/// # Errors
/// When the store cannot be read.
pub fn gone(
    group: &mut Group<'_>,
    channel: &ChannelId,
    id: &str,
    when: Time,
) -> Result<bool, StoreError> {
    let known: Option<VariantRef> = records::get(&group.over, &keys::post_out(channel, id))?;
    let Some(at) = known else { return Ok(false) };
    let Some(before) = read(group, at.post)? else { return Ok(false) };
    let mut post = before.clone();
    let Some(v) = post.variant_mut(at.variant) else { return Ok(false) };
    let is_new = v.out.as_ref().is_some_and(|out| out.deleted.is_none());
    if is_new {
        course::deleted(v, not_ahead(Some(when), group.now));
        went(group, Actor::Channel(channel.clone()), at, v.state, v)?;
        save(group, Some(&before), post)?;
    }
    Ok(true)
}
