//! Whatever a client that was let in may say to the desk: commands, events, drafts and questions as they
//! come over the wire, while the clock runs on, jumps, and connectors answer. Nothing of it may stop the
//! writer, and everything derived must agree with what it was derived from.

use super::given::Given;
use super::stand::{Stand, operator};
use dutydesk::daemon::desk::{Desk, Job, Step, query, verify};
use dutydesk::domain::outbox::Outcome;
use dutydesk::domain::{Guard, SessionId, Span};
use dutydesk::wire::message::{Ask, ToDaemon};

/// The most steps of a run.
const STEPS: usize = 40;

pub fn run(bytes: &[u8]) {
    let mut given = Given(bytes);
    let mut stand = Stand::empty();
    for _ in 0..STEPS {
        if given.is_over() {
            break;
        }
        step(&mut stand, &mut given);
    }
    stand.job(Job::Elapse);
    stand.desk = Desk::open(stand.store.clone(), stand.setup.clone(), stand.now).expect("it opens");
    let report = verify(&*stand.store, &stand.setup).expect("it can be looked over");
    assert!(report.is_clean(), "{:#?}", report.problems);
}

fn step(stand: &mut Stand, given: &mut Given<'_>) {
    let what = given.byte();
    let who = if what & 1 == 0 { "amy" } else { "bo" };
    match (what >> 1) % 8 {
        0..=3 => {
            let length = usize::from(given.short()).min(given.0.len());
            let (frame, rest) = given.0.split_at(length);
            given.0 = rest;
            match rmp_serde::from_slice(frame) {
                // What ends the daemon, or writes files of the desk, is no affair of the desk core.
                Ok(ToDaemon::Ask { ask, .. }) => drop(stand.ask(who, ask)),
                Ok(ToDaemon::Window { queue, window: Some(spec) }) => {
                    let me = operator(who);
                    let _ = query::window(&*stand.store, &spec, queue, &me, stand.now);
                }
                Ok(ToDaemon::Viewing { id: Some(id), .. }) => drop(stand.ask(who, Ask::Show(id))),
                _ => {}
            }
        }
        4 => {
            // Forward and back, from a minute to years.
            let by = i64::from(given.short().cast_signed());
            let unit = *given.one(&[60_000, 3_600_000, 86_400_000]);
            stand.now = stand.now + Span(by * unit / 32);
        }
        5 => drop(stand.job(Job::Elapse)),
        6 => {
            let channel = stand.setup.channels[given.below(stand.setup.channels.len())].id.clone();
            let Ok(rows) = query::outbox(&*stand.store, &channel, 50) else { return };
            let Some(row) = rows.get(given.below(rows.len())) else { return };
            let why = || "why".to_owned();
            let to = match given.byte() % 5 {
                0 => Outcome::Done { platform_id: Some(given.text(8)), url: None, at: None },
                1 => Outcome::Done { platform_id: None, url: None, at: Some(stand.now) },
                2 => Outcome::NotYet { not_before: stand.now + Span::minutes(3), why: why() },
                3 => Outcome::Failed { why: why() },
                _ => Outcome::Unknown { why: why() },
            };
            let guard = *given.one(&[Guard::Key, Guard::Lookup, Guard::None]);
            let place = row.place.clone();
            stand.job(Job::Outgoing { place: place.clone(), step: Step::Attempt });
            stand.job(Job::Outgoing { place, step: Step::Came { to, guard } });
        }
        _ => match given.byte() % 4 {
            0 => {
                let session = SessionId(u64::from(given.short()));
                stand.job(Job::SessionEnded { session, operator: operator(who) });
            }
            1 => drop(stand.job(Job::Idle { session: SessionId(u64::from(given.short())) })),
            2 => drop(stand.job(Job::ReleaseClaims { sessions_alive: Vec::new() })),
            _ => {
                let opened = Desk::open(stand.store.clone(), stand.setup.clone(), stand.now);
                stand.desk = opened.expect("it opens");
            }
        },
    }
}
