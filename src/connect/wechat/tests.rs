//! The connector as a whole: a desk on one side, the platform on the other, both played here.

use super::*;
use crate::connect::protocol::{FromConnector, Nack, NackKind};
use crate::connect::sdk::run_on;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, PipeWriter, Read, Write, pipe};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OPENID: &str = "oAbCdEfGhIjKlMnOpQrStUvWx";
const PATIENCE: Duration = Duration::from_secs(10);

/// What the platform does with a call.
#[derive(Clone)]
enum Says {
    Json(Value),
    Status(u16),
    /// Takes the request and closes the connection.
    Cut,
}

/// What the platform was asked: path, token, body.
type Call = (String, String, Value);

/// The platform's interface.
struct Platform {
    address: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Platform {
    fn new(says: impl Fn(&str, &str, &Value) -> Option<Says> + Send + Sync + 'static) -> Platform {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let seen = Arc::clone(&calls);
        let says = Arc::new(says);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, says) = (Arc::clone(&seen), Arc::clone(&says));
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let (path, token, body) = read_call(&mut stream);
                    let tokens = seen.lock().unwrap().iter().filter(|c| c.0 == STABLE).count();
                    seen.lock().unwrap().push((path.clone(), token.clone(), body.clone()));
                    let says = says(&path, &token, &body).unwrap_or_else(|| match path.as_str() {
                        STABLE => Says::Json(json!({
                            "access_token": format!("T{}", tokens + 1), "expires_in": 7200,
                        })),
                        _ => Says::Json(json!({"errcode": 0, "errmsg": "ok"})),
                    });
                    let (status, text) = match says {
                        Says::Json(json) => (200, json.to_string()),
                        Says::Status(status) => (status, "<html>".into()),
                        Says::Cut => return,
                    };
                    server::reply(&stream, status, &text).unwrap();
                });
            }
        });
        Platform { address, calls }
    }

    fn calls(&self, path: &str) -> Vec<Call> {
        self.calls.lock().unwrap().iter().filter(|call| call.0 == path).cloned().collect()
    }
}

const STABLE: &str = "/cgi-bin/stable_token";
const SEND: &str = "/cgi-bin/message/custom/send";

