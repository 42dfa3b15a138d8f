//! Words looked for in archived conversations: they are not in the index, so each is read.

use super::super::desk::query;
use super::super::hub::Hub;
use super::answer::excerpt;
use super::indexer::names;
use super::wanted;
use crate::domain::filter::Filter;
use crate::domain::{
    ConversationId, FoundAt, Head, Message, OperatorName, Refusal, Time, tokens, words,
};
use crate::search::Wanted;
use crate::store::archive::Archived;
use crate::wire::search::{Finds, Hit};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Conversations read at a time, and how long one answer may take.
const STEP: usize = 200;
const PART: Duration = Duration::from_millis(500);
/// The most finds in an answer.
const MOST: usize = 200;

/// Looks through the next archived conversations behind one; and where to go on.
///
/// # Errors
/// [`Refusal::BadFilter`], [`Refusal::Store`].
pub fn search(
    hub: &Hub,
    me: &OperatorName,
    typed: &str,
    mut after: Option<ConversationId>,
    now: Time,
) -> Result<(Finds, Option<ConversationId>), Refusal> {
    let filter = Filter::parse(typed, me)?;
    let (wanted, rest) = wanted(&filter);
    let begun = Instant::now();
    let mut finds = Finds::default();
    loop {
        let (all, next) =
            hub.reads.with(|store| query::archived_after(store, None, after, STEP))?;
        for archived in all {
            finds.looked += 1;
            if rest.passes(&archived.conversation, now) {
                finds.hits.extend(hit(archived, &wanted));
            }
        }
        after = next;
        if after.is_none() || finds.hits.len() + STEP > MOST || begun.elapsed() >= PART {
            finds.total = finds.hits.len() as u64;
            return Ok((finds, after));
        }
    }
}

/// What of a conversation has the words; `None` = it lacks one.
fn hit(archived: Archived, wanted: &[Wanted]) -> Option<Hit> {
    let last = archived.last;
    let labels = archived.conversation.labels.clone();
    let messages: Vec<(u32, Message)> = archived
        .messages()
        .filter(|(_, m)| m.withdrawn.is_none())
        .map(|(n, m)| (n, m.clone()))
        .collect();
    let finds = |text: &str, want: &Wanted| want.needle.find(&tokens::tokens(text));
    let has = |want: &Wanted| {
        let said = |m: &Message| {
            finds(&m.text, want).is_some() || names(m).any(|n| finds(n, want).is_some())
        };
        labels.iter().any(|label| finds(label, want).is_some())
            || messages.iter().any(|(_, m)| said(m))
    };
    if wanted.iter().any(|want| has(want) == want.not) {
        return None;
    }
    let place = |text: &str| -> Option<Range<usize>> {
        wanted.iter().filter(|want| !want.not).find_map(|want| finds(text, want))
    };
    let newest = messages.iter().rev();
    let found = newest.clone().find_map(|(seq, m)| Some((seq, m, place(&m.text)?)));
    let (seq, m, at) = found.or_else(|| newest.clone().next().map(|(seq, m)| (seq, m, 0..0)))?;
    let (excerpt, cut) = excerpt(&m.text, at);
    let author = names(m).next().cloned().unwrap_or_default();
    Some(Hit {
        place: FoundAt { at: last, id: archived.conversation.id },
        seq: *seq,
        kind: m.kind,
        author: words::beginning(&author, Head::NAME).to_owned(),
        at: m.at,
        excerpt,
        cut,
        conversation: archived.conversation,
    })
}
