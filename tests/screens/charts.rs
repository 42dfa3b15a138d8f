//! The figures of channels: the pane, the band, and the screen.

use super::desk::{Desk, NOW, push};
use crate::{USUAL, snapshot, snapshots_at};
use dutydesk::app::{Msg, Settings};
use dutydesk::domain::figure::board::Stand;
use dutydesk::domain::figure::book::{GoalSet, Known, Label};
use dutydesk::domain::figure::goal::{Range, Standing};
use dutydesk::domain::figure::line::{Line, Point};
use dutydesk::domain::figure::period::Baseline;
use dutydesk::domain::figure::{Book, Formula, Kind, Layer, Rate, Unit};
use dutydesk::domain::post::Form;
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::figure::{ChannelBoard, Figure, LineOf};
use dutydesk::wire::message::*;
use rstest::rstest;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);

fn channel(name: &str) -> ChannelId {
    ChannelId(name.into())
}

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
    let figures = vec![
        known("reads", "Reads", "阅读", Kind::Flow, Layer::Exposure, Unit::Count),
        known("completion", "Completion", "完播率", Kind::Gauge, Layer::Exposure, Unit::Share),
        known(
            "watch_time",
            "Average watch time",
            "平均观看时长",
            Kind::Gauge,
            Layer::Exposure,
            Unit::Seconds,
        ),
        known("likes", "Likes", "点赞", Kind::Flow, Layer::Interaction, Unit::Count),
        known("followers", "Followers", "粉丝", Kind::Counter, Layer::Conversion, Unit::Count),
        known(
            "lost_followers",
            "Lost followers",
            "取消关注",
            Kind::Flow,
            Layer::Conversion,
            Unit::Count,
        ),
        known("gmv", "Sales", "成交额", Kind::Flow, Layer::Conversion, Unit::Money),
    ];
    let rate = Rate {
        name: "like_rate".into(),
        label: label("Like rate", "点赞率"),
        layer: Layer::Interaction,
        unit: Unit::Share,
        formula: Formula::parse("likes / reads").unwrap(),
        least: 100.0,
        less_is_better: false,
        platforms: Vec::new(),
    };
    let pane = vec!["followers".into(), "reads".into()];
    Book { figures, rates: vec![rate], pane, ..Book::default() }
}

fn stand(name: &str, now: f64, last: f64, usual: f64, spread: f64) -> Stand {
    let wave = |n: usize| usual * (1.0 + 0.5 * (n as f64 / 4.0).sin());
    let points: Vec<f64> = (0..48).map(|n| if n == 20 { f64::NAN } else { wave(n) }).collect();
    let base = Baseline { value: usual, spread, values: 6 };
    Stand {
        name: name.into(),
        is_rate: false,
        read: Some(NOW),
        now: Some(now),
        step: HOUR,
        last: Some((NOW.floor_hour() - HOUR, last)),
        usual: Some(base),
        day: Some(last * 24.0),
        day_usual: None,
        points,
        coverage: 1.0,
        is_thin: false,
        over: None,
        goal: None,
    }
}

fn board(of: &str) -> ChannelBoard {
    let mut followers = stand("followers", 186_345.0, 11.0, 12.0, 2.0);
    let set = GoalSet {
        channel: channel(of),
        figure: "followers".into(),
        target: 200_000.0,
        from: None,
        start: Some(180_000.0),
        by: chrono::NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
    };
    let standing = Standing {
        now: 186_345.0,
        planned: 187_600.0,
        a_day: 341.4,
        a_week: 2_389.7,
        leads_to: Some(Range { expected: 195_000.0, low: 193_200.0, high: 196_900.0 }),
        chance: Some(0.12),
    };
    followers.goal = Some((set, standing));
    let mut thin = stand("like_rate", 0.026, 0.026, 0.024, 0.004);
    (thin.is_rate, thin.is_thin, thin.over, thin.step) = (true, true, Some(72.0), DAY);
    let mut completion = stand("completion", 0.3181, 0.3181, 0.32, 0.01);
    completion.coverage = 0.81;
    let stands = vec![
        followers,
        stand("reads", 96_412.0, 2_310.0, 4_150.0, 300.0),
        completion,
        stand("watch_time", 74.2, 74.2, 71.0, 6.0),
        stand("likes", 2_140.0, 131.0, 88.0, 9.0),
        thin,
        stand("lost_followers", 74.0, 9.0, 3.0, 1.0),
        stand("gmv", 1_234_567.0, 50_000.0, 51_000.0, 4_000.0),
    ];
    ChannelBoard {
        channel: Some(channel(of)),
        channels: vec![channel("weibo"), channel("douyin")],
        stands,
    }
}

