//! Looking for what is new: notifications, what they answer, and what we wrote elsewhere.

use super::book::{Book, Known};
use super::failed::Failed;
use super::flights::Flights;
use super::inbound::{self, Scene};
use super::records::{self, POST, Post, text, time};
use super::session::{Session, Signed};
use super::walk::{Found, Page, Walk};
use super::watch;
use crate::connect::sdk::{Desk, Trouble};
use crate::domain::{Span, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Entries of a page when little is new (of notifications, of our own posts), and when there is
/// more to read.
const SHORT: usize = 20;
const SHORT_OWN: usize = 10;
const LONG: usize = 100;
/// The most pages of one look; the next one goes on from there.
const PAGES: usize = 5;
/// How often our own posts are looked at.
const OWN: Duration = Duration::from_secs(5);
/// An author may set the time of a post back, and then it appears among what has been read. So a
/// long page is looked through now and then, and sometimes everything as far back as this.
const WIDE: Duration = Duration::from_secs(60);
const DEEP: Duration = Duration::from_secs(600);
const BACK: Span = Span::hours(48);
/// A post that appears among what has been read and claims to be older than this is dated by when
/// it was seen, so that nobody can make us late.
const ABSURD: Span = Span::hours(24);
/// How far up a thread is looked for what an answer answers, and at how many posts at once.
const LEVELS: usize = 10;
const CONTEXT: usize = 200;
/// The most posts that can be asked for in one call.
pub const TOGETHER: usize = 25;
/// How often the book is written.
const SAVE: Duration = Duration::from_secs(10);
/// What the looks go by.
pub struct Look {
    pub(super) book: Book,
    pub(super) due: Due,
    /// Missed in a list where they were: to be looked at soon.
    pub(super) missed: Vec<String>,
    /// How many turns there have been of what is watched, and at which one each had its own.
    pub(super) turn: u64,
    pub(super) turns: HashMap<String, u64>,
    walks: Walks,
    told: String,
    /// Asked for in vain; not asked for again.
    absent: HashSet<String>,
    complaint: Option<String>,
}

/// The cursor that the desk keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Walks {
    notifications: Walk,
    own: Walk,
}

/// When the things are due that not every look does.
#[derive(Default)]
pub struct Due {
    own: Option<Instant>,
    wide: Option<Instant>,
    deep: Option<Instant>,
    save: Option<Instant>,
    pub(super) watch: Option<Instant>,
    pub(super) missed: Option<Instant>,
    pub(super) metrics: Option<Instant>,
}

/// True when it is time, and then not again before `every` has passed.
pub fn is_due(at: &mut Option<Instant>, every: Duration) -> bool {
    let now = Instant::now();
    if at.is_some_and(|at| now < at) {
        return false;
    }
    *at = Some(now + every);
    true
}

impl Look {
    /// Goes on from a cursor of ours, if it is one.
    pub fn new(cursor: Option<&str>, folder: Option<&str>) -> Look {
        Look {
            book: Book::open(folder),
            due: Due::default(),
            missed: Vec::new(),
            turn: 0,
            turns: HashMap::new(),
            walks: cursor.and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default(),
            told: cursor.unwrap_or_default().to_owned(),
            absent: HashSet::new(),
            complaint: None,
        }
    }

    /// True when there is more to read at once.
    pub fn is_under_way(&self) -> bool {
        self.walks.notifications.is_under_way() || self.walks.own.is_under_way()
    }

    /// Passes a failure of something that is not needed to see; tells it once.
    pub(super) fn tolerate<T>(
        &mut self,
        desk: &Desk,
        what: &str,
        tried: Result<T, Failed>,
    ) -> Result<Option<T>, Failed> {
        match tried {
            Ok(value) => Ok(Some(value)),
            Err(failed @ (Failed::Ended(_) | Failed::Auth(..))) => Err(failed),
            Err(failed @ Failed::Said { status: 429, .. }) => Err(failed),
            Err(failed) => {
                let why = format!("{what}: {}", failed.trouble().why);
                if self.complaint.as_ref() != Some(&why) {
                    desk.log(&why);
                    self.complaint = Some(why);
                }
                Ok(None)
            }
        }
    }
}

