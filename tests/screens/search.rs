//! Views, orders, folding and the search, on screen.

use super::desk::{Desk, NOW};
use crate::snapshots;
use dutydesk::app::views::ViewChange;
use dutydesk::app::{Effect, Key, Msg, update};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use dutydesk::wire::search::{Finds, Hit};
use rstest::rstest;

/// The desk's own conversations, found by what one of us wrote in them.
fn finds(desk: &Desk, built: Option<u8>) -> Finds {
    let rows = &desk.rows[Queue::Comments as usize];
    let hits: Vec<Hit> = rows
        .iter()
        .take(3)
        .enumerate()
        .map(|(n, row)| {
            let conversation = row.conversation.clone();
            let at = NOW - Span::hours(20 * n as i64);
            Hit {
                place: FoundAt { at, id: conversation.id },
                conversation,
                seq: 1,
                kind: MessageKind::Reply,
                author: "云岭咖啡".into(),
                at,
                excerpt: "非常抱歉，您的订单今天发出 Your order ships today.".into(),
                cut: n == 1,
            }
        })
        .collect();
    Finds { total: hits.len() as u64, looked: hits.len() as u64, hits, next: None, built }
}

fn searched(lang: Lang, w: u16, h: u16, built: Option<u8>) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    desk.keys("g /");
    desk.types("order");
    desk.keys("enter");
    let asked = Ask::Search { query: "order".into(), after: None, limit: 50 };
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: asked }));
    let found = finds(&desk, built);
    desk.answers_any(Answer::Found(Box::new(found)));
    desk
}

#[test]
fn what_a_search_finds() {
    snapshots("search_found", |lang, w, h| {
        let mut desk = searched(lang, w, h, None);
        desk.keys("j");
        desk
    });
}

#[test]
fn a_search_in_an_index_that_is_being_built() {
    snapshots("search_building", |lang, w, h| searched(lang, w, h, Some(40)));
}

#[test]
fn views_to_choose_from() {
    snapshots("views", |lang, w, h| {
        let view = |name: &str, filter: &str, sort| SavedView {
            name: name.into(),
            filter: filter.into(),
            sort,
        };
        let mut desk = Desk::open(lang, w, h);
        desk.keys("v");
        desk.happens(Msg::ViewsLoaded(vec![view("refunds", "退款 -label:spam", Sort::Oldest)]));
        let shared = vec![view("mine", "mine", Sort::Due), view("late", "late", Sort::Weight)];
        desk.answers_any(Answer::Views(shared));
        desk.keys("j");
        desk
    });
}

#[test]
fn folded_and_in_another_order() {
    snapshots("folded", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("O z f");
        let window = desk.last_window(Queue::Comments);
        assert!(window.fold && window.sort == Sort::Weight);
        // The notice of the order has gone by.
        desk.now = NOW + Span::minutes(1);
        desk.happens(Msg::Tick);
        desk
    });
}

/// The filter that was last asked for.
fn filter(desk: &Desk) -> String {
    desk.last_window(Queue::Comments).filter
}

#[rstest]
#[case("sta", "tab tab enter", "state:open")]
#[case("state:", "down down tab enter", "state:on-hold")]
#[case("state:", "up tab enter", "state:resolved")]
#[case("label:v", "tab enter", "label:vip")]
#[case("-plat", "tab enter", "-platform:")]
#[case("assignee:b", "tab enter", "assignee:bo")]
#[case("state:已", "tab enter", "state:resolved")]
#[case("mine st", "tab tab backspace backspace", "")]
#[case("refund", "tab enter", "refund")]
fn tab_takes_what_fits(#[case] typed: &str, #[case] keys: &str, #[case] wanted: &str) {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("/");
    desk.types(typed);
    desk.keys(keys);
    // One that lacks its value is not read.
    let wanted = if wanted.ends_with(':') { "" } else { wanted };
    assert_eq!(filter(&desk), wanted);
}

