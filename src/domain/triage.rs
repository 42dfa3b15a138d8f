//! What a command does to one conversation; [`invert`] takes it back.
//!
//! Only what operators own is changed here: state, assignee, claim, labels. What follows from it
//! (order, counters, figures) is derived by the caller; what follows from messages is
//! [`super::thread`]'s.

mod back;

pub use back::{TakeBack, can_take_back, invert};

use super::journal::Change;
use super::policy::TargetName;
use super::sla::{HAND_OVER_LABEL, STATEMENT_LABEL, StoppedBy, clock};
use super::{
    Abilities, Claim, Command, Conversation, Escalation, Message, MessageKind, OperatorName,
    OutKind, Refusal, SessionId, State, Time,
};

/// The longest label in bytes.
pub const MOST_LABEL: usize = 64;
/// The most labels of one conversation.
pub const MOST_LABELS: usize = 16;

/// Carries out a command on one conversation and tells what changed. Reply and note make a
/// message: see [`reply`] and [`note`]. Undo and redo act on changes: see [`invert`].
///
/// # Errors
/// Why not; the conversation is then unchanged.
pub fn apply(
    c: &mut Conversation,
    command: &Command,
    by: &OperatorName,
    session: Option<SessionId>,
    now: Time,
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    match command {
        Command::Claim { over, .. } => claim(c, by, session, *over, now, &mut changes)?,
        Command::Release { .. } => {
            not_somebody_elses(c, by)?;
            put_claim(c, None, &mut changes);
        }
        Command::Assign { to, .. } => put_assignee(c, to.clone(), now, &mut changes),
        Command::Snooze { until, .. } => {
            if *until <= now {
                return Err(Refusal::NotInFuture(*until));
            }
            leave(c, State::Snoozed { until: *until }, by, now, &mut changes)?;
        }
        Command::Pending { .. } => leave(c, State::Pending, by, now, &mut changes)?,
        Command::Hold { .. } => leave(c, State::OnHold, by, now, &mut changes)?,
        Command::Resolve { .. } => leave(c, State::Resolved, by, now, &mut changes)?,
        Command::Reopen { .. } => {
            not_somebody_elses(c, by)?;
            put_state(c, State::Open, now, &mut changes);
        }
        Command::Label { label, .. } => {
            check_label(c, label)?;
            put_label(c, label, true, now, &mut changes);
        }
        Command::Unlabel { label, .. } => put_label(c, label, false, now, &mut changes),
        Command::Deescalate { .. } => put_escalated(c, None, &mut changes),
        // They are not for one record alone; saying so keeps this function total.
        Command::Note { .. }
        | Command::Reply { .. }
        | Command::Moderate { .. }
        | Command::Classify { .. }
        | Command::MarkSent { .. }
        | Command::SendAgain { .. }
        | Command::Escalate { .. }
        | Command::Macro { .. }
        | Command::Topic { .. }
        | Command::Untopic { .. }
        | Command::TakeBack { .. }
        | Command::Post(_)
        | Command::Library(_)
        | Command::Alert(_)
        | Command::Undo
        | Command::Redo => {}
    }
    if changes.is_empty() { Err(Refusal::Unchanged(c.id)) } else { Ok(changes) }
}

/// Answers the customer: the conversation waits for them from now on. `seen` is how many messages
/// it had when the draft began; the reply becomes message number [`Conversation::messages`], which
/// the caller writes and gives to [`super::thread::absorb_reply`].
///
/// # Errors
/// [`Refusal::Overtaken`] when something came since the draft began, [`Refusal::Claimed`] when
/// somebody else works on it, and what [`check_text`] says.
pub fn reply(
    c: &mut Conversation,
    text: &str,
    seen: Option<u32>,
    by: &OperatorName,
    now: Time,
) -> Result<Vec<Change>, Refusal> {
    check_text(text)?;
    not_somebody_elses(c, by)?;
    if let Some(new) = seen.and_then(|seen| c.messages.checked_sub(seen)).filter(|new| *new > 0) {
        return Err(Refusal::Overtaken { id: c.id, new });
    }
    let mut changes = vec![Change::Message { seq: c.messages, added: true }];
    put_answered(c, now, &mut changes);
    put_claim(c, None, &mut changes);
    Ok(changes)
}

