use super::*;
use crate::connect::sink::Taken;
use crate::connect::source::Origin;
use crate::connect::{check, rows};
use crate::domain::{ChannelId, Queue};
use flate2::Compression;
use flate2::write::GzEncoder;
use rstest::rstest;
use std::collections::HashMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// A desk that keeps messages in a map.
#[derive(Default)]
struct Shelf {
    messages: HashMap<(ChannelId, String), crate::domain::event::MessageEvent>,
    order: Vec<Event>,
    chunks: Vec<usize>,
    answers: VecDeque<Taken>,
    most_under_way: usize,
    /// Fails at the chunk of that number.
    fails_at: Option<usize>,
    /// Cannot place the message with this id.
    refuses: Option<&'static str>,
}

impl Sink for Shelf {
    fn send(
        &mut self,
        _cursor: Option<(ChannelId, String)>,
        events: Vec<Event>,
    ) -> Result<(), SinkError> {
        if self.fails_at == Some(self.chunks.len()) {
            return Err(SinkError(Shown::line("no room on the disk")));
        }
        self.chunks.push(events.len());
        let mut taken = Taken::default();
        for (place, event) in events.into_iter().enumerate() {
            self.order.push(event.clone());
            let Event::Message(m) = event else {
                taken.changed += 1;
                continue;
            };
            if self.refuses == Some(m.id.as_str()) {
                taken.rejected.push((place as u32, "no place".into()));
                continue;
            }
            match self.messages.insert((m.channel.clone(), m.id.clone()), m.clone()) {
                None => taken.added += 1,
                Some(before) if before == m => taken.known += 1,
                Some(_) => taken.changed += 1,
            }
        }
        self.answers.push_back(taken);
        self.most_under_way = self.most_under_way.max(self.answers.len());
        Ok(())
    }

    fn receive(&mut self) -> Result<Taken, SinkError> {
        self.answers.pop_front().ok_or(SinkError(Shown::line("nothing under way")))
    }
}

/// 2026-03-01T00:00:00Z.
fn clock() -> Time {
    Time(1_772_323_200_000)
}

const CSV: &str = r#"
format = "csv"
channel = "c"
zone = "UTC"
[columns]
id = "id"
text = "text"
at = "at"
likes = "likes"
"#;

fn import_of(profile: &str) -> Import {
    Import {
        profile: Profile::parse("test", "test.toml", profile).unwrap(),
        clock,
        stop: Arc::default(),
        replay: None,
    }
}

struct Outcome {
    result: Result<Report, Failed>,
    rejects: Vec<(u64, String, String)>,
}

impl Outcome {
    fn report(&self) -> &Report {
        match &self.result {
            Ok(report) => report,
            Err(failed) => &failed.report,
        }
    }

    fn rejected(&self) -> Vec<(u64, &str)> {
        self.rejects.iter().map(|(line, reason, _)| (*line, reason.as_str())).collect()
    }
}

fn run(import: &Import, source: Source, shelf: &mut Shelf) -> Outcome {
    let mut out = Vec::new();
    let result = import.run(source, shelf, Some(Rejects::new(&mut out)), &mut |_| {});
    let rejects = String::from_utf8(out).unwrap();
    let rejects = rejects.lines().map(|line| {
        let v: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |k: &str| v[k].as_str().unwrap().to_owned();
        (v["line"].as_u64().unwrap(), text("reason"), text("row"))
    });
    Outcome { result, rejects: rejects.collect() }
}

fn run_csv(bytes: &[u8], shelf: &mut Shelf) -> Outcome {
    run(&import_of(CSV), Source::of(Cursor::new(bytes.to_vec())), shelf)
}

