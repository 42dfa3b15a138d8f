//! `demo`: a desk of an invented brand in a folder of its own, its daemon, its living channels, and
//! a cockpit on it. All of it is gone when the cockpit ends, unless `--desk` names the folder.

use super::desk_sink::DeskSink;
use super::print::Printer;
use super::progress::{Bar, Step};
use super::{Context, Exit, Failure, Outcome, interrupt, stop, verbs};
use crate::config;
use crate::connect::demo::brand::OUTLETS;
use crate::connect::demo::{Accounts, Bulk, Feed, brand};
use crate::connect::import::UNDER_WAY;
use crate::connect::{Sink, SinkError, sink};
use crate::domain::{Event, Time};
use crate::text::catalogue::demo as say;
use crate::text::{Lang, Shown};
use crate::wire::channel::{ChannelAsk, NewChannel};
use crate::wire::message::Ask;
use crate::wire::place;
use chrono::{NaiveDate, TimeDelta};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long the history of figures waits for the cockpit's first screen.
const FIRST_SCREEN: Duration = Duration::from_millis(800);
/// Events of that history that are handed over at once: few, because others write, too.
const PART: usize = 40;

/// Describes the verb.
pub fn command(lang: Lang) -> Command {
    Command::new("demo")
        .about(say::ABOUT.raw(lang))
        .args([
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .value_parser(value_parser!(u64))
                .default_value("1")
                .help(say::ARG_SEED.raw(lang)),
            Arg::new("open")
                .long("open")
                .value_name("N")
                .value_parser(value_parser!(u64).range(..=100_000_000))
                .default_value("0")
                .help(say::ARG_OPEN.raw(lang)),
            Arg::new("keep").long("keep").action(ArgAction::SetTrue).help(say::ARG_KEEP.raw(lang)),
        ])
        .args(verbs::cockpit_args(lang))
}

/// Runs the verb.
///
/// # Errors
/// When the desk cannot be made, served, filled or shown.
pub fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let seed = args.get_one::<u64>("seed").copied().unwrap_or(1);
    let open = args.get_one::<u64>("open").copied().unwrap_or(0);
    let keep = args.get_flag("keep");
    // A desk that the environment names is somebody's own: only one typed here is meant.
    let typed = args.value_source("desk") == Some(ValueSource::CommandLine);
    let named = context.desk.as_deref().filter(|_| typed);
    let mut desk = DemoDesk::prepare(context, named)?;
    let start = Time::from(chrono::Utc::now());
    desk.fill(seed, open, start)?;
    if keep {
        desk.stays = true;
        desk.history(seed, start)?;
        let folder = desk.folder.display().to_string();
        desk.end();
        let mut out = Printer::new(context.lang);
        if context.json {
            out.json(&json!({ "desk": folder }))?;
        } else {
            out.line(&Shown::line(&folder))?;
        }
        return out.end();
    }
    desk.live(seed, start)?;
    // What the accounts told for weeks is not waited for.
    desk.telling = desk.is_new.then(|| Telling::begin(&desk.context, seed, start));
    verbs::cockpit(&desk.context, args)
}

/// The demo's desk; ends what runs on it when dropped, and removes it unless it stays.
struct DemoDesk {
    context: Context,
    folder: PathBuf,
    /// The folder outlives the demo.
    stays: bool,
    /// Nothing was on it before.
    is_new: bool,
    /// Brings in the history of figures while the cockpit is open.
    telling: Option<Telling>,
}

/// Brings in the history of figures, in small parts, beside everything else.
struct Telling {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Telling {
    fn begin(context: &Context, seed: u64, start: Time) -> Telling {
        let stop = Arc::new(AtomicBool::new(false));
        let (context, heard) = (context.clone(), Arc::clone(&stop));
        let tell = move || {
            // The first screen comes first.
            thread::park_timeout(FIRST_SCREEN);
            // A demo without it is a demo still.
            let Ok(mut sink) = DeskSink::connect_running(&context) else { return };
            let mut events = Accounts::new(seed, start).history().into_iter().peekable();
            while events.peek().is_some() && !heard.load(Ordering::Relaxed) {
                let part = events.by_ref().take(PART).collect();
                if sink.send(None, part).and_then(|()| sink.receive()).is_err() {
                    return;
                }
            }
        };
        Telling { stop, thread: thread::spawn(tell) }
    }

    /// Ends after the part that is under way.
    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        // It says nothing, whatever became of it.
        let _ = self.thread.join();
    }
}