fn read_call(stream: &mut TcpStream) -> Call {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let target = first.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let token = query.strip_prefix("access_token=").unwrap_or_default();
    (path.to_owned(), token.to_owned(), serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// What a desk has heard.
#[derive(Default)]
struct Heard {
    events: Vec<Value>,
    answers: BTreeMap<u64, Result<protocol::Ack, Nack>>,
    log: Vec<String>,
    hello: protocol::Hello,
    secrets: Vec<protocol::Secrets>,
    trouble: Option<String>,
}

use crate::connect::protocol;

/// The desk's side of one that runs.
struct Ran {
    to: Arc<Mutex<Option<PipeWriter>>>,
    heard: Arc<Mutex<Heard>>,
    next: u64,
    thread: JoinHandle<Result<(), String>>,
}

impl Ran {
    fn new(platform: &Platform, folder: &Path, settings: Value) -> Ran {
        Ran::with(platform, folder, settings, json!({"encoding_aes_key": KEY}), true)
    }

    fn with(
        platform: &Platform,
        folder: &Path,
        settings: Value,
        secrets: Value,
        takes: bool,
    ) -> Ran {
        let (input, mut to) = pipe().unwrap();
        let (from, output) = pipe().unwrap();
        let thread = thread::spawn(move || {
            run_on(BufReader::new(input), Box::new(output), "wechat", abilities(), WeChat::new)
        });
        let mut start = json!({
            "type": "start", "protocol": 1, "channel": "wx", "platform": "wechat",
            "folder": folder,
            "settings": {"app_id": "wx1", "server": platform.address, "listen": "127.0.0.1:0",
                "path": "/wx", "comments": "no", "language": "en"},
            "secrets": {"app_secret": "s", "token": "token"},
        });
        for (part, more) in [("settings", settings), ("secrets", secrets)] {
            for (name, value) in more.as_object().unwrap() {
                start[part][name] = value.clone();
            }
        }
        writeln!(to, "{start}").unwrap();
        let to = Arc::new(Mutex::new(Some(to)));
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let (back, hears) = (Arc::clone(&to), Arc::clone(&heard));
        thread::spawn(move || {
            for line in BufReader::new(from).lines() {
                let said = serde_json::from_str(&line.unwrap()).unwrap();
                let mut answer = None;
                let mut heard = hears.lock().unwrap();
                match said {
                    FromConnector::Events { batch, events, .. } => {
                        heard.events.extend(events);
                        answer = takes.then(|| json!({"type": "taken", "batch": batch}));
                    }
                    FromConnector::Ack(ack) => drop(heard.answers.insert(ack.id, Ok(ack))),
                    FromConnector::Nack(nack) => drop(heard.answers.insert(nack.id, Err(nack))),
                    FromConnector::Log { text } => heard.log.push(text),
                    FromConnector::Hello(hello) => heard.hello = hello,
                    FromConnector::Status(status) => heard.trouble = status.trouble,
                    FromConnector::Secrets { secrets } => {
                        heard.secrets.push(secrets);
                        answer = Some(json!({"type": "kept"}));
                    }
                    FromConnector::Unknown => panic!(),
                }
                drop(heard);
                if let (Some(answer), Some(to)) = (answer, back.lock().unwrap().as_mut()) {
                    let _ = writeln!(to, "{answer}");
                }
            }
        });
        Ran { to, heard, next: 1, thread }
    }

    /// Waits until something can be told of what was heard.
    fn wait<T>(&self, what: &str, find: impl Fn(&Heard) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = find(&self.heard.lock().unwrap()) {
                return found;
            }
            assert!(Instant::now() < until, "no {what}; log {:?}", self.heard.lock().unwrap().log);
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn events(&self, count: usize) -> Vec<Value> {
        self.wait("events", |heard| (heard.events.len() >= count).then(|| heard.events.clone()))
    }

    fn command(&mut self, act: Value) -> Result<protocol::Ack, Nack> {
        let id = self.next;
        self.next += 1;
        let mut command = json!({"type": "command", "id": id, "key": "3jzfcijpj2z2a"});
        for (name, value) in act.as_object().unwrap() {
            command[name] = value.clone();
        }
        writeln!(self.to.lock().unwrap().as_mut().unwrap(), "{command}").unwrap();
        self.wait("answer", |heard| heard.answers.get(&id).cloned())
    }

    fn send(&mut self, text: &str) -> Result<protocol::Ack, Nack> {
        self.command(
            json!({"do": "reply", "queue": "messages", "thread": OPENID, "to": null, "text": text}),
        )
    }

    fn port(&self) -> u16 {
        self.wait("port", |heard| {
            let line = heard.log.iter().find(|line| line.starts_with("waiting for messages"))?;
            line.split(['/', ':']).rev().nth(1)?.parse().ok()
        })
    }

    /// Sends a request to the callback; answers the status and the text.
    fn request(&self, method: &str, query: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        let length = body.len();
        write!(stream, "{method} /wx?{query} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
    }

    fn push(&self, xml: &str) -> (u16, String) {
        let (query, body) = encrypted(xml, "wx1", "1795240800");
        self.request("POST", &query, &body)
    }

    fn end(self) {
        self.to.lock().unwrap().take();
        self.thread.join().unwrap().unwrap();
    }
}

fn encrypted(xml: &str, app_id: &str, timestamp: &str) -> (String, String) {
    let keys = crypto::Keys::new("token", app_id, Some(KEY)).unwrap();
    let body = keys.envelope(xml, timestamp, "n", [9; 16]).unwrap();
    let signature = &xml::fields(&body).unwrap()["MsgSignature"];
    let plain = keys.signature(timestamp, "n", None);
    let query = format!(
        "signature={plain}&timestamp={timestamp}&nonce=n&encrypt_type=aes&msg_signature={signature}"
    );
    (query, body)
}

fn text(id: u64, content: &str) -> String {
    format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>{OPENID}</FromUserName>\
         <CreateTime>1795240800</CreateTime><MsgType>text</MsgType>\
         <Content><![CDATA[{content}]]></Content><MsgId>{id}</MsgId></xml>"
    )
}

fn nothing_special() -> Platform {
    Platform::new(|_, _, _| None)
}

#[test]
fn a_pushed_message_reaches_the_desk_once() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Ran::new(&nothing_special(), folder.path(), json!({}));
    for _ in 0..3 {
        assert_eq!(ran.push(&text(1, "在吗")), (200, "success".into()));
    }
    ran.push(&text(2, "second"));
    let events = ran.events(2);
    assert_eq!(events.len(), 2);
    assert_eq!((&events[0]["id"], &events[0]["text"]), (&json!("1"), &json!("在吗")));
    assert_eq!(ran.push(&text(1, "在吗")), (200, "success".into()));
    ran.end();
    let spool = folder.path().join("spool");
    assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0);
}

#[test]
fn what_was_answered_survives_a_crash() {
    let platform = nothing_special();
    let folder = tempfile::tempdir().unwrap();
    let key = json!({"encoding_aes_key": KEY});
    // A desk that is gone before it took anything.
    let ran = Ran::with(&platform, folder.path(), json!({}), key.clone(), false);
    for id in 1..=3 {
        assert_eq!(ran.push(&text(id, "x")).0, 200);
    }
    ran.events(1);
    ran.end();
    let ran = Ran::new(&platform, folder.path(), json!({}));
    let ids = |events: Vec<Value>| events.into_iter().map(|e| e["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(ran.events(3)), ["1", "2", "3"]);
    ran.push(&text(4, "x"));
    assert_eq!(ids(ran.events(4)).len(), 4);
    ran.end();
    let ran = Ran::new(&platform, folder.path(), json!({}));
    ran.push(&text(5, "x"));
    assert_eq!(ids(ran.events(1)), ["5"]);
    ran.end();
}

#[test]
fn what_is_not_the_platforms_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Ran::new(&nothing_special(), folder.path(), json!({}));
    let (query, body) = encrypted(&text(1, "x"), "wx1", "1795240800");
    for (query, body, status) in [
        (query.as_str(), body.replacen("<Encrypt><![CDATA[", "<Encrypt><![CDATA[AAAA", 1), 403),
        (&query.replace("nonce=n", "nonce=m"), body.clone(), 403),
        (&query.replace("msg_signature=", "other="), body.clone(), 403),
        (query.as_str(), text(1, "not encrypted at all"), 403),
        (query.as_str(), "<xml>".into(), 400),
        (query.as_str(), "<!DOCTYPE x><xml><Encrypt>a</Encrypt></xml>".into(), 400),
        (query.as_str(), "x".repeat(server::MOST_BODY + 1), 413),
    ] {
        assert_eq!(ran.request("POST", query, &body).0, status, "{body:.60}");
    }
    // Signed and encrypted as it should be, for another account; and what is no message.
    let (query, body) = encrypted(&text(1, "x"), "wx2", "1795240800");
    assert_eq!(ran.request("POST", &query, &body).0, 403);
    assert_eq!(ran.push("<xml><Content>x</Content></xml>").0, 400);
    assert_eq!(ran.push("hello").0, 400);
    assert_eq!(ran.request("PUT", "", "").0, 405);
    ran.push(&text(7, "the only one"));
    assert_eq!(ran.events(1)[0]["id"], "7");
    let log = ran.heard.lock().unwrap().log.join("\n");
    assert!(log.contains("its signature is wrong; 1 so far"), "{log}");
    assert!(log.contains("another app_id"), "{log}");
    ran.end();
}

#[test]
fn the_console_verifies_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Ran::new(&nothing_special(), folder.path(), json!({}));
    let keys = crypto::Keys::new("token", "wx1", Some(KEY)).unwrap();
    let signature = keys.signature("1", "2", None);
    let query = format!("signature={signature}&timestamp=1&nonce=2&echostr=8123%2B");
    assert_eq!(ran.request("GET", &query, ""), (200, "8123+".into()));
    assert_eq!(ran.request("GET", &query.replace("nonce=2", "nonce=3"), "").0, 403);
    let echo = keys.encrypt("4567", [1; 16]).unwrap();
    let signature = keys.signature("1", "2", Some(&echo));
    let echo = crate::connect::http::encoded(&echo);
    let query = format!("msg_signature={signature}&timestamp=1&nonce=2&echostr={echo}");
    assert_eq!(ran.request("GET", &query, ""), (200, "4567".into()));
    ran.end();
}

#[test]
fn plain_and_compatible_mode_are_read_without_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let platform = nothing_special();
    let ran = Ran::with(&platform, folder.path(), json!({"events": true}), json!({}), true);
    let keys = crypto::Keys::new("token", "wx1", None).unwrap();
    let query = format!("signature={}&timestamp=1&nonce=2", keys.signature("1", "2", None));
    assert_eq!(ran.request("POST", &query, &text(1, "明文")), (200, "success".into()));
    let both = text(2, "both").replace("</xml>", "<Encrypt>AAAA</Encrypt></xml>");
    assert_eq!(ran.request("POST", &query, &both).0, 200);
    let event = text(3, "").replace("<MsgType>text", "<Event>subscribe</Event><MsgType>event");
    assert_eq!(ran.request("POST", &query, &event).0, 200);
    assert_eq!(ran.request("POST", "signature=&timestamp=1&nonce=2", &text(4, "x")).0, 403);
    assert_eq!(ran.request("POST", &query, "<xml><Encrypt>AAAA</Encrypt></xml>").0, 403);
    let texts: Vec<Value> = ran.events(3).into_iter().map(|e| e["text"].clone()).collect();
    assert_eq!(texts, ["明文", "both", "[followed the account]"]);
    let log = ran.heard.lock().unwrap().log.join("\n");
    assert!(log.contains("off our clock; 1 so far"), "{log}");
    ran.end();
}

