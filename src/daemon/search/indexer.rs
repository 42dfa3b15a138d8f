//! The thread that keeps the index up with the desk.
//!
//! Three things to do, most urgent first: what was changed a moment ago; what was changed while
//! nobody followed (the store's records carry the revision that wrote them, so a look through
//! them tells); and, for a new index, everything, the newest conversations first.

use super::super::hub::Hub;
use super::{Backlog, Searching};
use crate::domain::{Conversation, ConversationId, Message, Refusal, Time};
use crate::search::{Document, Index, Kept, SearchError};
use crate::store::{Direction, KeyRange, Store, StoreError, keys, records};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The least time between two commits of the index: what a new message waits to be found.
const PACE: Duration = Duration::from_millis(700);
/// The same while it is being built.
const PACE_BUILDING: Duration = Duration::from_secs(4);
/// How long to wait before an index that failed is tried again.
const RETRY: Duration = Duration::from_secs(10);
/// Conversations that are built in between two looks at what is more urgent.
const BUILD_STEP: usize = 256;
/// Records that are looked at in one go.
const SCAN_STEP: usize = 2_000;
/// The most messages of a conversation that are indexed, the newest ones.
const MOST_MESSAGES: usize = 500;
/// The most bytes of a conversation that are indexed.
const MOST_BYTES: usize = 512 << 10;

/// Why it stopped.
enum Failed {
    /// The index.
    Index(SearchError),
    /// The store, which is being opened again, most likely.
    Store(String),
}

impl From<SearchError> for Failed {
    fn from(e: SearchError) -> Failed {
        Failed::Index(e)
    }
}

impl From<Refusal> for Failed {
    fn from(e: Refusal) -> Failed {
        match e {
            Refusal::Store(why) => Failed::Store(why),
            other => Failed::Store(format!("{other:?}")),
        }
    }
}

/// Follows the desk until it ends.
pub fn run(hub: &Hub) {
    let folder = hub.about.folder.join("search");
    let search: &Searching = &hub.search;
    loop {
        let why = match Indexer::open(hub, folder.clone()).and_then(Indexer::follow) {
            Ok(()) => return,
            Err(Failed::Index(e)) => {
                tracing::error!("the search index failed: {e}");
                e.to_string()
            }
            Err(Failed::Store(why)) => why,
        };
        search.close(&why);
        // What was taken and not committed is found by its revision.
        search.lose();
        if search.ends_within(RETRY) {
            return;
        }
    }
}

/// A look through the store for what was changed since a revision.
struct Scan {
    since: u64,
    /// The store's revision when it began: what is newer is told of.
    until: u64,
    /// What is left of each family.
    rest: Vec<KeyRange>,
}

struct Indexer<'a> {
    hub: &'a Hub,
    index: Index,
    scan: Option<Scan>,
    /// Conversations from this number on are in; `None` = all.
    from: Option<u64>,
    /// How many numbers there were when it was begun.
    of: u64,
    through: u64,
    dirty: bool,
    committed: Instant,
}

