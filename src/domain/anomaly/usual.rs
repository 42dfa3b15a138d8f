//! The usual value of a figure by hour of the week, from what came before.

use crate::domain::Span;

/// Half of what is known of the level, and of an hour of the day, is this old.
const LASTS: Span = Span::hours(7 * 24);
/// Half of what is known of an hour of the week is this old.
const WEEKS_LAST: Span = Span::hours(21 * 24);
/// An hour of the day is believed as much as the level once it was seen for so long; an hour of the
/// week as much as the hour of the day. In time, not in values: a figure with a value an hour
/// has few of each hour, and yet the night is not the day.
const BELIEF: (Span, Span) = (Span::minutes(40), Span::minutes(60));

/// The same in values, of what is told by the day: it has one of each weekday in a week.
const BELIEF_BY_DAY: (f64, f64) = (8.0, 12.0);

/// A mean that forgets.
#[derive(Clone, Copy, Debug, Default)]
struct Fading {
    sum: f64,
    weight: f64,
}

impl Fading {
    fn add(&mut self, value: f64, keep: f64) {
        self.sum = self.sum * keep + value;
        self.weight = self.weight * keep + 1.0;
    }

    /// The mean, drawn towards another value that counts as so many.
    fn towards(&self, other: f64, belief: f64) -> f64 {
        (self.sum + belief * other) / (self.weight + belief)
    }
}

/// Three means that forget, each drawn towards the one before it while it rests on little: the
/// level, the hour of the day, the hour of the week.
#[derive(Clone, Debug)]
pub struct Usual {
    level: Fading,
    day: [Fading; 24],
    week: Vec<Fading>,
    /// What is kept of the level with each value; of an hour of the day; of an hour of the week.
    keep: [f64; 3],
    /// [`BELIEF`] in values.
    belief: (f64, f64),
}

impl Usual {
    /// For a figure with a value each `step`.
    pub fn new(step: Span) -> Usual {
        let values = |lasts: Span| (lasts.0 as f64 / step.0.max(1) as f64).max(1.0);
        let half = |values: f64| 0.5_f64.powf(1.0 / values.max(1.0));
        let belief = |of: Span| of.0 as f64 / step.0.max(1) as f64;
        Usual {
            level: Fading::default(),
            day: [Fading::default(); 24],
            week: vec![Fading::default(); 7 * 24],
            keep: [
                half(values(LASTS)),
                half(values(LASTS) / 24.0),
                half(values(WEEKS_LAST) / (7.0 * 24.0)),
            ],
            belief: match step < Span::hours(24) {
                true => (belief(BELIEF.0), belief(BELIEF.1)),
                false => BELIEF_BY_DAY,
            },
        }
    }

    /// How it usually is in this hour of the week (0 = Monday, the hour after midnight); `None`
    /// before the first value.
    pub fn at(&self, hour: u8) -> Option<f64> {
        if self.level.weight <= 0.0 {
            return None;
        }
        let hour = usize::from(hour) % (7 * 24);
        let level = self.level.sum / self.level.weight;
        let day = self.day[hour % 24].towards(level, self.belief.0);
        Some(self.week[hour].towards(day, self.belief.1))
    }

    /// Takes a value of this hour of the week in.
    pub fn learn(&mut self, hour: u8, value: f64) {
        let hour = usize::from(hour) % (7 * 24);
        self.level.add(value, self.keep[0]);
        self.day[hour % 24].add(value, self.keep[1]);
        self.week[hour].add(value, self.keep[2]);
    }
}
