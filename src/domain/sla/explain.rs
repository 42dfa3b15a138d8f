//! How each of a conversation's deadlines came about: which rule, since when and why, which hours
//! counted, what paused it, what became of it.

use super::super::policy::{Policies, TargetName, Timer};
use super::super::{Conversation, ConversationId, Span, State, Time};
use super::clock::{counted, running};
use super::{Pause, StoppedBy};
use serde::{Deserialize, Serialize};

/// The most stretches of counted time that are listed; the newest are kept.
const MOST_STRETCHES: usize = 12;

/// Everything there is to say of a conversation's clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Which conversation.
    pub id: ConversationId,
    /// As of when.
    pub now: Time,
    /// Where it stands.
    pub state: State,
    /// The rule that applies to it now.
    pub rule: Option<Applies>,
    /// Its clocks, the most urgent one first.
    pub clocks: Vec<Explained>,
    /// When the platform's reply window closes, while a customer waits.
    pub window: Option<Time>,
    /// True when the window closes before the first deadline.
    pub window_first: bool,
}

/// A rule, as far as it orders the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applies {
    /// Its name.
    pub policy: String,
    /// Its tag.
    pub tag: String,
    /// Its weight.
    pub weight: u8,
}

/// What a clock began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Began {
    /// The customer's first message.
    FirstMessage,
    /// The oldest message that nobody answered.
    OldestUnanswered,
    /// The message that the rule was chosen for.
    Judged,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// It runs, and there is time left.
    Running,
    /// It stands still.
    Paused,
    /// It ran out.
    Breached,
    /// It stopped in time.
    Met,
    /// It stopped too late.
    MetLate,
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The target.
    pub target: TargetName,
    /// The rule that set it.
    pub policy: String,
    /// How long it may take; `None` when the rule is not there any more.
    pub within: Option<Span>,
    /// The business hours it counts, and their zone; `None` = every hour.
    pub calendar: Option<(String, String)>,
    /// When it began.
    pub started: Time,
    /// With what.
    pub began: Began,
    /// How it stands.
    pub stands: Stands,
    /// The time counted until now, or until it stopped.
    pub counted: Span,
    /// When it runs out, or would if it went on at once.
    pub due: Time,
    /// When it stopped.
    pub stopped: Option<Time>,
    /// By what.
    pub by: Option<StoppedBy>,
    /// When it stood still.
    pub pauses: Vec<Pause>,
    /// When time counted, the newest last.
    pub stretches: Vec<(Time, Time)>,
    /// Older stretches that are not listed.
    pub more: u32,
}

/// Explains every clock of a conversation, as of now.
pub fn explain(c: &Conversation, policies: &Policies, now: Time) -> Explanation {
    let spoken = c.speaks_of();
    let rule = spoken.and_then(|h| policies.rule_for(c, &h.excerpt, h.likes));
    let mut clocks: Vec<Explained> = Vec::new();
    clocks.extend(c.all_clocks().map(|t| one(c, t, policies, now)));
    clocks.extend(answered(c, policies, now));
    Explanation {
        id: c.id,
        now,
        state: c.state.clone(),
        rule: rule.map(|r| Applies {
            policy: r.name.clone(),
            tag: r.tag.clone(),
            weight: r.weight,
        }),
        clocks,
        window: c.window_closes.filter(|_| c.head.is_some()),
        window_first: c.is_window_first(),
    }
}

/// The first response that was given: its clock is over, what it was can be told.
fn answered(c: &Conversation, policies: &Policies, now: Time) -> Option<Explained> {
    let response = c.first_response?;
    let first = c.topic.as_ref().or(c.head.as_ref())?;
    let rule = policies.rule_for(c, &first.excerpt, first.likes)?;
    let timer = policies.paused_timer(c, rule, TargetName::FirstResponse, response.asked)?;
    let mut told = one(c, &timer, policies, now.min(response.answered));
    told.stopped = Some(response.answered);
    told.by = Some(StoppedBy::Reply);
    // As it was judged when the answer came, whatever the rules say by now.
    told.stands = match response.met {
        Some(false) => Stands::MetLate,
        _ => Stands::Met,
    };
    Some(told)
}

fn one(c: &Conversation, t: &Timer, policies: &Policies, now: Time) -> Explained {
    let rule = policies.rules.iter().find(|r| r.name == t.policy);
    let target = rule.and_then(|r| r.target(t.target));
    let calendar = target.and_then(|target| target.calendar.as_deref());
    let pauses = c.trail.pauses(t.target);
    let until = t.stopped.map_or(now, |s| s.at);
    let mut stretches: Vec<(Time, Time)> = Vec::new();
    for (from, to) in running(t.started, until, &pauses) {
        match calendar {
            None => stretches.push((from, to)),
            Some(calendar) => {
                let open = calendar.open_from(from).take_while(|(begin, _)| *begin < to);
                stretches.extend(open.map(|(begin, end)| (begin, end.min(to))));
            }
        }
    }
    let more = stretches.len().saturating_sub(MOST_STRETCHES);
    stretches.drain(..more);
    Explained {
        target: t.target,
        policy: t.policy.clone(),
        within: target.map(|target| target.within),
        calendar: calendar.map(|c| (c.name.clone(), c.zone.name().to_owned())),
        started: t.started,
        began: match t.target {
            TargetName::FirstResponse => Began::FirstMessage,
            TargetName::NextResponse => Began::OldestUnanswered,
            _ => Began::Judged,
        },
        stands: match t.stopped {
            Some(stopped) if stopped.met => Stands::Met,
            Some(_) => Stands::MetLate,
            None if t.due <= t.paused.unwrap_or(now) => Stands::Breached,
            None if t.paused.is_some() => Stands::Paused,
            None => Stands::Running,
        },
        counted: counted(t.started, until, calendar, &pauses),
        due: t.due,
        stopped: t.stopped.map(|s| s.at),
        by: t.stopped.map(|s| s.by),
        pauses: pauses
            .into_iter()
            .filter(|p| p.from < until && p.to.is_none_or(|to| to > t.started))
            .collect(),
        stretches,
        more: u32::try_from(more).unwrap_or(u32::MAX),
    }
}
