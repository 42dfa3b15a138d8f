//! The store for readers: what is there now, and exports of what was there when they began.

use super::hub::lock;
use crate::domain::{Refusal, SessionId};
use crate::store::export::Exports;
use crate::store::{Snapshots, Store};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// The most lines of an export in one answer; the store bounds their bytes.
const MOST_LINES: usize = 4096;
/// After how long without a question an export is given up when something waits for its end.
const ABANDONED: Duration = Duration::from_secs(600);

/// The store as readers see it; taken away while it is being reopened.
#[derive(Default)]
pub struct Reads(RwLock<Option<Readable>>);

struct Readable {
    store: Arc<Snapshots>,
    /// Exports under way, by the session that wants them, and when it asked last.
    exports: Mutex<BTreeMap<SessionId, (Arc<Exports>, Instant)>>,
}

impl Reads {
    /// Gives readers a store.
    pub fn put(&self, store: Arc<Snapshots>) {
        let readable = Readable { store, exports: Mutex::default() };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(readable);
    }

    /// Takes it away; waits for those who read just now.
    pub fn take(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Reads. Blocks the thread for as long as the store needs.
    ///
    /// # Errors
    /// What `read` refuses; [`Refusal::Store`] while there is no store.
    pub fn with<T>(
        &self,
        read: impl FnOnce(&dyn Store) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.readable(|readable| read(&*readable.store))
    }

    /// A page of a session's export, and where to go on. All pages tell of the same moment.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn export(
        &self,
        session: SessionId,
        after: Option<&[u8]>,
    ) -> Result<(Vec<String>, Option<Vec<u8>>), Refusal> {
        self.readable(|readable| {
            let mut all = lock(&readable.exports);
            let begin = || (Arc::new(Exports::new(readable.store.clone())), Instant::now());
            let (exports, asked) = all.entry(session).or_insert_with(begin);
            *asked = Instant::now();
            let exports = exports.clone();
            drop(all);
            exports.page(after, MOST_LINES).map_err(|e| Refusal::Store(e.what))
        })
    }

    /// A session is over: what was kept for its exports is let go.
    pub fn end_exports(&self, session: SessionId) {
        // Without a store there are none.
        let _ = self.readable(|readable| {
            lock(&readable.exports).remove(&session);
            Ok(())
        });
    }

    /// Whether an export goes on: it reads the desk as it was when it began. One that nobody has asked
    /// for in a long time is given up.
    pub fn exporting(&self) -> bool {
        let any = |readable: &Readable| {
            let mut all = lock(&readable.exports);
            all.retain(|_, (_, asked)| asked.elapsed() < ABANDONED);
            Ok(all.values().any(|(exports, _)| exports.is_running()))
        };
        self.readable(any).unwrap_or(false)
    }

    fn readable<T>(
        &self,
        read: impl FnOnce(&Readable) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(readable) => read(readable),
            None => Err(Refusal::Store("the database is being opened again".to_owned())),
        }
    }
}
