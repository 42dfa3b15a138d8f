//! Any key, taken apart.

use super::codec::Reader;
use super::{
    DIGEST, Tally, TimerKind, blank_parts, bucket_parts, claim_parts, copy_parts, erased_digest,
    feedback_parts, journal_seq, order_key, outgoing_parts, own_action_parts, page_parts,
    past_post_parts, person_parts, served_parts, stub_of, tally_parts, timer_parts, volume_of,
};
use crate::domain::alert::AlertId;
use crate::domain::archive::Month;
use crate::domain::figure::Grain;
use crate::domain::kpi::{Metric, Resolution};
use crate::domain::service::Cell;
use crate::domain::{
    ChannelId, ConversationId, MessageRef, OperatorName, OrderKey, OutPlace, PostId, Queue,
    SessionId, Time, VariantRef,
};
use std::fmt::Write;

/// What a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A conversation.
    Conversation(ConversationId),
    /// A message.
    Message(MessageRef),
    /// Which message has a platform id.
    Known(ChannelId, String),
    /// Which conversation has a root.
    Root(Queue, ChannelId, String),
    /// A place in a queue.
    Order(OrderKey),
    /// Something the clock has to do.
    Timer(Time, TimerKind, ConversationId),
    /// A journal entry.
    Journal(u64),
    /// An operator's own action.
    OwnAction(OperatorName, u64),
    /// A bucket of a figure.
    Bucket(Option<ChannelId>, Metric, Resolution, Time),
    /// What came and was handled in an hour.
    Flow(Time),
    /// An hour's service figures.
    Cell(Cell),
    /// A counter.
    Tally(Tally),
    /// Something on its way out.
    Outgoing(OutPlace),
    /// The newest figures of a channel's account.
    AccountFigures(ChannelId),
    /// A page of a figure that a channel tells.
    Page(ChannelId, String, Grain, Time),
    /// A person wrote in a conversation.
    Person(ChannelId, String, ConversationId),
    /// A topic of the pool.
    Topic(u64),
    /// A conversation has a feedback tag.
    Feedback(String, ConversationId),
    /// A draft.
    Draft(ConversationId, OperatorName),
    /// A slot.
    Slot(Time, ChannelId, String),
    /// At which time a slot stands.
    SlotTime(ChannelId, String),
    /// How far a channel got.
    Cursor(ChannelId),
    /// What the desk keeps of an operator.
    Operator(OperatorName),
    /// A live claim.
    Claim(SessionId, ConversationId),
    /// A channel that came with its first event.
    Channel(ChannelId),
    /// An asset of the library.
    Asset(u64),
    /// An alert.
    Alert(AlertId),
    /// A post that is out.
    PastPost(ChannelId, Time, String),
    /// When a post that is out went out.
    PastPostTime(ChannelId, String),
    /// What an operator said a message is.
    Correction(MessageRef),
    /// A post.
    Post(PostId),
    /// What a version of a variant says.
    PostText(VariantRef, u32),
    /// Which variant is out under a platform id.
    PostOut(ChannelId, String),
    /// An erasure of a person.
    Erasure(u64),
    /// Something that was erased, by its digest.
    Erased([u8; DIGEST]),
    /// A copy of the desk that was made.
    Copy(Time, String),
    /// An archived conversation.
    Stub(ConversationId),
    /// A month of the archive.
    Volume(Month),
    /// A line of the archive that is to be blanked.
    Blank(Month, u64),
    /// One of the desk's own facts.
    Meta(String),
}

