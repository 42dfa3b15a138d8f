//! One client's connection: the handshake, its questions, and the pushes it gets.

use super::answers;
use super::archive;
use super::channels::Channels;
use super::desk::{Arrival, Caller, Job, JobResult, MOST_HOST, query};
use super::drafting;
use super::erasing;
use super::hub::{Hub, News, ended};
use super::identity::{self, Identity};
use super::log;
use super::masked;
use super::operators;
use super::orders::{Orders, Reply};
use super::policies;
use super::pushes::Pushes;
use super::rights;
use super::writer::now;
use crate::domain::erasure::Copy;
use crate::domain::role::Role;
use crate::domain::{Refusal, SessionId};
use crate::text::Shown;
use crate::wire::VERSION;
use crate::wire::erase::EraseAsk;
use crate::wire::frame::{self, FrameError, Frames};
use crate::wire::message::{Answer, Ask, ClientKind, ToClient, ToDaemon, Turned, Welcome};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// How long a client may take to say hello. Tests do not wait so long for nothing.
const HELLO: Duration = Duration::from_millis(if cfg!(test) { 500 } else { 5_000 });
/// How long a client may take nothing of what is sent to it.
const STALLED: Duration = Duration::from_millis(if cfg!(test) { 500 } else { 30_000 });
/// How long the last answers may take when the daemon ends.
const GOODBYE: Duration = Duration::from_secs(2);
/// The most questions of one client under way.
const MOST_OPEN: usize = 32;
/// Nothing more is read from a client while this many bytes wait to be written to it.
const MOST_OUT: usize = 256 << 10;

/// Bytes on their way out.
#[derive(Default)]
pub struct Out {
    bytes: Vec<u8>,
    start: usize,
    /// Since when the client has taken nothing of it.
    since: Option<Instant>,
}

impl Out {
    fn is_empty(&self) -> bool {
        self.start == self.bytes.len()
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.since.get_or_insert_with(Instant::now);
    }

    fn written(&mut self, n: usize) {
        self.start += n;
        self.since = if self.is_empty() {
            self.bytes.clear();
            self.bytes.shrink_to(MOST_OUT);
            self.start = 0;
            None
        } else {
            Some(Instant::now())
        };
    }
}

/// Serves one connection until it ends.
pub async fn serve(hub: Arc<Hub>, orders: Orders, channels: Arc<Channels>, mut stream: UnixStream) {
    let mut frames = Frames::new();
    let Some((who, hello)) = greet(&hub, &mut stream, &mut frames).await else { return };
    let Some(session) = hub.join(&who, hello.kind, hello.resume) else {
        turn_away(&mut stream, Turned::Full).await;
        return;
    };
    let name = &who.operator;
    // Verbs come and go by the thousand; the log is for those who stay.
    let stays = hello.kind != ClientKind::Verb;
    if stays {
        tracing::info!(session = session.0, uid = who.uid, kind = ?hello.kind, "{name} attached");
    }
    let mut running = Running {
        pushes: Pushes::new(hub.clone(), who.clone(), hello.kind, session),
        hub: hub.clone(),
        orders: orders.clone(),
        channels,
        groups: rights::groups_of(who.uid),
        who: who.clone(),
        kind: hello.kind,
        session,
        out: Out::default(),
        open: 0,
        idle_at: None,
        stop: false,
        leaving: None,
    };
    came(&hub, &orders, &who, hello.host, session).await;
    let why = running.run(&mut stream, frames).await;
    hub.leave(session);
    let ending = *hub.ending().borrow();
    if hello.kind == ClientKind::Cockpit && !ending {
        // When the daemon itself ends, the cockpit comes back to the next one and goes on.
        let job = Job::SessionEnded { session, operator: who.operator.clone() };
        orders.job(job, Reply::None).await;
    }
    match why {
        Ok(()) if stays => tracing::info!(session = session.0, "{name} left"),
        Err(e) if stays && e.is_gone() => {
            tracing::info!(session = session.0, "{name} left: {e}");
        }
        Ok(()) => {}
        Err(e) if e.is_gone() => {}
        Err(e) => tracing::warn!(session = session.0, "{name} was dropped: {e}"),
    }
    if running.stop {
        hub.keep_to_the_end(stream);
    }
}

