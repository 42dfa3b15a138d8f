//! Finding conversations in the index, the newest first.

use super::SearchError;
use super::index::Fields;
use crate::domain::tokens::Needle;
use crate::domain::{ConversationId, FoundAt, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Bound;
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::query::{
    AllQuery, BitSetDocSet, BooleanQuery, ConstScorer, EnableScoring, Explanation,
    InvertedIndexRangeQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query, Scorer, TermQuery,
    Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, IndexReader, Score, SegmentOrdinal, SegmentReader, TERMINATED, Term};

/// The most words that the open end of a phrase may stand for.
const MOST_ENDS: u32 = 2_000;

/// One thing a conversation must have, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub needle: Needle,
    /// True when it must not have it.
    pub not: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The newest ones, as many as were asked for.
    pub places: Vec<FoundAt>,
    /// How many there are in all.
    pub total: u64,
}

/// Reads the index; cheap to clone. It sees what was committed last.
#[derive(Clone)]
pub struct Finder {
    reader: IndexReader,
    fields: Fields,
}

impl Finder {
    pub(super) fn new(reader: IndexReader, fields: Fields) -> Finder {
        Finder { reader, fields }
    }

    /// The newest conversations that have all that is wanted, from behind `after` on; without a
    /// want, all of them.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn find(
        &self,
        wanted: &[Wanted],
        after: Option<FoundAt>,
        limit: usize,
    ) -> Result<Found, SearchError> {
        let newest = Newest { after: after.map(|p| (p.at.0, p.id.0)), limit };
        Ok(self.reader.searcher().search(&*self.query(wanted), &newest)?)
    }

    /// How many conversations are in it.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// True when none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn query(&self, wanted: &[Wanted]) -> Box<dyn Query> {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = wanted
            .iter()
            .map(|w| match w.not {
                true => (Occur::MustNot, Box::new(Apart(self.one(&w.needle))) as Box<dyn Query>),
                false => (Occur::Must, self.one(&w.needle)),
            })
            .collect();
        if wanted.iter().all(|w| w.not) {
            parts.push((Occur::Must, Box::new(AllQuery)));
        }
        Box::new(BooleanQuery::new(parts))
    }

    fn one(&self, needle: &Needle) -> Box<dyn Query> {
        let term = |text: &String| Term::from_field_text(self.fields.words, text);
        let mut terms: Vec<Term> = needle.whole.iter().map(term).collect();
        match (&needle.beginning, terms.len()) {
            // Everything that begins so sorts before the same with the last of all characters.
            (Some(beginning), 0) => Box::new(InvertedIndexRangeQuery::new(
                Bound::Included(term(beginning)),
                Bound::Included(term(&format!("{beginning}\u{10ffff}"))),
            )),
            (Some(beginning), _) => {
                terms.push(term(beginning));
                let mut query = PhrasePrefixQuery::new(terms);
                query.set_max_expansions(MOST_ENDS);
                Box::new(query)
            }
            (None, 1) => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::Basic)),
            (None, _) => Box::new(PhraseQuery::new(terms)),
        }
    }
}

/// A query of its own, that is not woven into the one around it: what is excluded is asked for
/// documents that lie before where it stands, which the phrases of tantivy 0.27 do not bear.
#[derive(Debug)]
struct Apart(Box<dyn Query>);

impl Clone for Apart {
    fn clone(&self) -> Apart {
        Apart(self.0.box_clone())
    }
}

impl Query for Apart {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(ApartWeight(self.0.weight(scoring)?)))
    }
}

struct ApartWeight(Box<dyn Weight>);

impl Weight for ApartWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut found = BitSet::with_max_value(segment.max_doc());
        let mut scorer = self.0.scorer(segment, boost)?;
        while scorer.doc() != TERMINATED {
            found.insert(scorer.doc());
            scorer.advance();
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(segment, doc)
    }
}

/// Counts, and keeps the newest.
struct Newest {
    after: Option<(i64, u64)>,
    limit: usize,
}

struct NewestOfSegment {
    at: Arc<dyn ColumnValues<i64>>,
    id: Arc<dyn ColumnValues<u64>>,
    after: Option<(i64, u64)>,
    limit: usize,
    kept: BinaryHeap<Reverse<(i64, u64)>>,
    total: u64,
}

impl Collector for Newest {
    type Fruit = Found;
    type Child = NewestOfSegment;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<NewestOfSegment> {
        let columns = segment.fast_fields();
        Ok(NewestOfSegment {
            at: columns.i64("at")?.first_or_default_col(0),
            id: columns.u64("id")?.first_or_default_col(0),
            after: self.after,
            limit: self.limit,
            kept: BinaryHeap::new(),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<(Vec<(i64, u64)>, u64)>) -> tantivy::Result<Found> {
        let total = parts.iter().map(|(_, n)| n).sum();
        let mut all: Vec<(i64, u64)> = parts.into_iter().flat_map(|(kept, _)| kept).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.truncate(self.limit);
        let place = |(at, id)| FoundAt { at: Time(at), id: ConversationId(id) };
        Ok(Found { places: all.into_iter().map(place).collect(), total })
    }
}

impl SegmentCollector for NewestOfSegment {
    type Fruit = (Vec<(i64, u64)>, u64);

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        let at = self.at.get_val(doc);
        let full = self.kept.len() >= self.limit;
        if full && self.kept.peek().is_none_or(|Reverse((oldest, _))| at < *oldest) {
            return;
        }
        let one = (at, self.id.get_val(doc));
        if self.after.is_some_and(|after| one >= after) {
            return;
        }
        self.kept.push(Reverse(one));
        if self.kept.len() > self.limit {
            self.kept.pop();
        }
    }

    fn harvest(self) -> Self::Fruit {
        (self.kept.into_iter().map(|Reverse(one)| one).collect(), self.total)
    }
}
