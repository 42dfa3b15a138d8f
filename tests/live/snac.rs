//! A real server with Mastodon's interface, with the brand and a stranger on it.

use crate::peer::Peer;
use crate::site::Platform;
use dutydesk::connect::http::{Body, Http};
use serde_json::{Value, json};
use ureq::http::Method;

pub struct Snac {
    pub server: std::sync::Mutex<Peer>,
    pub url: String,
    _folder: tempfile::TempDir,
    http: Http,
    pub brand: String,
    stranger: String,
    brand_id: String,
}

impl Snac {
    pub fn start() -> Snac {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = folder.path().join("data");
        let server = Peer::start("snac", &[data.to_str().unwrap(), &port.to_string()]);
        let part = |who: &str, name: &str| server.ready[who][name].as_str().unwrap().to_owned();
        let url = server.text("url");
        Snac {
            http: Http::new(&url).unwrap(),
            url,
            _folder: folder,
            brand: part("brand", "token"),
            stranger: part("stranger", "token"),
            brand_id: part("brand", "id"),
            server: std::sync::Mutex::new(server),
        }
    }

    fn status(&self, token: &str, body: &Value) -> String {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let post = Body::Json(body);
        let reply = self.http.write(Method::POST, "/api/v1/statuses", &headers, post).unwrap();
        assert!(reply.is_ok(), "{} {}", reply.status, String::from_utf8_lossy(&reply.body));
        reply.json::<Value>().unwrap()["id"].as_str().unwrap().to_owned()
    }

    fn get(&self, path: &str) -> Option<Value> {
        let bearer = format!("Bearer {}", self.brand);
        let reply = self.http.get(path, &[("authorization", &bearer)]).ok()?;
        reply.is_ok().then(|| reply.json().unwrap())
    }

    /// The stranger writes directly.
    pub fn direct(&self, text: &str) -> String {
        let text = format!("@brand {text}");
        self.status(&self.stranger, &json!({ "status": text, "visibility": "direct" }))
    }
}

impl Platform for Snac {
    fn files(&self, server: &str) -> (String, String) {
        let channels = format!(
            "[[channel]]\nid = \"live\"\nplatform = \"mastodon\"\nconnector = \"mastodon\"\n\
             [channel.settings]\nserver = \"{server}\"\n"
        );
        (channels, format!("[live]\ntoken = \"{}\"\n", self.brand))
    }

    fn publish(&self, text: &str) -> String {
        self.status(&self.brand, &json!({ "status": text }))
    }

    fn comment(&self, post: &str, text: &str) -> String {
        let body = json!({ "status": format!("@brand {text}"), "in_reply_to_id": post });
        self.status(&self.stranger, &body)
    }

    fn shows(&self, comment: &str) -> bool {
        let Some(list) = self.get("/api/v1/notifications?limit=40") else { return false };
        list.as_array().unwrap().iter().any(|n| n["status"]["id"] == *comment)
    }

    fn revoke(&mut self) -> (&'static str, String, String) {
        let old = self.brand.clone();
        let made = self.server.lock().unwrap().say("renew brand");
        self.brand = made["token"].as_str().unwrap().to_owned();
        ("token", old, self.brand.clone())
    }

    fn answers(&self, comment: &str) -> Vec<String> {
        let path = format!("/api/v1/statuses/{comment}/context");
        let context = self.get(&path).unwrap();
        let ours =
            |s: &&Value| s["account"]["id"] == *self.brand_id && s["in_reply_to_id"] == *comment;
        let answers = context["descendants"].as_array().unwrap().iter().filter(ours);
        answers.map(|s| s["content"].as_str().unwrap().to_owned()).collect()
    }
}
