//! What is done to messages that are there: likes, hiding, deleting, blocking; and the check.

use super::Bluesky;
use super::failed::Failed;
use super::outbound::{Put, absent, address, made, never};
use super::records::{self, BLOCK, GATE, LIKE, POST, moment, text};
use super::session::Signed;
use crate::connect::protocol::{Command, NackKind, Target};
use crate::connect::sdk::{Answer, Desk, Done, Not};
use serde_json::{Value, json};

/// The most answers that can be hidden in a thread, by the lexicon `app.bsky.feed.threadgate`.
const MOST_HIDDEN: usize = 300;
/// How often a change is tried again when another one came first.
const TRIES: usize = 3;
/// How many of our own likes and blocks are remembered until the network shows them.
const REMEMBERED: usize = 1000;

impl Bluesky {
    /// Likes a post.
    pub(super) fn like(&self, desk: &Desk, command: &Command, target: &Target) -> Answer {
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        if command.look {
            return self.look_for(desk, command, &signed, LIKE);
        }
        let post = self.post_at(desk, &target.message)?;
        let Some(post) = post else { return Err(never("the message was deleted")) };
        if let Some(uri) = post.our_like {
            return Ok(Done { platform_id: Some(uri), duplicate: true, ..Done::default() });
        }
        let record = json!({
            "$type": LIKE,
            "subject": {"uri": post.at.uri, "cid": post.at.cid},
            "createdAt": moment(made(command)?),
        });
        self.put_own(desk, command, &signed, LIKE, &target.message, record)
    }

    /// Takes our like back.
    pub(super) fn unlike(&self, desk: &Desk, command: &Command, target: &Target) -> Answer {
        let post = self.post_at(desk, &target.message)?;
        let like =
            post.and_then(|post| post.our_like).or_else(|| self.made_for(LIKE, &target.message));
        self.take_back(desk, command, LIKE, &target.message, like)
    }

    /// Blocks the person who wrote a message.
    pub(super) fn block(&self, desk: &Desk, command: &Command, target: &Target) -> Answer {
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        if command.look {
            return self.look_for(desk, command, &signed, BLOCK);
        }
        let did = who(target)?;
        if did == signed.did {
            return Err(never("that is this account itself"));
        }
        if let Some(uri) = self.our_block(desk, did)? {
            return Ok(Done { platform_id: Some(uri), duplicate: true, ..Done::default() });
        }
        let record = json!({"$type": BLOCK, "subject": did, "createdAt": moment(made(command)?)});
        self.put_own(desk, command, &signed, BLOCK, did, record)
    }

    /// Lets a person in again.
    pub(super) fn unblock(&self, desk: &Desk, command: &Command, target: &Target) -> Answer {
        let did = who(target)?;
        let block = self.our_block(desk, did)?.or_else(|| self.made_for(BLOCK, did));
        self.take_back(desk, command, BLOCK, did, block)
    }

    fn our_block(&self, desk: &Desk, did: &str) -> Result<Option<String>, Not> {
        let profile = self.session.get(desk, "app.bsky.actor.getProfile", &[("actor", did)]);
        let profile = profile.map_err(Failed::read)?;
        Ok(text(profile.pointer("/viewer/blocking")).map(str::to_owned))
    }

    fn look_for(
        &self,
        desk: &Desk,
        command: &Command,
        signed: &Signed,
        collection: &str,
    ) -> Answer {
        let there = self.record(desk, &signed.did, collection, &command.key);
        match there.map_err(Failed::read)? {
            Some(_) => {
                let uri = address(signed, collection, &command.key);
                Ok(Done { platform_id: Some(uri), duplicate: true, ..Done::default() })
            }
            None => Err(absent()),
        }
    }

    /// Writes a like or a block under the command's key.
    fn put_own(
        &self,
        desk: &Desk,
        command: &Command,
        signed: &Signed,
        collection: &'static str,
        subject: &str,
        record: Value,
    ) -> Answer {
        let uri = address(signed, collection, &command.key);
        // Under this key nothing but an earlier attempt at the same can be.
        let duplicate = match self.put_once(desk, collection, &command.key, record)? {
            Put::There(duplicate) => duplicate,
            Put::Other => true,
        };
        let mut made = self.made();
        if made.len() >= REMEMBERED {
            made.clear();
        }
        made.insert((collection, subject.to_owned()), uri.clone());
        Ok(Done { platform_id: Some(uri), duplicate, ..Done::default() })
    }

    /// What a command of this run made, which the network may not show yet.
    fn made_for(&self, collection: &'static str, subject: &str) -> Option<String> {
        self.made().get(&(collection, subject.to_owned())).cloned()
    }

    /// Deletes a like or a block; that there is none is as good.
    fn take_back(
        &self,
        desk: &Desk,
        command: &Command,
        collection: &'static str,
        subject: &str,
        uri: Option<String>,
    ) -> Answer {
        let Some(uri) = uri else { return Ok(Done { duplicate: true, ..Done::default() }) };
        if command.look {
            return Err(absent());
        }
        let is_there = self.delete_own(desk, &uri)?;
        self.made().remove(&(collection, subject.to_owned()));
        Ok(Done { duplicate: !is_there, ..Done::default() })
    }

