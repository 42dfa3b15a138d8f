//! One channel at work: its connector's process is kept running, what it brings goes to the writer,
//! what waits in the outbox goes to it.

use self::batches::{BATCH, BATCHES, Batch};
use super::board::Board;
use super::child::{self, Child, Said};
use super::outbound::{Outbound, ROWS, Wants};
use crate::config::{self, DeskPaths, Link, Secrets};
use crate::connect::protocol::{self, FromConnector, Start, ToConnector};
use crate::daemon::desk::{Job, JobResult, Known, query};
use crate::daemon::hub::{Hub, News, ended};
use crate::daemon::log;
use crate::daemon::orders::{Orders, Reply};
use crate::daemon::session::blocking;
use crate::daemon::writer::now;
use crate::domain::{OutKind, Refusal, Subject};
use std::collections::VecDeque;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot, watch};

mod batches;

/// How long to wait before a connector that ended is started again, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// One that ran so long starts anew with the first wait.
const SETTLED: Duration = Duration::from_secs(20);
/// How long a change of the outbox may stay uncounted.
const COUNT: Duration = Duration::from_millis(300);

/// What a runner is told.
pub enum Order {
    /// Sign in and look around; the answer says what was found.
    Test(oneshot::Sender<Result<String, String>>),
}

/// One channel's runner.
pub struct Runner {
    hub: Arc<Hub>,
    orders: Orders,
    board: Arc<Board>,
    can: Known,
    link: Link,
    platform: String,
    folder: PathBuf,
    /// Values that must not be seen in what the connector says.
    secrets: Secrets,
    batches: VecDeque<Batch>,
    /// When the first batch is handed over (again); `None` = it is with the writer.
    hand_over: Option<Instant>,
    outbound: Outbound,
    count_at: Option<Instant>,
    test: Option<oneshot::Sender<Result<String, String>>>,
}

/// Why a connector is served no longer.
enum Over {
    /// The runner is to stop.
    Stop,
    /// The connector ended, or has to.
    Ended(String),
}

impl Runner {
    /// A runner for a channel.
    pub fn new(hub: Arc<Hub>, orders: Orders, link: Link, platform: String) -> Runner {
        let folder = DeskPaths::new(&hub.about.folder).channel_folder(&link.channel.0);
        Runner {
            board: hub.board.clone(),
            can: hub.about.setup.can.clone(),
            outbound: Outbound::new(),
            hub,
            orders,
            link,
            platform,
            folder,
            secrets: Secrets::new(),
            batches: VecDeque::new(),
            hand_over: None,
            count_at: None,
            test: None,
        }
    }

    /// Keeps the connector running until `stop` says so.
    pub async fn run(mut self, mut orders: mpsc::Receiver<Order>, mut stop: watch::Receiver<bool>) {
        let mut wait = AGAIN.0;
        loop {
            let began = Instant::now();
            let why = match self.start().await {
                Ok(mut child) => {
                    let over = self.serve(&mut child, &mut orders, &mut stop).await;
                    let how = child.end().await;
                    if matches!(over, Over::Ended(_)) {
                        for line in child.last_words().await {
                            let line = self.masked(line);
                            self.board.change(&self.link.channel, |s| s.log(now(), &line));
                        }
                    }
                    match over {
                        Over::Stop => break,
                        Over::Ended(why) if why.is_empty() => how,
                        Over::Ended(why) => why,
                    }
                }
                Err(why) => why,
            };
            // What was under way is in doubt: nobody will answer any more.
            self.outbound.interrupted();
            self.batches.clear();
            self.hand_over = None;
            tracing::warn!("{}: the connector ended: {why}", self.link.channel);
            // What it told before it ended says more than how it ended.
            let mut told = None;
            self.board.change(&self.link.channel, |s| {
                s.counts.restarts += 1;
                s.log(now(), &format!("ended: {why}"));
                told = s.blind.as_ref().map(|(_, why)| why.clone());
                s.blind(now(), told.as_ref().unwrap_or(&why));
            });
            let ended_with = told.unwrap_or_else(|| format!("the connector ended: {why}"));
            self.tell_board();
            self.refuse_tests(&mut orders, &ended_with);
            if began.elapsed() > SETTLED {
                wait = AGAIN.0;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = ended(&mut stop) => break,
                // Somebody who mends something does not wait for the next attempt.
                Some(Order::Test(test)) = orders.recv() => self.test = Some(test),
            }
            wait = (wait * 2).min(AGAIN.1);
        }
        self.can.set(&self.link.channel, None);
        self.can.expect(&self.link.channel, false);
    }

