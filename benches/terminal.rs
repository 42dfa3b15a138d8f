//! What a cockpit costs at the far end of a wire: bytes a key, idle, start, memory.
//!
//! `cargo bench --bench terminal` opens a cockpit of 120x40 on a desk with 10,000 comments, in a
//! pseudo-terminal that answers as a terminal does, and prints medians. Bytes are exact; times
//! depend on the machine. `-- --show` prints what each key had written. docs/terminal.md says what
//! the figures mean.

#[path = "../tests/shell/mod.rs"]
mod shell;

use shell::pty::Tty;
use shell::{Desk, ago, comment};
use std::time::{Duration, Instant};

/// Conversations on the desk.
const ROWS: usize = 10_000;

/// What is quiet for so long has been drawn. Less than the time a conversation is dwelt on before
/// its pane follows, so that the two can be told apart.
const QUIET: Duration = Duration::from_millis(35);

/// After so long the pane below has followed, too.
const FOLLOWED: Duration = Duration::from_millis(400);

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let desk = Desk::new();
    let text = |i: usize| match i % 4 {
        0 => format!("物流太慢了，第{i}单三天没发货，再不处理我就投诉了"),
        1 => format!("Does number {i} ship to Germany, and how long does it take?"),
        2 => format!("敏感肌能用这款吗？订单{i}"),
        _ => format!("Where is my order {i}? It was promised for last week. 😀"),
    };
    for batch in (0..ROWS).collect::<Vec<_>>().chunks(500) {
        let one = |i: &usize| {
            let name = ["小鹿_", "阿May", "kai.de", "Maria"][i % 4];
            comment(&format!("c{i}"), name, &text(*i), *i as u32 % 300, ago(5 + *i as i64 / 20))
        };
        desk.ingest(batch.iter().map(one).collect());
    }
    let start = Instant::now();
    let mut tty = Tty::cockpit(&desk, "amy", 120, 40);
    tty.see("#");
    println!("{ROWS} open conversations, 120x40");
    println!("start to the list on screen   {:>7} ms", start.elapsed().as_millis());
    std::thread::sleep(Duration::from_secs(1));
    let visible = 4;
    let down = presses(&mut tty, "j", visible);
    // From the last visible row on each step scrolls.
    presses(&mut tty, "j", 40);
    let scroll = presses(&mut tty, "j", 30);
    let page = presses(&mut tty, "\x1b[6~", 20);
    println!("{:<22}{:>10}{:>14}", "bytes a key, median", "the list", "pane below");
    for (name, (list, pane)) in [("j", down), ("j that scrolls", scroll), ("PgDn", page)] {
        println!("{name:<22}{list:>10}{pane:>14}");
    }
    let (before, woken) = (tty.bytes(), wake_ups(tty.pid()));
    std::thread::sleep(Duration::from_secs(10));
    let (bytes, woken) = (tty.bytes() - before, wake_ups(tty.pid()) - woken);
    println!(
        "idle for 10 s         {bytes:>10} bytes, {woken} wake-ups (a minute may have turned)"
    );
    println!("memory of the cockpit {:>10} KiB", resident(tty.pid()));
    tty.keys("q");
    tty.end();
}

/// Presses a key so often, each on its own; medians of the bytes of the list's frame and of what
/// follows.
fn presses(tty: &mut Tty, key: &str, times: usize) -> (usize, usize) {
    let (mut lists, mut panes) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let before = tty.bytes();
        tty.keys(key);
        let (mut seen, mut since) = (before, Instant::now());
        // The first byte, then quiet.
        while seen == before || since.elapsed() < QUIET {
            let now = tty.bytes();
            if now != seen {
                (seen, since) = (now, Instant::now());
            }
            if seen == before && since.elapsed() > FOLLOWED {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if std::env::args().any(|arg| arg == "--show") {
            let list = tty.since(before);
            println!("{key:?} {} {:?}", list.len(), String::from_utf8_lossy(&list));
        }
        lists.push(seen - before);
        std::thread::sleep(FOLLOWED);
        panes.push(tty.bytes() - seen);
    }
    (median(lists), median(panes))
}

fn median(mut of: Vec<usize>) -> usize {
    of.sort_unstable();
    of.get(of.len() / 2).copied().unwrap_or(0)
}

/// How often the threads of a process went to sleep so far.
fn wake_ups(pid: nix::unistd::Pid) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads.map(|thread| field(&thread.path().join("status"), "voluntary_ctxt_switches:")).sum()
}

/// Resident memory in KiB.
fn resident(pid: nix::unistd::Pid) -> u64 {
    field(std::path::Path::new(&format!("/proc/{pid}/status")), "VmRSS:")
}

fn field(file: &std::path::Path, name: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
    line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
