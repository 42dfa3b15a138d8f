//! The service screen: how many will breach by each coming hour, and the service figures. The desk
//! is asked when it is opened and once a minute while it is, and for what a key changes.

use super::action::Action;
use super::layer::Layer;
use super::layout::Area;
use super::model::{Asked, Link, Model};
use super::{Effect, channels};
use crate::domain::forecast::{Forecast, Outlook, TooLittle};
use crate::domain::kpi::Bucket;
use crate::domain::service::{By, Period, Report, Row};
use crate::domain::{ChannelId, Span, Time};
use crate::text::catalogue::{cockpit, service as say};
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::message::Ask;

/// For how many hours the forecast is asked.
const HOURS: u8 = 8;
/// From these columns on a row of figures has one line.
pub const ONE_ROW: u16 = 110;
/// From these on its first line has the first response times.
pub const FIRST_TIMES: u16 = 60;
/// The periods, in the order of the key.
const PERIODS: [(Period, Msg); 3] = [
    (Period::Last(Span::hours(24)), say::LAST_24H),
    (Period::Last(Span::hours(7 * 24)), say::LAST_7D),
    (Period::Today, say::TODAY),
];

/// What service figures are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What the rows are about.
    pub by: By,
    /// For which period.
    pub period: Period,
    /// Whether what was answered outside of the desk counts, too.
    pub outside: bool,
}

/// What the screen is about. What is asked for stays as it is while the screen is closed.
#[derive(Clone, Debug)]
pub struct Board {
    wanted: Wanted,
    report: Option<Result<Box<Report>, Shown>>,
    outlook: Option<Result<Outlook, Shown>>,
    /// In which minute each was asked for.
    asked: [Option<Time>; 2],
}

impl Default for Board {
    fn default() -> Board {
        let wanted = Wanted { by: By::default(), period: PERIODS[0].0, outside: false };
        Board { wanted, report: None, outlook: None, asked: [None, None] }
    }
}

impl Board {
    /// The session that was asked is gone.
    pub(super) fn forget_asked(&mut self) {
        self.asked = [None, None];
    }
}

/// A line of the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The title of the forecast.
    ForecastTitle,
    /// The title of the figures, and what they are of.
    FiguresTitle(Shown),
    /// A sentence; loud when something is wrong.
    Says(Shown, bool),
    /// The titles of the forecast's columns.
    HourHead,
    /// One hour of the forecast.
    Hour(Hour),
    /// The titles of the figures' columns; the first of them is this.
    RowHead(Shown),
    /// A row of figures.
    Row(Figures),
    /// What did not fit into the line above.
    More(Shown),
    /// Nothing.
    Blank,
}

impl Line {
    /// True for what the lines below it are read by.
    pub fn is_title(&self) -> bool {
        matches!(
            self,
            Line::ForecastTitle | Line::FiguresTitle(_) | Line::HourHead | Line::RowHead(_)
        )
    }
}

/// One hour of the forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct Hour {
    /// Until when.
    pub at: Shown,
    /// How many will come.
    pub come: Shown,
    /// How many will breach.
    pub breach: Shown,
    /// In which range that lies four times out of five, lowest and highest.
    pub range: [Shown; 2],
    /// With one operator fewer.
    pub fewer: Shown,
    /// With one operator more, and how many that changes.
    pub more: Shown,
    /// Expected and highest, as shares of the highest of all hours.
    pub bar: [f64; 2],
    /// True when any will breach.
    pub any: bool,
}

/// One row of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What it is about.
    pub name: Shown,
    /// Replies that a customer could see.
    pub replies: Shown,
    /// First response: median, and within what nine of ten came.
    pub first: [Shown; 2],
    /// Next response, the same.
    pub next: [Shown; 2],
    /// The share that came in time.
    pub hit: Shown,
    /// The same of the period before.
    pub before: Shown,
    /// True when it is less than before, by five of a hundred or more.
    pub fell: bool,
    /// How many wait.
    pub backlog: Shown,
    /// How long the oldest of them has waited.
    pub oldest: Shown,
    /// True for the sum.
    pub total: bool,
}

