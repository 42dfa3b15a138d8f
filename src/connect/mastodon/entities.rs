//! What servers send, read leniently: a field that is missing, null or of another kind is as good
//! as empty, an id may be a text or a number, and of a list the parts that can be read count.

use crate::domain::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A value that is its default when it cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loose<T>(pub T);

impl<'de, T: DeserializeOwned + Default> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Loose<T>, D::Error> {
        let value = Value::deserialize(from)?;
        Ok(Loose(serde_json::from_value(value).unwrap_or_default()))
    }
}

impl<T> std::ops::Deref for Loose<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// An id: a text that means nothing but itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Id(pub String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        Ok(Id(match Value::deserialize(from)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        }))
    }
}

impl Id {
    /// The id, when there is one.
    pub fn get(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|id| !id.is_empty())
    }
}

/// Those of a list that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(vec![])
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<List<T>, D::Error> {
        let Value::Array(items) = Value::deserialize(from)? else { return Ok(List(vec![])) };
        Ok(List(items.into_iter().filter_map(|v| serde_json::from_value(v).ok()).collect()))
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// A moment as RFC 3339 text; `None` when it is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct When(pub Option<Time>);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<When, D::Error> {
        let Value::String(text) = Value::deserialize(from)? else { return Ok(When(None)) };
        let read = chrono::DateTime::parse_from_rfc3339(text.trim()).ok();
        Ok(When(read.map(Time::from)))
    }
}

/// A person, or ourselves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Theirs on this server.
    pub id: Id,
    /// The name before the `@`.
    pub username: Loose<String>,
    /// `user` or `user@host`.
    pub acct: Loose<String>,
    /// What they call themselves.
    pub display_name: Loose<String>,
    /// How many follow.
    pub followers_count: Loose<Option<u64>>,
    /// How many are followed.
    pub following_count: Loose<Option<u64>>,
    /// How many statuses they wrote.
    pub statuses_count: Loose<Option<u64>>,
}

/// A status: a post, a comment, a direct message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Its id.
    pub id: Id,
    /// Which it answers.
    pub in_reply_to_id: Id,
    /// Whose that was.
    pub in_reply_to_account_id: Id,
    /// Who wrote it.
    pub account: Account,
    /// HTML.
    pub content: Loose<String>,
    /// The text as it was written; few servers tell it.
    pub text: Loose<Option<String>>,
    /// The content warning.
    pub spoiler_text: Loose<String>,
    /// Who sees it.
    pub visibility: Loose<String>,
    /// When it was written.
    pub created_at: When,
    /// When it was changed last.
    pub edited_at: When,
    /// The page that shows it.
    pub url: Loose<Option<String>>,
    /// How many like it.
    pub favourites_count: Loose<Option<u64>>,
    /// Whether we do.
    pub favourited: Loose<bool>,
    /// Who is named in it.
    pub mentions: List<Mention>,
    /// Pictures and the like.
    pub media_attachments: List<Media>,
    /// A preview of a link in it.
    pub card: Loose<Option<Card>>,
    /// A poll.
    pub poll: Loose<Option<Poll>>,
    /// Something else that it only passes on.
    pub reblog: Value,
    /// When it is to appear: it is none yet.
    pub scheduled_at: When,
}

impl Status {
    /// True when it only passes something on.
    pub fn is_boost(&self) -> bool {
        self.reblog.is_object()
    }
}

/// Somebody named in a status.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Mention {
    /// Their account's id; made up on some servers.
    pub id: Id,
    /// `user` or `user@host`.
    pub acct: Loose<String>,
}

/// A picture or the like.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Media {
    /// `image`, `gifv`, `video`, `audio`, `unknown`.
    #[serde(rename = "type")]
    pub kind: Loose<String>,
    /// Where it is.
    pub url: Loose<Option<String>>,
    /// Where it came from.
    pub remote_url: Loose<Option<String>>,
}

/// A preview of a link.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Card {
    /// Where it leads.
    pub url: Loose<String>,
}

