//! The system's clock is set while the desk runs, forward and back, by an hour, a day and a year.

use crate::kit::*;
use dutydesk::daemon::desk::{ArchiveJob, Job, JobResult, Setup, Step, query};
use dutydesk::domain::journal::{Actor, What};
use dutydesk::domain::outbox::{Outcome as Came, Stage};
use dutydesk::domain::post::{Content, PostAct, Rules};
use dutydesk::domain::slot::{Cadence, SlotState};
use dutydesk::domain::{
    Abilities, Channel, Command, Event, Guard, OutKind, OutPlace, Outgoing, PostId, Refusal, Span,
    State, Time, VariantRef,
};
use dutydesk::store::keys;
use rstest::rstest;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);
const YEAR: Span = Span::hours(24 * 365);

fn late(kit: &Kit) -> u64 {
    kit.desk.state(kit.now).late[0].1
}

/// Carries out everything that is due now; a desk that is never done would hang here.
fn settle(kit: &mut Kit) {
    for _ in 0..100 {
        kit.elapse();
        if kit.desk.next_timer().unwrap().is_none_or(|when| when > kit.now) {
            return;
        }
    }
    panic!("there is always something due: {:?} at {:?}", kit.desk.next_timer(), kit.now);
}

fn set(kit: &mut Kit, by: Span, back: bool) {
    kit.now = if back { kit.now - by } else { kit.now + by };
    settle(kit);
    kit.check();
}

#[rstest]
fn what_was_late_by_a_wrong_clock_is_not_late_by_the_right_one(
    #[values(HOUR, DAY, YEAR)] by: Span,
    #[values(false, true)] restarts: bool,
) {
    let mut kit = Kit::new();
    // Due in two hours; and one that was late all along.
    let id = kit.comment("1", "a");
    kit.ingest(vec![comment("2", NOON - DAY, "b")]);
    settle(&mut kit);
    assert_eq!(late(&kit), 1);
    set(&mut kit, Span(by.0 + 2 * HOUR.0), false);
    assert_eq!((late(&kit), kit.last.breached.len()), (2, 1));
    if restarts {
        kit.restart();
    }
    set(&mut kit, Span(by.0 + 2 * HOUR.0), true);
    assert_eq!(late(&kit), 1);
    assert_eq!(kit.desk.state(kit.now).next_due, Some(NOON + Span::hours(2)));
    assert!(kit.last.breached.is_empty());
    if restarts {
        kit.restart();
    }
    // Whatever comes in meanwhile has its time, too; and each is told when its time comes.
    kit.later(Span::minutes(10));
    kit.comment("3", "c");
    kit.later(Span::minutes(110));
    settle(&mut kit);
    assert_eq!(late(&kit), 2);
    assert_eq!(kit.last.breached.len(), 1);
    assert_eq!(kit.last.breached[0].0, id);
    kit.later(Span::minutes(10));
    settle(&mut kit);
    assert_eq!(late(&kit), 3);
    kit.check();
}

#[rstest]
fn the_header_counts_what_is_due_within_the_hour_by_the_clock_of_now(
    #[values(HOUR, DAY, YEAR)] by: Span,
) {
    let mut kit = Kit::new();
    for (n, minutes) in [30, 59, 61].into_iter().enumerate() {
        kit.ingest(vec![comment(&n.to_string(), NOON - Span::minutes(120 - minutes), "a")]);
    }
    let near = |kit: &Kit| kit.desk.state(kit.now).within_hour[0].1;
    settle(&mut kit);
    assert_eq!(near(&kit), 2);
    set(&mut kit, by, false);
    set(&mut kit, by, true);
    assert_eq!(near(&kit), 2);
    kit.restart();
    assert_eq!(near(&kit), 2);
}

