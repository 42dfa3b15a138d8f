//! The daemon from its start to its end.

use super::archive;
use super::boot::{self, BootError, Held};
use super::channels::Channels;
use super::desk::{Job, Known, Sending, Setup};
use super::hub::{About, Hub, ended};
use super::orders::{Orders, Reply};
use super::search;
use super::session;
use super::space::Space;
use super::writer::{Opener, Writer, now};
use super::{erasing, log, notify, policies, upkeep};
use crate::config;
use crate::config::{Identity, Link};
use crate::domain::lint::Linter;
use crate::store::migrate::{Progress, open_desk};
use crate::store::{Archive, SledStore, Store, StoreError};
use crate::text::Lang;
use crate::wire::place;
use nix::sys::stat::{Mode, umask};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixListener;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

/// How long after a restart the claims of sessions that do not come back are kept.
const GRACE: Duration = Duration::from_secs(30);
/// How long sessions may take to end.
const GOODBYE: Duration = Duration::from_secs(3);

/// How a daemon is to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The desk's folder.
    pub desk: PathBuf,
    /// Started by a client: leave its terminal, and say `ready` on stdout.
    pub detached: bool,
    /// The language of what the daemon itself has to say (why it cannot write).
    pub lang: Lang,
    /// What goes into the log; `None` = what `desk.toml` says, also while the daemon runs.
    pub log: Option<config::LogFilter>,
}

/// Serves a desk until it is told to end. Blocks.
///
/// # Errors
/// Why it could not start; once it serves it ends without an error.
pub fn serve(options: &Options) -> Result<(), BootError> {
    if options.detached {
        // In a session of its own, so that the terminal's signals do not reach it. It fails only
        // for a process that leads a group already, as a shell's job does: then it is apart too.
        let _ = nix::unistd::setsid();
    }
    umask(Mode::from_bits_truncate(0o077));
    let desk = boot::find(&options.desk)?;
    let group = config::Desk::load(&desk).map_err(BootError::Settings)?.settings.group;
    let group = group.as_deref();
    if options.detached && group.is_some() {
        return Err(BootError::Shared { desk });
    }
    let held = boot::hold(&desk, group)?;
    if held.new {
        config::write_defaults(&held.desk).map_err(BootError::Settings)?;
    }
    // Read again, now that nobody else serves it.
    let settings = config::Desk::load(&held.desk).map_err(BootError::Settings)?;
    let told = options.log.as_ref().unwrap_or(&settings.settings.log);
    log::start(&held.desk, told)
        .map_err(|why| BootError::Folder { path: held.desk.clone(), why })?;
    // Clients that come while the database opens wait in the queue of the listener.
    let listener = held.listen(group)?;
    listener.set_nonblocking(true).map_err(BootError::System)?;
    tracing::info!(pid = std::process::id(), "dutydesk {} starts", env!("CARGO_PKG_VERSION"));
    // A desk whose rules have a mistake is served by those that were last right.
    let read = config::Rules::read(&held.desk, None);
    let space = Space::new(&held.desk.join("db"), settings.settings.low_space);
    let cadences = settings.channels.cadences.clone();
    let links = settings.channels.links.clone();
    let holders = settings.channels.holders.clone();
    let about = about(&held, settings, read.rules.clone(), options.lang);
    let hub = Arc::new(Hub::new(about, cadences));
    hub.board.set_holders(holders);
    hub.set_rules(Arc::new(read.rules.clone()));
    policies::tell(&hub, &read, options.lang);
    let served = run(&hub, space, listener, options, &links);
    match &served {
        Ok(()) => tracing::info!("ended"),
        Err(e) => tracing::error!("did not start: {}", e.say(Lang::En)),
    }
    held.let_go();
    // With it goes the connection of whoever asked for the end: the desk is free by now.
    drop(hub);
    served
}

/// Opens the desk and serves it.
fn run(
    hub: &Arc<Hub>,
    space: Space,
    listener: std::os::unix::net::UnixListener,
    options: &Options,
    links: &[Link],
) -> Result<(), BootError> {
    let open = opener(hub.about.folder.join("db"), space.reserve());
    let (writer, orders) =
        Writer::new(hub.clone(), open, space, options.lang).map_err(BootError::Store)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("session")
        .enable_all()
        .build()
        .map_err(BootError::System)?;
    let thread = start_writer(writer, hub, runtime.handle())?;
    let listener = {
        let _inside = runtime.enter();
        UnixListener::from_std(listener).map_err(BootError::System)?
    };
    notify::tell(notify::READY);
    if options.detached {
        say_ready().map_err(BootError::System)?;
    }
    tracing::info!("serves");
    let indexer = start_indexer(hub)?;
    let channels = Arc::new(Channels::new(hub.clone(), orders.clone()));
    runtime.block_on(channels.follow(&hub.about.setup.channels, links));
    runtime.spawn(erasing::watch(hub.clone(), orders.clone(), channels.clone()));
    runtime.spawn(archive::keep(hub.clone(), orders.clone(), hub.about.retention));
    runtime.spawn(policies::watch(hub.clone(), orders.clone(), options.log.is_none()));
    let accepted = runtime.block_on(accept(listener, hub, &orders, &channels));
    notify::tell(notify::STOPPING);
    // Before the writer: what their connectors still answer is to be written down.
    runtime.block_on(channels.end());
    // Before the writer, too: what waits for the index is read from the store that it closes.
    hub.search.end();
    if indexer.join().is_err() {
        // It is made again from what it last kept.
        tracing::error!("the search index stopped by a bug");
    }
    runtime.block_on(orders.end());
    // The writer sleeps on this runtime's timers, so it goes before that.
    let wrote = thread.join();
    runtime.shutdown_background();
    accepted.map_err(BootError::System)?;
    if wrote.is_err() {
        return Err(BootError::System(io::Error::other("the writer stopped; see daemon.log")));
    }
    Ok(())
}

