//! What keys do outside of layers: motion, panes, verbs on conversations.

use super::action::Action;
use super::layer::{Choice, Layer, Menu};
use super::link;
use super::model::{Asked, Focus, Link, Marking, Model};
use super::notices::Tone;
use super::{
    Effect, alerts, bulk, by_hand, canned, channels, charts, classify, explain, finds, import,
    layers, links, pick, play, posts, service, suggest, views, write,
};
use crate::app::composer::Kind;
use crate::app::update::focus;
use crate::domain::{Command, ConversationId, Name, Queue, Time};
use crate::text::catalogue::cockpit as say;
use crate::text::{Lang, Shown};
use crate::wire::message::Ask;

/// Rows of a page while all that match are marked.
const PAGE: u32 = 500;

/// Does an action.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    match action {
        Action::Down => go(model, Motion::Lines(1), now),
        Action::Up => go(model, Motion::Lines(-1), now),
        Action::HalfDown => go(model, Motion::Halves(1), now),
        Action::HalfUp => go(model, Motion::Halves(-1), now),
        Action::PageDown => go(model, Motion::Pages(1), now),
        Action::PageUp => go(model, Motion::Pages(-1), now),
        Action::Top => go(model, Motion::Top, now),
        Action::Bottom => go(model, Motion::Bottom, now),
        Action::NextPane => step_pane(model, 1),
        Action::PreviousPane => step_pane(model, -1),
        Action::Comments => focus(model, Focus::Queue(Queue::Comments)),
        Action::Messages => focus(model, Focus::Queue(Queue::Messages)),
        Action::Slots => focus(model, Focus::Slots),
        Action::Figures => focus(model, Focus::Figures),
        Action::Open => open_selected(model),
        Action::Next => step_conversation(model, 1, now, effects),
        Action::Previous => step_conversation(model, -1, now, effects),
        Action::Back => back(model, now, effects),
        Action::Leave => match model.focus {
            Focus::Queue(_) => quit(model, effects),
            _ => back(model, now, effects),
        },
        Action::Quit => quit(model, effects),
        Action::Mark => home_list(model, |l| l.mark(now)),
        Action::MarkShown => home_list(model, |l| l.mark_shown()),
        Action::MarkAll => mark_all(model, effects),
        Action::Resort => home_list(model, |l| l.show_more_urgent()),
        Action::Filter => layers::open_filter(model),
        Action::Sort => views::next_sort(model, now),
        Action::Fold => home_list(model, |l| l.fold(now)),
        Action::Views => views::ask(model, effects),
        Action::SaveView => views::open_save(model, now, effects),
        Action::Search => finds::open(model),
        Action::Import => import::open(model),
        Action::Palette => layers::open_palette(model, ""),
        Action::Help => model.layers.push(Layer::Help { top: 0 }),
        Action::Since => model.layers.push(Layer::Since { top: 0 }),
        Action::Channels => channels::open(model),
        Action::Service => service::open(model),
        Action::Alerts => alerts::open(model),
        Action::Calendar => posts::calendar::open(model, now),
        Action::Charts => charts::open(model),
        Action::NextChannel | Action::PreviousChannel | Action::Enlarge => {
            charts::run_pane(model, action, now);
        }
        Action::CopyReply => by_hand::copy_reply(model, now, effects),
        Action::PasteIn => by_hand::choose(model, now),
        Action::Theme => layers::open_themes(model, effects),
        Action::Language => {
            model.settings.lang = match model.settings.lang {
                Lang::En => Lang::Zh,
                Lang::Zh => Lang::En,
            };
            model.break_thread();
            effects.push(Effect::SaveLang(model.settings.lang));
        }
        Action::Attend => match model.notices.last_about() {
            Some(id) => open(model, id),
            None => tell(model, Tone::Info, say::NOTHING_TOLD, now),
        },
        Action::Past => pick::ask_past(model, now, effects),
        Action::Topics => pick::ask_topics(model, now, effects),
        Action::Feedback => bulk::open_tags(model, now, effects),
        Action::OpenLink => links::ask(model, true, now, effects),
        Action::Suggest => suggest::ask(model, now, effects),
        Action::Explain => explain::ask(model, now, effects),
        Action::CannedReply => {
            if let Some(ids) = targets(model, now) {
                write::open(model, ids, Kind::Reply, now);
                canned::open(model, now, effects);
            }
        }
        Action::Play => play::toggle(model, now, effects),
        Action::Copy => copy(model, now, effects),
        Action::CopyLink => links::ask(model, false, now, effects),
        Action::TakeOver => {
            if let Some(ids) = targets(model, now) {
                send(model, Command::Claim { ids, over: true }, now, effects);
            }
        }
        _ => {
            if let Some(name) = action.command() {
                verb(model, name, now, effects);
            } else if model.focus == Focus::Slots {
                posts::verb(model, action, now, effects);
            }
        }
    }
}

