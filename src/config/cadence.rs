//! When a channel publishes, and how its posts are reviewed and go out: the part of `channels.toml`
//! that is about posts.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::post::{Late, Need, Rules, Step};
use crate::domain::slot::{Cadence, Weekly};
use crate::domain::{ChannelId, OperatorName, Span};
use chrono::NaiveTime;
use serde::Deserialize;
use toml::Spanned;

/// The most posts a day that a file may name.
const MOST_A_DAY: u32 = 100;

/// Where a part of a cadence comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody says anything.
    #[default]
    Nowhere,
    /// The file names it.
    File,
    /// `cadence = "default"`: what handbooks say of the platform.
    Handbook,
}

/// Where the parts of a channel's cadence and rules come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// Its times.
    pub slots: Origin,
    /// How many a day.
    pub per_day: Origin,
    /// Its quiet hours.
    pub quiet: Origin,
    /// The settings of its `[channel.posting]`; the others are the program's.
    pub posting: Vec<&'static str>,
}

/// What handbooks say of a platform's posts.
struct Handbook {
    platform: &'static str,
    slots: &'static [&'static str],
    /// The least and the most a day.
    per_day: (u32, u32),
}

/// The platforms that `cadence = "default"` knows. A number of posts without hours is given the
/// hours at which the platform is said to be read: noon, and the evening.
const HANDBOOKS: [Handbook; 5] = [
    Handbook { platform: "wechat", slots: &["tue,thu,sat 20:00"], per_day: (0, 1) },
    Handbook {
        platform: "douyin",
        slots: &[
            "daily 07:00-09:00",
            "daily 12:00-14:00",
            "daily 18:00-22:00",
            "weekend 15:00-17:00",
        ],
        per_day: (3, 5),
    },
    Handbook { platform: "xiaohongshu", slots: &["daily 12:00-14:00"], per_day: (1, 2) },
    Handbook {
        platform: "weibo",
        slots: &["daily 09:00-11:00", "daily 12:00-14:00", "daily 18:00-22:00"],
        per_day: (3, 5),
    },
    Handbook { platform: "linkedin", slots: &["weekdays 08:00-10:00"], per_day: (0, 1) },
];

/// What a channel says of its posts, as it is written.
pub(super) struct RawCadence<'a> {
    pub cadence: Option<&'a Spanned<String>>,
    pub slots: Option<&'a [Spanned<String>]>,
    pub per_day: Option<&'a Spanned<String>>,
    pub quiet: Option<&'a [Spanned<String>]>,
    pub posting: Option<&'a RawPosting>,
}

/// `[channel.posting]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPosting {
    hold: Option<Spanned<String>>,
    review: Option<Vec<Spanned<String>>>,
    approvers: Option<Vec<Spanned<String>>>,
    need: Option<Spanned<String>>,
    late: Option<Spanned<String>>,
    grace: Option<Spanned<String>>,
}

/// What a channel says of its posts; no cadence when it says nothing of one.
pub(super) struct Posting {
    pub cadence: Option<Cadence>,
    pub rules: Option<Rules>,
    pub origins: Origins,
}

/// Reads it.
///
/// # Errors
/// The first mistake.
pub(super) fn read(
    source: &Source<'_>,
    channel: &ChannelId,
    platform: &str,
    raw: &RawCadence<'_>,
) -> Result<Posting, ConfigError> {
    let mut origins = Origins::default();
    let handbook = raw.cadence.map(|named| handbook(source, named, platform)).transpose()?;
    let mut cadence = Cadence::new(channel.clone(), Vec::new());
    if let Some(written) = raw.quiet {
        origins.quiet = Origin::File;
        for hours in written {
            cadence.quiet.push(quiet(hours.get_ref()).ok_or_else(|| {
                source.wrong("quiet", hours, Problem::NotHours(hours.get_ref().clone()))
            })?);
        }
    }
    if let Some(written) = raw.slots {
        origins.slots = Origin::File;
        for slot in written {
            let weekly = weekly(source, slot)?;
            if cadence.is_quiet(weekly.from) {
                let problem = Problem::QuietSlot(slot.get_ref().clone());
                return Err(source.wrong("slots", slot, problem));
            }
            cadence.times.push(weekly);
        }
    } else if let Some(handbook) = handbook {
        origins.slots = Origin::Handbook;
        // The file's quiet hours go before the handbook's times.
        let times = handbook.slots.iter().filter_map(|slot| slot.parse::<Weekly>().ok());
        let times: Vec<Weekly> = times.filter(|time| !cadence.is_quiet(time.from)).collect();
        cadence.times = times;
    }
    if let Some(written) = raw.per_day {
        origins.per_day = Origin::File;
        let bounds = per_day(written.get_ref()).ok_or_else(|| {
            source.wrong("per_day", written, Problem::NotPerDay(written.get_ref().clone()))
        })?;
        (cadence.least, cadence.most) = bounds;
        let planned = busiest(&cadence.times);
        if let Some(most) = cadence.most.filter(|most| planned > *most) {
            return Err(source.wrong("per_day", written, Problem::MorePlanned(planned, most)));
        }
    } else if let Some(handbook) = handbook.filter(|_| origins.slots == Origin::Handbook) {
        origins.per_day = Origin::Handbook;
        let (least, most) = handbook.per_day;
        (cadence.least, cadence.most) = ((least > 0).then_some(least), Some(most));
    }
    let says_nothing =
        cadence.times.is_empty() && cadence.quiet.is_empty() && raw.per_day.is_none();
    let rules = raw.posting.map(|raw| rules(source, raw, &mut origins.posting)).transpose()?;
    Ok(Posting { cadence: (!says_nothing).then_some(cadence), rules, origins })
}

