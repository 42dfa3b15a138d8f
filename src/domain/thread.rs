//! What messages make of a conversation: its head, its times, its clock, whether it is open.
//!
//! Which reply answers what: a reply seen on the platform answers the inbound messages written
//! until then, whatever order they arrive in; a reply written on this desk answers those that had
//! arrived before it, because a message that was still on its way was read by nobody.
//!
//! [`absorb`] takes the common case from the record alone. When it answers
//! [`Absorbed::Unsettled`], the caller loads the conversation's messages and calls [`settle`];
//! both ways come to the same record.

use super::class::{Class, Severity, Worse};
use super::conversation::FirstResponse;
use super::policy::{Policies, TargetName};
use super::{Channel, Conversation, Head, Message, MessageKind, State, Time};

/// Whether the record alone was enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an unsettled conversation needs its messages: call `settle` or `recompute`"]
pub enum Absorbed {
    /// The record is up to date.
    Done,
    /// Nothing was changed; the caller needs the conversation's messages.
    Unsettled,
}

/// Takes in a message that just got its place `seq`, of whichever kind it is.
pub fn absorb(
    c: &mut Conversation,
    seq: u32,
    m: &Message,
    policies: &Policies,
    channel: Option<&Channel>,
) -> Absorbed {
    match m.kind {
        MessageKind::Inbound => absorb_inbound(c, seq, m, policies, channel),
        MessageKind::Reply => absorb_reply(c, seq, m, policies),
        MessageKind::Post => {
            c.messages = c.messages.max(seq + 1);
            if c.first_inbound.is_none() && c.last_reply.is_none() {
                // It waits for nobody, nor does anybody wait for it.
                c.put_state(State::Resolved, m.arrived);
            }
            Absorbed::Done
        }
        MessageKind::Note => {
            c.messages = c.messages.max(seq + 1);
            Absorbed::Done
        }
    }
}

/// Takes in a customer's message: it opens the conversation unless a reply answers it already.
pub fn absorb_inbound(
    c: &mut Conversation,
    seq: u32,
    m: &Message,
    policies: &Policies,
    channel: Option<&Channel>,
) -> Absorbed {
    if m.withdrawn.is_some() || c.last_reply.is_some_and(|reply| m.at <= reply) {
        return Absorbed::Unsettled;
    }
    // With replies about, an older beginning may change what the first response was.
    if c.last_reply.is_some() && c.first_inbound.is_some_and(|first| m.at <= first) {
        return Absorbed::Unsettled;
    }
    let new = Head::of(seq, m);
    let oldest = c.head.as_ref().is_none_or(|head| new.is_before(head));
    if severity_is_open(c, &new, oldest) {
        return Absorbed::Unsettled;
    }
    c.messages = c.messages.max(seq + 1);
    c.first_inbound = Some(c.first_inbound.map_or(m.at, |t| t.min(m.at)));
    c.last_inbound = c.last_inbound.max(Some(m.at));
    if oldest {
        c.head = Some(new);
        judge_head(c, m, policies);
    }
    close_window(c, channel);
    open(c);
    Absorbed::Done
}

/// Takes in a reply of ours, seen on the platform or written here.
pub fn absorb_reply(c: &mut Conversation, seq: u32, m: &Message, policies: &Policies) -> Absorbed {
    let answers_all = m.is_ours_from_here() || c.last_inbound.is_none_or(|last| m.at >= last);
    if m.withdrawn.is_some() || !answers_all {
        return Absorbed::Unsettled;
    }
    let first_is_head = c.topic.is_none() && c.head.is_some();
    let answered = c.first_inbound.and_then(|asked| Some(answered_at(m, m.visible_at()?, asked)));
    match (c.first_response, answered) {
        (Some(known), Some(at)) if at < known.answered => return Absorbed::Unsettled,
        (None, Some(_)) if !first_is_head => return Absorbed::Unsettled,
        _ => {}
    }
    let had_head = c.head.is_some();
    let newest = c.last_reply.is_none_or(|last| m.at > last);
    c.messages = c.messages.max(seq + 1);
    c.last_reply = c.last_reply.max(Some(m.at));
    if let (None, Some(asked), Some(answered)) = (c.first_response, c.first_inbound, answered) {
        let clock = c.timer.as_ref().filter(|t| t.target == TargetName::FirstResponse);
        let met = clock.map(|t| answered <= t.due);
        c.first_response = Some(FirstResponse { asked, answered, met });
    }
    c.worse = None;
    if let Some(head) = c.head.take() {
        c.topic.get_or_insert(head);
    }
    judge_without_head(c, policies);
    answer(c, m, had_head, newest);
    Absorbed::Done
}

