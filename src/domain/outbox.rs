//! What is on its way out: answers, and requests such as liking or deleting.
//!
//! A row is written before the first attempt, and each attempt is written down before it is made;
//! so after a crash it is known what may have got through. What happens then depends on the
//! channel's [`Guard`]: a row is never attempted blindly again.

use super::{
    ChannelId, Guard, Message, MessageKind, MessageRef, OperatorName, Span, Time, VariantRef,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the platform is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutKind {
    /// Show this answer of ours to the customer. Goes before everything else.
    Reply,
    /// Like this message, or take the like back.
    Like,
    /// Hide this message from others, or show it again.
    Hide,
    /// Delete this message.
    Delete,
    /// Block the one who wrote this message, or let them in again.
    Block,
    /// Publish this post.
    Publish,
    /// Delete this post of ours, which is out.
    Unpublish,
}

impl OutKind {
    /// Every kind, in the order in which they go out.
    pub const ALL: [OutKind; 7] = [
        OutKind::Reply,
        OutKind::Like,
        OutKind::Hide,
        OutKind::Delete,
        OutKind::Block,
        OutKind::Publish,
        OutKind::Unpublish,
    ];
    /// Those that are about a message; the others are about a post.
    pub const OF_MESSAGES: [OutKind; 5] =
        [OutKind::Reply, OutKind::Like, OutKind::Hide, OutKind::Delete, OutKind::Block];

    /// True when it is about a post, and not about a message.
    pub fn is_of_posts(self) -> bool {
        matches!(self, OutKind::Publish | OutKind::Unpublish)
    }
}

/// Where a row stands: one for each subject and kind, so that nothing is asked for twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OutPlace {
    /// The channel it goes out on.
    pub channel: ChannelId,
    /// What is asked for.
    pub kind: OutKind,
    /// What it is about.
    #[serde(flatten)]
    pub subject: Subject,
}

/// What something on its way out is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Our answer, or the message that the request is about.
    Message(MessageRef),
    /// A variant of a post.
    Post(VariantRef),
}

impl OutPlace {
    /// Of something about a message.
    pub fn message(channel: ChannelId, kind: OutKind, message: MessageRef) -> OutPlace {
        OutPlace { channel, kind, subject: Subject::Message(message) }
    }

    /// Of something about a post.
    pub fn post(channel: ChannelId, kind: OutKind, post: VariantRef) -> OutPlace {
        OutPlace { channel, kind, subject: Subject::Post(post) }
    }

    /// The message it is about, if it is about one.
    pub fn of_message(&self) -> Option<MessageRef> {
        match self.subject {
            Subject::Message(at) => Some(at),
            Subject::Post(_) => None,
        }
    }
}

/// Names one thing that is sent, the same in every attempt: unique on the desk, growing with time.
///
/// It is a TID as the AT Protocol defines it (53 bits of microseconds, 10 bits that tell desks
/// apart), because there it can be the name of the record itself.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SendKey(pub u64);

impl SendKey {
    const CLOCK_BITS: u32 = 10;

    /// The next one after `last`, at this moment by the desk's clock. `desk` tells desks apart; its
    /// low ten bits count.
    pub fn next(last: SendKey, now: Time, desk: u16) -> SendKey {
        let micros = now.0.max(0).cast_unsigned().saturating_mul(1000);
        // A clock that stands or jumps back still brings new keys.
        let micros = micros.max((last.0 >> Self::CLOCK_BITS) + 1) & ((1 << 53) - 1);
        SendKey(micros << Self::CLOCK_BITS | u64::from(desk & 0x3ff))
    }
}

/// 13 characters that sort as the numbers do.
impl fmt::Display for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
        for place in (0..13).rev() {
            let digit = (self.0 >> (place * 5)) as usize & 31;
            write!(f, "{}", char::from(DIGITS[digit]))?;
        }
        Ok(())
    }
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// See [`SendKey`].
    pub key: SendKey,
    /// When the operator asked for it.
    pub made: Time,
    /// Who asked.
    pub by: OperatorName,
    /// False for a request that takes something back (unlike, unhide, unblock).
    pub on: bool,
    /// Attempts so far.
    #[serde(default)]
    pub attempts: u32,
    /// How many messages the conversation had when an operator last said that it should go out;
    /// `None` = when it was written.
    #[serde(default)]
    pub seen: Option<u32>,
    /// When they said so; `None` = when it was made.
    #[serde(default)]
    pub asked: Option<Time>,
    /// How far it is.
    pub stage: Stage,
}

