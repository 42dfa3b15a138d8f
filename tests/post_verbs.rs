//! The verbs for what is published, against the real program: a post from its file to the file of its
//! channel, edited in an editor, reviewed by somebody else, recalled, shown in the calendar.

mod shell;

use rstest::rstest;
use serde_json::Value;
use shell::Desk;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

const CHANNELS: &str = r#"
[[channel]]
id = "shop"
platform = "weibo"
connector = "file"
slots = ["daily 10:00", "daily 20:00"]
per_day = "1-3"
quiet = ["23:00-07:00"]
[channel.posting]
hold = "0s"
review = ["compliance", "tone"]
[[channel]]
id = "blog"
platform = "xiaohongshu"
[channel.posting]
review = []
hold = "0s"
"#;

const FILE: &str = r#"+++
idea = "挂耳新品"
+++

## shop
+++
title = "上新"
funnel = "awareness"
tags = ["咖啡"]
+++

新品上线。

## 不是渠道

## blog
+++
+++
Nothing but words
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::write(desk.folder().join("channels.toml"), CHANNELS).unwrap();
    desk
}

fn file(desk: &Desk, text: &str) -> String {
    let path = desk.home().join("post.md");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn variant(desk: &Desk, name: &str) -> Value {
    desk.json(&["post", "show", name]).remove(0)["variants"][0].clone()
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

#[test]
fn a_post_goes_from_its_file_to_its_channel() {
    let desk = desk();
    let path = file(&desk, FILE);
    let begun = desk.json(&["post", "new", "--file", &path]).remove(0);
    assert_eq!(begun["posts"], serde_json::json!(["1.1", "1.2"]));
    // What the platform wants is told.
    let blog = variant(&desk, "1.2");
    assert_eq!((&blog["state"], &blog["checks"][0]["check"]), (&"draft".into(), &"lacks".into()));
    // Its file says what it was made of, and changes nothing.
    let printed = desk.done(&["post", "show", "1", "--markdown"]);
    assert!(printed.contains("新品上线。\n\n## 不是渠道\n"), "{printed}");
    let same = desk.fed(&["post", "edit", "1", "--file", "-"], &printed);
    assert_eq!((same.code, same.out.as_str()), (0, "nothing is changed\n"), "{same:?}");
    // One step by one person, the other by another.
    desk.done(&["post", "submit", "1.1"]);
    desk.done(&["--as", "bo", "post", "approve", "1.1", "--step", "compliance"]);
    assert_eq!(variant(&desk, "1.1")["state"], "in-review");
    let back = ["post", "reject", "1.1", "--step", "tone", "--why", "too cold", "--place", "上线"];
    desk.done(&back);
    let shown = desk.done(&["post", "show", "1.1"]);
    assert!(shown.contains("to be mended"), "{shown}");
    assert!(shown.contains("too cold") && shown.contains("上线"), "{shown}");
    let warmer = printed.replace("新品上线。", "新品上线，来尝尝吧。");
    let edited = desk.fed(&["post", "edit", "1", "--file", "-"], &warmer);
    assert_eq!((edited.code, edited.out.as_str()), (0, "post edit: 1.1\n"), "{edited:?}");
    // A file that was made of what is no longer there does not overwrite it.
    let other = printed.replace("新品上线。", "旧文件。");
    let refused = desk.fed(&["post", "edit", "1", "--file", "-"], &other);
    assert_eq!(refused.code, 1, "{refused:?}");
    desk.done(&["post", "submit", "1.1"]);
    desk.done(&["--as", "bo", "post", "approve", "1"]);
    let listed = desk.json(&["post", "list", "--state", "approved", "--channel", "shop"]);
    assert_eq!(listed[0]["variants"][0]["variant"], "1.1");
    // In the calendar, and out of it again.
    desk.done(&["post", "schedule", "1.1", "--next"]);
    let slots = desk.json(&["calendar", "--days", "3", "--channel", "shop"]);
    let mine = slots.iter().find(|line| line["variant"] == "1.1").expect("it is there");
    assert_eq!((&mine["title"], &mine["funnel"]), (&"上新".into(), &"awareness".into()));
    let matrix = desk.json(&["calendar", "--matrix", "--days", "3"]).remove(0);
    assert_eq!(matrix["matrix"]["awareness"]["shop"], 1);
    desk.done(&["post", "recall", "1.1"]);
    assert_eq!(variant(&desk, "1.1")["state"], "recalled");
    // Out.
    let soon = desk.run(&["post", "schedule", "1.1", "1s"]);
    assert_eq!(soon.code, 0, "{soon:?}");
    until(|| variant(&desk, "1.1")["state"] == "published");
    let out = std::fs::read_to_string(desk.folder().join("channels/shop/out.ndjson")).unwrap();
    assert_eq!(out.matches("新品上线，来尝尝吧。").count(), 1, "{out}");
}

#[test]
fn what_a_person_posts_is_marked_as_published() {
    let desk = desk();
    let one = ["post", "new", "--idea", "x", "--channel", "blog", "--text", "hi", "--submit"];
    let now = [&one[..], &["--at", "1s"]].concat();
    let done = desk.run(&now);
    assert_eq!(done.code, 0, "{done:?}");
    until(|| variant(&desk, "1.1")["state"] == "publishing");
    desk.done(&["post", "published", "1", "--url", "https://a.example/1"]);
    let shown = variant(&desk, "1.1");
    assert_eq!(
        (&shown["state"], &shown["url"]),
        (&"published".into(), &"https://a.example/1".into())
    );
}

#[test]
fn a_draft_takes_its_time_when_it_is_approved() {
    let desk = desk();
    let new = ["post", "new", "--idea", "x", "--channel", "shop", "--text", "hi", "--at", "2h"];
    let told = desk.run(&new);
    assert_eq!(told.code, 0, "{told:?}");
    let draft = variant(&desk, "1.1");
    assert_eq!(draft["state"], "draft");
    assert_ne!(draft["at"], Value::Null);
    desk.done(&["post", "submit", "1"]);
    desk.done(&["post", "approve", "1"]);
    assert_eq!(variant(&desk, "1.1")["state"], "scheduled");
}

/// An editor that does this to the file.
fn edit(desk: &Desk, script: &str, id: &str) -> shell::Ran {
    let editor = format!("sh -c '{script}' sh");
    let mut command = desk.command(&["post", "edit", id]);
    command.env("EDITOR", editor).env("XDG_RUNTIME_DIR", desk.home());
    shell::ran(command.output().unwrap())
}

/// Folders that an editor was given and that are still there.
fn left_behind(desk: &Desk) -> Vec<PathBuf> {
    let all = std::fs::read_dir(desk.home()).unwrap();
    let folders = all.map(|entry| entry.unwrap().path());
    folders.filter(|path| path.display().to_string().contains("dutydesk-")).collect()
}

#[test]
fn an_editor_gets_a_private_file_that_goes_again() {
    let desk = desk();
    desk.done(&["post", "new", "--idea", "x", "--channel", "shop", "--text", "hello"]);
    let edited = edit(&desk, "stat -c %a \"$1\" >&2; sed -i s/hello/goodbye/ \"$1\"", "1.1");
    assert_eq!((edited.code, edited.err.as_str()), (0, "600\n"), "{edited:?}");
    assert_eq!(variant(&desk, "1.1")["text"], "goodbye");
    assert!(left_behind(&desk).is_empty());
    let same = edit(&desk, "true", "1");
    assert_eq!((same.code, same.out.as_str()), (0, "nothing is changed\n"));
    // A file with a mistake is kept, for its text is somebody's work.
    let wrong = edit(&desk, "sed -i s/image-text/essay/ \"$1\"", "1");
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.err.contains("post-1.md:10: form: \"essay\""), "{wrong:?}");
    let kept = left_behind(&desk).remove(0).join("post-1.md");
    assert!(wrong.err.contains(kept.to_str().unwrap()), "{wrong:?}");
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    let mended = std::fs::read_to_string(&kept).unwrap().replace("essay", "short-video");
    std::fs::write(&kept, mended).unwrap();
    desk.done(&["post", "edit", "1", "--file", kept.to_str().unwrap()]);
    assert_eq!(variant(&desk, "1.1")["form"], "short-video");
}

#[rstest]
#[case(&["post", "new", "--idea", "x"], 2, "name a channel")]
#[case(&["post", "new", "--idea", "x", "--channel", "shop", "--text", "a", "--at", "soonish"], 2, "is no moment")]
#[case(&["post", "new", "--file", "not-there.md"], 4, "not-there.md cannot be read")]
#[case(&["post", "show", "7"], 1, "there is no post 7")]
#[case(&["post", "edit", "7", "--file", "/dev/null"], 2, "/dev/null:1: there is no front matter")]
#[case(&["post", "show", "1.9"], 1, "post 1 has no variant 9")]
#[case(&["post", "drop", "1"], 2, "name one of 1.1 (shop), 1.2 (blog)")]
#[case(&["post", "approve", "1"], 1, "draft")]
#[case(&["post", "show", "one"], 2, "is no post")]
#[case(&["calendar", "--from", "tomorrow"], 2, "is no day")]
fn what_cannot_be_done_is_told(#[case] line: &[&str], #[case] code: i32, #[case] says: &str) {
    let desk = desk();
    desk.done(&["post", "new", "--file", &file(&desk, FILE)]);
    let ran = desk.run(line);
    assert_eq!(ran.code, code, "{ran:?}");
    assert!(ran.err.contains(says), "{ran:?}");
    assert_eq!(ran.out, "");
}

#[test]
fn rules_are_read_again_with_the_file_of_channels() {
    let desk = desk();
    desk.done(&["post", "new", "--idea", "x", "--channel", "shop", "--text", "hi"]);
    desk.done(&["calendar", "--days", "1"]);
    let none = CHANNELS.replace("[\"compliance\", \"tone\"]", "[]").replace("per_day", "# per_day");
    std::fs::write(desk.folder().join("channels.toml"), none).unwrap();
    // Any of these verbs reads the file anew.
    desk.done(&["channel", "pause", "shop"]);
    desk.done(&["post", "submit", "1"]);
    assert_eq!(variant(&desk, "1.1")["state"], "approved");
    let told = desk.json(&["calendar", "--cadence", "--channel", "shop"]).remove(0);
    assert_eq!(told["review"]["value"], serde_json::json!([]));
    assert_eq!(told["per_day"]["from"], "nowhere");
}
