//! What the desk's owner asks of channels: add, test, pause, resume, remove.

use super::{Channels, Order};
use crate::config::{self, ChannelEdit, ConfigError, Link};
use crate::connect::{built_in, check};
use crate::domain::{ChannelId, Refusal};
use crate::wire::channel::{ChannelAsk, NewChannel};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a test may take.
const TEST: Duration = Duration::from_secs(60);

impl Channels {
    /// Does what is asked; answers what there is to say.
    ///
    /// # Errors
    /// Why not, with the channel.
    pub async fn ask(&self, ask: ChannelAsk) -> Result<String, Refusal> {
        let desk = self.hub.about.folder.clone();
        match ask {
            ChannelAsk::Add(new) => self.add(*new).await,
            ChannelAsk::Test(id) => self.test(id).await,
            ChannelAsk::Pause(id) | ChannelAsk::Resume(id) if !self.is_configured(&id) => {
                Err(Refusal::NoSuchChannel(id))
            }
            ChannelAsk::Pause(id) => {
                config::pause_channel(&desk, &id.0, true).map_err(|e| wrong(&id, &e))?;
                self.reload().await.map(|()| String::new())
            }
            ChannelAsk::Resume(id) => {
                config::pause_channel(&desk, &id.0, false).map_err(|e| wrong(&id, &e))?;
                self.reload().await.map(|()| String::new())
            }
            ChannelAsk::Remove(id) => {
                if !config::remove_channel(&desk, &id.0).map_err(|e| wrong(&id, &e))? {
                    return Err(Refusal::NoSuchChannel(id));
                }
                self.reload().await?;
                config::keep_secrets(&desk, &id, &config::Secrets::new())
                    .map_err(|e| wrong(&id, &e))?;
                Ok(String::new())
            }
        }
    }

    fn is_configured(&self, id: &ChannelId) -> bool {
        self.hub.configured().0.iter().any(|c| c.id == *id)
    }

    async fn add(&self, new: NewChannel) -> Result<String, Refusal> {
        let id = check::channel(&new.id).map_err(|e| Refusal::Channel {
            channel: ChannelId(new.id.clone()),
            why: e.to_string(),
        })?;
        let refuse = |why: String| Err(Refusal::Channel { channel: id.clone(), why });
        if !Link::CONNECTORS.contains(&new.connector.as_str()) {
            let known = Link::CONNECTORS.join(", ");
            return refuse(format!("{:?} is no connector; there are {known}", new.connector));
        }
        let settings = new.settings();
        if let Some(connector) = built_in::named(&new.connector) {
            let given = |name: &str| {
                settings.contains_key(name) || new.secrets.get(name).is_some_and(|s| !s.is_empty())
            };
            let lacks = connector.settings.iter().filter(|s| s.default.is_none());
            let lacks: Vec<&str> = lacks.map(|s| s.name).filter(|name| !given(name)).collect();
            if !lacks.is_empty() && !self.is_configured(&id) {
                return refuse(format!("{} needs {}", connector.name, lacks.join(", ")));
            }
        }
        let desk = self.hub.about.folder.clone();
        if !new.secrets.is_empty() {
            // Before the channel itself: its connector starts with them.
            let mut secrets = config::secrets_of(&desk, &id).map_err(|e| wrong(&id, &e))?;
            secrets.extend(new.secrets);
            config::keep_secrets(&desk, &id, &secrets).map_err(|e| wrong(&id, &e))?;
        }
        let edit = ChannelEdit {
            id: id.0.clone(),
            platform: new.platform,
            title: new.title,
            connector: new.connector,
            command: new.command,
            settings,
        };
        config::put_channel(&desk, &edit).map_err(|e| wrong(&id, &e))?;
        // Its secrets may be all that has changed.
        self.stop(&id).await;
        self.reload().await?;
        Ok(String::new())
    }

    async fn test(&self, id: ChannelId) -> Result<String, Refusal> {
        if !self.is_configured(&id) {
            return Err(Refusal::NoSuchChannel(id));
        }
        let (to, answer) = oneshot::channel();
        let orders = self.running.lock().await.get(&id).map(|r| r.orders.clone());
        let refuse = |why: String| Err(Refusal::Channel { channel: id.clone(), why });
        let Some(orders) = orders else {
            return refuse("nothing runs that could be tested: it is paused or manual".to_owned());
        };
        if orders.send(Order::Test(to)).await.is_err() {
            return refuse("its connector is just ending; try again".to_owned());
        }
        match tokio::time::timeout(TEST, answer).await {
            Ok(Ok(Ok(found))) => Ok(found),
            Ok(Ok(Err(why))) => refuse(why),
            Ok(Err(_)) => refuse("another test took its place".to_owned()),
            Err(_) => refuse(format!("no answer within {} seconds", TEST.as_secs())),
        }
    }
}

fn wrong(channel: &ChannelId, e: &ConfigError) -> Refusal {
    Refusal::Channel { channel: channel.clone(), why: e.to_string() }
}
