//! The erasure of a person, as far as it is not the writer's: who is meant, what the desk's files say of
//! them, and what is told of it afterwards.

mod files;

use super::channels::Channels;
use super::desk::{Job, erase};
use super::hub::{Hub, News, ended};
use super::orders::{Orders, Reply};
use crate::domain::erasure::{Erasure, Found, Going, Stage, is_alone, is_by, is_named};
use crate::domain::{
    Author, ChannelId, Conversation, ConversationId, Message, MessageKind, Refusal, history,
};
use crate::store::{Direction, Read as _, Store, StoreError, archive, keys, records};
use crate::wire::erase::Certificates;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// How long to wait before what could not be finished is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// Records read at a time.
const PAGE: usize = 500;
/// The most people that are told of when several are meant.
const MOST: usize = 50;

/// Random text: the key of this desk's digests.
///
/// # Errors
/// When the system gives none.
fn salt() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the writer is asked for.
///
/// # Errors
/// When the system gives no random text.
pub fn asked(
    channel: ChannelId,
    person: Found,
    reference: String,
) -> Result<Box<erase::Asked>, Refusal> {
    let salt = salt().map_err(|e| Refusal::Store(format!("/dev/urandom: {e}")))?;
    let mut going = Going::of(person.known_as);
    for name in person.names {
        going.note(&Author { id: String::new(), name });
    }
    Ok(Box::new(erase::Asked { channel, going, reference, salt }))
}

/// Who may be meant: whoever has that id on the channel, else everybody of that name or handle there.
///
/// # Errors
/// When the store cannot be read.
pub fn find(hub: &Hub, channel: &ChannelId, typed: &str) -> Result<Vec<Found>, Refusal> {
    let typed = typed.trim();
    hub.reads.with(|store| search(store, channel, typed).map_err(|e| Refusal::Store(e.what)))
}

fn search(store: &dyn Store, channel: &ChannelId, typed: &str) -> Result<Vec<Found>, StoreError> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut range = keys::persons_of(channel, typed);
    loop {
        let page = store.range(&range, PAGE, Direction::Forward)?;
        for (key, _) in &page.rows {
            let Some((_, _, id)) = keys::person_parts(key) else { continue };
            if let Some((c, messages)) = whole(store, id)? {
                take(&c, &messages, &mut found, |author| is_by(author, typed));
            }
        }
        match page.rows.last() {
            Some((last, _)) if page.more => range = range.after(last, Direction::Forward),
            _ => break,
        }
    }
    if found.is_empty() {
        // By name, or on a desk that has not gathered yet who wrote where: everything tells.
        let mut range = keys::conversations();
        loop {
            let page = records::page::<Conversation>(store, &range, PAGE, Direction::Forward)?;
            for (_, c) in page.rows.iter().filter(|(_, c)| c.channel == *channel) {
                take(c, &messages(store, c.id)?, &mut found, |author| is_named(author, typed));
            }
            match page.rows.last() {
                Some((last, _)) if page.more && found.len() <= MOST => {
                    range = range.after(last, Direction::Forward);
                }
                _ => break,
            }
        }
    }
    if found.is_empty() {
        let mut after = None;
        loop {
            let page = archive::page(store, after, PAGE)?;
            for (id, stub) in &page {
                let archived = store.archive().read(stub)?;
                after = Some(*id);
                if archived.conversation.channel == *channel {
                    let messages: Vec<Message> =
                        archived.messages().map(|(_, m)| m.clone()).collect();
                    let is_meant = |author: &Author| is_named(author, typed);
                    take(&archived.conversation, &messages, &mut found, is_meant);
                }
            }
            if page.len() < PAGE || found.len() > MOST {
                break;
            }
        }
    }
    Ok(found.into_values().take(MOST).collect())
}

/// Adds what is told in one conversation of those who are meant.
fn take(
    c: &Conversation,
    messages: &[Message],
    found: &mut BTreeMap<String, Found>,
    is_meant: impl Fn(&Author) -> bool,
) {
    let mut here: BTreeMap<String, (u64, Found)> = BTreeMap::new();
    for m in messages.iter().filter(|m| m.kind == MessageKind::Inbound && is_meant(&m.author)) {
        let Some(who) = history::known_as(&m.author) else { continue };
        let (n, person) = here.entry(who.to_owned()).or_default();
        *n += 1;
        person.names.insert(m.author.name.clone());
        person.last = person.last.max(Some(m.at));
    }
    for (who, (n, seen)) in here {
        let alone = is_alone(c, messages.iter(), &who);
        let person = found.entry(who.clone()).or_default();
        person.known_as = who;
        person.names.extend(seen.names);
        person.last = person.last.max(seen.last);
        person.messages += n;
        person.conversations += 1;
        if alone {
            person.alone += 1;
            person.ours +=
                messages.iter().filter(|m| m.kind != MessageKind::Inbound).count() as u64;
        }
    }
}

