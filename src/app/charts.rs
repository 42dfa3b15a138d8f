//! The figures of channels: whose are looked at, which of them, over what time, against what. The
//! pane and the screen share the channel. How figures stand is pushed as long as the cockpit is on;
//! lines and posts are asked for when the screen shows them, and once a minute while it does.

pub mod words;

use super::Effect;
use super::action::Action;
use super::layer::Layer;
use super::layout::Area;
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::{act, service};
use crate::domain::figure::board::Stand;
use crate::domain::figure::line::{Line, Over};
use crate::domain::figure::{Book, Layer as Rung};
use crate::domain::past_post::INTERACTIONS;
use crate::domain::{ChannelId, PastPost, Span, Time};
use crate::text::catalogue::charts as say;
use crate::text::{Msg, Shown};
use crate::wire::figure::{ChannelBoard, Figure, LineOf, TopPosts};
use crate::wire::message::{Ask, ToDaemon};

/// The ranges in days, in the order of the keys.
pub const RANGES: [u16; 5] = [1, 7, 30, 90, 400];
/// How far back the hours of the week, and a trend, are looked at.
const WEEK_DAYS: u16 = 42;
/// See [`WEEK_DAYS`].
const TREND_DAYS: u16 = 90;
/// Posts of the last so many days are looked at, at least.
const POST_DAYS: u16 = 30;
/// The most posts.
const POSTS: u16 = 50;
/// From these columns on the list stands beside the figure.
const BESIDE: u16 = 72;

/// What is shown of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Its line.
    #[default]
    Chart,
    /// The hours of the week.
    Week,
    /// Where it goes.
    Trend,
    /// The posts that did best by it.
    Posts,
    /// Its values.
    Table,
}

impl View {
    /// All of them, in the order of the key.
    pub const ALL: [View; 5] = [View::Chart, View::Week, View::Trend, View::Posts, View::Table];

    fn step(self, by: usize) -> View {
        let at = View::ALL.iter().position(|view| *view == self).unwrap_or(0);
        View::ALL[(at + by) % View::ALL.len()]
    }
}

/// What the pane and the screen are about.
#[derive(Clone, Debug)]
pub struct Charts {
    /// How the figures of the channel stand.
    pub board: ChannelBoard,
    /// What the desk says of figures.
    pub book: Box<Book>,
    /// Whose are wanted; `None` = the first channel with some.
    channel: Option<ChannelId>,
    /// What the daemon was told of that.
    told: Option<ChannelId>,
    /// The figure with the cursor.
    name: Option<String>,
    /// Which of [`RANGES`].
    range: usize,
    /// What is shown of it.
    pub view: View,
    /// The figure takes the whole screen, and the keys go through what it shows.
    pub large: bool,
    /// The period before is shown, too.
    pub before: bool,
    /// The figure it is held against.
    pub against: Option<Figure>,
    /// One to hold it against is being picked: what is shown meanwhile.
    pub picking: Option<Figure>,
    /// The line with the cursor among posts, or the first one of the table.
    pub row: usize,
    lines: Vec<(LineOf, Result<Line, Shown>)>,
    posts: Option<(TopPosts, Result<Vec<PastPost>, Shown>)>,
    /// What was asked for, in which minute.
    asked: Vec<(Question, Time)>,
    /// Figures that no post has.
    of_no_post: Vec<Figure>,
}

