//! What is new: mentions and direct messages, our own answers from elsewhere, how many follow.

use super::api::{Api, encoded, items, next_page};
use super::cursor::Cursor;
use super::entities::{Notification, Status};
use super::me::{Me, Software};
use super::tell::{Clock, written};
use super::thread::{Around, Batch, Threads, hand_over, wait_for_room};
use super::walk::{First, Item, Page, Pages, walk};
use super::watch::Watch;
use super::{Hints, Shared};
use crate::connect::sdk::{Desk, Trouble};
use crate::domain::{Span, Time};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How far back a first look goes.
const FIRST: (usize, Span) = (200, Span::hours(7 * 24));
/// How many notifications are asked for at a time, and how many statuses of ours.
const PAGE: usize = 40;
const OWN_PAGE: usize = 20;
/// The most pages of our own statuses in one look.
const OWN_PAGES: usize = 25;
/// How often our own statuses are looked at, and the counts of the account.
const OWN_EACH: Duration = Duration::from_secs(15);
const METRICS_EACH: Duration = Duration::from_secs(300);

/// The looks, and what they remember.
pub struct Looker {
    cursor: Cursor,
    threads: Threads,
    watch: Watch,
    own_at: Option<Instant>,
    metrics_at: Option<Instant>,
    /// The last thing that went wrong beside the main look, so that it is told once.
    side: Option<String>,
}

impl Looker {
    /// One that goes on from a cursor.
    pub fn new(cursor: Option<&str>) -> Looker {
        Looker {
            cursor: Cursor::read(cursor),
            threads: Threads::default(),
            watch: Watch::default(),
            own_at: None,
            metrics_at: None,
            side: None,
        }
    }

    /// Looks for everything whose time has come; whether something was said to us.
    ///
    /// # Errors
    /// Why nothing can be seen now.
    pub fn look(
        &mut self,
        shared: &Shared,
        me: &Me,
        desk: &Desk,
        hints: &Hints,
    ) -> Result<bool, Trouble> {
        let found = self.mentions(shared, me, desk)?;
        self.cursor.settle(Instant::now());
        let beside = self.beside(shared, me, desk, hints);
        match beside {
            Err(trouble) if trouble.ended || trouble.auth => return Err(trouble),
            // Mentions come in: that is what counts. What else goes wrong is worth a line.
            Err(trouble) if self.side.as_ref() != Some(&trouble.why) => {
                desk.log(trouble.why.clone());
                self.side = Some(trouble.why);
            }
            Err(_) => {}
            Ok(()) => self.side = None,
        }
        Ok(found)
    }

    fn beside(
        &mut self,
        shared: &Shared,
        me: &Me,
        desk: &Desk,
        hints: &Hints,
    ) -> Result<(), Trouble> {
        let api = &shared.api;
        let has_plenty = api.pace().has_plenty();
        let is_due = |at: Option<Instant>, each| at.is_none_or(|at: Instant| at.elapsed() >= each);
        let wants_own = hints.own || (has_plenty && is_due(self.own_at, OWN_EACH));
        if wants_own {
            if shared.is_quiet() {
                self.own(shared, me, desk)?;
                self.own_at = Some(Instant::now());
            } else if hints.own {
                // An answer of ours is on its way; the look comes after it.
                shared.hint(|h| h.own = true);
            }
        }
        self.watch.look(api, desk, shared.clock(desk), hints, has_plenty)?;
        if has_plenty && is_due(self.metrics_at, METRICS_EACH) {
            self.metrics_at = Some(Instant::now());
            metrics(api, me, desk)?;
        }
        Ok(())
    }

    /// Mentions and direct messages; whether there were any.
    fn mentions(&mut self, shared: &Shared, me: &Me, desk: &Desk) -> Result<bool, Trouble> {
        let mut found = false;
        let clock = shared.clock(desk);
        let around = Around { api: &shared.api, me, desk, clock, ours_too: shared.is_quiet() };
        let oldest = Some(clock.server.unwrap_or(clock.ours) - FIRST.1);
        let first = First { most: FIRST.0, oldest };
        let (threads, watch) = (&mut self.threads, &mut self.watch);
        let mut pages = Notifications { api: &shared.api, desk, me };
        walk(&mut pages, &mut self.cursor, first, |items, then| {
            let mut batch = Batch::default();
            let statuses: Vec<Status> = items.into_iter().filter_map(|i| i.what).collect();
            for status in &statuses {
                threads.add(around, status, &mut batch)?;
            }
            threads.hand_over(desk, batch, Some(then.written()))?;
            statuses.iter().for_each(|status| watch.add(status));
            found |= !statuses.is_empty();
            Ok(())
        })?;
        if !self.watch.is_filled() {
            // After a restart: what was handed over before is watched again.
            let page = pages.page(None, None)?;
            let known = page.items.into_iter().rev().filter_map(|i| i.what);
            self.watch.fill(known);
        }
        Ok(found)
    }

