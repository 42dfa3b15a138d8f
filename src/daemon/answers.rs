//! Answers to the questions that only read.

use super::archive;
use super::desk::{JobResult, erase, query};
use super::erasing;
use super::hub::Hub;
use super::operators;
use super::search::search;
use super::space;
use super::writer::now;
use crate::config;
use crate::domain::figure::board::{At, Stand};
use crate::domain::figure::line::Line;
use crate::domain::filter::Filter;
use crate::domain::forecast::{MOST_HOURS, Outlook};
use crate::domain::lint::Place;
use crate::domain::order::StateKind;
use crate::domain::policy::Policies;
use crate::domain::report::Report;
use crate::domain::sla::explain::explain;
use crate::domain::{
    Channel, ChannelId, Conversation, ConversationId, OperatorName, PostId, Refusal, SavedView,
    SessionId, Time, post,
};
use crate::store::{Store, keys, records};
use crate::wire::channel::View;
use crate::wire::erase::EraseAnswer;
use crate::wire::figure::{ChannelBoard, LineOf, ReportOf};
use crate::wire::frame::{self, FrameError};
use crate::wire::message::{Answer, Ask, Detail, Status, ToClient};
use crate::wire::post::{Calendar, Check, Days, PostView};
use crate::wire::work::Macros;
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// The most rows in a page of a list.
const MOST_ROWS: usize = 500;
/// The most journal entries in an answer.
const MOST_ENTRIES: usize = 200;

/// What the writer made of a job, as an answer.
pub fn of(result: JobResult) -> Answer {
    match result {
        JobResult::Done(done) => Answer::Done(done),
        JobResult::Ingested(ingested) => Answer::Ingested(ingested),
        JobResult::Ok => Answer::Ok,
        JobResult::Said(what) => Answer::Channel(what),
        JobResult::Suggested(texts) => Answer::Suggested(texts),
        JobResult::Previewed(preview) => Answer::Previewed(preview),
        JobResult::Reloaded(rules, changed) => Answer::Reloaded(rules, changed),
        JobResult::People(found) => Answer::Erase(EraseAnswer::Found(found)),
        JobResult::Erasing(number) => Answer::Erase(EraseAnswer::Begun(number)),
        JobResult::Archived(_) => Answer::Ok,
        JobResult::Archive(told) => Answer::Archive(told),
        JobResult::Refused(why) => Answer::Refused(why),
    }
}

/// Answers a question that only reads. Blocks for as long as the store needs.
pub fn read(hub: &Hub, session: SessionId, me: &OperatorName, ask: Ask, now: Time) -> Answer {
    let answer = match ask {
        Ask::Status => Ok(Answer::Status(Box::new(status(hub)))),
        Ask::Macros => Ok(Answer::Macros(macros(hub))),
        Ask::Channels => channels(hub).map(Answer::Channels),
        Ask::Operators => operators::list(hub).map(|list| Answer::Operators(Box::new(list))),
        Ask::Calendar(days) => calendar(hub, days, now).map(|c| Answer::Calendar(Box::new(c))),
        Ask::Post(id) => post_view(hub, id).map(|view| Answer::Post(view.map(Box::new))),
        Ask::Posts { channel, states, before } => {
            let posts = |store: &dyn Store| {
                query::posts(store, channel.as_ref(), &states, before, Ask::POSTS)
            };
            hub.reads.with(posts).map(|(posts, more)| Answer::Posts(posts, more))
        }
        Ask::Best { channel, metric, eval } => hub
            .reads
            .with(|store| query::best(store, zone(hub), channel, metric, eval))
            .map(|best| Answer::Best(Box::new(best))),
        Ask::Expected(of) => {
            hub.reads.with(|store| query::expected(store, zone(hub), &of)).map(Answer::Expected)
        }
        Ask::Book => Ok(Answer::Book(Box::new(hub.rules().figures.clone()))),
        Ask::Board(channel) => board(hub, &channel, now).map(Answer::Board),
        Ask::Line(of) => line(hub, &of, now).map(Answer::Line),
        Ask::Report(of) => report(hub, &of, now).map(|report| Answer::Report(Box::new(report))),
        Ask::Archive(ask) => {
            archive::read(hub, me, ask, now).map(|told| Answer::Archive(Box::new(told)))
        }
        Ask::Search { query, after, limit } => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            search(hub, me, &query, after, limit, now).map(|found| Answer::Found(Box::new(found)))
        }
        Ask::Views => views(hub).map(Answer::Views),
        Ask::Service { by, period, outside } => {
            let asked = query::ServiceAsked { by, period, outside };
            let (open, rules) = (open_now(hub), hub.rules());
            hub.reads
                .with(|store| query::service(store, now, zone(hub), asked, open, &rules.policies))
                .map(|report| Answer::Service(Box::new(report)))
        }
        Ask::Forecast { hours, operators } => {
            let hours = usize::from(hours).clamp(1, MOST_HOURS);
            outlook(hub, now, hours, operators).map(Answer::Forecast)
        }
        Ask::Responses => {
            let (all, wrong) = hub.responses();
            Ok(Answer::Responses(all, wrong))
        }
        Ask::Erase(_) => erasing::certificates(hub)
            .map(|all| Answer::Erase(EraseAnswer::Certificates(Box::new(all)))),
        Ask::Export { after } => hub
            .reads
            .export(session, after.as_deref())
            .map(|(lines, next)| Answer::Exported(lines, next)),
        Ask::Explain(id) => {
            let rules = hub.rules();
            hub.reads.with(|store| explained(store, id, &rules.policies, now))
        }
        ask => hub.reads.with(|store| from_store(store, me, ask, now)),
    };
    answer.unwrap_or_else(Answer::Refused)
}