/// What the daemon knows of its desk.
pub fn about(held: &Held, settings: config::Desk, rules: config::Rules, lang: Lang) -> About {
    let config::Desk { settings, channels } = settings;
    let config::Rules { policies, lint, classifier, figures, .. } = rules;
    About {
        folder: held.desk.clone(),
        owner: held.owner,
        name: settings.name.clone(),
        hears_names: settings.identity == Identity::Declared && settings.group.is_none(),
        setup: Setup {
            name: settings.name,
            policies,
            lint: Arc::new(Linter::new(lint)),
            classifier,
            figures: std::sync::Arc::new(figures),
            channels: channels.channels,
            posting: channels.posting,
            cadences: channels.cadences,
            zone: settings.zone.map(|zone| zone.name().to_owned()),
            claim_idle: settings.claim_idle,
            sending: Sending { undo: settings.undo_send, ask_after: settings.ask_after },
            demo: place::demo_mark(&held.desk).exists(),
            can: Known::default(),
            leads: settings.leads.clone(),
        },
        started: now(),
        drafting: settings.drafting,
        retention: settings.retention,
        lang,
        feedback: settings.feedback,
        macros: Arc::default(),
    }
}

/// Opens a database, brought up to date.
pub fn opened(db: &Path) -> Result<SledStore, StoreError> {
    let migrating = |p: Progress| {
        tracing::info!(schema = p.to, newest = p.newest, done = p.done, "migrating the store");
    };
    let archive = Archive::at(db.with_file_name("archive"));
    let opened = open_desk(db, SledStore::CACHE, migrating).map_err(|e| upkeep::failed(&e))?;
    Ok(opened.with_archive(archive))
}

/// Opens the database, at the start and again after it failed.
fn opener(db: PathBuf, reserve: Option<u64>) -> Opener {
    Box::new(move || {
        let opened = opened(&db)?;
        let store: Arc<dyn Store> = match reserve {
            Some(bytes) => Arc::new(opened.keeping_free(bytes)),
            None => Arc::new(opened),
        };
        Ok(store)
    })
}

/// Runs the writer in a thread of its own; the daemon ends when it does, whatever the reason.
fn start_writer(
    writer: Writer,
    hub: &Arc<Hub>,
    runtime: &Handle,
) -> Result<std::thread::JoinHandle<()>, BootError> {
    struct EndsWithIt(Arc<Hub>);
    impl Drop for EndsWithIt {
        fn drop(&mut self) {
            self.0.end();
        }
    }
    let (ends, runtime) = (EndsWithIt(hub.clone()), runtime.clone());
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            let _ends = ends;
            writer.run(&runtime);
        })
        .map_err(BootError::System)
}

/// Lower than the writer and the sessions by this much: on two cores the index may be late, an
/// operator's action not.
const INDEXER_NICE: i32 = 10;

/// Runs what follows the desk with the search index. The desk does without it when it stops.
fn start_indexer(hub: &Arc<Hub>) -> Result<std::thread::JoinHandle<()>, BootError> {
    let hub = hub.clone();
    std::thread::Builder::new()
        .name("search".to_owned())
        .spawn(move || {
            // Of this thread, and of those that the index starts from it. Refused is no harm.
            let _ = rustix::process::nice(INDEXER_NICE);
            search::run(&hub);
        })
        .map_err(BootError::System)
}

/// Tells the client that started us, and lets go of its pipes.
fn say_ready() -> io::Result<()> {
    let mut out = io::stdout();
    // A client that is gone already started a daemon all the same.
    let _ = writeln!(out, "{}", place::READY).and_then(|()| out.flush());
    let null = File::options().read(true).write(true).open("/dev/null")?;
    nix::unistd::dup2_stdin(&null)?;
    nix::unistd::dup2_stdout(&null)?;
    nix::unistd::dup2_stderr(&null)?;
    std::env::set_current_dir("/")
}

/// Takes clients in until the end, then waits for them to leave.
async fn accept(
    listener: UnixListener,
    hub: &Arc<Hub>,
    orders: &Orders,
    channels: &Arc<Channels>,
) -> io::Result<()> {
    let mut sessions = JoinSet::new();
    let mut ending = hub.ending();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let grace = tokio::time::sleep(GRACE);
    tokio::pin!(grace);
    let mut in_grace = true;
    loop {
        tokio::select! {
            taken = listener.accept() => match taken {
                Ok((stream, _)) => {
                    let (hub, orders) = (hub.clone(), orders.clone());
                    sessions.spawn(session::serve(hub, orders, channels.clone(), stream));
                }
                Err(e) => {
                    // Out of file descriptors, most likely: some will be given back.
                    tracing::warn!("a client could not be taken in: {e}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = sessions.join_next() => {}
            () = &mut grace, if in_grace => {
                in_grace = false;
                let job = Job::ReleaseClaims { sessions_alive: hub.cockpits() };
                orders.job(job, Reply::None).await;
            }
            _ = terminate.recv() => hub.end(),
            _ = interrupt.recv() => hub.end(),
            _ = hangup.recv() => hub.end(),
            () = ended(&mut ending) => break,
        }
    }
    tracing::info!("ends");
    drop(listener);
    let all = async { while sessions.join_next().await.is_some() {} };
    if tokio::time::timeout(GOODBYE, all).await.is_err() {
        tracing::warn!("some clients did not leave in time");
    }
    Ok(())
}
