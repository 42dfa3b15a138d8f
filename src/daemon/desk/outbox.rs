//! The one outbound path: what is put on its way, what an attempt came to, and what a person says
//! of it. The row of [`Outgoing`] tells how far it is; an answer's `delivery` follows from it.

use super::group::Group;
use super::held;
use super::job::{Caller, JobResult};
use super::posts;
use super::undo::overtaken;
use crate::domain::journal::{Actor, Became, Change, What};
use crate::domain::outbox::{Outcome, Stage};
use crate::domain::{
    ChannelId, ConversationId, Delivery, Guard, Message, MessageRef, OperatorName, OutKind,
    OutPlace, Outgoing, Refusal, SendKey, Subject, Time, triage,
};
use crate::store::{Direction, Read, StoreError, keys, records};
use crate::wire::message::Notice;

/// Rows looked at in one step.
const PAGE: usize = 500;
/// The most bytes kept of a reason that a channel gives.
const MOST_WHY: usize = 500;

/// What a channel's runner tells of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An attempt is about to be made: on disk before it is.
    Attempt,
    /// What it came to, or what a look has shown.
    Came {
        /// To what.
        to: Outcome,
        /// What the channel can do about a doubt.
        guard: Guard,
    },
}

/// Puts something on its way.
///
/// # Errors
/// When the store cannot be read or the key is over its bound.
pub fn put(
    group: &mut Group<'_>,
    place: &OutPlace,
    by: &OperatorName,
    on: bool,
) -> Result<(), StoreError> {
    let is_new = row(group, place)?.is_none();
    let facts = &mut group.memory.facts;
    if facts.desk_mark == 0 {
        // Tells this desk's keys from those of another that uses the same account.
        facts.desk_mark = u16::try_from(group.now.0.rem_euclid(1023)).unwrap_or(0) + 1;
    }
    facts.send_key = SendKey::next(facts.send_key, group.now, facts.desk_mark);
    facts.waiting += u64::from(is_new);
    let row = Outgoing {
        key: facts.send_key,
        made: group.now,
        by: by.clone(),
        on,
        attempts: 0,
        seen: None,
        asked: None,
        stage: Stage::Queued { not_before: held::first_attempt(group, place.kind), why: None },
    };
    write(group, place, &row)
}

/// Takes something off its way; false when it is not there.
///
/// # Errors
/// When the store cannot be read.
pub fn take(group: &mut Group<'_>, place: &OutPlace) -> Result<bool, StoreError> {
    let there = row(group, place)?.is_some();
    if there {
        group.over.delete(keys::outgoing(place));
        group.memory.facts.waiting = group.memory.facts.waiting.saturating_sub(1);
        group.published.outbox = true;
    }
    Ok(there)
}

/// The row that stands there.
///
/// # Errors
/// When the store cannot be read.
pub fn row(group: &Group<'_>, place: &OutPlace) -> Result<Option<Outgoing>, StoreError> {
    records::get(&group.over, &keys::outgoing(place))
}

/// Writes a row.
///
/// # Errors
/// When it cannot be written as a record.
pub fn write(group: &mut Group<'_>, place: &OutPlace, row: &Outgoing) -> Result<(), StoreError> {
    group.published.outbox = true;
    records::put(&mut group.over, keys::outgoing(place), row)
}

/// Takes in what a channel's runner tells.
///
/// # Errors
/// When the store cannot be read.
pub fn step(group: &mut Group<'_>, place: &OutPlace, step: Step) -> Result<JobResult, StoreError> {
    match place.subject {
        Subject::Message(at) => message_step(group, place, at, step),
        Subject::Post(at) => posts::step(group, place, at, step),
    }
}

