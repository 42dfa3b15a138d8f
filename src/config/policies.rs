//! `policies.toml`: how soon who must be answered. The format is explained in the default file.

use super::calendars::{self, ALWAYS, Calendars, RawCalendar};
use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::policy::{Match, Policies, Policy, Target, TargetName};
use crate::domain::sla::Calendar;
use crate::domain::{ChannelId, Intent, Queue, Severity, Span, Time, words};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use toml::Spanned;

const INTENTS: [(&str, Intent); 6] = [
    ("question", Intent::Question),
    ("complaint", Intent::Complaint),
    ("purchase", Intent::Purchase),
    ("praise", Intent::Praise),
    ("spam", Intent::Spam),
    ("other", Intent::Other),
];
/// The least severity a policy can ask for; "none" would ask for nothing.
const SEVERITIES: [(&str, Severity); 2] = [("mild", Severity::Mild), ("severe", Severity::Severe)];

/// The file a new desk gets, and the rules of a desk without one.
pub(super) const DEFAULT: &str = include_str!("defaults/policies.toml");

/// The rules of the default file.
impl Default for Policies {
    fn default() -> Policies {
        static RULES: LazyLock<Policies> = LazyLock::new(|| {
            // The file is part of the program; a test reads it.
            parse(Path::new("policies.toml"), DEFAULT).expect("the default policies are right")
        });
        RULES.clone()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    at_risk_percent: Option<Spanned<i64>>,
    /// The calendar of targets that name none.
    default_calendar: Option<Spanned<String>>,
    #[serde(default)]
    calendar: BTreeMap<String, Spanned<RawCalendar>>,
    #[serde(default)]
    policy: Vec<Spanned<RawPolicy>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    name: Spanned<String>,
    tag: Option<String>,
    queue: Option<Spanned<String>>,
    #[serde(default)]
    platforms: Vec<Spanned<String>>,
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    likes_min: Option<Spanned<i64>>,
    words: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    intents: Vec<Spanned<String>>,
    severity: Option<Spanned<String>>,
    #[serde(default)]
    topics: Vec<Spanned<String>>,
    weight: Option<Spanned<i64>>,
    #[serde(default)]
    lead: bool,
    #[serde(default)]
    targets: RawTargets,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawTargets {
    first_response: Option<Spanned<String>>,
    next_response: Option<Spanned<String>>,
    acknowledge: Option<Spanned<String>>,
    hand_over: Option<Spanned<String>>,
    statement: Option<Spanned<String>>,
    resolution: Option<Spanned<String>>,
    /// The calendar of those that name none.
    calendar: Option<Spanned<String>>,
}

impl RawTargets {
    fn of(&self, name: TargetName) -> Option<&Spanned<String>> {
        match name {
            TargetName::FirstResponse => self.first_response.as_ref(),
            TargetName::NextResponse => self.next_response.as_ref(),
            TargetName::Acknowledge => self.acknowledge.as_ref(),
            TargetName::HandOver => self.hand_over.as_ref(),
            TargetName::Statement => self.statement.as_ref(),
            TargetName::Resolution => self.resolution.as_ref(),
        }
    }
}

/// The calendars that a target may name.
struct Known<'a> {
    calendars: &'a Calendars,
    for_all: Option<Arc<Calendar>>,
}

impl Known<'_> {
    /// The calendar of this name; `None` = every hour.
    fn named(
        &self,
        source: &Source<'_>,
        field: &str,
        value: &Spanned<String>,
        name: &str,
    ) -> Result<Option<Arc<Calendar>>, ConfigError> {
        match self.calendars.get(name) {
            _ if name == ALWAYS => Ok(None),
            Some(calendar) => Ok(Some(calendar.clone())),
            None => {
                let known = self.calendars.keys().map(String::as_str).chain([ALWAYS]);
                let known = known.collect::<Vec<_>>().join(", ");
                Err(source.wrong(field, value, Problem::NotOneOf(name.to_owned(), known)))
            }
        }
    }
}

/// Reads the text of a `policies.toml`; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(file: &Path, text: &str) -> Result<Policies, ConfigError> {
    parse_at(file, text, Some(Time::from(chrono::Utc::now())))
}

/// As [`parse`], for a text that was right once: time makes no mistake of it.
pub(super) fn parse_once_good(file: &Path, text: &str) -> Result<Policies, ConfigError> {
    parse_at(file, text, None)
}

