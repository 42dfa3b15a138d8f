//! How the figures of channels are kept and found, on disk: `cargo bench --bench figures -- [POINTS]`.
//!
//! Puts a year of 30 channels with 20 figures each in, a value an hour (5,256,000 of them; or so many
//! as are named, over a shorter time), opens the store again and asks what each screen asks. Prints
//! medians and 99th percentiles, bytes on disk and memory; asserts nothing.

use dutydesk::daemon::desk::{Desk, Job, Setup, query};
use dutydesk::domain::figure::book::{Known, Label, Layer, Rate, Unit};
use dutydesk::domain::figure::{Book, Formula, Grain, Kind};
use dutydesk::domain::{ChannelId, Event, Span, Time};
use dutydesk::store::{SledStore, Store};
use dutydesk::wire::figure::Figure;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The first moment of an hour.
const NOW: Time = Time(1_740_830_400_000);
const HOUR: Span = Span::hours(1);
const CHANNELS: u64 = 30;
const FIGURES: u64 = 20;
/// Events in one group, as an import sends them.
const GROUP: usize = 512;

/// Half of the figures are flows, the others counters; three rates are made of them.
fn book() -> Book {
    let known = |n: u64| Known {
        name: name(n),
        label: Label::default(),
        kind: if n.is_multiple_of(2) { Kind::Flow } else { Kind::Counter },
        layer: Layer::Exposure,
        unit: Unit::Count,
        less_is_better: false,
    };
    let rate = |n: u64| Rate {
        name: format!("rate_{n}"),
        label: Label::default(),
        layer: Layer::Interaction,
        unit: Unit::Share,
        formula: Formula::parse(&format!("({} + {}) / {}", name(n), name(n + 2), name(n + 4)))
            .expect("a formula"),
        least: 100.0,
        less_is_better: false,
        platforms: Vec::new(),
    };
    Book {
        figures: (0..FIGURES).map(known).collect(),
        rates: [0, 2, 4].map(rate).into(),
        ..Book::default()
    }
}

fn name(n: u64) -> String {
    format!("figure_{n:02}")
}

fn channel(n: u64) -> ChannelId {
    ChannelId(format!("channel-{n:02}"))
}

/// What a channel tells in an hour.
fn told(of: u64, at: Time, hour: u64) -> Event {
    let value = |n: u64| {
        let noise = (hour * 7_919 + n * 104_729 + of * 31) % 97;
        let rhythm = 200 + 150 * (hour % 24) / 24;
        let flow = rhythm + noise;
        i64::try_from(if n.is_multiple_of(2) { flow } else { 100_000 + hour * 60 + noise })
            .unwrap_or(0)
    };
    let values = (0..FIGURES).map(|n| (name(n), value(n))).collect();
    Event::Metrics { channel: channel(of), at, values }
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{what:<52} p50 {:>8.3} ms   p99 {:>8.3} ms   most {:>8.3} ms",
        at(50),
        at(99),
        at(100)
    );
}

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => bytes(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}

/// Memory of this process that is in use now, in megabytes.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kb = line.split_whitespace().next().and_then(|n| n.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

fn main() {
    let points: u64 = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(5_256_000);
    let hours = (points / CHANNELS / FIGURES).max(1);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || Arc::new(SledStore::open(folder.path(), SledStore::CACHE).expect("a store"));
    let store = open();
    let mut desk = Desk::open(store.clone(), Setup::default(), NOW).expect("a desk");
    println!("before: {:.0} MB of memory", memory());
    fill(&mut desk, hours);
    live(&mut desk, hours);
    println!("after the writes: {:.0} MB of memory", memory());
    drop((desk, store));
    println!("on disk: {:.0} MB", bytes(folder.path()) as f64 / 1e6);
    let begun = Instant::now();
    let store = open();
    println!("store open: {:.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    screens(&*store);
    println!("after the reads: {:.0} MB of memory", memory());
}

/// The whole past, channel by channel, as an import brings it.
fn fill(desk: &mut Desk, hours: u64) {
    let begun = Instant::now();
    let mut groups = Vec::new();
    for of in 0..CHANNELS {
        let at = |hour: u64| NOW - Span(HOUR.0 * i64::try_from(hours - hour).unwrap_or(0));
        let events: Vec<Event> = (0..hours).map(|hour| told(of, at(hour), hour)).collect();
        for part in events.chunks(GROUP) {
            let group = Instant::now();
            let job = Job::Ingest { cursor: None, events: part.to_vec() };
            desk.run_group(NOW, vec![job]).expect("a commit");
            groups.push(group.elapsed());
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let values = (hours * CHANNELS * FIGURES) as f64;
    println!("{values} values in {took:.1} s = {:.0} a second", values / took);
    show("a group of 512 events of 20 values", groups);
}

/// All channels tell their figures at once, each minute of an hour.
fn live(desk: &mut Desk, hours: u64) {
    let mut times = Vec::new();
    for minute in 0..60 {
        let at = NOW + Span::minutes(minute);
        let events = (0..CHANNELS).map(|of| told(of, at, hours)).collect();
        let begun = Instant::now();
        desk.run_group(at, vec![Job::Ingest { cursor: None, events }]).expect("a commit");
        times.push(begun.elapsed());
    }
    show("600 values of 30 channels at once", times);
}

fn screens(store: &dyn Store) {
    let now = NOW + HOUR;
    let book = book();
    let measure = |what: &str, work: &dyn Fn(u64)| {
        let first = Instant::now();
        work(7);
        let first = first.elapsed();
        let times = (0..300).map(|n| {
            let begun = Instant::now();
            work(n);
            begun.elapsed()
        });
        show(what, times.collect());
        println!("{:<52} first {:>5.3} ms", "", first.as_secs_f64() * 1000.0);
    };
    let figure = |n: u64| Figure { channel: channel(n % CHANNELS), name: name(n % FIGURES) };
    measure("the list of figures", &|_| {
        query::figures(store).expect("figures");
    });
    measure("a channel's board: 20 figures, 3 rates", &|n| {
        let of = channel(n % CHANNELS);
        query::board(store, &book, (&of, "weibo"), chrono_tz::Tz::Asia__Shanghai, now)
            .expect("a board");
    });
    for (what, grain, days) in [
        ("a day by the minute", Grain::Minute, 1),
        ("two weeks by the hour", Grain::Hour, 14),
        ("a year by the hour", Grain::Hour, 365),
        ("a year by the day", Grain::Day, 365),
    ] {
        let from = now - Span::hours(24 * days);
        measure(what, &|n| {
            query::series(store, &figure(n), grain, (from, now)).expect("samples");
        });
    }
}