#[test]
fn one_token_serves_everything_and_outlives_the_process() {
    let platform = nothing_special();
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    ran.wait("account", |heard| heard.hello.account.clone());
    assert!(ran.send("你好").is_ok());
    assert!(ran.command(json!({"do": "check"})).is_ok());
    assert_eq!(platform.calls(STABLE).len(), 1);
    let sent = platform.calls(SEND);
    assert_eq!(sent[0].1, "T1");
    assert_eq!(
        sent[0].2,
        json!({"touser": OPENID, "msgtype": "text", "text": {"content": "你好"}})
    );
    let secrets = ran.heard.lock().unwrap().secrets.clone();
    assert_eq!(secrets.len(), 1);
    ran.end();
    let secrets = serde_json::to_value(&secrets[0]).unwrap();
    assert_eq!((&secrets["app_secret"], &secrets["access_token"]), (&json!("s"), &json!("T1")));
    let mut ran = Ran::with(&platform, folder.path(), json!({}), secrets, true);
    assert!(ran.send("again").is_ok());
    assert_eq!(platform.calls(STABLE).len(), 1);
    ran.end();
}

#[test]
fn a_refused_token_is_renewed_once() {
    let platform = Platform::new(|path, token, _| match (path, token) {
        (SEND, "T1") => Some(Says::Json(json!({"errcode": 42001, "errmsg": "expired"}))),
        _ => None,
    });
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    assert!(ran.send("x").is_ok());
    assert_eq!(platform.calls(SEND).len(), 2);
    assert_eq!(platform.calls(STABLE).len(), 2);
    // Stored before it was used.
    assert_eq!(ran.heard.lock().unwrap().secrets[1].get("access_token"), Some("T2"));
    ran.end();
}

