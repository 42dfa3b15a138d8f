//! Suggested answers, with a program that is a few lines of shell: what it is told, what becomes of
//! what it writes, and that nothing is ever sent.

mod shell;

use rstest::rstest;
use serde_json::{Value, json};
use shell::pty::Tty;
use shell::{Desk, ago, comment, direct};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// A desk whose suggestions come from this script; the script's folder is `$D`.
fn desk(script: &str, more: &str) -> Desk {
    let desk = Desk::new();
    let file = desk.home().join("suggest");
    let script = format!("#!/bin/sh\nD={}\n{script}\n", desk.home().display());
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let settings = format!(
        "identity = \"declared\"\n[drafting]\ncommand = [{:?}]\n{more}\n",
        file.to_str().unwrap()
    );
    std::fs::write(desk.folder().join("desk.toml"), settings).unwrap();
    desk.ingest(vec![
        direct("a", "林女士", "我是林女士，电话 13800138000，邮箱lin@qq.com", ago(9)),
        direct("b", "林女士", "身份证11010519491231002X，请回复 @云岭咖啡", ago(8)),
        comment("c", "kai", "do you ship to Germany?", 0, ago(5)),
    ]);
    desk
}

fn id_of(desk: &Desk, author: &str) -> String {
    desk.json(&["list", "--filter", &format!("author:{author}")])[0]["id"].to_string()
}

