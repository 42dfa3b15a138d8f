//! Alerts: raised once when a figure is not as it usually is, over when it is again, and what operators
//! do with them.

use crate::kit::*;
use dutydesk::daemon::desk::query;
use dutydesk::domain::alert::act::{AlertAct, Refused};
use dutydesk::domain::alert::{About, Alert, AlertId, Stage};
use dutydesk::domain::anomaly::Way;
use dutydesk::domain::figure::book::{Book, Diagnosis, Known, Label};
use dutydesk::domain::figure::{Formula, Kind, Layer, Unit};
use dutydesk::domain::post::Form;
use dutydesk::domain::{Channel, ChannelId, Command, Event, PastPost, Refusal, Span, Time};
use dutydesk::store::MemoryStore;
use dutydesk::store::export::{export_page, restore_lines};
use std::sync::Arc;

const HOUR: Span = Span::hours(1);
const WEEKS: i64 = 4;

fn known(name: &str, kind: Kind) -> Known {
    Known {
        name: name.into(),
        label: Label { en: "Reads".into(), zh: "阅读".into() },
        kind,
        layer: Layer::Exposure,
        unit: Unit::Count,
        less_is_better: false,
    }
}

fn cause(name: &str, when: &str, platforms: &[&str]) -> Diagnosis {
    Diagnosis {
        name: name.into(),
        when: Formula::parse(when).unwrap(),
        says: Label { en: "Look.".into(), zh: "看看。".into() },
        platforms: platforms.iter().map(|p| (*p).to_owned()).collect(),
    }
}

fn book() -> Book {
    Book {
        figures: vec![known("reads", Kind::Flow), known("impressions", Kind::Flow)],
        diagnoses: vec![
            cause("read_less", "reads < 0.99 * usual(reads)", &["weibo"]),
            cause("elsewhere", "reads < 0.99 * usual(reads)", &["douyin"]),
            cause("shown_less", "impressions < 0.8 * usual(impressions)", &[]),
        ],
        ..Book::default()
    }
}

fn kit() -> Kit {
    let mut setup = setup();
    let named = |id: &str| Channel {
        id: ChannelId(id.into()),
        platform: id.into(),
        title: String::new(),
        reply_window: None,
    };
    setup.channels = vec![named("weibo"), named("douyin")];
    setup.figures = Arc::new(book());
    let mut kit = Kit::with(setup);
    kit.later(Span::minutes(10));
    kit
}

fn channel(name: &str) -> ChannelId {
    ChannelId(name.into())
}

fn told(on: &str, at: Time, name: &str, value: i64) -> Event {
    Event::Metrics { channel: channel(on), at, values: [(name.to_owned(), value)].into() }
}

/// As many as usual: some noise, a rhythm of the day.
fn usual(at: Time) -> i64 {
    let hour = at.0 / HOUR.0;
    let of_day = if (8..22).contains(&hour.rem_euclid(24)) { 900 } else { 500 };
    of_day + (hour * 37).rem_euclid(61)
}

/// The weeks before now, on a channel.
fn weeks(kit: &mut Kit, on: &str, name: &str) {
    let over = kit.now.floor_hour();
    let hours: Vec<Time> = (1..=WEEKS * 168).map(|n| over - Span(HOUR.0 * n)).collect();
    for part in hours.chunks(200) {
        kit.ingest(part.iter().map(|at| told(on, *at, name, usual(*at))).collect());
    }
}

/// An hour goes by in which reads came to so much of what is usual on each of these; it is judged.
fn hour(kit: &mut Kit, on: &[(&str, f64)]) {
    kit.later(HOUR);
    let at = kit.now.floor_hour() - HOUR;
    let value = |times: f64| (usual(at) as f64 * times) as i64;
    kit.ingest(on.iter().map(|(on, times)| told(on, at, "reads", value(*times))).collect());
    kit.later(Span::minutes(2));
    judge(kit);
    kit.now = kit.now - Span::minutes(2);
}

