//! Channels from the command line: added, tested, paused, removed, with a connector of somebody
//! else's, and what must never be shown.

mod shell;

use rstest::rstest;
use serde_json::{Value, json};
use shell::pty::Tty;
use shell::{Desk, ran};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Speaks the protocol with nothing but a shell: greets, says that it sees, answers a test, and
/// says every secret it was given aloud, which the desk must not pass on.
const CONNECTOR: &str = r#"
read -r start
printf '%s\n' "$start" > start.json
echo '{"type":"hello","protocol":1,"name":"toy","account":"@toy","can":{"comments":true,"reply":true,"guard":"lookup","limit":{"graphemes":140}}}'
echo "{\"type\":\"status\",\"polled\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"}"
printf '%s\n' "$start" | sed -n 's/.*"password":"\([^"]*\)".*/I was told \1/p' >&2
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in
    *'"do":"check"'*) echo "{\"type\":\"ack\",\"id\":$id,\"note\":\"looks good from here\"}";;
  esac
done
"#;

fn script(desk: &Desk, text: &str) -> PathBuf {
    let file = desk.home().join("toy.sh");
    std::fs::write(&file, text).unwrap();
    file
}

fn added(desk: &Desk, name: &str) -> String {
    let toy = script(desk, CONNECTOR);
    let toy = toy.to_str().unwrap();
    let args = ["channel", "add", name, "--platform", "zhihu", "--set", "pages=3"];
    let ran = desk.fed(
        &[&args[..], &["--secret", "password=-", "--command", "sh", toy]].concat(),
        "hunter2\n",
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    ran.out
}

fn listed(desk: &Desk, name: &str) -> Value {
    desk.json(&["channel", "list", name]).remove(0)
}

/// Waits until the channel is as wanted.
fn until(desk: &Desk, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let row = listed(desk, name);
        if wanted(&row) {
            return row;
        }
        assert!(Instant::now() < end, "{row:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_connector_of_ones_own_is_added_tested_paused_and_removed() {
    let desk = Desk::new();
    let out = added(&desk, "toy");
    assert!(out.starts_with("toy: added\ntoy: looks good from here\n"), "{out}");
    for said in ["@toy", "comments come in, answers go out", "at most 140 characters"] {
        assert!(out.contains(said), "{out}");
    }
    let row = until(&desk, "toy", |row| row["phase"] == "live");
    assert_eq!((&row["connector"], &row["platform"]), (&json!("command"), &json!("zhihu")));
    assert_eq!((&row["account"], &row["waiting"]), (&json!("@toy"), &json!(0)));
    assert!(row["polled_at"].is_string() && row["can"]["reply"] == true, "{row}");
    assert_eq!(row.get("log"), None);
    let start = desk.folder().join("channels/toy/start.json");
    let start: Value = serde_json::from_str(&std::fs::read_to_string(start).unwrap()).unwrap();
    assert_eq!(start["settings"], json!({"pages": 3}));
    assert_eq!(start["secrets"], json!({"password": "hunter2"}));

    let table = desk.done(&["channel", "list"]);
    assert!(table.starts_with("channel  connector"), "{table}");
    assert!(table.contains("toy") && table.contains("live"), "{table}");
    assert_eq!(desk.json(&["channel", "test", "toy"])[0]["found"], "looks good from here");

    assert!(desk.done(&["channel", "pause", "toy"]).contains("paused"));
    assert_eq!(listed(&desk, "toy")["phase"], "paused");
    let ran = desk.run(&["channel", "test", "toy"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("paused"), "{ran:?}");
    desk.done(&["channel", "resume", "toy"]);
    until(&desk, "toy", |row| row["phase"] == "live");

    let ran = desk.run(&["channel", "remove", "toy"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("--yes"), "{ran:?}");
    assert!(desk.done(&["channel", "remove", "toy", "--yes"]).contains("secrets deleted"));
    assert_eq!(desk.json(&["channel", "list"]).len(), 0);
    assert!(desk.done(&["channel", "list"]).contains("no channels yet"));
    for verb in ["test", "pause", "resume"] {
        let ran = desk.run(&["channel", verb, "toy"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("there is no channel toy"), "{ran:?}");
    }
    let ran = desk.run(&["channel", "remove", "toy", "--yes"]);
    assert!(ran.err.contains("there is no channel toy"), "{ran:?}");
}

#[test]
fn secrets_lie_in_one_closed_file_and_are_shown_nowhere() {
    let desk = Desk::new();
    added(&desk, "toy");
    let secrets = desk.folder().join("secrets.toml");
    let mode = std::fs::metadata(&secrets).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(std::fs::read_to_string(&secrets).unwrap().contains("hunter2"));
    assert!(
        !std::fs::read_to_string(desk.folder().join("channels.toml")).unwrap().contains("hunter2")
    );

    let log = until_log(&desk, "I was told");
    assert!(log.contains("I was told ***"), "{log}");
    for args in [&["channel", "list", "--log"][..], &["channel", "list", "--log", "--json"]] {
        assert!(!desk.done(args).contains("hunter2"));
    }
    let daemon = std::fs::read_to_string(desk.folder().join("daemon.log")).unwrap();
    assert!(!daemon.contains("hunter2"), "{daemon}");
    assert!(!desk.done(&["export", "-"]).contains("hunter2"));
    assert!(!desk.done(&["journal", "--json"]).contains("hunter2"));

    // A new one takes the place of the old one, and the connector starts with it.
    let ran = desk.fed(&["channel", "add", "toy", "--secret", "password=-"], "correct horse\n");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(ran.out.starts_with("toy: changed\n"), "{ran:?}");
    let start = std::fs::read_to_string(desk.folder().join("channels/toy/start.json")).unwrap();
    assert!(start.contains("correct horse") && start.contains("\"pages\":3"), "{start}");
    desk.done(&["channel", "remove", "toy", "--yes"]);
    assert_eq!(std::fs::read_to_string(&secrets).unwrap(), "");
}

fn until_log(desk: &Desk, wanted: &str) -> String {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let log = desk.done(&["channel", "list", "toy", "--log"]);
        if log.contains(wanted) || Instant::now() > end {
            return log;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[rstest]
#[case::plain(&["--secret", "app_secret=hunter2"], "can be seen by everybody")]
#[case::bare(&["--secret", "hunter2"], "KEY=@FILE")]
#[case::no_file(&["--secret", "token=@/nowhere/at-all"], "/nowhere/at-all")]
#[case::no_variable(&["--secret", "token=env:NOT_SET_HERE"], "it is not set")]
#[case::as_setting(&["--set", "app_secret=hunter2"], "is a secret")]
#[case::setting_as_secret(&["--secret", "app_id=-"], "no secret of wechat")]
#[case::no_value(&["--set", "app_id"], "KEY=VALUE")]
fn a_secret_goes_no_wrong_way(#[case] args: &[&str], #[case] said: &str) {
    let desk = Desk::new();
    let all = ["channel", "add", "wx", "--connector", "wechat"];
    let rest = ["--set", "app_id=wx1", "--secret", "app_secret=-", "--secret", "token=-"];
    let whole = if said.contains("nowhere") || said.contains("not set") {
        [&all[..], &["--set", "app_id=wx1", "--secret", "app_secret=-"], args].concat()
    } else {
        [&all[..], &rest, args].concat()
    };
    let ran = desk.fed(&whole, "a\nb\nc\n");
    assert!(ran.code == 2 || ran.code == 4, "{ran:?}");
    assert!(ran.err.contains(said), "{ran:?}");
    assert!(!ran.err.contains("hunter2") && ran.out.is_empty(), "{ran:?}");
    assert_eq!(desk.json(&["channel", "list"]).len(), 0);
}

#[rstest]
#[case::nothing(&[], "missing: NAME, --connector;")]
#[case::settings(
    &["wx", "--connector", "wechat"],
    "missing: --set app_id=..., --secret app_secret=..., --secret token=...;"
)]
#[case::platform(&["shop", "--connector", "manual"], "missing: --platform;")]
#[case::command(&["shop", "--connector", "command", "--platform", "x"], "missing: --command;")]
#[case::closed(&["xhs", "--connector", "xiaohongshu"], "there is no open interface to xiaohongshu")]
#[case::approval(&["wb", "--connector", "微博"], "--connector manual --platform weibo")]
#[case::unknown(&["x", "--connector", "friendster"], "is no connector; there are bluesky")]
#[case::both(&["x", "--connector", "wechat", "--command", "sh"], "--command is for")]
fn what_is_missing_is_named_whole(#[case] args: &[&str], #[case] said: &str) {
    let desk = Desk::new();
    let ran = desk.run(&[&["channel", "add"], args].concat());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains(said), "{ran:?}");
}

#[test]
fn a_channel_that_people_work_by_hand_needs_no_test() {
    let desk = Desk::new();
    let args = ["channel", "add", "xhs", "--connector", "manual", "--platform", "xiaohongshu"];
    let out = desk.done(&[&args[..], &["--title", "小红书"]].concat());
    assert_eq!(out, "xhs: added\n");
    let row = listed(&desk, "xhs");
    assert_eq!((&row["phase"], &row["title"]), (&json!("by-hand"), &json!("小红书")));
    assert_eq!((&row["connector"], &row["can"]), (&json!("manual"), &Value::Null));
    desk.done(&["channel", "remove", "xhs", "--yes"]);
    assert_eq!(desk.json(&["channel", "list"]).len(), 0);
}

#[test]
fn a_test_that_fails_says_why_and_leaves_the_channel() {
    let desk = Desk::new();
    let toy = script(&desk, "echo no such luck >&2\nexit 3\n");
    let args = ["channel", "add", "toy", "--platform", "x", "--command", "sh"];
    let ran = desk.run(&[&args[..], &[toy.to_str().unwrap()]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("toy was added, but its test failed"), "{ran:?}");
    assert!(ran.out.contains("no such luck"), "{ran:?}");
    let row = until(&desk, "toy", |row| row["phase"] == "blind");
    assert!(row["trouble"].as_str().unwrap().contains('3'), "{row}");

    // A program that is not there is told at once too.
    let ran = desk.run(&["channel", "add", "gone", "--platform", "x", "--command", "/no/such"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("No such file"), "{ran:?}");
}

#[test]
fn a_mistake_in_the_file_is_told_and_nothing_is_changed() {
    let desk = Desk::new();
    desk.done(&["list"]);
    let file = desk.folder().join("channels.toml");
    let broken = "# Ours.\n[[channel]]\nid = \"a\"\nplatform = \"x\"\nconector = \"manual\"\n";
    std::fs::write(&file, broken).unwrap();
    let args = ["channel", "add", "b", "--connector", "manual", "--platform", "y"];
    let ran = desk.run(&args);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("channels.toml:5") && ran.err.contains("conector"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), broken);
    std::fs::write(&file, broken.replace("conector", "connector")).unwrap();
    desk.done(&args);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# Ours.\n[[channel]]\nid = \"a\""), "{text}");
    assert_eq!(desk.json(&["channel", "list"]).len(), 2);
}

#[test]
fn a_setting_that_nobody_asks_for_is_told() {
    let desk = Desk::new();
    // The platform is not asked: nothing listens there.
    let args = ["channel", "add", "md", "--connector", "mastodon", "--set", "visibillity=public"];
    let rest = ["--set", "server=http://127.0.0.1:9", "--secret", "token=env:TOKEN"];
    let output =
        desk.command(&[&args[..], &rest].concat()).env("TOKEN", "hunter2").output().unwrap();
    let ran = ran(output);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("mastodon does not ask for visibillity"), "{ran:?}");
    assert!(ran.err.contains("md was added, but its test failed"), "{ran:?}");
    assert!(!ran.err.contains("hunter2") && !ran.out.contains("hunter2"), "{ran:?}");
}

#[test]
fn somebody_at_a_terminal_is_asked_and_their_password_is_not_shown() {
    let desk = Desk::new();
    let mut tty = Tty::start(&desk, &["channel", "add"], &[], 100, 50);
    tty.see("What is to be connected?");
    tty.see("a WeChat Official Account");
    tty.see("--connector:");
    tty.keys("zhihu\r");
    tty.see("there is no open interface to zhihu");
    tty.keys("wechat\r");
    tty.see("What the platform allows, and what not:");
    tty.see("48 hours");
    tty.see("NAME [wechat]:");
    tty.keys("\r");
    tty.see("--title:");
    tty.keys("微信\r");
    tty.see("app_id:");
    tty.keys("wx1\r");
    tty.see("app_secret (is not shown):");
    tty.keys("hunterX\x7f2\r");
    tty.see("token (is not shown):");
    tty.keys("\r");
    tty.see("it cannot be left empty");
    tty.keys("tok123\r");
    tty.see("encoding_aes_key (is not shown):");
    tty.keys("\r");
    tty.see("listen [127.0.0.1:8787]:");
    tty.keys("127.0.0.1:0\r");
    tty.see("path [/]:");
    tty.keys("\r");
    tty.see("comments [yes]:");
    tty.keys("no\r");
    tty.see("cover_media_id:");
    tty.keys("\r");
    tty.see("server [");
    // Nothing answers there.
    tty.keys("http://127.0.0.1:9\r");
    tty.see("wechat: added");
    tty.see("its test failed");
    let (code, bytes) = tty.end();
    assert_eq!(code, 1);
    let all = String::from_utf8_lossy(&bytes);
    assert!(!all.contains("hunter") && !all.contains("tok123"), "{all}");
    let text = std::fs::read_to_string(desk.folder().join("channels.toml")).unwrap();
    for there in ["app_id = \"wx1\"", "title = \"微信\"", "comments = \"no\""] {
        assert!(text.contains(there), "{text}");
    }
    assert!(!text.contains("cover_media_id") && !text.contains("path"), "{text}");
    let secrets = std::fs::read_to_string(desk.folder().join("secrets.toml")).unwrap();
    assert!(secrets.contains("app_secret = \"hunter2\""), "{secrets}");
    assert!(secrets.contains("token = \"tok123\"") && !secrets.contains("aes"), "{secrets}");

    let mut tty = Tty::start(&desk, &["channel", "remove", "wechat"], &[], 100, 50);
    tty.see("Remove wechat?");
    tty.keys("n\r");
    tty.see("was not removed");
    assert_eq!(tty.end().0, 1);
    let mut tty = Tty::start(&desk, &["channel", "remove", "wechat"], &[], 100, 50);
    tty.see("Remove wechat?");
    tty.keys("y\r");
    tty.see("its secrets deleted");
    assert_eq!(tty.end().0, 0);
}

#[test]
fn ctrl_c_at_a_password_gives_the_terminal_back() {
    let desk = Desk::new();
    // A shell that outlives it tells how the terminal is.
    let run = format!(
        "trap : INT; {} channel add wx --connector wechat --title x --set app_id=1; echo over; stty -a",
        shell::PROGRAM
    );
    let mut tty = Tty::start_other(&desk, "sh".as_ref(), &["-c", &run], &[], 120, 50);
    tty.see("app_secret (is not shown):");
    tty.keys("hunter2\x03");
    let (_, bytes) = tty.end();
    let all = String::from_utf8_lossy(&bytes);
    assert!(!all.contains("hunter2"), "{all}");
    let after = all.split("over").nth(1).unwrap();
    let words: Vec<&str> = after.split_whitespace().collect();
    for on in ["echo", "isig", "icanon"] {
        assert!(words.contains(&on), "{on}: {after}");
    }
    assert_eq!(desk.json(&["channel", "list"]).len(), 0);
}