/// A poll.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Poll {
    /// What can be chosen.
    pub options: List<Choice>,
}

/// A choice of a poll.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// What it says.
    pub title: Loose<String>,
    /// How many chose it, when that is public.
    pub votes_count: Loose<Option<u64>>,
}

/// Something that happened to us.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Notification {
    /// Its id; another one than the status's.
    pub id: Id,
    /// `mention` and others.
    #[serde(rename = "type")]
    pub kind: Loose<String>,
    /// What it is about.
    pub status: Loose<Option<Status>>,
}

/// What stands around a status.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Context {
    /// What it answers, and what that answers.
    pub ancestors: List<Status>,
    /// What answers it.
    pub descendants: List<Status>,
}

/// The server, as both versions of the call describe it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// Its name, by version 2.
    pub domain: Loose<String>,
    /// Its name, by version 1; an address on some servers.
    pub uri: Loose<String>,
    /// What it runs.
    pub version: Loose<String>,
    /// What it allows.
    pub configuration: Loose<Configuration>,
    /// Other addresses, by version 1.
    pub urls: Loose<Urls>,
    /// The most characters, on servers before `configuration` came.
    pub max_toot_chars: Loose<Option<u64>>,
}

/// What a server allows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// For statuses.
    pub statuses: Loose<Limits>,
    /// Other addresses, by version 2.
    pub urls: Loose<Urls>,
}

/// What it allows for statuses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The most characters.
    pub max_characters: Loose<Option<u64>>,
    /// What a link counts as.
    pub characters_reserved_per_url: Loose<Option<u64>>,
}

/// A server's other addresses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Urls {
    /// Where it streams, by version 2.
    pub streaming: Loose<String>,
    /// Where it streams, by version 1.
    pub streaming_api: Loose<String>,
}

/// A status that is to appear later.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Scheduled {
    /// An id among its kind.
    pub id: Id,
    /// When.
    pub scheduled_at: When,
    /// What was asked for.
    pub params: Loose<Params>,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The text as it was written.
    pub text: Loose<String>,
}

/// The text of a status as it was written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The text.
    pub text: Loose<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_missing_or_of_another_kind_is_empty() {
        let status: Status = serde_json::from_value(json!({
            "id": 42, "in_reply_to_id": null, "account": {"id": "7", "acct": null, "x": 1},
            "content": 5, "created_at": "yesterday", "favourites_count": "many", "favourited": null,
            "mentions": [1, {"id": 0, "acct": "lu"}], "media_attachments": null, "card": 5,
            "visibility": "public", "edited_at": "2026-01-02T10:11:12Z", "reblog": null,
        }))
        .unwrap();
        assert_eq!((status.id.get(), status.in_reply_to_id.get()), (Some("42"), None));
        assert_eq!((status.account.id.get(), status.content.as_str()), (Some("7"), ""));
        assert_eq!((status.created_at.0, *status.favourites_count), (None, None));
        assert_eq!((status.mentions.len(), status.card.is_none()), (1, true));
        assert!(status.edited_at.0.is_some() && !status.is_boost());
        assert!(serde_json::from_value::<Status>(json!({})).is_ok());
    }

    #[test]
    fn both_versions_of_an_instance_are_read() {
        let second: Instance = serde_json::from_value(json!({"domain": "a.example",
            "version": "4.5.0", "configuration": {"urls": {"streaming": "wss://s.a.example"},
            "statuses": {"max_characters": 700, "characters_reserved_per_url": 23}}}))
        .unwrap();
        assert_eq!(*second.configuration.statuses.max_characters, Some(700));
        assert_eq!(second.configuration.urls.streaming.as_str(), "wss://s.a.example");
        let first: Instance = serde_json::from_value(json!({"uri": "https://a.example",
            "version": "2.7.2 (compatible; X)", "urls": {"streaming_api": "wss://a.example"},
            "max_toot_chars": 5000}))
        .unwrap();
        assert_eq!(*first.max_toot_chars, Some(5000));
        assert_eq!(first.urls.streaming_api.as_str(), "wss://a.example");
    }
}
