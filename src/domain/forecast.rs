//! Breach forecast: how many that wait, or are still to come, will pass their deadline by each
//! coming hour, and what one operator more or fewer changes.
//!
//! Method: the coming hours are played through many times in steps of five minutes. What comes is
//! drawn around the measured rate, what is handled around the measured rate of an operator; whoever
//! has the earliest deadline goes first, what is late already before all others. The seed is fixed:
//! the same facts give the same forecast. What is assumed is told in docs/forecast.md.

mod dice;
mod rates;

pub use rates::{BACK, Hour, Rates, TooLittle, measure};

use super::{Span, Time};
use dice::Dice;
use serde::{Deserialize, Serialize};

/// The length of a step.
pub const STEP: Span = Span::minutes(5);
/// The most hours ahead.
pub const MOST_HOURS: usize = 12;
/// How often the coming hours are played through.
const PLAYS: usize = 160;
/// Steps in [`MOST_HOURS`].
pub const STEPS: usize = MOST_HOURS * 12;

/// What waits, and who is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Late already.
    pub late: u64,
    /// How many are due in each step from now on; those later than the last step are left out.
    pub due: Vec<u64>,
    /// Operators who are on.
    pub operators: u32,
}

/// A figure with the range in which it lies four times out of five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// What is to be expected.
    pub expected: f64,
    /// One time in ten it is lower.
    pub low: f64,
    /// One time in ten it is higher.
    pub high: f64,
}

/// One line of a forecast: from now until then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Until {
    /// Until when.
    pub at: Time,
    /// How many will come.
    pub come: f64,
    /// How many will pass their deadline unanswered.
    pub breach: Range,
    /// The same with one operator fewer; `None` without an operator.
    pub fewer: Option<f64>,
    /// The same with one operator more.
    pub more: f64,
}

/// A forecast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Late already; not in the lines.
    pub late: u64,
    /// Operators it is reckoned with.
    pub operators: u32,
    /// What an operator handles in an hour.
    pub handled_per_hour: f64,
    /// What comes in the next hour.
    pub come_per_hour: f64,
    /// One line for each coming hour.
    pub lines: Vec<Until>,
}

/// A forecast, or why there is none.
pub type Outlook = Result<Forecast, TooLittle>;

