//! The connector whole, against a server in this process that goes wrong on demand.

mod fake;

use self::fake::{Fake, Fault, KEY, Ran, US};
use super::records::{GATE, LIKE, POST};
use super::*;
use crate::connect::protocol::NackKind;
use rstest::rstest;
use serde_json::json;

fn ours(key: &str) -> String {
    format!("at://{US}/{POST}/{key}")
}

fn password() -> Value {
    json!({"password": "right"})
}

#[test]
fn a_refresh_token_is_kept_before_its_session_is_used() {
    let fake = Fake::new();
    let whose = format!("{} us.test", fake.url);
    let secrets = json!({"password": "right", "refresh": "r0", "refresh_for": whose});
    let mut ran = Ran::new(&fake, secrets, None);
    ran.until("sees", |ran| ran.status.polled.is_some());
    assert_eq!(fake.world().log[..3], ["refreshSession r0", "kept r1", "listNotifications a1"]);
    assert_eq!(ran.secrets["password"], "right");
    // The access token ends; the call that found out is made again, and nothing signs in anew.
    fake.world().good = 7;
    let to = fake.post("kai", "1", 1, None, false);
    let ack = ran.reply(&to, "hello", 1).unwrap();
    assert_eq!(ack.platform_id, Some(ours(KEY)));
    let log = fake.world().log.clone();
    let at = log.iter().position(|l| l == "refreshSession r1").unwrap();
    assert_eq!(log[at + 1], "kept r8");
    assert!(log[at + 2..].iter().all(|l| !l.ends_with(" a1")));
    assert_eq!(fake.calls("createSession"), 0);
    ran.end();
}

#[test]
fn another_accounts_refresh_token_is_not_used() {
    let fake = Fake::new();
    let secrets = json!({"password": "right", "refresh": "r0", "refresh_for": "elsewhere us.test"});
    let mut ran = Ran::new(&fake, secrets, None);
    ran.until("sees", |ran| ran.status.polled.is_some());
    assert_eq!((fake.calls("refreshSession"), fake.calls("createSession")), (0, 1));
    ran.end();
}

#[test]
fn a_revoked_session_is_made_anew_and_a_wrong_password_is_tried_once() {
    let fake = Fake::new();
    let whose = format!("{} us.test", fake.url);
    let revoked = json!({"password": "right", "refresh": "old", "refresh_for": whose});
    let mut ran = Ran::new(&fake, revoked.clone(), None);
    ran.until("sees", |ran| ran.status.polled.is_some());
    ran.end();
    let mut wrong = revoked;
    wrong["password"] = json!("wrong");
    fake.world().log.clear();
    let mut ran = Ran::new(&fake, wrong, None);
    ran.until("trouble", |ran| ran.status.auth);
    assert!(!ran.status.trouble.as_ref().unwrap().contains("wrong"));
    let nack = ran.reply("at://did:plc:kai/app.bsky.feed.post/1", "x", 1).unwrap_err();
    assert_eq!(nack.kind, NackKind::Auth);
    assert!(nack.after_seconds.is_some_and(|s| s > 500));
    assert_eq!(fake.calls("createSession"), 1);
    ran.end();
}

#[test]
fn a_key_is_used_once() {
    let fake = Fake::new();
    let to = fake.post("kai", "1", 1, None, false);
    let mut ran = Ran::new(&fake, password(), None);
    let first = ran.reply(&to, "hi @kai.test @no.test", 1).unwrap();
    assert_eq!((first.platform_id, first.duplicate), (Some(ours(KEY)), false));
    let record = fake.world().records[&format!("{POST}/{KEY}")].clone();
    assert_eq!(record["createdAt"], "2026-11-26T10:00:00.000Z");
    assert_eq!(record["facets"].as_array().unwrap().len(), 1);
    assert!(ran.reply(&to, "hi @kai.test @no.test", 1).unwrap().duplicate);
    // The parent was replaced in between: the same words to the same post are the same answer.
    fake.world().posts.get_mut(&to).unwrap()["cid"] = json!("c2");
    assert!(ran.reply(&to, "hi @kai.test @no.test", 1).unwrap().duplicate);
    // It was deleted in between: what was said to it is said.
    fake.world().posts.remove(&to);
    assert!(ran.reply(&to, "hi @kai.test @no.test", 2).unwrap().duplicate);
    assert_eq!(ran.reply(&to, "other words", 2).unwrap_err().kind, NackKind::Permanent);
    let nack = ran.command(json!({"do": "reply", "to": to, "thread": to, "queue": "comments", "text": "x", "key": "3jzfcijpj2z2b"}));
    assert!(nack.unwrap_err().why.contains("deleted"));
    assert_eq!(fake.world().records.len(), 1);
    ran.end();
}

