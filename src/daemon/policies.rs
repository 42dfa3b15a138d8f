//! The rules while the daemon runs: policies, lint, classification. They are read again when a file
//! changes, or when somebody asks. A file with a mistake changes nothing: what it said before goes on,
//! and everybody is told why.

use super::hub::{Hub, ended};
use super::log;
use super::orders::Orders;
use crate::config::{self, RuleFile, Rules};
use crate::domain::Refusal;
use crate::domain::policy::Policies;
use crate::domain::sla::preview::Preview;
use crate::store::{Direction, KeyRange, Store, StoreError, keys, records};
use crate::text::Lang;
use std::path::Path;
use std::sync::Arc;

/// Conversations read at a time for a preview.
const PAGE: usize = 500;

/// Tells the log and the cockpits what came of reading the rules.
pub fn tell(hub: &Hub, read: &config::RulesRead, lang: Lang) {
    for (file, why) in &read.unkept {
        tracing::warn!("{} is right, but no copy of it could be kept: {why}", file.name());
    }
    let said: Vec<String> = read.broken.iter().map(|b| b.say(lang).into()).collect();
    if hub.set_settings_trouble((!said.is_empty()).then(|| said.join(" · "))) {
        for broken in &read.broken {
            tracing::warn!("{}", broken.say(Lang::En));
        }
    }
}

/// Reads the files again. Answers with how many policies hold now, and which files are news.
///
/// # Errors
/// The first mistake, as a sentence; what that file said before goes on.
pub async fn reload(
    hub: &Hub,
    orders: &Orders,
    lang: Lang,
) -> Result<(usize, Vec<String>), Refusal> {
    let are = hub.rules();
    let folder = hub.about.folder.clone();
    let before = are.clone();
    let reading = tokio::task::spawn_blocking(move || Rules::read(&folder, Some(&before)));
    let read = reading.await.map_err(|e| Refusal::Settings(e.to_string()))?;
    tell(hub, &read, lang);
    let news: Vec<String> =
        read.rules.differs_from(&are).into_iter().map(|file| file.name().to_owned()).collect();
    let rules = Arc::new(read.rules);
    if rules != are {
        hub.set_rules(rules.clone());
    }
    if !news.is_empty() {
        tracing::info!("read again: {}", news.join(", "));
        orders.rules(rules).await;
    }
    match read.broken.first() {
        Some(broken) => Err(Refusal::Settings(broken.mistake.say(lang).into())),
        None => Ok((hub.rules().policies.rules.len(), news)),
    }
}

/// The file that says what goes into the log.
const DESK_FILE: &str = "desk.toml";

/// Reads the files again whenever somebody wrote one, until the daemon ends. Sleeps in between.
/// `log`: also what `desk.toml` says of the log.
pub async fn watch(hub: Arc<Hub>, orders: Orders, log: bool) {
    let lang = hub.about.lang;
    let mut ending = hub.ending();
    let mut names = RuleFile::ALL.map(RuleFile::name).to_vec();
    names.extend(log.then_some(DESK_FILE));
    match watcher::Watcher::new(&hub.about.folder, &names) {
        Ok(mut watcher) => loop {
            // Once at first, too: it may have been written while the desk was being opened.
            drop(reload(&hub, &orders, lang).await);
            if log {
                log::follow(&hub.about.folder);
            }
            tokio::select! {
                changed = watcher.changed() => match changed {
                    Ok(()) => {}
                    Err(e) => {
                        tracing::warn!("the rules are not watched any more: {e}");
                        return;
                    }
                },
                () = ended(&mut ending) => return,
            }
        },
        // `policy reload` does the same by hand.
        Err(e) => tracing::warn!("the rules are not watched: {e}"),
    }
}

/// What other rules would change on the desk as it is now.
///
/// # Errors
/// When the text has a mistake, or the store cannot be read.
pub fn preview(
    hub: &Hub,
    name: &str,
    text: &str,
    now: crate::domain::Time,
    lang: Lang,
) -> Result<Preview, Refusal> {
    let would = config::parse_policies(Path::new(name), text)
        .map_err(|e| Refusal::Settings(e.say(lang).into()))?;
    let are = hub.rules();
    hub.reads.with(|store| {
        compare(store, (&are.policies, &would), now).map_err(|e| Refusal::Store(e.what))
    })
}

