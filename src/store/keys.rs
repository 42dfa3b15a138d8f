//! Every key of the store, built and taken apart. Keys sort the way they are read: numbers and
//! times big-endian (the sign of a time flipped), names ended by a zero byte where more follows.
//!
//! | key | value |
//! |---|---|
//! | `c/`id | conversation |
//! | `m/`id seq | message |
//! | `e/`channel `\0` platform id | the message of that platform id |
//! | `r/`queue channel `\0` root | conversation of that root, where no message has the root's id |
//! | `o/`order key | empty: the order of the queues |
//! | `t/`when kind id | empty: what the clock has to do next |
//! | `j/`seq | journal entry |
//! | `u/`operator `\0` seq | an operator's own action: the undo stack |
//! | `k/`channel `\0` metric resolution start | bucket of a figure (no channel = all of them) |
//! | `w/`start `0` | what came, and was handled, in that hour |
//! | `w/`start `1` channel `\0` policy `\0` operator | service figures of that hour |
//! | `n/`queue state platform `\0` assignee | how many conversations stand so |
//! | `x/`channel `\0` kind message | what is on its way out |
//! | `d/`id operator | draft |
//! | `s/`at channel `\0` id, `S/`channel `\0` id | slot, and its time |
//! | `g/`channel | where the channel got to |
//! | `p/`operator | what the desk keeps of an operator |
//! | `l/`session id | empty: a live claim, so that a session's claims are found when it ends |
//! | `h/`channel | channel that came with its first event |
//! | `b/`channel `\0` person `\0` id | empty: a conversation that a person wrote in |
//! | `q/`number | topic of the pool |
//! | `f/`tag `\0` id | when a conversation got a feedback tag |
//! | `a/`channel | the newest figures of its account |
//! | `K/`channel `\0` name `\0` grain start | page of a figure that a channel tells |
//! | `P/`post | post |
//! | `V/`post variant version | what that version of a variant says; variant 0 = the idea |
//! | `v/`channel `\0` platform id | the variant that is out under it |
//! | `A/`number | asset of the library |
//! | `N/`number | alert |
//! | `H/`channel `\0` at id, `I/`channel `\0` id | post that is out with its figures, and when it went out |
//! | `y/`message | what an operator said the message is |
//! | `E/`number | erasure of a person: under way, or its certificate |
//! | `i/`digest | where the placeholder of what was erased stands, if it has one |
//! | `G/`at path | copy of the desk that was made |
//! | `z/`id | archived conversation: the month and where its line lies |
//! | `Z/`month | what a month's file of the archive holds |
//! | `B/`month at | line of the archive that is to be blanked |
//! | `meta/`name | the desk's own facts, e.g. the schema version |

mod archive;
mod codec;
mod erasing;
mod parse;
mod planning;
mod work;

pub use archive::{
    blank, blank_parts, blanks, blanks_of, stub, stub_of, stubs, volume, volume_of, volumes,
};
pub use erasing::{DIGEST, copies, copy, copy_parts, erased, erased_digest, erasure, erasures};
pub use parse::{Parsed, parse, show};
pub use planning::{
    asset, assets, past_post, past_post_parts, past_post_time, past_posts, past_posts_of,
};
pub use work::{
    alert, alerts, all_pages, feedback, feedback_of, feedback_parts, feedbacks, page, page_parts,
    pages, pages_of, person, person_parts, persons_of, post, post_out, post_text, post_texts,
    post_texts_of, posts, posts_out, topic, topics,
};

use super::{Key, KeyRange};
use crate::domain::kpi::{Metric, Resolution};
use crate::domain::order::StateKind;
use crate::domain::service::Cell;
use crate::domain::{
    ChannelId, ConversationId, MessageRef, OperatorName, OrderKey, OutKind, OutPlace, Queue,
    SessionId, Subject, Time,
};
use codec::{Builder, Reader};
use serde::{Deserialize, Serialize};

/// The most bytes a name from outside (channel, platform id, root, operator, platform) may have so
/// that every key made of it fits [`MAX_KEY`](super::MAX_KEY).
pub const MAX_NAME: usize = 300;

/// What the clock has to do at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimerKind {
    /// A conversation comes to be at risk.
    AtRisk,
    /// A conversation's deadline passes.
    Due,
    /// A snooze ends.
    SnoozeEnds,
    /// A claim has been idle too long.
    ClaimIdle,
    /// The time of one more target passes: one beside the deadline, or while it is set aside.
    Passes,
    /// The hold window of a post begins; the number is the post's.
    PostHolds,
    /// A post goes out; the number is the post's.
    PostGoes,
}

