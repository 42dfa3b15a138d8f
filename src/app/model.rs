//! Everything the cockpit shows and remembers.

use super::action::{Action, Context};
pub(super) use super::asked::Asked;
use super::composer::{Composer, Drafts, Kind};
use super::going::Going;
use super::keymap::{Keymap, WHICH_KEY};
use super::layer::Layer;
use super::layout::{Screen, Want};
use super::notices::Notices;
use super::play::Play;
use super::posts::Posts;
use super::queue::QueueList;
use super::thread::ThreadLine;
use super::views::ViewChange;
use super::{Key, Settings, alerts, charts, posts, service};
use crate::app::Effect;
use crate::domain::canned::Canned;
use crate::domain::forecast::{Forecast, Outlook};
use crate::domain::lint::Linter;
use crate::domain::slot::Slot;
use crate::domain::{
    Channel, ChannelId, Conversation, ConversationId, Name, OperatorName, Queue, SavedView,
    TextLimit, Time, limit,
};
use crate::text::catalogue::cockpit as say;
use crate::text::{Lang, Shown};
use crate::wire::message::{Ask, DeskState, Detail, Kpis, ToDaemon, Welcome};
use crate::wire::work::Macros;
use crate::wire::{channel, post};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// How long the cursor stays on a line before its conversation is asked for, in milliseconds.
pub const DWELL: i64 = 80;

/// The pane with the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A queue.
    Queue(Queue),
    /// Today's slots.
    Slots,
    /// The figures.
    Figures,
    /// The open conversation.
    Conversation,
}

/// How the link to the daemon is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not yet made.
    Connecting,
    /// It stands.
    Up,
    /// Lost, or the desk turned us away.
    Lost {
        /// Why.
        why: Shown,
        /// When the next try is.
        retry_at: Option<Time>,
        /// As of when the screen is.
        since: Time,
    },
}

/// Marking all that match, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marking {
    pub queue: Queue,
    pub ids: Vec<ConversationId>,
}

/// The conversation in view.
#[derive(Clone, Debug, Default)]
pub struct InView {
    /// The newest state the daemon sent.
    pub detail: Option<Detail>,
    /// Its thread, for the width it is shown at.
    pub lines: Vec<ThreadLine>,
    /// Lines the thread is scrolled up from its end.
    pub up: usize,
    /// Its oldest unanswered message begins at this line.
    pub head: Option<usize>,
}

/// The state of one cockpit. [`crate::app::update`] changes it, `view` reads it.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) settings: Settings,
    pub(super) keymap: Keymap,
    pub(super) zone: Tz,
    pub(super) size: (u16, u16),
    /// False while the terminal says that another window has the keyboard.
    pub(super) focused: bool,
    pub(super) screen: Screen,
    pub(super) link: Link,
    pub(super) welcome: Option<Welcome>,
    pub(super) desk: DeskState,
    pub(super) kpis: Kpis,
    pub(super) today: Vec<Slot>,
    /// Days of the calendar, as they came last.
    pub(super) calendar: Option<post::Calendar>,
    /// What the calendar and the post in view are about.
    pub(super) posts: Posts,
    /// The breach forecast, once reckoned.
    pub(super) outlook: Option<Outlook>,
    /// Every channel, while the channels screen is open.
    pub(super) channels: Vec<channel::View>,
    /// Whether the daemon was told that it is.
    pub(super) watching: bool,
    /// What the service screen is about.
    pub(super) board: service::Board,
    /// What the figures of channels are looked at for.
    pub(super) charts: charts::Charts,
    pub(super) alerts: alerts::Alerts,
    pub(super) lists: [QueueList; 2],
    pub(super) focus: Focus,
    pub(super) home: Queue,
    /// The conversation that was opened, while the cursor is in it.
    pub(super) open: Option<ConversationId>,
    pub(super) in_view: InView,
    /// First line of the slots' pane.
    pub(super) panel_top: usize,
    pub(super) layers: Vec<Layer>,
    pub(super) chord: Vec<Key>,
    pub(super) last_key: Time,
    pub(super) last_active: Option<Time>,
    pub(super) asked: BTreeMap<u64, Asked>,
    pub(super) next_number: u64,
    pub(super) notices: Notices,
    /// What is wrong with the settings, to be said as soon as there is a clock.
    pub(super) unsaid: Vec<Shown>,
    pub(super) play: Option<Play>,
    pub(super) marking: Option<Marking>,
    pub(super) drafts: Drafts,
    /// What texts may not say on this desk.
    pub(super) linter: Linter,
    /// Answers that were sent and stay on the desk for a moment.
    pub(super) going: Option<Going>,
    /// The desk's canned responses, as they were read last.
    pub(super) responses: Vec<Canned>,
    pub(super) viewing: Option<(Option<ConversationId>, bool)>,
    pub(super) themes: Vec<String>,
    pub(super) macros: Macros,
    /// The operator's own views, as they were when the menu was last asked for.
    pub(super) own_views: Vec<SavedView>,
    /// The last change of them, while nothing was done since.
    pub(super) view_change: Option<ViewChange>,
    pub(super) dirty: bool,
}

