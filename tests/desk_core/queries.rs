//! Windows, lists, details.

use crate::kit::*;
use dutydesk::daemon::desk::{Job, query};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::filter::Filter;
use dutydesk::domain::{ChannelId, Command, ConversationId, Event, OrderKey, Queue, Refusal, Span};
use dutydesk::wire::message::{Anchor, Window, WindowSpec};
use rstest::rstest;

/// 100 comments, the oldest (most urgent) first; every fifth from Douyin; one message.
fn full() -> Kit {
    let mut kit = Kit::new();
    let events = (0..100).map(|n| {
        let douyin = n % 5 == 0;
        Event::Message(MessageEvent {
            channel: ChannelId(if douyin { "dy" } else { "weibo" }.into()),
            platform: if douyin { "douyin" } else { "weibo" }.into(),
            ..message(&format!("{n:03}"), NOON - Span::minutes(100 - n), &format!("text {n:03}"))
        })
    });
    let events = events.collect();
    kit.ingest(events);
    let dm = MessageEvent { queue: Queue::Messages, ..message("dm", NOON, "hi") };
    kit.ingest(vec![Event::Message(dm)]);
    kit
}

fn window(kit: &Kit, filter: &str, anchor: Anchor, before: u16, after: u16) -> Window {
    let spec = WindowSpec {
        filter: filter.into(),
        anchor,
        before,
        after,
        sort: Default::default(),
        fold: false,
    };
    query::window(&*kit.store, &spec, Queue::Comments, &op("amy"), kit.now).unwrap()
}

fn texts(window: &Window) -> Vec<String> {
    let text = |row: &dutydesk::wire::message::Row| {
        row.conversation.speaks_of().unwrap().excerpt.trim_start_matches("text ").to_owned()
    };
    window.rows.iter().map(text).collect()
}

fn key_of(kit: &Kit, n: u64) -> OrderKey {
    kit.conversation(ConversationId(n + 1)).order_key().unwrap()
}

#[test]
fn a_window_lies_where_it_was_asked_for() {
    let kit = full();
    let top = window(&kit, "", Anchor::Top, 0, 3);
    assert_eq!(texts(&top), ["000", "001", "002"]);
    assert!(top.at_top && !top.at_bottom);
    assert_eq!(top.total, (100, true));
    let bottom = window(&kit, "", Anchor::Bottom, 2, 1);
    assert_eq!(texts(&bottom), ["097", "098", "099"]);
    assert!(!bottom.at_top && bottom.at_bottom);
    let middle = window(&kit, "", Anchor::At(key_of(&kit, 50)), 2, 3);
    assert_eq!(texts(&middle), ["048", "049", "050", "051", "052"]);
    assert!(!middle.at_top && !middle.at_bottom);
    let all = window(&kit, "", Anchor::At(key_of(&kit, 1)), 1, 99);
    assert_eq!(all.rows.len(), 100);
    assert!(all.at_top && all.at_bottom);
}

#[test]
fn a_window_stays_where_its_anchor_was() {
    let mut kit = full();
    let key = key_of(&kit, 50);
    kit.done("amy", Command::Resolve { ids: vec![key.id] });
    assert_eq!(texts(&window(&kit, "", Anchor::At(key), 1, 2)), ["049", "051", "052"]);
}

