//! What the verbs say of texts: warnings about a reply that goes out, what a text is and why, what
//! operators have corrected.

mod shell;

use serde_json::Value;
use shell::{Desk, ago, comment};

#[test]
fn a_reply_that_goes_out_is_warned_about() {
    let desk = Desk::new();
    let at = ago(60);
    desk.ingest(vec![
        comment("1", "cat", "hello", 0, at),
        comment("2", "dog", "hello", 0, at),
        comment("3", "owl", "hello", 0, at),
    ]);
    let ran = desk.run(&["reply", "1", "2", "--text", "我们的独家配方，请放心"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("1, 2") && ran.err.contains("独家配方"), "{ran:?}");
    // Why, and what to write instead.
    assert!(ran.err.contains("\"配方\"") && ran.err.contains("[first:独家配方]"), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1);

    let ran = desk.run(&["reply", "3", "--text", "我们的独家配方，请放心", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    let warned = &said["warned"][0];
    assert_eq!((&warned["ids"][0], &warned["text"]), (&3.into(), &"独家配方".into()));
    assert_eq!((&warned["level"], &warned["kind"]), (&"warn".into(), &"first".into()));
    assert_eq!(warned["instead"], "配方");
    assert!(warned["reason"].as_str().is_some_and(|why| !why.is_empty()));
}

#[test]
fn a_reply_without_fault_is_not() {
    let desk = Desk::new();
    desk.ingest(vec![comment("1", "cat", "hello", 0, ago(60))]);
    let said = desk.json(&["reply", "1", "--text", "已发货，请留意"]);
    assert_eq!(said[0]["warned"], Value::Null);
}

const TEXT: &str = "本店新到一批蓝色搪瓷缸子欢迎围观";

#[test]
fn a_text_is_judged_by_what_the_desk_has_learned() {
    let desk = Desk::new();
    // Nobody is there to ask, and nobody is started for it.
    let tried = &desk.json(&["classify", "--text", TEXT])[0];
    assert_eq!(tried["corrections"], Value::Null);
    assert_ne!(tried["class"]["intent"], "spam");
    assert!(!desk.folder().join("db").exists());
    assert!(desk.done(&["classify", "--text", TEXT]).contains("no desk was there"));

    desk.ingest(vec![comment("1", "cat", TEXT, 0, ago(60))]);
    assert!(desk.done(&["classify", "--corrections"]).contains("nothing has been corrected"));
    desk.done(&["classify", "1", "spam", "--as", "amy"]);
    let tried = &desk.json(&["classify", "--text", TEXT])[0];
    assert_eq!((&tried["corrections"], &tried["class"]["intent"]), (&1.into(), &"spam".into()));
    assert!(desk.done(&["classify", "--text", TEXT]).contains("1 corrections of the desk"));

    let file = desk.home().join("labelled.csv");
    std::fs::write(&file, format!("text,label\n{TEXT},spam\n")).unwrap();
    let measured = desk.json(&["classify", "--eval", file.to_str().unwrap()]);
    let spam = measured.iter().find(|line| line["class"] == "spam").unwrap();
    assert_eq!((&spam["recall"], &spam["corrections"]), (&1.0.into(), &1.into()));

    let listed = desk.json(&["classify", "--corrections"]);
    assert_eq!(listed.len(), 1);
    let line = &listed[0];
    assert_eq!((&line["by"], &line["id"], &line["text"]), (&"amy".into(), &1.into(), &TEXT.into()));
    assert_eq!(line["to"]["intent"], "spam");
    assert_ne!(line["from"]["intent"], "spam");
    assert!(line["at"].as_str().is_some_and(|at| at.contains('T')));
    let page = desk.done(&["classify", "--corrections", "--lang", "zh"]);
    assert!(page.contains("amy") && page.contains("#1") && page.contains('→'), "{page}");
}
