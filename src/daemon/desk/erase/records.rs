//! Everything else in the database, looked through from one end to the other: what names somebody who
//! is erased where they did not write themselves.

use super::super::group::Group;
use super::conversation;
use super::table::{How, how};
use super::{STEP, digest};
use crate::domain::erasure::{Erasure, Going, Gone, Stays, is_by, scrub, scrub_in};
use crate::domain::journal::{Change, ConversationChange, Entry, What};
use crate::domain::library::LibraryChange;
use crate::domain::outbox::Stage;
use crate::domain::pool::{self, Topic};
use crate::domain::{
    Conversation, ConversationId, Draft, Message, MessageKind, MessageRef, Outgoing, alert::Alert,
};
use crate::store::keys::Parsed;
use crate::store::{Direction, KeyRange, StoreError, archive, keys, records};

/// Records looked at with one tick.
const ROWS: usize = 400;

/// Goes on; true when everything has been looked at.
///
/// # Errors
/// When the store cannot be read.
pub fn next(group: &mut Group<'_>, e: &mut Erasure, going: &mut Going) -> Result<bool, StoreError> {
    let needles = going.anywhere();
    let mut looked = 0;
    while looked < ROWS {
        let range = KeyRange::all().starting_at(going.from.clone());
        let page = records::raw_page(&group.over, &range, ROWS - looked, Direction::Forward)?;
        if page.rows.is_empty() {
            return Ok(true);
        }
        for (key, value) in page.rows {
            looked += 1;
            let parsed = keys::parse(&key);
            match parsed.as_ref().map(how) {
                // Nobody's that is known; what is behind it may be somebody's.
                None => {}
                Some(How::Nothing | How::With) => {
                    // Of the whole family.
                    going.from = behind_family(&key);
                    break;
                }
                Some(How::Counted) => count(e, &needles, parsed.as_ref(), &value),
                Some(How::Looked) => {
                    if let Some(parsed) = parsed
                        && !look(group, e, going, &needles, &key, parsed, &value)?
                    {
                        // There is more to do with this one.
                        going.from = key;
                        return Ok(false);
                    }
                }
            }
            going.from = [key, vec![0]].concat();
        }
    }
    Ok(false)
}

/// The first key that is behind all of a family.
fn behind_family(key: &[u8]) -> Vec<u8> {
    let end = key.iter().position(|b| *b == b'/').unwrap_or(key.len() - 1);
    [&key[..end], &[b'/' + 1]].concat()
}

/// Counts what stays and names them.
fn count(e: &mut Erasure, needles: &[String], parsed: Option<&Parsed>, value: &[u8]) {
    if scrub(&String::from_utf8_lossy(value), needles).is_some() {
        let what = match parsed {
            Some(Parsed::Cursor(_)) => Stays::Cursors,
            _ => Stays::Posts,
        };
        e.stays(what, 1);
    }
}

/// Looks at one record; false when it was too much for this time.
fn look(
    group: &mut Group<'_>,
    e: &mut Erasure,
    going: &mut Going,
    needles: &[String],
    key: &[u8],
    parsed: Parsed,
    value: &[u8],
) -> Result<bool, StoreError> {
    match parsed {
        Parsed::Conversation(id) => conversation_names(group, e, needles, id)?,
        Parsed::Stub(id) => archived(group, e, going, needles, id)?,
        Parsed::Message(at) => {
            let m: Message = records::decode(key, value)?;
            return message(group, e, going, needles, at, m);
        }
        Parsed::Draft(id, operator) => {
            let mut draft: Draft = records::decode(key, value)?;
            let n = scrub_in(&mut draft.text, needles);
            if n > 0 {
                e.gone(Gone::Mentions, n);
                records::put(&mut group.over, key.to_vec(), &draft)?;
                group.published.drafts.push((operator, id, None));
            }
        }
        Parsed::Topic(_) => topic(group, e, needles, key, records::decode(key, value)?)?,
        Parsed::Outgoing(_) => {
            let mut row: Outgoing = records::decode(key, value)?;
            let n = match &mut row.stage {
                Stage::Queued { why: Some(why), .. }
                | Stage::Doubtful { why, .. }
                | Stage::Unconfirmed { why, .. } => scrub_in(why, needles),
                _ => 0,
            };
            if n > 0 {
                e.gone(Gone::Mentions, n);
                records::put(&mut group.over, key.to_vec(), &row)?;
            }
        }
        Parsed::Alert(_) => {
            let mut alert: Alert = records::decode(key, value)?;
            let posts = alert.carriers.iter_mut().filter_map(|c| c.post.as_mut());
            let said = posts.map(|(_, text)| text).chain(alert.task.as_mut());
            let n: u64 = said.map(|text| scrub_in(text, needles)).sum();
            if n > 0 {
                e.gone(Gone::Mentions, n);
                records::put(&mut group.over, key.to_vec(), &alert)?;
            }
        }
        Parsed::Journal(_) => {
            let mut entry: Entry = records::decode(key, value)?;
            let n = journal(group, needles, &mut entry.what)?;
            if n > 0 {
                e.gone(Gone::Journal, n);
                records::put(&mut group.over, key.to_vec(), &entry)?;
            }
            // An asset's or a post's change, which stays as these do.
            let said = records::encode(key, &entry)?;
            count(e, needles, None, &said);
        }
        // The others are not looked at.
        _ => {}
    }
    Ok(true)
}

