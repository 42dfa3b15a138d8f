//! The verbs for a full queue, against the real program: search, views, macros, escalation, pasts,
//! topics, feedback, figures, and what a channel cannot do.

mod shell;

use dutydesk::domain::{Attachment, Event};
use rstest::rstest;
use serde_json::{Value, json};
use shell::pty::Tty;
use shell::{Desk, ago, busy_desk, comment, direct};
use std::time::Duration;

/// Can answer, and nothing else; what it is told to send it never gets to.
const CONNECTOR: &str = r#"
read -r start
echo '{"type":"hello","protocol":1,"name":"toy","account":"@toy","can":{"comments":true,"reply":true,"guard":"lookup"}}'
echo "{\"type\":\"status\",\"polled\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"}"
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in *'"do":"check"'*) echo "{\"type\":\"ack\",\"id\":$id}";; esac
done
"#;

const MACROS: &str = r#"
[[macro]]
name = "hello"
key = "h"
steps = [
    { note = "told {{author}}" },
    { reply = "Hello {{first_name}}, {{operator}} is on it." },
    { label = "greeted" },
    { assign = "me" },
    { state = "resolved" },
]

[[macro]]
name = "best"
key = "b"
steps = [{ label = "x" }, { reply = "这是最佳面霜" }, { state = "resolved" }]

[[macro]]
name = "heart"
key = "e"
steps = [{ label = "x" }, { like = true }, { state = "resolved" }]
"#;

/// A busy desk with macros, whose answers wait for a minute on a channel that sends them.
fn sending_desk() -> Desk {
    let desk = Desk::new();
    let settings = "identity = \"declared\"\nundo_send = \"60s\"\n";
    std::fs::write(desk.folder().join("desk.toml"), settings).unwrap();
    std::fs::write(desk.folder().join("macros.toml"), MACROS).unwrap();
    let toy = desk.home().join("toy.sh");
    std::fs::write(&toy, CONNECTOR).unwrap();
    let toy = toy.to_str().unwrap();
    desk.done(&["channel", "add", "weibo", "--platform", "weibo", "--command", "sh", toy]);
    desk.ingest(vec![
        comment("a", "小鹿_", "物流太慢了，三天没发货", 3, ago(30)),
        comment("c", "kai deng", "do you ship to Germany?", 0, ago(10)),
    ]);
    until(|| desk.json(&["channel", "list", "weibo"])[0]["can"]["reply"] == true);
    desk
}

fn until(mut so: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never was so");
}

fn id_of(desk: &Desk, author: &str) -> String {
    desk.json(&["list", "--filter", &format!("author:{author}")])[0]["id"].to_string()
}

fn shown(desk: &Desk, id: &str) -> Value {
    desk.json(&["show", id]).remove(0)
}

/// A conversation but for the messages it had that are gone.
fn standing(desk: &Desk, id: &str) -> Value {
    let mut shown = shown(desk, id);
    let messages = shown["messages"].as_array_mut().unwrap();
    messages.retain(|m| m["withdrawn_at"].is_null());
    shown
}

