//! A conversation: the thread an inbound comment or DM belongs to, and where it stands.

use super::class::{Class, Severity, Worse};
use super::order::StateKind;
use super::policy::Timer;
use super::sla::{Phase, StoppedBy, Trail};
use super::{
    Author, ChannelId, ConversationId, Message, MessageRef, OperatorName, OrderKey, Queue,
    SessionId, Time, words,
};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Where a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Waits for us.
    Open,
    /// We answered; waits for the customer.
    Pending,
    /// Set aside by an operator until somebody else has done their part.
    OnHold,
    /// Out of sight until then; new inbound brings it back at once.
    Snoozed {
        /// When it reopens.
        until: Time,
    },
    /// Done; new inbound that is not mere thanks reopens it.
    Resolved,
}

/// Who works on it now: bound to a live session, so that it ends when the session does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The operator.
    pub operator: OperatorName,
    /// The session that holds it.
    pub session: SessionId,
    /// Since when.
    pub since: Time,
}

/// That a lead is to look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Who asked for it.
    pub by: OperatorName,
    /// When.
    pub at: Time,
    /// The private note that says why.
    pub note: u32,
}

/// The oldest unanswered inbound message: what a row in a queue speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its place in the conversation.
    pub seq: u32,
    /// Who wrote it.
    pub author: Author,
    /// The beginning of its text, verbatim, at most [`Head::EXCERPT`] bytes.
    pub excerpt: String,
    /// When it was written.
    pub at: Time,
    /// Its likes.
    pub likes: u32,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
}

impl Head {
    /// Bound of the excerpt in bytes; a row never shows more.
    pub const EXCERPT: usize = 480;

    /// Bound of the author's name and of their id in bytes.
    pub const NAME: usize = 256;

    /// What a row says of this message.
    pub fn of(seq: u32, m: &Message) -> Head {
        Head {
            seq,
            author: Author {
                id: excerpt(&m.author.id, Head::NAME).to_owned(),
                name: excerpt(&m.author.name, Head::NAME).to_owned(),
            },
            excerpt: excerpt(&m.text, Head::EXCERPT).to_owned(),
            at: m.at,
            likes: m.likes,
            class: m.class.clone(),
        }
    }

    /// The order in which messages count as older: by the time they were written; messages of
    /// one moment by what they say, so that the order of arrival decides nothing.
    pub fn is_before(&self, other: &Head) -> bool {
        let key = |h: &Head| (h.at, h.author.id.clone(), h.author.name.clone(), h.excerpt.clone());
        match self.at.cmp(&other.at) {
            std::cmp::Ordering::Equal => (key(self), self.seq) < (key(other), other.seq),
            unequal => unequal.is_lt(),
        }
    }
}

/// The beginning of a text, at most so many bytes, cut between graphemes (within one only when
/// the first one is longer than that).
fn excerpt(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end =
        text.grapheme_indices(true).map(|(i, g)| i + g.len()).take_while(|end| *end <= most).last();
    end.map_or_else(|| words::beginning(text, most), |end| &text[..end])
}

/// When the first customer message came and when the first visible reply of ours followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstResponse {
    /// The first inbound message's time.
    pub asked: Time,
    /// The first visible reply's time.
    pub answered: Time,
    /// Whether it was within the target that applied; `None` without a target.
    pub met: Option<bool>,
}

