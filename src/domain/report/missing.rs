//! What a report could not tell.

use super::{Part, Report};
use crate::domain::{ChannelId, Time};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The share of the values that is to be known.
pub const ENOUGH: f64 = 0.95;
/// The most days that are named of a channel.
const MOST_DAYS: usize = 40;

/// Something that could not be told, or not wholly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The period is not over: it is told up to this moment.
    NotOver(Time),
    /// A channel told no figure in the period.
    NoFigures(ChannelId),
    /// So little of a channel's figures is known.
    Coverage(ChannelId, f64),
    /// On these days a channel told nothing.
    Days(ChannelId, Vec<NaiveDate>),
    /// A rate could not be made, because these figures are not told; with none of them it would
    /// have divided by nothing.
    Rate(ChannelId, String, Vec<String>),
    /// A rate that rests on little.
    Thin(ChannelId, String),
    /// So many are waiting that the oldest may be another.
    Oldest,
    /// There are more figures on the desk than a report reads.
    TooMany(u64),
    /// A channel has so many posts that only this many of the period were looked at.
    Posts(ChannelId, u64),
}

/// All that a report's own parts show to be missing.
pub fn missing(report: &Report) -> Vec<Missing> {
    let mut found = Vec::new();
    if !report.period.is_over() {
        found.push(Missing::NotOver(report.period.until));
    }
    report.channels.iter().for_each(|part| of_channel(part, report, &mut found));
    if !report.service.is_whole {
        found.push(Missing::Oldest);
    }
    found
}

fn of_channel(part: &Part, report: &Report, found: &mut Vec<Missing>) {
    let id = || part.channel.id.clone();
    match part.coverage() {
        None => return found.push(Missing::NoFigures(id())),
        Some(0.0) => return found.push(Missing::NoFigures(id())),
        Some(share) if share < ENOUGH => found.push(Missing::Coverage(id(), share)),
        Some(_) => {}
    }
    let days: Vec<NaiveDate> = report.period.told().into_iter().map(|(day, _)| day).collect();
    let told = |place: usize| {
        let daily = part.lines.iter().filter(|l| !l.is_rate && l.points.len() == days.len());
        daily.map(|line| line.points[place]).any(f64::is_finite)
    };
    // Of a single day, one that is not told is one without figures.
    if days.len() > 1 {
        let empty = days.iter().enumerate().filter(|(place, _)| !told(*place));
        let empty: Vec<NaiveDate> = empty.map(|(_, day)| *day).take(MOST_DAYS).collect();
        if !empty.is_empty() {
            found.push(Missing::Days(id(), empty));
        }
    }
    for rate in &part.unmade {
        found.push(Missing::Rate(id(), rate.name.clone(), rate.lacks.clone()));
    }
    let thin = part.lines.iter().filter(|line| line.is_thin);
    found.extend(thin.map(|line| Missing::Thin(id(), line.name.clone())));
}