/// What a client said at the start.
struct Hello {
    kind: ClientKind,
    resume: Option<SessionId>,
    host: String,
}

/// Lets the writer know who came from where, unless it was told lately.
async fn came(hub: &Hub, orders: &Orders, who: &Identity, host: String, session: SessionId) {
    let host = Shown::bounded(&host, MOST_HOST).to_string();
    if hub.came.is_news(&who.operator, &host, now()) {
        let (operator, declared) = (who.operator.clone(), who.declared);
        let arrival = Arrival { operator, declared, host, session };
        orders.job(Job::Came(Box::new(arrival)), Reply::None).await;
    }
}

/// Hears who comes; turns away who may not.
async fn greet(
    hub: &Hub,
    stream: &mut UnixStream,
    frames: &mut Frames,
) -> Option<(Identity, Hello)> {
    let uid = stream.peer_cred().ok()?.uid();
    let hello = match tokio::time::timeout(HELLO, frames.read_async(stream)).await {
        Ok(Ok(hello)) => hello,
        // What another version says may not even be readable.
        Ok(Err(FrameError::Malformed { .. })) => {
            turn_away(stream, Turned::Version(VERSION)).await;
            return None;
        }
        Ok(Err(e)) => {
            tracing::debug!(uid, "a client left before it said hello: {e}");
            return None;
        }
        Err(_) => {
            tracing::warn!(uid, "a client said nothing for {HELLO:?}");
            return None;
        }
    };
    let turned = match hello {
        ToDaemon::Hello { version, .. } if version != VERSION => Turned::Version(VERSION),
        ToDaemon::Hello { kind, declared, resume, host, .. } => {
            match identity::identify(uid, declared, hub.about.hears_names) {
                Ok(_) if *hub.ending().borrow() => Turned::Ending,
                Ok(who) if rights::role(hub, &who, &rights::groups_of(uid)).is_none() => {
                    Turned::NoRole(who.operator)
                }
                Ok(who) => return Some((who, Hello { kind, resume, host })),
                Err(turned) => turned,
            }
        }
        _ => Turned::NotAllowed("a client says hello first".to_owned()),
    };
    tracing::info!(uid, "a client was turned away: {turned:?}");
    turn_away(stream, turned).await;
    None
}

/// Says why, and ends it.
async fn turn_away(stream: &mut UnixStream, why: Turned) {
    let refused = ToClient::Refused(why);
    let said = frame::write_async(stream, &refused);
    // Who does not listen to the reason gets none.
    let _ = tokio::time::timeout(HELLO, said).await;
    let _ = stream.shutdown().await;
}

/// A session that has been greeted.
struct Running {
    hub: Arc<Hub>,
    orders: Orders,
    channels: Arc<Channels>,
    who: Identity,
    /// The groups their account is in.
    groups: Vec<String>,
    kind: ClientKind,
    session: SessionId,
    pushes: Pushes,
    out: Out,
    /// Questions that the writer has.
    open: usize,
    /// When this session's claims fall idle.
    idle_at: Option<Instant>,
    /// This client asked for the daemon's end.
    stop: bool,
    /// The daemon ends; when this session ends at the latest.
    leaving: Option<Instant>,
}

