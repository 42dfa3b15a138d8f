//! A small server of the AT Protocol and the desk's side of a connector, in this process.

use super::super::Bluesky;
use crate::connect::bluesky::{abilities, records::POST};
use crate::connect::protocol::{Ack, FromConnector, Nack, Start, Status, line};
use crate::connect::sdk;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub const US: &str = "did:plc:us";
pub const KEY: &str = "3jzfcijpj2z2a";

/// What the server does instead of what it should.
pub enum Fault {
    /// Does it, and closes the connection without an answer.
    Cut,
    /// Does not do it, and answers so.
    Say(u16, &'static str, &'static [(&'static str, &'static str)]),
}

#[derive(Default)]
pub struct World {
    /// Calls and what the desk kept, in their order.
    pub log: Vec<String>,
    /// Records of our account, by collection and key.
    pub records: BTreeMap<String, Value>,
    /// Posts that can be asked for, and those in notifications.
    pub posts: BTreeMap<String, Value>,
    pub notifications: Vec<Value>,
    pub feed: Vec<Value>,
    /// The access token that is good; every session gives the next number.
    pub good: u32,
    pub faults: Vec<(&'static str, Fault)>,
    pub password: &'static str,
    pub refresh: String,
}

#[derive(Clone)]
pub struct Fake {
    pub world: Arc<Mutex<World>>,
    pub url: String,
}

impl Fake {
    pub fn new() -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let world = World { password: "right", refresh: "r0".into(), ..World::default() };
        let fake = Fake { world: Arc::new(Mutex::new(world)), url };
        let server = fake.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                thread::spawn(move || server.serve(stream));
            }
        });
        fake
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub fn fault(&self, name: &'static str, fault: Fault) {
        self.world().faults.push((name, fault));
    }

    /// How often something was called.
    pub fn calls(&self, name: &str) -> usize {
        self.world().log.iter().filter(|l| l.contains(name)).count()
    }

    /// A post of somebody's that is there; with notification, if it is to us.
    pub fn post(&self, who: &str, key: &str, at: u32, to: Option<&str>, listed: bool) -> String {
        let uri = format!("at://did:plc:{who}/{POST}/{key}");
        let at = format!("2026-11-26T10:00:{at:02}.000Z");
        let mut record = json!({"$type": POST, "text": format!("text of {key}"), "createdAt": at});
        if let Some(to) = to {
            let to = json!({"uri": to, "cid": "c1"});
            record["reply"] = json!({"root": to, "parent": to});
        }
        let view = json!({
            "uri": uri, "cid": "c1", "record": record, "indexedAt": at, "likeCount": 0,
            "author": {"did": format!("did:plc:{who}"), "handle": format!("{who}.test")},
        });
        let mut world = self.world();
        if listed {
            let mut notification = view.clone();
            notification["reason"] = json!("reply");
            world.notifications.insert(0, notification);
        }
        world.posts.insert(uri.clone(), view);
        uri
    }

    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let (mut first, mut bearer, mut length) = (String::new(), String::new(), 0);
        reader.read_line(&mut first).ok()?;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => bearer = value.trim_start_matches("Bearer ").to_owned(),
                "content-length" => length = value.parse().ok()?,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let target = first.split(' ').nth(1)?.trim_start_matches("/xrpc/").to_owned();
        let (name, query) = target.split_once('?').unwrap_or((&target, ""));
        let name = name.rsplit('.').next()?;
        let (status, headers, said) = {
            let mut world = self.world();
            world.log.push(format!("{name} {bearer}").trim_end().to_owned());
            let at = world.faults.iter().position(|(fault, _)| *fault == name);
            match at.map(|at| world.faults.remove(at).1) {
                Some(Fault::Say(status, error, headers)) => {
                    (status, headers, json!({"error": error, "message": error}))
                }
                Some(Fault::Cut) => {
                    world.answer(name, query, &body, &bearer);
                    return None;
                }
                None => {
                    let (status, said) = world.answer(name, query, &body, &bearer);
                    (status, &[][..], said)
                }
            }
        };
        let headers: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
        let said = said.to_string();
        let length = said.len();
        write!(stream, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{said}")
            .ok()
    }
}

impl World {
    fn session(&mut self) -> (u16, Value) {
        self.good += 1;
        self.refresh = format!("r{}", self.good);
        let access = format!("a{}", self.good);
        (
            200,
            json!({"did": US, "handle": "us.test", "accessJwt": access, "refreshJwt": self.refresh}),
        )
    }

