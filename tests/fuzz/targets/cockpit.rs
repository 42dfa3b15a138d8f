//! The whole cockpit: keys, pastes, sizes, what the daemon pushes and answers, in any order; each state
//! drawn, and what the painter writes of it looked at through a terminal's eyes.

use super::NOW;
use super::given::Given;
use super::stand::{Stand, answer, operator};
use chrono_tz::Tz;
use dutydesk::app::keymap::Preset;
use dutydesk::app::views::ViewChange;
use dutydesk::app::{Effect, Key, KeyCode, Model, Msg, Settings, import, update};
use dutydesk::daemon::desk::{Setup, query};
use dutydesk::domain::forecast::TooLittle;
use dutydesk::domain::journal::Became;
use dutydesk::domain::outbox::Hold;
use dutydesk::domain::{
    Abilities, ChannelId, ConversationId, Holder, Name, OutKind, Queue, Refusal, SavedView,
    SessionId, Sort, Span, Time,
};
use dutydesk::store::MemoryStore;
use dutydesk::term::{self, Painter, Traits};
use dutydesk::text::Lang;
use dutydesk::view::{Depth, ThemeSet, draw};
use dutydesk::wire::channel::{Brief, Counts, Phase, View};
use dutydesk::wire::figure::ChannelBoard;
use dutydesk::wire::message::{
    Answer, Ask, DeskState, Done, Notice, Presence, Push, SinceLeft, ToClient, ToDaemon, Welcome,
    WindowSpec,
};
use dutydesk::wire::post::Days;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use std::num::NonZeroU16;
use std::sync::{Arc, LazyLock};

/// The most things that happen in a run.
const STEPS: usize = 120;
/// Frames with more cells than this are drawn less often.
const LARGE: u32 = 8_000;

/// What is on the desk that every run looks at.
static DESK: LazyLock<(Arc<MemoryStore>, Setup)> = LazyLock::new(|| {
    let stand = Stand::busy(300);
    (stand.store, stand.setup)
});
static THEMES: LazyLock<ThemeSet> = LazyLock::new(|| ThemeSet::load(&[], Depth::True, Lang::En).0);

/// Keys by what they do most often; behind them come all that can be typed.
const KEYS: &[KeyCode] = &[
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::Insert,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::F(1),
    KeyCode::F(5),
    KeyCode::F(12),
    KeyCode::Char('物'),
    KeyCode::Char('é'),
];
const SIZES: &[(u16, u16)] = &[
    (80, 24),
    (120, 40),
    (40, 20),
    (1, 1),
    (2, 1),
    (1, 50),
    (3, 3),
    (20, 5),
    (39, 11),
    (60, 20),
    (200, 50),
    (500, 200),
    (500, 2),
];

pub fn run(bytes: &[u8]) {
    let mut given = Given(bytes);
    let mut cockpit = Cockpit::new(given.byte());
    for _ in 0..STEPS {
        if given.is_over() {
            break;
        }
        cockpit.step(&mut given);
    }
    cockpit.show(true);
    cockpit.rest();
}

struct Cockpit {
    model: Model,
    now: Time,
    /// Questions that are not answered.
    open: Vec<(u64, Ask)>,
    /// Whether questions are answered at once.
    prompt: bool,
    windows: [Option<WindowSpec>; 2],
    watched: Option<Days>,
    painter: Painter,
    screen: vt100::Parser,
}

impl Cockpit {
    fn new(how: u8) -> Cockpit {
        let lang = if how & 1 == 0 { Lang::En } else { Lang::Zh };
        let settings = Settings {
            lang,
            zone: if how & 32 == 0 { Tz::UTC } else { Tz::Australia__Lord_Howe },
            ascii: how & 4 != 0,
            bell: true,
            tell: true,
            preset: if how & 2 == 0 { Preset::Vi } else { Preset::Arrows },
            ..Settings::default()
        };
        let mut traits = Traits::of("xterm", false);
        (traits.scrolls, traits.repeats, traits.links) =
            (how & 64 == 0, how & 128 == 0, how & 64 == 0);
        let mut cockpit = Cockpit {
            model: Model::new(settings),
            now: NOW,
            open: Vec::new(),
            prompt: how & 8 == 0,
            windows: [None, None],
            watched: None,
            painter: Painter::new(traits),
            screen: emulator(80, 24),
        };
        cockpit.happens(Msg::ThemesLoaded {
            names: THEMES.names(),
            warnings: if how & 16 == 0 { vec![] } else { vec!["a theme is wrong".into()] },
        });
        cockpit.happens(Msg::Resize(80, 24));
        cockpit.happens(Msg::Linked(welcome()));
        for push in ["desk", "kpis", "slots", "book", "channels"] {
            cockpit.push(push, 0);
        }
        cockpit
    }

