//! What the lint finds while one types: underlined, told, taken in, asked about.

use super::desk::{Desk, NOW};
use dutydesk::app::{Model, Settings};
use dutydesk::domain::lint::{Linter, Place};
use dutydesk::domain::*;
use dutydesk::text::{Lang, Shown};
use dutydesk::view::{Depth, ThemeSet, draw};
use dutydesk::wire::message::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;
use rstest::rstest;

const FIRST: ConversationId = ConversationId(1_040);

/// A reply with these words, typed.
pub fn typed(lang: Lang, w: u16, h: u16, text: &str) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    desk.keys("r");
    desk.types(text);
    desk
}

/// The replies that were sent: text and reason.
fn replies(desk: &Desk) -> Vec<(String, Option<String>)> {
    let sent = desk.sent.iter().filter_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Do(Command::Reply { text, because, .. }), .. } => {
            Some((text.clone(), because.clone()))
        }
        _ => None,
    });
    sent.collect()
}

/// What is underlined, each run of cells on its own.
fn underlined(model: &Model, depth: Depth) -> Vec<String> {
    let (themes, _) = ThemeSet::load(&[], depth, Lang::En);
    let (w, h) = model.size();
    let mut terminal = Terminal::new(TestBackend::new(w, h)).expect("a test terminal");
    let theme = themes.get(model.theme());
    terminal.draw(|frame| drop(draw(model, theme, NOW, frame))).expect("a frame");
    let cells = terminal.backend().buffer();
    let area = model.screen().composer;
    let mut runs = Vec::new();
    for y in area.y + 1..area.y + area.h {
        let mut run = String::new();
        let mut x = area.x;
        while x < area.x + area.w {
            let cell = &cells[(x, y)];
            if cell.modifier.contains(Modifier::UNDERLINED) {
                run.push_str(cell.symbol());
            } else if !run.is_empty() {
                runs.push(std::mem::take(&mut run));
            }
            x += u16::try_from(Shown::line(cell.symbol()).width().max(1)).unwrap_or(1);
        }
    }
    runs
}

#[rstest]
#[case::true_colour(Depth::True)]
#[case::no_colour(Depth::None)]
fn findings_are_underlined_in_place(#[case] depth: Depth) {
    let desk = typed(Lang::Zh, 80, 24, "这是最佳面霜，100%有效，也是全网最低价");
    assert_eq!(underlined(&desk.model, depth), ["最佳", "100%", "全网最低"]);
}

#[test]
fn a_finding_goes_when_its_word_does() {
    let mut desk = typed(Lang::En, 80, 24, "这是最佳");
    assert!(desk.screen().contains("1/1"), "{}", desk.screen());
    desk.keys("backspace backspace");
    assert!(!desk.screen().contains("1/1"));
    assert!(underlined(&desk.model, Depth::True).is_empty());
}

#[test]
fn a_note_says_what_it_likes() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("m");
    desk.types("最佳 13800138000");
    assert!(underlined(&desk.model, Depth::True).is_empty());
}

#[test]
fn the_suggestion_is_taken_with_one_key() {
    let mut desk = typed(Lang::En, 80, 24, "这是最佳面霜，顶级面霜");
    desk.keys("ctrl-q ctrl-y");
    let text = |desk: &Desk| desk.model.composer().expect("it is open").editor.text().to_owned();
    assert_eq!(text(&desk), "这是出色面霜，顶级面霜");
    desk.keys("ctrl-q ctrl-y");
    assert_eq!(text(&desk), "这是出色面霜，高端面霜");
    desk.keys("ctrl-y");
    assert_eq!(text(&desk), "这是出色面霜，高端面霜", "nothing is left to take");
}

#[test]
fn a_warning_is_asked_about_once() {
    let mut desk = typed(Lang::En, 80, 24, "好评率99%");
    desk.keys("ctrl-s");
    assert!(replies(&desk).is_empty());
    assert!(desk.screen().contains("once more"), "{}", desk.screen());
    desk.types("。");
    desk.keys("ctrl-s");
    assert!(replies(&desk).is_empty(), "another text is asked about anew");
    desk.keys("ctrl-s");
    assert_eq!(replies(&desk), [("好评率99%。".to_owned(), None)]);
}

#[test]
fn what_is_blocked_goes_out_for_a_reason_only() {
    let mut desk = typed(Lang::En, 80, 24, "这是最佳面霜");
    desk.keys("ctrl-s");
    assert!(replies(&desk).is_empty());
    assert!(desk.screen().contains("Send because:"), "{}", desk.screen());
    desk.keys("enter");
    assert!(desk.screen().contains("say why"), "{}", desk.screen());
    desk.keys("esc");
    assert!(desk.model.composer().is_some(), "the text is still there");
    desk.keys("ctrl-s");
    desk.types("the name of the product");
    desk.keys("enter");
    let because = Some("the name of the product".to_owned());
    assert_eq!(replies(&desk), [("这是最佳面霜".to_owned(), because)]);
}

#[test]
fn the_desk_may_know_better_than_the_cockpit() {
    let mut desk = typed(Lang::En, 120, 40, "hello");
    desk.keys("ctrl-s");
    let finding = Linter::default().lint("最佳", &Place::default()).remove(0);
    let stopped = lint::Stopped {
        id: FIRST,
        said: "hello".into(),
        finding,
        more: 0,
        overridable: true,
        by_macro: false,
    };
    desk.answers_last(Answer::Refused(Refusal::Lint(Box::new(stopped))));
    assert!(desk.screen().contains("Send because:"), "{}", desk.screen());
    desk.types("because");
    desk.keys("enter");
    assert_eq!(replies(&desk)[1], ("hello".to_owned(), Some("because".to_owned())));
}

#[test]
fn it_is_told_on_terminals_without_signs() {
    let settings = Settings { ascii: true, ..Settings::default() };
    let mut desk = Desk::with(settings, 80, 24);
    desk.keys("r");
    desk.types("the best coffee in the world");
    let screen = desk.screen();
    assert!(screen.contains("! blocked 1/1"), "{screen}");
}
