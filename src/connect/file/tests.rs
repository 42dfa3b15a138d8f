use super::*;
use crate::connect::file::inbox::{Part, Place};
use crate::connect::protocol;
use crate::domain::{Author, Queue, Time};
use std::fs::{self, OpenOptions};
use std::io::Write;
use tempfile::TempDir;

const NOW: Time = Time(1_795_240_800_000);

/// Both files, in a folder that goes away.
struct Two {
    folder: TempDir,
}

impl Two {
    fn new(text: &str) -> Two {
        let two = Two { folder: tempfile::tempdir().unwrap() };
        two.rewrite(text);
        two
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn rewrite(&self, text: &str) {
        fs::write(self.path(IN), text).unwrap();
    }

    fn append(&self, text: &str) {
        let mut file = OpenOptions::new().append(true).open(self.path(IN)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn inbox(&self, cursor: Option<&str>) -> Inbox {
        Inbox::new(self.path(IN), ChannelId("c".into()), cursor)
    }

    fn outbox(&self) -> Outbox {
        Outbox::new(self.path(OUT))
    }

    fn out(&self) -> String {
        fs::read_to_string(self.path(OUT)).unwrap_or_default()
    }
}

fn line(id: usize) -> String {
    format!("{{\"event\":\"message\",\"id\":\"{id}\",\"text\":\"hi\",\"at\":1795240000}}\n")
}

fn lines(ids: std::ops::Range<usize>) -> String {
    ids.map(line).collect()
}

fn ids(part: &Part) -> Vec<&str> {
    part.events.iter().filter_map(|e| e["id"].as_str()).collect()
}

/// Everything there is to read, as if the desk took it.
fn all(inbox: &mut Inbox) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(part) = inbox.look(NOW).unwrap() {
        found.extend(ids(&part).into_iter().map(str::to_owned));
        inbox.taken(part.place);
    }
    found
}

fn cursor(place: &Place) -> String {
    place.to_string()
}

fn reply(key: &str) -> Command {
    Command {
        id: 1,
        key: key.into(),
        attempt: 1,
        made: Some(NOW),
        look: false,
        known: vec![],
        act: Act::Reply {
            to: Some("7".into()),
            thread: "7".into(),
            queue: Queue::Comments,
            person: Author::default(),
            text: "今天发货\n".into(),
        },
    }
}

fn look(key: &str) -> Command {
    Command { look: true, ..reply(key) }
}

fn kind(answer: &Answer) -> NackKind {
    answer.as_ref().unwrap_err().kind
}

#[test]
fn it_is_read_on_as_it_grows() {
    let two = Two::new(&lines(0..2));
    let mut inbox = two.inbox(None);
    assert_eq!(all(&mut inbox), ["0", "1"]);
    two.append(&line(2));
    assert_eq!(all(&mut inbox), ["2"]);
    assert!(inbox.look(NOW).unwrap().is_none());
}

#[test]
fn a_crash_between_reading_and_taking_loses_nothing() {
    let two = Two::new(&lines(0..600));
    let first = two.inbox(None).look(NOW).unwrap().unwrap();
    assert_eq!(first.events.len(), protocol::MOST_EVENTS);
    // It was not taken: the next run begins where this one did.
    let mut again = two.inbox(None);
    let part = again.look(NOW).unwrap().unwrap();
    assert_eq!(ids(&part), ids(&first));
    // Now it was, and then came the crash.
    let cursor = cursor(&part.place);
    assert!(cursor.len() < protocol::MOST_CURSOR);
    assert_eq!(all(&mut two.inbox(Some(&cursor))).len(), 600 - protocol::MOST_EVENTS);
}

#[test]
fn a_last_line_without_its_end_waits_for_it() {
    let two = Two::new("");
    let mut inbox = two.inbox(None);
    let whole = line(0);
    let (half, rest) = whole.split_at(20);
    two.append(half);
    assert!(inbox.look(NOW).unwrap().is_none());
    // A JSON object that is closed is whole, even if its line is not.
    two.append(rest.trim_end());
    assert_eq!(all(&mut inbox), ["0"]);
    two.append("\n");
    two.append(&line(1));
    assert_eq!(all(&mut inbox), ["1"]);
}

#[test]
fn another_file_in_its_place_is_read_from_its_beginning() {
    let two = Two::new(&lines(0..3));
    let mut inbox = two.inbox(None);
    let part = inbox.look(NOW).unwrap().unwrap();
    let old = cursor(&part.place);
    inbox.taken(part.place);
    // While it runs: what the old one still got is read first, and its last line is told of.
    fs::rename(two.path(IN), two.path("old")).unwrap();
    let mut writer = OpenOptions::new().append(true).open(two.path("old")).unwrap();
    writer.write_all(format!("{}{{\"cut", line(3)).as_bytes()).unwrap();
    two.rewrite(&lines(10..14));
    let rest = inbox.look(NOW).unwrap().unwrap();
    assert_eq!(ids(&rest), ["3"]);
    inbox.taken(rest.place);
    let cut = inbox.look(NOW).unwrap().unwrap();
    assert_eq!((cut.events.len(), cut.notes.len()), (1, 1));
    inbox.taken(cut.place);
    assert_eq!(all(&mut inbox), ["10", "11", "12", "13"]);
    // While nothing ran, as long as the old one, and longer.
    for ids in [20..23, 30..40] {
        two.rewrite(&lines(ids.clone()));
        let expected: Vec<String> = ids.map(|id| id.to_string()).collect();
        assert_eq!(all(&mut two.inbox(Some(&old))), expected);
    }
}

#[test]
fn a_file_that_was_cut_or_written_anew_is_read_from_its_beginning() {
    let two = Two::new(&lines(0..3));
    let mut inbox = two.inbox(None);
    all(&mut inbox);
    two.rewrite(&line(5));
    assert_eq!(all(&mut inbox), ["5"]);
    // It is longer at the next look already, and begins as it did.
    two.rewrite(&lines(5..6).replace("hi", "ho"));
    two.append(&line(6));
    assert_eq!(all(&mut inbox), ["5", "6"]);
}

#[test]
fn a_file_that_is_not_there_is_a_trouble_until_it_is() {
    let two = Two::new("");
    fs::remove_file(two.path(IN)).unwrap();
    let mut inbox = two.inbox(None);
    assert!(inbox.look(NOW).unwrap_err().contains(IN));
    two.rewrite(&line(0));
    assert_eq!(all(&mut inbox), ["0"]);
}

#[test]
fn lines_that_are_no_events_are_told_of_and_left_to_the_desk_to_count() {
    let two = Two::new("nonsense\n\n[1]\n{\"event\":\"message\"}\n");
    two.append(&line(4).replace("}", ",\"channel\":\"c\"}"));
    let part = two.inbox(None).look(NOW).unwrap().unwrap();
    let notes = part.notes.join("\n");
    for number in [1, 3, 4] {
        assert!(notes.contains(&format!("line {number} of ")), "{notes}");
    }
    assert_eq!(part.notes.len(), 3);
    assert_eq!(part.events.len(), 4);
    assert_eq!(part.events[3]["channel"], "c");
}

#[test]
fn a_line_without_end_is_passed_over_in_bounded_memory() {
    let two = Two::new(&line(0));
    two.append(&"x".repeat(1 << 20));
    let mut inbox = two.inbox(None);
    let mut notes = 0;
    while let Some(part) = inbox.look(NOW).unwrap() {
        notes += part.notes.len();
        inbox.taken(part.place);
    }
    assert_eq!(notes, 1);
    two.append(&format!("x\n{}", line(1)));
    assert_eq!(all(&mut inbox), ["1"]);
}

#[test]
fn a_reply_is_one_line_that_another_program_can_read() {
    let two = Two::new("");
    let mut outbox = two.outbox();
    let done = outbox.carry_out(&reply("k1")).unwrap();
    assert_eq!((done.platform_id.as_deref(), done.duplicate), (Some("k1"), false));
    outbox.carry_out(&reply("k2")).unwrap();
    let out = two.out();
    let first: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(first["text"], "今天发货\n");
    assert_eq!((first["do"].as_str(), first["key"].as_str()), (Some("reply"), Some("k1")));
    assert_eq!((first["id"].as_u64(), first.get("look")), (Some(1), None));
    assert_eq!(out.lines().count(), 2);
    // The line is a command for whoever reads it.
    assert!(serde_json::from_value::<Command>(first).is_ok());
}

#[test]
fn a_key_is_written_once_whoever_asks() {
    let two = Two::new("");
    assert_eq!(kind(&two.outbox().carry_out(&look("k1"))), NackKind::Absent);
    two.outbox().carry_out(&reply("k1")).unwrap();
    let mut later = two.outbox();
    assert!(later.carry_out(&reply("k1")).unwrap().duplicate);
    assert!(later.carry_out(&look("k1")).unwrap().duplicate);
    assert_eq!(kind(&later.carry_out(&look("k2"))), NackKind::Absent);
    // The reader has taken the lines away; this run knows of them.
    fs::remove_file(two.path(OUT)).unwrap();
    assert!(later.carry_out(&reply("k1")).unwrap().duplicate);
    later.carry_out(&reply("k2")).unwrap();
    assert_eq!(two.out().lines().count(), 1);
}

#[test]
fn a_line_that_was_cut_off_is_not_there_and_spoils_no_other() {
    let two = Two::new("");
    two.outbox().carry_out(&reply("k1")).unwrap();
    let whole = two.out();
    fs::write(two.path(OUT), &whole[..whole.len() - 9]).unwrap();
    let mut outbox = two.outbox();
    assert_eq!(kind(&outbox.carry_out(&look("k1"))), NackKind::Absent);
    outbox.carry_out(&reply("k1")).unwrap();
    assert!(two.out().ends_with(&format!("\n{whole}")));
    // Only its end is missing: it is there, and gets it.
    fs::write(two.path(OUT), whole.trim_end()).unwrap();
    assert!(two.outbox().carry_out(&look("k1")).unwrap().duplicate);
    assert_eq!(two.out(), whole);
}

#[test]
fn what_cannot_be_opened_was_not_written() {
    let two = Two::new("");
    let mut outbox = Outbox::new(two.path("nowhere").join(OUT));
    assert_eq!(kind(&outbox.carry_out(&reply("k1"))), NackKind::Retry);
    assert!(outbox.check().unwrap_err().contains("nowhere"));
}

#[test]
fn paths_are_absolute_or_in_the_channels_folder() {
    let start = |json: &str, folder: Option<&str>| Start {
        settings: serde_json::from_str(json).unwrap(),
        folder: folder.map(str::to_owned),
        ..Start::default()
    };
    let named = |json: &str| path(&start(json, Some("/desk/c")), "in", IN);
    assert_eq!(named("{}"), Ok("/desk/c/in.ndjson".into()));
    assert_eq!(named(r#"{"in": " "}"#), Ok("/desk/c/in.ndjson".into()));
    assert_eq!(named(r#"{"in": "x.log"}"#), Ok("/desk/c/x.log".into()));
    assert_eq!(named(r#"{"in": "/var/x"}"#), Ok("/var/x".into()));
    assert!(named(r#"{"in": 7}"#).is_err());
    assert!(path(&start("{}", None), "in", IN).is_err());
    assert!(Files::new(start(r#"{"in": "x", "out": "x"}"#, Some("/desk/c"))).is_err());
}