/// As [`parse`], at a given time: a calendar has to be open within the year after it.
fn parse_at(file: &Path, text: &str, now: Option<Time>) -> Result<Policies, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let calendars = calendars::read(&source, &raw.calendar, now)?;
    let mut known = Known { calendars: &calendars, for_all: None };
    if let Some(name) = &raw.default_calendar {
        known.for_all = known.named(&source, "default_calendar", name, name.get_ref().trim())?;
    }
    let at_risk = raw.at_risk_percent.as_ref();
    let at_risk = at_risk.map(|n| source.number("at_risk_percent", n, 0, 100)).transpose()?;
    let mut rules: Vec<Policy> = Vec::new();
    for policy in &raw.policy {
        let rule = rule(&source, policy.get_ref(), &known)?;
        if rules.iter().any(|known| known.name == rule.name) {
            let problem = Problem::Twice(rule.name);
            return Err(source.wrong("name", &policy.get_ref().name, problem));
        }
        if let Some(all) = rules.iter().find(|known| known.matches == Match::default()) {
            let problem = Problem::NeverReached(all.name.clone());
            return Err(source.wrong("name", &policy.get_ref().name, problem));
        }
        rules.push(rule);
    }
    // Both bounds fit.
    Ok(Policies { rules, at_risk_percent: at_risk.unwrap_or(25) as u8 })
}

fn rule(source: &Source<'_>, raw: &RawPolicy, known: &Known<'_>) -> Result<Policy, ConfigError> {
    let name = source.filled("name", &raw.name)?;
    let queues = [("comments", Queue::Comments), ("messages", Queue::Messages)];
    let queue = raw.queue.as_ref().map(|q| source.one_of("queue", q, &queues)).transpose()?;
    let likes = raw.likes_min.as_ref();
    let likes = likes.map(|n| source.number("likes_min", n, 0, i64::from(u32::MAX))).transpose()?;
    let weight = raw.weight.as_ref().map(|n| source.number("weight", n, 0, 255)).transpose()?;
    let mut words = Vec::new();
    if let Some(list) = &raw.words {
        for word in list.get_ref() {
            words.push(words::fold(&source.filled("words", word)?));
        }
        // Without words the rule would match everything, which is not what an empty list says.
        if words.is_empty() {
            return Err(source.wrong("words", list, Problem::Empty));
        }
    }
    let ids = |field: &str, list: &[Spanned<String>]| -> Result<Vec<String>, ConfigError> {
        list.iter().map(|id| source.id(field, id)).collect()
    };
    let classes = |field: &str, list: &[Spanned<String>], known: &[(&str, Intent)]| {
        list.iter().map(|word| source.one_of(field, word, known)).collect::<Result<Vec<_>, _>>()
    };
    let channels = ids("channels", &raw.channels)?;
    let targets = targets(source, &raw.targets, known)?;
    Ok(Policy {
        name,
        tag: raw.tag.clone().unwrap_or_default(),
        matches: Match {
            queue,
            platforms: ids("platforms", &raw.platforms)?,
            channels: channels.into_iter().map(ChannelId).collect(),
            // Checked above.
            likes_min: likes.map(|n| n as u32),
            words,
            intents: classes("intents", &raw.intents, &INTENTS)?,
            severity: raw
                .severity
                .as_ref()
                .map(|s| source.one_of("severity", s, &SEVERITIES))
                .transpose()?,
            topics: raw
                .topics
                .iter()
                .map(|t| source.filled("topics", t))
                .collect::<Result<_, _>>()?,
        },
        targets,
        weight: weight.unwrap_or(0) as u8,
        lead: raw.lead,
    })
}

/// The targets of a rule, each a length of time, which may be followed by a calendar: `2h office`.
fn targets(
    source: &Source<'_>,
    raw: &RawTargets,
    known: &Known<'_>,
) -> Result<Vec<Target>, ConfigError> {
    let for_these = match &raw.calendar {
        Some(name) => known.named(source, "targets.calendar", name, name.get_ref().trim())?,
        None => known.for_all.clone(),
    };
    let mut targets = Vec::new();
    for name in TargetName::ALL {
        let Some(written) = raw.of(name) else { continue };
        let field = format!("targets.{}", name.name());
        let (length, calendar) = match written.get_ref().trim().split_once(char::is_whitespace) {
            None => (written.get_ref().trim(), for_these.clone()),
            Some((length, calendar)) => {
                (length, known.named(source, &field, written, calendar.trim())?)
            }
        };
        let within = Span::parse(length)
            .filter(|within| *within >= Span::minutes(1))
            .ok_or_else(|| source.wrong(&field, written, Problem::NotALength(length.to_owned())))?;
        targets.push(Target { name, within, calendar });
    }
    Ok(targets)
}
