//! The course of a variant from a draft to the platform: what each act, each moment and each answer
//! of a platform makes of it. Every change of [`Variant::state`] is made here.

use super::{
    Content, Late, Out, PostVerb, Refused, Rules, Step, Variant, VariantRef, Verdict, review,
};
use crate::domain::slot::SlotState;
use crate::domain::{OperatorName, Span, Time};

/// The most verdicts kept of a version.
const MOST_VERDICTS: usize = 48;
/// A time that has passed by no more than this is taken for now.
const JUST_NOW: Span = Span::minutes(1);

/// Who acts on which variant, when, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
    /// Which variant.
    pub at: VariantRef,
    /// Who.
    pub by: &'a OperatorName,
    /// How its channel reviews and sends.
    pub rules: &'a Rules,
    /// When.
    pub now: Time,
}

impl Acting<'_> {
    fn wrong(&self, v: &Variant, verb: PostVerb) -> Refused {
        Refused::State { at: self.at, state: v.state, verb }
    }
}

fn turn(v: &mut Variant, to: SlotState, now: Time) {
    v.state = to;
    v.since = now;
    v.why.clear();
    if !matches!(to, SlotState::Scheduled | SlotState::Holding) {
        (v.goes, v.holds) = (None, None);
    }
}

/// It gets a text: a new version, whose review begins anew.
///
/// # Errors
/// When it has left the desk, or may have.
pub fn edit(
    v: &mut Variant,
    of: Acting<'_>,
    version: u32,
    content: &Content,
) -> Result<(), Refused> {
    if has_left(v.state) {
        return Err(of.wrong(v, PostVerb::Edit));
    }
    v.version = version;
    v.title = content.heading();
    (v.form, v.funnel, v.high_risk) = (content.form, content.funnel, content.high_risk);
    v.by = of.by.clone();
    v.verdicts.clear();
    v.out = None;
    turn(v, SlotState::Draft, of.now);
    Ok(())
}

/// Whether it is on the platform, or may be.
pub fn has_left(state: SlotState) -> bool {
    matches!(state, SlotState::Publishing | SlotState::Published | SlotState::Unconfirmed)
}

/// It is handed in for review.
///
/// # Errors
/// When it is no draft.
pub fn submit(v: &mut Variant, of: Acting<'_>) -> Result<(), Refused> {
    match v.state {
        // What was recalled after it had passed need not pass again.
        SlotState::Recalled if review::is_passed(v, of.rules) => {}
        SlotState::Draft | SlotState::Recalled => v.verdicts.clear(),
        _ => return Err(of.wrong(v, PostVerb::Submit)),
    }
    match review::is_passed(v, of.rules) {
        true => pass(v, of),
        false => turn(v, SlotState::InReview, of.now),
    }
    Ok(())
}

/// Somebody says that it may go out, as far as a step is about it (`None` = each one that is open to
/// them).
///
/// # Errors
/// When they may not say so, or there is nothing to say it of.
pub fn approve(
    v: &mut Variant,
    of: Acting<'_>,
    step: Option<Step>,
    why: &str,
) -> Result<(), Refused> {
    if v.state != SlotState::InReview {
        return Err(of.wrong(v, PostVerb::Approve));
    }
    review::may(v, of.at, of.by, of.rules)?;
    if review::is_passed(v, of.rules) {
        // Its channel asks for less than it did when this was handed in.
        pass(v, of);
        return Ok(());
    }
    let open = review::open_to(v, of.by, of.rules);
    let steps = match step {
        Some(step) if open.contains(&step) => vec![step],
        Some(step) => return Err(Refused::NoStep { at: of.at, step: Some(step) }),
        None if open.is_empty() => return Err(Refused::NoStep { at: of.at, step: None }),
        None => open,
    };
    for step in steps {
        say(v, Verdict { passed: true, ..verdict(of, step, why, "") })?;
    }
    if review::is_passed(v, of.rules) {
        pass(v, of);
    }
    Ok(())
}

/// It has passed its review. The time it was written for, if that is still to come, counts from now
/// on; it waits its whole hold window first.
fn pass(v: &mut Variant, of: Acting<'_>) {
    turn(v, SlotState::Approved, of.now);
    if let Some(at) = v.at.filter(|at| *at >= of.now) {
        let hold = of.rules.hold;
        put_in_time(v, at.max(of.now + hold), hold, of.now);
    }
}

