//! A real PDS and AppView, with the brand and a stranger on it.

use crate::peer::Peer;
use crate::site::Platform;
use dutydesk::connect::http::{Body, Http, encoded};
use serde_json::{Value, json};
use ureq::http::Method;

pub struct Bluesky {
    pub network: std::sync::Mutex<Peer>,
    pub pds: String,
    _folder: tempfile::TempDir,
    http: Http,
    brand: Account,
    stranger: Account,
    pub password: String,
}

struct Account {
    did: String,
    access: String,
}

impl Bluesky {
    pub fn start() -> Bluesky {
        let folder = tempfile::tempdir().unwrap();
        let network = Peer::start("bluesky", &[folder.path().to_str().unwrap()]);
        let pds = network.text("pds");
        let http = Http::new(&pds).unwrap();
        let account = |handle: &str| {
            let made = call(
                &http,
                "com.atproto.server.createAccount",
                "",
                &json!({
                    "handle": handle, "email": format!("{handle}@mail.test"), "password": "main-password",
                }),
            );
            let part = |name: &str| made[name].as_str().unwrap().to_owned();
            Account { did: part("did"), access: part("accessJwt") }
        };
        let (brand, stranger) = (account("brand.test"), account("stranger.test"));
        let made = call(
            &http,
            "com.atproto.server.createAppPassword",
            &brand.access,
            &json!({
                "name": "desk",
            }),
        );
        let password = made["password"].as_str().unwrap().to_owned();
        let network = std::sync::Mutex::new(network);
        Bluesky { network, pds, _folder: folder, http, brand, stranger, password }
    }

    fn post(&self, who: &Account, record: Value) -> (String, String) {
        let made = call(
            &self.http,
            "com.atproto.repo.createRecord",
            &who.access,
            &json!({
                "repo": who.did, "collection": "app.bsky.feed.post", "record": record,
            }),
        );
        let part = |name: &str| made[name].as_str().unwrap().to_owned();
        (part("uri"), part("cid"))
    }

    /// A post as the AppView has it; the network needs a moment to index one.
    fn view(&self, uri: &str) -> Option<Value> {
        let path = format!("/xrpc/app.bsky.feed.getPosts?uris={}", encoded(uri));
        let posts = self.get(&path)?;
        posts["posts"].get(0).cloned()
    }

    fn get(&self, path: &str) -> Option<Value> {
        let bearer = format!("Bearer {}", self.brand.access);
        let reply = self.http.get(path, &[("authorization", &bearer)]).ok()?;
        reply.is_ok().then(|| reply.json().unwrap())
    }

    pub fn delete(&self, uri: &str) {
        let rkey = uri.rsplit('/').next().unwrap();
        call(
            &self.http,
            "com.atproto.repo.deleteRecord",
            &self.stranger.access,
            &json!({
                "repo": self.stranger.did, "collection": "app.bsky.feed.post", "rkey": rkey,
            }),
        );
    }

    /// How many likes a post has.
    pub fn likes(&self, uri: &str) -> u64 {
        self.view(uri).and_then(|v| v["likeCount"].as_u64()).unwrap_or(0)
    }
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn call(http: &Http, name: &str, access: &str, body: &Value) -> Value {
    let bearer = format!("Bearer {access}");
    let headers = [("authorization", bearer.as_str())];
    let headers = if access.is_empty() { &headers[..0] } else { &headers[..] };
    let path = format!("/xrpc/{name}");
    let reply = http.write(Method::POST, &path, headers, Body::Json(body)).unwrap();
    assert!(reply.is_ok(), "{name}: {} {}", reply.status, String::from_utf8_lossy(&reply.body));
    reply.json().unwrap_or(Value::Null)
}

impl Platform for Bluesky {
    fn files(&self, server: &str) -> (String, String) {
        let channels = format!(
            "[[channel]]\nid = \"live\"\nplatform = \"bluesky\"\nconnector = \"bluesky\"\n\
             [channel.settings]\nserver = \"{server}\"\nhandle = \"brand.test\"\n"
        );
        (channels, format!("[live]\npassword = \"{}\"\n", self.password))
    }

    fn publish(&self, text: &str) -> String {
        let record = json!({ "$type": "app.bsky.feed.post", "text": text, "createdAt": now() });
        let (uri, _) = self.post(&self.brand, record);
        while self.view(&uri).is_none() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        uri
    }

    fn comment(&self, post: &str, text: &str) -> String {
        let parent = self.view(post).unwrap();
        let strong = json!({ "uri": post, "cid": parent["cid"] });
        let record = json!({
            "$type": "app.bsky.feed.post", "text": text, "createdAt": now(),
            "reply": { "root": strong, "parent": strong },
        });
        self.post(&self.stranger, record).0
    }

    fn shows(&self, comment: &str) -> bool {
        let path = "/xrpc/app.bsky.notification.listNotifications?limit=30";
        let Some(list) = self.get(path) else { return false };
        list["notifications"].as_array().unwrap().iter().any(|n| n["uri"] == *comment)
    }

    fn revoke(&mut self) -> (&'static str, String, String) {
        let (http, access) = (&self.http, &self.brand.access);
        call(http, "com.atproto.server.revokeAppPassword", access, &json!({ "name": "desk" }));
        let new = json!({ "name": "desk2" });
        let made = call(http, "com.atproto.server.createAppPassword", access, &new);
        let new = made["password"].as_str().unwrap().to_owned();
        ("password", std::mem::replace(&mut self.password, new.clone()), new)
    }

    fn answers(&self, comment: &str) -> Vec<String> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!(
                "/xrpc/com.atproto.repo.listRecords?repo={}&collection=app.bsky.feed.post&limit=100{}",
                encoded(&self.brand.did),
                if cursor.is_empty() {
                    String::new()
                } else {
                    format!("&cursor={}", encoded(&cursor))
                },
            );
            let page = self.get(&path).unwrap();
            let records = page["records"].as_array().unwrap();
            for record in records {
                if record["value"]["reply"]["parent"]["uri"] == *comment {
                    found.push(record["value"]["text"].as_str().unwrap().to_owned());
                }
            }
            match page["cursor"].as_str() {
                Some(next) if !records.is_empty() => cursor = next.to_owned(),
                _ => return found,
            }
        }
    }
}
