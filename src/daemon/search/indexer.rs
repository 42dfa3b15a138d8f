//! The thread that keeps the index up with the desk.
//!
//! Three things to do, most urgent first: what was changed a moment ago; what was changed while
//! nobody followed (the desk knows the last of that; for more the store's records carry the revision
//! that wrote them, so a look through them tells); and, for a new index, everything, the newest conversations first.

use super::super::hub::Hub;
use super::{Backlog, Searching};
use crate::daemon::desk::query;
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

/// How far something has come.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// The store's revision.
    revision: u64,
    /// How often texts had changed.
    texts: u64,
}

/// A look through the store for what was changed since a revision.
struct Scan {
    since: u64,
    /// Where the store was when it began: what is newer is told of.
    until: Mark,
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
    through: Mark,
    /// Nothing of erasures up to this number is in its files, and up to which nothing may be.
    purged: (u64, u64),
    dirty: bool,
    committed: Instant,
}

impl<'a> Indexer<'a> {
    fn open(hub: &'a Hub, folder: PathBuf) -> Result<Indexer<'a>, Failed> {
        let (mark, last, erased) = hub.reads.with(|store| {
            let range = keys::conversations();
            let page = records::page::<Conversation>(store, &range, 1, Direction::Backward);
            let last = page.map_err(failed)?.rows.first().map_or(0, |(_, c)| c.id.0);
            Ok((Mark::of(store)?, last, query::last_erased(store)?))
        })?;
        let index = match Index::open(&folder)? {
            // One that knows more than the store was made from another.
            Some(index) if index.kept().through <= mark.revision => index,
            found => {
                drop(found);
                tracing::info!("the search index is made anew");
                // What was erased before is not in it at all.
                let kept = Kept::new(mark.revision, mark.texts, Some(last + 1)).purged(erased);
                Index::create(&folder, kept)?
            }
        };
        hub.search.open(index.finder());
        let kept = index.kept();
        // What was told of since the daemon started waits already; what it did to anything but
        // texts is nothing to us.
        let missed = kept.texts < hub.search.before().unwrap_or(mark.texts);
        // After a crash that is what changed within its last second; the desk may know that still.
        let lately = match missed {
            true => hub.reads.with(|store| query::texts_changed_since(store, kept.texts))?,
            false => None,
        };
        let scan = (missed && lately.is_none()).then(|| Scan::new(kept.through, mark));
        let mut indexer = Indexer {
            hub,
            index,
            scan,
            from: kept.from,
            of: last + 1,
            through: Mark { revision: kept.through, texts: kept.texts },
            purged: (kept.purged, erased.max(kept.purged)),
            dirty: false,
            committed: Instant::now(),
        };
        if let Some(ids) = lately {
            tracing::info!("the search index takes in {} conversations it missed", ids.len());
            indexer.put_each(&ids)?;
            indexer.reached(mark);
            indexer.dirty = true;
        }
        indexer.show();
        Ok(indexer)
    }

    fn follow(mut self) -> Result<(), Failed> {
        loop {
            let purges = self.purged.0 < self.purged.1;
            let busy = self.scan.is_some() || self.from.is_some() || purges;
            let wait = match (busy, self.dirty) {
                (true, _) => Some(Duration::ZERO),
                (_, true) => Some(PACE.saturating_sub(self.committed.elapsed())),
                _ => None,
            };
            let Backlog { ids, through, texts, lost, ending, purge, .. } =
                self.hub.search.take(wait);
            self.purged.1 = self.purged.1.max(purge);
            if lost {
                let until = self.hub.reads.with(Mark::of)?;
                let since = self.scan.as_ref().map_or(self.through.revision, |scan| scan.since);
                self.scan = Some(Scan::new(since, until));
            }
            self.put_each(&ids)?;
            if self.scan.is_none() {
                self.reached(Mark { revision: through, texts });
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
            let purges = self.purged.0 < self.purged.1 && self.scan.is_none();
            if purges || (self.dirty && self.committed.elapsed() >= pace) {
                self.commit()?;
            }
            if purges {
                self.purge()?;
            }
        }
    }

    fn commit(&mut self) -> Result<(), Failed> {
        let Mark { revision, texts } = self.through;
        self.index.commit(Kept::new(revision, texts, self.from).purged(self.purged.0))?;
        self.dirty = false;
        self.committed = Instant::now();
        self.show();
        Ok(())
    }

    /// Takes what was erased out of the index's files.
    fn purge(&mut self) -> Result<(), Failed> {
        self.index.purge()?;
        self.purged.0 = self.purged.1;
        // Kept with the next commit, which is now.
        self.commit()?;
        tracing::info!("the search index holds nothing of what was erased");
        Ok(())
    }

    /// Everything up to here is in.
    fn reached(&mut self, mark: Mark) {
        if mark.revision > self.through.revision {
            self.through = mark;
        }
    }

    fn show(&self) {
        self.hub.search.set_purged(self.purged.0);
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
            let until = scan.until;
            self.reached(until);
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

impl Mark {
    /// Where the store is now. What is read in two steps may be older by one of them, which costs
    /// a look at what is known already, and never misses anything.
    fn of(store: &dyn Store) -> Result<Mark, Refusal> {
        let texts = query::text_changes(store)?;
        Ok(Mark { revision: store.revision(), texts })
    }
}

impl Scan {
    fn new(since: u64, until: Mark) -> Scan {
        tracing::info!("the store is looked through for what the search index missed");
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
