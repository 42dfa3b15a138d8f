//! Saved views and other orders.

use super::Effect;
use super::act;
use super::action::Action;
use super::editor::Editor;
use super::layer::{Choice, Layer, Menu, Sure, Then};
use super::model::{Asked, Model};
use super::notices::Tone;
use crate::domain::{Name, SavedView, Sort, Time};
use crate::text::catalogue::{search as say, work};
use crate::text::{Lang, Msg, Shown};
use crate::wire::message::Ask;

/// A change of the operator's own views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewChange {
    /// The view.
    pub name: String,
    /// What it was; `None` = there was none of that name.
    pub before: Option<SavedView>,
    /// What it is now; `None` = it is gone.
    pub after: Option<SavedView>,
    /// True when this took back the change before it.
    pub taken_back: bool,
}

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
    let mut choices = vec![(say::VIEW_ALL.say(lang), Choice::View { view: all, own: false })];
    let shared = shared.into_iter().map(|view| (view, false));
    for (view, own) in shared.chain(model.own_views.iter().cloned().map(|view| (view, true))) {
        // One's own is called as it was named.
        let mut text = if own { Shown::line(&view.name) } else { called(&view, lang) };
        let mut more = view.clone();
        if more.filter == more.name {
            more.filter.clear();
        }
        let what = what(&more, lang);
        if !what.is_empty() {
            text.push(&Shown::blank(2));
            text.push(&what);
        }
        choices.push((text, Choice::View { view, own }));
    }
    if shown(model).is_some() {
        choices.push((say::VIEW_SAVE.say(lang), Choice::SaveView));
    }
    let title = match model.keymap.key(Action::DropView).filter(|_| !model.own_views.is_empty()) {
        Some(key) => say::VIEWS_TITLE_OWN.fill(lang, &[("key", &key)]),
        None => say::VIEWS_TITLE.say(lang),
    };
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

/// What a view shows: its filter, and its order where that is another one.
fn what(view: &SavedView, lang: Lang) -> Shown {
    let mut parts = Vec::new();
    if !view.filter.is_empty() {
        parts.push(Shown::line(&view.filter));
    }
    if view.sort != Sort::Due {
        parts.push(by(view.sort).say(lang));
    }
    Shown::join(&parts, &Shown::blank(2))
}

/// What the queue with the cursor shows, as a view without a name; `None` = everything, in its own
/// order.
fn shown(model: &Model) -> Option<SavedView> {
    let list = model.list(model.home);
    let (filter, sort) = (list.filter().to_owned(), list.sort());
    let plain = filter.is_empty() && sort == Sort::Due;
    (!plain).then_some(SavedView { name: String::new(), filter, sort })
}

/// Asks for the name under which what the queue shows is to be saved.
pub(super) fn open_save(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(view) = shown(model) else {
        return act::tell(model, Tone::Info, say::NOTHING_TO_SAVE, now);
    };
    // Which names are taken.
    effects.push(Effect::LoadViews);
    model.layers.push(Layer::ViewName { editor: Editor::new(""), view, wrong: None });
}

/// The name was typed; one that is taken is asked about.
pub(super) fn named(model: &mut Model, effects: &mut Vec<Effect>) {
    let lang = model.settings.lang;
    let Some(Layer::ViewName { editor, view, wrong }) = model.layers.last_mut() else { return };
    let name = editor.text().trim().to_owned();
    if name.is_empty() {
        return;
    }
    if name.len() > SavedView::NAME {
        *wrong = Some(say::NAME_TOO_LONG.fill(lang, &[("most", &SavedView::NAME)]));
        return;
    }
    let view = SavedView { name, ..view.clone() };
    model.layers.pop();
    let taken = model.own_views.iter().find(|known| known.name == view.name && **known != view);
    let Some(known) = taken else { return keep(view, effects) };
    let lines = vec![
        say::WAS.fill(lang, &[("what", &what(known, lang))]),
        say::BECOMES.fill(lang, &[("what", &what(&view, lang))]),
        work::CONFIRM_KEYS.say(lang),
    ];
    let title = say::NAME_TAKEN.fill(lang, &[("name", &Shown::line(&view.name))]);
    model.layers.push(Layer::Sure(Sure { title, lines, then: Then::KeepView(view) }));
}

/// Keeps a view in the operator's file.
pub(super) fn keep(view: SavedView, effects: &mut Vec<Effect>) {
    let name = view.name.clone();
    effects.push(Effect::ChangeView { name, to: Some(view), taken_back: false });
}

/// Takes the view with the cursor out of the operator's file, if it is there.
pub(super) fn drop_chosen(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Menu(menu)) = model.layers.last() else { return };
    let Some((_, Choice::View { view, own })) = menu.choices.get(menu.cursor) else { return };
    let (name, own) = (view.name.clone(), *own);
    if own {
        model.layers.pop();
        effects.push(Effect::ChangeView { name, to: None, taken_back: false });
    } else if !name.is_empty() {
        let name = called(view, model.settings.lang);
        let text = say::NOT_YOURS.fill(model.settings.lang, &[("name", &name)]);
        model.notices.say(Tone::Warn, text, None, now);
    }
}

/// The operator's file was changed.
pub(super) fn changed(model: &mut Model, change: ViewChange, views: Vec<SavedView>, now: Time) {
    let lang = model.settings.lang;
    model.own_views = views;
    let msg = match (change.taken_back, &change.after) {
        (true, _) => say::VIEW_BACK,
        (_, Some(_)) => say::VIEW_SAVED,
        (_, None) => say::VIEW_REMOVED,
    };
    let key = model.keymap.key(Action::Undo).unwrap_or_default();
    let values: [(&str, &dyn std::fmt::Display); 2] =
        [("name", &Shown::line(&change.name)), ("key", &key)];
    model.notices.say(Tone::Done, msg.fill(lang, &values), None, now);
    model.view_change = Some(change);
}

/// Takes back the last change of the operator's views, or makes it again, while nothing else was done
/// since; false when there is none.
pub(super) fn turn_round(model: &mut Model, name: Name, effects: &mut Vec<Effect>) -> bool {
    let undo = match name {
        Name::Undo => true,
        Name::Redo => false,
        _ => return false,
    };
    let Some(change) = model.view_change.as_ref().filter(|c| c.taken_back != undo) else {
        return false;
    };
    let (name, to) = (change.name.clone(), change.before.clone());
    effects.push(Effect::ChangeView { name, to, taken_back: undo });
    true
}
