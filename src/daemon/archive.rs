//! The archive as clients ask for it, and what the desk does by itself at night by its retention.
//!
//! A run is made of small jobs of the one writer, with everybody else's between them.

use super::desk::{ArchiveDone, ArchiveJob, Caller, Job, JobResult, candidates, query};
use super::hub::Hub;
use super::orders::{Orders, Reply};
use super::search;
use super::session::blocking;
use super::writer::now;
use crate::domain::archive::{Month, Retention, Stays, Step};
use crate::domain::journal::ArchiveVerb;
use crate::domain::{ConversationId, OperatorName, Refusal, Span, Time};
use crate::store::{Store, StoreError, archive};
use crate::wire::archive::{ArchiveAnswer, ArchiveAsk, ArchivedRow};
use chrono::{NaiveTime, Timelike};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The most conversations that are brought back with one question.
const MOST_BACK: usize = 100;
/// The most rows in an answer.
const MOST_ROWS: u32 = 200;
/// How long one part of a run that a client asks for may take.
const PART: Duration = Duration::from_millis(700);
/// Between two jobs at night: the desk has time.
const REST: Duration = Duration::from_millis(20);
/// How long to wait while an export goes on: what changes under it is kept for it, up to a bound, and what it
/// still reads cannot be deleted.
const EXPORTING: Duration = Duration::from_millis(500);
/// The longest sleep towards the night, so that a clock that was set is noticed.
const LONGEST_SLEEP: Span = Span::hours(1);
/// The hours of the desk's zone at which it looks after its archive.
const NIGHT: std::ops::Range<u32> = 3..6;

/// Whether a question changes something: its answer comes from [`carry_out`].
pub fn changes(ask: &ArchiveAsk) -> bool {
    matches!(ask, ArchiveAsk::Run { dry: false, .. } | ArchiveAsk::BringBack(_))
}

/// Answers what only reads.
///
/// # Errors
/// [`Refusal::Store`], [`Refusal::BadFilter`].
pub fn read(
    hub: &Hub,
    me: &OperatorName,
    ask: ArchiveAsk,
    now: Time,
) -> Result<ArchiveAnswer, Refusal> {
    match ask {
        ArchiveAsk::Run { before, after, .. } => hub
            .reads
            .with(|store| query::would_archive(store, after, before))
            .map(ArchiveAnswer::Ran),
        ArchiveAsk::Months => hub.reads.with(query::archive_months).map(ArchiveAnswer::Months),
        ArchiveAsk::List { month, after, limit } => {
            let limit = usize::try_from(limit.clamp(1, MOST_ROWS)).unwrap_or(1);
            let (found, next) =
                hub.reads.with(|store| query::archived_after(store, month, after, limit))?;
            let rows = found.into_iter().map(|archived| ArchivedRow {
                month: archived.month,
                last: archived.last,
                conversation: archived.conversation,
            });
            Ok(ArchiveAnswer::Listed(rows.collect(), next))
        }
        ArchiveAsk::Search { query, after } => {
            let (finds, next) = search::search_archive(hub, me, &query, after, now)?;
            Ok(ArchiveAnswer::Found(Box::new(finds), next))
        }
        // Carried out by the session.
        ArchiveAsk::BringBack(_) => Ok(ArchiveAnswer::BroughtBack(0)),
    }
}

/// Does what changes something.
///
/// # Errors
/// Why it was not done, or no further.
pub async fn carry_out(
    hub: &Hub,
    orders: &Orders,
    by: Caller,
    ask: ArchiveAsk,
) -> Result<ArchiveAnswer, Refusal> {
    match ask {
        ArchiveAsk::BringBack(ids) if ids.len() > MOST_BACK => {
            Err(Refusal::TooMany { asked: ids.len(), limit: MOST_BACK })
        }
        ArchiveAsk::BringBack(ids) => {
            let done = job(orders, ArchiveJob::Take { by, ids }).await?;
            Ok(ArchiveAnswer::BroughtBack(done.conversations))
        }
        ArchiveAsk::Run { before, after, .. } => {
            let pace = Pace { part: Some(PART), rest: Duration::ZERO };
            let before = before.min(now());
            run(hub, orders, Some(by), (before, after), pace).await.map(ArchiveAnswer::Ran)
        }
        _ => Ok(ArchiveAnswer::BroughtBack(0)),
    }
}

