//! The breach forecast against a desk that is played out item by item: another code path, other
//! laws of chance (an operator takes a log-normal time for each), measured by the forecast from
//! the past alone. `cargo test --test forecast_simulation -- --nocapture` prints the errors;
//! `DUTYDESK_SEEDS=N` plays each desk out so many times.
//!
//! `DUTYDESK_ARRIVALS=FILE` takes what comes, and when, from a file (CSV, plain or gzip, with the
//! column `created_at`, of one with the column `inbound` the rows that say `True`; or with `timestamp`
//! and `value`, counts of five minutes). `DUTYDESK_FROM` and `DUTYDESK_UNTIL` (RFC 3339) cut it. A crew
//! made here handles it.

use chrono::{DateTime, Utc};
use dutydesk::domain::flow::{Flow, Step};
use dutydesk::domain::forecast::{STEP, STEPS, Standing, forecast, measure};
use dutydesk::domain::{OperatorName, Span, Time};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

const HOUR: f64 = 3_600_000.0;

/// Numbers by chance, the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
    fn exponential(&mut self) -> f64 {
        -self.share().ln()
    }
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// What comes.
#[derive(Clone, Copy)]
struct World {
    /// Mean arrivals in an hour.
    come: f64,
    /// How much the hour of the day matters, 0 to 1.
    daily: f64,
    /// How far the level goes up and down over some hours (the logarithm's standard deviation).
    waves: f64,
    crew: Crew,
    /// Hours to answer, for three of four, and for the others.
    within: (f64, f64),
    days: i64,
}

/// Who handles it.
#[derive(Clone, Copy)]
struct Crew {
    /// Operators, by day and by night.
    by_day: usize,
    by_night: usize,
    /// Mean hours that one item takes.
    takes: f64,
    /// How much that varies (the logarithm's standard deviation).
    uneven: f64,
}

struct Item {
    came: f64,
    due: f64,
    done: Option<f64>,
    by: usize,
}

impl World {
    fn rate(&self, hour: f64) -> f64 {
        self.come * (1.0 + self.daily * ((hour - 9.0) / 24.0 * std::f64::consts::TAU).sin())
    }

    /// Plays it out: times in hours from the start.
    fn play(&self, chance: &mut Chance) -> Vec<Item> {
        let end = self.days as f64 * 24.0;
        let mut items = Vec::new();
        // The level of each hour, which forgets half of itself in three.
        let kept = 0.5_f64.powf(1.0 / 3.0);
        let mut level = 0.0;
        let levels = (0..=end as usize + 1).map(|_| {
            level = level * kept + chance.normal() * self.waves * (1.0 - kept * kept).sqrt();
            (level - self.waves * self.waves / 2.0).exp()
        });
        let levels: Vec<f64> = levels.collect();
        let highest = levels.iter().copied().fold(1.0, f64::max);
        let (mut at, top) = (0.0, self.come * (1.0 + self.daily) * highest);
        while at < end {
            at += chance.exponential() / top;
            if chance.share() * top < self.rate(at) * levels[at as usize] {
                items.push(item(at, self.within, chance));
            }
        }
        self.crew.handle(&mut items, end, chance);
        items
    }
}

fn item(came: f64, within: (f64, f64), chance: &mut Chance) -> Item {
    let within = if chance.share() < 0.75 { within.0 } else { within.1 };
    Item { came, due: came + within, done: None, by: 0 }
}

impl Crew {
    fn at(&self, hour: f64) -> usize {
        if (8.0..20.0).contains(&hour.rem_euclid(24.0)) { self.by_day } else { self.by_night }
    }

