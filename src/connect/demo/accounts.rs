//! The figures of the brand's accounts: a history of eight weeks with the rhythm of the week and of the
//! day, a drop and a burst under way, gaps; and how they go on from minute to minute. What a figure
//! came to in an hour follows from the seed alone, so history and what is told live fit together.

use super::brand::{OUTLETS, Outlet};
use super::phrases;
use crate::domain::post::Form;
use crate::domain::rng::Rng;
use crate::domain::{Event, PastPost, Span, Time};
use std::collections::BTreeMap;

/// How far back the history reaches, in days.
pub const DAYS: i64 = 56;
/// How far local time of most of those who read is from UTC.
const EAST: Span = Span::hours(8);
const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);
/// What share of a day falls into each of its hours, in thousandths.
const RHYTHM: [i64; 24] =
    [14, 8, 5, 4, 4, 7, 16, 32, 44, 46, 48, 50, 66, 60, 46, 42, 42, 46, 56, 72, 88, 92, 74, 38];
/// What a day of the week has of a mean one, in thousandths, Monday first.
const WEEK: [i64; 7] = [960, 940, 950, 970, 1_020, 1_120, 1_040];
/// So much of a figure's own noise, and of that of all figures of a channel, in thousandths.
const NOISE: (i64, i64) = (60, 70);
/// Posts of each channel's history.
const POSTS: i64 = 26;

/// How a figure is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// What came in the hour: so much on a mean day.
    Flow,
    /// How it stands: so much on average.
    Gauge,
}

use Told::{Flow, Gauge};

/// An account on one of the brand's channels.
struct Account {
    outlet: &'static str,
    /// Followers when the history begins.
    followers: i64,
    /// Told once a day instead of every hour.
    daily: bool,
    figures: &'static [(&'static str, Told, i64)],
}

const ACCOUNTS: [Account; 5] = [
    Account {
        outlet: "weibo",
        followers: 186_300,
        daily: false,
        figures: &[
            ("impressions", Flow, 421_000),
            ("reads", Flow, 96_000),
            ("likes", Flow, 2_140),
            ("comments", Flow, 640),
            ("shares", Flow, 380),
            ("profile_visits", Flow, 3_100),
            ("new_followers", Flow, 262),
            ("lost_followers", Flow, 74),
        ],
    },
    Account {
        outlet: "douyin",
        followers: 412_800,
        daily: false,
        figures: &[
            ("impressions", Flow, 904_000),
            ("plays", Flow, 312_000),
            ("likes", Flow, 9_200),
            ("comments", Flow, 1_380),
            ("shares", Flow, 910),
            ("saves", Flow, 720),
            ("profile_visits", Flow, 5_200),
            ("new_followers", Flow, 523),
            ("viewers", Gauge, 640),
            ("completion", Gauge, 3_180),
        ],
    },
    Account {
        outlet: "xiaohongshu",
        followers: 58_200,
        daily: false,
        figures: &[
            ("impressions", Flow, 131_000),
            ("reads", Flow, 21_400),
            ("likes", Flow, 1_310),
            ("comments", Flow, 262),
            ("saves", Flow, 1_540),
            ("shares", Flow, 214),
            ("profile_visits", Flow, 930),
            ("new_followers", Flow, 91),
        ],
    },
    Account {
        outlet: "wechat",
        followers: 73_500,
        daily: true,
        figures: &[
            ("reads", Flow, 8_240),
            ("likes", Flow, 118),
            ("comments", Flow, 22),
            ("shares", Flow, 164),
            ("new_followers", Flow, 61),
        ],
    },
    Account {
        outlet: "bluesky",
        followers: 4_180,
        daily: false,
        figures: &[
            ("impressions", Flow, 9_300),
            ("likes", Flow, 310),
            ("comments", Flow, 64),
            ("shares", Flow, 47),
            // So few that a rate of them rests on little.
            ("profile_visits", Flow, 72),
            ("new_followers", Flow, 7),
        ],
    },
];

/// What a figure has of its usual value from so many hours before the start on, in thousandths.
const TURNS: [(&str, &str, i64, i64); 6] = [
    // Weibo shows the posts to fewer, who read as much of them as ever.
    ("weibo", "impressions", 9, 560),
    ("weibo", "reads", 9, 570),
    ("weibo", "likes", 9, 600),
    ("weibo", "new_followers", 9, 700),
    // A video goes round.
    ("douyin", "plays", 5, 2_150),
    ("douyin", "likes", 5, 2_300),
];