#[test]
fn a_search_is_completed_as_a_filter_is() {
    let mut desk = Desk::open(Lang::En, 40, 12);
    desk.keys("g /");
    desk.types("退款 sev");
    desk.keys("tab up tab enter");
    let query = "退款 severity:severe".to_owned();
    assert!(
        desk.asked(&ToDaemon::Ask {
            number: 0,
            ask: Ask::Search { query, after: None, limit: 50 }
        })
    );
}

#[test]
fn what_could_be_meant_is_shown() {
    snapshots("completing", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("/");
        desk.types("late -");
        desk.keys("down down down down down down");
        desk
    });
}

/// A part of many finds.
fn part(desk: &Desk, from: i64, next: bool) -> Answer {
    let one = finds(desk, None).hits.remove(0);
    let hits: Vec<Hit> = (from..from + 50)
        .map(|n| {
            let at = NOW - Span::minutes(n);
            Hit { at, excerpt: format!("find no. {}", n + 1), ..one.clone() }
        })
        .collect();
    let place = FoundAt { at: NOW - Span::minutes(from + 49), id: one.conversation.id };
    let (next, looked) = (next.then_some(place), 50);
    Answer::Found(Box::new(Finds { hits, next, total: 900, looked, built: None }))
}

fn asked_after(desk: &Desk) -> Vec<Option<FoundAt>> {
    let searches = desk.sent.iter().filter_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Search { after, .. }, .. } => Some(*after),
        _ => None,
    });
    searches.collect()
}

#[test]
fn the_finds_go_on_as_the_cursor_comes_to_their_end() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("g /");
    desk.types("order state:open");
    desk.keys("enter");
    let first = part(&desk, 0, true);
    desk.answers_any(first);
    assert!(desk.screen().contains("1 of 50+"), "{}", desk.screen());
    desk.keys("j");
    assert_eq!(asked_after(&desk).len(), 1);
    desk.keys("G j j");
    // Once, however often one presses while it is on its way.
    assert_eq!(asked_after(&desk).len(), 2);
    assert!(asked_after(&desk)[1].is_some());
    let second = part(&desk, 50, false);
    desk.answers_any(second);
    assert!(desk.screen().contains("50 of 100 "), "{}", desk.screen());
    desk.keys("G j");
    assert!(desk.screen().contains("find no. 100") && desk.screen().contains("100 found"));
    assert_eq!(asked_after(&desk).len(), 2);
}

#[test]
fn a_part_that_comes_too_late_opens_nothing() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("g /");
    desk.types("order");
    desk.keys("enter");
    let first = part(&desk, 0, true);
    desk.answers_any(first);
    // The index alone knows how many there are.
    assert!(desk.screen().contains("1 of 900"), "{}", desk.screen());
    desk.keys("G esc");
    let second = part(&desk, 50, true);
    desk.answers_any(second);
    assert!(desk.model.layers().is_empty());
}

#[test]
fn a_part_without_a_find_is_gone_on_from() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("g /");
    desk.types("order late");
    desk.keys("enter");
    let place = FoundAt { at: NOW, id: ConversationId(9) };
    let none = |next| Answer::Found(Box::new(Finds { next, total: 9, ..Finds::default() }));
    desk.answers_any(none(Some(place)));
    assert_eq!(asked_after(&desk), [None, Some(place)]);
    desk.answers_any(none(None));
    assert!(desk.screen().contains("0 found"), "{}", desk.screen());
}

#[test]
fn many_finds() {
    snapshots("search_many", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("g /");
        desk.types("order late");
        desk.keys("enter");
        let first = part(&desk, 0, true);
        desk.answers_any(first);
        desk.keys("G");
        desk
    });
}

fn own(name: &str, filter: &str) -> SavedView {
    SavedView { name: name.into(), filter: filter.into(), sort: Sort::Due }
}

/// Presses a key and gives what is to be done beside what is sent.
fn effects(desk: &mut Desk, key: &str) -> Vec<Effect> {
    let all = update(&mut desk.model, Msg::Key(Key::parse(key).unwrap()), desk.now);
    all.into_iter().filter(|e| matches!(e, Effect::ChangeView { .. })).collect()
}