impl DemoDesk {
    /// Makes the desk's folder, or finds the demo's that was named.
    fn prepare(context: &Context, named: Option<&Path>) -> Result<DemoDesk, Failure> {
        let folder = match named {
            Some(folder) => std::path::absolute(folder),
            None => temporary(),
        };
        let folder = folder.map_err(|e| no_folder(Path::new("."), &e, context.lang))?;
        let is_new = !folder.exists();
        if is_new {
            make(&folder).map_err(|e| no_folder(&folder, &e, context.lang))?;
        } else if !place::demo_mark(&folder).exists() {
            let values: [(&str, &dyn std::fmt::Display); 1] = [("desk", &folder.display())];
            return Err(Failure::new(Exit::Usage, say::NOT_A_DEMO.fill(context.lang, &values)));
        }
        let context = Context { desk: Some(folder.clone()), ..context.clone() };
        Ok(DemoDesk { context, folder, stays: named.is_some(), is_new, telling: None })
    }

    /// Brings in what was there before the shift began, and so many conversations besides.
    fn fill(&self, seed: u64, open: u64, start: Time) -> Outcome {
        let stop = Arc::new(AtomicBool::new(false));
        let lang = self.context.lang;
        // Without it Ctrl-C would leave the folder behind; the cockpit has its own way later.
        let _watch = interrupt::watch(&stop)
            .map_err(|e| Failure::new(Exit::File, say::NO_FEED.fill(lang, &[("why", &e)])))?;
        let mut sink = DeskSink::connect(&self.context)?;
        let mut bar = Bar::new(lang);
        let began = Instant::now();
        let mut seen = |rows| {
            if open > 0 {
                bar.draw(Step { rows, parts: Some((rows, open)), elapsed: began.elapsed() });
            }
            !stop.load(Ordering::Relaxed)
        };
        let bulk = Bulk::new(seed, start, open);
        let backlog = Feed::new(seed, start).take_while(|(at, _)| *at < start).map(|(_, e)| e);
        let backlog = backlog.take(if self.is_new { usize::MAX } else { 0 });
        let filled = hand_over(&mut sink, bulk.chain(backlog), &mut seen);
        bar.clear();
        match filled {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::new(Exit::Refused, say::STOPPED.say(lang))),
            Err(e) => Err(Failure::new(sink.exit(), say::NOT_TAKEN.fill(lang, &[("why", &e.0)]))),
        }
    }

    /// Brings in the history of figures, of a desk that is new.
    fn history(&self, seed: u64, start: Time) -> Outcome {
        let mut sink = DeskSink::connect(&self.context)?;
        let events = Accounts::new(seed, start).history().into_iter();
        let told = hand_over(
            &mut sink,
            events.take(if self.is_new { usize::MAX } else { 0 }),
            &mut |_| true,
        );
        let lang = self.context.lang;
        let failed =
            |e: SinkError| Failure::new(sink.exit(), say::NOT_TAKEN.fill(lang, &[("why", &e.0)]));
        told.map(drop).map_err(failed)
    }

    /// Gives each channel the demo's connector.
    fn live(&self, seed: u64, start: Time) -> Outcome {
        let mut desk = self.context.connect_running()?;
        let settings = json!({ "seed": seed, "start": start.0 }).to_string();
        for outlet in OUTLETS {
            let new = NewChannel {
                id: outlet.id.to_owned(),
                platform: outlet.platform.to_owned(),
                title: String::new(),
                connector: "demo".to_owned(),
                command: Vec::new(),
                settings: settings.clone(),
                secrets: BTreeMap::new(),
            };
            self.context.ask(&mut desk, Ask::Channel(ChannelAsk::Add(Box::new(new))))?;
        }
        Ok(())
    }

    /// Ends the daemon, and with it the connectors.
    fn end(&mut self) {
        if let Some(telling) = self.telling.take() {
            telling.end();
        }
        // No daemon is as good as a stopped one.
        let _ = stop::daemon(&self.context);
    }
}

