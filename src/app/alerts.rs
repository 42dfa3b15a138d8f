//! The alerts of the desk: what they say, and the layer that lists them. The desk is asked when it is
//! opened, when what is to be seen changes, and once a minute.

pub mod said;

use super::action::Action;
use super::layer::{Choice, Layer, Menu};
use super::layout::Area;
use super::model::{Asked, Focus, Link, Model};
use super::notices::Tone;
use super::posts::lines::{self, Asks};
use super::{Effect, act, charts, service, typed, update};
use crate::domain::alert::act::AlertAct;
use crate::domain::alert::{About, Alert, AlertId};
use crate::domain::figure::Book;
use crate::domain::{Command, Name, Queue, Time};
use crate::text::catalogue::{alerts as say, cockpit};
use crate::text::{Lang, Shown, format};
use crate::wire::message::{Ask, Done};
use said::Say;

/// Rows of the list that stay in view beside what is said of one.
const LEAST_ROWS: usize = 3;

/// What the layer shows; it stays as it is while a line or menu lies over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alerts {
    /// What came; `None` = nothing yet.
    told: Option<Result<Vec<Alert>, Shown>>,
    book: Book,
    /// Whether all are shown.
    all: bool,
    /// The one with the cursor; `None` = the first.
    on: Option<AlertId>,
    /// The first line shown of what is said of it.
    top: usize,
    /// For which minute, and how many that were to be seen, it was asked.
    asked: Option<(Time, u32)>,
}

impl Alerts {
    /// The session that was asked is gone.
    pub(super) fn forget_asked(&mut self) {
        self.asked = None;
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub id: Shown,
    /// What it is about, and how large the change is.
    pub line: Shown,
    /// Since when, or from when to when.
    pub since: Shown,
    /// What has become of it.
    pub stage: Shown,
    /// True when it is to be looked at.
    pub is_open: bool,
    /// True for the one with the cursor.
    pub picked: bool,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The title of the list, and which alerts there are.
    pub title: (Shown, Shown),
    /// Rows of the list.
    pub rows: Vec<Row>,
    /// Instead of rows: that there are none, or why.
    pub says: Vec<Shown>,
    /// More rows above, and below.
    pub more: (bool, bool),
    /// What is said of the one with the cursor.
    pub lines: Vec<Shown>,
    /// More of it above, and below.
    pub more_lines: (bool, bool),
    /// The last line of it that may be the first.
    most: usize,
    /// How many lines of it are shown at once.
    shown: usize,
}

/// Opens the layer.
pub(super) fn open(model: &mut Model) {
    model.alerts.top = 0;
    model.layers.push(Layer::Alerts);
}

/// Asks the desk, while the layer is open.
pub(super) fn watch(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    if !model.layers.contains(&Layer::Alerts) {
        // What was true then is not shown as true later.
        (model.alerts.told, model.alerts.asked) = (None, None);
        return;
    }
    let wanted = Some((now.floor_minute(), model.desk.alerts));
    if model.link != Link::Up || model.alerts.asked == wanted {
        return;
    }
    let first = model.alerts.asked.is_none();
    model.alerts.asked = wanted;
    let all = model.alerts.all;
    if first {
        model.ask(Ask::Book, Asked::AlertBook, effects);
    }
    model.ask(Ask::Alerts { all }, Asked::Alerts { all }, effects);
}

/// Alerts came, or why there are none.
pub(super) fn came(model: &mut Model, all: bool, told: Result<Vec<Alert>, Shown>) {
    if all == model.alerts.all {
        model.alerts.told = Some(told);
    }
}

/// What the desk says of figures came.
pub(super) fn book_came(model: &mut Model, book: Book) {
    model.alerts.book = book;
}

/// Something was done with alerts, or taken back.
pub(super) fn happened(model: &mut Model, done: &Done, now: Time) {
    let (Name::Alert(verb), Some(id)) = (done.name, done.made) else { return };
    let lang = model.settings.lang;
    let msg = if done.taken_back { say::TAKEN_BACK } else { say::DONE };
    let values: [(&str, &dyn std::fmt::Display); 2] =
        [("id", &id), ("what", &verb.done().say(lang))];
    model.notices.say(Tone::Done, msg.fill(lang, &values), None, now);
    if let Some((minute, _)) = model.alerts.asked {
        // Asked again, whatever the header counts.
        model.alerts.asked = Some((Time(minute.0 - 1), 0));
    }
}

fn known(model: &Model) -> &[Alert] {
    match &model.alerts.told {
        Some(Ok(alerts)) => alerts,
        _ => &[],
    }
}

/// The place of the one with the cursor.
fn at(model: &Model) -> usize {
    let on = model.alerts.on;
    known(model).iter().position(|alert| Some(alert.id) == on).unwrap_or(0)
}

fn picked(model: &Model) -> Option<&Alert> {
    known(model).get(at(model))
}

/// The keys of the layer.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    let (here, len) = (at(model), known(model).len());
    let last = len.saturating_sub(1);
    let Page { most, shown, .. } = page(model, now);
    let to = match action {
        Action::Down => (here + 1).min(last),
        Action::Up => here.saturating_sub(1),
        Action::Top => 0,
        Action::Bottom => last,
        _ => here,
    };
    if to != here {
        model.alerts.on = known(model).get(to).map(|alert| alert.id);
        model.alerts.top = 0;
        return;
    }
    let top = model.alerts.top.min(most);
    model.alerts.top = match action {
        Action::HalfDown => top + shown / 2,
        Action::HalfUp => top.saturating_sub(shown / 2),
        Action::PageDown => top + shown.saturating_sub(1),
        Action::PageUp => top.saturating_sub(shown.saturating_sub(1)),
        _ => top,
    }
    .min(most);
    match action {
        Action::AllAlerts => {
            let alerts = &mut model.alerts;
            alerts.all = !alerts.all;
            (alerts.told, alerts.top) = (None, 0);
            alerts.asked = alerts.asked.map(|(minute, n)| (Time(minute.0 - 1), n));
        }
        Action::Undo => act::verb(model, Name::Undo, now, effects),
        Action::Redo => act::verb(model, Name::Redo, now, effects),
        Action::Help => model.layers.push(Layer::Help { top: 0 }),
        _ => on_picked(model, action, now, effects),
    }
}