/// Asks a lead to look at it: it is open, its own job of `lead` if one is named, and weighs most
/// until it is resolved or [`Command::Deescalate`]d. The reason becomes a private note, message
/// number [`Conversation::messages`], which the caller writes.
///
/// # Errors
/// [`Refusal::Unchanged`] when a lead is asked already, and what [`check_text`] says.
pub fn escalate(
    c: &mut Conversation,
    reason: &str,
    lead: Option<&OperatorName>,
    by: &OperatorName,
    now: Time,
) -> Result<Vec<Change>, Refusal> {
    check_text(reason)?;
    if c.escalated.is_some() {
        return Err(Refusal::Unchanged(c.id));
    }
    let note = c.messages;
    let mut changes = vec![Change::Message { seq: note, added: true }];
    let escalation = Escalation { by: by.clone(), at: now, note };
    put_escalated(c, Some(escalation), &mut changes);
    put_state(c, State::Open, now, &mut changes);
    if let Some(lead) = lead {
        put_assignee(c, Some(lead.clone()), now, &mut changes);
    }
    // Whoever hands it on has stopped working on it; somebody else may go on.
    if c.claim.as_ref().is_some_and(|held| held.operator == *by) {
        put_claim(c, None, &mut changes);
    }
    Ok(changes)
}