/// An archived conversation that names them comes back to the database: holding it does that. What is
/// in it is dealt with as with those that never went; its line is blanked.
fn archived(
    group: &mut Group<'_>,
    e: &mut Erasure,
    going: &mut Going,
    needles: &[String],
    id: ConversationId,
) -> Result<(), StoreError> {
    let Some(stub) = archive::stub(&group.over, id)? else { return Ok(()) };
    let line = group.store.archive().text(&stub)?;
    if scrub(&line, needles).is_none() {
        return Ok(());
    }
    let mut mine = usize::MAX;
    conversation::empty(group, e, going, id, &mut mine)?;
    conversation_names(group, e, needles, id)?;
    group.load_all(id)?;
    let messages = group.hold(id)?.map(|held| held.messages.clone()).unwrap_or_default();
    for (seq, m) in messages {
        message(group, e, going, needles, MessageRef { conversation: id, seq }, m)?;
    }
    Ok(())
}

/// Labels, and the name of a thread, that name them.
fn conversation_names(
    group: &mut Group<'_>,
    e: &mut Erasure,
    needles: &[String],
    id: ConversationId,
) -> Result<(), StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(()) };
    let before = held.now.labels.len();
    held.now.labels.retain(|label| scrub(label, needles).is_none());
    e.gone(Gone::Labels, (before - held.now.labels.len()) as u64);
    // The direct messages of somebody who came back are named by them, rightly.
    let is_peer = needles.contains(&held.now.root);
    if !is_peer && scrub(&held.now.root, needles).is_some() {
        conversation::rename_root(group, id)?;
        e.gone(Gone::Pointers, 1);
        e.stays(Stays::Digests, 1);
    }
    Ok(())
}

fn message(
    group: &mut Group<'_>,
    e: &mut Erasure,
    going: &mut Going,
    needles: &[String],
    at: MessageRef,
    m: Message,
) -> Result<bool, StoreError> {
    if m.erased.is_some() {
        return Ok(true);
    }
    let id = at.conversation;
    // What came since they asked is news: it is as if they were new.
    let is_theirs = m.kind == MessageKind::Inbound
        && m.arrived <= e.asked
        && is_by(&m.author, &going.known_as)
        && group.hold(id)?.is_some_and(|held| held.now.channel == e.channel);
    if is_theirs {
        // An older desk had not gathered yet that they wrote here.
        return conversation::empty(group, e, going, id, &mut STEP.clone());
    }
    let by_them = is_by(&m.author, &going.known_as);
    let mut now = m.clone();
    if let Some(above) = now.in_reply_to.clone()
        && !by_them
        && scrub(&above, needles).is_some()
        && let Some(channel) = group.hold(id)?.map(|held| held.now.channel.clone())
    {
        now.in_reply_to = group.digest(&channel, &above).map(|d| digest::alias(&d));
        e.gone(Gone::Pointers, 1);
    }
    match now.kind {
        MessageKind::Reply | MessageKind::Note => {
            e.gone(Gone::Mentions, scrub_in(&mut now.text, needles));
        }
        MessageKind::Inbound if !by_them => {
            e.stays(Stays::OtherPeople, u64::from(scrub(&now.text, needles).is_some()));
        }
        MessageKind::Post => {
            e.stays(Stays::Posts, u64::from(scrub(&now.text, needles).is_some()));
        }
        MessageKind::Inbound => {}
    }
    if now != m {
        group.put_message(id, at.seq, now)?;
    }
    Ok(true)
}

