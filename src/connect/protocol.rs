//! What the desk and a connector say to each other: one JSON object a line, over the standard
//! input and output of a child process (docs/connectors.md, docs/connector.schema.json).
//!
//! Whoever reads passes over kinds and fields that it does not know, so that either side can be
//! the newer one.

use crate::domain::post::{Form, MediaKind};
use crate::domain::{Abilities, Author, Queue, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// The protocol's version. It grows only when an older reader would misunderstand.
pub const VERSION: u32 = 1;
/// The most bytes of a line, its end not counted.
pub const MOST_LINE: usize = 1 << 20;
/// The most events in a batch.
pub const MOST_EVENTS: usize = 512;
/// The most bytes of a cursor.
pub const MOST_CURSOR: usize = 2048;

/// From the desk to a connector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ToConnector {
    /// Always the first line.
    Start(Start),
    /// Something to do on the platform, or (`look`) to look for there.
    Command(Box<Command>),
    /// A batch of events is on disk, with its cursor; it is not sent again.
    Taken {
        /// Which batch.
        batch: u64,
    },
    /// The secrets that were sent last are on disk and may be used.
    Kept,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// What a connector needs to begin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Start {
    /// [`VERSION`] of the desk.
    pub protocol: u32,
    /// The channel's short name on the desk.
    pub channel: String,
    /// Its platform.
    pub platform: String,
    /// The channel's `[channel.settings]`.
    pub settings: Map<String, Value>,
    /// Its secrets: passwords, tokens.
    pub secrets: Secrets,
    /// The cursor of the last batch that was taken; `None` at the very first start.
    pub cursor: Option<String>,
    /// A folder of the channel's own that the connector may write in; it is there.
    pub folder: Option<String>,
    /// The desk's clock.
    #[serde(with = "moment::maybe")]
    pub now: Option<Time>,
}

/// Passwords and tokens by name. Never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(pub BTreeMap<String, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Secrets {
    /// A secret that says something.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|s| s.trim()).filter(|s| !s.is_empty())
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// The answer names it.
    pub id: u64,
    /// The same for every attempt at the same thing, and for nothing else: 13 characters that sort
    /// by the time the thing was asked for (they are a TID as the AT Protocol defines it).
    #[serde(default)]
    pub key: String,
    /// 1 for the first attempt.
    #[serde(default)]
    pub attempt: u32,
    /// When the operator asked for it.
    #[serde(default, with = "moment::maybe")]
    pub made: Option<Time>,
    /// Do not do it: look whether an earlier attempt got through.
    #[serde(default)]
    pub look: bool,
    /// For a look: platform ids that are known to be something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Act {
    /// Answer a message.
    Reply {
        /// The platform's id of the message; `None` = the person of a direct conversation.
        to: Option<String>,
        /// The platform's id of the conversation: its root comment, or its peer.
        thread: String,
        /// Public or direct.
        queue: Queue,
        /// Who is answered.
        #[serde(default)]
        person: Author,
        /// The text, verbatim.
        text: String,
    },
    /// Publish something.
    Post {
        /// Its title, where the platform shows one; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        /// The text, verbatim.
        text: String,
        /// What it is.
        #[serde(default)]
        form: Form,
        /// Tags, without `#`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<String>,
        /// Pictures, videos, files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        media: Vec<MediaRef>,
        /// When, if the platform is to wait; `None` = now.
        #[serde(default, with = "moment::maybe")]
        at: Option<Time>,
    },
    /// Like a message, or take the like back.
    Like {
        /// Which.
        #[serde(flatten)]
        target: Target,
        /// False takes it back.
        on: bool,
    },
    /// Hide a message from others, or show it again.
    Hide {
        /// Which.
        #[serde(flatten)]
        target: Target,
        /// False shows it again.
        on: bool,
    },
    /// Delete a message, or a post of ours.
    Delete {
        /// Which.
        #[serde(flatten)]
        target: Target,
        /// True when we wrote it.
        ours: bool,
    },
    /// Block the person who wrote a message, or let them in again.
    Block {
        /// A message of theirs.
        #[serde(flatten)]
        target: Target,
        /// False lets them in again.
        on: bool,
    },
    /// Sign in and look around, so that an operator knows whether the settings work. The answer's
    /// `note` says what was found.
    Check,
    /// A thing to do that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A picture, video or file that goes with a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// A path on the desk's machine, or an http(s) link.
    pub link: String,
    /// What it is.
    #[serde(default)]
    pub kind: MediaKind,
    /// What it shows, for those who cannot see it; may be empty.
    #[serde(default)]
    pub alt: String,
}

