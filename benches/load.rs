//! A whole shift in ten minutes: `cargo bench --bench load -- [SECONDS [COCKPITS [EVENTS [NEW]]]]`.
//!
//! So many cockpits work (windows open on both queues, an action a second each) while so many events
//! a second come in. NEW of twenty bring something new (10 unless it is said: six answers, four
//! comments), the others are likes and edits; with 0 the desk does not grow, and its memory should not.
//! One cockpit more is the program itself in a terminal, whose keys are timed, and one is stopped
//! (SIGSTOP) from the first second to the last.
//! Each line tells of the last part of the run: how far the feed is behind, what actions and keys
//! took, and what the daemon holds of memory. Prints, and asserts nothing.

#[path = "../tests/shell/mod.rs"]
mod shell;

use dutydesk::client::ask::DeskClient;
use dutydesk::client::attach::{Caller, Launch};
use dutydesk::domain::rng::Rng;
use dutydesk::domain::{ChannelId, Command, ConversationId, Event, OperatorName, Queue};
use dutydesk::wire::message::{Anchor, Answer, Ask, ClientKind, Push, ToDaemon, WindowSpec};
use nix::sys::signal::{Signal, kill};
use shell::pty::Tty;
use shell::{Desk, ago, answer_to, comment};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Conversations on the desk before it begins.
const BEFORE: u64 = 20_000;
/// Connectors that bring the events in, each with its share.
const FEEDS: u64 = 4;
/// Events in one question of a connector.
const BATCH: u64 = 100;
/// Parts of the run that get a line.
const PARTS: u32 = 10;

/// What everybody writes down, taken out for each line.
#[derive(Default)]
struct Seen {
    over: AtomicBool,
    events: AtomicU64,
    pushes: AtomicU64,
    refused: AtomicU64,
    actions: Mutex<Vec<Duration>>,
    keys: Mutex<Vec<Duration>>,
    /// How late each batch was acknowledged, counted from when it was due.
    feed: Mutex<Vec<Duration>>,
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let numbers: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let number = |i: usize, usual| numbers.get(i).copied().unwrap_or(usual);
    let (seconds, cockpits, rate) = (number(0, 600), number(1, 20), number(2, 2_000));
    let new = number(3, 10);
    let desk = Desk::new();
    for batch in (0..BEFORE).collect::<Vec<_>>().chunks(500) {
        desk.ingest(batch.iter().map(|n| new_comment(*n)).collect());
    }
    let seen = Arc::new(Seen::default());
    let daemon = desk.daemon();
    println!(
        "{cockpits} cockpits, {rate} events a second ({new} of 20 new), {seconds} s, one stopped"
    );
    println!("memory before {} KiB", memory(daemon));
    let mut stopped = Tty::cockpit(&desk, "stopped", 120, 40);
    stopped.see("#");
    kill(stopped.pid(), Signal::SIGSTOP).unwrap();
    let mut live = Tty::cockpit(&desk, "live", 120, 40);
    live.see("#");
    let mut threads = Vec::new();
    for n in 0..cockpits {
        let (seen, client) = (Arc::clone(&seen), cockpit(&desk, n));
        threads.push(std::thread::spawn(move || work(client, n, &seen)));
    }
    for n in 0..FEEDS {
        let name = format!("feed{n}");
        let (seen, client) = (Arc::clone(&seen), client(&desk, &name, ClientKind::Connector));
        threads.push(std::thread::spawn(move || feed(client, n, (rate / FEEDS, new), &seen)));
    }
    println!(
        "{:>6} {:>9} {:>22} {:>20} {:>20} {:>9} {:>11} {:>9}",
        "second",
        "events",
        "behind p50/p99/max ms",
        "action p50/p99 ms",
        "key p50/p99 ms",
        "pushes",
        "memory KiB",
        "disk MB"
    );
    let begun = Instant::now();
    for part in 1..=PARTS {
        let until = Duration::from_secs(seconds) * part / PARTS;
        while begun.elapsed() < until {
            press(&mut live, &seen);
            std::thread::sleep(Duration::from_millis(500));
        }
        line(&desk, begun.elapsed(), daemon, &seen);
    }
    seen.over.store(true, Ordering::Relaxed);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    println!("refused {}, of {PARTS} parts", seen.refused.load(Ordering::Relaxed));
    let before = stopped.bytes();
    kill(stopped.pid(), Signal::SIGCONT).unwrap();
    let woken = Instant::now();
    stopped.keys("?");
    while stopped.bytes() == before && woken.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let bytes = stopped.bytes() - before;
    println!("the stopped one goes on: {} ms, {bytes} bytes at first", woken.elapsed().as_millis());
    std::thread::sleep(Duration::from_secs(10));
    println!("memory ten seconds later {} KiB", memory(daemon));
    println!("{}", desk.done(&["status"]));
}

/// One line of figures, since the one before.
fn line(desk: &Desk, at: Duration, daemon: i32, seen: &Seen) {
    let times = |of: &Mutex<Vec<Duration>>| {
        let mut all = std::mem::take(&mut *of.lock().unwrap());
        all.sort_unstable();
        let at = |part: usize| {
            let i = (all.len() * part / 1000).min(all.len().saturating_sub(1));
            all.get(i).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
        };
        [at(500), at(990), at(1000)]
    };
    let [feed, act, key] = [&seen.feed, &seen.actions, &seen.keys].map(times);
    println!(
        "{:>6} {:>9} {:>22} {:>20} {:>20} {:>9} {:>11} {:>9}",
        at.as_secs(),
        seen.events.swap(0, Ordering::Relaxed),
        format!("{:.1}/{:.1}/{:.1}", feed[0], feed[1], feed[2]),
        format!("{:.1}/{:.1}", act[0], act[1]),
        format!("{:.1}/{:.1}", key[0], key[1]),
        seen.pushes.swap(0, Ordering::Relaxed),
        memory(daemon),
        size(&desk.folder()) / 1_000_000,
    );
}

