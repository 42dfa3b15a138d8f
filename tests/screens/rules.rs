//! The page that explains deadlines, and the banner that names a mistake in a file of rules.

use super::desk::{Desk, NOW, push};
use crate::{USUAL, snapshots_at};
use dutydesk::domain::policy::TargetName;
use dutydesk::domain::sla::explain::{Applies, Began, Explained, Explanation, Stands};
use dutydesk::domain::sla::{Pause, Phase, StoppedBy};
use dutydesk::domain::{ConversationId, Span, State, Time};
use dutydesk::text::Lang;
use dutydesk::wire::message::{Answer, DeskState, Push};

const MINUTE: i64 = 60_000;
/// Minutes before now.
fn ago(minutes: i64) -> Time {
    Time(NOW.0 - minutes * MINUTE)
}

fn clock(target: TargetName, started: Time, stands: Stands) -> Explained {
    Explained {
        target,
        policy: "severe negative".into(),
        within: Some(Span::hours(1)),
        calendar: None,
        started,
        began: Began::Judged,
        stands,
        counted: Span::minutes(72),
        due: ago(12),
        stopped: None,
        by: None,
        pauses: Vec::new(),
        stretches: vec![(started, NOW)],
        more: 0,
    }
}

/// One that was late, one that stands still, one that was met.
fn explanation() -> Explanation {
    let late = Explained {
        began: Began::FirstMessage,
        ..clock(TargetName::FirstResponse, ago(72), Stands::Breached)
    };
    let met = Explained {
        due: ago(12),
        stopped: Some(ago(50)),
        by: Some(StoppedBy::Claim),
        counted: Span::minutes(22),
        stretches: vec![(ago(72), ago(50))],
        ..clock(TargetName::Acknowledge, ago(72), Stands::Met)
    };
    let paused = Explained {
        within: Some(Span::hours(24)),
        calendar: Some(("office".into(), "Asia/Shanghai".into())),
        counted: Span::minutes(42),
        due: Time(NOW.0 + 23 * 60 * MINUTE),
        pauses: vec![Pause { from: ago(30), to: None, phase: Phase::Snoozed }],
        stretches: vec![(ago(72), ago(30))],
        ..clock(TargetName::Statement, ago(72), Stands::Paused)
    };
    Explanation {
        id: ConversationId(1_040),
        now: NOW,
        state: State::Open,
        rule: Some(Applies { policy: "severe negative".into(), tag: "severe".into(), weight: 200 }),
        clocks: vec![late, met, paused],
        window: None,
        window_first: false,
    }
}

#[test]
fn the_page_that_explains_deadlines() {
    snapshots_at(&USUAL, "explain", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("e");
        desk.answers_any(Answer::Explained(Box::new(explanation())));
        desk
    });
}

/// What the daemon says when files have a mistake; the first one has to be read at any width.
fn mistaken(lang: Lang) -> String {
    match lang {
        Lang::En => {
            "as before: policies.toml:12: targets.first-response: \"soon\" is not a length of time that can be \
             used here; write for example 90m, 2h or 1d, one minute at least · shipped defaults hold: lint.toml:3: \
             word.level: \"red\" is not known here; use one of block, warn, note"
        }
        Lang::Zh => {
            "沿用先前：policies.toml:12：targets.first-response：“soon”不是可用的时长；请写成 90m、2h 或 1d 等形式，至少一分钟 · \
             使用自带默认：lint.toml:3：word.level：此处没有“red”；请使用：block, warn, note"
        }
    }
    .to_owned()
}

#[test]
fn the_banner_of_a_mistake_in_the_rules() {
    snapshots_at(&USUAL, "mistake", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        let state =
            DeskState { settings_trouble: Some(mistaken(lang)), ..desk.model.desk().clone() };
        desk.happens(push(Push::Desk(state)));
        desk
    });
}