    /// Deletes a post of ours.
    pub(super) fn delete(&self, desk: &Desk, command: &Command, target: &Target) -> Answer {
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        if records::authority(&target.message) != Some(&signed.did) {
            return Err(never("Bluesky lets nobody delete what others wrote: it can be hidden"));
        }
        if command.look {
            let Some((collection, key)) = records::place(&target.message) else {
                return Err(never("that is no post on Bluesky"));
            };
            let there = self.record(desk, &signed.did, collection, key).map_err(Failed::read)?;
            return match there {
                None => Ok(Done { duplicate: true, ..Done::default() }),
                Some(_) => Err(Not::new(NackKind::Absent, "the message is still there")),
            };
        }
        let is_there = self.delete_own(desk, &target.message)?;
        Ok(Done { duplicate: !is_there, ..Done::default() })
    }

    /// Deletes a record of ours; false when it was not there any more.
    fn delete_own(&self, desk: &Desk, uri: &str) -> Result<bool, Not> {
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        let (Some((collection, key)), true) =
            (records::place(uri), records::authority(uri) == Some(&signed.did))
        else {
            return Err(never(format!("{uri:?} is nothing of this account's")));
        };
        let body = json!({"repo": signed.did, "collection": collection, "rkey": key});
        match self.session.post(desk, "com.atproto.repo.deleteRecord", &body) {
            Ok(said) => Ok(said.get("commit").is_some()),
            Err(failed) if failed.is_absent() => Ok(false),
            Err(failed) => Err(failed.write()),
        }
    }

    /// Hides an answer in a thread of ours, or shows it again.
    pub(super) fn hide(&self, desk: &Desk, command: &Command, target: &Target, on: bool) -> Answer {
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        let root = self.root_of(desk, target)?;
        let place = records::place(&root).filter(|(collection, _)| *collection == POST);
        let (Some((_, key)), true) = (place, records::authority(&root) == Some(&signed.did)) else {
            return Err(never(
                "Bluesky lets only the author of a thread's first post hide answers in it",
            ));
        };
        if root == target.message {
            return Err(never("this post began the thread: it can be deleted, not hidden"));
        }
        let mut last = None;
        for _ in 0..TRIES {
            let gate = self.record(desk, &signed.did, GATE, key).map_err(Failed::read)?;
            let (cid, mut gate) = match gate {
                Some((cid, gate)) if gate.is_object() => (Some(cid), gate),
                // Without `allow` everybody may answer, as before.
                _ => {
                    let created = moment(made(command)?);
                    (None, json!({"$type": GATE, "post": root, "createdAt": created}))
                }
            };
            let mut hidden = gate.get("hiddenReplies").and_then(Value::as_array).cloned();
            let hidden = hidden.get_or_insert_default();
            let is_hidden = hidden.iter().any(|uri| *uri == *target.message);
            if is_hidden == on {
                return Ok(Done { duplicate: true, ..Done::default() });
            }
            if command.look {
                return Err(absent());
            }
            if on && hidden.len() >= MOST_HIDDEN {
                return Err(never(format!(
                    "{MOST_HIDDEN} answers are hidden in this thread: Bluesky takes no more"
                )));
            }
            match on {
                true => hidden.push(json!(target.message)),
                false => hidden.retain(|uri| *uri != *target.message),
            }
            gate["hiddenReplies"] = json!(hidden);
            let body = json!({
                "repo": signed.did,
                "collection": GATE,
                "rkey": key,
                "swapRecord": cid,
                "record": gate,
            });
            match self.session.post(desk, "com.atproto.repo.putRecord", &body) {
                Ok(_) => return Ok(Done::default()),
                // Somebody else changed it in between: again, with theirs.
                Err(failed) if failed.is("InvalidSwap") => last = Some(failed),
                Err(failed) => return Err(failed.write()),
            }
        }
        let why = last.map(|failed| failed.write().why).unwrap_or_default();
        Err(Not::new(NackKind::Retry, why))
    }

    /// The post that began a message's thread: what the post itself says, for a conversation on the
    /// desk may have begun elsewhere.
    fn root_of(&self, desk: &Desk, target: &Target) -> Result<String, Not> {
        let post = self.post_at(desk, &target.message)?;
        let root = post.map(|post| post.root().uri.clone());
        Ok(root.unwrap_or_else(|| target.thread.clone()))
    }

    /// Signs in and looks around.
    pub(super) fn check(&self, desk: &Desk) -> Answer {
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        let actor = [("actor", signed.did.as_str())];
        let profile = self.session.get(desk, "app.bsky.actor.getProfile", &actor);
        let profile = profile.map_err(Failed::read)?;
        let limit = [("limit", "1")];
        let list = self.session.get(desk, "app.bsky.notification.listNotifications", &limit);
        list.map_err(Failed::read)?;
        let count = |name: &str| profile.get(name).and_then(Value::as_u64).unwrap_or(0);
        let budget = self.session.budget().map_or_else(String::new, |budget| {
            format!("; {} of {} calls are left for now", budget.left, budget.of)
        });
        let note = format!(
            "signed in as @{} ({}), {} followers, {} posts; comments can be read{budget}",
            signed.handle,
            signed.did,
            count("followersCount"),
            count("postsCount"),
        );
        Ok(Done { note: Some(note), ..Done::default() })
    }
}

/// The person who wrote a message.
fn who(target: &Target) -> Result<&str, Not> {
    let named = Some(target.person.id.as_str()).filter(|id| id.starts_with("did:"));
    let who = named.or_else(|| records::authority(&target.message));
    who.ok_or_else(|| never("it is not known who wrote the message"))
}