#[test]
fn an_answer_that_did_not_come_leaves_a_doubt_that_the_key_settles() {
    let fake = Fake::new();
    let to = fake.post("kai", "1", 1, None, false);
    let mut ran = Ran::new(&fake, password(), None);
    fake.fault("putRecord", Fault::Cut);
    assert_eq!(ran.reply(&to, "x", 1).unwrap_err().kind, NackKind::Unknown);
    let again = ran.reply(&to, "x", 2).unwrap();
    assert_eq!((again.platform_id, again.duplicate), (Some(ours(KEY)), true));
    assert_eq!(fake.world().records.len(), 1);
    // The network shows it, and the desk hears of it after the answer.
    assert_eq!(ids(&ran), Vec::<String>::new());
    fake.post("us", KEY, 2, Some(&to), false);
    let view = fake.world().posts[&ours(KEY)].clone();
    fake.world().feed.push(json!({"post": view}));
    ran.until("shown", |ran| !ran.events.is_empty());
    ran.end();
}

const LIMITED: &[(&str, &str)] = &[
    ("date", "Thu, 26 Nov 2026 10:00:00 GMT"),
    ("ratelimit-limit", "3000"),
    ("ratelimit-remaining", "0"),
    ("ratelimit-reset", "1795687242"),
];

#[rstest]
#[case("putRecord", Fault::Say(429, "RateLimitExceeded", LIMITED), NackKind::Retry, Some(42))]
#[case("putRecord", Fault::Say(429, "RateLimitExceeded", &[("retry-after", "9")]), NackKind::Retry, Some(9))]
#[case("putRecord", Fault::Say(502, "UpstreamFailure", &[]), NackKind::Unknown, None)]
#[case("putRecord", Fault::Say(400, "InvalidRequest", &[]), NackKind::Permanent, None)]
// Nothing had been written yet.
#[case("getPosts", Fault::Say(502, "UpstreamFailure", &[]), NackKind::Retry, None)]
fn a_failure_says_what_is_known(
    #[case] name: &'static str,
    #[case] fault: Fault,
    #[case] kind: NackKind,
    #[case] after: Option<u64>,
) {
    let fake = Fake::new();
    let to = fake.post("kai", "1", 1, None, false);
    let mut ran = Ran::new(&fake, password(), None);
    ran.until("sees", |ran| ran.status.polled.is_some());
    fake.fault(name, fault);
    let nack = ran.reply(&to, "x", 1).unwrap_err();
    assert_eq!((nack.kind, nack.after_seconds), (kind, after), "{}", nack.why);
    assert!(fake.world().records.is_empty());
    let left = ran.status.budget.map(|budget| budget.left);
    assert_eq!(left, (after == Some(42)).then_some(0));
    ran.end();
}

#[test]
fn too_many_calls_make_it_wait_and_say_so() {
    let fake = Fake::new();
    fake.fault("listNotifications", Fault::Say(429, "RateLimitExceeded", &[("retry-after", "1")]));
    let mut ran = Ran::new(&fake, password(), None);
    ran.until("trouble", |ran| ran.status.trouble.is_some());
    assert_eq!(fake.calls("listNotifications"), 1);
    ran.until("sees", |ran| ran.status.polled.is_some());
    ran.end();
}