fn from_store(
    store: &dyn Store,
    me: &OperatorName,
    ask: Ask,
    now: Time,
) -> Result<Answer, Refusal> {
    Ok(match ask {
        Ask::Show(id) => match query::detail(store, id, me)? {
            Some(detail) => Answer::Shown(Box::new(detail)),
            None => Answer::Refused(Refusal::NoSuchConversation(id)),
        },
        Ask::List { queue, filter, after, limit } => {
            let filter = Filter::parse(&filter, me)?;
            let limit = usize::try_from(limit).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS);
            let (rows, next) = query::list(store, queue, &filter, after, limit, now)?;
            Answer::Listed(rows, next)
        }
        Ask::Past(whom) => Answer::Past(Box::new(query::past(store, &whom)?)),
        Ask::Corrections { after } => {
            Answer::Corrections(query::corrections(store, after, Ask::CORRECTIONS)?)
        }
        Ask::Assets => Answer::Assets(query::assets(store)?),
        Ask::Histories => Answer::Histories(query::histories(store)?),
        Ask::Topics => Answer::Topics(query::topics(store, now)?),
        Ask::Figures => Answer::Figures(query::figures(store)?),
        Ask::Series { figure, grain, from, to } => {
            Answer::Series(query::series(store, &figure, grain, (from, to))?)
        }
        Ask::Alerts { all } => Answer::Alerts(query::alerts_now(store, all, now)?),
        Ask::TopPosts(asked) => Answer::TopPosts(query::top_posts(store, &asked)?),
        Ask::Feedback { from, to } => Answer::Feedback(query::feedback(store, from, to)?),
        Ask::Cursor(channel) => Answer::Cursor(query::cursor(store, &channel)?),
        Ask::Journal { from } => Answer::Journal(query::journal(store, from, MOST_ENTRIES)?),
        // The session carries these out itself.
        Ask::Do(_)
        | Ask::Ingest { .. }
        | Ask::Channels
        | Ask::Operators
        | Ask::Operator(_)
        | Ask::Erase(_)
        | Ask::Macros
        | Ask::Responses
        | Ask::Channel(_)
        | Ask::Suggest(_)
        | Ask::Explain(_)
        | Ask::PreviewPolicies { .. }
        | Ask::ReloadPolicies
        | Ask::Search { .. }
        | Ask::Archive(_)
        | Ask::Views
        | Ask::Status
        | Ask::Service { .. }
        | Ask::Forecast { .. }
        | Ask::Calendar(_)
        | Ask::Book
        | Ask::Board(_)
        | Ask::Line(_)
        | Ask::Report(_)
        | Ask::Post(_)
        | Ask::Best { .. }
        | Ask::Expected(_)
        | Ask::Posts { .. }
        | Ask::Stop
        | Ask::Draft { .. }
        | Ask::Export { .. }
        | Ask::Restore { .. } => Answer::Ok,
    })
}

/// Days of the calendar.
///
/// # Errors
/// When the store cannot be read.
pub fn calendar(hub: &Hub, days: Days, now: Time) -> Result<Calendar, Refusal> {
    let cadences = hub.configured().1;
    hub.reads.with(|store| query::calendar(store, &cadences, zone(hub), days, now))
}

/// How a channel's figures and rates stand.
///
/// # Errors
/// When the store cannot be read.
pub fn board(hub: &Hub, channel: &ChannelId, now: Time) -> Result<Vec<Stand>, Refusal> {
    let rules = hub.rules();
    let known = channels_known(hub)?;
    let platform = known.iter().find(|c| c.id == *channel).map_or("", |c| c.platform.as_str());
    hub.reads.with(|store| query::board(store, &rules.figures, (channel, platform), zone(hub), now))
}

