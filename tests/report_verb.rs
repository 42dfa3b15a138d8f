//! `report` as a script meets it: the real program and daemon.

mod shell;

use chrono::{Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use dutydesk::domain::post::Form;
use dutydesk::domain::slot::bounds;
use dutydesk::domain::{ChannelId, Event, PastPost, Time};
use serde_json::{Value, json};
use shell::{Desk, comment};
use std::collections::BTreeMap;
use std::fs;

const HOUR: i64 = 3_600_000;
const ZONE: Tz = Tz::Asia__Shanghai;

/// A day of last week, in the desk's zone: 0 is Monday. Hours are not kept for ever, so the week is
/// one that has just been.
fn day(n: u64) -> NaiveDate {
    let today = Utc::now().with_timezone(&ZONE).date_naive();
    let monday = today - Days::new(7 + u64::from(today.weekday().num_days_from_monday()));
    monday + Days::new(n)
}

/// When it begins.
fn begins(n: u64) -> i64 {
    bounds(day(n), ZONE).0.0
}

fn channel() -> ChannelId {
    ChannelId("weibo".into())
}

/// Followers each six hours, reads once a day, for nine weeks up to the end of that week.
fn figures() -> Vec<Event> {
    let (mut events, monday) = (Vec::new(), begins(0));
    for day in -56..7_i64 {
        for quarter in 0..4 {
            let at = Time(monday + (day * 24 + quarter * 6) * HOUR);
            let mut values = BTreeMap::from([("followers".to_owned(), 10_000 + day * 4 + quarter)]);
            if quarter == 3 && day != 3 {
                let reads = if day >= 0 { 300 } else { 200 };
                values.extend([("reads".to_owned(), reads), ("likes".to_owned(), 30)]);
            }
            events.push(Event::Metrics { channel: channel(), at, values });
        }
    }
    events
}

fn post(id: &str, title: &str, at: i64, likes: i64) -> Event {
    Event::Published(Box::new(PastPost {
        channel: channel(),
        platform: "weibo".into(),
        id: id.into(),
        at: Time(at),
        form: Form::default(),
        title: title.into(),
        text: String::new(),
        length: 8,
        media: None,
        promoted: false,
        permalink: None,
        values: BTreeMap::from([("likes".into(), likes)]),
        read: None,
    }))
}

fn desk() -> Desk {
    let desk = Desk::new();
    fs::write(desk.folder().join("desk.toml"), "zone = \"Asia/Shanghai\"\nname = \"Lumière\"\n")
        .unwrap();
    let channels = "[[channel]]\nid = \"weibo\"\nplatform = \"weibo\"\ntitle = \"微博\"\n\
                    [[channel]]\nid = \"quiet\"\nplatform = \"quiet\"\n";
    fs::write(desk.folder().join("channels.toml"), channels).unwrap();
    let goal = format!(
        "\n[[goal]]\nchannel = \"weibo\"\nfigure = \"followers\"\ntarget = 10200\nfrom = {}\nby = {}\n",
        day(0) - Days::new(12),
        day(47)
    );
    let figures_file = format!("{}{goal}", include_str!("../src/config/defaults/figures.toml"));
    fs::write(desk.folder().join("figures.toml"), figures_file).unwrap();
    for part in figures().chunks(200) {
        desk.ingest(part.to_vec());
    }
    let wednesday = begins(2);
    desk.ingest(vec![
        comment("c1", "小鹿", "三天没发货", 0, Time(wednesday + 9 * HOUR)),
        comment("c2", "小鹿", "在吗", 0, Time(wednesday + 9 * HOUR + 60_000)),
        comment("c3", "kai", "hello", 0, Time(wednesday - 7 * 24 * HOUR)),
        post("p1", "新品 | <b>上市</b>", wednesday, 40),
        post("p2", "早八", wednesday + HOUR, 90),
        post("p3", "上周", wednesday - 7 * 24 * HOUR, 900),
    ]);
    desk
}

fn figure<'a>(report: &'a Value, name: &str) -> &'a Value {
    let figures = report["channels"][0]["figures"].as_array().unwrap();
    figures.iter().find(|f| f["name"] == name).unwrap()
}

