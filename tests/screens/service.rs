//! The service screen, and the forecast in the header.

use super::desk::{Desk, NOW, operator, push};
use crate::{USUAL, snapshot, snapshots_at};
use dutydesk::app::Msg;
use dutydesk::domain::forecast::{Forecast, Outlook, Range, TooLittle, Until};
use dutydesk::domain::service::{By, Cell, Period, Point, Report, Row, Served};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use rstest::rstest;

const MINUTE: i64 = 60_000;

/// So many replies, the `n`th after so many minutes, the last `late` of them late.
fn served(first: &[i64], next: &[i64], late: usize) -> Served {
    let mut served = Served::default();
    let all = first.iter().map(|m| (true, m)).chain(next.iter().map(|m| (false, m)));
    for (n, (is_first, minutes)) in all.enumerate() {
        let cell = Cell {
            hour: NOW,
            channel: ChannelId("weibo".into()),
            policy: String::new(),
            operator: Some(operator("amy")),
        };
        let took = Some((is_first, minutes * MINUTE));
        served.count(&Point { cell, took, met: Some(n >= late) }, 1);
    }
    served
}

fn row(name: &str, now: Served, before: Served, backlog: Option<u64>, oldest: i64) -> Row {
    let oldest = (oldest > 0).then_some(Time(NOW.0 - oldest * MINUTE));
    Row { name: name.into(), now, before, backlog, oldest }
}

fn report(by: By) -> Report {
    let many: Vec<i64> = (1..40).map(|n| n * 5).collect();
    let busy = || served(&many, &[4, 9, 30, 200], 9);
    let few = || served(&[11, 95], &[], 0);
    let none = Served::default;
    let rows = match by {
        By::Policy => vec![
            row("severe first", busy(), served(&[3], &[], 0), Some(12_345), 3_100),
            row("one with a name that is far too long for any column", few(), few(), Some(3), 44),
            row("", none(), none(), Some(1), 9),
        ],
        By::Operator => vec![
            row("amy", busy(), busy(), Some(4), 70),
            row("小满", few(), none(), None, 0),
            row("", none(), none(), Some(212), 3_100),
        ],
        By::Channel => vec![
            row("weibo", busy(), busy(), Some(20), 300),
            row("xiaohongshu", few(), few(), None, 0),
        ],
        By::Hour => (0..24).map(|h| row(&format!("{h:02}"), few(), busy(), None, 0)).collect(),
    };
    Report {
        by,
        from: Time(NOW.0 - 24 * 60 * MINUTE),
        to: NOW,
        before: Time(NOW.0 - 48 * 60 * MINUTE),
        outside_counted: false,
        rows,
        total: row("", busy(), busy(), Some(12_349), 3_100),
        outside: served(&[1, 2, 3], &[], 0),
        whole: by != By::Policy,
    }
}

fn forecast() -> Forecast {
    let line = |n: i64| {
        let expected = 1.4 * (n * n) as f64 / 4.0;
        Until {
            at: Time(NOW.floor_hour().0 + n * 60 * MINUTE),
            come: 19.6 * n as f64,
            breach: Range { expected, low: expected / 2.0, high: expected * 2.0 },
            fewer: Some(expected * 3.0 + 4.0),
            more: expected / 5.0,
        }
    };
    Forecast {
        late: 3,
        operators: 3,
        handled_per_hour: 10.7,
        come_per_hour: 19.6,
        lines: (1..=8).map(line).collect(),
    }
}

/// The screen with both answers, then these keys; what they ask for is answered, too.
fn opened(lang: Lang, size: (u16, u16), outlook: Outlook, keys: &str) -> Desk {
    let mut desk = Desk::open(lang, size.0, size.1);
    desk.keys("6");
    desk.answers(Answer::Forecast(outlook), |ask| matches!(ask, Ask::Forecast { .. }));
    figures(&mut desk);
    for key in keys.split_whitespace() {
        let asked = desk.sent.len();
        desk.keys(key);
        if desk.sent.len() > asked {
            figures(&mut desk);
        }
    }
    desk
}

/// Answers the last question for figures.
fn figures(desk: &mut Desk) {
    let by = desk.sent.iter().rev().find_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Service { by, .. }, .. } => Some(*by),
        _ => None,
    });
    let report = Answer::Service(Box::new(report(by.expect("figures were asked for"))));
    desk.answers(report, |ask| matches!(ask, Ask::Service { .. }));
}

#[rstest]
#[case::policy("service", "")]
#[case::operator("service_operator", "tab")]
#[case::channel("service_channel", "tab tab p")]
#[case::hour("service_hour", "tab tab tab p p o ctrl-d")]
#[case::end("service_end", "G")]
fn the_service_screen(#[case] name: &str, #[case] keys: &str) {
    snapshots_at(&USUAL, name, |lang, w, h| opened(lang, (w, h), Ok(forecast()), keys));
}