/// Hours before the start for which a channel told nothing: from and to.
const GAPS: [(&str, i64, i64); 3] =
    [("xiaohongshu", 31, 25), ("bluesky", 470, 420), ("douyin", 1_010, 998)];

/// The figures of all accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    seed: u64,
    start: Time,
}

impl Accounts {
    /// Those of a seed, live from `start` on.
    pub fn new(seed: u64, start: Time) -> Accounts {
        Accounts { seed, start }
    }

    /// Everything that was told before the start, the newest day first: who looks, looks at that.
    pub fn history(&self) -> Vec<Event> {
        let first = self.first();
        let hours: Vec<Time> = (0..=DAYS * 24).map(|n| first + Span(HOUR.0 * n)).collect();
        let followers: Vec<Vec<i64>> =
            ACCOUNTS.iter().map(|account| self.followers(account, &hours)).collect();
        let mut events = Vec::new();
        for (day, hours) in hours.chunks(24).enumerate().rev() {
            for (account, followers) in ACCOUNTS.iter().zip(&followers) {
                let told = hours.iter().zip(followers.iter().skip(day * 24));
                events.extend(told.filter_map(|(hour, n)| self.told_of(account, *hour, *n)));
            }
        }
        events.extend(OUTLETS.iter().flat_map(|outlet| self.posts(outlet)));
        events
    }

    /// What the accounts tell of the minute that is over at this moment.
    pub fn minute(&self, over: Time) -> Vec<Event> {
        let minute = over.floor_minute() - Span::minutes(1);
        let hour = minute.floor_hour();
        let first = self.first();
        let count = (hour - first).0 / HOUR.0;
        let hours: Vec<Time> = (0..count).map(|n| first + Span(HOUR.0 * n)).collect();
        let mut events = Vec::new();
        for account in ACCOUNTS.iter().filter(|account| !account.daily) {
            let before = self.followers(account, &hours).last().copied();
            let before = before.unwrap_or(account.followers);
            let done = (minute - hour).0 / 60_000;
            let share = |all: i64, minutes: i64| all * minutes / 60;
            let mut values: BTreeMap<String, i64> = BTreeMap::new();
            for (name, told, mean) in account.figures {
                let all = self.hour(account.outlet, name, *told, *mean, hour);
                let value = match told {
                    Gauge => all,
                    Flow => share(all, done + 1) - share(all, done),
                };
                values.insert((*name).to_owned(), value);
            }
            let gain = share(self.gain(account, hour), done + 1);
            values.insert("followers".to_owned(), before + gain);
            events.push(told(account, minute + Span::seconds(59), values));
        }
        events
    }

    /// When the history begins.
    fn first(&self) -> Time {
        self.start.floor_hour() - Span(DAY.0 * DAYS)
    }

    /// Followers at the end of each of these hours, which follow each other from the first on.
    fn followers(&self, account: &Account, hours: &[Time]) -> Vec<i64> {
        let mut stand = account.followers;
        let mut next = |hour: &Time| {
            stand += self.gain(account, *hour);
            stand
        };
        hours.iter().map(&mut next).collect()
    }

    fn gain(&self, account: &Account, hour: Time) -> i64 {
        let of = |wanted: &str| {
            let figure = account.figures.iter().find(|(name, ..)| *name == wanted);
            figure
                .map_or(0, |(name, told, mean)| self.hour(account.outlet, name, *told, *mean, hour))
        };
        of("new_followers") - of("lost_followers")
    }

