//! Service figures: which reply answered what, how long that took, and the sums of it by hour.
//!
//! Only what a customer could see counts, and each question once: it is answered by the first
//! reply that reached its author. A reply with an operator was written on this desk; one that was
//! seen on the platform and bears none was given outside of it, by whom or what nobody knows, and
//! is kept apart.

use super::kpi::{Bucket, Metric};
use super::policy::{Policies, TargetName};
use super::{ChannelId, Conversation, Head, Message, MessageKind, OperatorName, Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long the sums are kept, counted from the present.
pub const KEPT: Span = Span::hours(400 * 24);
/// The most bytes of a policy's name in a cell.
const POLICY: usize = 120;

/// What a reply answered: kept with the reply, so that what it counted can be taken back exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// When the oldest message that it answered was written.
    pub asked: Time,
    /// True when that was the first message of the conversation.
    pub first: bool,
    /// The rule that applied; empty = none.
    #[serde(default)]
    pub policy: String,
    /// When the rule's target ran out, as the desk held it when the reply was given: in the hours
    /// that count, and later by what paused it; `None` = it has no such target.
    #[serde(default)]
    pub due: Option<Time>,
}

/// Whose figures, of which hour: one cell for each mix, so that sums by each of them, or by several,
/// are sums of few cells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The start of the UTC hour in which the reply was seen.
    pub hour: Time,
    /// The channel.
    pub channel: ChannelId,
    /// The rule that applied; empty = none.
    pub policy: String,
    /// Who answered; `None` = somebody outside of the desk.
    pub operator: Option<OperatorName>,
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Served {
    /// Replies a customer could see, those that answered nothing new among them.
    pub replies: i64,
    /// First response times in milliseconds.
    pub first: Bucket,
    /// Next response times in milliseconds.
    pub next: Bucket,
    /// Responses with a target.
    pub judged: i64,
    /// Those of them that came in time.
    pub met: i64,
}

/// One reply's share of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where it counts.
    pub cell: Cell,
    /// How long the customer waited; `None` = it answered nothing new.
    pub took: Option<(bool, i64)>,
    /// Whether it came in time; `None` = no target.
    pub met: Option<bool>,
}