/// Their questions go out of a topic, and a topic that was theirs alone goes.
fn topic(
    group: &mut Group<'_>,
    e: &mut Erasure,
    needles: &[String],
    key: &[u8],
    mut topic: Topic,
) -> Result<(), StoreError> {
    let before = topic.clone();
    let gone = without_erased(group, &mut topic)?;
    e.gone(Gone::Questions, gone);
    let n = name_nobody(&mut topic, needles);
    e.gone(Gone::Mentions, n);
    if topic == before {
        return Ok(());
    }
    if topic.asked.is_empty() && topic.added.is_none() {
        return records::remove(&mut group.over, key.to_vec());
    }
    if gone > 0
        && let Some(first) = topic.asked.first().map(|asked| asked.message)
    {
        let text = group.message(first)?.map(|m| m.text).unwrap_or_default();
        topic.marks = pool::marks(&text);
    }
    records::put(&mut group.over, key.to_vec(), &topic)
}

/// Takes out the questions that were erased; how many.
fn without_erased(group: &mut Group<'_>, topic: &mut Topic) -> Result<u64, StoreError> {
    let mut kept = Vec::with_capacity(topic.asked.len());
    let before = topic.asked.len();
    for asked in topic.asked.drain(..) {
        if group.message(asked.message)?.is_none_or(|m| m.erased.is_none()) {
            kept.push(asked);
        }
    }
    topic.asked = kept;
    let gone = before - topic.asked.len();
    if gone > 0 {
        // They are made of the first question's letters.
        topic.marks.clear();
    }
    Ok(gone as u64)
}

fn name_nobody(topic: &mut Topic, needles: &[String]) -> u64 {
    let link = topic.link.as_mut();
    let said = [&mut topic.note, &mut topic.title].into_iter().chain(link);
    said.map(|text| scrub_in(text, needles)).sum()
}

/// Takes the words that stand for them out of a journal entry; how many.
fn journal(group: &mut Group<'_>, needles: &[String], what: &mut What) -> Result<u64, StoreError> {
    Ok(match what {
        What::Action { on, .. } | What::Elapsed { on } => {
            let mut n = 0;
            for ConversationChange { conversation, changes } in on {
                for change in changes {
                    let Change::Label { label, .. } = change else { continue };
                    if label.is_empty() {
                        continue;
                    }
                    if is_emptied(group, *conversation)? {
                        label.clear();
                        n += 1;
                    } else {
                        n += scrub_in(label, needles);
                    }
                }
            }
            n
        }
        What::Overridden { on, because, .. } => {
            let mut emptied = false;
            for id in on.iter() {
                emptied |= is_emptied(group, *id)?;
            }
            match emptied && !because.is_empty() {
                true => {
                    because.clear();
                    1
                }
                false => scrub_in(because, needles),
            }
        }
        What::Post { because: Some(because), .. } => scrub_in(because, needles),
        What::PostWent { why, .. } => scrub_in(why, needles),
        What::Library { change: Some(LibraryChange::Topic { from, to, .. }), .. } => {
            let mut n = 0;
            for topic in [from, to].into_iter().flatten() {
                n += without_erased(group, topic)?;
                n += name_nobody(topic, needles);
            }
            n
        }
        What::Alert { on, .. } => {
            let sides = on.iter_mut().flat_map(|c| [&mut c.from.task, &mut c.to.task]);
            sides.flatten().map(|task| scrub_in(task, needles)).sum()
        }
        What::Post { .. }
        | What::Archive { .. }
        | What::Library { .. }
        | What::Received { .. }
        | What::Outgoing { .. }
        | What::Desk(_) => 0,
    })
}

fn is_emptied(group: &Group<'_>, id: ConversationId) -> Result<bool, StoreError> {
    // Not held: that would bring an archived one back for nothing.
    if let Some(held) = group.held.get(&id) {
        return Ok(held.now.erased.is_some());
    }
    let found: Option<Conversation> = records::get(&group.over, &keys::conversation(id))?;
    Ok(found.is_some_and(|c| c.erased.is_some()))
}
