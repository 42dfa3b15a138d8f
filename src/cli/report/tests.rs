//! A report of a made-up desk in both formats and languages, and with texts that would be more than
//! text.

use super::body::body;
use super::doc::{Chart, Heat, Lines, Plot};
use super::{html, markdown, svg, write};
use crate::domain::alert::{About, Alert, AlertId, Stage};
use crate::domain::anomaly::Way;
use crate::domain::figure::book::{Diagnosis, GoalSet, Kind, Known, Label, Layer, Rate};
use crate::domain::figure::goal::Goal;
use crate::domain::figure::{Book, Formula, Grain, Page, Sample, Unit};
use crate::domain::kpi::Metric;
use crate::domain::post::Form;
use crate::domain::report::{
    Arrivals, At, Of, Part, Period, Report, Service, Slots, Topic, lines, missing,
};
use crate::domain::service::{Row, Served};
use crate::domain::{Channel, ChannelId, PastPost, Span, Time};
use crate::text::{Lang, Shown};
use chrono::NaiveDate;
use chrono_tz::Tz;
use proptest::prelude::*;
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;

fn label(en: &str, zh: &str) -> Label {
    Label { en: en.into(), zh: zh.into() }
}

fn book() -> Book {
    let known = |name: &str, en: &str, zh: &str, kind, layer, unit| Known {
        name: name.into(),
        label: label(en, zh),
        kind,
        layer,
        unit,
        less_is_better: name == "lost_followers",
    };
    let rate = |name: &str, en: &str, zh: &str, layer, formula: &str| Rate {
        name: name.into(),
        label: label(en, zh),
        layer,
        unit: Unit::Share,
        formula: Formula::parse(formula).unwrap(),
        least: 100.0,
        less_is_better: false,
        platforms: Vec::new(),
    };
    let (exposure, interaction, conversion) =
        (Layer::Exposure, Layer::Interaction, Layer::Conversion);
    Book {
        figures: vec![
            known("reads", "Reads", "阅读", Kind::Flow, exposure, Unit::Count),
            known("watch_time", "Watch time", "平均观看时长", Kind::Gauge, exposure, Unit::Seconds),
            known("likes", "Likes", "点赞", Kind::Flow, interaction, Unit::Count),
            known("followers", "Followers", "粉丝", Kind::Counter, conversion, Unit::Count),
            known("lost_followers", "Lost", "取消关注", Kind::Flow, conversion, Unit::Count),
            known("gmv", "Sales", "成交额", Kind::Flow, conversion, Unit::Money),
        ],
        rates: vec![
            rate("like_rate", "Like rate", "点赞率", interaction, "likes / reads"),
            rate("save_rate", "Save rate", "收藏率", interaction, "saves / reads"),
            rate("lost_rate", "Loss of likes", "失粉比", conversion, "lost_followers / likes"),
        ],
        diagnoses: vec![Diagnosis {
            name: "not_shown".into(),
            when: Formula::parse("reads < 1").unwrap(),
            says: label("Check the hour of posting.", "检查发布时间。"),
            platforms: Vec::new(),
        }],
        pane: vec!["reads".into()],
        ..Book::default()
    }
}

/// A wave over day and week, with a little unrest that is always the same.
fn wave(at: Time, mean: f64) -> i64 {
    let hour = (at.0 / HOUR) as f64;
    let day = (hour / 24.0 * std::f64::consts::TAU).sin();
    let mean = mean * [1.0, 0.9, 0.95, 1.05, 1.2, 1.35, 1.25][(at.0 / HOUR / 24 % 7) as usize];
    let unrest = ((at.0 / HOUR).wrapping_mul(2_654_435_761) >> 7) % 17 - 8;
    ((mean * (1.0 + 0.5 * day)) as i64 + unrest * (mean as i64) / 100).max(0)
}

fn told(period: &Period, value: impl Fn(Time) -> Option<i64>) -> Vec<(Time, Sample)> {
    let hours = (0..).map(|n| period.from - Span::hours(24 * 44 - n));
    let hours = hours.take_while(|at| *at < period.until);
    let sample = |at: Time| {
        let mut page = Page::default();
        page.note(Grain::Hour.place(at).1, at, value(at)?);
        Some((Grain::Hour.sample(at), page.0[0]))
    };
    hours.filter_map(sample).collect()
}

