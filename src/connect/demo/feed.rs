//! The live feed: what happens on the brand's channels, in order of time, for ever.

use super::brand::{self, OUTLETS, Outlet};
use super::phrases::{OPENING, Tongue, Topic, compose};
use super::{Accounts, backlog, slots};
use crate::domain::event::MessageEvent;
use crate::domain::rng::Rng;
use crate::domain::{Attachment, Author, ChannelId, Event, Queue, Span, Time};
use std::collections::{BTreeMap, VecDeque};

/// Between two messages in calm times, on average: about 13 a minute.
const CALM: Span = Span(4_600);
/// The same in a burst.
const BUSY: Span = Span(1_100);
/// How often accounts tell their figures.
const MINUTE: Span = Span::minutes(1);
/// How many conversations are remembered, for customers who come back.
const REMEMBERED: usize = 400;

/// A conversation as its customer sees it.
#[derive(Clone, Debug)]
pub(super) struct Thread {
    pub outlet: &'static Outlet,
    pub queue: Queue,
    /// What ties its messages together: the root comment's id, or the peer's.
    pub root: String,
    /// Its messages by the customer.
    pub ids: Vec<String>,
    pub author: Author,
    pub tongue: Tongue,
    pub topic: Topic,
    pub last: Time,
}

/// Something that is going to happen.
#[derive(Clone, Debug)]
enum Plan {
    /// This is told.
    Tell(Box<Event>),
    /// Somebody writes.
    Arrive,
    /// Parcels are stuck, and everybody writes about it on one channel.
    Burst,
    /// The plan of slots grows.
    Slot(u64),
    /// A minute is over: the accounts tell their figures.
    Figures,
}

/// A burst under way.
#[derive(Clone, Copy, Debug)]
struct Burst {
    outlet: &'static Outlet,
    until: Time,
}

/// The feed: an endless iterator of events with their times, never going back; first a backlog of
/// the past hours, then from `start` on what happens live.
pub struct Feed {
    pub(super) rng: Rng,
    /// What comes, by time; the number keeps the order of what was planned for the same moment.
    plans: BTreeMap<(Time, u64), Plan>,
    planned: u64,
    /// Makes ids of two feeds on one desk differ.
    mark: String,
    messages: u64,
    threads: VecDeque<Thread>,
    burst: Option<Burst>,
    accounts: Accounts,
}

impl Feed {
    /// The feed of a seed, live from `start` on. The same seed and start bring the same events.
    pub fn new(seed: u64, start: Time) -> Feed {
        let mut feed = Feed {
            rng: Rng::new(seed),
            plans: BTreeMap::new(),
            planned: 0,
            mark: format!("{:x}", start.0 / 1000),
            messages: 0,
            threads: VecDeque::new(),
            burst: None,
            accounts: Accounts::new(seed, start),
        };
        backlog::fill(&mut feed, start);
        for (at, event) in slots::around(&mut feed.rng, start) {
            feed.tell(at, event);
        }
        let first = feed.rng.between(400, 1500);
        feed.plan(start + Span(first), Plan::Arrive);
        let burst = feed.rng.between(70, 130);
        feed.plan(start + Span::seconds(burst), Plan::Burst);
        feed.plan(slots::next(start), Plan::Slot(1000));
        feed.plan(start.floor_minute() + MINUTE, Plan::Figures);
        feed
    }

    /// When the next event comes.
    pub fn next_at(&mut self) -> Time {
        self.unfold();
        // Unfolding ends only when an event is first; the feed never ends.
        self.plans.first_key_value().map_or(Time(i64::MAX), |((at, _), _)| *at)
    }

    /// Tells the feed of a reply; the customer may answer it. Answers the reply's id.
    pub fn reply(&mut self, now: Time, key: &str, channel: &ChannelId, to: Option<&str>) -> String {
        let id = format!("{}-re-{key}", self.mark);
        let known = self.threads.iter().position(|t| {
            t.outlet.id == channel.0 && to.is_some_and(|to| t.ids.iter().any(|i| i == to))
        });
        if let Some(i) = known
            && self.rng.percent(45)
        {
            let topic = if self.rng.percent(65) { Topic::Thanks } else { Topic::Details };
            let later = now + Span::seconds(self.rng.between(15, 80));
            self.come_back(i, later, topic, Some(id.clone()));
        }
        id
    }

