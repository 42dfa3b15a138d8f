//! The one inbound path: an event becomes a message of a conversation, or a change of one.

use super::group::Group;
use super::records::AccountFigures;
use super::{posts, series, threading};
use crate::domain::event::{MessageEvent, SlotEvent};
use crate::domain::slot::Slot;
use crate::domain::{
    Attachment, Author, Channel, ChannelId, Delivery, Event, Message, MessageKind, MessageRef,
    PastPost, Queue, Span, Time,
};
use crate::store::{StoreError, keys, records};
use crate::text::Msg;
use crate::text::catalogue::desk as say;
use crate::wire::message::Ingested;
use std::collections::BTreeMap;

/// A message may be this far ahead of the desk's clock: platforms' clocks are not ours.
const AHEAD: Span = Span::hours(48);
/// The most attachments kept of a message, and the most bytes of a link.
const ATTACHMENTS: usize = 16;
const LINK: usize = 1024;
/// The most bytes kept of a slot's title.
const TITLE: usize = 1024;
/// The most figures kept of an account.
const MOST_FIGURES: usize = 40;

/// The latest moment that something may be of. A clock that was set back makes nothing a thing of the
/// future that was none before.
fn latest(group: &Group<'_>) -> Time {
    group.now.max(group.memory.facts.latest) + AHEAD
}

/// What became of one event.
enum Took {
    Added { opened: bool },
    Changed,
    Known,
    Rejected(Msg),
}

/// Takes events in, in order. An event that cannot be placed is rejected alone.
///
/// # Errors
/// When the store cannot be read.
pub fn ingest(
    group: &mut Group<'_>,
    cursor: Option<(ChannelId, String)>,
    events: Vec<Event>,
) -> Result<Ingested, StoreError> {
    let mut done = Ingested::default();
    for (place, event) in events.into_iter().enumerate() {
        match take(group, event)? {
            Took::Added { opened } => {
                done.added += 1;
                done.opened += u32::from(opened);
            }
            Took::Changed => done.changed += 1,
            Took::Known => done.known += 1,
            Took::Rejected(why) => {
                let place = u32::try_from(place).unwrap_or(u32::MAX);
                done.rejected.push((place, why.en.to_owned()));
            }
        }
    }
    if let Some((channel, cursor)) = cursor {
        records::put(&mut group.over, keys::cursor(&channel), &cursor)?;
    }
    Ok(done)
}

fn take(group: &mut Group<'_>, event: Event) -> Result<Took, StoreError> {
    let names = match &event {
        Event::Message(m) => [m.channel.0.as_str(), &m.id],
        Event::Slot(s) => [s.channel.0.as_str(), &s.id],
        Event::Published(p) => [p.channel.0.as_str(), &p.id],
        Event::Edited { channel, id, .. }
        | Event::Deleted { channel, id, .. }
        | Event::Likes { channel, id, .. } => [channel.0.as_str(), id],
        Event::Metrics { channel, .. } => [channel.0.as_str(), "-"],
    };
    if names.iter().any(|name| name.is_empty()) {
        return Ok(Took::Rejected(say::REJECT_NO_ID));
    }
    if names.iter().any(|name| name.len() > keys::MAX_NAME) {
        return Ok(Took::Rejected(say::REJECT_LONG_ID));
    }
    match event {
        Event::Message(m) => message(group, m),
        Event::Edited { channel, id, text, at } => {
            change(group, &channel, &id, |m| edit(m, text, at))
        }
        Event::Deleted { channel, id, at } => deleted(group, &channel, &id, at),
        Event::Likes { channel, id, likes } => {
            change(group, &channel, &id, |m| Ok(std::mem::replace(&mut m.likes, likes) != likes))
        }
        Event::Metrics { channel, at, values } => metrics(group, &channel, at, values),
        Event::Slot(slot) => take_slot(group, slot),
        Event::Published(post) => take_post(group, *post),
    }
}