/// How far a row is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Certainly not done yet.
    Queued {
        /// Not to be attempted before this time.
        not_before: Time,
        /// Why the last attempt came to nothing.
        why: Option<String>,
    },
    /// Certainly not done, and not to be done before an operator has looked at it again.
    Held {
        /// Since when.
        since: Time,
        /// Why.
        why: Hold,
    },
    /// An attempt is under way since this time - or was, when the desk went down.
    Attempted {
        /// Since when.
        at: Time,
    },
    /// It may have been done; the desk finds out by itself.
    Doubtful {
        /// Since when.
        since: Time,
        /// What happened.
        why: String,
    },
    /// It may have been done, and only a person can tell.
    Unconfirmed {
        /// Since when.
        since: Time,
        /// What happened.
        why: String,
    },
}

/// Why an answer that was on its way is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hold {
    /// So many messages, notes and answers came in since it was written.
    Overtaken {
        /// How many.
        new: u32,
    },
    /// It has waited since then, longer than the desk lets an answer wait unasked.
    Waited {
        /// Since when.
        since: Time,
    },
}

/// Whether something that came after an answer was written, by this operator, makes the answer
/// worth another look: a customer's message, or what a colleague wrote.
pub fn overtakes(m: &Message, by: &OperatorName) -> bool {
    let theirs = m.operator.as_ref() != Some(by);
    match m.kind {
        MessageKind::Inbound => m.withdrawn.is_none(),
        MessageKind::Reply | MessageKind::Note => m.withdrawn.is_none() && theirs,
        MessageKind::Post => false,
    }
}

impl Stage {
    /// Waits for its first attempt.
    pub fn new() -> Stage {
        Stage::Queued { not_before: Time(i64::MIN), why: None }
    }

    /// True when it waits for an attempt.
    pub fn is_queued(&self) -> bool {
        matches!(self, Stage::Queued { .. })
    }

    /// True when nothing of it can have reached the platform.
    pub fn is_here(&self) -> bool {
        matches!(self, Stage::Queued { .. } | Stage::Held { .. })
    }

    /// What last went wrong.
    pub fn why(&self) -> Option<&str> {
        match self {
            Stage::Queued { why, .. } => why.as_deref(),
            Stage::Attempted { .. } | Stage::Held { .. } => None,
            Stage::Doubtful { why, .. } | Stage::Unconfirmed { why, .. } => Some(why),
        }
    }
}

impl Default for Stage {
    fn default() -> Stage {
        Stage::new()
    }
}

/// What became of an attempt, as far as anybody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The platform did it.
    Done {
        /// Its id of what was made.
        platform_id: Option<String>,
        /// The page that shows it.
        url: Option<String>,
        /// When; `None` = now.
        at: Option<Time>,
    },
    /// Certainly not done; worth another attempt from this time on.
    NotYet {
        /// Not before.
        not_before: Time,
        /// Why.
        why: String,
    },
    /// Certainly not done, and no attempt will change that.
    Failed {
        /// Why.
        why: String,
    },
    /// Nobody knows.
    Unknown {
        /// What happened.
        why: String,
    },
}

/// What to do next with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Attempt it.
    Attempt,
    /// Ask the platform whether an earlier attempt got through.
    Look,
    /// Nothing before this time.
    Wait(Time),
    /// Nothing: somebody has to decide, or an attempt is under way.
    Rest,
}

impl Outgoing {
    /// Since when it waits, when that is longer than the desk lets an answer wait unasked.
    pub fn waited_out(&self, most: Span, now: Time) -> Option<Time> {
        let since = self.asked.unwrap_or(self.made);
        (now - since > most).then_some(since)
    }

    /// What to do next, given what the channel can tell. For a row that no attempt of this run is
    /// under way for: one that is [`Stage::Attempted`] was interrupted.
    pub fn next(&self, guard: Guard, now: Time) -> Next {
        match (&self.stage, guard) {
            (Stage::Queued { not_before, .. }, _) if *not_before > now => Next::Wait(*not_before),
            (Stage::Queued { .. }, _) => Next::Attempt,
            (Stage::Attempted { .. } | Stage::Doubtful { .. }, Guard::Key) => Next::Attempt,
            (Stage::Attempted { .. } | Stage::Doubtful { .. }, Guard::Lookup) => Next::Look,
            (Stage::Attempted { .. } | Stage::Doubtful { .. }, Guard::None)
            | (Stage::Unconfirmed { .. } | Stage::Held { .. }, _) => Next::Rest,
        }
    }