/// What is shown: lines that stay, and lines that scroll.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Lines that stay.
    pub fixed: Vec<Line>,
    /// Lines that scroll.
    pub lines: Vec<Line>,
    /// The first of them that is shown.
    pub top: usize,
    /// The last that may be the first.
    pub most: usize,
    /// How many are shown at once.
    pub rows: usize,
}

/// Opens the screen.
pub(super) fn open(model: &mut Model) {
    model.layers.push(Layer::Service { top: 0 });
}

/// Asks the desk for what the screen needs, when it is open and that is not known, or a minute old.
pub(super) fn watch(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    if !model.layers.iter().any(|l| matches!(l, Layer::Service { .. })) {
        // What was true then is not shown as true later.
        let board = &mut model.board;
        (board.report, board.outlook, board.asked) = (None, None, [None, None]);
        return;
    }
    let minute = Some(now.floor_minute());
    if model.link != Link::Up || model.board.asked == [minute, minute] {
        return;
    }
    let [figures, forecast] = std::mem::replace(&mut model.board.asked, [minute, minute]);
    if figures != minute {
        let wanted = model.board.wanted;
        let Wanted { by, period, outside } = wanted;
        model.ask(Ask::Service { by, period, outside }, Asked::Figures(wanted), effects);
    }
    if forecast != minute {
        let ask = Ask::Forecast { hours: HOURS, operators: None };
        model.ask(ask, Asked::Forecast, effects);
    }
}

/// Figures came, or why there are none; those that are not wanted any more are passed over.
pub(super) fn figures_came(model: &mut Model, of: Wanted, came: Result<Box<Report>, Shown>) {
    if of == model.board.wanted {
        model.board.report = Some(came);
    }
}

/// A forecast came, or why there is none.
pub(super) fn forecast_came(model: &mut Model, came: Result<Outlook, Shown>) {
    model.board.outlook = Some(came);
}

/// The keys of the screen.
pub(super) fn run(model: &mut Model, action: Action, now: Time) {
    let wanted = &mut model.board.wanted;
    let before = *wanted;
    match action {
        Action::Grouping => {
            let at = By::ALL.iter().position(|by| *by == wanted.by).unwrap_or(0);
            wanted.by = By::ALL[(at + 1) % By::ALL.len()];
        }
        Action::Period => {
            let at = PERIODS.iter().position(|(p, _)| *p == wanted.period).unwrap_or(0);
            wanted.period = PERIODS[(at + 1) % PERIODS.len()].0;
        }
        Action::Outside => wanted.outside = !wanted.outside,
        _ => {}
    }
    if *wanted != before {
        model.board.report = None;
        model.board.asked[0] = None;
        return;
    }
    let Page { top, most, rows, .. } = page(model, now);
    let to = match action {
        Action::Down => top + 1,
        Action::Up => top.saturating_sub(1),
        Action::HalfDown => top + rows / 2,
        Action::HalfUp => top.saturating_sub(rows / 2),
        Action::PageDown => top + rows.saturating_sub(1),
        Action::PageUp => top.saturating_sub(rows.saturating_sub(1)),
        Action::Top => 0,
        Action::Bottom => most,
        _ => top,
    };
    if let Some(Layer::Service { top }) = model.layers.last_mut() {
        *top = to.min(most);
    }
}

/// Where it lies: from below the header down to the footer.
pub fn area(model: &Model) -> Area {
    let screen = model.screen;
    let y = screen.header.h + screen.banner.h;
    Area { x: 0, y, w: model.size.0, h: screen.footer.y.saturating_sub(y) }
}

/// All of the screen, as far as it is scrolled.
pub fn page(model: &Model, now: Time) -> Page {
    let area = area(model);
    let room = usize::from(area.h);
    let columns = usize::from(area.w.saturating_sub(4)).max(16);
    let mut lines = forecast(model, columns);
    let mut figures = figures(model, now, columns);
    // With enough room the forecast stays, and figures scroll below their titles.
    let mut fixed = Vec::new();
    if lines.len() + figures.len().min(8) <= room {
        let titles = figures.iter().take_while(|line| line.is_title()).count();
        fixed.append(&mut lines);
        fixed.extend(figures.drain(..titles));
    } else {
        lines.push(Line::Blank);
    }
    lines.extend(figures);
    let rows = room - fixed.len().min(room);
    let most = lines.len().saturating_sub(rows);
    let top = match model.layers.last() {
        Some(Layer::Service { top }) => (*top).min(most),
        _ => 0,
    };
    Page { fixed, lines, top, most, rows }
}

