use super::*;
use crate::connect::protocol::{Ack, FromConnector, Nack};
use serde_json::json;
use server::{Asked, Says, Server};
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write, pipe};
use std::thread::JoinHandle;

mod commands;
mod looks;
mod server;

/// We are @shop@a.example, with the id 7.
pub fn me() -> Me {
    Me {
        id: "7".into(),
        acct: "shop".into(),
        host: "a.example".into(),
        software: Software::Mastodon,
        version: "4.5.0".into(),
        rule: count::Rule::default(),
        streams: vec![],
    }
}

/// A connector that runs, as the desk sees it.
struct Ran {
    to: Option<PipeWriter>,
    from: BufReader<PipeReader>,
    thread: JoinHandle<Result<(), String>>,
    events: Vec<Value>,
    cursor: Option<String>,
    trouble: Option<(String, bool)>,
}

impl Ran {
    fn new(server: &Server, cursor: Option<&str>, settings: Value) -> Ran {
        let (input, to) = pipe().unwrap();
        let (from, output) = pipe().unwrap();
        let thread = std::thread::spawn(move || {
            let input = BufReader::new(input);
            sdk::run_on(input, Box::new(output), "mastodon", abilities(), Mastodon::new)
        });
        let mut ran = Ran {
            to: Some(to),
            from: BufReader::new(from),
            thread,
            events: vec![],
            cursor: None,
            trouble: None,
        };
        let mut all = json!({"server": server.url});
        all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        ran.say(json!({"type": "start", "protocol": 1, "settings": all,
            "secrets": {"token": "t"}, "cursor": cursor}));
        ran
    }

    fn say(&mut self, what: Value) {
        writeln!(self.to.as_mut().unwrap(), "{what}").unwrap();
    }

    /// What it says next; what the desk does by itself is done.
    fn hear(&mut self) -> FromConnector {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        let said: FromConnector = serde_json::from_str(&line).unwrap();
        match &said {
            FromConnector::Events { batch, cursor, events } => {
                self.events.extend(events.clone());
                if cursor.is_some() {
                    self.cursor.clone_from(cursor);
                }
                self.say(json!({"type": "taken", "batch": batch}));
            }
            FromConnector::Status(s) => {
                self.trouble = s.trouble.clone().map(|why| (why, s.auth));
            }
            _ => {}
        }
        said
    }

    fn until(&mut self, wanted: impl Fn(&Ran) -> bool) {
        while !wanted(self) {
            self.hear();
        }
    }

    /// Until a look has seen everything.
    fn look(&mut self) {
        while !matches!(self.hear(), FromConnector::Status(s) if s.polled.is_some()) {}
    }

    fn ask(&mut self, mut command: Value) -> Result<Ack, Nack> {
        command["type"] = json!("command");
        command["id"] = json!(1);
        command["made"] = json!("2026-01-02T10:11:12Z");
        self.say(command);
        loop {
            match self.hear() {
                FromConnector::Ack(ack) => return Ok(ack),
                FromConnector::Nack(nack) => return Err(nack),
                _ => {}
            }
        }
    }

    fn messages(&self) -> Vec<&str> {
        let of = |e: &&Value| e["event"] == "message";
        self.events.iter().filter(of).filter_map(|e| e["id"].as_str()).collect()
    }

    fn end(mut self) {
        self.to = None;
        // Whatever it still says must not keep it.
        let mut from = self.from;
        std::thread::spawn(move || std::io::copy(&mut from, &mut std::io::sink()));
        assert_eq!(self.thread.join().unwrap(), Ok(()));
    }
}

/// A status of somebody (9) or of ours (7).
fn status(id: u64, by: u64, text: &str, parent: Option<u64>) -> Value {
    let acct = if by == 7 { "shop" } else { "lu@b.example" };
    json!({
        "id": id.to_string(), "in_reply_to_id": parent.map(|p| p.to_string()),
        "account": {"id": by.to_string(), "username": "lu", "acct": acct},
        "content": format!("<p>{text}</p>"), "visibility": "unlisted",
        "created_at": "2026-01-02T10:11:12Z", "url": format!("https://a.example/{id}"),
        "favourites_count": 0, "favourited": false, "edited_at": null,
    })
}

fn gone() -> Says {
    Says::Raw(404, "", json!({"error": "Record not found"}).to_string())
}

/// What every server here says, unless the test says otherwise.
fn usual(asked: &Asked, other: impl Fn(&Asked) -> Option<Says>) -> Says {
    if let Some(says) = other(asked) {
        return says;
    }
    match (asked.method.as_str(), asked.path.as_str()) {
        (_, "/api/v1/accounts/verify_credentials" | "/api/v1/accounts/7") => {
            Says::Json(json!({"id": "7", "acct": "shop", "followers_count": 3}))
        }
        (_, "/api/v2/instance") => Says::Json(json!({"domain": "a.example", "version": "4.5.0"})),
        ("GET", "/api/v1/notifications" | "/api/v1/accounts/7/statuses" | "/api/v1/statuses") => {
            Says::Json(json!([]))
        }
        ("GET", path) if path.ends_with("/context") => {
            Says::Json(json!({"ancestors": [], "descendants": []}))
        }
        _ => gone(),
    }
}

fn started() -> Option<&'static str> {
    Some(r#"{"started":true}"#)
}

fn query<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.query.split('&').find_map(|f| f.strip_prefix(name)?.strip_prefix('='))
}