/// Reckons a forecast up to these moments (ascending, at most [`MOST_HOURS`] ahead).
pub fn forecast(now: Time, standing: &Standing, rates: &Rates, marks: &[Time]) -> Forecast {
    let n = standing.operators;
    let crews = [Some(n), n.checked_sub(1), Some(n + 1)];
    // By mark: what each play came to.
    let mut found: [Vec<Vec<f64>>; 3] = std::array::from_fn(|_| vec![Vec::new(); marks.len()]);
    let mut come = vec![0.0; marks.len()];
    let steps: Vec<usize> = marks.iter().map(|at| step_of(*at - now)).collect();
    let mut dice = Dice::new();
    for _ in 0..PLAYS {
        let world = World::draw(rates, &mut dice);
        for (at, step) in steps.iter().enumerate() {
            come[at] += world.come[..*step].iter().map(|c| c.iter().sum::<u64>()).sum::<u64>()
                as f64
                / PLAYS as f64;
        }
        for (crew, found) in crews.iter().zip(&mut found) {
            let Some(crew) = crew else { continue };
            let breached = world.play(standing, rates, *crew);
            for (place, step) in found.iter_mut().zip(&steps) {
                place.push(breached[..*step].iter().sum::<u64>() as f64);
            }
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
    let [now_crew, fewer, more] = &mut found;
    let lines = marks.iter().enumerate().map(|(at, mark)| {
        let all = &mut now_crew[at];
        all.sort_unstable_by(f64::total_cmp);
        let rank = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
        Until {
            at: *mark,
            come: come[at],
            breach: Range { expected: mean(all), low: rank(0.1), high: rank(0.9) },
            fewer: (n > 0).then(|| mean(&fewer[at])),
            more: mean(&more[at]),
        }
    });
    Forecast {
        late: standing.late,
        operators: n,
        handled_per_hour: rates.handled,
        come_per_hour: rates.come.iter().take(12).sum::<f64>() * 12.0
            / rates.come.len().clamp(1, 12) as f64,
        lines: lines.collect(),
    }
}

fn step_of(ahead: Span) -> usize {
    usize::try_from((ahead.0 + STEP.0 / 2) / STEP.0).unwrap_or(0).min(STEPS)
}

/// What chance decides in one play, the same for every crew.
struct World {
    /// By step, by kind of deadline (the last kind has none): how many come.
    come: Vec<Vec<u64>>,
    /// How fast an operator is in this play, as a share of the measured rate.
    pace: f64,
    seed: u64,
}

impl World {
    fn draw(rates: &Rates, dice: &mut Dice) -> World {
        let pace = dice.gamma_share(1.0 / rates.handled_unsure);
        // The logarithm of the level's share. Its mean stays one, whatever its variance.
        let mut wave = dice.normal() * rates.come_unsure.sqrt();
        let mut unsure = rates.come_unsure;
        let (mut level, mut burst) = (1.0, 1.0);
        let mut come = Vec::with_capacity(STEPS);
        for (step, per_hour) in rates.come.iter().enumerate() {
            if step % 12 == 0 {
                if step > 0 {
                    let fresh = rates.waves * (1.0 - rates.lasts * rates.lasts);
                    wave = wave * rates.lasts + dice.normal() * fresh.sqrt();
                    unsure = unsure * rates.lasts * rates.lasts + fresh;
                }
                level = (wave - unsure / 2.0).exp();
                let expected = (per_hour * level).max(0.01);
                // Hours vary by more than chance alone: by `spread` times.
                burst = match rates.spread > 1.01 {
                    true => dice.gamma_share(expected / (rates.spread - 1.0)),
                    false => 1.0,
                };
            }
            let n = dice.poisson(per_hour * level * burst / 12.0);
            let mut kinds = vec![0; rates.kinds.len() + 1];
            for _ in 0..n.min(10_000) {
                kinds[dice.pick(&rates.kinds)] += 1;
            }
            come.push(kinds);
        }
        World { come, pace, seed: dice.seed() }
    }

    /// How many breach in each step with this crew.
    fn play(&self, standing: &Standing, rates: &Rates, crew: u32) -> Vec<u64> {
        let mut dice = Dice::with(self.seed);
        let mut late = standing.late;
        let mut due = vec![0u64; STEPS];
        for (place, n) in due.iter_mut().zip(&standing.due) {
            *place = *n;
        }
        // Those with later deadlines, or none, are worked on when nothing else waits.
        let mut breached = vec![0u64; STEPS];
        let (mut first, mut begun) = (0, dice.share());
        for (step, come) in self.come.iter().enumerate() {
            for (kind, n) in come.iter().enumerate() {
                let Some((within, _)) = rates.kinds.get(kind) else { continue };
                let at = step + step_of(*within);
                if *n > 0 && at < STEPS {
                    due[at] += n;
                    first = first.min(at);
                }
            }
            let mean = (rates.handled * self.pace * f64::from(crew) + rates.outside) / 12.0;
            // As many as by chance alone, in pieces of another size: so it varies as measured.
            let done = dice.poisson(mean / rates.uneven) as f64 * rates.uneven + begun;
            let mut hands = done as u64;
            begun = done.fract();
            let taken = late.min(hands);
            (late, hands) = (late - taken, hands - taken);
            while hands > 0 && first < STEPS {
                let taken = due[first].min(hands);
                due[first] -= taken;
                hands -= taken;
                if due[first] == 0 {
                    first += 1;
                }
            }
            breached[step] = std::mem::take(&mut due[step]);
            late += breached[step];
        }
        breached
    }
}

#[cfg(test)]
mod tests;