    /// Each operator is free at a time; whoever is free first takes the earliest deadline.
    fn handle(&self, items: &mut [Item], end: f64, chance: &mut Chance) {
        let mut free = vec![0.0_f64; self.by_day.max(self.by_night)];
        let mut waiting: Vec<usize> = Vec::new();
        let mut next = 0;
        while let Some((who, now)) =
            free.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1))
        {
            if now > end {
                break;
            }
            if who >= self.at(now) {
                free[who] = now + 0.05;
                continue;
            }
            while next < items.len() && items[next].came <= now {
                waiting.push(next);
                next += 1;
            }
            let first = (0..waiting.len())
                .min_by(|a, b| items[waiting[*a]].due.total_cmp(&items[waiting[*b]].due));
            free[who] = match first {
                None if next < items.len() => items[next].came.max(now) + 1e-6,
                None => end + 1.0,
                Some(place) => {
                    let item = &mut items[waiting.swap_remove(place)];
                    let by_chance = self.uneven * chance.normal() - self.uneven.powi(2) / 2.0;
                    let done = now + self.takes * by_chance.exp();
                    (item.done, item.by) = (Some(done), who);
                    done
                }
            };
        }
    }
}

/// What the desk would have written down by then.
fn past(items: &[Item], now: f64) -> Vec<(Time, Flow)> {
    let mut hours: BTreeMap<i64, Flow> = BTreeMap::new();
    for item in items {
        if item.came <= now {
            let within = Span(((item.due - item.came) * HOUR) as i64);
            hours.entry(item.came as i64).or_default().count(Step::Came(Some(within)));
        }
        if let Some(done) = item.done.filter(|done| *done <= now) {
            let flow = hours.entry(done as i64).or_default();
            flow.count(Step::Handled);
            let who = OperatorName(format!("o{}", item.by));
            flow.was_active(&who, Time((done * HOUR) as i64));
        }
    }
    hours.into_iter().map(|(hour, flow)| (Time(hour * HOUR as i64), flow)).collect()
}

#[derive(Clone, Copy, Default)]
struct Score {
    n: f64,
    error: f64,
    off: f64,
    within: f64,
    truth: f64,
    width: f64,
}

impl Score {
    fn say(&self, name: &str, ahead: i64) {
        println!(
            "{name:<32} {ahead:>2} h  n {:>4}  breaches {:>6.2}  mean error {:>5.2}  bias {:>+6.2}  in the range {:>3.0} %  wide {:>5.1}",
            self.n,
            self.truth / self.n,
            self.error / self.n,
            self.off / self.n,
            100.0 * self.within / self.n,
            self.width / self.n
        );
    }
}

/// How far forecasts are off that are made at these times, for each of these hours ahead.
fn judge(items: &[Item], crew: &Crew, times: &[f64], ahead: &[i64], scores: &mut [Score]) {
    for now in times {
        let open = |i: &&Item| i.came <= *now && i.done.is_none_or(|d| d > *now);
        let mut due = vec![0; STEPS];
        let mut late = 0;
        for item in items.iter().filter(open) {
            let step = ((item.due - now) * HOUR) / STEP.0 as f64;
            match step {
                ..0.0 => late += 1,
                _ if (step as usize) < STEPS => due[step as usize] += 1,
                _ => {}
            }
        }
        let at = Time((now * HOUR) as i64);
        let Ok(rates) = measure(at, &past(items, *now)) else { continue };
        let standing = Standing { late, due, operators: crew.at(*now) as u32 };
        let marks: Vec<Time> = ahead.iter().map(|h| at + Span::hours(*h)).collect();
        let lines = forecast(at, &standing, &rates, &marks).lines;
        for ((line, ahead), s) in lines.iter().zip(ahead).zip(scores.iter_mut()) {
            let until = now + *ahead as f64;
            let breach =
                |i: &&Item| i.due > *now && i.due <= until && i.done.is_none_or(|d| d > i.due);
            let truth = items.iter().filter(breach).count() as f64;
            let range = line.breach;
            s.n += 1.0;
            s.error += (range.expected - truth).abs();
            s.off += range.expected - truth;
            s.truth += truth;
            s.width += range.high - range.low;
            s.within += f64::from(range.low.floor() <= truth && truth <= range.high.ceil());
        }
    }
}

