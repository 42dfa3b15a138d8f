//! What one session is to be shown next. Nothing is queued: a push is made when it can be
//! written, from what is in the desk then, so a slow client skips states instead of piling them up.

use super::answers;
use super::desk::{Published, query};
use super::hub::{Hub, News};
use super::identity::Identity;
use super::masked;
use super::pace::Pace;
use super::session::blocking;
use super::sorted;
use super::window::{Touch, View};
use super::writer::now;
use crate::domain::forecast::MOST_HOURS;
use crate::domain::order::StateKind;
use crate::domain::{ChannelId, ConversationId, Queue, Refusal, SessionId};
use crate::wire::figure::Raised;
use crate::wire::frame;
use crate::wire::message::{ClientKind, Notice, Push, ToClient, WindowSpec};
use crate::wire::post::Days;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The least time between two pushes of the conversation that is looked at.
const PACE: Duration = Duration::from_millis(40);
/// The same for lists and the header, which every event may change: no eye follows them faster, and twenty
/// cockpits read them anew each time. What an operator does themselves does not wait for it.
const LISTS: Duration = Duration::from_millis(100);
/// The same for figures that nobody acts on within a second.
const KPIS: Duration = Duration::from_secs(3);
/// A forecast is reckoned anew at most so often, with the news that a minute is over.
const FORECAST: Duration = Duration::from_secs(55);
const SLOTS: Duration = Duration::from_secs(1);
/// Figures of channels are told by the minute at most.
const BOARD: Duration = Duration::from_secs(5);
/// How long a change may stay unread that shows in a number beside the rows at most, or that only
/// reading a filtered window would tell.
const PATIENT: Duration = Duration::from_millis(250);
/// How long to wait before something that could not be read is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// The most notices that wait.
const MOST_NOTICES: usize = 50;

/// Everything that is pushed besides notices, in the order in which it goes when several wait.
const KINDS: [(What, Duration); 12] = [
    (What::Window(Queue::Comments), LISTS),
    (What::Window(Queue::Messages), LISTS),
    (What::Detail, PACE),
    (What::Desk, LISTS),
    (What::Slots, SLOTS),
    (What::Calendar, SLOTS),
    (What::Kpis, KPIS),
    (What::Channels, SLOTS),
    (What::Forecast, FORECAST),
    (What::Lint, SLOTS),
    (What::Book, SLOTS),
    (What::Board, BOARD),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Window(Queue),
    Detail,
    Desk,
    Slots,
    Calendar,
    Kpis,
    Channels,
    Forecast,
    Lint,
    Book,
    Board,
}

/// What one session watches, and what of it is to be pushed.
pub struct Pushes {
    hub: Arc<Hub>,
    who: Identity,
    session: SessionId,
    cockpit: bool,
    views: Vec<View>,
    viewing: Option<ConversationId>,
    replying: bool,
    watches_channels: bool,
    calendar: Option<Days>,
    /// Whether personal data is masked for them.
    masked: bool,
    /// Whether they are told who comes from where.
    leads: bool,
    board: Option<ChannelId>,
    /// One for each of [`KINDS`].
    paces: [Pace; KINDS.len()],
    notices: VecDeque<Notice>,
}

impl Pushes {
    /// A session that watches nothing yet; a cockpit always gets the header, figures and slots.
    pub fn new(hub: Arc<Hub>, who: Identity, kind: ClientKind, session: SessionId) -> Pushes {
        let mut pushes = Pushes {
            hub,
            who,
            session,
            cockpit: kind == ClientKind::Cockpit,
            views: Vec::new(),
            viewing: None,
            replying: false,
            watches_channels: false,
            calendar: None,
            masked: false,
            leads: false,
            board: None,
            paces: KINDS.map(|(_, every)| Pace::every(every)),
            notices: VecDeque::new(),
        };
        // The welcome says what texts may not say.
        for (what, _) in KINDS.into_iter().filter(|(what, _)| *what != What::Lint) {
            pushes.want(what, Duration::ZERO);
        }
        pushes
    }

    /// Opens, replaces or closes the window of a queue.
    pub fn open(&mut self, queue: Queue, spec: Option<WindowSpec>) {
        let old = self.views.iter().position(|v| v.queue() == queue);
        let old = old.map(|at| self.views.swap_remove(at));
        if let Some(spec) = spec {
            let view = View::new(queue, spec);
            self.views.push(match old {
                Some(old) => view.replaces(old),
                None => view,
            });
            self.pace(What::Window(queue)).demand(Instant::now());
        }
    }

    /// The operator looks at a conversation, or at none.
    pub fn view(&mut self, id: Option<ConversationId>, replying: bool) {
        if self.viewing != id {
            self.viewing = id;
            self.pace(What::Detail).demand(Instant::now());
        }
        self.replying = replying;
    }

    /// The operator looks at the channels, or no longer does.
    pub fn watch_channels(&mut self, on: bool) {
        self.watches_channels = on;
        if on {
            self.pace(What::Channels).demand(Instant::now());
        }
    }