/// A message on the platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its id.
    pub message: String,
    /// The conversation's root comment, or its peer.
    #[serde(default)]
    pub thread: String,
    /// Public or direct.
    pub queue: Queue,
    /// Who wrote it.
    #[serde(default)]
    pub person: Author,
}

/// From a connector to the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromConnector {
    /// Always the first line; may be said again when the connector knows more (it has signed in).
    Hello(Hello),
    /// What happened on the platform.
    Events {
        /// A number of the connector's, given back in `taken`.
        batch: u64,
        /// Where it got to with these; kept in the same commit.
        #[serde(default)]
        cursor: Option<String>,
        /// As docs/events.md describes them; `channel` and `platform` are filled in by the desk.
        events: Vec<Value>,
    },
    /// A command was carried out; or, for a look, it had been.
    Ack(Ack),
    /// A command was not carried out, or it is not known; or, for a look, it is not there.
    Nack(Nack),
    /// Credentials that the platform gave anew. Not to be used before `kept`.
    Secrets {
        /// All of them; they take the place of those given at the start.
        secrets: Secrets,
    },
    /// How the connector is. The newest counts, whole.
    Status(Status),
    /// A line for the channel's log.
    Log {
        /// The line.
        text: String,
    },
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// What a connector is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hello {
    /// [`VERSION`] of the connector.
    pub protocol: u32,
    /// Its name, e.g. `bluesky`.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The account it has signed in to, as people know it; `None` = not signed in yet.
    pub account: Option<String>,
    /// What it can do.
    pub can: Abilities,
}

/// It was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ack {
    /// The command.
    pub id: u64,
    /// The platform's id of what was made.
    pub platform_id: Option<String>,
    /// The page that shows it.
    pub url: Option<String>,
    /// When the platform took it; `None` = now.
    #[serde(with = "moment::maybe")]
    pub at: Option<Time>,
    /// True when an earlier attempt had done it.
    pub duplicate: bool,
    /// Something to tell the operator.
    pub note: Option<String>,
}

/// It was not done, or nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nack {
    /// The command.
    #[serde(default)]
    pub id: u64,
    /// What that means.
    pub kind: NackKind,
    /// Not before so many seconds from now.
    #[serde(default)]
    pub after_seconds: Option<u64>,
    /// Why, as a sentence for people.
    #[serde(default)]
    pub why: String,
}

/// What a nack means for the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NackKind {
    /// Certainly not done; worth trying again.
    Retry,
    /// Certainly not done; trying again is no use.
    Permanent,
    /// Certainly not done; the credentials do not work (any more).
    Auth,
    /// It may have been done: the answer did not come, or says nothing.
    Unknown,
    /// For a look: it is not there.
    Absent,
}

/// How a connector is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// When it last looked at the platform and saw everything.
    #[serde(with = "moment::maybe")]
    pub polled: Option<Time>,
    /// Why it sees nothing now; `None` = it sees.
    pub trouble: Option<String>,
    /// True when the trouble is that the credentials do not work.
    pub auth: bool,
    /// What the platform still lets us do.
    pub budget: Option<Budget>,
    /// When the credentials end unless somebody renews them.
    #[serde(with = "moment::maybe")]
    pub expires: Option<Time>,
}