fn message_step(
    group: &mut Group<'_>,
    place: &OutPlace,
    at: MessageRef,
    step: Step,
) -> Result<JobResult, StoreError> {
    let on = group.hold(at.conversation)?.map(|held| held.now.channel.clone());
    let found = row(group, place)?.filter(|_| on.as_ref() == Some(&place.channel));
    let Some(mut row) = found else {
        // It was taken back, or a person has settled it meanwhile.
        return Ok(JobResult::Refused(Refusal::NothingOpen(at.conversation)));
    };
    if matches!(row.stage, Stage::Held { .. }) {
        // Nothing is under way for it, whatever somebody thinks.
        return Ok(JobResult::Refused(Refusal::NothingOpen(at.conversation)));
    }
    match step {
        Step::Attempt => {
            if let Some(why) = held::check(group, place, &row)? {
                held::hold(group, place, row, why)?;
                // For the runner there is nothing to attempt here.
                return Ok(JobResult::Refused(Refusal::NothingOpen(at.conversation)));
            }
            row.attempts += 1;
            row.stage = Stage::Attempted { at: group.now };
            write(group, place, &row)?;
            deliver(group, place, Delivery::Sending)?;
        }
        Step::Came { to: Outcome::Done { platform_id, url, at }, .. } => {
            done(group, place, &row, platform_id, url, at)?;
        }
        Step::Came { to: Outcome::NotYet { not_before, why }, .. } => {
            row.stage = Stage::Queued { not_before, why: Some(short(why)) };
            write(group, place, &row)?;
            deliver(group, place, Delivery::Waiting)?;
        }
        Step::Came { to: Outcome::Failed { why }, .. } => {
            take(group, place)?;
            let why = short(why);
            deliver(group, place, Delivery::Failed { at: group.now, why: why.clone() })?;
            tell(group, place, &row, Became::Failed, Some(why))?;
        }
        Step::Came { to: Outcome::Unknown { why }, guard } => {
            row.stage = row.in_doubt(guard, short(why), group.now);
            write(group, place, &row)?;
            if let Stage::Unconfirmed { since, why } = &row.stage {
                deliver(group, place, Delivery::Unconfirmed(*since))?;
                tell(group, place, &row, Became::Unconfirmed, Some(why.clone()))?;
            }
        }
    }
    Ok(JobResult::Ok)
}

/// A reason, as far as it is kept.
pub fn short(mut why: String) -> String {
    why.truncate(crate::domain::words::beginning(&why, MOST_WHY).len());
    why
}

/// The platform did it.
///
/// # Errors
/// When the store cannot be read.
pub fn done(
    group: &mut Group<'_>,
    place: &OutPlace,
    row: &Outgoing,
    platform_id: Option<String>,
    url: Option<String>,
    at: Option<Time>,
) -> Result<(), StoreError> {
    take(group, place)?;
    let Some(message) = place.of_message() else { return Ok(()) };
    let MessageRef { conversation, seq } = message;
    let at = not_ahead(at, group.now);
    let Some(mut m) = group.message(message)? else { return Ok(()) };
    match place.kind {
        OutKind::Reply => {
            if let Some(id) = platform_id.filter(|id| id.len() <= keys::MAX_NAME) {
                super::inbound::drop_echo(group, &place.channel, &id, message)?;
                records::put(&mut group.over, keys::known(&place.channel, &id), &message)?;
                m.platform_id = id;
            }
            m.permalink = url.filter(|url| super::inbound::fits_link(url)).or(m.permalink);
            let stood = m.is_standing_reply();
            m.delivery = Delivery::Sent(at);
            m.withdrawn = None;
            group.put_message(conversation, seq, m)?;
            match stood {
                true => group.absorb_change(conversation, seq)?,
                false => group.settle(conversation, seq)?,
            }
        }
        OutKind::Like => {
            m.liked = row.on;
            group.put_message(conversation, seq, m)?;
        }
        OutKind::Hide => {
            m.hidden = row.on;
            group.put_message(conversation, seq, m)?;
        }
        OutKind::Delete => {
            m.withdrawn.get_or_insert(at);
            group.put_message(conversation, seq, m)?;
            group.settle_withdrawn(conversation)?;
        }
        OutKind::Block | OutKind::Publish | OutKind::Unpublish => {}
    }
    tell(group, place, row, Became::Done, None)
}

/// When the platform did something. Its clock is not ours: what it calls the future is now.
pub fn not_ahead(at: Option<Time>, now: Time) -> Time {
    at.filter(|at| *at >= Time::EARLIEST).map_or(now, |at| at.min(now))
}