impl Default for Charts {
    fn default() -> Charts {
        Charts {
            board: ChannelBoard::default(),
            book: Box::default(),
            channel: None,
            told: None,
            name: None,
            range: 1,
            view: View::default(),
            large: false,
            before: false,
            against: None,
            picking: None,
            row: 0,
            lines: Vec::new(),
            posts: None,
            asked: Vec::new(),
            of_no_post: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    Line(LineOf),
    Posts(Figure, u16),
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row<'a> {
    /// What the figures below it tell of.
    Rung(Rung),
    /// A figure or rate; true = with the cursor.
    Stand(&'a Stand, bool),
}

impl Charts {
    /// The days that are shown.
    pub fn days(&self) -> u16 {
        RANGES[self.range.min(RANGES.len() - 1)]
    }

    /// The days that what is shown of the figure is about.
    pub fn span(&self) -> u16 {
        match self.view {
            View::Week => WEEK_DAYS,
            View::Trend => TREND_DAYS,
            View::Posts => self.days().max(POST_DAYS),
            View::Chart | View::Table => self.days(),
        }
    }

    /// The figures in the order of the list.
    fn listed(&self) -> Vec<&Stand> {
        let mut all: Vec<&Stand> = self.board.stands.iter().collect();
        all.sort_by_key(|stand| self.book.layer(&stand.name));
        all
    }

    /// The list, by layers.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let on = self.on().map(|stand| stand.name.as_str());
        let mut rows = Vec::new();
        let mut rung = None;
        for stand in self.listed() {
            let of = self.book.layer(&stand.name);
            if rung != Some(of) {
                rows.push(Row::Rung(of));
                rung = Some(of);
            }
            rows.push(Row::Stand(stand, Some(stand.name.as_str()) == on));
        }
        rows
    }

    /// The one with the cursor.
    pub fn on(&self) -> Option<&Stand> {
        let listed = self.listed();
        let named = listed.iter().find(|stand| Some(&stand.name) == self.name.as_ref());
        named.or(listed.first()).copied()
    }

    /// The figure that is shown: while another one is picked, the one it is for.
    pub fn shown(&self) -> Option<Figure> {
        self.picking.clone().or_else(|| self.at_cursor())
    }

    fn at_cursor(&self) -> Option<Figure> {
        Some(Figure { channel: self.board.channel.clone()?, name: self.on()?.name.clone() })
    }

    /// How the figure that is shown stands, where its channel's board is here.
    pub fn stand(&self) -> Option<&Stand> {
        let shown = self.shown()?;
        let here = self.board.channel.as_ref() == Some(&shown.channel);
        self.board.stands.iter().find(|stand| here && stand.name == shown.name)
    }

    /// True until the board of the channel that is wanted is here.
    pub fn is_loading(&self) -> bool {
        self.channel.is_some() && self.channel != self.board.channel
    }

    fn of(&self, figure: Figure, before: bool) -> LineOf {
        LineOf { figure, over: Over { days: self.days(), before, by_hour: false } }
    }

    fn fixed(figure: Figure, days: u16, by_hour: bool) -> LineOf {
        LineOf { figure, over: Over { days, before: false, by_hour } }
    }

    /// The lines that the screen shows: the figure's own, that of the period before, that of the
    /// other figure.
    fn wanted(&self) -> [Option<LineOf>; 3] {
        let Some(figure) = self.shown() else { return [None, None, None] };
        match self.view {
            View::Week => [Some(Charts::fixed(figure, WEEK_DAYS, true)), None, None],
            View::Trend => [Some(Charts::fixed(figure, TREND_DAYS, false)), None, None],
            View::Posts => [None, None, None],
            View::Chart | View::Table => {
                let before = self.before.then(|| self.of(figure.clone(), true));
                let other = self.against.clone().map(|other| self.of(other, false));
                [Some(self.of(figure, false)), before, other]
            }
        }
    }

    /// The lines that are wanted, as far as they are here.
    pub fn lines(&self) -> [Option<&Result<Line, Shown>>; 3] {
        self.wanted().map(|of| {
            let of = of?;
            self.lines.iter().find(|(known, _)| *known == of).map(|(_, line)| line)
        })
    }

    fn posts_by(&self, figure: &Figure) -> String {
        let is_rate = self.board.stands.iter().any(|s| s.is_rate && s.name == figure.name);
        if is_rate || self.of_no_post.contains(figure) {
            INTERACTIONS.to_owned()
        } else {
            figure.name.clone()
        }
    }

    /// Of how many days posts are shown, and by which figure of theirs.
    pub fn posts_of(&self) -> Option<(u16, String)> {
        Some((self.days().max(POST_DAYS), self.posts_by(&self.shown()?)))
    }

    /// The posts that did best, as far as they are here.
    pub fn posts(&self) -> Option<Result<&[PastPost], &Shown>> {
        let figure = self.shown()?;
        let (of, came) = self.posts.as_ref()?;
        let is_of = of.channel.as_ref() == Some(&figure.channel) && of.by == self.posts_by(&figure);
        is_of.then_some(came.as_deref())
    }

    /// The session that was told and asked is gone.
    pub(super) fn forget_asked(&mut self) {
        (self.told, self.asked) = (None, Vec::new());
    }
}

/// Opens the screen.
pub(super) fn open(model: &mut Model) {
    let charts = &mut model.charts;
    (charts.large, charts.row) = (false, 0);
    model.layers.push(Layer::Charts);
}

/// Opens the screen on this figure or rate of a channel.
pub(super) fn open_on(model: &mut Model, channel: ChannelId, name: String) {
    (model.charts.channel, model.charts.name) = (Some(channel), Some(name));
    open(model);
}

/// Tells the daemon whose figures are wanted, and asks for what the screen shows.
pub(super) fn watch(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    if model.link != Link::Up {
        return;
    }
    if model.charts.told != model.charts.channel {
        model.charts.told = model.charts.channel.clone();
        effects.push(Effect::Send(ToDaemon::WatchBoard(model.charts.channel.clone())));
    }
    if !model.layers.iter().any(|l| matches!(l, Layer::Charts)) {
        // What was true then is not shown as true later.
        let charts = &mut model.charts;
        (charts.lines, charts.posts, charts.asked) = (Vec::new(), None, Vec::new());
        return;
    }
    let minute = now.floor_minute();
    let charts = &mut model.charts;
    let wanted: Vec<LineOf> = charts.wanted().into_iter().flatten().collect();
    charts.lines.retain(|(of, _)| wanted.contains(of));
    charts.asked.retain(|(question, at)| {
        *at == minute && !matches!(question, Question::Line(of) if !wanted.contains(of))
    });
    for of in wanted {
        let question = Question::Line(of.clone());
        if is_new(model, &question, minute) {
            model.ask(Ask::Line(of.clone()), Asked::Line(of), effects);
        }
    }
    let charts = &model.charts;
    let figure = charts.shown().filter(|_| charts.view == View::Posts);
    let Some((figure, (days, by))) = figure.zip(charts.posts_of()) else { return };
    let mut key = figure.clone();
    key.name.clone_from(&by);
    if is_new(model, &Question::Posts(key, days), minute) {
        let from = now - Span::hours(24 * i64::from(days));
        let of = TopPosts { channel: Some(figure.channel), by, from, to: now, most: POSTS };
        model.ask(Ask::TopPosts(of.clone()), Asked::TopPosts(of), effects);
    }
}

fn is_new(model: &mut Model, question: &Question, minute: Time) -> bool {
    let asked = &mut model.charts.asked;
    let is_new = asked.iter().all(|(known, _)| known != question);
    if is_new {
        asked.push((question.clone(), minute));
    }
    is_new
}

/// How the figures of a channel stand.
pub(super) fn board_came(model: &mut Model, board: ChannelBoard) {
    model.charts.board = board;
}

/// What the desk says of figures.
pub(super) fn book_came(model: &mut Model, book: Box<Book>) {
    model.charts.book = book;
    // Rates may be made in another way now.
    model.charts.asked.clear();
}

/// A line came, or why there is none.
pub(super) fn line_came(model: &mut Model, of: LineOf, came: Result<Line, Shown>) {
    let lines = &mut model.charts.lines;
    lines.retain(|(known, _)| *known != of);
    lines.push((of, came));
}

/// Posts came, or why there are none.
pub(super) fn posts_came(model: &mut Model, of: TopPosts, came: Result<Vec<PastPost>, Shown>) {
    let charts = &mut model.charts;
    // A figure that the posts do not have: what people did with them tells as well.
    if matches!(&came, Ok(posts) if posts.is_empty()) && of.by != INTERACTIONS {
        let figure = of.channel.clone().map(|channel| Figure { channel, name: of.by.clone() });
        charts.of_no_post.extend(figure);
        return;
    }
    charts.posts = Some((of, came));
}

/// Another channel: the one after, or the one before.
pub(super) fn step_channel(model: &mut Model, by: isize, now: Time) {
    let charts = &mut model.charts;
    let channels = &charts.board.channels;
    if channels.is_empty() {
        return act::tell(model, Tone::Info, say::NO_FIGURES, now);
    }
    let wanted = charts.channel.as_ref().or(charts.board.channel.as_ref());
    let at = channels.iter().position(|c| Some(c) == wanted).unwrap_or(0);
    let len = isize::try_from(channels.len()).unwrap_or(1);
    let to = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(len).unsigned_abs();
    charts.channel = Some(channels[to].clone());
    charts.row = 0;
}

/// The keys of the screen; true when the key was its own.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) -> bool {
    if !matches!(model.layers.last(), Some(Layer::Charts)) {
        return false;
    }
    let rows = usize::from(area(model).h.saturating_sub(3)).max(1);
    let beside = is_beside(model);
    let charts = &mut model.charts;
    match action {
        Action::NextChannel => step_channel(model, 1, now),
        Action::PreviousChannel => step_channel(model, -1, now),
        Action::LongerRange => {
            (charts.range, charts.row) = ((charts.range + 1).min(RANGES.len() - 1), 0);
        }
        Action::ShorterRange => (charts.range, charts.row) = (charts.range.saturating_sub(1), 0),
        Action::NextView => {
            (charts.view, charts.row) = (charts.view.step(1), 0);
            put_in_sight(charts, beside);
        }
        Action::PreviousView => {
            (charts.view, charts.row) = (charts.view.step(View::ALL.len() - 1), 0);
            put_in_sight(charts, beside);
        }
        Action::CompareBefore => {
            charts.before = !charts.before;
            show_line(charts, beside);
        }
        Action::CompareWith if charts.picking.is_some() => put_back(charts),
        Action::CompareWith if charts.against.is_some() => charts.against = None,
        Action::CompareWith => {
            charts.picking = charts.at_cursor();
            (charts.large, charts.row) = (false, 0);
        }
        Action::Help => model.layers.push(Layer::Help { top: 0 }),
        Action::Enlarge => enter(model, now, effects),
        Action::Close if charts.picking.is_some() => put_back(charts),
        Action::Close if charts.large => charts.large = false,
        Action::Down => step(charts, 1, rows),
        Action::Up => step(charts, -1, rows),
        Action::HalfDown | Action::PageDown => step(charts, 10, rows),
        Action::HalfUp | Action::PageUp => step(charts, -10, rows),
        Action::Top => step(charts, isize::MIN / 2, rows),
        Action::Bottom => step(charts, isize::MAX / 2, rows),
        _ => return false,
    }
    true
}

/// Comparisons are seen in the line.
fn show_line(charts: &mut Charts, beside: bool) {
    if !matches!(charts.view, View::Chart | View::Table) {
        charts.view = View::Chart;
    }
    put_in_sight(charts, beside);
}

/// Where the list has the whole screen, what was done to the figure is seen when that has it.
fn put_in_sight(charts: &mut Charts, beside: bool) {
    charts.large |= !beside && charts.picking.is_none();
}

/// Whether the figure has room beside the list.
pub fn is_beside(model: &Model) -> bool {
    area(model).w >= BESIDE
}

/// Back to the figure that another one was being picked for.
fn put_back(charts: &mut Charts) {
    if let Some(Figure { channel, name }) = charts.picking.take() {
        (charts.channel, charts.name) = (Some(channel), Some(name));
    }
}

/// Into the figure, into a post, or the pick.
fn enter(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let beside = is_beside(model);
    let charts = &mut model.charts;
    if charts.picking.is_some() {
        let other = charts.at_cursor().filter(|_| !charts.is_loading());
        if other == charts.picking {
            return act::tell(model, Tone::Info, say::SAME_FIGURE, now);
        }
        charts.against = other;
        put_back(charts);
        return show_line(charts, beside);
    }
    if !(charts.large && charts.view == View::Posts) {
        charts.large = !charts.large;
        return;
    }
    let Some(Ok(posts)) = charts.posts() else { return };
    match posts.get(charts.row).map(|post| post.permalink.clone()) {
        Some(Some(link)) => effects.push(Effect::Open(link)),
        Some(None) => act::tell(model, Tone::Warn, say::NO_LINK, now),
        None => {}
    }
}

/// Through what the screen shows: the figures of the list, or posts and rows of the table.
fn step(charts: &mut Charts, by: isize, rows: usize) {
    let goes_through = charts.large && matches!(charts.view, View::Posts | View::Table);
    if goes_through {
        let last = match charts.view {
            View::Posts => charts.posts().and_then(Result::ok).map_or(0, |posts| posts.len()),
            _ => match charts.lines()[0] {
                // As many stay in sight as there is room for.
                Some(Ok(line)) => (line.points.len() + 1).saturating_sub(rows),
                _ => 0,
            },
        };
        charts.row = charts.row.saturating_add_signed(by).min(last.saturating_sub(1));
        return;
    }
    let names: Vec<&str> = charts.listed().into_iter().map(|s| s.name.as_str()).collect();
    let on = charts.on().map(|stand| stand.name.as_str());
    let at = names.iter().position(|name| Some(*name) == on).unwrap_or(0);
    let to = at.saturating_add_signed(by).min(names.len().saturating_sub(1));
    let name = names.get(to).map(|name| (*name).to_owned());
    (charts.name, charts.row) = (name, 0);
}

/// The keys of the pane.
pub(super) fn run_pane(model: &mut Model, action: Action, now: Time) {
    match action {
        Action::NextChannel => step_channel(model, 1, now),
        Action::PreviousChannel => step_channel(model, -1, now),
        _ => open(model),
    }
}

/// What Enter does on the screen, where that is not what the table of keys says.
pub fn entering(model: &Model) -> Option<Msg> {
    let charts = &model.charts;
    let on_screen = matches!(model.layers.last(), Some(Layer::Charts));
    match (charts.picking.is_some(), charts.large, charts.view) {
        _ if !on_screen => None,
        (true, ..) => Some(say::S_PICK),
        (_, true, View::Posts) => Some(say::S_OPEN),
        (_, true, _) => Some(say::S_SMALL),
        _ => None,
    }
}

/// Where the screen lies.
pub fn area(model: &Model) -> Area {
    service::area(model)
}
