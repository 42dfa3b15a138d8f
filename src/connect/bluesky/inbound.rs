//! Posts as the desk's events (docs/events.md).

use super::records::{Person, Post, moment, permalink, text};
use crate::connect::check;
use crate::domain::Time;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use unicode_segmentation::UnicodeSegmentation;

/// What events are made with.
pub struct Scene<'a> {
    /// Our account's id.
    pub did: &'a str,
    /// The website that shows posts.
    pub web: &'a str,
}

impl Scene<'_> {
    /// True when we wrote it.
    pub fn is_ours(&self, post: &Post) -> bool {
        post.author.did == self.did
    }

    /// The event of a post. `seen` dates one that claims to be older than it can be.
    pub fn message(&self, post: &Post, seen: Option<Time>) -> Value {
        let link = permalink(self.web, post.author.page(), &post.at.uri);
        let mut event = Map::new();
        let mut set = |name: &str, value: Value| event.insert(name.to_owned(), value);
        set("event", json!("message"));
        set("queue", json!("comments"));
        set("id", json!(post.at.uri));
        set("thread", json!(post.root().uri));
        if let Some(parent) = post.parent() {
            set("in_reply_to", json!(parent.uri));
        }
        set("author", json!({"id": post.author.did, "name": name(&post.author)}));
        set("ours", json!(self.is_ours(post)));
        set("text", json!(whole(&post.text)));
        set("at", json!(moment(seen.unwrap_or_else(|| post.written()))));
        if let Some(counts) = post.counts {
            set("likes", json!(counts.likes));
        }
        let mut attached = Attached::default();
        self.attach(post, link.as_deref(), &mut attached);
        // A stranger's thread is not ours to answer: what they speak of is a link, and no message
        // that waits for us.
        if let Some(parent) = post.parent().filter(|_| !self.is_in_our_thread(post)) {
            let who = super::records::authority(&parent.uri).unwrap_or_default();
            attached.add("link", permalink(self.web, who, &parent.uri).as_deref());
        }
        if post.text.trim().is_empty() && attached.all.is_empty() {
            attached.add("link", link.as_deref());
        }
        if !attached.all.is_empty() {
            set("attachments", Value::Array(attached.all));
        }
        if let Some(link) = link {
            set("permalink", json!(link));
        }
        Value::Object(event)
    }

    /// True when we began the thread, or the post answers us directly.
    pub fn is_in_our_thread(&self, post: &Post) -> bool {
        let is_ours = |uri: &str| super::records::authority(uri) == Some(self.did);
        is_ours(&post.root().uri) || post.parent().is_some_and(|parent| is_ours(&parent.uri))
    }

    /// What is attached: as the server shows it, else as far as the record tells.
    fn attach(&self, post: &Post, page: Option<&str>, to: &mut Attached) {
        match (&post.embed, &post.raw_embed) {
            (Some(view), _) => self.attach_view(view, page, to),
            (None, Some(raw)) => self.attach_raw(raw, page, to),
            (None, None) => {}
        }
    }

    fn attach_view(&self, view: &Value, page: Option<&str>, to: &mut Attached) {
        match kind(view) {
            "app.bsky.embed.images#view" | "app.bsky.embed.gallery#view" => {
                for image in ["images", "items"].iter().flat_map(|list| items(view, list)) {
                    to.add("image", text(image.get("fullsize")).or(page));
                }
            }
            "app.bsky.embed.external#view" => to.add("link", text(view.pointer("/external/uri"))),
            // The stream is no page that a browser shows.
            "app.bsky.embed.video#view" => to.add("video", page),
            "app.bsky.embed.record#view" => self.quote(view.get("record"), to),
            "app.bsky.embed.recordWithMedia#view" => {
                if let Some(media) = view.get("media") {
                    self.attach_view(media, page, to);
                }
                self.quote(view.pointer("/record/record"), to);
            }
            _ => to.add("file", page),
        }
    }

    fn attach_raw(&self, raw: &Value, page: Option<&str>, to: &mut Attached) {
        match kind(raw) {
            "app.bsky.embed.images" => {
                items(raw, "images").for_each(|_| to.add("image", page));
            }
            "app.bsky.embed.external" => to.add("link", text(raw.pointer("/external/uri"))),
            "app.bsky.embed.video" => to.add("video", page),
            "app.bsky.embed.record" => self.quote(raw.get("record"), to),
            "app.bsky.embed.recordWithMedia" => {
                if let Some(media) = raw.get("media") {
                    self.attach_raw(media, page, to);
                }
                self.quote(raw.pointer("/record/record"), to);
            }
            _ => to.add("file", page),
        }
    }

    fn quote(&self, quoted: Option<&Value>, to: &mut Attached) {
        let Some(uri) = quoted.and_then(|q| text(q.get("uri"))) else { return };
        let author = quoted.and_then(|q| Person::view(q.get("author")?));
        let did = super::records::authority(uri).unwrap_or_default();
        let who = author.as_ref().map_or(did, Person::page);
        if super::records::place(uri)
            .is_some_and(|(collection, _)| collection == super::records::POST)
        {
            to.add("link", permalink(self.web, who, uri).as_deref());
        }
    }
}