    /// Tells those who wait for a test that there will be none.
    fn refuse_tests(&mut self, orders: &mut mpsc::Receiver<Order>, why: &str) {
        let waiting = std::iter::from_fn(|| orders.try_recv().ok().map(|Order::Test(test)| test));
        for test in self.test.take().into_iter().chain(waiting) {
            // Who asked may be gone.
            let _ = test.send(Err(why.to_owned()));
        }
    }

    /// Starts the connector and tells it what it needs.
    async fn start(&mut self) -> Result<Child, String> {
        let channel = &self.link.channel;
        let desk = &self.hub.about.folder;
        DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(&self.folder)
            .map_err(|e| format!("{}: {e}", self.folder.display()))?;
        child::outlive(&self.folder).await;
        self.secrets = config::secrets_of(desk, channel).map_err(|e| e.to_string())?;
        let cursor = blocking(|| self.hub.reads.with(|store| query::cursor(store, channel)));
        let start = Start {
            protocol: protocol::VERSION,
            channel: channel.0.clone(),
            platform: self.platform.clone(),
            settings: self.link.settings.clone(),
            secrets: protocol::Secrets(self.secrets.clone()),
            cursor: cursor.map_err(|e| format!("{e:?}"))?,
            // Another account cannot reach it.
            folder: self.link.user.is_none().then(|| self.folder.display().to_string()),
            now: Some(now()),
        };
        let mut child = Child::start(&self.link, &self.folder).map_err(|e| e.to_string())?;
        if let Some(pid) = child.pid() {
            child::note(&self.folder, pid);
        }
        match child.tell(&ToConnector::Start(start)).await {
            // It has ended already; what it said before that is still heard.
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => return Err(e.to_string()),
            _ => {}
        }
        self.count_at = Some(Instant::now());
        Ok(child)
    }

    async fn serve(
        &mut self,
        child: &mut Child,
        orders: &mut mpsc::Receiver<Order>,
        stop: &mut watch::Receiver<bool>,
    ) -> Over {
        let mut news = self.hub.listen();
        let (to, mut results) = mpsc::unbounded_channel();
        let (mut stopping, mut gone) = (false, false);
        if self.test.is_some() {
            let check = self.outbound.check(now());
            if let Err(e) = child.tell(&check).await {
                return Over::Ended(unheard(&e));
            }
        }
        loop {
            if stopping && self.outbound.is_idle() {
                return Over::Stop;
            }
            let wake = self.wake_at();
            let timer = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                Some((number, result)) = results.recv() => {
                    let told = match number {
                        BATCH => self.batch_taken(child, result).await,
                        _ => self.outbound_answered(child, result).await,
                    };
                    if let Err(why) = told {
                        return Over::Ended(why);
                    }
                }
                said = child.said.recv(), if !gone && self.batches.len() < BATCHES => {
                    match said {
                        Some(Said::End) | None if stopping => {
                            // What it has answered is still written down.
                            gone = true;
                            self.outbound.interrupted();
                        }
                        Some(Said::End) | None => return Over::Ended(String::new()),
                        Some(said) => {
                            if let Err(why) = self.hear(child, said, &to).await {
                                return Over::Ended(why);
                            }
                        }
                    }
                }
                heard = news.recv() => match heard {
                    Ok(News::Committed(group)) if !group.outbox => {}
                    Ok(News::Committed(_) | News::All) | Err(RecvError::Lagged(_)) => {
                        self.outbound.look_again();
                        self.count_at.get_or_insert_with(|| Instant::now() + COUNT);
                    }
                    Ok(_) => {}
                    Err(RecvError::Closed) => return Over::Stop,
                },
                Some(Order::Test(answer)) = orders.recv() => {
                    self.test = Some(answer);
                    let check = self.outbound.check(now());
                    if let Err(e) = child.tell(&check).await {
                        return Over::Ended(unheard(&e));
                    }
                }
                () = ended(stop), if !stopping => {
                    // It brings to its end what is under way; nothing new is begun.
                    stopping = true;
                    child.hang_up();
                    self.outbound.rest();
                }
                () = timer => {}
            }
            self.hand_over_batch(&to).await;
            self.count();
            if let Err(why) = self.send(child, &to).await {
                return Over::Ended(why);
            }
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        let outbound = self.outbound.wake_at();
        [self.hand_over, outbound, self.count_at].into_iter().flatten().min()
    }

