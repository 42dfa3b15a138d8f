use super::*;
use crate::domain::Queue;
use rstest::rstest;

const PROFILE: &str = r#"
    format = "csv"
    channel = "shop"
    channel_from = "store"
    zone = "+08:00"
    ignore = ["batch"]
    [columns]
    id = ["comment id", "cid"]
    text = ["内容", "text"]
    at = "time"
    author_name = "who"
    likes = "likes"
    [ours]
    column = "side"
    values = ["brand", "0"]
    [messages]
    column = "kind"
    values = ["dm"]
"#;

fn profile(text: &str) -> Profile {
    Profile::parse("p", "p.toml", text).unwrap()
}

fn header(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}

fn map_csv(p: &Profile, head: &str, row: &str) -> (Result<MessageEvent, Reject>, Vec<Mend>) {
    let (mapper, _) = Mapper::for_header(p, &header(head), None).unwrap();
    let (fields, mut mends) = (Fields::of(row.as_bytes(), b','), vec![]);
    let event = mapper.map(p, Cells::Fields(&fields), &mut mends);
    let message = event.map(|e| match e {
        Event::Message(m) => m,
        other => panic!("{other:?}"),
    });
    (message, mends)
}

const HEAD: &str = "kind,side,likes,who,time,text,cid,store";

#[test]
fn columns_are_found_by_name_wherever_they_stand() {
    let p = profile(PROFILE);
    let row = "dm,BRAND,1.2万,May,2026-01-02 10:11:12,\" hi, there \",7,";
    let (m, mends) = map_csv(&p, HEAD, row);
    let m = m.unwrap();
    assert_eq!((m.id.as_str(), m.text.as_str(), m.likes), ("7", " hi, there ", 12_000));
    assert_eq!((m.queue, m.ours, m.channel.0.as_str()), (Queue::Messages, true, "shop"));
    assert_eq!(m.at, Time(1_767_319_872_000));
    assert_eq!((m.author.name.as_str(), mends), ("May", vec![]));
    let other = "text,store, TIME ,cid,side,kind,likes,who";
    let (m, _) = map_csv(&p, other, "hi,Flag Ship,2026-01-02 10:11:12,7,1,c,,");
    let m = m.unwrap();
    assert_eq!((m.channel.0.as_str(), m.ours, m.likes), ("flag-ship", false, 0));
}

#[test]
fn a_header_that_lacks_what_is_needed_is_told_with_what_was_found() {
    let p = profile(PROFILE);
    let e = Mapper::for_header(&p, &header("cid,body,side,kind"), None).unwrap_err();
    let missing = vec!["内容|text".to_owned(), "time".to_owned()];
    assert_eq!(e, HeaderError::Missing { missing, found: header("cid,body,side,kind") });
    let e = Mapper::for_header(&p, &header("cid,text,text,time,side,kind"), None).unwrap_err();
    assert_eq!(e, HeaderError::Twice("text".into()));
}

#[test]
fn columns_too_much_or_too_little_are_noted() {
    let p = profile(PROFILE);
    let head = header("cid,text,time,side,kind,batch,mood,");
    let (_, notes) = Mapper::for_header(&p, &head, None).unwrap();
    assert_eq!(notes.unknown, ["mood"]);
    assert_eq!(notes.absent, ["who", "likes", "store"]);
}

#[rstest]
#[case("c,1,,x,2026-01-02 10:11:12,,7,", Reason::NoText)]
#[case("c,1,,x,,hi,7,", Reason::NoTime)]
#[case("c,1,,x,soon,hi,7,", Reason::BadTime)]
#[case("c,1,,x,2026-01-02 10:11:12,hi,,", Reason::NoId)]
fn a_row_without_what_it_needs_is_rejected(#[case] row: &str, #[case] reason: Reason) {
    assert_eq!(map_csv(&profile(PROFILE), HEAD, row).0.unwrap_err().reason, reason);
}

#[test]
fn likes_that_are_no_number_count_as_none_and_are_told() {
    let (m, mends) = map_csv(&profile(PROFILE), HEAD, "c,1,many,x,2026-01-02 10:11:12,hi,7,");
    assert_eq!((m.unwrap().likes, mends), (0, vec![Mend::Likes]));
}

#[rstest]
#[case("1234", Some(1234))]
#[case("1,234", Some(1234))]
#[case("2.2万", Some(22_000))]
#[case("10w+", Some(100_000))]
#[case("3K", Some(3000))]
#[case("12.0", Some(12))]
#[case("99999999999", Some(u32::MAX))]
#[case("-1", None)]
#[case("nan", None)]
#[case("inf", None)]
#[case("万", None)]
fn likes_are_read_as_exports_write_them(#[case] s: &str, #[case] n: Option<u32>) {
    assert_eq!(likes(s), n);
}

const NO_ID: &str = r#"
    format = "csv"
    channel = "c"
    id_from = ["who", "time", "text"]
    [columns]
    text = "text"
    at = "time"
"#;

#[test]
fn an_id_made_of_columns_is_the_same_for_the_same_row_only() {
    let p = profile(NO_ID);
    let id = |row| map_csv(&p, "who,time,text", row).0.unwrap().id;
    assert_eq!(id("a,2026-01-02,hi"), "h-f25e4fe4d7caf74c0db65c0291af4229");
    assert_eq!(id("a,2026-01-02,hi"), id(" a ,2026-01-02,hi"));
    assert_ne!(id("a,2026-01-02,hi"), id("a,2026-01-02,ho"));
    assert_ne!(id("a,2026-01-02,hi"), id("a2026-01-02,2026-01-02,hi"));
}

#[test]
fn json_of_any_shape_is_mapped_by_path() {
    let p = profile(
        r#"
        format = "ndjson"
        channel = "c"
        [columns]
        id = "id"
        text = "body.text"
        at = "ts"
        author_name = ["user.nick", "user.name"]
        likes = "stats.likes"
        "#,
    );
    let line = r#"{"id":7,"body":{"text":"hi"},"ts":1767319872,"user":{"name":"May"},"stats":{"likes":3}}"#;
    let map = super::super::events::object(line).unwrap();
    let mapper = Mapper::for_objects(&p);
    let Ok(Event::Message(m)) = mapper.map(&p, Cells::Object(&map), &mut vec![]) else { panic!() };
    assert_eq!((m.id.as_str(), m.text.as_str(), m.likes), ("7", "hi", 3));
    assert_eq!((m.author.name.as_str(), m.at), ("May", Time(1_767_319_872_000)));
}