    /// What an account told of an hour; of the one at the start, as far as it had come.
    fn told_of(&self, account: &Account, hour: Time, followers: i64) -> Option<Event> {
        let ago = (self.start.floor_hour() - hour).0 / HOUR.0;
        let is_gap = |(outlet, from, to): &(&str, i64, i64)| {
            *outlet == account.outlet && (*to..*from).contains(&ago)
        };
        if GAPS.iter().any(is_gap) {
            return None;
        }
        let value = |name: &str, told: Told, mean: i64, hour: Time| {
            self.hour(account.outlet, name, told, mean, hour)
        };
        let mut values: BTreeMap<String, i64> = BTreeMap::new();
        let mut at = hour + Span::minutes(59);
        let done = (self.start - hour).0 / 60_000;
        if account.daily {
            // Told when its day is over.
            let is_last = (hour + EAST).0.rem_euclid(DAY.0) == DAY.0 - HOUR.0;
            if !is_last || done < 60 {
                return None;
            }
            for (name, told, mean) in account.figures {
                let day = (0..24).map(|n| value(name, *told, *mean, hour - Span(HOUR.0 * n)));
                values.insert((*name).to_owned(), day.sum());
            }
            values.insert("followers".to_owned(), followers);
            return Some(self::told(account, at, values));
        }
        for (name, told, mean) in account.figures {
            let all = value(name, *told, *mean, hour);
            let part = if *told == Flow && done < 60 { all * done.max(0) / 60 } else { all };
            values.insert((*name).to_owned(), part);
        }
        let followers = match self.gain(account, hour) {
            gain if done < 60 => followers - gain + gain * done.max(0) / 60,
            _ => followers,
        };
        values.insert("followers".to_owned(), followers);
        at = at.min(self.start.floor_minute() - Span::seconds(1)).max(hour);
        Some(told(account, at, values))
    }

    /// What a figure comes to in an hour.
    fn hour(&self, outlet: &str, name: &str, told: Told, mean: i64, hour: Time) -> i64 {
        let local = hour + EAST;
        let day = local.0.div_euclid(DAY.0);
        let of_day = usize::try_from(local.0.rem_euclid(DAY.0) / HOUR.0).unwrap_or(0);
        // The first day of the Unix epoch was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        let noise = |of: &str, most: i64| {
            let mut rng = Rng::new(self.seed ^ hash(outlet) ^ hash(of) ^ hour.0.cast_unsigned());
            // Two throws: what lies far out is rarer.
            (rng.between(-most, most) + rng.between(-most, most)) * 7 / 10
        };
        let noise = 1_000 + noise(name, NOISE.0) + noise("", NOISE.1);
        let ago = (self.start.floor_hour() - hour).0 / HOUR.0;
        let turn = TURNS.iter().find(|(o, n, since, _)| (*o, *n) == (outlet, name) && ago < *since);
        let turn = turn.map_or(1_000, |(.., turn)| *turn);
        match told {
            // A share hardly follows the day.
            Gauge if name == "completion" => mean * (3_000 + noise) / 4_000,
            Gauge => mean * RHYTHM[of_day] * 24 / 1_000 * noise / 1_000,
            Flow => {
                // Some growth over the weeks.
                let grown = 1_000 - ago / 24;
                mean * RHYTHM[of_day] / 100 * WEEK[weekday] / 1_000 * grown / 1_000 * noise / 1_000
                    * turn
                    / 10_000
            }
        }
    }

    /// The posts that are out on a channel, with what became of them.
    fn posts(&self, outlet: &Outlet) -> Vec<Event> {
        let mut rng = Rng::new(self.seed ^ hash(outlet.id) ^ hash("posts"));
        let account = ACCOUNTS.iter().find(|account| account.outlet == outlet.id);
        let Some(account) = account else { return Vec::new() };
        let video = outlet.id == "douyin";
        let mut post = |n: i64| {
            let day = DAYS * n / POSTS + 1;
            let at =
                self.start.floor_hour() - Span(DAY.0 * day) + Span(HOUR.0 * rng.between(0, 12));
            // Few posts do far better than the others.
            let luck = rng.wait(1_000).clamp(150, 9_000);
            let noisy = |rng: &mut Rng, mean: i64| mean * luck / 1_000 * rng.between(80, 120) / 100;
            let figures = account.figures.iter().filter(|(name, told, _)| {
                *told == Flow && !name.ends_with("followers") && *name != "profile_visits"
            });
            let mut values: BTreeMap<String, i64> = BTreeMap::new();
            for (name, _, mean) in figures {
                values.insert((*name).to_owned(), noisy(&mut rng, mean / 2));
            }
            let title = phrases::title(&mut rng);
            let id = format!("y{n:03}");
            Event::Published(Box::new(PastPost {
                channel: outlet.channel(),
                platform: outlet.platform.to_owned(),
                at,
                form: if video { Form::ShortVideo } else { Form::ImageText },
                title: title.to_owned(),
                text: String::new(),
                length: u32::try_from(title.chars().count()).unwrap_or(0),
                media: Some(if video { 1 } else { 3 }),
                promoted: false,
                permalink: Some(format!("https://{}.yunling.example/p/{id}", outlet.id)),
                values,
                read: Some(self.start),
                id,
            }))
        };
        (0..POSTS).map(&mut post).collect()
    }
}

