//! The topic pool and the feedback report.

use super::super::memory::each;
use super::super::pool;
use super::{Read, failed};
use crate::domain::{ConversationId, Head, Message, Time, words};
use crate::store::{Store, StoreError, keys, records};
use crate::wire::work::{FeedbackRow, TopicRow};
use std::collections::BTreeMap;

/// The most conversations named for a tag.
const EXAMPLES: usize = 5;

/// The topic pool, the most asked first; among equals the newest.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn topics(store: &dyn Store) -> Read<Vec<TopicRow>> {
    topics_of(store).map_err(failed)
}

fn topics_of(store: &dyn Store) -> Result<Vec<TopicRow>, StoreError> {
    let mut topics = pool::all(store)?;
    topics.sort_by_key(|t| (std::cmp::Reverse(t.times()), std::cmp::Reverse(t.id)));
    let places: Vec<_> = topics
        .iter()
        .filter_map(|t| t.asked.first())
        .map(|asked| keys::message(asked.message))
        .collect();
    let firsts = records::get_each::<Message>(store, &places)?;
    let rows = topics.into_iter().zip(firsts).map(|(mut topic, first)| {
        topic.marks = Vec::new();
        let text = first.as_ref().map_or("", |m| words::beginning(&m.text, Head::EXCERPT));
        TopicRow { topic, text: text.to_owned(), written: first.as_ref().map(|m| m.at) }
    });
    Ok(rows.collect())
}

/// How often each feedback tag was put on from `from` to `to`, and in the same length of time
/// before that.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn feedback(store: &dyn Store, from: Time, to: Time) -> Read<Vec<FeedbackRow>> {
    let before = Time(from.0.saturating_sub((to - from).0));
    let mut rows: BTreeMap<String, (FeedbackRow, Vec<(Time, ConversationId)>)> = BTreeMap::new();
    each(store, keys::feedbacks(), |key, value| {
        let Some((tag, id)) = keys::feedback_parts(key) else { return Ok(()) };
        let at: Time = records::decode(key, value)?;
        if at < before || at >= to {
            return Ok(());
        }
        let (row, found) = rows.entry(tag.clone()).or_insert_with(|| {
            (FeedbackRow { tag, count: 0, before: 0, examples: Vec::new() }, Vec::new())
        });
        if at < from {
            row.before += 1;
            return Ok(());
        }
        row.count += 1;
        found.push((at, id));
        if found.len() > EXAMPLES * 8 {
            keep_newest(found);
        }
        Ok(())
    })
    .map_err(failed)?;
    let mut rows: Vec<FeedbackRow> = rows
        .into_values()
        .map(|(mut row, mut found)| {
            keep_newest(&mut found);
            row.examples = found.into_iter().map(|(_, id)| id).collect();
            row
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.count, row.before)));
    Ok(rows)
}

fn keep_newest(found: &mut Vec<(Time, ConversationId)>) {
    found.sort_unstable_by_key(|f| std::cmp::Reverse(*f));
    found.truncate(EXAMPLES);
}
