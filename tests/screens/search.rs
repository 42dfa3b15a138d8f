//! Views, orders, folding and the search, on screen.

use super::desk::{Desk, NOW};
use crate::snapshots;
use dutydesk::app::Msg;
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use dutydesk::wire::search::{Finds, Hit};

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
