//! Watching what the desk has: likes, changes, deletions; and the account's counts.

use super::book::{self, Known};
use super::failed::Failed;
use super::news::{self, Eyes, Look, TOGETHER, is_due};
use super::records::{self, Post, moment, text};
use crate::connect::sdk::Trouble;
use crate::domain::{Span, Time};
use serde_json::{Value, json};
use std::time::Duration;

/// How often some of what is watched is looked at, and how soon what was missed in a list.
const TURN: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(1);
/// How many posts are watched, the newest first, and for how long.
const WATCHED: usize = 200;
const WATCHED_FOR: Span = Span::hours(48);
/// How often counts are told, and of how many days' posts.
const METRICS: Duration = Duration::from_secs(300);
const METRICS_OF: Span = Span::hours(7 * 24);
/// The most pages of our own posts that are counted.
const METRICS_PAGES: usize = 3;

/// What became of a post that the desk has.
struct Change {
    uri: String,
    /// What is known of it now; `None` = it is gone.
    known: Option<Known>,
    /// What the desk has to hear, if anything.
    events: Vec<Value>,
}

impl Eyes<'_> {
    /// Hands over what changed about what the desk has, when it is time to look. Failing at it is
    /// told in the log and does not keep the rest from being seen.
    ///
    /// # Errors
    /// When the credentials do not work, or the desk closed its side.
    pub fn changes(&self, look: &mut Look) -> Result<(), Trouble> {
        let is_turn = is_due(&mut look.due.watch, TURN);
        if is_turn || (!look.missed.is_empty() && is_due(&mut look.due.missed, SOON)) {
            let some = look.missed.len().min(TOGETHER);
            let mut uris: Vec<String> = look.missed.drain(..some).collect();
            if is_turn {
                self.turn(look, &mut uris);
            }
            let changes = self.compare(look, &uris, some);
            let changes = look.tolerate(self.desk, "likes", changes).map_err(Failed::trouble)?;
            let changes = changes.unwrap_or_default();
            let events = changes.iter().flat_map(|change| change.events.clone()).collect();
            self.desk.events(events, None)?;
            for Change { uri, known, .. } in changes {
                match known {
                    Some(known) => look.book.put(&uri, known),
                    None => look.book.remove(&uri),
                }
            }
        }
        if is_due(&mut look.due.metrics, METRICS) {
            let counts = self.counts();
            let counts = look.tolerate(self.desk, "counts", counts).map_err(Failed::trouble)?;
            self.desk.events(counts.into_iter().collect(), None)?;
        }
        Ok(())
    }

    /// Adds those whose turn it is, as many as fit.
    fn turn(&self, look: &mut Look, uris: &mut Vec<String>) {
        let since = self.session.now(self.desk) - WATCHED_FOR;
        let recent = look.book.all().filter(|(_, known)| known.time >= since);
        let mut watched: Vec<(Time, String)> =
            recent.map(|(uri, known)| (known.time, uri.clone())).collect();
        watched.sort_unstable_by(|a, b| b.cmp(a));
        watched.truncate(WATCHED);
        look.turn += 1;
        // Whose turn is longest ago; the newest of those that had none.
        let last = |uri: &String| look.turns.get(uri).copied().unwrap_or(0);
        watched.sort_by_key(|(_, uri)| last(uri));
        look.turns = watched.iter().map(|(_, uri)| (uri.clone(), last(uri))).collect();
        for (_, uri) in watched {
            if uris.len() >= TOGETHER {
                break;
            }
            if !uris.contains(&uri) {
                look.turns.insert(uri.clone(), look.turn);
                uris.push(uri);
            }
        }
    }

    /// What changed of some posts, of which the first were missed in a list: the events, and what is
    /// known then.
    fn compare(&self, look: &Look, uris: &[String], missed: usize) -> Result<Vec<Change>, Failed> {
        let posts = self.posts(uris)?;
        let now = self.session.now(self.desk);
        let mut changes = Vec::new();
        for (n, uri) in uris.iter().enumerate() {
            let Some(known) = look.book.get(uri) else { continue };
            let post = posts.iter().find(|post| post.at.uri == *uri);
            let mut events = Vec::new();
            let new = match post {
                Some(post) => {
                    events.extend(differences(known, post, now));
                    known.now(post)
                }
                None if self.is_gone(uri)? => {
                    events.push(json!({"event": "deleted", "id": uri, "at": moment(now)}));
                    changes.push(Change { uri: uri.clone(), known: None, events });
                    continue;
                }
                None => known.clone(),
            };
            // One that is there and not in the list is hidden; it is not missed again.
            let new = Known { listed: known.listed && n >= missed, ..new };
            if new != *known {
                changes.push(Change { uri: uri.clone(), known: Some(new), events });
            }
        }
        Ok(changes)
    }

    /// True when a post that is not shown is not there at all: a block hides it, too.
    fn is_gone(&self, uri: &str) -> Result<bool, Failed> {
        let (Some(did), Some((collection, key))) = (records::authority(uri), records::place(uri))
        else {
            return Ok(false);
        };
        let query = [("repo", did), ("collection", collection), ("rkey", key)];
        match self.session.get(self.desk, "com.atproto.repo.getRecord", &query) {
            Ok(_) => Ok(false),
            Err(failed) if failed.is_absent() => Ok(true),
            Err(failed) => Err(failed),
        }
    }

    /// The account's counts, and those of its posts of the last days together.
    fn counts(&self) -> Result<Value, Failed> {
        let signed = self.session.signed(self.desk)?;
        let who = [("actor", signed.did.as_str())];
        let profile = self.session.get(self.desk, "app.bsky.actor.getProfile", &who)?;
        let now = self.session.now(self.desk);
        let mut sum = [0_u64; 4];
        let mut next: Option<String> = None;
        for _ in 0..METRICS_PAGES {
            let mut query = vec![who[0], ("filter", "posts_with_replies"), ("limit", "100")];
            query.extend(next.as_deref().map(|next| ("cursor", next)));
            let said = self.session.get(self.desk, "app.bsky.feed.getAuthorFeed", &query)?;
            let items = news::list(&said, "feed");
            let posts: Vec<Post> =
                items.iter().filter_map(|item| Post::view(item.get("post")?)).collect();
            let is_recent =
                |post: &&Post| post.author.did == signed.did && post.written() >= now - METRICS_OF;
            for counts in posts.iter().filter(is_recent).filter_map(|post| post.counts) {
                let one = [counts.likes, counts.reposts, counts.replies, counts.quotes];
                sum.iter_mut().zip(one).for_each(|(sum, n)| *sum += u64::from(n));
            }
            let is_over = posts.last().is_none_or(|post| !is_recent(&post));
            next = text(said.get("cursor")).filter(|_| !is_over).map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        let count = |name: &str| profile.get(name).and_then(Value::as_u64).unwrap_or(0);
        let [likes, reposts, replies, quotes] = sum;
        Ok(json!({
            "event": "metrics",
            "at": moment(now),
            "values": {
                "followers": count("followersCount"),
                "posts": count("postsCount"),
                "likes": likes,
                "reposts": reposts,
                "replies": replies,
                "quotes": quotes,
            },
        }))
    }
}

/// The events that tell a change. Bluesky lets nobody edit a post, but a record can be replaced.
pub fn differences(known: &Known, post: &Post, now: Time) -> Vec<Value> {
    let uri = &post.at.uri;
    let mut events = Vec::new();
    let is_edited = known.cid != post.at.cid && known.text != book::digest(&post.text);
    if is_edited && !post.text.trim().is_empty() {
        let text = post.text.replace('\0', "\u{fffd}");
        events.push(json!({"event": "edited", "id": uri, "text": text, "at": moment(now)}));
    }
    if let Some(counts) = post.counts.filter(|counts| counts.likes != known.likes) {
        events.push(json!({"event": "likes", "id": uri, "likes": counts.likes}));
    }
    events
}