/// How the figures of a channel stand that a cockpit watches; of none, those of the first channel that
/// has some.
///
/// # Errors
/// When the store cannot be read.
pub fn watched(hub: &Hub, watched: Option<&ChannelId>, now: Time) -> Result<ChannelBoard, Refusal> {
    let told: BTreeSet<ChannelId> =
        hub.reads.with(|store| query::channels_told(store))?.into_iter().collect();
    let known = channels_known(hub)?;
    let mut channels: Vec<ChannelId> =
        known.into_iter().map(|c| c.id).filter(|id| told.contains(id)).collect();
    let others = told.iter().filter(|id| !channels.contains(id)).cloned();
    channels.extend(others.collect::<Vec<_>>());
    let channel = watched.or(channels.first()).cloned();
    let stands = match &channel {
        Some(channel) => board(hub, channel, now)?,
        None => Vec::new(),
    };
    Ok(ChannelBoard { channel, channels, stands })
}

/// A figure or rate over a time.
fn line(hub: &Hub, of: &LineOf, now: Time) -> Result<Line, Refusal> {
    let rules = hub.rules();
    let at = At {
        book: &rules.figures,
        channel: &of.figure.channel.0,
        // Whoever asks for a rate has seen that it is there.
        platform: "",
        now,
        zone: zone(hub),
    };
    hub.reads.with(|store| query::line(store, &at, of))
}

/// What a day, a week or a month came to.
fn report(hub: &Hub, of: &ReportOf, now: Time) -> Result<Report, Refusal> {
    let (rules, channels) = (hub.rules(), channels_known(hub)?);
    let cadences = hub.configured().1;
    let desk = query::Desk {
        book: &rules.figures,
        policies: &rules.policies,
        channels: &channels,
        cadences: &cadences,
        open: open_now(hub),
    };
    hub.reads.with(|store| query::report(store, &desk, of, now))
}

/// A post with what its variants say, and what is to be looked at in them.
fn post_view(hub: &Hub, id: PostId) -> Result<Option<PostView>, Refusal> {
    let found = hub.reads.with(|store| query::post(store, id))?;
    let Some((post, contents)) = found else { return Ok(None) };
    let (channels, posting, linter) = (channels_known(hub)?, hub.posting(), hub.linter());
    let mut view = PostView { checks: Vec::new(), rules: Vec::new(), post, contents };
    for (v, content) in view.post.variants.iter().zip(&view.contents) {
        let known = channels.iter().find(|c| c.id == v.channel);
        let place = Place {
            platform: known.map(|c| c.platform.as_str()).unwrap_or_default(),
            channel: &v.channel.0,
            queue: None,
            proven: !content.proofs.is_empty(),
        };
        let mut checks: Vec<Check> =
            linter.lint(&content.text, &place).into_iter().map(Check::Lint).collect();
        if let Some(channel) = known {
            let can = hub.about.setup.can.of(&v.channel);
            checks.extend(post::check(content, channel, can.as_ref()));
        }
        view.checks.push(checks);
        view.rules.push(posting.get(&v.channel).cloned().unwrap_or_default());
    }
    Ok(Some(view))
}

/// The configured channels, then those that came with an event.
fn channels_known(hub: &Hub) -> Result<Vec<Channel>, Refusal> {
    let mut channels = hub.configured().0;
    let seen = hub.reads.with(|store| query::channels(store))?;
    let new = |c: &Channel| channels.iter().all(|known| known.id != c.id);
    let seen: Vec<Channel> = seen.into_iter().filter(new).collect();
    channels.extend(seen);
    Ok(channels)
}

/// How a conversation's deadlines came about.
fn explained(
    store: &dyn Store,
    id: ConversationId,
    policies: &Policies,
    now: Time,
) -> Result<Answer, Refusal> {
    let c: Option<Conversation> =
        records::get(store, &keys::conversation(id)).map_err(|e| Refusal::Store(e.what))?;
    let c = match c {
        Some(c) => c,
        None => query::archived(store, id)?.ok_or(Refusal::NoSuchConversation(id))?.conversation,
    };
    Ok(Answer::Explained(Box::new(explain(&c, policies, now))))
}

fn zone(hub: &Hub) -> chrono_tz::Tz {
    let zone = hub.about.setup.zone.as_deref().and_then(|name| name.parse().ok());
    zone.unwrap_or(chrono_tz::Tz::UTC)
}