    /// The operator looks at these days of the calendar, or at none.
    pub fn watch_calendar(&mut self, days: Option<Days>) {
        self.calendar = days;
        if days.is_some() {
            self.pace(What::Calendar).demand(Instant::now());
        }
    }

    /// The operator looks at the figures of this channel, or of none in particular.
    pub fn watch_board(&mut self, channel: Option<ChannelId>) {
        self.board = channel;
        self.pace(What::Board).demand(Instant::now());
    }

    fn pace(&mut self, what: What) -> &mut Pace {
        // Every kind stands in the table.
        let at = KINDS.iter().position(|(kind, _)| *kind == what).unwrap_or(0);
        &mut self.paces[at]
    }

    /// Something should be pushed, `late` from now at the latest.
    fn want(&mut self, what: What, late: Duration) {
        self.pace(what).want(Instant::now(), late);
    }

    /// Whether personal data is masked from now on.
    pub fn set_masked(&mut self, masked: bool) {
        self.masked = masked;
    }

    /// Whether they are told who comes from where.
    pub fn set_leads(&mut self, leads: bool) {
        self.leads = leads;
    }

    /// Everything may be different.
    fn want_all(&mut self) {
        for (what, _) in KINDS {
            self.want(what, Duration::ZERO);
        }
    }

    /// Takes news in.
    pub fn news(&mut self, news: &News) {
        match news {
            News::All => self.want_all(),
            News::Committed(group) => self.committed(group),
            News::Sorted => {
                let sorted: Vec<Queue> =
                    self.views.iter().filter(|v| v.is_sorted()).map(View::queue).collect();
                for queue in sorted {
                    self.want(What::Window(queue), Duration::ZERO);
                }
            }
            News::People | News::Health => self.want(What::Desk, Duration::ZERO),
            News::Lint => self.want(What::Lint, Duration::ZERO),
            // Who sees personal data no longer gets everything anew.
            News::Roles => self.want_all(),
            News::Book => {
                self.want(What::Book, Duration::ZERO);
                self.want(What::Board, Duration::ZERO);
            }
            News::Channels => {
                self.want(What::Desk, PATIENT);
                if self.watches_channels {
                    self.want(What::Channels, Duration::ZERO);
                }
            }
            News::Minute => {
                for what in [
                    What::Desk,
                    What::Kpis,
                    What::Slots,
                    What::Calendar,
                    What::Forecast,
                    What::Board,
                ] {
                    self.want(what, Duration::ZERO);
                }
                let timely: Vec<Queue> =
                    self.views.iter().filter(|v| v.follows_time()).map(View::queue).collect();
                for queue in timely {
                    self.want(What::Window(queue), PATIENT);
                }
            }
        }
    }

    fn committed(&mut self, group: &Published) {
        let (mut wanted, mut hurried) = (Vec::new(), Vec::new());
        for view in &mut self.views {
            for m in group.moves.iter().filter(|m| view.loses(m)) {
                if let Some((by, name)) = m.by.as_ref().filter(|(by, _)| *by != self.who.operator) {
                    note(&mut self.notices, Notice::Gone { id: m.id, name: *name, by: by.clone() });
                }
            }
            let (mut touch, mut mine) = (Touch::None, false);
            for m in &group.moves {
                let one = view.see(m);
                let me = m.by.as_ref().is_some_and(|(by, _)| *by == self.who.operator);
                mine |= me && one == Touch::Rows;
                touch = touch.max(one);
            }
            if mine {
                hurried.push(view.queue());
            }
            match touch {
                Touch::None => {}
                Touch::Numbers | Touch::Perhaps => {
                    wanted.push((What::Window(view.queue()), PATIENT));
                }
                Touch::Rows => wanted.push((What::Window(view.queue()), Duration::ZERO)),
            }
        }
        // A draft shows in the other cockpits of whoever writes it.
        let drafted = group.drafts.iter().any(|(operator, id, session)| {
            *operator == self.who.operator
                && self.viewing == Some(*id)
                && *session != Some(self.session)
        });
        if drafted || self.viewing.is_some_and(|id| group.moves.iter().any(|m| m.id == id)) {
            wanted.push((What::Detail, Duration::ZERO));
        }
        for (changed, what) in [
            (group.state || group.outbox, What::Desk),
            (group.kpis, What::Kpis),
            (group.slots, What::Slots),
            (group.slots, What::Calendar),
            (group.figures, What::Board),
        ] {
            if changed {
                wanted.push((what, Duration::ZERO));
            }
        }
        for (what, late) in wanted {
            self.want(what, late);
        }
        for queue in hurried {
            self.pace(What::Window(queue)).hurry(Instant::now());
        }
        for (to, notice) in &group.notices {
            if *to == self.who.operator {
                note(&mut self.notices, notice.clone());
            }
        }
        for (came, session) in &group.came {
            // Their own other cockpits: whoever came may not be they.
            let theirs = came.operator == self.who.operator && *session != self.session;
            if theirs || (self.leads && came.operator != self.who.operator) {
                note(&mut self.notices, Notice::Came(Box::new(came.clone())));
            }
        }
        if let Some(id) = self.viewing.filter(|id| self.replying && group.new_inbound.contains(id))
        {
            note(&mut self.notices, Notice::Overtaken { id });
        }
        if let Some(first) = group.raised.first() {
            let count = u32::try_from(group.raised.len()).unwrap_or(u32::MAX);
            let raised = Raised { count, ..first.clone() };
            note(&mut self.notices, Notice::Alert(Box::new(raised)));
        }
        if let Some((id, target)) = group.breached.first().copied() {
            let ids: HashSet<ConversationId> = group.breached.iter().map(|(id, _)| *id).collect();
            let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            note(&mut self.notices, Notice::Breached { count, id, target: Some(target) });
        }
    }