#[rstest]
#[case::no_text(b"1,,2026-01-02T00:00:00Z,0", "no-text")]
#[case::no_time(b"1,hi,,0", "no-time")]
#[case::no_id(b",hi,2026-01-02T00:00:00Z,0", "no-id")]
#[case::bad_time(b"1,hi,soon,0", "bad-time")]
#[case::year_1900(b"1,hi,1900-01-01T00:00:00Z,0", "time-out-of-range")]
#[case::year_2300(b"1,hi,2300-01-01T00:00:00Z,0", "time-out-of-range")]
#[case::invalid_utf8(b"1,h\xff\xfei,2026-01-02T00:00:00Z,0", "invalid-utf8")]
#[case::gbk(b"1,\xc4\xe3\xba\xc3,2026-01-02T00:00:00Z,0", "invalid-utf8")]
#[case::nul(b"1,h\0i,2026-01-02T00:00:00Z,0", "nul")]
#[case::too_few(b"1,hi,2026-01-02T00:00:00Z", "field-count")]
#[case::too_many(b"1,hi,2026-01-02T00:00:00Z,0,0", "field-count")]
#[case::stray_quote(b"1,\"hi\" there,2026-01-02T00:00:00Z,0", "bad-quotes")]
#[case::unclosed_quote(b"1,\"hi,2026-01-02T00:00:00Z,0", "bad-quotes")]
fn a_bad_row_is_named_and_costs_nothing_else(#[case] row: &[u8], #[case] reason: &str) {
    let good = |id: u32| format!("{id},ok,2026-01-02T00:00:00Z,0\n").into_bytes();
    let file = [b"id,text,at,likes\n", &good(100)[..], row, b"\n", &good(101), &good(102)].concat();
    let mut shelf = Shelf::default();
    let out = run_csv(&file, &mut shelf);
    assert_eq!(out.rejected(), [(3, reason)]);
    let report = out.report();
    assert_eq!((report.rows, report.added, report.rejected_rows()), (4, 3, 1));
    assert_eq!(report.broken, None);
}

#[test]
fn a_text_of_10_mb_is_one_rejected_row() {
    let mut file = b"id,text,at,likes\n1,\"".to_vec();
    file.resize(10 << 20, b'x');
    file.extend_from_slice(b"\",2026-01-02T00:00:00Z,0\n2,ok,2026-01-02T00:00:00Z,0\n");
    let out = run_csv(&file, &mut Shelf::default());
    assert_eq!(out.rejected(), [(2, "row-too-long")]);
    assert!(out.rejects[0].2.len() <= rows::HEAD);
    assert_eq!(out.report().added, 1);
}

#[test]
fn a_text_over_the_bound_is_rejected_and_one_at_the_bound_is_kept() {
    let file = format!(
        "id,text,at,likes\n1,{},2026-01-02T00:00:00Z,0\n2,{},2026-01-02T00:00:00Z,0\n",
        "x".repeat(check::TEXT + 1),
        "x".repeat(check::TEXT)
    );
    let out = run_csv(file.as_bytes(), &mut Shelf::default());
    assert_eq!(out.rejected(), [(2, "text-too-long")]);
    assert_eq!(out.report().added, 1);
}

#[test]
fn escape_sequences_are_kept_as_they_are() {
    let mut shelf = Shelf::default();
    run_csv(b"id,text,at,likes\n1,\x1b[2Jhi\x07,2026-01-02T00:00:00Z,0\n", &mut shelf);
    let m = &shelf.messages[&(ChannelId("c".into()), "1".into())];
    assert_eq!(m.text, "\x1b[2Jhi\x07");
}

#[rstest]
#[case::plain("id,text,at,likes\n1,hi,2026-01-02T00:00:00Z,3\n")]
#[case::bom_and_crlf("\u{feff}id,text,at,likes\r\n1,hi,2026-01-02T00:00:00Z,3\r\n")]
#[case::other_order("likes,at,text,id\n3,2026-01-02T00:00:00Z,hi,1")]
#[case::quoted_names("\"id\",\"text\",\"at\",\"likes\"\n1,hi,2026-01-02T00:00:00Z,3\n")]
#[case::case_and_blanks("ID, Text ,AT,likes\n1,hi,2026-01-02T00:00:00Z,3\n")]
#[case::blank_lines("\nid,text,at,likes\n\n1,hi,2026-01-02T00:00:00Z,3\n\n")]
fn headers_are_matched_by_name(#[case] file: &str) {
    let mut shelf = Shelf::default();
    let out = run_csv(file.as_bytes(), &mut shelf);
    assert_eq!(out.report().added, 1, "{:?}", out.result);
    let m = &shelf.messages[&(ChannelId("c".into()), "1".into())];
    assert_eq!((m.text.as_str(), m.likes), ("hi", 3));
}