/// What a platform still lets us do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// Calls left.
    pub left: u64,
    /// Of how many.
    pub of: u64,
    /// When they are all there again.
    #[serde(with = "moment::maybe")]
    pub resets: Option<Time>,
}

/// A moment as RFC 3339 text; read also as a number of seconds or milliseconds.
mod moment {
    pub mod maybe {
        use crate::connect::when::epoch;
        use crate::domain::Time;
        use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(i64),
        }

        // The shape is serde's: `with` hands over a reference to the field.
        pub fn serialize<S: Serializer>(at: &Option<Time>, to: S) -> Result<S::Ok, S::Error> {
            at.map(|at| at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
                .serialize(to)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
            Ok(match Option::<Written>::deserialize(from)? {
                None => None,
                Some(Written::Number(n)) => Some(epoch(n)),
                Some(Written::Text(text)) => Some(
                    chrono::DateTime::parse_from_rfc3339(text.trim())
                        .map_err(|_| D::Error::custom("a time is RFC 3339 with an offset"))?
                        .into(),
                ),
            })
        }
    }
}

/// A message as one line, its end included.
pub fn line<T: Serialize>(message: &T) -> Vec<u8> {
    // The types of this file have no map with keys that are no text, so they can all be written.
    let mut line = serde_json::to_vec(message).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Reads a line of a connector; `None` = there is nothing in it.
///
/// # Errors
/// Why it is no message of the protocol, with its beginning.
pub fn read(line: &[u8]) -> Result<Option<FromConnector>, String> {
    if line.len() > MOST_LINE {
        return Err(format!("a line longer than {MOST_LINE} bytes"));
    }
    match serde_json::from_slice(line) {
        Ok(message) => Ok(Some(message)),
        Err(_) if line.trim_ascii().is_empty() => Ok(None),
        Err(e) if line.first() == Some(&b'{') => Err(format!("{e}: {}", beginning(line))),
        // Something in it prints: the output belongs to the protocol alone.
        Err(_) => Err(format!("not a message of the protocol: {}", beginning(line))),
    }
}

/// The beginning of a line, as text.
pub fn beginning(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(1000)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_flat_object() {
        let command = Command {
            id: 7,
            key: "3jzfcijpj2z2a".into(),
            attempt: 1,
            made: Some(Time(1_795_240_800_123)),
            look: false,
            known: vec![],
            act: Act::Like {
                target: Target {
                    message: "42".into(),
                    thread: "40".into(),
                    queue: Queue::Comments,
                    person: Author::default(),
                },
                on: true,
            },
        };
        let said = ToConnector::Command(Box::new(command));
        let line = String::from_utf8(line(&said)).unwrap();
        insta::assert_snapshot!(line.trim_end(), @r#"{"type":"command","id":7,"key":"3jzfcijpj2z2a","attempt":1,"made":"2026-11-21T06:00:00.123Z","look":false,"do":"like","message":"42","thread":"40","queue":"comments","person":{"id":"","name":""},"on":true}"#);
        assert_eq!(serde_json::from_str::<ToConnector>(&line).unwrap(), said);
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let hello = r#"{"type":"hello","protocol":1,"name":"x","colour":"red","can":{"fly":true}}"#;
        let FromConnector::Hello(hello) = serde_json::from_str(hello).unwrap() else { panic!() };
        assert_eq!(hello.name, "x");
        let news: FromConnector = serde_json::from_str(r#"{"type":"sings","loud":1}"#).unwrap();
        assert_eq!(news, FromConnector::Unknown);
        let act: Command = serde_json::from_str(r#"{"id":1,"do":"dance","how":2}"#).unwrap();
        assert_eq!(act.act, Act::Unknown);
    }

    #[test]
    fn secrets_do_not_show() {
        let mut secrets = Secrets::default();
        secrets.0.insert("password".into(), "hunter2".into());
        let start = Start { secrets, ..Start::default() };
        assert!(!format!("{start:?}").contains("hunter2"));
        assert!(format!("{start:?}").contains("password"));
    }
}