/// Somebody says what is to be mended: it is a draft again, and what was said stays with it.
///
/// # Errors
/// When they may not say so, or say nothing.
pub fn reject(
    v: &mut Variant,
    of: Acting<'_>,
    step: Step,
    why: &str,
    place: &str,
) -> Result<(), Refused> {
    if v.state != SlotState::InReview {
        return Err(of.wrong(v, PostVerb::Reject));
    }
    review::may(v, of.at, of.by, of.rules)?;
    if why.trim().is_empty() {
        return Err(Refused::NothingSaid(of.at));
    }
    if !review::steps(v, of.rules).contains(&step) {
        return Err(Refused::NoStep { at: of.at, step: Some(step) });
    }
    say(v, verdict(of, step, why, place))?;
    turn(v, SlotState::Draft, of.now);
    Ok(())
}

fn verdict(of: Acting<'_>, step: Step, why: &str, place: &str) -> Verdict {
    let short =
        |text: &str| crate::domain::words::beginning(text.trim(), super::MOST_SAID).to_owned();
    Verdict {
        step,
        by: of.by.clone(),
        at: of.now,
        passed: false,
        why: short(why),
        place: short(place),
    }
}

fn say(v: &mut Variant, verdict: Verdict) -> Result<(), Refused> {
    v.verdicts.retain(|x| !(x.step == verdict.step && x.by == verdict.by));
    if v.verdicts.len() >= MOST_VERDICTS {
        return Err(Refused::TooMany { asked: v.verdicts.len() + 1, most: MOST_VERDICTS });
    }
    v.verdicts.push(verdict);
    Ok(())
}

/// Whether it could be given a time.
///
/// # Errors
/// When it was recalled before it had passed its review, or has left the desk.
pub fn can_schedule(v: &Variant, of: Acting<'_>) -> Result<(), Refused> {
    match v.state {
        SlotState::Draft
        | SlotState::InReview
        | SlotState::Approved
        | SlotState::Scheduled
        | SlotState::Holding
        | SlotState::Missed
        | SlotState::Failed => Ok(()),
        SlotState::Recalled if review::is_passed(v, of.rules) => Ok(()),
        SlotState::Recalled => Err(Refused::NotReviewed(of.at)),
        SlotState::Empty
        | SlotState::Publishing
        | SlotState::Published
        | SlotState::Unconfirmed => Err(of.wrong(v, PostVerb::Schedule)),
    }
}

/// It gets its time, or another one: it goes out then, but not before it has waited its whole hold
/// window from now on. One that has not passed its review yet has the time in sight until then.
///
/// # Errors
/// When the time has passed; see [`can_schedule`].
pub fn schedule(v: &mut Variant, of: Acting<'_>, when: Time, pinned: bool) -> Result<(), Refused> {
    can_schedule(v, of)?;
    if when < of.now - JUST_NOW {
        return Err(Refused::Past(when));
    }
    let hold = of.rules.hold;
    let when = when.max(of.now);
    (v.at, v.pinned, v.out) = (Some(when), pinned, None);
    if matches!(v.state, SlotState::Draft | SlotState::InReview) {
        return Ok(());
    }
    put_in_time(v, when.max(of.now + hold), hold, of.now);
    Ok(())
}

fn put_in_time(v: &mut Variant, goes: Time, hold: Span, now: Time) {
    let holds = goes - hold;
    let state = if holds <= now { SlotState::Holding } else { SlotState::Scheduled };
    turn(v, state, now);
    (v.goes, v.holds) = (Some(goes), Some(holds));
}

/// What stood scheduled before an undo: it goes out as it would have, unless that time has passed.
pub fn put_back_in_time(v: &mut Variant, rules: &Rules, now: Time) {
    if !matches!(v.state, SlotState::Scheduled | SlotState::Holding) {
        return;
    }
    match (v.goes, v.holds) {
        (Some(goes), Some(holds)) if goes > now => {
            let state = if holds <= now { SlotState::Holding } else { SlotState::Scheduled };
            (v.state, v.since) = (state, now);
        }
        _ => put_in_time(v, now + rules.hold, rules.hold, now),
    }
}

/// Its time is taken from it.
///
/// # Errors
/// When it has none, or has left the desk.
pub fn unschedule(v: &mut Variant, of: Acting<'_>) -> Result<(), Refused> {
    match v.state {
        SlotState::Scheduled | SlotState::Holding | SlotState::Missed => {
            turn(v, SlotState::Approved, of.now);
        }
        SlotState::Draft | SlotState::InReview | SlotState::Approved if v.at.is_some() => {}
        _ => return Err(of.wrong(v, PostVerb::Unschedule)),
    }
    (v.at, v.pinned) = (None, false);
    Ok(())
}

