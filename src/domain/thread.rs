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
use super::sla::{Phase, clock};
use super::thanks::is_mere_thanks;
use super::{Channel, Conversation, Delivery, Head, Message, MessageKind, State, Time};

/// The most messages of mere thanks that are kept apart; a further one is a message like others.
const MOST_THANKS: usize = 32;

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
    if is_thanks_after_all(c, m) {
        c.thanks.push(seq);
        c.messages = c.messages.max(seq + 1);
        c.last_inbound = c.last_inbound.max(Some(m.at));
        close_window(c, channel);
        return Absorbed::Done;
    }
    if m.withdrawn.is_some() || c.last_reply.is_some_and(|reply| m.at <= reply) {
        return Absorbed::Unsettled;
    }
    // With replies about, an older beginning may change what the first response was.
    if c.last_reply.is_some() && c.first_inbound.is_some_and(|first| m.at <= first) {
        return Absorbed::Unsettled;
    }
    if c.state == State::Resolved && c.head.is_some() {
        // What waited was settled by that; which message it is about now, all of them tell.
        return Absorbed::Unsettled;
    }
    let new = Head::of(seq, m);
    if c.topic.as_ref().is_some_and(|topic| new.is_before(topic)) {
        // It is about what came first, and that is another one now.
        return Absorbed::Unsettled;
    }
    let oldest = c.head.as_ref().is_none_or(|head| new.is_before(head));
    if severity_is_open(c, &new, oldest) {
        return Absorbed::Unsettled;
    }
    c.messages = c.messages.max(seq + 1);
    c.first_inbound = Some(c.first_inbound.map_or(m.at, |t| t.min(m.at)));
    c.last_inbound = c.last_inbound.max(Some(m.at));
    open(c, m.at);
    if oldest {
        c.head = Some(new);
        judge_head(c, m, policies);
    } else {
        clock::refresh(c, policies);
    }
    close_window(c, channel);
    Absorbed::Done
}

/// Thanks for what was resolved: it waits for nobody, and restarts nothing.
fn is_thanks_after_all(c: &Conversation, m: &Message) -> bool {
    c.state == State::Resolved
        && c.first_inbound.is_some()
        && c.thanks.len() < MOST_THANKS
        && m.withdrawn.is_none()
        && m.attachments.is_empty()
        && is_mere_thanks(&m.text)
}

/// Something new came to a conversation that was resolved: what waited then was settled by that.
fn settle_what_was(c: &mut Conversation, seq: u32) {
    if c.state == State::Resolved
        && let Some(head) = c.head.take()
    {
        c.settled = seq;
        c.worse = None;
        c.topic.get_or_insert(head);
    }
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
        let met = c.clock(TargetName::FirstResponse).map(|t| t.is_met_at(answered));
        c.first_response = Some(FirstResponse { asked, answered, met });
    }
    c.worse = None;
    if let Some(head) = c.head.take() {
        c.topic.get_or_insert(head);
    }
    if let Some(visible) = m.visible_at() {
        c.seen_reply(visible);
    }
    answer(c, m, had_head, newest);
    judge_without_head(c, policies);
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
    let m = messages.iter().find(|(s, _)| *s == seq).map(|(_, m)| m);
    let opens = m.is_some_and(|m| m.is_standing_inbound() && !is_answered(seq, m, messages));
    if let Some(m) = m.filter(|_| opens) {
        settle_what_was(c, seq);
        open(c, m.at);
    }
    recompute(c, messages, policies, channel);
    let Some(m) = m else { return };
    match m.kind {
        MessageKind::Reply if m.is_standing_reply() => {
            let newest = last_reply.is_none_or(|last| m.at > last)
                && (m.is_ours_from_here() || c.last_inbound.is_none_or(|last| m.at >= last));
            answer(c, m, had_head, newest);
            clock::refresh(c, policies);
        }
        _ => {}
    }
}

