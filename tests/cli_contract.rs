//! What scripts rely on: the verbs, their JSON, their exit codes, against the real program.

mod shell;

use rstest::rstest;
use serde_json::Value;
use shell::{Desk, ago, comment, direct};
use std::process::Stdio;

/// Three comments and a message, the second comment the most urgent.
fn busy_desk() -> Desk {
    let desk = Desk::new();
    desk.ingest(vec![
        comment("a", "小鹿_", "物流太慢了，三天没发货", 3, ago(30)),
        comment("b", "阿May", "敏感肌能用这款吗？", 230, ago(20)),
        comment("c", "kai", "do you ship to Germany?\nor Austria?", 0, ago(10)),
        direct("d", "林女士", "想谈一下合作", ago(5)),
    ]);
    desk
}

fn number_of(desk: &Desk, author: &str) -> String {
    let rows = desk.json(&["list", "--filter", &format!("author:{author}")]);
    rows[0]["id"].to_string()
}

fn field<'a>(rows: &'a [Value], name: &str) -> Vec<&'a Value> {
    rows.iter().map(|row| &row[name]).collect()
}

#[test]
fn a_queue_is_listed_in_its_order_with_the_promised_fields() {
    let desk = busy_desk();
    let rows = desk.json(&["list", "--queue", "comments"]);
    assert_eq!(field(&rows, "author"), ["阿May", "小鹿_", "kai"]);
    let row = &rows[0];
    let at = ago(20).rfc3339();
    assert_eq!(row["queue"], "comments");
    assert_eq!(row["channel"], "weibo");
    assert_eq!(row["text"], "敏感肌能用这款吗？");
    assert_eq!(row["state"], "open");
    assert_eq!(row["assignee"], Value::Null);
    assert_eq!(row["likes"], 230);
    assert!(row["id"].is_u64());
    // The minute is enough: the clock goes on while the test runs.
    assert_eq!(row["received_at"].as_str().unwrap()[..16], at[..16]);
    assert!(row["due_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(rows[1]["due_at"], Value::Null);
    let first_ten: Vec<&str> = vec![
        "id",
        "queue",
        "channel",
        "author",
        "text",
        "received_at",
        "due_at",
        "state",
        "assignee",
        "likes",
    ];
    let line = desk.done(&["list", "--limit", "1", "--json"]);
    let mut at = 0;
    for name in first_ten {
        let found = line[at..].find(&format!("\"{name}\":")).expect(name);
        at += found;
    }
    assert_eq!(desk.json(&["list", "--queue", "messages"]).len(), 1);
    assert_eq!(desk.json(&["list"]).len(), 4);
    assert_eq!(desk.json(&["list", "--limit", "2"]).len(), 2);
    assert_eq!(desk.json(&["list", "--limit", "0"]).len(), 0);
    assert_eq!(desk.json(&["list", "--filter", "likes:100"]).len(), 1);
}

#[test]
fn a_long_text_is_listed_whole() {
    let desk = Desk::new();
    let text = "很长的留言。".repeat(200);
    desk.ingest(vec![comment("a", "小鹿_", &text, 0, ago(1))]);
    assert_eq!(desk.json(&["list"])[0]["text"], text.as_str());
}

#[test]
fn every_action_says_what_it_did_and_can_be_undone() {
    let desk = busy_desk();
    let id = number_of(&desk, "kai");
    for (args, name, state) in [
        (vec!["assign", &id, "--to", "bo"], "assign", "open"),
        (vec!["label", &id, "--label", "vip"], "label", "open"),
        (vec!["note", &id, "--text", "asked the shop"], "note", "open"),
        (vec!["snooze", &id, "--until", "2h"], "snooze", "snoozed"),
        (vec!["hold", &id], "hold", "on-hold"),
        (vec!["pending", &id], "pending", "pending"),
        (vec!["reopen", &id], "reopen", "open"),
        (vec!["resolve", &id], "resolve", "resolved"),
    ] {
        assert_eq!(desk.done(&args), format!("{name}: {id}\n"));
        assert_eq!(desk.json(&["show", &id])[0]["state"], state, "{args:?}");
    }
    let shown = desk.json(&["show", &id]).remove(0);
    assert_eq!((&shown["assignee"], &shown["labels"][0]), (&"bo".into(), &"vip".into()));
    assert_eq!(shown["messages"][1]["text"], "asked the shop");

    assert_eq!(desk.done(&["undo"]), format!("taken back: resolve: {id}\n"));
    assert_eq!(desk.json(&["show", &id])[0]["state"], "open");
    assert_eq!(desk.done(&["redo"]), format!("done again: resolve: {id}\n"));
    for _ in 0..8 {
        desk.done(&["undo"]);
    }
    let shown = desk.json(&["show", &id]).remove(0);
    assert_eq!(shown["assignee"], Value::Null);
    assert_eq!(shown["labels"], serde_json::json!([]));
    let ran = desk.run(&["undo"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(ran.err, "dutydesk: nothing of yours is left to undo\n");
}

#[test]
fn a_bulk_action_is_one_undo() {
    let desk = busy_desk();
    let ids: Vec<String> = desk
        .json(&["list", "--queue", "comments"])
        .iter()
        .map(|row| row["id"].to_string())
        .collect();
    let mut args = vec!["resolve", "--json"];
    args.extend(ids.iter().map(String::as_str));
    let done: Value = serde_json::from_str(&desk.done(&args)).unwrap();
    assert_eq!((&done["done"], done["ids"].as_array().unwrap().len()), (&"resolve".into(), 3));
    assert_eq!(desk.json(&["list", "--queue", "comments"]).len(), 0);
    let undone = desk.json(&["undo"]).remove(0);
    assert_eq!((&undone["done"], &undone["taken_back"]), (&"resolve".into(), &true.into()));
    assert_eq!(desk.json(&["list", "--queue", "comments"]).len(), 3);
}

#[test]
fn a_reply_waits_for_its_channel_and_the_conversation_is_pending() {
    let desk = busy_desk();
    let id = number_of(&desk, "kai");
    let mut child = desk
        .command(&["reply", &id, "--text", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(
        &mut child.stdin.take().unwrap(),
        "Yes, both.\nSee you!\n".as_bytes(),
    )
    .unwrap();
    assert!(child.wait().unwrap().success());
    let shown = desk.json(&["show", &id]).remove(0);
    assert_eq!(shown["state"], "pending");
    let reply = &shown["messages"][1];
    assert_eq!((&reply["kind"], &reply["delivery"]), (&"reply".into(), &"waiting".into()));
    assert_eq!(reply["text"], "Yes, both.\nSee you!");
    let rows = desk.json(&["list", "--state", "pending"]);
    assert_eq!(rows[0]["id"].to_string(), id);
}

#[rstest]
#[case::no_such_conversation(&["resolve", "999"], 1, "no conversation 999")]
#[case::empty_reply(&["reply", "1", "--text", " "], 1, "no text")]
#[case::claim_without_a_cockpit(&["claim", "1"], 1, "assign")]
#[case::bad_filter(&["list", "--filter", "state:gone"], 2, "gone")]
#[case::bad_moment(&["snooze", "1", "--until", "when I like"], 2, "no moment")]
#[case::past_moment(&["snooze", "1", "--until", "2020-01-01"], 2, "passed")]
#[case::no_number(&["resolve", "one"], 2, "one")]
#[case::no_ids(&["resolve"], 2, "<ID>")]
#[case::no_argument(&["assign", "1"], 2, "--to")]
#[case::two_arguments(&["assign", "1", "--to", "bo", "--nobody"], 2, "--nobody")]
#[case::no_verb(&["frobnicate"], 2, "frobnicate")]
#[case::no_terminal(&[], 4, "needs a terminal")]
fn what_is_not_done_is_said(#[case] args: &[&str], #[case] code: i32, #[case] said: &str) {
    let desk = busy_desk();
    let ran = desk.run(args);
    assert_eq!(ran.code, code, "{ran:?}");
    assert_eq!(ran.out, "");
    assert!(ran.err.contains(said), "{ran:?}");
    if code != 2 {
        assert_eq!(ran.err.lines().count(), 1, "one sentence: {ran:?}");
    }
}

#[test]
fn a_part_that_is_refused_does_not_hinder_the_rest() {
    let desk = busy_desk();
    let id = number_of(&desk, "kai");
    let ran = desk.run(&["resolve", &id, "998", "999"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, format!("resolve: {id}\n"));
    assert!(ran.err.contains("2 were not done") && ran.err.contains("998"), "{ran:?}");
}

#[test]
fn without_a_desk_there_is_one_sentence() {
    let desk = Desk::new();
    // A status bar starts nothing.
    let ran = desk.run(&["line"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("no daemon"), "{ran:?}");
    let ran = desk.run(&["list", "--desk", "/proc/nowhere"]);
    assert_eq!((ran.code, ran.err.lines().count()), (3, 1), "{ran:?}");
}

#[test]
fn no_byte_of_a_customer_steers_the_terminal() {
    let desk = Desk::new();
    let evil = "a\x1b[31mred\x1b]0;title\x07\u{9b}2J\u{202e}desrever\0\x07 # end";
    desk.ingest(vec![comment("a", evil, evil, 0, ago(1))]);
    for args in
        [vec!["list"], vec!["show", "1"], vec!["list", "--json"], vec!["show", "1", "--json"]]
    {
        let out = desk.done(&args);
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!out.contains(bad), "{args:?}: {out:?}");
        assert!(out.contains("red"), "{args:?}: {out:?}");
    }
    // As data it is verbatim.
    let text = desk.json(&["list"])[0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("\x1b[31m") && text.contains('\u{202e}'), "{text:?}");
}

#[test]
fn the_status_line_counts_and_doubles_the_tmux_sign() {
    let desk = Desk::new();
    std::fs::write(
        desk.folder().join("desk.toml"),
        "name = \"desk #1\"\nidentity = \"declared\"\n",
    )
    .unwrap();
    desk.ingest(vec![
        comment("a", "x", "late", 500, ago(90)),
        comment("b", "y", "fine", 0, ago(1)),
        direct("c", "z", "hello", ago(1)),
    ]);
    let line = desk.done(&["line"]);
    assert!(line.starts_with("desk ##1 · 2 comments 1 messages · 1 late"), "{line}");
    let figures = desk.json(&["line"]).remove(0);
    assert_eq!(
        (&figures["comments"], &figures["messages"], &figures["late"]),
        (&2.into(), &1.into(), &1.into())
    );
}

#[test]
fn the_journal_tells_who_did_what() {
    let desk = busy_desk();
    let id = number_of(&desk, "kai");
    desk.done(&["--as", "amy", "resolve", &id]);
    desk.done(&["--as", "amy", "undo"]);
    let entries = desk.json(&["journal"]);
    assert_eq!(entries[0]["what"], "received");
    // That she came here for the first time is an entry of its own.
    let is_hers = |e: &&Value| e["by"] == "amy" && e["what"] != "new-operator";
    let by_amy: Vec<&Value> = entries.iter().filter(is_hers).collect();
    assert_eq!(by_amy.len(), 2, "{by_amy:?}");
    assert_eq!(by_amy[0]["what"], "resolve");
    assert_eq!(by_amy[0]["kind"], "declared");
    assert_eq!(by_amy[0]["ids"][0].to_string(), id);
    assert_eq!(by_amy[1]["undoes"], by_amy[0]["group"]);
    assert_eq!(desk.json(&["journal", "--limit", "1"]).len(), 1);
    assert!(desk.done(&["journal"]).contains("resolve"));
}

#[test]
fn people_read_columns_and_chinese_where_they_ask_for_it() {
    let desk = busy_desk();
    let listed = desk.done(&["list", "--queue", "comments"]);
    assert!(listed.lines().next().unwrap().contains("阿May"), "{listed}");
    assert_eq!(listed.lines().count(), 3);
    let help = desk.run(&["--lang", "zh", "--help"]).out;
    assert!(help.contains("退出码"), "{help}");
    let ran = desk.run(&["--lang=zh", "resolve", "999"]);
    assert!(ran.err.contains("没有编号为 999 的会话"), "{ran:?}");
    let ran = ran_with(&desk, "LANG", "zh_CN.UTF-8", &["resolve", "999"]);
    assert!(ran.err.contains("没有编号为 999 的会话"), "{ran:?}");
}

fn ran_with(desk: &Desk, name: &str, value: &str, args: &[&str]) -> shell::Ran {
    shell::ran(desk.command(args).env(name, value).output().unwrap())
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let desk = Desk::new();
    let events: Vec<_> = (0..500)
        .map(|n| comment(&n.to_string(), "x", &"long text ".repeat(40), 0, ago(n)))
        .collect();
    desk.ingest(events);
    let mut child = desk
        .command(&["list", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = shell::ran(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn mistakes_in_own_keys_are_told_with_their_lines() {
    let desk = Desk::new();
    assert_eq!(desk.done(&["keys", "check"]).trim(), "nothing is wrong with your keys");
    let config = desk.home().join(".config/dutydesk/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "keymap = \"arrows\"\n[keys]\nreply = \"e\"\nnote = \"e\"\n").unwrap();
    let ran = desk.run(&["keys", "check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("config.toml:4: ") && ran.out.contains("note"), "{}", ran.out);
    let rows = desk.json(&["keys", "list"]);
    let of =
        |action: &str| rows.iter().find(|row| row["action"] == action).unwrap()["keys"].clone();
    assert_eq!((of("reply"), of("down")), (serde_json::json!(["e"]), serde_json::json!(["Down"])));
}
