//! The alerts: the mark in the header, the notice, the layer and its keys.

use super::desk::{Desk, NOW, operator, push};
use crate::{USUAL, snapshots, snapshots_at};
use dutydesk::domain::alert::act::{AlertAct, AlertVerb};
use dutydesk::domain::alert::{About, Alert, AlertId, Carrier, Stage};
use dutydesk::domain::anomaly::Way;
use dutydesk::domain::figure::book::{Book, Diagnosis, Known, Label};
use dutydesk::domain::figure::{Formula, Kind, Layer, Unit};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::figure::Raised;
use dutydesk::wire::message::*;
use rstest::rstest;

const HOUR: i64 = 3_600_000;

fn ago(hours: i64) -> Time {
    Time(NOW.0 - hours * HOUR)
}

fn book() -> Book {
    let label = |en: &str, zh: &str| Label { en: en.into(), zh: zh.into() };
    let known = |name: &str, unit, label| Known {
        name: name.into(),
        label,
        kind: Kind::Flow,
        layer: Layer::Exposure,
        unit,
        less_is_better: false,
    };
    Book {
        figures: vec![
            known("reads", Unit::Count, label("Reads", "阅读")),
            known("completion", Unit::Share, label("Completion", "完播率")),
        ],
        diagnoses: vec![Diagnosis {
            name: "not_shown".into(),
            when: Formula::parse("reads < 1").unwrap(),
            says: label(
                "It is shown less: check the hour of posting, the tags, and whether the platform holds something back.",
                "曝光下降：检查发布时间、标签，以及是否被平台限流。",
            ),
            platforms: Vec::new(),
        }],
        ..Book::default()
    }
}

fn carrier(channel: &str, post: Option<&str>, share: f64) -> Carrier {
    let post = post.map(|text| ("77".to_owned(), text.to_owned()));
    Carrier { channel: ChannelId(channel.into()), post, share }
}

fn alert(id: u64, about: About, way: Way, (value, usual): (f64, f64), hours: i64) -> Alert {
    Alert {
        id: AlertId(id),
        about,
        way,
        at: ago(hours),
        began: ago(hours + 1),
        over: None,
        value,
        usual,
        carriers: Vec::new(),
        causes: Vec::new(),
        stage: Stage::Raised,
        task: None,
    }
}

fn figure(channel: &str, name: &str) -> About {
    About::Figure(ChannelId(channel.into()), name.into())
}

fn alerts() -> Vec<Alert> {
    let drop = Alert {
        carriers: vec![
            carrier("weibo", None, 0.62),
            carrier("douyin", None, 0.38),
            carrier("weibo", Some("新品燕麦拿铁，今晚八点开抢"), 0.71),
            carrier("weibo", Some("Behind the roast: how we pick beans"), 0.0),
        ],
        causes: vec!["not_shown".into()],
        task: Some("https://tasks.example/board/118".into()),
        ..alert(12, figure("weibo", "reads"), Way::Drop, (4_812.0, 8_040.0), 2)
    };
    let burst = Alert {
        carriers: vec![carrier("douyin", Some("Summer box, unpacked"), 0.9)],
        ..alert(11, About::Complaints, Way::Burst, (34.0, 2.0), 5)
    };
    let seen = Alert {
        stage: Stage::Acknowledged { by: operator("bo"), at: ago(20) },
        ..alert(9, figure("douyin", "completion"), Way::Drop, (0.183, 0.297), 24)
    };
    let over =
        Alert { over: Some(ago(30)), ..alert(8, About::Arrivals, Way::Burst, (310.0, 190.0), 40) };
    let snoozed = Alert {
        stage: Stage::Snoozed { by: operator("amy"), until: Time(NOW.0 + 3 * HOUR) },
        ..alert(7, figure("weibo", "reads"), Way::Burst, (90.0, 0.0), 50)
    };
    vec![drop, burst, seen, over, snoozed]
}

/// What is to be seen, as the header tells it.
fn told(desk: &mut Desk, n: u32) {
    let state = DeskState { alerts: n, ..desk.model.desk().clone() };
    desk.happens(push(Push::Desk(state)));
}

/// Answers what the layer asks.
fn answer(desk: &mut Desk, told: Vec<Alert>) {
    desk.answers(Answer::Alerts(told), |ask| matches!(ask, Ask::Alerts { .. }));
}

fn opened(lang: Lang, size: (u16, u16), all: Vec<Alert>, keys: &str) -> Desk {
    let mut desk = Desk::open(lang, size.0, size.1);
    told(&mut desk, 2);
    desk.keys("g a");
    desk.answers(Answer::Book(Box::new(book())), |ask| matches!(ask, Ask::Book));
    answer(&mut desk, all);
    desk.keys(keys);
    desk
}

