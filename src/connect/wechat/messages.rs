//! What followers send, as events of the desk (docs/events.md), and what right to answer it gives.

use super::Said;
use super::spool::Entry;
use super::window::{MESSAGE, Right, TOUCH};
use super::{say, short};
use crate::domain::{Span, Time};
use serde_json::{Value, json};

/// What a pushed message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody wrote.
    Message,
    /// Somebody followed, scanned or pressed a button that pushes.
    Touch,
    /// Somebody left.
    Left,
    /// A publishing job is over.
    Published,
    /// Something that nobody here needs.
    Other,
}

/// What this one is.
pub fn kind(entry: &Entry) -> Kind {
    if field(entry, "MsgType") != "event" {
        return Kind::Message;
    }
    match field(entry, "Event") {
        // Buttons that open a page (VIEW) give no right to answer.
        "subscribe" | "SCAN" | "CLICK" | "scancode_push" | "scancode_waitmsg" => Kind::Touch,
        "unsubscribe" => Kind::Left,
        "PUBLISHJOBFINISH" => Kind::Published,
        _ => Kind::Other,
    }
}

/// What right to answer it gives.
pub fn right(kind: Kind) -> Option<Right> {
    match kind {
        Kind::Message => Some(MESSAGE),
        Kind::Touch => Some(TOUCH),
        Kind::Left | Kind::Published | Kind::Other => None,
    }
}

/// A field; empty when it is not there.
pub fn field<'a>(entry: &'a Entry, name: &str) -> &'a str {
    entry.fields.get(name).map_or("", String::as_str)
}

/// The event that a message, or (`touches`) a follow, scan, button or leave becomes.
pub fn event(entry: &Entry, touches: bool, said: Said) -> Option<Value> {
    let kind = kind(entry);
    let mut attachments = Vec::new();
    let mut attach = |kind: &str, link: &str| {
        if link.starts_with("http://") || link.starts_with("https://") {
            attachments.push(json!({"kind": kind, "link": link}));
        }
    };
    let text = match kind {
        Kind::Message => match field(entry, "MsgType") {
            "text" => field(entry, "Content").to_owned(),
            "image" => {
                attach("image", field(entry, "PicUrl"));
                said.text(say::IMAGE)
            }
            // What was said, when the account lets the platform write it down.
            "voice" => joined(&[&said.text(say::VOICE), field(entry, "Recognition")], " "),
            "video" | "shortvideo" => said.text(say::VIDEO),
            "location" => {
                let place = [field(entry, "Location_X"), field(entry, "Location_Y")];
                let place = joined(&place, ", ");
                joined(&[&said.text(say::LOCATION), field(entry, "Label"), &place], " ")
            }
            "link" => {
                attach("link", field(entry, "Url"));
                let words = joined(&[&said.text(say::LINK), field(entry, "Title")], " ");
                joined(&[&words, field(entry, "Description"), field(entry, "Url")], "\n")
            }
            "miniprogrampage" => {
                attach("image", field(entry, "ThumbUrl"));
                joined(&[&said.text(say::APP_CARD), field(entry, "Title")], " ")
            }
            other => said.line(say::OTHER_KIND, &[("kind", &other)]),
        },
        Kind::Touch if touches => {
            let key = field(entry, "EventKey");
            match field(entry, "Event") {
                "subscribe" => said.text(say::FOLLOWED),
                "CLICK" => said.line(say::PRESSED, &[("key", &key)]),
                _ => said.line(say::SCANNED, &[("key", &key)]),
            }
        }
        Kind::Left if touches => said.text(say::LEFT),
        Kind::Touch | Kind::Left | Kind::Published | Kind::Other => return None,
    };
    let openid = field(entry, "FromUserName");
    Some(json!({
        "event": "message",
        "queue": "messages",
        "id": bounded(&entry.key, MOST_ID),
        "thread": bounded(openid, MOST_ID),
        "author": {
            "id": bounded(openid, MOST_ID),
            "name": said.line(say::FOLLOWER, &[("id", &short(openid))]),
        },
        "text": text,
        "at": at(entry).rfc3339(),
        "attachments": attachments,
    }))
}

/// The most bytes of an id (docs/events.md).
const MOST_ID: usize = 256;

/// The platform's ids are far shorter; a longer one would be rejected and its message lost.
fn bounded(id: &str, most: usize) -> &str {
    let end = (0..=most.min(id.len())).rev().find(|&end| id.is_char_boundary(end)).unwrap_or(0);
    &id[..end]
}

/// When it was sent.
pub fn at(entry: &Entry) -> Time {
    plausible(field(entry, "CreateTime").trim().parse().ok(), Time(entry.received))
}

/// The platform's time in seconds; when it came, if that cannot be: the desk rejects what is more than
/// a day ahead, and what the platform will not tell again must not be lost.
pub fn plausible(seconds: Option<i64>, came: Time) -> Time {
    seconds
        .and_then(|seconds| seconds.checked_mul(1000))
        .map(Time)
        .filter(|&at| at > Time::EARLIEST && at < came + Span::hours(23))
        .unwrap_or(came)
}

