//! What is asked for, and what its answers mean; comments, which are asked for too.

use super::played::*;
use crate::connect::protocol::NackKind;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

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