/// A command of the desk without its argument: it is carried out, or asks for the argument.
pub(super) fn verb(model: &mut Model, name: Name, now: Time, effects: &mut Vec<Effect>) {
    if views::turn_round(model, name, effects) {
        return;
    }
    let ids = if name.spec().takes_ids { targets(model, now) } else { Some(Vec::new()) };
    let Some(ids) = ids else { return };
    let command = match name {
        Name::Reply => return write::open(model, ids, Kind::Reply, now),
        Name::Note => return write::open(model, ids, Kind::Note, now),
        Name::Assign => return model.layers.push(Layer::Menu(assign_menu(model))),
        Name::Snooze => return model.layers.push(Layer::Menu(snooze_menu(model))),
        Name::Classify => return classify::open(model, &ids),
        Name::Label => return layers::open_palette(model, "label "),
        Name::Escalate => return layers::open_palette(model, "escalate "),
        Name::Macro => return bulk::open(model, &ids, now, effects),
        Name::Topic => Some(Command::Topic { ids, note: String::new() }),
        Name::Unlabel => return unlabel(model, &ids, now),
        _ => Command::plain(name, ids),
    };
    if let Some(command) = command {
        send(model, command, now, effects);
    }
}

/// Sends a command, after a question where it touches many.
pub(super) fn send(model: &mut Model, command: Command, now: Time, effects: &mut Vec<Effect>) {
    match bulk::question(model, &command) {
        Some(confirm) => model.layers.push(Layer::Sure(confirm)),
        None => send_now(model, command, now, effects),
    }
}

/// Sends a command; the cursor goes on when the command takes its conversations off the list.
pub(super) fn send_now(model: &mut Model, command: Command, now: Time, effects: &mut Vec<Effect>) {
    if model.link != Link::Up {
        return tell(model, Tone::Bad, say::NO_LINK_NOTHING_DONE, now);
    }
    let (name, ids) = (command.name(), command.ids().to_vec());
    // What is certain to come to nothing is said at once.
    if let Some(why) = model.cannot_on(name, &ids) {
        let text = why.say(model.settings.lang);
        return model.notices.say(Tone::Warn, text, ids.first().copied(), now);
    }
    let leaves = bulk::leaves(&command);
    model.ask(Ask::Do(command), Asked::Do { name, ids: ids.clone() }, effects);
    // In play mode the next one comes when this one is acknowledged.
    if leaves && model.play.is_none() {
        advance(model, &ids, now);
    }
}

/// Whether a command takes its conversations off the open ones, so that one goes on.
pub(super) fn moves_on(name: Name) -> bool {
    matches!(
        name,
        Name::Resolve | Name::Snooze | Name::Pending | Name::Hold | Name::Reply | Name::Macro
    )
}

/// Goes on to the next conversation after an action on these.
pub(super) fn advance(model: &mut Model, ids: &[ConversationId], now: Time) {
    let home = model.home;
    let list = model.list_mut(home);
    let on = list.selected().is_some_and(|id| ids.contains(&id));
    if on {
        list.advance(ids, now);
    }
    if model.focus == Focus::Conversation && model.open.is_some_and(|id| ids.contains(&id)) {
        match model.list(home).selected().filter(|id| on && !ids.contains(id)) {
            Some(next) => open(model, next),
            None => focus(model, Focus::Queue(home)),
        }
    }
}

/// What a verb acts on: the open conversation; else the marked ones; else the selected one. One
/// that is gone is not acted on: the cursor goes on, and it is said why.
pub(super) fn targets(model: &mut Model, now: Time) -> Option<Vec<ConversationId>> {
    if let Some(id) = model.open {
        return Some(vec![id]);
    }
    let lang = model.settings.lang;
    let home = model.home;
    let list = model.list_mut(home);
    if !list.marks().is_empty() {
        return Some(list.marks().iter().copied().collect());
    }
    let Some(line) = list.selected_line() else {
        tell(model, Tone::Info, say::NOTHING_SELECTED, now);
        return None;
    };
    let id = line.conversation.id;
    let Some(ghost) = &line.ghost else { return Some(vec![id]) };
    let text = link::gone_text(ghost.gone.as_ref(), lang);
    list.advance(&[id], now);
    model.notices.say(Tone::Info, text, Some(id), now);
    None
}

