//! When a figure is not as it usually is: a burst or a drop beyond its own noise, told once.
//!
//! Each value is judged by what came before it alone. Against the usual value of this hour of the
//! week ([`usual`]) stands how the last half hour was, as the logarithm of their ratio; how large
//! that has to be is learned from the figure itself ([`tail`]), so that by chance alone so many
//! alarms come in a week as the settings allow.

pub mod score;
mod tail;
mod usual;

pub use usual::Usual;

use super::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use tail::Tail;

/// Over how long values are averaged before they are judged.
const WINDOW: Span = Span::minutes(30);
/// The least time, and the least values, before anything is said.
const WARM_UP: (Span, usize) = (Span::hours(48), 100);
/// The least values of what is told by the day: four weeks.
const WARM_UP_DAYS: usize = 28;
/// What is told is not told again for so long.
const QUIET: Span = Span::hours(24);
/// A value counts for at most so many times the usual one when the usual one is learned from it.
const CAP: f64 = 3.0;

/// When to speak.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The least change against the usual value that is worth a word, as a share of it.
    pub least: f64,
    /// How many alarms a week may come by chance alone, for each of burst and drop.
    pub per_week: f64,
    /// So many are as good as none: what is added to both before they are held against each other.
    pub floor: f64,
}

/// A change of a fifth, half a false alarm a week, two are as good as none.
impl Default for Settings {
    fn default() -> Settings {
        Settings { least: 0.2, per_week: 0.5, floor: 2.0 }
    }
}

/// In which direction a figure went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// More than usual.
    Burst,
    /// Less than usual.
    Drop,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// In which direction.
    pub way: Way,
    /// When it was found.
    pub at: Time,
    /// Since when the figure was on its way there.
    pub began: Time,
    /// How it was, on average over the last half hour.
    pub value: f64,
    /// How it usually is at this hour.
    pub usual: f64,
}

impl Alarm {
    /// The change as a share of the usual value; `None` when that is nothing.
    pub fn change(&self) -> Option<f64> {
        (self.usual > 0.0).then(|| self.value / self.usual - 1.0)
    }
}

/// What is thought of one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// How it usually is at this hour; `None` before anything is known.
    pub usual: Option<f64>,
    /// What is to be told.
    pub alarm: Option<Alarm>,
}

/// Watches one figure.
#[derive(Clone, Debug)]
pub struct Detector {
    settings: Settings,
    step: Span,
    usual: Usual,
    /// The newest values, each with what was usual then.
    recent: VecDeque<(f64, f64)>,
    seen: usize,
    up: Tail,
    down: Tail,
    /// Since when it has been on one side of the usual value.
    side: Option<(Way, Time)>,
    told: [Option<Time>; 2],
}

impl Detector {
    /// For a figure with a value each `step`.
    pub fn new(settings: Settings, step: Span) -> Detector {
        let step = Span(step.0.max(1));
        let a_week = Span::hours(7 * 24).0 as f64 / step.0 as f64;
        let least = if step < Span::hours(24) { WARM_UP.1 } else { WARM_UP_DAYS };
        let warm_up = usize::try_from(WARM_UP.0.0 / step.0).unwrap_or(0).max(least);
        let tail = Tail::new((settings.per_week / a_week).clamp(1e-9, 0.01), warm_up);
        Detector {
            settings,
            step,
            usual: Usual::new(step),
            recent: VecDeque::new(),
            seen: 0,
            up: tail.clone(),
            down: tail,
            side: None,
            told: [None, None],
        }
    }

    /// Takes the next value in: of the time from `at` on, in this hour of the week (0 = Monday, the
    /// hour after midnight, in the desk's zone).
    pub fn step(&mut self, at: Time, hour: u8, value: f64) -> Judged {
        if !value.is_finite() {
            return Judged { usual: self.usual.at(hour), alarm: None };
        }
        let window = usize::try_from(WINDOW.0 / self.step.0).unwrap_or(1).max(1);
        let usual = self.usual.at(hour);
        self.recent.push_back((value, usual.unwrap_or(value)));
        while self.recent.len() > window {
            self.recent.pop_front();
        }
        let n = self.recent.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| self.recent.iter().map(of).sum::<f64>() / n;
        let (was, expected) = (mean(|r| r.0), mean(|r| r.1));
        let alarm = self.judge(at, was, expected);
        self.learn(hour, value);
        Judged { usual, alarm }
    }

    /// Learns what is usual from the next value, and judges nothing by it: how far values lie off while
    /// little is known says nothing of how far they lie off later.
    pub fn learn(&mut self, hour: u8, value: f64) {
        let capped = match self.usual.at(hour) {
            Some(usual) if self.seen > 50 => value.min(usual * CAP + 2.5 * self.settings.floor),
            _ => value,
        };
        self.usual.learn(hour, capped);
        self.seen += 1;
    }

    fn judge(&mut self, at: Time, value: f64, usual: f64) -> Option<Alarm> {
        let floor = self.settings.floor;
        let off = ((value + floor) / (usual + floor)).ln();
        let way = if off >= 0.0 { Way::Burst } else { Way::Drop };
        let began = match self.side {
            Some((side, since)) if side == way => since,
            _ => at,
        };
        self.side = Some((way, began));
        if self.seen < 12 {
            return None;
        }
        let (high, low) = (self.up.is_beyond(off), self.down.is_beyond(-off));
        let beyond = if way == Way::Burst { high } else { low };
        // So many are as good as none, so a change by fewer is none.
        let is_large = (value - usual).abs() >= (self.settings.least * usual).max(floor);
        let told = &mut self.told[way as usize];
        if !beyond || !is_large || told.is_some_and(|told| at - told <= QUIET) {
            return None;
        }
        *told = Some(at);
        Some(Alarm { way, at, began, value, usual })
    }
}

#[cfg(test)]
mod tests;