#[test]
fn an_unknown_column_is_named_and_harmless_and_an_absent_one_too() {
    let out = run_csv(b"id,text,at,mood\n1,hi,2026-01-02T00:00:00Z,x\n", &mut Shelf::default());
    let report = out.report();
    assert_eq!(report.added, 1);
    assert_eq!(report.unknown_columns, BTreeSet::from(["mood".to_owned()]));
    assert_eq!(report.absent_columns, BTreeSet::from(["likes".to_owned()]));
}

#[rstest]
#[case::missing(&b"id,body,at\n1,hi,2026-01-02\n"[..], "needs the columns text, the file has: id, body, at;")]
#[case::not_utf8(&b"id,\xff,at\n"[..], "no header in UTF-8")]
fn a_header_that_does_not_fit_is_one_clear_sentence(#[case] file: &[u8], #[case] sentence: &str) {
    let out = run_csv(file, &mut Shelf::default());
    let why = out.result.unwrap_err().why;
    let said = why.say("x.csv", &import_of(CSV).profile, Lang::En);
    assert!(said.as_str().contains(sentence), "{}", said.as_str());
    assert!(said.as_str().contains("x.csv"));
}

#[test]
fn the_same_file_twice_adds_nothing_and_more_likes_change_a_message() {
    let file = b"id,text,at,likes\n1,hi,2026-01-02T00:00:00Z,3\n2,ho,2026-01-02T00:00:00Z,0\n";
    let mut shelf = Shelf::default();
    assert_eq!(run_csv(file, &mut shelf).report().added, 2);
    let again = run_csv(file, &mut shelf);
    assert_eq!((again.report().added, again.report().known), (0, 2));
    let liked = run_csv(b"id,text,at,likes\n1,hi,2026-01-02T00:00:00Z,9\n", &mut shelf);
    assert_eq!((liked.report().added, liked.report().changed), (0, 1));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Rows whose text does not compress away.
fn many_rows(n: u64) -> String {
    let mut file = "id,text,at,likes\n".to_owned();
    for i in 0..n {
        let noise = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        file += &format!("{i},{noise:x},2026-01-02T00:00:00Z,0\n");
    }
    file
}

fn import_file(path: &Path, shelf: &mut Shelf) -> Outcome {
    let import = import_of(CSV);
    let source = Source::open(&Origin::File(path.to_owned()), false, &import.stop).unwrap();
    run(&import, source, shelf)
}

#[test]
fn gzip_is_told_by_its_first_bytes_and_may_have_several_members() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    let parts =
        [gzip(b"id,text,at,likes\n1,hi,2026-01-02T00:"), gzip(b"00:00Z,0\n2,ho,2026-01-02,0")];
    fs::write(&path, parts.concat()).unwrap();
    let out = import_file(&path, &mut Shelf::default());
    assert_eq!((out.report().added, &out.report().broken), (2, &None));
}

#[test]
fn of_a_cut_gzip_the_rows_before_the_cut_are_kept_and_the_cut_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv.gz");
    let whole = gzip(many_rows(20_000).as_bytes());
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let out = import_file(&path, &mut Shelf::default());
    let report = out.report();
    assert!(report.added > 5_000 && report.added < 15_000, "{}", report.added);
    let (line, _) = report.broken.clone().unwrap();
    // Header, whole rows, and perhaps the one that was cut in the middle.
    assert_eq!(report.rows, report.added + report.rejected_rows());
    assert!(report.rejected_rows() <= 1);
    assert!(line == report.added + 2 || line == report.added + 3, "{line} {}", report.added);
}

#[rstest]
#[case::utf16(&b"\xff\xfei\0d\0"[..], "UTF-16")]
#[case::xlsx(&b"PK\x03\x04rest"[..], "XLSX")]
fn a_file_of_another_kind_is_told(#[case] bytes: &[u8], #[case] sentence: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    fs::write(&path, bytes).unwrap();
    let error = Source::open(&Origin::File(path), false, &Arc::default()).err().unwrap();
    assert!(error.say(Lang::En).as_str().contains(sentence));
}