/// Searches until the index has it; while that is being built, a search says so.
fn found(desk: &Desk, args: &[&str]) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    until(|| {
        let ran = desk.run(&[&["search"], args, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        rows = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        !rows.is_empty() && ran.err.is_empty()
    });
    rows
}

#[test]
fn a_search_finds_words_signs_and_parts_of_chinese_in_every_state() {
    let desk = Desk::new();
    let mut events: Vec<_> = (0..120)
        .map(|n| comment(&format!("n{n}"), "many", &format!("needle {n}"), 0, ago(200 + n)))
        .collect();
    events.extend([
        comment("a", "小鹿_", "物流太慢了，三天没发货 🇨🇳", 3, ago(30)),
        comment("b", "阿May", "iPhone手机壳 ⭐⭐ best!!", 0, ago(20)),
    ]);
    desk.ingest(events);
    let id = id_of(&desk, "小鹿_");
    desk.done(&["resolve", &id]);
    found(&desk, &["物流"]);
    for query in ["流太慢", "慢了，三天", "🇨🇳", "物", "物流 -needle", "物流 state:resolved"]
    {
        let rows = found(&desk, &[query]);
        assert!(rows.iter().any(|r| r["id"].as_u64() == id.parse().ok()), "{query}: {rows:?}");
    }
    for query in ["iphone手机", "⭐", "IPHONE", "!!", "\"手机壳 ⭐\"", "author:阿may best"]
    {
        assert_eq!(found(&desk, &[query]).len(), 1, "{query}");
    }
    let long = "很长".repeat(3_000);
    for query in ["流慢", "物流 state:open", "phone手", "🇳🇨", &long] {
        assert_eq!(desk.json(&["search", query]), [] as [Value; 0], "{query}");
    }
    // Fifty are printed, and it is said that there are more.
    let ran = desk.run(&["search", "needle"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 50));
    assert!(ran.err.contains("--limit"), "{ran:?}");
    assert_eq!(desk.json(&["search", "needle", "--limit", "3"]).len(), 3);
    assert_eq!(desk.json(&["search", "needle", "--limit", "500"]).len(), 120);
    let ran = desk.run(&["search", "state:gone"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    // A filter of a queue that is as long as a message is no reason to wait.
    assert_eq!(desk.json(&["list", "--filter", &long]), [] as [Value; 0]);
}

#[test]
fn views_are_saved_by_the_verb_and_by_the_cockpit_into_one_file() {
    let desk = busy_desk();
    desk.done(&["views", "save", "refunds", "退款 -label:spam", "--sort", "weight"]);
    let own = |desk: &Desk| -> Vec<String> {
        let rows = desk.json(&["views"]).into_iter().filter(|row| row["own"] == true);
        rows.map(|row| format!("{}: {}", row["name"].as_str().unwrap(), row["filter"])).collect()
    };
    assert_eq!(own(&desk), ["refunds: \"退款 -label:spam\""]);
    let ran = desk.run(&["views", "save", "bad", "state:gone"]);
    assert_eq!((ran.code, ran.out.as_str()), (16, ""), "{ran:?}");
    let ran = desk.run(&["views", "remove", "nothing"]);
    assert_eq!(ran.code, 2, "{ran:?}");

    let mut amy = Tty::cockpit(&desk, "amy", 80, 24);
    amy.see("敏感肌");
    // Tab completes both words of the filter.
    amy.keys("/author:阿\t\r");
    amy.see("author:阿May");
    amy.keys("zv");
    amy.see("name of the view:");
    amy.keys("may\r");
    amy.see("saved the view may");
    assert_eq!(own(&desk), ["refunds: \"退款 -label:spam\"", "may: \"author:阿May\""]);
    amy.keys("u");
    amy.see("is as it was");
    assert_eq!(own(&desk).len(), 1);
    amy.keys("\x12");
    until(|| own(&desk).len() == 2);
    // Under a name that is taken it asks; the cockpit's undo brings the old one back.
    amy.keys("zvrefunds\r");
    amy.see("Replace your view refunds?");
    amy.keys("y");
    until(|| own(&desk)[0] == "refunds: \"author:阿May\"");
    amy.see("saved the view refunds");
    amy.keys("u");
    until(|| own(&desk)[0] == "refunds: \"退款 -label:spam\"");
    // From the menu one goes: it stands behind the desk's own, before the offer to save.
    amy.keys("v");
    amy.see("Del removes one of yours");
    amy.keys("kk\x1b[3~");
    amy.see("removed the view may");
    assert_eq!(own(&desk), ["refunds: \"退款 -label:spam\""]);
    desk.done(&["views", "remove", "refunds"]);
    assert_eq!(own(&desk), [] as [String; 0]);
}

#[test]
fn macros_are_listed_checked_and_run() {
    let desk = sending_desk();
    let names: Vec<Value> =
        desk.json(&["macro", "list"]).iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["hello", "best", "heart"]);
    assert!(desk.done(&["macro", "check"]).contains("3 macros"));
    let id = id_of(&desk, "kai");
    let before = standing(&desk, &id);
    // Each is refused at one of its steps, and nothing of it is done.
    for (name, why) in [("best", "最佳"), ("heart", "cannot"), ("nobody", "nobody")] {
        let ran = desk.run(&["macro", "run", name, &id]);
        assert_eq!((ran.code > 0, ran.out.as_str()), (true, ""), "{ran:?}");
        assert!(ran.err.contains(why), "{name}: {ran:?}");
        assert_eq!(shown(&desk, &id), before, "{name}");
    }
    desk.done(&["--as", "amy", "macro", "run", "hello", &id]);
    let after = standing(&desk, &id);
    assert_eq!((&after["state"], &after["assignee"]), (&"resolved".into(), &"amy".into()));
    assert_eq!(after["labels"], json!(["greeted"]));
    let texts: Vec<&Value> =
        after["messages"].as_array().unwrap().iter().map(|m| &m["text"]).collect();
    assert_eq!(texts[1..], ["told kai deng", "Hello kai, amy is on it."]);
    desk.done(&["--as", "amy", "undo"]);
    assert_eq!(standing(&desk, &id), before);

    let file = desk.folder().join("macros.toml");
    std::fs::write(&file, "[[macro]]\nname = \"a\"\nsteps = [{ reply = \"{{order}}\" }]\n")
        .unwrap();
    let ran = desk.run(&["macro", "check"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("macros.toml:3") && ran.err.contains("{{order}}"), "{ran:?}");
    // What the file said before goes on.
    assert_eq!(desk.run(&["macro", "list", "--json"]).out.lines().count(), 3);
}

#[test]
fn in_the_cockpit_a_macro_that_waits_to_be_sent_is_rolled_back_by_one_key() {
    let desk = sending_desk();
    let id = id_of(&desk, "kai");
    let before = standing(&desk, &id);
    let mut amy = Tty::cockpit(&desk, "amy", 100, 30);
    amy.see("do you ship");
    amy.keys("jM");
    amy.see("hello");
    amy.keys("h");
    // It counts down until it goes.
    amy.see("out in");
    until(|| shown(&desk, &id)["state"] == "resolved");
    amy.keys("u");
    until(|| shown(&desk, &id)["state"] == "open");
    assert_eq!(standing(&desk, &id), before);
    assert_eq!(desk.json(&["channel", "list", "weibo"])[0]["waiting"], 0);
    amy.see("do you ship");
    amy.keys("r");
    amy.see("Ctrl-s");
    // No draft of it is left behind.
    assert!(!amy.screen().contains("amy is on it"), "{}", amy.screen());
}

#[test]
fn in_the_cockpit_a_macro_with_a_step_that_is_refused_does_nothing() {
    let desk = sending_desk();
    let id = id_of(&desk, "kai");
    let before = standing(&desk, &id);
    let mut amy = Tty::cockpit(&desk, "amy", 100, 30);
    amy.see("do you ship");
    amy.keys("jMb");
    amy.see("最佳");
    assert_eq!(shown(&desk, &id), before);
    amy.keys("Me");
    amy.see("cannot");
    assert_eq!(shown(&desk, &id), before);
}

#[rstest]
#[case("like")]
#[case("hide")]
#[case("delete")]
#[case("block")]
fn what_a_channel_cannot_do_is_refused_with_the_reason(#[case] verb: &str) {
    // Without a connector, and with one that can answer alone.
    for (desk, why) in [(busy_desk(), "connect"), (sending_desk(), "cannot")] {
        let id = id_of(&desk, "小鹿_");
        let before = shown(&desk, &id);
        let ran = desk.run(&[verb, &id]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
        assert!(ran.err.contains(why), "{ran:?}");
        assert_eq!(shown(&desk, &id), before);
    }
}

#[test]
fn what_is_escalated_is_found_and_is_so_until_it_is_not() {
    let desk = busy_desk();
    let id = id_of(&desk, "kai");
    assert_eq!(desk.run(&["escalate", &id]).code, 2);
    desk.done(&["--as", "amy", "escalate", &id, "--reason", "a journalist asks"]);
    assert_eq!(desk.json(&["list", "--filter", "escalated"])[0]["id"].to_string(), id);
    assert_eq!(shown(&desk, &id)["messages"][1]["text"], "a journalist asks");
    desk.done(&["de-escalate", &id]);
    assert_eq!(desk.json(&["list", "--filter", "escalated"]).len(), 0);
    assert_eq!(desk.run(&["de-escalate", &id]).code, 1);
}

#[test]
fn a_conversation_is_shown_with_its_page_and_what_was_sent_along() {
    let desk = Desk::new();
    let mut event = comment("a", "小鹿_", "看图", 0, ago(3));
    if let Event::Message(m) = &mut event {
        m.permalink = Some("https://weibo.example/1".into());
        let attached = |kind: &str, link: &str| Attachment {
            kind: kind.into(),
            size: Some(3_000),
            link: link.into(),
        };
        m.attachments = vec![
            attached("image", "https://img.example/1"),
            attached("voice", "https://img.example/2"),
        ];
    }
    desk.ingest(vec![event]);
    let shown = desk.done(&["show", "1"]);
    assert!(shown.contains("page https://weibo.example/1\n"), "{shown}");
    assert!(shown.contains("[image 3 kB] https://img.example/1\n"), "{shown}");
    let shown = desk.done(&["--lang", "zh", "show", "1"]);
    assert!(shown.contains("[语音 3 kB] https://img.example/2\n"), "{shown}");
}

#[test]
fn topics_feedback_and_pasts_are_told() {
    let desk = busy_desk();
    desk.ingest(vec![comment("e", "kai", "And do you ship to Germany on Sundays?", 0, ago(3))]);
    let ids: Vec<String> = desk
        .json(&["list", "--filter", "author:kai"])
        .iter()
        .map(|row| row["id"].to_string())
        .collect();
    desk.done(&["topic", &ids[0], "--note", "for the FAQ"]);
    let topics = desk.json(&["topics"]);
    assert_eq!((topics.len(), &topics[0]["note"]), (1, &"for the FAQ".into()));
    // One topic, and what its score is made of.
    let listed = desk.done(&["topics"]);
    assert_eq!(listed.lines().filter(|line| line.contains("for the FAQ")).count(), 1, "{listed}");
    assert_eq!(desk.run(&["topic", &ids[0]]).code, 1);

    desk.done(&["label", &ids[0], &ids[1], "--label", "feedback:price"]);
    let rows = desk.json(&["feedback", "--since", "1d"]);
    assert_eq!((&rows[0]["tag"], &rows[0]["count"]), (&"price".into(), &2.into()));
    assert_eq!(desk.run(&["feedback", "--since", "long"]).code, 2);

    // The person, then each conversation.
    let past = desk.json(&["author", "weibo", "kai"]);
    assert_eq!((past.len(), &past[0]["messages"]), (3, &2.into()), "{past:?}");
    assert_eq!(desk.json(&["author", "--of", &ids[0]]), past);
    assert_eq!(desk.run(&["author", "weibo", "stranger"]).code, 1);
}

#[test]
fn deadlines_figures_and_what_is_to_come_are_told() {
    let desk = busy_desk();
    let liked = id_of(&desk, "阿May");
    let told = desk.json(&["explain", &liked]).remove(0);
    assert_eq!(
        (&told["policy"], &told["targets"][0]["within_seconds"]),
        (&"much liked".into(), &3_600.into())
    );
    assert!(desk.done(&["explain", &liked]).contains("much liked"));
    assert_eq!(desk.run(&["explain", "999"]).code, 1);

    desk.done(&["--as", "amy", "reply", &liked, "--text", "Yes."]);
    desk.done(&["mark-sent", &liked]);
    for by in ["policy", "operator", "channel", "hour"] {
        let figures = desk.json(&["service", "--by", by, "--since", "24h"]).remove(0);
        assert_eq!(figures["by"], by);
        let replies =
            figures["rows"].as_array().unwrap().iter().map(|r| r["now"]["replies"].as_u64());
        assert_eq!(replies.flatten().sum::<u64>(), 1, "{figures}");
    }
    assert_eq!(desk.run(&["service", "--since", "soon"]).code, 2);

    let forecast = desk.json(&["forecast", "--hours", "3"]).remove(0);
    assert!(forecast["forecast"].is_null() && forecast["too_little"].is_string(), "{forecast}");
    assert_eq!(desk.run(&["forecast", "--hours", "13"]).code, 2);
}

#[test]
fn texts_are_judged_without_being_kept() {
    let desk = busy_desk();
    let before = desk.json(&["list"]);
    let class = desk.json(&["classify", "--text", "退款！骗子"]).remove(0);
    assert_eq!(
        (&class["class"]["intent"], &class["class"]["severity"]),
        (&"complaint".into(), &"severe".into())
    );
    let ran = desk.fed(&["lint", "--json"], "这是最佳面霜\n好评率99%\n");
    assert_eq!(ran.code, 1, "{ran:?}");
    let findings: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((&findings[0]["level"], &findings[0]["text"]), (&"block".into(), &"最佳".into()));
    assert_eq!((&findings[1]["level"], &findings[1]["line"]), (&"warn".into(), &2.into()));
    let ran = desk.fed(&["lint"], "We are sorry about that.\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(desk.json(&["list"]), before);
    // A message is judged as one.
    desk.ingest(vec![direct("z", "王先生", "我要投诉，退款！", ago(1))]);
    assert_eq!(desk.json(&["list", "--filter", "intent:complaint author:王先生"]).len(), 1);
}