impl Served {
    /// Adds a reply (`sign` 1), or takes one back (-1).
    pub fn count(&mut self, point: &Point, sign: i64) {
        self.replies += sign;
        self.judged += sign * i64::from(point.met.is_some());
        self.met += sign * i64::from(point.met == Some(true));
        let Some((first, took)) = point.took else { return };
        let bucket = if first { &mut self.first } else { &mut self.next };
        match sign {
            1.. => bucket.add(Metric::FirstResponse, took),
            _ => bucket.remove(Metric::FirstResponse, took),
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Served) {
        self.replies += other.replies;
        self.judged += other.judged;
        self.met += other.met;
        self.first.merge(&other.first);
        self.next.merge(&other.next);
    }

    /// True when nothing is left of it.
    pub fn is_empty(&self) -> bool {
        self.replies == 0 && self.judged == 0 && self.first.count == 0 && self.next.count == 0
    }

    /// Responses: first ones and next ones.
    pub fn responses(&self) -> i64 {
        self.first.count + self.next.count
    }

    /// The share of the responses with a target that came in time, 0 to 1; `None` without any.
    pub fn hit_rate(&self) -> Option<f64> {
        (self.judged > 0).then(|| self.met as f64 / self.judged as f64)
    }
}

/// What a message counts; `None` for all but a reply that a customer can see.
pub fn point(channel: &ChannelId, m: &Message) -> Option<Point> {
    let visible = m.visible_at()?;
    let answered = m.answered.as_ref();
    // One written here came after the question, whatever the two clocks say.
    let at = answered.map_or(visible, |a| visible.max(a.asked));
    let mut policy = answered.map(|a| a.policy.clone()).unwrap_or_default();
    policy.truncate(super::words::beginning(&policy, POLICY).len());
    Some(Point {
        cell: Cell {
            hour: at.floor_hour(),
            channel: channel.clone(),
            policy,
            operator: m.operator.clone(),
        },
        took: answered.map(|a| (a.first, (at - a.asked).0.max(0))),
        met: answered.and_then(|a| a.due).map(|due| at <= due),
    })
}

/// What a reply that has just come answers, from the conversation's record as it was before;
/// `None` = the record alone does not tell, and [`settle`] has to.
pub fn of_newest(c: &Conversation, m: &Message, policies: &Policies) -> Option<Option<Answered>> {
    let is_newest = m.is_ours_from_here() || c.last_reply.is_none_or(|last| m.at >= last);
    let answers_all = m.is_ours_from_here() || c.last_inbound.is_none_or(|last| m.at >= last);
    if m.withdrawn.is_some() || !is_newest || !answers_all {
        return None;
    }
    let Some(head) = &c.head else { return Some(None) };
    let first = c.topic.is_none();
    if !first && c.first_response.is_none() {
        // The first reply is still on its way: the clock that runs is of another question.
        return None;
    }
    let (policy, due) = match c.clock(target(first)) {
        Some(clock) => {
            let rule = policies.rules.iter().find(|rule| rule.name == clock.policy);
            let held =
                rule.and_then(|rule| policies.due_at(c, rule, clock.target, clock.started, m.at));
            (clock.policy.clone(), Some(held.unwrap_or(clock.due)))
        }
        None => (rule_of(c, policies), None),
    };
    Some(Some(Answered { asked: head.at, first, policy, due }))
}

fn target(first: bool) -> TargetName {
    if first { TargetName::FirstResponse } else { TargetName::NextResponse }
}

/// The rule that a conversation's replies are judged by as it stands: that of its response clock,
/// else the one that applies to what a row of it speaks of, whether it has such a target or not;
/// empty = none.
pub fn rule_of(c: &Conversation, policies: &Policies) -> String {
    let response = |t: &&super::policy::Timer| {
        matches!(t.target, TargetName::FirstResponse | TargetName::NextResponse)
    };
    if let Some(clock) = c.all_clocks().find(response) {
        return clock.policy.clone();
    }
    let spoken = c.speaks_of();
    let rule = spoken.and_then(|head| policies.rule_for(c, &head.excerpt, head.likes));
    rule.map(|rule| rule.name.clone()).unwrap_or_default()
}

/// What each reply of a conversation answers, from all of its messages in the order of their
/// numbers: those whose record says otherwise, each with what it must say. Rules and deadlines
/// that a reply was judged by stay, as long as it answers the same.
pub fn settle(
    c: &Conversation,
    messages: &[(u32, Message)],
    policies: &Policies,
) -> Vec<(u32, Option<Answered>)> {
    let mut found: BTreeMap<u32, Vec<&(u32, Message)>> = BTreeMap::new();
    let first = first_inbound(messages);
    // Mere thanks ask nothing, and what was resolved without an answer waits for none.
    let is_asked = |asked: u32, reply: u32| {
        !c.thanks.contains(&asked) && (asked >= c.settled || reply < c.settled)
    };
    for (asked, reply) in answerers(messages).into_iter().filter(|(m, r)| is_asked(m.0, *r)) {
        found.entry(reply).or_default().push(asked);
    }
    let mut changed = Vec::new();
    for (seq, reply) in messages.iter().filter(|(_, m)| m.kind == MessageKind::Reply) {
        let now = found.get(seq).and_then(|asked| {
            let (number, question) = asked.iter().min_by_key(|(_, m)| m.at)?;
            let is_first = first == Some(*number);
            Some(match &reply.answered {
                Some(known) if known.asked == question.at && known.first == is_first => {
                    known.clone()
                }
                _ => judged(c, asked, (*number, question), is_first, reply, policies),
            })
        });
        if now != reply.answered {
            changed.push((*seq, now));
        }
    }
    changed
}

fn first_inbound(messages: &[(u32, Message)]) -> Option<u32> {
    let standing = messages.iter().filter(|(_, m)| m.is_standing_inbound());
    standing.min_by_key(|(seq, m)| (m.at, *seq)).map(|(seq, _)| *seq)
}

/// What a reply that answers these is judged by: the rule for the oldest of them, with the worst of
/// them as they waited, and the deadline that the desk held when the reply was given.
fn judged(
    c: &Conversation,
    asked: &[&(u32, Message)],
    (number, question): (u32, &Message),
    first: bool,
    reply: &Message,
    policies: &Policies,
) -> Answered {
    let head = Head::of(number, question);
    let worse = super::thread::worse(&head, asked.iter().copied());
    let then = Conversation { head: Some(head), worse, ..c.clone() };
    let rule = policies.rule_for(&then, &question.text, question.likes);
    let given = reply.at.max(question.at);
    let due = rule.and_then(|r| policies.due_at(c, r, target(first), question.at, given));
    let policy = rule.map(|r| r.name.clone()).unwrap_or_default();
    Answered { asked: question.at, first, policy, due }
}

/// Each question with the number of the reply that answered it first. A reply seen on the platform
/// answers what was written until then; one written here answers what had come before it.
fn answerers(messages: &[(u32, Message)]) -> Vec<(&(u32, Message), u32)> {
    let when = |m: &Message| m.visible_at().unwrap_or(m.at);
    let standing = || messages.iter().filter(|(_, m)| m.is_standing_reply());
    let mut seen: Vec<(Time, u32)> =
        standing().filter(|(_, m)| !m.is_ours_from_here()).map(|(seq, m)| (m.at, *seq)).collect();
    seen.sort_unstable();
    // From each place on, the one written here that got through first.
    let mut here: Vec<(u32, (Time, u32))> = Vec::new();
    for (seq, m) in standing().filter(|(_, m)| m.is_ours_from_here()) {
        here.push((*seq, (when(m), *seq)));
    }
    for at in (1..here.len()).rev() {
        let later = here[at].1;
        here[at - 1].1 = here[at - 1].1.min(later);
    }
    let inbound = messages.iter().filter(|(_, m)| m.is_standing_inbound());
    let answered = inbound.filter_map(|question| {
        let (seq, m) = question;
        let by_seen = seen.get(seen.partition_point(|(at, _)| *at < m.at)).copied();
        let by_here = here.get(here.partition_point(|(s, _)| s < seq));
        let by_here = by_here.map(|(_, (at, reply))| ((*at).max(m.at), *reply));
        [by_seen, by_here].into_iter().flatten().min().map(|(_, reply)| (question, reply))
    });
    answered.collect()
}

/// What rows are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The rule that applied.
    #[default]
    Policy,
    /// Who answered.
    Operator,
    /// Where.
    Channel,
    /// The hour of the day, by the desk's clock.
    Hour,
}