fn compare(
    store: &dyn Store,
    rules: (&Policies, &Policies),
    now: crate::domain::Time,
) -> Result<Preview, StoreError> {
    let mut preview = Preview::default();
    let mut range: KeyRange = keys::conversations();
    loop {
        let page =
            records::page::<crate::domain::Conversation>(store, &range, PAGE, Direction::Forward)?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        for (_, c) in &page.rows {
            let Some(spoken) = c.speaks_of() else { continue };
            // The rules read more of a message than a row shows.
            let at = crate::domain::MessageRef { conversation: c.id, seq: spoken.seq };
            let whole: Option<crate::domain::Message> = records::get(store, &keys::message(at))?;
            let text = whole.as_ref().filter(|_| c.head.is_some()).map(|m| m.text.as_str());
            preview.look(c, text.unwrap_or(&spoken.excerpt), spoken.likes, rules, now);
        }
        match last {
            Some(last) if page.more => range = range.after(&last, Direction::Forward),
            _ => return Ok(preview),
        }
    }
}

#[cfg(target_os = "linux")]
mod watcher {
    //! The kernel tells when a file in a folder was written or moved there.

    use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
    use std::ffi::OsString;
    use std::io;
    use std::path::Path;
    use std::time::Duration;
    use tokio::sync::mpsc;

    /// How long a file is left alone after a change: an editor writes in several steps.
    const SETTLE: Duration = Duration::from_millis(150);
    /// The thread only waits and tells.
    const STACK: usize = 128 << 10;

    /// Watches files by their folder: editors put a new file in the old one's place.
    pub struct Watcher(mpsc::Receiver<()>);

    impl Watcher {
        /// Begins to watch.
        pub fn new(folder: &Path, names: &[&'static str]) -> io::Result<Watcher> {
            let inotify = Inotify::init(InitFlags::IN_CLOEXEC)?;
            let written = AddWatchFlags::IN_CLOSE_WRITE
                | AddWatchFlags::IN_MOVED_TO
                | AddWatchFlags::IN_MOVED_FROM
                | AddWatchFlags::IN_DELETE;
            inotify.add_watch(folder, written)?;
            let names: Vec<OsString> = names.iter().map(OsString::from).collect();
            let (tell, changed) = mpsc::channel(1);
            // It sleeps in the kernel, and goes with the process.
            std::thread::Builder::new()
                .name("files".to_owned())
                .stack_size(STACK)
                .spawn(move || wait(&inotify, &names, &tell))?;
            Ok(Watcher(changed))
        }

        /// Waits until one of them changed.
        pub async fn changed(&mut self) -> io::Result<()> {
            if self.0.recv().await.is_none() {
                return Err(io::Error::other("the kernel tells nothing any more"));
            }
            tokio::time::sleep(SETTLE).await;
            // What was told meanwhile is read together.
            while self.0.try_recv().is_ok() {}
            Ok(())
        }
    }

    fn wait(inotify: &Inotify, names: &[OsString], tell: &mpsc::Sender<()>) {
        while let Ok(events) = inotify.read_events() {
            // Without a name more happened than the kernel could keep.
            let is_it = events.iter().any(|e| e.name.as_ref().is_none_or(|n| names.contains(n)));
            // One that waits to be read says it all.
            if is_it && let Err(mpsc::error::TrySendError::Closed(())) = tell.try_send(()) {
                return;
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod watcher {
    //! Elsewhere a file is not watched.

    use std::io;
    use std::path::Path;

    pub struct Watcher;

    impl Watcher {
        pub fn new(_folder: &Path, _names: &[&'static str]) -> io::Result<Watcher> {
            Err(io::Error::from(io::ErrorKind::Unsupported))
        }

        pub async fn changed(&mut self) -> io::Result<()> {
            std::future::pending().await
        }
    }
}
