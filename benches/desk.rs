//! How fast the desk's writer is, on disk: `cargo bench --bench desk -- [ROWS] [import]`.
//!
//! Imports generated rows (threads, timers, journal, figures included), then reopens the desk,
//! reads windows and carries out actions while events arrive. Prints medians and 99th percentiles;
//! asserts nothing, because a shared machine's times say little about the program.

use dutydesk::daemon::desk::{Caller, Desk, Job, Setup, query, verify};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::policy::{Match, Policies, Policy, Target, TargetName};
use dutydesk::domain::{
    Author, ChannelId, Command, ConversationId, Event, OperatorName, Queue, SessionId, Span, Time,
};
use dutydesk::store::{
    Batch, Direction, Key, KeyRange, Outcome, Page, Revision, SledStore, Store, StoreError,
    Versioned,
};
use dutydesk::wire::message::{Anchor, WindowSpec};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const NOW: Time = Time(1_740_830_400_000);
/// Events in one group, as an import sends them.
const GROUP: usize = 512;

/// Counts what commits cost apart from the logic above them.
struct Timed {
    store: SledStore,
    micros: AtomicU64,
    ops: AtomicU64,
}

impl Store for Timed {
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.store.get_many(keys)
    }
    fn scan(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Page, StoreError> {
        self.store.scan(range, limit, way)
    }
    fn commit(&self, group: Vec<Batch>) -> Result<Vec<Outcome>, StoreError> {
        let begun = Instant::now();
        let ops: usize = group.iter().map(|batch| batch.ops.len()).sum();
        let outcomes = self.store.commit(group);
        self.ops.fetch_add(ops as u64, Ordering::Relaxed);
        self.micros.fetch_add(begun.elapsed().as_micros() as u64, Ordering::Relaxed);
        outcomes
    }
    fn revision(&self) -> Revision {
        self.store.revision()
    }
}

fn setup() -> Setup {
    let rule = |name: &str, words: &[&str], hours| Policy {
        name: name.into(),
        tag: name.into(),
        matches: Match {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ..Match::default()
        },
        targets: vec![Target::new(TargetName::FirstResponse, Span::hours(hours))],
        weight: 10,
        lead: false,
    };
    let severe = ["投诉", "退款", "骗子", "曝光", "refund", "scam"];
    Setup {
        policies: Policies {
            rules: vec![rule("severe", &severe, 1), rule("mild", &[], 2)],
            at_risk_percent: 25,
        },
        ..Setup::default()
    }
}

/// A small generator of numbers; the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Row `n` of `of`, in order of time over the last ten days: of ten rows seven begin a thread, two
/// answer in one of the last hundreds, one is our own reply. The last fifth lies within the last
/// hour, so that it gets timers.
fn row(n: u64, of: u64, dice: &mut Dice) -> Event {
    const PIECES: [&str; 6] = [
        "物流太慢了，",
        "敏感肌能用这款吗，",
        "什么时候补货，",
        "我要投诉，",
        "好用！",
        "do you ship to Germany? ",
    ];
    let pieces = (0..1 + dice.roll(4)).map(|_| PIECES[dice.roll(6) as usize]);
    let text = pieces.collect::<String>();
    let in_reply_to =
        (n > 10 && dice.roll(10) < 3).then(|| (n - 1 - dice.roll(n.min(500) - 1)).to_string());
    let live = of - of / 5;
    let age = match n.checked_sub(live) {
        None => Span((of - n) as i64 * Span::hours(240).0 / of as i64),
        Some(young) => Span(of.saturating_sub(live + young) as i64 * Span::hours(1).0 / of as i64),
    };
    Event::Message(MessageEvent {
        channel: ChannelId("douyin".into()),
        platform: "douyin".into(),
        queue: Queue::Comments,
        id: n.to_string(),
        thread: None,
        ours: in_reply_to.is_some() && dice.roll(3) == 0,
        in_reply_to,
        author: Author { id: format!("u{}", dice.roll(5000)), name: "小鹿_".into() },
        text,
        at: NOW - age,
        likes: dice.roll(300) as u32,
        permalink: None,
        attachments: Vec::new(),
    })
}

/// What this process has computed so far, on all its threads, in seconds. A shared machine's
/// clock says less.
fn computed() -> f64 {
    // Fields 14 and 15 of /proc/self/stat, in hundredths of a second, after the name in brackets.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("{what:<44} p50 {:>8.3} ms   p99 {:>8.3} ms", at(50), at(99));
}

