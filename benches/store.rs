//! What the store on disk does in time, bytes and memory. Prints figures; asserts nothing.
//!
//! `cargo bench --bench store -- [CONVERSATIONS] [FOLDER]` (200,000 and a temporary folder unless
//! told otherwise; a folder that is given is kept).

use dutydesk::domain::conversation::Head;
use dutydesk::domain::order::StateKind;
use dutydesk::domain::policy::{TargetName, Timer};
use dutydesk::domain::{
    Author, ChannelId, Conversation, ConversationId, Delivery, Message, MessageKind, MessageRef,
    Queue, State, Time,
};
use dutydesk::store::keys::TimerKind;
use dutydesk::store::{
    Direction, KeyRange, Overlay, Read, SledStore, Store, StoreError, keys, records,
};
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // cargo adds `--bench`.
    let mut args = std::env::args().skip(1).filter(|a| !a.starts_with("--"));
    let conversations = args.next().map_or(Ok(200_000), |n| n.parse())?;
    let kept = args.next();
    let temporary = tempfile::tempdir()?;
    let folder = kept.as_ref().map_or(temporary.path(), Path::new).join("db");

    let store = SledStore::open(&folder, SledStore::CACHE)?;
    if store.revision() == 0 {
        load(&store, conversations)?;
        disk(&store, "after the load")?;
        actions(&store, conversations)?;
        disk(&store, "after the actions")?;
        memory("after the load")?;
        drop(store);
        open("first after the load", &folder)?;
    } else {
        drop(store);
    }
    let store = open("again", &folder)?;
    pages(&store, "cold")?;
    for _ in 0..3 {
        pages(&store, "warm")?;
    }
    memory("after the pages")?;
    walk(&store)?;
    memory("after a walk through everything")?;
    Ok(())
}

/// New conversations with a message each, in groups of 512, as an import writes them.
fn load(store: &SledStore, conversations: u64) -> Result<(), StoreError> {
    let (begun, worked) = (Instant::now(), processor_seconds());
    let mut keys = 0;
    let mut waits = Vec::new();
    for group in 0..conversations.div_ceil(512) {
        let mut to = Overlay::new(store);
        for n in group * 512..conversations.min((group + 1) * 512) {
            keys += put_conversation(&mut to, n, None)?;
            to.keep();
        }
        let group = to.into_group();
        let at = Instant::now();
        store.commit(group)?;
        waits.push(at.elapsed());
    }
    let took = begun.elapsed().as_secs_f64();
    println!(
        "load: {conversations} conversations, {keys} keys in {took:.1} s ({:.1} s of processor \
         time): {:.0} conversations/s, {:.0} keys/s",
        processor_seconds() - worked,
        conversations as f64 / took,
        f64::from(keys) / took
    );
    spread("commit of 512 conversations", waits);
    Ok(())
}

/// One action on one conversation each: its record, its place, its timer, a journal entry.
fn actions(store: &SledStore, conversations: u64) -> Result<(), StoreError> {
    for (name, together) in [("one action", 1), ("20 actions", 20), ("256 actions", 256)] {
        let mut waits = Vec::new();
        for round in 0..400u64 {
            let mut to = Overlay::new(store);
            for i in 0..together {
                // Spread over the desk without repeating soon.
                let n = (round * together + i).wrapping_mul(7_919) % conversations;
                put_conversation(&mut to, n, Some(round + 1))?;
                let entry = "an entry of about the size that they have, with names and states";
                records::put(&mut to, keys::journal(round * together + i), &entry)?;
                to.keep();
            }
            let group = to.into_group();
            let at = Instant::now();
            store.commit(group)?;
            waits.push(at.elapsed());
        }
        spread(&format!("commit of {name}"), waits);
    }
    Ok(())
}

fn open(name: &str, folder: &Path) -> Result<SledStore, Box<dyn std::error::Error>> {
    let at = Instant::now();
    let store = SledStore::open(folder, SledStore::CACHE)?;
    println!("open, {name}: {:.0} ms", ms(at.elapsed()));
    Ok(store)
}

/// The first screen: 40 rows of a queue and their records, then pages further down.
fn pages(store: &SledStore, name: &str) -> Result<(), StoreError> {
    let all = keys::order_of(Queue::Comments, StateKind::Open);
    let at = Instant::now();
    let mut last = page(store, &all)?;
    println!("first 40 rows with records, {name}: {:.2} ms", ms(at.elapsed()));
    let mut waits = Vec::new();
    for _ in 0..200 {
        let at = Instant::now();
        match page(store, &all.after(&last, Direction::Forward))? {
            next if next.is_empty() => break,
            next => last = next,
        }
        waits.push(at.elapsed());
    }
    spread(&format!("next 40 rows with records, {name}"), waits);
    Ok(())
}

