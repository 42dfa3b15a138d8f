//! What readers may ask of the store, from any thread.

use crate::domain::filter::Filter;
use crate::domain::journal::Entry;
use crate::domain::order::StateKind;
use crate::domain::slot::Slot;
use crate::domain::{
    Channel, ChannelId, ConversationId, Message, MessageRef, OperatorName, OrderKey, Queue,
    Refusal, Time,
};
use crate::store::Store;
use crate::wire::message::{Detail, Kpis, Row, SinceLeft, Window, WindowSpec};

/// What a reader gets: the answer, or a refusal that can be sent as it is (a filter that cannot
/// be read, a store that fails).
pub type Read<T> = Result<T, Refusal>;

/// The rows of a window as they are now. `more_urgent` is left 0: only the session knows since
/// when. `total` is exact when a counter knows it, else "at least".
///
/// # Errors
/// [`Refusal::BadFilter`], [`Refusal::Store`].
pub fn window(
    _store: &dyn Store,
    spec: &WindowSpec,
    queue: Queue,
    _me: &OperatorName,
    _now: Time,
) -> Read<Window> {
    Ok(Window {
        queue,
        spec: spec.clone(),
        rows: vec![],
        at_top: true,
        at_bottom: true,
        more_urgent: 0,
        total: (0, true),
    })
}

/// A page of a queue (`None` = both, comments first) in queue order, and where to go on. The page
/// may hold fewer rows than the limit, even none, and still go on: each call reads a bounded part.
/// Open ones only, unless the filter names a state; resolved ones come last, newest first.
///
/// # Errors
/// [`Refusal::Store`].
pub fn list(
    _store: &dyn Store,
    _queue: Option<Queue>,
    _filter: &Filter,
    _after: Option<OrderKey>,
    _limit: usize,
    _now: Time,
) -> Read<(Vec<Row>, Option<OrderKey>)> {
    Ok((vec![], None))
}

/// A conversation with its newest messages and this operator's draft.
///
/// # Errors
/// [`Refusal::Store`].
pub fn detail(_store: &dyn Store, _id: ConversationId, _me: &OperatorName) -> Read<Option<Detail>> {
    Ok(None)
}

/// The sparklines of the last hour; `open_now` is the present number of open conversations, from
/// which the backlog is reckoned backwards.
///
/// # Errors
/// [`Refusal::Store`].
pub fn kpis(_store: &dyn Store, _now: Time, _open_now: u64) -> Read<Kpis> {
    Ok(Kpis::default())
}

/// Slots that go out from `from` on and before `to`, in order of time.
///
/// # Errors
/// [`Refusal::Store`].
pub fn slots(_store: &dyn Store, _from: Time, _to: Time) -> Read<Vec<Slot>> {
    Ok(vec![])
}

/// Start and end of the day `now` lies in, in an IANA zone; `None` or an unknown one = UTC.
pub fn day(_zone: Option<&str>, now: Time) -> (Time, Time) {
    (now, now)
}

/// Replies that wait for these channels, oldest conversation first, at most `limit`.
///
/// # Errors
/// [`Refusal::Store`].
pub fn outbox(
    _store: &dyn Store,
    _channels: &[ChannelId],
    _limit: usize,
) -> Read<Vec<(MessageRef, ChannelId, Message)>> {
    Ok(vec![])
}

/// Journal entries from a number on, oldest first.
///
/// # Errors
/// [`Refusal::Store`].
pub fn journal(_store: &dyn Store, _from: u64, _limit: usize) -> Read<Vec<(u64, Entry)>> {
    Ok(vec![])
}

/// What happened since this operator's last session ended; `None` for one who was never here.
///
/// # Errors
/// [`Refusal::Store`].
pub fn since_left(_store: &dyn Store, _me: &OperatorName) -> Read<Option<SinceLeft>> {
    Ok(None)
}

/// The cursor kept for a channel.
///
/// # Errors
/// [`Refusal::Store`].
pub fn cursor(_store: &dyn Store, _channel: &ChannelId) -> Read<Option<String>> {
    Ok(None)
}

/// Channels that came with their first event, in order of name; configured ones are not here.
///
/// # Errors
/// [`Refusal::Store`].
pub fn channels(_store: &dyn Store) -> Read<Vec<Channel>> {
    Ok(vec![])
}

/// Conversations by queue and state, from the counters.
///
/// # Errors
/// [`Refusal::Store`].
pub fn counts(_store: &dyn Store) -> Read<Vec<(Queue, StateKind, u64)>> {
    Ok(vec![])
}