    /// Our own answers, also those from a phone.
    fn own(&mut self, shared: &Shared, me: &Me, desk: &Desk) -> Result<(), Trouble> {
        let api = &shared.api;
        let clock = shared.clock(desk);
        let around = Around { api, me, desk, clock, ours_too: true };
        let is_first = !self.cursor.knows_own();
        let oldest = clock.server.unwrap_or(clock.ours) - FIRST.1;
        let mut new: Vec<Status> = vec![];
        let mut max: Option<String> = None;
        for _ in 0..OWN_PAGES {
            wait_for_room(api, desk)?;
            let page = own_page(api, me, max.as_deref(), OWN_PAGE)?;
            let last = page.last().map(|s| s.id.0.clone());
            let met = new.len();
            let mut is_end = page.len() < OWN_PAGE;
            for status in page {
                let is_old = is_first && status.created_at.0.is_some_and(|at| at < oldest);
                if is_old || self.cursor.has_own(&status.id.0) {
                    is_end = true;
                } else if !new.iter().any(|known| known.id == status.id) {
                    new.push(status);
                }
            }
            let is_enough = is_first && new.len() >= FIRST.0;
            if is_end || is_enough || new.len() == met {
                break;
            }
            max = last;
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::default();
        for status in new.iter().rev() {
            let answers = status.in_reply_to_id.get().is_some();
            if answers || me.queue(status) == crate::domain::Queue::Messages {
                self.threads.add(around, status, &mut batch)?;
            } else {
                self.threads.know(status);
            }
        }
        let mut then = self.cursor.clone();
        new.iter().rev().for_each(|status| then.take_own(&status.id.0));
        self.threads.hand_over(desk, batch, Some(then.written()))?;
        self.cursor = then;
        Ok(())
    }
}

/// A page of our own statuses, newest first.
///
/// # Errors
/// When the server does not show them.
pub fn own_page(
    api: &Api,
    me: &Me,
    max: Option<&str>,
    size: usize,
) -> Result<Vec<Status>, Trouble> {
    let mut path =
        format!("/api/v1/accounts/{}/statuses?limit={size}&exclude_reblogs=true", encoded(&me.id));
    if let Some(max) = max {
        path.push_str(&format!("&max_id={}", encoded(max)));
    }
    let page = items(api.look(&path)?.0);
    let statuses = page.into_iter().filter_map(|v| serde_json::from_value(v).ok());
    Ok(statuses.filter(|s: &Status| s.id.get().is_some()).collect())
}

/// How many follow, and so on.
fn metrics(api: &Api, me: &Me, desk: &Desk) -> Result<(), Trouble> {
    let path = format!("/api/v1/accounts/{}", encoded(&me.id));
    let (account, _) = api.look::<super::entities::Account>(&path)?;
    let mut values = json!({});
    for (name, value) in [
        ("followers", *account.followers_count),
        ("following", *account.following_count),
        ("posts", *account.statuses_count),
    ] {
        if let Some(value) = value {
            values[name] = json!(value);
        }
    }
    let at = written(desk.now());
    hand_over(desk, vec![json!({"event": "metrics", "at": at, "values": values})], None)
}

/// The pages of notifications.
struct Notifications<'a> {
    api: &'a Api,
    desk: &'a Desk,
    me: &'a Me,
}

impl Pages<Status> for Notifications<'_> {
    fn page(&mut self, since: Option<&str>, max: Option<&str>) -> Result<Page<Status>, Trouble> {
        let mut path = format!("/api/v1/notifications?limit={PAGE}&types%5B%5D=mention");
        if let Some(since) = since {
            // snac overlooks since_id, and takes min_id for the same thing.
            let name = if self.me.software == Software::Snac { "min_id" } else { "since_id" };
            path.push_str(&format!("&{name}={}", encoded(since)));
        }
        if let Some(max) = max {
            // The first page comes in its time; those behind it must not eat the budget up.
            wait_for_room(self.api, self.desk)?;
            path.push_str(&format!("&max_id={}", encoded(max)));
        }
        let (page, reply) = self.api.look::<Value>(&path)?;
        let items = items(page).into_iter().map(|value| self.item(value)).collect();
        let (names, next) = next_page(&reply);
        Ok(Page { items, is_last: names && next.is_none(), next, size: PAGE })
    }
}

impl Notifications<'_> {
    fn item(&self, value: Value) -> Item<Status> {
        let read = serde_json::from_value::<Notification>(value).unwrap_or_default();
        let is_mention = read.kind.as_str() == "mention";
        let what = read.status.0.filter(|status| {
            is_mention && status.id.get().is_some() && !status.is_boost() && !self.me.wrote(status)
        });
        let at: Option<Time> = what.as_ref().and_then(|status| status.created_at.0);
        Item { id: read.id.0, at, what }
    }
}

impl Shared {
    /// The clocks that moments are held against.
    pub fn clock(&self, desk: &Desk) -> Clock {
        Clock { server: self.api.pace().server_time(), ours: desk.now() }
    }
}
