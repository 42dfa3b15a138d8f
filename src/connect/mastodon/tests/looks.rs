//! What comes in.

use super::*;

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