impl Drop for DemoDesk {
    fn drop(&mut self) {
        self.end();
        if !self.stays {
            // What cannot be removed lies in the folder for temporary files.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Hands over all events, several chunks at a time; `seen` is told how many were taken and says
/// whether to go on. True when it came to the end.
fn hand_over(
    sink: &mut dyn Sink,
    events: impl Iterator<Item = Event>,
    seen: &mut dyn FnMut(u64) -> bool,
) -> Result<bool, SinkError> {
    let mut events = events.peekable();
    let (mut under_way, mut taken) = (0, 0);
    while events.peek().is_some() {
        if under_way == UNDER_WAY {
            taken += u64::from(sink.receive()?.added);
            under_way -= 1;
            if !seen(taken) {
                return Ok(false);
            }
        }
        sink.send(None, events.by_ref().take(sink::MOST).collect())?;
        under_way += 1;
    }
    for _ in 0..under_way {
        taken += u64::from(sink.receive()?.added);
        seen(taken);
    }
    Ok(true)
}

/// A folder that nobody else has a name for yet.
fn temporary() -> io::Result<PathBuf> {
    let within = std::path::absolute(std::env::temp_dir())?;
    // Nobody can be there before us with a name that is drawn now; and making it fails when somebody is.
    let drawn = RandomState::new().hash_one(std::process::id());
    Ok(within.join(format!("dutydesk-demo-{drawn:016x}")))
}

/// Makes a demo's folder, for its owner alone; it must not be there yet.
fn make(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    DirBuilder::new().mode(0o700).create(folder)?;
    fs::write(place::demo_mark(folder), "")?;
    for (name, text) in brand::FILES {
        fs::write(folder.join(name), text)?;
    }
    let today = chrono::Utc::now().date_naive();
    fs::write(folder.join("figures.toml"), format!("{}{}", config::figures_text(), goals(today)))
}

/// Goals of the demo's desk: one that goes well and one that does not.
fn goals(today: NaiveDate) -> String {
    let day = |by: i64| today + TimeDelta::days(by);
    let goal = |channel: &str, figure: &str, target: u32| {
        let (from, by) = (day(-42), day(28));
        format!(
            "\n[[goal]]\nchannel = \"{channel}\"\nfigure = \"{figure}\"\ntarget = {target}\n\
             from = {from}\nby = {by}\n"
        )
    };
    [
        goal("weibo", "followers", 204_000),
        goal("weibo", "reads", 6_200_000),
        goal("douyin", "followers", 440_000),
    ]
    .concat()
}

fn no_folder(folder: &Path, e: &io::Error, lang: Lang) -> Failure {
    let said = say::NO_FOLDER.fill(lang, &[("desk", &folder.display()), ("why", e)]);
    Failure::new(Exit::File, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::Taken;
    use crate::domain::ChannelId;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn a_folder_is_made_for_its_owner_alone_with_the_brand_s_files() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("a/b");
        make(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        assert!(place::demo_mark(&folder).exists());
        assert!(crate::config::Desk::load(&folder).is_ok());
        assert_eq!(make(&folder).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    fn context(desk: &Path) -> Context {
        Context { desk: Some(desk.to_owned()), declared: None, json: false, lang: Lang::En }
    }

    #[test]
    fn a_folder_that_is_no_demo_s_is_left_alone() {
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("desk.toml"), "").unwrap();
        let refused = DemoDesk::prepare(&context(other.path()), Some(other.path()));
        let said = refused.err().unwrap();
        assert_eq!(said.exit, Exit::Usage);
        assert!(other.path().join("desk.toml").exists());
    }

    #[test]
    fn a_demo_in_a_temporary_folder_leaves_nothing_and_a_named_one_stays() {
        let desk = DemoDesk::prepare(&context(Path::new("/nowhere")), None).ok().unwrap();
        let folder = desk.folder.clone();
        assert!(desk.is_new && place::demo_mark(&folder).exists());
        drop(desk);
        assert!(!folder.exists());
        let top = tempfile::tempdir().unwrap();
        let named = top.path().join("desk");
        drop(DemoDesk::prepare(&context(&named), Some(&named)).ok().unwrap());
        let again = DemoDesk::prepare(&context(&named), Some(&named)).ok().unwrap();
        assert!(!again.is_new && named.exists());
    }

    /// Takes everything, and remembers how much was open at once.
    #[derive(Default)]
    struct Counter {
        chunks: Vec<usize>,
        under_way: usize,
        most: usize,
    }

    impl Sink for Counter {
        fn send(
            &mut self,
            _cursor: Option<(ChannelId, String)>,
            events: Vec<Event>,
        ) -> Result<(), SinkError> {
            self.chunks.push(events.len());
            self.under_way += 1;
            self.most = self.most.max(self.under_way);
            Ok(())
        }

        fn receive(&mut self) -> Result<Taken, SinkError> {
            self.under_way -= 1;
            let added = self.chunks[self.chunks.len() - 1 - self.under_way] as u32;
            Ok(Taken { added, ..Taken::default() })
        }
    }

    #[test]
    fn events_are_handed_over_in_chunks_and_a_stop_is_heard() {
        let start = Time(1_790_000_000_000);
        let (mut sink, mut last) = (Counter::default(), 0);
        let done = hand_over(&mut sink, Bulk::new(1, start, 5_000), &mut |n| {
            last = n;
            true
        });
        assert_eq!((done, last), (Ok(true), 5_000));
        assert!(sink.chunks.iter().all(|n| *n <= sink::MOST) && sink.most == UNDER_WAY);
        let done = hand_over(&mut Counter::default(), Bulk::new(1, start, 5_000), &mut |_| false);
        assert_eq!(done, Ok(false));
    }
}