/// Changes how far an answer has come, and derives what follows from that.
///
/// # Errors
/// When the store cannot be read.
pub fn deliver(
    group: &mut Group<'_>,
    place: &OutPlace,
    delivery: Delivery,
) -> Result<(), StoreError> {
    let Some(at) = place.of_message().filter(|_| place.kind == OutKind::Reply) else {
        return Ok(());
    };
    let MessageRef { conversation, seq } = at;
    let Some(mut m) = group.message(at)? else { return Ok(()) };
    if m.delivery == delivery {
        return Ok(());
    }
    let stood = m.is_standing_reply();
    m.delivery = delivery;
    let stands = m.is_standing_reply();
    group.put_message(conversation, seq, m)?;
    match (stood, stands) {
        (true, false) => group.settle_unanswered(conversation),
        (false, true) => group.settle(conversation, seq),
        _ => group.absorb_change(conversation, seq),
    }
}

/// Journals what became of a row, and tells whoever asked for it when that is bad news.
///
/// # Errors
/// When it cannot be written.
pub fn tell(
    group: &mut Group<'_>,
    place: &OutPlace,
    row: &Outgoing,
    became: Became,
    why: Option<String>,
) -> Result<(), StoreError> {
    let Some(message) = place.of_message() else { return Ok(()) };
    let what = What::Outgoing { message, what: place.kind, on: row.on, became };
    group.write_entry(Actor::Channel(place.channel.clone()), what)?;
    if let Some(why) = why {
        let id = message.conversation;
        let notice = Notice::Unsent { id, what: place.kind, became, why };
        group.published.notices.push((row.by.clone(), notice));
    }
    Ok(())
}

/// Asks the platform for something about a message.
///
/// # Errors
/// When the store cannot be read.
pub fn moderate(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    message: Option<u32>,
    what: OutKind,
    on: bool,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let (place, open) = match look(group, id, message, what, on)? {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let seq = place.of_message().map_or(0, |at| at.seq);
    let change = Change::Asked { seq, what, on };
    match open {
        // Asked for both before either was done: nothing is left to do.
        true => drop(take(group, &place)?),
        false => put(group, &place, &by.operator, on)?,
    }
    Ok(Ok(vec![change]))
}

/// What [`moderate`] would find: where the request goes, and whether its opposite waits there still.
///
/// # Errors
/// When the store cannot be read.
pub fn look(
    group: &mut Group<'_>,
    id: ConversationId,
    message: Option<u32>,
    what: OutKind,
    on: bool,
) -> Result<Result<(OutPlace, bool), Refusal>, StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let (c, channel) = (held.now.clone(), held.now.channel.clone());
    let Some(can) = group.setup.can.of(&channel) else {
        return Ok(Err(Refusal::NotConnected { id, channel }));
    };
    let Some(seq) = message.or_else(|| c.speaks_of().map(|head| head.seq)) else {
        return Ok(Err(Refusal::NoMessage(id)));
    };
    let at = MessageRef { conversation: id, seq };
    let Some(m) = group.message(at)? else { return Ok(Err(Refusal::NoMessage(id))) };
    if m.erased.is_some() {
        return Ok(Err(Refusal::Erased(id)));
    }
    let place = OutPlace::message(channel, what, at);
    if let Some(row) = row(group, &place)? {
        return Ok(match (row.stage.is_queued(), row.on == on) {
            (true, false) => Ok((place, true)),
            (_, true) => Err(Refusal::Unchanged(id)),
            (false, false) => Err(Refusal::UnderWay(id)),
        });
    }
    Ok(triage::can_ask(&c, &m, what, on, &can).map(|()| (place, false)))
}

/// Takes a request back, or asks for it again: the other way round of [`moderate`].
///
/// # Errors
/// When the store cannot be read.
pub fn ask_back(
    group: &mut Group<'_>,
    by: &Caller,
    at: MessageRef,
    what: OutKind,
    on: bool,
) -> Result<Result<(), Refusal>, StoreError> {
    let id = at.conversation;
    if what == OutKind::Delete && !on {
        let channel = group.hold(id)?.map(|held| held.now.channel.clone());
        let Some(channel) = channel else { return Ok(Err(Refusal::NoSuchConversation(id))) };
        let place = OutPlace::message(channel, what, at);
        return Ok(match row(group, &place)?.map(|row| row.stage.is_queued()) {
            Some(true) => {
                take(group, &place)?;
                Ok(())
            }
            Some(false) => Err(Refusal::UnderWay(id)),
            None => Err(Refusal::ChangedSince(id)),
        });
    }
    Ok(moderate(group, by, id, Some(at.seq), what, on)?.map(|_| ()))
}

