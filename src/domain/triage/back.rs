//! How what a command did is taken back, and whether it can be.

use super::super::journal::Change;
use super::super::sla::{Phase, StoppedBy};
use super::super::{
    Abilities, Conversation, ConversationId, Delivery, Message, Refusal, SessionId, State, Time,
};
use super::{put_answered, put_assignee, put_claim, put_escalated, put_label, put_state};

/// How a message an operator wrote is taken back by undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBack {
    /// Here: it has not left the desk.
    Here,
    /// By asking the platform to delete it.
    ByDeleting,
}

/// Whether, and how, a message an operator wrote can be taken back; `can` is what its channel can
/// do, if that is known.
///
/// # Errors
/// [`Refusal::AlreadySent`] when a channel took it that cannot delete, [`Refusal::UnderWay`] when
/// it may be on the platform.
pub fn can_take_back(
    id: ConversationId,
    m: &Message,
    can: Option<&Abilities>,
) -> Result<TakeBack, Refusal> {
    match m.delivery {
        Delivery::None | Delivery::Waiting | Delivery::Held(_) | Delivery::Failed { .. } => {
            Ok(TakeBack::Here)
        }
        Delivery::Sending | Delivery::Unconfirmed(_) => Err(Refusal::UnderWay(id)),
        Delivery::Sent(_) if can.is_some_and(|can| can.delete) && !m.platform_id.is_empty() => {
            Ok(TakeBack::ByDeleting)
        }
        Delivery::Sent(_) => Err(Refusal::AlreadySent(id)),
    }
}

/// Takes changes back, last one first, and tells what that changed: giving the answer to `invert`
/// again does it again. What is as it was before the change counts as taken back. A claim comes
/// back only to the session that held it. [`Change::Message`] is turned round for the caller, who
/// withdraws the message or lets it stand again and then recomputes.
///
/// # Errors
/// [`Refusal::ChangedSince`] when a field is neither as the change left it nor as it was before,
/// or when nothing is left to take back; the conversation is then unchanged.
pub fn invert(
    c: &mut Conversation,
    changes: &[Change],
    session: Option<SessionId>,
    now: Time,
) -> Result<Vec<Change>, Refusal> {
    let mut work = c.clone();
    let mut done = Vec::new();
    // A reply that stands again leaves it to the customer; that is no pause of ours.
    let stands_again = |c: &Change| matches!(c, Change::Message { added: false, .. });
    let answers = changes.iter().any(stands_again);
    for change in changes.iter().rev() {
        match change {
            Change::State { from: State::Pending, to } if answers && work.state == *to => {
                put_answered(&mut work, now, &mut done);
            }
            _ => invert_one(&mut work, change, session, now, &mut done)?,
        }
    }
    // A claim ends by itself; that there is none left to take back is nobody's doing.
    let only_claims = changes.iter().all(|change| matches!(change, Change::Claim { .. }));
    if done.is_empty() && !only_claims {
        return Err(Refusal::ChangedSince(c.id));
    }
    *c = work;
    Ok(done)
}

fn invert_one(
    c: &mut Conversation,
    change: &Change,
    session: Option<SessionId>,
    now: Time,
    done: &mut Vec<Change>,
) -> Result<(), Refusal> {
    let changed_since = Refusal::ChangedSince(c.id);
    match change {
        Change::State { from, to } => {
            if c.state == *to {
                take_state_back(c, from.clone(), now, done);
            } else if c.state != *from {
                return Err(changed_since);
            }
        }
        Change::Assignee { from, to } => {
            if c.assignee == *to {
                put_assignee(c, from.clone(), now, done);
            } else if c.assignee != *from {
                return Err(changed_since);
            }
        }
        Change::Claim { from, to } => {
            if c.claim == *to {
                let back = from.clone().filter(|held| Some(held.session) == session);
                if let Some(mine) = to.as_ref().filter(|_| from.is_none()) {
                    c.unstop(|_, s| s.by == StoppedBy::Claim && s.at == mine.since);
                }
                put_claim(c, back, done);
            } else if c.claim.is_some() && c.claim != *from {
                return Err(changed_since);
            }
        }
        Change::Label { label, added } => put_label(c, label, !added, now, done),
        Change::Escalated { from, to } => {
            if c.escalated == *to {
                put_escalated(c, from.clone(), done);
            } else if c.escalated != *from {
                return Err(changed_since);
            }
        }
        Change::Topic { topic, seq, added } => {
            done.push(Change::Topic { topic: *topic, seq: *seq, added: !added });
        }
        Change::Message { seq, added } => done.push(Change::Message { seq: *seq, added: !added }),
        // The message is the caller's, who also says whether it is still so.
        Change::Class { seq, from, to } => {
            done.push(Change::Class { seq: *seq, from: to.clone(), to: from.clone() });
        }
        Change::Asked { seq, what, on } => {
            done.push(Change::Asked { seq: *seq, what: *what, on: !on });
        }
        // That something was seen on the platform is no decision that could be taken back.
        Change::Settled { .. } => return Err(changed_since),
    }
    Ok(())
}

/// Undo: the state was never left, so its clocks were never paused.
fn take_state_back(c: &mut Conversation, to: State, now: Time, changes: &mut Vec<Change>) {
    let mut trail = c.trail.clone();
    let never = trail.take_back(Phase::from(&c.state), Phase::from(&to));
    put_state(c, to, now, changes);
    if never {
        c.trail = trail;
    }
}
