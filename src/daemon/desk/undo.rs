//! Undo and redo: an operator's own actions, taken back and done again, from the journal alone -
//! so that they work after a restart as before it.

use super::commands::{Act, Tally, finish, write_action};
use super::group::Group;
use super::held;
use super::job::{Caller, JobResult};
use super::records::{Kind, OwnAction};
use super::{alerts, classes, library, outbox, pool, posts};
use crate::domain::erasure::MARK;
use crate::domain::journal::{Actor, Change, ConversationChange, Entry, What};
use crate::domain::triage::TakeBack;
use crate::domain::{
    ConversationId, Delivery, GroupId, MessageKind, MessageRef, Name, OperatorName, OutKind,
    Refusal, triage,
};
use crate::store::{Direction, Read, StoreError, keys, records};
use crate::wire::message::Done;
use std::collections::HashSet;

/// Own actions read at a time, and the most that are looked through.
const PAGE: usize = 32;
const DEEPEST: usize = 4096;

/// Journals an action that has one entry, and puts it on the operator's stack; `of` = the one it takes
/// back, `what` = the entry, of its group and of the one it takes back.
///
/// # Errors
/// When a record cannot be written.
pub fn file(
    group: &mut Group<'_>,
    by: &Caller,
    (name, kind): (Name, Kind),
    of: Option<&OwnAction>,
    made: Option<u64>,
    what: impl FnOnce(GroupId, Option<GroupId>) -> What,
) -> Result<JobResult, StoreError> {
    group.memory.facts.groups += 1;
    let number = GroupId(group.memory.facts.groups);
    let actor = Actor::Operator { name: by.operator.clone(), declared: by.declared };
    let seq = group.write_entry(actor, what(number, of.map(|action| action.group)))?;
    let own = OwnAction {
        kind,
        name,
        group: number,
        origin: of.map_or(number, |action| action.origin),
        entries: 1,
        conversations: 0,
        at: group.now,
    };
    records::put(&mut group.over, keys::own_action(&by.operator, seq), &own)?;
    Ok(JobResult::Done(Done {
        name,
        taken_back: kind != Kind::Did,
        ids: Vec::new(),
        refused: Vec::new(),
        message: None,
        goes_at: None,
        warned: Vec::new(),
        posts: Vec::new(),
        made,
    }))
}

/// Takes back the operator's last action that is not taken back yet. One of which nothing can be
/// taken back is refused, and passed over by the next undo.
///
/// # Errors
/// When the store cannot be read.
pub fn undo(group: &mut Group<'_>, by: &Caller) -> Result<JobResult, StoreError> {
    let Some((first, action)) = find(&group.over, &by.operator, &mut Undos::default())? else {
        return Ok(JobResult::Refused(Refusal::NothingToUndo));
    };
    if let Name::Post(verb) = action.name {
        return posts::turn_round(group, by, first, &action, verb, Kind::Undid);
    }
    if let Name::Library(verb) = action.name {
        return library::turn_round(group, by, first, &action, verb, Kind::Undid);
    }
    if let Name::Alert(verb) = action.name {
        return alerts::turn_round(group, by, first, &action, verb, Kind::Undid);
    }
    let tally = turn_round(group, by, first, &action, Name::Undo)?;
    let kind = if tally.is_refused() { Kind::Passed } else { Kind::Undid };
    let act =
        Act { kind, name: action.name, undoes: Some(action.group), origin: Some(action.origin) };
    if kind == Kind::Passed {
        write_action(group, by, &act, &[])?;
    }
    finish(group, by, act, tally, None)
}

/// Does again what the operator's last undo took back, unless they have done something since.
///
/// # Errors
/// When the store cannot be read.
pub fn redo(group: &mut Group<'_>, by: &Caller) -> Result<JobResult, StoreError> {
    let Some((first, action)) = find(&group.over, &by.operator, &mut Redos::default())? else {
        return Ok(JobResult::Refused(Refusal::NothingToRedo));
    };
    if let Name::Post(verb) = action.name {
        return posts::turn_round(group, by, first, &action, verb, Kind::Redid);
    }
    if let Name::Library(verb) = action.name {
        return library::turn_round(group, by, first, &action, verb, Kind::Redid);
    }
    if let Name::Alert(verb) = action.name {
        return alerts::turn_round(group, by, first, &action, verb, Kind::Redid);
    }
    let tally = turn_round(group, by, first, &action, Name::Redo)?;
    let act = Act {
        kind: Kind::Redid,
        name: action.name,
        undoes: Some(action.group),
        origin: Some(action.origin),
    };
    finish(group, by, act, tally, None)
}

/// Looks through own actions, newest first.
trait Search {
    /// What this one means: found, nothing more to find, or look on.
    fn look(&mut self, action: &OwnAction) -> Look;
}

enum Look {
    Found,
    Nothing,
    On,
}

/// Looks for the last action that stands. Whatever has an undo above it, and no redo above that,
/// does not.
#[derive(Default)]
struct Undos {
    taken_back: HashSet<GroupId>,
}

