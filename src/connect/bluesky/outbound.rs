//! Answers and posts: written under the command's own key, so that they are there once however
//! often they are sent.

use super::Bluesky;
use super::facets;
use super::failed::Failed;
use super::news::list;
use super::records::{self, POST, Post, Ref, key_moment, moment, permalink, text};
use super::session::Signed;
use crate::connect::protocol::{Command, NackKind};
use crate::connect::sdk::{Answer, Desk, Done, Not};
use crate::domain::Time;
use crate::text::count;
use serde_json::{Map, Value, json};

/// The most a post may have, by the lexicon `app.bsky.feed.post`: grapheme clusters and bytes.
pub const GRAPHEMES: usize = 300;
/// See [`GRAPHEMES`].
pub const BYTES: usize = 3000;

/// What became of a record that is written once.
pub enum Put {
    /// It is there now; true when it had been before.
    There(bool),
    /// Something else is there under its key.
    Other,
}

/// A command that is no use, with the reason.
pub fn never(why: impl Into<String>) -> Not {
    Not::new(NackKind::Permanent, why)
}

/// A look found nothing.
pub fn absent() -> Not {
    Not::new(NackKind::Absent, "it is not there")
}

impl Bluesky {
    /// Answers a post.
    pub(super) fn reply(&self, desk: &Desk, command: &Command, to: &str, text: &str) -> Answer {
        check(text)?;
        if let Some(done) = self.earlier(desk, command, text, Some(to))? {
            return Ok(done);
        }
        if command.look {
            return Err(absent());
        }
        let parent = self.post_at(desk, to)?.ok_or_else(|| {
            never("the message that is answered was deleted, or is hidden from this account")
        })?;
        if parent.author.has_blocked_us {
            return Err(never("the person who wrote the message has blocked this account"));
        }
        if parent.is_closed {
            return Err(never("the thread's author lets this account not answer there"));
        }
        let at = |at: &Ref| json!({"uri": at.uri, "cid": at.cid});
        let reply = json!({"root": at(parent.root()), "parent": at(&parent.at)});
        self.write(desk, command, text, Some((to, reply)))
    }

    /// Publishes a post.
    pub(super) fn publish(
        &self,
        desk: &Desk,
        command: &Command,
        text: &str,
        at: Option<Time>,
    ) -> Answer {
        check(text)?;
        if at.is_some_and(|at| at > desk.now()) {
            return Err(never("Bluesky cannot schedule: a post goes out when it is sent"));
        }
        if let Some(done) = self.earlier(desk, command, text, None)? {
            return Ok(done);
        }
        if command.look {
            return Err(absent());
        }
        self.write(desk, command, text, None)
    }

    /// What an earlier attempt has made. Looked for before anything else is asked: the parent may
    /// have gone since, and what was said to it is said.
    fn earlier(
        &self,
        desk: &Desk,
        command: &Command,
        text: &str,
        to: Option<&str>,
    ) -> Result<Option<Done>, Not> {
        if command.attempt <= 1 && !command.look {
            return Ok(None);
        }
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        match self.same(desk, command, &signed, text, to).map_err(Failed::read)? {
            Some(true) => Ok(Some(self.done(command, &signed, true)?)),
            Some(false) => Err(never("another post is there under this one's key")),
            None => Ok(None),
        }
    }

    /// Writes a post under the command's key.
    fn write(
        &self,
        desk: &Desk,
        command: &Command,
        text: &str,
        reply: Option<(&str, Value)>,
    ) -> Answer {
        let created = moment(made(command)?);
        let facets = facets::facets(text, |handle| self.resolve(desk, handle))?;
        let mut record = Map::new();
        record.insert("$type".to_owned(), json!(POST));
        record.insert("text".to_owned(), json!(text));
        record.insert("createdAt".to_owned(), json!(created));
        if !facets.is_empty() {
            record.insert("facets".to_owned(), json!(facets));
        }
        if !self.languages.is_empty() {
            record.insert("langs".to_owned(), json!(self.languages));
        }
        let to = reply.as_ref().map(|(to, _)| *to);
        if let Some((_, reply)) = &reply {
            record.insert("reply".to_owned(), reply.clone());
        }
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        let uri = address(&signed, POST, &command.key);
        self.flights.begin(&uri);
        let put = self.put_once(desk, POST, &command.key, Value::Object(record));
        let is_known = !put.as_ref().is_err_and(|not| not.kind == NackKind::Unknown);
        self.flights.end(&uri, is_known);
        match put? {
            Put::There(duplicate) => self.done(command, &signed, duplicate),
            // The post was made with another version of its parent, say; what counts is what it says.
            Put::Other => {
                match self.same(desk, command, &signed, text, to).map_err(Failed::read)? {
                    Some(true) => self.done(command, &signed, true),
                    Some(false) => Err(never("another post is there under this one's key")),
                    None => Err(Not::new(NackKind::Retry, "the post under this key has just gone")),
                }
            }
        }
    }

    /// Whether what is there under the command's key says the same; `None` = nothing is there.
    fn same(
        &self,
        desk: &Desk,
        command: &Command,
        signed: &Signed,
        said: &str,
        to: Option<&str>,
    ) -> Result<Option<bool>, Failed> {
        let there = self.record(desk, &signed.did, POST, &command.key)?;
        Ok(there.map(|(_, record)| {
            let parent = text(record.pointer("/reply/parent/uri"));
            text(record.get("text")) == Some(said) && parent == to
        }))
    }