#[test]
fn a_token_that_the_platform_sticks_to_is_renewed_by_force_and_not_without_end() {
    let platform = Platform::new(|path, _, body| match path {
        SEND => Some(Says::Json(json!({"errcode": 40001, "errmsg": "invalid credential"}))),
        STABLE if body["force_refresh"] == false => {
            Some(Says::Json(json!({"access_token": "T", "expires_in": 7200})))
        }
        _ => None,
    });
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    for _ in 0..3 {
        let nack = ran.send("x").unwrap_err();
        assert_eq!((nack.kind, nack.after_seconds), (NackKind::Retry, Some(60)));
    }
    let forced = platform.calls(STABLE).iter().filter(|c| c.2["force_refresh"] == true).count();
    assert_eq!(forced, 1);
    assert_eq!(platform.calls(SEND).len(), 6);
    ran.end();
}

#[rstest]
#[case(json!({"errcode": -1, "errmsg": "system error"}), NackKind::Retry)]
#[case(json!({"errcode": 45009, "errmsg": "reach max api daily quota limit"}), NackKind::Retry)]
#[case(json!({"errcode": 45015, "errmsg": "response out of time limit"}), NackKind::Permanent)]
#[case(json!({"errcode": 45047, "errmsg": "out of response count limit"}), NackKind::Permanent)]
#[case(json!({"errcode": 40003, "errmsg": "invalid openid"}), NackKind::Permanent)]
#[case(json!({"errcode": 48001, "errmsg": "api unauthorized"}), NackKind::Permanent)]
#[case(json!({"errcode": 123456, "errmsg": "new"}), NackKind::Permanent)]
#[case(json!({"errcode": 40164, "errmsg": "invalid ip 203.0.113.7, not in whitelist"}), NackKind::Auth)]
#[case(json!({"errcode": "0"}), NackKind::Unknown)]
#[case(json!([]), NackKind::Unknown)]
fn errors_are_told_apart(#[case] says: Value, #[case] kind: NackKind) {
    let platform =
        Platform::new(move |path, _, _| (path == SEND).then(|| Says::Json(says.clone())));
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    assert_eq!(ran.send("x").unwrap_err().kind, kind);
    assert_eq!(platform.calls(SEND).len(), 1);
    ran.end();
}

