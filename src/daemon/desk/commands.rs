//! An operator's commands: each on its own conversations, each conversation on its own, all of it
//! journaled as one group.

use super::group::Group;
use super::job::{Caller, JobResult};
use super::lint::Gate;
use super::records::{Kind, OperatorRecord, OwnAction};
use super::{alerts, classes, escalate, held, library, macros, outbox, pool, posts, undo};
use crate::domain::journal::{Actor, Change, ConversationChange, What};
use crate::domain::{
    Author, Command, ConversationId, Delivery, GroupId, Message, MessageKind, MessageRef, Name,
    OperatorName, Refusal, triage,
};
use crate::store::{StoreError, keys, records};
use crate::wire::message::{Done, Notice};
use std::collections::HashSet;

/// Conversations told of in one journal entry.
const PER_ENTRY: usize = 40;

/// Carries a command out. What it cannot do to one conversation it does not do to that one alone;
/// it is refused as a whole when it could be done to none.
///
/// # Errors
/// When the store cannot be read.
pub fn carry_out(
    group: &mut Group<'_>,
    by: &Caller,
    command: &Command,
) -> Result<JobResult, StoreError> {
    if by.operator.0.is_empty() || by.operator.0.len() > keys::MAX_NAME {
        let bytes = by.operator.0.len();
        return Ok(JobResult::Refused(Refusal::TooLong { bytes, limit: keys::MAX_NAME }));
    }
    know_operator(group, &by.operator)?;
    match command {
        Command::Undo => undo::undo(group, by),
        Command::Redo => undo::redo(group, by),
        Command::Library(act) => library::carry_out(group, by, act),
        Command::Alert(act) => alerts::carry_out(group, by, act),
        // What is done to posts has the library's word on the assets they are made from.
        Command::Post(act) => match library::filled(group, act)? {
            Ok(act) => posts::carry_out(group, by, &act),
            Err(why) => Ok(JobResult::Refused(why)),
        },
        _ => act(group, by, command),
    }
}

fn act(group: &mut Group<'_>, by: &Caller, command: &Command) -> Result<JobResult, StoreError> {
    let asked = command.ids().len();
    if asked > Command::MOST {
        return Ok(JobResult::Refused(Refusal::TooMany { asked, limit: Command::MOST }));
    }
    if let Some(why) = refused_whole(command) {
        return Ok(JobResult::Refused(why));
    }
    let mut gate = match Gate::of(command) {
        Ok(gate) => gate,
        Err(why) => return Ok(JobResult::Refused(why)),
    };
    let mut tally = Tally::default();
    let mut seen = HashSet::with_capacity(asked);
    for id in command.ids().iter().copied().filter(|id| seen.insert(*id)) {
        if let Some(gate) = &mut gate
            && let Err(stopped) = gate.pass(group, by, command, id)?
        {
            tally.count(id, Err(stopped));
            continue;
        }
        let result = on_one(group, by, command, id)?;
        if result.is_ok() {
            tell(group, by, command, id);
        }
        tally.count(id, result);
    }
    let name = command.name();
    let message = match (tally.on.as_slice(), name) {
        ([only], Name::Reply | Name::Note) => only.changes.iter().find_map(|c| match c {
            Change::Message { seq, .. } => {
                Some(MessageRef { conversation: only.conversation, seq: *seq })
            }
            _ => None,
        }),
        _ => None,
    };
    let act = Act { kind: Kind::Did, name, undoes: None, origin: None };
    let mut result = finish(group, by, act, tally, message)?;
    if let (Some(gate), JobResult::Done(done)) = (gate, &mut result) {
        done.warned = gate.warned(&done.ids);
        gate.tell(group, by, &done.ids)?;
    }
    Ok(result)
}

/// What an action came to so far.
#[derive(Default)]
pub struct Tally {
    on: Vec<ConversationChange>,
    refused: Vec<Refusal>,
}

impl Tally {
    /// Notes what came of one conversation.
    pub fn count(&mut self, id: ConversationId, result: Result<Vec<Change>, Refusal>) {
        match result {
            Ok(changes) => self.on.push(ConversationChange { conversation: id, changes }),
            Err(why) => self.refused.push(why),
        }
    }

    /// True when nothing was done, and something was refused.
    pub fn is_refused(&self) -> bool {
        self.on.is_empty() && !self.refused.is_empty()
    }
}

/// What kind of action it is.
pub struct Act {
    /// A command, its undo or its redo.
    pub kind: Kind,
    /// The command.
    pub name: Name,
    /// The group it takes back.
    pub undoes: Option<GroupId>,
    /// The group all of it began with; `None` = this one.
    pub origin: Option<GroupId>,
}