fn message(group: &mut Group<'_>, mut e: MessageEvent) -> Result<Took, StoreError> {
    let long = |name: &Option<String>| name.as_ref().is_some_and(|n| n.len() > keys::MAX_NAME);
    if long(&e.thread) || long(&e.in_reply_to) || e.platform.len() > keys::MAX_NAME {
        return Ok(Took::Rejected(say::REJECT_LONG_ID));
    }
    if e.at < Time::EARLIEST || e.at > latest(group) {
        return Ok(Took::Rejected(say::REJECT_TIME));
    }
    if e.text.len() > Message::MOST_TEXT {
        return Ok(Took::Rejected(say::REJECT_LONG_TEXT));
    }
    if group.was_erased(&e.channel, &e.id)? {
        // It was here, and whoever wrote it has had it erased: it does not come back.
        return Ok(Took::Known);
    }
    group.stand_in(&e.channel, &mut e.thread)?;
    group.stand_in(&e.channel, &mut e.in_reply_to)?;
    let kind = kind_of(&e);
    if kind == MessageKind::Post {
        posts::seen(group, &e)?;
    }
    let place = keys::known(&e.channel, &e.id);
    if let Some(at) = records::get::<MessageRef>(&group.over, &place)? {
        return seen_again(group, at, &e);
    }
    know_channel(group, &e.channel, &e.platform)?;
    let (id, opened) = threading::place(group, &e)?;
    let channel = std::mem::replace(&mut e.channel, ChannelId(String::new()));
    let seq = group.add_message(id, stored(e, kind, group.now))?;
    // The conversation was just found or made, so it is there.
    let Some(seq) = seq else { return Ok(Took::Rejected(say::REJECT_UNKNOWN)) };
    let at = MessageRef { conversation: id, seq };
    records::put(&mut group.over, place, &at)?;
    group.note_received(&channel, at);
    if kind == MessageKind::Inbound {
        group.published.new_inbound.push(id);
    }
    Ok(Took::Added { opened })
}

/// What a message is to its conversation. One of ours that hangs below nothing is what others
/// comment on: it answers nobody, whatever time it bears.
fn kind_of(e: &MessageEvent) -> MessageKind {
    let hangs =
        |above: &Option<String>| above.as_ref().is_some_and(|id| !id.is_empty() && *id != e.id);
    match e.ours {
        false => MessageKind::Inbound,
        true if e.queue == Queue::Comments && !hangs(&e.thread) && !hangs(&e.in_reply_to) => {
            MessageKind::Post
        }
        true => MessageKind::Reply,
    }
}

fn stored(e: MessageEvent, kind: MessageKind, now: Time) -> Message {
    Message {
        kind,
        platform_id: e.id,
        in_reply_to: e.in_reply_to,
        author: Author {
            id: head(e.author.id, keys::MAX_NAME),
            name: head(e.author.name, keys::MAX_NAME),
        },
        operator: None,
        text: e.text,
        at: e.at,
        arrived: now,
        likes: e.likes,
        permalink: e.permalink.filter(|link| link.len() <= LINK),
        attachments: e
            .attachments
            .into_iter()
            .filter(|a| a.link.len() <= LINK)
            .take(ATTACHMENTS)
            .map(|a| Attachment { kind: head(a.kind, 32), ..a })
            .collect(),
        delivery: Delivery::None,
        withdrawn: None,
        edited: None,
        liked: false,
        hidden: false,
        erased: None,
        answered: None,
        class: None,
    }
}

/// The beginning of a text, cut between characters.
fn head(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(crate::domain::words::beginning(&text, most).len());
    }
    text
}

/// A message that is known came again: its text may have changed, its likes may have grown.
fn seen_again(group: &mut Group<'_>, at: MessageRef, e: &MessageEvent) -> Result<Took, StoreError> {
    let from_here = |m: &Message| m.operator.is_some();
    change_at(group, at, |m| {
        let mut changed = false;
        // A channel that tells of edits has told what the text is now; this is the older one.
        let edited_since = m.edited.is_some_and(|edited| edited > e.at);
        if m.text != e.text && !edited_since && !from_here(m) {
            m.text.clone_from(&e.text);
            m.edited = Some(e.at);
            changed = true;
        }
        if e.likes > m.likes {
            m.likes = e.likes;
            changed = true;
        }
        Ok(changed)
    })
}