fn says(text: &Shown, columns: usize, loud: bool) -> impl Iterator<Item = Line> {
    text.wrap(columns).into_iter().map(move |piece| Line::Says(piece, loud))
}

fn forecast(model: &Model, columns: usize) -> Vec<Line> {
    let lang = model.settings.lang;
    let mut lines = vec![Line::ForecastTitle];
    let f = match &model.board.outlook {
        None => {
            lines.extend(says(&cockpit::LOADING.say(lang), columns, false));
            return lines;
        }
        Some(Err(why)) => {
            lines.extend(says(why, columns, true));
            return lines;
        }
        Some(Ok(Err(too_little))) => {
            lines.extend(says(&too_little_text(*too_little).say(lang), columns, false));
            return lines;
        }
        Some(Ok(Ok(f))) => f,
    };
    lines.extend(says(&stands(f, lang), columns, false));
    lines.push(Line::HourHead);
    let most = f.lines.iter().map(|line| line.breach.high).fold(1.0, f64::max);
    lines.extend(f.lines.iter().map(|line| {
        let (breach, more) = (whole(line.breach.expected), whole(line.more));
        let change = more as i64 - breach as i64;
        let more = match change {
            0 => Shown::number(more),
            _ => Shown::line(&format!("{more} ({change:+})")),
        };
        Line::Hour(Hour {
            at: format::clock(&line.at.in_zone(model.zone)),
            come: Shown::number(whole(line.come)),
            breach: Shown::number(breach),
            range: [line.breach.low, line.breach.high].map(|n| Shown::number(whole(n))),
            fewer: line.fewer.map_or_else(|| Shown::line("-"), |n| Shown::number(whole(n))),
            more,
            bar: [line.breach.expected / most, line.breach.high / most],
            any: breach > 0,
        })
    }));
    lines
}

/// A whole number: the figures are no more exact than that.
pub fn whole(n: f64) -> u64 {
    n.round().max(0.0) as u64
}

/// What a forecast stands on.
pub fn stands(f: &Forecast, lang: Lang) -> Shown {
    let (rate, come) = (whole(f.handled_per_hour), whole(f.come_per_hour));
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("late", &f.late), ("n", &f.operators), ("rate", &rate), ("come", &come)];
    say::STANDS.fill(lang, &values)
}

/// Why there is no forecast.
pub fn too_little_text(why: TooLittle) -> Msg {
    match why {
        TooLittle::Came => say::LITTLE_CAME,
        TooLittle::Handled => say::LITTLE_HANDLED,
    }
}

/// What rows are about.
pub fn by_title(by: By) -> Msg {
    match by {
        By::Policy => say::BY_POLICY,
        By::Operator => say::BY_OPERATOR,
        By::Channel => say::BY_CHANNEL,
        By::Hour => say::BY_HOUR,
    }
}

/// What a row is called: its name, or a word for its having none.
pub fn label(row: &Row, by: By, lang: Lang) -> Shown {
    match (by, row.name.is_empty()) {
        (By::Policy, true) => say::NO_POLICY.say(lang),
        (By::Operator, true) if row.now.replies > 0 => say::OUTSIDE.say(lang),
        (By::Operator, true) => say::NOBODY.say(lang),
        _ => Shown::line(&row.name),
    }
}