fn line(of: &LineOf) -> Line {
    let over = of.over;
    let by_hour = over.by_hour || over.days <= 7;
    let (step, count) = match by_hour {
        true => (HOUR, i64::from(over.days) * 24),
        false => (DAY, i64::from(over.days)),
    };
    let end =
        if by_hour { NOW.floor_hour() } else { Time(NOW.0.div_euclid(DAY.0) * DAY.0 - 8 * HOUR.0) };
    let back = if over.before { count } else { 0 };
    let other = if of.figure.name == "likes" { 0.02 } else { 1.0 };
    let point = |n: i64| {
        let start = end - Span(step.0 * (count - n + back));
        let hour = (start.0 / HOUR.0 + 8).rem_euclid(24);
        let day = (start.0 / DAY.0).rem_euclid(7);
        let rhythm = if by_hour { 40.0 + 10.0 * (hour * (24 - hour) / 6) as f64 } else { 900.0 };
        let week = 100.0 + if day < 2 { 30.0 } else { 0.0 } + n as f64 / 10.0;
        let odd = ((n * 7_919) % 13 - 6) as f64;
        let value = (rhythm * week / 100.0 + odd * if by_hour { 2.0 } else { 9.0 })
            * other
            * if over.before { 0.8 } else { 1.0 };
        let gap = !over.before && (count * 6 / 10..count * 6 / 10 + count / 20).contains(&n);
        let level =
            if of.figure.name == "followers" { 180_000.0 + 3.0 * n as f64 } else { f64::NAN };
        Point {
            start,
            value: if gap { f64::NAN } else { value },
            level: if gap { f64::NAN } else { level },
            over: None,
        }
    };
    Line { step, points: (0..count).map(point).collect() }
}

fn posts() -> Vec<PastPost> {
    let post = |n: i64| PastPost {
        channel: channel("weibo"),
        platform: "weibo".into(),
        id: n.to_string(),
        at: NOW - Span(DAY.0 * (n + 1)),
        form: Form::ImageText,
        title: ["手冲入门：水温到底多少度", "Meet the growers of Yunling", "秋季礼盒开箱"]
            [n as usize % 3]
            .into(),
        text: String::new(),
        length: 9,
        media: Some(1),
        promoted: false,
        permalink: (n != 1).then(|| format!("https://weibo.example/{n}")),
        values: [("reads".to_owned(), 90_000 / (n + 1)), ("likes".to_owned(), 700)].into(),
        read: None,
    };
    (0..20).map(post).collect()
}

/// Answers everything that was asked since, as the desk would.
fn answered(desk: &mut Desk, from: usize) {
    let asks: Vec<Ask> = desk.sent[from..]
        .iter()
        .filter_map(|to| match to {
            ToDaemon::Ask { ask, .. } => Some(ask.clone()),
            _ => None,
        })
        .collect();
    for ask in asks {
        let answer = match &ask {
            Ask::Line(of) => Answer::Line(line(of)),
            Ask::TopPosts(_) => Answer::TopPosts(posts()),
            _ => continue,
        };
        desk.answers(answer, |asked| *asked == ask);
    }
}

fn with_figures(settings: Settings, w: u16, h: u16) -> Desk {
    let mut desk = Desk::with(settings, w, h);
    desk.happens(push(Push::Book(Box::new(book()))));
    desk.happens(push(Push::Board(board("weibo"))));
    desk
}

/// The keys, with what they ask for answered.
fn pressed(desk: &mut Desk, keys: &str) {
    for key in keys.split_whitespace() {
        let from = desk.sent.len();
        desk.keys(key);
        let watched = desk.sent[from..].iter().find_map(|to| match to {
            ToDaemon::WatchBoard(channel) => channel.clone(),
            _ => None,
        });
        if let Some(channel) = watched {
            desk.happens(push(Push::Board(board(&channel.0))));
        }
        answered(desk, from);
        // What was drawn from the answers may ask for more.
        let from = desk.sent.len();
        desk.happens(Msg::Tick);
        answered(desk, from);
    }
}

fn opened(lang: Lang, w: u16, h: u16, keys: &str) -> Desk {
    let mut desk = with_figures(Settings { lang, ..Settings::default() }, w, h);
    pressed(&mut desk, keys);
    desk
}

#[rstest]
#[case::band("charts_band", "j")]
#[case::pane("charts_pane", "4")]
#[case::list("charts", "8")]
#[case::large("charts_large", "8 enter")]
#[case::counter("charts_counter", "8 G k k enter right")]
#[case::compared("charts_compared", "8 p c j j j enter")]
#[case::picking("charts_picking", "8 c l j")]
#[case::week("charts_week", "8 enter tab")]
#[case::trend("charts_trend", "8 enter tab tab")]
#[case::posts("charts_posts", "8 tab tab tab enter j")]
#[case::table("charts_table", "8 p enter backtab")]
fn the_figures(#[case] name: &str, #[case] keys: &str) {
    snapshots_at(&USUAL, name, |lang, w, h| opened(lang, w, h, keys));
}