#[rstest]
#[case("/nowhere/x.csv", "cannot be read")]
#[case("/", "is a folder")]
fn what_cannot_be_opened_is_told_with_its_name(#[case] path: &str, #[case] sentence: &str) {
    let origin = Origin::named(Path::new(path));
    let error = Source::open(&origin, false, &Arc::default()).err().unwrap();
    let said = error.say(Lang::En);
    assert!(said.as_str().starts_with(path) && said.as_str().contains(sentence));
}

#[test]
fn an_empty_file_is_nothing() {
    let out = run_csv(b"", &mut Shelf::default());
    assert_eq!(out.result.unwrap().rows, 0);
}

#[test]
fn events_are_handed_over_in_order_in_bounded_chunks() {
    let mut shelf = Shelf::default();
    let out = run_csv(many_rows(3_000).as_bytes(), &mut shelf);
    assert_eq!(out.report().added, 3_000);
    assert!(shelf.chunks.iter().all(|n| *n <= sink::MOST));
    assert!(shelf.most_under_way <= UNDER_WAY);
    let ids: Vec<String> = shelf
        .order
        .iter()
        .filter_map(|e| if let Event::Message(m) = e { Some(m.id.clone()) } else { None })
        .collect();
    assert_eq!(ids, (0..3_000).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[test]
fn chunks_of_long_texts_are_small() {
    let row = |i: u32| format!("{i},{},2026-01-02,0\n", "x".repeat(60_000));
    let file: String =
        ["id,text,at,likes\n".to_owned()].into_iter().chain((0..100).map(row)).collect();
    let mut shelf = Shelf::default();
    assert_eq!(run_csv(file.as_bytes(), &mut shelf).report().added, 100);
    assert!(shelf.chunks.iter().all(|n| n * 60_000 <= sink::MOST_BYTES), "{:?}", shelf.chunks);
}

#[test]
fn when_the_desk_takes_no_more_only_what_it_answered_counts() {
    let mut shelf = Shelf { fails_at: Some(4), ..Shelf::default() };
    let out = run_csv(many_rows(5_000).as_bytes(), &mut shelf);
    let failed = out.result.unwrap_err();
    assert!(matches!(failed.why, Why::Sink(_)));
    assert!(failed.report.added <= 4 * sink::MOST as u64);
}

#[test]
fn what_the_desk_cannot_place_is_rejected_with_its_line() {
    let mut shelf = Shelf { refuses: Some("700"), ..Shelf::default() };
    let out = run_csv(many_rows(1_000).as_bytes(), &mut shelf);
    assert_eq!(out.rejected(), [(702, "desk")]);
    assert!(out.rejects[0].2.starts_with("700,"));
    assert_eq!(out.report().added, 999);
}

#[test]
fn the_documented_events_are_read_and_bad_lines_are_named() {
    let file = concat!(
        r#"{"event":"message","channel":"w","id":"1","text":"hi","at":"2026-01-02T00:00:00Z","queue":"messages","mood":1}"#,
        "\n",
        r#"{"event":"likes","channel":"w","id":"1","likes":3}"#,
        "\n{broken\n",
        r#"{"event":"message","channel":"w","id":"2","at":"2026-01-02T00:00:00Z"}"#,
        "\n",
        r#"{"event":"message","channel":"w","id":"3","text":"a\u0000b","at":"2026-01-02T00:00:00Z"}"#,
        "\n",
    );
    let mut shelf = Shelf::default();
    let import = import_of("format = \"events\"");
    let out = run(&import, Source::of(Cursor::new(file)), &mut shelf);
    assert_eq!(out.rejected(), [(3, "not-json"), (4, "no-text"), (5, "nul")]);
    let report = out.report();
    assert_eq!((report.rows, report.added, report.changed), (5, 1, 1));
    assert_eq!(report.unknown_columns, BTreeSet::from(["mood".to_owned()]));
    assert_eq!(shelf.messages.values().next().unwrap().queue, Queue::Messages);
}

#[test]
fn a_followed_file_is_taken_as_it_grows_and_after_it_was_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, "id,text,at\n1,a,2026-01-02\n").unwrap();
    let import = import_of(CSV);
    let source = Source::open(&Origin::File(path.clone()), true, &import.stop).unwrap();
    let stop = Arc::clone(&import.stop);
    let mut step = 0;
    let mut seen = |p: Progress| {
        if p.rows == 1 && step == 0 {
            step = 1;
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(b"2,b,2026-01-02\n").unwrap();
        } else if p.rows == 2 && step == 1 {
            step = 2;
            fs::rename(&path, folder.path().join("old")).unwrap();
            fs::write(&path, "text,id,at\nc,3,2026-01-02\n").unwrap();
        } else if p.rows == 3 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let mut shelf = Shelf::default();
    let report = import.run::<Vec<u8>>(source, &mut shelf, None, &mut seen).unwrap();
    assert_eq!((report.rows, report.added, report.stopped), (3, 3, true));
    assert_eq!(shelf.messages[&(ChannelId("c".into()), "3".into())].text, "c");
}

#[test]
fn a_replay_comes_in_order_of_time_as_if_now() {
    // The real clock: a replay waits for the moments of its events.
    fn now() -> Time {
        Time::from(chrono::Utc::now())
    }
    let file = "id,text,at,likes\n2,b,2026-01-02T00:10:00Z,0\n1,a,2026-01-02T00:00:00Z,0\n";
    let import = Import { clock: now, replay: Some(6_000.0), ..import_of(CSV) };
    let mut shelf = Shelf::default();
    let before = now();
    let out = run(&import, Source::of(Cursor::new(file)), &mut shelf);
    assert_eq!(out.report().added, 2);
    let times: Vec<(String, Time)> = shelf
        .order
        .iter()
        .filter_map(|e| if let Event::Message(m) = e { Some((m.id.clone(), m.at)) } else { None })
        .collect();
    assert_eq!((times[0].0.as_str(), times[1].0.as_str()), ("1", "2"));
    assert!(times[0].1 >= before);
    assert_eq!(times[1].1 - times[0].1, crate::domain::Span(100));
}

#[rstest]
#[case(
    "douyin_stream",
    "batch,comment_pid,user_pid,nickname,likes,sub_comments,crawled_time_12h,created_at,text\nb,1,u,阿May,5,0,2026-01-02 08:00:00,2026-01-02T20:00:00+08:00,好喝\n"
)]
#[case(
    "twcs_threads",
    "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id,thread\n9,shop,False,2026-01-02T20:00:00Z,sorry,,8,8\n"
)]
#[case(
    "airline_tweets",
    "tweet_id,airline,name,created_at,text,airline_sentiment\n1,US Airways,May,2026-01-02T20:00:00-08:00,late again,negative\n"
)]
#[case(
    "events",
    "{\"event\":\"message\",\"channel\":\"w\",\"id\":\"1\",\"text\":\"hi\",\"at\":1767319872}\n"
)]
fn the_ready_profiles_read_what_they_are_made_for(#[case] name: &str, #[case] file: &str) {
    let import = Import { profile: Profile::find(name, &[]).unwrap(), ..import_of(CSV) };
    let mut shelf = Shelf::default();
    let out = run(&import, Source::of(Cursor::new(file.to_owned())), &mut shelf);
    assert_eq!((out.report().added, out.report().rejected_rows()), (1, 0), "{:?}", out.rejects);
    assert!(out.report().unknown_columns.is_empty());
    let m = shelf.messages.values().next().unwrap();
    match name {
        "douyin_stream" => {
            assert_eq!((m.likes, m.at), (5, Time(1_767_355_200_000)));
            assert_eq!((m.author.name.as_str(), m.channel.0.as_str()), ("阿May", "douyin"));
        }
        "twcs_threads" => {
            assert!(m.ours);
            assert_eq!((m.thread.as_deref(), m.in_reply_to.as_deref()), (Some("8"), Some("8")));
        }
        "airline_tweets" => assert_eq!(m.channel.0, "us-airways"),
        _ => assert_eq!(m.channel.0, "w"),
    }
}