#[rstest]
#[case(Says::Cut)]
#[case(Says::Status(502))]
fn what_may_have_been_sent_is_not_known_and_not_repeated(#[case] says: Says) {
    let platform = Platform::new(move |path, _, _| (path == SEND).then(|| says.clone()));
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    assert_eq!(ran.send("x").unwrap_err().kind, NackKind::Unknown);
    assert_eq!(platform.calls(SEND).len(), 1);
    ran.end();
}

#[test]
fn a_wrong_secret_is_told_and_stops_no_messages() {
    let platform = Platform::new(|path, _, _| {
        let says = json!({"errcode": 40125, "errmsg": "invalid appsecret"});
        (path == STABLE).then_some(Says::Json(says))
    });
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    ran.push(&text(1, "x"));
    ran.events(1);
    assert_eq!(ran.send("x").unwrap_err().kind, NackKind::Auth);
    assert_eq!(ran.command(json!({"do": "check"})).unwrap_err().kind, NackKind::Auth);
    let why = ran.wait("trouble", |heard| heard.trouble.clone());
    assert!(why.contains("AppSecret"), "{why}");
    ran.end();
}

#[test]
fn the_sixth_answer_waits_for_another_message() {
    let platform = nothing_special();
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    ran.push(&text(1, "x"));
    ran.events(1);
    for _ in 0..5 {
        assert!(ran.send("x").is_ok());
    }
    ran.end();
    let mut ran = Ran::new(&platform, folder.path(), json!({}));
    let nack = ran.send("x").unwrap_err();
    assert_eq!(nack.kind, NackKind::Permanent);
    assert!(nack.why.contains("5 times"), "{}", nack.why);
    assert_eq!(platform.calls(SEND).len(), 5);
    ran.push(&text(1, "x"));
    assert!(ran.send("x").is_err(), "a retry gives no right");
    ran.push(&text(2, "more"));
    ran.wait("event", |heard| heard.events.iter().find(|e| e["id"] == "2").cloned());
    assert!(ran.send("x").is_ok());
    ran.end();
}

/// An account with two articles, the first with 60 comments.
fn with_comments() -> Platform {
    let is_deleted = AtomicBool::new(false);
    let is_replied = AtomicBool::new(false);
    Platform::new(move |path, _, body| {
        let code = |code: i64| Some(Says::Json(json!({"errcode": code, "errmsg": "said"})));
        match path {
            "/cgi-bin/freepublish/batchget" => {
                Some(Says::Json(json!({"item": [{"content": {"news_item": [
                    {"url": "http://mp.weixin.qq.com/s?__biz=M&mid=100&idx=1&sn=x#rd"},
                    {"url": "http://mp.weixin.qq.com/s?__biz=M&mid=100&idx=2&sn=y#rd"},
                ]}}]})))
            }
            "/cgi-bin/comment/list" => {
                assert!(body["count"].as_u64().unwrap() < 50);
                let begin = body["begin"].as_u64().unwrap();
                let all = if body["index"] == 0 { 60 } else { 1 };
                let list: Vec<Value> = (begin..all.min(begin + 49))
                    .filter(|n| !(*n == 59 && is_deleted.load(Ordering::Relaxed)))
                    .map(|n| {
                        let mut comment = json!({"user_comment_id": n, "create_time": 1_795_240_800,
                            "content": format!("留言 {n}"), "comment_type": 0, "openid": OPENID});
                        if n == 0 && body["index"] == 1 {
                            comment["reply"] =
                                json!({"content": "谢谢", "create_time": 1_795_240_900});
                            comment.as_object_mut().unwrap().remove("openid");
                        }
                        if n == 7 && is_replied.load(Ordering::Relaxed) {
                            comment["reply"] =
                                json!({"content": "ok", "create_time": 1_795_240_900});
                        }
                        comment
                    })
                    .collect();
                Some(Says::Json(json!({"errcode": 0, "total": all, "comment": list})))
            }
            "/cgi-bin/comment/reply/add" if is_replied.swap(true, Ordering::Relaxed) => code(88005),
            "/cgi-bin/comment/delete" if is_deleted.swap(true, Ordering::Relaxed) => code(88008),
            _ => None,
        }
    })
}

