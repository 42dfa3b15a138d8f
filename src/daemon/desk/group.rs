//! The records one group of jobs works on. Each is read once and written once, however many jobs
//! touch it; what follows from a conversation (its place in the order, timers, counters, figures)
//! is derived from the difference between how the group found and how it leaves it.

use super::Setup;
use super::derived::points;
use super::escalate;
use super::job::Published;
use super::memory::Memory;
use super::people;
use crate::domain::journal::{Actor, Entry, What};
use crate::domain::kpi::Point;
use crate::domain::policy::Policies;
use crate::domain::service;
use crate::domain::sla::clock;
use crate::domain::thread::{self, Absorbed};
use crate::domain::{
    Channel, ChannelId, Conversation, ConversationId, Message, MessageKind, MessageRef, Name,
    OperatorName, Queue, SessionId, Time,
};
use crate::store::archive::{Archived, Stub};
use crate::store::keys;
use crate::store::{Batch, Direction, Overlay, Store, StoreError, records};
use std::collections::{BTreeMap, HashMap};

/// A group at work.
pub struct Group<'a> {
    /// When.
    pub now: Time,
    /// What the desk's files say.
    pub setup: &'a Setup,
    /// What is committed.
    pub store: &'a dyn Store,
    /// The writer's memory.
    pub memory: &'a mut Memory,
    /// Records that are written as they come (whatever is neither conversation nor message).
    pub over: Overlay<'a>,
    /// What to tell the sessions.
    pub published: Published,
    pub(super) held: HashMap<ConversationId, Held>,
    received: BTreeMap<ChannelId, (u32, MessageRef, MessageRef)>,
    pub(super) clock_before: Time,
    /// The archived conversation that was looked into last, and where it lay.
    pub(super) peeked: Option<((ConversationId, Stub), Archived)>,
}

/// A conversation at work.
pub struct Held {
    pub(super) before: Option<Conversation>,
    /// The record as it is now.
    pub now: Conversation,
    /// Whose action changed it last, in this group.
    pub by: Option<(OperatorName, Name)>,
    pub(super) messages: Vec<(u32, Message)>,
    /// Every message is in `messages`.
    all: bool,
    pub(super) written: Vec<u32>,
    pub(super) points: Vec<Point>,
    /// What replies count, or no longer do.
    pub(super) served: Vec<(service::Point, i64)>,
}

impl Held {
    /// Where a message that was loaded stands in `messages`.
    pub(super) fn place_of(&self, seq: u32) -> Result<usize, usize> {
        self.messages.binary_search_by_key(&seq, |(s, _)| *s)
    }

    /// Whether the group changed anything of it.
    pub(super) fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.now) || !self.written.is_empty()
    }
}

