//! Publishing slots of the day, and how their posts come along.

use super::brand::OUTLETS;
use super::phrases;
use crate::domain::event::SlotEvent;
use crate::domain::rng::Rng;
use crate::domain::slot::SlotState;
use crate::domain::{Event, Span, Time};

/// Minutes between two slots of the plan.
const APART: i64 = 55;
/// How far around the start slots are planned at once.
const AROUND: Span = Span::hours(7);

/// Every step of the slots around `start`, in no order: for those whose time lies before it, and
/// for those that are under way, the state they have then.
pub fn around(rng: &mut Rng, start: Time) -> Vec<(Time, Event)> {
    // The first two are close enough to be watched.
    let mut times =
        vec![ceil_minute(start + Span::seconds(95)), ceil_minute(start + Span::minutes(6))];
    let mut at = ceil_minute(start - AROUND);
    while at < start + AROUND {
        if (at - start).0.abs() > Span::minutes(12).0 {
            times.push(Time(at.0.div_euclid(300_000) * 300_000));
        }
        at = at + Span::minutes(rng.between(APART - 20, APART + 20));
    }
    times.into_iter().enumerate().flat_map(|(i, at)| life(rng, i as u64, at, start)).collect()
}

/// One more slot, so that the plan never runs out: the steps of one that lies [`AROUND`] ahead.
pub fn ahead(rng: &mut Rng, number: u64, now: Time) -> Vec<(Time, Event)> {
    life(rng, number, Time((now + AROUND).0.div_euclid(300_000) * 300_000), now)
}

/// When to plan one more.
pub fn next(now: Time) -> Time {
    now + Span::minutes(APART)
}

/// The steps of one slot from `now` on, and the state it has by then as the first.
fn life(rng: &mut Rng, number: u64, at: Time, now: Time) -> Vec<(Time, Event)> {
    let outlet = rng.pick(&OUTLETS);
    let before = |rng: &mut Rng, minutes: i64| at - Span::minutes(minutes + rng.between(-15, 15));
    let published = at + Span::seconds(rng.between(8, 25));
    let mut steps = vec![
        (at - AROUND, SlotState::Empty),
        (before(rng, 300), SlotState::Draft),
        (before(rng, 200), SlotState::InReview),
        (before(rng, 110), SlotState::Approved),
        (before(rng, 65), SlotState::Scheduled),
    ];
    let is_early = number > 1 && at < now;
    match rng.below(12) {
        0 if is_early => steps.push((at + Span::minutes(1), SlotState::Missed)),
        fate => {
            steps.push((at - Span::minutes(30), SlotState::Holding));
            steps.push((at, SlotState::Publishing));
            match fate {
                1 if number > 0 => steps.push((published, SlotState::Failed)),
                2 if number > 0 => {
                    steps.push((published, SlotState::Unconfirmed));
                    steps.push((published + Span::minutes(2), SlotState::Published));
                }
                _ => steps.push((published, SlotState::Published)),
            }
        }
    }
    let title = phrases::title(rng);
    let event = |state| {
        Event::Slot(SlotEvent {
            channel: outlet.channel(),
            id: format!("post-{number}-{}", at.0 / 60_000),
            at,
            title: title.to_owned(),
            state,
        })
    };
    let reached = steps.iter().filter(|(t, _)| *t <= now).count();
    let mut told = Vec::new();
    if let Some((_, state)) = reached.checked_sub(1).and_then(|i| steps.get(i)) {
        told.push(((at - Span(1)).min(now - Span(1)), event(*state)));
    }
    told.extend(steps[reached..].iter().map(|(t, state)| (*t, event(*state))));
    told
}

fn ceil_minute(t: Time) -> Time {
    (t + Span(59_999)).floor_minute()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const START: Time = Time(1_790_000_012_345);

    #[test]
    fn the_day_has_slots_behind_and_ahead_and_one_goes_out_soon() {
        let steps = around(&mut Rng::new(7), START);
        let mut now: BTreeMap<String, (Time, SlotState)> = BTreeMap::new();
        let mut later: BTreeMap<String, Vec<(Time, SlotState)>> = BTreeMap::new();
        for (t, event) in steps {
            let Event::Slot(s) = event else { panic!() };
            if t < START {
                assert!(now.insert(s.id, (s.at, s.state)).is_none(), "one state at the start");
            } else {
                later.entry(s.id).or_default().push((t, s.state));
            }
        }
        assert!(now.len() >= 10, "{}", now.len());
        assert!(now.values().filter(|(at, _)| *at < START).count() >= 4);
        let soon = now.values().filter(|(_, s)| *s == SlotState::Holding).count();
        assert!(soon >= 2);
        let out = later
            .values()
            .flatten()
            .find(|(t, s)| *s == SlotState::Published && *t - START < Span::minutes(3));
        assert!(out.is_some());
        for steps in later.values() {
            assert!(steps.is_sorted_by_key(|(t, _)| *t), "{steps:?}");
        }
    }
}
