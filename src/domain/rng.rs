//! Numbers that look random and are the same for the same seed, on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, one multiply-and-shift mix a number.
/// Whole numbers only, so that no machine's floating point can change what a seed brings.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// For a seed.
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// Any number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        // The high half of the product: even enough for what is drawn here, and without a division.
        ((u128::from(self.draw()) * u128::from(n)) >> 64) as u64
    }

    /// One of `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(1).unsigned_abs()) as i64
    }

    /// True in this many of a hundred cases.
    pub fn percent(&mut self, p: u64) -> bool {
        self.below(100) < p
    }

    /// One of them; the list must not be empty.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// One of them, each as often as its weight says; the list must not be empty.
    pub fn weighted<'a, T>(&mut self, from: &'a [(u64, T)]) -> &'a T {
        let mut at = self.below(from.iter().map(|(w, _)| w).sum());
        for (weight, item) in from {
            if at < *weight {
                return item;
            }
            at -= weight;
        }
        &from[0].1
    }

    /// A waiting time of an exponential distribution with this mean, from a table of its
    /// sixteenths (per mille of the mean).
    pub fn wait(&mut self, mean: i64) -> i64 {
        const SIXTEENTHS: [i64; 16] =
            [32, 98, 170, 247, 330, 421, 521, 632, 758, 901, 1068, 1269, 1520, 1856, 2367, 3466];
        let milli = *self.pick(&SIXTEENTHS) + self.between(-16, 16);
        (mean * milli / 1000).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_paper() {
        let mut rng = Rng::new(1_234_567);
        let first = [rng.draw(), rng.draw(), rng.draw()];
        assert_eq!(first, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn bounds_hold_and_are_reached() {
        let mut rng = Rng::new(1);
        let seen: std::collections::BTreeSet<i64> = (0..1000).map(|_| rng.between(-2, 2)).collect();
        assert_eq!(seen, (-2..=2).collect());
        assert_eq!(rng.below(0), 0);
        let heavy = (0..1000).filter(|_| *rng.weighted(&[(9, true), (1, false)])).count();
        assert!((800..1000).contains(&heavy), "{heavy}");
        let mean: i64 = (0..10_000).map(|_| rng.wait(1000)).sum::<i64>() / 10_000;
        assert!((900..1100).contains(&mean), "{mean}");
    }
}