/// A desk that shows what is late, with one view of one's own.
fn late(lang: Lang, w: u16, h: u16) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    desk.keys("/");
    desk.types("late");
    desk.keys("enter");
    desk.happens(Msg::ViewsLoaded(vec![own("refunds", "退款 -label:spam")]));
    desk
}

#[test]
fn what_is_shown_is_saved_under_a_name_and_that_is_taken_back() {
    let mut desk = late(Lang::En, 80, 24);
    desk.keys("z v");
    desk.types(" too late ");
    let view = own("too late", "late");
    let change = |to: Option<SavedView>, taken_back| {
        vec![Effect::ChangeView { name: "too late".into(), to, taken_back }]
    };
    assert_eq!(effects(&mut desk, "enter"), change(Some(view.clone()), false));
    let did = |before: Option<SavedView>, after: Option<SavedView>, taken_back| Msg::ViewChanged {
        change: ViewChange { name: "too late".into(), before, after, taken_back },
        views: Vec::new(),
    };
    desk.happens(did(None, Some(view.clone()), false));
    assert!(desk.screen().contains("saved the view too late"), "{}", desk.screen());
    assert_eq!(effects(&mut desk, "u"), change(None, true));
    desk.happens(did(Some(view.clone()), None, true));
    assert_eq!(effects(&mut desk, "ctrl-r"), change(Some(view.clone()), false));
    desk.happens(did(None, Some(view), false));
    // What was done since is what undo is for.
    desk.keys("p");
    assert_eq!(effects(&mut desk, "u"), []);
}

#[test]
fn nothing_special_is_no_view() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("z v");
    assert!(desk.model.layers().is_empty());
    assert!(desk.screen().contains("set a filter or an order first"));
}

#[test]
fn a_name_that_is_taken_is_asked_about() {
    snapshots("view_taken", |lang, w, h| {
        let mut desk = late(lang, w, h);
        desk.keys("z v");
        desk.types("refunds");
        desk.keys("enter");
        desk
    });
    let mut desk = late(Lang::En, 80, 24);
    desk.keys("z v");
    desk.types("refunds");
    assert_eq!(effects(&mut desk, "enter"), []);
    assert_eq!(effects(&mut desk, "n"), []);
    desk.keys("z v");
    desk.types("refunds");
    assert_eq!(effects(&mut desk, "enter"), []);
    let to = Some(own("refunds", "late"));
    let name = "refunds".to_owned();
    assert_eq!(effects(&mut desk, "y"), [Effect::ChangeView { name, to, taken_back: false }]);
}

#[test]
fn the_name_of_a_view_is_asked_for() {
    snapshots("view_name", |lang, w, h| {
        let mut desk = late(lang, w, h);
        desk.keys("z v");
        desk.types("刚超时的");
        desk
    });
}

#[test]
fn ones_own_view_is_removed_from_the_menu_and_the_desks_is_not() {
    let mut desk = late(Lang::En, 80, 24);
    desk.keys("v");
    desk.answers_any(Answer::Views(vec![own("mine", "mine")]));
    desk.keys("j");
    assert_eq!(effects(&mut desk, "delete"), []);
    assert!(desk.screen().contains("mine is the desk's"), "{}", desk.screen());
    desk.keys("j");
    let change = Effect::ChangeView { name: "refunds".into(), to: None, taken_back: false };
    assert_eq!(effects(&mut desk, "delete"), [change]);
    assert!(desk.model.layers().is_empty());
    // The last line saves what is shown.
    desk.keys("v");
    desk.answers_any(Answer::Views(Vec::new()));
    desk.keys("k enter");
    desk.types("x");
    let (name, to) = ("x".to_owned(), Some(own("x", "late")));
    assert_eq!(effects(&mut desk, "enter"), [Effect::ChangeView { name, to, taken_back: false }]);
}
