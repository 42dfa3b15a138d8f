//! The cockpit's loop: whatever happens becomes a message for `app`, what `app` wants is done, and
//! a frame is drawn when the picture changed and nothing waits.
//!
//! Between two things that happen it sleeps: no timer runs but the one of the next countdown that
//! changes on screen.

use super::attach::{AttachError, Caller, Launch};
use super::browser;
use super::colours::{self, ColourHints};
use super::editor::Editing;
use super::importing::{self, Importing};
use super::link::{Link, LinkEvent};
use super::settings;
use super::signals::{Asked, Signals};
use super::themes;
use crate::app::import::{Job, Told};
use crate::app::views::ViewChange;
use crate::app::{self, Effect, Model, Msg};
use crate::domain::{OperatorName, Span, Time};
use crate::term::{Guard, Input, Link as Leads, Reader, Screen, Traits, links_here};
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, Shown};
use crate::view::{self, Depth, ThemeSet};
use crate::wire::message::ClientKind;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What the command line says about a cockpit; everything else is in the operator's settings.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The desk's folder.
    pub desk: PathBuf,
    /// `--as NAME`.
    pub declared: Option<OperatorName>,
    /// The language of the interface.
    pub lang: Lang,
    /// `--theme NAME`.
    pub theme: Option<String>,
    /// `--colours WORD`.
    pub colours: Option<String>,
    /// `--ascii`.
    pub ascii: bool,
}

/// Why a cockpit could not be opened, or did not stay.
#[derive(Debug)]
pub enum CockpitError {
    /// stdin or stdout is no terminal.
    NoTerminal,
    /// `TERM` names a terminal that cannot place its cursor.
    Dumb(String),
    /// The terminal could not be set up, or went away.
    Terminal(io::Error),
    /// There never was a link, and there is no use in trying again; the sentence says why.
    NoDesk(Shown),
    /// The settings cannot be read; the sentence says where.
    Settings(Shown),
}

impl CockpitError {
    /// The sentence for the operator.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            CockpitError::NoTerminal => say::NO_TERMINAL.say(lang),
            CockpitError::Dumb(term) => say::DUMB_TERMINAL.fill(lang, &[("term", term)]),
            CockpitError::Terminal(e) => say::TERMINAL_FAILED.fill(lang, &[("why", e)]),
            CockpitError::NoDesk(why) | CockpitError::Settings(why) => why.clone(),
        }
    }
}

/// Opens the cockpit and stays until the operator leaves.
///
/// # Errors
/// See [`CockpitError`].
pub fn run(options: Options) -> Result<(), CockpitError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(CockpitError::NoTerminal);
    }
    let term = std::env::var("TERM").unwrap_or_default();
    if term.is_empty() || term == "dumb" {
        return Err(CockpitError::Dumb(term));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CockpitError::Terminal)?;
    runtime.block_on(async { Cockpit::open(options)?.stay().await })
}

/// The most things that happen between two frames, so that a flood cannot keep the screen still.
const MOST_AT_ONCE: usize = 256;

/// How long leaving waits for what was sent last.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long the answers to the last frames are waited for.
const LAST_ANSWERS: Duration = Duration::from_millis(300);

/// Something that happened.
enum Happened {
    Signal(Asked),
    Input(io::Result<Vec<Input>>),
    Link(LinkEvent),
    Edited(io::Result<std::process::ExitStatus>),
    /// An import tells something.
    Import(Told),
    Tick,
    /// A theme file changed.
    Themes,
    /// A frame was held back long enough.
    Overdue,
}

/// Whether the cockpit goes on.
#[derive(PartialEq)]
enum Next {
    Stay,
    Leave,
}

struct Cockpit {
    model: Model,
    settings: settings::Own,
    depth: Depth,
    themes: ThemeSet,
    themes_watch: themes::Watch,
    link: Link,
    /// True once the daemon said welcome.
    was_linked: bool,
    signals: Signals,
    /// `None` while somebody else has the terminal.
    reader: Option<Reader>,
    editing: Option<Editing>,
    importing: Option<Importing>,
    /// For imports: who we are and where.
    caller: importing::Caller,
    screen: Screen,
    /// Until when the next frame is held back at most: the ones before are still on the wire.
    held: Option<Instant>,
    /// Something is to be written that the model does not know of (bell, clipboard, repaint).
    due: bool,
    /// Declared last: everything else is gone when the terminal is restored.
    guard: Guard,
}

