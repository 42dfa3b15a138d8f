//! The cockpit end to end: the real program in real terminals, several on one desk.

mod shell;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;
use shell::pty::{Tty, restored};
use shell::{Desk, PROGRAM, ago, busy_desk, comment};
use std::path::Path;
use std::time::Duration;

const URGENT: &str = "敏感肌能用这款吗";
const SECOND: &str = "物流太慢了";

/// How many open comments the desk has, by its own account.
fn open_comments(desk: &Desk) -> usize {
    desk.json(&["list", "--queue", "comments"]).len()
}

/// Asks the desk until it is so.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never: {what}");
}

#[test]
fn two_cockpits_see_what_the_other_does() {
    let desk = busy_desk();
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    let mut bo = Tty::cockpit(&desk, "bo", 40, 20);
    amy.see(URGENT);
    bo.see("敏感肌");
    // Where there is room for it, the header says who else is here.
    amy.see("bo");
    // Amy resolves the most urgent one; it is gone from bo's desk, too.
    amy.keys("d");
    until("resolved", || open_comments(&desk) == 2);
    let resolved = |screen: &vt100::Screen| {
        let text = screen.contents();
        !text.contains("敏感肌") || text.contains("resolved by amy")
    };
    bo.wait("the end of what amy resolved", resolved);
    // Bo, whose cursor stands on what is left of it, marks the other two and resolves both with one key; amy takes nothing of it back, bo all of it.
    bo.keys("j  d");
    until("both resolved", || open_comments(&desk) == 0);
    amy.keys("u");
    until("amy's is back", || open_comments(&desk) == 1);
    bo.see("敏感肌");
    bo.keys("u");
    until("bo's are back", || open_comments(&desk) == 3);
    amy.see(SECOND);
    amy.keys("q");
    bo.keys("q");
    assert_eq!(amy.end().0, 0);
    assert_eq!(bo.end().0, 0);
}

#[test]
fn all_is_there_after_the_daemon_was_killed() {
    let desk = busy_desk();
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see(URGENT);
    amy.keys("d");
    until("resolved", || open_comments(&desk) == 2);
    let first = desk.daemon();
    kill(Pid::from_raw(first), Signal::SIGKILL).unwrap();
    // The cockpit comes back by itself, with a daemon that knows everything.
    until("a new daemon", || desk.run(&["status"]).code == 0 && desk.daemon() != first);
    assert_eq!(open_comments(&desk), 2);
    amy.see(SECOND);
    amy.wait("the link", |screen| !screen.contents().contains(URGENT));
    // What was done before the crash is still amy's to take back.
    until("undone", || {
        amy.keys("u");
        std::thread::sleep(Duration::from_millis(200));
        open_comments(&desk) == 3
    });
    amy.see(URGENT);
}

#[test]
fn a_reply_is_written_in_the_editor_and_sent() {
    let desk = busy_desk();
    let editor = desk.home().join("editor");
    std::fs::write(
        &editor,
        "printf 'Yes, it suits\\nsensitive skin.\\n' >> \"$2\"\necho \"$2\" > \"$1\"\n",
    )
    .unwrap();
    let note = desk.home().join("where");
    let editor = format!("sh '{}' '{}'", editor.display(), note.display());
    let env = [("TERM", "xterm-256color"), ("EDITOR", &editor)];
    let mut amy = Tty::start(&desk, &["--as", "amy"], &env, 120, 40);
    amy.see(URGENT);
    amy.keys("r");
    amy.keys("\x0f");
    amy.see("sensitive skin.");
    // The text is nowhere but in the draft.
    let file = std::fs::read_to_string(note).unwrap();
    assert!(!Path::new(file.trim()).exists());
    amy.keys("\x13");
    until("sent", || open_comments(&desk) == 2);
    let id = desk.json(&["list", "--state", "pending"])[0]["id"].to_string();
    let messages = desk.json(&["show", &id])[0]["messages"].clone();
    assert_eq!(messages[1]["text"], "Yes, it suits\nsensitive skin.");
    assert_eq!(messages[1]["operator"], "amy");
}