impl Model {
    /// A cockpit before its first frame. What is wrong with the settings is said in it.
    pub fn new(settings: Settings) -> Model {
        let (keymap, wrong) = Keymap::new(&settings);
        Model {
            keymap,
            zone: settings.zone,
            size: (0, 0),
            focused: true,
            screen: Screen::default(),
            link: Link::Connecting,
            welcome: None,
            desk: DeskState::default(),
            kpis: Kpis::default(),
            today: Vec::new(),
            calendar: None,
            posts: Posts::default(),
            outlook: None,
            channels: Vec::new(),
            watching: false,
            board: service::Board::default(),
            charts: charts::Charts::default(),
            alerts: alerts::Alerts::default(),
            lists: Queue::ALL.map(QueueList::new),
            focus: Focus::Queue(Queue::Comments),
            home: Queue::Comments,
            open: None,
            in_view: InView::default(),
            panel_top: 0,
            layers: Vec::new(),
            chord: Vec::new(),
            last_key: Time(i64::MIN / 2),
            last_active: None,
            asked: BTreeMap::new(),
            next_number: 1,
            notices: Notices::default(),
            unsaid: wrong.into_iter().map(|w| w.text).collect(),
            play: None,
            marking: None,
            drafts: Drafts::default(),
            linter: Linter::default(),
            going: None,
            responses: Vec::new(),
            viewing: None,
            themes: vec![settings.theme.clone()],
            macros: Macros::default(),
            own_views: Vec::new(),
            view_change: None,
            dirty: true,
            settings,
        }
    }

    /// The theme to draw with now (the one being tried out in the picker, else the chosen one).
    pub fn theme(&self) -> &str {
        match self.layers.last() {
            Some(Layer::Themes { cursor, before }) => self.themes.get(*cursor).unwrap_or(before),
            _ => &self.settings.theme,
        }
    }

    /// When the picture changes by itself next (a countdown's minute, the end of a toast, the keys of
    /// a begun sequence) or something is due to be sent; `None` = never. Send
    /// [`crate::app::Msg::Tick`] then.
    pub fn next_tick(&self, now: Time) -> Option<Time> {
        // Nobody looks at the minutes of a window in the background; what passes its time there
        // still turns red.
        let minute = self.focused.then_some(Time(now.floor_minute().0 + 60_000));
        let late = self.lists.iter().filter_map(|l| l.next_due(now)).min();
        let used = |l: &QueueList| self.focus == Focus::Queue(l.queue);
        let lists = self.lists.iter().filter_map(|l| l.next_change(used(l), self.last_key)).min();
        let keys = Time(self.last_key.0 + WHICH_KEY);
        let chord = (!self.chord.is_empty() && keys > now).then_some(keys);
        let draft = self.composer().filter(|_| self.link == Link::Up).and_then(Composer::save_at);
        let dwell = (self.wanted_view(now) != self.wanted_view(Time(i64::MAX)))
            .then_some(Time(self.last_key.0 + DWELL));
        let toast = self.notices.next_change(now);
        let going = self.going().map(|going| going.next_change(now));
        let holds = posts::next_change(self, now).filter(|_| self.focused);
        let soonest = [minute, late, lists, chord, draft, dwell, toast, going, holds];
        // What is due already is done at the next tick, which must not be now again and again.
        soonest.into_iter().flatten().map(|t| t.max(Time(now.0 + 1))).min()
    }

    /// Whether the picture changed since this was last asked.
    pub fn dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    // What the view reads.

    /// The language of the interface.
    pub fn lang(&self) -> Lang {
        self.settings.lang
    }

    /// True when our own drawing keeps to ASCII.
    pub fn ascii(&self) -> bool {
        self.settings.ascii
    }

    /// The zone that times are shown in.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Columns and rows of the terminal.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Where everything lies.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// How the link is.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Desk and operator, once known.
    pub fn welcome(&self) -> Option<&Welcome> {
        self.welcome.as_ref()
    }

    /// Header figures, people, channels.
    pub fn desk(&self) -> &DeskState {
        &self.desk
    }

