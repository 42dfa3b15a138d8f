//! How good alarms are, against windows in which something was the matter: the score of the Numenta
//! Anomaly Benchmark (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", 2015).
//! The first alarm in a window counts, the earlier the more; one outside costs, the more the
//! further it is from the window before; a window without one costs. 0 is a detector that never
//! speaks, 100 a perfect one.

/// What each kind of alarm is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// What an alarm outside of all windows costs.
    pub false_alarm: f64,
    /// What a window without an alarm costs.
    pub missed: f64,
}

impl Profile {
    /// NAB's standard profile.
    pub const STANDARD: Profile = Profile { false_alarm: 0.11, missed: 1.0 };
    /// NAB's profile for those who want few false alarms.
    pub const FEW_FALSE: Profile = Profile { false_alarm: 0.22, missed: 1.0 };
    /// NAB's profile for those who want to miss nothing.
    pub const FEW_MISSED: Profile = Profile { false_alarm: 0.11, missed: 2.0 };
}

/// What is not judged at the beginning: 15 % of the series, of 5,000 values at most.
pub fn probation(values: usize) -> usize {
    values.min(5_000) * 15 / 100
}

/// Alarms of one series against its windows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Windows, first and last value of each.
    pub windows: usize,
    /// Windows with an alarm.
    pub found: usize,
    /// Alarms outside of all windows.
    pub false_alarms: usize,
    /// What the alarms were worth, before windows without one are taken off.
    worth: f64,
    costs: f64,
}

/// Counts alarms (places of values, in order) against windows (first and last place, in order) of a
/// series of so many values.
pub fn tally(alarms: &[usize], windows: &[(usize, usize)], values: usize) -> Tally {
    let begins = probation(values);
    let windows: Vec<(usize, usize)> = windows.iter().copied().filter(|w| w.1 >= begins).collect();
    let mut tally = Tally { windows: windows.len(), ..Tally::default() };
    let mut found = vec![false; windows.len()];
    for alarm in alarms.iter().copied().filter(|a| *a >= begins) {
        if let Some(at) = windows.iter().position(|w| (w.0..=w.1).contains(&alarm)) {
            if !std::mem::replace(&mut found[at], true) {
                let (first, last) = windows[at];
                let place = -((last - alarm + 1) as f64) / (last - first + 1) as f64;
                tally.worth += fall(place) / fall(-1.0);
            }
            continue;
        }
        tally.false_alarms += 1;
        let before = windows.iter().rev().find(|w| w.1 < alarm);
        tally.costs += before.map_or(1.0, |(first, last)| {
            let place = (alarm - last) as f64 / (last - first).max(1) as f64;
            if place > 3.0 { 1.0 } else { -fall(place) }
        });
    }
    tally.found = found.iter().filter(|f| **f).count();
    tally
}

/// 1 at the beginning of a window, 0 at its end, -1 far behind it.
fn fall(place: f64) -> f64 {
    2.0 / (1.0 + (5.0 * place).exp()) - 1.0
}

/// The score of several series together, from 0 (never speaks; less is worse than that) to 100.
pub fn score(tallies: &[Tally], profile: Profile) -> f64 {
    let windows: usize = tallies.iter().map(|t| t.windows).sum();
    if windows == 0 {
        return 0.0;
    }
    let worth: f64 = tallies
        .iter()
        .map(|t| {
            let missed = (t.windows - t.found) as f64 * profile.missed;
            t.worth - t.costs * profile.false_alarm - missed
        })
        .sum();
    let never = -(windows as f64) * profile.missed;
    100.0 * (worth - never) / (windows as f64 - never)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_speaking_is_nothing_and_speaking_at_once_is_all() {
        let windows = [(1_000, 1_099), (3_000, 3_199)];
        let never = tally(&[], &windows, 5_000);
        assert_eq!(score(&[never], Profile::STANDARD), 0.0);
        let perfect = tally(&[1_000, 3_000], &windows, 5_000);
        assert!((score(&[perfect], Profile::STANDARD) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn late_is_worth_less_false_costs_and_only_the_first_counts() {
        let windows = [(1_000, 1_099)];
        let of = |alarms: &[usize]| score(&[tally(alarms, &windows, 5_000)], Profile::STANDARD);
        assert!(of(&[1_050]) < of(&[1_000]) && of(&[1_050]) > 50.0);
        assert_eq!(of(&[1_000, 1_010, 1_050]), of(&[1_000]));
        // Far from any window one costs 0.11 of a window, which is half of that of the whole.
        assert!((of(&[1_000, 4_000]) - (100.0 - 5.5)).abs() < 1e-9);
        // Just behind the window it costs less.
        assert!(of(&[1_000, 1_105]) > of(&[1_000, 4_000]));
        // What comes in the time of probation is not judged.
        assert_eq!(of(&[10, 1_000]), of(&[1_000]));
    }
}
