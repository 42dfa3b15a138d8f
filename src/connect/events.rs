//! The documented event format: one JSON object a line (docs/events.md).

use super::check;
use super::reason::{Reason, Reject};
use super::when::{TimeFormat, Zone, epoch};
use crate::domain::event::{MessageEvent, SlotEvent};
use crate::domain::post::Form;
use crate::domain::slot::SlotState;
use crate::domain::{Attachment, Author, ChannelId, Event, PastPost, Queue, Time};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Reads one line. Names of fields it does not know go to `unknown`.
///
/// # Errors
/// When it is not an event, with the field at fault. Bounds are looked at by [`check::event`].
pub fn read(line: &str, unknown: &mut Vec<String>) -> Result<Event, Reject> {
    read_object(object(line)?, unknown)
}

/// As [`read`], of a JSON object.
///
/// # Errors
/// As [`read`].
pub fn read_object(map: Map<String, Value>, unknown: &mut Vec<String>) -> Result<Event, Reject> {
    let mut o = Object { name: "", map };
    let kind = o.text("event")?.ok_or_else(|| wrong("event", "missing"))?;
    let channel = check::channel(&o.text("channel")?.unwrap_or_default())?;
    let event = match kind.as_str() {
        "message" => Event::Message(message(&mut o, channel)?),
        "edited" => Event::Edited {
            channel,
            id: o.id("id")?.ok_or(Reason::NoId)?,
            text: o.text("text")?.ok_or(Reason::NoText)?,
            at: o.time("at")?,
        },
        "deleted" => {
            Event::Deleted { channel, id: o.id("id")?.ok_or(Reason::NoId)?, at: o.time("at")? }
        }
        "likes" => Event::Likes {
            channel,
            id: o.id("id")?.ok_or(Reason::NoId)?,
            likes: o.count("likes")?.ok_or_else(|| wrong("likes", "missing"))?,
        },
        "metrics" => Event::Metrics { channel, at: o.time("at")?, values: figures(&mut o)? },
        "slot" => Event::Slot(SlotEvent {
            channel,
            id: o.id("id")?.ok_or(Reason::NoId)?,
            at: o.time("at")?,
            title: o.text("title")?.unwrap_or_default(),
            state: o.one_of::<SlotState>("state")?.ok_or_else(|| wrong("state", "missing"))?,
        }),
        "published" => Event::Published(Box::new(published(&mut o, channel)?)),
        other => return Err(wrong("event", &format!("{other:?} is none"))),
    };
    unknown.extend(o.map.keys().cloned());
    Ok(event)
}

/// Reads an event of a connector, whose channel and platform its desk knows, and looks at its bounds.
///
/// # Errors
/// What is the matter with it, as a sentence for the channel's log.
pub fn of_connector(
    event: Value,
    channel: &ChannelId,
    platform: &str,
    now: Time,
) -> Result<Event, String> {
    let Value::Object(mut map) = event else { return Err("an event that is no object".into()) };
    if map.get("channel").is_some_and(|c| c.as_str() != Some(&channel.0)) {
        return Err(format!("an event of another channel: {}", map["channel"]));
    }
    map.insert("channel".into(), channel.0.as_str().into());
    map.entry("platform").or_insert_with(|| platform.into());
    let id = map.get("id").map(Value::to_string).unwrap_or_default();
    let rejected = |reject: Reject| format!("rejected {id}: {reject}");
    let mut event = read_object(map, &mut Vec::new()).map_err(rejected)?;
    check::event(&mut event, now, &mut Vec::new()).map_err(rejected)?;
    Ok(event)
}

/// Figures by name: whole numbers.
fn figures(o: &mut Object) -> Result<BTreeMap<String, i64>, Reject> {
    match o.map.remove("values") {
        Some(Value::Object(map)) => map
            .into_iter()
            .map(|(name, value)| match value.as_i64() {
                Some(n) => Ok((name, n)),
                None => Err(wrong("values", "whole numbers by name")),
            })
            .collect(),
        _ => Err(wrong("values", "an object")),
    }
}

