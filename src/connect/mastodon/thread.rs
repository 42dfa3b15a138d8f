//! Which conversation a status belongs to, and what else of it the operator should see.

use super::api::{Api, encoded};
use super::entities::{Context, Status};
use super::me::Me;
use super::recent::Recent;
use super::tell::{self, Clock};
use crate::connect::check;
use crate::connect::sdk::{Desk, Trouble};
use crate::domain::Queue;
use serde_json::Value;

/// The most statuses that are shown before one that is new.
const AROUND: usize = 40;
/// How much is remembered of what was seen.
const REMEMBERED: usize = 4000;
/// The most events, and about the most bytes of them, that are handed over at a time.
const PART: (usize, usize) = (200, 400 * 1024);

/// What is known of conversations.
#[derive(Debug)]
pub struct Threads {
    /// The root of the conversation that a status belongs to.
    roots: Recent<String>,
    /// What the desk was told of.
    told: Recent<()>,
    /// Account ids by address, for servers that make up the ids of those who are named.
    people: Recent<String>,
}

/// Events on their way to the desk.
#[derive(Debug, Default)]
pub struct Batch {
    events: Vec<Value>,
    ids: Vec<String>,
}

/// What is needed to describe a status.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The server.
    pub api: &'a Api,
    /// Us.
    pub me: &'a Me,
    /// The desk.
    pub desk: &'a Desk,
    /// The clocks.
    pub clock: Clock,
    /// False while an answer of ours is on its way: it is told of by the one who sends it.
    pub ours_too: bool,
}

impl Default for Threads {
    fn default() -> Threads {
        Threads {
            roots: Recent::new(REMEMBERED),
            told: Recent::new(REMEMBERED),
            people: Recent::new(REMEMBERED),
        }
    }
}

impl Threads {
    /// Adds a status to a batch, and before it what it answers, as far as the desk has not been
    /// told of that.
    ///
    /// # Errors
    /// When the server is away.
    pub fn add(
        &mut self,
        around: Around<'_>,
        status: &Status,
        batch: &mut Batch,
    ) -> Result<(), Trouble> {
        let Around { me, .. } = around;
        self.meet(status);
        if me.queue(status) == Queue::Messages {
            let peer = self.peer(me, status);
            self.tell(around, status, Queue::Messages, peer.as_deref(), batch);
            return Ok(());
        }
        let id = status.id.0.as_str();
        let Some(parent) = status.in_reply_to_id.get() else {
            self.roots.put(id, id.to_owned());
            self.tell(around, status, Queue::Comments, Some(id), batch);
            return Ok(());
        };
        if let Some(root) = self.roots.get(parent).cloned() {
            self.roots.put(id, root.clone());
            self.tell(around, status, Queue::Comments, Some(&root), batch);
            return Ok(());
        }
        let context = context(around, id)?;
        let Some(context) = context else {
            // The desk finds the conversation by what this answers, if it has that.
            self.tell(around, status, Queue::Comments, None, batch);
            return Ok(());
        };
        let root = root(status, &context.ancestors);
        self.roots.put(id, root.clone());
        for other in context.ancestors.iter().chain(context.descendants.iter()) {
            self.meet(other);
            if me.queue(other) == Queue::Comments {
                self.roots.put(&other.id.0, root.clone());
            }
        }
        let from = context.ancestors.len().saturating_sub(AROUND);
        let is_near = |(at, _): &(usize, &Status)| *at == 0 || *at >= from;
        let above = context.ancestors.iter().enumerate().filter(is_near).map(|(_, s)| s);
        let below = context.descendants.iter().filter(|s| me.wrote(s)).take(AROUND);
        for other in above.chain([status]).chain(below) {
            if me.queue(other) == Queue::Comments {
                self.tell(around, other, Queue::Comments, Some(&root), batch);
            }
        }
        Ok(())
    }

    /// Remembers a post that opens a conversation, without telling of it.
    pub fn know(&mut self, status: &Status) {
        self.meet(status);
        if status.in_reply_to_id.get().is_none() {
            self.roots.put(&status.id.0, status.id.0.clone());
        }
    }

    /// Whom a direct message is exchanged with.
    fn peer(&self, me: &Me, status: &Status) -> Option<String> {
        if !me.wrote(status) {
            return status.account.id.get().map(str::to_owned);
        }
        let is_us = |id: &str| id == me.id;
        if let Some(id) = status.in_reply_to_account_id.get().filter(|id| !is_us(id)) {
            return Some(id.to_owned());
        }
        let other = status.mentions.iter().find(|m| !me.is(&m.acct))?;
        let known = self.people.get(other.acct.as_str()).cloned();
        known.or_else(|| other.id.get().map(str::to_owned))
    }

