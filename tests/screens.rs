//! Every screen of the cockpit as text, at the sizes it must fit, in both languages.

mod screens {
    mod alerts;
    mod calendar;
    mod channels;
    mod charts;
    mod composer;
    pub mod desk;
    mod fits;
    mod import;
    mod keys;
    mod lint;
    mod rules;
    mod search;
    mod service;
    mod work;
}

use dutydesk::app::{Msg, Settings};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use rstest::rstest;
use screens::desk::{Desk, NOW, operator, push, whole};

const SIZES: [(u16, u16); 5] = [(120, 40), (100, 30), (80, 24), (60, 20), (40, 12)];

/// The sizes that most operators have: a terminal of its own, a small one, a narrow split.
const USUAL: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 20)];

/// Draws a screen at every size, in both languages, one snapshot for each language.
fn snapshots(name: &str, make: impl Fn(Lang, u16, u16) -> Desk) {
    snapshots_at(&SIZES, name, make);
}

fn snapshots_at(sizes: &[(u16, u16)], name: &str, make: impl Fn(Lang, u16, u16) -> Desk) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut all = String::new();
        for &(w, h) in sizes {
            let screen = make(lang, w, h).screen();
            all.push_str(&format!("== {w}x{h} {}\n{screen}", "=".repeat(usize::from(w) - 12)));
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

/// One snapshot, beside those of all the others.
fn snapshot(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

fn pressed(keys: &str) -> impl Fn(Lang, u16, u16) -> Desk + '_ {
    move |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys(keys);
        desk
    }
}

#[rstest]
#[case::queues("queues", "j")]
#[case::messages("messages", "2")]
#[case::conversation("conversation", "enter")]
#[case::slots("slots", "3")]
#[case::figures("figures", "4")]
#[case::help("help", "?")]
#[case::help_end("help_end", "? G")]
#[case::since("since", "S")]
#[case::snooze("snooze", "s")]
#[case::assign("assign", "a")]
#[case::themes("themes", "t j")]
fn a_screen(#[case] name: &str, #[case] keys: &str) {
    snapshots(name, pressed(keys));
}

#[test]
fn which_key() {
    snapshots("which_key", |lang, w, h| {
        let mut desk = pressed("z")(lang, w, h);
        desk.now = Time(desk.now.0 + 400);
        desk.happens(Msg::Tick);
        desk
    });
}

#[test]
fn composer() {
    snapshots("composer", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("r");
        desk.types(if lang == Lang::Zh { "非常抱歉，" } else { "We are very sorry, " });
        desk.keys("enter");
        desk.types(if lang == Lang::Zh { "今天发货🙏" } else { "it ships today 🙏" });
        desk
    });
}

#[test]
fn composer_findings() {
    snapshots("findings", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("r");
        desk.types("这款是最佳面霜，好评率99%，请打13800138000");
        desk.keys("ctrl-q");
        desk
    });
}

#[test]
fn composer_reason() {
    snapshots("reason", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("r");
        desk.types("这款是最佳面霜");
        desk.keys("ctrl-s");
        desk.types("the name of it");
        desk
    });
}

#[test]
fn composer_overtaken() {
    snapshots("overtaken", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("j r");
        desk.types("ok");
        desk.keys("ctrl-s");
        let id = ConversationId(1_041);
        let answer = Answer::Refused(Refusal::Overtaken { id, new: 2 });
        desk.answers_last(answer);
        desk
    });
}

#[test]
fn palette() {
    snapshots("palette", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys(":");
        desk.types("sn");
        desk
    });
}

#[test]
fn palette_with_a_mistake() {
    let mut desk = Desk::open(Lang::En, 100, 30);
    desk.keys(":");
    desk.types("snooze maybe");
    desk.keys("enter");
    insta::assert_snapshot!("palette_mistake", desk.screen());
}

#[test]
fn filter() {
    snapshots("filter", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("/");
        desk.types("platform:weibo -label:spam");
        desk
    });
}

#[test]
fn filter_in_force() {
    snapshots("filtered", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.rows[0].truncate(2);
        desk.keys("/");
        desk.types("late");
        desk.keys("enter");
        desk
    });
}

#[test]
fn notices() {
    snapshots("notices", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        let id = ConversationId(1_042);
        desk.happens(push(Push::Notices(vec![
            Notice::Assigned { id, by: operator("bo") },
            Notice::Breached { count: 3, id, target: None },
        ])));
        desk
    });
}

#[test]
fn ghosts_marks_and_what_waits() {
    snapshots("busy", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("j j space space d");
        let spec = desk.last_window(Queue::Comments);
        let gone = desk.rows[0].remove(1).conversation.id;
        let mut urgent = desk.rows[0][0].clone();
        urgent.conversation.id = ConversationId(1_099);
        urgent.key.id = ConversationId(1_099);
        desk.rows[0].insert(0, urgent);
        let rows = desk.rows[0].clone();
        desk.happens(push(Push::Window(whole(Queue::Comments, spec, rows))));
        let by = operator("bo");
        let notice = Notice::Gone { id: gone, name: Name::Resolve, by };
        desk.happens(push(Push::Notices(vec![notice])));
        desk
    });
}

#[test]
fn offline() {
    snapshots("offline", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        let why = "the daemon has gone".to_owned();
        let retry_at = Some(Time(NOW.0 + 4_000));
        desk.happens(Msg::LinkLost { why, retry_at });
        desk
    });
}

#[test]
fn empty_desk() {
    snapshots("empty", Desk::empty);
}

#[rstest]
#[case::beside("beside", 170, 45, "enter")]
#[case::beside_queue("beside_queue", 160, 40, "j")]
#[case::wide_and_low("wide_and_low", 120, 18, "j")]
#[case::least("least", 40, 10, "j")]
#[case::line("line", 39, 9, "j")]
#[case::line_wide("line_wide", 100, 5, "j")]
fn other_sizes(#[case] name: &str, #[case] w: u16, #[case] h: u16, #[case] keys: &str) {
    let mut desk = Desk::open(Lang::Zh, w, h);
    desk.keys(keys);
    insta::assert_snapshot!(format!("size_{name}"), desk.screen());
}

#[test]
fn ascii_alone() {
    let settings = Settings { ascii: true, ..Settings::default() };
    let mut desk = Desk::with(settings, 100, 38);
    desk.keys("j space s");
    let screen = desk.screen();
    insta::assert_snapshot!("ascii", screen);
}

#[test]
fn before_the_first_answer_the_frame_says_what_it_does() {
    use dutydesk::app::{Model, update};
    let mut model = Model::new(Settings::default());
    update(&mut model, Msg::Resize(80, 24), NOW);
    assert!(screens::desk::shown(&model, NOW).contains("Opening the desk"));
}