/// What a look is made with.
pub struct Eyes<'a> {
    /// The account.
    pub session: &'a Session,
    /// What commands are making.
    pub flights: &'a Flights,
    /// The website that shows posts.
    pub web: &'a str,
    /// How far back the first look goes.
    pub history: Span,
    /// The desk.
    pub desk: &'a Desk,
}

/// New posts by their address; true for those that came in notifications.
type Fresh = HashMap<String, (Post, bool)>;

impl Eyes<'_> {
    /// Hands over what is new.
    ///
    /// # Errors
    /// Why nothing can be seen.
    pub fn news(&self, look: &mut Look) -> Result<(), Trouble> {
        let signed = self.session.signed(self.desk).map_err(Failed::trouble)?;
        let scene = Scene { did: &signed.did, web: self.web };
        let mut walks = look.walks.clone();
        let read_before = walks.notifications.done.filter(|_| !look.is_under_way());
        let seen = self.session.now(self.desk);
        let (mut fresh, mut edited) = (Fresh::new(), HashMap::new());
        let mut events = Vec::new();
        let found = self.notifications(look).map_err(Failed::trouble)?;
        walks.notifications = found.walk;
        for (_, post) in found.entries {
            if let Some(known) = look.book.get(&post.at.uri) {
                if known.cid != post.at.cid {
                    events.extend(watch::differences(known, &post, seen));
                    edited.insert(post.at.uri.clone(), known.now(&post));
                }
            } else if !scene.is_ours(&post) {
                fresh.entry(post.at.uri.clone()).or_insert((post, true));
            }
        }
        if walks.own.is_under_way() || is_due(&mut look.due.own, OWN) {
            let own = self.own(look, &signed);
            if let Some(own) =
                look.tolerate(self.desk, "our own posts", own).map_err(Failed::trouble)?
            {
                // What is passed over now has to come again.
                let is_held = own.entries.iter().any(|(_, p)| self.flights.has(&p.at.uri));
                if !is_held || look.walks.own.is_under_way() {
                    walks.own = own.walk;
                }
                for (_, post) in own.entries {
                    if self.is_news(look, &fresh, &scene, &post) {
                        fresh.entry(post.at.uri.clone()).or_insert((post, false));
                    }
                }
            }
        }
        let context = self.context(look, &scene, &mut fresh);
        look.tolerate(self.desk, "what was answered", context).map_err(Failed::trouble)?;
        for post in inbound::in_order(fresh.values().map(|(post, _)| post.clone()).collect()) {
            let is_listed = fresh.get(&post.at.uri).is_some_and(|(_, listed)| *listed);
            let is_absurd = read_before.is_some_and(|done| post.written() < done - ABSURD);
            events.push(scene.message(&post, (is_listed && is_absurd).then_some(seen)));
        }
        self.hand_over(look, events, walks)?;
        for (uri, known) in edited {
            look.book.put(&uri, known);
        }
        for (uri, (post, listed)) in fresh {
            look.book.put(&uri, Known::of(&post, scene.is_ours(&post), listed));
        }
        if is_due(&mut look.due.save, SAVE)
            && let Err(e) = look.book.save()
        {
            self.desk.log(format!("the list of known posts cannot be written: {e}"));
        }
        Ok(())
    }

    fn hand_over(&self, look: &mut Look, events: Vec<Value>, walks: Walks) -> Result<(), Trouble> {
        let cursor = serde_json::to_string(&walks).unwrap_or_default();
        let is_news = cursor != look.told;
        if !events.is_empty() || is_news {
            self.desk.events(events, Some(cursor.clone()))?;
        }
        look.told = cursor;
        look.walks = walks;
        Ok(())
    }

    /// The notifications that concern us, and what is missing among them.
    fn notifications(&self, look: &mut Look) -> Result<Found<Post>, Failed> {
        let walk = &look.walks.notifications;
        let is_deep = is_due(&mut look.due.deep, DEEP);
        let is_wide = is_due(&mut look.due.wide, WIDE);
        let is_long = is_deep || is_wide || walk.done.is_none() || walk.is_under_way();
        // Not further than the book goes: what it has forgotten would be news again.
        let most = |done: Time| look.book.since().map_or(BACK, |since| (done - since).min(BACK));
        let further = walk.done.filter(|_| is_deep).map_or(Span(0), most);
        let since = self.session.now(self.desk) - self.history;
        let limit = if is_long { LONG } else { SHORT };
        let found =
            walk.look(since, further, PAGES, |next| self.page_of_notifications(next, limit))?;
        if let Some(from) = found.whole_from {
            let there: HashSet<&String> = found.entries.iter().map(|(_, p)| &p.at.uri).collect();
            let gone = look
                .book
                .all()
                .filter(|(uri, known)| known.listed && known.time > from && !there.contains(uri));
            look.missed.extend(gone.map(|(uri, _)| uri.clone()));
            look.missed.sort_unstable();
            look.missed.dedup();
        }
        Ok(found)
    }

    fn page_of_notifications(
        &self,
        next: Option<&str>,
        limit: usize,
    ) -> Result<Page<Post>, Failed> {
        let limit = limit.to_string();
        // The account's own preference may be to see those it follows alone; a desk sees all.
        let mut query = vec![("limit", limit.as_str()), ("priority", "false")];
        query.extend(REASONS.map(|reason| ("reasons", reason)));
        query.extend(next.map(|next| ("cursor", next)));
        let said =
            self.session.get(self.desk, "app.bsky.notification.listNotifications", &query)?;
        // Servers that do not know `reasons` send all of them.
        let entry = |v: &Value| {
            let is_ours = text(v.get("reason")).is_some_and(|reason| REASONS.contains(&reason));
            Some((time(v.get("indexedAt"))?, Post::view(v).filter(|_| is_ours)))
        };
        Ok(page(&said, "notifications", entry))
    }

    /// Our own posts, and what we answered from elsewhere.
    fn own(&self, look: &Look, signed: &Signed) -> Result<Found<Post>, Failed> {
        let walk = &look.walks.own;
        let since = self.session.now(self.desk) - self.history;
        let limit = if walk.done.is_none() || walk.is_under_way() { LONG } else { SHORT_OWN };
        walk.look(since, Span(0), PAGES, |next| {
            let limit = limit.to_string();
            let mut query = vec![
                ("actor", signed.did.as_str()),
                ("filter", "posts_with_replies"),
                ("limit", limit.as_str()),
            ];
            query.extend(next.map(|next| ("cursor", next)));
            let said = self.session.get(self.desk, "app.bsky.feed.getAuthorFeed", &query)?;
            let entry = |v: &Value| {
                let reposted = time(v.pointer("/reason/indexedAt"));
                let post = Post::view(v.get("post")?)?;
                let sorted = reposted.unwrap_or_else(|| post.indexed.min(post.written()));
                let is_own = reposted.is_none() && post.author.did == signed.did;
                Some((sorted, Some(post).filter(|_| is_own)))
            };
            Ok(page(&said, "feed", entry))
        })
    }

    /// True for an answer of ours that the desk has to hear of. What we published, or wrote on
    /// below it, comes when somebody answers it.
    fn is_news(&self, look: &Look, fresh: &Fresh, scene: &Scene<'_>, post: &Post) -> bool {
        let Some(parent) = post.parent() else { return false };
        let root = &post.root().uri;
        let is_to_others = records::authority(&parent.uri) != Some(scene.did);
        let is_known = look.book.has(root) || fresh.contains_key(root);
        (is_to_others || is_known)
            && !look.book.has(&post.at.uri)
            && !self.flights.has(&post.at.uri)
    }

    /// Adds what new posts answer, up to the root, as far as it is ours or in our threads; and what
    /// is attached to them, which notifications do not tell.
    fn context(&self, look: &mut Look, scene: &Scene<'_>, fresh: &mut Fresh) -> Result<(), Failed> {
        let mut wanted: Vec<String> = Vec::new();
        for (post, _) in fresh.values() {
            if post.embed.is_none() && post.raw_embed.is_some() {
                wanted.push(post.at.uri.clone());
            }
            wanted.extend(above(scene, post));
        }
        let mut asked = HashSet::new();
        for _ in 0..LEVELS {
            wanted.retain(|uri| {
                let is_new = !look.book.has(uri) && !look.absent.contains(uri);
                let is_bare =
                    fresh.get(uri).is_none_or(|(p, _)| p.embed.is_none() && p.raw_embed.is_some());
                is_new && is_bare && !self.flights.has(uri) && asked.insert(uri.clone())
            });
            if wanted.is_empty() || asked.len() > CONTEXT + TOGETHER {
                break;
            }
            let posts = self.posts(&wanted)?;
            let mut missing: HashSet<String> = std::mem::take(&mut wanted).into_iter().collect();
            for post in posts {
                missing.remove(&post.at.uri);
                wanted.extend(above(scene, &post));
                match fresh.get_mut(&post.at.uri) {
                    // The place in the list is the notification's own.
                    Some((known, _)) => *known = Post { indexed: known.indexed, ..post },
                    None => {
                        fresh.insert(post.at.uri.clone(), (post, false));
                    }
                }
            }
            if look.absent.len() > 10 * CONTEXT {
                look.absent.clear();
            }
            look.absent.extend(missing.into_iter().filter(|uri| !fresh.contains_key(uri)));
        }
        Ok(())
    }

    /// Posts as the server shows them; those that are gone or hidden from us are left out.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn posts(&self, uris: &[String]) -> Result<Vec<Post>, Failed> {
        let mut posts = Vec::with_capacity(uris.len());
        for some in uris.chunks(TOGETHER) {
            let query: Vec<(&str, &str)> = some.iter().map(|uri| ("uris", uri.as_str())).collect();
            let said = self.session.get(self.desk, "app.bsky.feed.getPosts", &query)?;
            posts.extend(list(&said, "posts").iter().filter_map(Post::view));
        }
        Ok(posts)
    }
}

