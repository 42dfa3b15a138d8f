//! SLA policies: ordered rules, the first that matches applies; named targets; the timer.

use super::sla::{Calendar, Stopped, Trail, clock};
use super::words::{self, Folded};
use super::{ChannelId, Class, Conversation, Intent, Queue, Severity, Span, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A named target; what starts, pauses and stops each is told in [`super::sla`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetName {
    /// From the first inbound message to the first reply the customer can see.
    FirstResponse,
    /// From the oldest unanswered inbound message, once a first response was given.
    NextResponse,
    /// Until somebody takes it in hand.
    Acknowledge,
    /// Until it is somebody's job.
    HandOver,
    /// Until the public was told.
    Statement,
    /// Until it is resolved.
    Resolution,
}

impl TargetName {
    /// All of them, in the order they are told in.
    pub const ALL: [TargetName; 6] = [
        TargetName::FirstResponse,
        TargetName::NextResponse,
        TargetName::Acknowledge,
        TargetName::HandOver,
        TargetName::Statement,
        TargetName::Resolution,
    ];

    /// Its name in `policies.toml` and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            TargetName::FirstResponse => "first-response",
            TargetName::NextResponse => "next-response",
            TargetName::Acknowledge => "acknowledge",
            TargetName::HandOver => "hand-over",
            TargetName::Statement => "statement",
            TargetName::Resolution => "resolution",
        }
    }
}

/// How long a target may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which target.
    pub name: TargetName,
    /// How long, in the time that counts.
    pub within: Span,
    /// The hours that count; `None` = all of them.
    pub calendar: Option<Arc<Calendar>>,
}

impl Target {
    /// A target of which every hour counts.
    pub fn new(name: TargetName, within: Span) -> Target {
        Target { name, within, calendar: None }
    }
}

/// What a rule looks at. Every given condition must hold; an empty rule matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The queue.
    pub queue: Option<Queue>,
    /// Any of these platforms; empty = all.
    pub platforms: Vec<String>,
    /// Any of these channels; empty = all.
    pub channels: Vec<ChannelId>,
    /// At least this many likes.
    pub likes_min: Option<u32>,
    /// Any of these words, wherever they stand, without regard to case; empty = all.
    pub words: Vec<String>,
    /// Any of these intents; empty = all.
    #[serde(default)]
    pub intents: Vec<Intent>,
    /// At least this severe.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// About any of these topics; empty = all.
    #[serde(default)]
    pub topics: Vec<String>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name, shown by "explain this timer".
    pub name: String,
    /// What a row shows for it, e.g. `severe`; empty = nothing.
    pub tag: String,
    /// What it applies to.
    pub matches: Match,
    /// Its targets, no name twice.
    pub targets: Vec<Target>,
    /// 0-255; heavier goes first among equally urgent ones.
    pub weight: u8,
    /// The leads are told at once of what comes in under this rule.
    pub lead: bool,
}

/// The ordered rules, and the part of the target's time after which an item is at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    /// In order; the first that matches applies.
    pub rules: Vec<Policy>,
    /// At risk when less than this share (percent) of the target's time is left. 25 by default.
    pub at_risk_percent: u8,
}

/// The clock that runs for a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// The rule that set it.
    pub policy: String,
    /// The target it measures.
    pub target: TargetName,
    /// When it began to count.
    pub started: Time,
    /// When it runs out.
    pub due: Time,
    /// When it comes to be at risk.
    pub at_risk: Time,
    /// Since when it stands still; then `due` is when it would run out if it went on at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Time>,
    /// When and how it stopped; `None` = it runs, or stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// What the first matching rule makes of a conversation's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The clock, when the rule has the target that is asked for.
    pub timer: Option<Timer>,
    /// See [`Policy::weight`].
    pub weight: u8,
    /// See [`Policy::tag`].
    pub tag: String,
}

/// How much of a text the rules read, in bytes: enough for any comment, bounded for the rest.
pub const READ: usize = 2048;

impl Policies {
    /// The first rule that matches, in the order of the file.
    pub fn rule_for(&self, c: &Conversation, text: &str, likes: u32) -> Option<&Policy> {
        let text = Folded::of(words::beginning(text, READ));
        self.rules.iter().find(|rule| rule.matches.holds(c, &text, likes))
    }