    fn happens(&mut self, msg: Msg) {
        let mut left = vec![msg];
        // An answer may ask again; a daemon would not end there either, but a run does.
        for _ in 0..64 {
            let Some(msg) = left.pop() else { break };
            for effect in update(&mut self.model, msg, self.now) {
                let Effect::Send(sent) = effect else { continue };
                match sent {
                    ToDaemon::Ask { number, ask } if self.prompt => {
                        left.push(answered(number, self.answer(ask)));
                    }
                    ToDaemon::Ask { number, ask } => self.open.push((number, ask)),
                    ToDaemon::Window { queue, window } => {
                        self.windows[queue as usize] = window;
                        left.extend(self.window(queue));
                    }
                    ToDaemon::Viewing { id: Some(id), .. } => {
                        if let Answer::Shown(detail) = self.answer(Ask::Show(id)) {
                            left.push(pushed(Push::Detail(*detail)));
                        }
                    }
                    ToDaemon::WatchCalendar(days) => self.watched = days,
                    _ => {}
                }
            }
        }
    }

    /// What the desk says; a command is taken and changes nothing.
    fn answer(&self, ask: Ask) -> Answer {
        let (store, setup) = &*DESK;
        match ask {
            Ask::Do(command) => Answer::Done(Done {
                name: command.name(),
                taken_back: false,
                ids: command.ids().to_vec(),
                refused: vec![],
                message: None,
                goes_at: (command.name() == Name::Reply).then_some(self.now + Span(8_000)),
                warned: vec![],
                posts: vec![],
                made: None,
            }),
            Ask::Channels => Answer::Channels(views(setup)),
            Ask::Status | Ask::Stop => Answer::Ok,
            read => answer(store, setup, "amy", read, self.now),
        }
    }

    fn window(&self, queue: Queue) -> Option<Msg> {
        let spec = self.windows[queue as usize].as_ref()?;
        let window = query::window(&*DESK.0, spec, queue, &operator("amy"), self.now).ok()?;
        Some(pushed(Push::Window(window)))
    }

    fn step(&mut self, given: &mut Given<'_>) {
        match given.byte() {
            // Most of the time somebody presses a key.
            0..=150 => {
                let key = key(given);
                self.now = self.now + Span(i64::from(given.byte()) * 4);
                self.happens(Msg::Key(key));
            }
            151..=170 => {
                for c in given.text(24).chars() {
                    self.happens(Msg::Key(Key::char(c)));
                }
            }
            171..=176 => {
                let text = given.text(200);
                let times = given.below(40) + 1;
                self.happens(Msg::Paste(text.repeat(times)));
            }
            177..=186 => {
                let (w, h) = match given.byte() {
                    n @ 0..=200 => SIZES[usize::from(n) % SIZES.len()],
                    _ => (given.short() % 500 + 1, given.short() % 200 + 1),
                };
                self.happens(Msg::Resize(w, h));
            }
            187..=200 => self.comes(given),
            201..=215 => {
                let queue = Queue::ALL[given.below(2)];
                let what = *given.one(&PUSHES);
                let n = given.byte();
                match what {
                    "window" => {
                        if let Some(msg) = self.window(queue) {
                            self.happens(msg);
                        }
                    }
                    other => self.push(other, n),
                }
            }
            216..=225 => {
                self.now = self.now + Span(i64::from(given.short()) * 50);
                self.happens(Msg::Tick);
            }
            226..=230 => {
                // The clock is set.
                let days = i64::from(given.byte().cast_signed());
                self.now = self.now + Span::hours(days * 24);
                self.happens(Msg::Tick);
            }
            231..=245 => self.replies(given),
            _ => self.outside(given),
        }
        self.show(given.byte().is_multiple_of(8));
    }