/// How fast a run goes on.
#[derive(Clone, Copy)]
struct Pace {
    /// After so long it stops, to be asked for again.
    part: Option<Duration>,
    /// Between two jobs.
    rest: Duration,
}

/// Archives what nothing has happened in since a moment, behind a conversation.
async fn run(
    hub: &Hub,
    orders: &Orders,
    by: Option<Caller>,
    (before, mut after): (Time, Option<ConversationId>),
    pace: Pace,
) -> Result<Step, Refusal> {
    let begun = Instant::now();
    let (mut all, mut months) = (Step::default(), Vec::new());
    let is_over = || pace.part.is_some_and(|part| begun.elapsed() >= part);
    let ended = loop {
        if hub.reads.exporting() {
            tokio::time::sleep(EXPORTING).await;
            if is_over() {
                // From where it was: before the first one, if need be.
                all.next = after.or(Some(ConversationId(0)));
                break Ok(());
            }
            continue;
        }
        let next = blocking(|| {
            hub.reads.with(|store| candidates(store, after, before, false).map_err(unread))
        });
        let (mut step, ids) = match next {
            Ok(next) => next,
            Err(why) => break Err(why),
        };
        let put = put_all(orders, ids, before, (&mut step, &mut months), pace.rest).await;
        after = step.next;
        all.add(&step);
        if put.is_err() {
            break put;
        }
        if after.is_none() || is_over() {
            break Ok(());
        }
    };
    if all.archived > 0 {
        let verb = ArchiveVerb::Archived;
        months.sort_unstable();
        let note = ArchiveJob::Note { by, verb, conversations: all.archived, months };
        job(orders, note).await?;
    }
    ended.map(|()| all)
}

/// Hands conversations to the writer, as many at a time as it takes.
async fn put_all(
    orders: &Orders,
    mut ids: Vec<ConversationId>,
    before: Time,
    (step, months): (&mut Step, &mut Vec<Month>),
    rest: Duration,
) -> Result<(), Refusal> {
    let mut in_vain = 0;
    while !ids.is_empty() {
        let asked = ids.len();
        let done = job(orders, ArchiveJob::Put { ids, before }).await?;
        step.archived += done.conversations;
        done.stays.iter().for_each(|why| step.stays(*why));
        months.extend(done.months.iter().filter(|m| !months.contains(m)).collect::<Vec<_>>());
        ids = done.again;
        // The first time a month is only written down. One that is being deleted takes nothing.
        in_vain = if ids.len() < asked { 0 } else { in_vain + 1 };
        if in_vain > 2 {
            ids.drain(..).for_each(|_| step.stays(Stays::Recent));
        }
        tokio::time::sleep(rest).await;
    }
    Ok(())
}

/// Has the writer do something, and waits for it.
async fn job(orders: &Orders, job: ArchiveJob) -> Result<ArchiveDone, Refusal> {
    let (to, mut answers) = mpsc::unbounded_channel();
    orders.job(Job::Archive(job), Reply::To { number: 0, to }).await;
    match answers.recv().await {
        Some((_, JobResult::Archived(done))) => Ok(*done),
        Some((_, JobResult::Refused(why))) => Err(why),
        _ => Err(super::orders::ended()),
    }
}

fn unread(why: StoreError) -> Refusal {
    Refusal::Store(why.what)
}