    /// What the first matching rule makes of a conversation that waits with this message. First
    /// response counts from the conversation's first inbound message, next response from its head.
    pub fn judge(&self, c: &Conversation, text: &str, likes: u32, target: TargetName) -> Verdict {
        let Some(rule) = self.rule_for(c, text, likes) else {
            return Verdict { timer: None, weight: 0, tag: String::new() };
        };
        let head = c.head.as_ref().map(|h| h.at);
        let started = match target {
            TargetName::FirstResponse => c.first_inbound.or(head),
            _ => head,
        };
        Verdict {
            timer: started.and_then(|started| self.timer_for(rule, target, started)),
            weight: rule.weight,
            tag: rule.tag.clone(),
        }
    }

    /// The clock of a rule's target for this conversation, with its pauses.
    pub(super) fn paused_timer(
        &self,
        c: &Conversation,
        rule: &Policy,
        target: TargetName,
        started: Time,
    ) -> Option<Timer> {
        Some(Timer::new(rule, rule.target(target)?, self.at_risk_percent, started, &c.trail))
    }

    /// When a rule's target ran out for this conversation, as it was to be seen at that moment:
    /// later pauses count nothing, and one that lasted then had ended. `None` when the rule does not
    /// have this target.
    pub(super) fn due_at(
        &self,
        c: &Conversation,
        rule: &Policy,
        target: TargetName,
        started: Time,
        at: Time,
    ) -> Option<Time> {
        let target = rule.target(target)?;
        let mut pauses = c.trail.pauses(target.name);
        pauses.retain(|pause| pause.from < at);
        for pause in &mut pauses {
            pause.to = Some(pause.to.map_or(at, |to| to.min(at)));
        }
        Some(clock::due(started, target.within, target.calendar.as_deref(), &pauses).0)
    }

    /// Whether the leads are told of a conversation that stands so: by the rule that its clock
    /// names, or without a clock by what it waits with.
    pub fn is_for_leads(&self, c: &Conversation) -> bool {
        if !self.rules.iter().any(|rule| rule.lead) {
            return false;
        }
        let Some(head) = &c.head else { return false };
        match &c.timer {
            Some(timer) => self.rules.iter().any(|r| r.lead && r.name == timer.policy),
            None => self.rule_for(c, &head.excerpt, head.likes).is_some_and(|r| r.lead),
        }
    }

    /// The clock of a rule's target as if nothing paused it; `None` when the rule does not have
    /// this target.
    pub fn timer_for(&self, rule: &Policy, target: TargetName, started: Time) -> Option<Timer> {
        let target = rule.target(target)?;
        Some(Timer::new(rule, target, self.at_risk_percent, started, &Trail::default()))
    }
}

impl Policy {
    /// The rule's target of this name.
    pub fn target(&self, name: TargetName) -> Option<&Target> {
        self.targets.iter().find(|t| t.name == name)
    }
}

impl Match {
    /// Whether a message with this text fits.
    fn holds(&self, c: &Conversation, text: &Folded, likes: u32) -> bool {
        self.queue.is_none_or(|q| q == c.queue)
            && (self.platforms.is_empty()
                || self.platforms.iter().any(|p| p.eq_ignore_ascii_case(&c.platform)))
            && (self.channels.is_empty() || self.channels.contains(&c.channel))
            && self.likes_min.is_none_or(|least| likes >= least)
            && self.fits_class(c.class())
            && (self.words.is_empty() || self.words.iter().any(|w| text.has(w)))
    }

    /// Whether what the conversation is fits; what has no class yet is nothing in particular.
    fn fits_class(&self, class: Option<&Class>) -> bool {
        let (intent, severity) = class.map(|c| (c.intent, c.severity)).unwrap_or_default();
        let of = |name: &String| class.is_some_and(|c| c.topics.contains(name));
        (self.intents.is_empty() || self.intents.contains(&intent))
            && self.severity.is_none_or(|least| severity >= least)
            && (self.topics.is_empty() || self.topics.iter().any(of))
    }
}

#[cfg(test)]
mod tests;