    /// Answers one of the open questions: as the desk does, by a refusal, or by something else.
    fn replies(&mut self, given: &mut Given<'_>) {
        let how = given.byte();
        if how & 64 != 0 {
            self.prompt = !self.prompt;
        }
        if self.open.is_empty() {
            return;
        }
        let (number, ask) = self.open.remove(given.below(self.open.len()));
        let id = ConversationId(u64::from(given.byte()));
        let answer = match how % 8 {
            0..=3 => self.answer(ask),
            4 => Answer::Refused(match given.byte() % 5 {
                0 => Refusal::NoSuchConversation(id),
                1 => Refusal::Unchanged(id),
                2 => Refusal::EmptyText,
                3 => Refusal::Overtaken { id, new: 3 },
                _ => Refusal::OwnerOnly,
            }),
            5 => Answer::Ok,
            6 => self.answer(Ask::Show(id)),
            _ => self.answer(Ask::Topics),
        };
        self.happens(answered(number, answer));
    }

    /// The link, the window, what the client itself tells.
    fn comes(&mut self, given: &mut Given<'_>) {
        let n = given.byte();
        match n % 8 {
            0 => self.happens(Msg::Focus(n & 8 == 0)),
            1 => {
                let retry_at = (n & 8 == 0).then_some(self.now + Span(3_000));
                self.happens(Msg::LinkLost { why: "the link\u{1b} broke".into(), retry_at });
            }
            2 => {
                self.open.clear();
                self.happens(Msg::Linked(welcome()));
            }
            3 => self.happens(Msg::PlainGlyphs),
            4 => self.happens(Msg::Trouble(given.text(60))),
            5 => {
                let text = (n & 8 == 0).then(|| given.text(200));
                self.happens(Msg::EditorDone(text));
            }
            6 => self.happens(Msg::Opened { link: given.text(30), browser: n & 8 == 0 }),
            _ => self.happens(Msg::ThemesLoaded { names: THEMES.names(), warnings: vec![] }),
        }
    }