impl Running {
    async fn run(&mut self, stream: &mut UnixStream, mut frames: Frames) -> Result<(), FrameError> {
        let mut news = self.hub.listen();
        let mut ending = self.hub.ending();
        let (to, mut results) = mpsc::unbounded_channel();
        let (mut reader, mut writer) = stream.split();
        self.tell_role();
        self.welcome()?;
        self.was_used();
        loop {
            if self.out.is_empty() {
                if let Some(bytes) = self.pushes.next(Instant::now()) {
                    self.out.push(&bytes);
                } else if self.leaving.is_some() && self.open == 0 {
                    return Ok(());
                }
            }
            let wake = self.wake_at();
            let timer = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let hears =
                self.leaving.is_none() && self.open < MOST_OPEN && self.out.rest().len() < MOST_OUT;
            tokio::select! {
                biased;
                n = writer.write(self.out.rest()), if !self.out.is_empty() => {
                    self.out.written(n?);
                }
                said = frames.read_async(&mut reader), if hears => self.hear(said?, &to).await?,
                Some((number, result)) = results.recv() => {
                    self.open -= 1;
                    self.answer(number, answers::of(result))?;
                }
                heard = news.recv() => match heard {
                    Ok(news) => self.news(&news)?,
                    Err(RecvError::Lagged(_)) => self.news(&News::All)?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                () = ended(&mut ending), if self.leaving.is_none() => {
                    self.leaving = Some(Instant::now() + GOODBYE);
                }
                () = timer => self.time_came().await?,
            }
        }
    }

    /// When something has to be done without being asked.
    fn wake_at(&self) -> Option<Instant> {
        let push = if self.out.is_empty() { self.pushes.at() } else { None };
        let stalled = self.out.since.map(|since| since + STALLED);
        [push, stalled, self.idle_at, self.leaving].into_iter().flatten().min()
    }

    /// Does what the time asks for.
    async fn time_came(&mut self) -> Result<(), FrameError> {
        let here = Instant::now();
        let timed_out =
            |what: String| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, what).into());
        if self.out.since.is_some_and(|since| since + STALLED <= here) {
            return timed_out(format!("it took nothing for {STALLED:?}"));
        }
        if self.leaving.is_some_and(|at| at <= here) {
            return timed_out("the daemon ends".to_owned());
        }
        if self.idle_at.is_some_and(|at| at <= here) {
            self.idle_at = None;
            self.orders.job(Job::Idle { session: self.session }, Reply::None).await;
        }
        Ok(())
    }

    /// Greets the client.
    fn welcome(&mut self) -> Result<(), FrameError> {
        let cockpit = self.kind == ClientKind::Cockpit;
        let me = &self.who.operator;
        let about = &self.hub.about;
        let found = blocking(|| {
            self.hub.reads.with(|store| {
                let since = if cockpit { query::since_left(store, me)? } else { None };
                Ok((query::channels(store)?, since, query::operators(store)?))
            })
        });
        let (seen, since, operators) = found.unwrap_or_else(|e| {
            tracing::error!("a greeting without channels and handover: {e:?}");
            (Vec::new(), None, Vec::new())
        });
        let mut channels = self.hub.configured().0;
        let known: Vec<_> = channels.iter().map(|c| c.id.clone()).collect();
        channels.extend(seen.into_iter().filter(|c| !known.contains(&c.id)));
        let welcome = Welcome {
            session: self.session,
            operator: self.who.operator.clone(),
            declared: self.who.declared,
            desk: about.name.clone(),
            demo: about.setup.demo,
            zone: about.setup.zone.clone(),
            channels,
            lint: Box::new(self.hub.rules().lint.clone()),
            since,
            operators,
        };
        self.out.push(&frame::encode(&ToClient::Welcome(welcome))?);
        Ok(())
    }

    /// The operator did something: claims are not idle.
    fn was_used(&mut self) {
        if self.kind == ClientKind::Cockpit {
            let idle = u64::try_from(self.hub.about.setup.claim_idle.0).unwrap_or(0);
            self.idle_at = Some(Instant::now() + Duration::from_millis(idle));
        }
    }

    /// Takes a client's message in.
    async fn hear(
        &mut self,
        said: ToDaemon,
        to: &mpsc::UnboundedSender<(u64, JobResult)>,
    ) -> Result<(), FrameError> {
        match said {
            ToDaemon::Hello { .. } => {
                return Err(FrameError::Malformed {
                    what: "question",
                    len: 0,
                    why: "a second hello".to_owned(),
                });
            }
            ToDaemon::Ask { number, ask } => {
                let reply = Reply::To { number, to: to.clone() };
                return self.ask(number, ask, reply).await;
            }
            ToDaemon::Window { queue, window } => self.pushes.open(queue, window),
            ToDaemon::Viewing { id, replying } => {
                self.pushes.view(id, replying);
                if self.kind == ClientKind::Cockpit {
                    self.hub.used(self.session, Some((id, replying)));
                    self.was_used();
                }
            }
            ToDaemon::WatchChannels(on) => self.pushes.watch_channels(on),
            ToDaemon::WatchCalendar(days) => self.pushes.watch_calendar(days),
            ToDaemon::WatchBoard(channel) => self.pushes.watch_board(channel),
            ToDaemon::Active => {
                self.hub.used(self.session, None);
                self.was_used();
            }
        }
        Ok(())
    }

    async fn ask(&mut self, number: u64, ask: Ask, reply: Reply) -> Result<(), FrameError> {
        let (by, hub) = (self.caller(), self.hub.clone());
        let role = self.role().unwrap_or(Role::Viewer);
        if let Err(why) = rights::check(&ask, &self.hub.rules().roles, role, self.owns()) {
            tracing::debug!(session = self.session.0, "may not ask {}", log::variant(&ask));
            return self.answer(number, Answer::Refused(why));
        }
        tracing::debug!(session = self.session.0, "asks {}", log::variant(&ask));
        match ask {
            Ask::Do(command) => {
                if self.kind == ClientKind::Cockpit {
                    hub.used(self.session, None);
                    self.was_used();
                }
                self.job(Job::Do { by, command }, reply).await;
            }
            Ask::Draft { id, text, seen } => {
                self.job(Job::Draft { by, id, text, seen }, reply).await;
            }
            Ask::Ingest { events, .. } if events.len() > Ask::MOST_EVENTS => {
                let why = Refusal::TooMany { asked: events.len(), limit: Ask::MOST_EVENTS };
                return self.answer(number, Answer::Refused(why));
            }
            Ask::Ingest { cursor, events } => {
                self.job(Job::Ingest { cursor, events }, reply).await;
            }
            Ask::Erase(EraseAsk::Find { channel, person }) => {
                // It may read the whole desk; the session goes on meanwhile.
                self.open += 1;
                tokio::task::spawn_blocking(move || {
                    reply.send(match erasing::find(&hub, &channel, &person) {
                        Ok(found) => JobResult::People(found),
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::Erase(EraseAsk::Begin { channel, person, reference }) => {
                match erasing::asked(channel, *person, reference) {
                    Ok(asked) => self.job(Job::Erase { by, asked }, reply).await,
                    Err(why) => return self.answer(number, Answer::Refused(why)),
                }
            }
            Ask::Erase(EraseAsk::Copied { kind, at, path }) => {
                let copy = Copy { kind, at, path, by: by.operator };
                self.job(Job::Copied(Box::new(copy)), reply).await;
            }
            Ask::Archive(ask) if archive::changes(&ask) => {
                self.open += 1;
                let orders = self.orders.clone();
                tokio::spawn(async move {
                    reply.send(match archive::carry_out(&hub, &orders, by, ask).await {
                        Ok(told) => JobResult::Archive(Box::new(told)),
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::Operator(ask) => {
                self.open += 1;
                let orders = self.orders.clone();
                tokio::spawn(async move {
                    reply.send(match operators::carry_out(&hub, &orders, ask).await {
                        Ok(()) => JobResult::Ok,
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::Restore { lines, last } => {
                self.open += 1;
                self.orders.restore(lines, last, reply).await;
            }
            Ask::Channel(ask) => {
                // A test takes as long as the platform does; the session goes on meanwhile.
                self.open += 1;
                let channels = self.channels.clone();
                tokio::spawn(async move {
                    reply.send(match channels.ask(ask).await {
                        Ok(said) => JobResult::Said(said),
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::Suggest(id) => {
                self.open += 1;
                let me = self.who.operator.clone();
                tokio::spawn(async move {
                    reply.send(match drafting::suggest(&hub, id, &me).await {
                        Ok(texts) => JobResult::Suggested(texts),
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::ReloadPolicies => {
                self.open += 1;
                let orders = self.orders.clone();
                tokio::spawn(async move {
                    reply.send(match policies::reload(&hub, &orders, hub.about.lang).await {
                        Ok((policies, changed)) => {
                            let policies = u32::try_from(policies).unwrap_or(u32::MAX);
                            JobResult::Reloaded(policies, changed)
                        }
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::PreviewPolicies { name, text } => {
                // It reads the whole desk; the session goes on meanwhile.
                self.open += 1;
                tokio::task::spawn_blocking(move || {
                    let would = policies::preview(&hub, &name, &text, now(), hub.about.lang);
                    reply.send(match would {
                        Ok(preview) => JobResult::Previewed(Box::new(preview)),
                        Err(why) => JobResult::Refused(why),
                    });
                });
            }
            Ask::Stop => {
                tracing::info!("{} stops the daemon", self.who.operator);
                self.stop = true;
                self.answer(number, Answer::Ok)?;
                hub.end();
            }
            read => {
                let (session, me) = (self.session, &self.who.operator);
                let mut answer = blocking(|| answers::read(&hub, session, me, read, now()));
                if self.is_masked() {
                    masked::answer(&mut answer);
                }
                return self.answer(number, answer);
            }
        }
        Ok(())
    }

    /// Hands a job to the writer; its answer comes back by itself.
    async fn job(&mut self, job: Job, reply: Reply) {
        self.open += 1;
        self.orders.job(job, reply).await;
    }

    /// Who asks, as the writer wants to know it.
    fn caller(&self) -> Caller {
        let operator = self.who.operator.clone();
        let session = match self.kind {
            ClientKind::Cockpit => Some(self.session),
            ClientKind::Verb | ClientKind::Connector => self.hub.cockpit_of(&operator),
        };
        Caller { operator, declared: self.who.declared, session }
    }

    /// True for the account that owns the desk, and for root, who could do it anyway.
    fn owns(&self) -> bool {
        self.who.uid == self.hub.about.owner || self.who.uid == 0
    }

    /// Sends an answer; one that does not fit in a frame is made smaller or refused.
    fn answer(&mut self, number: u64, answer: Answer) -> Result<(), FrameError> {
        self.out.push(&answers::encode(number, answer)?);
        Ok(())
    }

    /// Takes news in. Ends the session of somebody who may not use the desk any more.
    fn news(&mut self, news: &News) -> Result<(), FrameError> {
        if matches!(news, News::Roles | News::All) {
            if self.role().is_none() {
                tracing::info!(session = self.session.0, "{} was removed", self.who.operator);
                let why = "they may not use the desk any more";
                return Err(std::io::Error::new(ErrorKind::ConnectionReset, why).into());
            }
            self.tell_role();
        }
        self.pushes.news(news);
        Ok(())
    }

    /// What they may do; `None` = they may not use the desk any more.
    fn role(&self) -> Option<Role> {
        rights::role(&self.hub, &self.who, &self.groups)
    }

    /// What is pushed depends on their role.
    fn tell_role(&mut self) {
        self.pushes.set_masked(self.is_masked());
        self.pushes.set_leads(self.role().is_some_and(|role| role >= Role::Lead));
    }

    /// Whether personal data is masked for them.
    fn is_masked(&self) -> bool {
        self.role().is_none_or(|role| self.hub.rules().roles.masks(role))
    }
}

/// Reads from the store: short, but not without waiting, so the other tasks of this thread move on.
pub fn blocking<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}