/// What keys do with the alert that has the cursor.
fn on_picked(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    let Some(alert) = picked(model) else { return };
    let (id, task) = (alert.id, alert.task.clone().unwrap_or_default());
    let ids = vec![id];
    match action {
        Action::AckAlert => send(model, AlertAct::Acknowledge { ids }, now, effects),
        Action::ReopenAlert => send(model, AlertAct::Reopen { ids }, now, effects),
        Action::SnoozeAlert => model.layers.push(Layer::Menu(snooze_menu(id, model.settings.lang))),
        Action::TaskAlert => lines::ask(model, Asks::AlertTask(id), &task, None),
        Action::OpenAlert => go(model),
        _ => {}
    }
}

fn send(model: &mut Model, what: AlertAct, now: Time, effects: &mut Vec<Effect>) {
    act::send(model, Command::Alert(what), now, effects);
}

fn snooze_menu(id: AlertId, lang: Lang) -> Menu {
    let until = |typed: &str, says: crate::text::Msg| {
        (says.say(lang), Choice::SnoozeAlert(id, Some(typed.to_owned())))
    };
    Menu {
        title: say::SNOOZE_TITLE.fill(lang, &[("id", &id)]),
        choices: vec![
            until("1h", cockpit::SNOOZE_HOUR),
            until("tonight", cockpit::SNOOZE_TONIGHT),
            until("tomorrow", cockpit::SNOOZE_TOMORROW),
            (cockpit::SNOOZE_TYPED.say(lang), Choice::SnoozeAlert(id, None)),
        ],
        cursor: 0,
    }
}

/// A choice of the menu: until when, or that it is to be typed.
pub(super) fn chosen(
    model: &mut Model,
    id: AlertId,
    until: Option<&str>,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    match until.map(|until| typed::when(model, until, now)) {
        None => lines::ask(model, Asks::AlertUntil(id), "", None),
        Some(Ok(until)) => send(model, AlertAct::Snooze { ids: vec![id], until }, now, effects),
        Some(Err(why)) => model.notices.say(Tone::Bad, why, None, now),
    }
}