/// Journals an action and puts it on the operator's stack.
///
/// # Errors
/// When a record cannot be written.
pub fn finish(
    group: &mut Group<'_>,
    by: &Caller,
    act: Act,
    tally: Tally,
    message: Option<MessageRef>,
) -> Result<JobResult, StoreError> {
    let Tally { on, mut refused } = tally;
    if on.is_empty() && !refused.is_empty() {
        return Ok(JobResult::Refused(refused.swap_remove(0)));
    }
    let ids: Vec<ConversationId> = on.iter().map(|c| c.conversation).collect();
    if !on.is_empty() {
        write_action(group, by, &act, &on)?;
    }
    let taken_back = act.kind != Kind::Did;
    let answered = match act.name {
        _ if !matches!(act.kind, Kind::Did | Kind::Redid) => Vec::new(),
        Name::Reply => ids.clone(),
        Name::Macro => answered(group, &on)?,
        _ => Vec::new(),
    };
    let goes_at = if answered.is_empty() { None } else { held::goes_at(group, &answered)? };
    let warned = Vec::new();
    Ok(JobResult::Done(Done {
        name: act.name,
        taken_back,
        ids,
        refused,
        message,
        goes_at,
        warned,
        posts: Vec::new(),
        made: None,
    }))
}

/// Where a macro has answered.
fn answered(
    group: &mut Group<'_>,
    on: &[ConversationChange],
) -> Result<Vec<ConversationId>, StoreError> {
    let mut ids = Vec::new();
    for ConversationChange { conversation, changes } in on {
        for change in changes {
            let Change::Message { seq, added: true } = change else { continue };
            let at = MessageRef { conversation: *conversation, seq: *seq };
            if group.message(at)?.is_some_and(|m| m.kind == MessageKind::Reply) {
                ids.push(*conversation);
            }
        }
    }
    Ok(ids)
}

/// Writes the journal entries and the own action of what was done.
///
/// # Errors
/// When a record cannot be written.
pub fn write_action(
    group: &mut Group<'_>,
    by: &Caller,
    act: &Act,
    on: &[ConversationChange],
) -> Result<(), StoreError> {
    group.memory.facts.groups += 1;
    let number = GroupId(group.memory.facts.groups);
    let actor = Actor::Operator { name: by.operator.clone(), declared: by.declared };
    let first = group.memory.facts.journal + 1;
    // One that changed nothing (an undo that was passed over) has an entry too.
    let mut entries = 0;
    for part in on.chunks(PER_ENTRY).chain(on.is_empty().then_some(&[][..])) {
        let what =
            What::Action { name: act.name, group: number, undoes: act.undoes, on: part.to_vec() };
        group.write_entry(actor.clone(), what)?;
        entries += 1;
    }
    let own = OwnAction {
        kind: act.kind,
        name: act.name,
        group: number,
        origin: act.origin.unwrap_or(number),
        entries,
        conversations: u32::try_from(on.len()).unwrap_or(u32::MAX),
        at: group.now,
    };
    records::put(&mut group.over, keys::own_action(&by.operator, first), &own)
}

/// What is wrong with a command whatever it is done to.
fn refused_whole(command: &Command) -> Option<Refusal> {
    match command {
        Command::Assign { to: Some(to), .. } if to.0.is_empty() => Some(Refusal::EmptyText),
        Command::Assign { to: Some(to), .. } if to.0.len() > keys::MAX_NAME => {
            Some(Refusal::TooLong { bytes: to.0.len(), limit: keys::MAX_NAME })
        }
        Command::Reply { text, .. } | Command::Note { text, .. } => triage::check_text(text).err(),
        Command::Escalate { reason, .. } => triage::check_text(reason).err(),
        _ => None,
    }
}

