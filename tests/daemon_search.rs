//! The search index as clients see it: soon after a commit, after a crash, after its loss.

mod daemon_support;

use daemon_support::*;
use dutydesk::client::ask::DeskClient;
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::{ChannelId, ConversationId, Event, Queue, Sort};
use dutydesk::wire::message::{Anchor, Answer, Ask, ClientKind, Push, ToDaemon, WindowSpec};
use std::time::{Duration, Instant};

fn says(id: &str, text: &str) -> Event {
    let Event::Message(event) = comment(id) else { unreachable!() };
    Event::Message(MessageEvent { text: text.to_owned(), ..event })
}

/// Searches again and again until so many are found and the index is whole.
fn found(client: &mut DeskClient, query: &str, want: usize) -> Vec<ConversationId> {
    let patience = Instant::now() + PATIENCE;
    loop {
        let ask = Ask::Search { query: query.into(), after: None, limit: 200 };
        let said = match client.ask(ask) {
            Ok(Answer::Found(finds)) if finds.built.is_none() && finds.hits.len() == want => {
                return finds.hits.iter().map(|h| h.conversation.id).collect();
            }
            other => format!("{other:?}"),
        };
        assert!(Instant::now() < patience, "{query}: {said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_is_written_is_found_and_what_is_withdrawn_is_not() {
    let desk = TestDesk::running();
    let mut feed = desk.client("feed", ClientKind::Connector);
    ingest(&mut feed, vec![says("1", "物流太慢了"), says("2", "Refunded twice"), says("3", "ok")]);
    let mut amy = desk.verb("amy");
    let slow = found(&mut amy, "流太慢", 1)[0];
    found(&mut amy, "refund", 1);
    found(&mut amy, "\"customer 3\"", 1);
    resolve(&mut amy, slow);
    found(&mut amy, "物流 state:resolved", 1);
    found(&mut amy, "物流 state:open", 0);
    let gone = Event::Deleted { channel: ChannelId("weibo".into()), id: "2".into(), at: now() };
    ingest(&mut feed, vec![gone]);
    found(&mut amy, "refund", 0);
    let printed = desk.program(&["--json", "search", "物流"]);
    let line: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!((&line["id"], &line["excerpt"]), (&slow.0.into(), &"物流太慢了".into()));
    let limited = desk.program(&["--json", "search", "物流", "--limit", "1"]);
    assert_eq!(limited.stdout, printed.stdout, "options may stand behind the words");
    let without = desk.program(&["--json", "search", "物流 -state:resolved"]);
    assert!(without.status.success() && without.stdout.is_empty());
    let wrong = desk.program(&["search", "stat:open"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("stat"));
}

#[test]
fn after_a_crash_and_after_its_loss_everything_is_found() {
    let mut desk = TestDesk::running();
    // More than the desk remembers of its last changes, so that the store is looked through.
    const MANY: usize = 180;
    for round in 0..4 {
        let mut feed = desk.client("feed", ClientKind::Connector);
        let events = (0..MANY).map(|n| says(&format!("{round}-{n}"), &format!("round{round}")));
        ingest(&mut feed, events.collect());
        if round == 1 {
            found(&mut feed, "round1", MANY);
        }
        desk.kill();
        let index = desk.folder().join("search");
        match round {
            2 => std::fs::remove_dir_all(&index).unwrap(),
            3 => std::fs::write(index.join("meta.json"), "{").unwrap(),
            _ => {}
        }
        desk.start();
    }
    let mut amy = desk.verb("amy");
    for round in 0..4 {
        let mut ids = found(&mut amy, &format!("round{round}"), MANY);
        ids.dedup();
        assert_eq!(ids.len(), MANY);
    }
    assert!(desk.terminate().success());
}

#[test]
fn after_a_clean_end_nothing_is_looked_through() {
    const LOOKED: &str = "looked through";
    let mut desk = TestDesk::running();
    let log = |desk: &TestDesk| std::fs::read_to_string(desk.folder().join("daemon.log")).unwrap();
    for round in 0..3 {
        let mut feed = desk.client("feed", ClientKind::Connector);
        ingest(&mut feed, vec![says(&round.to_string(), &format!("round{round}"))]);
        let mut amy = desk.verb("amy");
        let id = found(&mut amy, &format!("round{round}"), 1)[0];
        // Neither this nor what is still waiting at the end is missed by the next start.
        resolve(&mut amy, id);
        ingest(&mut feed, vec![says(&format!("late{round}"), &format!("late{round}"))]);
        assert!(desk.terminate().success());
        desk.start();
        let mut amy = desk.verb("amy");
        found(&mut amy, &format!("late{round}"), 1);
    }
    assert!(!log(&desk).contains(LOOKED), "{}", log(&desk));
    // Nor after a crash, when it was behind by little.
    for round in 3..6 {
        let mut feed = desk.client("feed", ClientKind::Connector);
        ingest(&mut feed, vec![says(&round.to_string(), &format!("round{round}"))]);
        desk.kill();
        desk.start();
        let mut amy = desk.verb("amy");
        found(&mut amy, &format!("round{round}"), 1);
        found(&mut amy, "late2", 1);
    }
    assert!(!log(&desk).contains(LOOKED), "{}", log(&desk));
}

#[test]
fn a_window_is_sorted_and_folded_as_asked_for() {
    let desk = TestDesk::running();
    let mut feed = desk.client("feed", ClientKind::Connector);
    let mut events: Vec<Event> = (0..5).map(comment).collect();
    for (n, event) in events.iter_mut().enumerate() {
        if let Event::Message(m) = event {
            m.at.0 -= [3, 900, 1, 800, 2][n] * 60_000;
        }
    }
    ingest(&mut feed, events);
    let mut amy = desk.cockpit("amy");
    let mut window = |sort, fold| {
        let spec = WindowSpec {
            filter: String::new(),
            anchor: Anchor::Top,
            before: 0,
            after: 9,
            sort,
            fold,
        };
        let window = Some(spec.clone());
        amy.tell(&ToDaemon::Window { queue: Queue::Comments, window }).unwrap();
        push(&mut amy, |p| match p {
            Push::Window(w) if w.spec == spec => {
                Some(w.rows.iter().map(|r| r.conversation.id.0).collect::<Vec<_>>())
            }
            _ => None,
        })
    };
    assert_eq!(window(Sort::Oldest, false), [2, 4, 1, 5, 3]);
    assert_eq!(window(Sort::Newest, false), [3, 5, 1, 4, 2]);
    assert_eq!(window(Sort::Newest, true), [3, 5, 1], "two are late by hours");
    assert_eq!(window(Sort::Due, true), [1, 5, 3]);
    assert_eq!(window(Sort::Weight, false)[..2], [2, 4]);
}

#[test]
fn the_views_of_the_desk_are_read_as_they_are_now() {
    let desk = TestDesk::running();
    let mut amy = desk.verb("amy");
    let Ok(Answer::Views(views)) = amy.ask(Ask::Views) else { panic!("views") };
    assert_eq!(views.len(), 5);
    std::fs::write(desk.folder().join("views.toml"), "[[view]]\nname = 'x'\nfilter = 'a:b'\n")
        .unwrap();
    let listed = desk.program(&["views"]);
    let said = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert!(!listed.status.success() && said.contains("views.toml:3"), "{said}");
}