impl Cockpit {
    /// Sets everything up; needs the runtime.
    fn open(options: Options) -> Result<Cockpit, CockpitError> {
        let own = settings::Own::read(&options).map_err(CockpitError::Settings)?;
        let set = |name: &str| std::env::var(name).ok();
        let depth = colours::depth(ColourHints {
            flag: options.colours.as_deref(),
            no_color: set("NO_COLOR").as_deref(),
            config: own.colours.as_deref(),
            colorterm: set("COLORTERM").as_deref(),
            term: set("TERM").as_deref(),
        });
        let signals = Signals::new().map_err(CockpitError::Terminal)?;
        let guard = Guard::enter().map_err(CockpitError::Terminal)?;
        let reader = Reader::open().map_err(CockpitError::Terminal)?;
        // Before they are read: what is written meanwhile is read again.
        let themes_watch = themes::Watch::new();
        let (themes, mut warnings) = themes::load(depth, own.settings.lang);
        if !themes.names().contains(&own.settings.theme) {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("name", &own.settings.theme), ("names", &themes.names().join(", "))];
            warnings.push(say::NO_SUCH_THEME.fill(own.settings.lang, &values).into());
        }
        let mut model = Model::new(own.settings.clone());
        let multiplexed = ["TMUX", "STY"].iter().any(|name| std::env::var_os(name).is_some());
        let mut traits = Traits::of(&set("TERM").unwrap_or_default(), multiplexed);
        traits.links = match own.links.as_str() {
            "on" => true,
            "off" => false,
            _ => traits.links || (!multiplexed && links_here(set)),
        };
        let mut screen = Screen::new(traits);
        let (columns, rows) = screen.size();
        let now = now();
        app::update(&mut model, Msg::Resize(columns, rows), now);
        app::update(&mut model, Msg::ThemesLoaded { names: themes.names(), warnings }, now);
        // The first frame says what happens; connecting may take as long as a daemon's start.
        let theme = themes.get(model.theme());
        screen
            .draw(|frame| links(view::draw(&model, theme, now, frame)))
            .map_err(CockpitError::Terminal)?;
        let importer = importing::Caller {
            desk: options.desk.clone(),
            declared: options.declared.as_ref().map(|name| name.0.clone()),
            lang: own.settings.lang,
            profiles: own.profiles(),
        };
        let caller = Caller { kind: ClientKind::Cockpit, declared: options.declared, resume: None };
        let link = Link::open(options.desk, caller, Launch::own());
        Ok(Cockpit {
            model,
            settings: own,
            depth,
            themes,
            themes_watch,
            link,
            was_linked: false,
            signals,
            reader: Some(reader),
            editing: None,
            importing: None,
            caller: importer,
            screen,
            held: None,
            due: false,
            guard,
        })
    }

    /// Until the operator leaves, or has to.
    async fn stay(mut self) -> Result<(), CockpitError> {
        let ended = self.go_round().await;
        self.settle();
        ended
    }

    /// The loop.
    async fn go_round(&mut self) -> Result<(), CockpitError> {
        loop {
            let first = self.wait().await;
            let mut next = self.take_in(first)?;
            // All that waits is taken in before one frame is drawn.
            for _ in 0..MOST_AT_ONCE {
                if next == Next::Leave {
                    break;
                }
                let more = tokio::select! {
                    biased;
                    happened = self.wait() => happened,
                    () = std::future::ready(()) => break,
                };
                next = self.take_in(more)?;
            }
            if next == Next::Leave {
                // What was sent last (a draft, an action) is not left behind.
                let _ = tokio::time::timeout(FAREWELL, self.link.close()).await;
                return Ok(());
            }
            self.held = self.screen.ready_at();
            if self.held.is_none() {
                self.draw().map_err(CockpitError::Terminal)?;
            }
        }
    }

    /// Waits for the answers that are on their way: they are not for whoever gets the terminal.
    fn settle(&mut self) {
        let screen = &mut self.screen;
        if let Some(reader) = self.reader.as_mut().filter(|_| screen.is_waiting()) {
            reader.settle(LAST_ANSWERS, |answer| {
                screen.answered(answer);
                screen.is_waiting()
            });
        }
    }

    /// Waits for the next thing. May be given up without losing one.
    async fn wait(&mut self) -> Happened {
        let now = now();
        let tick = self.model.next_tick(now).map(|at| millis((at - now).0));
        let held = self.held.map(|at| at.saturating_duration_since(Instant::now()));
        tokio::select! {
            biased;
            asked = self.signals.next() => Happened::Signal(asked),
            input = read(&mut self.reader) => Happened::Input(input),
            () = self.themes_watch.next() => Happened::Themes,
            ended = wait_for(&mut self.editing) => Happened::Edited(ended),
            told = hear(&mut self.importing) => Happened::Import(told),
            Some(event) = self.link.next() => Happened::Link(event),
            () = sleep(tick) => Happened::Tick,
            () = sleep(held) => Happened::Overdue,
        }
    }

    fn take_in(&mut self, happened: Happened) -> Result<Next, CockpitError> {
        match happened {
            Happened::Tick => self.update(Msg::Tick),
            Happened::Themes => self.reload_themes(),
            Happened::Overdue => Ok(Next::Stay),
            Happened::Input(Ok(inputs)) => {
                for input in inputs {
                    let msg = match input {
                        Input::Key(key) => Msg::Key(key),
                        Input::Paste(text) => Msg::Paste(text),
                        Input::Focus(got) => Msg::Focus(got),
                        Input::Answer(answer) if self.screen.answered(answer) => Msg::PlainGlyphs,
                        Input::Answer(_) => continue,
                    };
                    if self.update(msg)? == Next::Leave {
                        return Ok(Next::Leave);
                    }
                }
                Ok(Next::Stay)
            }
            // An error means that the terminal is gone, as after SIGHUP.
            Happened::Input(Err(_)) | Happened::Signal(Asked::Quit) => Ok(Next::Leave),
            Happened::Signal(Asked::Interrupt) => {
                Ok(if self.editing.is_some() { Next::Stay } else { Next::Leave })
            }
            Happened::Signal(Asked::Resize) => self.resized(),
            Happened::Signal(Asked::Continue) => match self.editing {
                Some(_) => Ok(Next::Stay),
                None => {
                    self.guard.again().map_err(CockpitError::Terminal)?;
                    self.screen.repaint();
                    self.resized()
                }
            },
            Happened::Signal(Asked::Themes) => self.reload_themes(),
            Happened::Edited(ended) => self.edited(ended),
            Happened::Import(told) => {
                if matches!(told, Told::Ended(_)) {
                    self.importing = None;
                }
                self.update(Msg::Import(told))
            }
            Happened::Link(LinkEvent::Linked(welcome)) => {
                self.was_linked = true;
                self.update(Msg::Linked(welcome))
            }
            Happened::Link(LinkEvent::Wire(message)) => self.update(Msg::Wire(message)),
            Happened::Link(LinkEvent::Lost { why, retry_in }) => {
                let said = why.say(self.settings.settings.lang);
                if !self.was_linked && (retry_in.is_none() || is_final(&why)) {
                    return Err(CockpitError::NoDesk(said));
                }
                let retry_at = retry_in.map(|wait| now() + Span(wait.as_millis() as i64));
                self.update(Msg::LinkLost { why: said.into(), retry_at })
            }
        }
    }

    /// Gives the model a message and does what it wants.
    fn update(&mut self, msg: Msg) -> Result<Next, CockpitError> {
        for effect in app::update(&mut self.model, msg, now()) {
            if self.carry_out(effect)? == Next::Leave {
                return Ok(Next::Leave);
            }
        }
        Ok(Next::Stay)
    }

    fn carry_out(&mut self, effect: Effect) -> Result<Next, CockpitError> {
        match effect {
            Effect::Send(message) => self.link.send(message),
            Effect::Quit => return Ok(Next::Leave),
            Effect::Suspend => return self.suspend(),
            Effect::Repaint => {
                self.screen.repaint();
                self.due = true;
            }
            Effect::OpenEditor { text } => return self.edit(&text),
            Effect::Import { job: Job::Stop, .. } => self.importing = None,
            Effect::Import { file, job } => {
                self.caller.lang = self.settings.settings.lang;
                match Importing::start(&self.caller, &file, &job) {
                    Ok(importing) => self.importing = Some(importing),
                    Err(why) => {
                        return self.update(Msg::Import(Told::Ended(Some(why.into()))));
                    }
                }
            }
            Effect::Copy(text) => {
                self.screen.copy(&text);
                self.due = true;
            }
            Effect::Open(link) => {
                let browser = browser::open(&link, &browser::Hints::here());
                return self.update(Msg::Opened { link, browser });
            }
            Effect::Bell => {
                self.screen.bell();
                self.due = true;
            }
            Effect::Tell(text) => {
                if let Some(how) = self.settings.notices {
                    self.screen.tell(how, &text);
                    self.due = true;
                }
            }
            Effect::SaveTheme(name) => {
                if let Err(why) = self.settings.keep("theme", &name) {
                    return self.update(Msg::Trouble(why.into()));
                }
            }
            Effect::SaveLang(lang) => {
                let name = match lang {
                    Lang::En => "en",
                    Lang::Zh => "zh",
                };
                self.settings.settings.lang = lang;
                if let Err(why) = self.settings.keep("language", name) {
                    return self.update(Msg::Trouble(why.into()));
                }
            }
            Effect::LoadViews => {
                return self.update(match self.settings.views() {
                    Ok(views) => Msg::ViewsLoaded(views),
                    Err(why) => Msg::Trouble(why.into()),
                });
            }
            Effect::ChangeView { name, to, taken_back } => {
                return self.update(match self.settings.change_view(&name, to.as_ref()) {
                    Ok((before, views)) => {
                        let change = ViewChange { name, before, after: to, taken_back };
                        Msg::ViewChanged { change, views }
                    }
                    Err(why) => Msg::Trouble(why.into()),
                });
            }
            Effect::ReloadThemes => return self.reload_themes(),
        }
        Ok(Next::Stay)
    }

    fn resized(&mut self) -> Result<Next, CockpitError> {
        self.screen.resized();
        self.due = true;
        let (columns, rows) = self.screen.size();
        self.update(Msg::Resize(columns, rows))
    }

    fn reload_themes(&mut self) -> Result<Next, CockpitError> {
        let lang = self.settings.settings.lang;
        let (themes, warnings) = themes::reload(&self.themes, self.depth, lang);
        let names = themes.names();
        self.themes = themes;
        self.due = true;
        self.update(Msg::ThemesLoaded { names, warnings })
    }

    /// Ctrl-z: the shell gets the terminal, and we stop until it lets us go on.
    fn suspend(&mut self) -> Result<Next, CockpitError> {
        // Without a shell that could let us go on (a pane of its own) the kernel ignores this
        // signal, and the cockpit is simply painted again.
        self.settle();
        self.guard.leave();
        let stopped = nix::sys::signal::raise(nix::sys::signal::Signal::SIGTSTP);
        stopped.map_err(|e| CockpitError::Terminal(e.into()))?;
        self.guard.again().map_err(CockpitError::Terminal)?;
        self.screen.repaint();
        self.resized()
    }

    /// Gives the terminal to `$EDITOR`; the link is served all the while.
    fn edit(&mut self, text: &str) -> Result<Next, CockpitError> {
        if self.editing.is_some() {
            return Ok(Next::Stay);
        }
        self.settle();
        self.reader = None;
        self.guard.leave();
        match Editing::start(text) {
            Ok(editing) => {
                self.editing = Some(editing);
                Ok(Next::Stay)
            }
            Err(e) => self.edited(Err(e)),
        }
    }

    /// The editor ended (or never began): the terminal is ours again.
    fn edited(
        &mut self,
        ended: io::Result<std::process::ExitStatus>,
    ) -> Result<Next, CockpitError> {
        let editing = self.editing.take();
        let text = match (editing, ended) {
            (Some(editing), Ok(status)) => editing.finish(status),
            (_, Err(e)) => Err(e),
            (None, Ok(_)) => Ok(None),
        };
        self.guard.again().map_err(CockpitError::Terminal)?;
        self.reader = Some(Reader::open().map_err(CockpitError::Terminal)?);
        self.screen.repaint();
        if self.resized()? == Next::Leave {
            return Ok(Next::Leave);
        }
        let text = match text {
            Ok(text) => text,
            Err(e) => {
                let why = say::EDITOR_FAILED.fill(self.settings.settings.lang, &[("why", &e)]);
                if self.update(Msg::Trouble(why.into()))? == Next::Leave {
                    return Ok(Next::Leave);
                }
                None
            }
        };
        self.update(Msg::EditorDone(text))
    }

    /// Draws if the picture changed and the terminal is ours.
    fn draw(&mut self) -> io::Result<()> {
        // Both are asked, so that neither is left set.
        let changed = self.model.dirty();
        if self.editing.is_some() || !(std::mem::take(&mut self.due) || changed) {
            return Ok(());
        }
        let theme = self.themes.get(self.model.theme());
        let model = &self.model;
        self.screen.draw(|frame| links(view::draw(model, theme, now(), frame)))
    }
}

