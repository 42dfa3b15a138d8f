//! What the desk's owner asks of channels: add, test, pause, resume, remove.

use super::{Channels, Order};
use crate::config::{self, ChannelEdit, ConfigError, Link};
use crate::connect::{built_in, check};
use crate::domain::{ChannelId, Refusal};
use crate::wire::channel::{ChannelAsk, NewChannel};
use serde_json::{Map, Value};
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
            ChannelAsk::Pause(id) | ChannelAsk::Resume(id) | ChannelAsk::Remove(id)
                if !self.is_configured(&id) =>
            {
                Err(Refusal::NoSuchChannel(id))
            }
            ChannelAsk::Pause(id) => self.pause(id, true).await,
            ChannelAsk::Resume(id) => self.pause(id, false).await,
            ChannelAsk::Remove(id) => {
                self.readable(&id)?;
                config::remove_channel(&desk, &id.0).map_err(|e| wrong(&id, &e))?;
                self.reload().await?;
                tracing::info!("{id}: removed");
                // After its connector has ended: it may be given new ones until then.
                config::keep_secrets(&desk, &id, &config::Secrets::new())
                    .map_err(|e| wrong(&id, &e))?;
                Ok(String::new())
            }
        }
    }

    async fn pause(&self, id: ChannelId, paused: bool) -> Result<String, Refusal> {
        self.readable(&id)?;
        config::pause_channel(&self.hub.about.folder, &id.0, paused).map_err(|e| wrong(&id, &e))?;
        self.reload().await?;
        Ok(String::new())
    }

    /// A mistake somewhere in the desk's files is told before anything is changed in them.
    fn readable(&self, id: &ChannelId) -> Result<(), Refusal> {
        config::Desk::load(&self.hub.about.folder).map(drop).map_err(|e| wrong(id, &e))
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
        let desk = self.hub.about.folder.clone();
        let files = config::Desk::load(&desk).map_err(|e| wrong(&id, &e))?;
        let known = files.channels.channels.iter().any(|c| c.id == id);
        // Under another connector nothing of what it had means anything.
        let before = files.channels.links.iter().find(|link| link.channel == id);
        let before = before.filter(|link| link.connector == new.connector);
        let mut secrets = match before {
            Some(_) => config::secrets_of(&desk, &id).map_err(|e| wrong(&id, &e))?,
            None => config::Secrets::new(),
        };
        secrets.extend(new.secrets.clone());
        // An empty one takes back what was there.
        secrets.retain(|_, value| !value.is_empty());
        if !known && new.platform.is_empty() {
            return refuse("it needs a platform".to_owned());
        }
        if let Some(why) = lacks(&new, before, &secrets) {
            return refuse(why);
        }
        let settings = new.settings();
        let changes = !new.secrets.is_empty() || (known && before.is_none());
        if changes {
            // Its connector starts with them, so one that runs ends first; and they are there before
            // the channel is.
            self.halt(&id).await;
            if let Err(e) = config::keep_secrets(&desk, &id, &secrets) {
                self.reload().await?;
                return Err(wrong(&id, &e));
            }
        }
        let edit = ChannelEdit {
            id: id.0.clone(),
            platform: new.platform,
            title: new.title,
            connector: new.connector,
            command: new.command,
            settings,
        };
        let put = config::put_channel(&desk, &edit);
        if put.is_err() && !known {
            // There is no channel that they would belong to; what is wrong is told below.
            let _ = config::keep_secrets(&desk, &id, &config::Secrets::new());
        }
        self.reload().await?;
        put.map_err(|e| wrong(&id, &e))?;
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
            Ok(Err(_)) => {
                refuse("its connector was ended, or another test took its place".to_owned())
            }
            Err(_) => refuse(format!("no answer within {} seconds", TEST.as_secs())),
        }
    }
}

/// What is wrong with a channel that is to be added; `before` is what the same connector had of it.
fn lacks(new: &NewChannel, before: Option<&Link>, secrets: &config::Secrets) -> Option<String> {
    let mut known: Vec<&str> = built_in::ALL.iter().map(|b| b.name).collect();
    known.extend(["command", "manual"]);
    let connector = built_in::named(&new.connector);
    if connector.is_none() && !known.contains(&new.connector.as_str()) {
        let known = known.join(", ");
        return Some(format!("{:?} is no connector; there are {known}", new.connector));
    }
    if serde_json::from_str::<Map<String, Value>>(&new.settings).is_err() {
        return Some("its settings are no JSON object".to_owned());
    }
    let connector = connector?;
    let settings = new.settings();
    let open = connector.settings.iter().find(|s| s.secret && settings.contains_key(s.name));
    if let Some(secret) = open {
        // The file of channels may be read by others, and is shown to people.
        return Some(format!("{} is a secret, not a setting", secret.name));
    }
    let given = |name: &str| {
        let stays = before.is_some_and(|link| link.settings.contains_key(name));
        stays || settings.contains_key(name) || secrets.contains_key(name)
    };
    let needed = connector.settings.iter().filter(|s| s.default.is_none());
    let lacks: Vec<&str> = needed.map(|s| s.name).filter(|name| !given(name)).collect();
    (!lacks.is_empty()).then(|| format!("{} needs {}", connector.name, lacks.join(", ")))
}

fn wrong(channel: &ChannelId, e: &ConfigError) -> Refusal {
    Refusal::Channel { channel: channel.clone(), why: e.to_string() }
}
