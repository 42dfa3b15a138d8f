//! What the clock does.

use crate::kit::*;
use dutydesk::daemon::desk::query;
use dutydesk::domain::journal::{Actor, What};
use dutydesk::domain::policy::{Target, TargetName};
use dutydesk::domain::{Command, Queue, Span, State, Time};

fn late(kit: &Kit) -> u64 {
    kit.desk.state(kit.now).late[0].1
}

#[test]
fn a_deadline_that_passes_is_told_once_and_counted() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let due = NOON + Span::hours(2);
    assert_eq!(kit.desk.next_timer().unwrap(), Some(due));
    assert_eq!(kit.desk.state(kit.now).next_due, Some(due));
    kit.later(Span::hours(1)).elapse();
    assert!(kit.last.breached.is_empty() && late(&kit) == 0);
    kit.later(Span::hours(1)).elapse();
    assert_eq!(kit.last.breached, [(id, TargetName::FirstResponse)]);
    assert_eq!((late(&kit), kit.desk.next_timer().unwrap()), (1, None));
    kit.check();
    kit.later(Span::hours(1)).elapse();
    assert!(kit.last.breached.is_empty());
    kit.restart();
    assert_eq!(late(&kit), 1);
    kit.done("amy", Command::Resolve { ids: vec![id] });
    assert_eq!(late(&kit), 0);
    kit.done("amy", Command::Undo);
    assert_eq!(late(&kit), 1);
    assert!(kit.last.breached.is_empty());
    kit.check();
}

/// A desk on which everything has four targets.
fn four_targets() -> Kit {
    let mut setup = setup();
    for rule in &mut setup.policies.rules {
        rule.targets.extend([
            Target::new(TargetName::Acknowledge, Span::hours(1)),
            Target::new(TargetName::Statement, Span::hours(24)),
            Target::new(TargetName::Resolution, Span::hours(24)),
        ]);
    }
    Kit::with(setup)
}

#[test]
fn each_target_that_passes_is_told_of_once() {
    let mut kit = four_targets();
    let id = kit.comment("1", "a");
    let mut told = Vec::new();
    for _ in 0..30 {
        kit.later(Span::hours(1)).elapse();
        told.extend(kit.last.breached.clone());
        kit.check();
        kit.restart();
    }
    let each = [
        (id, TargetName::Acknowledge),
        (id, TargetName::FirstResponse),
        (id, TargetName::Statement),
        (id, TargetName::Resolution),
    ];
    assert_eq!(told, each);
    assert_eq!((late(&kit), kit.desk.next_timer().unwrap()), (1, None));
    // It was late before it was set aside: that it comes back late is nothing new.
    kit.done("amy", Command::Snooze { ids: vec![id], until: kit.now + Span::hours(1) });
    kit.later(Span::hours(1)).elapse();
    assert_eq!(kit.conversation(id).state, State::Open);
    assert!(kit.last.breached.is_empty(), "{:?}", kit.last.breached);
    kit.check();
}

#[test]
fn a_target_that_goes_on_while_we_wait_for_others_is_told_of() {
    let mut kit = four_targets();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Hold { ids: vec![id] });
    kit.check();
    kit.later(Span::hours(24)).elapse();
    let told: Vec<_> = kit.last.breached.iter().map(|(_, target)| *target).collect();
    // The acknowledgement stands still meanwhile.
    let want = [TargetName::FirstResponse, TargetName::Statement, TargetName::Resolution];
    assert_eq!(told, want);
    assert_eq!(late(&kit), 0, "what is on hold counts as late no more than before");
    kit.check();
    kit.done("amy", Command::Resolve { ids: vec![id] });
    assert_eq!(kit.desk.next_timer().unwrap(), None);
    kit.check();
}