fn open_now(hub: &Hub) -> u64 {
    let counts = hub.desk_state().counts;
    counts.iter().filter(|(_, state, _)| *state == StateKind::Open).map(|(_, _, n)| n).sum()
}

/// The breach forecast, with those who are on unless a number of operators is given.
///
/// # Errors
/// When the store cannot be read.
pub fn outlook(
    hub: &Hub,
    now: Time,
    hours: usize,
    operators: Option<u32>,
) -> Result<Outlook, Refusal> {
    let desk = hub.desk_state();
    let late = desk.late.iter().map(|(_, n)| n).sum();
    let mut on: Vec<&OperatorName> = desk.people.iter().map(|p| &p.operator).collect();
    on.dedup();
    let on = operators.unwrap_or(u32::try_from(on.len()).unwrap_or(u32::MAX)).min(10_000);
    hub.reads.with(|store| query::outlook(store, now, zone(hub), late, on, hours))
}

/// The macros as their file says them now; with a mistake in it, as they were before.
fn macros(hub: &Hub) -> Macros {
    let about = &hub.about;
    let read = crate::config::load_macros(&about.folder);
    // A list is whole after each of its operations.
    let mut kept = about.macros.lock().unwrap_or_else(PoisonError::into_inner);
    let wrong = match read {
        Ok(macros) => {
            *kept = macros;
            None
        }
        Err(e) => Some(e.to_string()),
    };
    Macros { macros: kept.clone(), wrong, tags: about.feedback.clone() }
}

/// How every channel is: the configured ones, then those that came with an event.
///
/// # Errors
/// When the store cannot be read.
pub fn channels(hub: &Hub) -> Result<Vec<View>, Refusal> {
    let mut channels = hub.configured().0;
    hub.reads.with(|store| {
        let seen = query::channels(store)?;
        let new = |c: &Channel| channels.iter().all(|known| known.id != c.id);
        let seen: Vec<Channel> = seen.into_iter().filter(new).collect();
        channels.extend(seen);
        let mut views = hub.board.views(channels, &hub.rules().roles.removed, now());
        for view in &mut views {
            view.figures = query::account_figures(store, &view.channel.id)?;
            (view.waiting, view.unconfirmed) = query::waiting(store, &view.channel.id)?;
        }
        Ok(views)
    })
}

/// The desk's views, as its file says now.
fn views(hub: &Hub) -> Result<Vec<SavedView>, Refusal> {
    config::desk_views(&hub.about.folder)
        .map_err(|e| Refusal::Views(e.say(hub.about.lang).to_string()))
}

/// How the daemon is.
fn status(hub: &Hub) -> Status {
    let revision = hub.reads.with(|store| Ok(store.revision()));
    let backup =
        hub.reads.with(|store| erase::last_backup(store).map_err(|e| Refusal::Store(e.what)));
    Status {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        started: hub.about.started,
        folder: hub.about.folder.display().to_string(),
        cockpits: u32::try_from(hub.cockpits().len()).unwrap_or(u32::MAX),
        revision: revision.unwrap_or_default(),
        disk: space::size(&hub.about.folder.join("db")),
        // A figure that cannot be read now is left out.
        backup: backup.unwrap_or_default(),
        desk: hub.desk_state(),
    }
}

/// An answer as bytes. One that is too long for a frame is made shorter where that can be said
/// in it, and refused otherwise.
///
/// # Errors
/// When not even the refusal can be written.
pub fn encode(number: u64, mut answer: Answer) -> Result<Vec<u8>, FrameError> {
    if let Answer::Shown(detail) = &mut answer {
        fit(detail);
    }
    match frame::encode(&ToClient::Answer { number, answer: Box::new(answer) }) {
        Err(e @ (FrameError::TooLong { .. } | FrameError::Unwritable { .. })) => {
            tracing::error!("an answer was not sent: {e}");
            let refused = Answer::Refused(Refusal::Store(e.to_string()));
            frame::encode(&ToClient::Answer { number, answer: Box::new(refused) })
        }
        bytes => bytes,
    }
}

/// Leaves out the oldest messages of a thread until what is left fits well into a frame.
pub fn fit(detail: &mut Detail) {
    let mut bytes = 0;
    // What stands around a text is small and bounded; this is generous.
    let around = 8 << 10;
    let keep = detail.messages.iter().rev().take_while(|(_, m)| {
        bytes += m.text.len() + around;
        bytes <= frame::MAX_BODY
    });
    let out = detail.messages.len() - keep.count();
    detail.messages.drain(..out);
    detail.older = detail.older.saturating_add(u32::try_from(out).unwrap_or(u32::MAX));
}