fn client(desk: &Desk, name: &str, kind: ClientKind) -> DeskClient {
    let caller = Caller { kind, declared: Some(OperatorName(name.into())), resume: None };
    DeskClient::connect_with(&desk.folder(), &caller, &Launch::Never).unwrap()
}

/// A cockpit as the daemon knows it: both queues in view.
fn cockpit(desk: &Desk, n: u64) -> DeskClient {
    let mut client = client(desk, &format!("op{n}"), ClientKind::Cockpit);
    for queue in [Queue::Comments, Queue::Messages] {
        let window = WindowSpec {
            filter: String::new(),
            anchor: Anchor::Top,
            before: 0,
            after: 40,
            sort: Default::default(),
            fold: false,
        };
        client.tell(&ToDaemon::Window { queue, window: Some(window) }).unwrap();
    }
    client
}

/// Looks, and acts once a second on something in view.
fn work(mut client: DeskClient, n: u64, seen: &Seen) {
    let mut dice = Rng::new(n);
    let mut rows: Vec<ConversationId> = Vec::new();
    let mut next = Instant::now() + Duration::from_millis(dice.below(1_000));
    while !seen.over.load(Ordering::Relaxed) {
        let left = next.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            client.patience(Some(left)).unwrap();
            // An error is that nothing came in time.
            if let Ok(push) = client.next_push() {
                seen.pushes.fetch_add(1, Ordering::Relaxed);
                if let Push::Window(window) = push
                    && !window.rows.is_empty()
                {
                    rows = window.rows.iter().map(|row| row.conversation.id).collect();
                }
            }
            continue;
        }
        next += Duration::from_secs(1);
        let Some(id) = rows.get(dice.below(rows.len() as u64) as usize).copied() else { continue };
        client.tell(&ToDaemon::Viewing { id: Some(id), replying: false }).unwrap();
        client.patience(Some(Duration::from_secs(60))).unwrap();
        let ids = vec![id];
        let command = match dice.below(10) {
            0..3 => Command::Claim { ids, over: true },
            3..5 => {
                Command::Reply { ids, text: "马上为您处理".into(), seen: None, because: None }
            }
            5..7 => Command::Resolve { ids },
            7 => Command::Label { ids, label: "vip".into() },
            8 => Command::Note { ids, text: "asked the warehouse".into() },
            _ => Command::Undo,
        };
        let begun = Instant::now();
        if client.ask(Ask::Do(command)).is_err() {
            seen.refused.fetch_add(1, Ordering::Relaxed);
        }
        seen.actions.lock().unwrap().push(begun.elapsed());
    }
}

/// Brings events in at an even pace; when it is late it hurries.
fn feed(mut client: DeskClient, number: u64, (rate, new): (u64, u64), seen: &Seen) {
    let mut dice = Rng::new(1 + number);
    let mut newest = BEFORE / FEEDS - 1;
    // They do not all come in the same moment.
    let begun =
        Instant::now() + Duration::from_nanos(BATCH * 1_000_000_000 / rate / FEEDS * number);
    for batch in 0.. {
        let due = begun + Duration::from_nanos(batch * BATCH * 1_000_000_000 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if seen.over.load(Ordering::Relaxed) {
            return;
        }
        let events = (0..BATCH).map(|_| event(&mut dice, number, new, &mut newest)).collect();
        match client.ask(Ask::Ingest { cursor: None, events }) {
            Ok(Answer::Ingested(done)) => assert!(done.rejected.is_empty(), "{done:?}"),
            other => panic!("{other:?}"),
        }
        seen.events.fetch_add(BATCH, Ordering::Relaxed);
        seen.feed.lock().unwrap().push(due.elapsed());
    }
}

fn new_comment(n: u64) -> Event {
    const TEXTS: [&str; 4] = [
        "物流太慢了，三天没发货，再不处理我就投诉了",
        "Does it ship to Germany, and how long does it take?",
        "敏感肌能用这款吗？",
        "Where is my order? It was promised for last week.",
    ];
    let text = format!("{} ({n})", TEXTS[n as usize % TEXTS.len()]);
    comment(&n.to_string(), &format!("customer {}", n % 5_000), &text, n as u32 % 150, ago(0))
}

/// An event about one of the last ten thousand messages. Each feed counts those of its own.
fn event(dice: &mut Rng, feed: u64, new: u64, newest: &mut u64) -> Event {
    let channel = ChannelId("weibo".into());
    let recent = ((*newest - dice.below(10_000 / FEEDS)) * FEEDS + feed).to_string();
    match (dice.below(20) < new, dice.below(10)) {
        (false, 1..) => Event::Likes { channel, id: recent, likes: dice.below(200) as u32 },
        (true, 0..6) => {
            let id = format!("a{}", dice.draw());
            answer_to(&recent, &id, "somebody", "me too, what is going on?", ago(0))
        }
        (true, _) => {
            *newest += 1;
            new_comment(*newest * FEEDS + feed)
        }
        (false, 0) => {
            Event::Edited { channel, id: recent, text: "never mind, it is here".into(), at: ago(0) }
        }
    }
}

/// A key of the live cockpit, and how long until something was drawn.
fn press(tty: &mut Tty, seen: &Seen) {
    let before = tty.bytes();
    let begun = Instant::now();
    tty.keys("j");
    while tty.bytes() == before && begun.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_micros(100));
    }
    seen.keys.lock().unwrap().push(begun.elapsed());
}

/// The proportional memory of a process in KiB.
fn memory(pid: i32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Bytes of all files in a folder.
fn size(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => size(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