/// The kinds of notifications that are messages to us.
const REASONS: [&str; 3] = ["reply", "mention", "quote"];

/// What a post answers and what began its thread, when they are ours or in a thread of ours. What
/// strangers say in strangers' threads waits for no answer of ours.
fn above(scene: &Scene<'_>, post: &Post) -> Vec<String> {
    let Some((parent, root)) = &post.reply else { return vec![] };
    let is_ours = |uri: &str| records::authority(uri) == Some(scene.did);
    let is_post = |uri: &str| records::place(uri).is_some_and(|(collection, _)| collection == POST);
    let all = is_ours(&root.uri);
    [root, parent]
        .into_iter()
        .filter(|at| (all || is_ours(&at.uri)) && is_post(&at.uri))
        .map(|at| at.uri.clone())
        .collect()
}

/// The entries of a list in an answer.
pub fn list<'a>(said: &'a Value, name: &str) -> &'a [Value] {
    said.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn page<T>(
    said: &Value,
    name: &str,
    entry: impl Fn(&Value) -> Option<(Time, Option<T>)>,
) -> Page<T> {
    let next = text(said.get("cursor")).filter(|next| !next.is_empty()).map(str::to_owned);
    Page { entries: list(said, name).iter().filter_map(entry).collect(), next }
}