    /// Files and views.
    fn outside(&mut self, given: &mut Given<'_>) {
        let n = given.byte();
        let view = |given: &mut Given<'_>| SavedView {
            name: given.text(12),
            filter: given.text(20),
            sort: Sort::default(),
        };
        match n % 4 {
            0 => {
                let views = vec![view(given), view(given)];
                self.happens(Msg::ViewsLoaded(views));
            }
            1 => {
                let after = Some(view(given));
                let change =
                    ViewChange { name: "v".into(), before: None, after, taken_back: n & 8 == 0 };
                self.happens(Msg::ViewChanged { change, views: vec![] });
            }
            2 => self.happens(Msg::Import(import::Told::Line(given.text(80)))),
            _ => {
                let why = (n & 8 == 0).then(|| given.text(30));
                self.happens(Msg::Import(import::Told::Ended(why)));
            }
        }
    }

    fn push(&mut self, what: &str, n: u8) {
        let (store, setup) = &*DESK;
        let id = ConversationId(u64::from(n % 32) + 1);
        let weibo = setup.channels[usize::from(n) % setup.channels.len()].id.clone();
        let zone = Tz::Asia__Shanghai;
        let push = match what {
            "desk" => Push::Desk(state(setup, n, self.now)),
            "kpis" => query::kpis(&**store, self.now, 3).map(Push::Kpis).expect("a store"),
            "slots" => {
                let zone = setup.zone.as_deref();
                let slots = query::today(&**store, &setup.cadences, zone, self.now);
                Push::Slots(slots.expect("a store"))
            }
            "detail" => match self.answer(Ask::Show(id)) {
                Answer::Shown(detail) => Push::Detail(*detail),
                _ => return,
            },
            "channels" => Push::Channels(views(setup)),
            "calendar" => {
                let days = self.watched.unwrap_or(Days { from: self.now, days: u16::from(n) });
                let read = query::calendar(&**store, &setup.cadences, zone, days, self.now);
                Push::Calendar(read.expect("a store"))
            }
            "board" => {
                let at = (&weibo, "weibo");
                let stands = query::board(&**store, &setup.figures, at, zone, self.now);
                let channels = setup.channels.iter().map(|c| c.id.clone()).collect();
                let stands = stands.expect("a store");
                Push::Board(ChannelBoard { channel: Some(weibo), channels, stands })
            }
            "book" => Push::Book(Box::new((*setup.figures).clone())),
            "forecast" => {
                let read = query::outlook(&**store, self.now, zone, 2, u32::from(n), 8);
                Push::Forecast(read.unwrap_or(Err(TooLittle::Came)))
            }
            "lint" => Push::Lint(Box::default()),
            _ => Push::Notices(notices(n)),
        };
        self.happens(pushed(push));
    }

    /// Draws, and looks at what was drawn.
    fn show(&mut self, closely: bool) {
        let (w, h) = self.model.size();
        if !closely && u32::from(w) * u32::from(h) > LARGE {
            return;
        }
        let mut terminal = Terminal::new(TestBackend::new(w, h)).expect("a terminal");
        let theme = THEMES.get(self.model.theme());
        let (mut cells, mut links) = (Buffer::default(), Vec::new());
        terminal
            .draw(|frame| {
                links = draw(&self.model, theme, self.now, frame);
                cells = frame.buffer_mut().clone();
            })
            .expect("a frame");
        assert_eq!((cells.area.width, cells.area.height), (w, h));
        for cell in cells.content() {
            assert!(!cell.symbol().chars().any(char::is_control), "{:?}", cell.symbol());
        }
        let caret = terminal.backend().cursor_visible().then(|| terminal.get_cursor_position());
        let caret: Option<Position> = caret.and_then(Result::ok).filter(|at| at.x < w && at.y < h);
        if !closely || u32::from(w) * u32::from(h) > LARGE {
            return;
        }
        let lead = |l: &dutydesk::view::Link| term::Link {
            y: l.y,
            columns: l.columns.clone(),
            target: l.target.clone(),
        };
        let links: Vec<term::Link> = links.iter().map(lead).collect();
        if self.screen.screen().size() != (size(h), size(w)) {
            self.screen = emulator(w, h);
            self.painter.forget();
        }
        self.painter.look(&cells, &links);
        self.screen.process(&self.painter.paint(caret));
        // A terminal that has seen every frame shows what one shows that sees this one first.
        let mut fresh = Painter::new(self.painter.traits());
        let mut first = emulator(w, h);
        fresh.look(&cells, &links);
        let bytes = fresh.paint(caret);
        first.process(&bytes);
        for (y, (ours, fresh)) in seen(&self.screen).iter().zip(seen(&first)).enumerate() {
            let bytes = String::from_utf8_lossy(&bytes);
            assert_eq!(*ours, fresh, "line {y} of {w}x{h} after {bytes:?}");
        }
        if let Some(at) = caret {
            assert_eq!(self.screen.screen().cursor_position(), (at.y, at.x));
        }
    }

    /// Nothing happens any more: the cockpit sleeps, whatever it shows.
    fn rest(&mut self) {
        let began = self.now;
        for _ in 0..40 {
            let Some(at) = self.model.next_tick(self.now) else { return };
            self.now = at;
            self.happens(Msg::Tick);
        }
        assert!(
            self.now.0 - began.0 >= 1_000,
            "it wakes all the time: {} ms",
            self.now.0 - began.0
        );
    }
}

const PUSHES: [&str; 12] = [
    "window", "window", "desk", "kpis", "slots", "detail", "channels", "calendar", "board",
    "forecast", "lint", "notices",
];

fn key(given: &mut Given<'_>) -> Key {
    let (n, held) = (given.byte(), given.byte());
    let code = match usize::from(n) {
        n if n < KEYS.len() => KEYS[n],
        n => KeyCode::Char(char::from(b' ' + u8::try_from(n % 95).unwrap_or(0))),
    };
    // Rarely with something held.
    let key = Key { code, ctrl: held > 230, alt: held % 32 == 31, shift: held % 32 == 30 };
    key.normal()
}

fn size(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("no terminal has no cells")
}

fn emulator(w: u16, h: u16) -> vt100::Parser {
    vt100::Parser::new(size(h), size(w), 0)
}

/// The lines of a terminal; a blank may be printed or erased.
fn seen(screen: &vt100::Parser) -> Vec<String> {
    let (h, w) = screen.screen().size();
    let line = |y| {
        let cell = |x| match screen.screen().cell(y, x) {
            Some(cell) if cell.is_wide_continuation() => String::new(),
            Some(cell) if !cell.contents().is_empty() => cell.contents().to_owned(),
            _ => " ".to_owned(),
        };
        (0..w.get()).map(cell).collect::<String>().trim_end().to_owned()
    };
    (0..h.get()).map(line).collect()
}

fn pushed(push: Push) -> Msg {
    Msg::Wire(ToClient::Push(Box::new(push)))
}