fn page(store: &SledStore, range: &KeyRange) -> Result<Vec<u8>, StoreError> {
    let rows = store.range(range, 40, Direction::Forward)?.rows;
    let ids: Vec<_> = rows
        .iter()
        .filter_map(|(key, _)| keys::order_key(key))
        .map(|order| keys::conversation(order.id))
        .collect();
    let found = records::get_each::<Conversation>(store, &ids)?;
    assert!(found.iter().all(Option::is_some), "every row has its record");
    Ok(rows.into_iter().next_back().map(|(key, _)| key).unwrap_or_default())
}

/// Everything once, as an export reads it.
fn walk(store: &SledStore) -> Result<(), StoreError> {
    let at = Instant::now();
    let mut range = KeyRange::all();
    let mut keys = 0usize;
    loop {
        let page = store.range(&range, 1_000, Direction::Forward)?;
        keys += page.rows.len();
        match page.rows.last() {
            Some((last, _)) if page.more => range = range.after(last, Direction::Forward),
            _ => break,
        }
    }
    println!("walk through {keys} keys: {:.1} s", at.elapsed().as_secs_f64());
    Ok(())
}

/// Writes a conversation with its message, or changes it (its place of round `was` goes).
fn put_conversation(to: &mut Overlay<'_>, n: u64, round: Option<u64>) -> Result<u32, StoreError> {
    let id = ConversationId(n);
    let minute = 60_000;
    let base = 1_795_000_000_000 + i64::try_from(n % 400_000).unwrap_or(0) * minute / 4;
    let at = Time(base + round.map_or(0, |r| r.cast_signed() * minute));
    let author =
        Author { id: format!("user-{}", n % 50_000), name: format!("小鹿{}", n % 50_000) };
    let text = "物流太慢了，三天没发货，再不处理我就投诉了 please answer soon".to_owned();
    let mut c = Conversation::new(
        id,
        Queue::ALL[usize::from(n.is_multiple_of(4))],
        ChannelId("douyin-shop".into()),
        "douyin".into(),
        format!("7{n:018}"),
    );
    c.state = State::Open;
    c.head = Some(Head {
        seq: 0,
        author: author.clone(),
        excerpt: text.clone(),
        at,
        likes: 3,
        class: None,
    });
    c.messages = 1;
    c.first_inbound = Some(at);
    c.last_inbound = Some(at);
    c.timer = Some(Timer {
        policy: "mild negative".into(),
        target: TargetName::FirstResponse,
        started: at,
        due: Time(at.0 + 120 * minute),
        paused: None,
        stopped: None,
        at_risk: Time(at.0 + 90 * minute),
    });
    if let Some(order) = c.order_key() {
        to.put(keys::order(&order), Vec::new())?;
    }
    to.put(keys::timer(Time(at.0 + 120 * minute), TimerKind::Due, id), Vec::new())?;
    let before = records::get::<Conversation>(&*to, &keys::conversation(id))?;
    if let Some(order) = before.and_then(|before| before.order_key()) {
        to.delete(keys::order(&order));
    }
    records::put(to, keys::conversation(id), &c)?;
    if round.is_some() {
        return Ok(4);
    }
    let message = MessageRef { conversation: id, seq: 0 };
    records::put(to, keys::known(&c.channel, &c.root), &message)?;
    let m = Message {
        kind: MessageKind::Inbound,
        platform_id: c.root.clone(),
        in_reply_to: None,
        author,
        operator: None,
        text,
        at,
        arrived: at,
        likes: 3,
        permalink: None,
        attachments: Vec::new(),
        delivery: Delivery::None,
        withdrawn: None,
        edited: None,
        liked: false,
        hidden: false,
        erased: None,
        answered: None,
        class: None,
    };
    records::put(to, keys::message(message), &m)?;
    Ok(5)
}

fn spread(name: &str, mut waits: Vec<Duration>) {
    waits.sort_unstable();
    let at = |percent: usize| ms(waits[(waits.len() - 1) * percent / 100]);
    if !waits.is_empty() {
        println!("{name}: median {:.2} ms, p99 {:.2} ms, worst {:.2} ms", at(50), at(99), at(100));
    }
}

fn disk(store: &SledStore, name: &str) -> Result<(), StoreError> {
    println!("on disk {name}: {} MiB", store.size_on_disk()? >> 20);
    Ok(())
}

/// What this process has worked so far: on a shared machine it says more than the clock does.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold blanks; times are counted in hundredths of a second.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let ticks = |n: usize| fields.split(' ').nth(n).and_then(|t| t.parse().ok()).unwrap_or(0u32);
    f64::from(ticks(11) + ticks(12)) / 100.0
}

fn memory(name: &str) -> std::io::Result<()> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = |of: &str| {
        let found = status.lines().find(|l| l.starts_with(of)).unwrap_or_default();
        found.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) >> 10
    };
    println!("memory {name}: {} MiB (peak {} MiB)", line("VmRSS:"), line("VmHWM:"));
    Ok(())
}

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}