    fn meet(&mut self, status: &Status) {
        if let (Some(id), acct) = (status.account.id.get(), status.account.acct.as_str()) {
            self.people.put(acct, id.to_owned());
        }
    }

    fn tell(
        &self,
        around: Around<'_>,
        status: &Status,
        queue: Queue,
        thread: Option<&str>,
        batch: &mut Batch,
    ) {
        let id = status.id.0.as_str();
        let is_told = self.told.get(id).is_some() || batch.ids.iter().any(|known| known == id);
        if is_told || status.is_boost() || (around.me.wrote(status) && !around.ours_too) {
            return;
        }
        let thread = thread.filter(|t| t.len() <= check::ID);
        if let Some(event) = tell::message(status, around.me, queue, thread, around.clock) {
            batch.events.push(event);
            batch.ids.push(id.to_owned());
        }
    }

    /// Hands a batch over; only then it counts as told.
    ///
    /// # Errors
    /// When the desk has closed its side.
    pub fn hand_over(
        &mut self,
        desk: &Desk,
        batch: Batch,
        cursor: Option<String>,
    ) -> Result<(), Trouble> {
        hand_over(desk, batch.events, cursor)?;
        for id in &batch.ids {
            self.told.put(id, ());
        }
        Ok(())
    }
}

/// Hands events over in parts that fit a line; the cursor goes with the last.
///
/// # Errors
/// When the desk has closed its side.
pub fn hand_over(desk: &Desk, events: Vec<Value>, cursor: Option<String>) -> Result<(), Trouble> {
    let mut part = vec![];
    let mut size = 0;
    for event in events {
        let bytes = event.to_string().len();
        if !part.is_empty() && (part.len() >= PART.0 || size + bytes > PART.1) {
            desk.events(std::mem::take(&mut part), None)?;
            size = 0;
        }
        size += bytes;
        part.push(event);
    }
    desk.events(part, cursor)
}

/// Waits while only what answers need is left of the server's budget.
///
/// # Errors
/// When the desk has closed its side.
pub fn wait_for_room(api: &Api, desk: &Desk) -> Result<(), Trouble> {
    loop {
        let Some(pause) = api.pace().pause() else { return Ok(()) };
        if desk.sleep(pause) {
            return Err(Trouble { ended: true, ..Trouble::away("") });
        }
    }
}

/// What stands around a status; `None` when the server does not say.
fn context(around: Around<'_>, id: &str) -> Result<Option<Context>, Trouble> {
    wait_for_room(around.api, around.desk)?;
    let reply = around.api.get(&format!("/api/v1/statuses/{}/context", encoded(id)))?;
    match reply.status {
        // Without a budget or a token the next look is no better off by going on.
        401 | 403 | 429 => Err(around.api.trouble(&reply)),
        _ if reply.is_ok() => Ok(reply.json().ok()),
        // One conversation that the server chokes on must not keep all others back.
        _ => Ok(None),
    }
}

/// The root of a status's conversation: as far up as can be seen, and what that one answers.
fn root(status: &Status, ancestors: &[Status]) -> String {
    let mut top = status;
    // Each step goes to another one, so there are no more than there are ancestors.
    for _ in 0..ancestors.len() {
        let Some(parent) = top.in_reply_to_id.get() else { break };
        let Some(found) = ancestors.iter().find(|a| a.id.0 == parent) else { break };
        top = found;
    }
    top.in_reply_to_id.get().unwrap_or(&top.id.0).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn status(id: &str, parent: Option<&str>) -> Status {
        serde_json::from_value(json!({"id": id, "in_reply_to_id": parent})).unwrap()
    }

    #[rstest]
    #[case::in_order(&[("a", None), ("b", Some("a"))], "b", "a")]
    #[case::in_any_order(&[("b", Some("a")), ("a", None)], "b", "a")]
    #[case::top_is_hidden(&[("b", Some("x"))], "b", "x")]
    #[case::parent_is_hidden(&[], "b", "b")]
    #[case::in_a_circle(&[("a", Some("b")), ("b", Some("a"))], "b", "b")]
    fn the_root_is_found(
        #[case] ancestors: &[(&str, Option<&str>)],
        #[case] parent: &str,
        #[case] found: &str,
    ) {
        let ancestors: Vec<Status> = ancestors.iter().map(|(id, p)| status(id, *p)).collect();
        assert_eq!(root(&status("s", Some(parent)), &ancestors), found);
    }
}