/// Looks after the archive each night, as long as the daemon runs. Nothing to do costs nothing.
pub async fn keep(hub: Arc<Hub>, orders: Orders, retention: Retention) {
    if retention.is_off() {
        return;
    }
    let zone = zone(&hub);
    let mut done: Option<Time> = None;
    loop {
        let here = now();
        match next_night(here, zone, done) {
            Some(at) => {
                let sleep = (at - here).min(LONGEST_SLEEP).max(Span::seconds(1));
                let millis = u64::try_from(sleep.0).unwrap_or(1_000);
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            None => {
                done = Some(here);
                if let Err(why) = night(&hub, &orders, retention, here).await {
                    tracing::warn!("the archive was not looked after: {why:?}");
                }
            }
        }
    }
}

fn zone(hub: &Hub) -> chrono_tz::Tz {
    let zone = hub.about.setup.zone.as_deref().and_then(|name| name.parse().ok());
    zone.unwrap_or(chrono_tz::Tz::UTC)
}

/// When the next night begins that nothing was done in; `None` = it is one now.
fn next_night(now: Time, zone: chrono_tz::Tz, done: Option<Time>) -> Option<Time> {
    let here = now.in_zone(zone);
    let begins = |day: chrono::NaiveDate| {
        let begin = NaiveTime::from_hms_opt(NIGHT.start, 0, 0).unwrap_or_default();
        Time::from_local(day.and_time(begin), zone)
    };
    let today = begins(here.date_naive());
    // By a clock that was set back, what was done lies ahead: then that night was another one.
    let was_done = done.is_some_and(|done| done >= today && done <= now);
    if NIGHT.contains(&here.hour()) && now >= today && !was_done {
        return None;
    }
    if now < today {
        return Some(today);
    }
    let tomorrow = here.date_naive().succ_opt().unwrap_or_default();
    Some(begins(tomorrow))
}

/// What retention asks for, as of now.
///
/// # Errors
/// What stopped it; the next night goes on.
pub async fn night(
    hub: &Hub,
    orders: &Orders,
    retention: Retention,
    now: Time,
) -> Result<(), Refusal> {
    if let Some(after) = retention.archive_after {
        let pace = Pace { part: None, rest: REST };
        let step = run(hub, orders, None, (now - after, None), pace).await?;
        tracing::info!("{} conversations archived, {} looked at", step.archived, step.looked);
    }
    let Some(after) = retention.delete_after else { return Ok(()) };
    let zone = zone(hub);
    let is_over = |month: Month| month.end(zone) + after <= now;
    let volumes = |store: &dyn Store| archive::volumes(store).map_err(unread);
    let volumes = blocking(|| hub.reads.with(volumes))?;
    let (mut months, mut deleted) = (Vec::new(), 0);
    let mut ended = Ok(());
    for (month, volume) in volumes {
        if !is_over(month) && volume.forgotten.is_none() {
            continue;
        }
        match forget(hub, orders, month).await {
            Ok(n) => deleted += n,
            Err(why) => {
                ended = Err(why);
                break;
            }
        }
        months.push(month);
    }
    if !months.is_empty() {
        tracing::info!("{deleted} conversations of {} months deleted", months.len());
        let verb = ArchiveVerb::Deleted;
        job(orders, ArchiveJob::Note { by: None, verb, conversations: deleted, months }).await?;
    }
    ended
}

/// Deletes a month, a part at a time; how many conversations went.
async fn forget(hub: &Hub, orders: &Orders, month: Month) -> Result<u64, Refusal> {
    let mut deleted = 0;
    loop {
        while hub.reads.exporting() {
            tokio::time::sleep(EXPORTING).await;
        }
        let done = job(orders, ArchiveJob::Forget(month)).await?;
        deleted += done.conversations;
        if done.done {
            return Ok(deleted);
        }
        tokio::time::sleep(REST).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, TimeZone};
    use rstest::rstest;

    fn at(day: u32, hour: u32, minute: u32) -> Time {
        let zone = chrono_tz::Asia::Shanghai;
        let day = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        let local = day.and_hms_opt(hour, minute, 0).unwrap();
        Time::from(zone.from_local_datetime(&local).unwrap())
    }

    #[rstest]
    #[case::evening(at(4, 21, 0), None, Some(at(5, 3, 0)))]
    #[case::before_it(at(5, 1, 0), None, Some(at(5, 3, 0)))]
    #[case::within_it(at(5, 4, 30), None, None)]
    #[case::done_already(at(5, 4, 30), Some(at(5, 3, 0)), Some(at(6, 3, 0)))]
    #[case::done_last_night(at(5, 3, 0), Some(at(4, 3, 0)), None)]
    #[case::after_it(at(5, 6, 0), None, Some(at(6, 3, 0)))]
    #[case::the_clock_was_set_back(at(5, 3, 0), Some(at(9, 3, 0)), None)]
    fn it_is_looked_after_once_a_night(
        #[case] now: Time,
        #[case] done: Option<Time>,
        #[case] next: Option<Time>,
    ) {
        assert_eq!(next_night(now, chrono_tz::Asia::Shanghai, done), next);
    }
}