    fn plan(&mut self, at: Time, plan: Plan) {
        self.planned += 1;
        self.plans.insert((at, self.planned), plan);
    }

    pub(super) fn tell(&mut self, at: Time, event: Event) {
        self.plan(at, Plan::Tell(Box::new(event)));
    }

    /// Works off what is first until it is something to tell.
    fn unfold(&mut self) {
        while let Some(entry) = self.plans.first_entry() {
            if matches!(entry.get(), Plan::Tell(_)) {
                return;
            }
            let ((at, _), plan) = entry.remove_entry();
            match plan {
                Plan::Tell(_) => {}
                Plan::Arrive => self.arrive(at),
                Plan::Burst => {
                    let outlet = self.rng.pick(&OUTLETS[..3]);
                    let length = Span::seconds(self.rng.between(40, 110));
                    self.burst = Some(Burst { outlet, until: at + length });
                    let next = self.rng.between(6 * 60, 14 * 60);
                    self.plan(at + Span::seconds(next), Plan::Burst);
                }
                Plan::Slot(number) => {
                    for (at, event) in slots::ahead(&mut self.rng, number, at) {
                        self.tell(at, event);
                    }
                    self.plan(slots::next(at), Plan::Slot(number + 1));
                }
                Plan::Figures => {
                    for event in self.accounts.minute(at) {
                        self.tell(at, event);
                    }
                    self.plan(at + MINUTE, Plan::Figures);
                }
            }
        }
    }

    /// Somebody writes, and somebody else will.
    fn arrive(&mut self, at: Time) {
        self.burst = self.burst.filter(|b| at < b.until);
        let (mean, burst) = (if self.burst.is_some() { BUSY } else { CALM }, self.burst);
        let wait = Span(self.rng.wait(mean.0));
        self.plan(at + wait, Plan::Arrive);
        if let Some(burst) = burst
            && self.rng.percent(80)
        {
            self.open(burst.outlet, Some(Queue::Comments), at, Topic::Delivery);
            return;
        }
        if self.rng.percent(12) && !self.threads.is_empty() {
            let i = self.rng.below(self.threads.len() as u64) as usize;
            self.come_back(i, at, Topic::Again, None);
            return;
        }
        let outlet = brand::any_outlet(&mut self.rng);
        let topic = *self.rng.weighted(&OPENING);
        let thread = self.open(outlet, None, at, topic);
        self.afterwards(&thread, at);
    }

    /// A customer opens a conversation.
    pub(super) fn open(
        &mut self,
        outlet: &'static Outlet,
        queue: Option<Queue>,
        at: Time,
        topic: Topic,
    ) -> Thread {
        let rng = &mut self.rng;
        let queue = queue.unwrap_or_else(|| outlet.queue(rng));
        let tongue = outlet.tongue(rng);
        let author = brand::person(rng, tongue);
        let id = self.next_id(outlet);
        let root = if queue == Queue::Messages { author.id.clone() } else { id.clone() };
        let thread = Thread { outlet, queue, root, ids: vec![id], author, tongue, topic, last: at };
        let text = compose(&mut self.rng, topic, tongue);
        let likes = match (queue, topic) {
            (Queue::Messages, _) | (_, Topic::Spam) => 0,
            _ => self.rng.below(6) as u32,
        };
        let mut message = self.message(&thread, at, text);
        message.likes = likes;
        self.tell(at, Event::Message(message));
        self.remember(thread.clone());
        thread
    }

    /// The customer of the conversation opened last writes again.
    pub(super) fn newest_comes_back(&mut self, at: Time, topic: Topic) {
        self.come_back(self.threads.len().saturating_sub(1), at, topic, None);
    }