    /// Figures for the sparklines.
    pub fn kpis(&self) -> &Kpis {
        &self.kpis
    }

    /// The breach forecast, when enough was seen for one.
    pub fn forecast(&self) -> Option<&Forecast> {
        self.outlook.as_ref()?.as_ref().ok()
    }

    /// Today's slots, by time.
    pub fn today(&self) -> &[Slot] {
        &self.today
    }

    /// What the calendar and the post in view are about.
    pub fn posts(&self) -> &Posts {
        &self.posts
    }

    /// The figures of channels.
    pub fn charts(&self) -> &charts::Charts {
        &self.charts
    }

    /// The list of a queue.
    pub fn list(&self, queue: Queue) -> &QueueList {
        &self.lists[queue as usize]
    }

    /// The pane with the cursor.
    pub fn focus(&self) -> Focus {
        self.focus
    }

    /// The queue that the cursor is in or came from.
    pub fn home(&self) -> Queue {
        self.home
    }

    /// The conversation in view, with its thread.
    pub fn in_view(&self) -> &InView {
        &self.in_view
    }

    /// The layers, the one that hears the keys last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The composer, if something is being written.
    pub fn composer(&self) -> Option<&Composer> {
        self.layers.iter().find_map(|l| match l {
            Layer::Composer(c) => Some(c),
            _ => None,
        })
    }

    /// First line of the pane of slots or figures.
    pub fn panel_top(&self) -> usize {
        self.panel_top
    }

    /// The keymap.
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// Keys that wait for the rest of their sequence.
    pub fn chord(&self) -> &[Key] {
        &self.chord
    }

    /// What the begun sequence can come to, once it has waited a moment; empty when none is begun.
    pub fn which_key(&self, now: Time) -> Vec<(Shown, Action)> {
        if self.chord.is_empty() || now.0 - self.last_key.0 < WHICH_KEY {
            return Vec::new();
        }
        self.keymap.after(&self.contexts(), &self.chord)
    }

    /// What is said to the operator.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Answers that can still be taken back, while nothing lies over the panes.
    pub fn going(&self) -> Option<&Going> {
        self.going.as_ref().filter(|_| self.layers.is_empty())
    }

    /// Names of the themes.
    pub fn themes(&self) -> &[String] {
        &self.themes
    }

    /// True in play mode.
    pub fn playing(&self) -> bool {
        self.play.is_some()
    }

    /// How many were found so far, while all that match are being marked.
    pub fn marking(&self) -> Option<usize> {
        self.marking.as_ref().map(|m| m.ids.len())
    }

    /// What was asked of the desk for this conversation and is not answered yet.
    pub fn waiting(&self, id: ConversationId) -> Option<Name> {
        self.asked.values().find_map(|a| match a {
            Asked::Do { name, ids } if ids.contains(&id) => Some(*name),
            Asked::PlayClaim(claimed) if *claimed == id => Some(Name::Claim),
            _ => None,
        })
    }

    /// This operator.
    pub fn me(&self) -> Option<&OperatorName> {
        self.welcome.as_ref().map(|w| &w.operator)
    }

    /// A channel by its short name.
    pub fn channel(&self, id: &ChannelId) -> Option<&Channel> {
        self.welcome.as_ref()?.channels.iter().find(|c| c.id == *id)
    }

    /// What a channel is called on screen.
    pub fn channel_title(&self, id: &ChannelId) -> Shown {
        match self.channel(id) {
            Some(c) if !c.title.is_empty() => Shown::line(&c.title),
            Some(c) if !c.platform.is_empty() => Shown::line(&c.platform),
            _ => Shown::line(&id.0),
        }
    }

    /// Others who look at a conversation or answer it; those who answer first.
    pub fn others_on(&self, id: ConversationId) -> Vec<(&OperatorName, bool)> {
        let mut on: Vec<(&OperatorName, bool)> = self
            .desk
            .people
            .iter()
            .filter(|p| p.on == Some(id) && Some(&p.operator) != self.me())
            .map(|p| (&p.operator, p.replying))
            .collect();
        on.sort_by_key(|(name, replying)| (!replying, *name));
        on.dedup_by_key(|(name, _)| *name);
        on
    }

    // What the rest of this room shares.