#[rstest]
fn a_snooze_that_ended_stays_ended_and_one_that_has_not_ends_once(
    #[values(HOUR, DAY, YEAR)] by: Span,
    #[values(false, true)] back_first: bool,
) {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let until = NOON + Span::minutes(30);
    kit.done("amy", Command::Snooze { ids: vec![id], until });
    set(&mut kit, by, back_first);
    let woke = !back_first;
    assert_eq!(kit.conversation(id).state == State::Open, woke);
    set(&mut kit, by, !back_first);
    assert_eq!(kit.conversation(id).state == State::Open, woke);
    kit.now = until;
    settle(&mut kit);
    assert_eq!(kit.conversation(id).state, State::Open);
    let journal = query::journal(&*kit.store, 0, 100).unwrap();
    let ended = |what: &What| matches!(what, What::Elapsed { on } if !on.is_empty());
    let ends = journal.iter().filter(|(_, e)| e.by == Actor::Clock && ended(&e.what)).count();
    assert_eq!(ends, 1);
    kit.check();
}

#[test]
fn order_is_told_by_numbers_and_not_by_the_clock() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Note { ids: vec![id], text: "first".into() });
    set(&mut kit, DAY, true);
    kit.done("amy", Command::Note { ids: vec![id], text: "second".into() });
    kit.done("amy", Command::Label { ids: vec![id], label: "vip".into() });
    kit.done("amy", Command::Undo);
    assert!(kit.conversation(id).labels.is_empty(), "undo takes back what was done last");
    let journal = query::journal(&*kit.store, 0, 100).unwrap();
    assert!(journal.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(journal.windows(2).any(|pair| pair[0].1.at > pair[1].1.at));
    kit.restart();
    kit.check();
}

fn outgoing(kit: &Kit) -> Vec<Outgoing> {
    query::outbox(&*kit.store, &weibo(), 10).unwrap().into_iter().map(|row| row.row).collect()
}

#[rstest]
fn a_wait_of_the_outbox_keeps_its_length(#[values(HOUR, DAY, YEAR)] by: Span) {
    let mut kit = Kit::new();
    kit.comment("1", "a");
    let id = kit.holder("1");
    let reply = Command::Reply { ids: vec![id], text: "sorry".into(), seen: None, because: None };
    let at = kit.done("amy", reply).message.unwrap();
    set(&mut kit, by, false);
    // It has waited too long by now to go out unasked.
    assert_eq!(kit.step(at, Step::Attempt), JobResult::Refused(Refusal::NothingOpen(id)));
    kit.done("amy", Command::SendAgain { ids: vec![id] });
    let key = outgoing(&kit)[0].key;
    // The platform asks for a minute, by a clock that is wrong.
    let not_before = kit.now + Span::minutes(1);
    kit.came(at, Came::NotYet { not_before, why: "slow down".into() }, Guard::None);
    kit.now = NOON;
    settle(&mut kit);
    let rows = outgoing(&kit);
    assert_eq!(rows.len(), 1);
    let Stage::Queued { not_before, .. } = rows[0].stage else { panic!("{rows:?}") };
    assert!(not_before <= NOON + Span::minutes(2), "{not_before:?}");
    // It goes out once, under the key it had.
    assert_eq!(rows[0].key, key);
    kit.later(Span::minutes(2));
    kit.sent(at, "p1");
    assert!(outgoing(&kit).is_empty());
    set(&mut kit, by, true);
    settle(&mut kit);
    assert!(outgoing(&kit).is_empty(), "nothing that is out goes out again");
    kit.check();
}

/// A desk whose channel `weibo` posts every day at 20:00 in Shanghai, 12:00 UTC.
fn posting() -> Setup {
    let mut setup = setup();
    setup.channels.push(Channel {
        id: weibo(),
        platform: "weibo".into(),
        title: String::new(),
        reply_window: None,
    });
    let rules = Rules { steps: vec![], ..Rules::default() };
    setup.posting = [(weibo(), rules)].into();
    setup.cadences = vec![Cadence::new(weibo(), vec!["daily 20:00".parse().unwrap()])];
    setup.can.set(&weibo(), Some(Abilities { post: true, ..Abilities::default() }));
    setup
}