/// What the view says leads somewhere, for the terminal.
fn links(drawn: Vec<view::Link>) -> Vec<Leads> {
    let lead = |l: view::Link| Leads { y: l.y, columns: l.columns, target: l.target };
    drawn.into_iter().map(lead).collect()
}

/// Whether the first try of all says enough: who opens a cockpit is told, instead of shown a
/// screen that tries for ever.
fn is_final(why: &AttachError) -> bool {
    matches!(why, AttachError::NotRunning(_) | AttachError::Start(_))
}

/// The next input; for ever while the terminal is not ours.
async fn read(reader: &mut Option<Reader>) -> io::Result<Vec<Input>> {
    match reader {
        Some(reader) => reader.next().await,
        None => std::future::pending().await,
    }
}

/// The end of the editor; for ever while there is none.
async fn wait_for(editing: &mut Option<Editing>) -> io::Result<std::process::ExitStatus> {
    match editing {
        Some(editing) => editing.wait().await,
        None => std::future::pending().await,
    }
}

/// What an import tells next; for ever while there is none.
async fn hear(importing: &mut Option<Importing>) -> Told {
    match importing {
        Some(importing) => importing.next().await,
        None => std::future::pending().await,
    }
}

/// Sleeps so long; for ever without a time.
async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// Milliseconds as a length of time; none for what has passed.
fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

fn now() -> Time {
    Time::from(chrono::Utc::now())
}
