//! The way of a pushed message from the disk to the desk, in a thread of its own: a slow look for
//! comments keeps no message waiting.

use super::messages::{self, Kind};
use super::spool::Spool;
use super::window::{Closed, Windows};
use super::{Said, say};
use crate::connect::sdk::{Desk, Trouble};
use crate::domain::Time;
use serde_json::Value;
use std::fmt::Display;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The most messages that are handed over at a time.
const MOST_AT_ONCE: usize = 256;
/// How long until the disk is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// What was pushed and not taken yet.
pub struct Inbox {
    /// The messages.
    pub spool: Spool,
    /// Who may be answered.
    pub windows: Windows,
    said: Said,
    /// Whether follows, scans and buttons are shown as messages.
    touches: bool,
    /// An article was published.
    published: AtomicBool,
    /// Batches are counted by the desk in the order in which they are sent, so one at a time is.
    handing: Mutex<()>,
    wake: mpsc::SyncSender<()>,
    woken: Mutex<Option<mpsc::Receiver<()>>>,
}

impl Inbox {
    /// Of these.
    pub fn new(spool: Spool, windows: Windows, touches: bool, said: Said) -> Inbox {
        let (wake, woken) = mpsc::sync_channel(1);
        Inbox {
            spool,
            windows,
            said,
            touches,
            published: AtomicBool::new(false),
            handing: Mutex::default(),
            wake,
            woken: Mutex::new(Some(woken)),
        }
    }

    /// Begins to hand over, with what an earlier process left; once.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn start(self: &Arc<Inbox>, desk: &Desk) -> io::Result<()> {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(woken) = woken else { return Ok(()) };
        let (inbox, desk) = (Arc::clone(self), desk.clone());
        let work = move || {
            loop {
                let wait = match inbox.hand_over(&desk) {
                    Ok(()) => None,
                    Err(trouble) if trouble.ended => return,
                    Err(trouble) => {
                        desk.log(trouble.why);
                        Some(AGAIN)
                    }
                };
                match wait {
                    None if woken.recv().is_err() => return,
                    Some(wait)
                        if woken.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) =>
                    {
                        return;
                    }
                    None | Some(_) => {}
                }
            }
        };
        thread::Builder::new().name("inbox".into()).spawn(work).map(drop)
    }

    /// Something is new in the spool.
    pub fn wake(&self) {
        // When it is full, it is going to look anyway.
        let _ = self.wake.try_send(());
    }

    /// True once after an article was published.
    pub fn has_published(&self) -> bool {
        self.published.swap(false, Ordering::Relaxed)
    }

    /// Hands events over; everything that does goes through here.
    ///
    /// # Errors
    /// When the desk has closed its side.
    pub fn events(&self, desk: &Desk, events: Vec<Value>) -> Result<(), Trouble> {
        let _one = self.handing.lock().unwrap_or_else(PoisonError::into_inner);
        desk.events(events, None)
    }

    fn hand_over(&self, desk: &Desk) -> Result<(), Trouble> {
        let disk = |why: io::Error| {
            let values: [(&str, &dyn Display); 2] = [("folder", &"spool"), ("why", &why)];
            Trouble::away(self.said.line(say::CANNOT_KEEP, &values))
        };
        loop {
            let (waiting, set_aside) = self.spool.waiting(MOST_AT_ONCE).map_err(disk)?;
            if set_aside > 0 {
                desk.log(self.said.line(say::SET_ASIDE, &[("count", &set_aside)]));
            }
            if waiting.is_empty() {
                return Ok(());
            }
            let mut events = Vec::new();
            for (_, entry) in &waiting {
                let kind = messages::kind(entry);
                let follower = messages::field(entry, "FromUserName");
                if let Some(right) = messages::right(kind) {
                    self.windows.opened(follower, &entry.key, Time(entry.received), right);
                }
                match kind {
                    Kind::Left => self.windows.closed(follower, Closed::Late, desk.now()),
                    Kind::Published => self.tell_of_publication(entry, desk),
                    Kind::Message | Kind::Touch | Kind::Other => {}
                }
                events.extend(messages::event(entry, self.touches, self.said));
            }
            // Before the desk knows of them: it may answer at once.
            self.keep_windows(desk);
            self.events(desk, events)?;
            self.spool.taken(waiting.into_iter().map(|(number, _)| number)).map_err(disk)?;
        }
    }

    /// Writes down who may be answered.
    pub fn keep_windows(&self, desk: &Desk) {
        if let Err(e) = self.windows.save(desk.now()) {
            desk.log(self.said.line(say::WINDOWS_NOT_KEPT, &[("why", &e)]));
        }
    }

    fn tell_of_publication(&self, entry: &super::spool::Entry, desk: &Desk) {
        let field = |name: &str| messages::field(entry, &format!("PublishEventInfo.{name}"));
        let id = field("publish_id");
        let state = match field("publish_status") {
            "0" => self.said.text(say::JOB_DONE),
            "1" => self.said.text(say::JOB_RUNS),
            other => self.said.line(say::JOB_FAILED, &[("state", &other)]),
        };
        let url = field("article_detail.item.article_url");
        let values: [(&str, &dyn Display); 3] = [("id", &id), ("state", &state), ("url", &url)];
        desk.log(self.said.line(say::PUBLISHED, &values));
        // A new article has comments of its own.
        self.published.store(true, Ordering::Relaxed);
        desk.look_now();
    }
}
