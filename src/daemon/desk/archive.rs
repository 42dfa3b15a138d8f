//! Old conversations leave the desk for its archive, and come back whole when anything is done to them.
//!
//! [`Group::hold`] is the one door: whatever comes for an archived conversation (a message, an edit, a
//! command, an undo) holds it, and holding brings it back in the commit of what came. What only looks
//! whether something is known already ([`Group::message`]) reads it where it lies.

use super::Desk;
use super::derived::timers;
use super::group::{Group, read_messages};
use super::job::{Caller, JobResult, Move};
use super::{classes, pool};
use crate::domain::archive::{Month, Stays, Step, may_go, may_go_with};
use crate::domain::journal::{Actor, ArchiveVerb, What};
use crate::domain::{Conversation, ConversationId, Message, MessageRef, OutKind, Refusal, Time};
use crate::store::archive::{self, Archived, MOST_LINE};
use crate::store::{Direction, Read, Store, StoreError, keys, records};
use std::collections::BTreeSet;

/// The most messages, and the most bytes of lines, that one job archives: keys are what a commit costs,
/// so this is how long the writer is held.
const MOST_MESSAGES: u64 = 64;
const MOST_BYTES: usize = 256 << 10;
/// Lines that are blanked with one job.
const BLANKED: usize = 128;
/// Conversations that one job deletes.
const FORGOTTEN: usize = 50;
/// Conversations looked at for one part of a run.
const LOOKED_AT: usize = 500;

