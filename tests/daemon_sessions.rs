//! What several clients of one daemon see of each other.

mod daemon_support;

use daemon_support::*;
use dutydesk::client::ask::{AskError, DeskClient};
use dutydesk::domain::figure::line::Over;
use dutydesk::domain::{
    ChannelId, Command, ConversationId, Event, Name, OperatorName, Queue, Refusal, Span,
};
use dutydesk::wire::figure::{Figure, LineOf};
use dutydesk::wire::message::{
    Anchor, Answer, Ask, ClientKind, Notice, Presence, Push, ToDaemon, Window,
};

fn named(name: &str) -> OperatorName {
    OperatorName(name.into())
}

fn viewing(client: &mut DeskClient, id: Option<ConversationId>, replying: bool) {
    client.tell(&ToDaemon::Viewing { id, replying }).unwrap();
}

fn notice(client: &mut DeskClient, mut wanted: impl FnMut(&Notice) -> bool) -> Notice {
    push(client, |p| match p {
        Push::Notices(all) => all.into_iter().find(|n| wanted(n)),
        _ => None,
    })
}

fn ids(window: &Window) -> Vec<ConversationId> {
    window.rows.iter().map(|r| r.conversation.id).collect()
}

/// A desk with so many open comments, and who brought them.
fn desk_with(comments: usize) -> (TestDesk, DeskClient) {
    let desk = TestDesk::running();
    let mut feed = desk.client("feed", ClientKind::Connector);
    for chunk in (0..comments).collect::<Vec<_>>().chunks(Ask::MOST_EVENTS) {
        ingest(&mut feed, chunk.iter().map(comment).collect());
    }
    (desk, feed)
}

#[test]
fn what_one_does_the_other_sees() {
    let (desk, mut feed) = desk_with(3);
    let (mut amy, mut bo) = (desk.cockpit("amy"), desk.cockpit("bo"));
    open_window(&mut amy, Anchor::Top, "");
    open_window(&mut bo, Anchor::Top, "");
    let rows = ids(&window(&mut bo, |w| w.rows.len() == 3));
    resolve(&mut amy, rows[0]);
    let gone = notice(&mut bo, |n| matches!(n, Notice::Gone { .. }));
    assert_eq!(gone, Notice::Gone { id: rows[0], name: Name::Resolve, by: named("amy") });
    assert_eq!(ids(&window(&mut bo, |w| w.rows.len() == 2)), rows[1..]);
    // Who did it sees the row go as well, without being told who did it.
    ingest(&mut feed, vec![comment("new")]);
    window(&mut amy, |w| w.rows.len() == 3 && !ids(w).contains(&rows[0]));
    window(&mut bo, |w| w.rows.len() == 3);
    claim(&mut bo, rows[1]);
    let claimed = window(&mut amy, |w| w.rows.iter().any(|r| r.conversation.claim.is_some()));
    let row = claimed.rows.iter().find(|r| r.conversation.id == rows[1]).unwrap();
    assert_eq!(row.conversation.claim.as_ref().unwrap().operator, named("bo"));
}

#[test]
fn people_see_who_looks_at_what() {
    let (desk, _feed) = desk_with(1);
    let (mut amy, mut bo) = (desk.cockpit("amy"), desk.cockpit("bo"));
    let id = open_ids(&mut amy)[0];
    viewing(&mut amy, Some(id), true);
    let there = Presence { operator: named("amy"), on: Some(id), replying: true };
    push(&mut bo, |p| match p {
        Push::Desk(d) if d.people.contains(&there) => Some(()),
        _ => None,
    });
    let detail = push(&mut amy, |p| if let Push::Detail(d) = p { Some(d) } else { None });
    assert_eq!(detail.conversation.id, id);
    drop(amy);
    push(&mut bo, |p| match p {
        Push::Desk(d) => d.people.iter().all(|p| p.operator == named("bo")).then_some(()),
        _ => None,
    });
}

