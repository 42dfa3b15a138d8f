//! What is known of a person who writes to us: their conversations on a channel, and what they
//! add up to.

use super::class::Intent;
use super::{Author, ChannelId, Conversation, ConversationId, Message, OperatorName, Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most conversations of one person that are looked at: the newest.
pub const MOST: usize = 100;
/// The most messages of theirs that are looked at.
pub const MOST_MESSAGES: usize = 2_000;
/// What counts as "lately" for [`Brief`].
pub const MONTH: Span = Span::hours(30 * 24);

/// By what a person is known on a channel: the platform's id, or where it gives none their name.
/// `None` = nobody can say who it is.
pub fn known_as(author: &Author) -> Option<&str> {
    [author.id.as_str(), author.name.as_str()].into_iter().find(|name| !name.is_empty())
}

/// Whether a conversation is a complaint: by what its message was found to be, and where that was
/// never asked, by what the desk's policies call it.
pub fn is_complaint(c: &Conversation) -> bool {
    match c.class() {
        Some(class) => class.intent == Intent::Complaint,
        None => ["severe", "mild", "negative", "complaint"].contains(&c.tag.as_str()),
    }
}

/// A few facts of a person, for the line above their conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Their conversations, this one among them.
    pub conversations: u32,
    /// True when there are more than were counted.
    pub more: bool,
    /// How many of them began within [`MONTH`] and are complaints.
    pub complaints: u32,
    /// When the first of them began.
    pub first_seen: Option<Time>,
}

impl Brief {
    /// Of these conversations.
    pub fn of<'a>(all: impl Iterator<Item = &'a Conversation>, more: bool, now: Time) -> Brief {
        let mut brief = Brief { more, ..Brief::default() };
        for c in all {
            brief.conversations += 1;
            let lately = c.first_inbound.is_some_and(|at| at + MONTH > now);
            brief.complaints += u32::from(lately && is_complaint(c));
            let first = brief.first_seen.into_iter().chain(c.first_inbound).min();
            brief.first_seen = first;
        }
        brief
    }
}

/// A person's past on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The channel.
    pub channel: ChannelId,
    /// By what they are known there.
    pub known_as: String,
    /// Their name, as it was last seen.
    pub name: String,
    /// False while the desk still gathers who wrote what before it kept account of it.
    pub complete: bool,
    /// True when there are older conversations than those here.
    pub more: bool,
    /// Messages of theirs.
    pub messages: u32,
    /// Conversations that are complaints.
    pub complaints: u32,
    /// Likes that their messages have.
    pub likes: u64,
    /// When they were first seen.
    pub first_seen: Option<Time>,
    /// When they were last seen.
    pub last_seen: Option<Time>,
    /// The median time between two messages of theirs.
    pub median_gap: Option<Span>,
    /// Who answered last, and when; without a name it was not on this desk.
    pub answered: Option<(Option<OperatorName>, Time)>,
    /// Labels of the conversations, the most frequent first.
    pub labels: Vec<(String, u32)>,
    /// The conversations, newest first.
    pub conversations: Vec<Conversation>,
}

impl Past {
    /// Adds up these conversations, newest first, each with its messages.
    pub fn of(
        channel: ChannelId,
        known_as: String,
        all: Vec<(Conversation, Vec<Message>)>,
        more: bool,
        complete: bool,
    ) -> Past {
        let mut past = Past {
            channel,
            known_as,
            name: String::new(),
            complete,
            more,
            messages: 0,
            complaints: 0,
            likes: 0,
            first_seen: None,
            last_seen: None,
            median_gap: None,
            answered: None,
            labels: Vec::new(),
            conversations: Vec::new(),
        };
        let mut times = Vec::new();
        let mut labels: BTreeMap<String, u32> = BTreeMap::new();
        for (c, messages) in all {
            for m in &messages {
                past.message(m, &mut times);
            }
            past.complaints += u32::from(is_complaint(&c));
            for label in &c.labels {
                *labels.entry(label.clone()).or_default() += 1;
            }
            past.conversations.push(c);
        }
        times.sort_unstable();
        (past.first_seen, past.last_seen) = (times.first().copied(), times.last().copied());
        let mut gaps: Vec<Span> = times.windows(2).map(|two| two[1] - two[0]).collect();
        gaps.sort_unstable();
        past.median_gap = gaps.get(gaps.len() / 2).copied();
        past.labels = labels.into_iter().collect();
        past.labels.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        past
    }