fn answered(number: u64, answer: Answer) -> Msg {
    Msg::Wire(ToClient::Answer { number, answer: Box::new(answer) })
}

fn welcome() -> Welcome {
    let setup = &DESK.1;
    Welcome {
        session: SessionId(1),
        operator: operator("amy"),
        declared: false,
        desk: "云岭咖啡".into(),
        demo: false,
        zone: setup.zone.clone(),
        channels: setup.channels.clone(),
        lint: Box::default(),
        since: Some(SinceLeft {
            left: NOW - Span::hours(3),
            arrived: 214,
            actions: vec![(operator("bo"), Name::Resolve, 31)],
            assigned: vec![ConversationId(9)],
            more: true,
        }),
        operators: vec![operator("amy"), operator("bo")],
    }
}

fn state(setup: &Setup, n: u8, now: Time) -> DeskState {
    let brief = |id: &ChannelId| Brief {
        id: id.clone(),
        blind: (n & 1 != 0).then_some(now - Span::minutes(3)),
        can: Some(Abilities { reply: true, like: true, ..Abilities::default() }),
        by_hand: n & 2 != 0,
        expires: (n & 4 != 0).then_some(now + Span::hours(9)),
        unconfirmed: u64::from(n % 3),
    };
    let on = Some(ConversationId(u64::from(n)));
    DeskState {
        counts: query::counts(&*DESK.0).expect("a store"),
        late: vec![(Queue::Comments, u64::from(n))],
        within_hour: vec![(Queue::Messages, 4)],
        next_due: (n & 8 == 0).then_some(now + Span::minutes(i64::from(n))),
        people: vec![Presence { operator: operator("bo"), on, replying: n & 16 != 0 }],
        channels: setup.channels.iter().map(|c| brief(&c.id)).collect(),
        waiting: u64::from(n % 5),
        alerts: u32::from(n % 4),
        read_only: (n & 32 != 0).then(|| "the disk is full".to_owned()),
        settings_trouble: (n & 64 != 0).then(|| "lint.toml: line 3".to_owned()),
    }
}

fn views(setup: &Setup) -> Vec<View> {
    let view = |(n, channel): (u64, &dutydesk::domain::Channel)| View {
        channel: channel.clone(),
        held_by: (0..n % 3)
            .map(|k| Holder { name: format!("mia\u{1b}{k}"), removed: k == 1 })
            .collect(),
        connector: ["demo", "manual", "command", ""][n as usize % 4].into(),
        phase: match n % 5 {
            0 => Phase::Live,
            1 => Phase::ByHand,
            2 => Phase::Starting,
            3 => Phase::Paused,
            _ => Phase::Blind { since: NOW, why: "no route\u{7} to host".into() },
        },
        account: (n % 2 == 0).then(|| "@us".to_owned()),
        can: (n % 3 > 0).then(Abilities::default),
        polled: Some(NOW),
        brought: None,
        budget: (n % 2 == 1).then_some((3, 300, Some(NOW + Span::minutes(9)))),
        expires: None,
        counts: Counts::default(),
        waiting: n,
        unconfirmed: n / 2,
        figures: [("followers".to_owned(), i64::MAX)].into(),
        log: vec![(NOW, "hello\u{1b}[2J".into()), (NOW, "退款".into())],
    };
    (0..).zip(&setup.channels).map(view).collect()
}

fn notices(n: u8) -> Vec<Notice> {
    let (id, by) = (ConversationId(u64::from(n % 40)), operator("bo"));
    let why = || "the platform says no\u{1b}".to_owned();
    let all = vec![
        Notice::Assigned { id, by: by.clone() },
        Notice::Mentioned { id, by: by.clone() },
        Notice::Escalated { id, by: by.clone() },
        Notice::ForLead { count: u32::from(n), id },
        Notice::Overtaken { id },
        Notice::Gone { id, name: Name::Resolve, by: by.clone() },
        Notice::ClaimLost { id, by: Some(by) },
        Notice::Unsent { id, what: OutKind::Reply, became: Became::Failed, why: why() },
        Notice::Held { id, why: Hold::Overtaken { new: 2 } },
        Notice::Breached { count: u32::from(n), id, target: None },
    ];
    all.into_iter().skip(usize::from(n) % 10).take(usize::from(n % 3) + 1).collect()
}