/// Takes in the message of that place when [`absorb`] could not: all of the conversation's
/// messages, the new one among them, in any order.
pub fn settle(
    c: &mut Conversation,
    seq: u32,
    messages: &[(u32, Message)],
    policies: &Policies,
    channel: Option<&Channel>,
) {
    let had_head = c.head.is_some();
    let last_reply = c.last_reply;
    recompute(c, messages, policies, channel);
    let Some((_, m)) = messages.iter().find(|(s, _)| *s == seq) else { return };
    match m.kind {
        MessageKind::Inbound if m.is_standing_inbound() && !is_answered(seq, m, messages) => {
            open(c)
        }
        MessageKind::Reply if m.is_standing_reply() => {
            let newest = last_reply.is_none_or(|last| m.at > last)
                && (m.is_ours_from_here() || c.last_inbound.is_none_or(|last| m.at >= last));
            answer(c, m, had_head, newest);
        }
        _ => {}
    }
}

/// Takes in that a known message changed: its likes, its text, or how far our reply has come.
pub fn absorb_change(c: &mut Conversation, seq: u32, m: &Message, policies: &Policies) -> Absorbed {
    match (&mut c.head, &mut c.topic) {
        _ if matches!(m.kind, MessageKind::Post | MessageKind::Note) => Absorbed::Done,
        _ if m.kind == MessageKind::Reply || m.withdrawn.is_some() => Absorbed::Unsettled,
        (Some(head), _) if head.seq == seq => {
            if head.class != m.class {
                return Absorbed::Unsettled;
            }
            *head = Head::of(seq, m);
            judge_head(c, m, policies);
            Absorbed::Done
        }
        (head, Some(topic)) if topic.seq == seq => {
            let waits = head.is_some();
            // Without a head it is what the conversation is about, with one it is answered.
            *topic = Head::of(seq, m);
            if !waits {
                judge_without_head(c, policies);
            }
            Absorbed::Done
        }
        // Another one that waits: only its class could show.
        (Some(head), _) => {
            let was_worse = c.worse.as_ref().is_some_and(|w| w.seq == seq);
            if was_worse || severity_of(&m.class) > severity_of(&head.class) {
                return Absorbed::Unsettled;
            }
            Absorbed::Done
        }
        _ => Absorbed::Done,
    }
}

/// Whether a message that just came changes how severe the conversation is in a way that only its
/// messages can tell, or its policy along with it.
fn severity_is_open(c: &Conversation, new: &Head, oldest: bool) -> bool {
    let Some(head) = &c.head else { return false };
    let (of_new, of_head) = (severity_of(&new.class), severity_of(&head.class));
    if oldest {
        return c.worse.is_some() || of_head > of_new;
    }
    of_new > of_head && c.worse.as_ref().is_none_or(|w| of_new >= w.class.severity)
}

fn severity_of(class: &Option<Class>) -> Severity {
    class.as_ref().map_or(Severity::None, |c| c.severity)
}