    /// The customer of a remembered conversation writes again.
    fn come_back(&mut self, i: usize, at: Time, topic: Topic, to: Option<String>) {
        let Some(mut thread) = self.threads.get(i).cloned() else { return };
        let text = compose(&mut self.rng, topic, thread.tongue);
        let before = thread.ids.last().cloned();
        let id = self.next_id(thread.outlet);
        thread.ids.push(id);
        thread.last = at;
        let mut message = self.message(&thread, at, text);
        message.in_reply_to = to.or(before);
        self.tell(at, Event::Message(message));
        self.threads[i] = thread;
    }

    /// What may become of a message that has just opened a conversation.
    fn afterwards(&mut self, thread: &Thread, at: Time) {
        let channel = thread.outlet.channel();
        let Some(id) = thread.ids.last().cloned() else { return };
        if thread.queue == Queue::Comments && thread.topic != Topic::Spam && self.rng.percent(22) {
            let (mut likes, mut when) = (self.rng.between(3, 20), at);
            for _ in 0..self.rng.between(1, 6) {
                when = when + Span::seconds(self.rng.between(15, 150));
                likes += self.rng.between(1, likes);
                let event =
                    Event::Likes { channel: channel.clone(), id: id.clone(), likes: likes as u32 };
                self.tell(when, event);
            }
        }
        match self.rng.below(100) {
            0..=1 => {
                let at = at + Span::seconds(self.rng.between(20, 90));
                let text = compose(&mut self.rng, thread.topic, thread.tongue);
                self.tell(at, Event::Edited { channel, id, text, at });
            }
            2..=3 => {
                let at = at + Span::seconds(self.rng.between(40, 300));
                self.tell(at, Event::Deleted { channel, id, at });
            }
            4..=7 => {
                let at = at + Span::seconds(self.rng.between(120, 600));
                self.answer(thread, at);
            }
            _ => {}
        }
    }

    /// A colleague answers on the platform itself.
    pub(super) fn answer(&mut self, thread: &Thread, at: Time) {
        let topic = match thread.topic {
            Topic::Mild | Topic::Severe | Topic::Delivery => Topic::Apology,
            _ => Topic::Reply,
        };
        let text = compose(&mut self.rng, topic, thread.tongue);
        let to = thread.ids.last().cloned();
        let id = self.next_id(thread.outlet);
        let thread = Thread { ids: vec![id], ..thread.clone() };
        let mut message = self.message(&thread, at, text);
        message.attachments.clear();
        message.author = brand::ourselves(thread.outlet);
        message.ours = true;
        message.in_reply_to = to;
        self.tell(at, Event::Message(message));
    }

    /// The newest message of a conversation.
    fn message(&mut self, thread: &Thread, at: Time, text: String) -> MessageEvent {
        let id = thread.ids.last().cloned().unwrap_or_default();
        let place = thread.outlet.id;
        let is_comment = thread.queue == Queue::Comments;
        let mut attachments = Vec::new();
        if self.rng.percent(if is_comment { 4 } else { 9 }) {
            let voice = !is_comment && self.rng.percent(40);
            let (kind, end) = if voice { ("voice", "m4a") } else { ("image", "jpg") };
            attachments.push(Attachment {
                kind: kind.to_owned(),
                size: Some(self.rng.between(20_000, 900_000).unsigned_abs()),
                link: format!("https://media.yunling.example/{place}/{id}.{end}"),
            });
        }
        MessageEvent {
            channel: thread.outlet.channel(),
            platform: thread.outlet.platform.to_owned(),
            queue: thread.queue,
            thread: Some(thread.root.clone()),
            in_reply_to: None,
            author: thread.author.clone(),
            ours: false,
            text,
            at,
            likes: 0,
            permalink: is_comment.then(|| format!("https://{place}.yunling.example/c/{id}")),
            attachments,
            id,
        }
    }

    fn next_id(&mut self, outlet: &Outlet) -> String {
        self.messages += 1;
        format!("{}-{}-{}", self.mark, outlet.id, self.messages)
    }

    fn remember(&mut self, thread: Thread) {
        if self.threads.len() == REMEMBERED {
            self.threads.pop_front();
        }
        self.threads.push_back(thread);
    }
}

impl Iterator for Feed {
    type Item = (Time, Event);

