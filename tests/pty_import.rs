//! The import wizard in a real terminal: an unknown file gets its meanings, is looked at, imported,
//! and its profile kept.

mod shell;

use shell::Desk;
use shell::pty::Tty;

#[test]
fn an_unknown_file_is_given_its_meanings_and_imported() {
    let desk = Desk::new();
    let file = desk.home().join("daily.csv");
    let rows = "of our shop\nday;seen;likes\n2026-01-02;1.2w;5\n2026-01-04;800;-\ntotal;12800;5\n";
    std::fs::write(&file, rows).unwrap();
    let mut amy = Tty::cockpit(&desk, "amy", 80, 24);
    amy.see("amy");
    amy.keys(&format!(":import {}\r", file.display()));
    amy.see("what the columns mean");
    amy.see("2026-01-04");
    // The first column is the day, the second a figure; the channel is typed.
    amy.keys(" ");
    amy.see("What day means");
    amy.keys("2");
    amy.see("time or day");
    amy.keys("j ");
    amy.see("What seen means");
    amy.keys("4");
    amy.see("Figure");
    amy.keys("reads\r");
    amy.see("reads");
    amy.keys("\r");
    amy.see("the channel is missing");
    amy.keys("kkk ");
    amy.see("Channel:");
    amy.keys("shop\r");
    amy.keys("\r");
    amy.see("2 rows can be taken; nothing was imported");
    assert!(!desk.home().join(".config/dutydesk/profiles/daily.toml").exists());
    amy.keys("\r");
    amy.see("2 rows brought new figures");
    amy.see("days without any: 2026-01-03");
    amy.keys("\r");
    amy.see_gone("days without any");
    // What was kept reads the file again, and finds nothing new.
    let path = file.display().to_string();
    let again = desk.json(&["import", &path]);
    assert_eq!((&again[0]["profile"], &again[0]["known"]), (&"daily".into(), &2.into()));
    amy.keys("q");
    assert_eq!(amy.end().0, 0);
}