/// Takes a key apart; `None` when it is none of the desk's (or a further chunk of a record).
pub fn parse(key: &[u8]) -> Option<Parsed> {
    if let Some(mut r) = Reader::new(key, "meta/") {
        return r.rest().map(Parsed::Meta);
    }
    let family = std::str::from_utf8(key.get(..2)?).ok()?;
    let mut r = Reader::new(key, family)?;
    let parsed = match family {
        "c/" => Parsed::Conversation(ConversationId(r.u64()?)),
        "m/" => Parsed::Message(r.message_ref()?),
        "e/" => Parsed::Known(ChannelId(r.name()?), r.rest()?),
        "r/" => Parsed::Root(r.queue()?, ChannelId(r.name()?), r.rest()?),
        "o/" => return order_key(key).map(Parsed::Order),
        "t/" => return timer_parts(key).map(|(when, kind, id)| Parsed::Timer(when, kind, id)),
        "j/" => return journal_seq(key).map(Parsed::Journal),
        "u/" => return own_action_parts(key).map(|(name, seq)| Parsed::OwnAction(name, seq)),
        "k/" => return bucket_parts(key).map(|(c, m, r, at)| Parsed::Bucket(c, m, r, at)),
        "w/" => {
            return served_parts(key).map(|found| match found {
                Ok(cell) => Parsed::Cell(cell),
                Err(hour) => Parsed::Flow(hour),
            });
        }
        "n/" => return tally_parts(key).map(Parsed::Tally),
        "x/" => return outgoing_parts(key).map(Parsed::Outgoing),
        "d/" => Parsed::Draft(ConversationId(r.u64()?), OperatorName(r.name()?)),
        "s/" => Parsed::Slot(r.time()?, ChannelId(r.name()?), r.rest()?),
        "S/" => Parsed::SlotTime(ChannelId(r.name()?), r.rest()?),
        "g/" => Parsed::Cursor(ChannelId(r.rest()?)),
        "p/" => Parsed::Operator(OperatorName(r.rest()?)),
        "l/" => return claim_parts(key).map(|(session, id)| Parsed::Claim(session, id)),
        "b/" => return person_parts(key).map(|(c, who, id)| Parsed::Person(c, who, id)),
        "q/" => Parsed::Topic(r.u64()?),
        "f/" => return feedback_parts(key).map(|(tag, id)| Parsed::Feedback(tag, id)),
        "K/" => return page_parts(key).map(|(c, name, g, at)| Parsed::Page(c, name, g, at)),
        "a/" => Parsed::AccountFigures(ChannelId(r.rest()?)),
        "A/" => Parsed::Asset(r.u64()?),
        "N/" => Parsed::Alert(AlertId(r.u64()?)),
        "H/" => return past_post_parts(key).map(|(c, at, id)| Parsed::PastPost(c, at, id)),
        "I/" => Parsed::PastPostTime(ChannelId(r.name()?), r.rest()?),
        "z/" => return stub_of(key).map(Parsed::Stub),
        "Z/" => return volume_of(key).map(Parsed::Volume),
        "B/" => return blank_parts(key).map(|(month, at)| Parsed::Blank(month, at)),
        "y/" => Parsed::Correction(r.message_ref()?),
        "P/" => Parsed::Post(PostId(r.u64()?)),
        "V/" => Parsed::PostText(r.variant_ref()?, r.u32()?),
        "v/" => Parsed::PostOut(ChannelId(r.name()?), r.rest()?),
        "E/" => Parsed::Erasure(r.u64()?),
        "i/" => return erased_digest(key).map(Parsed::Erased),
        "G/" => return copy_parts(key).map(|(at, path)| Parsed::Copy(at, path)),
        "h/" => Parsed::Channel(ChannelId(r.rest()?)),
        _ => return None,
    };
    r.end(parsed)
}