/// The worst of the messages that wait, when it is worse than the head; of equal ones the oldest.
fn worse<'a>(head: &Head, waiting: impl Iterator<Item = &'a (u32, Message)>) -> Option<Worse> {
    let worse = |(_, m): &&(u32, Message)| severity_of(&m.class) > severity_of(&head.class);
    let mut found: Option<(Head, &Class)> = None;
    for (seq, m) in waiting.filter(worse) {
        let Some(class) = &m.class else { continue };
        let this = Head::of(*seq, m);
        let wins = found.as_ref().is_none_or(|(best, of)| match class.severity.cmp(&of.severity) {
            std::cmp::Ordering::Equal => this.is_before(best),
            order => order.is_gt(),
        });
        if wins {
            found = Some((this, class));
        }
    }
    found.map(|(head, class)| Worse { seq: head.seq, class: class.clone() })
}

/// Derives everything that follows from the messages: head, topic, times, first response, clock,
/// weight, tag and window. Leaves the state alone. `messages` are all of them, in any order.
///
/// Also for what changes many at once: withdrawn messages, new policies, an undo.
pub fn recompute(
    c: &mut Conversation,
    messages: &[(u32, Message)],
    policies: &Policies,
    channel: Option<&Channel>,
) {
    let inbound = || messages.iter().filter(|(_, m)| m.is_standing_inbound());
    let replies = || messages.iter().filter(|(_, m)| m.is_standing_reply());
    let answers = Answers::of(messages);
    let first = oldest(inbound());
    let head = oldest(inbound().filter(|(seq, m)| !answers.answers(*seq, m)));

    let known = c.first_inbound_seq().zip(c.first_response);
    c.messages = messages.iter().map(|(seq, _)| seq + 1).fold(c.messages, u32::max);
    c.first_inbound = first.map(|(_, m)| m.at);
    c.last_inbound = inbound().map(|(_, m)| m.at).max();
    c.last_reply = replies().map(|(_, m)| m.at).max();
    c.head = head.map(|(seq, m)| Head::of(*seq, m));
    c.topic = first
        .filter(|(seq, _)| c.head.as_ref().is_none_or(|h| h.seq != *seq))
        .map(|(seq, m)| Head::of(*seq, m));
    let waiting = || inbound().filter(|(seq, m)| !answers.answers(*seq, m));
    c.worse = c.head.as_ref().and_then(|head| worse(head, waiting()));
    c.first_response = first.and_then(|(seq, m)| {
        let asked = m.at;
        let answered = replies()
            .filter(|(reply, r)| !r.is_ours_from_here() || reply > seq)
            .filter_map(|(_, r)| Some((r, r.visible_at()?)))
            .filter(|(r, at)| r.is_ours_from_here() || *at >= asked)
            .map(|(r, at)| answered_at(r, at, asked))
            .min()?;
        // Likes that came after the answer must not make it late in hindsight.
        let met = match known {
            Some((s, k)) if s == *seq && k.asked == asked && k.answered == answered => k.met,
            _ => policies
                .judge(c, &m.text, m.likes, TargetName::FirstResponse)
                .timer
                .map(|t| answered <= t.due),
        };
        Some(FirstResponse { asked, answered, met })
    });
    match head {
        Some((_, m)) => judge_head(c, m, policies),
        None => judge_without_head(c, policies),
    }
    close_window(c, channel);
}

/// Recomputes after messages were withdrawn: when nothing is left that waits for us, the
/// conversation is not open any more.
pub fn settle_withdrawn(
    c: &mut Conversation,
    messages: &[(u32, Message)],
    policies: &Policies,
    channel: Option<&Channel>,
) {
    let had_head = c.head.is_some();
    recompute(c, messages, policies, channel);
    if had_head && c.head.is_none() && c.state == State::Open {
        c.state = State::Pending;
    }
}

/// As [`recompute`], after a reply of ours turned out not to have reached the customer, or nobody
/// knows whether it did: whoever waits again is open again.
pub fn settle_unanswered(
    c: &mut Conversation,
    messages: &[(u32, Message)],
    policies: &Policies,
    channel: Option<&Channel>,
) {
    recompute(c, messages, policies, channel);
    if c.head.is_some() {
        open(c);
    }
}

