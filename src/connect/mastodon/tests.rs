use super::*;
use crate::connect::protocol::{Ack, FromConnector, Nack, NackKind};
use serde_json::json;
use server::{Asked, Says, Server};
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write, pipe};
use std::thread::JoinHandle;

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

/// Notifications 1 to `count`, each about a status of the number and 1000; with a link to the next
/// page or without.
fn notifications(asked: &Asked, count: u64, links: bool) -> Says {
    let number = |name| query(asked, name).and_then(|id| id.parse::<u64>().ok());
    let top = number("max_id").map_or(count, |max| max - 1);
    // With links it minds since_id; without, it takes it for nothing.
    let bottom = if links { number("since_id").unwrap_or(0) } else { 0 };
    let ids: Vec<u64> = (bottom + 1..=top).rev().take(40).collect();
    let of = |id: &u64| {
        let text = format!("number {id}");
        json!({"id": id.to_string(), "type": "mention", "status": status(1000 + id, 9, &text, None)})
    };
    let page: Vec<Value> = ids.iter().map(of).collect();
    match (links, ids.last()) {
        (true, Some(1)) => {
            Says::Raw(200, "link: <http://x/y?min_id=9>; rel=\"prev\"\r\n", json!(page).to_string())
        }
        _ => Says::Json(json!(page)),
    }
}

#[test]
fn all_mentions_come_once_and_the_oldest_first() {
    for links in [true, false] {
        let server = Server::start(move |asked| {
            usual(asked, |a| {
                (a.path == "/api/v1/notifications").then(|| notifications(a, 130, links))
            })
        });
        let expected: Vec<String> = (1001..=1130).map(|id| id.to_string()).collect();
        let mut ran = Ran::new(&server, started(), json!({"poll_seconds": 0.5}));
        ran.look();
        ran.look();
        assert_eq!(ran.messages(), expected, "links: {links}");
        assert_eq!(ran.events[0]["thread"], "1001");
        let cursor = ran.cursor.clone();
        ran.end();
        // After a restart nothing comes again.
        let mut ran = Ran::new(&server, cursor.as_deref(), json!({"poll_seconds": 0.5}));
        ran.look();
        assert!(ran.messages().is_empty(), "links: {links}");
        ran.end();
    }
}

#[test]
fn a_reply_comes_with_its_thread() {
    let server = Server::start(|asked| {
        usual(asked, |a| match a.path.as_str() {
            "/api/v1/notifications" => Some(Says::Json(json!([
                {"id": "1", "type": "mention", "status": status(3, 9, "question", Some(2))}]))),
            "/api/v1/statuses/3/context" => Some(Says::Json(json!({
                "ancestors": [status(1, 7, "our post", None), status(2, 8, "someone else", Some(1))],
                "descendants": [status(4, 8, "not for us", Some(3)), status(5, 7, "from a phone", Some(3))],
            }))),
            _ => None,
        })
    });
    let mut ran = Ran::new(&server, started(), json!({}));
    ran.look();
    let told: Vec<_> = ran.events.iter().filter(|e| e["event"] == "message").collect();
    let told: Vec<_> = told.iter().map(|e| (e["id"].as_str(), e["ours"].as_bool())).collect();
    let expected =
        [("1", true), ("2", false), ("3", false), ("5", true)].map(|(i, o)| (Some(i), Some(o)));
    assert_eq!(told, expected);
    assert!(ran.events.iter().all(|e| e["event"] != "message" || e["thread"] == "1"));
    ran.end();
}