#[test]
fn a_week_is_what_its_days_came_to() {
    let desk = desk();
    let report = &desk.json(&["report", "week", &day(0).format("%G-W%V").to_string()])[0];
    assert_eq!(report["period"]["first"], day(0).to_string());
    assert_eq!(report["period"]["from"], Time(begins(0)).rfc3339());
    let reads = figure(report, "reads");
    // Thursday was not told.
    assert_eq!((&reads["total"], &reads["before"]), (&json!(1_800.0), &json!(1_400.0)));
    assert_eq!((&reads["change"], &reads["usual"]), (&json!(0.5), &json!(1_200.0)));
    assert_eq!((&reads["points"][3], &reads["points"][4]), (&Value::Null, &json!(300.0)));
    let followers = figure(report, "followers");
    assert_eq!((&followers["total"], &followers["stands"]), (&json!(28.0), &json!(10_027.0)));
    assert_eq!(figure(report, "like_rate")["total"], json!(0.1));
    assert_eq!(report["channels"][0]["goals"][0]["standing"]["now"], json!(10_027.0));
    assert_eq!((&report["arrivals"]["now"], &report["arrivals"]["before"]), (&json!(2), &json!(1)));
    assert_eq!(report["arrivals"]["by_weekday_and_hour"][2][9], 2);
    assert_eq!(report["service"]["waiting_at_end"], 3);
    let posts: Vec<&Value> = report["posts"].as_array().unwrap().iter().map(|p| &p["id"]).collect();
    assert_eq!(posts, [&json!("p2"), &json!("p1")]);
    let missing = report["missing"].as_array().unwrap();
    let has = |what: &str, channel: &str| {
        missing.iter().any(|m| m["what"] == what && m["channel"] == channel)
    };
    assert!(has("no-figures", "quiet") && has("coverage", "weibo") && has("rate", "weibo"));

    let wednesday = day(2).to_string();
    let text = desk.done(&["report", "week", &wednesday]);
    let days = [day(0), day(6)].map(|day| day.format("%-d %b %Y").to_string()).join(" to ");
    assert!(text.starts_with(&format!("# Lumière: weekly report\n\n{days}\n")), "{text}");
    assert!(text.contains("| Reads | **1,800** | 1,400 | **+50%** |"), "{text}");
    assert!(text.contains("新品 \\| \\<b\\>上市\\</b\\>") && !text.contains("<b>"));
    let text = desk.done(&["report", "week", &wednesday, "--lang", "zh"]);
    assert!(text.starts_with("# Lumière周报\n") && text.contains("## 未能统计"), "{text}");
}

#[test]
fn a_report_is_written_to_a_file_by_its_name() {
    let desk = desk();
    let file = desk.home().join("may.html");
    let path = file.display().to_string();
    let wednesday = day(2).to_string();
    let month = day(2).format("%Y-%m").to_string();
    let said = desk.done(&["report", "month", &month, "--out", &path]);
    assert!(said.contains("may.html"), "{said}");
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    assert!(
        page.contains("新品 | &lt;b&gt;上市&lt;/b&gt;") && page.contains("<svg class=\"chart\"")
    );
    let again = desk.run(&["report", "day", &wednesday, "--out", &path]);
    assert!(again.code != 0 && again.err.contains("--force"), "{again:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), page);
    let args = ["report", "day", &wednesday, "--out", &path, "--force", "--format", "md"];
    let told = &desk.json(&args)[0];
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(told["bytes"], text.len());
    assert!(text.starts_with("# Lumière: daily report\n"), "{text}");
}

#[test]
fn what_cannot_be_told_is_refused_with_a_reason() {
    let desk = desk();
    let wednesday = day(2).to_string();
    let wednesday = wednesday.as_str();
    for (args, why) in [
        (["report", "day", "someday"].as_slice(), "\"someday\" is no day"),
        (&["report", "day", "2024-05"], "is no day"),
        (&["report", "week", "2999-01-01"], "has not begun"),
        (&["report", "day", wednesday, "--channel", "nowhere"], "no channel nowhere"),
        (&["report", "day", wednesday, "--out", "/nowhere/x.md"], "cannot be written"),
    ] {
        let ran = desk.run(args);
        assert!(ran.code != 0 && ran.err.contains(why) && ran.out.is_empty(), "{args:?}: {ran:?}");
    }
    let only = desk.done(&["report", "week", wednesday, "--channel", "weibo"]);
    assert!(
        only.starts_with("# Lumière: weekly report · 微博\n") && !only.contains("quiet"),
        "{only}"
    );
    let now = desk.done(&["report", "week", "this"]);
    assert!(now.contains("so far, up to ") && now.contains("The period is not over"), "{now}");
    assert!(desk.done(&["report", "day"]).contains("told no figures"));
}