    fn message(&mut self, m: &Message, times: &mut Vec<Time>) {
        if m.is_standing_inbound() && known_as(&m.author) == Some(self.known_as.as_str()) {
            self.messages += 1;
            self.likes += u64::from(m.likes);
            if times.iter().all(|t| *t <= m.at) {
                self.name.clone_from(&m.author.name);
            }
            times.push(m.at);
        } else if m.is_standing_reply() && self.answered.as_ref().is_none_or(|(_, at)| *at < m.at) {
            self.answered = Some((m.operator.clone(), m.at));
        }
    }
}

/// The number of a conversation that is asked about, or a person's name on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// Whoever this conversation speaks of.
    Of(ConversationId),
    /// By what they are known on a channel.
    Named(ChannelId, String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Queue;
    use crate::domain::testing::{conversation, inbound, seen_reply};

    fn said(minute: i64, who: &str, likes: u32) -> Message {
        let author = Author { id: who.into(), name: format!("{who} at {minute}") };
        Message { author, likes, ..inbound(minute * 60_000, "hello") }
    }

    fn past(all: Vec<(Conversation, Vec<Message>)>) -> Past {
        Past::of(ChannelId("weibo".into()), "u1".into(), all, false, true)
    }

    #[test]
    fn only_what_the_person_wrote_counts_as_theirs() {
        let mut first = conversation(Queue::Comments);
        first.tag = "severe".into();
        first.labels = vec!["vip".into()];
        let mut second = conversation(Queue::Comments);
        second.labels = vec!["b".into(), "vip".into()];
        let past = past(vec![
            (first, vec![said(100, "u1", 3), said(101, "u2", 50), seen_reply(103 * 60_000)]),
            (second, vec![said(0, "u1", 0), said(10, "u1", 1)]),
        ]);
        assert_eq!((past.messages, past.likes, past.complaints), (3, 4, 1));
        assert_eq!(past.name, "u1 at 100");
        let minute = |n: i64| Time(n * 60_000);
        assert_eq!((past.first_seen, past.last_seen), (Some(minute(0)), Some(minute(100))));
        // Ten and ninety minutes apart.
        assert_eq!(past.median_gap, Some(Span::minutes(90)));
        assert_eq!(past.labels, [("vip".to_owned(), 2), ("b".to_owned(), 1)]);
        assert_eq!(past.answered.map(|(_, at)| at), Some(minute(103)));
    }

    #[test]
    fn nobody_has_no_past_and_a_name_stands_in_for_an_id() {
        let past = past(Vec::new());
        assert_eq!((past.messages, past.median_gap, past.first_seen), (0, None, None));
        let author = |id: &str, name: &str| Author { id: id.into(), name: name.into() };
        assert_eq!(known_as(&author("u", "n")), Some("u"));
        assert_eq!(known_as(&author("", "n")), Some("n"));
        assert_eq!(known_as(&author("", "")), None);
    }

    #[test]
    fn the_brief_counts_complaints_of_the_last_month() {
        let day = |n: i64, tag: &str| {
            let mut c = conversation(Queue::Comments);
            c.first_inbound = Some(Time(n * 24 * 3_600_000));
            c.tag = tag.into();
            c
        };
        let all = [day(50, "severe"), day(45, ""), day(40, "mild"), day(3, "severe")];
        let brief = Brief::of(all.iter(), false, Time(51 * 24 * 3_600_000));
        assert_eq!((brief.conversations, brief.complaints), (4, 2));
        assert_eq!(brief.first_seen, all[3].first_inbound);
    }
}
