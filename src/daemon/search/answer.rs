//! What a search answers: finds of the index, read from the store as they are now.

use super::super::hub::Hub;
use super::indexer::names;
use super::wanted;
use crate::domain::filter::Filter;
use crate::domain::tokens::{self, Needle};
use crate::domain::{Conversation, FoundAt, Message, OperatorName, Refusal, Time, words};
use crate::search::{Finder, Wanted};
use crate::store::{Direction, Store, keys, records};
use crate::wire::search::{Finds, Hit};
use std::ops::Range;

/// The most finds in an answer.
const MOST: usize = 200;
/// The most conversations looked at for one answer, so that the first ones come soon.
const MOST_LOOKED_AT: usize = 2_000;
/// Finds taken from the index in one go.
const STEP: usize = 64;
/// The most messages of a find that are looked through for its words.
const MOST_MESSAGES: usize = 200;
/// Bytes of text that are shown before a word.
const BEFORE: usize = 60;

/// A part of what a search finds.
///
/// # Errors
/// [`Refusal::BadFilter`], [`Refusal::NoSearch`], [`Refusal::Store`].
pub fn search(
    hub: &Hub,
    me: &OperatorName,
    query: &str,
    after: Option<FoundAt>,
    limit: usize,
    now: Time,
) -> Result<Finds, Refusal> {
    let filter = Filter::parse(query, me)?;
    let (finder, built) = hub.search.finder_soon().map_err(Refusal::NoSearch)?;
    let (wanted, rest) = wanted(&filter);
    let search = Search { finder, wanted, rest, now };
    let limit = limit.clamp(1, MOST);
    let mut finds = Finds { built, ..Finds::default() };
    let mut at = after;
    loop {
        let found = search.finder.find(&search.wanted, at, STEP.max(limit));
        let found = found.map_err(|e| Refusal::NoSearch(e.to_string()))?;
        finds.total = found.total;
        let last = found.places.len() < STEP.max(limit);
        for place in found.places {
            at = Some(place);
            finds.looked += 1;
            let hit = hub.reads.with(|store| search.hit(store, place))?;
            finds.hits.extend(hit);
            if finds.hits.len() == limit || finds.looked >= MOST_LOOKED_AT as u64 {
                finds.next = at;
                return Ok(finds);
            }
        }
        if last {
            return Ok(finds);
        }
    }
}

struct Search {
    finder: Finder,
    wanted: Vec<Wanted>,
    /// What the index cannot answer.
    rest: Filter,
    now: Time,
}

impl Search {
    /// A find as it is now; `None` = it fails another term, or is gone.
    fn hit(&self, store: &dyn Store, place: FoundAt) -> Result<Option<Hit>, Refusal> {
        let failed = |e: crate::store::StoreError| Refusal::Store(e.what);
        let found = records::get(store, &keys::conversation(place.id)).map_err(failed)?;
        let Some(c): Option<Conversation> = found else { return Ok(None) };
        if !self.rest.passes(&c, self.now) {
            return Ok(None);
        }
        let range = keys::messages(place.id);
        let page = records::page::<Message>(store, &range, MOST_MESSAGES, Direction::Backward);
        let messages: Vec<(u32, Message)> = page
            .map_err(failed)?
            .rows
            .into_iter()
            .filter(|(_, m)| m.withdrawn.is_none())
            .filter_map(|(key, m)| match keys::parse(&key) {
                Some(keys::Parsed::Message(at)) => Some((at.seq, m)),
                _ => None,
            })
            .collect();
        let in_text = messages.iter().find_map(|one| Some((one, self.place_in(&one.1.text)?)));
        let by_name = || {
            let named = |(_, m): &&(u32, Message)| names(m).any(|n| self.place_in(n).is_some());
            messages.iter().find(named).map(|one| (one, 0..0))
        };
        let newest = || messages.first().map(|one| (one, 0..0));
        let Some(((seq, m), at)) = in_text.or_else(by_name).or_else(newest) else {
            return Ok(None);
        };
        let (excerpt, cut) = excerpt(&m.text, at);
        let author = names(m).next().cloned().unwrap_or_default();
        Ok(Some(Hit {
            place,
            seq: *seq,
            kind: m.kind,
            author: words::beginning(&author, crate::domain::Head::NAME).to_owned(),
            at: m.at,
            excerpt,
            cut,
            conversation: c,
        }))
    }

    /// Where one of the words is in a text.
    fn place_in(&self, text: &str) -> Option<Range<usize>> {
        let needles = || self.wanted.iter().filter(|w| !w.not).map(|w| &w.needle);
        needles().next()?;
        let cut = tokens::tokens(text);
        let found = |needle: &Needle| needle.find(&cut);
        needles().find_map(found)
    }
}

/// The part of a text round a place, and whether something was left out before it.
pub(super) fn excerpt(text: &str, at: Range<usize>) -> (String, bool) {
    // A text that fits is shown from its beginning.
    let fits = text.len() <= Hit::EXCERPT || at.end <= Hit::EXCERPT / 2;
    let mut from = if fits { 0 } else { at.start.saturating_sub(BEFORE) };
    while !text.is_char_boundary(from) {
        from += 1;
    }
    (words::beginning(&text[from..], Hit::EXCERPT).to_owned(), from > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_word() {
        assert_eq!(excerpt("short", 1..2), ("short".to_owned(), false));
        let long = format!("{}refund{}", "长".repeat(300), "x".repeat(900));
        let (shown, cut) = excerpt(&long, 900..906);
        assert!(cut && shown.contains("refund") && shown.len() <= Hit::EXCERPT, "{shown}");
    }
}