/// A post that is out. Its length is that of title and text where it is not said.
fn published(o: &mut Object, channel: ChannelId) -> Result<PastPost, Reject> {
    let (title, text) = (o.text("title")?.unwrap_or_default(), o.text("text")?.unwrap_or_default());
    let length = match o.count("length")? {
        Some(length) => length,
        None => u32::try_from(title.chars().count() + text.chars().count()).unwrap_or(u32::MAX),
    };
    Ok(PastPost {
        platform: o.text("platform")?.unwrap_or_else(|| channel.0.clone()),
        channel,
        id: o.id("id")?.ok_or(Reason::NoId)?,
        at: o.time("at")?,
        form: o.one_of::<Form>("form")?.unwrap_or_default(),
        title,
        text,
        length,
        media: o.count("media")?,
        promoted: o.flag("promoted")?,
        permalink: o.text("permalink")?,
        values: figures(o)?,
        read: match o.map.contains_key("read") {
            true => Some(o.time("read")?),
            false => None,
        },
    })
}

/// A line as a JSON object.
///
/// # Errors
/// [`Reason::NotJson`].
pub fn object(line: &str) -> Result<Map<String, Value>, Reject> {
    match serde_json::from_str(line) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Reject::with(Reason::NotJson, "not an object")),
        Err(e) => Err(Reject::with(Reason::NotJson, e)),
    }
}

fn message(o: &mut Object, channel: ChannelId) -> Result<MessageEvent, Reject> {
    let author = match o.map.remove("author") {
        None | Some(Value::Null) => Author::default(),
        Some(Value::String(name)) => Author { id: String::new(), name },
        Some(Value::Object(map)) => {
            let mut a = Object { name: "author.", map };
            let id = a.id("id")?.unwrap_or_default();
            Author { name: a.text("name")?.unwrap_or_else(|| id.clone()), id }
        }
        Some(_) => return Err(wrong("author", "an object or a name")),
    };
    let mut attachments = Vec::new();
    for item in o.list("attachments")? {
        let Value::Object(map) = item else { return Err(wrong("attachments", "objects")) };
        let mut a = Object { name: "attachments.", map };
        attachments.push(Attachment {
            kind: a.text("kind")?.unwrap_or_else(|| "file".into()),
            size: a.map.remove("size").and_then(|v| v.as_u64()),
            link: a.text("link")?.ok_or_else(|| wrong("attachments.link", "missing"))?,
        });
    }
    Ok(MessageEvent {
        platform: o.text("platform")?.unwrap_or_else(|| channel.0.clone()),
        channel,
        queue: o.one_of("queue")?.unwrap_or(Queue::Comments),
        id: o.id("id")?.ok_or(Reason::NoId)?,
        thread: o.id("thread")?,
        in_reply_to: o.id("in_reply_to")?,
        author,
        ours: o.flag("ours")?,
        text: match o.text("text")? {
            None if attachments.is_empty() => return Err(Reason::NoText.into()),
            text => text.unwrap_or_default(),
        },
        at: o.time("at")?,
        likes: o.count("likes")?.unwrap_or(0),
        permalink: o.text("permalink")?,
        attachments,
    })
}

/// An event in the documented format, without channel and platform: a connector's desk knows them.
pub fn written(event: &Event) -> Value {
    let at = |at: &Time| at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    match event {
        Event::Message(m) => json!({
            "event": "message", "queue": m.queue, "id": m.id, "thread": m.thread,
            "in_reply_to": m.in_reply_to, "author": m.author, "ours": m.ours, "text": m.text,
            "at": at(&m.at), "likes": m.likes, "permalink": m.permalink,
            "attachments": m.attachments,
        }),
        Event::Edited { id, text, at: when, .. } => {
            json!({ "event": "edited", "id": id, "text": text, "at": at(when) })
        }
        Event::Deleted { id, at: when, .. } => {
            json!({ "event": "deleted", "id": id, "at": at(when) })
        }
        Event::Likes { id, likes, .. } => json!({ "event": "likes", "id": id, "likes": likes }),
        Event::Metrics { at: when, values, .. } => {
            json!({ "event": "metrics", "at": at(when), "values": values })
        }
        Event::Slot(s) => json!({
            "event": "slot", "id": s.id, "at": at(&s.at), "title": s.title, "state": s.state,
        }),
        Event::Published(p) => {
            let mut written = json!({
                "event": "published", "id": p.id, "at": at(&p.at), "form": p.form,
                "title": p.title, "text": p.text, "length": p.length, "promoted": p.promoted,
                "values": p.values,
            });
            let optional = [
                ("media", p.media.map(Value::from)),
                ("permalink", p.permalink.clone().map(Value::from)),
                ("read", p.read.map(|read| at(&read).into())),
            ];
            for (name, value) in optional {
                if let Some(value) = value {
                    written[name] = value;
                }
            }
            written
        }
    }
}