pub(super) fn on_one(
    group: &mut Group<'_>,
    by: &Caller,
    command: &Command,
    id: ConversationId,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    if group.hold(id)?.is_some_and(|held| held.now.erased.is_some()) {
        return Ok(Err(Refusal::Erased(id)));
    }
    let asked = match command {
        Command::Moderate { message, what, on, .. } => {
            Some(outbox::moderate(group, by, id, *message, *what, *on)?)
        }
        Command::Classify { intent, severity, .. } => {
            Some(classes::correct(group, &by.operator, id, *intent, *severity)?)
        }
        Command::MarkSent { .. } => Some(outbox::mark_sent(group, id)?),
        Command::SendAgain { .. } => Some(outbox::send_again(group, by, id)?),
        Command::Topic { note, .. } => Some(pool::add(group, by, id, note)?),
        Command::Untopic { .. } => Some(pool::remove(group, id)?),
        Command::Macro { run, seen, .. } => {
            let seen = seen.iter().find(|(of, _)| *of == id).map(|(_, seen)| *seen);
            Some(macros::run(group, by, id, run, seen)?)
        }
        Command::Escalate { reason, .. } => {
            let made = escalate::escalate(group, by, id, reason)?;
            if made.is_ok() {
                write_message(group, by, id, MessageKind::Note, reason)?;
            }
            Some(made)
        }
        Command::TakeBack { .. } => Some(held::take_back(group, by, id)?),
        _ => None,
    };
    if let Some(result) = asked {
        if let (Ok(_), Some(held)) = (&result, group.hold(id)?) {
            held.by = Some((by.operator.clone(), command.name()));
        }
        return Ok(result);
    }
    let now = group.now;
    let written = match command {
        Command::Reply { text, .. } => match held::text_for(group, by, id, text)? {
            Ok(filled) => filled,
            Err(why) => return Ok(Err(why)),
        },
        Command::Note { text, .. } => text.clone(),
        _ => String::new(),
    };
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let claim_before = held.now.claim.clone();
    let result = match command {
        Command::Reply { seen, .. } => {
            let made = triage::reply(&mut held.now, &written, *seen, &by.operator, now);
            (made, Some((MessageKind::Reply, &written)))
        }
        Command::Note { .. } => {
            (triage::note(&held.now, &written), Some((MessageKind::Note, &written)))
        }
        _ => (triage::apply(&mut held.now, command, &by.operator, by.session, now), None),
    };
    let (Ok(changes), message) = result else { return Ok(result.0) };
    held.by = Some((by.operator.clone(), command.name()));
    if let Some(lost) = claim_before.filter(|c| c.operator != by.operator)
        && matches!(command, Command::Claim { .. })
    {
        let notice = Notice::ClaimLost { id, by: Some(by.operator.clone()) };
        group.published.notices.push((lost.operator, notice));
    }
    if let Some((kind, text)) = message {
        write_message(group, by, id, kind, text)?;
    }
    Ok(Ok(changes))
}

fn write_message(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    kind: MessageKind,
    text: &str,
) -> Result<(), StoreError> {
    let is_reply = kind == MessageKind::Reply;
    let in_reply_to = if is_reply { answered_id(group, id)? } else { None };
    let message = Message {
        kind,
        platform_id: String::new(),
        in_reply_to,
        author: Author::default(),
        operator: Some(by.operator.clone()),
        text: text.to_owned(),
        at: group.now,
        arrived: group.now,
        likes: 0,
        permalink: None,
        attachments: Vec::new(),
        delivery: if is_reply { Delivery::Waiting } else { Delivery::None },
        withdrawn: None,
        edited: None,
        liked: false,
        hidden: false,
        erased: None,
        answered: None,
        class: None,
    };
    let Some(seq) = group.add_message(id, message)? else { return Ok(()) };
    let channel = group.hold(id)?.map(|held| held.now.channel.clone());
    if let (true, Some(channel)) = (is_reply, channel) {
        let place = outbox::reply_place(&channel, MessageRef { conversation: id, seq });
        outbox::put(group, &place, &by.operator, true)?;
        records::remove(&mut group.over, keys::draft(id, &by.operator))?;
    }
    Ok(())
}

/// The platform's id of the message that a reply answers: the one the row speaks of.
fn answered_id(group: &mut Group<'_>, id: ConversationId) -> Result<Option<String>, StoreError> {
    let seq = group.hold(id)?.and_then(|held| held.now.speaks_of().map(|head| head.seq));
    let Some(seq) = seq else { return Ok(None) };
    let message = group.message(MessageRef { conversation: id, seq })?;
    Ok(message.map(|m| m.platform_id).filter(|id| !id.is_empty()))
}

/// Tells those whom a command concerns.
pub(super) fn tell(group: &mut Group<'_>, by: &Caller, command: &Command, id: ConversationId) {
    let me = &by.operator;
    match command {
        Command::Escalate { .. } => escalate::tell(group, by, id),
        Command::Assign { to: Some(to), .. } if to != me => {
            let notice = Notice::Assigned { id, by: me.clone() };
            group.published.notices.push((to.clone(), notice));
        }
        Command::Note { text, .. } => {
            for name in mentioned(text).into_iter().filter(|name| name != me) {
                let notice = Notice::Mentioned { id, by: me.clone() };
                group.published.notices.push((name, notice));
            }
        }
        _ => {}
    }
}

/// The names that a text mentions as `@name`, each once.
pub fn mentioned(text: &str) -> Vec<OperatorName> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut names: Vec<OperatorName> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        // `a@b` is an address, not a mention.
        if matches!(c, '@' | '＠') && !before.is_some_and(|b: char| b.is_ascii_alphanumeric()) {
            let rest = &text[at + c.len_utf8()..];
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            let name = OperatorName(rest[..end].trim_end_matches('.').to_owned());
            if !name.0.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        before = Some(c);
    }
    names
}

/// Sees to it that an operator has a record, so that all of them can be listed.
///
/// # Errors
/// When it cannot be written.
pub fn know_operator(group: &mut Group<'_>, name: &OperatorName) -> Result<(), StoreError> {
    if group.memory.operators.insert(name.clone()) {
        records::put(&mut group.over, keys::operator(name), &OperatorRecord::default())?;
    }
    Ok(())
}