#[rstest]
#[case::platform("platform:douyin", 20, true)]
#[case::not_platform("-platform:douyin", 80, true)]
#[case::mine("mine", 2, true)]
#[case::nobody("assignee:none platform:weibo", 78, true)]
#[case::text("\"text 09\"", 10, true)]
#[case::label("label:vip", 1, true)]
#[case::held("state:on-hold", 1, true)]
#[case::resolved("state:resolved", 2, true)]
#[case::resolved_text("state:resolved 004", 1, true)]
#[case::none("platform:x", 0, true)]
fn filters_find_and_count(#[case] filter: &str, #[case] n: u64, #[case] exact: bool) {
    let mut kit = full();
    let id = |n: u64| ConversationId(n + 1);
    kit.done("amy", Command::Assign { ids: vec![id(1), id(2)], to: Some(op("amy")) });
    kit.done("amy", Command::Label { ids: vec![id(9)], label: "vip".into() });
    let resolved = vec![id(3), id(4)];
    // What leaves the open ones is added again, so that the counts above stay round.
    kit.ingest(vec![comment("h", NOON, "h")]);
    let held = vec![kit.holder("h")];
    kit.done("amy", Command::Hold { ids: held });
    kit.done("amy", Command::Resolve { ids: resolved });
    let again = ["text 103", "text 104"];
    for (i, text) in again.iter().enumerate() {
        kit.ingest(vec![Event::Message(MessageEvent {
            ..message(&format!("again{i}"), NOON, text)
        })]);
    }
    let window = window(&kit, filter, Anchor::Top, 0, 200);
    assert_eq!((window.rows.len() as u64, window.total), (n, (n, exact)));
    assert!(window.at_bottom);
    let parsed = Filter::parse(filter, &op("amy")).unwrap();
    let (rows, next) =
        query::list(&*kit.store, Some(Queue::Comments), &parsed, None, 500, kit.now).unwrap();
    assert_eq!((rows, next), (window.rows, None));
}

#[test]
fn resolved_ones_are_listed_newest_first_and_can_be_walked_both_ways() {
    let mut kit = full();
    let ids: Vec<_> = (1..=30).map(ConversationId).collect();
    kit.done("amy", Command::Resolve { ids });
    let first = window(&kit, "state:resolved", Anchor::Top, 0, 10);
    assert_eq!(first.rows[0].conversation.id, ConversationId(30));
    assert_eq!(first.total, (30, true));
    let mid = window(&kit, "state:resolved", Anchor::At(first.rows[5].key), 3, 4);
    let ids: Vec<u64> = mid.rows.iter().map(|r| r.conversation.id.0).collect();
    assert_eq!(ids, [28, 27, 26, 25, 24, 23, 22]);
    let last = window(&kit, "state:resolved", Anchor::Bottom, 1, 1);
    let ids: Vec<u64> = last.rows.iter().map(|r| r.conversation.id.0).collect();
    assert_eq!(ids, [2, 1]);
    assert!(last.at_bottom && !last.at_top);
    let keys: Vec<OrderKey> = first.rows.iter().map(|r| r.key).collect();
    assert!(keys.is_sorted());
}