    /// The stage after an attempt, or a look, that left it open whether the thing was done.
    pub fn in_doubt(&self, guard: Guard, why: String, now: Time) -> Stage {
        let since = match &self.stage {
            Stage::Doubtful { since, .. } | Stage::Unconfirmed { since, .. } => *since,
            Stage::Queued { .. } | Stage::Held { .. } | Stage::Attempted { .. } => now,
        };
        match guard {
            Guard::None => Stage::Unconfirmed { since, why },
            Guard::Key | Guard::Lookup => Stage::Doubtful { since, why },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn row(stage: Stage) -> Outgoing {
        Outgoing {
            key: SendKey(1),
            made: Time(5),
            by: OperatorName("amy".into()),
            on: true,
            attempts: 1,
            seen: None,
            asked: None,
            stage,
        }
    }

    fn queued(at: i64) -> Stage {
        Stage::Queued { not_before: Time(at), why: None }
    }

    fn doubtful() -> Stage {
        Stage::Doubtful { since: Time(7), why: "cut".into() }
    }

    fn held() -> Stage {
        Stage::Held { since: Time(7), why: Hold::Overtaken { new: 1 } }
    }

    fn unconfirmed() -> Stage {
        Stage::Unconfirmed { since: Time(7), why: "cut".into() }
    }

    #[rstest]
    #[case(queued(10), Guard::None, Next::Attempt)]
    #[case(queued(11), Guard::Key, Next::Wait(Time(11)))]
    #[case(Stage::new(), Guard::Lookup, Next::Attempt)]
    #[case(Stage::Attempted { at: Time(9) }, Guard::Key, Next::Attempt)]
    #[case(Stage::Attempted { at: Time(9) }, Guard::Lookup, Next::Look)]
    #[case(Stage::Attempted { at: Time(9) }, Guard::None, Next::Rest)]
    #[case(doubtful(), Guard::Key, Next::Attempt)]
    #[case(doubtful(), Guard::Lookup, Next::Look)]
    #[case(doubtful(), Guard::None, Next::Rest)]
    #[case(held(), Guard::Key, Next::Rest)]
    #[case(held(), Guard::None, Next::Rest)]
    #[case(unconfirmed(), Guard::Key, Next::Rest)]
    #[case(unconfirmed(), Guard::None, Next::Rest)]
    fn only_a_guard_allows_another_attempt(
        #[case] stage: Stage,
        #[case] guard: Guard,
        #[case] next: Next,
    ) {
        assert_eq!(row(stage).next(guard, Time(10)), next);
    }

    #[test]
    fn a_doubt_remembers_since_when() {
        let now = Time(10);
        let why = || "again".to_owned();
        let first = row(Stage::Attempted { at: Time(9) }).in_doubt(Guard::Lookup, why(), now);
        assert_eq!(first, Stage::Doubtful { since: now, why: why() });
        let second = row(doubtful()).in_doubt(Guard::Key, why(), now);
        assert_eq!(second, Stage::Doubtful { since: Time(7), why: why() });
        let third = row(doubtful()).in_doubt(Guard::None, why(), now);
        assert_eq!(third, Stage::Unconfirmed { since: Time(7), why: why() });
    }

    #[test]
    fn a_key_is_written_as_the_at_protocol_does() {
        // 2026-11-21T06:00:00Z in microseconds, clock 5.
        let key = SendKey::next(SendKey(0), Time(1_795_240_800_000), 5);
        assert_eq!(key.0, 1_795_240_800_000_000 << 10 | 5);
        let text = key.to_string();
        assert_eq!(text.len(), 13);
        assert!(text.starts_with('3') && text.ends_with('7'), "{text}");
    }

    proptest! {
        #[test]
        fn keys_grow_and_sort_whatever_the_clock_does(
            times in proptest::collection::vec(0_i64..4_000_000_000_000, 1..20),
            desk in 0_u16..2000,
        ) {
            let mut last = SendKey(0);
            for time in times {
                let next = SendKey::next(last, Time(time), desk);
                prop_assert!(next > last);
                prop_assert!(next.to_string() > last.to_string());
                prop_assert!(next.0 >> 63 == 0);
                last = next;
            }
        }
    }
}
