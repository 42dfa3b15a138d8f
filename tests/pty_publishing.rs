//! Posts planned, reviewed, held, recalled and sent in real terminals, by two operators, from an empty
//! desk at 80x24.

mod shell;

use chrono::{Duration, Utc};
use shell::Desk;
use shell::pty::Tty;

const SEND: &str = "\x13";
const ESC: &str = "\x1b";
const CLEAR: &str = "\x15";

const CHANNELS: &str = r#"
[[channel]]
id = "wall"
platform = "wall"
connector = "file"
slots = ["daily 23:58"]
[channel.posting]
hold = "15s"
review = ["compliance"]
"#;

/// Begins a post, writes its text, hands it in, and goes back to the calendar.
fn write(amy: &mut Tty, idea: &str, text: &str) {
    amy.keys("n");
    amy.see("Idea:");
    amy.keys(&format!("{idea}\r"));
    amy.see("nothing is written yet");
    amy.keys("e");
    amy.see("Text for");
    amy.keys(text);
    amy.see(text);
    amy.keys(SEND);
    amy.see("version 2");
    amy.keys("S");
    amy.see("in review");
    amy.keys(ESC);
    amy.see("Calendar");
}

#[test]
fn a_week_is_planned_reviewed_held_and_goes_out_but_for_the_one_that_was_recalled() {
    let desk = Desk::new();
    std::fs::write(desk.folder().join("channels.toml"), CHANNELS).unwrap();
    let mut amy = Tty::cockpit(&desk, "amy", 80, 24);
    amy.see("amy");
    amy.keys("7");
    amy.see("Calendar");
    amy.see("23:58");
    // On a day that is over no time is free: these have none yet.
    amy.keys("h");
    let texts = ["alpha tea", "beta tea", "gamma tea", "delta tea"];
    for text in texts {
        write(&mut amy, "a week of tea", text);
    }
    // A second operator reviews them.
    let mut bo = Tty::cockpit(&desk, "bo", 80, 24);
    bo.see("bo");
    bo.keys("7");
    bo.see("4 without a time");
    bo.keys("\t");
    bo.see("Without a time");
    for text in texts.iter().rev() {
        bo.keys("\r");
        bo.see("compliance   open");
        bo.see(text);
        bo.keys("a");
        bo.see("passed by bo");
        bo.keys(ESC);
        bo.see("Without a time");
        bo.keys("j");
    }
    // The newest goes into the next free slot, the others out as soon as they have been held.
    amy.keys("\t");
    amy.wait("the review", |s| s.contents().matches("approved").count() == 4);
    amy.keys("f");
    amy.see_gone("approved   delta tea");
    for left in ["gamma tea", "beta tea", "alpha tea"] {
        let soon = Utc::now() + Duration::seconds(2);
        amy.keys("gg");
        amy.keys("s");
        amy.see("When:");
        amy.keys(&format!("{CLEAR}{}\r", soon.format("%Y-%m-%dT%H:%M:%SZ")));
        amy.see_gone("When:");
        amy.wait(left, |s| !s.contents().contains(&format!("approved   {left}")));
    }
    amy.keys(ESC);
    amy.see_gone("Without a time");
    amy.keys("lgg");
    amy.see("holding");
    let screen = amy.screen();
    let recalled = texts.iter().rev().find(|t| screen.lines().skip(17).any(|l| l.contains(*t)));
    let recalled = *recalled.unwrap_or_else(|| panic!("one is told of: {screen}"));
    amy.keys("x");
    amy.see("recalled");
    let file = desk.folder().join("channels/wall/out.ndjson");
    let mut out = String::new();
    for _ in 0..1_200 {
        out = std::fs::read_to_string(&file).unwrap_or_default();
        if texts.iter().filter(|text| out.contains(*text)).count() == 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    for text in ["alpha tea", "beta tea", "gamma tea"] {
        let times = out.matches(text).count();
        assert_eq!(times, usize::from(text != recalled), "{text}: {out}");
    }
    assert!(!out.contains("delta tea"), "{out}");
    amy.wait("both as published", |s| s.contents().matches('✓').count() == 2);
    amy.keys("\x03");
    bo.keys("\x03");
}