impl<'a> Group<'a> {
    /// Nothing done yet.
    pub fn new(
        store: &'a dyn Store,
        setup: &'a Setup,
        memory: &'a mut Memory,
        now: Time,
    ) -> Group<'a> {
        Group {
            now,
            setup,
            clock_before: memory.facts.clock,
            memory,
            store,
            over: Overlay::new(store),
            published: Published::default(),
            held: HashMap::new(),
            received: BTreeMap::new(),
            peeked: None,
        }
    }

    /// The rules.
    pub fn policies(&self) -> &'a Policies {
        &self.setup.policies
    }

    /// What the desk's files say of a channel.
    pub fn configured(&self, channel: &ChannelId) -> Option<&'a Channel> {
        self.setup.channels.iter().find(|c| c.id == *channel)
    }

    /// A conversation to work on, brought back if it is archived; `None` = there is no such.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn hold(&mut self, id: ConversationId) -> Result<Option<&mut Held>, StoreError> {
        if !self.hold_here(id)?
            && let Some((c, is_stale)) = self.bring_back(id)?
        {
            self.insert(id, c);
            if is_stale {
                self.reckon_again(id)?;
            }
        }
        Ok(self.held.get_mut(&id))
    }

    /// The same for one that is on the desk; true = it is.
    fn hold_here(&mut self, id: ConversationId) -> Result<bool, StoreError> {
        if !self.held.contains_key(&id) {
            let found: Option<Conversation> = records::get(&self.over, &keys::conversation(id))?;
            let Some(c) = found else { return Ok(false) };
            self.insert(id, c);
        }
        Ok(true)
    }

    fn insert(&mut self, id: ConversationId, c: Conversation) {
        self.held.insert(
            id,
            Held {
                before: Some(c.clone()),
                now: c,
                by: None,
                messages: Vec::new(),
                all: false,
                written: Vec::new(),
                points: Vec::new(),
                served: Vec::new(),
            },
        );
    }

    /// A new conversation.
    pub fn create(
        &mut self,
        queue: Queue,
        channel: ChannelId,
        platform: String,
        root: String,
    ) -> ConversationId {
        self.memory.facts.conversations += 1;
        let id = ConversationId(self.memory.facts.conversations);
        self.held.insert(
            id,
            Held {
                before: None,
                now: Conversation::new(id, queue, channel, platform, root),
                by: None,
                messages: Vec::new(),
                all: true,
                written: Vec::new(),
                points: Vec::new(),
                served: Vec::new(),
            },
        );
        id
    }

    /// A message of a conversation. One that is archived stays so: what changes it holds it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn message(&mut self, at: MessageRef) -> Result<Option<Message>, StoreError> {
        if !self.hold_here(at.conversation)? {
            return self.peek(at);
        }
        let Some(held) = self.held.get(&at.conversation) else { return Ok(None) };
        if let Ok(place) = held.place_of(at.seq) {
            return Ok(Some(held.messages[place].1.clone()));
        }
        records::get(&self.over, &keys::message(at))
    }

    /// Takes in a message that is new; answers its number.
    ///
    /// # Errors
    /// When the conversation's other messages cannot be read.
    pub fn add_message(
        &mut self,
        id: ConversationId,
        mut message: Message,
    ) -> Result<Option<u32>, StoreError> {
        self.judge(&mut message);
        let policies = self.policies();
        let Some(held) = self.hold(id)? else { return Ok(None) };
        let seq = held.now.messages;
        let channel = self.channel_of(id);
        let Some(held) = self.held.get_mut(&id) else { return Ok(None) };
        let mut message = message;
        let answered = match message.kind {
            MessageKind::Reply => service::of_newest(&held.now, &message, policies),
            // A reply that is known may answer what was written before it.
            MessageKind::Inbound if held.now.last_reply.is_some_and(|r| message.at <= r) => None,
            _ => Some(None),
        };
        message.answered = answered.clone().flatten();
        held.points.extend(points(&message, 1));
        held.served.extend(service::point(&held.now.channel, &message).map(|p| (p, 1)));
        let person = people::new_here(&held.now, &message);
        let absorbed = thread::absorb(&mut held.now, seq, &message, policies, channel);
        held.messages.push((seq, message));
        held.written.push(seq);
        if let Some(key) = person {
            self.over.put(key, Vec::new())?;
        }
        if absorbed == Absorbed::Unsettled {
            self.load_all(id)?;
            if let Some(held) = self.held.get_mut(&id) {
                thread::settle(&mut held.now, seq, &held.messages, policies, channel);
            }
        }
        if absorbed == Absorbed::Unsettled || answered.is_none() {
            self.settle_answers(id)?;
        }
        Ok(Some(seq))
    }

    /// Sees to it that each reply says what it answered, by all of the conversation's messages.
    fn settle_answers(&mut self, id: ConversationId) -> Result<(), StoreError> {
        self.load_all(id)?;
        let policies = self.policies();
        let Some(held) = self.held.get_mut(&id) else { return Ok(()) };
        for (seq, answered) in service::settle(&held.now, &held.messages, policies) {
            let Ok(place) = held.place_of(seq) else { continue };
            let channel = &held.now.channel;
            let message = &mut held.messages[place].1;
            held.served.extend(service::point(channel, message).map(|p| (p, -1)));
            message.answered = answered;
            held.served.extend(service::point(channel, message).map(|p| (p, 1)));
            if !held.written.contains(&seq) {
                held.written.push(seq);
            }
        }
        Ok(())
    }

    /// Changes a message that is known; what follows from it for the conversation is the
    /// caller's to ask for ([`Group::absorb_change`], [`Group::recompute`]).
    ///
    /// # Errors
    /// When the conversation cannot be read.
    pub fn put_message(
        &mut self,
        id: ConversationId,
        seq: u32,
        message: Message,
    ) -> Result<(), StoreError> {
        let old = self.message(MessageRef { conversation: id, seq })?;
        let Some(held) = self.hold(id)? else { return Ok(()) };
        held.points.extend(old.iter().flat_map(|m| points(m, -1)));
        held.points.extend(points(&message, 1));
        let channel = &held.now.channel;
        let old = old.as_ref().and_then(|m| service::point(channel, m));
        let new = service::point(channel, &message);
        if old != new {
            held.served.extend(old.map(|p| (p, -1)));
            held.served.extend(new.map(|p| (p, 1)));
        }
        match held.place_of(seq) {
            Ok(place) => held.messages[place].1 = message,
            Err(place) => held.messages.insert(place, (seq, message)),
        }
        if !held.written.contains(&seq) {
            held.written.push(seq);
        }
        Ok(())
    }

    /// Derives what follows from a change of likes, text or delivery.
    ///
    /// # Errors
    /// When the conversation's messages cannot be read.
    pub fn absorb_change(&mut self, id: ConversationId, seq: u32) -> Result<(), StoreError> {
        let policies = self.policies();
        let Some(held) = self.hold(id)? else { return Ok(()) };
        let Ok(place) = held.place_of(seq) else { return self.recompute(id) };
        let absorbed = thread::absorb_change(&mut held.now, seq, &held.messages[place].1, policies);
        match absorbed {
            Absorbed::Done => Ok(()),
            Absorbed::Unsettled => self.recompute(id),
        }
    }

    /// Derives everything that follows from the messages anew.
    ///
    /// # Errors
    /// When the conversation's messages cannot be read.
    pub fn recompute(&mut self, id: ConversationId) -> Result<(), StoreError> {
        self.derive(id, thread::recompute)
    }

    /// As [`Group::recompute`], after a message was withdrawn by its author.
    ///
    /// # Errors
    /// When the conversation's messages cannot be read.
    pub fn settle_withdrawn(&mut self, id: ConversationId) -> Result<(), StoreError> {
        self.derive(id, thread::settle_withdrawn)
    }

    /// As [`Group::recompute`], after a reply turned out not to have reached anybody.
    ///
    /// # Errors
    /// When the conversation's messages cannot be read.
    pub fn settle_unanswered(&mut self, id: ConversationId) -> Result<(), StoreError> {
        self.derive(id, thread::settle_unanswered)
    }

    /// As [`Group::recompute`], and takes the message in as if it had come just now.
    ///
    /// # Errors
    /// When the conversation's messages cannot be read.
    pub fn settle(&mut self, id: ConversationId, seq: u32) -> Result<(), StoreError> {
        self.derive(id, |c, messages, policies, channel| {
            thread::settle(c, seq, messages, policies, channel);
        })
    }

    fn derive(
        &mut self,
        id: ConversationId,
        how: impl Fn(&mut Conversation, &[(u32, Message)], &Policies, Option<&Channel>),
    ) -> Result<(), StoreError> {
        self.load_all(id)?;
        let (policies, channel) = (self.policies(), self.channel_of(id));
        if let Some(held) = self.held.get_mut(&id) {
            how(&mut held.now, &held.messages, policies, channel);
        }
        self.settle_answers(id)
    }

    fn channel_of(&self, id: ConversationId) -> Option<&'a Channel> {
        self.held.get(&id).and_then(|held| self.configured(&held.now.channel))
    }

    /// Reads all of a conversation's messages.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn load_all(&mut self, id: ConversationId) -> Result<(), StoreError> {
        let Some(held) = self.hold(id)? else { return Ok(()) };
        if held.all {
            return Ok(());
        }
        let mut all = read_messages(&self.over, id)?;
        if let Some(held) = self.held.get_mut(&id) {
            for (seq, message) in held.messages.drain(..) {
                match all.binary_search_by_key(&seq, |(s, _)| *s) {
                    Ok(place) => all[place].1 = message,
                    Err(place) => all.insert(place, (seq, message)),
                }
            }
            held.messages = all;
            held.all = true;
        }
        Ok(())
    }

    /// Writes a journal entry; answers its number.
    ///
    /// # Errors
    /// When it cannot be written as a record.
    pub fn write_entry(&mut self, by: Actor, what: What) -> Result<u64, StoreError> {
        self.memory.facts.journal += 1;
        let seq = self.memory.facts.journal;
        let entry = Entry { at: self.now, by, what };
        records::put_new(&mut self.over, keys::journal(seq), &entry)?;
        Ok(seq)
    }

    /// Notes for the journal that a channel brought a message.
    pub fn note_received(&mut self, channel: &ChannelId, at: MessageRef) {
        self.memory.facts.received += 1;
        match self.received.get_mut(channel) {
            Some((n, _, last)) => (*n, *last) = (*n + 1, at),
            None => {
                self.received.insert(channel.clone(), (1, at, at));
            }
        }
    }

    /// Derives and stages everything; what is left is to commit the batches.
    ///
    /// # Errors
    /// When the store cannot be read, or a record is over its bound.
    pub fn finish(mut self) -> Result<(Vec<Batch>, Published), StoreError> {
        for (channel, (messages, first, last)) in std::mem::take(&mut self.received) {
            let what = What::Received { messages, first: Some(first), last: Some(last) };
            self.write_entry(Actor::Channel(channel), what)?;
        }
        escalate::tell_leads(&mut self);
        let mut held: Vec<(ConversationId, Held)> = self.held.drain().collect();
        held.sort_unstable_by_key(|(id, _)| *id);
        for (id, mut held) in held {
            if held.before.as_ref().is_some_and(|before| before.trail != held.now.trail) {
                // It was set aside or went on: its clocks stand still, or run out later.
                clock::refresh(&mut held.now, &self.setup.policies);
            }
            let outlived_clock = self.clock_before != self.memory.facts.clock;
            if held.is_changed() || outlived_clock {
                self.write_conversation(id, held)?;
            }
        }
        self.published.new_inbound.sort_unstable();
        self.published.new_inbound.dedup();
        self.published.kpis |= self.memory.figures.is_changed();
        if !self.published.texts.is_empty() {
            let facts = &mut self.memory.facts;
            facts.recent.note(facts.texts, &self.published.texts);
            facts.texts += 1;
        }
        self.published.text_changes = self.memory.facts.texts;
        self.memory.write(&mut self.over)?;
        self.over.keep();
        Ok((self.over.into_group(), self.published))
    }

    /// The conversations a session has claimed, as of now.
    pub fn claimed_by(&self, session: SessionId) -> Vec<ConversationId> {
        let is_held = |c: &Conversation| c.claim.as_ref().is_some_and(|x| x.session == session);
        let mut ids: Vec<ConversationId> =
            self.memory.claims.get(&session).into_iter().flatten().copied().collect();
        // Claims of this group are not in the memory yet.
        ids.extend(self.held.iter().filter(|(_, held)| is_held(&held.now)).map(|(id, _)| *id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// All messages of a conversation, in order of their numbers.
///
/// # Errors
/// When they cannot be read.
pub fn read_messages(
    from: &(impl crate::store::Read + ?Sized),
    id: ConversationId,
) -> Result<Vec<(u32, Message)>, StoreError> {
    const PAGE: usize = 500;
    let mut range = keys::messages(id);
    let mut all = Vec::new();
    loop {
        let found = records::page::<Message>(from, &range, PAGE, Direction::Forward)?;
        let last = found.rows.last().map(|(key, _)| key.clone());
        for (key, message) in found.rows {
            if let Some(keys::Parsed::Message(at)) = keys::parse(&key) {
                all.push((at.seq, message));
            }
        }
        match last {
            Some(last) if found.more => range = range.after(&last, Direction::Forward),
            _ => return Ok(all),
        }
    }
}