fn edit(m: &mut Message, text: String, at: Time) -> Result<bool, Msg> {
    if text.len() > Message::MOST_TEXT {
        return Err(say::REJECT_LONG_TEXT);
    }
    if m.text == text || m.edited.is_some_and(|last| last > at) {
        return Ok(false);
    }
    m.text = text;
    m.edited = Some(at);
    Ok(true)
}

fn change(
    group: &mut Group<'_>,
    channel: &ChannelId,
    id: &str,
    how: impl FnOnce(&mut Message) -> Result<bool, Msg>,
) -> Result<Took, StoreError> {
    match known(group, channel, id)? {
        Some(at) => change_at(group, at, how),
        None if group.was_erased(channel, id)? => Ok(Took::Known),
        None => Ok(Took::Rejected(say::REJECT_UNKNOWN)),
    }
}

fn known(
    group: &Group<'_>,
    channel: &ChannelId,
    id: &str,
) -> Result<Option<MessageRef>, StoreError> {
    records::get(&group.over, &keys::known(channel, id))
}

fn change_at(
    group: &mut Group<'_>,
    at: MessageRef,
    how: impl FnOnce(&mut Message) -> Result<bool, Msg>,
) -> Result<Took, StoreError> {
    let Some(mut m) = group.message(at)? else { return Ok(Took::Rejected(say::REJECT_UNKNOWN)) };
    let before = m.text.clone();
    match how(&mut m) {
        Err(why) => Ok(Took::Rejected(why)),
        Ok(false) => Ok(Took::Known),
        Ok(true) => {
            if m.text != before {
                group.judge_edited(at, &before, &mut m);
            }
            group.put_message(at.conversation, at.seq, m)?;
            group.absorb_change(at.conversation, at.seq)?;
            Ok(Took::Changed)
        }
    }
}

fn deleted(
    group: &mut Group<'_>,
    channel: &ChannelId,
    id: &str,
    when: Time,
) -> Result<Took, StoreError> {
    let is_post = posts::gone(group, channel, id, when)?;
    let Some(at) = known(group, channel, id)? else {
        if group.was_erased(channel, id)? {
            return Ok(Took::Known);
        }
        return Ok(if is_post { Took::Changed } else { Took::Rejected(say::REJECT_UNKNOWN) });
    };
    let Some(mut m) = group.message(at)? else { return Ok(Took::Rejected(say::REJECT_UNKNOWN)) };
    if m.withdrawn.is_some() {
        return Ok(Took::Known);
    }
    m.withdrawn = Some(when);
    group.put_message(at.conversation, at.seq, m)?;
    group.settle_withdrawn(at.conversation)?;
    Ok(Took::Changed)
}

/// The platform showed our reply before it told us that it had taken it: the reply stands, its
/// echo goes.
///
/// # Errors
/// When the store cannot be read.
pub fn drop_echo(
    group: &mut Group<'_>,
    channel: &ChannelId,
    id: &str,
    reply: MessageRef,
) -> Result<(), StoreError> {
    let Some(echo) = known(group, channel, id)?.filter(|at| *at != reply) else { return Ok(()) };
    let Some(mut m) = group.message(echo)?.filter(Message::is_standing_reply) else {
        return Ok(());
    };
    m.withdrawn = Some(group.now);
    m.platform_id.clear();
    group.put_message(echo.conversation, echo.seq, m)?;
    group.recompute(echo.conversation)
}

/// Whether a link is one that the desk keeps.
pub fn fits_link(link: &str) -> bool {
    link.len() <= LINK && (link.starts_with("https://") || link.starts_with("http://"))
}

/// Keeps a channel that no file names, as its first event describes it.
fn know_channel(group: &mut Group<'_>, id: &ChannelId, platform: &str) -> Result<(), StoreError> {
    if group.configured(id).is_some() || group.memory.channels.contains_key(id) {
        return Ok(());
    }
    let channel = Channel {
        id: id.clone(),
        platform: platform.to_owned(),
        title: String::new(),
        reply_window: None,
    };
    records::put(&mut group.over, keys::channel(&channel.id), &channel)?;
    group.memory.channels.insert(channel.id.clone(), channel);
    group.published.state = true;
    Ok(())
}