#[rstest]
#[case(None, "", 101)]
#[case(Some(Queue::Comments), "", 100)]
#[case(Some(Queue::Messages), "", 1)]
#[case(None, "platform:douyin", 20)]
#[case(None, "state:resolved", 0)]
fn a_list_is_walked_page_by_page(
    #[case] queue: Option<Queue>,
    #[case] filter: &str,
    #[case] wanted: usize,
    #[values(1, 7, 100, 500)] limit: usize,
) {
    let kit = full();
    let filter = Filter::parse(filter, &op("amy")).unwrap();
    let mut keys = Vec::new();
    let mut after = None;
    loop {
        let (rows, next) = query::list(&*kit.store, queue, &filter, after, limit, kit.now).unwrap();
        assert!(rows.len() <= limit);
        keys.extend(rows.into_iter().map(|row| row.key));
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(keys.len(), wanted);
    assert!(keys.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_long_list_of_resolved_ones_comes_to_its_end() {
    // More than one answer looks at, so that the second queue is left and come back to.
    let mut kit = Kit::new();
    for part in 0..18 {
        let events = (0..500).map(|n| comment(&format!("{part}-{n}"), NOON, "text")).collect();
        kit.ingest(events);
    }
    kit.done("amy", Command::Resolve { ids: vec![ConversationId(1), ConversationId(9_000)] });
    let filter = Filter::parse("state:resolved", &op("amy")).unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..10 {
        let (rows, next) = query::list(&*kit.store, None, &filter, after, 100, kit.now).unwrap();
        found.extend(rows.into_iter().map(|row| row.conversation.id.0));
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((found, after), (vec![9_000, 1], None));
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let kit = full();
    let spec = WindowSpec {
        filter: "stat:open".into(),
        anchor: Anchor::Top,
        before: 0,
        after: 5,
        sort: Default::default(),
        fold: false,
    };
    let result = query::window(&*kit.store, &spec, Queue::Comments, &op("amy"), NOON);
    assert!(matches!(result, Err(Refusal::BadFilter(_))));
}

#[test]
fn a_long_thread_is_shown_from_its_newest_end_in_order_of_time() {
    let mut kit = Kit::new();
    let id = kit.comment("0", "first");
    let events = (1..300).map(|n| answer_to("0", &format!("{n}"), NOON - Span(n), false));
    let events = events.collect();
    kit.ingest(events);
    let detail = query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap();
    assert_eq!((detail.messages.len(), detail.older), (200, 100));
    assert!(detail.messages.is_sorted_by_key(|(_, m)| m.at));
    assert_eq!(query::detail(&*kit.store, ConversationId(9), &op("amy")).unwrap(), None);
}

#[test]
fn the_outbox_gives_each_channel_its_own() {
    let mut kit = full();
    let ids: Vec<_> = (1..=10).map(ConversationId).collect();
    kit.done("amy", Command::Reply { ids, text: "r".into(), seen: None, because: None });
    let take = |channel: &str, limit| {
        query::outbox(&*kit.store, &ChannelId(channel.into()), limit).unwrap().len()
    };
    assert_eq!(take("dy", 50), 2);
    assert_eq!(take("weibo", 50), 8);
    assert_eq!(take("weibo", 5), 5);
    assert_eq!(take("none", 5), 0);
}

#[test]
fn the_journal_is_read_from_any_number() {
    let mut kit = full();
    kit.done("amy", Command::Resolve { ids: vec![ConversationId(1)] });
    let all = query::journal(&*kit.store, 0, 100).unwrap();
    assert_eq!(all.first().unwrap().0, 1);
    let last = all.last().unwrap().0;
    assert_eq!(query::journal(&*kit.store, last, 100).unwrap().len(), 1);
    assert_eq!(query::journal(&*kit.store, last + 1, 100).unwrap().len(), 0);
    assert_eq!(query::journal(&*kit.store, 0, 2).unwrap().len(), 2);
}

#[test]
fn counts_and_state_say_the_same() {
    let mut kit = full();
    kit.one(Job::Elapse);
    kit.done("amy", Command::Hold { ids: vec![ConversationId(5)] });
    let counts = query::counts(&*kit.store).unwrap();
    assert_eq!(counts, kit.desk.state(kit.now).counts);
    assert_eq!(counts.iter().map(|(_, _, n)| n).sum::<u64>(), 101);
    kit.check();
}

#[test]
fn a_rare_row_far_down_is_found_in_bounded_steps() {
    let mut kit = Kit::new();
    let at = |n: i64| NOON - Span::hours(10) + Span(n);
    let events = (0..9_000).map(|n| comment(&format!("{n}"), at(n), "plenty")).collect();
    kit.ingest(events);
    kit.comment("rare", "needle");
    let top = window(&kit, "needle", Anchor::Top, 0, 10);
    assert!(top.rows.is_empty() && top.at_top && !top.at_bottom);
    assert_eq!(top.total, (0, false));
    let filter = Filter::parse("needle", &op("amy")).unwrap();
    let list = |after| query::list(&*kit.store, None, &filter, after, 10, kit.now).unwrap();
    let (rows, next) = list(None);
    assert!(rows.is_empty() && next.is_some());
    let (rows, next) = list(next);
    assert_eq!((rows.len(), next), (1, None));
}