/// How a conversation counts in the totals: one counter for each combination, so that totals by
/// queue, state, platform and assignee, and by any mix of them, are sums of few counters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tally {
    /// The queue.
    pub queue: Queue,
    /// The state.
    pub state: StateKind,
    /// The platform.
    pub platform: String,
    /// Whose job it is.
    pub assignee: Option<OperatorName>,
}

/// The place of a conversation's record.
pub fn conversation(id: ConversationId) -> Key {
    Builder::new("c/").u64(id.0).done()
}

/// All conversations, by number.
pub fn conversations() -> KeyRange {
    KeyRange::prefix("c/")
}

/// The place of a message.
pub fn message(at: MessageRef) -> Key {
    Builder::new("m/").u64(at.conversation.0).u32(at.seq).done()
}

/// The messages of a conversation, in order of arrival.
pub fn messages(of: ConversationId) -> KeyRange {
    KeyRange::prefix(Builder::new("m/").u64(of.0).done())
}

/// The messages of all conversations.
pub fn all_messages() -> KeyRange {
    KeyRange::prefix("m/")
}

/// The conversation that a record of it, of one of its messages, or a further chunk of these
/// belongs to.
pub fn conversation_of(key: &[u8]) -> Option<ConversationId> {
    let number = key.strip_prefix(b"c/").or_else(|| key.strip_prefix(b"m/"))?;
    number.first_chunk().map(|bytes| ConversationId(u64::from_be_bytes(*bytes)))
}

/// Where it is told which message has a platform id.
pub fn known(channel: &ChannelId, platform_id: &str) -> Key {
    Builder::new("e/").name(&channel.0).rest(platform_id).done()
}

/// Where it is told which conversation has a root that is no message of its own.
pub fn root(queue: Queue, channel: &ChannelId, root: &str) -> Key {
    Builder::new("r/").queue(queue).name(&channel.0).rest(root).done()
}

/// A conversation's place in the order of its queue. Compares as the order key does.
pub fn order(key: &OrderKey) -> Key {
    Builder::new("o/")
        .queue(key.queue)
        .state(key.state)
        .time(key.due_minute)
        .u8(key.lightness)
        .time(key.received)
        .u64(key.id.0)
        .done()
}

/// The order of the conversations of a queue that are in a state.
pub fn order_of(queue: Queue, state: StateKind) -> KeyRange {
    KeyRange::prefix(Builder::new("o/").queue(queue).state(state).done())
}

/// The order of everything that is in one: queue by queue, state by state.
pub fn orders() -> KeyRange {
    KeyRange::prefix("o/")
}

/// Takes a key made by [`order`] apart.
pub fn order_key(key: &[u8]) -> Option<OrderKey> {
    let mut r = Reader::new(key, "o/")?;
    let order = OrderKey {
        queue: r.queue()?,
        state: r.state()?,
        due_minute: r.time()?,
        lightness: r.u8()?,
        received: r.time()?,
        id: ConversationId(r.u64()?),
    };
    r.end(order)
}

/// The place of a timer.
pub fn timer(when: Time, kind: TimerKind, id: ConversationId) -> Key {
    Builder::new("t/").time(when).timer_kind(kind).u64(id.0).done()
}

/// All timers, earliest first.
pub fn timers() -> KeyRange {
    KeyRange::prefix("t/")
}

/// Takes a key made by [`timer`] apart.
pub fn timer_parts(key: &[u8]) -> Option<(Time, TimerKind, ConversationId)> {
    let mut r = Reader::new(key, "t/")?;
    let parts = (r.time()?, r.timer_kind()?, ConversationId(r.u64()?));
    r.end(parts)
}

/// The place of a journal entry.
pub fn journal(seq: u64) -> Key {
    Builder::new("j/").u64(seq).done()
}

/// The whole journal, oldest first.
pub fn journals() -> KeyRange {
    KeyRange::prefix("j/")
}

/// Takes a key made by [`journal`] apart.
pub fn journal_seq(key: &[u8]) -> Option<u64> {
    let mut r = Reader::new(key, "j/")?;
    let seq = r.u64()?;
    r.end(seq)
}

/// The place of an operator's own action, numbered like its journal entry.
pub fn own_action(operator: &OperatorName, seq: u64) -> Key {
    Builder::new("u/").name(&operator.0).u64(seq).done()
}

/// An operator's own actions, oldest first.
pub fn own_actions(operator: &OperatorName) -> KeyRange {
    KeyRange::prefix(Builder::new("u/").name(&operator.0).done())
}

/// Takes a key made by [`own_action`] apart.
pub fn own_action_parts(key: &[u8]) -> Option<(OperatorName, u64)> {
    let mut r = Reader::new(key, "u/")?;
    let parts = (OperatorName(r.name()?), r.u64()?);
    r.end(parts)
}