const AHEAD: [i64; 2] = [4, 8];

/// The desks: name, what they are like, at which hours of the day forecasts are made.
fn desks() -> Vec<(&'static str, World, Vec<f64>)> {
    let crew = Crew { by_day: 2, by_night: 2, takes: 0.092, uneven: 0.5 };
    let with = |takes| Crew { takes, ..crew };
    let steady = World { come: 20.0, daily: 0.0, waves: 0.0, crew, within: (1.0, 3.0), days: 14 };
    let daily = World { daily: 0.6, crew: Crew { by_day: 3, ..with(0.11) }, ..steady };
    let alone = World { come: 5.0, crew: Crew { by_day: 1, by_night: 1, ..with(0.16) }, ..steady };
    let any = || vec![3.0, 9.0, 12.0, 15.0, 23.0];
    vec![
        ("steady, 80 % busy", World { crew: with(0.08), ..steady }, any()),
        ("steady, 92 % busy", steady, any()),
        (
            "the same, handling uneven",
            World { crew: Crew { uneven: 1.0, ..crew }, ..steady },
            any(),
        ),
        ("the same, waves of some hours", World { waves: 0.4, ..steady }, any()),
        ("too few hands", World { crew: with(0.102), ..steady }, any()),
        ("one operator, 80 % busy", alone, any()),
        ("day and night, the crew stays", daily, vec![9.0, 12.0, 15.0, 22.0, 2.0]),
        ("day and night, the crew changes", daily, vec![6.0, 18.0]),
    ]
}

#[test]
fn the_forecast_is_about_right_on_a_desk_that_is_played_out() {
    let plays = std::env::var("DUTYDESK_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    for (name, world, begin) in desks() {
        let mut scores = [Score::default(); AHEAD.len()];
        for seed in 1..=plays {
            let mut chance = Chance(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15));
            let items = world.play(&mut chance);
            let days = 4..world.days - 1;
            let times = days.flat_map(|day| begin.iter().map(move |h| day as f64 * 24.0 + h));
            judge(&items, &world.crew, &times.collect::<Vec<_>>(), &AHEAD, &mut scores);
        }
        for (s, ahead) in scores.iter().zip(AHEAD) {
            s.say(name, ahead);
            assert!(s.n >= 18.0);
            if name.ends_with("changes") || ahead > 4 {
                continue;
            }
            // Generous, for forecasts of one play hang together: this holds the forecast to being of
            // use, docs/forecast.md tells how good it is.
            assert!(s.within / s.n >= 0.6, "{name}: the range holds too little");
            let most = 0.25 * s.truth / s.n + 1.0;
            assert!((s.off / s.n).abs() <= most, "{name}: it leans to one side");
        }
    }
}

/// When the rows of a file came, in hours from midnight before the first, in order.
fn arrivals(file: &Path, cut: (Option<i64>, Option<i64>)) -> Vec<f64> {
    let bytes = std::fs::read(file).unwrap();
    let mut text = Vec::new();
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => drop(flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap()),
        false => text = bytes,
    }
    let mut rows = csv::Reader::from_reader(&text[..]);
    let head = rows.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|h| h == name);
    let at = column("created_at").or(column("timestamp")).unwrap();
    let (inbound, value) = (column("inbound"), column("value"));
    let mut came: Vec<i64> = Vec::new();
    for row in rows.records().map(|row| row.unwrap()) {
        if inbound.is_some_and(|column| &row[column] != "True") {
            continue;
        }
        // A time without a zone counts as UTC.
        let zone = if row[at].contains(' ') { "Z" } else { "" };
        let when: DateTime<Utc> = format!("{}{zone}", row[at].replace(' ', "T")).parse().unwrap();
        let n: i64 = value.map_or(1, |column| row[column].parse::<f64>().unwrap() as i64);
        came.extend((0..n).map(|k| when.timestamp() + 300 * k / n));
    }
    came.sort_unstable();
    came.retain(|at| cut.0.is_none_or(|c| *at >= c) && cut.1.is_none_or(|c| *at < c));
    let midnight = came.first().map_or(0, |first| first.div_euclid(86_400) * 86_400);
    came.into_iter().map(|at| (at - midnight) as f64 / 3_600.0).collect()
}

