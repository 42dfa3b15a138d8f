//! The topic pool and the feedback report.

use super::super::memory::each;
use super::super::{library, pool};
use super::{Read, failed};
use crate::domain::pool::score;
use crate::domain::{ConversationId, Head, Message, PostId, Time, words};
use crate::store::{Store, StoreError, keys, records};
use crate::wire::work::{FeedbackRow, TopicRow};
use std::collections::BTreeMap;

/// The most conversations named for a tag.
const EXAMPLES: usize = 5;

/// The topic pool, the highest score first; among equals the newest.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn topics(store: &dyn Store, now: Time) -> Read<Vec<TopicRow>> {
    topics_of(store, now).map_err(failed)
}

fn topics_of(store: &dyn Store, now: Time) -> Result<Vec<TopicRow>, StoreError> {
    let mut of: BTreeMap<u64, Vec<PostId>> = BTreeMap::new();
    for post in library::posts(store)? {
        if let Some(topic) = post.topic {
            of.entry(topic).or_default().push(post.id);
        }
    }
    let mut rows = Vec::new();
    for mut topic in pool::all(store)? {
        let places: Vec<_> = topic.asked.iter().map(|a| keys::message(a.message)).collect();
        let messages = records::get_each::<Message>(store, &places)?;
        let likes = messages.iter().flatten().map(|m| u64::from(m.likes)).sum();
        let first = messages.first().and_then(Option::as_ref);
        let text = match topic.title.as_str() {
            "" => first.map_or("", |m| words::beginning(&m.text, Head::EXCERPT)),
            title => title,
        };
        let (text, written) = (text.to_owned(), first.map(|m| m.at));
        let score = score(&topic, likes, now);
        let posts = of.remove(&topic.id).unwrap_or_default();
        topic.marks = Vec::new();
        rows.push(TopicRow { topic, text, written, score, posts });
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.score.total(), row.topic.id)));
    Ok(rows)
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
