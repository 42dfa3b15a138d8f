//! What a shift finds when it begins: conversations of the past hours, most of them answered,
//! with deadlines around now in both directions.

use super::brand::{self, OUTLETS};
use super::feed::Feed;
use super::phrases::{OPENING, Topic};
use crate::domain::{Event, Queue, Span, Time};

/// How many conversations were answered before.
const ANSWERED: usize = 170;

/// From and to.
type Range = (i64, i64);

/// Comments that wait.
struct Comments {
    count: usize,
    topic: Topic,
    /// In minutes.
    age: Range,
    likes: Range,
}

const fn comments(count: usize, topic: Topic, age: Range, likes: Range) -> Comments {
    Comments { count, topic, age, likes }
}

/// The demo's policies give severe and much-liked ones an hour, mild ones two, those who want to
/// buy four and all others eight.
const COMMENTS: [Comments; 10] = [
    comments(5, Topic::Severe, (38, 74), (2, 60)),
    comments(11, Topic::Mild, (84, 138), (0, 20)),
    comments(5, Topic::Praise, (28, 68), (140, 900)),
    comments(12, Topic::Question, (3, 170), (0, 12)),
    comments(8, Topic::Praise, (2, 150), (0, 30)),
    comments(4, Topic::Question, (7 * 60 + 10, 8 * 60 + 15), (0, 9)),
    comments(6, Topic::Purchase, (5, 200), (0, 5)),
    comments(3, Topic::Purchase, (215, 245), (0, 5)),
    comments(5, Topic::Spam, (4, 240), (0, 0)),
    comments(4, Topic::Emoji, (1, 90), (0, 3)),
];

/// Direct messages that wait: how many, where, about what, how old in minutes. The first ones
/// come to the end of their 24 hours.
const MESSAGES: [(usize, &str, Topic, Range); 7] = [
    (3, "wechat", Topic::Purchase, (23 * 60 + 20, 24 * 60 + 35)),
    (2, "wechat", Topic::Cooperation, (22 * 60, 23 * 60 + 50)),
    (6, "wechat", Topic::Question, (6, 400)),
    (3, "wechat", Topic::Mild, (70, 135)),
    (3, "weibo", Topic::Question, (10, 300)),
    (2, "linkedin", Topic::Cooperation, (90, 1_400)),
    (2, "xiaohongshu", Topic::Purchase, (15, 200)),
];

/// Customers who wrote again after an answer, as many minutes ago: WeChat lets nobody answer them
/// after 48 hours.
const CLOSING: [Range; 3] =
    [(47 * 60 + 50, 47 * 60 + 56), (47 * 60 + 25, 47 * 60 + 45), (46 * 60, 47 * 60 + 10)];

/// Plans everything that happened before `start`.
pub(super) fn fill(feed: &mut Feed, start: Time) {
    for _ in 0..ANSWERED {
        answered(feed, start);
    }
    for Comments { count, topic, age, likes } in COMMENTS {
        for _ in 0..count {
            let at = aged(feed, start, age);
            let outlet = loop {
                let outlet = brand::any_outlet(&mut feed.rng);
                if outlet.id != "wechat" {
                    break outlet;
                }
            };
            let thread = feed.open(outlet, Some(Queue::Comments), at, topic);
            let likes = feed.rng.between(likes.0, likes.1);
            if likes > 5 {
                let (channel, id) = (outlet.channel(), thread.root);
                let later = Time((at.0 + start.0) / 2);
                feed.tell(later, Event::Likes { channel, id, likes: likes as u32 });
            }
        }
    }
    let wechat = brand::outlet("wechat").unwrap_or(&OUTLETS[0]);
    for again in CLOSING {
        let at = aged(feed, start, (50 * 60, 54 * 60));
        let thread = feed.open(wechat, Some(Queue::Messages), at, Topic::Question);
        feed.answer(&thread, at + Span::minutes(40));
        let at = aged(feed, start, again);
        feed.newest_comes_back(at, Topic::Details);
    }
    for (count, channel, topic, age) in MESSAGES {
        let outlet = brand::outlet(channel).unwrap_or(&OUTLETS[0]);
        for _ in 0..count {
            let at = aged(feed, start, age);
            feed.open(outlet, Some(Queue::Messages), at, topic);
        }
    }
}

/// One conversation of the past nine hours that was answered: mostly soon, sometimes late, and
/// sometimes with a second round.
fn answered(feed: &mut Feed, start: Time) {
    let at = aged(feed, start, (25, 9 * 60));
    let outlet = brand::any_outlet(&mut feed.rng);
    let topic = *feed.rng.weighted(&OPENING);
    let thread = feed.open(outlet, None, at, topic);
    let slow = feed.rng.percent(16);
    let took = if slow { feed.rng.between(65, 260) } else { feed.rng.between(2, 40) };
    let reply = at + Span::minutes(took);
    if reply < start - Span::minutes(1) {
        feed.answer(&thread, reply);
    }
}

fn aged(feed: &mut Feed, start: Time, (from, to): Range) -> Time {
    start - Span::seconds(feed.rng.between(from * 60, to * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    const START: Time = Time(1_790_000_012_345);

    fn backlog(seed: u64) -> Vec<(Time, Event)> {
        Feed::new(seed, START).take_while(|(at, _)| *at < START).collect()
    }

    #[test]
    fn a_shift_finds_late_ones_ones_at_risk_and_windows_that_close_soon() {
        let mut waiting: BTreeMap<(String, String), (Time, Queue)> = BTreeMap::new();
        for (at, event) in backlog(1) {
            if let Event::Message(m) = event {
                assert_eq!(m.at, at);
                let key = (m.channel.0, m.thread.unwrap_or(m.id));
                if m.ours {
                    waiting.remove(&key);
                } else {
                    waiting.entry(key).or_insert((at, m.queue));
                }
            }
        }
        let comments = waiting.values().filter(|(_, q)| *q == Queue::Comments).count();
        let messages = waiting.len() - comments;
        assert!((50..=110).contains(&comments), "{comments}");
        assert!((20..=50).contains(&messages), "{messages}");
        let window = Span::hours(48);
        let closing = waiting.iter().filter(|((channel, _), (at, _))| {
            let left = *at + window - START;
            channel == "wechat" && left > Span(0) && left <= Span::hours(2)
        });
        assert_eq!(closing.count(), 3);
    }

    #[test]
    fn every_channel_has_its_share() {
        let channels: BTreeSet<String> = backlog(2)
            .into_iter()
            .filter_map(|(_, e)| if let Event::Message(m) = e { Some(m.channel.0) } else { None })
            .collect();
        assert_eq!(channels.len(), OUTLETS.len());
    }
}