/// Real times, a crew made here. Of a big stream each so manyth waits for an answer: that makes as
/// many desks of it, each with at most 20 in an hour on the average.
fn replay(came: &[f64]) -> Vec<(f64, [Score; AHEAD.len()])> {
    let (Some(first), Some(end)) = (came.first(), came.last()) else { return Vec::new() };
    let mean = came.len() as f64 / (end - first);
    let one_of = (mean / 20.0).ceil().max(1.0) as usize;
    let mut found = Vec::new();
    for busy in [0.6, 0.8, 1.0] {
        let mut scores = [Score::default(); AHEAD.len()];
        for desk in 0..one_of.min(4) {
            let mut chance = Chance((desk as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let of = came.iter().skip(desk * one_of / one_of.min(4)).step_by(one_of);
            let mut items: Vec<Item> = of.map(|at| item(*at, (1.0, 3.0), &mut chance)).collect();
            let takes = 2.0 * busy * one_of as f64 / mean;
            let crew = Crew { by_day: 2, by_night: 2, takes, uneven: 0.5 };
            crew.handle(&mut items, *end, &mut chance);
            // From the fifth day on, as a desk has its pattern then; at most some 200 times.
            let (from, last) = (first.floor() + 96.0, end - AHEAD[AHEAD.len() - 1] as f64);
            let apart = ((last - from) / 200.0).max(1.0);
            let times = (0..).map(|n| from + f64::from(n) * apart).take_while(|at| *at <= last);
            judge(&items, &crew, &times.collect::<Vec<_>>(), &AHEAD, &mut scores);
        }
        for (s, ahead) in scores.iter().zip(AHEAD) {
            s.say(&format!("given times, {:.0} % busy", busy * 100.0), ahead);
        }
        found.push((busy, scores));
    }
    found
}

#[test]
fn the_forecast_is_of_use_on_times_from_a_file() {
    if let Some(file) = std::env::var_os("DUTYDESK_ARRIVALS") {
        let cut = |name: &str| {
            let written = std::env::var(name).ok()?;
            Some(written.parse::<DateTime<Utc>>().unwrap().timestamp())
        };
        replay(&arrivals(Path::new(&file), (cut("DUTYDESK_FROM"), cut("DUTYDESK_UNTIL"))));
        return;
    }
    // A week by another law than the played out ones: whole bursts, as answers to posts.
    let mut chance = Chance(0x1234_5678_9abc_def1);
    let mut rows = vec!["inbound,created_at,text".to_owned()];
    let mut at = 0.0;
    while at < 168.0 * 3_600.0 {
        let mut one = at;
        for _ in 0..1 + (chance.share() * 8.0) as usize {
            let when = DateTime::from_timestamp(1_700_006_400 + one as i64, 0).unwrap();
            let local = when.with_timezone(&chrono::FixedOffset::east_opt(8 * 3_600).unwrap());
            rows.push(format!("True,{},\"a, b\"", local.to_rfc3339()));
            one += chance.exponential() * 600.0;
        }
        rows.push("False,2023-11-15T00:00:00Z,ours".to_owned());
        at += chance.exponential() * 1_200.0;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("arrivals.csv");
    std::fs::write(&file, rows.join("\n")).unwrap();
    let came = arrivals(&file, (None, None));
    assert!(came.len() > 1_000 && came.windows(2).all(|w| w[0] <= w[1]), "{}", came.len());
    for (busy, scores) in replay(&came) {
        let s = scores[0];
        assert!(s.n >= 12.0, "{busy}: {}", s.n);
        assert!((s.off / s.n).abs() <= 0.5 * s.truth / s.n + 3.0, "{busy}: it leans to one side");
    }
}