/// Keeps the figures of an account: how they went, and the newest of each.
fn metrics(
    group: &mut Group<'_>,
    channel: &ChannelId,
    at: Time,
    mut values: BTreeMap<String, i64>,
) -> Result<Took, StoreError> {
    if at < Time::EARLIEST {
        return Ok(Took::Rejected(say::REJECT_TIME));
    }
    let at = at.min(group.now);
    values.retain(|name, _| series::is_name(name));
    while values.len() > MOST_FIGURES {
        values.pop_last();
    }
    let mut is_new = false;
    for (name, value) in &values {
        is_new |= series::note(group, channel, name, at, *value)?;
    }
    group.published.figures |= is_new;
    let key = keys::account_figures(channel);
    let before: Option<AccountFigures> = records::get(&group.over, &key)?;
    let mut now = before.clone().unwrap_or_default();
    if at >= now.at {
        now.at = at;
        now.values.extend(values);
        while now.values.len() > MOST_FIGURES {
            now.values.pop_last();
        }
        if before.as_ref() != Some(&now) {
            records::put(&mut group.over, key, &now)?;
            is_new = true;
        }
    }
    Ok(if is_new { Took::Changed } else { Took::Known })
}

/// Keeps a post that is out; of one that is known, the newer figures.
fn take_post(group: &mut Group<'_>, mut post: PastPost) -> Result<Took, StoreError> {
    if post.platform.len() > keys::MAX_NAME {
        return Ok(Took::Rejected(say::REJECT_LONG_ID));
    }
    if post.at < Time::EARLIEST || post.at > latest(group) {
        return Ok(Took::Rejected(say::REJECT_TIME));
    }
    post.cut();
    post.permalink = post.permalink.filter(|link| fits_link(link));
    know_channel(group, &post.channel, &post.platform)?;
    let stands = keys::past_post_time(&post.channel, &post.id);
    let known: Option<Time> = records::get(&group.over, &stands)?;
    let had: Option<PastPost> = match known {
        Some(at) => records::get(&group.over, &keys::past_post(&post.channel, at, &post.id))?,
        None => None,
    };
    if let Some(had) = &had {
        post = had.with(post);
        post.cut();
        if post == *had {
            return Ok(Took::Known);
        }
        if post.at != had.at {
            group.over.delete(keys::past_post(&post.channel, had.at, &post.id));
        }
    }
    if known != Some(post.at) {
        records::put(&mut group.over, stands, &post.at)?;
    }
    records::put(&mut group.over, keys::past_post(&post.channel, post.at, &post.id), &post)?;
    Ok(if had.is_some() { Took::Changed } else { Took::Added { opened: false } })
}

fn take_slot(group: &mut Group<'_>, e: SlotEvent) -> Result<Took, StoreError> {
    if e.at < Time::EARLIEST {
        return Ok(Took::Rejected(say::REJECT_TIME));
    }
    if posts::is_slot_of_ours(&e.id) {
        return Ok(Took::Known);
    }
    let slot = Slot {
        channel: e.channel,
        id: e.id,
        at: e.at,
        title: head(e.title, TITLE),
        state: e.state,
        post: None,
    };
    let stands = keys::slot_time(&slot.channel, &slot.id);
    let before: Option<Time> = records::get(&group.over, &stands)?;
    let place = |at| keys::slot(at, &slot.channel, &slot.id);
    if let Some(at) = before {
        if records::get::<Slot>(&group.over, &place(at))?.as_ref() == Some(&slot) {
            return Ok(Took::Known);
        }
        if at != slot.at {
            group.over.delete(place(at));
        }
    }
    if before != Some(slot.at) {
        records::put(&mut group.over, stands, &slot.at)?;
    }
    let key = place(slot.at);
    records::put(&mut group.over, key, &slot)?;
    group.published.slots = true;
    Ok(Took::Changed)
}