/// What is done with the archive.
#[derive(Clone, Debug)]
pub enum ArchiveJob {
    /// These go, those of them that may: nothing has happened in them since.
    Put {
        /// Which.
        ids: Vec<ConversationId>,
        /// Since when.
        before: Time,
    },
    /// These come back.
    Take {
        /// Who asks.
        by: Caller,
        /// Which.
        ids: Vec<ConversationId>,
    },
    /// Lines that were left are blanked.
    Settle,
    /// The next part of a month is deleted.
    Forget(Month),
    /// The journal is told what was done.
    Note {
        /// Who did it; `None` = the desk by itself.
        by: Option<Caller>,
        /// What.
        verb: ArchiveVerb,
        /// To how many conversations.
        conversations: u64,
        /// In which months.
        months: Vec<Month>,
    },
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveDone {
    /// How many were archived, brought back or deleted.
    pub conversations: u64,
    /// What stays, and why.
    pub stays: Vec<Stays>,
    /// Of these, the rest is to be asked for again.
    pub again: Vec<ConversationId>,
    /// Into which months they went.
    pub months: Vec<Month>,
    /// A month is gone.
    pub done: bool,
}

/// Does it. What cannot be read or written of the archive is refused and changes nothing: the desk goes on.
///
/// # Errors
/// When the store cannot be read.
pub fn carry_out(group: &mut Group<'_>, job: ArchiveJob) -> Result<JobResult, StoreError> {
    let mark = group.over.mark();
    let done = match job {
        ArchiveJob::Put { ids, before } => return put(group, ids, before),
        ArchiveJob::Take { by, ids } => return take(group, &by, &ids),
        ArchiveJob::Settle => settle(group),
        ArchiveJob::Forget(month) => forget(group, month),
        ArchiveJob::Note { by, verb, conversations, months } => {
            let by = by.map_or(Actor::Clock, actor);
            group.write_entry(by, What::Archive { verb, conversations, months })?;
            Ok(ArchiveDone::default())
        }
    };
    match done {
        Ok(done) => Ok(JobResult::Archived(Box::new(done))),
        Err(why) => {
            tracing::error!("the archive: {why}");
            group.over.roll_back(mark);
            Ok(JobResult::Refused(Refusal::Archive(why.what)))
        }
    }
}

fn actor(by: Caller) -> Actor {
    Actor::Operator { name: by.operator, declared: by.declared }
}

fn put(
    group: &mut Group<'_>,
    ids: Vec<ConversationId>,
    before: Time,
) -> Result<JobResult, StoreError> {
    let mut done = ArchiveDone::default();
    let mut going: Vec<(Archived, String)> = Vec::new();
    let (mut messages, mut bytes) = (0, 0);
    let mut ids = ids.into_iter();
    // Else it is not known yet who wrote in them, and nobody would find them.
    let knows = group.memory.facts.people_known;
    for id in ids.by_ref().filter(|_| knows) {
        match going_one(group, id, before)? {
            Err(Some(why)) => done.stays.push(why),
            Err(None) => {}
            Ok((archived, line)) => {
                match archive::prepare(&mut group.over, group.store.archive(), archived.month) {
                    Ok(true) => {}
                    Ok(false) => {
                        // The month is written down by this commit, its file by the next one.
                        done.again.push(id);
                        continue;
                    }
                    Err(why) => return Ok(JobResult::Refused(Refusal::Archive(why.what))),
                }
                messages += u64::from(archived.conversation.messages);
                bytes += line.len();
                going.push((archived, line));
            }
        }
        if messages >= MOST_MESSAGES || bytes >= MOST_BYTES {
            break;
        }
    }
    done.again.extend(ids);
    if let Err(why) = archive::put(&mut group.over, group.store.archive(), &going) {
        tracing::error!("the archive: {why}");
        return Ok(JobResult::Refused(Refusal::Archive(why.what)));
    }
    for (archived, _) in going {
        group.memory.untally(&archived.conversation);
        group.tell_moved(archived.conversation.id);
        done.conversations += 1;
        if !done.months.contains(&archived.month) {
            done.months.push(archived.month);
        }
    }
    Ok(JobResult::Archived(Box::new(done)))
}

/// One conversation as it would go; `Err(None)` = it is not on the desk.
#[allow(clippy::type_complexity, reason = "used in one place")]
fn going_one(
    group: &Group<'_>,
    id: ConversationId,
    before: Time,
) -> Result<Result<(Archived, String), Option<Stays>>, StoreError> {
    if group.held.contains_key(&id) {
        // This very commit changes it.
        return Ok(Err(Some(Stays::Recent)));
    }
    let found: Option<Conversation> = records::get(&group.over, &keys::conversation(id))?;
    let Some(c) = found else { return Ok(Err(None)) };
    if let Err(why) = may_go(&c, before) {
        return Ok(Err(Some(why)));
    }
    let facts = &group.memory.facts;
    if timers(&c, facts.clock).iter().any(Option::is_some) {
        return Ok(Err(Some(Stays::Owed)));
    }
    if let Some(why) = owes(&group.over, &c)? {
        return Ok(Err(Some(why)));
    }
    let of = |seq| MessageRef { conversation: id, seq };
    if group.memory.corrections.range(of(0)..=of(u32::MAX)).next().is_some() {
        return Ok(Err(Some(Stays::Used)));
    }
    let messages = read_messages(&group.over, id)?;
    let last = match may_go_with(&c, messages.iter().map(|(_, m)| m), before) {
        Ok(last) => last,
        Err(why) => return Ok(Err(Some(why))),
    };
    // While deadlines are being reckoned anew, it is not known by which rules this one was.
    let rules = if facts.sweep.is_none() { facts.rules } else { 0 };
    let archived = Archived::new(Month::of(last, group.zone()), last, rules, c, messages);
    let line = archived.line()?;
    if line.len() >= MOST_LINE {
        return Ok(Err(Some(Stays::Long)));
    }
    Ok(Ok((archived, line)))
}

/// What a conversation owes beside its messages.
fn owes(from: &(impl Read + ?Sized), c: &Conversation) -> Result<Option<Stays>, StoreError> {
    for kind in OutKind::OF_MESSAGES {
        let range = keys::outbox_for(&c.channel, kind, c.id);
        if !from.range(&range, 1, Direction::Forward)?.rows.is_empty() {
            return Ok(Some(Stays::Owed));
        }
    }
    let drafts = from.range(&keys::drafts(c.id), 1, Direction::Forward)?;
    Ok((!drafts.rows.is_empty()).then_some(Stays::Owed))
}

fn take(
    group: &mut Group<'_>,
    by: &Caller,
    ids: &[ConversationId],
) -> Result<JobResult, StoreError> {
    let mut done = ArchiveDone::default();
    for id in ids {
        let Some(stub) = archive::stub(&group.over, *id)? else {
            if group.hold(*id)?.is_none() {
                return Ok(JobResult::Refused(Refusal::NoSuchConversation(*id)));
            }
            continue;
        };
        if group.hold(*id)?.is_none() {
            let why = match group.store.archive().read(&stub) {
                Err(why) => why.what,
                Ok(_) => continue,
            };
            return Ok(JobResult::Refused(Refusal::Archive(why)));
        }
        done.conversations += 1;
        if !done.months.contains(&stub.month) {
            done.months.push(stub.month);
        }
    }
    if done.conversations > 0 {
        let what = What::Archive {
            verb: ArchiveVerb::BroughtBack,
            conversations: done.conversations,
            months: done.months.clone(),
        };
        group.write_entry(actor(by.clone()), what)?;
    }
    Ok(JobResult::Archived(Box::new(done)))
}

fn settle(group: &mut Group<'_>) -> Result<ArchiveDone, StoreError> {
    let settled = archive::settle(&mut group.over, group.store.archive(), BLANKED)?;
    group.memory.unsettled = settled == BLANKED;
    Ok(ArchiveDone::default())
}

fn forget(group: &mut Group<'_>, month: Month) -> Result<ArchiveDone, StoreError> {
    if group.memory.facts.leapt.is_some() {
        // A clock that is wrong takes nothing with it.
        let why = "the clock leapt forward: nothing is deleted before it has stood for a day";
        return Err(StoreError::new(why));
    }
    let step = archive::forget(&mut group.over, group.store.archive(), month, FORGOTTEN)?;
    let (zone, facts) = (group.zone(), &mut group.memory.facts);
    facts.forgotten.received += step.received;
    if step.conversations > 0 {
        facts.forgotten.until = facts.forgotten.until.max(month.end(zone));
    }
    Ok(ArchiveDone { conversations: step.conversations, done: step.done, ..ArchiveDone::default() })
}

impl Group<'_> {
    fn zone(&self) -> chrono_tz::Tz {
        let zone = self.setup.zone.as_deref().and_then(|name| name.parse().ok());
        zone.unwrap_or(chrono_tz::Tz::UTC)
    }