fn ids(ran: &Ran) -> Vec<String> {
    let id = |e: &Value| {
        let kind = e["event"].as_str().unwrap().chars().next().unwrap();
        format!("{kind} {}", e["id"].as_str().unwrap().rsplit('/').next().unwrap())
    };
    ran.events.iter().map(id).collect()
}

#[test]
fn comments_come_once_after_the_post_they_answer_and_their_changes_follow() {
    let fake = Fake::new();
    let root = fake.post("us", "root", 0, None, false);
    let first = fake.post("kai", "1", 1, Some(&root), true);
    let mut ran = Ran::new(&fake, password(), None);
    ran.until("both", |ran| ran.events.len() == 2);
    assert_eq!(ids(&ran), ["m root", "m 1"]);
    assert_eq!((&ran.events[0]["ours"], &ran.events[1]["ours"]), (&json!(true), &json!(false)));
    let second = fake.post("eve", "2", 2, Some(&root), true);
    ran.until("second", |ran| ran.events.len() == 3);
    // The record is replaced, and another one deleted.
    fake.world().notifications[0]["record"]["text"] = json!("new words");
    fake.world().notifications[0]["cid"] = json!("c2");
    fake.world().posts.get_mut(&second).unwrap()["record"]["text"] = json!("new words");
    fake.world().posts.get_mut(&second).unwrap()["cid"] = json!("c2");
    ran.until("edited", |ran| ran.events.len() == 4);
    let third = fake.post("eve", "3", 3, Some(&root), true);
    ran.until("third", |ran| ran.events.len() == 5);
    fake.world().notifications.remove(0);
    fake.world().posts.remove(&third);
    // One that is only hidden from the list is not gone.
    fake.world().notifications.retain(|n| n["uri"] != json!(second));
    fake.world().notifications.retain(|n| n["uri"] != json!(first));
    fake.post("kai", "4", 1, Some(&root), true);
    ran.until("deleted", |ran| ran.events.len() == 7);
    let mut last = ids(&ran).split_off(5);
    last.sort();
    assert_eq!(last, ["d 3", "m 4"]);
    let cursor = ran.cursor.clone();
    ran.end();
    // What came while it was away comes; the cursor is enough for that.
    let fifth = fake.post("kai", "5", 9, Some(&root), true);
    let mut ran = Ran::new(&fake, password(), cursor.as_deref());
    ran.until("fifth", |ran| ran.events.iter().any(|e| e["id"] == json!(fifth)));
    ran.end();
}

#[test]
fn what_was_answered_elsewhere_is_seen_and_what_a_command_makes_comes_with_its_answer() {
    let fake = Fake::new();
    let root = fake.post("us", "root", 0, None, false);
    let to = fake.post("kai", "1", 1, Some(&root), true);
    let phone = fake.post("us", "phone", 2, Some(&to), false);
    for uri in [&root, &phone] {
        let view = fake.world().posts[uri].clone();
        fake.world().feed.insert(0, json!({"post": view}));
    }
    let mut ran = Ran::new(&fake, password(), None);
    ran.until("all", |ran| ran.events.len() == 3);
    assert_eq!(ids(&ran), ["m root", "m 1", "m phone"]);
    assert_eq!(ran.events[2]["ours"], true);
    ran.end();
}

fn target(uri: &str, on: bool, what: &str) -> Value {
    json!({"do": what, "message": uri, "thread": "", "queue": "comments", "on": on})
}

