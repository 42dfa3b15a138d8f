//! Answers that wait on the desk: looked at once more before they go out, held when something came
//! in meanwhile, taken back into a draft.

use super::group::Group;
use super::job::Caller;
use super::outbox::{deliver, reply_place, row, take, tell, write};
use crate::domain::journal::{Became, Change};
use crate::domain::outbox::{Hold, Stage, overtakes};
use crate::domain::{
    ConversationId, Delivery, Draft, Message, MessageRef, OperatorName, OutKind, OutPlace,
    Outgoing, Refusal, Span, Time, canned, limit,
};
use crate::store::{StoreError, keys, records};
use crate::wire::message::Notice;

/// Messages that are looked at for one that overtakes an answer; with so many new ones it is held.
const MOST_NEW: u32 = 50;

/// Not before this time, for an answer that is put on its way now.
pub fn first_attempt(group: &Group<'_>, kind: OutKind) -> Time {
    match kind {
        OutKind::Reply if group.setup.sending.undo.0 > 0 => group.now + group.setup.sending.undo,
        _ => Time(i64::MIN),
    }
}

/// Until when an answer can still be taken back, when something sends it.
///
/// # Errors
/// When the store cannot be read.
pub fn goes_at(group: &mut Group<'_>, ids: &[ConversationId]) -> Result<Option<Time>, StoreError> {
    let at = first_attempt(group, OutKind::Reply);
    if at <= group.now {
        return Ok(None);
    }
    for id in ids {
        let channel = group.hold(*id)?.map(|held| held.now.channel.clone());
        let can = channel.and_then(|channel| group.setup.can.of(&channel));
        if can.is_some_and(|can| can.reply) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Why an answer that is about to go out has to be looked at again.
///
/// # Errors
/// When the store cannot be read.
pub fn check(
    group: &mut Group<'_>,
    place: &OutPlace,
    row: &Outgoing,
) -> Result<Option<Hold>, StoreError> {
    // What may have got through already is past holding.
    if place.kind != OutKind::Reply || !row.stage.is_queued() {
        return Ok(None);
    }
    let Some(MessageRef { conversation, seq }) = place.of_message() else { return Ok(None) };
    let messages = group.hold(conversation)?.map_or(0, |held| held.now.messages);
    let from = row.seen.unwrap_or(0).max(seq + 1);
    let mut new = 0;
    for seq in from..messages.min(from.saturating_add(MOST_NEW)) {
        let later = group.message(MessageRef { conversation, seq })?;
        new += u32::from(later.is_some_and(|m| overtakes(&m, &row.by)));
    }
    if new > 0 {
        return Ok(Some(Hold::Overtaken { new }));
    }
    let sending = group.setup.sending;
    let most = Span(sending.ask_after.0.saturating_add(sending.undo.0));
    Ok(row.waited_out(most, group.now).map(|since| Hold::Waited { since }))
}

/// Holds an answer, and tells who wrote it.
///
/// # Errors
/// When the store cannot be read.
pub fn hold(
    group: &mut Group<'_>,
    place: &OutPlace,
    mut row: Outgoing,
    why: Hold,
) -> Result<(), StoreError> {
    row.stage = Stage::Held { since: group.now, why };
    write(group, place, &row)?;
    deliver(group, place, Delivery::Held(group.now))?;
    tell(group, place, &row, Became::Held, None)?;
    if let Some(at) = place.of_message() {
        let id = at.conversation;
        group.published.notices.push((row.by, Notice::Held { id, why }));
    }
    Ok(())
}

/// Lets an answer that is held go out, whatever came in until now.
///
/// # Errors
/// When the store cannot be read.
pub fn send_anyway(
    group: &mut Group<'_>,
    by: &Caller,
    place: &OutPlace,
) -> Result<Option<Change>, StoreError> {
    let Some(MessageRef { conversation, seq }) = place.of_message() else { return Ok(None) };
    let messages = group.hold(conversation)?.map_or(0, |held| held.now.messages);
    let Some(mut row) = row(group, place)?.filter(|row| !row.stage.is_queued()) else {
        return Ok(None);
    };
    row.by = by.operator.clone();
    (row.seen, row.asked) = (Some(messages), Some(group.now));
    row.stage = Stage::new();
    write(group, place, &row)?;
    deliver(group, place, Delivery::Waiting)?;
    Ok(Some(Change::Settled { seq, sent: false }))
}

/// Takes the newest answer that has not left the desk back into a draft of whoever asks.
///
/// # Errors
/// When the store cannot be read.
pub fn take_back(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let (channel, messages, before) =
        (held.now.channel.clone(), held.now.messages, held.now.state.clone());
    let mut under_way = false;
    // What waits is among the last of a conversation.
    for seq in (messages.saturating_sub(200)..messages).rev() {
        let at = MessageRef { conversation: id, seq };
        let Some(m) = group.message(at)? else { continue };
        if !m.is_ours_from_here() || m.withdrawn.is_some() {
            continue;
        }
        under_way |= matches!(m.delivery, Delivery::Sending);
        if !matches!(m.delivery, Delivery::Waiting | Delivery::Held(_)) {
            continue;
        }
        let place = reply_place(&channel, at);
        if row(group, &place)?.is_some_and(|row| !row.stage.is_here()) {
            continue;
        }
        take(group, &place)?;
        let text = m.text.clone();
        group.put_message(id, seq, Message { withdrawn: Some(group.now), ..m })?;
        group.settle_unanswered(id)?;
        redraft(group, &by.operator, id, &text)?;
        let mut changes = vec![Change::Message { seq, added: false }];
        if let Some(held) = group.hold(id)?.filter(|held| held.now.state != before) {
            changes.push(Change::State { from: before, to: held.now.state.clone() });
        }
        return Ok(Ok(changes));
    }
    Ok(Err(if under_way { Refusal::UnderWay(id) } else { Refusal::NothingOpen(id) }))
}

/// What was taken back can be gone on with, unless another draft is there.
///
/// # Errors
/// When the store cannot be read.
pub fn redraft(
    group: &mut Group<'_>,
    operator: &OperatorName,
    id: ConversationId,
    text: &str,
) -> Result<(), StoreError> {
    let key = keys::draft(id, operator);
    let there: Option<Draft> = records::get(&group.over, &key)?;
    if there.is_some_and(|draft| !draft.text.trim().is_empty()) {
        return Ok(());
    }
    let seen = group.hold(id)?.map(|held| held.now.messages);
    records::put(&mut group.over, key, &Draft { text: text.to_owned(), seen })
}

/// What was taken back goes out after all: the draft of it is done with.
///
/// # Errors
/// When the store cannot be read.
pub fn drop_draft(
    group: &mut Group<'_>,
    operator: &OperatorName,
    id: ConversationId,
    text: &str,
) -> Result<(), StoreError> {
    let key = keys::draft(id, operator);
    let there: Option<Draft> = records::get(&group.over, &key)?;
    if there.is_some_and(|draft| draft.text == text) {
        records::remove(&mut group.over, key)?;
    }
    Ok(())
}

/// A text for one conversation, its places filled.
///
/// # Errors
/// When the store cannot be read.
pub fn fill(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    text: &str,
) -> Result<Result<String, Refusal>, StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let c = held.now.clone();
    let mut filled = text.to_owned();
    if canned::places(text).next().is_some() {
        let message = match c.speaks_of().map(|head| head.seq) {
            Some(seq) => group.message(MessageRef { conversation: id, seq })?,
            None => None,
        };
        let channel = group.configured(&c.channel).map(|c| c.title.as_str()).unwrap_or_default();
        filled = canned::fill(
            text,
            &canned::Known {
                conversation: &c,
                message: message.as_ref(),
                operator: &by.operator,
                channel,
                desk: &group.setup.name,
            },
        );
        // A value may hold braces: only what the text itself has counts as open.
        let unknown = |p: &canned::Place<'_>| filled.contains(&text[p.start..p.end]);
        if let Some(open) = canned::places(text).find(unknown) {
            let place = open.name.trim_start_matches('?').trim().to_owned();
            return Ok(Err(Refusal::Unfilled { id, place }));
        }
    }
    Ok(Ok(filled))
}

/// The text of an answer to one conversation: its places filled, its length within the bounds.
///
/// # Errors
/// When the store cannot be read.
pub fn text_for(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    text: &str,
) -> Result<Result<String, Refusal>, StoreError> {
    let filled = match fill(group, by, id, text)? {
        Ok(filled) => filled,
        Err(why) => return Ok(Err(why)),
    };
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let c = &held.now;
    let (channel, platform, queue) = (c.channel.clone(), c.platform.clone(), c.queue);
    let can = group.setup.can.of(&channel);
    let limit = limit::of(&platform, queue, can.as_ref());
    Ok(match limit.measure(&filled).filter(|m| m.is_over()) {
        Some(measure) => Err(Refusal::OverLimit { id, channel, measure }),
        None => Ok(filled),
    })
}