/// Tries commands on a copy of a conversation, one after the other, as a macro carries them out:
/// what would be refused is known before anything is done. What is like that already is no
/// hindrance.
///
/// # Errors
/// The first refusal.
pub fn try_all(
    c: &Conversation,
    commands: &[Command],
    by: &OperatorName,
    session: Option<SessionId>,
    now: Time,
) -> Result<(), Refusal> {
    let mut c = c.clone();
    for command in commands {
        let tried = match command {
            Command::Reply { text, seen, .. } => {
                let tried = reply(&mut c, text, *seen, by, now);
                c.messages += u32::from(tried.is_ok());
                tried
            }
            Command::Note { text, .. } => {
                let tried = note(&c, text);
                c.messages += u32::from(tried.is_ok());
                tried
            }
            Command::Escalate { reason, .. } => {
                let tried = escalate(&mut c, reason, None, by, now);
                c.messages += u32::from(tried.is_ok());
                tried
            }
            // What these need is not in the record; whoever carries them out looks first.
            Command::Topic { .. } | Command::Untopic { .. } | Command::Moderate { .. } => continue,
            plain => apply(&mut c, plain, by, session, now),
        };
        match tried {
            Ok(_) | Err(Refusal::Unchanged(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

/// Writes a private note as message number [`Conversation::messages`]; anybody may.
///
/// # Errors
/// What [`check_text`] says.
pub fn note(c: &Conversation, text: &str) -> Result<Vec<Change>, Refusal> {
    check_text(text)?;
    Ok(vec![Change::Message { seq: c.messages, added: true }])
}

/// Whether a text can be a reply or a note.
///
/// # Errors
/// [`Refusal::EmptyText`], [`Refusal::TooLong`].
pub fn check_text(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::EmptyText);
    }
    if text.len() > Message::MOST_TEXT {
        return Err(Refusal::TooLong { bytes: text.len(), limit: Message::MOST_TEXT });
    }
    Ok(())
}

/// Whether this can be a label.
pub fn is_label(label: &str) -> bool {
    !label.is_empty() && label.len() <= MOST_LABEL && !label.contains(char::is_whitespace)
}

fn check_label(c: &Conversation, label: &str) -> Result<(), Refusal> {
    if !is_label(label) {
        return Err(Refusal::BadLabel(label.to_owned()));
    }
    if c.labels.len() >= MOST_LABELS && !c.labels.iter().any(|l| l == label) {
        return Err(Refusal::TooManyLabels { id: c.id, limit: MOST_LABELS });
    }
    Ok(())
}

/// A snooze ended: the conversation is open again. Empty when it is not snoozed or its time has
/// not come.
pub fn wake(c: &mut Conversation, now: Time) -> Vec<Change> {
    let mut changes = Vec::new();
    if matches!(c.state, State::Snoozed { until } if until <= now) {
        put_state(c, State::Open, now, &mut changes);
    }
    changes
}

/// A session ended or fell idle: its claim goes. Empty when it holds none here.
pub fn drop_claim(c: &mut Conversation, session: SessionId) -> Vec<Change> {
    let mut changes = Vec::new();
    if c.claim.as_ref().is_some_and(|held| held.session == session) {
        put_claim(c, None, &mut changes);
    }
    changes
}

/// Whether a channel can be asked for something about a message.
///
/// # Errors
/// [`Refusal::NoMessage`] when the platform does not know the message, [`Refusal::Unchanged`] when
/// it is like that already, [`Refusal::CannotThere`] when the channel cannot do it.
pub fn can_ask(
    c: &Conversation,
    m: &Message,
    what: OutKind,
    on: bool,
    can: &Abilities,
) -> Result<(), Refusal> {
    let is_theirs = m.kind == MessageKind::Inbound;
    if m.platform_id.is_empty() || m.kind == MessageKind::Note || m.withdrawn.is_some() {
        return Err(Refusal::NoMessage(c.id));
    }
    let able = match what {
        OutKind::Reply => can.reply,
        OutKind::Like => can.like && is_theirs,
        OutKind::Hide => can.hide && is_theirs,
        OutKind::Delete if is_theirs => can.delete_theirs,
        OutKind::Delete => can.delete,
        OutKind::Block => can.block && is_theirs,
        OutKind::Publish | OutKind::Unpublish => false,
    };
    match what {
        _ if !able => Err(Refusal::CannotThere { id: c.id, channel: c.channel.clone() }),
        OutKind::Like if m.liked == on => Err(Refusal::Unchanged(c.id)),
        OutKind::Hide if m.hidden == on => Err(Refusal::Unchanged(c.id)),
        _ => Ok(()),
    }
}

fn claim(
    c: &mut Conversation,
    by: &OperatorName,
    session: Option<SessionId>,
    over: bool,
    now: Time,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    let session = session.ok_or_else(|| Refusal::NoLiveCockpit(by.clone()))?;
    if !over {
        not_somebody_elses(c, by)?;
    }
    let mine = Claim { operator: by.clone(), session, since: now };
    if c.claim.as_ref().is_none_or(|held| held.operator != *by || held.session != session) {
        put_claim(c, Some(mine), changes);
    }
    Ok(())
}

/// Takes it out of the open ones; whoever does so has stopped working on it.
fn leave(
    c: &mut Conversation,
    to: State,
    by: &OperatorName,
    now: Time,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    not_somebody_elses(c, by)?;
    if c.state == to {
        return Err(Refusal::Unchanged(c.id));
    }
    if to == State::Resolved {
        put_escalated(c, None, changes);
    }
    put_state(c, to, now, changes);
    put_claim(c, None, changes);
    Ok(())
}

fn not_somebody_elses(c: &Conversation, by: &OperatorName) -> Result<(), Refusal> {
    match &c.claim {
        Some(held) if held.operator != *by => {
            Err(Refusal::Claimed { id: c.id, by: held.operator.clone(), since: held.since })
        }
        _ => Ok(()),
    }
}

fn put_state(c: &mut Conversation, to: State, now: Time, changes: &mut Vec<Change>) {
    if c.state != to {
        changes.push(Change::State { from: c.state.clone(), to: to.clone() });
        c.put_state(to, now);
    }
}

/// An answer leaves it to the customer.
fn put_answered(c: &mut Conversation, now: Time, changes: &mut Vec<Change>) {
    if c.state != State::Pending {
        changes.push(Change::State { from: c.state.clone(), to: State::Pending });
    }
    c.put_answered(now);
}

fn put_escalated(c: &mut Conversation, to: Option<Escalation>, changes: &mut Vec<Change>) {
    if c.escalated != to {
        changes.push(Change::Escalated { from: c.escalated.clone(), to: to.clone() });
        c.escalated = to;
    }
}

fn put_assignee(
    c: &mut Conversation,
    to: Option<OperatorName>,
    now: Time,
    changes: &mut Vec<Change>,
) {
    if c.assignee != to {
        changes.push(Change::Assignee { from: c.assignee.clone(), to: to.clone() });
        c.assignee = to;
        note_hand_over(c, now);
    }
}

/// Stops the clock of the hand-over, or lets it go on when nobody has the job any more.
fn note_hand_over(c: &mut Conversation, now: Time) {
    if clock::is_handed_over(c) {
        c.stop(TargetName::HandOver, now, StoppedBy::HandOver);
    } else {
        c.unstop(|t, s| t.target == TargetName::HandOver && s.by == StoppedBy::HandOver);
    }
}

/// The same for the statement.
fn note_statement(c: &mut Conversation, now: Time) {
    if clock::has_label(c, STATEMENT_LABEL) {
        c.stop(TargetName::Statement, now, StoppedBy::Statement);
    } else {
        c.unstop(|t, s| t.target == TargetName::Statement && s.by == StoppedBy::Statement);
    }
}

fn put_claim(c: &mut Conversation, to: Option<Claim>, changes: &mut Vec<Change>) {
    if c.claim != to {
        changes.push(Change::Claim { from: c.claim.clone(), to: to.clone() });
        c.claim = to;
        if let Some(since) = c.claim.as_ref().map(|claim| claim.since) {
            c.stop(TargetName::Acknowledge, since, StoppedBy::Claim);
        }
    }
}

fn put_label(c: &mut Conversation, label: &str, on: bool, now: Time, changes: &mut Vec<Change>) {
    match c.labels.binary_search_by(|l| l.as_str().cmp(label)) {
        Err(place) if on => c.labels.insert(place, label.to_owned()),
        Ok(place) if !on => {
            c.labels.remove(place);
        }
        _ => return,
    }
    changes.push(Change::Label { label: label.to_owned(), added: on });
    match label {
        HAND_OVER_LABEL => note_hand_over(c, now),
        STATEMENT_LABEL => note_statement(c, now),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