    /// It came or went without an action of anybody.
    fn tell_moved(&mut self, id: ConversationId) {
        self.published.texts.push(id);
        self.published.moves.push(Move { id, before: None, after: None, by: None });
        self.published.state = true;
    }

    /// Brings an archived conversation back, as it was; `None` = it is not archived, or its line cannot be
    /// read any more, which the log tells. True = the rules have changed since.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn bring_back(
        &mut self,
        id: ConversationId,
    ) -> Result<Option<(Conversation, bool)>, StoreError> {
        let Some(stub) = archive::stub(&self.over, id)? else { return Ok(None) };
        let mark = self.over.mark();
        let taken = match archive::take(&mut self.over, self.store.archive(), id) {
            Ok(taken) => taken,
            Err(why) => {
                tracing::error!(
                    "conversation {id} of {} cannot be brought back: {why}",
                    stub.month
                );
                self.over.roll_back(mark);
                return Ok(None);
            }
        };
        let Some(archived) = taken else { return Ok(None) };
        self.memory.tally(None, &archived.conversation);
        self.memory.unsettled = true;
        self.tell_moved(id);
        let facts = &self.memory.facts;
        let is_stale = facts.sweep.is_some() || facts.rules != archived.rules;
        Ok(Some((archived.conversation, is_stale)))
    }

    /// What was archived under other rules is reckoned by those of now.
    pub(super) fn reckon_again(&mut self, id: ConversationId) -> Result<(), StoreError> {
        classes::judge_again(self, id)?;
        self.recompute(id)
    }

    /// A message of an archived conversation, which stays where it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn peek(&mut self, at: MessageRef) -> Result<Option<Message>, StoreError> {
        let id = at.conversation;
        let Some(stub) = archive::stub(&self.over, id)? else { return Ok(None) };
        if self.peeked.as_ref().is_none_or(|known| known.0 != (id, stub)) {
            match self.store.archive().read(&stub) {
                Ok(archived) => self.peeked = Some(((id, stub), archived)),
                Err(why) => {
                    tracing::error!("conversation {id} of {} cannot be read: {why}", stub.month);
                    return Ok(None);
                }
            }
        }
        Ok(self.peeked.as_ref().and_then(|(_, archived)| archived.message(at.seq)).cloned())
    }
}