/// The place of a bucket; `None` = over all channels.
pub fn bucket(
    channel: Option<&ChannelId>,
    metric: Metric,
    resolution: Resolution,
    start: Time,
) -> Key {
    bucket_prefix(channel, metric, resolution).time(start).done()
}

/// The buckets of a figure, oldest first.
pub fn buckets(channel: Option<&ChannelId>, metric: Metric, resolution: Resolution) -> KeyRange {
    KeyRange::prefix(bucket_prefix(channel, metric, resolution).done())
}

fn bucket_prefix(channel: Option<&ChannelId>, metric: Metric, resolution: Resolution) -> Builder {
    let name = channel.map_or("", |c| c.0.as_str());
    Builder::new("k/").name(name).metric(metric).resolution(resolution)
}

/// Takes a key made by [`bucket`] apart: the bucket's channel, figure, length and start.
pub fn bucket_parts(key: &[u8]) -> Option<(Option<ChannelId>, Metric, Resolution, Time)> {
    let mut r = Reader::new(key, "k/")?;
    let channel = Some(r.name()?).filter(|name| !name.is_empty()).map(ChannelId);
    let parts = (channel, r.metric()?, r.resolution()?, r.time()?);
    r.end(parts)
}

/// The place of what came and was handled in an hour.
pub fn flow(hour: Time) -> Key {
    Builder::new("w/").time(hour).u8(0).done()
}

/// The place of an hour's service figures.
pub fn cell(of: &Cell) -> Key {
    let key = Builder::new("w/").time(of.hour).u8(1).name(&of.channel.0).name(&of.policy);
    match &of.operator {
        None => key.done(),
        // The byte tells "outside of the desk" from an operator without a name.
        Some(operator) => key.u8(1).rest(&operator.0).done(),
    }
}

/// Flows and service figures of the hours from one up to (not including) another.
pub fn served(from: Time, to: Time) -> KeyRange {
    KeyRange {
        from: Builder::new("w/").time(from).done(),
        to: Some(Builder::new("w/").time(to).done()),
    }
}

/// Takes a key made by [`flow`] or [`cell`] apart; `Err` is the hour of a flow.
pub fn served_parts(key: &[u8]) -> Option<Result<Cell, Time>> {
    let mut r = Reader::new(key, "w/")?;
    let hour = r.time()?;
    if r.u8()? == 0 {
        return r.end(Err(hour));
    }
    let (channel, policy) = (ChannelId(r.name()?), r.name()?);
    let operator = match r.is_done() {
        true => None,
        false => {
            (r.u8()? == 1).then_some(())?;
            Some(OperatorName(r.rest()?))
        }
    };
    Some(Ok(Cell { hour, channel, policy, operator }))
}

/// The place of a counter.
pub fn tally(of: &Tally) -> Key {
    let key = Builder::new("n/").queue(of.queue).state(of.state).name(&of.platform);
    match &of.assignee {
        None => key.done(),
        // The byte tells "nobody" from an operator without a name.
        Some(operator) => key.u8(1).rest(&operator.0).done(),
    }
}

/// All counters.
pub fn tallies() -> KeyRange {
    KeyRange::prefix("n/")
}

/// Takes a key made by [`tally`] apart.
pub fn tally_parts(key: &[u8]) -> Option<Tally> {
    let mut r = Reader::new(key, "n/")?;
    let (queue, state, platform) = (r.queue()?, r.state()?, r.name()?);
    let assignee = match r.is_done() {
        true => None,
        false => {
            (r.u8()? == 1).then_some(())?;
            Some(OperatorName(r.rest()?))
        }
    };
    Some(Tally { queue, state, platform, assignee })
}

/// The place of a row of the outbox.
pub fn outgoing(at: &OutPlace) -> Key {
    let (number, part) = match at.subject {
        Subject::Message(at) => (at.conversation.0, at.seq),
        Subject::Post(at) => (at.post.0, at.variant),
    };
    outgoing_prefix(&at.channel).out_kind(at.kind).u64(number).u32(part).done()
}

/// What is on its way out on a channel: answers first.
pub fn outbox_of(channel: &ChannelId) -> KeyRange {
    KeyRange::prefix(outgoing_prefix(channel).done())
}

/// What is on its way out of one kind.
pub fn outbox_of_kind(channel: &ChannelId, kind: OutKind) -> KeyRange {
    KeyRange::prefix(outgoing_prefix(channel).out_kind(kind).done())
}

/// What is on its way out of one kind, for the messages of one conversation.
pub fn outbox_for(channel: &ChannelId, kind: OutKind, of: ConversationId) -> KeyRange {
    KeyRange::prefix(outgoing_prefix(channel).out_kind(kind).u64(of.0).done())
}

/// What is on its way out on any channel.
pub fn outbox() -> KeyRange {
    KeyRange::prefix("x/")
}

