//! Saved views, other orders, and the search over everything.

use super::Effect;
use super::act;
use super::editor::Editor;
use super::layer::{Choice, Layer, Menu};
use super::model::{Asked, Model};
use super::notices::Tone;
use crate::domain::{ConversationId, SavedView, Sort, Time};
use crate::text::catalogue::search as say;
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::message::Ask;
use crate::wire::search::{Finds, Hit};

/// Finds that a search asks for.
const FINDS: u32 = 50;

/// The next order of the queue with the cursor.
pub(super) fn next_sort(model: &mut Model, now: Time) {
    let home = model.home;
    let sort = model.list(home).sort().next();
    model.list_mut(home).set_sort(sort);
    act::tell(model, Tone::Info, by(sort), now);
}

/// What an order is called.
pub fn by(sort: Sort) -> Msg {
    match sort {
        Sort::Due => say::BY_DUE,
        Sort::Weight => say::BY_WEIGHT,
        Sort::Oldest => say::BY_OLDEST,
        Sort::Newest => say::BY_NEWEST,
    }
}

/// Asks for the views there are; the menu opens with the answer.
pub(super) fn ask(model: &mut Model, effects: &mut Vec<Effect>) {
    effects.push(Effect::LoadViews);
    model.ask(Ask::Views, Asked::Views, effects);
}

/// The views came: the desk's, and behind them the operator's own.
pub(super) fn came(model: &mut Model, shared: Vec<SavedView>) {
    let lang = model.settings.lang;
    let all = SavedView { name: String::new(), filter: String::new(), sort: Sort::Due };
    let mut choices = vec![(say::VIEW_ALL.say(lang), Choice::View(all))];
    for view in shared.into_iter().chain(model.own_views.iter().cloned()) {
        let mut text = called(&view, lang);
        if !view.filter.is_empty() && view.filter != view.name {
            text.push(&Shown::blank(2));
            text.push(&Shown::line(&view.filter));
        }
        if view.sort != Sort::Due {
            text.push(&Shown::blank(2));
            text.push(&by(view.sort).say(lang));
        }
        choices.push((text, Choice::View(view)));
    }
    let title = say::VIEWS_TITLE.say(lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}

/// The name of a view; those that every desk begins with are called by the interface's words.
fn called(view: &SavedView, lang: Lang) -> Shown {
    match view.name.as_str() {
        "mine" => say::VIEW_MINE.say(lang),
        "unassigned" => say::VIEW_UNASSIGNED.say(lang),
        "severe" => say::VIEW_SEVERE.say(lang),
        "late" => say::VIEW_LATE.say(lang),
        "purchase" => say::VIEW_PURCHASE.say(lang),
        name => Shown::line(name),
    }
}

/// Shows the queue with the cursor as a view says.
pub(super) fn show(model: &mut Model, view: &SavedView) {
    let home = model.home;
    let list = model.list_mut(home);
    list.set_filter(&view.filter);
    list.set_sort(view.sort);
}

/// Opens the line for a search.
pub(super) fn open_search(model: &mut Model) {
    model.layers.push(Layer::Search { editor: Editor::new(""), wrong: None });
}

/// Searches everything.
pub(super) fn search(model: &mut Model, query: String, effects: &mut Vec<Effect>) {
    model.ask(Ask::Search { query, after: None, limit: FINDS }, Asked::Search, effects);
}

/// The finds came.
pub(super) fn found(model: &mut Model, finds: &Finds, now: Time) {
    let lang = model.settings.lang;
    if finds.hits.is_empty() && finds.built.is_none() {
        return act::tell(model, Tone::Info, say::NOTHING, now);
    }
    let n = format::number(lang, finds.total);
    let mut title = say::N_FOUND.fill(lang, &[("n", &n)]);
    if let Some(n) = finds.built {
        title.push(&Shown::blank(2));
        title.push(&say::BUILDING.fill(lang, &[("n", &n)]));
    }
    let choices = finds.hits.iter().map(|hit| (line(model, hit, now), go(hit))).collect();
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}

fn go(hit: &Hit) -> Choice {
    let id: ConversationId = hit.conversation.id;
    Choice::Go(id)
}

/// When, who, and what was found.
fn line(model: &Model, hit: &Hit, now: Time) -> Shown {
    let lang = model.settings.lang;
    let local = |t: Time| t.to_utc().with_timezone(&model.zone);
    let parts = [
        format::moment(lang, &local(hit.at), &local(now)),
        Shown::line(&hit.author),
        Shown::line(&hit.excerpt),
    ];
    Shown::join(parts.iter(), &Shown::blank(2))
}
