//! `best`, `expected`, `asset` and `topics` as a script meets them: the real program and daemon.

mod shell;

use serde_json::{Value, json};
use shell::Desk;
use std::fs;

const PROFILE: &str = r#"
about = "ours"
rows = "posts"
format = "csv"
channel = "shop"
zone = "UTC"
[columns]
id = "id"
at = "at"
title = "title"
[figures]
likes = "likes"
"#;

/// Posts of 200 days, three a day; those at 20:00 bring three times as much.
fn posts() -> String {
    let mut rows = "likes,id,at,title\n".to_owned();
    let mut noise = 1_u64;
    for day in 0..200_u64 {
        for hour in [9, 13, 20] {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let level = if hour == 20 { 300 } else { 100 };
            let likes = level * (60 + (noise >> 33) % 80) / 100;
            let (month, of_month) = (1 + day / 28, 1 + day % 28);
            rows +=
                &format!("{likes},{day}-{hour},2026-0{month}-{of_month:02} {hour:02}:05:00,x\n");
        }
    }
    rows
}

fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.folder().join("profiles")).unwrap();
    fs::write(desk.folder().join("profiles/ours.toml"), PROFILE).unwrap();
    fs::write(desk.folder().join("desk.toml"), "zone = \"UTC\"\n").unwrap();
    let channel = "[[channel]]\nid = \"shop\"\nplatform = \"shop\"\n";
    fs::write(desk.folder().join("channels.toml"), channel).unwrap();
    desk
}

#[test]
fn an_imported_history_tells_its_best_hour_and_what_a_draft_may_bring() {
    let desk = desk();
    let path = desk.home().join("posts.csv");
    fs::write(&path, posts()).unwrap();
    let path = path.display().to_string();
    assert!(desk.done(&["best"]).contains("docs/history.md"));
    let report = &desk.json(&["import", &path, "--profile", "ours"])[0];
    assert_eq!((&report["added"], &report["opened"]), (&json!(600), &json!(0)));
    let again = &desk.json(&["import", &path, "--profile", "ours"])[0];
    assert_eq!(again["known"], 600);
    let channels = desk.json(&["best"]);
    assert_eq!((&channels[0]["channel"], &channels[0]["posts"]), (&json!("shop"), &json!(600)));

    let best = &desk.json(&["best", "shop", "--eval"])[0];
    let better: Vec<&Value> = best["better"].as_array().unwrap().iter().collect();
    assert!(!better.is_empty() && better.iter().all(|c| c["from"] == 20), "{better:?}");
    let most = best["eval"]["most"].as_f64().unwrap();
    assert!((0.6..=0.95).contains(&most), "{most}");
    assert!(best["eval"]["lift"]["low"].as_f64().unwrap() > 1.5);
    let text = desk.done(&["best", "shop", "--eval"]);
    assert!(text.contains("Better than the usual hours: ") && text.contains("80 % ranges held"));
    let none = desk.done(&["best", "shop", "--metric", "saves"]);
    assert!(none.contains("0 posts of shop tell saves"), "{none}");

    let expected = |at: &str| -> f64 {
        let found = desk.json(&["expected", "shop", "--at", at]);
        found[0]["expected"]["middle"].as_f64().unwrap()
    };
    assert!(expected("mon 20:00") > 1.5 * expected("mon 09:00"));
    let line = desk.done(&["expected", "shop", "--at", "20:00"]);
    assert!(line.starts_with("expected ") && line.contains("comparable posts"), "{line}");
    let few = desk.done(&["expected", "elsewhere"]);
    assert!(few.contains("0 comparable posts, 12 are needed"), "{few}");
}

#[test]
fn assets_are_looked_at_listed_changed_and_dropped() {
    let desk = desk();
    let path = desk.home().join("cup.png");
    fs::write(&path, [0; 321]).unwrap();
    let path = path.display().to_string();
    let added = &desk.json(&[
        "asset",
        "add",
        &path,
        "--licence",
        "own",
        "--until",
        "2020-01-31",
        "--tag",
        "#cup",
    ])[0];
    assert_eq!(*added, json!({"done": "asset-add", "number": 1}));
    desk.done(&["asset", "add", "https://cdn.example/v.mp4"]);
    let list = desk.json(&["asset", "list"]);
    assert_eq!((&list[0]["bytes"], &list[0]["kind"]), (&json!(321), &json!("image")));
    assert_eq!((&list[0]["tags"], &list[0]["posts"]), (&json!(["cup"]), &json!(0)));
    assert_eq!(list[1]["kind"], "video");
    let of = |args: &[&str]| desk.json(&[&["asset", "list"], args].concat()).len();
    assert_eq!((of(&["--kind", "video"]), of(&["--expiring"]), of(&["--unused"])), (1, 1, 2));
    desk.done(&["asset", "edit", "1", "--until", "never", "--alt", "A cup"]);
    let shown = desk.done(&["asset", "show", "1"]);
    assert!(shown.contains("A cup") && shown.contains("unused") && !shown.contains("ended"));
    desk.done(&["asset", "drop", "1"]);
    assert_eq!(of(&[]), 1);
    desk.done(&["undo"]);
    assert_eq!(of(&[]), 2);
    let journal = desk.json(&["journal"]);
    let told: Vec<_> = journal.iter().map(|e| (&e["what"], &e["about"])).collect();
    assert_eq!(told.last(), Some(&(&json!("asset drop"), &json!(1))));
    for (args, why) in [
        (["asset", "add", "/nowhere/x.png"].as_slice(), "cannot be read"),
        (&["asset", "show", "9"], "there is no asset 9"),
        (&["asset", "edit", "1"], "nothing to change"),
    ] {
        let ran = desk.run(args);
        assert!(ran.code != 0 && ran.err.contains(why), "{args:?}: {ran:?}");
    }
}

#[test]
fn topics_of_operators_stand_in_the_pool() {
    let desk = desk();
    let title = "their new loyalty card";
    desk.done(&["topics", "add", "--origin", "competitor", "--title", title]);
    desk.done(&["topics", "add", "--title", "cold brew", "--note", "this week"]);
    let topics = desk.json(&["topics"]);
    assert_eq!((&topics[0]["origin"], &topics[0]["score"]), (&json!("trend"), &json!(40)));
    assert_eq!(topics[0]["score_parts"]["fresh"], 30);
    assert_eq!((&topics[1]["text"], &topics[1]["times"]), (&json!(title), &json!(0)));
    let text = desk.done(&["topics"]);
    assert!(text.contains("40 (0+0+30+10)") && text.contains("competitor"), "{text}");
    desk.done(&["topics", "drop", "1"]);
    assert_eq!(desk.json(&["topics"]).len(), 1);
    desk.done(&["undo"]);
    assert_eq!(desk.json(&["topics"]).len(), 2);
    let begun = &desk.json(&["topics", "post", "2"])[0];
    assert_eq!((&begun["post"], &begun["topic"]), (&json!(1), &json!(2)));
    let of = |topics: &[Value], id: u64| -> Value {
        topics.iter().find(|t| t["topic"] == id).unwrap()["posts"].clone()
    };
    assert_eq!(of(&desk.json(&["topics"]), 2), json!([1]));
    let ran = desk.run(&["topics", "post", "9", "--channel", "shop"]);
    assert!(ran.err.contains("there is no topic 9"), "{ran:?}");
}