fn outgoing_prefix(channel: &ChannelId) -> Builder {
    Builder::new("x/").name(&channel.0)
}

/// Takes a key made by [`outgoing`] apart.
pub fn outgoing_parts(key: &[u8]) -> Option<OutPlace> {
    let mut r = Reader::new(key, "x/")?;
    let (channel, kind) = (ChannelId(r.name()?), r.out_kind()?);
    let place = match kind.is_of_posts() {
        false => OutPlace::message(channel, kind, r.message_ref()?),
        true => OutPlace::post(channel, kind, r.variant_ref()?),
    };
    r.end(place)
}

/// Takes a key of schema 2 apart, which knew answers alone.
pub(super) fn waiting_parts_v2(key: &[u8]) -> Option<(ChannelId, MessageRef)> {
    let mut r = Reader::new(key, "x/")?;
    let parts = (ChannelId(r.name()?), r.message_ref()?);
    r.end(parts)
}

/// The place of an operator's draft on a conversation.
pub fn draft(on: ConversationId, operator: &OperatorName) -> Key {
    Builder::new("d/").u64(on.0).name(&operator.0).done()
}

/// The drafts on a conversation.
pub fn drafts(on: ConversationId) -> KeyRange {
    KeyRange::prefix(Builder::new("d/").u64(on.0).done())
}

/// The place of a slot, by its time.
pub fn slot(at: Time, channel: &ChannelId, id: &str) -> Key {
    Builder::new("s/").time(at).name(&channel.0).rest(id).done()
}

/// The slots from a time up to (not including) another.
pub fn slots(from: Time, to: Time) -> KeyRange {
    KeyRange {
        from: Builder::new("s/").time(from).done(),
        to: Some(Builder::new("s/").time(to).done()),
    }
}

/// Where it is told at which time a slot stands.
pub fn slot_time(channel: &ChannelId, id: &str) -> Key {
    Builder::new("S/").name(&channel.0).rest(id).done()
}

/// Where it is told how far a channel got.
pub fn cursor(channel: &ChannelId) -> Key {
    Builder::new("g/").rest(&channel.0).done()
}

/// The place of what the desk keeps of an operator.
pub fn operator(name: &OperatorName) -> Key {
    Builder::new("p/").rest(&name.0).done()
}

/// What the desk keeps of every operator.
pub fn operators() -> KeyRange {
    KeyRange::prefix("p/")
}

/// Where a live claim is told of.
pub fn claim(session: SessionId, id: ConversationId) -> Key {
    Builder::new("l/").u64(session.0).u64(id.0).done()
}

/// All live claims, session by session.
pub fn claims() -> KeyRange {
    KeyRange::prefix("l/")
}

/// Takes a key made by [`claim`] apart.
pub fn claim_parts(key: &[u8]) -> Option<(SessionId, ConversationId)> {
    let mut r = Reader::new(key, "l/")?;
    let parts = (SessionId(r.u64()?), ConversationId(r.u64()?));
    r.end(parts)
}

/// The place of a channel that came with its first event.
pub fn channel(id: &ChannelId) -> Key {
    Builder::new("h/").rest(&id.0).done()
}

/// All channels that came with their first event.
pub fn channels() -> KeyRange {
    KeyRange::prefix("h/")
}

/// The place of the newest figures of a channel's account.
pub fn account_figures(channel: &ChannelId) -> Key {
    Builder::new("a/").rest(&channel.0).done()
}

/// Where it is told what an operator said a message is.
pub fn correction(at: MessageRef) -> Key {
    Builder::new("y/").u64(at.conversation.0).u32(at.seq).done()
}

/// All that operators said messages are.
pub fn corrections() -> KeyRange {
    KeyRange::prefix("y/")
}

/// The place of one of the desk's own facts.
pub fn meta(name: &str) -> Key {
    Builder::new("meta/").rest(name).done()
}

/// How many bytes of a key name the record when its further chunks lie under longer keys (see
/// [`records`](super::records)); `None` when such records are never cut in chunks.
pub fn record_len(key: &[u8]) -> Option<usize> {
    match key.get(..2)? {
        b"c/" | b"j/" | b"q/" | b"P/" | b"N/" | b"E/" => Some(2 + 8),
        b"V/" => Some(2 + 8 + 4 + 4),
        b"m/" => Some(2 + 8 + 4),
        b"d/" => {
            let name = key.get(2 + 8..)?;
            Some(2 + 8 + name.iter().position(|b| *b == 0)? + 1)
        }
        _ => None,
    }
}

/// The place of a further chunk of a record.
pub(super) fn chunk(record: &[u8], number: u8) -> Key {
    let mut key = record.to_vec();
    key.push(number);
    key
}
