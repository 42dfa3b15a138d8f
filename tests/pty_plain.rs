//! The plain mode end to end: a line is typed, sentences come, and nothing else.

mod shell;

use rstest::rstest;
use shell::pty::Tty;
use shell::{Desk, ago, busy_desk, comment, direct};

fn plain(desk: &Desk, term: &str, lang: &str) -> Tty {
    Tty::start(desk, &["--plain", "--as", "amy", "--lang", lang], &[("TERM", term)], 100, 60)
}

/// The number that the desk gave the conversation with this text.
fn number(desk: &Desk, text: &str) -> String {
    let rows = desk.json(&["list"]);
    let row = rows.iter().find(|r| r["text"].as_str().is_some_and(|t| t.contains(text)));
    row.expect("it is listed")["id"].to_string()
}

/// Nothing that steers a terminal but line ends, backspaces and the way back over a prompt.
fn only_text(bytes: &[u8]) {
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let stray = text.chars().find(|c| c.is_control() && !['\n', '\r', '\u{8}'].contains(c));
    assert_eq!(stray, None, "{text:?}");
}

#[rstest]
#[case("xterm-256color")]
#[case("dumb")]
fn a_shift_by_line(#[case] term: &str) {
    let desk = busy_desk();
    let urgent = number(&desk, "敏感肌");
    let mut amy = plain(&desk, term, "en");
    amy.see("3 comments are open");
    amy.keys("list\r");
    amy.see(&format!("{urgent}: comment by 阿May on weibo"));
    amy.see("due in 39 minutes, 230 likes");
    // The most urgent is the first.
    amy.keys("n\r");
    amy.see(&format!("{urgent}> "));
    amy.see("阿May wrote");
    amy.keys("c\r");
    amy.see(&format!("claim: {urgent}"));
    amy.keys("explain\r");
    amy.see("much liked");
    amy.keys("reply\rYes, it suits\rsensitive skin.\r.\r");
    amy.see(&format!("reply: {urgent}"));
    let messages = desk.json(&["show", &urgent])[0]["messages"].clone();
    assert_eq!(messages[1]["text"], "Yes, it suits\nsensitive skin.");
    assert_eq!(messages[1]["operator"], "amy");
    // With words, as on the command line.
    let other = number(&desk, "Germany");
    amy.keys(&format!("snooze {other} --until 2h\r"));
    amy.see(&format!("snooze: {other}"));
    amy.keys("undo\r");
    amy.see("taken back");
    amy.keys(&format!("label {other}\rvip\r"));
    amy.see(&format!("label: {other}"));
    amy.keys("list --filter label:vip\r");
    amy.see("do you ship to Germany?");
    amy.keys("resolve\r");
    amy.see(&format!("resolve: {urgent}"));
    amy.keys("language\r");
    amy.see("语言为中文。");
    amy.keys("list\r");
    amy.see("在 weibo 的评论");
    amy.keys("quit\r");
    let (code, bytes) = amy.end();
    assert_eq!(code, 0);
    only_text(&bytes);
}

#[test]
fn what_comes_in_waits_for_the_end_of_a_line() {
    let desk = busy_desk();
    let mut amy = plain(&desk, "dumb", "en");
    amy.see("3 comments are open");
    // Nothing is being typed: it is said at once.
    amy.keys("news on\r");
    amy.see("News is read out");
    desk.ingest(vec![comment("e", "Nora", "first of the news", 0, ago(1))]);
    amy.see("New: 5: comment by Nora");
    amy.keys("coun");
    amy.see("> coun");
    desk.ingest(vec![direct("f", "Omar", "second of the news", ago(1))]);
    // The desk knows of it, and amy's line is whole.
    amy.keys("ts\r");
    let screen = amy.see("second of the news");
    assert!(screen.contains("> counts"), "{screen}");
    amy.keys("news off\r");
    amy.see("News is kept back");
    desk.ingest(vec![comment("g", "Pia", "third of the news", 0, ago(1))]);
    amy.keys("list --filter text:third\r");
    let screen = amy.see("third of the news");
    assert!(!screen.contains("New: 7"), "{screen}");
    // Whatever is assigned to amy is said nevertheless.
    assert_eq!(desk.run(&["--as", "bo", "assign", "5", "--to", "amy"]).code, 0);
    amy.see("bo");
    amy.keys("\x04");
    let (code, bytes) = amy.end();
    assert_eq!(code, 0);
    only_text(&bytes);
}

#[test]
fn a_reply_that_was_overtaken_is_kept() {
    let desk = busy_desk();
    let urgent = number(&desk, "敏感肌");
    let mut amy = plain(&desk, "dumb", "en");
    amy.see("3 comments are open");
    amy.keys(&format!("{urgent}\r"));
    amy.see("阿May wrote");
    amy.keys("reply\rmy answer\r");
    amy.see("my answer");
    desk.ingest(vec![shell::answer_to("b", "h", "阿May", "never mind", ago(0))]);
    amy.keys(".\r");
    amy.see(&format!("Your text is kept as a draft of {urgent}."));
    amy.keys(&format!("{urgent}\r"));
    amy.see("Your draft: my answer");
    // A dot alone sends it.
    amy.keys("r\r.\r");
    amy.see(&format!("reply: {urgent}"));
    amy.keys("quit\r");
    assert_eq!(amy.end().0, 0);
}

#[test]
fn what_is_typed_is_taken_back_by_the_usual_keys_and_chinese_by_its_width() {
    let desk = busy_desk();
    let mut amy = plain(&desk, "dumb", "zh");
    amy.see("3 条评论待处理");
    amy.keys("中文\x7f\x7fnothing\x15counts\x7f\x7f\x7f\x7f\x7f\x7fzz\r");
    amy.see("没有 zz 这个命令");
    amy.keys("g\r");
    amy.see("之后可以是");
    amy.keys("gt\r");
    amy.see("选题池");
    amy.keys("\x03");
    amy.see("输入 quit 退出");
    amy.keys("\x1b[A\r");
    amy.keys("help\r");
    amy.see("输入 help 加命令名");
    amy.keys("help reply\r");
    amy.see("--because");
    amy.keys("q\r");
    let (code, bytes) = amy.end();
    assert_eq!(code, 0);
    only_text(&bytes);
}

/// Between two lines the terminal makes a signal of Ctrl-C.
#[test]
fn an_interrupt_gives_the_line_up_as_its_key_does() {
    let desk = busy_desk();
    let mut amy = plain(&desk, "dumb", "en");
    amy.see("3 comments are open");
    amy.keys("half a");
    amy.see("> half a");
    nix::sys::signal::kill(amy.pid(), nix::sys::signal::Signal::SIGINT).unwrap();
    amy.see("Type quit to leave.");
    amy.keys("quit\r");
    assert_eq!(amy.end().0, 0);
}

#[test]
fn verbs_say_sentences_too() {
    let desk = busy_desk();
    let urgent = number(&desk, "敏感肌");
    let list = desk.run(&["--plain", "list", "--limit", "1"]).out;
    assert!(list.starts_with(&format!("{urgent}: comment by 阿May on weibo")), "{list}");
    let show = desk.run(&["--plain", "show", &urgent]).out;
    assert!(show.contains("阿May wrote"), "{show}");
    // By the operator's settings, too.
    let folder = desk.home().join(".config/dutydesk");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "plain = true\n").unwrap();
    let again = desk.run(&["show", &urgent]).out;
    assert!(again.contains("阿May wrote"), "{again}");
}