/// Which of a conversation's answers a person has to decide about.
fn open_replies(
    group: &mut Group<'_>,
    id: ConversationId,
    is_open: impl Fn(&Message) -> bool,
) -> Result<Vec<(u32, Message)>, StoreError> {
    let messages = group.hold(id)?.map_or(0, |held| held.now.messages);
    let mut found = Vec::new();
    // What waits for a decision is among the last of a conversation.
    for seq in messages.saturating_sub(200)..messages {
        let Some(m) = group.message(MessageRef { conversation: id, seq })? else { continue };
        if m.is_ours_from_here() && m.withdrawn.is_none() && is_open(&m) {
            found.push((seq, m));
        }
    }
    Ok(found)
}

/// A person says that a conversation's open answers are on the platform.
///
/// # Errors
/// When the store cannot be read.
pub fn mark_sent(
    group: &mut Group<'_>,
    id: ConversationId,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let channel = held.now.channel.clone();
    // Where no connector sends, people do.
    let by_hand = group.setup.can.of(&channel).is_none_or(|can| !can.reply);
    let open = open_replies(group, id, |m| match m.delivery {
        Delivery::Held(_) | Delivery::Unconfirmed(_) | Delivery::Failed { .. } => true,
        Delivery::Waiting | Delivery::Sending => by_hand,
        Delivery::None | Delivery::Sent(_) => false,
    })?;
    let mut changes = Vec::new();
    for (seq, _) in open {
        let message = MessageRef { conversation: id, seq };
        let place = reply_place(&channel, message);
        take(group, &place)?;
        deliver(group, &place, Delivery::Sent(group.now))?;
        changes.push(Change::Settled { seq, sent: true });
    }
    Ok(if changes.is_empty() { Err(Refusal::NothingOpen(id)) } else { Ok(changes) })
}

/// A person says that a conversation's open answers are not on the platform: they are sent again,
/// as something new.
///
/// # Errors
/// When the store cannot be read.
pub fn send_again(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let channel = held.now.channel.clone();
    let is_open = |m: &Message| {
        matches!(m.delivery, Delivery::Held(_) | Delivery::Unconfirmed(_) | Delivery::Failed { .. })
    };
    let mut changes = Vec::new();
    for (seq, m) in open_replies(group, id, is_open)? {
        let message = MessageRef { conversation: id, seq };
        if matches!(m.delivery, Delivery::Held(_)) {
            // Whoever sends one that is held has been told what came in.
            let place = reply_place(&channel, message);
            changes.extend(held::send_anyway(group, by, &place)?);
            continue;
        }
        if let Some(why) = overtaken(group, message)? {
            return Ok(Err(why));
        }
        let place = reply_place(&channel, message);
        take(group, &place)?;
        put(group, &place, &by.operator, true)?;
        if let Some(mut again) = row(group, &place)? {
            // It was thought over already.
            again.stage = Stage::new();
            write(group, &place, &again)?;
        }
        deliver(group, &place, Delivery::Waiting)?;
        changes.push(Change::Settled { seq, sent: false });
    }
    Ok(if changes.is_empty() { Err(Refusal::NothingOpen(id)) } else { Ok(changes) })
}

/// After a restore: what waited when the export was made may have gone out since, from the desk it
/// was made of. Each row counts as interrupted.
///
/// # Errors
/// When the store cannot be read.
pub fn doubt_all(group: &mut Group<'_>) -> Result<(), StoreError> {
    let mut range = keys::outbox();
    loop {
        let page = group.over.range(&range, PAGE, Direction::Forward)?;
        let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        for (key, bytes) in page.rows {
            let Some(place) = keys::outgoing_parts(&key) else { continue };
            let mut row: Outgoing = records::decode(&key, &bytes)?;
            if row.stage.is_queued() {
                row.stage = Stage::Attempted { at: row.made };
                write(group, &place, &row)?;
                deliver(group, &place, Delivery::Sending)?;
            }
        }
        match last {
            Some(last) => range = range.after(&last, Direction::Forward),
            None => return Ok(()),
        }
    }
}

/// Where a reply's row stands.
pub fn reply_place(channel: &ChannelId, reply: MessageRef) -> OutPlace {
    OutPlace::message(channel.clone(), OutKind::Reply, reply)
}
