//! The channel's settings, as the desk hands them over.

use super::crypto::Keys;
use super::inbound::Article;
use super::{Said, say};
use crate::connect::protocol::{Secrets, Start};
use crate::text::Lang;
use serde_json::{Map, Value};
use std::env;
use std::net::SocketAddr;
use std::time::Duration;

/// Where the callback is waited for, behind a reverse proxy on the same machine.
pub const LISTEN: &str = "127.0.0.1:8787";
/// The platform.
pub const SERVER: &str = "https://api.weixin.qq.com";
/// The shortest and the usual time between two looks for comments. Each takes three calls of a
/// daily number that the platform sets by account.
const EVERY: (u64, u64) = (5, 60);

/// What was set.
pub struct Settings {
    /// The account.
    pub app_id: String,
    /// The platform's address.
    pub server: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The path of the callback.
    pub path: String,
    /// Whether comments are read.
    pub comments: bool,
    /// How often.
    pub every: Duration,
    /// Articles whose comments are read besides those that the platform lists.
    pub articles: Vec<Article>,
    /// The cover of posts.
    pub cover: Option<String>,
    /// Whether follows, scans and buttons are shown as messages.
    pub events: bool,
    /// In which language the connector speaks.
    pub lang: Lang,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// What is missing or wrong, as a sentence.
    pub fn read(start: &Start) -> Result<Settings, String> {
        let set = &start.settings;
        let lang = text(set, "language").or_else(locale).unwrap_or_default();
        let lang = Lang::from_locale(&lang);
        let said = Said { lang };
        let needs = |name: &str| said.line(say::NEEDS, &[("name", &name)]);
        for name in ["app_secret", "token"] {
            start.secrets.get(name).ok_or_else(|| needs(name))?;
        }
        let listen = text(set, "listen").unwrap_or_else(|| LISTEN.to_owned());
        let wrong = |message, value: &str| said.line(message, &[("value", &value)]);
        let address: SocketAddr = listen.parse().map_err(|_| wrong(say::BAD_LISTEN, &listen))?;
        if !address.ip().is_loopback() && !flag(set, "listen_anywhere", false) {
            return Err(wrong(say::OPEN_LISTEN, &listen));
        }
        let path = text(set, "path").unwrap_or_else(|| "/".to_owned());
        if !path.starts_with('/') {
            return Err(wrong(say::BAD_PATH, &path));
        }
        let mut articles = Vec::new();
        for named in list(set, "articles") {
            articles.push(Article::read(&named).ok_or_else(|| wrong(say::BAD_ARTICLE, &named))?);
        }
        let every = text(set, "comment_seconds").and_then(|seconds| seconds.parse().ok());
        Ok(Settings {
            app_id: text(set, "app_id").ok_or_else(|| needs("app_id"))?,
            server: text(set, "server").unwrap_or_else(|| SERVER.to_owned()),
            listen: address,
            path,
            comments: flag(set, "comments", true),
            every: Duration::from_secs(every.unwrap_or(EVERY.1).max(EVERY.0)),
            articles,
            cover: text(set, "cover_media_id"),
            events: flag(set, "events", false),
            lang,
        })
    }

    /// What tells the platform's callbacks from others'.
    ///
    /// # Errors
    /// When the EncodingAESKey is none.
    pub fn keys(&self, secrets: &Secrets) -> Result<Keys, String> {
        let token = secrets.get("token").unwrap_or_default();
        Keys::new(token, &self.app_id, secrets.get("encoding_aes_key"))
    }
}

/// A setting as text, whether it was written as text, number or flag.
fn text(set: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match set.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn flag(set: &Map<String, Value>, name: &str, default: bool) -> bool {
    match text(set, name).map(|text| text.to_lowercase()).as_deref() {
        Some("yes" | "y" | "true" | "on" | "1" | "是") => true,
        Some("no" | "n" | "false" | "off" | "0" | "否") => false,
        _ => default,
    }
}

/// A list, or one text with commas.
fn list(set: &Map<String, Value>, name: &str) -> Vec<String> {
    match set.get(name) {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect(),
        _ => text(set, name)
            .map(|text| text.split(',').map(|item| item.trim().to_owned()).collect())
            .unwrap_or_default(),
    }
}

/// The language of the process that started us.
fn locale() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}