    /// Takes in what the connector said.
    async fn hear(&mut self, child: &mut Child, said: Said, to: &Answers) -> Result<(), String> {
        let channel = self.link.channel.clone();
        let note = |line: String, bad: bool| {
            self.board.change(&channel, |s| {
                s.counts.bad_lines += u64::from(bad);
                s.log(now(), &line);
            });
        };
        match said {
            Said::Bad(why) => note(format!("stdout: {}", self.masked(why)), true),
            Said::Error(line) => note(self.masked(line), false),
            Said::End | Said::Nothing => return Ok(()),
            Said::Message(message) => match *self.heard(message) {
                FromConnector::Hello(hello) => {
                    if hello.protocol > protocol::VERSION {
                        note(format!("it speaks version {} of the protocol", hello.protocol), true);
                    }
                    self.can.set(&channel, Some(hello.can.clone()));
                    self.outbound.met(hello.can.guard);
                    self.board.change(&channel, |s| {
                        // One that tells of no looks is seen as long as it runs.
                        if s.status.trouble.is_none() {
                            s.blind = None;
                        }
                        s.hello = Some(hello);
                    });
                }
                FromConnector::Events { batch, cursor, events } => {
                    self.take_batch(batch, cursor, events)?;
                    if self.batches.len() == 1 {
                        self.hand_over = Some(Instant::now());
                        self.hand_over_batch(to).await;
                    }
                    return Ok(());
                }
                FromConnector::Ack(ack) => {
                    if let Some(answer) = self.checked(ack.id) {
                        let note = ack.note.or(ack.platform_id).unwrap_or_default();
                        let _ = answer.send(Ok(note));
                    } else {
                        self.outbound.acked(ack);
                    }
                    return Ok(());
                }
                FromConnector::Nack(nack) => {
                    if let Some(answer) = self.checked(nack.id) {
                        let _ = answer.send(Err(nack.why));
                    } else {
                        if nack.kind == protocol::NackKind::Auth {
                            self.board.change(&channel, |s| s.blind(now(), &nack.why));
                        }
                        self.outbound.nacked(nack, now());
                    }
                }
                FromConnector::Secrets { secrets } => {
                    let desk = self.hub.about.folder.clone();
                    match blocking(|| config::keep_secrets(&desk, &channel, &secrets.0)) {
                        Ok(()) => {
                            self.secrets = secrets.0;
                            child.tell(&ToConnector::Kept).await.map_err(|e| unheard(&e))?;
                        }
                        Err(e) => return Err(e.to_string()),
                    }
                    return Ok(());
                }
                FromConnector::Status(status) => {
                    let status = protocol::Status {
                        trouble: status.trouble.map(|why| self.masked(why)),
                        ..status
                    };
                    self.outbound.budget(status.budget, now());
                    self.board.change(&channel, |s| {
                        match &status.trouble {
                            Some(why) => {
                                if s.blind.as_ref().is_none_or(|(_, known)| known != why) {
                                    s.log(now(), why);
                                }
                                s.blind(now(), why);
                            }
                            None => s.blind = None,
                        }
                        s.status = status;
                    });
                }
                FromConnector::Log { text } => note(self.masked(text), false),
                FromConnector::Unknown => return Ok(()),
            },
        }
        self.tell_board();
        Ok(())
    }

