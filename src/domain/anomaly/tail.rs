//! How large a value has to be to be no chance: peaks over a threshold, streaming.
//!
//! What lies over a high threshold follows a generalised Pareto distribution, whatever the values
//! themselves do (Pickands 1975); fitted to the peaks seen so far it gives the height that is
//! passed with a wanted chance. After Siffer, Fouque, Termier and Largouët, "Anomaly Detection in
//! Streams with Extreme Value Theory" (KDD 2017), fitted by the method of moments.

/// The share of values that counts as the tail.
const TAIL: f64 = 0.02;
/// The most peaks that are remembered; the newest count.
const PEAKS: usize = 400;
/// Bounds of the fitted shape: beyond them a fit of few peaks runs away.
const SHAPE: (f64, f64) = (-0.3, 0.45);

/// The upper tail of values.
#[derive(Clone, Debug)]
pub struct Tail {
    /// The wanted chance that a value lies beyond, when nothing is the matter.
    chance: f64,
    warm_up: usize,
    first: Vec<f64>,
    seen: usize,
    threshold: f64,
    peaks: Vec<f64>,
    /// `None` while it still warms up.
    height: Option<f64>,
}

impl Tail {
    /// That takes so many values in before it speaks.
    pub fn new(chance: f64, warm_up: usize) -> Tail {
        Tail {
            chance,
            warm_up: warm_up.max(20),
            first: Vec::new(),
            seen: 0,
            threshold: 0.0,
            peaks: Vec::new(),
            height: None,
        }
    }

    /// Whether a value is too large for chance; one that is not is learned from.
    pub fn is_beyond(&mut self, value: f64) -> bool {
        self.seen += 1;
        let Some(height) = self.height else {
            self.first.push(value);
            if self.first.len() >= self.warm_up {
                self.begin();
            }
            return false;
        };
        if value > height {
            return true;
        }
        if value > self.threshold {
            if self.peaks.len() == PEAKS {
                self.peaks.remove(0);
            }
            self.peaks.push(value - self.threshold);
            self.fit();
        }
        false
    }

    fn begin(&mut self) {
        let mut sorted = std::mem::take(&mut self.first);
        let unsorted = sorted.clone();
        sorted.sort_by(f64::total_cmp);
        let share = TAIL.max(8.0 / sorted.len() as f64);
        let place = ((1.0 - share) * sorted.len() as f64) as usize;
        self.threshold = sorted[place.min(sorted.len() - 1)];
        self.peaks = unsorted.iter().map(|v| v - self.threshold).filter(|p| *p > 0.0).collect();
        if self.peaks.is_empty() {
            self.peaks.push(1e-6);
        }
        self.fit();
    }

    /// The height that a value passes with the wanted chance.
    fn fit(&mut self) {
        let n = self.peaks.len() as f64;
        let mean = self.peaks.iter().sum::<f64>() / n;
        let spread = self.peaks.iter().map(|p| (p - mean).powi(2)).sum::<f64>();
        let variance = spread / (n - 1.0).max(1.0);
        let (shape, scale) = match variance > 0.0 {
            true => {
                let ratio = mean * mean / variance;
                (0.5 * (1.0 - ratio), 0.5 * mean * (ratio + 1.0))
            }
            false => (0.0, mean.max(1e-9)),
        };
        let shape = shape.clamp(SHAPE.0, SHAPE.1);
        let rare = self.chance * self.seen as f64 / n;
        let above = match shape.abs() > 1e-6 {
            true => scale / shape * (rare.powf(-shape) - 1.0),
            false => -scale * rare.ln(),
        };
        self.height = Some(self.threshold + above.max(0.0));
    }
}