/// The clock does all that is due.
fn judge(kit: &mut Kit) {
    for _ in 0..50 {
        if kit.desk.next_timer().unwrap().is_none_or(|due| due > kit.now) {
            return;
        }
        kit.elapse();
    }
    panic!("the clock does not come to an end");
}

fn alerts(kit: &Kit) -> Vec<Alert> {
    let mut all = query::alerts_now(&*kit.store, true, kit.now).unwrap();
    all.reverse();
    all
}

fn reads(on: &str) -> About {
    About::Figure(channel(on), "reads".into())
}

#[test]
fn a_drop_is_told_once_and_over_when_it_is_as_usual_again() {
    let mut kit = kit();
    weeks(&mut kit, "weibo", "reads");
    judge(&mut kit);
    for _ in 0..24 {
        hour(&mut kit, &[("weibo", 1.0)]);
    }
    assert_eq!(alerts(&kit), [], "noise is no alert");
    let began = kit.now.floor_hour();
    hour(&mut kit, &[("weibo", 0.6)]);
    let [alert] = &alerts(&kit)[..] else { panic!("{:?}", alerts(&kit)) };
    assert_eq!((&alert.about, alert.way, alert.id), (&reads("weibo"), Way::Drop, AlertId(1)));
    assert_eq!((alert.at, alert.over), (began + HOUR, None));
    assert!(alert.began <= began && began - alert.began <= Span::hours(4), "{alert:?}");
    let change = alert.change().unwrap();
    assert!((-0.46..-0.34).contains(&change), "{change}");
    assert!((alert.value - usual(began) as f64 * 0.6).abs() < 1.0, "{alert:?}");
    assert_eq!(alert.causes, ["read_less"]);
    assert_eq!(kit.desk.state(kit.now).alerts, 1);
    // It goes on for a day and a half: the same alert.
    for _ in 0..36 {
        hour(&mut kit, &[("weibo", 0.6)]);
        assert!(kit.last.raised.is_empty());
    }
    assert_eq!(alerts(&kit).len(), 1);
    kit.check();
    for _ in 0..4 {
        hour(&mut kit, &[("weibo", 1.0)]);
    }
    let over = alerts(&kit)[0].over.unwrap();
    assert!(kit.now - over <= Span::hours(4), "{over:?}");
    // And another one later is another one.
    for _ in 0..30 {
        hour(&mut kit, &[("weibo", 1.0)]);
    }
    hour(&mut kit, &[("weibo", 0.5)]);
    let all = alerts(&kit);
    assert_eq!(all.iter().map(|a| a.id.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(query::alerts_now(&*kit.store, false, kit.now).unwrap().len(), 2);
    let since = query::alerts(&*kit.store, over + HOUR, kit.now).unwrap();
    assert_eq!(since.iter().map(|a| a.id.0).collect::<Vec<_>>(), [2]);
    kit.check();
}

#[test]
fn it_says_which_channels_and_posts_carry_it() {
    let mut kit = kit();
    for on in ["weibo", "douyin"] {
        weeks(&mut kit, on, "reads");
    }
    let post = |id: &str, hours: i64, reads: i64| {
        Event::Published(Box::new(PastPost {
            channel: channel("weibo"),
            platform: "weibo".into(),
            id: id.into(),
            at: NOON - Span::hours(hours),
            form: Form::ImageText,
            title: format!("Post {id}"),
            text: String::new(),
            length: 4,
            media: None,
            promoted: false,
            permalink: None,
            values: [("reads".to_owned(), reads)].into(),
            read: None,
        }))
    };
    kit.ingest(vec![post("1", 5, 300), post("2", 20, 650), post("3", 24 * 30, 90_000)]);
    kit.ingest(vec![post("4", 6, 20)]);
    judge(&mut kit);
    hour(&mut kit, &[("weibo", 2.0), ("douyin", 1.25)]);
    let all = alerts(&kit);
    let alert = all.iter().find(|a| a.about == reads("weibo")).unwrap();
    let carriers: Vec<(&str, Option<&str>, i64)> = alert
        .carriers
        .iter()
        .map(|c| {
            let post = c.post.as_ref().map(|(id, _)| id.as_str());
            (c.channel.0.as_str(), post, (c.share * 100.0).round() as i64)
        })
        .collect();
    let [first, second, ..] = carriers[..] else { panic!("{carriers:?}") };
    assert!(first.0 == "weibo" && (70..90).contains(&first.2), "{carriers:?}");
    assert!(second.0 == "douyin" && first.2 + second.2 == 100, "{carriers:?}");
    assert_eq!(carriers[2..], [("weibo", Some("2"), 67), ("weibo", Some("1"), 31)]);
    assert_eq!(alert.carriers[2].post.as_ref().unwrap().1, "Post 2");
    kit.check();
}

#[test]
fn late_and_corrected_values_tell_nothing_twice() {
    let mut kit = kit();
    weeks(&mut kit, "weibo", "reads");
    judge(&mut kit);
    hour(&mut kit, &[("weibo", 0.5)]);
    assert_eq!(alerts(&kit).len(), 1);
    let at = kit.now.floor_hour() - HOUR;
    // Told a little differently, then an hour of the day before, then as it really was.
    for (at, value) in [
        (at, usual(at) * 4 / 10),
        (at - Span::hours(20), usual(at) / 3),
        (at - Span::hours(20), usual(at - Span::hours(20))),
        (at, usual(at)),
    ] {
        kit.ingest(vec![told("weibo", at, "reads", value)]);
        kit.later(Span::minutes(2));
        judge(&mut kit);
        assert_eq!(alerts(&kit).len(), 1);
    }
    for _ in 0..3 {
        hour(&mut kit, &[("weibo", 1.0)]);
    }
    let [alert] = &alerts(&kit)[..] else { panic!() };
    assert!(alert.over.is_some());
    // What comes late for an hour that nobody has told of is judged when it comes.
    for _ in 0..25 {
        hour(&mut kit, &[]);
    }
    let late = kit.now.floor_hour() - Span::hours(2);
    kit.ingest(vec![told("weibo", late, "reads", usual(late) / 3)]);
    kit.later(Span::minutes(2));
    judge(&mut kit);
    assert_eq!(alerts(&kit)[1].at, late + HOUR);
    kit.check();
}

#[test]
fn a_restart_tells_nothing_again_and_forgets_nothing() {
    let mut kit = kit();
    weeks(&mut kit, "weibo", "reads");
    judge(&mut kit);
    hour(&mut kit, &[("weibo", 0.5)]);
    kit.restart();
    judge(&mut kit);
    hour(&mut kit, &[("weibo", 0.5)]);
    assert_eq!(alerts(&kit).len(), 1);
    assert_eq!(kit.desk.state(kit.now).alerts, 1);
    // What came while nobody judged is judged at the start.
    for _ in 0..4 {
        hour(&mut kit, &[("weibo", 1.0)]);
    }
    let at = kit.now.floor_hour();
    kit.later(HOUR);
    kit.ingest(vec![told("weibo", at, "reads", usual(at) * 3)]);
    kit.restart();
    kit.later(HOUR);
    judge(&mut kit);
    let all = alerts(&kit);
    assert_eq!((all.len(), all[1].way, all[1].at), (2, Way::Burst, at + HOUR));
    kit.check();
}

#[test]
fn a_store_that_fails_loses_no_alert() {
    let mut kit = kit();
    weeks(&mut kit, "weibo", "reads");
    judge(&mut kit);
    kit.later(HOUR);
    let at = kit.now.floor_hour() - HOUR;
    kit.ingest(vec![told("weibo", at, "reads", usual(at) / 2)]);
    kit.later(Span::minutes(2));
    kit.store.full.store(true, std::sync::atomic::Ordering::Relaxed);
    let jobs = vec![dutydesk::daemon::desk::Job::Elapse];
    assert!(kit.desk.run_group(kit.now, jobs).is_err());
    kit.store.full.store(false, std::sync::atomic::Ordering::Relaxed);
    kit.elapse();
    judge(&mut kit);
    assert_eq!(alerts(&kit).iter().map(|a| a.id.0).collect::<Vec<_>>(), [1]);
    kit.check();
}

#[test]
fn only_what_the_file_names_is_watched_and_rates_by_the_day() {
    let mut kit = kit();
    let mut book = book();
    let rate = dutydesk::domain::figure::Rate {
        name: "read_rate".into(),
        label: Label::default(),
        layer: Layer::Exposure,
        unit: Unit::Share,
        formula: Formula::parse("reads / impressions").unwrap(),
        least: 100.0,
        less_is_better: false,
        platforms: Vec::new(),
    };
    book.rates.push(rate);
    book.watch.figures = vec!["read_rate".into()];
    kit.setup.figures = Arc::new(book);
    kit.restart();
    // Ten weeks of whole days: a tenth of what is shown is read, at last half of that.
    let day = |n: i64| kit.now.floor_hour() - Span::hours(24 * n);
    let events = (1..=70).flat_map(|n| {
        let shown = 10_000 + (n * 37) % 61 * 10;
        let share = if n == 1 { 20 } else { 10 };
        [told("weibo", day(n), "impressions", shown), told("weibo", day(n), "reads", shown / share)]
    });
    let events: Vec<Event> = events.collect();
    kit.ingest(events);
    kit.later(Span::minutes(2));
    judge(&mut kit);
    let [alert] = &alerts(&kit)[..] else { panic!("{:?}", alerts(&kit)) };
    assert_eq!(alert.about, About::Figure(channel("weibo"), "read_rate".into()));
    assert!((alert.value - 0.05).abs() < 0.001 && (alert.usual - 0.1).abs() < 0.005, "{alert:?}");
    kit.check();
}

#[test]
fn a_burst_of_complaints_is_told_with_the_post_it_hangs_on() {
    let mut kit = kit();
    let complaint = "你们的客服一直不处理，我要投诉，退款！";
    let said = |n: i64, at: Time, text: &str, under: Option<&str>| {
        let mut m = message(&format!("c{n}"), at, text);
        m.in_reply_to = under.map(str::to_owned);
        Event::Message(m)
    };
    let mut events = Vec::new();
    let mut post = message("p1", NOON - Span::hours(3), "New blender, half the noise");
    post.ours = true;
    events.push(Event::Message(post));
    for n in 0..24 * 14 {
        let at = NOON - Span(HOUR.0 * n) - Span::minutes(30);
        events.push(said(n, at, "好看", None));
    }
    for part in events.chunks(200) {
        kit.ingest(part.to_vec());
    }
    judge(&mut kit);
    assert_eq!(alerts(&kit), []);
    let at = kit.now;
    let burst = (1_000..1_030).map(|n| said(n, at, complaint, Some("p1")));
    kit.ingest(burst.collect());
    kit.later(HOUR);
    judge(&mut kit);
    let all = alerts(&kit);
    let alert = all.iter().find(|a| a.about == About::Complaints).unwrap();
    assert_eq!((alert.way, alert.value as i64, alert.usual as i64), (Way::Burst, 30, 0));
    let [carrier] = &alert.carriers[..] else { panic!("{alert:?}") };
    assert_eq!(carrier.post.as_ref().unwrap().0, "p1");
    assert!(carrier.post.as_ref().unwrap().1.starts_with("New blender") && carrier.share == 1.0);
    assert!(all.iter().any(|a| a.about == About::Arrivals));
    // A correction takes the complaint back.
    let id = kit.holder("c1000");
    let classify = Command::Classify {
        ids: vec![id],
        intent: Some(dutydesk::domain::Intent::Praise),
        severity: None,
    };
    kit.done("amy", classify);
    kit.check();
}

fn act(act: AlertAct) -> Command {
    Command::Alert(act)
}

#[test]
fn operators_acknowledge_snooze_and_link_a_task_and_take_it_back() {
    let mut kit = kit();
    weeks(&mut kit, "weibo", "reads");
    judge(&mut kit);
    hour(&mut kit, &[("weibo", 0.5)]);
    let ids = vec![AlertId(1)];
    let one = |kit: &Kit| alerts(kit).remove(0);
    let acknowledge = || act(AlertAct::Acknowledge { ids: ids.clone() });
    let done = kit.done("amy", acknowledge());
    assert_eq!((done.made, done.taken_back), (Some(1), false));
    assert_eq!(one(&kit).stage, Stage::Acknowledged { by: op("amy"), at: kit.now });
    assert_eq!(kit.desk.state(kit.now).alerts, 0);
    let refused = |why| Err(Refusal::Alert(why));
    assert_eq!(kit.act("bo", acknowledge()), refused(Refused::Unchanged(AlertId(1))));
    let task = |task: Option<&str>| {
        act(AlertAct::Task { ids: ids.clone(), task: task.map(str::to_owned) })
    };
    kit.done("bo", task(Some(" https://tasks.example/7 ")));
    assert_eq!(one(&kit).task.as_deref(), Some("https://tasks.example/7"));
    assert_eq!(kit.act("bo", task(Some("  "))), refused(Refused::NoTask));
    // Amy's own action is taken back only when nobody has said anything else since.
    let undone = refused(Refused::ChangedSince(AlertId(1)));
    assert_eq!(kit.act("amy", Command::Undo), undone);
    assert!(kit.done("bo", Command::Undo).taken_back);
    assert_eq!(one(&kit).task, None);
    kit.done("bo", Command::Redo);
    assert!(one(&kit).task.is_some());
    kit.done("bo", task(None));
    let until = kit.now + Span::hours(3);
    kit.done("bo", act(AlertAct::Snooze { ids: ids.clone(), until }));
    assert_eq!(one(&kit).stage, Stage::Snoozed { by: op("bo"), until });
    assert_eq!(kit.desk.state(kit.now).alerts, 0);
    assert_eq!(kit.desk.state(until).alerts, 1);
    let past = act(AlertAct::Snooze { ids: ids.clone(), until: kit.now });
    assert_eq!(kit.act("bo", past), Err(Refusal::NotInFuture(kit.now)));
    kit.done("bo", act(AlertAct::Reopen { ids: ids.clone() }));
    assert_eq!(one(&kit).stage, Stage::Raised);
    let unknown = act(AlertAct::Reopen { ids: vec![AlertId(9)] });
    assert_eq!(kit.act("bo", unknown), refused(Refused::NoSuchAlert(AlertId(9))));
    // What goes on by itself does not stand in the way of an undo.
    for _ in 0..4 {
        hour(&mut kit, &[("weibo", 1.0)]);
    }
    assert!(one(&kit).over.is_some());
    kit.done("bo", Command::Undo);
    assert_eq!(one(&kit).stage, Stage::Snoozed { by: op("bo"), until });
    kit.check();
}

#[test]
fn an_export_keeps_alerts() {
    let mut kit = kit();
    weeks(&mut kit, "weibo", "reads");
    judge(&mut kit);
    hour(&mut kit, &[("weibo", 0.5)]);
    kit.done("amy", act(AlertAct::Acknowledge { ids: vec![AlertId(1)] }));
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = export_page(&*kit.store, after.as_deref(), usize::MAX).unwrap();
        lines.extend(page);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let restored = MemoryStore::default();
    assert!(restore_lines(&restored, &lines).unwrap().complete);
    let mut there = query::alerts_now(&restored, true, kit.now).unwrap();
    there.reverse();
    assert_eq!(there, alerts(&kit));
}