#[rstest]
#[case::list("alerts", "")]
#[case::complaints("alerts_complaints", "j")]
#[case::snoozed("alerts_snoozed", "G")]
#[case::snooze("alerts_snooze", "s")]
#[case::task("alerts_task", "t")]
fn the_layer_fits_every_screen(#[case] name: &str, #[case] keys: &str) {
    snapshots_at(&USUAL, name, |lang, w, h| opened(lang, (w, h), alerts(), keys));
}

#[test]
fn the_header_counts_them_and_a_notice_tells_each_once() {
    snapshots("alerts_notice", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        told(&mut desk, 3);
        let raised = Raised {
            count: 1,
            id: AlertId(12),
            about: figure("weibo", "reads"),
            label: Label { en: "Reads".into(), zh: "阅读".into() },
            way: Way::Drop,
            percent: Some(-40),
        };
        desk.happens(push(Push::Notices(vec![Notice::Alert(Box::new(raised))])));
        desk
    });
}

#[test]
fn nothing_stands() {
    let mut desk = opened(Lang::En, (80, 24), Vec::new(), "");
    assert!(desk.screen().contains("No alert stands"));
    desk.keys("tab");
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Alerts { all: true } }));
    answer(&mut desk, Vec::new());
    assert!(desk.screen().contains("There has been no alert yet"));
    // Keys have nothing to do anything with.
    desk.keys("a s t o enter");
    assert!(!desk.sent.iter().any(|to| matches!(to, ToDaemon::Ask { ask: Ask::Do(_), .. })));
    desk.keys("esc");
    assert!(!desk.screen().contains("There has been no alert yet"));
}

#[test]
fn keys_do_what_is_done_with_alerts() {
    let mut desk = opened(Lang::En, (120, 40), alerts(), "");
    let mut does = |keys: &str, typed: &str, wanted: AlertAct| {
        desk.sent.clear();
        desk.keys(keys);
        if !typed.is_empty() {
            desk.types(typed);
            desk.keys("enter");
        }
        let ask = Ask::Do(Command::Alert(wanted));
        assert!(desk.asked(&ToDaemon::Ask { number: 0, ask }), "{keys}: {:?}", desk.sent);
    };
    let ids = vec![AlertId(12)];
    does("a", "", AlertAct::Acknowledge { ids: ids.clone() });
    does("o", "", AlertAct::Reopen { ids: ids.clone() });
    let task = Some("https://tasks.example/board/118 today".to_owned());
    does("t", " today", AlertAct::Task { ids: ids.clone(), task });
    does("t ctrl-u enter", "", AlertAct::Task { ids: ids.clone(), task: None });
    let asked = desk.sent.len();
    desk.keys("s 1");
    let until = desk.sent[asked..].iter().find_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Do(Command::Alert(AlertAct::Snooze { ids, until })), .. } => {
            Some((ids.clone(), *until))
        }
        _ => None,
    });
    let (of, until) = until.expect("snoozed");
    assert!(of == ids && until > desk.now && until <= desk.now + Span::hours(1));
    desk.keys("s 4");
    desk.types("3h");
    desk.keys("enter");
    let done = Done {
        name: Name::Alert(AlertVerb::Snooze),
        taken_back: false,
        ids: Vec::new(),
        refused: Vec::new(),
        message: None,
        goes_at: None,
        warned: Vec::new(),
        posts: Vec::new(),
        made: Some(12),
    };
    desk.answers_last(Answer::Done(done));
    assert!(desk.screen().contains("Alert 12: snoozed"), "{}", desk.screen());
    // What has changed is asked for anew.
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Alerts { all: false } }));
    desk.keys("u");
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Do(Command::Undo) }));
}

#[test]
fn enter_goes_where_it_comes_from() {
    let mut desk = opened(Lang::En, (120, 40), alerts(), "enter");
    let weibo = ChannelId("weibo".into());
    assert!(desk.asked(&ToDaemon::WatchBoard(Some(weibo))));
    desk.keys("esc j enter");
    let list = desk.model.list(Queue::Comments);
    assert_eq!(list.filter(), "channel:douyin intent:complaint");
    assert!(desk.model.layers().is_empty());
}

#[test]
fn it_is_asked_when_it_is_opened_and_when_what_is_to_be_seen_changes() {
    let mut desk = opened(Lang::En, (80, 24), alerts(), "");
    let asked = |desk: &mut Desk| {
        let sent = std::mem::take(&mut desk.sent);
        let is = |to: &&ToDaemon| matches!(to, ToDaemon::Ask { ask: Ask::Alerts { .. }, .. });
        sent.iter().filter(is).count()
    };
    assert_eq!(asked(&mut desk), 1);
    desk.keys("j k");
    assert_eq!(asked(&mut desk), 0);
    told(&mut desk, 3);
    desk.keys("j");
    assert_eq!(asked(&mut desk), 1);
    desk.keys("esc");
    told(&mut desk, 4);
    desk.keys("j");
    assert_eq!(asked(&mut desk), 0);
}