    /// The newest record of a conversation, wherever it is held.
    pub(super) fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        let detail = self.in_view.detail.as_ref().map(|d| &d.conversation).filter(|c| c.id == id);
        detail.or_else(|| self.lists.iter().find_map(|l| l.line(id)).map(|l| &l.conversation))
    }

    pub(super) fn list_mut(&mut self, queue: Queue) -> &mut QueueList {
        &mut self.lists[queue as usize]
    }

    pub(super) fn composer_mut(&mut self) -> Option<&mut Composer> {
        self.layers.iter_mut().find_map(|l| match l {
            Layer::Composer(c) => Some(c),
            _ => None,
        })
    }

    /// The contexts that hear a key, first to last.
    pub fn contexts(&self) -> Vec<Context> {
        match self.layers.last() {
            Some(
                page @ (Layer::Service { .. }
                | Layer::Charts
                | Layer::Calendar
                | Layer::Post(_)
                | Layer::Alerts
                | Layer::Import(_)),
            ) => {
                let own = match page {
                    Layer::Service { .. } => Context::Service,
                    page => page.context(),
                };
                vec![own, Context::Reader, Context::Everywhere]
            }
            Some(layer) => vec![layer.context(), Context::Everywhere],
            None => [self.contexts_below(), vec![Context::Everywhere]].concat(),
        }
    }

    /// The contexts of the pane with the cursor, whatever lies over it.
    pub(super) fn contexts_below(&self) -> Vec<Context> {
        match self.focus {
            Focus::Queue(_) => vec![Context::Queue, Context::Desk],
            Focus::Conversation => vec![Context::Conversation, Context::Desk],
            Focus::Slots => vec![Context::Slots, Context::Panel, Context::Desk],
            Focus::Figures => vec![Context::Figures, Context::Panel, Context::Desk],
        }
    }

    /// Asks the daemon; the answer comes with the number that is returned.
    pub(super) fn ask(&mut self, ask: Ask, as_: Asked, effects: &mut Vec<Effect>) -> u64 {
        if matches!(ask, Ask::Do(_)) {
            // Undo is for this, then.
            self.view_change = None;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.asked.insert(number, as_);
        effects.push(Effect::Send(ToDaemon::Ask { number, ask }));
        number
    }

    /// The conversation to have in view at `now`.
    pub(super) fn wanted_view(&self, now: Time) -> Option<ConversationId> {
        if self.focus == Focus::Conversation {
            return self.open;
        }
        if self.screen.conversation.is_empty() {
            return None;
        }
        let selected = self.list(self.home).selected();
        let shown = self.viewing.and_then(|(id, _)| id);
        let rests = now.0.saturating_sub(self.last_key.0) >= DWELL;
        if rests || shown.is_none() { selected } else { shown }
    }

    /// Brings layout, heights and thread up to date with all else.
    pub(super) fn lay_out(&mut self) {
        let columns = self.screen.composer_columns().max(20);
        let how = say::PASTE_HOW.say(self.settings.lang);
        if let Some(c) = self.composer_mut() {
            c.editor.lay(columns);
        }
        self.measure();
        let composing = self.composer().map(|c| match c.kind {
            // How to paste is read before anything is pasted.
            Kind::Paste if c.editor.is_blank() => how.wrap(columns).len(),
            _ => c.editor.height(columns) + self.lint_rows(columns).len(),
        });
        let want = Want {
            focus: self.focus,
            home: self.home,
            composing: composing.map(|n| u16::try_from(n).unwrap_or(u16::MAX)),
            banner: matches!(self.link, Link::Lost { .. })
                || self.desk.read_only.is_some()
                || self.desk.settings_trouble.is_some(),
            slots: u16::try_from(self.today.len()).unwrap_or(u16::MAX),
            board: !self.charts.board.stands.is_empty(),
        };
        let before = self.screen.thread_columns();
        self.screen = Screen::of(self.size.0, self.size.1, want);
        for queue in Queue::ALL {
            let lines = self.screen.lines(queue);
            // A pane that is hidden for the moment keeps its rows and its place.
            if lines > 0 {
                self.lists[queue as usize].set_height(lines);
            }
        }
        if before != self.screen.thread_columns() {
            self.break_thread();
        }
        let most = self.in_view.lines.len().saturating_sub(self.screen.thread_rows());
        self.in_view.up = self.in_view.up.min(most);
    }

    /// Counts what is being written as its platform does.
    fn measure(&mut self) {
        let Some(c) = self.composer().filter(|c| !c.is_measured()) else { return };
        let limit = match (c.kind, self.conversation(c.ids.first().copied().unwrap_or_default())) {
            (Kind::Reply, Some(on)) => {
                let can = self.brief(&on.channel).and_then(|b| b.can.as_ref());
                limit::of(&on.platform, on.queue, can)
            }
            _ => TextLimit::default(),
        };
        if let Some(c) = self.composer_mut() {
            c.measure_by(&limit);
        }
    }
}