#[test]
fn hiding_keeps_what_others_hid_meanwhile() {
    let fake = Fake::new();
    let root = fake.post("us", "root", 0, None, false);
    let one = fake.post("kai", "1", 1, Some(&root), false);
    let mut ran = Ran::new(&fake, password(), None);
    assert!(!ran.command(target(&one, true, "hide")).unwrap().duplicate);
    assert!(ran.command(target(&one, true, "hide")).unwrap().duplicate);
    let gate = format!("{GATE}/root");
    fake.world().records.get_mut(&gate).unwrap()["allow"] = json!([]);
    let two = fake.post("kai", "2", 2, Some(&root), false);
    fake.fault("putRecord", Fault::Say(400, "InvalidSwap", &[]));
    assert!(!ran.command(target(&two, true, "hide")).unwrap().duplicate);
    let record = fake.world().records[&gate].clone();
    assert_eq!(record["hiddenReplies"], json!([one, two]));
    assert_eq!((&record["allow"], &record["post"]), (&json!([]), &json!(root)));
    assert!(!ran.command(target(&one, false, "hide")).unwrap().duplicate);
    assert_eq!(fake.world().records[&gate]["hiddenReplies"], json!([two]));
    let foreign = fake.post("eve", "3", 3, None, false);
    let answer = fake.post("kai", "4", 4, Some(&foreign), false);
    assert_eq!(ran.command(target(&answer, true, "hide")).unwrap_err().kind, NackKind::Permanent);
    ran.end();
}

#[test]
fn likes_and_blocks_go_and_come_back_even_before_the_network_shows_them() {
    let fake = Fake::new();
    let to = fake.post("kai", "1", 1, None, false);
    let mut ran = Ran::new(&fake, password(), None);
    for what in ["like", "block"] {
        assert!(!ran.command(target(&to, true, what)).unwrap().duplicate);
        assert!(ran.command(target(&to, true, what)).unwrap().duplicate);
        assert_eq!(fake.world().records.len(), 1);
        assert!(!ran.command(target(&to, false, what)).unwrap().duplicate);
        assert!(ran.command(target(&to, false, what)).unwrap().duplicate);
        assert!(fake.world().records.is_empty());
    }
    let mut look = target(&to, true, "like");
    look["look"] = json!(true);
    assert_eq!(ran.command(look.clone()).unwrap_err().kind, NackKind::Absent);
    fake.world().records.insert(format!("{LIKE}/{KEY}"), json!({}));
    assert!(ran.command(look).unwrap().duplicate);
    ran.end();
}

#[test]
fn posts_go_out_and_can_be_deleted_again() {
    let fake = Fake::new();
    let mut ran = Ran::new(&fake, password(), None);
    let ack = ran.command(json!({"do": "post", "text": "x"})).unwrap();
    assert!(ack.url.unwrap().ends_with(&format!("/profile/us.test/post/{KEY}")));
    let later = ran.command(json!({"do": "post", "text": "x", "at": "2999-01-01T00:00:00Z"}));
    assert!(later.unwrap_err().why.contains("schedule"));
    let mut delete = target(&ours(KEY), true, "delete");
    delete["ours"] = json!(true);
    assert!(!ran.command(delete.clone()).unwrap().duplicate);
    assert!(ran.command(delete.clone()).unwrap().duplicate);
    delete["message"] = json!("at://did:plc:kai/app.bsky.feed.post/1");
    assert_eq!(ran.command(delete).unwrap_err().kind, NackKind::Permanent);
    assert!(ran.command(json!({"do": "check"})).unwrap().note.unwrap().contains("@us.test"));
    ran.end();
}

#[rstest]
#[case(json!({}), "handle is missing")]
#[case(json!({"handle": "a.test", "server": "http://a.example"}), "https")]
#[case(json!({"handle": "a.test", "poll_seconds": "soon"}), "poll_seconds")]
#[case(json!({"handle": "a.test", "poll_seconds": 0}), "poll_seconds")]
#[case(json!({"handle": ["a"]}), "handle")]
fn settings_that_cannot_be_are_told(#[case] settings: Value, #[case] why: &str) {
    let settings = settings.as_object().unwrap().clone();
    let said = Bluesky::new(Start { settings, ..Start::default() }).err().unwrap();
    assert!(said.contains(why), "{said}");
}

#[test]
fn settings_may_be_left_out() {
    let settings = json!({"handle": "@a.test", "poll_seconds": "", "languages": "zh, en"});
    let settings = settings.as_object().unwrap().clone();
    let made = Bluesky::new(Start { settings, ..Start::default() }).unwrap();
    assert_eq!(
        (made.languages, made.every),
        (vec!["zh".into(), "en".into()], Duration::from_secs(1))
    );
}
