//! How every channel is: what their runners write down, and the sessions show.

use crate::config::Link;
use crate::connect::protocol::{Hello, Status};
use crate::domain::{Channel, ChannelId, Holder, OperatorName, Span, Time};
use crate::wire::channel::{Brief, Counts, Phase, View};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most lines kept of what a connector says.
const MOST_LINES: usize = 50;
/// The most bytes of such a line.
const MOST_LINE: usize = 400;
/// How long before their end credentials are announced.
const EXPIRES_SOON: Span = Span::hours(7 * 24);
/// How long a connector that told of its looks may be silent until it counts as blind.
const STALE: Span = Span::minutes(15);

/// Everything that is known of the channels that have a connector.
#[derive(Default)]
pub struct Board {
    channels: Mutex<BTreeMap<ChannelId, Standing>>,
    holders: Mutex<BTreeMap<ChannelId, Vec<String>>>,
}

/// How one channel is.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Its connector's name.
    pub connector: String,
    /// Nothing runs until somebody resumes it.
    pub paused: bool,
    /// What its connector has said of itself; `None` = nothing yet.
    pub hello: Option<Hello>,
    /// How it said that it is.
    pub status: Status,
    /// Since when it sees nothing, and why.
    pub blind: Option<(Time, String)>,
    /// When it last brought something in.
    pub brought: Option<Time>,
    /// Since the daemon started.
    pub counts: Counts,
    /// Rows in its outbox, and those that wait for a person.
    pub waiting: (u64, u64),
    log: VecDeque<(Time, String)>,
}

impl Standing {
    /// Adds a line to what it said.
    pub fn log(&mut self, at: Time, line: &str) {
        let line = line.trim_end();
        let end = crate::domain::words::beginning(line, MOST_LINE).len();
        if self.log.len() == MOST_LINES {
            self.log.pop_front();
        }
        self.log.push_back((at, line[..end].to_owned()));
    }

    /// It sees nothing, for this reason; the first moment counts.
    pub fn blind(&mut self, now: Time, why: &str) {
        let since = self.blind.as_ref().map_or(now, |(since, _)| *since);
        self.blind = Some((since, why.to_owned()));
    }

    fn phase(&self, now: Time) -> Phase {
        let silent = self.status.polled.filter(|polled| now - *polled > STALE);
        match (&self.blind, silent) {
            _ if self.paused => Phase::Paused,
            _ if self.connector == "manual" => Phase::ByHand,
            (Some((since, why)), _) => Phase::Blind { since: *since, why: why.clone() },
            (None, Some(polled)) => Phase::Blind { since: polled, why: String::new() },
            (None, None) if self.hello.is_none() => Phase::Starting,
            (None, None) => Phase::Live,
        }
    }
}

impl Board {
    /// Puts a channel on the board as its file describes it.
    pub fn begin(&self, link: &Link) {
        self.change(&link.channel, |standing| {
            standing.connector.clone_from(&link.connector);
            standing.paused = link.paused;
        });
    }

    /// Takes a channel off the board.
    pub fn forget(&self, channel: &ChannelId) {
        self.lock().remove(channel);
    }

    /// Takes off every channel that is not among these.
    pub fn keep(&self, which: impl Fn(&ChannelId) -> bool) {
        self.lock().retain(|id, _| which(id));
    }

    /// Says who holds the accounts.
    pub fn set_holders(&self, holders: BTreeMap<ChannelId, Vec<String>>) {
        *self.holders.lock().unwrap_or_else(PoisonError::into_inner) = holders;
    }

    /// Changes how a channel is.
    pub fn change(&self, channel: &ChannelId, how: impl FnOnce(&mut Standing)) {
        how(self.lock().entry(channel.clone()).or_default());
    }

    /// What every cockpit knows.
    pub fn briefs(&self, now: Time) -> Vec<Brief> {
        let brief = |(id, s): (&ChannelId, &Standing)| {
            let phase = s.phase(now);
            let by_hand = phase == Phase::ByHand;
            let blind = match phase {
                Phase::Blind { since, .. } => Some(since),
                _ => None,
            };
            let expires = s.status.expires.filter(|at| *at - now < EXPIRES_SOON);
            let can = s.hello.as_ref().map(|h| h.can.clone());
            Brief { id: id.clone(), blind, can, by_hand, expires, unconfirmed: s.waiting.1 }
        };
        self.lock().iter().map(brief).collect()
    }

    /// Everything that is known of these channels, those without a connector among them.
    /// `removed` are those who may not use the desk any more.
    pub fn views(&self, channels: Vec<Channel>, removed: &[OperatorName], now: Time) -> Vec<View> {
        let all = self.lock();
        let holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        let none = Standing::default();
        let holder = |name: &String| Holder {
            name: name.clone(),
            removed: removed.iter().any(|gone| gone.0 == *name),
        };
        let view = |channel: Channel| {
            let s = all.get(&channel.id).unwrap_or(&none);
            View {
                connector: s.connector.clone(),
                phase: if all.contains_key(&channel.id) { s.phase(now) } else { Phase::ByHand },
                account: s.hello.as_ref().and_then(|h| h.account.clone()),
                held_by: holders.get(&channel.id).into_iter().flatten().map(holder).collect(),
                can: s.hello.as_ref().map(|h| h.can.clone()),
                polled: s.status.polled,
                brought: s.brought,
                budget: s.status.budget.map(|b| (b.left, b.of, b.resets)),
                expires: s.status.expires,
                counts: s.counts,
                waiting: s.waiting.0,
                unconfirmed: s.waiting.1,
                figures: BTreeMap::new(),
                log: s.log.iter().cloned().collect(),
                channel,
            }
        };
        channels.into_iter().map(view).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ChannelId, Standing>> {
        // Each change leaves the map whole, whatever becomes of who made it.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