/// A key for people, in plain ASCII and short, for error messages.
pub fn show(key: &[u8]) -> String {
    match parse(key) {
        Some(Parsed::Conversation(id)) => format!("of conversation {id}"),
        Some(Parsed::Message(at)) => format!("of message {}/{}", at.conversation, at.seq),
        Some(Parsed::Post(post)) => format!("of post {post}"),
        Some(Parsed::PostText(at, version)) => format!("of post {at}, version {version}"),
        Some(Parsed::Journal(seq)) => format!("of journal entry {seq}"),
        Some(Parsed::Stub(id)) => format!("of archived conversation {id}"),
        _ => {
            let mut shown = String::new();
            for byte in key.iter().take(48) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "{}", byte.escape_ascii());
            }
            if key.len() > 48 {
                shown.push_str("...");
            }
            format!("under the key \"{shown}\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn queue() -> impl Strategy<Value = Queue> {
        select(&Queue::ALL)
    }

    fn state() -> impl Strategy<Value = StateKind> {
        select(&StateKind::ALL)
    }

    fn time() -> impl Strategy<Value = Time> {
        // Small times collide, so that later fields decide; the extremes belong to "no deadline".
        prop_oneof![-3i64..3, any::<i64>(), Just(i64::MAX), Just(i64::MIN)].prop_map(Time)
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof!["[a\u{0}\u{1}\u{2}b/]{0,4}", any::<String>()]
    }

    fn order_keys() -> impl Strategy<Value = OrderKey> {
        (queue(), state(), time(), 250u8.., time(), 0u64..3).prop_map(
            |(queue, state, due_minute, lightness, received, id)| OrderKey {
                queue,
                state,
                due_minute,
                lightness,
                received,
                id: ConversationId(id),
            },
        )
    }

    fn message_ref() -> impl Strategy<Value = MessageRef> {
        (any::<u64>(), any::<u32>())
            .prop_map(|(id, seq)| MessageRef { conversation: ConversationId(id), seq })
    }

    /// Anything that has a key, with its key.
    fn any_key() -> impl Strategy<Value = (Parsed, Key)> {
        let timer_kind = select(vec![
            TimerKind::AtRisk,
            TimerKind::Due,
            TimerKind::SnoozeEnds,
            TimerKind::ClaimIdle,
            TimerKind::Passes,
            TimerKind::PostHolds,
            TimerKind::PostGoes,
        ]);
        let figures = (
            proptest::option::of(name().prop_filter("no name means all", |n| !n.is_empty())),
            select(&Metric::ALL),
            select(vec![Resolution::Minute, Resolution::Hour]),
            time(),
        );
        let tallies = (queue(), state(), name(), proptest::option::of(name()));
        prop_oneof![
            any::<u64>().prop_map(|n| {
                let id = ConversationId(n);
                (Parsed::Conversation(id), conversation(id))
            }),
            message_ref().prop_map(|at| (Parsed::Message(at), message(at))),
            (name(), name()).prop_map(|(c, id)| {
                let key = known(&ChannelId(c.clone()), &id);
                (Parsed::Known(ChannelId(c), id), key)
            }),
            (queue(), name(), name()).prop_map(|(q, c, id)| {
                let key = root(q, &ChannelId(c.clone()), &id);
                (Parsed::Root(q, ChannelId(c), id), key)
            }),
            order_keys().prop_map(|o| (Parsed::Order(o), order(&o))),
            (time(), timer_kind, any::<u64>()).prop_map(|(at, kind, n)| {
                let id = ConversationId(n);
                (Parsed::Timer(at, kind, id), timer(at, kind, id))
            }),
            any::<u64>().prop_map(|n| (Parsed::Journal(n), journal(n))),
            (name(), any::<u64>()).prop_map(|(o, n)| {
                let key = own_action(&OperatorName(o.clone()), n);
                (Parsed::OwnAction(OperatorName(o), n), key)
            }),
            figures.prop_map(|(c, m, r, at)| {
                let c = c.map(ChannelId);
                let key = bucket(c.as_ref(), m, r, at);
                (Parsed::Bucket(c, m, r, at), key)
            }),
            time().prop_map(|at| (Parsed::Flow(at), flow(at))),
            (time(), name(), name(), proptest::option::of(name())).prop_map(
                |(hour, c, policy, o)| {
                    let of =
                        Cell { hour, channel: ChannelId(c), policy, operator: o.map(OperatorName) };
                    let key = cell(&of);
                    (Parsed::Cell(of), key)
                }
            ),
            tallies.prop_map(|(queue, state, platform, a)| {
                let t = Tally { queue, state, platform, assignee: a.map(OperatorName) };
                let key = tally(&t);
                (Parsed::Tally(t), key)
            }),
            (name(), select(OutKind::ALL.to_vec()), message_ref()).prop_map(|(c, kind, at)| {
                let post = VariantRef { post: PostId(at.conversation.0), variant: at.seq };
                let place = match kind.is_of_posts() {
                    false => OutPlace::message(ChannelId(c), kind, at),
                    true => OutPlace::post(ChannelId(c), kind, post),
                };
                let key = outgoing(&place);
                (Parsed::Outgoing(place), key)
            }),
            any::<u64>().prop_map(|n| (Parsed::Post(PostId(n)), post(PostId(n)))),
            (message_ref(), any::<u32>()).prop_map(|(at, version)| {
                let at = VariantRef { post: PostId(at.conversation.0), variant: at.seq };
                (Parsed::PostText(at, version), post_text(at, version))
            }),
            (name(), name()).prop_map(|(c, id)| {
                let key = post_out(&ChannelId(c.clone()), &id);
                (Parsed::PostOut(ChannelId(c), id), key)
            }),
            (any::<u64>(), name()).prop_map(|(n, o)| {
                let key = draft(ConversationId(n), &OperatorName(o.clone()));
                (Parsed::Draft(ConversationId(n), OperatorName(o)), key)
            }),
            (time(), name(), name()).prop_map(|(at, c, id)| {
                let key = slot(at, &ChannelId(c.clone()), &id);
                (Parsed::Slot(at, ChannelId(c), id), key)
            }),
            (name(), name()).prop_map(|(c, id)| {
                let key = slot_time(&ChannelId(c.clone()), &id);
                (Parsed::SlotTime(ChannelId(c), id), key)
            }),
            name().prop_map(|c| {
                let key = cursor(&ChannelId(c.clone()));
                (Parsed::Cursor(ChannelId(c)), key)
            }),
            name().prop_map(|o| {
                let key = operator(&OperatorName(o.clone()));
                (Parsed::Operator(OperatorName(o)), key)
            }),
            (any::<u64>(), any::<u64>()).prop_map(|(s, n)| {
                let (session, id) = (SessionId(s), ConversationId(n));
                (Parsed::Claim(session, id), claim(session, id))
            }),
            name().prop_map(|c| {
                let key = channel(&ChannelId(c.clone()));
                (Parsed::Channel(ChannelId(c)), key)
            }),
            message_ref().prop_map(|at| (Parsed::Correction(at), correction(at))),
            (name(), name(), any::<u64>()).prop_map(|(c, who, n)| {
                let (channel, id) = (ChannelId(c), ConversationId(n));
                let key = person(&channel, &who, id);
                (Parsed::Person(channel, who, id), key)
            }),
            any::<u64>().prop_map(|n| (Parsed::Topic(n), topic(n))),
            (name(), name(), select(&Grain::ALL), time()).prop_map(|(c, name, grain, at)| {
                let key = page(&ChannelId(c.clone()), &name, grain, at);
                (Parsed::Page(ChannelId(c), name, grain, at), key)
            }),
            (name(), any::<u64>()).prop_map(|(tag, n)| {
                let key = feedback(&tag, ConversationId(n));
                (Parsed::Feedback(tag, ConversationId(n)), key)
            }),
            any::<u64>().prop_map(|n| (Parsed::Asset(n), asset(n))),
            any::<u64>().prop_map(|n| (Parsed::Alert(AlertId(n)), alert(AlertId(n)))),
            (time(), name(), name()).prop_map(|(at, c, id)| {
                let key = past_post(&ChannelId(c.clone()), at, &id);
                (Parsed::PastPost(ChannelId(c), at, id), key)
            }),
            (name(), name()).prop_map(|(c, id)| {
                let key = past_post_time(&ChannelId(c.clone()), &id);
                (Parsed::PastPostTime(ChannelId(c), id), key)
            }),
            any::<u64>().prop_map(|n| (Parsed::Erasure(n), erasure(n))),
            any::<[u8; DIGEST]>().prop_map(|d| (Parsed::Erased(d), erased(&d))),
            (time(), name()).prop_map(|(at, path)| {
                let key = copy(at, &path);
                (Parsed::Copy(at, path), key)
            }),
            any::<u64>().prop_map(|n| (Parsed::Stub(ConversationId(n)), stub(ConversationId(n)))),
            (1u32..=9_999, 1u32..=12, any::<u64>()).prop_map(|(year, month, at)| {
                let month = Month::numbered(year * 100 + month).unwrap();
                (Parsed::Blank(month, at), blank(month, at))
            }),
            (1u32..=9_999, 1u32..=12).prop_map(|(year, month)| {
                let month = Month::numbered(year * 100 + month).unwrap();
                (Parsed::Volume(month), volume(month))
            }),
            name().prop_map(|n| {
                let key = meta(&n);
                (Parsed::Meta(n), key)
            }),
        ]
    }

    proptest! {
        #[test]
        fn order_keys_sort_as_bytes_the_way_they_compare(a in order_keys(), b in order_keys()) {
            prop_assert_eq!(order(&a).cmp(&order(&b)), a.cmp(&b));
        }

        #[test]
        fn timers_sort_by_time(a in time(), b in time(), n: u64, m: u64) {
            let (left, right) = (timer(a, TimerKind::Due, ConversationId(n)),
                timer(b, TimerKind::Due, ConversationId(m)));
            if a != b {
                prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            }
        }

        #[test]
        fn every_key_can_be_taken_apart((what, key) in any_key()) {
            prop_assert_eq!(parse(&key), Some(what));
        }

        #[test]
        fn no_two_things_share_a_key((a, key_a) in any_key(), (b, key_b) in any_key()) {
            prop_assert_eq!(a == b, key_a == key_b);
        }

        #[test]
        fn names_within_the_bound_always_fit(name in "[\u{1}a]{300}", other in "[\u{0}b]{300}") {
            let channel = ChannelId(name.clone());
            let tally_of = Tally {
                queue: Queue::Comments,
                state: StateKind::Open,
                platform: name.clone(),
                assignee: Some(OperatorName(other.clone())),
            };
            for key in [
                known(&channel, &other),
                root(Queue::Messages, &channel, &other),
                slot(Time(0), &channel, &other),
                tally(&tally_of),
                person(&channel, &other, ConversationId(1)),
            ] {
                prop_assert!(key.len() <= crate::store::MAX_KEY);
            }
        }

        #[test]
        fn anything_can_be_taken_apart_or_refused(bytes: Vec<u8>) {
            let _ = parse(&bytes);
            prop_assert!(show(&bytes).is_ascii());
        }

        #[test]
        fn chunks_follow_their_record((what, key) in any_key(), number in 1u8..) {
            if matches!(what, Parsed::Conversation(_) | Parsed::Message(_) | Parsed::Journal(_)
                | Parsed::Draft(..) | Parsed::Topic(_) | Parsed::Post(_) | Parsed::PostText(..)
                | Parsed::Alert(_) | Parsed::Erasure(_))
            {
                prop_assert_eq!(record_len(&key), Some(key.len()));
                let further = chunk(&key, number);
                prop_assert_eq!(record_len(&further), Some(key.len()));
                prop_assert_eq!(parse(&further), None);
            } else {
                prop_assert_eq!(record_len(&key), None);
            }
        }
    }

    #[test]
    fn what_belongs_to_one_operator_or_channel_is_one_range() {
        let bo = OperatorName("bo".into());
        assert!(own_actions(&bo).contains(&own_action(&bo, 7)));
        assert!(!own_actions(&bo).contains(&own_action(&OperatorName("bob".into()), 7)));
        let shop = ChannelId("weibo".into());
        let at = MessageRef { conversation: ConversationId(1), seq: 0 };
        let place =
            |channel: &ChannelId, kind| outgoing(&OutPlace::message(channel.clone(), kind, at));
        let (reply, like) = (place(&shop, OutKind::Reply), place(&shop, OutKind::Like));
        assert!(reply < like, "answers go first");
        assert!(outbox_of(&shop).contains(&reply) && outbox_of(&shop).contains(&like));
        assert!(!outbox_of(&shop).contains(&place(&ChannelId("weibo2".into()), OutKind::Reply)));
        let replies = outbox_for(&shop, OutKind::Reply, ConversationId(1));
        assert!(replies.contains(&reply) && !replies.contains(&like));
        assert!(!outbox_for(&shop, OutKind::Reply, ConversationId(2)).contains(&reply));
        assert!(slots(Time(-5), Time(5)).contains(&slot(Time(4), &shop, "x")));
        assert!(!slots(Time(-5), Time(5)).contains(&slot(Time(5), &shop, "")));
    }
}