/// Opens a conversation and puts the cursor in it.
pub(super) fn open(model: &mut Model, id: ConversationId) {
    if model.in_view.detail.as_ref().is_some_and(|d| d.conversation.id != id) {
        model.in_view = Default::default();
    }
    if let Some(queue) = model.conversation(id).map(|c| c.queue) {
        model.home = queue;
    }
    model.focus = Focus::Conversation;
    model.open = Some(id);
    model.lay_out();
    model.thread_to_head();
}

fn open_selected(model: &mut Model) {
    if let Some(id) = model.list(model.home).selected() {
        open(model, id);
    }
}

/// The next conversation of the list, in the list or while reading. In play mode the one at hand
/// is left to others.
fn step_conversation(model: &mut Model, by: isize, now: Time, effects: &mut Vec<Effect>) {
    if model.play.is_some() && by > 0 {
        return play::skip(model, now, effects);
    }
    let home = model.home;
    model.list_mut(home).step(by, now);
    if model.focus == Focus::Conversation {
        open_selected(model);
    }
}

enum Motion {
    Lines(isize),
    Halves(isize),
    Pages(isize),
    Top,
    Bottom,
}

fn go(model: &mut Model, motion: Motion, now: Time) {
    match model.focus {
        Focus::Queue(queue) => {
            let list = model.list_mut(queue);
            match motion {
                Motion::Lines(by) => list.step(by, now),
                Motion::Halves(by) => list.page(by * list.half(), now),
                Motion::Pages(by) => list.page(by * list.whole(), now),
                Motion::Top => list.to_top(),
                Motion::Bottom => list.to_bottom(now),
            }
        }
        Focus::Conversation => {
            let rows = model.screen.thread_rows();
            let most = model.in_view.lines.len().saturating_sub(rows);
            let up = &mut model.in_view.up;
            *up = scrolled(motion, most - (*up).min(most), rows, most).map_or(0, |at| most - at);
        }
        Focus::Slots => {
            let rows = posts::today_rows(model);
            let last = model.today.len().saturating_sub(1);
            let at = posts::today_on(model, now);
            let to = scrolled(motion, at, rows, last).unwrap_or(last);
            posts::go_today(model, to);
        }
        // The figures always fit.
        Focus::Figures => {}
    }
}

/// The first line to show after a motion; `None` = the last possible.
fn scrolled(motion: Motion, from: usize, rows: usize, most: usize) -> Option<usize> {
    let rows = isize::try_from(rows).unwrap_or(isize::MAX);
    let by = match motion {
        Motion::Lines(by) => by,
        Motion::Halves(by) => by * (rows / 2).max(1),
        Motion::Pages(by) => by * (rows - 1).max(1),
        Motion::Top => return Some(0),
        Motion::Bottom => return None,
    };
    Some(from.saturating_add_signed(by)).filter(|at| *at < most)
}

fn step_pane(model: &mut Model, by: isize) {
    let panes = [
        Focus::Queue(Queue::Comments),
        Focus::Queue(Queue::Messages),
        Focus::Slots,
        Focus::Figures,
    ];
    let at = match model.focus {
        Focus::Conversation => panes.iter().position(|p| *p == Focus::Queue(model.home)),
        other => panes.iter().position(|p| *p == other),
    };
    let len = isize::try_from(panes.len()).unwrap_or(1);
    let to = (isize::try_from(at.unwrap_or(0)).unwrap_or(0) + by).rem_euclid(len);
    focus(model, panes[to.unsigned_abs()]);
}

/// Closes one thing: a notice, play mode, the conversation, the marks, the filter.
fn back(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let home = model.home;
    if model.marking.take().is_some() {
        return tell(model, Tone::Info, say::MARKING_STOPPED, now);
    }
    match model.focus {
        Focus::Conversation => {
            play::leave(model, effects);
            focus(model, Focus::Queue(home));
        }
        Focus::Slots | Focus::Figures => focus(model, Focus::Queue(home)),
        Focus::Queue(_) => {
            let list = model.list_mut(home);
            if !list.clear_marks() && !list.filter().is_empty() {
                list.set_filter("");
            } else {
                model.notices.hush(now);
            }
        }
    }
}

fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    write::save(model, effects);
    effects.push(Effect::Quit);
}

fn home_list(model: &mut Model, f: impl FnOnce(&mut super::queue::QueueList)) {
    let home = model.home;
    f(model.list_mut(home));
}

fn mark_all(model: &mut Model, effects: &mut Vec<Effect>) {
    let queue = model.home;
    model.marking = Some(Marking { queue, ids: Vec::new() });
    ask_page(model, queue, None, effects);
}

/// Asks for a page of all that match, to mark them.
pub(super) fn ask_page(
    model: &mut Model,
    queue: Queue,
    after: Option<crate::domain::OrderKey>,
    effects: &mut Vec<Effect>,
) {
    let filter = model.list(queue).filter().to_owned();
    let ask = Ask::List { queue: Some(queue), filter, after, limit: PAGE };
    model.ask(ask, Asked::MarkAll, effects);
}

fn copy(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let id = model.open.or_else(|| model.list(model.home).selected());
    let Some(c) = id.and_then(|id| model.conversation(id)) else {
        return tell(model, Tone::Info, say::NOTHING_SELECTED, now);
    };
    let head = c.speaks_of();
    // The whole text when the thread is here, else what the row knows of it.
    let whole = model
        .in_view
        .detail
        .as_ref()
        .filter(|d| d.conversation.id == c.id)
        .and_then(|d| d.messages.iter().find(|(seq, _)| head.is_some_and(|h| h.seq == *seq)));
    let text = whole.map(|(_, m)| m.text.clone()).or_else(|| head.map(|h| h.excerpt.clone()));
    match text.filter(|t| !t.is_empty()) {
        Some(text) => {
            effects.push(Effect::Copy(text));
            tell(model, Tone::Done, say::COPIED, now);
        }
        None => tell(model, Tone::Info, say::NOTHING_TO_COPY, now),
    }
}

fn snooze_menu(model: &Model) -> Menu {
    let lang = model.settings.lang;
    let until =
        |typed: &str, says: crate::text::Msg| (says.say(lang), Choice::Snooze(typed.to_owned()));
    Menu {
        title: say::SNOOZE_UNTIL.say(lang),
        choices: vec![
            until("1h", say::SNOOZE_HOUR),
            until("tonight", say::SNOOZE_TONIGHT),
            until("tomorrow", say::SNOOZE_TOMORROW),
            (say::SNOOZE_TYPED.say(lang), Choice::Type(Name::Snooze)),
        ],
        cursor: 0,
    }
}

fn assign_menu(model: &Model) -> Menu {
    let lang = model.settings.lang;
    let mut choices = Vec::new();
    if let Some(me) = model.me() {
        let says = say::ASSIGN_ME.fill(lang, &[("name", &Shown::line(&me.0))]);
        choices.push((says, Choice::Assign(Some(me.clone()))));
    }
    let mut others: Vec<_> =
        model.desk.people.iter().map(|p| &p.operator).filter(|o| Some(*o) != model.me()).collect();
    others.sort();
    others.dedup();
    // Nine choices have a number; the last two are taken.
    for other in others.into_iter().take(6) {
        choices.push((Shown::line(&other.0), Choice::Assign(Some(other.clone()))));
    }
    choices.push((say::ASSIGN_NOBODY.say(lang), Choice::Assign(None)));
    choices.push((say::ASSIGN_TYPED.say(lang), Choice::Type(Name::Assign)));
    Menu { title: say::ASSIGN_TO.say(lang), choices, cursor: 0 }
}

/// Asks which label goes, from those that are on.
fn unlabel(model: &mut Model, ids: &[ConversationId], now: Time) {
    let mut labels: Vec<String> = ids
        .iter()
        .filter_map(|id| model.conversation(*id))
        .flat_map(|c| c.labels.iter().cloned())
        .collect();
    labels.sort();
    labels.dedup();
    if labels.is_empty() {
        return tell(model, Tone::Info, say::NO_LABELS, now);
    }
    let choices =
        labels.into_iter().take(9).map(|l| (Shown::line(&l), Choice::Unlabel(l))).collect();
    let title = say::UNLABEL_WHICH.say(model.settings.lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}

/// Says a sentence of the catalogue that has nothing to fill in.
pub(super) fn tell(model: &mut Model, tone: Tone, text: crate::text::Msg, now: Time) {
    let text = text.say(model.settings.lang);
    model.notices.say(tone, text, None, now);
}