#[test]
fn a_paste_is_text_and_never_an_order() {
    let desk = busy_desk();
    let mut amy = Tty::cockpit(&desk, "amy", 80, 24);
    amy.see(URGENT);
    amy.keys("r");
    // A hostile clipboard: it ends the paste itself and goes on with the key that sends.
    amy.keys("\x1b[200~first\rsecond\x1b[201~\x13third\x1b[201~");
    amy.see("first");
    amy.see("third");
    assert_eq!(open_comments(&desk), 3);
    // Outside of a text a paste does nothing at all.
    amy.keys("\x1b");
    amy.see_gone("third");
    amy.keys("\x1b[200~dddd\x1b[201~");
    amy.keys("\x0c");
    amy.see(URGENT);
    assert_eq!(open_comments(&desk), 3);
}

#[test]
fn a_theme_that_is_not_there_is_told_and_the_cockpit_opens() {
    let desk = busy_desk();
    let args = ["--as", "amy", "--theme", "nightfall"];
    let mut amy = Tty::start(&desk, &args, &[("TERM", "xterm-256color")], 120, 40);
    amy.see("nightfall");
    amy.see(URGENT);
    amy.keys("q");
    assert_eq!(amy.end().0, 0);
}

#[test]
fn the_demo_lives_and_leaves_nothing_behind() {
    let desk = Desk::new();
    let rooms = desk.home().join("tmp");
    std::fs::create_dir(&rooms).unwrap();
    let env = [("TERM", "xterm-256color"), ("TMPDIR", rooms.to_str().unwrap())];
    let mut amy = Tty::start(&desk, &["demo", "--as", "amy", "--lang", "en"], &env, 120, 40);
    amy.see("DEMO");
    let loaded = amy.see("first response");
    // What comes in moves the screen without a key.
    amy.wait("something new", |screen| screen.contents() != loaded);
    // The conversation in view has its number behind its author.
    let number = format!("#{}", loaded.split('#').nth(1).unwrap().split(' ').next().unwrap());
    amy.keys("d");
    amy.see_gone(&format!("{number} ─"));
    amy.keys("q");
    let (code, bytes) = amy.end();
    assert_eq!(code, 0);
    assert!(restored(&bytes));
    assert_eq!(std::fs::read_dir(&rooms).unwrap().count(), 0);
}

#[test]
fn the_service_screen_tells_what_the_desk_knows() {
    let desk = busy_desk();
    let mut amy = Tty::cockpit(&desk, "amy", 100, 30);
    amy.see(URGENT);
    amy.keys("6");
    // Three comments and a message that nobody answered: too little for a forecast, but they wait.
    amy.see("Too little");
    amy.wait("the backlog by policy", |screen| {
        let text = screen.contents();
        let total = text.lines().find(|line| line.trim_start().starts_with("all "));
        text.contains("by policy") && total.is_some_and(|line| line.trim_end().ends_with('4'))
    });
    amy.keys("\t");
    amy.see("(nobody)");
    amy.keys("1");
    amy.see(URGENT);
    amy.keys("q");
    assert_eq!(amy.end().0, 0);
}

#[test]
fn the_screen_follows_the_window() {
    let desk = busy_desk();
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see(URGENT);
    for (columns, rows) in [(40, 12), (80, 24), (20, 5), (160, 50)] {
        amy.resize(columns, rows);
        // The size may be told in several steps; repaint once it has settled.
        amy.keys("\x0c");
        amy.wait("something on the new screen", |screen| {
            let (height, width) = screen.size();
            (width.get(), height.get()) == (columns, rows) && !screen.contents().trim().is_empty()
        });
    }
    amy.see(URGENT);
}

#[test]
fn nothing_happens_and_nothing_is_written() {
    let desk = busy_desk();
    let amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see(URGENT);
    // The clock's minute may turn within one of the spans, but not in each of them.
    let quiet = (0..10).any(|_| {
        let before = amy.bytes();
        std::thread::sleep(Duration::from_secs(1));
        amy.bytes() == before
    });
    assert!(quiet, "bytes in each of ten seconds");
}