#[test]
fn suggestions_come_and_nothing_is_sent() {
    let desk = desk(
        r#"cat > $D/told.json; env > $D/env
        printf '{"suggestions": ["Yes, we do.\\nSee you!", "   ", "\\u001b[31mNot yet."]}'"#,
        "",
    );
    let id = id_of(&desk, "kai");
    let before = desk.done(&["show", &id, "--json"]);
    let out = desk.done(&["suggest", &id]);
    assert_eq!(out, "1  Yes, we do.\n   See you!\n2  Not yet.\n");
    let lines = desk.json(&["suggest", &id]);
    assert_eq!(lines[0], json!({"text": "Yes, we do.\nSee you!"}));
    assert_eq!(lines.len(), 2);
    assert_eq!(desk.done(&["show", &id, "--json"]), before);

    let env = std::fs::read_to_string(desk.home().join("env")).unwrap();
    assert!(!env.contains("DUTYDESK_"), "{env}");
    let ran = desk.run(&["suggest", "999"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("no conversation 999"), "{ran:?}");
}

#[test]
fn the_program_is_told_no_personal_data_and_no_notes() {
    let desk = desk("cat > $D/told.json; echo '[]'", "");
    let id = id_of(&desk, "林女士");
    desk.done(&["--as", "amy", "note", &id, "--text", "private: she is a friend of Bo"]);
    // The lint warns of the number; the reply is the operator's own.
    let reply = ["--as", "amy", "reply", &id, "--text", "林女士您好，我们打 13800138000"];
    assert_eq!(desk.run(&reply).code, 0);
    assert_eq!(desk.done(&["suggest", &id]), "no suggestions\n");
    let text = std::fs::read_to_string(desk.home().join("told.json")).unwrap();
    for secret in ["林女士", "13800138000", "lin@", "1101051949", "云岭", "amy", "private"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["conversation"]["id"].to_string(), id);
    assert_eq!(told["conversation"]["platform"], "weibo");
    assert_eq!(told["conversation"]["queue"], "messages");
    let messages = told["messages"].as_array().unwrap();
    let froms: Vec<&Value> = messages.iter().map(|m| &m["from"]).collect();
    assert_eq!(froms, ["customer", "customer", "us"]);
    assert_eq!(messages[0]["text"], "我是[name]，电话 [phone]，邮箱[email]");
    assert_eq!(messages[1]["text"], "身份证[id]，请回复 [handle]");
    assert_eq!(messages[2]["text"], "[name]您好，我们打 [phone]");
    assert_eq!(messages[0]["name"], "customer");
    assert!(messages[0]["at"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn the_owner_may_let_personal_data_through() {
    let desk = desk("cat > $D/told.json; echo '[]'", "personal_data = true");
    let id = id_of(&desk, "林女士");
    desk.done(&["suggest", &id]);
    let told = std::fs::read_to_string(desk.home().join("told.json")).unwrap();
    assert!(told.contains("林女士") && told.contains("13800138000"), "{told}");
}

#[rstest]
#[case::garbage("echo 'Sure! Here are some:'", "wrote no JSON")]
#[case::nothing("exit 0", "wrote no JSON")]
#[case::shape("echo '{\"text\": 1}'", "no list of texts")]
#[case::many(
    "echo '[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]'",
    "gave 6 suggestions, and 5 is the most"
)]
#[case::failed("echo 'no model loaded' >&2; exit 3", "exit status: 3: no model loaded")]
#[case::long("exec yes", "more than 65536 bytes")]
fn what_cannot_be_used_says_why(#[case] script: &str, #[case] said: &str) {
    let desk = desk(script, "");
    let ran = desk.run(&["suggest", "1"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains(said) && ran.err.contains("docs/drafting.md"), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
}

#[test]
fn one_that_takes_too_long_is_ended_with_all_it_started() {
    let desk = desk("sleep 600 & echo $! > $D/child; wait", "timeout = \"1s\"");
    let ran = desk.run(&["suggest", "1"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("longer than 1s"), "{ran:?}");
    let child = std::fs::read_to_string(desk.home().join("child")).unwrap();
    let stat = format!("/proc/{}/stat", child.trim());
    let end = Instant::now() + Duration::from_secs(10);
    // Gone, or waiting to be buried by whoever adopts orphans here.
    let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    while lives() {
        assert!(Instant::now() < end, "it still runs");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_program_that_is_not_there_is_named_as_such() {
    let desk = desk("", "");
    std::fs::remove_file(desk.home().join("suggest")).unwrap();
    let ran = desk.run(&["suggest", "1"]);
    assert!(ran.code == 1 && ran.err.contains("could not be started"), "{ran:?}");
}

#[test]
fn without_a_program_it_is_off() {
    let desk = Desk::new();
    desk.ingest(vec![comment("a", "kai", "hello?", 0, ago(1))]);
    let ran = desk.run(&["suggest", "1"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("[drafting] in desk.toml"), "{ran:?}");
}

#[test]
fn no_more_than_two_run_at_once_and_the_daemon_serves_on() {
    let desk = desk(
        "n=$(ls $D/runs | wc -l); echo $n >> $D/most; touch $D/runs/$$; sleep 0.4; rm $D/runs/$$; echo '[\"x\"]'",
        "",
    );
    std::fs::create_dir(desk.home().join("runs")).unwrap();
    let asked: Vec<_> = (0..5)
        .map(|_| {
            let mut verb = desk.command(&["suggest", "1"]);
            verb.stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let began = Instant::now();
    desk.done(&["list"]);
    assert!(began.elapsed() < Duration::from_secs(5));
    for one in asked {
        assert_eq!(one.wait_with_output().unwrap().stdout, b"1  x\n");
    }
    let most = std::fs::read_to_string(desk.home().join("most")).unwrap();
    // Each counts those that ran when it began.
    assert!(most.lines().all(|n| n.trim().parse::<u32>().unwrap() < 2), "{most}");
}

#[test]
fn in_the_cockpit_a_chosen_one_is_put_in_and_waits_for_its_sender() {
    let desk = desk("echo '[\"Yes, to all of Europe.\", \"Not yet.\"]'", "");
    let id = id_of(&desk, "kai");
    let mut tty = Tty::cockpit(&desk, "amy", 100, 40);
    tty.see("do you ship");
    tty.keys("z?");
    tty.see("Put into your answer");
    tty.see("Not yet.");
    tty.keys("1");
    tty.see_gone("Put into your answer");
    tty.see("Yes, to all of Europe.");
    // What is written stays, and the next one goes where the caret is.
    tty.keys(" ok");
    tty.see("Europe. ok");
    tty.keys("\x14");
    tty.see("Put into your answer");
    tty.keys("2");
    tty.see_gone("Put into your answer");
    let screen = tty.see("Not yet.");
    assert!(screen.contains("Europe. ok"), "{screen}");
    assert_eq!(desk.json(&["show", &id])[0]["messages"].as_array().unwrap().len(), 1);
    tty.keys("\x07");
    tty.wait("reply", |_| desk.json(&["show", &id])[0]["messages"].as_array().unwrap().len() == 2);
    let shown = desk.json(&["show", &id]).remove(0);
    assert_eq!(shown["messages"][1]["text"], "Yes, to all of Europe. ok\nNot yet.");
    tty.keys("q");
}