/// What was typed in the line about an alert, done.
///
/// # Errors
/// Why it cannot be done.
pub(super) fn take(
    model: &mut Model,
    asks: &Asks,
    text: &str,
    now: Time,
    effects: &mut Vec<Effect>,
) -> Result<(), Shown> {
    let act = match asks {
        Asks::AlertUntil(id) => {
            AlertAct::Snooze { ids: vec![*id], until: typed::when(model, text, now)? }
        }
        Asks::AlertTask(id) => {
            let task = (!text.is_empty()).then(|| text.to_owned());
            AlertAct::Task { ids: vec![*id], task }
        }
        _ => return Ok(()),
    };
    model.layers.pop();
    send(model, act, now, effects);
    Ok(())
}

/// Goes where the alert comes from: the figure, or the queue with what came in.
fn go(model: &mut Model) {
    let Some(alert) = picked(model) else { return };
    let most = alert.carriers.first().map(|carrier| carrier.channel.clone());
    match alert.about.clone() {
        About::Figure(channel, name) => charts::open_on(model, channel, name),
        about => {
            let mut terms: Vec<String> = most.map(|c| format!("channel:{c}")).into_iter().collect();
            if about == About::Complaints {
                terms.push("intent:complaint".to_owned());
            }
            model.layers.clear();
            model.list_mut(Queue::Comments).set_filter(&terms.join(" "));
            update::focus(model, Focus::Queue(Queue::Comments));
        }
    }
}

/// Where it lies.
pub fn area(model: &Model) -> Area {
    service::area(model)
}

/// All of the layer.
pub fn page(model: &Model, now: Time) -> Page {
    let lang = model.settings.lang;
    let area = area(model);
    let columns = usize::from(area.w.saturating_sub(4)).max(16);
    let shows = if model.alerts.all { say::SHOWN_ALL.say(lang) } else { Shown::default() };
    let mut page = Page { title: (say::TITLE.say(lang), shows), ..Page::default() };
    let none = if model.alerts.all { say::NONE_AT_ALL } else { say::NONE };
    page.says = match &model.alerts.told {
        None => say::ASKING.say(lang).wrap(columns),
        Some(Err(why)) => why.wrap(columns),
        Some(Ok(alerts)) if alerts.is_empty() => none.say(lang).wrap(columns),
        Some(Ok(_)) => Vec::new(),
    };
    let title = |id: &_| model.channel_title(id);
    let say = Say { book: &model.alerts.book, channel: &title, now, zone: model.zone, lang };
    let Some(alert) = picked(model) else { return page };
    let mut lines = Vec::new();
    let narrow = area.w < NARROW;
    let mut said = vec![say.line(alert), say.stands(alert)];
    said.extend(say.more(alert));
    if alert.causes.is_empty() && matches!(alert.about, About::Figure(..)) {
        said.push(say::NO_CAUSE.say(lang));
    }
    lines.extend(said.iter().flat_map(|line| line.wrap(columns)));
    let room = usize::from(area.h).saturating_sub(2);
    let all = known(model).len();
    // The list takes what the words leave, and at least a few rows.
    let rows = room.saturating_sub(lines.len()).max(LEAST_ROWS).min(all).min(room);
    let here = at(model);
    let top = (here + 1).saturating_sub(rows);
    page.more = (top > 0, top + rows < all);
    page.shown = room - rows;
    page.most = lines.len().saturating_sub(page.shown);
    let first = model.alerts.top.min(page.most);
    page.more_lines = (first > 0, first < page.most);
    page.lines = lines.into_iter().skip(first).take(page.shown).collect();
    let listed = known(model).iter().enumerate().skip(top).take(rows);
    page.rows = listed
        .map(|(n, alert)| Row {
            id: Shown::number(alert.id.0),
            line: say.line(alert),
            since: if narrow { age(alert, now, lang) } else { say.since(alert) },
            stage: if narrow { Shown::default() } else { say.stage(alert) },
            is_open: alert.is_open(now),
            picked: n == here,
        })
        .collect();
    page
}

/// Screens below this have no room for words beside the line.
pub const NARROW: u16 = 80;

/// How long ago it was found.
fn age(alert: &Alert, now: Time, lang: Lang) -> Shown {
    format::age(lang, (now - alert.at).0)
}