    fn answer(&mut self, name: &str, query: &str, body: &Value, bearer: &str) -> (u16, Value) {
        let error = |status, error: &str| (status, json!({"error": error, "message": error}));
        let asked = |wanted: &str| -> Vec<String> {
            let parts = query.split('&').filter_map(|q| q.split_once('='));
            let values = parts.filter(|(n, _)| *n == wanted);
            values.map(|(_, v)| v.replace("%3A", ":").replace("%2F", "/")).collect()
        };
        match name {
            "createSession" if body["password"] == self.password => return self.session(),
            "createSession" => return error(401, "AuthenticationRequired"),
            "refreshSession" if bearer == self.refresh => return self.session(),
            "refreshSession" => return error(400, "ExpiredToken"),
            _ if bearer != format!("a{}", self.good) => return error(400, "ExpiredToken"),
            _ => {}
        }
        let place = |collection: &str, key: &str| format!("{collection}/{key}");
        let at = place(
            body["collection"].as_str().unwrap_or_default(),
            body["rkey"].as_str().unwrap_or_default(),
        );
        match name {
            "listNotifications" => (200, json!({"notifications": self.notifications})),
            "getAuthorFeed" => (200, json!({"feed": self.feed})),
            "getProfile" => (200, json!({"did": US, "handle": "us.test", "followersCount": 7})),
            "getPosts" => {
                let posts: Vec<&Value> =
                    asked("uris").iter().filter_map(|uri| self.posts.get(uri)).collect();
                (200, json!({"posts": posts}))
            }
            "getRecord" => {
                let at = place(&asked("collection")[0], &asked("rkey")[0]);
                match self.records.get(&at).filter(|_| asked("repo")[0] == US) {
                    Some(record) => (200, json!({"cid": cid(record), "value": record})),
                    None => error(400, "RecordNotFound"),
                }
            }
            "putRecord" => {
                let (there, new) = (self.records.get(&at), &body["record"]);
                let said = json!({"uri": format!("at://{US}/{at}"), "cid": cid(new)});
                if there == Some(new) {
                    return (200, said);
                }
                if there.map_or(json!(null), |there| json!(cid(there))) != body["swapRecord"] {
                    return error(400, "InvalidSwap");
                }
                self.records.insert(at, new.clone());
                let mut said = said;
                said["commit"] = json!({"rev": "x"});
                (200, said)
            }
            "deleteRecord" => match self.records.remove(&at) {
                Some(_) => (200, json!({"commit": {}})),
                None => (200, json!({})),
            },
            "resolveHandle" if asked("handle")[0] == "kai.test" => {
                (200, json!({"did": "did:plc:kai"}))
            }
            "resolveHandle" => error(400, "HandleNotFound"),
            _ => error(501, "MethodNotImplemented"),
        }
    }
}

fn cid(record: &Value) -> String {
    format!("{:x}", super::super::book::digest(&record.to_string()))
}

/// The desk's side of a connector that runs.
pub struct Ran {
    to: PipeWriter,
    from: BufReader<PipeReader>,
    fake: Fake,
    thread: JoinHandle<Result<(), String>>,
    pub events: Vec<Value>,
    pub cursor: Option<String>,
    pub secrets: Value,
    pub status: Status,
}

impl Ran {
    pub fn new(fake: &Fake, secrets: Value, cursor: Option<&str>) -> Ran {
        let (input, to) = pipe().unwrap();
        let (from, output) = pipe().unwrap();
        let thread = thread::spawn(move || {
            let input = BufReader::new(input);
            sdk::run_on(input, Box::new(output), "bluesky", abilities(), Bluesky::new)
        });
        let settings = json!({
            "server": fake.url, "handle": "us.test", "poll_seconds": 0.2, "history_days": 90,
        });
        let start = Start {
            protocol: 1,
            settings: settings.as_object().unwrap().clone(),
            secrets: serde_json::from_value(secrets.clone()).unwrap(),
            cursor: cursor.map(str::to_owned),
            ..Start::default()
        };
        let mut ran = Ran {
            to,
            from: BufReader::new(from),
            fake: fake.clone(),
            thread,
            events: vec![],
            cursor: None,
            secrets,
            status: Status::default(),
        };
        let said = crate::connect::protocol::ToConnector::Start(start);
        ran.to.write_all(&line(&said)).unwrap();
        ran
    }

    fn say(&mut self, what: Value) {
        writeln!(self.to, "{what}").unwrap();
    }

    /// Takes the next line in, as the desk does.
    fn hear(&mut self) -> FromConnector {
        let mut text = String::new();
        self.from.read_line(&mut text).unwrap();
        let said: FromConnector = serde_json::from_str(&text).unwrap();
        match &said {
            FromConnector::Events { batch, cursor, events } => {
                self.events.extend(events.iter().filter(|e| e["event"] != "metrics").cloned());
                self.cursor = cursor.clone().or(self.cursor.take());
                self.say(json!({"type": "taken", "batch": batch}));
            }
            FromConnector::Secrets { secrets } => {
                self.secrets = json!(secrets);
                // Long enough for a connector that does not wait.
                thread::sleep(Duration::from_millis(60));
                let kept = format!("kept {}", self.secrets["refresh"].as_str().unwrap());
                self.fake.world().log.push(kept);
                self.say(json!({"type": "kept"}));
            }
            FromConnector::Status(status) => self.status = status.clone(),
            _ => {}
        }
        said
    }

    /// Hears on until something holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Ran) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !holds(self) {
            assert!(Instant::now() < end, "{what}: {:?} {:?}", self.events, self.status);
            self.hear();
        }
    }

    /// Gives a command and hears on until it is answered.
    pub fn command(&mut self, command: Value) -> Result<Ack, Nack> {
        let mut said = json!({
            "type": "command", "id": 1, "key": KEY, "attempt": 1, "made": "2026-11-26T10:00:00Z",
        });
        for (name, value) in command.as_object().unwrap() {
            said[name] = value.clone();
        }
        self.say(said);
        loop {
            match self.hear() {
                FromConnector::Ack(ack) => return Ok(ack),
                FromConnector::Nack(nack) => return Err(nack),
                _ => {}
            }
        }
    }

    pub fn reply(&mut self, to: &str, text: &str, attempt: u32) -> Result<Ack, Nack> {
        self.command(json!({
            "do": "reply", "to": to, "thread": to, "queue": "comments", "text": text,
            "attempt": attempt,
        }))
    }

    pub fn end(mut self) {
        drop(self.to);
        // What is still said must not block it.
        let _ = self.from.read_to_end(&mut Vec::new());
        self.thread.join().unwrap().unwrap();
    }
}