    /// Never `None`.
    fn next(&mut self) -> Option<(Time, Event)> {
        self.unfold();
        match self.plans.pop_first()? {
            ((at, _), Plan::Tell(event)) => Some((at, *event)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::check;
    use std::collections::{BTreeSet, HashSet};

    const START: Time = Time(1_790_000_012_345);

    fn live(seed: u64, length: Span) -> Vec<(Time, Event)> {
        Feed::new(seed, START)
            .skip_while(|(at, _)| *at < START)
            .take_while(|(at, _)| *at < START + length)
            .collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_events_and_another_one_others() {
        let some = |seed| Feed::new(seed, START).take(3_000).collect::<Vec<_>>();
        assert_eq!(some(1), some(1));
        assert_ne!(some(1), some(2));
    }

    #[test]
    fn events_come_in_order_within_the_bounds_and_with_ids_of_their_own() {
        let (mut last, mut ids, mut mends) = (Time(0), HashSet::new(), vec![]);
        for (at, mut event) in Feed::new(3, START).take(5_000) {
            assert!(at >= last);
            last = at;
            check::event(&mut event, at, &mut mends).unwrap();
            if let Event::Message(m) = event {
                assert_eq!(m.at, at);
                assert!(ids.insert((m.channel, m.id)));
            }
        }
        assert_eq!(mends, []);
        assert!(last > START + Span::hours(1));
    }

    #[test]
    fn the_pace_is_a_shift_s_with_bursts() {
        let minutes = 60;
        let mut by_minute = vec![0; minutes];
        for (at, event) in live(4, Span::minutes(minutes as i64)) {
            if matches!(&event, Event::Message(m) if !m.ours) {
                by_minute[((at - START).0 / 60_000) as usize] += 1;
            }
        }
        let mean = by_minute.iter().sum::<i32>() / minutes as i32;
        assert!((11..=22).contains(&mean), "{mean}");
        let busiest = by_minute.iter().max().unwrap();
        assert!(*busiest >= 30, "{by_minute:?}");
    }

    #[test]
    fn everything_that_happens_on_channels_happens() {
        let events = live(5, Span::hours(3));
        let count = |f: fn(&Event) -> bool| events.iter().filter(|(_, e)| f(e)).count();
        assert!(count(|e| matches!(e, Event::Likes { .. })) > 300);
        assert!(count(|e| matches!(e, Event::Edited { .. })) > 5);
        assert!(count(|e| matches!(e, Event::Deleted { .. })) > 5);
        assert!(count(|e| matches!(e, Event::Slot(_))) > 10);
        assert!(count(|e| matches!(e, Event::Message(m) if m.ours)) > 20);
        assert!(count(|e| matches!(e, Event::Message(m) if m.queue == Queue::Messages)) > 100);
        assert!(
            count(|e| matches!(e, Event::Message(m) if m.in_reply_to.is_some() && !m.ours)) > 100
        );
        assert!(count(|e| matches!(e, Event::Message(m) if m.text.is_ascii())) > 100);
        let channels: BTreeSet<String> = events
            .iter()
            .filter_map(
                |(_, e)| if let Event::Message(m) = e { Some(m.channel.0.clone()) } else { None },
            )
            .collect();
        assert_eq!(channels.len(), OUTLETS.len());
    }

    #[test]
    fn some_customers_answer_a_reply() {
        let mut feed = Feed::new(6, START);
        let mut opened = Vec::new();
        while feed.next_at() < START {
            if let Some((_, Event::Message(m))) = feed.next()
                && !m.ours
            {
                opened.push(m);
            }
        }
        let mut sent = HashSet::new();
        for (n, m) in opened.iter().rev().take(40).enumerate() {
            assert!(sent.insert(feed.reply(START, &n.to_string(), &m.channel, Some(&m.id))));
        }
        let next = feed.take_while(|(at, _)| *at < START + Span::seconds(90));
        let answers = next
            .filter(|(_, e)| {
                matches!(e, Event::Message(m) if m.in_reply_to.as_ref().is_some_and(|to| sent.contains(to)))
            })
            .count();
        assert!((8..=32).contains(&answers), "{answers}");
    }
}