impl By {
    /// All of them, in the order of the screen.
    pub const ALL: [By; 4] = [By::Policy, By::Operator, By::Channel, By::Hour];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            By::Policy => "policy",
            By::Operator => "operator",
            By::Channel => "channel",
            By::Hour => "hour",
        }
    }
}

/// A stretch of time; the same length before it is what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    /// Since midnight, against the same part of yesterday.
    Today,
    /// So long until now.
    Last(Span),
}

/// What stands in one row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Policy, operator or channel; for an hour of the day its number.
    pub name: String,
    /// In the period.
    pub now: Served,
    /// In the one before.
    pub before: Served,
    /// How many wait now; `None` where rows are hours.
    pub backlog: Option<u64>,
    /// When the oldest of them was written.
    pub oldest: Option<Time>,
}

/// Service figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What the rows are about.
    pub by: By,
    /// The period's start.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// The start of the one before, which ends `to - from` after it.
    pub before: Time,
    /// True when answers given outside of the desk are in the rows and the sum.
    pub outside_counted: bool,
    /// Most responses first; hours in order.
    pub rows: Vec<Row>,
    /// All rows together.
    pub total: Row,
    /// What was answered outside of the desk, in the period.
    pub outside: Served,
    /// False when so many wait that backlog by row and the oldest are of the most urgent ones only.
    pub whole: bool,
}

#[cfg(test)]
mod tests;
