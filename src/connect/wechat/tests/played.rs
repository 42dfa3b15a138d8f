//! The two sides that the tests play: a desk, and the platform with its callbacks.

use super::super::*;
use crate::connect::protocol::{self, FromConnector, Nack};
use crate::connect::sdk::run_on;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, PipeWriter, Read, Write, pipe};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

pub const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
pub const OPENID: &str = "oAbCdEfGhIjKlMnOpQrStUvWx";
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What the platform does with a call.
#[derive(Clone)]
pub enum Says {
    Json(Value),
    Status(u16),
    /// Takes the request and closes the connection.
    Cut,
}

/// What the platform was asked: path, token, body.
pub type Call = (String, String, Value);

/// The platform's interface.
pub struct Platform {
    pub address: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Platform {
    pub fn new(
        says: impl Fn(&str, &str, &Value) -> Option<Says> + Send + Sync + 'static,
    ) -> Platform {
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

    pub fn calls(&self, path: &str) -> Vec<Call> {
        self.calls.lock().unwrap().iter().filter(|call| call.0 == path).cloned().collect()
    }
}

pub const STABLE: &str = "/cgi-bin/stable_token";
pub const SEND: &str = "/cgi-bin/message/custom/send";

pub fn read_call(stream: &mut TcpStream) -> Call {
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
pub struct Heard {
    pub events: Vec<Value>,
    pub answers: BTreeMap<u64, Result<protocol::Ack, Nack>>,
    pub log: Vec<String>,
    pub hello: protocol::Hello,
    pub secrets: Vec<protocol::Secrets>,
    pub trouble: Option<String>,
}

/// The desk's side of one that runs.
pub struct Ran {
    to: Arc<Mutex<Option<PipeWriter>>>,
    pub heard: Arc<Mutex<Heard>>,
    next: u64,
    pub thread: JoinHandle<Result<(), String>>,
}

impl Ran {
    pub fn new(platform: &Platform, folder: &Path, settings: Value) -> Ran {
        Ran::with(platform, folder, settings, json!({"encoding_aes_key": KEY}), true)
    }

    pub fn with(
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
    pub fn wait<T>(&self, what: &str, find: impl Fn(&Heard) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = find(&self.heard.lock().unwrap()) {
                return found;
            }
            assert!(Instant::now() < until, "no {what}; log {:?}", self.heard.lock().unwrap().log);
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn events(&self, count: usize) -> Vec<Value> {
        self.wait("events", |heard| (heard.events.len() >= count).then(|| heard.events.clone()))
    }

    pub fn command(&mut self, act: Value) -> Result<protocol::Ack, Nack> {
        let id = self.next;
        self.next += 1;
        let mut command = json!({"type": "command", "id": id, "key": "3jzfcijpj2z2a"});
        for (name, value) in act.as_object().unwrap() {
            command[name] = value.clone();
        }
        writeln!(self.to.lock().unwrap().as_mut().unwrap(), "{command}").unwrap();
        self.wait("answer", |heard| heard.answers.get(&id).cloned())
    }

    pub fn send(&mut self, text: &str) -> Result<protocol::Ack, Nack> {
        self.command(
            json!({"do": "reply", "queue": "messages", "thread": OPENID, "to": null, "text": text}),
        )
    }

    pub fn port(&self) -> u16 {
        self.wait("port", |heard| {
            let line = heard.log.iter().find(|line| line.starts_with("waiting for messages"))?;
            line.split(['/', ':']).rev().nth(1)?.parse().ok()
        })
    }

    /// Sends a request to the callback; answers the status and the text.
    pub fn request(&self, method: &str, query: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        let length = body.len();
        write!(stream, "{method} /wx?{query} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
    }

    pub fn push(&self, xml: &str) -> (u16, String) {
        let (query, body) = encrypted(xml, "wx1", "1795240800");
        self.request("POST", &query, &body)
    }

    pub fn end(self) {
        self.to.lock().unwrap().take();
        self.thread.join().unwrap().unwrap();
    }
}

pub fn encrypted(xml: &str, app_id: &str, timestamp: &str) -> (String, String) {
    let keys = crypto::Keys::new("token", app_id, Some(KEY)).unwrap();
    let body = keys.envelope(xml, timestamp, "n", [9; 16]).unwrap();
    let signature = &xml::fields(&body).unwrap()["MsgSignature"];
    let plain = keys.signature(timestamp, "n", None);
    let query = format!(
        "signature={plain}&timestamp={timestamp}&nonce=n&encrypt_type=aes&msg_signature={signature}"
    );
    (query, body)
}

pub fn text(id: u64, content: &str) -> String {
    format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>{OPENID}</FromUserName>\
         <CreateTime>1795240800</CreateTime><MsgType>text</MsgType>\
         <Content><![CDATA[{content}]]></Content><MsgId>{id}</MsgId></xml>"
    )
}

pub fn nothing_special() -> Platform {
    Platform::new(|_, _, _| None)
}