fn figures(model: &Model, now: Time, columns: usize) -> Vec<Line> {
    let lang = model.settings.lang;
    let Wanted { by, outside, .. } = model.board.wanted;
    let mut lines = vec![Line::FiguresTitle(what(model))];
    let report = match &model.board.report {
        None => {
            lines.extend(says(&cockpit::LOADING.say(lang), columns, false));
            return lines;
        }
        Some(Err(why)) => {
            lines.extend(says(why, columns, true));
            return lines;
        }
        Some(Ok(report)) => report,
    };
    lines.push(Line::RowHead(by_title(by).say(lang)));
    let rows = report.rows.iter().map(|row| {
        let name = match by {
            By::Channel => model.channel_title(&ChannelId(row.name.clone())),
            By::Hour => Shown::line(&format!("{}:00", row.name)),
            _ => label(row, by, lang),
        };
        told(row, name, false, now, lang)
    });
    let rows: Vec<Figures> = rows.collect();
    let total = told(&report.total, say::ALL_ROWS.say(lang), true, now, lang);
    for row in rows.into_iter().chain([total]) {
        let more = match model.size.0 {
            ONE_ROW.. => Vec::new(),
            w => second(&row, w < FIRST_TIMES, columns.saturating_sub(2), lang),
        };
        lines.push(Line::Row(row));
        lines.extend(more.into_iter().map(Line::More));
    }
    let moment = |t| channels::moment(model, t, now);
    let (from, to) = (moment(report.from), moment(report.to));
    lines.push(Line::Blank);
    let text = say::PERIOD.fill(lang, &[("from", &from), ("to", &to)]);
    lines.extend(says(&text, columns, false));
    if report.outside.replies > 0 && !outside {
        let key = model.keymap.key(Action::Outside).unwrap_or_default();
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("n", &report.outside.replies), ("key", &key)];
        lines.extend(says(&say::OUTSIDE_KEY.fill(lang, &values), columns, false));
    }
    if !report.whole {
        lines.extend(says(&say::NOT_WHOLE.say(lang), columns, true));
    }
    lines
}

/// `by policy · 24 hours`.
fn what(model: &Model) -> Shown {
    let lang = model.settings.lang;
    let Wanted { by, period, outside } = model.board.wanted;
    let by = say::GROUPED.fill(lang, &[("what", &by_title(by).say(lang))]);
    let period = PERIODS.iter().find(|(p, _)| *p == period).map(|(_, msg)| msg.say(lang));
    let outside = outside.then(|| say::WITH_OUTSIDE.say(lang));
    let dot = Shown::line(if model.settings.ascii { " - " } else { " · " });
    let pieces: Vec<Shown> = [Some(by), period, outside].into_iter().flatten().collect();
    Shown::join(&pieces, &dot)
}

fn told(row: &Row, name: Shown, total: bool, now: Time, lang: Lang) -> Figures {
    let none = || Shown::line("-");
    let times = |of: &Bucket| {
        let one = |ms: Option<f64>| ms.map_or_else(none, |ms| format::duration(lang, ms as i64));
        [one(of.median()), one(of.quantile(0.9))]
    };
    let (hit, before) = (row.now.hit_rate(), row.before.hit_rate());
    let percent = |share: Option<f64>| share.map_or_else(none, format::percent);
    Figures {
        name,
        replies: format::number(lang, row.now.replies.max(0).unsigned_abs()),
        first: times(&row.now.first),
        next: times(&row.now.next),
        hit: percent(hit),
        before: percent(before),
        fell: hit.zip(before).is_some_and(|(hit, before)| hit <= before - 0.05),
        backlog: row.backlog.map_or_else(none, |n| format::number(lang, n)),
        oldest: row.oldest.map_or_else(none, |t| channels::age(lang, t, now)),
        total,
    }
}

/// What a narrow screen says in further lines of so many columns.
fn second(row: &Figures, first_too: bool, columns: usize, lang: Lang) -> Vec<Shown> {
    let is_known = |text: &&Shown| text.as_str() != "-";
    let first = Some(&row.first).filter(|_| first_too);
    let mut pieces = Vec::new();
    for (times, msg) in [(first, say::FIRST_TIMES), (Some(&row.next), say::NEXT_TIMES)] {
        if let Some([median, p90]) = times.filter(|[median, _]| is_known(&median)) {
            pieces.push(msg.fill(lang, &[("median", median), ("p90", p90)]));
        }
    }
    for (text, msg) in [(&row.before, say::HIT_BEFORE), (&row.oldest, say::OLDEST_AGE)] {
        pieces.extend(Some(text).filter(is_known).map(|n| msg.fill(lang, &[("n", n)])));
    }
    let mut lines: Vec<Shown> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.width() + 2 + piece.width() <= columns => {
                line.push(&Shown::blank(2));
                line.push(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}
