//! How often the server may be asked: looks leave a third of its budget to answers.

use super::api::{WINDOW, date};
use crate::connect::http::Reply;
use crate::connect::protocol::Budget;
use crate::domain::Time;
use std::time::{Duration, Instant};

/// The longest that looks are put off for the budget's sake.
const LONGEST: Duration = Duration::from_secs(60);

/// What the server said last of its budget and of the time.
#[derive(Debug, Default)]
pub struct Pace {
    budget: Option<Budget>,
    /// When the budget is whole again, by a clock that nobody sets.
    reset: Option<Instant>,
    /// The server's clock at its last answer, and when that was.
    date: Option<(Time, Instant)>,
}

impl Pace {
    /// Takes in what an answer says.
    pub fn saw(&mut self, reply: &Reply) {
        let now = Instant::now();
        let date = date(reply);
        if let Some(date) = date {
            self.date = Some((date, now));
        }
        // By the server's clock where it tells it: ours may be off by a day.
        let clock = date.unwrap_or_else(|| chrono::Utc::now().into());
        let Some(budget) = reply.budget(clock) else { return };
        let left = budget.resets.map_or(WINDOW, |resets| {
            Duration::from_millis(u64::try_from((resets - clock).0).unwrap_or(0)).min(WINDOW * 4)
        });
        (self.budget, self.reset) = (Some(budget), Some(now + left));
    }

    /// What the server said of the budget.
    pub fn budget(&self) -> Option<Budget> {
        self.budget
    }

    /// The time by the server's clock, if it tells it.
    pub fn server_time(&self) -> Option<Time> {
        let (date, at) = self.date?;
        Some(Time(date.0 + i64::try_from(at.elapsed().as_millis()).unwrap_or(0)))
    }

    /// How long until the budget is whole again.
    pub fn until_reset(&self) -> Duration {
        let left = self.reset.map(|at| at.saturating_duration_since(Instant::now()));
        left.unwrap_or(LONGEST).max(Duration::from_secs(1))
    }

    /// How long to wait until the next look, when it should be `wanted`.
    pub fn wait(&self, wanted: Duration) -> Duration {
        let Some(budget) = self.current() else { return wanted };
        let looks = budget.left.saturating_sub(budget.of / 3);
        if looks == 0 {
            return self.until_reset().min(LONGEST).max(wanted);
        }
        // Both are small numbers.
        #[expect(clippy::cast_precision_loss, reason = "a budget is far below 2^52")]
        let share = self.until_reset().as_secs_f64() / looks as f64;
        Duration::from_secs_f64(share).min(LONGEST).max(wanted)
    }

    /// True when there is enough for what can wait: more than half.
    pub fn has_plenty(&self) -> bool {
        self.current().is_none_or(|b| b.left > b.of / 2)
    }

    /// How long to wait before one more call of many, because only what answers need is left.
    pub fn pause(&self) -> Option<Duration> {
        self.current().filter(|b| b.left <= b.of / 3).map(|_| self.until_reset())
    }

    /// The budget, unless it has become whole again since.
    fn current(&self) -> Option<Budget> {
        let is_old = self.reset.is_some_and(|at| at <= Instant::now());
        self.budget.filter(|_| !is_old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn pace(left: u64, seconds: u64) -> Pace {
        let budget = Some(Budget { left, of: 300, resets: None });
        let reset = Some(Instant::now() + Duration::from_secs(seconds));
        Pace { budget, reset, date: None }
    }

    #[rstest]
    #[case::all_there(300, 300, 1.5, 1.6)]
    #[case::as_wanted(300, 100, 1.5, 1.5)]
    #[case::half(150, 200, 3.9, 4.0)]
    #[case::a_third(100, 30, 29.0, 30.0)]
    #[case::a_third_for_long(100, 290, 60.0, 60.0)]
    #[case::over(10, 0, 1.5, 1.5)]
    fn looks_leave_a_third(
        #[case] left: u64,
        #[case] seconds: u64,
        #[case] from: f64,
        #[case] to: f64,
    ) {
        let wait = pace(left, seconds).wait(Duration::from_millis(1500)).as_secs_f64();
        assert!((from..=to).contains(&wait), "{wait}");
    }

    #[test]
    fn looks_of_a_whole_window_leave_a_third() {
        // As if time went by with the waits.
        let (mut left, mut passed) = (300_u64, 0.0);
        while passed < 300.0 {
            let remaining = 300.0 - passed;
            let mut pace = pace(left, 0);
            pace.reset = Some(Instant::now() + Duration::from_secs_f64(remaining));
            passed += pace.wait(Duration::from_millis(1500)).as_secs_f64();
            left -= 1;
        }
        assert!(left >= 100, "{left}");
    }

    #[test]
    fn without_a_budget_nothing_is_held_back() {
        let pace = Pace::default();
        assert_eq!(pace.wait(Duration::from_secs(2)), Duration::from_secs(2));
        assert!(pace.has_plenty() && pace.pause().is_none());
    }
}
