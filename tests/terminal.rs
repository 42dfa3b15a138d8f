//! What the cockpit asks of a terminal, and how it does without: paced frames, questions and
//! their answers, the focus, a terminal that is gone.

mod shell;

use dutydesk::app::{self, Model, Msg, Settings};
use dutydesk::domain::Time;
use nix::fcntl::{FcntlArg, FdFlag};
use shell::pty::{Tty, restored};
use shell::{Desk, PROGRAM, ago, comment};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const URGENT: &str = "敏感肌能用这款吗";

fn desk_of(n: usize) -> Desk {
    let desk = Desk::new();
    let mut events = vec![comment("a", "阿May", "敏感肌能用这款吗？", 230, ago(20))];
    for i in 0..n {
        events.push(comment(&format!("c{i}"), "kai", &format!("question number {i}"), 0, ago(5)));
    }
    desk.ingest(events);
    desk
}

#[test]
fn frames_wait_for_the_wire_and_keys_for_no_frame() {
    let desk = desk_of(60);
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see(URGENT);
    amy.see("question number");
    amy.keep_answers();
    let start = Instant::now();
    for _ in 0..20 {
        for key in ["j", "\x1b[6~", "k", "\x1b[5~"] {
            amy.keys(key);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    // Three questions are on their way at most, and one that is not answered for two seconds is
    // given up. An answer has four bytes.
    let given_up = start.elapsed().as_secs().div_ceil(2) as usize;
    assert!(amy.kept_answers() > 0);
    assert!(amy.kept_answers() <= 4 * (3 + given_up), "{} bytes", amy.kept_answers());
    amy.answer();
    // Not one key was lost.
    amy.keys("?");
    amy.see("open the conversation");
    amy.keys("\x1bq");
    amy.keys("q");
    assert!(restored(&amy.end().1));
}

#[test]
fn a_terminal_that_never_answers_is_served_all_the_same() {
    let desk = desk_of(5);
    let mut amy = Tty::start(&desk, &["--as", "amy"], &[("TERM", "mute")], 120, 40);
    amy.see(URGENT);
    for i in (0..5).rev() {
        amy.keys("j");
        amy.see(&format!("question number {i}"));
    }
    amy.keys("q");
    let (code, bytes) = amy.end();
    assert_eq!(code, 0);
    assert!(restored(&bytes));
}

#[test]
fn where_rules_are_drawn_wide_they_are_drawn_in_ascii() {
    let desk = desk_of(1);
    let mut amy = Tty::start(&desk, &["--as", "amy"], &[("TERM", "wide")], 120, 40);
    amy.wait("plain rules", |screen| {
        let text = screen.contents();
        text.contains(URGENT) && !text.contains('─') && !text.contains('▌')
    });
    amy.keys("q");
    assert_eq!(amy.end().0, 0);
}

#[test]
fn a_storm_of_sizes_ends_on_the_right_screen() {
    let desk = desk_of(30);
    let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
    amy.see(URGENT);
    for i in 0..60 {
        amy.resize(40 + i, 20 + i % 20);
    }
    amy.resize(100, 30);
    amy.keys("\x0c");
    amy.see(URGENT);
    // The last row, whatever was drawn for the sizes before.
    amy.wait("the footer", |screen| {
        let text = screen.contents();
        text.lines().count() == 30 && text.lines().last().is_some_and(|l| l.contains("help"))
    });
    amy.keys("q");
    assert_eq!(amy.end().0, 0);
}

/// A terminal that is not the controlling one: its end comes without a signal.
#[test]
fn a_terminal_that_vanished_ends_the_cockpit() {
    let desk = desk_of(1);
    let pty = nix::pty::openpty(None, None).unwrap();
    for end in [&pty.master, &pty.slave] {
        // Neither this child nor one of another test may keep it open.
        nix::fcntl::fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
    }
    let end = || Stdio::from(pty.slave.try_clone().unwrap());
    let mut command = Command::new(PROGRAM);
    command.args(["--as", "amy"]).env_clear().env("TERM", "xterm");
    for (name, value) in desk.environment() {
        command.env(name, value);
    }
    let mut child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
    drop(command);
    let mut seen = [0; 64];
    // It is there; nobody reads on, and then the terminal is gone.
    assert!(nix::unistd::read(&pty.master, &mut seen).unwrap() > 0);
    drop(pty);
    for _ in 0..600 {
        if child.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("it goes on without a terminal");
}

#[test]
fn a_window_in_the_background_does_not_tick() {
    let mut model = Model::new(Settings::default());
    let now = Time(1_800_000_000_000);
    assert!(model.next_tick(now).is_some());
    app::update(&mut model, Msg::Focus(false), now);
    assert_eq!(model.next_tick(now), None);
    app::update(&mut model, Msg::Focus(true), now);
    assert!(model.next_tick(now).is_some());
}

#[test]
fn what_concerns_the_operator_is_told_outside_by_choice() {
    let desk = desk_of(1);
    let settings = desk.home().join(".config/dutydesk");
    std::fs::create_dir_all(&settings).unwrap();
    for (word, told) in [("osc9", "\x1b]9;"), ("osc777", "\x1b]777;notify;dutydesk;")] {
        std::fs::write(settings.join("config.toml"), format!("notices = \"{word}\"\n")).unwrap();
        let mut amy = Tty::cockpit(&desk, "amy", 120, 40);
        amy.see(URGENT);
        let id = desk.json(&["list", "--queue", "comments"])[0]["id"].to_string();
        desk.done(&["assign", &id, "--to", "amy", "--as", "bo"]);
        // What was assigned while she was away is on the screen from the start.
        amy.see_sent(told);
        amy.keys("q");
        let text = String::from_utf8_lossy(&amy.end().1).into_owned();
        let notice = text.split(told).nth(1).unwrap_or_else(|| panic!("no {told:?}"));
        assert!(notice.split('\x07').next().unwrap().contains("bo"), "{notice:?}");
        desk.done(&["assign", &id, "--to", "bo", "--as", "amy"]);
    }
}

#[test]
fn a_theme_file_is_read_again_when_it_is_written() {
    let desk = desk_of(3);
    let folder = desk.home().join(".config/dutydesk/themes");
    std::fs::create_dir_all(&folder).unwrap();
    let theme = |key: &str| format!("inherits = \"dark\"\n[roles]\nkey = {key}\n");
    std::fs::write(folder.join("mine.toml"), theme("\"#010203\"")).unwrap();
    let env = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
    let amy = Tty::start(&desk, &["--as", "amy", "--theme", "mine"], &env, 120, 40);
    // The keys of the footer.
    let key_is = |colour: (u8, u8, u8)| {
        move |screen: &vt100::Screen| {
            let cells = (0..120).filter_map(|x| screen.cell(39, x));
            let wanted = vt100::Color::Rgb(colour.0, colour.1, colour.2);
            cells.into_iter().any(|cell| cell.fgcolor() == wanted)
        }
    };
    amy.wait("the theme", key_is((1, 2, 3)));
    std::fs::write(folder.join("mine.toml"), theme("\"#040506\"")).unwrap();
    amy.wait("the new colour", key_is((4, 5, 6)));
    // A mistake is told with its place, and the last good one stays.
    std::fs::write(folder.join("mine.toml"), theme("\"no colour\"")).unwrap();
    amy.see("mine.toml:3");
    amy.wait("the last good one", key_is((4, 5, 6)));
}

#[test]
fn pages_and_attachments_are_links_where_the_terminal_opens_them() {
    use dutydesk::domain::{Attachment, Event};
    let desk = Desk::new();
    let mut event = comment("a", "阿May", "see the picture", 230, ago(20));
    if let Event::Message(message) = &mut event {
        message.permalink = Some("https://weibo.example/a;x=1".into());
        let link = |link: &str| Attachment { kind: "image".into(), size: None, link: link.into() };
        message.attachments = vec![link("https://img.example/1.png"), link("javascript:alert(1)")];
    }
    desk.ingest(vec![event]);
    for (term, set, linked) in [
        ("xterm-kitty", "auto", true),
        ("xterm-256color", "auto", false),
        ("xterm-256color", "on", true),
        ("xterm-kitty", "off", false),
    ] {
        let folder = desk.home().join(".config/dutydesk");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), format!("links = \"{set}\"\n")).unwrap();
        let mut amy = Tty::start(&desk, &["--as", "amy"], &[("TERM", term)], 120, 40);
        amy.see("https://img.example/1.png");
        amy.keys("q");
        let (_, bytes) = amy.end();
        let text = String::from_utf8_lossy(&bytes);
        for target in ["https://weibo.example/a;x=1", "https://img.example/1.png"] {
            let written = text.contains(&format!(";{target}\x07"));
            assert_eq!(written, linked, "{term} {set} {target}");
        }
        assert!(!text.contains("]8;id=") || linked);
        assert!(!text.contains("javascript:alert(1)\x07"));
        if linked {
            // Whatever is open is closed again.
            assert_eq!(text.matches("\x1b]8;id").count(), text.matches("\x1b]8;;\x07").count());
        }
    }
}

#[test]
fn the_linux_console_gets_its_16_colours_and_signs_of_its_font() {
    let desk = Desk::new();
    desk.ingest(vec![comment("a", "kai", "do you ship to Germany?", 230, ago(20))]);
    let mut amy = Tty::start(&desk, &["--as", "amy"], &[("TERM", "linux")], 80, 25);
    let screen = amy.see("do you ship to Germany?");
    amy.keys("?");
    let help = amy.see("open the conversation");
    for (at, c) in screen.chars().chain(help.chars()).enumerate() {
        assert!(c.is_ascii() || c == '·', "{c} at {at}");
    }
    amy.keys("\x1bq");
    amy.keys("q");
    let (code, bytes) = amy.end();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(code, 0);
    assert!(!text.contains("38;5;") && !text.contains("38;2;"));
    assert!(restored(&bytes));
}
