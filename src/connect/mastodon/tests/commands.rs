//! What goes out, and what it needs.

use super::*;
use crate::connect::protocol::NackKind;

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