/// What our replies answer: the last one seen on the platform, by time, and the last one written
/// here, by place.
struct Answers {
    seen_at: Option<Time>,
    written_here: Option<u32>,
}

impl Answers {
    fn of(messages: &[(u32, Message)]) -> Answers {
        let standing = || messages.iter().filter(|(_, m)| m.is_standing_reply());
        let here = standing().filter(|(_, m)| m.is_ours_from_here()).map(|(seq, _)| *seq);
        let seen = standing().filter(|(_, m)| !m.is_ours_from_here()).map(|(_, m)| m.at);
        Answers { seen_at: seen.max(), written_here: here.max() }
    }

    fn answers(&self, seq: u32, m: &Message) -> bool {
        self.seen_at.is_some_and(|at| m.at <= at) || self.written_here.is_some_and(|s| seq < s)
    }
}

fn is_answered(seq: u32, m: &Message, messages: &[(u32, Message)]) -> bool {
    Answers::of(messages).answers(seq, m)
}

/// When a visible reply answered: one written here came after the question, whatever the two
/// clocks say.
fn answered_at(reply: &Message, visible: Time, asked: Time) -> Time {
    if reply.is_ours_from_here() { visible.max(asked) } else { visible }
}

fn oldest<'a>(messages: impl Iterator<Item = &'a (u32, Message)>) -> Option<&'a (u32, Message)> {
    messages.reduce(|a, b| {
        let b_is_older = match b.1.at.cmp(&a.1.at) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => Head::of(b.0, &b.1).is_before(&Head::of(a.0, &a.1)),
            std::cmp::Ordering::Greater => false,
        };
        if b_is_older { b } else { a }
    })
}

impl Conversation {
    /// The place of the first standing inbound message.
    fn first_inbound_seq(&self) -> Option<u32> {
        self.topic.as_ref().or(self.head.as_ref()).map(|h| h.seq)
    }
}

/// Sets clock, weight and tag for a conversation that waits with this message as its head.
fn judge_head(c: &mut Conversation, m: &Message, policies: &Policies) {
    let target = match c.first_response {
        None => TargetName::FirstResponse,
        Some(_) => TargetName::NextResponse,
    };
    let verdict = policies.judge(c, &m.text, m.likes, target);
    c.timer = verdict.timer;
    c.weight = verdict.weight;
    c.tag = verdict.tag;
}

/// Nothing waits: no clock; weight and tag as for what the conversation is about.
fn judge_without_head(c: &mut Conversation, policies: &Policies) {
    c.timer = None;
    let rule = c.topic.as_ref().and_then(|t| policies.rule_for(c, &t.excerpt, t.likes));
    c.weight = rule.map_or(0, |r| r.weight);
    c.tag = rule.map_or_else(String::new, |r| r.tag.clone());
}

fn close_window(c: &mut Conversation, channel: Option<&Channel>) {
    let window = channel.and_then(|ch| ch.reply_window);
    c.window_closes = c.last_inbound.zip(window).map(|(last, window)| last + window);
}

/// New inbound waits for us, whatever was decided before it came.
fn open(c: &mut Conversation) {
    c.state = State::Open;
    c.resolved_at = None;
    c.set_aside = None;
}

/// A reply written here always leaves the conversation to the customer. One that was seen on the
/// platform does so when it is news: what an operator set aside or resolved stays as it is.
fn answer(c: &mut Conversation, m: &Message, had_head: bool, newest: bool) {
    let from_here = m.is_ours_from_here();
    let answered_open = c.state == State::Open && c.head.is_none() && (had_head || newest);
    if from_here || answered_open {
        c.state = State::Pending;
        c.resolved_at = None;
    }
}

#[cfg(test)]
mod tests;