/// A conversation's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its number.
    pub id: ConversationId,
    /// The queue it belongs to.
    pub queue: Queue,
    /// The channel it is on.
    pub channel: ChannelId,
    /// The channel's platform, kept here so that filters need no second look.
    pub platform: String,
    /// The platform's id of the root comment, or of the peer.
    pub root: String,
    /// Where it stands.
    pub state: State,
    /// Whose job it is, lasting; `None` = anybody's.
    #[serde(default)]
    pub assignee: Option<OperatorName>,
    /// Who works on it at this moment.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// Labels, sorted, no doubles.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The oldest unanswered inbound message; `None` when all are answered.
    #[serde(default)]
    pub head: Option<Head>,
    /// The first standing inbound message, when it is not the head: what the conversation is
    /// about while nothing waits for an answer.
    #[serde(default)]
    pub topic: Option<Head>,
    /// How many messages it holds, notes and withdrawn ones included; the next `seq`.
    pub messages: u32,
    /// When the first inbound message was written.
    #[serde(default)]
    pub first_inbound: Option<Time>,
    /// When the last inbound message was written.
    #[serde(default)]
    pub last_inbound: Option<Time>,
    /// When our last standing reply was written.
    #[serde(default)]
    pub last_reply: Option<Time>,
    /// The clock that runs out first, if one runs or stands still.
    #[serde(default)]
    pub timer: Option<Timer>,
    /// The other clocks, by target: those that run out later, and those that stopped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<Timer>,
    /// When it was set aside and when it went on: what pauses the clocks.
    #[serde(default, skip_serializing_if = "Trail::is_empty")]
    pub trail: Trail,
    /// Messages with a number below this were settled when it was resolved.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub settled: u32,
    /// Messages that came after it was resolved and only said thanks: they wait for nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thanks: Vec<u32>,
    /// The first response, once given.
    #[serde(default)]
    pub first_response: Option<FirstResponse>,
    /// Weight of the policy that applies, 0-255; heavier goes first among equals.
    #[serde(default)]
    pub weight: u8,
    /// What the policy calls it, e.g. `severe`, `purchase`; empty when it says nothing.
    #[serde(default)]
    pub tag: String,
    /// When the platform's reply window closes.
    #[serde(default)]
    pub window_closes: Option<Time>,
    /// Set when it was resolved.
    #[serde(default)]
    pub resolved_at: Option<Time>,
    /// The post of ours that it comments on.
    #[serde(default)]
    pub about: Option<MessageRef>,
    /// When an operator took it out of the open ones; `None` while it is open, and when an answer
    /// seen on the platform did it.
    #[serde(default)]
    pub set_aside: Option<Time>,
    /// Set while a lead is to look at it.
    #[serde(default)]
    pub escalated: Option<Escalation>,
    /// A later unanswered message that is worse than the head: the conversation is as severe as
    /// the worst of them. See [`Conversation::class`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worse: Option<Worse>,
    /// It was emptied at this time, on the request of whoever it was of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Time>,
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Conversation {
    /// A conversation without messages yet. It waits for nobody, so it is pending; its first
    /// inbound message opens it.
    pub fn new(
        id: ConversationId,
        queue: Queue,
        channel: ChannelId,
        platform: String,
        root: String,
    ) -> Conversation {
        Conversation {
            id,
            queue,
            channel,
            platform,
            root,
            state: State::Pending,
            assignee: None,
            claim: None,
            labels: Vec::new(),
            head: None,
            topic: None,
            messages: 0,
            first_inbound: None,
            last_inbound: None,
            last_reply: None,
            timer: None,
            clocks: Vec::new(),
            trail: Trail::default(),
            settled: 0,
            thanks: Vec::new(),
            first_response: None,
            weight: 0,
            tag: String::new(),
            window_closes: None,
            resolved_at: None,
            about: None,
            set_aside: None,
            escalated: None,
            worse: None,
            erased: None,
        }
    }

    /// The message a row speaks of: the head, or when all is answered the first customer message.
    pub fn speaks_of(&self) -> Option<&Head> {
        self.head.as_ref().or(self.topic.as_ref())
    }

    /// What it is: as the message that a row speaks of, unless a later unanswered one is worse.
    pub fn class(&self) -> Option<&Class> {
        match &self.worse {
            Some(worse) => Some(&worse.class),
            None => self.speaks_of()?.class.as_ref(),
        }
    }

    /// Which message [`Conversation::class`] is of.
    pub fn class_seq(&self) -> Option<u32> {
        self.worse.as_ref().map(|w| w.seq).or_else(|| self.speaks_of().map(|h| h.seq))
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.class().map_or(Severity::None, |c| c.severity)
    }

    /// True when it waits for us and its deadline has passed.
    pub fn is_late(&self, now: Time) -> bool {
        self.state == State::Open && self.timer.as_ref().is_some_and(|t| t.due <= now)
    }

    /// True when it waits for us, is not late yet, and little of the target's time is left.
    pub fn is_at_risk(&self, now: Time) -> bool {
        self.state == State::Open
            && self.timer.as_ref().is_some_and(|t| t.at_risk <= now && now < t.due)
    }

    /// We answered at this moment: what is owed besides stands still.
    pub(super) fn enter_answered(&mut self, at: Time) {
        // Without anything owed an answer pauses nothing, and need not be remembered.
        if self.owes() || !matches!(self.trail.phase(), Phase::Open | Phase::Answered) {
            self.trail.enter(Phase::Answered, at);
        }
    }

    /// An answer leaves it to the customer.
    pub(super) fn put_answered(&mut self, now: Time) {
        let mut trail = self.trail.clone();
        self.put_state(State::Pending, now);
        std::mem::swap(&mut self.trail, &mut trail);
        self.enter_answered(now);
    }

    /// Changes the state, and with it since when it is resolved or set aside. `now` is when the
    /// operator did it.
    pub(super) fn put_state(&mut self, to: State, now: Time) {
        if self.trail.is_empty()
            && !matches!(self.state, State::Open | State::Pending)
            && let Some(since) = self.set_aside
        {
            // Set aside before trails were kept.
            self.trail.enter(Phase::from(&self.state), since);
        }
        if to == State::Resolved {
            self.stop_owed(now);
        } else if self.state == State::Resolved {
            self.unstop(|_, stopped| stopped.by == StoppedBy::Resolve);
        }
        self.trail.enter(Phase::from(&to), now);
        self.resolved_at = (to == State::Resolved).then_some(now);
        if to == State::Open {
            self.set_aside = None;
        } else if self.state == State::Open {
            self.set_aside = Some(now);
        }
        self.state = to;
    }

    /// Where it stands in its queue; `None` when resolved.
    pub fn order_key(&self) -> Option<OrderKey> {
        let state = StateKind::from(&self.state);
        if state == StateKind::Resolved {
            return None;
        }
        Some(OrderKey {
            queue: self.queue,
            state,
            due_minute: self.urgent_by().map_or(Time(i64::MAX), Time::floor_minute),
            lightness: 255 - self.counts_as(),
            received: self.received(),
            id: self.id,
        })
    }

    /// Its weight in the order: what a lead is to look at weighs most.
    pub fn counts_as(&self) -> u8 {
        if self.escalated.is_some() { u8::MAX } else { self.weight }
    }

    /// The earlier of the first deadline, and of the closing of the platform's window while a
    /// customer waits.
    pub fn urgent_by(&self) -> Option<Time> {
        let due = self.timer.as_ref().map(|t| t.due);
        let window = self.window_closes.filter(|_| self.head.is_some());
        match (due, window) {
            (Some(d), Some(w)) => Some(d.min(w)),
            (d, w) => d.or(w),
        }
    }

    /// True when what is urgent first is that the platform's window closes, not a deadline.
    pub fn is_window_first(&self) -> bool {
        self.head.is_some()
            && self.window_closes.is_some_and(|w| self.timer.as_ref().is_none_or(|t| w < t.due))
    }

    /// When the oldest unanswered message was written; else the last sign of life.
    pub fn received(&self) -> Time {
        match &self.head {
            Some(h) => h.at,
            None => self.last_inbound.max(self.last_reply).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::inbound;

    #[test]
    fn an_excerpt_ends_between_graphemes() {
        let family = "👨‍👩‍👧‍👦";
        let head = Head::of(0, &inbound(0, &family.repeat(40)));
        assert_eq!(head.excerpt, family.repeat(Head::EXCERPT / family.len()));
        // One cluster longer than a row: cut where it can be.
        let endless = format!("e{}", "\u{301}".repeat(1_000));
        let head = Head::of(0, &inbound(0, &endless));
        assert_eq!(head.excerpt.len(), Head::EXCERPT - 1);
        assert_eq!(Head::of(0, &inbound(0, "short")).excerpt, "short");
    }

    #[test]
    fn an_author_has_a_bound() {
        let mut m = inbound(0, "hello");
        m.author.name = "小".repeat(1_000);
        assert!(Head::of(0, &m).author.name.len() <= Head::NAME);
    }
}
