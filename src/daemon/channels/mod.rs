//! The channels: a runner for each that has a connector, and what an owner asks of them.

mod admin;
mod board;
mod child;
mod outbound;
mod runner;

pub use board::Board;

use super::hub::Hub;
use super::orders::Orders;
use crate::config::{self, Link};
use crate::domain::{Channel, ChannelId, Refusal};
use runner::{Order, Runner};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

/// The runners of a desk.
pub struct Channels {
    hub: Arc<Hub>,
    orders: Orders,
    running: Mutex<BTreeMap<ChannelId, Running>>,
}

/// A runner at work.
struct Running {
    link: Link,
    platform: String,
    orders: mpsc::Sender<Order>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    async fn end(self) {
        self.stop.send_replace(true);
        if let Err(e) = self.task.await {
            tracing::error!("{}: its runner stopped: {e}", self.link.channel);
        }
    }
}

impl Channels {
    /// Nothing runs yet.
    pub fn new(hub: Arc<Hub>, orders: Orders) -> Channels {
        Channels { hub, orders, running: Mutex::default() }
    }

    /// Brings what runs in line with what the file says.
    pub async fn follow(&self, channels: &[Channel], links: &[Link]) {
        let mut running = self.running.lock().await;
        let wanted: BTreeMap<&ChannelId, &Link> = links.iter().map(|l| (&l.channel, l)).collect();
        let platform = |id: &ChannelId| {
            channels.iter().find(|c| c.id == *id).map(|c| c.platform.clone()).unwrap_or_default()
        };
        let changed: Vec<ChannelId> = running
            .iter()
            .filter(|(id, r)| {
                wanted.get(id).is_none_or(|link| **link != r.link || platform(id) != r.platform)
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in changed {
            if let Some(old) = running.remove(&id) {
                old.end().await;
                self.hub.board.forget(&id);
            }
        }
        // Those that never ran too: paused ones, and those that people work by hand.
        self.hub.board.keep(|id| wanted.contains_key(id));
        for (id, link) in wanted {
            self.hub.board.begin(link);
            if running.contains_key(id) || link.paused || link.connector == "manual" {
                continue;
            }
            running.insert(id.clone(), self.start(link, platform(id)));
        }
        drop(running);
        self.hub.tell(super::hub::News::Channels);
    }

    fn start(&self, link: &Link, platform: String) -> Running {
        let (orders, heard) = mpsc::channel(4);
        let (stop, stopped) = watch::channel(false);
        self.hub.about.setup.can.expect(&link.channel, true);
        let runner =
            Runner::new(self.hub.clone(), self.orders.clone(), link.clone(), platform.clone());
        tracing::info!("{}: {} starts", link.channel, link.connector);
        let task = tokio::spawn(runner.run(heard, stopped));
        Running { link: link.clone(), platform, orders, stop, task }
    }

    /// Reads the file again and follows it.
    ///
    /// # Errors
    /// When the file has a mistake; everything goes on as it was then.
    pub async fn reload(&self) -> Result<(), Refusal> {
        let desk = config::Desk::load(&self.hub.about.folder)
            .map_err(|e| Refusal::ReadOnly(e.to_string()))?;
        let file = desk.channels;
        self.hub.set_configured(file.channels.clone(), file.cadences.clone());
        self.hub.set_posting(file.posting.clone());
        self.hub.board.set_holders(file.holders.clone());
        self.orders.channels(file.clone()).await;
        self.follow(&file.channels, &file.links).await;
        Ok(())
    }

    /// Ends a channel's runner, if it has one; the next [`Channels::reload`] starts it again.
    async fn halt(&self, id: &ChannelId) {
        let running = self.running.lock().await.remove(id);
        if let Some(running) = running {
            running.end().await;
            self.hub.board.forget(id);
        }
    }

    /// Does something to what a connector keeps while it does not run; it is started again then.
    ///
    /// # Errors
    /// When that stopped by a bug.
    pub async fn while_resting<T: Send + 'static>(
        &self,
        id: &ChannelId,
        what: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, tokio::task::JoinError> {
        let mut running = self.running.lock().await;
        let was = match running.remove(id) {
            Some(running) => {
                let begun = (running.link.clone(), running.platform.clone());
                running.end().await;
                Some(begun)
            }
            None => None,
        };
        let done = tokio::task::spawn_blocking(what).await;
        if let Some((link, platform)) = was {
            running.insert(id.clone(), self.start(&link, platform));
        }
        done
    }

    /// Ends every runner; each lets its connector finish what is under way.
    pub async fn end(&self) {
        let running = std::mem::take(&mut *self.running.lock().await);
        for one in running.values() {
            one.stop.send_replace(true);
        }
        for (_, one) in running {
            one.end().await;
        }
    }
}