/// It is taken back: it does not go out, or, when it is out, the platform is asked to delete it.
/// `left` = it may have reached the platform; `deletes` = the channel can delete.
///
/// # Errors
/// When it is under way, or there is nothing to take back.
pub fn recall(v: &mut Variant, of: Acting<'_>, left: bool, deletes: bool) -> Result<(), Refused> {
    match v.state {
        SlotState::Publishing if left => Err(Refused::UnderWay(of.at)),
        SlotState::InReview
        | SlotState::Approved
        | SlotState::Scheduled
        | SlotState::Holding
        | SlotState::Missed
        | SlotState::Failed
        | SlotState::Publishing => {
            turn(v, SlotState::Recalled, of.now);
            Ok(())
        }
        SlotState::Published => {
            let out = v.out.clone().unwrap_or_default();
            if v.deleting || out.deleted.is_some() {
                return Err(Refused::Deleted(of.at));
            }
            if !deletes || out.platform_id.is_empty() {
                return Err(Refused::CannotDelete { at: of.at, channel: v.channel.clone() });
            }
            v.deleting = true;
            v.why.clear();
            Ok(())
        }
        SlotState::Empty | SlotState::Draft | SlotState::Unconfirmed | SlotState::Recalled => {
            Err(of.wrong(v, PostVerb::Recall))
        }
    }
}

/// A person has seen it on the platform, or put it there. `left` = it may have reached the platform
/// by itself, and the desk is still finding out.
///
/// # Errors
/// When there is nothing to settle.
pub fn published(
    v: &mut Variant,
    of: Acting<'_>,
    url: Option<String>,
    left: bool,
) -> Result<(), Refused> {
    match v.state {
        SlotState::Publishing if left => return Err(Refused::UnderWay(of.at)),
        SlotState::Publishing | SlotState::Unconfirmed | SlotState::Failed | SlotState::Missed => {}
        _ => return Err(of.wrong(v, PostVerb::Published)),
    }
    landed(v, Out { at: of.now, url, ..Out::default() }, of.now);
    Ok(())
}

/// A person says that it is not on the platform: it goes out again, now.
///
/// # Errors
/// When there is nothing to settle.
pub fn again(v: &mut Variant, of: Acting<'_>) -> Result<(), Refused> {
    match v.state {
        SlotState::Unconfirmed | SlotState::Failed | SlotState::Missed => {
            go(v, of.rules, of.now);
            Ok(())
        }
        _ => Err(of.wrong(v, PostVerb::Again)),
    }
}

/// What has come due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// Its hold window begins.
    Holds,
    /// It goes out.
    Goes,
    /// Its time passed, longer ago than it may be late: this becomes of it.
    Late(Late),
}

/// What has come due of it.
pub fn due(v: &Variant, rules: &Rules, now: Time) -> Due {
    match (v.state, v.holds, v.goes) {
        (SlotState::Scheduled, Some(holds), _) if holds <= now => Due::Holds,
        (SlotState::Holding, _, Some(goes)) if goes <= now => match now - goes > rules.grace {
            true => Due::Late(rules.late),
            false => Due::Goes,
        },
        _ => Due::Nothing,
    }
}

/// Its hold window begins.
pub fn hold(v: &mut Variant, now: Time) {
    (v.state, v.since) = (SlotState::Holding, now);
}

/// It goes out. It may wait for its channel for as long as it may be late.
pub fn go(v: &mut Variant, rules: &Rules, now: Time) {
    turn(v, SlotState::Publishing, now);
    v.holds = Some(now + rules.grace + Span(1));
}

/// Whether it is on its way for longer than it may wait for its channel; that is told once.
pub fn has_waited(v: &mut Variant, now: Time) -> bool {
    let waited = v.state == SlotState::Publishing && v.holds.is_some_and(|until| until <= now);
    if waited {
        v.holds = None;
    }
    waited
}

/// Its time passed without it.
pub fn miss(v: &mut Variant, now: Time) {
    turn(v, SlotState::Missed, now);
}

/// It is out.
pub fn landed(v: &mut Variant, out: Out, now: Time) {
    turn(v, SlotState::Published, now);
    v.out = Some(out);
    v.deleting = false;
}

/// The platform will not have it.
pub fn failed(v: &mut Variant, why: String, now: Time) {
    turn(v, SlotState::Failed, now);
    v.why = why;
}

/// It may be out, and only a person can tell.
pub fn doubtful(v: &mut Variant, why: String, now: Time) {
    turn(v, SlotState::Unconfirmed, now);
    v.why = why;
}

/// It is out, and the platform has deleted it, after we asked for that.
pub fn deleted(v: &mut Variant, at: Time) {
    v.deleting = false;
    v.why.clear();
    if let Some(out) = &mut v.out {
        out.deleted.get_or_insert(at);
    }
}

/// It is out, and the platform does not delete it, or nobody knows.
pub fn not_deleted(v: &mut Variant, why: String) {
    v.deleting = false;
    v.why = why;
}

#[cfg(test)]
mod tests;