/// A conversation with its messages, wherever it lies.
fn whole(
    store: &dyn Store,
    id: ConversationId,
) -> Result<Option<(Conversation, Vec<Message>)>, StoreError> {
    let c: Option<Conversation> = records::get(store, &keys::conversation(id))?;
    if let Some(c) = c {
        return Ok(Some((c, messages(store, id)?)));
    }
    let archived = archive::find(store, id)?;
    Ok(archived.map(|a| {
        let messages = a.messages().map(|(_, m)| m.clone()).collect();
        (a.conversation, messages)
    }))
}

fn messages(store: &dyn Store, id: ConversationId) -> Result<Vec<Message>, StoreError> {
    let mut range = keys::messages(id);
    let mut all = Vec::new();
    loop {
        let page = records::page::<Message>(store, &range, PAGE, Direction::Forward)?;
        let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        all.extend(page.rows.into_iter().map(|(_, m)| m).filter(|m| m.erased.is_none()));
        match last {
            Some(last) => range = range.after(&last, Direction::Forward),
            None => return Ok(all),
        }
    }
}

/// Every erasure, without anything of whom it was of, and the copies that are known.
///
/// # Errors
/// When the store cannot be read.
pub fn certificates(hub: &Hub) -> Result<Certificates, Refusal> {
    let indexed = hub.search.purged();
    hub.reads.with(|store| {
        let read = || {
            let all = erase::all(store)?.into_iter().map(Erasure::told).collect();
            Ok(Certificates { all, copies: erase::copies(store)?, indexed })
        };
        read().map_err(|e: StoreError| Refusal::Store(e.what))
    })
}

/// Those whose records are gone, and whose names may still stand in the desk's files.
fn waiting(hub: &Hub) -> Result<Vec<Erasure>, Refusal> {
    let is_at_files =
        |e: &Erasure| e.going.as_ref().is_some_and(|going| going.stage == Stage::Files);
    hub.reads.with(|store| {
        let all = erase::all(store).map_err(|e| Refusal::Store(e.what))?;
        Ok(all.into_iter().filter(is_at_files).collect())
    })
}

/// Looks through the desk's files for each erasure whose turn that is, until the daemon ends.
pub async fn watch(hub: Arc<Hub>, orders: Orders, channels: Arc<Channels>) {
    let (mut news, mut ending) = (hub.listen(), hub.ending());
    loop {
        let done = look(&hub, &orders, &channels).await;
        loop {
            tokio::select! {
                heard = news.recv() => match heard {
                    Ok(News::Committed(group)) if group.erased => break,
                    Ok(News::All) | Err(RecvError::Lagged(_)) => break,
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                },
                () = tokio::time::sleep(AGAIN), if !done => break,
                () = ended(&mut ending) => return,
            }
        }
    }
}

/// Looks once; false when something is left to do.
async fn look(hub: &Arc<Hub>, orders: &Orders, channels: &Channels) -> bool {
    let all = match waiting(hub) {
        Ok(all) => all,
        Err(why) => {
            tracing::warn!("erasures could not be read: {why:?}");
            return false;
        }
    };
    // The writer may have to wait for the archive: looked at again when it was told.
    let done = all.is_empty();
    for erasure in all {
        let Some(going) = &erasure.going else { continue };
        let needles = going.anywhere();
        let folder = hub.about.folder.clone();
        let id = erasure.channel.clone();
        // Its connector rests meanwhile: it would write its files from what it has in memory.
        let (within, mine) = (config_folder(hub, &id), needles.clone());
        let cleansed = channels
            .while_resting(&id, move || files::cleanse(&within, &mine))
            .await
            .unwrap_or_else(|e| Err(io::Error::other(e)));
        let names = tokio::task::spawn_blocking(move || files::naming(&folder, &needles)).await;
        match (cleansed, names) {
            (Ok(removed), Ok(Ok(files))) => {
                let number = erasure.number;
                tracing::info!("erasure {number}: the desk's files were looked through");
                orders.job(Job::ErasedFiles { number, removed, files }, Reply::None).await;
            }
            (Err(e), _) | (_, Ok(Err(e))) => {
                tracing::warn!("erasure {}: a file could not be looked at: {e}", erasure.number);
            }
            (_, Err(e)) => {
                tracing::warn!("erasure {}: the desk's files: {e}", erasure.number);
            }
        }
    }
    done
}

/// What a channel's connector keeps.
fn config_folder(hub: &Hub, id: &ChannelId) -> std::path::PathBuf {
    crate::config::DeskPaths::new(&hub.about.folder).channel_folder(&id.0)
}
