//! Lines of an export, put into an empty store.

use super::super::archive::{self, Archived};
use super::super::keys::{self, Tally};
use super::super::migrate::{SCHEMA, schema_key};
use super::super::{Direction, KeyRange, Overlay, Read, Store, StoreError, records};
use super::FORMAT;
use super::line::{Line, OWN_FACTS};
use crate::domain::journal::{DeskNews, Entry, What};
use crate::domain::service::Cell;
use crate::domain::{
    ChannelId, Conversation, ConversationId, Draft, MessageKind, MessageRef, VariantRef, history,
};
use serde::{Deserialize, Serialize};

/// How far a restore is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Lines taken so far, over all calls.
    pub lines: u64,
    /// True when the last line of the export was among them: everything is there.
    pub complete: bool,
}

/// Why lines were not taken. Nothing of the call that answers with it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct RestoreError {
    /// The line, counted from the first one of the file, which is 1.
    pub line: u64,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The first line is not that of an export.
    #[error("this is not an export of a desk")]
    NotAnExport,
    /// The lines are of another version.
    #[error(
        "the export has format {format} and schema {schema}; this version reads format {FORMAT} and schema {SCHEMA}"
    )]
    OtherVersion {
        /// Of the lines.
        format: u32,
        /// Of the records.
        schema: u32,
    },
    /// There are records already.
    #[error("the desk is not empty")]
    NotEmpty,
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It belongs to a conversation that no line before it holds.
    #[error("there is no conversation {0} before it")]
    NoConversation(ConversationId),
    /// The last line says that there are more or fewer lines than there were.
    #[error("the export should have {said} lines before its last one, and had {had}")]
    Count {
        /// What the last line says.
        said: u64,
        /// What was there.
        had: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is kept in the store while a restore is under way.
#[derive(Debug, Serialize, Deserialize)]
struct UnderWay {
    lines: u64,
}

/// Takes lines of an export, in order; in as many calls as it takes, each of which is one durable
/// step. The header begins anew: what an earlier restore left that never came to its end is
/// removed. Otherwise the store must be empty; facts and operators that an unused desk writes
/// down do not count, and are removed.
///
/// # Errors
/// Names the line. Nothing of this call was written then.
pub fn restore_lines(store: &dyn Store, lines: &[String]) -> Result<Restored, RestoreError> {
    let at = |line: u64| move |why: Why| RestoreError { line, why };
    let under_way: Option<UnderWay> =
        records::get(store, &under_way_key()).map_err(|e| at(1)(e.into()))?;
    let mut read = under_way.as_ref().map_or(0, |u| u.lines);
    let Some(first) = lines.first() else { return Ok(Restored { lines: read, complete: false }) };
    if is_header(first) {
        clear(store, under_way.is_some()).map_err(at(1))?;
        read = 0;
    } else if under_way.is_none() {
        return Err(at(1)(Why::NotAnExport));
    }
    let mut to = Overlay::new(store);
    let mut complete = false;
    let mut channel_of = ChannelOf(None);
    let mut archived: Vec<(Archived, String)> = Vec::new();
    for text in lines {
        let line = read + 1;
        if complete {
            return Err(at(line)(Why::Unreadable("there is a line after the last one".to_owned())));
        }
        match parse(text).map_err(at(line))? {
            Line::DutydeskExport { format, schema } => {
                if read != 0 {
                    let why = "there is a second header".to_owned();
                    return Err(at(line)(Why::Unreadable(why)));
                }
                if (format, schema) != (FORMAT, SCHEMA) {
                    return Err(at(line)(Why::OtherVersion { format, schema }));
                }
            }
            Line::End { lines: said } if said != read => {
                return Err(at(line)(Why::Count { said, had: read }));
            }
            Line::End { .. } => complete = true,
            Line::Archived(one) => {
                archive::put_index(&mut to, &one).map_err(|e| at(line)(e.into()))?;
                let text = one.line().map_err(|e| at(line)(e.into()))?;
                archived.push((*one, text));
            }
            other => write(&mut to, other, &mut channel_of).map_err(at(line))?,
        }
        read = line;
    }
    put_archived(store, &mut to, &archived).map_err(|e| at(read)(e.into()))?;
    if complete {
        to.delete(under_way_key());
    } else {
        records::put(&mut to, under_way_key(), &UnderWay { lines: read })
            .map_err(|e| at(read)(e.into()))?;
    }
    to.keep();
    store.commit(to.into_group()).map_err(|e| at(read)(e.into()))?;
    Ok(Restored { lines: read, complete })
}

/// Puts archived conversations back where they were.
fn put_archived(
    store: &dyn Store,
    to: &mut Overlay<'_>,
    all: &[(Archived, String)],
) -> Result<(), StoreError> {
    let mut first = Overlay::new(store);
    for (archived, _) in all {
        archive::prepare(&mut first, store.archive(), archived.month)?;
    }
    first.keep();
    store.commit(first.into_group())?;
    archive::put_lines(to, store.archive(), all)
}

/// Whether a restore was begun here and never came to its end: what is there is not a whole desk.
///
/// # Errors
/// When the store cannot be read.
pub fn is_restoring(store: &(impl Read + ?Sized)) -> Result<bool, StoreError> {
    Ok(store.get(&under_way_key())?.is_some())
}

fn under_way_key() -> Vec<u8> {
    keys::meta("restoring")
}

fn parse(text: &str) -> Result<Line, Why> {
    serde_json::from_str(text).map_err(|e| Why::Unreadable(format!("it cannot be read: {e}")))
}

fn is_header(text: &str) -> bool {
    matches!(parse(text), Ok(Line::DutydeskExport { .. }))
}

/// Makes the store empty but for its schema, if nothing is lost by it.
fn clear(store: &dyn Store, everything: bool) -> Result<(), Why> {
    let schema = schema_key();
    if everything {
        archive::unlink_all(store, store.archive())?;
    }
    loop {
        let rows = store.range(&KeyRange::all(), 1_000, Direction::Forward)?.rows;
        let mut to = Overlay::new(store);
        for (key, value) in rows.into_iter().filter(|(key, _)| *key != schema) {
            if !everything && !is_of_an_unused_desk(&key, &value) {
                return Err(Why::NotEmpty);
            }
            to.delete(key);
        }
        to.keep();
        let group = to.into_group();
        if group.is_empty() {
            return Ok(());
        }
        store.commit(group)?;
    }
}

/// Facts, operators, what they saw to and that they came, which a desk has that nobody has worked on
/// yet.
fn is_of_an_unused_desk(key: &[u8], value: &[u8]) -> bool {
    if keys::journal_seq(key).is_some() {
        let came = |entry: Entry| {
            use DeskNews::{NewHost, NewOperator};
            matches!(entry.what, What::Desk(NewOperator { .. } | NewHost { .. }))
        };
        // One that is long, or cannot be read, is something else.
        return records::decode(key, value).is_ok_and(came);
    }
    ["meta/", "p/", "G/"].iter().any(|family| key.starts_with(family.as_bytes()))
}

/// The channel of the conversation looked at last: messages come conversation by conversation.
struct ChannelOf(Option<(ConversationId, ChannelId)>);

impl ChannelOf {
    fn get(&mut self, from: &impl Read, id: ConversationId) -> Result<&ChannelId, Why> {
        if self.0.as_ref().is_none_or(|(known, _)| *known != id) {
            let found: Option<Conversation> = records::get(from, &keys::conversation(id))?;
            self.0 = found.map(|c| (id, c.channel));
        }
        match &self.0 {
            Some((_, channel)) => Ok(channel),
            None => Err(Why::NoConversation(id)),
        }
    }
}

/// Stages a line's record, and what follows from it.
fn write(to: &mut Overlay<'_>, line: Line, channel_of: &mut ChannelOf) -> Result<(), Why> {
    match line {
        // Taken care of by the caller.
        Line::DutydeskExport { .. } | Line::End { .. } | Line::Archived(_) => {}
        Line::Fact { name, .. } if OWN_FACTS.contains(&name.as_str()) => {
            return Err(Why::Unreadable(format!("no export holds the fact {name}")));
        }
        Line::Fact { name, value } => records::put(to, keys::meta(&name), &value)?,
        Line::Channel(channel) => records::put(to, keys::channel(&channel.id), &channel)?,
        Line::Cursor { channel, cursor } => records::put(to, keys::cursor(&channel), &cursor)?,
        Line::Operator { operator, record } => {
            records::put(to, keys::operator(&operator), &record)?;
        }
        Line::Conversation(conversation) => {
            records::put(to, keys::conversation(conversation.id), &*conversation)?;
            if let Some(order) = conversation.order_key() {
                to.put(keys::order(&order), Vec::new())?;
            }
            if let Some(claim) = &conversation.claim {
                to.put(keys::claim(claim.session, conversation.id), Vec::new())?;
            }
        }
        Line::Message { conversation, seq, message } => {
            let at = MessageRef { conversation, seq };
            let channel = channel_of.get(to, conversation)?;
            let known = (!message.platform_id.is_empty())
                .then(|| keys::known(channel, &message.platform_id));
            if let Some(known) = known {
                records::put(to, known, &at)?;
            }
            if message.kind == MessageKind::Inbound
                && let Some(who) = history::known_as(&message.author)
            {
                let channel = channel_of.get(to, conversation)?;
                to.put(keys::person(channel, who, conversation), Vec::new())?;
            }
            records::put(to, keys::message(at), &*message)?;
        }
        Line::Root { queue, channel, root, conversation } => {
            records::put(to, keys::root(queue, &channel, &root), &conversation)?;
        }
        Line::Outgoing { place, row } => records::put(to, keys::outgoing(&place), &row)?,
        Line::Account { channel, figures } => {
            records::put(to, keys::account_figures(&channel), &figures)?;
        }
        Line::Post(post) => {
            for v in &post.variants {
                let out = v.out.as_ref().filter(|out| !out.platform_id.is_empty());
                if let Some(out) = out {
                    let key = keys::post_out(&v.channel, &out.platform_id);
                    records::put(to, key, &post.name_of(v))?;
                }
            }
            records::put(to, keys::post(post.id), &*post)?;
        }
        Line::PostText { post, variant, version, content } => {
            let at = VariantRef { post, variant };
            records::put(to, keys::post_text(at, version), &*content)?;
        }
        Line::Page { channel, name, grain, start, samples } => {
            records::put(to, keys::page(&channel, &name, grain, start), &samples)?;
        }
        Line::Topic(topic) => records::put(to, keys::topic(topic.id), &topic)?,
        Line::Feedback { tag, conversation, at } => {
            records::put(to, keys::feedback(&tag, conversation), &at)?;
        }
        Line::Draft { conversation, operator, text, seen } => {
            let draft = Draft { text, seen };
            records::put(to, keys::draft(conversation, &operator), &draft)?;
        }
        Line::Correction { conversation, seq, correction } => {
            let at = MessageRef { conversation, seq };
            records::put(to, keys::correction(at), &correction)?;
        }
        Line::Timer { at, kind, conversation } => {
            to.put(keys::timer(at, kind, conversation), Vec::new())?;
        }
        Line::Slot(slot) => {
            records::put(to, keys::slot_time(&slot.channel, &slot.id), &slot.at)?;
            records::put(to, keys::slot(slot.at, &slot.channel, &slot.id), &slot)?;
        }
        Line::Asset(asset) => records::put(to, keys::asset(asset.id), &asset)?,
        Line::Alert(alert) => records::put(to, keys::alert(alert.id), &*alert)?,
        Line::Published(post) => {
            records::put(to, keys::past_post_time(&post.channel, &post.id), &post.at)?;
            records::put(to, keys::past_post(&post.channel, post.at, &post.id), &post)?;
        }
        Line::Erasure(erasure) => {
            records::put(to, keys::erasure(erasure.number), &*erasure)?;
        }
        Line::Erased { digest, placeholder } => {
            records::put(to, keys::erased(&digest), &placeholder)?;
        }
        Line::Journal { seq, entry } => records::put(to, keys::journal(seq), &*entry)?,
        Line::OwnAction { operator, seq, action } => {
            records::put(to, keys::own_action(&operator, seq), &action)?;
        }
        Line::Count { queue, state, platform, assignee, count } => {
            let key = keys::tally(&Tally { queue, state, platform, assignee });
            records::put(to, key, &count)?;
        }
        Line::Figure { channel, metric, resolution, start, bucket } => {
            let key = keys::bucket(channel.as_ref(), metric, resolution, start);
            records::put(to, key, &bucket)?;
        }
        Line::Flow { hour, flow } => records::put(to, keys::flow(hour), &flow)?,
        Line::Service { hour, channel, policy, operator, served } => {
            let cell = Cell { hour, channel, policy, operator };
            records::put(to, keys::cell(&cell), &served)?;
        }
    }
    Ok(())
}