#[test]
fn answers_from_elsewhere_and_direct_messages_come_in() {
    let server = Server::start(|asked| {
        usual(asked, |a| match a.path.as_str() {
            "/api/v1/accounts/7/statuses" => {
                let mut direct = status(6, 7, "@lu hello", None);
                direct["visibility"] = json!("direct");
                direct["mentions"] = json!([{"id": "9", "acct": "lu@b.example"}]);
                Some(Says::Json(json!([
                    direct,
                    status(5, 7, "from a phone", Some(3)),
                    status(1, 7, "a post", None)
                ])))
            }
            "/api/v1/statuses/5/context" => Some(Says::Json(json!({
                "ancestors": [status(1, 7, "a post", None), status(3, 9, "question", Some(1))]}))),
            _ => None,
        })
    });
    let mut ran = Ran::new(&server, Some(r#"{"started":true,"own":["0"]}"#), json!({}));
    ran.look();
    let told: Vec<_> = ran.events.iter().filter(|e| e["event"] == "message").collect();
    let told: Vec<_> = told
        .iter()
        .map(|e| {
            (e["id"].as_str().unwrap(), e["queue"].as_str().unwrap(), e["thread"].as_str().unwrap())
        })
        .collect();
    let expected = [
        ("1", "comments", "1"),
        ("3", "comments", "1"),
        ("5", "comments", "1"),
        ("6", "messages", "9"),
    ];
    assert_eq!(told, expected);
    ran.end();
}

/// A server that keeps what is posted; the answers of the first posts are as given.
fn posting(first: Vec<Says>) -> Server {
    let posted: Mutex<Vec<Value>> = Mutex::default();
    let first = Mutex::new(first);
    Server::start(move |asked| {
        usual(asked, |a| match (a.method.as_str(), a.path.as_str()) {
            ("GET", "/api/v1/statuses/3") => Some(Says::Json(status(3, 9, "question", None))),
            ("GET", "/api/v1/statuses/3/context") => {
                Some(Says::Json(json!({"descendants": *posted.lock().unwrap()})))
            }
            ("POST", "/api/v1/statuses") => {
                let mut first = first.lock().unwrap();
                let says = if first.is_empty() { None } else { Some(first.remove(0)) };
                let is_kept = !matches!(says, Some(Says::Raw(429 | 422 | 401, ..)));
                let text = a.body["status"].as_str().unwrap();
                let mut new = status(50, 7, text, Some(3));
                new["visibility"] = a.body["visibility"].clone();
                if is_kept {
                    posted.lock().unwrap().push(new.clone());
                }
                Some(says.unwrap_or(Says::Json(new)))
            }
            _ => None,
        })
    })
}

fn reply(look: bool) -> Value {
    json!({"do": "reply", "key": "3jzfcijpj2z2a", "look": look, "to": "3", "thread": "3",
        "queue": "comments", "text": "it is on its way https://a.example/x"})
}

#[test]
fn an_answer_names_whom_it_answers_and_is_no_wider() {
    let server = posting(vec![]);
    let mut ran = Ran::new(&server, started(), json!({}));
    let ack = ran.ask(reply(false)).unwrap();
    assert_eq!((ack.platform_id.as_deref(), ack.duplicate), (Some("50"), false));
    let asked = server.asked.lock().unwrap();
    let post = asked.iter().find(|a| a.method == "POST").unwrap();
    assert_eq!(post.key.as_deref(), Some("3jzfcijpj2z2a"));
    assert_eq!(
        post.body,
        json!({"status": "@lu@b.example it is on its way https://a.example/x",
            "visibility": "unlisted", "in_reply_to_id": "3"})
    );
    drop(asked);
    ran.end();
}

#[test]
fn an_answer_whose_acknowledgement_is_lost_is_found() {
    for lost in [Says::Cut, Says::Raw(502, "", String::new()), Says::Json(json!("what?"))] {
        let server = posting(vec![lost]);
        let mut ran = Ran::new(&server, started(), json!({}));
        assert_eq!(ran.ask(reply(true)).unwrap_err().kind, NackKind::Absent);
        assert_eq!(ran.ask(reply(false)).unwrap_err().kind, NackKind::Unknown);
        let found = ran.ask(reply(true)).unwrap();
        assert_eq!((found.platform_id.as_deref(), found.duplicate), (Some("50"), true));
        // What is known to be something else is not it.
        let mut other = reply(true);
        other["known"] = json!(["50"]);
        assert_eq!(ran.ask(other).unwrap_err().kind, NackKind::Absent);
        let mut other = reply(true);
        other["text"] = json!("it is here");
        assert_eq!(ran.ask(other).unwrap_err().kind, NackKind::Absent);
        assert_eq!(server.count("POST", "/api/v1/statuses"), 1);
        ran.end();
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    let too_many = "retry-after: 7\r\n";
    let server = posting(vec![
        Says::Raw(429, too_many, String::new()),
        Says::Raw(422, "", json!({"error": "Validation failed: too long"}).to_string()),
        Says::Raw(401, "", json!({"error": "The access token was revoked"}).to_string()),
    ]);
    let mut ran = Ran::new(&server, started(), json!({}));
    let nack = ran.ask(reply(false)).unwrap_err();
    assert_eq!((nack.kind, nack.after_seconds), (NackKind::Retry, Some(7)));
    let nack = ran.ask(reply(false)).unwrap_err();
    assert_eq!(nack.kind, NackKind::Permanent);
    assert!(nack.why.ends_with("422: Validation failed: too long"), "{}", nack.why);
    assert_eq!(ran.ask(reply(false)).unwrap_err().kind, NackKind::Auth);
    let mut long = reply(false);
    long["text"] = json!("x".repeat(498));
    let nack = ran.ask(long).unwrap_err();
    assert_eq!(nack.kind, NackKind::Permanent);
    assert!(nack.why.contains("502") && nack.why.contains("500"), "{}", nack.why);
    let mut lost = reply(false);
    lost["to"] = json!("4");
    assert_eq!(ran.ask(lost).unwrap_err().kind, NackKind::Permanent);
    assert_eq!(server.count("POST", "/api/v1/statuses"), 3);
    ran.end();
}

#[test]
fn what_cannot_be_deleted_is_told_from_what_is_gone() {
    let server = posting(vec![]);
    let mut ran = Ran::new(&server, started(), json!({}));
    let delete =
        |id: &str| json!({"do": "delete", "message": id, "queue": "comments", "ours": true});
    assert_eq!(ran.ask(delete("3")).unwrap_err().kind, NackKind::Permanent);
    assert!(ran.ask(delete("4")).unwrap().duplicate);
    let hide = json!({"do": "hide", "message": "3", "queue": "comments", "on": true});
    assert_eq!(ran.ask(hide).unwrap_err().kind, NackKind::Permanent);
    ran.end();
}

#[test]
fn a_token_that_does_not_work_is_told() {
    let server = Server::start(|_| {
        Says::Raw(401, "", json!({"error": "The access token is invalid"}).to_string())
    });
    let mut ran = Ran::new(&server, None, json!({}));
    ran.until(|ran| ran.trouble.is_some());
    let (why, auth) = ran.trouble.clone().unwrap();
    assert!(auth && why.ends_with("The access token is invalid"), "{why}");
    assert_eq!(ran.ask(json!({"do": "check"})).unwrap_err().kind, NackKind::Auth);
    ran.end();
}

#[test]
fn a_stream_makes_it_look_at_once() {
    let since = Mutex::new(None::<Instant>);
    let server = Server::start(move |asked| {
        usual(asked, |a| match a.path.as_str() {
            "/api/v1/streaming/user" => {
                *since.lock().unwrap() = Some(Instant::now());
                let event = "event: notification\ndata: {}\n\n".to_owned();
                Some(Says::Stream(vec![event], Duration::from_millis(1500)))
            }
            "/api/v1/notifications" => {
                // It appears a moment before the stream speaks of it.
                let began = *since.lock().unwrap();
                let is_there = began.is_some_and(|at| at.elapsed() > Duration::from_millis(1200));
                Some(notifications(a, u64::from(is_there), true))
            }
            _ => None,
        })
    });
    let began = Instant::now();
    // Without the stream it would look again after a minute.
    let mut ran = Ran::new(&server, started(), json!({"poll_seconds": 60}));
    ran.until(|ran| ran.messages() == ["1001"]);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    ran.end();
}

#[test]
fn a_stream_that_does_not_speak_of_what_comes_is_not_waited_for() {
    let began = Instant::now();
    let server = Server::start(move |asked| {
        usual(asked, |a| match a.path.as_str() {
            // It speaks of our own status only.
            "/api/v1/streaming/user" => Some(Says::Stream(
                vec!["event: update\ndata: {\"account\":{\"id\":\"7\"}}\n\n".to_owned()],
                Duration::from_millis(2500),
            )),
            "/api/v1/notifications" => Some(notifications(a, began.elapsed().as_secs() / 2, true)),
            _ => None,
        })
    });
    let mut ran = Ran::new(&server, started(), json!({"poll_seconds": 0.5}));
    // One is found by chance; the others come as without a stream.
    ran.until(|ran| ran.messages().len() >= 3);
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    ran.end();
}

#[test]
fn changes_and_deletions_of_others_are_told() {
    let server = Server::start(move |asked| {
        let mut changed = status(1001, 9, "changed", None);
        changed["edited_at"] = json!("2026-01-02T11:11:12Z");
        changed["favourites_count"] = json!(4);
        usual(asked, |a| match a.path.as_str() {
            "/api/v1/notifications" => Some(notifications(a, 2, true)),
            // Both were there at first; then one is changed, and the other not shown any more.
            "/api/v1/statuses" => Some(Says::Json(json!([changed]))),
            "/api/v1/streaming/user" => Some(Says::Stream(
                vec!["event: delete\ndata: 1002\n\n".to_owned()],
                Duration::from_millis(500),
            )),
            _ => None,
        })
    });
    let mut ran = Ran::new(&server, started(), json!({"poll_seconds": 0.5}));
    ran.until(|ran| ran.events.iter().any(|e| e["event"] == "deleted"));
    let find = |kind: &str| ran.events.iter().find(|e| e["event"] == kind).unwrap();
    assert_eq!(
        (&find("edited")["text"], &find("edited")["id"]),
        (&json!("changed"), &json!("1001"))
    );
    assert_eq!(find("likes")["likes"], 4);
    assert_eq!(find("deleted")["id"], "1002");
    assert_eq!(find("metrics")["values"], json!({"followers": 3}));
    ran.end();
}

#[test]
fn settings_are_looked_at_before_anything_is_sent() {
    let start = |settings: Value, token: &str| {
        let mut start =
            Start { settings: settings.as_object().unwrap().clone(), ..Start::default() };
        start.secrets.0.insert("token".into(), token.into());
        Mastodon::new(start).err()
    };
    assert_eq!(
        start(json!({"server": "a.example", "poll_seconds": 2, "mention_all": true}), "t"),
        None
    );
    for (settings, token, says) in [
        (json!({}), "t", "server"),
        (json!({"server": "http://a.example"}), "t", "https"),
        (json!({"server": "a.example"}), "", "token"),
        (json!({"server": "a.example"}), "t\nx", "token"),
        (json!({"server": "a.example", "visibility": "all"}), "t", "visibility"),
        (json!({"server": "a.example", "poll_seconds": "0"}), "t", "poll_seconds"),
        (json!({"server": "a.example", "mention_all": "some"}), "t", "mention_all"),
    ] {
        let why = start(settings, token).unwrap();
        assert!(why.contains(says), "{why}");
    }
}