#[test]
fn a_snooze_ends() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let until = NOON + Span::hours(5);
    kit.done("amy", Command::Snooze { ids: vec![id], until });
    assert_eq!(kit.desk.next_timer().unwrap(), Some(until));
    kit.check();
    kit.later(Span::hours(5)).elapse();
    assert_eq!(kit.conversation(id).state, State::Open);
    // It stood still meanwhile: the two hours it may take are still there.
    assert_eq!(late(&kit), 0);
    assert_eq!(kit.desk.next_timer().unwrap(), Some(until + Span::hours(2)));
    assert_eq!(kit.last.moves.len(), 1);
    assert_eq!(kit.last.moves[0].by, None);
    let (_, entry) = query::journal(&*kit.store, 0, 10).unwrap().pop().unwrap();
    assert_eq!(entry.by, Actor::Clock);
    assert!(matches!(entry.what, What::Elapsed { on } if on.len() == 1));
    kit.check();
    kit.later(Span::hours(2)).elapse();
    assert_eq!(late(&kit), 1);
    kit.check();
}

#[test]
fn a_clock_that_jumps_back_breaks_nothing() {
    let mut kit = Kit::new();
    kit.comment("1", "a");
    kit.later(Span::hours(3)).elapse();
    assert_eq!(late(&kit), 1);
    kit.now = NOON - Span::hours(5);
    kit.elapse();
    let id = kit.comment("2", "b");
    kit.done("amy", Command::Snooze { ids: vec![id], until: NOON - Span::hours(4) });
    kit.check();
    kit.later(Span::hours(1)).elapse();
    assert_eq!(kit.conversation(id).state, State::Open);
    kit.now = NOON + Span::hours(9);
    kit.elapse();
    assert_eq!(late(&kit), 2);
    kit.check();
}

#[test]
fn thousands_that_are_due_at_once_are_carried_out_in_parts() {
    let mut kit = Kit::new();
    // 1,500 in one moment, then 1,500 one by one.
    let at = |n: i64| NOON + Span((n - 1500).max(0));
    let events = (0..3000).map(|n| comment(&format!("{n}"), at(n), "a")).collect();
    kit.ingest(events);
    kit.later(Span::hours(3));
    let mut rounds = 0;
    while kit.desk.next_timer().unwrap().is_some_and(|when| when <= kit.now) {
        kit.elapse();
        kit.check();
        rounds += 1;
    }
    assert_eq!(late(&kit), 3000);
    assert!((2..10).contains(&rounds), "{rounds}");
}

#[test]
fn the_header_knows_what_is_due_within_the_hour() {
    let mut kit = Kit::new();
    let near = |kit: &Kit| kit.desk.state(kit.now).within_hour[0];
    for (n, minutes) in [0, 30, 59, 61, 119].into_iter().enumerate() {
        // Due two hours after they were written.
        let at = NOON - Span::hours(1) - Span::minutes(60 - minutes);
        kit.ingest(vec![comment(&format!("{n}"), at, "a")]);
    }
    kit.elapse();
    assert_eq!(near(&kit), (Queue::Comments, 2));
    kit.restart();
    assert_eq!(near(&kit), (Queue::Comments, 2));
    kit.later(Span::minutes(20)).elapse();
    assert_eq!(near(&kit).1, 3);
    let id = kit.holder("1");
    kit.done("amy", Command::Resolve { ids: vec![id] });
    assert_eq!(near(&kit).1, 2);
    kit.later(Span::minutes(60)).elapse();
    assert_eq!(near(&kit).1, 1);
    kit.restart();
    assert_eq!(near(&kit).1, 1);
}

#[test]
fn rules_that_changed_are_applied_to_what_is_there() {
    let mut kit = Kit::new();
    let events = (0..450).map(|n| comment(&format!("{n}"), NOON, "a")).collect();
    kit.ingest(events);
    for rule in &mut kit.setup.policies.rules {
        for target in &mut rule.targets {
            target.within = Span::minutes(30);
        }
    }
    kit.restart();
    let mut rounds = 0;
    while kit.desk.next_timer().unwrap().is_some_and(|when| when <= kit.now) {
        kit.elapse();
        kit.check();
        rounds += 1;
    }
    assert_eq!(rounds, 3);
    assert_eq!(kit.desk.next_timer().unwrap(), Some(NOON + Span::minutes(30)));
    kit.restart();
    assert_eq!(kit.desk.next_timer().unwrap(), Some(NOON + Span::minutes(30)));
    assert_ne!(kit.conversation(kit.holder("449")).timer.unwrap().due, Time(0));
    kit.check();
}