fn scheduled(kit: &mut Kit, when: Time) -> VariantRef {
    let content = Content { text: "new".into(), ..Content::default() };
    let new = PostAct::New {
        idea: "new".into(),
        topic: None,
        variants: vec![(weibo(), content)],
        when: None,
    };
    kit.done("amy", Command::Post(new));
    let at = VariantRef { post: PostId(1), variant: 1 };
    kit.done("amy", Command::Post(PostAct::Submit { at: vec![at], because: None }));
    kit.done("amy", Command::Post(PostAct::Schedule { at, when: Some(when) }));
    at
}

fn state(kit: &Kit) -> SlotState {
    query::post(&*kit.store, PostId(1)).unwrap().unwrap().0.variants[0].state
}

#[rstest]
fn a_post_goes_out_once_however_the_clock_is_set(#[values(HOUR, DAY, YEAR)] by: Span) {
    let mut kit = Kit::with(posting());
    let when = NOON + Span::hours(2);
    let at = scheduled(&mut kit, when);
    // Before its time: set back, it waits for the moment it was given.
    set(&mut kit, by, true);
    assert_eq!(state(&kit), SlotState::Scheduled);
    kit.now = when;
    settle(&mut kit);
    assert_eq!(state(&kit), SlotState::Publishing);
    let place = OutPlace::post(weibo(), OutKind::Publish, at);
    let step = |kit: &mut Kit, step| kit.one(Job::Outgoing { place: place.clone(), step });
    assert_eq!(step(&mut kit, Step::Attempt), JobResult::Ok);
    let to = Came::Done { platform_id: Some("p".into()), url: None, at: Some(kit.now) };
    let came = Step::Came { to, guard: Guard::None };
    assert_eq!(step(&mut kit, came), JobResult::Ok);
    assert_eq!(state(&kit), SlotState::Published);
    // Its time comes once more; it does not go out once more.
    set(&mut kit, by, true);
    assert_eq!(state(&kit), SlotState::Published);
    kit.now = when + Span::minutes(1);
    settle(&mut kit);
    assert_eq!(state(&kit), SlotState::Published);
    assert!(outgoing(&kit).is_empty());
    kit.check();
}

#[rstest]
#[case::an_hour(HOUR)]
#[case::a_day(DAY)]
#[case::a_year(YEAR)]
fn a_leap_past_its_time_makes_a_post_late_and_it_is_not_sent_unasked(#[case] by: Span) {
    let mut kit = Kit::with(posting());
    scheduled(&mut kit, NOON + Span::minutes(10));
    set(&mut kit, by, false);
    // Half an hour is how late a post may be; then people are asked.
    assert_eq!(state(&kit), SlotState::Missed);
    set(&mut kit, by, true);
    assert_eq!(state(&kit), SlotState::Missed);
    assert!(outgoing(&kit).is_empty());
}

#[test]
fn buckets_are_not_doubled_and_nothing_is_counted_twice() {
    let mut kit = Kit::new();
    let arrived = |kit: &Kit| {
        let kpis = query::kpis(&*kit.store, kit.now, 0).unwrap();
        kpis.arrivals.iter().filter(|n| n.is_finite()).map(|n| *n as i64).sum::<i64>()
    };
    kit.ingest(vec![comment("1", NOON, "a"), comment("2", NOON, "b")]);
    set(&mut kit, HOUR, true);
    // The same again, as a connector tells them after it lost its place.
    kit.ingest(vec![comment("1", NOON, "a"), comment("2", NOON, "b")]);
    kit.now = NOON + Span::minutes(1);
    settle(&mut kit);
    assert_eq!(arrived(&kit), 2);
    kit.check();
}