#[test]
fn comments_come_in_and_are_answered_once() {
    let platform = with_comments();
    let folder = tempfile::tempdir().unwrap();
    let settings = json!({"comments": true, "articles": "100:0"});
    let mut ran = Ran::new(&platform, folder.path(), settings);
    let events = ran.events(62);
    assert_eq!(events.len(), 62);
    let find = |id: &str| events.iter().find(|e| e["id"] == id).unwrap();
    assert_eq!(find("100:0:59")["thread"], "100:0:59");
    assert_eq!(find("100:1:0")["author"], json!({"id": "", "name": "a reader"}));
    let ours = find("100:1:0:reply");
    assert_eq!((&ours["ours"], &ours["in_reply_to"]), (&json!(true), &json!("100:1:0")));
    for event in &events {
        let mut event = event.clone();
        event["channel"] = "wx".into();
        crate::connect::events::read(&event.to_string(), &mut vec![]).unwrap();
    }
    let hello = ran
        .wait("account", |heard| Some(heard.hello.clone()).filter(|hello| hello.account.is_some()));
    assert!(hello.can.comments && hello.can.delete_theirs && !hello.can.like && !hello.can.post);

    let reply = |text: &str, look: bool| json!({"do": "reply", "queue": "comments", "thread": "100:0:7", "to": "100:0:7", "text": text, "look": look});
    assert_eq!(ran.command(reply("ok", true)).unwrap_err().kind, NackKind::Absent);
    let ack = ran.command(reply("ok", false)).unwrap();
    assert_eq!((ack.platform_id.as_deref(), ack.duplicate), (Some("100:0:7:reply"), false));
    let body = &platform.calls("/cgi-bin/comment/reply/add")[0].2;
    let wanted = json!({"msg_data_id": 100, "index": 0, "user_comment_id": 7, "content": "ok"});
    assert_eq!(*body, wanted);
    // Asked for again, because nobody knew.
    assert!(ran.command(reply("ok", false)).unwrap().duplicate);
    assert!(ran.command(reply("ok", true)).unwrap().duplicate);
    let other = ran.command(reply("another", false)).unwrap_err();
    assert_eq!(other.kind, NackKind::Permanent);

    let delete = |id: &str, look: bool| json!({"do": "delete", "message": id, "queue": "comments", "ours": false, "look": look});
    assert_eq!(ran.command(delete("100:0:59", true)).unwrap_err().kind, NackKind::Absent);
    assert!(!ran.command(delete("100:0:59", false)).unwrap().duplicate);
    assert!(ran.command(delete("100:0:59", false)).unwrap().duplicate);
    assert!(ran.command(delete("100:0:59", true)).unwrap().duplicate);
    assert!(ran.command(delete("100:0:7:reply", false)).is_ok());
    assert_eq!(platform.calls("/cgi-bin/comment/reply/delete").len(), 1);
    assert_eq!(ran.command(delete("nonsense", false)).unwrap_err().kind, NackKind::Permanent);
    let dm = json!({"do": "delete", "message": "1", "queue": "messages", "ours": true});
    assert_eq!(ran.command(dm).unwrap_err().kind, NackKind::Permanent);
    let like = json!({"do": "like", "message": "100:0:1", "queue": "comments", "on": true});
    assert_eq!(ran.command(like).unwrap_err().kind, NackKind::Permanent);
    ran.end();
}

