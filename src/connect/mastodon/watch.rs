//! The newest messages of others, looked at again from time to time: people change and delete
//! what they wrote.

use super::Hints;
use super::api::{Api, encoded, is_gone, items};
use super::entities::Status;
use super::tell::{self, Clock, written};
use super::thread::hand_over;
use crate::connect::sdk::{Desk, Trouble};
use crate::domain::Time;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many are watched.
const MOST: usize = 100;
/// How many are asked for at once where that can be done, and how often; and one alone.
const AT_ONCE: usize = 20;
const EACH: Duration = Duration::from_secs(20);
const EACH_ALONE: Duration = Duration::from_secs(10);
/// How often in a row one has to be missing until it counts as deleted.
const MISSING: u8 = 2;

/// Those that are watched.
#[derive(Debug, Default)]
pub struct Watch {
    /// The next to look at comes first.
    all: VecDeque<Watched>,
    is_filled: bool,
    looked: Option<Instant>,
    /// Whether the server shows several at once; `None` = not asked yet.
    at_once: Option<bool>,
    /// Those that a look of their own is for, because something was said about them.
    urgent: VecDeque<String>,
}

#[derive(Debug)]
struct Watched {
    id: String,
    text: String,
    edited: Option<Time>,
    likes: u64,
    missing: u8,
    /// In which order they came: the oldest goes when there are too many.
    came: u64,
}

impl Watch {
    /// Watches one more.
    pub fn add(&mut self, status: &Status) {
        let came = self.all.iter().map(|w| w.came + 1).max().unwrap_or(0);
        self.all.retain(|w| w.id != status.id.0);
        self.all.push_back(Watched {
            id: status.id.0.clone(),
            text: tell::text(status),
            edited: status.edited_at.0,
            likes: status.favourites_count.unwrap_or(0),
            missing: 0,
            came,
        });
        if self.all.len() > MOST {
            let oldest = self.all.iter().map(|w| w.came).min();
            self.all.retain(|w| Some(w.came) != oldest);
        }
    }

    /// Watches what was there before this start. What has become of it meanwhile is not known:
    /// it is told of at the first look.
    pub fn fill(&mut self, known: impl Iterator<Item = Status>) {
        for status in known {
            if !self.all.iter().any(|w| w.id == status.id.0) {
                self.add(&status);
                if let Some(last) = self.all.back_mut() {
                    last.likes = 0;
                    if last.edited.take().is_some() {
                        last.text.clear();
                    }
                }
            }
        }
        self.is_filled = true;
    }

    /// True after [`Watch::fill`].
    pub fn is_filled(&self) -> bool {
        self.is_filled
    }

    /// Looks at some of them, and at those that the hints name.
    ///
    /// # Errors
    /// When the server is away.
    pub fn look(
        &mut self,
        api: &Api,
        desk: &Desk,
        clock: Clock,
        hints: &Hints,
        has_plenty: bool,
    ) -> Result<(), Trouble> {
        for id in &hints.changed {
            if self.all.iter().any(|w| w.id == *id) && !self.urgent.contains(id) {
                self.urgent.push_back(id.clone());
            }
        }
        let each = if self.at_once == Some(true) { EACH } else { EACH_ALONE };
        let mut events = vec![];
        while let Some(id) = self.urgent.pop_front() {
            // A stream that says so counts as one time missing.
            if let Some(at) = self.all.iter().position(|w| w.id == id) {
                self.all[at].missing = self.all[at].missing.max(MISSING - 1);
                self.alone(api, clock, &id, &mut events)?;
            }
        }
        let is_due = self.looked.is_none_or(|at| at.elapsed() >= each);
        if is_due && has_plenty && !self.all.is_empty() {
            self.looked = Some(Instant::now());
            self.next(api, clock, &mut events)?;
        }
        if events.is_empty() { Ok(()) } else { hand_over(desk, events, None) }
    }

    /// The next ones, as many as the server shows at once.
    fn next(&mut self, api: &Api, clock: Clock, events: &mut Vec<Value>) -> Result<(), Trouble> {
        if self.at_once != Some(false) {
            let ids: Vec<String> = self.all.iter().take(AT_ONCE).map(|w| w.id.clone()).collect();
            let query: Vec<String> =
                ids.iter().map(|id| format!("id%5B%5D={}", encoded(id))).collect();
            let reply = api.get(&format!("/api/v1/statuses?{}", query.join("&")))?;
            let page = reply.json::<Value>().ok().filter(|v| reply.is_ok() && v.is_array());
            match page {
                Some(page) => {
                    self.at_once = Some(true);
                    let read = |v| serde_json::from_value::<Status>(v).ok();
                    let found: Vec<Status> = items(page).into_iter().filter_map(read).collect();
                    for id in ids {
                        match found.iter().find(|s| s.id.0 == id) {
                            Some(status) => self.compare(clock, status, events),
                            // Missing from a list says little: it is asked for by itself.
                            None => self.alone(api, clock, &id, events)?,
                        }
                        self.turn(&id);
                    }
                    return Ok(());
                }
                None if reply.status == 429 || reply.status >= 500 => {
                    return Err(api.trouble(&reply));
                }
                None => self.at_once = Some(false),
            }
        }
        let Some(id) = self.all.front().map(|w| w.id.clone()) else { return Ok(()) };
        self.alone(api, clock, &id, events)?;
        self.turn(&id);
        Ok(())
    }

    /// One by itself.
    fn alone(
        &mut self,
        api: &Api,
        clock: Clock,
        id: &str,
        events: &mut Vec<Value>,
    ) -> Result<(), Trouble> {
        let reply = api.get(&format!("/api/v1/statuses/{}", encoded(id)))?;
        if is_gone(&reply) {
            let Some(at) = self.all.iter().position(|w| w.id == id) else { return Ok(()) };
            self.all[at].missing += 1;
            if self.all[at].missing >= MISSING {
                self.all.remove(at);
                let at = written(clock.moment(None));
                events.push(json!({"event": "deleted", "id": id, "at": at}));
            }
        } else if reply.is_ok() {
            if let Ok(status) = reply.json::<Status>() {
                self.compare(clock, &status, events);
            }
        } else if matches!(reply.status, 401 | 429) {
            return Err(api.trouble(&reply));
        }
        Ok(())
    }

    /// Tells what has changed.
    fn compare(&mut self, clock: Clock, status: &Status, events: &mut Vec<Value>) {
        let Some(known) = self.all.iter_mut().find(|w| w.id == status.id.0) else { return };
        known.missing = 0;
        let (text, edited) = (tell::text(status), status.edited_at.0);
        if known.text != text && !text.is_empty() {
            let at = written(clock.moment(edited));
            events.push(json!({"event": "edited", "id": known.id, "text": text, "at": at}));
            (known.text, known.edited) = (text, edited);
        }
        let likes = status.favourites_count.unwrap_or(0);
        if known.likes != likes {
            let shown = u32::try_from(likes).unwrap_or(u32::MAX);
            events.push(json!({"event": "likes", "id": known.id, "likes": shown}));
            known.likes = likes;
        }
    }

    /// Puts one behind the others.
    fn turn(&mut self, id: &str) {
        if let Some(at) = self.all.iter().position(|w| w.id == id)
            && let Some(one) = self.all.remove(at)
        {
            self.all.push_back(one);
        }
    }
}