impl<'a> Indexer<'a> {
    fn open(hub: &'a Hub, folder: PathBuf) -> Result<Indexer<'a>, Failed> {
        let (revision, last) = hub.reads.with(|store| {
            let range = keys::conversations();
            let page = records::page::<Conversation>(store, &range, 1, Direction::Backward);
            let last = page.map_err(failed)?.rows.first().map_or(0, |(_, c)| c.id.0);
            Ok((store.revision(), last))
        })?;
        let index = match Index::open(&folder)? {
            // One that knows more than the store was made from another.
            Some(index) if index.kept().through <= revision => index,
            found => {
                drop(found);
                tracing::info!("the search index is made anew");
                Index::create(&folder, Kept::new(revision, Some(last + 1)))?
            }
        };
        hub.search.open(index.finder());
        let kept = index.kept();
        let scan = (kept.through < revision).then(|| Scan::new(kept.through, revision));
        let indexer = Indexer {
            hub,
            index,
            scan,
            from: kept.from,
            of: last + 1,
            through: kept.through,
            dirty: false,
            committed: Instant::now(),
        };
        indexer.show();
        Ok(indexer)
    }

    fn follow(mut self) -> Result<(), Failed> {
        loop {
            let busy = self.scan.is_some() || self.from.is_some();
            let wait = match (busy, self.dirty) {
                (true, _) => Some(Duration::ZERO),
                (_, true) => Some(PACE.saturating_sub(self.committed.elapsed())),
                _ => None,
            };
            let Backlog { ids, through, lost, ending } = self.hub.search.take(wait);
            if lost {
                let until = self.hub.reads.with(|store| Ok(store.revision()))?;
                let since = self.scan.as_ref().map_or(self.through, |scan| scan.since);
                self.scan = Some(Scan::new(since, until));
            }
            self.put_each(&ids)?;
            if self.scan.is_none() {
                self.through = self.through.max(through);
            }
            if ending {
                self.commit()?;
                self.index.close()?;
                return Ok(());
            }
            if self.scan.is_some() {
                self.scan()?;
            } else if self.from.is_some() {
                self.build()?;
            }
            let pace = if self.from.is_some() { PACE_BUILDING } else { PACE };
            if self.dirty && self.committed.elapsed() >= pace {
                self.commit()?;
            }
        }
    }

    fn commit(&mut self) -> Result<(), Failed> {
        self.index.commit(Kept::new(self.through, self.from))?;
        self.dirty = false;
        self.committed = Instant::now();
        self.show();
        Ok(())
    }

    fn show(&self) {
        self.hub.search.set_built(self.from.map(|from| (self.of.saturating_sub(from), self.of)));
    }

    /// Takes in what changed. What is still to be built is read when its turn comes.
    fn put_each(&mut self, ids: &BTreeSet<ConversationId>) -> Result<(), Failed> {
        for id in ids.iter().filter(|id| self.from.is_none_or(|from| id.0 >= from)) {
            match self.hub.reads.with(|store| document(store, *id))? {
                Some(document) => self.index.put(&document)?,
                None => self.index.remove(*id),
            }
            self.dirty = true;
        }
        Ok(())
    }

    /// Looks at some more records for what changed while nobody followed.
    fn scan(&mut self) -> Result<(), Failed> {
        let Some(scan) = &mut self.scan else { return Ok(()) };
        let Some(range) = scan.rest.last().cloned() else {
            self.through = self.through.max(scan.until);
            (self.scan, self.dirty) = (None, true);
            return Ok(());
        };
        let page = self
            .hub
            .reads
            .with(|store| store.scan(&range, SCAN_STEP, Direction::Forward).map_err(failed))?;
        scan.rest.pop();
        if let Some((last, _)) = page.rows.last().filter(|_| page.more) {
            scan.rest.push(range.after(last, Direction::Forward));
        }
        let since = scan.since;
        let new = page.rows.iter().filter(|(_, value)| value.revision > since);
        let ids = new.filter_map(|(key, _)| keys::conversation_of(key)).collect();
        self.put_each(&ids)
    }

    /// Takes in some more conversations, from the newest back.
    fn build(&mut self) -> Result<(), Failed> {
        let Some(from) = self.from else { return Ok(()) };
        let range = keys::conversations().ending_at(keys::conversation(ConversationId(from)));
        let documents = self.hub.reads.with(|store| {
            let page =
                records::page::<Conversation>(store, &range, BUILD_STEP, Direction::Backward);
            let page = page.map_err(failed)?;
            let rows = page.rows.into_iter().map(|(_, c)| document_of(store, &c));
            Ok((rows.collect::<Result<Vec<_>, _>>()?, page.more))
        })?;
        let (documents, more) = documents;
        for document in &documents {
            self.index.put_new(document)?;
        }
        self.dirty = true;
        self.from = documents.last().map(|d| d.id.0).filter(|_| more);
        if self.from.is_none() {
            self.commit()?;
            tracing::info!("the search index is whole");
        }
        Ok(())
    }
}

impl Scan {
    fn new(since: u64, until: u64) -> Scan {
        Scan { since, until, rest: vec![keys::all_messages(), keys::conversations()] }
    }
}

fn failed(e: StoreError) -> Refusal {
    Refusal::Store(e.what)
}

/// What there is to know of a conversation; `None` = there is no such.
fn document(store: &dyn Store, id: ConversationId) -> Result<Option<Document>, Refusal> {
    let found: Option<Conversation> =
        records::get(store, &keys::conversation(id)).map_err(failed)?;
    found.map(|c| document_of(store, &c)).transpose()
}

fn document_of(store: &dyn Store, c: &Conversation) -> Result<Document, Refusal> {
    let range = keys::messages(c.id);
    let page = records::page::<Message>(store, &range, MOST_MESSAGES, Direction::Backward);
    let mut texts = c.labels.clone();
    let mut at = c.received();
    let mut bytes = 0;
    for (_, message) in page.map_err(failed)?.rows {
        if message.withdrawn.is_some() {
            continue;
        }
        at = at.max(message.at);
        bytes += message.text.len();
        if bytes > MOST_BYTES {
            break;
        }
        for name in names(&message) {
            if !texts.contains(name) {
                texts.push(name.clone());
            }
        }
        texts.push(message.text);
    }
    Ok(Document { id: c.id, at: at.max(Time(0)), texts })
}

/// Who wrote a message, as the platform and the desk name them.
pub(super) fn names(m: &Message) -> impl Iterator<Item = &String> {
    let operator = m.operator.as_ref().map(|o| &o.0);
    [Some(&m.author.name), operator].into_iter().flatten().filter(|name| !name.is_empty())
}
