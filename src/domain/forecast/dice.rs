//! Numbers drawn at random, the same each time.

use crate::domain::rng::Rng;

/// What a forecast draws.
pub struct Dice(Rng);

impl Dice {
    /// The generator of every forecast.
    pub fn new() -> Dice {
        Dice::with(0x5eed_da1a_0b5e_55ed)
    }

    /// One that goes on from here.
    pub fn with(seed: u64) -> Dice {
        Dice(Rng::new(seed))
    }

    /// The seed of dice of their own.
    pub fn seed(&mut self) -> u64 {
        self.0.draw()
    }

    /// From 0 to 1, 1 excluded.
    pub fn share(&mut self) -> f64 {
        (self.0.draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Around 0 with a variance of 1.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// A count with this mean; beyond 30 by the normal curve, which is close enough there.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u64;
        }
        let end = (-mean.max(0.0)).exp();
        let (mut n, mut product) = (0, self.share());
        while product > end {
            n += 1;
            product *= self.share();
        }
        n
    }

    /// A factor around 1 whose variance is 1/`known`: how far off a rate may be that so many
    /// events were counted for (a gamma distribution; Marsaglia and Tsang's method).
    pub fn gamma_share(&mut self, known: f64) -> f64 {
        let known = known.clamp(0.2, 1e6);
        // Below 1 the method needs a shape that is one larger, and a correction.
        let (shape, boost) = match known < 1.0 {
            true => (known + 1.0, (1.0 - self.share()).powf(1.0 / known)),
            false => (known, 1.0),
        };
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.share()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * boost / known;
            }
        }
    }

    /// The place of one of these by their shares; their number when none is hit.
    pub fn pick<T>(&mut self, of: &[(T, f64)]) -> usize {
        let mut at = self.share();
        for (place, (_, share)) in of.iter().enumerate() {
            at -= share;
            if at < 0.0 {
                return place;
            }
        }
        of.len()
    }
}