/// Attachments, as many as the desk takes.
#[derive(Default)]
struct Attached {
    all: Vec<Value>,
    bytes: usize,
}

impl Attached {
    /// One more, if there is a link that fits: a message must not be lost for what hangs on it.
    fn add(&mut self, kind: &str, link: Option<&str>) {
        let Some(link) = link.filter(|l| l.starts_with("https://") || l.starts_with("http://"))
        else {
            return;
        };
        let bytes = kind.len() + link.len();
        if self.bytes + bytes <= check::ATTACHMENTS {
            self.bytes += bytes;
            self.all.push(json!({"kind": kind, "link": link}));
        }
    }
}

fn kind(embed: &Value) -> &str {
    text(embed.get("$type")).unwrap_or_default()
}

fn items<'a>(embed: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    embed.get(list).and_then(Value::as_array).into_iter().flatten()
}

/// The name a person shows, as much of it as the desk takes, else the handle.
fn name(person: &Person) -> String {
    let name = whole(if person.name.is_empty() { person.page() } else { &person.name });
    let ends = name.grapheme_indices(true).map(|(at, cluster)| at + cluster.len());
    let end = ends.take_while(|end| *end <= check::NAME).last().unwrap_or(0);
    name[..end].to_owned()
}

/// The desk takes no NUL; a message must not be lost for one.
fn whole(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Oldest first, and never an answer before what it answers.
pub fn in_order(mut posts: Vec<Post>) -> Vec<Post> {
    posts.sort_by(|a, b| (a.written(), &a.at.uri).cmp(&(b.written(), &b.at.uri)));
    posts.dedup_by(|a, b| a.at.uri == b.at.uri);
    let parents: HashMap<String, Option<String>> =
        posts.iter().map(|p| (p.at.uri.clone(), p.parent().map(|r| r.uri.clone()))).collect();
    let order: Vec<String> = posts.iter().map(|p| p.at.uri.clone()).collect();
    let mut by_uri: HashMap<String, Post> =
        posts.into_iter().map(|p| (p.at.uri.clone(), p)).collect();
    let mut sorted = Vec::with_capacity(order.len());
    for uri in order {
        let (mut chain, mut seen) = (vec![uri.clone()], HashSet::from([uri.clone()]));
        let mut at = &uri;
        // Records can be made to answer each other in a circle.
        while let Some(Some(parent)) = parents.get(at) {
            if !by_uri.contains_key(parent) || !seen.insert(parent.clone()) {
                break;
            }
            chain.push(parent.clone());
            at = parent;
        }
        sorted.extend(chain.iter().rev().filter_map(|uri| by_uri.remove(uri)));
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::super::records::{POST, time};
    use super::*;
    use crate::connect::events;
    use crate::domain::Event;
    use rstest::rstest;

    const US: Scene<'_> = Scene { did: "did:plc:us", web: "https://bsky.app" };
    const AT: &str = "2026-11-26T10:00:00.000Z";

    fn uri(who: &str, key: &str) -> String {
        format!("at://did:plc:{who}/{POST}/{key}")
    }

    fn view(who: &str, key: &str, reply: Option<(&str, &str)>, more: Value) -> Post {
        let mut record = json!({"$type": POST, "text": "hi", "createdAt": AT});
        if let Some((parent, root)) = reply {
            record["reply"] =
                json!({"parent": {"uri": parent, "cid": "c"}, "root": {"uri": root, "cid": "c"}});
        }
        let mut view = json!({
            "uri": uri(who, key), "cid": "c", "record": record, "indexedAt": AT,
            "author": {"did": format!("did:plc:{who}"), "handle": format!("{who}.test"), "displayName": " 小鹿 "},
        });
        for (name, value) in more.as_object().unwrap() {
            view[name] = value.clone();
        }
        Post::view(&view).unwrap()
    }

    /// As the desk reads it.
    fn read(event: &Value) -> crate::domain::event::MessageEvent {
        let mut event = event.clone();
        event["channel"] = json!("c");
        let mut unknown = vec![];
        let mut read = events::read(&event.to_string(), &mut unknown).unwrap();
        check::event(&mut read, time(Some(&json!(AT))).unwrap(), &mut vec![]).unwrap();
        assert_eq!(unknown, Vec::<String>::new());
        let Event::Message(message) = read else { panic!("{event}") };
        message
    }

    #[test]
    fn a_reply_to_us() {
        let root = uri("us", "1");
        let post = view("kai", "2", Some((&root, &root)), json!({"likeCount": 3}));
        let m = read(&US.message(&post, None));
        assert_eq!(m.id, uri("kai", "2"));
        assert_eq!((m.thread.as_ref(), m.in_reply_to.as_ref()), (Some(&root), Some(&root)));
        assert_eq!((m.author.id.as_str(), m.author.name.as_str()), ("did:plc:kai", "小鹿"));
        assert_eq!((m.ours, m.likes, m.attachments.len()), (false, 3, 0));
        assert_eq!(m.permalink.as_deref(), Some("https://bsky.app/profile/kai.test/post/2"));
    }

    #[test]
    fn our_own_and_a_mention_elsewhere() {
        assert!(read(&US.message(&view("us", "1", None, json!({})), None)).ours);
        let (root, parent) = (uri("eve", "1"), uri("bob", "2"));
        let m = read(&US.message(&view("kai", "3", Some((&parent, &root)), json!({})), None));
        assert_eq!(m.thread, Some(root));
        assert_eq!(m.attachments[0].link, "https://bsky.app/profile/did:plc:bob/post/2");
    }

    #[test]
    fn a_claim_that_cannot_be_is_dated_by_when_it_was_seen() {
        let seen = time(Some(&json!("2026-11-25T00:00:00Z"))).unwrap();
        assert_eq!(read(&US.message(&view("kai", "1", None, json!({})), Some(seen))).at, seen);
    }

    #[rstest]
    #[case(json!({"$type": "app.bsky.embed.images#view", "images": [{"fullsize": "https://cdn.example/1"}, {"fullsize": "https://cdn.example/2"}]}), &["image https://cdn.example/1", "image https://cdn.example/2"])]
    #[case(json!({"$type": "app.bsky.embed.external#view", "external": {"uri": "https://a.example/"}}), &["link https://a.example/"])]
    #[case(json!({"$type": "app.bsky.embed.external#view", "external": {"uri": "javascript:alert(1)"}}), &[])]
    #[case(json!({"$type": "app.bsky.embed.video#view", "playlist": "https://v.example/x.m3u8"}), &["video https://bsky.app/profile/kai.test/post/2"])]
    #[case(json!({"$type": "app.bsky.embed.record#view", "record": {"uri": uri("us", "9"), "author": {"did": "did:plc:us", "handle": "us.test"}}}), &["link https://bsky.app/profile/us.test/post/9"])]
    #[case(json!({"$type": "app.bsky.embed.recordWithMedia#view", "media": {"$type": "app.bsky.embed.images#view", "images": [{}]}, "record": {"record": {"uri": uri("us", "9")}}}), &["image https://bsky.app/profile/kai.test/post/2", "link https://bsky.app/profile/did:plc:us/post/9"])]
    #[case(json!({"$type": "new.kind#view"}), &["file https://bsky.app/profile/kai.test/post/2"])]
    fn what_is_attached(#[case] embed: Value, #[case] links: &[&str]) {
        let m = read(&US.message(&view("kai", "2", None, json!({"embed": embed})), None));
        let shown: Vec<String> =
            m.attachments.iter().map(|a| format!("{} {}", a.kind, a.link)).collect();
        assert_eq!(shown, links);
    }

    #[test]
    fn nothing_that_a_stranger_writes_costs_the_message() {
        let long = format!("https://a.example/{}", "x".repeat(2000));
        let images: Vec<Value> = (0..20)
            .map(|n| json!({"fullsize": format!("https://cdn.example/{n}/{}", "x".repeat(200))}))
            .collect();
        for (embed, text) in [
            (json!({"$type": "app.bsky.embed.external#view", "external": {"uri": long}}), ""),
            (json!({"$type": "app.bsky.embed.images#view", "images": images}), "a\0b"),
            (json!({"$type": 7}), " "),
            (json!([]), "x"),
        ] {
            let mut post = view("kai", "2", None, json!({"embed": embed}));
            post.text = text.to_owned();
            post.author.name = format!("\0{}", "👨‍👩‍👧".repeat(64));
            let m = read(&US.message(&post, None));
            assert!(m.author.name.ends_with("👨‍👩‍👧") && !m.text.contains('\0'));
        }
    }

    #[test]
    fn an_answer_comes_after_what_it_answers() {
        let (a, b, c) = (uri("us", "a"), uri("kai", "b"), uri("eve", "c"));
        let mut late = view("us", "a", None, json!({}));
        // Its author's clock is wrong: the answer seems older.
        late.created = Some(late.indexed);
        let mut second = view("kai", "b", Some((&a, &a)), json!({}));
        second.created = Some(Time(second.indexed.0 - 5000));
        let mut third = view("eve", "c", Some((&b, &a)), json!({}));
        third.created = Some(Time(third.indexed.0 - 9000));
        let sorted = in_order(vec![third.clone(), second, third, late]);
        let uris: Vec<&String> = sorted.iter().map(|p| &p.at.uri).collect();
        assert_eq!(uris, [&a, &b, &c]);
    }

    #[test]
    fn a_circle_of_answers_ends() {
        let (a, b) = (uri("eve", "a"), uri("eve", "b"));
        let posts = vec![
            view("eve", "a", Some((&b, &b)), json!({})),
            view("eve", "b", Some((&a, &a)), json!({})),
        ];
        assert_eq!(in_order(posts).len(), 2);
    }
}