#[rstest]
fn messages_are_taken_by_a_clock_that_was_set_back(#[values(HOUR, DAY, YEAR)] by: Span) {
    let mut kit = Kit::new();
    kit.comment("1", "a");
    set(&mut kit, by, true);
    // The platform's clock is right.
    assert_eq!(kit.ingest(vec![comment("2", NOON + Span::minutes(5), "b")]).added, 1);
    kit.now = NOON + Span::minutes(10);
    settle(&mut kit);
    assert_eq!(late(&kit), 0);
    kit.check();
}

#[test]
fn a_leap_of_a_year_lets_nothing_go_before_it_has_stood_for_a_day() {
    let mut kit = Kit::new();
    let told = |at: Time| Event::Metrics {
        channel: weibo(),
        at,
        values: [("followers".to_owned(), 7)].into(),
    };
    let served = |kit: &Kit| {
        let all = keys::served(Time(i64::MIN), Time(i64::MAX));
        kit.everything().iter().filter(|(key, _)| all.contains(key)).count()
    };
    for day in 0..200 {
        kit.now = NOON + Span::hours(24 * day);
        let now = kit.now;
        kit.ingest(vec![comment(&format!("{day}"), now, "a"), told(now)]);
        let id = kit.holder(&format!("{day}"));
        kit.done("amy", Command::Resolve { ids: vec![id] });
        settle(&mut kit);
    }
    let (before, had) = (kit.everything().len(), served(&kit));
    let right = kit.now;
    set(&mut kit, YEAR, false);
    // Something happens every hour by the wrong clock.
    for hour in 0..5 {
        kit.later(HOUR);
        let now = kit.now;
        kit.ingest(vec![comment(&format!("w{hour}"), now, "a"), told(now)]);
        settle(&mut kit);
    }
    kit.now = right;
    settle(&mut kit);
    assert!(kit.everything().len() > before);
    assert!(served(&kit) >= had);
    // One that stays is believed after a day, and what is past its time goes then.
    kit.now = right + YEAR;
    settle(&mut kit);
    kit.later(Span::hours(13));
    settle(&mut kit);
    kit.later(Span::hours(13));
    let now = kit.now;
    kit.ingest(vec![comment("x", now, "a")]);
    let id = kit.holder("x");
    kit.done("amy", Command::Resolve { ids: vec![id] });
    settle(&mut kit);
    assert!(served(&kit) < had, "{} of {had}", served(&kit));
    kit.check();
}

#[test]
fn the_same_moments_are_due_whatever_zone_the_desk_moves_to() {
    let mut kit = Kit::with(posting());
    let when = NOON + Span::hours(2);
    scheduled(&mut kit, when);
    kit.setup.zone = Some("America/New_York".into());
    kit.restart();
    assert_eq!(state(&kit), SlotState::Scheduled);
    assert_eq!(query::slots(&*kit.store, when, when + HOUR).unwrap().len(), 1);
    kit.now = when;
    settle(&mut kit);
    assert_eq!(state(&kit), SlotState::Publishing);
    // Times of the week are those of the new zone's clocks: 20:00 there is 00:00 or 01:00 UTC.
    let zone = kit.setup.zone.clone();
    let today = query::today(&*kit.store, &kit.setup.cadences, zone.as_deref(), kit.now).unwrap();
    let planned: Vec<_> = today.iter().filter(|s| s.state == SlotState::Empty).collect();
    assert_eq!(planned.len(), 1);
    assert_eq!(planned[0].at, NOON + Span::hours(13));
    kit.check();
}

#[test]
fn a_month_of_the_archive_is_deleted_only_by_a_clock_that_has_stood_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = crate::archive::desk(folder.path());
    let forget = || Job::Archive(ArchiveJob::Forget("2025-03".parse().unwrap()));
    crate::archive::resolved(&mut kit, "1");
    assert_eq!(crate::archive::archive_all(&mut kit), 1);
    kit.later(YEAR);
    assert!(matches!(kit.one(forget()), JobResult::Refused(Refusal::Archive(_))));
    for _ in 0..2 {
        kit.later(Span::hours(13));
        settle(&mut kit);
    }
    assert!(matches!(kit.one(forget()), JobResult::Archived(_)));
}