#[rstest]
#[case::by_key("q", None)]
#[case::terminated("", Some(Signal::SIGTERM))]
#[case::hung_up("", Some(Signal::SIGHUP))]
#[case::interrupted("", Some(Signal::SIGINT))]
fn the_terminal_is_restored(#[case] keys: &str, #[case] signal: Option<Signal>) {
    let desk = busy_desk();
    let mut amy = Tty::cockpit(&desk, "amy", 80, 24);
    amy.see(URGENT);
    match signal {
        Some(signal) => kill(amy.pid(), signal).unwrap(),
        None => amy.keys(keys),
    }
    let (code, bytes) = amy.end();
    assert_eq!(code, 0);
    assert!(restored(&bytes), "{:?}", String::from_utf8_lossy(&bytes[bytes.len() - 80..]));
}

/// Not a test by itself: [`a_panic_restores_the_terminal`] runs it in a terminal.
#[test]
#[ignore = "run by a_panic_restores_the_terminal"]
fn panics_in_a_terminal() {
    let _guard = dutydesk::term::Guard::enter().unwrap();
    panic!("on purpose");
}

#[test]
fn a_panic_restores_the_terminal() {
    let desk = Desk::new();
    let args = ["--exact", "panics_in_a_terminal", "--ignored", "--nocapture"];
    let this = std::env::current_exe().unwrap();
    let tty = Tty::start_other(&desk, &this, &args, &[("TERM", "xterm")], 80, 24);
    let (code, bytes) = tty.end();
    assert_ne!(code, 0);
    assert!(restored(&bytes));
    // The report comes after the way back, so that it stays on the screen.
    let text = String::from_utf8_lossy(&bytes);
    let (back, report) = (text.find("\x1b[?1049l").unwrap(), text.find("on purpose").unwrap());
    assert!(back < report);
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let desk = busy_desk();
    let script = format!("set -m; {PROGRAM} --as amy; echo stopped; read go; fg; echo ended");
    let env = [("TERM", "xterm-256color")];
    let mut tty = Tty::start_other(&desk, Path::new("/bin/sh"), &["-c", &script], &env, 80, 24);
    tty.see(URGENT);
    tty.keys("\x1a");
    tty.see("stopped");
    assert!(!tty.screen().contains(URGENT));
    tty.keys("\r");
    tty.see(URGENT);
    tty.keys("q");
    tty.see("ended");
    assert!(restored(&tty.end().1));
}

#[test]
fn a_terminal_that_cannot_is_told() {
    let desk = busy_desk();
    let (code, bytes) = Tty::start(&desk, &[], &[("TERM", "dumb")], 80, 24).end();
    let said = String::from_utf8_lossy(&bytes);
    assert_eq!(code, 4);
    assert!(said.contains("cannot place its cursor") && !said.contains('\x1b'), "{said:?}");
}

#[test]
fn a_desk_that_cannot_be_opened_is_one_sentence_on_a_clean_terminal() {
    let desk = Desk::new();
    std::fs::write(desk.folder().join("desk.toml"), "nonsense = 1\n").unwrap();
    let (code, bytes) = Tty::cockpit(&desk, "amy", 80, 24).end();
    assert_eq!(code, 3);
    assert!(restored(&bytes));
    let text = String::from_utf8_lossy(&bytes);
    let after = &text[text.rfind("\x1b[?1049l").unwrap()..];
    assert!(after.contains("desk.toml:1"), "{after:?}");
}

#[test]
fn no_byte_of_a_customer_steers_the_terminal() {
    let desk = Desk::new();
    let evil = "before\x1b]0;title\x07\x1b[2J\x1b[0c\u{9b}2J\u{202e}after";
    desk.ingest(vec![comment("a", evil, evil, 0, ago(1))]);
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see("after");
    amy.keys("\r");
    amy.keys("q");
    amy.keys("q");
    let (_, bytes) = amy.end();
    let text = String::from_utf8_lossy(&bytes);
    for bad in ["\x1b]0;", "\x1b[0c", "\u{9b}", "\u{202e}"] {
        assert!(!text.contains(bad), "{bad:?}");
    }
}