fn channel(id: &str, title: &str) -> Channel {
    let (id, platform) = (ChannelId(id.into()), id.to_owned());
    Channel { id, platform, title: title.into(), reply_window: None }
}

fn served(replies: i64, minutes: i64, met: i64) -> Served {
    let mut served = Served { replies, judged: replies, met, ..Served::default() };
    for n in 0..replies {
        served.first.add(Metric::FirstResponse, (minutes + n % 5) * 60_000);
    }
    served
}

fn row(name: &str, now: i64, was: i64) -> Row {
    let name = name.to_owned();
    let (now, before) = (served(now, 12, now - now / 10), served(was, 20, was - was / 5));
    Row { name, now, before, backlog: None, oldest: None }
}

fn post(title: &str, likes: i64, at: Time) -> PastPost {
    PastPost {
        channel: ChannelId("weibo".into()),
        platform: "weibo".into(),
        id: title.into(),
        at,
        form: Form::default(),
        title: title.into(),
        text: String::new(),
        length: 10,
        media: None,
        promoted: false,
        permalink: Some("https://post.example/p/(1)?a=b&c=d|e".into()),
        values: BTreeMap::from([("likes".into(), likes), ("reads".into(), likes * 12)]),
        read: None,
    }
}

fn report(of: Of, day: &str, now: &str) -> Report {
    let now = Time::from(now.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    let period = Period::new(of, day.parse().unwrap(), Tz::Asia__Shanghai, now);
    let book = book();
    let from = period.from;
    let more = move |at: Time, by: f64| if at >= from { by } else { 1.0 };
    let followers = |at: Time| 40_000 + (at.0 - from.0) / HOUR * 3;
    let weibo = BTreeMap::from([
        ("reads".to_owned(), told(&period, |at| Some(wave(at, 900.0 * more(at, 1.4))))),
        ("likes".to_owned(), told(&period, |at| Some(wave(at, 40.0)))),
        ("watch_time".to_owned(), told(&period, |at| Some(18_000 + wave(at, 400.0)))),
        ("followers".to_owned(), told(&period, |at| Some(followers(at)))),
        ("lost_followers".to_owned(), told(&period, |at| Some(wave(at, 2.0 * more(at, 1.8))))),
    ]);
    let gap = |at: Time| (at < from + Span::hours(30)) || at > from + Span::hours(60);
    let sales = |at: Time| gap(at).then(|| wave(at, 25_000.0 * more(at, 0.6)));
    let douyin = BTreeMap::from([("gmv".to_owned(), told(&period, sales))]);
    let part = |channel: Channel, told: &BTreeMap<String, Vec<(Time, Sample)>>, slots, posts| {
        let at = At { book: &book, platform: &channel.platform, period: &period };
        let (lines, unmade) = lines(&at, told);
        Part { channel, lines, unmade, goals: Vec::new(), slots, posts }
    };
    let slots = Slots { planned: 9, published: 7, missed: 1, failed: 1, unconfirmed: 0 };
    let mut channels = vec![
        part(channel("weibo", "微博"), &weibo, slots, 7),
        part(channel("douyin", ""), &douyin, Slots::default(), 2),
        part(channel("quiet", ""), &BTreeMap::new(), Slots::default(), 0),
    ];
    let by: NaiveDate = "2026-12-31".parse().unwrap();
    let goal = GoalSet {
        channel: ChannelId("weibo".into()),
        figure: "followers".into(),
        target: 45_000.0,
        from: None,
        start: Some(38_000.0),
        by,
    };
    let way = Goal {
        from: from - Span::hours(24 * 30),
        start: 38_000.0,
        by: from + Span::hours(24 * 45),
        target: 45_000.0,
    };
    let gains: Vec<f64> = (0..42).map(|n| 70.0 + f64::from(n * 37 % 23)).collect();
    channels[0].goals = vec![(goal, way.standing(period.until, 40_500.0, &gains))];
    let points: Vec<u64> = match of {
        Of::Day => (0..(period.until - from).0 / HOUR).map(|n| (n as u64 * 7) % 11).collect(),
        _ => period.told().iter().enumerate().map(|(n, _)| 80 + (n as u64 * 37) % 50).collect(),
    };
    let came = points.iter().sum();
    let mut hours = vec![[0; 24]; 7];
    for (day, row) in hours.iter_mut().enumerate() {
        for (hour, n) in row.iter_mut().enumerate().filter(|(hour, _)| *hour > 7) {
            *n = ((day * 5 + hour * 3) % 12) as u64;
        }
    }
    let alert = Alert {
        id: AlertId(3),
        about: About::Figure(ChannelId("douyin".into()), "gmv".into()),
        way: Way::Drop,
        at: from + Span::hours(30),
        began: from + Span::hours(26),
        over: None,
        value: 120.0,
        usual: 260.0,
        carriers: Vec::new(),
        causes: vec!["not_shown".into()],
        stage: Stage::Raised,
        task: None,
    };
    let mut report = Report {
        made: now,
        only: None,
        book: book.clone(),
        arrivals: Arrivals {
            came: (came, came + 40),
            replies: (came - 9, came),
            by_channel: vec![
                (ChannelId("weibo".into()), came - 20, came),
                (ChannelId("douyin".into()), 20, 40),
            ],
            reply_points: points.iter().map(|n| n * 9 / 10).collect(),
            points,
            hours,
        },
        service: Service {
            total: row("", 60, 70),
            operators: vec![row("林", 40, 30), row("ada", 20, 40)],
            channels: vec![row("weibo", 55, 60), row("douyin", 5, 10)],
            hours: (8..22).map(|n| row(&format!("{n:02}"), 3 + n % 4, 4)).collect(),
            outside: Served { replies: 4, ..Served::default() },
            backlog: (14, 11),
            oldest: Some(from - Span::hours(50)),
            is_whole: true,
        },
        posts: vec![
            post("新品上市 | 三步护肤", 1_204, from + Span::hours(12)),
            post("<b>Sale</b> & more [now](https://x.example)", 310, from + Span::hours(20)),
        ],
        alerts: vec![alert],
        topics: vec![
            Topic { text: "敏感肌能用吗？".into(), times: 9, all: 31 },
            Topic { text: String::new(), times: 2, all: 2 },
        ],
        feedback: vec![("delivery".into(), 6, 3), ("price".into(), 1, 0)],
        missing: Vec::new(),
        channels,
        period,
    };
    report.missing = missing(&report);
    report
}

fn week() -> Report {
    report(Of::Week, "2026-11-18", "2026-11-23T01:05:00Z")
}

fn both(report: &Report, lang: Lang) -> (String, String) {
    let doc = body(report, "Lumière", lang);
    (markdown::markdown(&doc), html::html(&doc))
}

/// The page without its style, which is a file of its own.
fn without_style(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    format!("{before}<style>{}", &rest[rest.find("</style>").unwrap()..])
}

#[test]
fn a_week_is_told_in_both_formats_and_languages() {
    for (lang, name) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let (text, page) = both(&week(), lang);
        insta::assert_snapshot!(format!("week_{name}_md"), text);
        insta::assert_snapshot!(format!("week_{name}_html"), without_style(&page));
        whole(&page);
    }
}