#[test]
fn plain_signs_draw_it_too() {
    let settings = Settings { ascii: true, ..Settings::default() };
    let mut desk = with_figures(settings, 80, 24);
    pressed(&mut desk, "8 p c j j j enter");
    let line = desk.screen();
    pressed(&mut desk, "tab");
    let ours = |text: &str| text.replace(|c: char| !c.is_ascii() && c > '\u{2e80}', "");
    assert!(ours(&line).is_ascii() && ours(&desk.screen()).is_ascii());
    snapshot("charts_ascii", &format!("{line}\n{}", desk.screen()));
}

#[test]
fn without_figures_it_says_where_they_come_from() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("8");
    assert!(desk.screen().contains("No channel has told a figure yet"), "{}", desk.screen());
}

#[test]
fn lines_are_asked_for_once_a_minute_and_for_what_a_key_changes() {
    let mut desk = with_figures(Settings::default(), 80, 24);
    let asked = |desk: &mut Desk| -> Vec<LineOf> {
        let sent = std::mem::take(&mut desk.sent);
        let of = |to| match to {
            ToDaemon::Ask { ask: Ask::Line(of), .. } => Some(of),
            _ => None,
        };
        sent.into_iter().filter_map(of).collect()
    };
    asked(&mut desk);
    desk.keys("8");
    let first = asked(&mut desk);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].figure, Figure { channel: channel("weibo"), name: "reads".into() });
    assert_eq!((first[0].over.days, first[0].over.by_hour), (7, false));
    desk.happens(Msg::Tick);
    assert_eq!(asked(&mut desk), [], "once is enough");
    desk.keys("p");
    let before = asked(&mut desk);
    assert!(before.len() == 1 && before[0].over.before);
    desk.keys("right");
    assert!(asked(&mut desk).iter().all(|of| of.over.days == 30));
    desk.now = Time(desk.now.floor_minute().0 + 60_000);
    desk.happens(Msg::Tick);
    assert_eq!(asked(&mut desk).len(), 2, "a minute later both are asked for again");
    desk.keys("esc");
    desk.now = Time(desk.now.0 + 60_000);
    desk.happens(Msg::Tick);
    assert_eq!(asked(&mut desk), []);
}

#[test]
fn the_pane_walks_the_channels() {
    let mut desk = with_figures(Settings::default(), 120, 40);
    desk.keys("4 l");
    assert!(desk.asked(&ToDaemon::WatchBoard(Some(channel("douyin")))));
    desk.happens(push(Push::Board(board("douyin"))));
    desk.keys("l");
    assert!(desk.asked(&ToDaemon::WatchBoard(Some(channel("weibo")))), "round the end");
    desk.keys("enter");
    assert!(desk.screen().contains("Exposure"), "Enter opens the screen");
}

#[test]
fn a_pick_that_is_given_up_changes_nothing() {
    let mut desk = opened(Lang::En, 120, 40, "8");
    let before = desk.screen();
    pressed(&mut desk, "c l j esc");
    assert_eq!(desk.screen(), before);
    pressed(&mut desk, "c enter");
    assert!(desk.screen().contains("same figure"), "{}", desk.screen());
}

#[test]
fn a_figure_that_posts_do_not_have_is_asked_for_as_interactions() {
    let mut desk = with_figures(Settings::default(), 120, 40);
    desk.keys("8 G tab tab tab");
    let by = |desk: &Desk| {
        let asked = desk.sent.iter().rev().find_map(|to| match to {
            ToDaemon::Ask { ask: Ask::TopPosts(of), .. } => Some(of.by.clone()),
            _ => None,
        });
        asked.unwrap()
    };
    assert_eq!(by(&desk), "gmv");
    desk.answers(Answer::TopPosts(Vec::new()), |ask| matches!(ask, Ask::TopPosts(_)));
    assert_eq!(by(&desk), "interactions");
}

#[test]
fn enter_opens_the_page_of_a_post() {
    use dutydesk::app::{Effect, Key, update};
    let mut desk = opened(Lang::En, 80, 24, "8 tab tab tab enter");
    let key = Msg::Key(Key::parse("enter").unwrap());
    let effects = update(&mut desk.model, key, desk.now);
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Open(link) if link == "https://weibo.example/0"))
    );
    pressed(&mut desk, "j enter");
    assert!(desk.screen().contains("Nobody has told where"), "{}", desk.screen());
}

#[test]
fn where_the_list_has_the_whole_screen_a_view_is_seen_at_once() {
    for (w, h, beside) in [(40, 20, false), (120, 40, true)] {
        for keys in ["8 tab", "8 backtab", "8 p", "8 c j enter"] {
            let desk = opened(Lang::En, w, h, keys);
            assert_eq!(desk.model.charts().large, !beside, "{w}: {keys}");
        }
        assert!(!opened(Lang::En, w, h, "8 c tab").model.charts().large, "the list is picked from");
    }
}