#[test]
fn who_replies_is_told_that_something_new_came() {
    let (desk, mut feed) = desk_with(1);
    let mut amy = desk.cockpit("amy");
    let id = open_ids(&mut amy)[0];
    viewing(&mut amy, Some(id), true);
    push(&mut amy, |p| matches!(p, Push::Detail(d) if d.messages.len() == 1).then_some(()));
    ingest(&mut feed, vec![answer_to("0", "more")]);
    assert_eq!(notice(&mut amy, |_| true), Notice::Overtaken { id });
    push(&mut amy, |p| matches!(p, Push::Detail(d) if d.messages.len() == 2).then_some(()));
    let reply =
        Command::Reply { ids: vec![id], text: "on its way".into(), seen: Some(1), because: None };
    let refused = amy.ask(Ask::Do(reply));
    let overtaken = |r: &Refusal| matches!(r, Refusal::Overtaken { new: 1, .. });
    match refused {
        Err(AskError::Refused(r)) => assert!(overtaken(&r), "{r:?}"),
        Ok(Answer::Done(done)) => assert!(done.refused.iter().all(overtaken), "{done:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn newcomers_above_a_window_are_counted_not_shown() {
    let (desk, mut feed) = desk_with(30);
    let mut amy = desk.cockpit("amy");
    open_window(&mut amy, Anchor::Bottom, "");
    let bottom = window(&mut amy, |w| !w.rows.is_empty());
    // A window that begins in the middle: what is due earlier comes in above it.
    let middle = bottom.rows.last().unwrap().key;
    open_window(&mut amy, Anchor::At(middle), "");
    let before = window(&mut amy, |w| w.spec.anchor == Anchor::At(middle));
    assert!(!before.at_top && before.more_urgent == 0);
    let late = |n: i64| {
        let mut event = comment(format!("late-{n}"));
        if let dutydesk::domain::Event::Message(m) = &mut event {
            m.at = m.at - dutydesk::domain::Span::hours(40 + n);
        }
        event
    };
    ingest(&mut feed, vec![late(1), late(2)]);
    let after = window(&mut amy, |w| w.more_urgent == 2);
    assert_eq!(ids(&after), ids(&before));
    // With a filter only those that pass it count.
    open_window(&mut amy, Anchor::At(middle), "-author:late-3");
    window(&mut amy, |w| !w.spec.filter.is_empty());
    ingest(&mut feed, vec![late(3), late(4)]);
    window(&mut amy, |w| w.more_urgent == 1);
    open_window(&mut amy, Anchor::Top, "");
    let top =
        window(&mut amy, |w| w.at_top && w.spec.anchor == Anchor::Top && w.spec.filter.is_empty());
    assert_eq!(top.more_urgent, 0);
}

#[test]
fn a_claim_ends_with_its_session() {
    let (desk, _feed) = desk_with(1);
    let (mut amy, mut bo) = (desk.cockpit("amy"), desk.cockpit("bo"));
    let id = open_ids(&mut amy)[0];
    claim(&mut amy, id);
    open_window(&mut bo, Anchor::Top, "");
    window(&mut bo, |w| w.rows.iter().any(|r| r.conversation.claim.is_some()));
    drop(amy);
    window(&mut bo, |w| w.rows.iter().all(|r| r.conversation.claim.is_none()));
}

#[test]
fn a_verb_claims_for_the_operators_live_cockpit() {
    let (desk, _feed) = desk_with(1);
    let mut verb = desk.verb("amy");
    let id = open_ids(&mut verb)[0];
    let alone = verb.ask(Ask::Do(Command::Claim { ids: vec![id], over: false }));
    assert!(format!("{alone:?}").contains("NoLiveCockpit"), "{alone:?}");
    let cockpit = desk.cockpit("amy");
    claim(&mut verb, id);
    let Answer::Shown(detail) = verb.ask(Ask::Show(id)).unwrap() else { panic!("a detail") };
    assert_eq!(detail.conversation.claim.unwrap().session, cockpit.welcome().session);
}

#[test]
fn a_session_that_comes_back_after_a_restart_keeps_its_claims() {
    let (mut desk, _feed) = desk_with(2);
    let mut amy = desk.cockpit("amy");
    let session = amy.welcome().session;
    let ids = open_ids(&mut amy);
    claim(&mut amy, ids[0]);
    for round in 0..2 {
        if round == 0 {
            desk.kill();
        } else {
            assert_eq!(desk.terminate().code(), Some(0));
        }
        desk.start();
        // Nobody else may go on with it.
        let bo = desk.try_client("bo", ClientKind::Cockpit, Some(session)).unwrap();
        assert_ne!(bo.welcome().session, session);
        amy = desk.try_client("amy", ClientKind::Cockpit, Some(session)).unwrap();
        assert_eq!(amy.welcome().session, session);
        drop(bo);
        let Answer::Shown(detail) = amy.ask(Ask::Show(ids[0])).unwrap() else { panic!("detail") };
        assert_eq!(detail.conversation.claim.map(|c| c.session), Some(session));
    }
}

#[test]
fn a_reader_that_stops_gets_the_newest_state_and_holds_nobody_up() {
    let (desk, mut feed) = desk_with(400);
    let mut slow = desk.cockpit("slow");
    let window_of = |client: &mut DeskClient| {
        let spec = dutydesk::wire::message::WindowSpec {
            filter: String::new(),
            anchor: Anchor::Top,
            before: 0,
            after: 400,
            sort: Default::default(),
            fold: false,
        };
        client.tell(&ToDaemon::Window { queue: Queue::Comments, window: Some(spec) }).unwrap();
    };
    window_of(&mut slow);
    window(&mut slow, |w| w.rows.len() == 400);
    // From here on it reads nothing, while everything it watches changes many times.
    let mut bo = desk.verb("bo");
    let all = open_ids(&mut bo);
    let rounds = 40;
    for round in 0..rounds {
        let (ids, label) = (all.clone(), "seen".to_owned());
        let command = match round % 2 {
            0 => Command::Label { ids, label },
            _ => Command::Unlabel { ids, label },
        };
        assert!(matches!(bo.ask(Ask::Do(command)).unwrap(), Answer::Done(_)));
    }
    let id = all[0];
    ingest(&mut feed, vec![comment("after")]);
    resolve(&mut bo, id);
    let mut seen = 0;
    let newest = window(&mut slow, |w| {
        seen += 1;
        !ids(w).contains(&id)
    });
    assert_eq!(newest.rows.len(), 400);
    assert!(seen < rounds / 2, "{seen} windows for {rounds} changes: states were not skipped");
}

#[test]
fn questions_under_way_are_answered_in_order() {
    let (desk, _feed) = desk_with(0);
    let mut feed = desk.client("feed", ClientKind::Connector);
    let mut numbers = Vec::new();
    for part in 0..50 {
        let events = (0..10).map(|n| comment(format!("{part}-{n}"))).collect();
        numbers.push(feed.send(Ask::Ingest { cursor: None, events }).unwrap());
    }
    let mut answered = Vec::new();
    while let Some((number, answer)) = feed.receive().unwrap() {
        assert!(matches!(answer, Answer::Ingested(i) if i.added == 10));
        answered.push(number);
    }
    assert_eq!(answered, numbers);
    let ids = open_ids(&mut feed);
    assert_eq!(ids.len(), 500);
    let Answer::Shown(last) = feed.ask(Ask::Show(*ids.iter().max().unwrap())).unwrap() else {
        panic!("a detail")
    };
    assert_eq!(last.conversation.root, "49-9", "in the order in which they were sent");
}

#[test]
fn too_many_events_are_refused_by_name() {
    let (desk, _feed) = desk_with(0);
    let mut feed = desk.client("feed", ClientKind::Connector);
    let events = (0..=Ask::MOST_EVENTS).map(comment).collect();
    let refused = feed.ask(Ask::Ingest { cursor: None, events }).unwrap_err();
    assert!(matches!(refused, AskError::Refused(Refusal::TooMany { limit: 512, .. })));
    assert!(open_ids(&mut feed).is_empty());
}

#[test]
fn a_draft_outlives_its_session() {
    let (desk, _feed) = desk_with(1);
    let mut amy = desk.cockpit("amy");
    let id = open_ids(&mut amy)[0];
    let text = Some("Dear custo".to_owned());
    assert_eq!(amy.ask(Ask::Draft { id, text: text.clone(), seen: None }).unwrap(), Answer::Ok);
    drop(amy);
    let mut amy = desk.cockpit("amy");
    let Answer::Shown(detail) = amy.ask(Ask::Show(id)).unwrap() else { panic!("a detail") };
    assert_eq!(detail.draft, text);
    let Answer::Shown(others) = desk.verb("bo").ask(Ask::Show(id)).unwrap() else {
        panic!("a detail")
    };
    assert_eq!(others.draft, None, "a draft is its operator's");
}

#[test]
fn who_comes_back_is_told_what_happened() {
    let (desk, mut feed) = desk_with(2);
    let mut amy = desk.cockpit("amy");
    assert_eq!(amy.welcome().since, None, "never here before");
    let ids = open_ids(&mut amy);
    claim(&mut amy, ids[0]);
    drop(amy);
    let mut bo = desk.cockpit("bo");
    // Amy is gone when her claim is.
    open_window(&mut bo, Anchor::Top, "");
    window(&mut bo, |w| w.rows.iter().all(|r| r.conversation.claim.is_none()));
    resolve(&mut bo, ids[1]);
    let assign = Command::Assign { ids: vec![ids[0]], to: Some(named("amy")) };
    bo.ask(Ask::Do(assign)).unwrap();
    ingest(&mut feed, vec![comment("new")]);
    let amy = desk.cockpit("amy");
    let since = amy.welcome().since.clone().expect("what happened since");
    assert_eq!(since.arrived, 1);
    assert!(since.actions.contains(&(named("bo"), Name::Resolve, 1)), "{since:?}");
    assert_eq!(since.assigned, [ids[0]]);
}

#[test]
fn claims_of_those_who_do_not_come_back_after_a_restart_are_released() {
    let (mut desk, _feed) = desk_with(2);
    let (mut amy, mut bo) = (desk.cockpit("amy"), desk.cockpit("bo"));
    let ids = open_ids(&mut amy);
    let session = bo.welcome().session;
    claim(&mut amy, ids[0]);
    claim(&mut bo, ids[1]);
    desk.kill();
    desk.start();
    let mut bo = desk.try_client("bo", ClientKind::Cockpit, Some(session)).unwrap();
    open_window(&mut bo, Anchor::Top, "");
    let claims = |w: &Window| w.rows.iter().filter(|r| r.conversation.claim.is_some()).count();
    window(&mut bo, |w| claims(w) == 2);
    // The grace is half a minute.
    let after = window(&mut bo, |w| claims(w) == 1);
    let kept = after.rows.iter().find(|r| r.conversation.claim.is_some()).unwrap();
    assert_eq!(kept.conversation.id, ids[1], "who came back keeps theirs");
}

#[test]
fn a_cockpit_sees_how_the_figures_of_a_channel_stand_and_the_line_of_one() {
    let desk = TestDesk::running();
    let mut feed = desk.client("feed", ClientKind::Connector);
    let told = |channel: &str, ago: i64, reads: i64| Event::Metrics {
        channel: ChannelId(channel.into()),
        at: now() - Span::hours(ago),
        values: [("reads".to_owned(), reads), ("likes".to_owned(), reads / 10)].into(),
    };
    ingest(&mut feed, (1..80).rev().map(|ago| told("weibo", ago, 200)).collect());
    let mut amy = desk.cockpit("amy");
    let board = |client: &mut DeskClient, of: &str| {
        push(client, |p| match p {
            Push::Board(b) if b.channel == Some(ChannelId(of.into())) => Some(b),
            _ => None,
        })
    };
    // Of the first one that has some, without being asked.
    let first = board(&mut amy, "weibo");
    let names: Vec<&str> = first.stands.iter().map(|s| s.name.as_str()).collect();
    assert!(["reads", "likes", "like_rate"].iter().all(|n| names.contains(n)), "{names:?}");
    ingest(&mut feed, (1..9).rev().map(|ago| told("zhihu", ago, 50)).collect());
    amy.tell(&ToDaemon::WatchBoard(Some(ChannelId("zhihu".into())))).unwrap();
    let other = board(&mut amy, "zhihu");
    assert_eq!(other.channels.len(), 2);
    let rate = other.stands.iter().find(|s| s.name == "like_rate").unwrap();
    assert!(rate.is_thin == rate.over.is_some());
    let line = |client: &mut DeskClient, name: &str, days| {
        let figure = Figure { channel: ChannelId("weibo".into()), name: name.into() };
        let over = Over { days, before: false, by_hour: false };
        match client.ask(Ask::Line(LineOf { figure, over })) {
            Ok(Answer::Line(line)) => line,
            other => panic!("{other:?}"),
        }
    };
    let hours = line(&mut amy, "reads", 1);
    assert_eq!(hours.points.iter().filter(|p| p.value == 200.0).count(), hours.points.len());
    assert!((23..=24).contains(&hours.points.len()));
    let days = line(&mut amy, "like_rate", 30);
    assert!((2..=3).contains(&days.points.iter().filter(|p| p.value == 0.1).count()), "{days:?}");
}