fn main() {
    let rows: u64 = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(50_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || {
        let store = SledStore::open(folder.path(), SledStore::CACHE).expect("a store");
        Arc::new(Timed { store, micros: AtomicU64::new(0), ops: AtomicU64::new(0) })
    };
    let store = open();
    let mut desk = Desk::open(store.clone(), setup(), NOW).expect("a desk");
    import(&store, &mut desk, rows);
    if std::env::args().any(|a| a == "import") {
        return;
    }
    drop(desk);
    drop(store);
    let begun = Instant::now();
    let store = open();
    println!("{:<44} {:>8.1} ms", "store open", begun.elapsed().as_secs_f64() * 1000.0);
    let begun = Instant::now();
    let mut desk = Desk::open(store.clone(), setup(), NOW).expect("a desk");
    println!("{:<44} {:>8.1} ms", "desk open on top of it", begun.elapsed().as_secs_f64() * 1000.0);
    reads(&*store, &desk);
    actions(&mut desk, rows);
    if rows <= 200_000 {
        let begun = Instant::now();
        let report = verify(&*store, &setup()).expect("a report");
        println!("{:<44} {:>8.1} ms", "verify", begun.elapsed().as_secs_f64() * 1000.0);
        assert!(report.is_clean(), "{:#?}", report.problems);
    }
}

fn import(store: &Timed, desk: &mut Desk, rows: u64) {
    let mut dice = Dice(7);
    let events: Vec<Event> = (0..rows).map(|n| row(n, rows, &mut dice)).collect();
    let mut times = Vec::new();
    let computed_before = computed();
    let begun = Instant::now();
    for part in events.chunks(GROUP) {
        let group = Instant::now();
        let job = Job::Ingest { cursor: None, events: part.to_vec() };
        desk.run_group(NOW, vec![job]).expect("a commit");
        times.push(group.elapsed());
    }
    let took = begun.elapsed().as_secs_f64();
    let commit = store.micros.load(Ordering::Relaxed) as f64 / 1e6;
    let ops = store.ops.load(Ordering::Relaxed) as f64;
    println!(
        "import: {rows} rows in {took:.2} s = {:.0} rows/s; {:.1} us a row, of which commit {:.1}, logic {:.1}; {:.2} keys a row, {:.1} us a key",
        rows as f64 / took,
        took * 1e6 / rows as f64,
        commit * 1e6 / rows as f64,
        (took - commit) * 1e6 / rows as f64,
        ops / rows as f64,
        commit * 1e6 / ops,
    );
    let cpu = (computed() - computed_before) * 1e6 / rows as f64;
    println!("{:<44} {cpu:>8.1} us computed a row", "import");
    show("import, a group of 512", times);
}

fn reads(store: &dyn Store, desk: &Desk) {
    let me = OperatorName("amy".into());
    let measure = |what: &str, n: usize, work: &dyn Fn()| {
        let times = (0..n).map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        });
        show(what, times.collect());
    };
    for (what, filter) in [
        ("window of 40 at the top", ""),
        ("window of 40, a platform", "platform:douyin"),
        ("window of 40, a word", "Germany"),
        ("window of 40, nothing passes", "nothing-has-this"),
    ] {
        let spec = WindowSpec {
            filter: filter.into(),
            anchor: Anchor::Top,
            before: 0,
            after: 40,
            sort: Default::default(),
            fold: false,
        };
        measure(what, 50, &|| {
            query::window(store, &spec, Queue::Comments, &me, NOW).expect("a window");
        });
    }
    measure("detail", 200, &|| {
        query::detail(store, ConversationId(7), &me).expect("a detail");
    });
    measure("sparklines", 50, &|| {
        query::kpis(store, NOW, 1000).expect("figures");
    });
    measure("header figures", 200, &|| {
        desk.state(NOW);
    });
}

fn actions(desk: &mut Desk, rows: u64) {
    let amy = Caller {
        operator: OperatorName("amy".into()),
        declared: false,
        session: Some(SessionId(1)),
    };
    let act = |command| Job::Do { by: amy.clone(), command };
    let mut times = Vec::new();
    for n in 1..=300 {
        let command = match n % 3 {
            0 => Command::Undo,
            1 => Command::Resolve { ids: vec![ConversationId(n)] },
            _ => Command::Label { ids: vec![ConversationId(n)], label: "vip".into() },
        };
        let begun = Instant::now();
        desk.run_group(NOW, vec![act(command)]).expect("a commit");
        times.push(begun.elapsed());
    }
    show("an action alone", times);
    let mut dice = Dice(99);
    let mut times = Vec::new();
    for n in 0..200u64 {
        // 2,000 events a second come in groups of what arrived during the last commit, about 10 ms.
        let events = (0..20).map(|i| row(rows + n * 20 + i, rows, &mut dice)).collect();
        let command = Command::Resolve { ids: vec![ConversationId(1000 + n)] };
        let begun = Instant::now();
        desk.run_group(NOW, vec![Job::Ingest { cursor: None, events }, act(command)])
            .expect("a commit");
        times.push(begun.elapsed());
    }
    show("an action with 20 events", times);
    let ids = (2000..3000).map(ConversationId).collect();
    let begun = Instant::now();
    desk.run_group(NOW, vec![act(Command::Resolve { ids })]).expect("a commit");
    println!("{:<44} {:>8.1} ms", "a bulk action on 1,000", begun.elapsed().as_secs_f64() * 1000.0);
}