#[test]
fn a_day_that_goes_on_and_a_month_are_told() {
    let day = report(Of::Day, "2026-11-18", "2026-11-18T09:40:00Z");
    let (text, page) = both(&day, Lang::En);
    insta::assert_snapshot!("day_en_md", text);
    whole(&page);
    let month = report(Of::Month, "2026-11-18", "2026-12-03T01:05:00Z");
    let (text, page) = both(&month, Lang::Zh);
    insta::assert_snapshot!("month_zh_md", text);
    whole(&page);
}

#[test]
fn a_desk_without_anything_says_so() {
    let mut empty = week();
    empty.channels.truncate(0);
    (empty.arrivals, empty.service) = (Arrivals::default(), Service::default());
    empty.arrivals.hours = vec![[0; 24]; 7];
    (empty.posts, empty.alerts, empty.topics) = (Vec::new(), Vec::new(), Vec::new());
    (empty.feedback, empty.missing) = (Vec::new(), Vec::new());
    let (text, page) = both(&empty, Lang::En);
    for said in ["Nothing came in.", "Nothing was answered", "no post went out", "Nothing: all"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("NaN") && !page.contains("NaN") && !page.contains("inf"));
    whole(&page);
}

/// Fails unless a page is a tree of elements with all texts escaped, and loads nothing.
fn whole(page: &str) {
    const VOID: [&str; 3] = ["meta", "!doctype", "br"];
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if open.last() != Some(&"style") {
            assert!(!text.contains('>'), "a stray > in {text:?}");
            for entity in text.split('&').skip(1) {
                let name = entity.split(';').next().unwrap();
                assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "&{entity}");
            }
        }
        let end = tag.find('>').expect("a tag ends");
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        let name = inside.split([' ', '\n', '/']).find(|n| !n.is_empty()).unwrap();
        assert_eq!(inside.matches('"').count() % 2, 0, "quotes in {inside}");
        for part in inside.split('"').step_by(2).skip(1) {
            assert!(part.is_empty() || part.starts_with(' ') || part == "/", "{inside}");
        }
        let attribute =
            |wanted: &str| inside.split_once(wanted).and_then(|(_, rest)| rest.split('"').next());
        ids.extend(attribute(" id=\""));
        if let Some(closed) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "closed in the wrong order");
        } else if !inside.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
        let allowed =
            !["script", "link", "img", "iframe", "object", "image", "use"].contains(&name);
        assert!(allowed && !inside.contains(" on") && !inside.contains(" src="), "{inside}");
        let href = attribute(" href=\"");
        assert!(href.is_none() || (name == "a" && href.unwrap().starts_with("http")), "{inside}");
    }
    assert_eq!(open, Vec::<&str>::new());
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains('<'));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn charts_without_values_or_with_one_are_drawn() {
    let title = || Shown::line("t");
    let lines = |values: Vec<f64>| Chart {
        title: title(),
        says: title(),
        plot: Plot::Lines(Lines {
            steps: vec![Shown::line("a"); values.len()],
            lines: vec![(title(), values)],
            marks: vec![(0.0, Shown::line("0")), (0.0, Shown::line("0"))],
        }),
    };
    for values in [vec![], vec![f64::NAN], vec![1.0], vec![f64::NAN, 2.0, f64::NAN, 3.0, 4.0]] {
        let drawn = svg::chart(&lines(values.clone()), 1);
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        assert!(!svg::spark(&values, &title()).contains("NaN"));
    }
    let heat = Heat { rows: vec![(title(), vec![0; 3])], columns: vec![title(); 3], says: vec![] };
    let drawn = svg::chart(&Chart { title: title(), says: title(), plot: Plot::Heat(heat) }, 2);
    assert!(drawn.contains("s0") && !drawn.contains("s1"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// No text from outside can become more than text, wherever it stands.
    #[test]
    fn outside_texts_stay_texts(raw in "\\PC{0,24}|[<>&|`*\\[\\]()\"'\\\\#_!/ a-z\n\u{202e}\u{1b}]{0,24}") {
        let mut report = week();
        report.posts[0].title.clone_from(&raw);
        report.posts[0].permalink = Some(format!("https://x.example/{raw}"));
        report.topics[0].text.clone_from(&raw);
        report.feedback[0].0.clone_from(&raw);
        report.service.operators[0].name.clone_from(&raw);
        report.channels[0].channel.title.clone_from(&raw);
        report.book.figures[0].label = label(&raw, &raw);
        report.book.diagnoses[0].says = label(&raw, &raw);
        let (text, page) = both(&report, Lang::En);
        whole(&page);
        let clean = both(&week(), Lang::En).0;
        let shape = |text: &str| {
            let rows = text.lines().filter(|l| l.starts_with('|'));
            rows.map(columns).collect::<Vec<usize>>()
        };
        prop_assert_eq!(shape(&text), shape(&clean));
        let steers = |text: &str| text.contains(['\u{1b}', '\u{202e}']);
        prop_assert!(!steers(&text) && !steers(&page));
    }
}

/// How many bars of a row are bars.
fn columns(row: &str) -> usize {
    let (mut bars, mut letters) = (0, row.chars());
    while let Some(c) = letters.next() {
        match c {
            '\\' => drop(letters.next()),
            '|' => bars += 1,
            _ => {}
        }
    }
    bars
}

#[test]
fn a_file_is_written_whole_and_never_over_another_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.md");
    write(&file, "one", false).unwrap();
    assert_eq!(write(&file, "two", false).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "one");
    write(&file, "three", true).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "three");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    assert!(write(&folder.path().join("none/r.md"), "x", false).is_err());
}
