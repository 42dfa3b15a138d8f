//! What the AT Protocol's answers hold, as far as we need it.
//!
//! Records are written by strangers and bound by nothing but their own server, so every post is
//! read by itself and field by field: one that is bent is left out, and never its whole page.

use crate::domain::{Span, Time};
use serde_json::Value;

/// The collection of posts.
pub const POST: &str = "app.bsky.feed.post";
/// The collection of likes.
pub const LIKE: &str = "app.bsky.feed.like";
/// The collection of blocks.
pub const BLOCK: &str = "app.bsky.graph.block";
/// The collection of what a thread's owner allows and hides in it.
pub const GATE: &str = "app.bsky.feed.threadgate";

/// A record at one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// Where it is.
    pub uri: String,
    /// Which version.
    pub cid: String,
}

/// Who wrote something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their lasting id.
    pub did: String,
    /// Their handle; `handle.invalid` when nobody can tell.
    pub handle: String,
    /// The name they show; may be empty.
    pub name: String,
    /// They have blocked us.
    pub has_blocked_us: bool,
}

/// A post, from a notification, a list of posts, or its bare record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where it is, and at which version.
    pub at: Ref,
    /// Who wrote it.
    pub author: Person,
    /// What it says.
    pub text: String,
    /// When its author says it was written; anybody can write anything here.
    pub created: Option<Time>,
    /// Where the server puts it in its lists: the earlier of the author's time and its own.
    pub indexed: Time,
    /// The post it answers, and the one that began the thread.
    pub reply: Option<(Ref, Ref)>,
    /// What is attached, as the server shows it; `None` = only the record is known.
    pub embed: Option<Value>,
    /// What is attached, as the record has it.
    pub raw_embed: Option<Value>,
    /// Counts, when the server gave them.
    pub counts: Option<Counts>,
    /// Our own like of it.
    pub our_like: Option<String>,
    /// Its author lets us not answer.
    pub is_closed: bool,
}

/// How a post is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Likes.
    pub likes: u32,
    /// Reposts.
    pub reposts: u32,
    /// Answers.
    pub replies: u32,
    /// Quotes.
    pub quotes: u32,
}

impl Post {
    /// Reads a post view, or a notification about a post (they share their fields' names).
    pub fn view(v: &Value) -> Option<Post> {
        let record = v.get("record")?;
        let indexed = time(v.get("indexedAt"))?;
        let author = Person::view(v.get("author")?)?;
        let mut post = Post::record(text(v.get("uri"))?, text(v.get("cid"))?, record, indexed)?;
        post.author = author;
        post.embed = v.get("embed").cloned();
        post.counts = v.get("likeCount").map(|_| Counts {
            likes: number(v.get("likeCount")),
            reposts: number(v.get("repostCount")),
            replies: number(v.get("replyCount")),
            quotes: number(v.get("quoteCount")),
        });
        post.our_like = text(v.pointer("/viewer/like")).map(str::to_owned);
        post.is_closed = v.pointer("/viewer/replyDisabled").and_then(Value::as_bool) == Some(true);
        Some(post)
    }

    /// Reads a post's bare record.
    pub fn record(uri: &str, cid: &str, record: &Value, indexed: Time) -> Option<Post> {
        if record.get("$type").is_some_and(|t| t != POST) {
            return None;
        }
        let reply = record
            .get("reply")
            .and_then(|r| Some((Ref::of(r.get("parent")?)?, Ref::of(r.get("root")?)?)));
        let did = authority(uri)?.to_owned();
        Some(Post {
            at: Ref { uri: uri.to_owned(), cid: cid.to_owned() },
            author: Person { handle: did.clone(), did, ..Person::default() },
            text: text(record.get("text")).unwrap_or_default().to_owned(),
            created: time(record.get("createdAt")),
            indexed,
            reply,
            embed: None,
            raw_embed: record.get("embed").cloned(),
            counts: None,
            our_like: None,
            is_closed: false,
        })
    }

    /// The post that began its thread: itself, when it answers none.
    pub fn root(&self) -> &Ref {
        self.reply.as_ref().map_or(&self.at, |(_, root)| root)
    }

    /// The post it answers.
    pub fn parent(&self) -> Option<&Ref> {
        self.reply.as_ref().map(|(parent, _)| parent)
    }

    /// When it was written, as far as that can be believed: what the author says, unless that is
    /// in the future of the server's own time, or absurd.
    pub fn written(&self) -> Time {
        // Servers and phones are a little apart; that is no lie.
        const APART: Span = Span::seconds(2);
        match self.created {
            Some(t) if t >= Time::EARLIEST && t <= self.indexed + APART => t,
            _ => self.indexed.max(Time::EARLIEST),
        }
    }
}

impl Person {
    /// Reads a person as views show them.
    pub fn view(v: &Value) -> Option<Person> {
        Some(Person {
            did: text(v.get("did"))?.to_owned(),
            handle: text(v.get("handle")).unwrap_or_default().to_owned(),
            name: text(v.get("displayName")).unwrap_or_default().trim().to_owned(),
            has_blocked_us: v.pointer("/viewer/blockedBy").and_then(Value::as_bool) == Some(true),
        })
    }

    /// What their pages are found by: the handle, as people know it, if it is one.
    pub fn page(&self) -> &str {
        let is_none = self.handle.is_empty() || self.handle == "handle.invalid";
        if is_none { &self.did } else { &self.handle }
    }
}