impl Search for Undos {
    fn look(&mut self, action: &OwnAction) -> Look {
        match action.kind {
            _ if self.taken_back.contains(&action.origin) => Look::On,
            Kind::Did | Kind::Redid => Look::Found,
            Kind::Undid | Kind::Passed => {
                self.taken_back.insert(action.origin);
                Look::On
            }
        }
    }
}

/// Looks for the last undo that was not done again; a new action ends the search.
#[derive(Default)]
struct Redos {
    done_again: HashSet<GroupId>,
}

impl Search for Redos {
    fn look(&mut self, action: &OwnAction) -> Look {
        match action.kind {
            Kind::Did => Look::Nothing,
            Kind::Passed => Look::On,
            Kind::Redid => {
                self.done_again.insert(action.origin);
                Look::On
            }
            // A redo did again the undo right below it.
            Kind::Undid if self.done_again.remove(&action.origin) => Look::On,
            Kind::Undid => Look::Found,
        }
    }
}

/// The action found, and the number of its first journal entry.
fn find(
    from: &impl Read,
    operator: &OperatorName,
    search: &mut impl Search,
) -> Result<Option<(u64, OwnAction)>, StoreError> {
    let mut range = keys::own_actions(operator);
    for _ in 0..DEEPEST / PAGE {
        let page = records::page::<OwnAction>(from, &range, PAGE, Direction::Backward)?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        for (key, action) in page.rows {
            match search.look(&action) {
                Look::Found => {
                    return Ok(keys::own_action_parts(&key).map(|(_, seq)| (seq, action)));
                }
                Look::Nothing => return Ok(None),
                Look::On => {}
            }
        }
        match last {
            Some(last) if page.more => range = range.after(&last, Direction::Backward),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Takes back what the journal says an action did.
fn turn_round(
    group: &mut Group<'_>,
    by: &Caller,
    first: u64,
    action: &OwnAction,
    name: Name,
) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    for seq in first..first + u64::from(action.entries) {
        let entry: Option<Entry> = records::get(&group.over, &keys::journal(seq))?;
        let Some(Entry { what: What::Action { on, .. }, .. }) = entry else { continue };
        for ConversationChange { conversation, changes } in on {
            let result = turn_round_one(group, by, conversation, &changes, (name, action.name))?;
            tally.count(conversation, result);
        }
    }
    Ok(tally)
}

/// Takes changes of one conversation back: by which command, and which one had made them.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn turn_round_one(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    changes: &[Change],
    (name, of): (Name, Name),
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let now = group.now;
    if touches_erased(group, id, changes)? {
        return Ok(Err(Refusal::Erased(id)));
    }
    let changes = &can_be_asked_back(group, id, changes)?[..];
    let channel = group.hold(id)?.map(|held| held.now.channel.clone());
    let can = channel.as_ref().and_then(|channel| group.setup.can.of(channel));
    for change in changes {
        let Change::Message { seq, added } = change else { continue };
        let at = MessageRef { conversation: id, seq: *seq };
        let refused = match added {
            true => match group.message(at)?.map(|m| triage::can_take_back(id, &m, can.as_ref())) {
                Some(Ok(TakeBack::ByDeleting)) => {
                    // It has left the desk: what is left is to ask the platform to delete it.
                    let asked = outbox::moderate(group, by, id, Some(*seq), OutKind::Delete, true)?;
                    return match asked {
                        Ok(asked) => beside_the_reply(group, by, id, changes, asked, (name, of)),
                        refused => Ok(refused),
                    };
                }
                Some(Err(why)) => Some(why),
                Some(Ok(TakeBack::Here)) | None => None,
            },
            false => overtaken(group, at)?,
        };
        if let Some(why) = refused {
            return Ok(Err(why));
        }
    }
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let done = match triage::invert(&mut held.now, changes, by.session, now) {
        Ok(done) => done,
        Err(why) => return Ok(Err(why)),
    };
    held.by = Some((by.operator.clone(), name));
    let mut any_message = false;
    for change in &done {
        match change {
            Change::Message { seq, added } => {
                let at = MessageRef { conversation: id, seq: *seq };
                // What a macro says was never typed: nobody wants to go on with it.
                stand(group, by, at, *added, of != Name::Macro)?;
                any_message = true;
            }
            Change::Class { seq, from, to } => {
                let at = MessageRef { conversation: id, seq: *seq };
                if !classes::put_back(group, at, from.as_ref(), to.as_ref())? {
                    return Ok(Err(Refusal::ChangedSince(id)));
                }
            }
            Change::Asked { seq, what, on } => {
                let at = MessageRef { conversation: id, seq: *seq };
                if let Err(why) = outbox::ask_back(group, by, at, *what, *on)? {
                    return Ok(Err(why));
                }
            }
            Change::Topic { topic, seq, added } => {
                let at = MessageRef { conversation: id, seq: *seq };
                match added {
                    true => pool::put(group, &by.operator, *topic, at, "")?,
                    false => pool::take(group, *topic, at)?,
                }
            }
            _ => {}
        }
    }
    if any_message {
        group.recompute(id)?;
    }
    Ok(Ok(done))
}

/// Whether something that was erased would have to be brought back.
fn touches_erased(
    group: &mut Group<'_>,
    id: ConversationId,
    changes: &[Change],
) -> Result<bool, StoreError> {
    if group.hold(id)?.is_some_and(|held| held.now.erased.is_some()) {
        return Ok(true);
    }
    for change in changes {
        let seq = match change {
            Change::Message { seq, .. }
            | Change::Asked { seq, .. }
            | Change::Class { seq, .. }
            | Change::Settled { seq, .. }
            | Change::Topic { seq, .. } => *seq,
            // A label whose word was taken out of the journal.
            Change::Label { label, .. } if label.contains(MARK) => return Ok(true),
            Change::Label { .. }
            | Change::State { .. }
            | Change::Assignee { .. }
            | Change::Claim { .. }
            | Change::Escalated { .. } => continue,
        };
        let at = MessageRef { conversation: id, seq };
        if group.message(at)?.is_some_and(|m| m.erased.is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a macro did beside a reply that its platform is now asked to delete is taken back as well;
/// where the conversation stands follows the reply.
///
/// # Errors
/// When the store cannot be read.
fn beside_the_reply(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    changes: &[Change],
    mut asked: Vec<Change>,
    names: (Name, Name),
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let beside = |c: &&Change| {
        matches!(
            c,
            Change::Label { .. }
                | Change::Assignee { .. }
                | Change::Escalated { .. }
                | Change::Topic { .. }
                | Change::Asked { .. }
        )
    };
    let beside: Vec<Change> = changes.iter().filter(beside).cloned().collect();
    if beside.is_empty() {
        return Ok(Ok(asked));
    }
    // What somebody has changed since stays as it is; the reply goes all the same.
    if let Ok(done) = turn_round_one(group, by, id, &beside, names)? {
        asked.extend(done);
    }
    Ok(Ok(asked))
}

/// A reply that was taken back must not answer what came after it.
///
/// # Errors
/// When the store cannot be read.
pub fn overtaken(group: &mut Group<'_>, at: MessageRef) -> Result<Option<Refusal>, StoreError> {
    let is_reply = group.message(at)?.is_some_and(|m| m.kind == MessageKind::Reply);
    let messages = group.hold(at.conversation)?.map_or(0, |held| held.now.messages);
    let mut new = 0;
    for seq in at.seq + 1..messages {
        let later = group.message(MessageRef { seq, ..at })?;
        new += u32::from(later.is_some_and(|m| m.is_standing_inbound()));
    }
    Ok((is_reply && new > 0).then_some(Refusal::Overtaken { id: at.conversation, new }))
}

/// Of several changes, those without the requests that no channel can be asked to take back any more
/// (a like that was never done): they do not keep the rest from being taken back.
///
/// # Errors
/// When the store cannot be read.
fn can_be_asked_back(
    group: &mut Group<'_>,
    id: ConversationId,
    changes: &[Change],
) -> Result<Vec<Change>, StoreError> {
    let mut kept = Vec::with_capacity(changes.len());
    for change in changes {
        let can = match change {
            Change::Asked { seq, what, on } if changes.len() > 1 && *what != OutKind::Delete => {
                outbox::look(group, id, Some(*seq), *what, !on)?.is_ok()
            }
            _ => true,
        };
        if can {
            kept.push(change.clone());
        }
    }
    Ok(kept)
}

/// Lets a message of ours stand again, or withdraws it; `drafts` keeps its text as a draft then.
fn stand(
    group: &mut Group<'_>,
    by: &Caller,
    at: MessageRef,
    stands: bool,
    drafts: bool,
) -> Result<(), StoreError> {
    let Some(mut m) = group.message(at)? else { return Ok(()) };
    if m.withdrawn.is_none() == stands {
        return Ok(());
    }
    m.withdrawn = (!stands).then_some(group.now);
    if let (true, Delivery::Held(_)) = (stands, &m.delivery) {
        // Doing it again is word enough.
        m.delivery = Delivery::Waiting;
    }
    let waits =
        m.kind == MessageKind::Reply && matches!(m.delivery, Delivery::Waiting | Delivery::Held(_));
    let text = m.text.clone();
    group.put_message(at.conversation, at.seq, m)?;
    let channel = group.hold(at.conversation)?.map(|held| held.now.channel.clone());
    if let (true, Some(channel)) = (waits, channel) {
        let place = outbox::reply_place(&channel, at);
        match stands {
            true => {
                outbox::put(group, &place, &by.operator, true)?;
                held::drop_draft(group, &by.operator, at.conversation, &text)?;
            }
            false => {
                outbox::take(group, &place)?;
                if drafts {
                    held::redraft(group, &by.operator, at.conversation, &text)?;
                }
            }
        }
    }
    Ok(())
}