impl Desk {
    /// Whether lines of the archive wait to be blanked: once no export of before goes on.
    pub fn is_unsettled(&self) -> bool {
        self.memory.unsettled
    }
}

/// The next conversations that could go, by what is told of them without the writer: which, and what
/// stays. With `count`, their messages are looked at too, so that the count is that of a run.
///
/// # Errors
/// When the store cannot be read.
pub fn candidates(
    store: &dyn Store,
    after: Option<ConversationId>,
    before: Time,
    count: bool,
) -> Result<(Step, Vec<ConversationId>), StoreError> {
    let last =
        records::page::<Conversation>(store, &keys::conversations(), 1, Direction::Backward)?;
    let mut step =
        Step { last: last.rows.first().map(|(_, c)| c.id).unwrap_or_default(), ..Step::default() };
    let mut range = keys::conversations();
    if let Some(after) = after {
        range = range.starting_at(keys::conversation(ConversationId(after.0 + 1)));
    }
    let page = records::page::<Conversation>(store, &range, LOOKED_AT, Direction::Forward)?;
    step.next = page.rows.last().filter(|_| page.more).map(|(_, c)| c.id);
    let mut used: Option<BTreeSet<ConversationId>> = None;
    let mut ids = Vec::new();
    for (_, c) in page.rows {
        step.looked += 1;
        let mut why = may_go(&c, before).err();
        if why.is_none() {
            let used = match &mut used {
                Some(used) => used,
                none => none.insert(in_pool(store)?),
            };
            why = used.contains(&c.id).then_some(Stays::Used);
        }
        if why.is_none() && count {
            why = stays(store, &c, before)?;
        }
        match why {
            Some(why) => step.stays(why),
            None => {
                ids.push(c.id);
                step.archived += u64::from(count);
            }
        }
    }
    Ok((step, ids))
}

/// The conversations whose questions the topic pool shows.
fn in_pool(store: &dyn Store) -> Result<BTreeSet<ConversationId>, StoreError> {
    let topics = pool::all(store)?;
    Ok(topics.iter().flat_map(|t| &t.asked).map(|asked| asked.message.conversation).collect())
}

/// What the writer would find.
fn stays(store: &dyn Store, c: &Conversation, before: Time) -> Result<Option<Stays>, StoreError> {
    if let Some(why) = owes(store, c)? {
        return Ok(Some(why));
    }
    let of = |seq| keys::correction(MessageRef { conversation: c.id, seq });
    let corrected = crate::store::KeyRange { from: of(0), to: Some(of(u32::MAX)) };
    if !store.range(&corrected, 1, Direction::Forward)?.rows.is_empty() {
        return Ok(Some(Stays::Used));
    }
    let messages = read_messages(store, c.id)?;
    let text: usize = messages.iter().map(|(_, m)| m.text.len()).sum();
    if text >= MOST_LINE {
        return Ok(Some(Stays::Long));
    }
    Ok(may_go_with(c, messages.iter().map(|(_, m)| m), before).err())
}