    /// A message of the connector, told to the log by its kind alone, and without secrets where it
    /// gives a reason.
    fn heard(&self, mut message: Box<FromConnector>) -> Box<FromConnector> {
        tracing::debug!("{}: says {}", self.link.channel, log::variant(&message));
        match &mut *message {
            FromConnector::Nack(nack) => nack.why = self.masked(std::mem::take(&mut nack.why)),
            FromConnector::Ack(ack) => ack.note = ack.note.take().map(|note| self.masked(note)),
            _ => {}
        }
        message
    }

    /// Who waits for the answer to this command, if it is the one of a test.
    fn checked(&mut self, id: u64) -> Option<oneshot::Sender<Result<String, String>>> {
        if self.outbound.is_check(id) { self.test.take() } else { None }
    }

    /// A line without the channel's secrets.
    fn masked(&self, mut line: String) -> String {
        for secret in self.secrets.values().filter(|s| s.len() >= 4) {
            if line.contains(secret.as_str()) {
                line = line.replace(secret.as_str(), "***");
            }
        }
        line
    }

    /// Tells the sessions that the board has changed.
    fn tell_board(&self) {
        self.hub.tell(News::Channels);
    }

    /// The writer has written what the outbox was about to do.
    async fn outbound_answered(
        &mut self,
        child: &mut Child,
        result: JobResult,
    ) -> Result<(), String> {
        match self.outbound.written(&result) {
            Some(command) => child.tell(&command).await.map_err(|e| unheard(&e)),
            None => Ok(()),
        }
    }

    /// Begins what is due in the outbox.
    async fn send(&mut self, child: &mut Child, to: &Answers) -> Result<(), String> {
        loop {
            let rows = if self.outbound.wants_rows() { self.rows() } else { Vec::new() };
            match self.outbound.next(now(), Instant::now(), rows) {
                Wants::Nothing => return Ok(()),
                Wants::Write { place, step, done, failed } => {
                    if done || failed {
                        self.board.change(&self.link.channel, |s| {
                            s.counts.done += u64::from(done);
                            s.counts.failed += u64::from(failed);
                        });
                    }
                    let reply = Reply::To { number: BATCH + 1, to: to.clone() };
                    self.orders.job(Job::Outgoing { place, step }, reply).await;
                }
                Wants::Tell(command) => {
                    tracing::debug!("{}: is told {}", self.link.channel, log::variant(&command));
                    child.tell(&command).await.map_err(|e| unheard(&e))?;
                    return Ok(());
                }
                Wants::Known(place) => {
                    let known = blocking(|| {
                        self.hub.reads.with(|store| match place.subject {
                            Subject::Message(at) => query::known_ids(store, at, 100),
                            Subject::Post(_) => query::known_posts(store, &place.channel, 100),
                        })
                    });
                    self.outbound.knows(known.unwrap_or_default());
                }
            }
        }
    }

    fn rows(&self) -> Vec<query::Row> {
        let read = || self.hub.reads.with(|store| query::outbox(store, &self.link.channel, ROWS));
        // Where the connector cannot post, people do, and say so.
        let can = self.can.of(&self.link.channel).unwrap_or_default();
        let rows = blocking(read).map(|mut rows| {
            rows.retain(|row| can.post || row.place.kind != OutKind::Publish);
            rows
        });
        rows.unwrap_or_else(|why: Refusal| {
            tracing::warn!("{}: the outbox cannot be read: {why:?}", self.link.channel);
            Vec::new()
        })
    }

    /// Counts what is on its way out, when that may have changed.
    fn count(&mut self) {
        if self.count_at.is_none_or(|at| at > Instant::now()) {
            return;
        }
        self.count_at = None;
        let channel = &self.link.channel;
        let counted = blocking(|| self.hub.reads.with(|store| query::waiting(store, channel)));
        if let Ok(waiting) = counted {
            self.board.change(channel, |s| s.waiting = waiting);
            self.tell_board();
        }
    }
}

/// Why a connector could not be told something; empty when it has ended, for how it did says more.
fn unheard(e: &io::Error) -> String {
    if e.kind() == io::ErrorKind::BrokenPipe { String::new() } else { e.to_string() }
}

/// Where the writer's answers go.
type Answers = mpsc::UnboundedSender<(u64, JobResult)>;