    fn done(&self, command: &Command, signed: &Signed, duplicate: bool) -> Answer {
        let uri = address(signed, POST, &command.key);
        // Also for one that an earlier attempt left in doubt.
        self.flights.end(&uri, true);
        Ok(Done {
            url: permalink(&self.web, &signed.handle, &uri),
            platform_id: Some(uri),
            at: if duplicate { Some(made(command)?) } else { None },
            duplicate,
            note: None,
        })
    }

    /// Writes a record under a key of ours unless it is there: `putRecord` that asks for nothing to
    /// be there does nothing when the same record is, and refuses when another is.
    pub(super) fn put_once(
        &self,
        desk: &Desk,
        collection: &str,
        key: &str,
        record: Value,
    ) -> Result<Put, Not> {
        if key_moment(key).is_none() {
            return Err(never("the command's key is none that Bluesky takes"));
        }
        let signed = self.session.signed(desk).map_err(Failed::read)?;
        let body = json!({
            "repo": signed.did,
            "collection": collection,
            "rkey": key,
            "swapRecord": null,
            "record": record,
        });
        match self.session.post(desk, "com.atproto.repo.putRecord", &body) {
            Ok(said) => match Ref::of(&said) {
                // Nothing was committed: it was there already.
                Some(_) => Ok(Put::There(said.get("commit").is_none_or(Value::is_null))),
                None => Err(Not::new(NackKind::Unknown, "the server's answer names no record")),
            },
            Err(failed) if failed.is("InvalidSwap") => Ok(Put::Other),
            Err(failed) => Err(failed.write()),
        }
    }

    /// A record and its version; `None` = it is not there.
    ///
    /// # Errors
    /// When that cannot be told.
    pub(super) fn record(
        &self,
        desk: &Desk,
        did: &str,
        collection: &str,
        key: &str,
    ) -> Result<Option<(String, Value)>, Failed> {
        let query = [("repo", did), ("collection", collection), ("rkey", key)];
        match self.session.get(desk, "com.atproto.repo.getRecord", &query) {
            Ok(mut said) => {
                let cid = text(said.get("cid")).unwrap_or_default().to_owned();
                Ok(said.get_mut("value").map(|value| (cid, value.take())))
            }
            Err(failed) if failed.is_absent() => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// A post as the network shows it, or, when it does not (yet), as its author's server has it.
    pub(super) fn post_at(&self, desk: &Desk, uri: &str) -> Result<Option<Post>, Not> {
        let (Some(did), Some((POST, key))) = (records::authority(uri), records::place(uri)) else {
            return Err(never(format!("{uri:?} is no post on Bluesky")));
        };
        let said = self.session.get(desk, "app.bsky.feed.getPosts", &[("uris", uri)]);
        let said = said.map_err(Failed::read)?;
        if let Some(post) = list(&said, "posts").iter().find_map(Post::view) {
            return Ok(Some(post));
        }
        let there = self.record(desk, did, POST, key).map_err(Failed::read)?;
        let now = self.session.now(desk);
        Ok(there.and_then(|(cid, record)| Post::record(uri, &cid, &record, now)))
    }

    /// The account of a handle; `None` = nobody's.
    fn resolve(&self, desk: &Desk, handle: &str) -> Result<Option<String>, Not> {
        let query = [("handle", handle)];
        match self.session.get(desk, "com.atproto.identity.resolveHandle", &query) {
            Ok(said) => Ok(text(said.get("did")).map(str::to_owned)),
            // A text with an "@" in it must go out even when nobody can tell whose that is.
            Err(Failed::Said { status, .. }) if status != 429 => Ok(None),
            Err(failed) => Err(failed.read()),
        }
    }
}

/// The address of a record of ours.
pub fn address(signed: &Signed, collection: &str, key: &str) -> String {
    format!("at://{}/{collection}/{key}", signed.did)
}

/// When the command was asked for: the same for each attempt, so that each writes the same record.
///
/// # Errors
/// When neither the command nor its key says it.
pub fn made(command: &Command) -> Result<Time, Not> {
    let made = command.made.or_else(|| key_moment(&command.key));
    made.ok_or_else(|| never("the command does not say when it was asked for"))
}

/// # Errors
/// When a text is none that Bluesky takes.
fn check(text: &str) -> Result<(), Not> {
    if text.trim().is_empty() {
        return Err(never("there is no text"));
    }
    let graphemes = count::graphemes(text);
    if graphemes > GRAPHEMES {
        return Err(never(format!("too long: {graphemes} of {GRAPHEMES} characters")));
    }
    if text.len() > BYTES {
        return Err(never(format!("too long: {} of {BYTES} bytes", text.len())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Some("there is no text"))]
    #[case(" \n", Some("there is no text"))]
    #[case(&"物".repeat(300), None)]
    #[case(&"物".repeat(312), Some("too long: 312 of 300 characters"))]
    #[case(&"👨‍👩‍👧".repeat(166), None)]
    #[case(&"👨‍👩‍👧".repeat(167), Some("too long: 3006 of 3000 bytes"))]
    fn a_text_has_bounds(#[case] text: &str, #[case] why: Option<&str>) {
        assert_eq!(check(text).err().map(|not| not.why).as_deref(), why);
    }
}