/// A JSON object whose fields are taken out one by one; what is left is unknown.
struct Object {
    /// Where it stands, for messages: `author.`.
    name: &'static str,
    map: Map<String, Value>,
}

impl Object {
    fn wrong(&self, field: &str, wanted: &str) -> Reject {
        wrong(&format!("{}{field}", self.name), wanted)
    }

    fn text(&mut self, field: &str) -> Result<Option<String>, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(s)) => Ok(Some(s)),
            Some(_) => Err(self.wrong(field, "a text")),
        }
    }

    /// Ids may be written as texts or as whole numbers; an empty one is none.
    fn id(&mut self, field: &str) -> Result<Option<String>, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(s)) => Ok(Some(s).filter(|s| !s.is_empty())),
            Some(Value::Number(n)) if n.is_u64() || n.is_i64() => Ok(Some(n.to_string())),
            Some(_) => Err(self.wrong(field, "a text or a whole number")),
        }
    }

    fn count(&mut self, field: &str) -> Result<Option<u32>, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(v) => match v.as_u64() {
                Some(n) => Ok(Some(u32::try_from(n).unwrap_or(u32::MAX))),
                None => Err(self.wrong(field, "a whole number from 0 on")),
            },
        }
    }

    fn flag(&mut self, field: &str) -> Result<bool, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(b)) => Ok(b),
            Some(_) => Err(self.wrong(field, "true or false")),
        }
    }

    fn list(&mut self, field: &str) -> Result<Vec<Value>, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Ok(vec![]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(self.wrong(field, "a list")),
        }
    }

    fn time(&mut self, field: &str) -> Result<Time, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Err(Reason::NoTime.into()),
            Some(Value::String(s)) if s.trim().is_empty() => Err(Reason::NoTime.into()),
            // A time without an offset could mean any zone: only what names its own is read.
            Some(Value::String(s)) => match chrono::DateTime::parse_from_rfc3339(s.trim()) {
                Ok(t) => Ok(t.into()),
                Err(_) => Err(Reject::with(Reason::BadTime, s)),
            },
            Some(Value::Number(n)) => n
                .as_i64()
                .map(epoch)
                .or_else(|| TimeFormat::EpochSeconds.read(&n.to_string(), Zone::UTC))
                .ok_or_else(|| Reject::with(Reason::BadTime, n)),
            Some(_) => Err(self.wrong(field, "an RFC 3339 time or a number")),
        }
    }

    fn one_of<T: serde::de::DeserializeOwned>(&mut self, field: &str) -> Result<Option<T>, Reject> {
        match self.map.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(v) => {
                let shown = v.to_string();
                serde_json::from_value(v)
                    .map(Some)
                    .map_err(|_| self.wrong(field, &format!("not {shown}")))
            }
        }
    }
}