#[test]
fn what_cannot_be_told_is_said() {
    let little = |why| opened(Lang::En, (80, 24), Err(why), "").screen();
    assert!(little(TooLittle::Came).contains("Too little has come"));
    assert!(little(TooLittle::Handled).contains("Too little was handled"));
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("6");
    assert_eq!(desk.screen().matches("Loading").count(), 2, "{}", desk.screen());
    let no = || Answer::Refused(Refusal::Store("the disk said no".into()));
    desk.answers(no(), |ask| matches!(ask, Ask::Service { .. }));
    desk.answers(no(), |ask| matches!(ask, Ask::Forecast { .. }));
    snapshot("service_refused", &desk.screen());
}

/// How often figures and forecasts were asked for since this was last asked.
fn asked(desk: &mut Desk) -> (usize, usize) {
    let sent = std::mem::take(&mut desk.sent);
    let count = |which: fn(&Ask) -> bool| {
        let is = |to: &&ToDaemon| matches!(to, ToDaemon::Ask { ask, .. } if which(ask));
        sent.iter().filter(is).count()
    };
    let figures = count(|ask| matches!(ask, Ask::Service { .. }));
    (figures, count(|ask| matches!(ask, Ask::Forecast { .. })))
}

#[test]
fn the_desk_is_asked_when_it_is_opened_and_each_minute_and_for_what_a_key_changes() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    assert_eq!(asked(&mut desk), (0, 0));
    desk.keys("6");
    assert!(desk.asked(&ToDaemon::Ask {
        number: 0,
        ask: Ask::Service { by: By::Policy, period: Period::Last(Span::hours(24)), outside: false },
    }));
    assert_eq!(asked(&mut desk), (1, 1));
    desk.keys("j k");
    assert_eq!(asked(&mut desk), (0, 0), "once is enough");
    desk.keys("tab p");
    assert_eq!(asked(&mut desk), (2, 0), "a forecast is of no policy");
    desk.now = Time(desk.now.floor_minute().0 + MINUTE);
    desk.happens(Msg::Tick);
    assert_eq!(asked(&mut desk), (1, 1));
    let welcome = desk.model.welcome().cloned().expect("attached");
    desk.happens(Msg::LinkLost { why: "gone".into(), retry_at: None });
    assert_eq!(asked(&mut desk), (0, 0));
    desk.happens(Msg::Linked(welcome));
    assert_eq!(asked(&mut desk), (1, 1), "what was asked is lost with the link");
    desk.keys("esc");
    desk.now = Time(desk.now.0 + 5 * MINUTE);
    desk.happens(Msg::Tick);
    assert_eq!(asked(&mut desk), (0, 0), "nobody looks");
}

#[test]
fn figures_that_are_not_wanted_any_more_are_passed_over() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("6 tab");
    let first = desk.sent.iter().find_map(|to| match to {
        ToDaemon::Ask { number, ask: Ask::Service { .. } } => Some(*number),
        _ => None,
    });
    let late = Answer::Service(Box::new(report(By::Policy)));
    let number = first.expect("asked");
    desk.happens(Msg::Wire(ToClient::Answer { number, answer: Box::new(late) }));
    assert!(!desk.screen().contains("severe first"), "{}", desk.screen());
    figures(&mut desk);
    assert!(desk.screen().contains("amy"));
    // What is asked for stays when one comes back.
    desk.keys("esc 6");
    assert!(desk.screen().contains("by operator") && desk.screen().contains("Loading"));
}

#[rstest]
#[case("6 1", true)]
#[case("6 q", true)]
#[case("5 6 esc", true)]
#[case("6 5 esc", true)]
#[case("? 6", false)]
fn it_is_reached_from_other_pages_and_left_for_them(#[case] keys: &str, #[case] closed: bool) {
    let mut desk = Desk::open(Lang::En, 100, 30);
    desk.keys(keys);
    assert_eq!(desk.model.layers().is_empty(), closed);
    assert_eq!(desk.screen().contains("Breach forecast"), !closed);
}

#[test]
fn the_header_tells_the_forecast() {
    let mut all = String::new();
    for lang in [Lang::En, Lang::Zh] {
        for size in [(160, 40), (120, 40), (100, 30), (80, 24), (60, 20), (40, 20)] {
            let mut desk = Desk::open(lang, size.0, size.1);
            desk.happens(push(Push::Forecast(Ok(forecast()))));
            let head: Vec<String> = desk.screen().lines().take(2).map(str::to_owned).collect();
            all.push_str(&format!("== {size:?}\n{}\n", head.join("\n")));
        }
    }
    snapshot("forecast_header", &all);
    let mut none = forecast();
    none.lines.iter_mut().for_each(|line| line.breach.expected = 0.2);
    for outlook in [Ok(none), Err(TooLittle::Came)] {
        let mut desk = Desk::open(Lang::En, 120, 40);
        let before = desk.screen();
        desk.happens(push(Push::Forecast(outlook)));
        assert_eq!(desk.screen(), before, "none is to be expected");
    }
}