fn told(account: &Account, at: Time, values: BTreeMap<String, i64>) -> Event {
    let channel = super::brand::outlet(account.outlet).unwrap_or(&OUTLETS[0]).channel();
    Event::Metrics { channel, at, values }
}

/// A number for a name (FNV-1a).
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::check;

    const START: Time = Time(1_790_000_012_345);

    fn told_by<'e>(events: &'e [Event], outlet: &str) -> Vec<(Time, &'e BTreeMap<String, i64>)> {
        let mut told: Vec<(Time, &BTreeMap<String, i64>)> = events
            .iter()
            .filter(|e| e.channel().0 == outlet)
            .filter_map(|e| match e {
                Event::Metrics { at, values, .. } => Some((*at, values)),
                _ => None,
            })
            .collect();
        told.sort_by_key(|(at, _)| *at);
        told
    }

    #[test]
    fn the_same_seed_brings_the_same_figures_within_the_bounds() {
        let history = Accounts::new(1, START).history();
        assert_eq!(history, Accounts::new(1, START).history());
        assert_ne!(history, Accounts::new(2, START).history());
        let mut mends = vec![];
        for mut event in history {
            check::event(&mut event, START, &mut mends).unwrap();
            if let Event::Metrics { at, values, .. } = &event {
                assert!(*at <= START && values.values().all(|v| *v >= 0), "{event:?}");
            }
        }
        assert_eq!(mends, []);
    }

    #[test]
    fn there_are_eight_weeks_a_drop_a_gap_and_one_that_is_told_by_the_day() {
        let history = Accounts::new(1, START).history();
        let weibo = told_by(&history, "weibo");
        assert_eq!(weibo.len(), 24 * 56 + 1);
        let reads = |n: usize| weibo[weibo.len() - 2 - n].1["reads"];
        let (now, week) = ((0..6).map(reads).sum::<i64>(), (168..174).map(reads).sum::<i64>());
        assert!(now * 10 < week * 7, "{now} {week}");
        assert!(told_by(&history, "xiaohongshu").len() < weibo.len());
        assert!((55..=57).contains(&told_by(&history, "wechat").len()));
        let followers: Vec<i64> = weibo.iter().map(|(_, values)| values["followers"]).collect();
        assert!(followers.is_sorted() && followers[0] < followers[followers.len() - 1]);
    }

    #[test]
    fn what_is_told_live_goes_on_where_the_history_ends() {
        let accounts = Accounts::new(1, START);
        let history = accounts.history();
        let last = told_by(&history, "weibo").last().unwrap().1.clone();
        let hour = START.floor_hour() + HOUR;
        // The rest of the hour, minute by minute.
        let mut minute = START.floor_minute() + Span::minutes(1);
        let mut reads = last["reads"];
        let mut followers = last["followers"];
        while minute <= hour {
            let live = accounts.minute(minute);
            let values = told_by(&live, "weibo")[0].1.clone();
            reads += values["reads"];
            assert!(values["followers"] >= followers);
            followers = values["followers"];
            minute = minute + Span::minutes(1);
        }
        let whole = accounts.hour("weibo", "reads", Flow, 96_000, START.floor_hour());
        assert!((reads - whole).abs() <= 1, "{reads} {whole}");
    }

    #[test]
    fn every_channel_with_figures_has_posts_with_theirs() {
        let history = Accounts::new(1, START).history();
        for account in &ACCOUNTS {
            let posts = history.iter().filter(|e| {
                matches!(e, Event::Published(p) if p.channel.0 == account.outlet && p.figure("interactions").is_some())
            });
            assert_eq!(posts.count(), 26, "{}", account.outlet);
        }
    }
}
