use super::*;
use crate::domain::sla::Phase;
use crate::domain::sla::calendar::{DAY, Hours};
use chrono_tz::Tz;
use proptest::prelude::*;
use rstest::rstest;

fn pause(from: i64, to: Option<i64>) -> Pause {
    Pause { from: Time(from), to: to.map(Time), phase: Phase::Pending }
}

/// Started at 100, within 50, in calendar time: pauses, when it runs out, since when it stands.
#[rstest]
#[case(&[], 150, None)]
#[case(&[(110, Some(130))], 170, None)]
#[case(&[(110, Some(130)), (140, Some(150))], 180, None)]
// Before it began, and after it ran out, nothing is paused.
#[case(&[(10, Some(90))], 150, None)]
#[case(&[(10, Some(120))], 170, None)]
#[case(&[(150, Some(200))], 150, None)]
#[case(&[(160, Some(200))], 150, None)]
#[case(&[(160, None)], 150, None)]
// It stands still with 20 left.
#[case(&[(130, None)], 150, Some(130))]
#[case(&[(110, Some(120)), (130, None)], 160, Some(130))]
#[case(&[(90, None)], 150, Some(100))]
fn pauses_move_a_deadline(
    #[case] pauses: &[(i64, Option<i64>)],
    #[case] runs_out: i64,
    #[case] paused: Option<i64>,
) {
    let pauses: Vec<Pause> = pauses.iter().map(|(from, to)| pause(*from, *to)).collect();
    let found = due(Time(100), Span(50), None, &pauses);
    assert_eq!(found, (Time(runs_out), paused.map(Time)));
}

fn office() -> Calendar {
    let nine_to_five = vec![Hours { from: 9 * 60, to: 17 * 60 }];
    let mut week: [Vec<Hours>; 7] = std::array::from_fn(|_| nine_to_five.clone());
    week[5] = vec![Hours { from: 22 * 60, to: DAY + 4 * 60 }];
    week[6].clear();
    Calendar {
        name: "office".into(),
        zone: Tz::Europe__Berlin,
        week,
        holidays: Default::default(),
        days: Default::default(),
    }
}

/// Pauses and moments between them, in minutes since a Friday noon before the clocks change.
const FRIDAY: Time = Time(1_774_609_200_000);

fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    prop::collection::btree_set(0..6_000_i64, 0..16).prop_map(|at| {
        let at: Vec<i64> = at.into_iter().collect();
        let minute = |m: i64| FRIDAY + Span::minutes(m);
        at.chunks(2)
            .map(|pair| Pause {
                from: minute(pair[0]),
                to: pair.get(1).map(|to| minute(*to)),
                phase: Phase::Snoozed,
            })
            .collect()
    })
}

fn maybe_office() -> impl Strategy<Value = Option<Calendar>> {
    prop_oneof![Just(None), Just(Some(office()))]
}

proptest! {
    /// However it is paused, what was counted when it runs out is what it may take.
    #[test]
    fn pausing_never_changes_the_time_that_is_counted(
        pauses in pauses(),
        calendar in maybe_office(),
        within in 1..3_000_i64,
    ) {
        let within = Span::minutes(within);
        let (at, standing) = due(FRIDAY, within, calendar.as_ref(), &pauses);
        if let Some(since) = standing {
            // It goes on at once.
            let last = pauses.last().unwrap();
            let went_on: Vec<Pause> = pauses
                .iter()
                .map(|p| if p == last { Pause { to: Some(since.max(p.from)), ..*p } } else { *p })
                .collect();
            prop_assert_eq!(counted(FRIDAY, at, calendar.as_ref(), &went_on), within);
            // While it stands still nothing is added.
            let then = counted(FRIDAY, since, calendar.as_ref(), &pauses);
            let later = since + Span::hours(1_000);
            prop_assert_eq!(counted(FRIDAY, later, calendar.as_ref(), &pauses), then);
            prop_assert!(then < within);
        } else {
            prop_assert_eq!(counted(FRIDAY, at, calendar.as_ref(), &pauses), within);
        }
    }

    /// Pausing and going on in the same moment, any number of times, is nothing.
    #[test]
    fn a_pause_without_length_is_none(
        at in prop::collection::vec(0..6_000_i64, 1..12),
        calendar in maybe_office(),
        within in 1..3_000_i64,
    ) {
        let mut at = at;
        at.sort_unstable();
        let mut trail = Trail::default();
        for m in at {
            trail.enter(Phase::Snoozed, FRIDAY + Span::minutes(m));
            trail.enter(Phase::Open, FRIDAY + Span::minutes(m));
        }
        let pauses = trail.pauses(TargetName::Resolution);
        let within = Span::minutes(within);
        prop_assert_eq!(
            due(FRIDAY, within, calendar.as_ref(), &pauses),
            due(FRIDAY, within, calendar.as_ref(), &[])
        );
    }

    /// A pause that is cut in two and goes on at once is the same pause.
    #[test]
    fn a_pause_may_be_cut_anywhere(
        from in 0..3_000_i64,
        first in 1..2_000_i64,
        second in 1..2_000_i64,
        calendar in maybe_office(),
        within in 1..3_000_i64,
    ) {
        let minute = |m: i64| FRIDAY + Span::minutes(m);
        let phase = Phase::Pending;
        let whole = [Pause { from: minute(from), to: Some(minute(from + first + second)), phase }];
        let cut = [
            Pause { from: minute(from), to: Some(minute(from + first)), phase },
            Pause { from: minute(from + first), to: Some(minute(from + first + second)), phase },
        ];
        let within = Span::minutes(within);
        prop_assert_eq!(
            due(FRIDAY, within, calendar.as_ref(), &whole),
            due(FRIDAY, within, calendar.as_ref(), &cut)
        );
    }

    /// The deadline against a count that walks minute by minute.
    #[test]
    fn a_deadline_is_where_a_minute_by_minute_count_ends(
        pauses in pauses(),
        within in 1..600_i64,
    ) {
        let calendar = office();
        let (at, standing) = due(FRIDAY, Span::minutes(within), Some(&calendar), &pauses);
        if standing.is_some() {
            return Ok(());
        }
        let mut left = within;
        let mut minute = FRIDAY;
        while left > 0 {
            let paused = pauses.iter().any(|p| p.from <= minute && p.to.is_none_or(|to| minute < to));
            let open = calendar.between(minute, minute + Span::minutes(1)).0 > 0;
            left -= i64::from(open && !paused);
            minute = minute + Span::minutes(1);
        }
        prop_assert_eq!(at, minute);
    }

    /// However often it was set aside: the trail stays short, and the time counted the same.
    #[test]
    fn a_long_trail_keeps_the_time_counted(steps in prop::collection::vec(1..100_i64, 0..300)) {
        let mut trail = Trail::default();
        let (mut at, mut paused, mut open) = (0, 0, true);
        for step in steps {
            at += step;
            if !open {
                paused += step;
            }
            open = !open;
            trail.enter(if open { Phase::Open } else { Phase::Snoozed }, Time(at));
        }
        prop_assert!(trail.marks().len() <= Trail::MOST);
        let pauses = trail.pauses(TargetName::Resolution);
        prop_assert_eq!(counted(Time(0), Time(at), None, &pauses), Span(at - paused));
    }
}