/// Takes in that a known message changed: its likes, its text, or how far our reply has come.
pub fn absorb_change(c: &mut Conversation, seq: u32, m: &Message, policies: &Policies) -> Absorbed {
    match (&mut c.head, &mut c.topic) {
        _ if matches!(m.kind, MessageKind::Post | MessageKind::Note) => Absorbed::Done,
        _ if m.kind == MessageKind::Reply || m.withdrawn.is_some() => Absorbed::Unsettled,
        // Its author made more of it than thanks.
        _ if c.thanks.contains(&seq) && !is_mere_thanks(&m.text) => {
            c.thanks.retain(|thanks| *thanks != seq);
            settle_what_was(c, seq);
            open(c, m.edited.unwrap_or(m.at));
            Absorbed::Unsettled
        }
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
pub(super) fn worse<'a>(
    head: &Head,
    waiting: impl Iterator<Item = &'a (u32, Message)>,
) -> Option<Worse> {
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
    found.map(|(head, class)| Worse { seq: head.seq, class: class.clone(), at: head.at })
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
    let all_inbound = || messages.iter().filter(|(_, m)| m.is_standing_inbound());
    let thanks = c.thanks.clone();
    let inbound = || all_inbound().filter(|(seq, _)| !thanks.contains(seq));
    let settled = c.settled;
    let replies = || messages.iter().filter(|(_, m)| m.is_standing_reply());
    let answers = Answers::of(messages);
    let first = oldest(inbound());
    let waits = |seq: u32, m: &Message| seq >= settled && !answers.answers(seq, m);
    let head = oldest(inbound().filter(|(seq, m)| waits(*seq, m)));

    let known = c.first_inbound_seq().zip(c.first_response);
    c.messages = messages.iter().map(|(seq, _)| seq + 1).fold(c.messages, u32::max);
    c.first_inbound = first.map(|(_, m)| m.at);
    c.last_inbound = all_inbound().map(|(_, m)| m.at).max();
    c.last_reply = replies().map(|(_, m)| m.at).max();
    c.head = head.map(|(seq, m)| Head::of(*seq, m));
    c.topic = first
        .filter(|(seq, _)| c.head.as_ref().is_none_or(|h| h.seq != *seq))
        .map(|(seq, m)| Head::of(*seq, m));
    let waiting = || inbound().filter(|(seq, m)| waits(*seq, m));
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
                .rule_for(c, &m.text, m.likes)
                .and_then(|rule| policies.paused_timer(c, rule, TargetName::FirstResponse, asked))
                .map(|t| t.is_met_at(answered)),
        };
        Some(FirstResponse { asked, answered, met })
    });
    clock::seen_replies(c, messages.iter().map(|(_, m)| m));
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
        if c.owes() {
            let withdrawn = messages.iter().filter_map(|(_, m)| m.withdrawn).max();
            c.trail.enter(Phase::Answered, withdrawn.unwrap_or_default());
            clock::refresh(c, policies);
        }
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
        let failed = messages.iter().filter_map(|(_, m)| match m.delivery {
            Delivery::Failed { at, .. } | Delivery::Unconfirmed(at) => Some(at),
            _ => None,
        });
        open(c, failed.max().unwrap_or_default());
        clock::refresh(c, policies);
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

/// Sets clocks, weight and tag for a conversation that waits with this message as its head.
fn judge_head(c: &mut Conversation, m: &Message, policies: &Policies) {
    let rule = policies.rule_for(c, &m.text, m.likes);
    c.weight = rule.map_or(0, |r| r.weight);
    c.tag = rule.map_or_else(String::new, |r| r.tag.clone());
    clock::judge(c, rule, policies);
}

/// Nothing waits: what was begun goes on; weight and tag as for what the conversation is about.
fn judge_without_head(c: &mut Conversation, policies: &Policies) {
    let rule = c.topic.as_ref().and_then(|t| policies.rule_for(c, &t.excerpt, t.likes));
    c.weight = rule.map_or(0, |r| r.weight);
    c.tag = rule.map_or_else(String::new, |r| r.tag.clone());
    clock::judge(c, rule, policies);
}

fn close_window(c: &mut Conversation, channel: Option<&Channel>) {
    let window = channel.and_then(|ch| ch.reply_window);
    c.window_closes = c.last_inbound.zip(window).map(|(last, window)| last + window);
}

/// New inbound, written at this moment, waits for us, whatever was decided before it came.
fn open(c: &mut Conversation, at: Time) {
    c.trail.enter(Phase::Open, at);
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
        c.enter_answered(m.at);
        c.state = State::Pending;
        c.resolved_at = None;
    }
}

#[cfg(test)]
mod tests;