/// The parts that say something, one after the other.
fn joined(parts: &[&str], between: &str) -> String {
    let full: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    full.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::events;
    use crate::connect::wechat::{spool, xml};
    use crate::text::Lang;
    use rstest::rstest;

    const SAID: Said = Said { lang: Lang::Zh };

    fn entry(inner: &str) -> Entry {
        let fields = xml::fields(&format!(
            "<xml><ToUserName>gh_1</ToUserName><FromUserName>oAbCdEfGhIjKlMnOpQrStUvWx</FromUserName>\
             <CreateTime>1795240800</CreateTime>{inner}</xml>"
        ))
        .unwrap();
        Entry { key: spool::key(&fields), received: 1_795_240_801_000, fields }
    }

    #[rstest]
    #[case("<MsgType>text</MsgType><Content><![CDATA[在吗 <b>]]></Content>", "在吗 <b>", None)]
    #[case(
        "<MsgType>image</MsgType><PicUrl>https://mmbiz.example/1</PicUrl>",
        "[图片]",
        Some("https://mmbiz.example/1")
    )]
    #[case("<MsgType>image</MsgType><PicUrl>javascript:1</PicUrl>", "[图片]", None)]
    #[case("<MsgType>voice</MsgType><MediaId>m</MediaId>", "[语音]", None)]
    #[case("<MsgType>voice</MsgType><Recognition>你好</Recognition>", "[语音] 你好", None)]
    #[case("<MsgType>video</MsgType>", "[视频]", None)]
    #[case("<MsgType>shortvideo</MsgType>", "[视频]", None)]
    #[case(
        "<MsgType>location</MsgType><Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Label>广州</Label>",
        "[位置] 广州 23.1, 113.3",
        None
    )]
    #[case(
        "<MsgType>link</MsgType><Title>标题</Title><Url>https://a.example/</Url>",
        "[链接] 标题\nhttps://a.example/",
        Some("https://a.example/")
    )]
    #[case("<MsgType>miniprogrampage</MsgType><Title>店</Title>", "[小程序] 店", None)]
    #[case("<MsgType>hologram</MsgType>", "[hologram 类型的消息]", None)]
    fn messages_become_events(#[case] inner: &str, #[case] text: &str, #[case] link: Option<&str>) {
        let entry = entry(&format!("{inner}<MsgId>1234567890123456</MsgId>"));
        let mut event = event(&entry, false, SAID).unwrap();
        assert_eq!(event["text"], text);
        assert_eq!(event["id"], "1234567890123456");
        assert_eq!(event["thread"], "oAbCdEfGhIjKlMnOpQrStUvWx");
        assert_eq!(event["author"]["name"], "粉丝 oAbC…vWx");
        assert_eq!(event["attachments"].get(0).and_then(|a| a["link"].as_str()), link);
        // As the desk reads it.
        event["channel"] = "wx".into();
        let mut unknown = vec![];
        events::read(&event.to_string(), &mut unknown).unwrap();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[rstest]
    #[case("subscribe", Kind::Touch, Some("[关注了公众号]"))]
    #[case("SCAN", Kind::Touch, Some("[扫描了二维码 k]"))]
    #[case("CLICK", Kind::Touch, Some("[点击了菜单 k]"))]
    #[case("VIEW", Kind::Other, None)]
    #[case("unsubscribe", Kind::Left, Some("[取消关注]"))]
    #[case("TEMPLATESENDJOBFINISH", Kind::Other, None)]
    #[case("PUBLISHJOBFINISH", Kind::Published, None)]
    fn events_are_messages_only_when_asked_for(
        #[case] name: &str,
        #[case] is: Kind,
        #[case] text: Option<&str>,
    ) {
        let entry =
            entry(&format!("<MsgType>event</MsgType><Event>{name}</Event><EventKey>k</EventKey>"));
        assert_eq!(kind(&entry), is);
        assert_eq!(event(&entry, false, SAID), None);
        let event = event(&entry, true, SAID);
        assert_eq!(event.as_ref().and_then(|e| e["text"].as_str()), text);
    }

    #[test]
    fn an_impossible_time_loses_no_message() {
        for time in ["0", "", "soon", "1", "99999999999", "9223372036854775807", "1795340800"] {
            let mut entry = entry("<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>");
            entry.fields.insert("CreateTime".into(), time.into());
            assert_eq!(at(&entry), Time(entry.received), "{time}");
        }
    }

    #[test]
    fn a_long_id_loses_no_message() {
        let mut entry = entry("<MsgType>text</MsgType><Content>x</Content>");
        entry.key = "物".repeat(200);
        let event = event(&entry, false, SAID).unwrap();
        assert_eq!(event["id"].as_str().unwrap().len(), 255);
    }
}