fn handbook(
    source: &Source<'_>,
    named: &Spanned<String>,
    platform: &str,
) -> Result<&'static Handbook, ConfigError> {
    source.one_of("cadence", named, &[("default", ())])?;
    HANDBOOKS.iter().find(|handbook| handbook.platform == platform).ok_or_else(|| {
        let known: Vec<&str> = HANDBOOKS.iter().map(|handbook| handbook.platform).collect();
        source.wrong("cadence", named, Problem::NoHandbook(platform.to_owned(), known.join(", ")))
    })
}

fn weekly(source: &Source<'_>, slot: &Spanned<String>) -> Result<Weekly, ConfigError> {
    slot.get_ref().parse().map_err(|part: String| {
        let part = if part.is_empty() { slot.get_ref().clone() } else { part };
        source.wrong("slots", slot, Problem::NotASlot(part))
    })
}

/// `23:00-07:00`; the same twice is none.
fn quiet(written: &str) -> Option<(NaiveTime, NaiveTime)> {
    let (from, to) = written.split_once('-')?;
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let (from, to) = (time(from)?, time(to)?);
    (from != to).then_some((from, to))
}

/// `1-2`, `3` (neither fewer nor more) or `0-5`: the least and the most. No least is none.
fn per_day(written: &str) -> Option<(Option<u32>, Option<u32>)> {
    let (least, most) = written.split_once('-').unwrap_or((written, written));
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n <= MOST_A_DAY);
    let (least, most) = (number(least)?, number(most)?);
    (least <= most && most > 0).then_some(((least > 0).then_some(least), Some(most)))
}

/// The most planned times of a day of the week.
fn busiest(times: &[Weekly]) -> u32 {
    let of_day = |day: usize| times.iter().filter(|time| time.days[day]).count();
    u32::try_from((0..7).map(of_day).max().unwrap_or(0)).unwrap_or(u32::MAX)
}

fn rules(
    source: &Source<'_>,
    raw: &RawPosting,
    named: &mut Vec<&'static str>,
) -> Result<Rules, ConfigError> {
    let mut rules = Rules::default();
    if let Some(hold) = &raw.hold {
        named.push("hold");
        rules.hold = source.length("posting.hold", hold, Span(0))?;
    }
    if let Some(review) = &raw.review {
        named.push("review");
        let known = Step::ALL.map(|step| (step.name(), step));
        rules.steps.clear();
        for step in review {
            let step_of = source.one_of("posting.review", step, &known)?;
            if rules.steps.contains(&step_of) {
                let problem = Problem::Twice(step.get_ref().clone());
                return Err(source.wrong("posting.review", step, problem));
            }
            rules.steps.push(step_of);
        }
        // Whatever the file's order is, the review has its own.
        rules.steps.sort();
    }
    if let Some(approvers) = &raw.approvers {
        named.push("approvers");
        for approver in approvers {
            let name = OperatorName(source.filled("posting.approvers", approver)?);
            if rules.approvers.contains(&name) {
                let problem = Problem::Twice(name.0);
                return Err(source.wrong("posting.approvers", approver, problem));
            }
            rules.approvers.push(name);
        }
    }
    if let Some(need) = &raw.need {
        named.push("need");
        let known = [("any", Need::Any), ("all", Need::All)];
        rules.need = source.one_of("posting.need", need, &known)?;
        if rules.need == Need::All && rules.approvers.is_empty() {
            return Err(source.wrong("posting.need", need, Problem::AllOfNobody));
        }
    }
    if let Some(late) = &raw.late {
        named.push("late");
        let known = [("ask", Late::Ask), ("now", Late::Now), ("next-slot", Late::NextSlot)];
        rules.late = source.one_of("posting.late", late, &known)?;
    }
    if let Some(grace) = &raw.grace {
        named.push("grace");
        rules.grace = source.length("posting.grace", grace, Span(0))?;
    }
    Ok(rules)
}

#[cfg(test)]
mod tests;
