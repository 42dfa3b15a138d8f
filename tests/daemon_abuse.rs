//! What is no client of ours on a desk's socket: garbage, frames in pieces, lengths that lie, a client that
//! turns bad after its greeting. The daemon drops it, keeps nothing of it, and serves everybody else.

mod daemon_support;
#[path = "fuzz/mutate.rs"]
mod mutate;

use daemon_support::{TestDesk, comment};
use dutydesk::client::ask::DeskClient;
use dutydesk::config::DeskPaths;
use dutydesk::domain::{Command, ConversationId, OperatorName, Queue, Sort, Time};
use dutydesk::wire::VERSION;
use dutydesk::wire::frame::{MAX_BODY, encode};
use dutydesk::wire::message::{Anchor, Answer, Ask, ClientKind, ToDaemon, WindowSpec};
use mutate::Mutator;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// How many bad clients come.
const CLIENTS: usize = 250;

fn hello(version: u32, kind: ClientKind) -> Vec<u8> {
    let declared = Some(OperatorName("mallory".into()));
    let host = "x\u{1b}[31m".repeat(200);
    encode(&ToDaemon::Hello { version, kind, declared, resume: None, host }).unwrap()
}

/// What a client may well say. Nothing that ends the desk or that starts a process.
fn said() -> Vec<Vec<u8>> {
    let window = WindowSpec {
        filter: "mine -late".into(),
        anchor: Anchor::Bottom,
        before: 3,
        after: u16::MAX,
        sort: Sort::default(),
        fold: true,
    };
    let ids = vec![ConversationId(1)];
    let asks = [
        Ask::Do(Command::Snooze { ids: ids.clone(), until: Time(i64::MAX) }),
        Ask::Do(Command::Reply { ids, text: "您好".into(), seen: Some(3), because: None }),
        Ask::List { queue: None, filter: "late".into(), after: None, limit: u32::MAX },
        Ask::Ingest { cursor: None, events: vec![comment("x")] },
        Ask::Export { after: Some(vec![0; 9]) },
        Ask::Journal { from: u64::MAX },
        Ask::Forecast { hours: 255, operators: Some(u32::MAX) },
    ];
    let mut all = vec![
        encode(&ToDaemon::Window { queue: Queue::Comments, window: Some(window) }).unwrap(),
        encode(&ToDaemon::Active).unwrap(),
        encode(&ToDaemon::Viewing { id: Some(ConversationId(u64::MAX)), replying: true }).unwrap(),
    ];
    all.extend(
        (1..).zip(asks).map(|(number, ask)| encode(&ToDaemon::Ask { number, ask }).unwrap()),
    );
    all
}

/// Writes, and hears what comes back until the daemon ends it or says nothing more.
fn visit(socket: &std::path::Path, parts: &[&[u8]]) {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(30))).unwrap();
    for part in parts {
        // The daemon may have gone away from us already.
        if stream.write_all(part).is_err() {
            return;
        }
    }
    let mut heard = [0; 4096];
    loop {
        match stream.read(&mut heard) {
            Ok(0) => return,
            Ok(_) => {}
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return,
            Err(_) => return,
        }
    }
}

/// Bytes of memory that a process holds.
fn resident(pid: u32) -> usize {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn serves(client: &mut DeskClient) {
    assert!(matches!(client.ask(Ask::Status), Ok(Answer::Status(_))));
}

#[test]
fn whatever_comes_to_the_socket_the_desk_goes_on() {
    let desk = TestDesk::running();
    let socket = DeskPaths::new(desk.folder()).socket();
    let mut amy = desk.cockpit("amy");
    serves(&mut amy);
    let pid = desk.daemon.as_ref().unwrap().id();
    let before = resident(pid);
    let (good, said) = (hello(VERSION, ClientKind::Cockpit), said());
    let whole = said.concat();
    for length in [MAX_BODY as u32 + 1, u32::MAX, MAX_BODY as u32] {
        // A length alone: nothing is kept ready for what it promises.
        visit(&socket, &[&length.to_be_bytes()]);
        visit(&socket, &[&good, &length.to_be_bytes(), b"garbage"]);
    }
    visit(&socket, &[]);
    visit(&socket, &[&hello(VERSION + 1, ClientKind::Verb)]);
    visit(&socket, &[&good[..good.len() - 1]]);
    visit(&socket, &[&good, &good]);
    visit(&socket, &[&said[0], &good]);
    visit(&socket, &[&good, &whole]);
    visit(&socket, &[b"GET / HTTP/1.1\r\n\r\n"]);
    for piece in good.iter().chain(&whole).collect::<Vec<_>>().chunks(700) {
        visit(&socket, &[&piece.iter().map(|b| **b).collect::<Vec<u8>>()]);
    }
    let mut mutator = Mutator::new("abuse", &said);
    for n in 0..CLIENTS {
        let (one, two) = (mutator.next(), mutator.next());
        if ends_the_desk(&one) || ends_the_desk(&two) {
            continue;
        }
        match n % 3 {
            0 => visit(&socket, &[&one]),
            1 => visit(&socket, &[&good, &one, &two]),
            _ => visit(&socket, &[&good, &said[n % said.len()], &one]),
        }
        if n % 50 == 0 {
            serves(&mut amy);
        }
    }
    serves(&mut amy);
    serves(&mut desk.verb("bo"));
    // Nothing of them is kept: a frame's bound for each of those who came would be a gigabyte.
    let grown = resident(pid).saturating_sub(before);
    assert!(grown < 64 << 20, "{} MiB more", grown >> 20);
    drop(amy);
    assert!(desk.program(&["stop"]).status.success());
    let verified = desk.program(&["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// A mutation may say `Stop`, or add a channel with a command of its own.
fn ends_the_desk(bytes: &[u8]) -> bool {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    has(b"Stop") || has(b"Channel") || has(b"Restore")
}
