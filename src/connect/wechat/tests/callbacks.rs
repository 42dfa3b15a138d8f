//! What is pushed, and what keeps it from being lost, doubled or forged.

use super::super::{crypto, server};
use super::played::*;
use crate::connect::protocol::NackKind;
use rstest::rstest;
use serde_json::{Value, json};

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