impl Ref {
    /// Reads `{"uri": ..., "cid": ...}`.
    pub fn of(v: &Value) -> Option<Ref> {
        Some(Ref { uri: text(v.get("uri"))?.to_owned(), cid: text(v.get("cid"))?.to_owned() })
    }
}

/// A text that is there.
pub fn text(v: Option<&Value>) -> Option<&str> {
    v?.as_str()
}

fn number(v: Option<&Value>) -> u32 {
    v.and_then(Value::as_u64).map_or(0, |n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// A moment as RFC 3339.
pub fn time(v: Option<&Value>) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(text(v)?.trim()).ok().map(Time::from)
}

/// A moment as records have it: whole milliseconds, so that the same moment is always the same text.
pub fn moment(at: Time) -> String {
    at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Whose repository a record is in: `did:plc:x` of `at://did:plc:x/app.bsky.feed.post/3k...`.
pub fn authority(uri: &str) -> Option<&str> {
    let did = uri.strip_prefix("at://")?.split('/').next()?;
    did.starts_with("did:").then_some(did)
}

/// The collection and the key of a record.
pub fn place(uri: &str) -> Option<(&str, &str)> {
    let mut parts = uri.strip_prefix("at://")?.split('/').skip(1);
    let (collection, key) = (parts.next()?, parts.next()?);
    (parts.next().is_none() && !collection.is_empty() && !key.is_empty())
        .then_some((collection, key))
}

/// The page of a post, for people.
pub fn permalink(web: &str, who: &str, uri: &str) -> Option<String> {
    let (_, key) = place(uri)?;
    Some(format!("{web}/profile/{who}/post/{key}"))
}

/// The moment within a key that is a TID: microseconds since 1970 in its upper bits.
pub fn key_moment(key: &str) -> Option<Time> {
    const DIGITS: &[u8] = b"234567abcdefghijklmnopqrstuvwxyz";
    if key.len() != 13 || !(b'2'..=b'j').contains(key.as_bytes().first()?) {
        return None;
    }
    let value = key.bytes().try_fold(0_u64, |n, b| {
        let digit = DIGITS.iter().position(|d| *d == b)?;
        Some((n << 5) | digit as u64)
    })?;
    i64::try_from((value >> 10) / 1000).ok().map(Time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn post(created: &str, indexed: &str) -> Post {
        let record = json!({"$type": POST, "text": "x", "createdAt": created});
        let indexed = time(Some(&json!(indexed))).unwrap();
        Post::record("at://did:plc:a/app.bsky.feed.post/3k", "c", &record, indexed).unwrap()
    }

    const SEEN: &str = "2026-11-26T10:00:00.000Z";

    #[rstest]
    #[case::believable("2026-11-26T09:59:59.000Z", "2026-11-26T09:59:59.000Z")]
    #[case::another_zone("2026-11-26T17:59:59+08:00", "2026-11-26T09:59:59.000Z")]
    #[case::a_moment_ahead("2026-11-26T10:00:01.000Z", "2026-11-26T10:00:01.000Z")]
    #[case::in_the_future("2036-01-01T00:00:00.000Z", SEEN)]
    #[case::before_there_was_any("0001-01-01T00:00:00.000Z", SEEN)]
    #[case::no_time("yesterday", SEEN)]
    #[case::without_a_zone("2026-11-26T09:00:00", SEEN)]
    fn a_time_is_believed_when_it_can_be(#[case] created: &str, #[case] at: &str) {
        assert_eq!(moment(post(created, SEEN).written()), moment(post(at, at).indexed));
    }

    #[test]
    fn an_index_from_before_2004_is_lifted() {
        let old = post("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z");
        assert_eq!(old.written(), Time::EARLIEST);
    }

    #[rstest]
    #[case("at://did:plc:a/app.bsky.feed.post/3k", Some("did:plc:a"), Some((POST, "3k")))]
    #[case("at://did:web:b.example/x/y/z", Some("did:web:b.example"), None)]
    #[case("at://did:plc:a/x/", Some("did:plc:a"), None)]
    #[case("at://handle.example/x/y", None, Some(("x", "y")))]
    #[case("https://bsky.app/x/y", None, None)]
    #[case("", None, None)]
    fn addresses_are_taken_apart(
        #[case] uri: &str,
        #[case] did: Option<&str>,
        #[case] at: Option<(&str, &str)>,
    ) {
        assert_eq!((authority(uri), place(uri)), (did, at));
    }

    #[rstest]
    #[case("2222222222222", Some(Time(0)))]
    #[case("3jzfcijpj2z2a", Some(Time(1_688_137_381_887)))]
    #[case("zzzzzzzzzzzzz", None)]
    #[case("3jzfcijpj2z21", None)]
    #[case("3jzfcijpj2z2", None)]
    #[case("", None)]
    fn a_key_tells_its_moment(#[case] key: &str, #[case] at: Option<Time>) {
        assert_eq!(key_moment(key), at);
    }

    #[test]
    fn a_bent_post_is_none() {
        for bent in [json!(null), json!([]), json!({"uri": 1}), json!({"record": {"text": "x"}})] {
            assert_eq!(Post::view(&bent), None);
        }
        let like = json!({"$type": LIKE, "createdAt": SEEN});
        assert_eq!(Post::record("at://did:plc:a/app.bsky.feed.like/3k", "c", &like, Time(0)), None);
    }
}