fn wrong(field: &str, wanted: &str) -> Reject {
    Reject::with(Reason::NotAnEvent, format!("{field}: {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn parse(line: &str) -> Result<Event, Reject> {
        read(line, &mut vec![])
    }

    #[test]
    fn a_message_with_everything() {
        let line = r#"{"event":"message","channel":"weibo","platform":"weibo","queue":"messages",
            "id":42,"thread":"t","in_reply_to":"41","author":{"id":"u1","name":"小鹿"},"ours":true,
            "text":"在吗","at":"2026-01-02T10:11:12+08:00","likes":3,
            "permalink":"https://weibo.example/42",
            "attachments":[{"kind":"image","size":9,"link":"https://img.example/1"}]}"#;
        let link = "https://img.example/1".to_owned();
        assert_eq!(
            parse(line),
            Ok(Event::Message(MessageEvent {
                channel: ChannelId("weibo".into()),
                platform: "weibo".into(),
                queue: Queue::Messages,
                id: "42".into(),
                thread: Some("t".into()),
                in_reply_to: Some("41".into()),
                author: Author { id: "u1".into(), name: "小鹿".into() },
                ours: true,
                text: "在吗".into(),
                at: Time(1_767_319_872_000),
                likes: 3,
                permalink: Some("https://weibo.example/42".into()),
                attachments: vec![Attachment { kind: "image".into(), size: Some(9), link }],
            }))
        );
    }

    #[test]
    fn a_message_with_as_little_as_can_be() {
        let read =
            parse(r#"{"event":"message","channel":"c","id":"1","text":"x","at":1767319872}"#);
        let Ok(Event::Message(m)) = read else { panic!("{read:?}") };
        assert_eq!((m.platform.as_str(), m.queue, m.likes), ("c", Queue::Comments, 0));
        assert_eq!(m.at, Time(1_767_319_872_000));
    }

    #[rstest]
    #[case(r#"{"event":"edited","channel":"c","id":"1","text":"y","at":"2026-01-02T10:11:12Z"}"#)]
    #[case(r#"{"event":"deleted","channel":"c","id":"1","at":"2026-01-02T10:11:12Z"}"#)]
    #[case(r#"{"event":"likes","channel":"c","id":"1","likes":7}"#)]
    #[case(
        r#"{"event":"published","channel":"c","id":"1","at":"2026-01-02T10:11:12Z","values":{}}"#
    )]
    #[case(r#"{"event":"slot","channel":"c","id":"p","at":"2026-01-02T10:11:12Z","title":"t","state":"in-review"}"#)]
    fn the_other_events(#[case] line: &str) {
        assert!(parse(line).is_ok(), "{:?}", parse(line));
    }

    #[rstest]
    #[case("", Reason::NotJson, "EOF")]
    #[case("[1]", Reason::NotJson, "object")]
    #[case(r#"{"channel":"c"}"#, Reason::NotAnEvent, "event")]
    #[case(r#"{"event":"sent","channel":"c"}"#, Reason::NotAnEvent, "sent")]
    #[case(r#"{"event":"message","id":"1","text":"x","at":1}"#, Reason::NoChannel, "")]
    #[case(
        r#"{"event":"message","channel":"C D","id":"1","text":"x","at":1}"#,
        Reason::BadChannel,
        "C D"
    )]
    #[case(r#"{"event":"message","channel":"c","text":"x","at":1}"#, Reason::NoId, "")]
    #[case(r#"{"event":"message","channel":"c","id":"1","at":1}"#, Reason::NoText, "")]
    #[case(r#"{"event":"message","channel":"c","id":"1","text":"x"}"#, Reason::NoTime, "")]
    #[case(
        r#"{"event":"message","channel":"c","id":"1","text":"x","at":"2026-01-02 10:11:12"}"#,
        Reason::BadTime,
        "2026"
    )]
    #[case(
        r#"{"event":"message","channel":"c","id":"1","text":7,"at":1}"#,
        Reason::NotAnEvent,
        "text"
    )]
    #[case(
        r#"{"event":"message","channel":"c","id":"1","text":"x","at":1,"likes":-1}"#,
        Reason::NotAnEvent,
        "likes"
    )]
    #[case(
        r#"{"event":"message","channel":"c","id":"1","text":"x","at":1,"queue":"dms"}"#,
        Reason::NotAnEvent,
        "queue"
    )]
    #[case(
        r#"{"event":"message","channel":"c","id":"1","text":"x","at":1,"author":{"name":1}}"#,
        Reason::NotAnEvent,
        "author.name"
    )]
    fn what_is_no_event_is_rejected_with_the_field(
        #[case] line: &str,
        #[case] reason: Reason,
        #[case] detail: &str,
    ) {
        let reject = parse(line).unwrap_err();
        assert_eq!(reject.reason, reason);
        assert!(reject.detail.contains(detail), "{}", reject.detail);
    }

    #[test]
    fn unknown_fields_are_named() {
        let mut unknown = vec![];
        let line = r#"{"event":"likes","channel":"c","id":"1","likes":7,"mood":1,"age":{}}"#;
        assert!(read(line, &mut unknown).is_ok());
        unknown.sort();
        assert_eq!(unknown, ["age", "mood"]);
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,60}") {
            let _ = parse(&line);
        }
    }
}
