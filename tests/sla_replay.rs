//! Support threads imported under a stated policy, compared row for row with an independent count:
//! other code, which reads the file by itself and walks from day to day.
//!
//! It runs on threads made here. `DUTYDESK_TWCS=FILE cargo test --test sla_replay -- --nocapture`
//! runs it on a file of the same columns (CSV, plain or gzip) and prints the counts.

mod shell;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::Value;
use shell::Desk;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// What is stated: an hour of office time for the first response, two hours of any time after it.
const POLICY: &str = r#"
[[policy]]
name = "stated"
targets = { first-response = "1h office", next-response = "2h" }
[calendar.office]
zone = "UTC"
hours = { mon-fri = "09:00-17:00" }
"#;

/// When a first response to something asked then is due, in seconds.
fn due(asked: i64) -> i64 {
    let mut left = 3_600;
    let at = |day: NaiveDate, hour| day.and_hms_opt(hour, 0, 0).unwrap().and_utc().timestamp();
    let mut day = DateTime::from_timestamp(asked, 0).unwrap().date_naive();
    loop {
        if day.weekday().number_from_monday() <= 5 {
            let (open, close) = (at(day, 9).max(asked), at(day, 17));
            if open < close {
                if close - open >= left {
                    return open + left;
                }
                left -= close - open;
            }
        }
        day = day.checked_add_days(Days::new(1)).unwrap();
    }
}

#[derive(Default)]
struct Thread {
    inbound: Vec<i64>,
    replies: Vec<i64>,
}

/// What is known of a thread: when it was first answered and whether that was in time; else, and
/// for what was asked after the last answer, when the next one is due.
#[derive(Debug, PartialEq, Eq)]
struct Counted {
    asked: Option<i64>,
    answered: Option<(i64, bool)>,
    due: Option<i64>,
}

impl Thread {
    fn count(&self) -> Counted {
        let asked = self.inbound.iter().min().copied();
        let answered = asked.and_then(|asked| {
            let at = *self.replies.iter().filter(|at| **at >= asked).min()?;
            Some((at, at <= due(asked)))
        });
        let last = self.replies.iter().max().copied();
        let waiting = self.inbound.iter().filter(|at| last.is_none_or(|last| **at > last)).min();
        let due = waiting.map(|waiting| match (answered, asked) {
            (None, Some(asked)) => due(asked),
            _ => waiting + 7_200,
        });
        Counted { asked, answered, due }
    }
}

fn text_of(file: &Path) -> Vec<u8> {
    let bytes = std::fs::read(file).unwrap();
    let mut text = Vec::new();
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => drop(flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap()),
        false => text = bytes,
    }
    text
}

/// The threads by their name, and the thread of each row.
fn read(file: &Path) -> (BTreeMap<String, Thread>, BTreeMap<String, String>) {
    let text = text_of(file);
    let mut rows = csv::Reader::from_reader(&text[..]);
    let head = rows.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    let (id, inbound) = (column("tweet_id"), column("inbound"));
    let (at, thread) = (column("created_at"), column("thread"));
    let (mut threads, mut of) = (BTreeMap::<String, Thread>::new(), BTreeMap::new());
    for row in rows.records() {
        let row = row.unwrap();
        let when: DateTime<Utc> = row[at].parse().unwrap();
        let known = threads.entry(row[thread].to_owned()).or_default();
        let times = if &row[inbound] == "True" { &mut known.inbound } else { &mut known.replies };
        times.push(when.timestamp());
        of.insert(row[id].to_owned(), row[thread].to_owned());
    }
    (threads, of)
}

/// What the desk made of them, by its own export.
fn of_the_desk(desk: &Desk, of: &BTreeMap<String, String>) -> BTreeMap<String, Counted> {
    let file = desk.home().join("all.ndjson");
    desk.done(&["export", file.to_str().unwrap()]);
    let (mut conversations, mut found) = (BTreeMap::new(), BTreeMap::new());
    let text = std::fs::read_to_string(file).unwrap();
    let lines = || text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for line in lines().filter(|line| line["type"] == "conversation") {
        conversations.insert(line["id"].as_u64().unwrap(), line);
    }
    let seconds = |v: &Value| v.as_i64().map(|ms| ms / 1_000);
    for line in lines().filter(|line| line["type"] == "message") {
        let Some(thread) = of.get(line["platform_id"].as_str().unwrap()) else { continue };
        let c = &conversations[&line["conversation"].as_u64().unwrap()];
        let response = &c["first_response"];
        let counted = Counted {
            asked: seconds(&c["first_inbound"]),
            answered: seconds(&response["answered"])
                .map(|at| (at, response["met"].as_bool().unwrap())),
            due: seconds(&c["timer"]["due"]),
        };
        let before = found.insert(thread.clone(), counted);
        // All messages of a thread are in one conversation.
        assert!(before.is_none_or(|before| before == found[thread]), "{thread} is in several");
    }
    found
}

fn compare(file: &Path) {
    let desk = Desk::new();
    std::fs::write(desk.folder().join("policies.toml"), POLICY).unwrap();
    desk.done(&["import", file.to_str().unwrap(), "--profile", "twcs_threads"]);
    let (threads, of) = read(file);
    let found = of_the_desk(&desk, &of);
    let (mut equal, mut answered, mut late, mut waiting) = (0, 0, 0, 0);
    for (name, thread) in &threads {
        let counted = thread.count();
        assert_eq!(found.get(name), Some(&counted), "thread {name}");
        equal += 1;
        answered += usize::from(counted.answered.is_some());
        late += usize::from(counted.answered.is_some_and(|(_, met)| !met));
        waiting += usize::from(counted.due.is_some());
    }
    assert_eq!((equal, found.len()), (threads.len(), threads.len()));
    println!(
        "{} rows, {equal} threads equal: {answered} answered, {late} of them late; {waiting} wait",
        of.len()
    );
}

/// Threads of this project's making: office hours, nights, weekends, several questions.
fn made_here(file: &Path) {
    let mut out = csv::Writer::from_path(file).unwrap();
    let columns = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,\
                   in_response_to_tweet_id,thread";
    out.write_record(columns.split(',')).unwrap();
    let monday = 1_764_547_200;
    let mut id = 0_i64;
    for thread in 0..80_i64 {
        let first = id + 1;
        let mut at = monday + thread * 9_973;
        for step in 0..1 + thread % 6 {
            id += 1;
            // Two questions, an answer, and so on; in every third thread one of each.
            let ours = if thread % 3 == 0 { step % 2 == 1 } else { step % 3 == 2 };
            let when = DateTime::from_timestamp(at, 0).unwrap().to_rfc3339();
            let inbound = if ours { "False" } else { "True" };
            let above = if step == 0 { String::new() } else { (id - 1).to_string() };
            let (who, text) = if ours { ("shop", "on it") } else { ("cat", "where is it") };
            let row = [&id.to_string(), who, inbound, &when, text, "", &above, &first.to_string()];
            out.write_record(row).unwrap();
            at += 600 + (thread * 131 + step * 977) % 9_000;
        }
    }
    out.flush().unwrap();
}

#[test]
fn first_responses_and_breaches_equal_those_of_an_independent_count() {
    if let Some(file) = std::env::var_os("DUTYDESK_TWCS") {
        return compare(Path::new(&file));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.csv");
    made_here(&file);
    compare(&file);
}