    /// When there will be something to push; `None` = not before something happens.
    pub fn at(&self) -> Option<Instant> {
        self.paces.iter().filter_map(Pace::at).min()
    }

    /// The next push that is due, as bytes. Call it whenever something can be written.
    pub fn next(&mut self, here: Instant) -> Option<Vec<u8>> {
        if !self.cockpit {
            self.notices.clear();
        }
        if !self.notices.is_empty() {
            return encode(Push::Notices(self.notices.drain(..).collect()));
        }
        for (at, (what, _)) in KINDS.into_iter().enumerate() {
            if !self.paces[at].take(here) {
                continue;
            }
            let push = blocking(|| self.make(what)).unwrap_or_else(|why| {
                tracing::warn!("a push has to wait: {why:?}");
                self.paces[at].want(here, RETRY);
                None
            });
            let masked = self.masked;
            let push = push.map(|mut push| {
                if masked {
                    masked::push(&mut push);
                }
                push
            });
            if let Some(bytes) = push.and_then(encode)
                && self.paces[at].is_new(&bytes)
            {
                return Some(bytes);
            }
        }
        None
    }

    /// Reads what is to be shown, as it is now; `None` = this session is not shown such a thing.
    fn make(&mut self, what: What) -> Result<Option<Push>, Refusal> {
        let (reads, me) = (&self.hub.reads, &self.who.operator);
        match what {
            What::Window(queue) => {
                let Some(view) = self.views.iter_mut().find(|v| v.queue() == queue) else {
                    return Ok(None);
                };
                let beside = (&self.hub.search, &self.hub.sorted);
                let window = reads.with(|store| view.read(store, beside, me, now()));
                sorted::fill(&self.hub);
                match window {
                    // The client has read the filter too, and says what is wrong with it.
                    Err(Refusal::BadFilter(_)) => Ok(None),
                    window => window.map(|w| w.map(Push::Window)),
                }
            }
            What::Detail => {
                let Some(id) = self.viewing else { return Ok(None) };
                let mut found = reads.with(|store| query::detail(store, id, me))?;
                if let Some(detail) = &mut found {
                    answers::fit(detail);
                }
                Ok(found.map(Push::Detail))
            }
            _ if !self.cockpit => Ok(None),
            What::Desk => Ok(Some(Push::Desk(self.hub.desk_state()))),
            What::Lint => Ok(Some(Push::Lint(Box::new(self.hub.rules().lint.clone())))),
            What::Book => Ok(Some(Push::Book(Box::new(self.hub.rules().figures.clone())))),
            What::Board => {
                Ok(Some(Push::Board(answers::watched(&self.hub, self.board.as_ref(), now())?)))
            }
            What::Channels if !self.watches_channels => Ok(None),
            What::Channels => Ok(Some(Push::Channels(answers::channels(&self.hub)?))),
            What::Forecast => {
                Ok(Some(Push::Forecast(answers::outlook(&self.hub, now(), MOST_HOURS, None)?)))
            }
            What::Slots => {
                let zone = self.hub.about.setup.zone.as_deref();
                let cadences = self.hub.configured().1;
                let slots = reads.with(|s| query::today(s, &cadences, zone, now()))?;
                Ok(Some(Push::Slots(slots)))
            }
            What::Calendar => {
                let Some(days) = self.calendar else { return Ok(None) };
                Ok(Some(Push::Calendar(answers::calendar(&self.hub, days, now())?)))
            }
            What::Kpis => {
                let counts = self.hub.desk_state().counts;
                let open = counts.iter().filter(|(_, state, _)| *state == StateKind::Open);
                let open = open.map(|(_, _, n)| n).sum();
                Ok(Some(Push::Kpis(reads.with(|store| query::kpis(store, now(), open))?)))
            }
        }
    }
}

fn note(notices: &mut VecDeque<Notice>, notice: Notice) {
    if notices.len() == MOST_NOTICES {
        notices.pop_front();
    }
    notices.push_back(notice);
}

/// A push as bytes; one that does not fit is told in the log and left out.
fn encode(push: Push) -> Option<Vec<u8>> {
    match frame::encode(&ToClient::Push(Box::new(push))) {
        Ok(bytes) => Some(bytes),
        Err(e) => {
            tracing::error!("a push was left out: {e}");
            None
        }
    }
}