#[test]
fn an_account_without_comments_is_not_blind() {
    let platform = Platform::new(|path, _, _| {
        let says = json!({"errcode": 48001, "errmsg": "api unauthorized rid: 1-2"});
        path.contains("freepublish").then_some(Says::Json(says))
    });
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({"comments": "yes"}));
    let hello = ran
        .wait("account", |heard| Some(heard.hello.clone()).filter(|hello| hello.account.is_some()));
    assert!(!hello.can.comments && hello.can.dm);
    assert_eq!(ran.heard.lock().unwrap().trouble, None);
    let note = ran.command(json!({"do": "check"})).unwrap().note.unwrap();
    assert!(note.contains("comments are not read") && note.contains("encrypted"), "{note}");
    ran.end();
}

#[test]
fn a_post_is_a_draft_that_is_handed_over() {
    let platform = Platform::new(|path, _, body| match path {
        "/cgi-bin/draft/add" => Some(Says::Json(json!({"media_id": "D1"}))),
        "/cgi-bin/freepublish/submit" if body["media_id"] == "D1" => Some(Says::Json(
            json!({"errcode": 0, "publish_id": 2_247_483_700_u64, "msg_data_id": 1}),
        )),
        _ => None,
    });
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({"cover_media_id": "C1"}));
    let ack = ran.command(json!({"do": "post", "text": "标题\n第一段 <b>\n\n第二段"})).unwrap();
    assert_eq!(ack.platform_id.as_deref(), Some("2247483700"));
    assert!(ack.note.unwrap().contains("review"));
    let article = platform.calls("/cgi-bin/draft/add")[0].2["articles"][0].clone();
    assert_eq!(article["title"], "标题");
    assert_eq!(article["content"], "<p>第一段 &lt;b&gt;</p><p>第二段</p>");
    let later = json!({"do": "post", "text": "x", "at": "2099-01-01T00:00:00Z"});
    assert_eq!(ran.command(later).unwrap_err().kind, NackKind::Permanent);
    let look = json!({"do": "post", "text": "x", "look": true});
    assert_eq!(ran.command(look).unwrap_err().kind, NackKind::Unknown);
    ran.end();
}

#[rstest]
#[case("/cgi-bin/draft/add", Says::Cut, NackKind::Retry, 0)]
#[case("/cgi-bin/freepublish/submit", Says::Cut, NackKind::Unknown, 0)]
#[case("/cgi-bin/freepublish/submit", Says::Json(json!({"errcode": 48001})), NackKind::Permanent, 1)]
fn a_post_that_fails_leaves_no_doubt_where_there_is_none(
    #[case] at: &'static str,
    #[case] says: Says,
    #[case] kind: NackKind,
    #[case] tidied: usize,
) {
    let platform = Platform::new(move |path, _, _| match path {
        _ if path == at => Some(says.clone()),
        "/cgi-bin/draft/add" => Some(Says::Json(json!({"media_id": "D1"}))),
        _ => None,
    });
    let folder = tempfile::tempdir().unwrap();
    let mut ran = Ran::new(&platform, folder.path(), json!({"cover_media_id": "C1"}));
    assert_eq!(ran.command(json!({"do": "post", "text": "x"})).unwrap_err().kind, kind);
    assert_eq!(platform.calls("/cgi-bin/draft/delete").len(), tidied);
    ran.end();
}

#[rstest]
#[case(json!({"listen": "0.0.0.0:0"}), "reached from outside")]
#[case(json!({"listen": "8787"}), "no address")]
#[case(json!({"path": "wx"}), "slash")]
#[case(json!({"app_id": ""}), "app_id")]
#[case(json!({"articles": ["nowhere"]}), "no article")]
#[case(json!({"server": "http://wechat.example"}), "https")]
fn wrong_settings_are_told(#[case] settings: Value, #[case] why: &str) {
    let folder = tempfile::tempdir().unwrap();
    let ran = Ran::new(&nothing_special(), folder.path(), settings);
    let said = ran.thread.join().unwrap().unwrap_err();
    assert!(said.contains(why), "{said}");
}
